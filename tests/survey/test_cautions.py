"""That what is not known of an item travels with every figure made from it, as data and in words."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.core.caution import Caution, Way, packed, unpacked
from cjmkit.survey import Survey

NAMES = ("Q7ART", "Q7BAR", "Q7CAR", "Q7DAY")


def doubtful(n=240, seed=0):
    """A battery on 1 to 5 with 6 for never used and 0 for blank, and nothing that says so; in two cities."""
    rng = np.random.default_rng(seed)
    base = rng.integers(1, 6, n)
    answers = {k: np.clip(base + rng.integers(-1, 2, n), 1, 5) for k in NAMES}
    for k in NAMES:
        gone = rng.random(n)
        answers[k] = np.where(gone < 0.3, 6, np.where(gone < 0.36, 0, answers[k]))
    return Survey.from_frame(pd.DataFrame({"id": range(n), **answers, "city": ["Bath", "York"] * (n // 2)}))


def both(s, item):
    codes = pd.Series(s.data[item])
    inside, whole = codes[codes.between(1, 5)], codes
    return {(round(part.mean(), 6), len(part)) for part in (inside, whole)}


def means(cautions, item):
    return {(round(w.value, 6), w.n) for c in cautions if item in c.items for w in c.ways}


RESULTS = {
    "score": lambda s: cj.survey.score(s, "Q7ART"),
    "score of all": lambda s: cj.survey.score(s),
    "top2": lambda s: cj.survey.score(s, "Q7ART", "top2"),
    "alpha": lambda s: cj.survey.score(s, list(NAMES), "alpha"),
    "banner": lambda s: cj.survey.banner(s, "Q7ART", "city"),
    "compare": lambda s: cj.survey.compare(s, item="Q7ART", by="city"),
    "compare waves": lambda s: cj.survey.compare(s, s, item="Q7ART"),
    "trend": lambda s: cj.survey.trend({"2025": s, "2026": s}, "Q7ART"),
    "drivers": lambda s: cj.survey.drivers(s, "Q7DAY", ["Q7ART", "Q7BAR"], resamples=20),
    "importance": lambda s: cj.survey.importance_performance(s, "Q7DAY", ["Q7ART", "Q7BAR"], resamples=20),
    "importance asked": lambda s: cj.survey.importance_performance(s, importance={"Q7ART": "Q7BAR", "Q7CAR": "Q7DAY"}),
    "opportunity": lambda s: cj.survey.opportunity(s, {"art": ("Q7BAR", "Q7ART")}, resamples=20),
    "turf": lambda s: cj.survey.turf(s, list(NAMES)),
    "curve": lambda s: cj.emotion.curve(scores(s), stages=["see", "eat"]),
    "curve of touchpoints": lambda s: cj.emotion.curve(
        cj.survey.stage_scores(linked(s), touchpoints=True), unit="touchpoint", stages=["see", "eat"]
    ),
    "difference": lambda s: cj.emotion.difference(scores(s), by=pd.Series(["a", "b"] * 120, index=s.data["id"])),
    "distribution": lambda s: cj.emotion.distribution(scores(s), stages=["see", "eat"]),
    "weakest link": lambda s: cj.barriers.weakest_link(RESULTS["curve"](s)),
    "features": lambda s: cj.personas.features(survey=s, items=list(NAMES)),
}


def linked(s):
    return s.link({"see": {"Art": "Q7ART", "Day": "Q7DAY"}, "eat": {"Bar": ["Q7BAR", "Q7CAR"]}})


def scores(s):
    return cj.survey.stage_scores(linked(s))


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_made_from_a_doubtful_item_holds_its_value_under_each_reading(name):
    s = doubtful()
    result = RESULTS[name](s)
    found = [c for c in result.cautions if c.contradictory]
    assert any("Q7ART" in c.items for c in found)
    whole = [c for c in found if c.items == ("Q7ART",)]
    if whole:
        assert both(s, "Q7ART") <= means(whole, "Q7ART")
    first = next(c for c in found if "Q7ART" in c.items)
    assert first.text() in result.warnings[: len(found)]
    assert first.ways[0].text() in repr(result) or name == "features"


@pytest.mark.parametrize("name", RESULTS)
def test_settled_items_carry_nothing(name):
    s = doubtful().settle({"*": 0}, keep=False)
    assert RESULTS[name](s).cautions == ()


CITED = {
    "score": {},
    "score of all": {"item": "Q7ART"},
    "banner": {"item": "Q7ART", "row": "mean", "column": "total"},
    "compare": {},
    "trend": {"item": "Q7ART", "wave": "2026"},
    "drivers": {"item": "Q7ART"},
    "importance": {"item": "Q7ART"},
    "importance asked": {"item": "Q7ART"},
    "opportunity": {"outcome": "art"},
    "curve": {"stage": "see"},
    "curve of touchpoints": {"stage": "see", "touchpoint": "Art"},
}


@pytest.mark.parametrize("name", CITED)
def test_evidence_keeps_the_cautions_of_its_own_items_only(name):
    s = doubtful()
    cited = cj.cite(RESULTS[name](s), **CITED[name])
    named = set(itertools.chain.from_iterable(c.items for c in cited.cautions))
    assert "Q7ART" in named and named <= set(cited.item.split(", "))


def test_a_point_of_the_curve_pools_the_items_of_its_stage():
    s = doubtful()
    point = RESULTS["curve"](s).points()[1]
    (caution,) = point.evidence[0].cautions
    codes = pd.concat([s.data["Q7BAR"], s.data["Q7CAR"]])
    assert caution.items == ("Q7BAR", "Q7CAR") and point.contradictory
    inside = codes[codes.between(1, 5)]
    assert {(round(part.mean(), 6), len(part)) for part in (inside, codes)} <= means([caution], "Q7BAR")


def test_cautions_of_scores_survive_a_csv(tmp_path):
    s = doubtful()
    scores(s).to_csv(tmp_path / "scores.csv", index=False)
    again = pd.read_csv(tmp_path / "scores.csv")
    assert cj.emotion.curve(again, stages=["see", "eat"]).cautions == RESULTS["curve"](s).cautions


def test_a_guess_is_a_footnote_and_no_contradiction():
    s = Survey.from_frame(pd.DataFrame({"id": range(60), "How do you rate the food?": [1, 2, 3, 4, 5, 4] * 10}))
    figure = cj.survey.score(s, "*food*")
    assert s.item("*food*").status == "guessed" and "1–5" in figure.footnotes[0]
    assert not any(c.contradictory for c in figure.cautions) and not any("1–5" in w for w in figure.warnings)
    assert f"* {figure.footnotes[0]}" in repr(figure) and "<small>" in figure._repr_html_()


def test_both_languages_say_both_values():
    caution = Caution(
        items=["food"], status="contradictory", reason=("6 may be an answer", "6: это ответ?"),
        ways=[Way(words=("1 to 5", "1–5"), value=3.615, n=2421), Way(words=("1 to 6", "1–6"), value=3.81, n=2831)],
    )  # fmt: skip
    assert caution.text("en") == "food: 6 may be an answer. 3.62 (n 2421) if 1 to 5; 3.81 (n 2831) if 1 to 6"
    assert caution.text("ru") == "food: 6: это ответ? 3,62 (n 2421) если 1–5; 3,81 (n 2831) если 1–6"
    assert unpacked(packed([caution])) == (caution,) and packed([]) == "" and unpacked("") == ()


PLOTS = {
    "likert": lambda s, lang: cj.plot.likert(s, list(NAMES), lang=lang),
    "shares": lambda s, lang: cj.plot.shares(cj.survey.score(s, "Q7ART", "top2"), lang=lang),
    "banner": lambda s, lang: cj.plot.banner_heat(RESULTS["banner"](s), lang=lang),
    "trend": lambda s, lang: cj.plot.trend(RESULTS["trend"](s), lang=lang),
    "drivers": lambda s, lang: cj.plot.driver_shares(RESULTS["drivers"](s), lang=lang),
    "importance": lambda s, lang: cj.plot.importance_performance(RESULTS["importance"](s), lang=lang),
    "turf": lambda s, lang: cj.plot.turf_curve(RESULTS["turf"](s), lang=lang),
    "curve": lambda s, lang: cj.plot.emotion_curve(RESULTS["curve"](s), lang=lang),
    "difference": lambda s, lang: cj.plot.emotion_difference(RESULTS["difference"](s), lang=lang),
    "distribution": lambda s, lang: cj.plot.emotion_distribution(RESULTS["distribution"](s), lang=lang),
    "weakest link": lambda s, lang: cj.plot.weakest_link(RESULTS["weakest link"](s), lang=lang),
}
NAMED = {"likert", "shares", "drivers", "importance", "curve"}  # plots whose axes name the items or stages


@pytest.mark.parametrize("name", PLOTS)
def test_plots_mark_what_is_doubtful_and_say_both_values_below(name):
    from matplotlib import pyplot as plt

    ax = PLOTS[name](doubtful(), "en")
    notes = "\n".join(t.get_text() for t in ax.texts).replace("\n", " ")
    assert "† Q7" in notes and " if 1 to 5" in notes and " if 0 to 6" in notes
    labels = [t.get_text() for t in (*ax.get_yticklabels(), *ax.get_xticklabels(), *ax.texts)]
    assert name not in NAMED or any(t.startswith("† ") and " if " not in t for t in labels)
    figure = ax.get_figure()
    figure.canvas.draw()
    box = ax.get_tightbbox(figure.canvas.get_renderer())
    assert box.y0 >= -1, "the footnote lies on the page"
    plt.close(figure)


@pytest.mark.parametrize("name", PLOTS)
def test_plots_of_settled_items_have_no_mark(name):
    from matplotlib import pyplot as plt

    ax = PLOTS[name](doubtful().settle({"*": 0}, keep=False), "en")
    assert not any("†" in t.get_text() for t in ax.get_figure().findobj(plt.Text))
    plt.close(ax.get_figure())
