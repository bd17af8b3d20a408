"""Reads of the put-wall: which slot an order has, what lies in it and what is to come, and the next tote to sort."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, String, and_, bindparam, cast, func, literal, null, or_, select, union_all

from wms.db import Tx, table_of
from wms.models.floor import Task
from wms.models.items import Item
from wms.models.orders import Order, OrderLine
from wms.models.outbound import ListOrder, PickList
from wms.models.people import Device
from wms.models.places import Location
from wms.models.stock import LOOSE, Lot, Lpn, Stock
from wms.queries.boxes import is_held
from wms.queries.walks import tote_is_free

pick_list, list_order, order, line = map(table_of, (PickList, ListOrder, Order, OrderLine))
item, stock, lot, lpn, location = map(table_of, (Item, Stock, Lot, Lpn, Location))
task, device = table_of(Task), table_of(Device)
slot = location.alias("slot")
SORTABLE = ("picked", "packing")
DEALT_WITH = ("picked", "packing", "packed", "shipped")

in_slot = and_(stock.c.location_id == list_order.c.place_id, stock.c.lpn_id == LOOSE)
lying = select(func.coalesce(func.sum(stock.c.qty), 0)).where(in_slot)
placed = lying.where(stock.c.item_id == line.c.item_id).correlate(list_order, line).scalar_subquery()
holds_goods = select(stock.c.id).where(in_slot, stock.c.qty > 0).correlate(list_order).exists()
to_come = (
    select(func.coalesce(func.sum(line.c.picked - line.c.packed), 0))
    .where(line.c.order_id == list_order.c.order_id)
    .correlate(list_order)
    .scalar_subquery()
)
# Complete: what lies in the slot is all that the order has and that is not yet in its parcel.
complete = and_(holds_goods, lying.correlate(list_order).scalar_subquery() == to_come)
on_list = list_order.join(order, order.c.id == list_order.c.order_id)
waits_for_slot = and_(order.c.state.in_(SORTABLE), list_order.c.place_id.is_(None), ~is_held(order.c.id))


# -- the wall of one list ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """What an order gets of one item: `picked` for it, `packed` already, `placed` in its slot (None: it has none)."""

    order_id: int
    number: str
    place_id: int | None
    slot: str
    code: str
    item_id: int
    picked: int
    packed: int
    placed: int
    held: bool

    @property
    def want(self) -> int:
        """Return how many units the slot still takes."""
        return 0 if self.place_id is None or self.held else self.picked - self.packed - self.placed


@dataclass(frozen=True)
class Content:
    """Units of an item and lot in a tote."""

    item_id: int
    lot_id: int
    qty: int
    lot: str
    sku: str
    name: str
    barcode: str
    colour: str


@dataclass(frozen=True)
class Wall:
    """The slots of a list and what is left in the tote that is sorted into them."""

    shares: tuple[Share, ...]
    content: tuple[Content, ...]

    def next_for(self, item_id: int) -> Share | None:
        """Return whose turn it is to get a unit of an item: slots fill up one after the other."""
        return next((share for share in self.shares if share.item_id == item_id and share.want > 0), None)

    @property
    def sortable(self) -> list[Content]:
        """Return what is left in the tote and has a slot to go to."""
        return [each for each in self.content if self.next_for(each.item_id)]

    def whole(self, order_id: int) -> bool:
        """Return whether an order's slot waits for nothing more."""
        mine = [share for share in self.shares if share.order_id == order_id]
        return all(share.picked == share.packed + share.placed for share in mine)

    def missing(self, order_id: int) -> int:
        """Return how many units an order's slot still waits for."""
        return sum(share.want for share in self.shares if share.order_id == order_id)

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many units of the list are sorted, of how many."""
        return sum(each.packed + each.placed for each in self.shares), sum(each.picked for each in self.shares)

    def after(self, taken: Content, share: Share, qty: int) -> Wall:
        """Return the wall with `qty` units put from the tote into a slot."""
        rest = replace(taken, qty=taken.qty - qty)
        fuller = replace(share, placed=share.placed + qty)
        content = (rest if each is taken else each for each in self.content)
        shares = (fuller if each is share else each for each in self.shares)
        return Wall(tuple(shares), tuple(each for each in content if each.qty))


read_shares = (
    select(order.c.id.label("order_id"), order.c.number, list_order.c.place_id)
    .add_columns(func.coalesce(slot.c.name, "").label("slot"), func.coalesce(slot.c.code, "").label("code"))
    .add_columns(line.c.item_id, line.c.picked, line.c.packed, placed.label("placed"))
    .add_columns(is_held(order.c.id).label("held"))
    .select_from(on_list.join(line, line.c.order_id == order.c.id).outerjoin(slot, slot.c.id == list_order.c.place_id))
    .where(list_order.c.list_id == bindparam("list"), order.c.state.in_(DEALT_WITH))
    .order_by(list_order.c.slot, line.c.id)
)
read_content = (
    select(stock.c.item_id, stock.c.lot_id, stock.c.qty, lot.c.code.label("lot"))
    .add_columns(item.c.sku, item.c.name, item.c.barcode, item.c.colour)
    .select_from(stock.join(item, item.c.id == stock.c.item_id).join(lot, lot.c.id == stock.c.lot_id))
    .where(stock.c.lpn_id == bindparam("tote"), stock.c.qty > 0)
    .order_by(item.c.sku, stock.c.lot_id)
)


elsewhere = (
    select(stock.c.item_id, func.sum(stock.c.qty).label("qty"))
    .select_from(stock.join(lpn, lpn.c.id == stock.c.lpn_id))
    .where(lpn.c.list_id == bindparam("list"), lpn.c.order_id.is_(None), lpn.c.id != bindparam("tote"))
    .where(lpn.c.kind == "tote", stock.c.qty > 0)
    .group_by(stock.c.item_id)
)


def in_other_totes(tx: Tx, list_id: int, tote_id: int) -> dict[int, int]:
    """Return item -> units that the other totes of a list still hold."""
    return {row.item_id: int(row.qty) for row in tx.all(elsewhere, list=list_id, tote=tote_id)}


def wall(tx: Tx, list_id: int, tote_id: int) -> Wall:
    """Return the slots of a list and what is left in one of its totes (two statements)."""
    shares = tuple(share_of(row) for row in tx.all(read_shares, list=list_id))
    return Wall(shares, tuple(Content(*tuple(row)) for row in tx.all(read_content, tote=tote_id)))


def share_of(row: Row[Any]) -> Share:
    """Return a row of `read_shares` as a share."""
    return Share(**(dict(row._mapping) | {"placed": int(row.placed), "held": bool(row.held)}))


# -- slots ------------------------------------------------------------------------------------------------------------

taken_slot = select(list_order.c.id).where(list_order.c.place_id == slot.c.id).exists()
full_slot = select(stock.c.id).where(stock.c.location_id == slot.c.id, stock.c.qty > 0).exists()
is_free_slot = and_(slot.c.kind == "slot", slot.c.active, ~taken_slot, ~full_slot)
idle_slots = (
    select(list_order.c.id)
    .select_from(on_list)
    .where(list_order.c.list_id == bindparam("list"), list_order.c.place_id.is_not(None))
    .where(order.c.state == "picked", is_held(order.c.id), ~holds_goods)
)
free_slots = select(slot.c.id).where(is_free_slot, slot.c.station_id == bindparam("station")).order_by(slot.c.id)
without_slot = (
    select(list_order.c.id)
    .select_from(on_list)
    .where(list_order.c.list_id == bindparam("list"), waits_for_slot)
    .order_by(list_order.c.slot)
)
read_slot = (
    select(slot.c.id, slot.c.name, slot.c.station_id, list_order.c.order_id, list_order.c.list_id, order.c.number)
    .add_columns(holds_goods.label("full"), complete.label("complete"), is_held(order.c.id).label("held"))
    .add_columns((to_come - lying.correlate(list_order).scalar_subquery()).label("missing"))
    .select_from(
        slot.outerjoin(list_order, list_order.c.place_id == slot.c.id).outerjoin(
            order, order.c.id == list_order.c.order_id
        )
    )
)


def slot_of(tx: Tx, place_id: int) -> Row[Any] | None:
    """Return a slot with the order it has, whether goods lie in it, whether it is complete, how many units miss."""
    return tx.one(read_slot.where(slot.c.id == place_id, slot.c.kind == "slot"))


def slot_of_order(tx: Tx, order_id: int) -> Row[Any] | None:
    """Return the slot that an order has, as `slot_of`; None when it has none."""
    return tx.one(read_slot.where(list_order.c.order_id == order_id))


def in_slot_of(tx: Tx, place_id: int) -> list[Row[Any]]:
    """Return the balances that lie in a slot."""
    here = (stock.c.location_id == place_id, stock.c.lpn_id == LOOSE, stock.c.qty > 0)
    return tx.all(select(stock).where(*here).order_by(stock.c.id))


def size(tx: Tx) -> int:
    """Return how many slots the largest wall has; 0 when no station has one."""
    per_station = select(func.count().label("slots")).where(slot.c.kind == "slot", slot.c.active)
    return int(tx.value(select(func.max(per_station.group_by(slot.c.station_id).subquery().c.slots))) or 0)


def has_slots(tx: Tx, list_id: int) -> bool:
    """Return whether orders of a list have slots already."""
    given = (list_order.c.list_id == list_id, list_order.c.place_id.is_not(None))
    return tx.one(select(list_order.c.id).where(*given).limit(1)) is not None


def slots_at(tx: Tx, station_id: int) -> int:
    """Return how many slots the wall of a station has."""
    here = (slot.c.kind == "slot", slot.c.active, slot.c.station_id == station_id)
    return int(tx.value(select(func.count()).where(*here)) or 0)


def station_with_wall(tx: Tx, orders: int) -> Row[Any] | None:
    """Return the station whose wall has slots for so many orders: one with enough free ones first, by name."""
    free = func.count(slot.c.id).filter(is_free_slot)
    station = location.alias("station")
    wanted = (
        select(station.c.id, station.c.code, station.c.name)
        .join(slot, and_(slot.c.station_id == station.c.id, slot.c.kind == "slot", slot.c.active))
        .where(station.c.kind == "station", station.c.active)
        .group_by(station.c.id, station.c.code, station.c.name)
        .having(func.count(slot.c.id) >= orders)
    )
    return tx.one(wanted.order_by((free >= orders).desc(), free.desc(), station.c.name).limit(1))


# -- what to sort next ------------------------------------------------------------------------------------------------


def taken_by_another(*subjects: Any) -> Any:
    """Return the condition that a colleague's open task has one of these subjects."""
    theirs = (task.c.closed_at.is_(None), task.c.operator_id != bindparam("operator"), task.c.subject.in_(subjects))
    return select(task.c.id).where(*theirs).exists()


def called(kind: str, column: Any) -> Any:
    """Return the subject under which a thing is claimed: "list:7"."""
    return literal(f"{kind}:") + cast(column, String)


my_station = select(device.c.station_id).where(device.c.id == bindparam("device")).scalar_subquery()
slots_free = (
    select(func.count()).where(is_free_slot, slot.c.station_id == location.c.id).correlate(location).scalar_subquery()
)
slots_wanted = select(func.count()).select_from(on_list).where(list_order.c.list_id == lpn.c.list_id, waits_for_slot)
is_begun = select(list_order.c.id).where(list_order.c.list_id == lpn.c.list_id, list_order.c.place_id.is_not(None))
# A list begins when the wall takes all its orders; an order that may go again meanwhile takes a slot if one is free.
has_room = or_(is_begun.correlate(lpn).exists(), slots_free >= slots_wanted.correlate(lpn).scalar_subquery())
wanted_line = (
    select(line.c.id)
    .select_from(on_list.join(line, line.c.order_id == order.c.id))
    .where(list_order.c.list_id == lpn.c.list_id, order.c.state.in_(SORTABLE), ~is_held(order.c.id))
    .where(line.c.item_id == stock.c.item_id, line.c.picked - line.c.packed > placed)
    .where(or_(list_order.c.place_id.is_not(None), slots_free > 0))
)
has_work = (
    select(stock.c.id)
    .where(stock.c.lpn_id == lpn.c.id, stock.c.qty > 0)
    .where(wanted_line.correlate(lpn, stock, location).exists())
    .correlate(lpn, location)
    .exists()
)
waiting = lpn.join(location, location.c.id == lpn.c.location_id).join(pick_list, pick_list.c.id == lpn.c.list_id)
to_sort = and_(
    *(lpn.c.kind == "tote", location.c.kind == "station", pick_list.c.mode == "batch", pick_list.c.state == "picked"),
    *(lpn.c.order_id.is_(None), has_work),
)
read_totes = (
    select(literal("tote").label("kind"), lpn.c.id, lpn.c.code, cast(lpn.c.id, String).label("name"))
    .add_columns(lpn.c.list_id, null().label("order_id"), location.c.name.label("place"), location.c.code.label("at"))
    .add_columns((location.c.id == my_station).label("mine"), pick_list.c.dropped_at)
    .select_from(waiting)
    .where(to_sort, has_room, or_(bindparam("only") == 0, lpn.c.list_id == bindparam("only")))
    .where(~taken_by_another(called("list", lpn.c.list_id)))
)
station = location.alias("at_station")
read_emptied = (
    select(literal("slot").label("kind"), slot.c.id, slot.c.code, slot.c.name.label("name"))
    .add_columns(list_order.c.list_id, list_order.c.order_id, station.c.name.label("place"), station.c.code.label("at"))
    .add_columns((station.c.id == my_station).label("mine"), pick_list.c.dropped_at)
    .select_from(
        on_list.join(slot, slot.c.id == list_order.c.place_id)
        .join(station, station.c.id == slot.c.station_id)
        .join(pick_list, pick_list.c.id == list_order.c.list_id)
    )
    .where(is_held(order.c.id), holds_goods, select(lpn.c.id).where(tote_is_free).exists())
    .where(bindparam("only") == 0)
    .where(~taken_by_another(called("list", list_order.c.list_id), called("order", list_order.c.order_id)))
)
jobs = union_all(read_totes, read_emptied).subquery("jobs")
read_next = (
    select(jobs, func.count().over().label("waiting"))
    .order_by(func.coalesce(jobs.c.mine, False).desc(), jobs.c.kind, jobs.c.dropped_at.nulls_last(), jobs.c.id)
    .limit(1)
)


def next_job(tx: Tx, operator_id: int, device_id: int, list_id: int = 0) -> Row[Any] | None:
    """Return what to sort next: a tote whose wall has room, or the slot of a held order that is to be emptied.

    The device's own station comes first; with a list, only its totes count.
    """
    return tx.one(read_next, operator=operator_id, device=device_id, only=list_id)


# -- what is ready, for packers and boards ----------------------------------------------------------------------------

read_ready = (
    select(literal("slot").label("kind"), slot.c.id, slot.c.code, slot.c.name.label("name"))
    .add_columns(station.c.id.label("station_id"), station.c.name.label("place"), station.c.code.label("place_code"))
    .add_columns(pick_list.c.dropped_at)
    .select_from(
        on_list.join(slot, slot.c.id == list_order.c.place_id)
        .join(station, station.c.id == slot.c.station_id)
        .join(pick_list, pick_list.c.id == list_order.c.list_id)
    )
    .where(order.c.state.in_(SORTABLE), ~is_held(order.c.id), complete)
)
ready_for_me = read_ready.where(~taken_by_another(called("order", list_order.c.order_id)))
on_wall = and_(order.c.state.in_(SORTABLE), or_(list_order.c.place_id.is_not(None), ~is_held(order.c.id)))
read_walls = (
    select(literal("wall").label("kind"), ("Wall " + station.c.name).label("name"))
    .add_columns(("list " + cast(pick_list.c.id, String)).label("text"), pick_list.c.dropped_at.label("since"))
    .add_columns(func.count().filter(complete).label("done"), func.count().label("of"))
    .select_from(
        on_list.join(pick_list, pick_list.c.id == list_order.c.list_id).join(
            station, station.c.id == pick_list.c.station_id
        )
    )
    .where(pick_list.c.mode == "batch", pick_list.c.state == "picked", on_wall)
    .group_by(pick_list.c.id, station.c.name, pick_list.c.dropped_at)
)
