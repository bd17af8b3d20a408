"""Does the stock cover what was ordered: per SKU, which orders can go complete now, and what blocks the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select

from wms.db import Tx, table_of
from wms.models.campaigns import Campaign
from wms.models.inbound import Receipt, ReceiptCarton, ReceiptLine
from wms.models.items import Item
from wms.models.orders import Order, OrderLine
from wms.models.places import Location
from wms.models.stock import AVAILABLE, Stock
from wms.queries import planning
from wms.queries.planning import waits
from wms.settings import Settings

orders, lines, items, stock = table_of(Order), table_of(OrderLine), table_of(Item), table_of(Stock)
receipts, cartons, receipt_lines = table_of(Receipt), table_of(ReceiptCarton), table_of(ReceiptLine)
campaigns, locations = table_of(Campaign), table_of(Location)
OPEN = ("held", "clean")
Units = Counter[int]
"""Item -> units."""


class Content(NamedTuple):
    """What an open order still lacks, as sorted (SKU, units) and by item, and the country it goes to."""

    order_id: int
    country: str
    shape: tuple[tuple[str, int], ...]
    units: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SkuRow:
    """One SKU of a campaign. `needed` by its open orders (`others`: by those of other campaigns), `on_hand` in good
    order in the house, of it `free` to be promised, `inbound` in open receipts, `short` after what is free; how many
    clean orders it `blocks`."""

    item_id: int
    sku: str
    name: str
    needed: int
    others: int
    on_hand: int
    allocated: int
    free: int
    inbound: int
    blocks: int

    @property
    def short(self) -> int:
        """Return how many units are missing for all open orders of the campaign."""
        return max(0, self.needed - self.free)

    @property
    def short_later(self) -> int:
        """Return how many are still missing when everything announced has come."""
        return max(0, self.short - self.inbound)


@dataclass(frozen=True)
class Coverage:
    """The SKUs of a campaign, the worst first; how many clean orders there are, and how many can go complete."""

    rows: list[SkuRow]
    clean: int
    complete: int


# --- simulation ---


def contents(tx: Tx, ids: Select[Any]) -> list[Content]:
    """Return what open orders lack, by order."""
    wanted = (
        select(lines.c.order_id, orders.c.country, items.c.sku, lines.c.item_id, lines.c.qty - lines.c.picked)
        .join(orders, orders.c.id == lines.c.order_id)
        .join(items, items.c.id == lines.c.item_id)
        .where(lines.c.order_id.in_(ids), lines.c.qty > lines.c.picked)
        .order_by(lines.c.order_id, items.c.sku)
    )
    found: dict[tuple[int, str], list[tuple[str, int, int]]] = defaultdict(list)
    for order_id, country, sku, item_id, qty in map(tuple, tx.all(wanted)):
        found[order_id, country].append((sku, item_id, qty))
    return [
        Content(*key, tuple((sku, qty) for sku, _, qty in parts), tuple((item, qty) for _, item, qty in parts))
        for key, parts in found.items()
    ]


def served(wanted: Iterable[Content], free: Mapping[int, int]) -> tuple[list[int], dict[int, list[int]]]:
    """Return which orders can go complete, one after the other, and order -> the items that the others lack."""
    left, complete, lacking = Counter(free), list[int](), dict[int, list[int]]()
    for order_id, _, _, units in wanted:
        missing = [item for item, qty in units if left[item] < qty]
        if missing:
            lacking[order_id] = missing
            continue
        complete.append(order_id)
        for item, qty in units:
            left[item] -= qty
    return complete, lacking


def free_units(tx: Tx, settings: Settings) -> Units:
    """Return item -> units that may be promised now: in bins and reserves, lasting long enough."""
    found, today = Units(), tx.now.date()
    for shelf in planning.shelves(tx):
        if shelf.lasts(today, settings.floor.expiry_days_min):
            found[shelf.key[2]] += shelf.free
    return found


def demand(tx: Tx, *where: Any) -> Units:
    """Return item -> units that orders lack."""
    joined = lines.join(orders, orders.c.id == lines.c.order_id)
    joined = joined.join(campaigns, campaigns.c.id == orders.c.campaign_id)
    wanted = select(lines.c.item_id, func.sum(lines.c.qty - lines.c.picked)).select_from(joined)
    return units_of(tx, wanted.where(*where).group_by(lines.c.item_id))


def units_of(tx: Tx, statement: Select[Any]) -> Units:
    """Return item -> units of a statement that says both."""
    return Units({item: int(qty) for item, qty in map(tuple, tx.all(statement))})


def locked_backers(tx: Tx) -> Units:
    """Return item -> units that locked orders of backers wait for, in campaigns of all creators."""
    both = (orders.c.content_locked_at.is_not(None), orders.c.address_locked_at.is_not(None))
    return demand(tx, campaigns.c.channel == "backers", orders.c.state.in_(OPEN), *both)


# --- the table ---


def coverage(tx: Tx, settings: Settings, campaign_id: int) -> Coverage:
    """Return what a campaign's open orders need against what there is and what comes."""
    mine = orders.c.campaign_id == campaign_id
    is_open = orders.c.state.in_(OPEN)
    needed, others = demand(tx, mine, is_open), demand(tx, ~mine, is_open)
    here, allocated, inbound, free = *on_hand(tx), expected(tx), free_units(tx, settings)
    clean = contents(tx, select(orders.c.id).where(mine, orders.c.state == "clean", ~waits))
    complete, lacking = served(clean, free)
    blocks = Counter(item for missing in lacking.values() for item in missing)
    named = {row.id: row for row in tx.all(select(items.c.id, items.c.sku, items.c.name).where(items.c.id.in_(needed)))}
    rows = [
        SkuRow(
            *(item, named[item].sku, named[item].name, needed[item], others[item], here[item], allocated[item]),
            *(free[item], inbound[item], blocks[item]),
        )
        for item in named
    ]
    return Coverage(sorted(rows, key=lambda row: (-row.short, -row.blocks, row.sku)), len(clean), len(complete))


def on_hand(tx: Tx) -> tuple[Units, Units]:
    """Return item -> units in good order in the house, and item -> units of them that are promised."""
    found = stock.join(locations, locations.c.id == stock.c.location_id)
    stored = (stock.c.condition == AVAILABLE, locations.c.kind.not_in(("station", "cart", "outside")))

    def summed(column: Any) -> Units:
        wanted = select(stock.c.item_id, func.sum(column)).select_from(found)
        return units_of(tx, wanted.where(*stored).group_by(stock.c.item_id))

    return summed(stock.c.qty), summed(stock.c.allocated)


def expected(tx: Tx) -> Units:
    """Return item -> units that open receipts announce and nobody has counted yet."""
    rest = receipt_lines.c.expected - receipt_lines.c.received - receipt_lines.c.damaged
    joined = receipt_lines.join(cartons, cartons.c.id == receipt_lines.c.carton_id)
    found = select(receipt_lines.c.item_id, func.sum(case((rest > 0, rest), else_=0))).select_from(
        joined.join(receipts, receipts.c.id == cartons.c.receipt_id)
    )
    is_open = (receipts.c.state != "closed", cartons.c.state != "received", receipt_lines.c.spare.is_(False))
    return units_of(tx, found.where(*is_open).group_by(receipt_lines.c.item_id))
