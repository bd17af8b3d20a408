"""What happened to an order, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import insert

from wms.db import Tx, table_of
from wms.models.orders import OrderEvent
from wms.operations.pouring import pour

events = table_of(OrderEvent)
add = insert(events)
TEXT_MAX = 300


def note(tx: Tx, order_ids: int | Sequence[int], kind: str, text: str = "", operator_id: int | None = None) -> None:
    """Write one line into the timeline of one or many orders and tell whoever looks at them."""
    ids = [order_ids] if isinstance(order_ids, int) else list(order_ids)
    about = {"at": tx.now, "kind": kind, "text": text[:TEXT_MAX], "operator_id": operator_id}
    if len(ids) > 1:
        pour(tx, events, ("order_id",), ((each,) for each in ids), **about)
    elif ids:
        tx.execute(add, [{"order_id": each} | about for each in ids])
    tx.announce("orders")


def note_each(tx: Tx, kind: str, told: Iterable[tuple[int, str]]) -> None:
    """Write one line into each of many timelines: (order id, text)."""
    pour(tx, events, ("order_id", "text"), ((each, text[:TEXT_MAX]) for each, text in told), at=tx.now, kind=kind)
    tx.announce("orders")
