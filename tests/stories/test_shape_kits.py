"""A shape list: orders that are all alike, picked together in bulk and packed kit after kit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from backers import Campaign, backer
from shop import Shop, lists
from sqlalchemy import select
from warehouse import Worker

from wms.db import table_of
from wms.models.orders import OrderLine
from wms.models.stock import Stock
from wms.queries import invariants

lines, stock = table_of(OrderLine), table_of(Stock)


@pytest.fixture
def house(database_url: str) -> Iterator[Shop]:
    shop = Shop(database_url)
    yield shop
    with shop.store.read() as tx:
        broken = invariants.check(tx)
    shop.store.close()
    assert broken == []


@pytest.fixture
def campaign(house: Shop) -> Campaign:
    return house.campaign


@pytest.fixture
def ana(house: Shop) -> Worker:
    return house.worker("Ana", station="P1")


def alike(campaign: Campaign, number: int = 4, *wanted: str) -> None:
    """Release a shape list of so many orders, each of 2 cores and a sleeve."""
    shop = campaign.warehouse
    assert isinstance(shop, Shop)
    shop.orders("shape", *[wanted or ("2 Core", "Sleeves")] * number)


def at_first_bin(campaign: Campaign, worker: Worker, number: int = 4, *wanted: str) -> Worker:
    alike(campaign, number, *wanted)
    return worker.start("pick").follow().sees("Empty tote on the cart").follow().sees("Go to")


def sums(house: Shop) -> list[tuple[int, int]]:
    """Return how many cores and sleeves were picked for each order."""
    rows = house.rows(select(lines.c.picked).order_by(lines.c.order_id, lines.c.item_id))
    return [(rows[n].picked, rows[n + 1].picked) for n in range(0, len(rows), 2)]


def test_orders_that_are_alike_become_one_shape_list(database_url: str) -> None:
    shop = Shop(database_url, shape_orders_min=3, wall_slots=0)
    shop.campaign.review(*(backer(n, "2 Core", "Sleeves") for n in (1, 2, 3)), backer(4, "Core", "Sleeves"))
    shop.campaign.release(pilot=False)
    assert sorted(row.mode for row in shop.rows(select(lists.c.mode))) == ["cluster", "shape"]
    shop.store.close()


def test_a_stop_asks_for_all_kits_at_once_and_no_tote_is_scanned(campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana, 3).follow().sees("Take 6 CORE-RED").follow().scan("5").hears("ok", "5 taken.")
    ana.sees("Go to A-01-1").follow().sees("Take 3 SLEEVES").follow().scan("2").sees(
        "Bring the cart to P1"
    ).follow().hears("done", "complete")
    assert [campaign.state(n) for n in (1, 2, 3)] == ["picked"] * 3


def test_a_full_tote_is_followed_by_the_next_one(house: Shop, campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana, 6).follow().sees("Take 10 CORE-RED").follow().scan("9")
    ana.sees("Tote").sees("is full").follow().hears("ok", "goes on from here.").sees("Take 2")
    ana.finish()
    where = select(stock.c.lpn_id).where(stock.c.location_id == house.places["P1"], stock.c.qty > 0).distinct()
    assert len(house.rows(where)) == 2


def test_a_tote_takes_more_when_the_picker_says_so(house: Shop, campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana, 6).follow().follow().scan("9").sees("is full").scan("F1").sees(
        "Take 2 more CORE-RED"
    ).finish()
    where = select(stock.c.lpn_id).where(stock.c.location_id == house.places["P1"], stock.c.qty > 0).distinct()
    assert len(house.rows(where)) == 1


def test_kits_are_packed_one_after_the_other_and_the_carton_is_chosen_once(campaign: Campaign, ana: Worker) -> None:
    alike(campaign)
    ana.start("pick").finish()
    ana.start("pack").follow().sees("Kit 1 of 4: scan any unit").scan("CORE-RED").scan("CORE-RED").sees("Scan SLEEVES")
    ana.follow().sees("Take carton").follow().sees("Scan the label").follow().hears("done", "packed.")
    ana.sees("Kit 2 of 4").scan("SLEEVES").scan("CORE-RED").scan("CORE-RED").hears("ok", "Its label is printing.")
    ana.finish()
    assert [campaign.state(n) for n in range(1, 5)] == ["packed"] * 4


def test_wrong_extra_and_unknown_units_are_refused_on_the_line(campaign: Campaign, ana: Worker) -> None:
    ana.warehouse.item("DICE")
    alike(campaign)
    ana.start("pick").finish()
    ana.start("pack").follow().scan("DICE").hears("stop", "No order of this tote takes DICE.")
    ana.scan("SLEEVES").scan("SLEEVES").hears("stop", "SLEEVES is complete. Put it back.")
    ana.scan("DICE").hears("stop", "This is DICE. This order takes CORE-RED.")


def test_a_missing_unit_holds_its_kit_and_the_line_goes_on(campaign: Campaign, ana: Worker) -> None:
    alike(campaign)
    ana.start("pick").finish()
    ana.start("pack").follow().scan("CORE-RED").scan("CORE-RED").scan("F2").hears("ask", "1 SLEEVES missing?").scan(
        "F2"
    )
    ana.hears("done", "problem shelf").sees("Kit 1 of 3").finish()
    assert [campaign.state(n) for n in range(1, 5)] == ["packing", "packed", "packed", "packed"]
    assert campaign.holds(1) == ["SHORT"]


def test_a_kit_whose_hold_is_cleared_is_finished_on_the_line(house: Shop, campaign: Campaign, ana: Worker) -> None:
    alike(campaign)
    ana.start("pick").finish()
    ana.start("pack").follow().scan("CORE-RED").scan("F2").scan("F2").sees("Kit 1 of 3")
    house.clear(1)
    ana.finish()
    assert [campaign.state(n) for n in range(1, 5)] == ["packed"] * 4


def test_a_short_item_makes_the_last_kits_incomplete(house: Shop, campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana).follow().follow().scan("4").scan("F2").scan("0").scan("F1")
    ana.hears("ok", "3 CORE-RED short. Go on with the rest.").finish()
    assert sums(house) == [(2, 1), (2, 1), (1, 1), (0, 1)]
    assert [campaign.holds(n) for n in range(1, 5)] == [[], [], ["SHORT"], ["SHORT"]]


def test_two_short_items_leave_as_many_whole_kits_as_can_be(house: Shop, campaign: Campaign, ana: Worker) -> None:
    pin = house.item("PIN", length_mm=20)
    for place in ("A-02-2", "A-02-3"):
        house.put(place, pin, 2)
    campaign.map(Pin="PIN", Sleeves="SLEEVES")
    at_first_bin(campaign, ana, 4, "Pin", "Sleeves").follow().scan("F2").scan("1").scan("F1").sees("Go to A-02-2")
    ana.follow().follow().follow().sees("Go to A-01-1").follow().scan("F2").scan("3").scan("F1").finish()
    assert sorted(sums(house)) == [(0, 0), (1, 1), (1, 1), (1, 1)]
    assert sorted(campaign.state(n) for n in range(1, 5)) == ["held", "picked", "picked", "picked"]


def test_an_incomplete_kit_stays_aside_when_the_line_ends(house: Shop, campaign: Campaign, ana: Worker) -> None:
    at_first_bin(campaign, ana).follow().follow().scan("5").scan("F2").scan("0").scan("F1").finish()
    ana.start("pack").sees("Scan the next tote").finish()
    assert [campaign.state(n) for n in range(1, 5)] == ["packed"] * 3 + ["picked"]
    assert house.qty("X1", 2) == 1


def test_a_shape_list_is_done_by_following_the_screens(campaign: Campaign, ana: Worker) -> None:
    alike(campaign, 6)
    for flow in ("pick", "pack", "load"):
        ana.start(flow).finish()
    assert [campaign.state(n) for n in range(1, 7)] == ["shipped"] * 6
