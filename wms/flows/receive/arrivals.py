"""Receipts, docks and cartons: what is opened next."""

from __future__ import annotations

from wms.errors import Refusal, several
from wms.flows.engine import DONE, NoWork, Screen, Target, Task
from wms.flows.parts import key_target
from wms.flows.receive.hand import NothingToUndo, flow, take_back, upcoming
from wms.flows.scans import Key, LocationScan, LpnScan, Quantity, ReceiptScan
from wms.operations import claims, receiving
from wms.queries import cartons, places
from wms.queries.cartons import Carton


class NothingAnnounced(NoWork):
    """No receipt has a carton for this person."""

    sentence = "No cartons to receive now."


class NotADock(Refusal):
    """Deliveries stand at docks."""

    sentence = "{place} is no dock. Scan a dock or the receipt."


@flow.begin("document", "carton")
def begin(task: Task) -> str:
    """Go to the receipt that was scanned, or the only one; else ask."""
    if task.args.get("kind") == "receipt":
        return enter(task, int(task.args["ref"]))
    found = cartons.open_receipts(task.tx, task.who.operator_id)
    if not found:
        raise NothingAnnounced
    return enter(task, found[0].id) if len(found) == 1 else "document"


def enter(task: Task, receipt_id: int) -> str:
    """Begin the cartons of a receipt at its dock."""
    dock = receiving.open_receipt(task.tx, receipt_id, task.memo.get("dock"))
    task.memo = {"receipt": receipt_id, "dock": dock}
    upcoming(task)
    return "carton"


@flow.on("document", ReceiptScan, to=("carton",))
def scan_receipt(task: Task, scan: ReceiptScan) -> str:
    """Receive this one."""
    return enter(task, scan.ref)


@flow.on("document", LocationScan, to=("document", "carton"))
def scan_dock(task: Task, scan: LocationScan) -> str:
    """Receive what stands at this dock; with several receipts there, ask which."""
    if places.kind(task.tx, scan.ref) != "dock":
        raise NotADock(place=scan.name)
    task.memo["dock"] = scan.ref
    found = cartons.open_receipts(task.tx, task.who.operator_id)
    here = [row for row in found if row.dock_id == scan.ref] or [row for row in found if row.dock_id is None]
    if len(here) == 1:
        return enter(task, here[0].id)
    task.say(f"At {scan.name}. Now scan the receipt.")
    return "document"


@flow.screen("document")
def show_document(task: Task) -> Screen:
    """Ask for the receipt; the oldest is proposed."""
    found = cartons.open_receipts(task.tx, task.who.operator_id)
    target = Target("receipt", found[0].code, found[0].number) if found else None
    return Screen("Scan the receipt or the dock", target, progress=(0, len(found)))


@flow.on("carton", LpnScan, to=("item",))
def scan_plate(task: Task, scan: LpnScan) -> str:
    """Open the carton with this plate."""
    return unpack(task, cartons.carton_on(task.tx, scan.ref), scan.code)


@flow.on("carton", Quantity, to=("item",))
def type_number(task: Task, scan: Quantity) -> str:
    """Open the carton on which the factory printed this number."""
    found = cartons.carton_numbered(task.tx, task.memo["receipt"], str(scan.value))
    return unpack(task, found, f"{scan.value}")


@flow.on("carton", ReceiptScan, to=("carton",))
def other_receipt(task: Task, scan: ReceiptScan) -> str:
    """Go on with another receipt."""
    return enter(task, scan.ref)


def unpack(task: Task, found: Carton | None, scanned: str) -> str:
    """Take a carton in hand; a colleague's is taken over after a question."""
    carton = receiving.check_carton(found, task.memo["receipt"], scanned)
    if carton.state == "open" and carton.operator_id != task.who.operator_id:
        claims.claim(task.tx, task.taker, f"carton:{carton.id}", f"carton {carton.number}")
    receiving.open_carton(task.tx, task.by, carton, task.memo["dock"])
    return hold(task, carton.id, f"Carton {carton.number}: {several(carton.missing, 'unit')} to count.")


def hold(task: Task, carton_id: int, note: str) -> str:
    """Remember the carton in hand."""
    task.memo = {"receipt": task.memo["receipt"], "dock": task.memo["dock"], "carton": carton_id, "steps": []}
    task.subject = f"carton:{carton_id}"
    task.say(note)
    return "item"


@flow.key("carton", "F1", "Close", to=(DONE,))
def close(task: Task, _: Key) -> str:
    """Close the receipt, short of cartons when asked twice."""
    receiving.close_receipt(task.tx, task.by, task.memo["receipt"], task.confirmed)
    task.say("Receipt closed.", "done")
    return DONE


@flow.key("carton", "F2", "Loose", to=("item",))
def loose(task: Task, _: Key) -> str:
    """Count units that came without a carton onto a new plate."""
    carton_id = receiving.add_loose(task.tx, task.by, task.memo["receipt"], task.memo["dock"])
    return hold(task, carton_id, "New plate for loose units.")


@flow.key("carton", "F4", "Undo", to=("item",))
def reopen(task: Task, _: Key) -> str:
    """Take the last step back, and the carton with it."""
    if not task.memo.get("steps"):
        raise NothingToUndo
    receiving.reopen_carton(task.tx, task.by, task.memo["carton"])
    task.subject = f"carton:{task.memo['carton']}"
    return take_back(task)


@flow.screen("carton")
def show_carton(task: Task) -> Screen:
    """Show the next carton that is expected."""
    found = cartons.next_carton(task.tx, task.memo["receipt"], task.who.operator_id)
    done = cartons.progress(task.tx, task.memo["receipt"])
    receipt = cartons.receipt_row(task.tx, task.memo["receipt"])
    target = Target("lpn", found.code, f"carton {found.number}") if found else key_target("F1", "Close")
    keys = ("F1", "F2", "F4") if task.memo.get("steps") else ("F1", "F2")
    return Screen("Scan the next carton", target, receipt.number if receipt else "", progress=done, keys=keys)
