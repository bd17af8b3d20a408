"""Scanners that are set up wrongly: their reads are recognised for what they are, and honest texts are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.barcodes import code, layouts, understand

PLACE, TOTE = code("LO", "A-03-12-B"), code("TO", "YZ-7")
EAN = "4006381333931"


def through(text: str, scanner: str, computer: str) -> str:
    """What a computer with one keyboard makes of the keys that a scanner with another one presses."""
    return text.translate(str.maketrans(scanner, computer))


HOSTS = [(layouts.US, layouts.GERMAN), (layouts.GERMAN, layouts.US), (layouts.US, layouts.FRENCH)]
HOSTS += [(layouts.FRENCH, layouts.US)]


@pytest.mark.parametrize(("scanner", "computer"), HOSTS)
@pytest.mark.parametrize("text", [PLACE, TOTE, PLACE.lower()])
def test_our_code_typed_through_another_keyboard_is_recognised(text: str, scanner: str, computer: str) -> None:
    found = understand(through(text, scanner, computer))
    assert (found.fault, found.misread) == ("layout", None)


@pytest.mark.parametrize("computer", [layouts.GERMAN, layouts.FRENCH])
def test_a_wrong_keyboard_is_recognised_behind_an_identifier(computer: str) -> None:
    assert understand(through(f"]C0{PLACE}", layouts.US, computer)).fault == "layout"


@pytest.mark.parametrize("text", [EAN, f"]E0{EAN}", f"]C1010{EAN}10L7"])
def test_a_trade_number_typed_on_a_french_keyboard_is_recognised(text: str) -> None:
    assert understand(through(text, layouts.US, layouts.FRENCH)).fault == "layout"


def test_a_gs1_label_typed_on_a_german_keyboard_is_recognised_by_its_identifier() -> None:
    assert understand(through(f"]C1010{EAN}10L7", layouts.US, layouts.GERMAN)).fault == "layout"


@pytest.mark.parametrize("sign", ["/", "'", "ß", "+", "–"])
def test_dashes_that_came_as_another_sign_are_recognised(sign: str) -> None:
    assert understand(PLACE.replace("-", sign)).fault == "layout"


def test_y_and_z_swapped_in_our_code_are_not_called_a_misread() -> None:
    found = understand(TOTE.translate(str.maketrans("YZ", "ZY")))
    assert (found.fault, found.misread) == ("layout", None)


def test_another_wrong_letter_stays_a_misread() -> None:
    found = understand(PLACE.replace("B", "C"))
    assert (found.fault, found.misread) == ("", PLACE.replace("B", "C"))


@given(st.sampled_from(HOSTS), st.from_regex(r"[A-Z0-9]{1,6}(-[A-Z0-9]{1,4}){0,2}", fullmatch=True))
def test_every_code_of_ours_is_recognised_through_every_keyboard(host: tuple[str, str], body: str) -> None:
    ours = code("LP", body)
    assert understand(through(ours, *host)).fault == "layout"


@pytest.mark.parametrize(
    "text", ["CORE-RED", "KS/1042", "L7ß", "Größe-42", "+A123BJC5D6E71", "()=?", EAN, "12", "", "LO"]
)
def test_other_texts_are_not_taken_for_a_wrong_keyboard(text: str) -> None:
    assert understand(text).fault == ""


@pytest.mark.parametrize("text", ["]c1010400638133393110l7", "]D2010400638133393110l7", "]q3010400638133393110l7"])
def test_an_identifier_in_the_wrong_case_means_caps_lock(text: str) -> None:
    assert understand(text).fault == "caps"


@pytest.mark.parametrize("text", [f"*{PLACE}", f"{PLACE}#", f"X{PLACE}", f"AB!{PLACE}", f"~{EAN}", f"{EAN};"])
def test_characters_around_a_code_are_recognised(text: str) -> None:
    assert understand(text).fault == "stray"


@pytest.mark.parametrize("text", [f"SN{EAN}", f"A-{EAN}", f"{EAN}X1", "#12345", "*LO*"])
def test_a_longer_text_that_holds_a_number_is_left_alone(text: str) -> None:
    assert understand(text).fault == ""


@pytest.mark.parametrize(
    "text", [PLACE + TOTE, f"]C0{PLACE}]C0{TOTE}", f"]E0{EAN}" * 2, EAN * 2, PLACE + PLACE.lower()]
)
def test_two_scans_that_came_as_one_are_recognised(text: str) -> None:
    assert understand(text).fault == "double"


@pytest.mark.parametrize("text", ["ABAB", "1212", "7" * 20])
def test_a_text_that_repeats_itself_is_left_alone(text: str) -> None:
    assert understand(text).fault == ""


@pytest.mark.parametrize(
    ("text", "odd"), [(EAN, False), ("4006381333932", True), ("400638133393", True), ("4711", False)]
)
def test_a_number_as_long_as_a_trade_number_with_a_wrong_check_digit_is_odd(text: str, odd: bool) -> None:
    assert understand(text).odd is odd
