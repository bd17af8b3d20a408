"""The office's pages of stock: a list with filters, and an item, a bin and a plate with their timeline."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from delivery import announce, line, receiver
from warehouse import Warehouse

from wms.queries import lookup
from wms.queries.lookup import Filters


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def skus(house: Warehouse, **filters: str) -> list[str]:
    with house.store.read() as tx:
        return [row.sku for row in lookup.stock_list(tx, Filters(**filters)).rows]


def test_the_stock_list_is_filtered_by_text_condition_and_kind_of_place(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 5)
    house.put("Q1", house.item("DICE"), 2, condition="damaged")
    assert skus(house) == ["CORE-RED", "DICE"]
    assert skus(house, text="core") == ["CORE-RED"]
    assert skus(house, condition="damaged") == ["DICE"]
    assert skus(house, place_kind="bin", owner="LNT") == ["CORE-RED"]
    assert skus(house, text="100%_") == []


def test_the_stock_list_comes_in_pages_with_the_total(house: Warehouse) -> None:
    for number in range(53):
        house.put("A-01-1", house.item(f"SKU-{number:02}"), 1)
    with house.store.read() as tx:
        page = lookup.stock_list(tx, Filters(), 2)
    assert ([row.sku for row in page.rows], page.total) == (["SKU-50", "SKU-51", "SKU-52"], 53)


def test_an_item_page_has_totals_and_a_timeline(house: Warehouse) -> None:
    red = house.item("CORE-RED", cases=[("CASE-6", 6)])
    house.put("A-01-1", red, 5)
    house.put("Q1", red, 2, condition="damaged")
    with house.store.read() as tx:
        page = lookup.item_page(tx, red)
        assert lookup.item_page(tx, 999) is None
    assert page
    assert page["totals"] == {"available": 5, "damaged": 2, "reserved": 0, "free": 5}
    assert [(row.qty, row.target) for row in page["timeline"]] == [(2, "Q1"), (5, "A-01-1")]
    assert [row.qty for row in page["packagings"]] == [6]


def test_a_bin_and_a_plate_have_pages(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 4),))
    receiver(house).start("receive").finish()
    with house.store.read() as tx:
        dock = lookup.bin_page(tx, house.places["D1"])
        assert dock
        plate = lookup.lpn_page(tx, dock["stock"][0].lpn_id)
    assert plate
    assert (plate["lpn"].place, plate["lpn"].receipt, plate["lpn"].carton) == ("D1", "PL-1", "1")
    assert plate["timeline"][0].operator == "Rosa"
