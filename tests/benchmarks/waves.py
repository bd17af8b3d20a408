"""Waves: orders before their trucks. Generated floors, orders and cut-offs; late orders and walks against bounds.

    python -m tests.benchmarks.waves [--instances 24] [--trades 1200000] [--seed 1] [--json]

Floors and carts are like the four warehouses of Albareda-Sambola et al. (4 aisles of 87 m to 25 of 66 m, 12 to 150
units on a cart), 50 to 250 orders, 2 to 8 pickers at 48 m a minute, 10 s a pick, 3 minutes a list; a truck leaves every
30 or 60 minutes, and the orders due by then are 80 to 95 % of what the pickers can do.

No late order is expected wherever no bound proves one (`waves.bound`) and one picker as fast as all together could do
it: the orders due until each truck, batched by themselves as if no truck waited, take no longer than until then. How
many orders must be late whatever anybody does is told beside it (proven). The walk is compared with batching without
any truck.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.benchmarks.table import Row, percentile, report, timed
from wms.planning import batching, replanning, speed, waves
from wms.planning.batching import Line, OrderDemand
from wms.planning.labour import Rates
from wms.planning.layout import Floor, Place, measure
from wms.planning.waves import MINUTE_MS, Options, Plan, Problem

PACE = Rates(walk_mm_s=800, pick_ms=10_000, list_ms=180_000)
BAY_MM = 1_000
FREE = batching.Options(trials=3_000, batches_max=500, seconds_max=1.2)
"""How well all orders are batched without trucks: the peer."""
GOOD = batching.Options(trials=300, batches_max=500, seconds_max=0.15)
"""How well they are batched for the bound, where the first lists (`QUICK`) are too long."""
QUICK = batching.Options(trials=0)


class Hall(NamedTuple):
    """A warehouse: aisles of so many mm, units on a cart, lines of an order at most."""

    name: str
    aisles: int
    length_mm: int
    cart: int
    lines: int


HALLS = (
    Hall("W1", 4, 86_900, 12, 5),
    Hall("W2", 10, 18_700, 24, 7),
    Hall("W3", 25, 66_100, 150, 12),
    Hall("W4", 12, 87_500, 80, 10),
)


@dataclass(frozen=True)
class Case:
    """One instance: the problem, and the unconstrained batching that it was made from."""

    name: str
    problem: Problem
    free: batching.Plan


def floor_of(hall: Hall, in_the_middle: bool) -> Floor:
    """Aisles of bins on both sides of one walking line; the depot in front, at the left or in the middle."""
    bays = hall.length_mm // BAY_MM
    places = [
        Place(100 + 2 * (aisle * bays + bay) + side, "A", aisle + 1, aisle * 4_000, bay * BAY_MM)
        for aisle in range(hall.aisles)
        for bay in range(bays)
        for side in (0, 1)
    ]
    return measure(places, Place(1, "X", 0, hall.aisles // 2 * 4_000 if in_the_middle else 0, -2_000))


def orders_of(hall: Hall, floor: Floor, count: int, random: Random) -> tuple[OrderDemand, ...]:
    """Orders of 1 to `hall.lines` lines of one or two units; 80 % of them from a fifth of the places, or any place."""
    places = [place.id for place in floor.places if place.id >= 100]
    random.shuffle(places)
    few = places[: len(places) // 5] if random.random() < 0.5 else places
    found = []
    for order_id in range(1, count + 1):
        wanted = {random.choice(few if random.random() < 0.8 else places) for _ in range(random.randint(1, hall.lines))}
        lines = tuple(Line(f"S{place}", place, random.choice((1, 1, 2)), 1) for place in sorted(wanted))
        found.append(OrderDemand(order_id, lines))
    return tuple(found)


def case_of(number: int, seed: int) -> Case:
    """Instance `number`: halls, pickers, cut-offs and loads in turn, the rest by the seed."""
    random = Random(seed * 10_007 + number)
    hall, pickers = HALLS[number % 4], 2 + number // 4 % 7
    every, load = (30, 60)[number // 2 % 2], (0.80, 0.90, 0.95)[number % 3]
    floor = floor_of(hall, random.random() < 0.5)
    orders = orders_of(hall, floor, random.choice((50, 100, 150, 200, 250)), random)
    asked = batching.Problem(orders, floor, hall.cart, 1, 1_000, single_orders_max=0)
    free = batching.plan(asked, FREE)
    dated = dated_by_load(Problem(asked, pickers, rates=PACE), free, (every, load), random)
    name = f"{hall.name} {len(orders)} orders {pickers} pickers every {every} min {load:.0%}"
    return Case(name, Problem(replace(asked, orders=dated), pickers, rates=PACE), free)


def dated_by_load(
    problem: Problem, free: batching.Plan, trucks: tuple[int, float], random: Random
) -> tuple[OrderDemand, ...]:
    """Give orders, in a random row, to trucks: to each so many that the pickers are busy for that part of the time."""
    every, load = trucks
    lists = [problem.work(0, trip.orders, trip.length_mm) for trip in free.lists]
    handle = sum(problem.handle_ms(order) for order in problem.batching.orders)
    share = (sum(work.pick_ms for work in lists) - handle) / len(problem.batching.orders)
    row = list(problem.batching.orders)
    random.shuffle(row)
    due, done, found = every, 0.0, []
    for order in row:
        done += problem.handle_ms(order) + share
        while done > problem.pickers * due * MINUTE_MS * load:
            due += every
        found.append(replace(order, due=due))
    return tuple(sorted(found, key=lambda order: order.order_id))


def is_allowed(problem: Problem) -> bool:
    """Whether one picker as fast as all together has each truck's orders ready, batched as if no truck waited."""
    for due in sorted({order.due for order in problem.batching.orders if order.due is not None}):
        until = [replace(order, due=None) for order in problem.batching.orders if (order.due or 0) <= due]
        until_then = problem.pickers * due * MINUTE_MS
        if works(problem, until, QUICK) > until_then and works(problem, until, GOOD) > until_then:
            return False
    return True


def works(problem: Problem, orders: Sequence[OrderDemand], options: batching.Options) -> int:
    """How long one picker is busy with orders, in ms."""
    lists = batching.plan(replace(problem.batching, orders=tuple(orders)), options).lists
    return sum(problem.work(0, trip.orders, trip.length_mm).pick_ms for trip in lists)


@dataclass(frozen=True)
class Result:
    """What came of an instance."""

    case: Case
    plan: Plan
    first: Plan
    allowed: bool
    bound: int
    wall_s: float
    cpu_s: float

    @property
    def excess(self) -> float:
        """How much farther is walked than without trucks, in percent."""
        return 100 * (self.plan.walk_mm / self.case.free.length_mm - 1)

    @property
    def excess_alike(self) -> float:
        """The same against the batching that the plan itself began with: the same trials, but in less time."""
        return 100 * (self.plan.walk_mm / self.plan.free_mm - 1)

    @property
    def span(self) -> float:
        """The end of it all against the least: all work shared evenly, or the longest list."""
        works = [self.case.problem.work(0, trip.orders, trip.walk_mm).pick_ms for trip in self.plan.trips]
        return self.plan.end_ms / max(sum(works) / self.case.problem.pickers, *works)


def solved(case: Case, options: Options) -> Result:
    """Plan one instance and check it."""
    plan, took = timed(lambda: waves.plan(case.problem, options))
    faults = waves.verify(case.problem, plan)
    if faults:
        raise SystemExit(f"{case.name}: {faults[0]}")
    bound = waves.bound(case.problem)
    allowed = bound == 0 and is_allowed(case.problem)
    return Result(case, plan, waves.baseline(case.problem), allowed, bound, took.wall_s, took.cpu_s)


def line_of(result: Result) -> Row:
    """One instance as a row of the table."""
    plan, first = result.plan, result.first
    goal = "0 late" if result.allowed else f"{result.bound} late at least"
    tardy, span = plan.tardy_ms // MINUTE_MS, f"end {result.span:.2f} x bound"
    reached = f"{plan.late} late, {tardy} min, walk {result.excess:+.1f} %, {span}"
    peer = f"first come: {first.late} late, walk {100 * (first.walk_mm / result.case.free.length_mm - 1):+.1f} %"
    return Row(
        result.case.name, goal, reached, peer, result.wall_s, result.cpu_s, plan.late == 0 if result.allowed else None
    )


def summary(results: Sequence[Result]) -> list[Row]:
    """What all instances come to."""
    allowed = [result for result in results if result.allowed]
    timely = sum(result.plan.late == 0 for result in allowed)
    mean = sum(result.excess for result in allowed) / max(1, len(allowed))
    alike = sum(result.excess_alike for result in allowed) / max(1, len(allowed))
    span = sum(result.span for result in results) / len(results)
    peer = f"first come: {sum(result.first.late == 0 for result in allowed)}"
    worst = f"worst {max((result.excess for result in allowed), default=0):+.2f} %"
    what = "instances without a late order, where the bound allows it"
    end = "end against all work shared evenly, or the longest list"
    return [
        Row(what, f"{len(allowed)}", f"{timely}", peer, met=timely == len(allowed)),
        Row("walk against batching without trucks, mean", "<= +2 %", f"{mean:+.2f} %", worst, met=mean <= 2),
        Row("the same against the batching that the plan began with", "-", f"{alike:+.2f} %", "0 %"),
        Row(end, "-", f"{span:.3f} x", "1 (bound)"),
    ]


def replanned(seed: int) -> list[Row]:
    """2,000 open orders on their lists; then a rush order comes in: only what must change is planned again."""
    random = Random(seed)
    hall = Hall("open", 20, 45_000, 12, 3)
    floor = floor_of(hall, False)
    orders = tuple(replace(order, due=random.randint(2, 16) * 60) for order in orders_of(hall, floor, 2_000, random))
    asked = batching.Problem(orders, floor, hall.cart, 1, 1_000, single_orders_max=0)
    old = Problem(asked, 8, rates=PACE)
    plan = waves.in_a_row(old, waves.by_truck(old, Options(batching=batching.Options(trials=0))))
    spans = []
    for number in range(5):
        rush = replace(orders_of(hall, floor, 1, random)[0], order_id=9_000 + number, due=60)
        new = replace(old, batching=replace(asked, orders=(*orders, rush)))
        after, took = timed(partial(replanning.plan, replanning.Problem(new, plan)))
        faults = waves.verify(new, after)
        if faults or after.late > plan.late:
            raise SystemExit(f"rush order: {faults[:1] or after.late}")
        spans.append((took.cpu_s, took.wall_s))
    cpu, wall = percentile([span[0] for span in spans[1:]], 50), percentile([span[1] for span in spans[1:]], 50)
    reached = f"{1000 * cpu:.0f} ms"
    return [Row("2,000 open orders, a rush order comes in", "<= 300 ms", reached, "-", wall, cpu, cpu <= 0.3)]


def main() -> None:
    """Run all instances and print them with a summary."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--instances", type=int, default=24)
    parser.add_argument("--trades", type=int, default=1_200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    speed.compile_kernels(Path(__file__).parents[2] / "var" / "kernels")
    options = Options(batching=replace(FREE, seconds_max=0.5), trades=asked.trades, steps=3_000)
    solved(case_of(1, 0), replace(options, trades=10))  # warm: what is compiled is compiled here
    results = [solved(case_of(number, asked.seed), options) for number in range(asked.instances)]
    report([*map(line_of, results), *summary(results), *replanned(asked.seed)], asked.json)


if __name__ == "__main__":
    main()
