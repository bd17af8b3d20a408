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
from wms.planning.oneblock import BIG, HIGHEST, LANES, LENGTH, LOWEST, NOWHERE, WIDEST, Block, sweep
from wms.planning.speed import kernel, uncounted
from wms.planning.walking import Grid, trip

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
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
    of: Ints
    begin: Ints
    stops: Any
    many: Ints
    length: Ints


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
    """Room to work in: the stops of one list; the lists that an exchange touches, the points that each loses and gets,
    and their new lengths; what the lanes of a sweep serve and how far they are."""

    stops: Longs
    touched: Longs
    loses: Longs
    gets: Longs
    lengths: Longs
    spans: Longs
    state: Longs


@kernel
@uncounted
def measure_all(walker: Walker, lists: Lists, room: Room) -> int:
    """Measure the walk of every list; return the sum in mm."""
    total = 0
    for first in range(0, len(lists.many), LANES):
        last = min(first + LANES, len(lists.many))
        for number in range(first, last):
            room.touched[number - first] = number
            room.loses[number - first] = room.gets[number - first] = NOWHERE
        measure(walker, lists, room, (0, last - first))
        for number in range(first, last):
            lists.length[number] = room.lengths[number - first]
            total += lists.length[number]
    return total


@kernel
@uncounted
def measure(walker: Walker, lists: Lists, room: Room, which: tuple[int, int]) -> None:
    """Write the new lengths of some of the touched lists, on a plain block at most LANES of them."""
    first, last = which
    for k in range(first, last):
        if walker.plain:
            lay(walker.block, lists, room, (k, k - first))
        else:
            count = with_exchange(lists, room, k)
            room.lengths[k] = trip(walker.grid, room.stops, count, walker.reaches, walker.room)
    if walker.plain:
        sweep(walker.block, room.spans, room.state, last - first)
        for k in range(first, last):
            room.lengths[k] = room.state[k - first + LENGTH]


@kernel
@uncounted
def lay(block: Block, lists: Lists, room: Room, which: tuple[int, int]) -> None:
    """Write to a lane where the stops of a touched list are, with the exchange."""
    k, lane = which
    number, out, into, spans = room.touched[k], room.loses[k], room.gets[k], room.spans
    for line in range(len(block.x)):
        spans[line, LOWEST, lane] = spans[line, HIGHEST, lane] = BIG
        spans[line, WIDEST, lane] = 0
    at = lists.begin[number]
    end = at + lists.many[number]
    while at < end or into >= 0:
        if into >= 0 and (at == end or into < lists.stops[at]):
            point = into
            into = NOWHERE
        else:
            point = lists.stops[at]
            at += 1
            if point == out:
                out = NOWHERE
                continue
        line, y = block.line[point], block.y[point]
        spans[line, LOWEST, lane] = min(spans[line, LOWEST, lane], y)
        spans[line, WIDEST, lane] = max(spans[line, WIDEST, lane], y - spans[line, HIGHEST, lane])
        spans[line, HIGHEST, lane] = y


@kernel
@uncounted
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
            record(walker, lists, room, found)
            put(shelves, unit, face)
            gained += change + walks
            left -= moved if left >= 0 else 0
    return state, gained, left


@kernel
@uncounted
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
@uncounted
def moved_unit(shelves: Shelves, state: int, unit: int) -> tuple[int, int]:
    """A unit at random that is not where it was at first; the given one when none comes up."""
    for _ in range(DRAWS):
        state = speed.next_random(state)
        drawn = state % len(shelves.place)
        if shelves.place[drawn] != shelves.home[drawn]:
            return state, drawn
    return state, unit


@kernel
@uncounted
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
@uncounted
def units_moved(shelves: Shelves, unit: int, other: int, faces: tuple[int, int]) -> int:
    """How many more units are elsewhere than at first after an exchange."""
    old, new = faces
    moved = int(new != shelves.home[unit]) - int(old != shelves.home[unit])
    if other >= 0:
        moved += int(old != shelves.home[other]) - int(new != shelves.home[other])
    return moved


@kernel
@uncounted
def exchange_of(shelves: Shelves, unit: int, face: int) -> tuple[int, int, int, int]:
    """The unit, the holder of the face, the point the unit leaves and the point it comes to."""
    old = shelves.place[unit]
    return unit, shelves.holder[face], shelves.point[old] if old >= 0 else NOWHERE, shelves.point[face]


@kernel
@uncounted
def put(shelves: Shelves, unit: int, face: int) -> None:
    """Give the unit the face, and its holder what the unit had."""
    other, old = shelves.holder[face], shelves.place[unit]
    shelves.place[unit], shelves.holder[face] = face, unit
    if other >= 0:
        shelves.place[other] = old
    if old >= 0:
        shelves.holder[old] = other


@kernel
@uncounted
def walk_change(
    walker: Walker, lists: Lists, room: Room, exchange: tuple[int, int, int, int], most: int
) -> tuple[int, int]:
    """What an exchange changes in all walks, in mm, and on how many lists; -1 lists once it is beyond hope.

    Hopeless is what exceeds `most` by twice the standard error of the lists seen so far.
    """
    unit, other, out, into = exchange
    change, found, seen, square = 0, 0, 0, 0
    if out == into:
        return change, found
    i, i_end = lists.starts[unit], lists.starts[unit + 1]
    j, j_end = (lists.starts[other], lists.starts[other + 1]) if other >= 0 else (i, i)
    while i < i_end or j < j_end:
        of_unit = j == j_end or (i < i_end and lists.of[i] <= lists.of[j])
        of_other = i == i_end or (j < j_end and lists.of[j] <= lists.of[i])
        room.touched[found] = lists.of[i] if of_unit else lists.of[j]
        room.loses[found], room.gets[found] = (out, into) if of_unit else (into, out)
        found += int(of_unit != of_other)
        i += int(of_unit)
        j += int(of_other)
        if found - seen == LANES or (i == i_end and j == j_end):
            more, squares = changes(walker, lists, room, (seen, found))
            change, square, seen = change + more, square + squares, found
            over = (change - most) // SCALE
            if over > 0 and over * over > 4 * square and (i < i_end or j < j_end):
                return change, -1
    return change, found


@kernel
@uncounted
def changes(walker: Walker, lists: Lists, room: Room, which: tuple[int, int]) -> tuple[int, int]:
    """Measure some of the touched lists: the sum of the changes in mm, and of their squares."""
    change, square = 0, 0
    measure(walker, lists, room, which)
    for k in range(which[0], which[1]):
        difference = room.lengths[k] - lists.length[room.touched[k]]
        change += difference
        square += (difference // SCALE) * (difference // SCALE)
    return change, square


@kernel
@uncounted
def with_exchange(lists: Lists, room: Room, k: int) -> int:
    """Write a touched list's stops without the point that it loses and with that it gets; return how many."""
    number, out, into = room.touched[k], room.loses[k], room.gets[k]
    size, taken, put_in, stops = 0, out < 0, into < 0, room.stops
    for at in range(lists.begin[number], lists.begin[number] + lists.many[number]):
        point = lists.stops[at]
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
@uncounted
def record(walker: Walker, lists: Lists, room: Room, found: int) -> None:
    """Write the stops and lengths of the lists that an exchange touched."""
    for k in range(found):
        number = room.touched[k]
        count = with_exchange(lists, room, k)
        begin = lists.begin[number]
        for at in range(count):
            lists.stops[begin + at] = room.stops[at]
        lists.many[number], lists.length[number] = count, room.lengths[k]
