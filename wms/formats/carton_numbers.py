"""Carton numbers as factories write them: 1-20, 21~30, 31 – 33, A1-A5, 001-020, and ranges that Excel made a date."""

from __future__ import annotations

import itertools
import re

from wms.formats.fields import iso_date

DASHES = re.compile(r"\s*(?:[-~‐‑‒–—―−〜～－至]|\bto\b)\s*", re.IGNORECASE)
END = re.compile(r"(?P<prefix>.*?)(?P<digits>\d{1,6})", re.ASCII)
LONGEST_RANGE = 20_000


def expand(text: str, cartons: int | None = None) -> tuple[str, ...]:
    """The single carton numbers of a written range; `cartons`, the CTNS cell, helps with a range turned into a date.

    "001-003" keeps its zeros, "A1-A3" its letter. Raises ValueError with a sentence for the reader of the list.
    """
    plain = text.strip().removeprefix("#").strip()
    if iso_date(plain):
        first, last = _undated(plain, cartons)
        return _between("", first, last, 0)
    parts = [part.strip().removeprefix("#") for part in DASHES.split(plain)]
    if len(parts) == 1 and plain:
        return (plain,)
    ends = [END.fullmatch(part) for part in parts]
    if len(ends) != 2 or not ends[0] or not ends[1]:
        raise ValueError(f"{text!r} is no carton number or range such as 1-20.")
    if ends[1]["prefix"] not in ("", ends[0]["prefix"]):
        raise ValueError(f"{text!r} begins and ends with different letters.")
    width = len(ends[0]["digits"]) if ends[0]["digits"].startswith("0") else 0
    return _between(ends[0]["prefix"], int(ends[0]["digits"]), int(ends[1]["digits"]), width)


def _between(prefix: str, first: int, last: int, width: int) -> tuple[str, ...]:
    if last < first:
        raise ValueError(f"The range {prefix}{first}-{prefix}{last} runs backwards.")
    if last - first >= LONGEST_RANGE:
        raise ValueError(f"The range {prefix}{first}-{prefix}{last} has more than {LONGEST_RANGE} cartons.")
    return tuple(f"{prefix}{number:0{width}d}" for number in range(first, last + 1))


def _undated(text: str, cartons: int | None) -> tuple[int, int]:
    """The range behind a date: 3-5 became 5 March (or 3 May), 3-45 became March 1945; the carton count decides."""
    day = iso_date(text)
    assert day is not None
    candidates = {(min(day.month, day.day), max(day.month, day.day))}
    if day.day == 1:
        candidates.add((day.month, day.year % 100))
    fitting = sorted((first, last) for first, last in candidates if first <= last)
    if cartons is not None:
        fitting = [(first, last) for first, last in fitting if last - first + 1 == cartons]
    if len(fitting) != 1:
        raise ValueError(f"Excel turned this carton range into the date {text[:10]}; type it again as text.")
    return fitting[0]


def compact(numbers: list[str]) -> str:
    """Carton numbers as a short text for people: 1-3, 7."""
    groups = itertools.groupby(enumerate(numbers), key=lambda pair: _offset(*pair))
    spans = [[number for _, number in group] for _, group in groups]
    return ", ".join(span[0] if len(span) == 1 else f"{span[0]}-{span[-1]}" for span in spans)


def _offset(position: int, number: str) -> tuple[str, int]:
    found = END.fullmatch(number)
    return (found["prefix"], int(found["digits"]) - position) if found else (number, 0)
