"""Loading one container, a step at a time: which block goes next, and where.

The free space nearest to a corner of the container gets the block that suits it best: large, of few units, touching
walls and neighbours with much of its surface, and leaving a remainder that other units can fill up (the VCS measure of
Araya, Guerrero & Nunez, Computers & Operations Research 82, 2017). What to do when there is a choice says `searching`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wms.planning.blocks import (
    FRAIL,
    HEAVIEST,
    LOAD,
    N_KINDS,
    N_PARTS,
    PART_AT,
    PART_GRID,
    PART_UNIT,
    QTY,
    UNITS,
    WORTH,
    Blocks,
    Floats,
    Goods,
    Ints,
)
from wms.planning.spaces import cut, write
from wms.planning.speed import kernel

SPACES = 400


class Room(NamedTuple):
    """A container: inner sides in mm, RULE columns, and for each axis the longest row of units up to so many mm."""

    size: Ints
    rules: Ints
    rows: Ints


MOST_G, SUPPORT, LEAST = 0, 1, 2
"""Columns of Room.rules: g of goods it takes, percent of its base that a unit must stand on, least side of any unit.

Without support to look at, SUPPORT is 0 where something is fragile, and FREE where there is nothing to check."""
FREE = -1


class State(NamedTuple):
    """A container filled in part: free spaces, blocks (x, y, z, x2, y2, z2, number), units left, live blocks, sums."""

    spaces: Ints
    placed: Ints
    left: Ints
    live: Ints
    sums: Ints


N_SPACES, N_PLACED, N_LIVE, G, VALUE, N_UNITS, EFFORT = 0, 1, 2, 3, 4, 5, 6
"""Columns of State.sums; EFFORT is what the search spent so far."""


class Work(NamedTuple):
    """Everything a step needs beside the state: goods, container, blocks and workspace."""

    goods: Goods
    room: Room
    blocks: Blocks
    fresh: Ints
    best: Ints
    picks: Ints
    score: Floats


def empty_states(many: int, work: Work, blocks: int, units: int) -> State:
    """Return `many` states with room for every block, for so many units."""
    return State(
        np.empty((many, SPACES, 6), np.int64),
        np.empty((many, units, 7), np.int64),
        np.empty((many, work.goods.sides.shape[0]), np.int64),
        np.empty((many, blocks), np.int64),
        np.empty((many, 7), np.int64),
    )


@kernel
def state_of(states: State, i: int) -> State:
    """Return the i-th of several states."""
    return State(states.spaces[i], states.placed[i], states.left[i], states.live[i], states.sums[i])


@kernel
def copy(source: State, target: State) -> None:
    """Make the target equal to the source, but for the effort."""
    for i in range(source.sums[N_SPACES]):
        write(target.spaces[i], source.spaces[i])
    for i in range(source.sums[N_PLACED]):
        write(target.placed[i], source.placed[i])
        target.placed[i, 6] = source.placed[i, 6]
    for i in range(source.left.shape[0]):
        target.left[i] = source.left[i]
    for i in range(source.sums[N_LIVE]):
        target.live[i] = source.live[i]
    for i in range(EFFORT):
        target.sums[i] = source.sums[i]


@kernel
def units_of(work: Work) -> int:
    """Return how many units there are."""
    units = 0
    for kind in range(work.goods.facts.shape[0]):
        units += work.goods.facts[kind, QTY]
    return units


@kernel
def begin(state: State, work: Work, blocks: int) -> None:
    """Make the state an empty container with all units beside it."""
    for i in range(EFFORT + 1):
        state.sums[i] = 0
    state.sums[N_SPACES], state.sums[N_LIVE] = 1, blocks
    for axis in range(3):
        state.spaces[0, axis], state.spaces[0, axis + 3] = 0, work.room.size[axis]
    for kind in range(state.left.shape[0]):
        state.left[kind] = work.goods.facts[kind, QTY]
    for i in range(blocks):
        state.live[i] = work.blocks.order[i]


@kernel
def nearest(state: State, room: Room) -> int:
    """Return the space that is nearest to a corner of the container, the largest of equals; -1 if there is none."""
    found, near, large = -1, 0, 0
    for i in range(state.sums[N_SPACES]):
        space, far = state.spaces[i], 0
        for axis in range(3):
            step = int(min(space[axis], room.size[axis] - space[axis + 3]))
            if axis == 2 and room.rules[SUPPORT] > 0:
                step = int(space[2])
            far += step
        volume = int((space[3] - space[0]) * (space[4] - space[1]) * (space[5] - space[2]))
        if found < 0 or far < near or (far == near and volume > large):
            found, near, large = i, far, volume
    return found


@kernel
def corner(space: Ints, room: Room, sides: Ints, box: Ints) -> None:
    """Write where a block of these sides stands in the space: in the corner nearest to a corner of the container."""
    for axis in range(3):
        low = space[axis] <= room.size[axis] - space[axis + 3]
        if axis == 2 and room.rules[SUPPORT] > 0:
            low = True
        box[axis] = space[axis] if low else space[axis + 3] - sides[axis]
        box[axis + 3] = box[axis] + sides[axis]


@kernel
def touching(state: State, room: Room, box: Ints) -> float:
    """Return the share of a box's surface that touches walls or blocks."""
    a, b, c = box[3] - box[0], box[4] - box[1], box[5] - box[2]
    area = 0
    for axis in range(3):
        face = b * c if axis == 0 else (a * c if axis == 1 else a * b)
        area += face * ((1 if box[axis] == 0 else 0) + (1 if box[axis + 3] == room.size[axis] else 0))
    for i in range(state.sums[N_PLACED]):
        other = state.placed[i]
        x = min(box[3], other[3]) - max(box[0], other[0])
        y = min(box[4], other[4]) - max(box[1], other[1])
        z = min(box[5], other[5]) - max(box[2], other[2])
        if x >= 0 and y >= 0 and z >= 0:
            area += y * z if x == 0 else (x * z if y == 0 else (x * y if z == 0 else 0))
    return float(area / (2.0 * (a * b + b * c + a * c)))


@kernel
def enough(state: State, work: Work, block: int) -> bool:
    """Return whether there are still units for a block, and weight."""
    blocks = work.blocks
    if state.sums[G] + blocks.facts[block, LOAD] > work.room.rules[MOST_G]:
        return False
    for k in range(blocks.facts[block, N_KINDS]):
        if blocks.needs[block, k] > state.left[blocks.kinds[block, k]]:
            return False
    return True


@kernel
def thin_out(state: State, work: Work) -> None:
    """Forget the blocks for which there are no units left."""
    kept = 0
    for i in range(state.sums[N_LIVE]):
        if enough(state, work, state.live[i]):
            state.live[kept] = state.live[i]
            kept += 1
    state.sums[N_LIVE] = kept


@kernel
def choose(state: State, work: Work, at: int, most: int) -> int:
    """Write the up to `most` best blocks for space `at` to `work.best`, best first; return how many fit."""
    room, blocks, best, score = work.room, work.blocks, work.best, work.score
    space, found, looked = state.spaces[at], 0, 0
    a, b, c = int(space[3] - space[0]), int(space[4] - space[1]), int(space[5] - space[2])
    box = work.fresh[-1]
    for i in range(state.sums[N_LIVE]):
        block = state.live[i]
        base = blocks.base[block]
        if found == most and base <= score[found - 1]:
            break  # blocks come with falling base, and the other factors are at most 1
        looked += 1
        sides = blocks.sides[block]
        if sides[0] > a or sides[1] > b or sides[2] > c or not enough(state, work, block):
            continue
        usable = (
            (sides[0] + room.rows[0, a - sides[0]])
            * (sides[1] + room.rows[1, b - sides[1]])
            * (sides[2] + room.rows[2, c - sides[2]])
            / (a * b * c)
        )
        bound = base * usable
        if found == most and bound <= score[found - 1]:
            continue
        corner(space, room, sides, box)
        touch = touching(state, room, box)
        rate = bound * (touch * touch) * (touch * touch)
        if found == most and rate <= score[found - 1]:
            continue
        if room.rules[SUPPORT] != FREE and not allowed(state, work, block, box):
            continue  # the dearest question comes last
        k = min(found, most - 1)
        while k > 0 and score[k - 1] < rate:
            score[k], best[k] = score[k - 1], best[k - 1]
            k -= 1
        score[k], best[k] = rate, block
        found = min(found + 1, most)
    state.sums[EFFORT] += looked
    return found


@kernel
def allowed(state: State, work: Work, block: int, box: Ints) -> bool:
    """Return whether a block may stand in a box: nothing heavier on anything fragile, and enough below every unit."""
    facts = work.blocks.facts[block]
    for i in range(state.sums[N_PLACED]):
        other = state.placed[i]
        if other[0] < box[3] and box[0] < other[3] and other[1] < box[4] and box[1] < other[4]:
            theirs = work.blocks.facts[other[6]]
            if other[5] <= box[2] and facts[HEAVIEST] > theirs[FRAIL]:
                return False
            if other[2] >= box[5] and theirs[HEAVIEST] > facts[FRAIL]:
                return False
    if box[2] == 0 or not 0 < work.room.rules[SUPPORT] < 100:
        return True
    return resting(state, work, block, box)


@kernel
def resting(state: State, work: Work, block: int, box: Ints) -> bool:
    """Return whether every unit in the lowest layer of a block stands on enough of its base."""
    for p in range(work.blocks.facts[block, N_PARTS]):
        part = work.blocks.parts[block, p]
        if part[PART_AT + 2] > 0:
            continue
        a, b = part[PART_UNIT], part[PART_UNIT + 1]
        for i in range(part[PART_GRID]):
            for j in range(part[PART_GRID + 1]):
                x, y = box[0] + part[PART_AT] + i * a, box[1] + part[PART_AT + 1] + j * b
                if carried(state, work, (x, y, x + a, y + b), box[2]) * 100 < a * b * work.room.rules[SUPPORT]:
                    return False
    return True


@kernel
def carried(state: State, work: Work, base: tuple[int, int, int, int], level: int) -> int:
    """Return how many mm2 of a base (x1, y1, x2, y2) at this height lie on units."""
    area = 0
    for i in range(state.sums[N_PLACED]):
        under = state.placed[i]
        if under[5] < level or under[2] >= level:
            continue
        for p in range(work.blocks.facts[under[6], N_PARTS]):
            part = work.blocks.parts[under[6], p]
            if under[2] + part[PART_AT + 2] + part[PART_UNIT + 2] * part[PART_GRID + 2] == level:
                x, y = under[0] + part[PART_AT], under[1] + part[PART_AT + 1]
                wide = min(base[2], x + part[PART_UNIT] * part[PART_GRID]) - max(base[0], x)
                deep = min(base[3], y + part[PART_UNIT + 1] * part[PART_GRID + 1]) - max(base[1], y)
                area += max(wide, 0) * max(deep, 0)
    return area


@kernel
def put(state: State, work: Work, at: int, block: int) -> None:
    """Put a block into space `at`."""
    sums, blocks, box, part_box = state.sums, work.blocks, work.fresh[-1], work.fresh[-2]
    corner(state.spaces[at], work.room, blocks.sides[block], box)
    write(state.placed[sums[N_PLACED]], box)
    state.placed[sums[N_PLACED], 6] = block
    sums[N_PLACED] += 1
    sums[G] += blocks.facts[block, LOAD]
    sums[VALUE] += blocks.facts[block, WORTH]
    sums[N_UNITS] += blocks.facts[block, UNITS]
    for k in range(blocks.facts[block, N_KINDS]):
        state.left[blocks.kinds[block, k]] -= blocks.needs[block, k]
    rule = work.fresh[-3]
    rule[0], rule[1] = work.room.rules[LEAST], 1 if work.room.rules[SUPPORT] == 100 else 0
    if rule[1] == 0:
        sums[N_SPACES] = cut(state.spaces, sums[N_SPACES], box, rule, work.fresh[:-3])
        return
    for p in range(blocks.facts[block, N_PARTS]):
        part = blocks.parts[block, p]
        for axis in range(3):
            part_box[axis] = box[axis] + part[PART_AT + axis]
            part_box[axis + 3] = part_box[axis] + part[PART_UNIT + axis] * part[PART_GRID + axis]
        sums[N_SPACES] = cut(state.spaces, sums[N_SPACES], part_box, rule, work.fresh[:-3])


@kernel
def drop(state: State, at: int) -> None:
    """Forget a space that nothing fits into."""
    last = state.sums[N_SPACES] - 1
    write(state.spaces[at], state.spaces[last])
    state.sums[N_SPACES] = last
