"""The picking board and an order's page say what happened on the floor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from backers import Campaign, backer
from sqlalchemy import event
from warehouse import Warehouse

from wms import clock
from wms.queries import orders as reads
from wms.queries.picking import PickingBoard, WaveBar, picking_board


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    clock.freeze(clock.now())
    warehouse = Warehouse(database_url)
    for _ in range(4):
        warehouse.tote()
    warehouse.put("A-02-1", warehouse.item("CORE-RED"), 20)
    campaign = Campaign(warehouse, Core="CORE-RED")
    campaign.review(backer(1, "2 Core"), backer(2, "3 Core"), backer(3, "Core"))
    campaign.release(pilot=False)
    yield warehouse
    clock.freeze(None)
    warehouse.store.close()


def board(house: Warehouse) -> PickingBoard:
    with house.store.read() as tx:
        return picking_board(tx)


def test_before_the_first_scan_all_orders_are_left(house: Warehouse) -> None:
    now = board(house)
    assert now.figures == {"orders to pick": 3, "lines an hour": 0, "lists ready": 2, "exceptions": 0}
    assert now.waves == (WaveBar("Wave 1", 3, 0, 0, 0),)


def test_a_cart_shows_who_picks_how_far_and_how_long_ago(house: Warehouse) -> None:
    ana = house.worker("Ana").start("pick").follow().follow()
    while ana.answer["state"] != "more":
        ana.follow()
    clock.advance(timedelta(minutes=12))
    cart = board(house).carts[0]
    assert (cart.person, cart.of, cart.idle_minutes) == ("Ana", 5, 12)
    assert [(each.kind, each.text, each.minutes) for each in board(house).exceptions] == [("idle", "Ana", 12)]


def test_what_is_picked_fills_the_bar_and_the_pace(house: Warehouse) -> None:
    house.worker("Ana").start("pick").finish()
    now = board(house)
    assert (now.orders_left, now.lines_hour, now.waves) == (0, 3, (WaveBar("Wave 1", 3, 3, 0, 0),))
    assert now.carts == ()


def test_shorts_and_the_holds_they_cause_are_exceptions(house: Warehouse) -> None:
    ana = house.worker("Ana").start("pick").follow()
    while ana.answer["state"] != "bin":
        ana.follow()
    ana.scan("F2").scan("0").scan("F1")
    kinds = {(each.kind, each.name) for each in board(house).exceptions}
    assert ("short", "CORE-RED") in kinds
    assert "hold" in {kind for kind, _ in kinds}


def test_the_board_takes_at_most_five_statements(house: Warehouse) -> None:
    seen: list[str] = []
    event.listen(house.store.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    board(house)
    assert len([each for each in seen if each.startswith("SELECT")]) <= 5


def test_an_order_page_has_lines_lists_and_timeline(house: Warehouse) -> None:
    house.worker("Ana").start("pick").finish()
    with house.store.read() as tx:
        page = reads.order_page(tx, 1)
        assert reads.order_page(tx, 99) is None
    assert page is not None
    assert [(row.sku, row.qty, row.picked) for row in page.lines] == [("CORE-RED", 2, 2)]
    assert [row.kind for row in page.events] == ["imported", "clean", "released", "picking", "picked"]
    assert [row.state for row in page.lists] == ["picked"]
