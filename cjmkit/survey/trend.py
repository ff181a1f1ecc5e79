"""Trends: one question over any number of waves, with breaks where the question changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cjmkit.core.caution import carried
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, one_of, suggest
from cjmkit.i18n import number, say, shorten
from cjmkit.survey._figures import FIGURES
from cjmkit.survey._result import SMALL, rows_text, weights_of
from cjmkit.survey._scored import statistic_name
from cjmkit.survey._sides import _two
from cjmkit.survey._tests import adjust
from cjmkit.survey.comparing import KINDS, _changes, _values, _wording
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import Item

__all__ = ["Trend", "trend"]

_NEAR = 0.75
"""From this likeness of wording on, an item of another name is proposed."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Trend(Result):
    """Figures of the same questions over waves.

    Attributes
    ----------
    table : pandas.DataFrame
        One row an item and wave: item, kind, wave, value, low, high, n, column (its name in that wave), broken (why it
        cannot be compared with the wave before; empty where it can), and against the previous and the first wave:
        change, change_low, change_high, p, p_adjusted; first_change, first_low, first_high, first_p,
        first_p_adjusted. A wave without the item has n 0 and no value.
    questions : dict
        Item to its wording in the last wave that has it.
    waves : tuple of str
        In their order.
    correction : str
        How p was adjusted for the number of waves, for each item.
    """

    table: pd.DataFrame
    questions: dict[str, str]
    waves: tuple[str, ...]
    correction: str
    weighted: bool = False
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key: ClassVar[tuple[str, ...]] = ("item", "wave")
    _figure: ClassVar[Figure] = Figure()
    _shown: ClassVar[tuple[str, ...]] = ("item", "wave", "value", "n", "change", "p_adjusted", "broken")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {
        "wave": ("wave", "волна"),
        "broken": ("break", "разрыв"),
        "p_adjusted": ("p, adjusted", "p с поправкой"),
    }

    def summary(self, lang: str | None = None) -> str:
        """One sentence an item, in English or Russian; five items at most."""
        parts = [self.finding(item, lang) for item in list(self.questions)[:5]]
        more = len(self.questions) - len(parts)
        if more:
            parts.append(say(en=f"And {more} items more.", ru=f"И ещё вопросов: {more}.", lang=lang))
        return "\n".join(parts)

    def finding(self, item: str, lang: str | None = None) -> str:
        """What happened to one item since the first wave that can be compared, as a title says it."""
        rows = self.table[(self.table["item"] == item) & (self.table["n"] > 0)]
        if rows.empty:
            raise CjmError(suggest(item, self.questions, what="item"))
        last = rows.iloc[-1]
        since = rows.iloc[int(np.flatnonzero(rows["broken"].ne(""))[-1]) :] if rows["broken"].ne("").any() else rows
        name = shorten(self.questions[item], 60)
        value = self._text(last["value"], last["kind"], lang)
        if len(since) == 1:
            why = say(
                en="nothing before it to compare with" if len(rows) == 1 else "the question changed before it",
                ru="сравнить не с чем" if len(rows) == 1 else "до этого вопрос звучал иначе",
                lang=lang,
            )
            return say(
                en=f"“{name}”: {value} in {last['wave']}; {why}.",
                ru=f"«{name}»: {value}, волна {last['wave']}; {why}.",
                lang=lang,
            )
        first = since.iloc[0]
        change, low, high = (self._text(last[c], last["kind"], lang, points=True) for c in _FIRST[:3])
        unit = say(en=" points", ru=" п. п.", lang=lang) if last["kind"] in ("csat", "top2", "share") else ""
        sep = say(en=", ", ru="; ", lang=lang)
        sure = last["first_p_adjusted"] < 1 - self.level
        word = say(
            en=("up" if last["first_change"] > 0 else "down") if sure else "no change can be shown",
            ru=("рост" if last["first_change"] > 0 else "снижение") if sure else "изменение не доказано",
            lang=lang,
        )
        moved = f"{change}{unit} [{low}{sep}{high}]"
        start = self._text(first["value"], first["kind"], lang)
        return say(
            en=f"“{name}”: {start} in {first['wave']}, {value} in {last['wave']}: {word}, {moved}.",
            ru=f"«{name}»: {start} ({first['wave']}), {value} ({last['wave']}): {word}, {moved}.",
            lang=lang,
        )

    def _text(self, value: float, kind: str, lang: str | None, *, points: bool = False) -> str:
        if kind in ("csat", "top2", "share"):
            return number(value * 100 if points else value, 1 if points else 0, percent=not points, lang=lang)
        return number(value, 1 if kind in ("nps", "sus") else 2, lang=lang)

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        return SurveyFigure(
            survey=str(row["wave"]),
            item=str(row["column"]),
            question=self.questions[row["item"]],
            statistic=statistic_name(row["kind"]) + (", weighted" if self.weighted else ""),
            estimate=self._estimate_of(row),
            cautions=self.cautions_on(str(row["column"])),
        )

    def _estimate_of(self, row: Mapping[str, Any]) -> Estimate:
        percent = row["kind"] in ("csat", "top2", "share")
        return self._figure.of(row, self.level).model_copy(update={"percent": percent})


_PREVIOUS = ("change", "change_low", "change_high", "p")
_FIRST = ("first_change", "first_low", "first_high", "first_p")


def trend(
    waves: Mapping[str, SurveyData] | Iterable[SurveyData],
    items: str | Iterable[str],
    *,
    kind: str | None = None,
    answer: str | None = None,
    renamed: Mapping[str, Mapping[str, str]] | None = None,
    weights: Mapping[str, Any] | str | None = None,
    correction: str = "holm",
    level: float = 0.95,
) -> Trend:
    """Follow questions over waves: figures with limits, and tests against the previous and the first wave.

    Parameters
    ----------
    waves : mapping of name to Survey, or iterable of Survey
        In their order; without names, those of the surveys.
    items : str or iterable of str
        What to follow, by the names of the last wave.
    kind : str, optional
        As for :func:`compare`; by the item's type if left out.
    answer : str, optional
        For the share of one answer.
    renamed : mapping, optional
        Wave to {item: its column in that wave}, where it has another name. The same wording is found by itself; a
        nearly equal one is only proposed, in the warnings.
    weights : str, or mapping of wave to weights, optional
        An item's name in every wave, or for each wave what :func:`score` takes.
    correction : {"holm", "bh", "none"}
        For the number of waves of an item.
    level : float
        Confidence level.

    Returns
    -------
    Trend

    Raises
    ------
    CjmError
        If there are not two waves, an item is in none, or a name in `renamed` is unknown.

    Notes
    -----
    Where wording, number of scale points or labels differ from the wave before, the line breaks: the row says why, and
    nothing is tested across it, for a change of the question moves answers more than most changes of a service.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, trend
    >>> def wave(up, down):
    ...     answers = [10] * up + [8] * 60 + [3] * down
    ...     return Survey.from_frame(pd.DataFrame({"id": range(len(answers)), "recommend": answers}))
    >>> found = trend({"2024": wave(40, 80), "2025": wave(60, 60), "2026": wave(90, 40)}, "recommend")
    >>> found.table["value"].round(1).tolist(), bool(found.table["first_p_adjusted"].iloc[-1] < 0.001)
    ([-22.2, 0.0, 26.3], True)
    """
    if kind is not None:
        one_of(kind, KINDS, what="kind of score")
    one_of(correction, ("holm", "bh", "none"), what="correction")
    named = _named(waves)
    for name in renamed or {}:
        if name not in named:
            raise CjmError(suggest(name, named, what="wave"))
    weigh = _weights(named, weights)
    notes: list[str] = []
    rows: list[dict[str, Any]] = []
    questions: dict[str, str] = {}
    for item in _wanted(named, items):
        found = {w: _in_wave(s, named, item, (renamed or {}).get(w, {}), w, notes) for w, s in named.items()}
        if not any(found.values()):
            raise CjmError(suggest(item, [i.item for i in list(named.values())[-1]], what="item"))
        questions[item] = [f.question for f in found.values() if f][-1]
        rows += _rows(item, found, named, weigh, (kind, answer, level, correction), notes)
    table = pd.DataFrame(rows)
    small = table[(table["n"] > 0) & (table["n"] < SMALL)]
    if len(small):
        listed = rows_text(f"{a}, {b}" for a, b in zip(small["item"], small["wave"], strict=True))
        notes.append(say(en=f"fewer than {SMALL} answers: {listed}", ru=f"меньше {SMALL} ответов: {listed}"))
    result = Trend(
        table=table,
        questions=questions,
        waves=tuple(named),
        correction=correction,
        weighted=any(w is not None for w in weigh.values()),
        level=level,
        warnings=tuple(dict.fromkeys(notes)),
    )
    asked = [(named[w], c) for w, c in zip(table["wave"], table["column"], strict=True) if c]
    return carried(result, dict.fromkeys(c for s, column in asked for c in s.cautions(column)))


def _named(waves: Any) -> dict[str, SurveyData]:
    if isinstance(waves, Mapping):
        named = {str(k): v for k, v in waves.items()}
    else:
        listed = list(waves)
        named = {s.name: s for s in listed}
        if len(named) < len(listed):
            raise CjmError(
                en="two waves have the same name; give them in a mapping, {'2025': first, '2026': second}",
                ru="у двух волн одно имя; передайте их словарём: {'2025': первая, '2026': вторая}",
            )
    if len(named) < 2:
        raise CjmError(
            en=f"a trend needs two waves; got {len(named)}", ru=f"нужны хотя бы две волны; есть {len(named)}"
        )
    return named


def _weights(named: dict[str, SurveyData], weights: Any) -> dict[str, Any]:
    if isinstance(weights, Mapping):
        for name in weights:
            if name not in named:
                raise CjmError(suggest(name, named, what="wave"))
        return {w: weights_of(s, weights.get(w)) for w, s in named.items()}
    return {w: weights_of(s, weights) for w, s in named.items()}


def _wanted(named: dict[str, SurveyData], items: Any) -> list[str]:
    wanted: list[str] = []
    latest_first = list(named.values())[::-1]
    for name in [items] if isinstance(items, str) else items:
        for s in latest_first:
            try:
                hits = s.find(name)
            except CjmError:
                continue
            wanted += [h for h in hits if h not in wanted]
            break
        else:
            latest_first[0].find(name)  # says what it may have meant
    return wanted


def _in_wave(
    s: SurveyData, named: dict[str, SurveyData], item: str, renamed: Mapping[str, str], wave: str, notes: list[str]
) -> Item | None:
    if item in renamed:
        return s.item(renamed[item])
    have = s._by_name()
    if item in have:
        return have[item]
    text = next((_wording(o._by_name()[item]) for o in list(named.values())[::-1] if item in o._by_name()), "")
    same = [i for i in s.all_items if i.text and _wording(i) == text]
    if len(same) == 1:
        return same[0]
    near = sorted(
        ((SequenceMatcher(None, text, _wording(i)).ratio(), i.item) for i in s.all_items if i.text), reverse=True
    )
    if near and near[0][0] >= _NEAR:
        hint = f"renamed={{{wave!r}: {{{item!r}: {near[0][1]!r}}}}}"
        notes.append(
            say(
                en=f"{wave}: no {item!r}, but {near[0][1]!r} reads nearly the same; {hint} joins them",
                ru=f"{wave}: нет {item!r}, но {near[0][1]!r} звучит почти так же; соединить: {hint}",
            )
        )
    else:
        notes.append(say(en=f"{wave}: no {item!r}", ru=f"{wave}: нет {item!r}"))
    return None


def _rows(
    item: str,
    found: dict[str, Item | None],
    named: dict[str, SurveyData],
    weigh: dict[str, Any],
    rules: tuple[str | None, str | None, float, str],
    notes: list[str],
) -> list[dict[str, Any]]:
    kind, answer, level, correction = rules
    rows: list[dict[str, Any]] = []
    sides: list[tuple[Any, Any, Item, str]] = []
    start = 0
    for wave, it in found.items():
        empty = dict.fromkeys((*_PREVIOUS, *_FIRST), np.nan)
        if it is None:
            rows.append({"item": item, "kind": kind or "", "wave": wave, "value": np.nan, "low": np.nan, "high": np.nan}
                        | {"n": 0, "column": "", "broken": ""} | empty)  # fmt: skip
            continue
        x, used = _values(named[wave], it, kind, answer)
        values, w = x.to_numpy(dtype=float), weigh[wave]
        figure = FIGURES["mean" if used == "rank" else used](values, w, it, None, level)
        row: dict[str, Any] = {"item": item, "kind": used, "wave": wave}
        row |= {c: figure[c] for c in ("value", "low", "high", "n")} | {"column": it.item, "broken": ""} | empty
        if sides and figure["n"]:
            why = "; ".join(_changes(sides[-1][2], it))
            if why:
                row["broken"] = why
                start = len(sides)
                notes.append(f"{item}, {wave}: {why}")
            else:
                for at, names in ((len(sides) - 1, _PREVIOUS), (start, _FIRST)):
                    old = sides[at]
                    if (~np.isnan(old[0])).sum() == 0:
                        continue
                    two = _two(values, old[0], it, used, w, old[1], level)
                    row |= dict(zip(names, (two[c] for c in ("difference", "low", "high", "p")), strict=True))
        sides.append((values, w, it, used))
        rows.append(row)
    for p in ("p", "first_p"):
        for row, q in zip(rows, adjust([r[p] for r in rows], correction), strict=True):
            row[f"{p}_adjusted"] = q
    return rows
