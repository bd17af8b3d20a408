"""Picking when it does not go by the book: short, skip, undo, full totes, lots, empty places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from backers import Campaign, backer
from sqlalchemy import func, select
from warehouse import Warehouse, Worker

from wms import clock
from wms.db import table_of
from wms.models.counting import Count
from wms.models.orders import OrderLine
from wms.models.outbound import ListOrder, Pick, PickList
from wms.models.stock import Lot, Lpn, Stock
from wms.operations import reviewing
from wms.operations.ledger import By
from wms.queries import invariants
from wms.settings import Floor

lists, picks, slots, lpns = table_of(PickList), table_of(Pick), table_of(ListOrder), table_of(Lpn)
counts, stock, lots, lines = table_of(Count), table_of(Stock), table_of(Lot), table_of(OrderLine)


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url, floor=Floor(zero_check=True))
    for _ in range(6):
        warehouse.tote()
    warehouse.put("A-02-1", warehouse.item("CORE-RED"), 10)
    warehouse.put("A-01-1", warehouse.item("SLEEVES"), 10)
    yield warehouse
    with warehouse.store.read() as tx:
        broken = invariants.check(tx)
    warehouse.store.close()
    assert broken == []


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house, Core="CORE-RED", Sleeves="SLEEVES")


@pytest.fixture
def ana(house: Warehouse, campaign: Campaign) -> Worker:
    return house.worker("Ana")


def pick_of(campaign: Campaign, worker: Worker, *wanted: str) -> Worker:
    """The worker stands before the first bin with a list of one order."""
    campaign.review(backer(1, *wanted))
    campaign.release(pilot=False)
    worker.start("pick").follow().follow()
    return worker.follow() if worker.answer["state"] == "tote" else worker


def states(house: Warehouse) -> list[Any]:
    return [(row.state, row.qty, row.taken) for row in house.rows(select(picks).order_by(picks.c.id))]


def allocated(house: Warehouse) -> int:
    return int(house.rows(select(func.sum(stock.c.allocated)))[0][0] or 0)


def test_a_short_pick_goes_on_in_another_bin_at_once(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    pick_of(campaign, ana, "4 Core", "Sleeves")
    house.put("A-02-3", 1, 10)
    ana.follow().scan("F2").sees("How many more CORE-RED are there?").scan("CORE-RED").hears("stop", "Type a number.")
    ana.scan("1").sees("Why is CORE-RED short?")
    assert list(ana.answer["keys"]) == ["F1", "F2", "F3", "F4"]
    ana.scan("F1").hears("ok", "3 CORE-RED more in A-02-3.").sees("Go to A-02-3").finish()
    assert states(house) == [("short", 4, 1), ("done", 1, 1), ("done", 3, 3)]
    assert (campaign.state(1), campaign.holds(1), allocated(house)) == ("picked", [], 0)
    assert [row.reason for row in house.rows(select(counts))] == ["short"]


def test_a_short_pick_without_other_stock_holds_the_order_and_the_rest_goes_on(
    house: Warehouse, campaign: Campaign, ana: Worker
) -> None:
    pick_of(campaign, ana, "4 Core", "Sleeves").follow().scan("CORE-RED").scan("F2").scan("1").scan("F2")
    ana.hears("ok", "2 CORE-RED short. Go on with the rest.").sees("Go to A-01-1").finish()
    assert (campaign.state(1), campaign.holds(1), allocated(house)) == ("picked", ["SHORT"], 0)
    assert [row.picked for row in house.rows(select(lines.c.picked).order_by(lines.c.item_id))] == [2, 1]


def test_an_order_of_which_nothing_was_found_leaves_the_list(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    pick_of(campaign, ana, "4 Core").scan("F2").scan("0").scan("F1").sees("Bring the cart").follow()
    assert (campaign.state(1), campaign.holds(1)) == ("held", ["SHORT"])
    assert [row.state for row in house.rows(select(lists.c.state))] == ["void"]
    assert house.rows(select(lpns).where(lpns.c.list_id.is_not(None))) == []
    assert house.rows(select(slots)) == []


def test_it_can_be_released_again_when_stock_came_and_the_hold_is_cleared(
    house: Warehouse, campaign: Campaign, ana: Worker
) -> None:
    pick_of(campaign, ana, "4 Core").scan("F2").scan("0").scan("F1").follow()
    house.put("A-02-2", 1, 10)
    hold = house.rows(select(reviewing.holds.c.id))[0].id
    house.do(reviewing.clear, By(), hold, "New stock came.")
    assert campaign.release()["orders"] == 1
    ana.start("pick").sees("Take a cart").finish()
    assert (campaign.state(1), house.qty("P1", 1)) == ("picked", 4)


def test_a_short_single_list_holds_only_the_orders_that_go_without(
    house: Warehouse, campaign: Campaign, ana: Worker
) -> None:
    campaign.review(*(backer(n, "Core") for n in (1, 2, 3)))
    campaign.release(pilot=False)
    ana.start("pick").follow().follow().follow().scan("CORE-RED").scan("F2").scan("1").scan("F1").sees("Bring the cart")
    ana.finish()
    assert [campaign.state(n) for n in (1, 2, 3)] == ["picked", "picked", "held"]
    assert allocated(house) == 0


def test_all_there_is_not_short(campaign: Campaign, ana: Worker) -> None:
    pick_of(campaign, ana, "4 Core").scan("F2").scan("4").hears("stop", "Then take 4 CORE-RED.").scan("F4").sees(
        "Go to"
    )


def test_in_a_cluster_what_is_found_goes_into_its_tote_before_the_rest_is_given_up(
    house: Warehouse, campaign: Campaign, ana: Worker
) -> None:
    campaign.review(backer(1, "3 Core"), backer(2, "2 Core"))
    campaign.release(pilot=False)
    ana.start("pick").follow().follow().follow().follow().scan("CORE-RED").scan("F2").scan("1").scan("F1")
    ana.sees("Put 2 into slot").follow().hears("ok", "1 CORE-RED short").sees("Take 2 CORE-RED").finish()
    assert states(house) == [("short", 3, 2), ("done", 2, 2)]


def test_a_skipped_place_comes_at_the_end(campaign: Campaign, ana: Worker) -> None:
    pick_of(campaign, ana, "2 Core", "Sleeves").sees("Go to A-02-1").scan("F3").hears("ok", "A-02-1 comes at the end.")
    ana.sees("Go to A-01-1").follow().follow().sees("Go to A-02-1")
    ana.scan("F3").hears("stop", "Only A-02-1 is left.").finish()
    assert campaign.state(1) == "picked"


def test_undo_takes_units_out_of_the_tote_again(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    pick_of(campaign, ana, "2 Core", "Sleeves").follow().scan("CORE-RED").scan("CORE-RED").sees("Go to A-01-1")
    ana.scan("F4").hears("ok", "Undone. Put 1 back.").sees("Take 1 CORE-RED")
    assert (house.qty("A-02-1", 1), allocated(house)) == (9, 2)
    ana.finish()
    assert (campaign.state(1), house.qty("P1", 1)) == ("picked", 2)


def test_undo_puts_down_what_is_only_in_hand(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    campaign.review(backer(1, "2 Core"), backer(2, "2 Sleeves", "Core"))
    campaign.release(pilot=False)
    ana.start("pick").follow().follow().follow().follow()
    assert "F4" not in ana.answer["keys"]
    ana.scan("F4").hears("stop", "Nothing to undo here.").scan("CORE-RED").scan("F4").hears("ok", "Put it back into")
    assert (house.qty("A-02-1", 1), ana.answer["state"]) == (10, "item")


def test_a_full_tote_goes_on_in_a_second_one(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    campaign.review(backer(1, "2 Core"), backer(2, "2 Core", "Sleeves"))
    campaign.release(pilot=False)
    ana.start("pick").follow().follow().follow().follow().scan("CORE-RED").scan("1").sees("Put 2 into slot")
    before = ana.answer["target"]["code"]
    ana.scan("F5").sees("Scan one more empty tote").follow().hears("ok", "goes on from here.").sees("Put 2 into slot 3")
    assert ana.answer["target"]["code"] != before
    ana.finish()
    assert (campaign.state(1), campaign.state(2)) == ("picked", "picked")


def test_a_full_single_tote_goes_on_in_a_second_one(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    campaign.review(*(backer(n, "Core") for n in (1, 2)))
    campaign.release(pilot=False)
    ana.start("pick").follow().follow().follow().scan("CORE-RED").scan("F5").follow().finish()
    at_station = select(stock.c.lpn_id, stock.c.qty).where(stock.c.qty > 0, stock.c.location_id == house.places["P1"])
    assert [row.qty for row in house.rows(at_station)] == [1, 1]


def test_a_place_that_should_be_empty_is_asked_about(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    pick_of(campaign, ana, "10 Core", "Sleeves").follow().scan("CORE-RED").scan("9").sees("Is A-02-1 empty?")
    ana.scan("F2").hears("ok", "It will be counted.").sees("Go to A-01-1")
    assert [row.reason for row in house.rows(select(counts))] == ["zero-check"]


# --- lots ---


def tea(house: Warehouse, **days: int) -> int:
    """Tea in lots of 5 in A-01-2, expiring in so many days."""
    item_id = house.item("TEA", lot_tracked=True)
    for code, left in days.items():
        house.put("A-01-2", item_id, 5, house.lot(item_id, code, clock.today() + timedelta(days=left)))
    return item_id


def test_a_single_lot_in_the_place_needs_no_scan(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    tea(house, L1=90)
    campaign.map(Tea="TEA")
    pick_of(campaign, ana, "2 Tea").follow().scan("TEA").sees("Take 1 more TEA").finish()
    assert campaign.state(1) == "picked"


def test_several_lots_in_the_place_ask_for_the_lot_once(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    tea(house, L1=90, L2=200)
    campaign.map(Tea="TEA")
    pick_of(campaign, ana, "2 Tea").follow().scan("TEA").sees("Which lot of TEA?").scan("l1").sees("Take 1 more TEA")
    ana.finish()
    assert campaign.state(1) == "picked"


def test_another_lot_is_taken_when_asked_twice(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    tea(house, L1=90, L2=200)
    campaign.map(Tea="TEA")
    pick_of(campaign, ana, "2 Tea").follow().scan("TEA").scan("L2").hears("ask", "Lot L2, not L1. Again to take it.")
    ana.scan("L2").hears("ok", "1 taken").finish()
    second = house.rows(select(lots.c.id).where(lots.c.code == "L2"))[0].id
    taken = house.rows(select(stock).where(stock.c.location_id == house.places["P1"], stock.c.qty > 0))
    assert [(row.lot_id, row.qty) for row in taken] == [(second, 2)]
    assert allocated(house) == 0


def test_lots_that_are_unknown_or_expire_too_soon_are_refused(
    house: Warehouse, campaign: Campaign, ana: Worker
) -> None:
    tea(house, L1=90, OLD=5)
    campaign.map(Tea="TEA")
    pick_of(campaign, ana, "2 Tea").follow().scan("TEA").scan("L9").hears("stop", "Lot L9 of TEA is not here. Scan L1.")
    ana.scan("OLD").hears("stop", "Lot OLD expires too soon. Take L1.").sees("Which lot of TEA?")
