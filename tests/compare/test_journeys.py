"""Comparing maps: what came, went, changed and moved; and what people feel."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import cjmkit as cj

mpl.use("Agg")

import matplotlib.pyplot as plt

from cjmkit import plot
from cjmkit.compare import expectation_gap, journeys
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Quote
from cjmkit.core.journey import Action, EmotionPoint, Journey
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, Stage, Touchpoint
from cjmkit.errors import CjmError

QUOTE = Quote(document="anna", start=0, end=3, quote="abc")


def point(stage, value, half=0.3, persona="P", n=20):
    estimate = Estimate(value=value, low=value - half, high=value + half, n=n)
    return EmotionPoint(stage=stage, persona=persona, source="survey", estimate=estimate)


@pytest.fixture
def old():
    return Journey(
        id="old", title="Flat", wave="2025", personas=(Persona(id="P", name="Planner"),),
        stages=(
            Stage(
                id="search", title="Search",
                barriers=(Note(text="No reviews to rely on"), Note(text="Too many developers")),
                touchpoints=(Touchpoint(name="Call back", channel="phone"),),
            ),
            Stage(id="deal", title="Deal"),
            Stage(id="gone", title="Gone"),
        ),
        emotion=(point("search", -1.0), point("deal", 0.5), point("gone", 0.0)),
        improvements=(Action(id="A1", title="Answer at once"),),
    )  # fmt: skip


@pytest.fixture
def new(old):
    return Journey(
        id="new", title="Flat", wave="2026", personas=(Persona(id="P", name="Planner"),),
        stages=(
            Stage(id="first", title="First"),
            Stage(
                id="search", title="Search",
                barriers=(Note(text="No reviews one can rely on", evidence=(QUOTE,)),),
                touchpoints=(Touchpoint(name="Call back", channel="phone", owner="Ann"),),
            ),
            Stage(id="deal", title="The deal", goals=(Note(text="Sign"), Note(text="Too many developers"))),
        ),
        emotion=(point("search", 0.2), point("deal", 0.6)),
        improvements=(Action(id="A1", title="Answer at once", owner="Bob"), Action(title="Show plans")),
    )  # fmt: skip


def changes(result):
    return {(r["kind"], r["change"], r["before"], r["after"]) for r in result.table.to_dict("records")}


def test_a_journey_is_the_same_as_itself(old):
    same = journeys(old, old)
    assert same.same
    assert same.table.empty
    assert "nothing on the map changed" in same.summary("en")


def test_every_kind_of_change_is_found_once(old, new):
    found = changes(journeys(old, new))
    assert found == {
        ("stage", "added", "", "First"),
        ("stage", "removed", "Gone", ""),
        ("stage", "changed", "Deal", "The deal"),
        ("note", "changed", "No reviews to rely on", "No reviews one can rely on"),
        ("note", "moved", "search / barriers", "deal / goals"),
        ("note", "added", "", "Sign"),
        ("touchpoint", "changed", "Call back · owner: —", "Call back · owner: Ann"),
        ("action", "changed", "Answer at once · owner: —", "Answer at once · owner: Bob"),
        ("action", "added", "", "Show plans"),
    }


def test_turning_the_comparison_round_swaps_added_and_removed(old, new):
    there, back = journeys(old, new).table, journeys(new, old).table
    for kind in ("stage", "note", "action"):
        a = there[there["kind"] == kind]["change"].value_counts()
        b = back[back["kind"] == kind]["change"].value_counts()
        assert a.get("added", 0) == b.get("removed", 0)
        assert a.get("changed", 0) == b.get("changed", 0)


def test_what_is_in_the_old_map_is_in_the_new_one_or_removed(old, new):
    result = journeys(old, new)
    removed = set(result.table.query("change == 'removed' and kind == 'note'")["id"])
    kept = {n.id for s in new.stages for lane in ("barriers", "goals") for n in getattr(s, lane)}
    reworded = set(result.table.query("change == 'changed' and kind == 'note'")["before"])
    for stage in old.stages:
        for note in stage.barriers:
            assert note.id in removed | kept or note.text in reworded


def test_notes_in_other_words_can_be_kept_apart(old, new):
    strict = changes(journeys(old, new, similar=1.1))
    assert ("note", "removed", "No reviews to rely on", "") in strict
    assert ("note", "added", "", "No reviews one can rely on") in strict


def test_evidence_gained_is_counted(old, new):
    result = journeys(old, new)
    assert result.evidence_gained() == 1
    row = result.table.query("kind == 'note' and change == 'changed'").iloc[0]
    assert (row["evidence_before"], row["evidence_after"]) == (0, 1)
    assert journeys(new, old).evidence_gained() == -1


def test_new_evidence_for_the_same_note_is_a_change_of_its_own():
    bare = Journey(id="a", title="A", stages=(Stage(id="s", title="S", goals=(Note(text="Home"),)),))
    proven = bare.replace(stages=(Stage(id="s", title="S", goals=(Note(text="Home", evidence=(QUOTE,)),)),))
    assert journeys(bare, proven).table["change"].tolist() == ["evidence"]


def test_a_stage_that_changed_places_moved_and_the_others_did_not():
    def with_order(ids):
        return Journey(id="j", title="J", stages=tuple(Stage(id=i, title=i) for i in ids))

    table = journeys(with_order("abcd"), with_order("bcda")).table
    assert table[["id", "change"]].to_numpy().tolist() == [["a", "moved"]]


def test_emotion_differences_use_both_intervals(old, new):
    mood = journeys(old, new).emotion.set_index("stage")
    # Square-and-add: half widths .3 and .3 give .424.
    assert mood.loc["search", "difference"] == pytest.approx(1.2)
    assert mood.loc["search", "low"] == pytest.approx(1.2 - np.hypot(0.3, 0.3))
    assert mood.loc["search", "sure"]
    assert not mood.loc["deal", "sure"]
    assert mood.loc["gone", "reason"] == "stage on one map only"
    assert np.isnan(mood.loc["gone", "difference"])


def test_the_map_of_both_shows_what_came_and_what_went(old, new):
    both = journeys(old, new).map()
    titles = [s.title for s in both.stages]
    assert titles == ["+ First", "Search", "The deal", "− Gone"]
    assert "+ Sign" in [n.text for n in both.stage("deal").goals]
    assert [p.name for p in both.personas] == ["Planner (2025)", "Planner (2026)"]
    assert len(both.emotion) == len(old.emotion) + len(new.emotion)


def test_maps_without_personas_keep_two_curves():
    stage = (Stage(id="s", title="S"),)
    a = Journey(id="a", title="A", stages=stage, emotion=(point("s", 0.1, persona=""),))
    b = Journey(id="b", title="B", stages=stage, emotion=(point("s", 0.3, persona=""),))
    both = journeys(a, b).map()
    assert [p.name for p in both.personas] == ["A", "B"]
    assert len({p.persona for p in both.emotion}) == 2


def test_maps_that_share_nothing_are_questioned():
    a = Journey(id="a", title="A", stages=(Stage(id="x", title="X"),))
    b = Journey(id="b", title="B", stages=(Stage(id="y", title="Y"),))
    assert any("share no stage" in w for w in journeys(a, b).warnings)
    with pytest.raises(CjmError, match="Journey; came str 'b'"):
        journeys(a, "b")


def test_sentences_exist_in_both_languages(old, new):
    result = journeys(old, new)
    assert "2025 → 2026" in result.summary("en")
    assert "Feeling changed most at “Search”" in result.summary("en")
    assert "добавлено" in result.summary("ru")


def test_the_picture_marks_sure_changes_and_counts_notes(old, new):
    ax = plot.journey_comparison(journeys(old, new), lang="en")
    texts = [t.get_text() for t in ax.texts]
    assert "+1.2 ●" in texts
    assert "+0.1" in texts
    assert "+1" in texts
    plt.close("all")


def scores(gap=0.9, seed=0):
    rng = np.random.default_rng(seed)
    rows = []
    for source, people, shift in (("survey", 60, 0.0), ("employees", 20, gap)):
        for i in range(people):
            own = rng.normal(0, 0.4)
            for stage, mean in (("search", 0.2), ("deal", -0.6)):
                value = mean + own + (shift if stage == "deal" else 0) + rng.normal(0, 0.5)
                rows.append((f"{source}{i}", stage, float(np.clip(value, -2, 2)), source))
    return pd.DataFrame(rows, columns=["participant", "stage", "score", "source"])


def test_the_planted_gap_is_found_and_the_other_stage_is_left_alone():
    gap = expectation_gap(scores(), stages=["search", "deal"])
    table = gap.table.set_index("stage")
    assert table.loc["deal", "low"] <= 0.9 <= table.loc["deal", "high"]
    assert table.loc["deal", "reading"] == "rosier"
    assert table.loc["search", "reading"] == ""
    assert table.loc["deal", "n_customers"] == 60
    assert "rosier" in gap.summary("en")
    assert "лучше, чем говорят клиенты" in gap.summary("ru")


def test_the_sign_is_insiders_less_customers_whatever_their_names():
    turned = expectation_gap(scores(gap=-0.9), stages=["search", "deal"]).table.set_index("stage")
    assert turned.loc["deal", "gap"] < 0
    assert turned.loc["deal", "reading"] == "gloomier"


def test_the_second_line_goes_onto_the_map():
    gap = expectation_gap(scores(), stages=["search", "deal"])
    journey = Journey(id="j", title="J", stages=(Stage(id="search", title="S"), Stage(id="deal", title="D")))
    assert {p.source for p in journey.with_emotion(gap).emotion} == {"survey", "employees"}


def test_without_insiders_there_is_no_gap_to_show():
    with pytest.raises(CjmError, match="nobody of employees, managers"):
        expectation_gap(scores().query("source == 'survey'"))
    with pytest.raises(CjmError, match="did you mean 'survey'"):
        expectation_gap(scores(), reality="surveys")


def test_the_gap_is_drawn_with_both_n():
    ax = plot.expectation_gap(expectation_gap(scores(), stages=["search", "deal"]), lang="ru")
    assert "60 / 20" in [t.get_text() for t in ax.texts]
    plt.close("all")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The price is clear", "The price is unclear"),
        ("Цена понятна", "Цена непонятна"),
        ("No call back within a day", "Call back within a day"),
        ("We do not understand the contract", "We do understand the contract"),
        ("Договор с гарантией", "Договор без гарантии"),
    ],
)
def test_a_text_and_its_denial_are_two_notes(before, after):
    from cjmkit.compare.matching import Part, match

    one, other = ([Part("note", ("deal", "thoughts"), t, t)] for t in (before, after))
    assert match(one, other) == []
    assert cj.exchange.diff(*(JOURNEY.with_note("deal", "thoughts", t) for t in (before, after))).count("~") == 0


def test_a_reworded_note_stays_one_note_in_the_comparison_and_in_the_diff():
    a = JOURNEY.with_note("deal", "thoughts", "The contract is hard to understand for me")
    b = JOURNEY.with_note("deal", "thoughts", "The contract was hard to understand for me")
    assert cj.compare.journeys(a, b).table["change"].tolist() == ["changed"]
    assert cj.exchange.diff(a, b).startswith("~ note")


JOURNEY = cj.Journey(id="flat", title="Flat", stages=(cj.Stage(id="deal", title="Deal"),))


def test_shares_of_notes_are_compared_and_only_what_survives_the_correction_is_sure():
    from cjmkit.stats import newcombe, wilson

    def wave(counts, n):
        notes = []
        for k, x in enumerate(counts):
            value, low, high = wilson(x, n)
            share = Estimate(value=value, low=low, high=high, n=n, percent=True)
            notes.append(Note(id=f"b{k}", text=f"barrier {k}", estimate=share))
        return Journey(id="t", title="T", stages=(Stage(id="s", title="S", barriers=tuple(notes)),))

    before, after = (40, 50, 60, 30), (80, 62, 60, 30)
    found = journeys(wave(before, 120), wave(after, 120)).shares
    for r, x, y in zip(found.to_dict("records"), before, after, strict=True):
        # The square-and-add interval from two Wilson intervals is Newcombe's.
        assert (r["difference"], r["low"], r["high"]) == pytest.approx(newcombe((y, 120), (x, 120)), abs=1e-12)
    assert found["sure"].tolist() == [True, False, False, False]
    alone = journeys(wave((50,), 120), wave((66,), 120)).shares
    assert alone["low"].iloc[0] > 0 and alone["sure"].tolist() == [True]
    # Among many notes the same change is not sure any more.
    many = journeys(wave((50,) * 12, 120), wave((66,) + (50,) * 11, 120)).shares
    assert many["low"].iloc[0] > 0 and not many["sure"].any()
