"""A whole floor walked by a style: to the farthest block first, then home from block to block (see `styles`).

One goes there by the outermost aisle that has stops, and takes what is in it on the way (Roodbergen & De Koster, Int.
J. Production Research 39(9), 2001). The walk is told by its corners, because a rule does not take the shortest way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from wms.planning.layout import Floor
from wms.planning.streets import Spot
from wms.planning.styles import RULES, Block, Corner, Lane, Rule, Stop, Style, Walker


def walked(floor: Floor, stops: Sequence[int], ends: tuple[Spot, Spot], style: Style) -> tuple[list[int], list[Corner]]:
    """The places in the order in which the style visits them, and the corners of its walk from start to end.

    Places in the open come last, the nearest first. Not for floors with one-way aisles.
    """
    near, far = floor.cross_mm[0], floor.cross_mm[-1]
    sign = -1 if abs(ends[0].y - far) < abs(ends[0].y - near) else 1  # the start's side is the low one
    rows = sorted(sign * y for y in floor.cross_mm)
    start, end, *spots = (Spot(spot.column, spot.x, sign * spot.y) for spot in (*ends, *map(floor.spot, stops)))
    walker = Walker(start.x, start.y)
    walker.go(start.x, start.y)
    _walk_blocks(walker, _blocks(zip(stops, spots, strict=True), rows), rows, RULES[style])
    here = dict(zip(stops, spots, strict=True))[walker.visited[-1]].column if walker.visited else start.column
    in_open = {place: spot for place, spot in zip(stops, spots, strict=True) if spot.column < 0}
    _walk_open(walker, (here, end), in_open, rows)
    return walker.visited, [(x, sign * y) for x, y in walker.corners]


def length(corners: Sequence[Corner]) -> int:
    """Length in mm of a walk by its corners."""
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(corners))


def faults(floor: Floor, places: Sequence[int], corners: Sequence[Corner], length_mm: int) -> list[str]:
    """Broken rules in words: a walk of these corners goes along aisles and cross aisles, by all places in turn."""
    spots = [floor.spot(place) for place in places]
    lines = {aisle.x_mm for aisle in floor.aisles} | {spot.x for spot in spots if spot.column < 0}
    rows = {*floor.cross_mm, *(spot.y for spot in spots if spot.column < 0)}
    broken = []
    for (x, y), (to_x, to_y) in pairwise(corners):
        if not ((x == to_x and x in lines) or (y == to_y and y in rows)):
            broken.append(f"there is no way from ({x}, {y}) to ({to_x}, {to_y})")
    legs, leg = list(pairwise(corners)) or [(corners[0], corners[0])], 0
    for place, spot in zip(places, spots, strict=True):
        while leg < len(legs) and not _passes(legs[leg], spot):
            leg += 1
        if leg == len(legs):
            return [*broken, f"the walk does not come by place {place} in its turn"]
    return broken if length(corners) == length_mm else [*broken, f"the walk is not {length_mm} mm long"]


def _passes(leg: tuple[Corner, Corner], spot: Spot) -> bool:
    (x, y), (to_x, to_y) = leg
    return min(x, to_x) <= spot.x <= max(x, to_x) and min(y, to_y) <= spot.y <= max(y, to_y)


# --- the blocks ---


def _blocks(stops: Iterable[tuple[int, Spot]], rows: Sequence[int]) -> list[Block]:
    """Blocks that have stops, from the start's side on; a stop on a cross aisle belongs to the block above it."""
    found: dict[int, dict[tuple[int, int], list[Stop]]] = {}
    for place, spot in stops:
        if spot.column >= 0:
            slot = sum(spot.y >= row for row in rows)
            found.setdefault(slot, {}).setdefault((spot.x, spot.column), []).append((spot.y, place))
    bounds = [(rows[0], rows[0]), *pairwise(rows), (rows[-1], rows[-1])]
    return [
        Block(*bounds[slot], tuple(Lane(x, tuple(sorted(lanes[x, column]))) for x, column in sorted(lanes)))
        for slot, lanes in sorted(found.items())
    ]


def _walk_blocks(walker: Walker, blocks: list[Block], rows: Sequence[int], rule: Rule) -> None:
    if blocks:
        for block in reversed(_approached(walker, blocks, rows)):
            _serve(walker, block, rule)


def _approached(walker: Walker, blocks: list[Block], rows: Sequence[int]) -> list[Block]:
    """Walk to the farthest block by the outermost aisle on this side; return what is left to serve."""
    *nearer, farthest = blocks
    xs = [lane.x for block in blocks for lane in block.lanes]
    x = min(min(xs), max(xs), key=lambda x: abs(x - walker.x))
    _cross(walker, x, _nearest(rows, walker.y, farthest.low), rows)
    taken = [
        stop
        for block in nearer
        for lane in block.lanes
        for stop in lane.stops
        if lane.x == x and walker.y <= stop[0] < farthest.low
    ]
    walker.pick(taken)
    walker.go(x, farthest.low)
    rest = [_without(block, set(taken)) for block in nearer]
    return [*(block for block in rest if block.lanes), farthest]


def _without(block: Block, taken: set[Stop]) -> Block:
    lanes = (Lane(lane.x, tuple(stop for stop in lane.stops if stop not in taken)) for lane in block.lanes)
    return Block(block.low, block.high, tuple(lane for lane in lanes if lane.stops))


def _serve(walker: Walker, block: Block, rule: Rule) -> None:
    lanes = block.lanes
    if abs(walker.x - lanes[-1].x) < abs(walker.x - lanes[0].x):
        lanes = lanes[::-1]
    if walker.y != block.low:
        walker.go(walker.x, block.high)
    if block.length:
        rule(walker, block, lanes)
    else:
        for lane in lanes:
            walker.there_and_back(lane, lane.stops)


# --- between places ---


def _walk_open(walker: Walker, last: tuple[int, Spot], in_open: dict[int, Spot], rows: Sequence[int]) -> None:
    """From the aisle where one stands to the places in the open, then to the end."""
    column, end = last
    while in_open:
        far = {place: abs(spot.x - walker.x) + abs(spot.y - walker.y) for place, spot in in_open.items()}
        place = min(in_open, key=lambda place: (far[place], place))
        _arrive(walker, column, in_open.pop(place), rows)
        walker.visited.append(place)
        column = -1
    _arrive(walker, column, end, rows)


def _arrive(walker: Walker, column: int, spot: Spot, rows: Sequence[int]) -> None:
    """Walk to a place: straight within the same aisle and on the open floor, else by the best cross aisle."""
    if column == spot.column and (column < 0 or walker.x == spot.x):
        walker.go(spot.x, walker.y)
        walker.go(spot.x, spot.y)
    else:
        _cross(walker, spot.x, spot.y, rows)


def _cross(walker: Walker, x: int, y: int, rows: Sequence[int]) -> None:
    """Walk to a point in another aisle or in the open: by the cross aisle that makes the way shortest."""
    row = _nearest(rows, walker.y, y)
    walker.go(walker.x, row)
    walker.go(x, row)
    walker.go(x, y)


def _nearest(rows: Sequence[int], y: int, other: int) -> int:
    """The cross aisle by which the way between two heights is shortest, the first of equals."""
    return min(rows, key=lambda row: abs(y - row) + abs(row - other))
