"""What a backer chose, from cells: quantities in columns, numbered blocks, lines, or a list in one cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from wms.formats.csv_text import squeeze
from wms.formats.fields import whole
from wms.formats.orders import damage
from wms.formats.orders.profiles import Block, Profile
from wms.formats.orders.rows import BadRowError, Column, ExportItem

MOST_OF_ONE = 9_999
NOT_SHIPPED = {"false", "no", "0"}
PIECE = re.compile(
    r"(?P<many>\d{1,4})\s*[x×*]\s+(?P<after>\S.*)|(?P<sku>\S.*?)(?:\s+[x×*]\s*|\s*[×*:]\s*|\s*\((?=\d+\)$))(?P<n>\d{1,5})\)?",
    re.IGNORECASE | re.DOTALL,
)
Text = Callable[[str], str]
"""Field of an order -> its cell, "" when there is none."""
Goods = tuple[tuple[int, str, str, str], ...]
"""Position, source, key and title of the columns that hold quantities."""


def columns_of_goods(columns: Sequence[Column], profile: Profile) -> Goods:
    """The columns that hold quantities; an add-on's key is the number in its name."""
    found = []
    for position, column in enumerate(columns):
        if column.role in ("item", "sku", "addon"):
            named = profile.addon.match(column.name) if profile.addon and column.role == "addon" else None
            source = ("addon", named[1], named[2]) if named else (column.role, column.name, column.name)
            found.append((position, *source))
    return tuple(found)


def in_columns(cells: Sequence[str], goods: Goods) -> list[ExportItem]:
    """What the quantities in columns say. Raises BadRowError naming the column of a cell that is none."""
    items = []
    for position, source, key, title in goods:
        cell = cells[position]
        if cell and cell != "0" and (qty := quantity(cell, title)):
            items.append(ExportItem(source, key, title, qty))
    return items


def quantity(cell: str, title: str) -> int:
    """A quantity of something. Raises BadRowError naming it."""
    qty = whole(cell)
    if qty is None or not 0 <= qty <= MOST_OF_ONE:
        why = f" ({damage.said(cell)})" if damage.error(cell) else ""
        raise BadRowError(f"{title}: {cell!r}{why} is not a quantity from 0 to {MOST_OF_ONE}.", title)
    return qty


def on_line(text: Text) -> list[ExportItem]:
    """What one line of its own says: SKU, name, variant, quantity (1 when there is no such column)."""
    sku, name, variant = text("item_sku"), text("item_name"), text("item_variant")
    if not (sku or name) or text("item_ships").casefold() in NOT_SHIPPED:
        return []
    _whole_code(sku, "item_sku")
    qty = quantity(text("item_qty") or "1", "Quantity")
    title = ", ".join(filter(None, (name or sku, variant)))
    return [ExportItem("sku", sku, title, qty) if sku else ExportItem("item", title, title, qty)] if qty else []


def in_list(cell: str) -> list[ExportItem]:
    """What a list in one cell says: "CORE-EN x 1, EXP-1 (2)" or "2 x COINS"; without a number it is one."""
    items = []
    for piece in filter(None, (part.strip() for part in re.split(r"[,;|\n]", cell))):
        found = PIECE.fullmatch(piece)
        sku = (found["after"] or found["sku"]).strip() if found else piece
        _whole_code(sku, "skus")
        qty = quantity((found["many"] or found["n"]) if found else "1", sku)
        if qty:
            items.append(ExportItem("sku", sku, sku, qty))
    return items


def blocks_of(header: Sequence[str], block: Block) -> tuple[dict[str, int], ...]:
    """The repeated blocks of a header: part -> position, one set for each repetition, in order."""
    named = (("sku", block.sku), ("name", block.name), ("qty", block.qty))
    wanted = {squeeze(name): part for part, name in named if name}
    wanted |= {squeeze(name): f"option{number}" for number, name in enumerate(block.options)}
    found: list[dict[str, int]] = []
    for position, name in enumerate(header):
        plain = squeeze(re.sub(r" \(\d+\)$", "", name))
        part = wanted.get(plain)
        if part:
            if not found or part in found[-1]:
                found.append({})
            found[-1][part] = position
    return tuple(found)


def in_blocks(cells: Sequence[str], blocks: Sequence[dict[str, int]]) -> list[ExportItem]:
    """What the repeated blocks say."""
    items = []
    for block in blocks:
        parts = {part: cells[position] for part, position in block.items()}
        sku, name = parts.pop("sku", ""), parts.pop("name", "")
        qty = parts.pop("qty", "") or "1"
        if sku or name:
            _whole_code(sku, "Item SKU")
            title = ", ".join(filter(None, (name or sku, *parts.values())))
            count = quantity(qty, title)
            items.append(ExportItem("sku", sku, title, count) if sku else ExportItem("item", title, title, count))
    return [item for item in items if item.qty]


def _whole_code(sku: str, column: str) -> None:
    if damage.scientific(sku) or damage.date(sku) or damage.error(sku):
        raise BadRowError(f"A spreadsheet turned this SKU into {sku!r}; its own text is lost.", column)
