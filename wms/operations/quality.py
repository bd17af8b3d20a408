"""Lots and conditions: what may be sold, what waits in quarantine, and who lets it out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update

from wms.db import Tx, insert_or_nothing, table_of
from wms.errors import Ask, NotAllowed, Refusal
from wms.models.items import Item
from wms.models.stock import AVAILABLE, DAMAGED, NO_LOT, Lot
from wms.operations import ledger
from wms.operations.ledger import By, Move, Spot
from wms.queries.cartons import first_place

lots, items = table_of(Lot), table_of(Item)
add_lot = insert_or_nothing(Lot, "item_id", "code")


class NoQuarantine(Refusal):
    """The site has no place for goods that may not be sold."""

    sentence = "No quarantine place is set up. Ask the office."


class ForeignLot(Refusal):
    """This lot is known for another item."""

    sentence = "Lot {lot} belongs to {sku}. Scan the lot again."


class LotClash(Refusal):
    """One lot has one expiry date."""

    sentence = "Lot {lot} expires {known}, not {day}."


class DoubtfulLot(Ask):
    """A new lot that ends in what looks like a date or a number: the separator behind the lot may be missing."""

    sentence = "Lot {lot}? Separator lost? Again to take it."


@dataclass(frozen=True)
class Goods:
    """So many units of an item, of one lot, in one condition."""

    item_id: int
    qty: int
    lot_id: int = NO_LOT
    condition: str = AVAILABLE


def quarantine_place(tx: Tx) -> int:
    """Return the id of the quarantine place; raises NoQuarantine."""
    found = first_place(tx, "quarantine")
    if found is None:
        raise NoQuarantine
    return int(found.id)


def damage(tx: Tx, by: By, goods: Sequence[Goods], source: Spot, to: str = DAMAGED) -> None:
    """Move goods to quarantine, where they arrive in the condition `to`.

    Raises NotEnough when part of them is reserved, NoQuarantine when there is no place for them.
    """
    ledger.post(tx, by, moves(goods, (source, Spot(quarantine_place(tx))), "damage", to))


def release(tx: Tx, by: By, goods: Sequence[Goods], route: tuple[Spot, Spot], roles: Iterable[str]) -> None:
    """Let goods out of quarantine: from the first spot of the route to the second, where they may be sold.

    Raises NotAllowed unless the roles hold "supervisor".
    """
    if "supervisor" not in roles:
        raise NotAllowed(what="a release")
    ledger.post(tx, by, moves(goods, route, "release", AVAILABLE))


def moves(goods: Sequence[Goods], route: tuple[Spot, Spot], reason: str, to: str) -> list[Move]:
    """Return the movements of goods along a route; units that are there in this condition already stay."""
    wanted = [
        Move(each.item_id, each.qty, *route, reason, each.lot_id, each.condition, to_condition=to) for each in goods
    ]
    return [move for move in wanted if (move.source, move.condition) != (move.target, move.arrives)]


def lot_id(tx: Tx, item_id: int, code: str, expiry: date | None = None) -> int:
    """Return the id of a lot, made when new; an expiry date it did not have yet is added.

    A date without a lot makes a lot named by the date; neither is "no lot". Raises LotClash when the lot is known with
    another date.
    """
    code = code or (expiry.isoformat() if expiry else "")
    if not code:
        return NO_LOT
    tx.execute(add_lot, {"item_id": item_id, "code": code, "expiry": expiry})
    found = tx.one(select(lots).where(lots.c.item_id == item_id, lots.c.code == code))
    assert found is not None
    if expiry and found.expiry is None:
        tx.execute(update(lots).where(lots.c.id == found.id).values(expiry=expiry))
    elif expiry and found.expiry != expiry:
        raise LotClash(lot=code, known=found.expiry, day=expiry)
    return int(found.id)


def known_expiry(tx: Tx, item_id: int, code: str) -> date | None:
    """Return the expiry date of a lot of this item, None when lot or date are new."""
    found = tx.one(select(lots.c.expiry).where(lots.c.item_id == item_id, lots.c.code == code))
    return found.expiry if found else None


def has_lot(tx: Tx, item_id: int, code: str) -> bool:
    """Return whether a lot of this item is known."""
    return tx.one(select(lots.c.id).where(lots.c.item_id == item_id, lots.c.code == code)) is not None


def check_lot(tx: Tx, item_id: int, code: str) -> None:
    """Raise ForeignLot when a lot is known, but only for another item."""
    joined = lots.join(items, items.c.id == lots.c.item_id)
    found = tx.all(select(lots.c.item_id, items.c.sku).select_from(joined).where(lots.c.code == code))
    if found and item_id not in {row.item_id for row in found}:
        raise ForeignLot(lot=code, sku=found[0].sku)


def too_short(tx: Tx, expiry: date | None, days: int) -> bool:
    """Return whether goods with this expiry date have fewer than `days` left."""
    return expiry is not None and expiry < tx.now.date() + timedelta(days=days)
