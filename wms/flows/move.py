"""Move: a carton, or units of an item, from one place to another; damaged goods to quarantine."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from wms.errors import NotAllowed, Refusal, clip
from wms.flows.engine import DONE, Flow, Line, NoWork, Screen, Target, Task
from wms.flows.parts import item_card, item_target, key_target, place_card, quantity_target
from wms.flows.scans import ItemScan, Key, LocationScan, LotScan, LpnScan, Quantity, ToteScan, lot_on
from wms.operations import moving, putaway
from wms.operations.ledger import NoQuantity
from wms.operations.putaway import Load
from wms.queries import places

flow = Flow("move", "Move", ("receiver", "picker"), repeats=False)


class NothingToMove(NoWork):
    """No bin has free stock."""

    sentence = "Nothing stands in the bins yet."


class NotTotes(Refusal):
    """Totes move with their pick list."""

    sentence = "{name} moves with its list. Scan a bin or carton."


class NotSlots(Refusal):
    """What lies in a slot of the put-wall belongs to an order."""

    sentence = "{place} holds an order. Choose Sort or Pack."


class NothingHere(Refusal):
    """The source is empty."""

    sentence = "Nothing loose in {place}. Scan another place."


class ScanPlate(Refusal):
    """Only cartons stand here."""

    sentence = "Cartons stand in {place}. Scan the plate of one."


class NotHere(Refusal):
    """The item or lot is not in the source."""

    sentence = "No {what} in {place}. Scan what is there."


class OtherItem(Refusal):
    """One item is moved at a time."""

    sentence = "Moving {sku}. Type how many first."


@flow.begin("source")
def begin(task: Task) -> str:
    """Propose some bin with stock; any other source may be scanned."""
    found = places.some_bin(task.tx)
    if found is None:
        raise NothingToMove
    task.memo = {"hint": [found.code, found.name]}
    return "source"


@flow.screen("source")
def show_source(task: Task) -> Screen:
    """Ask what to move."""
    code, name = task.memo["hint"]
    target = Target("location", code, name)
    return Screen("Scan the carton or bin to move", target, "Move", progress=(0, 2), facts={"example": True})


@flow.on("source", LpnScan, to=("dest",))
def scan_plate(task: Task, scan: LpnScan) -> str:
    """Move a whole carton."""
    task.memo = {"lpn": scan.ref, "from": scan.name}
    load = in_hand(task)
    if not load.rows:
        raise NothingHere(place=scan.name)
    moving.check_free(load, scan.name)
    return plan(task, load)


@flow.on("source", ToteScan, to=("source",))
def scan_tote(task: Task, scan: ToteScan) -> str:
    """Totes are not moved by hand."""
    raise NotTotes(name=f"Tote {scan.name}")


@flow.on("source", LocationScan, to=("item", "lot", "quantity"))
def scan_source(task: Task, scan: LocationScan) -> str:
    """Move units out of a place; the only item there needs no scan."""
    task.memo = {"lpn": 0, "place": scan.ref, "from": scan.name}
    rows = in_hand(task).rows
    if rows and places.kind(task.tx, scan.ref) == "slot":
        raise NotSlots(place=scan.name)
    if not rows:
        filled = places.room(task.tx, scan.ref).skus
        raise ScanPlate(place=scan.name) if filled else NothingHere(place=scan.name)
    return pick(task, rows[0].item_id) if len({row.item_id for row in rows}) == 1 else "item"


def in_hand(task: Task) -> Load:
    """Return what is to be moved, as far as it was said: plate or place, item, lot, quantity.

    Of several conditions in a place the ones for sale come first; others move when nothing else is there.
    """
    memo = task.memo
    if memo["lpn"]:
        return Load(tuple(places.on_plate(task.tx, memo["lpn"])), memo["lpn"])
    rows = [row for row in places.loose(task.tx, memo["place"]) if memo.get("item") in (None, row.item_id)]
    rows = [row for row in rows if memo.get("lot") in (None, row.lot_id)]
    good = [row for row in rows if row.condition in places.GOOD]
    return Load(tuple(good or rows), 0, memo.get("qty", 0))


def present(task: Task) -> Load:
    """Return what is to be moved; refuse when a colleague took some of it meanwhile."""
    load = in_hand(task)
    if not load.rows:
        raise NothingHere(place=task.memo["from"])
    moving.check_free(load, task.memo["from"])
    return load


def pick(task: Task, item_id: int) -> str:
    """Move this item; with several lots, ask which."""
    task.memo["item"] = item_id
    rows = in_hand(task).rows
    if not rows:
        raise NotHere(what="such item", place=task.memo["from"])
    if len({row.lot_id for row in rows}) > 1:
        return "lot"
    moving.check_free(Load(rows, 0, 1), task.memo["from"])
    return "quantity"


@flow.on("item", ItemScan, to=("lot", "quantity"))
def scan_item(task: Task, scan: ItemScan) -> str:
    """Choose the item."""
    return pick(task, scan.ref)


@flow.screen("item")
def show_item(task: Task) -> Screen:
    """Ask which item."""
    rows = in_hand(task).rows
    shown = tuple(line_of(row) for row in rows)
    target = item_target(rows[0]) if rows else key_target("F4", "Back")
    return Screen("Scan the item to move", target, head_of(task), lines=shown, progress=(0, 2))


@flow.on("lot", LotScan, to=("quantity",))
def scan_lot(task: Task, scan: LotScan) -> str:
    """Choose the lot."""
    found = next((row for row in in_hand(task).rows if row.lot == scan.text), None)
    if found is None:
        raise NotHere(what=f"lot {scan.text}", place=task.memo["from"])
    task.memo["lot"] = found.lot_id
    moving.check_free(Load((found,), 0, 1), task.memo["from"])
    return "quantity"


@flow.on("lot", ItemScan, to=("quantity",))
def scan_labelled_lot(task: Task, scan: ItemScan) -> str:
    """Choose the lot that the label of a unit of the item says."""
    rows = in_hand(task).rows
    if rows and scan.ref != rows[0].item_id:
        raise OtherItem(sku=rows[0].sku)
    return scan_lot(task, lot_on(scan))


@flow.screen("lot")
def show_lot(task: Task) -> Screen:
    """Ask which lot; the one that expires first is proposed."""
    rows = sorted((row for row in in_hand(task).rows if row.lot), key=lambda row: (row.expiry is None, str(row.expiry)))
    target = Target("lot", rows[0].lot, f"lot {rows[0].lot}") if rows else key_target("F4", "Back")
    shown = tuple(line_of(row) for row in rows)
    return Screen("Scan the lot to move", target, head_of(task), lines=shown, progress=(0, 2))


@flow.on("quantity", ItemScan, to=("quantity", "dest"))
def one_more(task: Task, scan: ItemScan) -> str:
    """Count one unit, or a case of n; scanning the destination ends it."""
    load = present(task)
    if load.rows[0].item_id != scan.ref:
        raise OtherItem(sku=load.skus[0])
    task.memo["qty"] = task.memo.get("qty", 0) + scan.qty
    load = in_hand(task)
    moving.check_free(load, task.memo["from"])
    return plan(task, load) if load.units == free_of(load) else "quantity"


@flow.on("quantity", Quantity, to=("dest",))
def type_quantity(task: Task, scan: Quantity) -> str:
    """Move so many."""
    if scan.value == 0:
        raise NoQuantity
    task.memo["qty"] = scan.value
    load = in_hand(task)
    moving.check_free(load, task.memo["from"])
    return plan(task, load)


@flow.key("quantity", "F1", "All", to=("dest",))
def all_of_it(task: Task, _: Key) -> str:
    """Move all that is free."""
    task.memo.pop("qty", None)
    task.memo["qty"] = free_of(in_hand(task))
    return plan(task, in_hand(task))


@flow.on("quantity", LocationScan, to=(DONE,))
def scanned_off(task: Task, scan: LocationScan) -> str:
    """Bring the units scanned so far to this place."""
    if not task.memo.get("qty"):
        raise NoQuantity
    return bring(task, scan)


def free_of(load: Load) -> int:
    """Return how many units of the rows nobody waits for."""
    return sum(row.free for row in load.rows)


@flow.screen("quantity")
def show_quantity(task: Task) -> Screen:
    """Ask how many."""
    load = in_hand(task)
    if not load.rows:
        return Screen("Nothing is left here", key_target("F4", "Back"), head_of(task), progress=(0, 2))
    free, row = free_of(load), load.rows[0]
    return Screen(
        clip(f"How many {row.sku}?", 40),
        quantity_target(free),
        head_of(task),
        lines=tuple(line_of(each) for each in load.rows),
        progress=(0, 2),
        quantity=free,
        item=item_card(row),
        facts={"counted": task.memo.get("qty", 0)},
    )


def plan(task: Task, load: Load) -> str:
    """Propose a destination: the best bin that is not where it stands."""
    if moving.is_held(load) and not task.supervises:
        here = load.rows[0].location_id
        found = places.first(task.tx, "quarantine", here) or places.first(task.tx, "problem", here)
        task.memo["to"] = found.id if found else None
    else:
        task.memo["to"] = putaway.propose(task.tx, load, {row.location_id for row in load.rows}).room.id
    return "dest"


@flow.on("dest", LocationScan, to=(DONE,))
def scan_dest(task: Task, scan: LocationScan) -> str:
    """Move it there."""
    return bring(task, scan)


def bring(task: Task, scan: LocationScan) -> str:
    """Check the destination and post the move."""
    load, room = present(task), places.room(task.tx, scan.ref)
    moving.check_target(load, room)
    if scan.ref != task.memo.get("to") and room.kind == "bin" and room.skus - set(load.skus):
        task.confirm(putaway.surprise(room, load))
    if task.supervises and moving.releases(load, room):
        task.confirm(moving.Releases(what=load.words))
    moving.move(task.tx, task.by, load, room, task.who.roles)
    task.say(f"{room.name}: {load.words}.", "done")
    return DONE


@flow.key("dest", "F3", "Damaged", to=(DONE,))
def damaged(task: Task, _: Key) -> str:
    """Let a supervisor send it to quarantine as damaged."""
    if not task.supervises:
        raise NotAllowed(what="calling it damaged")
    load = present(task)
    moving.condemn(task.tx, task.by, load)
    task.say(f"{load.words} to quarantine.", "done")
    return DONE


@flow.key("item", "F4", "Back", to=("source",))
@flow.key("lot", "F4", "Back", to=("source",))
@flow.key("quantity", "F4", "Back", to=("source",))
@flow.key("dest", "F4", "Back", to=("source",))
def back(task: Task, _: Key) -> str:
    """Move something else."""
    return begin(task)


@flow.screen("dest")
def show_dest(task: Task) -> Screen:
    """Show a place that would take it."""
    load = in_hand(task)
    gone = not load.rows or load.units > free_of(load)
    to = places.place(task.tx, task.memo["to"]) if task.memo["to"] and not gone else None
    target = Target("location", to.code, to.name) if to is not None else key_target("F4", "Back")
    card = place_card(to.name, to.code) if to is not None else None
    keys = ("F3", "F4") if task.supervises else ("F4",)
    shown = tuple(line_of(row) for row in load.rows)
    title = clip(f"Bring {load.words if load.rows else 'it'} to a place", 40)
    return Screen(title, target, head_of(task), card, shown, (1, 2), keys=keys)


def head_of(task: Task) -> str:
    """Return where in the job this is."""
    return f"From {task.memo['from']}"


def line_of(row: Row[Any]) -> Line:
    """Return one balance with what is reserved of it."""
    marks = [f"lot {row.lot}"] * bool(row.lot) + [row.condition] * (row.condition != "available")
    marks += [f"{row.allocated} reserved"] * bool(row.allocated)
    return Line(row.sku, row.item_name, 0, row.qty, "todo", ", ".join(marks), row.colour)
