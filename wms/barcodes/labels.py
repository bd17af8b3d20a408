"""What a GS1 label says all in all: the thing, how many, lot, dates, serial number; and which of it cannot be right.

The rules between elements are those of the GS1 General Specifications, section 4.14, for the elements used here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wms.barcodes import gs1
from wms.barcodes.gs1 import Element, Message

# Why a label cannot be used (faults), or is used but must be told (doubts).
CHECK, CUT, TWO_ITEMS, NO_COUNT, PIECE = "check", "cut", "two_items", "no_count", "piece"
SEPARATOR, PART, COUNT, TWICE = "separator", "part", "count", "twice"
HIDDEN = re.compile(r"(?=(?:1[1357]\d{6}|0[12]\d{14}|00\d{18}))")
USED = frozenset({"00", "01", "02", "10", "11", "13", "15", "17", "21", "30", "37", "8003", "8006"})
WEIGHT = re.compile(r"310[0-5]")


@dataclass(frozen=True)
class Facts:
    """What a label says beside the thing that it names. Weights are in grams."""

    lot: str | None = None
    expiry: date | None = None  # AI 17, else best before (15)
    serial: str | None = None
    count: int | None = None
    weight_g: int | None = None
    made: date | None = None
    packed: date | None = None
    partial: bool = False  # something else on the label could not be read
    unsure: bool = False  # lot or serial number end in what looks like another element


NOTHING = Facts()


@dataclass(frozen=True)
class Label:
    """A GS1 label: numbers to look up in their order, the facts, and what is wrong.

    `fault` stops the scan unless it names a known thing, `doubt` is told beside it.
    """

    numbers: tuple[str, ...] = ()
    facts: Facts = NOTHING
    fault: str = ""
    doubt: str = ""
    trade: str = ""  # the GTIN of an element string or a digital link

    @property
    def says(self) -> bool:
        """Return whether anything at all could be read."""
        return bool(self.numbers) or self.facts != Facts(partial=self.facts.partial)


@dataclass(frozen=True)
class Sorted:
    """The elements of a label by identifier, 310n under 310. `doubled` holds those that contradict each other."""

    by_ai: dict[str, Element]
    doubled: frozenset[str]
    misread: bool  # a check digit is wrong

    def text(self, ai: str) -> str | None:
        """Return the value of an element."""
        return self.by_ai[ai].value if ai in self.by_ai else None

    def day(self, ai: str) -> date | None:
        """Return the date of an element."""
        return self.by_ai[ai].day if ai in self.by_ai else None


def label_of(message: Message) -> Label:
    """Return what a label says all in all."""
    parts = by_identifier(message)
    trade, fault = thing_of(parts)
    count, doubt = count_of(parts)
    fault = fault or (CUT if gs1.CUT in message.flaws and not trade else "")
    facts = facts_of(parts, count, bool(message.flaws))
    carrier = [number for number in (parts.text("00"), grai(parts)) if number]
    doubts = (SEPARATOR if facts.unsure or gs1.SEPARATOR in message.flaws else "", TWICE if parts.doubled else "")
    partly = PART if message.flaws or parts.misread else ""
    told = next((each for each in (*doubts, doubt, partly) if each), "")
    return Label((*carrier, *forms(trade)), facts, fault, told, trade)


def by_identifier(message: Message) -> Sorted:
    """Return the elements by identifier, without those that are misread or contradict each other."""
    found: dict[str, Element] = {}
    doubled: set[str] = set()
    for element in message.elements:
        ai = "310" if WEIGHT.fullmatch(element.ai) else element.ai
        if element.good and found.setdefault(ai, element) != element:
            doubled.add(ai)
    misread = any(not element.good for element in message.elements)
    return Sorted({ai: each for ai, each in found.items() if ai not in doubled}, frozenset(doubled), misread)


def thing_of(parts: Sorted) -> tuple[str, str]:
    """Return the GTIN of what is counted and why there is none, if so."""
    item, content, piece = parts.text("01"), parts.text("02"), parts.text("8006")
    if (item and (content or piece)) or parts.doubled & {"01", "02", "8006"}:
        return "", TWO_ITEMS
    if piece:  # one piece of so many that make the item: the item itself only when it is one of one
        return (piece[:14], "") if piece[16:] == "01" and gs1.gtin(piece[:14]) else ("", PIECE)
    if content and "37" not in parts.by_ai:
        return "", NO_COUNT
    return item or content or "", CHECK if parts.misread and not (item or content) else ""


def count_of(parts: Sorted) -> tuple[int | None, str]:
    """Return how many the label counts, and the doubt when it counts against the rules: 37 goes with 02, 30 with 01."""
    if parts.text("02") and (number := parts.text("37")):
        return (int(number), "") if int(number) else (None, COUNT)
    number = parts.text("30")
    if "37" in parts.by_ai or (number and not parts.text("01")):
        return None, COUNT
    if number is None:
        return None, ""
    return (int(number), "") if int(number) else (None, COUNT)


def facts_of(parts: Sorted, count: int | None, partial: bool) -> Facts:
    """Return what the label says beside the thing."""
    weight = parts.by_ai["310"].number if "310" in parts.by_ai else None
    lot, serial = parts.text("10"), parts.text("21")
    return Facts(
        lot,
        parts.day("17") or parts.day("15"),
        serial,
        count,
        int((weight * 1000).to_integral_value()) if isinstance(weight, Decimal) else None,
        parts.day("11"),
        parts.day("13"),
        partial or parts.misread or bool(parts.doubled),
        any(hides(text) for text in (lot, serial) if text),
    )


def grai(parts: Sorted) -> str | None:
    """Return the number of a returnable asset, such as a tote, without the filling zero."""
    found = parts.text("8003")
    return found[1:] if found else None


def forms(gtin: str) -> Iterator[str]:
    """Yield the spellings under which a GTIN may stand in the directory: as given, then 13, 12, 8 and 14 digits."""
    short = gtin.lstrip("0")
    if short:
        yield from dict.fromkeys([gtin, *(short.zfill(n) for n in (13, 12, 8, 14) if len(short) <= n)])


def hides(value: str) -> bool:
    """Return whether a lot or serial number ends in what is another element: its separator may be missing.

    Only dates and numbers with a check digit count as a beginning; what follows them must be elements to the end.
    """
    ends = (value[found.start() :] for found in HIDDEN.finditer(value, 1))
    return any(all_good(gs1.message(end)) for end in ends)


def all_good(message: Message) -> bool:
    """Return whether a text is nothing but elements that stand on labels of goods."""
    known = (each.good and (each.ai in USED or WEIGHT.fullmatch(each.ai)) for each in message.elements)
    return not message.flaws and all(known)
