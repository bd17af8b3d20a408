"""The picking board: what is left today and how fast it goes, waves as bars, carts with their people, exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from wms.db import Tx, table_of
from wms.models.floor import Task
from wms.models.items import Item
from wms.models.orders import Hold, Order
from wms.models.outbound import Pick, PickList, Wave
from wms.models.people import Operator
from wms.models.places import Location
from wms.queries.packing import Aged, aged, minutes
from wms.queries.walks import subject

lists, picks, waves, orders = table_of(PickList), table_of(Pick), table_of(Wave), table_of(Order)
holds, tasks, operators, locations, items = (table_of(each) for each in (Hold, Task, Operator, Location, Item))
SHORTS_HOURS = 12  # a short pick is news for a shift
IDLE_MINUTES = 10


@dataclass(frozen=True)
class WaveBar:
    """A wave: how many of its orders are picked, and of these how many packed; `minutes` since its release."""

    name: str
    orders: int
    picked: int
    packed: int
    minutes: int


@dataclass(frozen=True)
class CartTile:
    """A list on its way: who, on which cart, how many units of how many, minutes since the last scan (0: just now).

    `mode` is how its orders are picked: cluster, single, shape, batch.
    """

    cart: str
    person: str
    list: str
    done: int
    of: int
    idle_minutes: int
    mode: str = ""


@dataclass(frozen=True)
class PickingBoard:
    """The picking board: its figures, the open waves, the carts, and the exceptions, the oldest first."""

    orders_left: int
    lines_hour: int
    lists_ready: int
    waves: tuple[WaveBar, ...]
    carts: tuple[CartTile, ...]
    exceptions: tuple[Aged, ...]

    @property
    def figures(self) -> dict[str, int]:
        """Return the figures that are readable from afar."""
        counted = {"lists ready": self.lists_ready, "exceptions": len(self.exceptions)}
        return {"orders to pick": self.orders_left, "lines an hour": self.lines_hour} | counted


def tally(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return how many rows meet a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


left = select(func.count()).where(orders.c.state.in_(("released", "picking"))).scalar_subquery()
pace = select(func.count()).where(picks.c.done_at > bindparam("hour_ago"), picks.c.taken > 0).scalar_subquery()
ready = select(func.count()).where(lists.c.state == "ready").scalar_subquery()
read_figures = select(left.label("left"), pace.label("pace"), ready.label("ready"))
read_waves = (
    select(waves.c.id, waves.c.name, waves.c.released_at, func.count(orders.c.id).label("orders"))
    .add_columns(tally(orders.c.state.in_(("picked", "packing", "packed", "shipped"))).label("picked"))
    .add_columns(tally(orders.c.state.in_(("packed", "shipped"))).label("packed"))
    .select_from(waves.outerjoin(orders, orders.c.wave_id == waves.c.id))
    .where(waves.c.state == "open")
    .group_by(waves.c.id, waves.c.name, waves.c.released_at)
    .order_by(waves.c.id)
)
units = (
    select(picks.c.list_id, func.sum(case((picks.c.state == "open", picks.c.qty), else_=picks.c.taken)).label("of"))
    .add_columns(func.sum(picks.c.taken).label("done"))
    .join(lists, and_(lists.c.id == picks.c.list_id, lists.c.state == "picking"))
    .group_by(picks.c.list_id)
    .subquery()
)
read_carts = (
    select(lists.c.id, lists.c.code, lists.c.mode, lists.c.started_at, operators.c.name.label("person"))
    .add_columns(tasks.c.seen_at, locations.c.name.label("cart"), units.c.of, units.c.done)
    .select_from(
        lists.outerjoin(operators, operators.c.id == lists.c.operator_id)
        .outerjoin(locations, locations.c.id == lists.c.cart_id)
        .outerjoin(units, units.c.list_id == lists.c.id)
        .outerjoin(tasks, and_(tasks.c.subject == subject(lists.c.id), tasks.c.closed_at.is_(None)))
    )
    .where(lists.c.state == "picking")
    .order_by(lists.c.id)
)
shorts = (
    select(literal("short").label("kind"), items.c.sku.label("name"), locations.c.name.label("text"))
    .add_columns(func.min(picks.c.done_at).label("since"))
    .join(items, items.c.id == picks.c.item_id)
    .join(locations, locations.c.id == picks.c.location_id)
    .where(picks.c.state == "short", picks.c.done_at > bindparam("shift_ago"))
    .group_by(items.c.sku, locations.c.name)
)
short_holds = (
    select(literal("hold"), orders.c.number, holds.c.detail, holds.c.opened_at)
    .join(orders, orders.c.id == holds.c.order_id)
    .where(holds.c.cleared_at.is_(None), or_(holds.c.code == "SHORT", orders.c.state.in_(("released", "picking"))))
)
read_exceptions = union_all(shorts, short_holds)


def picking_board(tx: Tx) -> PickingBoard:
    """Return all that the picking board shows (four statements).

    Exceptions are of the kinds short (SKU, place), hold (order number, detail) and idle (cart, person).
    """
    times = {"hour_ago": tx.now - timedelta(hours=1), "shift_ago": tx.now - timedelta(hours=SHORTS_HOURS)}
    figures = tx.one(read_figures, hour_ago=times["hour_ago"])
    assert figures is not None
    bars = tuple(bar(row, tx.now) for row in tx.all(read_waves))
    carts = tuple(tile(row, tx.now) for row in tx.all(read_carts))
    idle = [
        Aged("idle", each.cart, each.person, each.idle_minutes) for each in carts if each.idle_minutes >= IDLE_MINUTES
    ]
    troubles = [*aged(tx.all(read_exceptions, shift_ago=times["shift_ago"]), tx.now), *idle]
    oldest_first = tuple(sorted(troubles, key=lambda each: -each.minutes))
    return PickingBoard(figures.left, figures.pace, figures.ready, bars, carts, oldest_first)


def bar(row: Row[Any], now: datetime) -> WaveBar:
    """Return a wave as a bar."""
    return WaveBar(row.name, row.orders, int(row.picked), int(row.packed), minutes(row.released_at, now))


def tile(row: Row[Any], now: datetime) -> CartTile:
    """Return a list on its way as a tile; before it has a cart it goes by its own code."""
    seen = row.seen_at or row.started_at
    figures = (int(row.done or 0), int(row.of or 0), minutes(seen, now))
    return CartTile(row.cart or row.code, row.person or "", str(row.id), *figures, row.mode)
