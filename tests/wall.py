"""A put-wall at P1 and picked batch totes before it, so that the stories of sorting begin where picking ended."""

from __future__ import annotations

from typing import Any

from bench import Bench, lists, lpns, orders
from sqlalchemy import select
from warehouse import Worker

from wms.db import table_of
from wms.models.outbound import ListOrder
from wms.models.places import SUPPLIER, Location
from wms.operations import ledger, master
from wms.operations.ledger import By, Move, Spot

places, list_orders = table_of(Location), table_of(ListOrder)


class WallBench(Bench):
    """A bench whose station P1 has a put-wall of six slots, W1-1 to W1-6."""

    def __init__(self, url: str, slots: int = 6, **overrides: Any) -> None:
        super().__init__(url, **overrides)
        for number in range(1, slots + 1):
            self.slot(f"W1-{number}")

    def slot(self, name: str, station: str = "P1") -> None:
        """Add a slot to the wall of a station."""
        facts = {"zone": "A", "station_id": self.places[station]}
        self.places[name] = int(self.do(master.add_location, name, "slot", **facts))

    def batch(self, *wanted: dict[str, int], totes: int = 1) -> tuple[list[int], list[str]]:
        """Add orders whose units lie together in totes of one batch list; return (order ids, tote codes)."""
        made = [self.order(content) for content in wanted]
        together = {sku: sum(content.get(sku, 0) for content in wanted) for sku in self.items}
        skus = [sku for sku, qty in together.items() if qty]
        parts = [{sku: together[sku] for sku in skus[n::totes]} for n in range(totes)]
        number = self.pick_list("batch", made)
        return made, [self.fill(number, None, part) for part in parts]

    def add_to(self, tote: str, content: dict[str, int], lot: int) -> None:
        """Put more units of a lot into a tote at P1."""
        plate = self.rows(select(lpns.c.id).where(lpns.c.code == tote))[0].id
        spot = Spot(self.places["P1"], plate)
        moves = [Move(self.items[sku], qty, Spot(SUPPLIER), spot, "receipt", lot) for sku, qty in content.items()]
        self.do(ledger.post, By(), moves)

    def order_code(self, order_id: int) -> str:
        """Return what the label of an order encodes."""
        return str(self.rows(select(orders.c.code).where(orders.c.id == order_id))[0].code)

    def slots(self) -> dict[str, int]:
        """Return slot name -> order of the slots that are given."""
        joined = select(places.c.name, list_orders.c.order_id).join(places, places.c.id == list_orders.c.place_id)
        return {row.name: row.order_id for row in self.rows(joined)}

    def list_states(self) -> list[str]:
        """Return the states of all lists."""
        return [row.state for row in self.rows(select(lists.c.state).order_by(lists.c.id))]


def sorter(bench: Bench, name: str = "Sara") -> Worker:
    """Return somebody who may pack, at P1."""
    return bench.worker(name, frozenset({"packer"}), station="P1")
