"""Floors for benchmarks: regular ones of published shape, and odd ones where everything is possible."""

from __future__ import annotations

from random import Random

from wms.planning.layout import Floor, Place, measure

DEPOT = 1
FIRST_BIN = 10
LENGTH_MM, PITCH_MM, CELL_MM, END_MM = 47_000, 5_000, 1_000, 1_500


def blocks(aisles: int, cells: int, cross: int) -> Floor:
    """Aisles 47 m long and 5 m apart with a bin every metre, bins numbered from 10; `cross` cross aisles at equal
    distance; the depot, place 1, at the front end of the first aisle."""
    rows = [LENGTH_MM * row // (cross - 1) for row in range(cross)]
    bins = [
        Place(FIRST_BIN + aisle * cells + cell, "A", aisle + 1, aisle * PITCH_MM, END_MM + cell * CELL_MM)
        for aisle in range(aisles)
        for cell in range(cells)
    ]
    return measure(bins, Place(DEPOT, "", 0, 0, 0), rows)


def odd_floor(random: Random) -> tuple[Floor, list[int], tuple[int, int]]:
    """A small floor of 2 to 4 cross aisles, its bins, and a start and an end: bins beyond the cross aisles and on them,
    aisles of one place, two aisles at one x, ends in aisles, between them, outside, the same or not."""
    rows = sorted(random.sample(range(20), random.randint(2, 4)))
    bins = []
    for aisle, x in enumerate(sorted(random.choices(range(20), k=random.randint(1, 5)))):
        for y in random.sample(range(-2, 22), random.randint(1, 6)):
            bins.append(Place(FIRST_BIN + len(bins), "A", aisle + 1, x, y))
    around = [
        Place(number, "", 0, random.randint(-3, 22), random.choice([random.randint(-4, 24), random.choice(rows)]))
        for number in (1, 2, 3)
    ]
    ids = [place.id for place in bins]
    start = random.choice([1, 1, 2, 3, *ids])
    end = random.choice([start, start, 1, 2, 3, *ids])
    return measure([*bins, *around[1:]], around[0], rows), ids, (start, end)
