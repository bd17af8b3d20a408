"""Orders, trucks and people become pick lists that are picked and packed before the truck leaves, with short walks.

The orders are batched as if there were no trucks: the shortest walk there is, which says what the trucks cost. Where
that leaves orders late, they are batched truck by truck, and the carts trade orders (see `trading`), again and again
from the best so far while orders are late. If they still are, the first truck's lists are put right before those of the
next are added. In the end they trade longest, for the walks. Every time the row of lists is put right (see
`sequencing`). The plan with the fewest late orders wins, of these the one with the shortest walk. How many orders must
be late whatever anybody does is known from relaxations (see `deadlines`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from wms.planning import batching, carts, deadlines, sequencing
from wms.planning.batching import OrderDemand
from wms.planning.labour import ASSUMED, Rates
from wms.planning.problems import require, require_positive
from wms.planning.timing import NEVER

MINUTE_MS = 60_000
ROUNDS = carts.NOBODY, carts.FEWEST, carts.FEWEST
"""So carts trade while orders are late."""
STARTS = 8
"""So often they begin anew while orders of the trucks so far are late."""
LONG = 4
"""So many times as long they trade for the walks in the end."""


@dataclass(frozen=True)
class Problem:
    """Orders with their floor and cart, `due` in minutes from now; pickers, packers (0: picked is done), their pace.

    `busy_ms`: when each picker is done with what they began before.
    """

    batching: batching.Problem
    pickers: int
    packers: int = 0
    rates: Rates = ASSUMED
    busy_ms: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        require_positive("pickers", self.pickers)
        require(self.packers >= 0, f"packers must not be negative: {self.packers}")
        require(len(self.busy_ms) in (0, self.pickers), f"busy_ms has {len(self.busy_ms)} of {self.pickers} pickers")

    @cached_property
    def orders(self) -> dict[int, OrderDemand]:
        """Orders by their ids."""
        return {order.order_id: order for order in self.batching.orders}

    def due_ms(self, order_id: int) -> int:
        """When an order is due, in milliseconds from now."""
        due = self.orders[order_id].due
        return NEVER if due is None else due * MINUTE_MS

    def handle_ms(self, order: OrderDemand) -> int:
        """Time to take what an order wants, without walking."""
        return len(order.lines) * self.rates.pick_ms

    def work(self, number: int, orders: Iterable[int], walk_mm: int) -> sequencing.Work:
        """A list as the row of lists sees it."""
        own = [self.orders[order_id] for order_id in orders]
        pick = self.rates.picking_ms(walk_mm, sum(len(order.lines) for order in own))
        pack = sum(self.rates.packing_ms(order.units) for order in own)
        return sequencing.Work(number, pick, pack, tuple(self.due_ms(order.order_id) for order in own))


@dataclass(frozen=True)
class Options:
    """`batching` without trucks, `trades` tried in every round, `steps` to put the row right, and their seed.

    Up to `exact_orders_max` orders, every way to divide them is weighed.
    """

    exact_orders_max: int = 4
    batching: batching.Options = batching.DEFAULT
    trades: int = 300
    steps: int = 300
    seed: int = 0


DEFAULT = Options()


class Trip(NamedTuple):
    """A pick list in the row: its orders and walk, who picks it from when to when, when it is done, and who is late."""

    mode: batching.Mode
    orders: tuple[int, ...]
    walk_mm: int
    picker: int
    start_ms: int
    picked_ms: int
    done_ms: int
    late: int


@dataclass(frozen=True)
class Plan:
    """Lists in the row in which they are taken. `free_mm`: the walk if no truck waited; 0 when that was not planned.

    `limit_hit`: the time was up before the search for short walks was done.
    """

    trips: tuple[Trip, ...]
    late: int
    tardy_ms: int
    end_ms: int
    walk_mm: int
    free_mm: int = 0
    limit_hit: bool = False

    @property
    def score(self) -> tuple[int, int, int, int]:
        """What is compared: fewer late orders, less walking, less late, sooner done."""
        return self.late, self.walk_mm, self.tardy_ms, self.end_ms


Group = carts.Group


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Batch without trucks, or truck by truck, trade, put in a row; the fewest late orders, then the shortest walk."""
    if len(problem.orders) <= options.exact_orders_max:
        every = [in_a_row(problem, groups, options) for groups in carts.divisions(problem)]
        return replace(min(every, key=_score), free_mm=min(plan.walk_mm for plan in every))
    whole, limit_hit = _batched(problem, problem.batching.orders, options)  # no part of the orders takes longer
    free_mm = sum(group.walk_mm for group in whole)
    best = in_a_row(problem, whole, options)
    if best.late:
        best = min(best, _timely(problem, options), key=_score)
    if best.late:
        best = min(best, _truck_after_truck(problem, best, options), key=_score)
    long = replace(options, trades=LONG * options.trades)
    best = min(best, _traded(problem, best, long, (len(ROUNDS), carts.SHORTER)), key=_score)
    return replace(best, free_mm=free_mm, limit_hit=limit_hit)


def _timely(problem: Problem, options: Options) -> Plan:
    """Batch truck by truck, and trade while orders are late."""
    best = in_a_row(problem, by_truck(problem, options), options)
    for how in enumerate(ROUNDS):
        best = min(best, _traded(problem, best, options, how), key=_score)
        if not best.late:
            break
    return best


def _truck_after_truck(problem: Problem, plan: Plan, options: Options) -> Plan:
    """Lists for the orders of the first truck alone, that trade until nobody is late; then add those of the next.

    A truck that leaves little time is then reached by lists that nothing else pulls at; later ones have more room.
    Where one is missed even so, this leads nowhere: then the `plan` of before is returned.
    """
    lists, best = list[Group](), plan
    for due, orders in _trucks(problem):
        until = tuple(order for order in problem.batching.orders if problem.due_ms(order.order_id) <= due)
        part = replace(problem, batching=replace(problem.batching, orders=until))
        best = first = in_a_row(part, [*lists, *_batched(part, orders, options)[0]], options)
        for number in range(STARTS):
            if not best.late:
                break
            best = min(best, _traded(part, first, options, (number, carts.PATIENT)), key=_score)
        if best.late:
            return plan
        lists = _lists(best)
    return best


def _lists(plan: Plan) -> list[Group]:
    return [Group(trip.mode, trip.orders, trip.walk_mm) for trip in plan.trips]


def _traded(problem: Problem, plan: Plan, options: Options, how: tuple[int, carts.Prices]) -> Plan:
    """Let the carts of a plan trade. `how`: the number of the round, and its prices."""
    number, prices = how
    seed = options.seed * STARTS + number
    return in_a_row(problem, carts.traded(problem, _lists(plan), options.trades, seed, prices), options)


def _score(plan: Plan) -> tuple[int, int, int, int]:
    return plan.score


def by_truck(problem: Problem, options: Options = DEFAULT) -> list[Group]:
    """Batch the orders of every truck by themselves."""
    return [group for _, orders in _trucks(problem) for group in _batched(problem, orders, options)[0]]


def _trucks(problem: Problem) -> list[tuple[int, list[OrderDemand]]]:
    """When each truck leaves, and its orders."""
    trucks: dict[int, list[OrderDemand]] = {}
    for order in problem.batching.orders:
        trucks.setdefault(problem.due_ms(order.order_id), []).append(order)
    return sorted(trucks.items())


def _batched(problem: Problem, orders: Sequence[OrderDemand], options: Options) -> tuple[list[Group], bool]:
    """Batch orders as if no truck waited; also whether the time for it was up."""
    free = replace(problem.batching, orders=tuple(replace(order, due=None) for order in orders))
    found = batching.plan(free, options.batching)
    return [Group(each.mode, each.orders, each.length_mm) for each in found.lists], found.limit_hit


def in_a_row(problem: Problem, groups: Sequence[Group], options: Options = DEFAULT) -> Plan:
    """Put lists into the best row."""
    return _planned(groups, sequencing.plan(_row(problem, groups), sequencing.Options(options.steps, options.seed)))


def as_given(problem: Problem, groups: Sequence[Group]) -> Plan:
    """Take lists in the row given."""
    return _planned(groups, sequencing.baseline(_row(problem, groups)))


def _row(problem: Problem, groups: Sequence[Group]) -> sequencing.Problem:
    works = tuple(problem.work(number, group.orders, group.walk_mm) for number, group in enumerate(groups))
    return sequencing.Problem(works, problem.pickers, problem.packers, problem.busy_ms)


def _planned(groups: Sequence[Group], found: sequencing.Plan) -> Plan:
    trips = tuple(_trip(groups[slot.list_id], slot) for slot in found.row)
    return Plan(trips, found.late, found.tardy_ms, found.end_ms, sum(group.walk_mm for group in groups))


def _trip(group: Group, slot: sequencing.Slot) -> Trip:
    return Trip(group.mode, group.orders, group.walk_mm, *slot[1:])


def baseline(problem: Problem) -> Plan:
    """First come first served: fill a cart, pick it, fill the next."""
    free = replace(problem.batching, orders=tuple(replace(order, due=None) for order in problem.batching.orders))
    lists = batching.baseline(free).lists
    return as_given(problem, [Group(each.mode, each.orders, each.length_mm) for each in lists])


def bound(problem: Problem) -> int:
    """Return how many orders are late in every plan, at least (see `deadlines`)."""
    return deadlines.bound(problem)


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every order once, carts not overfull, walks true, times possible, late orders counted."""
    counts = Counter(order_id for trip in plan.trips for order_id in trip.orders)
    broken = [f"order {id} is on {counts[id]} lists, not on one" for id in problem.orders if counts[id] != 1]
    broken += [f"order {order_id} is unknown" for order_id in counts if order_id not in problem.orders]
    if broken:
        return broken
    for number, trip in enumerate(plan.trips):
        own = [problem.orders[order_id] for order_id in trip.orders]
        broken += [f"list {number}: {sentence}" for sentence in problem.batching.over(trip.mode, own)]
        if carts.walk_mm(problem, trip.orders) != trip.walk_mm:
            broken.append(f"list {number}: the walk is not {trip.walk_mm} mm long")
    if sum(trip.walk_mm for trip in plan.trips) != plan.walk_mm:
        broken.append("the walk is not the sum of the lists")
    return [*broken, *_times(problem, plan)]


def _times(problem: Problem, plan: Plan) -> Iterable[str]:
    works = tuple(problem.work(number, trip.orders, trip.walk_mm) for number, trip in enumerate(plan.trips))
    slots = (sequencing.Slot(number, *trip[3:]) for number, trip in enumerate(plan.trips))
    row = sequencing.Problem(works, problem.pickers, problem.packers, problem.busy_ms)
    return sequencing.verify(row, sequencing.Plan(tuple(slots), plan.late, plan.tardy_ms, plan.end_ms))
