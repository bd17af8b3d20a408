"""Counting: blind, again by somebody else when it matters, and posted as a variance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from delivery import ledger_rows, receiver, statements
from sqlalchemy import select, update
from warehouse import Warehouse, Worker

from wms import clock
from wms.db import table_of
from wms.models.counting import Count
from wms.models.floor import Task
from wms.operations import counting, ledger


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def asked(house: Warehouse, place: str = "A-01-1", reason: str = "asked") -> int:
    return int(house.do(counting.ask, house.places[place], reason))


def states(house: Warehouse) -> list[str]:
    table = table_of(Count)
    return [row.state for row in house.rows(select(table.c.state).order_by(table.c.id))]


def counted(house: Warehouse, name: str, qty: int) -> Worker:
    """Let somebody count the only item of the place."""
    rosa = receiver(house, name).start("count").follow()
    return rosa.follow().scan(str(qty)).sees("Scan an item").follow()


def test_a_count_that_agrees_changes_nothing(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    asked(house)
    counted(house, "Rosa", 12).hears("done", "A-01-1: all as in the book.")
    assert (states(house), len(ledger_rows(house))) == (["done"], 1)


def test_nobody_is_shown_what_the_book_expects(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 371)
    asked(house)
    rosa = receiver(house).start("count").follow()
    assert "371" not in str(rosa.answer)
    rosa.follow().sees("How many CORE-RED?")
    assert (rosa.answer["quantity"], "371" in str(rosa.answer)) == (None, False)


def test_a_small_difference_is_posted_as_a_variance(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    count = asked(house)
    counted(house, "Rosa", 11).hears("done", "A-01-1: -1 CORE-RED booked.")
    last = ledger_rows(house)[-1]
    assert (last.to_location_id, last.qty, last.reason, last.document) == (-3, 1, "count", f"count:{count}")
    assert house.qty("A-01-1", red) == 11


def test_found_units_are_booked_in(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    asked(house)
    counted(house, "Rosa", 14).hears("done", "A-01-1: +2 CORE-RED booked.")
    assert house.qty("A-01-1", red) == 14


def test_a_large_difference_is_counted_again_by_somebody_else(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    asked(house)
    rosa = counted(house, "Rosa", 2).hears("done", "A-01-1 differs. A colleague counts it again.")
    assert (house.qty("A-01-1", red), states(house)) == (12, ["recount", "open"])
    rosa.start("count").hears("done", "Nothing to count now.")
    counted(house, "Ben", 3).hears("done", "A-01-1: -9 CORE-RED booked.")
    assert house.qty("A-01-1", red) == 3


def test_a_supervisor_without_a_partner_may_recount(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    asked(house)
    ana = house.worker().start("count").follow().follow().scan("2").follow().hears("done", "differs")
    ana.sees("Go to A-01-1").follow().follow().scan("2").follow().hears("done", "-10 CORE-RED booked")


def test_a_count_that_somebody_left_for_a_shift_goes_to_the_next_person(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    asked(house)
    rosa, ben = receiver(house).start("count").follow(), receiver(house, "Ben")
    ben.start("count").hears("done", "Nothing to count now.")
    long_ago = clock.now() - timedelta(hours=13)
    house.do(lambda tx: tx.execute(update(table_of(Task)).values(seen_at=long_ago)))
    ben.start("count").sees("Go to A-01-1")
    rosa.follow().hears("stop", "Ben took this count over. Choose a job.")
    ben.follow().follow().scan("12").follow().hears("done", "all as in the book.")


def test_what_was_picked_during_a_count_is_no_difference(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 12)
    asked(house)
    rosa = receiver(house).start("count").follow().follow().scan("11")
    spots = ledger.Spot(house.places["A-01-1"]), ledger.Spot(house.places["A-02-1"])
    house.do(ledger.post, ledger.By(), [ledger.Move(red, 5, *spots, "move")])
    rosa.follow().hears("done", "A-01-1: -1 CORE-RED booked.")
    assert house.qty("A-01-1", red) == 6


def test_reserved_units_that_are_missing_stay_and_are_told(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 4)
    house.do(ledger.allocate, {(house.places["A-01-1"], 0, red, 0, "available"): 3})
    asked(house)
    counted(house, "Rosa", 2).hears("done", "A-01-1: 1 CORE-RED missing but reserved.")
    assert house.qty("A-01-1", red) == 3


def test_items_of_the_book_that_were_not_counted_are_asked_about(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 2)
    asked(house)
    rosa = receiver(house).start("count").follow().scan("F1").hears("ask", "1 items of the book not counted.")
    rosa.scan("F1").hears("done", "-2 CORE-RED booked")
    assert house.qty("A-01-1", red) == 0


def test_an_empty_bin_is_one_key(house: Warehouse) -> None:
    asked(house)
    receiver(house).start("count").follow().scan("F2").hears("done", "A-01-1: all as in the book.")


def test_an_unexpected_item_is_counted_too(house: Warehouse) -> None:
    dice = house.item("DICE")
    asked(house)
    receiver(house).start("count").follow().scan("DICE").scan("2").scan("F1").hears("done", "+2 DICE booked")
    assert house.qty("A-01-1", dice) == 2


def test_scanned_units_add_up_and_an_item_is_counted_twice_only_when_meant(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 3)
    asked(house)
    rosa = receiver(house).start("count").follow().scan("CORE-RED").scan("CORE-RED").hears("ok", "2 counted.")
    rosa.scan("F1").scan("CORE-RED").hears("ask", "CORE-RED is counted here.").scan("CORE-RED").scan("3")
    rosa.scan("F1").hears("done", "all as in the book")


def test_lots_are_counted_one_by_one(house: Warehouse) -> None:
    tea = house.item("TEA", lot_tracked=True)
    house.put("A-01-1", tea, 3, house.lot(tea, "L1"))
    house.put("A-01-1", tea, 4, house.lot(tea, "L2"))
    asked(house)
    rosa = receiver(house).start("count").follow().follow().sees("Scan the lot of TEA").follow().scan("3")
    rosa.follow().follow().scan("3").follow().hears("done", "-1 TEA booked")


def test_another_place_is_refused_naming_both(house: Warehouse) -> None:
    asked(house)
    receiver(house).start("count").scan(house.code("A-02-1")).hears("stop", "This is A-02-1. Count A-01-1.")


def test_a_short_is_counted_before_a_cycle_and_by_one_person(house: Warehouse) -> None:
    asked(house, "A-01-1", "cycle")
    asked(house, "A-01-2", "short")
    receiver(house).start("count").sees("Go to A-01-2")
    receiver(house, "Ben").start("count").sees("Go to A-01-1")


def test_counting_costs_at_most_ten_statements_a_scan(house: Warehouse) -> None:
    house.put("A-01-1", house.item("CORE-RED"), 12)
    asked(house)
    rosa = receiver(house).start("count").follow()
    for text in ("CORE-RED", "CORE-RED", "12"):
        with statements(house) as seen:
            rosa.scan(text)
        assert len(seen) <= 10, seen
