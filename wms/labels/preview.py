"""Barcodes as SVG for screens and A4 sheets; labels themselves are drawn by the browser from their ZPL."""

from __future__ import annotations

import io
import re

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
EAN_LENGTHS = {8: "ean8", 13: "ean13"}


def svg_code128(text: str) -> str:
    """Return `text` as Code 128, plain (not GS1); raises BadInput for what the bars cannot carry.

    Text in parentheses such as "(01)0400..." is refused: printed as plain data it looks like a GS1 label and is none.
    """
    if text.startswith("(") and text[1:3].isdigit():
        raise BadInput(field="code", why="looks like a GS1 element string; a plain Code 128 would print its brackets")
    return _svg("code128", check_payload(text))


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


def _svg(kind: str, text: str) -> str:
    """Return a linear barcode from the library."""
    target = io.BytesIO()
    get_barcode_class(kind)(text, writer=SVGWriter()).write(target, options=LOOK)
    return _only_svg(target.getvalue().decode("utf-8"))


def _only_svg(document: str) -> str:
    """Return the <svg> element alone, without the inline styles that a content security policy refuses."""
    return STYLE.sub(r'fill="\1"', document[document.index("<svg") :])
