"""The worked study on somebody else's data: its pages and notebooks are what its sources and kept figures say."""

import importlib.util
import json
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "swj_usability"


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_usability_study", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def results():
    return json.loads((FOLDER / "results.json").read_text("utf-8"))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_figure_of_the_page_comes_from_the_run(make, results, lang):
    said = make.page(lang, results)
    assert make.PAGES[lang].read_text("utf-8") == said, "run: python examples/swj_usability/make.py --no-run"
    changed = json.loads(json.dumps(results))
    changed["felt"]["T4"]["mean"] = -1.5
    assert make.page(lang, changed) != said


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_notebook_is_its_source_and_holds_nobodys_words(make, lang):
    stored = nbformat.read(FOLDER / f"usability-study-{lang}.ipynb", as_version=4)
    made = make.notebook(lang)
    assert [(c.cell_type, c.source) for c in stored.cells] == [(c.cell_type, c.source) for c in made.cells]
    assert not any(c.get("outputs") for c in stored.cells if c.cell_type == "code")


def test_both_languages_run_the_same_code_and_no_cell_is_long(make):
    code = {lang: [c.source for c in make.notebook(lang).cells if c.cell_type == "code"] for lang in ("en", "ru")}
    assert [c.replace('lang = "ru"', 'lang = "en"') for c in code["ru"]] == code["en"]
    assert max(len(c.splitlines()) for c in code["en"]) <= 20
    assert "requests" not in "".join(code["en"]) and "urlopen" not in "".join(code["en"])


def test_what_the_page_says_in_words_holds_in_its_figures(results):
    share = {r["task"]: r["value"] for r in results["tasks"] if r["measure"] == "taskSuccess"}
    minutes = {r["task"]: r["value"] for r in results["tasks"] if r["measure"] == "TimeTask"}
    assert sorted(share, key=share.get)[:2] == ["T4", "T7"] and share["T4"] == share["T7"]
    assert max(minutes, key=minutes.get) == "T4"
    for curve in ("felt", "tone"):
        assert min(results[curve], key=lambda t: results[curve][t]["mean"]) == "T4"
    assert results["pssuq"][4]["high"] < 2.62 < results["pssuq"][0]["high"]  # 2.62 to 3.02: the published mean's limits
    assert results["change"]["low"] < 0 < results["change"]["high"]
    assert all(r["high"] < 0.667 for r in results["keywords"].values())
    assert all(r["people"] == r["n"] for r in results["barriers"][:3]) and results["barriers"][0]["first"] < 0.5
    theirs = {r["barrier"]: r["theirs"] for r in results["beside"]}
    assert theirs[results["beside"][2]["barrier"]] == 1 and results["totals agree"] is True
