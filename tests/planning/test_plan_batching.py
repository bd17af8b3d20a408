"""Orders to pick lists: limits kept, less walk than first come first served, a reason for the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import batching, routing
from wms.planning.batching import Line, OrderDemand, PickList, Plan, Problem
from wms.planning.layout import Floor
from wms.planning.problems import BadProblem

Grid = Callable[..., Floor]
SEARCH = batching.Options(trials=4, batches_max=1)


def order(order_id: int, *places: int, qty: int = 2, unit_mm3: int = 10) -> OrderDemand:
    return OrderDemand(order_id, tuple(Line(f"SKU-{place}", place, qty, unit_mm3) for place in places))


def problem_of(floor: Floor, *orders: OrderDemand, totes_max: int = 2) -> Problem:
    return Problem(orders, floor, totes_max, tote_mm3=1_000, lines_max=12, single_orders_max=3)


@st.composite
def problems(draw: st.DrawFn, grid: Grid, most: int) -> Problem:
    floor = grid(4, 5, draw(st.integers(2, 3)))
    bins = st.sampled_from([place.id for place in floor.places if place.aisle])
    line = st.tuples(bins, st.integers(1, 3), st.sampled_from([1, 40, 700]))
    orders = [
        OrderDemand(number, tuple(Line(f"SKU-{place}", place, qty, mm3) for place, qty, mm3 in lines))
        for number, lines in enumerate(draw(st.lists(st.lists(line, min_size=1, max_size=4), max_size=most)))
    ]
    limits = draw(st.integers(1, 4)), 1_000, draw(st.integers(1, 10)), draw(st.integers(0, 4))
    return Problem(tuple(orders), floor, *limits)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_plan_keeps_every_rule(grid: Grid, data):
    problem = data.draw(problems(grid, 12))
    assert batching.verify(problem, batching.plan(problem, SEARCH)) == []
    assert batching.verify(problem, batching.baseline(problem)) == []


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_plan_costs_more_than_first_come_first_served(grid: Grid, data):
    problem = data.draw(problems(grid, 12))
    assert batching.plan(problem, SEARCH).cost_mm <= batching.baseline(problem).cost_mm


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_same_orders_and_seed_give_the_same_lists(grid: Grid, data):
    problem = data.draw(problems(grid, 10))
    options = batching.Options(trials=4, batches_max=1, seed=7)
    assert batching.plan(problem, options) == batching.plan(problem, options)


def partitions(orders: list[OrderDemand]) -> Iterator[list[list[OrderDemand]]]:
    if not orders:
        yield []
        return
    for rest in partitions(orders[1:]):
        yield [[orders[0]], *rest]
        for index, group in enumerate(rest):
            yield [*rest[:index], [orders[0], *group], *rest[index + 1 :]]


def shortest(problem: Problem) -> int:
    def walk(group: list[OrderDemand]) -> int:
        stops = tuple(line.place_id for order in group for line in order.lines)
        return problem.cost_mm("cluster", group, routing.plan(routing.Problem(problem.floor, stops, 1, 1)).length_mm)

    groupings = partitions(list(problem.orders))
    allowed = (groups for groups in groupings if not any(problem.over("cluster", group) for group in groups))
    return min(sum(map(walk, groups)) for groups in allowed)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_few_orders_are_divided_as_by_trying_every_way(grid: Grid, data):
    problem = replace(data.draw(problems(grid, 5)), single_orders_max=0)
    assert batching.plan(problem).cost_mm == shortest(problem)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_search_keeps_the_rules_and_is_never_shorter_than_every_way(grid: Grid, data):
    problem = replace(data.draw(problems(grid, 5)), single_orders_max=0)
    found = batching.plan(problem, SEARCH)
    assert batching.verify(problem, found) == []
    assert found.cost_mm >= shortest(problem)


def test_one_unit_orders_go_on_bulk_lists_of_their_own(grid: Grid):
    singles = [order(number, 100, qty=1) for number in (1, 2, 3, 4)]
    found = batching.plan(problem_of(grid(2, 10), *singles, order(5, 100, 104)))
    assert [(trip.mode, len(trip.orders)) for trip in found.lists] == [("single", 3), ("single", 1), ("cluster", 1)]


def test_without_bulk_lists_one_unit_orders_ride_along(grid: Grid):
    problem = replace(problem_of(grid(2, 10), order(1, 100, qty=1), order(2, 100)), single_orders_max=0)
    assert [(trip.mode, sorted(trip.orders)) for trip in batching.plan(problem).lists] == [("cluster", [1, 2])]


def test_bulk_lists_take_neighbours_together(grid: Grid):
    places = [100, 138, 102, 136, 104, 134]
    problem = problem_of(grid(2, 10), *(order(number, place, qty=1) for number, place in enumerate(places)))
    assert {frozenset(trip.orders) for trip in batching.plan(problem).lists} == {
        frozenset({0, 2, 4}),
        frozenset({1, 3, 5}),
    }


def test_an_order_that_fills_two_totes_takes_two(grid: Grid):
    problem = problem_of(grid(2, 10), order(1, 100, unit_mm3=600), order(2, 100))
    assert len(batching.plan(problem).lists) == 2


def test_an_order_beyond_the_cart_is_picked_alone(grid: Grid):
    problem = problem_of(grid(2, 10), order(1, 100, unit_mm3=9_000), order(2, 100), order(3, 102))
    assert (1,) in [trip.orders for trip in batching.plan(problem).lists]


def test_the_reason_names_items_aisles_and_the_walk_saved(grid: Grid):
    (trip,) = batching.plan(problem_of(grid(2, 10), order(1, 100, 120), order(2, 100))).lists
    assert trip.why == "2 orders share SKU-100 in aisles A1, A2: 18 m instead of 23 m one at a time."
    assert trip.alone_mm > trip.length_mm


def spoiled(problem: Problem, **change: object) -> list[str]:
    good = batching.plan(problem)
    trip = replace(good.lists[0], **change)
    return batching.verify(
        problem, Plan((trip, *good.lists[1:]), good.length_mm - good.lists[0].length_mm + trip.length_mm)
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"orders": (1, 2, 3)}, "3 totes, the limit is 2"),
        ({"orders": (1,)}, "is on 0 lists"),
        ({"orders": (1, 2, 77)}, "order 77 is unknown"),
        ({"stops": (100,)}, "does not visit the places"),
        ({"length_mm": 5}, "the walk is not 5 mm long"),
        ({"mode": "single"}, "does not belong on a single list"),
        ({"orders": ()}, "has no orders"),
    ],
)
def test_verify_finds_a_planted_error_in_a_list(grid: Grid, change, fault):
    problem = problem_of(grid(2, 10), order(1, 100, 120), order(2, 100, 120), order(3, 139))
    assert any(fault in sentence for sentence in spoiled(problem, **change))


def test_verify_finds_a_false_total(grid: Grid):
    problem = problem_of(grid(2, 10), order(1, 100))
    good = batching.plan(problem)
    assert batching.verify(problem, replace(good, length_mm=1)) == ["the plan's length is not the sum of its lists"]


def test_no_orders_make_no_lists(grid: Grid):
    assert batching.plan(problem_of(grid(2, 10))) == Plan((), 0)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (OrderDemand(4, ()), "order 4 has no lines"),
        (order(4, 100, qty=0), "order 4: quantity 0 of SKU-100"),
        (order(4, 9), "place 9 is not on this floor"),
    ],
)
def test_a_senseless_order_is_refused_by_its_number(grid: Grid, bad, sentence):
    with pytest.raises(BadProblem, match=sentence):
        problem_of(grid(2, 10), bad)


def test_a_pick_list_knows_its_members(grid: Grid):
    (trip,) = batching.baseline(problem_of(grid(2, 10), order(8, 104))).lists
    assert isinstance(trip, PickList)
    assert (trip.orders, trip.stops) == ((8,), (104,))
