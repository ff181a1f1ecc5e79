"""TURF and prices: planted truths come back, and bad input is named."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import Survey, price_sensitivity, turf


def ticks(seed=0, n=300, k=7):
    rng = np.random.default_rng(seed)
    grid = rng.random((n, k)) < rng.uniform(0.1, 0.5, k)
    names = [f"o{j}" for j in range(k)]
    texts = [";".join(np.array(names)[row]) or None for row in grid]
    s = Survey.from_frame(pd.DataFrame({"id": range(n), "likes": texts, "w": rng.uniform(0.5, 2, n)}))
    return s.set_item("likes", type="multi", separator=";", options=tuple(names)), grid, names


@pytest.mark.parametrize("weighted", [False, True])
def test_the_best_set_of_every_size_is_that_of_trying_all(weighted):
    s, grid, names = ticks()
    found = turf(s, "likes", largest=4, weights="w" if weighted else None)
    w = s.data["w"].to_numpy() if weighted else np.ones(len(grid))
    for row in found.table.itertuples():
        reach = {c: w[grid[:, list(c)].any(axis=1)].sum() / w.sum() for c in combinations(range(len(names)), row.size)}
        assert row.reach == pytest.approx(max(reach.values()))
        mine = tuple(sorted(names.index(o) for o in row.offers))
        assert reach[mine] == pytest.approx(row.reach)
    assert found.table["exact"].all() and (found.table["gain"] >= 0).all()


def test_more_than_twenty_offers_are_grown_and_said_to_be():
    s, _, _ = ticks(k=24)
    found = turf(s, "likes", largest=3)
    assert not found.table["exact"].any() and "not every set" in found.warnings[0]


def test_ratings_reach_who_gives_an_upper_answer():
    t = pd.DataFrame({"id": range(4), "a": [5, 4, 1, 1], "b": [1, 1, 5, 1]})
    s = Survey.from_frame(t).set_item(["a", "b"], type="likert", scale=(1, 5), group="")
    found = turf(s, ["a", "b"])
    assert found.table["reach"].tolist() == [0.5, 0.75]
    assert turf(s, ["a", "b"], upper=1).table["reach"].tolist() == [0.25, 0.5]


def test_one_offer_or_words_are_refused():
    t = pd.DataFrame({"id": range(30), "a": [5] * 30, "c": ["x", "y"] * 15})
    s = Survey.from_frame(t).set_item("a", type="likert", scale=(1, 5))
    with pytest.raises(CjmError, match="two offers"):
        turf(s, "a")
    with pytest.raises(CjmError, match="without a scale: c"):
        turf(s, ["a", "c"])


ASKED = {"too_cheap": "a", "cheap": "b", "expensive": "c", "too_expensive": "d"}


def prices(n=400, seed=1, centre=200.0):
    rng = np.random.default_rng(seed)
    middle = centre * np.exp(0.25 * rng.standard_normal(n))
    steps = np.sort(rng.uniform(0.5, 1.6, (n, 4)), axis=1) * middle[:, None]
    t = pd.DataFrame(np.round(steps, 2), columns=list("abcd")).assign(id=range(n))
    t["pc"], t["pe"] = rng.integers(3, 6, n), rng.integers(1, 4, n)
    s = Survey.from_frame(t).set_item(list("abcd"), type="number")
    return s.set_item(["pc", "pe"], type="likert", scale=(1, 5), group="")


def test_at_every_point_the_shares_of_its_two_curves_are_equal():
    s = prices()
    found = price_sensitivity(s, ASKED, resamples=100)
    x = s.data
    for point, (down, up) in {"optimal": "ad", "indifference": "bc", "marginal_cheapness": "ac"}.items():
        e = found.estimate(point)
        assert (x[down] >= e.value).mean() == pytest.approx((x[up] <= e.value).mean(), abs=0.012)
        assert e.low < e.value < e.high
    t = found.table.set_index("point")["value"]
    assert t["marginal_cheapness"] < t["optimal"] < t["marginal_expensiveness"]


def test_prices_twice_as_high_give_points_twice_as_high():
    one, two = (price_sensitivity(prices(centre=c), ASKED, resamples=0).table["value"] for c in (200, 400))
    assert (two / one).tolist() == pytest.approx([2] * 4, rel=0.01)


def test_the_price_of_most_revenue_maximises_it_person_by_person():
    s = prices()
    found = price_sensitivity(s, ASKED, intentions=("pc", "pe"), resamples=50)
    x = s.data
    chance = {1: 0, 2: 0.1, 3: 0.3, 4: 0.5, 5: 0.7}

    def revenue(p):
        ends = zip(x["a"], x["b"], x["c"], x["d"], x["pc"].map(chance), x["pe"].map(chance), strict=True)
        return p * np.mean([np.interp(p, [a, b, c, d], [0, u, v, 0]) for a, b, c, d, u, v in ends])

    best = found.estimate("most_revenue").value
    assert revenue(best) >= 0.995 * max(revenue(p) for p in np.linspace(100, 400, 61))


def test_prices_that_do_not_rise_are_left_out_and_counted():
    s = prices(60)
    t = s.data.copy()
    t.loc[t.index[:5], "a"] = 9999
    odd = Survey.from_frame(t).set_item(list("abcd"), type="number")
    found = price_sensitivity(odd, ASKED, resamples=0)
    assert found.table["n"].iloc[0] == 55 and "5 people" in found.warnings[0]
    with pytest.raises(CjmError, match="missing: too_expensive"):
        price_sensitivity(s, {k: v for k, v in ASKED.items() if k != "too_expensive"})
    with pytest.raises(CjmError, match="only 9 people"):
        price_sensitivity(prices(9), ASKED)
    with pytest.raises(CjmError, match="too_cheap"):
        price_sensitivity(s, {"to_cheap": "a"})
