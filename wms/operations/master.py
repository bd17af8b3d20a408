"""Master data: owners, items, kits, places, totes, people, printers, cartons and carriers come into the house here."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from wms import barcodes
from wms.db import Tx, table_of
from wms.errors import NotFound
from wms.models.items import Item, KitLine, Owner, Packaging
from wms.models.places import Location
from wms.models.stock import Lpn
from wms.operations import directory

owners, items, packagings, kit_lines = table_of(Owner), table_of(Item), table_of(Packaging), table_of(KitLine)
locations, lpns = table_of(Location), table_of(Lpn)
# A picture before there is one: colours that stay apart for the colour-blind (after Okabe and Ito, 2008).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a4f9a", "#8c6d1f")
NUMBERED = {"carton": "LP", "pallet": "LP", "tote": "TO", "parcel": "PA"}


def add(tx: Tx, table: Any, **values: Any) -> int:
    """Insert one row and return its id."""
    key = tx.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def add_owner(tx: Tx, code: str, name: str) -> int:
    """Return the id of the owner `code`, made when new."""
    found = tx.value(select(owners.c.id).where(owners.c.code == code))
    return int(found) if found else add(tx, owners, code=code, name=name)


def colour_of(sku: str) -> str:
    """Return the colour that stands for an item until it has a picture."""
    return COLOURS[zlib.crc32(sku.encode()) % len(COLOURS)]


def add_item(tx: Tx, owner_id: int, sku: str, cases: Sequence[tuple[str, int]] = (), **facts: Any) -> int:
    """Add or update an item by SKU; its barcode (or SKU) and case codes enter the directory.

    `facts` are columns of Item; `cases` are (code, units). Raises CodeTaken when a barcode names another item.
    """
    facts = {"barcode": facts.get("barcode") or sku, "colour": colour_of(sku)} | {
        k: v for k, v in facts.items() if v != ""
    }
    found = tx.value(select(items.c.id).where(items.c.sku == sku))
    if found:
        tx.execute(update(items).where(items.c.id == found).values(**facts))
        item_id = int(found)
    else:
        item_id = add(tx, items, owner_id=owner_id, sku=sku, **facts)
    for code in dict.fromkeys((facts["barcode"], sku, sku.upper())):
        directory.register(tx, code, "item", item_id, sku)
    for code, qty in cases:
        directory.register_case(tx, code, item_id, sku, qty)
        if not tx.value(select(packagings.c.id).where(packagings.c.code == code)):
            add(tx, packagings, item_id=item_id, code=code, qty=qty)
    return item_id


def set_kit(tx: Tx, kit_sku: str, parts: dict[str, int]) -> None:
    """Make `kit_sku` a kit of `parts` (SKU -> units); raises NotFound naming an unknown SKU."""
    ids = {row.sku: row.id for row in tx.all(select(items.c.id, items.c.sku).where(items.c.sku.in_([kit_sku, *parts])))}
    for sku in (kit_sku, *parts):
        if sku not in ids:
            raise NotFound(what=f"Item {sku}")
    tx.execute(update(items).where(items.c.id == ids[kit_sku]).values(is_kit=True))
    tx.execute(kit_lines.delete().where(kit_lines.c.kit_id == ids[kit_sku]))
    for sku, qty in parts.items():
        add(tx, kit_lines, kit_id=ids[kit_sku], item_id=ids[sku], qty=qty)


def add_location(tx: Tx, name: str, kind: str, **facts: Any) -> int:
    """Add or update a place by name; its code is `LO-<name>-<check>`."""
    found = tx.value(select(locations.c.id).where(locations.c.name == name))
    if found:
        tx.execute(update(locations).where(locations.c.id == found).values(kind=kind, **facts))
        return int(found)
    code = barcodes.code("LO", name)
    location_id = add(tx, locations, name=name, code=code, kind=kind, **facts)
    directory.register(tx, code, "location", location_id, name)
    return location_id


def add_lpn(tx: Tx, kind: str, location_id: int | None = None, **facts: Any) -> tuple[int, str]:
    """Add a licence plate (carton, pallet, tote, parcel), numbered by its row; return (id, code)."""
    lpn_id = add(tx, lpns, kind=kind, location_id=location_id, code=f"new {kind}", **facts)
    prefix = NUMBERED[kind]
    code = barcodes.number_code(prefix, lpn_id)
    tx.execute(update(lpns).where(lpns.c.id == lpn_id).values(code=code))
    meaning = kind if kind in ("tote", "parcel") else "lpn"
    directory.register(tx, code, meaning, lpn_id, f"{lpn_id}" if kind == "tote" else code)
    return lpn_id, code
