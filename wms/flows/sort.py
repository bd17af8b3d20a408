"""Sort: the units of a batch tote into the slots of the put-wall, one slot an order; a complete slot is packed."""

from __future__ import annotations

from typing import Any

from wms.errors import clip, several
from wms.flows.engine import DONE, Flow, Line, NoWork, Screen, Target, Task
from wms.flows.parts import item_target, key_target, place_card
from wms.flows.scans import ItemScan, LocationScan, LotScan, OtherLabel, Quantity, ToteScan, lot_on
from wms.operations import sorting
from wms.queries import walks
from wms.queries import wall as reads
from wms.queries.wall import Content, Share, Wall

flow = Flow("sort", "Sort", ("packer", "picker"))
ON = ("tote", "item")
PUT = (*ON, DONE)


class NothingWaits(NoWork):
    """No tote waits for the wall, or the wall is full."""

    sentence = "No tote can be sorted now."


# -- the tote ---------------------------------------------------------------------------------------------------------


@flow.begin("tote", "empty")
def begin(task: Task) -> str:
    """Go on with the next tote of a batch list, or empty the slot of an order that was put on hold."""
    row = reads.next_job(task.tx, task.who.operator_id, task.who.device_id)
    if row is None:
        raise NothingWaits
    if row.kind == "tote":
        return "tote"
    sorting.begin_emptying(task.tx, task.taker, row)
    task.subject, task.memo = f"order:{row.order_id}", {"slot": row.id}
    return "empty"


@flow.on("tote", ToteScan, to=PUT)
def scan_tote(task: Task, scan: ToteScan) -> str:
    """Open a tote of a batch list; its orders get their slots."""
    tote = sorting.open_tote(task.tx, task.taker, scan.ref)
    task.subject = f"list:{tote.list_id}"
    task.memo = {"tote": tote.id, "list": tote.list_id, "station": tote.location_id}
    if not wall(task).sortable:
        raise sorting.NothingToSort(tote=tote.id)
    task.say(f"Tote {tote.id}. Scan what you take out.")
    return "item"


@flow.key("tote", "F1", "Leave", to=(DONE,))
def leave(task: Task, _: Any) -> str:
    """Go back to the menu when no tote can be sorted any more."""
    return DONE


@flow.screen("tote")
def show_tote(task: Task) -> Screen:
    """Show the tote to fetch."""
    row = reads.next_job(task.tx, task.who.operator_id, task.who.device_id, task.memo.get("list", 0))
    if row is None or row.kind != "tote":
        return Screen("No tote can be sorted now", key_target("F1", "Leave"), "Sort", progress=(0, 0))
    return Screen(
        f"Sort tote {row.name}",
        Target("tote", row.code, f"tote {row.name}"),
        f"List {row.list_id} · {row.place}",
        place_card(row.place, row.at),
        progress=(0, row.waiting),
        keys=(),
    )


def wall(task: Task) -> Wall:
    """Return the wall of this list and the tote in hand; read once a scan, for the verb leaves it as it is then."""
    if "wall" not in task.args:
        task.args["wall"] = reads.wall(task.tx, task.memo["list"], task.memo["tote"])
    found: Wall = task.args["wall"]
    return found


def go_on(task: Task) -> str:
    """Return the next state: this tote, another one of the list, or the end of the list."""
    now = wall(task)
    if now.sortable:
        return "item"
    if not now.content:
        sorting.free_tote(task.tx, task.memo["tote"])
    task.memo.pop("last", None)
    if reads.next_job(task.tx, task.who.operator_id, task.who.device_id, task.memo["list"]):
        return "tote"
    shelf, full = sorting.end_list(task.tx, task.by, task.memo["list"])
    aside = f" Tote {', '.join(map(str, full))} to {shelf}." if full and shelf else ""
    task.say(f"List {task.memo['list']} is sorted.{aside}", "done")
    return DONE


# -- a unit -----------------------------------------------------------------------------------------------------------


@flow.on("item", ItemScan, to=("slot", "lot"))
def scan_item(task: Task, scan: ItemScan) -> str:
    """Take a unit out of the tote: the first slot that waits for it gets it."""
    share = wall(task).next_for(scan.ref)
    lots = sorting.lots_of(wall(task), scan.ref, None)
    if share is None:
        raise sorting.NotWanted(scanned=scan.name)
    if not lots:
        raise sorting.NotInTote(scanned=scan.name, tote=task.memo["tote"])
    if len(lots) > 1 and scan.lot is None:
        task.memo["pending"] = {"item": scan.ref, "qty": scan.qty}
        return "lot"
    return take(task, share, scan.qty, scan.lot if len(lots) > 1 else None)


def take(task: Task, share: Share, qty: int, lot: str | None) -> str:
    """Take units to hand: of the lot that was named, or of the only one."""
    lots = sorting.lots_of(wall(task), share.item_id, lot)
    if not lots:
        sku = sorting.lots_of(wall(task), share.item_id, None)[0].sku
        raise sorting.WrongLot(lot=lot, sku=sku)
    sorting.check_room(lots[0], share, qty)
    where = {"tote": task.memo["tote"], "list": task.memo["list"], "station": task.memo["station"]}
    what = {"item": share.item_id, "lot": lots[0].lot_id, "order": share.order_id, "place": share.place_id}
    task.memo["hand"] = where | what | {"qty": qty}
    task.memo.pop("pending", None)
    return "slot"


@flow.on("lot", LotScan, to=("slot",))
def scan_lot(task: Task, scan: LotScan) -> str:
    """Say which lot the unit in hand is of."""
    pending = task.memo["pending"]
    share = wall(task).next_for(pending["item"])
    if share is None:
        raise sorting.NotWanted(scanned=scan.text)
    return take(task, share, pending["qty"], scan.text)


@flow.on("lot", ItemScan, to=("slot",))
def scan_labelled_lot(task: Task, scan: ItemScan) -> str:
    """Scan the label of the unit in hand, which tells its lot."""
    if scan.ref != task.memo["pending"]["item"]:
        raise OtherLabel(scanned=scan.name)
    return scan_lot(task, lot_on(scan))


@flow.on("slot", LocationScan, to=PUT)
def scan_slot(task: Task, scan: LocationScan) -> str:
    """Put what is in hand into its slot."""
    content, share = in_hand(task)
    if scan.ref != share.place_id:
        raise sorting.WrongSlot(scanned=scan.name, expected=share.slot)
    hand = task.memo.pop("hand")
    sorting.put(task.tx, task.by, hand, hand["qty"])
    task.memo["last"] = hand
    now = task.args["wall"] = wall(task).after(content, share, hand["qty"])
    if now.whole(share.order_id):
        task.say(f"{share.slot} is complete. Pack it.", "done")
    else:
        task.say(f"{hand['qty']} {content.sku} in {share.slot}, {now.missing(share.order_id)} to come.")
    return go_on(task)


@flow.on("slot", ItemScan, to=("slot",))
def one_more(task: Task, scan: ItemScan) -> str:
    """Take one more of the same for this slot."""
    content, share = in_hand(task)
    if scan.ref != content.item_id:
        raise sorting.PutFirst(sku=content.sku, slot=share.slot)
    return set_hand(task, task.memo["hand"]["qty"] + scan.qty)


@flow.on("slot", Quantity, to=("slot",))
def type_number(task: Task, scan: Quantity) -> str:
    """Say how many are in hand."""
    return set_hand(task, max(scan.value, 1))


def set_hand(task: Task, qty: int) -> str:
    """Change how many units are in hand; raises TooMany."""
    content, share = in_hand(task)
    sorting.check_room(content, share, qty)
    task.memo["hand"]["qty"] = qty
    return "slot"


@flow.key("slot", "F4", "Back", to=("item",))
@flow.key("lot", "F4", "Back", to=("item",))
def put_back(task: Task, _: Any) -> str:
    """Put what is in hand back into the tote; nothing was written yet."""
    task.memo.pop("hand", None)
    task.memo.pop("pending", None)
    return "item"


@flow.key("item", "F4", "Undo", to=("item",))
def undo(task: Task, _: Any) -> str:
    """Take the last units out of their slot and put them back into the tote."""
    hand = task.memo.pop("last", None)
    if hand is None:
        raise sorting.NothingToUndo
    sorting.undo(task.tx, task.by, hand, hand["qty"])
    task.args.pop("wall", None)
    task.say(f"{hand['qty']} back in tote {hand['tote']}.")
    return "item"


@flow.key("item", "F2", "Missing", to=PUT)
def missing(task: Task, _: Any) -> str:
    """Hold the orders whose units are not in the tote; it goes to the problem shelf with what the book has in it."""
    now = wall(task)
    task.confirm(sorting.Missing(qty=sorting.missing_units(now)))
    held = sorting.give_up(task.tx, task.memo["list"], task.memo["tote"], now)
    task.args.pop("wall", None)
    to = go_on(task)
    task.say(f"On hold: {several(held, 'order')}. {task.note}".rstrip(" "), task.tone)
    return to


# -- the slot of a held order -----------------------------------------------------------------------------------------


@flow.on("empty", ToteScan, to=(DONE,))
def empty_slot(task: Task, scan: ToteScan) -> str:
    """Empty the slot into a tote, which waits on the problem shelf."""
    slot = reads.slot_of(task.tx, task.memo["slot"])
    assert slot is not None
    shelf = sorting.empty(task.tx, task.by, slot, scan.ref)
    task.say(f"Tote {scan.name} with order {slot.number} to {shelf}.", "done")
    return DONE


@flow.screen("empty")
def show_empty(task: Task) -> Screen:
    """Show which slot to empty, and a tote for it."""
    slot = reads.slot_of(task.tx, task.memo["slot"])
    assert slot is not None
    free = walks.free_tote(task.tx, slot.list_id or 0)
    target = Target("tote", free.code, f"tote {free.id}") if free else key_target("Esc", "Later")
    return Screen(f"Empty {slot.name} into a tote", target, f"Order {slot.number} is on hold", progress=(0, 1))


# -- what the sorter sees ---------------------------------------------------------------------------------------------


def in_hand(task: Task) -> tuple[Content, Share]:
    """Return what is in hand, and the slot that it goes to."""
    hand, now = task.memo["hand"], wall(task)
    content = next(each for each in now.content if (each.item_id, each.lot_id) == (hand["item"], hand["lot"]))
    mine = (hand["order"], hand["item"])
    return content, next(share for share in now.shares if (share.order_id, share.item_id) == mine)


@flow.screen("item")
def show_item(task: Task) -> Screen:
    """Show what is left in the tote."""
    rows = wall(task).sortable
    first = rows[0]
    shown = tuple(Line(row.sku, row.name, 0, row.qty, state(row, first), row.lot, row.colour) for row in rows)
    keys = ("F2", "F4") if task.memo.get("last") else ("F2",)
    return Screen("Scan any unit", item_target(first), head(task), None, shown, wall(task).progress, keys=keys)


def state(row: Content, first: Content) -> str:
    """Return whether a line is proposed now."""
    return "now" if row is first else "todo"


@flow.screen("slot")
def show_slot(task: Task) -> Screen:
    """Show the slot, very large."""
    content, share = in_hand(task)
    hand = task.memo["hand"]["qty"]
    return Screen(
        clip(f"Put {hand} into {share.slot}", 40),
        Target("location", share.code, share.slot),
        head(task),
        place_card(share.slot, share.code),
        (Line(content.sku, content.name, hand, share.want, "now", content.lot, content.colour),),
        wall(task).progress,
        item=item_card_of(content),
        facts={"slot": share.slot, "order": share.number},
    )


@flow.screen("lot")
def show_lot(task: Task) -> Screen:
    """Ask which lot the unit in hand is of."""
    content = sorting.lots_of(wall(task), task.memo["pending"]["item"], None)[0]
    target = Target("lot", content.lot, f"lot {content.lot}")
    return Screen(f"Which lot of {content.sku}?", target, head(task), progress=wall(task).progress)


def head(task: Task) -> str:
    """Return where in the job the sorter is."""
    return f"List {task.memo['list']} · tote {task.memo['tote']}"


def item_card_of(content: Content) -> dict[str, str]:
    """Return the card of an item in the tote."""
    return {"sku": content.sku, "name": content.name, "code": content.barcode, "colour": content.colour or ""}
