"""What the AIM identifier in front of a scan says about its symbol (ISO/IEC 15424): how its text is to be read."""

from __future__ import annotations

import re

AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
NONE, MESSAGE, NUMBER, PLAIN = "none", "message", "number", "plain"
HOW = {
    # GS1-128, DataBar and its composites, GS1 Data Matrix, GS1 QR, GS1 DotCode; d5 and Q4 are the same with an ECI
    **dict.fromkeys(("]C1", "]e0", "]e1", "]e2", "]d2", "]d5", "]Q3", "]Q4", "]J1"), MESSAGE),
    # EAN-13 and UPC, add-ons alone, with an add-on, EAN-8
    **dict.fromkeys(("]E0", "]E1", "]E2", "]E3", "]E4"), NUMBER),
    # Code 128, Code 39, Code 93, ITF, Codabar, Data Matrix, QR, PDF417, Aztec, and what a scanner has no name for
    **dict.fromkeys(("]C0", "]C2", "]C4", *(f"]A{n}" for n in range(8)), "]G0"), PLAIN),
    **dict.fromkeys(("]I0", "]I1", "]I3", "]F0", "]F1", "]d0", "]d1", "]d3", "]d4", "]d6", "]X0"), PLAIN),
    **dict.fromkeys(("]Q0", "]Q1", "]Q2", "]Q5", "]Q6", *(f"]L{n}" for n in range(6)), "]z0", "]z3"), PLAIN),
}


def split(text: str) -> tuple[str, str]:
    """Return the AIM identifier of a scan ("" when it has none) and the rest."""
    found = AIM.match(text)
    return (found[0], text[3:]) if found else ("", text)


def how(aim: str) -> str:
    """Return how the text behind an identifier is read: as MESSAGE, NUMBER or PLAIN; NONE without an identifier.

    An identifier that is not in the table is read as plain text.
    """
    return HOW.get(aim, PLAIN) if aim else NONE


def by_caps_lock(aim: str) -> bool:
    """Return whether an identifier makes sense only when upper and lower case are exchanged."""
    return bool(aim) and aim not in HOW and HOW.get(aim.swapcase()) is not None
