"""A person at a desk stops orders, or lets many of them go at once; what the review found is its own affair."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from wms.db import Tx, table_of
from wms.errors import NotFound, Refusal
from wms.models.orders import Order
from wms.operations import reviewing
from wms.operations.ledger import By
from wms.queries import office as reads

orders = table_of(Order)


class Gone(Refusal):
    """What has left the house, or never will, cannot be stopped."""

    sentence = "Order {number} is {state}. It cannot be held."


class SaidBefore(Refusal):
    """The same hold with the same words was cleared; the review's memory would swallow it."""

    sentence = "{code} was cleared with these words. Say what is new."


def hold(tx: Tx, order_id: int, code: str, detail: str = "") -> None:
    """Stop an order: a clean one is held, a released one is stopped where it is packed.

    Raises NotFound, Gone, SaidBefore, BadInput for an unknown code.
    """
    row = tx.one(select(orders.c.number, orders.c.state).where(orders.c.id == order_id).with_for_update(key_share=True))
    if row is None:
        raise NotFound(what=f"Order {order_id}")
    if row.state in ("shipped", "cancelled"):
        raise Gone(number=row.number, state=row.state)
    reviewing.hold(tx, order_id, code, detail)
    if not reads.open_holds_of(tx, [order_id], code):
        raise SaidBefore(code=code)


def clear_many(tx: Tx, by: By, order_ids: Sequence[int], code: str, reason: str) -> int:
    """Clear the open holds of one code on orders, all or none; return how many there were."""
    open_ones = reads.open_holds_of(tx, order_ids, code)
    for hold_id in open_ones:
        reviewing.clear(tx, by, hold_id, reason)
    return len(open_ones)
