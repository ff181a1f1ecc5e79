"""Ingest where the log stays in Spark or behind Ibis: one SELECT, nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.events._engine import Canon, IbisEngine, Roles, SparkEngine
from cjmkit.events._ingest import check_roles, check_vocabulary, epoch_unit, order_scale, report_dropped, say_bad_times

__all__ = ["from_ibis", "from_spark"]

KEEP = 2_000_000
MANY = 400
"""Up to so many names are coded by an expression; more by a join with the list of names."""


def _stats_checks(row: Any, bad: Any, roles: Roles, where: Any) -> dict[str, int]:
    if row["no_time"] and not roles.drop_bad:
        shown = bad()
        raise say_bad_times(
            int(row["no_time"]), int(row["rows"]), [int(r[0]) for r in shown], [r[1] for r in shown], roles, where
        )
    if row["rows"] == 0 or row["t_min"] is None or pd.isna(row["t_min"]):
        raise CjmError(
            en=f"{where}: the log is empty: no row has a person, a time and an event",
            ru=f"{where}: журнал пуст: ни в одной строке нет человека, времени и события",
        )
    if row.get("bad_value"):
        raise CjmError(
            en=f"{where}: {int(row['bad_value']):,} rows of the value column {roles.value!r} are no numbers; "
            "write 1234.5, or leave value= out",
            ru=f"{where}: строк, где в столбце значений {roles.value!r} не число: {int(row['bad_value']):,}; пишите "
            f"1234.5 или уберите value=",
        )
    return report_dropped(int(row["no_user"] or 0), int(row["no_time"] or 0), int(row["no_event"] or 0), where)


def from_spark(source: Any, roles: Roles, *, where: Any) -> Canon:
    """Bring a Spark DataFrame into the common shape, in Spark."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    check_roles(roles, source.columns, where)
    session = source.sparkSession
    types = dict(source.dtypes)
    # The id grows with partition and row; subtracting what the partitions before hold makes it the row's place.
    marked = source.withColumn("__m", F.monotonically_increasing_id())
    part = F.shiftright(F.col("__m"), 33)
    sizes = {int(r[0]): int(r[1]) for r in marked.groupBy(part.alias("p")).count().collect()}
    offsets, total = [], 0
    for p in sorted(sizes):
        offsets += [F.lit(p).cast("bigint"), F.lit(total).cast("bigint")]
        total += sizes[p]
    if not total:
        raise CjmError(
            en=f"{where}: the log is empty: no row has a person, a time and an event",
            ru=f"{where}: журнал пуст: ни в одной строке нет человека, времени и события",
        )
    place = F.create_map(*offsets)[part] + F.col("__m").bitwiseAND(F.lit((1 << 33) - 1))
    kind, column = types[roles.time], F.col(f"`{roles.time}`")
    quoted = f"`{roles.time}`"
    if kind == "timestamp":
        t = F.unix_micros(column)
    elif kind in ("timestamp_ntz", "date", "string"):
        shape = f", '{roles.time_format}'" if roles.time_format else ""
        wall = f"try_to_timestamp(trim({quoted}){shape})" if kind == "string" else None
        if wall is not None and not roles.tz:
            t = F.unix_micros(F.expr(wall))
        else:
            ntz = f"cast({wall or quoted} as timestamp_ntz)"
            if roles.tz:
                ntz = f"convert_timezone('{roles.tz}', 'UTC', {ntz})"
            t = F.expr(f"timestampdiff(MICROSECOND, TIMESTAMP_NTZ'1970-01-01 00:00:00', {ntz})")
    elif kind in ("bigint", "int", "double", "float") or kind.startswith("decimal"):
        low, high = source.select(F.min(column), F.max(column)).first()
        unit = epoch_unit(float(low), float(high), where, roles.time) if low is not None else 1
        t = (F.round(column * unit) if unit >= 1 else F.floor(column * unit)).cast("bigint")
    else:
        raise CjmError(
            en=f"{where}: column {roles.time!r} has the type {kind}, which holds no times",
            ru=f"{where}: столбец {roles.time!r} имеет тип {kind}, времени в нём нет",
        )
    number = types[roles.user] in ("bigint", "int", "smallint", "tinyint", "double", "float")
    user = F.col(f"`{roles.user}`")
    user = user.cast("bigint") if number else F.expr(f"nullif(trim(cast(`{roles.user}` as string)), '')")

    def label(name: str | None) -> Any:
        return F.coalesce(F.trim(F.col(f"`{name}`").cast("string")), F.lit("")) if name else F.lit("")

    value = F.expr(f"try_cast(`{roles.value}` as double)") if roles.value else F.lit(None).cast("double")
    shaped = marked.select(
        user.alias("u"), t.alias("t"), place.cast("bigint").alias("r"), label(roles.event).alias("x"),
        label(roles.channel).alias("y"), value.alias("v"), (value.isNull() & (label(roles.value) != "")).alias("w"),
        column.cast("string").alias("written"),
        *([F.col(f"`{roles.order}`").alias("o")] if roles.order else []),
    )  # fmt: skip
    one = lambda c: F.sum(F.when(c, 1).otherwise(0))  # noqa: E731
    row = shaped.select(
        F.count(F.lit(1)).alias("rows"), one(F.col("u").isNull()).alias("no_user"),
        one(F.col("t").isNull()).alias("no_time"), one(F.col("x") == "").alias("no_event"),
        one(F.col("w")).alias("bad_value"),
        F.min("t").alias("t_min"), F.max("t").alias("t_max"),
        F.min((F.col("t") % 1000000 == 0).cast("int")).alias("s"), F.min((F.col("t") % 1000 ==
        0).cast("int")).alias("ms"),
    ).first().asDict()  # fmt: skip
    dropped = _stats_checks(
        row,
        lambda: [(r["r"], r["written"]) for r in shaped.filter("t is null").orderBy("r").limit(5).collect()],
        roles,
        where,
    )
    if roles.order:
        shaped = shaped.withColumn("r", F.row_number().over(Window.orderBy("o", "r")).cast("bigint") - 1)
    shaped = shaped.filter("u is not null and t is not null")
    shaped = shaped.withColumn("x", F.when(F.col("x") == "", "(missing)").otherwise(F.col("x")))
    events = check_vocabulary({r[0]: int(r[1]) for r in shaped.groupBy("x").count().collect()}, where)
    if not events:
        raise CjmError(
            en=f"{where}: the log is empty: no row has a person, a time and an event",
            ru=f"{where}: журнал пуст: ни в одной строке нет человека, времени и события",
        )
    channels = tuple(sorted(r[0] for r in shaped.select("y").distinct().collect() if r[0])) if roles.channel else ()

    def coded(frame: Any, column: str, code: str, names: Sequence[str]) -> Any:
        if not names:
            return frame.withColumn(code, F.lit(0))
        if len(names) > MANY:
            table = session.createDataFrame([(n, i) for i, n in enumerate(names, 1)], f"{column} string, {code} int")
            return frame.join(F.broadcast(table), on=column, how="inner")
        pairs = [F.lit(x) for i, n in enumerate(names, 1) for x in (n, i)]
        return frame.withColumn(code, F.coalesce(F.create_map(*pairs)[F.col(column)], F.lit(0)))

    shaped = coded(coded(shaped, "x", "e", list(events)), "y", "c", channels)
    divisor, fits = order_scale(row["t_min"], row["t_max"], row["rows"], bool(row["s"]), bool(row["ms"]))
    since = F.floor((F.col("t") - F.lit(row["t_min"])) / divisor) if divisor > 1 else F.col("t") - F.lit(row["t_min"])
    since = since.cast("bigint" if fits else "decimal(28,0)")
    shaped = shaped.select("u", "t", (since * F.lit(row["rows"] + 1).cast("bigint") + F.col("r")).alias("k"), "r",
    "e", "c",
                           *(["v"] if roles.value else []))  # fmt: skip
    ready = row["rows"] <= KEEP
    if ready:
        over = Window.partitionBy("u").orderBy("k")
        shaped = shaped.select(
            "u", "t", "r", "e", "c", *(["v"] if roles.value else []),
            F.row_number().over(over).cast("bigint").alias("n"), F.coalesce(F.lag("e").over(over), F.lit(0)).alias("p"),
            F.coalesce(F.col("t") - F.lag("t").over(over), F.lit(0)).alias("d"),
        ).withColumn("k", F.col("n")).cache()  # fmt: skip
    return Canon(
        frame=nw.from_native(shaped), engine=SparkEngine(session), events=tuple(events),
        event_rows=tuple(events.values()), channels=channels, n_rows=sum(events.values()), t_min=int(row["t_min"]),
        t_max=int(row["t_max"]), has_channel=bool(roles.channel), has_value=bool(roles.value), ready=ready,
        user_kind="number" if number else "text", dropped=dropped,
    )  # fmt: skip


def from_ibis(source: Any, roles: Roles, *, where: Any) -> Canon:
    """Bring an Ibis table into the common shape, in its database."""
    import ibis

    schema = source.schema()
    check_roles(roles, schema.names, where)
    engine = IbisEngine(source)
    kind, column = schema[roles.time], source[roles.time]

    def run(expression: Any) -> pd.DataFrame:
        out: pd.DataFrame = engine._backend.to_pandas(expression)
        return out

    if kind.is_timestamp() or kind.is_date() or kind.is_string():
        stamp = column.cast("timestamp") if not kind.is_timestamp() else column
        if roles.tz and getattr(kind, "timezone", None) is None:
            raise CjmError(
                en=f"{where}: tz= is not possible behind Ibis; convert column {roles.time!r} to UTC there",
                ru=f"{where}: за Ibis tz= невозможно; переведите столбец {roles.time!r} в UTC там",
            )
        # Whole seconds and the rest apart: databases round or cut fractions of an epoch differently.
        t = (
            stamp.truncate("s").epoch_seconds().cast("int64") * 1_000_000
            + stamp.microsecond().cast("int64") % 1_000_000
        )
    elif kind.is_numeric():
        ends = run(source.aggregate(a=column.min(), b=column.max()))
        if pd.isna(ends["a"].iloc[0]):
            raise CjmError(
                en=f"{where}: the log is empty: no row has a person, a time and an event",
                ru=f"{where}: журнал пуст: ни в одной строке нет человека, времени и события",
            )
        unit = epoch_unit(float(ends["a"].iloc[0]), float(ends["b"].iloc[0]), where, roles.time)
        t = ((column * unit).round() if unit >= 1 else (column * unit).floor()).cast("int64")
        if kind.is_integer():
            t = (column * unit).cast("int64") if unit >= 1 else (column // round(1 / unit)).cast("int64")
    else:
        raise CjmError(
            en=f"{where}: column {roles.time!r} has the type {kind}, which holds no times",
            ru=f"{where}: столбец {roles.time!r} имеет тип {kind}, времени в нём нет",
        )
    number = schema[roles.user].is_numeric()
    user = source[roles.user].cast("int64") if number else source[roles.user].cast("string").strip().nullif("")

    def label(name: str | None) -> Any:
        return ibis.coalesce(source[name].cast("string").strip(), ibis.literal("")) if name else ibis.literal("")

    place = ibis.row_number()
    if roles.order:
        place = place.over(order_by=source[roles.order])
    shaped = source.select(
        u=user, t=t, r=place.cast("int64"), x=label(roles.event), y=label(roles.channel), written=column.cast("string"),
        **({"v": source[roles.value].cast("float64")} if roles.value else {}),
    )  # fmt: skip
    count = lambda c: c.ifelse(1, 0).sum()  # noqa: E731
    row = run(
        shaped.aggregate(
            rows=shaped.count(), no_user=count(shaped.u.isnull()), no_time=count(shaped.t.isnull()),
            no_event=count(shaped.x == ""), t_min=shaped.t.min(), t_max=shaped.t.max(),
            s=(shaped.t % 1_000_000).max(), ms=(shaped.t % 1000).max(),
        )
    ).iloc[0].to_dict()  # fmt: skip
    dropped = _stats_checks(
        row,
        lambda: run(shaped.filter(shaped.t.isnull()).order_by("r").limit(5))[["r", "written"]].itertuples(index=False),
        roles,
        where,
    )
    shaped = shaped.filter(shaped.u.notnull() & shaped.t.notnull())
    shaped = shaped.mutate(x=ibis.ifelse(shaped.x == "", "(missing)", shaped.x))
    found = run(shaped.group_by("x").aggregate(n=shaped.count()))
    events = check_vocabulary({str(k): int(v) for k, v in zip(found["x"], found["n"])}, where)
    if not events:
        raise CjmError(
            en=f"{where}: the log is empty: no row has a person, a time and an event",
            ru=f"{where}: журнал пуст: ни в одной строке нет человека, времени и события",
        )
    channels: tuple[str, ...] = ()
    if roles.channel:
        channels = tuple(sorted(c for c in run(shaped.select("y").distinct())["y"] if c))

    def coded(column: Any, names: Sequence[str]) -> Any:
        if not names:
            return ibis.literal(0).cast("int32")
        if len(names) > MANY:
            raise CjmError(
                en=f"{where}: {len(names):,} different names are too many to code behind Ibis; map them to at most "
                f"{MANY} there",
                ru=f"{where}: разных имён {len(names):,}, слишком много, чтобы кодировать за Ibis; сведите их там к "
                f"{MANY} или меньше",
            )
        return ibis.cases(*[(column == n, i) for i, n in enumerate(names, 1)], else_=0).cast("int32")

    rows, t_min, t_max = int(row["rows"]), int(row["t_min"]), int(row["t_max"])
    divisor, fits = order_scale(t_min, t_max, rows, row["s"] == 0, row["ms"] == 0)
    since = (shaped.t - t_min) // divisor if divisor > 1 else shaped.t - t_min
    since = since.cast("int64" if fits else "decimal(38, 0)")
    shaped = shaped.select(
        "u", "t", "r", k=since * (rows + 1) + shaped.r, e=coded(shaped.x, list(events)), c=coded(shaped.y, channels),
        **({"v": shaped.v} if roles.value else {}),
    )  # fmt: skip
    return Canon(
        frame=nw.from_native(shaped), engine=engine, events=tuple(events), event_rows=tuple(events.values()),
        channels=channels, n_rows=sum(events.values()), t_min=t_min, t_max=t_max,
        has_channel=bool(roles.channel), has_value=bool(roles.value), ready=False,
        user_kind="number" if number else "text", dropped=dropped,
    )  # fmt: skip
