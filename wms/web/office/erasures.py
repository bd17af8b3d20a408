"""Office pages: until when people's data are kept, erasing them, and who took or looked at what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any, Literal

from flask import send_file
from pydantic import Field
from werkzeug.wrappers import Response

from wms import clock
from wms.db import Tx
from wms.errors import BadInput
from wms.models.privacy import ACCESS_KINDS
from wms.operations import auditing, closing, erasing, jobs
from wms.operations.erasing import Wish
from wms.operations.ledger import By
from wms.queries import decisions, office, personal
from wms.queries import orders as order_reads
from wms.queries import privacy as reads
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked, PageQuery
from wms.web.parts import act, by, settings, snapshot

KINDS = {"file": "Took a file", "search": "Searched", "address": "Saw an address", "person": "Took all of one person"}
TABLES = {
    "recipient": "names and addresses",
    "customer_order": "rows of reports",
    "address_change": "corrections",
    "import_change": "changes by files",
    "hold": "stamps of doubted addresses",
    "import_reject": "rejected rows",
    "import": "imports with remarks",
    "import_piece": "files that waited",
    "print_job": "labels",
    "mail": "mails",
    "backer_page": "backers' pages",
    "job": "results of jobs",
}
SECRETS = {"nonce"}  # columns that open a door: nobody gets them, not even the person


class Erasing(Asked):
    """What an administrator types to erase: the name of what it is, and why."""

    typed: str = Field(max_length=80)
    reason: str = Field(min_length=1, max_length=200)
    force: Literal["", "yes"] = ""


class Why(Asked):
    """Why an order may come back."""

    reason: str = Field(min_length=1, max_length=200)


class SeenQuery(PageQuery):
    """Which accesses: of one kind, by one person."""

    kind: Literal["", *ACCESS_KINDS] = ""  # type: ignore[valid-type]
    who: int = Field(0, ge=0, le=2**31 - 1)


@bp.get("/privacy")
@needs(*OFFICE)
def privacy_page() -> str:
    """Show whose data are kept, until when, and what was erased."""
    query = asked(PageQuery)
    with snapshot() as tx:
        campaigns, erased = reads.campaign_list(tx), reads.erasure_list(tx, query.cut)
    keep = settings().privacy.keep_days
    rows = [dict(row._mapping) | fate(row, keep) for row in campaigns]
    erased["items"] = [dict(row._mapping) | {"counts": json.loads(row.counts)} for row in erased["items"]]
    facts = {"keep": keep, "copies": erasing.copies(settings()), "tables": TABLES}
    return draw("privacy", "people", campaigns=rows, erased=erased, **facts)


def fate(row: Any, keep: int) -> dict[str, Any]:
    """Return what becomes of a campaign's data: state, and when they go (None: not by themselves)."""
    if row.orders and row.erased == row.orders and not row.files:
        return {"fate": "erased", "goes": None}
    if row.closed_at is None:
        return {"fate": "open", "goes": None}
    goes = row.closed_at + timedelta(days=keep) if keep else None
    waits = goes is not None and goes <= clock.now() and row.open
    return {"fate": "waits" if waits else "closed", "goes": goes}


@bp.post("/privacy/<id:campaign_id>/close")
@needs(*OFFICE)
def close_campaign(campaign_id: int) -> Response:
    """Close a campaign."""
    act(closing.close, by(), campaign_id)
    keep = settings().privacy.keep_days
    return back(f"Closed. Its people's data go in {keep} days." if keep else "Closed.")


@bp.post("/privacy/<id:campaign_id>/reopen")
@needs(*OFFICE)
def reopen_campaign(campaign_id: int) -> Response:
    """Open a campaign again."""
    act(closing.reopen, by(), campaign_id)
    return back("Open again. Nothing of it goes by itself.")


@bp.get("/privacy/<id:campaign_id>")
@needs("admin")
def erase_campaign_page(campaign_id: int) -> str:
    """Show what erasing a campaign would do."""
    with snapshot() as tx:
        row = next((each for each in reads.campaign_list(tx) if each.id == campaign_id), None)
        row = there(row, f"Campaign {campaign_id}")
        told = erasing.plan(tx, settings(), Wish(campaign_id=campaign_id))
    facts = {
        "name": row.code,
        "what": f"campaign {row.code}",
        "title": row.name,
        "order": None,
        "campaign": row,
        "others": [],
    }
    return draw("erase", "people", told=told, tables=TABLES, **facts)


@bp.post("/privacy/<id:campaign_id>/erase")
@needs("admin")
def erase_campaign(campaign_id: int) -> Response:
    """Erase a campaign's people, in the background."""
    form: Any = filled(Erasing)
    with snapshot() as tx:
        row = next((each for each in reads.campaign_list(tx) if each.id == campaign_id), None)
    typed(form.typed, there(row, f"Campaign {campaign_id}").code)
    act(start, by(), Wish(campaign_id=campaign_id, reason=form.reason, force=bool(form.force)))
    return back("Erasing has begun. Below stands how far it is.", "/office/privacy")


@bp.get("/orders/<id:order_id>/erase")
@needs("admin")
def erase_order_page(order_id: int) -> str:
    """Show what erasing one order would do."""
    with snapshot() as tx:
        page = there(order_reads.order_page(tx, order_id), f"Order {order_id}")
        told = erasing.plan(tx, settings(), Wish(order_id=order_id))
        others = [row for row in decisions.orders_of_person(tx, page.order) if row.id != order_id]
    order = page.order
    facts = {"name": order.number, "what": f"order {order.number}", "title": order.campaign, "campaign": None}
    return draw("erase", "orders", told=told, tables=TABLES, order=order, others=others, **facts)


@bp.post("/orders/<id:order_id>/erase")
@needs("admin")
def erase_order(order_id: int) -> Response:
    """Erase the person behind one order, in the background."""
    form: Any = filled(Erasing)
    with snapshot() as tx:
        page = there(order_reads.order_page(tx, order_id), f"Order {order_id}")
    typed(form.typed, page.order.number)
    act(start, by(), Wish(order_id=order_id, reason=form.reason, force=bool(form.force)))
    return back("Erasing has begun. Below stands how far it is.", "/office/privacy")


def typed(text: str, wanted: str) -> None:
    """Raise BadInput unless somebody typed the name of what is erased."""
    if text.strip() != wanted:
        raise BadInput(field="typed", why=f"type {wanted} to say that it is meant")


def start(tx: Tx, by: By, wish: Wish) -> int:
    """Begin an erasure and let the worker do it; return its id."""
    erasure = erasing.begin(tx, by, wish)
    jobs.enqueue(tx, "erase", {"erasure": erasure}, key=f"erase:{erasure}")
    return erasure


@bp.post("/orders/<id:order_id>/readmit")
@needs("admin")
def readmit_order(order_id: int) -> Response:
    """Let the next file bring an erased order back."""
    act(erasing.readmit, by(), order_id, filled(Why).reason)
    return back("The next file may bring it back.")


@bp.get("/orders/<id:order_id>/person.json")
@needs(*OFFICE)
def person_file(order_id: int) -> Response:
    """Give everything that is held about the person behind an order, in all campaigns, as one file."""
    with snapshot() as tx:
        page = there(order_reads.order_page(tx, order_id), f"Order {order_id}")
        ids = sorted({order_id, *(row.id for row in decisions.orders_of_person(tx, page.order))})
        found = personal.held(tx, ids)
    act(auditing.note, by(), "person", "everything", order_id=order_id, rows=len(ids))
    told = {"at": clock.now(), "orders": [row["number"] for row in found["customer_order"]]}
    whole = told | {"held": {name: [readable(row) for row in rows] for name, rows in found.items()}}
    data = json.dumps(whole, ensure_ascii=False, indent=1, default=str).encode()
    return send_file(BytesIO(data), "application/json", as_attachment=True, download_name=f"order-{order_id}.json")


def readable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row for people: texts that are JSON unfolded, times as ISO 8601, no secrets."""
    return {name: unfolded(value) for name, value in row.items() if name not in SECRETS}


def unfolded(value: Any) -> Any:
    """Return a value as JSON takes it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


@bp.get("/privacy/seen")
@needs("admin")
def seen() -> str:
    """Show who took people's data or looked at them."""
    query = asked(SeenQuery)
    with snapshot() as tx:
        found = reads.access_list(tx, query.kind, query.who or None, query.cut)
        counts, people = reads.access_counts(tx), reads.who_saw(tx)
        name = next((row.name for row in people if row.id == query.who), "") or office.person(tx, query.who)
    return draw("seen", "people", query=query, found=found, counts=counts, people=people, kinds=KINDS, name=name)
