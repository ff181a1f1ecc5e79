"""Drawings hold what the results say: bars as long as shares, an own figure, both languages."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from cjmkit import plot
from cjmkit.errors import CjmError
from cjmkit.survey import Survey, banner, drivers, importance_performance, kano, score, trend


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def survey():
    rng = np.random.default_rng(0)
    n = 200
    words = ["Плохо", "Так себе", "Хорошо"]
    t = pd.DataFrame(
        {
            "id": range(n),
            "a": rng.integers(1, 6, n),
            "b": rng.integers(1, 8, n),
            "c": rng.choice(words, n),
            "r": rng.integers(0, 11, n),
            "city": rng.choice(["Kazan", "Perm"], n),
        }
    )
    t.loc[:19, "a"] = 9
    s = Survey.from_frame(t).set_item("a", type="likert", scale=(1, 5), missing=[9], text="A very long question " * 6)
    s = (
        s.set_item("b", type="likert", scale=(1, 7))
        .set_item("c", type="likert", scale=words)
        .set_item("city", type="single")
    )
    return s.set_item("r", type="nps", scale=(0, 10))


def widths(ax):
    return [p.get_width() for p in ax.patches]


def test_likert_bars_of_different_scales_each_add_up_to_everybody_who_rated(survey):
    ax = plot.likert(survey, ["a", "b", "c"], order="given")
    rated = [p.get_width() for p in ax.patches if p.get_alpha() is None]
    apart = [p.get_width() for p in ax.patches if p.get_alpha() is not None]
    assert sum(rated) == pytest.approx(3)
    # A tenth of the people gave no rating to one of the three items.
    assert sorted(apart) == pytest.approx([0, 0, 0.1 * 0.24])
    texts = [t.get_text() for t in ax.texts]
    assert "180" in texts
    assert "10%" in texts


def test_the_middle_of_every_scale_lies_on_zero(survey):
    ax = plot.likert(survey, "a")
    bars = sorted((p for p in ax.patches if p.get_x() < 1.0), key=lambda p: p.get_x())
    middle = bars[2]
    assert middle.get_x() + middle.get_width() / 2 == pytest.approx(0, abs=1e-9)


def test_nps_bars_add_up_to_a_hundred_and_the_score_stands_beside_them(survey):
    found = score(survey, "r", by="city")
    ax = plot.nps(found)
    assert sum(widths(ax)) == pytest.approx(200)
    for _, row in found.table.iterrows():
        assert any(f"(n = {row['n']})" in t.get_text() for t in ax.texts)
    with pytest.raises(CjmError, match="kind"):
        plot.nps(score(survey, "a"))


def test_driver_bars_are_the_shares(survey):
    found = drivers(survey.set_item("b", scale=(1, 7)), "r", ["a", "b", "c"], resamples=50)
    ax = plot.driver_shares(found)
    assert sorted(widths(ax)) == pytest.approx(sorted(100 * found.table["value"]))
    assert f"n = {found.n}" in "".join(t.get_text() for t in ax.texts)


def test_quadrants_name_every_item_and_kano_every_feature(survey):
    found = importance_performance(survey, "r", ["a", "b", "c"], resamples=20)
    ax = plot.importance_performance(found)
    shown = "".join(t.get_text() for t in ax.texts).replace("\n", " ")
    for text in found.table["text"]:
        assert text[:10] in shown
    t = pd.DataFrame(
        {"id": range(40), "feature": "lift", "functional": [1] * 20 + [3] * 20, "dysfunctional": [5] * 20 + [3] * 20}
    )
    result = kano(t)
    ax = plot.kano(result)
    assert any("lift" in x.get_text() for x in ax.texts)
    hollow = [
        line
        for line in ax.lines
        if line.get_marker() not in (None, "None", "") and line.get_markerfacecolor() == "none"
    ]
    assert bool(hollow) == (not result.table["certain"].iloc[0])


def test_bars_of_shares_state_their_base(survey):
    ax = plot.shares(score(survey, "city", "share"))
    assert sorted(widths(ax)) == pytest.approx(sorted(score(survey, "city").table["value"]))
    with pytest.raises(CjmError, match="kind"):
        plot.shares(score(survey, "a"))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_drawing_opens_a_figure_of_its_own_or_takes_the_axes_given(survey, lang):
    found = score(survey, "r")
    first, second = plot.nps(found, lang=lang), plot.nps(found, lang=lang)
    assert first.figure is not second.figure
    ax = plt.subplots()[1]
    assert plot.likert(survey, ["a", "b"], ax=ax, lang=lang) is ax
    words = ax.get_xlabel()
    assert ("процент" in words) == (lang == "ru")
    first.figure.canvas.draw()
    ax.figure.canvas.draw()


def shop(n=300, seed=0):
    rng = np.random.default_rng(seed)
    old = rng.random(n) < 0.5
    t = pd.DataFrame({"id": range(n), "age": np.where(old, "55+", "18-54")})
    rest = rng.choice(["card", "transfer"], n)
    t["plan"] = np.where(rng.random(n) < np.where(old, 0.6, 0.2), "cash", rest)
    return Survey.from_frame(t).set_item(["plan", "age"], type="single")


def test_the_heat_map_names_the_largest_difference_that_carries_a_letter():
    found = banner(shop(), "plan", "age")
    ax = plot.banner_heat(found, lang="en")
    cash = found.table[found.table["row"] == "cash"].set_index("column")["value"]
    assert ax.get_title("left").replace("\n", " ") == (
        f"“cash”: {cash['55+']:.0%} in 55+, {cash['18-54']:.0%} in 18-54"
    )
    shown = {t.get_text() for t in ax.texts}
    assert f"{cash['55+']:.0%} A" in shown
    with pytest.raises(CjmError, match="plan"):
        plot.banner_heat(found, "plann")


def test_the_line_breaks_where_the_question_changed_and_says_so():
    def wave(seed, text):
        answers = np.random.default_rng(seed).integers(0, 11, 60)
        s = Survey.from_frame(pd.DataFrame({"id": range(60), "q": answers}))
        return s.set_item("q", type="nps", scale=(0, 10), text=text)

    found = trend({"1": wave(1, "Old?"), "2": wave(2, "Old?"), "3": wave(3, "New?"), "4": wave(4, "New?")}, "q")
    ax = plot.trend(found, lang="ru")
    lines = [line.get_xdata() for line in ax.lines if line.get_linestyle() == "-" and len(line.get_xdata()) == 2]
    joined = [x.tolist() for x in map(np.asarray, lines) if x[0] != x[1]]
    assert joined == [[0, 1], [2, 3]]
    assert any("вопрос" in t.get_text() for t in ax.texts)


def test_a_driver_not_told_from_nothing_is_grey_and_russian_claims_no_cause():
    rng = np.random.default_rng(3)
    t = pd.DataFrame({"id": range(300), "a": rng.integers(1, 6, 300), "b": rng.integers(1, 6, 300)})
    t["y"] = np.clip(t["a"] + rng.integers(-1, 2, 300), 1, 5)
    s = Survey.from_frame(t).set_item(["a", "b", "y"], type="likert", scale=(1, 5), group="")
    ax = plot.driver_shares(drivers(s, "y", ["a", "b"], resamples=50), lang="ru")
    grey, blue = (p.get_facecolor()[:3] for p in ax.patches)
    assert len(set(np.round(grey, 3))) == 1 and len(set(np.round(blue, 3))) == 3
    said = " ".join([ax.get_title("left"), *(x.get_text() for x in ax.texts)])
    assert "связано" in said and "влия" not in said
