"""Tests and effect sizes on plain arrays, and the adjustment of p values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cjmkit import stats
from cjmkit.errors import CjmError, suggest
from cjmkit.stats import z_of

__all__ = ["adjust", "cliffs_delta", "kruskal", "mann_whitney", "pooled_z", "welch"]


def adjust(p: Sequence[float] | np.ndarray, method: str = "holm") -> np.ndarray:
    """Adjust p values for their number.

    Parameters
    ----------
    p : sequence of float
        NaN stays NaN and does not count.
    method : {"holm", "bh", "none"}
        Holm (1979) guards against a single false finding; Benjamini and Hochberg (1995) keep the share of false ones
        low.

    Examples
    --------
    >>> adjust([0.01, 0.02, 0.04]).round(3).tolist(), adjust([0.01, 0.02, 0.04], "bh").round(3).tolist()
    ([0.03, 0.04, 0.04], [0.03, 0.03, 0.04])
    """
    if method not in ("holm", "bh", "none"):
        raise CjmError(suggest(method, ("holm", "bh", "none"), what="correction"))
    if method == "none":
        return np.array(p, dtype=float)
    return stats.holm(p) if method == "holm" else stats.benjamini_hochberg(p)


def pooled_z(a: tuple[Any, Any], b: tuple[Any, Any], *, shared: Any = 0.0) -> Any:
    """Two-sided p of a difference of two shares: the z test with the pooled share, as R's ``prop.test`` without
    continuity correction; numbers or arrays.

    Parameters
    ----------
    a, b : (share, n)
        With weights, the effective n: how many people of a simple sample know as much.
    shared : float or array
        For columns that hold the same people, how much of the two variances is common:
        Σw² of the people in both, divided by the sums of weights of both sides.

    Examples
    --------
    >>> round(float(pooled_z((0.6, 100), (0.45, 120))), 5)
    0.02662
    """
    from scipy.special import ndtr

    (pa, na), (pb, nb) = a, b
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (np.multiply(pa, na) + np.multiply(pb, nb)) / np.add(na, nb)
        variance = pooled * (1 - pooled) * (np.divide(1, na) + np.divide(1, nb) - 2 * np.asarray(shared))
        z = np.abs(np.subtract(pa, pb)) / np.sqrt(np.where(variance > 1e-14, variance, np.nan))
    return 2 * ndtr(-z)


def welch(a: tuple[Any, Any, Any], b: tuple[Any, Any, Any], *, shared: Any = 0.0) -> tuple[Any, Any, Any]:
    """Welch's test of a difference of two means; numbers or arrays.

    Parameters
    ----------
    a, b : (mean, standard error, n)
        With weights, the effective n gives the degrees of freedom.
    shared : float or array
        Covariance of the two means, where the same people stand on both sides.

    Returns
    -------
    (standard error, degrees of freedom, p)
        NaN where nothing varies.
    """
    from scipy.special import stdtr

    (ma, sa, na), (mb, sb, nb) = a, b
    va, vb = np.square(sa), np.square(sb)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = va + vb - 2 * np.asarray(shared)
        se = np.sqrt(np.where(total > 1e-14 * (1 + va + vb), total, np.nan))
        df = (va + vb) ** 2 / (va**2 / np.subtract(na, 1) + vb**2 / np.subtract(nb, 1))
        p = 2 * stdtr(df, -np.abs(np.subtract(ma, mb)) / se)
    return se, df, p


def mann_whitney(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """U of `a` over `b`, and its two-sided p (normal, with ties, without continuity correction)."""
    from scipy.special import ndtr
    from scipy.stats import rankdata

    n1, n2 = len(a), len(b)
    both = np.concatenate([a, b])
    ranks = rankdata(both)
    u = float(ranks[:n1].sum() - n1 * (n1 + 1) / 2)
    ties = np.unique(both, return_counts=True)[1].astype(float)
    n = n1 + n2
    variance = n1 * n2 / 12 * ((n + 1) - (ties**3 - ties).sum() / (n * (n - 1)))
    if variance <= 0:
        return u, math.nan
    return u, 2 * float(ndtr(-abs((u - n1 * n2 / 2) / math.sqrt(variance))))


def cliffs_delta(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Cliff's delta with its interval: how much more often an answer of `a` is above one of `b` than below it.

    δ = 2U/(n₁n₂) − 1; the interval from the consistent variance of the row and column dominances (Cliff 1996),
    asymmetric so that it stays within −1 and 1.
    """
    n1, n2 = len(a), len(b)
    low_b, high_b = np.searchsorted(np.sort(b), a, "left"), np.searchsorted(np.sort(b), a, "right")
    rows = (low_b - (n2 - high_b)) / n2
    low_a, high_a = np.searchsorted(np.sort(a), b, "left"), np.searchsorted(np.sort(a), b, "right")
    columns = ((n1 - high_a) - low_a) / n1
    d = float(rows.mean())
    if n1 < 2 or n2 < 2:
        return d, math.nan, math.nan
    # Σ d_ij² counts the pairs that are not ties.
    unequal = float((n2 - (high_b - low_b)).sum())
    variance = (n2**2 * ((rows - d) ** 2).sum() + n1**2 * ((columns - d) ** 2).sum() - (unequal - n1 * n2 * d**2)) / (
        n1 * n2 * (n1 - 1) * (n2 - 1)
    )
    variance = max(variance, (1 - d**2) / (n1 * n2 - 1))
    z, s = z_of(level), math.sqrt(variance)
    top, bottom = d - d**3, 1 - d**2 + z**2 * s**2
    half = z * s * math.sqrt(max((1 - d**2) ** 2 + z**2 * s**2, 0))
    return d, max(-1.0, (top - half) / bottom), min(1.0, (top + half) / bottom)


def kruskal(groups: Sequence[np.ndarray]) -> dict[str, float]:
    """Kruskal and Wallis: whether k groups answer alike; with ε² as effect size."""
    from scipy.special import chdtrc
    from scipy.stats import rankdata

    both = np.concatenate(groups)
    n = len(both)
    ranks = rankdata(both)
    ends = np.cumsum([len(g) for g in groups])
    sums = [ranks[e - len(g) : e].sum() for g, e in zip(groups, ends)]
    h = 12 / (n * (n + 1)) * sum(s**2 / len(g) for s, g in zip(sums, groups)) - 3 * (n + 1)
    ties = np.unique(both, return_counts=True)[1].astype(float)
    correction = 1 - (ties**3 - ties).sum() / (n**3 - n)
    if correction <= 0:
        return {"h": math.nan, "df": len(groups) - 1, "p": math.nan, "epsilon2": math.nan, "n": n}
    h /= correction
    return {
        "h": float(h),
        "df": len(groups) - 1,
        "p": float(chdtrc(len(groups) - 1, h)),
        "epsilon2": float(h / (n - 1)),
        "n": n,
    }
