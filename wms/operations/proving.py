"""Proofs before orders go: test picks (or who vouches), and a second person who looks into the pilot's parcels."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, insert, select, update

from wms.db import Tx, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.orders import Order
from wms.models.outbound import Wave
from wms.models.segments import PilotCheck
from wms.operations import reviewing, timeline
from wms.operations.ledger import By
from wms.queries import gates, shapes

checks, orders, waves = table_of(PilotCheck), table_of(Order), table_of(Wave)


class NoPilotParcel(Refusal):
    """Only packed parcels of a pilot are checked."""

    sentence = "{code} is no packed parcel of a pilot."


class OwnWork(Refusal):
    """Whoever packed a parcel sees in it what he meant."""

    sentence = "You packed {code}. Somebody else must check it."


class ProvedBefore(Refusal):
    """A parcel is found right once."""

    sentence = "{code} was found right before."


def check(tx: Tx, by: By, code: str, right: bool, reason: str = "") -> None:
    """Say whether a pilot's parcel holds what it should; a wrong one (with a reason) holds its order.

    A wrong parcel may be looked at again when it is put right. Raises NoPilotParcel, OwnWork, ProvedBefore, BadInput.
    """
    row = gates.pilot_parcel(tx, code)
    if row is None:
        raise NoPilotParcel(code=code)
    if by.operator_id is None or row.packed_by == by.operator_id:
        raise OwnWork(code=code)
    if not right and not reason.strip():
        raise BadInput(field="reason", why="say what is wrong")
    if row.verdict == "right":
        raise ProvedBefore(code=code)
    verdict = "right" if right else "wrong"
    said = {"verdict": verdict, "reason": reason.strip()[:200], "at": tx.now, "operator_id": by.operator_id}
    if row.verdict is None:
        tx.execute(insert(checks).values(order_id=row.order_id, parcel_id=row.id, **said))
    else:
        tx.execute(update(checks).where(checks.c.parcel_id == row.id).values(said))
    timeline.note(tx, row.order_id, f"pilot {verdict}", f"{code}: {reason.strip() or verdict}", by.operator_id)
    if not right:
        reviewing.hold(tx, row.order_id, "PILOT_WRONG", f"{code}: {reason.strip()}")
    tx.announce("waves", "orders")


def excuse(tx: Tx, by: By, order_id: int, reason: str) -> None:
    """Let a pilot be proved without one of its orders, with a reason. Whether this person may is asked before.

    Raises NotFound unless it is an order of a pilot, BadInput without a reason or for an excused one.
    """
    mine = select(orders.c.id).join(waves, waves.c.id == orders.c.wave_id).where(waves.c.kind == "pilot")
    if tx.value(mine.where(orders.c.id == order_id)) is None:
        raise NotFound(what="This order of a pilot")
    known: Any = tx.value(select(checks.c.id).where(checks.c.order_id == order_id, checks.c.verdict == "excused"))
    if known or not reason.strip():
        raise BadInput(field="reason", why="it is excused" if known else "say why the pilot is proved without it")
    said = {"verdict": "excused", "reason": reason.strip()[:200], "at": tx.now, "operator_id": by.operator_id}
    tx.execute(insert(checks).values(order_id=order_id, **said))
    timeline.note(tx, order_id, "pilot excused", reason.strip(), by.operator_id)
    tx.announce("waves", "orders")


def untested(tx: Tx, by: By, ids: Select[Any], reason: str) -> int:
    """Let orders go though nobody test-picked their configuration, with a reason; return how many it concerned.

    It holds for what they are now: a configuration that changes wants its test pick again. Whether this person may is
    asked before. Raises BadInput without a reason, or when all were seen.
    """
    found = shapes.unticked(tx, ids)
    if not found or not reason.strip():
        raise BadInput(field="reason", why="say why it goes without a test pick" if found else "all were test-picked")
    wholes: dict[str, set[int]] = {}
    for row in found:
        wholes.setdefault(row.shape, set()).add(row.whole_id)
    for shape, mine in wholes.items():
        words = f"{shapes.WITHOUT}{shape}: {reason.strip()[:200]}"
        timeline.note(tx, sorted(mine), shapes.UNTESTED, words, by.operator_id)
    tx.announce("waves", "orders")
    return len(found)
