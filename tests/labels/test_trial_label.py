"""The test label of a printer: small enough for every roll, readable, and harmless whatever the printer is called."""

from __future__ import annotations

import re

import numpy as np
import pytest
from labels.conftest import Renderer, by_zxing

from wms.labels.trial import HEIGHT_MM, RULER_MM, WIDTH_MM, trial_label
from wms.labels.zpl import DPMM

HOSTILE = "^XZ~JA_5E\\&,>;>8 Ü 山"


@pytest.mark.parametrize("dpi", DPMM)
def test_its_barcode_is_read_and_its_ruler_is_as_long_as_it_says(renderer: Renderer, dpi: int) -> None:
    (image,) = renderer.images(trial_label("ZP1", "Packing 1", dpi), (WIDTH_MM, HEIGHT_MM), DPMM[dpi])
    assert by_zxing(image)["CODE128"] == "ZP1"
    row = image[round(21.5 * DPMM[dpi]), 2 * DPMM[dpi] : 48 * DPMM[dpi]]
    inked = np.flatnonzero(row < 128)
    assert (inked[-1] - inked[0]) / DPMM[dpi] == pytest.approx(RULER_MM, abs=0.5)


@pytest.mark.parametrize("dpi", DPMM)
def test_nothing_is_drawn_outside_of_it(renderer: Renderer, dpi: int) -> None:
    zpl = re.sub(r"\^PW\d+\^LL\d+", "", trial_label("Z" * 20, "W" * 60, dpi))
    (image,) = renderer.images(zpl, (WIDTH_MM + 20, HEIGHT_MM + 20), DPMM[dpi])
    assert image[HEIGHT_MM * DPMM[dpi] :].min() > 128
    assert image[:, WIDTH_MM * DPMM[dpi] :].min() > 128


def test_a_hostile_name_adds_no_command() -> None:
    def commands(zpl: str) -> list[str]:
        return re.findall(r"[\^~][A-Z][A-Z0-9]", zpl)

    assert commands(trial_label(HOSTILE, HOSTILE, 203)) == commands(trial_label("ZP1", "Packing 1", 203))
