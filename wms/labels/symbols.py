"""What a Code 128, a QR code or a Data Matrix can carry and how many dots it takes, checked before printing."""

from __future__ import annotations

import math
import re

from wms.errors import BadInput

QUIET_128 = 10  # modules of white on either side (ISO/IEC 15417)
QUIET_QR = 4  # modules of white all round (ISO/IEC 18004)
QUIET_MATRIX = 2  # modules; one is asked for (ISO/IEC 16022), print that spreads eats half of it
PAYLOAD_MAX = 80
DOTS_MAX = 10  # of a module in ^BY and ^BQ
SMALLEST_2D_MM = 0.33
# Bytes that versions 1 to 10 hold at error level Q (ISO/IEC 18004, table 7). Printers may choose a denser mode for
# capitals and digits; the byte mode is the widest, so the symbol never outgrows its box.
QR_BYTES = (11, 20, 32, 46, 60, 74, 86, 108, 130, 151)
# Side in modules and data code words of the square Data Matrix symbols (ISO/IEC 16022, table 7).
MATRIX = {10: 3, 12: 5, 14: 8, 16: 12, 18: 18, 20: 22, 22: 30, 24: 36, 26: 44, 32: 62, 36: 86, 40: 114, 44: 144}


def check_payload(payload: str, field: str = "code") -> str:
    """Return `payload` if both symbologies carry it unchanged; raises BadInput naming `field` and the character."""
    if not payload:
        raise BadInput(field=field, why="is empty, a barcode needs at least one character")
    if len(payload) > PAYLOAD_MAX:
        raise BadInput(field=field, why=f"has {len(payload)} characters, a barcode here takes {PAYLOAD_MAX}")
    for at, character in enumerate(payload, 1):
        # ">" calls a subset inside ^BC data; control and non-ASCII characters are printed as something else.
        if not " " <= character <= "~" or character == ">":
            raise BadInput(field=field, why=f"character {at} ({character!a}) cannot stand in a barcode")
    if payload != payload.strip():
        raise BadInput(field=field, why="starts or ends with a space, which no scanner keeps")
    return payload


def code128_mode(payload: str) -> str:
    """Return the mode of ^BC whose width is known: A (automatic) pairs up digits, N keeps everything in subset B."""
    return "A" if len(payload) >= 4 and payload.isdigit() else "N"


def code128_modules(payload: str) -> int:
    """Return the width in modules without quiet zones: 11 for start, check and each symbol, 13 for stop.

    A symbol is one character, or two digits in subset C; an odd digit costs one more to change the subset.
    """
    symbols = len(payload)
    if code128_mode(payload) == "A":
        symbols = len(payload) // 2 + 2 * (len(payload) % 2)
    return 11 * (symbols + 2) + 13


def code128_dots(payload: str, width: int, dpmm: int) -> int:
    """Return the dots of a narrow bar for a box `width` dots wide, quiet zones included; at most 0.5 mm.

    Raises BadInput when the bars would be thinner than 0.25 mm, which printers smear.
    """
    return bar_dots(payload, code128_modules(payload), width, dpmm)


def bar_dots(payload: str, modules: int, width: int, dpmm: int) -> int:
    """Return the dots of a narrow bar for a Code 128 of `modules`, see `code128_dots`."""
    modules += 2 * QUIET_128
    dots = min(width // modules, dpmm // 2, DOTS_MAX)
    thinnest = math.ceil(0.25 * dpmm)
    if dots < thinnest:
        need = math.ceil(modules * thinnest / dpmm)
        raise BadInput(field="code", why=f"{payload} needs {need} mm as Code 128, the label has {width // dpmm} mm")
    return dots


def qr_modules(payload: str) -> int:
    """Return the side in modules, without quiet zone, that holds `payload` at error level Q."""
    size = len(payload)
    version = next(number for number, most in enumerate(QR_BYTES, 1) if size <= most)
    return 17 + 4 * version


def qr_dots(payload: str, side: int, dpmm: int) -> int:
    """Return the dots of a QR module for a square `side` dots wide, quiet zone included (1-10 in ^BQ).

    Raises BadInput when modules would be smaller than 0.33 mm, which a camera at arm's length does not resolve.
    """
    return square_dots(payload, "QR code", qr_modules(payload) + 2 * QUIET_QR, (side, dpmm))


def matrix_modules(payload: str, field: str = "code") -> int:
    """Return the side in modules, without quiet zone, of a Data Matrix that holds `payload`; raises BadInput.

    Counted as printers encode at worst: two digits in one code word, every other character in its own.
    """
    words = len(re.sub(r"\d\d", "d", payload))
    side = next((side for side, most in MATRIX.items() if words <= most), None)
    if side is None:
        raise BadInput(field=field, why=f"has {len(payload)} characters, too many for a Data Matrix here")
    return side


def matrix_dots(payload: str, side: int, dpmm: int) -> int:
    """Return the dots of a Data Matrix module for a square `side` dots wide, quiet zone included; raises BadInput."""
    return square_dots(payload, "Data Matrix", matrix_modules(payload) + 2 * QUIET_MATRIX, (side, dpmm))


def square_dots(payload: str, kind: str, modules: int, room: tuple[int, int]) -> int:
    """Return the dots of a module for `modules` in a square; `room` is its side in dots and the dots per mm."""
    side, dpmm = room
    dots = min(side // modules, DOTS_MAX)
    if dots < math.ceil(SMALLEST_2D_MM * dpmm):
        need = math.ceil(modules * math.ceil(SMALLEST_2D_MM * dpmm) / dpmm)
        raise BadInput(field="code", why=f"{payload} needs {need} mm as {kind}, the label has {side // dpmm} mm")
    return dots
