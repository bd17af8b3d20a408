"""How often somebody may knock: counts in this process's memory, forgotten after their time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from wms import clock

KEPT = 20_000  # keys; the ones that knocked first are forgotten first


class Limit:
    """So many knocks of one key in so many seconds; each further one is refused until the time is over."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._guard = threading.Lock()

    def full(self, key: str) -> bool:
        """Return whether a key has used up its knocks."""
        with self._guard:
            since, number = self._counts.get(key, (0.0, 0))
            return number >= self.most and clock.seconds() - since < self.seconds

    def knock(self, key: str) -> bool:
        """Count a knock; return whether it was one too many."""
        now = clock.seconds()
        with self._guard:
            since, number = self._counts.pop(key, (now, 0))
            if now - since >= self.seconds:
                since, number = now, 0
            self._counts[key] = (since, number + 1)
            while len(self._counts) > KEPT:
                self._counts.popitem(last=False)
            return number >= self.most


def neighbourhood(address: str | None) -> str:
    """Return whom an address on the network stands for: itself, or its /64, which one household has whole."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)
