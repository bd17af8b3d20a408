"""Printers are found on the network, asked who they are, and nobody is asked outside of the allowed subnets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.errors import BadInput
from wms.labels.discovery import Found, addresses, ask, parse_identity, scan
from wms.labels.emulator import Behaviour, Emulator
from wms.labels.printers import Allowed, HostRefused, Timeouts

PATIENT = Timeouts(connect=20, status=20)
QUICK = Timeouts(connect=20, status=0.3)


@pytest.fixture
def printer() -> Iterator[Emulator]:
    with Emulator(behaviour=Behaviour(dots_per_mm=12)) as printer:
        yield printer


def here(*ports: int) -> Allowed:
    return Allowed(ports=ports, loopback=True, networks=("127.0.0.0/8",))


def test_an_answer_tells_model_firmware_and_density() -> None:
    assert parse_identity(b"\x02ZD421-300dpi,V93.21.26Z,12,8192KB,\x03\r\n") == ("ZD421-300dpi", "V93.21.26Z", 300)
    assert parse_identity(b"\x02ZT610,V1,24,8192KB\x03") == ("ZT610", "V1", 600)


@pytest.mark.parametrize("data", [b"", b"\x02", b"\x02a,b,c\x03", b"ZD421,V1,8,8192KB", b"\x02,V1,8\x03"])
def test_what_is_no_identity_tells_nothing(data: bytes) -> None:
    assert parse_identity(data) == ("", "", 0)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reading_of_an_identity_fail(data: bytes) -> None:
    model, firmware, _ = parse_identity(b"\x02" + data + b"\x03")
    assert (model + firmware).isprintable()


def test_a_subnet_is_searched_and_the_printer_in_it_found(printer: Emulator) -> None:
    assert scan("127.0.0.1/32", here(printer.port), PATIENT) == [
        Found("127.0.0.1", printer.port, "PICKWELL-EMULATOR", "V1.0", 300)
    ]


def test_a_known_printer_is_left_in_peace(printer: Emulator) -> None:
    assert scan("127.0.0.1/32", here(printer.port), PATIENT, frozenset({"127.0.0.1"})) == []
    assert printer.accepted == 0


def test_a_found_printer_tells_what_is_wrong_with_it(printer: Emulator) -> None:
    printer.behaviour.mode = "paper_out"
    found = ask("127.0.0.1", printer.port, here(printer.port), PATIENT)
    assert found is not None
    assert (found.speaks, found.fault) == (True, "out of paper")


def greet(other: socket.socket) -> None:
    """Speak as something that is no printer, and wait for the other side to hang up."""
    with other.accept()[0] as raw:
        raw.sendall(b"220 mail.example.test")
        while raw.recv(100):
            pass


def test_something_else_on_the_port_is_no_zpl_printer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        greeter = threading.Thread(target=greet, args=(other,))
        greeter.start()
        found = ask("127.0.0.1", port, here(port), QUICK)
        greeter.join()
    assert found is not None
    assert (found.speaks, found.fault) == (False, "it does not answer: head open, or no ZPL printer")


def test_where_nobody_listens_nobody_is_found() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        assert ask("127.0.0.1", held.getsockname()[1], here(held.getsockname()[1]), PATIENT) is None


@pytest.mark.parametrize(
    ("network", "why"),
    [
        ("the hall", "a subnet such as"),
        ("fd00::/120", "a subnet such as"),
        ("10.0.0.0/8", "at most a /22"),
        ("8.8.8.0/24", "not a private one"),
        ("0.0.0.0/0", "at most a /22"),
    ],
)
def test_a_subnet_that_may_not_be_searched_is_refused_with_the_reason(network: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        addresses(network, Allowed())


def test_a_subnet_outside_the_printers_networks_is_refused() -> None:
    with pytest.raises(BadInput, match=r"outside printing\.networks"):
        addresses("192.168.8.0/24", Allowed(networks=("192.168.7.0/24",)))
    assert len(addresses("192.168.7.0/24", Allowed(networks=("192.168.0.0/16",)))) == 254


def test_this_machine_is_not_asked_unless_allowed(printer: Emulator) -> None:
    with pytest.raises(HostRefused):
        ask("127.0.0.1", printer.port, Allowed(ports=(printer.port,)), PATIENT)
    assert scan("127.0.0.1/32", Allowed(ports=(printer.port,)), PATIENT) == []
