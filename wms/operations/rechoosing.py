"""Places chosen again when the lists are known: the same goods of the same date, from where the list passes anyway."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from wms.planning import choosing
from wms.planning.batching import PickList
from wms.planning.choosing import Problem, Taken
from wms.planning.layout import Floor
from wms.queries.planning import Shelf, Wanted
from wms.settings import AllocationStrategy

Allocs = Mapping[int, list[tuple[Shelf, int]]]
"""Order line -> the shelves that serve it, with units."""


def nearer(
    floor: Floor,
    trips: Sequence[PickList],
    lines: Mapping[int, Sequence[Wanted]],
    allocs: Allocs,
    choice: tuple[Sequence[Shelf], AllocationStrategy],
) -> Allocs:
    """Return which shelves serve each line when the walks of these trips decide; `allocs` itself when nothing changes.

    `lines` are those of each order; `choice` is all stock that lasts long enough, and the strategy that it went by.
    """
    shelves, strategy = choice
    taken = [
        Taken(number, line.line_id, shelf.stock_id, qty)
        for number, trip in enumerate(trips)
        for order_id in trip.orders
        for line in lines[order_id]
        for shelf, qty in allocs[line.line_id]
    ]
    used = {shelf.sku for parts in allocs.values() for shelf, _ in parts}
    supplies = tuple(shelf.supply for shelf in shelves if shelf.sku in used)
    problem = Problem(floor, tuple(taken), supplies, strategy)
    if max(Counter(map(problem.kind, supplies)).values(), default=0) < 2:
        return allocs
    plan = choosing.plan(problem)
    return allocs if plan.taken == problem.taken else merged(plan.taken, {shelf.stock_id: shelf for shelf in shelves})


def merged(taken: Sequence[Taken], shelves: Mapping[int, Shelf]) -> Allocs:
    """Return picks as allocations, those of one line from one shelf together."""
    units: dict[int, Counter[int]] = defaultdict(Counter)
    for pick in taken:
        units[pick.line_id][pick.stock_id] += pick.qty
    return {line: [(shelves[stock_id], qty) for stock_id, qty in parts.items()] for line, parts in units.items()}
