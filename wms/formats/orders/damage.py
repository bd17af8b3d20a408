"""What a spreadsheet does to a cell behind everybody's back: found by its traces and named, never repaired silently."""

from __future__ import annotations

import re

# Digits of a country's postal code where a code may begin with a zero (the rest of the world has none to lose).
DIGITS = {
    "US": 5, "PR": 5, "DE": 5, "FR": 5, "IT": 5, "ES": 5, "MX": 5, "FI": 5, "EE": 5, "TR": 5, "KR": 5, "MY": 5,
    "UA": 5, "PL": 5, "LT": 5, "AU": 4, "NO": 4, "ZA": 4, "DK": 4, "RO": 6, "SG": 6, "CN": 6, "JP": 7,
    "BR": 8,
}  # fmt: skip
SCIENTIFIC = re.compile(r"\d([.,]\d+)?E[+-]?\d{1,3}", re.IGNORECASE)
MONTHS = "jan|feb|mar|mär|mae|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
MONTH_NAMES = frozenset(MONTHS.split("|"))
DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d( 00:00(:00)?)?|\d{{1,2}}[-. /]({MONTHS})[a-z.]*([-. /]\d\d(\d\d)?)?|({MONTHS})[a-z.]*[- ]\d\d",
    re.IGNORECASE,
)
ERROR = re.compile(r"#(REF!|NAME\?|VALUE!|N/A|DIV/0!|NULL!|NUM!|FORMULA!|GETTING_DATA|SPILL!|CALC!|#+)")
GARBLED = re.compile("[ÃÂ][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u2013-\u203a\u20ac\u2122\xa0]|â€")
GUARD = re.compile(r'="(.*)"', re.DOTALL)


def bare(cell: str) -> str:
    """A cell without the guards that keep spreadsheets from touching it: ="02108" and '02108 are 02108."""
    if cell.startswith("="):
        found = GUARD.fullmatch(cell)
        return found[1].replace('""', '"').strip() if found else cell
    return cell[1:] if cell.startswith("'") and (cell[1:2].isalnum() or cell[1:2] in "+-@=") else cell


def scientific(cell: str) -> bool:
    """Whether a number was shortened to something like 9.25E+11: its digits are lost."""
    return "E" in cell.upper() and SCIENTIFIC.fullmatch(cell) is not None


def error(cell: str) -> bool:
    """Whether a cell holds a spreadsheet's error such as #REF!, or a formula without a value."""
    return cell.startswith("#") and ERROR.fullmatch(cell) is not None


def said(cell: str) -> str:
    """What an error cell means, in words."""
    if cell == "#FORMULA!":
        return "a formula whose value was never worked out; open the file in a spreadsheet and save it again"
    return f"the error {cell}"


def date(cell: str) -> bool:
    """Whether a text such as 3-5 was turned into a date."""
    return (cell[:1].isdigit() or cell[:3].casefold() in MONTH_NAMES) and DATE.fullmatch(cell) is not None


def garbled(cell: str) -> bool:
    """Whether the letters were read in a wrong encoding (TyresÃ¶)."""
    return not cell.isascii() and GARBLED.search(cell) is not None


def zero_lost(postal_code: str, country: str) -> bool:
    """Whether a postal code lacks the zero it must begin with."""
    size = DIGITS.get(country)
    if size is None:
        return False
    head, _, tail = postal_code.partition("-")
    whole = head + tail if country in ("JP", "PL", "BR") else head
    return whole.isascii() and whole.isdigit() and len(whole) == size - 1
