"""The nouns of replenishing: pick faces, what stands in reserve, what a wave takes, and who brings what when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from wms.planning.layout import Floor
from wms.planning.problems import require, require_distinct, require_positive

AT_LEISURE = 10**9
"""Due time of a refill that no draw waits for."""


class Face(NamedTuple):
    """The pick face of one item: units in it (or on their way to it), filled up below `min_qty`, at most `max_qty`."""

    place_id: int
    sku: str
    qty: int
    min_qty: int
    max_qty: int


class Reserve(NamedTuple):
    """Free units of an item that stand in reserve; expiry as a day number (date.toordinal).

    `whole`: they may go as they are, such as a carton with nothing else in it and nothing promised to others.
    """

    stock_id: int
    sku: str
    place_id: int
    qty_free: int
    expiry_ordinal: int | None = None
    whole: bool = True
    sequence: int = 0


class Want(NamedTuple):
    """Units that the wave takes from a face, `at_s` seconds from now."""

    place_id: int
    qty: int
    at_s: int = 0


@dataclass(frozen=True)
class Problem:
    """Faces, what stands in reserve, and what the next wave takes; stock that expires too soon is left where it is.

    `walkers` people bring the goods; with a floor their walks are timed at `speed_mm_s`, `handle_s` for each task.
    """

    faces: tuple[Face, ...]
    reserves: tuple[Reserve, ...]
    wants: tuple[Want, ...] = ()
    today_ordinal: int = 0
    min_days_left: int = 0
    floor: Floor | None = None
    walkers: int = 1
    speed_mm_s: int = 1_200
    handle_s: int = 60

    def __post_init__(self) -> None:
        require_distinct("face", (face.place_id for face in self.faces))
        require_distinct("stock", (reserve.stock_id for reserve in self.reserves))
        require_positive("walkers", self.walkers)
        require_positive("speed_mm_s", self.speed_mm_s)
        for face in self.faces:
            told = f"face {face.place_id}: {face.qty} of {face.sku}, min {face.min_qty}, max {face.max_qty}"
            require(0 <= face.min_qty <= face.max_qty and face.qty >= 0 < face.max_qty, told)
        known = {face.place_id for face in self.faces}
        for want in self.wants:
            require(want.place_id in known, f"face {want.place_id} is unknown")
            require(want.qty >= 1 and want.at_s >= 0, f"face {want.place_id}: wants {want.qty} at {want.at_s} s")
        for reserve in self.reserves:
            require(reserve.qty_free >= 0, f"stock {reserve.stock_id} has {reserve.qty_free} free of {reserve.sku}")

    def serves(self, reserve: Reserve) -> bool:
        """Whether this stock lasts long enough to be sent."""
        return reserve.expiry_ordinal is None or reserve.expiry_ordinal - self.today_ordinal >= self.min_days_left

    def way_mm(self, a: int, b: int) -> int:
        """Walk between two places in mm; 0 without a floor."""
        return self.floor.distance(a, b) if self.floor else 0


class Task(NamedTuple):
    """Bring units of a stock to a face: not before `after_s` (no room yet), before `due_s` (the face runs empty).

    `whole`: the carton goes as it is. `walker` brings it from `start_s` to `end_s`; all times in seconds from now.
    """

    stock_id: int
    place_id: int
    qty: int
    after_s: int
    due_s: int
    whole: bool
    walker: int = 0
    start_s: int = 0
    end_s: int = 0

    @property
    def late(self) -> bool:
        """Whether a draw will find the face empty."""
        return self.end_s > self.due_s


class Short(NamedTuple):
    """Units that the wave will not find in a face, and from when on."""

    place_id: int
    qty: int
    at_s: int


@dataclass(frozen=True)
class Plan:
    """Tasks in the order of their due times, and what the reserve does not have."""

    tasks: tuple[Task, ...]
    short: tuple[Short, ...]

    @property
    def short_units(self) -> int:
        """Units that the wave will not find."""
        return sum(short.qty for short in self.short)

    @property
    def opened(self) -> int:
        """How many tasks take a part of a carton."""
        return sum(not task.whole for task in self.tasks)


def shared(faces: Iterable[Face], demand: Iterable[tuple[str, int, int]]) -> tuple[Want, ...]:
    """Say which faces serve demand that is known by item only, as (sku, units, at_s): each what it holds, the largest
    all that is beyond. Items without a face are left out: they are picked from where they stand."""
    rows: dict[str, list[Face]] = defaultdict(list)
    for face in faces:
        rows[face.sku].append(face)
    left = {face.place_id: face.qty for row in rows.values() for face in row}
    wants: list[Want] = []
    for sku, qty, at_s in sorted(demand, key=lambda part: part[2]):
        for face in rows.get(sku, ()):
            if n := min(left[face.place_id], qty):
                wants.append(Want(face.place_id, n, at_s))
                left[face.place_id] -= n
                qty -= n
        if qty and sku in rows:
            wants.append(Want(max(rows[sku], key=lambda face: face.max_qty).place_id, qty, at_s))
    return tuple(wants)


def with_coming(faces: Iterable[Face], coming: Iterable[tuple[int, int]]) -> tuple[Face, ...]:
    """Count units that open tasks bring, as (face, units), as if they stood there already: nobody is sent twice."""
    on_the_way = Counter[int]()
    for place_id, qty in coming:
        on_the_way[place_id] += qty
    return tuple(face._replace(qty=face.qty + on_the_way[face.place_id]) for face in faces)
