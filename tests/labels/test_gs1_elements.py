"""GS1 on labels: what is printed is what a scanner tells, separators and all, or it is refused by its identifier."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from labels.conftest import Renderer

from wms.barcodes import understand
from wms.errors import BadInput
from wms.labels.gs1 import bars, elements, matrix, sscc
from wms.labels.symbols import matrix_modules
from wms.labels.zpl import Sheet

PARTS = (("02", "04006381333931"), ("15", "270131"), ("37", "24"), ("10", "AB-1/7"))
MESSAGES = [
    (("00", "095212340000000174"),),
    PARTS,
    (("01", "04006381333931"), ("10", "AB-123"), ("17", "261231")),
    (("10", "7"), ("21", "12345")),
]


def read(renderer: Renderer, zpl: str, dpmm: int) -> tuple[zxingcpp.Barcode, tuple[int, int]]:
    """Return the only barcode of some ZPL and the columns between which its ink stands."""
    (image,) = renderer.images(f"^XA^CI28^PW{120 * dpmm}^LL{40 * dpmm}{zpl}^XZ", (120, 40), dpmm)
    columns = (image < 128).any(axis=0).nonzero()[0]
    wanted = [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.DataMatrix]
    (found,) = zxingcpp.read_barcodes(image, formats=wanted, text_mode=zxingcpp.TextMode.Plain)
    return found, (int(columns.min()), int(columns.max()))


@pytest.mark.parametrize("parts", MESSAGES)
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_gs1_128_reads_as_its_elements_and_is_as_wide_as_computed(
    renderer: Renderer, parts: tuple[tuple[str, str], ...], dpi: int
) -> None:
    sheet, message = Sheet(dpi), elements(dict(parts))
    zpl = sheet.gs1_128(parts, (0, 5, 120, 15))
    found, (first, last) = read(renderer, zpl, sheet.dpmm)
    dots = int(re.search(r"\^BY(\d+)", zpl)[1])  # type: ignore[index]
    assert (found.symbology_identifier, found.text) == ("]C1", message.scanned)
    assert last - first + 1 == bars(message)[1] * dots


@pytest.mark.parametrize("parts", MESSAGES)
def test_a_gs1_data_matrix_reads_as_its_elements(renderer: Renderer, parts: tuple[tuple[str, str], ...]) -> None:
    found, (first, last) = read(renderer, Sheet(203).gs1_matrix(parts, (5, 5, 30)), 8)
    assert (found.symbology_identifier, found.text) == ("]d2", elements(dict(parts)).scanned)
    assert 5 * 8 < first < last < 35 * 8


@pytest.mark.parametrize("payload", ["LO-A-03-12-B-7", "A__B^C~D\\E", "1" * 80, "x" * 80])
def test_a_plain_data_matrix_reads_as_its_text_and_is_no_larger_than_computed(renderer: Renderer, payload: str) -> None:
    zpl = Sheet(300).matrix(payload, (5, 5, 30))
    found, (first, last) = read(renderer, zpl, 12)
    dots = int(re.search(r"\^BXN,(\d+)", zpl)[1])  # type: ignore[index]
    assert (found.symbology_identifier, found.text) == ("]d1", payload)
    assert last - first + 1 <= matrix_modules(payload) * dots


def test_fnc1_stands_after_what_varies_in_length_and_never_at_the_end() -> None:
    assert matrix(elements(dict(PARTS))) == "_10204006381333931152701313724_110AB-1/7"
    assert elements(dict(PARTS)).hri == "(02)04006381333931(15)270131(37)24(10)AB-1/7"


@pytest.mark.parametrize(
    ("ai", "value", "why"),
    [
        ("01", "04006381333932", "is not valid"),
        ("17", "261331", "is not valid"),
        ("10", "A" * 21, "reads as something else|is not valid"),
        ("10", "A>B", r"character 2 \('>'\)"),
        ("10", "A\x1d17261231", "character 2"),
        ("10", "(21)1", "reads as something else|is not valid"),
        ("00", "095212340000000173", "is not valid"),
        ("10", "", "reads as something else|is not valid"),
    ],
)
def test_an_element_that_gs1_does_not_allow_is_refused(ai: str, value: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        elements({ai: value})


def test_a_gs1_128_that_would_be_cut_is_refused_with_both_measures() -> None:
    with pytest.raises(BadInput, match=r"needs \d+ mm as Code 128, the label has 50 mm"):
        Sheet(203).gs1_128(PARTS, (0, 0, 50, 10))


def test_an_sscc_has_eighteen_digits_and_its_check_digit() -> None:
    assert sscc("4012345", 1) == "040123450000000016"
    assert sscc("4012345", 1) in {each.text for each in understand("]C100040123450000000016").readings}


def test_a_used_up_company_prefix_is_said() -> None:
    assert sscc("401234567890", 9999)
    with pytest.raises(BadInput, match="the prefix is used up"):
        sscc("401234567890", 10_000)
