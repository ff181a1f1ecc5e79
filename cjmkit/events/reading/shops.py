"""Shops: orders of Shopify and WooCommerce, and any table whose dates are the events."""

from __future__ import annotations

import re

from cjmkit.events._duck import moment, quote, text
from cjmkit.events._engine import Roles
from cjmkit.events.reading.layout import NOTHING, Layout, ReadOptions, either, utc
from cjmkit.events.reading.plain import aside, folded, named
from cjmkit.events.reading.view import View

__all__ = ["dated", "shopify", "woocommerce"]

_ORDER = re.compile(
    r"(order|invoice|receipt|transaction|purchase)s? ?(id|no|number|name|key)"
    r"|(номер )?(заказ|чек|накладн)\w*( id| номер)?"
)
_STATE = re.compile(r"(.* )?(status|state|stage|статус\w*|стади\w*|этап\w*)( .*)?")


def _unfolded(view: View, key: str, fields: dict[str, str], moments: dict[str, str]) -> str:
    """One row for each order and each of its times; fields that stand in the first line of an order only are filled."""
    inside = ", ".join(
        f"max({e}) AS {n}" for n, e in (fields | {f"t{i}": e for i, e in enumerate(moments.values())}).items()
    )
    orders = (
        f"(SELECT {key} AS number, min(__p) AS __p, {inside} FROM (SELECT *, {view.place} AS __p FROM {view.source}) "
        f"GROUP BY 1)"
    )
    parts = [
        f"SELECT number, {', '.join(fields)}, {text(name)} AS event, t{i} AS moment, __p * 10 + {i} AS __place "
        f"FROM o WHERE t{i} IS NOT NULL"
        for i, name in enumerate(moments)
    ]
    return f"(WITH o AS {orders} {' UNION ALL '.join(parts)})"


def shopify(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """Shopify's order export: a row a line item, the order's own fields in its first row."""
    if not view.has("Name", "Financial Status", "Created at"):
        return None
    named = {"order placed": "Created at", "order paid": "Paid at", "order fulfilled": "Fulfilled at",
             "order cancelled": "Cancelled at", "order refunded": "Refunded at"}  # fmt: skip
    moments = {k: e for k, v in named.items() if (e := view.get(v)) is not None}
    asked = {"email": "Email", "phone": "Phone", "channel": "Source", "total": "Total"}
    fields = {k: view.get(v) or NOTHING for k, v in asked.items()}
    source = _unfolded(view, view.get("Name") or NOTHING, fields, moments)
    return Layout(
        format="Shopify", source=source, event="event", time=utc("moment"), written="moment",
        known="coalesce(lower(email), phone)", anon="'order ' || number", channel="channel",
        id="number || '|' || event", properties={"order": "number", "total": "total"},
        roles={"user": ("Email, else Phone", "orders without either are each a person of their own"),
               "time": ("Created at, Paid at, Fulfilled at, Cancelled at", "an event each"),
               "event": ("(made from the times)", ""), "channel": ("Source", "")},
        clock="as written, with offset",
    )  # fmt: skip


def woocommerce(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """WooCommerce orders of the REST API: ``customer_id`` 0 is a guest, known by the billing address."""
    if not (view.has("id", "status", "customer_id") and view.has("date_created_gmt")):
        return None
    named = {"order placed": "date_created_gmt", "order paid": "date_paid_gmt", "order completed": "date_completed_gmt"}
    moments = {k: e for k, v in named.items() if (e := view.get(v)) is not None}
    status = view.get("status") or NOTHING
    for bad in ("cancelled", "refunded", "failed"):
        moments[f"order {bad}"] = f"CASE WHEN {status} = '{bad}' THEN {view.get('date_modified_gmt') or NOTHING} END"
    fields = {"customer": view.get("customer_id") or NOTHING, "email": f"lower({view.get('billing.email') or NOTHING})",
              "channel": view.get("created_via") or NOTHING, "total": view.get("total") or NOTHING}  # fmt: skip
    source = _unfolded(view, view.get("id") or NOTHING, fields, moments)
    return Layout(
        format="WooCommerce", source=source, event="event", time=utc("moment"), written="moment",
        known=either("email", "nullif(customer, '0')"), anon="'order ' || number", channel="channel",
        id="number || '|' || event", properties={"order": "number", "total": "total"},
        roles={"user": ("billing.email, else customer_id", "customer_id 0 is a guest"),
               "time": ("date_created_gmt, date_paid_gmt, date_completed_gmt", "an event each"),
               "event": ("(made from the times and the status)", ""), "channel": ("created_via", "")},
        clock="*_gmt, UTC",
    )  # fmt: skip


def dated(
    view: View, given: dict[str, str | None], dates: list[str], tz: str | None, options: ReadOptions
) -> Layout | None:
    """A table without a column for the event, whose dates are the events: orders (a row an item too), cases with dates.

    Several rows of one order are one order. A status has no time of its own and stays a property.
    """
    people = [c for c in [given["user"], *(c for g in named(view.columns, "user") for c in g)] if c is not None]
    orders = [c for c in view.columns if _ORDER.fullmatch(folded(c)) and c not in dates]
    own = [d for d in dates if not aside(d)]
    events = [c for g in named([c for c in view.columns if c not in {*dates, *orders}], "event") for c in g]
    states = [c for c in events if _STATE.fullmatch(folded(c))]
    person = next((c for c in people if c not in dates and c not in orders), None)
    kinds = [e for e in events if e not in states and "url" not in folded(e)]
    if person is None or kinds or not own or (states and not orders) or (not orders and len(own) < 2):
        return None
    names = {f"order {_short(d)}".strip() if orders else d: d for d in own}
    if orders and len(own) == 1:
        names = {"order placed": own[0]}
    roles = {d: Roles(user=person, time=d, event=person, tz=tz, time_format=options.time_format) for d in own}
    moments = {n: moment(view.duck, view.source, roles[d], view.types[d], view.parts[0]) for n, d in names.items()}
    key = quote(orders[0]) if orders else quote(person)
    others = [c for c in view.columns if c not in {person, *dates, *orders[:1]}]
    mail = next((c for c in people if re.search(r"e ?mail|почта", folded(c)) and c != person), None) if orders else None
    known = either(
        f"lower({quote(mail)})" if mail else None, f"nullif({quote(person)}, '0')" if orders else quote(person)
    )
    source = _unfolded(view, key, {quote(c): quote(c) for c in [person, *others]}, moments)
    lines = "a row a date" if not orders else f"several rows of one {orders[0]} are one order"
    return Layout(
        format="orders table" if orders else "table of dates", source=source, event="event", time="moment",
        written="moment", known=known, anon="'order ' || number" if orders else NOTHING, clean=False, status="guessed",
        properties={c: quote(c) for c in others} | ({orders[0]: "number"} if orders else {}),
        roles={"user": (f"{mail}, else {person}" if mail else person, "by its name"),
               "time": (", ".join(own), f"an event each; {lines}"),
               "event": ("(the dates' own names)", "no column tells what happened")},
        clock=f"as written, {tz or 'UTC'}",
        notes=tuple(f"{c} has no time of its own and is a property, no event" for c in states),
    )  # fmt: skip


def _short(date: str) -> str:
    """What a date is of: ``paid`` of ``Paid date``; the order's own date is when it was placed."""
    words = [
        w
        for w in folded(date).split()
        if w not in {"date", "time", "at", "on", "gmt", "дата", "время", "order", "заказа"}
    ]
    return " ".join(words) or "placed"
