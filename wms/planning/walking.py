"""How long the shortest walk through a floor is: exactly, in microseconds, for the inner loops of all planners.

The floor is swept from left to right (see `states`). What an aisle holds is first summed up per block, that is, per
stretch between two cross aisles: the price of serving it in each of six ways. The sweep then adds up prices over
states and takes the smallest sum. How long that takes depends on aisles and cross aisles, not on stops.

    ground = prepare(floor, start, end)                  # of ground.py; ground.points: place id -> number of its point
    reaches, room = ground.reaches(), ground.room()      # to be written in, again and again
    stops = ground.stops(places)                         # points, ascending and distinct
    trip(ground.grid, stops, len(stops), reaches, room)  # the length in mm

Whoever changes a walk step by step keeps `reaches` and calls `price` for the blocks that change, then `round_trip`.
The kernels run on numpy arrays as well as on plain lists; without a compiler lists are several times faster.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wms.planning.speed import kernel
from wms.planning.states import GAP, HIGH, LOW, NONE, ONCE, SERVICES, TWICE

Numbers = Any
"""An int64 array, or a list of int."""
BIG = 1 << 50
"""The price of what cannot be done, in mm; sums of it stay far below 2**63."""
KEYS, FIRST_KEY = 18, (1, 8, 16)
SERVICE_OF = tuple(
    next((by for by, way in enumerate(SERVICES) if by and way == (first, last, not left_out)), -1)
    for first in range(3)
    for last in range(3)
    for left_out in (False, True)
)
"""(lines at the low end, lines at the high end, whether a stretch is left out) -> service, -1 when there is none."""


Services = tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers, Numbers]]
"""The tables of choosing and of serving."""


class Grid(NamedTuple):
    """A floor for kernels: numbers and flat arrays, and tuples of these.

    columns: aisle lines, ascending by x; an end in the open may have one of its own. rows: cross aisles. slots: blocks
    of a column (rows + 1: the first lies below, the last above all cross aisles), from edge[slot] to edge[slot + 1].
    width: services of a block; reaches[(column * slots + slot) * width + service] is a price in mm.
    direct: the walk when there is nothing to visit. points ascend by column and y; point_slot is the slot of each.
    odd: the points where a walk begins and ends within aisles, -1 where it does not, or for a round trip.
    end_column: where it begins and ends in the open (-1: not there); ends: by which marks, two each, and their prices.
    choosing, serving, carrying, whole and the last of ends are the tables of `states`.
    """

    columns: int
    rows: int
    slots: int
    width: int
    states: int
    direct: int
    one_block: int
    x: Numbers
    edge: Numbers
    point_column: Numbers
    point_y: Numbers
    point_slot: Numbers
    odd: Numbers
    end_column: Numbers
    ends: tuple[Numbers, Numbers, Numbers]
    choosing: tuple[Numbers, Numbers]
    serving: tuple[Numbers, Numbers, Numbers]
    carrying: tuple[Numbers, Numbers, Numbers]
    whole: Numbers


@kernel
def trip(grid: Grid, stops: Numbers, count: int, reaches: Numbers, room: Numbers) -> int:
    """Length in mm of the shortest walk by way of `count` stops: points, ascending, distinct, `home` among them."""
    if count == 0:
        return int(grid.direct)
    column = grid.point_column[stops[0]]
    alone = grid.end_column[0] < 0 and grid.end_column[1] < 0
    if alone and column == grid.point_column[stops[count - 1]]:
        return within_one_aisle(grid.odd, grid.point_y, stops[0], stops[count - 1])
    fill(grid, stops, count, reaches)
    return round_trip(grid, reaches, room)


@kernel
def within_one_aisle(odd: Numbers, point_y: Numbers, lowest: int, highest: int) -> int:
    """A walk that need not leave its aisle: all of it twice, but what lies between its two ends once."""
    there_and_back = 2 * (point_y[highest] - point_y[lowest])
    if odd[0] < 0:
        return int(there_and_back)
    return int(there_and_back - abs(point_y[odd[1]] - point_y[odd[0]]))


@kernel
def fill(grid: Grid, stops: Numbers, count: int, reaches: Numbers) -> None:
    """Write the prices of all blocks of a list of stops."""
    clear(grid.edge, grid.columns, grid.width, reaches)
    i = 0
    while i < count:
        point = stops[i]
        column, slot = grid.point_column[point], grid.point_slot[point]
        lowest = highest = grid.point_y[point]
        widest, odd, first = 0, False, i
        while i < count and grid.point_slot[stops[i]] == slot and grid.point_column[stops[i]] == column:
            y = grid.point_y[stops[i]]
            widest = max(widest, y - highest)
            highest = y
            odd = odd or stops[i] == grid.odd[0] or stops[i] == grid.odd[1]
            i += 1
        at = (column * grid.slots + slot) * grid.width
        if odd:
            price_with_ends((grid.point_y, grid.odd, grid.edge), stops, (first, i, slot), reaches, at)
        else:
            price((grid.edge[slot], grid.edge[slot + 1]), (lowest, highest, widest), reaches, at)


@kernel
def clear(edge: Numbers, columns: int, width: int, reaches: Numbers) -> None:
    """Write the prices of a floor on which nothing is to be done."""
    at = 0
    for _ in range(columns):
        for slot in range(len(edge) - 1):
            length = edge[slot + 1] - edge[slot]
            reaches[at + NONE] = 0
            reaches[at + ONCE] = length
            reaches[at + TWICE] = 2 * length
            for by in range(LOW, width):
                reaches[at + by] = BIG
            at += width


@kernel
def price(block: tuple[int, int], extent: tuple[int, int, int], reaches: Numbers, at: int) -> None:
    """Write what serving one block costs, each way, from `at` on.

    `block` is the y of its low and its high end; `extent` the y of its lowest and its highest stop and the longest
    stretch between two neighbouring stops, in mm.
    """
    low, high = block
    lowest, highest, widest = extent
    reaches[at + NONE] = BIG
    reaches[at + ONCE] = high - low
    reaches[at + TWICE] = 2 * (high - low)
    reaches[at + LOW] = 2 * (highest - low)
    reaches[at + HIGH] = 2 * (high - lowest)
    reaches[at + GAP] = 2 * (high - low - widest)


@kernel
def price_with_ends(
    places: tuple[Numbers, Numbers, Numbers], stops: Numbers, span: tuple[int, int, int], reaches: Numbers, at: int
) -> None:
    """Write what serving a block costs in which the walk begins or ends: the lines along the chain of its stops.

    `places` are the y of points, the ends and the edges; `span` the first stop, the one behind the last, and the slot.
    Every stretch is walked once, twice or (one at most) not at all; an end has an odd number of lines, a stop an even
    one and some. `best` is the cheapest way up to a stop, by lines at the low end, lines here, stretch left out.
    """
    point_y, ends, edge = places
    first, last, slot = span
    best, after = np.full(KEYS, BIG), np.full(KEYS, BIG)
    for lines in range(3):
        best[FIRST_KEY[lines]] = lines * (point_y[stops[first]] - edge[slot])
    for i in range(first, last):
        above = edge[slot + 1] if i + 1 == last else point_y[stops[i + 1]]
        is_odd = int(stops[i] == ends[0]) + int(stops[i] == ends[1])
        if i > first and stops[i] == stops[i - 1]:
            is_odd = 0  # goods in the same place once more
        further(best, after, above - point_y[stops[i]], is_odd)
        best, after = after, best
    reaches[at + NONE] = BIG
    for key in range(KEYS):
        if SERVICE_OF[key] >= 0:
            reaches[at + SERVICE_OF[key]] = best[key]


@kernel
def further(best: Numbers, after: Numbers, length: int, is_odd: int) -> None:
    """Go on from a stop along a stretch of so many mm."""
    after[:] = BIG
    for key in range(KEYS):
        for lines in range(3):
            to = next_key(key, lines, is_odd)
            if to >= 0:
                after[to] = min(after[to], best[key] + lines * length)


@kernel
def next_key(key: int, lines: int, is_odd: int) -> int:
    """The key behind a stop, an end of the walk or not, from where so many lines go on; -1 when that cannot be."""
    here, left_out = key // 2 % 3, key % 2
    if here + lines > 0 and (here + lines) % 2 == is_odd and lines + 1 > left_out:
        return key // 6 * 6 + 2 * lines + (1 if lines == 0 else left_out)
    return -1


@kernel
def round_trip(grid: Grid, reaches: Numbers, room: Numbers) -> int:
    """Length in mm of the shortest walk that serves all blocks at these prices.

    Not for a walk that begins, ends and stays in one aisle (see `trip`).
    """
    if grid.one_block:
        return one_block(grid, reaches)
    now = sweep(grid, reaches, room)
    best = BIG
    for state in range(grid.states):
        if grid.whole[state] > 0:
            best = min(best, room[now + state])
    return int(best) if best < BIG else int(grid.direct)


@kernel
def sweep(grid: Grid, reaches: Numbers, room: Numbers) -> int:
    """Sweep all columns; return where in the room the last layer begins.

    `room` holds the prices of choices, then a ring of layers, one sum a state: two are enough for the length, a ring
    that keeps all of them also tells the way.
    """
    now, choices = len(grid.choosing[0]) - 1, len(grid.choosing[0]) - 1
    ring = (grid.states, choices, len(room))
    for state in range(grid.states):
        room[now + state] = 0 if state == 0 else BIG
    x, walked = 0, False
    for column in range(grid.columns):
        busy = is_busy(reaches, column * grid.slots * grid.width, grid.slots, grid.width)
        if busy or column == grid.end_column[0] or column == grid.end_column[1]:
            if walked:
                now = carry(grid.carrying, room, now, ring, grid.x[column] - x)
            x, walked = grid.x[column], True
            if busy:
                at = column * grid.slots * grid.width
                now = serve_column((grid.choosing, grid.serving), reaches, room, ring, (now, at, grid.width))
            for end in range(2):
                if column == grid.end_column[end]:
                    now = mark(grid.ends, room, now, ring, end)
    return int(now)


@kernel
def is_busy(reaches: Numbers, at: int, slots: int, width: int) -> bool:
    """Whether a column has something to serve: its aisle is worth entering (no shortest walk needs another)."""
    for slot in range(slots):  # noqa: SIM110  (a compiler that knows no generators)
        if reaches[at + slot * width] > 0:
            return True
    return False


@kernel
def following(now: int, ring: tuple[int, int, int]) -> int:
    """Where the next layer begins."""
    states, first, size = ring
    then = now + states
    return then if then < size else first


@kernel
def carry(
    carrying: tuple[Numbers, Numbers, Numbers], room: Numbers, now: int, ring: tuple[int, int, int], across: int
) -> int:
    """Walk `across` mm to the next column, along every cross aisle none, one or two times."""
    starts, lines, before = carrying
    then = following(now, ring)
    for state in range(ring[0]):
        best = BIG
        for way in range(starts[state], starts[state + 1]):
            best = min(best, room[now + before[way]] + lines[way] * across)
        room[then + state] = best
    return then


@kernel
def serve_column(
    tables: Services, reaches: Numbers, room: Numbers, ring: tuple[int, int, int], where: tuple[int, int, int]
) -> int:
    """Serve all blocks of a column, from low to high; beyond the outermost cross aisles only where there are stops."""
    choosing, serving = tables
    now, at, width = where
    slots = (len(serving[0]) - 1) // ring[0]
    for slot in range(slots):
        if 0 < slot < slots - 1 or reaches[at] > 0:
            choose(choosing, reaches, at, room)
            now = serve(serving, room, now, ring, slot)
        at += width
    return now


@kernel
def choose(choosing: tuple[Numbers, Numbers], reaches: Numbers, at: int, room: Numbers) -> None:
    """The cheapest service of every choice that a state may have in this block."""
    starts, services = choosing
    for choice in range(len(starts) - 1):
        cheapest = BIG
        for i in range(starts[choice], starts[choice + 1]):
            cheapest = min(cheapest, reaches[at + services[i]])
        room[choice] = cheapest


@kernel
def serve(
    serving: tuple[Numbers, Numbers, Numbers], room: Numbers, now: int, ring: tuple[int, int, int], slot: int
) -> int:
    """Serve one block, in every way that it allows, at the prices that were chosen."""
    starts, by, before = serving
    then = following(now, ring)
    first = slot * ring[0]
    for state in range(ring[0]):
        best = BIG
        for way in range(starts[first + state], starts[first + state + 1]):
            best = min(best, room[now + before[way]] + room[by[way]])
        room[then + state] = best
    return then


@kernel
def mark(ends: tuple[Numbers, Numbers, Numbers], room: Numbers, now: int, ring: tuple[int, int, int], end: int) -> int:
    """Begin or end the walk here, at one of the cross aisles that are next to its end."""
    marks, prices, after = ends
    states, then = ring[0], following(now, ring)
    for state in range(states):
        room[then + state] = BIG
    for choice in range(2 * end, 2 * end + 2):
        for state in range(states if marks[choice] >= 0 else 0):
            to = after[marks[choice] * states + state]
            if to >= 0:
                room[then + to] = min(room[then + to], room[now + state] + prices[choice])
    return then


# --- one block: the same by hand, six sums that stay in the processor ---

Sums = tuple[int, int, int, int, int, int]
"""The smallest sums: nothing is touched yet, only the low or only the high cross aisle is, both are and hang together,
both are and do not, and one line at each (the classes of Ratliff & Rosenthal, 1983)."""


@kernel
def one_block(grid: Grid, reaches: Numbers) -> int:
    """`round_trip` for a walk between two cross aisles that ends where it began."""
    sums = (0, BIG, BIG, BIG, BIG, BIG)
    x, at, width = grid.x[0], 0, grid.width
    end, end_is_high, fare = grid.end_column[0], grid.ends[0][0] == 3, grid.ends[1][0]
    for column in range(grid.columns):
        below, inside, above = reaches[at], reaches[at + width], reaches[at + 2 * width]
        if below > 0 or inside > 0 or above > 0 or column == end:
            sums = carried(sums, grid.x[column] - x)
            x = grid.x[column]
            if below > 0:
                sums = touched(sums, False, reaches[at + HIGH])
            if below > 0 or inside > 0 or above > 0:
                sums = served(sums, reaches, at + width)
            if above > 0:
                sums = touched(sums, True, reaches[at + 2 * width + LOW])
            if column == end:
                sums = touched(sums, end_is_high, fare)
        at += 3 * width
    best = min(sums[1], sums[2], sums[3])
    return int(best) if best < BIG else int(grid.direct)


@kernel
def carried(sums: Sums, across: int) -> Sums:
    """Walk on to the next aisle: what does not hang together must go on by both cross aisles."""
    none, low, high, both, apart, odd = sums
    once, twice = 2 * across, 4 * across
    return (none, min(low, both) + once, min(high, both) + once, both + twice, apart + twice, odd + once)


@kernel
def touched(sums: Sums, is_high: bool, price: int) -> Sums:
    """Go from the low or the high cross aisle to something beyond it, and come back."""
    none, low, high, both, apart, odd = sums
    if is_high:
        return (BIG, BIG, min(none, high) + price, both + price, min(apart, low) + price, odd + price)
    return (BIG, min(none, low) + price, BIG, both + price, min(apart, high) + price, odd + price)


@kernel
def served(sums: Sums, reaches: Numbers, at: int) -> Sums:
    """Serve the block, in every way."""
    none, low, high, both, apart, odd = sums
    idle, once, twice = reaches[at + NONE], reaches[at + ONCE], reaches[at + TWICE]
    by_low, by_high, gap = reaches[at + LOW], reaches[at + HIGH], reaches[at + GAP]
    loose = min(idle, by_low, by_high, gap)
    firm = min(loose, twice)
    unlike = min(none, low, high, apart)
    return (
        min(none + idle, BIG),
        min(low + min(idle, by_low), none + by_low),
        min(high + min(idle, by_high), none + by_high),
        min(both + firm, odd + once, unlike + twice),
        min(apart + loose, low + min(by_high, gap), high + min(by_low, gap), none + gap),
        min(odd + firm, min(unlike, both) + once),
    )
