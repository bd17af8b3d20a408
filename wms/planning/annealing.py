"""Orders change carts at random, less and less daringly: simulated annealing on moves and swaps.

While it is hot, a change for the worse is often taken, so that the search leaves a poor valley; as it cools, only gains
are (Kirkpatrick, Gelatt & Vecchi, Science 220, 1983). A cart may be overfull for a while, at a price: where two orders
fill a cart, hardly any single exchange would be allowed otherwise. Every batch is walked once: its cost is kept under a
key, the exclusive or of its orders' random numbers (Zobrist, ICCA Journal 13(2), 1990).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from wms.planning import strides, tours
from wms.planning.seats import (
    NOBODY,
    Groups,
    Move,
    Seats,
    a_free_one,
    excess,
    exchanged,
    joined_by,
    may_change,
    renamed,
)
from wms.planning.speed import kernel, next_random, uncounted
from wms.planning.strides import PICKS, Strides
from wms.planning.tours import Aisles, Contents
from wms.planning.walking import Numbers

DICE = 1024
FACES = [round(-DICE * math.log((face + 0.5) / DICE)) for face in range(DICE)]


class Task(NamedTuple):
    """What is to be divided: sizes[order * kinds + kind] within limits[kind]; behind the last order, NOBODY has none.

    `price` is what one unit of each kind too much costs in mm; `picks_max` limits picks (0: not), each above it costs
    `picks_price`. A list costs `list_mm`, and `pick_mm` for every pick, beside its walk.
    """

    aisles: Aisles
    contents: Contents
    sizes: Numbers
    limits: Numbers
    price: Numbers
    picks_max: int
    picks_price: int
    list_mm: int
    pick_mm: int
    strides: Strides


class Memory(NamedTuple):
    """Walks known so far, by key (0: free); `names`: the orders' random numbers, NOBODY's 0; the rest is scratch."""

    names: Numbers
    keys: Numbers
    values: Numbers
    mask: Numbers
    members: Numbers


class Schedule(NamedTuple):
    """Temperatures in mm, with so much `work` at each: a change tried is 1, a walk reckoned `walk`.

    `price` multiplies that of overfull carts by 1/1024. `pairs` of 16 swaps are of two orders for one or two. `near`
    holds `width` likes of every order; `dice` are -ln(u) * 1024 for evenly spread u; `state` is the random state.
    """

    heat_mm: Numbers
    near: Numbers
    dice: Numbers
    state: Numbers
    price: int
    work: int
    walk: int
    width: int
    pairs: int


@kernel
@uncounted
def anneal(task: Task, memory: Memory, groups: Groups, schedule: Schedule, empty: int) -> int:
    """Try changes at each temperature; return a group that is empty now, `empty` being one before."""
    for heat in schedule.heat_mm:
        empty = cooled(task, memory, groups, schedule, (heat, empty))
    return empty


@kernel
@uncounted
def cooled(task: Task, memory: Memory, groups: Groups, schedule: Schedule, terms: tuple[int, int]) -> int:
    """`anneal` at one temperature. The inner loop calls with single arrays: whole tasks are slow to hand over."""
    (heat, empty), price, state, left = terms, schedule.price, schedule.state[0], schedule.work
    names, keys, values = memory.names, memory.keys, memory.values
    cost, over, seats = groups.cost, groups.over, (groups.member, groups.count, groups.sums)
    known = groups.sums[4]
    while left > schedule.walk * (groups.sums[4] - known):
        left -= 1
        one = next_random(state)
        two = next_random(one)
        state = next_random(two)
        order, back, b = drawn(groups.group_of, schedule.near, schedule.width, (one, two, empty))
        a = groups.group_of[order]
        if not may_change(groups.count, len(groups.member), (a, b)):
            continue
        move = paired(groups.member, groups.count, (order, back, a, b), state >> 10, schedule.pairs)
        daring = (heat * schedule.dice[state & (DICE - 1)]) >> 10
        over_a, over_b = excess((task.sizes, task.limits, task.price), groups.load, move, (a, b))
        was = cost[a] + cost[b] + ((over[a] + over[b]) * price >> 10) + daring
        least_b = least(groups.less, cost, move, b)
        if least_b + ((over_a + over_b) * price >> 10) >= was:
            continue
        key = renamed(names, groups.key[a], move)
        value = recalled(keys, values, key)
        if value < 0:
            value = strode(task.strides, memory, seats, (a, key), move)
            value = value if value >= 0 else swept(task, memory, seats, (a, key), move)
        cost_a, over_a = value // PICKS, over_a + crowd(task.picks_max, task.picks_price, value)
        groups.less[order if back < 0 else NOBODY] = cost_a
        if cost_a + least_b + ((over_a + over_b) * price >> 10) > was:
            continue
        key = renamed(names, groups.key[b], move)
        value = recalled(keys, values, key)
        if value < 0:
            value = strode(task.strides, memory, seats, (b, key), (move[2], move[3], order, move[1]))
            value = value if value >= 0 else swept(task, memory, seats, (b, key), (move[2], move[3], order, move[1]))
        cost_b, over_b = value // PICKS, over_b + crowd(task.picks_max, task.picks_price, value)
        if cost_a + cost_b + ((over_a + over_b) * price >> 10) <= was:
            exchanged(task.sizes, names, groups, (move, a, b), (cost_a, over_a, cost_b, over_b))
            empty = a_free_one(groups.count, empty)
    schedule.state[0] = state
    return int(empty)


@kernel
@uncounted
def least(less: Numbers, cost: Numbers, move: Move, b: int) -> int:
    """What the second group costs at least after a move: no less than without the order that leaves it."""
    if move[2] < 0:
        return int(cost[b])
    return int(less[move[2]]) if move[3] < 0 else 0


@kernel
@uncounted
def drawn(group_of: Numbers, near: Numbers, width: int, dice: tuple[int, int, int]) -> tuple[int, int, int]:
    """A move: an order, who comes back for it or NOBODY, and the other group: most often that of a like."""
    one, two, empty = dice
    orders = len(group_of)
    order, third = (one >> 8) % orders, two >> 4
    other = near[order * width + (third >> 2) % width] if width and third & 3 else (third >> 2) % orders
    if two & 8 == 0:
        return order, other, group_of[other]
    if other == order or two & 0x3F0 == 0:
        return order, NOBODY, empty
    return order, NOBODY, group_of[other]


@kernel
@uncounted
def paired(member: Numbers, count: Numbers, swap: tuple[int, int, int, int], dice: int, pairs: int) -> Move:
    """A swap (order, who comes back, their groups) where of 16 `pairs` have one more that leaves or one more each way.

    Where lists are full to the brim hardly two orders are of a size, but often two and one are, or two and two.
    """
    order, back, a, b = swap
    if back < 0 or dice & 15 >= pairs:
        return order, NOBODY, back, NOBODY
    room = len(member) // len(count)
    also = member[a * room + (dice >> 5) % count[a]]
    also_back = member[b * room + (dice >> 13) % count[b]] if dice & 16 else back
    return order, (also if also != order else NOBODY), back, (also_back if also_back != back else NOBODY)


# --- what a group costs ---


@kernel
@uncounted
def walked(task: Task, memory: Memory, members: Numbers, count: int) -> int:
    """Cost in mm and picks of the first `count` members on one list, as one number; the walk by `tours`."""
    tours.mask_of(task.contents, members, count, memory.mask)
    length, picks = tours.round_trip(task.aisles, memory.mask, 0)
    return (length + task.list_mm + picks * task.pick_mm) * PICKS + picks


@kernel
@uncounted
def strode(ways: Strides, memory: Memory, seats: Seats, group: tuple[int, int], move: Move) -> int:
    """Cost and picks of a group (its number, and its key after a move out of it), remembered; -1 without tables."""
    if len(ways.table) == 0:
        return -1
    count = gathered(memory.members, seats, group[0], move)
    value = strides.strode(ways, memory.members, count)
    learnt(memory.keys, memory.values, (group[1], value))
    seats[2][4] += 1
    return value


@kernel
@uncounted
def swept(task: Task, memory: Memory, seats: Seats, group: tuple[int, int], move: Move) -> int:
    """`strode` on any floor."""
    count = gathered(memory.members, seats, group[0], move)
    value = walked(task, memory, memory.members, count)
    learnt(memory.keys, memory.values, (group[1], value))
    seats[2][4] += 1
    return value


@kernel
@uncounted
def learnt(keys: Numbers, values: Numbers, walk: tuple[int, int]) -> None:
    """Remember a walk (key; cost and picks): it takes the first of a key's two places, what was there the second."""
    place = walk[0] & (len(keys) - 1)
    keys[place ^ 1], values[place ^ 1] = keys[place], values[place]
    keys[place], values[place] = walk


@kernel
@uncounted
def recalled(keys: Numbers, values: Numbers, key: int) -> int:
    """What is remembered of a key: of nobody's, nothing; -1 when it is forgotten or new."""
    if key == 0:
        return 0
    place = key & (len(keys) - 1)
    if keys[place] == key:
        return int(values[place])
    return int(values[place ^ 1]) if keys[place ^ 1] == key else -1


@kernel
@uncounted
def gathered(members: Numbers, seats: Seats, group: int, move: Move) -> int:
    """Write the members of a group after a move out of it to `members`; return how many they are."""
    member, count, _ = seats
    found, start = 0, group * (len(member) // len(count))
    for i in range(start, start + count[group]):
        members[found] = member[i]
        found += member[i] != move[0] and member[i] != move[1]
    for one in (move[2], move[3]):
        if one >= 0:
            members[found] = one
            found += 1
    return int(found)


@kernel
@uncounted
def crowd(most: int, price: int, value: int) -> int:
    """Price in mm of picks beyond their limit (0: none)."""
    return price * max(0, value % PICKS - most) if most > 0 else 0


@kernel
@uncounted
def seated(task: Task, memory: Memory, groups: Groups, group_of: Numbers) -> int:
    """Start from a division: group_of[order]; return its cost. All groups were empty before."""
    total, kinds = 0, len(task.limits)
    room = len(groups.member) // len(groups.count)
    for order in range(len(group_of)):
        joined_by(groups, order, group_of[order])
        groups.key[group_of[order]] ^= memory.names[order]
        for kind in range(kinds):
            groups.load[group_of[order] * kinds + kind] += task.sizes[order * kinds + kind]
    for group in range(len(groups.count)):
        for i in range(groups.count[group]):
            memory.members[i] = groups.member[group * room + i]
        if groups.count[group] > 0:
            value = walked(task, memory, memory.members, groups.count[group])
            groups.cost[group], groups.over[group] = value // PICKS, crowd(task.picks_max, task.picks_price, value)
            total += groups.cost[group]
        for kind in range(kinds):
            groups.over[group] += max(0, groups.load[group * kinds + kind] - task.limits[kind]) * task.price[kind]
        groups.sums[2] += groups.over[group]
    groups.sums[1] = total
    return total
