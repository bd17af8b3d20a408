"""What is told is what is printed: GS1, character sets, checks; a doubtful reading is not told at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from decoding.printed import symbol
from hypothesis import given
from hypothesis import strategies as st

from scanner_client.decoding import BadRules, Code, Decoder, plausible
from scanner_client.decoding.ballot import Ballot
from scanner_client.decoding.codes import expanded, retail, suppressed, upc_e

ELEMENTS = "(01)09501101020917(10)AB-123(17)261231"
AREA = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder()


@pytest.mark.parametrize(("kind", "aim"), [("Code128", "]C1"), ("DataMatrix", "]d2"), ("QRCode", "]Q3")])
def test_gs1_says_so_and_keeps_its_separators(decoder: Decoder, kind: str, aim: str) -> None:
    (code,) = decoder.read(symbol(ELEMENTS, kind, gs1=True))
    assert code.scan == f"{aim}010950110102091710AB-123\x1d17261231"


@pytest.mark.parametrize("word", ["Grüße", "Straße 5", "日本語テスト", "żółć", "서울", "naïve café €", "~`^|"])
def test_a_qr_code_keeps_every_character_set(decoder: Decoder, word: str) -> None:
    (code,) = decoder.read(symbol(word, "QRCode"))
    assert (code.text, code.engine) == (word, "zxing-cpp")


def test_code_128_with_fnc4_is_never_read_by_zbar_alone(decoder: Decoder) -> None:
    (code,) = decoder.read(symbol("Käse", "Code128"))
    assert (code.text, code.data) == ("Käse", b"K\xe4se")


def test_a_upc_a_is_an_ean_with_a_zero_and_told_as_printed(decoder: Decoder) -> None:
    (code,) = decoder.read(symbol("0012345678905", "EAN13"))
    assert (code.symbology, code.text, code.data, code.scan) == (
        *("UPC-A", "012345678905"),
        *(b"0012345678905", "]E00012345678905"),
    )


def test_a_databar_sends_its_identifier_and_shows_its_gtin(decoder: Decoder) -> None:
    (code,) = decoder.read(symbol("(01)09501101020917", "DataBarOmni"))
    assert (code.symbology, code.text, code.scan) == ("DataBar", "09501101020917", "]e00109501101020917")


def test_code_39_full_ascii_is_read(decoder: Decoder) -> None:
    assert [code.text for code in decoder.read(symbol("ab12", "Code39Ext"))] == ["ab12"]


@pytest.mark.parametrize(("short", "long"), [("04963406", "049000006346"), ("01234565", "012345000065")])
def test_a_upc_e_stands_for_its_upc_a(short: str, long: str) -> None:
    assert (expanded(short), suppressed(long)) == (long, short)


@given(st.from_regex(r"[01][0-9]{7}", fullmatch=True))
def test_suppressing_what_was_expanded_gives_an_equal_upc_a(short: str) -> None:
    again = suppressed(expanded(short))
    assert expanded(again) == expanded(short)


def vote(*readings: tuple[Code, str], rules: plausible.Rules | None = None) -> Code | None:
    ballot = Ballot(rules or plausible.standard())
    for code, preparation in readings:
        ballot.add([code], preparation)
    return ballot.winner()


def ean(digits: str, engine: str = "zxing-cpp") -> Code:
    return retail(digits, AREA, engine)


def test_a_plain_reading_is_believed_at_once() -> None:
    found = vote((ean("4006381333931"), "plain"))
    assert found is not None
    assert not found.agreed


def test_one_prepared_picture_convinces_nobody_but_two_do() -> None:
    assert vote((ean("4006381333931"), "drawn")) is None
    found = vote((ean("4006381333931"), "drawn"), (ean("4006381333931", "zbar"), "framed"))
    assert found is not None
    assert found.agreed


def test_a_close_second_leaves_nothing_to_believe() -> None:
    other = ean("4006381333948")
    assert vote(*((ean("4006381333931"), n) for n in "abc"), (other, "d"), (other, "e")) is None


def test_zbar_alone_is_not_believed_about_a_upc_e_however_often_it_says_so() -> None:
    assert vote(*((upc_e("04963406", AREA, "zbar"), str(n)) for n in range(9))) is None


def test_a_plain_itf_waits_for_a_second_opinion() -> None:
    itf = Code(b"0829220874", "0829220874", "ITF", "]I0", AREA, "zxing-cpp")
    assert vote((itf, "plain")) is None
    assert vote((itf, "plain"), (itf, "drawn")) is not None


def rules(tmp_path: Path, text: str) -> plausible.Rules:
    (tmp_path / "rules.toml").write_text(text)
    return plausible.load(tmp_path / "rules.toml")


def test_a_site_may_ask_for_more(tmp_path: Path) -> None:
    strict = Decoder(rules(tmp_path, '[ITF]\nlengths = [14]\ncheck = "gtin"\n[Code128]\npattern = "LO-.*"'))
    assert [code.text for code in strict.read(symbol("04006381333931", "ITF"))] == ["04006381333931"]
    assert strict.read(symbol("0829220874", "ITF")) == []
    assert strict.read(symbol("TO-000012-7", "Code128")) == []
    assert strict.read(symbol("4006381333931", "EAN13")) == []  # not named: not read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[ITF]\nlength = [14]", "ITF.length"),
        ("[Code129]", "Code129"),
        ("[ITF]\nplain = 0", "ITF.plain"),
        ('[ITF]\npattern = "("', "regular expression"),
        ("[ITF", "rules.toml"),
    ],
)
def test_rules_that_cannot_be_read_name_what_is_wrong(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadRules, match=why):
        rules(tmp_path, text)
