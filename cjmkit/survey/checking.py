"""Who answered without reading: straight lines, speed, gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Shown
from cjmkit.i18n import count, say
from cjmkit.stats import wilson
from cjmkit.survey._decode import norm
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import ANSWER_TYPES, SCALE_TYPES

__all__ = ["Quality", "quality"]


@dataclass(frozen=True, repr=False)
class Quality(Shown):
    """How carefully people answered.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a person: respondent, answered (share of items), straight (grids answered in one line), grids (grids
        answered), seconds, straightliner, speeder, sparse (booleans), flags (how many).
    items : pandas.DataFrame
        One row an item: item, type, n, coded_missing, blank, missing (share).
    overall : Estimate
        Share of people with at least one flag.
    """

    survey: str
    table: pd.DataFrame
    items: pd.DataFrame
    overall: Estimate
    slow_enough: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def estimate(self) -> Estimate:
        """Share of people with at least one flag."""
        return self.overall

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        t = self.table
        n = count(len(t), en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        lines, fast, gaps = (int(t[c].sum()) for c in ("straightliner", "speeder", "sparse"))
        return say(
            en=f"Of {n}, {int((t['flags'] > 0).sum())} are worth a look: {lines} answered grids in one line, "
            f"{fast} were very fast, {gaps} left most items out. Nobody was removed.",
            ru=f"{n}; стоит посмотреть на {int((t['flags'] > 0).sum())}: одинаковые ответы в таблицах у {lines}, "
            f"слишком быстро {fast}, пропущено большинство вопросов у {gaps}. Никто не удалён.",
            lang=lang,
        )

    def _evidence_(self, **which: Any) -> SurveyFigure:
        return SurveyFigure(
            survey=self.survey, item="all items", statistic="share of people flagged", estimate=self.overall
        )


def quality(survey: SurveyData, *, fastest: float = 1 / 3, grid: int = 4, answered: float = 0.5) -> Quality:
    """Flag people who may have answered without reading; nobody is removed.

    Parameters
    ----------
    survey : Survey
        The answers.
    fastest : float
        A speeder took less than this part of the median time.
    grid : int
        Smallest number of rating items in one question that counts as a grid. A straight line is the same answer,
        other than the middle one, to every row; who gave one in each of at least two grids, or in the only one with
        six rows and more, is flagged.
    answered : float
        Who answered a smaller part of the items is sparse.

    Returns
    -------
    Quality

    Notes
    -----
    The limits are conventions: look at the people before leaving them out with :meth:`Survey.keep`. Items that only
    some people were asked make an honest person look sparse.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, quality
    >>> t = pd.DataFrame({f"q_{i}": [1, (i * 2) % 5 + 1, 5] for i in range(6)} | {"id": ["a", "b", "c"]})
    >>> s = Survey.from_frame(t).set_item("q_*", type="likert", scale=(1, 5), group="grid")
    >>> quality(s).table["straightliner"].tolist()
    [True, False, True]
    """
    people = survey._people_index()
    n = survey.n
    asked = [i for i in survey.all_items if i.type in ANSWER_TYPES and not (i.type == "multi" and not i.separator)]
    there = (
        np.column_stack([survey.raw(i).notna().to_numpy() for i in asked]) if asked else np.zeros((n, 0), dtype=bool)
    )
    share = there.mean(axis=1) if there.shape[1] else np.ones(n)
    groups: dict[tuple[str, Any], list[Any]] = {}
    for i in survey.all_items:
        if i.type in SCALE_TYPES and i.group and i.type != "nps":
            groups.setdefault((i.group, i.scale), []).append(i)
    straight, seen, long = np.zeros(n, dtype=int), np.zeros(n, dtype=int), np.zeros(n, dtype=bool)
    used = 0
    for (_, _scale), members in groups.items():
        if len(members) < grid:
            continue
        used += 1
        block = np.column_stack([survey.values(i.replace(reverse=False)).to_numpy() for i in members])
        full = (~np.isnan(block)).sum(axis=1) >= grid
        with np.errstate(all="ignore"):
            top, bottom = (
                np.nanmax(np.where(full[:, None], block, 0), axis=1),
                np.nanmin(np.where(full[:, None], block, 0), axis=1),
            )
        ends = members[0].ends
        middle = (ends[0] + ends[1]) / 2 if ends else np.nan
        line = full & (top == bottom) & (top != middle)
        straight += line
        seen += full
        if len(members) >= 6:
            long |= line
    notes = []
    if not used:
        notes.append(
            say(
                en=f"no question with {grid} rating items: straight lines cannot be seen",
                ru=f"нет вопросов с {grid} и более оценками: одинаковые ответы не видны",
            )
        )
    seconds = _seconds(survey)
    limit: float | None = None
    fast = np.zeros(n, dtype=bool)
    if seconds is None:
        notes.append(
            say(
                en="no duration and no start and end: speed cannot be seen",
                ru="нет длительности или начала и конца: скорость не видна",
            )
        )
    else:
        limit = float(np.nanmedian(seconds) * fastest)
        with np.errstate(invalid="ignore"):
            fast = seconds < limit
    liner = (straight >= 2) & (straight == seen) | ((seen <= 1) & long)
    sparse = share < answered
    table = pd.DataFrame(
        {
            "respondent": people,
            "answered": share,
            "straight": straight,
            "grids": seen,
            "seconds": np.full(n, np.nan) if seconds is None else seconds,
            "straightliner": liner,
            "speeder": fast,
            "sparse": sparse,
        }
    )
    table["flags"] = table[["straightliner", "speeder", "sparse"]].sum(axis=1)
    k = int((table["flags"] > 0).sum())
    _, low, high = wilson(k, n)
    described = survey.describe()
    described = (
        described[described["type"].isin(ANSWER_TYPES)].drop(columns=["distinct", "examples"]).reset_index(drop=True)
    )
    described["missing"] = 1 - described["n"] / n
    return Quality(
        survey.name,
        table,
        described,
        Estimate(value=k / n, low=low, high=high, n=n, method="Wilson"),
        limit,
        tuple(notes),
    )


def _seconds(survey: SurveyData) -> np.ndarray | None:
    """How long each person took: a duration column, else the end minus the start."""
    from cjmkit.survey.reading.layout import dates

    for i in survey.all_items:
        name = norm(i.item)
        if i.type in ("meta", "number") and (
            i.why == "duration"
            or re.match(r"^(duration|interviewtime|total ?time|время заполнения|длительность|продолжительность)", name)
        ):
            values = pd.to_numeric(survey.raw(i), errors="coerce").to_numpy(dtype=float)
            if np.isfinite(values).sum() > 0.5 * survey.n:
                return values
    start = [
        i
        for i in survey.all_items
        if i.type == "date" and re.search(r"start|начал|time started", norm(i.item + " " + i.text))
    ]
    end = [
        i
        for i in survey.all_items
        if i.type == "date"
        and re.search(r"\bend|submit|finish|окончан|заверш|отправк|completed", norm(i.item + " " + i.text))
    ]
    if start and end:
        took = (dates(survey.raw(end[0])) - dates(survey.raw(start[0]))).dt.total_seconds().to_numpy(dtype=float)
        took = np.where(took <= 0, np.nan, took)
        if np.isfinite(took).sum() > 0.5 * survey.n:
            return took
    return None
