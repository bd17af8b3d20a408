"""Orders before their trucks: possible times, overfull carts never, no more late orders than must be, short walks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import batching, carts, replanning, waves
from wms.planning.batching import Line, OrderDemand
from wms.planning.layout import Place, measure
from wms.planning.problems import BadProblem
from wms.planning.waves import Options, Plan, Problem

FLOOR = measure(
    [
        Place(100 + 10 * aisle + bay, "A", aisle + 1, 4_000 * aisle, 1_000 * bay)
        for aisle in range(4)
        for bay in range(9)
    ],
    Place(1, "X", 0, 0, -2_000),
)
FEW = Options(trades=30, steps=30)


@st.composite
def problems(draw: st.DrawFn, least: int = 1, most: int = 9, tight: bool = False) -> Problem:
    places = st.sets(st.sampled_from([place.id for place in FLOOR.places if place.id >= 100]), min_size=1, max_size=3)
    dues = st.integers(2, 6) if tight else st.none() | st.integers(3, 40)
    orders = []
    for order_id in range(1, draw(st.integers(least, most)) + 1):
        lines = tuple(Line(f"S{place}", place, draw(st.integers(1, 2)), 1) for place in sorted(draw(places)))
        orders.append(OrderDemand(order_id, lines, draw(dues)))
    limits = {"totes_max": draw(st.integers(2, 8)), "tote_mm3": 1, "lines_max": 9}
    asked = batching.Problem(tuple(orders), FLOOR, **limits, single_orders_max=draw(st.sampled_from([0, 3])))
    return Problem(asked, draw(st.integers(1, 3)), draw(st.integers(0, 2)))


@given(problem=problems())
@settings(deadline=None, max_examples=25)
def test_every_plan_keeps_every_rule_and_its_bounds(problem):
    plan = waves.plan(problem, FEW)
    assert waves.verify(problem, plan) == []
    assert waves.bound(problem) <= plan.late <= waves.baseline(problem).late


@given(problem=problems(most=4, tight=True))
@settings(deadline=None, max_examples=25)
def test_few_orders_are_divided_in_the_best_of_all_ways(problem):
    found = waves.plan(problem)
    rest = [waves.in_a_row(problem, groups).late for groups in carts.divisions(problem)]
    assert found.late == min(rest)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_orders_are_divided_in_as_many_ways_as_bell_counted(count):
    orders = tuple(OrderDemand(n, (Line("A", 100 + n, 1, 1),)) for n in range(count))
    asked = batching.Problem(orders, FLOOR, 9, 1, 9, single_orders_max=0)
    assert len({tuple(map(tuple, groups)) for groups in carts.divisions(Problem(asked, 1))}) == [1, 2, 5, 15][count - 1]


def many(count: int = 24, due: int | None = None) -> Problem:
    """Orders of two lines; every third is for the first truck, in 20 minutes."""
    spots = [(100 + 10 * (n % 4) + n % 9, 100 + 10 * (n * 7 % 4) + n * 5 % 9) for n in range(count)]
    orders = tuple(
        OrderDemand(
            n + 1, tuple(Line(f"S{place}", place, 1, 1) for place in sorted({*spot})), due or (20, 90, None)[n % 3]
        )
        for n, spot in enumerate(spots)
    )
    return Problem(batching.Problem(orders, FLOOR, 8, 1, 60, single_orders_max=0), 2)


def test_the_first_truck_is_reached_where_first_come_first_served_misses_it():
    problem = many(60)
    plan = waves.plan(problem, Options(trades=200))
    assert waves.baseline(problem).late > 0
    assert plan.late == waves.bound(problem) == 0


def test_without_trucks_nothing_is_walked_for_them():
    problem = many(due=9_000)
    plan = waves.plan(problem)
    assert plan.walk_mm <= plan.free_mm


def test_trades_never_make_an_order_late_and_never_a_walk_longer():
    problem = many()
    groups = waves.by_truck(problem)
    after = carts.traded(problem, groups, 400, 1)
    ours, theirs = waves.in_a_row(problem, after), waves.in_a_row(problem, groups)
    assert waves.verify(problem, ours) == []
    assert (ours.late, ours.walk_mm) <= (theirs.late, theirs.walk_mm)


def test_the_same_problem_gives_the_same_plan():
    assert waves.plan(many(), FEW) == waves.plan(many(), FEW)


# --- a rush order ---


@given(problem=problems(least=2), gone=st.integers(1, 2))
@settings(deadline=None, max_examples=25)
def test_a_new_order_joins_and_a_cancelled_one_leaves_while_all_others_stay(problem, gone):
    first, *others = problem.batching.orders
    old = replace(problem, batching=replace(problem.batching, orders=tuple(others)))
    rest = tuple(order for order in (first, *others) if order.order_id != others[-1].order_id or gone == 1)
    new = replace(problem, batching=replace(problem.batching, orders=rest))
    asked = replanning.Problem(new, waves.plan(old, FEW))
    plan = replanning.plan(asked)
    assert replanning.verify(asked, plan) == []
    assert plan.late <= replanning.baseline(asked).late


def test_a_rush_order_goes_where_the_walk_is_nearly_no_longer():
    problem = many()
    before = waves.plan(problem)
    rush = OrderDemand(99, problem.batching.orders[0].lines, 20)
    now = replace(problem, batching=replace(problem.batching, orders=(*problem.batching.orders, rush), totes_max=10))
    after = replanning.plan(replanning.Problem(now, before))
    assert (after.late, after.walk_mm - before.walk_mm < 20_000) == (0, True)


def test_verify_finds_orders_that_were_torn_apart():
    problem = many(4)
    alone = [carts.Group("cluster", (n,), carts.walk_mm(problem, (n,))) for n in problem.orders]
    both = carts.Group("cluster", (1, 2), carts.walk_mm(problem, (1, 2)))
    before = waves.in_a_row(problem, [both, *alone[2:]])
    torn = waves.in_a_row(problem, alone)
    assert replanning.verify(replanning.Problem(problem, before), torn) == ["orders (1, 2) are not together any more"]


GOOD = waves.plan(many(6))


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (replace(GOOD, trips=GOOD.trips[1:]), "is on 0 lists, not on one"),
        (replace(GOOD, trips=(*GOOD.trips, GOOD.trips[0]._replace(orders=(77,)))), "order 77 is unknown"),
        (replace(GOOD, trips=(GOOD.trips[0]._replace(walk_mm=5), *GOOD.trips[1:])), "the walk is not 5 mm long"),
        (replace(GOOD, walk_mm=1), "the walk is not the sum of the lists"),
        (replace(GOOD, late=GOOD.late + 1), "orders are late, not"),
    ],
)
def test_verify_finds_a_planted_error(plan: Plan, fault: str):
    assert waves.verify(many(6), GOOD) == []
    assert any(fault in sentence for sentence in waves.verify(many(6), plan))


def test_no_pickers_are_refused():
    with pytest.raises(BadProblem, match="pickers must be at least 1"):
        replace(many(), pickers=0)


def test_a_plan_says_that_the_time_was_up():
    orders = tuple(OrderDemand(n, (Line("A", 100 + n, 1, 1),)) for n in range(6))
    problem = Problem(batching.Problem(orders, FLOOR, 2, 1, 9, single_orders_max=0), 1)
    hurried = replace(FEW, batching=batching.Options(seconds_max=0.0))
    assert (waves.plan(problem, hurried).limit_hit, waves.plan(problem, FEW).limit_hit) == (True, False)
