"""What every engine checks when a log comes in, and the ingest of pandas, Polars, Spark and Ibis."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, DataWarning, suggest
from cjmkit.events._engine import Canon, FrameEngine, PolarsEngine, Roles
from cjmkit.i18n import say
from cjmkit.people import ids

__all__ = [
    "check_roles", "check_vocabulary", "epoch_unit", "from_pandas", "from_polars", "order_scale", "report_dropped",
    "say_bad_times",
]  # fmt: skip

KEEP = 2_000_000
"""Polars logs up to this many rows are sorted once and kept."""


def check_roles(roles: Roles, columns: Iterable[str], where: Any) -> None:
    """Raise where a column that was named is not there."""
    known = list(columns)
    for role in ("user", "time", "event", "channel", "value", "order"):
        name = getattr(roles, role)
        if name is not None and name not in known:
            hint = ""
            if any(re.fullmatch(r"[\d.,:T +-]+Z?", c) for c in known):
                hint = ". The first line looks like data: if the file has no header, give names=[…]"
            raise CjmError(
                en=f"{where}: {role}= names a column that is not there: {suggest(name, known, what='column')}{hint}",
                ru=f"{where}: {role}= называет столбец, которого нет: {suggest(name, known, what='column')}{hint}",
            )
    used = [roles.user, roles.time, roles.event]
    if len(set(used)) < 3:
        raise CjmError(
            en=f"{where}: user, time and event have to be three different columns; these came: {used}",
            ru=f"{where}: человек, время и событие — три разных столбца; пришли {used}",
        )


def check_vocabulary(counts: Mapping[str, int], where: Any) -> dict[str, int]:
    """Sort the event names, and say so where they look like anything but event names."""
    if len(counts) > 1000 and len(counts) > sum(counts.values()) / 10:
        warnings.warn(
            say(
                en=f"{where}: the event column has {len(counts):,} different values in {sum(counts.values()):,} rows; "
                "is it really the name of the event, and not a page address or an id? Map it to fewer names",
                ru=f"{where}: в столбце события разных значений {len(counts):,} на {sum(counts.values()):,} строк; "
                f"точно ли это имя события, а не адрес страницы или id? Сведите к меньшему числу имён",
            ),
            DataWarning,
            stacklevel=4,
        )
    return {name: counts[name] for name in sorted(counts)}


def epoch_unit(low: float, high: float, where: Any, column: str) -> float:
    """Factor from a number to µs, told by its size: seconds, ms, µs and ns of 1980 to 2100 do not overlap."""
    for factor in (1e6, 1e3, 1.0, 1e-3):
        if low * factor >= 3.1e14 and high * factor <= 4.2e15:
            return factor if factor < 1 else int(factor)
    raise CjmError(
        en=f"{where}: column {column!r} holds numbers from {low:g} to {high:g}, which are not seconds, milliseconds, "
        "microseconds or nanoseconds since 1970 in any one of these units; convert the column to times first",
        ru=f"{where}: в столбце {column!r} числа от {low:g} до {high:g}; это не секунды, не милли-, микро- и не "
        f"наносекунды с 1970 года в одной единице; сначала переведите столбец во время",
    )


def order_scale(t_min: int, t_max: int, rows: int, whole_s: bool, whole_ms: bool) -> tuple[int, bool]:
    """How fine the order key counts time, and whether time and place then fit together into 63 bits."""
    divisor = 1_000_000 if whole_s and t_min % 1_000_000 == 0 else 1000 if whole_ms and t_min % 1000 == 0 else 1
    return divisor, ((t_max - t_min) // divisor + 2) * (rows + 1) < 2**62


def say_bad_times(n: int, rows: int, places: list[int], found: list[Any], roles: Roles, where: Any) -> CjmError:
    """The error for times that cannot be read."""
    shown = ", ".join(f"{v!r} in row {p + 2}" for p, v in zip(places, found))
    return CjmError(
        f"{where}: {n:,} of {rows:,} rows have no time that can be read in column {roles.time!r} ({shown}"
        f"{', …' if n > len(places) else ''}; rows counted with the header). Repair them, give time_format= "
        "(for example '%m/%d/%Y %H:%M'), or leave these rows out with drop_bad=True"
    )


def report_dropped(no_user: int, no_time: int, no_event: int, where: Any) -> dict[str, int]:
    """Say which rows were left out, and return the counts."""
    out = {}
    if no_user:
        out["no person"] = int(no_user)
        warnings.warn(
            say(
                en=f"{where}: rows without a person: {no_user:,}; they were left out",
                ru=f"{where}: строк без человека: {no_user:,}; они пропущены",
            ),
            DataWarning,
            stacklevel=4,
        )
    if no_time:
        out["no time"] = int(no_time)
        warnings.warn(
            say(
                en=f"{where}: rows without a time that can be read: {no_time:,}; they were left out",
                ru=f"{where}: строк, где время не читается: {no_time:,}; они пропущены",
            ),
            DataWarning,
            stacklevel=4,
        )
    if no_event:
        out["no event"] = int(no_event)
        warnings.warn(
            say(
                en=f"{where}: rows without an event: {no_event:,}; they are kept as '(missing)', because leaving them "
                f"out "
                f"would "
                "join events that did not follow each other",
                ru=f"{where}: строк без события: {no_event:,}; они остались как '(missing)': без них рядом встали бы "
                f"события, которые не шли подряд",
            ),
            DataWarning,
            stacklevel=4,
        )
    return out


def _microseconds(column: pd.Series, roles: Roles, where: Any) -> pd.Series:
    """µs since 1970, UTC; missing where the value cannot be read."""
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind):
        raise CjmError(
            en=f"{where}: column {roles.time!r} has the type {kind}, which holds no times",
            ru=f"{where}: столбец {roles.time!r} имеет тип {kind}, времени в нём нет",
        )
    if pd.api.types.is_numeric_dtype(kind):
        numbers = pd.to_numeric(column)
        known = numbers.dropna()
        if known.empty:
            return pd.Series(pd.NA, index=column.index, dtype="Int64")
        unit = epoch_unit(float(known.min()), float(known.max()), where, roles.time)
        if pd.api.types.is_integer_dtype(kind):
            scaled = numbers * unit if unit >= 1 else numbers // round(1 / unit)
            return scaled.astype("Int64")
        return (numbers * unit).round().astype("Int64")
    if isinstance(kind, pd.DatetimeTZDtype):
        times = column.dt.tz_convert("UTC")
    else:
        naive = pd.api.types.is_datetime64_any_dtype(kind)
        if naive:
            times = column
        else:
            written = column.astype("str").str.strip().where(column.notna())
            if roles.time_format:
                times = pd.to_datetime(
                    written, format=roles.time_format, errors="coerce", utc="%z" in roles.time_format
                )
            else:
                offset = written.str.contains(r"\d[T ]?\d\d:?\d\d.*(?:Z|UTC|[+-]\d\d(?::?\d\d)?)$", na=False)
                if offset.any() and (plain := (~offset & written.notna()).sum()):
                    raise CjmError(
                        en=f"{where}: column {roles.time!r} mixes times with a time zone ({int(offset.sum()):,} rows) "
                        f"and "
                        f"without one ({int(plain):,} rows); write all of them in one way, "
                        "for example 2026-03-01T10:00:00+03:00",
                        ru=f"{where}: в столбце {roles.time!r} смешано время с поясом (строк {int(offset.sum()):,}) и "
                        f"без него (строк {int(plain):,}); запишите всё одинаково, например "
                        f"2026-03-01T10:00:00+03:00",
                    )
                times = pd.to_datetime(written, format="ISO8601", errors="coerce", utc=bool(offset.any()))
                naive = not offset.any()
        if times.dt.tz is None:
            times = (
                times.dt.tz_localize(roles.tz, ambiguous=False, nonexistent="shift_forward")
                if roles.tz
                else times.dt.tz_localize("UTC")
            )
        times = times.dt.tz_convert("UTC")
    whole = times.dt.tz_localize(None).astype("datetime64[us]")
    return whole.astype("int64").astype("Int64").where(whole.notna())


def _text(column: pd.Series) -> pd.Series:
    return column.astype("str").str.strip().where(column.notna(), "")


def _ids(column: pd.Series) -> tuple[pd.Series, str]:
    if pd.api.types.is_bool_dtype(column.dtype) or not pd.api.types.is_numeric_dtype(column.dtype):
        return pd.Series(ids(column), index=column.index), "text"
    if pd.api.types.is_float_dtype(column.dtype) and (column.dropna() % 1 != 0).any():
        return pd.Series(ids(column), index=column.index), "text"
    return column.astype("Int64"), "number"


def from_pandas(source: pd.DataFrame, roles: Roles, *, where: Any) -> Canon:
    """Bring a pandas frame into the common shape, in pandas."""
    check_roles(roles, [str(c) for c in source.columns], where)
    source = source.rename(columns=str).reset_index(drop=True)
    u, user_kind = _ids(source[roles.user])
    t = _microseconds(source[roles.time], roles, where)
    e = _text(source[roles.event])
    no_time, no_user = t.isna(), u.isna()
    if no_time.any() and not roles.drop_bad:
        places = np.flatnonzero(no_time)[:5].tolist()
        found = [str(source[roles.time].iloc[i]) if pd.notna(source[roles.time].iloc[i]) else None for i in places]
        raise say_bad_times(int(no_time.sum()), len(source), places, found, roles, where)
    dropped = report_dropped(int(no_user.sum()), int(no_time.sum()), int((e == "").sum()), where)
    good = ~(no_time | no_user)
    if not good.any():
        raise CjmError(
            en=f"{where}: the log is empty: no row has a person, a time and an event",
            ru=f"{where}: журнал пуст: ни в одной строке нет человека, времени и события",
        )
    e = e.where(e != "", "(missing)")
    out = pd.DataFrame({"u": u, "t": t})
    out["r"] = np.arange(len(out), dtype="int64")
    if roles.order:
        out["r"] = source[roles.order].rank(method="first", na_option="bottom").astype("int64").to_numpy() - 1
    events = check_vocabulary({str(k): int(v) for k, v in e[good].value_counts().items()}, where)
    out["e"] = pd.Categorical(e, categories=list(events)).codes.astype("int32") + 1
    channels: tuple[str, ...] = ()
    out["c"] = np.int32(0)
    if roles.channel:
        c = _text(source[roles.channel])
        channels = tuple(sorted(set(c[good]) - {""}))
        out["c"] = pd.Categorical(c, categories=list(channels)).codes.astype("int32") + 1
    if roles.value:
        given = source[roles.value]
        v = pd.to_numeric(given, errors="coerce")
        if (wrong := int((v.isna() & (_text(given) != "")).sum())) > 0:
            raise CjmError(
                en=f"{where}: {wrong:,} rows of the value column {roles.value!r} are no numbers; "
                "write 1234.5, or leave value= out",
                ru=f"{where}: строк, где в столбце значений {roles.value!r} не число: {wrong:,}; пишите 1234.5 или "
                f"уберите value=",
            )
        out["v"] = v.astype("float64")
    out = out[good].reset_index(drop=True)
    out["t"] = out["t"].astype("int64")
    out["u"] = out["u"].astype("int64") if user_kind == "number" else out["u"].astype("str")
    # Sorted by person, time and place: a place in the sorted log is then an order key, and the rows are ready.
    order = np.lexsort((out["r"].to_numpy(), out["t"].to_numpy(), pd.factorize(out["u"], sort=True)[0]))
    out = out.iloc[order].reset_index(drop=True)
    same = out["u"].eq(out["u"].shift(1)).to_numpy(dtype=bool)
    starts = np.flatnonzero(~same)
    lengths = np.diff(np.append(starts, len(out)))
    out["n"] = np.arange(len(out)) - np.repeat(starts, lengths) + 1
    out["k"] = out["n"]
    out["p"] = np.where(same, out["e"].shift(1, fill_value=0), 0).astype("int32")
    out["d"] = np.where(same, out["t"] - out["t"].shift(1, fill_value=0), 0).astype("int64")
    return Canon(
        frame=nw.from_native(out).lazy(),
        engine=FrameEngine(),
        events=tuple(events),
        event_rows=tuple(events.values()),
        channels=channels,
        n_rows=len(out),
        t_min=int(out["t"].min()),
        t_max=int(out["t"].max()),
        has_channel=bool(roles.channel),
        has_value=bool(roles.value),
        ready=True,
        user_kind=user_kind,
        dropped=dropped,
    )


def from_polars(source: Any, roles: Roles, *, where: Any) -> Canon:
    """Bring a Polars frame, eager or lazy, into the common shape, in Polars."""
    import polars as pl

    lazy = source.lazy()
    schema = lazy.collect_schema()
    check_roles(roles, schema.names(), where)
    kind = schema[roles.time]
    time = pl.col(roles.time)
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None and roles.tz:
            time = time.dt.replace_time_zone(roles.tz, ambiguous="latest", non_existent="null")
        t = time.dt.epoch("us")
    elif kind == pl.Date:
        time = time.cast(pl.Datetime("us"))
        t = (time.dt.replace_time_zone(roles.tz, ambiguous="latest") if roles.tz else time).dt.epoch("us")
    elif kind.is_numeric():
        low, high = lazy.select(time.min().alias("a"), time.max().alias("b")).collect().row(0)
        if low is None:
            t = pl.lit(None, dtype=pl.Int64)
        else:
            unit = epoch_unit(float(low), float(high), where, roles.time)
            t = time * unit if unit >= 1 else time // round(1 / unit)
            t = t.round().cast(pl.Int64) if kind.is_float() else t.cast(pl.Int64)
    elif kind == pl.Null:
        t = pl.lit(None, dtype=pl.Int64)
    elif kind == pl.String:
        # Text is read by the one reader that knows all the ways of writing; only this column is fetched.
        read = _microseconds(pd.Series(lazy.select(time).collect()[roles.time].to_list(), dtype="str"), roles, where)
        lazy = lazy.collect().with_columns(pl.Series("__t", [None if x is pd.NA else x for x in read], pl.Int64)).lazy()
        t = pl.col("__t")
    else:
        raise CjmError(
            en=f"{where}: column {roles.time!r} has the type {kind}, which holds no times",
            ru=f"{where}: столбец {roles.time!r} имеет тип {kind}, времени в нём нет",
        )

    def label(name: str) -> Any:
        if schema[name] == pl.String:
            found = lazy.select(pl.col(name).unique()).collect()[name].to_list()
            if all(x is not None and x == x.strip() for x in found):
                # Names that need no cleaning stay as they are: cleaning ten million of them takes longer than counting.
                return pl.col(name)
        return pl.col(name).cast(pl.String).str.strip_chars().fill_null("")

    user_kind = "number" if schema[roles.user].is_numeric() else "text"
    if user_kind == "number":
        u = pl.col(roles.user).cast(pl.Int64)
    else:
        written = label(roles.user)
        u = pl.when(written != "").then(written)
    e = label(roles.event)
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    if roles.order:
        place = pl.col(roles.order).rank("ordinal").cast(pl.Int64) - 1
    shaped = lazy.select(
        u.alias("u"), t.alias("t"), place.alias("r"), e.alias("__e"),
        (label(roles.channel) if roles.channel else pl.lit("")).alias("__c"),
        *([pl.col(roles.value).cast(pl.Float64, strict=False).alias("v")] if roles.value else []),
        *([(pl.col(roles.value).cast(pl.Float64, strict=False).is_null() & (label(roles.value) != "")).alias("__w")]
          if roles.value else []),
    )  # fmt: skip
    stats = shaped.select(
        pl.len().alias("rows"),
        pl.col("u").null_count().alias("no_user"), pl.col("t").null_count().alias("no_time"),
        (pl.col("__e") == "").sum().alias("no_event"),
        pl.col("t").min().alias("t_min"), pl.col("t").max().alias("t_max"),
        (pl.col("t") % 1_000_000 == 0).all().alias("s"), (pl.col("t") % 1000 == 0).all().alias("ms"),
        *([pl.col("__w").sum().alias("wrong")] if roles.value else []),
    ).collect().row(0, named=True)  # fmt: skip
    if stats["no_time"] and not roles.drop_bad:
        bad = shaped.with_columns(lazy.select(time.cast(pl.String).alias("x")).collect()["x"])
        bad = bad.filter(pl.col("t").is_null()).select("r", "x").head(5).collect()
        raise say_bad_times(stats["no_time"], stats["rows"], bad["r"].to_list(), bad["x"].to_list(), roles, where)
    if roles.value and stats["wrong"]:
        raise CjmError(
            en=f"{where}: {stats['wrong']:,} rows of the value column {roles.value!r} are no numbers; "
            "write 1234.5, or leave value= out",
            ru=f"{where}: строк, где в столбце значений {roles.value!r} не число: {stats['wrong']:,}; пишите 1234.5 "
            f"или уберите value=",
        )
    dropped = report_dropped(stats["no_user"], stats["no_time"], stats["no_event"], where)
    shaped = shaped.filter(pl.col("u").is_not_null() & pl.col("t").is_not_null())
    shaped = shaped.with_columns(pl.when(pl.col("__e") == "").then(pl.lit("(missing)")).otherwise("__e").alias("__e"))
    counted = shaped.group_by("__e").len().collect()
    if not len(counted):
        raise CjmError(
            en=f"{where}: the log is empty: no row has a person, a time and an event",
            ru=f"{where}: журнал пуст: ни в одной строке нет человека, времени и события",
        )
    events = check_vocabulary(dict(counted.iter_rows()), where)
    channels: tuple[str, ...] = ()
    if roles.channel:
        found = shaped.select(pl.col("__c").unique()).collect()["__c"].to_list()
        channels = tuple(sorted(set(found) - {""}))

    def coded(column: str, names: Iterable[str]) -> Any:
        coding = pl.col(column).cast(pl.Enum(list(names)), strict=False).to_physical().cast(pl.Int32) + 1
        return coding.fill_null(0)

    t_min, t_max = stats["t_min"], stats["t_max"]
    divisor, fits = order_scale(t_min, t_max, stats["rows"], bool(stats["s"]), bool(stats["ms"]))
    since = (pl.col("t") - t_min) // divisor
    key = (since if fits else since.cast(pl.Int128)) * (stats["rows"] + 1) + pl.col("r")
    shaped = shaped.select(
        "u", "t", key.alias("k"), "r", coded("__e", events).alias("e"),
        (coded("__c", channels) if channels else pl.lit(0, dtype=pl.Int32)).alias("c"),
        *(["v"] if roles.value else []), pl.col("__e").alias("x"),
    )  # fmt: skip
    rows = sum(events.values())
    ready = rows <= KEEP
    if ready:
        # A small log is sorted once and kept, so that each question is a plain aggregation.
        first = (pl.col("u") != pl.col("u").shift(1)).fill_null(True)
        shaped = shaped.drop("x").sort("u", "k").with_columns(
            n=pl.int_range(pl.len()).over("u") + 1,
            p=pl.when(first).then(0).otherwise(pl.col("e").shift(1)).cast(pl.Int32),
            d=pl.when(first).then(0).otherwise(pl.col("t") - pl.col("t").shift(1)),
        ).with_columns(k=pl.col("n")).collect().lazy()  # fmt: skip
    return Canon(
        frame=nw.from_native(shaped),
        engine=PolarsEngine(),
        events=tuple(events),
        event_rows=tuple(events.values()),
        channels=channels,
        n_rows=rows,
        t_min=t_min,
        t_max=t_max,
        has_channel=bool(roles.channel),
        has_value=bool(roles.value),
        ready=ready,
        named=not ready,
        user_kind=user_kind,
        dropped=dropped,
    )
