"""Intervals, one function each: arrays or counts in, numbers out. Nothing is rounded here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from cjmkit import stats

__all__ = ["Moments", "adjusted_nps", "mean_interval", "newcombe", "nps_difference", "weighted_mean", "wilson", "z_of"]


def wilson(k: float, n: float, *, level: float = 0.95) -> tuple[Any, Any]:
    """The limits of a share, without the share."""
    return stats.wilson(k, n, level=level)[1:]


def z_of(level: float) -> float:
    """The normal quantile of a two-sided interval, 1.959964 at 0.95."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def mean_interval(mean: float, sd: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Student's t interval of a mean; missing limits for fewer than two people."""
    from scipy.special import stdtrit

    if n < 2:
        return math.nan, math.nan
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * sd / math.sqrt(n)
    return mean - half, mean + half


def adjusted_nps(
    promoters: float, passives: float, detractors: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Adjusted Wald interval of the NPS: three people more, ¾ of them promoters and ¾ detractors.

    Var = p + d − (p − d)² (Rocks 2016). The interval covers 94 to 97 % where the plain one falls to 56 %; limits are
    kept within ±100.

    Returns
    -------
    (low, high, standard error)
        In NPS points; the standard error is of the adjusted score.

    Examples
    --------
    >>> [round(v, 3) for v in adjusted_nps(35, 23, 12)[:2]]
    [14.262, 48.752]
    """
    n = promoters + passives + detractors
    if n <= 0:
        return math.nan, math.nan, math.nan
    score, se = _adjusted(promoters, detractors, n)
    z = z_of(level)
    return max(-100.0, 100 * (score - z * se)), min(100.0, 100 * (score + z * se)), 100 * se


def _adjusted(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    return p - d, math.sqrt((p + d - (p - d) ** 2) / (n + 3))


def nps_difference(
    a: tuple[float, float, float], b: tuple[float, float, float], level: float = 0.95, *, shared: float = 0.0
) -> tuple[float, float, float, float]:
    """Interval and z test of a difference of two NPS, on adjusted values.

    Parameters
    ----------
    a, b : (promoters, passives, detractors)
    level : float
        Confidence level.
    shared : float
        Where the same people stand on both sides: Σw² of them over the product of both sums of weights.

    Returns
    -------
    (low, high, z, p)
        Limits in NPS points of a − b, centred on the adjusted difference.
    """
    from scipy.special import ndtr

    sa, ea = _adjusted(a[0], a[2], sum(a))
    sb, eb = _adjusted(b[0], b[2], sum(b))
    common = shared * ea * eb * math.sqrt((sum(a) + 3) * (sum(b) + 3))
    diff, se = sa - sb, math.sqrt(max(ea**2 + eb**2 - 2 * common, 0.0))
    z = diff / se if se > 1e-9 else math.nan
    q = z_of(level)
    return 100 * (diff - q * se), 100 * (diff + q * se), z, 2 * float(ndtr(-abs(z)))


def newcombe(a: tuple[float, float], b: tuple[float, float], level: float = 0.95) -> tuple[float, float]:
    """Newcombe's (1998) interval of a difference of shares, built from two Wilson intervals.

    Parameters
    ----------
    a, b : (successes, people)

    Examples
    --------
    >>> [round(v, 5) for v in newcombe((2059, 2625), (2206, 2688))]
    [-0.0577, -0.0149]
    """
    p1, p2 = a[0] / a[1], b[0] / b[1]
    (l1, u1), (l2, u2) = wilson(*a, level=level), wilson(*b, level=level)
    d = p1 - p2
    return d - math.hypot(p1 - l1, u2 - p2), d + math.hypot(u1 - p1, p2 - l2)


@dataclass(frozen=True)
class Moments:
    """A weighted mean, its standard error, and the effective n after Kish."""

    mean: float
    se: float
    n: int
    effective: float
    sd: float


def weighted_mean(values: np.ndarray, weights: np.ndarray | None = None) -> Moments:
    """Mean of the answers with its standard error; with weights, as survey packages do it (Taylor).

    SE = √(n/(n−1) · Σ w²(x − x̄)²) / Σw, which does not change when all weights are multiplied by a number, and
    equals sd/√n when they are equal. Effective n is (Σw)²/Σw² (Kish 1965).

    Parameters
    ----------
    values : array of shape (N,)
        NaN is left out.
    weights : array of shape (N,), optional
    """
    ok = ~np.isnan(values)
    if weights is not None:
        ok &= ~np.isnan(weights)
    x = values[ok]
    n = len(x)
    if n == 0:
        return Moments(math.nan, math.nan, 0, 0.0, math.nan)
    if weights is None:
        mean = float(x.mean())
        sd = float(x.std(ddof=1)) if n > 1 else math.nan
        return Moments(mean, sd / math.sqrt(n) if n > 1 else math.nan, n, float(n), sd)
    w = weights[ok]
    total = w.sum()
    mean = float((w * x).sum() / total)
    effective = float(total**2 / (w**2).sum())
    if n < 2:
        return Moments(mean, math.nan, n, effective, math.nan)
    se = float(math.sqrt(n / (n - 1) * ((w * (x - mean)) ** 2).sum()) / total)
    sd = math.sqrt(float((w * (x - mean) ** 2).sum() / total) * n / (n - 1))
    return Moments(mean, se, n, effective, sd)
