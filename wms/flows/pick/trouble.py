"""Picking, when it does not go by the book: short, skip, undo, a full tote, a place that should be empty."""

from __future__ import annotations

from collections.abc import Callable

from wms.flows.engine import Handler, Screen, Target, Task
from wms.flows.parts import key_target, quantity_target
from wms.flows.pick.walk import (
    TOOK,
    WALK,
    before,
    check_item,
    flow,
    give_up,
    go_on,
    list_id,
    name_lot,
    one_tote_list,
    put,
    read,
    screen,
)
from wms.flows.scans import ItemScan, Key, Quantity, ToteScan, lot_on
from wms.operations import counting, picking, shorts, taking
from wms.operations.taking import Now
from wms.queries import walks


def each(states: tuple[str, ...], key: str, label: str, *, to: tuple[str, ...]) -> Callable[[Handler], Handler]:
    """Register a function key in several states."""

    def keep(function: Handler) -> Handler:
        for state in states:
            flow.key(state, key, label, to=to)(function)
        return function

    return keep


# --- a lot on the label of a unit ---


@flow.on("lot", ItemScan, to=(*TOOK, "lot"))
def name_labelled_lot(task: Task, scan: ItemScan) -> str:
    """Scan the label of the unit in hand, which tells its lot."""
    check_item(task, before(task), scan)
    return name_lot(task, lot_on(scan))


# --- a full tote, an empty place ---


@each(("item", "more", "tote_drop"), "F5", "Second tote", to=("second",))
def full(task: Task, key: Key) -> str:
    """The tote is full."""
    return "second"


@flow.on("second", ToteScan, to=WALK)
def second_tote(task: Task, scan: ToteScan) -> str:
    """Go on with another empty tote."""
    picking.add_tote(task.tx, read(task), scan.ref)
    task.say(f"Tote {scan.name} goes on from here.")
    return go_on(task)


@flow.key("second", "F1", "Still fits", to=WALK)
def still_fits(task: Task, key: Key) -> str:
    """Go on with the tote in use."""
    task.memo["roomy"] = read(task).tote_id
    return go_on(task)


@flow.screen("second")
def show_second(task: Task) -> Screen:
    """Ask for another empty tote."""
    row, free = read(task), walks.free_tote(task.tx, list_id(task))
    target = Target("tote", free.code, f"tote {free.id}") if free else key_target("F1", "Still fits")
    full = f"Tote {row.tote_id} is full. Scan an empty one"
    return screen(task, "Scan one more empty tote" if row.want else full, target)


@flow.key("zero", "F1", "Yes", to=WALK)
def is_empty(task: Task, key: Key) -> str:
    """The place is empty, as the book says."""
    task.memo.pop("zero")
    return go_on(task)


@flow.key("zero", "F2", "No", to=WALK)
def not_empty(task: Task, key: Key) -> str:
    """The book is wrong: somebody should count."""
    counting.ask(task.tx, task.memo.pop("zero"), "zero-check")
    task.say("Thank you. It will be counted.")
    return go_on(task)


@flow.screen("zero")
def show_zero(task: Task) -> Screen:
    """Ask whether the place is empty now."""
    place = walks.place(task.tx, task.memo["zero"])
    return screen(task, f"Is {place} empty?", key_target("F1", "Yes"))


# --- what goes wrong ---


@each(("bin", "lpn", "item", "more"), "F2", "Short", to=("short",))
def short(task: Task, key: Key) -> str:
    """There are fewer than asked for."""
    return "short"


@flow.on("short", Quantity, to=("reason",))
def count_found(task: Task, scan: Quantity) -> str:
    """Say how many more are there."""
    rest = before(task).want - task.memo.get("hand", 0)
    if scan.value >= rest:
        raise taking.NotShort(rest=rest, sku=read(task).sku)
    task.memo["found"] = scan.value
    return "reason"


@each(("short", "reason"), "F4", "Back", to=WALK)
def not_short(task: Task, key: Key) -> str:
    """It was a mistake."""
    task.memo.pop("found", None)
    return go_on(task)


@flow.screen("short")
def show_short(task: Task) -> Screen:
    """Ask how many are there."""
    row = read(task)
    return screen(task, f"How many more {row.sku} are there?", quantity_target(0), quantity=0)


@flow.key("reason", "F1", "Not there", to=WALK)
@flow.key("reason", "F2", "Damaged", to=WALK)
@flow.key("reason", "F3", "Other", to=WALK)
def say_why(task: Task, key: Key) -> str:
    """Take what is there, then give the rest up."""
    now = before(task)
    found = task.memo.pop("found", 0)
    task.memo["reason"] = shorts.REASONS[key.name]
    if not found + task.memo.get("hand", 0):
        return give_up(task, now)
    if one_tote_list(task):
        return put(task, now, found)
    task.memo["hand"] = task.memo.get("hand", 0) + found
    return "tote_drop"


@flow.screen("reason")
def show_reason(task: Task) -> Screen:
    """Ask why."""
    return screen(task, f"Why is {read(task).sku} short?", key_target("F1", "Not there"))


@each(("bin", "lpn", "item"), "F3", "Skip", to=WALK)
def skip(task: Task, key: Key) -> str:
    """Come back to this place at the end."""
    place = read(task).place
    taking.skip(task.tx, list_id(task), before(task).location_id, place)
    task.say(f"{place} comes at the end.")
    return go_on(task)


@each(("bin", "lpn", "item", "more", "tote_drop", "station"), "F4", "Undo", to=WALK)
def undo(task: Task, key: Key) -> str:
    """Take the last take back: out of the hand, or out of the tote."""
    task.memo.pop("begun", None)
    task.memo.pop("reason", None)
    if task.memo.pop("hand", 0):
        task.say(f"Put it back into {read(task).place}.")
        return go_on(task)
    last = task.memo.pop("last", None)
    if last is None:
        raise taking.NothingToUndo
    now = Now(**last["now"])
    qty = taking.undo(task.tx, task.by, now, last["parts"])
    task.memo |= {"at": now.location_id, "plate": now.lpn_id}
    task.say(f"Undone. Put {qty} back.")
    return go_on(task)
