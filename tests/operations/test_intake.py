"""A backer report becomes orders; sent again, only what changed is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from backers import HOME, Campaign, backer
from sqlalchemy import select, update
from warehouse import Warehouse

from wms.db import table_of
from wms.errors import BadInput
from wms.formats.orders.rows import Rejected
from wms.formats.reward_map import RewardMap
from wms.models.campaigns import Import
from wms.models.items import Code, Item
from wms.models.orders import Order, OrderLine, Recipient
from wms.operations import mapping, master

orders, lines, imports, codes = table_of(Order), table_of(OrderLine), table_of(Import), table_of(Code)


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    for sku in ("CORE-RED", "SLEEVES", "COINS", "BUNDLE"):
        warehouse.item(sku)
    yield warehouse
    warehouse.store.close()


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house, Core="CORE-RED", Sleeves="SLEEVES", Bundle="BUNDLE")


def figures(house: Warehouse, import_id: int) -> tuple[int, int, int, int]:
    row = house.rows(select(imports).where(imports.c.id == import_id))[0]
    return row.rows, row.accepted, row.rejected, row.unchanged


def wanted(house: Warehouse, number: int) -> dict[str, int]:
    items = table_of(Item)
    joined = select(items.c.sku, lines.c.qty).join(items, items.c.id == lines.c.item_id)
    mine = joined.join(orders, orders.c.id == lines.c.order_id).where(orders.c.number == str(number))
    return {row.sku: row.qty for row in house.rows(mine)}


def test_a_row_becomes_an_order_with_lines_and_a_code(house: Warehouse, campaign: Campaign) -> None:
    campaign.take_in(backer(10482, "2 Core", "Sleeves"))
    order = campaign.order(10482)
    assert (order.state, order.units, order.code[:-1]) == ("held", 3, "OR-LNT1-10482-")
    assert wanted(house, 10482) == {"CORE-RED": 2, "SLEEVES": 1}
    named = house.rows(select(codes).where(codes.c.code == order.code))[0]
    assert (named.kind, named.ref, named.name) == ("order", order.id, "10482")


def test_every_row_is_accepted_rejected_or_unchanged(house: Warehouse, campaign: Campaign) -> None:
    bad = Rejected("report.csv", 9, "This row has 3 cells, the header has 20.", {"1": "x"})
    campaign.take_in(backer(1, "Core"))
    again = campaign.take_in(backer(1, "Core"), backer(2, "Core"), rejected=(bad,))
    assert figures(house, again) == (3, 1, 1, 1)


def test_the_same_item_as_item_and_as_addon_adds_up(house: Warehouse, campaign: Campaign) -> None:
    campaign.take_in(backer(1, "Core", "2 Core"))
    assert wanted(house, 1) == {"CORE-RED": 3}


def test_a_kit_is_taken_apart(house: Warehouse, campaign: Campaign) -> None:
    house.do(master.set_kit, "BUNDLE", {"CORE-RED": 1, "COINS": 2})
    campaign.take_in(backer(1, "2 Bundle", "Core"))
    assert wanted(house, 1) == {"CORE-RED": 3, "COINS": 4}


def test_a_text_too_long_for_its_column_rejects_the_row_with_the_figures(house: Warehouse, campaign: Campaign) -> None:
    long = replace(HOME, line1="x" * 201)
    import_id = campaign.take_in(backer(1, "Core", recipient=long))
    row = house.rows(select(imports).where(imports.c.id == import_id))[0]
    assert row.rejected == 1
    assert "line1 has 201 characters; 200 fit." in row.problems


def test_a_changed_row_updates_an_order_that_is_not_released(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"))
    import_id = campaign.take_in(backer(1, "3 Core", recipient=replace(HOME, city="Wien", postal_code="1010")))
    assert figures(house, import_id) == (1, 1, 0, 0)
    assert wanted(house, 1) == {"CORE-RED": 3}
    assert [row.city for row in house.rows(select(table_of(Recipient)))] == ["Wien"]


def test_a_changed_row_of_a_released_order_holds_it_and_changes_nothing(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"))
    force(house, "released")
    for _ in range(2):
        campaign.take_in(backer(1, "2 Core"))
    assert wanted(house, 1) == {"CORE-RED": 1}
    assert (campaign.state(1), campaign.holds(1)) == ("released", ["CHANGED_AFTER_LOCK"])


def test_a_row_that_is_missing_now_holds_its_order_and_lets_it_go_when_it_is_back(campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"), backer(2, "Core"))
    campaign.review(backer(1, "Core"))
    assert (campaign.state(2), campaign.holds(2)) == ("held", ["CANCELLED_UPSTREAM"])
    campaign.review(backer(1, "Core"), backer(2, "Core"))
    assert (campaign.state(2), campaign.holds(2)) == ("clean", [])


def test_a_rejected_row_does_not_make_its_order_missing(campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"))
    campaign.take_in(rejected=(Rejected("report.csv", 2, "Too short.", {"1": "1"}),))
    assert campaign.holds(1) == []


def test_a_new_map_gives_unreleased_orders_other_lines(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"))
    campaign.map(Core="COINS")
    assert wanted(house, 1) == {"COINS": 1}


def test_a_map_with_unknown_skus_is_refused_naming_all(house: Warehouse, campaign: Campaign) -> None:
    rows = RewardMap.of({("item", "core"): (("NOPE", 1),), ("item", "x"): (("NADA", 1),)})
    with pytest.raises(BadInput, match="NADA, NOPE"):
        house.do(mapping.set_rewards, campaign.id, rows)


def force(house: Warehouse, state: str) -> None:
    def write(tx: Any) -> None:
        tx.execute(update(orders).values(state=state))

    house.do(write)
