"""An order's lines: so many of each item, written in bulk."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, select

from wms.db import Tx, table_of
from wms.models.orders import OrderLine
from wms.operations.pouring import pour

lines = table_of(OrderLine)
forget = delete(lines).where(lines.c.order_id == bindparam("order"))
Wanted = Mapping[int, Mapping[int, int]]
"""Order id -> item id -> units."""


def lines_of(tx: Tx, order_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Return order id -> item id -> units, of at most some thousand orders."""
    found: dict[int, dict[int, int]] = {}
    for row in tx.all(select(lines.c.order_id, lines.c.item_id, lines.c.qty).where(lines.c.order_id.in_(order_ids))):
        found.setdefault(row.order_id, {})[row.item_id] = row.qty
    return found


def add_lines(tx: Tx, wanted: Wanted) -> None:
    """Insert the lines of orders."""
    rows = ((order_id, *part) for order_id, parts in wanted.items() for part in sorted(parts.items()))
    pour(tx, lines, ("order_id", "item_id", "qty"), rows)


def replace_lines(tx: Tx, wanted: Wanted) -> None:
    """Give orders other lines."""
    if wanted:
        tx.execute(forget, [{"order": each} for each in wanted])
    add_lines(tx, wanted)
