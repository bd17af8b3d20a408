"""Orders as the office and the review see them: what a filter means, one order with all that happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select

from wms.db import Tx, table_of
from wms.models.campaigns import Campaign
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderEvent, OrderLine, Recipient
from wms.models.outbound import ListOrder, PickList, Wave
from wms.models.people import Operator
from wms.models.shipping import Carrier, Parcel

orders, lines, recipients, holds = table_of(Order), table_of(OrderLine), table_of(Recipient), table_of(Hold)
events, items, operators, campaigns = table_of(OrderEvent), table_of(Item), table_of(Operator), table_of(Campaign)
parcels, carriers, waves = table_of(Parcel), table_of(Carrier), table_of(Wave)
list_orders, pick_lists = table_of(ListOrder), table_of(PickList)
open_hold = and_(holds.c.order_id == orders.c.id, holds.c.cleared_at.is_(None))
summary = (
    select(
        *(
            orders.c.id,
            orders.c.code,
            orders.c.number,
            orders.c.reward,
            orders.c.country,
            orders.c.state,
            orders.c.units,
        ),
        *(orders.c.imported_at, orders.c.shipped_at, orders.c.wave_id, recipients.c.name, recipients.c.city),
        waves.c.name.label("wave"),
        campaigns.c.code.label("campaign"),
    )
    .join(recipients, recipients.c.id == orders.c.recipient_id)
    .join(campaigns, campaigns.c.id == orders.c.campaign_id)
    .outerjoin(waves, waves.c.id == orders.c.wave_id)
)


@dataclass(frozen=True)
class Filters:
    """Which orders to show; an empty text does not filter. `text` is part of a number, code, name or e-mail."""

    state: str = ""
    hold: str = ""
    country: str = ""
    text: str = ""
    wave_id: int | None = None


@dataclass(frozen=True)
class OrderPage:
    """One order: its lines with SKUs, its holds, what happened to it, its parcels and pick lists."""

    order: Any
    lines: Sequence[Any]
    holds: Sequence[Any]
    events: Sequence[Any]
    parcels: Sequence[Any]
    lists: Sequence[Any]


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the WHERE of a filter."""
    found: list[ColumnElement[bool]] = []
    if filters.state:
        found.append(orders.c.state == filters.state)
    if filters.country:
        found.append(orders.c.country == filters.country)
    if filters.hold:
        found.append(exists().where(open_hold, holds.c.code == filters.hold))
    if filters.wave_id:
        found.append(orders.c.wave_id == filters.wave_id)
    if filters.text:
        columns = (orders.c.number, orders.c.code, recipients.c.name, recipients.c.email)
        found.append(or_(*(column.icontains(filters.text, autoescape=True) for column in columns)))
    return found


def order_page(tx: Tx, order_id: int) -> OrderPage | None:
    """Return one order with everything about it, or None."""
    person = [recipients.c[name] for name in ("line1", "line2", "state", "postal_code", "phone", "email")]
    wanted = summary.add_columns(*(column.label(f"to_{column.name}") for column in person), orders.c.raw)
    order = tx.one(wanted.where(orders.c.id == order_id))
    if order is None:
        return None
    return OrderPage(
        order,
        tx.all(its_lines.where(lines.c.order_id == order_id).order_by(items.c.sku)),
        tx.all(its_holds.where(holds.c.order_id == order_id).order_by(holds.c.id)),
        tx.all(its_events.where(events.c.order_id == order_id).order_by(events.c.id)),
        tx.all(its_parcels.where(parcels.c.order_id == order_id).order_by(parcels.c.id)),
        tx.all(its_lists.where(list_orders.c.order_id == order_id).order_by(list_orders.c.id)),
    )


its_lines = select(lines, items.c.sku, items.c.name, items.c.barcode, items.c.colour).join(
    items, items.c.id == lines.c.item_id
)
its_holds = select(holds, operators.c.name.label("cleared_name")).outerjoin(
    operators, operators.c.id == holds.c.cleared_by
)
its_events = select(events, operators.c.name.label("operator")).outerjoin(
    operators, operators.c.id == events.c.operator_id
)
its_parcels = select(parcels, carriers.c.name.label("carrier")).outerjoin(
    carriers, carriers.c.id == parcels.c.carrier_id
)
its_lists = select(pick_lists, list_orders.c.slot).join(pick_lists, pick_lists.c.id == list_orders.c.list_id)


# --- for the review ---


def in_parts(ids: Sequence[int], size: int = 5000) -> Iterator[list[int]]:
    """Yield ids in parts that one statement can carry as values."""
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def to_review(tx: Tx, order_ids: Sequence[int] | None) -> list[Row[Any]]:
    """Return orders that are not released, with their recipients and how many lines they have, in id order."""
    n_lines = select(func.count()).where(lines.c.order_id == orders.c.id).scalar_subquery()
    wanted = (
        select(
            *(orders.c.id, orders.c.campaign_id, orders.c.number, orders.c.state.label("order_state"), orders.c.raw),
            *(column for column in recipients.c if column.name != "id"),
            n_lines.label("n_lines"),
        )
        .join(recipients, recipients.c.id == orders.c.recipient_id)
        .where(orders.c.state.in_(("held", "clean")))
        .order_by(orders.c.id)
    )
    if order_ids is None:
        return tx.all(wanted)
    return [row for part in in_parts(sorted(set(order_ids))) for row in tx.all(wanted.where(orders.c.id.in_(part)))]


def people(tx: Tx, campaign_ids: Sequence[int]) -> list[Row[Any]]:
    """Return id, campaign, number, e-mail and address of every order of campaigns that is not cancelled."""
    columns = [recipients.c[name] for name in ("email", "name", "line1", "postal_code", "country")]
    wanted = select(orders.c.id, orders.c.campaign_id, orders.c.number, *columns)
    joined = wanted.join(recipients, recipients.c.id == orders.c.recipient_id)
    return tx.all(
        joined.where(orders.c.campaign_id.in_(campaign_ids), orders.c.state != "cancelled").order_by(orders.c.id)
    )


def holds_of(tx: Tx, order_ids: Sequence[int]) -> list[Row[Any]]:
    """Return all holds of orders, open and cleared."""
    return tx.all(select(holds).where(holds.c.order_id.in_(order_ids)).order_by(holds.c.id))
