"""The one answer of the scan contract, for every flow."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from wms.flows.engine import Flow, Screen, Task

Answer = dict[str, Any]


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
