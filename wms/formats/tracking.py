"""Tracking numbers, both ways: carriers' lists come in as text, each platform gets its file, and no number is bent."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from wms.formats import writing
from wms.formats.csv_text import squeeze
from wms.formats.errors import FormatError
from wms.formats.fields import open_form
from wms.formats.orders.damage import bare, scientific
from wms.formats.writing import safe

Value = Literal["number", "name", "email", "tracking", "carrier", "courier", "url", "shipped", "partial"]
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /-]{3,39}")


@dataclass(frozen=True)
class Gone:
    """One parcel that left: its number, who took it, where it can be followed, the day, and whether that is news."""

    tracking: str
    carrier: str
    carrier_name: str
    url: str
    shipped: str
    new: bool


@dataclass(frozen=True)
class Sent:
    """An order with every parcel that left; `complete` when nothing of it is still to come."""

    number: str
    name: str
    email: str
    parcels: tuple[Gone, ...]
    complete: bool


class Profile(BaseModel):
    """What a platform's file looks like; `carriers` turns our carrier codes (squeezed) into the platform's words.

    `several` is what it takes when an order left in several parcels: all numbers in one row, a row or a file for each.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: str
    platform: str
    verified: str
    file: Literal["csv", "xlsx"] = "csv"
    sheet: str = "tracking"
    couriers_sheet: str = ""
    several: Literal["join", "rows", "files"]
    columns: tuple[tuple[str, Value], ...]
    carriers: dict[str, str] = {}


@dataclass(frozen=True)
class Told:
    """One line of a carrier's list: our parcel or order, and its number."""

    line: int
    code: str
    carrier: str
    tracking: str


# --- profiles ---


def load_profiles(folder: Path) -> dict[str, Profile]:
    """Every *.toml of a folder by id. Raises FormatError naming the faulty file."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            profile = Profile.model_validate(tomllib.loads(path.read_text("utf-8")))
        except ValueError as problem:  # of TOML, of the encoding, of the model
            raise FormatError(path.name, 0, "", f"The tracking profile cannot be read ({problem}).") from problem
        found[profile.id] = profile
    return found


# --- out ---


def write(profile: Profile, sent: Sequence[Sent]) -> list[tuple[str, bytes]]:
    """The files of a platform, name and bytes: one, or as many as an order has parcels where each takes one of them.

    Orders without a new number are not in them. Raises ValueError for a parcel without a number: a row without one
    would say upstream that the order is done.
    """
    news = [order for order in sent if any(parcel.new for parcel in order.parcels)]
    for order in news:
        if not all(parcel.tracking for parcel in order.parcels):
            raise ValueError(f"Order {order.number} has a parcel without a tracking number.")
    pages = [page for page in _pages(profile, news) if page]
    many = len(pages) > 1
    names = [f"{profile.id}-tracking{f'-{n}' if many else ''}.{profile.file}" for n in range(1, len(pages) + 1)]
    return [(name, _file(profile, page)) for name, page in zip(names, pages, strict=True)]


def _pages(profile: Profile, sent: Sequence[Sent]) -> Iterator[list[list[str]]]:
    """The rows of each file."""
    if profile.several == "join":
        yield [_row(profile, order, _joined(order)) for order in sent]
        return
    fresh = [[_row(profile, order, parcel) for parcel in order.parcels if parcel.new] for order in sent]
    if profile.several == "rows":
        yield [row for rows in fresh for row in rows]
        return
    for page in zip_longest(*fresh):
        yield [row for row in page if row is not None]


def _joined(order: Sent) -> Gone:
    """All parcels of an order as one: its numbers side by side."""
    last = order.parcels[-1]
    numbers = ", ".join(parcel.tracking for parcel in order.parcels)
    return Gone(numbers, last.carrier, last.carrier_name, last.url, last.shipped, True)


def _row(profile: Profile, order: Sent, parcel: Gone) -> list[str]:
    carrier = profile.carriers.get(squeeze(parcel.carrier)) or profile.carriers.get(squeeze(parcel.carrier_name))
    values = {
        "number": order.number,
        "name": safe(order.name),
        "email": safe(order.email),
        "tracking": parcel.tracking,
        "carrier": carrier or safe(parcel.carrier_name),
        "courier": carrier or parcel.carrier.casefold(),
        "url": parcel.url,
        "shipped": parcel.shipped,
        "partial": "" if order.complete and len(order.parcels) == 1 else "Y",
    }
    return [values[value] for _, value in profile.columns]


def _file(profile: Profile, rows: Sequence[Sequence[str]]) -> bytes:
    header, out = [name for name, _ in profile.columns], io.BytesIO()
    if profile.file == "csv":
        writing.write(out, "csv", [header, *rows])
        return out.getvalue()
    couriers = sorted({row[at] for row in rows for at, (_, value) in enumerate(profile.columns) if value == "courier"})
    sheets = {profile.sheet: [header, *rows]}
    if profile.couriers_sheet:
        sheets[profile.couriers_sheet] = [["courier code", "courier name"], *([code, code] for code in couriers)]
    writing.write_workbook(out, sheets)
    return out.getvalue()


# --- in ---


def read_tracking(data: bytes, filename: str) -> tuple[Told, ...]:
    """A list of tracking numbers (columns: code = parcel or order number, tracking, carrier optional), in file order.

    Raises FormatError with every bad line: a number that a spreadsheet shortened, one that is none, a number twice.
    """
    form = open_form(data, filename, ("code", "tracking"), ("carrier",))
    seen: dict[str, int] = {}
    found = []
    for line in form.lines():
        code, tracking = bare(line.required("code")), bare(line.required("tracking"))
        if wrong := mistaken(tracking) if tracking else "":
            line.problem("tracking", wrong)
        elif tracking in seen:
            line.problem("tracking", f"{tracking} stands in line {seen[tracking]}, too.")
        seen.setdefault(tracking, line.number)
        found.append(Told(line.number, code, line.text("carrier"), tracking))
    form.close()
    return tuple(found)


def mistaken(tracking: str) -> str:
    """Why a text is no tracking number, or ""."""
    if scientific(tracking):
        return f"{tracking} was shortened by a spreadsheet; its digits are lost. Format the column as text."
    if re.fullmatch(r"\d{15}0{5,}", tracking):  # a spreadsheet keeps 15 digits
        return f"{tracking} lost its last digits in a spreadsheet. Format the column as text."
    return "" if NUMBER.fullmatch(tracking) else f"{tracking!r} is no tracking number."
