"""Barcodes as SVG for screens and A4 sheets; labels themselves are drawn by the browser from their ZPL.

On a screen that asks for the scan of a paper label, the same label must not be scannable: see `for_eyes`.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from types import MappingProxyType

import zxingcpp
from barcode import get_barcode_class
from barcode.writer import SVGWriter
from stdnum import ean
from stdnum.exceptions import ValidationError

from wms.errors import BadInput
from wms.labels.symbols import check_payload

# No text below the bars: the page sets it in its own type. Quiet zone and sizes are in mm.
LOOK = {"module_width": 0.375, "module_height": 14.0, "quiet_zone": 4.0, "write_text": False}
STYLE = re.compile(r'style="fill: ?(\w+);?"')
SIDES = re.compile(r'width="(\d+)" height="(\d+)"')
BARS = re.compile(r"(\^B([CQX])N[^^]*\^FH_\^FD)([^^]*)\^FS")
STEERING = re.compile(r"(>.|_5F1|_..)|([0-9])|[A-Za-z]")  # a call of ^BC, FNC1 of ^BX, a byte of ^FH
EAN_LENGTHS = {8: "ean8", 13: "ean13"}
MODULE_MIN_MM, QUIET_MODULES = 0.19, 10  # what office printers at 600 dpi keep apart; white on either side


def for_eyes(zpl: str) -> str:
    """Return a label whose barcodes look alike but hold X and 0 in place of letters and digits: a scan of the screen
    proves nothing about the paper."""
    return BARS.sub(lambda found: found[1] + _masked(found[2], found[3]) + "^FS", zpl)


def _masked(kind: str, data: str) -> str:
    """Return barcode data of the same length; what steers the symbol stays."""
    kept = len("QA,") if kind == "Q" else 0
    return data[:kept] + STEERING.sub(lambda found: found[1] or ("0" if found[2] else "X"), data[kept:])


def svg_code128(text: str) -> str:
    """Return `text` as Code 128, plain (not GS1); raises BadInput for what the bars cannot carry.

    Text in parentheses such as "(01)0400..." is refused: printed as plain data it looks like a GS1 label and is none.
    """
    if text.startswith("(") and text[1:3].isdigit():
        raise BadInput(field="code", why="looks like a GS1 element string; a plain Code 128 would print its brackets")
    return _svg("code128", check_payload(text))


def svg_bars(text: str, room_mm: float, height_mm: float) -> str:
    """Return a Code 128 as wide as fits `room_mm` with its quiet zones; raises BadInput when the bars are too thin."""
    modules = len(get_barcode_class("code128")(check_payload(text)).build()[0])
    width = min(0.5, room_mm / (modules + 2 * QUIET_MODULES))
    if width < MODULE_MIN_MM:
        need = (modules + 2 * QUIET_MODULES) * MODULE_MIN_MM
        raise BadInput(field="code", why=f"{text} needs {need:.0f} mm as Code 128, this sheet has {room_mm:g} mm")
    sizes = {"module_width": width, "module_height": height_mm, "quiet_zone": QUIET_MODULES * width}
    return _svg("code128", text, sizes)


def as_address(svg: str) -> str:
    """Return an SVG as an address for an image."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def svg_ean(text: str) -> str:
    """Return an EAN-8 or EAN-13 (a UPC-A is an EAN-13 with a leading 0); raises BadInput for a wrong check digit."""
    digits = text.zfill(13) if len(text) == 12 else text
    if len(digits) not in EAN_LENGTHS:
        raise BadInput(field="code", why=f"{text!r} has {len(text)} digits, an EAN has 8, 12 or 13")
    try:
        ean.validate(digits)
    except ValidationError as error:  # the barcode library would silently put another digit in its place
        raise BadInput(field="code", why=f"{text!r} is not an EAN: {error}") from None
    return _svg(EAN_LENGTHS[len(digits)], digits)


def svg_qr(text: str) -> str:
    """Return `text` as a QR code at error level Q with its quiet zone; raises BadInput for what labels cannot carry."""
    made = zxingcpp.create_barcode(check_payload(text), zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    element = _only_svg(made.to_svg(add_quiet_zones=True))
    return SIDES.sub(r'viewBox="0 0 \1 \2" shape-rendering="crispEdges"', element, count=1)  # any size by CSS


def _svg(kind: str, text: str, sizes: Mapping[str, float] = MappingProxyType({})) -> str:
    """Return a linear barcode from the library, `sizes` in mm."""
    target = io.BytesIO()
    get_barcode_class(kind)(text, writer=SVGWriter()).write(target, options=LOOK | dict(sizes))
    return _only_svg(target.getvalue().decode("utf-8"))


def _only_svg(document: str) -> str:
    """Return the <svg> element alone, without the inline styles that a content security policy refuses."""
    return STYLE.sub(r'fill="\1"', document[document.index("<svg") :])
