"""The walk itself, read off the sums of a sweep: which stretches are walked, and in which order the stops come.

Going back through the layers, every sum tells which way it was reached by. That gives the lines of the walk, a drawing
that can be drawn without lifting the pen (Hierholzer 1873); the stops are visited as the pen comes by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from wms.planning import walking
from wms.planning.ground import NOBODY, Ground
from wms.planning.states import GAP, HIGH, LOW, NONE, OPEN_SERVICES, SERVICES, tables
from wms.planning.walking import Grid, Numbers

Vertex = tuple[int, int, int]
"""(column, CROSSING, row of the cross aisle) or (column, POINT, y)."""
Edge = tuple[Vertex, Vertex, int]
"""Two vertices and how often one walks between them: 1 or 2."""
CROSSING, POINT = 0, 1


class Move(NamedTuple):
    """One layer of the sweep: carry (by: mm across), serve (by: slot) or mark (by: end) at a column."""

    kind: Literal["carry", "serve", "mark"]
    column: int
    before: int
    by: int


def order(ground: Ground, stops: Sequence[int]) -> tuple[int, list[int]]:
    """Length in mm of the shortest walk by way of these points (see `Ground.stops`), and the points in its order.

    Not for stops that are all in the one aisle in which the walk begins and ends.
    """
    grid, reaches = ground.grid, ground.reaches()
    walking.fill(grid, stops, len(stops), reaches)
    moves = _moves(grid, reaches)
    room = ground.room(len(moves) + 1)
    now = walking.sweep(grid, reaches, room)
    length, state = min((int(room[now + state]), state) for state in range(grid.states) if grid.whole[state])
    edges, start = _edges(grid, (stops, reaches, room), moves, state)
    points = {(grid.point_column[stop], POINT, grid.point_y[stop]): stop for stop in stops}
    first = start or (grid.point_column[ground.home[0]], POINT, grid.point_y[ground.home[0]])
    return length, [points[vertex] for vertex in dict.fromkeys(_drawn(edges, first)) if vertex in points]


def _moves(grid: Grid, reaches: Numbers) -> list[Move]:
    """What the sweep does, layer by layer."""
    moves: list[Move] = []
    last = NOBODY
    for column in range(grid.columns):
        at = column * grid.slots * grid.width
        busy = walking.is_busy(reaches, at, grid.slots, grid.width)
        if busy or column in grid.end_column:
            if last != NOBODY:
                moves.append(Move("carry", column, last, int(grid.x[column] - grid.x[last])))
            if busy:
                slots = (slot for slot in range(grid.slots) if 0 < slot < grid.rows or reaches[at + slot * grid.width])
                moves += [Move("serve", column, last, slot) for slot in slots]
            moves += [Move("mark", column, last, end) for end in range(2) if grid.end_column[end] == column]
            last = column
    return moves


def _edges(
    grid: Grid, sums: tuple[Sequence[int], Numbers, Numbers], moves: Sequence[Move], state: int
) -> tuple[list[Edge], Vertex | None]:
    """The lines of the walk that ends in this state, and where it begins if that is in the open."""
    stops, reaches, room = sums
    edges: list[Edge] = []
    start: Vertex | None = None
    layer = len(grid.choosing[0]) - 1 + len(moves) * grid.states
    for move in reversed(moves):
        target, layer = room[layer + state], layer - grid.states
        if move.kind == "carry":
            state, lines = _carried(grid, (room, layer), state, target, move.by)
            edges += [(*_crossings(move, row), count) for row, count in enumerate(lines) if count]
        elif move.kind == "serve":
            at = (move.column * grid.slots + move.by) * grid.width
            state, service = _served(grid, (room, layer), (state, move.by), target, reaches[at : at + grid.width])
            edges += _chain(grid, stops, move, service)
        else:
            state, row = _unmarked(grid, (room, layer), state, target, move.by)
            start = (move.column, CROSSING, row) if move.by == 0 else start
    return edges, start


def _crossings(move: Move, row: int) -> tuple[Vertex, Vertex]:
    return (move.before, CROSSING, row), (move.column, CROSSING, row)


Layer = tuple[Any, int]
"""The room, and where the layer before begins in it."""


def _carried(grid: Grid, layer: Layer, state: int, target: int, across: int) -> tuple[int, tuple[int, ...]]:
    starts, lines, before = grid.carrying
    room, at = layer
    ways = range(starts[state], starts[state + 1])
    way = next(way for way in ways if room[at + before[way]] + lines[way] * across == target)
    return before[way], tables(grid.rows, grid.width == OPEN_SERVICES).carried[way]


def _served(grid: Grid, layer: Layer, into: tuple[int, int], target: int, prices: Numbers) -> tuple[int, int]:
    (starts, by, before), (choice_from, choice_of) = grid.serving, grid.choosing
    (room, at), (state, slot) = layer, into
    first = slot * grid.states + state
    for way in range(starts[first], starts[first + 1]):
        for service in choice_of[choice_from[by[way]] : choice_from[by[way] + 1]]:
            if room[at + before[way]] + prices[service] == target:
                return before[way], int(service)
    raise AssertionError("a sum that nothing leads to")


def _unmarked(grid: Grid, layer: Layer, state: int, target: int, end: int) -> tuple[int, int]:
    marks, prices, after = grid.ends
    room, at = layer
    for choice in (2 * end, 2 * end + 1):
        for before in range(grid.states if marks[choice] >= 0 else 0):
            if after[marks[choice] * grid.states + before] == state and room[at + before] + prices[choice] == target:
                return before, int(marks[choice]) % grid.rows
    raise AssertionError("a mark that nothing leads to")


# --- the lines within one block ---


def _chain(grid: Grid, stops: Sequence[int], move: Move, service: int) -> Iterable[Edge]:
    """The lines of a block that is served so, along its stops from the low to the high cross aisle."""
    column, slot = move.column, move.by
    inside = [stop for stop in stops if grid.point_column[stop] == column and grid.point_slot[stop] == slot]
    ys = [int(grid.edge[slot]), *(int(grid.point_y[stop]) for stop in inside), int(grid.edge[slot + 1])]
    odd = [stop in grid.odd for stop in inside]
    counts = _with_ends(ys, odd, SERVICES[service]) if any(odd) else _plain(ys, service)
    inner: list[Vertex] = [(column, POINT, y) for y in ys[1:-1]]
    chain: list[Vertex] = [(column, CROSSING, slot - 1), *inner, (column, CROSSING, slot)]
    return [(a, b, count) for (a, b), count in zip(pairwise(chain), counts, strict=True) if count]


def _plain(ys: Sequence[int], service: int) -> tuple[int, ...]:
    """How often each stretch is walked when no end of the walk is in the block."""
    pieces = len(ys) - 1
    if service in (LOW, HIGH, GAP):
        widest = max(range(1, pieces - 1), key=lambda piece: ys[piece + 1] - ys[piece], default=0)
        left_out = {LOW: pieces - 1, HIGH: 0, GAP: widest}[service]
        return tuple(0 if piece == left_out else 2 for piece in range(pieces))
    return (0 if service == NONE else service,) * pieces


Ways = dict[tuple[int, int, bool], tuple[int, tuple[int, ...]]]
"""(lines at the low end, lines here, all hang together) -> mm so far, lines of each stretch."""


def _with_ends(ys: Sequence[int], odd: Sequence[bool], wanted: tuple[int, int, bool]) -> tuple[int, ...]:
    """How often each stretch is walked when the walk begins or ends here: the cheapest that has the wanted effect."""
    gaps = [b - a for a, b in pairwise(ys)]
    best: Ways = {(lines, lines, lines > 0): (lines * gaps[0], (lines,)) for lines in range(3)}
    for gap, is_odd in zip(gaps[1:], odd, strict=True):
        after: Ways = {}
        for (first, last, joined), (cost, lines) in best.items():
            for count in range(3):
                if last + count and (last + count) % 2 == is_odd and (count or joined):
                    way = (cost + count * gap, (*lines, count))
                    key = (first, count, joined and count > 0)
                    after[key] = min(after.get(key, way), way)
        best = after
    return best[wanted][1]


# --- the order of a drawing ---


def _drawn(edges: Iterable[Edge], start: Vertex) -> list[Vertex]:
    """The vertices in the order of a walk that uses every line as often as it says (Hierholzer 1873)."""
    left: dict[Vertex, dict[Vertex, int]] = defaultdict(dict)
    for a, b, times in edges:
        left[a][b] = left[b][a] = left[a].get(b, 0) + times
    walk, stack = [], [start]
    while stack:
        here = stack[-1]
        if not left[here]:
            walk.append(stack.pop())
            continue
        there = next(iter(left[here]))
        _use(left, here, there)
        stack.append(there)
    return walk[::-1]


def _use(left: dict[Vertex, dict[Vertex, int]], a: Vertex, b: Vertex) -> None:
    for here, there in ((a, b), (b, a)):
        left[here][there] -= 1
        if not left[here][there]:
            del left[here][there]
