"""Data of emotion curves: the table and what its uncertainty rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.caution import unpacked
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Result
from cjmkit.emotion._estimator import Fit
from cjmkit.emotion._words import reason_words, source_title
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import number, say

__all__ = ["CurveData", "Weights"]

SMALL_N = 10  # below it a point is drawn hollow


@dataclass(frozen=True)
class Weights:
    """How much each person counts in a curve, and why.

    Parameters
    ----------
    values : Series
        Weight of each person (index participant), from 0 up, on any scale.
    reason : str
        Why people are weighted, in words: weights change what a curve says, so the reason is shown with it.

    Raises
    ------
    CjmError
        If there is no reason.

    Examples
    --------
    >>> Weights(pd.Series({"anna": 1.0, "boris": 2.0}), "half as many men answered as live there").reason
    'half as many men answered as live there'
    """

    values: pd.Series
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise CjmError(
                en="weights change what the curve says; give the reason in words, it is shown with the curve",
                ru="веса меняют то, что говорит кривая; назовите причину словами, она стоит рядом с кривой",
            )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CurveData(Result):
    """Emotion curves, one per persona and source.

    Attributes
    ----------
    table : DataFrame
        A row per persona, source and stage: persona, stage, (touchpoint,) title, source, mean, low, high (pointwise),
        band_low, band_high (hold for all stages of a curve at once), answered (mean of those who answered), left (share
        who answered before and nothing from here on), n (people), ratings, n_eff, shown, hollow, reason, survey, items,
        cautions.
    level : float
        Confidence level.
    unit : str
        What a point is: stage or touchpoint.
    min_n, small_n : int
        Fewer people than this are a gap, or a hollow point.
    formed_from : bool
        Whether the ratings helped to form the personas.
    warnings : tuple of str
        What a reader should know.
    values, people : mapping
        For each (persona, source): one value per person and stage (P, S), and who the people are (P,).
    resampled : mapping
        For each (persona, source): stage means with people drawn anew (draws, S).
    """

    table: pd.DataFrame
    level: float = 0.95
    unit: str = "stage"
    min_n: int = 3
    small_n: int = SMALL_N
    formed_from: bool = False
    warnings: tuple[str, ...] = ()
    values: Mapping[tuple[str, str], npt.NDArray[np.float64]] = field(default_factory=dict)
    people: Mapping[tuple[str, str], npt.NDArray[np.object_]] = field(default_factory=dict)
    resampled: Mapping[tuple[str, str], npt.NDArray[np.float64]] = field(default_factory=dict)
    fits: Mapping[tuple[str, str], Fit] = field(default_factory=dict)

    _names = {"mean": ("mean", "среднее")}

    @property
    def personas(self) -> tuple[str, ...]:
        """Personas, in the order of the table; ``("",)`` for everybody together."""
        return tuple(dict.fromkeys(self.table["persona"]))

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources, in the order of the table."""
        return tuple(dict.fromkeys(self.table["source"]))

    @property
    def stages(self) -> tuple[str, ...]:
        """Stage ids in the order of the journey."""
        return tuple(dict.fromkeys(self.table["stage"]))

    def estimate(self, stage: str, *, persona: str = "", source: str | None = None, touchpoint: str = "") -> Estimate:
        """One point of the curve as an Estimate.

        Raises
        ------
        CjmError
            If there is no such stage, persona or source.

        Examples
        --------
        >>> from cjmkit import emotion
        >>> scores = pd.DataFrame({"participant": list("abcd"), "stage": "deal", "score": [-1, 0, -2, -1]})
        >>> print(emotion.curve(scores).estimate("deal"))
        −1.00 [−1.65, 0.15], n = 4 people
        """
        return self._estimate_of(self._row(stage, persona, source, touchpoint))

    def curves(self) -> Iterator[tuple[str, str, pd.DataFrame]]:
        """Persona, source and rows of each curve, in the order of the table.

        Examples
        --------
        >>> from cjmkit import emotion
        >>> scores = pd.DataFrame({"participant": list("abcd"), "stage": "deal", "score": [-1, 0, -2, -1]})
        >>> [(persona, source, len(part)) for persona, source, part in emotion.curve(scores).curves()]
        [('', 'survey', 1)]
        """
        for (persona, source), part in self.table.groupby(["persona", "source"], sort=False):
            yield str(persona), str(source), part

    def _table_shown(self) -> pd.DataFrame:
        shown = self.table.assign(source=[source_title(str(s)) for s in self.table["source"]])
        if shown["hollow"].any():
            marked = zip(shown["n"], shown["hollow"], strict=True)
            shown["n"] = [number(n, 0) + (" ○" if few else "") for n, few in marked]
        return shown

    @property
    def _shown(self) -> tuple[str, ...]:  # type: ignore[override]
        columns = ("title", "touchpoint", "source", "mean", "n")
        return columns if self.personas == ("",) else ("persona", *columns)

    def _estimate_of(self, row: Any) -> Estimate:
        gap = not row["shown"]
        return Estimate(
            value=None if gap else row["mean"],
            low=None if gap else row["low"],
            high=None if gap else row["high"],
            n=int(row["n"]),
            level=self.level,
            method="random intercept, jackknife" if not row["reason"] or gap else row["reason"],
            reason=reason_words(row["reason"]),
        )

    def _evidence_(
        self, *, stage: str, persona: str = "", source: str | None = None, touchpoint: str = ""
    ) -> SurveyFigure:
        return self._evidence_of(self._row(stage, persona, source, touchpoint))

    def _evidence_of(self, row: Any) -> SurveyFigure:
        where = [f"stage = {row['stage']}"]
        if row.get("touchpoint"):
            where.append(f"touchpoint = {row['touchpoint']}")
        if row["persona"]:
            where.append(f"persona = {row['persona']}")
        return SurveyFigure(
            survey=str(row.get("survey") or f"scores: {row['source']}"),
            item=str(row.get("items") or "score"),
            question=source_title(str(row["source"])),
            where=", ".join(where),
            statistic=say(en="mean emotion (−2 to 2)", ru="средняя эмоция (от −2 до 2)"),
            estimate=self._estimate_of(row),
            cautions=unpacked(str(row.get("cautions") or "")),
        )

    def _row(self, stage: str, persona: str = "", source: str | None = None, touchpoint: str = "") -> dict[str, Any]:
        table = self.table
        if persona not in self.personas:
            raise CjmError(suggest(persona, self.personas, what="persona of this curve"))
        if source is None:
            if len(self.sources) > 1:
                raise CjmError(
                    en=f"this curve has several sources; say source= one of {', '.join(self.sources)}",
                    ru=f"у кривой несколько источников; скажите source= — один из {', '.join(self.sources)}",
                )
            source = self.sources[0]
        if source not in self.sources:
            raise CjmError(suggest(source, self.sources, what="source of this curve"))
        if stage not in self.stages:
            raise CjmError(suggest(stage, self.stages, what="stage of this curve"))
        hit = (table["persona"] == persona) & (table["source"] == source) & (table["stage"] == stage)
        if self.unit == "touchpoint":
            hit &= table["touchpoint"] == touchpoint
            if not hit.any():
                known = table.loc[table["stage"] == stage, "touchpoint"].unique()
                raise CjmError(suggest(touchpoint, known, what=f"touchpoint of stage {stage!r}"))
        return {str(k): v for k, v in table[hit].iloc[0].to_dict().items()}
