"""A printer's address cannot be used to reach this machine, the cloud's metadata or another service."""

from __future__ import annotations

import socket

import pytest

from wms.labels.hosts import Allowed, HostRefused, check_host

HOSTILE = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "localhost", "LOCALHOST", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1",
    "::ffff:7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "0.0.0.0", "0", "::", "169.254.169.254",
    "0xa9fea9fe", "2852039166", "169.254.1", "::ffff:169.254.169.254", "fe80::1", "fe80::1%lo", "224.0.0.1",
    "239.255.255.250", "ff02::1", "255.255.255.255", "240.0.0.1", "0xffffffff", "", " ", "a" * 300,
    "no such host", "printer..example.test", "\x00", "[::1]", "127.0.0.1:9100", "http://127.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTILE)
def test_a_host_that_is_not_a_printer_on_the_network_is_refused(host: str) -> None:
    with pytest.raises(HostRefused):
        check_host(host, 9100, Allowed())


@pytest.mark.parametrize("port", [0, 22, 80, 443, 5432, 6379, 8000, 65536])
def test_a_port_that_is_not_a_printers_is_refused_by_number(port: int) -> None:
    with pytest.raises(HostRefused, match=f"Port {port}"):
        check_host("192.0.2.7", port, Allowed())


def test_a_printer_on_the_network_is_allowed_and_its_address_returned() -> None:
    assert check_host("192.0.2.7", 9100, Allowed()) == "192.0.2.7"


def test_a_printer_outside_the_printers_networks_is_refused() -> None:
    with pytest.raises(HostRefused, match="outside"):
        check_host("192.0.2.7", 9100, Allowed(networks=("198.51.100.0/24",)))


def test_the_emulator_on_this_machine_needs_the_setting() -> None:
    assert check_host("127.0.0.1", 9100, Allowed(loopback=True)) == "127.0.0.1"


def test_the_setting_for_the_emulator_does_not_open_link_local_addresses() -> None:
    with pytest.raises(HostRefused, match="link-local"):
        check_host("169.254.169.254", 9100, Allowed(loopback=True))


def test_this_machines_own_address_on_the_network_counts_as_this_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no route to any network")
        own = probe.getsockname()[0]
    with pytest.raises(HostRefused, match="this machine itself"):
        check_host(own, 9100, Allowed())
