"""The shared statistics against published values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from cjmkit.stats import benjamini_hochberg, holm, median_interval, wilson


@given(st.integers(0, 200), st.integers(1, 200), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_equals_statsmodels(k, n, level):
    k = min(k, n)
    assert wilson(k, n, level=level) == pytest.approx(proportion_confint(k, n, 1 - level, method="wilson"), abs=1e-9)


def test_wilson_takes_arrays_and_leaves_a_gap_for_nobody():
    low, high = wilson([2206, 0], [2688, 0])
    assert (low[0].round(5), high[0].round(5)) == (0.80573, 0.83473)
    assert np.isnan([low[1], high[1]]).all()


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


def test_three_values_give_a_median_and_no_interval():
    middle, low, high = median_interval([1, 2, 3, np.nan])
    assert middle == 2
    assert np.isnan([low, high]).all()


def test_the_interval_of_a_median_covers_a_skewed_median():
    rng = np.random.default_rng(3)
    draws = rng.lognormal(size=(2000, 17))
    inside = [low <= 1 <= high for _, low, high in map(median_interval, draws)]
    assert 0.94 <= np.mean(inside) <= 0.99
