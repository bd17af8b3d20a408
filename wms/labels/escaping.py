"""One place where text becomes ZPL: nothing that a person typed can act as a command."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from jinja2 import Undefined

INDICATOR = "_"
ACTIVE = frozenset(b"^~_\\")  # command, control, our own hex indicator, line break inside ^FB
BYTES = [chr(n) if 0x20 <= n <= 0x7E and n not in ACTIVE else f"{INDICATOR}{n:02X}" for n in range(256)]
HARMLESS = re.compile(r"[ -\[\]`-}]*")  # nothing to escape: most of what is printed


class Zpl(str):
    """ZPL made by our own helpers: the only text that reaches a printer unescaped."""

    __slots__ = ()


class Escaped(dict[int, str]):
    """Code point -> its bytes, escaped where they must be; each is looked up once."""

    def __missing__(self, code: int) -> str:
        """Look one up."""
        found = "".join(map(BYTES.__getitem__, chr(code).encode("utf-8", "replace")))
        if len(self) < ESCAPED_MAX:
            self[code] = found
        return found


ESCAPED, ESCAPED_MAX = Escaped(), 8192


def fd(text: str) -> Zpl:
    """Return `text` as a field, `^FH_^FD...`, without its closing ^FS.

    NFC, UTF-8 (labels start with ^CI28); every byte outside 0x20-0x7E and each of ^ ~ _ backslash is hex-escaped, so
    that the result holds exactly two commands whatever the text is. A lone surrogate becomes a question mark.
    """
    if HARMLESS.fullmatch(text):
        return Zpl(f"^FH{INDICATOR}^FD{text}")
    return Zpl(f"^FH{INDICATOR}^FD" + unicodedata.normalize("NFC", text).translate(ESCAPED))


def field(value: Any) -> str:
    """Return what a template expression prints: our own ZPL and whole numbers as they are, text as an escaped field.

    It is the `finalize` hook of the template environment. Raises UndefinedError for a field that the label has not, and
    TypeError for anything else (None, a float, a list), because no command takes it.
    """
    if type(value) is Zpl:
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        return fd(value)
    if isinstance(value, Undefined):
        str(value)  # raises UndefinedError, which names the field
    raise TypeError(f"A label template printed {type(value).__name__}: use text, a whole number or a filter.")
