"""What the receiving and the picking board make of a day's work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from backers import Campaign, backer
from delivery import announce, line, receiver
from warehouse import Warehouse, Worker

from wms import clock
from wms.web.faces import FACES, Face


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    for sku in ("CORE-RED", "SLEEVES"):
        warehouse.item(sku)
    yield warehouse
    clock.freeze(None)
    warehouse.store.close()


def face(house: Warehouse, name: str) -> Face:
    """What a board shows now."""
    with house.store.read() as tx:
        return FACES[name].read(tx)


def figures(shown: Face) -> dict[str, int]:
    return {figure.label: figure.value for figure in shown.figures}


def later(minutes: int) -> None:
    """Let the clock stand so many minutes from now."""
    clock.freeze(clock.now() + timedelta(minutes=minutes))


def picking(house: Warehouse) -> Worker:
    """Ana at her first bin, with two orders on her list."""
    [house.tote() for _ in range(4)]
    house.put("A-01-1", 1, 20)
    campaign = Campaign(house, Core="CORE-RED")
    campaign.review(backer(1, "2 Core"), backer(2, "3 Core"))
    campaign.release(pilot=False)
    return house.worker("Ana").start("pick").scan(house.code("C-01")).follow().follow().sees("Go to A-01-1")


def test_cartons_received_move_the_bar_of_their_delivery(house: Warehouse) -> None:
    announce(house, (line("CORE-RED", 24),), (line("CORE-RED", 6),), (line("SLEEVES", 6),))
    receiver(house).start("receive").follow().follow().scan("24")
    shown = face(house, "receiving")
    [row] = shown.rows.shown
    assert (row.name, row.end, row.shares) == ("PL-1", "1 of 3", (0, 33))
    assert (figures(shown)["cartons to receive"], figures(shown)["units today"]) == (2, 24)


def test_goods_that_stand_at_a_dock_too_long_are_amber(house: Warehouse) -> None:
    announce(house, (line("CORE-RED", 24),))
    receiver(house).start("receive").finish()
    assert [tile.tone for tile in face(house, "receiving").tiles.shown] == [""]
    later(90)
    [tile] = face(house, "receiving").tiles.shown
    assert (tile.name, tile.who, tile.small, tile.tone) == ("D1", "1 h", "1 carton, 24 units", "ask")


def test_a_short_carton_is_an_exception_that_names_the_next_step(house: Warehouse) -> None:
    announce(house, (line("CORE-RED", 24),))
    receiver(house).start("receive").follow().follow().scan("20").scan("F2").scan("F2")
    shown = face(house, "receiving")
    [trouble] = shown.troubles.shown
    assert (trouble.what, trouble.next) == ("4 CORE-RED short in PL-1 carton 1", "tell the supplier")
    assert [figure.bad for figure in shown.figures] == [False, False, False, True]


def test_more_deliveries_than_fit_are_counted(house: Warehouse) -> None:
    for number in range(6):
        announce(house, (line("CORE-RED", 24),), number=f"PL-{number}")
    rows = face(house, "receiving").rows
    assert (len(rows.shown), rows.more) == (4, 2)


def test_a_wave_and_its_cart_show_how_far_they_are(house: Warehouse) -> None:
    picking(house).follow().scan("2")
    shown = face(house, "picking")
    [wave], [cart] = shown.rows.shown, shown.tiles.shown
    assert (wave.small, wave.end, figures(shown)["orders to pick"]) == ("0 of 2 orders picked", "0 packed", 2)
    assert (cart.name, cart.who, cart.of) == ("C-01", "Ana", 5)


def test_picked_orders_stand_behind_packed_ones_on_the_bar(house: Warehouse) -> None:
    picking(house).finish()
    [wave] = face(house, "picking").rows.shown
    assert (wave.small, wave.shares) == ("2 of 2 orders picked", (100, 0))


def test_a_cart_that_stands_still_is_amber_and_an_exception(house: Warehouse) -> None:
    picking(house)
    later(12)
    shown = face(house, "picking")
    [cart], [trouble] = shown.tiles.shown, shown.troubles.shown
    assert (cart.tone, cart.small) == ("ask", "12 min no scan")
    assert (trouble.what, trouble.next) == ("C-01 stands still", "ask Ana")
