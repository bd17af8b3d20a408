"""What happened to an order, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from wms.db import Tx, table_of
from wms.models.orders import OrderEvent

add = insert(table_of(OrderEvent))


def note(tx: Tx, order_ids: int | Sequence[int], kind: str, text: str = "", operator_id: int | None = None) -> None:
    """Write one line into the timeline of one or many orders and tell whoever looks at them."""
    ids = [order_ids] if isinstance(order_ids, int) else list(order_ids)
    if ids:
        about = {"at": tx.now, "kind": kind, "text": text[:300], "operator_id": operator_id}
        tx.execute(add, [{"order_id": each} | about for each in ids])
    tx.announce("orders")
