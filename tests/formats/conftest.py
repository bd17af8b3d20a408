"""What the tests of papers share: sample files, and small workbooks and archives made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
Rows = Sequence[Sequence[object]]


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    """The bytes of a file of tests/data/exports."""
    return lambda name: (ROOT / "tests/data/exports" / name).read_bytes()


@pytest.fixture
def demo() -> Callable[[str], tuple[bytes, str]]:
    """(bytes, name) of a file of config/demo, as the readers take them."""
    return lambda name: ((ROOT / "config/demo" / name).read_bytes(), name)


@pytest.fixture
def profiles() -> Path:
    """The folder of order profiles."""
    return ROOT / "config/order_profiles"


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """Makes XLSX bytes of sheets of rows; merged areas by sheet name."""

    def make(sheets: Mapping[str, Rows], merged: Mapping[str, Sequence[str]] | None = None) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for number, row in enumerate(rows, 1):
                for column, value in enumerate(row, 1):
                    sheet.cell(number, column, value)
            for area in (merged or {}).get(name, ()):
                sheet.merge_cells(area)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return make


@pytest.fixture
def archive() -> Callable[[Mapping[str, bytes]], bytes]:
    """Makes ZIP bytes of named files."""

    def make(files: Mapping[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name, content in files.items():
                target.writestr(name, content)
        return out.getvalue()

    return make
