"""The engine of every flow: a table of (state, kind of scan) -> verb -> declared next states, and a screen a state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wms.barcodes import Scanned
from wms.db import Tx
from wms.errors import SENTENCE_MAX, Ask, NotAllowed, Refusal
from wms.flows.scans import DOUBTS, AnyScan, Key, UnknownCase, UnknownCode, choose, word
from wms.operations.claims import Taker
from wms.operations.ledger import By
from wms.queries.codes import meanings, name_inside
from wms.settings import Settings

DONE = "done"


class NoWork(Refusal):
    """There is nothing to do in this flow now."""

    sentence = "No more work here."
    tone = "done"


class NoSuchKey(Refusal):
    """A function key that this state does not have."""

    sentence = "{key} does nothing here."


@dataclass(frozen=True)
class Target:
    """The thing to scan next; `code` is literally what its label encodes."""

    kind: str
    code: str
    label: str


@dataclass(frozen=True)
class Line:
    """One row on the screen. `state` is now, done or todo."""

    sku: str
    name: str
    qty: int
    of: int
    state: str = "todo"
    label: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Screen:
    """What the operator sees in one state. `keys` narrows the keys of the table to those that make sense now."""

    title: str
    target: Target | None = None
    head: str = ""
    place: Mapping[str, str] | None = None  # name, check
    lines: tuple[Line, ...] = ()
    progress: tuple[int, int] | None = None
    quantity: int | None = None
    item: Mapping[str, str] | None = None  # sku, name, code, colour
    keys: tuple[str, ...] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)  # extras for rich clients: carton, weight band, slot


@dataclass(frozen=True)
class Who:
    """The person and the device behind a request."""

    operator_id: int
    name: str
    roles: frozenset[str]
    device_id: int
    device: str
    station_id: int | None = None


@dataclass
class Task:
    """One person's place in a flow, with the transaction of the scan at hand."""

    tx: Tx
    settings: Settings
    who: Who
    id: int
    flow: str
    state: str
    turn: int = 0
    subject: str = ""
    memo: dict[str, Any] = field(default_factory=dict)
    scan_id: str | None = None
    confirmed: bool = False
    note: str = ""
    tone: str = "ok"
    args: dict[str, Any] = field(default_factory=dict)

    @property
    def by(self) -> By:
        """Return who and what to write beside a movement."""
        return By(self.who.operator_id, self.id or None, self.scan_id)

    @property
    def taker(self) -> Taker:
        """Return who wants to take something in hand now, and whether this very scan was asked about before."""
        return Taker(self.by, self.settings, self.confirmed, self.supervises)

    @property
    def supervises(self) -> bool:
        """Return whether this person may decide for others."""
        return "supervisor" in self.who.roles

    def say(self, note: str, tone: str = "ok") -> None:
        """Set the sentence that answers this scan."""
        self.note, self.tone = note, tone

    def warn(self, doubt: str) -> None:
        """Say what is odd about the scan beside what came of it, and instead of it when there is no room for both."""
        both = f"{self.note} {doubt}".lstrip(" ")
        self.note = both if len(both) <= SENTENCE_MAX else doubt

    def confirm(self, question: Ask) -> None:
        """Raise `question` unless this very scan was just asked about and made again."""
        if not self.confirmed:
            raise question


Handler = Callable[[Task, Any], str]
Drawer = Callable[[Task], Screen]


@dataclass(frozen=True)
class Way:
    """One cell of the table."""

    handler: Handler
    to: tuple[str, ...]
    label: str = ""  # of a key


class Flow:
    """A story: where it starts, what each state takes, what it shows, who may play it."""

    def __init__(
        self, name: str, title: str, roles: tuple[str, ...], repeats: bool = True, opens: tuple[str, ...] = ()
    ) -> None:
        self.name, self.title, self.roles, self.repeats = name, title, frozenset(roles), repeats
        self.opens = opens  # kinds of code that start this flow when scanned at the menu
        self.ways: dict[tuple[str, str], Way] = {}
        self.screens: dict[str, Drawer] = {}
        self.starts: tuple[str, ...] = ()
        self._begin: Callable[[Task], str] | None = None

    def begin(self, *to: str) -> Callable[[Callable[[Task], str]], Callable[[Task], str]]:
        """Register the function that finds work and returns the first state; it raises NoWork when there is none."""
        self.starts = to

        def keep(function: Callable[[Task], str]) -> Callable[[Task], str]:
            self._begin = function
            return function

        return keep

    def on(self, state: str, kind: type, *, to: tuple[str, ...]) -> Callable[[Handler], Handler]:
        """Register what a kind of scan does in a state and where that leads; their order is the order of preference."""
        return self._way(state, kind.kind, to, "")  # type: ignore[attr-defined]

    def key(self, state: str, key: str, label: str, *, to: tuple[str, ...]) -> Callable[[Handler], Handler]:
        """Register a function key of a state, with the word on its button."""
        return self._way(state, key, to, label)

    def screen(self, state: str) -> Callable[[Drawer], Drawer]:
        """Register what a state shows."""

        def keep(function: Drawer) -> Drawer:
            self.screens[state] = function
            return function

        return keep

    def _way(self, state: str, event: str, to: tuple[str, ...], label: str) -> Callable[[Handler], Handler]:
        def keep(function: Handler) -> Handler:
            if (state, event) in self.ways:
                raise ValueError(f"{self.name}: {state} takes {event} twice")
            self.ways[state, event] = Way(function, to, label)
            return function

        return keep

    @property
    def states(self) -> list[str]:
        """Return the states in the order in which they were written."""
        return list(dict.fromkeys([*self.screens, *(state for state, _ in self.ways)]))

    def expects(self, state: str) -> list[str]:
        """Return the kinds of scan a state takes, in its order of preference, keys left out."""
        return [event for at, event in self.ways if at == state and not is_key(event)]

    def keys(self, state: str) -> dict[str, str]:
        """Return the function keys of a state and the words on them, as they lie on the keyboard."""
        found = {event: way.label for (at, event), way in self.ways.items() if at == state and is_key(event)}
        return dict(sorted(found.items(), key=lambda each: int(each[0][1:])))

    def allow(self, who: Who) -> None:
        """Raise NotAllowed unless one of the person's roles plays this flow."""
        if not (self.roles | {"supervisor"}) & who.roles:
            raise NotAllowed(what=f"to {self.title.lower()}")

    def start(self, task: Task) -> str:
        """Find work and return the first state; raises NoWork."""
        assert self._begin is not None
        return declared(self, "start", self._begin(task), self.starts)

    def step(self, task: Task, scanned: Scanned) -> str:
        """Let one scan act and return the next state; raises a Refusal when it may not."""
        found = [] if scanned.key else meanings(task.tx, scanned)
        try:
            scan = choose(scanned, found, self.expects(task.state), task.settings.floor.quantity_max)
        except UnknownCode:
            if name := name_inside(task.tx, scanned):
                raise UnknownCase(sku=name) from None
            raise
        state = self.act(task, scan)
        if scanned.doubt:
            task.warn(DOUBTS[scanned.doubt])
        return state

    def act(self, task: Task, scan: AnyScan) -> str:
        """Run the verb of the table for a typed scan."""
        event = scan.name if isinstance(scan, Key) else scan.kind
        way = self.ways.get((task.state, event))
        if way is None:
            raise NoSuchKey(key=event)
        return declared(self, task.state, way.handler(task, scan), way.to)

    def draw(self, task: Task) -> Screen:
        """Return what the current state shows."""
        return self.screens[task.state](task)

    def problems(self) -> list[str]:
        """Return what is incomplete: a state without a screen or a way out, a way to nowhere."""
        targets = {to for way in self.ways.values() for to in way.to} | set(self.starts)
        known = set(self.states) | {DONE}
        return [
            *(f"{self.name}: {state} has no screen" for state in sorted(targets - {DONE} - set(self.screens))),
            *(
                f"{self.name}: {state} has no way out"
                for state in self.states
                if not self.expects(state) and not self.keys(state)
            ),
            *(f"{self.name}: {state} is never reached" for state in self.states if state not in targets),
            *(f"{self.name}: {state} does not exist" for state in sorted(targets - known)),
        ]

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f"    [*] --> {state}" for state in self.starts]
        for (state, event), way in self.ways.items():
            label = f"{event} {way.label}" if way.label else word(event)
            lines += [f"    {state} --> {'[*]' if to == DONE else to}: {label}" for to in way.to]
        return "\n".join(lines)


def is_key(event: str) -> bool:
    """Return whether a column of the table is a function key."""
    return event[:1] == "F" and event[1:].isdigit()


def declared(flow: Flow, state: str, to: str, allowed: tuple[str, ...]) -> str:
    """Return `to`; a way that its table does not declare is a bug and stops the scan."""
    if to not in allowed:
        raise RuntimeError(f"{flow.name}: {state} led to {to}, declared are {', '.join(allowed)}")
    return to
