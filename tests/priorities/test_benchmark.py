"""The benchmark of "what if" comes from the data, and its range does not flatter."""

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj

FUNNEL = pd.DataFrame(
    {
        "group": ["friend"] * 3 + ["ads"] * 3 + ["rare"] * 3,
        "step": ["visit", "plan", "pay"] * 3,
        "users": [400, 300, 150, 1000, 700, 70, 12, 10, 9],
        "n": [400, 400, 300, 1000, 1000, 700, 12, 12, 10],
        "conversion": [None, 0.75, 0.5, None, 0.7, 0.1, None, 10 / 12, 0.9],
    }
)


def test_the_weakest_step_and_the_best_group_large_enough_are_found():
    b = cj.priorities.best_group(FUNNEL)
    assert (b.source, b.target, b.group) == ("plan", "pay", "friend")
    assert b.estimate.value == 0.5
    assert b.overall.value == pytest.approx(229 / 1010)


def test_the_best_of_several_gets_a_wider_interval_than_it_would_alone():
    from cjmkit.stats import wilson

    b = cj.priorities.best_group(FUNNEL)
    _, low, high = wilson(150, 300)
    assert b.estimate.low < low
    assert b.estimate.high > high


def test_what_if_with_this_benchmark_raises_conversion_by_hand_checked_amount():
    flat = FUNNEL.groupby("step", sort=False)[["users"]].sum().reset_index()
    chain = cj.priorities.moves(flat)
    gain = cj.priorities.what_if(chain, {("plan", "pay"): 0.5}, start="visit", success="pay")
    now, then = 229 / 1412, 1010 / 1412 * 0.5
    assert gain.difference.value == pytest.approx(then - now, abs=1e-9)


def test_without_groups_it_is_said_how_to_get_them():
    with pytest.raises(cj.CjmError, match="by="):
        cj.priorities.best_group(FUNNEL.drop(columns="group"))
    with pytest.raises(cj.CjmError, match="lower min_n"):
        cj.priorities.best_group(FUNNEL, min_n=10_000)


def equal_groups(rng, groups, n, share=0.3):
    users = rng.binomial(n, share, groups)
    rows = [(f"g{i}", step, u, n) for i, k in enumerate(users) for step, u in (("visit", n), ("form", k))]
    table = pd.DataFrame(rows, columns=["group", "step", "users", "n"])
    return table.assign(conversion=table["users"] / table["n"])


def test_equal_groups_promise_next_to_nothing():
    promised, seen = [], []
    for run in range(60):
        table = equal_groups(np.random.default_rng(run), 8, 100)
        b = cj.priorities.best_group(table)
        flat = table.groupby("step", sort=False)[["users"]].sum().reset_index()
        pay = pd.DataFrame({"step": ["pay"], "users": [flat["users"].iloc[1] * 0.6]})
        chain = cj.priorities.moves(pd.concat([flat, pay], ignore_index=True))
        gain = cj.priorities.what_if(chain, b.change(), start="visit", success="pay", resamples=100)
        promised.append(gain.difference.value)
        seen.append((b.estimate.value - b.overall.value) * 0.6)
    # As seen, the best of eight equal groups is about four points above everybody.
    assert np.mean(seen) > 0.03
    assert abs(np.mean(promised)) < 0.007


def test_groups_that_truly_differ_are_not_made_equal():
    rng = np.random.default_rng(3)
    table = pd.concat([equal_groups(rng, 4, 2000, 0.2), equal_groups(rng, 1, 2000, 0.4).assign(group="best")])
    b = cj.priorities.best_group(table)
    assert b.group == "best"
    assert b.expected.value == pytest.approx(b.estimate.value, abs=0.01)


def test_the_sentence_says_that_the_best_was_chosen_after_looking():
    b = cj.priorities.best_group(FUNNEL)
    assert "the best of 2 groups, chosen after looking" in b.summary("en")
    assert "(97.5%)" in b.summary("en")
    assert "верхняя граница" in b.summary("ru")
