"""Velocity slotting: the oftener an item is picked, the nearer and the handier its face.

The cost of all picks is a sum of picks times the price of a face, so falling picks against rising prices is the least
there is (Hardy, Littlewood & Polya, Inequalities, theorem 368). Where not everything fits everywhere, exchanges follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wms.planning.faces import Face, Faces, ItemDemand, Problem

Assignment = dict[tuple[str, int], Face]
"""The face of every unit: an item and which of its faces."""
ShareOf = tuple[ItemDemand, int]
"""A unit: an item, and the number of its face."""


def by_velocity(problem: Problem, rounds_max: int) -> Faces:
    """Items by picks into the cheapest face that holds them, then exchanges; spare faces go to the fastest items."""
    units = sorted(_wanted(problem), key=lambda unit: (-speed_of(unit), key_of(unit)))
    faces = sorted(problem.faces, key=lambda face: (problem.pick_mm(face), face.mm3, face.place_id))
    assigned = first_fit(problem, units, faces)
    for _ in range(rounds_max):
        if not _exchange(problem, units, faces, assigned):
            break
    taken = {face.place_id for face in assigned.values()}
    left = [unit for unit in units if key_of(unit) not in assigned]
    assigned |= first_fit(problem, left, [face for face in faces if face.place_id not in taken])
    return as_faces(assigned)


def by_name(problem: Problem) -> Faces:
    """Items by name into faces by number, as they fit."""
    faces = sorted(problem.faces, key=lambda face: face.place_id)
    return as_faces(first_fit(problem, sorted(_wanted(problem), key=key_of), faces))


def _wanted(problem: Problem) -> list[ShareOf]:
    """One face for every item, and what faces remain for those that want several, the fastest first."""
    order = sorted(problem.items, key=lambda item: (-item.picks / item.faces, item.sku))
    more = [(item, part) for item in order for part in range(1, item.faces)]
    return [*((item, 0) for item in order), *more[: max(0, len(problem.faces) - len(order))]]


def as_faces(assigned: Assignment) -> Faces:
    """Write an assignment as (sku, place) by sku."""
    return tuple((sku, face.place_id) for (sku, _), face in sorted(assigned.items()))


def first_fit(problem: Problem, units: Iterable[ShareOf], faces: Iterable[Face]) -> Assignment:
    """Give each unit in turn the first free face that holds it."""
    free = dict.fromkeys(faces)
    assigned: Assignment = {}
    for item, part in units:
        face = next((face for face in free if not problem.fault(item, face)), None)
        if face is not None:
            assigned[item.sku, part] = face
            del free[face]
    return assigned


@dataclass
class Ranking:
    """Faces by price, who holds each, and how fast that one is (-1 for nobody)."""

    problem: Problem
    faces: Sequence[Face]
    assigned: Assignment
    prices: npt.NDArray[np.int64]
    holders: list[ShareOf | None]
    speeds: npt.NDArray[np.float64]

    def better(self, unit: ShareOf) -> list[int]:
        """Faces that are cheaper than the unit's own, held by nobody faster and fit for the exchange."""
        item, own = unit[0], self.assigned.get(key_of(unit))
        price = self.problem.pick_mm(own) if own else self.problem.reserve_mm
        found = np.flatnonzero((self.prices < price) & (self.speeds < speed_of(unit))).tolist()
        return [at for at in found if not self.problem.fault(item, self.faces[at]) and self.may_leave(at, own)]

    def may_leave(self, at: int, own: Face | None) -> bool:
        """Whether the holder of a face fits the one it would get."""
        other = self.holders[at]
        return not (own and other and self.problem.fault(other[0], own))

    def take(self, unit: ShareOf, at: int) -> None:
        """Give the unit the face, and its holder, if any, the unit's own."""
        own, other = self.assigned.get(key_of(unit)), self.holders[at]
        if other:
            del self.assigned[key_of(other)]
        if own:
            self.hold(other, self.faces.index(own))
        self.hold(unit, at)

    def hold(self, unit: ShareOf | None, at: int) -> None:
        """Write down who holds a face."""
        self.holders[at], self.speeds[at] = unit, speed_of(unit) if unit else -1.0
        if unit:
            self.assigned[key_of(unit)] = self.faces[at]


def _exchange(problem: Problem, units: Sequence[ShareOf], faces: Sequence[Face], assigned: Assignment) -> bool:
    """Give a unit a better face and its holder, if any, the face left behind, wherever that costs less in all."""
    holder = {assigned[key_of(unit)].place_id: unit for unit in units if key_of(unit) in assigned}
    prices = np.array([problem.pick_mm(face) for face in faces], np.int64)
    ranking = Ranking(problem, faces, assigned, prices, [None] * len(faces), np.full(len(faces), -1.0))
    for at, face in enumerate(faces):
        ranking.hold(holder.get(face.place_id), at)
    better = False
    for unit in units:
        for at in ranking.better(unit)[:1]:
            ranking.take(unit, at)
            better = True
    return better


def speed_of(unit: ShareOf) -> float:
    """Picks of one face of the item."""
    return unit[0].picks / unit[0].faces


def key_of(unit: ShareOf) -> tuple[str, int]:
    """The item's SKU and the number of its face."""
    return unit[0].sku, unit[1]
