"""Whole plans are the same whether kernels are compiled or not: a site may do without a compiler, only more slowly.

Those of walks, of rows of lists, of shelves and of pairs are compared beside their other tests, those of packings in
`tests.benchmarks.cartonization` (their kernels take the compiler half a minute).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from wms.planning import batching, choosing, speed, waves
from wms.planning.batching import Line, OrderDemand
from wms.planning.choosing import Taken
from wms.planning.layout import Floor
from wms.planning.shelves import Supply

Grid = Callable[..., Floor]


@pytest.fixture(scope="session")
def asked(grid: Grid) -> batching.Problem:
    """Orders of one to four lines on a floor of two blocks; they leave with two trucks."""
    floor, random = grid(4, 5, 3), Random(5)
    orders = []
    for number in range(24):
        places = random.sample([place.id for place in floor.places if place.aisle], 1 + number % 4)
        lines = tuple(Line(f"SKU-{place}", place, 1 + number % 2, 400) for place in places)
        orders.append(OrderDemand(number, lines, 8 + 6 * (number % 2)))
    return batching.Problem(tuple(orders), floor, 6, 1_000, 30, single_orders_max=4)


def batched(asked: batching.Problem) -> object:
    free = replace(asked, orders=tuple(replace(order, due=None) for order in asked.orders), wall_slots=8)
    every = batching.plan(free, batching.Options(trials=20, batches_max=2_000))
    return every, batching.plan(asked, batching.Options(trials=20, batches_max=1))


def in_waves(asked: batching.Problem) -> object:
    return waves.plan(waves.Problem(asked, 2, 1), waves.Options(trades=60, steps=60))


def chosen(asked: batching.Problem) -> object:
    places = [place.id for place in asked.floor.places if place.aisle]
    supplies = tuple(Supply(n, f"SKU-{n % 5}", places[(7 * n) % len(places)], None, 3) for n in range(25))
    taken = tuple(Taken(n % 3, n, n, 2) for n in range(12))
    return choosing.plan(choosing.Problem(asked.floor, taken, supplies), choosing.Options(exact_ways=0))


@pytest.mark.timeout(600)  # the first time on a machine they wait for the compiler
@pytest.mark.parametrize("plan", [batched, in_waves, chosen])
def test_the_plain_path_gives_the_same_plan_as_the_compiled_one(
    asked: batching.Problem, kernels: Path, plan: Callable[[batching.Problem], object]
) -> None:
    plain = plan(asked)
    with speed.compiled(kernels):
        assert plan(asked) == plain
