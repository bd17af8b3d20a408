"""How long the shortest round trip is on the plainest floor, a front and a back cross aisle, in a tenth of the time.

The sweep of `walking` with its tables written out for two cross aisles: after each aisle only five kinds of unfinished
walk are worth keeping (Ratliff & Rosenthal, Operations Research 31(3), 1983, table I), so five numbers are the whole
memory. The depot is one more stop, at the end of an aisle line of its own where it joins a cross aisle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wms.planning.layout import Floor
from wms.planning.speed import kernel

Longs = npt.NDArray[np.int64]
BIG = 1 << 50


class Block(NamedTuple):
    """Points for kernels, ascending by aisle line and y: their line, x and y; y of the front and the back cross aisle.

    beyond: the way from the depot to its cross aisle and back, in mm.
    """

    front: int
    back: int
    beyond: int
    line: Longs
    x: Longs
    y: Longs


def block_of(floor: Floor, start: int, end: int) -> tuple[Block, dict[int, int], tuple[int, ...]] | None:
    """The block, the point of every place, and the depot's point; None when the floor or the trip is not that plain."""
    depot = floor.spot(start)
    lines = [aisle.x_mm for aisle in floor.aisles]
    inside = {place: spot for place, spot in floor.spots.items() if spot.column >= 0}
    if len(floor.cross_mm) != 2 or not _plain(floor, start, end):
        return None
    front, back = floor.cross_mm
    joins = front if depot.y <= front else back
    where = {place: (spot.x, spot.column, spot.y) for place, spot in inside.items()}
    home = (depot.x, lines.index(depot.x) if depot.x in lines else -1, joins)
    points = {point: number for number, point in enumerate(sorted({*where.values(), home}))}
    arrays = (np.array([point[part] for point in points], np.int64) for part in (1, 0, 2))
    block = Block(front, back, 2 * abs(depot.y - joins), *arrays)
    return block, {place: points[point] for place, point in where.items()}, (points[home],)


def _plain(floor: Floor, start: int, end: int) -> bool:
    """A round trip from the open, in front or behind, and nothing to visit beyond the cross aisles."""
    front, back = floor.cross_mm
    depot = floor.spot(start)
    inside = all(front <= spot.y <= back for spot in floor.spots.values() if spot.column >= 0)
    return depot == floor.spot(end) and depot.column < 0 and not front < depot.y < back and inside


@kernel
def block_trip(block: Block, stops: Longs, count: int) -> int:
    """Length in mm of the shortest round trip by `count` stops: points, ascending, the depot's among them.

    Kept are the cheapest walks so far that go on as: one line along each cross aisle (`split`), two lines along the
    front only, along the back only, or along both, of a walk in one piece (`both`) or in two (`apart`).
    """
    split = front = back = both = apart = BIG
    height, i, x, begun = block.back - block.front, 0, 0, False
    while i < count:
        point = stops[i]
        line, lowest, highest, widest = block.line[point], block.y[point], block.y[point], 0
        across = 2 * (block.x[point] - x)
        x = block.x[point]
        while i < count and block.line[stops[i]] == line:
            widest = max(widest, block.y[stops[i]] - highest)
            highest = block.y[stops[i]]
            i += 1
        low, high = 2 * (highest - block.front), 2 * (block.back - lowest)
        gap = 2 * (height - widest)
        if not begun:
            split, front, back, both, apart, begun = height, low, high, 2 * height, gap, True
            continue
        split += across
        front, back = min(front, both) + across, min(back, both) + across
        both, apart = both + 2 * across, apart + 2 * across
        cheapest = min(low, high, gap)
        split, front, back, both, apart = (
            min(split + min(cheapest, 2 * height), min(min(front, back), min(both, apart)) + height),
            front + low,
            back + high,
            min(min(split + height, both + cheapest), min(min(front, back), min(both, apart)) + 2 * height),
            min(min(front + min(high, gap), back + min(low, gap)), apart + cheapest),
        )
    return int(min(front, back, both)) + block.beyond if begun else 0
