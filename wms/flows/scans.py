"""Kinds of scan as types, and the rule that picks the one a state accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from wms.barcodes import Scanned
from wms.errors import Refusal
from wms.queries.codes import Meaning


class UnknownCode(Refusal):
    """Nothing in the directory has this code."""

    sentence = "Unknown code {code}. {wanted}"


class Misread(Refusal):
    """One of our codes with a wrong check character."""

    sentence = "Misread: {code}. Scan it again."


class WrongKind(Refusal):
    """A known thing of a kind this state does not take."""

    sentence = "That is {kind} {name}. {wanted}"


class NotANumber(Refusal):
    """A quantity out of bounds."""

    sentence = "{number} is above the limit of {limit}."


@dataclass(frozen=True)
class Scan:
    """A scan that names a thing: its id, its code, and how people call it."""

    kind: ClassVar[str] = ""
    ref: int
    code: str
    name: str


class LocationScan(Scan):
    """A bin, dock, stage, station or cart."""

    kind = "location"


class LpnScan(Scan):
    """A carton or pallet with a licence plate."""

    kind = "lpn"


class ToteScan(Scan):
    """A tote."""

    kind = "tote"


class ParcelScan(Scan):
    """A parcel."""

    kind = "parcel"


class OrderScan(Scan):
    """An order."""

    kind = "order"


class ListScan(Scan):
    """A pick list."""

    kind = "list"


class ReceiptScan(Scan):
    """A receipt."""

    kind = "receipt"


class ManifestScan(Scan):
    """A manifest."""

    kind = "manifest"


class CartonScan(Scan):
    """A type of carton to pack into."""

    kind = "carton"


class Badge(Scan):
    """A person."""

    kind = "badge"


@dataclass(frozen=True)
class ItemScan(Scan):
    """An item: `qty` units (a case counts n), with lot, expiry and serial when the label says them."""

    kind: ClassVar[str] = "item"
    qty: int = 1
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None


@dataclass(frozen=True)
class Quantity:
    """A typed number."""

    kind: ClassVar[str] = "quantity"
    value: int


@dataclass(frozen=True)
class Key:
    """A function key."""

    kind: ClassVar[str] = "key"
    name: str


@dataclass(frozen=True)
class LotScan:
    """A lot, as printed or typed."""

    kind: ClassVar[str] = "lot"
    text: str
    expiry: date | None = None


@dataclass(frozen=True)
class ExpiryScan:
    """An expiry date."""

    kind: ClassVar[str] = "expiry"
    day: date


@dataclass(frozen=True)
class SerialScan:
    """A serial number, as printed or typed."""

    kind: ClassVar[str] = "serial"
    text: str


AnyScan = Scan | Quantity | Key | LotScan | ExpiryScan | SerialScan
THINGS: dict[str, type[Scan]] = {
    each.kind: each
    for each in (
        *(LocationScan, LpnScan, ToteScan, ParcelScan, OrderScan, ListScan),
        *(ReceiptScan, ManifestScan, CartonScan, Badge, ItemScan),
    )
}
WORDS = {"lpn": "licence plate", "list": "pick list", "carton": "carton type", "expiry": "expiry date"}
DATES = ("%y%m%d", "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y")


def word(kind: str) -> str:
    """Return how people call a kind of scan."""
    return WORDS.get(kind, kind)


def choose(scanned: Scanned, found: Sequence[Meaning], accepted: Sequence[str], limit: int) -> AnyScan:
    """Return the first reading that is of a kind this state accepts, in the state's order.

    Raises Misread, NotANumber, WrongKind or UnknownCode with what is expected instead.
    """
    if scanned.key:
        return Key(scanned.key)
    if scanned.misread:
        raise Misread(code=scanned.misread)
    for kind in accepted:
        if scan := as_kind(kind, scanned, found, limit):
            return scan
    wanted = f"Scan the {word(accepted[0])}." if accepted and accepted[0] not in ("key", "quantity") else ""
    if found:
        raise WrongKind(kind=word(found[0].kind), name=found[0].name, wanted=wanted)
    raise UnknownCode(code=scanned.text, wanted=wanted)


def as_kind(kind: str, scanned: Scanned, found: Sequence[Meaning], limit: int) -> AnyScan | None:
    """Return the scan as `kind`, or None when it cannot be one."""
    if kind in THINGS:
        return next((thing(each) for each in found if each.kind == kind), None)
    if kind == "quantity" and scanned.number is not None:
        if scanned.number > limit:
            raise NotANumber(number=scanned.number, limit=limit)
        return Quantity(scanned.number)
    if kind == "expiry":
        day = as_date(scanned)
        return ExpiryScan(day) if day else None
    if kind == "lot" and not found:
        part = next((each for each in scanned.readings if each.lot), None)
        return LotScan(part.lot if part and part.lot else scanned.text, part.expiry if part else None)
    if kind == "serial" and not found:
        return SerialScan(scanned.text)
    return None


def thing(meaning: Meaning) -> Scan:
    """Return the typed scan of something in the directory."""
    if meaning.kind == "item":
        facts = (meaning.qty, meaning.lot, meaning.expiry, meaning.serial)
        return ItemScan(meaning.ref, meaning.code, meaning.name, *facts)
    return THINGS[meaning.kind](meaning.ref, meaning.code, meaning.name)


def as_date(scanned: Scanned) -> date | None:
    """Return the expiry on a GS1 label, or a typed date such as 270331 or 2027-03-31."""
    if day := next((each.expiry for each in scanned.readings if each.expiry), None):
        return day
    for form in DATES:
        try:
            return datetime.strptime(scanned.text, form).date()
        except ValueError:
            continue
    return None
