"""A shop whose campaign is gated: orders are locked, a pilot goes first, somebody else looks into its parcels."""

from __future__ import annotations

from typing import Any

from shop import Shop
from sqlalchemy import select, update

from wms.db import table_of
from wms.models.campaigns import Campaign
from wms.models.orders import Order
from wms.models.shipping import Parcel
from wms.operations import barring, gating, locking, mapping, proving, segmenting
from wms.operations.ledger import By
from wms.operations.segmenting import NewSegment
from wms.operations.waving import Released
from wms.queries import segments, shapes
from wms.queries.segments import SegmentFilter
from wms.settings import Site

campaigns, orders, parcels = table_of(Campaign), table_of(Order), table_of(Parcel)


class GatedShop(Shop):
    """Shop's goods and cartons; the house stands in Austria; every new order is locked by `lock`."""

    def __init__(self, url: str, **release: Any) -> None:
        super().__init__(url, **release)
        self.settings = self.settings.model_copy(update={"site": Site(country="AT")})
        self.do(lambda tx: tx.execute(update(campaigns).values(gated=True)))

    def tick(self) -> None:
        """Find every configuration right."""
        every = self.do(shapes.configurations, self.campaign.id)
        self.do(mapping.tick, By(), self.campaign.id, [each.shape for each in every])

    def lock(self) -> None:
        """Lock everything that may be locked, and tick the test picks."""
        self.tick()
        ids = [row.id for row in self.rows(select(orders.c.id))]
        self.do(locking.lock_content, By(), ids)
        self.do(locking.lock_address, By(), ids)

    def segment(self, name: str = "", priority: int = 100, **wanted: Any) -> int:
        """Make a segment, or take the one of all orders."""
        if not name:
            return int(self.do(segmenting.everything, By(), self.campaign.id))
        new = NewSegment(name, SegmentFilter(**wanted), priority)
        return int(self.do(segmenting.make, By(), self.campaign.id, new))

    def release(self, segment_id: int, **wish: Any) -> Released:
        """Release a segment through the gate."""
        return gating.release(self.store, self.settings, By(), gating.Wish(segment_id, **wish))

    def gate(self, segment_id: int, pilot: bool | None = None) -> barring.Gate:
        """A segment before its gate."""
        with self.store.read() as tx:
            return barring.gate(tx, self.settings, segments.segment(tx, segment_id), pilot)

    def codes(self, segment_id: int, pilot: bool | None = None) -> dict[str, int]:
        """The reasons against a release by code, and how many orders each concerns."""
        return {reason.code: reason.orders for reason in self.gate(segment_id, pilot).reasons}

    def work(self, name: str = "Ana") -> Any:
        """Let somebody pick and pack everything that is released; returns the worker."""
        worker = self.worker(name, station="P1")
        for flow in ("pick", "pack"):
            worker.start(flow).finish()
        return worker

    def parcel_codes(self) -> list[str]:
        """The codes of the parcels that there are."""
        return [row.code for row in self.rows(select(parcels.c.code).where(parcels.c.state != "void"))]

    def prove(self, name: str = "Ben") -> None:
        """Let a second person find every packed parcel right."""
        other = By(self.worker(name).who.operator_id)
        for code in self.parcel_codes():
            self.do(proving.check, other, code, True)
