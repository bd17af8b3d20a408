"""No text at all breaks the reader of barcodes; the long run is `python -m tests.benchmarks.gs1 --fuzz 1000000`."""

from __future__ import annotations

import time

import pytest
from hostile import scans, survive
from hypothesis import given
from hypothesis import strategies as st

from wms.barcodes import load_profiles, understand
from wms.settings import share

PROFILES = list(load_profiles(share() / "config" / "device_profiles.toml").values())
UNIT = "04006381333931"


@given(st.text(st.characters(exclude_categories=()), max_size=220))
def test_no_text_breaks_the_reader(text: str) -> None:
    survive(text, PROFILES)


@given(st.text("0123456789ABab-/.]CdQ()<>\x1d\x00\u202e", max_size=120))
def test_no_text_that_looks_like_a_label_breaks_it(text: str) -> None:
    survive(text, PROFILES)


@given(st.sampled_from(["]C1", "]d2", "]Q3", ""]), st.binary(max_size=60))
def test_no_bytes_behind_an_item_break_it(aim: str, rest: bytes) -> None:
    survive(f"{aim}01{UNIT}{rest.decode('latin-1')}", PROFILES)


def test_ten_thousand_spoilt_scans_are_understood_somehow() -> None:
    found = [survive(scan, PROFILES) for scan in scans(seed=1, count=10_000)]
    assert {"", "layout", "stray", "double", "check", "cut", "two_items", "no_count", "piece", "caps"} == {
        each.fault for each in found
    }
    assert {"", "separator", "twice", "count", "part"} == {each.doubt for each in found}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "]",
            "]C",
            "]C1",
            "]C1\x1d",
            "]d2(01)",
            "\x1d" * 50,
            "]C1019999999999999999",
            "]Y",
            "]Yx",
            "]Y9",
            "]Q3http://[",
        ),
        *("(01)", "https://", "https://[::1", "http://x/01/" + "%zz" * 9, "]C1" + "٣" * 30, "]E0" + "²" * 13, "\ud800"),
    ],
)
def test_hostile_labels_are_just_unknown(text: str) -> None:
    survive(text, PROFILES)


@pytest.mark.parametrize(
    "filler", ["9", "A", "\x1d", "17", "01" + UNIT, "10A\x1d", "(01)", "LO-", "https://a/01/", "]"]
)
def test_ten_thousand_characters_are_read_in_a_moment(filler: str) -> None:
    started = time.process_time()
    for aim in ("", "]C1", "]Q1"):
        understand(aim + (filler * 10_000)[:10_000])
    assert time.process_time() - started < 0.5
