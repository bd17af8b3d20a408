"""What a decoder hands on: a code with its bytes, its AIM identifier, where it stands and who read it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any

Corners = tuple[tuple[float, float], ...]
RETAIL = ("EAN-13", "EAN-8", "UPC-A", "UPC-E")


@dataclass(frozen=True)
class Code:
    """One code in a picture.

    `data` is what a scanner sends behind the AIM identifier (a UPC-A as 13 digits, a DataBar with its 01; GS stays);
    `text` is what stands below the bars (a UPC-A as 12 digits, a UPC-E as 8, a DataBar as its GTIN).
    `corners` are in pixels of the picture, clockwise from the symbol's own top left as far as the engine knows it.
    `agreed` says that a second engine or a second preparation of the picture read the same.
    """

    data: bytes
    text: str
    symbology: str
    aim: str
    corners: Corners
    engine: str
    agreed: bool = False

    @property
    def key(self) -> tuple[str, bytes]:
        """Return what makes two readings the same code."""
        return self.symbology, self.data

    @property
    def scan(self) -> str:
        """Return what to send as a scan: the AIM identifier, then the payload as text."""
        return self.aim + (self.text if self.symbology in ("QR", "DataMatrix") else self.data.decode("latin-1"))

    def confirmed(self) -> Code:
        """Return this code as one that was read twice."""
        return replace(self, agreed=True)

    def to_json(self) -> dict[str, Any]:
        """Return the code for JSON; `bytes` is base64."""
        return {
            "bytes": base64.b64encode(self.data).decode("ascii"),
            "text": self.text,
            "symbology": self.symbology,
            "aim": self.aim,
            "corners": [[round(x, 1), round(y, 1)] for x, y in self.corners],
            "engine": self.engine,
            "agreed": self.agreed,
        }


def retail(digits: str, corners: Corners, engine: str) -> Code:
    """Return an EAN or UPC by its 8 (EAN-8), 12 or 13 digits; 13 with a leading zero are a UPC-A."""
    if len(digits) == 8:
        return Code(digits.encode(), digits, "EAN-8", "]E4", corners, engine)
    full = digits.zfill(13)
    kind, text = ("UPC-A", full[1:]) if full[0] == "0" else ("EAN-13", full)
    return Code(full.encode(), text, kind, "]E0", corners, engine)


def upc_e(digits: str, corners: Corners, engine: str) -> Code:
    """Return a UPC-E by the 8 digits below its bars; its payload is the 13 digits that it stands for."""
    return Code(expanded(digits).zfill(13).encode(), digits, "UPC-E", "]E0", corners, engine)


def expanded(digits: str) -> str:
    """Return the UPC-A of the 8 digits of a UPC-E (GS1 General Specifications, 5.2.2.4: zero suppression)."""
    system, body, check = digits[0], digits[1:7], digits[7]
    last = body[5]
    if last in "012":
        body = f"{body[:2]}{last}0000{body[2:5]}"
    elif last == "3":
        body = f"{body[:3]}00000{body[3:5]}"
    elif last == "4":
        body = f"{body[:4]}00000{body[4]}"
    else:
        body = f"{body[:5]}0000{last}"
    return system + body + check


def suppressed(upc: str) -> str:
    """Return the 8 digits of a UPC-E for its UPC-A of 12 digits; "" when it has none."""
    body = upc[1:11]
    ends = (f"{body[:2]}{body[7:10]}{body[2]}", f"{body[:3]}{body[8:10]}3", f"{body[:4]}{body[9]}4", body[:5] + body[9])
    return next((short for end in ends if expanded(short := f"{upc[0]}{end}{upc[11]}") == upc), "")
