"""How long the shortest round trips are on the plainest floor, a front and a back cross aisle: many walks abreast.

The sweep of `walking` with its tables written out for two cross aisles: after each aisle only five kinds of unfinished
walk are worth keeping (Ratliff & Rosenthal, Operations Research 31(3), 1983, table I), so five numbers are the whole
memory. Of an aisle only the lowest stop, the highest and the widest gap between two of them count. So several walks are
swept at once, a lane each, without asking anything on the way: the processor reckons eight of them in one step.
The depot is one more stop, at the end of an aisle line of its own where it joins a cross aisle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wms.planning.layout import Floor
from wms.planning.speed import kernel, uncounted

Longs = npt.NDArray[np.int64]
NOWHERE = -1
BIG = 1 << 50
LANES = 16
"""Walks that are swept at once."""
LOWEST, HIGHEST, WIDEST = 0, 1, 2
"""Of an aisle line: y of its lowest and of its highest stop, BIG when it has none, and its widest gap."""
SPLIT, FRONT, BACK, BOTH, APART, NONE, LENGTH = (LANES * kind for kind in range(7))
"""Where the lanes of each kind of unfinished walk begin: one line along each cross aisle (`split`), two lines along the
front only, along the back only, or along both, of a walk in one piece (`both`) or in two (`apart`); no stop yet; and
the walk that ends here."""


class Block(NamedTuple):
    """Points for kernels, ascending by aisle line and y: their line and y; x of the lines; y of both cross aisles.

    beyond: the way from the depot to its cross aisle and back, in mm.
    """

    front: int
    back: int
    beyond: int
    x: Longs
    line: Longs
    y: Longs


def block_of(floor: Floor, start: int, end: int) -> tuple[Block, dict[int, int], tuple[int, ...]] | None:
    """The block, the point of every place, and the depot's point; None when the floor or the trip is not that plain."""
    depot = floor.spot(start)
    aisles = [aisle.x_mm for aisle in floor.aisles]
    inside = {place: spot for place, spot in floor.spots.items() if spot.column >= 0}
    if len(floor.cross_mm) != 2 or not _plain(floor, start, end):
        return None
    front, back = floor.cross_mm
    joins = front if depot.y <= front else back
    where = {place: (spot.x, spot.column, spot.y) for place, spot in inside.items()}
    home = (depot.x, aisles.index(depot.x) if depot.x in aisles else -1, joins)
    points = {point: number for number, point in enumerate(sorted({*where.values(), home}))}
    lines = {line: number for number, line in enumerate(sorted({point[:2] for point in points}))}
    arrays = ([x for x, _ in lines], [lines[point[:2]] for point in points], [y for _, _, y in points])
    block = Block(front, back, 2 * abs(depot.y - joins), *(np.array(numbers, np.int64) for numbers in arrays))
    return block, {place: points[point] for place, point in where.items()}, (points[home],)


def _plain(floor: Floor, start: int, end: int) -> bool:
    """A round trip from the open, in front or behind, and nothing to visit beyond the cross aisles."""
    front, back = floor.cross_mm
    depot = floor.spot(start)
    inside = all(front <= spot.y <= back for spot in floor.spots.values() if spot.column >= 0)
    return depot == floor.spot(end) and depot.column < 0 and not front < depot.y < back and inside


@kernel
@uncounted
def sweep(block: Block, spans: Longs, state: Longs, count: int) -> None:
    """Lengths in mm, to `state` from LENGTH on, of the shortest round trips of `count` lanes.

    spans[line, LOWEST.., lane] is what there is on an aisle line. A line without stops costs nothing, and going on
    along a cross aisle for nothing is never shorter, so that nobody need ask where a walk begins and ends.
    """
    height = block.back - block.front
    for lane in range(count):
        state[lane + SPLIT] = state[lane + FRONT] = state[lane + BACK] = BIG
        state[lane + BOTH] = state[lane + APART] = BIG
        state[lane + NONE] = state[lane + LENGTH] = 0
    before = block.x[0]
    for line in range(len(block.x)):
        across = 2 * (block.x[line] - before)
        before = block.x[line]
        for lane in range(count):
            here = spans[line, LOWEST, lane] < BIG
            low = 2 * (spans[line, HIGHEST, lane] - block.front) if here else 0
            high = 2 * (block.back - spans[line, LOWEST, lane]) if here else 0
            gap = 2 * (height - spans[line, WIDEST, lane]) if here else 0
            none, cheapest = state[lane + NONE], min(low, high, gap)
            split, apart = state[lane + SPLIT] + across, state[lane + APART] + 2 * across
            front = min(state[lane + FRONT], state[lane + BOTH]) + across
            back = min(state[lane + BACK], state[lane + BOTH]) + across
            both = state[lane + BOTH] + 2 * across
            joined = min(min(front, back), min(both, apart))
            open_ = min(joined, none)
            front_on, back_on = min(front, none) + low, min(back, none) + high
            both_on = min(min(split + height, both + cheapest), open_ + 2 * height)
            state[lane + SPLIT] = min(split + min(cheapest, 2 * height), open_ + height)
            state[lane + FRONT], state[lane + BACK], state[lane + BOTH] = front_on, back_on, both_on
            state[lane + APART] = min(
                min(front + min(high, gap), back + min(low, gap)), min(apart + cheapest, none + gap)
            )
            length = min(min(front_on, back_on), both_on) + block.beyond
            state[lane + LENGTH] = length if here else state[lane + LENGTH]
            state[lane + NONE] = BIG if here else none
