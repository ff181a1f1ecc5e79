"""What features are worth: Kano, opportunity scores, best-worst scaling."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.caution import Caution, carried
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import number, say
from cjmkit.stats import wilson
from cjmkit.survey._decode import norm
from cjmkit.survey._result import SMALL, rows_text
from cjmkit.survey.data import SurveyData

__all__ = ["Kano", "Opportunity", "kano", "opportunity"]

Pairs = Mapping[str, tuple[str, str]]

KANO_NAMES = {
    "M": ("must-be", "обязательное"),
    "O": ("one-dimensional", "одномерное"),
    "A": ("attractive", "привлекательное"),
    "I": ("indifferent", "безразличное"),
    "R": ("reverse", "обратное"),
    "Q": ("questionable", "сомнительное"),
}
# Rows: how one feels with the feature (like, expect, neutral, tolerate, dislike); columns: without it.
_TABLE = np.array([list("QAAAO"), list("RIIIM"), list("RIIIM"), list("RIIIM"), list("RRRRQ")])
_FUNCTIONAL = np.array([4.0, 2.0, 0.0, -1.0, -2.0])
_ANSWERS = [
    (re.compile(r"dislike|не нрав|не понрав|раздраж|unacceptable|огорч"), 5),
    (re.compile(r"toler|live with|accept|терп|смир|мирюсь|допуст"), 4),
    (re.compile(r"neutral|don'?t care|indifferent|все равно|безразлич|нейтрал"), 3),
    (re.compile(r"expect|must|ожида|должн|само собой"), 2),
    (re.compile(r"like|enjoy|delight|нрав|понрав|рад"), 1),
]


def _codes(column: pd.Series, what: str) -> np.ndarray:
    """Kano answers as 1 (like) to 5 (dislike); words are understood too."""

    def one(value: object) -> float:
        text = norm(value)
        m = re.match(r"^([1-5])(\D|$)", text)
        if m:
            return float(m.group(1))
        return next((float(code) for p, code in _ANSWERS if p.search(text)), math.nan)

    known = {v: one(v) for v in column.dropna().unique()}
    bad = [v for v, c in known.items() if c != c]
    if bad:
        raise CjmError(
            en=f"{what}: {rows_text(map(repr, bad), 4)} is no Kano answer; 1 like, 2 expect, 3 neutral, 4 tolerate, 5 "
            f"dislike, or these words",
            ru=f"{what}: {rows_text(map(repr, bad), 4)} — не ответ Кано; 1 нравится, 2 жду, 3 всё равно, 4 терплю, 5 "
            f"не нравится, или эти слова",
        )
    return column.map(known).to_numpy(dtype=float)


def _long(source: Any, pairs: Pairs | None, name: str, first: str, second: str) -> tuple[pd.DataFrame, str]:
    """A long table from a survey and pairs of items, or the table itself."""
    if isinstance(source, SurveyData):
        if not pairs:
            raise CjmError(
                en=f"pairs= says which items belong together: {{'{name}': ('{first} item', '{second} item')}}",
                ru=f"pairs= говорит, какие вопросы парные: {{'{name}': ('вопрос {first}', 'вопрос {second}')}}",
            )
        parts = []
        for key, (a, b) in pairs.items():
            ia, ib = source.item(a), source.item(b)
            x = source.values(ia) if ia.scale else source.raw(ia)
            y = source.values(ib) if ib.scale else source.raw(ib)
            parts.append(pd.DataFrame({"id": x.index, name: key, first: x.to_numpy(), second: y.to_numpy()}))
        return pd.concat(parts, ignore_index=True), source.name
    if not isinstance(source, pd.DataFrame):
        raise CjmError(
            en=f"a Survey with pairs=, or a table with the columns id, {name}, {first}, {second}; got "
            f"{type(source).__name__}",
            ru=f"Survey с pairs= или таблица со столбцами id, {name}, {first}, {second}; пришло "
            f"{type(source).__name__}",
        )
    for column in ("id", name, first, second):
        if column not in source.columns:
            raise CjmError(suggest(column, source.columns, what="column") + f"; needed: id, {name}, {first}, {second}")
    twice = source.duplicated(["id", name])
    if twice.any():
        raise CjmError(
            en=f"columns 'id' and {name!r}: {int(twice.sum())} people answered about one {name} more than once, rows "
            f"{rows_text(source.index[twice])}",
            ru=f"столбцы 'id' и {name!r}: об одном ({name}) ответили больше раза {int(twice.sum())} человек, строки "
            f"{rows_text(source.index[twice])}",
        )
    return source[["id", name, first, second]], "table"


def _behind(source: Any, pairs: Pairs | None) -> tuple[dict[str, tuple[str, ...]], tuple[Caution, ...]]:
    """The columns behind each name, and what is not known of them."""
    if not isinstance(source, SurveyData) or not pairs:
        return {}, ()
    columns = {str(key): tuple(source.item(i).item for i in pair) for key, pair in pairs.items()}
    return columns, source.cautions(*dict.fromkeys(c for pair in columns.values() for c in pair))


# Kano --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Kano(Result):
    """Kano categories of features.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a feature: feature, category (the most frequent of M, O, A, I, R, Q; ties M > O > A > I), n, M, O, A,
        I, R, Q (people), better = (A+O)/(A+O+M+I) and worse = −(O+M)/(A+O+M+I) with Wilson intervals,
        category_strength (first minus second category), total_strength (share of M, O and A), certain (Fong's test at
        90 %), functional and dysfunctional (means of the continuous analysis, −2 to 4).
    columns : mapping
        Feature to its columns in the survey; empty where the source was a table.
    """

    survey: str
    table: pd.DataFrame
    warnings: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    _key = ("feature",)
    _figure = Figure(value="better", low="better_low", high="better_high", method="Wilson", percent=True)

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        parts = []
        for code in "MOARI":
            members = self.table.loc[(self.table["category"] == code) & self.table["certain"], "feature"].tolist()
            if members:
                en, ru = KANO_NAMES[code]
                parts.append(f"{say(en=en, ru=ru, lang=lang)}: {', '.join(map(str, members))}")
        unsure = self.table.loc[~self.table["certain"], "feature"].tolist()
        if unsure:
            parts.append(say(en="not certain: ", ru="не определено: ", lang=lang) + ", ".join(map(str, unsure)))
        n = int(self.table["n"].max())
        text = "; ".join(parts)
        return text[:1].upper() + text[1:] + say(en=f" (n = {n} people).", ru=f" (n = {n} чел.).", lang=lang)

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        return SurveyFigure(
            survey=self.survey,
            item=", ".join(self.columns.get(row["feature"], (str(row["feature"]),))),
            question=str(row["feature"]) if self.columns else "",
            statistic=f"Kano {KANO_NAMES[row['category']][0]}, better",
            estimate=self._estimate_of(row),
            cautions=self.cautions_on(*self.columns.get(row["feature"], ())),
        )


def kano(source: SurveyData | pd.DataFrame, pairs: Pairs | None = None, *, level: float = 0.95) -> Kano:
    """Classify features by how people feel with and without them (Kano et al. 1984; Berger et al. 1993).

    Parameters
    ----------
    source : Survey or DataFrame
        A survey with `pairs`, or a table with the columns id, feature, functional, dysfunctional.
    pairs : mapping, optional
        Feature to its two items, (with it, without it).
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Kano

    Notes
    -----
    Answers are 1 like, 2 expect, 3 neutral, 4 tolerate, 5 dislike, or these words in English or Russian. Fong (1996):
    the two most frequent categories a and b differ if ``|a − b| ≥ 1.65·√((a + b)(2n − a − b)/2n)``.

    Examples
    --------
    >>> import pandas as pd
    >>> t = pd.DataFrame({"id": range(20), "feature": "map", "functional": 2, "dysfunctional": [5] * 18 + [3] * 2})
    >>> kano(t).table[["category", "M", "I"]].values.tolist()
    [['M', 18, 2]]
    """
    long, name = _long(source, pairs, "feature", "functional", "dysfunctional")
    f = _codes(long["functional"], "functional")
    d = _codes(long["dysfunctional"], "dysfunctional")
    rows = []
    for feature in dict.fromkeys(long["feature"]):
        mask = (long["feature"] == feature).to_numpy() & ~np.isnan(f) & ~np.isnan(d)
        n = int(mask.sum())
        if n == 0:
            raise CjmError(
                en=f"feature {feature!r}: nobody answered both questions",
                ru=f"свойство {feature!r}: на оба вопроса не ответил никто",
            )
        fi, di = f[mask].astype(int) - 1, d[mask].astype(int) - 1
        found = _TABLE[fi, di]
        counts = {c: int((found == c).sum()) for c in "MOAIRQ"}
        ranked = sorted(counts, key=lambda c: (-counts[c], "MOAIRQ".index(c)))
        a, b = counts[ranked[0]], counts[ranked[1]]
        certain = abs(a - b) >= 1.65 * math.sqrt((a + b) * (2 * n - a - b) / (2 * n)) if a + b < 2 * n else True
        base = counts["A"] + counts["O"] + counts["M"] + counts["I"]
        better, worse = counts["A"] + counts["O"], counts["O"] + counts["M"]
        (_, bl, bh), (_, wl, wh) = wilson(better, base, level=level), wilson(worse, base, level=level)
        fun, dys = _FUNCTIONAL[fi], _FUNCTIONAL[::-1][di]
        rows.append(
            {
                "feature": feature,
                "category": ranked[0],
                "n": n,
                **counts,
                "better": better / base if base else math.nan,
                "better_low": bl,
                "better_high": bh,
                "worse": -worse / base if base else math.nan,
                "worse_low": -wh,
                "worse_high": -wl,
                "category_strength": (a - b) / n,
                "total_strength": (counts["M"] + counts["O"] + counts["A"]) / n,
                "certain": bool(certain),
                "functional": float(fun.mean()),
                "functional_sd": float(fun.std(ddof=1)) if n > 1 else math.nan,
                "dysfunctional": float(dys.mean()),
                "dysfunctional_sd": float(dys.std(ddof=1)) if n > 1 else math.nan,
            }
        )
    table = pd.DataFrame(rows)
    notes = []
    odd = table.loc[table["Q"] > 0.1 * table["n"], "feature"].tolist()
    if odd:
        notes.append(
            say(
                en=f"more than a tenth contradicted themselves (Q): {rows_text(odd)}; was the question understood?",
                ru=f"больше десятой доли противоречивых ответов (Q): {rows_text(odd)}; понят ли вопрос?",
            )
        )
    small = table.loc[table["n"] < SMALL, "feature"].tolist()
    if small:
        notes.append(
            say(en=f"fewer than {SMALL} people: {rows_text(small)}", ru=f"меньше {SMALL} человек: {rows_text(small)}")
        )
    columns, cautions = _behind(source, pairs)
    return carried(Kano(name, table, tuple(notes), columns), cautions)


# Opportunity -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Opportunity(Result):
    """Opportunity scores of outcomes that customers want (Ulwick 2005).

    Attributes
    ----------
    table : pandas.DataFrame
        One row an outcome, the largest opportunity first: outcome, value (0 to 20), low, high (bootstrap over
        people), importance and satisfaction (shares of the upper two answers × 10), mean_importance,
        mean_satisfaction, n.
    columns : mapping
        Outcome to its columns in the survey; empty where the source was a table.
    """

    survey: str
    table: pd.DataFrame
    warnings: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    _key = ("outcome",)
    _figure = Figure(method="bootstrap")

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        top = self.table.iloc[0]
        value, low, high = (number(top[c], 1, lang=lang) for c in ("value", "low", "high"))
        sep = say(en=", ", ru="; ", lang=lang)
        word = say(
            en="underserved" if top["value"] >= 10 else "no underserved outcome",
            ru="потребность недообслужена" if top["value"] >= 10 else "недообслуженных потребностей нет",
            lang=lang,
        )
        return say(
            en=f"The largest opportunity is “{top['outcome']}”: {value} [{low}{sep}{high}] of 20, n = "
            f"{int(top['n'])} people ({word}).",
            ru=f"Самая большая возможность: «{top['outcome']}», {value} [{low}{sep}{high}] из 20, n = "
            f"{int(top['n'])} чел. ({word}).",
            lang=lang,
        )

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        return SurveyFigure(
            survey=self.survey,
            item=", ".join(self.columns.get(row["outcome"], (str(row["outcome"]),))),
            question=str(row["outcome"]) if self.columns else "",
            statistic="opportunity score (0 to 20)",
            estimate=self._estimate_of(row),
            cautions=self.cautions_on(*self.columns.get(row["outcome"], ())),
        )


def opportunity(
    source: SurveyData | pd.DataFrame,
    pairs: Pairs | None = None,
    *,
    top: float | None = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Opportunity:
    """Score outcomes: importance + max(importance − satisfaction, 0), each the share of the upper two answers × 10.

    Parameters
    ----------
    source : Survey or DataFrame
        A survey with `pairs`, or a table with the columns id, outcome, importance, satisfaction.
    pairs : mapping, optional
        Outcome to its items, (importance, satisfaction).
    top : float, optional
        The lowest answer that counts as upper; for a table, 4 (of 5) if left out, for a survey the upper two of each
        scale.
    resamples, seed, level
        For the intervals, over people.

    Returns
    -------
    Opportunity

    Examples
    --------
    >>> import pandas as pd
    >>> t = pd.DataFrame({"id": range(10), "outcome": "short queue"})
    >>> t = t.assign(importance=[5] * 9 + [2], satisfaction=[2] * 8 + [4] * 2)
    >>> opportunity(t).table[["value", "importance", "satisfaction"]].values.tolist()
    [[16.0, 9.0, 2.0]]
    """
    long, name = _long(source, pairs, "outcome", "importance", "satisfaction")
    rng = np.random.default_rng(seed)
    rows = []
    for outcome in dict.fromkeys(long["outcome"]):
        part = long[long["outcome"] == outcome]
        imp, sat = (
            pd.to_numeric(part[c], errors="coerce").to_numpy(dtype=float) for c in ("importance", "satisfaction")
        )
        limits = [top if top is not None else 4.0] * 2
        if isinstance(source, SurveyData) and pairs and top is None:
            limits = [(source.item(i).ends or (1.0, 5.0))[1] - 1 for i in pairs[str(outcome)]]
        both = ~np.isnan(imp) & ~np.isnan(sat)
        n = int(both.sum())
        if n == 0:
            raise CjmError(
                en=f"outcome {outcome!r}: nobody answered both importance and satisfaction",
                ru=f"исход {outcome!r}: и на важность, и на удовлетворённость не ответил никто",
            )
        i, s = (imp[both] >= limits[0]).astype(float), (sat[both] >= limits[1]).astype(float)
        # Four kinds of people are all that matters: a multinomial draw replaces resampling them one by one.
        cells = np.array([((i == a) & (s == b)).sum() for a in (1, 0) for b in (1, 0)]) / n
        drawn = rng.multinomial(n, cells, size=max(resamples, 1)) / n
        boot = _opportunity(drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2])
        value = float(_opportunity(np.array(i.mean()), np.array(s.mean())))
        low, high = np.quantile(boot, [(1 - level) / 2, (1 + level) / 2]) if resamples else (math.nan, math.nan)
        rows.append(
            {
                "outcome": outcome,
                "value": value,
                "low": min(low, value),
                "high": max(high, value),
                "importance": 10 * i.mean(),
                "satisfaction": 10 * s.mean(),
                "mean_importance": float(imp[both].mean()),
                "mean_satisfaction": float(sat[both].mean()),
                "n": n,
            }
        )
    table = pd.DataFrame(rows).sort_values("value", ascending=False, kind="stable", ignore_index=True)
    small = table.loc[table["n"] < SMALL, "outcome"].tolist()
    notes = (
        [say(en=f"fewer than {SMALL} people: {rows_text(small)}", ru=f"меньше {SMALL} человек: {rows_text(small)}")]
        if small
        else []
    )
    columns, cautions = _behind(source, pairs)
    return carried(Opportunity(name, table, tuple(notes), columns), cautions)


def _opportunity(importance: np.ndarray, satisfaction: np.ndarray) -> np.ndarray:
    return 10 * (importance + np.maximum(importance - satisfaction, 0))
