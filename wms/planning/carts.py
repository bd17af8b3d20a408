"""Groups of orders as carts for the trading kernels, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from wms.planning import batching, routing, speed, timing, tours, trading
from wms.planning.batching import OrderDemand

if TYPE_CHECKING:
    from wms.planning.waves import Problem

UNLIMITED = 1 << 40
SPARE = 2
"""Empty carts to trade with."""
DARING = (0.3, 0.15, 0.07)
"""Rounds of trading, each from the best of the last: by how much of an order's mean walk one trade may lengthen it."""


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


def traded(problem: Problem, groups: Sequence[Group], steps: int, seed: int) -> list[Group]:
    """Let cluster lists trade orders; all others stay as they are, and take their time."""
    movable = [group for group in groups if group.mode == "cluster" and _in_aisles(problem, group)]
    fixed = [group for group in groups if group not in movable]
    if len(movable) < 2 or not steps:
        return list(groups)
    ids = [order_id for group in movable for order_id in group.orders]
    desk = desk_for(problem, movable, fixed, ids)
    mean = sum(group.walk_mm for group in movable) // len(ids)
    for number, part in enumerate(DARING):
        dice = (seed * len(DARING) + number) * 2_654_435_761 % (2**32 - 1) + 1
        trading.trade(desk, steps // len(DARING), int(mean * part), dice)
    return [*_groups(desk.book, ids), *fixed]


def _in_aisles(problem: Problem, group: Group) -> bool:
    """Whether all places of a group lie in aisles: only such walks are measured from mask to mask."""
    floor, orders = problem.batching.floor, (problem.orders[order_id] for order_id in group.orders)
    return all(floor.spot(line.place_id).column >= 0 for order in orders for line in order.lines)


def _groups(book: timing.Book, ids: Sequence[int]) -> list[Group]:
    on: dict[int, list[int]] = {}
    for order, order_id in enumerate(ids):
        on.setdefault(int(book[book[trading.WHERE] + order]), []).append(order_id)
    return [Group("cluster", tuple(own), int(book[book[trading.WALK] + cart])) for cart, own in sorted(on.items())]


def desk_for(problem: Problem, movable: Sequence[Group], fixed: Sequence[Group], ids: Sequence[int]) -> trading.Desk:
    """Return the desk at which the movable groups trade; spare carts behind them, then lists that stay as they are."""
    opened = len(movable) + SPARE
    width = max(problem.batching.totes_max, *(len(group.orders) for group in movable)) + 1
    orders = _order_tables(problem, ids)
    tables = {**_time_tables(problem, fixed, opened, width), **orders, **_cart_tables(problem, movable, orders, width)}
    busy = problem.busy_ms or (0,) * problem.pickers
    book = timing.written(tables, busy, problem.packers, trading.HEAD)
    book[trading.ORDERS], book[trading.OPEN], book[trading.WIDTH] = len(ids), opened, width
    book[trading.LIST_MS], book[trading.WALK_MM_S] = problem.rates.list_ms, problem.rates.walk_mm_s
    for cart in range(opened):
        trading.retime(book, cart)
    demands = (problem.orders[order_id] for order_id in ids)
    aisles, contents = tours.measured(
        problem.batching.floor, [{(line.place_id, "") for line in order.lines} for order in demands]
    )
    return trading.Desk(aisles, contents, book, speed.numbers([0] * int(aisles.word_from[len(aisles.x_mm)])))


def _order_tables(problem: Problem, ids: Sequence[int]) -> dict[int, list[int]]:
    demands = [problem.orders[order_id] for order_id in ids]
    return {
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
