"""What lies where: items, balances, places, licence plates and their moves, as lists and as one page each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, and_, case, cast, func, or_, select

from wms.db import Tx, table_of
from wms.models.counting import Count
from wms.models.inbound import Receipt
from wms.models.items import Item, KitLine, Owner, Packaging
from wms.models.orders import Order
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.shipping import Parcel
from wms.models.stock import AVAILABLE, LOOSE, Lot, Lpn, Stock, StockMove
from wms.queries.listing import FIRST, Cut, Listing, like, ordered, page_of

items, owners, packagings, kit_lines = table_of(Item), table_of(Owner), table_of(Packaging), table_of(KitLine)
stock, lots, lpns, moves = table_of(Stock), table_of(Lot), table_of(Lpn), table_of(StockMove)
places, operators, counts = table_of(Location), table_of(Operator), table_of(Count)
orders, parcels, receipts = table_of(Order), table_of(Parcel), table_of(Receipt)
source, target = places.alias("source"), places.alias("target")
source_lpn, target_lpn = lpns.alias("source_lpn"), lpns.alias("target_lpn")
SHOWN = 100  # lines of a page's own tables; the whole ledger is a list of its own
SELLABLE = ("bin", "reserve")


def total(column: Any, name: str) -> Any:
    """Return a sum that is 0 when there is nothing to add."""
    return cast(func.coalesce(func.sum(column), 0), Integer).label(name)


# -- items ------------------------------------------------------------------------------------------------------------

sellable = and_(stock.c.condition == AVAILABLE, places.c.kind.in_(SELLABLE))
all_items = (
    select(
        *(items.c[name] for name in ("id", "sku", "name", "barcode", "colour", "is_kit", "weight_g")),
        owners.c.code.label("owner"),
        total(stock.c.qty, "on_hand"),
        total(stock.c.allocated, "allocated"),
        total(case((sellable, stock.c.qty - stock.c.allocated), else_=0), "free"),
        total(case((stock.c.condition != AVAILABLE, stock.c.qty), else_=0), "blocked"),
    )
    .select_from(
        items.join(owners, owners.c.id == items.c.owner_id)
        .outerjoin(stock, and_(stock.c.item_id == items.c.id, stock.c.qty > 0))
        .outerjoin(places, places.c.id == stock.c.location_id)
    )
    .group_by(items.c.id, owners.c.code)
)
ITEM_SORTS: dict[str, Any] = {"sku": items.c.sku, "name": items.c.name, "id": items.c.id}


def item_list(tx: Tx, text: str = "", cut: Cut = FIRST) -> Listing:
    """Return items with what there is of each: on_hand, allocated, free to sell, blocked by its condition."""
    found = (
        all_items.where(or_(like(items.c.sku, text), like(items.c.name, text), items.c.barcode == text))
        if text
        else all_items
    )
    return page_of(tx, ordered(found, ITEM_SORTS, cut.sort), cut)


@dataclass(frozen=True)
class ItemPage:
    """One item: its figures, balances, last moves, cases and parts (of a kit)."""

    item: Any
    stock: list[Any]
    moves: list[Any]
    cases: list[Any]
    parts: list[Any]


def item_page(tx: Tx, sku: str) -> ItemPage | None:
    """Return one item by its SKU (five statements), or None."""
    item = tx.one(
        select(items, owners.c.code.label("owner"))
        .join(owners, owners.c.id == items.c.owner_id)
        .where(items.c.sku == sku)
    )
    if item is None:
        return None
    parts = select(items.c.sku, items.c.name, kit_lines.c.qty).join(kit_lines, kit_lines.c.item_id == items.c.id)
    return ItemPage(
        item,
        tx.all(balances.where(stock.c.item_id == item.id).order_by(places.c.name, lpns.c.code)),
        tx.all(newest(all_moves.where(moves.c.item_id == item.id))),
        tx.all(select(packagings).where(packagings.c.item_id == item.id).order_by(packagings.c.qty)),
        tx.all(parts.where(kit_lines.c.kit_id == item.id).order_by(items.c.sku)),
    )


# -- balances ---------------------------------------------------------------------------------------------------------

balances = (
    select(
        *(
            stock.c.id,
            stock.c.condition,
            stock.c.qty,
            stock.c.allocated,
            (stock.c.qty - stock.c.allocated).label("free"),
        ),
        *(items.c.sku, items.c.name, items.c.colour, places.c.name.label("location"), places.c.kind),
        case((lpns.c.id == LOOSE, None), else_=lpns.c.code).label("lpn"),
        case((lots.c.id == 0, None), else_=lots.c.code).label("lot"),
        lots.c.expiry,
    )
    .select_from(
        stock.join(items, items.c.id == stock.c.item_id)
        .join(places, places.c.id == stock.c.location_id)
        .join(lpns, lpns.c.id == stock.c.lpn_id)
        .join(lots, lots.c.id == stock.c.lot_id)
    )
    .where(stock.c.qty > 0)
)
STOCK_SORTS: dict[str, Any] = {
    "location": places.c.name,
    "sku": items.c.sku,
    "id": stock.c.id,
    "qty": stock.c.qty,
    "expiry": lots.c.expiry,
}


@dataclass(frozen=True)
class StockFilters:
    """Which balances to show; an empty text does not filter. `sku` and `location` are exact, `text` is a part."""

    sku: str = ""
    location: str = ""
    condition: str = ""
    lpn: str = ""
    text: str = ""


def stock_list(tx: Tx, filters: StockFilters, cut: Cut = FIRST) -> Listing:
    """Return balances: item, place, plate, lot, condition, qty, allocated, free."""
    found = balances
    for column, value in (
        (items.c.sku, filters.sku),
        (places.c.name, filters.location),
        (stock.c.condition, filters.condition),
        (lpns.c.code, filters.lpn),
    ):
        found = found.where(column == value) if value else found
    if filters.text:
        found = found.where(
            or_(like(items.c.sku, filters.text), like(items.c.name, filters.text), like(places.c.name, filters.text))
        )
    return page_of(tx, ordered(found, STOCK_SORTS, cut.sort), cut)


def condition_counts(tx: Tx) -> dict[str, int]:
    """Return how many balances there are in each condition."""
    found = select(stock.c.condition, func.count().label("number")).where(stock.c.qty > 0).group_by(stock.c.condition)
    return {row.condition: int(row.number) for row in tx.all(found)}


# -- moves ------------------------------------------------------------------------------------------------------------

all_moves = select(
    *(moves.c[name] for name in ("id", "at", "qty", "condition", "to_condition", "reason", "document", "scan_id")),
    *(items.c.sku, operators.c.name.label("operator"), lots.c.code.label("lot")),
    *(source.c.name.label("from_location"), target.c.name.label("to_location")),
    case((source_lpn.c.id == LOOSE, None), else_=source_lpn.c.code).label("from_lpn"),
    case((target_lpn.c.id == LOOSE, None), else_=target_lpn.c.code).label("to_lpn"),
).select_from(
    moves.join(items, items.c.id == moves.c.item_id)
    .join(lots, lots.c.id == moves.c.lot_id)
    .join(source, source.c.id == moves.c.from_location_id)
    .join(target, target.c.id == moves.c.to_location_id)
    .join(source_lpn, source_lpn.c.id == moves.c.from_lpn_id)
    .join(target_lpn, target_lpn.c.id == moves.c.to_lpn_id)
    .outerjoin(operators, operators.c.id == moves.c.operator_id)
)


def newest(statement: Select[Any]) -> Select[Any]:
    """Return the last moves of a statement, the newest first."""
    return statement.order_by(moves.c.id.desc()).limit(SHOWN)


@dataclass(frozen=True)
class MoveFilters:
    """Which moves to show; an empty text does not filter. A place or plate counts at either end."""

    sku: str = ""
    location: str = ""
    lpn: str = ""
    reason: str = ""
    document: str = ""


def move_list(tx: Tx, filters: MoveFilters, cut: Cut = FIRST) -> Listing:
    """Return the ledger, the newest move first."""
    found = all_moves
    for column, value in (
        (items.c.sku, filters.sku),
        (moves.c.reason, filters.reason),
        (moves.c.document, filters.document),
    ):
        found = found.where(column == value) if value else found
    if filters.location:
        found = found.where(or_(source.c.name == filters.location, target.c.name == filters.location))
    if filters.lpn:
        found = found.where(or_(source_lpn.c.code == filters.lpn, target_lpn.c.code == filters.lpn))
    return page_of(tx, found.order_by(moves.c.id.desc()), cut)


# -- places -----------------------------------------------------------------------------------------------------------

all_places = (
    select(
        *(places.c[name] for name in ("id", "code", "name", "kind", "zone", "aisle", "bay", "level", "active")),
        *(places.c[name] for name in ("x_mm", "y_mm", "capacity_mm3", "capacity_g")),
        cast(func.count(func.distinct(stock.c.item_id)), Integer).label("skus"),
        total(stock.c.qty, "units"),
        total(stock.c.allocated, "allocated"),
    )
    .select_from(places.outerjoin(stock, and_(stock.c.location_id == places.c.id, stock.c.qty > 0)))
    .where(places.c.id > 0)
    .group_by(places.c.id)
)
PLACE_SORTS: dict[str, Any] = {"name": places.c.name, "kind": places.c.kind, "id": places.c.id}


@dataclass(frozen=True)
class PlaceFilters:
    """Which places to show; an empty text does not filter."""

    kind: str = ""
    zone: str = ""
    text: str = ""


def place_list(tx: Tx, filters: PlaceFilters, cut: Cut = FIRST) -> Listing:
    """Return places with what stands in them; the outside is none of them."""
    found = all_places
    for column, value in ((places.c.kind, filters.kind), (places.c.zone, filters.zone)):
        found = found.where(column == value) if value else found
    if filters.text:
        found = found.where(like(places.c.name, filters.text))
    return page_of(tx, ordered(found, PLACE_SORTS, cut.sort), cut)


def kind_counts(tx: Tx) -> dict[str, int]:
    """Return how many places there are of each kind, without the outside."""
    found = select(places.c.kind, func.count().label("number")).where(places.c.id > 0).group_by(places.c.kind)
    return {row.kind: int(row.number) for row in tx.all(found)}


@dataclass(frozen=True)
class PlacePage:
    """One place: its figures, what stands in it, its last moves, its counts."""

    place: Any
    stock: list[Any]
    moves: list[Any]
    counts: list[Any]


def place_page(tx: Tx, name: str) -> PlacePage | None:
    """Return one place by its name (four statements), or None."""
    place = tx.one(all_places.where(places.c.name == name))
    if place is None:
        return None
    either = or_(moves.c.from_location_id == place.id, moves.c.to_location_id == place.id)
    asked = select(counts, operators.c.name.label("operator")).outerjoin(
        operators, operators.c.id == counts.c.operator_id
    )
    return PlacePage(
        place,
        tx.all(balances.where(stock.c.location_id == place.id).order_by(items.c.sku, lpns.c.code).limit(SHOWN)),
        tx.all(newest(all_moves.where(either))),
        tx.all(asked.where(counts.c.location_id == place.id).order_by(counts.c.id.desc()).limit(10)),
    )


# -- licence plates ---------------------------------------------------------------------------------------------------

all_plates = (
    select(
        *(lpns.c.id, lpns.c.code, lpns.c.kind, places.c.name.label("location")),
        *(orders.c.id.label("order_id"), orders.c.number.label("order"), lpns.c.list_id),
        *(receipts.c.id.label("receipt_id"), receipts.c.number.label("receipt"), parcels.c.id.label("parcel_id")),
        parcels.c.state.label("parcel_state"),
    )
    .select_from(
        lpns.outerjoin(places, places.c.id == lpns.c.location_id)
        .outerjoin(parcels, parcels.c.lpn_id == lpns.c.id)
        .outerjoin(orders, orders.c.id == func.coalesce(parcels.c.order_id, lpns.c.order_id))
        .outerjoin(receipts, receipts.c.id == lpns.c.receipt_id)
    )
    .where(lpns.c.id != LOOSE)
)


@dataclass(frozen=True)
class PlatePage:
    """One licence plate: where it is and what for, what is on it, its last moves."""

    lpn: Any
    stock: list[Any]
    moves: list[Any]


def plate_page(tx: Tx, code: str) -> PlatePage | None:
    """Return one licence plate (carton, tote, parcel) by its code (three statements), or None."""
    lpn = tx.one(all_plates.where(lpns.c.code == code))
    if lpn is None:
        return None
    either = or_(moves.c.from_lpn_id == lpn.id, moves.c.to_lpn_id == lpn.id)
    return PlatePage(
        lpn,
        tx.all(balances.where(stock.c.lpn_id == lpn.id).order_by(items.c.sku)),
        tx.all(newest(all_moves.where(either))),
    )


def plate_list(tx: Tx, kind: str = "", text: str = "", cut: Cut = FIRST) -> Listing:
    """Return licence plates, the newest first."""
    found = all_plates.where(lpns.c.kind == kind) if kind else all_plates
    if text:
        found = found.where(like(lpns.c.code, text))
    return page_of(tx, found.order_by(lpns.c.id.desc()), cut)
