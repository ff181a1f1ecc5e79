"""What drives an outcome: Johnson's relative weights, LMG, bootstrap intervals and the chance to be the first."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import count, number, say
from cjmkit.survey._result import SMALL, Shown, pick, rows_text, weights_of
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import SCALE_TYPES, Item
from cjmkit.survey.relative import _correlations, _moments, _resampled, johnson, lmg

__all__ = ["Drivers", "drivers"]

LMG_LIMIT = 15


@dataclass(frozen=True, repr=False)
class Drivers(Shown):
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
        percentiles), p_top (share of resamples in which it is the first), importance (in units of R²), beta
        (standardised coefficient in the full model; its sign is the direction), r (correlation with the outcome),
        vif, mean, n (people who answered it), coverage (share of the people with the outcome).
    resamples : int
        How many bootstrap samples the intervals rest on.
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
    warnings: tuple[str, ...] = ()

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences, in English or Russian."""
        top = self.table.iloc[0]
        digits = 0 if top["high"] - top["low"] >= 0.03 else 1
        value, low, high = (number(top[c], digits, percent=True, lang=lang) for c in ("value", "low", "high"))
        chance = number(top["p_top"], 0, percent=True, lang=lang)
        people = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        r2 = number(self.r2, 0, percent=True, lang=lang)
        name = top["text"] or top["item"]
        name = name if len(name) <= 80 else name[:79] + "…"
        sure = top["p_top"] >= 0.9
        second = say(
            en="" if sure else " Who comes first is not certain.",
            ru="" if sure else " Кто первый, уверенно сказать нельзя.",
            lang=lang,
        )
        spread = f" [{low}{say(en=', ', ru='; ', lang=lang)}{high}]" if top["low"] == top["low"] else ""
        return say(
            en=f"“{name}” contributes most to “{_cut(self.outcome_text)}”: {value}{spread} of the explained "
            f"variance, first in {chance} of resamples; "
            f"all drivers explain {r2}, n = {people}.{second}",
            ru=f"Сильнее всего на «{_cut(self.outcome_text)}» влияет «{name}»: {value}{spread} объяснённой "
            f"дисперсии, на первом месте в {chance} повторных выборок; "
            f"вместе вопросы объясняют {r2}, n = {people}.{second}",
            lang=lang,
        )

    def _evidence_(self, **which: Any) -> SurveyFigure:
        row = self.table.iloc[0] if not which else pick(self.table, which, what="drivers")
        estimate = Estimate(
            value=row["value"],
            low=row["low"],
            high=row["high"],
            n=self.n,
            level=self.level,
            method=f"{self.method}, bootstrap",
        )
        return SurveyFigure(
            survey=self.survey,
            item=f"{row['item']}, {self.outcome}",
            question=row["text"] or row["item"],
            statistic=f"share of explained variance of {self.outcome}",
            estimate=estimate,
        )


def _cut(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def drivers(
    survey: SurveyData,
    outcome: str,
    items: Iterable[str] | str | None = None,
    *,
    method: str = "johnson",
    bootstraps: int = 1000,
    seed: int = 0,
    weights: Any = None,
    level: float = 0.95,
) -> Drivers:
    """Find how much each item contributes to an outcome.

    Parameters
    ----------
    survey : Survey
        The answers.
    outcome : str
        What is to be explained: overall satisfaction, willingness to recommend (its raw 0 to 10) …
    items : str or iterable of str, optional
        The drivers; every other scale of the survey if left out (SUS statements and NPS excepted).
    method : {"johnson", "lmg"}
        Johnson's relative weights, or LMG up to 15 drivers. On real data their shares differ by about a point.
    bootstraps : int
        Resamples of people for intervals and P(top); 0 for none.
    seed : int
        The same seed gives the same result.
    weights : str, Series, array or Raking, optional
        Weights of the people.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Drivers

    Raises
    ------
    CjmError
        If an item is no scale or number, or too few people answered everything.

    Notes
    -----
    Contribution to explained variance is no proof of cause: a driver that shares a grid with the outcome looks
    stronger than it is (common-method variance), and the warnings say so. Only people who answered all items count;
    the warnings name the items that cost most people.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit.survey import Survey, drivers
    >>> rng = np.random.default_rng(1)
    >>> chat, site = rng.integers(1, 6, (2, 300))
    >>> overall = np.clip(np.round(0.8 * chat + 0.2 * site + rng.normal(0, 0.5, 300)), 1, 5)
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(300), "chat": chat, "site": site, "overall": overall}))
    >>> s = s.set_item(["chat", "site", "overall"], type="likert", scale=(1, 5))
    >>> found = drivers(s, "overall", bootstraps=200)
    >>> found.table["item"].iloc[0], bool(found.table["p_top"].iloc[0] > 0.99)
    ('chat', True)
    """
    if method not in ("johnson", "lmg"):
        raise CjmError(suggest(method, ("johnson", "lmg"), what="method"))
    if bootstraps < 0:
        raise CjmError(f"bootstraps is 0 or more; got {bootstraps}")
    y = survey.item(outcome)
    _numeric(y)
    if items is None:
        xs = [
            i for i in survey.all_items if i.type in SCALE_TYPES and i.type not in ("sus", "nps") and i.item != y.item
        ]
    else:
        xs = [survey.item(n) for n in survey.find(items) if n != y.item]
    for x in xs:
        _numeric(x)
    notes: list[str] = []
    values = {i.item: survey.values(i).to_numpy(dtype=float) for i in [*xs, y]}
    constant = [x.item for x in xs if np.nanstd(values[x.item]) == 0 or np.isnan(values[x.item]).all()]
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
                ru=f"для причин нужны хотя бы два вопроса с разными ответами; есть {len(xs)}",
            ),
            why=say(en="one item has nothing to be compared with", ru="один вопрос не с чем сравнить"),
            action=say(
                en="ask about the touchpoints too, or link their ratings: cjmkit link --accept",
                ru="спросите и о точках контакта или свяжите их оценки: cjmkit link --accept",
            ),
        )
    if method == "lmg" and len(xs) > LMG_LIMIT:
        raise CjmError(
            f"LMG solves 2^{len(xs)} models; it is offered up to {LMG_LIMIT} drivers. Use method='johnson', or "
            f"name fewer items"
        )
    w = weights_of(survey, weights)
    names = [x.item for x in xs]
    block = np.column_stack([values[n] for n in names] + [values[y.item]])
    full = ~np.isnan(block).any(axis=1)
    if w is not None:
        full &= ~np.isnan(w)
    n = int(full.sum())
    with_outcome = ~np.isnan(values[y.item])
    if n < len(xs) + 3:
        cost = _cost(values, names, with_outcome)
        raise CjmError(
            f"only {n} people answered {y.item!r} and all {len(xs)} items: too few. "
            f"Items that lose most people: {rows_text(f'{a} ({b} answered)' for a, b in cost[:4])}; name items= "
            f"without them"
        )
    kept = block[full]
    ww = None if w is None else w[full]
    k = len(xs)
    corr = _weighted_corr(kept, ww)
    if np.linalg.cond(corr[:k, :k]) > 1e8:
        notes.append(
            say(
                en="some drivers say exactly the same; their shares split arbitrarily",
                ru="некоторые вопросы повторяют друг друга; их доли делятся произвольно",
            )
        )
    weigh = johnson if method == "johnson" else lmg
    raw = weigh(corr[None, :k, :k], corr[None, :k, k])[0]
    r2 = float(raw.sum())
    share = raw / r2 if r2 > 0 else np.full(k, math.nan)
    inverse = np.linalg.pinv(corr[:k, :k])
    table = pd.DataFrame(
        {
            "item": names,
            "text": [x.option or x.text for x in xs],
            "value": share,
            "low": math.nan,
            "high": math.nan,
            "p_top": math.nan,
            "importance": raw,
            "beta": inverse @ corr[:k, k],
            "r": corr[:k, k],
            "vif": np.diag(inverse),
            "mean": np.average(kept[:, :k], axis=0, weights=ww),
            "n": [int((~np.isnan(values[m])).sum()) for m in names],
            "coverage": [
                float((~np.isnan(values[m]) & with_outcome).sum() / max(with_outcome.sum(), 1)) for m in names
            ],
        }
    )
    done = 0
    if bootstraps:
        boot = _resampled(kept, ww, bootstraps, seed)
        sound = np.isfinite(boot).all(axis=(1, 2))
        boot = boot[sound]
        done = len(boot)
        if done:
            drawn = np.concatenate([weigh(b[:, :k, :k], b[:, :k, k]) for b in _batches(boot, method)])
            shares = drawn / drawn.sum(axis=1, keepdims=True)
            tail = (1 - level) / 2
            low, high = np.quantile(shares, [tail, 1 - tail], axis=0)
            # Percentile limits can miss the estimate when a share is near nothing; they always contain it here.
            table["low"], table["high"] = np.minimum(low, share), np.maximum(high, share)
            table["p_top"] = np.bincount(shares.argmax(axis=1), minlength=k) / done
    table = table.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    notes += _cautions(survey, y, xs, table, n, int(with_outcome.sum()), values, kept, ww, weigh)
    return Drivers(survey.name, y.item, y.question, method, r2, n, table, done, level, w is not None, tuple(notes))


def _numeric(it: Item) -> None:
    if it.type not in (*SCALE_TYPES, "number"):
        raise CjmError(
            f"item {it.item!r} is of type {it.type!r}; drivers and outcome are scales or numbers. "
            f"set_item({it.item!r}, type='likert', scale=…)"
        )


def _weighted_corr(block: np.ndarray, w: np.ndarray | None) -> np.ndarray:
    products, pairs = _moments(block - np.round(block.mean(axis=0)))
    sums = products.sum(axis=0) if w is None else w @ products
    return _correlations(sums[None, :], block.shape[1], pairs)[0]


def _batches(boot: np.ndarray, method: str) -> Iterable[np.ndarray]:
    """All at once for Johnson; for LMG as many as fit in about 200 MB."""
    size = len(boot) if method == "johnson" else max(1, int(2.5e7 // (1 << (boot.shape[-1] - 1)) // 4))
    return (boot[i : i + size] for i in range(0, len(boot), max(size, 1)))


def _cost(values: dict[str, np.ndarray], names: list[str], with_outcome: np.ndarray) -> list[tuple[str, int]]:
    return sorted(((m, int((~np.isnan(values[m]) & with_outcome).sum())) for m in names), key=lambda p: p[1])


def _cautions(
    survey: SurveyData, y: Item, xs: list[Item], table: pd.DataFrame, n: int, outcome_n: int,
    values: dict[str, np.ndarray], kept: np.ndarray, w: np.ndarray | None, weigh: Any,
) -> list[str]:  # fmt: skip
    notes = [f"{i.item}: {both}" for i in (y, *xs) if (both := survey.both_ways(i))]
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
    negative = table[(table["beta"] < 0) & (table["value"] > 0.1)]["item"].tolist()
    if negative:
        notes.append(
            say(
                en=f"works against the outcome in the full model: {rows_text(negative)}",
                ru=f"в полной модели действует против результата: {rows_text(negative)}",
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
