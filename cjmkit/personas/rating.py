"""Do raters place people alike? Agreement on each variable, and which variables are badly defined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.coding.agreeing.alpha import alpha
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import current_language, number, say
from cjmkit.personas.grid_data import GridData
from cjmkit.personas.variables import POINTS

__all__ = ["TRUSTED", "RaterAgreement", "agreement"]

TRUSTED = 0.667
"""Krippendorff's lower bound for tentative conclusions; below it a variable is badly defined."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RaterAgreement(Result):
    """How far raters agree on each variable.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a variable: variable, name, kind, alpha, low, high (bootstrap over people), weighted (agreement weighted
        by distance: 1 is the same place, 0 opposite ends; not corrected for chance), apart (mean points between two
        raters), n (people placed by two raters or more), reason (where there is no value).
    differences : pandas.DataFrame
        Where raters differ most, to be talked through: participant, variable, apart, then one column a rater.
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key = ("variable",)
    _figure = Figure(value="alpha", method="Krippendorff's alpha, percentile bootstrap over people")
    _shown = ("name", "alpha", "low", "high", "weighted", "apart", "n")
    _names = {
        "name": ("variable", "переменная"),
        "weighted": ("weighted agreement", "взвешенное согласие"),
        "apart": ("points apart", "расхождение, баллы"),
    }

    @property
    def below(self) -> tuple[str, ...]:
        """Variables whose alpha is below .667: badly defined, or badly told by the interviews."""
        return tuple(self.table.loc[self.table["alpha"] < TRUSTED, "variable"])

    def summary(self, lang: str | None = None) -> str:
        """How many variables can be trusted, and which cannot."""
        lang = current_language(lang)
        known = self.table["alpha"].notna()
        good = int(known.sum()) - len(self.below)
        middle = number(float(self.table["alpha"].median()), 2, lang=lang)
        names = self.table.set_index("variable")["name"]
        bad = ", ".join(str(names[v]) for v in self.below)
        text = say(
            en=f"Raters agree on {good} of {int(known.sum())} variables (median alpha {middle}).",
            ru=f"Кодировщики согласны по {good} переменным из {int(known.sum())} (медиана альфы {middle}).",
            lang=lang,
        )
        if bad:
            text += " " + say(
                en=f"Below {number(TRUSTED, 3, lang=lang)}, define anew or talk through: {bad}.",
                ru=f"Ниже {number(TRUSTED, 3, lang=lang)}, уточните определение или обсудите: {bad}.",
                lang=lang,
            )
        return text


def agreement(
    grid: GridData, *, metric: str = "ordinal", resamples: int = 1000, seed: int = 0, level: float = 0.95
) -> RaterAgreement:
    """Krippendorff's alpha on each variable, with its interval.

    Choices are compared as nominal. What was settled plays no part: agreement is that of raters who have not talked.

    Parameters
    ----------
    metric : {"ordinal", "interval"}
        How far two places on a range are apart: by rank, or by points.
    resamples, seed, level : int, int, float
        Bootstrap over people.

    Returns
    -------
    RaterAgreement

    Raises
    ------
    NotEnough
        If there is one rater only.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability.

    Examples
    --------
    >>> from cjmkit import personas
    >>> grid = personas.Grid((personas.Variable(id="money", ends=("counts", "never asks")),), people=list("abcd"))
    >>> for who, eva, tom in (("a", 1, 1), ("b", 2, 3), ("c", 6, 7), ("d", 7, 7)):
    ...     grid = grid.place(who, "money", eva, rater="eva").place(who, "money", tom, rater="tom")
    >>> grid.agreement(resamples=0).table[["alpha", "apart", "n"]].round(2).values.tolist()
    [[0.89, 0.5, 4.0]]
    """
    if metric not in ("ordinal", "interval"):
        raise CjmError(suggest(metric, ("ordinal", "interval"), what="metric"))
    if len(grid.raters) < 2:
        raise NotEnough(
            say(en="one rater only: agreement needs two", ru="кодировщик один: для согласия нужны двое"),
            why=say(
                en="a placement that nobody else would make describes the rater, not the person",
                ru="место, на которое человека не поставит никто другой, говорит о кодировщике, а не о человеке",
            ),
            action=say(
                en="let a second person place the same people without looking: placements/<name>.csv",
                ru="попросите второго человека расставить тех же людей, не подглядывая: placements/<имя>.csv",
            ),
            lane="personas",
        )
    rows, apart = [], []
    for v in grid.variables:
        each = grid.by_rater(v.id)
        paired = each[each.notna().sum(axis=1) >= 2]
        how = metric if v.kind == "range" else "nominal"
        got = alpha(
            each.to_numpy(), metric=how, clusters=np.arange(len(each)), resamples=resamples, seed=seed, level=level
        )
        gaps = pd.Series([_apart(row.dropna().tolist(), v.kind) for _, row in paired.iterrows()], index=paired.index)
        largest = POINTS - 1 if v.kind == "range" else 1
        mean = float(gaps.mean()) if len(gaps) else float("nan")
        value = float("nan") if got.value is None else got.value
        low, high = (float("nan") if x is None else x for x in (got.low, got.high))
        rows.append([v.id, v.name, v.kind, value, low, high, 1 - mean / largest, mean, len(paired), got.reason])
        for who in gaps.index[gaps > 0]:
            apart.append([who, v.id, float(gaps[who]), float(gaps[who]) / largest, *each.loc[who]])
    columns = ["variable", "name", "kind", "alpha", "low", "high", "weighted", "apart", "n", "reason"]
    differences = pd.DataFrame(apart, columns=["participant", "variable", "apart", "_share", *grid.raters])
    differences = differences.sort_values("_share", ascending=False, kind="stable").drop(columns="_share")
    return RaterAgreement(
        table=pd.DataFrame(rows, columns=columns), differences=differences.reset_index(drop=True), level=level
    )


def _apart(values: list[Any], kind: str) -> float:
    """Mean distance of all pairs of raters: points on a range, 0 or 1 on a choice."""
    pairs = [(a, b) for i, a in enumerate(values) for b in values[:i]]
    return float(np.mean([abs(a - b) if kind == "range" else float(a != b) for a, b in pairs]))
