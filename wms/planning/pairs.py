"""How often every two items share an order, counted exactly: the inner loops behind affinity.

Two ways, by item number (items are numbered as they first appear, so the common ones have low numbers):
- pairs of two low numbers go to a triangular table, order after order: one addition a pair, nothing else;
- the others are taken item after item. The orders that hold the item are opened, what already lies in them are the
  items before it, and each gets one more on its counter. Then the item itself is laid into these orders.
So every pair is met once and nothing is ever sorted. (It is the product A'A of the order matrix, row by row: Gustavson,
ACM Trans. Math. Software 4(3), 1978, of which only the half below the diagonal is computed.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wms.planning.speed import kernel

Numbers = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Pairs = tuple[Longs, Longs]
"""Row starts per item, and each row's pairs: the other item's number << COUNT_BITS | orders that hold both."""
COUNT_BITS = 32
COUNT_MASK = (1 << COUNT_BITS) - 1
TABLE_ITEMS = 4096
"""Items of the triangular table: 32 MiB of counters, which the processor's shared memory still holds."""


@kernel
def count_pairs(lines: Numbers, starts: Longs, items: int, basket_max: int) -> tuple[Numbers, int, Pairs]:
    """Orders of each item, how many orders were longer than `basket_max` (they pair nothing), and all pairs.

    Order k holds the items `lines[starts[k]:starts[k + 1]]`, numbered below `items`; twice in an order is once.
    Every pair stands in the rows of both its items; each row ascends.
    """
    often = np.zeros(items, np.int32)
    held = np.empty(len(lines), np.int32)
    first, skipped = distinct_lines(lines, starts, (basket_max, often, held))
    return often, skipped, mirrored(pairs_below(held, first, items))


@kernel
def distinct_lines(lines: Numbers, starts: Longs, out: tuple[int, Numbers, Numbers]) -> tuple[Longs, int]:
    """Write each order's distinct items to `held`, count them in `often`; return starts and the skipped."""
    basket_max, often, held = out
    seen = np.full(len(often), -1, np.int32)
    first = np.zeros(len(starts), np.int64)
    size, skipped = 0, 0
    for order in range(len(starts) - 1):
        begin = size
        for k in range(starts[order], starts[order + 1]):
            item = lines[k]
            if seen[item] != order:
                seen[item] = order
                often[item] += 1
                held[size] = item
                size += 1
        if size - begin > basket_max:
            skipped += 1
            size = begin
        first[order + 1] = size
    return first, skipped


@kernel
def pairs_below(held: Numbers, first: Longs, items: int) -> Pairs:
    """Each item's pairs with the items before it, rows not sorted; `held` is used up."""
    low = min(items, TABLE_ITEMS)
    table, filled = table_pairs(held, first, low)
    at, holders = holders_of(held, first, (low, items))
    counter, touched = np.zeros(items + 1, np.int32), np.empty(items + 1, np.int32)
    rows, pairs = np.zeros(items + 1, np.int64), np.empty(1 << 16, np.int64)
    for item in range(items):
        if item < low:
            found = read_table(table, item, (counter, touched))
        else:
            found = open_orders((held, first, filled), (item, holders[at[item] : at[item + 1]]), (counter, touched))
        size = rows[item]
        rows[item + 1] = size + found
        if size + found > len(pairs):
            larger = np.empty(len(pairs) + len(pairs) // 2 + found, np.int64)
            larger[:size] = pairs[:size]
            pairs = larger
        for k in range(found):
            other = touched[k]
            pairs[size + k] = (np.int64(other) << COUNT_BITS) | counter[other]
            counter[other] = 0
    return rows, pairs


@kernel
def table_pairs(held: Numbers, first: Longs, low: int) -> tuple[Numbers, Longs]:
    """Count the pairs of items below `low`; they are brought to the front of their orders, up to `filled`."""
    table = np.zeros(low * (low - 1) // 2 + 1, np.int32)
    filled = first[:-1].copy()
    for order in range(len(filled)):
        begin = first[order]
        end = begin
        for k in range(begin, first[order + 1]):
            item = np.int64(held[k])
            if item < low:
                held[k], held[end] = held[end], item
                row = item * (item - 1) // 2
                for j in range(begin, end):
                    other = np.int64(held[j])
                    if other < item:
                        table[row + other] += 1
                    else:
                        table[other * (other - 1) // 2 + item] += 1
                end += 1
        filled[order] = end
    return table, filled


@kernel
def read_table(table: Numbers, item: int, out: tuple[Numbers, Numbers]) -> int:
    """Copy the row of a low item out of the table; return how many partners it has."""
    counter, touched = out
    row, found = item * (item - 1) // 2, 0
    for other in range(item):
        if table[row + other] > 0:
            counter[other] = table[row + other]
            touched[found] = other
            found += 1
    return found


@kernel
def open_orders(orders: tuple[Numbers, Longs, Longs], row: tuple[int, Numbers], out: tuple[Numbers, Numbers]) -> int:
    """Count what lies in the orders that hold the item, lay the item into them; return how many partners it has."""
    held, first, filled = orders
    item, holders = row
    counter, touched = out
    found = 0
    for order in holders:
        end = filled[order]
        for j in range(first[order], end):
            other = held[j]
            touched[found] = other  # kept only when new: a condition here would cost more than the writing
            found += 1 if counter[other] == 0 else 0
            counter[other] += 1
        held[end] = item
        filled[order] = end + 1
    return found


@kernel
def holders_of(held: Numbers, first: Longs, span: tuple[int, int]) -> tuple[Longs, Numbers]:
    """Turn orders of items into items of orders, from the item `low` on: where each one's orders start, and they."""
    low, items = span
    at = np.zeros(items + 2, np.int64)
    for k in range(first[-1]):
        if held[k] >= low:
            at[held[k] + 2] += 1
    for item in range(items):
        at[item + 2] += at[item + 1]
    holders = np.empty(at[items + 1], np.int32)
    for order in range(len(first) - 1):
        for k in range(first[order], first[order + 1]):
            item = held[k] + 1
            if item > low:
                holders[at[item]] = order
                at[item] += 1
    return at, holders


@kernel
def mirrored(below: Pairs) -> Pairs:
    """Write every pair into the rows of both; walking the rows in order leaves each row sorted by itself."""
    rows, half = below
    items = len(rows) - 1
    starts = np.zeros(items + 1, np.int64)
    for item in range(items):
        starts[item + 1] += rows[item + 1] - rows[item]
        for k in range(rows[item], rows[item + 1]):
            starts[(half[k] >> COUNT_BITS) + 1] += 1
    for item in range(items):
        starts[item + 1] += starts[item]
    upper = starts[:-1] + rows[1:] - rows[:-1]
    fill, pairs = upper.copy(), np.empty(2 * rows[items], np.int64)
    for item in range(items):
        for k in range(rows[item], rows[item + 1]):
            other = half[k] >> COUNT_BITS
            pairs[fill[other]] = (np.int64(item) << COUNT_BITS) | (half[k] & COUNT_MASK)
            fill[other] += 1
    fill[:] = starts[:-1]
    for item in range(items):
        for k in range(upper[item], starts[item + 1]):
            other = pairs[k] >> COUNT_BITS
            pairs[fill[other]] = (np.int64(item) << COUNT_BITS) | (pairs[k] & COUNT_MASK)
            fill[other] += 1
    return starts, pairs


@kernel
def added(one: Pairs, two: Pairs) -> Pairs:
    """Add the counts of two; rows still ascend."""
    items = max(len(one[0]), len(two[0])) - 1
    starts, pairs, size = np.zeros(items + 1, np.int64), np.empty(len(one[1]) + len(two[1]), np.int64), 0
    for item in range(items):
        size = added_row(row_of(one, item), row_of(two, item), (pairs, size))
        starts[item + 1] = size
    return starts, pairs[:size].copy()


@kernel
def row_of(pairs: Pairs, item: int) -> Longs:
    """The row of an item; empty for one that came later."""
    if item < len(pairs[0]) - 1:
        return pairs[1][pairs[0][item] : pairs[0][item + 1]]
    return pairs[1][:0]


@kernel
def added_row(one: Longs, two: Longs, out: tuple[Longs, int]) -> int:
    """Write the sum of two rows to `pairs` from `size` on; return where it ends."""
    pairs, size = out
    i, j = 0, 0
    while i < len(one) and j < len(two):
        if one[i] >> COUNT_BITS == two[j] >> COUNT_BITS:
            pairs[size] = one[i] + (two[j] & COUNT_MASK)
            i += 1
            j += 1
        elif one[i] < two[j]:
            pairs[size] = one[i]
            i += 1
        else:
            pairs[size] = two[j]
            j += 1
        size += 1
    for rest, k in ((one, i), (two, j)):
        pairs[size : size + len(rest) - k] = rest[k:]
        size += len(rest) - k
    return size
