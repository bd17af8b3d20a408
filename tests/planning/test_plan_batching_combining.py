"""Possible batches combined: prices, growing, diving, taking apart and putting together, each against all there are."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest

from wms.planning import covering, diving, grouping, growing, partition, recombining, relaxing, speed
from wms.planning.grouping import Content, Costs, Ground, Limits, Search
from wms.planning.layout import Floor
from wms.planning.relaxing import Batches
from wms.planning.speed import Stopwatch

Grid = Callable[..., Floor]
ORDERS, ROOM = 14, 6
EFFORT = partition.Effort(whole_columns=300, nodes=20, looks=2_000, dive=True, work=20_000, seed=1)
EXACT = partition.Effort(whole_columns=100_000, nodes=10_000, looks=200_000)


def ground_of(floor: Floor, seed: int = 3) -> Ground:
    """Orders of one to five picks and sizes of one to three: two to four fill a list."""
    dice = Random(seed)
    ids = [place.id for place in floor.places if place.aisle]
    picks = [frozenset((place, "") for place in dice.sample(ids, dice.randint(1, 5))) for _ in range(ORDERS)]
    contents = [Content(each, (dice.randint(1, 3),)) for each in picks]
    return grouping.prepared(floor, contents, (Limits((ROOM,)), Costs(0, 0)), Search(1, 1, 0))


def alone(ground: Ground) -> Batches:
    return partition.batches_of(([order], ground.cost([order])) for order in range(ORDERS))


@pytest.fixture(scope="module")
def ground(grid: Grid) -> Ground:
    return ground_of(grid(5, 20))


@pytest.fixture(scope="module")
def every(ground: Ground) -> Batches:
    """All batches there are, behind every order alone."""
    found = partition.all_batches(ground.task, ground.memory, 100_000)
    assert found is not None
    return relaxing.together(alone(ground), found)


@pytest.fixture(scope="module")
def least(ground: Ground, every: Batches) -> int:
    """Cost of the best division, proven."""
    groups, proven = partition.divided(every, alone(ground), EXACT, Stopwatch(60))
    assert proven
    return sum(map(ground.cost, groups))


def size(ground: Ground, group: list[int]) -> int:
    return sum(int(ground.task.sizes[order]) for order in group)


def test_all_batches_are_all_that_fit(ground: Ground, every: Batches):
    found = {frozenset(group) for group in every.groups(range(len(every.cost)))}
    sets = (set(group) for count in range(1, ROOM + 1) for group in combinations(range(ORDERS), min(count, 3)))
    assert all((frozenset(group) in found) == (size(ground, list(group)) <= ROOM) for group in sets)


def test_no_division_costs_less_than_the_relaxation(every: Batches, least: int):
    bound, worth, _ = relaxing.relaxed(every, ORDERS, (100, Stopwatch(60))) or (0, np.zeros(0), None)
    assert 0.9 * least <= bound <= least + relaxing.SLACK
    assert every.dear(worth).min() >= -relaxing.SLACK
    assert worth.sum() == pytest.approx(bound)


def test_grown_batches_cost_their_walk_and_keep_the_limits(ground: Ground):
    found = growing.grown(ground.task, ground.memory, alone(ground), 2_000, Stopwatch(60))
    assert found is not None
    groups = found.batches.groups(range(len(found.batches.cost)))
    assert len({frozenset(group) for group in groups}) == len(groups) > ORDERS
    assert all(size(ground, group) <= ROOM for group in groups)
    assert [ground.cost(group) for group in groups] == list(found.batches.cost)


def test_grown_batches_bring_the_relaxation_near_that_of_all(ground: Ground, every: Batches):
    found = growing.grown(ground.task, ground.memory, alone(ground), 2_000, Stopwatch(60))
    bound, _, _ = relaxing.relaxed(every, ORDERS, (100, Stopwatch(60))) or (0, None, None)
    assert found is not None
    assert bound - 1 <= found.bound <= 1.02 * bound


def test_a_dive_serves_every_order_once(every: Batches):
    answer = relaxing.relaxed(every, ORDERS, (100, Stopwatch(60)))
    assert answer is not None
    found = diving.dived(every, every.dear(answer[1]), answer[2], Stopwatch(60))
    assert found is not None
    assert sorted(order for group in every.groups(found) for order in group) == list(range(ORDERS))


def test_taking_apart_and_putting_together_finds_nearly_the_best(every: Batches, least: int):
    answer = relaxing.relaxed(every, ORDERS, (100, Stopwatch(60)))
    assert answer is not None
    dear = every.dear(answer[1])
    found = recombining.recombined(every, dear, np.arange(ORDERS), (60_000, 5, Stopwatch(60)))
    assert sorted(order for group in every.groups(found) for order in group) == list(range(ORDERS))
    assert least <= every.cost[found].sum() <= 1.02 * least


def test_the_integer_step_finds_the_best(every: Batches, least: int):
    chosen = np.arange(len(every.cost))
    found, proven = relaxing.whole(every, chosen, (least + 1, 1_000, Stopwatch(60)))
    assert proven
    assert found is not None
    assert every.cost[found].sum() == least


def test_the_integer_step_stops_in_time_and_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(relaxing, "SECONDS_MAX", 0.1)
    dice, orders, watch = Random(1), 33, Stopwatch(600)
    groups = [dice.sample(range(orders), dice.randint(3, 5)) for _ in range(1_500)]
    given = [([order], 1_000) for order in range(orders)] + [
        (each, 100 * len(each) + dice.randint(0, 59)) for each in groups
    ]
    batches = partition.batches_of(given)
    _, proven = relaxing.whole(batches, np.arange(len(given)), (1_000 * orders + 1, 1_000_000, watch))
    assert not proven
    assert watch.was_short
    assert watch.left() > 590


def test_a_search_that_is_late_leaves_parts_out_and_says_so():
    watch = Stopwatch(600)
    assert (watch.next(3, 20, 0.19), watch.was_short) == (4, False)
    assert (watch.next(3, 20, 0.5), watch.was_short) == (10, True)


def test_a_search_without_a_way_says_that_there_is_none(every: Batches, least: int):
    answer = relaxing.relaxed(every, ORDERS, (100, Stopwatch(60)))
    assert answer is not None
    bound, worth, _ = answer
    dear = every.dear(worth)
    chosen = np.flatnonzero(dear <= least - 1 - bound)
    assert covering.searched(every, (chosen, dear, least - 1 - bound), 10_000_000) == (None, True)


@pytest.mark.timeout(600)  # the first time on a machine it waits for the compiler
@pytest.mark.parametrize("cross", [2, 3])
def test_compiled_kernels_combine_batches_alike(grid: Grid, kernels: Path, cross: int):
    def combined() -> list[list[int]]:
        ground = ground_of(grid(4, 10, cross), 8)
        known = alone(ground), partition.batches_of([([0, 1], ground.cost([0, 1]))])
        return partition.combined(ground.task, ground.memory, known, (1_000, EFFORT, Stopwatch(600)))

    plain = combined()
    with speed.compiled(kernels):
        assert combined() == plain
