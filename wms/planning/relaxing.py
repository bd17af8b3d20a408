"""What serving each order is worth: batches that may be taken by halves, so that every order is served once.

Of this linear relaxation of the choice of batches the answer comes at once, with a price for every order. No division
costs less. A batch is "dear" by what it costs above the prices of its orders: none that is dear by more than the gap
between the relaxation and the best division known is in a better one (reduced cost fixing; Nemhauser & Wolsey, Integer
and Combinatorial Optimization, 1988). Batches are handed over as they are needed: only those that are worth more than
they cost change the answer (column generation; Gilmore & Gomory, Operations Research 9(6), 1961).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wms.planning.speed import Stopwatch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SLACK = 1e-4
"""How far the relaxation's figures may be off, in units of cost."""
ROUNDS_MAX = 60
"""How often the relaxation may ask for more batches."""
PIVOTS_MAX = 20_000
"""How many steps of the simplex method the relaxation may take at a time."""
FROM_PRIMAL, FROM_DUAL = 4, 1
"""HiGHS' numbers of its two simplex methods: the first goes on after new batches, the second after new bounds."""

SHARE, SECONDS_MAX, SHORTEST = 0.9, 3.0, 0.01
"""What part of the time that is left the integer step may take, and how many seconds at most; and at least any step.
Nodes do not limit it enough: the first one alone has been seen to take most of a minute."""
FEASIBLE = 2
"""What HiGHS says of an answer that keeps all limits."""


class Batches(NamedTuple):
    """Possible batches: cost[b] in mm, its orders member[first[b]:first[b + 1]]."""

    first: Ints
    member: Ints
    cost: Ints

    def groups(self, chosen: Iterable[int]) -> list[list[int]]:
        """Orders of the chosen batches."""
        return [[int(o) for o in self.member[self.first[b] : self.first[b + 1]]] for b in chosen]

    def places(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Where in `member` the orders of the chosen batches are, and where each of them begins among these."""
        sizes = self.first[chosen + 1] - self.first[chosen]
        start = np.concatenate([[0], np.cumsum(sizes)])
        return np.repeat(self.first[chosen] - start[:-1], sizes) + np.arange(start[-1]), start

    def only(self, chosen: Ints) -> Batches:
        """The chosen batches alone."""
        places, start = self.places(chosen)
        return Batches(start, self.member[places], self.cost[chosen])

    def dear(self, worth: Floats) -> Floats:
        """What each costs above what its orders are worth (its reduced cost)."""
        apart: Floats = self.cost.astype(np.float64) - np.add.reduceat(worth[self.member], self.first[:-1])
        return apart


def batches_of(groups: Iterable[tuple[Sequence[int], int]]) -> Batches:
    """Return batches from their orders and costs."""
    known = list(groups)
    first = np.cumsum([0, *(len(group) for group, _ in known)])
    member = np.array([order for group, _ in known for order in group], np.int64)
    return Batches(first, member, np.array([cost for _, cost in known], np.int64))


def together(known: Batches, others: Batches) -> Batches:
    """Return the first batches and the others behind them."""
    first = np.concatenate([known.first, known.first[-1] + others.first[1:]])
    return Batches(first, np.concatenate([known.member, others.member]), np.concatenate([known.cost, others.cost]))


class Relaxation:
    """The linear relaxation, solved anew from where it was whenever batches came or were fixed (by HiGHS)."""

    def __init__(self, orders: int, watch: Stopwatch) -> None:
        import highspy  # a tenth of a second that only a planning process must pay

        self.watch = watch
        self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        status = highspy.HighsModelStatus
        self.optimal, self.none_cheaper = status.kOptimal, (status.kInfeasible, status.kObjectiveBound)
        self.out_of_time = status.kTimeLimit
        for option, value in (("output_flag", False), ("threads", 1), ("simplex_iteration_limit", PIVOTS_MAX)):
            self.highs.setOptionValue(option, value)
        once, nothing = np.ones(orders), np.zeros(0, np.int32)
        self.highs.addRows(orders, once, once, 0, np.zeros(orders, np.int32), nothing, np.zeros(0))
        self.taken = np.zeros(0, np.int64)

    def take(self, batches: Batches, chosen: Ints) -> None:
        """Hand over the chosen batches; `taken` numbers all that were."""
        places, start = batches.places(chosen)
        count, free = len(chosen), np.zeros(len(chosen))
        rows, begins = batches.member[places].astype(np.int32), start[:-1].astype(np.int32)
        costs, no_limit = batches.cost[chosen].astype(np.float64), np.full(count, np.inf)
        self.highs.addCols(count, costs, free, no_limit, len(rows), begins, rows, np.ones(len(rows)))
        self.taken = np.concatenate([self.taken, chosen])

    def solved(self, method: int, seconds: float = math.inf) -> float | None:
        """Return the least cost; None when there is no answer within so many seconds and those of the watch."""
        self.highs.setOptionValue("simplex_strategy", method)
        # HiGHS counts the seconds of all that it has solved so far.
        limit = self.highs.getRunTime() + max(SHORTEST, min(seconds, self.watch.left()))
        self.highs.setOptionValue("time_limit", limit)
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == self.out_of_time:
            self.watch.was_short = True
        if status != self.optimal:
            return None
        return float(self.highs.getInfo().objective_function_value)

    def worth(self) -> Floats:
        """What each order is worth."""
        return np.array(self.highs.getSolution().row_dual, np.float64)

    def shares(self) -> Floats:
        """How much of each batch is taken, in the order they were handed over."""
        return np.array(self.highs.getSolution().col_value, np.float64)

    def limit(self, place: int, least: float, most: float) -> None:
        """Say how much of the batch that was handed over as so many-th is taken at least and at most."""
        self.highs.changeColBounds(place, least, most)


def relaxed(batches: Batches, mine: int, terms: tuple[int, Stopwatch]) -> tuple[float, Floats, Relaxation] | None:
    """Lower bound, what orders are worth, and the relaxation itself; None when rounds or time ran out.

    It begins with the first `mine` batches, a division whose orders are worth equal shares of their batch, and the
    batches best at that; the first term says how many at a time.
    """
    orders = int(batches.first[mine])
    sizes = np.diff(batches.first[: mine + 1])
    worth = np.zeros(orders)
    worth[batches.member[:orders]] = np.repeat(batches.cost[:mine] / sizes, sizes)
    relaxation = Relaxation(orders, terms[1])
    relaxation.take(batches, np.arange(mine))
    relaxation.take(batches, cheap(batches.dear(worth), relaxation.taken, terms[0]))
    answer = settled(batches, relaxation, terms)
    return (*answer, relaxation) if answer else None


def settled(batches: Batches, relaxation: Relaxation, terms: tuple[int, Stopwatch]) -> tuple[float, Floats] | None:
    """Hand over batches that are worth more than they cost until there are none; return the bound and the worths."""
    columns, watch = terms
    for _ in range(ROUNDS_MAX):
        bound = relaxation.solved(FROM_PRIMAL)
        if bound is None or watch.over():
            return None
        worth = relaxation.worth()
        lacking = cheap(batches.dear(worth), relaxation.taken, columns)
        if not len(lacking):
            return bound, worth
        relaxation.take(batches, lacking)
    return None


def cheap(dear: Floats, taken: Ints, most: int) -> Ints:
    """Return the batches that are worth more than they cost and are not yet taken: the best, at most so many."""
    lacks = dear < -SLACK
    lacks[taken] = False
    lacking = np.flatnonzero(lacks)
    if len(lacking) > most:
        lacking = lacking[np.argpartition(dear[lacking], most)[:most]]
    return lacking


def whole(batches: Batches, chosen: Ints, terms: tuple[int, int, Stopwatch]) -> tuple[Ints | None, bool]:
    """The cheapest of the chosen batches with every order in one; and whether that is proven.

    `terms`: only what costs less counts; nodes that the integer solver may look at; the watch.
    """
    below, nodes, watch = terms
    relaxation = Relaxation(int(batches.member.max()) + 1, watch)
    relaxation.take(batches, chosen)
    highs, count = relaxation.highs, len(chosen)
    places = np.arange(count, dtype=np.int32)
    highs.changeColsIntegrality(count, places, np.ones(count, np.uint8))
    highs.changeColsBounds(count, places, np.zeros(count), np.ones(count))
    limits = {"mip_rel_gap": 0.0, "mip_abs_gap": 1 - SLACK, "objective_bound": below - 1 + SLACK}
    for option, value in {**limits, "mip_max_nodes": nodes}.items():
        highs.setOptionValue(option, value)
    seconds = min(SECONDS_MAX, SHARE * watch.left())
    proven = relaxation.solved(FROM_DUAL, seconds) is not None or highs.getModelStatus() in relaxation.none_cheaper
    found = highs.getInfo().primal_solution_status == FEASIBLE
    return (chosen[relaxation.shares() > 0.5] if found else None), proven
