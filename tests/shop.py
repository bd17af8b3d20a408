"""A whole small house: goods, totes, cartons, a carrier, a put-wall at P1 and a campaign, from release to the truck."""

from __future__ import annotations

from typing import Any

from backers import Campaign, backer
from sqlalchemy import select, update
from warehouse import Warehouse

from wms.barcodes import code
from wms.db import table_of
from wms.models.outbound import PickList
from wms.models.shipping import Carrier, CartonType
from wms.operations import directory, master, reviewing
from wms.operations.ledger import By
from wms.settings import Floor, Release

lists, holds = table_of(PickList), reviewing.holds


class Shop(Warehouse):
    """40 CORE-RED in A-02-1 and 40 SLEEVES in A-01-1, a tenth of a litre each; totes of one litre; six wall slots."""

    def __init__(self, url: str, **release: Any) -> None:
        super().__init__(url, floor=Floor(weigh=False), release=Release(**({"tote_litres": 1} | release)))
        for _ in range(8):
            self.tote()
        for place, sku in (("A-02-1", "CORE-RED"), ("A-01-1", "SLEEVES")):
            self.put(place, self.item(sku, length_mm=100, width_mm=50, height_mm=20), 40)
        for number in range(1, 7):
            name = f"W1-{number}"
            wall = {"zone": "A", "station_id": self.places["P1"]}
            self.places[name] = int(self.do(master.add_location, name, "slot", **wall))
        self.do(master.add, table_of(Carrier), code="WORLD", name="WORLD", countries="*")
        for name, side in (("S", 150), ("L", 400)):
            box = {"length_mm": side, "width_mm": side, "height_mm": side, "tare_g": 50, "max_g": 20000}
            made = self.do(master.add, table_of(CartonType), code=code("CT", name), name=name, **box)
            self.do(directory.register, code("CT", name), "carton", made, name)
        self.campaign = Campaign(self, Core="CORE-RED", Sleeves="SLEEVES")

    def orders(self, mode: str, *contents: tuple[str, ...]) -> None:
        """Release one order for each content, on lists of this mode whatever would be the cheapest."""
        self.campaign.review(*(backer(n, *wanted) for n, wanted in enumerate(contents, start=1)))
        self.campaign.release(pilot=False)
        self.do(lambda tx: tx.execute(update(lists).values(mode=mode)))

    def states(self) -> list[str]:
        """Return the states of all orders."""
        return [row.state for row in self.rows(select(reviewing.orders.c.state).order_by(reviewing.orders.c.id))]

    def clear(self, number: int) -> None:
        """Clear the open holds of an order."""
        mine = select(holds.c.id).where(
            holds.c.order_id == self.campaign.order(number).id, holds.c.cleared_at.is_(None)
        )
        for row in self.rows(mine):
            self.do(reviewing.clear, By(), row.id, "Found.")
