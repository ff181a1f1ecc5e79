"""From curves to the map: its points, the line between them, and what people say of touchpoints."""

from __future__ import annotations

from cjmkit.core.course import EmotionPoint
from cjmkit.core.journey import Journey
from cjmkit.core.placed import PlacedTouchpoint
from cjmkit.emotion.data import CurveData
from cjmkit.emotion.scores import SOURCES
from cjmkit.errors import CjmError, suggest

__all__ = ["points", "rated_touchpoints"]


def points(curve: CurveData) -> tuple[EmotionPoint, ...]:
    """Points for ``Journey.with_emotion``; a gap has value None and says why.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> scores = pd.DataFrame({"participant": list("abcd") * 2, "stage": ["search"] * 4 + ["deal"] * 4,
    ...                        "score": [1, 2, 1, 0, -1, 0, -2, -1]})
    >>> mood = cj.emotion.curve(scores, stages=["search", "deal"])
    >>> [(p.stage, p.estimate.value, p.estimate.n) for p in mood.points()]
    [('search', 1.0, 4), ('deal', -1.0, 4)]
    """
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

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> scores = pd.DataFrame({"participant": list("abcd") * 2, "stage": ["search"] * 4 + ["deal"] * 4,
    ...                        "score": [1, 2, 1, 0, -1, 0, -2, -1]})
    >>> journey = cj.Journey.from_framework("aida", title="Tea").with_touchpoint("action", "Chat")
    >>> rated = scores.replace({"search": "interest", "deal": "action"}).assign(touchpoint="Chat")
    >>> found = cj.emotion.rated_touchpoints(journey, cj.emotion.curve(rated, stages=journey, unit="touchpoint"))
    >>> [(t.stage, t.touchpoint.text, t.touchpoint.evidence[0].estimate.value) for t in found]
    [('action', 'Chat', -1.0)]
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
