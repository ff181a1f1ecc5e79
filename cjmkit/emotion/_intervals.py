"""Intervals of one stage: Student's t, and what to say when everybody gave the same rating."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cjmkit.emotion._scores import SCALE

__all__ = ["same_rating_limits", "t_limits"]

Floats = npt.NDArray[np.float64]


def t_limits(
    mean: Floats, se: Floats, df: npt.ArrayLike, *, level: float, clip: tuple[float, float] | None = SCALE
) -> tuple[Floats, Floats]:
    """Limits ``mean ± t · se``, kept inside the scale; NaN where `se` or `df` allows none."""
    from scipy import stats

    with np.errstate(invalid="ignore"):
        half = stats.t.ppf(0.5 + level / 2, np.where(np.asarray(df) > 0, df, np.nan)) * se
    low, high = mean - half, mean + half
    if clip is not None:
        low, high = np.clip(low, *clip), np.clip(high, *clip)
    return low, high


def same_rating_limits(value: float, n: int, *, level: float) -> tuple[float, float]:
    """Limits of the mean when all `n` people gave the same rating.

    The t interval then has no width, as if nothing could be otherwise. Yet up to a share
    ``p = 1 - ((1 - level) / 2) ** (1 / n)`` of people may feel differently without one of them being among `n`
    (Clopper and Pearson 1934), and at worst they stand at an end of the scale.

    Examples
    --------
    >>> low, high = same_rating_limits(1.0, 8, level=0.95)
    >>> round(low, 2), round(high, 2)
    (-0.11, 1.37)
    """
    p = 1 - ((1 - level) / 2) ** (1 / n)
    return value - p * (value - SCALE[0]), value + p * (SCALE[1] - value)
