"""Tables to files: CSV and XLSX row by row, every cell a text, and none that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

Rows = Iterable[Sequence[str]]
# A text that begins so is worked out instead of shown (OWASP, CSV injection).
RISKY = ("=", "+", "-", "@", "\t", "\r")
FORMATS = ("csv", "xlsx")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before what would begin one."""
    return f"'{text}" if text.startswith(RISKY) else text


def write(out: IO[bytes], kind: str, rows: Rows, sheet: str = "Sheet1") -> None:
    """Write a table as `csv` (UTF-8) or `xlsx`, one row at a time. Raises ValueError for another kind."""
    if kind not in FORMATS:
        raise ValueError(f"{kind!r} is not one of {', '.join(FORMATS)}.")
    if kind == "csv":
        lines = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        csv.writer(lines).writerows(rows)
        lines.detach()
    else:
        write_workbook(out, {sheet: rows})


def write_workbook(out: IO[bytes], sheets: Mapping[str, Rows]) -> None:
    """Write sheets of cells that are typed and formatted as text, so that a long number keeps its digits."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_text_cell(sheet, value) for value in row])
    book.save(out)


def _text_cell(sheet: object, value: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value or None)
    if value:
        cell.data_type, cell.number_format = "s", "@"  # "=..." stays a text, too
    return cell
