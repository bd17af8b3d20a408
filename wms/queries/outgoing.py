"""The way out as the office sees it: waves with their lists, parcels, trucks, and the work of the worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, or_, select

from wms.db import Tx, table_of
from wms.models.jobs import Job
from wms.models.orders import Order
from wms.models.outbound import ListOrder, Pick, PickList, Wave
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.shipping import Carrier, CartonType, Manifest, Parcel
from wms.queries.listing import FIRST, Cut, Listing, like, page_of

waves, lists, picks, list_orders = table_of(Wave), table_of(PickList), table_of(Pick), table_of(ListOrder)
orders, operators, places = table_of(Order), table_of(Operator), table_of(Location)
parcels, carriers, manifests, boxes = table_of(Parcel), table_of(Carrier), table_of(Manifest), table_of(CartonType)
jobs = table_of(Job)
carts, stations = places.alias("cart"), places.alias("station")


def tally(condition: Any, name: str) -> Any:
    """Return how many rows meet a condition, 0 when there are none."""
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), Integer).label(name)


def in_state(*states: str) -> Any:
    """Return whether an order is in one of these states."""
    return orders.c.state.in_(states)


all_waves = (
    select(
        *(waves.c[name] for name in ("id", "name", "kind", "state", "released_at", "done_at")),
        operators.c.name.label("released_by"),
        cast(func.count(orders.c.id), Integer).label("orders"),
        cast(func.coalesce(func.sum(orders.c.units), 0), Integer).label("units"),
        tally(in_state("picked", "packing", "packed", "shipped"), "picked"),
        tally(in_state("packed", "shipped"), "packed"),
        tally(in_state("shipped"), "shipped"),
    )
    .select_from(
        waves.outerjoin(orders, orders.c.wave_id == waves.c.id).outerjoin(
            operators, operators.c.id == waves.c.released_by
        )
    )
    .group_by(waves.c.id, operators.c.name)
)
per_list = (
    select(
        picks.c.list_id,
        func.count().label("lines"),
        func.sum(picks.c.qty).label("units"),
        func.sum(picks.c.taken).label("taken"),
        tally(picks.c.state != "open", "lines_done"),
    )
    .group_by(picks.c.list_id)
    .subquery("per_list")
)
orders_of = select(func.count()).where(list_orders.c.list_id == lists.c.id).scalar_subquery()
all_lists = (
    select(
        *(
            lists.c[name]
            for name in ("id", "code", "mode", "state", "walk_mm", "why", "started_at", "dropped_at", "wave_id")
        ),
        *(operators.c.name.label("operator"), carts.c.name.label("cart"), stations.c.name.label("station")),
        orders_of.label("orders"),
        *(
            cast(func.coalesce(per_list.c[name], 0), Integer).label(name)
            for name in ("lines", "lines_done", "units", "taken")
        ),
    )
    .select_from(
        lists.outerjoin(per_list, per_list.c.list_id == lists.c.id)
        .outerjoin(operators, operators.c.id == lists.c.operator_id)
        .outerjoin(carts, carts.c.id == lists.c.cart_id)
        .outerjoin(stations, stations.c.id == lists.c.station_id)
    )
    .order_by(lists.c.id)
)


def wave_list(tx: Tx, cut: Cut = FIRST) -> Listing:
    """Return waves, the newest first, with how many of their orders are picked, packed and shipped."""
    return page_of(tx, all_waves.order_by(waves.c.id.desc()), cut)


@dataclass(frozen=True)
class WavePage:
    """One wave and its pick lists, each with why it is as it is."""

    wave: Any
    lists: list[Any]

    @property
    def walk_mm(self) -> int:
        """Return how far all its lists walk."""
        return sum(each.walk_mm for each in self.lists)


def wave_page(tx: Tx, wave_id: int) -> WavePage | None:
    """Return one wave with its lists (two statements), or None."""
    wave = tx.one(all_waves.where(waves.c.id == wave_id))
    return WavePage(wave, tx.all(all_lists.where(lists.c.wave_id == wave_id))) if wave else None


# -- parcels and trucks -----------------------------------------------------------------------------------------------

all_parcels = select(
    *(
        parcels.c[name]
        for name in (
            "id",
            "code",
            "state",
            "weight_g",
            "expected_g",
            "opened_at",
            "packed_at",
            "shipped_at",
            "tracking",
        )
    ),
    *(parcels.c.order_id, orders.c.number.label("order"), orders.c.country, carriers.c.name.label("carrier")),
    *(boxes.c.name.label("carton"), manifests.c.code.label("manifest"), stations.c.name.label("station")),
    operators.c.name.label("packed_by"),
).select_from(
    parcels.join(orders, orders.c.id == parcels.c.order_id)
    .outerjoin(carriers, carriers.c.id == parcels.c.carrier_id)
    .outerjoin(boxes, boxes.c.id == parcels.c.carton_id)
    .outerjoin(manifests, manifests.c.id == parcels.c.manifest_id)
    .outerjoin(stations, stations.c.id == parcels.c.station_id)
    .outerjoin(operators, operators.c.id == parcels.c.packed_by)
)


@dataclass(frozen=True)
class ParcelFilters:
    """Which parcels to show; an empty text does not filter."""

    state: str = ""
    carrier: str = ""
    manifest: str = ""
    text: str = ""


def parcel_list(tx: Tx, filters: ParcelFilters, cut: Cut = FIRST) -> Listing:
    """Return parcels, the newest first."""
    found = all_parcels
    for column, value in (
        (parcels.c.state, filters.state),
        (carriers.c.code, filters.carrier),
        (manifests.c.code, filters.manifest),
    ):
        found = found.where(column == value) if value else found
    if filters.text:
        found = found.where(
            or_(*(like(each, filters.text) for each in (parcels.c.code, orders.c.number, parcels.c.tracking)))
        )
    return page_of(tx, found.order_by(parcels.c.id.desc()), cut)


def parcel_states(tx: Tx) -> dict[str, int]:
    """Return how many parcels are in each state."""
    found = select(parcels.c.state, func.count().label("number")).group_by(parcels.c.state)
    return {row.state: int(row.number) for row in tx.all(found)}


all_manifests = (
    select(
        *(manifests.c[name] for name in ("id", "code", "state", "opened_at", "closed_at")),
        *(carriers.c.name.label("carrier"), places.c.name.label("dock"), operators.c.name.label("operator")),
        cast(func.count(parcels.c.id), Integer).label("parcels"),
        cast(func.coalesce(func.sum(parcels.c.weight_g), 0), Integer).label("weight_g"),
    )
    .select_from(
        manifests.join(carriers, carriers.c.id == manifests.c.carrier_id)
        .join(places, places.c.id == manifests.c.dock_id)
        .outerjoin(operators, operators.c.id == manifests.c.operator_id)
        .outerjoin(parcels, and_(parcels.c.manifest_id == manifests.c.id, parcels.c.state != "void"))
    )
    .group_by(manifests.c.id, carriers.c.name, places.c.name, operators.c.name)
)


def manifest_list(tx: Tx, cut: Cut = FIRST) -> Listing:
    """Return trucks, the newest first, with how many parcels each took."""
    return page_of(tx, all_manifests.order_by(manifests.c.id.desc()), cut)


# -- the worker's jobs ------------------------------------------------------------------------------------------------


def job_list(tx: Tx, kind: str = "", state: str = "", cut: Cut = FIRST) -> Listing:
    """Return background jobs, the newest first."""
    found = select(jobs)
    for column, value in ((jobs.c.kind, kind), (jobs.c.state, state)):
        found = found.where(column == value) if value else found
    return page_of(tx, found.order_by(jobs.c.id.desc()), cut)


def job_row(tx: Tx, job_id: int) -> Any:
    """Return one job, or None."""
    return tx.one(select(jobs).where(jobs.c.id == job_id))


def wave_of_list(tx: Tx, list_id: int) -> int | None:
    """Return the wave of a pick list, or None."""
    found = tx.value(select(lists.c.wave_id).where(lists.c.id == list_id))
    return int(found) if found else None
