"""What a picker needs to see and to find: the next pick with all about it, free carts and totes, other bins."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Row, String, and_, bindparam, case, cast, exists, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from wms.db import Tx, table_of
from wms.models.floor import Task
from wms.models.items import Item
from wms.models.orders import Order
from wms.models.outbound import BULK, ListOrder, Pick, PickList
from wms.models.places import Location
from wms.models.stock import AVAILABLE, Lot, Lpn, Stock
from wms.queries.planning import doubted

lists, picks, slots, orders = table_of(PickList), table_of(Pick), table_of(ListOrder), table_of(Order)
items, locations, lots, lpns, stock = (table_of(each) for each in (Item, Location, Lot, Lpn, Stock))
tasks = table_of(Task)
plate, tote, other = lpns.alias("plate"), lpns.alias("tote"), picks.alias("other")
SPREAD = 17  # totes: lists that are begun at once are not offered the same one


def on_list(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return that a row belongs to the list asked about."""
    return column == bindparam("list")


first_open = (
    select(other.c.id)
    .where(on_list(other.c.list_id), other.c.state == "open")
    .order_by(other.c.seq, other.c.id)
    .limit(1)
    .scalar_subquery()
)
last_slot = (
    select(func.max(slots.c.slot))
    .where(on_list(slots.c.list_id), slots.c.order_id == picks.c.order_id)
    .correlate(picks)
    .scalar_subquery()
)
alike = and_(
    on_list(other.c.list_id),
    other.c.state == "open",
    *(other.c[name] == picks.c[name] for name in ("location_id", "lpn_id", "item_id", "lot_id")),
)
together = select(func.sum(other.c.qty - other.c.taken)).where(alike).correlate(picks).scalar_subquery()
asked = case((lists.c.mode.in_(BULK), together), else_=picks.c.qty - picks.c.taken)
unit_mm3 = cast(items.c.length_mm, BigInteger) * items.c.width_mm * items.c.height_mm
lying = items.alias("lying")
lying_mm3 = cast(lying.c.length_mm, BigInteger) * lying.c.width_mm * lying.c.height_mm
in_tote = (
    select(cast(func.coalesce(func.sum(stock.c.qty * lying_mm3), 0), BigInteger))
    .select_from(stock.join(lying, lying.c.id == stock.c.item_id))
    .where(stock.c.lpn_id == slots.c.tote_id)
    .correlate(slots)
    .scalar_subquery()
)
tote_mm3 = bindparam("tote_mm3", type_=BigInteger)
fitting = (tote_mm3 - in_tote) // func.nullif(unit_mm3, 0, type_=BigInteger)
# What lies beside the totes because it is larger than one, and what nobody measured, is never too much.
want = case(
    (or_(unit_mm3 == 0, unit_mm3 > tote_mm3, fitting >= asked), asked),
    (fitting > 0, fitting),
    else_=0,
)
bare_slot = select(func.min(slots.c.slot)).where(on_list(slots.c.list_id), slots.c.tote_id.is_(None)).scalar_subquery()
n_orders = select(func.count(slots.c.order_id.distinct())).where(on_list(slots.c.list_id)).scalar_subquery()
in_stock = and_(
    *(stock.c[name] == picks.c[name] for name in ("location_id", "lpn_id", "item_id")),
    stock.c.condition == AVAILABLE,
    stock.c.qty > 0,
)
lots_here = select(func.count()).where(in_stock).correlate(picks).scalar_subquery()
planned = func.sum(case((other.c.state == "open", other.c.qty), else_=other.c.taken))
of_units = select(planned).where(on_list(other.c.list_id)).scalar_subquery()
done_units = select(func.sum(other.c.taken)).where(on_list(other.c.list_id)).scalar_subquery()

current = (
    select(
        *(lists.c.id, lists.c.code, lists.c.mode, lists.c.state, lists.c.cart_id),
        *(bare_slot.label("bare_slot"), n_orders.label("n_orders"), of_units.label("of"), done_units.label("done")),
        *(picks.c.id.label("pick_id"), picks.c.order_id, picks.c.order_line_id, picks.c.item_id, picks.c.lot_id),
        *(picks.c.location_id, picks.c.lpn_id, (picks.c.qty - picks.c.taken).label("left")),
        want.label("want"),
        *(items.c.sku, items.c.name.label("item_name"), items.c.barcode, items.c.colour, lots.c.code.label("lot_code")),
        *(locations.c.name.label("place"), locations.c.code.label("place_code"), plate.c.code.label("lpn_code")),
        *(slots.c.slot, slots.c.tote_id, tote.c.code.label("tote_code"), orders.c.number.label("order_number")),
        case((picks.c.lot_id > 0, lots_here), else_=1).label("lots_here"),
    )
    .select_from(
        lists.outerjoin(picks, picks.c.id == first_open)
        .outerjoin(items, items.c.id == picks.c.item_id)
        .outerjoin(locations, locations.c.id == picks.c.location_id)
        .outerjoin(lots, lots.c.id == picks.c.lot_id)
        .outerjoin(plate, plate.c.id == picks.c.lpn_id)
        .outerjoin(orders, orders.c.id == picks.c.order_id)
        .outerjoin(slots, and_(slots.c.list_id == lists.c.id, slots.c.slot == last_slot))
        .outerjoin(tote, tote.c.id == slots.c.tote_id)
    )
    .where(on_list(lists.c.id))
)


def now(tx: Tx, list_id: int, tote_mm3: int = 0) -> Row[Any]:
    """Return a list with its next open pick and everything about it (None where there is none), in one statement.

    `want` is what to take here in all: in bulk that is every like pick of the place together. It is no more than what
    still fits into a tote of `tote_mm3` (0: of any size); 0 says that the tote is full.
    """
    row = tx.one(current, list=list_id, tote_mm3=tote_mm3)
    assert row is not None
    return row


# --- free things to begin with ---

cart_in_use = exists().where(lists.c.cart_id == locations.c.id, lists.c.state == "picking")
tote_is_free = and_(
    lpns.c.kind == "tote",
    lpns.c.order_id.is_(None),
    lpns.c.list_id.is_(None),
    ~exists().where(stock.c.lpn_id == lpns.c.id, stock.c.qty > 0),
)
free_carts = (
    select(locations.c.id, locations.c.code, locations.c.name)
    .where(locations.c.kind == "cart", locations.c.active, ~cart_in_use)
    .order_by(locations.c.name)
)
free_totes = (
    select(lpns.c.id, lpns.c.code)
    .where(tote_is_free)
    .order_by((lpns.c.id + SPREAD * bindparam("list")) % 101, lpns.c.id)
    .limit(1)
)
stations = (
    select(locations.c.id, locations.c.code, locations.c.name)
    .outerjoin(lists, and_(lists.c.station_id == locations.c.id, lists.c.state == "picked"))
    .where(locations.c.kind == "station", locations.c.active)
    .group_by(locations.c.id)
    .order_by(func.count(lists.c.id), locations.c.name)
    .limit(1)
)


def free_cart(tx: Tx, list_id: int) -> Row[Any] | None:
    """Return a cart that no list is being picked on; lists that are begun at once are offered different ones."""
    rows = tx.all(free_carts)
    return rows[list_id % len(rows)] if rows else None


def free_tote(tx: Tx, list_id: int) -> Row[Any] | None:
    """Return an empty tote that belongs to nobody."""
    return tx.one(free_totes, list=list_id)


bare = and_(slots.c.tote_id.is_(None), lists.c.id == slots.c.list_id)
promised = (
    select(func.count())
    .select_from(slots.join(lists, bare))
    .where(lists.c.state == "picking", lists.c.mode == "cluster")
)
first_truck = (lists.c.due_at.nulls_last(), lists.c.wave_id, lists.c.id)
next_ready = select(lists.c.id).where(lists.c.state == "ready").order_by(*first_truck).limit(1)
wanted_next = (
    select(func.count())
    .select_from(slots.join(lists, bare))
    .where(lists.c.id == next_ready.scalar_subquery(), lists.c.mode == "cluster")
)
tote_balance = select(
    (select(func.count()).where(tote_is_free).scalar_subquery() - promised.scalar_subquery()).label("spare"),
    wanted_next.scalar_subquery().label("wanted"),
)


def totes_suffice(tx: Tx) -> bool:
    """Return whether there are empty totes for the next list beside those that lists at work still wait for."""
    row = tx.one(tote_balance)
    assert row is not None
    return bool(row.spare >= max(1, row.wanted))


def station(tx: Tx) -> Row[Any] | None:
    """Return the pack station with the fewest lists waiting."""
    return tx.one(stations)


def is_empty(tx: Tx, tote_id: int) -> bool:
    """Return whether the book knows nothing in a tote."""
    return not tx.value(select(func.count()).where(stock.c.lpn_id == tote_id, stock.c.qty > 0))


# --- what stands where ---


def places_of(tx: Tx, item_id: int) -> int:
    """Return in how many bins and reserves units of an item stand."""
    where = (stock.c.item_id == item_id, stock.c.qty > 0, locations.c.kind.in_(("bin", "reserve")))
    found = select(func.count(stock.c.location_id.distinct())).join(locations, locations.c.id == stock.c.location_id)
    return int(tx.value(found.where(*where)) or 0)


def place(tx: Tx, location_id: int) -> str:
    """Return the name of a place."""
    return str(tx.value(select(locations.c.name).where(locations.c.id == location_id)))


def left_in(tx: Tx, location_id: int) -> int:
    """Return how many units the book says are left in a place."""
    return int(tx.value(select(func.sum(stock.c.qty)).where(stock.c.location_id == location_id)) or 0)


def lot_here(tx: Tx, pick_id: int, lot_code: str) -> Row[Any] | None:
    """Return a lot of the pick's item in the pick's place: its id, expiry and free units; None when it is not there."""
    wanted = (
        select(lots.c.id, lots.c.code, lots.c.expiry, (stock.c.qty - stock.c.allocated).label("free"))
        .select_from(stock.join(lots, lots.c.id == stock.c.lot_id).join(picks, picks.c.id == pick_id))
        .where(in_stock, func.upper(lots.c.code) == lot_code.upper())
    )
    return tx.one(wanted)


def elsewhere(tx: Tx, item_id: int, location_id: int) -> list[Row[Any]]:
    """Return free stock of an item in other places, first expired first, then the nearest to the place given."""
    here = select(locations.c.x_mm, locations.c.y_mm).where(locations.c.id == location_id).subquery()
    distance = func.abs(locations.c.x_mm - here.c.x_mm) + func.abs(locations.c.y_mm - here.c.y_mm)
    wanted = (
        select(
            stock,
            *(locations.c.name.label("place"), locations.c.x_mm, locations.c.y_mm, lots.c.expiry),
            *(here.c.x_mm.label("from_x_mm"), here.c.y_mm.label("from_y_mm")),
            (stock.c.qty - stock.c.allocated).label("free"),
        )
        .join(locations, locations.c.id == stock.c.location_id)
        .outerjoin(lots, lots.c.id == stock.c.lot_id)
        .join(here, literal(True))
        .where(stock.c.item_id == item_id, stock.c.location_id != location_id, stock.c.condition == AVAILABLE)
        .where(stock.c.qty > stock.c.allocated, locations.c.kind.in_(("bin", "reserve")), locations.c.active, ~doubted)
        .order_by(lots.c.expiry.asc().nulls_last(), distance, stock.c.id)
    )
    return tx.all(wanted)


def walk_left(tx: Tx, list_id: int) -> list[Row[Any]]:
    """Return the places of the open picks of a list with their coordinates, in walking order."""
    wanted = select(picks.c.location_id, picks.c.seq, locations.c.x_mm, locations.c.y_mm)
    joined = wanted.join(locations, locations.c.id == picks.c.location_id)
    return tx.all(joined.where(picks.c.list_id == list_id, picks.c.state == "open").order_by(picks.c.seq))


def contents(tx: Tx, list_id: int) -> list[Row[Any]]:
    """Return what stands in the totes of a list."""
    wanted = select(stock).join(lpns, lpns.c.id == stock.c.lpn_id)
    mine = (lpns.c.list_id == list_id, lpns.c.kind == "tote", stock.c.qty > 0)
    return tx.all(wanted.where(*mine).order_by(stock.c.id))


def subject(list_id: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the subject under which a task claims a list."""
    return literal("list:") + cast(list_id, String)
