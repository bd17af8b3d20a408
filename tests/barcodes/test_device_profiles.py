"""Device profiles: each scanner's own way of writing a separator, and files that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms.barcodes import Profile, ProfileError, load_profiles, understand
from wms.settings import share

SHIPPED = share() / "config" / "device_profiles.toml"
LABEL = "010400638133393110L7{gs}17310331"


def written(tmp_path: Path, text: str) -> Path:
    """A file of profiles."""
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "sign"), [("angle", "<GS>"), ("brace", "{GS}"), ("caret", "^]"), ("bar", "|")])
@pytest.mark.parametrize("aim", ["", "aim-"])
def test_each_stand_in_is_a_separator_by_its_own_profile(name: str, sign: str, aim: str) -> None:
    text = ("]C1" if aim else "") + LABEL.format(gs=sign)
    reading = understand(load_profiles(SHIPPED)[aim + name].normal(text)).readings[-1]
    assert (reading.lot, reading.facts.expiry is not None) == ("L7", True)


@pytest.mark.parametrize("sign", ["<GS>", "{GS}", "^]", "|"])
@pytest.mark.parametrize("name", ["plain", "aim", "camera", "typed"])
def test_no_stand_in_is_a_separator_for_other_scanners(name: str, sign: str) -> None:
    assert load_profiles(SHIPPED)[name].normal(f"]C1A{sign}B") == f"]C1A{sign}B"


def test_a_scanner_that_names_the_symbology_leaves_the_same_signs_in_other_symbols_alone() -> None:
    profile = load_profiles(SHIPPED)["aim-bar"]
    assert [profile.normal(text) for text in ("]Q1A|B", "]C1A|B", "A|B")] == ["]Q1A|B", "]C1A\x1dB", "A\x1dB"]


def test_prefix_and_suffix_are_taken_off_once_and_only_when_there() -> None:
    profile = Profile("mine", "Mine", prefix="*", suffix="#")
    assert [profile.normal(text) for text in ("*TO-1#\r\n", "**TO-1##", "TO-1")] == ["TO-1", "*TO-1#", "TO-1"]


def test_a_separator_at_the_edge_of_a_scan_is_data_and_stays() -> None:
    assert Profile("mine", "Mine", prefix="~").normal("~\x1d10L7\x1d\r\n") == "\x1d10L7\x1d"


def test_a_longer_stand_in_is_not_cut_by_a_shorter_one(tmp_path: Path) -> None:
    path = written(tmp_path, '[[profile]]\nname = "a"\ntitle = "A"\nseparators = ["^", "^]"]')
    assert load_profiles(path)["a"].normal("10L7^]21S^11") == "10L7\x1d21S\x1d11"


def test_a_site_changes_a_profile_and_adds_its_own(tmp_path: Path) -> None:
    mine = '[[profile]]\nname = "bar"\ntitle = "Ours"\n[[profile]]\nname = "ring"\ntitle = "Ring"\naim = true\n'
    found = load_profiles(SHIPPED, written(tmp_path, mine))
    assert (found["bar"].separators, found["ring"].aim, found["caret"].separators) == ((), True, ("^]",))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = ", "mine.toml"),
        ('[scanner]\nname = "a"', "one \\[\\[profile\\]\\] table"),
        ("profile = 3", "one \\[\\[profile\\]\\] table"),
        ('[[profile]]\nname = "a"', "profile a: title must be a text"),
        ('[[profile]]\nname = "a"\ntitle = "A"\nprefx = "*"', "profile a: unknown field prefx"),
        ('[[profile]]\nname = "a"\ntitle = "A"\nprefix = 3', "profile a: prefix must be a text"),
        ('[[profile]]\nname = "a"\ntitle = "A"\nseparators = "|"', "profile a: separators must be a list"),
        ('[[profile]]\nname = "a"\ntitle = "A"\nseparators = [""]', "profile a: separators must be a list"),
        ('[[profile]]\nname = "a"\ntitle = "A"\naim = "yes"', "profile a: aim must be true or false"),
    ],
)
def test_a_bad_file_is_refused_with_the_profile_and_the_field(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ProfileError, match=why):
        load_profiles(written(tmp_path, text))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ProfileError, match=r"nowhere\.toml"):
        load_profiles(Path("nowhere.toml"))


@pytest.mark.parametrize("key", ["F2", "f12", "ESC", "\x02F2\r\n"])
def test_what_looks_like_a_key_is_one_when_it_was_typed_and_a_code_when_a_scanner_read_it(key: str) -> None:
    profiles = load_profiles(SHIPPED)
    assert understand(profiles["typed"].normal(key)).key == understand(key).key
    assert {understand(profiles[name].normal(key)).key for name in profiles if name != "typed"} == {None}
