"""The webcam: labels before a camera become scans, once each."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp

from scanner_client.webcam.decoding import Agreement, Decoder


def picture(text: str, kind: str = "QRCode", scale: int = 6) -> np.ndarray:
    """A grey picture of one symbol on white paper."""
    bars = np.array(zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=scale))
    bars = cv2.resize(bars, None, fx=1, fy=80, interpolation=cv2.INTER_NEAREST) if bars.shape[0] < 60 else bars
    return cv2.copyMakeBorder(bars, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=255)


@pytest.mark.parametrize("kind", ["QRCode", "Code128", "DataMatrix"])
def test_our_codes_are_read_from_a_picture(kind: str) -> None:
    assert Decoder().read(picture("LO-A-03-12-B-2", kind)) == ["LO-A-03-12-B-2"]


def test_a_colour_frame_is_read_as_well() -> None:
    assert Decoder().read(cv2.cvtColor(picture("TO-000012-7"), cv2.COLOR_GRAY2BGR)) == ["TO-000012-7"]


def test_a_picture_without_a_code_gives_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (480, 640), dtype=np.uint8)
    assert Decoder().read(noise) == []


def test_a_code_counts_once_when_two_frames_agree() -> None:
    agreement = Agreement(frames=2)
    heard = [agreement.accept(["A"], at) for at in (0.0, 0.1, 0.2, 0.3)]
    assert heard == [[], ["A"], [], []]


def test_a_single_misread_frame_counts_for_nothing() -> None:
    agreement = Agreement(frames=2)
    assert [agreement.accept(seen, at / 10) for at, seen in enumerate((["A"], ["B"], ["A"]))] == [[], [], []]


def test_the_same_code_counts_again_after_it_was_away() -> None:
    agreement = Agreement(frames=2, absent_seconds=1.5)
    for at in (0.0, 0.1):
        agreement.accept(["A"], at)
    agreement.accept([], 1.0)
    assert [agreement.accept(["A"], at) for at in (2.0, 2.1)] == [[], ["A"]]
