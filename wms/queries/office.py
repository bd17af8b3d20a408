"""What the office asks: what needs a person now, files that came in, people and printers."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import String, and_, case, cast, func, literal, or_, select, type_coerce, union_all

from wms.db import Tx, Utc, table_of
from wms.models.campaigns import Campaign, Import
from wms.models.counting import Count
from wms.models.inbound import ReceiptCarton, ReceiptLine
from wms.models.items import Owner
from wms.models.jobs import Job
from wms.models.mail import Mail, MailServer
from wms.models.orders import Hold, Order
from wms.models.outbound import Wave
from wms.models.people import Operator, Session
from wms.models.places import Location
from wms.models.printing import PrintAgent, Printer, PrintJob
from wms.models.segments import PilotCheck
from wms.models.shipping import Parcel
from wms.models.stock import Stock
from wms.queries.listing import FIRST, Cut, Listing, like, page_of

orders, holds, imports, operators = table_of(Order), table_of(Hold), table_of(Import), table_of(Operator)
printers, print_jobs, places, sessions = table_of(Printer), table_of(PrintJob), table_of(Location), table_of(Session)
print_agents = table_of(PrintAgent)
cartons, lines, counts, jobs = table_of(ReceiptCarton), table_of(ReceiptLine), table_of(Count), table_of(Job)
owners, campaigns, stock = table_of(Owner), table_of(Campaign), table_of(Stock)
mails, mail_server = table_of(Mail), table_of(MailServer)
waves, parcels, checks = table_of(Wave), table_of(Parcel), table_of(PilotCheck)

# -- what needs a person now ------------------------------------------------------------------------------------------

EMPTY = literal("").label("words")
open_holds = (
    select(literal("hold").label("kind"), holds.c.code.label("subject"), func.count().label("number"))
    .add_columns(func.min(holds.c.opened_at).label("since"), literal(0).label("ref"), EMPTY)
    .where(holds.c.cleared_at.is_(None))
    .group_by(holds.c.code)
)
doubtful_labels = (
    select(
        literal("label"), print_jobs.c.state, func.count(), func.min(print_jobs.c.created_at), func.min(print_jobs.c.id)
    )
    .add_columns(literal(""))
    .where(
        or_(
            print_jobs.c.state.in_(("uncertain", "failed")),
            and_(print_jobs.c.printer_id.is_(None), print_jobs.c.state == "queued"),
        )
    )
    .group_by(print_jobs.c.state)
)
printer_trouble = select(
    *(literal("printer"), printers.c.code, literal(1), printers.c.trouble_since, printers.c.id, printers.c.trouble)
).where(printers.c.trouble != "")
wrong_lines = (
    select(
        literal("receipt"), literal("difference"), func.count(), func.min(cartons.c.received_at), cartons.c.receipt_id
    )
    .add_columns(literal(""))
    .select_from(lines.join(cartons, cartons.c.id == lines.c.carton_id))
    .where(cartons.c.state == "received", or_(lines.c.received != lines.c.expected, lines.c.damaged > 0))
    .group_by(cartons.c.receipt_id)
)
open_counts = select(
    literal("count"), literal("open"), func.count(), func.min(counts.c.asked_at), literal(0), literal("")
).where(counts.c.state.in_(("open", "recount")))
pilots_to_check = (
    select(literal("pilot"), waves.c.name, func.count(), func.min(parcels.c.packed_at), waves.c.id)
    .add_columns(literal(""))
    .select_from(
        parcels.join(orders, orders.c.id == parcels.c.order_id)
        .join(waves, waves.c.id == orders.c.wave_id)
        .outerjoin(checks, checks.c.parcel_id == parcels.c.id)
    )
    .where(waves.c.kind == "pilot", waves.c.segment_id.is_not(None))
    .where(
        parcels.c.state.in_(("packed", "loaded", "shipped")),
        or_(checks.c.verdict.is_(None), checks.c.verdict == "wrong"),
    )
    .group_by(waves.c.id, waves.c.name)
)
dead_jobs = select(
    *(
        literal("job"),
        jobs.c.kind,
        literal(1),
        jobs.c.ended_at,
        jobs.c.id,
        cast(func.substr(jobs.c.error, 1, 120), String),
    )
).where(jobs.c.state == "dead")
doubtful_mails = (
    select(literal("mail"), mails.c.state, func.count(), func.min(mails.c.created_at), literal(0), literal(""))
    .where(mails.c.state.in_(("uncertain", "failed")))
    .group_by(mails.c.state)
)
words = case((mail_server.c.stopped_at.is_not(None), "Somebody stopped them."), else_=mail_server.c.trouble)
mail_trouble = (
    select(literal("post"), literal("server"), literal(1))
    .add_columns(func.coalesce(mail_server.c.stopped_at, mail_server.c.trouble_since), literal(0), words)
    .where(or_(mail_server.c.stopped_at.is_not(None), mail_server.c.failures > 2))  # once or twice mends itself
)
closed_too_soon = (  # their people's data cannot go in time
    select(literal("closed"), campaigns.c.code, func.count(), func.min(orders.c.imported_at), campaigns.c.id)
    .add_columns(literal(""))
    .select_from(orders.join(campaigns, campaigns.c.id == orders.c.campaign_id))
    .where(campaigns.c.closed_at.is_not(None), orders.c.state.not_in(("shipped", "cancelled")))
    .group_by(campaigns.c.id, campaigns.c.code)
)
attention_rows = union_all(
    open_holds,
    doubtful_labels,
    printer_trouble,
    wrong_lines,
    open_counts,
    pilots_to_check,
    doubtful_mails,
    mail_trouble,
    closed_too_soon,
    dead_jobs,
).subquery("attention")


def attention(tx: Tx) -> list[Any]:
    """Return what waits for a person: kind, subject, number, since, ref, words (one statement).

    Pilots come first, because waves wait for them, then the oldest.
    """
    wanted = (
        select(attention_rows)
        .add_columns(type_coerce(attention_rows.c.since, Utc).label("at"))
        .where(attention_rows.c.number > 0)
    )
    return sorted(tx.all(wanted), key=lambda row: (row.kind != "pilot", row.at is None, row.at))


def figures(tx: Tx) -> dict[str, int]:
    """Return how much there is of everything, for the home page and its empty states (one statement)."""

    def number(table: Any, *where: Any) -> Any:
        return select(func.count()).select_from(table).where(*where).scalar_subquery()

    open_states = ("released", "picking", "picked", "packing", "packed")
    row = tx.one(
        select(
            number(places, places.c.id > 0).label("places"),
            number(operators).label("people"),
            number(imports).label("imports"),
            number(orders).label("orders"),
            number(orders, orders.c.state == "held").label("held"),
            number(orders, orders.c.state == "clean").label("clean"),
            number(orders, orders.c.state.in_(open_states)).label("on_the_floor"),
            number(orders, orders.c.state == "shipped").label("shipped"),
            number(cartons, cartons.c.state != "received").label("cartons_left"),
            number(cartons).label("cartons"),
            number(print_jobs, print_jobs.c.state.in_(("queued", "claimed", "sending"))).label("labels_waiting"),
        )
    )
    assert row is not None
    return {name: int(value) for name, value in row._mapping.items()}


def cartons_left(tx: Tx) -> int:
    """Return how many announced cartons were not received yet."""
    return int(tx.value(select(func.count()).select_from(cartons).where(cartons.c.state != "received")))


# -- files, people, printers ------------------------------------------------------------------------------------------


def import_list(tx: Tx, cut: Cut = FIRST) -> Listing:
    """Return the files that came in, the newest first; `problems` is a list of {line, field, sentence}."""
    found = page_of(tx, select(imports).order_by(imports.c.id.desc()), cut)
    found["items"] = [dict(row._mapping) | {"problems": json.loads(row.problems or "[]")} for row in found["items"]]
    return found


def owner_list(tx: Tx) -> list[Any]:
    """Return creators by code."""
    return tx.all(select(owners).order_by(owners.c.code))


def campaign_list(tx: Tx) -> list[Any]:
    """Return campaigns by code."""
    return tx.all(select(campaigns).order_by(campaigns.c.code))


def campaign_id(tx: Tx, code: str) -> int | None:
    """Return the id of a campaign, or None."""
    found = tx.value(select(campaigns.c.id).where(campaigns.c.code == code))
    return int(found) if found else None


last_seen = (
    select(func.max(sessions.c.seen_at))
    .where(sessions.c.operator_id == operators.c.id)
    .scalar_subquery()
    .label("seen_at")
)
all_people = select(
    *(operators.c[name] for name in ("id", "name", "badge", "roles", "active", "locked_until", "lockouts")), last_seen
)


def people_list(tx: Tx, text: str = "", cut: Cut = FIRST) -> Listing:
    """Return people by name, with when they were last seen; `roles` is a list."""
    found = all_people.where(like(operators.c.name, text)) if text else all_people
    result = page_of(tx, found.order_by(operators.c.active.desc(), operators.c.name, operators.c.id), cut)
    result["items"] = [dict(row._mapping) | {"roles": row.roles.split(",")} for row in result["items"]]
    return result


def person(tx: Tx, operator_id: int) -> Any:
    """Return one person, or None."""
    return tx.one(all_people.where(operators.c.id == operator_id))


fallbacks = printers.alias("fallback_printer")
waiting_labels = (
    select(func.count())
    .select_from(print_jobs)
    .where(print_jobs.c.printer_id == printers.c.id, print_jobs.c.state.in_(("queued", "claimed", "sending")))
    .scalar_subquery()
)
all_printers = (
    select(printers, places.c.name.label("station"), waiting_labels.label("waiting"))
    .add_columns(fallbacks.c.code.label("fallback"), print_agents.c.name.label("agent"))
    .select_from(
        printers.outerjoin(places, places.c.id == printers.c.station_id)
        .outerjoin(fallbacks, fallbacks.c.id == printers.c.fallback_id)
        .outerjoin(print_agents, print_agents.c.id == printers.c.agent_id)
    )
    .order_by(printers.c.code)
)


def printer_list(tx: Tx) -> list[Any]:
    """Return printers with where they stand and how many labels wait for each."""
    return tx.all(all_printers)


def print_job_list(tx: Tx, filters: dict[str, Any], cut: Cut = FIRST) -> Listing:
    """Return print jobs without their ZPL, the newest first; filters: state, template, printer (its code), text."""
    found = (
        select(*(each for each in print_jobs.c if each.name not in ("zpl", "label", "lease_until", "copy")))
        .add_columns(print_jobs.c.copy.label("copy_number"))
        .add_columns(printers.c.code.label("printer"), operators.c.name.label("operator"))
        .select_from(
            print_jobs.outerjoin(printers, printers.c.id == print_jobs.c.printer_id).outerjoin(
                operators, operators.c.id == print_jobs.c.operator_id
            )
        )
    )
    for column, name in (
        (print_jobs.c.state, "state"),
        (print_jobs.c.template, "template"),
        (printers.c.code, "printer"),
    ):
        found = found.where(column == filters[name]) if filters.get(name) else found
    if text := filters.get("text"):
        found = found.where(like(print_jobs.c.subject, text))
    return page_of(tx, found.order_by(print_jobs.c.id.desc()), cut)
