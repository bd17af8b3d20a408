"""Picking by the book: what a picker sees, scans and hears from the cart to the pack station."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from backers import Campaign, backer, orders
from sqlalchemy import event, select, update
from warehouse import Warehouse, Worker

from wms.barcodes import code
from wms.db import Tx, table_of
from wms.models.outbound import Pick, PickList
from wms.models.places import SUPPLIER
from wms.models.stock import Lpn
from wms.operations import ledger, master
from wms.operations.ledger import By, Move, Spot
from wms.queries import invariants

lists, picks, lpns = table_of(PickList), table_of(Pick), table_of(Lpn)


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    for _ in range(8):
        warehouse.tote()
    warehouse.put("A-02-1", warehouse.item("CORE-RED", cases=[("CASE-6", 6)]), 20)
    warehouse.put("A-01-1", warehouse.item("SLEEVES"), 20)
    yield warehouse
    with warehouse.store.read() as tx:
        broken = invariants.check(tx)
    warehouse.store.close()
    assert broken == []


def put_on(tx: Tx, place: int, plate: int, item_id: int = 1, qty: int = 1) -> None:
    """Let units appear on a licence plate, from the supplier."""
    ledger.post(tx, By(), [Move(item_id, qty, Spot(SUPPLIER), Spot(place, plate), "receipt")])
    tx.execute(update(lpns).where(lpns.c.id == plate).values(location_id=place))


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house, Core="CORE-RED", Sleeves="SLEEVES")


@pytest.fixture
def ana(house: Warehouse) -> Worker:
    return house.worker("Ana")


def two_orders(campaign: Campaign) -> None:
    campaign.review(backer(1, "2 Core", "Sleeves"), backer(2, "Core", "Sleeves"))
    campaign.release(pilot=False)


def at_first_bin(campaign: Campaign, worker: Worker) -> Worker:
    two_orders(campaign)
    worker.start("pick").sees("Take a cart").follow()
    return worker.sees("Empty tote on slot 1").follow().sees("Empty tote on slot 2").follow().sees("Go to A-02-1")


def test_a_cluster_list_goes_from_the_cart_to_the_station(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana).follow().sees("Take 2 CORE-RED").scan("CORE-RED").sees("Take 1 more").scan("1")
    ana.sees("Put 2 into slot 1").follow().hears("ok", "2 taken").sees("Take 1 CORE-RED").follow()
    ana.sees("Put 1 into slot 2").follow().sees("Go to A-01-1").follow().follow().follow().follow().follow()
    ana.sees("Bring the cart to P1").follow().hears("done", "List 1 complete.")
    assert ana.answer["task"] is None
    assert [row.state for row in house.rows(select(orders.c.state))] == ["picked", "picked"]
    assert house.qty("P1", 1) == 3


def test_a_robot_that_only_follows_targets_completes_every_list(campaign: Campaign, ana: Worker) -> None:
    campaign.review(
        *(backer(n, "Core") for n in (1, 2)), backer(3, "3 Core", "2 Sleeves"), backer(4, "Sleeves", "Core")
    )
    campaign.release(pilot=False)
    ana.start("pick").finish()
    assert [campaign.state(n) for n in (1, 2, 3, 4)] == ["picked"] * 4


def test_the_walk_can_begin_again_when_the_last_list_is_done(campaign: Campaign, ana: Worker) -> None:
    two_orders(campaign)
    ana.start("pick").finish()
    ana.start("pick").hears("done", "No more work here.")
    campaign.review(backer(1, "2 Core", "Sleeves"), backer(2, "Core", "Sleeves"), backer(3, "Core"))
    campaign.release(pilot=False)
    ana.start("pick").sees("Take a cart").finish()


def test_a_single_list_posts_at_each_item_scan_without_a_tote_scan(
    house: Warehouse, campaign: Campaign, ana: Worker
) -> None:
    campaign.review(*(backer(n, "Core") for n in range(1, 8)))
    campaign.release(pilot=False)
    ana.start("pick").follow().sees("Empty tote on the cart").follow().follow().sees("Take 7 CORE-RED")
    ana.scan("CORE-RED").hears("ok", "1 taken, 6 to go.").sees("Take 6 more").scan("CASE-6").sees("Bring the cart")
    assert house.qty("C-01", 1) + house.qty("C-02", 1) == 7
    assert {row.state for row in house.rows(select(picks.c.state))} == {"done"}


def test_a_case_counts_its_units_and_too_many_are_refused_with_the_limit(campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana).follow().scan("CASE-6").hears("stop", "Only 2 CORE-RED wanted here.")
    ana.scan("CORE-RED").scan("5").hears("stop", "Only 1 CORE-RED wanted").sees("Take 1 more")


def test_the_wrong_bin_item_and_tote_are_named(campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana)
    ana.scan(campaign.warehouse.code("A-01-1")).hears("stop", "This is A-01-1. Go to A-02-1.").follow()
    ana.scan("SLEEVES").hears("stop", "This is SLEEVES. Pick CORE-RED.").follow().scan("1")
    ana.scan(code("TO", "000008")).hears("stop", "This is tote 8. Use tote").sees("Put 2 into slot 1")


def test_an_item_that_stands_in_one_place_needs_no_bin_scan(campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana).scan("CORE-RED").hears("ok", "1 of 2.").sees("Take 1 more CORE-RED")


def test_an_item_that_stands_in_two_places_needs_the_bin_scan(
    house: Warehouse, campaign: Campaign, ana: Worker
) -> None:
    at_first_bin(campaign, ana)
    house.put("A-02-3", 1, 1)
    ana.scan("CORE-RED").hears("stop", "stands in several places")


def test_a_cart_that_is_out_and_a_place_that_is_no_cart_are_refused(campaign: Campaign, ana: Worker) -> None:
    campaign.review(backer(1, "2 Core"), backer(2, "Sleeves"))
    campaign.release(pilot=False)
    bob = campaign.warehouse.worker("Bob").start("pick")
    cart = bob.answer["target"]["code"]
    bob.scan(cart)
    ana.start("pick").scan(cart).hears("stop", "carries list").scan(campaign.warehouse.code("A-02-1"))
    ana.hears("stop", "A-02-1 is no cart.").sees("Take a cart")


def test_a_tote_that_is_taken_or_full_is_refused(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    two_orders(campaign)
    ana.start("pick").follow()
    first = ana.answer["target"]["code"]
    ana.follow().scan(first).hears("stop", "belongs to list 1").sees("Empty tote on slot 2")
    full = house.rows(select(lpns).where(lpns.c.kind == "tote", lpns.c.list_id.is_(None)).limit(1))[0]
    house.do(put_on, house.places["S1"], full.id)
    ana.scan(full.code).hears("stop", "is not empty")
    house.do(ledger.move_lpn, By(), full.id, Spot(house.places["S1"]), "move")


def test_stock_on_a_licence_plate_asks_for_the_plate(house: Warehouse, campaign: Campaign, ana: Worker) -> None:
    place = house.place("R-1", "reserve")
    plate, label = house.do(master.add_lpn, "carton", place)
    house.do(put_on, place, plate, house.item("PIN"), 5)
    campaign.map(Pin="PIN")
    campaign.review(backer(1, "2 Pin"))
    campaign.release(pilot=False)
    ana.start("pick").follow().follow().sees("Go to R-1").follow().sees(f"Scan {label}").follow().sees("Take 2 PIN")
    ana.finish()
    assert campaign.state(1) == "picked"


def test_two_pickers_get_two_lists_and_a_colleagues_list_is_taken_over_by_asking_twice(campaign: Campaign) -> None:
    house = campaign.warehouse
    picker = frozenset({"picker"})
    two_orders(campaign)
    ana, bob = house.worker("Ana", picker), house.worker("Bob", picker)
    ana.start("pick").follow().follow().follow().follow().scan("CORE-RED")
    bob.start("pick").hears("done", "No more work here.")
    label = house.rows(select(lists.c.code))[0].code
    bob.scan(label).hears("ask", "Ana is on list 1 since").scan(label).sees("Go to A-02-1")
    ana.scan("CORE-RED").hears("stop", "Bob took list 1 over. Choose a job.")
    bob.finish()
    assert [campaign.state(n) for n in (1, 2)] == ["picked", "picked"]


def test_a_list_that_is_done_is_not_picked_again(campaign: Campaign, ana: Worker) -> None:
    two_orders(campaign)
    ana.start("pick").finish()
    label = campaign.warehouse.rows(select(lists.c.code))[0].code
    ana.scan(label).hears("stop", "List 1 is picked. Take another one.")


def test_totes_go_to_a_station_and_nowhere_else(campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana)
    while "Bring" not in ana.answer["title"]:
        ana.follow()
    ana.scan(campaign.warehouse.code("D1")).hears("stop", "D1 is no pack station. Go to P1.").follow().hears("done")


@pytest.mark.parametrize("state", ["item", "tote_drop"])
def test_the_commonest_scans_need_at_most_ten_statements(campaign: Campaign, ana: Worker, state: str) -> None:
    at_first_bin(campaign, ana).follow().scan("CORE-RED")
    if state == "tote_drop":
        ana.scan("1")
    else:
        ana.scan("1").follow()
    assert ana.answer["state"] == state
    assert statements(campaign.warehouse, ana) <= 10


def test_a_single_take_needs_at_most_ten_statements(campaign: Campaign, ana: Worker) -> None:
    campaign.review(*(backer(n, "Core") for n in (1, 2, 3)))
    campaign.release(pilot=False)
    ana.start("pick").follow().follow().follow().scan("CORE-RED")
    assert statements(campaign.warehouse, ana) <= 10


def statements(house: Warehouse, worker: Worker) -> int:
    """How many statements the next scan of the target takes."""
    seen: list[str] = []
    event.listen(house.store.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    worker.follow()
    assert worker.answer["tone"] == "ok"
    return len([each for each in seen if not each.startswith("BEGIN")])
