"""Walking kernels: the length of a walk is the same compiled, on arrays and on lists, and the same as of its order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, permutations
from pathlib import Path
from random import Random

import pytest

from wms.planning import exchanges, routing, speed, walking
from wms.planning.ground import Ground, prepare
from wms.planning.layout import Floor
from wms.planning.states import tables

Grid = Callable[..., Floor]


def length(ground: Ground, places: list[int]) -> int:
    stops = ground.stops(places)
    return walking.trip(ground.grid, speed.numbers(stops), len(stops), ground.reaches(), ground.room())


def bins_of(floor: Floor) -> list[int]:
    return [place.id for place in floor.places if place.aisle]


@pytest.mark.parametrize(("rows", "states"), [(2, 6), (3, 24), (4, 112)])
def test_as_many_states_are_found_as_there_are(rows: int, states: int) -> None:
    """Those of 2 are published (Ratliff & Rosenthal have a seventh, for what is behind the last aisle)."""
    assert tables(rows, False).states == states


@pytest.mark.parametrize("ends", [(1, 1), (3, 3), (1, 4), (2, 120), (104, 130)])
@pytest.mark.parametrize("cross", [2, 3])
def test_arrays_and_lists_measure_the_length_of_the_planned_order(
    grid: Grid, cross: int, ends: tuple[int, int]
) -> None:
    floor = grid(5, 8, cross)
    stops = Random(cross).sample(bins_of(floor), 9)
    ground = prepare(floor, *ends)
    planned = routing.plan(routing.Problem(floor, tuple(stops), *ends)).length_mm
    assert length(ground, stops) == length(ground.lists(), stops) == planned


def test_compiled_kernels_plan_the_same_walks(grid: Grid, kernels: Path) -> None:
    random = Random(7)
    floors = [grid(5, 8, cross) for cross in (2, 3, 7)]
    lists = [(floor, tuple(random.sample(bins_of(floor), 14))) for floor in floors]
    problems = [routing.Problem(floor, stops, 1, end) for floor, stops in lists for end in (1, 3)]
    plain = [routing.plan(problem) for problem in problems]
    with speed.compiled(kernels):
        assert [routing.plan(problem) for problem in problems] == plain


def test_a_walk_by_nothing_is_the_way_from_start_to_end(grid: Grid) -> None:
    assert length(prepare(grid(3, 4), 1, 2), []) == grid(3, 4).distance(1, 2)


def test_prices_that_change_one_by_one_give_the_length_of_the_whole(grid: Grid) -> None:
    floor = grid(4, 8, 3)
    ground, stops = prepare(floor, 1, 1), [104, 130, 150]
    grid_, reaches = ground.grid, ground.reaches()
    for stop in ground.stops(stops):
        slot, y = int(grid_.point_slot[stop]), int(grid_.point_y[stop])
        at = (int(grid_.point_column[stop]) * grid_.slots + slot) * grid_.width
        walking.price((int(grid_.edge[slot]), int(grid_.edge[slot + 1])), (y, y, 0), reaches, at)
    assert walking.round_trip(grid_, reaches, ground.room()) == length(ground, stops)


def test_the_search_by_exchanges_finds_the_best_order_of_few_places() -> None:
    random = Random(3)
    far = [0 if a == b else random.randint(1, 99) for a in range(7) for b in range(7)]
    ranks = [0, 0, 1, 0, 1, 0, 1]
    legal = (order for order in permutations(range(1, 6)) if all(ranks[a] <= ranks[b] for a, b in pairwise(order)))
    shortest = min(sum(far[7 * a + b] for a, b in pairwise((0, *order, 6))) for order in legal)
    walk = exchanges.ordered(far, range(7), ranks, (0, 0))
    assert sum(far[7 * a + b] for a, b in pairwise(walk)) == shortest


def test_exchanges_keep_ranks_and_never_make_a_walk_longer() -> None:
    random = Random(4)
    far = [0 if a == b else random.randint(1, 99) for a in range(22) for b in range(22)]
    ranks = sorted(random.randint(0, 2) for _ in range(22))
    walk = exchanges.ordered(far, range(22), ranks, (30, 5))
    assert sorted(walk) == list(range(22))
    assert [ranks[place] for place in walk] == ranks
    assert sum(far[22 * a + b] for a, b in pairwise(walk)) < sum(far[22 * a + b] for a, b in pairwise(range(22)))
