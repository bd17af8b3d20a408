"""API: orders and their holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from wms.errors import NotFound
from wms.operations import holding, reviewing
from wms.queries import office as reads
from wms.queries import orders as order_reads
from wms.queries.orders import Filters
from wms.web import privacy
from wms.web.api.core import Done, api
from wms.web.auth import who
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, by, snapshot

READERS = ("packer", "supervisor", "admin")
OFFICE = ("supervisor", "admin")
Sort = Literal[
    "id",
    "-id",
    "number",
    "-number",
    "country",
    "-country",
    "state",
    "-state",
    "units",
    "-units",
    "imported_at",
    "-imported_at",
]
HOLD_CODES = tuple(reviewing.HOLDS)


class OrderRow(Told):
    """An order in a list. `recipient` is the name for supervisors and admins, else initials."""

    id: int
    code: str
    number: str
    campaign: str
    reward: str
    country: str
    state: str
    units: int
    wave: str | None
    recipient: str
    holds: list[str]
    imported_at: datetime
    shipped_at: datetime | None


class OrderLine(Told):
    """So many units of an item, how many of them are picked and packed."""

    sku: str
    name: str
    qty: int
    picked: int
    packed: int


class Hold(Told):
    """Why an order may not go, and who said that it may."""

    id: int
    code: str
    detail: str
    opened_at: datetime
    cleared_at: datetime | None
    cleared_name: str | None
    reason: str


class Event(Told):
    """One line of a timeline."""

    at: datetime
    kind: str
    text: str
    operator: str | None


class OrderParcel(Told):
    """A box of an order."""

    id: int
    code: str
    state: str
    carrier: str | None
    weight_g: int
    packed_at: datetime | None
    shipped_at: datetime | None


class Recipient(Told):
    """Who an order goes to; without the right to see more: initials and where about."""

    name: str
    country: str
    postal_code: str
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    phone: str | None = None
    email: str | None = None


class OrderDetail(Told):
    """One order with everything about it."""

    id: int
    code: str
    number: str
    campaign: str
    reward: str
    country: str
    state: str
    units: int
    wave: str | None
    recipient: Recipient
    lines: list[OrderLine]
    holds: list[Hold]
    timeline: list[Event]
    parcels: list[OrderParcel]


class OrderQuery(PageQuery):
    """Which orders; `q` is a part of the number or code, for supervisors and admins of the name or mail address too."""

    state: Literal[
        "", "held", "clean", "released", "picking", "picked", "packing", "packed", "shipped", "cancelled"
    ] = ""
    hold: str = Field("", max_length=24)
    country: str = Field("", max_length=2)
    q: str = Field("", max_length=80)
    sort: Sort = "id"


class Reason(Asked):
    """Why."""

    reason: str = Field(min_length=1, max_length=200)


class NewHold(Asked):
    """Why an order may not go: a code of the review, and words."""

    code: Literal[HOLD_CODES]  # type: ignore[valid-type]
    detail: str = Field("", max_length=300)


@api.route("GET /orders", Deal(Paged[OrderRow], query=OrderQuery), *READERS)
def orders(query: OrderQuery) -> Any:
    """List orders."""
    whole = privacy.searches_people(who())
    filters = Filters(query.state, query.hold, query.country, query.q)
    with snapshot() as tx:
        found = reads.order_list(tx, filters, whole, query.cut)
    for row in found["items"]:
        row["recipient"] = row["name"] if whole else privacy.initials(row["name"])
    return found


@api.route("GET /orders/<id:order_id>", Deal(OrderDetail), *READERS)
def order(order_id: int) -> Any:
    """Show one order; the address only to those who need it."""
    with snapshot() as tx:
        found = order_reads.order_page(tx, order_id)
    if found is None:
        raise NotFound(what=f"Order {order_id}")
    facts = dict(found.order._mapping)
    return facts | {
        "recipient": privacy.recipient(found.order, privacy.sees_address(who(), found)),
        "lines": found.lines,
        "holds": found.holds,
        "timeline": found.events,
        "parcels": found.parcels,
    }


@api.route("POST /orders/<id:order_id>/holds", Deal(Done, body=NewHold, status=201), *OFFICE)
def hold_order(order_id: int, body: NewHold) -> Any:
    """Hold an order."""
    act(holding.hold, order_id, body.code, body.detail)
    return {"done": True}


@api.route("POST /holds/<id:hold_id>/clear", Deal(Done, body=Reason), *OFFICE)
def clear_hold(hold_id: int, body: Reason) -> Any:
    """Clear a hold; the last one lets the order go."""
    act(reviewing.clear, by(), hold_id, body.reason)
    return {"done": True}
