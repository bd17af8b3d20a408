"""Where walks end elsewhere than they begin, every planner measures them from the one place to the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from wms.planning import batching, choosing, replay, routing, slotting, tours, waves
from wms.planning.batching import Line, OrderDemand
from wms.planning.choosing import Taken
from wms.planning.layout import Floor
from wms.planning.shelves import Supply

Grid = Callable[..., Floor]
BIN, BEHIND = 108, 4


@pytest.fixture(params=[(2, BIN), (2, BEHIND), (3, BIN), (3, 2)], ids=str)
def floor(grid: Grid, request: pytest.FixtureRequest) -> Floor:
    """Walks begin in front and end in an aisle, behind all aisles or at the other side."""
    cross, end = request.param
    known = grid(3, 5, cross)
    return replace(known, end=next(place for place in known.places if place.id == end))


@pytest.fixture
def orders(floor: Floor) -> tuple[OrderDemand, ...]:
    random, bins = Random(3), [place.id for place in floor.places if place.aisle]
    picked = [random.sample(bins, 1 + number % 3) for number in range(9)]
    return tuple(OrderDemand(n, tuple(Line(f"S{at}", at, 1, 1) for at in places)) for n, places in enumerate(picked))


def shortest(floor: Floor, places: set[int]) -> int:
    return routing.plan(routing.Problem(floor, tuple(places), floor.depot.id, floor.end.id)).length_mm


def test_kernels_measure_walks_from_start_to_end(floor: Floor, orders: tuple[OrderDemand, ...]) -> None:
    lists = [[0], [1, 2], [3, 4, 5], [6, 7, 8, 0]]
    places = [{line.place_id for number in each for line in orders[number].lines} for each in lists]
    assert tours.walks(floor, [order.picks for order in orders], lists) == [shortest(floor, each) for each in places]


def test_lists_and_waves_keep_every_rule(floor: Floor, orders: tuple[OrderDemand, ...]) -> None:
    problem = batching.Problem(orders, floor, 4, 1, 9, single_orders_max=0)
    plan = batching.plan(problem, batching.Options(trials=10, batches_max=50))
    assert batching.verify(problem, plan) == []
    assert all(trip.length_mm == shortest(floor, set(trip.stops)) for trip in plan.lists)
    timed = waves.Problem(replace(problem, orders=tuple(replace(each, due=20) for each in orders)), 2)
    assert waves.verify(timed, waves.plan(timed, waves.Options(trades=60, steps=20))) == []


def test_the_same_goods_are_taken_where_the_walk_to_its_end_passes(floor: Floor) -> None:
    bins = [place.id for place in floor.places if place.aisle]
    supplies = tuple(Supply(n, f"S{n % 3}", bins[5 * n % len(bins)], None, 3) for n in range(9))
    problem = choosing.Problem(floor, tuple(Taken(n % 2, n, n, 1) for n in range(4)), supplies)
    assert choosing.verify(problem, choosing.plan(problem)) == []


def test_items_are_placed_for_walks_to_their_end(floor: Floor, orders: tuple[OrderDemand, ...]) -> None:
    faces = tuple((f"S{at}", at) for at in sorted({line.place_id for order in orders for line in order.lines}))
    history = tuple(tuple(line.sku for line in order.lines) for order in orders)
    items = tuple(slotting.ItemDemand(sku, 1) for sku, _ in faces)
    problem = slotting.Problem(
        items, tuple(slotting.Face(at, 0, 1, 1) for _, at in faces), floor=floor, history=history
    )
    known = dict(faces)
    assert replay.walk_of_lists(problem, faces) == [shortest(floor, {known[sku] for sku in order}) for order in history]
