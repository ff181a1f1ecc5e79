"""The result of scoring, and the cautions that go with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.errors import CjmError
from cjmkit.i18n import say
from cjmkit.survey import _kinds
from cjmkit.survey._result import SMALL, Shown, pick
from cjmkit.survey.items import Item
from cjmkit.survey.model import Survey

__all__ = ["Score"]


@dataclass(frozen=True, repr=False)
class Score(Shown):
    """One or more figures of a survey.

    Attributes
    ----------
    kind : str
        What was computed, one of `KINDS`; ``"all"`` for every item at once.
    items : tuple of str
        The columns behind it.
    question : str
        Their wording.
    table : pandas.DataFrame
        One row a figure: `item` or `group` or `option`, then value, low, high, n and what belongs to the kind. Shares
        lie on 0 to 1, NPS on −100 to 100.
    overall : Estimate or None
        The figure for everybody; None where there are several (all items, options).
    distribution : pandas.DataFrame
        answer, n, share; with the rows "coded as no answer" and "blank" it adds up to the people of the survey.
    details : dict
        Further numbers of the kind, for example ``cochran_q`` or ``kendall_w``.
    by : str
        What the groups are; empty without groups.
    base : str
        For multi-selects, whose share it is: answering, asked or choices.
    warnings : tuple of str
        What a careful reader should know.
    """

    survey: str
    kind: str
    items: tuple[str, ...]
    question: str
    table: pd.DataFrame
    overall: Estimate | None = None
    distribution: pd.DataFrame = field(default_factory=pd.DataFrame)
    details: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    base: str = ""
    scale: tuple[Any, ...] = ()
    weighted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def estimate(self) -> Estimate:
        """The figure for everybody.

        Raises
        ------
        CjmError
            If there are several figures; they are in `table`.
        """
        if self.overall is None:
            raise CjmError(f"this score holds {len(self.table)} figures; see .table, or cite one of its rows")
        return self.overall

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        return _kinds.sentence(self, lang)

    def _evidence_(self, **which: Any) -> SurveyFigure:
        where = ""
        if not which and self.overall is not None:
            estimate = self.overall
            item = self.items
        else:
            row = pick(self.table, which, what="score")
            estimate = _estimate_of(row, unit="people")
            item = (str(row["item"]),) if "item" in self.table.columns else self.items
            named = [c for c in ("group", "option", "answer") if c in self.table.columns and c in which]
            where = "; ".join(f"{self.by if c == 'group' and self.by else c}: {row[c]}" for c in named)
        return SurveyFigure(
            survey=self.survey,
            item=", ".join(item),
            question=self.question,
            where=where,
            statistic=_kinds.statistic_name(self.kind, self.scale) + (", weighted" if self.weighted else ""),
            estimate=estimate,
        )


def _estimate_of(row: pd.Series, unit: str = "people") -> Estimate:
    return Estimate(
        value=row["value"],
        low=row["low"],
        high=row["high"],
        n=int(row["n"]),
        unit=unit,
        method=str(row.get("method", "")),
    )


def _figure(
    kind: str, x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float
) -> dict[str, Any]:
    """Value, interval and n of one group of people; `x` holds one number a person, NaN for no answer."""
    return _kinds.FIGURES[kind](x, w, it, top, level)


def _warn(survey: Survey, it: Item, kind: str, x: np.ndarray, w: np.ndarray | None, values: pd.Series) -> list[str]:
    notes = []
    n = int((~np.isnan(x)).sum())
    if n < SMALL:
        notes.append(say(en=f"only {n} people answered", ru=f"ответили всего {n} чел."))
    if kind == "nps" and it.ends == (1.0, 10.0):
        notes.append(
            say(
                en="asked on 1 to 10: not comparable with NPS asked on 0 to 10",
                ru="шкала 1–10: с NPS по шкале 0–10 сравнивать нельзя",
            )
        )
    coded = int((survey._frame[it.item].notna().to_numpy()[survey.counted] & np.isnan(x)).sum()) if kind != "sus" else 0
    if coded > 0.2 * survey.n:
        notes.append(
            say(
                en=f"{coded} of {survey.n} people gave no rating (not applicable, don't know or off the scale)",
                ru=f"{coded} из {survey.n} чел. не поставили оценку («не применимо», «не знаю» или вне шкалы)",
            )
        )
    if kind == "sus":
        partial = survey.n - n
        if partial:
            notes.append(
                say(
                    en=f"{partial} people left out a statement and have no SUS score",
                    ru=f"у {partial} чел. нет балла SUS: пропущены утверждения",
                )
            )
    if w is not None:
        unweighted = int((np.isnan(w) & ~np.isnan(x)).sum())
        if unweighted:
            notes.append(
                say(
                    en=f"{unweighted} people have no weight and do not count",
                    ru=f"{unweighted} чел. без веса не учтены",
                )
            )
    return notes
