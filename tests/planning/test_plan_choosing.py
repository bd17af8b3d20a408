"""Places chosen again when the list is known: never more than is there, never a longer walk, of few the best."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import choosing, routing
from wms.planning.choosing import Options, Plan, Problem, Taken
from wms.planning.layout import Place, measure
from wms.planning.problems import BadProblem
from wms.planning.shelves import Supply

FLOOR = measure(
    [
        Place(100 + 10 * aisle + bay, "A", aisle + 1, 4_000 * aisle, 2_000 * bay)
        for aisle in range(4)
        for bay in range(5)
    ],
    Place(1, "X", 0, 0, -2_000),
)
PLACES = st.sampled_from([place.id for place in FLOOR.places if place.id >= 100])


@st.composite
def problems(draw: st.DrawFn, lists: int = 3, roomy: bool = False) -> Problem:
    stock = st.tuples(st.sampled_from(["PIN", "TEA"]), PLACES, st.none() | st.integers(0, 1), st.integers(1, 6))
    supplies = [Supply(number, *facts) for number, facts in enumerate(draw(st.lists(stock, min_size=1, max_size=6)))]
    left = [99 if roomy else supply.qty_free for supply in supplies]
    supplies = [supply._replace(qty_free=left[supply.stock_id]) for supply in supplies]
    taken = []
    for line in range(draw(st.integers(1, 5))):
        stock_id, qty = draw(st.integers(0, len(supplies) - 1)), draw(st.integers(1, 3))
        if left[stock_id] >= qty:
            left[stock_id] -= qty
            taken.append(Taken(draw(st.integers(1, lists)), line, stock_id, qty))
    return Problem(FLOOR, tuple(taken), tuple(supplies))


@given(problem=problems(), ways=st.sampled_from([0, 64]))
@settings(deadline=None, max_examples=60)
def test_every_plan_keeps_every_rule(problem, ways):
    plan = choosing.plan(problem, Options(exact_ways=ways))
    assert choosing.verify(problem, plan) == []
    assert plan.length_mm <= choosing.baseline(problem).length_mm


@given(problem=problems(lists=1, roomy=True))
@settings(deadline=None, max_examples=40)
def test_of_few_choices_the_best_is_found(problem):
    alike = [
        {
            other.place_id
            for other in problem.supplies
            if problem.kind(other) == problem.kind(problem.supplies[pick.stock_id])
        }
        for pick in problem.taken
    ]
    walks = [
        routing.plan(routing.Problem(FLOOR, tuple(set(ways)), 1, 1)).length_mm for ways in product(*map(sorted, alike))
    ]
    assert choosing.plan(problem, Options(exact_ways=10_000)).length_mm == min(walks)


def test_a_pick_goes_where_its_list_passes_anyway():
    supplies = (Supply(1, "PIN", 134, None, 5), Supply(2, "PIN", 101, None, 5), Supply(3, "TEA", 102, None, 5))
    plan = choosing.plan(Problem(FLOOR, (Taken(1, 1, 1, 2), Taken(1, 2, 3, 1)), supplies))
    assert [pick.stock_id for pick in plan.taken] == [2, 3]
    assert plan.length_mm < plan.before_mm


def test_two_lists_exchange_their_places_when_nothing_is_left_over():
    supplies = (
        *(Supply(1, "PIN", 100, None, 2), Supply(2, "PIN", 130, None, 2)),
        *(Supply(3, "TEA", 101, None, 1), Supply(4, "TEA", 131, None, 1)),
    )
    taken = (Taken(1, 1, 2, 2), Taken(1, 2, 3, 1), Taken(2, 3, 1, 2), Taken(2, 4, 4, 1))
    plan = choosing.plan(Problem(FLOOR, taken, supplies), Options(exact_ways=0))
    assert [pick.stock_id for pick in plan.taken] in ([1, 3, 2, 4], [2, 4, 1, 3])


def test_a_nearer_place_with_a_later_expiry_is_not_used():
    supplies = (Supply(1, "PIN", 134, 10, 5), Supply(2, "PIN", 101, 20, 5))
    problem = Problem(FLOOR, (Taken(1, 1, 1, 2),), supplies)
    assert choosing.plan(problem).taken == problem.taken
    assert choosing.plan(replace(problem, strategy="fewest")).taken[0].stock_id == 2


GOOD = Problem(FLOOR, (Taken(1, 1, 1, 2),), (Supply(1, "PIN", 100, 5, 2), Supply(2, "PIN", 100, 6, 1)))


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (Plan((), 0, 0), "the picks are not those that were asked about"),
        (Plan((Taken(1, 1, 9, 2),), 0, 0), "stock 9 is unknown"),
        (Plan((Taken(1, 1, 2, 2),), 9_999, 4_000), "line 1: stock 2 is not like stock 1"),
        (Plan((Taken(1, 1, 2, 2),), 9_999, 4_000), "stock 2 has 1 free, but 2 are taken"),
        (Plan((Taken(1, 1, 1, 2),), 9_999, 1), "the walks are not 1 mm long"),
        (Plan((Taken(1, 1, 1, 2),), 1, 4_000), "the walks got longer"),
    ],
)
def test_verify_finds_a_planted_error(plan, fault):
    assert choosing.verify(GOOD, choosing.plan(GOOD)) == []
    assert fault in choosing.verify(GOOD, plan)


def test_a_pick_from_unknown_stock_is_refused():
    with pytest.raises(BadProblem, match="stock 7 of line 1 is unknown"):
        Problem(FLOOR, (Taken(1, 1, 7, 2),), ())
