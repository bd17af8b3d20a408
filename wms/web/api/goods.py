"""API: items, balances, the ledger, places, licence plates, and the wish for a count."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from wms.errors import NotFound
from wms.models.places import KINDS
from wms.models.stock import CONDITIONS
from wms.operations import counting
from wms.queries import goods
from wms.web.api.core import Done, api
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, snapshot

Condition = Literal[("", *CONDITIONS)]  # type: ignore[valid-type]
Kind = Literal[("", *KINDS)]  # type: ignore[valid-type]


class ItemRow(Told):
    """An item with what there is of it, in its smallest unit; weight in g."""

    id: int
    sku: str
    name: str
    barcode: str
    owner: str
    is_kit: bool
    weight_g: int
    on_hand: int
    allocated: int
    free: int
    blocked: int


class StockRow(Told):
    """One balance."""

    sku: str
    name: str
    location: str
    kind: str
    lpn: str | None
    lot: str | None
    expiry: date | None
    condition: str
    qty: int
    allocated: int
    free: int


class MoveRow(Told):
    """One movement of the ledger."""

    id: int
    at: datetime
    sku: str
    qty: int
    condition: str
    to_condition: str
    from_location: str
    from_lpn: str | None
    to_location: str
    to_lpn: str | None
    reason: str
    document: str
    operator: str | None
    scan_id: str | None


class Case(Told):
    """A case barcode counts so many units."""

    code: str
    qty: int


class Part(Told):
    """A component of a kit."""

    sku: str
    name: str
    qty: int


class Item(Told):
    """An item's master data: sizes in mm, weight in g, value per unit."""

    id: int
    sku: str
    name: str
    barcode: str
    owner: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    hs_code: str
    origin: str
    hazard: str
    lot_tracked: bool
    expiry_tracked: bool
    serial_tracked: bool
    is_kit: bool


class ItemDetail(Told):
    """One item: master data, balances, the last moves, cases and parts."""

    item: Item
    stock: list[StockRow]
    moves: list[MoveRow]
    cases: list[Case]
    parts: list[Part]


class LocationRow(Told):
    """A place and what stands in it; coordinates in mm on the floor plan, capacity 0 is unlimited."""

    id: int
    code: str
    name: str
    kind: str
    zone: str
    aisle: str
    bay: int
    level: int
    x_mm: int
    y_mm: int
    capacity_mm3: int
    capacity_g: int
    active: bool
    skus: int
    units: int
    allocated: int


class LocationDetail(Told):
    """One place with its balances and last moves."""

    location: LocationRow
    stock: list[StockRow]
    moves: list[MoveRow]


class LpnRow(Told):
    """A licence plate: where it is and what for."""

    id: int
    code: str
    kind: str
    location: str | None
    order: str | None
    receipt: str | None
    parcel_state: str | None


class LpnDetail(Told):
    """One licence plate with its content and last moves."""

    lpn: LpnRow
    stock: list[StockRow]
    moves: list[MoveRow]


class ItemQuery(PageQuery):
    """Which items; `q` is a part of SKU or name, or a whole barcode."""

    q: str = Field("", max_length=80)
    sort: Literal["sku", "-sku", "name", "-name", "id", "-id"] = "sku"


class StockQuery(PageQuery):
    """Which balances."""

    sku: str = Field("", max_length=60)
    location: str = Field("", max_length=30)
    condition: Condition = ""
    lpn: str = Field("", max_length=40)
    q: str = Field("", max_length=80)
    sort: Literal["location", "-location", "sku", "-sku", "qty", "-qty", "expiry", "-expiry", "id", "-id"] = "location"


class MoveQuery(PageQuery):
    """Which moves; a place or plate counts at either end."""

    sku: str = Field("", max_length=60)
    location: str = Field("", max_length=30)
    lpn: str = Field("", max_length=40)
    reason: str = Field("", max_length=20)
    document: str = Field("", max_length=40)


class PlaceQuery(PageQuery):
    """Which places."""

    kind: Kind = ""
    zone: str = Field("", max_length=8)
    q: str = Field("", max_length=30)
    sort: Literal["name", "-name", "kind", "-kind", "id", "-id"] = "name"


class NewCount(Asked):
    """The name of the place to count."""

    location: str = Field(min_length=1, max_length=30)


@api.route("GET /items", Deal(Paged[ItemRow], query=ItemQuery))
def items(query: ItemQuery) -> Any:
    """List items with what there is of each."""
    with snapshot() as tx:
        return goods.item_list(tx, query.q, query.cut)


@api.route("GET /items/<name:sku>", Deal(ItemDetail))
def item(sku: str) -> Any:
    """Show one item, where it is and its last moves."""
    with snapshot() as tx:
        return found(goods.item_page(tx, sku), f"Item {sku}")


@api.route("GET /stock", Deal(Paged[StockRow], query=StockQuery))
def stock(query: StockQuery) -> Any:
    """List balances."""
    filters = goods.StockFilters(query.sku, query.location, query.condition, query.lpn, query.q)
    with snapshot() as tx:
        return goods.stock_list(tx, filters, query.cut)


@api.route("GET /moves", Deal(Paged[MoveRow], query=MoveQuery))
def moves(query: MoveQuery) -> Any:
    """List the ledger, the newest move first."""
    filters = goods.MoveFilters(query.sku, query.location, query.lpn, query.reason, query.document)
    with snapshot() as tx:
        return goods.move_list(tx, filters, query.cut)


@api.route("GET /locations", Deal(Paged[LocationRow], query=PlaceQuery))
def locations(query: PlaceQuery) -> Any:
    """List places."""
    filters = goods.PlaceFilters(query.kind, query.zone, query.q)
    with snapshot() as tx:
        return goods.place_list(tx, filters, query.cut)


@api.route("GET /locations/<name:name>", Deal(LocationDetail))
def location(name: str) -> Any:
    """Show one place, what stands in it and its last moves."""
    with snapshot() as tx:
        page = found(goods.place_page(tx, name), f"Place {name}")
    return {"location": page.place, "stock": page.stock, "moves": page.moves}


@api.route("GET /lpns/<name:code>", Deal(LpnDetail))
def lpn(code: str) -> Any:
    """Show one licence plate by the code on its label."""
    with snapshot() as tx:
        return found(goods.plate_page(tx, code.upper()), f"Licence plate {code}")


@api.route("POST /counts", Deal(Done, body=NewCount, status=201), "supervisor")
def ask_count(body: NewCount) -> Any:
    """Ask for a place to be counted."""
    with snapshot() as tx:
        page = found(goods.place_page(tx, body.location), f"Place {body.location}")
    act(counting.ask, page.place.id, "asked")
    return {"done": True}


def found(page: Any, what: str) -> Any:
    """Return a page that is there; raises NotFound naming what is not."""
    if page is None:
        raise NotFound(what=what)
    return page
