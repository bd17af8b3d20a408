"""Count: a place is counted blind, item by item; nobody is shown what the book expects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from wms.errors import Ask, Refusal, clip, several
from wms.flows.engine import DONE, Flow, Line, NoWork, Screen, Target, Task
from wms.flows.parts import item_card, item_target, key_target, place_card
from wms.flows.scans import ItemScan, Key, LocationScan, LotScan, Quantity, lot_on
from wms.models.stock import NO_LOT
from wms.operations import counting, quality
from wms.operations.counting import Counted
from wms.queries import counts

flow = Flow("count", "Count", ("picker", "receiver"))
TRIES = 5  # looks for a count that no colleague took at this moment


class NothingToCount(NoWork):
    """No place waits for a count by this person."""

    sentence = "Nothing to count now."


class OtherPlace(Refusal):
    """This is not the place to count."""

    sentence = "This is {scanned}. Count {wanted}."


class OtherItem(Refusal):
    """One item is counted at a time."""

    sentence = "Still counting {sku}. Type how many first."


class Twice(Ask):
    """An item was counted in this place already."""

    sentence = "{sku} is counted here. Again to count it anew."


class NotCounted(Ask):
    """The book has items here that were not counted."""

    sentence = "{qty} items of the book not counted. Again if gone."


class NotEmpty(Refusal):
    """Something was counted here."""

    sentence = "Items were counted here. Press Bin done."


@flow.begin("bin")
def begin(task: Task) -> str:
    """Take the most urgent count that is not a recount of one's own."""
    for _ in range(TRIES):
        found = counts.next_count(task.tx, task.who.operator_id, task.supervises)
        if found is None:
            break
        if counting.begin(task.tx, task.by, found.id, found.operator_id):
            task.memo, task.subject = {"count": found.id, "place": found.location_id}, f"count:{found.id}"
            return "bin"
    raise NothingToCount


def in_hand(task: Task) -> Row[Any]:
    """Return the count in hand."""
    return counts.count(task.tx, task.memo["count"])


@flow.on("bin", LocationScan, to=("item",))
def scan_bin(task: Task, scan: LocationScan) -> str:
    """Be at the right place."""
    if scan.ref != task.memo["place"]:
        raise OtherPlace(scanned=scan.name, wanted=in_hand(task).name)
    task.say(f"{scan.name}: count all that is here.")
    return "item"


@flow.screen("bin")
def show_bin(task: Task) -> Screen:
    """Send the person to the place."""
    count = in_hand(task)
    target = Target("location", count.code, count.name)
    return Screen(
        f"Go to {count.name}", target, f"Count · {count.reason}", place_card(count.name, count.code), (), (0, 1)
    )


@flow.on("item", ItemScan, to=("quantity", "lot"))
def scan_item(task: Task, scan: ItemScan) -> str:
    """Begin to count an item; its lot is asked when the place has several."""
    item = counts.item_row(task.tx, scan.ref)
    task.memo |= {"item": scan.ref, "qty": scan.qty, "lot": NO_LOT}
    if not (item.lot_tracked or item.expiry_tracked):
        return tally(task, item.sku)
    if scan.lot:
        sure_of_lot(task, scan.lot, scan.unsure)
        task.memo["lot"] = quality.lot_id(task.tx, scan.ref, scan.lot, scan.expiry)
        return tally(task, item.sku)
    there = lots_here(task, scan.ref)
    if len(there) != 1:
        return "lot"
    task.memo["lot"] = there[0].lot_id
    return tally(task, item.sku)


def sure_of_lot(task: Task, lot: str, unsure: bool) -> None:
    """Ask about a lot that may have swallowed a date, unless the item in hand is known to have it."""
    if unsure and not quality.has_lot(task.tx, task.memo["item"], lot):
        task.confirm(quality.DoubtfulLot(lot=lot))


def lots_here(task: Task, item_id: int) -> list[Row[Any]]:
    """Return what the book has of an item here, lot by lot."""
    return [row for row in counts.book(task.tx, task.memo["count"], task.memo["place"]) if row.item_id == item_id]


def tally(task: Task, sku: str) -> str:
    """Go on to the quantity; an item that was counted is asked about."""
    key = (task.memo["item"], task.memo["lot"])
    if any((row.item_id, row.lot_id) == key for row in counts.counted(task.tx, task.memo["count"])):
        task.confirm(Twice(sku=sku))
    task.say(f"{task.memo['qty']} counted. Scan on, or type how many.")
    return "quantity"


@flow.on("lot", LotScan, to=("quantity",))
def scan_lot(task: Task, scan: LotScan) -> str:
    """Take the lot; one that only another item has is refused."""
    quality.check_lot(task.tx, task.memo["item"], scan.text)
    sure_of_lot(task, scan.text, scan.unsure)
    task.memo["lot"] = quality.lot_id(task.tx, task.memo["item"], scan.text, scan.expiry)
    return tally(task, counts.item_row(task.tx, task.memo["item"]).sku)


@flow.on("lot", ItemScan, to=("quantity",))
def scan_labelled_lot(task: Task, scan: ItemScan) -> str:
    """Take the lot from the label of a unit of the item in hand."""
    if scan.ref != task.memo["item"]:
        raise OtherItem(sku=counts.item_row(task.tx, task.memo["item"]).sku)
    return scan_lot(task, lot_on(scan))


@flow.key("lot", "F1", "No lot", to=("quantity",))
def no_lot(task: Task, _: Key) -> str:
    """Count units on which no lot is printed."""
    return tally(task, counts.item_row(task.tx, task.memo["item"]).sku)


@flow.screen("lot")
def show_lot(task: Task) -> Screen:
    """Ask for the lot; the next one of the book that was not counted is the target."""
    item, count = counts.item_row(task.tx, task.memo["item"]), in_hand(task)
    left = next((row for row in lots_here(task, item.id) if row.counted is None and row.lot), None)
    target = Target("lot", left.lot, f"lot {left.lot}") if left is not None else key_target("F1", "No lot")
    title = clip(f"Scan the lot of {item.sku}", 40)
    return Screen(title, target, f"Count · {count.name}", progress=(0, 1), item=item_card(item))


@flow.on("quantity", ItemScan, to=("quantity",))
def one_more(task: Task, scan: ItemScan) -> str:
    """Count one more unit, or a case of n."""
    if scan.ref != task.memo["item"]:
        raise OtherItem(sku=counts.item_row(task.tx, task.memo["item"]).sku)
    task.memo["qty"] += scan.qty
    task.say(f"{task.memo['qty']} counted.")
    return "quantity"


@flow.on("quantity", Quantity, to=("item",))
def type_quantity(task: Task, scan: Quantity) -> str:
    """Take a typed number as the count."""
    return write(task, scan.value)


@flow.key("quantity", "F1", "Next", to=("item",))
def accept(task: Task, _: Key) -> str:
    """Take the units scanned so far as the count."""
    return write(task, task.memo["qty"])


@flow.key("quantity", "F4", "Back", to=("item",))
def back(task: Task, _: Key) -> str:
    """Forget the count that was begun."""
    task.say("Dropped. Scan an item.")
    return "item"


def write(task: Task, qty: int) -> str:
    """Write the count of one item down."""
    counting.write(task.tx, task.memo["count"], task.memo["place"], Counted(task.memo["item"], task.memo["lot"], qty))
    task.say(f"{qty} noted.")
    return "item"


@flow.screen("quantity")
def show_quantity(task: Task) -> Screen:
    """Ask how many, with no hint but what was scanned so far."""
    item, count = counts.item_row(task.tx, task.memo["item"]), in_hand(task)
    return Screen(
        clip(f"How many {item.sku}?", 40),
        key_target("F1", several(task.memo["qty"], "unit")),
        f"Count · {count.name}",
        progress=(0, 1),
        item=item_card(item),
        facts={"counted": task.memo["qty"]},
    )


@flow.key("item", "F1", "Bin done", to=(DONE,))
def bin_done(task: Task, _: Key) -> str:
    """End the count; what the book has and was not counted is gone, when said twice."""
    missed = [row for row in counts.book(task.tx, task.memo["count"], task.memo["place"]) if row.counted is None]
    if missed:
        task.confirm(NotCounted(qty=len(missed)))
    outcome = counting.finish(task.tx, task.settings, task.by, task.memo["count"])
    task.say(clip(outcome.sentence, 60), "done")
    return DONE


@flow.key("item", "F2", "Empty", to=(DONE,))
def empty(task: Task, _: Key) -> str:
    """Say that nothing at all is here."""
    if counts.counted(task.tx, task.memo["count"]):
        raise NotEmpty
    return bin_done(task, _)


@flow.screen("item")
def show_item(task: Task) -> Screen:
    """Show what was counted so far; the next item that the book has here is the target, without its figure."""
    count, done = in_hand(task), counts.counted(task.tx, task.memo["count"])
    book = counts.book(task.tx, task.memo["count"], task.memo["place"])
    left = next((row for row in book if row.counted is None), None)
    target = item_target(left) if left is not None else key_target("F1", "Bin done")
    shown = tuple(Line(row.sku, row.item_name, row.counted, row.counted, "done", row.lot, row.colour) for row in done)
    head = f"Count · {several(len(done), 'item')}"
    place, keys = place_card(count.name, count.code), ("F1",) if done else ("F1", "F2")
    return Screen(
        f"Scan an item in {count.name}",
        target,
        head,
        place,
        shown,
        (len(done), max(len(book), len(done))),
        keys=keys,
        facts={"example": left is not None},
    )
