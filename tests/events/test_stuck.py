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


def stuck_then(frame, moment, usual):
    """Who stands at each step at a moment, person by person: (waiting, stuck) by step."""
    out = {"visit": [0, 0], "form": [0, 0]}
    for _, rows in frame[frame["when"] <= moment].sort_values("when", kind="stable").groupby("who"):
        at, since = None, None
        for event, when in zip(rows["what"], rows["when"]):
            if (at, event) in ((None, "visit"), ("visit", "form")):
                at, since = event, when
            elif at and event in ("deal", "refused"):
                # A deal without the form is another way; both end the stay.
                at = "gone"
            if at == "gone":
                break
        if at in out:
            out[at][moment - since > usual[at]] += 1
    return out


def test_people_over_time_are_those_that_a_count_at_each_moment_finds():
    rng = np.random.default_rng(3)
    rows = []
    for i in range(150):
        t = int(rng.integers(0, 60 * 86400))
        for event, chance, wait in (("visit", 1, 0), ("form", 0.6, 2), ("deal", 0.5, 5)):
            t += int(rng.exponential(wait * 86400)) if wait else 0
            if rng.random() > chance:
                if event == "deal" and rng.random() < 0.5:
                    rows.append((f"p{i}", t + 3600, "refused"))
                break
            rows.append((f"p{i}", t, event))
    frame = pd.DataFrame(rows, columns=["who", "s", "what"])
    frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["s"], "s")
    frame = frame[frame["s"] < 60 * 86400]
    log = cj.EventLog(frame, user="who", time="when", event="what")
    found = log.stuck(["visit", "form", "deal"], lost="refused", resamples=10)
    usual = dict(zip(found.steps["step"], found.steps["usual_time"]))
    table = found.over_time(12)
    assert len(table) == 24
    for moment, part in table.groupby("time"):
        brute = stuck_then(frame, moment.tz_localize(None), usual)
        assert {r["step"]: [r["waiting"], r["stuck"]] for r in part.to_dict("records")} == brute, moment
    last = table.groupby("step")[["waiting", "stuck"]].last()
    for row in found.steps.to_dict("records"):
        assert last.loc[row["step"]].tolist() == [row["waiting"], row["stuck"]]


def days(*rows):
    frame = pd.DataFrame(rows, columns=["who", "day", "what"])
    frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["day"], "D")
    return cj.EventLog(frame, user="who", time="when", event="what")


def test_a_recurring_journey_is_counted_pass_by_pass_each_with_people():
    log = days(("a", 1, "trial"), ("a", 2, "trial"), ("a", 3, "paid"), ("a", 9, "trial"), ("a", 12, "refused"),
               ("a", 13, "refused"), ("b", 1, "trial"), ("b", 5, "paid"), ("c", 2, "paid"), ("c", 4, "trial"),
               ("d", 20, "visit"))  # fmt: skip
    table = log.passes("trial", "paid", lost="refused").table
    assert table[["pass", "n", "success", "lost", "open"]].values.tolist() == [[1, 3, 2, 0, 1], [2, 1, 0, 1, 0]]
    # Both who paid at their first pass: one began another.
    assert table["again"].iloc[0] == 0.5
    # a needed two days from the first beginning, b four; c, open for sixteen, has not left.
    assert table["median_time"].iloc[0] == pd.Timedelta(days=2)
    assert table["incidence"].iloc[0] == pytest.approx(2 / 3)


def test_an_event_plays_one_part_in_a_pass():
    with pytest.raises(CjmError, match="'paid' plays two of the parts"):
        days(("a", 1, "trial"), ("a", 3, "paid")).passes("trial", "paid", lost=["paid"])


def test_stays_that_are_still_open_do_not_flatter_the_time_at_a_stage():
    rng = np.random.default_rng(0)
    rows = [(f"p{i}", t, "form") for i, t in enumerate(rng.uniform(0, 30, 4000))]
    rows += [(w, t + wait, "paid") for (w, t, _), wait in zip(rows, rng.exponential(6, 4000)) if t + wait < 30]
    table = days(*rows).dwell("event").table.set_index("event")
    form = table.loc["form"]
    assert form["n"] + form["open"] == form["users"] == 4000
    # The true median is 6 ln 2 = 4.16 days; of finished stays alone it would be 3.3.
    finished = pd.DataFrame(rows).groupby(0)[1].agg(["min", "max", "size"]).query("size == 2")
    assert (finished["max"] - finished["min"]).median() < 3.6
    assert form["median_time"] / pd.Timedelta(days=1) == pytest.approx(4.16, abs=0.3)
    assert form["low"] < form["median_time"] < form["high"]


def test_groups_are_told_apart_with_an_interval_and_a_word_on_peeking():
    rows = [(f"a{i}", 1, "visit") for i in range(200)] + [(f"a{i}", 2, "deal") for i in range(80)]
    rows += [(f"b{i}", 1, "visit") for i in range(200)] + [(f"b{i}", 2, "deal") for i in range(30)]
    labels = {f"{g}{i}": g for g in "ab" for i in range(200)}
    funnel = days(*rows).funnel(["visit", "deal"], by=labels)
    row = funnel.compare().iloc[-1]
    said = funnel.summary("en")
    limits = f"{100 * row['low']:.1f} to {100 * row['high']:.1f}"
    assert f"“a” is ahead of “b” by 25.0 points (95% interval {limits}): not chance" in said
    assert "one look at a time set before" in said
    assert "одного взгляда" in funnel.summary("ru")
    three = days(*rows).funnel(["visit", "deal"], by={k: v if v == "a" else v + k[-1:] for k, v in labels.items()})
    assert "“a” is ahead of “(all others)”" in three.summary("en")


def test_who_stands_at_a_stage_has_left_for_good_or_is_still_open():
    log = days(("a", 1, "look"), ("a", 2, "buy"), ("b", 1, "look"), ("b", 2, "unsubscribe"), ("c", 1, "look"))
    log = cj.EventLog(log._source, user="who", time="when", event="what", stage_of={"look": "one", "buy": "two"})
    table = log.planned_vs_actual(lost="unsubscribe").table
    gone = table[table["kind"] == "leave"].iloc[0]
    assert (gone["users"], gone["open"], gone["n"]) == (1, 1, 3)
    plain = log.planned_vs_actual()
    assert plain.table[plain.table["kind"] == "leave"].iloc[0]["users"] == 2
    assert {k.label for k in plain.links() if k.kind == "leave"} == {"last seen here: left, or still open"}
    told = log.planned_vs_actual(lost="unsubscribe").links()
    assert {k.label for k in told if k.kind == "leave"} == {"left for good"}


def test_advice_names_the_step_where_most_are_stuck_and_how_to_get_their_ids(log):
    found = log.stuck(["visit", "form"])
    said = found.advice("en")
    step = found.table.groupby("step")["size"].sum().idxmax()
    assert f"the {len(found.ids(step)):,} people who are stuck after “{step}”" in said
    assert f"stuck.ids({step!r})" in said
    assert step in found.advice("ru")
