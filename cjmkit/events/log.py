"""EventLog: the journey that people really took; the one file that knows all questions to a log."""

from __future__ import annotations

from cjmkit.events.attribution import attribution
from cjmkit.events.behaviour import behaviour
from cjmkit.events.data import LogData
from cjmkit.events.dwell import dwell
from cjmkit.events.funnel import funnel
from cjmkit.events.paths import paths, step_matrix
from cjmkit.events.planned import planned_vs_actual
from cjmkit.events.prepare import prepare
from cjmkit.events.retention import retention
from cjmkit.events.sessions import sessions
from cjmkit.events.sources import sources
from cjmkit.events.stuck import stuck
from cjmkit.events.transitions import transitions

__all__ = ["EventLog"]


class EventLog(LogData):
    """A log of what people did: one row per event.

    Parameters
    ----------
    source : path, pandas / Polars / pyarrow frame, DuckDB relation, Spark DataFrame or Ibis table
        Where the log is. Files (``.csv``, ``.tsv``, ``.csv.gz``, ``.parquet``, a folder of Parquet, ``.jsonl``) are
        read by
        DuckDB inside this process; frames and tables are asked where they are, and only small results are fetched.
    user, time, event : str
        Columns with the person's id, the time and the name of what happened.
    channel : str, optional
        Column with the channel or traffic source.
    value : str, optional
        Column with a number, for example the order's sum.
    stages : mapping of str to str, optional
        Event to stage of the journey; several events may belong to one stage. The order in which stages are first
        named is their order.
    name : str
        The log's name in the study; evidence cites it.
    tz : str, optional
        Time zone of times that carry none, for example ``"Europe/Moscow"``; also the zone in which days and weeks are
        counted. Times with an offset are understood by themselves.
    order : str, optional
        Column that orders events of the same person at the same time; the row's place in the input by default.
    names : sequence of str, optional
        Column names of a CSV file without a header line.
    time_format : str, optional
        How times are written, as ``strptime`` has it, where it cannot be told from the values.
    drop_bad : bool
        Leave out rows whose time cannot be read (with a warning) instead of raising.
    engine : {"duckdb"}, optional
        Ask for DuckDB also for a small pandas frame or a Polars frame.
    memory_limit, threads : str, int, optional
        For DuckDB, for example ``"2GB"`` and 2.

    Raises
    ------
    CjmError
        If a column is missing, the log is empty, times cannot be read or mix zones; the message names what was found.

    Notes
    -----
    Rows of a person with the same time are common (1 to 50 % of rows in public logs) and engines order them as they
    like; here the place in the input decides, so that every engine gives the same answer.

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
    paths = paths
    planned_vs_actual = planned_vs_actual
    prepare = prepare
    retention = retention
    sessions = sessions
    sources = sources
    step_matrix = step_matrix
    stuck = stuck
    transitions = transitions
