"""Reads that no label can have given: typed through another keyboard, framed wrongly, or two scans in one."""

from __future__ import annotations

from wms.barcodes import gs1, layouts, own, symbology
from wms.barcodes.labels import Label

LAYOUT, CAPS, STRAY, DOUBLE = "layout", "caps", "stray", "double"
STRAY_MAX = 3  # how many characters a scanner may be set to put around a code
MISREAD_LENGTHS = (12, 13, 14)


def fault_of(aim: str, plain: str, read: Label) -> str:
    """Return what is wrong with a text that is none of our codes: LAYOUT, CAPS, STRAY, DOUBLE or the label's fault."""
    upper = plain.upper()
    if doubled(upper):
        return DOUBLE
    if read.fault or read.says:
        return read.fault
    if strayed(upper):
        return STRAY
    if symbology.by_caps_lock(aim):
        return CAPS
    return LAYOUT if not aim and layouts.intended(plain, recognised) else ""


def fault_of_ours(upper: str) -> str:
    """Return why a text like one of our codes has a wrong check character: DOUBLE or LAYOUT, "" when it is misread."""
    if doubled(upper):
        return DOUBLE
    return LAYOUT if layouts.intended(upper, own.valid) else ""


def doubled(text: str) -> bool:
    """Return whether a text is two of our codes, or a trade number twice, one behind the other."""
    if len(text) > gs1.TEXT_MAX:
        return False
    upper = symbology.AIM.sub("", text)
    half = upper[: len(upper) // 2]
    if half * 2 == upper and (gs1.gtin(half) or own.valid(half)):
        return True
    cuts = [found.start() for found in own.BEGINS.finditer(upper, 1)]
    return any(own.valid(upper[:cut]) and own.valid(upper[cut:]) for cut in cuts)


def strayed(upper: str) -> bool:
    """Return whether one of our codes or a trade number stands within a few other characters."""
    for size in range(1, min(STRAY_MAX, len(upper) - 1) + 1):
        for rest, odd in ((upper[size:], upper[:size]), (upper[:-size], upper[-size:])):
            signs = not any(each.isalnum() for each in odd)
            if own.valid(rest) or (signs and len(rest) > 8 and gs1.gtin(rest)):
                return True
    return False


def recognised(meant: str) -> bool:
    """Return whether a text is certainly a code: ours or a trade number, by its check character."""
    aim, plain = symbology.split(meant)
    if own.valid(plain.upper()):
        return True
    if symbology.how(aim) == symbology.MESSAGE:
        first = gs1.message(plain).elements[:1]
        return bool(first) and first[0].ai in ("00", "01", "02") and first[0].good
    return len(plain) > 8 and gs1.gtin(plain) is not None


def likely_misread(plain: str) -> bool:
    """Return whether a number is as long as a trade number but has a wrong check digit."""
    return plain.isascii() and plain.isdigit() and len(plain) in MISREAD_LENGTHS and gs1.gtin(plain) is None
