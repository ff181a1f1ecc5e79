"""Open an export: find its format, bring it into one row per event, and report what was met on the way."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cjmkit.errors import DataWarning, FileFormatError, one_of, suggest
from cjmkit.events._duck import quote, text
from cjmkit.events._engine import DuckEngine, Roles
from cjmkit.events.opening import Opened
from cjmkit.events.reading import mining, product, shops, web
from cjmkit.events.reading.layout import NOTHING, Layout, ReadOptions
from cjmkit.events.reading.people import join_ids
from cjmkit.events.reading.plain import guess, holds_times, joined_clock, zone_named
from cjmkit.events.reading.view import View, open_view
from cjmkit.events.reporting import LogReport, Role
from cjmkit.files import existing
from cjmkit.i18n import say

__all__ = ["FORMATS", "open_export"]

Reader = Callable[[View, ReadOptions, str | None], Layout | None]

FORMATS: dict[str, Reader] = {
    "xes": mining.xes, "ocel": mining.ocel, "mining-table": mining.tables, "amplitude": product.amplitude,
    "mixpanel": product.mixpanel, "posthog": product.posthog, "segment": product.segment, "ga4": web.ga4,
    "metrica": web.metrica, "snowplow": web.snowplow, "matomo": web.matomo, "heap": product.heap,
    "shopify": shops.shopify, "woocommerce": shops.woocommerce, "weblog": web.weblog, "w3c": web.w3c,
    "appmetrica": product.appmetrica, "appsflyer": product.appsflyer,
}  # fmt: skip
"""Readers by name, in the order in which they are asked; each says None where a file is not its own."""

_NOBODY = "'', 'null', 'undefined', 'none', 'anonymous', 'nan', '-', '[]', '{}'"
_BOT = "(bot|crawl|spider|slurp|headless|python-requests|curl/|wget|monitor|pingdom|lighthouse)"
_TESTER = "(^|[^a-z])(test|qa|demo|dummy)([^a-z]|$)|@example\\.(com|org|net)$"
_DAY = 86_400_000_000


def open_export(
    path: Path, *, format: str | None, given: dict[str, str | None], tz: str | None, options: ReadOptions
) -> Opened:
    """Open an export as one row per event."""
    existing(path, what="folder" if path.is_dir() else "file")
    for value, allowed, what in (
        (options.identity, ("backfill", "later", "off"), "identity"),
        (options.duplicates, ("drop", "keep"), "duplicates"),
        (options.bots, ("drop", "keep"), "bots"), (options.test_users, ("drop", "keep"), "test_users"),
        (options.clock, ("occurred", "received"), "clock"), (options.lifecycle, ("pair", "keep"), "lifecycle"),
    ):  # fmt: skip
        one_of(value, allowed, what=what)
    duck = DuckEngine(memory_limit=options.memory_limit)
    view = open_view(duck, path)
    if format is not None and format != "table":
        layout = FORMATS[one_of(format, [*FORMATS, "table"], what="format")](view, options, tz)
        if layout is None:
            raise FileFormatError(
                en=f"this is no {format}; fields found: {', '.join(view.keys[:30])}",
                ru=f"это не {format}; найдены поля: {', '.join(view.keys[:30])}",
                path=path,
            )
    else:
        found = None if format == "table" else (r(view, options, tz) for r in FORMATS.values())
        layout = next((x for x in found if x is not None), None) if found else None
    if layout is None:
        return _table(view, path, given, tz, options)
    return _events(view, _replaced(view, layout, given, path), path, options)


def _table(view: View, path: Path, given: dict[str, str | None], tz: str | None, options: ReadOptions) -> Opened:
    if view.kind in ("xml", "sqlite"):
        raise FileFormatError(
            en="neither XES nor OCEL: it has no traces, and no events with objects",
            ru="ни XES, ни OCEL: нет ни следов (trace), ни событий с объектами",
            path=path,
        )
    view = view.flat()
    dates, clocks = holds_times(view)
    if given["time"] is None and (pair := joined_clock(view, dates, clocks)) is not None:
        both = f"{pair[0]} + {pair[1]}"
        source = f"(SELECT *, {pair[2]} AS {quote(both)}, {view.place} AS __place FROM {view.source})"
        kinds = {c: k for c, k in view.types.items() if c not in pair[:2]} | {both: "VARCHAR"}
        view = replace(view, source=source, place="__place", keys=tuple(kinds), types=kinds)
        dates = [both]
    if given["time"] is None and given["event"] is None:
        layout = shops.dated(view, given, dates, tz, options)
        if layout is not None:
            return _events(view, _replaced(view, layout, given, path), path, options)
    found = guess(view, given, dates=dates, path=path)
    columns = {r: c for r, (c, _, _) in found.items()}
    tz = tz or zone_named(columns["time"])
    roles = Roles(**columns, tz=tz, time_format=options.time_format, drop_bad=options.drop_bad)
    doubts = {r: w for r, (_, s, w) in found.items() if s == "contradictory"}
    report = LogReport(
        format="table", roles={r: Role(*x) for r, x in found.items()}, clock=f"as written, {tz or 'UTC'}",
        warnings=tuple(f"{r}: {columns[r]} was taken; {w}" for r, w in doubts.items()),
    )  # fmt: skip
    for told in report.warnings:
        hint = "options=cj.events.ReadOptions(time=…)"
        warnings.warn(
            say(en=f"{path.name}: {told}. Another one: {hint}", ru=f"{path.name}: {told}. Другой: {hint}"),
            DataWarning,
            stacklevel=4,
        )
    return Opened(duck=view.duck, sql=view.source, place=view.place, roles=roles, path=path, report=report, tz=tz,
                  properties=tuple(view.types))  # fmt: skip


def _replaced(view: View, layout: Layout, given: dict[str, str | None], path: Path) -> Layout:
    """Columns that the call names take the place of the reader's own."""
    changes: dict[str, object] = {}
    roles = dict(layout.roles)
    for role, column in given.items():
        if column is None:
            continue
        expression = view.get(column)
        if expression is None:
            known = [*view.types] or list(view.keys)
            raise FileFormatError(
                en=f"{role}= names a column that is not there: {suggest(column, known, what='column')}",
                ru=f"{role}= называет столбец, которого нет: {suggest(column, known, what='column')}",
                path=path,
            )
        if role == "time":
            raise FileFormatError(
                en="the time of a known format cannot be another column; use format='table'",
                ru="время известного формата не может быть другим столбцом; возьмите format='table'",
                path=path,
            )
        changes |= {"known": expression, "anon": NOTHING} if role == "user" else {role: expression}
        roles[role] = (column, "named in the call")
    return replace(layout, roles=roles, **changes) if changes else layout  # type: ignore[arg-type]


def _events(view: View, layout: Layout, path: Path, options: ReadOptions) -> Opened:
    """The rows of a layout as a table in DuckDB, cleaned as the options say, with a report."""
    import duckdb

    duck = view.duck
    try:
        raw = duck.table(_shaped(layout, options))
    except duckdb.Error as problem:
        raise FileFormatError(
            en=f"cannot be read: {str(problem).strip().splitlines()[0]}",
            ru=f"не читается: {str(problem).strip().splitlines()[0]}",
            path=path,
        ) from None
    counts = {"rows": _one(duck, f"SELECT count(*) FROM {raw}")} | dict(layout.counts)
    told = list(layout.notes)
    _bad_times(duck, raw, counts, path, options)
    counts["double insert ids"] = _one(duck, f"SELECT count(id) - count(DISTINCT id) FROM {raw}")
    counts["rows of nobody"] = _one(
        duck, f"SELECT count(*) FROM {raw} WHERE event_row AND known IS NULL AND anon IS NULL"
    )
    where = ["t IS NOT NULL", "(known IS NOT NULL OR anon IS NOT NULL OR a_other IS NOT NULL)"]
    if layout.agent != NOTHING:
        bots = f"coalesce(regexp_matches(lower(agent), {text(_BOT)}), false)"
        counts["rows of bots, by agent"] = _one(duck, f"SELECT count(*) FROM {raw} WHERE {bots}")
        where += [f"NOT {bots}"] if options.bots == "drop" else []
    tester = f"coalesce(regexp_matches(lower(known), {text(_TESTER)}), false)"
    if layout.clean:
        counts["test users"] = _one(duck, f"SELECT count(DISTINCT known) FROM {raw} WHERE {tester}")
        where += [f"NOT {tester}"] if options.test_users == "drop" else []
    if layout.received != "CAST(NULL AS BIGINT)":
        off = f"abs(received - occurred) > {_DAY}"
        counts["clocks apart by over a day"] = _one(duck, f"SELECT count(*) FROM {raw} WHERE {off}")
    once = ""
    if counts["double insert ids"] and options.duplicates == "drop":
        # Of an event that came twice the earliest copy stays.
        first = "PARTITION BY coalesce(id, CAST(place AS VARCHAR)) ORDER BY coalesce(received, t), place"
        once = f" QUALIFY row_number() OVER ({first}) = 1"
    kept = duck.table(f"SELECT * FROM {raw} WHERE {' AND '.join(where)}{once}")
    duck.sql(f"DROP TABLE {raw}")
    joined, met = join_ids(duck, kept, options.identity)
    counts |= met
    final = duck.table(f"SELECT * FROM ({joined}) WHERE event_row AND u IS NOT NULL ORDER BY place")
    duck.sql(f"DROP TABLE {kept}")
    if not _one(duck, f"SELECT count(*) FROM {final}"):
        raise FileFormatError(
            en=f"read as {layout.format}, but no row is an event of a person: {_say(counts)}",
            ru=f"прочитано как {layout.format}, но ни одна строка не событие человека: {_say(counts)}",
            path=path,
        )
    counts["people who stay anonymous"] = _one(
        duck, f"SELECT count(*) FROM (SELECT u FROM {final} GROUP BY u HAVING count(known) = 0)"
    ) if layout.anon != NOTHING else 0  # fmt: skip
    counts["events out of order"] = _one(
        duck, f"SELECT count(*) FROM (SELECT t < lag(t) OVER (PARTITION BY u ORDER BY place) AS b FROM {final}) WHERE b"
    )
    fast = f"SELECT u FROM {final} GROUP BY u, t // 60000000 HAVING count(*) > 120"
    counts["people faster than a person (120 events a minute)"] = _one(duck, f"SELECT count(DISTINCT u) FROM ({fast})")
    if counts["double insert ids"]:
        done = "left out" if options.duplicates == "drop" else "kept"
        told.append(f"{counts['double insert ids']:,} rows repeat an insert id and were {done}")
    if counts["shared devices"]:
        told.append(
            f"{counts['shared devices']:,} devices were used by several people: their anonymous events go to the first"
        )
    roles = {r: Role(c, "given" if w == "named in the call" else layout.status, w) for r, (c, w) in layout.roles.items()
             if r != "channel" or layout.channel != NOTHING}  # fmt: skip
    report = LogReport(format=layout.format, roles=roles, counts=counts, clock=layout.clock, warnings=tuple(told))
    channel = "channel" if layout.channel != NOTHING else None
    return Opened(duck=duck, sql=final, place="place", roles=Roles("u", "t", "event", channel), path=path,
                  report=report, properties=tuple(layout.properties))  # fmt: skip


def _shaped(layout: Layout, options: ReadOptions) -> str:
    """One SELECT of all parts."""

    def person(expression: str) -> str:
        bare = f"trim(CAST({expression} AS VARCHAR))"
        if not layout.clean:
            return f"nullif({bare}, '')"
        return f"CASE WHEN lower({bare}) IN ({_NOBODY}) OR regexp_full_match({bare}, '[0-]+') THEN NULL ELSE {bare} END"

    moment = layout.time if options.clock == "occurred" else f"coalesce({layout.received}, {layout.time})"
    condition, kept, other = layout.alias or ("false", NOTHING, NOTHING)
    columns = {
        "known": person(layout.known), "anon": person(layout.anon), "t": moment, "occurred": layout.time,
        "received": layout.received, "written": f"CAST({layout.written} AS VARCHAR)", "id": layout.id,
        "event": f"CAST({layout.event} AS VARCHAR)", "channel": f"CAST({layout.channel} AS VARCHAR)",
        "agent": layout.agent, "place": "CAST(__place AS BIGINT)", "event_row": f"coalesce({layout.keep}, false)",
        "a_kept": f"CASE WHEN {condition} THEN {person(kept)} END",
        "a_other": f"CASE WHEN {condition} THEN {person(other)} END",
    }  # fmt: skip
    taken = {*columns, "u", "moved"}
    columns |= {n if n not in taken else f"{n}_": e for n, e in layout.properties.items()}
    return f"SELECT {', '.join(f'{e} AS {quote(n)}' for n, e in columns.items())} FROM {layout.source}"


def _one(duck: DuckEngine, query: str) -> int:
    return int(duck.sql(query).fetchall()[0][0] or 0)


def _say(counts: dict[str, int]) -> str:
    return ", ".join(f"{k} {n:,}" for k, n in counts.items() if n)


def _bad_times(duck: DuckEngine, raw: str, counts: dict[str, int], path: Path, options: ReadOptions) -> None:
    bad = _one(duck, f"SELECT count(*) FROM {raw} WHERE t IS NULL AND event_row")
    counts["times that cannot be read"] = bad
    if bad and not options.drop_bad:
        some = duck.sql(
            f"SELECT place, written FROM {raw} WHERE t IS NULL AND event_row ORDER BY place LIMIT 5"
        ).fetchall()
        shown = ", ".join(f"{w!r} in row {p + 1}" for p, w in some)
        raise FileFormatError(
            en=f"{bad:,} of {counts['rows']:,} rows have no time that can be read ({shown}); repair them, or leave "
            f"them "
            "out with options=ReadOptions(drop_bad=True)",
            ru=f"строк, где время не читается: {bad:,} из {counts['rows']:,} ({shown}); исправьте их или пропустите: "
            f"options=ReadOptions(drop_bad=True)",
            path=path,
        )
    sizes = duck.sql(
        f"SELECT DISTINCT length(written) FROM {raw} WHERE regexp_full_match(written, '[0-9]{{10,19}}') ORDER BY 1"
    ).fetchall()
    if len(sizes) > 1:
        raise FileFormatError(
            en=f"times are numbers of {' and '.join(str(s[0]) for s in sizes)} digits: seconds, milliseconds or "
            "microseconds since 1970 are mixed in one column; bring them into one unit first",
            ru=f"время записано числами из {' and '.join(str(s[0]) for s in sizes)} цифр: в одном столбце смешаны "
            f"секунды, миллисекунды или микросекунды с 1970 года; сначала приведите к одной единице",
            path=path,
        )
