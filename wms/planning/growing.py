"""Possible batches that are worth their cost, found beside those already known where there are too many to walk all.

A good batch mostly differs by one order from another good one. So the best that are known are changed: one order less,
one more, or one for another. What every order is worth (`relaxing`) says which changes need no walk: a batch with one
order more costs no less than without it. After some rounds of this the relaxation costs hardly more than with all
batches there are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wms.planning import annealing, strides
from wms.planning.annealing import Memory, Task
from wms.planning.relaxing import FROM_PRIMAL, ROUNDS_MAX, Batches, Floats, Ints, Relaxation, cheap, settled
from wms.planning.speed import Stopwatch, kernel, numbers, running, uncounted
from wms.planning.strides import PICKS
from wms.planning.walking import Numbers

PARENTS = 300
"""How many of the best batches are changed in a round."""
COLUMNS = 400
"""How many of the new batches the relaxation gets in a round."""
DEAR = 0.06
"""Batches that cost more than their orders are worth by this share of a mean batch are forgotten."""
LAST_PARENTS, LAST_DEAR = 1500, 0.12
"""The same at the end, when it is known what orders are worth."""

NAMES, SEARCHED = 8, 64
"""How many names there is room for with each batch, and how many places behind its own a name may have."""
Costed = tuple[list[int], int]

STORED = 180_000
"""Room for so many batches, or three times those that are asked for."""


class Store(NamedTuple):
    """Batches as in `Batches`, with room for more; `totals` are how many there are and may be.

    `seen` has a place for the name of every batch that was walked; `names` are the orders' random numbers.
    """

    first: Numbers
    member: Numbers
    cost: Numbers
    totals: Numbers
    seen: Numbers
    names: Numbers


class Grown(NamedTuple):
    """All batches that were kept, the least cost of the relaxation, what orders are worth, and the relaxation."""

    batches: Batches
    bound: float
    worth: Floats
    relaxation: Relaxation


def grown(task: Task, memory: Memory, known: Batches, most: int, watch: Stopwatch) -> Grown | None:
    """Return `known`, with every order in it, and at most so many other batches; None when the relaxation has no
    answer."""
    orders = len(task.contents.first) - 1
    store = _store(memory, _with_single(task, memory, known), most)
    relaxation = Relaxation(orders, watch)
    lacking, mean = np.arange(int(store.totals[0])), float(known.cost.mean())
    batches = _batches(store)
    for _ in range(ROUNDS_MAX):
        relaxation.take(batches, lacking)
        if relaxation.solved(FROM_PRIMAL) is None:
            return None
        worth = relaxation.worth()
        batches = _more(task, memory, store, (worth, PARENTS, int(DEAR * mean)))
        lacking = cheap(batches.dear(worth), relaxation.taken, COLUMNS)
        if not len(lacking) or watch.over():
            break
    batches = _more(task, memory, store, (worth, LAST_PARENTS, int(LAST_DEAR * mean)))
    answer = settled(batches, relaxation, (COLUMNS, watch))
    return Grown(batches, *answer, relaxation) if answer else None


def _with_single(task: Task, memory: Memory, known: Batches) -> list[Costed]:
    """The known batches and every order alone."""
    groups = known.groups(range(len(known.cost)))
    given = [(group, int(cost)) for group, cost in zip(groups, known.cost, strict=True)]
    alone = [[order] for order in range(len(task.contents.first) - 1) if [order] not in groups]
    return given + [(one, int(annealing.walked(task, memory, numbers(one), 1)) // PICKS) for one in alone]


def _store(memory: Memory, known: list[Costed], most: int) -> Store:
    orders = max(max(group) for group, _ in known) + 1
    longest = 2 * max(len(group) for group, _ in known) + orders // 8 + 2
    most = max(min(STORED, 3 * most), 2 * len(known))
    room, names = most * min(longest, orders), 1 << (NAMES * most).bit_length()
    arrays = _nothing(most + 1), _nothing(room), _nothing(most), _nothing(2), _nothing(names)
    store = Store(*arrays, memory.names)
    for group, cost in known:
        begin, number, name = int(store.first[store.totals[0]]), int(store.totals[0]), 0
        for place, order in enumerate(group):
            store.member[begin + place] = order
            name ^= int(memory.names[order])
        first_seen(store.seen, name)
        store.first[number + 1], store.cost[number] = begin + len(group), cost
        store.totals[0] = number + 1
    store.totals[1] = most
    return store


def _nothing(count: int) -> Numbers:
    return np.zeros(count, np.int64) if running() else [0] * count


def _batches(store: Store) -> Batches:
    count = int(store.totals[0])
    first = np.asarray(store.first[: count + 1], np.int64)
    return Batches(first, np.asarray(store.member[: first[-1]], np.int64), np.asarray(store.cost[:count], np.int64))


def _more(task: Task, memory: Memory, store: Store, terms: tuple[Floats, int, int]) -> Batches:
    """Change the best batches; return all that are known then."""
    worth, parents, dear = terms
    batches = _batches(store)
    best = _best(batches.dear(worth), parents)
    rounded = numbers(int(price) for price in worth)
    grow(task, memory, store, (numbers(int(b) for b in best), rounded), dear)
    return _batches(store)


def _best(dear: Floats, most: int) -> Ints:
    if len(dear) <= most:
        return np.arange(len(dear))
    return np.sort(np.argpartition(dear, most)[:most])


# --- kernels ---


@kernel
@uncounted
def grow(task: Task, memory: Memory, store: Store, terms: tuple[Numbers, Numbers], dear: int) -> None:
    """Keep what comes of the given batches by one order less, more, or changed, and is not too dear.

    `terms`: the batches' numbers, and what orders are worth.
    """
    parents, worth = terms
    members = memory.members
    for parent in parents:
        begin, end = store.first[parent], store.first[parent + 1]
        for out in range(begin - 1, end):
            count = 0
            for place in range(begin, end):
                if place != out:
                    members[count] = store.member[place]
                    count += 1
            grow_one(task, memory, store, worth, (count, store.member[out] if out >= begin else -1, dear))


@kernel
@uncounted
def grow_one(task: Task, memory: Memory, store: Store, worth: Numbers, terms: tuple[int, int, int]) -> None:
    """Try every other order beside the first `count` in memory.members, but for the one that has left."""
    count, gone, dear = terms
    members, orders = memory.members, len(worth)
    name, spent, cost = 0, 0, 0
    for i in range(count):
        name ^= store.names[members[i]]
        spent += worth[members[i]]
    if count:
        cost = walked(task, memory, count) // PICKS
    for order in range(orders):
        if order == gone or cost - spent - worth[order] > dear or not fits(task, members, count, order):
            continue
        if not first_seen(store.seen, name ^ store.names[order]):
            continue
        members[count] = order
        value = walked(task, memory, count + 1)
        crowded = annealing.crowd(task.picks_max, task.picks_price, value) > 0
        if value // PICKS - spent - worth[order] <= dear and not crowded:
            keep(store, members, count + 1, value // PICKS)


@kernel
@uncounted
def walked(task: Task, memory: Memory, count: int) -> int:
    """Cost and picks of the first `count` orders of memory.members."""
    if len(task.strides.table) == 0:
        return int(annealing.walked(task, memory, memory.members, count))
    return int(strides.strode(task.strides, memory.members, count))


@kernel
@uncounted
def fits(task: Task, members: Numbers, count: int, order: int) -> bool:
    """Whether the order is not among the members, and fits beside them."""
    kinds = len(task.limits)
    for i in range(count):
        if members[i] == order:
            return False
    for kind in range(kinds):
        load = task.sizes[order * kinds + kind]
        for i in range(count):
            load += task.sizes[members[i] * kinds + kind]
        if load > task.limits[kind]:
            return False
    return True


@kernel
@uncounted
def first_seen(seen: Numbers, name: int) -> bool:
    """Whether a batch of this name was never met before; now it is. A few are forgotten where many names meet."""
    for step in range(SEARCHED):
        place = (name + step) & (len(seen) - 1)
        if seen[place] == name:
            return False
        if seen[place] == 0:
            seen[place] = name
            return True
    return False


@kernel
@uncounted
def keep(store: Store, members: Numbers, count: int, cost: int) -> None:
    """Write down a batch while there is room."""
    number = store.totals[0]
    begin = store.first[number]
    if number >= store.totals[1] or begin + count > len(store.member):
        return
    for i in range(count):
        store.member[begin + i] = members[i]
    store.first[number + 1], store.cost[number] = begin + count, cost
    store.totals[0] = number + 1
