"""Lots and dates that the list does not name, and barcodes that nobody knows yet."""

from __future__ import annotations

from wms import barcodes
from wms.errors import NotAllowed, Refusal, clip, several
from wms.flows.engine import Screen, Task
from wms.flows.parts import item_card, item_target, key_target
from wms.flows.receive.hand import AFTER, counts, current, flow, head_of, in_hand, lines_of
from wms.flows.receive.units import OtherItem, settle, sure_of_lot
from wms.flows.scans import ExpiryScan, ItemScan, Key, LotScan, Quantity, lot_on
from wms.models.stock import QUARANTINE
from wms.operations import directory, quality
from wms.operations.ledger import NoQuantity
from wms.queries import cartons


class NothingUnknown(Refusal):
    """A link needs the barcode that nobody knows."""

    sentence = "Scan the unknown barcode first, then Link."


@flow.on("lot", LotScan, to=AFTER)
def scan_lot(task: Task, scan: LotScan) -> str:
    """Take the lot (and the date, when the label says it); a lot that only another item has is refused."""
    carton, line = current(task)
    quality.check_lot(task.tx, line.item_id, scan.text)
    sure_of_lot(task, line.item_id, scan.text, scan.unsure)
    task.memo |= {"lot": scan.text} | ({"expiry": scan.expiry.isoformat()} if scan.expiry else {})
    return settle(task, carton, line)


@flow.on("lot", ItemScan, to=AFTER)
def scan_labelled_lot(task: Task, scan: ItemScan) -> str:
    """Take the lot from the GS1 label of a unit; it must be one of the units being counted."""
    _, line = current(task)
    if scan.ref != line.item_id:
        raise OtherItem(sku=line.sku)
    return scan_lot(task, lot_on(scan))


@flow.key("lot", "F1", "No lot", to=AFTER)
def no_lot(task: Task, _: Key) -> str:
    """Send units without a lot to quarantine."""
    task.memo["aim"] = QUARANTINE
    return settle(task, *current(task))


@flow.screen("lot")
def show_lot(task: Task) -> Screen:
    """Ask for the lot."""
    return ask_for(task, "Scan the lot of", "No lot")


@flow.on("expiry", ExpiryScan, to=AFTER)
def scan_expiry(task: Task, scan: ExpiryScan) -> str:
    """Take the expiry date."""
    task.memo["expiry"] = scan.day.isoformat()
    return settle(task, *current(task))


@flow.key("expiry", "F1", "No date", to=AFTER)
def no_date(task: Task, _: Key) -> str:
    """Send units without a date to quarantine."""
    return no_lot(task, _)


@flow.screen("expiry")
def show_expiry(task: Task) -> Screen:
    """Ask for the expiry date."""
    return ask_for(task, "Expiry date of", "No date")


def ask_for(task: Task, words: str, otherwise: str) -> Screen:
    """Ask for a fact of the units being counted; without it they go to quarantine."""
    carton, line = current(task)
    return Screen(
        clip(f"{words} {line.sku}", 40),
        key_target("F1", otherwise),
        head_of(carton),
        lines=lines_of(carton, line.line_id),
        progress=counts(carton),
        item=item_card(line),
        facts={"counted": task.memo["qty"]},
    )


@flow.key("item", "F5", "Link", to=("link",))
def link(task: Task, _: Key) -> str:
    """Let a supervisor say what the unknown barcode just scanned is."""
    if not task.supervises:
        raise NotAllowed(what="new barcodes")
    text = cartons.last_unknown(task.tx, task.id)
    if text is None:
        raise NothingUnknown
    task.memo |= {"link": linkable(text), "units": 1}
    task.say(f"{clip(task.memo['link'], 24)}: scan the item that it is.")
    return "link"


def linkable(text: str) -> str:
    """Return what of a label stays the same from unit to unit: the GTIN of a GS1 label, else all of it."""
    scanned = barcodes.understand(text)
    return scanned.trade or scanned.text


@flow.on("link", ItemScan, to=("item",))
def link_to(task: Task, scan: ItemScan) -> str:
    """Register the barcode as one of this item's."""
    text, units = task.memo.pop("link"), task.memo.pop("units")
    directory.register_case(task.tx, text, scan.ref, scan.name, units)
    task.say(f"{clip(text, 20)} is {units} {scan.name} now. Scan on.")
    return "item"


@flow.on("link", Quantity, to=("link",))
def units_of(task: Task, scan: Quantity) -> str:
    """Say how many units the barcode stands for."""
    if scan.value == 0:
        raise NoQuantity
    task.memo["units"] = scan.value
    task.say(f"{several(scan.value, 'unit')} a scan. Now scan the item.")
    return "link"


@flow.key("link", "F1", "Cancel", to=("item",))
def cancel(task: Task, _: Key) -> str:
    """Link nothing."""
    task.memo.pop("link"), task.memo.pop("units")
    return "item"


@flow.screen("link")
def show_link(task: Task) -> Screen:
    """Ask which item the barcode belongs to."""
    carton = in_hand(task)
    now = next(iter(carton.open_lines), None)
    target = item_target(now) if now is not None else key_target("F1", "Cancel")
    facts = {"barcode": task.memo["link"], "units": task.memo["units"]}
    title = clip(f"Which item is {task.memo['link']}?", 40)
    return Screen(title, target, head_of(carton), lines=lines_of(carton, None), progress=counts(carton), facts=facts)
