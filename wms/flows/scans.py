"""Kinds of scan as types, and the rule that picks the one a state accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from wms.barcodes import Scanned, faults, labels
from wms.errors import Refusal
from wms.queries.codes import Meaning


class UnknownCode(Refusal):
    """Nothing in the directory has this code."""

    sentence = "Unknown code {code}. {wanted}"


class Misread(Refusal):
    """One of our codes with a wrong check character."""

    sentence = "Misread: {code}. Scan it again."


class UnknownCase(UnknownCode):
    """The GTIN of a case whose content is known, but not how much of it."""

    sentence = "Case of {sku}: count unknown. Scan units."


class WrongLayout(Refusal):
    """One of our codes, or a trade number, typed through another keyboard than the computer's."""

    sentence = "Keyboard layout of the scanner is wrong: set it to US."


class CapsLock(Refusal):
    """An AIM identifier in the wrong case."""

    sentence = "Caps lock is on. Switch it off and scan again."


class StrayFrame(Refusal):
    """A code within characters that the scanner's profile does not know."""

    sentence = "Stray characters around the code. Check the scanner."


class TwoScans(Refusal):
    """Two codes, or one twice, that came as one."""

    sentence = "Two scans came as one. Scan again."


class WrongCheckDigit(Refusal):
    """A GS1 label whose number has a wrong check digit."""

    sentence = "Misread: a check digit is wrong. Scan it again."


class CutShort(Refusal):
    """A GS1 label that ends within its number."""

    sentence = "Only part of the label was read. Scan it again."


class TwoItems(Refusal):
    """A GS1 label with two different trade numbers."""

    sentence = "The label names two items. Scan a unit instead."


class NoCount(Refusal):
    """A GS1 label of contents (02) without their count (37)."""

    sentence = "The label does not say how many. Scan a unit."


class OnePiece(Refusal):
    """A label of one piece of an item that comes in several."""

    sentence = "That is one piece of several. Scan the whole item."


class NoLotOnLabel(Refusal):
    """The label scanned for its lot names the item alone."""

    sentence = "That label of {sku} names no lot. Scan the lot."


class NoSerialOnLabel(Refusal):
    """The label scanned for its serial number names the item alone."""

    sentence = "That label of {sku} has no serial. Scan the serial."


class OtherLabel(Refusal):
    """The label of another item, where a fact of the unit in hand was asked for."""

    sentence = "That is a label of {scanned}. Scan the unit in hand."


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
    """An item: `qty` units (a case counts n), with lot, expiry and serial when the label says them.

    `unsure`: lot or serial number end in what looks like another element.
    """

    kind: ClassVar[str] = "item"
    qty: int = 1
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None
    unsure: bool = False


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
    unsure: bool = False


def lot_on(scan: ItemScan) -> LotScan:
    """Return the lot on the label of a unit; raises NoLotOnLabel."""
    if scan.lot is None:
        raise NoLotOnLabel(sku=scan.name)
    return LotScan(scan.lot, scan.expiry, scan.unsure)


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


def serial_on(scan: ItemScan) -> SerialScan:
    """Return the serial number on the label of a unit; raises NoSerialOnLabel."""
    if scan.serial is None:
        raise NoSerialOnLabel(sku=scan.name)
    return SerialScan(scan.serial)


AnyScan = Scan | Quantity | Key | LotScan | ExpiryScan | SerialScan
THINGS: dict[str, type[Scan]] = {
    each.kind: each
    for each in (
        *(LocationScan, LpnScan, ToteScan, ParcelScan, OrderScan, ListScan),
        *(ReceiptScan, ManifestScan, CartonScan, Badge, ItemScan),
    )
}
WORDS = {"lpn": "licence plate", "list": "pick list", "carton": "carton type", "expiry": "expiry date"}
FAULTS: dict[str, type[Refusal]] = {
    **{faults.LAYOUT: WrongLayout, faults.CAPS: CapsLock, faults.STRAY: StrayFrame, faults.DOUBLE: TwoScans},
    **{labels.CHECK: WrongCheckDigit, labels.CUT: CutShort, labels.TWO_ITEMS: TwoItems},
    **{labels.NO_COUNT: NoCount, labels.PIECE: OnePiece},
}
DOUBTS = {
    labels.SEPARATOR: "Separator missing? Check the scanner's set-up.",
    labels.TWICE: "The label contradicts itself. Check it by eye.",
    labels.COUNT: "The count on the label was not used.",
    labels.PART: "Part of the label makes no sense. Check it.",
}
LOT_MAX, SERIAL_MAX = 40, 60
DATES = ("%y%m%d", "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y")


def word(kind: str) -> str:
    """Return how people call a kind of scan."""
    return WORDS.get(kind, kind)


def choose(scanned: Scanned, found: Sequence[Meaning], accepted: Sequence[str], limit: int) -> AnyScan:
    """Return the first reading that is of a kind this state accepts, in the state's order.

    Raises Misread, one of FAULTS, NotANumber, WrongKind or UnknownCode with what is expected instead.
    """
    if scanned.key:
        return Key(scanned.key)
    if not found and (spoilt := spoilt_scan(scanned)):
        raise spoilt
    for kind in accepted:
        if scan := as_kind(kind, scanned, found, limit):
            return scan
    wanted = f"Scan the {word(accepted[0])}." if accepted and accepted[0] not in ("key", "quantity") else ""
    wanted = "Type a number." if [*accepted[:1]] == ["quantity"] else wanted
    if found:
        raise WrongKind(kind=word(found[0].kind), name=found[0].name, wanted=wanted)
    raise UnknownCode(code=scanned.shown, wanted="Misread? Scan it again." if scanned.odd else wanted)


def spoilt_scan(scanned: Scanned) -> Refusal | None:
    """Return the refusal of a scan that no label can have given; None for one that is just unknown."""
    if scanned.misread:
        return Misread(code=scanned.misread)
    return FAULTS[scanned.fault]() if scanned.fault else None


def as_kind(kind: str, scanned: Scanned, found: Sequence[Meaning], limit: int) -> AnyScan | None:
    """Return the scan as `kind`, or None when it cannot be one."""
    if kind in THINGS:
        return next((thing(each, limit) for each in found if each.kind == kind), None)
    if kind == "quantity" and scanned.number is not None:
        if scanned.number > limit:
            raise NotANumber(number=scanned.number, limit=limit)
        return Quantity(scanned.number)
    if kind == "expiry":
        day = as_date(scanned)
        return ExpiryScan(day) if day else None
    if kind == "lot" and not found:
        return as_lot(scanned)
    if kind == "serial" and not found:
        told = next((each.serial for each in scanned.readings if each.serial), scanned.text)
        return SerialScan(told) if written(told, SERIAL_MAX) else None
    return None


def as_lot(scanned: Scanned) -> LotScan | None:
    """Return the lot that a label says, else the text as it is."""
    for each in scanned.readings:
        if each.lot:
            return LotScan(each.lot, each.expiry, each.facts.unsure)
    return LotScan(scanned.text) if written(scanned.text, LOT_MAX) else None


def written(text: str, most: int) -> bool:
    """Return whether a text can be read by people, and kept: a lone GS or 10 kB are no lot."""
    return text.isprintable() and len(text) <= most


def thing(meaning: Meaning, limit: int) -> Scan:
    """Return the typed scan of something in the directory; raises NotANumber when a label counts too many of it."""
    if meaning.kind == "item":
        if meaning.qty > limit:
            raise NotANumber(number=meaning.qty, limit=limit)
        facts = (meaning.qty, meaning.lot, meaning.expiry, meaning.serial, meaning.unsure)
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
