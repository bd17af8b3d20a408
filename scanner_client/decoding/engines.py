"""The engines behind one interface: a grey picture in, codes out; one that is missing or fails says so once."""

from __future__ import annotations

import importlib
import re
import sys
from functools import cache
from typing import Any, Literal, Protocol

from scanner_client.decoding.codes import Code, retail, suppressed, upc_e
from scanner_client.decoding.pictures import Grey

ZXING_NAMES = {
    "EAN-13": "EAN-13",
    "EAN-8": "EAN-8",
    "UPC-A": "UPC-A",
    "UPC-E": "UPC-E",
    "Code 128": "Code128",
    "Code 39": "Code39",
    "Code 39 Standard": "Code39",
    "Code 39 Extended": "Code39",
    "ITF": "ITF",
    "ITF-14": "ITF",
    "DataBar": "DataBar",
    "DataBar Omni": "DataBar",
    "DataBar Stacked": "DataBar",
    "DataBar Stacked Omni": "DataBar",
    "DataBar Limited": "DataBarLtd",
    "DataBar Expanded": "DataBarExp",
    "DataBar Expanded Stacked": "DataBarExpStk",
    "QR Code": "QR",
    "QR Code Model 2": "QR",
    "Data Matrix": "DataMatrix",
}
LINEAR = (
    "EAN13",
    "EAN8",
    "UPCA",
    "UPCE",
    "Code128",
    "Code39",
    "Code39Ext",
    "ITF",
    "DataBar",
    "DataBarLtd",
    "DataBarExp",
)
STACKED = ("DataBarStk", "DataBarStkOmni", "DataBarExpStk")
MATRIX = ("QRCode", "DataMatrix", *STACKED)
ZBAR_AIM = {"CODE128": ("Code128", ""), "CODE39": ("Code39", "]A0"), "I25": ("ITF", "]I0"), "QRCODE": ("QR", "")}
FULL_ASCII = re.compile(rb"[$%+/][A-Z]")  # Code 39 pairs that mean one character in the extended set


View = Literal["whole", "matrix", "upright", "bars", "drawn"]
"""A whole picture; one sought for 2-D codes only; one in which codes stand upright, stacked ones too; a cut-out of
upright bars; bars drawn anew, black below half grey."""


class Engine(Protocol):
    """Reads codes from a grey picture."""

    name: str

    def read(self, picture: Grey, view: View = "whole") -> list[Code]:
        """Return the codes of a picture that shows what `view` says.

        One that was found and not read has no data; only a picture sought for 2-D codes gives such.
        """


@cache
def tell_once(sentence: str) -> None:
    """Say something on stderr, the first time only."""
    print(sentence, file=sys.stderr, flush=True)


class Silent:
    """Stands in for an engine that is not there."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, picture: Grey, view: View = "whole") -> list[Code]:
        """Return nothing."""
        return []


class Careful:
    """An engine whose failure on one picture costs its answer, not the program."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.name = engine, engine.name

    def read(self, picture: Grey, view: View = "whole") -> list[Code]:
        """Return the engine's codes; none when it raises."""
        try:
            return self.engine.read(picture, view)
        except Exception as error:  # a native library met a picture its authors did not think of
            tell_once(f"{self.name} failed on a picture ({type(error).__name__}); the other engines go on.")
            return []


class Zxing:
    """zxing-cpp: every symbology, AIM identifiers, raw bytes. Text mode Plain: the default puts ( ) into GS1 text."""

    name = "zxing-cpp"

    def __init__(self) -> None:
        import zxingcpp

        formats = zxingcpp.BarcodeFormat
        self._read = zxingcpp.read_barcodes
        self._plain = zxingcpp.TextMode.Plain
        self._fixed = zxingcpp.Binarizer.FixedThreshold
        self._local = zxingcpp.Binarizer.LocalAverage
        bars, matrix = ([getattr(formats, name) for name in names] for names in (LINEAR, MATRIX))
        stacked = [getattr(formats, name) for name in STACKED]
        self._formats: dict[str, Any] = {"whole": bars + matrix, "matrix": matrix, "bars": bars, "drawn": bars}
        self._formats["upright"] = bars + stacked

    def read(self, picture: Grey, view: View = "whole") -> list[Code]:
        """Return the codes of a picture: a large one is searched smaller and light on dark too, a whole one turned."""
        large = view in ("whole", "matrix", "upright")
        found = self._read(
            picture,
            formats=self._formats[view],
            text_mode=self._plain,
            try_rotate=view == "whole",
            try_downscale=large,
            try_invert=large,
            binarizer=self._fixed if view == "drawn" else self._local,
            return_errors=view == "matrix",
        )
        codes = [code for each in found if each.valid and (code := zxing_code(each)) is not None]
        hurt = (ZXING_NAMES.get(str(each.format), "") for each in found if not each.valid)
        return codes + [Code(b"", "", kind, "", (), self.name) for kind in hurt if kind in ("QR", "DataMatrix")]


def zxing_code(found: Any) -> Code | None:
    """Return a result of zxing-cpp as a code; None for one without content or of a symbology that nobody asked for."""
    kind, data = ZXING_NAMES.get(str(found.format)), bytes(found.bytes)
    if kind is None or not data:
        return None
    at = found.position
    corners = tuple((float(p.x), float(p.y)) for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left))
    if kind == "UPC-E":
        short = data.decode() if len(data) == 8 else suppressed(data.decode()[-12:])
        return upc_e(short, corners, Zxing.name) if short else None
    if kind in ("EAN-13", "UPC-A", "EAN-8"):
        return retail(data.decode(), corners, Zxing.name)
    text = data.decode("latin-1")[2:] if kind in ("DataBar", "DataBarLtd") and len(data) == 16 else found.text
    return Code(data, text, kind, found.symbology_identifier, corners, Zxing.name)


class Zbar:
    """zbar through pyzbar: a second opinion on bars and ASCII QR. DataBar stays off: zbar prints warnings there."""

    name = "zbar"

    def __init__(self) -> None:
        from pyzbar import pyzbar

        kinds = ("EAN13", "EAN8", "UPCA", "UPCE", "CODE128", "CODE39", "I25", "QRCODE")
        self._decode = pyzbar.decode
        self._kinds = [getattr(pyzbar.ZBarSymbol, kind) for kind in kinds]

    def read(self, picture: Grey, view: View = "whole") -> list[Code]:
        """Return the codes of a picture."""
        wanted = self._kinds if view == "whole" else self._kinds[:-1]
        return [code for each in self._decode(picture, symbols=wanted) if (code := zbar_code(each)) is not None]


def zbar_code(found: Any) -> Code | None:
    """Return a result of pyzbar as a code; None for what zbar cannot know.

    It guesses the character set of a QR code, takes FNC4 and Code 39's full-ASCII pairs literally.
    """
    data: bytes = found.data
    if not data or not data.isascii() or (found.type == "CODE39" and FULL_ASCII.search(data)):
        return None
    corners = tuple((float(point.x), float(point.y)) for point in found.polygon)
    text = data.decode("ascii")
    if found.type in ("EAN13", "EAN8", "UPCA"):
        return retail(text, corners, Zbar.name)
    if found.type == "UPCE":
        return upc_e(text, corners, Zbar.name)
    if found.type not in ZBAR_AIM:
        return None
    kind, aim = ZBAR_AIM[found.type]
    return Code(data, text, kind, aim, corners, Zbar.name)


def zxing() -> Engine:
    """Return zxing-cpp, or silence."""
    if there("zxingcpp", "zxing-cpp is missing: no 2-D codes and far fewer bars (pip install zxing-cpp)."):
        return Careful(Zxing())
    return Silent(Zxing.name)


def zbar() -> Engine:
    """Return zbar, or silence."""
    if there("pyzbar.pyzbar", "libzbar0 is missing: no second opinion on bars (Debian: apt install libzbar0)."):
        return Careful(Zbar())
    return Silent(Zbar.name)


def opencv() -> bool:
    """Return whether OpenCV is there to find and straighten bars."""
    return there("cv2", "OpenCV is missing: tilted and blurred bars are not read (pip install opencv-python-headless).")


@cache
def there(module: str, sentence: str) -> bool:
    """Return whether a library can be loaded; when not, say so on stderr, once."""
    try:
        importlib.import_module(module)
    except (ImportError, OSError):
        print(sentence, file=sys.stderr, flush=True)
        return False
    return True
