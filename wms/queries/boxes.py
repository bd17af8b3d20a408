"""Reads of the box in hand: its order's lines, where their units lie, what is verified, what its label needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, or_, select, union_all

from wms.db import Tx, table_of
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderLine, Recipient
from wms.models.outbound import ListOrder
from wms.models.shipping import Carrier, CartonType, Parcel, ParcelLine
from wms.models.stock import AVAILABLE, LOOSE, Lot, Lpn, Stock, StockMove

order, line, recipient, hold = table_of(Order), table_of(OrderLine), table_of(Recipient), table_of(Hold)
parcel, parcel_line, carton_type, carrier = map(table_of, (Parcel, ParcelLine, CartonType, Carrier))
part = order.alias("part")
item, stock, lot, lpn, move = table_of(Item), table_of(Stock), table_of(Lot), table_of(Lpn), table_of(StockMove)


@dataclass(frozen=True)
class Source:
    """Units of an item in a tote."""

    location_id: int
    lpn_id: int
    lot_id: int
    lot: str
    qty: int


@dataclass(frozen=True)
class Need:
    """A line of the order: `picked` units are wanted, `packed` verified so far, `boxed` of these in this box."""

    line_id: int
    item_id: int
    sku: str
    name: str
    barcode: str
    colour: str
    weight_g: int
    sides_mm: tuple[int, int, int]
    lot_tracked: bool
    serial_tracked: bool
    qty: int
    picked: int
    packed: int
    boxed: int
    fragile: bool = False
    upright: bool = False
    soft: bool = False
    sources: tuple[Source, ...] = ()

    @property
    def left(self) -> int:
        """Return how many units are still to be verified."""
        return self.picked - self.packed


@dataclass(frozen=True)
class Box:
    """The parcel in hand and all that its screens show of the order.

    `turns`: the items of its units in the order in which they are packed; empty when nobody planned that.
    """

    parcel_id: int
    code: str
    lpn_id: int
    state: str
    place_id: int
    order_id: int
    number: str
    order_code: str
    country: str
    person: str
    carton_id: int | None
    carton: str
    carton_mm: tuple[int, int, int]
    tare_g: int
    weight_g: int
    hold: str | None
    needs: tuple[Need, ...]
    turns: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Return how many units of the order are still to be verified."""
        return sum(need.left for need in self.needs)

    @property
    def verified(self) -> int:
        """Return how many units of the order are verified, in this box or another."""
        return sum(need.packed for need in self.needs)

    @property
    def wanted(self) -> int:
        """Return how many units go to this backer."""
        return sum(need.picked for need in self.needs)

    @property
    def boxed(self) -> int:
        """Return how many units lie in this box."""
        return sum(need.boxed for need in self.needs)

    @property
    def next(self) -> Need | None:
        """Return the line to verify next: of the unit to pack next, else one that is begun, else the first."""
        open_ones = [need for need in self.needs if need.left > 0]
        inside, waiting = {need.sku: need.boxed for need in self.needs}, {need.sku: need for need in open_ones}
        for sku in self.turns:
            if inside[sku] <= 0 and sku in waiting:
                return waiting[sku]
            inside[sku] -= 1
        return next((need for need in open_ones if need.packed), open_ones[0] if open_ones else None)

    def need_of(self, item_id: int) -> Need | None:
        """Return the line of an item, None when the order has none."""
        return next((need for need in self.needs if need.item_id == item_id), None)

    def after(self, changed: Need, qty: int) -> Box:
        """Return the box with `qty` more units of a line verified into it."""
        grown = replace(changed, packed=changed.packed + qty, boxed=changed.boxed + qty)
        return replace(self, needs=tuple(grown if each.line_id == changed.line_id else each for each in self.needs))


def hold_on(order_id: Any) -> Any:
    """Return the code of the oldest open hold of an order, or of the whole that it is a part of, as a subquery."""
    return select(hold.c.code).where(open_on(order_id)).order_by(hold.c.id).limit(1).scalar_subquery()


def is_held(order_id: Any) -> Any:
    """Return the condition that an order has an open hold, or the whole that it is a part of."""
    return exists().where(open_on(order_id))


def open_on(order_id: Any) -> Any:
    """Return the condition that a hold is open and concerns an order."""
    of_whole = select(part.c.parent_id).where(part.c.id == order_id).correlate_except(part).scalar_subquery()
    return and_(hold.c.cleared_at.is_(None), or_(hold.c.order_id == order_id, hold.c.order_id == of_whole))


# Units for an order lie in its slot of the put-wall, in its own totes, or in totes that the orders of a list share.
tote, list_order = lpn.alias("tote"), table_of(ListOrder)
lying = (
    select(stock.c.item_id, stock.c.location_id, stock.c.lpn_id, stock.c.lot_id, stock.c.qty)
    .add_columns(lot.c.code.label("lot"))
    .where(stock.c.qty > 0, stock.c.condition == AVAILABLE)
)
with_lot = stock.join(lot, lot.c.id == stock.c.lot_id)
in_totes = union_all(
    lying.add_columns(tote.c.order_id)
    .select_from(with_lot.join(tote, tote.c.id == stock.c.lpn_id))
    .where(tote.c.kind == "tote", tote.c.list_id == bindparam("list")),
    lying.add_columns(list_order.c.order_id)
    .select_from(with_lot.join(list_order, list_order.c.place_id == stock.c.location_id))
    .where(list_order.c.list_id == bindparam("list"), stock.c.lpn_id == LOOSE),
).subquery("in_totes")
boxed = (
    select(func.coalesce(func.sum(parcel_line.c.qty), 0))
    .where(parcel_line.c.parcel_id == parcel.c.id, parcel_line.c.order_line_id == line.c.id)
    .scalar_subquery()
)
SOURCE = ("location_id", "lpn_id", "lot_id", "lot", "qty")
BOX = {
    "parcel_id": parcel.c.id,
    "code": parcel.c.code,
    "lpn_id": parcel.c.lpn_id,
    "state": parcel.c.state,
    "place_id": lpn.c.location_id,
    "order_id": order.c.id,
    "number": order.c.number,
    "order_code": order.c.code,
    "country": order.c.country,
    "person": recipient.c.name,
    "carton_id": parcel.c.carton_id,
    "carton": func.coalesce(carton_type.c.name, ""),
    "tare_g": func.coalesce(carton_type.c.tare_g, 0),
    "weight_g": parcel.c.weight_g,
    "hold": hold_on(order.c.id),
}
NEED = {
    "line_id": line.c.id,
    "item_id": item.c.id,
    "sku": item.c.sku,
    "name": item.c.name,
    "barcode": item.c.barcode,
    "colour": item.c.colour,
    "weight_g": item.c.weight_g,
    "lot_tracked": item.c.lot_tracked,
    "serial_tracked": item.c.serial_tracked,
    "qty": line.c.qty,
    "picked": line.c.picked,
    "packed": line.c.packed,
    "boxed": boxed,
    "fragile": item.c.fragile,
    "upright": item.c.upright,
    "soft": item.c.soft,
}
read_box = (
    select(*(column.label(f"box_{name}") for name, column in BOX.items()))
    .add_columns(*(column.label(f"need_{name}") for name, column in NEED.items()))
    .add_columns(item.c.length_mm, item.c.width_mm, item.c.height_mm)
    .add_columns(*(carton_type.c[f"{side}_mm"].label(f"carton_{side}") for side in ("length", "width", "height")))
    .add_columns(*(in_totes.c[name].label(f"from_{name}") for name in SOURCE))
    .select_from(
        parcel.join(lpn, lpn.c.id == parcel.c.lpn_id)
        .join(order, order.c.id == parcel.c.order_id)
        .join(recipient, recipient.c.id == order.c.recipient_id)
        .join(line, line.c.order_id == order.c.id)
        .join(item, item.c.id == line.c.item_id)
        .outerjoin(carton_type, carton_type.c.id == parcel.c.carton_id)
        .outerjoin(
            in_totes,
            and_(
                in_totes.c.item_id == line.c.item_id,
                or_(in_totes.c.order_id == order.c.id, in_totes.c.order_id.is_(None)),
            ),
        )
    )
    .where(parcel.c.id == bindparam("parcel"))
    .order_by(line.c.id, in_totes.c.lpn_id, in_totes.c.lot_id)
)


def box(tx: Tx, parcel_id: int, list_id: int) -> Box:
    """Return the parcel in hand with its order's lines and where their units lie (one statement)."""
    rows = tx.all(read_box, parcel=parcel_id, list=list_id)
    needs: dict[int, Need] = {}
    for row in rows:
        facts = row._mapping
        known = needs.get(row.need_line_id) or need_of(row)
        if row.from_qty:
            source = Source(*(facts[f"from_{name}"] for name in SOURCE))
            known = replace(known, sources=(*known.sources, source))
        needs[row.need_line_id] = known
    first = rows[0]
    carton_mm = (first.carton_length or 0, first.carton_width or 0, first.carton_height or 0)
    header = {name: first._mapping[f"box_{name}"] for name in BOX}
    return Box(**header, carton_mm=carton_mm, needs=tuple(needs.values()))


def need_of(row: Row[Any]) -> Need:
    """Return the line in a row of `read_box`."""
    values = {name: row._mapping[f"need_{name}"] for name in NEED}
    values |= {"boxed": int(row.need_boxed), "sides_mm": (row.length_mm, row.width_mm, row.height_mm)}
    return Need(**values)


# -- the box on its way out ------------------------------------------------------------------------------------------


def cartons(tx: Tx) -> list[Row[Any]]:
    """Return the types of carton, the smallest first."""
    volume = carton_type.c.length_mm * carton_type.c.width_mm * carton_type.c.height_mm
    return tx.all(select(carton_type).order_by(volume, carton_type.c.id))


def carrier_for(tx: Tx, country: str) -> Row[Any] | None:
    """Return the carrier for a country: one that lists it before one that goes everywhere; None when there is none."""
    return goes_to(carriers(tx), country)


def carriers(tx: Tx) -> list[Row[Any]]:
    """Return all carriers."""
    return tx.all(select(carrier).order_by(carrier.c.id))


def goes_to(rows: Sequence[Row[Any]], country: str) -> Row[Any] | None:
    """Return which of these carriers goes to a country, as `carrier_for` chooses."""
    lists = {row.id: {part.strip().upper() for part in row.countries.split(",")} for row in rows}
    return next((row for code in (country.upper(), "*") for row in rows if code in lists[row.id]), None)


def address_of(tx: Tx, parcel_id: int) -> Row[Any] | None:
    """Return what the parcel's label needs: the recipient's row, order number, country and carrier."""
    joined = parcel.join(order, order.c.id == parcel.c.order_id).join(recipient, recipient.c.id == order.c.recipient_id)
    statement = (
        select(recipient, order.c.number, order.c.code.label("order_code"), order.c.country.label("to_country"))
        .add_columns(carrier.c.name.label("carrier"), carrier.c.code.label("service"))
        .select_from(joined.outerjoin(carrier, carrier.c.id == parcel.c.carrier_id))
        .where(parcel.c.id == parcel_id)
    )
    return tx.one(statement)


def verifications(tx: Tx, parcel_code: str) -> list[Row[Any]]:
    """Return the moves into and out of a parcel while it was packed, in their order."""
    packing = (move.c.document == parcel_code, move.c.reason.in_(("pack", "unpack")))
    return tx.all(select(move).where(*packing).order_by(move.c.id))
