"""How long a list walks, in under a microsecond: picks as bits along their aisles, and one pass over the aisles.

A walk there and back is a graph in which every crossing is left as often as it is entered. Passing the aisles from
left to right, five facts are all that must be known of the part behind: is the front walked twice, the back, both
(in one piece or in two), or each once. Ratliff & Rosenthal, Operations Research 31(3), 1983. Empty aisles are passed
by: a walk through one is as long through its neighbour. On floors of more cross aisles `walking` sweeps the same picks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from wms.planning import ground, walking
from wms.planning.layout import Floor
from wms.planning.speed import kernel, numbers, uncounted
from wms.planning.walking import Grid, Numbers

WORD = 62
"""Picks to a word of a mask: a 64-bit integer stays positive."""
NO_WAY = 1 << 60
ENDLESS_MM = 1_000_000_000
"""Depth given to aisles that only one cross aisle serves: nobody ever walks through."""
PRIME = 67
_BIT_OF = {pow(2, bit, PRIME): bit for bit in range(WORD)}  # 2 generates the numbers below 67: no power comes twice
Pick = tuple[int, str]
"""A place and the item taken there."""
Sums = tuple[int, int, int, int, int]
"""Least walk behind: front and back walked once each, front twice, back twice, both twice joined, both not joined."""


class Aisles(NamedTuple):
    """Columns by x and their picks by y: what `round_trip` must know of the floor.

    `word_from` is the first mask word of each column, and one more; `pick_mm` and `point` are y and point of the grid
    (-1: in the open) of every bit of every word. `homes` of the picks of every walk are its ends. Fields from `grid` on
    serve floors of several blocks, and walks that end elsewhere.
    """

    front: int
    back: int
    one_block: int
    homes: int
    x_mm: Numbers
    word_from: Numbers
    pick_mm: Numbers
    bit: Numbers
    point: Numbers
    grid: Grid
    reaches: Numbers
    room: Numbers
    stops: Numbers


class Contents(NamedTuple):
    """Orders as masks: order i has `bits[k]` in `word[k]` for k from first[i] to first[i + 1]; every walk the depot."""

    first: Numbers
    word: Numbers
    bits: Numbers
    depot_word: int
    depot_bits: int


# --- floor and orders as arrays ---


def measured(floor: Floor, orders: Sequence[Iterable[Pick]]) -> tuple[Aisles, Contents]:
    """Return the aisles that these orders enter, and the orders as masks on them; every order is a set of picks."""
    home, goal = ((place, "") for place in floor.ends)
    in_aisle = not floor.is_round and floor.spot(goal[0]).column >= 0  # then it is one more stop of every walk
    orders = [{*order, goal} for order in orders] if in_aisle else orders
    every = {home}.union(*orders)
    swept = {place_id: _line(floor, place_id) for place_id, _ in every}
    bits: dict[Pick, tuple[int, int]] = {}
    lines: dict[tuple[int, int], int] = {}
    words = 0
    for pick in sorted(every, key=lambda pick: (swept[pick[0]], pick)):
        line = swept[pick[0]][:2]
        used = 0 if line not in lines else len(bits) - lines[line]
        lines.setdefault(line, len(bits))
        words += used % WORD == 0
        bits[pick] = words - 1, 1 << used % WORD
    return _aisles(floor, bits, 1 + in_aisle), _contents(
        [[bits[pick] for pick in order] for order in orders], bits[home]
    )


def walks(floor: Floor, orders: Sequence[Iterable[Pick]], lists: Sequence[Sequence[int]]) -> list[int]:
    """Return the length in mm of the walk of each list of orders; a list names its orders by their index."""
    if not lists:
        return []
    aisles, contents = measured(floor, orders)
    first = numbers([0, *accumulate(map(len, lists))])
    members, lengths = numbers(order for each in lists for order in each), numbers([0] * len(lists))
    walk_all(aisles, contents, (first, members), numbers([0] * int(aisles.word_from[-1])), lengths)
    return [int(length) for length in lengths]


def _line(floor: Floor, place_id: int) -> tuple[int, int, int]:
    """Where a place is swept: x of its line, the line (its aisle, or one of its own), y."""
    spot = floor.spot(place_id)
    return spot.x, spot.column if spot.column >= 0 else -1 - place_id, spot.y


def _aisles(floor: Floor, bits: dict[Pick, tuple[int, int]], homes: int) -> Aisles:
    rows = floor.cross_mm if len(floor.cross_mm) > 1 else (floor.cross_mm[0], floor.cross_mm[0] + ENDLESS_MM)
    known = ground.prepare(floor, *floor.ends, {place_id for place_id, _ in bits})
    words = 1 + max(word for word, _ in bits.values())
    pick_mm, point = [0] * (words * WORD), [-1] * (words * WORD)
    columns: dict[tuple[int, int], int] = {}
    for (place_id, _), (word, bit) in bits.items():
        at = word * WORD + bit.bit_length() - 1
        pick_mm[at], point[at] = floor.spot(place_id).y, known.points.get(place_id, -1)
        columns.setdefault(_line(floor, place_id)[:2], word)
    flat: Any = known.lists() if isinstance(numbers([]), list) else known
    return Aisles(
        *(rows[0], rows[-1], int(len(rows) == 2 and floor.is_round), homes),
        *(numbers(x for x, _ in columns), numbers([*columns.values(), words]), numbers(pick_mm)),
        *(numbers(_BIT_OF.get(rest, 0) for rest in range(PRIME)), numbers(point)),
        *(flat.grid, flat.reaches(), flat.room(), numbers([0] * (len(bits) + 1))),
    )


def _contents(orders: Sequence[Sequence[tuple[int, int]]], home: tuple[int, int]) -> Contents:
    first = [0]
    words: list[int] = []
    masks: list[int] = []
    for order in orders:
        merged: dict[int, int] = {}
        for word, bit in sorted(order):
            merged[word] = merged.get(word, 0) | bit
        words.extend(merged)
        masks.extend(merged.values())
        first.append(len(words))
    return Contents(numbers(first), numbers(words), numbers(masks), *home)


# --- kernels ---


@kernel
@uncounted
def mask_of(contents: Contents, members: Numbers, count: int, mask: Numbers) -> None:
    """Fill `mask` with the picks of the first `count` members, and the depot."""
    for w in range(len(mask)):
        mask[w] = 0
    mask[contents.depot_word] = contents.depot_bits
    for i in range(count):
        add(contents, members[i], mask, 0)


@kernel
@uncounted
def walk_all(
    aisles: Aisles, contents: Contents, lists: tuple[Numbers, Numbers], mask: Numbers, lengths: Numbers
) -> None:
    """Write the length of every list; list i has the orders members[first[i]:first[i + 1]], `mask` is scratch."""
    first, members = lists
    for i in range(len(lengths)):
        for w in range(len(mask)):
            mask[w] = 0
        mask[contents.depot_word] = contents.depot_bits
        for k in range(first[i], first[i + 1]):
            add(contents, members[k], mask, 0)
        lengths[i] = round_trip(aisles, mask, 0)[0]


@kernel
@uncounted
def add(contents: Contents, order: int, mask: Numbers, base: int) -> None:
    """Add an order's picks to the mask that begins at `base`."""
    for k in range(contents.first[order], contents.first[order + 1]):
        mask[base + contents.word[k]] |= contents.bits[k]


@kernel
@uncounted
def round_trip(aisles: Aisles, mask: Numbers, base: int) -> tuple[int, int]:
    """Length in mm of the shortest walk from the depot to all picks of the mask and back, and how many picks they are.

    The mask begins at `base`. Exact but for picks in the open on floors of several blocks, which are left out.
    """
    if aisles.one_block == 0:
        return swept(aisles, mask, base)
    depth, picks_at = aisles.back - aisles.front, (aisles.pick_mm, aisles.bit)
    x_mm, word_from = aisles.x_mm, aisles.word_from
    sums = (0, 0, 0, 0, 0)
    x, beyond, picks = -1, 0, 0
    for column in range(len(x_mm)):
        words = (word_from[column], word_from[column + 1], base)
        lowest, last, gap, count = extent(picks_at, mask, words, (aisles.front, depth))
        if count == 0:
            continue
        if lowest < 0 or last > depth:
            beyond += 2 * (max(0, -lowest) + max(0, last - depth))
            lowest, last = min(max(lowest, 0), depth), min(max(last, 0), depth)
        gap = max(gap, lowest, depth - last)
        prices = (2 * last, 2 * (depth - lowest), 2 * (depth - gap))
        if picks:
            sums = served(sums, prices, depth, 2 * (x_mm[column] - x))
        else:
            sums = (depth, prices[0], prices[1], 2 * depth, prices[2])
        picks += count
        x = x_mm[column]
    return min(sums[1], sums[2], sums[3]) + beyond, picks - 1


@kernel
@uncounted
def extent(
    picks_at: tuple[Numbers, Numbers], mask: Numbers, words: tuple[int, int, int], rows: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Lowest and highest pick of a column and the longest stretch between two, from the front cross aisle on.

    Then how many picks there are. `words`: the first of the column, the first of the next, where the mask begins.
    """
    pick_mm, bits = picks_at
    front, depth = rows
    lowest, last, gap, count = 0, 0, 0, 0
    for w in range(words[0], words[1]):
        left = mask[words[2] + w]
        while left:
            bit = left & -left
            left ^= bit
            y = pick_mm[w * WORD + bits[bit % PRIME]] - front
            if count == 0:
                lowest = y
            elif min(y, depth) - max(last, 0) > gap:
                gap = min(y, depth) - max(last, 0)
            last = y
            count += 1
    return lowest, last, gap, count


@kernel
@uncounted
def served(sums: Sums, prices: tuple[int, int, int], depth: int, across: int) -> Sums:
    """Walk `across` mm to the next aisle and back, and serve it: from the front, the back, both ends, or through."""
    once, low, high, both, apart = sums
    from_low, from_high, ends = prices
    least = min(from_low, from_high, ends)
    once, low, high = once + across, min(low, both) + across, min(high, both) + across
    both, apart = both + 2 * across, apart + 2 * across
    return (
        min(once + least, min(low, high, both, apart) + depth),
        low + from_low,
        high + from_high,
        min(both + least, once + depth, min(low, high, apart) + 2 * depth),
        min(apart + least, low + min(from_high, ends), high + min(from_low, ends)),
    )


@kernel
@uncounted
def swept(aisles: Aisles, mask: Numbers, base: int) -> tuple[int, int]:
    """`round_trip` on a floor of several blocks."""
    count, picks = 0, 0
    for w in range(aisles.word_from[0], aisles.word_from[len(aisles.x_mm)]):
        left = mask[base + w]
        while left:
            bit = left & -left
            left ^= bit
            picks += 1
            point = aisles.point[w * WORD + aisles.bit[bit % PRIME]]
            if point >= 0 and (count == 0 or aisles.stops[count - 1] != point):
                aisles.stops[count] = point
                count += 1
    return walking.trip(aisles.grid, aisles.stops, count, aisles.reaches, aisles.room), picks - aisles.homes
