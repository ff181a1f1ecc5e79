"""Opening: how a log is read, from a path or from a table, into the shape that all questions are asked of."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from cjmkit.errors import CjmError, DataWarning, FileFormatError
from cjmkit.events._engine import Canon, DuckEngine, Roles
from cjmkit.events.reporting import LogReport
from cjmkit.files import existing
from cjmkit.i18n import say

__all__ = ["LogOptions", "Opened", "columns_of", "from_path", "from_table"]

LARGE = 1_000_000
"""pandas frames above this many rows go to DuckDB, where the same questions take a tenth of the time."""

WIDE = 50
"""Of a table with more columns than this the few that a log needs are taken out once."""


@dataclass(frozen=True)
class LogOptions:
    """How a log is read, where it cannot be told from the input.

    Parameters
    ----------
    value : str, optional
        Column with a number, for example the order's sum.
    order : str, optional
        Column that orders events of the same person at the same time; the row's place in the input by default.
    names : sequence of str, optional
        Column names of a CSV file without a header line.
    time_format : str, optional
        How times are written, as ``strptime`` has it, where it cannot be told from the values.
    drop_bad : bool
        Leave out rows whose time cannot be read (with a warning) instead of raising.
    duckdb : bool
        Ask for DuckDB also for a small pandas frame or a Polars frame.
    memory_limit, threads : str, int, optional
        For DuckDB, for example ``"2GB"`` and 2.
    titles : mapping of str to str, optional
        Event or stage to what people call it, for sentences, tables and pictures; figures keep the names of the log.

    Examples
    --------
    >>> LogOptions(time_format="%m/%d/%Y %H:%M").drop_bad
    False
    """

    value: str | None = None
    order: str | None = None
    names: Sequence[str] | None = None
    time_format: str | None = None
    drop_bad: bool = False
    duckdb: bool = False
    memory_limit: str | None = None
    threads: int | None = None
    titles: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Opened:
    """A file that a reader has opened: a view of it in DuckDB, with one row per event, and what was found.

    Parameters
    ----------
    duck : DuckEngine
        Where the view is.
    sql, place : str
        What to select from, and the expression for a row's place.
    roles : Roles
        Columns of the view.
    path : Path
        The file.
    report : LogReport
        What was found.
    tz : str, optional
        Zone of its times, where they carry none.
    """

    duck: DuckEngine
    sql: str
    place: str
    roles: Roles
    path: Path
    report: LogReport
    tz: str | None = None
    properties: tuple[str, ...] = ()

    def labels(self, name: str) -> pd.Series:
        """Person to the first known value of a property."""
        from cjmkit.events._duck import quote

        u, t, p = quote(self.roles.user), quote(self.roles.time), quote(name)
        found = self.duck.sql(
            f"SELECT CAST({u} AS VARCHAR), CAST(arg_min({p}, {t}) AS VARCHAR) FROM {self.sql} "
            f"WHERE {u} IS NOT NULL AND nullif(CAST({p} AS VARCHAR), '') IS NOT NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
        return pd.Series({r[0]: r[1] for r in found}, name=name, dtype="str")

    def canon(self) -> Canon:
        """The log in the shape that all questions are asked of."""
        from cjmkit.events._duck import from_duck, quote

        source, place = self.sql, self.place
        columns = {row[0]: row[1] for row in self.duck.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        if len(columns) > WIDE:
            r = self.roles
            named = (r.user, r.time, r.event, r.channel, r.value, r.order)
            used = dict.fromkeys(c for c in named if c is not None and c in columns)
            source = self.duck.table(f"SELECT {', '.join(map(quote, used))}, {place} AS __place FROM {source}")
            columns, place = {c: columns[c] for c in used}, "__place"
        return from_duck(self.duck, source, place, columns, self.roles, where=self.path)


def from_path(
    path: Path, given: dict[str, str | None], tz: str | None, how: LogOptions
) -> tuple[Canon, dict[str, Any]]:
    """The log in a file, and what ``prepare`` wrote about it."""
    from cjmkit.events._duck import from_duck, open_file, open_prepared, prepared_notes

    existing(path, what="folder" if path.is_dir() else "file")
    duck = DuckEngine(memory_limit=how.memory_limit, threads=how.threads)
    notes = prepared_notes(duck, path)
    if notes is not None:
        return open_prepared(duck, path, notes), notes
    source, place, columns = open_file(duck, path, list(how.names) if how.names else None)
    lacking = [r for r in ("user", "time", "event") if given[r] is None]
    if lacking:
        raise FileFormatError(
            en=f"say which columns hold what: {', '.join(f'{r}=' for r in lacking)} missing; the file has the "
            f"columns {', '.join(columns)}; or try cjmkit.events.read, which knows what many tools write",
            ru=f"скажите, в каких столбцах что лежит: не хватает {', '.join(f'{r}=' for r in lacking)}; в файле "
            f"столбцы {', '.join(columns)}; или возьмите cjmkit.events.read, она знает, что пишут многие "
            f"инструменты",
            path=path,
        )
    roles = Roles(**given, tz=tz, time_format=how.time_format, drop_bad=how.drop_bad)  # type: ignore[arg-type]
    canon = from_duck(duck, source, place, columns, roles, where=path)
    _look_at_the_end(path, canon)
    return canon, {}


def _look_at_the_end(path: Path, canon: Canon) -> None:
    """Warn where a text file ends in the middle of a line, as far as that can be told."""
    if path.suffix.lower() not in (".csv", ".tsv", ".txt") or path.stat().st_size == 0:
        return
    with open(path, "rb") as f:
        f.seek(max(0, path.stat().st_size - 4096))
        last = f.read().decode(errors="replace").rsplit("\n", 1)[-1]
    once = [name for name, rows in zip(canon.events, canon.event_rows) if rows == 1 and last.endswith(name)]
    if last and once:
        warnings.warn(
            say(
                en=f"{path}: the last line has no end, and the event {once[0]!r} occurs only there; the file may have "
                f"been "
                f"cut off",
                ru=f"{path}: у последней строки нет конца, а событие {once[0]!r} только в ней; файл мог оборваться",
            ),
            DataWarning,
            stacklevel=4,
        )


def columns_of(source: Any) -> list[str]:
    """Names of a table's columns, whatever made the table."""
    if hasattr(source, "collect_schema"):
        return [str(c) for c in source.collect_schema().names()]
    if hasattr(source, "column_names"):
        return [str(c) for c in source.column_names]
    return [str(c) for c in getattr(source, "columns", [])]


def from_table(source: Any, roles: Roles, name: str, how: LogOptions) -> Canon:
    """The log in a table, asked where the table is."""
    from cjmkit.events import _duck, _ingest

    if type(source).__module__.startswith("narwhals"):
        source = nw.to_native(source)
    kind = type(source).__module__.split(".")[0]
    if isinstance(source, pd.DataFrame):
        if source.columns.has_duplicates:
            twice = source.columns[source.columns.duplicated()][0]
            raise CjmError(
                en=f"{name}: two columns are called {twice!r}; rename one",
                ru=f"{name}: два столбца называются {twice!r}; переименуйте один",
            )
        if not how.duckdb and len(source) <= LARGE:
            return _ingest.from_pandas(source, roles, where=name)
    elif kind == "polars":
        if not how.duckdb:
            return _ingest.from_polars(source, roles, where=name)
        source = source.lazy().collect()
    elif kind == "pyspark":
        from cjmkit.events._warehouse import from_spark

        return from_spark(source, roles, where=name)
    elif kind == "ibis":
        from cjmkit.events._warehouse import from_ibis

        return from_ibis(source, roles, where=name)
    elif type(source).__name__ == "DuckDBPyRelation":
        duck = DuckEngine(source)
        columns = {n: str(t) for n, t in zip(source.columns, source.types)}
        return _duck.from_duck(duck, "src", "row_number() OVER () - 1", columns, roles, where=name)
    elif kind != "pyarrow":
        raise CjmError(
            en=f"an event log cannot be made from {type(source).__module__}.{type(source).__name__}; pass a path "
            f"(.csv, "
            ".parquet, .jsonl), a pandas, Polars or pyarrow frame, a DuckDB relation, a Spark DataFrame or an Ibis "
            "table",
            ru=f"из {type(source).__module__}.{type(source).__name__} журнал не сделать; дайте путь (.csv, .parquet, "
            f".jsonl), таблицу pandas, Polars или pyarrow, отношение DuckDB, Spark DataFrame или таблицу Ibis",
        )
    duck = DuckEngine(memory_limit=how.memory_limit, threads=how.threads)
    duck.register("cjm_source", _duck.as_frame(source))
    columns = {row[0]: row[1] for row in duck.sql("DESCRIBE SELECT * FROM cjm_source").fetchall()}
    return _duck.from_duck(duck, "cjm_source", "row_number() OVER () - 1", columns, roles, where=name)
