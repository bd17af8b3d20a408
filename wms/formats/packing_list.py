"""Factory packing lists to cartons, one by one: what the file says is checked row by row before anybody counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from wms.formats import packing_checks, tables
from wms.formats.errors import FormatError, Problem
from wms.formats.packing_header import Header, find_header, plain
from wms.formats.packing_rows import GoodsRow, Group, read_groups
from wms.formats.workbooks import Sheet

NUMBER_LABEL = re.compile(r"(PACKING LIST|P/L|INVOICE|INV|REF(ERENCE)?|SHIPMENT)\.?\s*(NO|NUMBER|#)|发票号|编号|单号")
SUPPLIER_LABEL = re.compile(r"^(FROM|SHIPPER|EXPORTER|SUPPLIER|SELLER|MANUFACTURER|发货人|供应商)")


@dataclass(frozen=True)
class PackedLine:
    """Units of one SKU in one carton; `spare` marks goods the list calls spares or extras."""

    sku: str
    description: str
    qty: int
    lot: str
    expiry: dt.date | None
    spare: bool = False


@dataclass(frozen=True)
class PackedCarton:
    """One carton: gross weight in g and outer (length, width, height) in mm, None when the list does not say."""

    number: str
    lines: tuple[PackedLine, ...]
    gross_g: int | None
    dims_mm: tuple[int, int, int] | None


@dataclass(frozen=True)
class PackingLine:
    """One row of the list as written, for the screen that compares it with the purchase order."""

    sheet: str
    row: int
    cartons: str
    count: int
    po: str
    sku: str
    description: str
    qty: int
    lot: str
    expiry: dt.date | None
    spare: bool


@dataclass(frozen=True)
class PackingList:
    """A whole list: its rows, its single cartons, and warnings that a person should read before receiving."""

    number: str
    supplier: str
    lines: tuple[PackingLine, ...]
    cartons: tuple[PackedCarton, ...]
    warnings: tuple[Problem, ...]

    @property
    def units(self) -> dict[str, int]:
        """Units per SKU over all cartons."""
        totals: dict[str, int] = {}
        for line in self.lines:
            totals[line.sku] = totals.get(line.sku, 0) + line.qty
        return totals


def read_packing_list(data: bytes, filename: str) -> PackingList:
    """Read a packing list from XLSX or CSV: title rows, two-row headers, ranges, mixed cartons, TOTAL rows, sheets.

    Raises FormatError with every row whose content is in doubt (carton count against range, quantities, overlaps,
    unreadable dates); what can be settled by counting on the dock is a warning instead.
    """
    book = _Book(filename)
    for sheet in tables.read_sheets(data, filename):
        book.read(sheet)
    return book.close()


class _Book:
    """Collects the sheets of one file."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.groups: list[tuple[str, Group]] = []
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.number = ""
        self.supplier = ""

    def read(self, sheet: Sheet) -> None:
        if not any(cell.strip() for row in sheet.rows for cell in row):
            return
        header = find_header(sheet)
        if header is None:
            self.warnings.append(Problem(0, "", f"Sheet {sheet.name!r} has no packing table and was left out."))
            return
        self.number = self.number or _number(sheet, header)
        self.supplier = self.supplier or _supplier(sheet, header)
        for name in header.unitless:
            note = f"The header names no unit for {name}; kg and cm are assumed."
            self.warnings.append(Problem(header.row + 1, "", note))
        found = read_groups(sheet, header)
        self.errors += [*found.errors, *packing_checks.errors(found.groups)]
        self.warnings += [*found.warnings, *packing_checks.warnings(found.groups, found.total)]
        self.groups += [(sheet.name, group) for group in found.groups]

    def close(self) -> PackingList:
        self.errors += packing_checks.overlaps(self.groups)
        if not self.groups and not self.errors:
            self.errors.append(Problem(0, "", "No packing table was found: item number, quantity and carton columns."))
        if self.errors:
            raise FormatError.many(self.filename, list(dict.fromkeys(self.errors)))
        if not self.number:
            self.number = PurePath(self.filename).stem
            self.warnings.append(Problem(0, "", f"The list names no number; {self.number} is used."))
        cartons = tuple(carton for _, group in self.groups for carton in _cartons(group))
        lines = tuple(_line(sheet, group, row) for sheet, group in self.groups for row in group.rows)
        return PackingList(self.number, self.supplier, lines, cartons, tuple(dict.fromkeys(self.warnings)))


def _cartons(group: Group) -> list[PackedCarton]:
    content = tuple(
        PackedLine(row.sku, row.description, row.per_carton, row.lot, row.expiry, row.spare) for row in group.rows
    )
    return [PackedCarton(number, content, group.gross_g, group.dims_mm) for number in group.numbers]


def _line(sheet: str, group: Group, row: GoodsRow) -> PackingLine:
    return PackingLine(
        sheet,
        row.number,
        group.label,
        len(group.numbers),
        row.po,
        row.sku,
        row.description,
        row.qty,
        row.lot,
        row.expiry,
        row.spare,
    )


def _number(sheet: Sheet, header: Header) -> str:
    for row in sheet.rows[: header.row]:
        for position, cell in enumerate(row):
            if NUMBER_LABEL.search(plain(cell)):
                return _value(row, position)
    return ""


def _value(row: Sequence[str], position: int) -> str:
    """What a label names: the text after its colon, or the next filled cell."""
    after = re.split(r"[:：]", row[position], maxsplit=1)
    inside = after[1].strip() if len(after) > 1 else ""
    return inside or next((cell.strip() for cell in row[position + 1 :] if cell.strip()), "")


def _supplier(sheet: Sheet, header: Header) -> str:
    """The labelled sender, else the first title line that is not the word packing list itself."""
    titles = [(row, cell) for row in sheet.rows[: header.row] if (cell := next(filter(str.strip, row), ""))]
    for row, cell in titles:
        if SUPPLIER_LABEL.search(plain(cell)):
            return _value(row, row.index(cell))
    names = [cell.strip() for _, cell in titles if "PACKING" not in plain(cell) and not re.search(r"[:：]", cell)]
    return names[0] if names else ""
