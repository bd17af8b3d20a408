"""Replenishing: cartons and loose units from the reserve into their pick faces, and what may go wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from delivery import ledger_rows, receiver, statements
from refills import Hall, stock, tasks
from sqlalchemy import select, update
from warehouse import Worker

from wms.db import table_of
from wms.models.counting import Count
from wms.models.places import CUSTOMER, Location
from wms.models.stock import Lpn
from wms.operations import bringing, ledger, master
from wms.operations.ledger import By, Move, Spot

counts, lpns, locations = table_of(Count), table_of(Lpn), table_of(Location)


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    hall = Hall(database_url)
    yield hall
    hall.sound()
    hall.store.close()


def at_face(hall: Hall, qty: int = 24) -> Worker:
    """Somebody with a whole carton before the face."""
    hall.carton("R-01", hall.red, qty)
    hall.plan()
    return receiver(hall).start("replenish").follow().follow()


def test_a_robot_brings_a_whole_carton_to_its_face(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    hall.plan()
    rosa = receiver(hall).start("replenish").sees("Take 24 CORE-RED from R-01").follow().sees("Take this carton")
    rosa.follow().sees("Bring 24 CORE-RED to A-01-1").follow().hears("done", "A-01-1: 24 CORE-RED.")
    assert (hall.qty("A-01-1", hall.red), hall.tasks(), hall.reserved()) == (24, [("done", 24, 24)], 0)
    assert rosa.answer["task"] is None


def test_an_emptied_carton_stands_nowhere(hall: Hall) -> None:
    at_face(hall).follow()
    assert hall.rows(select(lpns.c.location_id).where(lpns.c.kind == "carton"))[0].location_id is None
    assert ledger_rows(hall)[-1].reason == "replenish"


def test_a_part_of_a_carton_is_counted_out_unit_by_unit(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 100)
    hall.plan()
    rosa = receiver(hall).start("replenish").follow().follow().sees("Take 30 CORE-RED")
    rosa.follow().hears("ok", "1 of 30 CORE-RED.").scan("30").sees("Bring 30 CORE-RED to A-01-1").follow().hears("done")
    assert (hall.qty("A-01-1", hall.red), hall.qty("R-01", hall.red)) == (30, 70)


def test_fewer_units_than_asked_leave_the_rest_for_the_next_walk(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 100)
    hall.plan()
    rosa = receiver(hall).start("replenish").follow().follow().scan("12").follow().hears("done", "A-01-1: 12 CORE-RED.")
    rosa.sees("Take 18 CORE-RED from R-01")
    assert hall.tasks() == [("doing", 30, 12)]


def test_more_units_than_asked_are_refused(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 100)
    hall.plan()
    rosa = receiver(hall).start("replenish").follow().follow()
    rosa.scan("31").hears("stop", "Only 30 CORE-RED wanted.").scan("0").hears("stop", "Press F2 Short")


def test_wrong_source_carton_item_and_face_are_refused_by_name(hall: Hall) -> None:
    wrong = hall.carton("R-02", hall.item("DICE"), 3)
    hall.carton("R-01", hall.red, 100)
    hall.plan()
    rosa = receiver(hall).start("replenish").scan(hall.code("R-02")).hears("stop", "This is R-02. Take from R-01.")
    rosa.follow().scan(wrong).hears("stop", wrong).follow().scan("DICE").hears("stop", "This is DICE. Take CORE-RED.")
    rosa.scan("30").scan(hall.code("A-02-1")).hears("stop", "This is A-02-1. Bring it to A-01-1.")


def test_a_carton_scanned_at_once_saves_the_scan_of_its_place(hall: Hall) -> None:
    code = hall.carton("R-01", hall.red, 24)
    hall.plan()
    receiver(hall).start("replenish").scan(code).sees("Bring 24 CORE-RED").follow().hears("done")


def test_a_short_source_is_counted_and_what_is_there_goes_to_the_face(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    hall.plan()
    rosa = receiver(hall).start("replenish").follow().scan("F2").sees("How many CORE-RED are there?")
    rosa.scan("24").hears("stop", "That is not short.").scan("20").hears("ok", "R-01 will be counted.")
    rosa.sees("Bring 20 CORE-RED to A-01-1").follow().hears("done", "A-01-1: 20 CORE-RED.")
    assert (hall.tasks(), hall.reserved()) == ([("short", 20, 20)], 0)
    assert [row.reason for row in hall.rows(select(counts))] == ["short"]


def test_an_empty_source_ends_the_task_and_frees_its_units(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    hall.plan()
    receiver(hall).start("replenish").follow().scan("F2").scan("0").hears("done", "R-01 will be counted.")
    assert (hall.tasks(), hall.reserved()) == ([("short", 24, 0)], 0)
    assert hall.plan()["open"] == 0


def test_a_full_face_takes_what_fits_and_the_rest_goes_back(hall: Hall) -> None:
    rosa = at_face(hall).scan("F2").sees("How many fit into A-01-1?").scan("24").hears("stop", "all 24 fit")
    rosa.scan("10").sees("Bring 14 back to R-01").scan(hall.code("A-01-1")).hears("stop").follow()
    rosa.hears("done", "14 CORE-RED back in R-01.")
    assert (hall.qty("A-01-1", hall.red), hall.qty("R-01", hall.red), hall.reserved()) == (10, 14, 0)


def test_a_face_that_a_colleague_filled_says_how_many_fit(hall: Hall) -> None:
    hall.do(master.add_location, "A-01-1", "bin", capacity_mm3=240_000 * 30)
    rosa = at_face(hall)
    hall.put("A-01-1", hall.red, 20)
    rosa.follow().hears("ask", "A-01-1 has room for 10 of 24.").follow().sees("Bring 14 back").follow().hears("done")
    assert hall.qty("A-01-1", hall.red) == 30


def test_a_skipped_task_comes_last(hall: Hall) -> None:
    dice = hall.item("DICE")
    hall.face("DICE", "A-01-2", 5, 30)
    hall.carton("R-01", hall.red, 24)
    hall.carton("R-02", dice, 24)
    hall.plan()
    rosa = receiver(hall).start("replenish").sees("Take 24 CORE-RED").scan("F3").sees("Take 24 DICE")
    rosa.finish()
    assert {state for state, _, _ in hall.tasks()} == {"done"}


def test_the_only_task_cannot_be_skipped(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    hall.plan()
    receiver(hall).start("replenish").scan("F3").hears("stop", "Only this is left.").sees("Take 24 CORE-RED")


def test_two_people_never_get_the_same_task(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    hall.plan()
    receiver(hall).start("replenish").sees("Take 24")
    receiver(hall, "Ben").start("replenish").hears("done", "No face needs anything now.")


def test_units_in_hand_are_promised_to_nobody_else_and_open_tasks_promise_nothing(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    hall.plan()
    assert hall.reserved() == 0
    receiver(hall).start("replenish")
    assert hall.reserved() == 24


def test_a_task_whose_units_an_order_took_is_fetched_from_elsewhere(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    hall.plan()
    row = hall.rows(select(stock).where(stock.c.qty == 24))[0]
    hall.carton("R-02", hall.red, 10)
    key = (row.location_id, row.lpn_id, row.item_id, 0, "available")
    hall.do(ledger.allocate, {key: 24})
    receiver(hall).start("replenish").sees("Take 10 CORE-RED from R-02")
    hall.do(ledger.release, {key: 24})


def test_the_lot_that_expires_first_is_asked_for_where_several_stand(hall: Hall) -> None:
    tea = hall.item("TEA", lot_tracked=True)
    hall.face("TEA", "A-02-1", 5, 10)
    for code, day in (("L2", date(2099, 5, 1)), ("L1", date(2099, 1, 1))):
        hall.put("A-02-3", tea, 10, hall.lot(tea, code, day))
    hall.plan()
    rosa = receiver(hall).start("replenish").follow().sees("Scan lot L1").scan("L2").hears("stop", "Take lot L1.")
    rosa.follow().scan("10").follow().hears("done")


def test_a_refill_for_which_its_face_has_no_room_waits_until_units_are_picked(hall: Hall) -> None:
    hall.do(lambda tx: tx.execute(update(locations).where(locations.c.name == "A-01-1").values(capacity_g=3000)))
    hall.carton("R-01", hall.red, 15)
    hall.plan()
    hall.put("A-01-1", hall.red, 20)
    rosa = receiver(hall).start("replenish").hears("done", "No face needs anything now.")
    sold = Move(hall.red, 10, Spot(hall.places["A-01-1"]), Spot(CUSTOMER), "ship")
    hall.do(ledger.post, By(), [sold])
    rosa.start("replenish").sees("Take 15 CORE-RED").finish()
    assert hall.qty("A-01-1", hall.red) == 25


def test_a_supervisor_withdraws_a_task_out_of_somebodys_hands(hall: Hall) -> None:
    rosa = at_face(hall)
    hall.do(bringing.withdraw, By(), hall.rows(select(tasks.c.id))[0].id)
    rosa.follow().hears("stop", "The office withdrew this task. Choose a job.")
    assert (hall.tasks(), hall.reserved()) == ([("void", 24, 0)], 0)


def test_the_commonest_scans_cost_at_most_ten_statements(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 100)
    hall.plan()
    rosa = receiver(hall).start("replenish")
    costs = []
    while rosa.answer["task"]:
        counting = rosa.answer["state"] == "quantity" and rosa.answer["facts"]["counted"] < 3
        text = "30" if rosa.answer["state"] == "quantity" and not counting else rosa.answer["target"]["code"]
        with statements(hall) as seen:
            rosa.scan(text)
        costs.append((rosa.answer["state"], len(seen)))
    assert max(cost for state, cost in costs if state != "menu") <= 10, costs
