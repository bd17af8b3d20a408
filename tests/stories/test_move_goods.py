"""Moving: units and cartons go elsewhere, reserved ones stay, damaged ones go to quarantine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from delivery import announce, ledger_rows, line, plates, receiver, statements
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.models.stock import Stock
from wms.operations import ledger


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def reserve(house: Warehouse, place: str, item: int, qty: int) -> None:
    """Promise loose units in a place to somebody."""
    house.do(ledger.allocate, {(house.places[place], 0, item, 0, "available"): qty})


def test_a_robot_moves_the_only_item_of_a_bin_elsewhere(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    rosa = receiver(house).start("move").follow().sees("How many CORE-RED?").follow().sees("Bring 12 CORE-RED")
    rosa.follow().hears("done", "12 CORE-RED.")
    assert house.qty("A-01-1", red) == 0
    assert rosa.answer["task"] is None


def test_a_destination_with_the_same_item_is_proposed(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    house.put("A-02-2", red, 1)
    rosa = receiver(house).start("move").scan(house.code("A-01-1")).scan("5")
    assert rosa.answer["target"]["label"] == "A-02-2"
    rosa.follow().hears("done", "A-02-2: 5 CORE-RED.")


def test_of_several_items_the_one_to_move_is_asked(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    dice = house.item("DICE")
    house.put("A-01-1", dice, 5)
    rosa = receiver(house).start("move").scan(house.code("A-01-1")).sees("Scan the item to move")
    rosa.scan("DICE").scan("F1").scan(house.code("A-01-2")).hears("done", "A-01-2: 5 DICE.")
    assert house.qty("A-01-2", dice) == 5


def test_of_several_lots_the_one_to_move_is_asked(house: Warehouse) -> None:
    tea = house.item("TEA", lot_tracked=True)
    house.put("A-01-1", tea, 3, house.lot(tea, "L1"))
    house.put("A-01-1", tea, 4, house.lot(tea, "L2"))
    rosa = receiver(house).start("move").scan(house.code("A-01-1")).sees("Scan the lot to move")
    rosa.scan("L3").hears("stop", "No lot L3 in A-01-1.").scan("L2").follow().follow().hears("done", "4 TEA")


def test_scanned_units_count_and_the_destination_ends_them(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    rosa = receiver(house).start("move").follow().scan("CORE-RED").scan("CORE-RED").scan(house.code("A-02-1"))
    rosa.hears("done", "A-02-1: 2 CORE-RED.")


def test_reserved_units_stay_and_the_free_figure_is_said(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    reserve(house, "A-01-1", red, 9)
    rosa = receiver(house).start("move").scan(house.code("A-01-1"))
    rosa.scan("5").hears("stop", "Only 3 of CORE-RED free in A-01-1.").scan("F1").follow().hears("done", "3 CORE-RED")
    assert house.qty("A-01-1", red) == 9


def test_a_bin_that_is_all_reserved_is_refused(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    house.put("A-01-2", red, 1)
    reserve(house, "A-01-1", red, 12)
    receiver(house).start("move").scan(house.code("A-01-1")).hears("stop", "All 12 CORE-RED in A-01-1 are reserved.")


def test_totes_empty_places_and_the_same_place_are_refused(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    rosa = receiver(house).start("move").scan(house.tote()).hears("stop", "moves with its list")
    rosa.scan(house.code("A-01-3")).hears("stop", "Nothing loose in A-01-3.")
    rosa.scan(house.code("A-01-1")).follow().scan(house.code("A-01-1")).hears("stop", "It came from A-01-1.")


def test_quarantine_and_carts_are_no_destinations(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    rosa = receiver(house).start("move").follow().follow()
    rosa.scan(house.code("Q1")).hears("stop", "Q1 is for damaged goods.")
    rosa.scan(house.code("C-01")).hears("stop", "C-01 is a cart.")


def test_a_bin_with_another_item_is_asked_about(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    house.put("A-02-1", house.item("DICE"), 1)
    rosa = receiver(house).start("move").follow().follow()
    rosa.scan(house.code("A-02-1")).hears("ask", "A-02-1 holds DICE.").scan(house.code("A-02-1")).hears("done")


def test_a_whole_carton_moves_with_its_content(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    place = house.place("R-01", "reserve")
    announce(house, (line("CORE-RED", 24),))
    house.put("A-01-1", red, 1)
    rosa = receiver(house).start("receive").finish().start("move")
    rosa.scan(plates(house)[0]).sees("Bring 24 CORE-RED").scan(house.code("R-01")).hears("done", "R-01: 24 CORE-RED.")
    last = ledger_rows(house)[-1]
    assert (last.to_location_id, last.to_lpn_id) == (place, last.from_lpn_id)


def test_a_supervisor_sends_damaged_units_to_quarantine(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    house.worker().start("move").follow().scan("2").scan("F3").hears("done", "2 CORE-RED to quarantine.")
    assert (house.qty("A-01-1", red), house.qty("Q1", red, "damaged")) == (10, 2)


def test_a_receiver_may_not_call_goods_damaged(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    rosa = receiver(house).start("move").follow().follow()
    assert "F3" not in rosa.answer["keys"]
    rosa.scan("F3").hears("stop", "Your role does not allow")


def test_a_supervisor_releases_quarantined_goods_after_a_question(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 1)
    house.put("Q1", red, 4, condition="quarantine")
    ana = house.worker().start("move").scan(house.code("Q1")).follow().scan(house.code("A-01-1"))
    ana.hears("ask", "Releases 4 CORE-RED for sale.").scan(house.code("A-01-1")).hears("done")
    assert house.qty("A-01-1", red) == 5


def test_a_receiver_does_not_release_quarantined_goods(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 1)
    house.put("Q1", red, 4, condition="quarantine")
    rosa = receiver(house).start("move").scan(house.code("Q1")).follow().scan(house.code("A-01-1"))
    rosa.hears("stop", "CORE-RED is quarantine.")
    assert house.qty("A-01-1", red) == 1


def test_a_colleague_who_was_faster_leaves_a_sentence(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    rosa, ben = receiver(house).start("move").follow(), receiver(house, "Ben").start("move").follow()
    rosa.follow().follow().hears("done")
    ben.scan("12").hears("stop").sees("Nothing is left here").follow()


def test_a_move_changes_only_two_balances_and_costs_few_statements(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    rosa = receiver(house).start("move")
    for _ in range(3):
        with statements(house) as seen:
            rosa.follow()
        assert len(seen) <= 10, seen
    balances = house.rows(select(table_of(Stock).c.qty).order_by(table_of(Stock).c.id))
    assert [row.qty for row in balances] == [0, 12]
