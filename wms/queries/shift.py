"""What a shift came to: orders by state, lines, labels."""

from __future__ import annotations

from sqlalchemy import func, select

from wms.db import Tx, table_of
from wms.models.orders import Order, OrderLine
from wms.models.printing import PrintJob

order, line, job = table_of(Order), table_of(OrderLine), table_of(PrintJob)


def orders(tx: Tx) -> dict[str, int]:
    """Return how many orders were imported, and how many are in each state (held and shipped always named)."""
    rows = tx.all(select(order.c.state, func.count().label("number")).group_by(order.c.state))
    states = {row.state: int(row.number) for row in rows}
    return {"imported": sum(states.values()), "held": 0, "shipped": 0} | states


def lines(tx: Tx) -> int:
    """Return the number of order lines that were shipped."""
    shipped = (
        select(func.count())
        .select_from(line.join(order, order.c.id == line.c.order_id))
        .where(order.c.state == "shipped")
    )
    return int(tx.value(shipped) or 0)


def labels(tx: Tx) -> dict[str, int]:
    """Return print jobs by state."""
    rows = tx.all(select(job.c.state, func.count().label("number")).group_by(job.c.state))
    return {row.state: int(row.number) for row in rows}
