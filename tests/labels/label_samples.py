"""Labels that the tests render; run it to write the golden files after a wanted change of a template."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from wms import barcodes
from wms.labels.labels import (
    BadgeLabel,
    CartonLabel,
    ItemLabel,
    Label,
    Line,
    LocationLabel,
    LpnLabel,
    ParcelLabel,
    ToteLabel,
    render,
)
from wms.labels.zpl import DPMM

GOLDEN = Path(__file__).parents[1] / "data" / "labels"
PLACE = barcodes.code("LO", "A-03-12-B")
ADDRESSES = {
    "german": ("Jürgen Weißmüller", "Hof & Söhne, c/o Café Größe", "Lange Straße 12b", "10115 Berlin"),
    "polish": ("Łucja Żółkiewska", "ul. Świętokrzyska 7/3", "31-021 Kraków"),
    "japanese": ("山田 太郎", "東京都千代田区丸の内1-1", "100-0005"),
}


def parcel(language: str = "german", copy: int = 1) -> ParcelLabel:
    """Return a parcel label for an invented person."""
    lines = (Line("CORE-RED", "Core game, red", 1), Line("EXP-DRAGON", "Dragon expansion", 2))
    return ParcelLabel(
        barcodes.number_code("PA", 77), "KS-1042", ADDRESSES[language], "DE", "DHL", "Paket", 1240, lines, copy=copy
    )


MIXED = tuple(
    Line(f"EXP-{number}", f"Expansion {number}, a name that is rather long", number * 7) for number in range(1, 8)
)
SAMPLES: dict[str, Label] = {
    "location": LocationLabel(PLACE, "A-03-12-B", barcodes.check_of(PLACE)),
    "item": ItemLabel("4006381333931", "CORE-RED", "Core game, red edition"),
    "item_sku": ItemLabel("EXP-DRAGON-DELUXE-RED-01", "EXP-DRAGON-DELUXE-RED-01", "Dragon expansion, deluxe"),
    "lpn": LpnLabel(
        barcodes.number_code("LP", 12), (Line("CORE-RED", "Core game, red", 24),), "RC-000003", date(2026, 11, 22)
    ),
    "lpn_mixed": LpnLabel(barcodes.number_code("LP", 13), MIXED, "RC-000003", date(2026, 11, 22)),
    "tote": ToteLabel(barcodes.code("TO", "C01-3"), "C-01 · 3"),
    "carton": CartonLabel(barcodes.code("CT", "M2"), "M2 medium box", 300, 200, 150, 12500),
    "parcel": parcel(),
    "parcel_copy": parcel(copy=2),
    "badge": BadgeLabel(barcodes.number_code("BD", 4), "Marguerite Øvergård", ("picker", "packer")),
}


if __name__ == "__main__":
    for name, label in SAMPLES.items():
        for dpi in DPMM:
            (GOLDEN / f"{name}-{dpi}.zpl").write_text(render(label, dpi), encoding="utf-8")
