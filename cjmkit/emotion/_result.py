"""Curve: what :func:`cjmkit.emotion.curve` returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.journey import EmotionPoint
from cjmkit.emotion._estimator import Fit, fit
from cjmkit.emotion._html import paragraphs, remarks, table_html
from cjmkit.emotion._intervals import score_limits
from cjmkit.emotion._scores import SOURCES
from cjmkit.emotion._words import curve_words, reason_words, source_title
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, number, say

__all__ = ["Curve", "peak_end_value"]


def peak_end_value(moments: Any, *, neutral: float = 0.0) -> float:
    """Mean of the most intense moment and the last one: what is remembered of an episode.

    Parameters
    ----------
    moments : sequence of float
        How it felt, in order; missing moments are skipped.
    neutral : float
        The value from which intensity is measured. Of equally intense moments the later one counts.

    Notes
    -----
    Kahneman, Fredrickson, Schreiber and Redelmeier (1993). How long it lasted does not enter.

    Examples
    --------
    A patient whose pain peaks at 8 and ends at 7 remembers more of it than one whose pain peaks at 8 and ends at 1,
    even if the second examination lasted longer:

    >>> peak_end_value([2, 8, 5, 7]), peak_end_value([2, 8, 5, 4, 3, 1])
    (7.5, 4.5)
    """
    values = np.asarray(moments, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values):
        raise CjmError("a peak–end value needs at least one moment")
    peak = float(_extreme(values[None] - neutral)[0]) + neutral
    return (peak + float(values[-1])) / 2


@dataclass(frozen=True, eq=False, repr=False)
class Curve:
    """Emotion curves, one per persona and source.

    Attributes
    ----------
    table : DataFrame
        A row per persona, source and stage: persona, stage, (touchpoint,) title, source, mean, low, high (pointwise),
        band_low, band_high (hold for all stages of a curve at once), n (people), ratings, n_eff, shown, hollow,
        reason.
    level : float
        Confidence level.
    warnings : tuple of str
        What a reader should know.
    """

    table: pd.DataFrame
    level: float
    unit: str
    min_n: int
    small_n: int
    formed_from: bool
    warnings: tuple[str, ...]
    weights_reason: str = ""
    seed: int = 0
    _fits: dict[tuple[str, str], Fit] = field(default_factory=dict)
    _values: dict[tuple[str, str], npt.NDArray[np.float64]] = field(default_factory=dict)
    _people: dict[tuple[str, str], npt.NDArray[np.object_]] = field(default_factory=dict)
    _draws: dict[tuple[str, str], npt.NDArray[np.float64]] = field(default_factory=dict)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────
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
        """
        return _estimate(self._row(stage, persona, source, touchpoint), self.level)

    def points(self) -> tuple[EmotionPoint, ...]:
        """Points for ``Journey.with_emotion``; a gap has value None and says why."""
        if self.unit != "stage":
            raise CjmError("a journey's curve has one point a stage; this curve was made with unit='touchpoint'")
        out = []
        for row in self.table.to_dict("records"):
            if row["source"] not in SOURCES:
                raise CjmError(suggest(row["source"], SOURCES, what="source of an emotion point"))
            cited = (self._figure(row),) if row["shown"] and row["source"] != "researcher" else ()
            out.append(
                EmotionPoint(
                    stage=row["stage"],
                    persona=row["persona"],
                    source=row["source"],
                    estimate=_estimate(row, self.level),
                    evidence=cited,
                )
            )
        return tuple(out)

    def line(self, points: int = 24) -> pd.DataFrame:
        """The curve between the stages, for drawing.

        Monotone cubic interpolation (PCHIP; Fritsch and Butland 1984) through the stage means and the limits: it
        makes no peak where no stage has one. The line breaks at a gap.

        Parameters
        ----------
        points : int
            Points drawn from one stage to the next.

        Returns
        -------
        DataFrame
            persona, source, piece (number of the unbroken stretch), x (place of the stage, from 0), mean, low, high,
            band_low, band_high.
        """
        from scipy.interpolate import PchipInterpolator

        columns = ["mean", "low", "high", "band_low", "band_high"]
        parts = []
        for persona, source, part in self._curves():
            shown = np.flatnonzero(part["shown"].to_numpy())
            for piece, at in enumerate(np.split(shown, np.flatnonzero(np.diff(shown) > 1) + 1)):
                if len(at) < 2:
                    continue
                x = np.linspace(at[0], at[-1], (len(at) - 1) * points + 1)
                values = {c: _through(PchipInterpolator, at, part[c].to_numpy(dtype=float)[at], x) for c in columns}
                parts.append(pd.DataFrame({"persona": persona, "source": source, "piece": piece, "x": x, **values}))
        if not parts:
            return pd.DataFrame(columns=["persona", "source", "piece", "x", *columns])
        return pd.concat(parts, ignore_index=True)

    def peak_end(self) -> pd.DataFrame:
        """Best and worst moment, end, and the peak–end value of each curve.

        The peak is the stage whose mean is farthest from neutral; both signs are listed. Peak–end is
        ``(peak + end) / 2`` (Kahneman et al. 1993) with the stages held fixed. `probability` says how often that stage
        comes out best, worst or farthest when people are drawn anew: a peak that changes its place is no finding.

        Returns
        -------
        DataFrame
            persona, source, what (best, worst, peak, end, peak_end), stage, value, low, high, n, probability.
        """
        rows: list[dict[str, Any]] = []
        for persona, source, part in self._curves():
            shown = np.flatnonzero(part["shown"].to_numpy())
            if not len(shown):
                continue
            part = part.reset_index(drop=True)
            mean = part["mean"].to_numpy(dtype=float)[shown]
            draws = self._draws[persona, source][:, shown]
            end = shown[-1]
            found = {
                "best": (int(mean.argmax()), draws.argmax(axis=1)),
                "worst": (int(mean.argmin()), draws.argmin(axis=1)),
                "peak": (int(np.abs(mean).argmax()), np.abs(draws).argmax(axis=1)),
            }
            for what, (at, often) in found.items():
                row = part.loc[shown[at]]
                rows.append(_moment(row, persona, source, what, float((often == at).mean()), self.unit))
            rows.append(_moment(part.loc[end], persona, source, "end", np.nan, self.unit))
            peak = shown[found["peak"][0]]
            one = self._fits[persona, source].influence
            value = float(mean[found["peak"][0]] + mean[-1]) / 2
            n = int(min(part.loc[peak, "n"], part.loc[end, "n"]))
            se = float(np.sqrt((((np.nan_to_num(one[:, peak]) + np.nan_to_num(one[:, end])) / 2) ** 2).sum()))
            limits = score_limits(np.array([value]), np.array([se or np.nan]), 2.0 * (n - 1), level=self.level)
            low, high = float(limits[0][0]), float(limits[1][0])
            rows.append(
                {
                    "persona": persona,
                    "source": source,
                    "what": "peak_end",
                    "stage": f"{_name(part.loc[peak], self.unit)} + {_name(part.loc[end], self.unit)}",
                    "value": value,
                    "low": low,
                    "high": high,
                    "n": n,
                    "probability": np.nan,
                }
            )
        columns = ["persona", "source", "what", "stage", "value", "low", "high", "n", "probability"]
        return pd.DataFrame(rows, columns=columns)

    def people_peak_end(self) -> pd.DataFrame:
        """Peak–end value of each person, averaged: what people will remember, by the peak–end rule.

        Only people who rated the last shown stage and one more count.

        Returns
        -------
        DataFrame
            persona, source, value, low, high, n.
        """
        rows = []
        for persona, source, part in self._curves():
            y = self._values[persona, source]
            shown = np.flatnonzero(part["shown"].to_numpy())
            if not len(shown):
                continue
            y = y[:, shown]
            y = y[~np.isnan(y[:, -1]) & ((~np.isnan(y)).sum(axis=1) > 1)]
            value = _extreme(y) / 2 + y[:, -1] / 2
            one = fit(value[:, None])
            low, high = score_limits(one.mean, one.se, 2.0 * (one.n - 1), level=self.level)
            rows.append((persona, source, one.mean[0], low[0], high[0], int(one.n[0])))
        return pd.DataFrame(rows, columns=["persona", "source", "value", "low", "high", "n"])

    def _curves(self) -> Iterator[tuple[str, str, pd.DataFrame]]:
        for (persona, source), part in self.table.groupby(["persona", "source"], sort=False):
            yield str(persona), str(source), part

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences per curve: worst and best stage with intervals and n."""
        return curve_words(self, current_language(lang))

    def disagreements(self) -> pd.DataFrame:
        """Stages where two sources say different things about the same persona.

        The difference of two sources with a whole-curve interval (Bonferroni), people with both counted as pairs.
        Text tone has no common zero with ratings, so a pair with text is compared by shape: each curve less its own
        average over the stages that both show.

        Returns
        -------
        DataFrame
            persona, stage, source_a, source_b, difference (b − a), low, high, n_a, n_b, by ("level" or "shape"),
            disagree.
        """
        from cjmkit.emotion._difference import source_gaps

        return source_gaps(self)

    def _repr_html_(self) -> str:
        shown = self.table.assign(mean=[number(m, 2) + (" ○" if h else "") for m, h in _marks(self.table)])
        columns = ["persona", "title", "touchpoint", "source", "mean", "n"]
        columns = columns if self.personas != ("",) else columns[1:]
        return paragraphs(self.summary()) + table_html(shown, columns) + remarks(self.warnings)

    def __repr__(self) -> str:
        return self.summary()

    def _evidence_(
        self, *, stage: str, persona: str = "", source: str | None = None, touchpoint: str = ""
    ) -> SurveyFigure:
        return self._figure(self._row(stage, persona, source, touchpoint))

    def _figure(self, row: Any) -> SurveyFigure:
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
            estimate=_estimate(row, self.level),
        )

    def _row(self, stage: str, persona: str, source: str | None, touchpoint: str) -> Any:
        table = self.table
        if persona not in self.personas:
            raise CjmError(suggest(persona, self.personas, what="persona of this curve"))
        if source is None:
            if len(self.sources) > 1:
                raise CjmError(f"this curve has several sources; say source= one of {', '.join(self.sources)}")
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
        return table[hit].iloc[0].to_dict()


def _marks(table: pd.DataFrame) -> Iterator[tuple[float, bool]]:
    yield from zip(table["mean"], table["hollow"], strict=True)


def _estimate(row: Any, level: float) -> Estimate:
    gap = not row["shown"]
    return Estimate(
        value=None if gap else row["mean"],
        low=None if gap else row["low"],
        high=None if gap else row["high"],
        n=int(row["n"]),
        level=level,
        method="random intercept, jackknife" if not row["reason"] or gap else row["reason"],
        reason=reason_words(row["reason"]),
    )


def _through(interpolator: Any, at: npt.NDArray[np.int64], values: npt.NDArray[np.float64], x: Any) -> Any:
    return interpolator(at, values)(x) if np.isfinite(values).all() else np.full(len(x), np.nan)


def _name(row: Any, unit: str) -> str:
    return str(row["stage"] if unit == "stage" else row["touchpoint"])


def _moment(row: Any, persona: Any, source: Any, what: str, probability: float, unit: str) -> dict[str, Any]:
    return {
        "persona": persona,
        "source": source,
        "what": what,
        "stage": _name(row, unit),
        "value": row["mean"],
        "low": row["low"],
        "high": row["high"],
        "n": int(row["n"]),
        "probability": probability,
    }


def _extreme(y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each person's value farthest from neutral; of equally far ones the later, which is fresher in memory."""
    if not len(y):
        return np.empty(0)
    far = np.where(np.isnan(y), -1.0, np.abs(y))
    at = far.shape[1] - 1 - far[:, ::-1].argmax(axis=1)
    out: npt.NDArray[np.float64] = y[np.arange(len(y)), at]
    return out
