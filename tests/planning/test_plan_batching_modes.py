"""Kits, the put-wall, weights and cut-offs: which orders are picked how, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from wms.planning import annealing, batching, grouping, speed, strides
from wms.planning.batching import Handling, Line, OrderDemand, Pace, Problem
from wms.planning.layout import Floor
from wms.planning.problems import BadProblem
from wms.planning.speed import Stopwatch

Grid = Callable[..., Floor]


def order(order_id: int, *places: int, qty: int = 2, due: int | None = None, unit_g: int = 0) -> OrderDemand:
    return OrderDemand(order_id, tuple(Line(f"SKU-{place}", place, qty, 10, unit_g) for place in places), due)


def problem_of(floor: Floor, *orders: OrderDemand, **change: object) -> Problem:
    return replace(Problem(orders, floor, 4, 1_000, 12, single_orders_max=3), **change)


def test_orders_of_identical_contents_become_shape_lists(grid: Grid):
    kits = [order(number, 100, 104) for number in range(4)]
    problem = problem_of(grid(2, 10), *kits, order(9, 120), shape_orders_min=3)
    found = batching.plan(problem)
    assert batching.verify(problem, found) == []
    assert [(trip.mode, trip.orders) for trip in found.lists] == [("shape", (0, 1, 2, 3)), ("cluster", (9,))]


def test_a_shape_list_says_what_a_kit_holds(grid: Grid):
    problem = problem_of(grid(2, 10), *(order(number, 100) for number in range(3)), shape_orders_min=3)
    (trip,) = batching.plan(problem).lists
    assert trip.why.startswith("3 orders of the same contents, 2 x SKU-100, in aisle A1: ")


def test_kits_that_are_too_few_ride_with_the_others(grid: Grid):
    problem = problem_of(grid(2, 10), order(1, 100), order(2, 100), shape_orders_min=3)
    assert [trip.mode for trip in batching.plan(problem).lists] == ["cluster"]


def test_kits_of_one_shape_are_spread_evenly(grid: Grid):
    kits = [order(number, 100) for number in range(5)]
    problem = problem_of(grid(2, 10), *kits, shape_orders_min=2, shape_orders_max=4)
    assert sorted(len(trip.orders) for trip in batching.plan(problem).lists) == [2, 3]


def test_a_wall_is_used_when_sorting_costs_less_than_walking(grid: Grid):
    orders = [order(number, 100 + 2 * number, qty=1) for number in range(8)]
    problem = problem_of(grid(4, 5), *orders, wall_slots=8, totes_max=2, single_orders_max=0)
    found = batching.plan(problem)
    assert batching.verify(problem, found) == []
    assert {trip.mode for trip in found.lists} == {"batch"}


def test_a_wall_is_left_alone_when_sorting_is_dear(grid: Grid):
    orders = [order(number, 100 + 2 * number) for number in range(8)]
    dear = Handling(sort_mm=1_000_000)
    problem = problem_of(grid(4, 5), *orders, wall_slots=8, totes_max=2, handling=dear)
    assert {trip.mode for trip in batching.plan(problem).lists} == {"cluster"}


def test_a_cart_is_not_loaded_beyond_its_weight(grid: Grid):
    orders = [order(number, 100, unit_g=600) for number in range(3)]
    problem = problem_of(grid(2, 10), *orders, cart_g=2_400)
    assert sorted(len(trip.orders) for trip in batching.plan(problem).lists) == [1, 2]


def test_orders_of_different_cut_offs_do_not_share_a_list_and_the_earlier_goes_first(grid: Grid):
    problem = problem_of(grid(2, 10), order(1, 100), order(2, 100, due=90), order(3, 100, due=30))
    found = batching.plan(problem)
    assert [trip.orders for trip in found.lists] == [(3,), (2,), (1,)]
    assert batching.verify(problem, found) == []


def test_cut_offs_are_joined_where_the_earlier_orders_still_leave_in_time(grid: Grid):
    orders = order(1, 100, due=30), order(2, 100, due=90)
    problem = problem_of(grid(2, 10), *orders, pace=Pace(now=0, pickers=1))
    assert [trip.orders for trip in batching.plan(problem).lists] == [(1, 2)]


def test_cut_offs_stay_apart_where_the_earlier_orders_would_be_late(grid: Grid):
    orders = order(1, 100, due=1), order(2, 100, due=90)
    problem = problem_of(grid(2, 10), *orders, pace=Pace(now=0, pickers=1, mm_per_minute=30_000))
    assert [trip.orders for trip in batching.plan(problem).lists] == [(1,), (2,)]


@pytest.mark.parametrize("field", ["cart_g", "shape_orders_min", "wall_slots", "single_orders_max"])
def test_a_negative_limit_is_refused_by_its_name(grid: Grid, field: str):
    with pytest.raises(BadProblem, match=f"{field} must not be negative"):
        problem_of(grid(2, 10), **{field: -1})


def test_a_list_explains_itself_in_three_hundred_characters(grid: Grid):
    lines = tuple(Line("X" * 150 + str(place), place, 2, 10) for place in (100, 102, 104))
    (trip,) = batching.plan(problem_of(grid(2, 10), OrderDemand(1, lines), OrderDemand(2, lines))).lists
    assert len(trip.why) <= 300
    assert "one at a time" in trip.why


def crowd(floor: Floor, seed: int) -> tuple[list[grouping.Content], Random]:
    """Orders of one to six picks and sizes of one to three, and the dice that made them."""
    dice = Random(seed)
    ids = [place.id for place in floor.places if place.aisle]
    picks = [frozenset((place, "") for place in dice.sample(ids, dice.randint(1, 6))) for _ in range(30)]
    return [grouping.Content(each, (dice.randint(1, 3),)) for each in picks], dice


@pytest.mark.parametrize("seed", range(4))
def test_walks_by_tables_are_as_long_as_walks_pick_by_pick(grid: Grid, seed: int):
    contents, dice = crowd(grid(4, 40), seed)
    rules = grouping.Limits((8,)), grouping.Costs(700, 30)
    ground = grouping.prepared(grid(4, 40), contents, rules, grouping.Search(1, 1, 0))
    for _ in range(50):
        group = dice.sample(range(len(contents)), dice.randint(1, 6))
        by_tables = strides.strode(ground.task.strides, group, len(group))
        assert by_tables == annealing.walked(ground.task, ground.memory, group, len(group))


def test_floors_of_several_blocks_have_no_tables(grid: Grid):
    floor = grid(4, 10, 3)
    rules = grouping.Limits((8,)), grouping.Costs(0, 0)
    ground = grouping.prepared(floor, crowd(floor, 1)[0], rules, grouping.Search(1, 1, 0))
    assert len(ground.task.strides.table) == 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("cross", [2, 3])
def test_compiled_kernels_divide_orders_alike(grid: Grid, kernels: Path, cross: int):
    floor = grid(4, 20, cross)
    asked = floor, crowd(floor, 7)[0], (grouping.Limits((8,)), grouping.Costs(500, 20)), grouping.Search(8, 1, 3)
    plain = grouping.grouped(*asked, Stopwatch(600))
    with speed.compiled(kernels):
        assert grouping.grouped(*asked, Stopwatch(600)) == plain
