"""A machine that does anything to one warehouse, in any order, and a plain model of stock that it must always equal."""

from __future__ import annotations

import tempfile
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from contract import Hall
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select
from warehouse import Worker

from wms.db import table_of
from wms.models.places import SUPPLIER
from wms.models.stock import AVAILABLE, DAMAGED, Stock, StockMove
from wms.operations import ledger
from wms.operations.ledger import By, Move, NotEnough, Spot

BINS = ("A-01-1", "A-01-2", "A-02-3")
SKUS = ("CORE", "RED")
QUARANTINE = "Q1"
# Here units are reserved without orders, so this rule cannot hold; the model itself knows what is reserved.
NOT_HERE = {"I4 reservations are picks"}
stock, moves = table_of(Stock), table_of(StockMove)

bins, skus, people = st.sampled_from(BINS), st.sampled_from(SKUS), st.sampled_from((0, 1))
units = st.sampled_from((1, 2, 3, 5, 40, 60, 100))  # few sizes, of which some meet the limits of what stands there

stocked = st.runner().flatmap(lambda machine: st.sampled_from(machine.model.stocked()))  # where something stands
shifts = st.tuples(stocked, units, bins).filter(lambda shift: shift[0].place != shift[2])


class Key(NamedTuple):
    """Where and as what units stand."""

    place: str
    sku: str
    condition: str = AVAILABLE


class Model:
    """Stock as it should be: plain dictionaries."""

    def __init__(self) -> None:
        self.qty, self.reserved = Counter[Key](), Counter[Key]()
        self.moves = 0

    def stocked(self) -> list[Key]:
        """Return the balances of bins that hold something."""
        return sorted(key for key, n in self.qty.items() if n and key.place in BINS)

    def free(self, key: Key) -> int:
        """Return how many units nobody waits for."""
        return self.qty[key] - self.reserved[key]

    def move(self, source: Key | None, target: Key, n: int) -> None:
        """Move `n` units; without a source they come from outside."""
        if source:
            self.qty[source] -= n
        self.qty[target] += n
        self.moves += 1

    def balances(self) -> dict[Key, tuple[int, int]]:
        """Return quantity and reservation of everything that is not nothing."""
        return {key: (n, self.reserved[key]) for key, n in self.qty.items() if n}


class Delivered(NamedTuple):
    """A scan that was answered."""

    worker: Worker
    scan_id: str
    task: int | None
    turn: int
    text: str
    answer: dict[str, Any]


class Floor(RuleBasedStateMachine):
    """The rules: what people, robots and bad networks do."""

    check_every = 4  # steps between two runs of `wms check`; the last one is at the end

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.hall = Hall(f"sqlite:///{self.folder.name}/floor.db")
        self.items = {"CORE": self.hall.core, "RED": self.hall.red}
        self.model, self.steps = Model(), 0
        self.model.move(None, Key("A-01-1", "CORE"), 100)
        self.model.move(None, Key("A-01-2", "RED"), 5)
        self.workers = [self.hall.worker("Ana"), self.hall.worker("Bob")]
        self.hands: dict[str, tuple[Key, int]] = {}
        self.delivered: list[Delivered] = []

    def teardown(self) -> None:
        """Leave nothing behind."""
        try:
            self.check()
        finally:
            self.hall.store.close()
            self.folder.cleanup()

    def spot(self, place: str) -> Spot:
        """Return a place as the ledger names it, loose."""
        return Spot(self.hall.places[place])

    def balance(self, key: Key) -> ledger.Key:
        """Return the ledger's key of a balance."""
        return ledger.key_of(self.spot(key.place), self.items[key.sku], 0, key.condition)

    def refused(self, work: Callable[..., Any], *args: Any) -> bool:
        """Run an operation; return whether it was refused for want of stock."""
        try:
            self.hall.do(work, *args)
        except NotEnough:
            return True
        return False

    # --- the ledger ---

    @rule(place=bins, sku=skus, n=units)
    def receive(self, place: str, sku: str, n: int) -> None:
        """Goods come from the supplier."""
        self.hall.do(ledger.post, By(), [Move(self.items[sku], n, Spot(SUPPLIER), self.spot(place), "receipt")])
        self.model.move(None, Key(place, sku), n)

    @rule(wanted=st.lists(shifts, min_size=1, max_size=3))
    @precondition(lambda self: self.model.stocked())
    def shift(self, wanted: list[tuple[Key, int, str]]) -> None:
        """Several movements are posted together or not at all."""
        posted = [Move(self.items[key.sku], n, self.spot(key.place), self.spot(to), "shift") for key, n, to in wanted]
        change = Counter[Key]()
        for key, n, to in wanted:
            change[key] -= n
            change[Key(to, key.sku)] += n
        short = any(self.model.free(key) + n < 0 for key, n in change.items())
        assert self.refused(ledger.post, By(), posted) == short
        for key, n, to in [] if short else wanted:
            self.model.move(key, Key(to, key.sku), n)

    @rule(key=stocked, n=units)
    @precondition(lambda self: self.model.stocked())
    def allocate(self, key: Key, n: int) -> None:
        """Somebody waits for units."""
        short = n > self.model.free(key)
        assert self.refused(ledger.allocate, {self.balance(key): n}) == short
        self.model.reserved[key] += 0 if short else n

    @rule(data=st.data(), taken=st.booleans())
    @precondition(lambda self: any(self.model.reserved.values()))
    def settle(self, data: st.DataObject, taken: bool) -> None:
        """Reserved units are taken away, or given up."""
        key = data.draw(st.sampled_from(sorted(key for key, n in self.model.reserved.items() if n)))
        n = data.draw(st.integers(1, self.model.reserved[key]))
        self.model.reserved[key] -= n
        if not taken:
            self.hall.do(ledger.release, {self.balance(key): n})
            return
        route = self.spot(key.place), self.spot("S1")
        assert not self.refused(ledger.post, By(), [Move(self.items[key.sku], n, *route, "take", allocated=n)])
        self.model.move(key, Key("S1", key.sku), n)

    @rule(key=stocked, n=units)
    @precondition(lambda self: self.model.stocked())
    def damage(self, key: Key, n: int) -> None:
        """Units go to quarantine in another condition."""
        route = self.spot(key.place), self.spot(QUARANTINE)
        short = n > self.model.free(key)
        move = Move(self.items[key.sku], n, *route, "damage", to_condition=DAMAGED)
        assert self.refused(ledger.post, By(), [move]) == short
        if not short:
            self.model.move(key, Key(QUARANTINE, key.sku, DAMAGED), n)

    # --- the door ---

    def scan(self, worker: Worker, text: str) -> dict[str, Any]:
        """Scan something, and remember it."""
        at, scan_id = worker.answer, uuid.uuid4().hex
        answer = worker.scan(text, scan_id).answer
        self.delivered.append(Delivered(worker, scan_id, at["task"], at["turn"], text, answer))
        return answer

    def put_down(self, worker: Worker) -> None:
        """Give up what was begun."""
        self.hands.pop(worker.who.name, None)
        if worker.answer["state"] not in ("source", "menu"):
            self.scan(worker, "F4")
        self.scan(worker, "Esc")

    @rule(who=people, key=stocked, n=units | st.just(0))
    @precondition(lambda self: self.model.stocked())
    def take_in_hand(self, who: int, key: Key, n: int) -> None:
        """Somebody says what is to be moved, with a handheld; several may want the same units."""
        worker = self.workers[who]
        self.put_down(worker)
        steps = {"source": self.hall.code(key.place), "item": key.sku, "quantity": str(n)}
        answer = worker.start("move").answer
        while answer["state"] in steps and answer["tone"] != "stop":
            answer = self.scan(worker, steps[answer["state"]])
        assert (answer["state"] == "dest") == (0 < n <= self.model.free(key)), answer
        if answer["state"] == "dest":
            self.hands[worker.who.name] = (key, n)

    @rule(who=people, dest=bins)
    def bring(self, who: int, dest: str) -> None:
        """Somebody brings what is in hand: all of it, or nothing when others took of it meanwhile."""
        worker = self.workers[who]
        if worker.who.name not in self.hands:
            return
        key, n = self.hands.pop(worker.who.name)
        possible = n <= self.model.free(key) and dest != key.place
        if self.scan(worker, self.hall.code(dest))["tone"] == "ask":
            self.scan(worker, self.hall.code(dest))
        assert (worker.answer["tone"] == "done") == possible, worker.answer
        if possible:
            self.model.move(key, Key(dest, key.sku), n)
        else:
            self.put_down(worker)

    @rule(data=st.data())
    @precondition(lambda self: self.delivered)
    def replay(self, data: st.DataObject) -> None:
        """The network delivers an old scan again."""
        old = data.draw(st.sampled_from(self.delivered))
        assert self.hall.floor.scan(old.worker.who, old.scan_id, old.task, old.turn, old.text) == old.answer

    @rule(who=people, key=stocked)
    @precondition(lambda self: self.model.stocked())
    def double_tap(self, who: int, key: Key) -> None:
        """A scan for the screen before this one, with an id of its own, does nothing."""
        worker = self.workers[who]
        self.put_down(worker)
        shown = worker.start("move").answer
        if self.scan(worker, self.hall.code(key.place))["tone"] != "stop":
            late = self.hall.floor.scan(worker.who, uuid.uuid4().hex, shown["task"], shown["turn"], "1")
            assert late.get("refusal") == "moved", late
        self.put_down(worker)

    @rule()
    def restart(self) -> None:
        """The server stops and starts."""
        self.hall.open(self.hall.settings.database.url)

    # --- what must always be so ---

    @invariant()
    def balances_equal_the_model(self) -> None:
        """Quantities and reservations, place by place."""
        names = {ref: name for name, ref in self.hall.places.items()}
        items = {ref: sku for sku, ref in self.items.items()}
        found = {
            Key(names[row.location_id], items[row.item_id], row.condition): (row.qty, row.allocated)
            for row in self.hall.rows(select(stock).where(stock.c.qty + stock.c.allocated > 0))
        }
        assert found == self.model.balances()

    @invariant()
    def the_ledger_has_what_happened(self) -> None:
        """No movement is missing, none came twice."""
        assert self.hall.rows(select(func.count()).select_from(moves))[0][0] == self.model.moves

    @invariant()
    def every_rule_holds(self) -> None:
        """`wms check` has nothing to say."""
        self.steps += 1
        if self.steps % self.check_every == 0:
            self.check()

    def check(self) -> None:
        """Run `wms check`."""
        assert [each for each in self.hall.broken() if each["rule"] not in NOT_HERE] == []
