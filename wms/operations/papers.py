"""Labels that speak to others: the GS1 logistic label with an SSCC that is never given twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, update

from wms.barcodes import gs1 as codes
from wms.db import Tx, table_of
from wms.errors import BadInput
from wms.labels import gs1
from wms.labels.labels import LogisticLabel
from wms.models.labels import Sscc
from wms.operations import directory
from wms.operations.customs import lines_of
from wms.operations.ledger import By
from wms.queries import boxes, papers
from wms.settings import Settings

numbers = table_of(Sscc)


def sscc_of(tx: Tx, settings: Settings, by: By, plate: Row[Any]) -> str:
    """Return the SSCC of a licence plate, given to it now if it has none; it opens the plate when it is scanned.

    Raises BadInput when the site has no company prefix or has used it up.
    """
    if plate.sscc:
        return str(plate.sscc)
    if not settings.site.gs1_prefix:
        raise BadInput(field="site.gs1_prefix", why="is empty: an SSCC begins with the site's GS1 company prefix")
    row = {"lpn_id": plate.id, "made_at": tx.now, "operator_id": by.operator_id}
    serial = tx.execute(insert(numbers).values(**row).returning(numbers.c.id)).scalar_one()
    code = gs1.sscc(settings.site.gs1_prefix, serial)
    tx.execute(update(numbers).where(numbers.c.id == serial).values(code=code))
    directory.register(tx, code, "parcel" if plate.kind == "parcel" else "lpn", plate.id, plate.code)
    return code


def logistic_label(tx: Tx, settings: Settings, by: By, plate: Row[Any]) -> LogisticLabel:
    """Return the GS1 label of a carton, pallet or parcel; what is in it as GS1 data when it is all of one kind."""
    rows = papers.on_plate(tx, plate.id)
    content = gs1_content(rows)
    facts = [f"{row.qty} × {row.sku}" + (f", batch {row.lot}" if row.lot else "") for row in rows]
    shown = facts if len(facts) <= 4 else [*facts[:3], f"and {len(facts) - 3} more lines"]
    to = lines_of(boxes.address_of(tx, plate.parcel_id)) if plate.parcel_id else ()
    code = sscc_of(tx, settings, by, plate)
    return LogisticLabel(code, settings.site.name, to, content, tuple(shown))


def gs1_content(rows: list[Row[Any]]) -> tuple[tuple[str, str], ...]:
    """Return (02) trade item, (15) best before, (37) count, (10) batch of goods that are all alike and have a GTIN."""
    gtin = codes.gtin(rows[0].barcode) if len(rows) == 1 else None
    if gtin is None:
        return ()
    row = rows[0]
    found = {"02": gtin.zfill(14), "15": row.expiry.strftime("%y%m%d") if row.expiry else "", "37": str(row.qty)}
    found["10"] = row.lot if row.lot and len(row.lot) <= 20 and not gs1.UNSAFE.search(row.lot) else ""
    return tuple((identifier, value) for identifier, value in found.items() if value)
