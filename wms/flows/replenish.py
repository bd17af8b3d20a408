"""Replenish: units from a reserve, or from a bin that is not theirs any more, into the face where they are picked."""

from __future__ import annotations

from typing import Any

from wms.errors import Refusal, clip
from wms.flows.engine import DONE, Flow, Line, NoWork, Screen, Target, Task
from wms.flows.parts import item_card, item_target, place_card, quantity_target
from wms.flows.scans import ItemScan, Key, LocationScan, LotScan, LpnScan, Quantity, lot_on
from wms.operations import bringing, putaway
from wms.queries import bringing as reads
from wms.queries import places

flow = Flow("replenish", "Replenish", ("picker", "receiver"))
TITLE_MAX = 40
STEPS = {"source": 0, "face": 2, "fits": 2, "back": 2}  # of 3; at the source it is 1


class NothingToBring(NoWork):
    """Every face has enough, or colleagues are on it."""

    sentence = "No face needs anything now."


class WrongSource(Refusal):
    """Another place than the one to take from."""

    sentence = "This is {scanned}. Take from {wanted}."


class WrongCarton(Refusal):
    """Another plate than the one to take from."""

    sentence = "This is {scanned}. Take from {wanted}."


class WrongItem(Refusal):
    """Another item than the one to bring."""

    sentence = "This is {scanned}. Take {wanted}."


class WrongLot(Refusal):
    """Another lot than the one to bring."""

    sentence = "This is lot {scanned}. Take lot {wanted}."


class WrongFace(Refusal):
    """Another place than the face."""

    sentence = "This is {scanned}. Bring it to {wanted}."


class TooMany(Refusal):
    """More than the face needs."""

    sentence = "Only {limit} {sku} wanted. Put the rest back."


class NoneTaken(Refusal):
    """Zero is not a take."""

    sentence = "None there? Press F2 Short."


class NotShort(Refusal):
    """All that is asked for is there."""

    sentence = "Then take {qty} {sku}. That is not short."


class NotFull(Refusal):
    """All that was brought went in."""

    sentence = "Then scan {place}: all {qty} fit."


# --- what is in hand -------------------------------------------------------------------------------------------------


@flow.begin("source")
def begin(task: Task) -> str:
    """Take the most urgent task that nobody is on."""
    found = bringing.claim_next(task.tx, task.by)
    if found is None:
        raise NothingToBring
    task.subject, task.memo = f"bring:{found}", {"hand": 0}
    return "source"


def read(task: Task) -> Any:
    """Return the move task in hand; read once a scan."""
    if "row" not in task.args:
        task.args["row"] = reads.task(task.tx, int(task.subject.partition(":")[2]))
    return task.args["row"]


def after_source(task: Task) -> str:
    """Return the next state at the source: its carton, else its lot, else how many."""
    row = read(task)
    if row.from_lpn_id and not task.memo.get("plate"):
        return "lpn"
    if row.lots_there > 1 and not task.memo.get("lot"):
        return "lot"
    if row.from_lpn_id and row.reserved == row.units_there:  # the whole carton, as it stands
        task.memo["hand"] = row.reserved
        return "face"
    return "quantity"


# --- at the source ---------------------------------------------------------------------------------------------------


@flow.on("source", LocationScan, to=("lpn", "lot", "quantity", "face"))
def scan_source(task: Task, scan: LocationScan) -> str:
    """Be at the right place."""
    row = read(task)
    if scan.ref != row.from_location_id:
        raise WrongSource(scanned=scan.name, wanted=row.from_name)
    return after_source(task)


@flow.on("source", LpnScan, to=("lot", "quantity", "face"))
@flow.on("lpn", LpnScan, to=("lot", "quantity", "face"))
def scan_plate(task: Task, scan: LpnScan) -> str:
    """Have the right carton in hand; its place need not be scanned."""
    row = read(task)
    if scan.ref != row.from_lpn_id:
        raise WrongCarton(scanned=scan.name, wanted=row.lpn_code if row.from_lpn_id else row.from_name)
    task.memo["plate"] = scan.ref
    return after_source(task)


@flow.on("lot", LotScan, to=("quantity", "face"))
def scan_lot(task: Task, scan: LotScan) -> str:
    """Take the lot that the task names: the one that expires first."""
    row = read(task)
    if scan.text != row.lot:
        raise WrongLot(scanned=scan.text, wanted=row.lot)
    task.memo["lot"] = row.lot_id
    return after_source(task)


@flow.on("lot", ItemScan, to=("quantity", "face"))
def scan_labelled_lot(task: Task, scan: ItemScan) -> str:
    """Take the lot that the label of a unit says, if it is the one that the task names."""
    row = read(task)
    if scan.ref != row.item_id:
        raise WrongItem(scanned=scan.name, wanted=row.sku)
    return scan_lot(task, lot_on(scan))


@flow.on("quantity", ItemScan, to=("quantity", "face"))
def one_more(task: Task, scan: ItemScan) -> str:
    """Count one unit, or a case of n."""
    row = read(task)
    if scan.ref != row.item_id:
        raise WrongItem(scanned=scan.name, wanted=row.sku)
    hand = limited(row, task.memo["hand"] + scan.qty)
    task.memo["hand"] = hand
    task.say(f"{hand} of {row.reserved} {row.sku}.")
    return "face" if hand == row.reserved else "quantity"


@flow.on("quantity", Quantity, to=("face",))
def type_quantity(task: Task, scan: Quantity) -> str:
    """Take so many; what is not taken now waits for the next walk."""
    if scan.value == 0:
        raise NoneTaken
    task.memo["hand"] = limited(read(task), scan.value)
    return "face"


def limited(row: Any, qty: int) -> int:
    """Return a quantity that is not above what is wanted; raises TooMany."""
    if qty > row.reserved:
        raise TooMany(limit=row.reserved, sku=row.sku)
    return qty


@flow.key("source", "F2", "Short", to=("short",))
@flow.key("lpn", "F2", "Short", to=("short",))
@flow.key("lot", "F2", "Short", to=("short",))
@flow.key("quantity", "F2", "Short", to=("short",))
def say_short(task: Task, _: Key) -> str:
    """Say that there is less than the book says."""
    return "short"


@flow.on("short", Quantity, to=("face", DONE))
def type_found(task: Task, scan: Quantity) -> str:
    """Bring what is there; the place will be counted."""
    row = read(task)
    if scan.value >= row.reserved:
        raise NotShort(qty=row.reserved, sku=row.sku)
    bringing.shorten(task.tx, row, scan.value)
    task.args.pop("row")
    task.memo |= {"hand": scan.value, "end": "short"}
    task.say(f"{row.from_name} will be counted.")
    return "face" if scan.value else DONE


@flow.key("source", "F3", "Skip", to=(DONE,))
@flow.key("lpn", "F3", "Skip", to=(DONE,))
@flow.key("lot", "F3", "Skip", to=(DONE,))
@flow.key("quantity", "F3", "Skip", to=(DONE,))
def skip(task: Task, _: Key) -> str:
    """Leave it for later."""
    bringing.skip(task.tx, read(task))
    task.say("Comes last now.")
    return DONE


@flow.key("short", "F4", "Back", to=("source",))
def not_short(task: Task, _: Key) -> str:
    """Look again."""
    return "source"


# --- at the face -----------------------------------------------------------------------------------------------------


@flow.on("face", LocationScan, to=("fits", DONE))
def scan_face(task: Task, scan: LocationScan) -> str:
    """Put the units into their face; when they do not all fit, say how many do."""
    row = read(task)
    if scan.ref != row.to_location_id:
        raise WrongFace(scanned=scan.name, wanted=row.to_name)
    refusal = putaway.refusal(places.room(task.tx, scan.ref), load_of(task, row))
    if refusal:
        task.memo["fits"] = max(int(refusal.facts.get("fits", 0)), 0)
        room = refusal.facts.get("fits", 0)
        task.say(f"{row.to_name} has room for {room} of {task.memo['hand']}. Type how many.", "ask")
        return "fits"
    bringing.put(task.tx, task.by, row, task.memo["hand"], task.memo.get("end", ""))
    task.say(f"{row.to_name}: {task.memo['hand']} {row.sku}.", "done")
    return DONE


def load_of(task: Task, row: Any) -> putaway.Load:
    """Return the units in hand as goods to bring to a place."""
    tx, plate = task.tx, row.from_lpn_id
    stands = places.on_plate(tx, plate) if plate else places.loose(tx, row.from_location_id)
    like = (each for each in stands if (each.item_id, each.lot_id) == (row.item_id, row.lot_id))
    return putaway.Load(tuple(like), plate, task.memo["hand"])


@flow.key("face", "F2", "Full", to=("fits",))
def say_full(task: Task, _: Key) -> str:
    """Say that not all of it goes in."""
    task.memo["fits"] = 0
    return "fits"


@flow.on("fits", Quantity, to=("back",))
def type_fits(task: Task, scan: Quantity) -> str:
    """Put in what fits; the rest goes back to where it came from."""
    row, hand = read(task), task.memo["hand"]
    if scan.value >= hand:
        raise NotFull(place=row.to_name, qty=hand)
    if scan.value:
        bringing.put(task.tx, task.by, row, scan.value, task.memo.get("end") or "done")
    else:
        bringing.drop(task.tx, row)
    task.memo["hand"] = hand - scan.value
    task.say(f"{row.to_name}: {scan.value} {row.sku}.")
    return "back"


@flow.key("fits", "F4", "Back", to=("face",))
def not_full(task: Task, _: Key) -> str:
    """It goes in after all."""
    return "face"


@flow.on("back", LocationScan, to=(DONE,))
def scan_back(task: Task, scan: LocationScan) -> str:
    """Put the rest back; on the book it never left."""
    row = read(task)
    if scan.ref != row.from_location_id:
        raise WrongSource(scanned=scan.name, wanted=row.from_name)
    task.say(f"{task.memo['hand']} {row.sku} back in {row.from_name}.", "done")
    return DONE


# --- screens ---------------------------------------------------------------------------------------------------------


@flow.screen("source")
def show_source(task: Task) -> Screen:
    """Send the person to the source."""
    row = read(task)
    return drawn(task, f"Take {row.reserved} {row.sku} from {row.from_name}", at_source(row))


@flow.screen("lpn")
def show_plate(task: Task) -> Screen:
    """Ask for the carton."""
    row = read(task)
    return drawn(task, "Take this carton", Target("lpn", row.lpn_code, row.lpn_code))


@flow.screen("lot")
def show_lot(task: Task) -> Screen:
    """Ask for the lot, because several stand here."""
    row = read(task)
    return drawn(task, f"Scan lot {row.lot}", Target("lot", row.lot, f"lot {row.lot}"))


@flow.screen("quantity")
def show_quantity(task: Task) -> Screen:
    """Ask for the units, one by one or as a number."""
    row = read(task)
    return drawn(task, f"Take {row.reserved} {row.sku}", item_target(row))


@flow.screen("short")
def show_short(task: Task) -> Screen:
    """Ask how many are there."""
    row = read(task)
    return drawn(task, f"How many {row.sku} are there?", quantity_target(task.memo["hand"]))


@flow.screen("face")
def show_face(task: Task) -> Screen:
    """Send the person to the face."""
    row = read(task)
    return drawn(task, f"Bring {task.memo['hand']} {row.sku} to {row.to_name}", at_face(row))


@flow.screen("fits")
def show_fits(task: Task) -> Screen:
    """Ask how many went in."""
    return drawn(task, f"How many fit into {read(task).to_name}?", quantity_target(task.memo["fits"]))


@flow.screen("back")
def show_back(task: Task) -> Screen:
    """Send the rest back."""
    row = read(task)
    return drawn(task, f"Bring {task.memo['hand']} back to {row.from_name}", at_source(row))


def at_source(row: Any) -> Target:
    """Return "scan the source"."""
    return Target("location", row.from_code, row.from_name)


def at_face(row: Any) -> Target:
    """Return "scan the face"."""
    return Target("location", row.to_code, row.to_name)


def drawn(task: Task, title: str, target: Target) -> Screen:
    """Return a screen of this flow: what is asked, of which item, for which face and why, and how many tasks wait."""
    row, hand = read(task), task.memo["hand"]
    there = task.state in ("face", "fits")
    head = f"{'Refill' if row.reason == 'replenish' else 'Re-slot'} · {row.waiting} more"
    label = f"lot {row.lot} → {row.to_name}" if row.lot_id else f"→ {row.to_name}"
    line = Line(row.sku, row.item_name, hand, row.reserved or hand, "now", label, row.colour)
    return Screen(
        clip(title, TITLE_MAX),
        target,
        head,
        place_card(row.to_name, row.to_code) if there else place_card(row.from_name, row.from_code),
        (line,),
        (STEPS.get(task.state, 1), 3),
        row.reserved if task.state == "quantity" else None,
        item_card(row),
        facts={"why": row.why, "counted": hand},
    )
