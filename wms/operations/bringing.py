"""Bringing: somebody takes a move task, the units are theirs from then on, and they end up in the pick face."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from wms.db import Tx, table_of
from wms.errors import NotFound, Refusal
from wms.models.slotting import MoveTask
from wms.models.stock import AVAILABLE, Lpn
from wms.operations import claims, counting, ledger
from wms.operations.ledger import By, Key, Move, NotEnough, Spot
from wms.queries import bringing as reads

tasks, lpns = table_of(MoveTask), table_of(Lpn)
REFILL = "this task"  # how people call what they bring
TRIES = 20  # tasks looked at until one has something to bring


class NothingElse(Refusal):
    """There is no other task that could come first."""

    sentence = "Only this is left. Bring it, or press F2 Short."


def claim_next(tx: Tx, by: By) -> int | None:
    """Take the most urgent task in hand, reserve its units, and return its id; None when there is nothing to bring.

    Orders come first: what they took meanwhile is brought from elsewhere, and a task with nothing left is void.
    """
    for _ in range(TRIES):
        found = reads.following(tx)
        if found is None:
            return None
        release(tx, found)  # of somebody who left it
        free = int(found.free) + found.reserved
        if free < 1:
            elsewhere(tx, found)
        elif reserve(tx, by, found, free):
            if found.state == "doing":
                claims.seize(tx, by, f"bring:{found.id}", REFILL)
            return int(found.id)
    return None


def reserve(tx: Tx, by: By, task: Any, free: int) -> int:
    """Reserve as much of a task as is free at its source and put it into somebody's hands; return how many units.

    Returns 0 when an order was faster: then what is free has to be read again.
    """
    qty = min(int(task.qty - task.moved), free)
    try:
        ledger.allocate(tx, {key_of(task): qty})
    except NotEnough:
        return 0
    values = {"state": "doing", "operator_id": by.operator_id, "reserved": qty, "started_at": tx.now}
    change(tx, task.id, **values)
    return qty


def elsewhere(tx: Tx, task: Any) -> None:
    """Let a replenishment come from another place when its own has nothing left; else it has ended."""
    other = reads.other_source(tx, task.item_id, task.from_location_id) if task.reason == "replenish" else None
    if other is None:
        end(tx, task)
        return
    spot = {"from_location_id": other.location_id, "from_lpn_id": other.lpn_id, "lot_id": other.lot_id}
    change(tx, task.id, state="open", reserved=0, **spot)


def key_of(task: Any) -> Key:
    """Return the balance that a task takes from."""
    return (task.from_location_id, task.from_lpn_id, task.item_id, task.lot_id, AVAILABLE)


def change(tx: Tx, task_id: int, **values: Any) -> None:
    """Write some columns of a task."""
    tx.execute(update(tasks).where(tasks.c.id == task_id).values(**values))
    tx.announce("replenishing")


def release(tx: Tx, task: Any) -> None:
    """Give the reserved units of a task back."""
    if task.reserved:
        ledger.release(tx, {key_of(task): task.reserved})


def put(tx: Tx, by: By, task: Any, qty: int, end: str = "") -> None:
    """Post `qty` of the reserved units into the face; the rest of the task waits, or is given up with the state `end`.

    Raises NotEnough when the stock changed under the reservation.
    """
    spots = Spot(task.from_location_id, task.from_lpn_id), Spot(task.to_location_id)
    document = f"task:{task.id}"
    move = Move(task.item_id, qty, *spots, task.reason, task.lot_id, document=document, allocated=qty)
    ledger.post(tx, by, [move])
    if task.from_lpn_id and qty == task.units_there:
        tx.execute(update(lpns).where(lpns.c.id == task.from_lpn_id).values(location_id=None))
    if task.reserved > qty:
        ledger.release(tx, {key_of(task): task.reserved - qty})
    moved = task.moved + qty
    if end or moved == task.qty:
        change(tx, task.id, moved=moved, reserved=0, qty=moved, state=end or "done", done_at=tx.now)
    else:
        change(tx, task.id, moved=moved, reserved=0, state="open", operator_id=None)


def shorten(tx: Tx, task: Any, found: int) -> None:
    """Say that only `found` of the reserved units are there: the others are released and the place will be counted."""
    ledger.release(tx, {key_of(task): task.reserved - found})
    counting.ask(tx, task.from_location_id, "short")
    ended: dict[str, Any] = {} if found else {"state": "short", "done_at": tx.now}
    change(tx, task.id, reserved=found, **ended)


def drop(tx: Tx, task: Any) -> None:
    """End a task whose units do not fit into its face; they stay where they are."""
    release(tx, task)
    end(tx, task)


def end(tx: Tx, task: Any) -> None:
    """Close a task with what was moved so far, if anything was."""
    change(tx, task.id, state="done" if task.moved else "void", reserved=0, done_at=tx.now)


def skip(tx: Tx, task: Any) -> None:
    """Do this task last; raises NothingElse when no other one waits."""
    if not task.waiting:
        raise NothingElse
    release(tx, task)
    last = int(tx.value(select(func.max(tasks.c.seq)).where(tasks.c.state == "open")) or 0)
    change(tx, task.id, state="open", reserved=0, operator_id=None, seq=last + 1)


def withdraw(tx: Tx, by: By, task_id: int) -> None:
    """Let a supervisor drop a task, also one that somebody has in hand; raises NotFound when it is not open."""
    found = tx.one(select(tasks).where(tasks.c.id == task_id).with_for_update(key_share=True))
    if found is None or found.state not in ("open", "doing"):
        raise NotFound(what=f"Open task {task_id}")
    release(tx, found)
    claims.seize(tx, by, f"bring:{task_id}", REFILL, withdrawn=True)
    change(tx, task_id, state="void", reserved=0, done_at=tx.now)
