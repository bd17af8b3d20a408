"""Where a flow asks for a lot, the whole GS1 label of the unit in hand answers too; another item's label does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from backers import Campaign, backer
from bench import Bench, packing
from delivery import receiver
from refills import Hall
from wall import WallBench, sorter
from warehouse import Warehouse

from wms.operations import counting

EAN, OTHER = "4006381333931", "96385074"
LABEL = f"]C1010{EAN}10"
ALIEN = f"]C101000000{OTHER}10L1"
FAR, FARTHER = date(2099, 1, 1), date(2099, 5, 1)


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def tea(house: Warehouse, place: str) -> int:
    """Ten TEA of each of two lots in a place, and an item with another barcode."""
    house.item("SOAP", barcode=OTHER)
    item_id = house.item("TEA", barcode=EAN, lot_tracked=True)
    for code, day in (("L1", FAR), ("L2", FARTHER)):
        house.put(place, item_id, 10, house.lot(item_id, code, day))
    return item_id


def test_a_mover_scans_the_label_of_a_unit(house: Warehouse) -> None:
    tea(house, "A-01-1")
    rosa = receiver(house).start("move").scan(house.code("A-01-1")).sees("Scan the lot to move")
    rosa.scan(ALIEN).hears("stop", "Moving TEA.").scan(EAN).hears("stop", "That label of TEA names no lot.")
    rosa.scan(f"{LABEL}L2").follow().follow().hears("done", "10 TEA")


def test_a_counter_scans_the_label_of_a_unit(house: Warehouse) -> None:
    tea(house, "A-01-1")
    house.do(counting.ask, house.places["A-01-1"], "asked")
    ana = house.worker().start("count").follow().scan(EAN).sees("Scan the lot of TEA")
    ana.scan(ALIEN).hears("stop", "Still counting TEA.").scan(f"{LABEL}L2").scan("10").hears("ok", "10 noted.")


def test_a_picker_scans_the_label_of_a_unit(house: Warehouse) -> None:
    house.tote("C-01")
    tea(house, "A-01-2")
    campaign = Campaign(house, Tea="TEA")
    campaign.review(backer(1, "2 Tea"))
    campaign.release(pilot=False)
    ana = house.worker().start("pick")
    while ana.answer["state"] != "item":
        ana.follow()
    ana.scan(EAN).sees("Which lot of TEA?").scan(ALIEN).hears("stop", "SOAP")
    ana.scan(f"{LABEL}L1").sees("Take 1 more TEA")


def test_a_sorter_scans_the_label_of_a_unit(database_url: str) -> None:
    bench = WallBench(database_url)
    bench.item("SOAP", barcode=OTHER)
    item = bench.items["TEA"] = bench.item("TEA", barcode=EAN, lot_tracked=True)
    first, second = (bench.lot(item, code, FAR) for code in ("L1", "L2"))
    tote = bench.fill(bench.pick_list("batch", [bench.order({"TEA": 2})]), None, {"TEA": 1}, lot=first)
    bench.add_to(tote, {"TEA": 1}, second)
    sara = sorter(bench).start("sort").scan(tote).scan(EAN).sees("Which lot of TEA?")
    sara.scan(ALIEN).hears("stop", "That is a label of SOAP.").scan(f"{LABEL}L2").sees("Put 1 into W1-1")
    bench.store.close()


def test_a_packer_scans_the_label_of_a_unit_for_its_serial_number(database_url: str) -> None:
    bench = Bench(database_url)
    bench.items["LAMP"] = bench.item("LAMP", barcode=EAN, serial_tracked=True)
    bench.item("SOAP", barcode=OTHER)
    pia = packing(bench).start("pack").scan(bench.tote_of({"LAMP": 1})[1]).scan(EAN).sees("Serial number of LAMP")
    pia.scan(ALIEN).hears("stop", "This is SOAP.").scan(EAN).hears("stop", "That label of LAMP has no serial.")
    pia.scan(f"]C1010{EAN}21S-9").hears("ok", "LAMP is complete.")
    bench.store.close()


def test_a_refiller_scans_the_label_of_a_unit(database_url: str) -> None:
    hall = Hall(database_url)
    tea(hall, "A-02-3")
    hall.face("TEA", "A-02-1", 5, 10)
    hall.plan()
    rosa = receiver(hall).start("replenish").follow().sees("Scan lot L1")
    rosa.scan(ALIEN).hears("stop", "SOAP").scan(f"{LABEL}L2").hears("stop", "Take lot L1.")
    rosa.scan(f"{LABEL}L1").sees("Take 10 TEA")
    hall.store.close()
