"""Items as they stand on the faces while the search exchanges them, with all the walks that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from wms.planning.faces import Faces, Problem
from wms.planning.oneblock import NOWHERE
from wms.planning.replay import Replay, Unit, Units, lists_of, placed, replay_of, shelves_of
from wms.planning.swapping import Lists, Longs, Room, Shelves, put, record, search, walk_change

NO_LIMIT = 1 << 60


@dataclass
class Standing:
    """Where units stand, the lists that count (of all past lists, by number), and their walks.

    `left` is how many more units may stand elsewhere than at first; below 0 there is no limit.
    """

    problem: Problem
    units: Units
    rows: Sequence[Sequence[int]]
    left: int = -1
    state: int = 1
    replay: Replay = field(init=False)
    shelves: Shelves = field(init=False)
    lists: Lists = field(init=False)
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        self.replay = replay_of(self.problem)
        self.shelves = shelves_of(self.problem, self.units, self.replay.points)
        self.lists = self.replay.lists(self.rows, self.points())
        self.room = self.replay.room(self.lists)

    def points(self, place: Longs | None = None) -> Longs:
        """The point of every unit; NOWHERE for one that has no face."""
        at = self.shelves.place if place is None else place
        return np.where(at >= 0, np.append(self.shelves.point, 0)[at], NOWHERE)

    def exchange(self, trials: int, first: int, last: int) -> int:
        """Try exchanges that may be so much worse, in mm, at first and at last; return mm gained (negative)."""
        work = (self.state, trials, first, last, self.left)
        self.state, gained, self.left = map(int, search(self.replay.walker, self.lists, self.shelves, self.room, work))
        return gained

    def go(self, unit: int, face: int) -> int:
        """Let a unit take a face (NOWHERE: none), its holder what it leaves; return the change of the cost in mm."""
        shelves, old = self.shelves, int(self.shelves.place[unit])
        other = int(shelves.holder[face]) if face != NOWHERE else NOWHERE
        if face == old:
            return 0
        out, into = (int(shelves.point[at]) if at != NOWHERE else NOWHERE for at in (old, face))
        exchange = (unit, other, out, into)
        walks, found = walk_change(self.replay.walker, self.lists, self.room, exchange, NO_LIMIT)
        record(self.replay.walker, self.lists, self.room, found)
        picks = int(shelves.picks[unit]) - (int(shelves.picks[other]) if other != NOWHERE else 0)
        change = int(walks) + int(shelves.price[face] - shelves.price[old]) * picks
        if face != NOWHERE:
            put(shelves, unit, face)
        else:
            shelves.place[unit], shelves.holder[old] = NOWHERE, NOWHERE
        return change

    def walks_of(self, rows: Iterable[Iterable[int]], place: Longs) -> Longs:
        """The walks of other lists with units standing so."""
        return self.replay.lists(rows, self.points(place)).length.astype(np.int64)

    def reaches(self, place: Longs) -> int:
        """What the levels cost all picks with units standing so, in mm."""
        return int((self.shelves.price[place] * self.shelves.picks).sum())

    def faces(self, place: Longs) -> Faces:
        """Who stands where, as (sku, place) by sku."""
        faces = self.problem.faces
        at = [
            (unit, faces[number].place_id)
            for unit, number in zip(self.units, place.tolist(), strict=True)
            if number >= 0
        ]
        return tuple((sku, face) for (sku, _), face in sorted(at))


def standing_at(problem: Problem, faces: Faces) -> tuple[Units, list[list[int]]]:
    """The units of faces, and all past lists as numbers of units."""
    units = placed(problem, faces)
    numbers: dict[Unit, int] = {unit: number for number, unit in enumerate(units)}
    return units, [[numbers[unit] for unit in row] for row in lists_of(problem, units)]
