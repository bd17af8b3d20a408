"""A division read off the relaxation: the batch that is taken most is taken whole, and what is left is relaxed anew.

The prices of the orders change on the way, and with them the batches that are worth their cost: these join in (the
diving heuristic with column generation of Sadykov et al., INFORMS Journal on Computing 31(2), 2019).
"""

from __future__ import annotations

import numpy as np

from wms.planning.relaxing import FROM_DUAL, FROM_PRIMAL, SLACK, Batches, Floats, Ints, Relaxation, cheap
from wms.planning.speed import Stopwatch

SURE = 0.75
"""Batches of which so much is taken are taken whole together."""
COLUMNS, ROUNDS_MAX = 150, 30
"""How many batches may join at a time, and how often."""
NEAR = 0.1
"""Batches that are dearer than this share of a mean batch do not join."""
NEVER = 1e9
"""How little an order is worth that is served."""


def dived(batches: Batches, dear: Floats, relaxation: Relaxation, watch: Stopwatch) -> Ints | None:
    """Return batches that serve every order once; None when the relaxation has no answer or time ran out.

    `relaxation` has been solved, and is of no use afterwards.
    """
    served = np.zeros(int(batches.member.max()) + 1, np.bool_)
    near = np.flatnonzero(dear <= NEAR * float(batches.cost.mean()))
    shares = relaxation.shares()
    alone = np.flatnonzero(np.diff(batches.first) == 1)
    relaxation.take(batches, np.setdiff1d(alone, relaxation.taken))  # so that there always is an answer
    while not watch.over():
        if np.all((shares < SLACK) | (shares > 1 - SLACK)):
            return relaxation.taken[: len(shares)][shares > 1 - SLACK]
        shares[served[_heads(batches, relaxation)[: len(shares)]]] = 0
        sure = np.flatnonzero(shares > min(SURE, float(shares.max()) - SLACK))
        for place in sure[np.argsort(-shares[sure], kind="stable")]:
            batch = relaxation.taken[place]
            orders = batches.member[batches.first[batch] : batches.first[batch + 1]]
            if not served[orders].any():
                relaxation.limit(int(place), 1, 1)
                served[orders] = True
        if not _settled(batches, near, relaxation, served):
            return None
        shares = relaxation.shares()
    return None


def _heads(batches: Batches, relaxation: Relaxation) -> Ints:
    return batches.member[batches.first[relaxation.taken]]


def _settled(batches: Batches, near: Ints, relaxation: Relaxation, served: np.ndarray) -> bool:
    """Solve the relaxation anew; batches of orders that are not yet served join while they are worth it."""
    choice, method = batches.only(near), FROM_DUAL
    for _ in range(ROUNDS_MAX):
        if relaxation.solved(method) is None:
            return False
        worth = relaxation.worth()
        worth[served] = -NEVER
        lacking = near[cheap(choice.dear(worth), np.flatnonzero(np.isin(near, relaxation.taken)), COLUMNS)]
        if not len(lacking):
            return True
        relaxation.take(batches, lacking)
        method = FROM_PRIMAL
    return True
