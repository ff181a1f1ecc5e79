"""From ratings of touchpoints to the touchpoints of a map."""

from __future__ import annotations

from cjmkit.core.journey import Journey
from cjmkit.core.placed import PlacedTouchpoint
from cjmkit.emotion._result import Curve
from cjmkit.errors import CjmError

__all__ = ["rated_touchpoints"]


def rated_touchpoints(journey: Journey, curve: Curve) -> tuple[PlacedTouchpoint, ...]:
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
        raise CjmError('this curve is one of stages; make it with unit="touchpoint" from scores of touchpoints')
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
