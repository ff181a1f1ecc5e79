"""Compare the figures of two journeys: emotion points, and how many people name a note."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmkit.compare.changes import merged_order
from cjmkit.compare.matching import Part, match
from cjmkit.core.journey import Journey
from cjmkit.core.stage import LANES, Note
from cjmkit.i18n import say

__all__ = ["compared_emotion", "compared_shares"]


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


def compared_shares(a: Journey, b: Journey, *, similar: float) -> pd.DataFrame:
    """Notes of both maps that carry a share of people, side by side; matched as `changed_cells` matches them."""
    old, new = (
        [(s.id, lane, n) for s in j.stages for lane in LANES for n in s.lane(lane) if _is_share(n)] for j in (a, b)
    )
    parts = ([Part("note", (s, lane), n.id, n.text, n.persona) for s, lane, n in side] for side in (old, new))
    pairs = sorted(match(*parts, similar=similar), key=lambda p: p[1])
    rows = []
    for i, k in pairs:
        stage, lane, note = new[k]
        x, y = old[i][2].estimate, note.estimate
        assert x is not None
        assert y is not None
        low, high = _square_and_add(x, y, 1.0)
        wide = _square_and_add(x, y, _widening(len(pairs), x.level))
        rows.append((stage, lane, note.id, note.text, x.value, y.value, (y.value or 0.0) - (x.value or 0.0), low, high,
                     x.n, y.n, wide[0] > 0 or wide[1] < 0))  # fmt: skip
    columns = ["stage", "lane", "id", "text", "before", "after", "difference", "low", "high", "n_before", "n_after",
               "sure"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"sure": bool})


def _is_share(note: Note) -> bool:
    e = note.estimate
    return e is not None and e.percent and None not in (e.value, e.low, e.high) and e.unit == "people"


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
