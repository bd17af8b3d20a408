"""GS1 element strings for labels: checked, with FNC1 where a length varies, as bars, as Data Matrix and for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_messages import GS1Message

from wms.errors import BadInput

FNC1 = "\x1d"  # between elements, as a scanner tells it
CHECKED = {"00", "01", "02"}  # end in a check digit, at which biip does not look here
DIGITS = re.compile(r"(?:\d\d)*")
UNSAFE = re.compile(r"[^!-~]|[>_^~\\]")  # of the GS1 characters those that ZPL or ^BX would take for their own


@dataclass(frozen=True)
class Elements:
    """A GS1 message: (identifier, value) in the order of printing."""

    parts: tuple[tuple[str, str, bool], ...]  # identifier, value, whether its length varies

    @cached_property
    def hri(self) -> str:
        """What people read: (00)340123450000000017."""
        return "".join(f"({ai}){value}" for ai, value, _ in self.parts)

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The data, cut where an FNC1 must stand: after an element of varying length that is not the last."""
        pieces = [""]
        for number, (ai, value, varies) in enumerate(self.parts, 1):
            pieces[-1] += ai + value
            if varies and number < len(self.parts):
                pieces.append("")
        return tuple(pieces)

    @property
    def scanned(self) -> str:
        """What a scanner tells, without its symbology identifier."""
        return FNC1.join(self.pieces)


@lru_cache(maxsize=256)
def of(parts: tuple[tuple[str, str], ...]) -> Elements:
    """Return the message of (identifier, value) pairs, see `elements`; one label asks for the same several times."""
    return elements(dict(parts))


def elements(values: Mapping[str, str]) -> Elements:
    """Return the message of identifier -> value; raises BadInput for what GS1 or a label does not allow."""
    if not values:
        raise BadInput(field="gs1", why="has no element")
    for ai, value in values.items():
        if wrong := UNSAFE.search(value):
            why = f"character {wrong.start() + 1} ({wrong[0]!a}) cannot stand in a barcode"
            raise BadInput(field=f"({ai})", why=why)
    hri = "".join(f"({ai}){value}" for ai, value in values.items())
    try:
        message = GS1Message.parse_hri(hri)
    except (ParseError, ValueError) as error:
        raise BadInput(field="gs1", why=f"{hri[:60]} is not valid: {error}") from None
    found = [(each.ai.ai, each.value, each.ai.separator_required) for each in message.element_strings]
    if [(ai, value) for ai, value, _ in found] != list(values.items()):
        raise BadInput(field="gs1", why=f"{hri[:60]} reads as something else")
    for ai, value, _ in found:
        if ai in CHECKED and gs1_standard_check_digit(value[:-1]) != int(value[-1]):
            raise BadInput(field=f"({ai})", why=f"{value} is not valid: its check digit is wrong")
    return Elements(tuple(found))


def bars(message: Elements) -> tuple[str, int]:
    """Return a GS1-128 as ^BC data and its width in modules without quiet zones.

    Subset C while digits come in pairs, then B to the end, so that the width is known; FNC1 stands in both.
    """
    data, symbols = ">;>8", 2  # start C, FNC1
    pairs = True
    for number, piece in enumerate(message.pieces):
        if number:
            data, symbols = f"{data}>8", symbols + 1
        rest = piece
        if pairs:
            digits = DIGITS.findall(piece)[0]
            rest = piece[len(digits) :]
            data, symbols = data + digits, symbols + len(digits) // 2
        if rest and pairs:
            data, symbols, pairs = f"{data}>6", symbols + 1, False
        data, symbols = data + rest, symbols + len(rest)
    return data, 11 * (symbols + 1) + 13


def matrix(message: Elements) -> str:
    """Return a GS1 Data Matrix as ^BX data whose escape character is _: _1 is FNC1."""
    return "_1" + "_1".join(message.pieces)


def sscc(prefix: str, serial: int, extension: int = 0) -> str:
    """Return the 18 digits of a serial shipping container code; raises BadInput when prefix and serial are too long.

    Extension digit, company prefix, serial, check digit (GS1 General Specifications 2.2.1).
    """
    room = 16 - len(prefix)
    if not (prefix.isascii() and prefix.isdigit() and 4 <= len(prefix) <= 12):
        raise BadInput(field="site.gs1_prefix", why="is not a GS1 company prefix of 4 to 12 digits")
    if not 0 < serial < 10**room:
        raise BadInput(field="sscc", why=f"serial {serial} does not fit {room} digits: the prefix is used up")
    body = f"{extension}{prefix}{serial:0{room}d}"
    return body + str(gs1_standard_check_digit(body))
