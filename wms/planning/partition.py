"""Which of many possible batches, so that every order is in exactly one, cost the least: set partitioning.

First the linear relaxation, where a batch may be taken by halves. Its prices say what serving each order is worth, and
a batch that costs more than its orders are worth, by more than the gap between the relaxation and the best division
known, is in no better division (reduced cost fixing; Nemhauser & Wolsey, Integer and Combinatorial Optimization,
1988). The few that are left go to the integer solver HiGHS. With all batches that there are, the answer is the optimum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wms.planning import tours
from wms.planning.annealing import Memory, Task, crowd
from wms.planning.speed import Stopwatch, kernel, numbers, uncounted
from wms.planning.strides import PICKS
from wms.planning.walking import Numbers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SLACK = 1e-4
"""How far the relaxation's figures may be off, in units of cost."""
MASK_ORDERS = 62
FINE = 1 << 20
"""Reduced costs are searched in integers: so many to a unit of cost."""
SHARE = 0.6
"""What part of the time that is left the integer step may take."""
ROUNDS_MAX = 40
"""How often the relaxation may ask for more batches."""
PIVOTS_MAX = 20_000
"""How many steps of the simplex method the relaxation may take at a time."""


class Batches(NamedTuple):
    """Possible batches: cost[b] in mm, its orders member[first[b]:first[b + 1]]."""

    first: Ints
    member: Ints
    cost: Ints


class Effort(NamedTuple):
    """How hard to try: batches that the relaxation begins with; batches and nodes of the integer step; `looks` at a
    batch before it."""

    columns: int = 600
    whole_columns: int = 3000
    nodes: int = 300
    looks: int = 50_000


def batches_of(groups: Iterable[tuple[Sequence[int], int]]) -> Batches:
    """Return batches from their orders and costs."""
    known = list(groups)
    first = np.cumsum([0, *(len(group) for group, _ in known)])
    member = np.array([order for group, _ in known for order in group], np.int64)
    return Batches(first, member, np.array([cost for _, cost in known], np.int64))


def divided(batches: Batches, known: Batches, effort: Effort, watch: Stopwatch) -> tuple[list[list[int]], bool]:
    """Return a division that costs no more than `known` (itself one, of orders 0 to n - 1), and whether it is the best
    that these batches allow: when effort and time suffice."""
    every, mine = _together(known, batches), len(known.cost)
    unit = max(1, int(np.gcd.reduce(every.cost)))  # walks are whole metres, say: a gap below one is none
    every = every._replace(cost=every.cost // unit)
    upper = int(every.cost[:mine].sum())
    relaxed = _relaxed(every, mine, (effort.columns, watch))
    if relaxed is None:
        return _groups(every, range(mine)), False
    bound, reduced = relaxed
    if upper - bound < 1 - SLACK:
        return _groups(every, range(mine)), True
    if watch.over():
        return _groups(every, range(mine)), False
    chosen = np.flatnonzero(reduced <= upper - 1 - bound + SLACK)
    complete = len(chosen) <= effort.whole_columns
    if not complete:
        chosen = np.argpartition(reduced, effort.whole_columns)[: effort.whole_columns]
    found, proven = _searched(every, (np.sort(chosen), reduced, upper - 1 - bound + SLACK), effort)
    if not proven:
        found, proven = _whole(every, np.union1d(chosen, np.arange(mine)), (effort.nodes, watch))
    best = found if found is not None and int(every.cost[found].sum()) < upper else np.arange(mine)
    return _groups(every, best), proven and complete


def _together(known: Batches, others: Batches) -> Batches:
    first = np.concatenate([known.first, known.first[-1] + others.first[1:]])
    return Batches(first, np.concatenate([known.member, others.member]), np.concatenate([known.cost, others.cost]))


def _groups(batches: Batches, chosen: Iterable[int]) -> list[list[int]]:
    return [[int(o) for o in batches.member[batches.first[b] : batches.first[b + 1]]] for b in chosen]


def _relaxed(batches: Batches, mine: int, terms: tuple[int, Stopwatch]) -> tuple[float, Floats] | None:
    """Lower bound and reduced costs by column generation; None when rounds or time ran out.

    It begins with the known division, whose orders are worth equal shares of their batch, and the batches best at that.
    """
    from scipy.optimize import linprog  # a third of a second that only a planning process must pay

    columns, watch = terms
    orders = int(batches.first[mine])
    worth = np.zeros(orders)
    sizes = np.diff(batches.first[: mine + 1])
    worth[batches.member[:orders]] = np.repeat(batches.cost[:mine] / sizes, sizes)
    active = np.arange(len(batches.cost)) < mine
    reduced = _reduced(batches, worth)
    for _ in range(ROUNDS_MAX):
        limits = {"maxiter": PIVOTS_MAX, "time_limit": max(0.01, watch.left())}
        lacking = np.flatnonzero((reduced < -SLACK) & ~active)
        if len(lacking) > columns:
            lacking = lacking[np.argpartition(reduced[lacking], columns)[:columns]]
        active[lacking] = True
        known = np.flatnonzero(active)
        every_order = {"A_eq": _matrix(batches, known, orders), "b_eq": np.ones(orders)}
        result = linprog(batches.cost[known], **every_order, method="highs-ds", options=limits)
        if result.status != 0:
            return None
        reduced = _reduced(batches, result.eqlin.marginals)
        if not np.any((reduced < -SLACK) & ~active):
            return float(result.fun), reduced
        if watch.over():
            return None
    return None


def _reduced(batches: Batches, worth: Floats) -> Floats:
    apart: Floats = batches.cost.astype(np.float64) - np.add.reduceat(worth[batches.member], batches.first[:-1])
    return apart


def _matrix(batches: Batches, chosen: Ints, orders: int) -> Any:
    """Which orders (rows) are in which of the chosen batches (columns)."""
    from scipy.sparse import csc_matrix

    sizes = batches.first[chosen + 1] - batches.first[chosen]
    start = np.concatenate([[0], np.cumsum(sizes)])
    rows = batches.member[np.repeat(batches.first[chosen] - start[:-1], sizes) + np.arange(start[-1])]
    return csc_matrix((np.ones(len(rows)), rows, start), shape=(orders, len(chosen)))


def _searched(batches: Batches, choice: tuple[Ints, Floats, float], effort: Effort) -> tuple[Ints | None, bool]:
    """Depth first: serve the order with the fewest batches first, as long as the reduced costs stay within the gap.

    The reduced costs of a division add up to its cost less the bound: that is what cuts the search short.
    """
    chosen, reduced, gap = choice
    orders = int(batches.member.max()) + 1
    if orders > MASK_ORDERS:
        return None, False
    amounts = np.bincount(_matrix(batches, chosen, orders).indices, minlength=orders)
    rank = np.argsort(np.argsort(amounts, kind="stable"), kind="stable")
    masks = [sum(1 << int(rank[o]) for o in batches.member[batches.first[b] : batches.first[b + 1]]) for b in chosen]
    heads = [(mask & -mask).bit_length() - 1 for mask in masks]
    spare = np.maximum(0, reduced[chosen] * FINE).astype(np.int64)
    order = np.lexsort((spare, np.array(heads)))
    first = np.searchsorted(np.array(heads)[order], np.arange(orders + 1))
    best, state = np.full(orders + 1, -1), np.array([int(gap * FINE) + 1, effort.looks])
    room = (np.zeros(orders + 2, np.int64), np.zeros(orders + 2, np.int64), np.zeros(orders + 2, np.int64))
    covered((first, np.array(masks)[order], spare[order]), (1 << orders) - 1, room, best, state)
    used = best[best >= 0]
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


def _whole(batches: Batches, chosen: Ints, terms: tuple[int, Stopwatch]) -> tuple[Ints | None, bool]:
    """The cheapest of the chosen batches with every order in one; and whether that is proven."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    nodes, watch = terms
    orders = int(batches.member.max()) + 1
    limits = {"node_limit": nodes, "time_limit": max(0.01, SHARE * watch.left()), "mip_rel_gap": 0.0}
    every_order_once = LinearConstraint(_matrix(batches, chosen, orders), 1, 1)
    whole = np.ones(len(chosen))
    result = milp(
        batches.cost[chosen], integrality=whole, bounds=Bounds(0, 1), constraints=every_order_once, options=limits
    )
    if result.x is None:
        return None, False
    return chosen[result.x > 0.5], result.status == 0


# --- every batch there is ---


def all_batches(task: Task, memory: Memory, most: int) -> Batches | None:
    """Return every batch within the limits and what it costs; None when there are more than `most`."""
    kinds = len(task.limits)
    count = len(task.contents.first) - 1
    by_size = numbers(sorted(range(count), key=lambda order: (task.sizes[order * kinds], order)))
    nothing = numbers([0])
    path, load = numbers([0] * (count + 1)), numbers([0] * ((count + 2) * kinds))
    totals = numbers([0, 0])
    counted(task, by_size, (path, load, nothing), (totals, nothing, nothing, nothing), most)
    if totals[0] > most:
        return None
    masks = numbers([0] * ((count + 2) * len(memory.mask)))
    masks[task.contents.depot_word] = task.contents.depot_bits
    batches, members = int(totals[0]), int(totals[1])
    found = (totals, numbers([0] * (batches + 1)), numbers([0] * members), numbers([0] * batches))
    counted(task, by_size, (path, load, masks), found, most)
    batches = int(totals[0])
    first = np.array(found[1][: batches + 1], np.int64)
    return Batches(first, np.array(found[2][: first[-1]], np.int64), np.array(found[3][:batches], np.int64))


@kernel
@uncounted
def counted(
    task: Task,
    by_size: Numbers,
    room: tuple[Numbers, Numbers, Numbers],
    found: tuple[Numbers, Numbers, Numbers, Numbers],
    most: int,
) -> None:
    """Go through all batches, smallest orders first, adding one order at a time; stop at the first beyond `most`.

    With a single word of masks they are only counted (an upper bound, where picks are limited), else kept in `found`:
    (batches and members, first, member, cost).
    """
    path, load, masks = room
    totals = found[0]
    walks = len(masks) > 1
    words = task.aisles.word_from[len(task.aisles.x_mm)]
    totals[0], totals[1] = 0, 0
    depth, step = 0, 0
    while True:
        if step < len(by_size) and taken(task, by_size[step], load, depth):
            path[depth] = step
            depth += 1
            step += 1
            if walks:
                depth -= 0 if kept(task, (by_size, path, masks), found, depth, words) else 1
                continue
            totals[0] += 1
            totals[1] += depth
            if totals[0] > most:
                return
        elif step < len(by_size) and more_may_fit(task, by_size[step], load, depth):
            step += 1
        elif depth == 0:
            return
        else:
            depth -= 1
            step = path[depth] + 1


@kernel
@uncounted
def taken(task: Task, order: int, load: Numbers, depth: int) -> bool:
    """Whether the order fits on top of `depth` others; then the load of all of them is written."""
    kinds = len(task.limits)
    for kind in range(kinds):
        now = load[depth * kinds + kind] + task.sizes[order * kinds + kind]
        if now > task.limits[kind]:
            return False
        load[(depth + 1) * kinds + kind] = now
    return True


@kernel
@uncounted
def more_may_fit(task: Task, order: int, load: Numbers, depth: int) -> bool:
    """Whether orders after this one may fit: they are as large or larger in their first size."""
    kinds = len(task.limits)
    return kinds > 1 and load[depth * kinds] + task.sizes[order * kinds] <= task.limits[0]


@kernel
@uncounted
def kept(
    task: Task,
    path: tuple[Numbers, Numbers, Numbers],
    found: tuple[Numbers, Numbers, Numbers, Numbers],
    depth: int,
    words: int,
) -> bool:
    """Walk the batch on the path and keep it; False when it has too many picks, as all that contain it have."""
    by_size, steps, masks = path
    totals, first, member, cost = found
    base = depth * words
    for w in range(words):
        masks[base + w] = masks[base - words + w]
    tours.add(task.contents, by_size[steps[depth - 1]], masks, base)
    length, picks = tours.round_trip(task.aisles, masks, base)
    if crowd(task.picks_max, task.picks_price, picks % PICKS) > 0:
        return False
    number, start = totals[0], totals[1]
    for i in range(depth):
        member[start + i] = by_size[steps[i]]
    cost[number] = length + task.list_mm + picks * task.pick_mm
    first[number + 1] = start + depth
    totals[0], totals[1] = number + 1, start + depth
    return True
