"""Reads about labels on their way to paper: printers, jobs, and what became of one label."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, bindparam, case, cast, func, literal, or_, select

from wms.db import Tx, table_of
from wms.models.floor import Task
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.printing import PrintAgent, Printer, PrintJob

job, printer, agent = table_of(PrintJob), table_of(Printer), table_of(PrintAgent)
location, operator, task = table_of(Location), table_of(Operator), table_of(Task)
PAGE = 50
WAITING = ("queued", "claimed", "sending")
FATES = {"waiting": WAITING, "uncertain": ("uncertain",), "printed": ("sent", "confirmed")}

last_of = (
    select(job.c.id, job.c.state, job.c.reason, job.c.copy, printer.c.name.label("printer"), printer.c.trouble)
    .add_columns(func.replace(printer.c.trouble, " Job kept.", "").label("trouble_text"))
    .select_from(job.outerjoin(printer, printer.c.id == job.c.printer_id))
    .where(job.c.event == bindparam("event"))
    .order_by(job.c.copy.desc())
    .limit(1)
)
newest_of_subject = (
    select(job.c.id, job.c.state, job.c.reason, job.c.copy)
    .where(job.c.subject == bindparam("subject"))
    .order_by(job.c.id.desc())
    .limit(1)
)
trouble_here = (
    select(printer.c.name, printer.c.trouble, printer.c.paused)
    .where(printer.c.station_id == bindparam("place"), or_(printer.c.trouble != "", printer.c.paused))
    .order_by(printer.c.id)
    .limit(1)
)
queued = (job.c.printer_id == printer.c.id, job.c.state == "queued")
waiting = select(func.count(job.c.id)).where(*queued).scalar_subquery()
waiting_since = select(func.min(job.c.created_at)).where(*queued).scalar_subquery()
ill = printer.c.trouble != ""
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
due_here = due_printers.where(printer.c.transport != "agent")
due_at_agent = due_printers.where(printer.c.transport == "agent", printer.c.agent_id == bindparam("agent"))
in_hand = select(job.c.id).where(job.c.printer_id == printer.c.id, job.c.state.in_(("claimed", "sending")))
asked = printer.c.transport.in_(("tcp", "spooler"))
read_at_rest = select(printer).where(asked, ~in_hand.exists()).order_by(printer.c.id)
read_resting = (
    select(printer)
    .where(printer.c.transport == "agent", printer.c.agent_id == bindparam("agent"))
    .where(~in_hand.exists())
    .order_by(printer.c.id)
)
needs_care = select(job.c.id).where(
    or_(
        and_(job.c.state.in_(("claimed", "sending")), job.c.lease_until < bindparam("now")),
        and_(job.c.state == "queued", job.c.created_at < bindparam("stale")),
    )
)


def serves(at: Any, template: Any = None) -> ColumnElement[bool]:
    """Return the condition that a printer's paper is for a kind of label; a printer that names none takes all."""
    wanted = bindparam("template") if template is None else template
    named = (literal(",") + at.c.labels + literal(",")).like(literal("%,") + wanted + literal(",%"))
    return or_(at.c.labels == "", named)


other = printer.alias("other")
read_movable = (
    select(job.c.id, printer.c.fallback_id)
    .select_from(job.join(printer, printer.c.id == job.c.printer_id).join(other, other.c.id == printer.c.fallback_id))
    .where(job.c.state == "queued", other.c.paused.is_(False), other.c.trouble == "", serves(other, job.c.template))
    .where(or_(printer.c.paused, and_(printer.c.trouble != "", printer.c.trouble_since < bindparam("since"))))
    .order_by(job.c.id)
    .limit(500)
)
read_homeless = (
    select(job.c.id, job.c.template)
    .where(job.c.state == "queued", job.c.printer_id.is_(None))
    .where(select(printer.c.id).where(serves(printer, job.c.template)).exists())
    .order_by(job.c.id)
    .limit(500)
)
heard = and_(agent.c.revoked_at.is_(None), agent.c.seen_at > bindparam("silent"))
there = select(agent.c.id).where(agent.c.id == printer.c.agent_id, heard).exists()
read_agents_changed = select(printer.c.id).where(
    printer.c.transport == "agent",
    or_(and_(there, printer.c.trouble == bindparam("words")), and_(~there, printer.c.trouble == "")),
)


def needing(elsewhere: tuple[str, ...]) -> Select[Any]:
    """Return the statement for printers that need somebody, as (kind, name, text, since), but for those that stand at
    places of these kinds. Kind is "printer", text its trouble; or "paused" in the office, text the labels that wait."""
    kind = case((ill, literal("printer")), else_=literal("paused"))
    text = case((ill, func.replace(printer.c.trouble, " Job kept.", "")), else_=cast(waiting, String))
    since = case((ill, printer.c.trouble_since), else_=waiting_since)
    return (
        select(kind.label("kind"), printer.c.name.label("name"), text.label("text"), since.label("since"))
        .select_from(printer.outerjoin(location, location.c.id == printer.c.station_id))
        .where(or_(ill, and_(printer.c.paused, waiting > 0)))
        .where(func.coalesce(location.c.kind, "").not_in(elsewhere))
    )


def label_of(tx: Tx, event: str) -> Row[Any] | None:
    """Return the newest label of an event: id, state, reason, copy, printer's name and trouble; None without one.

    `trouble_text` is the trouble without what becomes of the label.
    """
    return tx.one(last_of, event=event)


def label_in_hand(tx: Tx, operator_id: int, task_id: int) -> Row[Any] | None:
    """Return the newest label of the parcel that a person packs in an open task of theirs; None without one."""
    mine = (task.c.id == task_id, task.c.flow == "pack", task.c.operator_id == operator_id, task.c.closed_at.is_(None))
    memo = tx.value(select(task.c.memo).where(*mine))
    parcel = json.loads(memo).get("parcel") if memo else None
    newest = select(job).where(job.c.event == f"parcel:{parcel}").order_by(job.c.copy.desc()).limit(1)
    return tx.one(newest) if parcel else None


def newest_of(tx: Tx, subject: str) -> Row[Any] | None:
    """Return the newest label with this code on it: id, state, reason, copy; None without one."""
    return tx.one(newest_of_subject, subject=subject)


def trouble_at(tx: Tx, place_id: int) -> str:
    """Return what is wrong with a printer that stands at a place; "" when nothing is."""
    found = tx.one(trouble_here, place=place_id)
    return "" if found is None else found.trouble or f"{found.name} is paused in the office."


def due(tx: Tx) -> list[int]:
    """Return the printers that have a label to send now; paused ones have none, an agent's are the agent's."""
    return [row.id for row in tx.all(due_here, now=tx.now)]


def due_at(tx: Tx, agent_id: int) -> list[int]:
    """Return the printers of an agent that have a label to send now."""
    return [row.id for row in tx.all(due_at_agent, now=tx.now, agent=agent_id)]


def at_rest(tx: Tx) -> list[Row[Any]]:
    """Return the printers that can be asked how they are: on the network or in a print queue here, nothing in hand."""
    return tx.all(read_at_rest)


def resting_at(tx: Tx, agent_id: int) -> list[Row[Any]]:
    """Return the printers that an agent can ask how they are."""
    return tx.all(read_resting, agent=agent_id)


def movable(tx: Tx, since: datetime) -> list[Row[Any]]:
    """Return waiting labels (id, fallback_id) of printers that are paused or in trouble since before `since`."""
    return tx.all(read_movable, since=since)


def without_printer(tx: Tx) -> list[Row[Any]]:
    """Return waiting labels (id, template) that have no printer although there is one for their kind."""
    return tx.all(read_homeless)


def homeless(tx: Tx) -> bool:
    """Return whether a label without a printer could have one."""
    return tx.one(read_homeless) is not None


def agents_changed(tx: Tx, silent: datetime, words: str) -> bool:
    """Return whether an agent fell silent (not heard since `silent`) or came back, and its printers do not say so."""
    return tx.one(read_agents_changed.limit(1), silent=silent, words=words) is not None


def agents(tx: Tx) -> list[Row[Any]]:
    """Return the print agents that may ask, by name; never their tokens."""
    facts = (agent.c.id, agent.c.name, agent.c.made_at, agent.c.seen_at)
    return tx.all(select(*facts).where(agent.c.revoked_at.is_(None)).order_by(agent.c.name))


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
