"""A print queue is asked over IPP: what it says of itself and of the job decides what is known of a label."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cups import Cups, packed, serving

from wms import clock
from wms.labels import ipp, spool
from wms.labels.printers import Spooler, Timeouts

LABEL = b"^XA^FDQ^FS^XZ"


@pytest.fixture
def cups() -> Iterator[Cups]:
    with serving(Cups()) as found:
        yield found


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
