"""The shared statistics against published values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from cjmkit.stats import (
    benjamini_hochberg,
    bootstrap,
    holm,
    mean_interval,
    median_interval,
    newcombe,
    person_weights,
    t_interval,
    wilson,
    z_of,
)


@given(st.integers(0, 200), st.integers(1, 200), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_equals_statsmodels(k, n, level):
    k = min(k, n)
    share, low, high = wilson(k, n, level=level)
    assert share == k / n
    assert (low, high) == pytest.approx(proportion_confint(k, n, 1 - level, method="wilson"), abs=1e-9)
    assert low <= share <= high


def test_wilson_takes_arrays_and_leaves_a_gap_for_nobody():
    share, low, high = wilson([2206, 0], [2688, 0])
    assert (low[0].round(5), high[0].round(5)) == (0.80573, 0.83473)
    assert np.isnan([share[1], low[1], high[1]]).all()


@given(*[st.integers(1, 200)] * 4, st.sampled_from([0.8, 0.95]))
def test_newcombe_equals_statsmodels(k1, n1, k2, n2, level):
    k1, k2 = min(k1, n1), min(k2, n2)
    oracle = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", alpha=1 - level)
    d, low, high = newcombe((k1, n1), (k2, n2), level=level)
    assert (low, high) == pytest.approx(oracle, abs=1e-9)
    assert d == pytest.approx(k1 / n1 - k2 / n2)


def test_newcombe_equals_the_published_examples():
    # Newcombe (1998), table II, method 10, examples (a) and (b).
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert newcombe((9, 10), (3, 10)) == pytest.approx((0.6, 0.1705, 0.8090), abs=5e-5)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30))
def test_the_interval_of_a_mean_equals_statsmodels(values):
    oracle = DescrStatsW(np.array(values)).tconfint_mean()
    assert mean_interval([*values, np.nan])[1:] == pytest.approx(oracle, abs=1e-6)


def test_one_value_has_a_mean_and_no_limits():
    assert mean_interval([3])[0] == 3
    assert np.isnan(mean_interval([3])[1:]).all()
    assert np.isnan(t_interval([1.0, 2.0], [1.0, 1.0], [0, 4]).low).tolist() == [True, False]


def test_the_quantile_of_a_level_is_that_of_the_normal_table():
    assert (round(z_of(0.95), 4), round(z_of(0.99), 4)) == (1.96, 2.5758)


def test_the_bootstrap_of_a_mean_agrees_with_the_normal_interval():
    x = np.random.default_rng(1).normal(5, 2, 400)
    value, low, high = bootstrap(lambda w: w @ x / w.sum(1), 400, resamples=4000)
    half = 1.96 * x.std() / 20
    assert value == pytest.approx(x.mean())
    assert (low, high) == pytest.approx((x.mean() - half, x.mean() + half), abs=0.02)


def test_the_bootstrap_draws_whole_people_and_repeats_itself():
    one, two = (np.concatenate(list(person_weights(7, resamples=50, seed=3))) for _ in range(2))
    assert one.shape == (50, 7)
    assert (one.sum(1) == 7).all()
    assert (one == two).all()
    pair = bootstrap(lambda w: np.stack([w[:, 0], w.sum(1)], axis=1), 7, resamples=50)
    assert pair.low.tolist() == [0, 7]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_corrections_equal_statsmodels(p):
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)


def test_a_missing_p_value_stays_missing_and_does_not_count():
    assert holm([0.01, np.nan, 0.04])[[0, 2]].tolist() == [0.02, 0.04]


def test_the_interval_of_a_median_has_the_ranks_of_the_binomial_table():
    # n = 10 at 95 %: the 2nd and the 9th value; n = 20: the 6th and the 15th (Conover 1999, table A3).
    assert median_interval(range(1, 11)) == (5.5, 2, 9)
    assert median_interval(range(1, 21)) == (10.5, 6, 15)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60))
def test_a_median_of_counted_values_equals_that_of_the_values(values):
    distinct, n = np.unique(values, return_counts=True)
    assert median_interval(distinct, n) == pytest.approx(median_interval(values), nan_ok=True)


def test_a_large_sample_has_the_same_ranks_as_the_exact_binomial():
    from scipy.stats import binom

    _, low, high = median_interval(np.arange(1, 3002))
    assert binom.cdf(low - 1, 3001, 0.5) <= 0.025 < binom.cdf(low, 3001, 0.5)
    assert low + high == 3002


def test_three_values_give_a_median_and_no_interval():
    middle, low, high = median_interval([1, 2, 3, np.nan])
    assert middle == 2
    assert np.isnan([low, high]).all()


def test_the_interval_of_a_median_covers_a_skewed_median():
    rng = np.random.default_rng(3)
    draws = rng.lognormal(size=(2000, 17))
    inside = [low <= 1 <= high for _, low, high in map(median_interval, draws)]
    assert 0.94 <= np.mean(inside) <= 0.99
