"""How units lie in a carton, as a packer is told: what is in, what comes next, what fills the gaps."""

from __future__ import annotations

from typing import Any

import pytest
from bench import Bench
from sqlalchemy import update

from wms.db import Tx, table_of
from wms.models.items import Item
from wms.models.shipping import CartonType
from wms.operations import benches, boxing, parcels
from wms.operations.ledger import By
from wms.queries import boxes
from wms.queries.boxes import Box

SIZES = {"CORE-RED": (140, 140, 60), "CORE-BLUE": (140, 140, 30), "DICE": (60, 60, 60)}


@pytest.fixture
def bench(database_url: str) -> Any:
    bench = Bench(database_url)
    for sku, (long, wide, high) in SIZES.items():
        change(bench, sku, length_mm=long, width_mm=wide, height_mm=high)
    yield bench
    bench.store.close()


def change(bench: Bench, sku: str, **facts: Any) -> None:
    items = table_of(Item)
    bench.do(lambda tx: tx.execute(update(items).where(items.c.sku == sku).values(**facts)))


def box_of(bench: Bench, content: dict[str, int]) -> Box:
    """A parcel that is begun for such an order."""
    order, _ = bench.tote_of(content)
    by = By()

    def begun(tx: Tx) -> Box:
        return boxes.box(tx, benches.begin_order(tx, by, order, bench.places["P1"]), 0)

    return bench.do(begun)


def picture(bench: Bench, box: Box) -> dict[str, Any]:
    found = bench.do(lambda tx: boxing.picture(box, boxes.cartons(tx), rest=True))
    assert found is not None
    return found


def test_the_next_unit_is_the_one_to_scan_and_all_others_are_to_do(bench: Bench) -> None:
    found = picture(bench, box_of(bench, {"CORE-RED": 1, "DICE": 1}))
    assert sorted(zip([unit[0] for unit in found["units"]], found["state"], strict=True)) == [
        ("CORE-RED", "next"),
        ("DICE", "todo"),
    ]


def test_units_are_asked_for_in_the_order_of_the_packing(bench: Bench) -> None:
    box = box_of(bench, {"DICE": 1, "CORE-RED": 2})
    box = bench.do(lambda tx: boxing.in_turn(box, boxes.cartons(tx), rest=True))
    asked = []
    while box.next:
        asked.append(box.next.sku)
        box = box.after(box.next, 1)
    assert asked == [unit[0] for unit in picture(bench, box)["units"]]


def test_the_smallest_carton_is_proposed_only_when_the_units_fit_it_in_space(bench: Bench) -> None:
    flat, high = ({"CORE-RED": 2}, {"CORE-RED": 3})
    assert picture(bench, box_of(bench, flat))["carton"] == "S"
    assert picture(bench, box_of(bench, high))["carton"] == "L"  # 3 x 60 mm are more than 150 mm


def test_a_cheaper_carton_comes_before_a_smaller_one(bench: Bench) -> None:
    kinds = table_of(CartonType)
    bench.do(lambda tx: tx.execute(update(kinds).where(kinds.c.name == "S").values(cost=90)))
    bench.do(lambda tx: tx.execute(update(kinds).where(kinds.c.name == "L").values(cost=80)))
    assert picture(bench, box_of(bench, {"DICE": 1}))["carton"] == "L"


def test_soft_units_and_units_without_a_size_fill_the_gaps(bench: Bench) -> None:
    change(bench, "CORE-BLUE", soft=True)
    change(bench, "DICE", length_mm=0)
    found = picture(bench, box_of(bench, {"CORE-RED": 1, "CORE-BLUE": 1, "DICE": 2}))
    assert ([unit[0] for unit in found["units"]], found["soft"]) == (["CORE-RED"], [["CORE-BLUE", 1], ["DICE", 2]])


def test_an_order_without_any_size_has_no_picture_but_a_carton(bench: Bench) -> None:
    change(bench, "DICE", length_mm=0)
    box = box_of(bench, {"DICE": 3})
    kinds = bench.do(boxes.cartons)
    assert boxing.picture(box, kinds, rest=True) is None
    boxed = box.after(box.needs[0], 3)
    proposed = parcels.proposed(boxed, kinds)
    assert proposed is not None
    assert proposed.name == "S"


def test_what_fits_no_single_carton_says_how_many_there_will_be(bench: Bench) -> None:
    change(bench, "CORE-RED", length_mm=390, width_mm=390, height_mm=300)
    found = picture(bench, box_of(bench, {"CORE-RED": 2}))
    assert (found["of"], len(found["units"])) == (2, 1)


def test_nothing_heavier_lies_on_what_is_fragile(bench: Bench) -> None:
    change(bench, "CORE-BLUE", fragile=True, upright=True, weight_g=50)
    change(bench, "CORE-RED", upright=True, weight_g=900)
    found = picture(bench, box_of(bench, {"CORE-BLUE": 1, "CORE-RED": 1}))
    assert [unit[0] for unit in found["units"]] == ["CORE-RED", "CORE-BLUE"]
