"""Odd labels and scanners on the floor: what is wrong is said in plain words, and honest work goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from biip.checksums import gs1_standard_check_digit
from delivery import announce, line
from sqlalchemy import select
from warehouse import Warehouse, Worker

from wms.barcodes import layouts, understand
from wms.db import table_of
from wms.flows.scans import SerialScan, choose
from wms.models.items import Code
from wms.models.stock import Lot
from wms.operations import counting, directory

EAN = "4006381333931"
UNIT = f"0{EAN}"
codes = table_of(Code)
CASE = f"1{EAN[:12]}{gs1_standard_check_digit(f'1{EAN[:12]}')}"
LABEL = f"]C101{UNIT}10AB-12317310331"


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def at_carton(house: Warehouse, units: int = 10, **facts: bool) -> tuple[int, Worker]:
    """TEA is announced, and a supervisor has its carton open."""
    tea = house.item("TEA", barcode=EAN, **facts)
    announce(house, (line("TEA", units),))
    return tea, house.worker().start("receive").follow().sees("Scan an item")


def lots(house: Warehouse) -> list[tuple[str, date | None]]:
    table = table_of(Lot)
    return [(row.code, row.expiry) for row in house.rows(select(table).where(table.c.id > 0).order_by(table.c.id))]


# --- lots at receiving -----------------------------------------------------------------------------------------------


def test_a_lot_that_may_have_swallowed_a_date_is_asked_about_before_it_is_received(house: Warehouse) -> None:
    _, ana = at_carton(house, 1, lot_tracked=True)
    ana.scan(LABEL).hears("ask", "Lot AB-12317310331? Separator lost? Again to take it.")
    assert lots(house) == []
    ana.scan(LABEL).hears("done")
    assert lots(house) == [("AB-12317310331", None)]


def test_once_such_a_lot_is_known_the_work_goes_on_with_a_note(house: Warehouse) -> None:
    tea, ana = at_carton(house, 2, lot_tracked=True)
    house.lot(tea, "AB-12317310331")
    ana.scan(LABEL).hears("ok", "Separator missing? Check the scanner's set-up.").sees("How many")


def test_an_item_without_lots_is_never_asked_about_them(house: Warehouse) -> None:
    _, ana = at_carton(house, 2)
    ana.scan(LABEL).hears("ok", "Separator missing? Check the scanner's set-up.").sees("How many")


def test_a_doubtful_lot_is_asked_about_where_the_lot_is_scanned_by_itself(house: Warehouse) -> None:
    _, ana = at_carton(house, 1, lot_tracked=True)
    ana.scan(EAN).sees("Scan the lot of TEA").scan("]C110L717310331").hears("ask", "Lot L717310331?")
    ana.scan("]C110L7\x1d17310331").hears("done")
    assert lots(house) == [("L7", date(2031, 3, 31))]


def test_the_whole_label_of_the_unit_answers_the_question_for_its_lot(house: Warehouse) -> None:
    _, ana = at_carton(house, 1, lot_tracked=True)
    ana.scan(EAN).sees("Scan the lot of TEA").scan(f"]C101{UNIT}10L7").hears("done")
    assert lots(house) == [("L7", None)]


def test_the_label_of_another_item_does_not(house: Warehouse) -> None:
    house.item("SOAP", barcode="96385074")
    _, ana = at_carton(house, 1, lot_tracked=True)
    ana.scan(EAN).scan("]C1010000009638507410L7").hears("stop", "Still counting TEA")
    ana.scan(EAN).hears("stop", "That label of TEA names no lot.").sees("Scan the lot of TEA")


def test_a_label_with_a_bad_date_is_used_in_part_and_the_date_is_asked(house: Warehouse) -> None:
    _, ana = at_carton(house, 1, lot_tracked=True, expiry_tracked=True)
    ana.scan(f"]C101{UNIT}1731133110L7").hears("ok", "Part of the label makes no sense.").sees("Expiry date of TEA")
    ana.scan("310331").hears("done")
    assert lots(house) == [("L7", date(2031, 3, 31))]


@pytest.mark.parametrize("text", ["L" * 41, "10L7\x1d", "L7\u202e8"])
def test_what_nobody_can_read_is_no_lot(house: Warehouse, text: str) -> None:
    _, ana = at_carton(house, 1, lot_tracked=True)
    ana.scan(EAN).scan(text)
    assert ana.answer["tone"] == "stop" or lots(house) == [("L7", None)]


def test_a_doubtful_lot_is_asked_about_when_it_is_counted(house: Warehouse) -> None:
    tea = house.item("TEA", barcode=EAN, lot_tracked=True)
    house.put("A-01-1", tea, 5, house.lot(tea, "L1"))
    house.do(counting.ask, house.places["A-01-1"], "asked")
    ana = house.worker().start("count").follow().scan(LABEL).hears("ask", "Separator lost?")
    ana.scan(LABEL).hears("ok")


# --- counts ----------------------------------------------------------------------------------------------------------


def test_a_case_counts_as_its_units(house: Warehouse) -> None:
    tea, ana = at_carton(house, 24)
    house.do(directory.register_case, CASE, tea, "TEA", 12)
    ana.scan(f"]C101{CASE}").sees("How many").scan(f"]I1{CASE}").hears("done")
    assert house.qty("D1", tea) == 24


def test_the_content_of_a_logistic_unit_counts_as_its_label_says(house: Warehouse) -> None:
    tea, ana = at_carton(house, 24)
    ana.scan(f"]C102{UNIT}3724").hears("done")
    assert house.qty("D1", tea) == 24


def test_cases_on_a_logistic_unit_count_as_their_units(house: Warehouse) -> None:
    tea, ana = at_carton(house, 24)
    house.do(directory.register_case, CASE, tea, "TEA", 12)
    ana.scan(f"]C102{CASE}372").hears("done")
    assert house.qty("D1", tea) == 24


def test_an_unknown_case_of_a_known_item_is_never_counted_as_one(house: Warehouse) -> None:
    _, ana = at_carton(house)
    ana.scan(f"]C101{CASE}10L7").hears("stop", "Case of TEA: count unknown. Scan units.")
    assert ana.answer["refusal"] == "unknown_case"


def test_a_supervisor_links_an_unknown_case_by_its_trade_number(house: Warehouse) -> None:
    tea, ana = at_carton(house, 12)
    ana.scan(f"]C101{CASE}10L7").scan("F5").sees(f"Which item is {CASE}?").scan("12").scan(EAN)
    assert house.rows(select(codes.c.qty).where(codes.c.code == CASE))[0].qty == 12
    ana.scan(f"]C101{CASE}10L8").hears("done")
    assert house.qty("D1", tea) == 12


def test_a_count_beyond_all_bounds_is_refused(house: Warehouse) -> None:
    _, ana = at_carton(house)
    ana.scan(f"]C102{UNIT}3799999999").hears("stop", "99999999 is above the limit of 100000.")


# --- scanners --------------------------------------------------------------------------------------------------------


def through(text: str, computer: str) -> str:
    return text.translate(str.maketrans(layouts.US, computer))


@pytest.mark.parametrize("computer", [layouts.GERMAN, layouts.FRENCH])
@pytest.mark.parametrize("where", ["menu", "lookup"])
def test_a_wrong_keyboard_is_said(house: Warehouse, computer: str, where: str) -> None:
    ana = house.worker()
    ana = ana.start("lookup") if where == "lookup" else ana
    ana.scan(through(house.code("A-01-1"), computer))
    ana.hears("stop", "Keyboard layout of the scanner is wrong: set it to US.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("*{code}", "Stray characters around the code. Check the scanner."),
        ("{code}{code}", "Two scans came as one. Scan again."),
        ("]c1010400638133393110l7", "Caps lock is on. Switch it off and scan again."),
        ("]C1010400638133393210L7", "Misread: a check digit is wrong. Scan it again."),
        ("]C10104006381", "Only part of the label was read. Scan it again."),
        ("]C1020400638133393110L7", "The label does not say how many. Scan a unit."),
        (f"]C18006{UNIT}0203", "That is one piece of several."),
        ("4006381333932", "Unknown code 4006381333932. Misread? Scan it again."),
        ("AB\x1d\x1eCD", "Unknown code AB··CD."),
    ],
)
def test_a_spoilt_scan_is_told_in_plain_words(house: Warehouse, text: str, sentence: str) -> None:
    text = text.format(code=house.code("A-01-1"))
    house.worker().start("lookup").scan(text).hears("stop", sentence)


def test_a_nul_within_a_code_is_not_dropped_but_one_around_it_is(house: Warehouse) -> None:
    house.item("CORE")
    ana = house.worker().start("lookup").scan("CO\x00RE").hears("stop", "Unknown code CO")
    ana.scan("\x00CORE\x00\r").hears("ok").sees("CORE")


def test_a_misread_code_of_ours_is_told_at_the_menu_too(house: Warehouse) -> None:
    code = house.code("A-01-1")
    house.worker().scan(code.replace("01", "02", 1)).hears("stop", "Misread: ")


def test_a_text_that_is_known_is_used_whatever_it_looks_like(house: Warehouse) -> None:
    house.item("LO/A/1/2", barcode="4006381333932")
    house.worker().start("lookup").scan("4006381333932").hears("ok").sees("LO/A/1/2")


def test_a_serial_number_label_gives_the_serial_number_alone() -> None:
    assert choose(understand("]C121S-99\x1d"), [], ["serial"], 100) == SerialScan("S-99")
