"""The walk of a pick list: exact where it promises to be, and never worse than the S-shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import routing
from wms.planning.layout import Floor
from wms.planning.problems import BadProblem

Grid = Callable[..., Floor]
EXACT = routing.Options(exact_cross_aisles=4)
SEARCH = routing.Options(exact_cross_aisles=0)


def brute_force(problem: routing.Problem) -> int:
    walks = permutations(set(problem.stops))
    return min(problem.floor.length((problem.start, *walk, problem.end)) for walk in walks)


@st.composite
def problems(draw: st.DrawFn, grid: Grid, most: int) -> routing.Problem:
    floor = grid(draw(st.integers(1, 5)), draw(st.integers(2, 8)), draw(st.integers(2, 4)))
    bins = st.sampled_from([place.id for place in floor.places if place.aisle])
    ends = st.sampled_from([1, 2, 3, 4]) | bins
    return routing.Problem(floor, tuple(draw(st.lists(bins, max_size=most))), draw(ends), draw(ends))


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_the_sweep_equals_trying_every_order(grid: Grid, data):
    problem = data.draw(problems(grid, 5))
    assert routing.plan(problem, EXACT).length_mm == brute_force(problem)


@given(data=st.data(), options=st.sampled_from([EXACT, SEARCH]))
@settings(deadline=None)
def test_every_walk_visits_every_stop_once_and_measures_true(grid: Grid, data, options):
    problem = data.draw(problems(grid, 20))
    assert routing.verify(problem, routing.plan(problem, options)) == []
    assert routing.verify(problem, routing.baseline(problem)) == []


@given(data=st.data(), options=st.sampled_from([EXACT, SEARCH]))
@settings(deadline=None)
def test_no_walk_is_longer_than_the_s_shape(grid: Grid, data, options):
    problem = data.draw(problems(grid, 20))
    assert routing.plan(problem, options).length_mm <= routing.baseline(problem).length_mm


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_search_is_never_shorter_than_the_sweep(grid: Grid, data):
    problem = data.draw(problems(grid, 20))
    assert routing.plan(problem, EXACT).length_mm <= routing.plan(problem, SEARCH).length_mm


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_same_problem_gives_the_same_walk(grid: Grid, data):
    problem = data.draw(problems(grid, 15))
    shuffled = replace(problem, stops=tuple(data.draw(st.permutations(problem.stops))))
    assert routing.plan(problem) == routing.plan(problem)
    assert routing.plan(shuffled).length_mm == routing.plan(problem).length_mm


def test_one_aisle_is_walked_without_leaving_it(grid: Grid):
    problem = routing.Problem(grid(1, 10), (104, 116, 110), 108, 112)
    assert routing.plan(problem) == routing.Plan((104, 110, 116), brute_force(problem))


def test_stops_on_the_open_floor_are_visited_too(grid: Grid):
    problem = routing.Problem(grid(3, 6), (2, 3, 104, 120), 1, 1)
    found = routing.plan(problem)
    assert routing.verify(problem, found) == []
    assert found.length_mm == brute_force(problem)


def test_an_empty_list_is_the_way_from_start_to_end(grid: Grid):
    floor = grid(2, 4)
    assert routing.plan(routing.Problem(floor, (), 1, 2)) == routing.Plan((), floor.distance(1, 2))


def test_a_place_named_twice_is_visited_once(grid: Grid):
    assert routing.plan(routing.Problem(grid(2, 4), (104, 104, 106), 1, 1)).order.count(104) == 1


@pytest.mark.parametrize(
    ("order", "longer", "fault"),
    [
        ((104,), 0, "place 112 is not visited"),
        ((104, 112, 106), 0, "place 106 is not on the list"),
        ((104, 112, 112), 0, "visited twice"),
        ((104, 112), 1, "mm long"),
    ],
)
def test_verify_finds_a_planted_error(grid: Grid, order, longer, fault):
    problem = routing.Problem(grid(2, 4), (104, 112), 1, 1)
    good = routing.plan(problem)
    (found,) = routing.verify(problem, routing.Plan(order, good.length_mm + longer))
    assert fault in found


def test_an_unknown_stop_is_refused_by_its_number(grid: Grid):
    with pytest.raises(BadProblem, match="place 9 is not on this floor"):
        routing.Problem(grid(1, 2), (9,), 1, 1)
