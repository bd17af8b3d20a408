"""One list less: the orders of the emptiest list beside those of the others, for a search that opens no new list.

Where the orders nearly fill the lists that there must be at least, exchanges at random hardly ever empty a list: they
would have to gather the room of all the others in it. So they begin with too few lists, some of them overfull, which
comes dearer and dearer, and spread what is too much until everything fits.
"""

from __future__ import annotations

import numpy as np

from wms.planning.annealing import Task
from wms.planning.relaxing import Ints


def fewest(task: Task, orders: int) -> int:
    """How many lists there must be at least, for each kind of size by itself (the bound L2 of Martello & Toth, Discrete
    Applied Mathematics 28(1), 1990).

    Orders of more than half a list are never together; with small ones up to each size beside them or not, what is left
    of the others fills so many lists more.
    """
    kinds, least = len(task.limits), 1
    for kind, limit in enumerate(map(int, task.limits)):
        sizes = np.sort(np.asarray(task.sizes[kind : orders * kinds : kinds], np.int64))
        large, small = sizes[2 * sizes > limit], sizes[2 * sizes <= limit]
        for smallest in {0, *small.tolist()}:
            least = max(least, len(large) + _more(large[large + smallest <= limit], small[small >= smallest], limit))
    return least


def _more(large: Ints, small: Ints, limit: int) -> int:
    """How many lists the small orders need beside those of the large ones."""
    beyond = int(small.sum() + large.sum()) - len(large) * limit
    return max(0, -(-beyond // max(1, limit)))


def squeezed(task: Task, lists: list[list[int]]) -> list[list[int]]:
    """Dissolve the list that is least full: its largest orders first, each into the list that is least full then."""
    kinds = len(task.limits)

    def size(order: int) -> float:
        return max(int(task.sizes[order * kinds + kind]) / max(1, int(most)) for kind, most in enumerate(task.limits))

    def full(group: list[int]) -> float:
        return sum(map(size, group))

    *kept, gone = sorted((list(group) for group in lists), key=full, reverse=True)
    for order in sorted(gone, key=size, reverse=True):
        min(kept, key=full).append(order)
    return kept
