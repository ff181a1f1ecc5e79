"""What people would pay: Van Westendorp's four questions with Newton, Miller and Smith's demand; Gabor and Granger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import number, say
from cjmkit.survey._gabor import gabor_granger
from cjmkit.survey._result import SMALL, resampled_people, weights_of
from cjmkit.survey.data import SurveyData

__all__ = ["PriceSensitivity", "price_sensitivity"]

QUESTIONS = ("too_cheap", "cheap", "expensive", "too_expensive")
_POINTS = {
    "marginal_cheapness": ("too_cheap", "expensive"),
    "optimal": ("too_cheap", "too_expensive"),
    "indifference": ("cheap", "expensive"),
    "marginal_expensiveness": ("cheap", "too_expensive"),
}
_LIKELY = {1: 0.0, 2: 0.1, 3: 0.3, 4: 0.5, 5: 0.7}
"""Chance of buying behind a five-point intention, as Newton, Miller and Smith calibrate it."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PriceSensitivity(Result):
    """Prices at which the curves cross.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a point: point (``marginal_cheapness`` and ``marginal_expensiveness`` bound the acceptable prices,
        ``optimal``, ``indifference``; with intentions also ``most_buyers`` and ``most_revenue``), value, low, high
        (bootstrap), n. Of asked prices only ``most_revenue``.
    curves : pandas.DataFrame
        One row a price: price, the shares too_cheap, cheap, expensive, too_expensive; with intentions buyers (share
        expected to buy) and revenue (price × buyers). Of asked prices buyers and revenue with their limits
        (``buyers_low`` …) and n.
    method : str
        ``"van westendorp"`` or ``"gabor granger"``.
    """

    survey: str
    table: pd.DataFrame
    curves: pd.DataFrame
    method: str = "van westendorp"
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key: ClassVar[tuple[str, ...]] = ("point",)
    _figure: ClassVar[Figure] = Figure(method="bootstrap")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {"point": ("point", "точка")}

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        t = self.table.set_index("point")["value"]
        if self.method == "gabor granger":
            return self._of_asked(lang)
        low, high, best = (
            number(t[p], 0 if t["optimal"] >= 20 else 2, lang=lang)
            for p in ("marginal_cheapness", "marginal_expensiveness", "optimal")
        )
        n = int(self.table["n"].iloc[0])
        more = ""
        if "most_revenue" in t:
            revenue = number(t["most_revenue"], 0 if t["optimal"] >= 20 else 2, lang=lang)
            more = say(en=f" Most revenue at {revenue}.", ru=f" Выручка больше всего при {revenue}.", lang=lang)
        return say(
            en=f"Acceptable prices lie from {low} to {high}; fewest turn away at {best}, n = {n} people.{more}",
            ru=f"Приемлемые цены: от {low} до {high}; меньше всего отказов при {best}, n = {n} чел.{more}",
            lang=lang,
        )

    def _of_asked(self, lang: str | None) -> str:
        row = self.table.iloc[0]
        at = self.curves[self.curves["price"] == row["value"]].iloc[0]
        digits = 0 if row["value"] >= 20 else 2
        price, low, high = (number(row[c], digits, lang=lang) for c in ("value", "low", "high"))
        share, least, most = (
            number(at[c], 0, percent=True, lang=lang) for c in ("buyers", "buyers_low", "buyers_high")
        )
        sep = say(en=", ", ru="; ", lang=lang)
        return say(
            en=f"Of the prices asked, {price} [{low}{sep}{high}] brings most revenue: {share} [{least}{sep}{most}] "
            f"would buy, n = {row['n']} people.",
            ru=f"Из спрошенных цен больше всего выручки даёт {price} [{low}{sep}{high}]: купили бы {share} "
            f"[{least}{sep}{most}], n = {row['n']} чел.",
            lang=lang,
        )


def price_sensitivity(
    survey: SurveyData,
    items: Mapping[Any, str],
    *,
    intentions: tuple[str, str] | None = None,
    upper: int = 2,
    weights: Any = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> PriceSensitivity:
    """Find acceptable prices from four questions (Van Westendorp 1976), or demand from buying at asked prices (Gabor
    and Granger 1966).

    Parameters
    ----------
    survey : Survey
        The answers.
    items : mapping
        ``too_cheap``, ``cheap``, ``expensive`` and ``too_expensive`` to the items with the prices people named; or
        prices (numbers) to the items that ask whether people would buy at them: yes or no, or a scale. Not everybody
        needs to be asked at every price.
    intentions : (str, str), optional
        Items on 1 to 5: how likely people buy at the price they called cheap, and at the one they called expensive
        (Newton, Miller and Smith 1993). Between the four prices the chance of buying runs straight, to 0 at both ends.
    upper : int
        Of a scale of intention at asked prices, how many upper answers count as buying.
    weights : str, Series, array, Raking or Design, optional
        Weights of the people.
    resamples, seed, level
        Resamples of people behind the limits, their seed, and the confidence level.

    Returns
    -------
    PriceSensitivity

    Raises
    ------
    CjmError
        If a question is missing, or fewer than ten people named four prices in rising order.

    Notes
    -----
    At asked prices, who buys at one also buys at lower ones, and who does not does not at higher ones; limits of shares
    as in `score`, those of the best price from resampled people: it is one of the prices asked. What people say they
    would buy is more than they buy: the order of prices is surer than the level of demand.

    People whose four prices do not rise do not count, and the warnings say how many. The chances behind intentions
    (0, .1, .3, .5, .7) are a convention: they move the share of buyers more than the best price.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit.survey import Survey, price_sensitivity
    >>> middle = 100 + 10 * np.arange(21)
    >>> t = pd.DataFrame({"id": range(21), "a": middle - 60, "b": middle - 20, "c": middle + 20, "d": middle + 60})
    >>> s = Survey.from_frame(t).set_item(list("abcd"), type="number")
    >>> asked = {"too_cheap": "a", "cheap": "b", "expensive": "c", "too_expensive": "d"}
    >>> found = price_sensitivity(s, asked, resamples=50)
    >>> round(found.estimate("indifference").value), round(found.estimate("optimal").value)
    (200, 200)
    >>> buys = pd.DataFrame({"id": range(20), "at_10": ["yes"] * 18 + ["no"] * 2, "at_20": ["yes"] * 7 + ["no"] * 13})
    >>> found = price_sensitivity(Survey.from_frame(buys), {10: "at_10", 20: "at_20"}, resamples=50)
    >>> found.estimate("most_revenue").value
    10.0
    """
    w = weights_of(survey, weights)
    if items and not any(isinstance(key, str) for key in items):
        point, demand, said = gabor_granger(survey, items, w, upper, (resamples, seed, level))
        return PriceSensitivity(
            survey=survey.name, table=point, curves=demand, method="gabor granger", level=level, warnings=tuple(said)
        )
    for key in items:
        if key not in QUESTIONS:
            raise CjmError(suggest(key, QUESTIONS, what="question about the price"))
    if lacking := [q for q in QUESTIONS if q not in items]:
        raise CjmError(
            en=f"price_sensitivity needs all four questions; missing: {', '.join(lacking)}",
            ru=f"нужны все четыре вопроса; нет: {', '.join(lacking)}",
        )
    prices = np.column_stack([_prices(survey, items[q]) for q in QUESTIONS])
    likely = None if intentions is None else np.column_stack([_chances(survey, i) for i in intentions])
    named = ~np.isnan(prices).any(axis=1)
    if likely is not None:
        named &= ~np.isnan(likely).any(axis=1)
    if w is not None:
        named &= ~np.isnan(w)
    sound = named & (np.diff(prices, axis=1) >= 0).all(axis=1) & (prices[:, 0] < prices[:, 3])
    n, lost = int(sound.sum()), int(named.sum() - sound.sum())
    if n < 10:
        raise CjmError(
            en=f"only {n} people named four prices in rising order ({lost} did not keep the order); ten are needed",
            ru=f"четыре цены по возрастанию назвали {n} чел. (порядок нарушили {lost}); нужно десять",
        )
    kept = prices[sound]
    chance = None if likely is None else likely[sound]
    ww = np.ones(n) if w is None else np.asarray(w)[sound]
    grid = np.unique(kept)
    if len(grid) > 400:
        grid = np.quantile(grid, np.linspace(0, 1, 400))
    indicators = _indicators(kept, chance, grid)
    curves = {name: ww @ x / ww.sum() for name, x in indicators.items()}
    points = _points(grid, curves)
    rng = np.random.default_rng(seed)
    draws = {p: np.empty(resamples) for p in points}
    for b in range(resamples):
        counts = np.bincount(rng.integers(0, n, n), minlength=n) * ww
        again = _points(grid, {name: counts @ x / counts.sum() for name, x in indicators.items()})
        for p, v in again.items():
            draws[p][b] = v
    tail = (1 - level) / 2
    rows = []
    for p, v in points.items():
        low, high = np.nanquantile(draws[p], [tail, 1 - tail]) if resamples else (np.nan, np.nan)
        rows.append({"point": p, "value": v, "low": float(np.fmin(low, v)), "high": float(np.fmax(high, v)), "n": n})
    notes = resampled_people(w)
    if lost:
        notes.append(
            say(
                en=f"{lost} people named prices that do not rise and do not count",
                ru=f"{lost} чел. назвали цены не по возрастанию и не учтены",
            )
        )
    if n < SMALL:
        notes.append(say(en=f"only {n} people", ru=f"всего {n} чел."))
    table = pd.DataFrame({"price": grid} | curves)
    return PriceSensitivity(
        survey=survey.name, table=pd.DataFrame(rows), curves=table, level=level, warnings=tuple(notes)
    )


def _prices(survey: SurveyData, name: str) -> Floats:
    it = survey.item(name)
    x = survey.values(it.replace(type="number", scale=())).to_numpy(dtype=float)
    return np.where(x < 0, np.nan, x)


def _chances(survey: SurveyData, name: str) -> Floats:
    it = survey.item(name)
    x = survey.values(it).to_numpy(dtype=float)
    if it.ends not in ((1.0, 5.0), None) or not set(np.unique(x[~np.isnan(x)])) <= set(_LIKELY):
        raise CjmError(
            en=f"intention {it.item!r} is asked on 1 to 5; set_item({it.item!r}, type='likert', scale=(1, 5))",
            ru=f"намерение {it.item!r} спрашивают по шкале 1–5; set_item({it.item!r}, type='likert', scale=(1, 5))",
        )
    return np.array([_LIKELY.get(int(v), np.nan) if v == v else np.nan for v in x])


def _indicators(prices: Floats, chance: Floats | None, grid: Floats) -> dict[str, Floats]:
    """Of each person (rows) at each price: how they call it, and the chance that they buy."""
    out = {
        "too_cheap": (grid <= prices[:, [0]]).astype(float),
        "cheap": (grid <= prices[:, [1]]).astype(float),
        "expensive": (grid >= prices[:, [2]]).astype(float),
        "too_expensive": (grid >= prices[:, [3]]).astype(float),
    }
    if chance is not None:
        ends = np.column_stack([np.zeros(len(prices)), chance, np.zeros(len(prices))])
        out["buyers"] = np.array([np.interp(grid, p, c) for p, c in zip(prices, ends, strict=True)])
    return out


def _points(grid: Floats, curves: Mapping[str, Floats]) -> dict[str, float]:
    out = {name: _crossing(grid, curves[down], curves[up]) for name, (down, up) in _POINTS.items()}
    if "buyers" in curves:
        out["most_buyers"] = float(grid[int(curves["buyers"].argmax())])
        out["most_revenue"] = float(grid[int((grid * curves["buyers"]).argmax())])
    return out


def _crossing(grid: Floats, falling: Floats, rising: Floats) -> float:
    """Where two curves meet, on the straight line between the prices around it; the middle where they lie together."""
    gap = falling - rising
    after = int(np.argmax(gap <= 0)) if (gap <= 0).any() else len(grid) - 1
    if after == 0:
        return float(grid[0])
    same = np.flatnonzero(gap == 0)
    if len(same) and gap[after] == 0:
        return float((grid[same[0]] + grid[same[-1]]) / 2)
    left, right = gap[after - 1], gap[after]
    share = left / (left - right) if left != right else 0.5
    return float(grid[after - 1] + share * (grid[after] - grid[after - 1]))
