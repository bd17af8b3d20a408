"""Orders as the office and the review see them: one order with all that happened to it, many to be judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from wms.db import Tx, table_of
from wms.models.backers import BackerPage
from wms.models.campaigns import Campaign, Import
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderEvent, OrderLine, Recipient
from wms.models.outbound import ListOrder, PickList, Wave
from wms.models.people import Operator
from wms.models.shipping import Carrier, Parcel

orders, lines, recipients, holds = table_of(Order), table_of(OrderLine), table_of(Recipient), table_of(Hold)
events, items, operators, campaigns = table_of(OrderEvent), table_of(Item), table_of(Operator), table_of(Campaign)
parcels, carriers, waves = table_of(Parcel), table_of(Carrier), table_of(Wave)
list_orders, pick_lists, imports = table_of(ListOrder), table_of(PickList), table_of(Import)
pages = table_of(BackerPage)
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
class OrderPage:
    """One order: its lines with SKUs, its holds, what happened to it, its parcels and pick lists."""

    order: Any
    lines: Sequence[Any]
    holds: Sequence[Any]
    events: Sequence[Any]
    parcels: Sequence[Any]
    lists: Sequence[Any]


def order_page(tx: Tx, order_id: int) -> OrderPage | None:
    """Return one order with everything about it, or None."""
    person = [recipients.c[name] for name in ("line1", "line2", "state", "postal_code", "phone", "email")]
    also = (orders.c.raw, orders.c.parent_id, orders.c.content_locked_at, orders.c.address_locked_at, orders.c.lock_at)
    keys = (orders.c.campaign_id, orders.c.recipient_id, recipients.c.uid, recipients.c.mail_key, orders.c.erased_at)
    wanted = summary.add_columns(*(column.label(f"to_{column.name}") for column in person), *also, *keys)
    wanted = wanted.add_columns(pages.c.confirmed_at)
    wanted = wanted.outerjoin(pages, pages.c.order_id == func.coalesce(orders.c.parent_id, orders.c.id))
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


def parcels_of(tx: Tx, order_ids: Sequence[int]) -> list[Row[Any]]:
    """Return the parcels of orders, the newest first."""
    return tx.all(its_parcels.where(parcels.c.order_id.in_(order_ids)).order_by(parcels.c.id.desc()))


def events_of(tx: Tx, order_ids: Sequence[int], most: int = 200) -> list[Row[Any]]:
    """Return the latest lines of the timelines of orders, the newest first."""
    return tx.all(its_events.where(events.c.order_id.in_(order_ids)).order_by(events.c.id.desc()).limit(most))


# --- for the review ---


def in_parts(ids: Sequence[int], size: int = 5000) -> Iterator[list[int]]:
    """Yield ids in parts that one statement can carry as values."""
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


waiting = and_(orders.c.state.in_(("held", "clean")), orders.c.parent_id.is_(None))
everybody = (
    select(
        *(orders.c.id, orders.c.campaign_id, orders.c.number, orders.c.recipient_id),
        *(column for column in recipients.c if column.name != "id"),
    )
    .join(recipients, recipients.c.id == orders.c.recipient_id)
    .order_by(orders.c.id)
)


def reviewable(tx: Tx, order_ids: Sequence[int] | None = None) -> list[int]:
    """Return those of these orders that are not released, by id; parts follow their whole.

    None means all but those of an import under way, which reviews its own when it has ended.
    """
    wanted = select(orders.c.id).where(waiting).order_by(orders.c.id)
    if order_ids is None:
        under_way = select(imports.c.id).where(imports.c.state.in_(("reading", "applying")))
        done = or_(orders.c.import_id.is_(None), orders.c.import_id.not_in(under_way))
        return [row.id for row in tx.all(wanted.where(done))]
    parts = in_parts(sorted(set(order_ids)))
    return [row.id for part in parts for row in tx.all(wanted.where(orders.c.id.in_(part)))]


def of_campaign(tx: Tx, campaign_id: int) -> list[int]:
    """Return the orders of a campaign that are not released, by id; parts follow their whole."""
    mine = select(orders.c.id).where(waiting, orders.c.campaign_id == campaign_id)
    return [row.id for row in tx.all(mine.order_by(orders.c.id))]


def to_review(tx: Tx, order_ids: Sequence[int]) -> list[Row[Any]]:
    """Return orders that are not released, with their recipients and how many lines they have, in id order."""
    n_lines = select(func.count()).where(lines.c.order_id == orders.c.id).scalar_subquery()
    wanted = everybody.add_columns(
        *(orders.c.state.label("order_state"), orders.c.raw, orders.c.content_locked_at, n_lines.label("n_lines")),
        orders.c.reward,
    )
    return tx.all(wanted.where(waiting, orders.c.id.in_(order_ids)))


def people_of(tx: Tx, order_ids: Sequence[int]) -> list[Row[Any]]:
    """Return who orders go to, with the keys that people are compared by, in the order of their ids."""
    return tx.all(everybody.where(orders.c.id.in_(order_ids)))


def contents(tx: Tx, order_ids: Sequence[int], item_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return order id -> which of some items it holds."""
    found: dict[int, set[int]] = defaultdict(set)
    wanted = select(lines.c.order_id, lines.c.item_id).where(lines.c.order_id.in_(order_ids))
    for row in tx.all(wanted.where(lines.c.item_id.in_(item_ids))):
        found[row.order_id].add(row.item_id)
    return {order_id: frozenset(held) for order_id, held in found.items()}


def holds_of(tx: Tx, order_ids: Sequence[int]) -> list[Row[Any]]:
    """Return all holds of orders, open and cleared."""
    return tx.all(select(holds).where(holds.c.order_id.in_(order_ids)).order_by(holds.c.id))
