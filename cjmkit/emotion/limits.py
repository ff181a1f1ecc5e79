"""Intervals of one stage: on a scale with ends, Student's t, and where everybody gave the same rating."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cjmkit.emotion.scores import SCALE
from cjmkit.stats import Interval

__all__ = ["felt", "mean_limits", "same_rating_limits", "same_ratings", "score_limits", "t_limits"]

Floats = npt.NDArray[np.float64]


def t_limits(
    mean: Floats, se: Floats, df: npt.ArrayLike, *, level: Any, clip: tuple[float, float] | None = SCALE
) -> tuple[Floats, Floats]:
    """Limits ``mean ± t · se``, kept inside the scale; NaN where `se` or `df` allows none."""
    from scipy import stats

    with np.errstate(invalid="ignore"):
        half = stats.t.ppf(0.5 + level / 2, np.where(np.asarray(df) > 0, df, np.nan)) * se
    low, high = mean - half, mean + half
    if clip is not None:
        low, high = np.clip(low, *clip), np.clip(high, *clip)
    return low, high


def score_limits(mean: Floats, se: Floats, df: npt.ArrayLike, *, level: Any) -> tuple[Floats, Floats]:
    """Limits that know the ends of the scale: the means that the data do not contradict.

    Near an end of the scale ratings cannot scatter widely, so the variance is taken to follow the mean as
    ``phi · (mean − low end) · (high end − mean)``, with phi from the data. The limits are the two means `mu` with
    ``(mean − mu)² = t² · phi · (mu + 2) · (2 − mu) / n``. With ratings at the two ends only this is Wilson's interval
    of a share; far from the ends it is close to Student's.

    Examples
    --------
    Wilson's interval of 7 out of 9, moved to the scale from −2 to 2 (df infinite, variance p · q / n):

    >>> share, n = 7 / 9, 9
    >>> se = 4 * np.sqrt(share * (1 - share) / n)
    >>> low, high = score_limits(np.array([4 * share - 2]), np.array([se]), np.inf, level=0.95)
    >>> round(float(low[0] + 2) / 4, 5), round(float(high[0] + 2) / 4, 5)
    (0.45259, 0.93677)
    """
    from scipy import stats

    bottom, top = SCALE
    # A model mean may come to lie on an end, or beyond: a hair inside, the equation still has its two answers.
    m = np.clip(mean, bottom + 0.01, top - 0.01)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = stats.t.ppf(0.5 + level / 2, np.where(np.asarray(df) > 0, df, np.nan))
        q = t**2 * se**2 / ((m - bottom) * (top - m))
        a, b, c = 1 + q, -(2 * m + q * (bottom + top)), m**2 + q * bottom * top
        root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
        low, high = (-b - root) / (2 * a), (-b + root) / (2 * a)
    return np.clip(np.minimum(low, mean), *SCALE), np.clip(np.maximum(high, mean), *SCALE)


def same_rating_limits(value: Any, n: Any, *, level: Any, ends: tuple[float, float] = SCALE) -> tuple[Any, Any]:
    """Limits of the mean when all `n` people gave the same rating.

    The t interval then has no width, as if nothing could be otherwise. Yet up to a share
    ``p = 1 - ((1 - level) / 2) ** (1 / n)`` of people may feel differently without one of them being among `n`
    (Clopper and Pearson 1934), and at worst they stand at one of the `ends` of the scale.

    Examples
    --------
    >>> low, high = same_rating_limits(1.0, 8, level=0.95)
    >>> round(low, 2), round(high, 2)
    (-0.11, 1.37)
    """
    p = 1 - ((1 - level) / 2) ** (1 / n)
    return value - p * (value - ends[0]), value + p * (ends[1] - value)


def mean_limits(
    mean: Floats, se: Floats, n: npt.NDArray[Any], same: Floats, *, level: Any, df: int = 2
) -> tuple[Floats, Floats]:
    """Limits of stage means: score limits with ``df * (n - 1)`` degrees of freedom, or the bound of equal ratings.

    `same` (S,) holds the rating that everybody at the stage gave, NaN where people differ. A model may have moved the
    mean a little away from it; the limits hold the mean all the same.
    """
    low, high = score_limits(mean, se, df * (n - 1.0), level=level)
    alike = np.isfinite(same)
    if alike.any():
        bottom, top = same_rating_limits(same[alike], n[alike], level=np.broadcast_to(level, n.shape)[alike])
        low[alike], high[alike] = np.minimum(bottom, mean[alike]), np.maximum(top, mean[alike])
    return low, high


def same_ratings(y: Floats) -> Floats:
    """The one rating that everybody gave, for each column of `y` (P, S); NaN where people differ or nobody answered."""
    out = np.full(y.shape[1], np.nan)
    for s in range(y.shape[1]):
        seen = y[~np.isnan(y[:, s]), s]
        if len(seen) and np.ptp(seen) < 1e-9:
            out[s] = seen[0]
    return out


def felt(values: Any, *, level: float = 0.95, min_n: int = 3) -> Interval:
    """Mean feeling of people, one value each between −2 and 2, with the limits that a curve has at a stage.

    Returns
    -------
    Interval
        Without limits below `min_n` people; NaN where there is nobody.

    Examples
    --------
    >>> found = felt([-2, -2, 0])
    >>> round(found.value, 2), found.low >= -2
    (-1.33, True)
    """
    x = np.asarray(values, dtype=float)
    x = x[~np.isnan(x)]
    n = len(x)
    if n < max(min_n, 2):
        return Interval(float(x.mean()) if n else float("nan"), float("nan"), float("nan"))
    mean, se = np.array([x.mean()]), np.array([x.std(ddof=1) / np.sqrt(n)])
    low, high = mean_limits(mean, se, np.array([n]), same_ratings(x[:, None]), level=level)
    return Interval(float(mean[0]), float(low[0]), float(high[0]))
