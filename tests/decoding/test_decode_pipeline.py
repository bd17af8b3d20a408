"""Codes are read as a camera shows them: tilted, blurred, faint, mirrored; and nothing is read where nothing is."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from benchmarks import scenes
from decoding.printed import beside, blurred, faint, noisy, symbol, turned

from scanner_client.decoding import Budget, Decoder

LABEL = "LO-A-03-12-B-7"
KINDS = {
    "Code128": (LABEL, "Code128", "]C0"),
    "EAN13": ("4006381333931", "EAN-13", "]E0"),
    "EAN8": ("96385074", "EAN-8", "]E4"),
    "Code39": ("AB-1234", "Code39", "]A0"),
    "ITF": ("04006381333931", "ITF", "]I"),
    "QRCode": (LABEL, "QR", "]Q1"),
    "DataMatrix": (LABEL, "DataMatrix", "]d1"),
}


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder()


def texts(decoder: Decoder, picture: Any) -> list[str]:
    return [code.text for code in decoder.read(picture)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_symbology_comes_with_its_name_and_aim_identifier(decoder: Decoder, kind: str) -> None:
    text, name, aim = KINDS[kind]
    (code,) = decoder.read(symbol(text, kind))
    assert (code.text, code.symbology, code.aim[: len(aim)]) == (text, name, aim)
    assert code.data == text.encode()


@pytest.mark.parametrize("degrees", [20, 45, 70, 90, 135, 180])
@pytest.mark.parametrize("kind", KINDS)
def test_a_tilted_code_is_read(decoder: Decoder, kind: str, degrees: int) -> None:
    picture = blurred(turned(symbol(KINDS[kind][0], kind), degrees), 0.8)
    assert texts(decoder, picture) == [KINDS[kind][0]]


@pytest.mark.parametrize("kind", ["Code128", "EAN13", "Code39", "ITF"])
def test_bars_that_are_blurred_noisy_and_tilted_are_read(decoder: Decoder, kind: str) -> None:
    picture = noisy(blurred(turned(symbol(KINDS[kind][0], kind), 30), 1.8), 7)
    assert texts(decoder, picture) == [KINDS[kind][0]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_faint_code_is_read(decoder: Decoder, kind: str) -> None:
    assert texts(decoder, noisy(faint(symbol(KINDS[kind][0], kind), 0.3), 2)) == [KINDS[kind][0]]


@pytest.mark.parametrize("kind", KINDS)
def test_light_on_dark_and_mirrored_are_read(decoder: Decoder, kind: str) -> None:
    picture = symbol(KINDS[kind][0], kind)
    assert texts(decoder, 255 - picture) == [KINDS[kind][0]]
    assert texts(decoder, np.ascontiguousarray(picture[:, ::-1])) == [KINDS[kind][0]]


@pytest.mark.parametrize("degrees", [20, 45, 70])
@pytest.mark.parametrize("kind", ["DataBarExpStk", "DataBarStkOmni"])
def test_stacked_bars_are_read_at_any_tilt(decoder: Decoder, kind: str, degrees: int) -> None:
    (code,) = decoder.read(turned(symbol("(01)09501101020917", kind, module_px=4), degrees))
    assert code.text.endswith("09501101020917")


@pytest.mark.parametrize("degrees", [20, 45])
@pytest.mark.parametrize("kind", ["ITF", "Code128"])
def test_a_grey_label_on_a_bright_ground_is_read(decoder: Decoder, kind: str, degrees: int) -> None:
    label = (symbol(KINDS[kind][0], kind) * 0.4 + 20).astype(np.uint8)[20:-20]
    assert texts(decoder, blurred(turned(label, degrees), 0.8)) == [KINDS[kind][0]]


@pytest.mark.parametrize("cut", [0.5, 0.62, 0.75])
def test_a_part_of_an_itf_on_a_darker_ground_is_no_code(decoder: Decoder, cut: float) -> None:
    whole = symbol("81541393641234", "ITF")
    part = np.ascontiguousarray(whole[:, : int(whole.shape[1] * cut)])
    assert texts(decoder, blurred(turned(part, 20, 150), 0.7)) == []


def test_tilted_light_bars_on_dark_are_read(decoder: Decoder) -> None:
    assert texts(decoder, 255 - turned(symbol(LABEL, "Code128"), 25)) == [LABEL]


@pytest.mark.parametrize(
    ("trouble", "kind", "seed"),
    [("out of focus", "QRCode", 84), ("out of focus", "QRCode", 85), ("aslant", "DataMatrix", 83)],
)
def test_a_2d_code_that_is_found_but_not_read_is_looked_at_again(
    decoder: Decoder, trouble: str, kind: str, seed: int
) -> None:
    sort = (list(scenes.TROUBLES).index(trouble), list(scenes.KINDS).index(kind))
    _, text, picture = scenes.scene(np.random.default_rng((seed, *sort)), trouble, kind)
    assert decoder.zxing.read(picture) == []
    assert [code.text for code in decoder.read(picture)] == [text]


@pytest.mark.parametrize("degrees", [0, 30])
def test_two_codes_in_view_are_both_told(decoder: Decoder, degrees: int) -> None:
    picture = turned(beside(symbol(LABEL, "Code128"), symbol("4006381333931", "EAN13")), degrees)
    assert sorted(texts(decoder, picture)) == ["4006381333931", LABEL]


@pytest.mark.parametrize("kind", ["Code128", "EAN13", "ITF"])
@pytest.mark.parametrize("degrees", [0, 20])
def test_a_code_that_is_cut_off_is_not_guessed(decoder: Decoder, kind: str, degrees: int) -> None:
    whole = symbol(KINDS[kind][0], kind)
    assert texts(decoder, turned(np.ascontiguousarray(whole[:, : int(whole.shape[1] * 0.62)]), degrees)) == []


@pytest.mark.parametrize("seed", range(8))
def test_where_no_code_is_none_is_found(decoder: Decoder, seed: int) -> None:
    random = np.random.default_rng(seed)
    noise = random.integers(0, 255, (240, 320), dtype=np.uint8)
    fence = np.repeat(random.integers(0, 2, 80).astype(np.uint8) * 255, 4)[np.newaxis].repeat(240, axis=0)
    assert decoder.read(noise) == []
    assert decoder.read(turned(blurred(fence, 1), 15)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (3, 3), (12, 12)])
def test_tiny_pictures_hold_nothing(decoder: Decoder, shape: tuple[int, int]) -> None:
    assert decoder.read(np.zeros(shape, np.uint8)) == []


def test_the_corners_are_where_the_code_is(decoder: Decoder) -> None:
    wide = np.full((900, 2400), 255, np.uint8)
    bars = turned(symbol(LABEL, "Code128"), 30)
    wide[300 : 300 + len(bars), 1500 : 1500 + bars.shape[1]] = bars
    (code,) = decoder.read(wide)
    middle = np.mean(code.corners, axis=0)
    assert np.abs(middle - (1500 + bars.shape[1] / 2, 300 + len(bars) / 2)).max() < 25


def test_what_only_prepared_pictures_showed_was_agreed_upon(decoder: Decoder) -> None:
    (code,) = decoder.read(blurred(turned(symbol(LABEL, "Code128"), 30), 1.5))
    assert code.agreed


def test_no_time_left_means_no_more_steps(decoder: Decoder) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (480, 640), dtype=np.uint8)
    started = time.thread_time()
    decoder.read(noise, Budget(cpu_ms=60))
    assert time.thread_time() - started < 0.3


def test_the_worst_picture_ends_at_the_hard_stop(decoder: Decoder) -> None:
    stripes = np.tile(np.random.default_rng(2).integers(0, 255, (1, 1600), dtype=np.uint8), (1200, 1))
    started = time.thread_time()
    decoder.read(noisy(turned(stripes, 33), 30))
    assert time.thread_time() - started < 1.0  # 0.4 s, and room for a machine that is busy
