"""Lists that orders nearly fill: how few there must be, one list less, and which orders are alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from random import Random

import pytest

from wms.planning import grouping, likes, squeezing
from wms.planning.grouping import Content, Costs, Ground, Limits, Search
from wms.planning.layout import Floor
from wms.planning.speed import Stopwatch

Grid = Callable[..., Floor]


def contents_of(floor: Floor, sizes: Sequence[int], dice: Random) -> list[Content]:
    """Orders of these sizes that go to two places each."""
    ids = [place.id for place in floor.places if place.aisle]
    return [Content(frozenset((place, "") for place in dice.sample(ids, 2)), (size,)) for size in sizes]


def ground_of(floor: Floor, sizes: Sequence[int], room: int) -> Ground:
    contents = contents_of(floor, sizes, Random(1))
    return grouping.prepared(floor, contents, (Limits((room,)), Costs(0, 0)), Search(1, 1, 0))


def packed(sizes: Sequence[int], room: int) -> int:
    """The fewest lists there can be, by trying every way."""

    @cache
    def lists(left: tuple[int, ...], rest: int) -> int:
        if not left:
            return 0
        ways = [(left[:i] + left[i + 1 :], size) for i, size in enumerate(left)]
        same = [lists(others, rest - size) for others, size in ways if size <= rest]
        return min(same or [1 + lists(others, room - size) for others, size in ways])

    return lists(tuple(sorted(sizes)), 0)


def test_there_are_never_fewer_lists_than_must_be(grid: Grid):
    dice, floor, met = Random(2), grid(2, 5), 0
    for _ in range(40):
        sizes = [dice.randint(1, 10) for _ in range(7)]
        fewest = squeezing.fewest(ground_of(floor, sizes, 10).task, len(sizes))
        assert fewest <= packed(sizes, 10)
        met += fewest == packed(sizes, 10)
    assert met >= 36


def test_a_list_less_holds_the_same_orders(grid: Grid):
    ground = ground_of(grid(2, 5), [6, 5, 4, 4, 2, 1], 10)
    lists = squeezing.squeezed(ground.task, [[0, 2], [5], [1, 3], [4]])
    assert sorted(map(sorted, lists)) == [[0, 2], [1, 3], [4, 5]]


@pytest.mark.parametrize("seed", [0, 2])
def test_orders_that_nearly_fill_their_lists_get_none_more(grid: Grid, seed: int):
    dice, floor, sizes = Random(seed), grid(6, 12), list[int]()
    for _ in range(8):
        first = dice.randint(9, 22)
        second = dice.randint((45 - first) // 3, (45 - first) * 2 // 3)
        sizes += [first, second, 45 - first - second]
    dice.shuffle(sizes)
    contents = contents_of(floor, sizes, dice)
    found = grouping.grouped(floor, contents, (Limits((46,)), Costs(0, 0)), Search(60, 1, 0), Stopwatch(60))
    assert len(found.groups) == 8


def test_likes_are_the_orders_that_enter_the_same_parts_of_aisles(grid: Grid):
    floor, dice = grid(5, 9), Random(4)
    ids = [place.id for place in floor.places if place.aisle]
    orders = [dice.sample(ids, 4) for _ in range(20)]
    parts = [
        {(spot.x, third) for spot in map(floor.spot, each) for third in (-1, _third(floor, spot.y))} for each in orders
    ]
    found = likes.likes(floor, orders, 3)
    for order, mine in enumerate(parts):
        alike = sorted(-len(mine & other) / len(other) ** 0.5 for other in parts[:order] + parts[order + 1 :])
        liked = [-len(mine & parts[like]) / len(parts[like]) ** 0.5 for like in found[3 * order : 3 * order + 3]]
        assert liked == pytest.approx(alike[:3], abs=1e-3)
        assert order not in found[3 * order : 3 * order + 3]


def _third(floor: Floor, y: int) -> int:
    return (y - floor.cross_mm[0]) // ((floor.cross_mm[-1] - floor.cross_mm[0]) // 3)
