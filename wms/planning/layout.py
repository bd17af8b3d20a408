"""The floor as walking sees it: aisles, the cross aisles that join them, and the distance between two places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from wms.planning.problems import BadProblem, require, require_distinct

OPEN_FLOOR = 0
"""Aisle number of a place that stands in no aisle: a dock, stage, station or cart park."""
END_MM = 1_000
"""How far beyond the outermost bin the front and the back cross aisle run, when nobody says where they are."""


@dataclass(frozen=True)
class Place:
    """A point to walk to. Aisles run along y; the left and the right rack of an aisle are one walking line."""

    id: int
    zone: str
    aisle: int
    x_mm: int
    y_mm: int
    level: int = 0


class Spot(NamedTuple):
    """Where one stands to reach a place: column is the index of its aisle, -1 on the open floor."""

    column: int
    x: int
    y: int


@dataclass(frozen=True)
class Aisle:
    """One aisle: its walking line runs along y at x_mm; low_mm and high_mm are its outermost places."""

    zone: str
    number: int
    x_mm: int
    low_mm: int
    high_mm: int

    @property
    def name(self) -> str:
        """What a supervisor calls it, such as A3."""
        return f"{self.zone}{self.number}"


@dataclass(frozen=True)
class Floor:
    """A measured floor: aisles by x, cross aisles by y (at least one), the depot where walks begin and end.

    The distance is a metric: symmetric, zero on the spot, and no detour is shorter.
    """

    places: tuple[Place, ...]
    aisles: tuple[Aisle, ...]
    cross_mm: tuple[int, ...]
    depot: Place
    spots: dict[int, Spot] = field(repr=False, compare=False)

    def spot(self, place_id: int) -> Spot:
        """Where one stands to reach the place; BadProblem when the floor does not have it."""
        try:
            return self.spots[place_id]
        except KeyError:
            raise BadProblem(f"place {place_id} is not on this floor") from None

    def distance(self, a: int, b: int) -> int:
        """Shortest walk between two places in mm: along the aisle, or out of it by the best cross aisle."""
        here, there = self.spot(a), self.spot(b)
        across = abs(here.x - there.x)
        if here.column == there.column:
            return across + abs(here.y - there.y)
        return across + min([abs(here.y - y) + abs(y - there.y) for y in self.cross_mm])

    def length(self, walk: Sequence[int]) -> int:
        """Length in mm of a walk through places in the order given."""
        return sum(self.distance(a, b) for a, b in pairwise(walk))

    def aisle(self, place_id: int) -> Aisle | None:
        """The aisle of a place; None on the open floor."""
        column = self.spot(place_id).column
        return self.aisles[column] if column >= 0 else None


def measure(places: Iterable[Place], depot: Place, cross_mm: Iterable[int] = ()) -> Floor:
    """Measure a floor from its places.

    `cross_mm` are the y of all cross aisles; without them there is one in front of and one behind the
    outermost bins. The same aisle number in two zones is two aisles. BadProblem when a place is given twice.
    """
    known = _distinct((*places, depot))
    aisles = _aisles(known)
    columns = {(aisle.zone, aisle.number): index for index, aisle in enumerate(aisles)}
    spots = {place.id: _spot(place, columns, aisles) for place in known}
    return Floor(known, aisles, _cross(cross_mm, aisles, depot), depot, spots)


def _distinct(places: tuple[Place, ...]) -> tuple[Place, ...]:
    known = tuple(dict.fromkeys(places))
    require_distinct("place", (place.id for place in known))
    return known


def _aisles(places: Sequence[Place]) -> tuple[Aisle, ...]:
    members: dict[tuple[str, int], list[Place]] = {}
    for place in places:
        require(place.aisle >= OPEN_FLOOR, f"aisle {place.aisle} of place {place.id} is below {OPEN_FLOOR}")
        if place.aisle != OPEN_FLOOR:
            members.setdefault((place.zone, place.aisle), []).append(place)
    return tuple(sorted(map(_aisle, members.values()), key=lambda aisle: (aisle.x_mm, aisle.zone, aisle.number)))


def _aisle(members: list[Place]) -> Aisle:
    xs, ys = [place.x_mm for place in members], [place.y_mm for place in members]
    return Aisle(members[0].zone, members[0].aisle, (min(xs) + max(xs)) // 2, min(ys), max(ys))


def _cross(given: Iterable[int], aisles: Sequence[Aisle], depot: Place) -> tuple[int, ...]:
    known = tuple(sorted(set(given)))
    if known or not aisles:
        return known or (depot.y_mm,)
    return (min(aisle.low_mm for aisle in aisles) - END_MM, max(aisle.high_mm for aisle in aisles) + END_MM)


def _spot(place: Place, columns: dict[tuple[str, int], int], aisles: Sequence[Aisle]) -> Spot:
    if place.aisle == OPEN_FLOOR:
        return Spot(-1, place.x_mm, place.y_mm)
    column = columns[place.zone, place.aisle]
    return Spot(column, aisles[column].x_mm, place.y_mm)
