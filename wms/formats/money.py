"""Amounts and moments as order exports write them: "SEK 1,000.00", "$ 50", "2018/03/28, 10:27"."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache

SYMBOLS = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "A$": "AUD", "AU$": "AUD", "CA$": "CAD", "C$": "CAD",
    "HK$": "HKD", "NZ$": "NZD", "S$": "SGD", "MX$": "MXN", "CHF": "CHF",
}  # fmt: skip
AMOUNT = re.compile(r"(?P<sign>-?)(?P<number>\d[\d.,]*)", re.ASCII)
GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,])\d{3}((?P=mark)\d{3})*", re.ASCII)
ZONE = r"(?: ?(?:UTC|Z|[+-]\d\d:?\d\d))?"
CLOCK = rf"(?:(?:,? |T)(\d\d?):(\d\d)(?::(\d\d)(?:\.\d{{1,6}})?)?{ZONE})?"
MOMENT = re.compile(rf"(\d{{4}})[-/](\d\d?)[-/](\d\d?){CLOCK}", re.ASCII)


@lru_cache(maxsize=4096)
def amount(text: str) -> tuple[Decimal, str]:
    """An amount and its currency code ("" when none is written). Raises ValueError when the text is no amount.

    The last separator is the decimal one unless exactly three digits follow every separator: 1,000 is a thousand.
    """
    plain = text.replace("\xa0", " ").strip()
    found = AMOUNT.search(plain)
    if not found or len(plain) > 40:
        raise ValueError(text)
    marks = [part for part in (plain[: found.start()] + " " + plain[found.end() :]).split() if part]
    return Decimal(found["sign"] + _digits(found["number"], text)), _currency(marks, text)


def _digits(number: str, text: str) -> str:
    if GROUPED.fullmatch(number):
        return re.sub(r"[.,]", "", number)
    position = max(number.rfind("."), number.rfind(","))
    if position < 0:
        return number
    head, tail = number[:position], number[position + 1 :]
    grouped = GROUPED.fullmatch(head)
    whole = head.isdigit() or (grouped is not None and grouped["mark"] != number[position])
    if not whole or not tail.isdigit() or len(tail) > 2:
        raise ValueError(text)
    return f"{re.sub(r'[.,]', '', head)}.{tail}"


def _currency(marks: list[str], text: str) -> str:
    codes = [mark for mark in marks if re.fullmatch(r"[A-Z]{3}", mark)]
    symbols = [SYMBOLS[mark] for mark in marks if mark in SYMBOLS]
    if len(codes) + len([mark for mark in marks if mark in SYMBOLS and mark not in codes]) != len(marks):
        raise ValueError(text)
    return (codes or symbols or [""])[0]


def moment(text: str) -> dt.datetime:
    """A date and time as written; a zone is left out (most exports name none). Raises ValueError for anything else."""
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return dt.datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
