"""A warehouse in the middle of its day: orders shipped, packed, loaded, half picked and held, and a count done."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from warehouse import Warehouse, Worker

from wms import demo
from wms import settings as settings_module
from wms.db import table_of
from wms.formats.invented import invent
from wms.models.places import Location
from wms.models.stock import Stock
from wms.operations import counting, waving
from wms.operations.ledger import By

stock, location = table_of(Stock), table_of(Location)


class Shift(Warehouse):
    """The demo site with an invented campaign of 14 orders; `ana` works as the screens say."""

    def build(self) -> None:
        """Fill the demo site and take in the campaign."""
        super().build()
        folder = settings_module.share() / "config" / "demo"
        demo.fill(self.store, self.settings, folder, invent(14, 7))

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.ana, self.bea = self.worker("Ana"), self.worker("Bea")

    def until_noon(self) -> None:
        """Work until five orders are shipped, four packed and some of the others half picked."""
        for flow in ("receive", "putaway"):
            self.ana.start(flow).finish()
        for orders, flows in ((5, ("pick", "pack", "load")), (4, ("pick", "pack"))):
            self.release(orders)
            for flow in flows:
                self.ana.start(flow).finish()
        self.ana.start("load").follow().follow().sees("Load the next parcel").scan("Esc")
        self.release(20)
        self.ana.start("pick")
        while "taken" not in self.ana.answer["note"]:
            self.ana.follow()
        self.count()

    def release(self, orders: int) -> None:
        """Release so many orders."""
        waving.release_all(self.store, self.settings, By(), False, orders)

    def count(self) -> None:
        """Count one bin with a single item; one unit is missing."""
        free = select(stock).join(location, location.c.id == stock.c.location_id).where(location.c.kind == "bin")
        bins = [row for row in self.rows(free.where(stock.c.qty > stock.c.allocated + 1)) if self.alone(row)]
        self.do(counting.ask, bins[0].location_id, "asked")
        self.bea.start("count").follow().follow().scan(str(bins[0].qty - 1)).follow().hears("done", "-1")

    def alone(self, row: object) -> bool:
        """Return whether a balance is all there is in its place."""
        return len(self.rows(select(stock.c.id).where(stock.c.location_id == row.location_id))) == 1  # type: ignore[attr-defined]


def at_noon(path: Path) -> Worker:
    """Make the database of a shift at noon in a file; return the worker who is in the middle of a walk."""
    shift = Shift(f"sqlite:///{path}")
    shift.until_noon()
    shift.store.close()
    return shift.ana
