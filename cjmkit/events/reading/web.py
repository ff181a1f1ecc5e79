"""Web analytics and web servers: GA4, Yandex.Metrica, Snowplow, Matomo, access logs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from cjmkit.errors import FileFormatError
from cjmkit.events._duck import quote, text
from cjmkit.events.reading.layout import NOTHING, Layout, ReadOptions, either, epoch, local, slash, utc
from cjmkit.events.reading.nested import parsed
from cjmkit.events.reading.product import numbered, plain
from cjmkit.events.reading.view import View

__all__ = ["ga4", "matomo", "metrica", "snowplow", "w3c", "weblog"]


def ga4(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """GA4 as BigQuery exports it: nested or flattened, JSON (whose integers are text) or Parquet."""
    if not view.has("event_timestamp", "event_name", "user_pseudo_id"):
        return None

    def parameter(key: str, of: str = "event_params") -> str | None:
        flat = view.get(f"{of}_{key}") if f"{of}_{key}" in view.types else None
        if flat or view.raw(of) is None:
            return flat
        raw, kind = view.raw(of), view.types.get(of, "")
        if kind.startswith("STRUCT") and not kind.endswith("[]"):
            # BigQuery's own Parquet wraps a list: {list: [{element: {key, value}}]}.
            raw = f"list_transform(CAST(to_json({raw}.list) AS JSON[]), lambda x: x -> '$.element')"
        raw = f"to_json({raw})" if kind not in ("", "VARCHAR") else raw
        raw = f"try_cast({raw} AS JSON)"
        # Keys that are not asked for (float_value, double_value …) are passed over, not refused.
        wanted = '[{"key": "VARCHAR", "value": {"string_value": "VARCHAR", "int_value": "VARCHAR"}}]'
        listed = f"json_transform({raw}, {text(wanted)})"
        one = f"list_filter({listed}, lambda x: x.key = {text(key)})[1].value"
        return f"coalesce({one}.string_value, {one}.int_value)"

    c, s = "collected_traffic_source.", "session_traffic_source_last_click.manual_campaign."
    collected = slash(view.get(c + "manual_source"), view.get(c + "manual_medium"))
    last_click = slash(view.get(s + "source"), view.get(s + "medium"))
    by_event = slash(parameter("source"), parameter("medium"))
    first = slash(view.get("traffic_source.source"), view.get("traffic_source.medium"))
    own = [e for e in (collected, by_event, last_click) if e != NOTHING]
    session = parameter("ga_session_id")
    pseudo = view.get("user_pseudo_id") or NOTHING
    properties = plain(view, "platform", "device.category", "geo.country", "event_value_in_usd")
    if view.raw("user_properties") is not None:
        listed = f"to_json({view.raw('user_properties')})"
        some = view.duck.sql(f"SELECT CAST({listed} AS VARCHAR) FROM {view.source} LIMIT 500").fetchall()
        seen = re.findall(r'"key":\s*"([^"\\]+)"', " ".join(str(r[0]) for r in some))
        properties |= {k: e for k in dict.fromkeys(seen) if (e := parameter(k, "user_properties"))}
    revenue = view.get("ecommerce.purchase_revenue", "event_value_in_usd")
    return Layout(
        format="GA4", source=numbered(view), event=view.get("event_name") or NOTHING,
        time=epoch(view.get("event_timestamp")), written=view.get("event_timestamp") or NOTHING,
        known=either(view.get("user_id")), anon=pseudo, channel=either(*own) if own else first,
        properties=properties | ({"session": f"{pseudo} || '.' || {session}"} if session else {})
        | ({"revenue": revenue} if revenue else {}),
        roles={"user": ("user_id, user_pseudo_id", "rows of refused consent have neither and are left out"),
               "time": ("event_timestamp", "microseconds, UTC"), "event": ("event_name", ""),
               "channel": ("collected_traffic_source, else event_params, else the session's" if own
                           else "traffic_source", "" if own else "the person's very first source")},
        clock="event_timestamp, UTC",
    )  # fmt: skip


def _goal(options: ReadOptions) -> str:
    cases = "".join(f" WHEN {text(str(k))} THEN {text(v)}" for k, v in options.goals.items())
    return f"CASE g{cases} ELSE 'goal ' || g END" if cases else "'goal ' || g"


def _list(expression: str) -> str:
    """Metrica writes lists as [1,2,3] or ['a','b'], sometimes with doubled or escaped quotes."""
    bare = f"regexp_replace({expression}, '[\\[\\]''\"\\\\]', '', 'g')"
    return f"list_filter(list_transform(regexp_split_to_array({bare}, ','), lambda x: trim(x)), lambda x: x != '')"


def metrica(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Yandex.Metrica's Logs API: visits (``ym:s:``) with their goals, or hits (``ym:pv:``)."""
    prefix = next((p for p in ("ym:s:", "ym:pv:") if p + "clientID" in view.types), None)
    if prefix is None:
        return None
    both = prefix == "ym:s:" and "ym:pv:clientID" in view.types
    prefix = "ym:pv:" if both else prefix
    names = [f"{prefix}dateTime", f"{prefix}dateTimeUTC"]
    written = next((n for n in names if n in view.types), None)
    if written is None:
        return None
    zone = tz or ("Europe/Moscow" if not written.endswith("UTC") else "Etc/GMT-3")
    ways = ("lastsign", "last", "cross_device_last_significant", "lastSign", "automatic", "first")
    owner = "ym:s:" if both else prefix
    channel = view.get(*(f"{owner}{w}TrafficSource" for w in ways), f"{owner}TrafficSource") or NOTHING
    client = view.get(prefix + "clientID") or NOTHING
    person = view.get(prefix + "userID")
    page = "'visit'"
    if prefix == "ym:pv:":
        page = "'page'"
        if "ym:pv:URL" in view.types:
            page = f"coalesce(nullif(regexp_extract({quote('ym:pv:URL')}, '^[a-z]+://[^/]+(/[^/?#]*)', 1), ''), '/')"
    ids = _list(quote(prefix + "goalsID")) if prefix + "goalsID" in view.types else "[]"
    moments = next((n for n in (f"{prefix}goalsDateTime", f"{prefix}goalsDateTimeUTC") if n in view.types), None)
    times = _list(quote(moments)) if moments else "[]"
    watch = view.get(prefix + ("watchID" if prefix == "ym:pv:" else "visitID")) or NOTHING
    rows, notes = view.source, tuple[str, ...]()
    if both:
        rows, channel, notes = _hits_of_visits(view, channel)
    base = (
        f"SELECT {client} AS client, {person or NOTHING} AS person, {quote(written)} AS moment, {channel} AS channel, "
        f"{page} AS page, {watch} AS watch, {ids} AS goals, {times} AS times, "
        f"{'__p' if both else f'{view.place} AS __p'} FROM {rows}"
    )
    own = "len(goals) = 0 OR goals IS NULL" if prefix == "ym:pv:" else "true"
    source = (
        f"(WITH v AS ({base}) SELECT client, person, moment, page AS event, channel, watch, __p * 10000 AS __place "
        f"FROM v "
        f"WHERE {own} UNION ALL SELECT client, person, coalesce(times[i], moment), {_goal(options)}, channel, "
        f"watch || '|' || g || '|' || i, __p * 10000 + i FROM "
        f"(SELECT *, unnest(goals) AS g, generate_subscripts(goals, 1) AS i FROM v))"
    )
    return Layout(
        format="Yandex.Metrica", source=source, event="event", time=local("moment", zone), written="moment",
        known=either("person") if person else NOTHING, anon="client", channel="channel", id="watch",
        roles={"user": (prefix + "clientID", "a browser"), "time": (written, f"zone {zone}"),
               "event": ("goals, else " + ("the first part of the address" if prefix == "ym:pv:" else "visit"), ""),
               "channel": ("TrafficSource", "")},
        clock=f"{written}, {zone}" + ("" if tz else " (assumed; give tz= of the counter)"), notes=notes,
    )  # fmt: skip


def _hits_of_visits(view: View, channel: str) -> tuple[str, str, tuple[str, ...]]:
    """Hits with the channel of their visit: joined by the visit's list of hits, or by the visit that a hit names.

    Goals are taken from the hits, where they happened; the visits' own list of the same goals would double them.
    """
    visit, watches = quote("ym:s:visitID"), "ym:s:watchIDs"
    numbered_rows = f"(SELECT *, {view.place} AS __p FROM {view.source})"
    hits = f"(SELECT * FROM {numbered_rows} WHERE {quote('ym:pv:clientID')} IS NOT NULL)"
    keys = []
    if watches in view.types:
        keys.append((f"unnest({_list(quote(watches))})", quote("ym:pv:watchID")))
    if "ym:pv:visitID" in view.types:
        keys.append((visit, quote("ym:pv:visitID")))
    if not keys:
        raise FileFormatError(
            en="visits (ym:s:) and hits (ym:pv:) lie together, but nothing joins them: export ym:s:watchIDs with the "
            "visits, or ym:pv:visitID with the hits, or read them one at a time",
            ru="визиты (ym:s:) и просмотры (ym:pv:) лежат вместе, но связать их нечем: выгрузите ym:s:watchIDs в "
            "визитах или ym:pv:visitID в просмотрах либо читайте по одному",
            path=view.parts[0],
        )
    rows, found = hits, []
    for i, (inside, key) in enumerate(keys):
        # A visit that changed for some days is exported again: the last of its rows counts.
        of = (f"(SELECT w, arg_max(ch, __p) AS ch{i} FROM (SELECT {inside} AS w, {channel} AS ch, __p FROM "
              f"{numbered_rows} WHERE {visit} IS NOT NULL) GROUP BY w)")  # fmt: skip
        rows = f"(SELECT h.*, v.ch{i} FROM {rows} h LEFT JOIN {of} v ON h.{key} = v.w)"
        found.append(f"ch{i}")
    without = view.duck.sql(f"SELECT count(*) FILTER ({either(*found)} IS NULL) FROM {rows}").fetchall()[0][0]
    note = f"{without:,} hits belong to no visit of the export and have no channel" if without else ""
    return rows, either(*found), (note,) if note else ()


_SNOWPLOW = {"collector_tstamp": 3, "event": 5, "event_id": 6, "user_id": 12, "domain_userid": 15,
             "network_userid": 17, "mkt_medium": 47, "mkt_source": 48, "contexts": 52,
             "se_action": 54, "unstruct_event": 58, "domain_sessionid": 123,
             "derived_tstamp": 124, "event_name": 126, "event_fingerprint": 129}  # fmt: skip


def snowplow(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Snowplow: enriched TSV (131 columns, no header) or the warehouse's table."""
    bare = "c130" in view.types
    if not bare and not (view.has("event_id", "domain_userid") and (view.has("collector_tstamp") or view.has("event"))):
        return None

    def get(*names: str) -> str | None:
        return view.get(*(f"c{_SNOWPLOW[n]}" for n in names if n in _SNOWPLOW)) if bare else view.get(*names)

    kind = get("event") or "''"
    named = f"CASE WHEN {kind} IN ('struct') THEN {get('se_action') or NOTHING} END"
    event = either(named, get("event_name"), get("event"))
    finger = get("event_fingerprint")
    return Layout(
        format="Snowplow", source=numbered(view), event=event,
        time=f"coalesce({utc(get('derived_tstamp'))}, {utc(get('collector_tstamp'))})",
        written=either(get("derived_tstamp"), get("collector_tstamp")), known=either(get("user_id")),
        anon=either(get("domain_userid"), get("network_userid")),
        channel=either(slash(get("mkt_source"), get("mkt_medium")),
                       slash(view.get("refr_source"), view.get("refr_medium"))),
        # Robots reuse ids: an id with another fingerprint is another event.
        id=f"concat_ws('|', {get('event_id')}, {finger})" if finger else either(get("event_id")),
        received=utc(get("collector_tstamp")), agent=either(view.get("useragent")),
        properties=plain(view, "app_id", "platform", "geo_country", "page_urlpath") | _contexts(view, get),
        roles={"user": ("user_id; domain_userid, else network_userid", "known and anonymous id"),
               "time": ("derived_tstamp, else collector_tstamp", "UTC"), "event": ("event_name, se_action", ""),
               "channel": ("mkt_source / mkt_medium, else refr_", "")},
        clock="derived_tstamp, UTC",
    )  # fmt: skip


def _contexts(view: View, get: Callable[..., str | None]) -> dict[str, str]:
    """What Snowplow's contexts and self-describing events hold, as ``name.field``: JSON, or a warehouse's columns."""
    out: dict[str, str] = {}
    for key in view.keys if not view.types else [*view.types]:
        found = re.match(r"(contexts|unstruct_event)_(.+?)_\d+$", key.split(".")[0])
        if not found or (not view.types and "." in key):
            continue
        name, raw = found[2], view.raw(key)
        whole = f"CAST(to_json({raw}) AS JSON)" if view.types and view.types[key] != "VARCHAR" else raw
        some = view.duck.sql(f"SELECT CAST({whole} AS VARCHAR) FROM {view.source} LIMIT 200").fetchall()
        for one in (json.loads(r[0]) for r in some if r[0]):
            first = one[0] if isinstance(one, list) and one else one
            inside = "$[0]" if isinstance(one, list) else "$"
            for k in first if isinstance(first, dict) else ():
                path = text(f'{inside}."{k}"')
                out[f"{name}.{k}"] = f"json_extract_string(CAST({whole} AS JSON), {path})"
    for column in ("contexts", "unstruct_event"):
        cell = get(column)
        if cell is None:
            continue
        some = view.duck.sql(f"SELECT {cell} FROM {view.source} WHERE {cell} IS NOT NULL LIMIT 200").fetchall()
        for one in (cells for r in some if (cells := parsed(r[0])) is not None):
            data = one.get("data")
            for part in data if isinstance(data, list) else [data]:
                schema = str(part.get("schema", "")) if isinstance(part, dict) else ""
                if not isinstance(part, dict) or not isinstance(part.get("data"), dict) or schema.count("/") < 3:
                    continue
                name = schema.split("/")[1]
                listed = f"CAST(json_extract(try_cast({cell} AS JSON), '$.data') AS JSON)"
                if isinstance(data, list):
                    same = f"lambda x: contains(x ->> '$.schema', {text('/' + name + '/')})"
                    listed = f"list_filter(CAST({listed} AS JSON[]), {same})[1]"
                for k in part["data"]:
                    path = text(f'$.data."{k}"')
                    out[f"{name}.{k}"] = f"json_extract_string({listed}, {path})"
    return out


def matomo(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Matomo: visits with ``actionDetails``, or a flat table."""
    if view.has("visitorId", "actionDetails"):
        details = view.raw("actionDetails")
        acts = f"to_json({details})" if view.types and view.types["actionDetails"] != "VARCHAR" else details
        # PHP writes a list whose numbers have gaps as an object.
        acts = (
            f"CASE json_type({acts}) WHEN 'OBJECT' THEN json_extract(CAST({acts} AS JSON), '$.*') "
            f"ELSE CAST({acts} AS JSON[]) END"
        )
        channel = slash(view.get("referrerType"), view.get("referrerName"))
        visit = plain(view, "deviceType", "country", "browserName", "operatingSystemName", "visitorType")
        own = "".join(f"{e} AS {quote(n)}, " for n, e in visit.items())
        last = view.get("serverTimestamp", "lastActionTimestamp") or NOTHING
        base = (
            f"SELECT {view.get('visitorId')} AS visitor, {view.rare('userId') or NOTHING} AS who, "
            f"{channel} AS channel, "
            f"{view.get('idVisit') or NOTHING} AS visit, {last} AS last, {own}"
            f"{acts} AS acts, {view.place} AS __p FROM {view.source}"
        )
        source = (
            f"(SELECT *, __p * 10000 + i AS __place FROM (SELECT *, unnest(acts) AS a, "
            f"generate_subscripts(acts, 1) AS i FROM ({base})))"
        )

        def at(name: str) -> str:
            return f"nullif(a ->> '$.{name}', '')"

        searched = f"CASE WHEN {at('type')} = 'search' OR a ->> '$.siteSearchKeyword' <> '' THEN 'search' END"
        event = either(at("goalName"), slash(at("eventCategory"), at("eventAction")), searched, at("type"))
        return Layout(
            format="Matomo", source=source, event=event, time=epoch(either(at("timestamp"), "last")),
            written=either(at("timestamp"), "last"), known="who", anon="visitor", channel="channel",
            id="visit || '|' || i", properties={"page": either(at("pageTitle"), at("url")), "revenue": at("revenue")}
            | {n: quote(n) for n in visit},
            roles={"user": ("userId, visitorId", "known and anonymous id"),
                   "time": ("actionDetails.timestamp", "epoch seconds; the visit's own time is its last action"),
                   "event": ("goalName, eventCategory / eventAction, else type", ""),
                   "channel": ("referrerType / referrerName", "")},
        )  # fmt: skip
    if not view.has("idvisitor", "server_time"):
        return None
    action = view.get("action", "name", "action_name", "type", "idaction_name", "idaction_url")
    return Layout(
        format="Matomo", source=numbered(view), event=action or "'action'", time=local(quote("server_time"), tz),
        written=quote("server_time"), known=either(view.get("user_id")), anon=view.get("idvisitor") or NOTHING,
        channel=slash(view.get("referer_type"), view.get("referer_name")),
        roles={"user": ("idvisitor", ""), "time": ("server_time", "UTC"), "event": ("action", ""),
               "channel": ("referer_type / referer_name", "")},
    )  # fmt: skip


_LINE = (
    r'^(?:\S+ )?(\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?'
)


def weblog(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Access logs of Apache and Nginx: common, combined, with the virtual host before, or as JSON."""
    if view.has("remote_addr") and (view.has("request") or view.has("request_uri")):
        moment = view.get("time_iso8601", "time_local", "timestamp", "@timestamp", "time") or NOTHING
        request = view.get("request") or _spaced(view.get("request_method"), view.get("request_uri"))
        return _served(
            numbered(view), request, view.get("remote_addr") or NOTHING, view.get("remote_user"),
            view.get("http_user_agent"), view.get("http_referer"),
            f"coalesce({utc(moment)}, epoch_us(try_strptime({moment}, '%d/%b/%Y:%H:%M:%S %z')))", moment,
            plain(view, "status", "host"),
        )  # fmt: skip
    if view.kind != "lines":
        return None
    names = "['host', 'who', 'moment', 'request', 'status', 'bytes', 'referer', 'agent']"
    parsed = f"regexp_extract(line, {text(_LINE)}, {names})"
    source = (f"(SELECT m.*, __place FROM (SELECT {parsed} AS m, {view.place} AS __place FROM {view.source} "
              f"WHERE trim(line) <> ''))")  # fmt: skip
    return _served(
        source, "request", "host", "who", "agent", "referer", "epoch_us(try_strptime(moment, '%d/%b/%Y:%H:%M:%S %z'))",
        "moment", {"status": "status", "bytes": "nullif(bytes, '-')"},
    )  # fmt: skip


def w3c(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """The W3C's extended log (IIS, CloudFront): ``date`` and ``time`` in UTC, names in ``#Fields:``."""
    if not view.has("date", "time", "cs-uri-stem", "c-ip"):
        return None
    moment = f"{view.get('date')} || ' ' || {view.get('time')}"
    request = _spaced(view.get("cs-method"), view.get("cs-uri-stem"))
    return _served(
        numbered(view), request, view.get("c-ip") or NOTHING, view.get("cs-username"), view.get("cs(User-Agent)"),
        view.get("cs(Referer)"), utc(moment), moment, plain(view, "sc-status", "x-edge-location"),
    )  # fmt: skip


def _spaced(*expressions: str | None) -> str:
    """Several texts joined by a space."""
    return f"concat_ws(' ', {', '.join(e for e in expressions if e)})"


def _served(
    source: str, request: str, host: str, who: str | None, agent: str | None, referer: str | None, time: str,
    written: str, properties: dict[str, str],
) -> Layout:  # fmt: skip
    """What all logs of servers have in common."""
    path = f"split_part(split_part({request}, ' ', 2), '?', 1)"
    return Layout(
        format="web server log", source=source,
        event=f"nullif(concat_ws(' ', split_part({request}, ' ', 1), {path}), '')", time=time, written=written,
        known=f"nullif({who}, '-')" if who else NOTHING,
        anon=f"concat_ws(' ', {host}, nullif(nullif({agent or NOTHING}, '-'), ''))",
        channel=f"nullif(regexp_extract({referer}, '^[a-z]+://([^/]+)', 1), '')" if referer else NOTHING,
        agent=agent or NOTHING, properties=properties,
        roles={"user": ("user, else host and agent", "a host and its browser, not a person"),
               "time": ("[time]", "with its offset"), "event": ("method and path", ""), "channel": ("referer", "")},
        clock="as written, with offset, else UTC",
    )  # fmt: skip
