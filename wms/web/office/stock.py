"""Office pages: stock by item, by place, by licence plate, by condition, and the ledger."""

from __future__ import annotations

from pydantic import Field
from werkzeug.wrappers import Response

from wms.models.places import KINDS
from wms.models.stock import CONDITIONS
from wms.operations import counting
from wms.queries import goods
from wms.web.api.goods import ItemQuery, MoveQuery, PlaceQuery, StockQuery
from wms.web.auth import needs
from wms.web.office.core import asked, back, bp, draw, there
from wms.web.openapi import PageQuery
from wms.web.parts import act, snapshot


class PlateQuery(PageQuery):
    """Which licence plates."""

    kind: str = Field("", max_length=8)
    q: str = Field("", max_length=40)


@bp.get("/items")
@needs()
def items() -> str:
    """List items with what there is of each."""
    query = asked(ItemQuery)
    with snapshot() as tx:
        found = goods.item_list(tx, query.q, query.cut)
    return draw("items", "items", query=query, found=found)


@bp.get("/items/<name:sku>")
@needs()
def item(sku: str) -> str:
    """Show one item: where it is, how much is free, what happened to it."""
    with snapshot() as tx:
        page = there(goods.item_page(tx, sku), f"Item {sku}")
    return draw("item", "items", page=page, item=page.item)


@bp.get("/balances")
@needs()
def balances() -> str:
    """List balances, by condition when asked."""
    query = asked(StockQuery)
    filters = goods.StockFilters(query.sku, query.location, query.condition, query.lpn, query.q)
    with snapshot() as tx:
        counts = goods.condition_counts(tx)
        found = goods.stock_list(tx, filters, query.cut)
    return draw("balances", "items", query=query, counts=counts, found=found, conditions=CONDITIONS)


@bp.get("/moves")
@needs()
def moves() -> str:
    """List the ledger, the newest move first."""
    query = asked(MoveQuery)
    filters = goods.MoveFilters(query.sku, query.location, query.lpn, query.reason, query.document)
    with snapshot() as tx:
        found = goods.move_list(tx, filters, query.cut)
    return draw("moves", "items", query=query, found=found)


@bp.get("/places")
@needs()
def places() -> str:
    """List places with what stands in them."""
    query = asked(PlaceQuery)
    filters = goods.PlaceFilters(query.kind, query.zone, query.q)
    with snapshot() as tx:
        counts = goods.kind_counts(tx)
        found = goods.place_list(tx, filters, query.cut)
    return draw("places", "items", query=query, counts=counts, found=found, kinds=KINDS)


@bp.get("/places/<name:name>")
@needs()
def place(name: str) -> str:
    """Show one place: what stands in it and what happened there."""
    with snapshot() as tx:
        page = there(goods.place_page(tx, name), f"Place {name}")
    return draw("place", "items", page=page, place=page.place)


@bp.post("/places/<name:name>/count")
@needs("supervisor")
def ask_count(name: str) -> Response:
    """Ask for a place to be counted."""
    with snapshot() as tx:
        page = there(goods.place_page(tx, name), f"Place {name}")
    act(counting.ask, page.place.id, "asked")
    return back(f"{name} will be counted.")


@bp.get("/plates")
@needs()
def plates() -> str:
    """List licence plates: cartons, totes, parcels."""
    query = asked(PlateQuery)
    with snapshot() as tx:
        found = goods.plate_list(tx, query.kind, query.q, query.cut)
    return draw("plates", "items", query=query, found=found)


@bp.get("/plates/<name:code>")
@needs()
def plate(code: str) -> str:
    """Show one licence plate: where it is, what is on it, where it has been."""
    with snapshot() as tx:
        page = there(goods.plate_page(tx, code.upper()), f"Licence plate {code}")
    return draw("plate", "items", page=page, lpn=page.lpn)
