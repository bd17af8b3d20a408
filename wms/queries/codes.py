"""What a scanned text names: one look into the directory for all its readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from wms.barcodes import Scanned
from wms.db import Tx, table_of
from wms.models.items import Code

code = table_of(Code)
named = select(code).where(code.c.code.in_(bindparam("texts", expanding=True)))


@dataclass(frozen=True)
class Meaning:
    """One thing a scan can name, with what a GS1 label said beside it."""

    kind: str
    ref: int
    code: str
    name: str
    qty: int = 1
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None
    unsure: bool = False  # lot or serial number may have swallowed another element


def meanings(tx: Tx, scanned: Scanned) -> list[Meaning]:
    """Return everything the readings of a scan name, in the order of the readings (one statement)."""
    texts = list(dict.fromkeys(reading.text for reading in scanned.readings if reading.text))
    if not texts:
        return []
    found = {row.code: row for row in tx.execute(named, {"texts": texts})}
    result = []
    for reading in reversed(scanned.readings):  # a reading with more facts replaces the bare text of the same code
        if row := found.pop(reading.text, None):
            thing = (row.kind, row.ref, row.code, row.name, row.qty * (reading.count or 1))
            result.append(Meaning(*thing, reading.lot, reading.expiry, reading.serial, reading.facts.unsure))
    return result[::-1]


def name_inside(tx: Tx, scanned: Scanned) -> str | None:
    """Return the name of the item of which this is a case, when the item is known and the case is not."""
    found = tx.one(named, texts=scanned.inside) if scanned.inside else None
    return str(found.name) if found else None
