"""What a scanned text can mean: our typed codes with a check character, and GS1 element strings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from biip import ParseConfig, ParseError, parse
from stdnum.iso7064 import mod_37_36

PREFIXES = {
    "LO": "location",
    "LP": "lpn",
    "TO": "tote",
    "PA": "parcel",
    "OR": "order",
    "PL": "list",
    "RC": "receipt",
    "MF": "manifest",
    "CT": "carton",
    "BD": "badge",
}
FRAMING = "\r\n\t \x02\x03\x00"  # what wedges put around a code; GS (0x1D) is data and stays
GS = "\x1d"
AIM = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
KEY = re.compile(r"^(F([1-9]|1[0-2])|ESC)$", re.IGNORECASE)
NUMBER = re.compile(r"^\d{1,6}$")
OURS = re.compile(r"^([A-Z]{2})-([A-Z0-9][A-Z0-9.\-]*)-([A-Z0-9])$")


@dataclass(frozen=True)
class Reading:
    """One way to read a scan. `text` is looked up in the code directory; the rest comes from a GS1 label."""

    text: str
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None
    count: int | None = None


@dataclass(frozen=True)
class Scanned:
    """A scan after its framing is stripped: every reading, in order, and what it can be besides a code."""

    text: str
    readings: tuple[Reading, ...]
    key: str | None = None
    number: int | None = None
    misread: str | None = None  # one of our codes with a wrong check character


def code(prefix: str, body: str) -> str:
    """Return the label code for `body`, e.g. ("LO", "A-03-12-B") -> "LO-A-03-12-B-7".

    The check character is ISO 7064 MOD 37,36 over the letters and digits. Raises KeyError for an unknown prefix.
    """
    PREFIXES[prefix]
    stem = f"{prefix}-{body.upper()}"
    return f"{stem}-{mod_37_36.calc_check_digit(bare(stem))}"


def number_code(prefix: str, number: int) -> str:
    """Return the label code of a numbered thing: ("LP", 12) -> "LP-000012-x"."""
    return code(prefix, f"{number:06d}")


def check_of(text: str) -> str:
    """Return the check character of one of our codes."""
    return text.rsplit("-", 1)[-1]


def bare(text: str) -> str:
    """Return only the letters and digits of a code."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def understand(raw: str) -> Scanned:
    """Return every meaning of a scan; never raises, an empty scan has no readings."""
    text = raw.strip(FRAMING)
    aim = AIM.match(text)
    plain = text[3:] if aim else text
    upper = plain.upper()
    if not plain:
        return Scanned("", ())
    if KEY.match(upper):
        return Scanned(upper, (), key="Esc" if upper == "ESC" else upper)
    ours = OURS.match(upper)
    if ours and ours[1] in PREFIXES:
        good = mod_37_36.is_valid(bare(upper))
        return Scanned(upper, (Reading(upper),) if good else (), misread=None if good else upper)
    number = int(plain) if NUMBER.match(plain) and not aim else None
    return Scanned(plain, (*unique([plain, upper]), *from_gs1(text, plain)), number=number)


def unique(texts: list[str]) -> tuple[Reading, ...]:
    """Return a raw reading per distinct text, in order."""
    return tuple(Reading(text) for text in dict.fromkeys(texts))


def from_gs1(text: str, plain: str) -> tuple[Reading, ...]:
    """Return the GTIN (and SSCC) readings of a GS1 label, with lot, expiry, serial and count."""
    if not plain.isascii() or len(plain) < 8 or not any(c.isdigit() for c in plain):
        return ()
    try:
        result = parse(text, config=ParseConfig())
    except (ParseError, IndexError, ValueError):
        return ()  # hostile or ordinary text: the raw reading stands
    found = [forms(result.gtin.value)] if result.gtin else []
    parts = elements(result.gs1_message)
    return tuple(Reading(form, **parts) for each in found for form in each) + sscc_reading(result)


def forms(gtin: str) -> list[str]:
    """Return the spellings under which a GTIN may stand in the directory: 14, 13, 12 and 8 digits."""
    short = gtin.lstrip("0")
    return list(dict.fromkeys([gtin, *(short.zfill(n) for n in (13, 12, 8, 14) if len(short) <= n)]))


def elements(message: Any) -> dict[str, Any]:
    """Return lot (10), expiry (17, else 15), serial (21) and count (30, 37) of a GS1 message."""
    parts: dict[str, Any] = {}
    for element in message.element_strings if message else ():
        match element.ai.ai:
            case "10":
                parts["lot"] = element.value
            case "17":
                parts["expiry"] = element.date
            case "15":
                parts.setdefault("expiry", element.date)
            case "21":
                parts["serial"] = element.value
            case "30" | "37":
                parts["count"] = int(element.value)
    return parts


def sscc_reading(result: Any) -> tuple[Reading, ...]:
    """Return the SSCC of a logistic label as a reading."""
    return (Reading(result.sscc.value),) if result.sscc else ()
