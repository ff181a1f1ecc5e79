"""Critical points: where obstacles pile up and people feel bad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.barriers._intervals import wilson
from cjmkit.barriers.data import BarriersData
from cjmkit.core.result import Figure, Result
from cjmkit.emotion.data import CurveData
from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, number, say

__all__ = ["CriticalPoints", "critical_points"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CriticalPoints(Result):
    """Stages by how critical they are.

    Attributes
    ----------
    table : DataFrame
        stage, title, barriers (different ones named there), people (who named one there), n, share, low, high,
        unhappy (share of people whose score there is below zero), unhappy_low, unhappy_high, n_scores, score
        (share × unhappy, 0 to 1), score_low, score_high, probability (of being the most critical).
    """

    table: pd.DataFrame
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key = ("stage",)
    _figure = Figure(value="score", low="score_low", high="score_high")
    _shown = ("title", "barriers", "people", "n", "share", "unhappy", "score", "probability")
    _percent = ("share", "unhappy", "probability")
    _names = {
        "barriers": ("barriers", "барьеров"),
        "unhappy": ("unhappy", "недовольны"),
        "probability": ("sure in", "уверенность"),
    }

    def summary(self, lang: str | None = None) -> str:
        """One sentence: the most critical stage and how sure it is."""
        lang = current_language(lang)
        known = self.table.dropna(subset=["score"])
        if known.empty or known["score"].iloc[0] == 0:
            return say(
                en="No stage has both barriers and unhappy people.",
                ru="Нет этапа, где есть и барьеры, и недовольные.",
                lang=lang,
            )
        r: Any = known.iloc[0]
        share, bad, sure = (number(r[k], 0, percent=True, lang=lang) for k in ("share", "unhappy", "probability"))
        return say(
            en=(
                f"Most critical: “{r['title']}”: {share} of {r['n']} people name a barrier there, "
                f"{bad} of {r['n_scores']} feel bad; most critical in {sure} of resamples."
            ),
            ru=(
                f"Самая критическая точка: «{r['title']}»: барьер там называют {share} из {r['n']} чел., "
                f"плохо себя чувствуют {bad} из {r['n_scores']}; она первая в {sure} повторных выборок."
            ),
            lang=lang,
        )

    def _table_shown(self) -> pd.DataFrame:
        return self.table.drop(columns=["low", "high"])


def critical_points(
    barriers: BarriersData,
    curve: CurveData,
    *,
    persona: str = "",
    source: str | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> CriticalPoints:
    """Rank stages by barriers × bad feeling.

    ``score = share of people who name a barrier at the stage × share of people whose score there is below zero``.
    Both factors are shares of people, so a talkative person does not make a stage critical. The interval and the
    probability of the first place come from drawing people anew on both sides.

    Parameters
    ----------
    barriers : Barriers
        From :func:`cjmkit.barriers.rank`.
    curve : Curve
        From :func:`cjmkit.emotion.curve`.
    persona, source : str
        Which curve, where there are several.
    resamples, seed : int
        Resamples and their seed.

    Returns
    -------
    CriticalPoints

    Examples
    --------
    >>> from cjmkit import barriers, emotion
    >>> codings = pd.DataFrame({"participant": list("abc"), "code": "price", "stage": ["deal", "deal", "search"]})
    >>> scores = pd.DataFrame({"participant": list("abcd") * 2, "stage": ["search"] * 4 + ["deal"] * 4,
    ...                        "score": [1, 2, 1, 0, -1, -1, -2, 1]})
    >>> found = critical_points(barriers.rank(codings), emotion.curve(scores, stages=["search", "deal"]))
    >>> found.table[["stage", "share", "unhappy"]].round(2)
        stage  share  unhappy
    0    deal   0.67     0.75
    1  search   0.33     0.00
    """
    source = source or ("survey" if "survey" in curve.sources else curve.sources[0])
    if (persona, source) not in curve.values:
        raise CjmError(
            f"this curve has no persona {persona!r} with source {source!r}; it has "
            f"{', '.join(repr(p) for p in curve.personas)} with {', '.join(curve.sources)}"
        )
    y = curve.values[persona, source]
    part = curve.table[(curve.table["persona"] == persona) & (curve.table["source"] == source)]
    if "touchpoint" in part:
        raise CjmError("critical points are stages; make the curve with unit='stage'")
    rng = np.random.default_rng(seed)
    n = len(barriers.people)
    place = {p: i for i, p in enumerate(barriers.people)}
    stages = list(part["stage"])
    named = np.zeros((n, len(stages)))
    pairs = barriers.mentions[["participant", "stage"]].drop_duplicates()
    for person, at in zip(pairs["participant"], pairs["stage"], strict=True):
        if at in stages:
            named[place[person], stages.index(at)] = 1
    seen = np.isfinite(y)
    bad = np.where(seen, y < 0, False).astype(float)
    w_named = rng.multinomial(n, np.full(n, 1 / n), size=resamples)
    w_bad = rng.multinomial(max(len(y), 1), np.full(max(len(y), 1), 1 / max(len(y), 1)), size=resamples)[:, : len(y)]
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (w_named @ named / n) * (w_bad @ bad / (w_bad @ seen.astype(float)))
    shown = part["shown"].to_numpy()
    drawn = np.where(shown, np.nan_to_num(drawn), -1.0)
    first = np.bincount((drawn + rng.random(drawn.shape) * 1e-9).argmax(axis=1), minlength=len(stages)) / resamples
    tail = (1 - barriers.level) / 2
    rows = []
    for i, stage in enumerate(stages):
        k, m, b = int(named[:, i].sum()), int(seen[:, i].sum()), int(bad[:, i].sum())
        share, unhappy = wilson(k, n, level=barriers.level), wilson(b, m, level=barriers.level)
        low, high = np.quantile(drawn[:, i], [tail, 1 - tail])
        here = barriers.mentions[barriers.mentions["stage"] == stage]
        ok = bool(shown[i])
        rows.append(
            {
                "stage": stage,
                "title": part["title"].iloc[i],
                "barriers": here["barrier"].nunique(),
                "people": k,
                "n": n,
                "share": k / n,
                "low": share[0],
                "high": share[1],
                "unhappy": b / m if ok else np.nan,
                "unhappy_low": unhappy[0] if ok else np.nan,
                "unhappy_high": unhappy[1] if ok else np.nan,
                "n_scores": m,
                "score": k / n * b / m if ok else np.nan,
                "score_low": low if ok else np.nan,
                "score_high": high if ok else np.nan,
                "probability": first[i] if ok else np.nan,
            }
        )
    table = pd.DataFrame(rows).sort_values(
        "score", ascending=False, kind="stable", na_position="last", ignore_index=True
    )
    return CriticalPoints(table=table, level=barriers.level)
