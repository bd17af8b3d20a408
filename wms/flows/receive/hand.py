"""What a receiver has in hand: the receipt, a carton, the line being counted, and the steps that can be taken back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from wms.errors import Refusal
from wms.flows.engine import DONE, Flow, Line, Task
from wms.operations import unpacking
from wms.operations.unpacking import Entry
from wms.queries import cartons
from wms.queries.cartons import Carton

flow = Flow("receive", "Receive", ("receiver",), opens=("receipt",))
AFTER = ("item", "quantity", "lot", "expiry", "carton", DONE)
COUNTING = ("line", "qty", "lot", "expiry", "aim")


class NothingToUndo(Refusal):
    """Nothing was counted in this carton by this task."""

    sentence = "Nothing to undo in this carton."


def upcoming(task: Task) -> Row[Any] | None:
    """Find the next carton and let colleagues be shown another one."""
    found = cartons.next_carton(task.tx, task.memo["receipt"], task.who.operator_id)
    task.subject = f"next:{found.id}" if found else ""
    return found


def in_hand(task: Task) -> Carton:
    """Return the carton in hand with its lines."""
    return cartons.carton(task.tx, task.memo["carton"])


def current(task: Task) -> tuple[Carton, Row[Any]]:
    """Return the carton in hand and the line being counted."""
    carton = in_hand(task)
    line = carton.line(task.memo["line"])
    assert line is not None
    return carton, line


def forget(task: Task) -> None:
    """Let go of the line being counted."""
    for key in COUNTING:
        task.memo.pop(key, None)


def take_back(task: Task) -> str:
    """Post the opposite of the last step."""
    if not task.memo.get("steps"):
        raise NothingToUndo
    step = [Entry(*each) for each in task.memo["steps"].pop()]
    unpacking.undo(task.tx, task.by, in_hand(task), step)
    task.say(f"Undone: {sum(each.qty for each in step)} units.")
    return "item"


def head_of(carton: Carton) -> str:
    """Return where in the job this is."""
    return f"{carton.receipt} · carton {carton.number}"


def counts(carton: Carton) -> tuple[int, int]:
    """Return the units counted in a carton, of how many."""
    expected = sum(line.expected for line in carton.lines)
    return expected - carton.missing, expected


def lines_of(carton: Carton, now: int | None) -> tuple[Line, ...]:
    """Return the lines of a carton for the screen; what was neither listed nor counted is left out."""
    return tuple(line_of(row, row.line_id == now) for row in carton.lines if row.expected + row.received + row.damaged)


def line_of(row: Row[Any], now: bool) -> Line:
    """Return one listed item with what was counted of it."""
    marks = ["spare"] * bool(row.spare) + [f"lot {row.lot_code}"] * bool(row.lot_code)
    marks += [f"{row.damaged} damaged"] * bool(row.damaged)
    state = "now" if now else "todo" if row.rest else "done"
    counted = row.received + row.damaged
    return Line(row.sku, row.item_name, counted, row.expected, state, ", ".join(marks), row.colour)
