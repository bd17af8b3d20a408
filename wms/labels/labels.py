"""What each label says: one frozen dataclass per template, and `render` to turn it into ZPL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import date

from wms.errors import BadInput
from wms.labels.zpl import press


@dataclass(frozen=True, kw_only=True)
class Label:
    """What every label has: `copy` is 1 for the first print; from 2 on the label is marked as a copy."""

    copy: int = 1

    @classmethod
    def template(cls) -> str:
        """Return the name of the template: `LpnLabel` is `lpn`."""
        return cls.__name__.removesuffix("Label").lower()


@dataclass(frozen=True)
class LocationLabel(Label):
    """A place: `name` is read by people, `check` is the character they say or type, `code` is in the barcodes.

    `arrow` is up, down, left or right, or "" for none: where labels of stacked beams hang together, it tells which.
    """

    code: str
    name: str
    check: str
    arrow: str = ""


@dataclass(frozen=True)
class ItemLabel(Label):
    """A unit without a barcode of its own: `code` is its EAN/GTIN, or its SKU when it has none."""

    code: str
    sku: str
    name: str


@dataclass(frozen=True)
class Line:
    """One line of a content list; `qty` in the item's smallest unit."""

    sku: str
    name: str
    qty: int


@dataclass(frozen=True)
class LpnLabel(Label):
    """A carton or pallet at rest: what is in it, which receipt brought it, when."""

    code: str
    items: tuple[Line, ...]
    receipt: str
    received_on: date


@dataclass(frozen=True)
class ToteLabel(Label):
    """A tote of a cart."""

    code: str
    name: str


@dataclass(frozen=True)
class CartonLabel(Label):
    """A type of carton, for the shelf it stands on: inner size in mm, load in grams."""

    code: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_g: int


@dataclass(frozen=True)
class ParcelLabel(Label):
    """A parcel for its carrier: address lines without the country, `country` as a two-letter code, weight in grams."""

    code: str
    order: str
    recipient_lines: tuple[str, ...]
    country: str
    carrier: str
    service: str
    weight_g: int
    contents: tuple[Line, ...] = field(default=())


@dataclass(frozen=True)
class BadgeLabel(Label):
    """A person's badge."""

    code: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class LogisticLabel(Label):
    """A GS1 logistic label: `code` is the SSCC, 18 digits; `content` its GS1 elements (identifier, value), those of
    fixed length first; `facts` the same for people."""

    code: str
    sender: str
    recipient_lines: tuple[str, ...]
    content: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class CustomsLine:
    """Goods on a customs form: net weight in g, value in the form's currency, tariff number, two-letter origin."""

    description: str
    qty: int
    net_g: int
    value: str
    hs_code: str
    origin: str


@dataclass(frozen=True)
class Cn22Label(Label):
    """A customs declaration CN22 of the UPU: `category` is one of CATEGORIES, `value` the total as text."""

    code: str
    sender_lines: tuple[str, ...]
    category: str
    lines: tuple[CustomsLine, ...]
    currency: str
    value: str
    weight_g: int
    posted_on: date
    signed: str


@dataclass(frozen=True)
class Cn23Label(Cn22Label):
    """A customs declaration CN23: CN22 and to whom; `importer` is the recipient's tax number (never an IOSS number,
    which travels as data), `reference` the sender's own, `office` where it is posted."""

    recipient_lines: tuple[str, ...]
    country: str
    phone: str
    email: str
    importer: str
    reference: str
    invoice: str
    postage: str
    comments: str
    licence: str = ""
    certificate: str = ""
    office: str = ""


IOSS = re.compile(r"\bIM\s?\d{10}\b", re.IGNORECASE)
CATEGORIES = ("gift", "documents", "sale", "sample", "returned", "other")
LINES_MAX = {"cn22": 5, "cn23": 7}  # what the form has room for: nothing may be left out of it
KINDS: dict[str, type[Label]] = {
    kind.template(): kind
    for kind in (
        *(LocationLabel, ItemLabel, LpnLabel, ToteLabel, CartonLabel, ParcelLabel, BadgeLabel),
        *(LogisticLabel, Cn22Label, Cn23Label),
    )
}


def render(label: Label, dpi: int, training: bool = False, source: str = "") -> str:
    """Return the ZPL of one label for a printer of 203, 300 or 600 dots per inch.

    `source` is the text of the template that is in force, "" for the shipped file. A training site's labels and every
    copy carry a white-on-black strip that says so. Raises BadInput naming the field when a code cannot stand in a
    barcode, when something that must not be cut does not fit, or for another density.
    """
    check(label)
    values = {each.name: getattr(label, each.name) for each in fields(label) if each.name != "copy"}
    marks = ["TRAINING"] * training + [f"COPY {label.copy}"] * (label.copy > 1)
    return press(dpi).render(label.template(), values, " · ".join(marks), source)


def check(label: Label) -> None:
    """Raise BadInput when a number of the label makes no sense: a copy below 1, a negative quantity or weight; or when
    a customs form has a category that there is not, or more lines than room."""
    if isinstance(label, Cn22Label):
        check_customs(label)
    for name, value in vars(label).items():
        if isinstance(value, int):
            _check_number(name, value, 1 if name == "copy" else 0)
        elif isinstance(value, tuple):
            for line in value:
                if isinstance(line, Line):
                    _check_number(f"quantity of {line.sku}", line.qty)


def _check_number(name: str, value: int, least: int = 0) -> None:
    """Raise BadInput for a number that makes no sense."""
    if not least <= value <= 1_000_000_000:
        raise BadInput(field=name, why=f"cannot be {value}")


def check_customs(label: Cn22Label) -> None:
    """Raise BadInput for a customs form that would leave something out, or show what only travels as data."""
    if IOSS.search("\n".join(text for value in vars(label).values() for text in _texts(value))):
        told = next(name for name, value in vars(label).items() if any(map(IOSS.search, _texts(value))))
        raise BadInput(field=told, why="holds an IOSS number, which travels as data and is never printed")
    room = LINES_MAX[label.template()]
    if label.category not in CATEGORIES:
        raise BadInput(field="category", why=f"one of {', '.join(CATEGORIES)}")
    if not 1 <= len(label.lines) <= room:
        raise BadInput(
            field="lines", why=f"{len(label.lines)} kinds of goods, a {label.template().upper()} has 1 to {room}"
        )


def _texts(value: object) -> tuple[str, ...]:
    """Return the texts in a field: its own, those of a tuple, those of goods in it."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, tuple):
        return ()
    return tuple(each.description if isinstance(each, CustomsLine) else str(each) for each in value)
