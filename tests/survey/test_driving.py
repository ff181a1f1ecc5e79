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
        found = drivers(planted(), "overall", "g_*", method=method, resamples=200)
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
    a = drivers(s, "overall", ["g_queue", "g_staff", "g_site"], resamples=100, seed=3)
    assert a.table.equals(drivers(s, "overall", ["g_queue", "g_staff", "g_site"], resamples=100, seed=3).table)
    b = drivers(s, "overall", ["g_site", "g_staff", "g_queue"], resamples=100, seed=3)
    merged = a.table.merge(b.table, on="item")
    assert np.allclose(merged["value_x"], merged["value_y"])
    assert np.allclose(merged["low_x"], merged["low_y"])


def test_an_item_twice_shares_its_contribution():
    s = planted()
    t = s.data.assign(copy=s.data["g_staff"])
    twin = Survey.from_frame(t).set_item(["g_*", "copy", "overall"], type="likert", scale=(1, 5), group="")
    found = drivers(twin, "overall", ["g_staff", "copy", "g_queue"], method="lmg", resamples=0)
    rows = found.table.set_index("item")["value"]
    assert rows["g_staff"] == pytest.approx(rows["copy"])
    assert any("exactly the same" in w for w in found.warnings)


def test_a_grid_shared_with_the_outcome_is_warned_about():
    s = planted().set_item(["g_queue", "g_staff", "overall"], group="Q7")
    found = drivers(s, "overall", "g_*", resamples=20)
    assert any("one grid with the outcome" in w and "2 of 4" in w for w in found.warnings)
    assert not any("grid" in w for w in drivers(planted(), "overall", "g_*", resamples=20).warnings)


def test_a_small_listwise_base_names_the_items_that_cost_people():
    s = planted()
    t = s.data
    t.loc[t.index[:300], "g_price"] = np.nan
    holes = Survey.from_frame(t).set_item(["g_*", "overall"], type="likert", scale=(1, 5), group="")
    found = drivers(holes, "overall", "g_*", resamples=20)
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
    assert drivers(s, "y", ["a", "b"], resamples=0).table["item"].iloc[0] == "a"
    weighted = drivers(s, "y", ["a", "b"], resamples=0, weights="w")
    assert weighted.table["item"].iloc[0] == "b"
    assert any("without weights another driver comes first: 'a'" in w for w in weighted.warnings)
    ones = drivers(s, "y", ["a", "b"], resamples=50, weights=np.ones(n))
    assert ones.table.equals(drivers(s, "y", ["a", "b"], resamples=50).table)


def test_constant_items_are_left_out_and_named():
    s = planted()
    t = s.data.assign(flat=3)
    flat = Survey.from_frame(t).set_item(["g_*", "flat", "overall"], type="likert", scale=(1, 5), group="")
    found = drivers(flat, "overall", ["g_queue", "g_staff", "flat"], resamples=10)
    assert "flat" not in set(found.table["item"])
    assert any("flat" in w for w in found.warnings)


def test_bootstrap_limits_widen_with_fewer_people():
    wide = drivers(planted(60), "overall", "g_*", resamples=300).table.iloc[0]
    narrow = drivers(planted(1500), "overall", "g_*", resamples=300).table.iloc[0]
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
    found = drivers(planted(), "overall", "g_*", resamples=100)
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
    found = importance_performance(low, "overall", "g_*", resamples=50)
    assert found.table.set_index("item").loc["g_staff", "quadrant"] == "concentrate here"
    assert "g_staff" in found.summary("en")
    assert found._evidence_(item="g_staff").estimate.n == 400
    with pytest.raises(CjmError, match="outcome"):
        importance_performance(low)


def with_a_probe(seed, n, r):
    """Four drivers that go together, two of them behind the outcome, and a probe with a correlation of r with it."""
    rng = np.random.default_rng(seed)
    x = 0.55 * rng.standard_normal((n, 1)) + 0.84 * rng.standard_normal((n, 4))
    y = 0.4 * x[:, 0] + 0.3 * x[:, 1] + 0.9 * rng.standard_normal(n)
    probe = r * (y - y.mean()) / y.std() + np.sqrt(1 - r**2) * rng.standard_normal(n)
    t = pd.DataFrame({f"x{i}": x[:, i] for i in range(4)} | {"probe": probe, "y": y})
    t = (3 + t).round().clip(1, 5).assign(id=range(n))
    return Survey.from_frame(t).set_item(["x*", "probe", "y"], type="likert", scale=(1, 5), group="")


def test_an_unrelated_driver_is_not_told_from_nothing_and_a_planted_one_is():
    def told(seed, r):
        found = drivers(with_a_probe(seed, 300, r), "y", ["x*", "probe"], resamples=0)
        return bool(found.table.set_index("item").loc["probe", "told"])

    assert sum(told(i, 0.0) for i in range(40)) <= 5
    assert sum(told(i, 0.3) for i in range(15)) == 15


def test_nothing_to_find_is_said_in_both_languages():
    rng = np.random.default_rng(2)
    t = pd.DataFrame({c: rng.integers(1, 6, 200) for c in "abcy"} | {"id": range(200)})
    found = drivers(
        Survey.from_frame(t).set_item(list("abcy"), type="likert", scale=(1, 5), group=""), "y", list("abc")
    )
    assert not found.table["told"].any()
    assert "can be told from nothing" in found.summary("en") and "не отличить" in found.summary("ru")
    assert "влия" not in found.summary("ru")


def test_n_r_mean_and_share_are_of_the_same_people():
    s = planted()
    t = s.data.copy()
    t.loc[t.index[:100], "g_site"] = np.nan
    holes = Survey.from_frame(t).set_item(["g_*", "overall"], type="likert", scale=(1, 5), group="")
    found = drivers(holes, "overall", "g_*", resamples=0)
    full = t.dropna()
    row = found.table.set_index("item").loc["g_staff"]
    assert (row["n"], row["answered"], found.n) == (300, 400, 300)
    assert row["mean"] == pytest.approx(full["g_staff"].mean())
    assert row["r"] == pytest.approx(np.corrcoef(full["g_staff"], full["overall"])[0, 1])
    assert any("complete cases: 300 of 400" in w for w in found.warnings)


def test_a_coefficient_against_its_correlation_is_called_suppression():
    rng = np.random.default_rng(4)
    n = 2000
    staff = rng.normal(size=n)
    queue = 0.8 * staff + 0.6 * rng.normal(size=n)
    y = 1.2 * staff - 0.5 * queue + 0.5 * rng.normal(size=n)
    t = pd.DataFrame({"staff": staff, "queue": queue, "y": y, "id": range(n)})
    s = Survey.from_frame(t).set_item(["staff", "queue", "y"], type="number")
    found = drivers(s, "y", ["staff", "queue"], resamples=0)
    row = found.table.set_index("item").loc["queue"]
    assert row["beta"] < 0 < row["r"]
    assert any("suppression" in w and "queue" in w for w in found.warnings)
    assert not any("against" in w for w in found.warnings)


@pytest.mark.parametrize("model", ["logistic", "ordinal"])
def test_the_slopes_behind_the_propensity_are_those_of_statsmodels(model):
    import statsmodels.api as sm
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    rng = np.random.default_rng(7)
    x = rng.integers(1, 6, (500, 3)).astype(float)
    latent = 0.9 * x[:, 0] - 0.4 * x[:, 1] + rng.logistic(size=500)
    y = (latent > 1.5).astype(int) if model == "logistic" else np.digitize(latent, [0, 1.5, 3]) + 1
    t = pd.DataFrame(x, columns=["a", "b", "c"]).assign(y=y, id=range(500))
    s = Survey.from_frame(t).set_item(["a", "b", "c"], type="likert", scale=(1, 5), group="")
    s = (
        s.set_item("y", type="single")
        if model == "logistic"
        else s.set_item("y", type="likert", scale=(1, 4), group="")
    )
    found = drivers(s, "y", ["a", "b", "c"], model=model, method="lmg", resamples=60).table.set_index("item")
    z = (x - x.mean(0)) / x.std(0)
    if model == "logistic":
        slopes = sm.Logit(y, sm.add_constant(z)).fit(disp=0).params[1:]
    else:
        slopes = OrderedModel(y, z, distr="logit").fit(method="bfgs", disp=0, gtol=1e-8).params[:3]
    rxx = np.corrcoef(x.T)
    total = slopes @ rxx @ slopes + np.pi**2 / 3
    expected = brute_force_lmg(rxx, rxx @ slopes / np.sqrt(total))
    assert found.loc[["a", "b", "c"], "importance"].to_numpy() == pytest.approx(expected, abs=2e-5)
    assert found.loc[["a", "b"], "told"].all() and not found.loc["c", "told"]
    assert (found["low"] <= found["value"]).all() and found.loc["a", "p_top"] > 0.95


def test_a_logistic_outcome_needs_two_answers_and_says_which_is_yes():
    t = pd.DataFrame({"a": [1, 2, 3, 4, 5] * 30, "b": [2, 1, 4] * 50, "y": ["нет", "нет", "да"] * 50, "id": range(150)})
    t.loc[[2, 5], "y"] = "нет"
    s = Survey.from_frame(t).set_item(["a", "b"], type="likert", scale=(1, 5), group="").set_item("y", type="single")
    assert drivers(s, "y", ["a", "b"], model="logistic", resamples=0).yes == "да"
    with pytest.raises(CjmError, match="model='logistic'"):
        drivers(s, "y", ["a", "b"])
    with pytest.raises(CjmError, match="needs two"):
        drivers(s.set_item("a", type="single"), "a", ["b", "b"], model="logistic")
