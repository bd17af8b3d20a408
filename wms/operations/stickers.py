"""Labels that somebody asks for: of places, items, totes and people. A label of an event is its event's own affair."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from wms import barcodes
from wms.db import Tx, table_of
from wms.errors import BadInput, NotAllowed, NotFound
from wms.labels.hosts import Allowed, HostRefused, check_host
from wms.labels.labels import BadgeLabel, ItemLabel, Label, LocationLabel, ToteLabel
from wms.models.items import Item
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.printing import Printer
from wms.models.stock import Lpn
from wms.operations import labelling
from wms.operations.labelling import Print
from wms.operations.ledger import By
from wms.settings import Settings

items, operators, places, lpns, printers = (table_of(each) for each in (Item, Operator, Location, Lpn, Printer))
REFS_MAX = 200
KINDS = {"location": (places, "name"), "item": (items, "sku"), "tote": (lpns, "code"), "badge": (operators, "id")}


def print_for(tx: Tx, settings: Settings, by: By, kind: str, refs: Sequence[str]) -> list[int]:
    """Queue one label for each of `refs` (place names, SKUs, tote codes, ids of people) and return the jobs' ids.

    All or none: raises BadInput for an unknown kind, no or too many refs, NotFound naming what does not exist.
    """
    if kind not in KINDS:
        raise BadInput(field="kind", why=f"one of {', '.join(KINDS)}")
    if not 1 <= len(refs) <= REFS_MAX:
        raise BadInput(field="refs", why=f"1 to {REFS_MAX} of them")
    ask = secrets.token_hex(4)
    rows = {name_of(row, kind): row for row in tx.all(wanted(kind, refs))}
    if missing := [ref for ref in refs if ref not in rows]:
        raise NotFound(what=f"{kind.capitalize()} {missing[0]}")
    if kind == "badge":
        check_badges(tx, by, list(rows.values()))
    made = []
    for ref in dict.fromkeys(refs):
        label, code = label_of(kind, rows[ref])
        made.append(labelling.enqueue(tx, settings, Print(label, f"asked:{ask}:{kind}:{ref}"[:80], code), by))
    return made


def check_badges(tx: Tx, by: By, people: Sequence[Any]) -> None:
    """Raise NotAllowed when somebody who is no administrator wants an administrator's badge."""
    asks = tx.value(select(operators.c.roles).where(operators.c.id == by.operator_id))
    if asks != "admin" and any(person.roles == "admin" for person in people):
        raise NotAllowed(what="an admin's badge")


def wanted(kind: str, refs: Sequence[str]) -> Any:
    """Return the statement for the things of a kind."""
    table, key = KINDS[kind]
    values: list[Any] = [int(ref) for ref in refs if ref.isdecimal() and len(ref) < 10] if key == "id" else list(refs)
    found = select(table).where(table.c[key].in_(values))
    return found.where(lpns.c.kind == "tote") if kind == "tote" else found


def name_of(row: Any, kind: str) -> str:
    """Return what a row was asked for by."""
    return str(getattr(row, KINDS[kind][1]))


def label_of(kind: str, row: Any) -> tuple[Label, str]:
    """Return the label of a thing and the code on it."""
    match kind:
        case "location":
            return LocationLabel(code=row.code, name=row.name, check=barcodes.check_of(row.code)), row.code
        case "item":
            return ItemLabel(code=row.barcode, sku=row.sku, name=row.name), row.barcode
        case "tote":
            return ToteLabel(code=row.code, name=f"{row.id}"), row.code
        case _:
            return BadgeLabel(code=row.badge, name=row.name, roles=tuple(row.roles.split(","))), f"badge {row.id}"


def change_printer(tx: Tx, settings: Settings, printer_id: int, changes: dict[str, Any]) -> None:
    """Change a printer's name, address, density, place (`station`, its name) or pause it.

    Raises NotFound, and BadInput when its address is not one that labels may be sent to.
    """
    row = tx.one(select(printers).where(printers.c.id == printer_id).with_for_update(key_share=True))
    if row is None:
        raise NotFound(what=f"Printer {printer_id}")
    values = {name: value for name, value in changes.items() if name != "station"}
    if "station" in changes:
        values["station_id"] = station_id(tx, changes["station"])
    after = dict(row._mapping) | values
    if after["transport"] == "tcp" and {"host", "port", "transport"} & set(values):
        check_address(settings, after["host"], after["port"])
    if values:
        tx.execute(update(printers).where(printers.c.id == printer_id).values(**values))
    tx.announce("printing")


def station_id(tx: Tx, name: str) -> int | None:
    """Return the id of the place a printer stands at; an empty name is nowhere in particular."""
    if not name:
        return None
    found = tx.value(select(places.c.id).where(places.c.name == name, places.c.kind != "outside"))
    if found is None:
        raise BadInput(field="station", why=f"there is no place {name}")
    return int(found)


def check_address(settings: Settings, host: str, port: int) -> None:
    """Raise BadInput when a printer may not have this address."""
    try:
        check_host(host, port, Allowed(tuple(settings.printing.ports), settings.printing.allow_loopback))
    except HostRefused as refused:
        raise BadInput(field="host", why=str(refused)) from None
