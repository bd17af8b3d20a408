"""The walk of a pick list: exact where it promises to be, and never worse than the S-shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import routing
from wms.planning.layout import DOWN, UP, Floor, Place, measure
from wms.planning.problems import BadProblem

Grid = Callable[..., Floor]
EXACT = routing.Options(exact_cross_aisles=4)
SEARCH = routing.Options(exact_cross_aisles=0, ranked_cross_aisles=0, rounds_max=5)


def brute_force(problem: routing.Problem) -> int:
    rank = problem.rank()
    walks = (walk for walk in permutations(rank) if all(rank[a] <= rank[b] for a, b in pairwise(walk)))
    return min(problem.floor.length((problem.start, *walk, problem.end)) for walk in walks)


@st.composite
def problems(draw: st.DrawFn, grid: Grid, most: int, ranks: int = 0) -> routing.Problem:
    floor = grid(draw(st.integers(1, 5)), draw(st.integers(2, 8)), draw(st.integers(2, 4)))
    bins = st.sampled_from([place.id for place in floor.places if place.aisle])
    ends = st.sampled_from([1, 2, 3, 4]) | bins
    stops = tuple(draw(st.lists(bins, max_size=most)))
    ranked = tuple(draw(st.integers(0, ranks)) for _ in stops) if ranks else ()
    return routing.Problem(floor, stops, draw(ends), draw(ends), ranked)


@st.composite
def odd_problems(draw: st.DrawFn) -> routing.Problem:
    """Bins beyond and on the cross aisles, aisles at one x, ends anywhere: nothing is regular."""
    numbers = st.integers(-2, 14)
    rows = draw(st.sets(st.integers(0, 12), min_size=1, max_size=4))
    xs = sorted(draw(st.lists(numbers, min_size=1, max_size=4)))
    ys = st.lists(numbers, min_size=1, max_size=3, unique=True)
    spots = [(aisle, x, y) for aisle, x in enumerate(xs, start=1) for y in draw(ys)]
    bins = [Place(10 + index, "A", *spot) for index, spot in enumerate(spots)]
    around = [Place(number, "", 0, draw(numbers), draw(numbers | st.sampled_from(sorted(rows)))) for number in (1, 2)]
    floor = measure([*bins, around[1]], around[0], rows)
    ends = st.sampled_from([1, 2, *(place.id for place in bins)])
    stops = draw(st.lists(st.sampled_from([place.id for place in bins]), max_size=5))
    return routing.Problem(floor, tuple(stops), draw(ends), draw(ends))


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_the_sweep_equals_trying_every_order(grid: Grid, data):
    problem = data.draw(problems(grid, 5))
    assert routing.plan(problem, EXACT).length_mm == brute_force(problem)


@given(problem=odd_problems())
@settings(max_examples=100, deadline=None)
def test_on_the_oddest_floor_the_sweep_equals_trying_every_order(problem):
    found = routing.plan(problem)
    assert routing.verify(problem, found) == []
    assert found.length_mm == brute_force(problem)


@given(data=st.data(), options=st.sampled_from([EXACT, SEARCH]))
@settings(max_examples=40, deadline=None)
def test_every_walk_visits_every_stop_once_and_measures_true(grid: Grid, data, options):
    problem = data.draw(problems(grid, 20, data.draw(st.sampled_from([0, 2]))))
    assert routing.verify(problem, routing.plan(problem, options)) == []
    assert routing.verify(problem, routing.baseline(problem)) == []


@given(data=st.data(), options=st.sampled_from([EXACT, SEARCH]))
@settings(max_examples=40, deadline=None)
def test_no_walk_is_longer_than_the_s_shape(grid: Grid, data, options):
    problem = data.draw(problems(grid, 20))
    assert routing.plan(problem, options).length_mm <= routing.baseline(problem).length_mm


@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_the_search_is_never_shorter_than_the_sweep(grid: Grid, data):
    problem = data.draw(problems(grid, 20))
    assert routing.plan(problem, EXACT).length_mm <= routing.plan(problem, SEARCH).length_mm


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_the_same_problem_gives_the_same_walk(grid: Grid, data):
    problem = data.draw(problems(grid, 15))
    shuffled = replace(problem, stops=tuple(data.draw(st.permutations(problem.stops))))
    assert routing.plan(problem) == routing.plan(problem)
    assert routing.plan(shuffled).length_mm == routing.plan(problem).length_mm


def test_beyond_the_exact_cross_aisles_the_search_stays_within_three_percent(grid: Grid):
    floor = grid(8, 12, 5)
    stops = tuple(range(100, 100 + 2 * 96, 9))
    exact = routing.plan(routing.Problem(floor, stops, 1, 1))
    found = routing.plan(routing.Problem(floor, stops, 1, 1), replace(SEARCH, exact_cross_aisles=4))
    assert exact.length_mm <= found.length_mm <= 1.03 * exact.length_mm


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


# --- ranks ---


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_heavy_before_light_equals_trying_every_order_that_keeps_it(grid: Grid, data):
    problem = data.draw(problems(grid, 5, ranks=2))
    assert routing.plan(problem).length_mm == brute_force(problem)


def test_heavy_stops_come_first_and_fragile_ones_last_even_by_a_detour(grid: Grid):
    problem = routing.Problem(grid(3, 6), (100, 112, 124), 1, 1, (2, 1, 0))
    assert routing.plan(problem).order == (124, 112, 100)


def test_a_place_with_two_ranks_waits_for_the_later_one(grid: Grid):
    problem = routing.Problem(grid(3, 6), (100, 124, 100), 1, 1, (0, 1, 2))
    assert routing.plan(problem).order == (124, 100)


def test_a_walk_that_breaks_the_ranks_is_found(grid: Grid):
    problem = routing.Problem(grid(2, 4), (104, 112), 1, 1, (0, 1))
    wrong = routing.plan(replace(problem, ranks=(1, 0)))
    assert routing.verify(problem, wrong) == ["place 112 comes before place 104"]


# --- one-way aisles ---


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_one_way_aisles_are_walked_as_short_as_trying_every_order(grid: Grid, data):
    floor = grid(4, 5, 3)
    signs = {("A", number): sign for number, sign in ((1, UP), (2, DOWN), (4, DOWN))}
    floor = measure(floor.places, floor.depot, floor.cross_mm, signs)
    bins = [place.id for place in floor.places if place.aisle]
    stops = data.draw(st.lists(st.sampled_from(bins), max_size=5))
    problem = routing.Problem(floor, tuple(stops), 1, data.draw(st.sampled_from([1, 2, 104])))
    assert routing.plan(problem).length_mm == brute_force(problem)


def test_one_way_aisles_are_entered_at_their_beginning(grid: Grid):
    floor = grid(2, 10)
    floor = measure(floor.places, floor.depot, floor.cross_mm, {("A", 1): DOWN, ("A", 2): UP})
    assert routing.plan(routing.Problem(floor, (104, 108, 126, 130), 1, 1)).order == (126, 130, 108, 104)


# --- what is refused, what is found ---


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


def test_ranks_for_some_stops_only_are_refused(grid: Grid):
    with pytest.raises(BadProblem, match="1 ranks for 2 stops"):
        routing.Problem(grid(1, 2), (100, 102), 1, 1, (1,))
