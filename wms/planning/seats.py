"""Who is on which cart: orders that leave and join, and what every cart is loaded with.

The books of a search (`annealing`): an exchange costs a dozen entries however many orders there are, and the best
division is written down as it goes by.
"""

from __future__ import annotations

from typing import NamedTuple

from wms.planning.speed import kernel, uncounted
from wms.planning.walking import Numbers

NOBODY = -1
Move = tuple[int, int, int, int]
"""Two orders that leave a group and two that come back from the other for them; each but the first may be NOBODY."""
Seats = tuple[Numbers, Numbers, Numbers]
"""Members, count and sums of `Groups`."""


class Groups(NamedTuple):
    """Who is with whom: group g holds member[g * room : g * room + count[g]], order o stands at at[o] in it.

    `load` per group and kind; `over` is the price of what is too much. `best` is the best division within the limits;
    `sums` are its cost, cost and price of the division now, moves until the next best may be written down, and walks.
    less[o] is what the group of order o costs without it, where that is known, else 0; one place more is scratch.
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
    less: Numbers


@kernel
@uncounted
def may_change(count: Numbers, seats: int, both: tuple[int, int]) -> bool:
    """Whether a change from one group to another makes a difference, and the other has room."""
    a, b = both
    if a == b or (count[a] == 1 and count[b] == 0):
        return False
    return bool(count[b] < seats // len(count))


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
def renamed(names: Numbers, key: int, move: Move) -> int:
    """The key of either group after a move: who was in is out, who was out is in."""
    return int(key ^ names[move[0]] ^ names[move[1]] ^ names[move[2]] ^ names[move[3]])


@kernel
@uncounted
def excess(
    rules: tuple[Numbers, Numbers, Numbers], load: Numbers, move: Move, both: tuple[int, int]
) -> tuple[int, int]:
    """Price in mm of what is too much of additive sizes in both groups after a move from the first to the second."""
    sizes, limits, price = rules
    kinds, over_a, over_b = len(limits), 0, 0
    for kind in range(kinds):
        shift = shifted(sizes, kinds, kind, move)
        over_a += max(0, load[both[0] * kinds + kind] - shift - limits[kind]) * price[kind]
        over_b += max(0, load[both[1] * kinds + kind] + shift - limits[kind]) * price[kind]
    return over_a, over_b


@kernel
@uncounted
def shifted(sizes: Numbers, kinds: int, kind: int, move: Move) -> int:
    """How much of a kind a move brings to the second group; NOBODY, -1, finds the zeros behind the last order."""
    gone = sizes[move[0] * kinds + kind] + sizes[move[1] * kinds + kind]
    return int(gone - sizes[move[2] * kinds + kind] - sizes[move[3] * kinds + kind])


@kernel
@uncounted
def exchanged(
    sizes: Numbers, names: Numbers, groups: Groups, move: tuple[Move, int, int], now: tuple[int, int, int, int]
) -> None:
    """Make a move between two groups, after which they cost so much."""
    (order, also, back, also_back), a, b = move
    groups.sums[1] += now[0] + now[2] - groups.cost[a] - groups.cost[b]
    groups.sums[2] += now[1] + now[3] - groups.over[a] - groups.over[b]
    groups.cost[a], groups.over[a], groups.cost[b], groups.over[b] = now
    booked(sizes, groups.load, len(groups.load) // len(groups.count), move)
    groups.key[a] = renamed(names, groups.key[a], move[0])
    groups.key[b] = renamed(names, groups.key[b], move[0])
    for one in (order, also, back, also_back):
        if one >= 0:
            left_by(groups, one)
    for one in (back, also_back):
        if one >= 0:
            joined_by(groups, one, a)
    for one in (order, also):
        if one >= 0:
            joined_by(groups, one, b)
    forgotten(groups, a)
    forgotten(groups, b)
    noted(groups)


@kernel
@uncounted
def forgotten(groups: Groups, group: int) -> None:
    """What a group that changed would cost without one of its orders is not known any more."""
    first = group * (len(groups.member) // len(groups.count))
    for place in range(first, first + groups.count[group]):
        groups.less[groups.member[place]] = 0


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


@kernel
@uncounted
def booked(sizes: Numbers, load: Numbers, kinds: int, move: tuple[Move, int, int]) -> None:
    """Bring the loads of both groups up to date after a move."""
    for kind in range(kinds):
        shift = shifted(sizes, kinds, kind, move[0])
        load[move[1] * kinds + kind] -= shift
        load[move[2] * kinds + kind] += shift


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
