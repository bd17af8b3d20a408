"""Blocks: units put together to a cuboid that is loaded in one step, so that a hundred units need ten decisions.

A simple block is a grid of equal units turned alike. Two blocks side by side, behind or on top of each other are again
a block when hardly any room is lost between them (Zhu, Huang & Lim, European J. of Operational Research 222, 2012).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wms.planning.speed import kernel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

KINDS = 4
"""Up to so many kinds of goods in a block."""
PARTS = 8
"""Up to so many grids in a block."""
DENSE_PERCENT = 98
"""A block of several grids is at least so full."""
PRIME = 2_147_483_647
STURDY = 1 << 40
"""Where a block has nothing fragile, it carries any weight."""


class Goods(NamedTuple):
    """What there is to load, a row for each kind: sides in mm, and KIND_COLUMNS."""

    sides: Ints
    facts: Ints


QTY, UPRIGHT, WEIGHT, FRAGILE, VALUE = 0, 1, 2, 3, 4
"""Columns of Goods.facts; UPRIGHT is a mask: 1, 2, 4 when the length, width, height may stand upright."""


class Blocks(NamedTuple):
    """Blocks: sides, BLOCK columns, kinds with how many units of each, grids (see `PART_KIND` ...), base rates.

    `order` are their numbers by falling base rate, so that no block is moved when they are sorted.
    """

    sides: Ints
    facts: Ints
    kinds: Ints
    needs: Ints
    parts: Ints
    base: Floats
    order: Ints


UNITS, VOLUME, LOAD, WORTH, FRAIL, HEAVIEST, SOLID, N_KINDS, N_PARTS, PRINT = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
"""Columns of Blocks.facts: units, mm3, g, worth, g of the lightest fragile unit, g of the heaviest unit, 1 when the
top is one plane without gaps, number of kinds and of grids, and a fingerprint of the content."""

PART_KIND, PART_AT, PART_UNIT, PART_GRID = 0, 1, 4, 7
"""Columns of Blocks.parts: kind; x, y, z in the block; sides of a unit; how many along each axis."""

TURNS = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0]], dtype=np.int64)
"""The six ways to turn a unit: which of its sides lies along x, y and z."""


def empty_blocks(most: int) -> Blocks:
    """Return room for `most` blocks."""
    return Blocks(
        np.empty((most, 3), np.int64),
        np.empty((most, 10), np.int64),
        np.empty((most, KINDS), np.int64),
        np.empty((most, KINDS), np.int64),
        np.empty((most, PARTS, 10), np.int64),
        np.empty(most),
        np.empty(most, np.int64),
    )


@kernel
def simple_blocks(goods: Goods, size: Ints, detail: int, out: Blocks) -> int:
    """Write grids of equal units that fit the container and that there are units for; return how many.

    With `detail` 3 all are written, with less only those of few units or as long, wide and high as they can be.
    """
    n = 0
    for kind in range(goods.sides.shape[0]):
        for turn in range(6):
            if turned(goods, kind, turn, out.sides[n]):
                n = grids(goods, (kind, detail), size, n, out)
            if n >= out.sides.shape[0] - 1:
                return n
    return n


@kernel
def turned(goods: Goods, kind: int, turn: int, unit: Ints) -> bool:
    """Write the sides of a turned unit to `unit`; return whether it may be turned so and no earlier turn is equal."""
    up = TURNS[turn, 2]
    if not goods.facts[kind, UPRIGHT] >> up & 1:
        return False
    for earlier in range(turn):
        same = bool(goods.facts[kind, UPRIGHT] >> TURNS[earlier, 2] & 1)
        for axis in range(3):
            same = same and goods.sides[kind, TURNS[earlier, axis]] == goods.sides[kind, TURNS[turn, axis]]
        if same:
            return False
    for axis in range(3):
        unit[axis] = goods.sides[kind, TURNS[turn, axis]]
    return True


@kernel
def grids(goods: Goods, wish: tuple[int, int], size: Ints, n: int, out: Blocks) -> int:
    """Write the grids of a (kind, detail) whose turned unit stands in `out.sides[n]`; return the end."""
    kind, detail = wish
    qty = int(goods.facts[kind, QTY])
    a, b, c = int(out.sides[n, 0]), int(out.sides[n, 1]), int(out.sides[n, 2])
    for high in range(1, min(qty, size[2] // c) + 1):
        for wide in range(1, min(qty // high, size[1] // b) + 1):
            most = min(qty // (high * wide), size[0] // a)
            for long in range(1, most + 1):
                if detail < 3 and not telling((long, wide, high), (a, b, c), size, qty, detail):
                    continue
                if n >= out.sides.shape[0] - 1:
                    return n
                out.sides[n, 0], out.sides[n, 1], out.sides[n, 2] = a * long, b * wide, c * high
                note_grid(goods, kind, n, long * wide * high, out)
                part = out.parts[n, 0]
                part[PART_UNIT], part[PART_UNIT + 1], part[PART_UNIT + 2] = a, b, c
                part[PART_GRID], part[PART_GRID + 1], part[PART_GRID + 2] = long, wide, high
                n += 1
    out.sides[n, 0], out.sides[n, 1], out.sides[n, 2] = a, b, c
    return n


@kernel
def telling(grid: tuple[int, int, int], unit: tuple[int, int, int], size: Ints, qty: int, detail: int) -> bool:
    """Return whether a grid is one of few units or can grow along few axes, when not all grids can be looked at."""
    units, grows = grid[0] * grid[1] * grid[2], 0
    for axis in range(3):
        more = units // grid[axis] * (grid[axis] + 1)
        if more <= qty and unit[axis] * (grid[axis] + 1) <= size[axis]:
            grows += 1
    return units <= (1, 2, 8)[detail] or grows <= (0, 0, 1)[detail]


@kernel
def note_grid(goods: Goods, kind: int, n: int, units: int, out: Blocks) -> None:
    """Write what block `n`, a grid of so many units, is."""
    facts, unit = out.facts[n], goods.facts[kind]
    facts[UNITS] = units
    facts[VOLUME] = out.sides[n, 0] * out.sides[n, 1] * out.sides[n, 2]
    facts[LOAD] = units * unit[WEIGHT]
    facts[WORTH] = facts[VOLUME] * unit[VALUE]
    facts[FRAIL] = unit[WEIGHT] if unit[FRAGILE] else STURDY
    facts[HEAVIEST] = unit[WEIGHT]
    facts[SOLID], facts[N_KINDS], facts[N_PARTS] = 1, 1, 1
    facts[PRINT] = units * ((kind + 1) * 7_368_787 % PRIME) % PRIME
    out.kinds[n, 0], out.needs[n, 0] = kind, units
    for column in range(PART_UNIT):
        out.parts[n, 0, column] = 0
    out.parts[n, 0, PART_KIND] = kind


@kernel
def joined_blocks(goods: Goods, size: Ints, n: int, tries: int, out: Blocks) -> int:
    """Put the first `n` blocks together, and what comes of it, until nothing new comes or `tries` are over.

    Return how many blocks there are.
    """
    seen = table(out)  # number of a block + 1
    for known in range(n):
        place(out, known, seen)
    later = 1
    while later < n:
        for earlier in range(later + 1):
            for axis in range(3):
                if close(out, earlier, later, axis, size):
                    if n >= out.sides.shape[0] - 1:
                        return n
                    n += put_together(goods, (earlier, later, axis), n, out, seen)
        tries -= later
        if tries < 0:
            return n
        later += 1
    return n


@kernel
def table(out: Blocks) -> Ints:
    """Return an empty table that is never more than a quarter full, however many blocks come."""
    slots = 1
    while slots < 4 * out.sides.shape[0]:
        slots *= 2
    return np.zeros(slots, np.int64)


@kernel
def close(out: Blocks, i: int, j: int, axis: int, size: Ints) -> bool:
    """Return whether two blocks joined along an axis fit the container and lose hardly any room."""
    volume = 1
    for k in range(3):
        a, b = int(out.sides[i, k]), int(out.sides[j, k])
        side = a + b if k == axis else max(a, b)
        if side > size[k]:
            return False
        volume *= side
    return bool((out.facts[i, VOLUME] + out.facts[j, VOLUME]) * 100 >= volume * DENSE_PERCENT)


@kernel
def put_together(goods: Goods, pair: tuple[int, int, int], n: int, out: Blocks, seen: Ints) -> int:
    """Write the block of two joined along an axis as block `n`; return 1, or 0 when that may not be or is known."""
    i, j, axis = pair
    if axis == 2 and out.sides[j, 0] * out.sides[j, 1] > out.sides[i, 0] * out.sides[i, 1]:
        i, j = j, i
    below, above, facts = out.facts[i], out.facts[j], out.facts[n]
    if below[N_PARTS] + above[N_PARTS] > PARTS or (axis == 2 and not carries(out, i, j)):
        return 0
    if not add_kinds(goods, i, j, n, out):
        return 0
    for k in range(3):
        out.sides[n, k] = max(out.sides[i, k], out.sides[j, k])
    out.sides[n, axis] = out.sides[i, axis] + out.sides[j, axis]
    for column in range(UNITS, WORTH + 1):
        facts[column] = below[column] + above[column]
    facts[FRAIL], facts[HEAVIEST] = min(below[FRAIL], above[FRAIL]), max(below[HEAVIEST], above[HEAVIEST])
    facts[N_PARTS] = below[N_PARTS] + above[N_PARTS]
    facts[PRINT] = (below[PRINT] + above[PRINT]) % PRIME
    facts[SOLID] = 1 if flat(out, i, j, axis) else 0
    add_parts(out, (i, j, axis), n)
    return place(out, n, seen)


@kernel
def add_parts(out: Blocks, pair: tuple[int, int, int], n: int) -> None:
    """Write the grids of two blocks as those of block `n`, the second's moved along the axis."""
    i, j, axis = pair
    first = out.facts[i, N_PARTS]
    for part in range(out.facts[n, N_PARTS]):
        for column in range(10):
            if part < first:
                out.parts[n, part, column] = out.parts[i, part, column]
            else:
                out.parts[n, part, column] = out.parts[j, part - first, column]
        if part >= first:
            out.parts[n, part, PART_AT + axis] += out.sides[i, axis]


@kernel
def carries(out: Blocks, i: int, j: int) -> bool:
    """Return whether block j may stand on block i: on a plane as large as itself, and nothing fragile below."""
    within = out.sides[j, 0] <= out.sides[i, 0] and out.sides[j, 1] <= out.sides[i, 1]
    return bool(within and out.facts[i, SOLID] == 1 and out.facts[j, HEAVIEST] <= out.facts[i, FRAIL])


@kernel
def flat(out: Blocks, i: int, j: int, axis: int) -> bool:
    """Return whether the top of two joined blocks is one plane without gaps."""
    level = bool(out.facts[j, SOLID] == 1 and out.facts[i, SOLID] == 1)
    for k in range(3):
        level = level and bool(k == axis or out.sides[i, k] == out.sides[j, k])
    return level


@kernel
def add_kinds(goods: Goods, i: int, j: int, n: int, out: Blocks) -> bool:
    """Write the kinds of two blocks together as those of block `n`; return whether there are units enough."""
    count = int(out.facts[i, N_KINDS])
    for k in range(count):
        out.kinds[n, k], out.needs[n, k] = out.kinds[i, k], out.needs[i, k]
    for other in range(out.facts[j, N_KINDS]):
        kind, at = out.kinds[j, other], 0
        while at < count and out.kinds[n, at] != kind:
            at += 1
        if at == KINDS:
            return False
        if at == count:
            out.kinds[n, at], out.needs[n, at] = kind, 0
            count += 1
        out.needs[n, at] += out.needs[j, other]
        if out.needs[n, at] > goods.facts[kind, QTY]:
            return False
    out.facts[n, N_KINDS] = count
    return True


@kernel
def place(out: Blocks, n: int, seen: Ints) -> int:
    """Note block `n` in the table of known ones; return 0 when one of the same sides and content is there, else 1."""
    sides, slots = out.sides[n], seen.shape[0]
    key = (sides[0] * 73_856_093 + sides[1] * 19_349_663 + sides[2] * 83_492_791 + out.facts[n, PRINT]) % slots
    while seen[key] > 0:
        other = seen[key] - 1
        same = out.facts[other, PRINT] == out.facts[n, PRINT]
        for axis in range(3):
            same = same and out.sides[other, axis] == sides[axis]
        if same:
            return 0
        key = (key + 1) % slots
    seen[key] = n + 1
    return 1
