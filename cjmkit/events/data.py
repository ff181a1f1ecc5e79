"""LogData: where a log is, which column plays which part, and the engine that answers. It imports no question."""

from __future__ import annotations

import hashlib
import html
import os
import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.core.printed import Printing
from cjmkit.errors import CjmError, DataWarning, suggest
from cjmkit.events._engine import Roles
from cjmkit.events._result import Origin
from cjmkit.events.opening import LogOptions, Opened, columns_of, from_path, from_table
from cjmkit.events.reporting import LogReport
from cjmkit.files import reading
from cjmkit.people import ids, named
from cjmkit.stats import wilson

__all__ = ["By", "LogData", "LogOptions", "Opened"]


Labels = pd.Series | Mapping[Any, str]
By = str | Labels | tuple[str, Labels] | None
"""Groups of people: ``"channel"``, ``"first_source"``, labels of people, or one of the two words and labels."""


class LogData:
    """A log of what people did: one row per event, without the questions; :class:`EventLog` binds them.

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
    stage_of : mapping of str to str, optional
        Event to stage of the journey; several events may belong to one stage. The order in which stages are first
        named is their order.
    name : str
        The log's name in the study; evidence cites it.
    tz : str, optional
        Time zone of times that carry none, for example ``"Europe/Moscow"``; also the zone in which days and weeks are
        counted. Times with an offset are understood by themselves.
    options : LogOptions, optional
        How to read: order, names, time_format, drop_bad, memory_limit …

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
    >>> log = LogData(
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
    <LogData 'events': 6 events of 3 people, 2 kinds, 2026-03-01 to 2026-03-01, on pandas>
    """

    def __init__(
        self,
        source: Any,
        *,
        user: str | None = None,
        time: str | None = None,
        event: str | None = None,
        channel: str | None = None,
        stage_of: Mapping[str, str] | None = None,
        name: str = "events",
        tz: str | None = None,
        options: LogOptions | None = None,
    ) -> None:
        self.name = name
        self.tz = _zone(tz)
        self._source = source
        self._opened = source if isinstance(source, Opened) else None
        self._path = Path(source) if isinstance(source, str | os.PathLike) else None
        how = options or LogOptions()
        given = {"user": user, "time": time, "event": event, "channel": channel, "value": how.value, "order": how.order}
        if self._opened is not None:
            self._path, self._canon = self._opened.path, self._opened.canon()
            self.tz = self.tz or self._opened.tz
        elif self._path is not None:
            with reading(self._path):
                self._canon, notes = from_path(self._path, given, self.tz, how)
            stage_of = stage_of if stage_of is not None else notes.get("stages")
            if tz is None:
                self.tz = notes.get("tz")
        else:
            lacking = [r for r in ("user", "time", "event") if given[r] is None]
            if lacking:
                raise CjmError(
                    en=f"say which columns hold what: {', '.join(f'{r}=' for r in lacking)} missing; the table has the "
                    f"columns {', '.join(columns_of(source)[:20])}",
                    ru=f"скажите, в каких столбцах что лежит: не хватает {', '.join(f'{r}=' for r in lacking)}; в "
                    f"таблице столбцы {', '.join(columns_of(source)[:20])}",
                )
            roles = Roles(**given, tz=tz, time_format=how.time_format, drop_bad=how.drop_bad)  # type: ignore[arg-type]
            self._canon = from_table(source, roles, name, how)
        self.report = self._opened.report if self._opened else LogReport.plain(self._canon, given)
        """What was found in the input, and what was left out."""
        self.stage_of: dict[str, str] = {str(k): str(v) for k, v in (stage_of or {}).items()}
        """Event to stage."""
        self.titles: dict[str, str] = {str(k): str(v) for k, v in (how.titles or {}).items()}
        """Event or stage to what people call it."""
        self._check_stages()

    def _check_stages(self) -> None:
        unknown = [e for e in self.stage_of if e not in self._canon.events]
        if unknown:
            warnings.warn(
                f"{self.name}: {len(unknown)} event{'s' if len(unknown) > 1 else ''} of stage_of= never happened: "
                + "; ".join(suggest(e, self._canon.events, what="event") for e in unknown[:1]),
                DataWarning,
                stacklevel=4,
            )

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

    def ids(self) -> list[str]:
        """Ids of the people, sorted.

        Examples
        --------
        >>> import pandas as pd, cjmkit as cj
        >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"),
        ...         ("b", 0, "mail", "visit"), ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
        >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
        >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
        >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
        >>> log.ids()[:2]
        ['a', 'b']
        """
        return sorted(self._canon.engine.collect(self._canon.frame.select("u").unique())["u"].astype(str))

    @property
    def stage_order(self) -> tuple[str, ...]:
        """Stages in the order in which ``stage_of`` first names them."""
        return tuple(dict.fromkeys(self.stage_of.values()))

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

        Examples
        --------
        >>> import pandas as pd, cjmkit as cj
        >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"),
        ...         ("b", 0, "mail", "visit"), ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
        >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
        >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
        >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
        >>> log.describe()[["event", "count", "users"]]
           event  count  users
        0   form      2      2
        1   paid      1      1
        2  visit      3      3
        """
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
                "stage": [self.stage_of.get(e, "") for e in names],
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
            f"<{type(self).__name__} {self.name!r}: {c.n_rows:,} events of {self.n_people:,} people, "
            f"{len(c.events):,} kinds"
            + (f", {len(c.channels):,} channels" if c.has_channel else "")
            + f", {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}, on {self.engine}>"
        )

    def _repr_html_(self) -> str:
        read = self.report._repr_html_() if self._opened else ""
        heads = {"first": ("first seen", "впервые"), "last": ("last seen", "в последний раз")}
        days = self.describe()
        days = days.assign(**{c: days[c].dt.tz_localize(None).dt.normalize() for c in heads})
        days = days.sort_values("share", ascending=False, kind="stable")
        table = Printing(percent=("share",), heads=heads).html(
            days, ["event", "stage", "share", "users", "count", "first", "last"]
        )
        return f"<p>{html.escape(repr(self)[1:-1])}</p>{read}{table}"

    # ------------------------------------------------------------------ shared by the questions

    def _origin(self, query: str) -> Origin:
        return Origin(
            log=self.name, query=query, engine=self._canon.engine.version, hashed=self._hash, names=self.titles
        )

    def _hash(self) -> str:
        return self.sha256

    def _codes(self, events: str | Sequence[str]) -> list[int]:
        """Codes of one event or of any of several."""
        wanted = [events] if isinstance(events, str) else list(events)
        if not wanted:
            raise CjmError(en="a step needs at least one event", ru="шагу нужно хотя бы одно событие")
        for e in wanted:
            if e not in self.events:
                raise CjmError(suggest(e, self.events, what="event"))
        return sorted({self.events.index(e) + 1 for e in wanted})

    def _stage_codes(self, order: Sequence[str] | None = None) -> tuple[nw.Expr, list[str]]:
        """An expression for the stage's code (0 is none), and the stages."""
        if not self.stage_of:
            raise CjmError(
                en="the log does not know which event belongs to which stage: pass stage_of={event: stage} to "
                "EventLog; "
                f"events are {', '.join(self.events[:20])}",
                ru=f"журнал не знает, какое событие к какому этапу относится: передайте EventLog "
                f"stage_of={{событие: этап}}; события: {', '.join(self.events[:20])}",
            )
        stages = list(order) if order is not None else list(self.stage_order)
        out: Any = nw.lit(0)
        for i, stage in enumerate(stages, 1):
            codes = [self.events.index(e) + 1 for e, s in self.stage_of.items() if s == stage and e in self.events]
            if codes:
                out = nw.when(nw.col("e").is_in(codes)).then(nw.lit(i)).otherwise(out)
        return out, stages

    def _labels(self, labels: pd.Series | Mapping[Any, str], column: str) -> pd.DataFrame:
        """Labels of people as a table u, `column`."""
        series = pd.Series(labels) if not isinstance(labels, pd.Series) else named(labels)
        series = series.dropna()
        series.index = ids(series.index)
        if series.index.has_duplicates:
            twice = series.index[series.index.duplicated()][0]
            raise CjmError(
                en=f"the labels name {twice!r} twice; a person can have one label",
                ru=f"в метках {twice!r} назван дважды; у человека одна метка",
            )
        frame = pd.DataFrame({"u": self._canon.person_keys(series.index), column: series.astype(str).to_numpy()})
        return frame.dropna().astype({"u": "int64"} if self._canon.user_kind == "number" else {"u": "str"})

    def _property(self, name: str) -> pd.Series:
        """What people are by a column of an export: person to the first value that is known."""
        columns = self._opened.properties if self._opened else ()
        if self._opened is None or name not in columns:
            raise CjmError(
                suggest(name, ["channel", "first_source", *columns], what="grouping")
                + "; or pass labels: a Series with the person's id as index"
            )
        return self._opened.labels(name)

    def _need_channel(self, what: str) -> None:
        if not self._canon.has_channel:
            raise CjmError(
                en=f"{what} needs to know the channel of each event: pass channel= to EventLog",
                ru=f"{what}: нужно знать канал каждого события; передайте channel= в EventLog",
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
