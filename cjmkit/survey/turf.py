"""TURF: which few of many offers reach most people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cjmkit.core.caution import carried
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError
from cjmkit.i18n import listing, number, say
from cjmkit.survey._figures import FIGURES
from cjmkit.survey._result import rows_text, weights_of
from cjmkit.survey.data import SurveyData
from cjmkit.survey.options import chosen

__all__ = ["Turf", "turf"]

_EXACT = 20
"""Up to this many offers every set is tried."""
_SETS = 2_000_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Turf(Result):
    """The best sets of offers by size.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a size: size, offers (the set), reach (share of people whom at least one offer of it reaches), low,
        high, frequency (offers of it a person reached takes), gain (reach over the best set one smaller), n, exact
        (all sets were tried), ties (other sets of this size within one person of it).
    reached : pandas.DataFrame
        One row an offer: its reach alone, and what only it reaches in the largest set.
    """

    survey: str
    table: pd.DataFrame
    reached: pd.DataFrame
    weighted: bool = False
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key: ClassVar[tuple[str, ...]] = ("size",)
    _figure: ClassVar[Figure] = Figure(value="reach", percent=True)
    _percent: ClassVar[tuple[str, ...]] = ("reach", "gain")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {
        "size": ("size", "размер"),
        "offers": ("offers", "предложения"),
        "reach": ("reach", "охват"),
        "gain": ("gain", "прирост"),
        "frequency": ("frequency", "частота"),
    }
    _shown: ClassVar[tuple[str, ...]] = ("size", "offers", "reach", "gain", "frequency", "n")

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        worth = self.table[self.table["gain"] >= 0.02]
        row = (worth if len(worth) else self.table).iloc[-1]
        reach, low, high = (number(row[c], 0, percent=True, lang=lang) for c in ("reach", "low", "high"))
        offers = listing(list(row["offers"]), 6, lang=lang)
        sep = say(en=", ", ru="; ", lang=lang)
        tail = ""
        if len(worth) < len(self.table):
            tail = say(en="; one more adds less than two points", ru="; ещё одно добавит меньше двух п. п.", lang=lang)
        spread = f"{reach} [{low}{sep}{high}]"
        return say(
            en=f"{row['size']} offers reach {spread} of {row['n']} people: {offers}{tail}.",
            ru=f"Предложений: {row['size']}, охват {spread} из {row['n']} чел.: {offers}{tail}.",
            lang=lang,
        )


def turf(
    survey: SurveyData,
    items: Any,
    *,
    upper: int = 2,
    largest: int = 6,
    weights: Any = None,
    level: float = 0.95,
) -> Turf:
    """Find the sets of offers that reach most people (total unduplicated reach and frequency).

    Parameters
    ----------
    survey : Survey
        The answers.
    items : str or list of str
        A multi-select, whose base is everybody (who ticks nothing is not reached; ``keep()`` those who were asked), or
        rated items: who gives one of the upper answers (`upper` of them) is reached.
    upper : int
        For ratings, how many upper answers count as reached.
    largest : int
        Up to which size of a set.
    weights : str, Series, array, Raking or Design, optional
        Weights of the people.
    level : float
        Confidence level.

    Returns
    -------
    Turf

    Raises
    ------
    CjmError
        If there are fewer than two offers, or they are neither ticked nor rated.

    Notes
    -----
    Up to 20 offers all sets of a size are tried, as long as there are at most two million; beyond that, the set grows
    by the offer that adds most, and swaps are tried (`exact` is then False). The best of many sets looks better than
    it is: the limits are those of one set that was chosen beforehand, and `ties` says how many others are as good.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, turf
    >>> t = pd.DataFrame({"id": range(10), "likes": ["tea;coffee"] * 4 + ["coffee"] * 2 + ["juice"] * 3 + ["tea"]})
    >>> s = Survey.from_frame(t).set_item("likes", type="multi", separator=";")
    >>> found = turf(s, "likes", largest=2)
    >>> found.table["offers"].iloc[1], found.estimate(2).value
    (('coffee', 'juice'), 0.9)
    """
    grid, names, answered = _offers(survey, items, upper)
    w = weights_of(survey, weights)
    people = answered if w is None else answered & ~np.isnan(w)
    x = grid[people]
    if not len(x):
        raise CjmError(en="nobody answered", ru="нет ни одного ответа")
    ww = np.ones(len(x)) if w is None else np.asarray(w)[people]
    k = x.shape[1]
    # People who take the same offers count as one pattern.
    patterns, inverse = np.unique(x, axis=0, return_inverse=True)
    mass = np.bincount(inverse.ravel(), weights=ww, minlength=len(patterns))
    rows: list[dict[str, Any]] = []
    before = 0.0
    best: tuple[int, ...] = ()
    for size in range(1, min(largest, k) + 1):
        exact = k <= _EXACT and comb(k, size) <= _SETS
        best, ties = _best(patterns, mass, size, 1.0) if exact else (_grown(patterns, mass, best), 0)
        hit = np.full(survey.n, np.nan)
        hit[people] = x[:, list(best)].any(axis=1)
        figure = FIGURES["share"](hit, w, None, None, level)
        taken = x[:, list(best)].sum(axis=1)
        row = {"size": size, "offers": tuple(names[j] for j in best), "reach": float(figure["value"])}
        row |= {"low": figure["low"], "high": figure["high"], "gain": figure["value"] - before, "n": figure["n"]}
        row["frequency"] = float((ww * taken).sum() / max((ww * (taken > 0)).sum(), 1e-12))
        rows.append(row | {"exact": exact, "ties": ties})
        before = figure["value"]
    alone = [FIGURES["share"](column.astype(float), None if w is None else ww, None, None, level) for column in x.T]
    others = [x[:, [j for j in best if j != i]].any(axis=1) for i in range(k)]
    reached = pd.DataFrame(
        {
            "offer": names,
            "reach": (ww @ x) / ww.sum(),
            "low": [a["low"] for a in alone],
            "high": [a["high"] for a in alone],
            "only": [float(ww @ (x[:, i] & ~o) / ww.sum()) if i in best else np.nan for i, o in enumerate(others)],
            "n": len(x),
        }
    ).sort_values("reach", ascending=False, ignore_index=True)
    notes = []
    if not all(r["exact"] for r in rows):
        notes.append(
            say(
                en="not every set was tried: the sets grew offer by offer, with swaps",
                ru="перебраны не все наборы: они росли по одному предложению, с заменами",
            )
        )
    found = Turf(
        survey=survey.name,
        table=pd.DataFrame(rows),
        reached=reached,
        weighted=w is not None,
        level=level,
        warnings=tuple(notes),
    )
    return carried(found, survey.cautions(*survey.find(items)))


def _offers(survey: SurveyData, items: Any, upper: int) -> tuple[np.ndarray, list[str], np.ndarray]:
    members = [survey.item(n) for n in survey.find(items)]
    if all(m.type == "multi" for m in members):
        grid, names, _ = chosen(survey, members)
        answered = np.ones(survey.n, dtype=bool)
    else:
        unfit = [m.item for m in members if m.ends is None]
        if unfit:
            raise CjmError(
                en=f"offers are the options of a multi-select or rated items; without a scale: {rows_text(unfit)}",
                ru=f"предложения — варианты вопроса с несколькими ответами или оценки; без шкалы: {rows_text(unfit)}",
            )
        block = np.column_stack([survey.values(m).to_numpy(dtype=float) for m in members])
        answered = ~np.isnan(block).all(axis=1)
        grid = np.column_stack([block[:, j] > m.ends[1] - upper for j, m in enumerate(members) if m.ends])
        names = [m.option or m.text or m.item for m in members]
    if len(names) < 2:
        raise CjmError(en=f"two offers are needed; got {len(names)}", ru=f"нужны два предложения; есть {len(names)}")
    return np.asarray(grid, dtype=bool), list(names), np.asarray(answered, dtype=bool)


def _best(patterns: np.ndarray, mass: np.ndarray, size: int, near: float) -> tuple[tuple[int, ...], int]:
    """The set with most reach, and how many others are within one person of it."""
    k = patterns.shape[1]
    sets = np.array(list(combinations(range(k), size)), dtype=np.int8)
    missed = ~patterns
    reach = np.empty(len(sets))
    step = max(1, int(2e7 // max(len(patterns), 1)))
    for at in range(0, len(sets), step):
        part = sets[at : at + step]
        gone = np.ones((len(patterns), len(part)), dtype=bool)
        for column in part.T:
            gone &= missed[:, column]
        reach[at : at + step] = mass.sum() - mass @ gone
    top = int(reach.argmax())
    return tuple(int(j) for j in sets[top]), int((reach > reach[top] - near + 1e-9).sum()) - 1


def _grown(patterns: np.ndarray, mass: np.ndarray, before: tuple[int, ...]) -> tuple[int, ...]:
    """The last set and the offer that adds most; then single swaps as long as they help."""
    k = patterns.shape[1]

    def reach(chosen_set: tuple[int, ...]) -> float:
        return float(mass[patterns[:, list(chosen_set)].any(axis=1)].sum())

    best = max(((*before, j) for j in range(k) if j not in before), key=reach)
    for _ in range(20):
        swaps = [(*best[:i], j, *best[i + 1 :]) for i in range(len(best)) for j in range(k) if j not in best]
        better = max(swaps, key=reach, default=best)
        if reach(better) <= reach(best) + 1e-9:
            break
        best = better
    return best
