"""What must not change a mean: the order of columns, the format, the spelling; or else its status changes too."""

import json
import random
import runpy
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit.survey import Survey, read

FIVE = ("Very poor", "Poor", "Fair", "Good", "Very good")
codes = st.lists(st.integers(1, 5), min_size=40, max_size=80).filter(lambda v: set(v) == {1, 2, 3, 4, 5})
NAMES = ("Rate the food (1-5)", "Rate the staff (1-5)", "Rate the price (1-5)")


def table(columns):
    return pd.DataFrame({"id": [f"p{k}" for k in range(len(columns[0]))], **dict(zip(NAMES, columns, strict=True))})


def figures(survey):
    """Mean, n and status of every rating."""
    out = {}
    for name in NAMES:
        values = survey.values(name)
        out[name] = (round(float(values.mean()), 9), int(values.notna().sum()), survey.item(name).status)
    return out


@settings(max_examples=20, deadline=None)
@given(codes, st.permutations(NAMES), st.randoms(use_true_random=False))
def test_the_order_of_columns_and_of_people_changes_nothing(answers, order, dice):
    frame = table([answers, answers[::-1], answers])
    shuffled = frame[["id", *order]].sample(frac=1, random_state=dice.randint(0, 99))
    assert figures(Survey.from_frame(frame)) == figures(Survey.from_frame(shuffled))


@settings(max_examples=15, deadline=None)
@given(codes)
def test_labels_for_codes_in_any_case_give_the_same_mean(answers):
    means = []
    for spell in (str, str.upper, str.lower, lambda t: f"  {t}."):
        worded = [spell(FIVE[v - 1]) for v in answers]
        s = Survey.from_frame(pd.DataFrame({"id": range(len(answers)), "The food": worded}))
        means.append(float(s.values("The food").mean()))
    assert means == pytest.approx([sum(answers) / len(answers)] * 4)


@settings(max_examples=25, deadline=None)
@given(codes, st.sampled_from([-9, 0, 6, 7, 8, 9, 77, 98, 99, 999]), st.integers(1, 6))
def test_a_stray_code_never_moves_a_mean_that_the_wording_states(answers, stray, often):
    frame = table([answers + [stray] * often, answers + [3] * often, answers + [3] * often])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mean, n, status = figures(Survey.from_frame(frame))[NAMES[0]]
    assert (mean == pytest.approx(sum(answers) / len(answers)) and n == len(answers)) or status == "contradictory"


@settings(max_examples=15, deadline=None)
@given(codes, st.sampled_from([0, 6, 8, 9, 99]), st.integers(1, 6))
def test_a_stray_code_under_bare_codes_leaves_the_mean_or_is_no_longer_known(answers, stray, often):
    heading = "How satisfied are you with the food?"
    bare = Survey.from_frame(pd.DataFrame({"id": range(len(answers)), heading: answers}))
    more = answers + [stray] * often
    other = Survey.from_frame(pd.DataFrame({"id": range(len(more)), heading: more}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same = other.values(heading).mean() == pytest.approx(bare.values(heading).mean())
    assert same or other.item(heading).status == "contradictory"


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".parquet", ".sav", ".dta"])
def test_another_format_gives_the_same_means(tmp_path, suffix):
    columns = ("food", "staff", "price")
    frame = pd.DataFrame(
        {"id": range(60), **{c: [(k * j) % 5 + 1 for k in range(60)] for j, c in enumerate(columns, 1)}}
    )
    path = tmp_path / f"wave{suffix}"
    if suffix in (".sav", ".dta"):
        pyreadstat = pytest.importorskip("pyreadstat")
        (pyreadstat.write_sav if suffix == ".sav" else pyreadstat.write_dta)(frame, str(path))
    elif suffix == ".xlsx":
        frame.to_excel(path, index=False)
    elif suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ",")
    fixed = {c: {"type": "likert", "scale": [1, 5]} for c in columns}
    s = read(path, quiet=True, decisions={"items": fixed})
    assert [float(s.values(c).mean()) for c in columns] == [frame[c].mean() for c in columns]


HEADS = ("Rate the food (1-5)", "Rate the staff (1-5)", "The room")


def wave(n=60):
    frame = pd.DataFrame({"id": [f"p{k}" for k in range(n)]})
    for j, head in enumerate(HEADS, 1):
        frame[head] = [(k * j) % 5 + 1 for k in range(n)]
    frame["The room"] = [FIVE[v - 1] for v in frame["The room"]]
    return frame


def saved(frame, path):
    match path.suffix:
        case ".xlsx":
            frame.to_excel(path, index=False)
        case ".json":
            path.write_text(json.dumps({"results": frame.to_dict("records")}), encoding="utf-8")
        case ".jsonl":
            frame.to_json(path, orient="records", lines=True)
        case ".parquet":
            frame.to_parquet(path)
        case _:
            frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("shape", ["wide", "long", "turned"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".parquet"])
def test_another_format_or_shape_changes_neither_mean_nor_status(tmp_path, suffix, shape):
    frame = wave()
    told = {h: (float(Survey.from_frame(frame).values(h).mean()), "known") for h in HEADS}
    if shape == "long":
        frame = frame.melt(id_vars="id", var_name="question", value_name="answer").sample(frac=1, random_state=1)
    if shape == "turned":
        frame = frame.set_index("id").T.rename_axis("Question").reset_index()
    if shape != "wide" and suffix in (".json", ".jsonl", ".parquet"):
        pytest.skip("a spreadsheet's shape")
    s = read(saved(frame, tmp_path / f"wave{suffix}"), quiet=True)
    assert s.n == 60 and {h: (float(s.values(h).mean()), s.item(h).status) for h in HEADS} == told


def test_damaged_files_of_every_format_are_read_or_refused(tmp_path):
    fuzz = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "survey_fuzz.py"))
    told = {}
    for sound in fuzz["originals"](tmp_path):
        assert fuzz["tried"](sound) == "read", sound.name
        broken = tmp_path / f"broken-{sound.name}"
        for k in range(4):
            broken.write_bytes(fuzz["damage"](sound.read_bytes(), random.Random(f"{sound.name} {k}")))
            told[sound.name, k] = fuzz["tried"](broken)
    assert set(told.values()) <= {"read", "refused", "caught"}, told
