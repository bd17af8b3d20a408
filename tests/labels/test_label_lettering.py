"""Letters that the printer lacks are drawn once and used again; what stands on the paper is what was asked for."""

from __future__ import annotations

import re

import numpy as np
import pytest
from labels.conftest import Renderer
from PIL import Image, ImageChops, ImageDraw
from services import Unavailable, lacking
from zebrafy.graphic_field import GraphicField

from wms.labels.glyphs import Fonts, needs_shaping
from wms.labels.lettering import SLACK, Script, face, graphic
from wms.labels.zpl import Sheet

FONTS = Fonts()
LINES = ("東京都千代田区丸の内1-1", "Łódź ulica Świętokrzyska", "ΑΒΓ ЖЩЮ Ґ", "WWWWŁŁŁŁ", "iiiiłłłł")


def drawable(text: str) -> str:
    """Return a text that some font here has; skipped with a reason when none has."""
    if not FONTS.drawable(text):
        lacking(Unavailable(f"no font here has {text} (apt install fonts-ipafont-gothic fonts-dejavu-core)"))
    return text


def ink(renderer: Renderer, zpl: str, size: tuple[int, int] = (200, 30)) -> np.ndarray:
    """Return where there is ink when some ZPL is printed at 203 dpi."""
    (image,) = renderer.images(f"^XA^CI28^PW{size[0] * 8}^LL{size[1] * 8}{zpl}^XZ", size, 8)
    return image < 128


@pytest.mark.parametrize("size", [(5, 7), (7, 90), (33, 40), (64, 64)])
def test_a_picture_is_written_as_another_library_writes_it(size: tuple[int, int]) -> None:
    image = Image.new("1", size)
    ImageDraw.Draw(image).ellipse((1, 1, size[0] - 1, size[1] - 2), fill=255)
    kinds = (GraphicField(ImageChops.invert(image), format=name) for name in ("Z64", "ASCII"))
    assert graphic(image) in {each.get_graphic_field() for each in kinds}


@pytest.mark.parametrize("text", LINES)
@pytest.mark.parametrize("align", ["L", "R"])
def test_drawn_letters_stay_inside_their_box_and_reach_the_edge_they_stand_at(
    renderer: Renderer, text: str, align: str
) -> None:
    there = ink(renderer, Sheet(203).text(drawable(text), (20, 5, 60, 8), 1, align))  # type: ignore[arg-type]
    rows, columns = (there.any(axis=axis).nonzero()[0] for axis in (1, 0))
    assert (columns.min() >= 160, columns.max() < 640, rows.min() >= 40, rows.max() < 104) == (True,) * 4
    assert (columns.min() - 160 if align == "L" else 640 - columns.max()) < 16 + SLACK


def test_lines_of_a_drawn_address_stand_one_below_the_other(renderer: Renderer) -> None:
    lines = (drawable("山田 太郎"), drawable("東京都千代田区丸の内1-1"), "100-0005")
    there = ink(renderer, Sheet(203).address(lines, (4, 2, 90, 26)))
    rows = there.any(axis=1).astype(int)
    assert int((np.diff(rows) == 1).sum()) == len(lines)


def test_a_letter_is_drawn_once_for_each_size() -> None:
    sheet = Sheet(203)
    sheet.text(drawable("東京都"), (4, 2, 90, 8))
    path = FONTS.for_text("東京都")
    assert path is not None
    kept = face(path).kept
    again = sheet.text("京都東都", (4, 2, 90, 8))
    assert (face(path).kept, again.count("^GFA")) == (kept, 4)


def test_too_many_letters_are_forgotten_and_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    path = FONTS.for_text(drawable("山田太郎"))
    assert path is not None
    monkeypatch.setattr("wms.labels.lettering.STAMPS_MAX", 3)
    first = Sheet(203).text("山田太郎", (4, 2, 40, 8))
    assert Sheet(203).text("山田太郎", (4, 2, 40, 8)) == first
    assert face(path).kept <= 4


@pytest.mark.parametrize("text", ["שלום עולם", "مرحبا بالعالم"])
def test_letters_that_join_are_one_picture_no_wider_than_its_box(renderer: Renderer, text: str) -> None:
    zpl = Sheet(203).text(drawable(text), (4, 4, 30, 8), 1, "C")
    assert needs_shaping(text)
    assert zpl.count("^GFA") == 1
    columns = ink(renderer, zpl).any(axis=0).nonzero()[0]
    assert 32 <= columns.min() < columns.max() < 34 * 8


def test_a_long_japanese_name_is_cut_with_an_ellipsis_inside_its_box(renderer: Renderer) -> None:
    zpl = Sheet(203).text(drawable("木製のサイコロ" * 12), (4, 4, 30, 4))
    assert ink(renderer, zpl).any(axis=0).nonzero()[0].max() < 34 * 8
    assert len(re.findall(r"\^GFA", zpl)) < 30


def test_letters_of_several_fonts_keep_the_font_of_each() -> None:
    fonts = Fonts()
    some = [path for path in fonts.paths if fonts.has(path, "Ł") and not fonts.has(path, "山")][:1]
    more = [path for path in fonts.paths if fonts.has(path, "山") and not fonts.has(path, "Ł")][:1]
    if not (some and more):
        lacking(Unavailable("no two fonts of which each has what the other lacks"))
    fonts.paths = (*some, *more)
    script = Script(fonts, ["Ł 山"])
    assert [script.faces[letter].path for letter in "Ł山"] == [*some, *more]
    assert script.length("Ł山", 40) > script.length("Ł", 40)
