"""How fast people pick, walk and pack here, measured from the ledger, and when a wave will end with k of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Row, func, select

from wms.db import Tx, table_of
from wms.models.orders import Order, OrderLine
from wms.models.outbound import ListOrder, Pick, PickList
from wms.models.places import Location
from wms.models.shipping import Parcel, ParcelLine
from wms.models.stock import StockMove
from wms.planning import labour
from wms.planning.labour import Measured, Rates, Sample, Work
from wms.planning.layout import Floor
from wms.queries import cutoffs
from wms.queries import planning as reads

moves, parcels, parcel_lines, locations = (table_of(each) for each in (StockMove, Parcel, ParcelLine, Location))
lists, picks, list_orders = table_of(PickList), table_of(Pick), table_of(ListOrder)
orders, order_lines = table_of(Order), table_of(OrderLine)
MOVES_MAX = 3_000  # newest movements that are looked at
PARCELS_MAX = 600
WALKS_MAX = 200  # newest lists whose walks are looked at
WAY_MM, WAY_MAX_MM = 8_000, 40_000  # from pick to pick before anybody walked, and the most that is believed of a pilot
OPEN_LISTS = ("ready", "picking", "picked")
UNPACKED = ("released", "picking", "picked", "packing")


# --- measured ---

newest_picks = (
    select(moves.c.id, moves.c.at, moves.c.operator_id, moves.c.document, moves.c.from_location_id, moves.c.item_id)
    .where(moves.c.reason == "pick")
    .order_by(moves.c.id.desc())
    .limit(MOVES_MAX)
)
newest_parcels = (
    select(parcels.c.id, parcels.c.packed_by, parcels.c.packed_at, func.sum(parcel_lines.c.qty).label("units"))
    .join(parcel_lines, parcel_lines.c.parcel_id == parcels.c.id)
    .where(parcels.c.packed_at.is_not(None), parcels.c.packed_by.is_not(None))
    .group_by(parcels.c.id, parcels.c.packed_by, parcels.c.packed_at)
    .order_by(parcels.c.id.desc())
    .limit(PARCELS_MAX)
)


def measured(tx: Tx, floor: Floor | None = None) -> Measured:
    """Return the rates that the newest picks and parcels show (three statements; two when the floor is given)."""
    walked = stop_samples(tx.all(newest_picks)[::-1], floor or reads.floor(tx))
    return labour.measure(walked, parcel_samples(tx.all(newest_parcels)))


def stop_samples(rows: Iterable[Row[Any]], floor: Floor) -> list[Sample]:
    """Return way and time from the first take at one stop to the first take at the next of the same list."""
    samples: list[tuple[int, Sample]] = []
    walks: dict[tuple[int | None, str], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        walks[row.operator_id, row.document].append(row)
    for walk in walks.values():
        stops = [next(take) for _, take in groupby(walk, key=lambda row: (row.from_location_id, row.item_id))]
        for here, there in pairwise(stops):
            if here.from_location_id in floor.spots and there.from_location_id in floor.spots:
                way = floor.distance(here.from_location_id, there.from_location_id)
                samples.append((there.id, Sample(way, milliseconds(there.at - here.at))))
    return [sample for _, sample in sorted(samples)]


def parcel_samples(rows: Iterable[Row[Any]]) -> list[Sample]:
    """Return units and time of parcels that the same person packed one after the other, oldest first."""
    benches: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.packed_at, row.id)):
        benches[row.packed_by].append(row)
    pairs = [pair for row in benches.values() for pair in pairwise(row)]
    pairs.sort(key=lambda pair: (pair[1].packed_at, pair[1].id))
    return [Sample(int(there.units), milliseconds(there.packed_at - here.packed_at)) for here, there in pairs]


def way_mm(tx: Tx) -> int:
    """Return how far it is from one pick to the next on the newest lists: what the walks of a wave will be like."""
    newest = select(lists.c.id, lists.c.walk_mm).where(lists.c.state != "void").order_by(lists.c.id.desc())
    known = newest.limit(WALKS_MAX).subquery()
    stops = select(func.count()).where(picks.c.list_id.in_(select(known.c.id))).scalar_subquery()
    found = tx.one(select(func.coalesce(func.sum(known.c.walk_mm), 0).label("walk_mm"), stops.label("stops")))
    return min(int(found.walk_mm) // found.stops, WAY_MAX_MM) if found and found.stops else WAY_MM


def milliseconds(length: timedelta) -> int:
    """Return a length of time in milliseconds."""
    return int(length.total_seconds() * 1_000)


# --- what is left ---


def works(tx: Tx, rates: Rates, wave_id: int | None = None) -> list[Work]:
    """Return what is left of the open lists (of one wave, or all), in the order in which they are taken."""
    mine = (lists.c.state.in_(OPEN_LISTS), *((lists.c.wave_id == wave_id,) if wave_id else ()))
    rows = tx.all(select(lists.c.id, lists.c.state, lists.c.walk_mm).where(*mine).order_by(lists.c.wave_id, lists.c.id))
    ids = select(lists.c.id).where(*mine)
    stops, left = Counter[int](), Counter[int]()
    columns = (picks.c.list_id, picks.c.location_id, picks.c.item_id)
    is_open = func.max((picks.c.state == "open").cast(reads.stock.c.qty.type)).label("is_open")
    for stop in tx.all(select(*columns, is_open).where(picks.c.list_id.in_(ids)).group_by(*columns)):
        stops[stop.list_id] += 1
        left[stop.list_id] += stop.is_open
    packing: dict[int, list[int]] = defaultdict(list)
    for order in tx.all(to_pack.where(list_orders.c.list_id.in_(ids))):
        packing[order.list_id].append(rates.packing_ms(int(order.units)))
    return [Work(row.id, picking_ms(row, rates, left[row.id], stops[row.id]), tuple(packing[row.id])) for row in rows]


def picking_ms(row: Row[Any], rates: Rates, left: int, stops: int) -> int:
    """Return how long what is left of a list takes; its walk shrinks with its stops."""
    return rates.picking_ms(row.walk_mm * left // stops, left) if row.state != "picked" and left else 0


units_left = (
    select(func.coalesce(func.sum(order_lines.c.qty - order_lines.c.packed), 0))
    .where(order_lines.c.order_id == list_orders.c.order_id)
    .scalar_subquery()
)
to_pack = (
    select(list_orders.c.list_id, list_orders.c.order_id, units_left.label("units"))
    .join(orders, orders.c.id == list_orders.c.order_id)
    .where(orders.c.state.in_(UNPACKED))
    .group_by(list_orders.c.list_id, list_orders.c.order_id)
    .order_by(list_orders.c.list_id, func.min(list_orders.c.slot))
)


# --- the forecast ---


@dataclass(frozen=True)
class CrewRow:
    """When a wave ends with so many people, how many of them begin with picking, and whether the truck waits so long.

    `in_time` is None when no cut-off is known.
    """

    people: int
    pickers: int
    packers: int
    picked_at: datetime
    end_at: datetime
    in_time: bool | None


@dataclass(frozen=True)
class Forecast:
    """A row for 1, 2, 3, ... people; the times behind it; the first truck, and how many people it needs (None: no
    cut-off, or more than asked about)."""

    rows: tuple[CrewRow, ...]
    measured: Measured
    lists_left: int
    orders_left: int
    leaves_at: datetime | None
    needed: int | None


def forecast(tx: Tx, wave_id: int, people: int = 8, zone: tzinfo = UTC) -> Forecast:
    """Return when a wave will be picked and packed with 1 to `people` people who begin now (nine statements)."""
    rates = measured(tx)
    left = works(tx, rates.rates, wave_id)
    stations = int(tx.value(count_stations) or 1)
    leaves_at = first_truck(tx, wave_id, zone)
    due_ms = milliseconds(leaves_at - tx.now) if leaves_at else None
    plan = labour.plan(labour.Problem(tuple(left), people, stations, due_ms))
    rows = tuple(crew_row(tx.now, crew, due_ms) for crew in plan.crews)
    return Forecast(rows, rates, len(left), sum(len(each.pack_ms) for each in left), leaves_at, plan.needed)


count_stations = select(func.count()).where(locations.c.kind == "station", locations.c.active)


def crew_row(now: datetime, crew: labour.Crew, due_ms: int | None) -> CrewRow:
    """Return a crew with its times on the clock."""
    picked_at, end_at = (now + timedelta(milliseconds=ms) for ms in (crew.picked_ms, crew.end_ms))
    in_time = None if due_ms is None else crew.end_ms <= due_ms
    return CrewRow(crew.people, crew.pickers, crew.packers, picked_at, end_at, in_time)


def first_truck(tx: Tx, wave_id: int, zone: tzinfo) -> datetime | None:
    """Return when the first truck leaves that takes orders of a wave which are not packed yet."""
    wanted = select(orders.c.country).where(orders.c.wave_id == wave_id, orders.c.state.in_(UNPACKED)).distinct()
    table = cutoffs.timetable(tx, zone)
    return min((at for row in tx.all(wanted) if (at := table.leaves(row.country))), default=None)
