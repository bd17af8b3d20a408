"""When a wave will end: by what people measurably needed, for 1, 2, 3 people, against the truck's departure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from backers import HOME, Campaign, backer
from warehouse import Warehouse

from wms import clock
from wms.db import table_of
from wms.models.shipping import Carrier
from wms.operations import master
from wms.planning.labour import ASSUMED, Sample
from wms.queries import cutoffs, labour

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    clock.freeze(NOON)
    warehouse = Warehouse(database_url)
    for _ in range(4):
        warehouse.tote()
    for place, sku in (("A-02-1", "CORE-RED"), ("A-01-1", "PIN")):
        warehouse.put(place, warehouse.item(sku), 20)
    warehouse.do(master.add, table_of(Carrier), code="ALP", name="Alpine", countries="AT,CH", cutoff="12:30")
    warehouse.do(master.add, table_of(Carrier), code="POST", name="Post", countries="*")
    yield warehouse
    clock.freeze(None)
    warehouse.store.close()


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    campaign = Campaign(house, Core="CORE-RED", Pin="PIN")
    campaign.review(backer(1, "2 Core"), backer(2, "3 Core"), backer(3, "Core"), backer(4, "Core"))
    return campaign


def ask(house: Warehouse, read: Any, *args: Any) -> Any:
    with house.store.read() as tx:
        return read(tx, *args)


def test_a_wave_ends_by_the_assumed_times_while_nothing_is_measured(house: Warehouse, campaign: Campaign) -> None:
    wave = campaign.release(pilot=False)
    found = ask(house, labour.forecast, wave["wave_id"], 3)
    picking = 2 * (ASSUMED.list_ms + ASSUMED.pick_ms) + wave["walk_mm"] * 1000 // ASSUMED.walk_mm_s
    packing = 4 * ASSUMED.parcel_ms + 7 * ASSUMED.unit_ms
    assert found.measured.assumed
    assert found.rows[0].end_at - NOON == timedelta(milliseconds=picking + packing)
    assert (found.lists_left, found.orders_left) == (2, 4)


def test_the_truck_of_the_wave_says_how_many_people_are_needed(house: Warehouse, campaign: Campaign) -> None:
    wave = campaign.release(pilot=False)
    found = ask(house, labour.forecast, wave["wave_id"], 3)
    assert (found.leaves_at, found.needed) == (NOON + timedelta(minutes=30), 1)
    assert [row.in_time for row in found.rows] == [True, True, True]


def test_a_wave_that_is_picked_and_packed_has_nothing_left(house: Warehouse, campaign: Campaign) -> None:
    wave = campaign.release(pilot=False)
    house.worker("Ana").start("pick").finish()
    left = ask(house, labour.forecast, wave["wave_id"], 1)
    assert left.lists_left == 2
    assert left.rows[0].picked_at == NOON


def test_times_are_measured_between_the_stops_of_a_list(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(5, "Core", "Pin"))
    campaign.release(pilot=False)
    ana = house.worker("Ana").start("pick")
    while ana.answer["task"]:
        clock.advance(timedelta(seconds=7))
        ana.follow()
    found = ask(house, lambda tx: labour.stop_samples(tx.all(labour.newest_picks)[::-1], labour.reads.floor(tx)))
    assert [isinstance(each, Sample) and each.size > 0 and each.ms % 7000 == 0 for each in found] == [True]


@pytest.mark.parametrize(
    ("cutoff", "now", "zone", "leaves"),
    [
        ("17:00", "2026-03-05T12:00", "UTC", "2026-03-05T17:00"),
        ("12:00", "2026-03-05T12:00", "UTC", "2026-03-06T12:00"),
        ("17:00", "2026-03-05T16:30", "Europe/Vienna", "2026-03-06T16:00"),
        ("17:00", "2026-03-28T22:00", "Europe/Vienna", "2026-03-29T15:00"),
    ],
)
def test_the_next_departure_is_read_on_the_clock_of_the_site(cutoff: str, now: str, zone: str, leaves: str) -> None:
    at, goal = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, leaves))
    assert cutoffs.departure(cutoff, ZoneInfo(zone), at) == goal


def test_orders_for_the_next_truck_go_first_and_hopeless_ones_after_them(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(
        backer(6, "Core", recipient=replace(HOME, country_code="SG")), backer(7, "20 Core"), backer(8, "Core")
    )
    ids = {number: campaign.order(number).id for number in (6, 7, 8, 1)}
    clock.freeze(NOON + timedelta(minutes=29))
    settings = house.settings.model_copy(update={"planning": house.settings.planning.model_copy(update={"people": 3})})
    found = ask(house, cutoffs.ranked, settings, [ids[6], ids[7], ids[8], ids[1]])
    assert found == [ids[8], ids[1], ids[7], ids[6]]
