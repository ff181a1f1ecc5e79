"""One rule for the stage of a coding, one base for shares of people."""

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.coding import Code, Codebook, interviewed, notes, stage_of, stage_scores, stage_ways

BOOK = Codebook(
    [
        Code("service", title="Service", stage="buying", lane="barriers"),
        Code("wait", title="Nobody calls", parent="service", lane="barriers"),
        Code("price", title="Dear", stage="search", lane="barriers"),
        Code("joy", title="Joy", lane="barriers"),
    ]
)
POINTS = pd.DataFrame({"stage": ["using", "buying", "using"], "touchpoint": ["app", "desk", "desk"]})
SAID = pd.DataFrame(
    {
        "participant": list("abcde"),
        "document": list("abcde"),
        "start": 0,
        "end": 4,
        "quote": ["Slow", "Dear", "Late", "Nice", "Fine"],
        "code": ["wait", "price", "wait", "joy", "joy"],
        "stage": ["using", None, "", None, None],
        "touchpoint": ["", "", "", "app", "desk"],
        "valence": [-2.0, -1.0, -1.0, 1.0, 2.0],
        "coder": "eva",
    }
)


def test_the_coder_comes_before_the_code_the_code_before_its_parent_and_the_touchpoint_last():
    found = stage_of(SAID, BOOK, POINTS)
    assert found.tolist()[:4] == ["using", "search", "buying", "using"]
    assert found.isna().tolist() == [False] * 4 + [True]  # a desk stands at two stages


def test_the_share_that_came_each_way_is_said():
    ways = stage_ways(SAID, BOOK, POINTS).set_index("way")["n"].to_dict()
    assert ways == {"coding": 1, "code": 1, "parent": 1, "touchpoint": 1, "none": 1}
    found = cj.barriers.rank(
        SAID, codebook=BOOK.table.rename(columns={"name": "code"}), touchpoints=POINTS.assign(channel="x", owner="y")
    )
    assert any("the code's parent 20%" in w for w in found.warnings)


def test_scores_notes_and_barriers_know_the_same_stages():
    scores = stage_scores(SAID, codebook=BOOK)
    assert dict(zip(scores["participant"], scores["stage"], strict=True)) == {
        "a": "using",
        "b": "search",
        "c": "buying",
    }
    placed = {(p.note.text, p.stage) for p in notes(SAID, BOOK, min_n=1)}
    assert placed == {("Nobody calls", "using"), ("Dear", "search"), ("Nobody calls", "buying")}
    ranked = cj.barriers.rank(SAID, codebook=BOOK.table.rename(columns={"name": "code"}))
    assert set(ranked.by_stage()["stage"]) - {""} == {"using", "search", "buying"}


def test_a_barrier_has_one_n_in_the_note_and_in_the_rank():
    turns = pd.DataFrame({"participant": [*"abcdefgh", None], "role": ["respondent"] * 8 + ["interviewer"]})
    assert interviewed(SAID, turns) == list("abcdefgh")
    (note,) = [p.note for p in notes(SAID, BOOK, min_n=1, turns=turns) if p.note.text == "Dear"]
    ranked = cj.barriers.rank(SAID, codebook=BOOK.table.rename(columns={"name": "code"}), turns=turns)
    assert note.estimate.n == ranked.estimate("price").n == 8
    assert note.estimate.value == pytest.approx(ranked.estimate("price").value)
    # Without turns both rest on those with codings.
    assert [p.note.estimate.n for p in notes(SAID, BOOK, min_n=1)] == [5, 5, 5]


def test_the_base_of_a_persona_is_everybody_interviewed_of_that_persona():
    turns = pd.DataFrame({"participant": [1, 2, 3, 4, 5], "role": "respondent"})
    said = SAID.head(2).assign(participant=[1, 2])
    kinds = pd.Series(["x", "x", "x", "y", "y"], index=[1, 2, 3, 4, 5])
    found = {
        (p.note.persona, p.note.text): p.note.estimate.n for p in notes(said, BOOK, min_n=1, by=kinds, turns=turns)
    }
    assert found == {("x", "Nobody calls"): 3, ("x", "Dear"): 3}
