"""Orders that are picked in bulk: one-unit orders, and orders of identical contents as kits, along the aisles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from wms.planning.demands import Mode, OrderDemand, Problem


def bulk(problem: Problem, orders: Sequence[OrderDemand]) -> list[tuple[Mode, list[OrderDemand]]]:
    """Return single lists, then shape lists, of those of the orders that are picked so."""
    singles = [order for order in orders if problem.mode(order) == "single"]
    lists: list[tuple[Mode, list[OrderDemand]]] = []
    singles.sort(key=lambda order: _along(problem, order))
    lists += (("single", group) for group in chunks(problem, "single", singles))
    kits = sorted((order for order in orders if problem.mode(order) == "shape"), key=lambda order: order.contents)
    for _, shape in groupby(kits, key=lambda order: order.contents):
        along = sorted(shape, key=lambda order: _along(problem, order))
        lists += (("shape", group) for group in _even(problem, along))
    return lists


def chunks(problem: Problem, mode: Mode, orders: Iterable[OrderDemand]) -> list[list[OrderDemand]]:
    """Fill a list, then open the next, in the order given."""
    groups: list[list[OrderDemand]] = []
    for order in orders:
        if groups and not problem.over(mode, [*groups[-1], order]):
            groups[-1].append(order)
        else:
            groups.append([order])
    return groups


def _even(problem: Problem, shape: list[OrderDemand]) -> list[list[OrderDemand]]:
    """As few lists as the limits allow, of about the same length: the last one is not a remnant."""
    groups = chunks(problem, "shape", shape)
    size = -(-len(shape) // len(groups))
    even = [shape[start : start + size] for start in range(0, len(shape), size)]
    return groups if any(problem.over("shape", group) for group in even) else even


def _along(problem: Problem, order: OrderDemand) -> tuple[tuple[int, int, int, str], ...]:
    """Sorts orders along the aisles, so that a bulk list takes one item and its neighbours."""
    spots = ((problem.floor.spot(line.place_id), line.sku) for line in order.lines)
    return tuple(sorted((spot.x, spot.column, spot.y, sku) for spot, sku in spots))
