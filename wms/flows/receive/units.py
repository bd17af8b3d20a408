"""Items and quantities: every unit of a carton is counted against its list."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row

from wms.errors import Ask, Refusal, clip
from wms.flows.engine import DONE, Screen, Task
from wms.flows.parts import item_card, item_target, key_target, quantity_target
from wms.flows.receive.hand import AFTER, counts, current, flow, forget, head_of, in_hand, lines_of, take_back, upcoming
from wms.flows.scans import ItemScan, Key, Quantity
from wms.models.stock import DAMAGED, NO_LOT, QUARANTINE
from wms.operations import quality, receiving, unpacking
from wms.operations.ledger import NoQuantity
from wms.queries import cartons
from wms.queries.cartons import Carton


class NotListed(Ask):
    """The packing list does not name this item in this carton."""

    sentence = "{sku} is not listed here. Again to take it."


class OtherItem(Refusal):
    """One item is counted at a time."""

    sentence = "Still counting {sku}. Type how many first."


class TooShort(Ask):
    """Expired, or too little life left to be sold."""

    sentence = "Expires {day}: too soon. Again to quarantine it."


@flow.on("item", ItemScan, to=AFTER)
def scan_item(task: Task, scan: ItemScan) -> str:
    """Begin to count an item; one that the list does not name is asked about."""
    carton = in_hand(task)
    line = unpacking.line_for(carton, scan.ref, scan.lot)
    if line is None:
        if not (carton.loose and cartons.lists_item(task.tx, carton.receipt_id, scan.ref)):
            task.confirm(NotListed(sku=scan.name))
        line_id = unpacking.unplanned_line(task.tx, carton, scan.ref, scan.lot or "")
        carton = in_hand(task)
        line = carton.line(line_id)
    assert line is not None
    sure_of_lot(task, scan.ref, scan.lot, scan.unsure and line.lot_tracked)
    said = {"lot": scan.lot, "expiry": scan.expiry.isoformat() if scan.expiry else None}
    task.memo |= {"line": line.line_id, "qty": scan.qty} | {key: value for key, value in said.items() if value}
    return tally(task, carton, line)


def sure_of_lot(task: Task, item_id: int, lot: str | None, unsure: bool) -> None:
    """Ask about a lot that may have swallowed a date, unless this item is known to have it."""
    if unsure and lot and not quality.has_lot(task.tx, item_id, lot):
        task.confirm(quality.DoubtfulLot(lot=lot))


def tally(task: Task, carton: Carton, line: Row[Any]) -> str:
    """Go on counting; the last expected unit ends the line."""
    limit(task, line)
    return settle(task, carton, line) if task.memo["qty"] == line.rest else "quantity"


def limit(task: Task, line: Row[Any]) -> None:
    """Refuse more than the list and its tolerance allow."""
    percent = task.settings.floor.over_receipt_percent
    unpacking.check_limit(line, task.memo["qty"], percent, task.supervises, task.confirmed)


@flow.on("quantity", ItemScan, to=AFTER)
def one_more(task: Task, scan: ItemScan) -> str:
    """Count one more unit, or a case of n."""
    carton, line = current(task)
    if scan.ref != line.item_id:
        raise OtherItem(sku=line.sku)
    task.memo["qty"] += scan.qty
    return tally(task, carton, line)


@flow.on("quantity", Quantity, to=AFTER)
def type_quantity(task: Task, scan: Quantity) -> str:
    """Take a typed number as the count."""
    if scan.value == 0:
        raise NoQuantity
    carton, line = current(task)
    task.memo["qty"] = scan.value
    limit(task, line)
    return settle(task, carton, line)


@flow.key("quantity", "F1", "Next", to=AFTER)
def accept(task: Task, _: Key) -> str:
    """Take the units scanned so far as the count."""
    return settle(task, *current(task))


@flow.key("quantity", "F4", "Back", to=("item",))
def back(task: Task, _: Key) -> str:
    """Forget the count that was begun."""
    forget(task)
    task.say("Count dropped. Scan an item.")
    return "item"


def settle(task: Task, carton: Carton, line: Row[Any]) -> str:
    """Ask for lot and expiry where they are tracked and unknown, then receive."""
    aim, lot, expiry = task.memo.get("aim"), task.memo.get("lot") or line.lot_code, expiry_in_hand(task, line)
    if line.lot_tracked and lot and expiry is None:
        expiry = quality.known_expiry(task.tx, line.item_id, lot)
    if line.lot_tracked and not lot and not aim:
        return "lot"
    if line.expiry_tracked and expiry is None and not aim:
        return "expiry"
    if line.expiry_tracked and quality.too_short(task.tx, expiry, task.settings.floor.expiry_days_min) and not aim:
        task.confirm(TooShort(day=expiry))
        task.memo["aim"] = QUARANTINE
    tracked = line.lot_tracked or line.expiry_tracked
    lot_id = quality.lot_id(task.tx, line.item_id, lot, expiry) if tracked else NO_LOT
    return receive(task, carton, line, lot_id)


def expiry_in_hand(task: Task, line: Row[Any]) -> date | None:
    """Return the expiry date that was scanned, or the list's."""
    said = task.memo.get("expiry")
    return date.fromisoformat(said) if said else line.expiry


def receive(task: Task, carton: Carton, line: Row[Any], lot_id: int) -> str:
    """Post the count and go on: to the next item, or the next carton when nothing is missing any more."""
    qty, condition = task.memo["qty"], unpacking.condition_of(line, task.memo.get("aim", ""))
    posted = unpacking.entry(task.tx, carton, line.line_id, quality.Goods(line.item_id, qty, lot_id, condition))
    unpacking.take(task.tx, task.by, carton, [posted])
    task.memo["steps"].append([posted])
    forget(task)
    task.say(f"{qty} {line.sku}{' to quarantine' if condition in (DAMAGED, QUARANTINE) else ''}.")
    left = carton.missing - min(qty, line.rest)
    return finish(task, carton) if line.expected and not left else "item"


def finish(task: Task, carton: Carton) -> str:
    """End the carton and show the next one, if there is one for me."""
    if receiving.finish_carton(task.tx, task.settings, task.by, carton):
        task.say(f"All cartons received: {carton.receipt}.", "done")
        return DONE
    found = upcoming(task)
    if found is None or found.rank == cartons.OTHERS:
        task.say(f"Carton {carton.number} done. Colleagues have the rest.", "done")
        return DONE
    task.say(f"Carton {carton.number} done.", "done")
    return "carton"


@flow.key("item", "F1", "As listed", to=("carton", DONE))
def as_listed(task: Task, _: Key) -> str:
    """Receive all that is left in the carton as the list says, in one go."""
    carton = in_hand(task)
    step = unpacking.as_listed(task.tx, carton, task.settings.floor.expiry_days_min)
    unpacking.take(task.tx, task.by, carton, step)
    task.memo["steps"].append(step)
    forget(task)
    return finish(task, carton)


@flow.key("item", "F2", "Carton done", to=("carton", DONE))
def carton_done(task: Task, _: Key) -> str:
    """End the carton, short when asked twice."""
    carton = in_hand(task)
    names = {line.sku for line in carton.open_lines}
    if names:
        task.confirm(receiving.Missing(qty=carton.missing, sku=names.pop() if len(names) == 1 else "units"))
    forget(task)
    return finish(task, carton)


@flow.key("item", "F3", "Damaged", to=("item",))
def damaged(task: Task, _: Key) -> str:
    """Let the next count go to quarantine, or not after all."""
    quality.quarantine_place(task.tx)
    if task.memo.pop("aim", None):
        task.say("The next count is good again.")
    else:
        task.memo["aim"] = DAMAGED
        task.say("Damaged: the next count goes to quarantine.")
    return "item"


@flow.key("item", "F4", "Undo", to=("item",))
def undo(task: Task, _: Key) -> str:
    """Take the last count of this carton back."""
    return take_back(task)


@flow.screen("item")
def show_item(task: Task) -> Screen:
    """Show the content that is listed and what of it was counted."""
    carton = in_hand(task)
    now = next(iter(carton.open_lines), None)
    target = item_target(now) if now is not None else key_target("F2", "Carton done")
    title = "Scan the damaged item" if task.memo.get("aim") else f"Scan an item of carton {carton.number}"
    wanted = ("F1", "F2", "F3", *(("F4",) if task.memo["steps"] else ()), *(("F5",) if task.supervises else ()))
    shown = lines_of(carton, now.line_id if now is not None else None)
    return Screen(clip(title, 40), target, head_of(carton), lines=shown, progress=counts(carton), keys=wanted)


@flow.screen("quantity")
def show_quantity(task: Task) -> Screen:
    """Ask how many; the number that is still expected is proposed."""
    carton, line = current(task)
    number = line.rest or task.memo["qty"]
    return Screen(
        clip(f"How many {line.sku}?", 40),
        quantity_target(number),
        head_of(carton),
        lines=lines_of(carton, line.line_id),
        progress=counts(carton),
        quantity=number,
        item=item_card(line),
        facts={"counted": task.memo["qty"]},
    )
