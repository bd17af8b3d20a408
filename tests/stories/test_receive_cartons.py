"""Receiving: cartons of a packing list are opened, counted, corrected and closed at the dock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from delivery import announce, carton_states, ledger_rows, line, lines_of, plates, receiver, statements
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.models.inbound import Receipt
from wms.models.printing import PrintJob
from wms.settings import Floor


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def receipt_state(house: Warehouse) -> str:
    return str(house.rows(select(table_of(Receipt).c.state))[0].state)


def test_a_robot_that_follows_the_screen_receives_the_whole_list(house: Warehouse) -> None:
    red, blue = house.item("CORE-RED"), house.item("CORE-BLUE")
    announce(house, (line("CORE-RED", 24),), (line("CORE-RED", 6), line("CORE-BLUE", 12)))
    receiver(house).start("receive").sees("Scan the next carton").finish().hears("done", "All cartons received")
    assert (house.qty("D1", red), house.qty("D1", blue)) == (30, 12)
    assert receipt_state(house) == "closed"


def test_the_only_open_receipt_needs_no_scan_and_two_do(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house)
    rosa.start("receive").sees("Scan the next carton")
    announce(house, (line("CORE-RED", 12),), number="PL-2")
    assert receiver(house, "Ben").start("receive").sees("Scan the receipt").answer["target"]["label"] == "PL-1"


def test_a_dock_with_one_receipt_chooses_it(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 4),))
    announce(house, (line("CORE-RED", 8),), number="PL-2")
    rosa = receiver(house).start("receive").scan(house.code("D2")).hears("ok", "Now scan the receipt")
    rosa.follow().follow().follow().follow()
    assert house.qty("D2", red) == 4


def test_a_bin_is_no_dock(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 4),))
    announce(house, (line("CORE-RED", 8),), number="PL-2")
    receiver(house).start("receive").scan(house.code("A-01-1")).hears("stop", "A-01-1 is no dock")


def test_a_receipt_scanned_at_the_menu_opens_it(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 4),))
    code = house.rows(select(table_of(Receipt).c.code))[0].code
    receiver(house).scan(code).sees("Scan the next carton")


def test_without_a_delivery_there_is_no_work(house: Warehouse) -> None:
    receiver(house).start("receive").hears("done", "No cartons to receive")
    assert receiver(house, "Ben").start("receive").start("receive").answer["task"] is None


def test_each_unit_scanned_counts_one_and_a_case_counts_its_units(house: Warehouse) -> None:
    red = house.item("CORE-RED", cases=[("CASE-RED-6", 6)])
    announce(house, (line("CORE-RED", 8),))
    rosa = receiver(house).start("receive").follow().scan("CORE-RED").sees("How many CORE-RED?")
    rosa.scan("CASE-RED-6").scan("CORE-RED").hears("done", "All cartons received")
    assert house.qty("D1", red) == 8


def test_a_typed_number_sets_the_count(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house).start("receive").follow().follow().scan("20").hears("ok", "20 CORE-RED.")
    assert rosa.answer["progress"] == {"done": 20, "of": 24}


def test_the_number_printed_on_a_carton_opens_it(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),), (line("CORE-RED", 12),))
    receiver(house).start("receive").scan("2").hears("ok", "Carton 2: 12 units").sees("carton 2")


def test_as_listed_takes_a_whole_carton_in_one_go(house: Warehouse) -> None:
    red, blue = house.item("CORE-RED"), house.item("CORE-BLUE")
    announce(house, (line("CORE-RED", 6), line("CORE-BLUE", 12)), (line("CORE-RED", 1),))
    receiver(house).start("receive").follow().scan("F1").hears("done", "Carton 1 done.")
    assert (house.qty("D1", red), house.qty("D1", blue)) == (6, 12)


def test_more_than_listed_is_refused_with_the_limit(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house).start("receive").follow().follow()
    rosa.scan("25").hears("stop", "CORE-RED: 24 more at most.").sees("How many CORE-RED?")


def test_the_tolerance_of_the_site_lets_a_few_more_in(database_url: str) -> None:
    house = Warehouse(database_url, floor=Floor(over_receipt_percent=10))
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 20),))
    rosa = receiver(house).start("receive").follow().follow()
    rosa.scan("23").hears("stop", "22 more at most").scan("22")
    assert house.qty("D1", red) == 22
    house.store.close()


def test_a_supervisor_may_take_more_after_a_question(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    ana = house.worker().start("receive").follow().follow().scan("26").hears("ask", "2 CORE-RED too many")
    ana.scan("26")
    assert house.qty("D1", red) == 26


def test_an_item_that_is_not_listed_is_asked_about_then_received(house: Warehouse) -> None:
    house.item("CORE-RED")
    dice = house.item("DICE")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house).start("receive").follow().scan("DICE").hears("ask", "DICE is not listed here.")
    rosa.scan("DICE").sees("How many DICE?").scan("3").hears("ok", "3 DICE.")
    assert house.qty("D1", dice) == 3
    assert lines_of(house) == [(24, 0, 0), (0, 3, 0)]


def test_another_code_does_not_confirm_an_unlisted_item(house: Warehouse) -> None:
    house.item("CORE-RED")
    house.item("DICE")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house).start("receive").follow().scan("DICE").scan("CORE-RED").sees("How many CORE-RED?")
    rosa.scan("F4").scan("DICE").hears("ask", "DICE is not listed here.")


def test_a_carton_closes_short_after_a_question(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),), (line("CORE-RED", 1),))
    rosa = receiver(house).start("receive").follow().follow().scan("21").scan("F2")
    rosa.hears("ask", "3 CORE-RED missing. Again to close short.").scan("F2").hears("done", "Carton 1 done.")
    assert lines_of(house)[0] == (24, 21, 0)


def test_damaged_units_go_to_quarantine(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house).start("receive").follow().scan("F3").sees("Scan the damaged item").scan("CORE-RED")
    rosa.scan("2").hears("ok", "2 CORE-RED to quarantine.").follow().follow().hears("done", "All cartons")
    assert (house.qty("Q1", red, "damaged"), house.qty("D1", red)) == (2, 22)
    assert lines_of(house) == [(24, 22, 2)]


def test_undo_takes_the_last_count_back(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house).start("receive").follow().follow().scan("20").scan("F4").hears("ok", "Undone: 20 units.")
    assert (house.qty("D1", red), lines_of(house)) == (0, [(24, 0, 0)])
    assert [row.reason for row in ledger_rows(house)] == ["receipt", "undo"]
    rosa.scan("F4").hears("stop", "Nothing to undo")


def test_undo_after_the_last_unit_opens_the_carton_again(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),), (line("CORE-RED", 1),))
    rosa = receiver(house).start("receive").follow().follow().follow().hears("done", "Carton 1 done.")
    rosa.scan("F4").hears("ok", "Undone: 24 units.").sees("Scan an item of carton 1")
    assert carton_states(house) == ["open", "expected"]


def test_loose_units_go_onto_a_plate_of_their_own(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house).start("receive").scan("F2").hears("ok", "New plate for loose units.")
    rosa.scan("CORE-RED").scan("5").follow().hears("done", "Carton loose 2 done.").sees("Scan the next carton")
    assert house.qty("D1", red) == 5
    assert len(plates(house)) == 2


def test_a_receipt_closes_without_its_last_cartons_after_a_question(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),), (line("CORE-RED", 1),))
    rosa = (
        receiver(house).start("receive").follow().scan("F1").scan("F1").hears("ask", "1 of its cartons did not come.")
    )
    rosa.scan("F1").hears("done", "Receipt closed.")
    assert receipt_state(house) == "closed"


def test_a_received_carton_and_one_of_another_receipt_are_refused(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 1),), (line("CORE-RED", 1),))
    rosa = receiver(house).start("receive").follow().scan("F1")
    announce(house, (line("CORE-RED", 1),), number="PL-2")
    first, _, other = plates(house)
    rosa.scan(first).hears("stop", "Carton 1 was received.").scan(other).hears("stop", "Carton 1 is of PL-2.")


def test_two_receivers_are_shown_different_cartons_and_both_count(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 3),), (line("CORE-RED", 4),))
    rosa, ben = receiver(house).start("receive"), receiver(house, "Ben").start("receive")
    assert rosa.answer["target"]["code"] != ben.answer["target"]["code"]
    rosa.follow()
    ben.finish().hears("done", "Carton 2 done. Colleagues have the rest.")
    rosa.finish().hears("done", "All cartons received")
    assert house.qty("D1", red) == 7


def test_a_colleagues_carton_is_taken_over_by_scanning_it_twice(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 3),), (line("CORE-RED", 4),))
    rosa, ben = receiver(house).start("receive").follow(), receiver(house, "Ben").start("receive")
    ben.scan(plates(house)[0]).hears("ask", "Rosa is on carton 1 since").scan(plates(house)[0]).hears("ok", "Carton 1")
    rosa.scan("CORE-RED").hears("stop", "Ben took carton 1 over. Scan another carton.")


def test_the_plate_is_printed_when_its_carton_is_done(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 3),), (line("CORE-RED", 4),))
    receiver(house).start("receive").finish()
    jobs = house.rows(select(table_of(PrintJob).c.subject).order_by(table_of(PrintJob).c.id))
    assert [row.subject for row in jobs] == plates(house)


def test_an_unknown_barcode_is_linked_by_a_supervisor(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 12),))
    ana = house.worker().start("receive").follow().scan("4006381333931").hears("stop", "Unknown code 4006381333931")
    ana.scan("F5").sees("Which item is 4006381333931?").scan("6").scan("CORE-RED").hears("ok", "is 6 CORE-RED now")
    ana.scan("4006381333931").scan("4006381333931").hears("done", "All cartons received")
    assert house.qty("D1", red) == 12


def test_a_receiver_may_not_link_barcodes(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 12),))
    rosa = receiver(house).start("receive").follow().scan("4006381333931").scan("F5")
    rosa.hears("stop", "Your role does not allow new barcodes.")
    assert "F5" not in rosa.answer["keys"]


def test_spare_goods_are_received_as_spares(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24), line("CORE-RED", 2, spare=True)))
    receiver(house).start("receive").finish()
    assert (house.qty("D1", red), house.qty("D1", red, "spare")) == (24, 2)


def test_a_scan_of_an_item_and_a_typed_count_cost_at_most_ten_statements(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    rosa = receiver(house).start("receive").follow()
    for text in ("CORE-RED", "CORE-RED", "20"):
        with statements(house) as seen:
            rosa.scan(text)
        assert len(seen) <= 10, seen


def test_after_the_last_carton_the_next_ask_for_work_finds_none(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 2),))
    rosa = receiver(house).start("receive").finish()
    rosa.start("receive").hears("done", "No cartons to receive now.")
