"""Scores by formula, and ranks that admit what they do not know."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.priorities import rank


def ideas(**columns):
    base = {
        "id": ["A1", "A2", "A3", "A4"],
        "title": ["Prices first", "Reviews page", "Evening chat", "School map"],
        "stage": ["evaluation", "evaluation", "deal", "search"],
        "barrier": ["contact", "reviews", "contact, bank", ""],
        "owner": ["Marketing", "Marketing", "Call centre", ""],
        "reach": [700, 290, 220, 330],
        "impact": [3, 1, 1, 0.5],
        "confidence": [0.9, 0.7, 0.7, 0.5],
        "effort": [1.5, 1.5, 3, 1],
        "source": ["log", "interviews", "S06", ""],
        "due": ["2026-09-01", None, "2026-10-15", None],
    }
    return pd.DataFrame(base | columns)


def test_reference_values_of_the_formulas():
    def score(method, **columns):
        table = pd.DataFrame({"title": [f"i{k}" for k in range(len(next(iter(columns.values()))))], **columns})
        return rank(table, method=method).table.sort_values("title")["score"].tolist()

    assert score("rice", reach=[2000], impact=[2], confidence=[0.8], effort=[4]) == [800]
    assert score("rice", reach=[700, 290], impact=3, confidence=0.9, effort=1.5) == pytest.approx([1260, 522])
    assert score("ice-mean", impact=[8], confidence=[6], ease=[4]) == [6]
    assert score("ice-product", impact=[8], confidence=[6], ease=[4]) == [192]
    assert score("impact-effort", impact=[3], effort=[1.5]) == [2]
    # Importance and satisfaction as top-two shares times ten; from the shared survey reference.
    found = score("opportunity", importance=[8.0, 7.6, 1.2], satisfaction=[0.0, 1.4, 5.0])
    assert found == pytest.approx([16.0, 13.8, 1.2])


def test_the_rank_is_that_of_the_formula_whatever_the_uncertainty():
    for u in (0, 0.5, 3.0):
        found = rank(ideas(), uncertainty=u).table
        assert found["title"].tolist() == ["Prices first", "Reviews page", "School map", "Evening chat"]
        assert found["score"].tolist() == sorted(found["score"], reverse=True)
        assert found["rank"].tolist() == [1, 2, 3, 4]
    assert found["score"].iloc[0] == pytest.approx(1260)


def test_without_uncertainty_every_draw_agrees():
    found = rank(ideas(), uncertainty=0)
    assert found.table["first"].tolist() == [1, 0, 0, 0]
    assert (found.table["low"] == found.table["score"]).all()
    assert found.stability.to_numpy().tolist() == np.eye(4).tolist()


def test_stability_is_a_table_of_shares():
    shares = rank(ideas()).stability
    assert shares.sum(axis=1).to_numpy() == pytest.approx(np.ones(4))
    assert shares.sum(axis=0).to_numpy() == pytest.approx(np.ones(4))


def test_two_equal_ideas_share_their_places():
    found = rank(ideas(reach=[100, 100, 1, 1], impact=1, confidence=0.5, effort=1), uncertainty=0)
    assert found.table["first"].iloc[:2].tolist() == pytest.approx([0.5, 0.5], abs=0.05)


def test_more_doubt_makes_ranks_less_sure():
    sure, unsure = (rank(ideas(), uncertainty=u).table["in_top"] for u in (0.1, 3.0))
    assert ((sure - 0.5).abs() >= (unsure - 0.5).abs() - 0.02).all()


def test_an_idea_may_bring_its_own_range():
    table = ideas(reach_low=[100, 290, 220, 330], reach_high=[2000, 290, 220, 330])
    found = rank(table, uncertainty=0).table.set_index("title")
    assert found.loc["Prices first", "low"] < 1260 < found.loc["Prices first", "high"]
    assert found.loc["Evening chat", "low"] == found.loc["Evening chat", "high"]
    with pytest.raises(CjmError, match="outside its own range"):
        rank(ideas(reach_low=[800, 0, 0, 0], reach_high=[900, 999, 999, 999]))


def test_the_interval_of_a_score_holds_the_share_it_says():
    # One uncertain input with a symmetric triangle: its 5 % and 95 % quantiles are known.
    table = ideas(reach=[100] * 4, impact=1, confidence=1, effort=1, reach_low=[0] * 4, reach_high=[200] * 4)
    found = rank(table, uncertainty=0, resamples=40_000).table
    half = 100 * (1 - np.sqrt(0.1))
    assert found["low"].iloc[0] == pytest.approx(100 - half, rel=0.05)
    assert found["high"].iloc[0] == pytest.approx(100 + half, rel=0.02)


def test_mean_and_product_of_ice_can_disagree_so_one_has_to_be_named():
    table = ideas(impact=[10, 6, 1, 1], confidence=[1, 6, 1, 1], ease=[10, 6, 1, 1])
    assert rank(table, method="ice-mean").table["title"].iloc[0] == "Prices first"
    assert rank(table, method="ice-product").table["title"].iloc[0] == "Reviews page"
    with pytest.raises(CjmError, match="mean .* product"):
        rank(table, method="ICE")
    with pytest.raises(CjmError, match="ease, 1 to 10"):
        rank(ideas(impact=5, confidence=5), method="ice-mean")


def test_weights_count_costs_against_an_idea():
    found = rank(ideas(), method="weighted", weights={"impact": 2, "effort": -1}, uncertainty=0).table
    assert found["score"].iloc[0] == pytest.approx(2 / 3 - 1 / 3 * 0.25)
    assert found["title"].iloc[0] == "Prices first"
    with pytest.raises(CjmError, match="weights="):
        rank(ideas(), method="weighted")


def test_impact_and_effort_name_a_quadrant():
    found = rank(ideas(), method="impact-effort").table.set_index("title")["quadrant"]
    assert found["Prices first"] == "quick win"
    assert found["Evening chat"] == "big project"
    assert found["School map"] == "fill-in"


def test_actions_carry_owner_date_barriers_and_method():
    action = rank(ideas()).actions()[0]
    assert action.id == "A1"
    assert action.owner == "Marketing"
    assert action.due == dt.date(2026, 9, 1)
    assert action.barriers == ("contact",)
    assert action.method == "RICE"
    assert action.score == pytest.approx(1260)
    assert "source: log" in action.memo
    last = next(a for a in rank(ideas()).actions() if a.id == "A3")
    assert last.barriers == ("contact", "bank")
    journey = cj.Journey(
        id="j", title="J", stages=tuple(cj.Stage(id=s, title=s) for s in ("search", "evaluation", "deal"))
    ).with_improvements(rank(ideas()).actions())
    assert len(journey.improvements) == 4


def test_missing_sources_and_owners_are_said():
    warnings = " ".join(rank(ideas()).warnings)
    assert "1 of 4 ideas name no source" in warnings
    assert "1 of 4 ideas have no owner" in warnings


@given(st.randoms())
def test_the_order_of_ideas_cannot_matter_for_score_and_rank(random):
    order = list(range(4))
    random.shuffle(order)
    a = rank(ideas(), resamples=50).table[["title", "score", "rank"]]
    b = rank(ideas().iloc[order], resamples=50).table[["title", "score", "rank"]]
    pd.testing.assert_frame_equal(a, b)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"effort": [0, 1, 1, 1]}, "effort is above zero"),
        ({"confidence": [90, 70, 70, 50]}, "divide per cent by 100"),
        ({"reach": ["many", 1, 1, 1]}, "not a number"),
        ({"reach": [-1, 1, 1, 1]}, "not negative"),
        ({"due": ["soon", None, None, None]}, "not a date"),
    ],
)
def test_bad_inputs_are_refused_by_name(columns, message):
    with pytest.raises(CjmError, match=message):
        rank(ideas(**columns)).actions()


def test_bad_calls_are_refused():
    with pytest.raises(CjmError, match="did you mean 'rice'"):
        rank(ideas(), method="rise")
    with pytest.raises(CjmError, match="needs the column 'reach'"):
        rank(ideas().drop(columns="reach"))
    with pytest.raises(CjmError, match="empty"):
        rank(ideas().head(0))
    with pytest.raises(CjmError, match="did you mean 'evaluation'"):
        rank(ideas(stage="evalution"), stages=["evaluation"])


def test_sentences_exist_in_both_languages():
    found = rank(ideas())
    assert "first “Prices first”" in found.summary("en")
    assert "первая «Prices first»" in found.summary("ru")


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [("effort", 0.0, 3.0), ("reach", -50.0, 900.0), ("confidence", 0.2, 1.6)],
)
def test_a_range_of_an_input_lies_on_its_scale(column, low, high):
    table = ideas()
    table[f"{column}_low"], table[f"{column}_high"] = np.nan, np.nan
    table.loc[0, [f"{column}_low", f"{column}_high"]] = [low, high]
    with pytest.raises(CjmError, match=f"the range of {column} .* mend {column}_low or {column}_high"):
        rank(table)


def test_three_ideas_are_not_said_to_stay_among_the_first_three():
    assert "among the first" not in rank(ideas().head(3), n=3).summary("en")
