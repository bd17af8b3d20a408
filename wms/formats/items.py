"""Master data of goods: items with barcodes, sizes and customs data, and kits made of them, each from one CSV."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from stdnum import ean

from wms.formats.fields import Form, Line, open_form

REQUIRED = ("owner", "sku", "name", "length_mm", "width_mm", "height_mm", "weight_g")
OPTIONAL = (
    "barcode",
    "case_barcodes",
    "hs_code",
    "origin",
    "lot",
    "serial",
    "expiry",
    "hazard",
    "value",
    "currency",
    "fragile",
    "upright",
    "soft",
)
LONGEST_MM = 5_000
HEAVIEST_G = 1_000_000
MOST_IN_A_CASE = 100_000


@dataclass(frozen=True)
class CaseBarcode:
    """A code that stands for `count` units of the item at once."""

    code: str
    count: int


@dataclass(frozen=True)
class ItemRow:
    """One item: size in mm, weight in g, value of one unit; lot, serial and expiry say what must be recorded."""

    owner: str
    sku: str
    name: str
    barcode: str
    case_barcodes: tuple[CaseBarcode, ...]
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    hs_code: str
    origin: str
    lot: bool
    serial: bool
    expiry: bool
    hazard: str
    value: Decimal
    currency: str
    fragile: bool
    upright: bool = False
    soft: bool = False


@dataclass(frozen=True)
class KitRow:
    """One component of a kit: `qty` units of `sku` make part of one `kit_sku`."""

    kit_sku: str
    sku: str
    qty: int
    name: str


def read_items(data: bytes, filename: str) -> tuple[ItemRow, ...]:
    """Items in file order. Raises FormatError with every bad line (check digits, codes used twice, sizes, ...)."""
    form = open_form(data, filename, REQUIRED, OPTIONAL)
    items = tuple(_item(line) for line in form.lines())
    _check_unique(form, items)
    form.close()
    return items


def read_kits(data: bytes, filename: str, skus: Collection[str]) -> tuple[KitRow, ...]:
    """Kit components; `skus` are the known items. A kit is no item itself and holds no other kit."""
    form = open_form(data, filename, ("kit_sku", "sku", "qty"), ("name",))
    kits = tuple(_kit(line, skus) for line in form.lines())
    counts = Counter((kit.kit_sku, kit.sku) for kit in kits)
    for kit, row in zip(kits, form.table.rows, strict=True):
        if counts[kit.kit_sku, kit.sku] > 1:
            form.problem(row.line, "sku", f"{kit.sku} stands more than once in {kit.kit_sku}; write one line.")
    form.close()
    return kits


def _kit(line: Line, skus: Collection[str]) -> KitRow:
    kit = KitRow(line.code("kit_sku"), line.code("sku"), line.integer("qty", 1, 10_000, -1), line.text("name"))
    if kit.sku not in skus:
        line.problem("sku", f"{kit.sku} is no known item.")
    if kit.kit_sku in skus:
        line.problem("kit_sku", f"{kit.kit_sku} is an item; a kit needs a SKU of its own.")
    if kit.qty == -1:
        line.problem("qty", "This must not be blank.")
    return kit


def _item(line: Line) -> ItemRow:
    return ItemRow(
        line.code("owner", longest=8),
        line.code("sku"),
        line.required("name"),
        _ean(line, "barcode", line.text("barcode")),
        _cases(line),
        _size(line, "length_mm", LONGEST_MM),
        _size(line, "width_mm", LONGEST_MM),
        _size(line, "height_mm", LONGEST_MM),
        _size(line, "weight_g", HEAVIEST_G),
        _matching(line, "hs_code", r"\d{6,12}", "at least six digits"),
        _matching(line, "origin", r"[A-Z]{2}", "a country code of two capitals"),
        line.flag("lot"),
        line.flag("serial"),
        line.flag("expiry"),
        line.text("hazard"),
        line.decimal("value"),
        _matching(line, "currency", r"[A-Z]{3}", "a currency code of three capitals"),
        line.flag("fragile"),
        line.flag("upright"),
        line.flag("soft"),
    )


def _size(line: Line, name: str, high: int) -> int:
    if not line.required(name):
        return 0
    return line.integer(name, 1, high)


def _matching(line: Line, name: str, pattern: str, meaning: str) -> str:
    value = line.text(name)
    if value and not re.fullmatch(pattern, value, re.ASCII):
        line.problem(name, f"{value!r} is not {meaning}.")
    return value


def _ean(line: Line, name: str, code: str) -> str:
    if code and not (code.isascii() and ean.is_valid(code)):
        line.problem(name, f"{code} is no EAN or GTIN: its check digit or length is wrong.")
    return code


def _cases(line: Line) -> tuple[CaseBarcode, ...]:
    return tuple(_case(line, part.strip()) for part in line.text("case_barcodes").split(";") if part.strip())


def _case(line: Line, part: str) -> CaseBarcode:
    code, _, count = part.partition(":")
    if not re.fullmatch(r"[0-9]{1,6}", count) or not 2 <= int(count) <= MOST_IN_A_CASE:
        line.problem("case_barcodes", f"{part!r}: write code:count with a count of at least 2.")
        return CaseBarcode(code, 0)
    return CaseBarcode(_ean(line, "case_barcodes", code), int(count))


def _check_unique(form: Form, items: tuple[ItemRow, ...]) -> None:
    first: dict[tuple[str, str], int] = {}
    for item, row in zip(items, form.table.rows, strict=True):
        names = [(f"sku of {item.owner}", item.sku)]
        names += [("barcode", code) for code in (item.barcode, *(case.code for case in item.case_barcodes)) if code]
        for name in names:
            if first.setdefault(name, row.line) != row.line or names.count(name) > 1:
                form.problem(row.line, name[0], f"{name[1]} is already on line {first[name]}.")
