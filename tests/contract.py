"""What the tests of the scan contract share: goods to move, many deliveries at once, and what the ledger says of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select
from warehouse import Warehouse, Worker

from wms.db import Store, table_of
from wms.floor import Floor
from wms.models.floor import Scan
from wms.models.people import Device
from wms.models.stock import StockMove
from wms.operations import master
from wms.queries import invariants
from wms.settings import Database, Settings

T = TypeVar("T")
moves, scans = table_of(StockMove), table_of(Scan)
FROM, TO, OTHER = "A-01-1", "A-02-3", "A-01-2"


class Hall(Warehouse):
    """A warehouse with 100 CORE in A-01-1 and 5 RED in A-01-2."""

    def build(self) -> None:
        """Put the goods into their places."""
        super().build()
        self.core, self.red = self.item("CORE"), self.item("RED")
        self.put(FROM, self.core, 100)
        self.put(OTHER, self.red, 5)

    def open(self, url: str) -> None:
        """Work on another database with the same content, or on the same one after a restart."""
        self.store.close()
        self.settings = Settings(database=Database(url=url))
        self.store = Store(self.settings.database)
        self.floor = Floor(self.store, self.settings)

    def mover(self, qty: int = 60, name: str = "Ana") -> Worker:
        """Return somebody who holds `qty` CORE from A-01-1 and is asked where to bring it."""
        return self.worker(name).start("move").scan(self.code(FROM)).scan(str(qty)).sees("Bring")

    def moved(self) -> int:
        """Return how many movements of the flow stand in the ledger."""
        return int(self.rows(select(func.count()).where(moves.c.reason == "move"))[0][0])

    def scanned(self, scan_id: str) -> int:
        """Return how many scans with this id were kept."""
        return int(self.rows(select(func.count()).where(scans.c.id == scan_id))[0][0])

    def broken(self) -> list[dict[str, Any]]:
        """Return the rules that do not hold."""
        with self.store.read() as tx:
            return invariants.check(tx)

    def second_device(self, worker: Worker) -> Worker:
        """Return the same person with another handheld, at its menu."""
        device = self.do(master.add, table_of(Device), name=f"second handheld of {worker.who.name}")
        return Worker(self, replace(worker.who, device_id=device, device="second"))


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    """A hall of one's own; a test that asks runs twice, on SQLite and on PostgreSQL."""
    hall = Hall(database_url)
    yield hall
    hall.store.close()


def at_once(number: int, work: Callable[[int], T]) -> list[T]:
    """Run `work` in threads that start together and return what they returned; what one raises is raised."""
    ready = threading.Barrier(number)

    def run(n: int) -> T:
        ready.wait()
        return work(n)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
