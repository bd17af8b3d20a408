"""What the packer has in hand: the flow and the box that its verbs and screens share."""

from __future__ import annotations

from wms.flows.engine import Flow, Task
from wms.operations import boxing
from wms.queries import boxes
from wms.queries.boxes import Box, Need

flow = Flow("pack", "Pack", ("packer",), opens=("tote",))


def in_hand(task: Task) -> Box:
    """Return the box in hand; read once in a scan, for the verb leaves it here as it is afterwards."""
    found = task.args.get("box")
    if isinstance(found, Box):
        return found
    box = boxes.box(task.tx, task.memo["parcel"], task.memo["list"])
    return hold(task, boxing.in_turn(box, boxing.cartons(task.tx), not task.memo.get("part")))


def hold(task: Task, box: Box) -> Box:
    """Keep the box for the screen of this scan."""
    task.args["box"] = box
    return box


def fresh(task: Task) -> Box:
    """Return the box as the database has it now."""
    task.args.pop("box", None)
    return in_hand(task)


def unit_in_hand(task: Task) -> Need:
    """Return the line of the unit in hand."""
    need = in_hand(task).need_of(task.memo["hand"]["item"])
    assert need is not None
    return need
