"""Lists in the row in which they are picked, so that the truck is reached; rearranged where it would be missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wms.db import Tx
from wms.planning import batching, labour, speed, waves
from wms.planning.batching import PickList
from wms.planning.labour import Rates, Work
from wms.planning.waves import Options, Problem
from wms.queries import cutoffs
from wms.queries import labour as reads
from wms.settings import Settings

TRADES, TRADES_PLAIN = 100_000, 300  # steps of a search: where kernels are compiled, and where they are not


def in_time(tx: Tx, settings: Settings, wanted: batching.Problem, trips: Sequence[PickList]) -> tuple[PickList, ...]:
    """Return the lists in the best row for the people at work; other lists when these make orders miss their truck, or
    walk farther than the trucks demand.

    Where no truck is known the lists stay as they are.
    """
    trucks = {order.due for order in wanted.orders}
    if trucks <= {None}:
        return tuple(trips)
    problem = crewed(tx, settings, wanted, trips)
    groups = [waves.Group(trip.mode, trip.orders, trip.length_mm) for trip in trips]
    row = waves.in_a_row(problem, groups)
    by_orders = {trip.orders: trip for trip in trips}
    if row.late or len(trucks) > 1:
        other = waves.plan(problem, Options(trades=TRADES if speed.running() else TRADES_PLAIN))
        row = min(row, other, key=lambda plan: plan.score)
    found = (
        [by_orders[trip.orders]] if trip.orders in by_orders else relisted(wanted, trip.orders) for trip in row.trips
    )
    return tuple(each for lists in found for each in lists)


def relisted(wanted: batching.Problem, orders: Sequence[int]) -> Sequence[PickList]:
    """Return the list that these orders make by themselves, with its walk and its reason."""
    chosen = set(orders)
    mine = tuple(replace(order, due=None) for order in wanted.orders if order.order_id in chosen)
    return batching.plan(replace(wanted, orders=mine)).lists


def crewed(tx: Tx, settings: Settings, wanted: batching.Problem, trips: Sequence[PickList]) -> Problem:
    """Return the orders with the people at work, split into pickers and packers as these lists are done soonest."""
    rates = reads.measured(tx, wanted.floor).rates
    people, stations = cutoffs.people(tx, settings), int(tx.value(reads.count_stations) or 1)
    lists = works(Problem(wanted, 1, rates=rates), trips, rates)
    crew = labour.plan(labour.Problem(lists, people, stations)).crews[-1]
    return Problem(wanted, max(1, crew.pickers), min(stations, max(1, crew.packers)), rates)


def works(problem: Problem, trips: Sequence[PickList], rates: Rates) -> tuple[Work, ...]:
    """Return lists as the labour plan sees them."""
    return tuple(
        Work(
            number,
            problem.work(number, trip.orders, trip.length_mm).pick_ms,
            tuple(rates.packing_ms(problem.orders[order_id].units) for order_id in trip.orders),
        )
        for number, trip in enumerate(trips)
    )
