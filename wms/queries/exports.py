"""What leaves as a paper: parcels with their numbers for the platforms, whole orders for creators and other houses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from wms.db import Tx, table_of
from wms.formats.tracking import Gone, Sent
from wms.models.campaigns import Campaign, ImportChange
from wms.models.exports import Export, ExportParcel
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderEvent, OrderLine, Recipient
from wms.models.outbound import Wave
from wms.models.people import Operator
from wms.models.shipping import Carrier, Parcel
from wms.queries import decisions
from wms.queries.orders import in_parts

orders, lines, recipients = table_of(Order), table_of(OrderLine), table_of(Recipient)
parcels, carriers, items = table_of(Parcel), table_of(Carrier), table_of(Item)
exports, told, campaigns = table_of(Export), table_of(ExportParcel), table_of(Campaign)
holds, events, operators = table_of(Hold), table_of(OrderEvent), table_of(Operator)
waves, changes = table_of(Wave), table_of(ImportChange)
heads = orders.alias("head")  # an order that goes in parts is known upstream by the number of the first
PART = 500
DONE = ("shipped", "cancelled")

gone = (
    select(
        *(parcels.c.id, parcels.c.tracking, parcels.c.shipped_at, parcels.c.code),
        *(carriers.c.code.label("carrier"), carriers.c.name.label("carrier_name")),
        *(recipients.c.name, recipients.c.email),
        func.coalesce(heads.c.id, orders.c.id).label("head"),
        func.coalesce(heads.c.number, orders.c.number).label("number"),
    )
    .join(orders, orders.c.id == parcels.c.order_id)
    .join(recipients, recipients.c.id == orders.c.recipient_id)
    .outerjoin(heads, heads.c.id == orders.c.parent_id)
    .outerjoin(carriers, carriers.c.id == parcels.c.carrier_id)
    .where(parcels.c.state == "shipped")
    .order_by(func.coalesce(heads.c.id, orders.c.id), parcels.c.id)
)


def sent(tx: Tx, campaign_id: int, kind: str, export_id: int | None = None) -> tuple[list[Sent], list[str]]:
    """Return the orders of a campaign with the parcels that left, and those with a parcel that has no number yet.

    A parcel is new when no export of this kind told it; with `export_id` when that export did, and later ones are left
    out, so that the same files can be made again. Who was merged into an order hears of its parcels, too.
    """
    first = first_told(tx, campaign_id, kind)
    late = {parcel for parcel, by in first.items() if export_id and by > export_id}
    rows = [row for row in tx.all(gone.where(orders.c.campaign_id == campaign_id)) if row.id not in late]
    if export_id:
        rows = [row for row in rows if row.id in first]
    waiting, merged = unfinished(tx, campaign_id), merged_numbers(tx, [row.head for row in rows])
    found, unnumbered = [], []
    for head, group in groupby(rows, key=lambda row: row.head):
        boxes = list(group)
        if not all(box.tracking for box in boxes):
            unnumbered.append(boxes[0].number)
            continue
        parts = tuple(box_of(box, first.get(box.id, export_id) == export_id) for box in boxes)
        for number in (boxes[0].number, *merged.get(head, ())):
            found.append(Sent(number, boxes[0].name, boxes[0].email, parts, head not in waiting))
    return found, unnumbered


def box_of(box: Row[Any], new: bool) -> Gone:
    """Return a parcel as the papers tell it."""
    day = box.shipped_at.date().isoformat() if box.shipped_at else ""
    return Gone(box.tracking, box.carrier or "", box.carrier_name or "", "", day, new)


def first_told(tx: Tx, campaign_id: int, kind: str) -> dict[int, int]:
    """Return parcel -> the export of a kind that told its number."""
    mine = and_(exports.c.campaign_id == campaign_id, exports.c.kind == kind)
    rows = select(told.c.parcel_id, func.min(told.c.export_id).label("by")).join(
        exports, exports.c.id == told.c.export_id
    )
    return {row.parcel_id: row.by for row in tx.all(rows.where(mine).group_by(told.c.parcel_id))}


def unfinished(tx: Tx, campaign_id: int) -> set[int]:
    """Return the orders of which something is still to come."""
    open_ones = select(func.coalesce(orders.c.parent_id, orders.c.id).label("head")).where(
        orders.c.campaign_id == campaign_id, orders.c.state.not_in(DONE)
    )
    return {row.head for row in tx.all(open_ones.distinct())}


def merged_numbers(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return order -> the numbers of the orders that were merged into it."""
    found: dict[int, list[str]] = defaultdict(list)
    for part in in_parts(sorted(set(order_ids))):
        for row in tx.all(decisions.merges.where(decisions.rows.c.into_id.in_(part))):
            found[row.into_id].append(row.number)
    return found


# --- the page ---


def export_list(tx: Tx, campaign_id: int) -> list[Row[Any]]:
    """Return the exports of a campaign, the newest first."""
    who = exports.outerjoin(operators, operators.c.id == exports.c.operator_id)
    named = select(exports, operators.c.name.label("who")).select_from(who)
    return tx.all(named.where(exports.c.campaign_id == campaign_id).order_by(exports.c.id.desc()).limit(50))


def export_row(tx: Tx, export_id: int) -> Row[Any] | None:
    """Return one export."""
    return tx.one(select(exports).where(exports.c.id == export_id))


def campaign_list(tx: Tx) -> list[Row[Any]]:
    """Return the campaigns, the newest first."""
    return tx.all(
        select(campaigns.c.id, campaigns.c.code, campaigns.c.name, campaigns.c.platform).order_by(campaigns.c.id.desc())
    )


def parcels_named(tx: Tx, codes: Sequence[str]) -> list[Row[Any]]:
    """Return the parcels that are meant by these codes: a parcel's own, an order's code or its number."""
    found: list[Row[Any]] = []
    named = (
        select(
            *(parcels.c.id, parcels.c.code, parcels.c.order_id, parcels.c.state, parcels.c.tracking),
            *(orders.c.code.label("order_code"), orders.c.number),
        )
        .join(orders, orders.c.id == parcels.c.order_id)
        .where(parcels.c.state != "void")
    )
    for start in range(0, len(codes), PART):
        part = codes[start : start + PART]
        mine = or_(parcels.c.code.in_(part), orders.c.code.in_(part), orders.c.number.in_(part))
        found += tx.all(named.where(mine).order_by(parcels.c.id))
    return found


def numbers_taken(tx: Tx, numbers: Sequence[str]) -> dict[str, int]:
    """Return tracking number -> the parcel that has it."""
    found: dict[str, int] = {}
    for start in range(0, len(numbers), PART):
        part = select(parcels.c.id, parcels.c.tracking).where(parcels.c.tracking.in_(numbers[start : start + PART]))
        found |= {row.tracking: row.id for row in tx.all(part)}
    return found


# --- whole orders, a part at a time so that 100,000 of them need no memory ---


def order_rows(tx: Tx, campaign_id: int, where: Sequence[ColumnElement[bool]] = ()) -> Iterator[list[Row[Any]]]:
    """Yield the orders of a campaign with recipient and wave, some hundred at a time, in the order they came in."""
    after = 0
    while part := tx.all(
        whole_order.where(orders.c.campaign_id == campaign_id, orders.c.id > after, *where).limit(PART)
    ):
        yield list(part)
        after = part[-1].id


whole_order: Select[Any] = (
    select(
        orders,
        *(column.label(f"to_{column.name}") for column in recipients.c if column.name != "id"),
        waves.c.name.label("wave"),
    )
    .join(recipients, recipients.c.id == orders.c.recipient_id)
    .outerjoin(waves, waves.c.id == orders.c.wave_id)
    .order_by(orders.c.id)
)


def by_order(tx: Tx, statement: Select[Any], key: ColumnElement[Any], ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return order -> its rows of a statement that has `order_id`."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in tx.all(statement.where(key.in_(ids))):
        found[row.order_id].append(row)
    return found


def lines_of(tx: Tx, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return order -> its lines with SKU, name and weight."""
    columns = (lines.c.order_id, lines.c.qty, lines.c.packed, items.c.sku, items.c.name, items.c.weight_g)
    joined = select(*columns).join(items, items.c.id == lines.c.item_id).order_by(lines.c.order_id, items.c.sku)
    return by_order(tx, joined, lines.c.order_id, ids)


def parcels_of(tx: Tx, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return order -> its parcels that are not void."""
    columns = (
        parcels.c.order_id,
        parcels.c.code,
        parcels.c.tracking,
        parcels.c.weight_g,
        carriers.c.name.label("carrier"),
    )
    joined = select(*columns).outerjoin(carriers, carriers.c.id == parcels.c.carrier_id)
    kept = joined.where(parcels.c.state != "void").order_by(parcels.c.order_id, parcels.c.id)
    return by_order(tx, kept, parcels.c.order_id, ids)


def open_holds(tx: Tx, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return order -> its open holds."""
    waiting = select(holds.c.order_id, holds.c.code).where(holds.c.cleared_at.is_(None)).order_by(holds.c.id)
    return by_order(tx, waiting, holds.c.order_id, ids)


def events_of(tx: Tx, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return order -> its timeline, with who did it."""
    columns = (events.c.order_id, events.c.at, events.c.kind, events.c.text, operators.c.name.label("who"))
    named = select(*columns).outerjoin(operators, operators.c.id == events.c.operator_id).order_by(events.c.id)
    return by_order(tx, named, events.c.order_id, ids)


def changes_of(tx: Tx, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return order -> what imports changed of it, field by field."""
    columns = (changes.c.order_id, changes.c.kind, changes.c.applied, changes.c.fields, changes.c.import_id)
    mine = select(*columns).where(changes.c.kind == "changed").order_by(changes.c.id)
    return by_order(tx, mine, changes.c.order_id, ids)
