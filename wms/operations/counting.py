"""Counting: places are counted blind, differences are counted again by somebody else, then posted as variances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, insert, or_, select, update

from wms.db import Tx, table_of
from wms.models.counting import Count, CountLine
from wms.models.places import ADJUSTMENT, Location
from wms.models.stock import AVAILABLE, LOOSE
from wms.operations import claims, ledger, master, timeline
from wms.operations.ledger import By, Move, Spot
from wms.queries import counts as reads
from wms.settings import Settings

counts, lines, locations = table_of(Count), table_of(CountLine), table_of(Location)
OPEN = ("open", "counting")
set_line = (
    update(lines)
    .where(
        lines.c.count_id == bindparam("of_count"),
        lines.c.item_id == bindparam("of_item"),
        lines.c.lot_id == bindparam("of_lot"),
    )
    .values(counted=bindparam("there"), book=bindparam("on_book"))
)
start = (
    update(counts)
    .where(
        counts.c.id == bindparam("count"),
        or_(
            counts.c.state == "open",
            (counts.c.state == "counting") & counts.c.operator_id.in_((bindparam("me"), bindparam("holder"))),
        ),
    )
    .values(state="counting", operator_id=bindparam("me"))
)


class Counted(NamedTuple):
    """So many units of an item and lot were found."""

    item_id: int
    lot_id: int
    qty: int


@dataclass(frozen=True)
class Outcome:
    """What came of a count, as a sentence; `again` when somebody else counts it once more."""

    sentence: str
    again: bool = False
    reserved: int = 0  # units that are missing, but promised to orders


class Variance(NamedTuple):
    """One difference: negative when units are missing."""

    item_id: int
    lot_id: int
    sku: str
    qty: int


def ask(tx: Tx, location_id: int, reason: str) -> int:
    """Wish for a count of a place and return its id; a place has at most one open count, a second wish returns it.

    `reason` is short, zero-check, cycle, asked or recount.
    """
    tx.one(select(locations.c.id).where(locations.c.id == location_id).with_for_update(key_share=True))
    there = select(counts.c.id).where(counts.c.location_id == location_id, counts.c.state.in_(OPEN))
    found = tx.value(there)
    return int(found) if found else add(tx, location_id, reason)


def add(tx: Tx, location_id: int, reason: str, recount_of: int | None = None) -> int:
    """Write a new open count."""
    tx.announce("counts")
    facts = {"location_id": location_id, "reason": reason, "recount_of": recount_of, "asked_at": tx.now}
    return master.add(tx, counts, **facts)


def begin(tx: Tx, by: By, count_id: int, holder: int | None = None) -> bool:
    """Take a count in hand, also out of the hands of a `holder` who left it; False when a colleague was faster."""
    tx.announce("counts")
    if tx.execute(start, {"count": count_id, "me": by.operator_id, "holder": holder}).rowcount != 1:
        return False
    if holder not in (None, by.operator_id):
        claims.seize(tx, by, f"count:{count_id}", "this count")
    return True


def write(tx: Tx, count_id: int, location_id: int, found: Counted) -> None:
    """Write down what was found of an item and lot, beside what the book says at this moment; again replaces it."""
    on_book = reads.on_the_book(tx, location_id, found.item_id, found.lot_id)
    values = {"of_count": count_id, "of_item": found.item_id, "of_lot": found.lot_id}
    if tx.execute(set_line, values | {"there": found.qty, "on_book": on_book}).rowcount:
        return
    key = {"count_id": count_id, "item_id": found.item_id, "lot_id": found.lot_id}
    tx.execute(insert(lines).values(**key, counted=found.qty, book=on_book))


def finish(tx: Tx, settings: Settings, by: By, count_id: int) -> Outcome:
    """End a count; what the book has and nobody counted is not there.

    A difference above `floor.recount_units` is counted again by somebody else before it is believed; smaller ones and
    those of a recount are posted.
    """
    count = reads.count(tx, count_id)
    missed = [row for row in reads.book(tx, count_id, count.location_id) if row.counted is None]
    if missed:
        blank = {"count_id": count_id, "counted": 0}
        rows = [blank | {"item_id": row.item_id, "lot_id": row.lot_id, "book": row.qty} for row in missed]
        tx.execute(insert(lines), rows)
    found = [row for row in reads.counted(tx, count_id) if row.counted != row.book]
    differences = [Variance(row.item_id, row.lot_id, row.sku, row.counted - row.book) for row in found]
    large = any(abs(each.qty) > settings.floor.recount_units for each in differences)
    if large and count.recount_of is None:
        return recount(tx, count)
    end(tx, count_id, "done")
    return adjust(tx, by, count, differences)


def recount(tx: Tx, count: Row[Any]) -> Outcome:
    """Replace a count by a new one that somebody else does."""
    end(tx, count.id, "recount")
    add(tx, count.location_id, "recount", count.id)
    return Outcome(f"{count.name} differs. A colleague counts it again.", again=True)


def end(tx: Tx, count_id: int, state: str) -> None:
    """Close a count."""
    tx.execute(update(counts).where(counts.c.id == count_id).values(state=state, done_at=tx.now))
    tx.announce("counts")


def adjust(tx: Tx, by: By, count: Row[Any], differences: list[Variance]) -> Outcome:
    """Post the differences as variances against today's book; what is reserved stays, and its orders are told."""
    moves: list[Move] = []
    stuck: list[Variance] = []
    for each in differences:
        found = surplus(tx, count, each) if each.qty > 0 else shrinkage(tx, count, each)
        moves += found
        if left := -each.qty - sum(move.qty for move in found):
            stuck += [each._replace(qty=left)] if each.qty < 0 else []
    ledger.post(tx, by, moves)
    for each in stuck:
        tell_orders(tx, by, count, each)
    return Outcome(in_words(count.name, differences, stuck), reserved=sum(each.qty for each in stuck))


def shrinkage(tx: Tx, count: Row[Any], missing: Variance) -> list[Move]:
    """Return the movements that take missing units off the book, from free balances only."""
    left, found = -missing.qty, []
    for row in reads.balances(tx, count.location_id, missing.item_id, missing.lot_id):
        qty = min(row.qty - row.allocated, left)
        if qty > 0:
            found.append(
                variance(count, missing, (Spot(row.location_id, row.lpn_id), Spot(ADJUSTMENT)), qty, row.condition)
            )
            left -= qty
    return found


def surplus(tx: Tx, count: Row[Any], extra: Variance) -> list[Move]:
    """Return the movement that books found units: loose in a bin, else where the item stands already."""
    there = reads.balances(tx, count.location_id, extra.item_id, extra.lot_id)
    plate = there[0].lpn_id if there and count.kind != "bin" else LOOSE
    condition = there[0].condition if there else AVAILABLE
    return [variance(count, extra, (Spot(ADJUSTMENT), Spot(count.location_id, plate)), extra.qty, condition)]


def variance(count: Row[Any], each: Variance, route: tuple[Spot, Spot], qty: int, condition: str) -> Move:
    """Return one movement of an adjustment."""
    return Move(each.item_id, qty, *route, "count", each.lot_id, condition, document=f"count:{count.id}")


def tell_orders(tx: Tx, by: By, count: Row[Any], missing: Variance) -> None:
    """Note in the timeline of the orders concerned that their units must come from elsewhere."""
    sentence = f"{count.name} holds {missing.qty} fewer {missing.sku} than reserved. Take them from elsewhere."
    timeline.note(tx, reads.reserved_for(tx, count.location_id, missing.item_id), "count", sentence, by.operator_id)


def in_words(place: str, differences: list[Variance], stuck: list[Variance]) -> str:
    """Return what was posted as a sentence."""
    if stuck:
        return f"{place}: {stuck[0].qty} {stuck[0].sku} missing but reserved. Tell a supervisor."
    if not differences:
        return f"{place}: all as in the book."
    first, more = differences[0], f" and {len(differences) - 1} more" if len(differences) > 1 else ""
    return f"{place}: {first.qty:+d} {first.sku}{more} booked."
