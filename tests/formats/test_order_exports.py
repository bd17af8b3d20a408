"""Exports of every platform: the shape of each, whose words mean what, and what a spreadsheet did to a cell."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wms.formats.errors import FormatError
from wms.formats.orders import countries, damage, goods
from wms.formats.orders.reading import Choice, open_orders, read_orders
from wms.formats.orders.rows import ExportItem

A3PL = (
    "Order #,Recipient Full Name,Recipient Email,Address Line 1,City,State,Postal Code,Country Code,"
    "Item SKU,Item Quantity"
)
FIRST = {"number": "1", "line1": "1 Beacon St", "code": "02108", "country": "US", "sku": "CORE", "qty": "1"}
SAMPLES = {
    "backerkit_2017_sku_per_column.csv": ("backerkit_columns", True, 2, 2),
    "backerkit_legacy_follow_up.csv": ("backerkit_legacy", True, 1, 1),
    "backerkit_sku_and_quantity_list_INFERRED.csv": ("backerkit_list", False, 1, 1),
    "backerkit_sku_per_line_INFERRED.csv": ("backerkit_lines", False, 3, 1),
    "gamefound_orders_INFERRED.xlsx": ("gamefound_orders", False, 2, 1),
    "gamefound_pledge_import.csv": ("gamefound_pledges", True, 1, 1),
    "indiegogo_classic_contributions.csv": ("indiegogo_classic", True, 2, 2),
    "pledgebox_order_per_line_INFERRED.csv": ("pledgebox_orders", False, 3, 3),
    "pledgebox_sku_per_line_INFERRED.csv": ("pledgebox_skus", False, 2, 1),
    "shopify_orders_export.csv": ("shopify", True, 2, 1),
    "threepl_template_a.csv": ("threepl_a", True, 1, 1),
    "threepl_template_b.csv": ("threepl_b", True, 1, 1),
}


def threepl(*lines):
    return "\n".join([A3PL, *lines]).encode()


def row(**changed):
    cells = FIRST | changed
    where = f"{cells['line1']},Boston,MA,{cells['code']},{cells['country']}"
    return f"{cells['number']},Pat Roe,p@example.test,{where},{cells['sku']},{cells['qty']}"


@pytest.fixture
def one(profiles):
    """The only order of a template file, or what was rejected."""
    return lambda *lines: next(iter(open_orders(threepl(*lines), "a.csv", profiles)))


@pytest.fixture
def of(sample, profiles):
    """The orders of a sample file."""
    return lambda name: read_orders(sample(name), name, profiles).orders


def skus(order):
    return {item.key: item.qty for item in order.items if item.source == "sku"}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_platform_is_recognised_by_its_header(sample, profiles, name):
    export = open_orders(sample(name), name, profiles)
    found = read_orders(sample(name), name, profiles)
    assert (export.profile.id, export.profile.known, found.rows, len(found.orders)) == SAMPLES[name]
    assert found.rejected == ()
    assert export.confidence >= 90


@pytest.mark.parametrize(
    "name", ["backerkit_tracking_upload_INFERRED.csv", "pledgebox_tracking_upload.xlsx", "supplier_packing_list.xlsx"]
)
def test_papers_that_are_no_orders_are_refused(sample, profiles, name):
    with pytest.raises(FormatError, match="No order profile fits"):
        read_orders(sample(name), name, profiles)


def test_skus_in_columns_lines_lists_and_blocks_are_the_same_goods(of):
    three = {"CORE-EN": 1, "EXP-1": 1, "MAT-RED": 1}
    for name in ("backerkit_2017_sku_per_column", "backerkit_sku_per_line_INFERRED"):
        assert skus(of(f"{name}.csv")[0]) == three
    assert skus(of("backerkit_sku_and_quantity_list_INFERRED.csv")[0]) == three
    assert skus(of("indiegogo_classic_contributions.csv")[0]) == {"COOL-BLUE": 1, "CHG-US": 1}
    assert skus(of("gamefound_orders_INFERRED.xlsx")[0]) == {"CORE-EN": 1, "COINS": 2}


def test_a_reward_whose_content_is_in_the_file_is_not_sent_twice(of):
    assert all(item.source == "sku" for item in of("indiegogo_classic_contributions.csv")[0].items)
    assert of("backerkit_legacy_follow_up.csv")[0].items == (ExportItem("reward", "Deluxe", "Deluxe", 1),)


def test_a_balance_says_what_is_owed_whatever_sign_the_platform_uses(of):
    assert [order.balance for order in of("pledgebox_order_per_line_INFERRED.csv")] == [0, Decimal(20), Decimal(75)]
    assert of("gamefound_orders_INFERRED.xlsx")[0].balance == 0


def test_states_come_in_one_vocabulary(of):
    assert [order.pledge_status for order in of("backerkit_2017_sku_per_column.csv")] == ["collected", "canceled"]
    assert [order.pledge_status for order in of("pledgebox_order_per_line_INFERRED.csv")][2] == "errored"
    assert [order.survey_answered for order in of("pledgebox_order_per_line_INFERRED.csv")] == [True, False, False]
    assert of("gamefound_pledge_import.csv")[0].survey_answered is False


def test_the_first_row_of_a_shopify_order_carries_it_and_its_guards_are_taken_off(of):
    order = of("shopify_orders_export.csv")[0]
    assert (order.number, order.rows, order.recipient.postal_code) == ("1001", 2, "02108")
    assert skus(order) == {"CORE-EN": 1, "COINS": 2}


def test_a_country_by_name_becomes_its_code_and_a_parcel_that_has_a_number_is_noted(of):
    order = of("indiegogo_classic_contributions.csv")[1]
    assert order.recipient.country_code == "PL"
    assert order.notes == "The file has a tracking number for it already: 9.25082E+11 (a spreadsheet shortened it)."


def test_survey_answers_are_kept_by_question(of):
    assert of("backerkit_legacy_follow_up.csv")[0].answers["Follow Up: Which colour?"] == "Blue"


@pytest.mark.parametrize(
    ("name", "code"),
    [("UK", "GB"), ("Scotland", "GB"), ("The Netherlands", "NL"), ("Türkiye", "TR"), ("Kosovo", "XK"), ("Narnia", "")],
)
def test_country_names_that_libraries_do_not_know_are_known(name, code):
    assert countries.code(name) == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CORE-EN x 1, EXP-1 x 2", {"CORE-EN": 1, "EXP-1": 2}),
        ("2 x COINS;DICE", {"COINS": 2, "DICE": 1}),
        ("BOX-2 (3)\nMAT:2", {"BOX-2": 3, "MAT": 2}),
        ("", {}),
    ],
)
def test_lists_of_skus_are_read_in_every_spelling(text, found):
    assert {item.key: item.qty for item in goods.in_list(text)} == found


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        ({"code": "2108"}, "The postal code has lost its first zero (column Postal Code)."),
        (
            {"line1": "2026-05-03"},
            "The street was turned into the date 2026-05-03 by a spreadsheet (column Address Line 1).",
        ),
        ({"line1": "3-May"}, "The street was turned into the date 3-May by a spreadsheet (column Address Line 1)."),
        ({"line1": "TyresÃ¶vÃ¤gen 5"}, "The street has garbled letters (column Address Line 1)."),
        ({"code": '"=""02108"""'}, ""),
        ({"code": "1010", "country": "AT"}, ""),
    ],
)
def test_what_a_spreadsheet_did_to_an_address_is_named(one, changed, warning):
    assert " ".join(one(row(**changed)).warnings) == warning


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"number": "9.25E+11"}, "Order #", "shortened this number to 9.25E+11"),
        ({"sku": "1.2E+05"}, "item_sku", "turned this SKU into '1.2E+05'"),
        ({"qty": "3-Jan"}, "Quantity", "not a quantity"),
        ({"line1": "#REF!"}, "Address Line 1", "holds the error #REF!"),
        ({"number": "Ä1"}, "Order #", "letters, digits and dashes only"),
    ],
)
def test_what_cannot_be_repaired_is_rejected_with_its_column(one, changed, column, reason):
    found = one(row(**changed))
    assert (found.line, found.column, reason in found.reason) == (2, column, True)


def test_a_telephone_shortened_by_a_spreadsheet_is_told_apart_from_a_number():
    told = [damage.scientific(text) for text in ("4.61E+09", "4,61E+09", "+49 30 123456")]
    assert told == [True, True, False]


def test_lines_of_one_order_that_go_to_two_places_are_rejected_together(profiles):
    found = read_orders(threepl(row(), row(line1="2 Other St", sku="B"), row(number="2")), "a.csv", profiles)
    assert [order.number for order in found.orders] == ["2"]
    assert {bad.reason for bad in found.rejected} == {"Lines 2 and 3 of one order differ in Address Line 1."}


def test_errors_and_unsolved_formulas_of_a_workbook_are_named(profiles, workbook):
    lines = [A3PL.split(","), row().split(","), row(number="2").split(",")]
    lines[1][3], lines[2][3] = "#REF!", '=CONCATENATE("1 ","Beacon St")'
    found = read_orders(workbook({"Orders": lines}), "a.xlsx", profiles)
    assert ["the error #REF!" in found.rejected[0].reason, "never worked out" in found.rejected[1].reason] == [
        True,
        True,
    ]


def test_a_persons_word_on_a_column_counts_more_than_the_guess(profiles):
    data = f"{A3PL},Gift\n{row()},2\n".encode()
    columns = open_orders(data, "a.csv", profiles).columns
    assert [column.name for column in columns if column.role == "unknown_quantity"] == ["Gift"]
    order = next(iter(open_orders(data, "a.csv", profiles, Choice(columns={"Gift": "sku"}))))
    assert skus(order) == {"CORE": 1, "Gift": 2}


def test_any_table_with_an_address_is_read_by_the_generic_profile_and_never_for_sure(profiles):
    data = "No,Name,Street,Town,Postcode,Country,Article,Qty\n7,Pat Roe,1 Beacon St,Leeds,LS1 4AP,England,CORE,2\n"
    export = open_orders(data.encode(), "mine.csv", profiles)
    order = next(iter(export))
    assert (export.profile.id, export.profile.known, export.confidence <= 50) == ("generic", False, True)
    assert (order.number, order.recipient.country_code, skus(order)) == ("7", "GB", {"CORE": 2})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_one_file_in_every_encoding_is_the_same_orders(profiles, encoding):
    text = f"{A3PL}\n{row(line1='Mühlenweg 5')}\n".replace(",", ";")
    assert read_orders(text.encode(encoding), "a.csv", profiles).orders[0].recipient.line1 == "Mühlenweg 5"


def test_line_breaks_nul_and_many_columns_are_no_obstacle(profiles):
    wide = ",".join(f"Question {n}" for n in range(60))
    answers = ",".join(['"a\nb"'] * 60)
    data = f"{A3PL},{wide}\n{row(line1=chr(0).join(('1 Beac', 'on St')))},{answers}\n"
    order = read_orders(data.encode(), "a.csv", profiles).orders[0]
    assert (order.recipient.line1, len(order.answers)) == ("1 Beacon St", 60)
