"""Labels travel: groups, tables, plots, features and personas show what people saw, never its code."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import cjmkit as cj
from cjmkit.survey import Survey

PLACES = {7101: "Wells", 7102: "Bath", 7103: "Ayr"}
HOW = {8201: "by rail", 8202: "on foot"}
FELT = {1: "Awful", 2: "Poor", 3: "Fair", 4: "Good", 5: "Superb"}
CODES = re.compile(r"(?<![\d.,])(7101|7102|7103|8201|8202)(?:\.0)?(?![\d.,])")


@pytest.fixture
def s():
    """Codes that no figure of the results could be, with labels as an .sav file brings them."""
    rng, n = np.random.default_rng(3), 240
    frame = pd.DataFrame({"id": [f"p{k}" for k in range(n)], "town": rng.choice(list(PLACES), n)})
    frame["way"] = rng.choice([*HOW, np.nan], n, p=[0.5, 0.4, 0.1])
    for item in ("food", "rooms"):
        frame[item] = np.clip(rng.integers(1, 6, n) + (frame["town"] == 7102), 1, 5)
    frame["recommend"] = np.clip(2 * frame["food"] + rng.integers(-1, 2, n), 0, 10)
    out = Survey.from_frame(frame).set_item("town", type="single", labels=PLACES)
    out = out.set_item("way", type="single", labels=HOW)
    return out.set_item(["food", "rooms"], type="likert", scale=(1, 5), labels=FELT)


def shown(result):
    return f"{result!r} {result._repr_html_()} {result.summary('en')} {result.summary('ru')}"


VERBS = {
    "score by": lambda s: cj.survey.score(s, "food", by="town"),
    "nps by": lambda s: cj.survey.score(s, "recommend", "nps", by="way"),
    "share": lambda s: cj.survey.score(s, "town"),
    "share by": lambda s: cj.survey.score(s, "way", by="town"),
    "all by": lambda s: cj.survey.score(s, by="way"),
    "compare": lambda s: cj.survey.compare(s, item="food", by="town"),
    "compare shares": lambda s: cj.survey.compare(s, item="way", by="town", kind="share", answer="by rail"),
    "banner": lambda s: cj.survey.banner(s, ["way", "food"], ["town"]),
    "nested banner": lambda s: cj.survey.banner(s, "food", ("town", "way")),
    "trend of an answer": lambda s: cj.survey.trend({"a": s, "b": s}, "way", kind="share", answer="on foot"),
}


@pytest.mark.parametrize("name", VERBS)
def test_no_result_shows_a_code(s, name):
    result = VERBS[name](s)
    assert not CODES.search(re.sub(r"<[^>]+>", " ", shown(result)))
    named = set(map(str, result.table.astype(str).to_numpy().ravel()))
    assert not named & {str(c) for c in (*PLACES, *HOW)}
    labels = [*PLACES.values(), *HOW.values()]
    assert any(t in cell for t in labels for cell in named) or name.startswith(("trend", "all", "nps"))


def test_groups_stand_in_the_order_of_their_labels(s):
    assert cj.survey.score(s, "food", by="town").table["group"].tolist() == ["Wells", "Bath", "Ayr"]
    felt = cj.survey.score(s, "recommend", "mean", by="food").table["group"].tolist()
    assert felt == [t for t in FELT.values() if t in felt]
    means = cj.survey.score(s, "food", by="town").table.set_index("group")["value"]
    raw = s.data.groupby("town")["food"].mean().rename(PLACES)
    assert means.to_dict() == pytest.approx(raw.to_dict())


def test_labels_of_a_rating_scale_are_groups_too(s):
    t = cj.survey.compare(s, item="recommend", kind="mean", by="rooms").table
    assert set(t["a"]) | set(t["b"]) <= set(FELT.values())


PLOTS = {
    "nps": lambda s: cj.plot.nps(cj.survey.score(s, "recommend", "nps", by="town"), lang="en"),
    "shares": lambda s: cj.plot.shares(cj.survey.score(s, "town"), lang="en"),
    "groups": lambda s: cj.plot.shares(cj.survey.score(s, "food", "top2", by="town"), lang="en"),
    "banner": lambda s: cj.plot.banner_heat(cj.survey.banner(s, "way", "town"), lang="en"),
    "curve": lambda s: cj.plot.emotion_curve(
        cj.emotion.curve(cj.survey.stage_scores(s, {"eat": "food"}), by=groups(s)), lang="en"
    ),
}


def groups(s):
    t = pd.Series(s.raw("town").map(PLACES), name="town")
    return t


@pytest.mark.parametrize("name", PLOTS)
def test_no_plot_shows_a_code(s, name):
    ax = PLOTS[name](s)
    texts = [t.get_text() for t in ax.get_figure().findobj(plt.Text)]
    plt.close(ax.get_figure())
    assert any(label in t for t in texts for label in (*PLACES.values(), *HOW.values()))
    names = [t.get_text() for t in ax.get_yticklabels()] + [t for t in texts if not t.replace(".", "").isdigit()]
    assert not any(CODES.fullmatch(t) for t in names)


def test_features_and_personas_know_people_by_labels(s):
    f = cj.personas.features(survey=s, items=["town", "way", "food", "rooms"])
    assert set(f.table["town"].dropna()) == set(PLACES.values())
    assert set(f.table["way"].dropna()) == set(HOW.values())
    found = cj.personas.fit(f, k=2, nulls=19, resamples=10)
    levels = set(found.profile()["level"]) - {""}
    assert levels == {*PLACES.values(), *HOW.values()}
    for p in found.personas():
        card = re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", cj.personas.card_html(p, lang="en"), flags=re.S)
        assert not any(re.search(rf": ({'|'.join(map(str, (*PLACES, *HOW)))})\b", line) for line in card.splitlines())
