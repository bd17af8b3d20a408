"""Orders whose stock is chosen become pick lists: which are picked together and how, and the walk of each list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from wms.db import Tx
from wms.operations import rechoosing, trucking
from wms.operations.ledger import Key
from wms.operations.rechoosing import Allocs
from wms.planning import batching, routing, speed
from wms.planning.layout import Floor
from wms.queries import cutoffs, wall
from wms.queries import planning as reads
from wms.queries.planning import Shelf, Wanted
from wms.settings import Settings, WalkingStyle

LITRE_MM3 = 1_000_000
COMPILED = batching.Options(trials=2_000, seconds_max=20.0)  # 200 orders in a second, 2,000 in seven
STOP_GAP = 1000  # room in the sequence between two stops: for picks found later


class ProposedPick(NamedTuple):
    """So many units of an order line from one balance; `seq` is its place in the walk."""

    line_id: int
    order_id: int
    key: Key
    qty: int
    seq: int


@dataclass(frozen=True)
class ProposedList:
    """One walk: its orders in the order of their slots, its picks in walking order, and when its truck leaves.

    `hurried`: the time for planning was up before the search for shorter walks was done.
    """

    mode: str
    orders: tuple[int, ...]
    picks: tuple[ProposedPick, ...]
    walk_mm: int
    why: str
    due_at: datetime | None = None
    hurried: bool = False


def tours(
    tx: Tx, settings: Settings, lines: Sequence[Wanted], allocs: Allocs, shelves: Sequence[Shelf] = ()
) -> tuple[ProposedList, ...]:
    """Return pick lists: alike orders as kits, others that share items and aisles, each list with its shortest walk.

    `shelves`: all stock, to take the same goods from where a list passes anyway.
    """
    table = cutoffs.timetable(tx, settings.site.zone)
    leaves = {line.order_id: table.leaves(line.country) for line in lines}
    by_order: dict[int, list[Wanted]] = defaultdict(list)
    for line in lines:
        by_order[line.order_id].append(line)
    due = {order_id: minutes(tx.now, at) for order_id, at in leaves.items()}
    wanted = problem(tx, settings, [demand(mine, allocs, due[order_id]) for order_id, mine in by_order.items()])
    effort, style = COMPILED if speed.running() else batching.DEFAULT, settings.release.walking_style
    plan = batching.plan(wanted, effort)
    lasting = [shelf for shelf in shelves if shelf.lasts(tx.now.date(), settings.floor.expiry_days_min)]
    near = rechoosing.nearer(wanted.floor, plan.lists, by_order, allocs, (lasting, settings.release.allocation))
    if near is not allocs:
        demands = tuple(demand(mine, near, due[order_id]) for order_id, mine in by_order.items())
        closer = replace(wanted, orders=demands)
        again = batching.plan(closer, effort)
        if again.length_mm < plan.length_mm:
            plan, allocs, wanted = again, near, closer
    trips = [walked(wanted.floor, trip, style) for trip in trucking.in_time(tx, settings, wanted, plan.lists)]
    lists = (sequenced(trip, by_order, allocs, leaves) for trip in trips)
    return tuple(replace(each, hurried=plan.limit_hit) for each in lists)


def walked(floor: Floor, trip: batching.PickList, style: WalkingStyle) -> batching.PickList:
    """Return a trip as it is walked, in the style that the site chose; the shortest walk is what it has already."""
    if style == "exact":
        return trip
    walk = routing.plan(routing.Problem(floor, trip.stops, *floor.ends), routing.Options(style=style))
    return replace(trip, stops=walk.order, length_mm=walk.length_mm)


def minutes(now: datetime, at: datetime | None) -> int | None:
    """Return whole minutes from now; None when nobody knows."""
    return None if at is None else int((at - now).total_seconds() // 60)


def demand(lines: Sequence[Wanted], allocs: Allocs, due: int | None) -> batching.OrderDemand:
    """Return one order as the batching sees it."""
    parts = (
        batching.Line(line.sku, shelf.key[0], qty, line.unit_mm3, line.unit_g)
        for line in lines
        for shelf, qty in allocs[line.line_id]
    )
    return batching.OrderDemand(lines[0].order_id, tuple(parts), due)


def problem(tx: Tx, settings: Settings, demands: Sequence[batching.OrderDemand]) -> batching.Problem:
    """Return the orders on this floor with what carts, totes and walls hold."""
    limits = settings.release
    return batching.Problem(
        tuple(demands),
        reads.floor(tx, settings.layout),
        limits.totes_max,
        limits.tote_litres * LITRE_MM3,
        limits.lines_max,
        limits.single_orders_max,
        cart_g=limits.cart_kg * 1000,
        shape_orders_min=limits.shape_orders_min,
        shape_orders_max=limits.shape_orders_max,
        wall_slots=min(limits.wall_slots, wall.size(tx)),
    )


def sequenced(
    trip: batching.PickList,
    lines: Mapping[int, list[Wanted]],
    allocs: Allocs,
    leaves: Mapping[int, datetime | None],
) -> ProposedList:
    """Return a trip as a list with its picks in walking order; within a place by licence plate, item and slot."""
    stop = {place_id: position for position, place_id in enumerate(trip.stops, start=1)}
    taken = [
        (stop[shelf.key[0]], shelf.key[1], line.sku, slot, line, shelf, qty)
        for slot, order_id in enumerate(trip.orders, start=1)
        for line in lines[order_id]
        for shelf, qty in allocs[line.line_id]
    ]
    taken.sort(key=lambda each: (*each[:4], each[5].stock_id))
    rows = [
        ProposedPick(line.line_id, line.order_id, shelf.key, qty, place * STOP_GAP)
        for place, _, _, _, line, shelf, qty in taken
    ]
    due_at = min((at for each in trip.orders if (at := leaves[each])), default=None)
    return ProposedList(trip.mode, trip.orders, tuple(rows), trip.length_mm, trip.why[:300], due_at)
