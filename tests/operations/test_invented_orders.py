"""An invented campaign as its files: opened, imported and reviewed, and every dirty order is found for what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.formats import invented_exports
from wms.formats.invented_orders import Campaign, invent
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderLine
from wms.operations import mapping, onboarding
from wms.operations.ledger import By
from wms.operations.staging import Request

orders, holds, lines, items = table_of(Order), table_of(Hold), table_of(OrderLine), table_of(Item)
SIZE, SEED = 300, 11


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return invent(SIZE, SEED)


@pytest.fixture(scope="module")
def house(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    warehouse = opened(campaign, tmp_path_factory.mktemp("invented"), "kickstarter")
    yield warehouse
    warehouse.store.close()


def opened(campaign: Campaign, folder: Path, platform: str) -> Warehouse:
    """A warehouse with the campaign's goods, its map and its orders."""
    for name, data in invented_exports.files(campaign, SEED, platform=platform, edits=12, code="CQL1"):
        (folder / name).write_bytes(data)
    warehouse = Warehouse(f"sqlite:///{folder}/house.db")
    warehouse.folder = folder
    onboarding.open_goods(warehouse.store, folder)
    warehouse.campaign = onboarding.open_campaign(warehouse.store, folder)
    take_in(warehouse, "orders.csv")
    return warehouse


def take_in(house: Warehouse, name: str) -> dict[str, int]:
    folder: Path = house.folder
    request = Request(house.campaign, "orders.csv", (folder / name).read_bytes())
    return onboarding.import_report(house.store, house.settings, By(), request)


def found(house: Warehouse) -> dict[str, set[str]]:
    """Order number -> codes of its open holds."""
    joined = select(orders.c.number, holds.c.code).join(orders, orders.c.id == holds.c.order_id)
    told = defaultdict(set)
    for row in house.rows(joined.where(holds.c.cleared_at.is_(None))):
        told[row.number].add(row.code)
    return told


def test_every_dirty_order_is_held_for_its_reason_and_no_clean_one(house: Warehouse, campaign: Campaign) -> None:
    assert found(house) == {str(each.serial): set(each.holds) for each in campaign.backers if not each.clean}
    assert set(campaign.holds) >= {"SURVEY_MISSING", "ADDRESS_INVALID", "ADDRESS_WARN", "DUPLICATE", "SKU_UNMAPPED"}


@pytest.mark.parametrize("platform", ["backerkit", "shopify"])
def test_the_same_orders_in_another_platforms_file_are_judged_alike(tmp_path: Path, platform: str) -> None:
    few = invent(120, SEED)
    house = opened(few, tmp_path, platform)
    wanted = {str(each.serial): set(invented_exports.held(each, platform)) for each in few.backers if not each.clean}
    told = found(house)
    house.store.close()
    assert told == wanted


def test_every_clean_order_has_exactly_what_was_chosen(house: Warehouse, campaign: Campaign) -> None:
    joined = select(orders.c.number, items.c.sku, lines.c.qty).join(lines, lines.c.order_id == orders.c.id)
    made: dict[str, dict[str, int]] = defaultdict(dict)
    for row in house.rows(joined.join(items, items.c.id == lines.c.item_id)):
        made[row.number][row.sku] = row.qty
    wanted = invented_exports.contents(campaign)
    clean = [str(each.serial) for each in campaign.backers if each.clean]
    assert {number: made[number] for number in clean} == {number: wanted[number] for number in clean}


def test_orders_that_were_imported_follow_the_map(house: Warehouse) -> None:
    assert house.do(mapping.behind, house.campaign) == 0
    assert mapping.remap_all(house.store, house.settings, house.campaign) == 0


def test_the_same_file_again_changes_nothing_and_a_later_one_its_edits(house: Warehouse) -> None:
    assert take_in(house, "orders.csv")["unchanged"] == SIZE
    later = take_in(house, "orders_later.csv")
    assert (later["unchanged"], later["orders"]) == (SIZE - 12 - 1, 12)


def test_the_same_seed_gives_the_same_campaign_and_another_seed_another() -> None:
    assert invent(60, 5) == invent(60, 5)
    assert invented_exports.export(invent(60, 5)) != invented_exports.export(invent(60, 6))


@pytest.mark.parametrize(("size", "skus", "countries"), [(600, 12, 35), (10_000, 40, 60)])
def test_a_campaign_has_the_shape_of_a_real_one(size: int, skus: int, countries: int) -> None:
    campaign = invent(size, SEED)
    assert len(campaign.wares.goods) == skus
    assert len({each.land.code for each in campaign.backers}) == countries
    common = sorted((count for count in counted(campaign)), reverse=True)
    assert 0.55 < sum(common[:5]) / size < 0.65
    assert 0.08 < sum(not each.clean for each in campaign.backers) / size < 0.14


def counted(campaign: Campaign) -> list[int]:
    """How many orders chose each configuration."""
    told: dict[object, int] = defaultdict(int)
    for each in campaign.backers:
        told[each.choice] += 1
    return list(told.values())
