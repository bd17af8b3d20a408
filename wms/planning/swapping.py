"""Exchanges items between pick faces as long as the walks of past lists get shorter, priced exactly.

An exchange touches only the lists that hold one of the two items: a list with both visits the same faces as before.
Their walks are measured again, one by one, until it is plain that nothing is gained. A little worse is accepted at
first and less and less later (threshold accepting: Dueck & Scheuer, J. Comput. Phys. 90(1), 1990), so that the search
leaves a dead end. All numbers are integers: compiled or not, the same exchanges are made.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from wms.planning import speed
from wms.planning.oneblock import Block, block_trip
from wms.planning.speed import kernel
from wms.planning.walking import Grid, trip

Longs = npt.NDArray[np.int64]
NOWHERE = -1
LOOK_EVERY = 16
"""Lists measured between two looks at whether an exchange is hopeless."""
DRAWS = 64
SCALE = 16
"""mm to a step where a change is squared, so that squares stay far below 2**63."""


class Walker(NamedTuple):
    """Measures walks: on the plain `block` when that is so, else on the `grid` with its `reaches` and `room`."""

    plain: bool
    block: Block
    grid: Grid
    reaches: Any
    room: Any


class Lists(NamedTuple):
    """Past lists: unit u stands on the lists `of[starts[u]:starts[u + 1]]`, ascending. List k keeps its stops, points
    ascending, in `stops` from `begin[k]` on, `many[k]` of them; `length[k]` is its walk in mm."""

    starts: Longs
    of: Longs
    begin: Longs
    stops: Longs
    many: Longs
    length: Longs


class Shelves(NamedTuple):
    """Where units are: the face of each unit, the unit of each face (NOWHERE: none) and where each unit was at first.

    need[unit] and holds[face] are compared rule by rule: what is needed must not be more. price[face] is the reach of a
    pick in mm, the last one that of reserve; picks[unit] how often it is paid; point[face] where one stands.
    deck has every unit, those that are picked often many times.
    """

    place: Longs
    holder: Longs
    home: Longs
    need: Longs
    holds: Longs
    price: Longs
    picks: Longs
    point: Longs
    deck: Longs


class Room(NamedTuple):
    """Room to work in: the stops of one list, and the lists that an exchange touches with their new lengths."""

    stops: Longs
    touched: Longs
    lengths: Longs


@kernel
def length_of(walker: Walker, stops: Longs, count: int) -> int:
    """The walk in mm of a list of points, ascending."""
    if walker.plain:
        return block_trip(walker.block, stops, count)
    return trip(walker.grid, stops, count, walker.reaches, walker.room)


@kernel
def measure_all(walker: Walker, lists: Lists) -> int:
    """Measure the walk of every list; return the sum in mm."""
    total = 0
    for number in range(len(lists.many)):
        begin = lists.begin[number]
        length = length_of(walker, lists.stops[begin : begin + lists.many[number]], lists.many[number])
        lists.length[number] = length
        total += length
    return total


@kernel
def search(walker: Walker, lists: Lists, shelves: Shelves, room: Room, work: tuple[int, int, int, int, int]) -> Any:
    """Try exchanges; return the random state, the cost gained in mm (negative), and how many more units may move.

    `work`: random state, trials, a heat in mm at the first and at the last of them, and how many units may be elsewhere
    than at first beyond those that are already. Below 0 that is all, and a trial may be worse by a part of the heat;
    else it must save the heat for every unit that leaves its home, and may be worse by it for every one that returns.
    """
    state, trials, first, last, left = work
    gained = 0
    for step in range(trials):
        state, unit, face = proposal(shelves, state, left >= 0)
        state = speed.next_random(state)
        other, old = shelves.holder[face], shelves.place[unit]
        moved = units_moved(shelves, unit, other, (old, face))
        if face == old or (left >= 0 and moved > left) or not may(shelves, unit, other, (old, face)):
            continue
        heat = first + (last - first) * step // trials
        worse = -heat * moved if left >= 0 else heat * (state & 1023) // 1024
        change = (shelves.price[face] - shelves.price[old]) * shelves.picks[unit]
        if other >= 0:
            change -= (shelves.price[face] - shelves.price[old]) * shelves.picks[other]
        walks, found = walk_change(walker, lists, room, exchange_of(shelves, unit, face), worse - change)
        if found >= 0 and change + walks <= worse:
            record(lists, room, exchange_of(shelves, unit, face), found)
            put(shelves, unit, face)
            gained += change + walks
            left -= moved if left >= 0 else 0
    return state, gained, left


@kernel
def proposal(shelves: Shelves, state: int, rationed: bool) -> tuple[int, int, int]:
    """A unit and a face at random. Where moves are rationed, every other one is about units that have moved already
    (one of them back home, or to the face of another), and the rest about those that are picked most."""
    state = speed.next_random(state)
    unit = state % len(shelves.place)
    state = speed.next_random(state)
    face = state % len(shelves.holder)
    if not rationed:
        return state, unit, face
    state = speed.next_random(state)
    kind = state & 3
    if kind > 1:
        state, unit = moved_unit(shelves, state, unit)
        state, other = moved_unit(shelves, state, unit)
        face = shelves.home[unit] if kind == 2 else shelves.place[other]
        return state, unit, max(face, 0)
    state = speed.next_random(state)
    unit = shelves.deck[state % len(shelves.deck)]
    if kind == 1:
        state = speed.next_random(state)
        face = max(0, shelves.place[shelves.deck[state % len(shelves.deck)]])
    return state, unit, face


@kernel
def moved_unit(shelves: Shelves, state: int, unit: int) -> tuple[int, int]:
    """A unit at random that is not where it was at first; the given one when none comes up."""
    for _ in range(DRAWS):
        state = speed.next_random(state)
        drawn = state % len(shelves.place)
        if shelves.place[drawn] != shelves.home[drawn]:
            return state, drawn
    return state, unit


@kernel
def may(shelves: Shelves, unit: int, other: int, faces: tuple[int, int]) -> bool:
    """Whether the unit may go to the new face and its holder to the old one."""
    old, new = faces
    for rule in range(shelves.need.shape[1]):
        if shelves.need[unit, rule] > shelves.holds[new, rule]:
            return False
        if other >= 0 and old >= 0 and shelves.need[other, rule] > shelves.holds[old, rule]:
            return False
    return True


@kernel
def units_moved(shelves: Shelves, unit: int, other: int, faces: tuple[int, int]) -> int:
    """How many more units are elsewhere than at first after an exchange."""
    old, new = faces
    moved = int(new != shelves.home[unit]) - int(old != shelves.home[unit])
    if other >= 0:
        moved += int(old != shelves.home[other]) - int(new != shelves.home[other])
    return moved


@kernel
def exchange_of(shelves: Shelves, unit: int, face: int) -> tuple[int, int, int, int]:
    """The unit, the holder of the face, the point the unit leaves and the point it comes to."""
    old = shelves.place[unit]
    return unit, shelves.holder[face], shelves.point[old] if old >= 0 else NOWHERE, shelves.point[face]


@kernel
def put(shelves: Shelves, unit: int, face: int) -> None:
    """Give the unit the face, and its holder what the unit had."""
    other, old = shelves.holder[face], shelves.place[unit]
    shelves.place[unit], shelves.holder[face] = face, unit
    if other >= 0:
        shelves.place[other] = old
    if old >= 0:
        shelves.holder[old] = other


@kernel
def walk_change(
    walker: Walker, lists: Lists, room: Room, exchange: tuple[int, int, int, int], most: int
) -> tuple[int, int]:
    """What an exchange changes in all walks, in mm, and on how many lists; -1 lists once it is beyond hope.

    Hopeless is what exceeds `most` by twice the standard error of the lists seen so far.
    """
    unit, other, out, into = exchange
    change, found, square = 0, 0, 0
    if out == into:
        return change, found
    i, i_end = lists.starts[unit], lists.starts[unit + 1]
    j, j_end = (lists.starts[other], lists.starts[other + 1]) if other >= 0 else (i, i)
    while i < i_end or j < j_end:
        of_unit = j == j_end or (i < i_end and lists.of[i] <= lists.of[j])
        of_other = i == i_end or (j < j_end and lists.of[j] <= lists.of[i])
        number = lists.of[i] if of_unit else lists.of[j]
        i += int(of_unit)
        j += int(of_other)
        if of_unit and of_other:
            continue
        count = with_exchange(lists, number, (out, into) if of_unit else (into, out), room.stops)
        length = length_of(walker, room.stops, count)
        difference = length - lists.length[number]
        room.touched[found], room.lengths[found] = number, length
        change += difference
        square += (difference // SCALE) * (difference // SCALE)
        found += 1
        if found % LOOK_EVERY == 0 and change > most:
            over = (change - most) // SCALE
            if over * over > 4 * square:
                return change, -1
    return change, found


@kernel
def with_exchange(lists: Lists, number: int, points: tuple[int, int], stops: Longs) -> int:
    """Write a list's stops without the first point and with the second (NOWHERE: neither); return how many."""
    out, into = points
    size, taken, put_in = 0, out < 0, into < 0
    for k in range(lists.begin[number], lists.begin[number] + lists.many[number]):
        point = lists.stops[k]
        if not put_in and into < point:
            stops[size] = into
            size += 1
            put_in = True
        if point == out and not taken:
            taken = True
        else:
            stops[size] = point
            size += 1
    if not put_in:
        stops[size] = into
        size += 1
    return size


@kernel
def record(lists: Lists, room: Room, exchange: tuple[int, int, int, int], found: int) -> None:
    """Write the stops and lengths of the lists that an exchange touched."""
    unit, _, out, into = exchange
    i, i_end = lists.starts[unit], lists.starts[unit + 1]
    for k in range(found):
        number = room.touched[k]
        while i < i_end and lists.of[i] < number:
            i += 1
        of_unit = i < i_end and lists.of[i] == number
        count = with_exchange(lists, number, (out, into) if of_unit else (into, out), room.stops)
        begin = lists.begin[number]
        lists.stops[begin : begin + count] = room.stops[:count]
        lists.many[number], lists.length[number] = count, room.lengths[k]
