"""Our own codes: a prefix that says the type, a body that people can read, and a check character."""

from __future__ import annotations

import re

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
OURS = re.compile(r"([A-Z]{2})-([A-Z0-9][A-Z0-9.\-]*)-([A-Z0-9])")
BEGINS = re.compile(rf"(?=(?:{'|'.join(PREFIXES)})-)")


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


def shaped(text: str) -> bool:
    """Return whether a text in capitals looks like one of our codes, whatever its check character."""
    found = OURS.fullmatch(text)
    return found is not None and found[1] in PREFIXES


def valid(text: str) -> bool:
    """Return whether a text in capitals is one of our codes with the right check character."""
    return shaped(text) and bool(mod_37_36.is_valid(bare(text)))
