"""Cartons of receipts as the floor sees them: what is in hand, what comes next, who is on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, bindparam, case, cast, func, literal, or_, select

from wms.db import Tx, table_of
from wms.models.floor import Scan, Task
from wms.models.inbound import Receipt, ReceiptCarton, ReceiptLine
from wms.models.items import Item, Owner
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.stock import Lpn, Stock, StockMove

heads, cartons, lines = table_of(Receipt), table_of(ReceiptCarton), table_of(ReceiptLine)
items, lpns, locations, operators = table_of(Item), table_of(Lpn), table_of(Location), table_of(Operator)
tasks, scans, owners, stock, moves = (
    table_of(Task),
    table_of(Scan),
    table_of(Owner),
    table_of(Stock),
    table_of(StockMove),
)
OTHERS = 4  # rank of a carton that a colleague has open
BOARD_DAYS = 7  # how long a difference stays on the board

counted = lines.c.received + lines.c.damaged
left = case((lines.c.expected > counted, lines.c.expected - counted), else_=0)


@dataclass(frozen=True)
class Carton:
    """One carton with its receipt and its lines: rows with sku, expected, received, damaged, rest, lot_code, …"""

    id: int
    number: str
    state: str
    operator_id: int | None
    lpn_id: int
    lpn_code: str
    receipt_id: int
    receipt: str
    receipt_state: str
    dock_id: int | None
    loose: bool
    lines: tuple[Row[Any], ...]

    @property
    def open_lines(self) -> list[Row[Any]]:
        """Return the lines of which units are still missing."""
        return [line for line in self.lines if line.rest > 0]

    @property
    def missing(self) -> int:
        """Return how many listed units were not counted yet."""
        return sum(line.rest for line in self.lines)

    def line(self, line_id: int | None) -> Row[Any] | None:
        """Return one of the lines."""
        return next((line for line in self.lines if line.line_id == line_id), None)


sheet = (
    select(
        cartons.c.id,
        cartons.c.number,
        cartons.c.state,
        cartons.c.operator_id,
        cartons.c.lpn_id,
        cartons.c.loose,
        lpns.c.code.label("lpn_code"),
        cartons.c.receipt_id,
        heads.c.number.label("receipt"),
        heads.c.state.label("receipt_state"),
        heads.c.dock_id,
        lines.c.id.label("line_id"),
        lines.c.item_id,
        lines.c.lot_code,
        lines.c.expiry,
        lines.c.spare,
        lines.c.expected,
        lines.c.received,
        lines.c.damaged,
        left.label("rest"),
        items.c.sku,
        items.c.name.label("item_name"),
        items.c.barcode,
        items.c.colour,
        items.c.lot_tracked,
        items.c.expiry_tracked,
    )
    .select_from(
        cartons.join(heads, heads.c.id == cartons.c.receipt_id)
        .join(lpns, lpns.c.id == cartons.c.lpn_id)
        .outerjoin(lines, lines.c.carton_id == cartons.c.id)
        .outerjoin(items, items.c.id == lines.c.item_id)
    )
    .order_by(lines.c.id)
)
by_id = sheet.where(cartons.c.id == bindparam("carton"))
by_lpn = sheet.where(cartons.c.lpn_id == bindparam("lpn"))
by_number = sheet.where(cartons.c.receipt_id == bindparam("receipt"), cartons.c.number == bindparam("number"))


def carton(tx: Tx, carton_id: int) -> Carton:
    """Return a carton with its lines (one statement)."""
    found = carton_of(tx.all(by_id, carton=carton_id))
    assert found is not None
    return found


def carton_on(tx: Tx, lpn_id: int) -> Carton | None:
    """Return the carton that a licence plate names, if a receipt announced it."""
    return carton_of(tx.all(by_lpn, lpn=lpn_id))


def carton_numbered(tx: Tx, receipt_id: int, number: str) -> Carton | None:
    """Return the carton with this factory number (C/NO) in a receipt."""
    return carton_of(tx.all(by_number, receipt=receipt_id, number=number))


def carton_of(rows: list[Row[Any]]) -> Carton | None:
    """Return the carton that joined rows describe; None without rows."""
    if not rows:
        return None
    head = rows[0]
    facts = (head.id, head.number, head.state, head.operator_id, head.lpn_id, head.lpn_code)
    receipt_facts = (head.receipt_id, head.receipt, head.receipt_state, head.dock_id, bool(head.loose))
    return Carton(*facts, *receipt_facts, tuple(row for row in rows if row.line_id is not None))


def about(prefix: str) -> ColumnElement[str]:
    """Return the subject of a task that has this carton in hand ("carton:7") or is shown it next ("next:7")."""
    return literal(prefix) + cast(cartons.c.id, String)


rank = case(
    (and_(cartons.c.state == "open", cartons.c.operator_id == bindparam("me")), 0),
    (cartons.c.state == "open", OTHERS),
    (tasks.c.operator_id == bindparam("me"), 1),
    (tasks.c.id.is_(None), 2),
    else_=3,
)
upcoming = (
    select(cartons.c.id, cartons.c.number, cartons.c.state, lpns.c.code, rank.label("rank"))
    .select_from(
        cartons.join(lpns, lpns.c.id == cartons.c.lpn_id).outerjoin(
            tasks, and_(tasks.c.subject.in_([about("carton:"), about("next:")]), tasks.c.closed_at.is_(None))
        )
    )
    .where(cartons.c.receipt_id == bindparam("receipt"), cartons.c.state != "received")
    .order_by(rank, cartons.c.id)
    .limit(1)
)


def next_carton(tx: Tx, receipt_id: int, operator_id: int) -> Row[Any] | None:
    """Return the carton to receive next: id, number, state, code, rank.

    Mine that is open comes first, then the one shown to me, a free one, one shown to a colleague, one a colleague has
    open (rank OTHERS).
    """
    return tx.one(upcoming, receipt=receipt_id, me=operator_id)


def progress(tx: Tx, receipt_id: int) -> tuple[int, int]:
    """Return how many cartons of a receipt were received, of how many."""
    done = func.sum(case((cartons.c.state == "received", 1), else_=0))
    both = select(done.label("done"), func.count().label("of")).select_from(cartons)
    found = tx.one(both.where(cartons.c.receipt_id == receipt_id))
    return (int(found.done or 0), int(found.of)) if found else (0, 0)


workable = (
    select(heads)
    .where(
        heads.c.state != "closed",
        select(cartons.c.id)
        .where(
            cartons.c.receipt_id == heads.c.id,
            or_(
                cartons.c.state == "expected",
                and_(cartons.c.state == "open", cartons.c.operator_id == bindparam("me")),
            ),
        )
        .exists(),
    )
    .order_by(heads.c.id)
)


def open_receipts(tx: Tx, operator_id: int) -> list[Row[Any]]:
    """Return the receipts of which this person can receive cartons, the oldest first."""
    return tx.all(workable, me=operator_id)


def receipt_row(tx: Tx, receipt_id: int) -> Row[Any] | None:
    """Return one receipt's row."""
    return tx.one(select(heads).where(heads.c.id == receipt_id))


def lists_item(tx: Tx, receipt_id: int, item_id: int) -> bool:
    """Return whether any carton of the receipt lists an item."""
    joined = lines.join(cartons, cartons.c.id == lines.c.carton_id)
    where = (cartons.c.receipt_id == receipt_id, lines.c.item_id == item_id, lines.c.expected > 0)
    return tx.one(select(lines.c.id).select_from(joined).where(*where).limit(1)) is not None


def open_elsewhere(tx: Tx, receipt_id: int, operator_id: int) -> Row[Any] | None:
    """Return a carton of the receipt which a colleague has open: number and name."""
    joined = cartons.join(operators, operators.c.id == cartons.c.operator_id)
    where = (cartons.c.receipt_id == receipt_id, cartons.c.state == "open", cartons.c.operator_id != operator_id)
    return tx.one(select(cartons.c.number, operators.c.name).select_from(joined).where(*where).limit(1))


def first_place(tx: Tx, kind: str) -> Row[Any] | None:
    """Return the first place of a kind that is in use."""
    where = (locations.c.kind == kind, locations.c.active.is_(True))
    return tx.one(select(locations).where(*where).order_by(locations.c.id).limit(1))


def last_unknown(tx: Tx, task_id: int) -> str | None:
    """Return the text of a task's last scan when nothing in the directory had that code."""
    last = select(scans.c.text, scans.c.refusal).where(scans.c.task_id == task_id, ~scans.c.text.in_(KEYS))
    found = tx.one(last.order_by(scans.c.at.desc()).limit(1))
    return str(found.text) if found and found.refusal in ("unknown_code", "unknown_case") else None


KEYS = tuple(f"F{number}" for number in range(1, 13))
