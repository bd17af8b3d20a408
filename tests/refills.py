"""A hall with a pick face and two reserves, for the stories of replenishing."""

from __future__ import annotations

from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.models.places import SUPPLIER
from wms.models.slotting import MoveTask
from wms.models.stock import Stock
from wms.operations import ledger, master, replenishing
from wms.operations.ledger import By, Move, Spot
from wms.queries import invariants

tasks, stock = table_of(MoveTask), table_of(Stock)


class Hall(Warehouse):
    """A warehouse with the item CORE-RED, its face A-01-1 (min 5, max 30), and two reserves."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.red = self.item("CORE-RED")
        self.places |= {name: self.place(name, "reserve", 9000) for name in ("R-01", "R-02")}
        self.face("CORE-RED", "A-01-1", 5, 30)

    def face(self, sku: str, place: str, least: int, most: int) -> None:
        """Make a bin the face of an item."""
        self.do(replenishing.set_face, sku, place, (least, most))

    def carton(self, place: str, item: int, qty: int, lot: int = 0) -> str:
        """Put a full carton into a place and return its code."""
        lpn, code = self.do(master.add_lpn, "carton", self.places[place])
        move = Move(item, qty, Spot(SUPPLIER), Spot(self.places[place], lpn), "receipt", lot)
        self.do(ledger.post, By(), [move])
        return str(code)

    def plan(self) -> dict[str, int]:
        """Let the open tasks be what the faces need."""
        return replenishing.refresh(self.store, self.settings)

    def tasks(self) -> list[tuple[str, int, int]]:
        """(state, qty, moved) of every task, in order."""
        return [(row.state, row.qty, row.moved) for row in self.rows(select(tasks).order_by(tasks.c.id))]

    def reserved(self) -> int:
        """Units that are reserved anywhere."""
        return sum(row.allocated for row in self.rows(select(stock)))

    def sound(self) -> None:
        """Every rule holds."""
        with self.store.read() as tx:
            assert invariants.check(tx) == []
