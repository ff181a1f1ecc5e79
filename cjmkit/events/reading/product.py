"""Product analytics: Amplitude, Mixpanel, PostHog, Segment and RudderStack, Heap, AppMetrica, AppsFlyer."""

from __future__ import annotations

from cjmkit.events._duck import quote, text
from cjmkit.events.reading.layout import NOTHING, Layout, ReadOptions, either, epoch, local, slash, utc
from cjmkit.events.reading.view import View

__all__ = ["amplitude", "appmetrica", "appsflyer", "heap", "mixpanel", "posthog", "segment"]


def numbered(view: View) -> str:
    """The rows of a view with their place."""
    return f"(SELECT *, {view.place} AS __place FROM {view.source})"


_DOLLARS = {"browser", "os", "device", "device_type", "city", "region", "screen_name", "pathname", "current_url",
            "referring_domain", "app_version", "app_version_string", "geoip_country_code",
            "geoip_city_name"}  # fmt: skip
"""Of the hundreds of fields that tools add on their own (``$browser``), those that people are grouped by."""


def inner(view: View, prefix: str, skip: tuple[str, ...] = ()) -> dict[str, str]:
    """Fields below a prefix, as columns; what is nested deeper is named with a dot."""
    out: dict[str, str] = {}
    keys = [k for k in view.keys if k.startswith(prefix + ".")]
    parents = {k.rsplit(".", 1)[0] for k in keys}
    for key in keys:
        name = key.removeprefix(prefix + ".")
        if key in parents or name in skip or (name.startswith("$") and name[1:] not in _DOLLARS):
            continue
        if (found := view.get(key)) is not None:
            out.setdefault(name.lstrip("$"), found)
    return out


def plain(view: View, *names: str) -> dict[str, str]:
    """Fields that stay as columns, where they are there."""
    return {n.rsplit(".", 1)[-1].lstrip("$"): e for n in names if (e := view.get(n)) is not None}


def amplitude(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Amplitude: ``event_type`` with ``amplitude_id`` or the device, JSON lines in many packed parts, or a table."""
    bare = view.has("event_time") and (view.has("user_id") or view.has("device_id"))
    own = any(view.has(n) for n in ("$insert_id", "server_upload_time", "event_properties", "client_event_time"))
    if not view.has("event_type") or not (view.has("amplitude_id") or (bare and own)):
        return None
    return Layout(
        format="Amplitude", source=numbered(view), event=view.get("event_type") or NOTHING,
        time=utc(view.get("event_time")), written=view.get("event_time") or NOTHING,
        known=either(view.rare("user_id")), anon=either(view.get("device_id", "amplitude_id")),
        channel=either(view.get("user_properties.utm_source", "user_properties.initial_utm_source", "utm_source"),
                       view.get("platform")),
        id=either(view.get("$insert_id", "uuid")), received=utc(view.get("server_received_time", "server_upload_time")),
        properties=plain(view, "platform", "country", "os_name", "version_name", "session_id")
        | inner(view, "event_properties") | inner(view, "user_properties"),
        roles={"user": ("user_id, device_id", "known and anonymous id"), "time": ("event_time", "device's clock, UTC"),
               "event": ("event_type", "name of the event"), "channel": ("utm_source, else platform", "")},
        clock="event_time, UTC",
    )  # fmt: skip


_MERGES = "'$identify', '$create_alias', '$merge'"


def mixpanel(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Mixpanel raw export: ``event`` and ``properties`` with ``distinct_id`` and ``time``, or these as columns."""
    p = "properties."
    if not view.has("event", p + "distinct_id", p + "time"):
        # The same as a table: PostHog has a distinct_id too, but no insert id.
        if not (view.has("event", "distinct_id", "time") and (view.has("$insert_id") or view.has("mp_lib"))):
            return None
        p = ""
    distinct = view.get(p + "distinct_id") or NOTHING
    user, device = view.get(p + "$user_id"), view.get(p + "$device_id")
    anonymous = f"starts_with({distinct}, '$device:')"
    known = either(user, f"CASE WHEN {anonymous} THEN NULL ELSE {distinct} END")
    anon = either(device, f"CASE WHEN {anonymous} THEN substr({distinct}, 9) ELSE NULL END")
    if user is None and device is None:
        # Without the two ids of the simplified merge, distinct_id is the person after Mixpanel's own merge.
        # A log with aliases joins them itself, and then no distinct_id is known better than another.
        some = f"SELECT 1 FROM {view.source} WHERE {view.get('event')} IN ({_MERGES}) LIMIT 1"
        known, anon = (NOTHING, distinct) if view.duck.sql(some).fetchall() else (distinct, NOTHING)
    time = view.get(p + "time") or NOTHING
    zone = options.project_tz
    # Old projects count the seconds of their wall clock as if it were UTC's.
    moment = f"epoch_us(timezone({text(zone)}, make_timestamp({epoch(time)})))" if zone else epoch(time)
    insert = view.get(p + "$insert_id")
    event = view.get("event") or NOTHING
    alias = None
    first, second = view.rare(p + "$anon_id", p + "alias"), view.rare(p + "$identified_id", p + "distinct_id")
    if first and second:
        alias = (f"{event} IN ({_MERGES})", second, first)
    return Layout(
        format="Mixpanel", source=numbered(view), event=event, time=moment, written=time, known=known, anon=anon,
        channel=either(view.get(p + "utm_source", p + "$initial_referring_domain", p + "$referring_domain")),
        id=f"{insert} || '|' || {event} || '|' || {distinct} || '|' || {time}" if insert else NOTHING,
        received=epoch(view.get(p + "mp_processing_time_ms")), alias=alias, keep=f"{event} NOT IN ({_MERGES})",
        properties=inner(view, "properties", ("time", "distinct_id", "mp_processing_time_ms", "alias")) if p
        else {c.lstrip("$"): e for c in view.columns if c not in ("event", "time", "distinct_id")
              and (not c.startswith("$") or c[1:] in _DOLLARS) and (e := view.get(c)) is not None},
        roles={"user": ("$user_id, else distinct_id", "canonical after the merge"),
               "time": ("time", "epoch seconds or ms; projects from before 2023 store their own zone"),
               "event": ("event", "name of the event"), "channel": ("utm_source", "")},
        clock=f"time, wall clock of {zone}" if zone
        else "time, UTC (a project from before 2023 writes its own zone: give options=ReadOptions(project_tz=…))",
    )  # fmt: skip


def posthog(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """PostHog: ``uuid``, ``event``, ``distinct_id``, ``timestamp``; ``properties`` an object or its text."""
    # The app's own CSV has no uuid, but properties as columns, or all of an event in a column "*".
    whole = "*" if view.has("*.distinct_id", "event", "timestamp") else ""
    own = view.has("uuid") or view.has("elements_chain") or any(k.startswith("properties.$") for k in view.types)
    if not whole and not (view.has("event", "distinct_id", "timestamp") and own):
        return None
    p = f"{whole}.properties." if whole else "properties."
    event = view.get("event") or NOTHING
    source = view.get(p + "utm_source", p + "$referring_domain")
    previous = view.rare(p + "$anon_distinct_id", p + "alias")
    distinct = view.get("distinct_id", f"{whole}.distinct_id") or NOTHING
    person = view.get("person_id", "person.id")
    alias = (
        (f"{event} IN ('$identify', '$create_alias', '$merge_dangerously')", distinct, previous) if previous else None
    )
    shown = {n.removeprefix("person.").removeprefix("properties.").lstrip("$"): e for n in view.types
             if n.startswith(("properties.", "person.properties.")) and (e := view.get(n)) is not None}  # fmt: skip
    return Layout(
        format="PostHog", source=numbered(view), event=event, time=utc(view.get("timestamp")),
        written=view.get("timestamp") or NOTHING, known=either(person), anon=distinct, channel=either(source),
        id=either(view.get("uuid", f"{whole}.uuid")), received=utc(view.get("_inserted_at", "created_at")),
        agent=either(view.get(p + "$raw_user_agent", p + "$user_agent")), alias=alias,
        keep=f"{event} NOT IN ('$create_alias', '$merge_dangerously')",
        properties=inner(view, p[:-1]) | inner(view, "person_properties") | shown,
        roles={"user": ("person_id" if person else "distinct_id", "as of ingestion, before later merges"),
               "time": ("timestamp", "client's clock, UTC"), "event": ("event", "name of the event"),
               "channel": ("properties.utm_source", "")},
        clock="timestamp, UTC",
        notes=("person_id is as of ingestion: persons merged later are still two",) if person else (),
    )  # fmt: skip


def segment(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Segment and RudderStack: calls (``type``, ``messageId``, ``anonymousId``), or the warehouse's ``tracks``."""
    calls = view.has("type", "anonymousId") and view.has("timestamp")
    if not calls and not (view.has("anonymous_id", "received_at") and view.has("event")):
        return None
    if calls:
        kind = view.get("type") or NOTHING
        named = either(view.get("event"), view.get("name"), view.get("properties.name"), kind)
        previous = view.rare("previousId")
        return Layout(
            format="Segment", source=numbered(view), event=named, time=utc(view.get("timestamp", "originalTimestamp")),
            written=view.get("timestamp") or NOTHING, known=either(view.rare("userId")),
            anon=either(view.get("anonymousId")),
            channel=slash(view.get("context.campaign.source"), view.get("context.campaign.medium")),
            id=either(view.get("messageId")), received=utc(view.get("receivedAt")),
            agent=either(view.get("context.userAgent")),
            alias=(f"{kind} = 'alias'", view.rare("userId") or NOTHING, previous) if previous else None,
            keep=f"{kind} IN ('track', 'page', 'screen')",
            properties=inner(view, "properties") | inner(view, "traits") | inner(view, "context.traits"),
            roles={"user": ("userId, anonymousId", "known and anonymous id"),
                   "time": ("timestamp", "corrected for the device's clock, UTC"),
                   "event": ("event, name of page or screen", ""), "channel": ("context.campaign", "")},
            clock="timestamp (receivedAt − (sentAt − originalTimestamp)), UTC",
        )  # fmt: skip
    return Layout(
        format="Segment warehouse", source=numbered(view), event=either(view.get("event_text", "event")),
        time=utc(view.get("timestamp", "original_timestamp")), written=view.get("timestamp") or NOTHING,
        known=either(view.get("user_id")), anon=either(view.get("anonymous_id")),
        channel=slash(view.get("context_campaign_source"), view.get("context_campaign_medium")),
        id=either(view.get("id")), received=utc(view.get("received_at")), agent=either(view.get("context_user_agent")),
        roles={"user": ("user_id, anonymous_id", "known and anonymous id"), "time": ("timestamp", "UTC"),
               "event": ("event_text, else event", ""), "channel": ("context_campaign", "")},
        clock="timestamp, UTC",
    )  # fmt: skip


def heap(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Heap: ``all_events``, or a file an event, with ``users``, ``sessions`` and ``user_migrations`` beside them."""
    if not (view.has("event_id", "user_id", "time") and (view.has("event_table_name") or view.has("session_id"))):
        return None
    user, number, moved = view.get("user_id") or NOTHING, view.get("event_id"), view.get("from_user_id")
    event = view.get("event_table_name", "event_name", "type")
    source, channel = numbered(view), view.get("utm_source", "referrer")
    if len(view.parts) > 1:
        # A folder of tables: a row without an event id tells of a person or a session, or joins two people.
        named = "regexp_extract(filename, '([^/\\\\]+?)[.][a-z.]+$', 1)"
        event = either(event, named) if view.kind in ("csv", "parquet") else event
        inside = view.source[:-1] + ", filename = true)" if view.source.startswith("read_") else view.source
        rows = f"(SELECT *, {view.place} AS __place FROM {inside})"
        joins, more = "", []
        for key, value, name in (("user_id", view.get("identity", "email"), "__identity"),
                                 ("session_id", channel, "__channel")):  # fmt: skip
            if value and view.has(key):
                k = quote(key)
                joins += (f" LEFT JOIN (SELECT {k} AS k, max({value}) AS {name} FROM {rows} WHERE {k} IS NOT NULL "
                          f"GROUP BY 1) AS j{name} ON r.{k} = j{name}.k")  # fmt: skip
                more.append(name)
        source = f"(SELECT r.*{''.join(', ' + m for m in more)} FROM {rows} r{joins})"
        known = either("__identity" if "__identity" in more else view.get("identity"))
        channel = "__channel" if "__channel" in more else channel
        skipped = f"{number} IS NULL" + (f" AND {moved} IS NULL" if moved else "")
        source = f"(SELECT * FROM {source} WHERE NOT ({skipped}))"
    else:
        known = either(view.get("identity"))
    return Layout(
        format="Heap", source=source, event=event or "'event'", time=utc(view.get("time")),
        written=view.get("time") or NOTHING, known=known, anon=user, channel=either(channel),
        id=f"{user} || '|' || {number} || '|' || {event or NOTHING}",
        alias=(f"{moved} IS NOT NULL", view.get("to_user_id") or NOTHING, moved) if moved else None,
        keep=f"{event} IS NOT NULL AND {number} IS NOT NULL" if event else "true",
        properties=plain(view, "country", "platform", "browser", "device_type", "city", "path", "title"),
        roles={"user": ("identity, user_id", "user_id is anonymous until identified"), "time": ("time", "UTC"),
               "event": ("event_table_name, else the file's name", ""), "channel": ("utm_source, else referrer", "")},
        clock="time, UTC",
    )  # fmt: skip


def appmetrica(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """AppMetrica's Logs API: ``appmetrica_device_id`` and the profile; ``event_timestamp`` in UTC."""
    if not (
        view.has("event_name", "appmetrica_device_id") and (view.has("event_timestamp") or view.has("event_datetime"))
    ):
        return None
    written = view.get("event_timestamp", "event_datetime") or NOTHING
    time = epoch(view.get("event_timestamp")) if view.has("event_timestamp") else local(written, tz or "Europe/Moscow")
    return Layout(
        format="AppMetrica", source=numbered(view), event=view.get("event_name") or NOTHING, time=time, written=written,
        known=either(view.rare("profile_id")), anon=view.get("appmetrica_device_id") or NOTHING,
        channel=either(view.get("publisher_name", "tracker_name", "tracking_source")),
        received=epoch(view.get("event_receive_timestamp")),
        properties=plain(view, "os_name", "os_version", "app_version_name", "country_iso_code", "city", "device_model",
                         "session_id") | inner(view, "event_json"),
        roles={"user": ("profile_id, appmetrica_device_id", "known and anonymous id"),
               "time": ("event_timestamp", "epoch seconds") if view.has("event_timestamp")
               else ("event_datetime", f"zone {tz or 'Europe/Moscow'}"),
               "event": ("event_name", "name of the event"), "channel": ("publisher_name", "")},
        clock="event_timestamp, UTC" if view.has("event_timestamp")
        else f"event_datetime, {tz or 'Europe/Moscow (assumed)'}",
    )  # fmt: skip


def appsflyer(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """AppsFlyer raw data: ``AppsFlyer ID`` of the device, ``Customer User ID`` of the person."""

    def either_way(*names: str) -> str | None:
        return view.get(*names, *(n.lower().replace(" ", "_") for n in names))

    device, time = either_way("AppsFlyer ID"), either_way("Event Time")
    if device is None or time is None or either_way("Event Name") is None:
        return None
    return Layout(
        format="AppsFlyer", source=numbered(view), event=either_way("Event Name") or NOTHING, time=local(time, tz),
        written=time, known=either(either_way("Customer User ID")), anon=device,
        channel=either(either_way("Media Source")),
        properties={n: e for n in ("Campaign", "Platform", "Country Code", "App Version", "Event Revenue")
                    if (e := either_way(n)) is not None},
        roles={"user": ("Customer User ID, AppsFlyer ID", "known and anonymous id"),
               "time": ("Event Time", f"zone {tz or 'UTC'}; the install's own time is another"),
               "event": ("Event Name", ""), "channel": ("Media Source", "of the install")},
        clock=f"Event Time, {tz or 'UTC (the export can be in the app zone: then give tz=)'}",
    )  # fmt: skip
