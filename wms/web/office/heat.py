"""The floor as a picture: places where they stand, bins coloured by how often somebody goes there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from typing import Any, NamedTuple

WIDE = 600  # units across; about as many pixels, so that a letter of 16 units can be read
TALLEST = 900
GRADES = 6  # colours above "nobody goes there"
CELL_MM = (400, 2_600)  # a bay is drawn at least so wide and at most so wide
LEVELS_DRAWN = 3_000  # with more bins than this the levels of a bay are drawn as one
MARGIN = 10
LETTER = 18  # room for the name of an aisle


class Box(NamedTuple):
    """A rectangle in units of the picture; `grade` 0 to GRADES colours it, `title` says what it is,
    and `name` of a dock or station is written into it."""

    x: float
    y: float
    width: float
    height: float
    grade: int
    title: str
    mark: bool = False
    name: str = ""


class Word(NamedTuple):
    """A name in the picture, centred at x."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Picture:
    """All that the template draws."""

    width: float
    height: float
    bins: tuple[Box, ...]
    others: tuple[Box, ...]
    words: tuple[Word, ...]


class Step(NamedTuple):
    """A colour of the legend and the visits it stands for."""

    grade: int
    words: str


@dataclass(frozen=True)
class Scale:
    """Millimetres of the floor to units of the picture; y grows away from the front, so the front is drawn below."""

    left: int
    back: int
    per_mm: float
    cell: tuple[float, float]

    def at(self, x_mm: int, y_mm: int) -> tuple[float, float]:
        """Return the middle of a place."""
        return (
            MARGIN + self.cell[0] / 2 + (x_mm - self.left) * self.per_mm,
            MARGIN + LETTER + self.cell[1] / 2 + (self.back - y_mm) * self.per_mm,
        )


def grade_of(visits: int, most: int) -> int:
    """Return the colour of a number of visits: its root against the root of the most, so that few still show."""
    return 0 if not visits else min(GRADES, 1 + isqrt(visits * GRADES * GRADES // (most + 1)))


def legend(most: int) -> list[Step]:
    """Return what the colours mean, the coolest first."""
    first = [next((n for n in range(1, most + 1) if grade_of(n, most) >= grade), 0) for grade in range(1, GRADES + 1)]
    steps = [(grade, at) for grade, at in enumerate(first, start=1) if at and grade_of(at, most) == grade]
    if not steps:
        return [Step(0, "none")]
    ends = [*(at - 1 for _, at in steps[1:]), most]
    told = [
        Step(grade, str(at) if at == end else f"{at} to {end}") for (grade, at), end in zip(steps, ends, strict=True)
    ]
    return [Step(0, "none"), *told]


def picture(rows: Sequence[Any], visits: Mapping[int, int], most: int, marked: Iterable[int] = ()) -> Picture:
    """Return the floor with its visits; `most` is the hottest place of all pictures; `marked` ones are outlined."""
    if not rows:
        return Picture(WIDE, WIDE / 4, (), (), ())
    scale, ringed = scale_of(rows), set(marked)
    bays: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in rows:
        if row.kind in ("bin", "reserve"):
            bays[row.x_mm, row.y_mm].append(row)
    merge = sum(len(bay) for bay in bays.values()) > LEVELS_DRAWN
    boxes = [
        box for spot, bay in bays.items() for box in levels(scale.at(*spot), scale, bay, (visits, most, ringed, merge))
    ]
    others = [stand(scale, row) for row in rows if row.kind not in ("bin", "reserve")]
    boxes.sort(key=lambda box: box.mark)  # an outline is drawn over its neighbours
    size = extent([*boxes, *others])
    return Picture(*size, tuple(boxes), tuple(others), tuple(words(scale, rows)))


def scale_of(rows: Sequence[Any]) -> Scale:
    """Return the scale that shows all places, with bays as large as their distances allow."""
    xs, ys = sorted({row.x_mm for row in rows}), sorted({row.y_mm for row in rows})
    cell_mm = gap(xs), gap(ys)
    wide, tall = xs[-1] - xs[0] + cell_mm[0], ys[-1] - ys[0] + cell_mm[1]
    per_mm = min((WIDE - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
    return Scale(xs[0], ys[-1], per_mm, (cell_mm[0] * per_mm, cell_mm[1] * per_mm))


def gap(values: Sequence[int]) -> int:
    """Return the commonest distance between neighbours, within what a bay can be."""
    gaps = sorted(there - here for here, there in pairwise(values) if there - here >= CELL_MM[0])
    usual = max(sorted(set(gaps)), key=gaps.count) if gaps else 1_000
    return max(CELL_MM[0], min(usual, CELL_MM[1]))


Facts = tuple[Mapping[int, int], int, set[int], bool]
"""Visits of each place, the most of them, the marked places, and whether the levels of a bay are drawn as one."""


def levels(middle: tuple[float, float], scale: Scale, bay: Sequence[Any], facts: Facts) -> list[Box]:
    """Return the places of a bay, one above the other, the lowest at the bottom."""
    visits, most, marked, merge = facts
    wide, tall = scale.cell[0] * 0.86, scale.cell[1] * 0.86
    x, y = middle[0] - wide / 2, middle[1] - tall / 2
    if merge:
        sums = sum(visits.get(row.id, 0) for row in bay)
        return [Box(r(x), r(y), r(wide), r(tall), grade_of(sums, most), f"{bay[0].name}: {sums} visits")]
    high = tall / len(bay)
    found = []
    for number, row in enumerate(sorted(bay, key=lambda row: row.level, reverse=True)):
        n = visits.get(row.id, 0)
        title = f"{row.name}: {n} visits" if n else row.name
        found.append(Box(r(x), r(y + number * high), r(wide), r(high), grade_of(n, most), title, row.id in marked))
    return found


def stand(scale: Scale, row: Any) -> Box:
    """Return a dock, stage or station."""
    (x, y), (wide, tall) = scale.at(row.x_mm, row.y_mm), scale.cell
    side = min(wide, tall, 26)
    return Box(r(x - side / 2), r(y - side / 2), r(side), r(side), 0, f"{row.name} ({row.kind})", name=row.name)


def words(scale: Scale, rows: Sequence[Any]) -> list[Word]:
    """Return the names of the aisles above them, as far as they do not touch."""
    aisles: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.kind in ("bin", "reserve") and row.aisle:
            aisles[f"{row.zone}{row.aisle.lstrip('0')}"].append(row)
    found: list[Word] = []
    for name, places in sorted(aisles.items(), key=lambda pair: min(row.x_mm for row in pair[1])):
        xs, back = [row.x_mm for row in places], max(row.y_mm for row in places)
        x, y = scale.at(sum(xs) // len(xs), back)
        word = Word(r(x), r(y - scale.cell[1] / 2 - 4), name)
        if all(abs(word.x - other.x) > 30 or abs(word.y - other.y) > LETTER for other in found):
            found.append(word)
    return found


def extent(boxes: Sequence[Box]) -> tuple[float, float]:
    """Return how wide and tall the picture is."""
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return r(max(right + MARGIN, WIDE)), r(bottom + MARGIN)


def r(value: float) -> float:
    """Return a coordinate with one decimal: a picture of thousands of boxes must travel."""
    return round(value, 1)
