"""Text and codes fit their place or are refused with the reason; nothing is lost without a mark."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from labels.conftest import Renderer
from labels.label_samples import SAMPLES
from services import Unavailable, lacking

from wms.errors import BadInput
from wms.labels.fitting import advance, fit, fit_all, shorten, wrap
from wms.labels.glyphs import Fonts, clean, in_printer
from wms.labels.labels import ItemLabel, Line, LocationLabel, LpnLabel, ParcelLabel, ToteLabel, render
from wms.labels.symbols import check_payload, code128_modules, qr_modules
from wms.labels.zpl import Press, Sheet
from wms.settings import share

NO_FONTS = Fonts(())


@pytest.mark.parametrize("payload", ["A>B", "GRÜN", "A\tB", "", " A", "A" * 81, "A\x1dB"])
def test_a_payload_that_bars_would_change_is_refused(payload: str) -> None:
    with pytest.raises(BadInput, match="code"):
        check_payload(payload)


def test_a_refused_payload_names_the_field_the_place_and_the_character() -> None:
    with pytest.raises(BadInput, match=r"code: character 3 \('>'\) cannot stand in a barcode"):
        render(ToteLabel("TO>1", "T1"), 203)


@pytest.mark.parametrize("payload", ["LO-A-03-12-B-7", "4006381333931", "40063813", "A^B~C_D\\E", "core red"])
def test_the_computed_width_of_a_code_128_is_the_printed_one(renderer: Renderer, payload: str) -> None:
    zpl = f"^XA^CI28^PW1200^LL200{Sheet(203).code128(payload, (0, 5, 150, 10))}^XZ"
    (image,) = renderer.images(zpl, (150, 25), 8)
    columns = (image < 128).any(axis=0).nonzero()[0]
    dots = int(re.search(r"\^BY(\d+)", zpl)[1])  # type: ignore[index]
    assert columns.max() - columns.min() + 1 == code128_modules(payload) * dots


@pytest.mark.parametrize("payload", ["LO-A-03-12-B-7", "a" * 20, "x" * 46])
def test_a_qr_code_is_never_wider_than_computed(renderer: Renderer, payload: str) -> None:
    zpl = f"^XA^CI28^PW400^LL400{Sheet(203).qr(payload, (0, 0, 40))}^XZ"
    (image,) = renderer.images(zpl, (50, 50), 8)
    columns, rows = ((image < 128).any(axis=axis).nonzero()[0] for axis in (0, 1))
    dots = int(re.search(r"\^BQN,2,(\d+)", zpl)[1])  # type: ignore[index]
    assert columns.max() - columns.min() + 1 <= qr_modules(payload) * dots
    assert rows.min() >= 4 * dots
    assert max(columns.max(), rows.max()) <= 40 * 8 - 4 * dots


def test_a_code_wider_than_the_label_is_refused_with_both_measures() -> None:
    with pytest.raises(BadInput, match=r"needs 1\d\d mm as Code 128, the label has 78 mm"):
        render(LocationLabel("LO-" + "A" * 40 + "-7", "A", "7"), 203)


def test_a_sku_too_long_for_bars_still_gets_its_qr_code() -> None:
    zpl = render(SAMPLES["item_sku"], 203)
    assert "^BC" not in zpl
    assert "^BQ" in zpl


def test_a_name_that_is_too_long_ends_in_an_ellipsis() -> None:
    zpl = render(ItemLabel("4006381333931", "S", "word " * 100), 203)
    assert "_E2_80_A6^FS" in zpl


def test_a_place_name_is_never_cut() -> None:
    with pytest.raises(BadInput, match="must not be cut"):
        render(LocationLabel("LO-A-7", "A" * 200, "7"), 203)


def test_an_address_that_does_not_fit_is_refused_not_cut() -> None:
    with pytest.raises(BadInput, match="recipient_lines"):
        render(ParcelLabel("PA-1", "1", ("long street " * 200,), "DE", "DHL", "Paket", 1), 203)


def test_a_long_address_line_wraps_and_keeps_every_word() -> None:
    words = [f"word{number}" for number in range(40)]
    zpl = render(ParcelLabel("PA-1", "1", (" ".join(words),), "DE", "DHL", "Paket", 1), 203)
    assert all(word in zpl for word in words)


@pytest.mark.parametrize(
    "text", ["Jürgen Weißmüller", "WWWWWWWW", "iiiiiiii", "A-03-12-B", "0123456789", "Größe €5 — ½"]
)
def test_a_line_is_never_wider_than_estimated(renderer: Renderer, text: str) -> None:
    zpl = f"^XA^CI28^PW1600^LL200{Sheet(203).text(text, (0, 5, 200, 8))}^XZ"
    (image,) = renderer.images(zpl, (200, 25), 8)
    height = int(re.search(r"\^A0N,(\d+)", zpl)[1])  # type: ignore[index]
    assert (image < 128).any(axis=0).nonzero()[0].max() <= advance(text) * height + 1


def test_words_wrap_at_spaces_and_break_only_when_alone_too_long() -> None:
    assert wrap("ab cd ef", advance("ab cd")) == ("ab cd", "ef")
    assert wrap("abcdef", advance("abc")) == ("abc", "def")


def test_the_same_room_takes_fewer_words_at_a_larger_size() -> None:
    short, long = fit("red", (400, 60), (1, 8)), fit("red and blue and green", (400, 60), (1, 8))
    assert short.height > long.height
    assert not short.cut


def test_all_lines_of_an_address_have_one_size() -> None:
    fitted = fit_all(("short", "a much longer line of an address"), (300, 200), 8)
    assert " ".join(fitted.lines) == "short a much longer line of an address"


def test_shortening_keeps_the_beginning() -> None:
    assert shorten("abcdefgh", advance("abc…")) == "abc…"


def test_an_address_word_that_no_font_has_becomes_a_marked_note() -> None:
    zpl = Sheet(203, NO_FONTS).address(("東京都 千代田区 1-1",), (0, 0, 90, 20))
    assert "^FD[see packing slip] 1-1^FS" in zpl
    assert "?" not in zpl


def test_a_name_that_no_font_has_is_marked_once() -> None:
    assert "^FDDragon [?] red^FS" in Sheet(203, NO_FONTS).text("Dragon 赤い 竜 red", (0, 0, 90, 20))


def test_a_private_character_is_marked_even_where_fonts_are_many() -> None:
    assert Fonts().printable("Ann \ue000\ue001", "[?]") == "Ann [?]"


def test_a_name_that_lacks_only_its_emoji_keeps_its_letters() -> None:
    assert "^FDowned[?] red^FS" in Sheet(203, NO_FONTS).text("owned🚀 red", (0, 0, 90, 20))


def test_letters_of_two_fonts_on_one_line_are_drawn_each_in_its_own() -> None:
    fonts = Fonts()
    letters = next((path for path in fonts.paths if fonts.has(path, "山") and not fonts.has(path, "😀")), None)
    signs = next((path for path in fonts.paths if fonts.has(path, "😀") and not fonts.has(path, "山")), None)
    if letters is None or signs is None:
        lacking(Unavailable("no fonts for Japanese and for emoji (apt install fonts-ipafont-gothic fonts-symbola)"))
    fonts.paths = (letters, signs)
    runs = fonts.runs("山田 😀")
    assert runs is not None
    assert ([text for _, text in runs], len({path for path, _ in runs})) == (["山田 ", "😀"], 2)
    assert fonts.printable("山田 😀", "[?]") == "山田 😀"


def test_letters_outside_windows_1252_are_not_trusted_to_the_printer() -> None:
    assert in_printer("Jürgen € — ß")
    assert not in_printer("Łódź")


def test_polish_letters_are_drawn_when_a_font_has_them() -> None:
    if not Fonts().paths:
        lacking(Unavailable("no fonts are installed (apt install fonts-dejavu-core)"))
    assert "^GFA" in Sheet(203).text("Łódź", (0, 0, 90, 20))


def test_direction_overrides_and_controls_do_not_reach_the_label() -> None:
    assert clean("a\u202eb\x00c\r\n\td") == "ab c d"


def test_more_lines_than_fit_are_counted_on_the_label() -> None:
    items = tuple(Line(f"S{number}", "n", 1) for number in range(9))
    assert "^FDand 4 more lines^FS" in render(LpnLabel("LP-1", items, "R", date(2026, 1, 2)), 203)


@pytest.mark.parametrize(
    ("qty", "copy", "field"), [(-1, 1, "quantity of S"), (10**10, 1, "quantity of S"), (1, 0, "copy")]
)
def test_a_number_that_makes_no_sense_is_refused_by_name(qty: int, copy: int, field: str) -> None:
    with pytest.raises(BadInput, match=field):
        render(LpnLabel("LP-1", (Line("S", "n", qty),), "R", date(2026, 1, 2), copy=copy), 203)


@pytest.mark.parametrize("qty", [0, 1, 1_000_000_000])
def test_a_label_without_a_name_and_with_any_quantity_is_drawn(qty: int) -> None:
    zpl = render(LpnLabel("LP-1", (Line("S", "", qty),), "", date(2026, 1, 2)), 600)
    assert (zpl.count("^XA"), zpl.count("^XZ"), f"{qty}" in zpl) == (1, 1, True)
    assert "^BQ" in render(ItemLabel("4006381333931", "S", ""), 203)


def test_another_density_is_refused() -> None:
    with pytest.raises(BadInput, match="dpi: is 150"):
        Press(150, share() / "label_templates")


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gift\.zpl does not exist"):
        Press(203, tmp_path).render("gift", {})
