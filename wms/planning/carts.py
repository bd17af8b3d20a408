"""Groups of orders as carts for the trading kernels, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from wms.planning import batching, routing, speed, timing, trading
from wms.planning.batching import OrderDemand
from wms.planning.ground import Ground, prepare

if TYPE_CHECKING:
    from wms.planning.waves import Problem

UNLIMITED = 1 << 40
SPARE = 2
"""Empty carts to trade with."""


class Group(NamedTuple):
    """Orders on one list, and its walk in mm."""

    mode: batching.Mode
    orders: tuple[int, ...]
    walk_mm: int


def needs(problem: batching.Problem, order: OrderDemand) -> tuple[int, int, int]:
    """What an order takes up of a cart: totes, lines, grams."""
    return problem.totes(order), len(order.lines), order.weight_g


def limits(problem: batching.Problem) -> tuple[int, int, int]:
    """What a cart holds: totes, lines, grams."""
    return problem.totes_max, problem.lines_max, problem.cart_g or UNLIMITED


@dataclass(frozen=True)
class Floor:
    """What trading must know of a problem, made ready once."""

    problem: Problem

    @classmethod
    def of(cls, problem: Problem) -> Floor:
        """Return the floor of a problem."""
        return cls(problem)

    @cached_property
    def ground(self) -> Ground:
        """The floor for the walking kernels: arrays where they are compiled, else lists."""
        floor = self.problem.batching.floor
        places = {line.place_id for order in self.problem.batching.orders for line in order.lines}
        ground = prepare(floor, floor.depot.id, floor.depot.id, places)
        return ground if speed.running() else ground.lists()

    @cached_property
    def stops(self) -> dict[int, list[int]]:
        """The points of every order, ascending; none of an order with a place in the open."""
        points, found = self.ground.points, {}
        for order in self.problem.batching.orders:
            places = {line.place_id for line in order.lines}
            if all(place in points for place in places):
                found[order.order_id] = sorted({points[place] for place in places})
        return found


def traded(floor: Floor, groups: Sequence[Group], steps: int, seed: int) -> list[Group]:
    """Let cluster lists trade orders; all others stay as they are, and take their time."""
    movable = [group for group in groups if group.mode == "cluster" and all(id in floor.stops for id in group.orders)]
    fixed = [group for group in groups if group not in movable]
    if len(movable) < 2 or not steps:
        return list(groups)
    ids = [order_id for group in movable for order_id in group.orders]
    desk = desk_for(floor, movable, fixed, ids)
    mean = sum(group.walk_mm for group in movable) // len(movable)
    trading.trade(desk, steps, mean // 8, seed * 2_654_435_761 % (2**32 - 1) + 1)
    return [*_groups(desk.book, ids), *fixed]


def _groups(book: timing.Book, ids: Sequence[int]) -> list[Group]:
    on: dict[int, list[int]] = {}
    for order, order_id in enumerate(ids):
        on.setdefault(int(book[book[trading.WHERE] + order]), []).append(order_id)
    return [Group("cluster", tuple(own), int(book[book[trading.WALK] + cart])) for cart, own in sorted(on.items())]


def desk_for(floor: Floor, movable: Sequence[Group], fixed: Sequence[Group], ids: Sequence[int]) -> trading.Desk:
    """Return the desk at which the movable groups trade; spare carts behind them, then lists that stay as they are."""
    problem, ground, opened = floor.problem, floor.ground, len(movable) + SPARE
    width = max(problem.batching.totes_max, *(len(group.orders) for group in movable)) + 1
    orders = _order_tables(floor, ids)
    tables = {**_time_tables(problem, fixed, opened, width), **orders, **_cart_tables(problem, movable, orders, width)}
    busy = problem.busy_ms or (0,) * problem.pickers
    book = timing.written({**tables, trading.HOME: list(ground.home)}, busy, problem.packers, trading.HEAD)
    book[trading.ORDERS], book[trading.OPEN], book[trading.WIDTH] = len(ids), opened, width
    book[trading.LIST_MS], book[trading.WALK_MM_S] = problem.rates.list_ms, problem.rates.walk_mm_s
    book[trading.HOMES] = len(ground.home)
    for cart in range(opened):
        trading.retime(book, cart)
    stops = speed.numbers([0] * (len(orders[trading.STOPS]) + len(ground.home) + 1))
    return trading.Desk(ground.grid, book, stops, ground.reaches(), ground.room())


def _order_tables(floor: Floor, ids: Sequence[int]) -> dict[int, list[int]]:
    problem, first, points = floor.problem, [0], list[int]()
    for order_id in ids:
        points += floor.stops[order_id]
        first.append(len(points))
    demands = [problem.orders[order_id] for order_id in ids]
    return {
        trading.STOP: first,
        trading.STOPS: points,
        trading.NEED: [part for demand in demands for part in needs(problem.batching, demand)],
        trading.HANDLE: [problem.handle_ms(demand) for demand in demands],
        trading.PACKING: [problem.rates.packing_ms(demand.units) for demand in demands],
        trading.WANTED: [problem.due_ms(order_id) for order_id in ids],
    }


def _cart_tables(
    problem: Problem, movable: Sequence[Group], orders: Mapping[int, list[int]], width: int
) -> dict[int, list[int]]:
    opened, needed = len(movable) + SPARE, trading.NEEDS
    members, load, where = [0] * (opened * width), [0] * (opened * needed), list[int]()
    for cart, group in enumerate(movable):
        for k in range(len(group.orders)):
            members[cart * width + k] = len(where)
            for i in range(needed):
                load[cart * needed + i] += orders[trading.NEED][len(where) * needed + i]
            where.append(cart)
    return {
        trading.MEMBERS: members,
        trading.MEMBER_COUNT: [*(len(group.orders) for group in movable), *[0] * SPARE],
        trading.LOAD: load,
        trading.WALK: [*(group.walk_mm for group in movable), *[0] * SPARE],
        trading.LIMIT: list(limits(problem.batching)),
        trading.WHERE: where,
        trading.KEPT: list(where),
    }


def _time_tables(problem: Problem, fixed: Sequence[Group], opened: int, width: int) -> dict[int, list[int]]:
    """Room for the carts that trade, the times of the lists that stay."""
    works = [problem.work(0, group.orders, group.walk_mm) for group in fixed]
    empty = [0] * opened
    dues = [*([timing.NEVER] * width for _ in empty), *(work.dues_ms for work in works)]
    return timing.tables_of(
        [*empty, *(work.pick_ms for work in works)], [*empty, *(work.pack_ms for work in works)], dues
    )


def walk_mm(problem: Problem, orders: Sequence[int]) -> int:
    """Return the shortest walk for orders, in mm."""
    floor = problem.batching.floor
    places = tuple({line.place_id for order_id in orders for line in problem.orders[order_id].lines})
    return routing.plan(routing.Problem(floor, places, floor.depot.id, floor.depot.id)).length_mm


def divisions(problem: Problem) -> Iterator[list[Group]]:
    """All ways to divide a few orders among lists: each order joins a list of those before it, or opens one."""

    def divided(ids: Sequence[int], lists: list[list[int]]) -> Iterator[list[list[int]]]:
        if not ids:
            yield [list(own) for own in lists]
            return
        for own in [*lists, []]:
            own.append(ids[0])
            if not problem.batching.over(_mode(problem, own[0]), [problem.orders[order_id] for order_id in own]):
                yield from divided(ids[1:], lists if len(own) > 1 else [*lists, own])
            own.pop()

    for lists in divided(list(problem.orders), []):
        if all(len({_mode(problem, order_id) for order_id in own}) == 1 for own in lists):
            yield [Group(_mode(problem, own[0]), tuple(own), walk_mm(problem, own)) for own in lists]


def _mode(problem: Problem, order_id: int) -> batching.Mode:
    return problem.batching.mode(problem.orders[order_id])


def share(problem: batching.Problem, order: OrderDemand) -> float:
    """Return which part of a list an order is at least: of the totes of a cart, or of the orders of a bulk list."""
    bulk = max(problem.single_orders_max, problem.wall_slots, problem.shape_orders_max * bool(problem.shape_orders_min))
    part = 1.0 if problem.mode(order) == "single" else problem.totes(order) / problem.totes_max
    return min(1.0, part, 1 / bulk if bulk and (order.units == 1 or bulk > problem.single_orders_max) else 1.0)
