"""Picked totes at a pack station, so that the stories of packing and loading begin where picking ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, insert, select, update
from warehouse import Warehouse, Worker

from wms import barcodes
from wms.db import Tx, table_of
from wms.models.campaigns import Campaign
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderLine, Recipient
from wms.models.outbound import ListOrder, PickList, Wave
from wms.models.places import SUPPLIER
from wms.models.printing import Printer, PrintJob
from wms.models.shipping import Carrier, CartonType, Parcel
from wms.models.stock import Lpn
from wms.operations import directory, ledger, master
from wms.operations.ledger import By, Move, Spot

orders, lines, parcels, jobs = table_of(Order), table_of(OrderLine), table_of(Parcel), table_of(PrintJob)
lists, waves, lpns, holds, items = map(table_of, (PickList, Wave, Lpn, Hold, Item))


class Bench(Warehouse):
    """A warehouse with a campaign, two carriers, two cartons, a printer at P1 and the items CORE-RED, CORE-BLUE, DICE.

    An order is picked when it is made, and its tote stands at P1.
    """

    def build(self) -> None:
        """Write the campaign, the carriers, the cartons, the printer and the items."""
        super().build()
        self.campaign = self.do(master.add, table_of(Campaign), owner_id=self.owner, code="LNT1", name="Lantern")
        self.carriers = {
            code: self.do(master.add, table_of(Carrier), code=code, name=code, countries=countries)
            for code, countries in (("WORLD", "*"), ("POST", "DE,AT"))
        }
        self.cartons = {
            name: self.carton(name, size, limit) for name, size, limit in (("S", 150, 2000), ("L", 400, 20000))
        }
        at_p1 = {"station_id": self.places["P1"], "transport": "file"}
        self.printer = self.do(master.add, table_of(Printer), code="ZP1", name="P1", **at_p1)
        self.items = {sku: self.item(sku) for sku in ("CORE-RED", "CORE-BLUE", "DICE")}
        self.number = 10480

    def carton(self, name: str, side_mm: int, max_g: int) -> str:
        """Add a type of carton and return its code."""
        code = barcodes.code("CT", name)
        sizes = {"length_mm": side_mm, "width_mm": side_mm, "height_mm": side_mm, "tare_g": 50, "max_g": max_g}
        carton = self.do(master.add, table_of(CartonType), code=code, name=name, **sizes)
        self.do(directory.register, code, "carton", carton, name)
        return code

    def order(self, content: dict[str, int], country: str = "DE", state: str = "picked") -> int:
        """Add an order with all its units picked; return its id."""
        self.number += 1

        def write(tx: Tx) -> int:
            address = {"line1": "Deich 1", "city": "Husum", "postal_code": "25813", "country": country}
            person = master.add(tx, table_of(Recipient), name="Mia Kral", **address)
            code = barcodes.code("OR", f"LNT1-{self.number}")
            facts = {
                "campaign_id": self.campaign,
                "number": str(self.number),
                "recipient_id": person,
                "country": country,
            }
            units = sum(content.values())
            order = master.add(tx, orders, code=code, state=state, units=units, imported_at=tx.now, **facts)
            directory.register(tx, code, "order", order, str(self.number))
            for sku, qty in content.items():
                master.add(tx, lines, order_id=order, item_id=self.items[sku], qty=qty, picked=qty)
            return order

        return int(self.do(write))

    def pick_list(self, mode: str, order_ids: list[int], station: str = "P1") -> int:
        """Add a list that was dropped at a station."""

        def write(tx: Tx) -> int:
            wave = master.add(tx, waves, name=f"wave {order_ids[0]}", kind="wave", released_at=tx.now)
            facts = {"wave_id": wave, "mode": mode, "state": "picked", "dropped_at": tx.now}
            made = master.add(
                tx, lists, code=barcodes.number_code("PL", wave), station_id=self.places[station], **facts
            )
            for slot, order in enumerate(order_ids, 1):
                tx.execute(insert(table_of(ListOrder)).values(list_id=made, order_id=order, slot=slot))
            return made

        return int(self.do(write))

    def fill(
        self, list_id: int, order_id: int | None, content: dict[str, int], station: str = "P1", lot: int = 0
    ) -> str:
        """Put a tote of a list with these units at a station; return its code."""

        def write(tx: Tx) -> str:
            tote, code = master.add_lpn(tx, "tote", self.places[station], list_id=list_id, order_id=order_id)
            spot = Spot(self.places[station], tote)
            moves = [Move(self.items[sku], qty, Spot(SUPPLIER), spot, "receipt", lot) for sku, qty in content.items()]
            ledger.post(tx, By(), moves)
            return code

        return str(self.do(write))

    def tote_of(self, content: dict[str, int], country: str = "DE", station: str = "P1") -> tuple[int, str]:
        """Add an order with a tote of its own; return (order id, tote code)."""
        order = self.order(content, country)
        return order, self.fill(self.pick_list("cluster", [order], station), order, content, station)

    def singles(self, *skus: str) -> tuple[list[int], str]:
        """Add one-unit orders in one tote; return (order ids, tote code)."""
        made = [self.order({sku: 1}) for sku in skus]
        content = {sku: skus.count(sku) for sku in skus}
        return made, self.fill(self.pick_list("single", made), None, content)

    def hold(self, order_id: int, code: str = "CHANGED_AFTER_LOCK") -> None:
        """Put an order on hold."""
        self.do(lambda tx: master.add(tx, holds, order_id=order_id, code=code, opened_at=tx.now))

    def clear(self, order_id: int) -> None:
        """Clear the holds of an order."""
        self.do(lambda tx: tx.execute(update(holds).where(holds.c.order_id == order_id).values(cleared_at=tx.now)))

    def state(self, order_id: int) -> str:
        """Return an order's state."""
        return str(self.rows(select(orders.c.state).where(orders.c.id == order_id))[0].state)

    def labels(self) -> list[Any]:
        """Return the print jobs, the oldest first."""
        return self.rows(select(jobs).order_by(jobs.c.id))

    def packed(self, *orders_wanted: dict[str, int], country: str = "DE") -> list[str]:
        """Pack an order for each content and return the parcels' codes."""
        packer = self.worker(f"packer {self.number}")
        for content in orders_wanted:
            self.tote_of(content, country)
        packer.start("pack").finish()
        return [
            row.code
            for row in self.rows(select(parcels.c.code).where(parcels.c.state == "packed").order_by(parcels.c.id))
        ]


@contextmanager
def counted(bench: Warehouse) -> Iterator[list[str]]:
    """Collect the SQL statements that run inside."""
    seen: list[str] = []

    def note(*call: Any) -> None:
        seen.append(call[2])

    event.listen(bench.store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(bench.store.engine, "before_cursor_execute", note)


def packing(bench: Bench, name: str = "Jonas") -> Worker:
    """Return a packer who stands at P1."""
    return bench.worker(name, frozenset({"packer"}), station="P1")
