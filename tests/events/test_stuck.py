"""Who is stuck: against lifetimes simulated with a known truth, and against statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.events.survival import kaplan_meier


@pytest.fixture(scope="module")
def log() -> cj.EventLog:
    """A thousand people arrive over 100 days; 60 % go on after 2 days on average (exponential), the rest never."""
    rng = np.random.default_rng(8)
    begin = pd.Timestamp("2026-01-01")
    rows = []
    for i in range(1000):
        came = rng.uniform(0, 100)
        rows.append((f"p{i}", came, "visit", "ads" if i % 2 else "mail"))
        if rng.random() < 0.6 and (went := came + rng.exponential(2)) < 100:
            rows.append((f"p{i}", went, "form", "site"))
    frame = pd.DataFrame(rows, columns=["who", "day", "what", "where"])
    frame["when"] = begin + pd.to_timedelta(frame.pop("day"), "D")
    return cj.EventLog(frame, user="who", time="when", event="what", channel="where", stage_of={"visit": "evaluation"})


def test_the_survival_curve_is_that_of_statsmodels():
    from statsmodels.duration.survfunc import SurvfuncRight

    rng = np.random.default_rng(1)
    times, moved = rng.integers(1, 40, 300), rng.random(300) < 0.6
    got, want = kaplan_meier(times, moved), SurvfuncRight(times, moved.astype(int))
    assert got["time"].tolist() == want.surv_times.tolist()
    assert got["remaining"].to_numpy() == pytest.approx(want.surv_prob)
    assert got["at_risk"].to_numpy() == pytest.approx(want.n_risk)
    assert (got["low"] <= got["remaining"]).all()
    assert (got["remaining"] <= got["high"].fillna(1)).all()


def test_weights_stand_for_that_many_people():
    once = kaplan_meier([1, 1, 2, 5, 5, 5], [True, True, True, False, False, True])
    pd.testing.assert_frame_equal(once, kaplan_meier([1, 2, 5, 5], [True, True, False, True], [2, 1, 2, 1]))


def test_the_usual_time_is_the_planted_one_and_late_arrivals_are_not_stuck(log):
    got = log.stuck(["visit", "form"])
    usual = got.steps["usual_time"].iloc[0] / pd.Timedelta(days=1)
    assert usual == pytest.approx(2 * np.log(10), rel=0.25)  # 90 % of an exponential with mean 2 days
    row = got.steps.iloc[0]
    assert row["stuck"] + row["waiting"] + row["went_on"] == row["n"] == 1000
    assert 0.3 < row["share"] < 0.45
    assert row["waiting"] > 5
    people = got.people()
    assert (people["wait"] > row["usual_time"]).all()
    assert len(people) == row["stuck"] == got.table["size"].sum() == len(got.ids("visit"))
    assert not set(people["participant"]) & set(people_who(log, "form"))


def people_who(log, event):
    frame = log._source
    return frame.loc[frame["what"] == event, "who"]


def test_audiences_have_step_stage_channel_persona_and_their_base(log):
    labels = pd.Series({f"p{i}": "Planner" if i < 500 else "Explorer" for i in range(1000)})
    got = log.stuck(["visit", "form"], by=("channel", labels))
    assert list(got.table.columns[:7]) == ["step", "next_step", "stage", "channel", "persona", "size", "median_wait"]
    assert set(zip(got.table["channel"], got.table["persona"])) == {
        (c, p) for c in ("ads", "mail") for p in ("Planner", "Explorer")
    }
    assert got.table["n"].sum() == 1000
    assert (got.table["stage"] == "evaluation").all()
    one = got.ids("visit", channel="ads", persona="Planner")
    assert all(labels[p] == "Planner" and int(p[1:]) % 2 for p in one)
    with pytest.raises(CjmError, match="did you mean 'visit'"):
        got.ids("visits")


def test_looking_earlier_sees_only_what_was_known_then(log):
    early = log.stuck(["visit", "form"], at="2026-02-01")
    assert early.steps["n"].iloc[0] < 400
    assert early.people()["since"].max() < pd.Timestamp("2026-02-01", tz="UTC")


def test_a_step_that_nobody_leaves_has_no_usual_time_and_says_so():
    frame = pd.DataFrame({"who": list("abc"), "when": ["2026-03-01"] * 3, "what": ["visit", "visit", "form"]})
    got = cj.EventLog(frame, user="who", time="when", event="what").stuck(["visit", "form"])
    assert pd.isna(got.steps["usual_time"].iloc[0])
    assert got.steps["stuck"].iloc[0] == 2
    assert any("nobody goes on" in w for w in got.warnings)
    assert "nobody goes on" in got.summary("en")


def test_the_figure_of_a_step_can_be_cited(log):
    figure = cj.cite(log.stuck(["visit", "form"]), step="visit")
    assert figure.estimate.n == 1000
    assert "stuck after 'visit'" in figure.query
