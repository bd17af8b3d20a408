"""Pieces that several screens show in the same way: an item, a place, a thing to scan."""

from __future__ import annotations

from typing import Any

from wms.barcodes import check_of
from wms.errors import several
from wms.flows.engine import Target


def item_card(row: Any) -> dict[str, str]:
    """Return the card of an item from a row with sku, name (or item_name), barcode and colour."""
    name = row._mapping.get("item_name", row._mapping.get("name", ""))
    return {"sku": row.sku, "name": name, "code": row.barcode, "colour": row.colour or ""}


def item_target(row: Any) -> Target:
    """Return "scan this item" from a row with sku and barcode."""
    return Target("item", row.barcode, row.sku)


def place_card(name: str, code: str) -> dict[str, str]:
    """Return a place with the check character of its label."""
    return {"name": name, "check": check_of(code)}


def quantity_target(number: int) -> Target:
    """Return "type this number of units"."""
    return Target("quantity", str(number), several(number, "unit"))


def key_target(key: str, label: str) -> Target:
    """Return "press this key"."""
    return Target("key", key, label)
