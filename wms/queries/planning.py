"""What the planners of a release are told: clean orders, free stock, and the floor between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, or_, select

from wms.db import Tx, table_of
from wms.models.campaigns import Campaign
from wms.models.counting import Count
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderLine
from wms.models.outbound import Pick
from wms.models.places import Location
from wms.models.stock import AVAILABLE, Lot, Stock
from wms.planning.allocation import Supply
from wms.planning.layout import DOWN, OPEN_FLOOR, UP, Floor, Place, measure
from wms.planning.problems import require
from wms.queries.orders import in_parts
from wms.settings import Layout

stock, lots, locations, counts = table_of(Stock), table_of(Lot), table_of(Location), table_of(Count)
orders, lines, items, picks = table_of(Order), table_of(OrderLine), table_of(Item), table_of(Pick)
campaigns, holds = table_of(Campaign), table_of(Hold)
STORES = ("bin", "reserve")
STARTS = ("station", "stage", "dock")  # where a walk begins and ends, the first kind that there is
NOWHERE = Place(0, "", OPEN_FLOOR, 0, 0)  # of a site without any such place
UNNUMBERED = 1000  # aisles that are not called by a number are numbered from here
short_since = exists().where(
    picks.c.location_id == counts.c.location_id, picks.c.state == "short", picks.c.done_at >= counts.c.asked_at
)
doubted = exists().where(
    counts.c.location_id == stock.c.location_id,
    counts.c.state.in_(("open", "counting")),
    or_(counts.c.reason.in_(("short", "recount")), short_since),
)
pickable = (
    stock.c.condition == AVAILABLE,
    stock.c.qty > stock.c.allocated,
    locations.c.kind.in_(STORES),
    locations.c.active,
    ~doubted,  # a place that was short is not promised again before it was counted
)

whole = orders.alias("whole")  # the order that a part belongs to
stopped = and_(holds.c.order_id == whole.c.id, holds.c.cleared_at.is_(None))
waits = exists().where(whole.c.id == orders.c.parent_id, or_(whole.c.state == "cancelled", exists().where(stopped)))
behind_gate = select(campaigns.c.id).where(campaigns.c.gated).scalar_subquery()
wanted_lines = (
    select(lines.c.id, lines.c.order_id, lines.c.item_id, items.c.sku, lines.c.qty - lines.c.picked)
    .add_columns(items.c.length_mm * items.c.width_mm * items.c.height_mm, items.c.weight_g, orders.c.country)
    .join(orders, orders.c.id == lines.c.order_id)
    .join(items, items.c.id == lines.c.item_id)
    .where(orders.c.state == "clean", lines.c.qty > lines.c.picked, ~waits)
    .order_by(lines.c.order_id, lines.c.id)
)


class Wanted(NamedTuple):
    """One line of a clean order and where it goes to; volume (mm3) and weight (g) are those of one unit."""

    line_id: int
    order_id: int
    item_id: int
    sku: str
    qty: int
    unit_mm3: int
    unit_g: int
    country: str


@dataclass(frozen=True)
class Shelf:
    """One balance with free units: its ledger key, its SKU, when it expires, and whether it is no pick face."""

    stock_id: int
    key: tuple[int, int, int, int, str]
    sku: str
    free: int
    expiry: date | None
    sequence: int
    reserve: bool = False

    def lasts(self, today: date, days: int) -> bool:
        """Return whether it does not expire within so many days."""
        return self.expiry is None or (self.expiry - today).days >= days

    @property
    def supply(self) -> Supply:
        """Return it as the allocation sees it; of two the older has the lower lot, or the lower number of a balance."""
        day = self.expiry.toordinal() if self.expiry else None
        place_id, lpn_id, _, lot_id, _ = self.key
        came = lot_id or self.stock_id
        return Supply(self.stock_id, self.sku, place_id, day, self.free, self.sequence, came, lpn_id > 0, self.reserve)


def shelves(tx: Tx) -> list[Shelf]:
    """Return everything that may be promised, in the order of a walk along the aisles."""
    wanted = (
        select(stock, items.c.sku, lots.c.expiry, locations.c.kind)
        .join(items, items.c.id == stock.c.item_id)
        .join(locations, locations.c.id == stock.c.location_id)
        .outerjoin(lots, lots.c.id == stock.c.lot_id)
        .where(*pickable)
        .order_by(locations.c.zone, locations.c.x_mm, locations.c.y_mm, locations.c.level, stock.c.id)
    )
    return [shelf(row, place) for place, row in enumerate(tx.all(wanted))]


def shelf(row: Any, sequence: int) -> Shelf:
    """Return a balance as a shelf."""
    key = (row.location_id, row.lpn_id, row.item_id, row.lot_id, row.condition)
    return Shelf(row.id, key, row.sku, row.qty - row.allocated, row.expiry, sequence, row.kind == "reserve")


def clean_lines(tx: Tx, only: Collection[int] | None = None) -> list[Wanted]:
    """Return what clean orders still lack, oldest order first: of those given, else of all that need no gate."""
    if only is None:
        return [Wanted(*tuple(row)) for row in tx.all(wanted_lines.where(~orders.c.campaign_id.in_(behind_gate)))]
    parts = in_parts(sorted(only))
    return [Wanted(*tuple(row)) for part in parts for row in tx.all(wanted_lines.where(orders.c.id.in_(part)))]


def gated_campaigns(tx: Tx) -> list[str]:
    """Return the codes of gated campaigns that have clean orders."""
    clean = exists().where(orders.c.campaign_id == campaigns.c.id, orders.c.state == "clean")
    return [row.code for row in tx.all(select(campaigns.c.code).where(campaigns.c.gated, clean).order_by("code"))]


def floor(tx: Tx, layout: Layout | None = None) -> Floor:
    """Return the measured floor of bins and reserves, and of where walks begin (its depot) and end.

    Raises BadProblem when the layout names a place or an aisle that there is not, or one-way aisles leave no way back.
    """
    layout = layout or Layout()
    drawn = or_(locations.c.kind.in_((*STORES, *STARTS)), locations.c.name.in_((layout.start, layout.end)))
    rows = tx.all(select(locations).where(drawn).order_by(locations.c.id))
    aisles = numbered(row.aisle for row in rows if row.kind in STORES)
    places = [place(row, aisles) for row in rows if row.kind in STORES]
    named = {
        f"{row.zone}-{row.aisle}": (row.zone, aisles[row.aisle]) for row in rows if row.kind in STORES and row.aisle
    }
    signs = one_way(layout, named) if places else None
    depot, end = (place(row, aisles) if row else NOWHERE for row in ends(rows, layout))
    return measure(places, depot, layout.cross_aisles_mm, signs, None if end == depot else end)


def ends(rows: Sequence[Any], layout: Layout) -> tuple[Any, Any]:
    """Return where walks begin and end: where the layout says, else at the first pack station, stage or dock."""
    by_name = {row.name: row for row in rows}
    for name in filter(None, (layout.start, layout.end)):
        require(name in by_name, f"there is no place {name}, where walks begin or end")
    starts = sorted((row for row in rows if row.kind in STARTS), key=lambda row: STARTS.index(row.kind))
    begin = by_name[layout.start] if layout.start else next(iter(starts), None)
    return begin, by_name[layout.end] if layout.end else begin


def one_way(layout: Layout, named: Mapping[str, tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Return the direction of one-way aisles as planning numbers them."""
    signs = {**dict.fromkeys(layout.one_way_up, UP), **dict.fromkeys(layout.one_way_down, DOWN)}
    for name in signs:
        require(name in named, f"one-way aisle {name} has no places")
    return {named[name]: sign for name, sign in signs.items()}


def place(row: Any, aisles: Mapping[str, int]) -> Place:
    """Return a location as walking sees it."""
    number = aisles.get(row.aisle, OPEN_FLOOR) if row.kind in STORES else OPEN_FLOOR
    return Place(row.id, row.zone, number, row.x_mm, row.y_mm, row.level)


def numbered(names: Iterable[str]) -> dict[str, int]:
    """Return aisle name -> number: its own when it is one, else a number that no other aisle has."""
    known = sorted({name for name in names if name})
    return {
        name: int(name) if name.isdigit() and int(name) else UNNUMBERED + position
        for position, name in enumerate(known)
    }
