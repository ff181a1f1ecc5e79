"""A cross table as a map: equal to R, honest about chance, and drawn so that labels can be read."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.survey import Survey, correspondence

R = json.loads((Path(__file__).parent / "golden" / "drawn.json").read_text("utf-8"))["smoke"]
STAFF = ("senior managers", "junior managers", "senior employees", "junior employees", "secretaries")
SMOKE = ("none", "light", "medium", "heavy")


def people(times=1):
    counts = np.array(R["table"]) * times
    rows = [(a, b) for i, a in enumerate(STAFF) for j, b in enumerate(SMOKE) for _ in range(counts[i, j])]
    t = pd.DataFrame(rows, columns=["staff", "smoking"])
    return Survey.from_frame(t.assign(id=range(len(t))), person="id").set_item(["staff", "smoking"], type="single")


@pytest.fixture(scope="module")
def found():
    return correspondence(people(), "staff", "smoking", resamples=200, permutations=199)


def test_inertia_and_places_of_greenacres_smokers_are_those_of_r(found):
    assert found.inertia == pytest.approx(0.0852, abs=5e-5)
    assert found.axes["inertia"].tolist() == pytest.approx(R["inertia"], abs=1e-10)
    assert found.axes["share"].round(4).tolist() == [0.8776, 0.1176, 0.0049]
    for side, names, expected in (("row", STAFF, R["rows"]), ("column", SMOKE, R["columns"])):
        mine = found.table[found.table["side"] == side].set_index("label").loc[list(names), ["x", "y"]].to_numpy()
        theirs = np.array(expected)[:, :2]
        for k in (0, 1):
            sign = np.sign((mine[:, k] * theirs[:, k]).sum())
            assert mine[:, k] * sign == pytest.approx(theirs[:, k], abs=1e-8), (side, k)


def test_masses_and_inertias_of_each_side_add_up_to_one(found):
    sums = found.table.groupby("side")[["mass", "inertia"]].sum()
    assert sums.to_numpy().ravel() == pytest.approx(1)
    assert found.table["quality"].between(0, 1 + 1e-12).all()


def test_a_table_that_chance_makes_is_called_so_and_the_same_shares_of_more_people_are_not(found):
    assert (
        found.p > 0.05 and "the map shows chance" in found.summary("en") and "показывает случай" in found.summary("ru")
    )
    many = correspondence(people(8), "staff", "smoking", resamples=50, permutations=99)
    assert many.inertia == pytest.approx(found.inertia)
    assert many.p == 0.01 and "88%" not in many.summary("en") and "100%" in many.summary("en")
    width = (many.table["x_high"] - many.table["x_low"]) / (found.table["x_high"] - found.table["x_low"])
    assert width.median() < 0.6


def test_unrelated_answers_are_told_apart_in_about_one_of_twenty_studies():
    rng = np.random.default_rng(4)
    told = 0
    for k in range(100):
        t = pd.DataFrame({"a": rng.choice(list("xyz"), 80), "b": rng.choice(list("pqr"), 80), "id": range(80)})
        s = Survey.from_frame(t, person="id").set_item(["a", "b"], type="single")
        told += correspondence(s, "a", "b", resamples=0, permutations=99, seed=k).p <= 0.05
    assert told <= 11  # 5 expected, 2.7 standard errors above


def test_resampled_regions_hold_the_places_of_the_whole_population():
    rng = np.random.default_rng(2)
    truth = correspondence(people(40), "staff", "smoking", resamples=0, permutations=0).table.set_index("label")
    chance = np.array(R["table"]).ravel() / 193
    hit = np.zeros(2)
    for k in range(60):
        cells = rng.choice(20, 600, p=chance)
        t = pd.DataFrame(
            {"staff": np.array(STAFF)[cells // 4], "smoking": np.array(SMOKE)[cells % 4], "id": range(600)}
        )
        s = Survey.from_frame(t, person="id").set_item(["staff", "smoking"], type="single")
        got = correspondence(s, "staff", "smoking", resamples=150, permutations=0, seed=k).table.set_index("label")
        x = truth.loc[list(SMOKE), "x"] * np.sign((got["x"] * truth["x"]).sum())
        hit += [(got.loc[list(SMOKE), "x_low"] <= x).mul(got.loc[list(SMOKE), "x_high"] >= x).sum(), 4]
    assert 0.85 < hit[0] / hit[1] <= 1  # the axes themselves are taken as given


def test_multi_selects_and_weights_make_the_table():
    t = pd.DataFrame({"id": range(90), "likes": ["tea;milk", "coffee", "juice;tea"] * 30, "town": ["a", "b", "c"] * 30})
    s = Survey.from_frame(t.assign(w=2.0), person="id").set_item("likes", type="multi", separator=";")
    s = s.set_item("town", type="single")
    found = correspondence(s, "likes", "town", resamples=20, permutations=19, weights=pd.Series(2.0, index=range(90)))
    assert found.counts.loc["tea"].tolist() == [30, 0, 30] and found.n == 90


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [("staff", "one", "two groups"), (["staff"], "smoking", "not a list"), ("staff", "smokng", "smoking")],
)
def test_tables_that_make_no_map_are_refused(rows, columns, said):
    s = people()
    s = Survey.from_frame(s.data.assign(one="x"), person="id").set_item(["staff", "smoking", "one"], type="single")
    with pytest.raises(CjmError, match=said):
        correspondence(s, rows, columns)


def test_labels_of_the_map_do_not_lie_on_each_other_and_it_says_what_it_shows(found):
    ax = cj.plot.correspondence_map(found, lang="ru")
    ax.figure.canvas.draw()
    named = [t for t in ax.texts if t.get_text().replace("\n", " ") in (*STAFF, *SMOKE)]
    assert len(named) == 9
    boxes = [t.get_window_extent() for t in named]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert "ось 1: 88" in ax.get_xlabel() and "ось 2: 12" in ax.get_ylabel()
    assert any("n = 193" in t.get_text() for t in ax.texts)
    assert "staff" in cj.cite(found, side="row", label="senior managers").label("en")
