"""The queries behind a question, as text: for reading, for review, and to schedule them where the data is."""

from __future__ import annotations

import copy
import dataclasses
import re
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, one_of
from cjmkit.events._duck import text
from cjmkit.events.data import LogData

__all__ = ["sql"]

_VERBS = ("attribution", "behaviour", "dwell", "funnel", "outcomes", "paths", "retention", "sessions", "sources",
          "step_matrix", "stuck", "transitions")  # fmt: skip


class _Recorder:
    """An engine that notes what it is asked, and asks the engine behind it."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.results = engine, 0
        self.script: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def _text(self, frame: Any) -> str:
        native = frame.to_native()
        if hasattr(native, "sql_query"):
            return str(native.sql_query()).strip()
        import ibis

        return str(ibis.to_sql(native)).strip()

    def cache(self, frame: Any) -> Any:
        """Note a table that several queries use."""
        said, out = self._text(frame), self.engine.cache(frame)
        found = re.findall(r"\bcjm_\d+\b", self._text(out))
        if found and found[-1] not in said:
            self.script.append(f"CREATE TEMP TABLE {found[-1]} AS\n{said};")
        return out

    def upload(self, frame: pd.DataFrame) -> Any:
        """Note a small table that comes from Python: labels, or what a result before was narrowed to."""
        out = self.engine.upload(frame)
        found = re.findall(r"\bcjm_\d+\b", self._text(out))
        name, columns = found[-1] if found else "labels", ", ".join(map(str, frame.columns))
        if 0 < len(frame) <= 1000:
            rows = ",\n".join(
                "(" + ", ".join(str(x) if isinstance(x, int | float) else text(str(x)) for x in r) + ")"
                for r in frame.astype(object).itertuples(index=False)
            )
            made = f"CREATE TEMP TABLE {name} AS SELECT * FROM (VALUES\n{rows}) AS v({columns});"
            self.script.append(f"-- from labels, or from the results before\n{made}")
        else:
            self.script.append(f"-- {name}: your own table of {len(frame):,} rows with the columns {columns}")
        return out

    def collect(self, frame: Any) -> pd.DataFrame:
        """Note a query whose rows are fetched."""
        self.results += 1
        self.script.append(f"-- result {self.results}\n{self._text(frame)};")
        out: pd.DataFrame = self.engine.collect(frame)
        return out


def sql(log: LogData, verb: str, /, *args: Any, **options: Any) -> str:
    """Write the queries that a question asks, as a script in the dialect of the log's engine.

    Parameters
    ----------
    log : LogData
        A log on DuckDB (a file, or ``options=LogOptions(duckdb=True)``) or behind Ibis (Postgres, ClickHouse …).
    verb : str
        Name of the question: funnel, transitions, paths, step_matrix, stuck, outcomes, attribution, sources, sessions,
        dwell, retention or behaviour.
    *args, **options
        What the question is asked with.

    Returns
    -------
    str
        Statements in order: ``log`` is the log as a table (u person, t µs since 1970, e code of the event, c of the
        channel, n place in the person's path), then a table for each intermediate step, then a SELECT for each result
        that is fetched. Intervals and names are added afterwards in Python.

    Raises
    ------
    CjmError
        If the log is a pandas or Polars frame, which is asked without SQL.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> frame = pd.DataFrame({"who": ["a", "a", "b"], "when": ["2026-03-01"] * 3, "what": ["x", "y", "x"]})
    >>> how = cj.events.LogOptions(duckdb=True)
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", options=how)
    >>> script = log.sql("funnel", ["x", "y"])
    >>> script.splitlines()[1], script.count("-- result")
    ("-- events: 1 = 'x', 2 = 'y'", 2)
    """
    one_of(verb, _VERBS, what="question")
    canon = log._canon
    if canon.engine.name in ("pandas", "polars", "pyspark"):
        raise CjmError(
            en=f"a log on {canon.engine.name} is asked without SQL; open it with options=LogOptions(duckdb=True), "
            f"from a "
            "file, or as an Ibis table of your warehouse for its dialect",
            ru=f"журнал на {canon.engine.name} отвечает без SQL; откройте его с options=LogOptions(duckdb=True), из "
            f"файла или таблицей Ibis вашего хранилища, чтобы получить его диалект",
        )
    engine = _Recorder(canon.engine)
    asked = copy.copy(log)
    asked._canon = dataclasses.replace(canon, engine=engine)  # type: ignore[arg-type]
    getattr(asked, verb)(*args, **options)
    script = engine.script
    if canon.base:
        script = [f"CREATE TEMP TABLE {canon.base[0]} AS\n{canon.base[1]};", *script]
    names = dict.fromkeys(re.findall(r"\bcjm_\d+\b", "\n".join(script)))
    own = {canon.base[0]: "log"} if canon.base else {}
    called = own | {n: f"part_{i}" for i, n in enumerate((n for n in names if n not in own), 1)}
    body = re.sub(r"\bcjm_\d+\b", lambda m: called[m.group()], "\n\n".join(script))
    given = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in options.items())])
    kinds = ", ".join(f"{i} = {e!r}" for i, e in enumerate(canon.events, 1))
    return f"-- {verb}({given}) on {canon.engine.version}\n-- events: {kinds}\n\n{body}\n"
