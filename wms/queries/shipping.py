"""Reads of the way out: the dock to load at, the truck and the parcel in hand, manifests, and one parcel's page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, bindparam, func, not_, or_, select

from wms.db import Tx, table_of
from wms.models.inbound import Receipt
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.shipping import Manifest, ParcelLine
from wms.models.stock import Serial
from wms.queries.boxes import carrier, carton_type, hold_on, is_held, item, lot, lpn, move, order, parcel, stock
from wms.queries.printing import job

manifest, receipt, location = table_of(Manifest), table_of(Receipt), table_of(Location)
operator, parcel_line, serial = table_of(Operator), table_of(ParcelLine), table_of(Serial)
PAGE = 50

stopped = or_(order.c.state == "cancelled", is_held(order.c.id))
ready = and_(parcel.c.state == "packed", not_(stopped))
parcels_of_orders = parcel.join(order, order.c.id == parcel.c.order_id)

# A dock with an open truck first; then one where no goods come in, for there the trucks leave.
open_here = select(manifest.c.id).where(manifest.c.dock_id == location.c.id, manifest.c.state == "open")
receives = select(receipt.c.id).where(receipt.c.dock_id == location.c.id).exists()
read_dock = (
    select(location.c.id, location.c.name, location.c.code, open_here.exists().label("open"))
    .where(location.c.kind == "dock", location.c.active)
    .order_by(open_here.exists().desc(), receives, location.c.name.desc())
    .limit(1)
)
read_open_manifest = (
    select(manifest.c.id, manifest.c.code, manifest.c.carrier_id)
    .where(manifest.c.dock_id == bindparam("dock"), manifest.c.state == "open")
    .limit(1)
)
anything = or_(
    select(parcel.c.id).select_from(parcels_of_orders).where(ready).exists(),
    select(manifest.c.id).where(manifest.c.state == "open").exists(),
)


def is_work(tx: Tx) -> bool:
    """Return whether a parcel may be loaded, or an open truck waits to be closed."""
    return bool(tx.value(select(anything)))


def next_dock(tx: Tx) -> Row[Any] | None:
    """Return the dock to load at."""
    return tx.one(read_dock)


def dock(tx: Tx, location_id: int) -> Row[Any] | None:
    """Return a place's name, code and kind, and keep others from opening a truck there at the same time."""
    facts = select(location.c.id, location.c.name, location.c.code, location.c.kind)
    return tx.one(facts.where(location.c.id == location_id).with_for_update(key_share=True))


def open_manifest(tx: Tx, dock_id: int) -> Row[Any] | None:
    """Return the open manifest of a dock, None without one."""
    return tx.one(read_open_manifest, dock=dock_id)


# -- the parcel in hand -----------------------------------------------------------------------------------------------

hers = parcel.alias("hers")
her_order = order.alias("her_order")


def count_on(*where: Any) -> Any:
    """Return a subquery that counts parcels beside the one in hand."""
    joined = hers.join(her_order, her_order.c.id == hers.c.order_id)
    return select(func.count()).select_from(joined).where(*where).scalar_subquery()


loaded_here = and_(hers.c.manifest_id == manifest.c.id, hers.c.state == "loaded")
ready_for_truck = and_(
    hers.c.carrier_id == manifest.c.carrier_id,
    hers.c.state == "packed",
    her_order.c.state != "cancelled",
    not_(is_held(her_order.c.id)),
)
following = (
    select(hers.c.code)
    .select_from(hers.join(her_order, her_order.c.id == hers.c.order_id))
    .where(ready_for_truck, hers.c.lpn_id != bindparam("lpn"))
    .order_by(hers.c.id)
    .limit(1)
    .scalar_subquery()
)
truck_carrier = carrier.alias("truck_carrier")
read_truck = (
    select(manifest.c.id, manifest.c.code, manifest.c.state, manifest.c.dock_id, manifest.c.carrier_id)
    .add_columns(truck_carrier.c.name.label("carrier"), location.c.name.label("dock"))
    .add_columns(count_on(loaded_here).label("loaded"), count_on(ready_for_truck).label("left"))
    .add_columns(following.label("following"))
    .select_from(
        manifest.join(truck_carrier, truck_carrier.c.id == manifest.c.carrier_id).join(
            location, location.c.id == manifest.c.dock_id
        )
    )
    .where(manifest.c.id == bindparam("manifest"))
)
FACTS = {
    "parcel_id": parcel.c.id,
    "parcel": parcel.c.code,
    "parcel_state": parcel.c.state,
    "parcel_lpn": parcel.c.lpn_id,
    "parcel_carrier_id": parcel.c.carrier_id,
    "parcel_carrier": carrier.c.name,
    "on_manifest": parcel.c.manifest_id,
    "station_id": parcel.c.station_id,
    "order_id": order.c.id,
    "number": order.c.number,
    "order_state": order.c.state,
    "hold": hold_on(order.c.id),
}
BALANCE = ("location_id", "lpn_id", "item_id", "lot_id", "condition")
CONTENT = ("item_id", "lot_id", "condition", "qty", "location_id")
facts_of_parcel = parcels_of_orders.outerjoin(carrier, carrier.c.id == parcel.c.carrier_id).outerjoin(
    stock, and_(stock.c.lpn_id == parcel.c.lpn_id, stock.c.qty > 0)
)
read_loading = (
    read_truck.add_columns(*(column.label(name) for name, column in FACTS.items()))
    .add_columns(*(stock.c[name] for name in CONTENT))
    .join(facts_of_parcel, parcel.c.lpn_id == bindparam("lpn"))
    .with_for_update(read=True, of=manifest)  # shared: loaders do not wait for each other, closing waits for them
)
read_parcel = select(*(column.label(name) for name, column in FACTS.items())).select_from(
    parcels_of_orders.outerjoin(carrier, carrier.c.id == parcel.c.carrier_id)
)


def truck(tx: Tx, manifest_id: int) -> Row[Any] | None:
    """Return an open truck: carrier, dock, how many parcels are loaded and left, the code of the following one."""
    return tx.one(read_truck, manifest=manifest_id, lpn=0)


def loading(tx: Tx, manifest_id: int, lpn_id: int) -> list[Row[Any]]:
    """Return the truck and the parcel in hand, a row per line of its content (one statement); the truck stays open."""
    return tx.all(read_loading, manifest=manifest_id, lpn=lpn_id)


def parcel_of(tx: Tx, lpn_id: int) -> Row[Any] | None:
    """Return the facts of the parcel with this licence plate."""
    return tx.one(read_parcel.where(parcel.c.lpn_id == lpn_id))


def first_ready(tx: Tx) -> Row[Any] | None:
    """Return the oldest parcel that may be loaded (code), and how many there are in all (ready)."""
    waiting = select(parcel.c.code, func.count().over().label("ready")).select_from(parcels_of_orders).where(ready)
    return tx.one(waiting.order_by(parcel.c.id).limit(1))


def stopped_on(tx: Tx, manifest_id: int) -> Row[Any] | None:
    """Return a loaded parcel whose order was held or cancelled meanwhile (code, number, hold), None without one."""
    aboard = (parcel.c.manifest_id == manifest_id, parcel.c.state == "loaded", stopped)
    facts = select(parcel.c.code, order.c.number, hold_on(order.c.id).label("hold")).select_from(parcels_of_orders)
    return tx.one(facts.where(*aboard).order_by(parcel.c.id).limit(1))


def last_loaded(tx: Tx, manifest_id: int, operator_id: int) -> int | None:
    """Return the LPN of the parcel that this person loaded last and that is still on the truck."""
    joined = parcel.join(manifest, manifest.c.id == parcel.c.manifest_id).join(
        move, and_(move.c.to_lpn_id == parcel.c.lpn_id, move.c.document == manifest.c.code, move.c.reason == "load")
    )
    mine = (manifest.c.id == manifest_id, parcel.c.state == "loaded", move.c.operator_id == operator_id)
    found = tx.value(select(parcel.c.lpn_id).select_from(joined).where(*mine).order_by(move.c.id.desc()).limit(1))
    return int(found) if found else None


def aboard(tx: Tx, manifest_id: int) -> list[Row[Any]]:
    """Return the content of a truck in the order of the balances: place, LPN, item, lot, condition, qty."""
    loaded = select(parcel.c.lpn_id).where(parcel.c.manifest_id == manifest_id, parcel.c.state == "loaded")
    balances = select(stock).where(stock.c.lpn_id.in_(loaded), stock.c.qty > 0)
    return tx.all(balances.order_by(*(stock.c[name] for name in BALANCE)))


# -- pages ------------------------------------------------------------------------------------------------------------


def manifests(tx: Tx, filters: dict[str, Any] | None = None, page: int = 1) -> tuple[list[Row[Any]], int]:
    """Return one page of manifests, newest first, with carrier, dock, parcels and grams; and how many there are.

    `filters` may hold state (open, closed) and carrier (its id).
    """
    wanted = filters or {}
    where = [column == wanted[name] for name, column in MANIFEST_FILTERS.items() if wanted.get(name)]
    total = tx.value(select(func.count()).select_from(manifest).where(*where))
    shown = (
        select(
            manifest, carrier.c.name.label("carrier"), location.c.name.label("dock"), operator.c.name.label("operator")
        )
        .add_columns(
            func.count(parcel.c.id).label("parcels"), func.coalesce(func.sum(parcel.c.weight_g), 0).label("grams")
        )
        .select_from(
            manifest.join(carrier, carrier.c.id == manifest.c.carrier_id)
            .join(location, location.c.id == manifest.c.dock_id)
            .outerjoin(operator, operator.c.id == manifest.c.operator_id)
            .outerjoin(parcel, parcel.c.manifest_id == manifest.c.id)
        )
        .where(*where)
        .group_by(manifest.c.id, carrier.c.name, location.c.name, operator.c.name)
        .order_by(manifest.c.id.desc())
        .limit(PAGE)
        .offset((max(page, 1) - 1) * PAGE)
    )
    return tx.all(shown), int(total)


MANIFEST_FILTERS = {"state": manifest.c.state, "carrier": manifest.c.carrier_id}


def manifest_page(tx: Tx, manifest_id: int) -> dict[str, Any] | None:
    """Return a manifest with its parcels; None when there is none."""
    head = tx.one(
        select(manifest, carrier.c.name.label("carrier"), location.c.name.label("dock"))
        .select_from(
            manifest.join(carrier, carrier.c.id == manifest.c.carrier_id).join(
                location, location.c.id == manifest.c.dock_id
            )
        )
        .where(manifest.c.id == manifest_id)
    )
    rows = select(
        parcel.c.code, parcel.c.state, parcel.c.weight_g, order.c.number, order.c.country, order.c.id.label("order_id")
    )
    listed = rows.select_from(parcels_of_orders).where(parcel.c.manifest_id == manifest_id).order_by(parcel.c.id)
    return {"manifest": head, "parcels": tx.all(listed)} if head else None


def parcel_page(tx: Tx, code: str) -> dict[str, Any] | None:
    """Return a parcel by its code with its content, serial numbers, labels and moves; None when there is none."""
    head = tx.one(
        select(parcel, order.c.number, order.c.state.label("order_state"), order.c.country)
        .add_columns(
            carrier.c.name.label("carrier"), carton_type.c.name.label("carton"), manifest.c.code.label("manifest")
        )
        .add_columns(location.c.name.label("place"), operator.c.name.label("packer"), hold_on(order.c.id).label("hold"))
        .select_from(
            parcels_of_orders.join(lpn, lpn.c.id == parcel.c.lpn_id)
            .outerjoin(location, location.c.id == lpn.c.location_id)
            .outerjoin(carrier, carrier.c.id == parcel.c.carrier_id)
            .outerjoin(carton_type, carton_type.c.id == parcel.c.carton_id)
            .outerjoin(manifest, manifest.c.id == parcel.c.manifest_id)
            .outerjoin(operator, operator.c.id == parcel.c.packed_by)
        )
        .where(parcel.c.code == code)
    )
    if head is None:
        return None
    return {"parcel": head, "lines": content(tx, head.id), "serials": serials(tx, head.id)} | {
        "labels": labels(tx, code),
        "moves": moves(tx, head.lpn_id),
    }


def content(tx: Tx, parcel_id: int) -> list[Row[Any]]:
    """Return what was verified into a parcel, by item and lot."""
    joined = parcel_line.join(item, item.c.id == parcel_line.c.item_id).join(lot, lot.c.id == parcel_line.c.lot_id)
    facts = select(
        item.c.id.label("item_id"), item.c.sku, item.c.name, item.c.colour, parcel_line.c.qty, lot.c.code.label("lot")
    )
    mine = (parcel_line.c.parcel_id == parcel_id, parcel_line.c.qty > 0)
    return tx.all(facts.select_from(joined).where(*mine).order_by(parcel_line.c.id))


def serials(tx: Tx, parcel_id: int) -> list[Row[Any]]:
    """Return the serial numbers in a parcel with their SKUs."""
    joined = serial.join(item, item.c.id == serial.c.item_id)
    mine = select(item.c.sku, serial.c.serial).select_from(joined).where(serial.c.parcel_id == parcel_id)
    return tx.all(mine.order_by(item.c.sku, serial.c.serial))


def labels(tx: Tx, code: str) -> list[Row[Any]]:
    """Return the print jobs of a parcel's label, the oldest first."""
    facts = select(job.c.id, job.c.copy, job.c.state, job.c.reason, job.c.created_at, job.c.ended_at)
    return tx.all(facts.where(job.c.subject == code).order_by(job.c.id))


def moves(tx: Tx, lpn_id: int) -> list[Row[Any]]:
    """Return the movements into and out of a licence plate, the oldest first."""
    joined = move.join(item, item.c.id == move.c.item_id).outerjoin(operator, operator.c.id == move.c.operator_id)
    facts = select(move.c.at, move.c.reason, move.c.qty, move.c.document, item.c.sku, operator.c.name.label("operator"))
    mine = or_(move.c.from_lpn_id == lpn_id, move.c.to_lpn_id == lpn_id)
    return tx.all(facts.select_from(joined).where(mine).order_by(move.c.id))
