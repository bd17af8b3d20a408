"""Stock moves; it is never edited. The only writer of `stock` and `stock_move`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import bindparam, insert, select, update

from wms.db import Tx, insert_or_add, table_of
from wms.errors import Refusal
from wms.models.items import Item
from wms.models.places import Location
from wms.models.stock import AVAILABLE, LOOSE, NO_LOT, Lpn, Stock, StockMove

stock, item, location, lpn = table_of(Stock), table_of(Item), table_of(Location), table_of(Lpn)
KEY = ("location_id", "lpn_id", "item_id", "lot_id", "condition")
Key = tuple[int, int, int, int, str]
MANY = 3  # from so many neighbouring balances on they are changed by one statement: a truck's parcels, a cart's totes


class NotEnough(Refusal):
    """Fewer free units stand there than were asked for; `free` is the limit."""

    sentence = "Only {free} of {sku} free in {place}."


class NoQuantity(Refusal):
    """A movement of nothing."""

    sentence = "The quantity must be at least 1."


@dataclass(frozen=True)
class By:
    """Who caused a movement and through which scan."""

    operator_id: int | None = None
    task_id: int | None = None
    scan_id: str | None = None
    document: str = ""  # for movements that name none themselves


@dataclass(frozen=True)
class Spot:
    """A place and the LPN in it (0 = loose)."""

    location_id: int
    lpn_id: int = LOOSE


@dataclass(frozen=True)
class Move:
    """`qty` units from one spot to another. `allocated` of them were reserved at the source and are no longer."""

    item_id: int
    qty: int
    source: Spot
    target: Spot
    reason: str
    lot_id: int = NO_LOT
    condition: str = AVAILABLE
    to_condition: str = ""
    document: str = ""
    allocated: int = 0

    @property
    def arrives(self) -> str:
        """Return the condition the units arrive in."""
        return self.to_condition or self.condition


here = [stock.c[name] == bindparam(f"k_{name}") for name in KEY]
take = (
    update(stock)
    .where(*here, stock.c.qty - stock.c.allocated >= bindparam("free"), stock.c.allocated >= bindparam("released"))
    .values(qty=stock.c.qty - bindparam("taken"), allocated=stock.c.allocated - bindparam("released"))
)
give = insert_or_add(Stock, KEY, "qty")
reserve = (
    update(stock)
    .where(*here, stock.c.qty - stock.c.allocated >= bindparam("more"))
    .values(allocated=stock.c.allocated + bindparam("more"))
)
unreserve = (
    update(stock)
    .where(*here, stock.c.allocated >= bindparam("less"))
    .values(allocated=stock.c.allocated - bindparam("less"))
)
record = insert(table_of(StockMove))


def post(tx: Tx, by: By, moves: Sequence[Move]) -> None:
    """Post movements and change their balances, all or nothing.

    Balances are touched in key order (no deadlocks) by relative, conditional updates. Raises NotEnough with the limit
    when a source has fewer free units, NoQuantity for a movement of nothing.
    """
    if any(move.qty <= 0 for move in moves):
        raise NoQuantity
    change, released = deltas(moves)
    for gains, run in groupby(sorted(change), key=lambda key: change[key] > 0):
        keys = list(run)
        if len(keys) < MANY or not at_once(tx, keys, change, None if gains else released):
            for key in keys:
                apply(tx, key, change[key], released[key])
    if moves:
        tx.execute(record, [row(tx, by, move) for move in moves])
    tx.announce("stock")


def deltas(moves: Sequence[Move]) -> tuple[dict[Key, int], dict[Key, int]]:
    """Return the change of quantity and the released reservations per balance key; the outside has no balance."""
    change: dict[Key, int] = defaultdict(int)
    released: dict[Key, int] = defaultdict(int)
    for move in moves:
        if move.source.location_id > 0:
            key = key_of(move.source, move.item_id, move.lot_id, move.condition)
            change[key] -= move.qty
            released[key] += move.allocated
        if move.target.location_id > 0:
            change[key_of(move.target, move.item_id, move.lot_id, move.arrives)] += move.qty
    return change, released


def key_of(spot: Spot, item_id: int, lot_id: int, condition: str) -> Key:
    """Return the balance key of an item at a spot."""
    return (spot.location_id, spot.lpn_id, item_id, lot_id, condition)


def at_once(tx: Tx, keys: list[Key], change: Mapping[Key, int], released: Mapping[Key, int] | None) -> bool:
    """Change neighbouring balances, in key order, with one statement; `released` is None when they only receive.

    Returns False, with nothing changed, when one of them cannot give what is asked: one by one says which.
    """
    if released is None:
        tx.execute(give, [dict(zip(KEY, key, strict=True)) | {"qty": change[key], "allocated": 0} for key in keys])
        return True
    wanted = [taking(key, change[key], released[key]) for key in keys if change[key] or released[key]]
    with tx.conn.begin_nested() as part:
        done = not wanted or tx.execute(take, wanted).rowcount == len(wanted)
        if not done:
            part.rollback()
    return done


def apply(tx: Tx, key: Key, change: int, released: int) -> None:
    """Change one balance; raises NotEnough when it cannot give what is asked."""
    if change > 0 or (change == 0 and not released):
        if change:
            tx.execute(give, dict(zip(KEY, key, strict=True)) | {"qty": change, "allocated": 0})
        return
    if tx.execute(take, taking(key, change, released)).rowcount != 1:
        raise not_enough(tx, key)


def taking(key: Key, change: int, released: int) -> dict[str, object]:
    """Return the values of `take`: so many units less, of which so many were reserved."""
    return bound(key) | {"taken": -change, "free": -change - released, "released": released}


def bound(key: Key) -> dict[str, object]:
    """Return the key as values of the prebuilt statements."""
    return {f"k_{name}": value for name, value in zip(KEY, key, strict=True)}


def row(tx: Tx, by: By, move: Move) -> dict[str, object]:
    """Return the ledger row of a movement."""
    return {
        "at": tx.now,
        "item_id": move.item_id,
        "lot_id": move.lot_id,
        "qty": move.qty,
        "condition": move.condition,
        "to_condition": move.arrives,
        "from_location_id": move.source.location_id,
        "from_lpn_id": move.source.lpn_id,
        "to_location_id": move.target.location_id,
        "to_lpn_id": move.target.lpn_id,
        "reason": move.reason,
        "document": move.document or by.document,
        "operator_id": by.operator_id,
        "task_id": by.task_id,
        "scan_id": by.scan_id,
    }


def not_enough(tx: Tx, key: Key) -> NotEnough:
    """Return the refusal that names item, place and how many are free there."""
    location_id, lpn_id, item_id, _, _ = key
    free = tx.value(select(stock.c.qty - stock.c.allocated).where(*here), **bound(key)) or 0
    sku = tx.value(select(item.c.sku).where(item.c.id == item_id))
    place = tx.value(
        select(lpn.c.code).where(lpn.c.id == lpn_id)
        if lpn_id
        else select(location.c.name).where(location.c.id == location_id)
    )
    return NotEnough(free=free, sku=sku, place=place)


def allocate(tx: Tx, wanted: dict[Key, int]) -> None:
    """Reserve units of balances, all or nothing, in key order; raises NotEnough."""
    for key in sorted(wanted):
        if tx.execute(reserve, bound(key) | {"more": wanted[key]}).rowcount != 1:
            raise not_enough(tx, key)


def release(tx: Tx, given_up: dict[Key, int]) -> None:
    """Give reservations back, in key order."""
    for key in sorted(given_up):
        if tx.execute(unreserve, bound(key) | {"less": given_up[key]}).rowcount != 1:
            raise RuntimeError(f"More reservations given back than were made: {key}")


def content(tx: Tx, lpn_id: int) -> list[dict[str, int | str]]:
    """Return the balances on an LPN: location_id, item_id, lot_id, condition, qty, allocated."""
    found = tx.execute(select(stock).where(stock.c.lpn_id == lpn_id, stock.c.qty > 0).order_by(stock.c.id))
    return [dict(each._mapping) for each in found]


def move_lpn(tx: Tx, by: By, lpn_id: int, target: Spot | int, reason: str) -> None:
    """Move an LPN with all it holds, one row per line of content; `by.document` says for what.

    `target` is a location id (the LPN goes there whole) or a Spot (its content is unpacked into it). Raises NotEnough
    when part of the content is reserved.
    """
    spot = Spot(target, lpn_id) if isinstance(target, int) else target
    lines = content(tx, lpn_id)
    post(tx, by, [line_move(line, lpn_id, spot, reason) for line in lines if elsewhere(line, lpn_id, spot)])
    at = spot.location_id if spot.location_id > 0 else None
    tx.execute(update(lpn).where(lpn.c.id == lpn_id).values(location_id=at))


def elsewhere(line: dict[str, int | str], lpn_id: int, spot: Spot) -> bool:
    """Return whether a line of content is not already at the spot."""
    return (line["location_id"], lpn_id) != (spot.location_id, spot.lpn_id)


def line_move(line: dict[str, int | str], lpn_id: int, spot: Spot, reason: str) -> Move:
    """Return the movement of one line of an LPN's content."""
    return Move(
        item_id=int(line["item_id"]),
        qty=int(line["qty"]),
        source=Spot(int(line["location_id"]), lpn_id),
        target=spot,
        reason=reason,
        lot_id=int(line["lot_id"]),
        condition=str(line["condition"]),
    )


def sweep(tx: Tx) -> int:
    """Remove empty balances of totes and parcels; returns how many. The ledger keeps their history."""
    return int(tx.execute(stock.delete().where(stock.c.qty == 0, stock.c.lpn_id != LOOSE)).rowcount)
