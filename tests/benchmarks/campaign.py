"""A campaign from its files to the first wave: what each step takes, and how many decisions a person makes.

    python -m tests.benchmarks.campaign [--orders 10000] [--platform kickstarter] [--json]

The demo's hall gets the goods of an invented campaign. Its export is imported and reviewed, what the map lacks is
ignored, every configuration is ticked, clean orders are locked, a pilot goes and is packed by a robot that scans what
the screen names, a second person finds it right, and the first wave goes. Works on SQLite in a scratch folder.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import select
from warehouse import Warehouse

from wms import migrations
from wms.db import table_of
from wms.formats import invented_exports, invented_orders
from wms.formats.reward_map import MapRow, RewardMap
from wms.models.items import Item
from wms.models.orders import Hold, Order
from wms.models.outbound import PickList
from wms.models.places import SUPPLIER, Location
from wms.models.shipping import Parcel
from wms.operations import gating, ledger, locking, mapping, onboarding, proving, segmenting
from wms.operations.ledger import By, Move, Spot
from wms.operations.mapping import Edit
from wms.operations.staging import Request
from wms.queries import rewards, shapes
from wms.settings import Site, share

SEED, SCANS = 2026, 20_000
STATIONS = (("Ana", "P1"), ("Cem", "P2"))
orders, holds, items = table_of(Order), table_of(Hold), table_of(Item)
locations, parcels = table_of(Location), table_of(Parcel)


class Hall(Warehouse):
    """The demo's hall with an invented campaign; the house stands in the United States."""

    folder: Path
    campaign: int

    def build(self) -> None:
        """Open the site; the goods come with the campaign."""
        migrations.upgrade(self.store)
        site = share() / "config" / "demo"
        onboarding.open_site(self.store, self.settings, site)
        self.places = {row.name: row.id for row in self.rows(select(locations.c.name, locations.c.id))}

    def open(self) -> None:
        """Bring in what the campaign promised."""
        onboarding.open_goods(self.store, self.folder)
        self.campaign = onboarding.open_campaign(self.store, self.folder)
        self.do(segmenting.set_gate, self.campaign, True)

    def take_in(self) -> dict[str, int]:
        """Import and review the export."""
        data = (self.folder / "orders.csv").read_bytes()
        request = Request(self.campaign, "orders.csv", data)
        return onboarding.import_report(self.store, self.settings, By(), request)

    def stock(self, units: dict[str, int]) -> None:
        """Let all units that clean orders need stand in bins."""
        ids = {row.sku: row.id for row in self.rows(select(items.c.sku, items.c.id))}
        bins = [row.id for row in self.rows(select(locations.c.id).where(locations.c.kind == "bin"))]
        moves = [
            Move(ids[sku], qty, Spot(SUPPLIER), Spot(bins[place % len(bins)]), "receipt")
            for place, (sku, qty) in enumerate(units.items())
        ]
        self.do(ledger.post, By(), moves)

    def ignore_strays(self) -> int:
        """Ignore on purpose what the map lacks, and let the orders follow."""
        with self.store.read() as tx:
            catalogue = rewards.catalogue(tx, self.campaign)
            lacking = [each for each in shapes.seen(shapes.groups(tx, self.campaign), catalogue) if not each.known]
            rows = rewards.in_force(tx, self.campaign)
        new = RewardMap((*rows, *(MapRow(each.source, each.key, note=each.title) for each in lacking)))
        self.do(mapping.save, self.campaign, new, Edit(note="The late offer was withdrawn."))
        mapping.remap_all(self.store, self.settings, self.campaign)
        return len(lacking)

    def tick_all(self) -> int:
        """Find every configuration right."""
        every = self.do(shapes.configurations, self.campaign)
        return int(self.do(mapping.tick, By(), self.campaign, [each.shape for each in every]))

    def lock(self) -> int:
        """Lock content and address of what is clean."""
        ids = [row.id for row in self.rows(select(orders.c.id).where(orders.c.state == "clean"))]
        self.do(locking.lock_content, By(), ids)
        return int(self.do(locking.lock_address, By(), ids).changed)

    def release(self, segment: int, pilot: bool) -> Any:
        """Release through the gate what may go."""
        wish = gating.Wish(segment, pilot=pilot, ready_only=True)
        return gating.release(self.store, self.settings, By(), wish)

    def work(self) -> int:
        """Let a robot pick and pack the pilot, and a second person find every parcel right."""
        robots, other = [self.worker(name, station=place) for name, place in STATIONS], self.worker("Ben")
        lists = len(self.rows(select(table_of(PickList).c.id)))
        for flow in ("pick", *(("sort", "pack") * lists)):  # a wall holds one list until it is packed
            for robot in robots:
                robot.start(flow).finish(SCANS)
        codes = [row.code for row in self.rows(select(parcels.c.code).where(parcels.c.state != "void"))]
        for code in codes:
            self.do(proving.check, By(other.who.operator_id), code, True)
        return len(codes)


def story(size: int, platform: str, folder: Path) -> dict[str, Any]:
    """Go the whole way; return seconds and what came of it, step by step."""
    steps: dict[str, Any] = {}

    def step(name: str, work: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        came = work()
        steps[name] = {"seconds": round(time.perf_counter() - begun, 2), "came": came}
        print(
            f"{name:12} {steps[name]['seconds']:8.2f} s  {came if not hasattr(came, 'keys') else dict(came)}",
            flush=True,
        )
        return came

    campaign = invented_orders.invent(size, SEED)
    for name, data in invented_exports.files(campaign, SEED, platform=platform, edits=0, code="CQL1"):
        (folder / name).write_bytes(data)
    Hall.folder = folder
    hall = Hall(f"sqlite:///{folder}/hall.db", site=Site(country="US"))
    step("open", hall.open)
    step("import", hall.take_in)
    step("stock", lambda: hall.stock(campaign.units()))
    step("map", hall.ignore_strays)
    step("test picks", hall.tick_all)
    step("lock", hall.lock)
    segment = step("segment", lambda: hall.do(segmenting.everything, By(), hall.campaign))
    step("pilot", lambda: hall.release(segment, pilot=True))
    step("floor", hall.work)
    step("first wave", lambda: hall.release(segment, pilot=False))
    hall.store.close()
    return {"orders": size, "decisions": 6, "steps": steps}


def main() -> int:
    """Tell the story."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--platform", default="kickstarter", choices=sorted(invented_exports.PLATFORMS))
    parser.add_argument("--json", action="store_true", help="print the steps as JSON at the end")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = story(asked.orders, asked.platform, Path(folder))
    if asked.json:
        print(json.dumps(told, default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main())
