"""Every way in which a printer can fail leads to one outcome, and no label is lost or doubled behind our back."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from wms import clock
from wms.errors import BadInput
from wms.labels.emulator import Behaviour, Emulator
from wms.labels.printers import Allowed, Outcome, PrinterAddress, Spooler, Timeouts, transport

LABEL = b"^XA^FO10,10^FDx^FS^XZ"
PATIENT = Timeouts(connect=20, status=20, write=20, finish=20)  # for answers that come, be the machine ever so busy
QUICK = Timeouts(connect=20, status=0.3, write=20, finish=20)  # for answers that never come


def send(printer: Emulator, payload: bytes = LABEL, timeouts: Timeouts = PATIENT) -> Outcome:
    """Send one label to an emulator."""
    address = PrinterAddress("tcp", host="127.0.0.1", port=printer.port)
    return transport(address, Allowed(ports=(printer.port,), loopback=True)).send(payload, timeouts)


ZOO = {
    "ready": (Behaviour(), "confirmed", 1),
    "replies in single bytes": (Behaviour(single_bytes=True), "confirmed", 1),
    "slow": (Behaviour(bytes_per_second=400), "confirmed", 1),
    "paused": (Behaviour("paused"), "not_sent", 0),
    "paper out": (Behaviour("paper_out"), "not_sent", 0),
    "head open": (Behaviour("head_open"), "not_sent", 0),
    "silent": (Behaviour("silent"), "not_sent", 0),
    "accepts and never reads": (Behaviour("never_read"), "not_sent", 0),
    "accepts and resets": (Behaviour("reset"), "not_sent", 0),
    "closes its side": (Behaviour("half_close"), "not_sent", 0),
    "answers garbage": (Behaviour("garbage"), "not_sent", 0),
    "refuses": (Behaviour("refuse"), "not_sent", 0),
    "resets in the label": (Behaviour(reset_after=10), "uncertain", 0),
    "closes its side in the label": (Behaviour(half_close_after=10), "uncertain", 1),
    "last label of the roll": (Behaviour(labels_left=1), "uncertain", 1),
    "out of ribbon": (Behaviour("ribbon_out"), "not_sent", 0),
    "memory full": (Behaviour("buffer_full"), "not_sent", 0),
    "answers late": (Behaviour(reply_seconds=0.2), "confirmed", 1),
    "answers too late": (Behaviour(reply_seconds=2), "not_sent", 0),
    "takes its time to print": (Behaviour(label_seconds=0.3), "confirmed", 1),
    "is still printing when patience ends": (Behaviour(label_seconds=9), "uncertain", 0),
    "falls deaf in the label": (Behaviour(stall_after=10), "uncertain", 0),
}
SHORT = Timeouts(connect=20, status=20, write=20, finish=0.3)
WAITS = {
    **dict.fromkeys(("head open", "silent", "accepts and never reads", "answers too late"), QUICK),
    "is still printing when patience ends": SHORT,
    "falls deaf in the label": QUICK,
}


@pytest.mark.parametrize("case", ZOO)
def test_a_printers_behaviour_decides_the_outcome(case: str) -> None:
    behaviour, state, printed = ZOO[case]
    with Emulator(behaviour=behaviour) as printer:
        outcome = send(printer, LABEL, WAITS.get(case, PATIENT))
        assert outcome.state == state, outcome.reason
        assert bool(outcome.reason) == (state != "confirmed")
    assert len(printer.printed) == printed


def test_a_network_that_takes_nothing_more_inside_a_label_leaves_it_uncertain() -> None:
    with Emulator(behaviour=Behaviour(stall_after=10)) as printer:
        outcome = send(printer, b"^XA" + b"^FX" * 4_000_000 + b"^XZ", Timeouts(connect=20, status=20, write=0.3))
    assert (outcome.state, "of 12000006 bytes" in outcome.reason) == ("uncertain", True)


def test_a_label_that_drips_away_too_slowly_is_given_up_before_its_lease_ends() -> None:
    with Emulator(behaviour=Behaviour(bytes_per_second=200_000)) as printer:
        began = clock.seconds()
        outcome = send(printer, b"^XA" + b"^FX" * 4_000_000 + b"^XZ", Timeouts(status=20, write=20, whole=0.5))
        assert clock.seconds() - began < 10
    assert outcome.state == "uncertain"


def test_a_name_that_nobody_knows_means_that_nothing_was_sent() -> None:
    outcome = transport(PrinterAddress("tcp", host="no-such-printer.invalid")).send(LABEL, QUICK)
    assert (outcome.state, outcome.reason) == ("not_sent", "The printer's host name is not known here.")


def test_only_a_label_that_was_not_sent_may_be_retried_by_itself() -> None:
    retried = {state: Outcome(state).retry for state in ("not_sent", "sent", "confirmed", "uncertain")}  # type: ignore[arg-type]
    assert retried == {"not_sent": True, "sent": False, "confirmed": False, "uncertain": False}


def test_a_connection_that_breaks_inside_a_large_label_says_how_far_it_came() -> None:
    with Emulator(behaviour=Behaviour(reset_after=10)) as printer:
        outcome = send(printer, b"^XA" + b"^FX" * 4_000_000 + b"^XZ")
    assert outcome.state == "uncertain"
    assert "bytes" in outcome.reason
    assert printer.printed == ()


def test_what_the_printer_got_is_byte_for_byte_what_was_sent() -> None:
    payload = "^XA^CI28^FO1,1^FDMüller €^FS^XZ".encode()
    with Emulator() as printer:
        send(printer, payload)
    assert printer.printed == (payload,)


def test_labels_after_an_empty_roll_wait_and_print_once_paper_is_in() -> None:
    with Emulator(behaviour=Behaviour("paper_out")) as printer:
        assert send(printer).state == "not_sent"
        printer.behaviour.mode = "ready"
        assert send(printer).state == "confirmed"
    assert len(printer.printed) == 1


def test_a_reason_never_repeats_what_the_other_side_sent() -> None:
    with Emulator(behaviour=Behaviour("garbage")) as printer:
        assert "fire" not in send(printer).reason


def test_four_printers_print_their_own_labels_in_order() -> None:
    printers = [Emulator().start() for _ in range(4)]
    wanted = [b"^XA^FX%d^XZ" % number for number in range(5)]
    threads = [threading.Thread(target=lambda p=p: [send(p, label) for label in wanted]) for p in printers]
    for thread in threads:
        thread.start()
    for thread, printer in zip(threads, printers, strict=True):
        thread.join()
        printer.stop()
    assert [printer.printed for printer in printers] == [tuple(wanted)] * 4


def test_a_printer_on_this_machine_is_refused_without_the_setting() -> None:
    outcome = transport(PrinterAddress("tcp", host="127.0.0.1")).send(LABEL, QUICK)
    assert outcome.state == "not_sent"
    assert "this machine" in outcome.reason


def test_the_file_printer_numbers_its_labels_and_leaves_no_half_file(tmp_path: Path) -> None:
    printer = transport(PrinterAddress("file", path=str(tmp_path / "out")))
    assert [printer.send(label, QUICK).state for label in (LABEL, LABEL + b"2")] == ["confirmed"] * 2
    files = sorted((tmp_path / "out").iterdir())
    assert [(file.name, file.read_bytes()) for file in files] == [("000001.zpl", LABEL), ("000002.zpl", LABEL + b"2")]


def test_a_folder_that_cannot_be_written_means_that_nothing_was_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    outcome = transport(PrinterAddress("file", path=str(tmp_path / "file"))).send(LABEL, QUICK)
    assert outcome.state == "not_sent"


def test_the_emulator_writes_each_printed_label_to_its_folder(tmp_path: Path) -> None:
    with Emulator(folder=tmp_path) as printer:
        send(printer)
    assert [file.read_bytes() for file in tmp_path.glob("*.zpl")] == [LABEL]


def test_a_queue_that_does_not_exist_prints_nothing() -> None:
    outcome = transport(PrinterAddress("spooler", queue="no-such-queue")).send(LABEL, Timeouts(finish=20))
    assert outcome.state == "not_sent"


@pytest.mark.parametrize(
    ("script", "state", "seconds"),
    [
        ("import sys; assert sys.stdin.buffer.read() == b'^XA^FO10,10^FDx^FS^XZ'", "sent", 60),
        ("import sys; sys.exit(3)", "not_sent", 60),
        ("import sys; sys.exit(4)", "not_sent", 60),
        ("import sys; sys.exit(1)", "uncertain", 60),
        ("import sys; sys.stderr.write('lpr: no such printer')", "uncertain", 60),
        ("import threading; threading.Event().wait()", "uncertain", 1),
    ],
)
def test_what_the_spooler_does_decides_the_outcome(script: str, state: str, seconds: float) -> None:
    spooler = Spooler("desk", (sys.executable, "-c", script))
    assert spooler.send(LABEL, Timeouts(finish=seconds)).state == state


@pytest.mark.parametrize(
    ("address", "field"),
    [
        (PrinterAddress("tcp"), "host"),
        (PrinterAddress("file"), "path"),
        (PrinterAddress("spooler"), "queue"),
        (PrinterAddress("fax"), "kind"),  # type: ignore[arg-type]
    ],
)
def test_a_printer_without_what_its_kind_needs_is_refused_by_field(address: PrinterAddress, field: str) -> None:
    with pytest.raises(BadInput, match=field):
        transport(address)
