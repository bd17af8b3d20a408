"""A good order where no exact one is at hand: a matrix of distances, and exchanges of stretches until none helps.

Turn a stretch round (2-opt: Croes, Operations Research 6(6), 1958), take one to three stops elsewhere (Or-opt: Or
1976); when nothing helps any more, swap two neighbouring stretches at random and try again from there (Lourenco,
Martin & Stuetzle 2003). Up to nine stops every order is weighed instead (Held & Karp, J. SIAM 10(1), 1962). Distances
may differ by direction. A stop may have a rank: lower ranks are visited first, and no exchange breaks that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wms.planning import speed
from wms.planning.speed import kernel, next_random

Numbers = Any
BIG = 1 << 50
EXACT_STOPS = 9


@kernel
def search(far: Numbers, walk: Numbers, ranks: Numbers, lengths: Numbers, effort: tuple[int, int]) -> int:
    """Improve a walk in place; return its length in mm.

    `walk` holds the numbers of its places from start to end, `far[a * len(walk) + b]` the way from a to b, `ranks` one
    rank a place. `lengths`: room for 3 * len(walk). `effort`: how many random swaps are tried, and the seed.
    """
    rounds, random = effort
    count = len(walk)
    best = settle(far, walk, ranks, lengths)
    for _ in range(rounds if count > 5 else 0):
        for i in range(count):
            lengths[2 * count + i] = walk[i]
        random = swap(walk, ranks, random)
        length = settle(far, walk, ranks, lengths)
        if length <= best:
            best = length
        else:
            for i in range(count):
                walk[i] = lengths[2 * count + i]
    return int(best)


@kernel
def settle(far: Numbers, walk: Numbers, ranks: Numbers, lengths: Numbers) -> int:
    """Exchange until nothing helps; return the length."""
    measure(far, walk, lengths)
    while turned(far, walk, ranks, lengths) or moved(far, walk, ranks, lengths):
        pass
    return int(lengths[len(walk) - 1])


@kernel
def measure(far: Numbers, walk: Numbers, lengths: Numbers) -> None:
    """Write how far it is from the start to every place along the walk, and how far from there back to the start."""
    count = len(walk)
    lengths[0] = lengths[count] = 0
    for i in range(1, count):
        lengths[i] = lengths[i - 1] + far[walk[i - 1] * count + walk[i]]
        lengths[count + i] = lengths[count + i - 1] + far[walk[i] * count + walk[i - 1]]


@kernel
def turned(far: Numbers, walk: Numbers, ranks: Numbers, lengths: Numbers) -> bool:
    """Go along the walk once and turn stretches that are shorter the other way round; return whether there were any."""
    count, found = len(walk), False
    for i in range(1, count - 2):
        before, first = walk[i - 1] * count, walk[i] * count
        for j in range(i + 1, count - 1):
            if ranks[walk[j]] != ranks[walk[i]]:
                break
            new = far[before + walk[j]] + far[first + walk[j + 1]] + lengths[count + j] - lengths[count + i]
            if new < lengths[j + 1] - lengths[i - 1]:
                reverse(walk, i, j)
                measure(far, walk, lengths)
                found = True
                break
    return found


@kernel
def moved(far: Numbers, walk: Numbers, ranks: Numbers, lengths: Numbers) -> bool:
    """Go along the walk and take every stretch of one to three stops to where it costs least; return whether any."""
    count, found = len(walk), False
    for size in range(1, 4):
        for i in range(1, count - size):
            j = i + size - 1
            if ranks[walk[i]] == ranks[walk[j]]:
                gain, to = cheapest(far, walk, ranks, lengths, (i, j))
                if gain > 0:
                    shift(walk, i, j, to)
                    measure(far, walk, lengths)
                    found = True
    return found


@kernel
def cheapest(far: Numbers, walk: Numbers, ranks: Numbers, lengths: Numbers, piece: tuple[int, int]) -> tuple[int, int]:
    """What is saved at most by taking a stretch elsewhere, and behind which position."""
    i, j = piece
    count, rank = len(walk), ranks[walk[i]]
    first, last = walk[i], walk[j]
    saved = lengths[j + 1] - lengths[i - 1] - far[walk[i - 1] * count + walk[j + 1]] - (lengths[j] - lengths[i])
    best, to = 0, i
    for at in range(count - 1):
        after = at + 1 if at < i else at
        if (at < i - 1 and ranks[walk[after]] == rank) or (at > j and ranks[walk[at]] == rank):
            added = (
                far[walk[at] * count + first] + far[last * count + walk[at + 1]] - far[walk[at] * count + walk[at + 1]]
            )
            if saved - added > best:
                best, to = saved - added, at
    return int(best), int(to)


@kernel
def reverse(walk: Numbers, i: int, j: int) -> None:
    """Turn the stretch from position i to j."""
    while i < j:
        walk[i], walk[j] = walk[j], walk[i]
        i += 1
        j -= 1


@kernel
def shift(walk: Numbers, i: int, j: int, to: int) -> None:
    """Take the stretch from i to j to behind position `to`: two neighbouring stretches change places."""
    if to < i:
        exchange(walk, to + 1, i, j)
    else:
        exchange(walk, i, j + 1, to)


@kernel
def exchange(walk: Numbers, first: int, second: int, last: int) -> None:
    """The stretches first .. second - 1 and second .. last change places (by three turns)."""
    reverse(walk, first, second - 1)
    reverse(walk, second, last)
    reverse(walk, first, last)


@kernel
def swap(walk: Numbers, ranks: Numbers, random: int) -> int:
    """Swap two neighbouring stretches of one rank, somewhere; return the next random state."""
    stops = len(walk) - 2
    random = next_random(random)
    first = 1 + random % (stops - 1)
    random = next_random(random)
    last = min(stops, first + 1 + random % 30)
    while ranks[walk[last]] != ranks[walk[first]]:
        last -= 1
    random = next_random(random)
    if last > first:
        exchange(walk, first, first + 1 + random % (last - first), last)
    return int(random)


@kernel
def every_order(far: Numbers, count: int, ranks: Numbers, best: Numbers, walk: Numbers) -> int:
    """Write the shortest walk over places 0 (start) to count - 1 (end); return its length in mm.

    `best`, of size (count - 2) << (count - 2): the shortest way by a set of stops to one of them.
    """
    stops = count - 2
    for sub in range(1, 1 << stops):
        for last in range(stops):
            best[sub * stops + last] = reached(far, (count, sub, last), ranks, best)
    sub, after, length = (1 << stops) - 1, count - 1, BIG
    for position in range(stops, 0, -1):
        here, shortest = 0, BIG
        for last in range(stops):
            cost = best[sub * stops + last] + far[(last + 1) * count + after]
            if cost < shortest:
                here, shortest = last, cost
        length = min(length, shortest) if position == stops else length
        walk[position] = after = here + 1
        sub -= 1 << here
    walk[0], walk[count - 1] = 0, count - 1
    return int(length)


@kernel
def reached(far: Numbers, step: tuple[int, int, int], ranks: Numbers, best: Numbers) -> int:
    """The shortest way from the start by all stops of the set `sub` to its member `last`."""
    count, sub, last = step
    stops, rest = count - 2, sub - (1 << last)
    if not sub >> last & 1:
        return BIG
    if rest == 0:
        return int(far[last + 1])
    shortest = BIG
    for before in range(stops):
        if rest >> before & 1:
            if ranks[before + 1] > ranks[last + 1]:
                return BIG
            shortest = min(shortest, best[rest * stops + before] + far[(before + 1) * count + last + 1])
    return int(shortest)


def ordered(far: Sequence[int], walk: Sequence[int], ranks: Sequence[int], effort: tuple[int, int]) -> list[int]:
    """The best walk found from this one: exact for few stops. Arguments as in `search`."""
    count = len(walk)
    matrix, order, places = speed.numbers(far), speed.numbers(walk), speed.numbers(ranks)
    if count - 2 <= EXACT_STOPS:
        every_order(matrix, count, places, speed.numbers([0] * ((count - 2) << (count - 2))), order)
    else:
        search(matrix, order, places, speed.numbers([0] * (3 * count)), (effort[0], 1 + effort[1] % 0x7FFFFFFF))
    return [int(place) for place in order]
