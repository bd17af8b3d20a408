"""Cycle counts: which place is counted next, what the book says of it, what was counted so far."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, String, and_, bindparam, case, cast, func, literal, or_, select

from wms.db import Tx, table_of
from wms.models.counting import Count, CountLine
from wms.models.floor import Task
from wms.models.items import Item
from wms.models.outbound import Pick
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.stock import AVAILABLE, LOOSE, Lot, Stock
from wms.queries.bringing import CLAIM_HOURS

counts, lines, locations, operators = table_of(Count), table_of(CountLine), table_of(Location), table_of(Operator)
items, lots, stock, picks, tasks = map(table_of, (Item, Lot, Stock, Pick, Task))
first_count = counts.alias("first_count")
URGENCY = case((counts.c.reason == "short", 0), (counts.c.reason == "recount", 1), else_=2)

mine = and_(counts.c.state == "counting", counts.c.operator_id == bindparam("me"))
is_held = (
    select(tasks.c.id)
    .where(tasks.c.subject == literal("count:") + cast(counts.c.id, String), tasks.c.closed_at.is_(None))
    .where(tasks.c.seen_at > bindparam("stale"))
    .exists()
)
abandoned = and_(counts.c.state == "counting", ~is_held)
upcoming = (
    select(counts.c.id, counts.c.location_id, counts.c.state, counts.c.operator_id, locations.c.name)
    .select_from(
        counts.join(locations, locations.c.id == counts.c.location_id).outerjoin(
            first_count, first_count.c.id == counts.c.recount_of
        )
    )
    .where(
        or_(mine, counts.c.state == "open", abandoned),
        or_(
            first_count.c.operator_id.is_(None),
            first_count.c.operator_id != bindparam("me"),
            bindparam("supervises") == 1,
        ),
    )
    .order_by(case((mine, 0), else_=1), URGENCY, counts.c.id)
    .limit(1)
)


def next_count(tx: Tx, operator_id: int, supervises: bool) -> Row[Any] | None:
    """Return the count to do next: id, location_id, state, operator_id of whoever began it, name.

    Nobody recounts their own count but a supervisor; one that somebody left for a shift is open to others.
    """
    stale = tx.now - timedelta(hours=CLAIM_HOURS)
    return tx.one(upcoming, me=operator_id, supervises=int(supervises), stale=stale)


one = (
    select(counts, locations.c.name, locations.c.code, locations.c.kind)
    .select_from(counts.join(locations, locations.c.id == counts.c.location_id))
    .where(counts.c.id == bindparam("count"))
)


def count(tx: Tx, count_id: int) -> Row[Any]:
    """Return a count with the name, code and kind of its place."""
    found = tx.one(one, count=count_id)
    assert found is not None
    return found


book_of = (
    select(
        stock.c.item_id,
        stock.c.lot_id,
        items.c.sku,
        items.c.name.label("item_name"),
        items.c.barcode,
        items.c.colour,
        lots.c.code.label("lot"),
        func.sum(stock.c.qty).label("qty"),
        lines.c.counted,
    )
    .select_from(
        stock.join(items, items.c.id == stock.c.item_id)
        .join(lots, lots.c.id == stock.c.lot_id)
        .outerjoin(
            lines,
            and_(
                lines.c.count_id == bindparam("count"),
                lines.c.item_id == stock.c.item_id,
                lines.c.lot_id == stock.c.lot_id,
            ),
        )
    )
    .where(stock.c.location_id == bindparam("place"), stock.c.qty > 0)
    .group_by(
        stock.c.item_id,
        stock.c.lot_id,
        items.c.sku,
        items.c.name,
        items.c.barcode,
        items.c.colour,
        lots.c.code,
        lines.c.counted,
    )
    .order_by(items.c.sku, stock.c.lot_id)
)


def book(tx: Tx, count_id: int, location_id: int) -> list[Row[Any]]:
    """Return what the book has in a place, by item and lot; `counted` is None where this count has not been yet."""
    return tx.all(book_of, count=count_id, place=location_id)


counted_lines = (
    select(lines, items.c.sku, items.c.name.label("item_name"), items.c.colour, lots.c.code.label("lot"))
    .select_from(lines.join(items, items.c.id == lines.c.item_id).join(lots, lots.c.id == lines.c.lot_id))
    .where(lines.c.count_id == bindparam("count"))
    .order_by(lines.c.id)
)


def counted(tx: Tx, count_id: int) -> list[Row[Any]]:
    """Return the lines of a count, with sku and lot."""
    return tx.all(counted_lines, count=count_id)


on_book = select(func.coalesce(func.sum(stock.c.qty), 0)).where(
    stock.c.location_id == bindparam("place"), stock.c.item_id == bindparam("item"), stock.c.lot_id == bindparam("lot")
)


def on_the_book(tx: Tx, location_id: int, item_id: int, lot_id: int) -> int:
    """Return how many units of an item and lot the book has in a place, in all conditions, on all plates."""
    return int(tx.value(on_book, place=location_id, item=item_id, lot=lot_id))


balances_of = (
    select(stock)
    .where(
        stock.c.location_id == bindparam("place"),
        stock.c.item_id == bindparam("item"),
        stock.c.lot_id == bindparam("lot"),
        stock.c.qty > 0,
    )
    .order_by(
        case((stock.c.condition == AVAILABLE, 0), else_=1), case((stock.c.lpn_id == LOOSE, 0), else_=1), stock.c.id
    )
)


def balances(tx: Tx, location_id: int, item_id: int, lot_id: int) -> list[Row[Any]]:
    """Return the balances an adjustment changes, in its order: available before others, loose before plates."""
    return tx.all(balances_of, place=location_id, item=item_id, lot=lot_id)


def reserved_for(tx: Tx, location_id: int, item_id: int) -> list[int]:
    """Return the orders whose open picks wait for an item in a place."""
    where = (picks.c.location_id == location_id, picks.c.item_id == item_id, picks.c.state == "open")
    return [
        row.order_id for row in tx.all(select(picks.c.order_id).where(*where).distinct().order_by(picks.c.order_id))
    ]


def item_row(tx: Tx, item_id: int) -> Row[Any]:
    """Return one item's row."""
    found = tx.one(select(items).where(items.c.id == item_id))
    assert found is not None
    return found


def open_counts(tx: Tx) -> list[Row[Any]]:
    """Return the counts to do, the oldest first: columns of Count, place, operator."""
    joined = counts.join(locations, locations.c.id == counts.c.location_id)
    joined = joined.outerjoin(operators, operators.c.id == counts.c.operator_id)
    wanted = select(counts, locations.c.name.label("place"), operators.c.name.label("operator")).select_from(joined)
    return tx.all(wanted.where(counts.c.state.in_(("open", "counting"))).order_by(counts.c.asked_at))
