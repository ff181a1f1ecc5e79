"""Best-worst scaling: counts and a sequential logit."""

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
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, need_columns
from cjmkit.i18n import number, say
from cjmkit.people import PERSON
from cjmkit.stats import z_of
from cjmkit.survey._result import SMALL, rows_text

__all__ = ["MaxDiff", "maxdiff"]


@dataclass(frozen=True, repr=False)
class MaxDiff(Result):
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

    _key = ("item",)
    _figure = Figure(method="bootstrap")

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

    def _estimate_of(self, row: Mapping[str, Any]) -> Estimate:
        return self._figure.of({**row, "n": self.people}, self.level)

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        estimate = self._estimate_of(row)
        return SurveyFigure(
            survey="best-worst tasks", item=str(row["item"]), statistic="best minus worst", estimate=estimate
        )


def maxdiff(tasks: pd.DataFrame, *, resamples: int = 1000, seed: int = 0, level: float = 0.95) -> MaxDiff:
    """Analyse best-worst tasks by counts and by a sequential logit.

    Parameters
    ----------
    tasks : pandas.DataFrame
        One row a task: id or participant, the items shown in the columns item1, item2 …, and best, worst (one of them).
    resamples, seed, level
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

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import maxdiff
    >>> tasks = pd.DataFrame({"participant": list("abcdefgh") * 2, "item1": "price", "item2": "speed", "item3": "look"})
    >>> tasks = tasks.assign(best=["price"] * 12 + ["speed"] * 4, worst=["look"] * 14 + ["price"] * 2)
    >>> maxdiff(tasks, resamples=50).table[["item", "best", "worst", "shown"]]
        item  best  worst  shown
    0  price    12      2     16
    1  speed     4      0     16
    2   look     0     14     16
    """
    need_columns(tasks, ("best", "worst"), what="tasks")
    if "id" not in tasks:
        tasks = tasks.rename(columns={c: "id" for c in PERSON if c in tasks})
    shown_columns = [c for c in tasks.columns if re.fullmatch(r"item[ _]?\d+", str(c))]
    if len(shown_columns) < 3 or not {"id", "best", "worst"} <= set(tasks.columns):
        raise CjmError(
            en=f"a table of tasks has the columns id, item1, item2, item3 …, best, worst; got "
            f"{', '.join(map(str, tasks.columns))}",
            ru=f"в таблице заданий столбцы id, item1, item2, item3 …, best, worst; пришло "
            f"{', '.join(map(str, tasks.columns))}",
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
        raise CjmError(en="no task has both a best and a worst", ru="нет задания и с лучшим, и с худшим")
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
            en=f"columns 'best' and 'worst': {len(foreign)} tasks name an item that was not shown; rows "
            f"{rows_text(tasks.index[np.array(foreign)])}",
            ru=f"столбцы 'best' и 'worst': заданий, где назван непоказанный вариант: {len(foreign)}; строки "
            f"{rows_text(tasks.index[np.array(foreign)])}",
        )
    same = rows[best == worst]
    if len(same):
        raise CjmError(
            en=f"columns 'best' and 'worst': the same item in {len(same)} tasks; rows {rows_text(tasks.index[same])}",
            ru=f"столбцы 'best' и 'worst': заданий, где вариант один и тот же: {len(same)}; строки "
            f"{rows_text(tasks.index[same])}",
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
    if resamples:
        draws = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(resamples)]).astype(float)
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
