"""Cells to values with every problem collected: a file is refused once, with all its bad lines."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from wms.formats import csv_text, tables
from wms.formats.errors import FormatError, Problem

YES = {"1", "y", "yes", "true", "x"}
NO = {"", "0", "n", "no", "false"}
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]*")
WHOLE_MAX = 12  # digits
PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass
class Form:
    """A table being read: `lines()` gives its rows, `problem()` notes a fault, `close()` raises if there were any."""

    table: tables.Table
    columns: Mapping[str, int]
    problems: list[Problem] = field(default_factory=list)

    def lines(self) -> Iterator[Line]:
        """The rows in file order."""
        for row in self.table.rows:
            yield Line(self, row)

    def problem(self, line: int, name: str, sentence: str) -> None:
        """Note one problem; reading goes on so that all are reported together."""
        self.problems.append(Problem(line, name, sentence))

    def close(self) -> None:
        """Raise FormatError with every problem noted so far, if any."""
        if self.problems:
            raise FormatError.many(self.table.name, self.problems)


def open_form(data: bytes, filename: str, required: Collection[str], optional: Collection[str] = ()) -> Form:
    """A one-table file whose header has the `required` names (compared without case and punctuation).

    Raises FormatError for a missing or unknown column, naming it.
    """
    table = tables.read_table(data, filename, [*required, *optional])
    columns = {csv_text.squeeze(name): index for index, name in enumerate(table.header)}
    wanted = {csv_text.squeeze(name): name for name in (*required, *optional)}
    missing = [name for name in required if csv_text.squeeze(name) not in columns]
    unknown = [table.header[index] for name, index in columns.items() if name not in wanted]
    problems = [Problem(1, name, "This column is missing.") for name in missing]
    problems += [Problem(1, name, "This column is not known here; check its spelling.") for name in unknown]
    if problems:
        raise FormatError.many(filename, problems)
    return Form(table, {wanted[name]: index for name, index in columns.items()})


@dataclass(frozen=True)
class Line:
    """One row of a form; each getter notes a problem and gives a harmless value when the cell is wrong."""

    form: Form
    row: tables.Row

    @property
    def number(self) -> int:
        """The line in the file."""
        return self.row.line

    def problem(self, name: str, sentence: str) -> None:
        """Note a problem of this line."""
        self.form.problem(self.row.line, name, sentence)

    def text(self, name: str, default: str = "") -> str:
        """The cell, or `default` when it is blank or the column is not there."""
        index = self.form.columns.get(name)
        return (self.row.cells[index] if index is not None else "") or default

    def required(self, name: str) -> str:
        """The cell, which must not be blank."""
        value = self.text(name)
        if not value:
            self.problem(name, "This must not be blank.")
        return value

    def code(self, name: str, longest: int = 24) -> str:
        """A code of capital letters, digits and dashes, as labels carry it."""
        value = self.required(name)
        if value and (not CODE.fullmatch(value) or len(value) > longest):
            self.problem(name, f"{value!r} is no code: capitals, digits and dashes only, at most {longest}.")
        return value

    def choice(self, name: str, choices: Collection[str]) -> str:
        """One of `choices`."""
        value = self.required(name)
        if value and value not in choices:
            self.problem(name, f"{value!r} is not one of {', '.join(choices)}.")
        return value

    def integer(self, name: str, low: int, high: int, default: int = 0) -> int:
        """A whole number from `low` to `high`; a blank cell is `default`."""
        value = self.text(name)
        if not value:
            return default
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 13):
            self.problem(name, f"{value!r} is no whole number.")
            return default
        if not low <= int(value) <= high:
            self.problem(name, f"{value} is not between {low} and {high}.")
        return int(value)

    def decimal(self, name: str, default: str = "0") -> Decimal:
        """A plain decimal number of at least 0, such as 12.50; a blank cell is `default`."""
        value = self.text(name, default)
        number = plain_decimal(value)
        if number is None or number < 0:
            self.problem(name, f"{value!r} is no amount; write it like 12.50.")
            return Decimal(default)
        return number

    def flag(self, name: str) -> bool:
        """yes or no (also 1/0, x, true/false); blank is no."""
        value = self.text(name).casefold()
        if value not in YES | NO:
            self.problem(name, f"{value!r} is neither yes nor no.")
        return value in YES


def plain_decimal(text: str) -> Decimal | None:
    """An ASCII number such as -12.5 as Decimal, None when the text is anything else."""
    if not text.isascii() or not PLAIN_NUMBER.fullmatch(text) or len(text) > 30:
        return None
    return Decimal(text)


def whole(text: str) -> int | None:
    """A whole number of at most 12 digits, written plainly or as 12.0 or 1,200; None when the text is anything else."""
    if text.isdecimal() and text.isascii() and len(text) <= WHOLE_MAX:
        return int(text)
    number = plain_decimal(re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", text.strip()))
    if number is None or number != number.to_integral_value() or abs(number) >= 10**12:
        return None
    return int(number)


def iso_date(text: str) -> dt.date | None:
    """The date at the head of an ISO text such as 2026-03-05 or 2026-03-05 00:00:00, None for anything else."""
    try:
        return dt.date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d\d-\d\d( |$)", text) else None
    except ValueError:
        return None
