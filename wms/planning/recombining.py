"""Lists are taken apart, a few at a time, and their orders divided anew in the best way that a table of batches has.

Lists together cost what they are dear together (`relaxing`), and the bound. So a batch dearer than all lists that were
taken apart is out of the question, and the best way to serve the freed orders is found depth first, most often in a few
dozen looks. One of the lists must not come back; what replaces them may be a little worse, and ever less so as the
search cools (`annealing` says why). This is a large neighbourhood search (Shaw, Principles and Practice of Constraint
Programming, 1998) with an exact answer inside.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wms.planning.annealing import DICE, FACES
from wms.planning.covering import covered
from wms.planning.relaxing import Batches, Floats, Ints
from wms.planning.speed import Stopwatch, kernel, next_random, numbers, running, uncounted
from wms.planning.walking import Numbers

FINE = 1000
"""How dear a batch is, is told in integers: so many to a unit of cost."""
FREE_MIN, FREE_MAX = 9, 18
"""How many orders are freed at a time, or a few more: lists are taken apart as a whole."""
ROOM = 62
"""So many orders fit into the bits of a number."""
KEPT = 4096
"""How many batches of the freed orders are looked at."""
LOOKS = 1000
"""How many looks the search for the best way may take."""
TRIES = 40
"""How often a list is sought that is to be taken apart with the others."""
ATTEMPT, SHIFTS = 100, 4
"""Work of an attempt beside its looks; and how many batches that make room for another are the work of a look."""
LEVELS = 40
"""Temperatures from the first to the last, as shares of the mean cost of a list."""
HOT, COLD = 0.05, 0.005


class Table(NamedTuple):
    """Batches by their first two orders, then by how dear they are: pair[a * orders + b] says where those of a pair
    begin (a alone is a pair with itself). with_order[at[o]:at[o + 1]] are the batches with order o, cheapest first.
    """

    first: Numbers
    member: Numbers
    dear: Numbers
    pair: Numbers
    with_order: Numbers
    at: Numbers


class Now(NamedTuple):
    """The division now: lists[l] is the batch of list l, list_of[o] the list of order o, free[l] whether it is apart.

    `best` is the best division so far. `sums`: lists, how dear they are together, how dear the best is, random state,
    lists that are apart, orders that are freed.
    """

    lists: Numbers
    list_of: Numbers
    free: Numbers
    best: Numbers
    sums: Numbers


class Room(NamedTuple):
    """Scratch: which lists are apart; the freed orders, and the places of all orders among them; the batches of the
    freed orders (where those with each as the first begin, orders as bits, how dear, number); and for `covered`.
    """

    apart: Numbers
    orders: Numbers
    place: Numbers
    heads: Numbers
    masks: Numbers
    dear: Numbers
    batch: Numbers
    path: tuple[Numbers, Numbers, Numbers]
    chosen: Numbers
    state: Numbers


def recombined(batches: Batches, dear: Floats, start: Ints, terms: tuple[int, int, Stopwatch]) -> Ints:
    """Return the batches of the best division found from that of `start`.

    `terms`: work (a look at a batch or a path each), the seed, the watch.
    """
    work, seed, watch = terms
    table, order = _table(batches, np.maximum(0, dear * FINE).astype(np.int64))
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    now, room = _begun(table, back[start], seed), _room(len(table.at) - 1)
    mean, faces = float(batches.cost[start].mean()) * FINE, numbers(FACES)
    level, hurried, heats = 0, False, np.geomspace(HOT * mean, COLD * mean, LEVELS)
    given = watch.left()
    while level < LEVELS and not watch.over():
        recombine(table, now, room, faces, (int(heats[level]), work // LEVELS))
        spent = LEVELS * (1 - watch.left() / given)
        hurried = hurried or (LEVELS > level + 1 >= LEVELS // 10 and spent > level + 1)
        level = min(LEVELS - 1, int(spent)) if hurried else level + 1  # a hurried search goes on to the very end
    watch.was_short = watch.was_short or hurried
    return order[np.array([b for b in now.best if b >= 0], np.int64)]


def _table(batches: Batches, dear: Ints) -> tuple[Table, Ints]:
    """The table, and which batch of before each of its batches is."""
    orders = int(batches.member.max()) + 1
    sizes = np.diff(batches.first)
    member = batches.member[np.argsort(np.repeat(np.arange(len(sizes)), sizes) * orders + batches.member)]
    heads = member[batches.first[:-1]]
    seconds = np.where(sizes > 1, member[np.minimum(batches.first[:-1] + 1, len(member) - 1)], heads)
    pairs = heads * orders + seconds
    order = np.lexsort((dear, pairs))
    ordered = Batches(batches.first, member, batches.cost).only(order)
    batch_of = np.repeat(np.arange(len(order)), np.diff(ordered.first))
    by_order = np.lexsort((dear[order][batch_of], ordered.member))
    arrays = (
        ordered.first,
        ordered.member,
        dear[order],
        np.searchsorted(pairs[order], np.arange(orders * orders + 1)),
        batch_of[by_order],
        np.searchsorted(ordered.member[by_order], np.arange(orders + 1)),
    )
    return Table(*(array if running() else array.tolist() for array in arrays)), order


def _begun(table: Table, start: Ints, seed: int) -> Now:
    orders = len(table.at) - 1
    lists = [*(int(batch) for batch in start), *(-1 for _ in range(orders + 1 - len(start)))]
    dear = sum(int(table.dear[int(batch)]) for batch in start)
    sums = numbers([len(start), dear, dear, 2 * seed + 1, 0, 0])
    now = Now(numbers(lists), numbers([0] * orders), numbers([0] * (orders + 1)), numbers(lists), sums)
    listed(table, now)
    return now


def _room(orders: int) -> Room:
    apart, freed, place = numbers([0] * (orders + 1)), numbers([0] * (orders + 1)), numbers([-1] * orders)
    masks, dear, batch = (numbers([0] * KEPT) for _ in range(3))
    heads, path, have, paid = (numbers([0] * (ROOM + 2)) for _ in range(4))
    chosen, state = numbers([0] * (ROOM + 1)), numbers([0, 0])
    return Room(apart, freed, place, heads, masks, dear, batch, (path, have, paid), chosen, state)


# --- kernels ---


@kernel
@uncounted
def recombine(table: Table, now: Now, room: Room, faces: Numbers, terms: tuple[int, int]) -> None:
    """Take lists apart and put their orders together anew, for so much work, at one temperature (the two terms)."""
    heat, left = terms
    while left > 0:
        taken_apart(table, now, room)
        was, state = 0, next_random(now.sums[3])
        for i in range(now.sums[4]):
            was += table.dear[now.lists[room.apart[i]]]
        gone = now.lists[room.apart[(state >> 11) % now.sums[4] if state & 512 else 0]]
        now.sums[3] = next_random(state)
        left -= ATTEMPT
        if now.sums[5] > ROOM:
            continue
        limit = was + (heat * faces[now.sums[3] & (DICE - 1)] >> 10)
        left -= gathered(table, now, room, (limit, gone))
        room.state[0], room.state[1], room.chosen[0] = limit, LOOKS, -1
        everybody = (1 << now.sums[5]) - 1
        covered((room.heads, room.masks, room.dear), everybody, room.path, room.chosen, room.state)
        left -= LOOKS - room.state[1]
        if room.chosen[0] >= 0:
            now.sums[1] += room.state[0] - was
            replaced(table, now, room)


@kernel
@uncounted
def taken_apart(table: Table, now: Now, room: Room) -> None:
    """Take a list apart, and those that share a cheap batch with the freed orders, or any, until enough are free."""
    sums = now.sums
    for i in range(sums[4]):
        now.free[room.apart[i]] = 0
    sums[4] = sums[5] = 0
    state = next_random(sums[3])
    want = FREE_MIN + (state >> 7) % (FREE_MAX - FREE_MIN + 1)
    state = next_random(state)
    put_apart(table, now, room, ((state >> 5) % sums[0], want))
    for _ in range(TRIES):
        if (sums[5] >= want and sums[4] > 1) or sums[4] == sums[0]:
            break
        one = next_random(state)
        two = next_random(one)
        state = next_random(two)
        if one & 3 == 0:
            put_apart(table, now, room, ((two >> 5) % sums[0], want))
            continue
        known = now.lists[room.apart[(one >> 4) % sums[4]]]
        begin = table.first[known]
        order = table.member[begin + (two >> 4) % (table.first[known + 1] - begin)]
        batch = table.with_order[drawn(table.at[order], table.at[order + 1], state)]
        for place in range(table.first[batch], table.first[batch + 1]):
            put_apart(table, now, room, (now.list_of[table.member[place]], want))
    sums[3] = state


@kernel
@uncounted
def put_apart(table: Table, now: Now, room: Room, terms: tuple[int, int]) -> None:
    """Take a list apart (unless it is, or enough orders are free and a second list is apart): the two terms."""
    number, want = terms
    sums = now.sums
    if now.free[number] or (sums[5] >= want and sums[4] > 1):
        return
    now.free[number] = 1
    room.apart[sums[4]] = number
    sums[4] += 1
    batch = now.lists[number]
    for place in range(table.first[batch], table.first[batch + 1]):
        room.orders[sums[5]] = table.member[place]
        sums[5] += 1


@kernel
@uncounted
def drawn(begin: int, end: int, state: int) -> int:
    """A place from `begin` to `end`, most often an early one: the product of three dice."""
    count, two = end - begin, next_random(state)
    three = next_random(two)
    return begin + (state >> 4) % count * ((two >> 4) % count) // count * ((three >> 4) % count) // count


@kernel
@uncounted
def gathered(table: Table, now: Now, room: Room, terms: tuple[int, int]) -> int:
    """Find all batches of freed orders below a limit but one (the terms), for `covered`; return the looks it took."""
    limit, gone = terms
    orders, freed, all_orders = room.orders, now.sums[5], len(table.at) - 1
    in_order(orders, freed)
    for i in range(freed):
        room.place[orders[i]] = i
    count, looks = 0, freed * freed // 2
    for i in range(freed):
        room.heads[i] = count
        for j in range(i, freed):
            pair = orders[i] * all_orders + orders[j]
            for batch in range(table.pair[pair], table.pair[pair + 1]):
                if table.dear[batch] >= limit or count == KEPT:
                    break
                looks += 1
                mask = mask_of(table, room.place, batch)
                if mask > 0 and batch != gone:
                    looks += entered(room, room.heads[i], count, (mask, table.dear[batch], batch)) // SHIFTS
                    count += 1
    room.heads[freed] = count
    for i in range(freed):
        room.place[orders[i]] = -1
    return int(looks)


@kernel
@uncounted
def in_order(orders: Numbers, count: int) -> None:
    """Sort the first `count` orders."""
    for i in range(1, count):
        order, j = orders[i], i
        while j > 0 and orders[j - 1] > order:
            orders[j] = orders[j - 1]
            j -= 1
        orders[j] = order


@kernel
@uncounted
def mask_of(table: Table, place: Numbers, batch: int) -> int:
    """The places of the batch's orders as bits; 0 when one has none."""
    mask = 0
    for at in range(table.first[batch], table.first[batch + 1]):
        bit = place[table.member[at]]
        if bit < 0:
            return 0
        mask |= 1 << bit
    return mask


@kernel
@uncounted
def entered(room: Room, begin: int, end: int, found: tuple[int, int, int]) -> int:
    """Put a batch (orders as bits, how dear, number) among those from `begin` to `end`, in their order; return how
    many had to make room."""
    at = end
    while at > begin and room.dear[at - 1] > found[1]:
        room.masks[at], room.dear[at], room.batch[at] = room.masks[at - 1], room.dear[at - 1], room.batch[at - 1]
        at -= 1
    room.masks[at], room.dear[at], room.batch[at] = found
    return int(end - at)


@kernel
@uncounted
def replaced(table: Table, now: Now, room: Room) -> None:
    """Put the chosen batches in the place of the lists that are apart; write the division down when it is the best."""
    lists, sums = now.lists, now.sums
    count = 0
    for number in range(sums[0]):
        if now.free[number]:
            now.free[number] = 0
        else:
            lists[count] = lists[number]
            count += 1
    for chosen in room.chosen:
        if chosen < 0:
            break
        lists[count] = room.batch[chosen]
        count += 1
    sums[0], sums[4] = count, 0
    listed(table, now)
    if sums[1] < sums[2]:
        sums[2] = sums[1]
        for number in range(len(lists)):
            now.best[number] = lists[number] if number < count else -1


@kernel
@uncounted
def listed(table: Table, now: Now) -> None:
    """Write down the list of every order."""
    for number in range(now.sums[0]):
        batch = now.lists[number]
        for place in range(table.first[batch], table.first[batch + 1]):
            now.list_of[table.member[place]] = number
