"""Drivers: a planted truth is found, and the warnings speak when they should."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import Survey, drivers, importance_performance
from cjmkit.survey.relative import brute_force_lmg, johnson, lmg


def planted(n=400, seed=0):
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=n)
    raw = {k: mood * 0.6 + rng.normal(size=n) for k in ("queue", "staff", "price", "site")}
    y = 1.1 * raw["staff"] + 0.4 * raw["queue"] + rng.normal(size=n)

    def rate(x):
        return np.clip(np.round(3 + x), 1, 5)

    t = pd.DataFrame(
        {f"g_{k}": rate(v) for k, v in raw.items()} | {"overall": rate(y), "id": range(n), "w": rng.uniform(0.3, 3, n)}
    )
    return Survey.from_frame(t).set_item(["g_*", "overall"], type="likert", scale=(1, 5), group="")


def test_the_planted_driver_comes_first_and_shares_add_up_to_one():
    for method in ("johnson", "lmg"):
        found = drivers(planted(), "overall", "g_*", method=method, bootstraps=200)
        assert found.table["item"].iloc[0] == "g_staff"
        assert found.table["p_top"].iloc[0] > 0.95
        assert found.table["value"].sum() == pytest.approx(1)
        assert found.table["importance"].sum() == pytest.approx(found.r2)
        assert found.table["p_top"].sum() == pytest.approx(1)
        assert (found.table["low"] <= found.table["value"]).all()
        assert (found.table["value"] <= found.table["high"]).all()


def test_lmg_by_schur_complements_equals_all_orders_one_by_one():
    rng = np.random.default_rng(1)
    for p in (2, 3, 5):
        c = np.corrcoef(rng.normal(size=(60, p + 1)) @ rng.normal(size=(p + 1, p + 1)), rowvar=False)
        assert np.allclose(lmg(c[:p, :p], c[:p, p]), brute_force_lmg(c[:p, :p], c[:p, p]))


def test_uncorrelated_drivers_get_their_squared_correlations():
    r = np.array([0.5, 0.3, 0.1])
    assert np.allclose(johnson(np.eye(3), r), r**2)
    assert np.allclose(lmg(np.eye(3), r), r**2)


def test_the_same_seed_gives_the_same_result_and_the_order_of_items_does_not_matter():
    s = planted()
    a = drivers(s, "overall", ["g_queue", "g_staff", "g_site"], bootstraps=100, seed=3)
    assert a.table.equals(drivers(s, "overall", ["g_queue", "g_staff", "g_site"], bootstraps=100, seed=3).table)
    b = drivers(s, "overall", ["g_site", "g_staff", "g_queue"], bootstraps=100, seed=3)
    merged = a.table.merge(b.table, on="item")
    assert np.allclose(merged["value_x"], merged["value_y"])
    assert np.allclose(merged["low_x"], merged["low_y"])


def test_an_item_twice_shares_its_contribution():
    s = planted()
    t = s.data.assign(copy=s.data["g_staff"])
    twin = Survey.from_frame(t).set_item(["g_*", "copy", "overall"], type="likert", scale=(1, 5), group="")
    found = drivers(twin, "overall", ["g_staff", "copy", "g_queue"], method="lmg", bootstraps=0)
    rows = found.table.set_index("item")["value"]
    assert rows["g_staff"] == pytest.approx(rows["copy"])
    assert any("exactly the same" in w for w in found.warnings)


def test_a_grid_shared_with_the_outcome_is_warned_about():
    s = planted().set_item(["g_queue", "g_staff", "overall"], group="Q7")
    found = drivers(s, "overall", "g_*", bootstraps=20)
    assert any("one grid with the outcome" in w and "2 of 4" in w for w in found.warnings)
    assert not any("grid" in w for w in drivers(planted(), "overall", "g_*", bootstraps=20).warnings)


def test_a_small_listwise_base_names_the_items_that_cost_people():
    s = planted()
    t = s.data
    t.loc[t.index[:300], "g_price"] = np.nan
    holes = Survey.from_frame(t).set_item(["g_*", "overall"], type="likert", scale=(1, 5), group="")
    found = drivers(holes, "overall", "g_*", bootstraps=20)
    assert found.n == 100
    assert any("100 of 400" in w and "g_price" in w for w in found.warnings)
    assert found.table.set_index("item").loc["g_price", "coverage"] == pytest.approx(0.25)


def test_too_few_people_is_an_error_that_names_the_worst_items():
    s = planted(30)
    t = s.data
    t.loc[t.index[2:], "g_price"] = np.nan
    holes = Survey.from_frame(t).set_item(["g_*", "overall"], type="likert", scale=(1, 5), group="")
    with pytest.raises(CjmError, match="g_price"):
        drivers(holes, "overall", "g_*")


def test_weights_move_shares_and_a_new_leader_is_said():
    rng = np.random.default_rng(3)
    n = 600
    first = np.arange(n) < 300
    a, b = rng.normal(size=(2, n))
    y = np.where(first, a, b) + 0.3 * rng.normal(size=n)
    t = pd.DataFrame({"a": a, "b": b + 0.0, "y": y + 0.15 * a, "id": range(n), "w": np.where(first, 0.2, 1.8)})
    s = Survey.from_frame(t).set_item(["a", "b", "y"], type="number").set_item("w", type="weight")
    assert drivers(s, "y", ["a", "b"], bootstraps=0).table["item"].iloc[0] == "a"
    weighted = drivers(s, "y", ["a", "b"], bootstraps=0, weights="w")
    assert weighted.table["item"].iloc[0] == "b"
    assert any("without weights another driver comes first: 'a'" in w for w in weighted.warnings)
    ones = drivers(s, "y", ["a", "b"], bootstraps=50, weights=np.ones(n))
    assert ones.table.equals(drivers(s, "y", ["a", "b"], bootstraps=50).table)


def test_constant_items_are_left_out_and_named():
    s = planted()
    t = s.data.assign(flat=3)
    flat = Survey.from_frame(t).set_item(["g_*", "flat", "overall"], type="likert", scale=(1, 5), group="")
    found = drivers(flat, "overall", ["g_queue", "g_staff", "flat"], bootstraps=10)
    assert "flat" not in set(found.table["item"])
    assert any("flat" in w for w in found.warnings)


def test_bootstrap_limits_widen_with_fewer_people():
    wide = drivers(planted(60), "overall", "g_*", bootstraps=300).table.iloc[0]
    narrow = drivers(planted(1500), "overall", "g_*", bootstraps=300).table.iloc[0]
    assert wide["high"] - wide["low"] > 2 * (narrow["high"] - narrow["low"])


def test_lmg_refuses_more_than_fifteen_drivers_and_text_is_no_driver():
    rng = np.random.default_rng(0)
    t = pd.DataFrame(rng.integers(1, 6, (80, 17)), columns=[f"x{i}" for i in range(17)]).assign(id=range(80), words="a")
    s = Survey.from_frame(t).set_item("x*", type="likert", scale=(1, 5))
    with pytest.raises(CjmError, match="up to 15"):
        drivers(s, "x0", [f"x{i}" for i in range(1, 17)], method="lmg")
    with pytest.raises(CjmError, match="'words'"):
        drivers(s, "x0", ["x1", "words"])


def test_sentences_in_both_languages_and_evidence():
    found = drivers(planted(), "overall", "g_*", bootstraps=100)
    assert "g_staff" in found.summary("en")
    assert "g_staff" in found.summary("ru")
    assert found.summary("en") != found.summary("ru")
    e = found._evidence_(item="g_staff")
    assert e.item == "g_staff, overall"
    assert e.estimate.n == found.n


def test_importance_performance_puts_the_important_and_weak_first():
    s = planted()
    t = s.data
    t["g_staff"] = np.clip(t["g_staff"] - 1, 1, 5)
    low = Survey.from_frame(t).set_item(["g_*", "overall"], type="likert", scale=(1, 5), group="")
    found = importance_performance(low, "overall", "g_*", bootstraps=50)
    assert found.table.set_index("item").loc["g_staff", "quadrant"] == "concentrate here"
    assert "g_staff" in found.summary("en")
    assert found._evidence_(item="g_staff").estimate.n == 400
    with pytest.raises(CjmError, match="outcome"):
        importance_performance(low)
