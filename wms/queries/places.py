"""What stands where: loads to put away or to move, and the room that places have for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, Select, String, and_, bindparam, case, cast, func, literal, or_, select

from wms.db import Tx, table_of
from wms.models.floor import Task
from wms.models.inbound import ReceiptCarton
from wms.models.items import Item, Owner
from wms.models.orders import Order, OrderLine
from wms.models.places import Location
from wms.models.slotting import PickFace
from wms.models.stock import AVAILABLE, LOOSE, SPARE, Lot, Lpn, Stock

locations, stock, items, owners = table_of(Location), table_of(Stock), table_of(Item), table_of(Owner)
lpns, lots, tasks, cartons = table_of(Lpn), table_of(Lot), table_of(Task), table_of(ReceiptCarton)
orders, order_lines, faces, homes = table_of(Order), table_of(OrderLine), table_of(PickFace), items.alias("home")
KEEPS = ("bin", "reserve")
GOOD = (AVAILABLE, SPARE)
UNLIMITED = 10**15
CLAIM_HOURS = 12  # a shift: older claims of people who went home do not hide a carton


def kind(tx: Tx, location_id: int) -> str:
    """Return the kind of a place."""
    return str(tx.value(select(locations.c.kind).where(locations.c.id == location_id)))


def place(tx: Tx, location_id: int) -> Row[Any]:
    """Return one place's row."""
    found = tx.one(select(locations).where(locations.c.id == location_id))
    assert found is not None
    return found


def first(tx: Tx, kind: str, but: int = 0) -> Row[Any] | None:
    """Return the first place of a kind that is in use and is not `but`."""
    where = (locations.c.kind == kind, locations.c.active.is_(True), locations.c.id != but)
    return tx.one(select(locations).where(*where).order_by(locations.c.id).limit(1))


def some_bin(tx: Tx) -> Row[Any] | None:
    """Return a bin with loose units that nobody waits for: id, code, name."""
    free = (stock.c.lpn_id == LOOSE, stock.c.qty > stock.c.allocated, stock.c.condition == AVAILABLE)
    joined = stock.join(locations, locations.c.id == stock.c.location_id)
    found = select(locations.c.id, locations.c.code, locations.c.name).select_from(joined)
    return tx.one(found.where(*free, locations.c.kind == "bin").order_by(stock.c.id).limit(1))


# -- loads ------------------------------------------------------------------------------------------------------------

waiting_orders = orders.c.state.in_(("held", "clean", "released"))
open_orders = select(func.count()).select_from(orders).where(waiting_orders).scalar_subquery()
mm3 = cast(items.c.length_mm, BigInteger) * items.c.width_mm * items.c.height_mm
held = (
    select(
        stock.c.location_id,
        stock.c.lpn_id,
        stock.c.item_id,
        stock.c.lot_id,
        stock.c.condition,
        stock.c.qty,
        stock.c.allocated,
        (stock.c.qty - stock.c.allocated).label("free"),
        items.c.sku,
        items.c.name.label("item_name"),
        items.c.barcode,
        items.c.colour,
        items.c.hazard,
        items.c.lot_tracked,
        items.c.weight_g,
        mm3.label("mm3"),
        owners.c.code.label("owner"),
        lots.c.code.label("lot"),
        lots.c.expiry,
    )
    .select_from(
        stock.join(items, items.c.id == stock.c.item_id)
        .join(owners, owners.c.id == items.c.owner_id)
        .join(lots, lots.c.id == stock.c.lot_id)
    )
    .where(stock.c.qty > 0)
    .order_by(items.c.sku, stock.c.id)
)
wanted = (
    select(func.count())
    .select_from(order_lines.join(orders, orders.c.id == order_lines.c.order_id))
    .where(order_lines.c.item_id == stock.c.item_id, waiting_orders)
    .scalar_subquery()
)
with_demand = held.add_columns(wanted.label("wanted"), open_orders.label("orders"))
on_lpn = with_demand.where(stock.c.lpn_id == bindparam("lpn"))
at_docks = with_demand.where(
    stock.c.location_id.in_(select(locations.c.id).where(locations.c.kind == "dock")),
    stock.c.lpn_id == LOOSE,
    stock.c.item_id == bindparam("item"),
    stock.c.condition.in_(GOOD),
)
loose_at = held.where(stock.c.location_id == bindparam("place"), stock.c.lpn_id == LOOSE)


def on_plate(tx: Tx, lpn_id: int) -> list[Row[Any]]:
    """Return what stands on a plate: stock with its item, owner, lot; `wanted` of the waiting `orders` want it."""
    return tx.all(on_lpn, lpn=lpn_id)


def loose(tx: Tx, location_id: int) -> list[Row[Any]]:
    """Return what stands loose in a place."""
    return tx.all(loose_at, place=location_id)


def loose_at_docks(tx: Tx, item_id: int) -> list[Row[Any]]:
    """Return the loose units of an item at docks, in conditions that may be put away."""
    return tx.all(at_docks, item=item_id)


plate = (
    select(
        lpns.c.id,
        lpns.c.code,
        lpns.c.kind,
        lpns.c.location_id,
        locations.c.name.label("place"),
        locations.c.kind.label("place_kind"),
        cartons.c.number,
        cartons.c.state.label("carton_state"),
    )
    .select_from(
        lpns.outerjoin(locations, locations.c.id == lpns.c.location_id).outerjoin(
            cartons, cartons.c.lpn_id == lpns.c.id
        )
    )
    .where(lpns.c.id == bindparam("lpn"))
)


def lpn(tx: Tx, lpn_id: int, lock: bool = False) -> Row[Any]:
    """Return a licence plate with its place and its receipt carton; `lock` keeps others from claiming it meanwhile."""
    found = tx.one(plate.with_for_update(key_share=True, of=lpns) if lock else plate, lpn=lpn_id)
    assert found is not None
    return found


standing = (
    select(lpns.c.id, lpns.c.code, locations.c.name.label("place"))
    .select_from(
        lpns.join(locations, locations.c.id == lpns.c.location_id)
        .outerjoin(cartons, cartons.c.lpn_id == lpns.c.id)
        .outerjoin(
            tasks,
            and_(
                tasks.c.subject == literal("lpn:") + cast(lpns.c.id, String),
                tasks.c.closed_at.is_(None),
                tasks.c.seen_at > bindparam("since"),
            ),
        )
    )
    .where(
        lpns.c.kind.in_(("carton", "pallet")),
        locations.c.kind == "dock",
        or_(cartons.c.id.is_(None), cartons.c.state == "received"),
        select(stock.c.id).where(stock.c.lpn_id == lpns.c.id, stock.c.qty > 0, stock.c.condition.in_(GOOD)).exists(),
        or_(tasks.c.id.is_(None), tasks.c.operator_id == bindparam("me")),
    )
    .order_by(case((tasks.c.id.is_(None), 1), else_=0), cartons.c.received_at, lpns.c.id)
    .limit(1)
    .with_for_update(key_share=True, of=lpns, skip_locked=True)
)
first_loose = (
    select(items.c.id, items.c.sku, items.c.barcode, locations.c.name.label("place"))
    .select_from(
        stock.join(items, items.c.id == stock.c.item_id).join(locations, locations.c.id == stock.c.location_id)
    )
    .where(locations.c.kind == "dock", stock.c.lpn_id == LOOSE, stock.c.qty > 0, stock.c.condition.in_(GOOD))
    .order_by(stock.c.id)
    .limit(1)
)


def next_loose(tx: Tx) -> Row[Any] | None:
    """Return an item that stands loose at a dock: id, sku, barcode, place."""
    return tx.one(first_loose)


def next_at_dock(tx: Tx, operator_id: int) -> Row[Any] | None:
    """Return the plate at a dock to put away next: id, code, place.

    Mine comes first, then what waits longest; never one in a colleague's hands.
    """
    return tx.one(standing, me=operator_id, since=tx.now - timedelta(hours=CLAIM_HOURS))


# -- what goes together -----------------------------------------------------------------------------------------------

SAMPLE, COMPANIONS = 500, 5  # so many orders tell who goes with whom; so many items matter
beside = order_lines.alias("beside")
some_orders = (
    select(order_lines.c.order_id)
    .join(orders, orders.c.id == order_lines.c.order_id)
    .where(order_lines.c.item_id.in_(bindparam("items", expanding=True)), waiting_orders)
    .order_by(order_lines.c.id)
    .limit(SAMPLE)
)
companions = (  # SKU -> how many of those orders want it; the items themselves among them
    select(items.c.sku, func.count(beside.c.order_id.distinct()).label("orders"))
    .join(items, items.c.id == beside.c.item_id)
    .where(beside.c.order_id.in_(some_orders.scalar_subquery()))
    .group_by(items.c.sku)
    .order_by(func.count(beside.c.order_id.distinct()).desc(), items.c.sku)
    .limit(COMPANIONS)
    .subquery("companion")
)


# -- rooms ------------------------------------------------------------------------------------------------------------


@dataclass
class Room:
    """A place with what is in it: used volume in mm3 and weight in g, SKUs and owners."""

    id: int
    code: str
    name: str
    kind: str
    zone: str
    active: bool
    hazard_ok: bool
    x_mm: int
    y_mm: int
    capacity_mm3: int
    capacity_g: int
    home: str = ""  # the item whose pick face it is
    face_units: int = 0  # as many units of that as the face is meant to hold; 0 where nobody says
    face_qty: int = 0  # units of that which are in it
    used_mm3: int = 0
    used_g: int = 0
    skus: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    companions: dict[str, int] = field(default_factory=dict)  # of the items asked about, that stand here: SKU -> orders

    @property
    def free_mm3(self) -> int:
        """Return the volume that is left; capacity 0 means unlimited."""
        return max(self.capacity_mm3 - self.used_mm3, 0) if self.capacity_mm3 else UNLIMITED

    @property
    def free_g(self) -> int:
        """Return the weight that the place can still bear."""
        return max(self.capacity_g - self.used_g, 0) if self.capacity_g else UNLIMITED

    @property
    def free_units(self) -> int:
        """Return how many more units its face is meant to hold."""
        return max(self.face_units - self.face_qty, 0) if self.face_units else UNLIMITED


NAMED = ("home", "face_units")
FACTS = ("id", "code", "name", "kind", "zone", "active", "hazard_ok", "x_mm", "y_mm", "capacity_mm3", "capacity_g")
filled = (
    select(
        *(locations.c[name] for name in FACTS),
        func.coalesce(homes.c.sku, "").label("home"),
        func.coalesce(faces.c.max_qty, 0).label("face_units"),
        stock.c.qty,
        items.c.sku,
        owners.c.code.label("owner"),
        (stock.c.qty * mm3).label("used_mm3"),
        (cast(stock.c.qty, BigInteger) * items.c.weight_g).label("used_g"),
    )
    .select_from(
        locations.outerjoin(stock, and_(stock.c.location_id == locations.c.id, stock.c.qty > 0))
        .outerjoin(items, items.c.id == stock.c.item_id)
        .outerjoin(owners, owners.c.id == items.c.owner_id)
        .outerjoin(faces, faces.c.location_id == locations.c.id)
        .outerjoin(homes, homes.c.id == faces.c.item_id)
    )
    .order_by(locations.c.id)
)
filled_with_companions = filled.add_columns(companions.c.orders.label("together")).outerjoin(
    companions, companions.c.sku == items.c.sku
)


def rooms(tx: Tx, item_ids: Iterable[int] = ()) -> list[Room]:
    """Return the places in use that keep stock, stations and problem places, with what is in them (one statement).

    Of that the companions of some items: what waiting orders want together with them.
    """
    where = locations.c.kind.in_((*KEEPS, "station", "problem")) & locations.c.active.is_(True)
    return rooms_where(tx, filled_with_companions.where(where), items=sorted(item_ids))


def room(tx: Tx, location_id: int) -> Room:
    """Return one place with what is in it."""
    return rooms_where(tx, filled.where(locations.c.id == location_id))[0]


def rooms_where(tx: Tx, statement: Select[Any], **values: Any) -> list[Room]:
    """Return places with what is in them."""
    found: dict[int, Room] = {}
    for row in tx.all(statement, **values):
        each = found.get(row.id) or found.setdefault(row.id, Room(*(row._mapping[name] for name in (*FACTS, *NAMED))))
        if row.sku:
            each.used_mm3 += row.used_mm3
            each.face_qty += row.qty if row.sku == each.home else 0
            each.used_g += row.used_g
            each.skus.add(row.sku)
            each.owners.add(row.owner)
            if orders_together := row._mapping.get("together"):
                each.companions[row.sku] = int(orders_together)
    return list(found.values())
