"""A statistic of ratings with its interval: the bootstrap draws interviews, for units of one interview are alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cjmkit.coding.agreeing.patterns import Floats, Patterns
from cjmkit.core.estimate import Estimate
from cjmkit.i18n import say

__all__ = ["estimate"]


def estimate(
    p: Patterns,
    statistic: Callable[[Floats], Floats],
    *,
    method: str,
    resamples: int = 0,
    seed: int = 0,
    level: float = 0.95,
    unit: str = "units",
    one_category: str | None = None,
) -> Estimate:
    """Value of a statistic with its percentile bootstrap interval; no value, and the reason, where it has none."""
    clusters = None if p.by_cluster is None else p.by_cluster.shape[0]
    n = round(p.n_units) if clusters is None else int(clusters)
    if clusters is not None and unit == "units":
        unit = "clusters"
    reason = _why_not(p, one_category)
    if reason:
        return Estimate(value=None, n=n, unit=unit, level=level, method=method, reason=reason)
    value = float(statistic(p.total[None, :])[0])
    low = high = None
    note = ""
    if resamples:
        if n < 2:
            note = say(en="no interval from a single interview", ru="по одному интервью интервала не построить")
        else:
            drawn = np.concatenate([statistic(w) for w in p.resampled(resamples, seed)])
            fine = drawn[~np.isnan(drawn)]
            if len(fine) >= 0.5 * resamples:
                low, high = (float(v) for v in np.quantile(fine, [(1 - level) / 2, (1 + level) / 2]))
                method += f", percentile bootstrap ({resamples})"
            if len(fine) < 0.95 * resamples:
                k = resamples - len(fine)
                note = say(
                    en=f"{k} of {resamples} bootstrap samples had a single category",
                    ru=f"в {k} из {resamples} выборок бутстрепа только одна категория",
                )
    return Estimate(value=value, low=low, high=high, n=n, unit=unit, level=level, method=method, reason=note)


def _why_not(p: Patterns, one_category: str | None) -> str:
    if not p.pairable.any() or p.n_units == 0:
        return say(en="no unit was rated by two raters", ru="ни одну единицу не оценили двое")
    used = {int(c) for c in np.unique(p.rows[p.pairable])} - {-1}
    if len(used) < 2 and one_category is None:
        only = p.categories[next(iter(used))]
        return say(
            en=f"all ratings are {only!r}: without variation, agreement beyond chance is not defined",
            ru=f"все оценки равны {only!r}: без различий согласие сверх случайного не определено",
        )
    return ""
