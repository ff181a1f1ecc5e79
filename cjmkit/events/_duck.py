"""Ingest into DuckDB: files, relations, and frames that narwhals cannot be trusted with or that are large."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from cjmkit.errors import CjmError, FileFormatError
from cjmkit.events._engine import Canon, DuckEngine, Roles
from cjmkit.events._ingest import check_roles, check_vocabulary, epoch_unit, order_scale, report_dropped, say_bad_times

__all__ = [
    "KEEP",
    "PREPARED",
    "from_duck",
    "is_prepared",
    "moment",
    "open_file",
    "open_prepared",
    "pair_of",
    "people_beside",
    "prepared_notes",
    "quote",
    "text",
]

PREPARED = "cjmkit/events/1"
"""What a prepared file says it is."""

FORMAT = "cjmkit/events/1"
"""Of a prepared log."""

KEEP = 2_000_000
"""Logs up to this many rows are coded, sorted and kept in DuckDB's memory; larger ones are read anew by each
question."""

_CLOCKS = (" %H:%M:%S", " %H:%M", "", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p", ", %H:%M:%S", ", %H:%M",
           ", %I:%M:%S %p", ", %I:%M %p", "T%H:%M:%S")  # fmt: skip
_DAYS = {
    "%d.%m.%Y": ("%d.%m.%Y", "%d.%m.%y"),
    "%d/%m/%Y": ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y"),
    "%m/%d/%Y": ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"),
    "%Y/%m/%d": ("%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d"),
    "%d %b %Y": ("%d %b %Y", "%b %d, %Y", "%d-%b-%Y", "%d %B %Y", "%B %d, %Y", "%b %d %Y", "%a, %d %b %Y"),
}
"""Ways to write a day, by family: a column is written in one of them; its clock may have seconds or not, row by row."""
_OFFSET = r"\d[T ]?\d\d:?\d\d.*(Z|UTC|[+-]\d\d(:?\d\d)?)$"


def quote(name: str) -> str:
    """A column's name as SQL wants it."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL wants it."""
    return "'" + value.replace("'", "''") + "'"


def escaped(path: Path) -> str:
    """A path whose brackets and stars are letters to DuckDB, which takes them for patterns."""
    return re.sub(r"[\[*?]", lambda m: f"[{m.group()}]", str(path))


def open_file(engine: DuckEngine, path: Path, names: list[str] | None = None) -> tuple[str, str, dict[str, str]]:
    """The FROM clause for a file, the expression for a row's place, and the columns with their types."""
    import duckdb

    ends = [s.lower() for s in path.suffixes]
    kind = ends[-2] if len(ends) > 1 and ends[-1] in (".gz", ".zst") else (ends[-1] if ends else "")
    if path.is_dir():
        source, place = f"read_parquet({text(str(path / '**' / '*.parquet'))})", "row_number() OVER () - 1"
    elif kind in (".parquet", ".pq"):
        source, place = f"read_parquet({text(escaped(path))}, file_row_number = true)", "file_row_number"
    elif kind in (".csv", ".tsv", ".txt"):
        # Everything as text: a sniffer that reads the id 007 as 7 would lose the person.
        header = f"header = false, names = {names!r}" if names else "header = true"
        source = (
            f"read_csv({text(escaped(path))}, all_varchar = true, {header}, null_padding = false, strict_mode = true)"
        )
        place = "row_number() OVER () - 1"
    elif kind in (".json", ".jsonl", ".ndjson"):
        source, place = f"read_json({text(escaped(path))})", "row_number() OVER () - 1"
    else:
        raise FileFormatError(
            en=f"an event log of type {path.suffix or 'without ending'} is not known; "
            "use .csv, .tsv, .csv.gz, .parquet or .jsonl, or pass a table",
            ru=f"журнал вида {path.suffix or 'без окончания'} не известен; возьмите .csv, .tsv, .csv.gz, .parquet или "
            f".jsonl либо передайте таблицу",
            path=path,
        )
    try:
        described = engine.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except duckdb.Error as problem:
        raise FileFormatError(
            en=f"cannot be read as {kind[1:]}: {_first(problem)}",
            ru=f"не читается как {kind[1:]}: {_first(problem)}",
            path=path,
        ) from None
    columns = {row[0]: row[1] for row in described if row[0] != "file_row_number"}
    return source, place, columns


def _first(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0]


def _user(column: str, kind: str) -> tuple[str, str]:
    """Expression and kind of the person's id."""
    c = quote(column)
    if "INT" in kind:
        return f"CAST({c} AS BIGINT)" if kind not in ("HUGEINT", "UBIGINT", "UHUGEINT") else f"CAST({c} AS VARCHAR)", (
            "number" if kind not in ("HUGEINT", "UBIGINT", "UHUGEINT") else "text"
        )
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        return f"CAST({c} AS BIGINT)", "number"
    return f"nullif(trim(CAST({c} AS VARCHAR)), '')", "text"


def _label(column: str) -> str:
    return f"coalesce(trim(CAST({quote(column)} AS VARCHAR)), '')"


def _number(engine: DuckEngine, source: str, column: str) -> str:
    """Expression for a number; ``1 234,50`` is one where no other row has a point."""
    c = f"CAST({quote(column)} AS VARCHAR)"
    comma = f"regexp_replace({c}, '[\\s\u00a0\u202f]', '', 'g')"
    odd, pointed = engine.sql(
        f"SELECT count(*) FILTER (regexp_full_match({comma}, '-?\\d+,\\d{{1,2}}')), "
        f"count(*) FILTER (contains({c}, '.')) FROM {source}"
    ).fetchall()[0]
    if odd and not pointed:
        return f"try_cast(replace({comma}, ',', '.') AS DOUBLE)"
    return f"try_cast({quote(column)} AS DOUBLE)"


def moment(engine: DuckEngine, source: str, roles: Roles, kind: str, where: Any) -> str:
    """Expression for µs since 1970 in UTC; null where it cannot be read."""
    c = quote(roles.time)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"epoch_us({c})"
    zone = (lambda x: f"timezone({text(roles.tz)}, {x})") if roles.tz else (lambda x: x)
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return f"epoch_us({zone(f'CAST({c} AS TIMESTAMP)')})"
    if kind == "VARCHAR" and roles.time_format is None:
        trimmed = f"nullif(trim({c}), '')"
        filled, offsets, iso, numbers = engine.sql(
            f"SELECT count({trimmed}), count(*) FILTER (regexp_matches({trimmed}, {text(_OFFSET)})), "
            f"count(try_cast({trimmed} AS TIMESTAMP)), count(try_cast({trimmed} AS DOUBLE)) FROM {source}"
        ).fetchall()[0]
        if offsets and offsets < filled:
            plain = engine.sql(
                f"SELECT count(try_cast({trimmed} AS TIMESTAMP)) FROM {source} "
                f"WHERE NOT regexp_matches({trimmed}, {text(_OFFSET)})"
            ).fetchall()[0][0]
            if plain:
                raise CjmError(
                    en=f"{where}: column {roles.time!r} mixes times with a time zone ({offsets:,} rows) and without "
                    f"one "
                    f"({plain:,} rows); write all of them in one way, for example 2026-03-01T10:00:00+03:00",
                    ru=f"{where}: в столбце {roles.time!r} смешано время с поясом (строк {offsets:,}) и без него "
                    f"(строк {plain:,}); запишите всё одинаково, например 2026-03-01T10:00:00+03:00",
                )
        if offsets:
            return f"epoch_us(try_cast({trimmed} AS TIMESTAMPTZ))"
        if numbers == filled and filled and not _looks_like_date(engine, source, trimmed):
            return _epoch(engine, source, f"try_cast({trimmed} AS DOUBLE)", where, roles)
        if iso < filled and (read := _written(engine, source, trimmed, where, roles)):
            return f"epoch_us({zone(read)})"
        return f"epoch_us({zone(f'try_cast({trimmed} AS TIMESTAMP)')})"
    if kind == "VARCHAR":
        parsed = f"try_strptime(trim({c}), {text(roles.time_format or '')})"
        return f"epoch_us({parsed})" if "%z" in (roles.time_format or "") else f"epoch_us({zone(parsed)})"
    if "INT" in kind or kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        return _epoch(engine, source, c, where, roles)
    raise CjmError(
        en=f"{where}: column {roles.time!r} has the type {kind}, which holds no times",
        ru=f"{where}: столбец {roles.time!r} имеет тип {kind}, времени в нём нет",
    )


def _written(engine: DuckEngine, source: str, trimmed: str, where: Any, roles: Roles) -> str | None:
    """Expression for times that are not ISO's: the family of days that reads more of them than any other.

    03/04 says nothing about its order, but over a column a day above 12 mostly does; where it does not, both readings
    are said and neither is taken.
    """
    families: dict[str, str] = dict.fromkeys(("iso",), f"try_cast({trimmed} AS TIMESTAMP)")
    for name, days in _DAYS.items():
        formats = ", ".join(text(day + clock) for day in days for clock in _CLOCKS)
        families[name] = f"try_strptime({trimmed}, [{formats}])"
    families["digits"] = f"coalesce(try_strptime({trimmed}, '%Y%m%d%H%M%S'), try_strptime({trimmed}, '%Y%m%d'))"

    def hits(rows: str, names: list[str]) -> dict[str, int]:
        counted = ", ".join(f"count({families[n]})" for n in names)
        return dict(zip(names, engine.sql(f"SELECT {counted} FROM {rows}").fetchall()[0]))

    first = hits(f"(SELECT * FROM {source} WHERE {trimmed} IS NOT NULL LIMIT 5000)", list(families))
    able = [n for n in families if first[n]]
    found = hits(source, able) if able else {}
    best = max(found, key=lambda n: found[n], default="iso")
    other = {"%d/%m/%Y": "%m/%d/%Y", "%m/%d/%Y": "%d/%m/%Y"}.get(best)
    if other and found.get(other) == found[best]:
        shown = engine.sql(
            f"SELECT min({trimmed}), min({families[best]}), max({families[best]}), min({families[other]}), "
            f"max({families[other]}) FROM {source}"
        ).fetchall()[0]
        said = [f"{f} {low:%Y-%m-%d} – {high:%Y-%m-%d}" for f, low, high in ((best, *shown[1:3]), (other, *shown[3:5]))]
        both, way = " | ".join(said), f"options=…(time_format='{best} %H:%M')"
        raise CjmError(
            en=f"{where}: in column {roles.time!r} ({shown[0]!r} …) day and month cannot be told apart; both readings "
            f"fit every row: {both}. Say which, for example {way}",
            ru=f"{where}: в столбце {roles.time!r} ({shown[0]!r} …) не отличить день от месяца; каждой строке подходят "
            f"оба прочтения: {both}. Скажите, какое, например {way}",
        )
    return None if best == "iso" else families[best]


def _looks_like_date(engine: DuckEngine, source: str, trimmed: str) -> bool:
    """Whether all are 8 or 14 digits that read as a date: 20260301 is the first of March, not 1970."""
    filled, eight, fourteen = engine.sql(
        f"SELECT count({trimmed}), count(try_strptime({trimmed}, '%Y%m%d')) FILTER (length({trimmed}) = 8), "
        f"count(try_strptime({trimmed}, '%Y%m%d%H%M%S')) FILTER (length({trimmed}) = 14) FROM {source}"
    ).fetchall()[0]
    return bool(filled in (eight, fourteen))


def _epoch(engine: DuckEngine, source: str, number: str, where: Any, roles: Roles) -> str:
    low, high = engine.sql(f"SELECT min({number}), max({number}) FROM {source}").fetchall()[0]
    if low is None:
        return "CAST(NULL AS BIGINT)"
    unit = epoch_unit(float(low), float(high), where, roles.time)
    # Whole numbers stay whole: µs of 2026 times 1000 do not fit a double exactly.
    return f"CAST(round({number} * {unit}) AS BIGINT)" if unit >= 1 else f"CAST(floor({number} * {unit}) AS BIGINT)"


def from_duck(
    engine: DuckEngine, source: str, place: str, columns: dict[str, str], roles: Roles, *, where: Any, kept: bool = True
) -> Canon:
    """Check the columns and bring the log into the common shape."""
    import duckdb

    check_roles(roles, columns, where)
    user, user_kind = _user(roles.user, columns[roles.user])
    try:
        time = moment(engine, source, roles, columns[roles.time], where)
        event = _label(roles.event)
        channel = _label(roles.channel) if roles.channel else "''"
        value = _number(engine, source, roles.value) if roles.value else None
        wrong = f"{value} IS NULL AND {_label(roles.value)} != ''" if roles.value else "false"
        # One scan tells everything, name by name: how many rows, which cannot be used, and how fine the times are.
        found = engine.sql(
            "SELECT x, y, count(*), count(*) FILTER (u IS NULL), count(*) FILTER (t IS NULL), "
            "count(*) FILTER (u IS NOT NULL AND t IS NOT NULL), min(t), max(t), bool_and(t % 1000000 = 0), "
            f"bool_and(t % 1000 = 0), count(*) FILTER (w) FROM (SELECT {user} AS u, {time} AS t, "
            f"CAST({quote(roles.event)} AS VARCHAR) AS x, "
            + (f"CAST({quote(roles.channel)} AS VARCHAR)" if roles.channel else "NULL::VARCHAR")
            + f" AS y, {wrong} AS w FROM {source}) GROUP BY x, y"
        ).fetchall()
    except duckdb.Error as problem:
        raise FileFormatError(
            en=f"cannot be read: {_first(problem)}", ru=f"не читается: {_first(problem)}", path=where
        ) from None
    rows, no_user, no_time, bad_value = (sum(int(f[i]) for f in found) for i in (2, 3, 4, 10))
    no_event = sum(int(f[2]) for f in found if not (f[0] or "").strip())
    if no_time and not roles.drop_bad:
        shown = engine.sql(
            f"SELECT row, CAST(x AS VARCHAR) FROM (SELECT {place} AS row, {quote(roles.time)} AS x, {time} AS t "
            f"FROM {source}) WHERE t IS NULL LIMIT 5"
        ).fetchall()
        raise say_bad_times(no_time, rows, [int(r[0]) for r in shown], [r[1] for r in shown], roles, where)
    if bad_value:
        raise CjmError(
            en=f"{where}: {bad_value:,} rows of the value column {roles.value!r} are no numbers; "
            "write 1234.5, or leave value= out",
            ru=f"{where}: строк, где в столбце значений {roles.value!r} не число: {bad_value:,}; пишите 1234.5 или "
            f"уберите value=",
        )
    dropped = report_dropped(no_user, no_time if roles.drop_bad else 0, no_event, where)
    counts: dict[str, int] = {}
    for f in found:
        if f[5]:
            name = (f[0] or "").strip() or "(missing)"
            counts[name] = counts.get(name, 0) + int(f[5])
    if not counts:
        raise CjmError(
            en=f"{where}: the log is empty: no row has a person, a time and an event",
            ru=f"{where}: журнал пуст: ни в одной строке нет человека, времени и события",
        )
    events = check_vocabulary(counts, where)
    channels = tuple(sorted({(f[1] or "").strip() for f in found if f[5]} - {""}))
    timed = [f for f in found if f[6] is not None]
    t_min, t_max = min(int(f[6]) for f in timed), max(int(f[7]) for f in timed)
    whole_s, whole_ms = all(f[8] for f in timed), all(f[9] for f in timed)
    keep = f"WHERE NOT (({user}) IS NULL OR ({time}) IS NULL)" if no_user or no_time else ""
    if no_event:
        event = f"CASE {event} WHEN '' THEN '(missing)' ELSE {event} END"
    elif columns[roles.event] == "VARCHAR" and all(f[0] == f[0].strip() for f in found):
        # Names that need no cleaning stay bare, so that DuckDB can skip row groups by them.
        event = quote(roles.event)
    if (
        roles.channel
        and columns[roles.channel] == "VARCHAR"
        and all(f[1] is None or f[1] == f[1].strip() for f in found)
    ):
        channel = quote(roles.channel)

    def code(expression: str, names: tuple[str, ...]) -> str:
        known = ", ".join(text(n) for n in names)
        # ENUMs begin at 0; our codes at 1.
        return f"CAST(enum_code(CAST({expression} AS ENUM ({known}))) AS INTEGER) + 1"

    coded = code(event, tuple(events))
    some_channel = f"nullif({channel}, '')"
    from_channel = f"coalesce({code(some_channel, channels)}, 0)" if channels else "0"
    divisor, fits = order_scale(t_min, t_max, rows, bool(whole_s), bool(whole_ms))
    wide = "" if fits else "::HUGEINT"
    if roles.order:
        place = f"row_number() OVER (ORDER BY {quote(roles.order)})"
    v, x = (", v" if value else ""), ("" if kept and rows <= KEEP else ", x")
    projected = (
        f"SELECT u, t, ((t - ({t_min})) // {divisor}){wide} * {rows + 1} + r AS k, r, e, c{v}{x} FROM ("
        f"SELECT {user} AS u, {time} AS t, CAST({place} AS BIGINT) AS r, {coded} AS e, {from_channel} AS c, {event} "
        f"AS x" + (f", {value} AS v" if value else "") + f" FROM {source} {keep})"
    )
    small = kept and rows <= KEEP
    base = None
    if small:
        projected = (
            f"SELECT u, t, n AS k, r, e, c{v}, n, p, CASE WHEN p > 0 THEN t - q ELSE 0 END AS d FROM ("
            f"SELECT *, row_number() OVER w AS n, coalesce(lag(e) OVER w, 0) AS p, lag(t) OVER w AS q "
            f"FROM ({projected}) WINDOW w AS (PARTITION BY u ORDER BY k)) ORDER BY u, n"
        )
        base = (engine.table(projected), projected)
        projected = f"SELECT * FROM {base[0]}"
    return Canon(
        frame=nw.from_native(engine.sql(projected)),
        engine=engine,
        events=tuple(events),
        event_rows=tuple(events.values()),
        channels=channels,
        n_rows=sum(events.values()),
        t_min=t_min,
        t_max=t_max,
        has_channel=bool(roles.channel),
        has_value=bool(value),
        ready=small,
        named=not small,
        user_kind=user_kind,
        dropped=dropped,
        base=base,
    )


def prepared_notes(engine: DuckEngine, path: Path) -> dict[str, Any] | None:
    """What ``prepare`` wrote about a file, or None where it is an ordinary one."""
    if path.is_dir() or path.suffix.lower() not in (".parquet", ".pq"):
        return None
    import duckdb

    try:
        found = engine.sql(
            f"SELECT value FROM parquet_kv_metadata({text(escaped(path))}) WHERE key = 'cjmkit'"
        ).fetchall()
    except duckdb.Error as problem:
        raise FileFormatError(
            en=f"cannot be read as Parquet: {_first(problem)}",
            ru=f"не читается как Parquet: {_first(problem)}",
            path=path,
        ) from None
    return json.loads(bytes(found[0][0]).decode()) if found else None


def people_beside(path: Path) -> Path:
    """Where ``prepare`` writes a row a person."""
    return path.with_name(f"{path.stem}.people{path.suffix}")


def pair_of(engine: DuckEngine, beside: Path) -> str | None:
    """Which log a row a person belongs to; None where the file is none of ``prepare``'s."""
    import duckdb

    if not beside.is_file():
        return None
    try:
        found = engine.sql(
            f"SELECT value FROM parquet_kv_metadata({text(escaped(beside))}) WHERE key = 'cjmkit_people'"
        ).fetchall()
    except duckdb.Error:
        return None
    return json.loads(bytes(found[0][0]).decode()).get("pair") if found else None


def is_prepared(path: Path) -> bool:
    """Whether a file was written by ``prepare``."""
    return path.is_file() and prepared_notes(DuckEngine(), path) is not None


def open_prepared(duck: DuckEngine, path: Path, notes: dict[str, Any]) -> Canon:
    """Open a file that ``prepare`` wrote."""
    if notes.get("format") != PREPARED:
        raise FileFormatError(
            en=f"prepared by another version ({notes.get('format')}); this one reads {PREPARED}",
            ru=f"подготовлено другой версией ({notes.get('format')}); эта читает {PREPARED}",
            path=path,
        )
    value = ", v" if notes["has_value"] else ""
    beside = people_beside(path)
    pair = pair_of(duck, beside)
    lists = f"read_parquet({text(escaped(beside))})" if pair is not None and pair == notes.get("pair") else None
    frame = nw.from_native(
        duck.sql(f"SELECT u, t, n AS k, r, e, c{value}, n, p, d FROM read_parquet({text(escaped(path))})")
    )
    return Canon(
        frame=frame, engine=duck, events=tuple(notes["events"]), event_rows=tuple(notes["event_rows"]),
        channels=tuple(notes["channels"]), n_rows=notes["n_rows"], t_min=notes["t_min"], t_max=notes["t_max"],
        has_channel=notes["has_channel"], has_value=notes["has_value"], ready=True, user_kind=notes["user_kind"],
        lists=lists, _people=notes["n_people"],
    )  # fmt: skip


def as_frame(source: Any) -> Any:
    """A frame that DuckDB can scan in place."""
    if isinstance(source, pd.DataFrame):
        # Python objects (dates, decimals) have no DuckDB type of their own; text does.
        out = source.reset_index(drop=True)
        for name in out.select_dtypes(object).columns:
            out[name] = out[name].astype("str").where(out[name].notna())
        return out.rename(columns=str)
    return source
