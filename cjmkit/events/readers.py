"""Readers of the exports that analytics systems give: GA4, Yandex.Metrica, Snowplow, Matomo, and plain tables."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cjmkit.errors import DataWarning, FileFormatError, one_of, suggest
from cjmkit.events._duck import open_file, quote, text
from cjmkit.events._engine import DuckEngine, Roles
from cjmkit.events.data import Opened
from cjmkit.events.reporting import LogReport, Role
from cjmkit.files import existing

__all__ = ["FORMATS", "open_export"]

FORMATS = ("prepared", "ga4", "metrica-visits", "metrica-hits", "snowplow", "matomo-visits", "matomo", "plain")
"""What ``read`` can recognise."""

_PLAIN = {
    "user": ("user_id", "userid", "user", "client_id", "clientid", "customer_id", "customerid", "visitor_id",
    "participant",
             "person", "respondent", "пользователь", "клиент"),
    "time": ("timestamp", "time", "event_time", "datetime", "date_time", "created_at", "server_time", "date", "время",
    "дата"),
    "event": ("event", "event_name", "action", "event_type", "activity", "handling", "type", "событие", "действие"),
    "channel": ("channel", "source", "utm_source", "traffic_source", "acquisition_channel", "medium", "канал",
    "источник"),
}  # fmt: skip


def open_export(
    path: Path, *, format: str | None, given: dict[str, str | None], goals: Mapping[Any, str], tz: str | None
) -> Opened:
    """Open an export, with the columns that play a part."""
    existing(path, what="folder" if path.is_dir() else "file")
    if format is not None:
        one_of(format, FORMATS, what="format")
    duck = DuckEngine()
    source, place, columns = open_file(duck, path)
    kind = format or _recognise(columns)
    found: dict[str, Any]
    sql: str
    if kind == "plain":
        found, sql = _plain(columns, given, path), source
    else:
        select, found = _SELECTS[kind](columns, {str(k): str(v) for k, v in goals.items()})
        for role, column in given.items():
            if column is not None:
                if column not in columns:
                    raise FileFormatError(
                        f"{role}= names a column that is not there: {suggest(column, columns, what='column')}",
                        path=path,
                    )
                # The raw column takes the place of the reader's own expression.
                select = select.replace("{place} AS __place", f"{{place}} AS __place, {quote(column)} AS __{role}")
                found[role] = f"__{role}"
        sql = f"(SELECT {select.replace('{place}', place).replace('{source}', source)})"
        place = "__place"
    if kind == "snowplow" and "event_id" in columns:
        twice = duck.sql(f"SELECT count(event_id) - count(DISTINCT event_id) FROM {source}").fetchall()[0][0]
        if twice:
            warnings.warn(
                f"{path.name}: {twice:,} rows repeat an event_id that was seen before and were left out", DataWarning,
                stacklevel=2,
            )  # fmt: skip
    if kind.startswith("metrica") and tz is None:
        tz = None if found["time"].endswith("UTC") else "Europe/Moscow"
    report = LogReport(format=kind, roles={r: Role(c, "guessed", "by its name") for r, c in found.items()})
    return Opened(duck=duck, sql=sql, place=place, roles=Roles(**found, tz=tz), path=path, report=report, tz=tz)


def _recognise(columns: Mapping[str, str]) -> str:
    have = set(columns)
    if {"event_timestamp", "event_name", "user_pseudo_id"} <= have:
        return "ga4"
    if {"ym:s:clientID"} <= have and any(c.startswith("ym:s:dateTime") for c in have):
        return "metrica-visits"
    if {"ym:pv:clientID"} <= have and any(c.startswith("ym:pv:dateTime") for c in have):
        return "metrica-hits"
    if {"domain_userid", "event_id", "event"} <= have and ({"derived_tstamp", "collector_tstamp"} & have):
        return "snowplow"
    if {"visitorId", "actionDetails"} <= have:
        return "matomo-visits"
    if "idvisitor" in have and "server_time" in have:
        return "matomo"
    return "plain"


def _plain(columns: Mapping[str, str], roles: dict[str, str | None], path: Path) -> dict[str, str]:
    folded = {c.casefold(): c for c in columns}
    out: dict[str, str] = {}
    for role, names in _PLAIN.items():
        chosen = roles[role] or next((folded[n] for n in names if n in folded and folded[n] not in out.values()), None)
        if chosen is not None:
            out[role] = chosen
    lacking = [r for r in ("user", "time", "event") if r not in out]
    if lacking:
        raise FileFormatError(
            f"no column tells the {' or the '.join(lacking)}; say {', '.join(f'{r}=' for r in lacking)}. "
            f"The file has the columns {', '.join(columns)}",
            path=path,
        )
    return out


def _first_of(columns: Mapping[str, str], *names: str) -> str | None:
    return next((quote(n) for n in names if n in columns), None)


def _slash(source: str | None, medium: str | None) -> str:
    parts = [f"nullif(CAST({p} AS VARCHAR), '')" for p in (source, medium) if p]
    return f"nullif(concat_ws(' / ', {', '.join(parts)}), '')" if parts else "NULL"


def _ga4(columns: Mapping[str, str], _: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    def inside(column: str, one: str) -> str | None:
        flat = _first_of(columns, f"{column}.{one}", f"{column}_{one}", f"{column}__{one}")
        if flat:
            return flat
        kind = columns.get(column, "")
        return f"{quote(column)}.{quote(one)}" if kind.startswith("STRUCT") and one in kind else None

    def parameter(key: str) -> str | None:
        flat = _first_of(columns, f"event_params.{key}", f"event_params_{key}")
        if flat:
            return flat
        kind = columns.get("event_params", "")
        if not kind.endswith("[]") or "string_value" not in kind:
            return None
        return f"list_filter(event_params, lambda x: x.key = {text(key)})[1].value.string_value"

    collected = _slash(
        inside("collected_traffic_source", "manual_source"), inside("collected_traffic_source", "manual_medium")
    )
    by_event = _slash(parameter("source"), parameter("medium"))
    first = _slash(inside("traffic_source", "source"), inside("traffic_source", "medium"))
    channel = f"coalesce({collected}, {by_event})" if (collected, by_event) != ("NULL", "NULL") else first
    value = inside("ecommerce", "purchase_revenue") or _first_of(columns, "event_value_in_usd", "purchase_revenue")
    select = (
        "user_pseudo_id, event_timestamp, event_name, "
        f"{channel} AS channel, {value or 'NULL'} AS value, {{place}} AS __place FROM {{source}}"
    )
    roles = {"user": "user_pseudo_id", "time": "event_timestamp", "event": "event_name", "channel": "channel"}
    return select, roles | ({"value": "value"} if value else {})


def _goal_name(goals: Mapping[str, str]) -> str:
    cases = "".join(f" WHEN {text(k)} THEN {text(v)}" for k, v in goals.items())
    return f"CASE g{cases} ELSE 'goal ' || g END" if cases else "'goal ' || g"


def _metrica_time(columns: Mapping[str, str], prefix: str) -> str:
    return next(c for c in (f"{prefix}dateTimeUTC", f"{prefix}dateTime") if c in columns)


def _metrica_channel(columns: Mapping[str, str], prefix: str) -> str:
    ways = ("lastsign", "last", "cross_device_last_significant", "lastSign", "automatic", "first")
    found = _first_of(columns, *(f"{prefix}{w}TrafficSource" for w in ways), f"{prefix}TrafficSource")
    return found or "NULL"


def _list(column: str) -> str:
    """Metrica writes lists as [1,2,3] or ['a','b'], sometimes with doubled quotes."""
    bare = f"regexp_replace({column}, '[\\[\\]\\s''\"]', '', 'g')"
    return f"list_filter(regexp_split_to_array({bare}, ','), lambda x: x != '')"


def _metrica_visits(columns: Mapping[str, str], goals: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    time = _metrica_time(columns, "ym:s:")
    goal_times = "ym:s:goalsDateTimeUTC" if time.endswith("UTC") else "ym:s:goalsDateTime"
    channel = _metrica_channel(columns, "ym:s:")
    inner = "SELECT *, {place} AS __place0 FROM {source}"
    visits = (
        f"SELECT {quote('ym:s:clientID')} AS user, {quote(time)} AS {quote(time)}, 'visit' AS event, {channel} AS "
        f"channel, "
        "__place0 * 10000 AS __place FROM v"
    )
    if "ym:s:goalsID" not in columns:
        return f"* FROM (WITH v AS ({inner}) {visits})", _named(time)
    if goal_times in columns:
        moment = f"regexp_split_to_array(regexp_replace({quote(goal_times)}, '[\\[\\]''\"]', '', 'g'), ',')"
    else:
        moment = f"[{quote(time)}]"
    reached = (
        f"SELECT user, trim(coalesce(m[i], t)) AS {quote(time)}, {_goal_name(goals)} AS event, channel, "
        f"__place0 * 10000 + i AS __place FROM (SELECT {quote('ym:s:clientID')} AS user, {quote(time)} AS t, "
        f"{channel} AS channel, "
        f"__place0, {moment} AS m, unnest({_list(quote('ym:s:goalsID'))}) AS g, "
        f"generate_subscripts({_list(quote('ym:s:goalsID'))}, 1) AS i FROM v)"
    )
    return f"* FROM (WITH v AS ({inner}) {visits} UNION ALL {reached})", _named(time)


def _named(time: str) -> dict[str, str]:
    return {"user": "user", "time": time, "event": "event", "channel": "channel"}


def _metrica_hits(columns: Mapping[str, str], goals: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    time = _metrica_time(columns, "ym:pv:")
    channel = _metrica_channel(columns, "ym:pv:")
    page = "'page'"
    if "ym:pv:URL" in columns:
        page = f"coalesce(nullif(regexp_extract({quote('ym:pv:URL')}, '^[a-z]+://[^/]+(/[^/?#]*)', 1), ''), '/')"
    inner = "SELECT *, {place} AS __place0 FROM {source}"
    base = f"{quote('ym:pv:clientID')} AS user, {quote(time)} AS {quote(time)}"
    if "ym:pv:goalsID" not in columns:
        return f"{base}, {page} AS event, {channel} AS channel, {{place}} AS __place FROM {{source}}", _named(time)
    ids = _list(quote("ym:pv:goalsID"))
    pages = (
        f"SELECT {base}, {page} AS event, {channel} AS channel, __place0 * 1000 AS __place FROM v "
        f"WHERE len({ids}) = 0 OR {ids} IS NULL"
    )
    reached = (
        f"SELECT user, {quote(time)}, {_goal_name(goals)} AS event, channel, __place0 * 1000 + i AS __place FROM ("
        f"SELECT {base}, {channel} AS channel, __place0, unnest({ids}) AS g, generate_subscripts({ids}, 1) AS i FROM v)"
    )
    return f"* FROM (WITH v AS ({inner}) {pages} UNION ALL {reached})", _named(time)


def _snowplow(columns: Mapping[str, str], _: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    time = next(c for c in ("derived_tstamp", "collector_tstamp") if c in columns)
    special = []
    if "se_action" in columns:
        special.append("WHEN event = 'struct' THEN coalesce(nullif(se_action, ''), event)")
    if "event_name" in columns:
        special.append("WHEN event IN ('unstruct', 'struct') THEN coalesce(nullif(event_name, ''), event)")
    event = f"CASE {' '.join(special)} ELSE event END" if special else "event"
    paid = _slash(_first_of(columns, "mkt_source"), _first_of(columns, "mkt_medium"))
    referred = _slash(_first_of(columns, "refr_source"), _first_of(columns, "refr_medium"))
    once = " QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY {place}) = 1" if "event_id" in columns else ""
    select = (
        f"domain_userid, {quote(time)}, {event} AS event, coalesce({paid}, {referred}) AS channel, {{place}} AS "
        f"__place "
        "FROM {source}"
    )
    if once:
        # The place is a window itself where the file has none of its own: first number the rows, then choose.
        select = (
            f"* EXCLUDE (event_id) FROM (SELECT domain_userid, {quote(time)}, {event} AS event, coalesce({paid}, "
            f"{referred}) AS "
            "channel, event_id, {place} AS __place FROM {source}) "
            "QUALIFY row_number() OVER (PARTITION BY coalesce(event_id, CAST(__place AS VARCHAR)) ORDER BY __place) = 1"
        )
    return select, {"user": "domain_userid", "time": time, "event": "event", "channel": "channel"}


def _matomo_visits(columns: Mapping[str, str], _: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    channel = _slash(_first_of(columns, "referrerType"), _first_of(columns, "referrerName"))
    inside = columns["actionDetails"]
    named = [
        f"nullif(CAST(a.{quote(c)} AS VARCHAR), '')" for c in ("goalName", "eventAction", "subtitle") if c in inside
    ]
    kind = "CAST(a.type AS VARCHAR)"
    pick = [
        n for n, c in zip(named, [c for c in ("goalName", "eventAction", "subtitle") if c in inside]) if c != "subtitle"
    ]
    event = f"coalesce({', '.join([*pick, kind])})"
    moment = "a.timestamp" if "timestamp" in inside else "serverTimestamp"
    select = (
        f"user, CAST({moment} AS BIGINT) AS time, {event} AS event, channel, p * 10000 + i AS __place FROM ("
        f"SELECT visitorId AS user, {channel} AS channel, p, unnest(actionDetails) AS a, "
        "generate_subscripts(actionDetails, 1) AS i FROM (SELECT *, {place} AS p FROM {source}))"
    )
    return select, {"user": "user", "time": "time", "event": "event", "channel": "channel"}


def _matomo(columns: Mapping[str, str], _: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    event = _first_of(columns, "action", "name", "action_name", "type", "idaction_name", "idaction_url")
    if event is None:
        raise FileFormatError(f"no column names the action; it has {', '.join(columns)}: say event=")
    channel = _slash(_first_of(columns, "referer_type"), _first_of(columns, "referer_name"))
    select = f"idvisitor, server_time, {event} AS event, {channel} AS channel, {{place}} AS __place FROM {{source}}"
    return select, {"user": "idvisitor", "time": "server_time", "event": "event", "channel": "channel"}


_SELECTS: dict[str, Any] = {
    "ga4": _ga4,
    "metrica-visits": _metrica_visits,
    "metrica-hits": _metrica_hits,
    "snowplow": _snowplow,
    "matomo-visits": _matomo_visits,
    "matomo": _matomo,
}
