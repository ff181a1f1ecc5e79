"""Pictures, asked through their artists."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from cjmkit import plot
from cjmkit.core.stage import Stage
from cjmkit.emotion import curve, difference, distribution
from cjmkit.errors import CjmError
from cjmkit.i18n import interval


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def mood(people=25, stages=12):
    rng = np.random.default_rng(1)
    names = [Stage(id=f"s{k}", title=f"Этап номер {k:02d}: {'длинное название ' * 3}"[:40]) for k in range(stages)]
    table = pd.DataFrame(
        [(f"p{i}", s.id, float(rng.integers(-2, 3))) for i in range(people) for s in names],
        columns=["participant", "stage", "score"],
    )
    return table, names


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_the_number_of_people_stands_under_every_stage():
    table, names = mood()
    ax = plot.emotion_curve(curve(table, stages=names), lang="ru")
    assert texts(ax).count("25") == 12
    assert next(t.get_text() for t in ax.get_yticklabels()).startswith("очень хорошо")


def test_twelve_long_names_do_not_overlap():
    table, names = mood()
    ax = plot.emotion_curve(curve(table, stages=names), lang="ru")
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.get_xticklabels()]
    assert all(a.x1 <= b.x0 for a, b in pairwise(boxes))
    assert all(b.y0 >= -1 for b in boxes)


def test_few_people_are_hollow_and_a_gap_has_no_point():
    table, names = mood(people=6, stages=4)
    table = table[~((table["stage"] == "s2") & (table["participant"] > "p1"))]
    ax = plot.emotion_curve(curve(table, stages=names), lang="en")
    assert "2 too few" in texts(ax)
    hollow = [
        line for line in ax.lines if line.get_markerfacecolor() == ax.get_facecolor() and line.get_marker() == "o"
    ]
    assert sum(len(line.get_xdata()) for line in hollow) == 3
    # The line ends before the gap and does not start again for a lone stage.
    (drawn,) = [line for line in ax.lines if line.get_linestyle() == "-" and len(line.get_xdata()) == 4]
    assert np.isfinite(np.asarray(drawn.get_ydata(), dtype=float)).tolist() == [True, True, False, True]


def test_series_differ_by_more_than_colour():
    table, names = mood(stages=4)
    by = pd.Series(["A"] * 12 + ["B"] * 13, index=[f"p{i}" for i in range(25)])
    ax = plot.emotion_curve(curve(table, by=by, stages=names), lang="en")
    markers = [line.get_marker() for line in ax.get_legend().get_lines()]
    assert len(set(markers)) == 2


def test_the_lowest_of_many_stages_is_told_with_the_limits_for_all_of_them():
    table, names = mood(stages=5)
    felt = curve(table, stages=names)
    worst = felt.peak_end().query("what == 'worst'").iloc[0]
    ax = plot.emotion_curve(felt, lang="en")
    said = " ".join([ax.get_title(loc="left"), *(t.get_text() for t in ax.figure.findobj(mpl.text.Text))])
    assert interval(worst["low"], worst["high"], lang="en") in " ".join(said.split())


def test_given_axes_are_used_and_no_new_figure_is_opened():
    table, names = mood(stages=3)
    _, ax = plt.subplots()
    before = len(plt.get_fignums())
    assert plot.emotion_curve(curve(table, stages=names), ax=ax) is ax
    assert len(plt.get_fignums()) == before


def test_an_unknown_persona_is_refused():
    table, names = mood(stages=3)
    with pytest.raises(CjmError, match="persona"):
        plot.emotion_curve(curve(table, stages=names), persona="Nobody")


def test_a_difference_is_filled_only_where_it_is_sure():
    table, names = mood(stages=3)
    table["score"] = np.where((table["participant"] > "p2") & (table["stage"] == "s1"), 2.0, -table["score"].abs())
    by = pd.Series(np.where([f"p{i}" > "p2" for i in range(25)], "up", "down"), index=[f"p{i}" for i in range(25)])
    found = difference(table, by=by, stages=names)
    ax = plot.emotion_difference(found, lang="en")
    points = [line for line in ax.lines if line.get_marker() == "o"]
    filled = [line.get_markerfacecolor() != ax.get_facecolor() for line in points]
    assert filled == found.table["sure"].tolist()
    assert "better for up" in ax.get_xlabel()


def test_shares_of_a_distribution_fill_the_bar():
    table, names = mood(stages=3)
    ax = plot.emotion_distribution(distribution(table, stages=names), lang="ru")
    for row in range(3):
        assert sum(p.get_width() for p in ax.patches[row * 5 : row * 5 + 5]) == pytest.approx(1)
    assert "n = 25" in texts(ax)
