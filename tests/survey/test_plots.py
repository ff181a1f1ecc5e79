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
from cjmkit.survey import Survey, drivers, importance_performance, kano, score


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
    assert sorted(widths(ax)) == pytest.approx(sorted(100 * score(survey, "city").table["value"]))
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
