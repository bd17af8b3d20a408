"""A small warehouse for tests: people, places and goods, and a floor that can be scanned like a handheld does."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from databases import Kept, is_empty, keep, put_back
from sqlalchemy import select

from wms import barcodes, migrations
from wms.db import Store, Tx, table_of
from wms.floor import Floor
from wms.flows.engine import Who
from wms.models.people import Device, Operator
from wms.models.places import SUPPLIER
from wms.models.stock import AVAILABLE, Lot, Stock
from wms.operations import ledger, master
from wms.operations.ledger import By, Move, Spot
from wms.settings import Database, Settings

stock = table_of(Stock)
ALL_ROLES = frozenset({"picker", "packer", "receiver", "supervisor"})


class Warehouse:
    """One database with a small hall: bins A-01-1 to A-02-3, docks D1 and D2, station P1, carts C-01 and C-02, ..."""

    def __init__(self, url: str, **overrides: Any) -> None:
        self.settings = Settings(database=Database(url=url), **overrides)
        self.store = Store(self.settings.database)
        self.floor = Floor(self.store, self.settings)
        copied(self)

    def build(self) -> None:
        """Write what every warehouse of this class begins with, whatever its settings; see `copied`."""
        migrations.upgrade(self.store)
        self.owner = self.do(master.add_owner, "LNT", "Lanternworks")
        self.places = {name: self.place(name, kind, x) for name, kind, x in LAYOUT}

    def do(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run an operation in its own transaction."""
        return self.store.transact(lambda tx: work(tx, *args, **kwargs))

    def place(self, name: str, kind: str = "bin", x_mm: int = 0) -> int:
        """Add a place; bins take their aisle from the name."""
        aisle = name.split("-")[1] if kind == "bin" else ""
        return int(self.do(master.add_location, name, kind, zone="A", aisle=aisle, x_mm=x_mm))

    def item(self, sku: str, **facts: Any) -> int:
        """Add an item; sizes default to a small box of 100 g."""
        small = {"name": f"Item {sku}", "weight_g": 100, "length_mm": 100, "width_mm": 80, "height_mm": 30}
        return int(self.do(master.add_item, self.owner, sku, **(small | facts)))

    def code(self, place: str) -> str:
        """Return what the label of a place encodes."""
        return barcodes.code("LO", place)

    def tote(self, cart: str | None = None) -> str:
        """Add an empty tote and return its code."""
        return str(self.do(master.add_lpn, "tote", self.places[cart] if cart else None)[1])

    def put(self, place: str, item_id: int, qty: int, lot_id: int = 0, condition: str = AVAILABLE) -> None:
        """Let stock appear in a place, from the supplier."""
        spots = Spot(SUPPLIER), Spot(self.places[place])
        self.do(ledger.post, By(), [Move(item_id, qty, *spots, "receipt", lot_id, condition)])

    def lot(self, item_id: int, code: str, expiry: Any = None) -> int:
        """Add a lot of an item."""
        return int(self.do(master.add, table_of(Lot), item_id=item_id, code=code, expiry=expiry))

    def qty(self, place: str, item_id: int, condition: str = AVAILABLE) -> int:
        """Return how many units of an item stand in a place, loose or on LPNs."""
        with self.store.read() as tx:
            here = (stock.c.location_id == self.places[place], stock.c.condition == condition)
            return sum(row.qty for row in tx.all(select(stock.c.qty).where(*here, stock.c.item_id == item_id)))

    def rows(self, statement: Any) -> list[Any]:
        """Return the rows of a statement."""
        with self.store.read() as tx:
            return tx.all(statement)

    def worker(self, name: str = "Ana", roles: frozenset[str] = ALL_ROLES, station: str | None = None) -> Worker:
        """Return a person with a handheld."""
        station_id = self.places[station] if station else None

        def hire(tx: Tx) -> Who:
            badge = {"badge": barcodes.code("BD", f"{name}1"), "pin_hash": "-", "roles": ",".join(sorted(roles))}
            operator = master.add(tx, table_of(Operator), name=name, **badge)
            device = master.add(tx, table_of(Device), name=f"handheld of {name}", station_id=station_id)
            return Who(operator, name, roles, device, f"handheld of {name}", station_id)

        return Worker(self, self.do(hire))


def copied(warehouse: Warehouse) -> None:
    """Let a warehouse be as its class builds it: the first of a class is built, the others are copies of it."""
    kind = type(warehouse), warehouse.store.sqlite
    if kind not in BUILT:
        before = set(vars(warehouse))
        warehouse.build()
        facts = {name: value for name, value in vars(warehouse).items() if name not in before}
        BUILT[kind] = keep(warehouse.store), deepcopy(facts)
        return
    kept, facts = BUILT[kind]
    if not warehouse.store.sqlite and is_empty(warehouse.store):
        migrations.upgrade(warehouse.store)
    put_back(warehouse.store, kept)
    vars(warehouse).update(deepcopy(facts))


BUILT: dict[tuple[type[Warehouse], bool], tuple[Kept, dict[str, Any]]] = {}
LAYOUT = (
    *((f"A-{bay:02d}-{level}", "bin", 1000 * bay) for bay in (1, 2) for level in (1, 2, 3)),
    *(("D1", "dock", 0), ("Q1", "quarantine", 0), ("X1", "problem", 0), ("P1", "station", 5000), ("S1", "stage", 6000)),
    *(("C-01", "cart", 0), ("C-02", "cart", 0), ("D2", "dock", 7000)),
)


class Worker:
    """A person with a handheld: scans, sees, hears."""

    def __init__(self, warehouse: Warehouse, who: Who) -> None:
        self.warehouse, self.who = warehouse, who
        self.answer: dict[str, Any] = warehouse.floor.menu(who)

    def start(self, flow: str, **args: Any) -> Worker:
        """Get work in a flow."""
        self.answer = self.warehouse.floor.start(self.who, flow, args)
        return self

    def scan(self, text: str, scan_id: str | None = None) -> Worker:
        """Scan a label, type a number, press a key."""
        scan_id = scan_id or str(uuid.uuid4())
        self.answer = self.warehouse.floor.scan(self.who, scan_id, self.answer["task"], self.answer["turn"], text)
        return self

    def follow(self) -> Worker:
        """Scan what the screen asks for."""
        assert self.answer["target"], f"nothing to scan: {self.answer['title']}"
        return self.scan(self.answer["target"]["code"])

    def sees(self, title: str) -> Worker:
        """Check what to do now."""
        assert title in self.answer["title"], f"{self.answer['title']!r} (note {self.answer['note']!r})"
        return self

    def hears(self, tone: str, note: str = "") -> Worker:
        """Check the tone and the sentence of the last scan."""
        assert (self.answer["tone"], note in self.answer["note"]) == (tone, True), self.answer
        return self

    def finish(self, most: int = 200) -> Worker:
        """Do as the screen says until there is no more work."""
        for _ in range(most):
            if self.answer["task"] is None:
                return self
            self.follow()
            assert self.answer["tone"] != "stop", self.answer
        raise AssertionError(f"still working after {most} scans: {self.answer}")
