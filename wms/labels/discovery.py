"""Finds printers on the network and asks them who they are: port 9100 of an allowed subnet, ~HI and ~HS, bounded."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from wms.errors import BadInput
from wms.labels.printers import Allowed, HostRefused, Line, Tcp, Timeouts

HOSTS_MAX = 1024  # a /22; a larger net is scanned in parts
AT_ONCE = 64
KNOCK_SECONDS = 0.6  # a printer on the same network answers within milliseconds
MUTE = "it does not answer: head open, or no ZPL printer"
IDENTITY = re.compile(rb"\x02([^,\x02\x03]{1,60}),([^,\x02\x03]{0,40}),(\d{1,2})[^\x02\x03]*\x03")
DPI = {6: 152, 8: 203, 12: 300, 24: 600}  # dots per mm, as ~HI tells, and what people call it


@dataclass(frozen=True)
class Found:
    """A printer that answered: who it says it is, `dpi` 0 when it did not tell, and what is wrong with it now."""

    host: str
    port: int
    model: str = ""
    firmware: str = ""
    dpi: int = 0
    fault: str = ""

    @property
    def speaks(self) -> bool:
        """Return whether it understands ZPL; something else may listen on port 9100 too."""
        return bool(self.model)


def parse_identity(data: bytes) -> tuple[str, str, int]:
    """Return model, firmware and dpi out of an answer to ~HI; ("", "", 0) when it is none.

    The line is STX model,firmware,dots per mm,memory,... ETX (ZPL II programming guide, "Host Identification").
    """
    found = IDENTITY.search(data)
    if not found:
        return "", "", 0
    model, firmware = (printable(part) for part in (found[1], found[2]))
    return model, firmware, DPI.get(int(found[3]), 0)


def printable(text: bytes) -> str:
    """Return what a stranger on the network says, as harmless text."""
    return "".join(letter for letter in text.decode("ascii", "replace") if letter.isprintable() and letter != "\ufffd")


def ask(host: str, port: int, allowed: Allowed, timeouts: Timeouts) -> Found | None:
    """Return what listens at an address, None when nothing does. Raises HostRefused."""
    try:
        line = Line.to(Tcp(host, port, allowed), timeouts)
    except OSError:
        return None
    with line.connection as connection:
        try:
            connection.settimeout(timeouts.status)
            connection.sendall(b"~HI")
            model, firmware, dpi = parse_identity(line.answer(frames_wanted=1))
        except OSError:
            return Found(host, port, fault=MUTE)
        if not model:
            return Found(host, port, fault=MUTE)
        status = line.ask()
    fault = "it does not say how it is" if status is None else status.fault
    return Found(host, port, model, firmware, dpi, fault)


def addresses(network: str, allowed: Allowed) -> list[str]:
    """Return the hosts of a subnet such as 192.168.7.0/24 that may be asked.

    Raises BadInput for what is no IPv4 subnet, is larger than a /22, is not private, or is outside allowed.networks.
    """
    try:
        net = ipaddress.IPv4Network(network.strip(), strict=False)
    except ValueError:
        raise BadInput(field="network", why="a subnet such as 192.168.7.0/24, please") from None
    if net.num_addresses > HOSTS_MAX:
        raise BadInput(field="network", why="at most a /22; scan a larger one in parts")
    inside = [ipaddress.ip_network(each) for each in allowed.networks]
    if inside and not any(isinstance(each, ipaddress.IPv4Network) and net.subnet_of(each) for each in inside):
        raise BadInput(field="network", why=f"is outside printing.networks ({', '.join(allowed.networks)})")
    if not inside and not (net.is_private or net.is_loopback):
        raise BadInput(field="network", why="is not a private one; name it in printing.networks first")
    return [str(host) for host in net.hosts()]


def scan(network: str, allowed: Allowed, timeouts: Timeouts, known: frozenset[str] = frozenset()) -> list[Found]:
    """Return the printers of a subnet, in order of their addresses; those in `known` are left in peace.

    Raises BadInput for a bad subnet. Takes about a second for 64 addresses at which nobody is.
    """
    hosts = [host for host in addresses(network, allowed) if host not in known]
    quick = Timeouts(min(KNOCK_SECONDS, timeouts.connect), timeouts.status)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda host: next(knock(host, allowed, quick), None), hosts)
        return [each for each in found if each]


def knock(host: str, allowed: Allowed, timeouts: Timeouts) -> Iterator[Found]:
    """Yield what listens at a host on the ports of printers; a host that may not be asked is passed over."""
    for port in allowed.ports:
        with contextlib.suppress(HostRefused):
            if found := ask(host, port, allowed, timeouts):
                yield found
