"""What anything is, where it stands, how many there are, and what happened to it: for lookups and office pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, cast, func, or_, select

from wms.db import Tx, table_of
from wms.models.inbound import Receipt, ReceiptCarton
from wms.models.items import Item, Owner, Packaging
from wms.models.orders import Order
from wms.models.outbound import PickList
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.shipping import Carrier, CartonType, Manifest, Parcel
from wms.models.stock import Lot, Lpn, Stock, StockMove

stock, items, owners, locations = table_of(Stock), table_of(Item), table_of(Owner), table_of(Location)
lots, lpns, moves, operators = table_of(Lot), table_of(Lpn), table_of(StockMove), table_of(Operator)
parcels, packagings, cartons, receipts = (
    table_of(Parcel),
    table_of(Packaging),
    table_of(ReceiptCarton),
    table_of(Receipt),
)
source, target = locations.alias("source"), locations.alias("target")
from_lpn, to_lpn = lpns.alias("from_lpn"), lpns.alias("to_lpn")
PAGE = 50
TIMELINE = 50

standing = (
    select(
        stock.c.id,
        stock.c.qty,
        stock.c.allocated,
        stock.c.condition,
        stock.c.location_id,
        stock.c.lpn_id,
        stock.c.item_id,
        items.c.sku,
        items.c.name.label("item_name"),
        items.c.colour,
        owners.c.code.label("owner"),
        locations.c.name.label("place"),
        locations.c.code.label("place_code"),
        locations.c.kind.label("place_kind"),
        lpns.c.code.label("lpn"),
        lpns.c.kind.label("lpn_kind"),
        lots.c.code.label("lot"),
        lots.c.expiry,
    )
    .select_from(
        stock.join(items, items.c.id == stock.c.item_id)
        .join(owners, owners.c.id == items.c.owner_id)
        .join(locations, locations.c.id == stock.c.location_id)
        .join(lpns, lpns.c.id == stock.c.lpn_id)
        .join(lots, lots.c.id == stock.c.lot_id)
    )
    .where(stock.c.qty > 0)
)
history = (
    select(
        moves.c.id,
        moves.c.at,
        moves.c.qty,
        moves.c.condition,
        moves.c.to_condition,
        moves.c.reason,
        moves.c.document,
        items.c.sku,
        lots.c.code.label("lot"),
        source.c.name.label("source"),
        target.c.name.label("target"),
        from_lpn.c.code.label("from_lpn"),
        to_lpn.c.code.label("to_lpn"),
        operators.c.name.label("operator"),
    )
    .select_from(
        moves.join(items, items.c.id == moves.c.item_id)
        .join(lots, lots.c.id == moves.c.lot_id)
        .join(source, source.c.id == moves.c.from_location_id)
        .join(target, target.c.id == moves.c.to_location_id)
        .join(from_lpn, from_lpn.c.id == moves.c.from_lpn_id)
        .join(to_lpn, to_lpn.c.id == moves.c.to_lpn_id)
        .outerjoin(operators, operators.c.id == moves.c.operator_id)
    )
    .order_by(moves.c.id.desc())
)


@dataclass(frozen=True)
class Filters:
    """What the stock list shows: `text` in SKU, item name, place, plate or lot; the others exactly, "" = all."""

    text: str = ""
    condition: str = ""
    place_kind: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Page:
    """One page of rows (numbered from 1) and how many rows there are in all."""

    rows: list[Row[Any]]
    total: int
    number: int
    size: int = PAGE


def of(kind: str, ref: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return what restricts balances and movements to an item, a location or a plate."""
    if kind == "item":
        return stock.c.item_id == ref, moves.c.item_id == ref
    if kind == "location":
        return stock.c.location_id == ref, or_(moves.c.from_location_id == ref, moves.c.to_location_id == ref)
    return stock.c.lpn_id == ref, or_(moves.c.from_lpn_id == ref, moves.c.to_lpn_id == ref)


def stands(tx: Tx, kind: str, ref: int) -> list[Row[Any]]:
    """Return the balances of an item, a location or a plate, by place and item."""
    return tx.all(standing.where(of(kind, ref)[0]).order_by(locations.c.name, items.c.sku, stock.c.id))


def timeline(tx: Tx, kind: str, ref: int, most: int = TIMELINE) -> list[Row[Any]]:
    """Return the latest movements of an item, a location or a plate, the newest first."""
    return tx.all(history.where(of(kind, ref)[1]).limit(most))


# -- what a code names ------------------------------------------------------------------------------------------------

orders, lists, carriers = table_of(Order), table_of(PickList), table_of(Carrier)
manifests, carton_types = table_of(Manifest), table_of(CartonType)


def text(column: Any, words: str) -> Any:
    """Return "`words` column" as one SQL text."""
    return words + cast(column, String)


THINGS: Mapping[str, Select[Any]] = {
    "item": select(items.c.sku.label("name"), items.c.name.label("detail"), items.c.id),
    "location": select(locations.c.name, locations.c.kind.label("detail"), locations.c.id),
    "lpn": select(lpns.c.code.label("name"), locations.c.name.label("detail"), lpns.c.id).select_from(
        lpns.outerjoin(locations, locations.c.id == lpns.c.location_id)
    ),
    "parcel": select(lpns.c.code.label("name"), parcels.c.state.label("detail"), lpns.c.id).select_from(
        lpns.outerjoin(parcels, parcels.c.lpn_id == lpns.c.id)
    ),
    "order": select(orders.c.number.label("name"), orders.c.state.label("detail"), orders.c.id),
    "list": select(text(lists.c.id, "list ").label("name"), lists.c.state.label("detail"), lists.c.id),
    "receipt": select(receipts.c.number.label("name"), receipts.c.state.label("detail"), receipts.c.id),
    "manifest": select(carriers.c.name, manifests.c.state.label("detail"), manifests.c.id).select_from(
        manifests.join(carriers, carriers.c.id == manifests.c.carrier_id)
    ),
    "carton": select(carton_types.c.name, text(carton_types.c.max_g, "up to g ").label("detail"), carton_types.c.id),
    "badge": select(operators.c.name, operators.c.roles.label("detail"), operators.c.id),
}
IDS = {
    "item": items.c.id,
    "location": locations.c.id,
    "order": orders.c.id,
    "list": lists.c.id,
    "receipt": receipts.c.id,
    "manifest": manifests.c.id,
    "carton": carton_types.c.id,
    "badge": operators.c.id,
}
STOCKED = {"item": "item", "location": "location", "lpn": "lpn", "tote": "lpn", "parcel": "lpn"}


def thing(tx: Tx, kind: str, ref: int) -> Row[Any] | None:
    """Return how people call what a code names, and one detail of it (its kind, place or state): name, detail, id."""
    known = "lpn" if kind == "tote" else kind
    return tx.one(THINGS[known].where(IDS.get(known, lpns.c.id) == ref))


# -- office pages -----------------------------------------------------------------------------------------------------


def stock_list(tx: Tx, filters: Filters, page: int = 1) -> Page:
    """Return one page of all balances, by item and place."""
    found = standing.where(*conditions(filters))
    count = int(tx.value(select(func.count()).select_from(found.subquery())))
    rows = found.order_by(items.c.sku, locations.c.name, stock.c.id).limit(PAGE).offset((max(page, 1) - 1) * PAGE)
    return Page(tx.all(rows), count, max(page, 1))


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the filters as SQL."""
    exact = {stock.c.condition: filters.condition, locations.c.kind: filters.place_kind, owners.c.code: filters.owner}
    found: list[ColumnElement[bool]] = [column == value for column, value in exact.items() if value]
    if filters.text:
        searched = (items.c.sku, items.c.name, locations.c.name, lpns.c.code, lots.c.code)
        found.append(or_(*(column.icontains(filters.text, autoescape=True) for column in searched)))
    return found


def item_page(tx: Tx, item_id: int) -> dict[str, Any] | None:
    """Return an item's page: {"item", "packagings", "stock", "totals", "timeline"}; None when there is no such item."""
    joined = items.join(owners, owners.c.id == items.c.owner_id)
    item = tx.one(select(items, owners.c.name.label("owner")).select_from(joined).where(items.c.id == item_id))
    if item is None:
        return None
    cases = tx.all(select(packagings).where(packagings.c.item_id == item_id).order_by(packagings.c.qty))
    rows = stands(tx, "item", item_id)
    page = {"item": item, "packagings": cases, "stock": rows, "totals": totals(rows)}
    return page | {"timeline": timeline(tx, "item", item_id)}


def totals(rows: list[Row[Any]]) -> dict[str, int]:
    """Return units per condition, and how many of the available ones are reserved and free."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.condition] = found.get(row.condition, 0) + row.qty
    reserved = sum(row.allocated for row in rows)
    return found | {"reserved": reserved, "free": found.get("available", 0) - reserved}


def bin_page(tx: Tx, location_id: int) -> dict[str, Any] | None:
    """Return a place's page: {"place", "stock", "timeline"}; None when there is no such place."""
    found = tx.one(select(locations).where(locations.c.id == location_id))
    if found is None:
        return None
    rows = stands(tx, "location", location_id)
    return {"place": found, "stock": rows, "timeline": timeline(tx, "location", location_id)}


def lpn_page(tx: Tx, lpn_id: int) -> dict[str, Any] | None:
    """Return a plate's page: {"lpn", "stock", "timeline"}; the plate has its place, receipt and carton number."""
    joined = (
        lpns.outerjoin(locations, locations.c.id == lpns.c.location_id)
        .outerjoin(cartons, cartons.c.lpn_id == lpns.c.id)
        .outerjoin(receipts, receipts.c.id == lpns.c.receipt_id)
    )
    facts = (locations.c.name.label("place"), cartons.c.number.label("carton"), receipts.c.number.label("receipt"))
    found = tx.one(select(lpns, *facts).select_from(joined).where(lpns.c.id == lpn_id))
    if found is None:
        return None
    return {"lpn": found, "stock": stands(tx, "lpn", lpn_id), "timeline": timeline(tx, "lpn", lpn_id)}
