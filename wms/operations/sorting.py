"""Sorting at the put-wall: units of a batch tote go to the slot of the order that wants them, one slot an order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select, update

from wms.db import Tx, table_of
from wms.errors import Ask, Refusal
from wms.models.outbound import ListOrder, PickList
from wms.models.places import Location
from wms.models.stock import LOOSE, Lpn
from wms.operations import claims, ledger, packing, picking, reviewing
from wms.operations.claims import Taker
from wms.operations.ledger import By, Move, Spot
from wms.queries import packing as benches
from wms.queries import walks
from wms.queries import wall as reads
from wms.queries.wall import Content, Share, Wall

lists, list_orders, lpns, locations = map(table_of, (PickList, ListOrder, Lpn, Location))


class NotForWall(Refusal):
    """A tote that is packed as it is."""

    sentence = "Tote {tote} needs no wall. Choose Pack."


class EmptyTote(Refusal):
    """A tote without units of a list."""

    sentence = "Tote {tote} is empty. Scan another one."


class StillPicked(Refusal):
    """A tote that has not arrived at a station."""

    sentence = "Tote {tote} is still being picked. Scan another one."


class WallFull(Refusal):
    """Too few free slots for the orders of a list."""

    sentence = "The wall has {free} free slots of {wanted}. Pack first."


class NothingToSort(Refusal):
    """A tote in which nothing has a slot to go to."""

    sentence = "Nothing in tote {tote} goes to the wall now."


class NotWanted(Refusal):
    """A unit that no slot of the list takes."""

    sentence = "No slot takes {scanned}. Leave it in the tote."


class NotInTote(Refusal):
    """The book has no such unit in this tote."""

    sentence = "No {scanned} is booked in tote {tote}. Set it aside."


class WrongLot(Refusal):
    """A lot that is not in this tote."""

    sentence = "Lot {lot} of {sku} is not in this tote."


class TooMany(Refusal):
    """More units than the slot still takes."""

    sentence = "{slot} takes {limit} {sku}. Put the rest back."


class WrongSlot(Refusal):
    """Another slot than the order's."""

    sentence = "This is {scanned}. Put it into {expected}."


class PutFirst(Refusal):
    """Another item while one is in hand."""

    sentence = "First put {sku} into {slot}."


class NothingToUndo(Refusal):
    """Nothing was put from this tote yet."""

    sentence = "Nothing to undo here."


class Missing(Ask):
    """Units that the sorter does not find in the tote."""

    sentence = "Missing: {qty}? F2 again to hold their orders."


# --- a tote ---


def open_tote(tx: Tx, taker: Taker, tote_id: int) -> Any:
    """Claim the list of a batch tote, give its orders their slots, and return the tote's row.

    Raises EmptyTote, NotForWall, StillPicked, InHand naming the colleague, WallFull.
    """
    tote = benches.tote_of(tx, tote_id)
    if tote is None or tote.list_id is None or not tote.units:
        raise EmptyTote(tote=tote_id)
    if tote.mode != "batch" or tote.order_id or tote.kind == "problem":
        raise NotForWall(tote=tote_id)
    if tote.kind != "station" or tote.list_state != "picked":
        raise StillPicked(tote=tote_id)
    one_at_a_time(tx, lists.c.id == tote.list_id)  # it may have other totes, which a colleague opens at this moment
    claims.claim(tx, taker, f"list:{tote.list_id}", f"list {tote.list_id}")
    give_slots(tx, tote.list_id, tote.location_id)
    return tote


def one_at_a_time(tx: Tx, wanted: ColumnElement[bool]) -> None:
    """Let whoever asks for the same list at the same time wait, and then see who has it."""
    tx.execute(select(lists.c.id).where(wanted).with_for_update(key_share=True))


def give_slots(tx: Tx, list_id: int, station_id: int) -> None:
    """Give the orders of a list that may go and have none slots of the station's wall.

    Raises WallFull when a list would begin without slots for all; later on, an order gets one that is free.
    """
    without = tx.all(reads.without_slot, list=list_id)
    if without:  # two sorters at one wall: the second one waits here and then sees what the first one took
        tx.execute(select(locations.c.id).where(locations.c.id == station_id).with_for_update(key_share=True))
    free = tx.all(reads.free_slots, station=station_id) if without else []
    if len(free) < len(without) and not reads.has_slots(tx, list_id):
        raise WallFull(free=len(free), wanted=len(without))
    for row, slot in zip(without, free, strict=False):
        tx.execute(update(list_orders).where(list_orders.c.id == row.id).values(place_id=slot.id))


# --- a unit ---


def lots_of(wall: Wall, item_id: int, lot: str | None) -> list[Content]:
    """Return the lots of an item in the tote, those with most units first; of the lot named, only this one."""
    found = [each for each in wall.content if each.item_id == item_id and lot in (None, each.lot)]
    return sorted(found, key=lambda each: (-each.qty, each.lot_id))


def check_room(content: Content, share: Share, qty: int) -> None:
    """Raise TooMany when the slot, or the tote, has fewer units."""
    limit = min(content.qty, share.want)
    if qty > limit:
        raise TooMany(slot=share.slot, limit=limit, sku=content.sku)


def put(tx: Tx, by: By, hand: dict[str, int], qty: int) -> None:
    """Move `qty` units from the tote to a slot; raises NotEnough when they are gone."""
    source, target = Spot(hand["station"], hand["tote"]), Spot(hand["place"])
    ledger.post(tx, by, [movement(hand, qty, source, target)])
    tx.announce("packing")


def undo(tx: Tx, by: By, hand: dict[str, int], qty: int) -> None:
    """Put units from a slot back into the tote; raises NotEnough when they were packed meanwhile."""
    source, target = Spot(hand["place"]), Spot(hand["station"], hand["tote"])
    ledger.post(tx, by, [movement(hand, qty, source, target)])
    tx.announce("packing")


def movement(hand: dict[str, int], qty: int, source: Spot, target: Spot) -> Move:
    """Return the move of what is in hand."""
    reason = "sort" if target.lpn_id == LOOSE else "unsort"
    return Move(hand["item"], qty, source, target, reason, hand["lot"], document=f"list:{hand['list']}")


def free_tote(tx: Tx, tote_id: int) -> None:
    """Give an emptied tote back to the pickers."""
    tx.execute(update(lpns).where(lpns.c.id == tote_id).values(order_id=None, list_id=None))


# --- what is missing, what is left ---


def missing_units(wall: Wall) -> int:
    """Return how many units the book still has in the tote for the slots."""
    return sum(min(each.qty, wanted(wall, each.item_id)) for each in wall.sortable)


def wanted(wall: Wall, item_id: int) -> int:
    """Return how many units of an item all slots together still take."""
    return sum(share.want for share in wall.shares if share.item_id == item_id)


def give_up(tx: Tx, list_id: int, tote_id: int, wall: Wall) -> int:
    """Hold the orders for which the tote's units are missing, the last slots first; return how many.

    What other totes of the list still hold may yet come. The book keeps the missing units in the tote.
    """
    coming = reads.in_other_totes(tx, list_id, tote_id)
    held: dict[int, list[str]] = {}
    for content in wall.sortable:
        lack = wanted(wall, content.item_id) - coming.get(content.item_id, 0)
        for share in reversed([each for each in wall.shares if each.item_id == content.item_id and each.want > 0]):
            if lack > 0:
                held.setdefault(share.order_id, []).append(f"{min(lack, share.want)} {content.sku}")
                lack -= share.want
    for order_id in sorted(held):
        reviewing.hold(tx, order_id, "SHORT", f"Missing at the wall: {', '.join(held[order_id])}")
    tx.announce("packing")
    return len(held)


def end_list(tx: Tx, by: By, list_id: int) -> tuple[str, list[int]]:
    """Leave a sorted list: give back the slots of held orders in which nothing lies; what is left goes aside.

    Returns the problem shelf's name and the totes that go there.
    """
    idle = [row.id for row in tx.all(reads.idle_slots, list=list_id)]
    tx.execute(update(list_orders).where(list_orders.c.id.in_(idle)).values(place_id=None))
    return packing.shelve_totes(tx, by, list_id)


# --- the slot of a held order ---


def begin_emptying(tx: Tx, taker: Taker, slot: Any) -> None:
    """Claim the order whose slot is emptied; raises InHand."""
    one_at_a_time(tx, lists.c.id.in_(select(list_orders.c.list_id).where(list_orders.c.place_id == slot.id)))
    claims.claim(tx, taker, f"order:{slot.order_id}", slot.name)


def empty(tx: Tx, by: By, slot: Any, tote_id: int) -> str:
    """Empty a slot into a free tote, which goes to the problem shelf with the order; return where that is.

    Without a problem shelf the tote stays at the station. Raises NotATote, ToteNotEmpty.
    """
    shelf = packing.problem_shelf(tx) or slot.station_id
    picking.seize(tx, tote_id, slot.list_id, slot.order_id, shelf)
    spots = Spot(slot.id), Spot(shelf, tote_id)
    moves = [
        Move(row.item_id, row.qty, *spots, "set aside", row.lot_id, row.condition, document=f"list:{slot.list_id}")
        for row in reads.in_slot_of(tx, slot.id)
    ]
    ledger.post(tx, by, moves)
    tx.execute(update(list_orders).where(list_orders.c.place_id == slot.id).values(place_id=None))
    tx.announce("packing")
    return walks.place(tx, shelf)
