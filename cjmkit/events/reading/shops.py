"""Shops: orders of Shopify (CSV) and WooCommerce (JSON), an event for each time that an order has."""

from __future__ import annotations

from cjmkit.events._duck import text
from cjmkit.events.reading.layout import NOTHING, Layout, ReadOptions, either, utc
from cjmkit.events.reading.view import View

__all__ = ["shopify", "woocommerce"]


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
