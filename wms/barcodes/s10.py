"""Item numbers of postal services: two letters, eight digits, a check digit and the country (UPU standard S10)."""

from __future__ import annotations

import re

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
SHAPE = re.compile(r"([A-Z]{2})(\d{8})(\d)([A-Z]{2})")
SERIAL_MAX = 99_999_999


def check_digit(serial: str) -> int:
    """Return the check digit of eight digits: 11 less the weighted sum modulo 11, where 10 is 0 and 11 is 5.

    Source: UPU technical standard S10 (Identification of postal items, 13-character identifier), annex A.
    """
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def item_id(service: str, serial: int, country: str) -> str:
    """Return the thirteen characters for a service indicator, a serial number and the country of the postal service.

    Raises ValueError for what is none of these.
    """
    code = f"{service}{serial:08d}{check_digit(f'{serial:08d}')}{country}" if 0 <= serial <= SERIAL_MAX else ""
    if not SHAPE.fullmatch(code):
        raise ValueError(f"{service!r}, {serial} and {country!r} make no item number")
    return code


def is_valid(code: str) -> bool:
    """Return whether a code is such a number with its right check digit."""
    found = SHAPE.fullmatch(code)
    return found is not None and check_digit(found[2]) == int(found[3])


def serial_of(code: str) -> int:
    """Return the serial number of a valid item number; raises ValueError."""
    if not is_valid(code):
        raise ValueError(f"{code!r} is no item number")
    return int(code[2:10])
