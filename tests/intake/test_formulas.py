"""No text in a CSV runs in a spreadsheet, however it splits the lines, and every text comes back as it was."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cjmkit as cj
from cjmkit.intake.formulas import guard, guarded, unguard, unguarded

texts = st.text(st.sampled_from("'=+-@\t;,\n\"ab1") | st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(texts)
@example("'=1")
@example("a;=1")
@example("''-x\n=y")
def test_every_text_comes_back_as_it_was(text):
    assert unguard(guard(text)) == text


def live(cells):
    return [c for c in cells if c[:1] in ("=", "+", "-", "@", "\t") and c.strip("+-0123456789.,") != ""]


@settings(max_examples=300)
@given(st.lists(texts, min_size=2, max_size=4))
def test_no_cell_begins_like_a_formula_whether_split_at_commas_or_semicolons(row):
    out = guarded(pd.DataFrame([row])).to_csv(index=False, header=False, lineterminator="\n")
    for separator in (",", ";"):
        for cells in csv.reader(io.StringIO(out, newline=""), delimiter=separator):
            assert not live(cells)


EVIL = ['=HYPERLINK("http://x","y")', "price;=1+1;x", "+cmd|' /C calc'!A0", "@SUM(1)", "- yes, he said", "'=quoted"]


def evil_codings():
    said = {"document": "d", "start": range(6), "end": range(1, 7), "quote": EVIL, "code": EVIL, "memo": EVIL}
    return cj.coding.check_codings(pd.DataFrame(said | {"coder": "eva"}))


def files(tmp_path):
    """A CSV of every kind that is written, with what reads it back."""
    study = cj.Study.create(tmp_path / "s", framework="aida", title="S")
    (codings,) = cj.coding.write_codings(evil_codings(), study.path / "codings")
    kept = study.keep("t", pd.DataFrame({"text": EVIL, "n": range(6)})).path
    survey = cj.survey.read(pd.DataFrame({"id": range(6), "q": EVIL}), person="id", quiet=True)
    journey = study.new_journey().with_note("action", "goals", EVIL[0]).with_note("action", "goals", EVIL[1])
    cj.exchange.to_csv(journey, tmp_path / "j.csv")
    return {
        "codings": (codings, lambda p: cj.coding.read_codings(p).sort_values("start")["quote"].tolist(), EVIL),
        "results": (kept, lambda p: study.kept("t")["text"].tolist(), EVIL),
        "survey": (
            survey.write(tmp_path / "w.csv"),
            lambda p: cj.survey.read(p, quiet=True).data["q"].tolist(),
            EVIL,
        ),
        "map": (
            tmp_path / "j.csv",
            lambda p: [n.text for n in cj.exchange.from_csv(p).journey.stage("action").goals],
            EVIL[:2],
        ),
        "segments": (
            cj.qda.write_segments(evil_codings(), tmp_path / "segments.csv"),
            lambda p: cj.qda.read(p).codings["quote"].tolist(),
            EVIL,
        ),
    }


@pytest.mark.parametrize("kind", ["codings", "results", "survey", "map", "segments"])
def test_what_is_written_runs_nowhere_and_reads_back(tmp_path, kind):
    path, read, wanted = files(tmp_path)[kind]
    text = path.read_text("utf-8-sig")
    for separator in (",", ";"):
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not live(cells)
    assert read(path) == wanted
    assert unguarded(guarded(pd.DataFrame({"a": EVIL})))["a"].tolist() == EVIL
