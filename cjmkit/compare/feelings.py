"""Compare the emotion points of two journeys from the figures on the maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmkit.compare.changes import merged_order
from cjmkit.core.journey import Journey
from cjmkit.i18n import say

__all__ = ["compared_emotion"]


def compared_emotion(a: Journey, b: Journey, said: list[str]) -> pd.DataFrame:
    """Points of both maps side by side, with differences where both have figures."""
    old = {(p.stage, p.persona, p.source): p.estimate for p in a.emotion}
    new = {(p.stage, p.persona, p.source): p.estimate for p in b.emotion}
    titles = {s.id: s.title for s in (*a.stages, *b.stages)}
    shared = {s.id for s in a.stages} & {s.id for s in b.stages}
    order = {s: i for i, s in enumerate(merged_order(a, b))}
    keys = sorted(set(old) | set(new), key=lambda k: (k[1], k[2], order[k[0]]))
    comparable = [k for k in keys if k in old and k in new and None not in (old[k].value, new[k].value)]
    rows = []
    for k in keys:
        x, y = old.get(k), new.get(k)
        before, after = (None if e is None else e.value for e in (x, y))
        d = low = high = np.nan
        sure = False
        reason = ""
        if k[0] not in shared:
            reason = "stage on one map only"
        elif before is None or after is None:
            reason = "a gap" if x is not None and y is not None else "on one map only"
        else:
            d = after - before
            if x is not None and y is not None and None not in (x.low, x.high, y.low, y.high):
                low, high = _square_and_add(x, y, 1.0)
                wide = _square_and_add(x, y, _widening(len(comparable), x.level))
                sure = wide[0] > 0 or wide[1] < 0
            else:
                reason = "no interval on one of the maps"
        rows.append(
            {
                "stage": k[0],
                "title": titles[k[0]],
                "persona": k[1],
                "source": k[2],
                "before": np.nan if before is None else before,
                "after": np.nan if after is None else after,
                "difference": d,
                "low": low,
                "high": high,
                "n_before": x.n if x else 0,
                "n_after": y.n if y else 0,
                "sure": sure,
                "reason": reason,
            }
        )
    if comparable:
        said.append(
            say(
                en="emotion is compared from the figures on the maps, as if their people were strangers; "
                "cjmkit.emotion.difference does better with the scores",
                ru="эмоции сравнены по числам на картах, как у незнакомых людей; "
                "по самим оценкам точнее сравнит cjmkit.emotion.difference",
            )
        )
    columns = [
        "stage",
        "title",
        "persona",
        "source",
        "before",
        "after",
        "difference",
        "low",
        "high",
        "n_before",
        "n_after",
        "sure",
        "reason",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"sure": bool})


def _square_and_add(x: Any, y: Any, factor: float) -> tuple[float, float]:
    d = y.value - x.value
    low = d - factor * float(np.hypot(y.value - y.low, x.high - x.value))
    high = d + factor * float(np.hypot(y.high - y.value, x.value - x.low))
    return low, high


def _widening(points: int, level: float) -> float:
    """How much wider a normal interval gets by Bonferroni over that many points."""
    from statistics import NormalDist

    z = NormalDist().inv_cdf
    return z(1 - (1 - level) / (2 * points)) / z(0.5 + level / 2)
