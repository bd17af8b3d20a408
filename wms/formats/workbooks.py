"""XLSX bytes to sheets of text cells: never a float, a code keeps its zeros, merged areas are known."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass

import python_calamine

from wms.formats import archives
from wms.formats.errors import FormatError

EXACT = 10**15  # a spreadsheet keeps 15 digits; what is longer is damaged and must look it (9.40011189922310e+18)

CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
TYPE = re.compile(rb"""\s+t\s*=\s*["'](\w*)["']""")
VALUE = re.compile(rb"<v\b[^>]*>[^<]+</v>|<is\b")
NEVER = "#FORMULA!"  # a formula whose value was never worked out; the reader would show an empty cell


@dataclass(frozen=True)
class Sheet:
    """One sheet: every cell as text, rows from row 1; `merged` holds (top, left, bottom, right), counted from 0."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read_workbook(data: bytes, filename: str, named: bool = False) -> tuple[Sheet, ...]:
    """All sheets of an XLSX file. Raises FormatError when it is damaged, oversized or no workbook.

    Formulas count as the value they had when the file was saved. `named` shows errors such as #REF! as text, and
    #FORMULA! where there is no value; otherwise both are empty.
    """
    members = archives.open_members(data, filename)
    archives.check_workbook(members, filename)
    if named:
        data = _named(data, members)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return tuple(_sheet(workbook.get_sheet_by_name(name)) for name in workbook.sheet_names)
    except BaseException as problem:  # the reader's own panics derive from BaseException
        if isinstance(problem, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise FormatError(filename, 0, "", f"The workbook cannot be read ({problem}).") from problem


def _named(data: bytes, members: dict[str, bytes]) -> bytes:
    """The same workbook with errors and empty formulas written as texts; untouched when there are none."""
    changed = {}
    for name, content in members.items():
        if name.lower().startswith("xl/worksheets/") and (b"<f" in content or b't="e"' in content):
            written = CELL.sub(_worded, content)
            if written != content:
                changed[name] = written
    if not changed:
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, changed.get(name, content))
    return out.getvalue()


def _worded(cell: re.Match[bytes]) -> bytes:
    attributes, content = cell[1], cell[2] or b""
    kind = TYPE.search(attributes)
    if kind and kind[1] == b"e" and VALUE.search(content):
        return b"<c" + TYPE.sub(b' t="str"', attributes) + b">" + content + b"</c>"
    text = kind is not None and kind[1] == b"str"  # a formula may well give an empty text
    if b"<f" in content and not VALUE.search(content) and not text:
        return b"<c" + TYPE.sub(b"", attributes) + b' t="str"><v>' + NEVER.encode() + b"</v></c>"
    return cell[0]


def _sheet(sheet: python_calamine.CalamineSheet) -> Sheet:
    rows = tuple(tuple(text(cell) for cell in row) for row in sheet.to_python(skip_empty_area=False))
    merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())
    return Sheet(sheet.name, rows, merged)


def text(cell: object) -> str:
    """A cell as the text its author saw: 20.0 is "20", a date is ISO."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, (dt.datetime, dt.date)):
        return cell.isoformat(" ") if isinstance(cell, dt.datetime) else cell.isoformat()
    return str(cell).strip("\ufeff").replace("\x00", "")


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return format(value, ".15g")
