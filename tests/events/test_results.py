"""What results say, compare and hand on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.core.journey import Journey
from cjmkit.core.stage import Stage
from cjmkit.errors import CjmError


@pytest.fixture(scope="module")
def log() -> cj.EventLog:
    """Planted: of 400 from ads 30 % leave a form and half of those buy; of 400 from a friend 60 % and half."""
    rng = np.random.default_rng(5)
    rows = []
    for i in range(800):
        source, chance = ("ads", 0.3) if i % 2 else ("friend", 0.6)
        day = rng.uniform(0, 60)
        rows.append((f"p{i}", day, "visit", source))
        if rng.random() < chance:
            rows.append((f"p{i}", day + 0.1, "form", "site"))
            if rng.random() < 0.5:
                rows.append((f"p{i}", day + 1.1, "deal", "office"))
                if rng.random() < 0.4:
                    rows.append((f"p{i}", day + 5, "visit", source))
    frame = pd.DataFrame(rows, columns=["who", "day", "what", "where"])
    frame["when"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame.pop("day"), "D")
    stages = {"visit": "look", "form": "ask", "deal": "buy"}
    return cj.EventLog(frame, user="who", time="when", event="what", channel="where", stage_of=stages, name="site")


def test_the_weakest_link_is_the_planted_one_and_only_for_the_group_that_has_it(log):
    whole = log.funnel(["visit", "form", "deal"])
    assert whole.weakest()["step"].tolist() == ["form"]
    by = log.funnel(["visit", "form", "deal"], by="first_source")
    weakest = by.weakest().set_index("group")
    assert weakest.loc["ads", "step"] == "form"
    assert weakest.loc["ads", "certain"]
    assert weakest.loc["friend", "step"] == "deal"
    assert "visit" in whole.summary("en")
    assert "слабое звено" in whole.summary("ru")


def test_groups_are_compared_with_holm(log):
    by = log.funnel(["visit", "form", "deal"], by="first_source")
    got = by.compare("ads", "friend").set_index("step")
    assert got.loc["form", "p_holm"] < 0.001
    assert got.loc["form", "high"] < 0
    assert got.loc["deal", "p_holm"] > 0.05
    assert (got["p_holm"] >= got["p"]).all()
    assert got["difference"].to_numpy() == pytest.approx((got["conversion_a"] - got["conversion_b"]).to_numpy())
    with pytest.raises(CjmError, match="did you mean 'ads'"):
        by.compare("adds", "friend")
    with pytest.raises(CjmError, match="no groups"):
        log.funnel(["visit", "deal"]).compare()


def test_sources_find_the_better_one_and_say_whether_it_may_be_chance(log):
    got = log.sources("deal")
    assert got.table["source"].tolist() == ["friend", "ads"]
    assert got.table["n"].tolist() == [400, 400]
    assert "not chance" in got.summary("en")
    assert not log.sources("deal", min_n=1000).table["enough"].any()
    assert "none can be called" in log.sources("deal", min_n=1000).summary("en")


def test_evidence_points_home(log):
    funnel = log.funnel(["visit", "form", "deal"])
    figure = cj.cite(funnel, step="form")
    assert (figure.log, figure.sha256) == ("site", log.sha256)
    assert figure.query == "funnel(['visit', 'form', 'deal']), step 'form'"
    row = funnel.table.set_index("step").loc["form"]
    assert figure.estimate.value == row["conversion"]
    assert figure.estimate.n == 800
    whole = cj.cite(funnel)
    assert whole.estimate.value == row["overall"] * funnel.table["conversion"].iloc[2]
    with pytest.raises(CjmError, match="did you mean 'form'"):
        cj.cite(funnel, step="forms")


def test_links_of_a_journey_come_with_shares_and_evidence(log):
    journey = Journey(id="j", title="J", stages=tuple(Stage(id=s, title=s) for s in ("look", "ask", "buy")))
    got = log.planned_vs_actual(journey)
    links = {(k.source, k.target): k for k in got.links(min_share=0.01)}
    assert links["buy", "look"].kind == "loop"
    assert links["look", ""].kind == "leave"
    assert links["buy", "look"].share.value == pytest.approx(0.4, abs=0.1)
    assert all(link.evidence for link in links.values())
    assert journey.replace(links=tuple(links.values())).links
    assert got.fit.value == 1
    assert "follow" in got.summary("en")


def test_optional_stages_may_be_skipped_and_others_not():
    frame = pd.DataFrame(
        {
            "who": ["a"] * 2 + ["b"] * 3,
            "when": pd.date_range("2026-03-01", periods=5),
            "what": ["x", "z", "x", "y", "z"],
        }
    )
    log = cj.EventLog(frame, user="who", time="when", event="what", stage_of={"x": "1", "y": "2", "z": "3"})
    strict = log.planned_vs_actual(["1", "2", "3"])
    stages = (Stage(id="1", title="1"), Stage(id="2", title="2", optional=True), Stage(id="3", title="3"))
    free = log.planned_vs_actual(Journey(id="j", title="J", stages=stages))
    skip = strict.table[strict.table["kind"] == "skip"].iloc[0]
    assert (skip["source"], skip["target"], skip["skipped"], skip["planned"]) == ("1", "3", "2", False)
    assert free.table[free.table["kind"] == "skip"]["planned"].tolist() == [True]
    assert (strict.fit.value, free.fit.value) == (pytest.approx(0.5), 1)


def test_a_pause_makes_a_repeat_of_the_same_stage():
    frame = pd.DataFrame(
        {"who": ["a"] * 3, "when": ["2026-03-01 10:00", "2026-03-01 10:05", "2026-03-02 10:00"], "what": ["x"] * 3}
    )
    log = cj.EventLog(frame, user="who", time="when", event="what", stage_of={"x": "1"})
    assert log.planned_vs_actual(["1"]).table.query("kind == 'repeat'")["count"].tolist() == [1]


def test_behaviour_is_numbers_for_every_person(log):
    got = log.behaviour()
    assert got.shape[0] == log.n_people
    assert got.index.name == "participant"
    assert got.notna().all().all()
    assert np.isfinite(got.to_numpy(float)).all()
    stage = got.filter(like="stage: ")
    assert stage.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert {"visits", "active_days", "channel: ads"} <= set(got.columns)


def test_the_transition_interval_widens_when_moves_of_a_person_are_alike():
    """A hundred moves of ten people who each always do the same are not a hundred people."""
    many = [(f"p{i}", e) for i in range(100) for e in ("a", "b" if i % 2 else "c")]
    few = [(f"p{i}", e) for i in range(10) for _ in range(10) for e in ("a", "b" if i % 2 else "c")]
    widths = []
    for rows in (many, few):
        frame = pd.DataFrame(rows, columns=["who", "what"])
        frame["when"] = pd.date_range("2026-03-01", periods=len(frame), freq="min")
        got = cj.EventLog(frame, user="who", time="when", event="what").transitions()
        row = got.table[(got.table["source"] == "a") & (got.table["target"] == "b")].iloc[0]
        assert row["probability"] == 0.5
        widths.append(row["high"] - row["low"])
    assert widths[1] > 2.5 * widths[0]


def test_the_cluster_interval_covers_the_truth_in_about_95_of_100_logs():
    """People differ in their own probability (beta), so moves within a person are alike."""
    rng = np.random.default_rng(0)
    hits = trials = 0
    for _ in range(100):
        rows = []
        for i in range(60):
            p = rng.beta(2, 2)
            for _ in range(rng.integers(1, 9)):
                rows += [(i, "a"), (i, "b" if rng.random() < p else "c")]
        frame = pd.DataFrame(rows, columns=["who", "what"])
        frame["when"] = range(1_772_000_000, 1_772_000_000 + len(frame))
        table = cj.EventLog(frame, user="who", time="when", event="what").transitions().table
        row = table[(table["source"] == "a") & (table["target"] == "b")].iloc[0]
        hits += row["low"] <= 0.5 <= row["high"]
        trials += 1
    assert 0.90 <= hits / trials <= 0.99


def test_every_result_speaks_both_languages_and_shows_a_table(log):
    results = [log.funnel(["visit", "form", "deal"]), log.transitions(), log.paths(), log.step_matrix(), log.dwell(),
               log.planned_vs_actual(), log.retention(), log.sessions(), log.sources("deal"),
               log.attribution("deal", resamples=20), log.stuck(["visit", "form", "deal"])]  # fmt: skip
    assert "first touch" in results[-2]._repr_html_()
    for result in results:
        assert result.summary("en") != result.summary("ru")
        assert any("а" <= c <= "я" for c in result.summary("ru")), type(result).__name__
        assert "<table" in result._repr_html_()
        assert repr(result).startswith(result.summary())
        assert "n" in result.table.columns or "users" in result.table.columns
