"""What packing refuses or asks about: holds, cartons, weights, lots, serial numbers, labels of other parcels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench import Bench, jobs, packing
from sqlalchemy import update

from wms.db import table_of
from wms.models.printing import Printer
from wms.models.shipping import Carrier, CartonType
from wms.settings import Floor


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    house = Bench(database_url)
    yield house
    house.store.close()


def test_a_held_order_is_refused_at_its_tote_naming_the_hold(bench: Bench) -> None:
    order, tote = bench.tote_of({"CORE-RED": 1})
    bench.tote_of({"DICE": 1})
    bench.hold(order, "SHORT")
    jonas = packing(bench).start("pack").scan(tote).hears("stop", "On hold: SHORT. A supervisor clears it.")
    jonas.finish()
    assert bench.state(order) == "picked"


def test_a_hold_that_comes_while_packing_stops_the_label(bench: Bench) -> None:
    order, _ = bench.tote_of({"CORE-RED": 1})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED").follow().sees("Weigh the parcel")
    bench.hold(order)
    jonas.scan("150").hears("stop", "Now on hold: CHANGED_AFTER_LOCK.").sees("On hold: CHANGED_AFTER_LOCK")
    assert bench.labels() == []
    jonas.follow().hears("done", "on the problem shelf")


def test_the_problem_shelf_is_for_held_orders(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    packing(bench).start("pack").follow().scan("F3").hears("stop", "is not on hold. Go on packing.")


def test_another_carton_than_proposed_is_asked_about(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED").sees("Take carton S")
    jonas.scan(bench.cartons["L"]).hears("ask", "S was proposed. Again to take L.").scan(bench.cartons["L"])
    assert jonas.answer["facts"]["carton"]["name"] == "L"


def test_a_carton_that_does_not_carry_the_weight_is_refused(bench: Bench) -> None:
    bench.items["GOLD"] = bench.item("GOLD", weight_g=3000)
    bench.tote_of({"GOLD": 1})
    jonas = packing(bench).start("pack").follow().scan("GOLD").sees("Take carton L")
    jonas.scan(bench.cartons["S"]).scan(bench.cartons["S"]).hears("stop", "S carries 2,000 g, this weighs 3,050 g.")


def test_a_weight_outside_the_band_is_asked_about_with_both_figures(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED").follow()
    jonas.scan("1284").hears("ask", "1,284 g, expected 90–210. Check the content.")
    jonas.scan("1285").hears("ask").scan("1285").sees("Scan the label")


def test_a_supervisor_weighs_freely(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    bench.worker("Sam", station="P1").start("pack").follow().scan("CORE-RED").follow().scan("999").sees(
        "Scan the label"
    )


def test_without_a_scale_and_with_one_carton_the_label_follows_the_last_unit(database_url: str) -> None:
    bench = Bench(database_url, floor=Floor(weigh=False))
    types = table_of(CartonType)
    bench.do(lambda tx: tx.execute(types.delete().where(types.c.name == "L")))
    bench.tote_of({"CORE-RED": 1})
    packing(bench).start("pack").follow().scan("CORE-RED").sees("Scan the label")
    assert "150" in bench.labels()[0].label
    bench.store.close()


def test_the_label_of_another_parcel_is_refused(bench: Bench) -> None:
    other = bench.packed({"DICE": 1})[0]
    bench.tote_of({"CORE-RED": 1})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED").follow().follow()
    jonas.scan(other).hears("stop", f"That is {other}. This box is").sees("Scan the label")


def test_a_waiting_label_is_not_doubled_and_a_printed_one_is_copied(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED").follow().follow()
    jonas.scan("F7").hears("stop", "It is on its way. Label kept.")
    bench.do(lambda tx: tx.execute(update(jobs).values(state="confirmed")))
    jonas.scan("F7").hears("ok", "A copy of the label")
    assert ["COPY" in job.zpl for job in bench.labels()] == [False, True]


def test_the_lot_is_asked_for_when_the_tote_holds_several(bench: Bench) -> None:
    bench.items["TEA"] = bench.item("TEA", lot_tracked=True)
    lots = [bench.lot(bench.items["TEA"], name) for name in ("L1", "L2")]
    order = bench.order({"TEA": 2})
    made = bench.pick_list("cluster", [order])
    for lot in lots:
        bench.fill(made, order, {"TEA": 1}, lot=lot)
    jonas = packing(bench).start("pack").follow().scan("TEA").sees("Which lot of TEA?")
    jonas.scan("L9").hears("stop", "Lot L9 of TEA is not in this tote.").scan("L2").hears("ok", "TEA: 1 of 2.")
    jonas.scan("TEA").sees("Take carton").finish()
    assert bench.state(order) == "packed"


def test_a_serial_number_goes_into_one_parcel_only(bench: Bench) -> None:
    bench.items["LAMP"] = bench.item("LAMP", serial_tracked=True)
    bench.tote_of({"LAMP": 2})
    jonas = packing(bench).start("pack").follow().scan("LAMP").sees("Serial number of LAMP").scan("SN77")
    jonas.hears("ok", "LAMP: 1 of 2.").scan("LAMP").scan("SN77").hears("stop", "Serial SN77 is already in PA-")
    jonas.scan("F4").scan("F4").hears("ok", "back in the tote").scan("LAMP").scan("SN77").hears("ok").finish()
    assert bench.qty("P1", bench.items["LAMP"]) == 2


def test_a_country_without_a_carrier_is_refused_at_the_tote(bench: Bench) -> None:
    bench.do(lambda tx: tx.execute(update(table_of(Carrier)).values(countries="DE")))
    _, tote = bench.tote_of({"CORE-RED": 1}, country="CH")
    packing(bench).start("pack").scan(tote).hears("stop", "No carrier goes to CH. Tell a supervisor.")


def test_without_a_label_the_parcel_stays_open(bench: Bench) -> None:
    order, _ = bench.tote_of({"CORE-RED": 1})
    bench.do(lambda tx: tx.execute(update(table_of(Printer)).values(dpi=400)))
    jonas = packing(bench).start("pack").follow().scan("CORE-RED").follow().follow()
    jonas.hears("stop", "No label can be made: dpi. Tell a supervisor.").sees("Weigh the parcel")
    assert (bench.state(order), bench.labels()) == ("packing", [])


def test_the_label_goes_to_the_carrier_that_lists_the_country(bench: Bench) -> None:
    bench.packed({"CORE-RED": 1})
    bench.packed({"CORE-RED": 1}, country="US")
    assert [job.label.split('"carrier":"')[1].split('"')[0] for job in bench.labels()] == ["POST", "WORLD"]
