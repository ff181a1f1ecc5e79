"""The statistics that several rooms need: one function each, arrays in, an :class:`Interval` out.

Shares and medians take counts and values; rooms add what is theirs (a scale with ends, an odds ratio). Nothing is
rounded here, a missing limit is NaN, and a function of a share answers with arrays where it was given arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import comb
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "Interval",
    "benjamini_hochberg",
    "bootstrap",
    "holm",
    "log_odds",
    "mean_interval",
    "median_interval",
    "newcombe",
    "one_blas_thread",
    "person_weights",
    "pooled",
    "pooled_shares",
    "relabel_by_size",
    "t_interval",
    "wilson",
    "z_of",
]

Floats = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """A value with its limits: three numbers, or three arrays of one shape; NaN where there is none."""

    value: Any
    low: Any
    high: Any


def _interval(value: Any, low: Any, high: Any) -> Interval:
    """Numbers where numbers came in."""
    arrays = np.broadcast_arrays(value, low, high)
    return Interval(*(float(a) if a.ndim == 0 else np.array(a, dtype=float) for a in arrays))


def z_of(level: float) -> float:
    """The two-sided quantile of the normal distribution.

    Examples
    --------
    >>> round(z_of(0.95), 6)
    1.959964
    """
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(successes: Any, n: Any, *, level: float = 0.95) -> Interval:
    r"""A share and its interval by Wilson's score method.

    .. math:: \frac{k + z^2/2}{n + z^2} \pm \frac{z}{n + z^2}\sqrt{\frac{k(n-k)}{n} + \frac{z^2}{4}}

    Parameters
    ----------
    successes, n : float or array
        How many of how many people; broadcast against each other. They need not be whole: an effective n is allowed.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        Share and limits in [0, 1]; NaN where `n` is 0.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; recommended for small n by Brown, Cai and DasGupta (2001).

    Examples
    --------
    >>> share, low, high = wilson(7, 9)
    >>> round(share, 5), round(low, 5), round(high, 5)
    (0.77778, 0.45259, 0.93677)
    """
    k, size = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    z = z_of(level)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(size > 0, k / size, np.nan)
        total = np.where(size > 0, size + z**2, np.nan)
        middle = (k + z**2 / 2) / total
        half = z / total * np.sqrt(np.maximum(k * (size - k) / size, 0) + z**2 / 4)
        # Rounding must not put a limit on the wrong side of a share of 0 or 1.
        low = np.where(k <= 0, 0 * total, np.clip(middle - half, 0, 1))
        high = np.where(k >= size, 0 * total + 1, np.clip(middle + half, 0, 1))
    return _interval(share, low, high)


def newcombe(first: tuple[Any, Any], second: tuple[Any, Any], *, level: float = 0.95) -> Interval:
    """A difference of two shares, first minus second, by Newcombe's hybrid score method.

    Parameters
    ----------
    first, second : (successes, n)
        How many of how many people, in the one group and in the other; numbers or arrays.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        Difference and limits in [-1, 1]; NaN where a group is empty.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> [round(v, 4) for v in newcombe((56, 70), (48, 80))]
    [0.2, 0.0524, 0.3339]
    """
    (p1, l1, u1), (p2, l2, u2) = wilson(*first, level=level), wilson(*second, level=level)
    d = np.subtract(p1, p2)
    return _interval(d, d - np.hypot(p1 - l1, u2 - p2), d + np.hypot(u1 - p1, p2 - l2))


def t_interval(mean: Any, se: Any, df: Any, *, level: float = 0.95) -> Interval:
    """A mean with Student's t limits, from its standard error and the degrees of freedom.

    Examples
    --------
    >>> [round(v, 3) for v in t_interval(5.0, 1.0, 9)]
    [5.0, 2.738, 7.262]
    """
    from scipy.special import stdtrit

    free = np.asarray(df, dtype=float)
    with np.errstate(invalid="ignore"):
        half = stdtrit(np.where(free > 0, free, np.nan), 0.5 + level / 2) * np.asarray(se, dtype=float)
    return _interval(mean, np.subtract(mean, half), np.add(mean, half))


def mean_interval(values: Any, *, level: float = 0.95) -> Interval:
    """The mean of one value a person, with Student's t limits; missing values are left out.

    Returns
    -------
    Interval
        NaN where there are no values; without limits where there is one.

    Examples
    --------
    >>> [round(v, 3) for v in mean_interval([1, 2, 3, 4])]
    [2.5, 0.446, 4.554]
    """
    x = np.asarray(values, dtype=float)
    x = x[~np.isnan(x)]
    if len(x) < 2:
        return Interval(float(x[0]) if len(x) else float("nan"), float("nan"), float("nan"))
    return t_interval(x.mean(), x.std(ddof=1) / np.sqrt(len(x)), len(x) - 1, level=level)


def median_interval(values: Any, weights: Any = None, *, level: float = 0.95) -> Interval:
    """Median with the interval between two order statistics, whatever the distribution.

    The ranks are those of the binomial with p = 1/2; below six values no pair of them reaches 95 %, and the limits
    are missing. Missing values are left out.

    Parameters
    ----------
    values : array-like
        One value a person, or distinct values.
    weights : array-like of int, optional
        How many people have each value.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        NaN where there are no values.

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2.

    Examples
    --------
    >>> tuple(median_interval([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]))
    (3.5, 1.0, 6.0)
    """
    x = np.asarray(values, dtype=float)
    people = np.ones(len(x), dtype=int) if weights is None else np.asarray(weights, dtype=int)
    x, people = x[~np.isnan(x)], people[~np.isnan(x)]
    order = np.argsort(x, kind="stable")
    x, ends = x[order], np.cumsum(people[order])
    n = int(ends[-1]) if len(ends) else 0
    if n == 0:
        return Interval(float("nan"), float("nan"), float("nan"))

    def ranked(i: int) -> float:
        return float(x[np.searchsorted(ends, i, side="right")])

    middle = (ranked((n - 1) // 2) + ranked(n // 2)) / 2
    rank = _rank_below(n, (1 - level) / 2)
    if rank == 0:
        return Interval(middle, float("nan"), float("nan"))
    return Interval(middle, ranked(rank - 1), ranked(n - rank))


def _rank_below(n: int, tail: float) -> int:
    """The largest rank below the median whose binomial tail (p = 1/2) is at most `tail`; 0 where there is none."""
    if n > 1000:  # the exact powers of two would overflow a float
        from scipy.stats import binom

        k = int(binom.ppf(tail, n, 0.5))
        return k if binom.cdf(k - 1, n, 0.5) <= tail else k - 1
    below, rank = 0.0, 0
    for k in range(n // 2):
        below += comb(n, k) / 2**n
        if below > tail:
            break
        rank = k + 1
    return rank


def person_weights(n: int, *, resamples: int, seed: int | np.random.Generator = 0) -> Iterator[Floats]:
    """How often each person is drawn in each bootstrap sample, in blocks that fit into memory.

    Parameters
    ----------
    n : int
        How many people; all that one person said stays together.
    resamples : int
        How many samples.
    seed : int or numpy.random.Generator

    Yields
    ------
    array of shape (samples, n)
        Each row adds up to `n`.

    Examples
    --------
    >>> [(block.shape, block.sum(1).tolist()) for block in person_weights(4, resamples=2)]
    [((2, 4), [4.0, 4.0])]
    """
    rng, step = np.random.default_rng(seed), max(1, int(4e6 // max(n, 1)))
    for done in range(0, resamples if n else 0, step):
        yield rng.multinomial(n, np.full(n, 1 / n), size=min(step, resamples - done)).astype(float)


def bootstrap(
    statistic: Callable[[Floats], Any], n: int, *, resamples: int = 1000, seed: int = 0, level: float = 0.95
) -> Interval:
    """Percentile interval of a statistic by resampling people.

    Parameters
    ----------
    statistic : callable
        Takes weights of the people, shape (samples, n), and returns one value a sample, shape (samples,) or
        (samples, k).
    n : int
        How many people.
    resamples, seed, level
        How many samples, the seed of the draws, and the confidence level.

    Returns
    -------
    Interval
        The statistic with everybody counted once, and its limits; samples without a value are left out.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    Examples
    --------
    >>> spent = np.arange(40.0)
    >>> value, low, high = bootstrap(lambda w: w @ spent / w.sum(1), 40)
    >>> value, low < 18 and high > 21
    (19.5, True)
    """
    if n == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    value = np.asarray(statistic(np.ones((1, n))), dtype=float)[0]
    blocks = [np.asarray(statistic(w), dtype=float) for w in person_weights(n, resamples=resamples, seed=seed)]
    if not blocks:
        return _interval(value, np.nan, np.nan)
    drawn = np.concatenate(blocks)
    with np.errstate(invalid="ignore"):
        low, high = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return _interval(value, low, high)


def pooled_shares(k: Any, n: Any, *, resamples: int = 4000, seed: int | np.random.Generator = 0) -> Floats:
    """Draws of several shares that may be alike: each is drawn towards the others as far as the data allow.

    The largest of several shares looks larger than it is. Here shares come from a common Beta distribution whose mean
    and concentration are unknown, too (a flat prior on the mean and on the log of the concentration, on a grid), so
    that equal groups stay together and truly different ones apart.

    Parameters
    ----------
    k, n : array
        How many of how many people, for each share.
    resamples : int
        Draws.
    seed : int or Generator
        Seed of the draws.

    Returns
    -------
    array (resamples, shares)
        Posterior draws; their mean is the shrunk share.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 5.3.

    Examples
    --------
    Eight groups of which one came out best by chance:

    >>> found = pooled_shares([36, 30, 29, 31, 28, 30, 30, 26], [100] * 8).mean(axis=0)
    >>> bool(0.30 < found[0] < 0.33)
    True
    """
    from scipy.special import betaln

    good, size = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    rng = np.random.default_rng(seed)
    mean = (np.arange(60) + 0.5) / 60
    concentration = np.exp(np.linspace(np.log(1.0), np.log(1e8), 80))
    m, c = (g.ravel() for g in np.meshgrid(mean, concentration))
    a, b = m * c, (1 - m) * c
    fit = (betaln(a[:, None] + good, b[:, None] + size - good) - betaln(a, b)[:, None]).sum(axis=1)
    weight = np.exp(fit - fit.max())
    at = rng.choice(len(m), size=resamples, p=weight / weight.sum())
    return rng.beta(a[at, None] + good, b[at, None] + size - good)


def pooled(values: Any, se: Any, *, resamples: int = 4000, seed: int | np.random.Generator = 0) -> Floats:
    """Draws of several figures that may be alike, each with its standard error; see :func:`pooled_shares`.

    The figures come from a common normal distribution whose spread is unknown (a flat prior on its log, from a
    hundredth of the smallest standard error to ten times the range).

    Parameters
    ----------
    values, se : array
        Figures and their standard errors, above zero.
    resamples : int
        Draws.
    seed : int or Generator
        Seed of the draws.

    Returns
    -------
    array (resamples, figures)
        Posterior draws; their mean is the shrunk figure.

    Examples
    --------
    >>> found = pooled([3.0, 1.0, 1.2, 0.8], [1.0] * 4).mean(axis=0)
    >>> bool(found[1] < found[0] < 2.2)
    True
    """
    x, s = np.asarray(values, dtype=float), np.asarray(se, dtype=float)
    rng = np.random.default_rng(seed)
    low = np.log(s.min() / 100)
    tau2 = np.exp(np.linspace(low, max(np.log(10 * max(float(np.ptp(x)), s.max())), low + 1), 80)) ** 2
    precision = 1 / (s**2 + tau2[:, None])
    total = precision.sum(axis=1)
    centre = (precision * x).sum(axis=1) / total
    fit = 0.5 * np.log(precision).sum(axis=1) - 0.5 * np.log(total)
    fit -= 0.5 * (precision * (x - centre[:, None]) ** 2).sum(axis=1)
    weight = np.exp(fit - fit.max())
    at = rng.choice(len(tau2), size=resamples, p=weight / weight.sum())
    common = centre[at] + rng.standard_normal(resamples) / np.sqrt(total[at])
    narrow = 1 / (1 / s**2 + 1 / tau2[at, None])
    middle = narrow * (x / s**2 + (common / tau2[at])[:, None])
    out: Floats = middle + np.sqrt(narrow) * rng.standard_normal((resamples, len(x)))
    return out


def holm(p: Any) -> Floats:
    """P-values corrected by Holm's step-down method; NaN stay NaN and do not count.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    return _adjust(p, lambda ordered, m: np.maximum.accumulate(ordered * (m - np.arange(m))))


def benjamini_hochberg(p: Any) -> Floats:
    """P-values corrected for the false discovery rate (Benjamini and Hochberg 1995); NaN stay NaN.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """

    def step_up(ordered: Floats, m: int) -> Floats:
        raised: Floats = ordered * m / np.arange(1, m + 1)
        return np.minimum.accumulate(raised[::-1])[::-1]

    return _adjust(p, step_up)


def _adjust(p: Any, rule: Any) -> Floats:
    values = np.asarray(p, dtype=float)
    out = np.full(values.shape, np.nan)
    there = np.flatnonzero(~np.isnan(values))
    order = there[np.argsort(values[there], kind="stable")]
    out[order] = np.minimum(rule(values[order], len(order)), 1.0)
    return out


def log_odds(here: Any, elsewhere: Any, strength: float = 50.0) -> tuple[Floats, Floats]:
    """Log-odds ratio of each word, with an informative Dirichlet prior, and its z-score.

    Monroe, Colaresi and Quinn (2008), "Fightin' words": the prior is the words of everybody, worth `strength` words,
    so that rare words need more evidence.

    Examples
    --------
    >>> delta, z = log_odds(np.array([30.0, 2.0]), np.array([10.0, 12.0]))
    >>> bool(z[0] > 1.96), bool(z[1] < -1.96)
    (True, True)
    """
    everywhere = here + elsewhere
    prior = strength * (everywhere + 0.01) / (everywhere + 0.01).sum()
    a, b = here + prior, elsewhere + prior
    n_a, n_b = a.sum(), b.sum()
    # Where there is one word only, everybody uses it: no odds, no difference.
    rest_a, rest_b = np.maximum(n_a - a, 1e-9), np.maximum(n_b - b, 1e-9)
    delta = np.log(a / rest_a) - np.log(b / rest_b)
    return delta, delta / np.sqrt(1 / a + 1 / b)


def relabel_by_size(labels: npt.NDArray[Any], k: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Number the clusters by size, largest first; returns the labels and, for each new number, the old one.

    Examples
    --------
    >>> relabel_by_size(np.array([2, 0, 0, 1, 0, 1]), 3)[0].tolist()
    [2, 0, 0, 1, 0, 1]
    """
    size = np.bincount(labels, minlength=k)
    first = np.array([np.flatnonzero(labels == j)[0] if size[j] else labels.size for j in range(k)])
    order = np.lexsort((first, -size))
    back = np.empty(k, np.intp)
    back[order] = np.arange(k)
    return back[labels], order


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Linear algebra on one thread: sums come in one order, so results are the same on any number of cores."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1, user_api="blas"):
        yield
