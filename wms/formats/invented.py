"""Invents a whole campaign, the same one for the same seed: for the demo, the rehearsal, tests and measurements."""

from __future__ import annotations

from dataclasses import dataclass

from wms.formats.invented_packing import packing_list
from wms.formats.invented_report import report


@dataclass(frozen=True)
class Campaign:
    """A backer report (CSV), the factory's packing list (XLSX), and what a correct system will find in them.

    `clean` orders can be shipped; `dirty` counts the others by hold code (both orders of a DUPLICATE pair); `units`
    are the single units per SKU, kits resolved, that the clean orders need. The packing list covers them.
    """

    report: bytes
    packing_list: bytes
    clean: int
    dirty: dict[str, int]
    units: dict[str, int]


def invent(orders: int, seed: int) -> Campaign:
    """The campaign of `orders` backers (at least 1) grown from `seed`. Everybody in it is invented."""
    written = report(orders, seed)
    return Campaign(written.data, packing_list(written.units), written.clean, written.dirty, written.units)
