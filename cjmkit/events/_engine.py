"""Engines: where a log lives, and how it is brought into the one shape that all questions are asked of.

Ingest is native to each engine, one SELECT; everything after it is a small subset of narwhals (see ``_canon.py``).
The shape: ``u`` person, ``t`` time (µs since 1970, UTC), ``k`` order key (unique, sorts by time and then by place in
the input), ``r`` place in the input, ``e`` event code (1, 2, … in the order of the sorted names), ``c`` channel code
(0 is none), ``v`` value. Codes are never null and never 0 for an event, so that "no event before this one" can be told
by 0 on every engine, whether its ``lag`` gives NULL or the type's default.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.people import ids

__all__ = ["Canon", "DuckEngine", "Engine", "FrameEngine", "IbisEngine", "PolarsEngine", "Roles", "SparkEngine"]

_names = itertools.count()


@dataclass(frozen=True)
class Roles:
    """Which column plays which part."""

    user: str
    time: str
    event: str
    channel: str | None = None
    value: str | None = None
    order: str | None = None
    tz: str | None = None
    time_format: str | None = None
    drop_bad: bool = False


class Engine:
    """What an engine must be able to do besides narwhals."""

    name = ""
    spills = False
    """Whether what is cached may be larger than the memory."""

    def upload(self, frame: pd.DataFrame) -> nw.LazyFrame[Any]:
        """Bring a small pandas table to where the log is."""
        raise NotImplementedError

    def cache(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Compute once what several questions will use."""
        return frame

    def collect(self, frame: nw.LazyFrame[Any]) -> pd.DataFrame:
        """Fetch a small result."""
        out: pd.DataFrame = frame.collect(backend="pandas").to_native()
        return out

    def union(self, frames: Sequence[nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
        """All rows of several frames with the same columns."""
        return nw.concat(list(frames))

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """Forget, at the end, what was cached inside."""
        yield

    @property
    def version(self) -> str:
        """Name and version, for the record."""
        return self.name


class FrameEngine(Engine):
    """pandas in memory."""

    name = "pandas"

    def upload(self, frame: pd.DataFrame) -> nw.LazyFrame[Any]:
        """See Engine."""
        return nw.from_native(frame).lazy()

    def cache(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """See Engine."""
        return frame.collect().lazy()

    @property
    def version(self) -> str:
        """See Engine."""
        return f"pandas {pd.__version__}"


class PolarsEngine(Engine):
    """Polars, eager or lazy."""

    name = "polars"

    def upload(self, frame: pd.DataFrame) -> nw.LazyFrame[Any]:
        """See Engine."""
        import polars as pl

        # Through lists: polars.from_pandas would ask for pyarrow.
        return nw.from_native(pl.LazyFrame({str(c): frame[c].tolist() for c in frame.columns}))

    def cache(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """See Engine."""
        return frame.collect().lazy()

    def collect(self, frame: nw.LazyFrame[Any]) -> pd.DataFrame:
        """See Engine."""
        out = frame.to_native().collect()
        return pd.DataFrame({name: out[name].to_list() if out[name].dtype.is_nested() else _to_numpy(out[name])
                             for name in out.columns})  # fmt: skip

    @property
    def version(self) -> str:
        """See Engine."""
        import polars as pl

        return f"polars {pl.__version__}"


def _to_numpy(column: Any) -> Any:
    import polars as pl

    if column.dtype == pl.Int128:
        return np.array(column.to_list(), dtype=object)
    if column.dtype == pl.String:
        return pd.array(column.to_list(), dtype="str")
    return column.to_numpy()


@functools.cache
def _spill_folder(process: int) -> Path:
    """A folder that only its owner may read, gone with the process; what a killed one left is cleared."""
    for left in Path(tempfile.gettempdir()).glob("cjmkit-spill-*"):
        number = left.name.split("-")[2]
        with contextlib.suppress(OSError, ValueError):
            if os.name == "posix" and left.stat().st_uid == os.getuid() and not _lives(int(number)):
                shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"cjmkit-spill-{process}-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class DuckEngine(Engine):
    """DuckDB: its own connection for files and frames, or the user's for a relation that they made.

    Parameters
    ----------
    relation : DuckDBPyRelation, optional
        The user's; everything then runs on its connection, in temporary tables that are dropped again.
    memory_limit : str, optional
        As DuckDB writes it, for example ``"2GB"``.
    threads : int, optional
        How many.
    """

    name = "duckdb"
    spills = True

    def __init__(self, relation: Any = None, *, memory_limit: str | None = None, threads: int | None = None) -> None:
        self._relation = relation
        self._scratch: list[list[str]] = []
        self._kept: list[Any] = []
        self._functions: set[str] = set()
        if relation is None:
            import duckdb

            config: dict[str, Any] = {}
            limit = memory_limit or _memory_limit_of_process()
            if limit:
                config["memory_limit"] = limit
            if threads:
                config["threads"] = threads
            # What does not fit into memory is spilled; by default into the folder where the notebook runs.
            config["temp_directory"] = str(_spill_folder(os.getpid()))
            self._con: Any = duckdb.connect(":memory:", config=config)
            self._con.execute("SET TimeZone = 'UTC'")
            # A bar drawn by the engine would land in the middle of a notebook's output.
            self._con.execute("SET enable_progress_bar = false")

    def sql(self, query: str) -> Any:
        """Run or prepare a query; ``src`` is the user's relation, where there is one."""
        if self._relation is not None:
            return self._relation.query("src", query)
        return self._con.sql(query)

    def folder(self) -> Path:
        """A new folder for files that are read from; it goes when this engine goes."""
        path = Path(tempfile.mkdtemp(prefix="cjmkit-export-"))
        weakref.finalize(self, shutil.rmtree, path, ignore_errors=True)
        return path

    def function(self, name: str, what: Any) -> None:
        """Make a Python function of one text known by a name, once (own connection only)."""
        if name not in self._functions:
            self._functions.add(name)
            self._con.create_function(name, what, ["VARCHAR"], "VARCHAR")

    def register(self, name: str, frame: Any) -> None:
        """Make a frame in memory known by a name, without copying it (own connection only)."""
        self._kept.append(frame)
        self._con.register(name, frame)

    def table(self, query: str) -> str:
        """Create a temporary table and return its name."""
        name = f"cjm_{next(_names)}"
        self.sql(f"CREATE TEMP TABLE {name} AS {query}")
        if self._scratch:
            self._scratch[-1].append(name)
        return name

    def upload(self, frame: pd.DataFrame) -> nw.LazyFrame[Any]:
        """See Engine."""
        name = f"cjm_{next(_names)}"
        if self._relation is None:
            self._con.register("cjm_upload", frame)
            self.sql(f"CREATE TEMP TABLE {name} AS SELECT * FROM cjm_upload")
            self._con.unregister("cjm_upload")
        else:
            cjm_upload = frame  # found by name: DuckDB looks for frames among the caller's variables
            self._relation.query("src", f"CREATE TEMP TABLE {name} AS SELECT * FROM cjm_upload")
            del cjm_upload
        if self._scratch:
            self._scratch[-1].append(name)
        return nw.from_native(self.sql(f"SELECT * FROM {name}"))

    def cache(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """See Engine."""
        name = f"cjm_{next(_names)}"
        frame.to_native().query("cjm_view", f"CREATE TEMP TABLE {name} AS SELECT * FROM cjm_view")
        if self._scratch:
            self._scratch[-1].append(name)
        return nw.from_native(self.sql(f"SELECT * FROM {name}"))

    def collect(self, frame: nw.LazyFrame[Any]) -> pd.DataFrame:
        """See Engine."""
        out: pd.DataFrame = frame.to_native().df()
        return out

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """See Engine."""
        self._scratch.append([])
        try:
            yield
        finally:
            for name in self._scratch.pop():
                self.sql(f"DROP TABLE IF EXISTS {name}")

    @property
    def version(self) -> str:
        """See Engine."""
        import duckdb

        return f"duckdb {duckdb.__version__}"


def _memory_limit_of_process() -> str | None:
    """Half of the address space, where the operating system limits it: DuckDB does not look at that limit itself."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return None
    limits = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    set_ones = [soft for soft in limits if 0 < soft < 2**45]
    return f"{min(set_ones) // 2_000_000}MB" if set_ones else None


class SparkEngine(Engine):
    """PySpark, on the session of the frame."""

    name = "pyspark"
    spills = True

    def __init__(self, session: Any) -> None:
        self._session = session
        self._cached: list[list[Any]] = []

    def upload(self, frame: pd.DataFrame) -> nw.LazyFrame[Any]:
        """See Engine."""
        rows = [tuple(r) for r in frame.astype(object).itertuples(index=False)]
        types = {"i": "bigint", "u": "bigint", "f": "double"}
        schema = ", ".join(f"`{c}` {types.get(frame[c].dtype.kind, 'string')}" for c in frame.columns)
        return nw.from_native(self._session.createDataFrame(rows, schema))

    def cache(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """See Engine."""
        native = frame.to_native().cache()
        if self._cached:
            self._cached[-1].append(native)
        return nw.from_native(native)

    def collect(self, frame: nw.LazyFrame[Any]) -> pd.DataFrame:
        """See Engine."""
        # Rows rather than toPandas(): results are small, and pandas and Spark need not agree about Arrow.
        native = frame.to_native()
        rows = native.collect()
        out = pd.DataFrame.from_records([tuple(r) for r in rows], columns=native.columns)
        kinds = {"bigint": "int64", "int": "int64", "double": "float64", "string": "str"}
        return out.astype({n: kinds[t] for n, t in native.dtypes if t in kinds and not out[n].isna().any()})

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """See Engine."""
        self._cached.append([])
        try:
            yield
        finally:
            for frame in self._cached.pop():
                frame.unpersist()

    @property
    def version(self) -> str:
        """See Engine."""
        return f"pyspark {self._session.version}"


class IbisEngine(Engine):
    """An Ibis table: the door to ClickHouse, BigQuery, Snowflake, Postgres."""

    def __init__(self, table: Any) -> None:
        self._backend = table.get_backend() if hasattr(table, "get_backend") else table._find_backend()
        self.name = f"ibis-{self._backend.name}"

    def upload(self, frame: pd.DataFrame) -> nw.LazyFrame[Any]:
        """See Engine."""
        import ibis

        return nw.from_native(ibis.memtable(frame))

    def union(self, frames: Sequence[nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
        """See Engine."""
        return union_of_tables(frames)

    def collect(self, frame: nw.LazyFrame[Any]) -> pd.DataFrame:
        """See Engine."""
        out: pd.DataFrame = self._backend.to_pandas(frame.to_native())
        return out

    @property
    def version(self) -> str:
        """See Engine."""
        import ibis

        return f"ibis {ibis.__version__} on {self._backend.name}"


def union_of_tables(frames: Sequence[nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
    """A union of Ibis tables, whatever they say about missing values.

    ClickHouse tells columns that can be null from those that cannot, Ibis refuses to stack the two, and only some of
    our frames come out of a join: the coalesce makes all of them alike.
    """
    import ibis

    tables = [f.to_native() for f in frames]
    first = tables[0].schema()
    alike = [t.select(**{n: ibis.coalesce(t[n].cast(k.copy(nullable=True)), ibis.null(k.copy(nullable=True)))
                         if not t.schema()[n].nullable else t[n].cast(k.copy(nullable=True)) for n, k in first.items()})
             for t in tables]  # fmt: skip
    return nw.from_native(ibis.union(*alike))


@dataclass
class Canon:
    """A log in the shape that all questions are asked of.

    ``ready`` says that the rows also carry ``n`` (place in the person's path, from 1), ``p`` (code of the event
    before, 0 for none) and ``d`` (µs since it). ``named`` says that they carry ``x``, the event's name, by which
    files can be skipped through. ``base`` is the table that the rows lie in, where there is one, and its query.
    ``lists`` is what to select from for a row a person, where ``prepare`` wrote that (DuckDB): u, r (place of the first
    row), e and t (codes and times in order), tk and tc (places and channels of touches).
    """

    frame: nw.LazyFrame[Any]
    engine: Engine
    events: tuple[str, ...]
    event_rows: tuple[int, ...]
    channels: tuple[str, ...]
    n_rows: int
    t_min: int
    t_max: int
    has_channel: bool = False
    has_value: bool = False
    ready: bool = False
    named: bool = False
    user_kind: str = "text"
    dropped: dict[str, int] = field(default_factory=dict)
    base: tuple[str, str] | None = None
    lists: str | None = None
    _people: int | None = None

    @property
    def n_people(self) -> int:
        """How many people the log holds."""
        if self._people is None:
            out = self.engine.collect(self.frame.select("u").unique().select(nw.len().alias("n")))
            self._people = int(out["n"].iloc[0])
        return self._people

    def did(self, codes: Sequence[int]) -> nw.Expr:
        """Whether a row is one of the events."""
        if self.named:
            return nw.col("x").is_in([self.events[c - 1] for c in codes])
        return nw.col("e").is_in(list(codes))

    def with_before(self, *, since: bool = True) -> nw.LazyFrame[Any]:
        """Rows with ``p``, the event before (0 for none), and, if wanted, ``d``, the µs since it (0 for none)."""
        if self.ready:
            return self.frame
        before = {"p": nw.col("e").shift(1).over("u", order_by="k").fill_null(0)}
        if not since:
            # Whoever does not ask for the time does not carry it through the sort.
            return self.frame.select("u", "k", "e").with_columns(**before)
        before["q"] = nw.col("t").shift(1).over("u", order_by="k").fill_null(0)
        out = self.frame.select("u", "t", "k", "r", "e", "c").with_columns(**before)
        return out.with_columns(d=nw.when(nw.col("p") > 0).then(nw.col("t") - nw.col("q")).otherwise(nw.lit(0)))

    def with_place(self) -> nw.LazyFrame[Any]:
        """Rows with ``n``, the place in the person's path, from 1."""
        if self.ready:
            return self.frame
        return self.frame.select("u", "t", "k", "e").with_columns(n=nw.col("k").rank("ordinal").over("u"))

    def person_keys(self, given: pd.Series | pd.Index) -> Any:
        """Ids given by the user, in the type that the log has them in: "0007" is nobody in a log of numbers."""
        texts = pd.Series(ids(given))
        if self.user_kind == "number":
            numbers = pd.to_numeric(texts, errors="coerce")
            return numbers.where(texts.str.fullmatch(r"0|-?[1-9]\d*").fillna(False).astype(bool)).to_numpy()
        return texts.to_numpy()
