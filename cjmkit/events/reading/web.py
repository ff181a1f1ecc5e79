"""Web analytics and web servers: GA4, Yandex.Metrica, Snowplow, Matomo, access logs."""

from __future__ import annotations

from cjmkit.errors import FileFormatError
from cjmkit.events._duck import quote, text
from cjmkit.events.reading.layout import NOTHING, Layout, ReadOptions, either, epoch, local, slash, utc
from cjmkit.events.reading.product import numbered, plain
from cjmkit.events.reading.view import View

__all__ = ["ga4", "matomo", "metrica", "snowplow", "weblog"]


def ga4(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """GA4 as BigQuery exports it: nested or flattened, JSON (whose integers are text) or Parquet."""
    if not view.has("event_timestamp", "event_name", "user_pseudo_id"):
        return None

    def parameter(key: str) -> str | None:
        flat = view.get(f"event_params_{key}") if f"event_params_{key}" in view.types else None
        if flat or view.raw("event_params") is None:
            return flat
        raw = f"CAST(to_json({view.raw('event_params')}) AS JSON)" if view.types else view.raw("event_params")
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
    if prefix == "ym:s:" and "ym:pv:clientID" in view.types:
        raise FileFormatError(
            en="visits (ym:s:) and hits (ym:pv:) lie together, and both tell the goals: read them one at a time, "
            "hits for pages, visits for channels",
            ru="визиты (ym:s:) и просмотры (ym:pv:) лежат вместе, и цели есть в обоих: читайте по одному, просмотры — "
            "для страниц, визиты — для каналов",
            path=view.parts[0],
        )
    names = [f"{prefix}dateTime", f"{prefix}dateTimeUTC"]
    written = next((n for n in names if n in view.types), None)
    if written is None:
        return None
    zone = tz or ("Europe/Moscow" if not written.endswith("UTC") else "Etc/GMT-3")
    ways = ("lastsign", "last", "cross_device_last_significant", "lastSign", "automatic", "first")
    channel = view.get(*(f"{prefix}{w}TrafficSource" for w in ways), f"{prefix}TrafficSource") or NOTHING
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
    base = (
        f"SELECT {client} AS client, {person or NOTHING} AS person, {quote(written)} AS moment, {channel} AS channel, "
        f"{page} AS page, {watch} AS watch, {ids} AS goals, {times} AS times, {view.place} AS __p FROM {view.source}"
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
        clock=f"{written}, {zone}" + ("" if tz else " (assumed; give tz= of the counter)"),
    )  # fmt: skip


_SNOWPLOW = {"collector_tstamp": 3, "event": 5, "event_id": 6, "user_id": 12, "domain_userid": 15,
             "network_userid": 17, "mkt_medium": 47, "mkt_source": 48, "se_action": 54, "domain_sessionid": 123,
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
        properties=plain(view, "app_id", "platform", "geo_country", "page_urlpath"),
        roles={"user": ("user_id; domain_userid, else network_userid", "known and anonymous id"),
               "time": ("derived_tstamp, else collector_tstamp", "UTC"), "event": ("event_name, se_action", ""),
               "channel": ("mkt_source / mkt_medium, else refr_", "")},
        clock="derived_tstamp, UTC",
    )  # fmt: skip


def matomo(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Matomo: visits with ``actionDetails``, or a flat table."""
    if view.has("visitorId", "actionDetails"):
        details = view.raw("actionDetails")
        acts = f"CAST({details if not view.types else f'to_json({details})'} AS JSON[])"
        channel = slash(view.get("referrerType"), view.get("referrerName"))
        base = (
            f"SELECT {view.get('visitorId')} AS visitor, {view.get('userId') or NOTHING} AS who, {channel} AS channel, "
            f"{view.get('idVisit') or NOTHING} AS visit, {view.get('serverTimestamp') or NOTHING} AS last, "
            f"{acts} AS acts, {view.place} AS __p FROM {view.source}"
        )
        source = (
            f"(SELECT *, __p * 10000 + i AS __place FROM (SELECT *, unnest(acts) AS a, "
            f"generate_subscripts(acts, 1) AS i FROM ({base})))"
        )

        def at(name: str) -> str:
            return f"nullif(a ->> '$.{name}', '')"

        event = either(at("goalName"), slash(at("eventCategory"), at("eventAction")), at("type"))
        return Layout(
            format="Matomo", source=source, event=event, time=epoch(either(at("timestamp"), "last")),
            written=either(at("timestamp"), "last"), known="who", anon="visitor", channel="channel",
            id="visit || '|' || i", properties={"page": either(at("pageTitle"), at("url"))},
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
    r'^(\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?'
)


def weblog(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Access logs of Apache and Nginx, common and combined."""
    if view.kind != "lines":
        return None
    names = "['host', 'who', 'moment', 'request', 'status', 'bytes', 'referer', 'agent']"
    parsed = f"regexp_extract(line, {text(_LINE)}, {names})"
    source = (f"(SELECT m.*, __place FROM (SELECT {parsed} AS m, {view.place} AS __place FROM {view.source} "
              f"WHERE trim(line) <> ''))")  # fmt: skip
    return Layout(
        format="web server log", source=source,
        event="nullif(concat_ws(' ', split_part(request, ' ', 1), "
              "split_part(split_part(request, ' ', 2), '?', 1)), '')",
        time="epoch_us(try_strptime(moment, '%d/%b/%Y:%H:%M:%S %z'))", written="moment",
        known="nullif(who, '-')", anon="concat_ws(' ', host, nullif(nullif(agent, '-'), ''))",
        channel="nullif(regexp_extract(referer, '^[a-z]+://([^/]+)', 1), '')", agent="agent",
        properties={"status": "status", "bytes": "nullif(bytes, '-')"},
        roles={"user": ("user, else host and agent", "a host and its browser, not a person"),
               "time": ("[time]", "with its offset"), "event": ("method and path", ""), "channel": ("referer", "")},
        clock="as written, with offset",
    )  # fmt: skip
