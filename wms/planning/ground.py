"""A measured floor made ready for the walking kernels: its columns, its points, and where walks begin and end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from wms.planning import walking
from wms.planning.layout import Floor
from wms.planning.states import OPEN_SERVICES, ROUND_SERVICES, tables
from wms.planning.streets import Spot
from wms.planning.walking import Grid, Numbers

FAR = 1 << 40
"""Where the stretch beyond the outermost cross aisle ends, in mm: too far to be walked through."""
NOBODY = -1


@dataclass(frozen=True)
class Ground:
    """A grid, the number of the point of every place in an aisle, and `home`: the points of ends of the walk that lie
    in an aisle. They are stops of every trip."""

    grid: Grid
    points: dict[int, int]
    home: tuple[int, ...] = ()

    def stops(self, places: Iterable[int]) -> list[int]:
        """Points of places and of home, ascending and distinct, as `trip` wants them; KeyError for one in the open."""
        return sorted({*(self.points[place] for place in places), *self.home})

    def reaches(self) -> Numbers:
        """The prices of all blocks when there is nothing to serve: to be written in."""
        prices: Numbers = self.zeros(self.grid.columns * self.grid.slots * self.grid.width)
        walking.clear(self.grid.edge, self.grid.columns, self.grid.width, prices)
        return prices

    def room(self, layers: int = 2) -> Numbers:
        """Room for the sweep to work in."""
        return self.zeros(len(self.grid.choosing[0]) - 1 + layers * self.grid.states)

    def lists(self) -> Ground:
        """The same on plain lists: faster where kernels are not compiled."""
        if isinstance(self.grid.x, list):
            return self
        grid = self.grid
        mark_to, *known = _tables(grid.rows, grid.width == OPEN_SERVICES, True)
        fields: list[Any] = [each.tolist() if isinstance(each, np.ndarray) else each for each in grid]
        ends = (*(each.tolist() for each in grid.ends[:2]), mark_to)
        return Ground(Grid._make([*fields[: -len(known) - 1], ends, *known]), self.points, self.home)

    def zeros(self, count: int) -> Numbers:
        """So many zeros, to be written in by kernels that get this grid."""
        return [0] * count if isinstance(self.grid.x, list) else np.zeros(count, np.int64)


class Ends(NamedTuple):
    """Both ends of a walk as the grid has them; `open_walk` says whether odd degrees come into play."""

    columns: tuple[int, int]
    marks: tuple[int, int, int, int]
    prices: tuple[int, int, int, int]
    odd: tuple[int, int]
    open_walk: bool


def prepare(floor: Floor, start: int, end: int, places: Iterable[int] | None = None) -> Ground:
    """The ground of walks from place `start` to place `end` by way of `places` (default: all that are in aisles).

    Both ends may stand in an aisle, on a cross aisle or anywhere in the open. BadProblem for an unknown place.
    """
    both = (floor.spot(start), floor.spot(end))
    wanted = floor.spots if places is None else dict.fromkeys(places)
    spots = {place: floor.spot(place) for place in (*wanted, start, end)}
    xs, columns = _columns(floor, both)
    where = {place: (columns[spot.column], spot.y) for place, spot in spots.items() if spot.column >= 0}
    points = {point: number for number, point in enumerate(sorted(set(where.values())))}
    numbers = {place: points[point] for place, point in where.items()}
    ends = _ends(floor, both, xs, (numbers.get(start, NOBODY), numbers.get(end, NOBODY)))
    home = tuple(dict.fromkeys(numbers[place] for place in (start, end) if place in numbers))
    direct = 0 if both[0] == both[1] else floor.distance(start, end)
    return Ground(_grid(floor.cross_mm, xs, list(points), ends, direct), numbers, home)


def _columns(floor: Floor, ends: Iterable[Spot]) -> tuple[list[int], list[int]]:
    """The x of all columns, and the column of every aisle: an end in the open has its own unless an aisle is there."""
    aisles = [(aisle.x_mm, index) for index, aisle in enumerate(floor.aisles)]
    known = {x for x, _ in aisles}
    own = {(spot.x, NOBODY) for spot in ends if spot.column < 0 and spot.x not in known}
    ordered = sorted([*aisles, *own])
    number = {index: column for column, (_, index) in enumerate(ordered)}
    return [x for x, _ in ordered], [number[index] for index in range(len(aisles))]


def _ends(floor: Floor, both: tuple[Spot, Spot], xs: Sequence[int], home: tuple[int, int]) -> Ends:
    start, end = both
    if start == end or (home[0] == home[1] != NOBODY):
        return _round_trip(floor.cross_mm, start, xs)
    ways = [_joins(floor.cross_mm, spot) if spot.column < 0 else [] for spot in both]
    columns = (_own(start, xs), _own(end, xs))
    return _marked(columns, ways, (home[0], home[1]), True)


def _round_trip(rows: Sequence[int], spot: Spot, xs: Sequence[int]) -> Ends:
    if spot.column >= 0:
        return _marked((NOBODY, NOBODY), [], (NOBODY, NOBODY), False)
    ways = _joins(rows, spot)
    if len(ways) == 1:  # leaves and comes back by the same cross aisle
        ((row, price),) = ways
        return _marked((_own(spot, xs), NOBODY), [[(len(rows) + row, 2 * price)]], (NOBODY, NOBODY), False)
    return _marked((_own(spot, xs), _own(spot, xs)), [ways, ways], (NOBODY, NOBODY), True)


def _marked(
    columns: tuple[int, int], ways: Sequence[Sequence[tuple[int, int]]], odd: tuple[int, int], open_walk: bool
) -> Ends:
    none = (NOBODY, 0)
    (a, b), (c, d) = ([*way, none, none][:2] for way in [*ways, [], []][:2])
    return Ends(columns, (a[0], b[0], c[0], d[0]), (a[1], b[1], c[1], d[1]), odd, open_walk)


def _joins(rows: Sequence[int], spot: Spot) -> list[tuple[int, int]]:
    """By which cross aisles one comes from the open into the aisles, and how far they are: the next on each side."""
    if spot.y in rows:
        return [(rows.index(spot.y), 0)]
    below = [row for row, y in enumerate(rows) if y < spot.y][-1:]
    above = [row for row, y in enumerate(rows) if y > spot.y][:1]
    return [(row, abs(rows[row] - spot.y)) for row in (*below, *above)]


def _own(spot: Spot, xs: Sequence[int]) -> int:
    return xs.index(spot.x) if spot.column < 0 else NOBODY


def _grid(rows: Sequence[int], xs: Sequence[int], points: Sequence[tuple[int, int]], ends: Ends, direct: int) -> Grid:
    mark_to, *known = _tables(len(rows), ends.open_walk, False)
    edge = (rows[0] - FAR, *rows, rows[-1] + FAR)
    slots = [bisect_right(rows, y) for _, y in points]  # a point on a cross aisle belongs to the block above
    width = OPEN_SERVICES if ends.open_walk else ROUND_SERVICES
    one_block = int(len(rows) == 2 and not ends.open_walk)
    return Grid(
        *(len(xs), len(rows), len(rows) + 1, width, mark_to.size // (2 * len(rows)), direct, one_block),
        *(_array(xs), _array(edge)),
        *(_array([column for column, _ in points]), _array([y for _, y in points]), _array(slots)),
        *(_array(ends.odd), _array(ends.columns)),
        (_array(ends.marks), _array(ends.prices), mark_to),
        *known,
    )


@lru_cache(maxsize=32)
def _tables(rows: int, open_walk: bool, plain: bool) -> tuple[Any, ...]:
    """The tables of `states` as the grid has them: as arrays, or on plain lists."""
    known = tables(rows, open_walk)
    form: Callable[[Sequence[int]], Numbers] = list if plain else _array
    return (
        form(known.mark_to),
        (form(known.choice_from), form(known.choice_of)),
        (form(known.serve_from), form(known.serve_by), form(known.serve_before)),
        (form(known.carry_from), form(known.carry_lines), form(known.carry_before)),
        form(known.whole),
    )


def _array(numbers: Sequence[int]) -> Numbers:
    return np.array(numbers, np.int64)
