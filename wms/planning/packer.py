"""Puts goods into one container: from plain facts to arrays, through `searching`, back to placed units."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wms.planning.blocks import (
    N_PARTS,
    PART_AT,
    PART_GRID,
    PART_KIND,
    PART_UNIT,
    UNITS,
    WORTH,
    Blocks,
    Goods,
    Ints,
    empty_blocks,
    joined_blocks,
    simple_blocks,
)
from wms.planning.loading import FREE, N_PLACED, SPACES, Room, State, Work, empty_states, state_of
from wms.planning.searching import search

FEW_UNITS = 0.2
"""How much a block of many units is worth less: its worth is divided by units ** FEW_UNITS (as in VCS)."""
WIDEST = 64


class Thing(NamedTuple):
    """Equal units: sides in mm, which of them may stand upright (mask 1, 2, 4), g of one, and what 1 mm3 is worth."""

    sides: tuple[int, int, int]
    qty: int
    up: int = 7
    weight_g: int = 0
    fragile: bool = False
    worth: int = 1


class Hold(NamedTuple):
    """A container: inner sides in mm, g of goods it takes, percent of its base that every unit must stand on."""

    sides: tuple[int, int, int]
    most_g: int = 1 << 50
    support_percent: int = 0


class Effort(NamedTuple):
    """How hard to search: blocks looked at, blocks built, and pairs of blocks tried to build them."""

    looks: int = 20_000
    blocks: int = 600
    pairs: int = 20_000


class Placed(NamedTuple):
    """A unit in its place: which thing, its corner nearest to the origin, and its sides as it lies (mm)."""

    thing: int
    x: int
    y: int
    z: int
    dx: int
    dy: int
    dz: int


class Loaded(NamedTuple):
    """What was loaded: units of each thing, where each unit is (from the floor up), and the looks that it took."""

    counts: tuple[int, ...]
    placed: tuple[Placed, ...]
    looks: int


def load(things: Sequence[Thing], hold: Hold, effort: Effort) -> Loaded:
    """Load as much worth as the search finds; things with no unit are allowed, all other facts must be sensible."""
    work, blocks = _work(things, hold, effort)
    used, best = 0, None
    if blocks:
        used, best = _search(work, blocks, effort.looks)
    placed = sorted(_placed(best, work) if best else (), key=lambda unit: (unit.z, unit.y, unit.x))
    counts = [0] * len(things)
    for unit in placed:
        counts[unit.thing] += 1
    return Loaded(tuple(counts), tuple(placed), used)


def _work(things: Sequence[Thing], hold: Hold, effort: Effort) -> tuple[Work, int]:
    """Return the arrays of the search and how many blocks there are."""
    sides = np.array([thing.sides for thing in things], np.int64)
    facts = np.array([(t.qty, t.up, t.weight_g, t.fragile, t.worth) for t in things], np.int64)
    goods, size = Goods(sides, facts), np.array(hold.sides, np.int64)
    blocks, n = _blocks(goods, size, effort)
    least = min((min(thing.sides) for thing in things if thing.qty), default=1)
    # without anything fragile and anything to stand on no block needs a look around before it is put down
    checks = hold.support_percent or (0 if any(thing.fragile for thing in things) else FREE)
    rules = np.array([hold.most_g, checks, least], np.int64)
    room = Room(size, rules, _rows(things, hold.sides))
    fresh = np.zeros((SPACES, 6), np.int64)
    return Work(goods, room, blocks, fresh, np.zeros(WIDEST, np.int64), np.zeros(WIDEST, np.int64), np.zeros(WIDEST)), n


def _blocks(goods: Goods, size: Ints, effort: Effort) -> tuple[Blocks, int]:
    """Return blocks by falling base rate, and how many."""
    found, n = empty_blocks(effort.blocks + 1), 0
    for detail in (3, 2, 1, 0):
        n = simple_blocks(goods, size, detail, found)
        if n < effort.blocks * 3 // 4:
            break
    n = joined_blocks(goods, size, n, effort.pairs, found)
    base = found.facts[:n, WORTH] * found.facts[:n, UNITS] ** -FEW_UNITS
    order = np.argsort(-base, kind="stable")
    sides, facts, kinds, needs, parts = (array[:n][order] for array in found[:5])
    return Blocks(sides, facts, kinds, needs, parts, base[order]), n


def _rows(things: Sequence[Thing], sides: tuple[int, int, int]) -> Ints:
    """Return for each axis and each length the longest row of units that is not longer."""
    table = np.zeros((3, max(sides) + 1), np.int64)
    for axis in range(3):
        lying = {(thing.sides[k], thing.qty) for thing in things for k in range(3) if _may_lie(thing.up, k, axis)}
        table[axis, : sides[axis] + 1] = _reachable(sides[axis], tuple(sorted(lying)))
    return table


def _may_lie(up: int, side: int, axis: int) -> bool:
    """Return whether a side may lie along an axis: upright only as allowed, else when another may stand upright."""
    return bool(up >> side & 1) if axis == 2 else bool(up & ~(1 << side))


@lru_cache(maxsize=4096)
def _reachable(length: int, lying: tuple[tuple[int, int], ...]) -> Ints:
    """Return for each length up to `length` the greatest sum of sides that is not above it (a set of sums as bits)."""
    sums, mask = 1, (1 << (length + 1)) - 1
    for side, qty in lying:
        left, step = min(qty, length // side), 1
        while left > 0:
            sums |= sums << side * min(step, left) & mask
            left, step = left - step, step * 2
    bits = np.frombuffer(bin(sums)[:1:-1].ljust(length + 1, "0").encode(), np.uint8) == ord("1")
    return np.maximum.accumulate(np.where(bits, np.arange(length + 1), 0))


def _search(work: Work, blocks: int, looks: int) -> tuple[int, State]:
    """Return the looks and the best end."""
    widest = WIDEST if looks > 100_000 else WIDEST // 4
    states = empty_states(2 * widest + 2, work, blocks)
    used = search(states, work, blocks, looks)
    return used, state_of(states, 2 * widest + 1)


def _placed(state: State, work: Work) -> list[Placed]:
    """Return every unit of the blocks put down."""
    units = []
    for row in state.placed[: int(state.sums[N_PLACED])].tolist():
        grids = int(work.blocks.facts[row[6], N_PARTS])
        for part in work.blocks.parts[row[6], :grids].tolist():
            (dx, dy, dz), grid = part[PART_UNIT:PART_GRID], part[PART_GRID:]
            x, y, z = (row[axis] + part[PART_AT + axis] for axis in range(3))
            units += [
                Placed(part[PART_KIND], x + i * dx, y + j * dy, z + k * dz, dx, dy, dz)
                for i in range(grid[0])
                for j in range(grid[1])
                for k in range(grid[2])
            ]
    return units
