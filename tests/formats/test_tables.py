"""Tables: encodings, delimiters, widths, headers, workbooks and archives."""

from __future__ import annotations

import datetime as dt

import pytest

from wms.formats.errors import FormatError
from wms.formats.tables import read_sheets, read_table, read_tables


def test_a_byte_order_mark_is_no_part_of_the_first_header():
    assert read_table(b"\xef\xbb\xbfSKU,Qty\nA,1\n", "a.csv").header == ("SKU", "Qty")


def test_a_cp1252_file_is_read_and_says_so():
    table = read_table("Name,City\nJörg,Köln\n".encode("cp1252"), "a.csv")
    assert (table.rows[0].cells, table.encoding) == (("Jörg", "Köln"), "cp1252")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_with_and_without_its_mark(encoding: str):
    assert read_table("Name,City\nEwa,Łódź\n".encode(encoding), "a.csv").rows[0].cells == ("Ewa", "Łódź")


def test_bytes_of_no_encoding_are_refused_with_their_line():
    with pytest.raises(FormatError, match="save the file as UTF-8") as caught:
        read_table(b"Name\nfine\n\x81\x8d\n", "a.csv")
    assert caught.value.line == 3


def test_zero_bytes_are_dropped():
    assert read_table(b"Name,City\nA\x00da,Le\x00eds is a city\n", "a.csv").rows[0].cells[0] == "Ada"


def test_the_delimiter_is_the_one_that_finds_the_known_headers():
    table = read_table(b"Name;Pledged At, local;Email\nA;x;b\n", "a.csv", {"Name", "Email"})
    assert table.header == ("Name", "Pledged At, local", "Email")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_common_delimiter_is_found(mark: str):
    assert read_table(f"a{mark}b\n1{mark}2\n".encode(), "a.csv").rows[0].cells == ("1", "2")


def test_excels_own_hint_line_is_skipped_but_counted():
    table = read_table(b"sep=;\na;b\n1;2\n", "a.csv")
    assert (table.header, table.rows[0].line) == (("a", "b"), 3)


def test_a_record_over_several_lines_carries_the_line_it_begins_on():
    table = read_table(b'a,b\n1,"x\ny"\n2,z\n', "a.csv")
    assert [(row.line, row.cells[1]) for row in table.rows] == [(2, "x\ny"), (4, "z")]


def test_an_answer_longer_than_the_librarys_limit_is_read():
    assert len(read_table(b"a,b\n1," + b"x" * 200_000 + b"\n", "a.csv").rows[0].cells[1]) == 200_000


def test_a_row_of_another_width_is_kept_aside_with_its_line_and_reason():
    table = read_tables(b"a,b\n1,2\n1\n1,2,3\n4,5\n", "a.csv")[0]
    assert [row.line for row in table.rows] == [2, 5]
    assert [(bad.line, bad.cells) for bad in table.rejected] == [(3, ("1",)), (4, ("1", "2", "3"))]


def test_a_strict_reader_refuses_all_rows_of_another_width_at_once():
    with pytest.raises(FormatError) as caught:
        read_table(b"a,b\n1\n2\n", "a.csv")
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_nameless_blank_columns_at_the_end_are_dropped():
    assert read_table(b"a,b,,\n1,2,,\n", "a.csv").rows[0].cells == ("1", "2")


def test_a_cell_too_many_is_never_hidden_by_a_blank_last_cell():
    assert len(read_tables(b"street,city,survey\n1 Main St, Apt 4,Boston,\n", "a.csv")[0].rejected) == 1


def test_a_quote_that_never_closes_is_refused_with_the_line_it_opens_on():
    with pytest.raises(FormatError, match="quotes") as caught:
        read_table(b'a,b\n1,2\n3,"x\n4,5\n', "a.csv")
    assert caught.value.line == 3


def test_duplicate_headers_are_numbered_and_nameless_ones_named():
    assert read_table(b"Item,,Item,Item\n1,2,3,4\n", "a.csv").header == ("Item", "Column 2", "Item (2)", "Item (3)")


def test_an_empty_file_is_refused():
    with pytest.raises(FormatError, match="empty"):
        read_tables(b"\n \n", "a.csv")


def test_workbook_cells_are_text_as_their_author_saw_them(workbook):
    row = ["02108", 2108, 0.1 + 0.2, True, dt.date(2026, 3, 5), 12.0]
    table = read_table(workbook({"S": [list("abcdef"), row]}), "a.xlsx")
    assert table.rows[0].cells == ("02108", "2108", "0.3", "TRUE", "2026-03-05", "12")


def test_a_number_too_long_for_a_spreadsheet_looks_damaged_not_plausible(workbook):
    table = read_table(workbook({"S": [["Tracking"], [9400111899223100001]]}), "a.xlsx")
    assert table.rows[0].cells == ("9.4001118992231e+18",)


def test_sheet_rows_keep_their_numbers_and_merged_areas(workbook):
    sheet = read_sheets(workbook({"S": [[], ["a"], ["b"]]}, {"S": ["A2:A3"]}), "a.xlsx")[0]
    assert (sheet.rows[1][0], sheet.merged) == ("a", ((1, 0, 2, 0),))


def test_every_filled_sheet_is_a_table(workbook):
    tables = read_tables(workbook({"One": [["a"], [1]], "Empty": [], "Two": [["b"], [2]]}), "a.xlsx")
    assert [table.name for table in tables] == ["One", "Two"]


def test_an_archive_gives_one_table_per_csv_file(archive):
    files = {"one.csv": b"a\n1\n", "__MACOSX/._one.csv": b"junk", "two.csv": b"b\n2\n"}
    assert [table.name for table in read_tables(archive(files), "a.zip")] == ["one.csv", "two.csv"]


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../b.csv", "C:/evil.csv"])
def test_an_archive_with_a_path_outside_itself_is_refused(archive, name: str):
    with pytest.raises(FormatError, match="outside"):
        read_tables(archive({name: b"a\n1\n"}), "a.zip")


def test_an_archive_with_another_kind_of_file_is_refused_by_name(archive):
    with pytest.raises(FormatError, match=r"run\.exe"):
        read_tables(archive({"run.exe": b"MZ"}), "a.zip")


def test_a_zip_bomb_is_refused_by_its_ratio(archive):
    with pytest.raises(FormatError, match="100:1"):
        read_tables(archive({"bomb.csv": b"0" * 5_000_000}), "a.zip")


def test_an_archive_of_too_many_files_is_refused(archive):
    with pytest.raises(FormatError, match="more than 200"):
        read_tables(archive({f"{number}.csv": b"a\n" for number in range(201)}), "a.zip")


def test_a_single_cell_far_out_does_not_fill_the_memory(workbook):
    book = workbook({"S": [["a"]] + [[]] * 100_000 + [[""] * 900 + ["far"]]})
    with pytest.raises(FormatError, match="delete the empty area"):
        read_tables(book, "a.xlsx")


def test_a_workbook_of_another_kind_is_refused_with_advice(archive):
    with pytest.raises(FormatError, match=r"save it as \.xlsx"):
        read_tables(archive({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"\0"}), "a.xlsb")


def test_a_cut_off_workbook_is_refused_in_words(workbook):
    with pytest.raises(FormatError, match="cannot be"):
        read_tables(workbook({"S": [["a"], [1]]})[:-200], "a.xlsx")


def test_an_old_excel_file_is_refused_with_advice():
    with pytest.raises(FormatError, match=r"save it as \.xlsx"):
        read_tables(b"\xd0\xcf\x11\xe0 old", "a.xls")
