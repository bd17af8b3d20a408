"""Orders whose truck leaves soon are on the first lists, together, when they would miss it otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from backers import HOME, Campaign, backer
from sqlalchemy import select
from warehouse import Warehouse

from wms import clock
from wms.db import table_of
from wms.formats.orders.rows import ExportOrder
from wms.models.orders import Order
from wms.models.outbound import ListOrder, PickList
from wms.models.shipping import Carrier
from wms.operations import master
from wms.settings import Planning, Release

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
lists, slots, orders = table_of(PickList), table_of(ListOrder), table_of(Order)
ROWS = select(slots.c.list_id, orders.c.country).join(orders, orders.c.id == slots.c.order_id)
SKUS = ("Core", "Pin", "Mug", "Tea")


@pytest.fixture
def campaign(database_url: str) -> Iterator[Campaign]:
    clock.freeze(NOON)
    release = Release(totes_max=4, shape_orders_min=0, wall_slots=0)
    house = Warehouse(database_url, release=release, planning=Planning(people=2))
    for number, name in enumerate(SKUS):
        place = f"B-{number + 1:02d}-1"
        house.places[place] = house.do(
            master.add_location, place, "bin", zone="B", aisle=str(number + 1), x_mm=20_000 * number
        )
        house.put(place, house.item(name.upper()), 50)
    house.do(master.add, table_of(Carrier), code="POST", name="Post", countries="*")
    yield Campaign(house, **{name: name.upper() for name in SKUS})
    clock.freeze(None)
    house.store.close()


def order(number: int, sku: str, far: bool) -> ExportOrder:
    """Two units for Graz, or for Berlin."""
    if not far:
        return backer(number, f"2 {sku}")
    there = replace(HOME, line1=f"Example Street {number}", city="Berlin", postal_code="10115", country_code="DE")
    there = replace(there, phone=f"+49 30 9018200{number}")
    return backer(number, f"2 {sku}", recipient=there, shipping_country="DE")


def crossed(campaign: Campaign) -> None:
    """Eight orders: each for Graz is like one for Berlin, so that short walks put them together."""
    campaign.review(*(order(2 * n + far, sku, bool(far)) for n, sku in enumerate(SKUS) for far in (0, 1)))


def countries(campaign: Campaign) -> dict[int, set[str]]:
    """Return list -> where its orders go."""
    found: dict[int, set[str]] = {}
    for row in campaign.warehouse.rows(ROWS.order_by(slots.c.list_id)):
        found.setdefault(row.list_id, set()).add(row.country)
    return found


def truck(campaign: Campaign, leaves: str) -> None:
    campaign.warehouse.do(master.add, table_of(Carrier), code="ALP", name="Alpine", countries="AT", cutoff=leaves)


def test_lists_are_made_for_short_walks_when_no_truck_is_known(campaign: Campaign) -> None:
    crossed(campaign)
    campaign.release(pilot=False)
    assert [len(each) for each in countries(campaign).values()] == [2, 2]


def test_orders_that_would_miss_their_truck_come_together_on_the_first_list(campaign: Campaign) -> None:
    truck(campaign, "12:07")
    crossed(campaign)
    campaign.release(pilot=False)
    assert list(countries(campaign).values()) == [{"AT"}, {"DE"}]
    due = campaign.warehouse.rows(select(lists.c.due_at).order_by(lists.c.id))
    assert [row.due_at for row in due] == [NOON + timedelta(minutes=7), None]
