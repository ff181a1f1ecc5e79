"""The shared statistics against published values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from cjmkit.stats import benjamini_hochberg, holm, wilson


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
