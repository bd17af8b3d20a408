"""GS1 through biip: whatever the text, the elements that can be read, what is wrong with the rest, and no exception."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from biip.checksums import gs1_standard_check_digit
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gtin import Gtin
from biip.sscc import Sscc
from biip.upc import Upc

GS = "\x1d"
TEXT_MAX = 400  # longer texts are no label; a GS1 Data Matrix for trade holds fewer
BAD, CUT, SEPARATOR = "bad", "cut", "separator"
LENGTHS = re.compile(r"[NX](\d+)")
WRITTEN_OUT = re.compile(r"(?:\(\d{2,4}\)[^()]+)+")
T = TypeVar("T")


@dataclass(frozen=True)
class Element:
    """One element string: its application identifier, its value, and what biip makes of it.

    `good` is False when the check digit of a GTIN or an SSCC is wrong.
    """

    ai: str
    value: str
    day: date | None = None
    number: Decimal | None = None
    good: bool = True


@dataclass(frozen=True)
class Message:
    """What could be read of a label. `flaws` says what could not: BAD, CUT (too short) or SEPARATOR (missing)."""

    elements: tuple[Element, ...] = ()
    flaws: tuple[str, ...] = ()


def quietly(parse: Callable[[str], T], text: str) -> T | None:
    """Return what a parser of biip returns, None where it raises; texts that are not ASCII are not GS1.

    biip raises ParseError by its documentation, IndexError and ValueError for some texts, and may change: a hostile
    label must reach nobody else, so everything is caught here.
    """
    if not text.isascii():
        return None
    try:
        return parse(text)
    except Exception:
        return None


def gtin(text: str) -> str | None:
    """Return a number of 8, 12, 13 or 14 digits whose check digit is right."""
    return text if quietly(Gtin.parse, text) and text.isdigit() and text.strip("0") else None


def sscc(text: str) -> str | None:
    """Return a number of 18 digits whose check digit is right."""
    return text if quietly(Sscc.parse, text) and text.isdigit() else None


def upc_e(text: str) -> str | None:
    """Return the twelve digits of a shortened UPC (6 to 8 digits)."""
    found = quietly(Upc.parse, text) if text.isdigit() and 6 <= len(text) <= 8 else None
    return found.as_upc_a() if found else None


def inner(case: str) -> str | None:
    """Return the GTIN-13 of what is in a case: a GTIN-14 with an indicator digit of 1 to 8; None for other GTINs."""
    if len(case) != 14 or case[0] in "09" or gtin(case) is None:
        return None
    return f"{case[1:13]}{gs1_standard_check_digit(case[1:13])}"


def message(text: str) -> Message:
    """Return the elements of an element string, with or without parentheses around its identifiers."""
    if len(text) > TEXT_MAX or not text.isascii():
        return Message()
    if WRITTEN_OUT.fullmatch(text):
        text = text.replace("(", GS).replace(")", "")
    found: list[Element] = []
    flaws: list[str] = []
    rest = text.lstrip(GS)
    while rest:
        element, flaw, rest = first(rest)
        if element:
            found.append(element)
        if flaw:
            flaws.append(flaw)
        rest = rest.lstrip(GS)
    return Message(tuple(found), tuple(flaws))


def first(text: str) -> tuple[Element | None, str, str]:
    """Return the first element of a text or what is wrong with it ("" when nothing is), and the text behind it."""
    ai = quietly(GS1ApplicationIdentifier.extract, text)
    here, _, behind = text.partition(GS)
    if ai is None:
        return None, BAD, behind
    found = quietly(GS1ElementString.extract, text)
    if found is None or not found.value:
        return spoilt(ai, here, text, behind)
    rest = text[len(found) :]
    if ai.separator_required and rest and not rest.startswith(GS):
        return None, SEPARATOR, behind  # a value of full length that no separator ends: where it ends is not known
    return told(found), "", rest


def spoilt(ai: GS1ApplicationIdentifier, here: str, text: str, behind: str) -> tuple[None, str, str]:
    """Return why an element cannot be read, and where to go on: its length is known, or a separator ends it."""
    length = len(ai.ai) + sum(map(int, LENGTHS.findall(ai.format.partition("+")[2])))
    if ai.separator_required:
        return None, BAD, behind
    return (None, CUT, behind) if len(here) < length else (None, BAD, text[length:])


def told(found: GS1ElementString) -> Element:
    """Return an element of biip as one of ours."""
    good = found.gtin_error is None and found.sscc_error is None and found.gln_error is None
    return Element(found.ai.ai, found.value, found.date, found.decimal, good)


def digital_link(text: str) -> Message | None:
    """Return the elements of a GS1 digital link, None for other addresses.

    biip gives up when one of them is bad; then those behind the question mark are read one by one.
    """
    if len(text) > TEXT_MAX or text[:4].lower() != "http":
        return None
    if whole := quietly(GS1DigitalLinkURI.parse, text):
        return Message(elements_of(whole.element_strings))
    address, _, query = text.partition("?")
    path = quietly(GS1DigitalLinkURI.parse, address)
    if path is None:
        return None
    pairs = (f"{ai}{value}" for ai, value in parse_qsl(query, max_num_fields=TEXT_MAX) if ai.isdigit())
    behind = [quietly(GS1ElementString.parse, pair) for pair in pairs]
    return Message((*elements_of(path.element_strings), *elements_of(each for each in behind if each)), (BAD,))


def elements_of(found: Iterable[Any]) -> tuple[Element, ...]:
    """Return the elements of biip as ours."""
    return tuple(told(element) for element in found)
