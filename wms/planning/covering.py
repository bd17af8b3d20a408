"""Every order served once, depth first: the order with the fewest batches first, and only as dear as is allowed.

What batches are dear (`relaxing`) adds up to what a division costs above the bound: that is what cuts the search short.
"""

from __future__ import annotations

import numpy as np

from wms.planning.relaxing import Batches, Floats, Ints
from wms.planning.speed import kernel, numbers, uncounted
from wms.planning.walking import Numbers

MASK_ORDERS = 62
"""So many orders fit into the bits of a number."""
FINE = 1 << 20
"""How dear a batch is, is told in integers: so many to a unit of cost."""


def searched(batches: Batches, choice: tuple[Ints, Floats, float], looks: int) -> tuple[Ints | None, bool]:
    """Return the best division into the chosen batches, none if there is none, and whether that is proven.

    `choice`: the batches, how dear all are, and how dear those of a division may be together.
    """
    chosen, dear, gap = choice
    orders = int(batches.member.max()) + 1
    if orders > MASK_ORDERS or not len(chosen):
        return None, not len(chosen)
    places, start = batches.places(chosen)
    member = batches.member[places]
    amounts = np.bincount(member, minlength=orders)
    rank = np.argsort(np.argsort(amounts, kind="stable"), kind="stable")
    masks = np.add.reduceat(np.left_shift(1, rank[member]), start[:-1])
    heads = np.minimum.reduceat(rank[member], start[:-1])
    spare = np.maximum(0, dear[chosen] * FINE).astype(np.int64)
    order = np.lexsort((spare, heads))
    first = np.searchsorted(heads[order], np.arange(orders + 1))
    best, state = numbers([-1] * (orders + 1)), numbers([int(gap * FINE) + 1, looks])
    known = numbers(first.tolist()), numbers(masks[order].tolist()), numbers(spare[order].tolist())
    path, have, paid = (numbers([0] * (orders + 2)) for _ in range(3))
    covered(known, (1 << orders) - 1, (path, have, paid), best, state)
    used = np.array([b for b in best if b >= 0], np.int64)
    return (chosen[order[used]] if len(used) else None), bool(state[1] > 0)


@kernel
@uncounted
def covered(
    known: tuple[Numbers, Numbers, Numbers],
    everybody: int,
    room: tuple[Numbers, Numbers, Numbers],
    best: Numbers,
    state: Numbers,
) -> None:
    """Write to `best` the batches that cover everybody once for less than state[0]; state[1] counts looks down to 0.

    `known`: where the batches of each order as their first begin, masks, and what each is dearer than it is worth.
    """
    first, masks, spare = known
    path, have, paid = room
    depth, have[0], paid[0] = 0, 0, 0
    path[0] = first[0]
    while depth >= 0 and state[1] > 0:
        state[1] -= 1
        batch, order = path[depth], 0
        while have[depth] >> order & 1:
            order += 1
        if batch >= first[order + 1] or paid[depth] + spare[batch] >= state[0]:
            depth -= 1
            continue
        path[depth] = batch + 1
        if have[depth] & masks[batch]:
            continue
        have[depth + 1], paid[depth + 1] = have[depth] | masks[batch], paid[depth] + spare[batch]
        if have[depth + 1] == everybody:
            state[0] = paid[depth + 1]
            for step in range(len(best)):
                best[step] = path[step] - 1 if step <= depth else -1
            continue
        depth += 1
        order = 0
        while have[depth] >> order & 1:
            order += 1
        path[depth] = first[order]
