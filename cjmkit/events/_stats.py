"""The few statistics that every result of this room shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmkit import stats

__all__ = ["share_estimate", "timedeltas", "two_proportions"]


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

    p, low, high = stats.wilson(k, n)
    return Estimate(value=p, low=low, high=high, n=int(n), unit=unit, method="Wilson", percent=True, reason=reason)


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
