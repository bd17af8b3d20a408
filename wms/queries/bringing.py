"""Move tasks as the floor sees them: the next one to do, and all that a screen says about the one in hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, and_, bindparam, cast, exists, func, or_, select

from wms.db import Tx, table_of
from wms.models.items import Item
from wms.models.places import Location
from wms.models.slotting import MoveTask
from wms.models.stock import AVAILABLE, Lot, Lpn, Stock

tasks, stock, items, locations = table_of(MoveTask), table_of(Stock), table_of(Item), table_of(Location)
lots, lpns = table_of(Lot), table_of(Lpn)
source, target = locations.alias("source"), locations.alias("target")
earlier = tasks.alias("earlier")
CLAIM_HOURS = 12  # a shift: who went home does not keep a task

at_source = and_(
    stock.c.location_id == tasks.c.from_location_id,
    stock.c.lpn_id == tasks.c.from_lpn_id,
    stock.c.item_id == tasks.c.item_id,
    stock.c.lot_id == tasks.c.lot_id,
    stock.c.condition == AVAILABLE,
)
free = func.coalesce(stock.c.qty - stock.c.allocated, 0)
# A step of a slotting plan waits for the earlier ones that empty its target, or that bring its goods out of the way;
# and for the picks of what still stands there, for a face is kept for one item.
empties_target = earlier.c.from_location_id == tasks.c.to_location_id
brings_goods = and_(earlier.c.to_location_id == tasks.c.from_location_id, earlier.c.item_id == tasks.c.item_id)
blocked = exists().where(
    tasks.c.reason == "slotting",
    earlier.c.reason == "slotting",
    or_(empties_target, brings_goods),
    earlier.c.id < tasks.c.id,
    earlier.c.state.in_(("open", "doing")),
)
other = stock.alias("other")
occupied = exists().where(
    tasks.c.reason == "slotting",
    other.c.location_id == tasks.c.to_location_id,
    other.c.item_id != tasks.c.item_id,
    other.c.qty > 0,
    target.c.id == tasks.c.to_location_id,
    target.c.kind == "bin",
)
# The next wave wants more than a face holds: its later refills wait until picks made room for them. One that never fits
# whole comes when half of the face is free.
like = items.alias("like")
carried = tasks.alias("carried")
left = tasks.c.qty - tasks.c.moved


def volume(item: Any) -> Any:
    """Return the volume of a unit in mm³."""
    return cast(item.c.length_mm, BigInteger) * item.c.width_mm * item.c.height_mm


def weight(item: Any) -> Any:
    """Return the weight of a unit in grams."""
    return cast(item.c.weight_g, BigInteger)


def no_room(capacity: Any, size: Callable[[Any], Any]) -> Any:
    """Return the condition that a refill does not fit into its face now, by volume or by weight; 0 is no limit."""
    stands = select(func.sum(stock.c.qty * size(like))).join(like, like.c.id == stock.c.item_id)
    coming = select(func.sum(carried.c.reserved * size(like))).join(like, like.c.id == carried.c.item_id)
    used = [
        stands.where(stock.c.location_id == tasks.c.to_location_id).correlate(tasks).scalar_subquery(),
        coming.where(carried.c.to_location_id == tasks.c.to_location_id, carried.c.id != tasks.c.id)
        .where(carried.c.state == "doing")
        .correlate(tasks)
        .scalar_subquery(),
    ]
    room = capacity - func.coalesce(used[0], 0) - func.coalesce(used[1], 0)
    return exists().where(
        tasks.c.reason == "replenish",
        target.c.id == tasks.c.to_location_id,
        items.c.id == tasks.c.item_id,
        capacity > 0,
        room < left * size(items),
        room * 2 < capacity,
    )


too_big = no_room(target.c.capacity_mm3, volume)
too_heavy = no_room(target.c.capacity_g, weight)
abandoned = and_(tasks.c.state == "doing", tasks.c.started_at < bindparam("stale"))
next_task = (
    select(tasks, free.label("free"))
    .select_from(tasks.outerjoin(stock, at_source))
    .where(or_(tasks.c.state == "open", abandoned), ~blocked, ~occupied, ~too_big, ~too_heavy)
    .order_by(tasks.c.seq, tasks.c.id)
    .limit(1)
    .with_for_update(key_share=True, of=tasks, skip_locked=True)
)


def following(tx: Tx) -> Row[Any] | None:
    """Return the move task to do next, locked, with the units that are free at its source."""
    return tx.one(next_task, stale=tx.now - timedelta(hours=CLAIM_HOURS))


here = stock.alias("here")
same_spot = (here.c.location_id == tasks.c.from_location_id, here.c.lpn_id == tasks.c.from_lpn_id, here.c.qty > 0)
units_there = select(func.sum(here.c.qty)).where(*same_spot).scalar_subquery()
lots_there = (
    select(func.count(func.distinct(here.c.lot_id))).where(*same_spot, here.c.item_id == tasks.c.item_id)
).scalar_subquery()
waiting = (
    select(func.count()).where(earlier.c.state == "open", earlier.c.id != tasks.c.id).scalar_subquery().label("waiting")
)
in_hand = (
    select(
        tasks,
        *(items.c.sku, items.c.name.label("item_name"), items.c.barcode, items.c.colour, lots.c.code.label("lot")),
        *(source.c.code.label("from_code"), source.c.name.label("from_name")),
        *(target.c.code.label("to_code"), target.c.name.label("to_name")),
        *(lpns.c.code.label("lpn_code"), units_there.label("units_there"), lots_there.label("lots_there"), waiting),
    )
    .select_from(
        tasks.join(items, items.c.id == tasks.c.item_id)
        .join(lots, lots.c.id == tasks.c.lot_id)
        .join(lpns, lpns.c.id == tasks.c.from_lpn_id)
        .join(source, source.c.id == tasks.c.from_location_id)
        .join(target, target.c.id == tasks.c.to_location_id)
    )
    .where(tasks.c.id == bindparam("task"))
)


def task(tx: Tx, task_id: int) -> Row[Any]:
    """Return a move task with its item, source and target; `units_there` stand at its source, in `lots_there` lots."""
    found = tx.one(in_hand, task=task_id)
    assert found is not None
    return found


fuller = and_(
    stock.c.item_id == bindparam("item"),
    stock.c.condition == AVAILABLE,
    stock.c.qty > stock.c.allocated,
    locations.c.kind == "reserve",
    locations.c.active,
)
other_sources = (
    select(stock.c.location_id, stock.c.lpn_id, stock.c.lot_id, (stock.c.qty - stock.c.allocated).label("free"))
    .select_from(stock.join(locations, locations.c.id == stock.c.location_id).join(lots, lots.c.id == stock.c.lot_id))
    .where(fuller, stock.c.location_id != bindparam("but"))
    .order_by(lots.c.expiry.asc().nulls_last(), stock.c.id)
    .limit(1)
)


def other_source(tx: Tx, item_id: int, but: int) -> Row[Any] | None:
    """Return the reserve stock of an item that expires first, outside the place `but`; None when there is none."""
    return tx.one(other_sources, item=item_id, but=but)


def open_tasks(tx: Tx) -> int:
    """Return how many move tasks wait for somebody."""
    return int(tx.value(select(func.count()).where(tasks.c.state == "open")) or 0)
