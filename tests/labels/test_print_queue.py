"""A print queue is asked over IPP: what it says of itself and of the job decides what is known of a label."""

from __future__ import annotations

import struct
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from wms import clock
from wms.labels import ipp, spool
from wms.labels.printers import Spooler, Timeouts

LABEL = b"^XA^FDQ^FS^XZ"


@dataclass
class Cups:
    """A print system with one queue: its state, and the states its newest job goes through each time it is asked."""

    port: int = 0
    queue: dict[str, Any] = field(default_factory=lambda: {"printer-state": 3, "printer-state-reasons": "none"})
    states: list[int] = field(default_factory=list)
    begun: bool = True
    cancelled: bool = False
    silent_after: int = 99
    born: Path | None = None  # the job is there when this is

    def answer(self, operation: int) -> tuple[int, list[tuple[int, dict[str, Any]]]]:
        """Return (status, groups) of an operation."""
        self.silent_after -= 1
        if operation == ipp.GET_PRINTER:
            return (0, [(4, self.queue)]) if self.queue else (ipp.NOT_FOUND, [])
        if operation == ipp.CANCEL_JOB:
            self.cancelled = True
            return 0, []
        state = ipp.CANCELED if self.cancelled else self.states.pop(0) if len(self.states) > 1 else self.states[0]
        job = {"job-id": 7, "job-state": state, "time-at-processing": 5 if self.begun else None}
        if operation == ipp.GET_JOB:
            return 0, [(2, job)]
        older = {"job-id": 6, "job-state": 9, "time-at-processing": 1}
        return 0, [(2, older), *([(2, job)] if self.born is None or self.born.exists() else [])]


def packed(status: int, groups: list[tuple[int, dict[str, Any]]]) -> bytes:
    """Return an answer as it travels."""
    data = struct.pack(">BBHI", 2, 0, status, 1) + b"\x01"
    for tag, facts in groups:
        data += bytes([tag])
        for name, value in facts.items():
            kind, raw = (0x44, str(value).encode()) if isinstance(value, str) else (0x21, struct.pack(">i", value or 0))
            kind, raw = (0x13, b"") if value is None else (kind, raw)
            data += struct.pack(">BH", kind, len(name)) + name.encode() + struct.pack(">H", len(raw)) + raw
    return data + b"\x03"


@pytest.fixture
def cups() -> Iterator[Cups]:
    found = Cups()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            body = packed(*found.answer(struct.unpack_from(">H", asked, 2)[0]))
            self.send_response(200 if found.silent_after > 0 else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield found
        server.shutdown()


def spooler(cups: Cups) -> Spooler:
    return Spooler("desk", server=f"127.0.0.1:{cups.port}")


def watched(cups: Cups, seconds: float = 0.3) -> int:
    """Watch job 7, the one after job 6."""
    return spool.watch(ipp.Queue("desk", f"127.0.0.1:{cups.port}"), 6, clock.seconds() + seconds)


@pytest.mark.parametrize(
    ("state", "reasons", "words"),
    [
        (5, "paused", "The printer is not ready: its print queue is paused."),
        (5, "media-empty-error", "The printer is not ready: out of paper."),
        (3, "cover-open-error", "The printer is not ready: head open."),
        (5, "none", "The printer is not ready: its print queue is stopped."),
        (4, "none", ""),
        (3, "toner-low-warning", ""),
    ],
)
def test_a_queue_that_prints_nothing_is_seen_before_a_label_is_sent(
    cups: Cups, state: int, reasons: str, words: str
) -> None:
    cups.queue = {"printer-state": state, "printer-state-reasons": reasons}
    found = spooler(cups).ready()
    assert (found.reason if found else "", found is None or found.retry) == (words, True)


def test_a_queue_that_is_not_there_is_said_before_a_label_is_sent(cups: Cups) -> None:
    cups.queue = {}
    found = spooler(cups).ready()
    assert found is not None
    assert found.reason == "This machine has no print queue named 'desk'."


@pytest.mark.parametrize(
    ("states", "begun", "code"),
    [
        ([3, 5, ipp.COMPLETED], True, 0),
        ([5, ipp.ABORTED], True, spool.UNKNOWN),
        ([3, ipp.CANCELED], False, spool.HELD_BACK),
        ([5, ipp.CANCELED], True, spool.UNKNOWN),
        ([5], True, spool.UNKNOWN),
    ],
)
def test_what_becomes_of_the_job_decides_what_is_known_of_the_label(
    cups: Cups, states: list[int], begun: bool, code: int
) -> None:
    cups.states, cups.begun = states, begun
    assert (watched(cups, 3 if len(states) > 1 else 0.3), cups.cancelled) == (code, False)


def test_a_job_that_nobody_took_up_is_taken_back_so_that_it_cannot_come_out_later(cups: Cups) -> None:
    cups.states, cups.begun = [3], False
    assert (watched(cups), cups.cancelled) == (spool.HELD_BACK, True)


def test_a_print_system_that_falls_silent_leaves_the_label_uncertain(cups: Cups) -> None:
    cups.states, cups.silent_after = [5], 2
    assert watched(cups, 3) == spool.UNKNOWN


def test_a_label_goes_through_the_package_and_is_watched_to_its_end(cups: Cups, tmp_path: Path) -> None:
    (tmp_path / "lpr").write_text(f"#!/bin/sh\ncat > {tmp_path}/label\n")
    (tmp_path / "lpr").chmod(0o755)
    start = f"import os; os.environ['PATH'] = {str(tmp_path)!r} + ':/usr/bin:/bin'\n"
    start += (
        "import sys; from wms.labels.spool import main; sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3]))"
    )
    cups.born, cups.states = tmp_path / "label", [5, ipp.ABORTED]
    command = (sys.executable, "-c", start)
    outcome = Spooler("desk", command, f"127.0.0.1:{cups.port}").send(LABEL, Timeouts(finish=20))
    assert (tmp_path / "label").read_bytes() == LABEL
    assert (outcome.state, outcome.reason) == ("uncertain", "The print queue gave the label up half way.")


def test_an_answer_that_is_cut_short_is_no_answer(cups: Cups) -> None:
    whole = packed(0, [(4, cups.queue)])
    for cut in range(len(whole) - 1):
        with pytest.raises((struct.error, IndexError)):
            ipp.unpacked(whole[:cut])
