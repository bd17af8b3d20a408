"""Look up: scan anything to see what it is, where it is, how many there are, and what happened to it last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from wms.errors import NotFound, clip, several
from wms.flows.engine import DONE, Flow, Line, Screen, Target, Task
from wms.flows.parts import key_target
from wms.flows.scans import THINGS, Key, Scan
from wms.operations import labelling
from wms.queries import lookup, places, printing

flow = Flow("lookup", "Look up", ("picker", "packer", "receiver"), repeats=False, opens=tuple(THINGS))
MOVES = 5
LINES = 12  # a handheld's screen is not a report
LABELLED = ("lpn", "parcel", "tote")  # whose own label may be in doubt where somebody stands


@flow.begin("any")
def begin(task: Task) -> str:
    """Show what was scanned at the menu, or ask."""
    if task.args.get("kind"):
        return see(task, str(task.args["kind"]), int(task.args["ref"]))
    return "any"


def see(task: Task, kind: str, ref: int) -> str:
    """Remember what is looked at."""
    task.memo = {"kind": kind, "ref": ref}
    return "any"


def scanned(task: Task, scan: Scan) -> str:
    """Show this thing."""
    return see(task, scan.kind, scan.ref)


for each_kind in THINGS.values():
    flow.on("any", each_kind, to=("any",))(scanned)


@flow.key("any", "F1", "Done", to=(DONE,))
def done(task: Task, _: Key) -> str:
    """Leave the lookup."""
    return DONE


@flow.key("any", "F6", "It printed", to=("any",))
def printed(task: Task, _: Key) -> str:
    """Say that the label in doubt came out."""
    labelling.resolve(task.tx, task.settings, task.by, in_doubt(task), printed=True)
    task.say("Noted: the label came out.")
    return "any"


@flow.key("any", "F7", "Print again", to=("any",))
def print_again(task: Task, _: Key) -> str:
    """Say that the label in doubt did not come out; a copy is printed."""
    labelling.resolve(task.tx, task.settings, task.by, in_doubt(task), printed=False)
    task.say("A copy of the label is printing.")
    return "any"


def in_doubt(task: Task) -> int:
    """Return the label that somebody must decide about; raises NotUncertain without one."""
    kind, ref = task.memo.get("kind", ""), task.memo.get("ref", 0)
    thing = lookup.thing(task.tx, kind, ref) if kind in LABELLED else None
    label = printing.newest_of(task.tx, thing.name) if thing else None
    if label is None or label.state != "uncertain":
        raise labelling.NotUncertain(state=label.state if label else "not printed here")
    return int(label.id)


@flow.screen("any")
def show(task: Task) -> Screen:
    """Show the thing looked at; before the first scan, propose a place."""
    if not task.memo:
        found = places.some_bin(task.tx)
        target = Target("location", found.code, found.name) if found else key_target("F1", "Done")
        return Screen("Scan anything", target, "Look up", progress=(0, 1), keys=("F1",), facts={"example": True})
    kind, ref = task.memo["kind"], task.memo["ref"]
    thing = lookup.thing(task.tx, kind, ref)
    if thing is None:
        raise NotFound(what=f"This {kind}")
    stocked = lookup.STOCKED.get(kind)
    rows = lookup.stands(task.tx, stocked, ref) if stocked else []
    moves = lookup.timeline(task.tx, stocked, ref, MOVES) if stocked else []
    title = clip(f"{thing.name}: {amount(rows)}" if stocked else f"{thing.name}: {thing.detail}", 40)
    shown = (*(line_of(row, stocked or "") for row in rows[:LINES]), *map(moved, moves))
    facts = {"kind": kind, "detail": thing.detail, "more": max(len(rows) - LINES, 0)}
    label = printing.newest_of(task.tx, thing.name) if kind in LABELLED else None
    doubt = label is not None and label.state == "uncertain"
    facts["label"] = label.state if label else None
    keys = ("F1", "F6", "F7") if doubt else ("F1",)
    head = "Did its label come out of the printer?" if doubt else head_of(kind, thing)
    return Screen(title, key_target("F1", "Done"), head, lines=shown, progress=(1, 1), keys=keys, facts=facts)


def head_of(kind: str, thing: Row[Any]) -> str:
    """Return what kind of thing this is, with its detail."""
    return clip(f"Look up · {kind} · {thing.detail}" if thing.detail else f"Look up · {kind}", 60)


def amount(rows: Sequence[Row[Any]]) -> str:
    """Return how many units there are, and how many of them are promised."""
    if not rows:
        return "empty"
    reserved = sum(row.allocated for row in rows)
    return several(sum(row.qty for row in rows), "unit") + (f", {reserved} reserved" if reserved else "")


def line_of(row: Row[Any], by: str) -> Line:
    """Return one balance: of an item where it stands, elsewhere what stands there."""
    where = row.place if row.lpn_id == 0 else f"{row.place} {row.lpn}"
    marks = [where] if by == "item" else [row.lpn] * bool(row.lpn_id and by == "location")
    marks += [f"lot {row.lot}"] * bool(row.lot) + [row.condition] * (row.condition != "available")
    marks += [f"{row.allocated} reserved"] * bool(row.allocated)
    return Line(row.sku, row.item_name, row.qty, row.qty, "now", ", ".join(marks), row.colour)


def moved(row: Row[Any]) -> Line:
    """Return one movement."""
    who = f" by {row.operator}" if row.operator else ""
    way = f"{row.at:%d %b %H:%M} {row.reason}: {row.source} → {row.target}{who}"
    return Line(row.sku, way, row.qty, row.qty, "done", "move")
