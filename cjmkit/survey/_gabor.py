"""Gabor and Granger: would people buy at this price, and at that one? Demand, revenue and the best price asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.i18n import number, say
from cjmkit.survey._figures import FIGURES
from cjmkit.survey._intervals import within
from cjmkit.survey._result import SMALL, resampled_people, rows_text
from cjmkit.survey.data import SurveyData

__all__ = ["gabor_granger"]

_YES = {"1", "1.0", "true", "yes", "да", "y"}
Floats = npt.NDArray[np.float64]


def gabor_granger(
    survey: SurveyData,
    items: Mapping[float, str],
    w: Any,
    upper: int,
    drawn: tuple[int, int, float],
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Points and curves of buying at asked prices; see :func:`cjmkit.survey.price_sensitivity`.

    Who would buy at a price would buy at lower ones, and who would not would not at higher ones: so a person asked at
    some of the prices answers for others. People who would buy at a price and not at a lower one do not count.
    """
    resamples, seed, level = drawn
    prices = np.array(sorted(float(p) for p in items))
    if len(prices) < 2 or prices[0] < 0:
        raise CjmError(
            en=f"Gabor and Granger's question needs two prices at least, none below 0; got {rows_text(prices)}",
            ru=f"нужны хотя бы две цены, не ниже 0; получено {rows_text(prices)}",
        )
    by_price = {float(p): name for p, name in items.items()}
    answers = np.column_stack([_buys(survey, by_price[p], upper) for p in prices])
    if w is not None:
        answers[np.isnan(np.asarray(w))] = np.nan
    some = ~np.isnan(answers).all(axis=1)
    if some.sum() < 10:
        raise CjmError(
            en=f"only {int(some.sum())} people answered at any price; ten are needed",
            ru=f"хотя бы на одну цену ответили {int(some.sum())} чел.; нужно десять",
        )
    # The highest price at which a person buys, and the lowest at which not.
    yes = np.where(answers == 1, prices, -np.inf).max(axis=1)
    no = np.where(answers == 0, prices, np.inf).min(axis=1)
    turned = some & (yes > no)
    known = np.where(prices <= yes[:, None], 1.0, np.where(prices >= no[:, None], 0.0, np.nan))
    known[turned | ~some] = np.nan
    rows = []
    for j, p in enumerate(prices):
        f = FIGURES["share"](*within(known[:, j], w, ~turned), None, None, level)
        row = {"price": p, "buyers": f["value"], "buyers_low": f["low"], "buyers_high": f["high"]}
        row |= {"revenue": p * f["value"], "revenue_low": p * f["low"], "revenue_high": p * f["high"]}
        rows.append(row | {"n": f["n"]})
    curves = pd.DataFrame(rows)
    ww = np.ones(len(known)) if w is None else np.nan_to_num(np.asarray(w))
    here = np.flatnonzero(~np.isnan(known).all(axis=1))
    best = np.empty(resamples)
    rng = np.random.default_rng(seed)
    asked, bought = ~np.isnan(known[here]), np.nan_to_num(known[here])
    for b in range(resamples):
        counts = np.bincount(rng.integers(0, len(here), len(here)), minlength=len(here)) * ww[here]
        with np.errstate(invalid="ignore", divide="ignore"):
            best[b] = prices[int(np.nanargmax(prices * (counts @ bought) / (counts @ asked)))]
    at = int(curves["revenue"].to_numpy().argmax())
    tail = (1 - level) / 2
    low, high = np.quantile(best, [tail, 1 - tail], method="inverted_cdf") if resamples else (np.nan, np.nan)
    point = {"point": "most_revenue", "value": prices[at], "low": min(low, prices[at]), "high": max(high, prices[at])}
    table = pd.DataFrame([point | {"n": len(here)}])
    return table, curves, _notes(curves, len(here), int(turned.sum()), at, w)


def _notes(curves: pd.DataFrame, n: int, turned: int, at: int, w: Any) -> list[str]:
    notes = resampled_people(w)
    if turned:
        notes.append(
            say(
                en=f"{turned} people would buy at a price and not at a lower one; they do not count",
                ru=f"{turned} чел. купили бы дороже, но не дешевле; они не учтены",
            )
        )
    if at in (0, len(curves) - 1):
        end = number(float(curves["price"].iloc[at]), 2)
        notes.append(
            say(
                en=f"most revenue lies at an end of the prices asked ({end}): the best price may lie beyond",
                ru=f"выручка больше всего на краю спрошенных цен ({end}): лучшая цена может лежать дальше",
            )
        )
    fewest = int(curves["n"].min())
    if fewest < n:
        notes.append(
            say(
                en=f"of {n} people, at some prices only {fewest} are known to buy or not; those shares rest on them",
                ru=f"из {n} чел. при некоторых ценах известно решение только {fewest}; доли опираются на них",
            )
        )
    if n < SMALL:
        notes.append(say(en=f"only {n} people", ru=f"всего {n} чел."))
    return notes


def _buys(survey: SurveyData, name: str, upper: int) -> Floats:
    """1 who would buy, 0 who would not, NaN without an answer."""
    it = survey.item(name)
    if it.ends is not None:
        x = survey.values(it).to_numpy(dtype=float)
        return np.where(np.isnan(x), np.nan, (x > it.ends[1] - upper).astype(float))
    raw = survey.raw(it)
    said = raw.map(lambda v: str(v).strip().lower())
    labels = {str(c): str(t).strip().lower() for c, t in it.labels}
    said = said.map(lambda v: labels.get(v, v))
    kinds = sorted(set(said[raw.notna()]))
    if len(kinds) > 2 or (not set(kinds) & _YES and len(kinds) == 2):
        raise CjmError(
            en=f"item {it.item!r} is neither a scale nor yes and no: {rows_text(kinds)}; "
            f"set_item({it.item!r}, type='likert', scale=…)",
            ru=f"вопрос {it.item!r} — не шкала и не да/нет: {rows_text(kinds)}; set_item({it.item!r}, type='likert', "
            f"scale=…)",
        )
    return np.where(raw.isna(), np.nan, said.isin(_YES).astype(float))
