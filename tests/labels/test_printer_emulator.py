"""The emulator obeys what a printer obeys, and does as it is told while it runs."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from wms.labels.emulator import MODES, Emulator
from wms.labels.remote import Control, obey


@pytest.fixture
def printer() -> Iterator[Emulator]:
    with Emulator() as printer:
        yield printer


def say(printer: Emulator, data: bytes) -> bytes:
    """Send bytes and a question after them; the answer shows that all of it was read."""
    with socket.create_connection(("127.0.0.1", printer.port), 20) as raw:
        raw.sendall(data + b"~HI")
        return raw.recv(200)


def test_it_says_who_it_is(printer: Emulator) -> None:
    assert say(printer, b"") == b"\x02PICKWELL-EMULATOR,V1.0,8,8192KB\x03\r\n"


def test_it_pauses_and_goes_on_by_command(printer: Emulator) -> None:
    say(printer, b"~PP^XA1^XZ")
    assert (printer.printed, printer.waiting) == ((), 1)
    say(printer, b"~PS")
    assert printer.printed == (b"^XA1^XZ",)


def test_it_forgets_its_memory_by_command(printer: Emulator) -> None:
    say(printer, b"~PP^XA1^XZ^XA2^XZ~JA~PS^XA3^XZ")
    assert printer.printed == (b"^XA3^XZ",)


def test_a_label_in_pieces_is_one_label(printer: Emulator) -> None:
    with socket.create_connection(("127.0.0.1", printer.port), 20) as raw:
        for piece in (b"^X", b"A^FX", b"whole^X", b"Z~H", b"I"):
            raw.sendall(piece)
        raw.recv(100)
    assert printer.printed == (b"^XA^FXwhole^XZ",)


def test_it_is_told_how_to_behave_line_by_line(printer: Emulator) -> None:
    assert [obey(printer, line) for line in ("mode paused", "paper 3", "reply_seconds 0.5", "single_bytes 1")] == [
        "ok"
    ] * 4
    state = json.loads(obey(printer, "state"))
    assert (state["mode"], state["labels_left"], state["reply_seconds"], state["single_bytes"]) == (
        "paused",
        3,
        0.5,
        True,
    )


def test_a_label_in_memory_prints_when_the_paper_is_back(printer: Emulator) -> None:
    obey(printer, "paper 0")
    say(printer, b"^XA1^XZ")
    assert obey(printer, "count") == "0"
    obey(printer, "paper full")
    assert json.loads(obey(printer, "printed")) == ["^XA1^XZ"]


@pytest.mark.parametrize(
    "line", ["", "mode", "mode asleep", "paper many", "label_seconds", "model X", "behaviour 1", "\x00"]
)
def test_a_line_that_it_does_not_understand_changes_nothing(printer: Emulator, line: str) -> None:
    before = obey(printer, "state")
    assert obey(printer, line).startswith("error: mode NAME")
    assert obey(printer, "state") == before


def test_every_mode_can_be_told(printer: Emulator) -> None:
    assert {obey(printer, f"mode {mode}") for mode in MODES} == {"ok"}


def test_the_control_port_takes_the_same_lines(printer: Emulator) -> None:
    with Control(printer) as control, socket.create_connection(("127.0.0.1", control.port), 20) as raw:
        raw.sendall(b"mode head_open\ncount\n")
        answers = raw.makefile("r")
        assert [answers.readline().strip() for _ in range(2)] == ["ok", "0"]
    assert printer.behaviour.mode == "head_open"
