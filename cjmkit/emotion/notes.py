"""From curves to the map: its points, the line between them, and what people say of touchpoints."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.course import EmotionPoint
from cjmkit.core.journey import Journey
from cjmkit.core.placed import PlacedTouchpoint
from cjmkit.emotion.data import CurveData
from cjmkit.emotion.scores import SOURCES
from cjmkit.errors import CjmError, suggest

__all__ = ["line", "points", "rated_touchpoints"]


def points(curve: CurveData) -> tuple[EmotionPoint, ...]:
    """Points for ``Journey.with_emotion``; a gap has value None and says why."""
    if curve.unit != "stage":
        raise CjmError(
            en="a journey's curve has one point a stage; this curve was made with unit='touchpoint'",
            ru="на пути у кривой одна точка на этап; эта кривая построена с unit='touchpoint'",
        )
    out = []
    for row in curve.table.to_dict("records"):
        if row["source"] not in SOURCES:
            raise CjmError(suggest(row["source"], SOURCES, what="source of an emotion point"))
        cited = (curve._evidence_of(row),) if row["shown"] and row["source"] != "researcher" else ()
        out.append(
            EmotionPoint(
                stage=row["stage"],
                persona=row["persona"],
                source=row["source"],
                estimate=curve._estimate_of(row),
                evidence=cited,
            )
        )
    return tuple(out)


def line(curve: CurveData, points: int = 24) -> pd.DataFrame:
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
    for persona, source, part in curve.curves():
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


def rated_touchpoints(journey: Journey, curve: CurveData) -> tuple[PlacedTouchpoint, ...]:
    """Add people's ratings of the touchpoints to the evidence of the touchpoints on a map.

    Parameters
    ----------
    journey : Journey
        Its touchpoints are matched by stage and name.
    curve : Curve
        Of everybody, made with ``unit="touchpoint"``.

    Returns
    -------
    tuple of PlacedTouchpoint
        The touchpoints that were rated; :meth:`cjmkit.Journey.with_touchpoints` puts them in the place of the old
        ones.

    Raises
    ------
    CjmError
        If the curve is one of stages.
    """
    table = curve.table
    if "touchpoint" not in table.columns:
        raise CjmError(
            en='this curve is one of stages; make it with unit="touchpoint" from scores of touchpoints',
            ru='это кривая этапов; постройте её с unit="touchpoint" по оценкам точек контакта',
        )
    rated = {(r["stage"], str(r["touchpoint"]).casefold()): r for r in table.to_dict("records") if r["n"] > 0}
    out = []
    for stage in journey.stages:
        for t in stage.touchpoints:
            row = rated.get((stage.id, t.name.casefold()))
            if row is None:
                continue
            figure = curve._evidence_(stage=stage.id, touchpoint=row["touchpoint"])
            kept = tuple(e for e in t.evidence if e.id != figure.id)
            out.append(PlacedTouchpoint(stage.id, t.replace(evidence=(*kept, figure))))
    return tuple(out)


def _through(interpolator: Any, at: npt.NDArray[np.int64], values: npt.NDArray[np.float64], x: Any) -> Any:
    return interpolator(at, values)(x) if np.isfinite(values).all() else np.full(len(x), np.nan)
