"""Reads of the pack bench: what waits there, what the orders that share a tote still want, and the packing board."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Row, String, and_, bindparam, case, cast, func, literal, null, or_, select, union_all

from wms.db import Tx, table_of
from wms.models.floor import Task
from wms.models.orders import Hold
from wms.models.outbound import ListOrder, PickList
from wms.models.people import Device, Operator
from wms.models.places import Location
from wms.models.printing import PrintJob
from wms.queries import printing
from wms.queries.boxes import hold_on, is_held, item, line, lpn, order, parcel, stock
from wms.queries.wall import called, my_station, read_walls, ready_for_me, taken_by_another

pick_list, list_order, hold = table_of(PickList), table_of(ListOrder), table_of(Hold)
location, device, operator, task = table_of(Location), table_of(Device), table_of(Operator), table_of(Task)
job = table_of(PrintJob)

PACKABLE = ("picked", "packing")


# -- totes ------------------------------------------------------------------------------------------------------------

units_in_tote = select(func.coalesce(func.sum(stock.c.qty), 0)).where(stock.c.lpn_id == lpn.c.id).scalar_subquery()
read_tote = (
    select(lpn.c.id, lpn.c.list_id, lpn.c.order_id, lpn.c.location_id, units_in_tote.label("units"))
    .add_columns(
        location.c.kind, location.c.name.label("place"), pick_list.c.mode, pick_list.c.state.label("list_state")
    )
    .select_from(
        lpn.outerjoin(location, location.c.id == lpn.c.location_id).outerjoin(
            pick_list, pick_list.c.id == lpn.c.list_id
        )
    )
    .where(lpn.c.id == bindparam("tote"))
    .with_for_update(key_share=True, of=lpn)
)
on_list = list_order.join(order, order.c.id == list_order.c.order_id)
packable_shared = (
    select(list_order.c.id)
    .select_from(on_list)
    .where(list_order.c.list_id == lpn.c.list_id, order.c.state.in_(PACKABLE), ~is_held(order.c.id))
    .where(list_order.c.place_id.is_(None))
    .exists()
)
to_wall = and_(pick_list.c.mode == "batch", location.c.kind == "station")  # it is sorted first
tote_is_packable = and_(
    lpn.c.kind == "tote",
    location.c.kind.in_(("station", "problem")),
    select(stock.c.id).where(stock.c.lpn_id == lpn.c.id, stock.c.qty > 0).exists(),
    or_(
        and_(order.c.state.in_(PACKABLE), ~is_held(order.c.id)),
        and_(lpn.c.order_id.is_(None), lpn.c.list_id.is_not(None), ~to_wall, packable_shared),
    ),
)
waiting_totes = (
    lpn.join(location, location.c.id == lpn.c.location_id)
    .outerjoin(order, order.c.id == lpn.c.order_id)
    .outerjoin(pick_list, pick_list.c.id == lpn.c.list_id)
)
mine_or_shared = case((lpn.c.order_id.is_(None), called("list", lpn.c.list_id)), else_=called("order", lpn.c.order_id))
next_totes = (
    select(literal("tote").label("kind"), lpn.c.id, lpn.c.code, cast(lpn.c.id, String).label("name"))
    .add_columns(location.c.id.label("station_id"), location.c.name.label("place"), location.c.code.label("place_code"))
    .add_columns(pick_list.c.dropped_at)
    .select_from(waiting_totes)
    .where(tote_is_packable, ~taken_by_another(mine_or_shared))
)
waiting = union_all(next_totes, ready_for_me).subquery("waiting")
is_mine = func.coalesce(waiting.c.station_id == my_station, False)
read_next = (
    select(waiting, is_mine.label("mine"), func.count().over().label("waiting"))
    .order_by(is_mine.desc(), waiting.c.dropped_at.nulls_last(), waiting.c.kind, waiting.c.id)
    .limit(1)
)


def tote_of(tx: Tx, tote_id: int) -> Row[Any] | None:
    """Return a tote with its list, order, place and units, and keep others off it."""
    return tx.one(read_tote, tote=tote_id)


def next_job(tx: Tx, operator_id: int, device_id: int) -> Row[Any] | None:
    """Return the tote or slot to pack next, at the device's own station if one waits there; and how many wait."""
    return tx.one(read_next, operator=operator_id, device=device_id)


def shared_mode(tx: Tx, list_id: int) -> str:
    """Return how the orders of a list share its totes: single, shape or batch."""
    return str(tx.value(select(pick_list.c.mode).where(pick_list.c.id == list_id)))


def totes_of_order(tx: Tx, order_id: int) -> list[Row[Any]]:
    """Return the totes in which an order's units stand: its own ones first, then those its list shares."""
    lists = select(list_order.c.list_id).where(list_order.c.order_id == order_id)
    mine = or_(lpn.c.order_id == order_id, and_(lpn.c.order_id.is_(None), lpn.c.list_id.in_(lists)))
    return tx.all(select(lpn.c.id).where(lpn.c.kind == "tote", mine).order_by(lpn.c.order_id.is_(None), lpn.c.id))


def order_of(tx: Tx, order_id: int) -> Row[Any] | None:
    """Return an order's number, state, country and oldest open hold."""
    facts = select(order.c.id, order.c.number, order.c.state, order.c.country, hold_on(order.c.id).label("hold"))
    return tx.one(facts.where(order.c.id == order_id))


# -- totes that orders share ------------------------------------------------------------------------------------------

shared_totes = (
    select(lpn.c.id)
    .where(lpn.c.list_id == bindparam("list"), lpn.c.kind == "tote", lpn.c.order_id.is_(None))
    .where(select(stock.c.id).where(stock.c.lpn_id == lpn.c.id, stock.c.qty > 0).exists())
    .order_by(lpn.c.id)
)
shared_lines = (
    select(item.c.id, item.c.sku, item.c.name, item.c.barcode, item.c.colour)
    .add_columns(func.sum(line.c.picked - line.c.packed).label("left"), func.sum(line.c.picked).label("of"))
    .select_from(on_list.join(line, line.c.order_id == order.c.id).join(item, item.c.id == line.c.item_id))
    .where(list_order.c.list_id == bindparam("list"), ~is_held(order.c.id), list_order.c.place_id.is_(None))
    .where(order.c.state.in_((*PACKABLE, "packed", "shipped")))
    .group_by(item.c.id)
    .order_by(func.min(list_order.c.slot))
)
order_for_item = (
    select(order.c.id)
    .select_from(on_list.join(line, line.c.order_id == order.c.id))
    .where(list_order.c.list_id == bindparam("list"), line.c.item_id == bindparam("item"))
    .where(order.c.state.in_(PACKABLE), line.c.picked > line.c.packed, ~is_held(order.c.id))
    .where(list_order.c.place_id.is_(None), ~taken_by_another(called("order", order.c.id)))
    .order_by(order.c.state, list_order.c.slot)  # one that is being packed before those that are picked
    .limit(1)
    .with_for_update(key_share=True, of=order, skip_locked=True)
)


kits = select(func.count()).select_from(on_list).where(list_order.c.list_id == bindparam("list"))
kits_ended = kits.where(order.c.state.in_(("packed", "shipped"))).scalar_subquery()
kits_held = kits.where(order.c.state.in_(PACKABLE), is_held(order.c.id)).scalar_subquery()
next_kit = (
    select(order.c.id)
    .select_from(on_list)
    .where(list_order.c.list_id == bindparam("list"), list_order.c.place_id.is_(None))
    .where(order.c.state.in_(PACKABLE), ~is_held(order.c.id))
    .order_by(order.c.state, list_order.c.slot)
    .limit(1)
    .scalar_subquery()
)
kit_lines = (
    select(item.c.id, item.c.sku, item.c.name, item.c.barcode, item.c.colour, line.c.picked, line.c.packed)
    .add_columns(kits_ended.label("done"), (kits.scalar_subquery() - kits_held).label("of"))
    .select_from(line.join(item, item.c.id == line.c.item_id))
    .where(line.c.order_id == next_kit, line.c.picked > 0)
    .order_by(line.c.id)
)


def shared(tx: Tx, list_id: int) -> list[Row[Any]]:
    """Return the items of a list whose orders share totes, with how many are `left` to pack, `of` how many."""
    return tx.all(shared_lines, list=list_id)


def kit(tx: Tx, list_id: int) -> list[Row[Any]]:
    """Return what the next order of a shape list takes; `done` kits are packed, `of` how many that may go."""
    return tx.all(kit_lines, list=list_id)


def order_wanting(tx: Tx, list_id: int, item_id: int, operator_id: int) -> int | None:
    """Return the next order of a list that takes this item and that no colleague packs, None when there is none."""
    found = tx.value(order_for_item, list=list_id, item=item_id, operator=operator_id)
    return int(found) if found else None


def unbegun(tx: Tx, list_id: int) -> list[Row[Any]]:
    """Return the orders of a list that are picked, not begun, not on hold and in no slot."""
    unhurried = (list_order.c.list_id == list_id, order.c.state == "picked", ~is_held(order.c.id))
    mine = select(order.c.id).select_from(on_list).where(*unhurried, list_order.c.place_id.is_(None))
    return tx.all(mine.order_by(order.c.id))


def parcel_in_hand(tx: Tx, subject: str, task_id: int) -> int | None:
    """Return the parcel that another open task with this subject has in hand, None without one."""
    theirs = (task.c.flow == "pack", task.c.subject == subject, task.c.closed_at.is_(None), task.c.id != task_id)
    memo = tx.value(select(task.c.memo).where(*theirs).order_by(task.c.id.desc()).limit(1))
    found = json.loads(memo).get("parcel") if memo else None
    return int(found) if found else None


def is_open(tx: Tx, parcel_id: int) -> bool:
    """Return whether a parcel is still being packed."""
    return tx.one(select(parcel.c.id).where(parcel.c.id == parcel_id, parcel.c.state == "open")) is not None


# -- the board --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bench:
    """A station on the board: who is there, the order in hand and how far, minutes since the last scan."""

    station: str
    today: int
    hour: int
    person: str = ""
    number: str = ""
    verified: int = 0
    units: int = 0
    idle_minutes: int = 0


@dataclass(frozen=True)
class Aged:
    """Something that waits, for so many minutes: a tote at its place, a wall with so many slots `done` of `of`, or an
    exception with its cause."""

    kind: str
    name: str
    text: str
    minutes: int
    done: int = 0
    of: int = 0


@dataclass(frozen=True)
class PackingBoard:
    """The packing board: its figures, the benches, the waiting totes and the exceptions, the oldest first."""

    parcels_today: int
    parcels_hour: int
    benches: tuple[Bench, ...]
    totes: tuple[Aged, ...]
    exceptions: tuple[Aged, ...]

    @property
    def figures(self) -> dict[str, int]:
        """Return the figures that are readable from afar."""
        totes = sum(each.kind == "tote" for each in self.totes)
        counted = {"totes waiting": totes, "exceptions": len(self.exceptions)}
        return {"parcels today": self.parcels_today, "parcels an hour": self.parcels_hour} | counted


packed_since = [
    func.count(parcel.c.id).filter(parcel.c.packed_at >= bindparam(since)).label(name)
    for name, since in (("today", "day"), ("hour", "hour_ago"))
]
read_stations = (
    select(location.c.id, location.c.name, *packed_since)
    .select_from(location.outerjoin(parcel, parcel.c.station_id == location.c.id))
    .where(location.c.kind == "station", location.c.active)
    .group_by(location.c.id, location.c.name)
    .order_by(location.c.name)
)
read_people = (
    select(task.c.memo, task.c.seen_at, operator.c.name, device.c.station_id)
    .select_from(task.join(operator, operator.c.id == task.c.operator_id).join(device, device.c.id == task.c.device_id))
    .where(task.c.flow == "pack", task.c.closed_at.is_(None))
    .order_by(task.c.seen_at)
)
in_hand = (
    select(parcel.c.id, parcel.c.station_id, order.c.number, func.sum(line.c.packed).label("verified"))
    .add_columns(func.sum(line.c.picked).label("units"))
    .select_from(parcel.join(order, order.c.id == parcel.c.order_id).join(line, line.c.order_id == order.c.id))
    .where(parcel.c.id.in_(bindparam("parcels", expanding=True)))
    .group_by(parcel.c.id, parcel.c.station_id, order.c.number)
)
none = cast(null(), Integer)
read_totes = union_all(
    select(literal("tote").label("kind"), ("tote " + cast(lpn.c.id, String)).label("name"))
    .add_columns(location.c.name.label("text"), pick_list.c.dropped_at.label("since"))
    .add_columns(none.label("done"), none.label("of"))
    .select_from(waiting_totes)
    .where(tote_is_packable),
    read_walls,
)
uncertain_labels = (
    select(literal("label").label("kind"), job.c.subject.label("name"), job.c.reason.label("text"))
    .add_columns(job.c.created_at.label("since"))
    .where(job.c.state.in_(("uncertain", "failed")))
)
held_at_pack = (
    select(literal("hold"), order.c.number, hold.c.code, hold.c.opened_at)
    .select_from(hold.join(order, order.c.id == hold.c.order_id))
    .where(hold.c.cleared_at.is_(None), order.c.state.in_(PACKABLE))
)
read_exceptions = union_all(uncertain_labels, printing.needing(elsewhere=("dock", "stage")), held_at_pack)


def packing_board(tx: Tx) -> PackingBoard:
    """Return all that the packing board shows (five statements). Days are UTC days."""
    midnight = tx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    stations = tx.all(read_stations, day=midnight, hour_ago=tx.now - timedelta(hours=1))
    people = at_work(tx)
    benches = tuple(bench for row in stations for bench in benches_of(row, people.get(row.id, []), tx.now))
    totes, exceptions = aged(tx.all(read_totes), tx.now), aged(tx.all(read_exceptions), tx.now)
    return PackingBoard(
        sum(row.today for row in stations), sum(row.hour for row in stations), benches, totes, exceptions
    )


def at_work(tx: Tx) -> dict[int | None, list[tuple[Row[Any], Row[Any] | None]]]:
    """Return who packs at each station, with the parcel in hand if there is one."""
    tasks = tx.all(read_people)
    hands = [json.loads(row.memo).get("parcel") for row in tasks]
    parcels = {row.id: row for row in tx.all(in_hand, parcels=[each for each in hands if each])}
    found: dict[int | None, list[tuple[Row[Any], Row[Any] | None]]] = {}
    for row, hand in zip(tasks, hands, strict=True):
        held = parcels.get(hand)
        found.setdefault(held.station_id if held else row.station_id, []).append((row, held))
    return found


def benches_of(station: Row[Any], people: list[tuple[Row[Any], Row[Any] | None]], now: datetime) -> list[Bench]:
    """Return a bench for everyone who packs at a station, or an empty one."""
    bench = Bench(station.name, station.today, station.hour)
    busy = [
        replace(bench, person=row.name, idle_minutes=minutes(row.seen_at, now), **hand(held)) for row, held in people
    ]
    return busy or [bench]


def hand(held: Row[Any] | None) -> dict[str, Any]:
    """Return the figures of the parcel in hand."""
    return {"number": held.number, "verified": int(held.verified), "units": int(held.units)} if held else {}


def aged(rows: list[Row[Any]], now: datetime) -> tuple[Aged, ...]:
    """Return rows of (kind, name, text, since) with their age, the oldest first."""
    found = [Aged(row.kind, row.name, row.text, minutes(row.since, now), *counted(row)) for row in rows]
    return tuple(sorted(found, key=lambda each: -each.minutes))


def counted(row: Row[Any]) -> tuple[int, int]:
    """Return how much of it is done, of how much, where that is known."""
    facts = row._mapping
    return int(facts.get("done") or 0), int(facts.get("of") or 0)


def minutes(since: datetime | None, now: datetime) -> int:
    """Return whole minutes since a time; none when it is not known."""
    return int((now - since).total_seconds() // 60) if since else 0
