"""Which pick face each item gets: the oftener it is picked, the nearer and the handier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wms.planning.problems import require, require_distinct


class ItemDemand(NamedTuple):
    """An item: picks (order lines) of the period, and the volume in mm3 of what its face must hold."""

    sku: str
    picks: int
    mm3: int = 0
    hazard: bool = False


class Face(NamedTuple):
    """A pick face: walking distance in mm from the depot, shelf level, volume in mm3 it holds."""

    place_id: int
    distance_mm: int
    level: int
    mm3: int
    hazard_ok: bool = True


@dataclass(frozen=True)
class Problem:
    """Items, faces, and what reaching costs: `handy_level` is free, each level off it is like `level_mm` more walk."""

    items: tuple[ItemDemand, ...]
    faces: tuple[Face, ...]
    handy_level: int = 1
    level_mm: int = 2_000

    def __post_init__(self) -> None:
        require_distinct("item", (item.sku for item in self.items))
        require_distinct("face", (face.place_id for face in self.faces))
        require(self.level_mm >= 0, f"level_mm must not be negative: {self.level_mm}")
        for item in self.items:
            require(item.picks >= 0 and item.mm3 >= 0, f"picks or volume of {item.sku} is negative")

    def pick_mm(self, face: Face) -> int:
        """What one pick from the face costs: there and back, and the reach, in mm."""
        return 2 * face.distance_mm + self.level_mm * abs(face.level - self.handy_level)

    @property
    def reserve_mm(self) -> int:
        """What one pick of an item without a face costs: as from beyond the worst face."""
        return 2 * max((self.pick_mm(face) for face in self.faces), default=0) + 1


@dataclass(frozen=True)
class Options:
    """`rounds_max`: passes of exchanges over all faces."""

    rounds_max: int = 3
    seed: int = 0


DEFAULT = Options()


@dataclass(frozen=True)
class Plan:
    """Faces as (sku, place) by sku, items without a face, and the cost of all picks of the period in mm."""

    faces: tuple[tuple[str, int], ...]
    unplaced: tuple[str, ...]
    cost_mm: int

    @property
    def place_of(self) -> Mapping[str, int]:
        """Place of each item that has a face."""
        return dict(self.faces)


Assignment = dict[str, Face]


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Velocity slotting: items by picks take the cheapest face that holds them, then exchanges (optimal when all fit).

    Cost is a sum of picks times face cost, so falling picks against rising cost is the least possible (Hardy,
    Littlewood & Polya, Inequalities, theorem 368).
    """
    order = sorted(problem.items, key=lambda item: (-item.picks, item.sku))
    faces = sorted(problem.faces, key=lambda face: (problem.pick_mm(face), face.mm3, face.place_id))
    assigned = _first_fit(order, faces)
    for _ in range(options.rounds_max):
        if not _exchange(problem, order, faces, assigned):
            break
    _fill(order, faces, assigned)
    return min(_plan(problem, assigned), baseline(problem), key=lambda plan: plan.cost_mm)


def baseline(problem: Problem) -> Plan:
    """Items by name into faces by number, as they fit."""
    faces = sorted(problem.faces, key=lambda face: face.place_id)
    return _plan(problem, _first_fit(sorted(problem.items, key=lambda item: item.sku), faces))


def _first_fit(items: Iterable[ItemDemand], faces: Iterable[Face]) -> Assignment:
    free = list(faces)
    assigned: Assignment = {}
    for item in items:
        face = next((face for face in free if _fits(item, face)), None)
        if face is not None:
            assigned[item.sku] = face
            free.remove(face)
    return assigned


def _fill(items: Iterable[ItemDemand], faces: Iterable[Face], assigned: Assignment) -> None:
    """Give what exchanges left free to items that still have no face."""
    taken = {face.place_id for face in assigned.values()}
    without = [item for item in items if item.sku not in assigned]
    assigned.update(_first_fit(without, [face for face in faces if face.place_id not in taken]))


def _fits(item: ItemDemand, face: Face) -> bool:
    return item.mm3 <= face.mm3 and (face.hazard_ok or not item.hazard)


def _plan(problem: Problem, assigned: Assignment) -> Plan:
    placed = tuple(sorted((sku, face.place_id) for sku, face in assigned.items()))
    unplaced = tuple(sorted(item.sku for item in problem.items if item.sku not in assigned))
    return Plan(placed, unplaced, sum(_cost(problem, item, assigned.get(item.sku)) for item in problem.items))


def _cost(problem: Problem, item: ItemDemand, face: Face | None) -> int:
    return item.picks * (problem.reserve_mm if face is None else problem.pick_mm(face))


def _exchange(problem: Problem, items: list[ItemDemand], faces: list[Face], assigned: Assignment) -> bool:
    """Give an item a better face and its holder, if any, the face left behind, wherever that costs less in all."""
    holders = {assigned[item.sku].place_id: item for item in items if item.sku in assigned}
    better = False
    for item in items:
        for face in faces:
            if _gains(problem, assigned, item, (face, holders.get(face.place_id))):
                _swap(assigned, holders, item, face)
                better = True
    return better


def _gains(problem: Problem, assigned: Assignment, item: ItemDemand, wanted: tuple[Face, ItemDemand | None]) -> bool:
    (face, holder), own = wanted, assigned.get(item.sku)
    price = problem.reserve_mm if own is None else problem.pick_mm(own)
    saved = price - problem.pick_mm(face)
    if saved <= 0 or not _fits(item, face) or (holder and own and not _fits(holder, own)):
        return False
    return holder is None or item.picks > holder.picks


def _swap(assigned: Assignment, holders: dict[int, ItemDemand], item: ItemDemand, face: Face) -> None:
    holder, own = holders.pop(face.place_id, None), assigned.pop(item.sku, None)
    assigned[item.sku], holders[face.place_id] = face, item
    if own is not None:
        holders.pop(own.place_id)
    if holder is not None:
        del assigned[holder.sku]
        if own is not None:
            assigned[holder.sku], holders[own.place_id] = own, holder


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every item once, every face at most once, all fit, the cost is true."""
    items = {item.sku: item for item in problem.items}
    faces = {face.place_id: face for face in problem.faces}
    named = Counter([*(sku for sku, _ in plan.faces), *plan.unplaced])
    broken = [f"item {sku} is named {named[sku]} times" for sku in sorted({*items, *named}) if named[sku] != 1]
    broken += [f"item {sku} is unknown" for sku in named if sku not in items]
    broken += [f"face {place} is unknown" for _, place in plan.faces if place not in faces]
    taken = Counter(place for _, place in plan.faces)
    broken += [f"face {place} is given to {count} items" for place, count in taken.items() if count > 1]
    return broken or [*_misfits(problem, plan)]


def _misfits(problem: Problem, plan: Plan) -> Iterable[str]:
    items = {item.sku: item for item in problem.items}
    faces = {face.place_id: face for face in problem.faces}
    free = [face for place, face in faces.items() if place not in plan.place_of.values()]
    for sku, place in plan.faces:
        if items[sku].mm3 > faces[place].mm3:
            yield f"face {place} is too small for {sku}"
        if items[sku].hazard and not faces[place].hazard_ok:
            yield f"face {place} is not for hazardous goods such as {sku}"
    for sku in plan.unplaced:
        if any(items[sku].mm3 <= face.mm3 and (face.hazard_ok or not items[sku].hazard) for face in free):
            yield f"item {sku} has no face, but one is free"
    places = plan.place_of
    cost = sum(_cost(problem, item, faces[places[item.sku]] if item.sku in places else None) for item in problem.items)
    if cost != plan.cost_mm:
        yield f"the plan costs {cost} mm, not {plan.cost_mm}"
