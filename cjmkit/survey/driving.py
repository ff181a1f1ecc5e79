"""What drives an outcome: Johnson's relative weights, LMG, bootstrap intervals and the chance to be the first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cjmkit import stats
from cjmkit.core.caution import carried
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Result
from cjmkit.errors import CjmError, NotEnough, one_of
from cjmkit.i18n import count, number, say
from cjmkit.survey._driver_fits import MODELS, fitted, null_reference, outcome_values, resampled_fits
from cjmkit.survey._result import SMALL, resampled_people, rows_text, weights_of
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import SCALE_TYPES, Item
from cjmkit.survey.relative import _correlations, _moments, johnson, lmg

__all__ = ["Drivers", "drivers"]

LMG_LIMIT = 15


@dataclass(frozen=True, repr=False)
class Drivers(Result):
    """How much each driver contributes to an outcome.

    Attributes
    ----------
    outcome : str
        The item that is explained.
    method : str
        ``"johnson"`` or ``"lmg"``.
    r2 : float
        Share of the outcome's variance that all drivers explain together.
    n : int
        People who answered the outcome and every driver.
    table : pandas.DataFrame
        One row a driver, the strongest first: item, text, value (share of R², 0 to 1), low, high (bootstrap
        percentiles), p_top (share of resamples in which it is the first), null (the share that the largest of as many
        unrelated items exceeds once in twenty), p (how often an unrelated item gets as much), p_adjusted (Holm), told
        (p_adjusted below 1 − level), importance (in units of R²), beta (standardised coefficient in the full model),
        r (correlation with the outcome), vif, mean, n (people with all answers: all figures are theirs), answered
        (people who answered it), coverage (share of the people with the outcome).
    resamples : int
        How many bootstrap samples the intervals rest on.
    model, yes : str
        ``"linear"``, ``"logistic"`` or ``"ordinal"``; of a logistic outcome, which answer counts as yes.
    """

    survey: str
    outcome: str
    outcome_text: str
    method: str
    r2: float
    n: int
    table: pd.DataFrame
    resamples: int
    level: float = 0.95
    weighted: bool = False
    model: str = "linear"
    yes: str = ""
    warnings: tuple[str, ...] = ()

    _key = ("item",)
    _shown: ClassVar[tuple[str, ...]] = ("text", "value", "null", "p_adjusted", "told", "mean", "n")
    _percent: ClassVar[tuple[str, ...]] = ("value", "null")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {
        "value": ("share of what is explained", "доля объяснённого"),
        "null": ("an unrelated item gets", "столько и у постороннего"),
        "told": ("told from nothing", "отличим от нуля"),
    }

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences, in English or Russian."""
        top = self.table.iloc[0]
        digits = 0 if top["high"] - top["low"] >= 0.03 else 1
        value, low, high = (number(top[c], digits, percent=True, lang=lang) for c in ("value", "low", "high"))
        people = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        r2 = number(self.r2, 0, percent=True, lang=lang)
        outcome = _cut(self.outcome_text) + (f": {self.yes}" if self.yes else "")
        nothing = self.table[~self.table["told"]]
        together = say(
            en=f"all drivers explain {r2}, n = {people}", ru=f"вместе вопросы объясняют {r2}, n = {people}", lang=lang
        )
        if len(nothing) == len(self.table):
            return say(
                en=f"No driver of “{outcome}” can be told from nothing: an unrelated item gets as much; {together}.",
                ru=f"Ни один вопрос не отличить от не связанного с «{outcome}»: тот получил бы не меньше; {together}.",
                lang=lang,
            )
        name = _cut(top["text"] or top["item"], 80)
        chance = number(top["p_top"], 0, percent=True, lang=lang)
        spread = f" [{low}{say(en=', ', ru='; ', lang=lang)}{high}]" if top["low"] == top["low"] else ""
        first = say(
            en=f", first in {chance} of resamples", ru=f", на первом месте в {chance} повторных выборок", lang=lang
        )
        tail = ""
        if not top["p_top"] >= 0.9:
            tail = say(en=" Who comes first is not certain.", ru=" Кто первый, уверенно сказать нельзя.", lang=lang)
        if len(nothing):
            listed = rows_text(_cut(t, 40) for t in nothing["text"].where(nothing["text"] != "", nothing["item"]))
            tail += say(
                en=f" Not told from nothing: {listed}.", ru=f" Не отличить от не связанных: {listed}.", lang=lang
            )
        return say(
            en=f"“{name}” is most strongly tied to “{outcome}”: {value}{spread} of the explained variance"
            f"{first if spread else ''}; {together}.{tail}",
            ru=f"Сильнее всего с «{outcome}» связано «{name}»: {value}{spread} объяснённой дисперсии"
            f"{first if spread else ''}; {together}.{tail}",
            lang=lang,
        )

    def _estimate_of(self, row: Mapping[str, Any]) -> Estimate:
        return self._figure.of(row, self.level).replace(method=f"{self.method}, bootstrap")

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        return SurveyFigure(
            survey=self.survey,
            item=f"{row['item']}, {self.outcome}",
            question=row["text"] or row["item"],
            statistic=f"share of explained variance of {self.outcome}",
            estimate=self._estimate_of(row),
            cautions=self.cautions_on(row["item"], self.outcome),
        )


def _cut(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def drivers(
    survey: SurveyData,
    outcome: str,
    items: Iterable[str] | str | None = None,
    *,
    method: str = "johnson",
    model: str = "linear",
    resamples: int = 1000,
    seed: int = 0,
    weights: Any = None,
    level: float = 0.95,
) -> Drivers:
    """Find how strongly each item is tied to an outcome, and whether more than chance would tie it.

    Parameters
    ----------
    survey : Survey
        The answers.
    outcome : str
        What is to be explained: overall satisfaction, willingness to recommend (its raw 0 to 10), a yes or no …
    items : str or iterable of str, optional
        The drivers; every other scale of the survey if left out (SUS statements and NPS excepted).
    method : {"johnson", "lmg"}
        Johnson's relative weights, or LMG (Shapley values of R²) up to 15 drivers. On real data their shares differ by
        about a point.
    model : {"linear", "logistic", "ordinal"}
        Of an outcome with two answers (bought or not), logistic; ordinal takes the answers of a scale as ordered, not
        as numbers. R² is then McKelvey and Zavoina's, of the propensity behind the answer.
    resamples : int
        Resamples of people for intervals and P(top); 0 for none.
    seed : int
        The same seed gives the same result.
    weights : str, Series, array, Raking or Design, optional
        Weights of the people.
    level : float
        Confidence level of the intervals, and of being told from nothing.

    Returns
    -------
    Drivers

    Raises
    ------
    CjmError
        If an item is no scale or number, or too few people answered everything.

    Notes
    -----
    Shares are positive by construction, and their intervals never hold 0. So each driver is set against what an item
    would get that has nothing to do with the outcome or the other items: its correlations drawn as random relabelling
    of people makes them. `p` says how often it gets as much as this driver got, `p_adjusted` the same after Holm's
    correction for the number of drivers; from 5 % on, the driver is "not told from nothing". `null` is the share that
    the largest of as many unrelated items exceeds once in twenty.

    A tie is no proof of cause: a driver that shares a grid with the outcome looks stronger than it is (common-method
    variance), and the warnings say so. Only people who answered outcome and all items count (complete cases): n, r,
    means and shares are all theirs, and the warnings name the items that cost most people. A coefficient against its
    own correlation is called suppression: the other drivers hold more of what they share with it.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit.survey import Survey, drivers
    >>> rng = np.random.default_rng(1)
    >>> chat, site = rng.integers(1, 6, (2, 300))
    >>> overall = np.clip(np.round(0.8 * chat + rng.normal(0, 0.5, 300)), 1, 5)
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(300), "chat": chat, "site": site, "overall": overall}))
    >>> s = s.set_item(["chat", "site", "overall"], type="likert", scale=(1, 5))
    >>> found = drivers(s, "overall", resamples=200)
    >>> found.table[["item", "told"]].to_numpy().tolist()
    [['chat', True], ['site', False]]
    """
    one_of(method, ("johnson", "lmg"), what="method")
    one_of(model, tuple(MODELS), what="model")
    if resamples < 0:
        raise CjmError(
            en=f"resamples is 0 or more; got {resamples}", ru=f"resamples: 0 или больше; получено {resamples}"
        )
    y = survey.item(outcome)
    xs, notes = _driver_items(survey, y, items, method)
    yes, target = outcome_values(survey, y, model)
    values = {i.item: survey.values(i).to_numpy(dtype=float) for i in xs} | {y.item: target}
    xs = _varied(xs, values, notes)
    w = weights_of(survey, weights)
    notes += resampled_people(w)
    names = [x.item for x in xs]
    block = np.column_stack([values[n] for n in names] + [target])
    full = ~np.isnan(block).any(axis=1)
    if w is not None:
        full &= ~np.isnan(w)
    n, k = int(full.sum()), len(xs)
    with_outcome = ~np.isnan(target)
    _enough(survey, y, values, names, n)
    kept = block[full]
    ww = None if w is None else w[full]
    corr = _weighted_corr(kept, ww)
    if np.linalg.cond(corr[:k, :k]) > 1e8:
        notes.append(
            say(
                en="some drivers say exactly the same; their shares split arbitrarily",
                ru="некоторые вопросы повторяют друг друга; их доли делятся произвольно",
            )
        )
    weigh = johnson if method == "johnson" else lmg
    fit = fitted(kept, ww, corr, model)
    raw = weigh(corr[None, :k, :k], fit.rxy[None])[0]
    r2 = float(raw.sum())
    share = raw / r2 if r2 > 0 else np.full(k, math.nan)
    inverse = np.linalg.pinv(corr[:k, :k])
    null, p = null_reference(corr[:k, :k], fit, level, seed)
    adjusted = stats.holm(p)
    table = pd.DataFrame(
        {
            "item": names,
            "text": [x.option or x.text for x in xs],
            "value": share,
            "low": math.nan,
            "high": math.nan,
            "p_top": math.nan,
            "null": null,
            "p": p,
            "p_adjusted": adjusted,
            "told": adjusted < 1 - level,
            "importance": raw,
            "beta": inverse @ fit.rxy,
            "r": corr[:k, k],
            "vif": np.diag(inverse),
            "mean": np.average(kept[:, :k], axis=0, weights=ww),
            "n": n,
            "answered": [int((~np.isnan(values[m])).sum()) for m in names],
            "coverage": [
                float((~np.isnan(values[m]) & with_outcome).sum() / max(with_outcome.sum(), 1)) for m in names
            ],
        }
    )
    done = 0
    if resamples:
        boot, rxy = resampled_fits(kept, ww, fit, (resamples, seed))
        done = len(boot)
        if done:
            _limits(table, boot, rxy, weigh, method, level)
    table = table.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    notes += _remarks(y, xs, table, n, int(with_outcome.sum()), values, kept, ww, weigh)
    found = Drivers(
        survey.name, y.item, y.question, method, r2, n, table, done, level, w is not None, model, yes, tuple(notes)
    )
    return carried(found, survey.cautions(y, *xs))


def _driver_items(survey: SurveyData, y: Item, items: Any, method: str) -> tuple[list[Item], list[str]]:
    if items is None:
        xs = [
            i for i in survey.all_items if i.type in SCALE_TYPES and i.type not in ("sus", "nps") and i.item != y.item
        ]
    else:
        xs = [survey.item(n) for n in survey.find(items) if n != y.item]
    for x in xs:
        _numeric(x)
    if method == "lmg" and len(xs) > LMG_LIMIT:
        raise CjmError(
            en=f"LMG solves 2^{len(xs)} models; it is offered up to {LMG_LIMIT} drivers. Use method='johnson', or "
            f"name fewer items",
            ru=f"LMG решает 2^{len(xs)} моделей; он есть до {LMG_LIMIT} вопросов. Возьмите method='johnson' или "
            f"назовите меньше вопросов",
        )
    return xs, []


def _varied(xs: list[Item], values: dict[str, np.ndarray], notes: list[str]) -> list[Item]:
    constant = [x.item for x in xs if np.isnan(values[x.item]).all() or np.nanstd(values[x.item]) == 0]
    if constant:
        notes.append(
            say(
                en=f"left out, everybody answered the same or nothing: {rows_text(constant)}",
                ru=f"пропущены, ответы одинаковы или их нет: {rows_text(constant)}",
            )
        )
        xs = [x for x in xs if x.item not in constant]
    if len(xs) < 2:
        raise NotEnough(
            say(
                en=f"drivers need at least two items with answers that differ; got {len(xs)}",
                ru=f"нужны хотя бы два вопроса с разными ответами; есть {len(xs)}",
            ),
            why=say(en="one item has nothing to be compared with", ru="один вопрос не с чем сравнить"),
            action=say(
                en="ask about the touchpoints too, or link their ratings: cjmkit link --accept",
                ru="спросите и о точках контакта или свяжите их оценки: cjmkit link --accept",
            ),
        )
    return xs


def _enough(survey: SurveyData, y: Item, values: dict[str, np.ndarray], names: list[str], n: int) -> None:
    if n >= len(names) + 3:
        return
    cost = _cost(values, names, ~np.isnan(values[y.item]))
    lost = rows_text(f"{a} ({b})" for a, b in cost[:4])
    raise CjmError(
        en=f"only {n} people answered {y.item!r} and all {len(names)} items: too few. Items that lose most people, and "
        f"how many answered: {lost}; name items= without them",
        ru=f"на {y.item!r} и все вопросы ({len(names)}) ответили {n} чел.: мало. Больше всего людей теряют, и сколько "
        f"ответили: {lost}; назовите items= без них",
    )


def _limits(table: pd.DataFrame, boot: np.ndarray, rxy: np.ndarray, weigh: Any, method: str, level: float) -> None:
    """Percentile limits of the shares and how often each driver is the first, written into the table."""
    k, done = rxy.shape[1], len(boot)
    batches = zip(_batches(boot, method), _batches(rxy[:, None, :], method, k), strict=True)
    drawn = np.concatenate([weigh(b[:, :k, :k], r[:, 0]) for b, r in batches])
    shares = drawn / drawn.sum(axis=1, keepdims=True)
    tail = (1 - level) / 2
    low, high = np.quantile(shares, [tail, 1 - tail], axis=0)
    share = table["value"].to_numpy()
    # Percentile limits can miss the estimate when a share is near nothing; they always contain it here.
    table["low"], table["high"] = np.minimum(low, share), np.maximum(high, share)
    table["p_top"] = np.bincount(shares.argmax(axis=1), minlength=k) / done


def _numeric(it: Item) -> None:
    if it.type not in (*SCALE_TYPES, "number"):
        raise CjmError(
            en=f"item {it.item!r} is of type {it.type!r}; drivers are scales or numbers. "
            f"set_item({it.item!r}, type='likert', scale=…)",
            ru=f"вопрос {it.item!r} имеет тип {it.type!r}; нужны шкалы или числа. "
            f"set_item({it.item!r}, type='likert', scale=…)",
        )


def _weighted_corr(block: np.ndarray, w: np.ndarray | None) -> np.ndarray:
    products, pairs = _moments(block - np.round(block.mean(axis=0)))
    sums = products.sum(axis=0) if w is None else w @ products
    return _correlations(sums[None, :], block.shape[1], pairs)[0]


def _batches(boot: np.ndarray, method: str, k: int | None = None) -> Iterable[np.ndarray]:
    """All at once for Johnson; for LMG as many as fit in about 200 MB."""
    drivers_ = boot.shape[-1] - 1 if k is None else k
    size = len(boot) if method == "johnson" else max(1, int(2.5e7 // (1 << drivers_) // 4))
    return (boot[i : i + size] for i in range(0, len(boot), max(size, 1)))


def _cost(values: dict[str, np.ndarray], names: list[str], with_outcome: np.ndarray) -> list[tuple[str, int]]:
    return sorted(((m, int((~np.isnan(values[m]) & with_outcome).sum())) for m in names), key=lambda p: p[1])


def _remarks(
    y: Item, xs: list[Item], table: pd.DataFrame, n: int, outcome_n: int,
    values: dict[str, np.ndarray], kept: np.ndarray, w: np.ndarray | None, weigh: Any,
) -> list[str]:  # fmt: skip
    notes = []
    names = [x.item for x in xs]
    shared = [x.item for x in xs if y.group and x.group == y.group]
    if shared:
        notes.append(
            say(
                en=f"{len(shared)} of {len(xs)} drivers stand in one grid with the outcome "
                f"({rows_text(shared, 3)}): people answer a grid alike, so their shares are "
                "inflated; look at an outcome outside the grid too, for example NPS",
                ru=f"{len(shared)} из {len(xs)} вопросов стоят в одной таблице с результатом "
                f"({rows_text(shared, 3)}): в таблице отвечают похоже, их доли завышены; "
                "проверьте на показателе вне таблицы, например NPS",
            )
        )
    if n < 0.6 * outcome_n:
        low = [f"{a} ({b})" for a, b in _cost(values, names, ~np.isnan(values[y.item]))[:3]]
        notes.append(
            say(
                en=f"only {n} of {outcome_n} people with the outcome answered every driver; fewest answered: "
                f"{rows_text(low)}. Drop items with low coverage",
                ru=f"на все вопросы ответили только {n} из {outcome_n} чел., у кого есть результат; меньше всего "
                f"ответов: {rows_text(low)}. Уберите вопросы с малым охватом",
            )
        )
    if n < max(SMALL, 10 * len(xs)):
        notes.append(
            say(
                en=f"{n} people for {len(xs)} drivers is little; the intervals say how little",
                ru=f"{n} чел. на {len(xs)} вопросов мало; насколько, видно по интервалам",
            )
        )
    if outcome_n > n >= 0.6 * outcome_n:
        notes.append(
            say(
                en=f"complete cases: {n} of {outcome_n} people with the outcome answered every driver",
                ru=f"учтены полные ответы: на все вопросы ответили {n} из {outcome_n} чел., у кого есть результат",
            )
        )
    turned = table[(table["beta"] * table["r"] < 0) & table["told"] & (table["beta"].abs() > 0.05)]["item"].tolist()
    if turned:
        notes.append(
            say(
                en=f"suppression: alone and beside the others of opposite sign: {rows_text(turned)}. The others hold "
                "more of what they share; read r for its direction",
                ru=f"подавление: знак сам по себе и вместе с остальными разный: {rows_text(turned)}. Общее с ним "
                "сильнее выражено в остальных; направление смотрите по r",
            )
        )
    negative = table[(table["r"] < 0) & (table["beta"] < 0) & table["told"]]["item"].tolist()
    if negative:
        notes.append(
            say(
                en=f"higher answers go with a lower outcome: {rows_text(negative)}",
                ru=f"чем выше ответы, тем ниже результат: {rows_text(negative)}",
            )
        )
    if w is not None:
        plain = _weighted_corr(kept, None)
        k = len(xs)
        other = weigh(plain[None, :k, :k], plain[None, :k, k])[0]
        if names[int(other.argmax())] != table["item"].iloc[0]:
            notes.append(
                say(
                    en=f"without weights another driver comes first: {names[int(other.argmax())]!r}",
                    ru=f"без весов на первом месте другой вопрос: {names[int(other.argmax())]!r}",
                )
            )
    return notes
