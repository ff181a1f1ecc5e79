"""The few statistics that every result of this room shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit import stats
from cjmkit.stats import holm

__all__ = ["holm", "median_interval", "newcombe", "share_estimate", "timedeltas", "two_proportions", "wilson"]

Floats = npt.NDArray[np.float64]


def wilson(successes: Any, n: Any) -> tuple[Floats, Floats, Floats]:
    """Share with Wilson's score interval at 95 %, element by element; NaN where n is 0.

    Parameters
    ----------
    successes, n : array-like
        Counts; need not be whole (an effective n is allowed).

    Returns
    -------
    (share, low, high) : tuple of arrays

    Notes
    -----
    Wilson, E. B. (1927), JASA 22: centre (k + z²/2)/(n + z²), half-width z/(n + z²) √(k(n − k)/n + z²/4).

    Examples
    --------
    >>> [round(float(x[0]), 4) for x in wilson([8], [10])]
    [0.8, 0.4902, 0.9433]
    """
    k, m = np.broadcast_arrays(np.atleast_1d(np.asarray(successes, float)), np.atleast_1d(np.asarray(n, float)))
    return stats.wilson(k, m)


def timedeltas(microseconds: Any) -> Any:
    """µs (missing allowed) as time differences, also where all are missing.

    Examples
    --------
    >>> timedeltas([1_500_000, None])
    TimedeltaIndex(['0 days 00:00:01.500000', NaT], dtype='timedelta64[us]', freq=None)
    """
    values = np.array([np.nan if x is None or x != x else float(x) for x in microseconds], float)
    return pd.to_timedelta(np.round(values), unit="us").astype("timedelta64[us]")


def share_estimate(k: float, n: float, *, unit: str = "people", reason: str = "") -> Any:
    """The same as a core Estimate."""
    from cjmkit.core.estimate import Estimate

    p, low, high = (float(x[0]) for x in wilson(k, n))
    return Estimate(value=p, low=low, high=high, n=int(n), unit=unit, method="Wilson", percent=True, reason=reason)


def newcombe(k1: float, n1: float, k2: float, n2: float) -> tuple[float, float, float]:
    """Difference of two shares, first minus second, with Newcombe's hybrid score interval.

    Notes
    -----
    Newcombe, R. G. (1998), Statistics in Medicine 17, method 10.

    Examples
    --------
    >>> [round(x, 4) for x in newcombe(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    (p1,), (l1,), (u1,) = wilson(k1, n1)
    (p2,), (l2,), (u2,) = wilson(k2, n2)
    d = p1 - p2
    return (
        float(d),
        float(d - np.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)),
        float(d + np.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)),
    )


def two_proportions(k1: float, n1: float, k2: float, n2: float) -> float:
    """P-value of equal shares: Fisher's exact test, or the pooled z test where every expected count is large.

    The exact test is used while any expected count is below 10.
    """
    from scipy import stats as scipy_stats

    if n1 == 0 or n2 == 0:
        return float("nan")
    pooled = (k1 + k2) / (n1 + n2)
    if min(pooled, 1 - pooled) * min(n1, n2) < 10:
        return float(scipy_stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]]).pvalue)
    z = (k1 / n1 - k2 / n2) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return float(2 * scipy_stats.norm.sf(abs(z)))


def median_interval(values: Any, weights: Any = None) -> tuple[float, float, float, int]:
    """Median with the distribution-free 95 % interval from order statistics.

    Parameters
    ----------
    values, weights : array-like
        Distinct values and how many people have each.

    Returns
    -------
    (median, low, high, n)
        NaN where nobody is; with fewer than six people no interval at 95 % exists, and low and high are NaN.

    Examples
    --------
    >>> median_interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    (5.5, 2.0, 9.0, 10)
    """
    from scipy import stats as scipy_stats

    values = np.asarray(values, float)
    weights = np.ones(len(values), int) if weights is None else np.asarray(weights, int)
    order = np.argsort(values, kind="stable")
    values, ends = values[order], np.cumsum(weights[order])
    n = int(ends[-1]) if len(ends) else 0
    if n == 0:
        return float("nan"), float("nan"), float("nan"), 0

    def ranked(i: int) -> float:
        return float(values[np.searchsorted(ends, i + 1)])

    middle = (ranked((n - 1) // 2) + ranked(n // 2)) / 2
    below = int(scipy_stats.binom.ppf(0.025, n, 0.5))
    if scipy_stats.binom.cdf(below - 1, n, 0.5) > 0.025 or below == 0:
        return middle, float("nan"), float("nan"), n
    return middle, ranked(below - 1), ranked(n - below), n
