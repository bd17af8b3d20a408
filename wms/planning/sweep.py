"""The shortest walk through a rectangular floor, exactly, by one sweep over its aisles from left to right.

A walk is a connected multigraph in which every point but the two ends has an even degree. Swept from left to right, all
that matters of the part behind is the degree (untouched, odd, even) at each cross aisle and which of them hang
together. Ratliff & Rosenthal, Operations Research 31(3), 1983, for two cross aisles; the states for more are generated
here, as in Cambazard & Catusse, EJOR 270(2), 2018. A free start and end need no more than an odd degree at each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

Vertex = tuple[int, int, int]
"""(column, 0, row of the cross aisle) or (column, 1, y of a point)."""
Edge = tuple[Vertex, Vertex, int]
"""Two vertices and how often one walks between them: 1 or 2."""
State = tuple[tuple[int, ...], tuple[int, ...]]
"""Per cross aisle the degree (0 untouched, 1 odd, 2 even), and the number of its component (0 none)."""
Change = tuple[int, int, int, int, bool]
"""(row, other row, edges at row, edges at other row, joined) up an aisle, or (row, CARRY, edges, 0, False) across."""
Ways = dict[tuple[int, int, bool], tuple[int, tuple[int, ...]]]
"""(edges at the near end, at the far end, whether a piece is left out) -> cost and edges of each piece of a chain."""
CARRY = -1
ODD, EVEN = 1, 2


@dataclass(frozen=True)
class Column:
    """An aisle line to sweep: its x, the y to visit, and the y among them where the walk starts or ends."""

    x: int
    points: tuple[int, ...]
    odd: frozenset[int]


class Choice(NamedTuple):
    """One way to walk a piece of the floor, what it costs and what it does to the state."""

    cost: int
    change: Change
    edges: tuple[Edge, ...]


Reached = tuple[int, State, Choice]
"""The cheapest way found to a state: cost so far, the state before, the choice made there."""
Layer = dict[State, Reached]


def shortest(columns: Sequence[Column], rows: Sequence[int]) -> tuple[int, list[Edge]]:
    """Length in mm and edges of the shortest walk through all points; columns by x, rows are the y of cross aisles.

    At least two columns, each with a point; the walk starts and ends where `odd` says (nowhere odd: a round trip).
    """
    empty: State = ((0,) * len(rows), (0,) * len(rows))
    layers: list[Layer] = [{empty: (0, empty, Choice(0, (0, 0, 0, 0, False), ()))}]
    for choices in _pieces(columns, rows):
        layers.append(_step(layers[-1], choices))
    cost, last = min((reached[0], state) for state, reached in layers[-1].items() if _complete(state))
    return cost, _trace(layers[1:], last)


def euler_walk(edges: Iterable[Edge], start: Vertex) -> list[Vertex]:
    """The vertices in the order of a walk that uses every edge as often as it says (Hierholzer 1873)."""
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


def _step(frontier: Layer, choices: Sequence[Choice]) -> Layer:
    layer: Layer = {}
    for state, (so_far, _, _) in frontier.items():
        known = _known(state)
        for choice in choices:
            change = choice.change
            after = known[change] if change in known else known.setdefault(change, _after(state, change))
            if after is not None:
                cost = so_far + choice.cost
                if after not in layer or cost < layer[after][0]:
                    layer[after] = (cost, state, choice)
    return layer


def _trace(layers: Sequence[Layer], state: State) -> list[Edge]:
    edges: list[Edge] = []
    for layer in reversed(layers):
        _, before, choice = layer[state]
        edges.extend(choice.edges)
        state = before
    return edges


def _complete(state: State) -> bool:
    degrees, components = state
    return ODD not in degrees and len(set(components) - {0}) == 1


# --- what a choice does to a state ---


@lru_cache(maxsize=50_000)
def _known(state: State) -> dict[Change, State | None]:
    """What changes do to this state, as far as they were needed: the same few come back in every aisle."""
    return {}


def _after(state: State, change: Change) -> State | None:
    if change[1] == CARRY:
        return _carried(state, change[0], change[2])
    return _attached(state, change)


def _attached(state: State, change: Change) -> State:
    row, other, edges, other_edges, joined = change
    degrees, components = list(state[0]), list(state[1])
    for index, count in ((row, edges), (other, other_edges)):
        if count:
            degrees[index] = _degree(degrees[index], count)
            components[index] = components[index] or 1 + max(components)
    if joined:
        kept, gone = components[row], components[other]
        components = [kept if number == gone else number for number in components]
    return tuple(degrees), _renumbered(components)


def _carried(state: State, row: int, edges: int) -> State | None:
    degrees, components = list(state[0]), list(state[1])
    if _degree(degrees[row], edges) == ODD or (edges and not degrees[row]):
        return None
    if not edges and components[row] and components.count(components[row]) == 1:
        return None  # would leave a closed piece behind while points wait further on
    degrees[row] = edges
    components[row] = components[row] if edges else 0
    return tuple(degrees), _renumbered(components)


def _degree(degree: int, edges: int) -> int:
    if not edges:
        return degree
    return ODD if (degree == ODD) != (edges == 1) else EVEN


def _renumbered(components: Sequence[int]) -> tuple[int, ...]:
    numbers = {0: 0}
    return tuple(numbers.setdefault(number, len(numbers)) for number in components)


# --- the pieces of the floor, and the ways to walk each ---


def _pieces(columns: Sequence[Column], rows: Sequence[int]) -> Iterable[list[Choice]]:
    for index, column in enumerate(columns):
        yield from _vertical(index, column, rows)
        if index + 1 < len(columns):
            across = columns[index + 1].x - column.x
            for row in range(len(rows)):
                yield [_across(index, row, edges, across) for edges in (0, 1, 2)]


def _across(index: int, row: int, edges: int, length: int) -> Choice:
    walked: tuple[Edge, ...] = (((index, 0, row), (index + 1, 0, row), edges),) if edges else ()
    return Choice(edges * length, (row, CARRY, edges, 0, False), walked)


def _vertical(index: int, column: Column, rows: Sequence[int]) -> Iterable[list[Choice]]:
    below = [y for y in column.points if y < rows[0]]
    if below:
        yield _stub(index, column, 0, (rows[0], below[::-1]))
    for row, (low, high) in enumerate(pairwise(rows)):
        # a point on a cross aisle belongs to the block above it
        inside = [y for y in column.points if low <= y < high]
        yield _block(index, column, row, (low, inside, high))
    above = [y for y in column.points if y >= rows[-1]]
    if above:
        yield _stub(index, column, len(rows) - 1, (rows[-1], above))


def _block(index: int, column: Column, row: int, span: tuple[int, list[int], int]) -> list[Choice]:
    low, inside, high = span
    chain = [(index, 0, row), *((index, 1, y) for y in inside), (index, 0, row + 1)]
    ways = _ways([low, *inside, high], [y in column.odd for y in inside], open_end=False)
    return [
        Choice(cost, (row, row + 1, edges[0], edges[-1], 0 not in edges), _edges(chain, edges)) for cost, edges in ways
    ]


def _stub(index: int, column: Column, row: int, span: tuple[int, list[int]]) -> list[Choice]:
    """The part of an aisle beyond the outermost cross aisle: in and out by the same end."""
    root, points = span
    chain = [(index, 0, row), *((index, 1, y) for y in points)]
    ways = _ways([root, *points], [y in column.odd for y in points], open_end=True)
    return [Choice(cost, (row, row, edges[0], 0, False), _edges(chain, edges)) for cost, edges in ways]


def _edges(chain: Sequence[Vertex], edges: Sequence[int]) -> tuple[Edge, ...]:
    return tuple((a, b, count) for a, b, count in zip(chain, chain[1:], edges, strict=False) if count)


def _ways(ys: Sequence[int], odd: Sequence[bool], open_end: bool) -> list[tuple[int, tuple[int, ...]]]:
    """Cheapest edge counts along a chain of points for every effect they can have on its two ends.

    Every inner point is touched and has the degree asked for; at most one edge of the chain is left out, none of a
    stub. Keyed by what the sweep can see: count at the near end, count at the far end, and whether any is left out.
    """
    gaps = [abs(b - a) for a, b in pairwise(ys)]
    spare = 0 if open_end else 1
    best: Ways = {(n, n, n == 0): (n * gaps[0], (n,)) for n in range(1 - spare, 3)}
    for gap, is_odd in zip(gaps[1:], odd, strict=False):
        best = _extended(best, gap, is_odd, spare)
    if open_end:
        return [way for (_, last, _), way in best.items() if last % 2 == odd[-1]]
    return list(best.values())


def _extended(best: Ways, gap: int, is_odd: bool, spare: int) -> Ways:
    further: Ways = {}
    for (first, last, broken), (cost, edges) in best.items():
        for count in range(3):
            if not last + count or (last + count) % 2 != is_odd or (count == 0 and (broken or not spare)):
                continue
            key, price = (first, count, broken or count == 0), cost + count * gap
            if key not in further or price < further[key][0]:
                further[key] = (price, (*edges, count))
    return further
