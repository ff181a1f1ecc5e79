"""The statistics that several rooms need: one function each."""

from __future__ import annotations

from math import comb
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["benjamini_hochberg", "holm", "median_interval", "wilson"]

Floats = npt.NDArray[np.float64]


def wilson(successes: Any, n: Any, *, level: float = 0.95) -> tuple[Any, Any]:
    r"""Interval of a share by Wilson's score method.

    .. math:: \frac{k + z^2/2}{n + z^2} \pm \frac{z}{n + z^2}\sqrt{\frac{k(n-k)}{n} + \frac{z^2}{4}}

    Parameters
    ----------
    successes, n : float or array
        How many of how many people; broadcast against each other.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float or array
        Limits in [0, 1]; NaN where `n` is 0.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; recommended for small n by Brown, Cai and DasGupta (2001).

    Examples
    --------
    >>> low, high = wilson(7, 9)
    >>> round(low, 5), round(high, 5)
    (0.45259, 0.93677)
    """
    k, size = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    z2 = NormalDist().inv_cdf(0.5 + level / 2) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.where(size > 0, size + z2, np.nan)
        middle = (k + z2 / 2) / total
        half = np.sqrt(z2) / total * np.sqrt(k * (size - k) / size + z2 / 4)
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def median_interval(values: Any, *, level: float = 0.95) -> tuple[float, float, float]:
    """Median with the interval between two order statistics, whatever the distribution.

    The ranks are those of the binomial with p = 1/2; below six values no pair of them reaches 95 %, and the limits
    are missing. Missing values are left out.

    Returns
    -------
    median, low, high : float
        NaN where there are no values.

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2.

    Examples
    --------
    >>> median_interval([3, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    (3.5, 1.0, 6.0)
    """
    x = np.sort(np.asarray(values, dtype=float))
    x = x[~np.isnan(x)]
    n = len(x)
    if n == 0:
        return float("nan"), float("nan"), float("nan")
    below, rank, tail = 0.0, 0, (1 - level) / 2
    for k in range(n // 2):
        below += comb(n, k) / 2**n
        if below > tail:
            break
        rank = k + 1
    if rank == 0:
        return float(np.median(x)), float("nan"), float("nan")
    return float(np.median(x)), float(x[rank - 1]), float(x[n - rank])


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
