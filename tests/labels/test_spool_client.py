"""The print spooler's client, played by a script in place of lpr: what it does decides what is known of the label."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from guardian import gone

from wms.labels.printers import Outcome, Spooler, Timeouts

NOBODY = "localhost:1"  # no print system that speaks IPP
LABEL = b"^XA^FO10,10^FDM\xc3\xbcller^FS^XZ"
MAIN = """
import os, sys, zebra
from wms.labels.spool import main
zebra.Zebra.getqueues = lambda self: ["desk"]
os.environ["PATH"] = {folder!r} + os.pathsep + {rest!r}
sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3]))
"""


def send(folder: Path, script: str | None, seconds: float = 60, rest: str = "/usr/bin:/bin") -> Outcome:
    """Send a label through the package and a client that runs `script`; None: there is no client at all."""
    if script is not None:
        (folder / "lpr").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "lpr").chmod(0o755)
    command = (sys.executable, "-c", MAIN.format(folder=str(folder), rest=rest))
    return Spooler("desk", command, NOBODY).send(LABEL, Timeouts(finish=seconds))


def test_the_client_gets_the_label_byte_for_byte_and_raw(tmp_path: Path) -> None:
    assert send(tmp_path, f'echo "$@" > {tmp_path}/words; cat > {tmp_path}/label').state == "sent"
    assert (tmp_path / "label").read_bytes() == LABEL
    assert (tmp_path / "words").read_text().split() == ["-Pdesk", "-oraw"]


def test_a_client_that_fails_without_a_word_leaves_the_label_uncertain(tmp_path: Path) -> None:
    assert send(tmp_path, "cat > /dev/null; exit 1").state == "uncertain"


def test_a_client_that_reads_nothing_and_fails_leaves_the_label_uncertain(tmp_path: Path) -> None:
    assert send(tmp_path, "exit 1").state == "uncertain"


def test_a_client_that_hangs_leaves_the_label_uncertain_and_is_ended(tmp_path: Path) -> None:
    outcome = send(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 600", 4)
    assert (outcome.state, outcome.reason) == ("uncertain", "The print spooler does not answer.")
    pid = int((tmp_path / "pid").read_text())
    assert gone(pid, 20)


def test_without_a_client_nothing_was_sent(tmp_path: Path) -> None:
    outcome = send(tmp_path, None, rest=str(tmp_path))
    assert (outcome.state, outcome.reason) == ("not_sent", "This machine has no print spooler.")


@pytest.mark.parametrize("queue", ["other", ""])
def test_a_queue_that_is_not_there_is_said(tmp_path: Path, queue: str) -> None:
    command = (sys.executable, "-c", MAIN.format(folder=str(tmp_path), rest="/bin"))
    assert Spooler(queue, command, NOBODY).send(LABEL, Timeouts(finish=60)).state == "not_sent"
