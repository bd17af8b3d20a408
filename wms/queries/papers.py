"""What goods papers say: what stands on a licence plate, and what a parcel declares to customs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from wms.db import Tx, table_of
from wms.models.items import Code, Item
from wms.models.labels import Sscc
from wms.models.orders import Order
from wms.models.places import Location
from wms.models.shipping import Carrier, Parcel, ParcelLine
from wms.models.stock import Lot, Lpn, Stock

PLACES_MAX = 480  # twenty sheets at once
item, parcel, line, lot, lpn, stock, sscc = map(table_of, (Item, Parcel, ParcelLine, Lot, Lpn, Stock, Sscc))
place, carrier, order, code = table_of(Location), table_of(Carrier), table_of(Order), table_of(Code)


def plates(tx: Tx, codes: list[str]) -> list[Row[Any]]:
    """Return licence plates by code, with the SSCC that each already has and the parcel that it is."""
    joined = lpn.outerjoin(sscc, sscc.c.lpn_id == lpn.c.id).outerjoin(parcel, parcel.c.lpn_id == lpn.c.id)
    columns = (lpn.c.id, lpn.c.code, lpn.c.kind, sscc.c.code.label("sscc"), parcel.c.id.label("parcel_id"))
    kinds = lpn.c.kind.in_(("carton", "pallet", "parcel"))
    return tx.all(select(*columns).select_from(joined).where(lpn.c.code.in_(codes), kinds))


def on_plate(tx: Tx, lpn_id: int) -> list[Row[Any]]:
    """Return what stands on a plate: item and lot with its units."""
    joined = stock.join(item, item.c.id == stock.c.item_id).join(lot, lot.c.id == stock.c.lot_id)
    columns = (item.c.sku, item.c.name, item.c.barcode, lot.c.code.label("lot"), lot.c.expiry)
    found = select(*columns, func.sum(stock.c.qty).label("qty")).select_from(joined)
    found = found.where(stock.c.lpn_id == lpn_id, stock.c.qty > 0).group_by(*columns)
    return tx.all(found.order_by(item.c.sku, lot.c.code))


def parcels(tx: Tx, codes: list[str]) -> list[Row[Any]]:
    """Return parcels by code that are not void."""
    return tx.all(select(parcel).where(parcel.c.code.in_(codes), parcel.c.state != "void"))


def parcel_by_id(tx: Tx, parcel_id: int) -> Row[Any] | None:
    """Return a parcel that is not void, None without one."""
    return tx.one(select(parcel).where(parcel.c.id == parcel_id, parcel.c.state != "void"))


def declared(tx: Tx, parcel_id: int) -> list[Row[Any]]:
    """Return what is in a parcel, one row an item, with what customs ask of it."""
    asked = ("sku", "name", "hs_code", "origin", "weight_g", "value", "currency", "hazard")
    columns = [item.c[name] for name in asked]
    found = select(*columns, func.sum(line.c.qty).label("qty")).select_from(
        line.join(item, item.c.id == line.c.item_id)
    )
    found = found.where(line.c.parcel_id == parcel_id, line.c.qty > 0).group_by(item.c.id, *columns)
    return tx.all(found.order_by(item.c.sku))


def carrier_of(tx: Tx, parcel_id: int) -> str:
    """Return the code of a parcel's carrier, "" without one."""
    joined = parcel.join(carrier, carrier.c.id == parcel.c.carrier_id)
    return str(tx.value(select(carrier.c.code).select_from(joined).where(parcel.c.id == parcel_id)) or "")


def raw_of(tx: Tx, parcel_id: int) -> str:
    """Return the facts of a parcel's order as JSON."""
    joined = parcel.join(order, order.c.id == parcel.c.order_id)
    return str(tx.value(select(order.c.raw).select_from(joined).where(parcel.c.id == parcel_id)) or "{}")


def codes_of(tx: Tx, parcel_id: int) -> list[str]:
    """Return every code that names a parcel."""
    found = select(code.c.code).where(code.c.kind == "parcel", code.c.ref == parcel_id)
    return [row.code for row in tx.all(found.order_by(code.c.code))]


def last_code(tx: Tx, first: str, last: str) -> str | None:
    """Return the greatest code of a parcel from `first` to `last` that is as long and ends in the same country."""
    between = (
        code.c.code.between(first, last),
        func.length(code.c.code) == len(first),
        code.c.code.endswith(first[-2:]),
    )
    found = tx.value(select(func.max(code.c.code)).where(*between))
    return str(found) if found else None


def aisles(tx: Tx) -> list[Row[Any]]:
    """Return every zone and aisle in use, with how many places it has; docks, carts and the like have neither."""
    columns = (place.c.zone, place.c.aisle)
    found = select(*columns, func.count().label("places")).where(place.c.active, place.c.kind != "outside")
    return tx.all(found.group_by(*columns).order_by(*columns))


def places_in(tx: Tx, zone: str, aisle: str, names: list[str]) -> list[Row[Any]]:
    """Return the places of an aisle, or those named, in walking order."""
    which = place.c.name.in_(names) if names else (place.c.zone == zone) & (place.c.aisle == aisle)
    found = select(place.c.code, place.c.name).where(which, place.c.active, place.c.kind != "outside")
    return tx.all(found.order_by(place.c.bay, place.c.level, place.c.name).limit(PLACES_MAX))
