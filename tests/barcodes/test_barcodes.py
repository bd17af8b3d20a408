"""Our own codes, keys and numbers, and the first thing about a GS1 label."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms import barcodes


def test_our_codes_have_a_prefix_and_a_check_character() -> None:
    assert barcodes.code("LO", "a-03-12-b").startswith("LO-A-03-12-B-")


@given(st.sampled_from(sorted(barcodes.PREFIXES)), st.from_regex(r"[A-Z0-9]{1,8}(-[A-Z0-9]{1,4}){0,3}", fullmatch=True))
def test_every_code_we_make_is_understood(prefix: str, body: str) -> None:
    code = barcodes.code(prefix, body)
    assert [each.text for each in barcodes.understand(code).readings] == [code]


@given(st.integers(0, 999_999), st.integers(0, 5), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(number: int, place: int, wrong: str) -> None:
    code = barcodes.number_code("LP", number)
    spoilt = code[: 3 + place] + wrong + code[4 + place :]
    assert spoilt == code or barcodes.understand(spoilt).misread == spoilt


def test_the_framing_of_a_wedge_is_taken_off() -> None:
    code = barcodes.code("TO", "12")
    assert barcodes.understand(f"\x02 {code}\r\n").text == code


@pytest.mark.parametrize("text", ["", " \r\n", "\x00"])
def test_an_empty_scan_is_no_scan(text: str) -> None:
    assert barcodes.understand(text).readings == ()


def test_a_typed_number_is_a_number_and_perhaps_a_code() -> None:
    found = barcodes.understand("12")
    assert (found.number, [each.text for each in found.readings]) == (12, ["12"])


@pytest.mark.parametrize(("text", "key"), [("F2", "F2"), ("f12", "F12"), ("esc", "Esc")])
def test_a_function_key_is_a_scan_of_its_own_kind(text: str, key: str) -> None:
    assert barcodes.understand(text).key == key


def test_a_gs1_label_gives_gtin_lot_expiry_and_count() -> None:
    found = barcodes.understand("]C1020400638133393110AB-7\x1d17261231\x1d3712")
    reading = next(each for each in found.readings if each.text == "4006381333931")
    assert (reading.lot, reading.expiry, reading.count) == ("AB-7", date(2026, 12, 31), 12)


def test_an_ean_is_found_under_its_13_and_14_digits() -> None:
    texts = {each.text for each in barcodes.understand("4006381333931").readings}
    assert {"4006381333931", "04006381333931"} <= texts


def test_a_key_is_typed_and_never_read_from_a_label() -> None:
    found = barcodes.understand("]C0F2")
    assert (found.key, [each.text for each in found.readings]) == (None, ["F2"])


@pytest.mark.parametrize("around", ["\ufeff{}", "\u200b{}\u200b", "\u202a{}\u202c", "\u2066{}\u2069"])
def test_the_invisible_marks_around_a_pasted_code_are_taken_off(around: str) -> None:
    code = barcodes.code("LO", "A-03-12-B")
    assert barcodes.understand(around.format(code)).readings == (barcodes.Reading(code),)


def test_what_cannot_be_printed_is_shown_as_a_dot() -> None:
    assert barcodes.understand("AB\x1dC\u202eD").shown == "AB·C·D"
