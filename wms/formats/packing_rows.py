"""Rows of a packing list to groups of equal cartons: a blank carton number means the mixed carton above."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from wms.formats import carton_numbers
from wms.formats.errors import Problem
from wms.formats.fields import iso_date, plain_decimal, whole
from wms.formats.packing_header import Header, plain
from wms.formats.workbooks import Sheet

TOTAL = re.compile(r"^(GRAND\s*)?TOTAL\b|^(合计|总计|共计)")
SUBTOTAL = re.compile(r"^SUB\s*-?\s*TOTAL\b|^小计")
SPARE = re.compile(r"\b(SPARES?|EXTRAS?|F\.?O\.?C\b|FREE OF CHARGE)|备品|赠品|备件")
SIZES = re.compile(r"(\d+(?:\.\d+)?)\s*[X×*]\s*(\d+(?:\.\d+)?)\s*[X×*]\s*(\d+(?:\.\d+)?)", re.ASCII)
MONTH = re.compile(r"(?P<month>\d{1,2})[/.-](?P<year>20\d\d)|(?P<year2>20\d\d)[/.-](?P<month2>\d{1,2})", re.ASCII)
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d)", re.ASCII)
YEAR_FIRST = re.compile(r"(20\d\d)[/.-]?(\d{1,2})[/.-]?(\d{1,2})", re.ASCII)
MOST = 10_000_000
INHERITED = ("po", "sku", "description", "lot", "expiry")


@dataclass(frozen=True)
class GoodsRow:
    """One row of goods: `per_carton` units in each carton of its group, `qty` in all; `number` is the sheet row."""

    number: int
    po: str
    sku: str
    description: str
    per_carton: int
    qty: int
    lot: str
    expiry: dt.date | None
    spare: bool
    written: tuple[int | None, int | None]  # QTY/CTN and QTY as the list has them


@dataclass
class Group:
    """Equal cartons and what each holds. Weights in g per carton and in all, volume in m3 in all, None = not given."""

    label: str
    row: int
    numbers: tuple[str, ...]
    written_cartons: int | None
    gross_g: int | None
    net_g: int | None
    gross_total_g: int | None
    net_total_g: int | None
    dims_mm: tuple[int, int, int] | None
    cbm: Decimal | None
    rows: list[GoodsRow] = field(default_factory=list)


@dataclass(frozen=True)
class Total:
    """The list's own TOTAL row; None where its cell is blank. Weights in g, volume in m3."""

    row: int
    cartons: int | None
    qty: int | None
    net_g: int | None
    gross_g: int | None
    cbm: Decimal | None


@dataclass
class Found:
    """What one sheet holds."""

    groups: list[Group] = field(default_factory=list)
    total: Total | None = None
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_groups(sheet: Sheet, header: Header) -> Found:
    """The carton groups under a header, up to the TOTAL row; problems are noted with their sheet rows."""
    reader = _Reader(header)
    inherited = _inherited(sheet, header)
    for position in range(header.first, len(sheet.rows)):
        reader.take(position + 1, inherited.get(position, sheet.rows[position]))
    return reader.found


def _inherited(sheet: Sheet, header: Header) -> dict[int, Sequence[str]]:
    """Rows in which a cell merged downwards (one item number over several lots) is written out again."""
    columns = {header.columns[role] for role in INHERITED if role in header.columns}
    rows: dict[int, Sequence[str]] = {}
    for top, left, bottom, right in sheet.merged:
        if left == right and left in columns and top >= header.first:
            for position in range(top + 1, min(bottom + 1, len(sheet.rows))):
                cells = list(rows.get(position, sheet.rows[position]))
                cells[left] = sheet.rows[top][left]
                rows[position] = cells
    return rows


class _Cells:
    """One row read by role; what cannot be read is noted as an error."""

    def __init__(self, number: int, cells: Sequence[str], header: Header, errors: list[Problem]) -> None:
        self.number = number
        self.cells = cells
        self.header = header
        self.errors = errors

    def text(self, role: str) -> str:
        position = self.header.columns.get(role)
        return self.cells[position].strip() if position is not None and position < len(self.cells) else ""

    def error(self, name: str, sentence: str) -> None:
        self.errors.append(Problem(self.number, name, sentence))

    def count(self, role: str) -> int | None:
        text = re.sub(r"(?i)\s*(PCS|CTNS?|SETS?|UNITS?)\.?$", "", self.text(role))
        if text in ("", "-"):
            return None
        number = whole(text)
        if number is None or not 0 <= number <= MOST:
            self.error(role, f"{self.text(role)!r} is not a whole number.")
            return None
        return number

    def amount(self, role: str, unit: Decimal = Decimal(1)) -> Decimal | None:
        text = re.sub(r"(?<=\d),(?=\d{3})", "", self.text(role))
        text = re.sub(r"(?i)\s*(KGS?|G|CM|MM|CBM|M3|LBS?)\.?$", "", text)
        number = plain_decimal(text)
        if text in ("", "-"):
            return None
        if number is None or not 0 <= number <= MOST:
            self.error(role, f"{self.text(role)!r} is not a number.")
            return None
        return number * unit

    def grams(self, role: str) -> int | None:
        return _round(self.amount(role, self.header.grams))

    def dims(self) -> tuple[int, int, int] | None:
        sides = [_round(self.amount(name, self.header.mm)) for name in ("length", "width", "height")]
        if sides[0] and sides[1] and sides[2]:
            return (sides[0], sides[1], sides[2])
        found = SIZES.search(plain(self.text("size")))
        if not found:
            return None
        length, width, height = (_round(Decimal(part) * self.header.mm) or 0 for part in found.groups())
        return (length, width, height)


def _round(number: Decimal | None) -> int | None:
    return None if number is None else int(number.quantize(Decimal(1), ROUND_HALF_UP))


class _Reader:
    """Walks down the rows of one table."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.found = Found()
        self.group: Group | None = None

    def take(self, number: int, cells: Sequence[str]) -> None:
        row = _Cells(number, cells, self.header, self.found.errors)
        first = plain(next((cell for cell in cells if cell.strip()), ""))
        if not first or SUBTOTAL.search(first):
            return
        if self.found.total is not None:
            self._after_total(row)
        elif TOTAL.search(first):
            self._end(row)
        elif row.text("sku") or row.count("qty") or row.count("per_carton"):
            self._goods(row)
        else:
            note = f"This row has neither item number nor quantity and was left out: {first[:40]!r}."
            self.found.warnings.append(Problem(number, "", note))

    def _after_total(self, row: _Cells) -> None:
        if row.text("sku") and row.text("qty"):
            row.error("sku", "Goods stand below the TOTAL row; move them above it.")

    def _end(self, row: _Cells) -> None:
        self.found.total = Total(
            row.number,
            row.count("cartons"),
            row.count("qty"),
            row.grams("net_total"),
            row.grams("gross_total"),
            row.amount("cbm"),
        )

    def _goods(self, row: _Cells) -> None:
        group = self._group_of(row)
        if group is None:
            return
        per_carton, qty = self._quantities(row, len(group.numbers))
        group.rows.append(
            GoodsRow(
                row.number,
                row.text("po"),
                self._sku(row),
                row.text("description"),
                per_carton,
                qty,
                self._lot(row),
                self._expiry(row),
                bool(SPARE.search(plain(row.text("description")))),
                (row.count("per_carton"), row.count("qty")),
            )
        )

    def _group_of(self, row: _Cells) -> Group | None:
        label = row.text("carton")
        if label and (self.group is None or label != self.group.label):
            self.group = self._open(row, label)
        elif not label and row.count("cartons"):
            row.error("carton", "This row has cartons of its own but no carton number.")
            return None
        elif not label and self.group is None:
            row.error("carton", "This row has no carton number, and no carton stands above it.")
        return self.group

    def _open(self, row: _Cells, label: str) -> Group | None:
        cartons = row.count("cartons")
        try:
            numbers = carton_numbers.expand(label, cartons)
        except ValueError as problem:
            row.error("carton", str(problem))
            return None
        if iso_date(label):
            span = carton_numbers.compact(list(numbers))
            note = f"Excel turned this carton range into the date {label[:10]}; it is read as {span}."
            self.found.warnings.append(Problem(row.number, "carton", note))
        group = self._weighed(row, label, numbers)
        self.found.groups.append(group)
        return group

    def _weighed(self, row: _Cells, label: str, numbers: tuple[str, ...]) -> Group:
        gross, gross_total = _each_and_total(row, "gross", len(numbers))
        net, net_total = _each_and_total(row, "net", len(numbers))
        shown = carton_numbers.compact(list(numbers)) if iso_date(label) else label
        return Group(
            shown,
            row.number,
            numbers,
            row.count("cartons"),
            gross,
            net,
            gross_total,
            net_total,
            row.dims(),
            row.amount("cbm"),
        )

    def _sku(self, row: _Cells) -> str:
        if not row.text("sku"):
            row.error("sku", "These goods have no item number; spares need one too, or nobody can pick them.")
        return row.text("sku")

    def _quantities(self, row: _Cells, cartons: int) -> tuple[int, int]:
        """(per carton, in all), each from the other when one is blank."""
        per_carton, qty = row.count("per_carton"), row.count("qty")
        if per_carton is None and qty is not None and qty % cartons == 0:
            return qty // cartons, qty
        if per_carton is None:
            row.error("qty", f"How many units each of the {cartons} cartons holds cannot be told.")
            return 0, 0
        return per_carton, qty if qty is not None else per_carton * cartons

    def _lot(self, row: _Cells) -> str:
        lot = row.text("lot")
        if iso_date(lot):
            note = f"This lot looks like a date Excel made of it ({lot[:10]}); compare it with the carton."
            self.found.warnings.append(Problem(row.number, "lot", note))
        return lot

    def _expiry(self, row: _Cells) -> dt.date | None:
        text = row.text("expiry")
        try:
            return expiry_date(text) if text not in ("", "-") else None
        except ValueError as problem:
            row.error("expiry", str(problem))
            return None


def _each_and_total(row: _Cells, role: str, cartons: int) -> tuple[int | None, int | None]:
    each, total = row.grams(f"{role}_each"), row.grams(f"{role}_total")
    if each is None and total is not None:
        return _round(Decimal(total) / cartons), total
    return each, total if total is not None or each is None else each * cartons


def expiry_date(text: str) -> dt.date:
    """An expiry date: 2027-05-31, 20270531, 31/05/2027 (when only one order of day and month is possible), and
    05/2027, which lasts to the end of the month. Raises ValueError with a sentence otherwise."""
    plain_text = text.strip().split(" ")[0]
    month = MONTH.fullmatch(plain_text)
    try:
        if month:
            year, number = int(month["year"] or month["year2"]), int(month["month"] or month["month2"])
            return dt.date(year, number, calendar.monthrange(year, number)[1])
        if found := YEAR_FIRST.fullmatch(plain_text):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found := DAY.fullmatch(plain_text):
            return _day(int(found[1]), int(found[2]), int(found[3]))
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise ValueError(f"{text!r} is no clear date; write it like 2027-05-31.")


def _day(first: int, second: int, year: int) -> dt.date:
    if first > 12 or first == second:
        return dt.date(year, second, first)
    if second > 12:
        return dt.date(year, first, second)
    raise ValueError("day and month cannot be told apart")
