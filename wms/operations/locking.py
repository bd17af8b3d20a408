"""Two locks: what an order holds, and where it goes. Time closes the second, a reason opens either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from wms.db import Tx, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.orders import Order, OrderEvent, OrderLine
from wms.models.shipping import Parcel
from wms.operations import timeline
from wms.operations.ledger import By
from wms.queries.locks import bad_address
from wms.settings import Settings

orders, events = table_of(Order), table_of(OrderEvent)
order_lines, parcels = table_of(OrderLine), table_of(Parcel)
OPEN = ("held", "clean")
PARTS = ("content", "address")
PART = 5_000  # orders that one statement carries as values
NOT_LOCKED = "address kept open"  # the kind of the event that says why a due address was not locked
count_orders = select(func.count()).select_from(orders)


class Locks(NamedTuple):
    """Which of its two locks hold an order."""

    content: bool
    address: bool


class Told(NamedTuple):
    """How many orders were changed, and how many were left as they are: before so, or with a bad address."""

    changed: int
    before: int
    bad: int


class PackingBegan(Refusal):
    """What lies in a box is not changed behind the packer's back."""

    sentence = "Order {number}: packing began. Void the parcel first."


class OnTheFloor(Refusal):
    """Goods are promised and perhaps picked: what is in the order cannot change any more."""

    sentence = "Order {number} is {state}. Its content stays."


class GoesInParts(Refusal):
    """What stands in two parcels changes when it is one again."""

    sentence = "Order {number} goes in parts. Put it together first."


class NotLocked(Refusal):
    """Nothing to unlock."""

    sentence = "Order {number}: nothing is locked."


def locked(row: Any) -> Locks:
    """Return the locks of an order's row (`state`, `content_locked_at`, `address_locked_at`).

    What an order holds is locked from its release on, whatever the columns say; an address may be opened again until
    its parcel is packed.
    """
    return Locks(row.state not in OPEN or row.content_locked_at is not None, row.address_locked_at is not None)


def row_of(tx: Tx, order_id: int) -> Any:
    """Return an order's row, or None."""
    return tx.one(select(orders).where(orders.c.id == order_id))


# --- closing ---


def lock_content(tx: Tx, by: By, order_ids: Sequence[int]) -> Told:
    """Lock what orders hold; parts of split orders follow. Orders that left the desk stay as they are."""
    mine = and_(orders.c.state.in_(OPEN), orders.c.content_locked_at.is_(None))
    ids, done = _change(tx, order_ids, mine, content_locked_at=tx.now)
    timeline.note(tx, done, "locked", "Content locked.", by.operator_id)
    return Told(len(done), len(ids) - len(done), 0)


def lock_address(tx: Tx, by: By, order_ids: Sequence[int]) -> Told:
    """Lock addresses at once, without the days of the final notice; bad ones stay open and are counted."""
    mine = and_(orders.c.state.in_(OPEN), orders.c.address_locked_at.is_(None))
    ids, done = _change(tx, order_ids, and_(mine, ~bad_address), address_locked_at=tx.now)
    timeline.note(tx, done, "locked", "Address locked.", by.operator_id)
    bad = sum(int(tx.value(count_orders.where(orders.c.id.in_(part), mine, bad_address))) for part in _in_parts(ids))
    return Told(len(done), len(ids) - len(done) - bad, bad)


def final_notice(tx: Tx, settings: Settings, by: By, order_ids: Sequence[int]) -> Told:
    """Start the clock of orders whose final notice went out: their addresses lock after `final_notice_hours`.

    A clock that runs is not set anew, neither by a second notice nor by an edit.
    """
    at = tx.now + timedelta(hours=settings.release.final_notice_hours)
    mine = and_(orders.c.state.in_(OPEN), orders.c.address_locked_at.is_(None), orders.c.lock_at.is_(None))
    ids, done = _change(tx, order_ids, mine, lock_at=at)
    words = f"The final notice went out: the address locks {at:%d %b %H:%M} UTC."
    timeline.note(tx, done, "notice", words, by.operator_id)
    return Told(len(done), len(ids) - len(done), 0)


def _change(
    tx: Tx, order_ids: Sequence[int], condition: ColumnElement[bool], **values: Any
) -> tuple[list[int], list[int]]:
    """Change those of these orders and their parts that meet a condition; return all of them, and the changed ones."""
    ids, done = family(tx, order_ids), list[int]()
    for part in _in_parts(ids):
        change = update(orders).where(orders.c.id.in_(part), condition).values(values)
        done += [row.id for row in tx.execute(change.returning(orders.c.id))]
    return ids, sorted(done)


def tick(tx: Tx) -> int:
    """Lock the addresses whose time has come; return how many. A bad one stays open, and its timeline says so once."""
    due = (orders.c.lock_at <= tx.now, orders.c.address_locked_at.is_(None), orders.c.state.in_(OPEN))
    closing = update(orders).where(*due, ~bad_address).values(address_locked_at=tx.now)
    done = sorted(row.id for row in tx.execute(closing.returning(orders.c.id)))
    timeline.note(tx, done, "locked", "The time of the final notice is over: address locked.")
    said = exists().where(
        events.c.order_id == orders.c.id, events.c.kind == NOT_LOCKED, events.c.at >= orders.c.lock_at
    )
    left = [row.id for row in tx.all(select(orders.c.id).where(*due, bad_address, ~said).order_by(orders.c.id))]
    timeline.note(tx, left, NOT_LOCKED, "Not locked: the address cannot be right. It locks when it is put right.")
    return len(done)


def close(tx: Tx, order_ids: Sequence[int]) -> None:
    """Lock both of orders that are released; what was locked keeps its time."""
    both = {name: func.coalesce(orders.c[name], tx.now) for name in ("content_locked_at", "address_locked_at")}
    for part in _in_parts(order_ids):
        tx.execute(update(orders).where(orders.c.id.in_(part)).values(both))


# --- opening ---


def unlock(tx: Tx, by: By, order_id: int, part: str, reason: str) -> None:
    """Open one lock of an order (content or address) with a reason; its parts are opened, too.

    Whether this person may is asked before. Raises BadInput, NotFound, NotLocked, OnTheFloor, PackingBegan,
    GoesInParts.
    """
    if part not in PARTS:
        raise BadInput(field="lock", why=f"one of {', '.join(PARTS)}")
    if not reason.strip():
        raise BadInput(field="reason", why="say why it is opened again")
    ids = family(tx, [order_id])
    alive = or_(orders.c.parent_id.is_(None), orders.c.state != "cancelled")
    mine = select(orders).where(orders.c.id.in_(ids), alive).order_by(orders.c.id)
    rows = tx.all(mine.with_for_update(key_share=True))
    if not rows:
        raise NotFound(what=f"Order {order_id}")
    for row in rows:
        check_open(tx, row, part)
        if part == "content" and row.parent_id is not None and row.units:
            raise GoesInParts(number=rows[0].number)
    if not any(row[f"{part}_locked_at"] for row in (row._mapping for row in rows)):
        raise NotLocked(number=rows[0].number)
    values: dict[str, Any] = {f"{part}_locked_at": None} | ({"lock_at": None} if part == "address" else {})
    tx.execute(update(orders).where(orders.c.id.in_(ids)).values(values))
    timeline.note(tx, ids, "unlocked", f"{part.title()} opened again: {reason.strip()}", by.operator_id)


def check_open(tx: Tx, row: Any, part: str) -> None:
    """Raise unless a lock of this order may be opened."""
    if part == "content" and row.state not in OPEN:
        raise OnTheFloor(number=row.number, state=row.state)
    boxed = or_(
        exists().where(parcels.c.order_id == row.id, parcels.c.state != "void"),
        exists().where(order_lines.c.order_id == row.id, order_lines.c.packed > 0),
    )
    if row.state in ("packing", "packed", "shipped") or tx.value(select(boxed)):
        raise PackingBegan(number=row.number)


# --- families ---


def family(tx: Tx, order_ids: Sequence[int]) -> list[int]:
    """Return these orders, those they are parts of, and all other parts, by id."""
    found = set(order_ids)
    for part in _in_parts(sorted(found)):
        roots = select(func.coalesce(orders.c.parent_id, orders.c.id)).where(orders.c.id.in_(part))
        both = or_(orders.c.id.in_(roots), orders.c.parent_id.in_(roots))
        found |= {row.id for row in tx.all(select(orders.c.id).where(both))}
    return sorted(found)


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (ids[start : start + PART] for start in range(0, len(ids), PART))
