"""Which orders are picked together: one-unit orders in bulk, all others by shared items and aisles on one cart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from wms.planning import grouping, routing
from wms.planning.layout import Floor
from wms.planning.problems import require, require_distinct, require_positive

Mode = Literal["single", "cluster"]
"""single: one-unit orders in bulk, told apart at the pack station. cluster: every order in totes of its own."""


class Line(NamedTuple):
    """So many units of an item, all from one place; the volume is that of one unit, in mm3."""

    sku: str
    place_id: int
    qty: int
    unit_mm3: int


@dataclass(frozen=True)
class OrderDemand:
    """An order as allocation left it."""

    order_id: int
    lines: tuple[Line, ...]

    @property
    def units(self) -> int:
        """Units of all lines."""
        return sum(line.qty for line in self.lines)

    @property
    def volume_mm3(self) -> int:
        """Volume of all units."""
        return sum(line.qty * line.unit_mm3 for line in self.lines)


@dataclass(frozen=True)
class Problem:
    """Orders first come first, and what one list may hold.

    A cart holds `totes_max` totes of `tote_mm3` each; an order needs as many totes of its own as its volume fills.
    `lines_max` limits the picks of a list: order lines of a cluster list, item-and-place pairs of a single list.
    A single list holds up to `single_orders_max` orders; 0 puts one-unit orders on cluster lists. An order is never
    split: one that is beyond a limit by itself is picked alone.
    """

    orders: tuple[OrderDemand, ...]
    floor: Floor
    totes_max: int
    tote_mm3: int
    lines_max: int
    single_orders_max: int = 40

    def __post_init__(self) -> None:
        for name in ("totes_max", "tote_mm3", "lines_max"):
            require_positive(name, getattr(self, name))
        require(self.single_orders_max >= 0, f"single_orders_max must not be negative: {self.single_orders_max}")
        require_distinct("order", (order.order_id for order in self.orders))
        for order in self.orders:
            require(bool(order.lines), f"order {order.order_id} has no lines")
            for sku, place_id, qty, unit_mm3 in order.lines:
                require(qty >= 1, f"order {order.order_id}: quantity {qty} of {sku}")
                require(unit_mm3 >= 0, f"order {order.order_id}: volume {unit_mm3} of {sku}")
                self.floor.spot(place_id)

    def mode(self, order: OrderDemand) -> Mode:
        """How this order is picked."""
        return "single" if self.single_orders_max and order.units == 1 else "cluster"

    def totes(self, order: OrderDemand) -> int:
        """Totes that an order needs for itself."""
        return max(1, -(-order.volume_mm3 // self.tote_mm3))

    def over(self, mode: Mode, orders: Sequence[OrderDemand]) -> list[str]:
        """Limits that these orders break on one list, in words; an order alone breaks none."""
        if len(orders) <= 1:
            return []
        return _over_single(self, orders) if mode == "single" else _over_cluster(self, orders)


def _over_single(problem: Problem, orders: Sequence[OrderDemand]) -> list[str]:
    picks = {(line.sku, line.place_id) for order in orders for line in order.lines}
    volume = sum(order.volume_mm3 for order in orders)
    return _beyond(
        ("orders", len(orders), problem.single_orders_max),
        ("picks", len(picks), problem.lines_max),
        ("mm3", volume, problem.totes_max * problem.tote_mm3),
    )


def _over_cluster(problem: Problem, orders: Sequence[OrderDemand]) -> list[str]:
    return _beyond(
        ("totes", sum(problem.totes(order) for order in orders), problem.totes_max),
        ("picks", sum(len(order.lines) for order in orders), problem.lines_max),
    )


def _beyond(*limits: tuple[str, int, int]) -> list[str]:
    return [f"{value} {what}, the limit is {limit}" for what, value, limit in limits if value > limit]


@dataclass(frozen=True)
class Options:
    """`trials`: how many random exchanges between lists are tried; `candidates`: how many orders are weighed to join a
    list; `seed` of the exchanges. Up to `exact_orders_max` cluster orders, every way to divide them is weighed."""

    exact_orders_max: int = 7
    trials: int = 5_000
    candidates: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        require_positive("candidates", self.candidates)


DEFAULT = Options()
Group = tuple[Mode, list[OrderDemand]]
Walker = Callable[[frozenset[int]], routing.Plan]


@dataclass(frozen=True)
class PickList:
    """One trip: its orders, the places in walking order from the depot and back, the walk and the reason for it.

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
    """All trips and their walks together, in mm."""

    lists: tuple[PickList, ...]
    length_mm: int


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Pick lists that walk less: alike orders together, then exchanges, never worse than first come first served."""
    walk = _walker(problem.floor)
    bulk = _chunks(problem, "single", _by_place(problem))
    alike = _walked(problem, [*_mode("single", bulk), *_mode("cluster", _carts(problem, options, walk))], walk)
    return min(alike, _served(problem, walk), key=lambda plan: plan.length_mm)


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every order once, limits kept, every place on the walk, lengths true."""
    counts = Counter(order_id for trip in plan.lists for order_id in trip.orders)
    broken = [
        f"order {order.order_id} is on {counts[order.order_id]} lists, not on one"
        for order in problem.orders
        if counts[order.order_id] != 1
    ]
    known = {order.order_id: order for order in problem.orders}
    broken += [f"order {order_id} is unknown" for order_id in counts if order_id not in known]
    for number, trip in enumerate(plan.lists, start=1):
        members = [known[order_id] for order_id in trip.orders if order_id in known]
        broken += [f"list {number}: {sentence}" for sentence in _trip_faults(problem, trip, members)]
    if plan.length_mm != sum(trip.length_mm for trip in plan.lists):
        broken.append("the plan's length is not the sum of its lists")
    return broken


def _trip_faults(problem: Problem, trip: PickList, members: Sequence[OrderDemand]) -> Iterable[str]:
    if not trip.orders:
        yield "has no orders"
    yield from problem.over(trip.mode, members)
    for order in members:
        if problem.mode(order) != trip.mode:
            yield f"order {order.order_id} does not belong on a {trip.mode} list"
    if sorted(trip.stops) != sorted({line.place_id for order in members for line in order.lines}):
        yield "the walk does not visit the places of its orders once each"
    elif problem.floor.length((problem.floor.depot.id, *trip.stops, problem.floor.depot.id)) != trip.length_mm:
        yield f"the walk is not {trip.length_mm} mm long"


def baseline(problem: Problem) -> Plan:
    """First come first served: fill a list, then open the next."""
    return _served(problem, _walker(problem.floor))


def _served(problem: Problem, walk: Walker) -> Plan:
    bulk = _chunks(problem, "single", _those(problem, "single"))
    carts = _chunks(problem, "cluster", _those(problem, "cluster"))
    return _walked(problem, [*_mode("single", bulk), *_mode("cluster", carts)], walk)


def _mode(mode: Mode, groups: Iterable[list[OrderDemand]]) -> Iterable[Group]:
    return ((mode, group) for group in groups)


def _those(problem: Problem, mode: Mode) -> list[OrderDemand]:
    return [order for order in problem.orders if problem.mode(order) == mode]


def _chunks(problem: Problem, mode: Mode, orders: Iterable[OrderDemand]) -> list[list[OrderDemand]]:
    groups: list[list[OrderDemand]] = []
    for order in orders:
        if groups and not problem.over(mode, [*groups[-1], order]):
            groups[-1].append(order)
        else:
            groups.append([order])
    return groups


def _by_place(problem: Problem) -> list[OrderDemand]:
    """One-unit orders along the aisles, so that a bulk list takes one item and its neighbours."""

    def along(order: OrderDemand) -> tuple[int, int, int, str]:
        line = order.lines[0]
        spot = problem.floor.spot(line.place_id)
        return spot.x, spot.column, spot.y, line.sku

    return sorted(_those(problem, "single"), key=along)


def _carts(problem: Problem, options: Options, walk: Walker) -> list[list[OrderDemand]]:
    orders = _those(problem, "cluster")
    if len(orders) <= options.exact_orders_max:
        return _divided(problem, orders, walk)
    return _alike(problem, orders, options)


def _divided(problem: Problem, orders: Sequence[OrderDemand], walk: Walker) -> list[list[OrderDemand]]:
    """The best of all ways to divide a few orders, by dynamic programming over their subsets."""
    masks = range(1, 1 << len(orders))
    groups = {mask: [order for index, order in enumerate(orders) if mask >> index & 1] for mask in masks}
    walks = {
        mask: walk(_places(group)).length_mm for mask, group in groups.items() if not problem.over("cluster", group)
    }
    best: dict[int, tuple[int, list[int]]] = {0: (0, [])}
    for mask in masks:
        parts = (part for part in walks if part & mask == part and part & mask & -mask)
        best[mask] = min((walks[part] + best[mask ^ part][0], [part, *best[mask ^ part][1]]) for part in parts)
    return [groups[part] for part in best[len(masks)][1]]


def _alike(problem: Problem, orders: Sequence[OrderDemand], options: Options) -> list[list[OrderDemand]]:
    shape = grouping.Shape(problem.floor, [_content(problem, order) for order in orders])
    limits = grouping.Limits(problem.totes_max, problem.lines_max)
    groups = grouping.grouped(shape, limits, options.candidates, (options.trials, options.seed))
    return [[orders[index] for index in group] for group in groups]


def _content(problem: Problem, order: OrderDemand) -> grouping.Content:
    places = frozenset(line.place_id for line in order.lines)
    return grouping.Content(frozenset(line.sku for line in order.lines), places, problem.totes(order), len(order.lines))


# --- walks and reasons ---


def _walker(floor: Floor) -> Walker:
    """Shortest round trips from the depot; the same places are worked out once."""

    @cache
    def walk(places: frozenset[int]) -> routing.Plan:
        return routing.plan(routing.Problem(floor, tuple(sorted(places)), floor.depot.id, floor.depot.id))

    return walk


def _walked(problem: Problem, groups: Iterable[Group], walk: Walker) -> Plan:
    lists = tuple(_pick_list(problem.floor, mode, orders, walk) for mode, orders in groups)
    return Plan(lists, sum(trip.length_mm for trip in lists))


def _pick_list(floor: Floor, mode: Mode, orders: Sequence[OrderDemand], walk: Walker) -> PickList:
    trip = walk(_places(orders))
    alone = sum(walk(_places([order])).length_mm for order in orders)
    why = _why(floor, orders, trip, alone)
    return PickList(mode, tuple(order.order_id for order in orders), trip.order, trip.length_mm, alone, why)


def _places(orders: Sequence[OrderDemand]) -> frozenset[int]:
    return frozenset(line.place_id for order in orders for line in order.lines)


def _why(floor: Floor, orders: Sequence[OrderDemand], trip: routing.Plan, alone_mm: int) -> str:
    where = _where(floor, trip.order)
    if len(orders) == 1:
        return f"One order by itself{where}: {_metres(trip.length_mm)}."
    saved = f"{_metres(trip.length_mm)} instead of {_metres(alone_mm)} one at a time"
    return f"{len(orders)} orders{_shared(orders)}{where}: {saved}."


def _metres(mm: int) -> str:
    return f"{round(mm / 1000)} m"


def _where(floor: Floor, stops: Sequence[int]) -> str:
    """Aisles in the order of the walk, the first four by name."""
    names = list(dict.fromkeys(aisle.name for aisle in map(floor.aisle, stops) if aisle))
    if not names:
        return ""
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f" in aisle{'s' if len(names) > 1 else ''} {', '.join(names[:4])}{more}"


def _shared(orders: Sequence[OrderDemand]) -> str:
    """Items that at least two of the orders want, the commonest three by name."""
    counts = Counter(sku for order in orders for sku in {line.sku for line in order.lines})
    shared = sorted((sku for sku, count in counts.items() if count > 1), key=lambda sku: (-counts[sku], sku))
    if not shared:
        return ""
    more = f" and {len(shared) - 3} more" if len(shared) > 3 else ""
    return f" share {', '.join(shared[:3])}{more}"
