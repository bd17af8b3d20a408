"""One row's cells as the fields of an order: status, survey, balance, address, in the platform's words and signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from wms.formats import money
from wms.formats.orders import countries, damage
from wms.formats.orders.columns import NO_ANSWER
from wms.formats.orders.profiles import Profile
from wms.formats.orders.rows import BadRowError, Recipient

PAID, CANCELLED, UNPAID = "collected", "canceled", "errored"
NO_ANSWER_MAX = max(map(len, NO_ANSWER))
LATE = {"1", "yes", "true", "x", "late"}
ADDRESS = {
    "ship_name": "The name", "ship_line1": "The street", "ship_line2": "The second address line",
    "ship_city": "The city", "ship_state": "The state", "ship_postal_code": "The postal code",
    "ship_phone": "The telephone number",
}  # fmt: skip
DATED = ("ship_line1", "ship_line2", "ship_postal_code")


class Cells:
    """The fields of one row (or of several rows of one order: the first filled cell counts)."""

    def __init__(self, profile: Profile, header: Sequence[str], at: Mapping[str, int], rows: Sequence[tuple[str, ...]]):
        self.profile, self.header, self.at = profile, header, at
        first, *others = rows
        cells = {role: first[position] for role, position in at.items()}
        if others:
            blank = [role for role, cell in cells.items() if not cell]
            cells |= {role: next((row[at[role]] for row in others if row[at[role]]), "") for role in blank}
        self.cells = cells  # field -> cell

    def text(self, role: str) -> str:
        """The cell of a field, without a spreadsheet's guards. Raises BadRowError when it is an error such as #REF!."""
        cell = self.cells.get(role)
        if not cell:
            return ""
        if cell[0] in "=#'":
            if damage.error(cell):
                raise BadRowError(f"{self.column(role)} holds {damage.said(cell)}.", self.column(role))
            return damage.bare(cell)
        return cell

    def answer(self, role: str) -> str:
        """The cell of a field that a backer filled in; "No response" is no answer."""
        if not self.cells.get(role):
            return ""
        text = self.text(role)
        return "" if len(text) <= NO_ANSWER_MAX and text.casefold() in NO_ANSWER else text

    def column(self, role: str) -> str:
        """The name of a field's column, as the file writes it."""
        position = self.at.get(role)
        return self.header[position] if position is not None else role

    def number(self) -> str:
        """The order's number. Raises BadRowError when there is none that could be printed and found again."""
        text = self.text("number")
        if damage.scientific(text):
            reason = f"A spreadsheet shortened this number to {text}; its digits are lost."
            raise BadRowError(reason, self.column("number"))
        if self.profile.digits:
            if not (text.isascii() and text.isdigit()):
                raise BadRowError(f"The backer number {text!r} is not a number.", self.column("number"))
            return text
        plain = text.lstrip("#").strip().upper()
        for mark in " _./":
            plain = plain.replace(mark, "-")
        if not plain.isascii() or not plain.replace("-", "").isalnum():
            raise BadRowError(
                f"The order number {text!r} needs letters, digits and dashes only.", self.column("number")
            )
        return plain

    def uid(self) -> str:
        """The platform's own number of the person."""
        text = self.text("uid")
        if damage.scientific(text):
            raise BadRowError(
                f"A spreadsheet shortened this number to {text}; its digits are lost.", self.column("uid")
            )
        return text

    def status(self, email: str) -> str:
        """Whether the pledge is paid, in one vocabulary for all platforms."""
        words = self.profile.words
        said = self.text("pledge_status").casefold()
        others = [self.text(role).casefold() for role in ("order_status", "stage")]
        if self.text("cancelled_at") or not words.cancelled.isdisjoint((said, *others)):
            return CANCELLED
        if words.cancelled_mail and words.cancelled_mail in email.casefold():
            return CANCELLED
        if said in words.paid or (not said and "pledge_status" not in self.at and words.without):
            return PAID if said else words.without
        return UNPAID if said in words.unpaid else said

    def survey(self) -> bool:
        """Whether the backer answered."""
        words = self.profile.words
        if self.answer("survey_answered"):
            return True
        if words.answered and self.text("survey_status").casefold() in words.answered:
            return True
        return words.address_answers and bool(self.answer("ship_line1"))

    def notes(self) -> str:
        """The creator's note, and what the platform says that no order should go out with."""
        said = [self.text("notes")]
        stage = self.text("stage")
        if stage.casefold() in self.profile.words.shipped:
            said.append(f"The platform has it as {stage.lower()} already.")
        if tracking := self.text("tracking"):
            ruined = " (a spreadsheet shortened it)" if damage.scientific(tracking) else ""
            said.append(f"The file has a tracking number for it already: {tracking}{ruined}.")
        return "\n".join(filter(None, said))

    def amount(self) -> tuple[Decimal | None, str]:
        """What was pledged, and in which currency."""
        text = self.text("amount")
        try:
            amount, currency = money.amount(text) if text else (None, "")
        except ValueError:
            raise BadRowError(f"The pledge amount {text!r} cannot be read.", self.column("amount")) from None
        return amount, currency or self.text("currency").upper()[:3]

    def balance(self) -> Decimal:
        """What the backer still owes; below zero is overpaid."""
        text = self.text("balance")
        try:
            value = money.amount(text)[0] if text else Decimal(0)
        except ValueError:
            raise BadRowError(f"The balance {text!r} cannot be read.", self.column("balance")) from None
        return value if self.profile.owes_above or not value else -value

    def pledged_at(self) -> dt.datetime | None:
        """When it was pledged, in the platform's local time."""
        text = self.text("pledged_at")
        try:
            return money.moment(text) if text else None
        except ValueError:
            raise BadRowError(f"The pledge date {text!r} cannot be read.", self.column("pledged_at")) from None

    def recipient(self) -> Recipient:
        """Where it goes."""
        name = self.answer("ship_name") or f"{self.answer('ship_first_name')} {self.answer('ship_last_name')}".strip()
        lines = [self.answer(role) for role in ("ship_line2", "ship_line3")]
        if company := self.answer("ship_company"):
            lines.insert(0, company)
        code, full = self.answer("ship_country_code"), self.answer("ship_country_name")
        country = countries.code(code) or countries.code(full) or code or full
        more = ", ".join(filter(None, lines))
        city, state, postal_code = (self.answer(role) for role in ("ship_city", "ship_state", "ship_postal_code"))
        line1, phone = self.answer("ship_line1"), self.answer("ship_phone")
        return Recipient(name, line1, more, city, state, postal_code, country, phone)

    def warnings(self, country: str) -> tuple[str, ...]:
        """What a spreadsheet did to the address, in sentences."""
        found = []
        for role, what in ADDRESS.items():
            if (cell := self.text(role)) and (sentence := _harm(role, cell, country)):
                found.append(f"{what} {sentence} (column {self.column(role)}).")
        return tuple(found)


def _harm(role: str, cell: str, country: str) -> str:
    if role not in DATED and cell.isascii() and not cell[0].isdigit():
        return ""  # most cells: nothing below applies
    if cell[0].isdigit() and damage.scientific(cell):
        return f"was shortened to {cell} by a spreadsheet"
    if role == "ship_postal_code" and damage.zero_lost(cell, country):
        return "has lost its first zero"
    if role in DATED and damage.date(cell):
        return f"was turned into the date {cell} by a spreadsheet"
    return "has garbled letters" if damage.garbled(cell) else ""
