"""Data of ranked barriers: the table, the codings behind it, and who was asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cjmkit.coding import corrected_on
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.printed import Printing
from cjmkit.core.result import Figure, Result
from cjmkit.i18n import current_language, number, say

__all__ = ["BarriersData", "effect_text"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BarriersData(Result):
    """Barriers in rank order; see :func:`cjmkit.barriers.rank` for the columns of `table`.

    Attributes
    ----------
    table : DataFrame
        A row a barrier.
    ranked_by : str
        What ranks: lost, drop-off, severity or frequency.
    level : float
        Confidence level.
    warnings : tuple of str
        What a reader should know.
    mentions : DataFrame
        The codings behind it.
    people : tuple of str
        Everybody interviewed: the base of the shares.
    touchpoints : DataFrame or None
        stage, touchpoint, channel, owner.
    titles : mapping
        Titles of the stages.
    """

    table: pd.DataFrame
    ranked_by: str = "frequency"
    level: float = 0.95
    warnings: tuple[str, ...] = ()
    mentions: pd.DataFrame
    people: tuple[str, ...]
    touchpoints: pd.DataFrame | None = None
    titles: dict[str, str] | None = None

    _key = ("barrier",)
    _figure = Figure(value="share", method="Wilson", percent=True)
    _shown = ("rank", "title", "share", "n", "stages", "valence", "effect", "owner", "first")
    _percent = ("share", "first")
    _digits = 1
    _names = {
        "title": ("barrier", "барьер"),
        "share": ("named by", "назвали"),
        "stages": ("stages", "этапы"),
        "valence": ("valence", "эмоция"),
        "effect": ("goes with failing", "связь с неудачей"),
        "first": ("first in draws", "первый в повторах"),
    }

    def _evidence_of(self, row: Any) -> SurveyFigure:
        return SurveyFigure(
            survey="codings",
            item=str(row["barrier"]),
            question=str(row["title"]),
            statistic="share of people who named it",
            estimate=self._estimate_of(row)
            if not row["corrected"]
            else self._estimate_of(row).replace(method=corrected_on(int(row["corrected"]))),
        )

    def _table_shown(self) -> pd.DataFrame:
        lang = current_language()
        titles = self.titles or {}
        rows = self.table.to_dict("records")
        return self.table.assign(
            stages=[", ".join(titles.get(t, t) for t in r["stages"].split(", ")) for r in rows],
            effect=[self._effect_cell(r, lang) for r in rows],
            owner=[r["owner"] or "—" for r in rows],
        )

    def _effect_cell(self, row: Any, lang: str) -> str:
        """What is said once, in the head and below the table, is not said again in every row."""
        text = effect_text(row, lang).lstrip(",; ").partition(" (")[0]
        return (text.partition("× ")[2] if self._only_odds else text) or "—"

    @property
    def _only_odds(self) -> bool:
        return set(self.table["effect_kind"]) <= {"odds ratio", ""}

    def _printing(self) -> Printing:
        how = super()._printing()
        odds = {"effect": ("odds of failing ×", "шансы неудачи ×")} if self._only_odds else {}
        return replace(how, heads={**how.heads, **odds})


def effect_text(r: Any, lang: str) -> str:
    """How a barrier goes with failing, as the tail of a sentence; empty where nothing is known."""
    if r["effect"] != r["effect"]:
        return ""
    sep = "; " if lang == "ru" else ", "
    percent = r["effect_kind"] == "drop-off"
    digits = 0 if percent else 1 if r["effect"] >= 1 else 2
    value, low, high = (
        number(r[k], digits, percent=percent, lang=lang) for k in ("effect", "effect_low", "effect_high")
    )
    if percent:
        return say(
            en=f", its stage loses {value} [{low}{sep}{high}]",
            ru=f", этап теряет {value} [{low}{sep}{high}]",
            lang=lang,
        )
    return say(
        en=f", odds of failing × {value} [{low}{sep}{high}] (association, not cause)",
        ru=f", шансы неудачи × {value} [{low}{sep}{high}] (связь, не причина)",
        lang=lang,
    )
