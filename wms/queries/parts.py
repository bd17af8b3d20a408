"""What goes now and what comes later: the parts of an order in words, and what splitting many orders would cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, or_, select

from wms.db import Tx, table_of
from wms.formats.rates import Sent, Tariff, read_rates
from wms.models.items import Item
from wms.models.orders import Order, OrderLine
from wms.models.outbound import Wave
from wms.models.shipping import CartonType
from wms.queries import coverage, gates
from wms.queries.coverage import Content
from wms.settings import Settings

orders, lines, items, waves, cartons = map(table_of, (Order, OrderLine, Item, Wave, CartonType))
Units = tuple[tuple[int, int], ...]
"""A content: sorted (item, units)."""
FILL = 0.8  # of a carton's space that goods and padding take at most, when nobody has tried


@dataclass(frozen=True)
class Part:
    """One part of an order: its number, what is in it, and when it goes, as a backer is told."""

    id: int
    number: str
    state: str
    wave: str
    lines: list[Any]

    @property
    def when(self) -> str:
        """Return when it goes, in words."""
        if self.state in ("held", "clean"):
            return "later, not planned yet"
        return "sent" if self.state == "shipped" else f"now, in {self.wave}" if self.wave else self.state

    @property
    def content(self) -> str:
        """Return what is in it: "1 × Core game, 2 × Sleeves"."""
        return ", ".join(f"{line.qty} × {line.name}" for line in self.lines)


def parts_of(tx: Tx, order_id: int) -> list[Part]:
    """Return the parts of the order that an order belongs to, itself first; one when it goes in one."""
    root = select(func.coalesce(orders.c.parent_id, orders.c.id)).where(orders.c.id == order_id).scalar_subquery()
    mine = or_(orders.c.id == root, orders.c.parent_id == root)
    found = select(orders.c.id, orders.c.number, orders.c.state, waves.c.name.label("wave"))
    found = found.outerjoin(waves, waves.c.id == orders.c.wave_id).where(mine).order_by(orders.c.part)
    rows = [row for row in tx.all(found.where(or_(orders.c.parent_id.is_(None), orders.c.units > 0)))]
    content: dict[int, list[Row[Any]]] = defaultdict(list)
    known = select(lines.c.order_id, lines.c.qty, items.c.sku, items.c.name).join(items, items.c.id == lines.c.item_id)
    for line in tx.all(known.where(lines.c.order_id.in_([row.id for row in rows])).order_by(items.c.sku)):
        content[line.order_id].append(line)
    return [Part(row.id, row.number, row.state, row.wave or "", content[row.id]) for row in rows]


def told(found: Sequence[Part], order_id: int) -> list[str]:
    """Return what a packing slip and the support say about one part: what is in this parcel and what is not."""
    if len(found) < 2:
        return []
    here = [f"In this parcel: {part.content}." for part in found if part.id == order_id]
    others = [f"Not in this parcel: {part.content} ({part.when})." for part in found if part.id != order_id]
    return here + others


# --- what it would cost ---


class Postage(NamedTuple):
    """What the parcels of split orders cost, in the smallest coin: what goes now, what comes later, and what all would
    cost in one parcel each; of `unpriced` orders some parcel finds no rate, they are not in it."""

    now: int
    later: int
    whole: int
    unpriced: int

    @property
    def extra(self) -> int:
        """Return what going in two costs more."""
        return self.now + self.later - self.whole


@dataclass(frozen=True)
class SplitCost:
    """What sending some SKUs later costs more: so many orders go in two parcels; cartons and handling of the second
    ones, and postage, which is None when the site has no tables, in the smallest coin. `whole` orders hold nothing
    else, or none of it.
    """

    orders: int
    whole: int
    units: int
    cartons: int
    handling: int
    unboxed: int
    currency: str
    postage: Postage | None = None

    @property
    def total(self) -> int:
        """Return all of it that is known."""
        return self.cartons + self.handling + (self.postage.extra if self.postage else 0)

    @property
    def each(self) -> int:
        """Return it for one order."""
        return self.total // self.orders if self.orders else 0


def tariff(settings: Settings) -> Tariff | None:
    """Return what parcels cost by the site's tables, read once; None when it has none. Raises FormatError."""
    folder = settings.shipping.rates
    return read_once(folder, settings.site.currency) if folder else None


@lru_cache(maxsize=2)
def read_once(folder: str, currency: str) -> Tariff:
    """Return the tables of a folder."""
    return read_rates(Path(folder), currency)


def splittable(contents: Sequence[Content], later: Collection[int]) -> dict[int, dict[int, int]]:
    """Return order -> item -> units that come later, of orders that hold both these items and others."""
    found = {each.order_id: {item: qty for item, qty in each.units if item in later} for each in contents}
    sizes = {each.order_id: len(each.units) for each in contents}
    return {order_id: units for order_id, units in found.items() if 0 < len(units) < sizes[order_id]}


def cost(tx: Tx, settings: Settings, ids: Select[Any], later: Collection[int]) -> SplitCost:
    """Return what it costs when these items come later, each second parcel in the cheapest carton that may take it."""
    contents = coverage.contents(tx, ids)
    wanted, packer = splittable(contents, later), Packer(tx)
    alike = Counter(tuple(sorted(units.items())) for units in wanted.values())
    known = tariff(settings)
    return SplitCost(
        len(wanted),
        len(contents) - len(wanted),
        sum(sum(units.values()) for units in wanted.values()),
        sum(box.cost * number for content, number in alike.items() if (box := packer.box(content))),
        len(wanted) * settings.release.parcel_handling,
        sum(number for content, number in alike.items() if packer.box(content) is None),
        settings.site.currency,
        postage(tx, known, packer, [each for each in contents if each.order_id in wanted], wanted) if known else None,
    )


class Packer:
    """Which carton a content goes into, and what the parcel weighs then; each content is looked at once."""

    def __init__(self, tx: Tx) -> None:
        self.items = {row.id: row for row in tx.all(select(items))}
        self.boxes = tx.all(select(cartons).order_by(cartons.c.cost, cartons.c.id))
        self.known: dict[Units, Any] = {}

    def box(self, content: Units) -> Any:
        """Return the cheapest carton that may take a content, or None."""
        if content not in self.known:
            self.known[content] = cheapest(self.boxes, [(self.items[item], qty) for item, qty in content])
        return self.known[content]

    def parcel(self, content: Units) -> tuple[int, tuple[int, int, int]]:
        """Return weight and sides of a parcel: its goods in a carton, or alone when none takes them."""
        goods, box = sum(self.items[item].weight_g * qty for item, qty in content), self.box(content)
        return (goods + box.tare_g, (box.length_mm, box.width_mm, box.height_mm)) if box else (goods, gates.NO_SIDES)


def postage(
    tx: Tx, known: Tariff, packer: Packer, contents: Sequence[Content], later: Mapping[int, Mapping[int, int]]
) -> Postage:
    """Return the cheapest postage of orders in two parcels and in one."""
    codes, sums, unpriced = gates.postcodes(tx, [each.order_id for each in contents]), Counter[int](), 0
    asked: dict[Sent, int | None] = {}
    for each in contents:
        rest = later[each.order_id]
        now = tuple((item, qty) for item, qty in each.units if item not in rest)
        parcels = (
            Sent(*packer.parcel(tuple(sorted(part))), each.country, codes[each.order_id])
            for part in (now, rest.items(), each.units)
        )
        prices = [price(known, parcel, asked, tx.now.date()) for parcel in parcels]
        if None in prices:
            unpriced += 1
        else:
            sums.update({place: paid or 0 for place, paid in enumerate(prices)})
    return Postage(sums[0], sums[1], sums[2], unpriced)


def price(known: Tariff, parcel: Sent, asked: dict[Sent, int | None], day: date) -> int | None:
    """Return the cheapest price of a parcel in the smallest coin, or None; the same parcel is asked for once."""
    if parcel not in asked:
        quotes = known.quotes(parcel, day)
        asked[parcel] = int(quotes[0].total * 100) if quotes else None
    return asked[parcel]


def cheapest(boxes: Sequence[Any], content: Sequence[tuple[Any, int]]) -> Any:
    """Return the cheapest carton with room for a content by volume, weight and longest side, or None."""
    room = sum(item.length_mm * item.width_mm * item.height_mm * qty for item, qty in content)
    weight = sum(item.weight_g * qty for item, qty in content)
    longest = max((max(item.length_mm, item.width_mm, item.height_mm) for item, _ in content), default=0)
    for box in boxes:
        sides = (box.length_mm, box.width_mm, box.height_mm)
        space = box.length_mm * box.width_mm * box.height_mm * FILL
        if space >= room and max(sides) >= longest and box.max_g >= weight:
            return box
    return None


def items_named(tx: Tx, skus: Collection[str]) -> dict[str, int]:
    """Return SKU -> item."""
    return {row.sku: row.id for row in tx.all(select(items.c.sku, items.c.id).where(items.c.sku.in_(list(skus))))}
