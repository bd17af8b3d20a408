"""Deliveries for tests: packing lists in a line each, a receiver at the dock, and what a scan costs in statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import event, select
from warehouse import Warehouse, Worker

from wms.db import table_of
from wms.formats.packing_list import PackedCarton, PackedLine, PackingList
from wms.models.inbound import ReceiptCarton, ReceiptLine
from wms.models.stock import Lpn, StockMove
from wms.operations import receiving
from wms.operations.ledger import By

RECEIVER = frozenset({"receiver"})


def line(sku: str, qty: int, lot: str = "", expiry: date | None = None, spare: bool = False) -> PackedLine:
    """One line of a carton."""
    return PackedLine(sku, f"Item {sku}", qty, lot, expiry, spare)


def packing_list(*cartons: tuple[PackedLine, ...], number: str = "PL-1") -> PackingList:
    """A list of cartons numbered from 1."""
    boxes = tuple(PackedCarton(str(n), lines, None, None) for n, lines in enumerate(cartons, start=1))
    return PackingList(number, "Shenzhen Factory", (), boxes, ())


def announce(warehouse: Warehouse, *cartons: tuple[PackedLine, ...], number: str = "PL-1") -> int:
    """Announce a packing list and return the receipt's id."""
    listed = packing_list(*cartons, number=number)
    return int(warehouse.do(receiving.announce, By(), listed, warehouse.owner))


def plates(warehouse: Warehouse) -> list[str]:
    """The codes of all carton plates, in order."""
    lpns = table_of(Lpn)
    return [row.code for row in warehouse.rows(select(lpns.c.code).where(lpns.c.kind == "carton").order_by(lpns.c.id))]


def lines_of(warehouse: Warehouse) -> list[tuple[int, int, int]]:
    """(expected, received, damaged) of every receipt line."""
    lines = table_of(ReceiptLine)
    return [(row.expected, row.received, row.damaged) for row in warehouse.rows(select(lines).order_by(lines.c.id))]


def carton_states(warehouse: Warehouse) -> list[str]:
    """The state of every carton, in order."""
    cartons = table_of(ReceiptCarton)
    return [row.state for row in warehouse.rows(select(cartons.c.state).order_by(cartons.c.id))]


def ledger_rows(warehouse: Warehouse) -> list[Any]:
    """All movements, in order."""
    moves = table_of(StockMove)
    return warehouse.rows(select(moves).order_by(moves.c.id))


def receiver(warehouse: Warehouse, name: str = "Rosa") -> Worker:
    """Somebody who may receive, and no more."""
    return warehouse.worker(name, RECEIVER)


@contextmanager
def statements(warehouse: Warehouse) -> Iterator[list[str]]:
    """Collect the SQL statements of what runs inside."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(warehouse.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(warehouse.store.engine, "before_cursor_execute", note)
