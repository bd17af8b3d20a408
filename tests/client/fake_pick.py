"""A scripted pick of three lines, played by the rules of the scan contract: bin, item with quantity, tote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FLOWS = [
    {"flow": "receive", "title": "Receive", "key": "F1"},
    {"flow": "putaway", "title": "Put away", "key": "F2"},
    {"flow": "pick", "title": "Pick", "key": "F3"},
    {"flow": "pack", "title": "Pack", "key": "F4"},
    {"flow": "load", "title": "Load", "key": "F5"},
    {"flow": "count", "title": "Count", "key": "F6"},
    {"flow": "move", "title": "Move", "key": "F7"},
    {"flow": "replenish", "title": "Replenish", "key": "F8"},
    {"flow": "return", "title": "Return", "key": "F9"},
    {"flow": "lookup", "title": "Look up", "key": "F10"},
]


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    bin: str
    check: str
    sku: str
    ean: str
    name: str
    colour: str
    qty: int
    tote: str


LINES = (
    Line("A-03-12-B", "47", "CORE-RED", "4006381333931", "Core game, red edition", "#c8323a", 2, "3"),
    Line("A-05-02-A", "81", "SLEEVE-63", "4006381333948", "Card sleeves 63x88 mm, pack of 100", "#2b6cb0", 1, "1"),
    Line("B-01-07-C", "16", "COIN-MET", "4006381333955", "Metal coins, set of 60 in a velvet pouch", "#b7791f", 3, "3"),
)
STATION = "LO-P2-4"
SPARE_TOTE = "TO-9-K"


class Pick:
    """One list on its way; `scan` acts, `screen` only draws."""

    def __init__(self) -> None:
        self.at, self.state, self.taken, self.turn, self.asked = 0, "bin", 0, 1, ""
        self.over = False

    @property
    def line(self) -> Line:
        """The line being picked; the last one while the cart is on its way to the station."""
        return LINES[min(self.at, len(LINES) - 1)]

    def code(self) -> str:
        """What the label of the next thing to scan encodes."""
        bin_code, tote = f"LO-{self.line.bin}-7", f"TO-{self.line.tote}-X"
        return {"bin": bin_code, "take": self.line.ean, "tote": tote, "drop": STATION}[self.state]

    def scan(self, text: str) -> dict[str, Any]:
        """One scan, one answer."""
        self.turn += 1
        asked, self.asked = self.asked, ""
        if text == "F4":
            self.state, self.taken = "bin", 0
            return self.screen("ok", f"Undone. Back at {self.line.bin}.")
        if text == "F2" and self.state in {"bin", "take"}:
            return self.next_line("done", f"{self.line.sku} is short. Noted.")
        if self.state == "tote" and text == SPARE_TOTE and asked != text:
            self.asked = text
            return self.screen("ask", "Tote 9 is not on this cart. Scan it again to add it.")
        return self.by_state(text if text != SPARE_TOTE else self.code())

    def by_state(self, text: str) -> dict[str, Any]:
        """The right thing goes on, any other is refused with its name."""
        if self.state == "take" and text.isdigit() and len(text) < 4:
            return self.take(int(text))
        if text != self.code():
            return self.screen("stop", f"This is {text[:22]}. {self.screen('ok', '')['title']}.")
        return {
            "bin": self.arrive,
            "take": lambda: self.take(self.taken + 1),
            "tote": lambda: self.next_line("done", f"{self.line.sku} done."),
            "drop": self.finish,
        }[self.state]()

    def arrive(self) -> dict[str, Any]:
        """At the bin."""
        self.state = "take"
        return self.screen("ok", f"{self.line.bin}. Now scan the item.")

    def take(self, quantity: int) -> dict[str, Any]:
        """So many are in the hand."""
        if quantity > self.line.qty:
            return self.screen("stop", f"{quantity} is too many. Take {self.line.qty}.")
        self.taken = quantity
        self.state = "tote" if quantity == self.line.qty else "take"
        return self.screen("ok", f"{quantity} of {self.line.qty} taken.")

    def next_line(self, tone: str, note: str) -> dict[str, Any]:
        """The line is over."""
        self.at, self.taken = self.at + 1, 0
        self.state = "bin" if self.at < len(LINES) else "drop"
        return self.screen(tone, note)

    def finish(self) -> dict[str, Any]:
        """The cart stands at the station."""
        self.over = True
        return self.screen("done", "List 17 complete. Thank you.")

    def screen(self, tone: str, note: str) -> dict[str, Any]:
        """The envelope of the scan contract."""
        line, left = self.line, self.line.qty - self.taken
        item = {"sku": line.sku, "name": line.name, "code": line.ean, "colour": line.colour}
        title = {
            "bin": f"Go to {line.bin}",
            "take": f"Take {left}",
            "tote": f"Into tote {line.tote}",
            "drop": "Bring the cart to P2",
        }
        label = {"bin": line.bin, "take": line.sku, "tote": line.tote, "drop": "P2"}[self.state]
        kind = {"bin": "location", "take": "item", "tote": "tote", "drop": "location"}[self.state]
        dropping = self.state == "drop"
        return {
            "task": None if self.over else 17,
            "flow": "pick",
            "state": self.state,
            "turn": self.turn,
            "tone": tone,
            "note": note,
            "title": title[self.state],
            "target": {"kind": kind, "code": self.code(), "label": label},
            "expect": ["item", "quantity"] if self.state == "take" else [kind],
            "place": {"name": "P2", "check": "22"} if dropping else {"name": line.bin, "check": line.check},
            "lines": [self.row(i) for i in range(len(LINES))],
            "progress": {"done": self.at, "of": len(LINES)},
            "keys": {} if dropping else {"F2": "Short", "F3": "Skip", "F4": "Undo"},
            "quantity": left if self.state == "take" else None,
            "item": None if dropping else item,
            "head": "Pick · list 17",
        }

    def row(self, i: int) -> dict[str, Any]:
        """One line as the envelope lists it."""
        line = LINES[i]
        state = "done" if i < self.at else "now" if i == self.at else "todo"
        taken = line.qty if state == "done" else self.taken if state == "now" else 0
        return {"sku": line.sku, "name": line.name, "qty": taken, "of": line.qty, "state": state, "label": line.bin}
