"""Takes: units from their place into a tote, counted on pick and order line; back again; or later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, func, select, update

from wms.db import Tx, table_of
from wms.errors import Refusal
from wms.models.orders import OrderLine
from wms.models.outbound import BULK, Pick
from wms.models.stock import AVAILABLE
from wms.operations import ledger
from wms.operations.ledger import By, Move, Spot

picks, order_lines = table_of(Pick), table_of(OrderLine)
STEP = 1000  # between two stops of the walk


class WrongPlace(Refusal):
    """Another place than the next one."""

    sentence = "This is {scanned}. Go to {expected}."


class WrongItem(Refusal):
    """Another item than the one asked for."""

    sentence = "This is {scanned}. Pick {expected}."


class WrongTote(Refusal):
    """Another tote than the order's."""

    sentence = "This is tote {scanned}. Use tote {expected}."


class ScanPlaceFirst(Refusal):
    """The item stands in several places: only the place's label says which one this is."""

    sentence = "{sku} stands in several places. Scan {place}."


class TooMany(Refusal):
    """More units than are asked for."""

    sentence = "Only {limit} {sku} wanted here. Put the rest back."


class NoneTaken(Refusal):
    """Zero is not a take."""

    sentence = "Nothing left? Press F2 Short."


class NotShort(Refusal):
    """All that is asked for is there."""

    sentence = "Then take {rest} {sku}. That is not short."


class NothingToUndo(Refusal):
    """No take of this list can be taken back."""

    sentence = "Nothing to undo here."


class PickGone(Refusal):
    """Somebody settled this pick in the meantime."""

    sentence = "This pick was settled meanwhile. Look again."


class NothingElse(Refusal):
    """All that is left is here, so that nothing can come first."""

    sentence = "Only {place} is left. Take it, or press F2 Short."


@dataclass(frozen=True)
class Now:
    """What lies before the picker: the pick, where it comes from and goes to. Small enough for a task's memo.

    `want` units are asked for here, `left` of them by this very pick (in bulk like picks are taken together).
    """

    list_id: int
    code: str
    pick_id: int
    line_id: int
    item_id: int
    lot_id: int
    location_id: int
    lpn_id: int
    want: int
    left: int
    cart_id: int
    tote_id: int
    bulk: bool

    @classmethod
    def of(cls, row: Any) -> Now:
        """Return what a row of queries.walks says in the size of a memo."""
        what = (row.pick_id, row.order_line_id, row.item_id, row.lot_id, row.location_id, row.lpn_id)
        return cls(row.id, row.code, *what, row.want, row.left, row.cart_id, row.tote_id, row.mode in BULK)

    @property
    def mark(self) -> list[int]:
        """Return what tells one thing to take from the next."""
        return [self.location_id, self.lpn_id, self.item_id, self.lot_id, 0 if self.bulk else self.pick_id]

    @property
    def source(self) -> Spot:
        """Return where the units stand."""
        return Spot(self.location_id, self.lpn_id)

    @property
    def target(self) -> Spot:
        """Return the tote they go into."""
        return Spot(self.cart_id, self.tote_id)

    @property
    def key(self) -> ledger.Key:
        """Return the balance they are taken from."""
        return ledger.key_of(self.source, self.item_id, self.lot_id, AVAILABLE)


Part = tuple[int, int, int]
"""Pick, order line, units."""


count_pick = (
    update(picks)
    .where(picks.c.id == bindparam("pick"), picks.c.state == "open", picks.c.qty - picks.c.taken >= bindparam("n"))
    .values(
        taken=picks.c.taken + bindparam("n"),
        state=case((picks.c.taken + bindparam("n") == picks.c.qty, "done"), else_="open"),
        done_at=bindparam("at"),
    )
)
count_line = (
    update(order_lines)
    .where(order_lines.c.id == bindparam("line"))
    .values(picked=order_lines.c.picked + bindparam("n"))
)
uncount_pick = (
    update(picks)
    .where(picks.c.id == bindparam("pick"), picks.c.state.in_(("open", "done")), picks.c.taken >= bindparam("n"))
    .values(taken=picks.c.taken - bindparam("n"), state="open", done_at=None)
)


def take(tx: Tx, by: By, now: Now, qty: int) -> list[Part]:
    """Post `qty` units from their place into the tote and count them on picks and order lines; returns the parts.

    Raises PickGone when the picks changed under the picker, NotEnough when the stock did.
    """
    parts = [(now.pick_id, now.line_id, qty)] if qty <= now.left else spread(tx, now, qty)
    ledger.post(tx, by, [movement(now, qty, now.source, now.target)])
    for pick_id, line_id, n in parts:
        if tx.execute(count_pick, {"pick": pick_id, "n": n, "at": tx.now}).rowcount != 1:
            raise PickGone
        tx.execute(count_line, {"line": line_id, "n": n})
    tx.announce("picking")
    return parts


def movement(now: Now, qty: int, source: Spot, target: Spot) -> Move:
    """Return the move of units of the current pick; leaving their place, they were reserved there."""
    reserved = qty if source == now.source else 0
    reason = "pick" if reserved else "unpick"
    return Move(now.item_id, qty, source, target, reason, now.lot_id, document=now.code, allocated=reserved)


def spread(tx: Tx, now: Now, qty: int) -> list[Part]:
    """Return like picks of the place, in the order of the walk, that take `qty` units together."""
    parts: list[Part] = []
    for row in like(tx, now):
        if n := min(qty, row.qty - row.taken):
            parts.append((row.id, row.order_line_id, n))
            qty -= n
    if qty:
        raise PickGone
    return parts


def like(tx: Tx, now: Now) -> list[Any]:
    """Return the open picks of a list that take the same from the same place, locked."""
    place = (picks.c.location_id == now.location_id, picks.c.lpn_id == now.lpn_id)
    what = (picks.c.item_id == now.item_id, picks.c.lot_id == now.lot_id)
    mine = select(picks).where(picks.c.list_id == now.list_id, picks.c.state == "open", *place, *what)
    return tx.all(mine.order_by(picks.c.seq, picks.c.id).with_for_update(key_share=True))


def undo(tx: Tx, by: By, now: Now, parts: Sequence[Part]) -> int:
    """Put a take back where it came from, reserved again; returns the units. Raises NotEnough, PickGone."""
    qty = sum(n for _, _, n in parts)
    ledger.post(tx, by, [movement(now, qty, now.target, now.source)])
    ledger.allocate(tx, {now.key: qty})
    for pick_id, line_id, n in parts:
        if tx.execute(uncount_pick, {"pick": pick_id, "n": n}).rowcount != 1:
            raise PickGone
        tx.execute(count_line, {"line": line_id, "n": -n})
    tx.announce("picking")
    return qty


def skip(tx: Tx, list_id: int, location_id: int, place: str) -> None:
    """Put the open picks of a place at the end of the walk. Raises NothingElse when all that is left is there."""
    mine = (picks.c.list_id == list_id, picks.c.state == "open")
    last = tx.value(select(func.max(picks.c.seq)).where(*mine, picks.c.location_id != location_id))
    if last is None:
        raise NothingElse(place=place)
    tx.execute(update(picks).where(*mine, picks.c.location_id == location_id).values(seq=last + STEP))
