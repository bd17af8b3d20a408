"""Released orders become lists that know their truck, are walked as the site likes, and are made for its walls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from backers import HOME, Campaign, backer
from sqlalchemy import select
from warehouse import Warehouse

from wms import clock
from wms.db import table_of
from wms.formats.orders.rows import ExportOrder
from wms.models.items import Item
from wms.models.outbound import Pick, PickList
from wms.models.shipping import Carrier
from wms.operations import master, picking, touring
from wms.operations.ledger import By
from wms.queries import wall
from wms.settings import Layout, Release

lists, picks, items = table_of(PickList), table_of(Pick), table_of(Item)


@pytest.fixture
def house(tmp_path: object) -> Iterator[Warehouse]:
    clock.freeze(datetime(2027, 3, 1, 10, tzinfo=UTC))
    warehouse = Warehouse(f"sqlite:///{tmp_path}/floor.db", release=Release(walking_style="s_shape"))
    for place, sku in (("A-02-1", "CORE-RED"), ("A-01-1", "SLEEVES")):
        warehouse.put(place, warehouse.item(sku), 5)
    for code, countries, cutoff in (("EARLY", "AT", "12:00"), ("LATE", "*", "18:00")):
        warehouse.do(master.add, table_of(Carrier), code=code, name=code, countries=countries, cutoff=cutoff)
    yield warehouse
    warehouse.store.close()
    clock.freeze(None)


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house, Core="CORE-RED", Sleeves="SLEEVES")


def abroad(number: int) -> ExportOrder:
    """An order that goes with the late truck."""
    there = replace(HOME, city="Berlin", postal_code="10115", country_code="DE", phone="+49 30 901820")
    return backer(number, "Core", recipient=there, shipping_country="DE")


def test_a_list_knows_when_its_first_truck_leaves(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "2 Core", "Sleeves"))
    campaign.release(pilot=False)
    (row,) = house.rows(select(lists.c.due_at, lists.c.walk_mm))
    assert row.due_at == datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert row.walk_mm > 0


def test_the_list_for_the_first_truck_is_picked_before_those_of_older_waves(
    house: Warehouse, campaign: Campaign
) -> None:
    campaign.review(abroad(1))
    campaign.release(pilot=False)
    campaign.review(abroad(1), backer(2, "Core"))
    campaign.release(pilot=False)
    assert [house.do(picking.claim_next, By()) for _ in range(3)] == [2, 1, None]


@pytest.mark.parametrize(
    ("start", "end", "skus"), [("C-01", "S1", "SLEEVES CORE-RED"), ("S1", "C-01", "CORE-RED SLEEVES")]
)
def test_a_walk_leads_from_the_sites_start_to_its_end(
    house: Warehouse, campaign: Campaign, start: str, end: str, skus: str
) -> None:
    house.settings = house.settings.model_copy(update={"layout": Layout(start=start, end=end), "release": Release()})
    campaign.review(backer(1, "Core", "Sleeves"), backer(2, "Core", "Sleeves"))
    campaign.release(pilot=False)
    walk = house.rows(select(picks.c.seq, items.c.sku).join(items, items.c.id == picks.c.item_id).distinct())
    assert [row.sku for row in sorted(walk)] == skus.split()
    assert house.rows(select(lists.c.walk_mm)) == [(6_000 + 3 * 2_000,)]  # across, and three times out of an aisle


def test_as_many_orders_are_sorted_at_once_as_the_largest_wall_has_slots(house: Warehouse) -> None:
    for number in range(3):
        facts = {"zone": "A", "station_id": house.places["P1"]}
        house.do(master.add_location, f"W-{number}", "slot", **facts)
    with house.store.read() as tx:
        assert wall.size(tx) == 3
        assert touring.problem(tx, house.settings, []).wall_slots == 3
