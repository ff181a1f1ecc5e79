"""The airport's survey without its code list: no mean leaves the library unmarked."""

import warnings

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj

STAGES = {"arrive": {"Parking": "Q7PARK", "Signs": "Q7SIGN"}, "wait": {"Food": "Q7FOOD", "Shops": "Q7STORE"}}


@pytest.fixture(scope="module")
def airport(shared):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield cj.survey.read(shared / "data" / "survey" / "airport_2017" / "airport_survey_2017.csv", quiet=True)


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def doubtful(s):
    return {i.item for i in s.all_items if i.status == "contradictory"}


def walk(s):
    """Every public result with a mean of the airport's batteries, by name."""
    scores = cj.survey.stage_scores(s.link(STAGES))
    people = pd.Series(np.where(np.arange(s.n) % 2, "odd", "even"), index=s.respondents[s.counted].to_numpy())
    curve = cj.emotion.curve(scores, stages=["arrive", "wait"])
    features = cj.personas.features(survey=s, items=["Q7FOOD", "Q7STORE", "Q7SIGN"])
    battery = ["Q7FOOD", "Q7STORE", "Q7SIGN"]
    yield "score", cj.survey.score(s, "Q7FOOD", "mean")
    yield "score by", cj.survey.score(s, "Q7FOOD", by=people.rename("row"))
    yield "top2", cj.survey.score(s, "Q7FOOD", "top2")
    yield "all", cj.survey.score(s)
    yield "alpha", cj.survey.score(s, battery, "alpha")
    yield "compare", cj.survey.compare(s, item="Q7FOOD", by=people)
    yield "trend", cj.survey.trend({"a": s, "b": s}, "Q7FOOD")
    yield "drivers", cj.survey.drivers(s, "NETPRO", battery, resamples=10)
    yield "importance", cj.survey.importance_performance(s, "NETPRO", battery, resamples=10)
    yield "banner", cj.survey.banner(s, "Q7FOOD", people)
    yield "opportunity", cj.survey.opportunity(s, {"food": ("Q7STORE", "Q7FOOD")}, resamples=10)
    yield "curve", curve
    yield "difference", cj.emotion.difference(scores, by=people, stages=["arrive", "wait"])
    yield "distribution", cj.emotion.distribution(scores, stages=["arrive", "wait"])
    yield "weakest", cj.barriers.weakest_link(curve)
    yield "features", features


def test_no_mean_leaves_the_library_unmarked(airport):
    assert {"Q7FOOD", "Q7STORE", "Q7SIGN"} <= doubtful(airport)
    for name, result in walk(airport):
        found = [c for c in result.cautions if c.contradictory]
        assert found and {i for c in found for i in c.items} <= doubtful(airport), name
        assert all(len({w.n for w in c.ways if w.n}) > 1 for c in found if set(c.items) <= {"Q7FOOD", "Q7STORE"}), name
        assert any(found[0].ways[0].text() in w for w in result.warnings), name


def test_every_item_with_a_mean_that_is_not_known_is_among_the_cautions_of_all_scores(airport):
    found = cj.survey.score(airport)
    means = found.table[found.table["kind"].isin(["mean", "csat", "ces", "nps"])]["item"]
    unknown = {i for i in means if airport.item(i).status != "known" and airport.item(i).scale}
    assert unknown and unknown <= {i for c in found.cautions for i in c.items}


def test_food_says_both_values(airport):
    figure = cj.survey.score(airport, "Q7FOOD", "mean")
    assert {(round(w.value, 2), w.n) for w in figure.cautions[0].ways} >= {(3.62, 2421), (3.81, 2831)}


def test_the_map_is_marked_until_the_battery_is_settled(airport):
    def mapped(s):
        mood = cj.emotion.curve(cj.survey.stage_scores(s.link(STAGES)), stages=["arrive", "wait"])
        stages = [cj.Stage(id=k, title=k) for k in STAGES]
        return cj.Journey(id="a", title="Airport", stages=stages).with_emotion(mood)

    assert all(p.contradictory for p in mapped(airport).emotion)
    assert "† n = " in cj.report.html(mapped(airport), lang="en")
    settled = airport.settle({"*": {"scale": (1, 5), "missing": [0, 6]}}, keep=False)
    assert not any(p.contradictory or p.evidence[0].cautions for p in mapped(settled).emotion)


def test_settled_results_carry_nothing(airport):
    settled = airport.settle({"*": {"scale": (1, 5), "missing": [0, 6]}}, keep=False)
    for name, result in walk(settled):
        assert not any(c.contradictory for c in result.cautions), name
