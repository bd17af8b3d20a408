"""When a place lacks what the book says: another bin at once, else the order waits. And another lot on request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from wms.db import Tx, table_of
from wms.errors import Ask, Refusal
from wms.models.items import Item
from wms.models.orders import Order
from wms.models.outbound import Pick
from wms.operations import counting, exchanging, ledger, reviewing, timeline
from wms.operations.ledger import By, Key
from wms.operations.taking import STEP, Now, PickGone, like
from wms.queries import walks
from wms.settings import Settings

picks, orders, items = table_of(Pick), table_of(Order), table_of(Item)
REASONS = {"F1": "not there", "F2": "damaged", "F3": "not usable"}


class LotInHand(Refusal):
    """Units of two lots cannot be told apart in one hand."""

    sentence = "Lot {lot} is in your hand. Finish it first."


class NoSuchLot(Refusal):
    """A lot that is not in this place."""

    sentence = "Lot {lot} of {sku} is not here. Scan {expected}."


class LotTooShort(Refusal):
    """A lot that may not be sent any more."""

    sentence = "Lot {lot} expires too soon. Take {expected}."


class LotPromised(Refusal):
    """A lot of which too little is free."""

    sentence = "Only {free} of lot {lot} are free. Take {expected}."


class OtherLot(Ask):
    """Another lot of the same item in the same place."""

    sentence = "Lot {lot}, not {expected}. Again to take it."


class Found(NamedTuple):
    """Units found elsewhere for a pick."""

    pick: Any
    shelf: Any
    qty: int


void_rest = (
    update(picks)
    .where(picks.c.id == bindparam("pick"), picks.c.state == "open")
    .values(state="short", reason=bindparam("why"), done_at=bindparam("at"))
)


def shorten(tx: Tx, settings: Settings, by: By, now: Now, reason: str) -> str:
    """Give up what is left of the current pick, with a reason, and say what happens instead.

    The place is asked to be counted and is not promised again before. What stands free elsewhere is put into the walk
    at its place; an order that stays incomplete is held SHORT, and the rest of it goes on. In bulk as few orders as
    possible stay incomplete.
    """
    gone = affected(tx, now)
    if not gone:
        raise PickGone
    ledger.release(tx, {now.key: sum(missing(row) for row in gone)})
    tx.execute(void_rest, [{"pick": row.id, "why": reason, "at": tx.now} for row in gone])
    counting.ask(tx, now.location_id, "short")
    found = resourced(tx, settings, now, gone)
    add_picks(tx, now, found)
    lacking = left_over(gone, found)
    if lacking and now.bulk:
        lacking = exchanging.gather(tx, now.list_id, now.item_id, lacking)
    sku = str(tx.value(select(items.c.sku).where(items.c.id == now.item_id)))
    hold_short(tx, by, lacking, sku)
    tx.announce("picking")
    return said(found, lacking, sku)


def affected(tx: Tx, now: Now) -> list[Any]:
    """Return the open picks that the picker is at: in bulk all that take the same from the same place."""
    return [row for row in like(tx, now) if now.bulk or row.id == now.pick_id]


def missing(pick: Any) -> int:
    """Return the units of a pick that were not taken."""
    return int(pick.qty - pick.taken)


def resourced(tx: Tx, settings: Settings, now: Now, gone: Sequence[Any]) -> list[Found]:
    """Return what other places can give to picks: first expired first, then the nearest."""
    last_day = tx.now.date() + timedelta(days=settings.floor.expiry_days_min)
    shelves = [row for row in walks.elsewhere(tx, now.item_id, now.location_id) if lasts(row.expiry, last_day)]
    free = Counter({shelf.id: shelf.free for shelf in shelves})
    found = []
    for pick in gone:
        want = missing(pick)
        for shelf in shelves:
            if qty := min(want, free[shelf.id]):
                found.append(Found(pick, shelf, qty))
                free[shelf.id] -= qty
                want -= qty
    return found


def lasts(expiry: Any, last_day: Any) -> bool:
    """Return whether stock may still be sent."""
    return expiry is None or expiry >= last_day


def add_picks(tx: Tx, now: Now, found: Sequence[Found]) -> None:
    """Reserve what was found and put it into the walk."""
    if not found:
        return
    wanted = Counter[Key]()
    for each in found:
        wanted[key_of(each.shelf)] += each.qty
    ledger.allocate(tx, dict(wanted))
    walk = walks.walk_left(tx, now.list_id)
    tx.execute(insert(picks), [pick_row(now, each, seq_for(each.shelf, walk)) for each in found])


def key_of(shelf: Any) -> Key:
    """Return the ledger key of a balance."""
    return (shelf.location_id, shelf.lpn_id, shelf.item_id, shelf.lot_id, shelf.condition)


def pick_row(now: Now, each: Found, seq: int) -> dict[str, Any]:
    """Return the pick that replaces one that was short."""
    where = {"location_id": each.shelf.location_id, "lpn_id": each.shelf.lpn_id, "lot_id": each.shelf.lot_id}
    what = {"order_id": each.pick.order_id, "order_line_id": each.pick.order_line_id, "item_id": now.item_id}
    return {"list_id": now.list_id, "qty": each.qty, "seq": seq, **where, **what}


def seq_for(shelf: Any, walk: Sequence[Any]) -> int:
    """Return where a place comes in the rest of a walk: where it adds the least way, counted from the picker."""
    known = next((stop.seq for stop in walk if stop.location_id == shelf.location_id), None)
    if known is not None or not walk:
        return int(known or STEP)
    new = (shelf.x_mm, shelf.y_mm)
    path = [(shelf.from_x_mm, shelf.from_y_mm), *((stop.x_mm, stop.y_mm) for stop in walk)]
    detours = [far(at, new) + far(new, then) - far(at, then) for at, then in pairwise(path)]
    detours.append(far(path[-1], new))
    best = detours.index(min(detours))
    return int(walk[best - 1].seq) + 1 if best else int(walk[0].seq) - 1


def far(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return how far two points are from each other along the aisles, in mm."""
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def left_over(gone: Sequence[Any], found: Sequence[Found]) -> dict[int, int]:
    """Return order id -> units that nothing can give."""
    lacking = Counter[int]()
    for pick in gone:
        lacking[pick.order_id] += missing(pick)
    for each in found:
        lacking[each.pick.order_id] -= each.qty
    return {order_id: qty for order_id, qty in lacking.items() if qty}


def hold_short(tx: Tx, by: By, lacking: dict[int, int], sku: str) -> None:
    """Hold orders that stay incomplete."""
    reviewing.open_holds(tx, [(order_id, "SHORT", f"{qty} {sku} missing.") for order_id, qty in lacking.items()])
    timeline.note(tx, list(lacking), "short", f"{sku} is missing.", by.operator_id)


def said(found: Sequence[Found], lacking: dict[int, int], sku: str) -> str:
    """Return what the picker should know: where the rest is, or that the order waits."""
    if lacking:
        return f"{sum(lacking.values())} {sku} short. Go on with the rest."
    return f"{sum(each.qty for each in found)} {sku} more in {found[0].shelf.place}."


# --- another lot ---


def swap_lot(tx: Tx, settings: Settings, now: Now, lot_code: str, expected: str) -> Any:
    """Return the lot that was scanned, when it may be taken instead of the planned one; the caller asks first.

    Raises NoSuchLot, LotTooShort, LotPromised.
    """
    found = walks.lot_here(tx, now.pick_id, lot_code)
    sku = tx.value(select(items.c.sku).where(items.c.id == now.item_id))
    if found is None:
        raise NoSuchLot(lot=lot_code, sku=sku, expected=expected)
    if not lasts(found.expiry, tx.now.date() + timedelta(days=settings.floor.expiry_days_min)):
        raise LotTooShort(lot=found.code, expected=expected)
    if found.free < sum(missing(row) for row in affected(tx, now)):
        raise LotPromised(lot=found.code, free=found.free, expected=expected)
    return found


def take_lot(tx: Tx, now: Now, lot_id: int) -> None:
    """Reserve the other lot instead, for everything that is still to be taken here."""
    mine = affected(tx, now)
    rest = sum(missing(row) for row in mine)
    other = (*now.key[:3], lot_id, now.key[4])
    ledger.release(tx, {now.key: rest})
    ledger.allocate(tx, {other: rest})
    for row in mine:
        change(tx, row, lot_id)


def change(tx: Tx, row: Any, lot_id: int) -> None:
    """Give a pick another lot; what was taken of it keeps its own."""
    if not row.taken:
        tx.execute(update(picks).where(picks.c.id == row.id).values(lot_id=lot_id))
        return
    tx.execute(update(picks).where(picks.c.id == row.id).values(qty=row.taken, state="done", done_at=tx.now))
    kept = ("list_id", "order_id", "order_line_id", "item_id", "location_id", "lpn_id", "seq")
    values = {name: row._mapping[name] for name in kept}
    tx.execute(insert(picks).values(values | {"lot_id": lot_id, "qty": missing(row)}))
