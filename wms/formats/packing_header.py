"""Finds the table of a factory packing list: its header of one or two rows, in English or Chinese, with units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wms.formats.workbooks import Sheet

# First match wins, so the narrower names stand above the wider ones. Chinese terms as used in the packing trade:
# 箱号 carton no., 货号/款号/型号 item no., 品名 description, 箱数 cartons, 每箱 per carton, 数量 quantity,
# 净重/毛重 net/gross weight, 体积 volume, 尺寸 size, 批号 lot, 有效期/保质期 expiry.
ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        ("per_carton", r"(QTY|QUANTITY|PCS|UNITS?|SETS?)\s*(/|PER\s*)\s*(CTN|CARTON|BOX|CASE)|每箱|装箱数"),
        ("lot", r"\b(LOT|BATCH)\b|批号|批次"),
        ("expiry", r"\bEXP(IRY|\.|\b)|BEST BEFORE|\bBBE?\b|USE BY|有效期|保质期"),
        ("cbm", r"\bCBM\b|\bM3\b|VOLUME|体积|立方"),
        ("net", r"\bN\.?\s*W\b|NET\s*W|净重"),
        ("gross", r"\bG\.?\s*W\b|GROSS\s*W|毛重"),
        ("size", r"\bMEAS|DIMENSION|CARTON SIZE|CTN SIZE|\bSIZE\b|尺寸|外箱规格"),
        ("carton", r"\b(C|CTN|CARTON|CASE|BOX)S?\s*[/.]*\s*(NO|NUMBER|#)|\bCTN\s*#|MARKS?\s*(&|AND)\s*NO|箱号|件号"),
        ("cartons", r"\b(CTNS?|CARTONS?|PACKAGES|PKGS)\b|箱数|件数"),
        ("po", r"\bP\.?\s*O\.?(\s*NO|\b)|PURCHASE ORDER|ORDER NO|订单号"),
        ("sku", r"\bSKU\b|\b(ITEM|STYLE|MODEL|ART(ICLE)?|PART)\s*\.?\s*(NO|NUMBER|CODE|#)|货号|款号|型号|料号"),
        ("description", r"DESCRIPTION|GOODS|COMMODITY|\bNAME\b|品名|描述|名称"),
        ("qty", r"\b(QTY|QUANTITY|PCS|PIECES|UNITS)\b|数量|总数"),
    )
)
LEADS = {"net", "gross", "size"}  # their second header row says which part a column holds
EACH = re.compile(r"@|EACH|/\s*(CTN|CARTON)|PER\s|单|每")
TOTAL = re.compile(r"TOTAL|总|合计")
KILO = {"KG": Decimal(1000), "KGS": Decimal(1000), "公斤": Decimal(1000), "千克": Decimal(1000)}
GRAMS_PER = {**KILO, "G": Decimal(1), "GRAMS": Decimal(1), "LB": Decimal("453.59237"), "LBS": Decimal("453.59237")}
MM_PER = {
    "CM": Decimal(10), "CMS": Decimal(10), "厘米": Decimal(10), "MM": Decimal(1), "毫米": Decimal(1),
    "M": Decimal(1000), "IN": Decimal("25.4"), "INCH": Decimal("25.4"), "INCHES": Decimal("25.4"),
}  # fmt: skip
SIDES = {"L": "length", "LENGTH": "length", "长": "length", "W": "width", "WIDTH": "width", "宽": "width",
         "H": "height", "HEIGHT": "height", "高": "height"}  # fmt: skip
WEIGHT_SIGN = re.compile(r"\b[GN]\.?\s*W\b")  # the G of "G.W." is no gram
ENOUGH = 3  # roles in one row that make it a header


@dataclass(frozen=True)
class Header:
    """Where a table's columns are; `first` is the first data row (from 0), weights and sizes have one unit each.

    `row` is the header's own (top) row. A role that the list lacks is not in `columns`.
    """

    columns: Mapping[str, int]
    row: int
    first: int
    grams: Decimal
    mm: Decimal
    unitless: tuple[str, ...]


def find_header(sheet: Sheet) -> Header | None:
    """The header of a sheet's packing table, or None when the sheet has none."""
    for position, row in enumerate(sheet.rows):
        roles = _roles([plain(cell) for cell in row])
        if len(roles) >= ENOUGH and "sku" in roles.values() and {"qty", "per_carton"} & set(roles.values()):
            return _header(sheet, position, roles)
    return None


def plain(text: str) -> str:
    """A header cell for matching: capitals, full-width forms made narrow, line breaks as blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def _role(label: str) -> str:
    return next((role for role, pattern in ROLES if pattern.search(label)), "")


def _roles(labels: Sequence[str]) -> dict[int, str]:
    return {position: role for position, label in enumerate(labels) if label and (role := _role(label))}


def _header(sheet: Sheet, position: int, tops: dict[int, str]) -> Header:
    below = sheet.rows[position + 1] if position + 1 < len(sheet.rows) else ()
    second = [plain(cell) for cell in below] if _is_second_row(below, tops) else []
    labels = [plain(cell) for cell in sheet.rows[position]]
    columns: dict[str, int] = {}
    lead = ""
    for column in range(max(len(labels), len(second))):
        top = labels[column] if column < len(labels) else ""
        sub = second[column] if column < len(second) else ""
        lead = tops.get(column, "") if top else lead if sub else ""
        for role in _columns_of(lead, top, sub):
            columns.setdefault(role, column)
    texts = _texts(labels, second, columns)
    grams, weight_named = _unit([texts["net"], texts["gross"]], GRAMS_PER, Decimal(1000))
    mm, size_named = _unit([texts["size"]], MM_PER, Decimal(10))
    unitless = [name for name, named in (("weights", weight_named), ("sizes", size_named)) if not named]
    return Header(columns, position, position + (2 if second else 1), grams, mm, tuple(unitless))


def _is_second_row(row: Sequence[str], tops: Mapping[int, str]) -> bool:
    """A row of sub-titles: something in it, but no number and no goods under the SKU column."""
    cells = [cell for cell in row if cell.strip()]
    numbers = any(re.search(r"\d", cell) for cell in cells)
    goods = any(position < len(row) and row[position].strip() for position, role in tops.items() if role == "sku")
    return bool(cells) and not numbers and not goods


def _columns_of(lead: str, top: str, sub: str) -> list[str]:
    """The roles a column plays, by its group's title and its own sub-title."""
    label = f"{top} {sub}".strip()
    if lead == "size":
        side = next((SIDES[word] for word in _words(sub or top) if word in SIDES and sub), "")
        return [side or "size"]
    if lead in LEADS:
        if TOTAL.search(label) and not EACH.search(sub):
            return [f"{lead}_total"]
        return [f"{lead}_each" if EACH.search(label) else f"{lead}_total"]
    return [lead] if lead and top else []


def _words(label: str) -> list[str]:
    return [word for word in re.split(r"[^A-Z\u4e00-\u9fff]+", label) if word]


def _texts(labels: list[str], second: list[str], columns: Mapping[str, int]) -> dict[str, str]:
    """All header text of each group, where its unit is looked for."""
    texts = dict.fromkeys(LEADS, "")
    lead = ""
    for column in range(max(len(labels), len(second))):
        top = labels[column] if column < len(labels) else ""
        sub = second[column] if column < len(second) else ""
        lead = _role(top) if top else lead
        if lead in texts:
            texts[lead] += f" {top} {sub}"
    return texts


def _unit(texts: list[str], units: Mapping[str, Decimal], default: Decimal) -> tuple[Decimal, bool]:
    """The unit that a group's titles name, and whether they name one (a group that is not there needs none)."""
    words = [word for text in texts for word in _words(WEIGHT_SIGN.sub(" ", text))]
    named = sorted((word for word in words if word in units), key=lambda word: word == "IN")  # "SIZE IN CM" is in cm
    return (units[named[0]], True) if named else (default, not any(texts))
