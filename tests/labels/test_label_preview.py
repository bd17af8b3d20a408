"""Barcodes for screens say what was asked, or are refused: no library may repair a code in silence."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
import zxingcpp
from labels.conftest import Renderer, by_zxing_all

from wms.errors import BadInput
from wms.labels.labels import render
from wms.labels.preview import for_eyes, svg_bars, svg_code128, svg_ean, svg_qr
from wms.labels.samples import samples

RECT = re.compile(r'<rect x="([\d.]+)mm" y="[\d.]+mm" width="([\d.]+)mm" height="[\d.]+mm" fill="black"')
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)")


def bars(svg: str) -> np.ndarray:
    """Return the bars of a linear SVG as a picture, 40 dots per mm."""
    image = np.full((200, 4000), 255, np.uint8)
    for left, width in RECT.findall(svg):
        image[:, round(float(left) * 40) : round((float(left) + float(width)) * 40)] = 0
    return cv2.resize(image, None, fx=0.25, fy=1, interpolation=cv2.INTER_AREA)


def test_a_code_128_for_the_screen_reads_as_its_text() -> None:
    assert zxingcpp.read_barcode(bars(svg_code128("LO-A-03-12-B-7"))).text == "LO-A-03-12-B-7"


@pytest.mark.parametrize("room", [59.5, 66.0, 95.1])
def test_bars_for_a_sheet_read_as_their_text_and_fit_their_room(room: float) -> None:
    svg = svg_bars("LO-A-03-12-B-7", room, 9)
    assert zxingcpp.read_barcode(bars(svg)).text == "LO-A-03-12-B-7"
    assert float(re.search(r'width="([\d.]+)mm"', svg)[1]) <= room + 0.1  # type: ignore[index]


def test_bars_that_an_office_printer_would_smear_are_refused() -> None:
    with pytest.raises(BadInput, match="this sheet has 40 mm"):
        svg_bars("LO-MEZZANINE-03-12-B-7", 40, 9)


@pytest.mark.parametrize("text", ["4006381333931", "40063812", "012345678905"])
def test_an_ean_for_the_screen_reads_as_its_digits(text: str) -> None:
    assert zxingcpp.read_barcode(bars(svg_ean(text))).text.zfill(13) == text.zfill(13)


def test_a_qr_code_for_the_screen_reads_as_its_text() -> None:
    svg = svg_qr("PA-000077-7")
    side = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg)[1])  # type: ignore[index]
    image = np.full((side, side), 255, np.uint8)
    for x, y, width, height in (map(int, run) for run in RUN.findall(svg)):
        image[y : y + height, x : x + width] = 0
    large = np.kron(image, np.ones((8, 8), np.uint8))
    assert zxingcpp.read_barcode(large).text == "PA-000077-7"


@pytest.mark.parametrize("text", ["4006381333932", "400638133393", "12345", "40063813", "400638133393X", ""])
def test_an_ean_with_a_wrong_check_digit_is_refused_not_repaired(text: str) -> None:
    with pytest.raises(BadInput, match="code"):
        svg_ean(text)


def test_a_gs1_string_is_not_printed_as_a_plain_code() -> None:
    with pytest.raises(BadInput, match="GS1"):
        svg_code128("(01)04006381333931(10)AB")


@pytest.mark.parametrize("svg", [svg_code128("A1"), svg_ean("4006381333931"), svg_qr("A1")])
def test_an_svg_stands_in_a_page_under_a_strict_policy(svg: str) -> None:
    assert svg.startswith("<svg ")
    assert "style=" not in svg
    assert "<script" not in svg


@pytest.mark.parametrize("name", ["parcel", "logistic", "cn23"])
def test_a_label_on_a_screen_looks_like_the_paper_and_cannot_be_scanned_for_it(renderer: Renderer, name: str) -> None:
    label = samples("german")[name]
    paper = render(label, 203)
    seen = [renderer.images(zpl, (100, 150), 8)[0] for zpl in (paper, for_eyes(paper))]
    read = [by_zxing_all(image) for image in seen]
    assert [any(label.code in text for _, text in texts) for texts in read] == [True, False]
    assert {kind for kind, _ in read[0]} == {kind for kind, _ in read[1]}  # the same symbols, of the same size
    assert np.mean(seen[0] != seen[1]) < 0.15
