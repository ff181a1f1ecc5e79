"""Intervals for shares, odds ratios and differences of shares; each with its source."""

from __future__ import annotations

from math import exp, inf, log, sqrt
from typing import Any

import numpy as np

from cjmkit import stats

__all__ = ["mean_interval", "newcombe", "odds_ratio", "wilson", "z_of"]


def wilson(k: float, n: float, *, level: float = 0.95) -> tuple[Any, Any]:
    """The limits of a share, without the share."""
    return stats.wilson(k, n, level=level)[1:]


def z_of(level: float) -> float:
    """Two-sided normal quantile.

    >>> round(z_of(0.95), 6)
    1.959964
    """
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + level / 2)


def newcombe(k1: float, n1: float, k2: float, n2: float, *, level: float = 0.95) -> tuple[float, float, float]:
    """Difference of two shares, first minus second, with Newcombe's (1998) hybrid score interval.

    >>> [round(v, 4) for v in newcombe(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    if n1 <= 0 or n2 <= 0:
        return np.nan, np.nan, np.nan
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson(k1, n1, level=level), wilson(k2, n2, level=level)
    d = p1 - p2
    return d, d - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), d + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


def odds_ratio(a: float, b: float, c: float, d: float, *, level: float = 0.95) -> tuple[float, float, float]:
    """Odds ratio of the table ((a, b), (c, d)) with Gart's (1966) half added to each cell.

    The half keeps a table with an empty cell finite, and the interval close to its level in small samples (Agresti
    1999). An empty row or column allows no estimate.

    >>> [round(v, 3) for v in odds_ratio(10, 5, 4, 12)]
    [5.303, 1.193, 23.571]
    """
    if a + b <= 0 or c + d <= 0 or a + c <= 0 or b + d <= 0:
        return np.nan, np.nan, np.nan
    a, b, c, d = (v + 0.5 for v in (a, b, c, d))
    centre, se = log(a * d / (b * c)), sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    z = z_of(level)
    return exp(centre), exp(centre - z * se), exp(centre + z * se) if centre + z * se < 700 else inf


def mean_interval(values: np.ndarray, *, level: float = 0.95) -> tuple[float, float, float]:
    """Mean with Student's t interval; limits are missing below three values."""
    n = len(values)
    if n == 0:
        return np.nan, np.nan, np.nan
    if n < 3:
        return float(np.mean(values)), np.nan, np.nan
    return stats.mean_interval(values, level=level)
