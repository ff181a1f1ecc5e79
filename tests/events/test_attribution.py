"""Attribution against examples worked by hand, and against the definitions."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.events.credit import markov, shapley, shapley_rates


def log_of(paths: list[tuple[str, int, int]]) -> cj.EventLog:
    """Paths as letters with numbers of people and of those who finish; an hour between touches."""
    rows, person = [], 0
    for path, people, finished in paths:
        for i in range(people):
            person += 1
            begin = pd.Timestamp("2026-03-01") + pd.Timedelta(minutes=person)
            for j, channel in enumerate(path):
                rows.append((f"p{person}", begin + pd.Timedelta(hours=j), "visit", channel))
            if i < finished:
                rows.append((f"p{person}", begin + pd.Timedelta(hours=len(path)), "deal", None))
    frame = pd.DataFrame(rows, columns=["who", "when", "what", "where"])
    return cj.EventLog(frame, user="who", time="when", event="what", channel="where")


def shares(got, model: str) -> dict[str, float]:
    part = got.table[got.table["model"] == model]
    return dict(zip(part["channel"], part["share"]))


def test_the_removal_effect_equals_the_example_worked_by_hand():
    """Start → A 2/3, B 1/3. A → B 1/2, A → lost 1/2. B → deal always.

    P = 2/3·1/2 + 1/3 = 2/3. Without A: 1/3, effect 1/2. Without B: 0, effect 1. Shares 1/3 and 2/3.
    """
    paths = [("AB", 1, 1), ("A", 1, 0), ("B", 1, 1)]
    assert markov(paths) == {"A": 0.5, "B": 1.0}
    got = log_of(paths).attribution("deal", models=["markov"], resamples=10)
    assert shares(got, "markov") == pytest.approx({"A": 1 / 3, "B": 2 / 3})


def test_the_removal_effect_equals_the_chain_solved_without_the_channel():
    rng = np.random.default_rng(4)
    paths = {}
    for _ in range(60):
        path = "".join(rng.choice(list("ABCD"), rng.integers(1, 7)))
        path = "".join(c for i, c in enumerate(path) if i == 0 or c != path[i - 1])
        people, done = paths.get(path, (0, 0))
        paths[path] = (people + 1, done + int(rng.random() < 0.4))
    listed = [(p, n, k) for p, (n, k) in paths.items()]

    def chance(order: int, without: str = "") -> float:
        """Probability to finish, by iterating the chain; a visit to the removed channel is lost."""
        flow: dict = {}
        for path, n, k in listed:
            state = ("",) * order
            for c in path:
                new = (*state[1:], c)
                flow.setdefault(state, {}).setdefault(new, 0)
                flow[state][new] += n
                state = new
            for end, m in (("deal", k), ("lost", n - k)):
                flow.setdefault(state, {}).setdefault(end, 0)
                flow[state][end] += m
        at, done = {("",) * order: 1.0}, 0.0
        for _ in range(2000):
            after: dict = {}
            for state, p in at.items():
                total = sum(flow[state].values())
                for new, m in flow[state].items():
                    if new == "deal":
                        done += p * m / total
                    elif new != "lost" and new[-1] != without:
                        after[new] = after.get(new, 0) + p * m / total
            at = after
        return done

    for order in (1, 2, 3):
        whole = chance(order)
        want = {c: 1 - chance(order, c) / whole for c in "ABCD"}
        assert markov(listed, order=order) == pytest.approx(want, abs=1e-9)


def test_shapley_values_follow_from_all_orders_of_arrival():
    value = {frozenset("A"): 4.0, frozenset("B"): 2.0, frozenset("AB"): 10.0, frozenset("C"): 0.0,
             frozenset("AC"): 5.0, frozenset("BC"): 2.0, frozenset("ABC"): 12.0}  # fmt: skip
    want = dict.fromkeys("ABC", 0.0)
    for order in permutations("ABC"):
        before: frozenset = frozenset()
        for player in order:
            want[player] += (value[before | {player}] - value.get(before, 0.0)) / 6
            before = before | {player}
    assert shapley(value) == pytest.approx(want)
    assert sum(shapley(value).values()) == pytest.approx(12)


def test_shapley_of_conversions_equals_the_game_written_out():
    paths = [("AB", 10, 4), ("A", 20, 2), ("BC", 5, 3), ("ABCA", 6, 6), ("C", 9, 0)]
    worth = {}
    for size in range(1, 4):
        from itertools import combinations

        for s in combinations("ABC", size):
            worth[frozenset(s)] = float(sum(k for p, _, k in paths if set(p) <= set(s)))
    want = shapley(worth)
    got = shares(log_of(paths).attribution("deal", models=["shapley"], resamples=10), "shapley")
    assert got == pytest.approx({c: v / 15 for c, v in want.items()})


def test_shapley_of_rates_equals_the_game_written_out():
    kinds, people, done = [1, 2, 3, 6, 7], [20, 4, 10, 5, 6], [2, 0, 4, 3, 6]
    worth = {}
    for mask in range(1, 8):
        inside = [i for i, k in enumerate(kinds) if k | mask == mask]
        total = sum(people[i] for i in inside)
        worth[frozenset(c for j, c in enumerate("ABC") if mask >> j & 1)] = (
            sum(done[i] for i in inside) / total if total else 0.0
        )
    want = shapley(worth)
    total = sum(want.values())
    assert shapley_rates(kinds, people, done, size=3) == pytest.approx([want[c] / total for c in "ABC"])


def test_time_decay_halves_with_each_half_life():
    got = log_of([("AB", 3, 3)]).attribution("deal", models=["time_decay"], half_life="1h", resamples=10)
    assert shares(got, "time_decay") == pytest.approx({"A": 1 / 3, "B": 2 / 3})


def test_order_of_rows_changes_nothing_and_intervals_cover_the_share():
    paths = [("AB", 40, 10), ("BA", 30, 12), ("ABA", 20, 9), ("C", 50, 3), ("CA", 25, 11)]
    got = log_of(paths).attribution("deal")
    again = log_of(paths).attribution("deal")
    pd.testing.assert_frame_equal(got.table, again.table)
    assert ((got.table["low"] <= got.table["share"]) & (got.table["share"] <= got.table["high"])).all()
    assert got.table.groupby("model")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_bootstrap_intervals_agree_with_the_binomial_where_there_is_one():
    """First-touch shares are shares of people: Wilson's interval is the outside measure."""
    from cjmkit.stats import wilson

    rng = np.random.default_rng(2)
    paths = [(c, n, n) for c, n in zip("ABC", rng.multinomial(900, [0.5, 0.3, 0.2]))]
    got = log_of(paths).attribution("deal", models=["first"], resamples=2000).table
    _, low, high = wilson((got["share"] * 900).to_numpy(), 900)
    assert (got["high"] - got["low"]).to_numpy() == pytest.approx(high - low, rel=0.25)


def test_the_channel_that_opens_is_not_the_one_that_closes_and_the_summary_says_so():
    got = log_of([("OC", 200, 120), ("C", 150, 15), ("O", 100, 5)]).attribution(
        "deal", models=["first", "last", "markov"]
    )
    assert shares(got, "first")["O"] > 0.5 > shares(got, "last")["O"]
    worst = got.disagreements.iloc[0]
    assert worst["apart"]
    assert worst["spread_low"] > 0
    assert "disagree" in got.summary("en")
    assert "расходятся" in got.summary("ru")


def test_nobody_finished_means_no_credit():
    got = log_of([("AB", 5, 0), ("A", 1, 1)])
    with pytest.raises(CjmError, match="unknown attribution model 'markow'; did you mean 'markov'"):
        got.attribution("deal", models=["markow"])
    with pytest.raises(CjmError, match="unknown event"):
        got.attribution("purchase")
    alone = pd.DataFrame(
        {"who": ["a", "a"], "when": ["2026-03-01", "2026-03-02"], "what": ["deal", "visit"], "where": [None, "A"]}
    )
    none = cj.EventLog(alone, user="who", time="when", event="what", channel="where").attribution("deal")
    assert none.table.empty
    assert "no credit" in none.summary("en")


def test_evidence_of_a_share_carries_query_engine_and_hash():
    log = log_of([("AB", 10, 4), ("A", 20, 2)])
    figure = cj.cite(log.attribution("deal", resamples=20), channel="A", model="markov")
    assert figure.kind == "events"
    assert "channel 'A', model 'markov'" in figure.query
    assert figure.engine.startswith("pandas")
    assert figure.sha256 == log.sha256
    assert figure.estimate.n == 6
