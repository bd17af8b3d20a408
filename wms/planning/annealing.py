"""Orders change carts at random, less and less daringly: simulated annealing on moves and swaps.

While it is hot, a change for the worse is often taken, so that the search leaves a poor valley; as it cools, only gains
are (Kirkpatrick, Gelatt & Vecchi, Science 220, 1983). A cart may be overfull for a while, at a price: where two orders
fill a cart, hardly any single exchange would be allowed otherwise. Every batch is walked once: its cost is kept under a
key, the exclusive or of its orders' random numbers (Zobrist, ICCA Journal 13(2), 1990).
"""

from __future__ import annotations

from typing import NamedTuple

from wms.planning import tours
from wms.planning.speed import kernel, next_random
from wms.planning.tours import Aisles, Contents
from wms.planning.walking import Numbers

PROBES = 8
"""Places of the memory that one key may take."""
NOBODY = -1
PICKS = 1 << 14
"""A batch is remembered as cost * PICKS + picks."""
DICE = 1024
Change = tuple[int, int, int]
"""A group, the order that leaves it and the order that joins it, or NOBODY."""


class Task(NamedTuple):
    """What is to be divided: sizes[order * kinds + kind] within limits[kind].

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


class Memory(NamedTuple):
    """Walks known so far, by key (0: free); `names` are the orders' random numbers; mask and members are scratch."""

    names: Numbers
    keys: Numbers
    values: Numbers
    mask: Numbers
    members: Numbers


class Pool(NamedTuple):
    """Batches within the limits that were walked: cost[b] and member[first[b]:first[b + 1]]; `used[0]` of them."""

    first: Numbers
    member: Numbers
    cost: Numbers
    used: Numbers


class Groups(NamedTuple):
    """Who is with whom: group g holds member[g * room : g * room + count[g]], order o stands at at[o] in it.

    `load` per group and kind; `over` is the price of what is too much. `best` is the best division within the limits;
    `sums` are its cost, then cost and price of the division now, then moves until the next best may be written down.
    """

    group_of: Numbers
    at: Numbers
    member: Numbers
    count: Numbers
    load: Numbers
    key: Numbers
    cost: Numbers
    over: Numbers
    best: Numbers
    sums: Numbers


class Schedule(NamedTuple):
    """Temperatures in mm, with `steps` changes tried at each; `price` multiplies that of overfull carts by 1/1024.

    `near` holds `width` likes of every order; `dice` are -ln(u) * 1024 for evenly spread u; `state` the random state.
    """

    heat_mm: Numbers
    near: Numbers
    dice: Numbers
    state: Numbers
    price: int
    steps: int
    width: int


@kernel
def anneal(task: Task, stores: tuple[Memory, Pool], groups: Groups, schedule: Schedule, empty: int) -> int:
    """Try `steps` changes at each temperature; return a group that is empty now, `empty` being one before."""
    state = schedule.state[0]
    for level in range(len(schedule.heat_mm)):
        heat = schedule.heat_mm[level]
        for _ in range(schedule.steps):
            state = next_random(state)
            order = (state >> 8) % len(groups.group_of)
            state = next_random(state)
            other = partner(groups, schedule, order, state >> 4)
            b, back = groups.group_of[other], other
            if state & 8:
                back = NOBODY
                if other == order or state & 0x3F0 == 0:
                    b = empty
            if not may_change(groups, order, back, b):
                continue
            state = next_random(state)
            daring = (heat * schedule.dice[state & (DICE - 1)]) >> 10
            if exchanged(task, stores, groups, (order, back, b), (daring, schedule.price)):
                if b == empty:
                    empty = a_free_one(groups, empty)
                noted(groups)
    schedule.state[0] = state
    return empty


@kernel
def partner(groups: Groups, schedule: Schedule, order: int, dice: int) -> int:
    """An order to change places with or to join: most often a like of this one, else anybody."""
    if schedule.width and dice & 3:
        return int(schedule.near[order * schedule.width + (dice >> 2) % schedule.width])
    return (dice >> 2) % len(groups.group_of)


@kernel
def may_change(groups: Groups, order: int, back: int, b: int) -> bool:
    """Whether the change makes a difference, and its group has room."""
    a, room = groups.group_of[order], len(groups.member) // len(groups.count)
    if a == b or (groups.count[a] == 1 and groups.count[b] == 0):
        return False
    return back >= 0 or groups.count[b] < room


@kernel
def a_free_one(groups: Groups, otherwise: int) -> int:
    """The first group without members."""
    for group in range(len(groups.count)):
        if groups.count[group] == 0:
            return group
    return otherwise


@kernel
def exchanged(
    task: Task, stores: tuple[Memory, Pool], groups: Groups, move: tuple[int, int, int], terms: tuple[int, int]
) -> bool:
    """Make a move (order, order that comes back or NOBODY, other group) unless it costs more than the dice allow."""
    order, back, b = move
    daring, price = terms
    a = groups.group_of[order]
    one, two = (a, order, back), (b, back, order)
    over_a, over_b = excess(task, groups, one), excess(task, groups, two)
    was = groups.cost[a] + groups.cost[b] + ((groups.over[a] + groups.over[b]) * price >> 10) + daring
    if (over_a + over_b) * price >> 10 >= was:
        return False
    value = valued(task, stores, groups, one, over_a == 0)
    cost_a, over_a = value // PICKS, over_a + crowd(task, value)
    if cost_a + ((over_a + over_b) * price >> 10) >= was:
        return False
    value = valued(task, stores, groups, two, over_b == 0)
    cost_b, over_b = value // PICKS, over_b + crowd(task, value)
    if cost_a + cost_b + ((over_a + over_b) * price >> 10) > was:
        return False
    groups.sums[1] += cost_a + cost_b - groups.cost[a] - groups.cost[b]
    groups.sums[2] += over_a + over_b - groups.over[a] - groups.over[b]
    booked(task, stores[0], groups, one)
    booked(task, stores[0], groups, two)
    left_by(groups, order)
    if back >= 0:
        left_by(groups, back)
        joined_by(groups, back, a)
    joined_by(groups, order, b)
    groups.cost[a], groups.over[a] = cost_a, over_a
    groups.cost[b], groups.over[b] = cost_b, over_b
    return True


@kernel
def noted(groups: Groups) -> None:
    """Write down the best division within the limits; on a large floor not at every step of a descent."""
    groups.sums[3] -= 1
    if groups.sums[2] == 0 and groups.sums[1] < groups.sums[0] and groups.sums[3] <= 0:
        groups.sums[0] = groups.sums[1]
        groups.sums[3] = len(groups.best) >> 5
        for order in range(len(groups.best)):
            groups.best[order] = groups.group_of[order]


# --- what a group costs ---


@kernel
def walked(task: Task, memory: Memory, members: Numbers, count: int) -> int:
    """Cost in mm and picks of the first `count` members on one list, as one number."""
    tours.mask_of(task.contents, members, count, memory.mask)
    length, picks = tours.round_trip(task.aisles, memory.mask, 0)
    return (length + task.list_mm + picks * task.pick_mm) * PICKS + picks


@kernel
def valued(task: Task, stores: tuple[Memory, Pool], groups: Groups, change: Change, fits: bool) -> int:
    """Cost and picks of a group after a change, remembered or walked; `fits`: it is within the limits of its sizes."""
    memory, pool = stores
    key = renamed(memory, groups.key[change[0]], change)
    if key == 0:
        return 0
    place = recalled(memory, key)
    if place >= 0:
        return int(memory.values[place])
    count = gathered(memory, groups, change)
    value = walked(task, memory, memory.members, count)
    if place >= -len(memory.keys):
        memory.keys[-1 - place] = key
        memory.values[-1 - place] = value
        if fits and crowd(task, value) == 0:
            pooled(pool, memory.members, count, value // PICKS)
    return value


@kernel
def renamed(memory: Memory, key: int, change: Change) -> int:
    """The key of a group after a change."""
    if change[1] >= 0:
        key ^= memory.names[change[1]]
    if change[2] >= 0:
        key ^= memory.names[change[2]]
    return key


@kernel
def recalled(memory: Memory, key: int) -> int:
    """Place of a key in the memory; -1 - place where it can be kept; -1 - size when there is none."""
    size = len(memory.keys)
    place = key & (size - 1)
    for _ in range(PROBES):
        known = memory.keys[place]
        if known == key:
            return place
        if known == 0:
            return -1 - place
        place = (place + 1) & (size - 1)
    return -1 - size


@kernel
def gathered(memory: Memory, groups: Groups, change: Change) -> int:
    """Write a group's members after a change to `memory.members`; return how many they are."""
    group, out, into = change
    count, start = 0, group * (len(groups.member) // len(groups.count))
    for i in range(start, start + groups.count[group]):
        if groups.member[i] != out:
            memory.members[count] = groups.member[i]
            count += 1
    if into >= 0:
        memory.members[count] = into
        count += 1
    return count


@kernel
def pooled(pool: Pool, members: Numbers, count: int, cost: int) -> None:
    """Keep a batch for the set partitioning, while there is room."""
    number = pool.used[0]
    start = pool.first[number]
    if number < len(pool.cost) and start + count <= len(pool.member):
        for i in range(count):
            pool.member[start + i] = members[i]
        pool.cost[number] = cost
        pool.first[number + 1] = start + count
        pool.used[0] = number + 1


@kernel
def excess(task: Task, groups: Groups, change: Change) -> int:
    """Price in mm of what is too much of additive sizes in a group after a change."""
    group, out, into = change
    kinds = len(task.limits)
    price = 0
    for kind in range(kinds):
        now = groups.load[group * kinds + kind] - task.limits[kind]
        if out >= 0:
            now -= task.sizes[out * kinds + kind]
        if into >= 0:
            now += task.sizes[into * kinds + kind]
        if now > 0:
            price += now * task.price[kind]
    return price


@kernel
def crowd(task: Task, value: int) -> int:
    """Price in mm of picks beyond their limit."""
    return task.picks_price * max(0, value % PICKS - task.picks_max) if task.picks_max > 0 else 0


# --- who is where ---


@kernel
def booked(task: Task, memory: Memory, groups: Groups, change: Change) -> None:
    """Bring load and key of a group up to date after a change."""
    group, out, into = change
    kinds = len(task.limits)
    for kind in range(kinds):
        if out >= 0:
            groups.load[group * kinds + kind] -= task.sizes[out * kinds + kind]
        if into >= 0:
            groups.load[group * kinds + kind] += task.sizes[into * kinds + kind]
    groups.key[group] = renamed(memory, groups.key[group], change)


@kernel
def left_by(groups: Groups, order: int) -> None:
    """Take an order out of its group's members; the last one takes its place."""
    group = groups.group_of[order]
    room = len(groups.member) // len(groups.count)
    groups.count[group] -= 1
    last = groups.member[group * room + groups.count[group]]
    groups.member[group * room + groups.at[order]] = last
    groups.at[last] = groups.at[order]


@kernel
def joined_by(groups: Groups, order: int, group: int) -> None:
    """Put an order at the end of a group's members."""
    room = len(groups.member) // len(groups.count)
    groups.member[group * room + groups.count[group]] = order
    groups.at[order] = groups.count[group]
    groups.group_of[order] = group
    groups.count[group] += 1


@kernel
def seated(task: Task, memory: Memory, groups: Groups, group_of: Numbers) -> int:
    """Start from a division within the limits: group_of[order]; return its cost. All groups were empty before."""
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
            groups.cost[group] = walked(task, memory, memory.members, groups.count[group]) // PICKS
            total += groups.cost[group]
    groups.sums[1] = total
    return total
