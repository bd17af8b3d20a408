"""The test label of a printer: who it is, how wide it prints, and whether its density is as the settings say."""

from __future__ import annotations

from wms.labels.escaping import fd
from wms.labels.zpl import DPMM

WIDTH_MM, HEIGHT_MM = 50, 25  # fits the smallest roll; on a larger one the rest stays white
RULER_MM = 40


def trial_label(code: str, name: str, dpi: int) -> str:
    """Return a test label as ZPL: a frame, names, a Code 128 of the printer's code, and a ruler of 40 mm.

    A ruler that measures 27 mm or 60 mm on paper tells that the density is set wrongly.
    """
    dots = DPMM.get(dpi, 8)

    def at(x: float, y: float) -> str:
        return f"^FO{round(x * dots)},{round(y * dots)}"

    width, height, thick = WIDTH_MM * dots, HEIGHT_MM * dots, max(1, dots // 4)
    ticks = "".join(
        f"{at(5 + mm, 20.5)}^GB{thick},{round((2 if mm % 10 else 3) * dots)},{thick}^FS"
        for mm in range(0, RULER_MM + 1, 5)
    )
    return (
        f"^XA^CI28^PW{width}^LL{height}^LH0,0{at(0.5, 0.5)}^GB{width - dots},{height - dots},{thick}^FS"
        f"{at(3, 2)}^A0N,{4 * dots},{4 * dots}{fd(code[:12])}^FS"
        f"{at(3, 6.5)}^A0N,{round(2.5 * dots)},{round(2.5 * dots)}{fd(name[:18])}^FS"
        f"^BY{max(2, round(0.25 * dots))}{at(5, 10)}^BCN,{6 * dots},N,N,N,A{fd(barcode_of(code))}^FS"
        f"{at(3, 17)}^A0N,{round(2.5 * dots)},{round(2.5 * dots)}{fd(f'{dpi} dpi, {RULER_MM} mm')}^FS{ticks}^XZ"
    )


def barcode_of(code: str) -> str:
    """Return what of a printer's code a Code 128 of this width can carry."""
    return "".join(letter for letter in code if letter.isascii() and letter.isalnum())[:8] or "TEST"
