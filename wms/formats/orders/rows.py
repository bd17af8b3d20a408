"""The one shape of a row that every reader of order exports yields, and of a row that is no order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

OWES_NOTHING = Decimal(0)


@dataclass(frozen=True)
class ExportItem:
    """Something a backer chose: `source` is reward, item, addon or sku, `key` the platform's id, else the title."""

    source: str
    key: str
    title: str
    qty: int


@dataclass(frozen=True)
class Recipient:
    """Where the parcel goes, as the backer wrote it; a country that has a code is given as its code."""

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
    """One accepted order. `amount` is None when the file has none; `pledged_at` is the platform's local time, no zone.

    `balance` is what the backer still owes, below zero when overpaid, whatever sign the platform uses.
    """

    number: str
    uid: str
    name: str
    email: str
    reward_id: str
    reward_title: str
    items: tuple[ExportItem, ...]
    pledge_status: str  # "collected" is paid, "canceled" gone; else the platform's own word in small letters
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
    balance: Decimal = OWES_NOTHING
    tax_id: str = ""
    stage: str = ""  # how far the platform thinks it is
    answers: Mapping[str, str] = field(default_factory=dict)  # survey question -> answer
    warnings: tuple[str, ...] = ()  # what was done to the address before it came here, in sentences
    more: tuple[tuple[int, tuple[str, ...]], ...] = ()  # further lines of the same order: (line, cells)
    counted: tuple[int, ...] = ()  # where the cells are quantities; one tuple for all orders of a file

    @property
    def raw(self) -> dict[str, str]:
        """The whole row by column name, as it was read."""
        return dict(zip(self.header, self.cells, strict=True))

    @property
    def rows(self) -> int:
        """How many rows of the file this order takes."""
        return 1 + len(self.more)

    @property
    def phone(self) -> str:
        """The recipient's telephone; the report knows no other."""
        return self.recipient.phone


@dataclass(frozen=True)
class Rejected:
    """One row that is no order, kept whole with the reason, and the column when it is one cell's fault."""

    file: str
    line: int
    reason: str
    raw: Mapping[str, str]
    column: str = ""


@dataclass(frozen=True)
class Column:
    """One column of a file and what it is taken for: core, item, sku, addon, block, survey, other or unknown_quantity.

    `part` says which field of an order a core column is.
    """

    name: str
    role: str
    part: str = ""


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
        return sum(order.rows for order in self.orders) + len(self.rejected)


class BadRowError(Exception):
    """Why one row is rejected, and in which column."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.column = column
