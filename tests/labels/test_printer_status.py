"""A printer's answer to ~HS is understood whole, in pieces, with extras, and never guessed from garbage."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wms.labels.status import HostStatus, parse_status

FIRST = b"\x02030,0,0,1225,000,0,0,0,000,0,0,0\x03\r\n"
SECOND = b"\x02001,0,0,0,1,2,4,0,00000000,1,000\x03\r\n"
THIRD = b"\x021234,0\x03\r\n"
READY = FIRST + SECOND + THIRD


def read(first: bytes = FIRST, second: bytes = SECOND) -> HostStatus:
    """Return the parsed status of an answer that must parse."""
    status = parse_status(first + second + THIRD)
    assert status is not None
    return status


def test_a_ready_printer_has_no_fault_and_is_idle() -> None:
    status = parse_status(READY)
    assert status is not None
    assert (status.fault, status.idle) == ("", True)


def test_every_fault_is_named() -> None:
    first = FIRST.replace(b"030,0,0,1225,000,0", b"030,1,1,1225,000,1")
    second = SECOND.replace(b"001,0,0,0", b"001,0,1,1")
    assert read(first, second).fault == "out of paper, head open, out of ribbon, paused, its memory is full"


def test_a_label_waiting_in_memory_is_not_idle() -> None:
    assert not read(first=FIRST.replace(b"1225,000", b"1225,002")).idle
    assert not read(second=SECOND.replace(b"00000000", b"00000003")).idle
    assert not read(first=FIRST.replace(b"000,0,0,0,000", b"000,0,0,1,000")).idle


def test_an_answer_without_its_last_line_is_no_answer() -> None:
    assert parse_status(FIRST + SECOND) is None
    assert parse_status(b"") is None


def test_noise_around_the_lines_and_fields_after_the_known_ones_are_ignored() -> None:
    assert parse_status(b"\r\nhello" + READY.replace(b"0\x03\r\n\x02001", b"0,7,7\x03..\x02001") + b"bye") is not None


def test_a_field_that_is_not_a_number_makes_the_answer_garbage() -> None:
    assert parse_status(READY.replace(b"1225", b"12x5")) is None


@settings(max_examples=500, deadline=None, database=None)
@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_the_parser_fail(data: bytes) -> None:
    assert parse_status(data) is None
    assert parse_status(data.replace(b"\x02", b"") + READY) is not None
