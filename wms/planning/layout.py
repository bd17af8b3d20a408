"""The floor as walking sees it: aisles, the cross aisles that join them, and the distance between two places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from wms.planning.problems import BadProblem, require, require_distinct
from wms.planning.streets import Spot, Streets

OPEN_FLOOR = 0
"""Aisle number of a place that stands in no aisle: a dock, stage, station or cart park."""
UP, BOTH_WAYS, DOWN = 1, 0, -1
"""Which way an aisle may be walked: only to higher y, as one likes, only to lower y."""
END_MM = 1_000
"""How far beyond the outermost bin the front and the back cross aisle run, when nobody says where they are."""


@dataclass(frozen=True)
class Place:
    """A point to walk to. Aisles run along y; the left and the right rack of an aisle are one walking line.

    A level above the floor costs time to reach, but no walking.
    """

    id: int
    zone: str
    aisle: int
    x_mm: int
    y_mm: int
    level: int = 0


@dataclass(frozen=True)
class Aisle:
    """One aisle: its walking line runs along y at x_mm; low_mm and high_mm are its outermost places.

    `one_way` is UP, DOWN or BOTH_WAYS and holds between the outermost cross aisles; beyond them it is a dead end.
    """

    zone: str
    number: int
    x_mm: int
    low_mm: int
    high_mm: int
    one_way: int = BOTH_WAYS

    @property
    def name(self) -> str:
        """What a supervisor calls it, such as A3."""
        return f"{self.zone}{self.number}"


@dataclass(frozen=True)
class Floor:
    """A measured floor: aisles by x, cross aisles by y (at least one), the depot where walks begin and the end of them.

    `end` is None where walks end at the depot. No detour is shorter than the distance, and it is zero on the spot.
    Without one-way aisles it is symmetric too.
    """

    places: tuple[Place, ...]
    aisles: tuple[Aisle, ...]
    cross_mm: tuple[int, ...]
    depot: Place
    spots: dict[int, Spot] = field(repr=False, compare=False)
    end: Place | None = None

    def spot(self, place_id: int) -> Spot:
        """Where one stands to reach the place; BadProblem when the floor does not have it."""
        try:
            return self.spots[place_id]
        except KeyError:
            raise BadProblem(f"place {place_id} is not on this floor") from None

    @property
    def ends(self) -> tuple[int, int]:
        """The places where walks begin and end."""
        return self.depot.id, (self.end or self.depot).id

    @property
    def is_round(self) -> bool:
        """Whether walks end where they begin."""
        return self.end is None or self.spot(self.end.id) == self.spot(self.depot.id)

    def distance(self, a: int, b: int) -> int:
        """Shortest walk between two places in mm: along the aisle, or out of it by the best cross aisle."""
        here, there = self.spot(a), self.spot(b)
        if self.is_one_way:
            return self.streets.distance(here, there)
        across = abs(here.x - there.x)
        if here.column == there.column:
            return across + abs(here.y - there.y)
        return across + min([abs(here.y - y) + abs(y - there.y) for y in self.cross_mm])

    @cached_property
    def is_one_way(self) -> bool:
        """Whether some aisle may be walked one way only."""
        return any(aisle.one_way for aisle in self.aisles)

    @cached_property
    def streets(self) -> Streets:
        """The floor as a net of streets, some of them one-way."""
        xs = [aisle.x_mm for aisle in self.aisles]
        return Streets(xs, [aisle.one_way for aisle in self.aisles], self.cross_mm)

    def length(self, walk: Sequence[int]) -> int:
        """Length in mm of a walk through places in the order given."""
        return sum(self.distance(a, b) for a, b in pairwise(walk))

    def aisle(self, place_id: int) -> Aisle | None:
        """The aisle of a place; None on the open floor."""
        column = self.spot(place_id).column
        return self.aisles[column] if column >= 0 else None


def measure(
    places: Iterable[Place],
    depot: Place,
    cross_mm: Iterable[int] = (),
    one_way: Mapping[tuple[str, int], int] | None = None,
    end: Place | None = None,
) -> Floor:
    """Measure a floor from its places; walks end at `end`, or at the depot again.

    `cross_mm` are the y of all cross aisles; without them there is one in front of and one behind the
    outermost bins. The same aisle number in two zones is two aisles. `one_way`: (zone, aisle number) -> UP or DOWN.
    BadProblem when a place is given twice, or when a one-way floor has places that cannot be reached or left.
    """
    known = _distinct((*places, depot, *([end] if end else [])))
    aisles = _aisles(known, one_way or {})
    columns = {(aisle.zone, aisle.number): index for index, aisle in enumerate(aisles)}
    spots = {place.id: _spot(place, columns, aisles) for place in known}
    floor = Floor(known, aisles, _cross(cross_mm, aisles, depot), depot, spots, end)
    if floor.is_one_way:
        floor.streets.require_open()
    return floor


def _distinct(places: tuple[Place, ...]) -> tuple[Place, ...]:
    known = tuple(dict.fromkeys(places))
    require_distinct("place", (place.id for place in known))
    return known


def _aisles(places: Sequence[Place], one_way: Mapping[tuple[str, int], int]) -> tuple[Aisle, ...]:
    members: dict[tuple[str, int], list[Place]] = {}
    for place in places:
        require(place.aisle >= OPEN_FLOOR, f"aisle {place.aisle} of place {place.id} is below {OPEN_FLOOR}")
        if place.aisle != OPEN_FLOOR:
            members.setdefault((place.zone, place.aisle), []).append(place)
    for zone, number in one_way:
        require((zone, number) in members, f"one-way aisle {zone}{number} has no places")
    aisles = (_aisle(each, one_way.get(key, BOTH_WAYS)) for key, each in members.items())
    return tuple(sorted(aisles, key=lambda aisle: (aisle.x_mm, aisle.zone, aisle.number)))


def _aisle(members: list[Place], one_way: int) -> Aisle:
    first = members[0]
    require(one_way in (UP, BOTH_WAYS, DOWN), f"one_way of aisle {first.zone}{first.aisle} is {one_way}")
    xs, ys = [place.x_mm for place in members], [place.y_mm for place in members]
    return Aisle(first.zone, first.aisle, (min(xs) + max(xs)) // 2, min(ys), max(ys), one_way)


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
