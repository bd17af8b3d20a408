"""Invented backers for tests: export rows, a campaign with its reward map, orders on their way through the house."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.formats.orders.rows import ExportItem, ExportOrder, OrderFile, Recipient, Rejected
from wms.formats.reward_map import RewardMap
from wms.models.orders import Hold, Order
from wms.operations import intake, mapping, reviewing, waving
from wms.operations.ledger import By

orders, holds = table_of(Order), table_of(Hold)
HOME = Recipient("Mira Sample", "Example Street 5", "", "Graz", "", "8010", "AT", "+43 316 872 0")


def backer(number: int, *wanted: str, **facts: Any) -> ExportOrder:
    """A row of a report: a paid, answered order of items written "Core" or "3 Core"."""
    items = []
    for text in wanted:
        qty, _, key = text.rpartition(" ")
        items.append(ExportItem("item", key, key, int(qty or 1)))
    own = {"name": f"Mira Sample{number}", "line1": f"Example Street {number}", "phone": f"+43 316 872{number:03d}"}
    to = replace(HOME, **own)
    row = ExportOrder(
        number=str(number), uid=f"u{number}", name=f"mira{number}", email=f"mira{number}@example.test",
        reward_id="", reward_title="Keeper", items=tuple(items), pledge_status="collected", survey_answered=True,
        notes="", delivery_notes="", amount=Decimal(50), currency="EUR", pledged_at=None, late=False,
        shipping_country="AT", recipient=to, file="report.csv", line=number + 1,
        header=("Backer Number",), cells=(str(number),),
    )  # fmt: skip
    return replace(row, **facts)


def report(*rows: ExportOrder, rejected: tuple[Rejected, ...] = ()) -> OrderFile:
    """A read report."""
    return OrderFile("kickstarter_2025", rows, rejected, ())


class Campaign:
    """A campaign of a warehouse: each item SKU is what backers call it in the report."""

    def __init__(self, warehouse: Warehouse, **rewards: str) -> None:
        self.warehouse = warehouse
        self.id = warehouse.do(intake.add_campaign, warehouse.owner, "LNT1", "Lanternworks")
        self.map(**rewards)

    def map(self, **rewards: str) -> None:
        """Map what backers chose to SKUs: Core="CORE-RED"."""
        entries = {("item", key.casefold()): ((sku, 1),) for key, sku in rewards.items()}
        self.warehouse.do(mapping.set_rewards, self.id, RewardMap.of(entries))

    def take_in(self, *rows: ExportOrder, rejected: tuple[Rejected, ...] = ()) -> int:
        """Import a report without a review; returns the import's id."""
        paper = intake.Paper("report.csv", "0" * 64)
        return int(self.warehouse.do(intake.import_orders, By(), self.id, report(*rows, rejected=rejected), paper))

    def review(self, *rows: ExportOrder) -> None:
        """Import rows and review all orders."""
        self.take_in(*rows)
        self.warehouse.do(reviewing.review)

    def state(self, number: int) -> str:
        """The state of an order."""
        return str(self.order(number).state)

    def order(self, number: int) -> Any:
        """An order's row."""
        return self.warehouse.rows(select(orders).where(orders.c.number == str(number)))[0]

    def holds(self, number: int) -> list[str]:
        """The codes of an order's open holds."""
        mine = select(holds.c.code).join(orders, orders.c.id == holds.c.order_id)
        where = (orders.c.number == str(number), holds.c.cleared_at.is_(None))
        return [row.code for row in self.warehouse.rows(mine.where(*where).order_by(holds.c.code))]

    def release(self, **choice: Any) -> waving.Released:
        """Release what can go."""
        return waving.release_all(self.warehouse.store, self.warehouse.settings, By(), **choice)
