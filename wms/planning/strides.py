"""How long a list walks on a floor of one block, in a fifth of a microsecond: parts of aisles are looked up in tables.

A word of a mask (`tours`) is cut into stretches of a few picks. What a walk must know of one, for every set of picks in
it, stands in a table: the lowest, the highest, the longest gap between two and how many they are, in one number. A few
looks at the table replace one at each of dozens of picks; then the aisles are passed as in `tours`.
"""

from __future__ import annotations

from typing import NamedTuple

from wms.planning import tours
from wms.planning.speed import kernel, numbers, running, uncounted
from wms.planning.tours import WORD, Aisles, Contents
from wms.planning.walking import Numbers

FIELD = 19
"""Bits of a length in a table: aisles are shorter than half a kilometre."""
FULL = (1 << FIELD) - 1
WIDTH, WIDTH_PLAIN = 9, 4
"""Picks to a stretch; fewer where the interpreter fills the tables."""
PICKS = 1 << 14
"""A walk is told as cost * PICKS + picks."""


class Strides(NamedTuple):
    """Orders and stretches as arrays; all are empty where tables do not serve.

    bits[order * words + word] are an order's picks. A word has `start` of its first stretch in the table and `ahead`,
    twice the way from the aisle before (-1: it goes on with the same). A set of picks of stretch s is at
    table[start + (s << width) + picks]. `terms`: depth of the aisles, width, mm per list and per pick, the depot's word
    and bits.
    """

    bits: Numbers
    start: Numbers
    ahead: Numbers
    table: Numbers
    terms: Numbers


def tabled(aisles: Aisles, contents: Contents, costs: tuple[int, int]) -> Strides:
    """Fill the tables of these aisles; nothing when their floor is of another kind."""
    words = int(aisles.word_from[len(aisles.x_mm)])
    used = [0] * words
    used[contents.depot_word] = int(contents.depot_bits)
    for word, bits in zip(contents.word, contents.bits, strict=True):
        used[int(word)] |= int(bits)
    depth = aisles.back - aisles.front
    ys = [int(aisles.pick_mm[w * WORD + b]) - aisles.front for w in range(words) for b in range(used[w].bit_length())]
    if not aisles.one_block or depth > FULL or min(ys) < 0 or max(ys) > depth:
        return Strides(*(numbers([]) for _ in range(5)))
    width = WIDTH if running() else WIDTH_PLAIN
    stretches = [-(-bits.bit_length() // width) for bits in used]
    start = numbers(sum(stretches[:word]) << width for word in range(words + 1))
    table = numbers([0] * (sum(stretches) << width))
    terms = numbers([depth, width, *costs, contents.depot_word, contents.depot_bits])
    bits = numbers([0] * (words * (len(contents.first) - 1)))
    filled((aisles.pick_mm, start, table), (contents.first, contents.word, contents.bits), bits, (aisles.front, width))
    return Strides(bits, start, _ahead(aisles), table, terms)


def _ahead(aisles: Aisles) -> Numbers:
    ahead = [-1] * int(aisles.word_from[len(aisles.x_mm)])
    for column, x in enumerate(aisles.x_mm):
        ahead[int(aisles.word_from[column])] = 2 * int(x - aisles.x_mm[max(0, column - 1)])
    return numbers(ahead)


@kernel
@uncounted
def filled(
    floor: tuple[Numbers, Numbers, Numbers],
    orders: tuple[Numbers, Numbers, Numbers],
    bits: Numbers,
    terms: tuple[int, int],
) -> None:
    """Write the tables and the orders' words."""
    pick_mm, start, table = floor
    front, width = terms
    words = len(start) - 1
    for word in range(words):
        first = start[word] >> width
        for stretch in range(first, start[word + 1] >> width):
            base, top = stretch << width, 0
            for part in range(1, 1 << width):
                top += part >> (top + 1) > 0
                spot = min((stretch - first) * width + top, WORD - 1)
                table[base + part] = with_one(table[base + (part ^ 1 << top)], pick_mm[word * WORD + spot] - front)
    first, word_of, bits_of = orders
    for order in range(len(first) - 1):
        for k in range(first[order], first[order + 1]):
            bits[order * words + word_of[k]] = bits_of[k]


@kernel
@uncounted
def with_one(known: int, y: int) -> int:
    """What a stretch is with one more pick behind all others: lowest, highest, gap, number, from the lowest bits up."""
    if known == 0:
        return y | y << FIELD | 1 << 3 * FIELD
    gap = max(known >> 2 * FIELD & FULL, y - (known >> FIELD & FULL))
    return (known & FULL) | y << FIELD | gap << 2 * FIELD | ((known >> 3 * FIELD) + 1) << 3 * FIELD


@kernel
@uncounted
def strode(strides: Strides, members: Numbers, count: int) -> int:
    """Cost in mm and picks of the first `count` members on one list, as one number."""
    bits, start, ahead, table, terms = strides
    words, depth, width = len(ahead), terms[0], terms[1]
    sums, begun = (0, 0, 0, 0, 0), False
    picks, across, word = 0, 0, 0
    while word < words:
        lowest, last, gap = depth + 1, 0, 0
        across += ahead[word]
        while True:
            left, at = united(bits, words, word, members, count), start[word]
            left |= terms[5] if word == terms[4] else 0
            while left:
                known = table[at + (left & ((1 << width) - 1))]
                left >>= width
                at += 1 << width
                if known:
                    y = known & FULL
                    lowest = min(lowest, y)
                    gap = max(gap, y - last, known >> 2 * FIELD & FULL)
                    last = known >> FIELD & FULL
                    picks += known >> 3 * FIELD
            word += 1
            if word == words or ahead[word] >= 0:
                break
        if lowest <= depth:
            prices = (2 * last, 2 * (depth - lowest), 2 * (depth - max(gap, depth - last)))
            first = (depth, prices[0], prices[1], 2 * depth, prices[2])
            sums = tours.served(sums, prices, depth, across) if begun else first
            begun, across = True, 0
    return int((min(sums[1], sums[2], sums[3]) + terms[2] + (picks - 1) * terms[3]) * PICKS + picks - 1)


@kernel
@uncounted
def united(bits: Numbers, words: int, word: int, members: Numbers, count: int) -> int:
    """All picks of the first `count` members in a word."""
    left = 0
    for i in range(count):
        left |= bits[members[i] * words + word]
    return left
