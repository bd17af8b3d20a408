"""How far it is on a floor where some aisles may be walked one way only: a net of streets, measured once.

Crossings are where an aisle meets a cross aisle. Cross aisles may be walked both ways, an aisle from crossing to
crossing as its sign says. The way from one place to another leaves by a crossing next to it and arrives by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wms.planning.problems import require

NO_WAY = 1 << 50


class Spot(NamedTuple):
    """Where one stands to reach a place: column is the index of its aisle, -1 on the open floor."""

    column: int
    x: int
    y: int


class Streets:
    """Distances between crossings: of aisles at `xs`, walked as `one_way` says (1 up, -1 down, 0 both), with `rows`."""

    def __init__(self, xs: Sequence[int], one_way: Sequence[int], rows: Sequence[int]) -> None:
        self.xs, self.one_way, self.rows = xs, one_way, rows
        self.far = self._measured()

    def distance(self, here: Spot, there: Spot) -> int:
        """Shortest walk in mm; BadProblem when there is none."""
        if here.column == there.column and self._is_straight(here, there):
            return abs(here.x - there.x) + abs(here.y - there.y)
        ways = (
            out + self._between(here, row, there, other) + back
            for row, out in self._exits(here, leaving=True)
            for other, back in self._exits(there, leaving=False)
        )
        return min(ways)

    def require_open(self) -> None:
        """BadProblem unless one can come from every crossing to every other."""
        stuck = [self.xs[index // len(self.rows)] for index, row in enumerate(self.far) if row.max() >= NO_WAY]
        require(not stuck, f"one-way aisles: from x {stuck[0] if stuck else 0} mm one cannot come everywhere")

    def _measured(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """All shortest ways: shorter by way of some crossing or not, for every crossing (Floyd 1962, Warshall 1962)."""
        size = len(self.xs) * len(self.rows)
        far = np.full((size, size), NO_WAY, np.int64)
        np.fill_diagonal(far, 0)
        for start, end, length in (*self._across(), *self._along()):
            far[start, end] = length
        for via in range(size):
            np.minimum(far, far[:, via : via + 1] + far[via], out=far)
        return far

    def _across(self) -> Iterator[tuple[int, int, int]]:
        count = len(self.rows)
        for column, (a, b) in enumerate(pairwise(self.xs)):
            for row in range(count):
                yield column * count + row, (column + 1) * count + row, b - a
                yield (column + 1) * count + row, column * count + row, b - a

    def _along(self) -> Iterator[tuple[int, int, int]]:
        for column, way in enumerate(self.one_way):
            for row, (low, high) in enumerate(pairwise(self.rows)):
                at = column * len(self.rows) + row
                if way >= 0:
                    yield at, at + 1, high - low
                if way <= 0:
                    yield at + 1, at, high - low

    def _is_straight(self, here: Spot, there: Spot) -> bool:
        """Whether one may walk straight on in the same aisle, or on the open floor."""
        way = self.one_way[here.column] if here.column >= 0 else 0
        first, last = self.rows[0], self.rows[-1]
        low, high = max(first, min(here.y, there.y)), min(last, max(here.y, there.y))
        return low >= high or way == 0 or (there.y > here.y) == (way > 0)

    def _exits(self, spot: Spot, leaving: bool) -> Iterator[tuple[int, int]]:
        """The crossings next to a spot by which one may leave it, or arrive there, and how far they are."""
        below = [row for row, y in enumerate(self.rows) if y <= spot.y][-1:]
        above = [row for row, y in enumerate(self.rows) if y >= spot.y][:1]
        way = self.one_way[spot.column] if spot.column >= 0 and below and above else 0
        upward = way if leaving else -way
        for row in below if upward <= 0 else ():
            yield row, spot.y - self.rows[row]
        for row in above if upward >= 0 else ():
            yield row, self.rows[row] - spot.y

    def _between(self, here: Spot, row: int, there: Spot, other: int) -> int:
        """From crossing to crossing; from the open one first walks along the cross aisle to some aisle."""
        straight = [abs(here.x - there.x)] if row == other else []
        ways = (
            a + int(self.far[start * len(self.rows) + row, end * len(self.rows) + other]) + b
            for start, a in self._aisles(here)
            for end, b in self._aisles(there)
        )
        return min((*straight, *ways))

    def _aisles(self, spot: Spot) -> list[tuple[int, int]]:
        if spot.column >= 0:
            return [(spot.column, 0)]
        return [(column, abs(x - spot.x)) for column, x in enumerate(self.xs)]
