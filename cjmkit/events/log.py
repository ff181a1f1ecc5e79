"""EventLog: a log with all its questions. The only file that knows them all."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from cjmkit.events._duck import is_prepared
from cjmkit.events.attribution import attribution
from cjmkit.events.behaviour import behaviour
from cjmkit.events.data import LogData
from cjmkit.events.dwell import dwell
from cjmkit.events.funnel import funnel
from cjmkit.events.outcomes import outcomes
from cjmkit.events.passes import passes
from cjmkit.events.paths import paths, step_matrix
from cjmkit.events.planned import planned_vs_actual
from cjmkit.events.prepare import prepare
from cjmkit.events.reading.export import open_export
from cjmkit.events.reading.layout import ReadOptions
from cjmkit.events.retention import retention
from cjmkit.events.script import sql
from cjmkit.events.sessions import sessions
from cjmkit.events.sources import sources
from cjmkit.events.stuck import stuck
from cjmkit.events.transitions import transitions
from cjmkit.files import reading

__all__ = ["EventLog", "read"]

_ENDINGS = re.compile(
    r"(\.(json|jsonl|ndjson|jsonocel|csv|tsv|txt|log|parquet|pq|xes|xml|sqlite|db|zip|gz|zst|xlsx))+$", re.I
)


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
    passes = passes
    paths = paths
    planned_vs_actual = planned_vs_actual
    prepare = prepare
    retention = retention
    sessions = sessions
    sources = sources
    sql = sql
    step_matrix = step_matrix
    stuck = stuck
    transitions = transitions


def read(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    user: str | None = None,
    event: str | None = None,
    channel: str | None = None,
    stage_of: Mapping[str, str] | None = None,
    tz: str | None = None,
    name: str | None = None,
    options: ReadOptions | None = None,
) -> EventLog:
    r"""Open what another tool wrote: the format, and the part that each field plays, are found by what is in the file.

    Parameters
    ----------
    path : path
        A file (also packed), a zip or a folder of parts: XES, OCEL 2.0, tables of pm4py, Disco and Celonis, Amplitude,
        Mixpanel, PostHog, Segment, RudderStack, Snowplow, GA4 (BigQuery), Matomo, Yandex.Metrica and AppMetrica (Logs
        API), AppsFlyer, Heap, access logs, orders of shops, a log that ``prepare`` wrote, or any table (XLSX too) whose
        columns have usual names.
    format : str, optional
        Where recognition is not wanted: xes, ocel, mining-table, amplitude, mixpanel, posthog, segment, ga4, metrica,
        snowplow, matomo, heap, shopify, woocommerce, weblog, w3c, appmetrica, appsflyer, or table.
    user, event, channel : str, optional
        Fields that play another part than the reader would think.
    stage_of, tz, name
        As for :class:`EventLog`; the name is the file's by default.
    options : ReadOptions, optional
        What to do with double events, robots, test users, joined ids and clocks; which object type of an OCEL are the
        people; names of Metrica's goals.

    Returns
    -------
    EventLog
        With ``log.report``: format, parts with their reasons, and a count of everything that was met or left out. Other
        fields stay as groups: ``log.funnel(steps, by="platform")``.

    Raises
    ------
    FileFormatError
        If the file is broken, nothing tells who did what when, or several columns could be the time.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "export.json")
    >>> row = '{"amplitude_id":7,"device_id":"d1","user_id":%s,"event_type":"%s","event_time":"2026-03-01 10:0%d:00"}'
    >>> _ = path.write_text(row % ("null", "open", 1) + "\n" + row % ('"ann"', "pay", 2))
    >>> log = read(path)
    >>> log.report.format, log.n_people, log.report.counts["rows moved to a known person"]
    ('Amplitude', 1, 1)
    """
    path = Path(path)
    name = name or _ENDINGS.sub("", path.name) or path.name
    if is_prepared(path):
        return EventLog(path, name=name, tz=tz, stage_of=stage_of)
    options = options or ReadOptions()
    given = {"user": user, "time": options.time, "event": event, "channel": channel}
    with reading(path):
        opened = open_export(path, format=format, given=given, tz=tz, options=options)
    return EventLog(opened, name=name, tz=tz, stage_of=stage_of)
