"""A locked order's change from a later report waits here for a person, who applies or refuses it."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from sqlalchemy import select, update

from wms.db import Store, Tx, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.formats.orders.fresh import ADDRESS
from wms.models.campaigns import ImportChange
from wms.models.orders import Hold, Order
from wms.operations import differing, lining, locking, reviewing, splitting, timeline
from wms.operations.differing import OPEN, part_of
from wms.operations.ledger import By
from wms.queries import rewards as maps
from wms.settings import Settings

AT_ONCE = 1_000  # changes that one press applies
changes, orders, holds = table_of(ImportChange), table_of(Order), table_of(Hold)


class Decided(Refusal):
    """A change is decided once."""

    sentence = "This change of order {number} is decided: {decision}."


class TooLate(Refusal):
    """What has left the house, or never will."""

    sentence = "Order {number} is {state}. Refuse the change."


def apply_change(tx: Tx, settings: Settings, by: By, change_id: int) -> None:
    """Write what a later report says into a locked order; it stays locked, and is reviewed again if not released.

    Raises NotFound, Decided, TooLate, and of a released order OnTheFloor for other goods, PackingBegan for another
    address once it is packed.
    """
    change, order = waiting(tx, change_id)
    if order.state in differing.GONE:
        raise TooLate(number=order.number, state=order.state)
    parts = {part_of(name) for name in json.loads(change.fields)}
    for part in sorted(parts & {"address"} | ({"content"} if parts & set(differing.CONTENT) else set())):
        locking.check_open(tx, order, part)
    wanted = json.loads(change.row)
    wanted["raw"] = differing.with_own(order.raw, wanted["raw"])
    if parts & set(differing.CONTENT):
        content(tx, by, order, wanted)
    if "address" in parts:
        person = {f"to_{name}": wanted["to"][name] for name in ADDRESS}
        tx.execute(differing.move, {"recipient": order.recipient_id} | person)
        tx.execute(update(orders).where(orders.c.id == order.id).values(country=wanted["to"]["country"]))
    facts = {"raw": wanted["raw"], "row_hash": change.row_hash, "reward": wanted["reward"]}
    tx.execute(update(orders).where(orders.c.id == order.id).values(**facts))
    settle(tx, by, change, "applied", "Applied by hand.")
    if order.state in OPEN:
        reviewing.review_all(tx, settings, [order.id])


def content(tx: Tx, by: By, order: Any, wanted: dict[str, Any]) -> None:
    """Give an order the goods that the report names now; one that goes in parts is put together before."""
    if differing.with_parts(tx, [order.id]):
        splitting.undo(tx, by, order.id)
    catalogue = maps.catalogue(tx, order.campaign_id)
    chosen, country = maps.chosen(json.loads(wanted["raw"])), wanted["to"]["country"]
    lines = catalogue.lines(chosen, country)
    lining.replace_lines(tx, {order.id: lines})
    stamps = {"map_version": catalogue.version, "shape": catalogue.shape(chosen, country)}
    tx.execute(update(orders).where(orders.c.id == order.id).values(units=sum(lines.values()), **stamps))


def apply_waiting(store: Store, settings: Settings, by: By, import_id: int) -> tuple[int, list[str]]:
    """Apply every change of an import that waits, each for itself; return how many, and why each other one stays."""
    with store.read() as tx:
        mine = select(changes.c.id).where(changes.c.import_id == import_id, changes.c.kind == "changed")
        open_ones = mine.where(changes.c.applied.is_(False), changes.c.decision == "").order_by(changes.c.id)
        ids = [row.id for row in tx.all(open_ones.limit(AT_ONCE))]
    stay: list[str] = []
    for each in ids:
        try:
            store.transact(partial(apply_change, settings=settings, by=by, change_id=each))
        except Refusal as refused:
            stay.append(refused.text)
    return len(ids) - len(stay), stay


def refuse_change(tx: Tx, by: By, change_id: int, reason: str) -> None:
    """Let an order stay as it is, whatever the report says; the same change is not told again.

    Raises NotFound, Decided, BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput(field="reason", why="say why it stays as it is")
    change, _ = waiting(tx, change_id)
    settle(tx, by, change, "refused", f"Refused: {reason.strip()}")


def waiting(tx: Tx, change_id: int) -> tuple[Any, Any]:
    """Return a change that waits, and its order, both locked. Raises NotFound, Decided."""
    change = tx.one(select(changes).where(changes.c.id == change_id, changes.c.kind == "changed"))
    if change is None:
        raise NotFound(what=f"Change {change_id}")
    order = tx.one(select(orders).where(orders.c.id == change.order_id).with_for_update(key_share=True))
    fresh = tx.one(select(changes).where(changes.c.id == change_id).with_for_update(key_share=True))
    if order is None or fresh is None or fresh.applied or fresh.decision:
        raise Decided(number=change.number, decision=fresh.decision or "applied" if fresh else "gone")
    return fresh, order


def settle(tx: Tx, by: By, change: Any, decision: str, reason: str) -> None:
    """Write what was decided, and let the order's hold go."""
    values = {"decision": decision, "decided_at": tx.now, "decided_by": by.operator_id, "row": ""}
    tx.execute(update(changes).where(changes.c.id == change.id).values(applied=decision == "applied", **values))
    ids = differing.holds_of(tx, [change])
    if ids:
        cleared = {"cleared_at": tx.now, "cleared_by": by.operator_id, "reason": reason[:200]}
        tx.execute(update(holds).where(holds.c.id.in_(ids)).values(**cleared))
    timeline.note(tx, change.order_id, f"change {decision}", reason, by.operator_id)
    reviewing.let_go(tx, by, [change.order_id])
