"""Release takes goods by the strategy of the site, and from where a list passes anyway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from backers import Campaign, backer
from sqlalchemy import select
from warehouse import Warehouse

from wms import clock
from wms.db import table_of
from wms.models.outbound import Pick
from wms.models.places import Location
from wms.operations import master
from wms.settings import Release

picks, locations = table_of(Pick), table_of(Location)
NAMES = select(locations.c.name).join(picks, picks.c.location_id == locations.c.id).order_by(picks.c.seq, picks.c.id)


def strategic(url: str, strategy: str) -> Warehouse:
    return Warehouse(url, release=Release(allocation=strategy, shape_orders_min=0))  # type: ignore[arg-type]


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = strategic(database_url, "fefo")
    for name, aisle, y_mm in (("B-09-1", "9", 0), ("B-09-2", "9", 1000), ("B-01-1", "1", 9000)):
        facts = {"zone": "B", "aisle": aisle, "x_mm": int(aisle) * 5000, "y_mm": y_mm}
        warehouse.places[name] = warehouse.do(master.add_location, name, "bin", **facts)
    yield warehouse
    warehouse.store.close()


def released_from(house: Warehouse, *orders: tuple[str, ...]) -> list[str]:
    """Release orders and return the places that are picked, in their order."""
    campaign = Campaign(house, Core="CORE", Pin="PIN")
    campaign.review(*(backer(number, *wanted) for number, wanted in enumerate(orders, start=1)))
    campaign.release(pilot=False)
    return [row.name for row in house.rows(NAMES)]


def test_an_item_in_two_places_is_taken_where_the_list_passes_anyway(house: Warehouse) -> None:
    core, pin = house.item("CORE"), house.item("PIN")
    house.put("B-01-1", core, 3)
    house.put("B-09-1", core, 9)
    house.put("B-09-2", pin, 5)
    assert sorted(released_from(house, ("Core", "Pin"))) == ["B-09-1", "B-09-2"]


def test_a_nearer_place_whose_lot_expires_later_is_left_alone(house: Warehouse) -> None:
    core, pin = house.item("CORE", lot_tracked=True), house.item("PIN")
    for place, days in (("B-01-1", 90), ("B-09-1", 200)):
        house.put(place, core, 9, house.lot(core, f"L{days}", clock.today() + timedelta(days=days)))
    house.put("B-09-2", pin, 5)
    assert sorted(released_from(house, ("Core", "Pin"))) == ["B-01-1", "B-09-2"]


@pytest.mark.parametrize(("strategy", "place"), [("fefo", "A-01-1"), ("empty", "A-01-2"), ("fifo", "A-01-3")])
def test_the_site_says_which_stock_goes_first(database_url: str, strategy: str, place: str) -> None:
    house = strategic(database_url, strategy)
    core, today = house.item("CORE", lot_tracked=True), clock.today()
    for name, days, qty in (("A-01-3", 200, 9), ("A-01-1", 90, 9), ("A-01-2", 300, 2)):
        house.put(name, core, qty, house.lot(core, f"L{days}", today + timedelta(days=days)))
    house.item("PIN")
    assert released_from(house, ("2 Core",)) == [place]
    house.store.close()
