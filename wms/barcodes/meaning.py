"""What a scanned text can mean: every reading in order, and what is odd about it; whatever the text, no exception."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from wms.barcodes import faults, gs1, labels, own, symbology
from wms.barcodes.gs1 import GS
from wms.barcodes.labels import NOTHING, Facts, Label
from wms.barcodes.symbology import MESSAGE, NONE, NUMBER

# What wedges put around a code, and the invisible marks around a pasted one; GS (0x1D) is data and stays.
FRAMING = "\r\n\t \x02\x03\x00\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
KEY = re.compile(r"F([1-9]|1[0-2])|ESC", re.IGNORECASE)
TYPED = re.compile(r"[0-9]{1,6}")
GTIN_LENGTHS = (8, 12, 13, 14)
BY_ITSELF = re.compile(r"0[0-2]\d{14}")


@dataclass(frozen=True)
class Reading:
    """One way to read a scan. `text` is looked up in the code directory; the rest comes from a GS1 label.

    An empty text names nothing: the label tells facts only, such as the lot.
    """

    text: str
    facts: Facts = NOTHING

    @property
    def lot(self) -> str | None:
        """Return the lot (AI 10)."""
        return self.facts.lot

    @property
    def expiry(self) -> date | None:
        """Return the last day of use (AI 17, else 15)."""
        return self.facts.expiry

    @property
    def serial(self) -> str | None:
        """Return the serial number (AI 21)."""
        return self.facts.serial

    @property
    def count(self) -> int | None:
        """Return how many the label counts (AI 37 with 02, AI 30 with 01)."""
        return self.facts.count

    @property
    def partial(self) -> bool:
        """Return whether something else on the label could not be read."""
        return self.facts.partial


@dataclass(frozen=True)
class Scanned:
    """A scan after its framing is stripped: every reading, in order, and what it can be besides a code.

    `fault` names why it cannot be what any label says (refused unless it names a known thing), `doubt` what must be
    told though it can be used; `odd` is a number that is probably misread, told when nothing has it.
    """

    text: str
    readings: tuple[Reading, ...]
    key: str | None = None
    number: int | None = None
    misread: str | None = None  # one of our codes with a wrong check character
    fault: str = ""
    doubt: str = ""
    odd: bool = False
    trade: str | None = None  # what of a GS1 label stays the same from unit to unit

    @property
    def shown(self) -> str:
        """Return the text for people: what cannot be printed, such as GS, is a dot."""
        return "".join(each if each.isprintable() else "·" for each in self.text)

    @property
    def inside(self) -> list[str]:
        """Return the numbers under which the content of a case may be known, when this is the GTIN of a case."""
        cases = (gs1.inner(each.text) for each in self.readings)
        return [form for case in cases if case for form in labels.forms(case)]


def understand(scan: str) -> Scanned:
    """Return every meaning of a scan; never raises, an empty scan has no readings."""
    text = scan.strip(FRAMING)
    aim, plain = symbology.split(text)
    upper = plain.upper()
    if not plain:
        return Scanned("", ())
    if KEY.fullmatch(plain) and not aim:  # a key is typed: no label is one
        return Scanned(upper, (), key="Esc" if upper == "ESC" else upper)
    if plain.isascii() and own.shaped(upper):
        return ours(upper)
    label = label_in(aim, plain)
    number = int(plain) if TYPED.fullmatch(plain) and not aim else None
    raw = (Reading(each) for each in dict.fromkeys((plain, upper)) if each not in label.numbers)
    fault = faults.fault_of(aim, plain, label) if number is None else ""
    odd = faults.likely_misread(plain)
    readings = (*raw, *readings_of(label))
    return Scanned(plain, readings, None, number, None, fault, label.doubt, odd, label.trade or None)


def ours(upper: str) -> Scanned:
    """Return the meaning of one of our codes."""
    if own.valid(upper):
        return Scanned(upper, (Reading(upper),))
    fault = faults.fault_of_ours(upper)
    return Scanned(upper, (), misread=None if fault else upper, fault=fault)


def readings_of(label: Label) -> tuple[Reading, ...]:
    """Return a reading per number of a label, or one of its facts alone when it names nothing."""
    if label.numbers:
        return tuple(Reading(number, label.facts) for number in label.numbers)
    return (Reading("", label.facts),) if label.says else ()


def label_in(aim: str, plain: str) -> Label:
    """Return what GS1 makes of a text, by its AIM identifier; without one it must look like GS1 beyond doubt.

    So eight digits are a GTIN-8 and never AI 96, and twenty are an SSCC only behind 00 and with the right check digit.
    """
    if link := gs1.digital_link(plain):
        return labels.label_of(link)
    how = symbology.how(aim)
    if how == MESSAGE or (how == NONE and looks_like_message(plain)):
        read = labels.label_of(gs1.message(plain))
        if read.numbers or not numbers_in(aim, plain):
            return read
    return Label(tuple(dict.fromkeys(form for number in numbers_in(aim, plain) for form in labels.forms(number))))


def looks_like_message(plain: str) -> bool:
    """Return whether a text without an AIM identifier is an element string beyond doubt."""
    if GS in plain or gs1.WRITTEN_OUT.fullmatch(plain):
        return True
    if not BY_ITSELF.match(plain) or len(plain) in GTIN_LENGTHS:
        return False
    first, _, _ = gs1.first(plain)
    return first is not None and first.good


def numbers_in(aim: str, plain: str) -> list[str]:
    """Return the trade numbers and the SSCC that a text of digits is by itself."""
    how, text = symbology.how(aim), plain[:13] if aim == "]E3" else plain
    if not (text.isascii() and text.isdigit()):
        return []
    short = gs1.upc_e(text) if (how == NUMBER and aim != "]E4") or (how == NONE and len(text) == 8) else None
    unit = gs1.sscc(text) if how == NONE else None
    return [found for found in (gs1.gtin(text), short, unit) if found]
