"""Absorbing chains, checked by hand."""

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.priorities import what_if
from cjmkit.priorities.chain import absorption

SEEN = pd.DataFrame(
    {
        "source": ["visit", "visit", "form", "form", "form"],
        "target": ["form", "exit", "deal", "exit", "visit"],
        "users": [400, 600, 100, 250, 50],
    }
)


def test_absorption_with_a_way_back_by_hand():
    # x = .4 y, y = .25 + .125 x  →  x = .1 / (1 − .05)
    found = what_if(SEEN, {("form", "deal"): 0.25}, start="visit", success="deal")
    assert found.baseline.value == pytest.approx(0.1 / 0.95)
    assert found.difference.value == pytest.approx(0)


def test_the_gamblers_ruin():
    # Fair coin, states 0..4, start at 1, goal 4: one quarter.
    p = np.zeros((5, 5))
    for i in (1, 2, 3):
        p[i, i - 1] = p[i, i + 1] = 0.5
    assert absorption(p, 1, 4) == pytest.approx(0.25)
    # Unfair coin p = .6: (1 − r) / (1 − r⁴), r = 2/3.
    for i in (1, 2, 3):
        p[i, i - 1], p[i, i + 1] = 0.4, 0.6
    r = 2 / 3
    assert absorption(p, 1, 4) == pytest.approx((1 - r) / (1 - r**4))


def test_a_closed_circle_without_a_way_out_does_not_break_the_equations():
    p = np.zeros((4, 4))
    p[0, 1] = p[0, 3] = 0.5
    p[1, 2] = p[2, 1] = 1.0
    assert absorption(p, 0, 3) == pytest.approx(0.5)
    assert absorption(p, 1, 3) == 0
    assert absorption(p, 3, 3) == 1


def test_a_simulation_of_walks_agrees():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(20_000):
        state = "visit"
        while state not in ("deal", "exit"):
            if state == "visit":
                state = "form" if rng.random() < 0.4 else "exit"
            else:
                state = rng.choice(["deal", "exit", "visit"], p=[0.25, 0.625, 0.125])
        hits += state == "deal"
    found = what_if(SEEN, {("form", "deal"): 0.25}, start="visit", success="deal")
    assert hits / 20_000 == pytest.approx(found.baseline.value, abs=0.007)


def test_who_stays_came_from_those_who_left():
    found = what_if(SEEN, {("visit", "form"): 0.6}, start="visit", success="deal")
    # x = .6 y, y = .25 + .125 x
    assert found.changed.value == pytest.approx(0.15 / 0.925)
    assert found.difference.low > 0


def test_a_range_of_benchmarks_widens_the_interval():
    one = what_if(SEEN, {("visit", "form"): 0.6}, start="visit", success="deal").difference
    wide = what_if(SEEN, {("visit", "form"): (0.5, 0.7)}, start="visit", success="deal").difference
    assert wide.high - wide.low > one.high - one.low
    assert wide.value == pytest.approx(one.value)


def test_more_people_make_it_surer():
    few = what_if(SEEN.assign(users=SEEN["users"] / 10), {("visit", "form"): 0.6}, start="visit", success="deal")
    many = what_if(SEEN, {("visit", "form"): 0.6}, start="visit", success="deal")
    assert few.baseline.high - few.baseline.low > 2 * (many.baseline.high - many.baseline.low)
    assert few.baseline.value == pytest.approx(many.baseline.value)


def test_several_changes_are_shown_one_by_one_and_together():
    found = what_if(SEEN, {("visit", "form"): 0.5, ("form", "deal"): 0.4}, start="visit", success="deal")
    assert found.table["change"].tolist() == ["visit → form", "form → deal", "all together"]
    assert found.table["conversion"].iloc[2] > found.table["conversion"].iloc[:2].max()
    assert found.changed.value == pytest.approx(found.table["conversion"].iloc[2])


def test_taking_from_all_scales_the_other_ways():
    found = what_if(SEEN, {("form", "deal"): 0.5}, start="form", success="deal", taken_from="all")
    # Others shrink by 2/3: back .0833 of whom .4 come to the form again; y = .5 + .0833 · .4 · y
    assert found.changed.value == pytest.approx(0.5 / (1 - (0.125 * 2 / 3) * 0.4))


def test_people_who_are_missing_from_the_rows_have_left():
    table = SEEN[SEEN["target"] != "exit"].assign(n=[1000, 400, 400])
    found = what_if(table, {("visit", "form"): 0.5}, start="visit", success="deal")
    assert found.baseline.value == pytest.approx(0.1 / 0.95)
    assert not any("too good" in w for w in found.warnings)


def test_a_table_without_leavers_says_that_it_flatters():
    found = what_if(
        SEEN[SEEN["target"] != "exit"], {("visit", "form"): 1.0}, start="visit", success="deal", taken_from="all"
    )
    assert any("too good" in w for w in found.warnings)


def test_the_interval_covers_the_conversion_that_made_the_data():
    rng = np.random.default_rng(5)
    hits = 0
    runs = 200
    for seed in range(runs):
        visit = rng.multinomial(200, [0.4, 0.6])
        form = rng.multinomial(max(visit[0], 1), [0.3, 0.7])
        table = pd.DataFrame(
            {"source": ["v", "v", "f", "f"], "target": ["f", "exit", "d", "exit"], "users": [*visit, *form]}
        )
        found = what_if(
            table, {("v", "f"): 0.5}, start="v", success="d", resamples=400, seed=seed, taken_from="all"
        ).baseline
        hits += found.low <= 0.12 <= found.high
    assert hits / runs > 0.9


@pytest.mark.parametrize(
    ("change", "kwargs", "message"),
    [
        ({("visit", "frm"): 0.5}, {}, "did you mean 'form'"),
        ({("visit", "form"): 1.5}, {}, "from 0 to 1"),
        ({}, {}, "empty"),
        ({("form", "deal"): 0.95}, {}, "cannot rise"),
        ({("visit", "form"): 0.5}, {"success": "dael"}, "did you mean 'deal'"),
        ({("visit", "form"): 0.5}, {"taken_from": "nobody"}, "taken_from"),
        ({("deal", "form"): 0.5}, {}, "nothing leads away"),
    ],
)
def test_bad_changes_are_refused(change, kwargs, message):
    with pytest.raises(CjmError, match=message):
        what_if(SEEN, change, **({"start": "visit", "success": "deal"} | kwargs))


def test_people_whose_path_ends_are_taken_from_the_result():
    class Counted:
        table = SEEN[SEEN["target"] != "exit"].rename(columns={"users": "count"})
        exits = pd.DataFrame({"event": ["visit", "form", "deal"], "users": [600, 250, 100]})

    found = what_if(Counted(), {("visit", "form"): 0.5}, start="visit", success="deal")
    assert found.baseline.value == pytest.approx(0.1 / 0.95)
    assert not any("too good" in w for w in found.warnings)


@pytest.mark.parametrize("users", [[8, 3, 0], [8, 8, 8]])
def test_a_way_that_nobody_took_is_not_impossible_and_one_that_all_took_not_certain(users):
    chain = cj.priorities.moves(pd.DataFrame({"step": ["a", "b", "c"], "users": users}))
    found = what_if(chain, {("b", "c"): 0.5} if users[2] == 0 else {("a", "b"): 1.0}, start="a", success="c")
    assert found.baseline.value == users[2] / users[0]
    if users[2] == 0:
        assert found.baseline.low == 0
        assert 0.1 < found.baseline.high < 0.5
        assert found.difference.value == pytest.approx(3 / 8 * 0.5)
        assert found.difference.low < found.difference.high
    else:
        assert found.baseline.high == 1
        assert 0.5 < found.baseline.low < 0.9


def test_a_change_is_said_to_be_assumed_and_never_to_be_a_gain():
    chain = cj.priorities.moves(pd.DataFrame({"step": ["a", "b"], "users": [100, 20]}))
    found = what_if(chain, {("a", "b"): (0.2, 0.3)}, start="a", success="b", level=0.9)
    assert "Assumed, not measured" in found.summary("en")
    assert "(90%)" in found.summary("en")
    assert "прирост" not in found.summary("ru")
