"""The estimator against outside oracles: statsmodels, brute force, scipy."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cjmkit.emotion._estimator import fit, intercept_ratio
from cjmkit.emotion.limits import same_rating_limits, score_limits


def ratings(people=30, stages=5, missing=0.3, seed=0):
    rng = np.random.default_rng(seed)
    own = rng.normal(0, 0.7, (people, 1))
    y = np.clip(np.round(own + rng.normal(0, 0.8, (people, stages)) + np.linspace(0.8, -0.8, stages)), -2, 2)
    y[rng.random(y.shape) < missing] = np.nan
    return y


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_means_and_ratio_agree_with_statsmodels_mixedlm(seed):
    import statsmodels.formula.api as smf

    y = ratings(seed=seed)
    long = pd.DataFrame(
        {
            "y": y.ravel(),
            "person": np.repeat(np.arange(len(y)), y.shape[1]),
            "stage": np.tile(np.arange(y.shape[1]), len(y)),
        }
    ).dropna()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = smf.mixedlm("y ~ C(stage) - 1", long, groups="person").fit(reml=True)
    one = fit(y)
    assert one.mean == pytest.approx(oracle.fe_params.to_numpy(), abs=3e-6)
    assert one.ratio == pytest.approx(oracle.cov_re.iloc[0, 0] / oracle.scale, rel=1e-4)


def test_complete_data_give_the_plain_mean_and_its_standard_error():
    y = ratings(missing=0)
    one = fit(y)
    assert one.mean == pytest.approx(y.mean(axis=0))
    assert one.se == pytest.approx(y.std(axis=0, ddof=1) / np.sqrt(len(y)))


def test_the_jackknife_is_what_leaving_people_out_one_by_one_gives():
    y = ratings(people=12, seed=5)
    one = fit(y)
    left = np.array([fit(np.delete(y, i, axis=0), ratio=one.ratio).mean for i in range(len(y))])
    n = one.n
    by_hand = np.sqrt((n - 1) / n * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    assert one.se == pytest.approx(by_hand, rel=1e-9)


def test_weights_of_two_equal_a_person_counted_twice_in_the_means():
    y = ratings(people=10, seed=2)
    weights = np.ones(10)
    weights[3] = 2
    doubled = np.vstack([y, y[3]])
    ratio = intercept_ratio(y)
    assert fit(y, weights=weights, ratio=ratio).mean == pytest.approx(fit(doubled, ratio=ratio).mean)


def test_people_who_left_pull_the_later_stages_down():
    rng = np.random.default_rng(4)
    own = rng.normal(0, 1, (4000, 1))
    y = own + rng.normal(0, 0.3, (4000, 3))
    gone = y[:, 0] < 0
    truth = y.mean(axis=0)
    y[gone, 1:] = np.nan
    assert np.nanmean(y[:, 2]) - truth[2] > 0.6
    assert fit(y).mean[2] == pytest.approx(truth[2], abs=0.05)


def test_a_stage_with_one_person_has_a_mean_but_no_error():
    y = np.array([[1.0, np.nan], [0.0, np.nan], [2.0, 1.0]])
    one = fit(y)
    assert np.isfinite(one.mean).all()
    assert np.isnan(one.se[1])
    assert np.isfinite(one.se[0])


def test_equal_ratings_have_exactly_that_mean():
    assert fit(np.full((5, 3), 1.3)).mean.tolist() == [1.3, 1.3, 1.3]


def test_draws_scatter_like_the_standard_errors():
    y = ratings(people=60, seed=8)
    one = fit(y)
    drawn = one.draws(20_000, np.random.default_rng(0))
    assert drawn.std(axis=0) == pytest.approx(one.se, rel=0.05)
    assert drawn.mean(axis=0) == pytest.approx(one.mean, abs=0.01)


def test_gaussian_draws_of_many_people_have_the_same_covariance_as_multinomial_ones():
    y = ratings(people=2001, seed=9)
    one = fit(y)
    drawn = one.draws(20_000, np.random.default_rng(0))
    covariance = one.influence.T @ one.influence
    assert np.cov(drawn.T) == pytest.approx(covariance, abs=4e-5)


@pytest.mark.parametrize(("k", "n"), [(1, 8), (7, 9), (30, 60)])
def test_score_limits_of_a_share_are_wilsons(k, n):
    from statsmodels.stats.proportion import proportion_confint

    p = k / n
    mean, se = np.array([4 * p - 2]), np.array([4 * np.sqrt(p * (1 - p) / n)])
    low, high = score_limits(mean, se, np.inf, level=0.95)
    oracle = proportion_confint(k, n, method="wilson")
    assert ((low[0] + 2) / 4, (high[0] + 2) / 4) == pytest.approx(oracle)


def test_score_limits_meet_students_where_the_ends_are_far():
    low, high = score_limits(np.array([0.1]), np.array([0.05]), 400.0, level=0.95)
    t = stats.t.ppf(0.975, 400) * 0.05
    assert (low[0], high[0]) == pytest.approx((0.1 - t, 0.1 + t), abs=1e-3)


def test_the_bound_for_equal_ratings_shrinks_with_people_and_stays_on_the_scale():
    low8, high8 = same_rating_limits(2.0, 8, level=0.95)
    low80, high80 = same_rating_limits(2.0, 80, level=0.95)
    assert -2 <= low8 < low80 < 2.0 == high8 == high80
    # A share p of people at the other end would have been met with 97.5 % chance.
    assert (2 - low8) / 4 == pytest.approx(1 - 0.025 ** (1 / 8))


def test_the_short_cut_for_thousands_of_people_is_the_jackknife():
    from cjmkit.emotion import _estimator as room

    y = ratings(people=6000, seed=3)
    quick = fit(y)
    kept = room._MOST_LEFT_OUT
    try:
        room._MOST_LEFT_OUT = 10_000
        exact = fit(y, ratio=quick.ratio)
    finally:
        room._MOST_LEFT_OUT = kept
    assert quick.se == pytest.approx(exact.se, rel=1e-3)
    assert quick.mean == pytest.approx(exact.mean)
