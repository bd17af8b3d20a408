"""Reads about labels on their way to paper: printers, jobs, and what became of one label."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select

from wms.db import Tx, table_of
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.printing import Printer, PrintJob

job, printer = table_of(PrintJob), table_of(Printer)
location, operator = table_of(Location), table_of(Operator)
PAGE = 50
FATES = {"waiting": ("queued", "sending"), "uncertain": ("uncertain",), "printed": ("sent", "confirmed")}

last_of = (
    select(job.c.id, job.c.state, job.c.reason, job.c.copy, printer.c.name.label("printer"), printer.c.trouble)
    .select_from(job.outerjoin(printer, printer.c.id == job.c.printer_id))
    .where(job.c.event == bindparam("event"))
    .order_by(job.c.copy.desc())
    .limit(1)
)
first = job.alias("first")
oldest = (
    select(func.min(first.c.id)).where(first.c.printer_id == printer.c.id, first.c.state == "queued").scalar_subquery()
)
due_printers = (  # only the oldest label counts: later ones wait behind it, so that the order is kept
    select(printer.c.id)
    .select_from(printer.join(job, job.c.id == oldest))
    .where(printer.c.paused.is_(False), or_(job.c.lease_until.is_(None), job.c.lease_until <= bindparam("now")))
    .order_by(printer.c.id)
)
needs_care = select(job.c.id).where(
    or_(
        and_(job.c.state == "sending", job.c.lease_until < bindparam("now")),
        and_(job.c.state == "queued", job.c.created_at < bindparam("stale")),
    )
)


def label_of(tx: Tx, event: str) -> Row[Any] | None:
    """Return the newest label of an event: id, state, reason, copy, printer's name and trouble; None without one."""
    return tx.one(last_of, event=event)


def due(tx: Tx) -> list[int]:
    """Return the printers that have a label to send now; paused ones have none."""
    return [row.id for row in tx.all(due_printers, now=tx.now)]


def uncared(tx: Tx, stale: datetime) -> bool:
    """Return whether a job was left half sent, or has been waiting since before `stale`."""
    return tx.one(needs_care.limit(1), now=tx.now, stale=stale) is not None


def printers(tx: Tx) -> list[Row[Any]]:
    """Return every printer with its station and how many labels wait for it, are uncertain, and were printed."""
    count = {name: func.count(job.c.id).filter(job.c.state.in_(states)).label(name) for name, states in FATES.items()}
    statement = (
        select(printer, location.c.name.label("station"), *count.values())
        .select_from(
            printer.outerjoin(location, location.c.id == printer.c.station_id).outerjoin(
                job, job.c.printer_id == printer.c.id
            )
        )
        .group_by(printer.c.id, location.c.name)
        .order_by(printer.c.code)
    )
    return tx.all(statement)


def jobs(tx: Tx, filters: dict[str, Any] | None = None, page: int = 1) -> tuple[list[Row[Any]], int]:
    """Return one page of print jobs, newest first, and how many there are in all.

    `filters` may hold state, printer (its id), template and text (part of the code on the label).
    """
    chosen = filtered(select(job.c.id), filters or {})
    total = tx.value(select(func.count()).select_from(chosen.subquery()))
    shown = (
        select(*(each for each in job.c if each.name not in ("zpl", "label")))
        .add_columns(printer.c.code.label("printer"), operator.c.name.label("operator"))
        .select_from(
            job.outerjoin(printer, printer.c.id == job.c.printer_id).outerjoin(
                operator, operator.c.id == job.c.operator_id
            )
        )
        .order_by(job.c.id.desc())
        .limit(PAGE)
        .offset((max(page, 1) - 1) * PAGE)
    )
    return tx.all(filtered(shown, filters or {})), int(total)


def filtered(statement: Select[Any], filters: dict[str, Any]) -> Select[Any]:
    """Return the statement narrowed to what was asked for; empty values ask for nothing."""
    columns = {"state": job.c.state, "printer": job.c.printer_id, "template": job.c.template}
    for name, column in columns.items():
        if filters.get(name):
            statement = statement.where(column == filters[name])
    if text := filters.get("text"):
        statement = statement.where(job.c.subject.icontains(text, autoescape=True))
    return statement


def job_page(tx: Tx, job_id: int) -> Row[Any] | None:
    """Return one job with its ZPL and its printer."""
    return tx.one(
        select(job, printer.c.code.label("printer"), printer.c.trouble)
        .select_from(job.outerjoin(printer, printer.c.id == job.c.printer_id))
        .where(job.c.id == job_id)
    )


def counts(tx: Tx) -> dict[str, int]:
    """Return how many jobs there are in each state."""
    by_state = select(job.c.state, func.count().label("number")).group_by(job.c.state)
    return {row.state: row.number for row in tx.all(by_state)}
