"""Any outside file as tables of text: one header, rows with their source line, and the rows that do not fit it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wms.formats import archives, csv_text, workbooks
from wms.formats.errors import FormatError, Problem

ZIP_MAGIC = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Row(NamedTuple):
    """One record: the line (or sheet row) it begins on, counted from 1, and its cells, as many as the header has."""

    line: int
    cells: tuple[str, ...]


class BadRow(NamedTuple):
    """A record that does not fit the header, kept whole with the reason."""

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A header (names unique) and its rows; `name` is the file, archive member or sheet they come from."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    rejected: tuple[BadRow, ...] = ()
    encoding: str = ""

    def strict(self) -> Table:
        """This table, or FormatError with every row that does not fit its header."""
        if self.rejected:
            raise FormatError.many(self.name, [Problem(row.line, "", row.reason) for row in self.rejected])
        return self


@dataclass(frozen=True)
class Source:
    """A table that is read row by row, as often as wanted, without being held; the header is read already."""

    name: str
    header: tuple[str, ...]
    width: int  # cells of the header as written; nameless ones at its end are not in `header`
    encoding: str
    records: Callable[[], Iterator[tuple[int, list[str]]]]

    def rows(self) -> Iterator[Row | BadRow]:
        """Every record after the header. Raises FormatError when the file breaks off."""
        source = self.records()
        next(source, None)
        size = len(self.header)
        for line, cells in source:
            if len(cells) == self.width and (size == self.width or not any(map(str.strip, cells[size:]))):
                yield Row(line, tuple(map(str.strip, cells[:size])))
            else:
                reason = f"This row has {len(cells)} cells, the header has {self.width}."
                yield BadRow(line, reason, tuple(cells))

    def table(self) -> Table:
        """All of it at once."""
        rows, rejected = [], []
        for row in self.rows():
            if isinstance(row, Row):
                rows.append(row)
            else:
                rejected.append(row)
        return Table(self.name, self.header, tuple(rows), tuple(rejected), self.encoding)


def read_tables(data: bytes, filename: str, known: Collection[str] = ()) -> tuple[Table, ...]:
    """Tables of a CSV file (one), of a ZIP of CSV files (one each) or of an XLSX workbook (one per filled sheet).

    `known` header names help to find the delimiter. Cells are text, stripped of outer blanks. Raises FormatError.
    """
    return tuple(source.table() for source in open_sources(data, filename, known))


def open_sources(data: bytes, filename: str, known: Collection[str] = ()) -> tuple[Source, ...]:
    """The same tables, to be read row by row. Raises FormatError."""
    if is_workbook(data):
        sheets = workbooks.read_workbook(data, filename, named=True)
        sources = [_from_sheet(sheet) for sheet in sheets if _filled(sheet.rows)]
    elif data.startswith(ZIP_MAGIC):
        sources = _from_archive(data, filename, known)
    else:
        sources = [_from_csv(data, filename, known)]
    if not sources:
        raise FormatError(filename, 0, "", "The file holds no table.")
    return tuple(sources)


def read_table(data: bytes, filename: str, known: Collection[str] = ()) -> Table:
    """The only table of a file, every row fitting its header; raises FormatError otherwise."""
    tables = read_tables(data, filename, known)
    if len(tables) > 1:
        raise FormatError(filename, 0, "", f"The file holds {len(tables)} tables; one is expected.")
    return tables[0].strict()


def read_sheets(data: bytes, filename: str) -> tuple[workbooks.Sheet, ...]:
    """The bare cells of a workbook or CSV file, for papers whose header is not in the first row."""
    if is_workbook(data):
        return workbooks.read_workbook(data, filename)
    text = _decode(data, filename)
    rows: list[tuple[str, ...]] = []
    for line, cells in csv_text.records(text, filename):
        rows += [()] * (line - 1 - len(rows))
        rows.append(tuple(cells))
    return (workbooks.Sheet(filename, tuple(rows)),)


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are an XLSX file (a ZIP that names the parts of a workbook)."""
    return data.startswith(ZIP_MAGIC) and b"[Content_Types].xml" in data


def _decode(data: bytes, filename: str) -> csv_text.Text:
    if data.startswith(OLD_EXCEL):
        raise FormatError(filename, 0, "", "This is an old Excel file (.xls); save it as .xlsx or .csv.")
    return csv_text.decode(data, filename)


def _from_csv(data: bytes, filename: str, known: Collection[str]) -> Source:
    text = _decode(data, filename)
    return _source(filename, lambda: csv_text.records(text, filename, known), text.encoding)


def _from_archive(data: bytes, filename: str, known: Collection[str]) -> list[Source]:
    sources = []
    for name, content in archives.open_members(data, filename).items():
        if name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("."):
            continue
        if not name.lower().endswith((".csv", ".tsv", ".txt")):
            raise FormatError(filename, 0, "", f"{name!r} in the archive is no CSV file.")
        if content.strip():
            sources.append(_from_csv(content, name, known))
    return sources


def _from_sheet(sheet: workbooks.Sheet) -> Source:
    def records() -> Iterator[tuple[int, list[str]]]:
        return ((number, list(row)) for number, row in enumerate(sheet.rows, 1) if any(cell.strip() for cell in row))

    return _source(sheet.name, records, "xlsx")


def _filled(rows: Iterable[Sequence[str]]) -> bool:
    return any(cell.strip() for row in rows for cell in row)


def _source(name: str, records: Callable[[], Iterator[tuple[int, list[str]]]], encoding: str) -> Source:
    _, first = next(records(), (0, []))
    if not first:
        raise FormatError(name, 1, "", "The file is empty; a header line is expected.")
    # A row must be as wide as written: one cell more is an address that has slipped.
    return Source(name, _unique(first), len(first), encoding, records)


def _unique(names: list[str]) -> tuple[str, ...]:
    """Header names made unique: the second "Item" is "Item (2)", a nameless third column "Column 3"; nameless ones at
    the end, a habit of spreadsheets, are dropped."""
    while names and not names[-1].strip("\ufeff\xa0 \t"):
        names = names[:-1]
    taken: set[str] = set()
    header = []
    for position, name in enumerate(names, 1):
        plain = name.strip("\ufeff\xa0 \t\r\n") or f"Column {position}"
        unique, count = plain, 1
        while unique in taken:
            count += 1
            unique = f"{plain} ({count})"
        taken.add(unique)
        header.append(unique)
    return tuple(header)
