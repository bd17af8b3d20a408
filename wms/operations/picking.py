"""Pick lists: claimed by one person, put on a cart with totes, and set down at a pack station."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, func, select, update

from wms.db import Tx, table_of
from wms.errors import NotFound, Refusal
from wms.models.orders import Order, OrderLine
from wms.models.outbound import BULK, ListOrder, Pick, PickList, Wave
from wms.models.places import Location
from wms.models.stock import Lpn
from wms.operations import claims, ledger, timeline
from wms.operations.claims import Taker
from wms.operations.ledger import By, Move, Spot
from wms.queries import walks, wall

lists, picks, slots, waves = table_of(PickList), table_of(Pick), table_of(ListOrder), table_of(Wave)
orders, order_lines, locations, lpns = table_of(Order), table_of(OrderLine), table_of(Location), table_of(Lpn)


class NotReady(Refusal):
    """A list that nobody can pick any more."""

    sentence = "List {list} is {state}. Take another one."


class NoCart(Refusal):
    """A place that is not a cart."""

    sentence = "{place} is no cart. Scan a free cart."


class CartInUse(Refusal):
    """A cart on which another list is being picked."""

    sentence = "{place} carries list {list}. Take another cart."


class NotATote(Refusal):
    """A tote that belongs to another order or list."""

    sentence = "Tote {tote} belongs to list {list}. Take another one."


class ToteNotEmpty(Refusal):
    """The book knows units in this tote."""

    sentence = "Tote {tote} is not empty. Take another one."


class NoWall(Refusal):
    """A batch list is dropped where it can be sorted."""

    sentence = "{place} has no wall for {wanted} orders. Go to {expected}."


class NoStation(Refusal):
    """Totes are dropped where they are packed."""

    sentence = "{place} is no pack station. Go to {expected}."


# --- claiming a list ---


def claim_next(tx: Tx, by: By) -> int | None:
    """Claim the next ready list: for the first truck, of the oldest wave; None when there is none.

    Two people never get the same one.
    """
    found = tx.value(walks.next_ready.with_for_update(key_share=True, skip_locked=True))
    if found is None:
        return None
    begin(tx, by, int(found))
    return int(found)


def claim_list(tx: Tx, taker: Taker, list_id: int) -> int:
    """Claim the list that was scanned, as it stands: totes, cart and all. Raises InHand, NotReady, NotFound."""
    found = tx.one(select(lists).where(lists.c.id == list_id).with_for_update(key_share=True))
    if found is None:
        raise NotFound(what=f"List {list_id}")
    if found.state not in ("ready", "picking"):
        raise NotReady(list=list_id, state=found.state)
    claims.claim(tx, taker, f"list:{list_id}", f"list {list_id}")
    if found.state == "ready":
        begin(tx, taker.by, list_id)
    else:
        tx.execute(update(lists).where(lists.c.id == list_id).values(operator_id=taker.by.operator_id))
    return list_id


def begin(tx: Tx, by: By, list_id: int) -> None:
    """Note who picks a list from now on; its orders are being picked."""
    values = {"state": "picking", "operator_id": by.operator_id, "started_at": tx.now}
    tx.execute(update(lists).where(lists.c.id == list_id).values(values))
    mine = select(slots.c.order_id).where(slots.c.list_id == list_id)
    ids = [row.id for row in tx.all(select(orders.c.id).where(orders.c.id.in_(mine)).order_by(orders.c.id))]
    tx.execute(update(orders).where(orders.c.id.in_(ids), orders.c.state == "released").values(state="picking"))
    timeline.note(tx, ids, "picking", f"On list {list_id}.", by.operator_id)
    tx.announce("picking", "waves")


# --- cart and totes ---


def use_cart(tx: Tx, list_id: int, location_id: int) -> None:
    """Put a list on a cart. Raises NoCart, CartInUse."""
    found = tx.one(select(locations).where(locations.c.id == location_id).with_for_update(key_share=True))
    if found is None or found.kind != "cart" or not found.active:
        raise NoCart(place=found.name if found else location_id)
    busy = (lists.c.cart_id == location_id, lists.c.state == "picking", lists.c.id != list_id)
    if other := tx.value(select(lists.c.id).where(*busy).limit(1)):
        raise CartInUse(place=found.name, list=other)
    tx.execute(update(lists).where(lists.c.id == list_id).values(cart_id=location_id))
    tx.announce("picking")


def use_tote(tx: Tx, row: Any, tote_id: int) -> None:
    """Put an empty tote on the first slot without one; in bulk all orders of the list share it."""
    if row.mode in BULK:
        seize(tx, tote_id, row.id, None, row.cart_id)
        tx.execute(update(slots).where(slots.c.list_id == row.id).values(tote_id=tote_id))
        return
    slot = (slots.c.list_id == row.id, slots.c.slot == row.bare_slot)
    seize(tx, tote_id, row.id, int(tx.value(select(slots.c.order_id).where(*slot))), row.cart_id)
    tx.execute(update(slots).where(*slot).values(tote_id=tote_id))


def add_tote(tx: Tx, row: Any, tote_id: int) -> None:
    """Go on with another tote because the one in use is full; `row` is the current pick."""
    if row.mode in BULK:
        seize(tx, tote_id, row.id, None, row.cart_id)
        waiting = select(picks.c.order_id).where(picks.c.list_id == row.id, picks.c.state == "open")
        mine = (slots.c.list_id == row.id, slots.c.order_id.in_(waiting))
        tx.execute(update(slots).where(*mine).values(tote_id=tote_id))
        return
    seize(tx, tote_id, row.id, row.order_id, row.cart_id)
    last = int(tx.value(select(func.max(slots.c.slot)).where(slots.c.list_id == row.id)))
    values = {"list_id": row.id, "order_id": row.order_id, "slot": last + 1, "tote_id": tote_id}
    tx.execute(slots.insert().values(values))


def seize(tx: Tx, tote_id: int, list_id: int, order_id: int | None, location_id: int) -> None:
    """Take an empty tote that belongs to nobody to a place. Raises NotATote, ToteNotEmpty."""
    mine = update(lpns).where(lpns.c.id == tote_id, lpns.c.order_id.is_(None), lpns.c.list_id.is_(None))
    taken = tx.execute(mine.values(order_id=order_id, list_id=list_id, location_id=location_id))
    if taken.rowcount != 1:
        raise NotATote(tote=tote_id, list=tx.value(select(lpns.c.list_id).where(lpns.c.id == tote_id)))
    if not walks.is_empty(tx, tote_id):
        raise ToteNotEmpty(tote=tote_id)


# --- the drop ---


def drop(tx: Tx, by: By, row: Any, station_id: int) -> int:
    """Set all totes of a list down at a pack station: they move with what is in them. Returns how many totes.

    Orders of which nothing was found leave the list and are held again; the others are picked. Raises NoStation, and
    NoWall for a batch list that another station can sort and this one cannot.
    """
    found = tx.one(select(locations.c.kind, locations.c.name).where(locations.c.id == station_id))
    if found is None or found.kind != "station":
        target = station_for(tx, row)
        raise NoStation(place=found.name if found else station_id, expected=target.name if target else "a station")
    mode = mode_at(tx, row, station_id, found.name)
    content = walks.contents(tx, row.id)
    ledger.post(tx, by, [carried(line, station_id, row.code) for line in content])
    full = {line.lpn_id for line in content}
    tx.execute(update(lpns).where(lpns.c.id.in_(full)).values(location_id=station_id))
    freed = update(lpns).where(lpns.c.list_id == row.id, lpns.c.kind == "tote", lpns.c.id.not_in(full))
    tx.execute(freed.values(location_id=station_id, list_id=None, order_id=None))
    settle_orders(tx, by, row.id)
    values = {"state": "picked" if full else "void", "station_id": station_id, "dropped_at": tx.now, "mode": mode}
    tx.execute(update(lists).where(lists.c.id == row.id).values(values))
    close_wave(tx, row.id)
    tx.announce("picking", "packing", "waves")
    return len(full)


def station_for(tx: Tx, row: Any) -> Any:
    """Return where a list is brought: the station with the fewest lists waiting; a batch list to one with a wall."""
    return (wall.station_with_wall(tx, row.n_orders) if row.mode == "batch" else None) or walks.station(tx)


def mode_at(tx: Tx, row: Any, station_id: int, place: str) -> str:
    """Return how a list goes on at a station: a batch list that no wall can take is packed unit by unit, like singles.

    Raises NoWall when another station has the wall for it.
    """
    if row.mode != "batch" or wall.slots_at(tx, station_id) >= row.n_orders:
        return str(row.mode)
    if target := wall.station_with_wall(tx, row.n_orders):
        raise NoWall(place=place, wanted=row.n_orders, expected=target.name)
    return "single"


def carried(line: Any, station_id: int, code: str) -> Move:
    """Return the movement of one line of a tote's content to the station."""
    source, target = Spot(line.location_id, line.lpn_id), Spot(station_id, line.lpn_id)
    return Move(line.item_id, line.qty, source, target, "drop", line.lot_id, line.condition, document=code)


def settle_orders(tx: Tx, by: By, list_id: int) -> None:
    """Mark the orders of a dropped list: picked, or held and off the list when nothing of them was found."""
    mine = select(slots.c.order_id).where(slots.c.list_id == list_id).distinct()
    something = exists().where(order_lines.c.order_id == orders.c.id, order_lines.c.picked > 0)
    found = select(orders.c.id, something.label("found")).where(orders.c.id.in_(mine), orders.c.state == "picking")
    rows = tx.all(found.order_by(orders.c.id).with_for_update(key_share=True))
    picked = [row.id for row in rows if row.found]
    none = [row.id for row in rows if not row.found]
    tx.execute(update(orders).where(orders.c.id.in_(picked)).values(state="picked"))
    tx.execute(update(orders).where(orders.c.id.in_(none)).values(state="held", wave_id=None))
    tx.execute(delete(slots).where(slots.c.list_id == list_id, slots.c.order_id.in_(none)))
    timeline.note(tx, picked, "picked", f"List {list_id} is at the pack station.", by.operator_id)
    timeline.note(tx, none, "held", f"Nothing of it was found on list {list_id}.", by.operator_id)


def close_wave(tx: Tx, list_id: int) -> None:
    """Close the wave of a list when none of its lists is left to pick or pack."""
    wave_id = select(lists.c.wave_id).where(lists.c.id == list_id).scalar_subquery()
    busy = exists().where(lists.c.wave_id == waves.c.id, lists.c.state.not_in(("packed", "void")))
    tx.execute(
        update(waves).where(waves.c.id == wave_id, waves.c.state == "open", ~busy).values(state="done", done_at=tx.now)
    )
