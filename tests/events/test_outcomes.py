"""Who succeeded, who left, who is open: against statsmodels, planted hazards, and a log shaped like a loan desk's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.events.survival import aalen_johansen, usual_wait


def loan_desk() -> pd.DataFrame:
    """13,087 applications: 7,635 declined, 2,807 cancelled, 2,246 activated, 399 undecided at the end of the log."""
    rng = np.random.default_rng(2012)
    ends = ["DECLINED"] * 7635 + ["CANCELLED"] * 2807 + ["ACTIVATED"] * 2246 + [None] * 399
    rng.shuffle(ends)
    rows = []
    for i, end in enumerate(ends):
        t = rng.uniform(0, 150) if end else rng.uniform(120, 164)
        rows.append((f"c{i}", t, "SUBMITTED"))
        steps = ["PREACCEPTED", "ACCEPTED", "OFFER"]
        done = 3 if end == "ACTIVATED" else int(rng.integers(0, 4))
        for step in steps[:done]:
            t = min(t + rng.exponential(0.5), 164.5)
            rows.append((f"c{i}", t, step))
        if end:
            rows.append((f"c{i}", min(t + rng.exponential(8), 165.0), end))
            if rng.random() < 0.3:  # a clerk closes the file after the decision
                rows.append((f"c{i}", 165.0, "FILED"))
    frame = pd.DataFrame(rows, columns=["case", "day", "activity"])
    frame["time"] = pd.Timestamp("2011-09-30") + pd.to_timedelta(frame.pop("day"), "D")
    return frame


@pytest.fixture(scope="module")
def desk() -> cj.EventLog:
    return cj.EventLog(loan_desk(), user="case", time="time", event="activity")


def test_incidence_is_that_of_statsmodels_and_of_the_worked_example():
    from statsmodels.duration.survfunc import CumIncidenceRight

    got = aalen_johansen([1, 2, 3, 4, 5, 6], [1, 2, 0, 1, 0, 2]).groupby("code")["incidence"].last()
    assert got.tolist() == pytest.approx([0.3889, 0.6111], abs=5e-5)
    rng = np.random.default_rng(4)
    times, codes = rng.integers(1, 60, 400), rng.integers(0, 3, 400)
    want = CumIncidenceRight(times.astype(float), codes)
    mine = aalen_johansen(times, codes)
    for i, kind in enumerate((1, 2)):
        part = mine[mine["code"] == kind].set_index("time")["incidence"]
        other = pd.Series(want.cinc[i], index=want.times)
        assert part.to_numpy() == pytest.approx(other.loc[part.index].to_numpy())
    assert (mine["low"] <= mine["incidence"]).all()
    assert (mine["incidence"] <= mine["high"].fillna(1)).all()


def test_the_error_of_the_incidence_is_that_between_samples():
    rng = np.random.default_rng(9)
    ends = []
    for _ in range(300):
        a, b, c = rng.exponential(3, 200), rng.exponential(5, 200), rng.uniform(0, 8, 200)
        t = np.minimum(np.minimum(a, b), c)
        code = np.where(t == c, 0, np.where(t == a, 1, 2))
        found = aalen_johansen(t, code)
        ends.append(found[(found["code"] == 1) & (found["time"] <= 4)].iloc[-1])
    table = pd.DataFrame(ends)
    rate = 1 / 3 + 1 / 5
    truth = (1 / 3) / rate * (1 - np.exp(-rate * 4))
    inside = ((table["low"] <= truth) & (truth <= table["high"])).mean()
    assert 0.92 <= inside <= 0.98
    assert table["incidence"].mean() == pytest.approx(truth, abs=0.006)


def test_without_censoring_incidence_is_the_plain_share(desk):
    frame = loan_desk()
    closed = frame[
        frame.groupby("case")["activity"].transform(lambda a: a.isin(["DECLINED", "CANCELLED", "ACTIVATED"]).any())
    ]
    log = cj.EventLog(closed, user="case", time="time", event="activity")
    table = log.outcomes("ACTIVATED", lost=["DECLINED", "CANCELLED"]).table.set_index("outcome")
    assert table.loc["ACTIVATED", "incidence"] == pytest.approx(2246 / 12688)
    assert table.loc["ACTIVATED", "naive"] == pytest.approx(2246 / 12688)
    assert table.loc["(open)", "people"] == 0


def test_a_loan_desk_has_as_many_outcomes_as_it_has(desk):
    got = desk.outcomes("ACTIVATED", lost=["DECLINED", "CANCELLED"])
    table = got.table.set_index("outcome")
    assert table["people"].to_dict() == {"ACTIVATED": 2246, "DECLINED": 7635, "CANCELLED": 2807, "(open)": 399}
    assert (table["n"] == 13087).all()
    assert table["incidence"].dropna().sum() <= 1 + 1e-9
    assert table.loc["DECLINED", "incidence"] > table.loc["DECLINED", "naive"]
    people = got.people()
    assert len(people) == 13087
    assert (people.loc[people["kind"] == "open", "outcome"] == "").all()
    assert "399" in got.summary("en")
    assert "399" in got.summary("ru")


def test_at_most_the_undecided_are_stuck(desk):
    steps = ["SUBMITTED", "PREACCEPTED", "ACCEPTED", "OFFER", "ACTIVATED"]
    naive = desk.stuck(steps)
    got = desk.stuck(steps, lost=["DECLINED", "CANCELLED"])
    assert naive.steps["stuck"].sum() > 5000
    assert 0 < got.steps["stuck"].sum() <= 399
    row = got.steps
    total = row["went_on"] + row["left"] + row["other_way"] + row["stuck"] + row["waiting"]
    assert (total == row["n"]).all()
    assert row["left"].sum() == 7635 + 2807
    people = got.people()
    assert len(people) == row["stuck"].sum()
    assert not set(people["last_event"]) & {"DECLINED", "CANCELLED", "ACTIVATED"}
    assert (row["low"] <= row["share"]).all()
    assert (row["share"] <= row["high"]).all()


def test_silence_becomes_an_outcome_only_when_asked(desk):
    quiet = desk.outcomes("ACTIVATED", lost=["DECLINED", "CANCELLED"], open_after="20D").table.set_index("kind")
    assert 0 < quiet.loc["silent", "people"] < 399
    assert quiet.loc["silent", "people"] + quiet.loc["open", "people"] == 399


def test_groups_are_followed_apart_and_an_event_ends_a_journey_in_one_way(desk):
    labels = pd.Series({f"c{i}": "A" if i % 2 else "B" for i in range(13087)})
    got = desk.outcomes("ACTIVATED", lost="DECLINED", by=labels)
    assert got.table.groupby("group")["n"].first().sum() == 13087
    assert set(got.at("10D")["group"]) == {"A", "B"}
    with pytest.raises(CjmError, match="two outcomes"):
        desk.outcomes("ACTIVATED", lost=["ACTIVATED"])
    with pytest.raises(CjmError, match="did you mean 'DECLINED'"):
        desk.outcomes("ACTIVATED", lost="DECLINE")
    with pytest.raises(CjmError, match="a step and an exit"):
        desk.stuck(["SUBMITTED", "ACTIVATED"], lost="ACTIVATED")


def test_every_engine_gives_the_same_outcomes():
    import polars as pl

    frame = loan_desk().iloc[:4000]
    ask = {"user": "case", "time": "time", "event": "activity"}
    logs = [
        cj.EventLog(frame, **ask),
        cj.EventLog(pl.DataFrame({c: frame[c].tolist() for c in frame}), **ask),
        cj.EventLog(frame, **ask, options=cj.events.LogOptions(duckdb=True)),
    ]
    assert [log.engine for log in logs] == ["pandas", "polars", "duckdb"]
    tables = [log.outcomes("ACTIVATED", lost=["DECLINED", "CANCELLED"]).table for log in logs]
    stuck = [log.stuck(["SUBMITTED", "ACCEPTED", "ACTIVATED"], lost=["DECLINED"]).steps for log in logs]
    for one, two in zip(tables[1:], stuck[1:]):
        pd.testing.assert_frame_equal(one, tables[0], check_dtype=False)
        pd.testing.assert_frame_equal(two, stuck[0], check_dtype=False)


def test_the_usual_wait_lets_exits_compete():
    """Ten go on on days 1 to 10, and a crowd that leaves at once changes nothing about when nine of ten have."""
    times, codes = np.r_[np.arange(1.0, 11), 0.5], np.r_[np.ones(10), 2]
    assert usual_wait(times, codes, np.r_[np.ones(10), 90.0][None, :], 0.9).tolist() == [9.0]
    assert np.isnan(usual_wait(times, np.zeros(11), np.ones((1, 11)), 0.9)).all()
