"""How many orders must be late: never more than in the best of all plans, never fewer than what is plain."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import batching, carts, deadlines, waves
from wms.planning.batching import Line, OrderDemand
from wms.planning.layout import Place, measure
from wms.planning.waves import Problem

PLACES = [
    Place(100 + 10 * aisle + bay, "A", aisle + 1, 4_000 * aisle, 2_000 * bay) for aisle in range(3) for bay in range(6)
]
FLOOR = measure(PLACES, Place(1, "X", 0, 0, -2_000))
PLACE = st.sampled_from([place.id for place in PLACES])


def asked(wanted: list[tuple[set[int], int]], totes: int = 2, pickers: int = 1, packers: int = 0) -> Problem:
    """Orders of one unit a place, each due in so many minutes."""
    orders = tuple(
        OrderDemand(number, tuple(Line(f"S{place}", place, 1, 1) for place in sorted(places)), due)
        for number, (places, due) in enumerate(wanted, start=1)
    )
    return Problem(batching.Problem(orders, FLOOR, totes, 1, 9, single_orders_max=0), pickers, packers)


@st.composite
def tight(draw: st.DrawFn) -> Problem:
    wanted = draw(
        st.lists(st.tuples(st.sets(PLACE, min_size=1, max_size=2), st.integers(1, 8)), min_size=1, max_size=4)
    )
    problem = asked(wanted, draw(st.integers(2, 5)), draw(st.integers(1, 2)), draw(st.integers(0, 1)))
    busy = draw(st.lists(st.integers(0, 90_000), min_size=problem.pickers, max_size=problem.pickers))
    return replace(problem, busy_ms=tuple(busy))


@given(problem=tight())
@settings(deadline=None, max_examples=60)
def test_no_more_orders_must_be_late_than_are_in_the_best_of_all_plans(problem):
    best = min(waves.in_a_row(problem, groups).late for groups in carts.divisions(problem))
    assert deadlines.bound(problem) <= best


def test_an_order_that_is_late_alone_is_late_always():
    assert deadlines.bound(asked([({100}, 60), ({125}, 1), ({100}, 60)])) == 1


def test_orders_are_late_that_wait_for_a_picker_who_is_busy():
    problem = asked([({100}, 3), ({101}, 3)])
    assert (deadlines.bound(problem), deadlines.bound(replace(problem, busy_ms=(170_000,)))) == (0, 2)


def test_three_carts_are_too_many_for_two_pickers_who_have_time_for_one_each():
    far = [{115, 125}] * 6
    one = asked([(far[0], 60)])
    alone = one.work(0, (1,), carts.walk_mm(one, (1,))).pick_ms
    due = alone // 60_000 + 1
    assert due * 60_000 < 2 * alone
    few, many = (asked([(places, due) for places in far[:count]], totes=4, pickers=2) for count in (4, 5))
    assert (deadlines.bound(few), deadlines.bound(many)) == (0, 1)
