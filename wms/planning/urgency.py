"""Which orders go first: by the time their truck leaves, without those that would only make others late.

All people together are seen as one worker as many times as fast, who may put any order aside (a relaxation: nobody
real is faster). For one worker the most orders are in time when they are taken by due time and, whenever one is
late, the longest taken so far is left for the next truck (Moore, Management Science 15, 1968; Hodgson's rule). So the
number of orders left is also a bound: no plan of real people has fewer late orders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from wms.planning.problems import require, require_distinct, require_positive

NEVER = 10**9
"""Due time of an order that no truck waits for."""


class Job(NamedTuple):
    """An order: seconds of work in it, and in how many seconds from now it must be done."""

    order_id: int
    work_s: int
    due_s: int = NEVER


@dataclass(frozen=True)
class Problem:
    """Orders, those that came first come first; so many people work on them."""

    jobs: tuple[Job, ...]
    people: int = 1

    def __post_init__(self) -> None:
        require_positive("people", self.people)
        require_distinct("order", (job.order_id for job in self.jobs))
        for job in self.jobs:
            require(job.work_s >= 0, f"order {job.order_id}: work {job.work_s} s")


@dataclass(frozen=True)
class Options:
    """No choices yet; the seed is part of every planner's options."""

    seed: int = 0


DEFAULT = Options()


@dataclass(frozen=True)
class Plan:
    """All orders in their row: those that can be in time, those that cannot, those that no truck waits for."""

    orders: tuple[int, ...]
    late: frozenset[int]


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """By due time; of orders that cannot all be in time the longest wait."""
    dated = sorted((job for job in problem.jobs if job.due_s < NEVER), key=lambda job: job.due_s)
    late = _left_out(dated, problem.people)
    timely = [job.order_id for job in dated if job.order_id not in late]
    hopeless = [job.order_id for job in dated if job.order_id in late]
    free = [job.order_id for job in problem.jobs if job.due_s >= NEVER]
    return Plan((*timely, *hopeless, *free), late)


def _left_out(dated: Iterable[Job], people: int) -> frozenset[int]:
    """Moore and Hodgson: the fewest orders that must be late."""
    work, kept, late = 0, list[tuple[int, int, int]](), set[int]()
    for number, job in enumerate(dated):
        heappush(kept, (-job.work_s, -number, job.order_id))
        work += job.work_s
        if work > people * job.due_s:
            longest = heappop(kept)
            work += longest[0]
            late.add(longest[2])
    return frozenset(late)


def late_in(problem: Problem, orders: Iterable[int]) -> frozenset[int]:
    """Return which orders are late when they are done in this order."""
    jobs, work, late = {job.order_id: job for job in problem.jobs}, 0, set[int]()
    for order_id in orders:
        job = jobs[order_id]
        work += job.work_s
        if job.due_s < NEVER and work > problem.people * job.due_s:
            late.add(order_id)
    return frozenset(late)


def baseline(problem: Problem) -> Plan:
    """First come first served."""
    orders = tuple(job.order_id for job in problem.jobs)
    return Plan(orders, late_in(problem, orders))


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every order once, the timely ones are in time, and nobody waits needlessly."""
    counts = Counter(plan.orders)
    broken = [f"order {job.order_id} stands in the row {counts[job.order_id]} times" for job in problem.jobs
              if counts[job.order_id] != 1]  # fmt: skip
    known = {job.order_id for job in problem.jobs}
    broken += [f"order {order_id} is unknown" for order_id in counts if order_id not in known]
    if broken:
        return broken
    broken += [f"order {order_id} is late, and the plan says it is not"
               for order_id in sorted(late_in(problem, plan.orders) - plan.late)]  # fmt: skip
    dues = [job.due_s for order_id in plan.orders for job in problem.jobs if job.order_id == order_id not in plan.late]
    if dues != sorted(dues):
        broken.append("an order that is due later goes first")
    return broken
