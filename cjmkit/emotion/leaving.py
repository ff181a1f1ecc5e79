"""Who left on the way, and what a curve assumes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cjmkit.i18n import number, say

__all__ = ["left", "remark", "step_before_leaving"]

Floats = npt.NDArray[np.float64]

_MANY = 0.15  # from this share on a reader is told what the curve assumes


def left(y: Floats) -> Floats:
    """Share of people who answered before a stage and nothing from it on, of `y` (P, S).

    Examples
    --------
    >>> nan = float("nan")
    >>> left(np.array([[1.0, 1.0], [0.0, nan], [nan, 2.0], [nan, nan]])).round(2).tolist()
    [0.0, 0.33]
    """
    last = _last(y)
    known = last >= 0
    if not known.any():
        return np.full(y.shape[1], np.nan)
    return np.array([(last[known] < s).mean() for s in range(y.shape[1])])


def step_before_leaving(y: Floats) -> tuple[float, float]:
    """How much lower (below zero) those who left rated their last stage than those who went on, and its z.

    Compared within stages; NaN where nobody left or nobody stayed.
    """
    last = _last(y)
    weight = total = variance = 0.0
    for s in range(y.shape[1] - 1):
        going, staying = y[last == s, s], y[(last > s) & ~np.isnan(y[:, s]), s]
        if len(going) < 2 or len(staying) < 2:
            continue
        w = len(going) * len(staying) / (len(going) + len(staying))
        weight += w
        total += w * float(going.mean() - staying.mean())
        variance += w**2 * float(going.var(ddof=1) / len(going) + staying.var(ddof=1) / len(staying))
    if weight == 0 or variance == 0:
        return float("nan"), float("nan")
    return total / weight, total / float(np.sqrt(variance))


def remark(y: Floats, rows: list[dict[str, Any]], who: str) -> str:
    """What a reader has to know where many had left; empty where few did."""
    shown = [r for r in rows if r["shown"] and r["left"] > _MANY]
    if not shown:
        return ""
    r = max(shown, key=lambda row: float(row["left"]))
    share, stayed = number(r["left"], 0, percent=True), number(r["answered"], 2)
    worse = number(r["left"], 1)
    title, n = r["title"], r["n"]
    text = say(
        en=f"{who}{share} had left by “{title}”: the mean there is everybody's, estimated from what they said before "
        f"({n} people answered, with a mean of {stayed}). That is right if leaving depends on ratings that were given; "
        f"if those who left felt a point worse than estimated, the mean is {worse} lower.",
        ru=f"{who}к этапу «{title}» ушли {share}: среднее там — для всех, оно оценено по тому, что люди говорили "
        f"раньше (ответили {n} чел., их среднее {stayed}). Это верно, если уход зависит от уже поставленных оценок; "
        f"если ушедшим на балл хуже, чем оценено, среднее ниже на {worse}.",
    )
    step, z = step_before_leaving(y)
    if abs(z) > 2:
        size = number(abs(step), 1)
        lower = step < 0
        text += say(
            en=f" Those who left had rated {size} {'lower' if lower else 'higher'} before they did.",
            ru=f" Перед уходом ушедшие ставили оценки на {size} {'ниже' if lower else 'выше'}.",
        )
    return text


def _last(y: Floats) -> npt.NDArray[np.int64]:
    seen = ~np.isnan(y)
    return np.where(seen.any(axis=1), y.shape[1] - 1 - seen[:, ::-1].argmax(axis=1), -1)
