"""API: receipts, and the files that come in from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from werkzeug.datastructures import FileStorage

from wms.errors import NotFound
from wms.queries import inbound, office
from wms.queries.listing import page_of
from wms.web import uploads
from wms.web.api.core import api
from wms.web.auth import who
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import snapshot, store

IMPORTERS = ("receiver", "supervisor", "admin")


class ReceiptRow(Told):
    """An announced delivery and how much of it came; `short` counts received cartons only."""

    id: int
    code: str
    number: str
    owner: str
    supplier: str
    state: str
    dock: str | None
    cartons: int
    cartons_done: int
    expected: int
    received: int
    damaged: int
    short: int
    created_at: datetime
    closed_at: datetime | None


class ReceiptLine(Told):
    """What one carton should hold of an item, and what was counted."""

    sku: str
    lot_code: str
    spare: bool
    expected: int
    received: int
    damaged: int


class ReceiptCarton(Told):
    """One carton of a receipt."""

    number: str
    code: str
    state: str
    place: str | None
    operator: str | None
    received_at: datetime | None
    lines: list[ReceiptLine]


class ReceiptDetail(Told):
    """One receipt with its cartons."""

    receipt: ReceiptRow
    cartons: list[ReceiptCarton]


class Problem(Told):
    """What is wrong in one line of a file."""

    line: int = 0
    field: str = ""
    sentence: str = ""


class ImportRow(Told):
    """A file that came in: rows = accepted + rejected + unchanged."""

    id: int
    kind: str
    filename: str
    at: datetime
    rows: int
    accepted: int
    rejected: int
    unchanged: int
    problems: list[Problem]


class Imported(Told):
    """What an import did: the receipt it announced, or how many orders it brought and how many of them are held."""

    kind: str
    filename: str
    receipt_id: int | None = None
    rows: int | None = None
    accepted: int | None = None
    rejected: int | None = None
    unchanged: int | None = None
    held: int | None = None


class Upload(Asked):
    """What a file is: a packing list of an owner's goods, or a backer report of a campaign, each by its code."""

    kind: Literal["packing", "orders"]
    owner: str = Field("", max_length=16)
    campaign: str = Field("", max_length=20)


@api.route("GET /receipts", Deal(Paged[ReceiptRow], query=PageQuery))
def receipts(query: PageQuery) -> Any:
    """List announced deliveries, open ones first."""
    with snapshot() as tx:
        return page_of(tx, inbound.all_receipts, query.cut)


@api.route("GET /receipts/<id:receipt_id>", Deal(ReceiptDetail))
def receipt(receipt_id: int) -> Any:
    """Show one receipt with its cartons and lines."""
    with snapshot() as tx:
        found = inbound.receipt(tx, receipt_id)
    if found is None:
        raise NotFound(what=f"Receipt {receipt_id}")
    cartons = [dict(row._mapping) | {"lines": found["lines"].get(row.id, [])} for row in found["cartons"]]
    return {"receipt": found["receipt"], "cartons": cartons}


@api.route("GET /imports", Deal(Paged[ImportRow], query=PageQuery), *IMPORTERS)
def imports(query: PageQuery) -> Any:
    """List the files that came in."""
    with snapshot() as tx:
        return office.import_list(tx, query.cut)


@api.route("POST /imports", Deal(Imported, form=Upload, status=201), *IMPORTERS)
def import_file(form: Upload, file: FileStorage) -> Any:
    """Read a packing list or a backer report; what cannot be read is named by line and field."""
    return uploads.take_in(store(), who(), uploads.File(form.kind, form.owner, form.campaign, file))
