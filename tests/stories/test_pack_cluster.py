"""Packing an order from its own tote: every unit verified, then carton, weight and label."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench import Bench, counted, orders, packing
from sqlalchemy import select

from wms.db import table_of
from wms.models.outbound import PickList, Wave
from wms.models.stock import Lpn


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    house = Bench(database_url)
    yield house
    house.store.close()


def test_an_order_is_packed_by_doing_what_the_screen_says(bench: Bench) -> None:
    order, _ = bench.tote_of({"CORE-RED": 2, "DICE": 1})
    packing(bench).start("pack").sees("Scan the next tote").finish()
    assert bench.state(order) == "packed"
    assert [(job.subject[:2], job.state, job.printer_id) for job in bench.labels()] == [("PA", "queued", bench.printer)]


def test_the_steps_are_units_carton_weight_label(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 2})
    jonas = packing(bench).start("pack").follow().sees("Scan CORE-RED")
    jonas.scan("CORE-RED").hears("ok", "CORE-RED: 1 of 2.").scan("CORE-RED").hears("ok", "CORE-RED is complete.")
    jonas.sees("Take carton").follow().sees("Weigh the parcel").follow().sees("Scan the label")
    assert jonas.follow().hears("done", "Order 10481 packed.").answer["task"] is None


def test_a_wrong_unit_is_refused_naming_both(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    jonas = packing(bench).start("pack").follow()
    jonas.scan("DICE").hears("stop", "This is DICE. This order takes CORE-RED.").sees("Scan CORE-RED")


def test_an_extra_unit_is_refused(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1, "DICE": 1})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED")
    jonas.scan("CORE-RED").hears("stop", "CORE-RED is complete. Put it back.").sees("Scan DICE")


def test_no_label_exists_before_the_last_unit_is_verified(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1, "DICE": 1})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED")
    assert (bench.labels(), jonas.answer["state"]) == ([], "unit")


def test_a_case_counts_its_units_when_so_many_are_missing(bench: Bench) -> None:
    bench.items["SLEEVE"] = bench.item("SLEEVE", cases=[("CASE-3", 3)])
    bench.tote_of({"SLEEVE": 4})
    jonas = packing(bench).start("pack").follow().scan("CASE-3").hears("ok", "SLEEVE: 3 of 4.")
    jonas.scan("CASE-3").hears("stop", "3 are too many. 1 of SLEEVE missing.")


def test_undo_puts_the_last_unit_back_into_its_tote(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 2})
    jonas = (
        packing(bench).start("pack").follow().scan("CORE-RED").scan("F4").hears("ok", "1 CORE-RED back in the tote.")
    )
    assert jonas.answer["progress"] == {"done": 0, "of": 2}
    jonas.scan("F4").hears("stop", "Nothing is in the parcel yet.").finish()
    assert bench.qty("P1", bench.items["CORE-RED"]) == 2


def test_a_missing_unit_holds_the_order_and_its_box_waits_on_the_problem_shelf(bench: Bench) -> None:
    order, tote = bench.tote_of({"CORE-RED": 2})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED")
    jonas.scan("F2").hears("ask", "1 CORE-RED missing?").scan("F2").hears("done", "on the problem shelf")
    assert bench.qty("X1", bench.items["CORE-RED"]) == 2
    jonas.start("pack").scan(tote).hears("stop").start("pack")
    bench.clear(order)
    jonas.start("pack").sees("Fetch tote").finish()
    assert (bench.state(order), bench.qty("P1", bench.items["CORE-RED"])) == ("packed", 2)


def test_a_second_parcel_takes_the_rest_of_an_order(bench: Bench) -> None:
    order, _ = bench.tote_of({"CORE-RED": 2})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED").scan("F6").sees("Take carton")
    jonas.follow().follow().follow().hears("ok", "second parcel").sees("Scan CORE-RED")
    assert bench.state(order) == "packing"
    jonas.finish()
    assert (bench.state(order), len(bench.labels())) == ("packed", 2)


def test_the_last_order_ends_its_list_and_its_wave_and_frees_the_tote(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    packing(bench).start("pack").finish()
    assert [row.state for row in bench.rows(select(table_of(PickList).c.state))] == ["packed"]
    assert [row.state for row in bench.rows(select(table_of(Wave).c.state))] == ["done"]
    totes = table_of(Lpn)
    assert bench.rows(select(totes.c.list_id, totes.c.order_id).where(totes.c.kind == "tote")) == [(None, None)]


def test_an_empty_tote_and_one_on_its_way_are_refused(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    jonas = packing(bench).start("pack").scan(bench.tote()).hears("stop", "is empty. Scan another one.")
    order = bench.order({"DICE": 1})
    on_cart = bench.fill(bench.pick_list("cluster", [order]), order, {"DICE": 1}, station="C-01")
    jonas.scan(on_cart).hears("stop", "is still being picked.")


def test_another_packer_is_asked_before_taking_over(bench: Bench) -> None:
    _, tote = bench.tote_of({"CORE-RED": 2})
    bench.tote_of({"DICE": 1})
    jonas, ana = packing(bench), packing(bench, "Ana")
    ana.start("pack")
    jonas.start("pack").scan(tote).scan("CORE-RED")
    ana.scan(tote).hears("ask", "Jonas").scan(tote).sees("Scan CORE-RED")
    assert ana.answer["progress"] == {"done": 1, "of": 2}
    jonas.scan("CORE-RED").hears("stop", "Ana took tote 1 over. Scan another tote.").sees("Scan the next tote")


def test_a_station_is_chosen_by_scanning_its_code(bench: Bench) -> None:
    bench.place("P2", "station")
    bench.tote_of({"CORE-RED": 1})
    jonas = bench.worker("Jonas").start("pack").sees("Fetch tote").scan(bench.code("P1")).hears("ok", "This is P1 now.")
    jonas.sees("Scan the next tote").scan(bench.code("D1")).hears("stop", "D1 is no pack station.")


def test_the_order_code_opens_the_order_too(bench: Bench) -> None:
    order, _ = bench.tote_of({"CORE-RED": 1})
    code = bench.rows(select(orders.c.code).where(orders.c.id == order))[0].code
    packing(bench).start("pack").scan(code).sees("Scan CORE-RED")


def test_verifying_a_unit_takes_at_most_ten_statements(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 3, "DICE": 1})
    jonas = packing(bench).start("pack").follow()
    with counted(bench) as statements:
        jonas.scan("CORE-RED").hears("ok")
    ours = [text for text in statements if not text.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(ours) <= 10, "\n".join(ours)


def test_a_rich_station_is_told_order_carton_and_weight(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    facts = packing(bench).start("pack").follow().scan("CORE-RED").follow().answer["facts"]
    assert (facts["order"], facts["country"], facts["initials"]) == ("10481", "DE", "M. K.")
    assert facts["weight"] == {"expected": 150, "low": 90, "high": 210, "reading": None}
    assert facts["carton"] == {"name": "S", "dims": "150 × 150 × 150"}
