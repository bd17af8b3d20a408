"""The measured floor: distances are those of the shortest walk."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning.layout import DOWN, UP, Floor, Place, measure
from wms.planning.problems import BadProblem

Grid = Callable[..., Floor]


def dijkstra(floor: Floor, start: int, goal: int) -> int:
    """Shortest walk over the explicit graph of places and crossings: an oracle that shares no formula."""
    lines: dict[tuple[int, int], list[int]] = {}
    for spot in floor.spots.values():
        lines.setdefault((spot.x, spot.column), [*floor.cross_mm]).append(spot.y)
    a, b = floor.spots[start], floor.spots[goal]
    seen: set[tuple[int, int, int]] = set()
    queue = [(0, a.x, a.column, a.y)]
    while queue:
        cost, x, column, y = heapq.heappop(queue)
        if (x, column, y) == (b.x, b.column, b.y):
            return cost
        if (x, column, y) in seen:
            continue
        seen.add((x, column, y))
        for other in lines[x, column]:
            heapq.heappush(queue, (cost + abs(other - y), x, column, other))
        if y in floor.cross_mm:
            for other_x, other_column in lines:
                heapq.heappush(queue, (cost + abs(other_x - x), other_x, other_column, y))
    raise AssertionError(f"no way from {start} to {goal}")


@given(aisles=st.integers(1, 4), bays=st.integers(2, 6), cross=st.integers(2, 4), data=st.data())
@settings(deadline=None)
def test_distance_equals_dijkstra_on_the_explicit_graph(grid: Grid, aisles, bays, cross, data):
    floor = grid(aisles, bays, cross)
    bins = [place.id for place in floor.places if place.aisle]
    a, b = data.draw(st.sampled_from(bins)), data.draw(st.sampled_from([1, *bins]))
    assert floor.distance(a, b) == dijkstra(floor, a, b)


@given(cross=st.integers(2, 4), data=st.data())
@settings(deadline=None)
def test_distance_is_symmetric_and_no_detour_is_shorter(grid: Grid, cross, data):
    floor = grid(3, 6, cross)
    a, b, via = (data.draw(st.sampled_from([place.id for place in floor.places])) for _ in range(3))
    assert floor.distance(a, b) == floor.distance(b, a)
    assert floor.distance(a, a) == 0
    assert floor.distance(a, b) <= floor.distance(a, via) + floor.distance(via, b)


def test_both_sides_of_an_aisle_are_one_walking_line(grid: Grid):
    floor = grid(2, 3)
    assert floor.distance(100, 101) == 0
    assert [aisle.x_mm for aisle in floor.aisles] == [1_000, 6_000]


def test_two_aisles_are_joined_by_the_nearer_cross_aisle(grid: Grid):
    floor = grid(2, 10)
    front, back = (100, 100 + 2 * 10), (100 + 2 * 9, 100 + 2 * 19)
    assert floor.distance(*front) == 1_500 + 5_000 + 1_500
    assert floor.distance(*back) == 1_500 + 5_000 + 1_500


def test_a_middle_cross_aisle_shortens_the_way(grid: Grid):
    middle = (100 + 2 * 4, 100 + 2 * 14)
    assert grid(2, 10, 3).distance(*middle) < grid(2, 10, 2).distance(*middle)


def test_the_same_aisle_number_in_two_zones_is_two_aisles():
    floor = measure([Place(1, "A", 1, 0, 0), Place(2, "B", 1, 9_000, 0)], Place(3, "", 0, 0, -1_000))
    assert [aisle.name for aisle in floor.aisles] == ["A1", "B1"]
    assert floor.distance(1, 2) == 1_000 + 9_000 + 1_000


def test_without_cross_aisles_one_runs_in_front_and_one_behind():
    floor = measure([Place(1, "A", 1, 0, 0), Place(2, "A", 1, 0, 8_000)], Place(3, "", 0, 0, -1_000))
    assert floor.cross_mm == (-1_000, 9_000)


def test_a_place_given_twice_is_refused_by_its_number():
    with pytest.raises(BadProblem, match="place 1 is given twice"):
        measure([Place(1, "A", 1, 0, 0), Place(1, "A", 1, 0, 500)], Place(3, "", 0, 0, 0))


def test_an_unknown_place_is_refused_by_its_number(grid: Grid):
    with pytest.raises(BadProblem, match="place 99 is not on this floor"):
        grid(1, 2).distance(1, 99)


def test_a_floor_without_aisles_is_walked_straight():
    floor = measure([Place(1, "", 0, 3_000, 4_000)], Place(2, "", 0, 0, 0))
    assert floor.distance(1, 2) == 7_000


# --- one-way aisles ---


def one_way(grid: Grid) -> Floor:
    floor = grid(3, 6, 3)
    return measure(floor.places, floor.depot, floor.cross_mm, {("A", 1): UP, ("A", 2): DOWN})


def directed_dijkstra(floor: Floor, start: int, goal: int) -> int:
    """As `dijkstra`, but a one-way aisle is walked by its sign only; places in the open stand on cross aisles."""
    signs = {index: aisle.one_way for index, aisle in enumerate(floor.aisles)}
    lines: dict[tuple[int, int], list[int]] = {}
    for spot in floor.spots.values():
        lines.setdefault((spot.x, spot.column), [*floor.cross_mm]).append(spot.y)
    a, b = floor.spots[start], floor.spots[goal]
    costs: dict[tuple[int, int, int], int] = {}
    queue = [(0, a.x, a.column, a.y)]
    while queue:
        cost, x, column, y = heapq.heappop(queue)
        if (x, column, y) in costs:
            continue
        costs[x, column, y] = cost
        here = [other for other in lines[x, column] if column >= 0 and (other - y) * signs[column] >= 0]
        ways = [(abs(other - y), x, column, other) for other in here]
        across = lines if y in floor.cross_mm else ()
        for length, *to in (*ways, *((abs(other_x - x), other_x, other, y) for other_x, other in across)):
            heapq.heappush(queue, (cost + length, *to))
    return costs[b.x, b.column, b.y]


def test_distance_on_one_way_aisles_equals_dijkstra_on_the_explicit_graph(grid: Grid):
    floor = one_way(grid)
    ids = [1, 100, 106, 110, 114, 122, 126, 130]
    assert [floor.distance(a, b) for a in ids for b in ids] == [
        directed_dijkstra(floor, a, b) for a in ids for b in ids
    ]


def test_against_the_sign_one_walks_round(grid: Grid):
    floor = one_way(grid)
    assert floor.distance(100, 104) == 2_000
    assert floor.distance(104, 100) > 2_000


def test_a_floor_that_one_cannot_leave_again_is_refused(grid: Grid):
    floor = grid(2, 4)
    with pytest.raises(BadProblem, match="one cannot come everywhere"):
        measure(floor.places, floor.depot, floor.cross_mm, {("A", 1): UP, ("A", 2): UP})


def test_a_sign_on_an_aisle_without_places_is_refused(grid: Grid):
    with pytest.raises(BadProblem, match="one-way aisle A9 has no places"):
        measure(grid(2, 4).places, grid(2, 4).depot, (), {("A", 9): UP})
