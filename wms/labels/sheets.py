"""Sheets of adhesive labels for an office printer: how many stand on an A4 page, and what each shows."""

from __future__ import annotations

from dataclasses import dataclass

from wms.labels.preview import as_address, svg_bars, svg_qr

EDGE_MM = 2.0  # left white on either side of a label, for sheets that lie a little askew


@dataclass(frozen=True)
class Layout:
    """An A4 sheet: columns and rows, and the size of one label in mm; its margins stand in sheet.css."""

    columns: int
    rows: int
    width_mm: float
    height_mm: float

    @property
    def cells(self) -> int:
        """How many labels stand on a page."""
        return self.columns * self.rows


LAYOUTS = {
    "3x8": Layout(3, 8, 70.0, 37.0),
    "3x7": Layout(3, 7, 63.5, 38.1),
    "2x7": Layout(2, 7, 99.1, 38.1),
    "2x4": Layout(2, 4, 105.0, 74.0),
}


@dataclass(frozen=True)
class Cell:
    """One label: a large name, a line below it, a check character, an arrow, and its code as pictures."""

    title: str
    line: str
    check: str
    arrow: str
    code: str
    bars: str
    square: str


def cell(code: str, title: str, layout: Layout, more: tuple[str, str, str] = ("", "", "")) -> Cell:
    """Return one label; `more` is (line, check character, arrow). Raises BadInput when the code does not fit it."""
    room = layout.width_mm - 2 * EDGE_MM
    bars = svg_bars(code, room, 20.0 if layout.height_mm > 50 else 9.0)
    return Cell(title, *more, code, as_address(bars), as_address(svg_qr(code)))


def pages(cells: list[Cell], layout: Layout, skip: int = 0) -> list[list[Cell | None]]:
    """Return cells page by page; the first `skip` places of the first page, used before, stay empty."""
    places = [*(None for _ in range(skip % layout.cells)), *cells]
    return [places[at : at + layout.cells] for at in range(0, len(places), layout.cells)]
