"""Critical points: where obstacles pile up and people feel bad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.barriers.data import BarriersData
from cjmkit.core.caution import carried, unpacked
from cjmkit.core.result import Figure, Result
from cjmkit.emotion.data import CurveData
from cjmkit.emotion.spread import Feeling, bad, share_feeling
from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, number, say
from cjmkit.stats import wilson

__all__ = ["CriticalPoints", "critical_points"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CriticalPoints(Result):
    """Stages by how critical they are.

    Attributes
    ----------
    table : DataFrame
        stage, title, barriers (different ones named there), people (who named one there), n, share, low, high,
        unhappy (share of people who feel bad there), unhappy_low, unhappy_high, n_scores, score
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
        share, felt, sure = (number(r[k], 0, percent=True, lang=lang) for k in ("share", "unhappy", "probability"))
        return say(
            en=(
                f"Most critical: “{r['title']}”: {share} of {r['n']} people name a barrier there, "
                f"{felt} of people feel bad there (n = {r['n_scores']}); most critical in {sure} of resamples."
            ),
            ru=(
                f"Самая критическая точка: «{r['title']}»: барьер там называют {share} из {r['n']} чел., "
                f"плохо себя чувствуют там {felt} (n = {r['n_scores']}); она первая в {sure} повторных выборок."
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

    ``score = share of people who name a barrier at the stage × share of people who feel bad there``. Both factors are
    shares of people, so a talkative person does not make a stage critical. Bad is what
    :func:`cjmkit.emotion.distribution` calls bad (−0.5 and below: nearest to −1 or −2), and people who left are treated
    as on the curve. The interval comes from draws of both shares with half a person for and against; the probability
    of the first place from drawing people anew, those who were interviewed and also rated as one person.

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
            en=f"this curve has no persona {persona!r} with source {source!r}; it has "
            f"{', '.join(repr(p) for p in curve.personas)} with {', '.join(curve.sources)}",
            ru=f"в этой кривой нет персоны {persona!r} с источником {source!r}; есть "
            f"{', '.join(repr(p) for p in curve.personas)} с {', '.join(curve.sources)}",
        )
    y = curve.values[persona, source]
    part = curve.table[(curve.table["persona"] == persona) & (curve.table["source"] == source)]
    if "touchpoint" in part:
        raise CjmError(
            en="critical points are stages; make the curve with unit='stage'",
            ru="критические точки — это этапы; постройте кривую с unit='stage'",
        )
    stages, shown, n = list(part["stage"]), part["shown"].to_numpy(), len(barriers.people)
    place = {p: i for i, p in enumerate(barriers.people)}
    named = np.zeros((n, len(stages)))
    pairs = barriers.mentions[["participant", "stage"]].drop_duplicates()
    for person, at in zip(pairs["participant"], pairs["stage"], strict=True):
        if at in stages:
            named[place[person], stages.index(at)] = 1
    unhappy = share_feeling(y, bad(y), level=barriers.level)
    rng = np.random.default_rng(seed)
    first = _first(barriers, curve.people[persona, source], named, unhappy, shown, resamples=resamples, rng=rng)
    k, m = named.sum(axis=0), unhappy.n
    share, low, high = wilson(k, n, level=barriers.level)
    b = np.nan_to_num(unhappy.share) * m
    # Half a person for and against on both sides: no share of few people is certain.
    drawn = rng.beta(k + 0.5, n - k + 0.5, (resamples, len(k))) * rng.beta(b + 0.5, m - b + 0.5, (resamples, len(k)))
    tail = (1 - barriers.level) / 2
    score_low, score_high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    rows = []
    for i, stage in enumerate(stages):
        ok = bool(shown[i])
        score = float(share[i] * unhappy.share[i]) if ok else np.nan
        rows.append(
            {
                "stage": stage,
                "title": part["title"].iloc[i],
                "barriers": barriers.mentions.loc[barriers.mentions["stage"] == stage, "barrier"].nunique(),
                "people": int(k[i]),
                "n": n,
                "share": share[i],
                "low": low[i],
                "high": high[i],
                "unhappy": unhappy.share[i] if ok else np.nan,
                "unhappy_low": unhappy.low[i] if ok else np.nan,
                "unhappy_high": unhappy.high[i] if ok else np.nan,
                "n_scores": int(m[i]),
                "score": score,
                "score_low": min(score_low[i], score) if ok else np.nan,
                "score_high": max(score_high[i], score) if ok else np.nan,
                "probability": first[i] if ok else np.nan,
            }
        )
    table = pd.DataFrame(rows).sort_values(
        "score", ascending=False, kind="stable", na_position="last", ignore_index=True
    )
    return carried(CriticalPoints(table=table, level=barriers.level), unpacked(part["cautions"]))


def _first(
    barriers: BarriersData,
    raters: np.ndarray,
    named: np.ndarray,
    unhappy: Feeling,
    shown: np.ndarray,
    *,
    resamples: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """How often each stage comes first when people are drawn anew, those on both sides as one person."""
    asked, rated = np.array(barriers.people, dtype=str), raters.astype(str)
    everybody = np.union1d(asked, rated)
    weights = rng.multinomial(len(everybody), np.full(len(everybody), 1 / len(everybody)), size=resamples).astype(float)
    of_asked = weights[:, np.searchsorted(everybody, asked)]
    of_rated = weights[:, np.searchsorted(everybody, rated)]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nan_to_num(of_asked @ named / of_asked.sum(axis=1, keepdims=True))
    bad_share = np.clip(unhappy.share + (of_rated - 1.0) @ np.nan_to_num(unhappy.influence), 0, 1)
    drawn = np.where(shown, share * np.nan_to_num(bad_share), -1.0)
    best = (drawn + rng.random(drawn.shape) * 1e-9).argmax(axis=1)
    return np.asarray(np.bincount(best, minlength=named.shape[1]) / resamples)
