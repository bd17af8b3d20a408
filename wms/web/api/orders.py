"""API: orders, their holds, and what people decide about them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from wms import addresses
from wms.errors import NotFound
from wms.operations import addressing, countries, deciding, judging
from wms.queries import decisions, review
from wms.queries import orders as order_reads
from wms.queries.review import Filters
from wms.web import privacy
from wms.web.api.core import Done, api
from wms.web.auth import who
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, by, settings, snapshot

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
HOLD_CODES = tuple(judging.HOLDS)
ORDERS_MAX = 500
OrderId = Annotated[int, Field(ge=1, le=2**31 - 1)]


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
    waits_since: datetime | None
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
    """Which orders; `q` is part of a number, code or parcel's code, for supervisors and admins also of a name, a mail
    address, a telephone number. `age`: a hold is open for so many days at least."""

    state: Literal[
        "", "held", "clean", "released", "picking", "picked", "packing", "packed", "shipped", "cancelled"
    ] = ""
    hold: str = Field("", max_length=24)
    country: str = Field("", max_length=2)
    campaign: str = Field("", max_length=20)
    age: int = Field(0, ge=0, le=3650)
    q: str = Field("", max_length=80)
    sort: Sort = "id"

    def filters(self, by_person: bool) -> Filters:
        """Return the filter as the reads take it."""
        facts = {"campaign": self.campaign, "age": self.age, "by_person": by_person}
        return Filters(self.state, self.hold, self.country, self.q, **facts)  # type: ignore[arg-type]


class Reason(Asked):
    """Why."""

    reason: str = Field(min_length=1, max_length=200)


class NewHold(Asked):
    """Why an order may not go: a code of the review, and words."""

    code: Literal[HOLD_CODES]  # type: ignore[valid-type]
    detail: str = Field("", max_length=300)


class Some(Asked):
    """Some orders."""

    orders: list[OrderId] = Field(min_length=1, max_length=ORDERS_MAX)


class Choice(Asked):
    """Some orders, and why."""

    orders: list[OrderId] = Field(min_length=1, max_length=ORDERS_MAX)
    reason: str = Field(min_length=1, max_length=200)


class Clearing(Choice):
    """Clear the holds of one code on the chosen orders, all or none."""

    code: Literal[HOLD_CODES]  # type: ignore[valid-type]


class Holding(Asked):
    """Hold the chosen orders."""

    orders: list[OrderId] = Field(min_length=1, max_length=ORDERS_MAX)
    code: Literal[HOLD_CODES]  # type: ignore[valid-type]
    detail: str = Field("", max_length=300)


class Twins(Asked):
    """Orders that look like one person's: both are shipped, or they are merged into `main`, or only `main` is kept."""

    orders: list[OrderId] = Field(min_length=2, max_length=20)
    choice: Literal["both", "merge", "keep"]
    main: int = Field(0, ge=0, le=2**31 - 1)
    reason: str = Field("", max_length=200)


class Address(Asked):
    """Other fields of an address; those that are missing stay."""

    name: str | None = Field(None, max_length=200)
    line1: str | None = Field(None, max_length=200)
    line2: str | None = Field(None, max_length=200)
    city: str | None = Field(None, max_length=120)
    state: str | None = Field(None, max_length=80)
    postal_code: str | None = Field(None, max_length=30)
    country: str | None = Field(None, max_length=2)
    phone: str | None = Field(None, max_length=40)
    email: str | None = Field(None, max_length=200)


class Finding(Told):
    """One doubt about a field of an address; `better` is what was probably meant, `hold` that it holds the order."""

    code: str
    field: str
    sentence: str
    hold: bool
    better: str


class Checked(Told):
    """An address after it was checked: OK, WARN (a person must accept it) or BAD (it cannot be right)."""

    verdict: str
    findings: list[Finding]


class Decided(Told):
    """A decision, to be taken back by its id, and how many holds or orders it was about."""

    decision_id: int
    number: int


class Undone(Told):
    """How many orders are as they were, and how many had gone on meanwhile."""

    orders: int
    left: int


class CountryRow(Told):
    """A country that gets nothing, of one campaign or (null) of all."""

    id: int
    country: str
    campaign: str | None
    reason: str
    at: datetime
    operator: str | None


class CountryList(Told):
    """All countries that get nothing."""

    items: list[CountryRow]


class NewCountry(Asked):
    """Send nothing to a country, for one campaign or (empty) for all."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    campaign: str = Field("", max_length=20)
    reason: str = Field(min_length=1, max_length=200)


@api.route("GET /orders", Deal(Paged[OrderRow], query=OrderQuery), *READERS)
def orders(query: OrderQuery) -> Any:
    """List orders."""
    whole = privacy.searches_people(who())
    with snapshot() as tx:
        found = review.order_list(tx, review.settled(tx, query.filters(whole)), query.cut)
    privacy.searched(who(), query.q, found["total"])
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
    act(deciding.hold, by(), [order_id], body.code, body.detail)
    return {"done": True}


@api.route("POST /holds/<id:hold_id>/clear", Deal(Done, body=Reason), *OFFICE)
def clear_hold(hold_id: int, body: Reason) -> Any:
    """Clear a hold; the last one lets the order go."""
    act(deciding.clear_one, by(), hold_id, body.reason)
    return {"done": True}


@api.route("PATCH /orders/<id:order_id>/address", Deal(Checked, body=Address), *OFFICE)
def correct_address(order_id: int, body: Address) -> Any:
    """Correct an address; it is checked again at once."""
    fields = {name: text for name, text in body.model_dump().items() if text is not None}
    found = act(addressing.change, settings(), by(), order_id, fields)
    return {"verdict": addresses.verdict(found), "findings": found}


@api.route("POST /orders/clear", Deal(Decided, body=Clearing), *OFFICE)
def clear_many(body: Clearing) -> Any:
    """Clear one kind of hold on many orders: accept warnings, waive what is owed."""
    return act(deciding.clear, by(), body.orders, body.code, body.reason)


@api.route("POST /orders/cancel", Deal(Decided, body=Choice), *OFFICE)
def cancel_many(body: Choice) -> Any:
    """Cancel orders that are not released, all or none."""
    return act(deciding.cancel, by(), body.orders, body.reason)


@api.route("POST /orders/hold", Deal(Decided, body=Holding), *OFFICE)
def hold_many(body: Holding) -> Any:
    """Hold many orders."""
    return act(deciding.hold, by(), body.orders, body.code, body.detail)


@api.route("POST /orders/adopt", Deal(Decided, body=Some), *OFFICE)
def adopt_many(body: Some) -> Any:
    """Take over what was probably meant in addresses: a lost zero, a country's usual short name."""
    return act(deciding.adopt, settings(), by(), body.orders)


@api.route("POST /orders/twins", Deal(Decided, body=Twins), *OFFICE)
def decide_twins(body: Twins) -> Any:
    """Decide about orders that look like one person's."""
    return act(deciding.twins_are, by(), body.choice, (body.main, body.orders), body.reason)


@api.route("POST /decisions/<id:decision_id>/undo", Deal(Undone), *OFFICE)
def undo(decision_id: int) -> Any:
    """Take a decision back."""
    return act(deciding.undo, by(), decision_id)


@api.route("GET /countries", Deal(CountryList), *OFFICE)
def blocked_countries() -> Any:
    """List the countries that get nothing."""
    with snapshot() as tx:
        return {"items": decisions.country_rules(tx)}


@api.route("POST /countries", Deal(Done, body=NewCountry, status=201), *OFFICE)
def block_country(body: NewCountry) -> Any:
    """Send nothing to a country."""
    act(countries.block, settings(), by(), body.country, (body.campaign, body.reason))
    return {"done": True}


@api.route("DELETE /countries/<id:rule_id>", Deal(Done), *OFFICE)
def open_country(rule_id: int) -> Any:
    """Send to a country again."""
    act(countries.allow, settings(), by(), rule_id)
    return {"done": True}
