"""Put away: a carton at the dock, the place proposed for it, and the scan that says it is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from wms.errors import Refusal, clip
from wms.flows.engine import DONE, Flow, Line, NoWork, Screen, Target, Task
from wms.flows.parts import place_card
from wms.flows.scans import ItemScan, Key, LocationScan, LpnScan
from wms.operations import claims, putaway
from wms.operations.putaway import Load
from wms.queries import places

flow = Flow("putaway", "Put away", ("receiver",), opens=("lpn",))
TAKES = (*places.KEEPS, "problem")
TRIES = 5  # looks for a carton that nobody else was shown at this moment


class NothingWaits(NoWork):
    """The docks are empty, or colleagues have what stands there."""

    sentence = "Nothing to put away now."


class NotReceived(Refusal):
    """A carton is put away after it was counted."""

    sentence = "Carton {number} is not received yet."


class Empty(Refusal):
    """Nothing stands on this plate."""

    sentence = "{code} is empty. Scan another carton."


class AwayAlready(Refusal):
    """The plate is in its place."""

    sentence = "{code} is in {place} already."


class NotGood(Refusal):
    """What may not be sold does not go to the shelves."""

    sentence = "{sku} is {condition}. It stays in quarantine."


class NoneLoose(Refusal):
    """No loose units of this item stand at a dock."""

    sentence = "No loose {sku} at a dock. Scan a carton."


@flow.begin("lpn", "bin")
def begin(task: Task) -> str:
    """Take the carton that was scanned at the menu, or propose the one that waits longest."""
    if task.args.get("kind") == "lpn":
        return take_plate(task, int(task.args["ref"]))
    if not offer(task):
        raise NothingWaits
    return "lpn"


def offer(task: Task) -> bool:
    """Propose what to put away next, to nobody else at the same time; False when nothing waits."""
    task.memo, task.subject = {}, ""
    for _ in range(TRIES):
        found = places.next_at_dock(task.tx, task.who.operator_id)
        if found is None:
            break
        if claims.holder(task.tx, task.by, f"lpn:{found.id}") is None:
            task.memo, task.subject = {"next": ["lpn", found.code, found.code, found.place]}, f"lpn:{found.id}"
            return True
    loose = places.next_loose(task.tx)
    if loose is not None:
        task.memo = {"next": ["item", loose.barcode, loose.sku, loose.place]}
    return loose is not None


@flow.on("lpn", LpnScan, to=("bin",))
def scan_plate(task: Task, scan: LpnScan) -> str:
    """Take a carton in hand."""
    return take_plate(task, scan.ref)


def take_plate(task: Task, lpn_id: int) -> str:
    """Claim a plate and plan where its content goes."""
    plate = places.lpn(task.tx, lpn_id, lock=True)
    check_plate(plate)
    claims.claim(task.tx, task.taker, f"lpn:{lpn_id}", plate.code)
    task.subject, task.memo = f"lpn:{lpn_id}", {"lpn": lpn_id, "code": plate.code}
    load = in_hand(task)
    if not load.rows:
        raise Empty(code=plate.code)
    return plan(task, load)


def check_plate(plate: Row[Any]) -> None:
    """Refuse a plate that is not received, has no place, or is where it belongs."""
    if plate.number and plate.carton_state != "received":
        raise NotReceived(number=plate.number)
    if plate.location_id is None:
        raise Empty(code=plate.code)
    if plate.place_kind in places.KEEPS:
        raise AwayAlready(code=plate.code, place=plate.place)


@flow.on("lpn", ItemScan, to=("bin",))
def scan_item(task: Task, scan: ItemScan) -> str:
    """Take the loose units of an item at a dock in hand."""
    rows = places.loose_at_docks(task.tx, scan.ref)
    if not rows:
        raise NoneLoose(sku=scan.name)
    task.subject = f"loose:{rows[0].location_id}:{scan.ref}"
    claims.claim(task.tx, task.taker, task.subject, f"loose {scan.name}")
    task.memo = {"lpn": 0, "dock": rows[0].location_id, "item": scan.ref, "code": scan.name}
    return plan(task, in_hand(task))


def in_hand(task: Task) -> Load:
    """Return all that is in hand: what stands on the plate, or loose at the dock."""
    memo = task.memo
    if memo["lpn"]:
        return Load(tuple(places.on_plate(task.tx, memo["lpn"])), memo["lpn"])
    rows = places.loose_at_docks(task.tx, memo["item"])
    return Load(tuple(row for row in rows if row.location_id == memo["dock"]))


def part_of(task: Task, load: Load) -> Load:
    """Return the part of what is in hand that the plan is for."""
    return load.of(task.memo["part"], task.memo["qty"]) if task.memo.get("part") else load


def plan(task: Task, load: Load, but: tuple[int, ...] = ()) -> str:
    """Plan the next part of what is in hand and remember place, part and, when not all fits, quantity."""
    for row in load.rows:
        if row.condition not in places.GOOD:
            raise NotGood(sku=row.sku, condition=row.condition)
    found = putaway.propose(task.tx, load, but)
    whole = sum(row.qty for row in load.rows if not found.sku or row.sku == found.sku)
    task.memo |= {"to": [found.room.id, found.room.code, found.room.name], "part": found.sku, "why": found.why}
    task.memo.setdefault("of", load.units)
    task.memo["qty"] = found.qty if found.qty < whole else 0
    return "bin"


@flow.on("bin", LocationScan, to=("lpn", "bin", DONE))
def scan_place(task: Task, scan: LocationScan) -> str:
    """Put it there: the planned place at once, another allowed one after a question."""
    all_of_it, room = in_hand(task), places.room(task.tx, scan.ref)
    if not all_of_it.rows:
        task.say(f"{task.memo['code']} is empty now.", "ask")
        return go_on(task)
    load = part_of(task, all_of_it)
    if room.kind not in TAKES:
        raise putaway.NoStockPlace(place=room.name, kind=room.kind)
    if scan.ref != task.memo["to"][0]:
        load = replace(load, qty=0)
        putaway.check(room, load)
        task.confirm(putaway.surprise(room, load))
    elif putaway.refusal(room, load):
        task.say(f"{room.name} was filled meanwhile. A new place:", "ask")
        return plan(task, all_of_it, (room.id,))
    return put(task, all_of_it, load, room)


def put(task: Task, all_of_it: Load, load: Load, room: places.Room) -> str:
    """Post the move; go on with the rest of the carton, else with the next one."""
    together = all_of_it if room.kind != "bin" and all_of_it.lpn_id else load
    putaway.put(task.tx, task.by, together, room)
    task.say(f"{room.name}: {together.words}.", "done")
    if together.units == all_of_it.units:
        return go_on(task)
    return plan(task, in_hand(task))


@flow.key("bin", "F1", "Leave it", to=("lpn", DONE))
def leave(task: Task, _: Key) -> str:
    """Leave the carton where it is and go on with another."""
    task.say(f"{task.memo['code']} stays for now.")
    return go_on(task)


def go_on(task: Task) -> str:
    """Propose the next carton in the same task; done when nothing waits."""
    return "lpn" if offer(task) else DONE


@flow.screen("lpn")
def show_plate(task: Task) -> Screen:
    """Show the carton that waits longest."""
    kind, code, label, place = task.memo["next"]
    return Screen(
        clip(f"Take a carton at {place}", 40), Target(kind, code, label), f"Put away · {place}", progress=(0, 1)
    )


@flow.screen("bin")
def show_place(task: Task) -> Screen:
    """Show where it goes, and why there."""
    all_of_it, (_, code, name) = in_hand(task), task.memo["to"]
    load = part_of(task, all_of_it)
    return Screen(
        clip(f"Put {load.words} in {name}" if load.rows else "Nothing is left of it", 40),
        Target("location", code, name),
        task.memo["code"],
        place_card(name, code),
        tuple(line_of(row, row in load.rows, task.memo["qty"]) for row in all_of_it.rows),
        (task.memo["of"] - all_of_it.units, task.memo["of"]),
        load.units if load.rows else None,
        facts={"why": task.memo["why"]},
    )


def line_of(row: Row[Any], now: bool, qty: int) -> Line:
    """Return one item on the plate; `qty` of it when only a part fits."""
    label = f"lot {row.lot}" if row.lot else ""
    return Line(row.sku, row.item_name, 0, qty if now and qty else row.qty, "now" if now else "todo", label, row.colour)
