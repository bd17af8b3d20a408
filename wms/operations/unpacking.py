"""Units out of a carton, counted against its list: onto its plate at the dock, or into quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select, update

from wms.db import Tx, insert_or_nothing, table_of
from wms.errors import Ask, Refusal
from wms.models.inbound import ReceiptLine
from wms.models.places import SUPPLIER
from wms.models.stock import AVAILABLE, DAMAGED, QUARANTINE, SPARE
from wms.operations import ledger, quality
from wms.operations.ledger import By, Move, Spot
from wms.queries.cartons import Carton

lines = table_of(ReceiptLine)
add_line = insert_or_nothing(ReceiptLine, "carton_id", "item_id", "lot_code", "spare")
count_line = (
    update(lines)
    .where(lines.c.id == bindparam("line"))
    .values(received=lines.c.received + bindparam("good"), damaged=lines.c.damaged + bindparam("bad"))
)


class TooMany(Refusal):
    """More than the packing list and the site's tolerance allow; `rest` is the limit."""

    sentence = "{sku}: {rest} more at most. Call a supervisor."


class ManyAsk(Ask):
    """A supervisor may take more than announced."""

    sentence = "{over} {sku} too many. Again to take them."


class LotMissing(Refusal):
    """A tracked item cannot be taken as listed without its lot or date."""

    sentence = "The list names no {what} for {sku}. Scan it."


class Entry(NamedTuple):
    """One posted line of a carton: enough to take it back. Lists of them live in a task's memo."""

    line_id: int
    item_id: int
    qty: int
    lot_id: int
    condition: str
    location_id: int
    lpn_id: int


def line_for(carton: Carton, item_id: int, lot: str | None) -> Row[Any] | None:
    """Return the line that units of an item belong to: an open one before a full one; None when they are not listed."""
    fits = [row for row in carton.lines if row.item_id == item_id and (not lot or row.lot_code in (lot, ""))]
    return next((row for row in fits if row.rest > 0), fits[0] if fits else None)


def unplanned_line(tx: Tx, carton: Carton, item_id: int, lot: str = "") -> int:
    """Return the id of a line for goods the list does not name, made when new."""
    key = {"carton_id": carton.id, "item_id": item_id, "lot_code": lot, "spare": False}
    tx.execute(add_line, key | {"expected": 0, "received": 0, "damaged": 0, "expiry": None})
    where = [lines.c[name] == value for name, value in key.items()]
    return int(tx.value(select(lines.c.id).where(*where)))


def check_limit(line: Row[Any], qty: int, percent: int, supervises: bool, confirmed: bool) -> None:
    """Raise TooMany when `qty` more units pass the list by over `percent`; a supervisor is asked instead (ManyAsk)."""
    rest = line.expected + line.expected * percent // 100 - line.received - line.damaged
    if qty <= rest or line.expected == 0:
        return
    if not supervises:
        raise TooMany(sku=line.sku, rest=max(rest, 0))
    if not confirmed:
        raise ManyAsk(over=qty - max(rest, 0), sku=line.sku)


def condition_of(line: Row[Any] | None, aim: str) -> str:
    """Return the condition in which units are received: what the person says, else spare or available by the list."""
    return aim or (SPARE if line is not None and line.spare else AVAILABLE)


def entry(tx: Tx, carton: Carton, line_id: int, goods: quality.Goods) -> Entry:
    """Return the posting of goods of a line: on the carton's plate at the dock, or loose in quarantine."""
    if goods.condition in (DAMAGED, QUARANTINE):
        spot = Spot(quality.quarantine_place(tx))
    else:
        assert carton.dock_id is not None
        spot = Spot(carton.dock_id, carton.lpn_id)
    return Entry(line_id, goods.item_id, goods.qty, goods.lot_id, goods.condition, spot.location_id, spot.lpn_id)


def take(tx: Tx, by: By, carton: Carton, entries: Sequence[Entry]) -> None:
    """Receive entries from the supplier and count them on their lines."""
    post(tx, by, carton, entries, back=False)


def undo(tx: Tx, by: By, carton: Carton, entries: Sequence[Entry]) -> None:
    """Give entries back to the supplier; raises NotEnough when the goods have moved on."""
    post(tx, by, carton, entries, back=True)


def post(tx: Tx, by: By, carton: Carton, entries: Sequence[Entry], back: bool) -> None:
    """Post entries there or back, and change the counts of their lines by as much."""
    ledger.post(tx, by, [movement(carton, each, back) for each in entries])
    sign = -1 if back else 1
    for each in entries:
        bad = each.condition in (DAMAGED, QUARANTINE)
        counts = {"good": 0 if bad else sign * each.qty, "bad": sign * each.qty if bad else 0}
        tx.execute(count_line, {"line": each.line_id} | counts)


def movement(carton: Carton, each: Entry, back: bool) -> Move:
    """Return the ledger movement of an entry."""
    outside, inside = Spot(SUPPLIER), Spot(each.location_id, each.lpn_id)
    route = (inside, outside) if back else (outside, inside)
    facts = {"lot_id": each.lot_id, "condition": each.condition, "document": f"receipt:{carton.receipt_id}"}
    return Move(each.item_id, each.qty, *route, "undo" if back else "receipt", **facts)  # type: ignore[arg-type]


def as_listed(tx: Tx, carton: Carton, days: int) -> list[Entry]:
    """Return the postings of everything a carton should still hold.

    Raises LotMissing when a tracked item is listed without lot or date, or lives fewer than `days`.
    """
    return [listed(tx, carton, row, days) for row in carton.open_lines]


def listed(tx: Tx, carton: Carton, row: Row[Any], days: int) -> Entry:
    """Return the posting of what is left of one line."""
    if row.lot_tracked and not row.lot_code:
        raise LotMissing(what="lot", sku=row.sku)
    expiry: date | None = row.expiry
    if row.expiry_tracked:
        expiry = expiry or quality.known_expiry(tx, row.item_id, row.lot_code)
        if expiry is None or quality.too_short(tx, expiry, days):
            raise LotMissing(what="good date", sku=row.sku)
    lot = quality.lot_id(tx, row.item_id, row.lot_code, expiry)
    return entry(tx, carton, row.line_id, quality.Goods(row.item_id, row.rest, lot, condition_of(row, "")))
