"""Searching for the best way to load one container: a beam of beginnings, each rated by its greedy end.

A beginning is a container filled in part. It is continued with the few best blocks; each continuation is completed
greedily only to see how good it is, and the best ones are the beginnings of the next step (Araya & Riff, Computers &
Operations Research 43, 2014). The beam is doubled until all is loaded or the effort is spent. Effort is counted in
blocks looked at, never in seconds, so that the same input gives the same plan anywhere.
"""

from __future__ import annotations

import numpy as np

from wms.planning.blocks import N_PARTS, PART_AT, PART_GRID, PART_KIND, PART_UNIT, Ints
from wms.planning.loading import (
    EFFORT,
    N_LIVE,
    N_PLACED,
    N_SPACES,
    N_UNITS,
    VALUE,
    State,
    Work,
    begin,
    choose,
    copy,
    drop,
    nearest,
    put,
    state_of,
    thin_out,
    units_of,
)
from wms.planning.speed import kernel


@kernel
def advance(state: State, work: Work, most: int) -> int:
    """Drop spaces until blocks fit into the nearest one; return how many are in `work.best`, 0 when all is over."""
    while state.sums[N_SPACES] > 0 and state.sums[N_LIVE] > 0:
        at = nearest(state, work.room)
        found = choose(state, work, at, most)
        if found:
            return found
        drop(state, at)
    return 0


@kernel
def complete(state: State, work: Work) -> None:
    """Fill the container to its end, always with the best block."""
    while advance(state, work, 1):
        put(state, work, nearest(state, work.room), work.best[0])
        thin_out(state, work)


@kernel
def fill(states: State, work: Work, blocks: int, looks: int, out: Ints) -> tuple[int, int]:
    """Search, and write the best end to `out`: a row for each unit with its kind, its corner and its sides.

    Return how many units there are, and the looks that it took.
    """
    used = search(states, work, blocks, looks)
    return spread(state_of(states, states.sums.shape[0] - 1), work, out), used


@kernel
def spread(state: State, work: Work, out: Ints) -> int:
    """Write kind, corner and sides of every unit of the blocks put down; return how many."""
    n = 0
    for i in range(state.sums[N_PLACED]):
        row = state.placed[i]
        for p in range(work.blocks.facts[row[6], N_PARTS]):
            part = work.blocks.parts[row[6], p]
            for number in range(part[PART_GRID] * part[PART_GRID + 1] * part[PART_GRID + 2]):
                out[n, 0], over = part[PART_KIND], number
                for axis in range(3):
                    side, many = part[PART_UNIT + axis], part[PART_GRID + axis]
                    out[n, 1 + axis] = row[axis] + part[PART_AT + axis] + over % many * side
                    out[n, 4 + axis] = side
                    over //= many
                n += 1
    return n


@kernel
def search(states: State, work: Work, blocks: int, looks: int) -> int:
    """Search with 1, 2, 4 ... beginnings at a time until all is loaded or `looks` are spent; return what was spent.

    Of the 2 * widest + 2 states the last is the best end found, the one before it a scratch state.
    """
    widest, whole, used, wide = states.sums.shape[0] // 2 - 1, units_of(work), 0, 1
    best = state_of(states, 2 * widest + 1)
    begin(best, work, 0)
    while wide <= widest and used < looks and best.sums[N_UNITS] < whole:
        begin(state_of(states, 0), work, blocks)
        used += beam(states, work, wide, looks - used)
        wide *= 2
    return int(used)


@kernel
def beam(states: State, work: Work, wide: int, looks: int) -> int:
    """Search with up to `wide` beginnings at a time; return the looks."""
    many, side, used = 1, 0, 0
    first = states.sums.shape[0] // 2 - 1
    next_up = np.zeros((wide, 3), np.int64)  # value, parent, block
    while many and used < looks:
        found = 0
        for i in range(many):
            parent = state_of(states, side * first + i)
            parent.sums[EFFORT] = 0
            thin_out(parent, work)
            fits = advance(parent, work, wide)
            used += parent.sums[EFFORT]
            for k in range(fits):
                work.picks[k] = work.best[k]
            for k in range(fits):
                value, spent = rehearse(states, work, parent, work.picks[k])
                used += spent
                if value < 0 or used >= looks:
                    return int(used)
                found = rank(next_up, found, (value, i, int(work.picks[k])))
        for i in range(found):
            child = state_of(states, (1 - side) * first + i)
            copy(state_of(states, side * first + next_up[i, 1]), child)
            put(child, work, nearest(child, work.room), next_up[i, 2])
        many, side = found, 1 - side
    return int(used)


@kernel
def rehearse(states: State, work: Work, parent: State, block: int) -> tuple[int, int]:
    """Rate a block by completing the state with it greedily: the value and the looks; value -1 when all is loaded."""
    last = states.sums.shape[0] - 1
    trial, best = state_of(states, last - 1), state_of(states, last)
    copy(parent, trial)
    trial.sums[EFFORT] = 0
    put(trial, work, nearest(trial, work.room), block)
    thin_out(trial, work)
    complete(trial, work)
    if trial.sums[VALUE] > best.sums[VALUE]:
        copy(trial, best)
    whole = best.sums[N_UNITS] == units_of(work)
    return -1 if whole else int(trial.sums[VALUE]), int(trial.sums[EFFORT] + 20 * trial.sums[N_PLACED])


@kernel
def rank(rows: Ints, n: int, row: tuple[int, int, int]) -> int:
    """Insert a row by falling value unless one of equal value is there or it is too low; return how many there are."""
    for i in range(n):
        if rows[i, 0] == row[0]:
            return n
    k = min(n, rows.shape[0] - 1)
    if n == rows.shape[0] and rows[k, 0] >= row[0]:
        return n
    while k > 0 and rows[k - 1, 0] < row[0]:
        for column in range(3):
            rows[k, column] = rows[k - 1, column]
        k -= 1
    rows[k, 0], rows[k, 1], rows[k, 2] = row
    return int(min(n + 1, rows.shape[0]))
