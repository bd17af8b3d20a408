"""Looking up: any label says what it is, where it is, how many there are and what happened last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from delivery import announce, line, plates, receiver
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.models.inbound import Receipt
from wms.operations import ledger


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def test_an_item_shows_its_places_and_what_is_reserved(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    house.put("A-02-1", red, 5)
    house.do(ledger.allocate, {(house.places["A-01-1"], 0, red, 0, "available"): 3})
    rosa = receiver(house).scan("CORE-RED").sees("CORE-RED: 17 units, 3 reserved")
    assert [row["label"] for row in rosa.answer["lines"]][:2] == ["A-01-1, 3 reserved", "A-02-1"]


def test_leaving_the_look_up_is_no_success_to_be_told(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    receiver(house).start("lookup").sees("Scan anything").scan("F1").hears("ok", "").sees("Choose a job")


def test_a_bin_shows_its_content_and_its_last_moves(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    rosa = receiver(house).start("lookup").follow().sees("A-01-1: 12 units")
    content, move = rosa.answer["lines"]
    assert (content["sku"], content["qty"], move["label"]) == ("CORE-RED", 12, "move")
    assert "receipt: SUPPLIER → A-01-1" in move["name"]


def test_an_empty_bin_says_so(house: Warehouse) -> None:
    receiver(house).start("lookup").scan(house.code("A-02-3")).sees("A-02-3: empty")


def test_a_plate_a_tote_a_badge_and_a_receipt_are_explained(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 4),))
    rosa = receiver(house).start("receive").finish().start("lookup")
    code = house.rows(select(table_of(Receipt).c.code))[0].code
    rosa.scan(plates(house)[0]).sees("4 units").scan(house.tote("C-01")).sees("empty").scan(code).sees("PL-1: closed")


def test_quarantined_goods_are_marked(house: Warehouse) -> None:
    house.put("Q1", house.item("CORE-RED"), 2, condition="damaged")
    rosa = receiver(house).start("lookup").scan("CORE-RED")
    assert rosa.answer["lines"][0]["label"] == "Q1, damaged"


def test_an_unknown_code_is_refused_and_the_key_ends_the_lookup(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 1)
    rosa = receiver(house).start("lookup").scan("NOBODY-KNOWS").hears("stop", "Unknown code")
    assert rosa.follow().follow().answer["task"] is None
