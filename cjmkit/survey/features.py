"""What features are worth: Kano, opportunity scores, best-worst scaling."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import number, say
from cjmkit.survey._decode import norm
from cjmkit.survey._intervals import wilson, z_of
from cjmkit.survey._result import SMALL, Shown, pick, rows_text
from cjmkit.survey.model import Survey

__all__ = ["Kano", "MaxDiff", "Opportunity", "kano", "maxdiff", "opportunity"]

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
            f"{what}: {rows_text(map(repr, bad), 4)} is no Kano answer; 1 like, 2 expect, 3 neutral, 4 tolerate, 5 "
            f"dislike, or these words"
        )
    return column.map(known).to_numpy(dtype=float)


def _long(source: Any, pairs: Pairs | None, name: str, first: str, second: str) -> tuple[pd.DataFrame, str]:
    """A long table from a survey and pairs of items, or the table itself."""
    if isinstance(source, Survey):
        if not pairs:
            raise CjmError(f"pairs= says which items belong together: {{'{name}': ('{first} item', '{second} item')}}")
        parts = []
        for key, (a, b) in pairs.items():
            ia, ib = source.item(a), source.item(b)
            x = source.values(ia) if ia.scale else source.raw(ia)
            y = source.values(ib) if ib.scale else source.raw(ib)
            parts.append(pd.DataFrame({"id": x.index, name: key, first: x.to_numpy(), second: y.to_numpy()}))
        return pd.concat(parts, ignore_index=True), source.name
    if not isinstance(source, pd.DataFrame):
        raise CjmError(
            f"a Survey with pairs=, or a table with the columns id, {name}, {first}, {second}; got "
            f"{type(source).__name__}"
        )
    for column in ("id", name, first, second):
        if column not in source.columns:
            raise CjmError(suggest(column, source.columns, what="column") + f"; needed: id, {name}, {first}, {second}")
    twice = source.duplicated(["id", name])
    if twice.any():
        raise CjmError(
            f"columns 'id' and {name!r}: {int(twice.sum())} people answered about one {name} more than once, rows "
            f"{rows_text(source.index[twice])}"
        )
    return source[["id", name, first, second]], "table"


# Kano --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Kano(Shown):
    """Kano categories of features.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a feature: feature, category (the most frequent of M, O, A, I, R, Q; ties M > O > A > I), n, M, O, A,
        I, R, Q (people), better = (A+O)/(A+O+M+I) and worse = −(O+M)/(A+O+M+I) with Wilson intervals,
        category_strength (first minus second category), total_strength (share of M, O and A), certain (Fong's test at
        90 %), functional and dysfunctional (means of the continuous analysis, −2 to 4).
    """

    survey: str
    table: pd.DataFrame
    warnings: tuple[str, ...] = ()

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

    def _evidence_(self, **which: Any) -> SurveyFigure:
        row = pick(self.table, which, what="Kano table") if which else self.table.iloc[0]
        estimate = Estimate(
            value=row["better"], low=row["better_low"], high=row["better_high"], n=int(row["n"]), method="Wilson"
        )
        return SurveyFigure(
            survey=self.survey,
            item=str(row["feature"]),
            statistic=f"Kano {KANO_NAMES[row['category']][0]}, better",
            estimate=estimate,
        )


def kano(source: Survey | pd.DataFrame, pairs: Pairs | None = None, *, level: float = 0.95) -> Kano:
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
            raise CjmError(f"feature {feature!r}: nobody answered both questions")
        fi, di = f[mask].astype(int) - 1, d[mask].astype(int) - 1
        found = _TABLE[fi, di]
        counts = {c: int((found == c).sum()) for c in "MOAIRQ"}
        ranked = sorted(counts, key=lambda c: (-counts[c], "MOAIRQ".index(c)))
        a, b = counts[ranked[0]], counts[ranked[1]]
        certain = abs(a - b) >= 1.65 * math.sqrt((a + b) * (2 * n - a - b) / (2 * n)) if a + b < 2 * n else True
        base = counts["A"] + counts["O"] + counts["M"] + counts["I"]
        better, worse = counts["A"] + counts["O"], counts["O"] + counts["M"]
        (bl, bh), (wl, wh) = wilson(better, base, level), wilson(worse, base, level)
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
    return Kano(name, table, tuple(notes))


# Opportunity -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Opportunity(Shown):
    """Opportunity scores of outcomes that customers want (Ulwick 2005).

    Attributes
    ----------
    table : pandas.DataFrame
        One row an outcome, the largest opportunity first: outcome, value (0 to 20), low, high (bootstrap over
        people), importance and satisfaction (shares of the upper two answers × 10), mean_importance,
        mean_satisfaction, n.
    """

    survey: str
    table: pd.DataFrame
    warnings: tuple[str, ...] = ()

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

    def _evidence_(self, **which: Any) -> SurveyFigure:
        row = pick(self.table, which, what="table") if which else self.table.iloc[0]
        estimate = Estimate(value=row["value"], low=row["low"], high=row["high"], n=int(row["n"]), method="bootstrap")
        return SurveyFigure(
            survey=self.survey, item=str(row["outcome"]), statistic="opportunity score (0 to 20)", estimate=estimate
        )


def opportunity(
    source: Survey | pd.DataFrame,
    pairs: Pairs | None = None,
    *,
    top: float | None = None,
    bootstraps: int = 1000,
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
    bootstraps, seed, level
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
        if isinstance(source, Survey) and pairs and top is None:
            limits = [(source.item(i).ends or (1.0, 5.0))[1] - 1 for i in pairs[str(outcome)]]
        both = ~np.isnan(imp) & ~np.isnan(sat)
        n = int(both.sum())
        if n == 0:
            raise CjmError(f"outcome {outcome!r}: nobody answered both importance and satisfaction")
        i, s = (imp[both] >= limits[0]).astype(float), (sat[both] >= limits[1]).astype(float)
        # Four kinds of people are all that matters: a multinomial draw replaces resampling them one by one.
        cells = np.array([((i == a) & (s == b)).sum() for a in (1, 0) for b in (1, 0)]) / n
        drawn = rng.multinomial(n, cells, size=max(bootstraps, 1)) / n
        boot = _opportunity(drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2])
        value = float(_opportunity(np.array(i.mean()), np.array(s.mean())))
        low, high = np.quantile(boot, [(1 - level) / 2, (1 + level) / 2]) if bootstraps else (math.nan, math.nan)
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
    return Opportunity(name, table, tuple(notes))


def _opportunity(importance: np.ndarray, satisfaction: np.ndarray) -> np.ndarray:
    return 10 * (importance + np.maximum(importance - satisfaction, 0))


# Best-worst --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class MaxDiff(Shown):
    """Best-worst scaling.

    Attributes
    ----------
    table : pandas.DataFrame
        One row an item, the best first: item, value ((best − worst)/shown, −1 to 1), low, high (bootstrap over
        people), shown, best, worst, best_share, worst_share, utility (sequential logit, centred), utility_low,
        utility_high (sandwich over people), share (of preference, adds up to 1), n.
    loglik : float
        Log-likelihood of the logit.
    """

    table: pd.DataFrame
    loglik: float
    people: int
    tasks: int
    details: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        first, last = self.table.iloc[0], self.table.iloc[-1]
        a, b = number(first["value"], 2, lang=lang), number(last["value"], 2, lang=lang)
        share = number(first["share"], 0, percent=True, lang=lang)
        return say(
            en=f"Best: “{first['item']}” ({a}, {share} of preference); worst: “{last['item']}” ({b}); "
            f"{self.people} people, {self.tasks} tasks.",
            ru=f"Лучшее: «{first['item']}» ({a}, {share} предпочтений); худшее: «{last['item']}» ({b}); людей: "
            f"{self.people}, заданий: {self.tasks}.",
            lang=lang,
        )

    def _evidence_(self, **which: Any) -> SurveyFigure:
        row = pick(self.table, which, what="table") if which else self.table.iloc[0]
        estimate = Estimate(value=row["value"], low=row["low"], high=row["high"], n=self.people, method="bootstrap")
        return SurveyFigure(
            survey="best-worst tasks", item=str(row["item"]), statistic="best minus worst", estimate=estimate
        )


def maxdiff(tasks: pd.DataFrame, *, bootstraps: int = 1000, seed: int = 0, level: float = 0.95) -> MaxDiff:
    """Analyse best-worst tasks by counts and by a sequential logit.

    Parameters
    ----------
    tasks : pandas.DataFrame
        One row a task: id (person), the items shown in the columns item1, item2 …, and best, worst (one of them).
    bootstraps, seed, level
        For the intervals, over people.

    Returns
    -------
    MaxDiff

    Notes
    -----
    The logit takes the best from all items shown and the worst from the rest: P(best b) = exp u_b / Σ exp u, then
    P(worst w) = exp −u_w / Σ over the rest exp −u (Marley and Louviere 2005).

    Raises
    ------
    CjmError
        If columns are missing, or a best or worst was not shown in its task (rows are named).
    """
    shown_columns = [c for c in tasks.columns if re.fullmatch(r"item[ _]?\d+", str(c))]
    if len(shown_columns) < 3 or not {"id", "best", "worst"} <= set(tasks.columns):
        raise CjmError(
            f"a table of tasks has the columns id, item1, item2, item3 …, best, worst; got "
            f"{', '.join(map(str, tasks.columns))}"
        )
    complete = tasks[["id", "best", "worst", *shown_columns[:2]]].notna().all(axis=1)
    notes = []
    if (~complete).any():
        notes.append(
            say(
                en=f"{int((~complete).sum())} tasks without best or worst were left out",
                ru=f"заданий без лучшего или худшего пропущено: {int((~complete).sum())}",
            )
        )
        tasks = tasks[complete]
    if tasks.empty:
        raise CjmError("no task has both a best and a worst")
    shown = tasks[shown_columns].to_numpy(dtype=object)
    best, worst = tasks["best"].to_numpy(dtype=object), tasks["worst"].to_numpy(dtype=object)
    names = list(dict.fromkeys(v for row in shown for v in row if not pd.isna(v)))
    place = {v: i for i, v in enumerate(names)}
    grid = np.zeros((len(tasks), len(names)), dtype=bool)
    for i, row in enumerate(shown):
        for v in row:
            if not pd.isna(v):
                grid[i, place[v]] = True
    rows = np.arange(len(tasks))
    foreign = [
        i
        for i in rows
        if best[i] not in place or worst[i] not in place or not grid[i, place[best[i]]] or not grid[i, place[worst[i]]]
    ]
    if foreign:
        raise CjmError(
            f"columns 'best' and 'worst': {len(foreign)} tasks name an item that was not shown; rows "
            f"{rows_text(tasks.index[np.array(foreign)])}"
        )
    same = rows[best == worst]
    if len(same):
        raise CjmError(
            f"columns 'best' and 'worst': the same item in {len(same)} tasks; rows {rows_text(tasks.index[same])}"
        )
    b, w = np.array([place[v] for v in best]), np.array([place[v] for v in worst])
    people, who = np.unique(tasks["id"].astype(str).to_numpy(), return_inverse=True)
    k, n = len(names), len(people)
    counts = np.zeros((3, n, k))
    np.add.at(counts[0], who, grid)
    np.add.at(counts[1], (who, b), 1)
    np.add.at(counts[2], (who, w), 1)
    total = counts.sum(axis=1)
    rng = np.random.default_rng(seed)
    low = high = np.full(k, math.nan)
    if bootstraps:
        draws = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(bootstraps)]).astype(float)
        s, p, m = (draws @ c for c in counts)
        with np.errstate(invalid="ignore", divide="ignore"):
            low, high = np.nanquantile((p - m) / s, [(1 - level) / 2, (1 + level) / 2], axis=0)
    u, cov, loglik = _best_worst_logit(grid, b, w, who, n)
    half = z_of(level) * np.sqrt(np.diag(cov))
    value = (total[1] - total[2]) / total[0]
    table = pd.DataFrame(
        {
            "item": names,
            "value": value,
            "low": np.minimum(low, value),
            "high": np.maximum(high, value),
            "shown": total[0].astype(int),
            "best": total[1].astype(int),
            "worst": total[2].astype(int),
            "best_share": total[1] / total[0],
            "worst_share": total[2] / total[0],
            "utility": u,
            "utility_low": u - half,
            "utility_high": u + half,
            "share": np.exp(u) / np.exp(u).sum(),
            "n": (counts[0] > 0).sum(axis=0),
        }
    )
    if total[0].max() > 1.5 * total[0].min():
        notes.append(
            say(
                en="some items were shown much more often than others; read the utilities rather than the counts",
                ru="одни варианты показаны намного чаще других; смотрите полезности, а не счёт",
            )
        )
    if n < SMALL:
        notes.append(say(en=f"only {n} people", ru=f"всего {n} чел."))
    table = table.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    return MaxDiff(table, loglik, n, len(tasks), {}, tuple(notes))


def _best_worst_logit(
    grid: np.ndarray, b: np.ndarray, w: np.ndarray, who: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Newton's method for centred utilities; a sandwich covariance with people as clusters.

    Returns
    -------
    (utilities, covariance, log-likelihood)
    """
    t, k = grid.shape
    u = np.zeros(k)
    rows = np.arange(t)
    rest = grid.copy()
    rest[rows, b] = False
    centre = np.eye(k) - 1 / k
    loglik = -math.inf
    for _ in range(100):
        up = np.where(grid, np.exp(u - u.max()), 0)
        down = np.where(rest, np.exp(-(u - u.min())), 0)
        p, q = up / up.sum(axis=1, keepdims=True), down / down.sum(axis=1, keepdims=True)
        new = float(np.log(p[rows, b]).sum() + np.log(q[rows, w]).sum())
        score = -p + q
        score[rows, b] += 1
        score[rows, w] -= 1
        hessian = np.diag(p.sum(axis=0)) - p.T @ p + np.diag(q.sum(axis=0)) - q.T @ q
        step = centre @ np.linalg.pinv(hessian, rcond=1e-10) @ score.sum(axis=0)
        u = u + np.clip(step, -2, 2)
        if abs(new - loglik) < 1e-12 * max(1, abs(new)) and np.abs(step).max() < 1e-10:
            break
        loglik = new
    # An item that is always (or never) the best has no finite utility; it stops growing with the iterations.
    bread = np.linalg.pinv(hessian, rcond=1e-10)
    clusters = np.zeros((n, k))
    np.add.at(clusters, who, score)
    cov = centre @ bread @ (clusters.T @ clusters) @ bread @ centre * (n / max(n - 1, 1))
    return u - u.mean(), cov, new
