"""A scanner types like a keyboard: what it types when it and the computer disagree which keyboard that is."""

from __future__ import annotations

from collections.abc import Callable

NO_KEY = "\ue000"
# The 47 keys that write a character, row by row from the upper left, plain and then with Shift.
US = r"""`1234567890-=qwertyuiop[]asdfghjkl;'\zxcvbnm,./""" + r"""~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"|ZXCVBNM<>?"""
GERMAN = "^1234567890ß´qwertzuiopü+asdfghjklöä#yxcvbnm,.-" + "°!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ'YXCVBNM;:_"
FRENCH = "²&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*wxcvbn,;:!" + f"{NO_KEY}1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µWXCVBN?./§"
SWAPPED = [
    *(str.maketrans(typed, meant) for host in (GERMAN, FRENCH) for typed, meant in ((host, US), (US, host))),
    str.maketrans("yzYZ", "zyZY"),  # only the letters: the scanner was told of the dash
]


def intended(text: str, sure: Callable[[str], bool]) -> str | None:
    """Return what a scan says when it is read through another keyboard, if `sure` is sure of it; None for others."""
    for swapped in SWAPPED:
        meant = text.translate(swapped)
        if meant != text and sure(meant):
            return meant
    return with_dashes(text, sure)


def with_dashes(text: str, sure: Callable[[str], bool]) -> str | None:
    """Return one of our codes whose dashes came as another character: so do most other keyboards."""
    sign = text[2:3]
    if not sign or sign.isalnum() or sign in " -":
        return None
    meant = text.replace(sign, "-")
    return meant if sure(meant) else None
