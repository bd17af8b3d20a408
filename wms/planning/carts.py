"""Groups of orders as carts for the trading kernels, and back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from wms.planning import batching, routing, speed, timing, tours, trading
from wms.planning.batching import OrderDemand

if TYPE_CHECKING:
    from wms.planning.waves import Problem

UNLIMITED = 1 << 40
SPARE = 2
"""Empty carts to trade with."""


class Prices(NamedTuple):
    """What trading minds. `heat` at the beginning and at the end: parts of an order's mean walk.

    `second_mm`: mm of walking that a second of lateness costs at the beginning and at the end, up to `late_ms_max` an
    order; `late`: what a late order costs beside, as part of a list's mean walk.
    """

    heat: tuple[float, float] = (0.2, 0.01)
    second_mm: tuple[int, int] = (800, 3_000)
    late: float = 0.5
    late_ms_max: int = 600_000


FEWEST = Prices()
"""Orders that are far too late are given up."""
NOBODY = Prices(second_mm=(5_000, 5_000), late=0, late_ms_max=UNLIMITED)
"""Nobody is given up: where all can be in time, this finds it sooner."""
PATIENT = Prices(heat=(0.3, 0.02), second_mm=(300, 1_500), late=0, late_ms_max=UNLIMITED)
"""The same from far away: lateness is cheap at first. The answer depends on the dice: to be tried several times."""
SHORTER = Prices(heat=(0.15, 0.01))
"""Mostly the walks count."""


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


def traded(problem: Problem, groups: Sequence[Group], steps: int, seed: int, prices: Prices = FEWEST) -> list[Group]:
    """Let cluster lists, given in their row, trade orders; all others stay as they are, and take their time.

    Returns the lists in the row in which they are best. `prices` say what is worth how much.
    """
    movable = [group for group in groups if group.mode == "cluster" and _in_aisles(problem, group)]
    if len(movable) < 2 or not steps:
        return list(groups)
    fixed = [group for group in groups if group not in movable]
    ids = sorted((order for group in movable for order in group.orders), key=lambda id: (problem.due_ms(id), id))
    desk = desk_for(problem, movable, fixed, ids)
    book, places = desk.book, {group.orders: place for place, group in enumerate(groups)}
    lists = [*movable, *[None] * SPARE, *fixed]
    row = sorted(range(len(lists)), key=lambda at: (places[own.orders] if (own := lists[at]) else len(places), at))
    for place, at in enumerate(row):
        book[book[timing.ROW] + place] = at
    _price(book, movable, len(ids), prices)
    trading.trade(desk, steps, seed * 2_654_435_761 % (2**32 - 1) + 1)
    return _groups(book, ids, fixed)


def _price(book: timing.Book, movable: Sequence[Group], orders: int, prices: Prices) -> None:
    """Write down the heat of every level, and what it costs to be late."""
    walk = sum(group.walk_mm for group in movable)
    for level in range(trading.LEVELS):
        part = level / (trading.LEVELS - 1)
        book[book[trading.HEAT] + level] = int(walk / orders * _between(prices.heat, part))
        book[book[trading.PRICE] + level] = int(_between(prices.second_mm, part))
    book[trading.LATE_MM], book[trading.LATE_MS_MAX] = int(walk / len(movable) * prices.late), prices.late_ms_max


def _between(ends: tuple[float, float], part: float) -> float:
    return float(ends[0] * (ends[1] / ends[0]) ** part)


def _in_aisles(problem: Problem, group: Group) -> bool:
    """Whether all places of a group lie in aisles: only such walks are measured from mask to mask."""
    floor, orders = problem.batching.floor, (problem.orders[order_id] for order_id in group.orders)
    return all(floor.spot(line.place_id).column >= 0 for order in orders for line in order.lines)


def _groups(book: timing.Book, ids: Sequence[int], fixed: Sequence[Group]) -> list[Group]:
    """The lists of the book in their row."""
    on: dict[int, list[int]] = {}
    for order, order_id in enumerate(ids):
        on.setdefault(int(book[book[trading.WHERE] + order]), []).append(order_id)
    found = {cart: Group("cluster", tuple(own), int(book[book[trading.WALK] + cart])) for cart, own in on.items()}
    found |= {int(book[trading.OPEN]) + number: group for number, group in enumerate(fixed)}
    row = (int(book[book[timing.ROW] + place]) for place in range(int(book[timing.COUNT])))
    return [found[at] for at in row if at in found]


def desk_for(problem: Problem, movable: Sequence[Group], fixed: Sequence[Group], ids: Sequence[int]) -> trading.Desk:
    """Return the desk at which the movable groups trade; spare carts behind them, then lists that stay as they are."""
    opened = len(movable) + SPARE
    width = max(problem.batching.totes_max, *(len(group.orders) for group in movable)) + 1
    orders = _order_tables(problem, ids)
    tables = {**_time_tables(problem, fixed, opened, width), **orders, **_cart_tables(problem, movable, ids, width)}
    busy = problem.busy_ms or (0,) * problem.pickers
    tables[trading.KEPT_ROW] = list(tables[timing.ROW])
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


def _cart_tables(problem: Problem, movable: Sequence[Group], ids: Sequence[int], width: int) -> dict[int, list[int]]:
    opened, needed = len(movable) + SPARE, trading.NEEDS
    numbers = {order_id: order for order, order_id in enumerate(ids)}
    members, load, where = [0] * (opened * width), [0] * (opened * needed), [0] * len(ids)
    for cart, group in enumerate(movable):
        for k, order_id in enumerate(group.orders):
            members[cart * width + k] = numbers[order_id]
            where[numbers[order_id]] = cart
            for i, need in enumerate(needs(problem.batching, problem.orders[order_id])):
                load[cart * needed + i] += need
    return {
        trading.MEMBERS: members,
        trading.MEMBER_COUNT: [*(len(group.orders) for group in movable), *[0] * SPARE],
        trading.LOAD: load,
        trading.WALK: [*(group.walk_mm for group in movable), *[0] * SPARE],
        trading.LIMIT: list(limits(problem.batching)),
        trading.WHERE: where,
        trading.KEPT: list(where),
        trading.HEAT: [0] * trading.LEVELS,
        trading.PRICE: [0] * trading.LEVELS,
        trading.DICE: [round(-1000 * math.log((side + 0.5) / trading.FACES)) for side in range(trading.FACES)],
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
    return routing.plan(routing.Problem(floor, places, *floor.ends)).length_mm


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
