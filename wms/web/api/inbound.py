"""API: receipts, and the files that come in from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from werkzeug.datastructures import FileStorage

from wms.errors import NotFound
from wms.operations import amending, importing, staging
from wms.queries import imports as reads
from wms.queries import inbound, office
from wms.queries.listing import page_of
from wms.web import uploads
from wms.web.api.core import Done, api
from wms.web.api.orders import OFFICE, Reason
from wms.web.auth import who
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, by, settings, snapshot, store

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
    """What an import did: the receipt it announced, or how many orders it brought and how many of them are held.

    A large file is left to the worker (state reading): see GET /imports/<id>.
    """

    kind: str
    filename: str
    receipt_id: int | None = None
    import_id: int | None = None
    state: str = "done"
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


class Held(Told):
    """So many orders of a file are held for one reason."""

    code: str
    orders: int


class Changes(Told):
    """What a file changed: orders added, changed (applied, or waiting for a person), gone, back, unchanged."""

    added: int
    changed: int
    gone: int
    back: int
    unchanged: int
    applied: int
    waiting: int


class RejectedRow(Told):
    """A row of a file that is no order."""

    file: str
    line: int
    column: str
    reason: str


class ImportDetail(Told):
    """One file of orders: how it was read, how far it is, what came of it. `confidence` is from 0 to 1."""

    id: int
    state: str
    filename: str
    campaign: str | None
    profile: str
    title: str
    verified: bool
    verified_says: str
    confidence: float
    rows: int
    accepted: int
    rejected: list[RejectedRow]
    orders: int
    done: int
    held: list[Held]
    changes: Changes
    asks: list[str]
    again: bool


class ImportChange(Told):
    """What an import did to one order: field -> before and now; a change of a locked order waits for a decision."""

    id: int
    order_id: int | None
    number: str
    kind: str
    fields: dict[str, list[str]]
    applied: bool
    waiting: bool
    decision: str
    decided_at: datetime | None
    decided_name: str | None


class ChangeQuery(PageQuery):
    """Which changes."""

    show: Literal["", "waiting", "changed", "added", "gone", "back"] = ""


@api.route("GET /imports/<id:import_id>", Deal(ImportDetail), *OFFICE)
def one_import(import_id: int) -> Any:
    """Show a file of orders: how it was read, how far it is, what came of it."""
    with snapshot() as tx:
        row = reads.one(tx, import_id)
        if row is None:
            raise NotFound(what=f"Import {import_id}")
        told = reads.printable(importing.told(tx, import_id), staging.known_profiles())
    held = [{"code": code, "orders": number} for code, number in told["held"].items()]
    return told | {"id": row.id, "filename": row.filename, "campaign": row.campaign, "held": held}


@api.route("GET /imports/<id:import_id>/changes", Deal(Paged[ImportChange], query=ChangeQuery), *OFFICE)
def import_changes(import_id: int, query: ChangeQuery) -> Any:
    """List what a file changed, order by order; what waits for a decision first."""
    with snapshot() as tx:
        return reads.change_list(tx, import_id, query.show, query.cut)


@api.route("POST /import-changes/<id:change_id>/apply", Deal(Done), *OFFICE)
def apply_change(change_id: int) -> Any:
    """Write a change of a later file into a locked order."""
    act(amending.apply_change, settings(), by(), change_id)
    return {"done": True}


@api.route("POST /import-changes/<id:change_id>/refuse", Deal(Done, body=Reason), *OFFICE)
def refuse_change(change_id: int, body: Reason) -> Any:
    """Let a locked order stay as it is, whatever the file says."""
    act(amending.refuse_change, by(), change_id, body.reason)
    return {"done": True}


@api.route("POST /imports", Deal(Imported, form=Upload, status=201), *IMPORTERS)
def import_file(form: Upload, file: FileStorage) -> Any:
    """Read a packing list or a backer report; what cannot be read is named by line and field."""
    return uploads.take_in(store(), settings(), who(), uploads.File(form.kind, form.owner, form.campaign, file))
