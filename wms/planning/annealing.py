"""Orders change carts at random, less and less daringly: simulated annealing on moves and swaps.

While it is hot, a change for the worse is often taken, so that the search leaves a poor valley; as it cools, only gains
are (Kirkpatrick, Gelatt & Vecchi, Science 220, 1983). A cart may be overfull for a while, at a price: where two orders
fill a cart, hardly any single exchange would be allowed otherwise. Every batch is walked once: its cost is kept under a
key, the exclusive or of its orders' random numbers (Zobrist, ICCA Journal 13(2), 1990).
"""

from __future__ import annotations

from typing import NamedTuple

from wms.planning import tours
from wms.planning.speed import kernel, next_random, uncounted
from wms.planning.tours import Aisles, Contents
from wms.planning.walking import Numbers

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
    `sums` are its cost, cost and price of the division now, moves until the next best may be written down, and walks.
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
@uncounted
def anneal(task: Task, stores: tuple[Memory, Pool], groups: Groups, schedule: Schedule, empty: int) -> int:
    """Try `steps` changes at each temperature; return a group that is empty now, `empty` being one before."""
    for heat in schedule.heat_mm:
        empty = cooled(task, stores, groups, schedule, (heat, empty))
    return empty


@kernel
@uncounted
def cooled(task: Task, stores: tuple[Memory, Pool], groups: Groups, schedule: Schedule, terms: tuple[int, int]) -> int:
    """`anneal` at one temperature. The inner loop calls with single arrays: whole tasks are slow to hand over."""
    heat, empty = terms
    price, state = schedule.price, schedule.state[0]
    memory, cost, over = stores[0], groups.cost, groups.over
    for _ in range(schedule.steps):
        one = next_random(state)
        state = next_random(one)
        order, back, b = drawn(groups.group_of, schedule.near, schedule.width, (one, state, empty))
        a = groups.group_of[order]
        if not may_change(groups.count, len(groups.member), (a, back, b)):
            continue
        state = next_random(state)
        daring = (heat * schedule.dice[state & (DICE - 1)]) >> 10
        over_a, over_b = excess((task.sizes, task.limits, task.price), groups.load, (order, back, a, b))
        was = cost[a] + cost[b] + ((over[a] + over[b]) * price >> 10) + daring
        if (over_a + over_b) * price >> 10 >= was:
            continue
        value = recalled(memory.keys, memory.values, renamed(memory.names, groups.key[a], order, back))
        if value < 0:
            value = learnt(task, stores, groups, (a, order, back), over_a == 0)
        cost_a, over_a = value // PICKS, over_a + crowd(task.picks_max, task.picks_price, value)
        if cost_a + ((over_a + over_b) * price >> 10) >= was:
            continue
        value = recalled(memory.keys, memory.values, renamed(memory.names, groups.key[b], order, back))
        if value < 0:
            value = learnt(task, stores, groups, (b, back, order), over_b == 0)
        cost_b, over_b = value // PICKS, over_b + crowd(task.picks_max, task.picks_price, value)
        if cost_a + cost_b + ((over_a + over_b) * price >> 10) <= was:
            exchanged(task, memory, groups, (order, back, b), (cost_a, over_a, cost_b, over_b))
            empty = a_free_one(groups.count, empty)
    schedule.state[0] = state
    return int(empty)


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
def may_change(count: Numbers, seats: int, change: tuple[int, int, int]) -> bool:
    """Whether a change (group, who comes back, other group) makes a difference, and its group has room."""
    a, back, b = change
    if a == b or (count[a] == 1 and count[b] == 0):
        return False
    return back >= 0 or count[b] < seats // len(count)


@kernel
@uncounted
def a_free_one(count: Numbers, empty: int) -> int:
    """The group itself when it is empty, else the first one without members, else itself."""
    if count[empty] == 0:
        return empty
    for group in range(len(count)):
        if count[group] == 0:
            return group
    return empty


@kernel
@uncounted
def exchanged(
    task: Task, memory: Memory, groups: Groups, move: tuple[int, int, int], now: tuple[int, int, int, int]
) -> None:
    """Make a move (order, order that comes back or NOBODY, other group), after which both groups cost so much."""
    order, back, b = move
    a = groups.group_of[order]
    groups.sums[1] += now[0] + now[2] - groups.cost[a] - groups.cost[b]
    groups.sums[2] += now[1] + now[3] - groups.over[a] - groups.over[b]
    groups.cost[a], groups.over[a], groups.cost[b], groups.over[b] = now
    booked(task.sizes, groups.load, len(task.limits), (order, back, a, b))
    groups.key[a] = renamed(memory.names, groups.key[a], order, back)
    groups.key[b] = renamed(memory.names, groups.key[b], order, back)
    left_by(groups, order)
    if back >= 0:
        left_by(groups, back)
        joined_by(groups, back, a)
    joined_by(groups, order, b)
    noted(groups)


@kernel
@uncounted
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
@uncounted
def walked(task: Task, memory: Memory, members: Numbers, count: int) -> int:
    """Cost in mm and picks of the first `count` members on one list, as one number."""
    tours.mask_of(task.contents, members, count, memory.mask)
    length, picks = tours.round_trip(task.aisles, memory.mask, 0)
    return (length + task.list_mm + picks * task.pick_mm) * PICKS + picks


@kernel
@uncounted
def learnt(task: Task, stores: tuple[Memory, Pool], groups: Groups, change: Change, fits: bool) -> int:
    """Cost and picks of a group after a change, walked and remembered; `fits`: it is within the limits of its sizes.

    A key has two places: what is newer takes the first, what was there the second.
    """
    memory, pool = stores
    group, out, into = change
    key = renamed(memory.names, groups.key[group], out, into)
    if key == 0:
        return 0
    count = gathered(memory, groups, change)
    value = walked(task, memory, memory.members, count)
    groups.sums[4] += 1
    place = key & (len(memory.keys) - 1)
    memory.keys[place ^ 1], memory.values[place ^ 1] = memory.keys[place], memory.values[place]
    memory.keys[place], memory.values[place] = key, value
    if fits and crowd(task.picks_max, task.picks_price, value) == 0:
        pooled(pool, memory.members, count, value // PICKS)
    return value


@kernel
@uncounted
def renamed(names: Numbers, key: int, one: int, two: int) -> int:
    """The key of a group after an order joined or left, and another (or NOBODY)."""
    key ^= names[one] if one >= 0 else 0
    return key ^ (names[two] if two >= 0 else 0)


@kernel
@uncounted
def recalled(keys: Numbers, values: Numbers, key: int) -> int:
    """What is remembered of a key, which nobody has is nothing; -1 when it is forgotten or new."""
    place = key & (len(keys) - 1)
    if keys[place] == key:
        return int(values[place])
    return int(values[place ^ 1]) if keys[place ^ 1] == key else -1


@kernel
@uncounted
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
@uncounted
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
@uncounted
def excess(rules: tuple[Numbers, Numbers, Numbers], load: Numbers, move: tuple[int, int, int, int]) -> tuple[int, int]:
    """Price in mm of what is too much of additive sizes in both groups after a move (order, back, group, group)."""
    sizes, limits, price = rules
    order, back, a, b = move
    kinds, over_a, over_b = len(limits), 0, 0
    for kind in range(kinds):
        shift = sizes[order * kinds + kind] - (sizes[back * kinds + kind] if back >= 0 else 0)
        over_a += max(0, load[a * kinds + kind] - shift - limits[kind]) * price[kind]
        over_b += max(0, load[b * kinds + kind] + shift - limits[kind]) * price[kind]
    return over_a, over_b


@kernel
@uncounted
def crowd(most: int, price: int, value: int) -> int:
    """Price in mm of picks beyond their limit (0: none)."""
    return price * max(0, value % PICKS - most) if most > 0 else 0


# --- who is where ---


@kernel
@uncounted
def booked(sizes: Numbers, load: Numbers, kinds: int, move: tuple[int, int, int, int]) -> None:
    """Bring the loads of both groups up to date after a move (order, back, group, group)."""
    order, back, a, b = move
    for kind in range(kinds):
        shift = sizes[order * kinds + kind] - (sizes[back * kinds + kind] if back >= 0 else 0)
        load[a * kinds + kind] -= shift
        load[b * kinds + kind] += shift


@kernel
@uncounted
def left_by(groups: Groups, order: int) -> None:
    """Take an order out of its group's members; the last one takes its place."""
    group = groups.group_of[order]
    room = len(groups.member) // len(groups.count)
    groups.count[group] -= 1
    last = groups.member[group * room + groups.count[group]]
    groups.member[group * room + groups.at[order]] = last
    groups.at[last] = groups.at[order]


@kernel
@uncounted
def joined_by(groups: Groups, order: int, group: int) -> None:
    """Put an order at the end of a group's members."""
    room = len(groups.member) // len(groups.count)
    groups.member[group * room + groups.count[group]] = order
    groups.at[order] = groups.count[group]
    groups.group_of[order] = group
    groups.count[group] += 1


@kernel
@uncounted
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
