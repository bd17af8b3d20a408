"""The walk itself, read off the sums of a sweep: which stretches are walked, and in which order the stops come.

Going back through the layers, every sum tells which way it was reached by. That gives the lines of the walk, a drawing
that can be drawn without lifting the pen (Hierholzer 1873); the stops are visited as the pen comes by.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wms.planning import speed, walking
from wms.planning.ground import NOBODY, Ground
from wms.planning.speed import kernel
from wms.planning.states import GAP, HIGH, LOW, NONE, ONCE, OPEN_SERVICES, tables
from wms.planning.walking import BIG, FIRST_KEY, KEYS, SERVICE_OF, Grid, Numbers


class Drawing(NamedTuple):
    """The columns that a walk enters, with all crossings and stops along them as vertices, and the lines between.

    Vertices are numbered column by column, from low to high: `up[v]` lines lead from v to v + 1. Column i begins with
    vertex first[i]; its crossing with cross aisle r is number c = i * rows + r, is vertex corner[c] and has across[c]
    lines to the next column. Vertex v is crossing crossing[v] (-1: none) or the stop number stop[v] (-1: none).
    `path` is the pen's way: what is still to be gone on with at the front, what is done at the back.
    """

    columns: Numbers
    first: Numbers
    corner: Numbers
    across: Numbers
    crossing: Numbers
    stop: Numbers
    up: Numbers
    path: Numbers


def order(ground: Ground, stops: Sequence[int]) -> tuple[int, list[int]]:
    """Length in mm of the shortest walk by way of these points (see `Ground.stops`), and the points in its order.

    Not for stops that are all in the one aisle in which the walk begins and ends.
    """
    grid, count = ground.grid, len(stops)
    columns = min(grid.columns, count + 2)  # those of the stops, and of both ends
    corners = columns * grid.rows
    sizes = (columns, columns + 1, corners, corners, corners + count, corners + count, corners + count)
    lines = Drawing._make(map(ground.zeros, (*sizes, 2 * (2 * corners + count) + 1)))
    sums = (speed.numbers(stops), ground.reaches(), ground.room(columns * (grid.slots + 1) + 3))
    degrees = _degrees(grid.rows, grid.width == OPEN_SERVICES, isinstance(lines.up, list))
    home, found = ground.home[0] if ground.home else NOBODY, ground.zeros(count)
    length = retraced(grid, sums, lines, (degrees, home), found)
    return int(length), [int(point) for point in found]


@lru_cache(maxsize=32)
def _degrees(rows: int, open_walk: bool, plain: bool) -> Numbers:
    """The lines by which one comes to the next column in a state, one number for every state and cross aisle."""
    known = tables(rows, open_walk)
    ways = [known.carried[way : way + 1] or [()] for way in known.carry_from]
    flat = [lines for state in range(known.states) for lines in (*ways[state][0], *[0] * rows)[:rows]]
    return flat if plain else np.array(flat, np.int64)


@kernel
def retraced(
    grid: Grid, sums: tuple[Numbers, Numbers, Numbers], lines: Drawing, known: tuple[Numbers, int], found: Numbers
) -> int:
    """Write the stops to `found` in the order of the shortest walk; return its length.

    `sums` are the stops and room for the sweep; `known` the degrees of states, and the point where a walk from within
    an aisle begins.
    """
    stops, reaches, room = sums
    degrees, home = known
    walking.fill(grid, stops, len(stops), reaches)
    count = laid_out(grid, stops, reaches, lines)
    now = walking.sweep(grid, reaches, room)
    state = finished(grid, room, now)
    length = room[now + state]
    start = traced(grid, sums, lines, degrees, (count, now, state))
    for vertex in range(lines.first[count] if start < 0 else 0):
        if lines.stop[vertex] >= 0 and stops[lines.stop[vertex]] == home:
            start = vertex
    drawn(lines, grid.rows, start)
    visited = 0
    for vertex in lines.path:
        if vertex >= 0 and lines.stop[vertex] >= 0:
            found[visited] = stops[lines.stop[vertex]]
            lines.stop[vertex] = -1
            visited += 1
    return int(length)


@kernel
def laid_out(grid: Grid, stops: Numbers, reaches: Numbers, lines: Drawing) -> int:
    """Number the columns that the walk enters and the vertices along them; return how many columns they are."""
    count, vertex, i, slots = 0, 0, 0, grid.slots
    for column in range(grid.columns):
        busy = walking.is_busy(reaches, column * slots * grid.width, slots, grid.width)
        if not (busy or column == grid.end_column[0] or column == grid.end_column[1]):
            continue
        lines.columns[count], lines.first[count] = column, vertex
        for slot in range(slots):
            while i < len(stops) and grid.point_column[stops[i]] == column and grid.point_slot[stops[i]] == slot:
                lines.crossing[vertex], lines.stop[vertex] = -1, i
                vertex += 1
                i += 1
            if slot < grid.rows:
                lines.crossing[vertex], lines.stop[vertex] = count * grid.rows + slot, -1
                lines.corner[count * grid.rows + slot] = vertex
                vertex += 1
        count += 1
    lines.first[count] = vertex
    return count


@kernel
def finished(grid: Grid, room: Numbers, now: int) -> int:
    """The state of the last layer in which a finished walk is shortest."""
    best, length = -1, BIG
    for state in range(grid.states):
        if grid.whole[state] > 0 and room[now + state] < length:
            best, length = state, room[now + state]
    return best


# --- back through the layers ---


@kernel
def traced(
    grid: Grid,
    sums: tuple[Numbers, Numbers, Numbers],
    lines: Drawing,
    degrees: Numbers,
    where: tuple[int, int, int],
) -> int:
    """Draw the lines of the walk; return the vertex where it begins if that is in the open, else -1.

    `where`: how many columns there are, where the last layer begins, and the state in which the walk ends.
    """
    reaches, room = sums[1], sums[2]
    count, layer, state = where
    start, rows, step = -1, grid.rows, grid.states
    for i in range(count - 1, -1, -1):
        column = lines.columns[i]
        at = column * grid.slots * grid.width
        busy = walking.is_busy(reaches, at, grid.slots, grid.width)
        for end in range(1, -1, -1):
            if column == grid.end_column[end]:
                layer -= step
                state, mark = before_mark(grid.ends, room, (layer, step), state, end)
                start = lines.corner[i * rows + mark % rows] if end == 0 else start
        for slot in range(rows, -1, -1):
            block = at + slot * grid.width
            if busy and (0 < slot < rows or reaches[block] > 0):
                layer -= step
                state, service = before_service(grid, reaches, room, (layer, block), (slot, state))
                lay(grid, sums[0], lines, (i, slot), service)
        if i > 0:
            layer -= step
            for row in range(rows):
                lines.across[(i - 1) * rows + row] = degrees[state * rows + row]
            across = grid.x[column] - grid.x[lines.columns[i - 1]]
            state = before_carry(grid.carrying, room, (layer, step), state, across)
    return start


@kernel
def before_carry(
    carrying: tuple[Numbers, Numbers, Numbers], room: Numbers, layer: tuple[int, int], state: int, across: int
) -> int:
    """The state from which one came to this one by walking across; `layer`: where it begins, and its length."""
    starts, lines, before = carrying
    for way in range(starts[state], starts[state + 1]):
        if room[layer[0] + before[way]] + lines[way] * across == room[layer[0] + layer[1] + state]:
            return int(before[way])
    raise AssertionError("a sum that nothing leads to")


@kernel
def before_service(
    grid: Grid, reaches: Numbers, room: Numbers, where: tuple[int, int], into: tuple[int, int]
) -> tuple[int, int]:
    """The state before a block was served, and how it was; `where`: the layer of that state, the block's prices."""
    starts, by, before = grid.serving
    services_from, services = grid.choosing
    (layer, block), (slot, state) = where, into
    first = slot * grid.states + state
    for way in range(starts[first], starts[first + 1]):
        for k in range(services_from[by[way]], services_from[by[way] + 1]):
            if room[layer + before[way]] + reaches[block + services[k]] == room[layer + grid.states + state]:
                return int(before[way]), int(services[k])
    raise AssertionError("a sum that nothing leads to")


@kernel
def before_mark(
    ends: tuple[Numbers, Numbers, Numbers], room: Numbers, layer: tuple[int, int], state: int, end: int
) -> tuple[int, int]:
    """The state before the walk began or ended here, and the mark that was set."""
    marks, prices, after = ends
    at, states = layer
    for choice in range(2 * end, 2 * end + 2):
        for before in range(states if marks[choice] >= 0 else 0):
            leads_here = after[marks[choice] * states + before] == state
            if leads_here and room[at + before] + prices[choice] == room[at + states + state]:
                return before, int(marks[choice])
    raise AssertionError("a mark that nothing leads to")


# --- the lines within one block ---


@kernel
def lay(grid: Grid, stops: Numbers, lines: Drawing, block: tuple[int, int], service: int) -> None:
    """Draw the lines of a block (column, slot) that is served so, from its low to its high cross aisle."""
    i, slot = block
    high = lines.corner[i * grid.rows + slot] if slot < grid.rows else lines.first[i + 1]
    low = lines.corner[i * grid.rows + slot - 1] if slot > 0 else lines.first[i] - 1
    for vertex in range(low + 1, high):
        if stops[lines.stop[vertex]] == grid.odd[0] or stops[lines.stop[vertex]] == grid.odd[1]:
            lay_with_ends(grid, stops, lines, (low, high, slot), service)
            return
    skipped = left_out(grid, stops, lines, (low, high), service)
    for vertex in range(low, high if service != NONE else low):
        if vertex != skipped:
            lines.up[vertex] = 1 if service == ONCE else 2


@kernel
def left_out(grid: Grid, stops: Numbers, lines: Drawing, block: tuple[int, int], service: int) -> int:
    """The lower vertex of the stretch that a service leaves out, -2 when it leaves out none."""
    low, high = block
    if service == LOW:
        return high - 1
    if service == HIGH:
        return low
    widest, skipped = -1, -2
    for vertex in range(low + 1, high - 1 if service == GAP else low):
        gap = grid.point_y[stops[lines.stop[vertex + 1]]] - grid.point_y[stops[lines.stop[vertex]]]
        if gap > widest:
            widest, skipped = gap, vertex
    return skipped


@kernel
def lay_with_ends(grid: Grid, stops: Numbers, lines: Drawing, block: tuple[int, int, int], service: int) -> None:
    """The same where the walk begins or ends in the block: the cheapest lines that have the effect of the service.

    All ways are summed up stop by stop as for the price (`walking.price_with_ends`), and followed back.
    """
    low, high, slot = block
    first, count = lines.stop[low + 1], high - low - 1
    best = np.full((count + 1) * KEYS, BIG)
    for times in range(3):
        best[FIRST_KEY[times]] = times * (grid.point_y[stops[first]] - grid.edge[slot])
    for k in range(1, count + 1):
        length, is_odd = stretch(grid, stops, (first + k - 1, k == count, slot))
        walking.further(best[(k - 1) * KEYS : k * KEYS], best[k * KEYS : (k + 1) * KEYS], length, is_odd)
    key = 0
    while SERVICE_OF[key] != service:
        key += 1
    for k in range(count, 0, -1):
        length, is_odd = stretch(grid, stops, (first + k - 1, k == count, slot))
        times, total, at = key // 2 % 3, best[k * KEYS + key], (k - 1) * KEYS
        lines.up[low + k] += times
        before = 0
        while walking.next_key(before, times, is_odd) != key or best[at + before] + times * length != total:
            before += 1
        key = before
    if low >= 0:
        lines.up[low] += key // 2 % 3


@kernel
def stretch(grid: Grid, stops: Numbers, where: tuple[int, bool, int]) -> tuple[int, int]:
    """How long the stretch above a stop is, and how many ends of the walk are at the stop."""
    i, is_last, slot = where
    above = grid.edge[slot + 1] if is_last else grid.point_y[stops[i + 1]]
    return above - grid.point_y[stops[i]], int(stops[i] == grid.odd[0]) + int(stops[i] == grid.odd[1])


# --- the order of a drawing ---


@kernel
def drawn(lines: Drawing, rows: int, start: int) -> None:
    """Write the vertices of a walk that uses every line as often as it says to the end of `path`, -1 before them.

    The pen goes on while there is a line; where there is none left, the way back to there is done (Hierholzer 1873).
    """
    path = lines.path
    for i in range(len(path)):
        path[i] = -1
    path[0] = start
    going, done = 1, len(path)
    while going > 0:
        here = path[going - 1]
        there = followed(lines, rows, here)
        if there >= 0:
            path[going] = there
            going += 1
        else:
            going -= 1
            done -= 1
            path[going] = -1
            path[done] = here


@kernel
def followed(lines: Drawing, rows: int, here: int) -> int:
    """Use up one line from here and return where it leads, -1 when none is left; into the aisle before on to others."""
    crossing = lines.crossing[here]
    if lines.up[here] > 0:
        lines.up[here] -= 1
        return here + 1
    if here > 0 and lines.up[here - 1] > 0:
        lines.up[here - 1] -= 1
        return here - 1
    if crossing >= 0 and lines.across[crossing] > 0:
        lines.across[crossing] -= 1
        return int(lines.corner[crossing + rows])
    if crossing >= rows and lines.across[crossing - rows] > 0:
        lines.across[crossing - rows] -= 1
        return int(lines.corner[crossing - rows])
    return -1
