"""Who has not got there yet is not lost: windows not over; people open, gone, or elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError

DAY = pd.Timedelta("1D")
START = pd.Timestamp("2026-03-01")


def log_of(rows, **more):
    frame = pd.DataFrame(rows, columns=["who", "day", "what"])
    frame["when"] = START + pd.to_timedelta(frame["day"], "D")
    return cj.EventLog(frame, user="who", time="when", event="what", **more)


def growing(n: int, share: float, seed: int) -> cj.EventLog:
    """People who come ever more often for 40 days; a known share of them converts within ten days of coming."""
    rng = np.random.default_rng(seed)
    came = 40 * np.sqrt(rng.random(n))
    wait = np.where(rng.random(n) < share, 10 * rng.random(n), 1e6)
    rows = [(f"p{i}", c, "come") for i, c in enumerate(came)]
    rows += [(f"p{i}", c + w, "buy") for i, (c, w) in enumerate(zip(came, wait)) if c + w <= 40]
    return log_of([*rows, ("last", 40.0, "other")])


def test_a_window_that_is_not_over_counts_nobody_as_lost():
    true, seen, naive = 0.3, [], []
    for seed in range(12):
        funnel = growing(1500, true, seed).funnel(["come", "buy"], window="10D")
        row = funnel.settled.iloc[1]
        seen.append(row["conversion"])
        naive.append(funnel.table.iloc[1]["conversion"])
        # Who came in the last ten days is left out, and said.
        assert row["n"] < funnel.table.iloc[1]["n"]
        assert "settled" in " ".join(funnel.warnings)
    error = np.sqrt(true * (1 - true) / 800 / 12)
    assert abs(np.mean(seen) - true) < 4 * error
    assert np.mean(naive) < true - 0.04


def test_a_window_that_is_over_for_everybody_needs_no_word():
    log = log_of([("a", 0, "come"), ("a", 1, "buy"), ("b", 0, "come"), ("z", 30, "other")])
    funnel = log.funnel(["come", "buy"], window="2D")
    pd.testing.assert_frame_equal(funnel.table, funnel.settled)
    assert not [w for w in funnel.warnings if "settled" in w]


ROWS = [
    ("a", 1, "offer"), ("a", 2, "sign"), ("a", 3, "paid"), ("b", 1, "offer"), ("b", 3, "declined"), ("c", 3, "offer"),
    ("d", 1, "offer"), ("d", 2, "paid"), ("e", 1, "offer"), ("e", 2, "sign"), ("f", 2, "declined"), ("f", 4, "offer"),
]  # fmt: skip


def test_those_who_did_not_take_a_step_left_are_open_or_went_another_way():
    funnel = log_of(ROWS).funnel(["offer", "sign", "paid"], lost="declined")
    table = funnel.table.iloc[1:]
    # b declined; c and f are open (f declined before the offer); d paid without signing; e is open after signing.
    assert table[["left", "open", "other_way"]].to_numpy().tolist() == [[1, 2, 1], [0, 1, 0]]
    assert (table[["left", "open", "other_way"]].sum(axis=1) == table["lost"]).all()
    assert "1 left for good, 2 are still open, 1 went another way" in funnel.summary("en")
    assert "ушли насовсем 1, ещё в пути 2, пошли иначе 1" in funnel.summary("ru")
    assert funnel.weakest().iloc[0][["left", "open", "other_way"]].tolist() == [1, 2, 1]


def test_groups_and_engines_separate_alike():
    labels = {p: "x" if p in "abc" else "y" for p in "abcdef"}
    log = log_of(ROWS)
    whole = log.funnel(["offer", "sign", "paid"], lost="declined", by=labels).table
    assert whole.groupby("step", sort=False)["open"].sum().tolist() == [0, 2, 1]
    duck = log_of(ROWS, options=cj.events.LogOptions(duckdb=True))
    pd.testing.assert_frame_equal(duck.funnel(["offer", "sign", "paid"], lost="declined", by=labels).table, whole)


def test_what_cannot_be_separated_is_said():
    log = log_of(ROWS)
    with pytest.raises(CjmError, match="a step and an exit"):
        log.funnel(["offer", "paid"], lost="paid")
    with pytest.raises(CjmError, match="closed funnel without a window"):
        log.funnel(["offer", "paid"], lost="declined", window="3D")


def test_each_of_three_groups_is_compared_with_all_others():
    rows = [(f"{g}{i}", 0, "come") for g in "xyz" for i in range(40)]
    rows += [(f"{g}{i}", 1, "buy") for g, k in zip("xyz", (10, 10, 30)) for i in range(k)]
    funnel = log_of(rows).funnel(["come", "buy"], by={f"{g}{i}": g for g in "xyz" for i in range(40)})
    table = funnel.compare().set_index("a")
    assert table.loc["z", ["users_a", "n_a", "users_b", "n_b"]].tolist() == [30, 40, 20, 80]
    assert table.loc["z", "difference"] == pytest.approx(0.75 - 0.25)
    assert table.loc["z", "low"] > 0
    assert funnel.compare("x", "y")["difference"].tolist() == [0]
    with pytest.raises(CjmError, match="name the two groups"):
        funnel.compare("x")
