"""Puts goods into one container: from plain facts to arrays, through `searching`, back to placed units."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wms.planning.blocks import UNITS, WORTH, Blocks, Goods, Ints, empty_blocks, joined_blocks, simple_blocks
from wms.planning.cartons import ANY_WAY
from wms.planning.loading import FREE, SPACES, Room, Work, empty_states
from wms.planning.searching import fill

FEW_UNITS = 0.2
"""How much a block of many units is worth less: its worth is divided by units ** FEW_UNITS (as in VCS)."""
WIDEST = 64


class Thing(NamedTuple):
    """Equal units: sides in mm, which of them may stand upright (mask 1, 2, 4), g of one, and what 1 mm3 is worth."""

    sides: tuple[int, int, int]
    qty: int
    up: int = ANY_WAY
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


KIND, AT, LIES = 0, 1, 4
"""Columns of the row of a placed unit: which thing, its corner nearest to the origin, its sides as it lies (mm)."""


class Loaded(NamedTuple):
    """What was loaded: units of each thing, a row for each unit (KIND, AT, LIES), and the looks that it took."""

    counts: tuple[int, ...]
    rows: Ints
    looks: int


def load(things: Sequence[Thing], hold: Hold, effort: Effort) -> Loaded:
    """Load as much worth as the search finds; things with no unit are allowed, all other facts must be sensible."""
    work, blocks = _work(things, hold, effort)
    units = sum(thing.qty for thing in things)
    rows, used = np.empty((units, 7), np.int64), 0
    if blocks:
        widest = WIDEST if effort.looks > 100_000 else WIDEST // 4
        states = empty_states(2 * widest + 2, work, blocks, units)
        units, used = fill(states, work, blocks, effort.looks, rows)
    rows = rows[: units if blocks else 0]
    return Loaded(tuple(np.bincount(rows[:, KIND], minlength=len(things)).tolist()), rows, int(used))


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
    """Return blocks with their base rates, and how many."""
    found, n = empty_blocks(effort.blocks + 1), 0
    for detail in (3, 2, 1, 0):
        n = simple_blocks(goods, size, detail, found)
        if n < effort.blocks * 3 // 4:
            break
    n = joined_blocks(goods, size, n, effort.pairs, found)
    base = found.facts[:n, WORTH] * found.facts[:n, UNITS] ** -FEW_UNITS
    return found._replace(base=base, order=np.argsort(-base, kind="stable")), n


def _rows(things: Sequence[Thing], sides: tuple[int, int, int]) -> Ints:
    """Return for each axis and each length the longest row of units that is not longer."""
    longest = 1 << max(sides).bit_length()  # one table serves cartons of several sizes
    table = np.empty((3, longest + 1), np.int64)
    if all(thing.up == ANY_WAY for thing in things):
        free = {(side, thing.qty) for thing in things for side in thing.sides}
        table[:] = _reachable(longest, tuple(sorted(free)))
        return table
    lying = [{(t.sides[k], t.qty) for t in things for k in range(3) if _may_lie(t.up, k, axis)} for axis in range(3)]
    for axis, each in enumerate(lying):
        table[axis] = _reachable(longest, tuple(sorted(each)))
    return table


def _may_lie(up: int, side: int, axis: int) -> bool:
    """Return whether a side may lie along an axis: upright only as allowed, else when another may stand upright."""
    return bool(up >> side & 1) if axis == 2 else bool(up & ~(1 << side))


@lru_cache(maxsize=256)
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
