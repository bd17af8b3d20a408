"""The invented packing list: an honest workbook of the awkward kind, the same bytes for the same demand."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from wms.formats.invented_goods import GOODS, SUPPLIER, Goods

SPARES = 1.08  # what the factory makes beyond the orders
FEWEST_SPARES = 2
MIXED_LINES = 4
MIXED_CM = (60, 40, 40)
MIXED_CM3 = 80_000
LOTS = (("KT2606A", dt.date(2027, 6, 30)), ("KT2607B", dt.date(2027, 7, 31)))
DASHES = ("-", "~", " – ")
TITLES = (
    "C/NO. 箱号", "PO NO.", "ITEM NO. 货号", "DESCRIPTION 品名", "LOT 批号", "EXP 有效期", "CTNS 箱数", "QTY/CTN",
    "QTY 数量", "N.W.(KGS) 净重", "", "G.W.(KGS) 毛重", "", "MEAS.(CM)", "", "", "CBM",
)  # fmt: skip
UNITS = ("", "", "", "", "", "", "", "PCS", "PCS", "@", "TOTAL", "@", "TOTAL", "L", "W", "H", "")
SPANS = ("J6:K6", "L6:M6", "N6:P6")
FIRST = 8  # first row of goods
EPOCH = (2026, 1, 1, 0, 0, 0)
CREATED = "2026-01-01T00:00:00Z"


Part = tuple[Goods, int, str, dt.date | None]  # goods, units per carton, lot, expiry


@dataclass(frozen=True)
class Run:
    """Equal cartons from number `first`, with one part each unless mixed."""

    first: int
    count: int
    content: tuple[Part, ...]

    @property
    def size_cm(self) -> tuple[int, int, int]:
        """Outer size: the goods' own carton, or the common one for mixed goods."""
        return self.content[0][0].size_cm if len(self.content) == 1 else MIXED_CM

    @property
    def gross_g(self) -> int:
        """Weight of one carton: the box, and each unit's share of a full carton."""
        return 500 + sum((goods.gross_g - 500) * qty // goods.per_carton for goods, qty, _, _ in self.content)


def packing_list(units: Mapping[str, int]) -> bytes:
    """A workbook that covers the demand `units` per SKU and some spares, in whole cartons and mixed ones."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "PACKING LIST"
    _titles(sheet)
    row = FIRST
    runs = _runs(units)
    for turn, run in enumerate(runs):
        row = _run(sheet, row, run, DASHES[turn % len(DASHES)])
    _total(sheet, row, runs)
    remarks = book.create_sheet("REMARKS")
    remarks["A1"] = "All cartons are numbered on two sides. Keep the tea dry and away from the shirts."
    return _frozen(book)


def _runs(units: Mapping[str, int]) -> list[Run]:
    """Full cartons of one SKU first, then what is left over in mixed cartons."""
    runs: list[Run] = []
    rest: list[Part] = []
    number = 1
    for goods in GOODS:
        for qty, lot, expiry in _lots(goods, units.get(goods.sku, 0)):
            full, left = divmod(qty, goods.per_carton)
            if left > goods.per_carton * 2 // 3:
                full, left = full + 1, 0
            if full:
                runs.append(Run(number, full, ((goods, goods.per_carton, lot, expiry),)))
                number += full
            rest += [(goods, left, lot, expiry)] if left else []
    return [*runs, *(Run(number + offset, 1, content) for offset, content in enumerate(_mixed(rest)))]


def _mixed(rest: list[Part]) -> list[tuple[Part, ...]]:
    """Left-overs in cartons of a few lines each, as far as the volume goes."""
    cartons: list[tuple[Part, ...]] = []
    current: tuple[Part, ...] = ()
    for part in rest:
        if len(current) == MIXED_LINES or sum(map(_cm3, [*current, part])) > MIXED_CM3:
            cartons.append(current)
            current = ()
        current = (*current, part)
    return [content for content in [*cartons, current] if content]


def _cm3(part: Part) -> int:
    length, width, height = part[0].size_cm
    if length > MIXED_CM[0]:
        return MIXED_CM3  # too long for the common carton: travels alone
    return length * width * height * part[1] // part[0].per_carton


def _lots(goods: Goods, units: int) -> list[tuple[int, str, dt.date | None]]:
    qty = int(units * SPARES) + FEWEST_SPARES
    if not goods.dated:
        return [(qty, "", None)]
    older = qty // 2
    return [(part, lot, expiry) for part, (lot, expiry) in zip((older, qty - older), LOTS, strict=True)]


def _titles(sheet: Worksheet) -> None:
    sheet["A1"] = SUPPLIER
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = "PACKING LIST 装箱单"
    sheet["A3"], sheet["B3"], sheet["E3"], sheet["F3"] = "Invoice No.:", "HB-26-0117", "Date:", dt.date(2026, 9, 14)
    sheet["A4"], sheet["B4"] = "To:", "LANTERNWORKS, c/o PICKWELL HALL"
    for column, (title, unit) in enumerate(zip(TITLES, UNITS, strict=True), 1):
        sheet.cell(6, column, title or None).font = Font(bold=True)
        sheet.cell(7, column, unit or None)
        sheet.cell(6, column).alignment = Alignment(horizontal="center")
    for span in SPANS:
        sheet.merge_cells(span)
    for letter, width in (("A", 12), ("C", 16), ("D", 34), ("F", 12)):
        sheet.column_dimensions[letter].width = width


def _run(sheet: Worksheet, row: int, run: Run, dash: str) -> int:
    """Write one run and return the next free row."""
    for offset, (goods, per_carton, lot, expiry) in enumerate(run.content):
        values = ("PO-2291", goods.sku, goods.description, lot or None, expiry)
        for column, value in enumerate(values, 2):
            sheet.cell(row + offset, column, value)
        sheet.cell(row + offset, 8, per_carton)
        sheet.cell(row + offset, 9, per_carton * run.count)
    _label(sheet, row, run, dash)
    sheet.cell(row, 7, run.count)
    length, width, height = run.size_cm
    gross, net = run.gross_g / 1000, (run.gross_g - 500) / 1000
    sizes = (net, round(net * run.count, 3), gross, round(gross * run.count, 3), length, width, height)
    for column, number in enumerate((*sizes, _cbm(run)), 10):
        sheet.cell(row, column, number)
    if len(run.content) > 1:
        sheet.merge_cells(start_row=row, start_column=1, end_row=row + len(run.content) - 1, end_column=1)
    return row + len(run.content)


def _label(sheet: Worksheet, row: int, run: Run, dash: str) -> None:
    """The carton number or range; a range that Excel would have made a date is written as that date."""
    last = run.first + run.count - 1
    cell = sheet.cell(row, 1)
    if run.count == 1:
        cell.value = str(run.first)
    elif run.first <= 12 and last <= 28:
        cell.value = dt.date(2026, run.first, last)
        cell.number_format = "m-d"
    else:
        cell.value = f"{run.first}{dash}{last}"


def _cbm(run: Run) -> float:
    length, width, height = run.size_cm
    return round(length * width * height * run.count / 1_000_000, 4)


def _total(sheet: Worksheet, row: int, runs: list[Run]) -> None:
    sheet.cell(row, 1, "TOTAL:").font = Font(bold=True)
    sheet.cell(row, 7, sum(run.count for run in runs))
    sheet.cell(row, 9, sum(qty * run.count for run in runs for _, qty, _, _ in run.content))
    sheet.cell(row, 11, round(sum((run.gross_g - 500) * run.count for run in runs) / 1000, 3))
    sheet.cell(row, 13, round(sum(run.gross_g * run.count for run in runs) / 1000, 3))
    sheet.cell(row, 17, round(sum(_cbm(run) for run in runs), 4))


def _frozen(book: openpyxl.Workbook) -> bytes:
    """The workbook without the moment of writing and without compression, so that equal content is equal bytes."""
    written, frozen = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(frozen, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, EPOCH), _canonical(source.read(name).decode("utf-8")))
    return frozen.getvalue()


def _canonical(xml: str) -> str:
    """One spelling of a part, whichever XML library wrote it; its time stamps are set to one moment."""
    stamped = re.sub(r"(<dcterms:(created|modified)[^>]*>)[^<]*", rf"\g<1>{CREATED}", xml)
    return ElementTree.canonicalize(stamped)
