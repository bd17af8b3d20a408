"""Orders to be picked, what one list may hold of them, and what a list costs: the problem of `batching`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from wms.planning.layout import Floor
from wms.planning.problems import require, require_distinct, require_positive

Mode = Literal["single", "shape", "cluster", "batch"]
"""single: one-unit orders in bulk, told apart at the pack station. shape: orders of identical contents in bulk, packed
as an assembly line. cluster: every order in totes of its own. batch: in bulk, sorted into a put-wall after."""


class Line(NamedTuple):
    """So many units of an item, all from one place; volume (mm3) and weight (g) are those of one unit."""

    sku: str
    place_id: int
    qty: int
    unit_mm3: int
    unit_g: int = 0


@dataclass(frozen=True)
class OrderDemand:
    """An order as allocation left it; `due` is its cut-off in minutes from any start, None when it has none."""

    order_id: int
    lines: tuple[Line, ...]
    due: int | None = None

    @cached_property
    def units(self) -> int:
        """Units of all lines."""
        return sum(line.qty for line in self.lines)

    @cached_property
    def volume_mm3(self) -> int:
        """Volume of all units."""
        return sum(line.qty * line.unit_mm3 for line in self.lines)

    @cached_property
    def weight_g(self) -> int:
        """Weight of all units."""
        return sum(line.qty * line.unit_g for line in self.lines)

    @cached_property
    def contents(self) -> tuple[tuple[str, int], ...]:
        """Units of each item, wherever they come from: orders with equal contents are of one shape."""
        units = Counter[str]()
        for line in self.lines:
            units[line.sku] += line.qty
        return tuple(sorted(units.items()))

    @cached_property
    def picks(self) -> frozenset[tuple[int, str]]:
        """Places and the items taken there."""
        return frozenset((line.place_id, line.sku) for line in self.lines)


class Handling(NamedTuple):
    """What work other than walking costs, as mm that one could walk in the meantime (about 1,000 to a second).

    To begin a list; to stop for an item at a place; to put an order line into its own tote (cluster); to put a unit
    into its slot of the wall (batch).
    """

    list_mm: int = 20_000
    stop_mm: int = 4_000
    line_mm: int = 3_000
    sort_mm: int = 3_000


HANDLING = Handling()


class Pace(NamedTuple):
    """How fast lists are done: `now` on the scale of `due`, people who pick, mm a minute that one of them walks."""

    now: int
    pickers: int
    mm_per_minute: int = 60_000


@dataclass(frozen=True)
class Problem:
    """Orders first come first, and what one list may hold.

    A cart holds `totes_max` totes of `tote_mm3` each and `cart_g` grams (0: any weight); an order of a cluster list
    needs as many totes of its own as its volume fills. `lines_max` limits the picks of a list: order lines of a cluster
    list, item-and-place pairs of all others. A single list holds up to `single_orders_max` orders; 0 puts one-unit
    orders with the others. At least `shape_orders_min` orders of identical contents make shape lists of up to
    `shape_orders_max` orders (0: none do). A batch list holds as many orders as the put-wall has slots (0: there is no
    wall). An order is never split: one that is beyond a limit by itself is picked alone. Orders of different cut-offs
    share a list only where `pace` says that the earlier ones still leave in time; without it never.
    """

    orders: tuple[OrderDemand, ...]
    floor: Floor
    totes_max: int
    tote_mm3: int
    lines_max: int
    single_orders_max: int = 40
    cart_g: int = 0
    shape_orders_min: int = 0
    shape_orders_max: int = 40
    wall_slots: int = 0
    handling: Handling = HANDLING
    pace: Pace | None = None

    def __post_init__(self) -> None:
        for name in ("totes_max", "tote_mm3", "lines_max", "shape_orders_max"):
            require_positive(name, getattr(self, name))
        for name in ("single_orders_max", "cart_g", "shape_orders_min", "wall_slots"):
            require(getattr(self, name) >= 0, f"{name} must not be negative: {getattr(self, name)}")
        require(min(self.handling) >= 0, f"handling must not be negative: {self.handling}")
        require_distinct("order", (order.order_id for order in self.orders))
        for order in self.orders:
            self._require_sense(order)

    def _require_sense(self, order: OrderDemand) -> None:
        require(bool(order.lines), f"order {order.order_id} has no lines")
        for sku, place_id, qty, unit_mm3, unit_g in order.lines:
            require(qty >= 1, f"order {order.order_id}: quantity {qty} of {sku}")
            require(unit_mm3 >= 0, f"order {order.order_id}: volume {unit_mm3} of {sku}")
            require(unit_g >= 0, f"order {order.order_id}: weight {unit_g} of {sku}")
            self.floor.spot(place_id)

    @cached_property
    def shapes(self) -> frozenset[tuple[tuple[str, int], ...]]:
        """Contents that enough orders have to be picked as kits."""
        if not self.shape_orders_min:
            return frozenset()
        counts = Counter(order.contents for order in self.orders if not self._is_single(order))
        return frozenset(contents for contents, count in counts.items() if count >= self.shape_orders_min)

    def mode(self, order: OrderDemand) -> Mode:
        """How this order is picked; cluster lists may become batch lists where there is a wall."""
        if self._is_single(order):
            return "single"
        return "shape" if self.shapes and order.contents in self.shapes else "cluster"

    def _is_single(self, order: OrderDemand) -> bool:
        return self.single_orders_max > 0 and order.units == 1

    def totes(self, order: OrderDemand) -> int:
        """Totes that an order needs for itself."""
        return max(1, -(-order.volume_mm3 // self.tote_mm3))

    def over(self, mode: Mode, orders: Sequence[OrderDemand]) -> list[str]:
        """Limits that these orders break on one list, in words; an order alone breaks none."""
        if len(orders) <= 1:
            return []
        weight = sum(order.weight_g for order in orders)
        sizes = self._cluster_sizes(orders) if mode == "cluster" else self._bulk_sizes(mode, orders)
        limits = (*sizes, ("g", weight, self.cart_g or weight))
        return [f"{value} {what}, the limit is {limit}" for what, value, limit in limits if value > limit]

    def _cluster_sizes(self, orders: Sequence[OrderDemand]) -> tuple[tuple[str, int, int], ...]:
        totes, picks = sum(map(self.totes, orders)), sum(len(order.lines) for order in orders)
        return ("totes", totes, self.totes_max), ("picks", picks, self.lines_max)

    def _bulk_sizes(self, mode: Mode, orders: Sequence[OrderDemand]) -> tuple[tuple[str, int, int], ...]:
        most = {"single": self.single_orders_max, "shape": self.shape_orders_max, "batch": self.wall_slots}
        picks = frozenset[tuple[int, str]]().union(*(order.picks for order in orders))
        volume = sum(order.volume_mm3 for order in orders)
        return (
            ("orders", len(orders), most[mode]),
            ("picks", len(picks), self.lines_max),
            ("mm3", volume, self.totes_max * self.tote_mm3),
        )

    def cost_mm(self, mode: Mode, orders: Sequence[OrderDemand], length_mm: int) -> int:
        """What a list costs: its walk of so many mm, and the work on it."""
        list_mm, stop_mm, _, _ = self.handling
        stops = len(frozenset[tuple[int, str]]().union(*(order.picks for order in orders))) if stop_mm else 0
        return length_mm + list_mm + stop_mm * stops + self.sorting_mm(mode, orders)

    def sorting_mm(self, mode: Mode, orders: Sequence[OrderDemand]) -> int:
        """What it costs to keep or to put the orders of a list apart."""
        own = self.handling.line_mm * sum(len(order.lines) for order in orders) if mode == "cluster" else 0
        return own + (self.handling.sort_mm * sum(order.units for order in orders) if mode == "batch" else 0)
