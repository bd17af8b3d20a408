"""New orders are mapped and judged before they are written: what comes of it is what the review would say."""

from __future__ import annotations

from typing import Any

import pytest
from backers import Campaign
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from warehouse import Warehouse

from wms.db import table_of
from wms.models.campaigns import Import
from wms.models.items import Code
from wms.models.orders import Hold, Order, OrderEvent, OrderLine, Recipient
from wms.operations import importing, mapping, reviewing, staging
from wms.operations.importing import Step
from wms.operations.ledger import By
from wms.operations.pouring import pour
from wms.operations.staging import Request

codes, imports = table_of(Code), table_of(Import)
tables = [table_of(model) for model in (Order, Recipient, Hold, OrderEvent)]
HEADER = (
    "Order #,Recipient Full Name,Recipient Email,Recipient Phone,Address Line 1,City,State,Postal Code,Country Code,"
    "Item SKU,Item Quantity"
)


def line(number: int, sku: str = "CORE-RED", **other: str) -> str:
    cells = {
        "number": str(number), "name": f"Mira Sample{number}", "mail": f"mira{number}@example.test",
        "phone": f"+43 316 872{number}", "street": f"Example Street {number}", "place": "Graz,,8010,AT",
    } | other  # fmt: skip
    return ",".join((*cells.values(), sku, "1"))


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house)


def take(campaign: Campaign, *lines: str, whole: bool = True) -> None:
    data = "\n".join([HEADER, *lines]).encode()
    request = Request(campaign.id, "orders.csv", data, whole=whole)
    importing.take(campaign.warehouse.store, campaign.warehouse.settings, By(), request)


def everything(house: Warehouse) -> list[list[Any]]:
    return [[tuple(row) for row in house.rows(select(table).order_by(table.c.id))] for table in tables]


def test_the_review_after_an_import_finds_nothing_to_add(house: Warehouse, campaign: Campaign) -> None:
    doubtful = line(3, street="Nowhere"), line(4, phone="123"), line(5, sku="LOST"), line(6, place="Graz,,ABC,AT")
    take(campaign, line(1), line(2), *doubtful, line(7, mail="mira1@example.test"))
    before = everything(house)
    assert [row.code for row in house.rows(select(table_of(Hold)).order_by(table_of(Hold).c.order_id))]
    reviewing.review_in_parts(house.store, house.settings)
    assert everything(house) == before


def test_an_import_finds_the_twin_of_an_order_that_was_there(campaign: Campaign) -> None:
    take(campaign, line(1), line(2))
    assert (campaign.state(1), campaign.state(2)) == ("clean", "clean")
    take(campaign, line(3, mail="mira1@example.test"), whole=False)
    assert (campaign.holds(1), campaign.holds(2), campaign.holds(3)) == (["DUPLICATE"], [], ["DUPLICATE"])


def test_a_map_saved_between_the_judging_and_the_writing_counts(house: Warehouse, campaign: Campaign) -> None:
    data = "\n".join([HEADER, line(1, sku="Box")]).encode()
    import_id = staging.draft(house.store, By(), Request(campaign.id, "orders.csv", data))
    house.do(staging.start, import_id)
    house.do(lambda tx: tx.execute(update(imports).values(state="applying", orders=1)))
    desk = importing.Desk(house.store, house.settings)
    sieve = desk.read(lambda tx: importing.sieve_for(tx, staging.row_of(tx, import_id), house.settings))
    rows = fresh_rows(house, import_id, sieve)
    ready = importing.made_ready(desk, sieve, rows)
    assert ready["1"].meant.doubts
    house.do(mapping.set_rewards, campaign.id, mapping.RewardMap.of({("sku", "box"): (("COINS", 2),)}))
    house.do(importing.apply, import_id, Step(0, rows, ready), sieve)
    assert [row.qty for row in house.rows(select(table_of(OrderLine)))] == [2]
    assert campaign.holds(1) == []


def fresh_rows(house: Warehouse, import_id: int, sieve: Any) -> list[Any]:
    with house.store.read() as tx, importing.tempfile.TemporaryFile() as paper:
        spool = importing.Spool(paper)
        importing.read(importing.Desk(house.store, house.settings, tx), staging.row_of(tx, import_id), sieve, spool)
        return [row for row, _ in spool.rows()]


@pytest.mark.parametrize("count", [2, 40])
def test_rows_that_are_poured_have_what_the_model_gives_and_keep_its_rules(house: Warehouse, count: int) -> None:
    def write(tx: Any) -> None:
        pour(tx, codes, ("code", "ref"), ((f"X-{n}", n) for n in range(count)), kind="order")

    house.do(write)
    rows = house.rows(select(codes).where(codes.c.kind == "order").order_by(codes.c.ref))
    assert [(row.code, row.qty, row.name) for row in rows[:2]] == [("X-0", 1, ""), ("X-1", 1, "")]
    with pytest.raises(IntegrityError):
        house.do(write)
    assert len(rows) == count
