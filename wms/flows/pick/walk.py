"""Picking by the book: a cart, its totes, bin by bin, unit by unit, and down at a pack station."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from wms.errors import clip
from wms.flows.engine import DONE, Flow, Line, NoWork, Screen, Target, Task
from wms.flows.parts import item_card, item_target, key_target, place_card
from wms.flows.pick import equipment
from wms.flows.scans import ItemScan, LocationScan, LotScan, LpnScan, Quantity, ToteScan
from wms.operations import picking, shorts, taking
from wms.operations.taking import Now
from wms.queries import walks

flow = Flow("pick", "Pick", ("picker",), opens=("list",))
WALK = ("cart", "tote", "bin", "lpn", "item", "more", "tote_drop", "second", "station")
TOOK = (*WALK, "zero")
TITLE_MAX = 40
KINDS = {"single": " · single units", "shape": " · kits", "batch": " · for the wall"}
LITRE_MM3 = 1_000_000


# --- where the picker stands ---


def read(task: Task) -> Any:
    """Return the list with its next pick; read once a scan."""
    if "row" not in task.args:
        row = walks.now(task.tx, list_id(task), task.settings.release.tote_litres * LITRE_MM3)
        if row.tote_id and task.memo.get("roomy") == row.tote_id:  # the picker sees better than the book what fits
            row = walks.now(task.tx, list_id(task))
        task.args["row"] = row
    return task.args["row"]


def list_id(task: Task) -> int:
    """Return the list that this task has claimed."""
    return int(task.subject.partition(":")[2])


def before(task: Task) -> Now:
    """Return what lies before the picker, as the last screen showed it."""
    return Now(**task.memo["now"])


def go_on(task: Task) -> str:
    """Return the next state from what the list still needs, and remember what lies before the picker."""
    task.args.pop("row", None)
    row = read(task)
    if row.cart_id is None:
        return "cart"
    if row.bare_slot is not None:
        return "tote"
    if row.pick_id is None:
        return "station"
    now = Now.of(row)
    if not now.want:
        return "second"
    task.memo["now"] = asdict(now)
    return walk_state(task, now)


def walk_state(task: Task, now: Now) -> str:
    """Return the state for what is in hand, and for how close the picker stands to the units."""
    if hand := task.memo.get("hand", 0):
        return "tote_drop" if hand >= now.want or "reason" in task.memo else "more"
    if task.memo.get("at") != now.location_id:
        return "bin"
    if now.lpn_id and task.memo.get("plate") != now.lpn_id:
        return "lpn"
    return "more" if task.memo.get("begun") == now.mark else "item"


def one_tote(row: Any) -> bool:
    """Return whether units can go into one tote only, so that it need not be confirmed."""
    return bool(row.mode != "cluster" or row.n_orders == 1)


@flow.begin(*WALK)
def begin(task: Task) -> str:
    """Claim the list that was scanned, or the next one of the oldest wave."""
    if task.args.get("kind") == "list":
        found: int | None = picking.claim_list(task.tx, task.taker, task.args["ref"])
    else:
        equipment.check(task.tx)
        found = picking.claim_next(task.tx, task.by)
    if found is None:
        raise NoWork
    task.subject = f"list:{found}"
    return go_on(task)


# --- cart and totes ---


@flow.on("cart", LocationScan, to=WALK)
def choose_cart(task: Task, scan: LocationScan) -> str:
    """Take a free cart."""
    picking.use_cart(task.tx, list_id(task), scan.ref)
    task.say(f"Cart {scan.name}.")
    return go_on(task)


@flow.screen("cart")
def show_cart(task: Task) -> Screen:
    """Ask for a cart."""
    free = walks.free_cart(task.tx, list_id(task))
    target = Target("location", free.code, free.name) if free else None
    return screen(task, "Take a cart", target)


@flow.on("tote", ToteScan, to=WALK)
def place_tote(task: Task, scan: ToteScan) -> str:
    """Put an empty tote on the slot that has none."""
    row = read(task)
    picking.use_tote(task.tx, row, scan.ref)
    task.say(f"Tote {scan.name} for slot {row.bare_slot}." if row.mode == "cluster" else f"Tote {scan.name}.")
    return go_on(task)


@flow.screen("tote")
def show_tote(task: Task) -> Screen:
    """Ask for an empty tote."""
    row, free = read(task), walks.free_tote(task.tx, list_id(task))
    if free is None:
        return screen(task, "No empty tote. Pack some orders first", key_target("Esc", "Later"))
    title = f"Empty tote on slot {row.bare_slot}" if row.mode == "cluster" else "Empty tote on the cart"
    return screen(task, title, Target("tote", free.code, f"tote {free.id}"))


# --- to the place ---


@flow.on("bin", LocationScan, to=("lpn", "item", "more"))
def arrive(task: Task, scan: LocationScan) -> str:
    """Confirm the place."""
    now = before(task)
    if scan.ref != now.location_id:
        raise taking.WrongPlace(scanned=scan.name, expected=read(task).place)
    task.memo["at"] = now.location_id
    state = walk_state(task, now)
    task.say(f"{scan.name}. Now scan the {'plate' if state == 'lpn' else 'item'}.")
    return state


@flow.on("bin", LpnScan, to=("item", "more"))
@flow.on("lpn", LpnScan, to=("item", "more"))
def open_plate(task: Task, scan: LpnScan) -> str:
    """Confirm the licence plate, and with it the place it stands in."""
    now = before(task)
    if scan.ref != now.lpn_id:
        row = read(task)
        raise taking.WrongPlace(scanned=scan.name, expected=row.lpn_code if now.lpn_id else row.place)
    task.memo |= {"at": now.location_id, "plate": now.lpn_id}
    return walk_state(task, now)


@flow.on("bin", ItemScan, to=(*TOOK, "lot"))
def take_at_once(task: Task, scan: ItemScan) -> str:
    """Take the item without its place's label, when it stands in one place only."""
    now = before(task)
    if scan.ref == now.item_id and (now.lpn_id or walks.places_of(task.tx, now.item_id) > 1):
        raise taking.ScanPlaceFirst(sku=scan.name, place=read(task).place)
    check_item(task, now, scan)
    task.memo["at"] = now.location_id
    return take_item(task, scan)


@flow.screen("bin")
def show_bin(task: Task) -> Screen:
    """Show the next place, very large."""
    row = read(task)
    return screen(task, f"Go to {row.place}", Target("location", row.place_code, row.place))


@flow.screen("lpn")
def show_lpn(task: Task) -> Screen:
    """Show which licence plate in this place."""
    row = read(task)
    return screen(task, f"Scan {row.lpn_code}", Target("lpn", row.lpn_code, row.lpn_code))


# --- taking units ---


@flow.on("item", ItemScan, to=(*TOOK, "lot"))
@flow.on("more", ItemScan, to=(*TOOK, "lot"))
def take_item(task: Task, scan: ItemScan) -> str:
    """Take a unit, or a case of them."""
    now = before(task)
    check_item(task, now, scan)
    if not now.lot_id:
        return hold(task, now, scan.qty)
    if scan.lot:
        return take_of_lot(task, now, scan.lot, scan.qty)
    row = read(task)
    if row.lots_here <= 1 or task.memo.get("lot") == now.mark:
        return hold(task, now, scan.qty)
    check_limit(task, now, scan.qty)
    task.memo["pending"] = scan.qty
    return "lot"


def check_item(task: Task, now: Now, scan: ItemScan) -> None:
    """Refuse another item than the one asked for."""
    if scan.ref != now.item_id:
        raise taking.WrongItem(scanned=scan.name, expected=read(task).sku)


def check_limit(task: Task, now: Now, qty: int) -> None:
    """Refuse more units than are asked for."""
    rest = now.want - task.memo.get("hand", 0)
    if qty > rest:
        raise taking.TooMany(limit=rest, sku=read(task).sku)


def hold(task: Task, now: Now, qty: int) -> str:
    """Take units to hand, and into the tote at once when there is only one."""
    check_limit(task, now, qty)
    hand = task.memo.get("hand", 0) + qty
    if one_tote_list(task):
        return put(task, now, qty)
    task.memo["hand"] = hand
    task.say(f"{hand} of {now.want}.")
    return "more" if hand < now.want else "tote_drop"


def one_tote_list(task: Task) -> bool:
    """Return whether this list needs no scan of the tote; known for the whole walk."""
    if "lone" not in task.memo:
        task.memo["lone"] = one_tote(read(task))
    return bool(task.memo["lone"])


def put(task: Task, now: Now, qty: int) -> str:
    """Post units into the tote and go on; what was found short is given up now."""
    parts = taking.take(task.tx, task.by, now, qty)
    task.memo |= {"last": {"now": asdict(now), "parts": parts}, "begun": now.mark}
    task.memo.pop("hand", None)
    rest = now.want - qty
    task.say(f"{qty} taken, {rest} to go." if rest else f"{qty} taken.")
    if "reason" in task.memo:
        return give_up(task, now)
    if task.settings.floor.zero_check and not walks.left_in(task.tx, now.location_id):
        task.memo["zero"] = now.location_id
        return "zero"
    return go_on(task)


def give_up(task: Task, now: Now) -> str:
    """Give up what is left of the current pick and say what happens instead."""
    reason = task.memo.pop("reason")
    task.memo.pop("last", None)
    task.say(shorts.shorten(task.tx, task.settings, task.by, now, reason))
    return go_on(task)


@flow.on("more", Quantity, to=TOOK)
def take_number(task: Task, scan: Quantity) -> str:
    """Take a typed number of what is still asked for."""
    if scan.value < 1:
        raise taking.NoneTaken
    return hold(task, before(task), scan.value)


@flow.on("item", LocationScan, to=("item",))
@flow.on("more", LocationScan, to=("more",))
def same_place(task: Task, scan: LocationScan) -> str:
    """Scanning the place again changes nothing; another one is refused."""
    if scan.ref != before(task).location_id:
        raise taking.WrongPlace(scanned=scan.name, expected=read(task).place)
    return task.state


@flow.screen("item")
def show_item(task: Task) -> Screen:
    """Show what to take, and how many."""
    row = read(task)
    return screen(task, f"Take {row.want} {row.sku}", item_target(row), quantity=row.want)


@flow.screen("more")
def show_more(task: Task) -> Screen:
    """Show how many are still missing."""
    row = read(task)
    rest = row.want - task.memo.get("hand", 0)
    return screen(task, f"Take {rest} more {row.sku}", item_target(row), quantity=rest)


# --- lots ---


@flow.on("lot", LotScan, to=(*TOOK, "lot"))
def name_lot(task: Task, scan: LotScan) -> str:
    """Say which lot the units in hand are of."""
    now = before(task)
    return take_of_lot(task, now, scan.text, int(task.memo["pending"]))


def take_of_lot(task: Task, now: Now, lot: str, qty: int) -> str:
    """Take units of the planned lot; of another one in this place only when asked twice."""
    row = read(task)
    if lot.upper() != row.lot_code.upper():
        now = other_lot(task, now, lot)
    task.memo["lot"] = now.mark
    task.memo.pop("pending", None)
    return hold(task, now, qty)


def other_lot(task: Task, now: Now, lot: str) -> Now:
    """Change to another lot of this place, once it was confirmed."""
    expected = read(task).lot_code
    if task.memo.get("hand"):
        raise shorts.LotInHand(lot=expected)
    found = shorts.swap_lot(task.tx, task.settings, now, lot, expected)
    task.confirm(shorts.OtherLot(lot=found.code, expected=expected))
    shorts.take_lot(task.tx, now, found.id)
    go_on(task)
    return before(task)


@flow.screen("lot")
def show_lot(task: Task) -> Screen:
    """Ask which lot it is."""
    row = read(task)
    return screen(task, f"Which lot of {row.sku}?", Target("lot", row.lot_code, f"lot {row.lot_code}"))


# --- into the tote ---


@flow.on("tote_drop", ToteScan, to=TOOK)
def drop_in(task: Task, scan: ToteScan) -> str:
    """Put what is in hand into the order's tote."""
    now = before(task)
    if scan.ref != now.tote_id:
        raise taking.WrongTote(scanned=scan.name, expected=now.tote_id)
    return put(task, now, int(task.memo["hand"]))


@flow.screen("tote_drop")
def show_drop(task: Task) -> Screen:
    """Show which tote."""
    row = read(task)
    target = Target("tote", row.tote_code, f"tote {row.tote_id}")
    return screen(task, f"Put {task.memo['hand']} into slot {row.slot}", target)


# --- the end of the walk ---


@flow.on("station", LocationScan, to=(DONE,))
def drop(task: Task, scan: LocationScan) -> str:
    """Set the totes down where they are packed."""
    row = read(task)
    picking.drop(task.tx, task.by, row, scan.ref)
    task.say(f"List {row.id} complete.", "done")
    return DONE


@flow.screen("station")
def show_station(task: Task) -> Screen:
    """Show where to bring the cart."""
    where = picking.station_for(task.tx, read(task))
    title = f"Bring the cart to {where.name}" if where else "Bring the cart to a station"
    return screen(task, title, Target("location", where.code, where.name) if where else None)


# --- what every screen shows ---


def screen(task: Task, title: str, target: Target | None, quantity: int | None = None) -> Screen:
    """Return a screen with the place and item at hand, and the progress of the list."""
    row = read(task)
    head = f"List {row.id}{KINDS.get(row.mode, '')}"
    if row.pick_id is None or task.state in ("cart", "tote", "station"):
        return Screen(clip(title, TITLE_MAX), target, head, progress=(row.done or 0, row.of or 0), keys=keys(task))
    hand = task.memo.get("hand", 0)
    return Screen(
        clip(title, TITLE_MAX),
        target,
        head if row.mode != "cluster" else f"{head} · slot {row.slot}",
        place_card(row.place, row.place_code),
        (Line(row.sku, row.item_name, hand, row.want, "now", row.lpn_code or "", row.colour),),
        (row.done or 0, row.of or 0),
        quantity,
        item_card(row),
        keys(task),
        {"mode": row.mode, "slot": row.slot, "tote": row.tote_code, "order": row.order_number, "lot": row.lot_code},
    )


def keys(task: Task) -> tuple[str, ...]:
    """Return the keys that make sense now: there is no undo before the first take."""
    undoable = task.memo.get("hand") or task.memo.get("last") or task.state in ("short", "reason")
    return tuple(key for key in flow.keys(task.state) if key != "F4" or undoable)
