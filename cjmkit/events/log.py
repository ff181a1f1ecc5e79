"""EventLog: a log with all its questions. The only file that knows them all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cjmkit.events._duck import is_prepared
from cjmkit.events.attribution import attribution
from cjmkit.events.behaviour import behaviour
from cjmkit.events.data import LogData
from cjmkit.events.dwell import dwell
from cjmkit.events.funnel import funnel
from cjmkit.events.outcomes import outcomes
from cjmkit.events.paths import paths, step_matrix
from cjmkit.events.planned import planned_vs_actual
from cjmkit.events.prepare import prepare
from cjmkit.events.readers import open_export
from cjmkit.events.retention import retention
from cjmkit.events.sessions import sessions
from cjmkit.events.sources import sources
from cjmkit.events.stuck import stuck
from cjmkit.events.transitions import transitions

__all__ = ["EventLog", "read"]


class EventLog(LogData):
    """A log of what people did, with all its questions; the parameters are those of :class:`LogData`.

    Examples
    --------
    >>> import pandas as pd
    >>> log = EventLog(
    ...     pd.DataFrame(
    ...         {
    ...             "who": ["a", "a", "b", "b", "b", "c"],
    ...             "when": pd.to_datetime(["2026-03-01"] * 6) + pd.to_timedelta([0, 5, 0, 3, 9, 1], "min"),
    ...             "what": ["visit", "form", "visit", "visit", "form", "visit"],
    ...         }
    ...     ),
    ...     user="who",
    ...     time="when",
    ...     event="what",
    ... )
    >>> log
    <EventLog 'events': 6 events of 3 people, 2 kinds, 2026-03-01 to 2026-03-01, on pandas>
    >>> log.funnel(["visit", "form"]).table[["step", "users", "conversion"]].round(2)
        step  users  conversion
    0  visit      3         NaN
    1   form      2        0.67
    """

    attribution = attribution
    behaviour = behaviour
    dwell = dwell
    funnel = funnel
    outcomes = outcomes
    paths = paths
    planned_vs_actual = planned_vs_actual
    prepare = prepare
    retention = retention
    sessions = sessions
    sources = sources
    step_matrix = step_matrix
    stuck = stuck
    transitions = transitions


def read(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    user: str | None = None,
    time: str | None = None,
    event: str | None = None,
    channel: str | None = None,
    goals: Mapping[Any, str] | None = None,
    tz: str | None = None,
    name: str | None = None,
) -> EventLog:
    """Open an export."""
    path = Path(path)
    given = {"user": user, "time": time, "event": event, "channel": channel}
    name = name or path.name.split(".")[0]
    if is_prepared(path):
        return EventLog(path, name=name, tz=tz)
    return EventLog(open_export(path, format=format, given=given, goals=goals or {}, tz=tz), name=name, tz=tz)
