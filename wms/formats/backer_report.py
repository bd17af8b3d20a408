"""Backer reports to orders: every row is accepted whole or rejected with its reason; nothing falls between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from wms.formats import money, order_profiles, tables
from wms.formats.csv_text import squeeze
from wms.formats.errors import FormatError
from wms.formats.fields import whole
from wms.formats.order_profiles import Column, Profile

NO_ANSWER = {"no response", "n/a"}  # what the platform writes into questions nobody answered
MOST_OF_ONE = 9_999
LATE = {"1", "yes", "true", "x", "late"}


@dataclass(frozen=True)
class ExportItem:
    """Something a backer chose: `source` is reward, item or addon, `key` the platform's id, else the title."""

    source: str
    key: str
    title: str
    qty: int


@dataclass(frozen=True)
class Recipient:
    """Where the parcel goes, exactly as the backer wrote it."""

    name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country_code: str
    phone: str


@dataclass(frozen=True)
class ExportOrder:
    """One accepted row. `amount` is None when the file has none; `pledged_at` is the platform's local time, no zone."""

    number: str
    uid: str
    name: str
    email: str
    reward_id: str
    reward_title: str
    items: tuple[ExportItem, ...]
    pledge_status: str
    survey_answered: bool
    notes: str
    delivery_notes: str
    amount: Decimal | None
    currency: str
    pledged_at: dt.datetime | None
    late: bool
    shipping_country: str
    recipient: Recipient
    file: str
    line: int
    header: tuple[str, ...]  # one tuple for all orders of a file
    cells: tuple[str, ...]

    @property
    def raw(self) -> dict[str, str]:
        """The whole row by column name, as it was read."""
        return dict(zip(self.header, self.cells, strict=True))

    @property
    def phone(self) -> str:
        """The recipient's telephone; the report knows no other."""
        return self.recipient.phone


@dataclass(frozen=True)
class Rejected:
    """One row that is no order, kept whole with the reason."""

    file: str
    line: int
    reason: str
    raw: Mapping[str, str]


@dataclass(frozen=True)
class OrderFile:
    """A read export: `orders` and `rejected` together are all rows of the file; `columns` says how each was taken."""

    profile: str
    orders: tuple[ExportOrder, ...]
    rejected: tuple[Rejected, ...]
    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        """Rows of data in the file: accepted plus rejected."""
        return len(self.orders) + len(self.rejected)


def read_orders(data: bytes, filename: str, profiles: Path, profile: str = "") -> OrderFile:
    """Read a backer report (CSV, XLSX, or ZIP of one CSV per reward).

    `profiles` is the folder of order profiles; `profile` names one instead of letting the header decide. Raises
    FormatError when the file is unreadable or fits no profile; single bad rows are in `rejected` instead.
    """
    known = order_profiles.load_profiles(profiles)
    chosen = [candidate for candidate in known if not profile or candidate.id == profile]
    if not chosen:
        names = ", ".join(candidate.id for candidate in known)
        raise FormatError(filename, 0, "", f"There is no order profile {profile!r}; known are {names}.")
    names_known = {name for candidate in chosen for name in (*candidate.roles.values(), *candidate.other)}
    book = _Book()
    for table in tables.read_tables(data, filename, names_known):
        book.read(table, order_profiles.guess(table.header, chosen, table.name))
    return book.close()


class _Book:
    """Collects the tables of one file, so that a backer who stands in two of them becomes one order."""

    def __init__(self) -> None:
        self.orders: list[ExportOrder] = []
        self.rejected: list[Rejected] = []
        self.columns: dict[str, Column] = {}
        self.profiles: dict[str, int] = {}
        self.places: dict[str, str] = {}

    def read(self, table: tables.Table, profile: Profile) -> None:
        reader = _Reader(table, profile)
        self.columns.update({column.name: column for column in reader.columns})
        self.profiles[profile.id] = self.profiles.get(profile.id, 0) + len(table.rows)
        for bad in table.rejected:
            raw = {f"{position}": cell for position, cell in enumerate(bad.cells, 1)}
            self.rejected.append(Rejected(table.name, bad.line, bad.reason, raw))
        for row in table.rows:
            self._take(reader, row)

    def _take(self, reader: _Reader, row: tables.Row) -> None:
        try:
            order = reader.order(row)
            self._claim(order)
        except _BadRowError as problem:
            raw = dict(zip(reader.table.header, row.cells, strict=True))
            self.rejected.append(Rejected(reader.table.name, row.line, str(problem), raw))
        else:
            self.orders.append(order)

    def _claim(self, order: ExportOrder) -> None:
        here = f"line {order.line} of {order.file}"
        for name in filter(None, (f"Backer number {order.number}", order.uid and f"Backer UID {order.uid}")):
            if name in self.places:
                raise _BadRowError(f"{name} is already on {self.places[name]}.")
        self.places[f"Backer number {order.number}"] = here
        self.places[f"Backer UID {order.uid}"] = here

    def close(self) -> OrderFile:
        main = max(self.profiles, key=lambda name: self.profiles[name])
        return OrderFile(main, tuple(self.orders), tuple(self.rejected), tuple(self.columns.values()))


class _BadRowError(Exception):
    """The reason why one row is rejected."""


class _Reader:
    """One table read with one profile."""

    def __init__(self, table: tables.Table, profile: Profile) -> None:
        self.table = table
        positions = {squeeze(name): position for position, name in enumerate(table.header)}
        self.at = {role: positions[squeeze(name)] for role, name in profile.roles.items() if squeeze(name) in positions}
        self.columns = _settle(profile.classify(table.header), table.rows)
        self.goods = [
            (position, *_source(column, profile))
            for position, column in enumerate(self.columns)
            if column.role in ("item", "addon")
        ]

    def order(self, row: tables.Row) -> ExportOrder:
        """The order of one row, or _BadRowError."""
        number = self._text(row, "number")
        if not (number.isascii() and number.isdigit()):
            raise _BadRowError(f"The backer number {number!r} is not a number.")
        amount, currency = self._amount(row)
        return ExportOrder(
            number=number,
            uid=self._text(row, "uid"),
            name=self._text(row, "name"),
            email=self._text(row, "email"),
            reward_id=self._text(row, "reward_id"),
            reward_title=self._text(row, "reward_title"),
            items=(*self._reward(row), *self._items(row)),
            pledge_status=self._text(row, "pledge_status").casefold(),
            survey_answered=bool(self._text(row, "survey_answered")),
            notes=self._text(row, "notes"),
            delivery_notes=self._answer(row, "delivery_notes"),
            amount=amount,
            currency=currency,
            pledged_at=self._moment(row),
            late=self._text(row, "late").casefold() in LATE,
            shipping_country=self._text(row, "shipping_country"),
            recipient=self._recipient(row),
            file=self.table.name,
            line=row.line,
            header=self.table.header,
            cells=row.cells,
        )

    def _text(self, row: tables.Row, role: str) -> str:
        position = self.at.get(role)
        return row.cells[position] if position is not None else ""

    def _answer(self, row: tables.Row, role: str) -> str:
        text = self._text(row, role)
        return "" if text.casefold() in NO_ANSWER else text

    def _recipient(self, row: tables.Row) -> Recipient:
        parts = ("name", "line1", "line2", "city", "state", "postal_code", "country_code", "phone")
        return Recipient(*(self._answer(row, f"ship_{part}") for part in parts))

    def _reward(self, row: tables.Row) -> list[ExportItem]:
        key, title = self._text(row, "reward_id"), self._text(row, "reward_title")
        return [ExportItem("reward", key or title, title or key, 1)] if key or title else []

    def _items(self, row: tables.Row) -> list[ExportItem]:
        items = []
        for position, source, key, title in self.goods:
            cell = row.cells[position]
            if cell in ("", "0"):
                continue
            qty = whole(cell)
            if qty is None or not 0 <= qty <= MOST_OF_ONE:
                raise _BadRowError(f"{title}: {cell!r} is not a quantity from 0 to {MOST_OF_ONE}.")
            if qty:
                items.append(ExportItem(source, key, title, qty))
        return items

    def _amount(self, row: tables.Row) -> tuple[Decimal | None, str]:
        text = self._text(row, "amount")
        try:
            return money.amount(text) if text else (None, "")
        except ValueError:
            raise _BadRowError(f"The pledge amount {text!r} cannot be read.") from None

    def _moment(self, row: tables.Row) -> dt.datetime | None:
        text = self._text(row, "pledged_at")
        try:
            return money.moment(text) if text else None
        except ValueError:
            raise _BadRowError(f"The pledge date {text!r} cannot be read.") from None


def _source(column: Column, profile: Profile) -> tuple[str, str, str]:
    """(source, key, title) of an item or add-on column; an add-on's key is the number in its name."""
    found = profile.addon.match(column.name) if profile.addon and column.role == "addon" else None
    return ("addon", found[1], found[2]) if found else ("item", column.name, column.name)


def _settle(columns: Sequence[Column], rows: Sequence[tables.Row]) -> tuple[Column, ...]:
    """A second look by content: an "item" column without one number is a survey answer; a survey column that holds
    nothing but numbers may be goods and is shown as unknown_quantity."""
    return tuple(_second_look(position, column, rows) for position, column in enumerate(columns))


def _second_look(position: int, column: Column, rows: Sequence[tables.Row]) -> Column:
    if column.role not in ("item", "survey"):
        return column
    filled = [cell for row in rows if (cell := row.cells[position]) and cell.casefold() not in NO_ANSWER]
    numbers = sum(whole(cell) is not None for cell in filled)
    if column.role == "item" and filled and not numbers:
        return Column(column.name, "survey")
    if column.role == "survey" and filled and numbers == len(filled):
        return Column(column.name, "unknown_quantity")
    return column
