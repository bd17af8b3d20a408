"""API: printers and labels."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from wms.operations import labelling, stickers
from wms.queries import office
from wms.web.api.core import Done, Queued, api
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, by, settings, snapshot

OFFICE = ("supervisor", "admin")


class PrinterRow(Told):
    """A printer, where it stands, and what is wrong with it."""

    id: int
    code: str
    name: str
    transport: str
    host: str
    port: int
    dpi: int
    station: str | None
    paused: bool
    trouble: str
    trouble_since: datetime | None
    waiting: int


class PrintJobRow(Told):
    """One label on its way to paper."""

    id: int
    template: str
    subject: str
    event: str
    copy_number: int
    state: str
    reason: str
    printer: str | None
    operator: str | None
    attempts: int
    created_at: datetime
    ended_at: datetime | None


class Printers(Told):
    """All printers."""

    items: list[PrinterRow]


class PrinterChange(Asked):
    """What to change; what is left out stays. `station` is the name of a place, "" for none."""

    name: str | None = Field(None, min_length=1, max_length=60)
    transport: Literal["tcp", "file", "spooler"] | None = None
    host: str | None = Field(None, max_length=120)
    port: int | None = Field(None, ge=1, le=65535)
    queue: str | None = Field(None, max_length=60)
    dpi: Literal[203, 300] | None = None
    station: str | None = Field(None, max_length=30)
    paused: bool | None = None


class PrintJobQuery(PageQuery):
    """Which labels; `printer` is its code, `q` a part of the code on the label."""

    state: Literal["", "queued", "sending", "sent", "confirmed", "uncertain", "failed", "void"] = ""
    template: str = Field("", max_length=12)
    printer: str = Field("", max_length=20)
    q: str = Field("", max_length=60)


class Fate(Asked):
    """Whether the uncertain label was printed; if not, a copy is."""

    printed: bool


class VoidReason(Asked):
    """Why the label is not wanted."""

    reason: str = Field("", max_length=200)


class NewLabels(Asked):
    """Which labels: names of places, SKUs, codes of totes, or ids of people (badges)."""

    kind: Literal["location", "item", "tote", "badge"]
    refs: list[str] = Field(min_length=1, max_length=stickers.REFS_MAX)


@api.route("GET /printers", Deal(Printers))
def printers() -> Any:
    """List printers with their troubles."""
    with snapshot() as tx:
        return {"items": office.printer_list(tx)}


@api.route("PATCH /printers/<id:printer_id>", Deal(Done, body=PrinterChange), "admin")
def change_printer(printer_id: int, body: PrinterChange) -> Any:
    """Change a printer, or pause it."""
    changes = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    act(stickers.change_printer, settings(), printer_id, changes)
    return {"done": True}


@api.route("GET /print-jobs", Deal(Paged[PrintJobRow], query=PrintJobQuery))
def print_jobs(query: PrintJobQuery) -> Any:
    """List labels, the newest first; never their content."""
    filters = {"state": query.state, "template": query.template, "printer": query.printer, "text": query.q}
    with snapshot() as tx:
        return office.print_job_list(tx, filters, query.cut)


@api.route("POST /print-jobs/<id:job_id>/reprint", Deal(Queued, status=201), "supervisor")
def reprint(job_id: int) -> Any:
    """Print a label once more, marked as a copy."""
    return {"ids": [act(labelling.reprint, settings(), by(), job_id)]}


@api.route("POST /print-jobs/<id:job_id>/void", Deal(Done, body=VoidReason), "supervisor")
def void_label(job_id: int, body: VoidReason) -> Any:
    """Give up a label that is not printed."""
    act(labelling.void, by(), job_id, body.reason)
    return {"done": True}


@api.route("POST /print-jobs/<id:job_id>/resolve", Deal(Queued, body=Fate), "supervisor")
def resolve_label(job_id: int, body: Fate) -> Any:
    """Say what became of an uncertain label."""
    made = act(labelling.resolve, settings(), by(), job_id, body.printed)
    return {"ids": [made] if made else []}


@api.route("POST /labels", Deal(Queued, body=NewLabels, status=202), *OFFICE)
def print_labels(body: NewLabels) -> Any:
    """Print labels of places, items, totes or badges."""
    made = act(stickers.print_for, settings(), by(), body.kind, body.refs)
    return {"ids": made}
