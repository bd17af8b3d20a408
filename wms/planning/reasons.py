"""Why these orders are on one list, in a sentence that a supervisor understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wms.planning.demands import Mode, OrderDemand
from wms.planning.layout import Floor

LONGEST = 300
NAMED_AISLES, NAMED_ITEMS = 4, 3


def why(floor: Floor, mode: Mode, orders: Sequence[OrderDemand], walk: tuple[Sequence[int], int, int]) -> str:
    """Return what the orders have in common and what walking them together saves, in at most LONGEST characters.

    `walk`: places in walking order, its length, and the walks of the orders one at a time, in mm.
    """
    stops, length_mm, alone_mm = walk
    where = _where(floor, stops)
    if len(orders) == 1:
        return f"One order by itself{where}: {_metres(length_mm)}."
    saved = f"{_metres(length_mm)} instead of {_metres(alone_mm)} one at a time"
    return _cut(f"{len(orders)} orders{_kind(mode, orders)}", f"{where}: {saved}.")


def _cut(what: str, rest: str) -> str:
    room = LONGEST - len(rest)
    return (what if len(what) <= room else what[: room - 3] + "...") + rest


def _kind(mode: Mode, orders: Sequence[OrderDemand]) -> str:
    if mode == "shape":
        return f" of the same contents, {_kit(orders[0])},"
    if mode == "batch":
        units = sum(order.units for order in orders)
        return f"{_shared(orders)}, {units} units to be sorted at the wall,"
    return _shared(orders)


def _kit(order: OrderDemand) -> str:
    """What one kit holds, the first items by name."""
    parts = [f"{qty} x {sku}" for sku, qty in order.contents]
    more = f" and {len(parts) - NAMED_ITEMS} more" if len(parts) > NAMED_ITEMS else ""
    return ", ".join(parts[:NAMED_ITEMS]) + more


def _metres(mm: int) -> str:
    return f"{round(mm / 1000)} m"


def _where(floor: Floor, stops: Sequence[int]) -> str:
    """Aisles in the order of the walk, the first ones by name."""
    columns = dict.fromkeys(floor.spot(stop).column for stop in stops)
    names = list(dict.fromkeys(floor.aisles[column].name for column in columns if column >= 0))
    if not names:
        return ""
    more = f" and {len(names) - NAMED_AISLES} more" if len(names) > NAMED_AISLES else ""
    return f" in aisle{'s' if len(names) > 1 else ''} {', '.join(names[:NAMED_AISLES])}{more}"


def _shared(orders: Sequence[OrderDemand]) -> str:
    """Items that at least two of the orders want, the commonest by name."""
    counts = Counter(sku for order in orders for sku in {line.sku for line in order.lines})
    shared = sorted((sku for sku, count in counts.items() if count > 1), key=lambda sku: (-counts[sku], sku))
    if not shared:
        return ""
    more = f" and {len(shared) - NAMED_ITEMS} more" if len(shared) > NAMED_ITEMS else ""
    return f" share {', '.join(shared[:NAMED_ITEMS])}{more}"
