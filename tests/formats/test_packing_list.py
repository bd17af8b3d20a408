"""Factory packing lists: the awkward layouts are read, contradictions are refused by row, doubts are warnings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from wms.formats.carton_numbers import compact, expand
from wms.formats.errors import FormatError
from wms.formats.packing_list import PackingList, read_packing_list
from wms.formats.packing_rows import expiry_date

HEADER = ["C/NO.", "ITEM NO.", "DESCRIPTION", "CTNS", "QTY/CTN", "QTY", "N.W.(KGS)", "G.W.(KGS)", "MEAS.(CM)", "CBM"]
TITLES = [["BRIGHT TOYS LTD"], ["PACKING LIST NO: PL-7"]]
Reader = Callable[..., PackingList]


def goods(carton: object, sku: str = "A", **cells: object) -> list[object]:
    row = {"ctns": 2, "per": 5, "qty": 10, "net": 8, "gross": 10, "size": "40x30x20", "cbm": 0.048, **cells}
    return [carton, sku, cells.get("description", "Game"), *list(row.values())[:7]]


@pytest.fixture
def read(workbook) -> Reader:
    def reader(*rows: list[object], merged: tuple[str, ...] = ()) -> PackingList:
        data = workbook({"PL": [*TITLES, HEADER, *rows]}, {"PL": merged})
        return read_packing_list(data, "list.xlsx")

    return reader


def problems(read: Reader, *rows: list[object]) -> list[tuple[int, str, str]]:
    with pytest.raises(FormatError) as caught:
        read(*rows)
    return [(problem.line, problem.field, problem.sentence) for problem in caught.value.problems]


def test_the_sample_list_is_read_whole_and_without_a_warning(sample):
    found = read_packing_list(sample("supplier_packing_list.xlsx"), "supplier_packing_list.xlsx")
    assert (found.number, found.supplier, len(found.cartons), found.warnings) == (
        "INV-0001",
        "SAMPLE TOYS CO., LTD",
        33,
        (),
    )
    assert found.units == {
        "CORE-EN": 200, "CORE-DE": 100, "MAT-RED": 12, "MAT-BLUE": 8, "COINS": 30, "SPARE-A": 200
    }  # fmt: skip


def test_a_merged_mixed_carton_holds_the_lines_below_it(sample):
    found = read_packing_list(sample("supplier_packing_list.xlsx"), "a.xlsx")
    carton = next(carton for carton in found.cartons if carton.number == "31")
    assert [(line.sku, line.qty) for line in carton.lines] == [("MAT-RED", 12), ("MAT-BLUE", 8), ("COINS", 30)]
    assert (carton.gross_g, carton.dims_mm) == (7000, (600, 200, 200))


def test_goods_called_spares_are_marked(sample):
    found = read_packing_list(sample("supplier_packing_list.xlsx"), "a.xlsx")
    assert [line.sku for line in found.lines if line.spare] == ["SPARE-A"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1-3", ["1", "2", "3"]),
        ("21~23", ["21", "22", "23"]),
        ("31 – 33", ["31", "32", "33"]),
        ("A1-A3", ["A1", "A2", "A3"]),
        ("A1-3", ["A1", "A2", "A3"]),
        ("008-010", ["008", "009", "010"]),
        ("5 to 6", ["5", "6"]),
        ("5～6", ["5", "6"]),
        ("5至6", ["5", "6"]),
        ("#7", ["7"]),
        ("12", ["12"]),
    ],
)
def test_carton_ranges_are_read_as_factories_write_them(text, numbers):
    assert list(expand(text)) == numbers


def test_a_carton_range_written_with_a_tilde_becomes_ten_cartons():
    assert len(expand("21~30")) == 10


@pytest.mark.parametrize("text", ["9-3", "1-2-3", "A1-B3", "-", "1-99999999", "1-900000", "x-y", ""])
def test_what_is_no_carton_range_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"range|letters"):
        expand(text)


@pytest.mark.parametrize(
    ("date", "cartons", "ends"),
    [
        ("2026-03-05", 3, ("3", "5")),
        ("2026-05-03", 3, ("3", "5")),
        ("2026-03-05", None, ("3", "5")),
        ("1945-03-01", 43, ("3", "45")),
        ("2026-03-01", 3, ("1", "3")),
    ],
)
def test_a_range_that_excel_made_a_date_is_restored(date, cartons, ends):
    numbers = expand(date, cartons)
    assert (numbers[0], numbers[-1]) == ends


def test_a_date_that_may_be_two_ranges_is_refused():
    with pytest.raises(ValueError, match="type it again as text"):
        expand("1945-03-01")


def test_a_dated_range_is_read_with_a_warning_that_names_the_row(read):
    found = read(goods(dt.date(2026, 3, 4)))
    assert [carton.number for carton in found.cartons] == ["3", "4"]
    assert (found.warnings[0].line, "read as 3-4" in found.warnings[0].sentence) == (4, True)


def test_carton_numbers_are_shown_short():
    assert compact(["1", "2", "3", "7", "A1", "A2"]) == "1-3, 7, A1-A2"


def test_the_number_and_supplier_come_from_the_title_rows(read):
    found = read(goods("1-2"))
    assert (found.number, found.supplier) == ("PL-7", "BRIGHT TOYS LTD")


def test_a_list_without_number_takes_the_name_of_its_file(workbook):
    found = read_packing_list(workbook({"PL": [HEADER, goods("1-2")]}), "march.xlsx")
    assert (found.number, "march" in found.warnings[-1].sentence) == ("march", True)


def test_chinese_headers_in_two_rows_are_understood(workbook):
    rows = [
        ["箱号", "货号", "品名", "箱数", "每箱数量", "总数量", "毛重(公斤)", None, "尺寸(厘米)", None, None],
        [None, None, None, None, None, None, "单", "总", "长", "宽", "高"],
        ["1-2", "A", "桌游", 2, 5, 10, 7, 14, 40, 30, 20],
    ]
    carton = read_packing_list(workbook({"装箱单": rows}), "a.xlsx").cartons[0]
    assert (carton.lines[0].qty, carton.gross_g, carton.dims_mm) == (5, 7000, (400, 300, 200))


@pytest.mark.parametrize(("unit", "grams"), [("KGS", 2000), ("G", 2), ("LBS", 907)])
def test_the_unit_of_a_weight_stands_in_the_header(workbook, unit, grams):
    rows = [["C/NO", "SKU", "QTY", f"G.W. ({unit})"], ["1", "A", 5, 2]]
    assert read_packing_list(workbook({"S": rows}), "a.xlsx").cartons[0].gross_g == grams


def test_a_size_in_cm_is_not_taken_for_inches(workbook):
    rows = [["C/NO", "SKU", "QTY", "CARTON SIZE IN CM"], ["1", "A", 5, "40 x 30 x 20.5"]]
    assert read_packing_list(workbook({"S": rows}), "a.xlsx").cartons[0].dims_mm == (400, 300, 205)


def test_a_header_without_a_unit_is_a_warning(workbook):
    rows = [["C/NO", "SKU", "QTY", "G.W."], ["1", "A", 5, 2]]
    found = read_packing_list(workbook({"S": rows}), "a.xlsx")
    assert any("no unit for weights" in note.sentence for note in found.warnings)


def test_lot_and_expiry_columns_are_read(workbook):
    rows = [["C/NO", "SKU", "LOT NO.", "EXP. DATE", "QTY"], ["1", "TEA", "K1", dt.date(2027, 6, 30), 5]]
    line = read_packing_list(workbook({"S": rows}), "a.xlsx").cartons[0].lines[0]
    assert (line.lot, line.expiry) == ("K1", dt.date(2027, 6, 30))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-05-31", dt.date(2027, 5, 31)),
        ("2027.5.1", dt.date(2027, 5, 1)),
        ("20270531", dt.date(2027, 5, 31)),
        ("31/05/2027", dt.date(2027, 5, 31)),
        ("05/31/2027", dt.date(2027, 5, 31)),
        ("02/2028", dt.date(2028, 2, 29)),
        ("2027-06", dt.date(2027, 6, 30)),
    ],
)
def test_expiry_dates_are_read_when_only_one_meaning_is_possible(text, expected):
    assert expiry_date(text) == expected


@pytest.mark.parametrize("text", ["05/06/2027", "soon", "2027-13-01", "31/31/2027", "13/2027"])
def test_an_unclear_expiry_date_is_refused(text):
    with pytest.raises(ValueError, match="write it like 2027-05-31"):
        expiry_date(text)


def test_one_item_number_merged_over_several_lots_counts_for_each(workbook):
    rows = [["C/NO", "SKU", "LOT", "QTY"], ["1", "TEA", "K1", 5], ["2", None, "K2", 6]]
    found = read_packing_list(workbook({"S": rows}, {"S": ["B2:B3"]}), "a.xlsx")
    assert [(line.sku, line.lot) for line in found.lines] == [("TEA", "K1"), ("TEA", "K2")]


def test_every_sheet_with_a_table_counts_and_others_are_named(workbook):
    sheets = {"One": [HEADER, goods("1-2")], "Notes": [["Keep dry"]], "Two": [HEADER, goods("3-4")]}
    found = read_packing_list(workbook(sheets), "a.xlsx")
    assert len(found.cartons) == 4
    assert any("'Notes' has no packing table" in note.sentence for note in found.warnings)


def test_a_list_as_csv_is_read_alike():
    found = read_packing_list(b"C/NO;SKU;CTNS;QTY\n1-2;A;2;10\nTOTAL;;2;10\n", "a.csv")
    assert [carton.lines[0].qty for carton in found.cartons] == [5, 5]


def test_a_carton_count_that_differs_from_its_range_is_refused(read):
    found = problems(read, goods("1-3"))
    assert (4, "cartons", "Cartons 1-3 are 3, but the list says 2.") in found


def test_a_quantity_that_differs_from_cartons_times_units_is_refused(read):
    found = problems(read, goods("1-2", qty=11))
    assert found == [(4, "qty", "2 cartons of 5 are 10, but the list says 11.")]


def test_overlapping_carton_ranges_are_refused_with_both_rows(read):
    found = problems(read, goods("1-2"), goods("2-3"))
    assert found == [(5, "carton", "Carton 2 is already in row 4 of sheet 'PL'.")]


def test_cartons_that_stand_on_two_sheets_are_refused(workbook):
    with pytest.raises(FormatError, match="already in row 2 of sheet 'One'"):
        read_packing_list(workbook({"One": [HEADER, goods("1-2")], "Two": [HEADER, goods("2-3")]}), "a.xlsx")


def test_goods_without_an_item_number_are_refused(read):
    assert problems(read, goods("1-2", sku=""))[0][:2] == (4, "sku")


def test_goods_below_the_total_row_are_refused(read):
    assert problems(read, goods("1-2"), ["TOTAL"], goods("3-4"))[0][:2] == (6, "sku")


def test_a_quantity_that_is_no_number_is_refused_once(read):
    assert problems(read, goods("1-2", qty="ten")) == [(4, "qty", "'ten' is not a whole number.")]


def test_all_bad_rows_are_reported_at_once(read):
    assert [line for line, _, _ in problems(read, goods("9-3"), goods("4-5"), goods("x-y"))] == [4, 6]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"net": 12}, "gross", "above gross weight"),
        ({"cbm": 0.06}, "cbm", "measure 0.048 m3"),
    ],
)
def test_doubts_about_weight_and_volume_are_warnings(read, change, field, words):
    notes = read(goods("1-2", **change), ["TOTAL", None, None, 2, None, 10]).warnings
    assert [(note.line, note.field) for note in notes] == [(4, field)]
    assert words in notes[0].sentence


def test_sums_that_differ_from_the_total_row_are_warnings(read):
    notes = read(goods("1-2"), ["TOTAL:", None, None, 3, None, 12, 8, 10, None, 0.048]).warnings
    assert [(note.line, note.field) for note in notes] == [(5, "cartons"), (5, "qty")]


def test_a_list_without_a_total_row_is_a_warning(read):
    assert [note.sentence for note in read(goods("1-2")).warnings] == ["The list has no TOTAL row to compare with."]


def test_subtotals_are_passed_over(read):
    assert len(read(goods("1-2"), ["SUB-TOTAL", None, None, 2, None, 10], goods("3-4")).cartons) == 4


def test_a_file_without_a_packing_table_is_refused(workbook):
    with pytest.raises(FormatError, match="No packing table"):
        read_packing_list(workbook({"S": [["hello"]]}), "a.xlsx")
