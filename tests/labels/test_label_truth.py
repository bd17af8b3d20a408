"""A label is true when strangers can read it: rendered by one party, decoded by two others, nothing over the edge."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from labels.conftest import Renderer, by_zbar, by_zxing
from labels.label_samples import ADDRESSES, GOLDEN, SAMPLES, parcel
from services import Unavailable, lacking

from wms.labels.labels import KINDS, CartonLabel, ItemLabel, Label, LocationLabel, render
from wms.labels.zpl import DPMM, press, strip_mm
from wms.settings import share

EVERY = pytest.mark.parametrize("name", SAMPLES)
DENSITIES = pytest.mark.parametrize("dpi", [203, 300])
LONG = "Wide WORDS and Ärger " * 12


def expected(label: Label) -> dict[str, str]:
    """Return what the barcodes of a label must say; a SKU too long for bars has its QR code only."""
    code = str(label.code)  # type: ignore[attr-defined]
    kinds = ("QRCODE",) if isinstance(label, ItemLabel) and len(code) > 13 else ("CODE128", "QRCODE")
    return dict.fromkeys(kinds, code)


@DENSITIES
@EVERY
def test_two_decoders_read_the_payload_from_every_label(renderer: Renderer, name: str, dpi: int) -> None:
    image = renderer.label(SAMPLES[name], dpi)
    assert by_zxing(image) == expected(SAMPLES[name])
    assert by_zbar(image) == expected(SAMPLES[name])


@DENSITIES
@pytest.mark.parametrize("language", ADDRESSES)
def test_an_address_in_any_script_leaves_the_barcodes_readable(renderer: Renderer, language: str, dpi: int) -> None:
    image = renderer.label(parcel(language), dpi)
    assert by_zxing(image) == by_zbar(image) == expected(parcel())


@DENSITIES
@EVERY
def test_nothing_is_printed_over_the_edge_of_a_label(renderer: Renderer, name: str, dpi: int) -> None:
    width, height = (side * DPMM[dpi] for side in press(dpi).load(SAMPLES[name].template())[1])
    ink = renderer.label(SAMPLES[name], dpi, margin=20) < 128
    assert not ink[:, width:].any()
    assert not ink[height:].any()


@DENSITIES
@EVERY
def test_the_longest_texts_stay_inside_the_label(renderer: Renderer, name: str, dpi: int) -> None:
    label = SAMPLES[name]
    longer = {each.name: LONG for each in fields(label) if each.name in {"carrier", "service", "order"}}
    if "name" in {each.name for each in fields(label)} and label.template() not in {"location", "tote"}:
        longer["name"] = LONG
    edge = DPMM[dpi]
    ink = renderer.label(replace(label, copy=1, **longer), dpi) < 128
    assert not ink[:, :edge].any()
    assert not ink[:edge].any()
    assert not ink[:, -edge:].any()


@DENSITIES
@EVERY
def test_the_foot_of_a_label_is_white_until_there_is_something_to_mark(renderer: Renderer, name: str, dpi: int) -> None:
    label = replace(SAMPLES[name], copy=1)
    foot = round(strip_mm(press(dpi).load(label.template())[1][1]) * DPMM[dpi])
    assert not (renderer.label(label, dpi)[-foot:] < 128).any()


@EVERY
def test_a_training_label_has_a_black_foot_and_still_reads(renderer: Renderer, name: str) -> None:
    image = renderer.label(SAMPLES[name], 203, training=True)
    assert np.mean(image[-20:] < 128) > 0.6
    assert by_zxing(image) == by_zbar(image) == expected(SAMPLES[name])


def test_a_japanese_address_is_drawn_as_a_picture_where_a_font_has_it(renderer: Renderer) -> None:
    if press(203).sheet.fonts.for_text("山田太郎") is None:
        lacking(Unavailable("no font with Japanese is installed (apt install fonts-ipafont-gothic)"))
    assert render(parcel("japanese"), 203).count("^GFA") == len("山田太郎東京都千代田区丸の内1-1")
    ink = renderer.label(parcel("japanese"), 203)[32 * 8 : 50 * 8, 4 * 8 : 60 * 8] < 128
    assert ink.sum() > 2000


@pytest.mark.parametrize("dpi", DPMM)
@EVERY
def test_every_label_is_what_its_golden_file_says(name: str, dpi: int) -> None:
    golden = (GOLDEN / f"{name}-{dpi}.zpl").read_text(encoding="utf-8")
    assert render(SAMPLES[name], dpi) == golden, "if this is wanted, run tests/labels/label_samples.py"


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_uses_exactly_the_fields_of_its_dataclass(kind: str) -> None:
    assert press(203).variables(kind) == {each.name for each in fields(KINDS[kind])} - {"copy"}


def test_every_template_has_a_dataclass() -> None:
    files = {path.stem for path in Path(share() / "label_templates").glob("*.zpl")}
    assert files == set(KINDS)


def test_a_copy_says_which_one_it_is_and_a_training_label_that_it_is_one() -> None:
    assert "COPY" not in render(parcel(), 203)
    assert "^FDCOPY 3^FS" in render(parcel(copy=3), 203)
    assert "TRAINING" in render(parcel(copy=3), 203, training=True)


def test_a_label_prints_once_whatever_the_printer_was_told_before() -> None:
    zpl = render(SAMPLES["lpn"], 203)
    assert zpl.startswith("^XA^CI28^JZY^LH0,0^LS0^PW800^LL1200")
    assert zpl.endswith("^PQ1^XZ\n")


def test_bars_keep_three_dots_on_a_location_label_at_203_dpi() -> None:
    assert "^BY3," in render(SAMPLES["location"], 203)


def test_a_long_location_code_gets_thinner_bars_before_it_is_refused() -> None:
    assert "^BY2," in render(LocationLabel("LO-MEZZANINE-03-12-B-7", "M-03-12-B", "7"), 203)


def test_a_carton_says_its_size_and_load_in_words_people_use() -> None:
    label = SAMPLES["carton"]
    assert isinstance(label, CartonLabel)
    zpl = render(label, 203)
    assert "^FD12.5 kg^FS" in zpl
    assert "^FD300 _C3_97 200 _C3_97 150^FS" in zpl
