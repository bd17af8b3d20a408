"""A rush order comes in, an order is cancelled: the lists stay as they are, and only what must change is changed.

What somebody began is not part of the problem any more: its picker is busy until it is done. Orders that are gone
leave their lists. A new order joins the list on which it makes fewest orders late, of these the one with the shortest
detour (cheapest insertion: Rosenkrantz, Stearns & Lewis, SIAM Journal on Computing 6, 1977), or goes alone. Then the
row is put right again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wms.planning import carts, sequencing, waves
from wms.planning.batching import OrderDemand
from wms.planning.carts import Group
from wms.planning.problems import require_positive
from wms.planning.waves import Plan


@dataclass(frozen=True)
class Problem:
    """What is to be done now, and the plan of before."""

    now: waves.Problem
    before: Plan


@dataclass(frozen=True)
class Options:
    """`candidates`: lists that are measured for a new order; `tried`: of these, with the shortest detours, are played
    through; `steps` to put the row right; `seed` of them."""

    candidates: int = 24
    tried: int = 6
    steps: int = 60
    seed: int = 0

    def __post_init__(self) -> None:
        require_positive("candidates", self.candidates)
        require_positive("tried", self.tried)


DEFAULT = Options()


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Keep the lists; drop orders that are gone; insert new ones, the most urgent first."""
    now = problem.now
    groups = _kept(problem)
    known = {order_id for group in groups for order_id in group.orders}
    new = [order for order in now.batching.orders if order.order_id not in known]
    for order in sorted(new, key=lambda order: (now.due_ms(order.order_id), order.order_id)):
        groups = _joined(now, groups, order, options)
    return waves.in_a_row(now, groups, waves.Options(steps=options.steps, seed=options.seed))


def baseline(problem: Problem) -> Plan:
    """Every new order goes alone, behind all others."""
    groups = _kept(problem)
    known = {order_id for group in groups for order_id in group.orders}
    new = (order for order in problem.now.batching.orders if order.order_id not in known)
    return waves.as_given(problem.now, [*groups, *(_alone(problem.now, order) for order in new)])


def _kept(problem: Problem) -> list[Group]:
    """The lists of before, in their row, without orders that are gone."""
    groups = []
    for trip in problem.before.trips:
        stay = tuple(order_id for order_id in trip.orders if order_id in problem.now.orders)
        if stay:
            walk = trip.walk_mm if stay == trip.orders else carts.walk_mm(problem.now, stay)
            groups.append(Group(trip.mode, stay, walk))
    return groups


def _alone(problem: waves.Problem, order: OrderDemand) -> Group:
    return Group(problem.batching.mode(order), (order.order_id,), carts.walk_mm(problem, (order.order_id,)))


def _joined(problem: waves.Problem, groups: list[Group], order: OrderDemand, options: Options) -> list[Group]:
    """Let an order join a list, or go alone, whichever makes fewest orders late and then the shortest walks."""
    works = [problem.work(number, group.orders, group.walk_mm) for number, group in enumerate(groups)]
    ways = [(_alone(problem, order), len(groups)), *_detours(problem, groups, order, options)]

    def score(way: tuple[Group, int]) -> tuple[int, int, int]:
        group, at = way
        changed = [*works, works[0]] if at == len(groups) else list(works)
        changed[at] = problem.work(at, group.orders, group.walk_mm)
        changed.sort(key=lambda work: (work.due_ms, -work.pick_ms))
        row = sequencing.Problem(tuple(changed), problem.pickers, problem.packers, problem.busy_ms)
        played = sequencing.baseline(row)
        return played.late, played.tardy_ms, group.walk_mm - (groups[at].walk_mm if at < len(groups) else 0)

    group, at = min(ways, key=score) if works else ways[0]
    return [*groups[:at], group, *groups[at + 1 :]]


def _detours(
    problem: waves.Problem, groups: Sequence[Group], order: OrderDemand, options: Options
) -> list[tuple[Group, int]]:
    """The shortest detours, measured on the lists that already come closest to its places."""
    spots = [problem.batching.floor.spot(line.place_id) for line in order.lines]
    aisles = {spot.column for spot in spots}
    mode = problem.batching.mode(order)

    def strange(group: Group) -> int:
        lines = (line for order_id in group.orders for line in problem.orders[order_id].lines)
        return len(aisles - {problem.batching.floor.spot(line.place_id).column for line in lines})

    room = [at for at, group in enumerate(groups) if group.mode == mode and _has_room(problem, group, order)]
    near = sorted(room, key=lambda at: (strange(groups[at]), at))[: options.candidates]
    joined = [
        (Group(mode, own := (*groups[at].orders, order.order_id), carts.walk_mm(problem, own)), at) for at in near
    ]
    joined.sort(key=lambda way: (way[0].walk_mm - groups[way[1]].walk_mm, way[1]))
    return joined[: options.tried]


def _has_room(problem: waves.Problem, group: Group, order: OrderDemand) -> bool:
    own = [problem.orders[order_id] for order_id in group.orders]
    return not problem.batching.over(group.mode, [*own, order])


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: those of any plan of waves, and nobody who stays was taken off their list."""
    broken = waves.verify(problem.now, plan)
    on = {order_id: number for number, trip in enumerate(plan.trips) for order_id in trip.orders}
    for trip in problem.before.trips:
        lists = {on.get(order_id) for order_id in trip.orders if order_id in problem.now.orders}
        if len(lists) > 1:
            broken.append(f"orders {trip.orders} are not together any more")
    return broken
