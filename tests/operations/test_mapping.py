"""The reward map in versions: orders follow it, locked ones are told, and people see what it would do before."""

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
from wms.formats.reward_map import MapRow, RewardMap
from wms.models.items import Item
from wms.models.orders import Order, OrderLine
from wms.operations import jobs, mapping, master
from wms.operations.ledger import By
from wms.operations.mapping import Edit
from wms.queries import shapes

orders, lines, items = table_of(Order), table_of(OrderLine), table_of(Item)


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    for sku in ("CORE", "PIN", "COINS", "BOX"):
        warehouse.item(sku)
    yield warehouse
    warehouse.store.close()


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    found = Campaign(house, Core="CORE", Coins="COINS")
    found.review(backer(1, "Core"), backer(2, "Core", "2 Coins"), backer(3, "Core", "Poster"))
    return found


def wanted(house: Warehouse, number: int) -> dict[str, int]:
    joined = select(items.c.sku, lines.c.qty).join(items, items.c.id == lines.c.item_id)
    mine = joined.join(orders, orders.c.id == lines.c.order_id).where(orders.c.number == str(number))
    return {row.sku: row.qty for row in house.rows(mine)}


def save(campaign: Campaign, *rows: MapRow, **edit: Any) -> int:
    return int(campaign.warehouse.do(mapping.save, campaign.id, RewardMap(rows), Edit(**edit)))


def follow(campaign: Campaign) -> int:
    house = campaign.warehouse
    return mapping.remap_all(house.store, house.settings, campaign.id)


CORE, COINS = MapRow("item", "Core", "CORE"), MapRow("item", "Coins", "COINS")


def test_every_save_is_a_version_and_the_same_map_again_is_none(campaign: Campaign) -> None:
    assert save(campaign, CORE, note="less") == 2
    assert save(campaign, CORE) == 2
    found = campaign.warehouse.do(shapes.history, campaign.id)
    assert [(row.version, row.note) for row in found] == [(2, "less"), (1, "")]


def test_going_back_is_a_new_version(campaign: Campaign) -> None:
    save(campaign, CORE)
    assert campaign.warehouse.do(mapping.restore, campaign.id, 1, By()) == 3
    assert len(campaign.warehouse.do(mapping.version_rows, campaign.id, 3).rows) == 2


def test_a_map_made_from_an_older_version_is_refused(campaign: Campaign) -> None:
    save(campaign, CORE)
    with pytest.raises(mapping.MapChanged):
        save(campaign, COINS, base=1)


def test_an_sku_of_another_creator_is_unknown(house: Warehouse, campaign: Campaign) -> None:
    other = house.do(master.add_owner, "OTH", "Other")
    house.do(master.add_item, other, "THEIRS", name="Theirs")
    with pytest.raises(BadInput, match="THEIRS"):
        save(campaign, MapRow("item", "Core", "THEIRS"))


def test_orders_follow_and_know_the_version_of_their_lines(house: Warehouse, campaign: Campaign) -> None:
    save(campaign, CORE, replace(COINS, qty=3), MapRow("item", "Poster", "-"))
    assert house.do(mapping.behind, campaign.id) == 3
    assert follow(campaign) == 1
    assert (wanted(house, 2), campaign.order(2).map_version) == ({"CORE": 1, "COINS": 6}, 2)
    assert (campaign.state(3), campaign.holds(3), house.do(mapping.behind, campaign.id)) == ("clean", [], 0)


def test_a_remapping_that_was_stopped_goes_on(monkeypatch: pytest.MonkeyPatch, campaign: Campaign) -> None:
    monkeypatch.setattr(mapping, "PART", 1)
    save(campaign, replace(CORE, sku="BOX"), COINS)
    catalogue = campaign.warehouse.do(shapes.maps.catalogue, campaign.id)
    first = campaign.warehouse.do(mapping.remap_part, campaign.id, catalogue)
    assert (len(first.changed), follow(campaign)) == (1, 2)


def test_the_worker_lets_orders_follow(house: Warehouse, campaign: Campaign) -> None:
    save(campaign, replace(CORE, sku="BOX"), COINS)
    house.do(jobs.enqueue, "remap", {"campaign": campaign.id}, None, "remap:1")
    assert jobs.run_once(house.store, house.settings)
    assert wanted(house, 1) == {"BOX": 1}


def test_what_a_backer_answered_is_part_of_what_was_chosen() -> None:
    facts = {"items": [["item", "Shirt", "Shirt", 1]], "answers": {"Size": "M", "Heard of us": "No response"}}
    assert shapes.maps.chosen(facts) == [("item", "Shirt", "Shirt", 1), ("answer", "Size=M", "Size", 1)]


def test_the_content_of_a_locked_order_stays_and_it_is_held_until_it_may_follow(house: Warehouse, campaign: Campaign):
    lock(house, 2)
    save(campaign, replace(CORE, sku="BOX"), COINS)
    follow(campaign)
    assert wanted(house, 2) == {"CORE": 1, "COINS": 2}
    assert (campaign.order(2).map_version, campaign.holds(2)) == (1, ["CHANGED_AFTER_LOCK"])
    unlock(house)
    follow(campaign)
    assert (wanted(house, 2), campaign.holds(2)) == ({"BOX": 1, "COINS": 2}, [])


def test_a_pin_for_these_tiers_is_one_step_with_its_figures_before(house: Warehouse, campaign: Campaign) -> None:
    rows = RewardMap((CORE, COINS, MapRow("item", "Poster", "-")))
    more = mapping.appended(rows, [("item", "core"), ("item", "poster")], "PIN", 2)
    assert [(row.key, row.sku, row.qty) for row in more.rows] == [
        *(("Core", "CORE", 1), ("Coins", "COINS", 1), ("Core", "PIN", 2), ("Poster", "PIN", 2))
    ]
    lock(house, 1)
    found = house.do(mapping.impact, campaign.id, more)
    assert (found.orders, found.fixed, found.units, found.lacking) == (2, 1, {"PIN": 6}, (1, 0))


def test_another_country_gets_another_sku(house: Warehouse, campaign: Campaign) -> None:
    abroad = replace(HOME, country_code="US", state="MA", postal_code="02108", city="Boston")
    campaign.review(
        backer(1, "Core"), backer(2, "Core", "2 Coins"), backer(3, "Core"), backer(4, "Core", recipient=abroad)
    )
    save(campaign, CORE, MapRow("item", "Core", "BOX", region="US CA"), COINS)
    assert house.do(mapping.impact, campaign.id, RewardMap((CORE, COINS))).units == {"BOX": -1, "CORE": 1}
    follow(campaign)
    assert (wanted(house, 4), wanted(house, 1)) == ({"BOX": 1}, {"CORE": 1})


def test_every_key_that_orders_have_is_shown_unmapped_first(house: Warehouse, campaign: Campaign) -> None:
    def look(tx: Any) -> list[tuple[str, int, int, bool]]:
        found = shapes.seen(shapes.groups(tx, campaign.id), shapes.maps.catalogue(tx, campaign.id))
        return [(each.key, each.orders, each.pieces, each.known) for each in found]

    mapping.remap_all(house.store, house.settings, campaign.id)
    assert look_at(house, look) == [("Poster", 1, 1, False), ("Core", 3, 3, True), ("Coins", 1, 2, True)]


def test_a_tick_falls_away_when_the_map_changes_the_configuration(house: Warehouse, campaign: Campaign) -> None:
    follow(campaign)
    found = house.do(shapes.configurations, campaign.id)
    assert [(each.count, each.clean) for each in found] == [(1, 1), (1, 1), (1, 0)]
    house.do(mapping.tick, By(), campaign.id, [each.shape for each in found])
    assert house.do(mapping.untested, campaign.id) == []
    save(campaign, CORE, replace(COINS, qty=2))
    follow(campaign)
    assert [row.n for row in house.do(mapping.untested, campaign.id)] == [1]


def test_a_file_that_names_our_skus_needs_no_map(house: Warehouse, campaign: Campaign) -> None:
    catalogue = house.do(shapes.maps.catalogue, campaign.id)
    sku = [("sku", "core", "Core game", 2), ("sku", "NOPE", "Nope", 1)]
    assert list(catalogue.lines(sku).values()) == [2]
    assert catalogue.unmapped(sku) == [sku[1]]


def look_at(house: Warehouse, work: Any) -> Any:
    with house.store.read() as tx:
        return work(tx)


def lock(house: Warehouse, number: int) -> None:
    mine = update(orders).where(orders.c.number == str(number))
    house.do(lambda tx: tx.execute(mine.values(content_locked_at=tx.now)).rowcount)


def unlock(house: Warehouse) -> None:
    house.do(lambda tx: tx.execute(update(orders).values(content_locked_at=None)).rowcount)
