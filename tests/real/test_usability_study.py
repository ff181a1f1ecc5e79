"""The worked study runs on the data that its authors published, and gives the figures that are kept."""

import ast
import importlib.util
import json
import re

import matplotlib.pyplot as plt
import pytest

import cjmkit as cj

ROOT = __import__("pathlib").Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def ran(shared, tmp_path_factory):
    """The names that the code cells leave, run one after another in one space."""
    spec = importlib.util.spec_from_file_location("make_usability", ROOT / "examples" / "swj_usability" / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    out = tmp_path_factory.mktemp("out")
    space = {"__name__": "notebook"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWJ_USABILITY", str(shared / "data" / "swj2022_usability"))
        patch.setenv("SWJ_OUT", str(out))
        for cell in make.notebook("en").cells:
            if cell.cell_type == "code":
                exec(compile(ast.parse(cell.source), f"<{cell['id']}>", "exec"), space)
        plt.close("all")
    return space


def numbers(value):
    """All numbers of nested lists and mappings with where they stand."""
    if isinstance(value, dict):
        return {f"{k}/{p}": v for k, inner in value.items() for p, v in numbers(inner).items()}
    if isinstance(value, list):
        return numbers(dict(enumerate(value)))
    return {"": value}


def test_the_run_gives_the_figures_that_the_pages_are_made_of(ran):
    kept = numbers(json.loads((ROOT / "examples" / "swj_usability" / "results.json").read_text("utf-8")))
    now = numbers(json.loads((ran["OUT"] / "results.json").read_text("utf-8")))
    assert kept.keys() == now.keys()
    assert {k for k, v in kept.items() if not isinstance(v, float) and now[k] != v} == set()
    # Draws and last digits may differ between versions of what computes them.
    floats = {k: v for k, v in kept.items() if isinstance(v, float)}
    assert {k: now[k] for k in floats} == pytest.approx(floats, abs=0.02)


def test_successes_are_what_the_authors_counted(ran):
    assert ran["ours"].tolist() == [12, 16, 10, 4, 11, 9, 4, 9, 17]
    assert ran["results"]["totals agree"] is True


def test_every_transcript_is_there_once_and_every_person_is_one(ran):
    study = ran["study"]
    assert len(study.interview_files()) == 34  # seventeen sessions and the comments of seventeen
    assert sorted(study.transcripts().participants) == sorted(f"P{k}" for k in range(1, 18))
    assert len(study.files("sources/notes", (".txt",))) == 17
    codings = study.codings()
    assert codings["coder"].value_counts().to_dict()["admin"] == 1930
    assert "all_tags_20220303" not in set(codings["coder"])


def test_every_quote_on_the_map_stands_in_its_transcript(ran):
    text = ran["talks"].documents.set_index("document")["text"]
    journey = ran["journey"]
    quotes = [e for _, _, item in journey.cells() for e in item.evidence if e.kind == "quote"]
    quotes += [e for p in journey.emotion for e in p.evidence if e.kind == "quote"]
    assert len(quotes) > 200
    assert all(text[q.document][q.start : q.end] == q.quote for q in quotes)
    gone = cj.lint.check(journey, study=ran["study"]).table
    assert "evidence-gone" not in set(gone["rule"])


def test_no_lap_that_contradicts_the_stopwatch_moves_the_place_of_a_task(ran):
    tasks = ran["tasks"]
    table = tasks.only("TimeTask").table.set_index("task")["value"]
    other = table.copy()
    for warning in tasks.only("TimeTask").warnings:
        task, lap, step = re.search(r" (T\d): the lap is (\d+) s, by the running time (\d+) s", warning).groups()
        other[task] *= (int(step) / int(lap)) ** (1 / 17)
    assert (other != table).sum() == 4
    assert other.sort_values().index.tolist() == table.sort_values().index.tolist()
