"""Which orders are alike: those that enter the same aisles, and the same thirds of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from wms.planning.layout import Floor
from wms.planning.speed import numbers, running
from wms.planning.walking import Numbers

CHUNK = 64
"""So many orders are compared with all others at a time: what is written down of them stays near the processor."""
FINE, SELF = 28, -(1 << 30)
"""Bits of a number that says how alike two orders are and which the other one is; and that of an order with itself."""
WORD = 64
Bits = NDArray[np.uint64]


def likes(floor: Floor, orders: Sequence[Iterable[int]], most: int) -> Numbers:
    """The orders most like each, so many or all others, as likes[order * width + rank]: by the cosine of the two sets.

    An order is the places that it goes to. All is done in integers, so that every machine gives the same answer.
    """
    count, width = len(orders), min(most, len(orders) - 1)
    if width < 1:
        return numbers([0])
    entered = _entered(floor, orders)
    sizes = sum(np.bitwise_count(word).astype(np.int64) for word in entered)
    digits, number = count.bit_length(), np.arange(count, dtype=np.int32)
    shares = ((1 << FINE - digits) / np.sqrt(sizes * sizes.max())).astype(np.int32) << digits
    found = np.empty((count, width), np.int64)
    for start in range(0, count, CHUNK):
        keys = number - _common(entered, start) * shares  # the most alike first, of equals the first
        keys[np.arange(len(keys)), number[start : start + CHUNK]] = SELF
        found[start : start + CHUNK] = np.sort(np.partition(keys, width, axis=1)[:, : width + 1], axis=1)[:, 1:]
    found &= (1 << digits) - 1
    return found.ravel() if running() else numbers(found.ravel().tolist())


def _common(entered: Bits, start: int) -> NDArray[np.int32]:
    """How many parts the orders from `start` on share with every order."""
    shared = np.zeros((min(CHUNK, entered.shape[1] - start), entered.shape[1]), np.int32)
    for word in entered:
        shared += np.bitwise_count(word[start : start + CHUNK, None] & word)
    return shared


def _entered(floor: Floor, orders: Sequence[Iterable[int]]) -> Bits:
    """A bit for every aisle and every third of one that an order enters, as entered[word, order]."""
    depth = max(1, (floor.cross_mm[-1] - floor.cross_mm[0]) // 3)
    rows = [list(order) for order in orders]
    places = sorted({place for row in rows for place in row})
    spots = [floor.spot(place) for place in places]
    keys = [((spot.x, -1), (spot.x, (spot.y - floor.cross_mm[0]) // depth)) for spot in spots]
    number = {key: index for index, key in enumerate(sorted({key for both in keys for key in both}))}
    columns = np.array([[number[key] for key in both] for both in keys])
    at = columns[np.searchsorted(places, [place for row in rows for place in row])]
    owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    parts = np.zeros((len(rows), -(-len(number) // WORD) * WORD), np.bool_)
    parts[owner, at[:, 0]] = parts[owner, at[:, 1]] = True
    return np.ascontiguousarray(np.packbits(parts, axis=1).view(np.uint64).T)
