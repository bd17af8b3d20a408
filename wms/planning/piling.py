"""The two packings that need no search: equal units in rows and layers, and one pile of flat units.

They are what a person tries first, and most parcels of books, prints and games are one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from wms.planning.blocks import Ints
from wms.planning.cartons import Carton, Unit, turns

NOWHERE = np.empty((0, 7), np.int64)
"""Rows as of `packer.Loaded` (thing, corner, sides) for nothing at all."""
Layer = tuple[int, int, tuple[int, int, int]]
"""Equal units on top of each other: which thing, how many, and the sides of one as it lies."""


def in_rows(thing: int, qty: int, unit: Unit, carton: Carton) -> Ints:
    """Return so many equal units in rows on top of each other, the floor first; nothing when no grid holds them."""
    for way in sorted(turns(unit.sides, unit.up), key=lambda way: way[2]):
        along, deep, high = (room // side for room, side in zip(carton.sides, way, strict=True))
        if along * deep * high >= qty:
            n, rows = np.arange(qty), np.empty((qty, 7), np.int64)
            rows[:, 0], rows[:, 4:] = thing, way
            rows[:, 1], rows[:, 2], rows[:, 3] = n % along, n // along % deep, n // (along * deep)
            rows[:, 1:4] *= way
            return rows
    return NOWHERE


def most_in_rows(unit: Unit, carton: Carton) -> int:
    """Return how many equal units go in in rows on top of each other."""
    a, b, c = carton.sides
    return max((a // x * (b // y) * (c // z) for x, y, z in turns(unit.sides, unit.up)), default=0)


def in_a_pile(units: Sequence[Unit], counts: Sequence[int], carton: Carton, support_percent: int) -> Ints:
    """Return all units that are not soft in one pile, the largest base first; nothing when no such pile stands."""
    layers = [_layer(k, qty, units[k], carton) for k, qty in enumerate(counts) if qty and not units[k].soft]
    pile = [layer for layer in layers if layer]
    if len(pile) < len(layers) or sum(qty * way[2] for _, qty, way in pile) > carton.height_mm:
        return NOWHERE
    pile.sort(key=lambda layer: (-layer[2][0] * layer[2][1], layer[2]))
    if any(units[k].fragile for k, _, _ in pile) or not _stands(pile, support_percent):
        return NOWHERE
    return np.array(list(_piled(pile)), np.int64).reshape(-1, 7)


def _layer(thing: int, qty: int, unit: Unit, carton: Carton) -> Layer | None:
    """As low as it may lie, and along the carton's longer side if it can."""
    long, wide, _ = carton.sides
    ways = [way for way in turns(unit.sides, unit.up) if way[0] <= long and way[1] <= wide]
    along = 0 if long >= wide else 1
    return (thing, qty, min(ways, key=lambda way: (way[2], -way[along]))) if ways else None


def _stands(pile: Sequence[Layer], support_percent: int) -> bool:
    """Whether every base lies with enough of it on the one below, all in one corner."""
    return all(
        min(a, below[0]) * min(b, below[1]) * 100 >= a * b * support_percent
        for (_, _, below), (_, _, (a, b, _)) in pairwise(pile)
    )


def _piled(pile: Sequence[Layer]) -> Iterator[tuple[int, ...]]:
    z = 0
    for thing, qty, way in pile:
        for _ in range(qty):
            yield (thing, 0, 0, z, *way)
            z += way[2]
