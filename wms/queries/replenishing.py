"""What replenishing is told: pick faces, the reserve, what the next wave takes; and what the office sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Row, and_, case, cast, exists, func, or_, select

from wms.db import Tx, table_of
from wms.models.items import Item
from wms.models.orders import Order, OrderLine
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.slotting import MoveTask, PickFace
from wms.models.stock import AVAILABLE, LOOSE, Lot, Lpn, Stock
from wms.planning.replenishing import Face, Problem, Reserve, Want, shared, with_coming
from wms.queries import planning
from wms.queries.listing import FIRST, Cut, Listing, page_of
from wms.settings import Settings

faces, tasks, stock, items = table_of(PickFace), table_of(MoveTask), table_of(Stock), table_of(Item)
locations, lots, lpns = table_of(Location), table_of(Lot), table_of(Lpn)
orders, lines, operators = table_of(Order), table_of(OrderLine), table_of(Operator)
NEXT_WAVE_S = 3600  # when the next wave takes what it needs: in about an hour
OPEN = ("open", "doing")
left = tasks.c.qty - tasks.c.moved

unit_mm3 = cast(items.c.length_mm, BigInteger) * items.c.width_mm * items.c.height_mm
loose_here = and_(
    stock.c.location_id == faces.c.location_id,
    stock.c.item_id == faces.c.item_id,
    stock.c.lpn_id == LOOSE,
    stock.c.condition == AVAILABLE,
)
in_faces = (
    select(
        *(faces.c.id, faces.c.item_id, faces.c.location_id, faces.c.min_qty, faces.c.max_qty),
        *(items.c.sku, items.c.weight_g, unit_mm3.label("mm3"), locations.c.capacity_mm3, locations.c.capacity_g),
        cast(func.coalesce(func.sum(stock.c.qty), 0), Integer).label("qty"),
        cast(func.coalesce(func.sum(stock.c.allocated), 0), Integer).label("allocated"),
    )
    .select_from(
        faces.join(items, items.c.id == faces.c.item_id)
        .join(locations, locations.c.id == faces.c.location_id)
        .outerjoin(stock, loose_here)
    )
    .where(locations.c.active)
    .group_by(faces.c.id, items.c.id, locations.c.id)
    .order_by(faces.c.id)
)
own_face = exists().where(faces.c.location_id == stock.c.location_id, faces.c.item_id == stock.c.item_id)
has_face = exists().where(faces.c.item_id == stock.c.item_id)
stranger = stock.alias("stranger")
alone = ~exists().where(stranger.c.lpn_id == stock.c.lpn_id, stranger.c.qty > 0, stranger.c.id != stock.c.id)
in_reserve = (
    select(stock, items.c.sku, lots.c.expiry)
    .add_columns(and_(stock.c.lpn_id != LOOSE, stock.c.allocated == 0, alone).label("whole"))
    .select_from(
        stock.join(items, items.c.id == stock.c.item_id)
        .join(locations, locations.c.id == stock.c.location_id)
        .join(lots, lots.c.id == stock.c.lot_id)
    )
    .where(*planning.pickable, has_face, ~own_face)
    .order_by(locations.c.zone, locations.c.x_mm, locations.c.y_mm, locations.c.level, stock.c.id)
)


class Loaded(NamedTuple):
    """A problem, the balance of each stock in it, and the move tasks that were under way when it was read."""

    problem: Problem
    stocks: dict[int, Row[Any]]
    under_way: frozenset[tuple[int, str, int]]


def problem(tx: Tx, settings: Settings) -> Loaded:
    """Return faces with what stands in them and comes to them, the reserve, and what the next wave wants."""
    tasks_then = under_way(tx)  # first: what changes while the rest is read is noticed
    found, coming = tx.all(in_faces), tx.all(going)
    fed = with_coming((face(row) for row in found), [(row.to_location_id, row.units) for row in coming])
    wants = [Want(row.location_id, row.allocated) for row in found if row.allocated]
    wants += shared(after(fed, wants), [(row.sku, int(row.units), NEXT_WAVE_S) for row in wanted(tx, settings)])
    rows = tx.all(in_reserve) if fed else []
    reserves = tuple(reserve(row, place) for place, row in enumerate(rows))
    days = tx.now.date().toordinal(), settings.floor.expiry_days_min
    told = Problem(fed, reserves, tuple(wants), *days, planning.floor(tx, settings.layout))
    return Loaded(told, {row.id: row for row in rows}, tasks_then)


going = (  # open replenishments are planned anew; what somebody carries, and what a slotting plan brings, will come
    select(tasks.c.to_location_id, func.sum(left).label("units"))
    .where(or_(tasks.c.state == "doing", and_(tasks.c.state == "open", tasks.c.reason == "slotting")))
    .group_by(tasks.c.to_location_id)
)


def under_way(tx: Tx) -> frozenset[tuple[int, str, int]]:
    """Return the move tasks that are open or in somebody's hands, each with its state and what of it was moved."""
    found = tx.all(select(tasks.c.id, tasks.c.state, tasks.c.moved).where(tasks.c.state.in_(OPEN)))
    return frozenset((row.id, row.state, row.moved) for row in found)


def face(row: Row[Any]) -> Face:
    """Return a face as the planner sees it; without a limit of its own it takes what its volume and weight take."""
    most = row.max_qty or room_for(row)
    return Face(row.location_id, row.sku, row.qty, min(row.min_qty, most), most)


ENDLESS = 10_000
"""Units in a face that has no limit at all."""


def room_for(row: Row[Any]) -> int:
    """Return how many units of its item fit into a place, by volume and weight; at least one."""
    by_volume = row.capacity_mm3 // row.mm3 if row.capacity_mm3 and row.mm3 else ENDLESS
    by_weight = row.capacity_g // row.weight_g if row.capacity_g and row.weight_g else ENDLESS
    return max(1, min(int(by_volume), int(by_weight)))


def after(found: Sequence[Face], wants: Sequence[Want]) -> list[Face]:
    """Return faces less what is promised to picks."""
    taken = {want.place_id: want.qty for want in wants}
    return [each._replace(qty=max(0, each.qty - taken.get(each.place_id, 0))) for each in found]


def reserve(row: Row[Any], sequence: int) -> Reserve:
    """Return a balance as the planner sees it."""
    day = row.expiry.toordinal() if row.expiry else None
    return Reserve(row.id, row.sku, row.location_id, row.qty - row.allocated, day, bool(row.whole), sequence)


def wanted(tx: Tx, settings: Settings) -> list[Row[Any]]:
    """Return what the next wave takes of each item that has a face: sku, units."""
    ready = select(orders.c.id).where(orders.c.state == "clean").order_by(orders.c.id)
    next_wave = ready.limit(settings.release.wave_orders).scalar_subquery()
    return tx.all(
        select(items.c.sku, func.sum(lines.c.qty - lines.c.picked).label("units"))
        .join(items, items.c.id == lines.c.item_id)
        .where(lines.c.order_id.in_(next_wave), lines.c.qty > lines.c.picked)
        .where(exists().where(faces.c.item_id == lines.c.item_id))
        .group_by(items.c.sku)
        .order_by(items.c.sku)
    )


# -- the office -------------------------------------------------------------------------------------------------------

source, target = locations.alias("source"), locations.alias("target")
all_tasks = (
    select(
        *(tasks.c[name] for name in ("id", "reason", "state", "qty", "moved", "reserved", "why")),
        *(tasks.c[name] for name in ("asked_at", "started_at", "done_at")),
        *(
            items.c.sku,
            items.c.name,
            items.c.colour,
            source.c.name.label("from_place"),
            target.c.name.label("to_place"),
        ),
        *(case((lpns.c.id != LOOSE, lpns.c.code)).label("lpn"), operators.c.name.label("operator")),
    )
    .select_from(
        tasks.join(items, items.c.id == tasks.c.item_id)
        .join(source, source.c.id == tasks.c.from_location_id)
        .join(target, target.c.id == tasks.c.to_location_id)
        .join(lpns, lpns.c.id == tasks.c.from_lpn_id)
        .outerjoin(operators, operators.c.id == tasks.c.operator_id)
    )
    .order_by(tasks.c.seq, tasks.c.id)
)


def task_list(tx: Tx, state: str = "", cut: Cut = FIRST) -> Listing:
    """Return move tasks in the order in which they are done; `state` "" means those that are not ended."""
    return page_of(tx, all_tasks.where(tasks.c.state.in_((state,) if state else OPEN)), cut)


def task_counts(tx: Tx) -> dict[str, int]:
    """Return how many move tasks are in each state."""
    counted = select(tasks.c.state, func.count().label("number")).group_by(tasks.c.state)
    return {row.state: int(row.number) for row in tx.all(counted)}


on_the_way = (
    select(func.coalesce(func.sum(left), 0))
    .where(tasks.c.to_location_id == faces.c.location_id, tasks.c.item_id == faces.c.item_id, tasks.c.state.in_(OPEN))
    .scalar_subquery()
)
elsewhere = stock.alias("elsewhere")
reserve_of = (
    select(func.coalesce(func.sum(elsewhere.c.qty - elsewhere.c.allocated), 0))
    .where(elsewhere.c.item_id == faces.c.item_id, elsewhere.c.condition == AVAILABLE)
    .where(elsewhere.c.location_id.in_(select(locations.c.id).where(locations.c.kind == "reserve")))
    .scalar_subquery()
)
all_faces = in_faces.add_columns(
    *(items.c.name, items.c.colour, locations.c.name.label("place")),
    *(cast(on_the_way, Integer).label("coming"), cast(reserve_of, Integer).label("reserve")),
).order_by(None)
in_face = func.coalesce(func.sum(stock.c.qty - stock.c.allocated), 0)


def face_list(tx: Tx, low: bool = False, cut: Cut = FIRST) -> Listing:
    """Return pick faces by item, with what stands in them, comes to them and is in reserve.

    `low`: those below their minimum.
    """
    found = all_faces.having(in_face < func.max(faces.c.min_qty)) if low else all_faces
    return page_of(tx, found.order_by(items.c.sku, locations.c.name), cut)


def face_counts(tx: Tx) -> dict[str, int]:
    """Return how many faces there are, and how many hold less than their minimum."""
    each = in_faces.order_by(None).subquery()
    is_low = case((each.c.qty - each.c.allocated < each.c.min_qty, 1), else_=0)
    found = tx.one(select(func.count().label("all"), func.coalesce(func.sum(is_low), 0).label("low")).select_from(each))
    assert found is not None
    return {"all": int(found.all), "low": int(found.low)}
