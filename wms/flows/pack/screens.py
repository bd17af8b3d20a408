"""What the packer sees in each state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wms.flows.engine import Line, Screen, Target, Task
from wms.flows.pack.hand import flow, hold, in_hand, unit_in_hand
from wms.flows.parts import item_card, item_target, key_target, place_card
from wms.operations import boxing, judging, packing, parcels
from wms.queries import boxes, printing
from wms.queries import packing as reads
from wms.queries.boxes import Box, Need


@flow.screen("tote")
def show_tote(task: Task) -> Screen:
    """Show the tote to fetch, or the slot to pack."""
    row = reads.next_job(task.tx, task.who.operator_id, task.who.device_id)
    if row is None:
        return Screen("No tote waits", key_target("F1", "Leave"), "Pack", progress=(0, 0))
    if row.kind == "slot":
        title, target = f"Pack slot {row.name}", Target("location", row.code, row.name)
    else:
        title = "Scan the next tote" if row.mine else f"Fetch tote {row.id} at {row.place}"
        target = Target("tote", row.code, f"tote {row.id}")
    return Screen(
        title=title,
        target=target,
        head="Pack",
        place=place_card(row.place, row.place_code),
        progress=(0, row.waiting),
        keys=(),
    )


@flow.screen("any_unit")
def show_shared(task: Task) -> Screen:
    """Show what is left in the totes that orders share; of a shape, what the next kit takes."""
    if task.memo["shared"] == "shape":
        return show_kit(task)
    rows = reads.shared(task.tx, task.memo["list"])
    first = next((row for row in rows if row.left), None)
    done, of = sum(row.of - row.left for row in rows), sum(row.of for row in rows)
    shown = tuple(
        Line(row.sku, row.name, row.of - row.left, row.of, mark(row, first), colour=row.colour) for row in rows
    )
    return Screen(
        title="Scan any unit",
        target=item_target(first) if first else key_target("F2", "Missing"),
        head=f"List {task.memo['list']} · single units",
        lines=shown,
        progress=(done, of),
        item=item_card(first) if first else None,
    )


def show_kit(task: Task) -> Screen:
    """Show the assembly line: which kit comes next, and what is in it."""
    rows = reads.kit(task.tx, task.memo["list"])
    if not rows:
        return Screen("No kit may be packed", key_target("F2", "Missing"), f"List {task.memo['list']}", progress=(0, 0))
    first = rows[0]
    return Screen(
        title=f"Kit {first.done + 1} of {first.of}: scan any unit",
        target=item_target(first),
        head=f"List {task.memo['list']} · {first.of} alike orders",
        lines=tuple(
            Line(row.sku, row.name, row.packed, row.picked, "now" if row is first else "todo", colour=row.colour)
            for row in rows
        ),
        progress=(first.done, first.of),
        item=item_card(first),
    )


def mark(row: Any, first: Any) -> str:
    """Return whether a line is done, now, or to do."""
    if not row.left:
        return "done"
    return "now" if row is first else "todo"


def screen(task: Task, title: str, target: Target, keys: tuple[str, ...], **more: Any) -> Screen:
    """Return a screen of the box in hand; a held order shows nothing but its hold and the way out."""
    box = in_hand(task)
    if box.hold:
        title, target, keys = f"On hold: {box.hold}", key_target("F3", "Problem shelf"), ("F3",)
    head = f"Order {box.number} · {box.country}"
    figures = {"lines": lines(box), "progress": (box.verified, box.wanted), "facts": facts(task, box)}
    return Screen(title, target, head, keys=keys, **(figures | more))


def lines(box: Box) -> tuple[Line, ...]:
    """Return every line of the order with what is verified of it."""
    now = box.next
    return tuple(
        Line(need.sku, need.name, need.packed, need.picked, mark(need, now), colour=need.colour) for need in box.needs
    )


def facts(task: Task, box: Box) -> dict[str, Any]:
    """Return what a pack station shows beside the lines."""
    low, high = parcels.band_g(box, task.settings) or (None, None)
    weight = {"expected": parcels.expected_g(box), "low": low, "high": high, "reading": box.weight_g or None}
    initials = " ".join(f"{word[0]}." for word in box.person.split(" ")[:3] if word)
    carton = {"name": box.carton, "dims": " × ".join(map(str, box.carton_mm))} if box.carton else None
    who = {"order": box.number, "country": box.country, "initials": initials, "units": box.wanted}
    who["packing"] = boxing.picture(box, boxing.cartons(task.tx), not task.memo.get("part"))
    return who | {"carton": carton, "weight": weight, "label": None, "printer": None, "hold": held(box.hold)}


def held(code: str | None) -> dict[str, str] | None:
    """Return the hold of an order: its code, why, and who clears it."""
    if not code:
        return None
    reason, who = judging.HOLDS.get(code, ("", "supervisor"))
    return {"code": code, "reason": reason, "who": who}


def unit_card(need: Need) -> dict[str, str]:
    """Return the card of the item to verify."""
    return {"sku": need.sku, "name": need.name, "code": need.barcode, "colour": need.colour or ""}


@flow.screen("unit")
def show_unit(task: Task) -> Screen:
    """Show the next unit to verify."""
    need = in_hand(task).next
    if need is None:
        return screen(task, "Every unit is verified", key_target("F3", "Problem shelf"), ("F3", "F4"))
    keys = ("F2", "F4", "F6") if in_hand(task).boxed else ("F2",)
    return screen(task, f"Scan {need.sku}", item_target(need), keys, item=unit_card(need), quantity=need.left)


@flow.screen("lot")
def show_lot(task: Task) -> Screen:
    """Ask for the lot of the unit in hand."""
    need = unit_in_hand(task)
    lot = packing.lots_of(need)[0]
    return screen(task, f"Which lot of {need.sku}?", Target("lot", lot, f"lot {lot}"), ("F4",), item=unit_card(need))


@flow.screen("serial")
def show_serial(task: Task) -> Screen:
    """Ask for the serial number of the unit in hand; a unit without one gets one of ours."""
    need = unit_in_hand(task)
    target = Target("serial", packing.own_serial(in_hand(task), need), "serial number")
    return screen(task, f"Serial number of {need.sku}", target, ("F4",), item=unit_card(need))


@flow.screen("carton")
def show_carton(task: Task) -> Screen:
    """Show the proposed carton."""
    best = parcels.proposed(in_hand(task), boxes.cartons(task.tx))
    assert best is not None
    dims = f"{best.length_mm} × {best.width_mm} × {best.height_mm}"
    box = hold(task, replace(in_hand(task), tare_g=best.tare_g))
    shown = facts(task, box) | {"carton": {"name": best.name, "dims": dims}} | troubled(task, box)
    return screen(task, f"Take carton {best.name}", Target("carton", best.code, best.name), ("F4",), facts=shown)


@flow.screen("weight")
def show_weight(task: Task) -> Screen:
    """Show what the scale should say."""
    box = in_hand(task)
    grams = max(1, parcels.expected_g(box))
    shown = facts(task, box) | troubled(task, box)
    target = Target("quantity", str(grams), f"{grams:,} g")  # told, but no key takes it: the scale has to say it
    return screen(task, "Weigh the parcel", target, ("F4",), facts=shown)


def troubled(task: Task, box: Box) -> dict[str, str | None]:
    """Return what is wrong with the station's printer, told before its label is needed."""
    return {"printer": printing.trouble_at(task.tx, box.place_id) or None}


@flow.screen("label")
def show_label(task: Task) -> Screen:
    """Show what became of the label, and the code on it."""
    box = in_hand(task)
    job = printing.label_of(task.tx, parcels.event_of(box))
    doubt = job is not None and job.state == "uncertain"
    told = {"label": job.state, "printer": job.trouble or job.printer, "label_job": job.id} if job else {}
    return screen(
        replace_hold(task),
        "Scan the label, or F7: print it again" if doubt else "Scan the label",
        Target("parcel", box.code, box.code),
        ("F6", "F7") if doubt else ("F7",),
        facts=facts(task, box) | told | ({"reason": job.reason} if job and doubt else {}),
    )


def replace_hold(task: Task) -> Task:
    """A hold that comes after the label stops the parcel at the truck, not here."""
    hold(task, replace(in_hand(task), hold=None))
    return task
