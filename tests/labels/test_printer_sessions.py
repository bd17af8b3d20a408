"""Many labels over one connection: asked before and after each, in order, and a doubt ends the connection."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from wms.labels.emulator import Behaviour, Emulator
from wms.labels.printers import Allowed, Line, Tcp, TcpSession, Timeouts

PATIENT = Timeouts(connect=20, status=20, write=20, finish=20)
QUICK = Timeouts(connect=20, status=0.3, write=20, finish=20)


OPEN: list[TcpSession] = []


@pytest.fixture
def printer() -> Iterator[Emulator]:
    with Emulator() as printer:
        yield printer
    while OPEN:
        OPEN.pop().close()


def session(printer: Emulator, timeouts: Timeouts = PATIENT) -> TcpSession:
    OPEN.append(Tcp("127.0.0.1", printer.port, Allowed(ports=(printer.port,), loopback=True)).open(timeouts))
    return OPEN[-1]


def label(number: int) -> bytes:
    return b"^XA^FX%d^XZ" % number


def test_ten_labels_take_one_connection_and_come_out_in_order(printer: Emulator) -> None:
    way = session(printer)
    for number in range(10):
        assert way.ready() is None
        assert way.print(label(number)).state == "confirmed"
    way.close()
    assert (printer.printed, printer.accepted) == (tuple(map(label, range(10))), 1)


def test_the_roll_ends_at_the_third_of_ten_labels_and_the_fourth_is_not_sent(printer: Emulator) -> None:
    printer.behaviour.labels_left = 3
    way, states = session(printer), []
    while len(states) < 10 and not (why := way.ready()):
        states.append(way.print(label(len(states))).state)
    assert why is not None
    assert (states, why.state) == (["confirmed", "confirmed", "uncertain"], "not_sent")
    assert len(printer.printed) == 3


def test_a_label_that_waited_for_paper_comes_out_when_it_is_back(printer: Emulator) -> None:
    printer.behaviour.labels_left = 0
    with socket.create_connection(("127.0.0.1", printer.port)) as raw:
        raw.sendall(label(1) + b"~HS")
        raw.recv(100)
    assert (printer.printed, printer.waiting) == ((), 1)
    printer.behaviour.labels_left = None
    assert printer.printed == (label(1),)


def test_a_printer_that_pauses_between_two_labels_gets_no_second_one(printer: Emulator) -> None:
    way = session(printer)
    assert way.ready() is None
    way.print(label(1))
    printer.behaviour.mode = "paused"
    way.fresh_until = 0.0  # a moment later
    why = way.ready()
    assert why is not None
    assert (why.state, why.reason) == ("not_sent", "The printer is not ready: paused.")


def test_a_printer_that_hung_up_meanwhile_is_connected_anew(printer: Emulator) -> None:
    way = session(printer)
    assert way.ready() is None
    assert way.line is not None
    way.line.connection.shutdown(socket.SHUT_RDWR)
    way.fresh_until = 0.0
    assert way.ready() is None
    assert (way.print(label(1)).state, printer.accepted) == ("confirmed", 2)


def test_a_printer_that_was_replaced_by_something_else_gets_nothing(printer: Emulator) -> None:
    way = session(printer, QUICK)
    assert way.ready() is None
    printer.behaviour.mode = "garbage"
    way.fresh_until = 0.0
    why = way.ready()
    assert why is not None
    assert (why.state, printer.printed) == ("not_sent", ())


def test_a_doubt_ends_the_connection(printer: Emulator) -> None:
    printer.behaviour.labels_left = 1
    way = session(printer)
    way.ready()
    assert (way.print(label(1)).state, way.line) == ("uncertain", None)


def test_what_was_said_without_being_asked_is_not_taken_for_the_answer() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(
            b"\x02030,1,0,1225,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03"
        )
        assert Line(ours, Timeouts(status=0.2)).ask() is None


def test_a_spoiled_answer_is_no_answer() -> None:
    with Emulator(behaviour=Behaviour("garbage")) as printer:
        why = session(printer, QUICK).ready()
    assert why is not None
    assert why.reason.startswith("The printer does not answer")
