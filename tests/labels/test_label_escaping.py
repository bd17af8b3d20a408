"""Whatever people and files write into a field, the printer gets exactly the commands that we meant."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labels.conftest import Renderer
from labels.label_samples import SAMPLES

from wms.labels.escaping import Zpl, fd, field
from wms.labels.labels import ItemLabel, LpnLabel, ParcelLabel, render

HOSTILE = [
    "^XZ~JR^XA^FO0,0^FDowned",
    "~JA",
    "^CC*",
    "_5EXZ",
    "A\\&B",
    "\x00\x1b\x7f\x85^",
    "＾ＸＺ ～ＪＡ",
    "\ud800^XZ",
    "\u202eZX^",
    "^FN1^FS^PQ99999",
    "🚀 ^XZ",
    "%00^DFE:A.ZPL",
]
COMMANDS = {"XA", "CI", "JZ", "LH", "LS", "PW", "LL", "FO", "GB", "A0", "FH", "FD", "FS", "FX", "FR", "BY", "BC", "BQ"}
COMMANDS |= {"GF", "BX", "PQ", "XZ"}
ANY = st.one_of(st.text(), st.text(alphabet="^~_\\XZFDSJA\x00\n,>"), st.sampled_from(HOSTILE))


def decoded(zpl: str) -> str:
    """Return the text of a field as a printer reads it: hex escapes, then UTF-8."""
    data = zpl.removeprefix("^FH_^FD")
    raw = re.sub(rb"_([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), data.encode("ascii"))
    return raw.decode("utf-8")


@settings(max_examples=10_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(ANY)
def test_a_field_holds_two_commands_and_the_text_comes_back_whole(text: str) -> None:
    made = fd(text)
    assert re.findall(r"[\^~]..", made) == ["^FH", "^FD"]
    assert all(" " <= character <= "~" for character in made)
    assert decoded(made) == unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode()


@settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(ANY, ANY)
def test_a_label_with_any_text_holds_only_the_commands_we_meant(first: str, second: str) -> None:
    zpl = render(ParcelLabel("PA-1", first, (second, first), "DE", second, first, 1), 203)
    assert "~" not in zpl
    assert {name for name in re.findall(r"\^(..)", zpl)} <= COMMANDS
    assert (zpl.count("^XA"), zpl.count("^XZ"), zpl.count("^PQ1^XZ")) == (1, 1, 1)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_prints_as_one_label_with_its_barcode(renderer: Renderer, text: str) -> None:
    zpl = render(ItemLabel("4006381333931", text, text), 203)
    assert len(renderer.images(zpl, (50, 30), 8)) == 1


def test_text_is_never_taken_for_our_own_zpl() -> None:
    class Sly(Zpl):
        """A subclass that a template cannot smuggle past the check."""

    assert field(Sly("^XZ")) == "^FH_^FD_5EXZ"
    assert field(Zpl("^FS")) == "^FS"


@pytest.mark.parametrize("value", [None, 1.5, True, ["^XZ"], b"^XZ"])
def test_a_template_that_prints_neither_text_nor_a_whole_number_is_stopped(value: object) -> None:
    with pytest.raises(TypeError, match="printed"):
        field(value)


def test_decomposed_letters_are_composed_before_they_are_printed() -> None:
    assert fd("Cafe\u0301") == "^FH_^FDCaf_C3_A9"


def test_a_line_break_in_a_name_does_not_break_the_label() -> None:
    label = SAMPLES["lpn"]
    assert isinstance(label, LpnLabel)
    assert "^FDRC 3^FS" in render(LpnLabel(label.code, label.items, "RC\r\n3", label.received_on), 203)
