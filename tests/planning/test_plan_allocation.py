"""Stock for order lines: first expired first out, few visits, and nothing short that could be served."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import allocation
from wms.planning.allocation import Alloc, Demand, Options, Plan, Problem, Short, Supply
from wms.planning.problems import BadProblem

TODAY = 1_000
SKUS = st.sampled_from(["TEA", "PIN"])
BOTH = st.booleans()
DAYS = st.none() | st.integers(TODAY - 2, TODAY + 6)


@st.composite
def problems(draw: st.DrawFn, complete: st.SearchStrategy[bool] = BOTH) -> Problem:
    line = st.tuples(st.integers(1, 4), SKUS, st.integers(1, 6), st.integers(1, 3))
    when = st.integers(0, 2)
    stock = st.tuples(
        SKUS, st.integers(1, 3), DAYS, st.integers(0, 6), st.integers(0, 3), when, st.booleans(), st.booleans()
    )
    demands = tuple(Demand(number, *fields) for number, fields in enumerate(draw(st.lists(line, max_size=7))))
    supplies = tuple(Supply(number, *fields) for number, fields in enumerate(draw(st.lists(stock, max_size=7))))
    return Problem(demands, supplies, TODAY, draw(st.integers(0, 3)), draw(complete))


STRATEGIES = st.sampled_from(["fefo", "fifo", "fewest", "empty", "carton"])


@given(problem=problems(), strategy=STRATEGIES)
@settings(deadline=None)
def test_every_plan_keeps_every_rule(problem, strategy):
    plan = allocation.plan(problem, Options(strategy))
    assert plan.strategy == strategy
    assert allocation.verify(problem, plan) == []


@given(problem=problems(st.just(False)), strategy=STRATEGIES)
@settings(deadline=None)
def test_no_unit_is_short_that_the_stock_has(problem, strategy):
    wanted, free = {}, {}
    for demand in problem.demands:
        wanted[demand.sku] = wanted.get(demand.sku, 0) + demand.qty
    for supply in filter(problem.serves, problem.supplies):
        free[supply.sku] = free.get(supply.sku, 0) + supply.qty_free
    lacking = sum(max(0, qty - free.get(sku, 0)) for sku, qty in wanted.items())
    assert allocation.plan(problem, Options(strategy)).short_units == lacking


@given(problem=problems(st.just(False)))
@settings(deadline=None)
def test_never_more_short_than_first_in_first_out(problem):
    assert allocation.plan(problem).short_units <= allocation.baseline(problem).short_units


@given(problem=problems(st.just(False)))
@settings(deadline=None)
def test_without_expiry_dates_never_more_visits_than_first_in_first_out(problem):
    dateless = tuple(supply._replace(expiry_ordinal=None) for supply in problem.supplies)
    level = tuple(demand._replace(priority=1) for demand in problem.demands)
    same = replace(problem, supplies=dateless, demands=level)
    assert allocation.plan(same).visits <= allocation.baseline(same).visits


@given(qtys=st.lists(st.integers(1, 9), min_size=1, max_size=6), wanted=st.integers(1, 30))
@settings(deadline=None)
def test_one_line_is_served_with_the_fewest_visits_possible(qtys, wanted):
    supplies = tuple(Supply(number, "PIN", number, None, qty) for number, qty in enumerate(qtys))
    problem = Problem((Demand(1, 1, "PIN", wanted),), supplies, TODAY)
    goal = min(wanted, sum(qtys))
    fewest = next(n for n in range(1, 7) if any(sum(some) >= goal for some in combinations(qtys, n)))
    assert allocation.plan(problem).visits == fewest


@given(problem=problems())
@settings(deadline=None)
def test_the_same_problem_gives_the_same_plan(problem):
    assert allocation.plan(problem) == allocation.plan(problem)


def tea(*supplies: tuple[int, int | None, int], want: int = 5, min_days_left: int = 0) -> Problem:
    rows = tuple(Supply(stock, "TEA", stock, day, qty) for stock, day, qty in supplies)
    return Problem((Demand(1, 1, "TEA", want),), rows, TODAY, min_days_left)


def test_the_lot_that_expires_first_goes_first_though_another_covers_all():
    found = allocation.plan(tea((1, TODAY + 90, 9), (2, TODAY + 30, 2), (3, None, 9)))
    assert found.allocs == (Alloc(1, 2, 2), Alloc(1, 1, 3))


def test_stock_that_expires_too_soon_serves_nobody():
    found = allocation.plan(tea((1, TODAY + 9, 9), min_days_left=10))
    assert found == Plan((), (Short(1, 5),))


def test_the_smallest_stock_that_covers_the_line_is_emptied_first():
    assert allocation.plan(tea((1, None, 9), (2, None, 6), (3, None, 4))).allocs == (Alloc(1, 2, 5),)


FACE, RESERVE = Supply(1, "PIN", 1, None, 9), Supply(2, "PIN", 2, None, 6, reserve=True)


@pytest.mark.parametrize(("wanted", "taken"), [(5, [(1, 5)]), (11, [(1, 9), (2, 2)])])
def test_the_reserve_is_taken_from_only_when_the_faces_lack(wanted, taken):
    problem = Problem((Demand(1, 1, "PIN", wanted),), (FACE, RESERVE), TODAY)
    found = allocation.plan(problem)
    assert [(alloc.stock_id, alloc.qty) for alloc in found.allocs] == taken
    assert allocation.verify(problem, found) == []
    fault = "stock 2 comes from the reserve, but stock 1 is left over in its face"
    assert fault in allocation.verify(problem, Plan((Alloc(1, 2, wanted),), ()))


def test_a_lot_of_the_reserve_that_expires_earlier_goes_first_all_the_same():
    early = RESERVE._replace(expiry_ordinal=TODAY + 9)
    found = allocation.plan(Problem((Demand(1, 1, "PIN", 5),), (FACE, early), TODAY))
    assert found.allocs == (Alloc(1, 2, 5),)


def test_a_higher_priority_is_served_first():
    lines = (Demand(1, 1, "PIN", 3, priority=2), Demand(2, 2, "PIN", 3, priority=1))
    found = allocation.plan(Problem(lines, (Supply(1, "PIN", 1, None, 4),), TODAY))
    assert found.short == (Short(1, 2),)


def test_a_complete_order_waits_for_all_its_lines_and_leaves_its_stock_to_others():
    lines = (Demand(1, 1, "PIN", 1), Demand(2, 1, "TEA", 1), Demand(3, 2, "PIN", 1))
    found = allocation.plan(Problem(lines, (Supply(1, "PIN", 1, None, 1),), TODAY, complete_orders=True))
    assert found == Plan((Alloc(3, 1, 1),), (Short(1, 1), Short(2, 1)))


SHELVES = (
    Supply(1, "TEA", 1, TODAY + 9, 6, arrived_ordinal=5),
    Supply(2, "TEA", 2, TODAY + 99, 4, arrived_ordinal=3, carton=True),
    Supply(3, "TEA", 3, TODAY + 50, 2, arrived_ordinal=4),
)


@pytest.mark.parametrize(
    ("strategy", "taken"),
    [
        ("fefo", [(1, 5)]),
        ("fifo", [(2, 4), (3, 1)]),
        ("fewest", [(1, 5)]),
        ("empty", [(3, 2), (2, 3)]),
        ("carton", [(2, 4), (3, 1)]),
    ],
)
def test_a_strategy_says_which_stock_goes_first(strategy, taken):
    problem = Problem((Demand(1, 1, "TEA", 5),), SHELVES, TODAY)
    found = allocation.plan(problem, Options(strategy))
    assert [(alloc.stock_id, alloc.qty) for alloc in found.allocs] == taken


@pytest.mark.parametrize(
    ("strategy", "allocs", "fault"),
    [
        ("fifo", (Alloc(1, 1, 5),), "stock 2 came before stock 1, but is left over"),
        ("empty", (Alloc(1, 1, 3), Alloc(1, 2, 2)), "2 places of TEA are begun and not emptied"),
        ("carton", (Alloc(1, 2, 3), Alloc(1, 1, 2)), "a carton of TEA is opened, but loose units are left"),
    ],
)
def test_verify_finds_a_strategy_that_was_not_kept(strategy, allocs, fault):
    problem = Problem((Demand(1, 1, "TEA", 5),), SHELVES, TODAY)
    assert any(fault in sentence for sentence in allocation.verify(problem, Plan(allocs, (), strategy)))


def test_an_unknown_strategy_is_refused():
    with pytest.raises(BadProblem, match="strategy must be one of"):
        Options("lifo")


GOOD = tea((1, TODAY + 30, 3), (2, TODAY + 90, 9), (3, TODAY - 1, 9))


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (Plan((Alloc(1, 2, 5),), ()), "stock 1 expires before stock 2, but is left over"),
        (Plan((Alloc(1, 1, 5),), ()), "stock 1 has 3 free, but 5 are taken"),
        (Plan((Alloc(1, 1, 3),), ()), "3 are served and 0 short"),
        (Plan((Alloc(1, 1, 3),), (Short(1, 2),)), "line 1 is short, but TEA is left over"),
        (Plan((Alloc(1, 1, 2), Alloc(1, 1, 1), Alloc(1, 2, 2)), ()), "takes from stock 1 twice"),
        (Plan((Alloc(1, 3, 5),), ()), "stock 3 expires too soon"),
        (Plan((Alloc(1, 7, 5),), ()), "stock 7 is unknown"),
        (Plan((Alloc(1, 1, 0),), (Short(1, 5),)), "takes 0 from stock 1"),
    ],
)
def test_verify_finds_a_planted_error(plan, fault):
    assert allocation.verify(GOOD, allocation.plan(GOOD)) == []
    assert any(fault in sentence for sentence in allocation.verify(GOOD, plan))


def test_verify_finds_a_lower_priority_served_first():
    lines = (Demand(1, 1, "PIN", 1, priority=2), Demand(2, 2, "PIN", 1, priority=1))
    problem = Problem(lines, (Supply(1, "PIN", 1, None, 1),), TODAY)
    faults = allocation.verify(problem, Plan((Alloc(1, 1, 1),), (Short(2, 1),)))
    assert faults == ["line 2 is short, but a line of lower priority is served"]


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (Plan((Alloc(1, 1, 1),), (Short(2, 1),)), "order 1 is served in part"),
        (Plan((), (Short(1, 1), Short(2, 1))), "order 1 is not served, but could be"),
    ],
)
def test_verify_finds_an_incomplete_order(plan, fault):
    lines, stock = (Demand(1, 1, "PIN", 1), Demand(2, 1, "PIN", 1)), (Supply(1, "PIN", 1, None, 2),)
    assert fault in allocation.verify(Problem(lines, stock, TODAY, complete_orders=True), plan)


def test_a_line_without_quantity_is_refused_by_its_number():
    with pytest.raises(BadProblem, match="line 3 wants 0 of PIN"):
        Problem((Demand(3, 1, "PIN", 0),), (), TODAY)


def test_verify_finds_stock_of_another_item():
    problem = Problem((Demand(1, 1, "PIN", 1),), (Supply(1, "TEA", 1, None, 1),), TODAY)
    assert allocation.verify(problem, Plan((Alloc(1, 1, 1),), ())) == ["line 1 wants PIN, stock 1 is TEA"]
