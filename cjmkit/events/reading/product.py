"""Product analytics: Amplitude, Mixpanel, PostHog, Segment and RudderStack, Heap."""

from __future__ import annotations

from cjmkit.events._duck import text
from cjmkit.events.reading.layout import NOTHING, Layout, ReadOptions, either, epoch, slash, utc
from cjmkit.events.reading.view import View

__all__ = ["amplitude", "heap", "mixpanel", "posthog", "segment"]


def numbered(view: View) -> str:
    """The rows of a view with their place."""
    return f"(SELECT *, {view.place} AS __place FROM {view.source})"


def inner(view: View, prefix: str, skip: tuple[str, ...] = ()) -> dict[str, str]:
    """Simple fields below a prefix, as columns."""
    out = {}
    for key in view.keys:
        if key.startswith(prefix + ".") and key.count(".") == prefix.count(".") + 1:
            name = key.rsplit(".", 1)[1]
            found = view.get(key)
            if found and name not in skip and not name.startswith("$"):
                out[name] = found
    return out


def plain(view: View, *names: str) -> dict[str, str]:
    """Fields that stay as columns, where they are there."""
    return {n.rsplit(".", 1)[-1].lstrip("$"): e for n in names if (e := view.get(n)) is not None}


def amplitude(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Amplitude: ``event_type`` and ``amplitude_id``, JSON lines in many packed parts."""
    if not view.has("event_type", "amplitude_id"):
        return None
    return Layout(
        format="Amplitude", source=numbered(view), event=view.get("event_type") or NOTHING,
        time=utc(view.get("event_time")), written=view.get("event_time") or NOTHING,
        known=either(view.get("user_id")), anon=either(view.get("device_id", "amplitude_id")),
        channel=either(view.get("user_properties.utm_source", "user_properties.initial_utm_source"),
                       view.get("platform")),
        id=either(view.get("$insert_id", "uuid")), received=utc(view.get("server_received_time", "server_upload_time")),
        properties=plain(view, "platform", "country", "os_name", "version_name", "session_id")
        | inner(view, "event_properties") | inner(view, "user_properties"),
        roles={"user": ("user_id, device_id", "known and anonymous id"), "time": ("event_time", "device's clock, UTC"),
               "event": ("event_type", "name of the event"), "channel": ("utm_source, else platform", "")},
        clock="event_time, UTC",
    )  # fmt: skip


def mixpanel(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Mixpanel raw export: ``event`` and ``properties`` with ``distinct_id`` and ``time``."""
    if "distinct_id" in view.types or not view.has("event", "properties.distinct_id", "properties.time"):
        return None
    p = "properties."
    distinct = view.get(p + "distinct_id") or NOTHING
    user, device = view.get(p + "$user_id"), view.get(p + "$device_id")
    anonymous = f"starts_with({distinct}, '$device:')"
    known = either(user, f"CASE WHEN {anonymous} THEN NULL ELSE {distinct} END")
    anon = either(device, f"CASE WHEN {anonymous} THEN substr({distinct}, 9) ELSE NULL END")
    if user is None and device is None:
        # Without the two ids of the simplified merge, distinct_id is the person after Mixpanel's own merge.
        # A log with aliases joins them itself, and then no distinct_id is known better than another.
        known, anon = (NOTHING, distinct) if view.has(p + "alias") or view.has(p + "$anon_id") else (distinct, NOTHING)
    time = view.get(p + "time") or NOTHING
    zone = options.project_tz
    # Old projects count the seconds of their wall clock as if it were UTC's.
    moment = f"epoch_us(timezone({text(zone)}, make_timestamp({epoch(time)})))" if zone else epoch(time)
    insert = view.get(p + "$insert_id")
    event = view.get("event") or NOTHING
    alias = None
    names = ("'$identify', '$create_alias', '$merge'",)
    first, second = view.get(p + "$anon_id", p + "alias"), view.get(p + "$identified_id", p + "distinct_id")
    if first and second:
        alias = (f"{event} IN ({names[0]})", second, first)
    return Layout(
        format="Mixpanel", source=numbered(view), event=event, time=moment, written=time, known=known, anon=anon,
        channel=either(view.get(p + "utm_source", p + "$initial_referring_domain", p + "$referring_domain")),
        id=f"{insert} || '|' || {event} || '|' || {distinct} || '|' || {time}" if insert else NOTHING,
        received=epoch(view.get(p + "mp_processing_time_ms")), alias=alias, keep=f"{event} NOT IN ({names[0]})",
        properties=inner(view, "properties", ("time", "distinct_id", "mp_processing_time_ms", "alias")),
        roles={"user": ("$user_id, else distinct_id", "canonical after the merge"),
               "time": ("time", "epoch seconds or ms; projects from before 2023 store their own zone"),
               "event": ("event", "name of the event"), "channel": ("utm_source", "")},
        clock=f"time, wall clock of {zone}" if zone
        else "time, UTC (a project from before 2023 writes its own zone: give options=ReadOptions(project_tz=…))",
    )  # fmt: skip


def posthog(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """PostHog: ``uuid``, ``event``, ``distinct_id``, ``timestamp``; ``properties`` an object or its text."""
    if not (view.has("event", "distinct_id", "timestamp") and (view.has("uuid") or view.has("elements_chain"))):
        return None
    p = "properties."
    event = view.get("event") or NOTHING
    agent = view.get(p + "$raw_user_agent", p + "$user_agent") if _opens(view) else None
    source = view.get(p + "utm_source", p + "$referring_domain") if _opens(view) else None
    previous = view.get(p + "$anon_distinct_id", p + "alias") if _opens(view) else None
    distinct = view.get("distinct_id") or NOTHING
    person = view.get("person_id")
    alias = (
        (f"{event} IN ('$identify', '$create_alias', '$merge_dangerously')", distinct, previous) if previous else None
    )
    return Layout(
        format="PostHog", source=numbered(view), event=event, time=utc(view.get("timestamp")),
        written=view.get("timestamp") or NOTHING, known=either(person), anon=distinct, channel=either(source),
        id=either(view.get("uuid")), received=utc(view.get("_inserted_at", "created_at")), agent=either(agent),
        alias=alias, keep=f"{event} NOT IN ('$create_alias', '$merge_dangerously')",
        properties=inner(view, "properties") or plain(view, p + "$browser", p + "$current_url", p + "plan"),
        roles={"user": ("person_id" if person else "distinct_id", "as of ingestion, before later merges"),
               "time": ("timestamp", "client's clock, UTC"), "event": ("event", "name of the event"),
               "channel": ("properties.utm_source", "")},
        clock="timestamp, UTC",
        notes=("person_id is as of ingestion: persons merged later are still two",) if person else (),
    )  # fmt: skip


def _opens(view: View) -> bool:
    """Whether the properties can be looked into."""
    return view.kind == "json" or "properties" in view.types


def segment(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Segment and RudderStack: calls (``type``, ``messageId``, ``anonymousId``), or the warehouse's ``tracks``."""
    calls = view.has("type", "anonymousId") and view.has("timestamp")
    if not calls and not (view.has("anonymous_id", "received_at") and view.has("event")):
        return None
    if calls:
        kind = view.get("type") or NOTHING
        named = either(view.get("event"), view.get("name"), view.get("properties.name"), kind)
        previous = view.get("previousId")
        return Layout(
            format="Segment", source=numbered(view), event=named, time=utc(view.get("timestamp", "originalTimestamp")),
            written=view.get("timestamp") or NOTHING, known=either(view.get("userId")),
            anon=either(view.get("anonymousId")),
            channel=slash(view.get("context.campaign.source"), view.get("context.campaign.medium")),
            id=either(view.get("messageId")), received=utc(view.get("receivedAt")),
            agent=either(view.get("context.userAgent")),
            alias=(f"{kind} = 'alias'", view.get("userId") or NOTHING, previous) if previous else None,
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
    """Heap: ``all_events`` with ``event_table_name``, and ``user_migrations`` beside it."""
    if not (view.has("event_id", "user_id", "time") and (view.has("event_table_name") or view.has("session_id"))):
        return None
    event, user, number = view.get("event_table_name", "event_name", "type"), view.get("user_id"), view.get("event_id")
    moved = view.get("from_user_id")
    return Layout(
        format="Heap", source=numbered(view), event=event or "'event'", time=utc(view.get("time")),
        written=view.get("time") or NOTHING, known=either(view.get("identity")), anon=user or NOTHING,
        channel=either(view.get("utm_source", "referrer")),
        id=f"{user} || '|' || {number} || '|' || {event or NOTHING}",
        alias=(f"{moved} IS NOT NULL", view.get("to_user_id") or NOTHING, moved) if moved else None,
        keep=f"{event} IS NOT NULL" if event else "true",
        properties=plain(view, "country", "platform", "browser"),
        roles={"user": ("identity, user_id", "user_id is anonymous until identified"), "time": ("time", "UTC"),
               "event": ("event_table_name", ""), "channel": ("utm_source, else referrer", "")},
        clock="time, UTC",
    )  # fmt: skip
