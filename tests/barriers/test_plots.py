"""Pictures of barriers, asked through their artists."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

import cjmkit as cj
from cjmkit import plot
from cjmkit.barriers import rank
from cjmkit.errors import CjmError


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture
def found():
    rng = np.random.default_rng(2)
    rows = [
        (f"p{i}", f"b{k}", f"s{rng.integers(12)}", float(rng.integers(-2, 2)))
        for i in range(40)
        for k in range(6)
        if rng.random() < 0.5 - 0.06 * k
    ]
    codings = pd.DataFrame(rows, columns=["participant", "code", "stage", "valence"])
    book = pd.DataFrame(
        {
            "code": [f"b{k}" for k in range(6)],
            "title": [f"Барьер {k}: {'длинное имя ' * 4}"[:40] for k in range(6)],
            "lane": "barriers",
        }
    )
    outcome = pd.Series(rng.random(40) < 0.5, index=[f"p{i}" for i in range(40)])
    stages = [cj.Stage(id=f"s{k}", title=f"Этап {k:02d} {'с длинным названием ' * 3}"[:40]) for k in range(12)]
    return rank(codings, codebook=book, outcome=outcome, stages=stages)


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_the_map_writes_the_number_of_people_into_each_bubble(found):
    ax = plot.barrier_map(found, lang="ru")
    assert sorted(int(t) for t in texts(ax) if t.isdigit()) == sorted(found.by_stage()["people"])
    assert len(ax.get_yticks()) == 6


def test_stage_names_of_the_map_do_not_overlap(found):
    ax = plot.barrier_map(found, lang="ru")
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.get_xticklabels()]
    assert all(a.x1 <= b.x0 for a, b in pairwise(boxes))


def test_the_ranking_shows_share_effect_and_how_sure_the_first_place_is(found):
    ax = plot.barrier_ranking(found, lang="en")
    points = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert points == pytest.approx(found.table["share"].tolist())
    assert f"{found.table['first'].iloc[0]:.0%}" in texts(ax)
    assert "odds of failing ×" in texts(ax)


def test_problems_of_nobody_are_hatched(found):
    ax = plot.problems_by(found.by_owner(), lang="en")
    assert ax.patches[0].get_hatch() == "///"
    assert [t.get_text() for t in ax.get_yticklabels()] == ["nobody"]
    with pytest.raises(CjmError, match="by_owner"):
        plot.problems_by(found.table)


def test_links_are_drawn_weakest_first():
    worst = cj.barriers.weakest_link(pd.DataFrame({"step": ["a", "b", "c"], "users": [100, 80, 20]}))
    ax = plot.weakest_link(worst, lang="ru")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b → c", "a → b"]
    assert ax.get_xlim() == (0, 1)


def test_a_column_with_nothing_in_it_is_not_drawn_and_a_code_without_a_title_goes_by_its_name():
    rows = [(f"p{i}", code, "s0", -1.0) for i in range(12) for code in ("Slow", "Dear") if i % 3 or code == "Slow"]
    codings = pd.DataFrame(rows, columns=["participant", "code", "stage", "valence"])
    book = cj.coding.Codebook([cj.coding.Code("Slow", lane="barriers"), cj.coding.Code("Dear", lane="barriers")])
    found = rank(codings, codebook=book)
    assert found.table["title"].tolist() == ["Slow", "Dear"] and "“Slow”" in found.summary("en")
    said = texts(plot.barrier_ranking(found, lang="en"))
    assert "first in" in said and "—" not in said and "stage loses" not in said
