"""Where a log is, which column is what, and the engine that answers: everything a question needs, and no question."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, DataWarning, FileFormatError, suggest
from cjmkit.events._engine import Canon, DuckEngine, Roles
from cjmkit.events._result import Origin

__all__ = ["By", "LogData"]

LARGE = 1_000_000
"""pandas frames above this many rows go to DuckDB, where the same questions take a tenth of the time."""

By = str | pd.Series | Mapping[Any, str] | None


class LogData:
    """A log of what people did, without the questions; see :class:`cjmkit.EventLog` for the parameters."""

    def __init__(
        self,
        source: Any,
        *,
        user: str | None = None,
        time: str | None = None,
        event: str | None = None,
        channel: str | None = None,
        value: str | None = None,
        stages: Mapping[str, str] | None = None,
        name: str = "events",
        tz: str | None = None,
        order: str | None = None,
        names: Sequence[str] | None = None,
        time_format: str | None = None,
        drop_bad: bool = False,
        engine: Literal["duckdb"] | None = None,
        memory_limit: str | None = None,
        threads: int | None = None,
        _select: str | None = None,
    ) -> None:
        self.name = name
        self.tz = _zone(tz)
        self._source = source
        self._notes: dict[str, Any] | None = None
        if engine not in (None, "duckdb"):
            raise CjmError(
                suggest(engine, ["duckdb"], what="engine") + ". The engine follows from the table that you pass"
            )
        if isinstance(source, str | os.PathLike):
            self._path: Path | None = Path(source)
            duck = DuckEngine(memory_limit=memory_limit, threads=threads)
            given = {"user": user, "time": time, "event": event, "channel": channel, "value": value, "order": order}
            self._canon = self._from_path(duck, self._path, given, names, time_format, drop_bad, _select)
        else:
            self._path = None
            lacking = [r for r, c in (("user", user), ("time", time), ("event", event)) if c is None]
            if lacking:
                raise CjmError(
                    f"say which columns hold what: {', '.join(f'{r}=' for r in lacking)} missing; the table has the "
                    f"columns {', '.join(_columns(source)[:20])}"
                )
            roles = Roles(str(user), str(time), str(event), channel, value, order, tz, time_format, drop_bad)
            self._canon = _from_table(source, roles, name, engine, memory_limit, threads)
        if self._notes is not None:
            stages = stages if stages is not None else self._notes.get("stages")
            if tz is None:
                self.tz = self._notes.get("tz")
        self.stages: dict[str, str] = {str(k): str(v) for k, v in (stages or {}).items()}
        """Event to stage."""
        unknown = [e for e in self.stages if e not in self._canon.events]
        if unknown:
            warnings.warn(
                f"{name}: {len(unknown)} event{'s' if len(unknown) > 1 else ''} of stages= never happened: "
                + "; ".join(suggest(e, self._canon.events, what="event") for e in unknown[:1]),
                DataWarning,
                stacklevel=2,
            )

    def _from_path(
        self,
        duck: DuckEngine,
        path: Path,
        given: dict[str, str | None],
        names: Sequence[str] | None,
        time_format: str | None,
        drop_bad: bool,
        select: str | None,
    ) -> Canon:
        from cjmkit.events._duck import from_duck, open_file, open_prepared, prepared_notes

        if not path.exists():
            near = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
            raise FileFormatError(f"there is no such file; {suggest(path.name, near, what='file')}", path=path)
        self._notes = prepared_notes(duck, path)
        if self._notes is not None:
            return open_prepared(duck, path, self._notes)
        source, place, columns = open_file(duck, path, list(names) if names else None)
        if select is not None:
            # A reader's own view of the file; the row's place goes along, so that ties keep the file's order.
            source, place = f"(SELECT {select.format(place=place, source=source)})", "__place"
            columns = {row[0]: row[1] for row in duck.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        lacking = [r for r in ("user", "time", "event") if given[r] is None]
        if lacking:
            raise FileFormatError(
                f"say which columns hold what: {', '.join(f'{r}=' for r in lacking)} missing; the file has the "
                f"columns {', '.join(columns)}; or try cjmkit.events.read, which knows some exports",
                path=path,
            )
        roles = Roles(**given, tz=self.tz, time_format=time_format, drop_bad=drop_bad)  # type: ignore[arg-type]
        canon = from_duck(duck, source, place, columns, roles, where=path)
        _look_at_the_end(path, canon)
        return canon

    # ------------------------------------------------------------------ what it is

    @property
    def events(self) -> tuple[str, ...]:
        """Names of the events, sorted."""
        return self._canon.events

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels, sorted; empty where the log has none."""
        return self._canon.channels

    @property
    def engine(self) -> str:
        """What answers: ``"duckdb"``, ``"pandas"``, ``"polars"``, ``"pyspark"`` or ``"ibis-…"``."""
        return self._canon.engine.name

    @property
    def n_events(self) -> int:
        """How many events."""
        return self._canon.n_rows

    @property
    def n_people(self) -> int:
        """How many people."""
        return self._canon.n_people

    @property
    def stage_order(self) -> tuple[str, ...]:
        """Stages in the order in which ``stages`` first names them."""
        return tuple(dict.fromkeys(self.stages.values()))

    @property
    def start(self) -> pd.Timestamp:
        """Time of the first event, in the log's zone."""
        return self._when(self._canon.t_min)

    @property
    def end(self) -> pd.Timestamp:
        """Time of the last event, in the log's zone."""
        return self._when(self._canon.t_max)

    def _when(self, microseconds: int) -> pd.Timestamp:
        out = pd.Timestamp(int(microseconds), unit="us", tz="UTC")
        return out.tz_convert(self.tz) if self.tz else out

    @cached_property
    def sha256(self) -> str:
        """Hash of the input: of the file's bytes, or of a frame's content; empty for a live table."""
        if self._path is not None and self._path.is_file():
            digest = hashlib.sha256()
            with open(self._path, "rb") as f:
                while block := f.read(1 << 20):
                    digest.update(block)
            return digest.hexdigest()
        if self._path is not None:
            files = sorted(p for p in self._path.rglob("*.parquet"))
            return hashlib.sha256(b"".join(hashlib.sha256(p.read_bytes()).digest() for p in files)).hexdigest()
        kind = type(self._source).__module__.split(".")[0]
        if kind == "pandas" or (kind in ("polars", "pyarrow") and self._canon.ready):
            rows = self._canon.engine.collect(self._canon.frame.select("u", "t", "e", "c", "n").sort("u", "n"))
            digest = hashlib.sha256(repr((self.events, self.channels)).encode())
            digest.update("\0".join(map(str, rows["u"])).encode())
            for column in ("t", "e", "c"):
                digest.update(np.ascontiguousarray(rows[column].to_numpy(dtype="int64")).tobytes())
            return digest.hexdigest()
        return ""

    def describe(self) -> pd.DataFrame:
        """What the log holds, one row per event.

        Returns
        -------
        pandas.DataFrame
            event, stage, count, users, n (people in the log), share, low, high (of people who did it, Wilson), first,
            last.
        """
        from cjmkit.events._stats import wilson

        # Person by person first: counting distinct people is not written alike in all databases.
        each = self._canon.frame.group_by("u", "e").agg(
            nw.len().alias("m"), nw.col("t").min().alias("first"), nw.col("t").max().alias("last")
        )
        found = self._canon.engine.collect(
            each.group_by("e").agg(
                nw.col("m").sum().alias("count"),
                nw.len().alias("users"),
                nw.col("first").min(),
                nw.col("last").max(),
            )
        ).sort_values("e")
        names = [self.events[int(e) - 1] for e in found["e"]]
        share, low, high = wilson(found["users"], self.n_people)
        return pd.DataFrame(
            {
                "event": names,
                "stage": [self.stages.get(e, "") for e in names],
                "count": found["count"].to_numpy("int64"),
                "users": found["users"].to_numpy("int64"),
                "n": self.n_people,
                "share": share,
                "low": low,
                "high": high,
                "first": [self._when(t) for t in found["first"]],
                "last": [self._when(t) for t in found["last"]],
            }
        )

    def __repr__(self) -> str:
        c = self._canon
        return (
            f"<{type(self).__name__} {self.name!r}: {c.n_rows:,} events of "
            f"{self.n_people:,} people, {len(c.events):,} kinds"
            + (f", {len(c.channels):,} channels" if c.has_channel else "")
            + f", {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}, on {self.engine}>"
        )

    def _repr_html_(self) -> str:
        import html

        from cjmkit.events._result import shown

        return f"<p>{html.escape(repr(self)[1:-1])}</p>{shown(self.describe()).to_html(index=False, border=0)}"

    # ------------------------------------------------------------------ shared by the questions

    def _origin(self, query: str, excluded: str = "") -> Origin:
        return Origin(
            log=self.name,
            query=query,
            engine=self._canon.engine.version,
            hashed=lambda: self.sha256,
            excluded=excluded,
        )

    def _codes(self, events: str | Sequence[str]) -> list[int]:
        """Codes of one event or of any of several."""
        wanted = [events] if isinstance(events, str) else list(events)
        if not wanted:
            raise CjmError("a step needs at least one event")
        for e in wanted:
            if e not in self.events:
                raise CjmError(suggest(e, self.events, what="event"))
        return sorted({self.events.index(e) + 1 for e in wanted})

    def _stage_codes(self, order: Sequence[str] | None = None) -> tuple[nw.Expr, list[str]]:
        """An expression for the stage's code (0 is none), and the stages."""
        if not self.stages:
            raise CjmError(
                "the log does not know which event belongs to which stage: pass stages={event: stage} to EventLog; "
                f"events are {', '.join(self.events[:20])}"
            )
        stages = list(order) if order is not None else list(self.stage_order)
        out: Any = nw.lit(0)
        for i, stage in enumerate(stages, 1):
            codes = [self.events.index(e) + 1 for e, s in self.stages.items() if s == stage and e in self.events]
            if codes:
                out = nw.when(nw.col("e").is_in(codes)).then(nw.lit(i)).otherwise(out)
        return out, stages

    def _labels(self, labels: pd.Series | Mapping[Any, str], column: str) -> pd.DataFrame:
        """Labels of people as a table u, `column`."""
        series = pd.Series(labels) if not isinstance(labels, pd.Series) else labels
        series = series.dropna()
        if series.index.has_duplicates:
            twice = series.index[series.index.duplicated()][0]
            raise CjmError(f"the labels name {twice!r} twice; a person can have one label")
        frame = pd.DataFrame({"u": self._canon.person_keys(series.index), column: series.astype(str).to_numpy()})
        return frame.dropna().astype({"u": "int64"} if self._canon.user_kind == "number" else {"u": "str"})

    def _need_channel(self, what: str) -> None:
        if not self._canon.has_channel:
            raise CjmError(f"{what} needs to know the channel of each event: pass channel= to EventLog")


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
            f"{path}: the last line has no end, and the event {once[0]!r} occurs only there; the file may have been "
            f"cut off",
            DataWarning,
            stacklevel=4,
        )


def _zone(tz: str | None) -> str | None:
    if tz is None:
        return None
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(tz)
    except (KeyError, ValueError, OSError):
        raise CjmError(suggest(tz, sorted(available_timezones()), what="time zone")) from None
    return tz


def _columns(source: Any) -> list[str]:
    if hasattr(source, "collect_schema"):
        return [str(c) for c in source.collect_schema().names()]
    if hasattr(source, "column_names"):
        return [str(c) for c in source.column_names]
    return [str(c) for c in getattr(source, "columns", [])]


def _from_table(
    source: Any, roles: Roles, name: str, engine: str | None, memory_limit: str | None, threads: int | None
) -> Canon:
    from cjmkit.events import _duck, _ingest

    if type(source).__module__.startswith("narwhals"):
        source = nw.to_native(source)
    kind = type(source).__module__.split(".")[0]
    if isinstance(source, pd.DataFrame):
        if source.columns.has_duplicates:
            twice = source.columns[source.columns.duplicated()][0]
            raise CjmError(f"{name}: two columns are called {twice!r}; rename one")
        if engine is None and len(source) <= LARGE:
            return _ingest.from_pandas(source, roles, where=name)
    elif kind == "polars":
        if engine is None:
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
            f"an event log cannot be made from {type(source).__module__}.{type(source).__name__}; pass a path (.csv, "
            ".parquet, .jsonl), a pandas, Polars or pyarrow frame, a DuckDB relation, a Spark DataFrame or an Ibis "
            "table"
        )
    duck = DuckEngine(memory_limit=memory_limit, threads=threads)
    duck.register("cjm_source", _duck.as_frame(source))
    columns = {row[0]: row[1] for row in duck.sql("DESCRIBE SELECT * FROM cjm_source").fetchall()}
    return _duck.from_duck(duck, "cjm_source", "row_number() OVER () - 1", columns, roles, where=name)
