"""Which orders are picked together, and how: in bulk where they are alike, else by shared aisles, on carts or a wall.

One-unit orders and orders of identical contents (`shapes`) are picked in bulk. All others are divided into lists so
that walking and handling cost least (`grouping`): as cluster lists, every order in totes of its own, or as batch lists
that are sorted into a put-wall, whichever is cheaper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wms.planning import grouping, reasons, routing, shapes, tours
from wms.planning.demands import Handling, Line, Mode, OrderDemand, Pace, Problem
from wms.planning.problems import require_positive
from wms.planning.speed import Stopwatch
from wms.planning.styles import Style

__all__ = [
    "DEFAULT",
    "THOROUGH",
    "Handling",
    "Line",
    "Mode",
    "Options",
    "OrderDemand",
    "Pace",
    "PickList",
    "Plan",
    "Problem",
    "baseline",
    "plan",
    "verify",
]


@dataclass(frozen=True)
class Options:
    """`trials`: changes tried per order (0: greedy lists only); `batches_max`: up to how many possible batches all of
    them are walked, which finds the best division there is; `seed` of the dice; `style` in which the lists are walked.

    `seconds_max` is a safety net: when it is hit the plan says so, and another run may give another plan.
    """

    trials: int = 6
    batches_max: int = 3_000
    seed: int = 0
    style: Style = "exact"
    seconds_max: float = 60.0

    def __post_init__(self) -> None:
        require_positive("trials", self.trials + 1)
        require_positive("batches_max", self.batches_max)


DEFAULT = Options()
"""For plain kernels: two hundred orders in about two seconds."""
THOROUGH = Options(trials=10_000, batches_max=60_000)
"""For compiled kernels: a hundred orders in about a second."""
Group = tuple[Mode, list[OrderDemand]]


@dataclass(frozen=True)
class PickList:
    """One trip: its orders, the places in walking order from the start to the end, the walk and the reason for it.

    `alone_mm` is the walk that the same orders would take one at a time.
    """

    mode: Mode
    orders: tuple[int, ...]
    stops: tuple[int, ...]
    length_mm: int
    alone_mm: int
    why: str


@dataclass(frozen=True)
class Plan:
    """All trips, those whose orders must leave first in front, and their walks together, in mm.

    `cost_mm` adds the handling; `limit_hit` says that the time was up before the search was done.
    """

    lists: tuple[PickList, ...]
    length_mm: int
    cost_mm: int = 0
    limit_hit: bool = False


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Pick lists of little walking and handling, never costing more than first come first served."""
    watch = Stopwatch(options.seconds_max)
    groups: list[Group] = []
    for tier in _tiers(problem, options):
        groups += shapes.bulk(problem, tier)
        groups += _sorted_or_not(problem, [o for o in tier if problem.mode(o) == "cluster"], options, watch)
    late = watch.over() or watch.was_short
    return replace(_cheapest(problem, [groups, _served(problem)], options.style), limit_hit=late)


def baseline(problem: Problem) -> Plan:
    """First come first served: fill a list, then open the next."""
    return _cheapest(problem, [_served(problem)], "exact")


def _served(problem: Problem) -> list[Group]:
    groups: list[Group] = []
    for tier in _by_cut_off(problem):
        groups += shapes.bulk(problem, [order for order in tier if problem.mode(order) == "shape"])
        for mode in ("single", "cluster"):
            mine = (order for order in tier if problem.mode(order) == mode)
            groups += ((mode, group) for group in shapes.chunks(problem, mode, mine))
    return groups


# --- cut-offs ---


def _by_cut_off(problem: Problem) -> list[list[OrderDemand]]:
    tiers: dict[tuple[bool, int], list[OrderDemand]] = {}
    for order in problem.orders:
        tiers.setdefault((order.due is None, order.due or 0), []).append(order)
    return [tiers[due] for due in sorted(tiers)]


def _tiers(problem: Problem, options: Options) -> list[list[OrderDemand]]:
    """Orders that may share lists, most urgent first: cut-offs are joined while the earliest is still kept."""
    tiers = _by_cut_off(problem)
    if problem.pace is None or not tiers:
        return tiers
    joined, before = [tiers[0]], 0
    for tier in tiers[1:]:
        both = [*joined[-1], *tier]
        if before + _work(problem, both, options) <= _room(problem.pace, joined[-1]):
            joined[-1] = both
        else:
            before += _work(problem, joined[-1], options)
            joined.append(tier)
    return joined


def _work(problem: Problem, orders: Sequence[OrderDemand], options: Options) -> int:
    """Walking and handling of orders on greedy lists, in mm."""
    bulk = shapes.bulk(problem, orders)
    rest = [order for order in orders if problem.mode(order) == "cluster"]
    quick = Options(trials=0, seed=options.seed)
    lists = [*bulk, *_sorted_or_not(problem, rest, quick, Stopwatch(options.seconds_max))]
    return _cheapest(problem, [lists], "exact").cost_mm


def _room(pace: Pace, orders: Sequence[OrderDemand]) -> int:
    """What can be walked before the first of these orders must leave, in mm."""
    first = min(order.due for order in orders if order.due is not None)
    return (first - pace.now) * pace.pickers * pace.mm_per_minute


# --- carts or the wall ---


def _sorted_or_not(problem: Problem, orders: Sequence[OrderDemand], options: Options, watch: Stopwatch) -> list[Group]:
    """Cluster lists, batch lists, or large orders in totes and small ones by the wall: whichever costs least."""
    if not problem.wall_slots:
        return _grouped(problem, "cluster", orders, options, watch)[0]
    small = [order for order in orders if 2 * order.volume_mm3 <= problem.tote_mm3]
    large = [order for order in orders if 2 * order.volume_mm3 > problem.tote_mm3]
    ways: list[tuple[Sequence[OrderDemand], Sequence[OrderDemand]]] = [([], orders), (orders, [])]
    ways += [(small, large)] if small and large else []
    best: tuple[list[Group], int] | None = None
    for by_wall, in_totes in ways:
        one = _grouped(problem, "batch", by_wall, options, watch)
        two = _grouped(problem, "cluster", in_totes, options, watch)
        if best is None or one[1] + two[1] < best[1]:
            best = [*one[0], *two[0]], one[1] + two[1]
    return best[0] if best else []


def _grouped(
    problem: Problem, mode: Mode, orders: Sequence[OrderDemand], options: Options, watch: Stopwatch
) -> tuple[list[Group], int]:
    """Lists of one mode and what they cost; orders that are beyond a limit are alone."""
    limits = _limits(problem, mode)
    contents = [grouping.Content(order.picks, _sizes(problem, mode, order)) for order in orders]
    fits = [_within(content, limits) for content in contents]
    sharing = [order for order, fit in zip(orders, fits, strict=True) if fit]
    costs = grouping.Costs(problem.handling.list_mm, problem.handling.stop_mm)
    search = grouping.Search(options.trials, options.batches_max, options.seed)
    mine = [content for content, fit in zip(contents, fits, strict=True) if fit]
    found = grouping.grouped(problem.floor, mine, (limits, costs), search, watch)
    groups: list[Group] = [(mode, [sharing[index] for index in group]) for group in found.groups]
    cost = sum(found.costs) + sum(problem.sorting_mm(mode, group) for _, group in groups)
    apart = [order for order, fit in zip(orders, fits, strict=True) if not fit]
    walks = tours.walks(problem.floor, [order.picks for order in apart], [[index] for index in range(len(apart))])
    cost += sum(problem.cost_mm("cluster", [order], walk) for order, walk in zip(apart, walks, strict=True))
    return [*groups, *(("cluster", [order]) for order in apart)], cost


def _limits(problem: Problem, mode: Mode) -> grouping.Limits:
    weight = problem.cart_g or sum(order.weight_g for order in problem.orders)
    if mode == "cluster":
        return grouping.Limits((problem.totes_max, problem.lines_max, weight))
    return grouping.Limits((problem.wall_slots, problem.totes_max * problem.tote_mm3, weight), problem.lines_max)


def _sizes(problem: Problem, mode: Mode, order: OrderDemand) -> tuple[int, ...]:
    if mode == "cluster":
        return problem.totes(order), len(order.lines), order.weight_g
    return 1, order.volume_mm3, order.weight_g


def _within(content: grouping.Content, limits: grouping.Limits) -> bool:
    crowded = 0 < limits.picks_max < len(content.picks)
    return not crowded and all(size <= limit for size, limit in zip(content.sizes, limits.sizes, strict=True))


# --- walks ---


def _cheapest(problem: Problem, ways: Sequence[Sequence[Group]], style: Style) -> Plan:
    """The plan that costs least of several ways to group the orders, the first of equals.

    Where the kernels know the lengths of all walks, only the lists of the best way are put in walking order.
    """
    number = {order.order_id: index for index, order in enumerate(problem.orders)}
    lists = [[number[order.order_id] for order in orders] for groups in ways for _, orders in groups]
    singly = [[index] for index in range(len(problem.orders))]
    lengths = tours.walks(problem.floor, [order.picks for order in problem.orders], [*singly, *lists])
    alone = dict(zip(number, lengths, strict=False))
    if style == "exact" and _is_measured(problem):
        walks = iter(lengths[len(singly) :])
        costs = [sum(problem.cost_mm(*group, next(walks)) for group in groups) for groups in ways]
        ways = [ways[costs.index(min(costs))]]
    return min((_walked(problem, groups, alone, style) for groups in ways), key=lambda plan: plan.cost_mm)


def _is_measured(problem: Problem) -> bool:
    """Whether the kernels' lengths are those of the walks: not so of one block, round from an aisle."""
    floor = problem.floor
    is_whole = floor.spot(floor.depot.id).column < 0 or len(floor.cross_mm) > 2 or not floor.is_round
    places = {line.place_id for order in problem.orders for line in order.lines}
    return is_whole and routing.is_swept(floor) and all(floor.spot(place).column >= 0 for place in places)


def _walked(problem: Problem, groups: Sequence[Group], alone: Mapping[int, int], style: Style) -> Plan:
    walks = routing.round_trips(problem.floor, [_places(orders) for _, orders in groups], routing.Options(style=style))
    lists, cost = [], 0
    for (mode, orders), trip in zip(groups, walks, strict=True):
        ids = tuple(order.order_id for order in orders)
        apart = sum(alone[order_id] for order_id in ids)
        cost += problem.cost_mm(mode, orders, trip.length_mm)
        why = reasons.why(problem.floor, mode, orders, (trip.order, trip.length_mm, apart))
        lists.append((_urgency(orders), PickList(mode, ids, trip.order, trip.length_mm, apart, why)))
    lists.sort(key=lambda each: each[0])
    return Plan(tuple(trip for _, trip in lists), sum(trip.length_mm for _, trip in lists), cost)


def _urgency(orders: Sequence[OrderDemand]) -> tuple[bool, int]:
    first = min((order.due for order in orders if order.due is not None), default=None)
    return first is None, first or 0


def _places(orders: Sequence[OrderDemand]) -> list[int]:
    return sorted({line.place_id for order in orders for line in order.lines})


# --- the rules, checked apart from the search ---


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every order once, limits kept, every place on the walk, lengths and cost true."""
    counts = Counter(order_id for trip in plan.lists for order_id in trip.orders)
    broken = [
        f"order {order.order_id} is on {counts[order.order_id]} lists, not on one"
        for order in problem.orders
        if counts[order.order_id] != 1
    ]
    known = {order.order_id: order for order in problem.orders}
    broken += [f"order {order_id} is unknown" for order_id in counts if order_id not in known]
    cost = 0
    for number, trip in enumerate(plan.lists, start=1):
        members = [known[order_id] for order_id in trip.orders if order_id in known]
        broken += [f"list {number}: {sentence}" for sentence in _trip_faults(problem, trip, members)]
        cost += problem.cost_mm(trip.mode, members, trip.length_mm)
    if plan.length_mm != sum(trip.length_mm for trip in plan.lists):
        broken.append("the plan's length is not the sum of its lists")
    if not broken and plan.cost_mm != cost:
        broken.append("the plan's cost is not the sum of its lists")
    return broken


def _trip_faults(problem: Problem, trip: PickList, members: Sequence[OrderDemand]) -> Iterable[str]:
    start, end = problem.floor.ends
    if not trip.orders:
        yield "has no orders"
    yield from problem.over(trip.mode, members)
    yield from _mode_faults(problem, trip.mode, members)
    if problem.pace is None and len({order.due for order in members}) > 1:
        yield "has orders of different cut-offs"
    if sorted(trip.stops) != sorted({line.place_id for order in members for line in order.lines}):
        yield "the walk does not visit the places of its orders once each"
    elif problem.floor.length((start, *trip.stops, end)) > trip.length_mm:
        yield f"the walk is not {trip.length_mm} mm long"


def _mode_faults(problem: Problem, mode: Mode, members: Sequence[OrderDemand]) -> Iterable[str]:
    for order in members:
        meant = problem.mode(order)
        if mode != meant and not (mode == "batch" and meant == "cluster" and problem.wall_slots):
            yield f"order {order.order_id} does not belong on a {mode} list"
    if mode == "shape" and len({order.contents for order in members}) > 1:
        yield "has orders of different contents"
