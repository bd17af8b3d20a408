"""What each scan does at the pack station, and where it leads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wms.errors import Ask, several
from wms.flows.engine import DONE, NoWork, Task
from wms.flows.pack.hand import flow, fresh, hold, in_hand, unit_in_hand
from wms.flows.scans import (
    CartonScan,
    ItemScan,
    LocationScan,
    LotScan,
    OrderScan,
    ParcelScan,
    Quantity,
    SerialScan,
    ToteScan,
    serial_on,
)
from wms.operations import benches, labelling, packing, parcels
from wms.operations.benches import Bench
from wms.queries import packing as reads
from wms.queries.boxes import Box, Need

OPEN_WAYS = ("unit", "carton", "weight", "label")
UNIT_WAYS = ("lot", "serial", *OPEN_WAYS)


class NoTote(NoWork):
    """No tote with picked orders stands at a station, and no slot is complete."""

    sentence = "No tote waits at a pack station."


class MissingUnits(Ask):
    """Units that the packer does not find in the tote."""

    sentence = "{qty} {sku} missing? F2 again to hold the order."


class MissingSingles(Ask):
    """Orders whose units are not in the totes that they share."""

    sentence = "Missing: {qty}? F2 again to hold their orders."


# -- the tote, the slot -----------------------------------------------------------------------------------------------


@flow.begin("tote", "any_unit", *OPEN_WAYS)
def begin(task: Task) -> str:
    """Open the tote that was scanned at the menu, else ask for the next one."""
    if task.args.get("kind") == "tote":
        return open_tote(task, int(task.args["ref"]))
    if reads.next_job(task.tx, task.who.operator_id, task.who.device_id) is None:
        raise NoTote
    return "tote"


@flow.on("tote", ToteScan, to=("any_unit", *OPEN_WAYS))
def scan_tote(task: Task, scan: ToteScan) -> str:
    """Open a tote: of one order, or shared by many."""
    return open_tote(task, scan.ref)


@flow.on("tote", OrderScan, to=OPEN_WAYS)
def scan_order(task: Task, scan: OrderScan) -> str:
    """Open an order by its code: from its slot, its own tote, or a shared one."""
    return take_order(task, benches.open_order(task.tx, scan.ref, task.who.device_id))


@flow.on("tote", LocationScan, to=("tote", *OPEN_WAYS))
def scan_place(task: Task, scan: LocationScan) -> str:
    """Open a complete slot of the put-wall, or stand at another pack station."""
    if bench := benches.open_slot(task.tx, scan.ref, task.who.device_id):
        return take_order(task, bench)
    benches.choose_station(task.tx, task.who.device_id, scan.ref)
    task.say(f"This is {scan.name} now.")
    return "tote"


@flow.key("tote", "F1", "Leave", to=(DONE,))
def leave(task: Task, _: Any) -> str:
    """Go back to the menu when no tote waits any more."""
    return DONE


def open_tote(task: Task, tote_id: int) -> str:
    """Claim a tote and go on with what lies in it."""
    bench = benches.open_tote(task.tx, tote_id, task.who.device_id)
    if bench.order_id:
        return take_order(task, bench)
    parcel = benches.claim(task.tx, task.taker, bench)
    remember(task, bench)
    if parcel and reads.is_open(task.tx, parcel):
        task.memo["parcel"] = parcel
        return onward(task)
    if not any(row.left for row in reads.shared(task.tx, bench.list_id)):
        raise benches.NothingFree(tote=tote_id)
    return "any_unit"


def take_order(task: Task, bench: Bench) -> str:
    """Claim an order and go on with its open parcel."""
    benches.claim(task.tx, task.taker, bench)
    remember(task, bench)
    task.memo["parcel"] = benches.begin_order(task.tx, task.by, bench.order_id or 0, bench.station_id)
    return onward(task)


def remember(task: Task, bench: Bench) -> None:
    """Keep what is worked on."""
    task.subject = bench.subject
    task.memo |= {"list": bench.list_id, "station": bench.station_id}
    if bench.order_id is None:
        task.memo["shared"] = reads.shared_mode(task.tx, bench.list_id)


def onward(task: Task) -> str:
    """Return the next state of the box in hand: units, then carton, then weight, then the label."""
    box = in_hand(task)
    if box.hold or (box.left and not task.memo.get("part")):
        return "unit"
    if not box.carton_id and not parcels.waive_carton(task.tx, box) and not same_carton(task, box):
        return "carton"
    if task.settings.floor.weigh:
        return "weight"
    box = fresh(task)
    return close(task, replace(box, weight_g=parcels.expected_g(box)))


def same_carton(task: Task, box: Box) -> bool:
    """Take the carton of the kit before, for the next one is like it; return whether there was one."""
    carton = task.memo.get("carton")
    if carton and not box.left:
        parcels.choose_carton(task.tx, box, carton, True)
        fresh(task)
    return bool(carton) and not box.left


# -- a tote that orders share -----------------------------------------------------------------------------------------


@flow.on("any_unit", ItemScan, to=UNIT_WAYS)
def scan_single(task: Task, scan: ItemScan) -> str:
    """Take any unit out of the totes: the first order that needs it is packed."""
    order_id = reads.order_wanting(task.tx, task.memo["list"], scan.ref, task.who.operator_id)
    if order_id is None:
        raise packing.NoneWanted(scanned=scan.name)
    task.memo["parcel"] = benches.begin_order(task.tx, task.by, order_id, task.memo["station"])
    return scan_unit(task, scan)


@flow.key("any_unit", "F2", "Missing", to=(DONE,))
def missing_singles(task: Task, _: Any) -> str:
    """Hold the orders whose units are not in the totes, and carry these to the problem shelf."""
    left = sum(row.left for row in reads.shared(task.tx, task.memo["list"]))
    task.confirm(MissingSingles(qty=left))
    held = packing.hold_rest(task.tx, task.memo["list"])
    return end_list(task, f"On hold: {several(held, 'order')}.")


def next_shared(task: Task) -> str:
    """Go on with the totes that orders share, or leave them when nothing in them may be packed."""
    task.memo.pop("parcel", None)
    if any(row.left for row in reads.shared(task.tx, task.memo["list"])):
        return "any_unit"
    return end_list(task, task.note or f"List {task.memo['list']} is done.")


def end_list(task: Task, note: str) -> str:
    """Leave the totes of a list; those in which something is left go to the problem shelf."""
    shelf, full = packing.shelve_totes(task.tx, task.by, task.memo["list"])
    totes = f"tote{'s' if len(full) > 1 else ''} {', '.join(map(str, full))}"
    task.say(f"{note} {totes.capitalize()} to {shelf}." if full and shelf else note, "done")
    return DONE


# -- a unit -----------------------------------------------------------------------------------------------------------


@flow.on("unit", ItemScan, to=UNIT_WAYS)
def scan_unit(task: Task, scan: ItemScan) -> str:
    """Verify what was scanned; a lot is asked for when the tote holds several, a serial number when it has one."""
    box = in_hand(task)
    packing.check_free(box)
    need = packing.wanted(box, scan.ref, scan.name, scan.qty)
    lot = scan.lot if need.lot_tracked else None
    if need.lot_tracked and lot is None and len(packing.lots_of(need)) > 1:
        return ask(task, "lot", need, scan.qty)
    if need.serial_tracked:
        if not scan.serial:
            packing.chosen(need, 1, lot)
            return ask(task, "serial", need, 1, lot)
        packing.use_serial(task.tx, box, need, scan.serial)
    return verified(task, need, scan.qty, lot)


def ask(task: Task, state: str, need: Need, qty: int, lot: str | None = None) -> str:
    """Keep the unit in hand while its lot or serial number is asked for."""
    task.memo["hand"] = {"item": need.item_id, "qty": qty, "lot": lot}
    return state


def verified(task: Task, need: Need, qty: int, lot: str | None) -> str:
    """Move verified units into the parcel."""
    task.memo.pop("hand", None)
    box = packing.verify(task.tx, task.by, in_hand(task), need, packing.chosen(need, qty, lot))
    hold(task, box)
    left = need.left - qty
    task.say(f"{need.sku}: {need.packed + qty} of {need.picked}." if left else f"{need.sku} is complete.")
    return onward(task)


@flow.on("lot", LotScan, to=("serial", *OPEN_WAYS))
def scan_lot(task: Task, scan: LotScan) -> str:
    """Say which lot the unit in hand is of."""
    return with_lot(task, scan.text)


@flow.on("lot", ItemScan, to=("serial", *OPEN_WAYS))
def scan_labelled_lot(task: Task, scan: ItemScan) -> str:
    """Scan the GS1 label of the unit in hand, which tells its lot."""
    need = unit_in_hand(task)
    if scan.ref != need.item_id:
        raise packing.WrongItem(scanned=scan.name, wanted=need.sku)
    if scan.lot is None:
        raise packing.LotWanted(sku=need.sku)
    return with_lot(task, scan.lot)


def with_lot(task: Task, lot: str) -> str:
    """Go on with the unit in hand when its lot is known."""
    need, qty = unit_in_hand(task), task.memo["hand"]["qty"]
    packing.check_free(in_hand(task))
    packing.chosen(need, qty, lot)
    return ask(task, "serial", need, qty, lot) if need.serial_tracked else verified(task, need, qty, lot)


@flow.on("serial", SerialScan, to=OPEN_WAYS)
def scan_serial(task: Task, scan: SerialScan) -> str:
    """Note the serial number of the unit in hand."""
    need = unit_in_hand(task)
    packing.check_free(in_hand(task))
    packing.use_serial(task.tx, in_hand(task), need, scan.text)
    return verified(task, need, 1, task.memo["hand"]["lot"])


@flow.on("serial", ItemScan, to=OPEN_WAYS)
def scan_labelled_serial(task: Task, scan: ItemScan) -> str:
    """Scan the GS1 label of the unit in hand, which tells its serial number."""
    need = unit_in_hand(task)
    if scan.ref != need.item_id:
        raise packing.WrongItem(scanned=scan.name, wanted=need.sku)
    return scan_serial(task, serial_on(scan))


@flow.key("lot", "F4", "Put back", to=("unit",))
@flow.key("serial", "F4", "Put back", to=("unit",))
def put_back(task: Task, _: Any) -> str:
    """Put the unit in hand back into the tote; nothing was written yet."""
    task.memo.pop("hand", None)
    return "unit"


@flow.key("unit", "F2", "Missing", to=(DONE, "any_unit"))
def missing(task: Task, _: Any) -> str:
    """Hold the order because a unit is not in the tote; its box waits on the problem shelf."""
    box = in_hand(task)
    need = box.next
    if need and not box.hold:
        task.confirm(MissingUnits(qty=need.left, sku=need.sku))
        packing.hold_short(task.tx, box)
    return aside(task)


@flow.key("unit", "F3", "Problem shelf", to=(DONE, "any_unit"))
@flow.key("carton", "F3", "Problem shelf", to=(DONE, "any_unit"))
@flow.key("weight", "F3", "Problem shelf", to=(DONE, "any_unit"))
def problem(task: Task, _: Any) -> str:
    """Carry a held order's box away and go on with other work."""
    if not in_hand(task).hold:
        raise packing.NotHeld(number=in_hand(task).number)
    return aside(task)


def aside(task: Task) -> str:
    """Put the box on the problem shelf; a shared tote goes on."""
    box = in_hand(task)
    packing.set_aside(task.tx, task.by, box)
    task.say(f"Order {box.number} is on the problem shelf.", "done")
    return next_shared(task) if task.memo.get("shared") else DONE


@flow.key("unit", "F4", "Undo", to=("unit",))
@flow.key("carton", "F4", "Undo", to=("unit",))
@flow.key("weight", "F4", "Undo", to=("unit",))
def undo(task: Task, _: Any) -> str:
    """Put the last unit back into the tote."""
    sku, qty = packing.undo(task.tx, task.by, in_hand(task))
    task.memo.pop("part", None)
    fresh(task)
    task.say(f"{qty} {sku} back in the tote.")
    return "unit"


@flow.key("unit", "F6", "Second parcel", to=OPEN_WAYS)
def second_parcel(task: Task, _: Any) -> str:
    """Close this parcel with what is in it; the rest of the order goes into another one."""
    box = in_hand(task)
    packing.check_free(box)
    if not box.boxed:
        raise parcels.NotPacked
    task.memo["part"] = 1
    return onward(task)


# -- carton, weight, label --------------------------------------------------------------------------------------------


@flow.on("carton", CartonScan, to=("unit", "weight", "label"))
def scan_carton(task: Task, scan: CartonScan) -> str:
    """Take a carton; another one than proposed is asked about."""
    parcels.choose_carton(task.tx, in_hand(task), scan.ref, task.confirmed)
    if task.memo.get("shared") == "shape" and not in_hand(task).left:
        task.memo["carton"] = scan.ref
    task.say(f"Carton {scan.name}.")
    fresh(task)
    return onward(task)


@flow.on("weight", Quantity, to=("label",))
def weigh(task: Task, scan: Quantity) -> str:
    """Take the weight in grams; outside the expected band it is asked about."""
    box = in_hand(task)
    parcels.check_weight(box, task.settings, scan.value, task.confirmed or task.supervises)
    return close(task, replace(box, weight_g=scan.value))


def close(task: Task, box: Box) -> str:
    """Close the parcel and queue its label."""
    parcels.close(task.tx, task.settings, task.by, box, task.memo["list"])
    hold(task, box)
    task.say(f"{box.code} is packed. Its label is printing.")
    return "label"


@flow.on("label", ParcelScan, to=(DONE, "any_unit", "unit"))
def scan_label(task: Task, scan: ParcelScan) -> str:
    """Check that the label on the box is the box's own, and go on."""
    box = in_hand(task)
    parcels.check_label(box, scan.code)
    labelling.seen(task.tx, parcels.event_of(box))
    if box.left:
        del task.memo["part"]
        task.memo["parcel"] = benches.begin_order(task.tx, task.by, box.order_id, task.memo["station"])
        task.say("The rest goes into a second parcel.")
        fresh(task)
        return "unit"
    task.say(f"Order {box.number} packed.", "done")
    return next_shared(task) if task.memo.get("shared") else DONE


@flow.key("label", "F6", "It printed", to=("label",))
def printed(task: Task, _: Any) -> str:
    """Say that the label in doubt came out."""
    labelling.printed(task.tx, task.settings, task.by, parcels.event_of(in_hand(task)))
    task.say("Noted: the label came out. Scan it.")
    return "label"


@flow.key("label", "F7", "Print again", to=("label",))
def reprint(task: Task, _: Any) -> str:
    """Print the label once more, marked as a copy."""
    labelling.again(task.tx, task.settings, task.by, parcels.event_of(in_hand(task)))
    task.say("A copy of the label is printing.")
    return "label"
