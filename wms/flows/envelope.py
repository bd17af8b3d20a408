"""The one question and the one answer of the scan contract, for every flow."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from wms.barcodes import FRAMING
from wms.errors import SENTENCE_MAX, Refusal
from wms.flows.engine import Flow, Screen, Task, Who

Answer = dict[str, Any]
BLANK: Answer = {
    **{"task": None, "flow": None, "state": "menu", "turn": 0, "tone": "ok", "note": "", "title": "Choose a job"},
    **{"target": None, "expect": ["key"], "place": None, "lines": [], "progress": None, "quantity": None, "item": None},
    **{"head": "", "keys": {}, "facts": {}},
}


ANOTHER: dict[tuple[str | None, str], str] = {  # what to do after a loss, by where the other work begins
    **{("pack", "tote"): "Scan another tote.", ("sort", "tote"): "Scan another tote."},
    **{("putaway", "lpn"): "Scan another plate.", ("receive", "carton"): "Scan another carton."},
    (None, "menu"): "Choose a job.",
}


class Asked:
    """One scan as it arrived; of one that is too long the beginning is kept, and it is refused."""

    def __init__(self, who: Who, scan_id: str, task_id: int | None, turn: int, text: str) -> None:
        self.who, self.scan_id, self.task_id, self.turn, self.text = who, scan_id, task_id, turn, text
        self.length = len(text)

    def cut(self, most: int) -> Asked:
        """Return this scan with at most so many characters of its text; its `length` stays."""
        self.text = self.text[:most]
        return self


def storable(text: str) -> str:
    """Return a scan that both databases can keep: no half surrogates, and within the framing no NUL.

    What was lost there stays visible: without it the rest could read as another code.
    """
    if "\x00" in text:
        text = text.strip(FRAMING).replace("\x00", "\ufffd")
    return text.encode("utf-8", "replace").decode("utf-8")


def envelope(task: Task, flow: Flow, screen: Screen) -> Answer:
    """Return the one answer of the scan contract."""
    keys = flow.keys(task.state)
    if screen.keys is not None:
        keys = {key: label for key, label in keys.items() if key in screen.keys}
    return {
        "task": task.id,
        "flow": flow.name,
        "state": task.state,
        "turn": task.turn,
        "tone": task.tone,
        "note": task.note,
        "title": screen.title,
        "target": asdict(screen.target) if screen.target else None,
        "expect": flow.expects(task.state),
        "place": screen.place,
        "lines": [asdict(line) for line in screen.lines],
        "progress": {"done": screen.progress[0], "of": screen.progress[1]} if screen.progress else None,
        "quantity": screen.quantity,
        "item": screen.item,
        "head": screen.head or flow.title,
        "keys": keys,
        "facts": screen.facts,
    }


def after_loss(answer: Answer, lost: Refusal) -> Answer:
    """Return the answer that goes on with other work, saying first who has what was in hand."""
    note = f"{lost.text} {ANOTHER.get((answer['flow'], answer['state']), 'Go on with this.')}"
    note = note if len(note) <= SENTENCE_MAX else lost.text
    return answer | {"note": note, "tone": lost.tone, "refusal": lost.code()}
