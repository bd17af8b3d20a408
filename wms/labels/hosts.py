"""Which hosts a printer may have: an address typed by an admin must not become a way into this machine or its cloud."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from wms.labels import ipp

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Allowed:
    """What printers may be reached: ports, whether this machine itself (an emulator), subnets if not all, and the
    print system that queues belong to."""

    ports: tuple[int, ...] = (9100, 6101)
    loopback: bool = False
    networks: tuple[str, ...] = ()
    spooler: str = ipp.HERE


class HostRefused(ValueError):
    """The printer's address is not one that labels may be sent to; the message says why."""


def check_host(host: str, port: int, allowed: Allowed) -> str:
    """Return the address to connect to: `host` resolved once, so that no second answer can lead elsewhere.

    Raises HostRefused for a port outside the list, a name that does not resolve, and whenever one of its addresses is
    this machine, link-local (cloud metadata), multicast, unspecified, reserved or outside the allowed networks.
    """
    if port not in allowed.ports:
        raise HostRefused(f"Port {port} is not a printer port; allowed are {', '.join(map(str, allowed.ports))}.")
    found = [_parse(text) for text in _resolve(host, port)]
    for address in found:
        if why := _reason(address, allowed):
            raise HostRefused(f"The printer's address {address} is {why}.")
    return str(found[0])


def _resolve(host: str, port: int) -> list[str]:
    """Return every address of a name or of any spelling of a number."""
    try:
        answers = socket.getaddrinfo(host.strip(), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        raise HostRefused("The printer's host name is not known here.") from None
    if not host.strip() or not answers:
        raise HostRefused("The printer has no host name.")
    return [str(answer[4][0]) for answer in answers]


def _parse(text: str) -> Address:
    """Return an address without its scope; IPv4 written inside IPv6 is taken for what it is."""
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or _embedded(address) or address
    return address


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside a NAT64 one (64:ff9b::/96, RFC 6052)."""
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _reason(address: Address, allowed: Allowed) -> str:
    """Return why an address is refused, or nothing."""
    if address.is_unspecified or address.is_multicast:
        return "not the address of one machine"
    if address.is_link_local:
        return "link-local"
    if address.is_loopback or _own(address):
        return "" if allowed.loopback else "this machine itself, which the settings do not allow"
    if address.is_reserved or str(address) == "255.255.255.255":
        return "reserved"
    if allowed.networks and not any(address in ipaddress.ip_network(net) for net in allowed.networks):
        return "outside the printers' networks"
    return ""


def _own(address: Address) -> bool:
    """Return whether an address is one of this machine's own: the system would then talk to it from itself."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))  # sends nothing: it only chooses the route
            return str(probe.getsockname()[0]).split("%")[0] == str(address)
    except OSError:
        return False
