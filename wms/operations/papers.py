"""Labels that speak to others: the GS1 logistic label with an SSCC that is never given twice, and customs forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, insert, update

from wms.barcodes import gs1 as codes
from wms.db import Tx, table_of
from wms.errors import BadInput, Refusal, clip
from wms.labels import gs1
from wms.labels.labels import LINES_MAX, Cn22Label, Cn23Label, CustomsLine, LogisticLabel
from wms.models.labels import Sscc
from wms.operations import directory
from wms.operations.ledger import By
from wms.queries import boxes, papers
from wms.settings import Settings

# A CN22 declares up to 300 SDR and 2 kg, a CN23 more. 300 of these are surely below 300 SDR (Royal Mail: GBP 270);
# what is in another currency goes on a CN23, which is always allowed.
CN22_VALUE = {"EUR": Decimal(300), "USD": Decimal(300), "CHF": Decimal(300), "GBP": Decimal(270)}
CN22_G = 2_000
numbers = table_of(Sscc)


class NoCustomsData(Refusal):
    """A customs form with a gap stops the parcel at the border."""

    sentence = "{sku} has no {what}. Customs ask for it."


class TwoCurrencies(Refusal):
    """A customs form adds its values up."""

    sentence = "{parcel} holds goods in {first} and {second}."


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


def customs_label(tx: Tx, settings: Settings, parcel: Row[Any]) -> Cn22Label | Cn23Label:
    """Return the customs form of a parcel: CN22, or CN23 where value, weight or the number of goods asks for it.

    Raises NoCustomsData naming the first gap, TwoCurrencies, BadInput without the site's address.
    """
    if not settings.site.address:
        raise BadInput(field="site.address", why="is empty: customs forms name the sender's address")
    rows = papers.declared(tx, parcel.id)
    total = sum((row.value * row.qty for row in rows), Decimal(0))
    currency = one_currency(parcel.code, rows)
    facts: dict[str, Any] = {
        "code": parcel.code,
        "sender_lines": (settings.site.name, *settings.site.address),
        "category": "sale",
        "lines": tuple(map(line_of, rows)),
        "currency": currency,
        "value": f"{total:.2f}",
        "weight_g": parcel.weight_g,
        "posted_on": tx.now.astimezone(settings.site.zone).date(),
        "signed": settings.site.name,
    }
    light = parcel.weight_g <= CN22_G and total <= CN22_VALUE.get(currency, Decimal(-1))
    return Cn22Label(**facts) if light and len(rows) <= LINES_MAX["cn22"] else Cn23Label(**facts, **to_whom(tx, parcel))


def to_whom(tx: Tx, parcel: Row[Any]) -> dict[str, Any]:
    """Return what a CN23 says beyond a CN22."""
    row = boxes.address_of(tx, parcel.id)
    assert row is not None
    facts = {"recipient_lines": lines_of(row), "country": row.to_country or row.country, "phone": row.phone}
    facts |= {"email": row.email, "reference": row.number, "invoice": row.number}
    return facts | {"importer": "", "postage": "", "comments": ""}


def line_of(row: Row[Any]) -> CustomsLine:
    """Return one line of a customs form; raises NoCustomsData for what is not known of its item."""
    known = {"tariff number": row.hs_code, "country of origin": row.origin, "weight": row.weight_g, "value": row.value}
    for what, value in known.items():
        if not value:
            raise NoCustomsData(sku=row.sku, what=what)
    value = f"{row.value * row.qty:.2f}"
    return CustomsLine(clip(row.name, 120), row.qty, row.weight_g * row.qty, value, row.hs_code, row.origin)


def one_currency(parcel: str, rows: list[Row[Any]]) -> str:
    """Return the currency of all rows; raises TwoCurrencies, and BadInput for a parcel with nothing in it."""
    found = sorted({row.currency for row in rows})
    if not found:
        raise BadInput(field=parcel, why="holds nothing to declare")
    if len(found) > 1:
        raise TwoCurrencies(parcel=parcel, first=found[0], second=found[1])
    return str(found[0])


def lines_of(row: Row[Any] | None) -> tuple[str, ...]:
    """Return an address as lines, the country last."""
    if row is None:
        return ()
    town = " ".join(part for part in (row.postal_code, row.city, row.state) if part)
    return tuple(part for part in (row.name, row.line1, row.line2, town, row.to_country or row.country) if part)
