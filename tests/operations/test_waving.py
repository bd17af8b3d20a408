"""Release: a pilot, then waves; complete orders only, from stock that may be promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from backers import Campaign, backer
from sqlalchemy import func, select
from warehouse import Warehouse

from wms import clock
from wms.db import table_of
from wms.models.outbound import ListOrder, Pick, PickList, Wave
from wms.models.stock import Stock
from wms.operations import counting, reviewing, waving
from wms.operations.ledger import By
from wms.operations.waving import NothingToRelease, Outdated
from wms.planning import batching
from wms.settings import Release

lists, picks, slots, waves, stock = (table_of(each) for each in (PickList, Pick, ListOrder, Wave, Stock))


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url, release=Release(pilot_orders=2, totes_max=3))
    yield warehouse
    warehouse.store.close()


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    for place, sku in (("A-02-1", "CORE-RED"), ("A-01-1", "SLEEVES")):
        house.put(place, house.item(sku), 5)
    return Campaign(house, Core="CORE-RED", Sleeves="SLEEVES")


def test_the_pilot_shows_every_item_before_the_rest(campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"), backer(2, "Core"), backer(3, "Core"), backer(4, "Sleeves"))
    made = campaign.release()
    assert (made["kind"], made["name"], made["orders"]) == ("pilot", "Pilot 1", 2)
    assert [campaign.state(n) for n in (1, 2, 3, 4)] == ["released", "clean", "clean", "released"]


def test_after_the_pilot_come_waves(campaign: Campaign) -> None:
    campaign.review(*(backer(n, "Core") for n in (1, 2, 3)))
    campaign.release()
    assert campaign.release()["name"] == "Wave 1"


def test_a_release_reserves_its_stock_and_writes_a_sequenced_list(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "2 Core", "Sleeves"), backer(2, "Core", "Sleeves"))
    campaign.release(pilot=False)
    row = house.rows(select(lists))[0]
    assert (row.mode, row.state, row.code[:9]) == ("cluster", "ready", "PL-000001")
    assert "share" in row.why
    assert [(p.qty, p.seq) for p in house.rows(select(picks).order_by(picks.c.seq, picks.c.id))] == [
        (2, 1000), (1, 1000), (1, 2000), (1, 2000)
    ]  # fmt: skip
    assert sum(s.allocated for s in house.rows(select(stock))) == 5


def test_orders_of_one_unit_share_a_single_list(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(*(backer(n, "Core") for n in (1, 2, 3)))
    campaign.release(pilot=False)
    assert [row.mode for row in house.rows(select(lists))] == ["single"]
    assert house.rows(select(func.count()).select_from(slots))[0][0] == 3


def test_an_order_whose_stock_is_missing_waits_and_is_reported_by_sku(campaign: Campaign) -> None:
    campaign.review(backer(1, "Core", "9 Sleeves"), backer(2, "Core"))
    made = campaign.release(pilot=False)
    assert (made["orders"], made["waiting"], made["missing"]) == (1, 1, {"SLEEVES": 4})
    assert campaign.state(1) == "clean"


def test_nothing_to_release_names_what_is_missing(campaign: Campaign) -> None:
    campaign.review(backer(1, "17 Core"))
    with pytest.raises(NothingToRelease) as refused:
        campaign.release()
    assert refused.value.text == "No clean order is fully in stock. Missing: CORE-RED 12."


def test_no_clean_order_is_said_so(campaign: Campaign) -> None:
    with pytest.raises(NothingToRelease, match="No clean order waits"):
        campaign.release()


@pytest.mark.parametrize(("days", "goes"), [(29, False), (30, True)])
def test_a_lot_that_expires_soon_is_not_promised(house: Warehouse, days: int, goes: bool) -> None:
    tea = house.item("TEA", lot_tracked=True)
    house.put("A-01-2", tea, 5, house.lot(tea, "L1", clock.today() + timedelta(days=days)))
    campaign = Campaign(house, Tea="TEA")
    campaign.review(backer(1, "Tea"))
    if goes:
        assert campaign.release()["orders"] == 1
    else:
        with pytest.raises(NothingToRelease):
            campaign.release()


@pytest.mark.parametrize(("place", "condition"), [("D1", "available"), ("Q1", "available"), ("A-01-2", "damaged")])
def test_only_available_stock_in_bins_is_promised(house: Warehouse, place: str, condition: str) -> None:
    house.put(place, house.item("PIN"), 5, condition=condition)
    campaign = Campaign(house, Pin="PIN")
    campaign.review(backer(1, "Pin"))
    with pytest.raises(NothingToRelease):
        campaign.release()


def test_a_bin_that_was_short_is_not_promised_before_it_is_counted(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"))
    house.do(counting.ask, house.places["A-02-1"], "short")
    with pytest.raises(NothingToRelease):
        campaign.release()


def test_a_plan_that_reality_overtook_is_refused_whole(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"), backer(2, "Core"))
    with house.store.read() as tx:
        proposal = waving.propose(tx, house.settings, pilot=False)
    house.do(reviewing.hold, campaign.order(1).id, "NOTE_TO_READ")
    with pytest.raises(Outdated):
        house.do(waving.commit_release, By(), proposal)
    assert campaign.state(2) == "clean"
    assert campaign.release(pilot=False)["orders"] == 1


def test_stock_that_went_meanwhile_makes_a_plan_outdated(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "5 Core"))
    with house.store.read() as tx:
        proposal = waving.propose(tx, house.settings, pilot=False)
    campaign.review(backer(1, "5 Core"), backer(2, "Core"))
    assert campaign.release(pilot=False)["orders"] == 1
    with pytest.raises(Outdated):
        house.do(waving.commit_release, By(), proposal)
    assert house.rows(select(func.count()).select_from(waves))[0][0] == 1


def test_a_release_is_told_in_one_sentence(campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"), backer(2, "9 Core"))
    told = waving.in_words(campaign.release())
    assert told.startswith("Pilot 1: 1 orders on 1 lists, 1 units,")
    assert told.endswith("1 orders wait for stock: CORE-RED 5.")


def test_a_release_says_that_the_time_for_planning_was_up(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "DEFAULT", batching.Options(seconds_max=0.0))
    campaign.review(backer(1, "Core"))
    assert waving.in_words(campaign.release()).endswith("the walks may be longer than they need be.")
