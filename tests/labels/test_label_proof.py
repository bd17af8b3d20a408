"""Proof of every shipped label at every density in every temper: strangers read its codes, and all stays inside it."""

from __future__ import annotations

import os
import sys

import pytest
from labels.conftest import Renderer, by_zbar_all, by_zxing_all

from wms.labels.gs1 import elements
from wms.labels.labels import KINDS, Label, LogisticLabel
from wms.labels.samples import TEMPERS, samples
from wms.labels.zpl import DPMM, press

# At 600 dpi a large label takes seconds to draw. `make bench-labels` draws them all; CI the ones that differ most.
EVERYTHING = os.environ.get("PICKWELL_LABELS") == "all"
AT_600 = [("location", "german"), ("item", "japanese"), ("tote", "hostile"), ("logistic", "german")]
CASES = [(name, temper, dpi) for dpi in DPMM for temper in TEMPERS for name in KINDS]
DRAWN = [case for case in CASES if EVERYTHING or case[2] != 600 or case[:2] in AT_600]
MARGIN = 6  # mm of imagined paper at the right and below, where nothing may be


def payloads(label: Label) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return what zxing-cpp and zbar must read; zbar knows no Data Matrix."""
    code = str(label.code)  # type: ignore[attr-defined]
    if not isinstance(label, LogisticLabel):
        both = {("CODE128", code), ("QRCODE", code)}
        return both, both
    content, whole = (elements(dict(parts)).scanned for parts in (label.content, (("00", code), *label.content)))
    bars = {("CODE128", f"00{code}"), ("CODE128", content)}
    return bars | {("MATRIX", whole)}, bars


def test_it_is_said_what_is_not_drawn_here() -> None:
    left = len(CASES) - len(DRAWN)
    if left:
        print(f"{left} of {len(CASES)} labels are drawn only by make bench-labels", file=sys.stderr)
    assert {(name, temper) for name, temper, dpi in DRAWN if dpi != 600} == {(n, t) for n in KINDS for t in TEMPERS}


@pytest.mark.parametrize(("name", "temper", "dpi"), DRAWN)
def test_two_decoders_read_every_label_and_all_stays_inside(
    renderer: Renderer, name: str, temper: str, dpi: int
) -> None:
    label = samples(temper)[name]
    image = renderer.label(label, dpi, margin=MARGIN)
    zxing, zbar = payloads(label)
    assert by_zxing_all(image) == zxing
    assert by_zbar_all(image) == zbar
    width, height = (side * DPMM[dpi] for side in press(dpi).load(name)[1])
    ink = image < 128
    assert not ink[:, width - DPMM[dpi] // 2 :].any()
    assert not ink[height - DPMM[dpi] :].any()
    assert not ink[: DPMM[dpi] // 4].any()
