"""Past orders walked again: how long the lists of the history are when items stand here or there.

A list is made of so many orders in a row, as the floor runs them. An item with several faces is picked from each in
turn, so each face of it is a unit with a share of its lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from wms.planning.faces import Faces, Problem
from wms.planning.ground import prepare
from wms.planning.layout import Place, measure
from wms.planning.oneblock import LANES, NOWHERE, Block, block_of
from wms.planning.swapping import Lists, Longs, Room, Shelves, Walker, measure_all

Unit = tuple[str, int]
"""An item and the number of its face: 0, 1, ..."""
Units = dict[Unit, int | None]
DECK = 7
"""Cards a unit has on average in the deck of units, beside the one that each has."""
NO_FLOOR = measure((), Place(0, "", 0, 0, 0), (0, 1))
NO_BLOCK = Block(0, 0, 0, *(np.zeros(0, np.int64) for _ in range(3)))


@dataclass(frozen=True)
class Replay:
    """A floor made ready to walk lists on: the point of every place, and the points that belong to every walk."""

    walker: Walker
    points: Mapping[int, int]
    home: tuple[int, ...]

    @property
    def points_type(self) -> type[np.uint16] | type[np.int64]:
        """As few bytes as the points of the floor need: a search that fits into the processor's cache is fast."""
        return np.uint16 if max(self.points.values(), default=0) < 1 << 16 else np.int64

    def lists(self, lists: Iterable[Iterable[int]], at: Longs) -> Lists:
        """Lists of units ready for the kernels and measured, unit u at the point at[u] (NOWHERE: not walked to)."""
        rows = [list(units) for units in lists]
        row, unit = _distinct(rows, len(at))
        held = at[unit] != NOWHERE
        walked = np.concatenate([row[held], np.repeat(np.arange(len(rows)), len(self.home))])
        points = np.concatenate([at[unit[held]], np.tile(np.array(self.home, np.int64), len(rows))])
        order = np.lexsort((points, walked))
        many = np.bincount(walked, minlength=len(rows))
        begin = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(rows)) + len(self.home) + 1)])
        stops = np.zeros(begin[-1], self.points_type)
        stops[np.repeat(begin[:-1] - np.cumsum(many) + many, many) + np.arange(len(walked))] = points[order]
        starts = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=len(at)))])
        of, length = row[np.argsort(unit, kind="stable")].astype(np.int32), np.zeros(len(rows), np.int32)
        made = Lists(starts, of, begin.astype(np.int32), stops, many.astype(np.int32), length)
        measure_all(self.walker, made, self.room(made))
        return made

    def room(self, lists: Lists) -> Room:
        """Room to exchange units on these lists."""
        longest, most = int(np.diff(lists.begin).max(initial=0)) + 2, 2 * len(lists.many) + LANES
        touched, loses, gets, lengths = (np.zeros(most, np.int64) for _ in range(4))
        spans, state = np.zeros((len(self.walker.block.x), 3, LANES), np.int64), np.zeros(7 * LANES, np.int64)
        return Room(np.zeros(longest, np.int64), touched, loses, gets, lengths, spans, state)


def _distinct(rows: Sequence[Sequence[int]], units: int) -> tuple[Longs, Longs]:
    """Each unit of each row once: the number of the row and of the unit, ascending."""
    row = np.repeat(np.arange(len(rows)), [len(each) for each in rows])
    keys = np.unique(row * units + np.fromiter(chain.from_iterable(rows), np.int64, len(row)))
    return keys // max(1, units), keys % max(1, units)


def replay_of(problem: Problem) -> Replay:
    """Make the floor of a problem ready, with the ends of its walks."""
    floor = problem.floor or NO_FLOOR
    ground = prepare(floor, *floor.ends)
    plain = block_of(floor, *floor.ends)
    block, points, home = plain or (NO_BLOCK, ground.points, ground.home)
    return Replay(Walker(plain is not None, block, ground.grid, ground.reaches(), ground.room()), points, home)


def placed(problem: Problem, faces: Faces) -> Units:
    """The place of every unit: an item's faces in the order given, None for the one unit of an item without a face."""
    seen = Counter[str]()
    units: Units = {}
    for sku, place in faces:
        units[sku, seen[sku]] = place
        seen[sku] += 1
    return units | {(item.sku, 0): None for item in problem.items if item.sku not in seen}


def orders_of(problem: Problem, units: Iterable[Unit]) -> list[list[Unit]]:
    """Past orders as units: order k takes an item from its face k modulo how many it has, and skips unknown items."""
    parts = Counter(sku for sku, _ in units)
    history = problem.history if problem.walks else ()
    return [[(sku, k % parts[sku]) for sku in dict.fromkeys(order) if sku in parts] for k, order in enumerate(history)]


def lists_of(problem: Problem, units: Iterable[Unit]) -> list[list[Unit]]:
    """Past lists as units: so many orders in a row."""
    orders, size = orders_of(problem, units), problem.orders_per_list
    return [[unit for order in orders[at : at + size] for unit in order] for at in range(0, len(orders), size)]


def picks_of(problem: Problem, units: Units) -> Counter[Unit]:
    """Picks of each unit: lines of the history, or those of the period shared evenly when no walks are known."""
    if problem.walks:
        return Counter(unit for order in orders_of(problem, units) for unit in order)
    parts, picks = Counter(sku for sku, _ in units), {item.sku: item.picks for item in problem.items}
    return Counter({(sku, k): picks[sku] // parts[sku] + (k < picks[sku] % parts[sku]) for sku, k in units})


def walk_of_lists(problem: Problem, faces: Faces) -> list[int]:
    """The walk of each past list in mm when items stand so; an item without a face is not walked to."""
    units, replay = placed(problem, faces), replay_of(problem)
    numbers = {unit: number for number, unit in enumerate(units)}
    at = np.array([NOWHERE if place is None else replay.points[place] for place in units.values()], np.int64)
    lists = replay.lists(([numbers[unit] for unit in row] for row in lists_of(problem, units)), at)
    return [int(length) for length in lists.length]


def walk(problem: Problem, faces: Faces) -> float:
    """The mean walk in mm per order of the history when items stand so."""
    return sum(walk_of_lists(problem, faces)) / max(1, len(problem.history))


def cost(problem: Problem, faces: Faces) -> int:
    """What all picks cost in mm: walks and reaches, or the way to each face and back where no walks are known."""
    at = {face.place_id: face for face in problem.faces}
    units = placed(problem, faces)
    price = problem.reach_mm if problem.walks else problem.pick_mm
    picks = picks_of(problem, units)
    reached = sum(
        picks[unit] * (problem.reserve_mm if place is None else price(at[place])) for unit, place in units.items()
    )
    return reached + (sum(walk_of_lists(problem, faces)) if problem.walks else 0)


def heat(problem: Problem, faces: Faces | Mapping[str, int]) -> dict[int, int]:
    """Visits of each face: lines of the history, or picks of the period when there is none."""
    units = placed(problem, tuple(faces.items()) if isinstance(faces, Mapping) else faces)
    visits = dict.fromkeys((face.place_id for face in problem.faces), 0)
    for unit, picks in picks_of(problem, units).items():
        place = units[unit]
        if place is not None:
            visits[place] = visits.get(place, 0) + picks
    return visits


def shelves_of(problem: Problem, units: Units, points: Mapping[int, int]) -> Shelves:
    """Units and faces as the kernels see them, numbered in the order given."""
    index = {face.place_id: number for number, face in enumerate(problem.faces)}
    place = np.array([NOWHERE if at is None else index[at] for at in units.values()], np.int64)
    holder = np.full(len(index), NOWHERE, np.int64)
    holder[place[place >= 0]] = np.flatnonzero(place >= 0)
    cost_of = problem.reach_mm if problem.walks else problem.pick_mm
    price = np.array([*(cost_of(face) for face in problem.faces), problem.reserve_mm], np.int64)
    picks = picks_of(problem, units)
    dealt = np.array([picks[unit] for unit in units], np.int64)
    stand = np.array([points.get(face.place_id, 0) for face in problem.faces], np.int64)
    deck = np.repeat(np.arange(len(dealt)), 1 + DECK * len(dealt) * dealt // max(1, int(dealt.sum())))
    return Shelves(place, holder, place.copy(), *_rules(problem, units), price, dealt, stand, deck)


def _rules(problem: Problem, units: Units) -> tuple[Longs, Longs]:
    """What units need and faces hold, rule by rule as `Problem.fault` has them: needed must not exceed held."""
    items, owners = {item.sku: item for item in problem.items}, sorted({face.owner for face in problem.faces} - {""})
    need = [
        (item.mm3, item.grams, item.hazard, item.grams > problem.heavy_g, *(item.owner != owner for owner in owners))
        for item in (items[sku] for sku, _ in units)
    ]
    holds = [
        (
            face.mm3,
            face.grams,
            face.hazard_ok,
            face.level <= problem.handy_level,
            *(face.owner != own for own in owners),
        )
        for face in problem.faces
    ]
    width = 4 + len(owners)
    return np.array(need, np.int64).reshape(-1, width), np.array(holds, np.int64).reshape(-1, width)
