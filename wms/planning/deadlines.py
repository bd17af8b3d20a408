"""How many orders miss their truck whatever anybody does: proven by what every plan must spend, however it is made.

A plan is hopeless when it would need time that nobody has. What it needs at least:
- An order takes as long as a list of its own: a longer list walks no less. One that is late even so is late always.
- An order costs its handling and a share of its list: a walk is no shorter than that of any order on it, hence no
  shorter than the sum over its orders of walk alone x share of the cart (Haimovich & Rinnooy Kan, Mathematics of
  Operations Research 10, 1985). With all pickers as one who is as many times as fast and may put any list aside, Moore
  and Hodgson (see `urgency`) say how many must be late.
- Lists and pickers come in whole numbers: orders that fill 3.2 carts take 4 lists, each at least as long as the
  shortest order alone, and a picker finishes only so many of these before the truck leaves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from wms.planning import carts, urgency

if TYPE_CHECKING:
    from wms.planning.waves import Problem

CERTAIN = 1e-9
"""Shares are fractions: so far beyond a whole number is another list."""


class Need(NamedTuple):
    """An order: by when it must be picked; its time as a list of its own; its handling and share of the walk, at least;
    and its share of a list."""

    order_id: int
    until_ms: int
    alone_ms: int
    part_ms: int
    share: float


def bound(problem: Problem) -> int:
    """Return how many orders are late in every plan, at least."""
    dated = sorted(_needs(problem), key=lambda need: (need.until_ms, need.order_id))
    first_free = min(problem.busy_ms, default=0)
    rest = [need for need in dated if first_free + need.alone_ms <= need.until_ms]
    jobs = tuple(
        urgency.Job(need.order_id, need.part_ms + int(problem.rates.list_ms * need.share), _due(problem, need))
        for need in rest
    )
    shared = len(urgency.plan(urgency.Problem(jobs, problem.pickers)).late)
    return len(dated) - len(rest) + max(shared, int(any(_too_many_lists(problem, rest))))


def _needs(problem: Problem) -> Iterator[Need]:
    """What every order for a truck needs."""
    for order_id, order in problem.orders.items():
        due, share = problem.due_ms(order_id), carts.share(problem.batching, order)
        if due < urgency.NEVER:
            walk = carts.walk_mm(problem, (order_id,))
            packing = problem.rates.packing_ms(order.units) if problem.packers else 0
            part = problem.handle_ms(order) + int(walk * share) * 1000 // problem.rates.walk_mm_s
            alone = problem.rates.picking_ms(walk, len(order.lines))
            yield Need(order_id, max(0, due - packing), alone, part, share)


def _due(problem: Problem, need: Need) -> int:
    """By when one must be done who works for all from now on: what pickers are busy with is taken off (rounded up)."""
    return -(-sum(_left(problem, need.until_ms)) // problem.pickers)


def _left(problem: Problem, until_ms: int) -> list[int]:
    """How long each picker can work until then."""
    return [max(0, until_ms - busy) for busy in problem.busy_ms or (0,) * problem.pickers]


def _too_many_lists(problem: Problem, dated: Sequence[Need]) -> Iterator[bool]:
    """For each time by which orders must be picked: whether their lists are too many, or cost too much."""
    shares, parts, shortest = 0.0, 0, urgency.NEVER
    for need in dated:
        shares, parts, shortest = shares + need.share, parts + need.part_ms, min(shortest, need.alone_ms)
        lists, left = math.ceil(shares - CERTAIN), _left(problem, need.until_ms)
        yield lists > sum(each // max(1, shortest) for each in left)
        yield parts + lists * problem.rates.list_ms > sum(left)
