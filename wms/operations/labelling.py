"""Print jobs: a label is a row in the transaction of the event that wants it, and leaves it only for paper or a person.

States: queued -> sending (leased) -> sent | confirmed | uncertain | failed; void by a person. Only a label of which
nothing was sent goes back to queued by itself; nothing uncertain is ever sent again without a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, and_, bindparam, func, literal, select, update

from wms.db import Store, Tx, Utc, insert_or_nothing, table_of
from wms.errors import SENTENCE_MAX, BadInput, NotFound, Refusal, clip
from wms.labels.labels import KINDS, Label, render
from wms.labels.printers import Allowed, Outcome, PrinterAddress, Timeouts, transport
from wms.models.printing import Printer, PrintJob
from wms.operations.ledger import By
from wms.queries import printing
from wms.settings import Settings

LEASE = timedelta(seconds=45)  # longer than any transport takes; later means that the worker died
STALE = timedelta(hours=24)  # yesterday's labels do not come out when somebody switches the printer on
BACKOFF_SECONDS_MAX = 15
WAITING = ("queued", "sending")

job, printer = table_of(PrintJob), table_of(Printer)
add_job = insert_or_nothing(PrintJob, "event", "copy")
# The printer where people stand; else one that stands nowhere, for all; else the first.
choose_printer = (
    select(printer.c.id, printer.c.dpi)
    .order_by(
        func.coalesce(printer.c.station_id == bindparam("place"), False).desc(),
        printer.c.station_id.is_not(None),
        printer.c.id,
    )
    .limit(1)
)


class LabelWaits(Refusal):
    """A copy of a label that is not printed yet would make two."""

    sentence = "{why} Label kept."

    @property
    def text(self) -> str:
        """Return what it waits for, whole: a printer's trouble is longer than a name."""
        return clip(self.sentence.format(**self.facts), SENTENCE_MAX)


class NotUncertain(Refusal):
    """Only of an uncertain label does a person say what became of it."""

    sentence = "This label is {state}, not uncertain."


class NotVoidable(Refusal):
    """What is being sent or was printed cannot be taken back."""

    sentence = "This label is {state}. It cannot be voided."


@dataclass(frozen=True)
class Print:
    """A wish for paper: which label, why (`event` prints once), the code on it, and the place where it is needed."""

    label: Label
    event: str
    subject: str
    where: int | None = None


def enqueue(tx: Tx, settings: Settings, order: Print, by: By) -> int:
    """Queue a label at the printer of its place and return the job's id; the same event again returns the same id.

    Without any printer the job waits, visible, with none. Raises BadInput when the label cannot be drawn.
    """
    found = tx.value(select(job.c.id).where(job.c.event == order.event).order_by(job.c.copy))
    if found:
        return int(found)
    at = tx.one(choose_printer, place=order.where)
    return _add(tx, settings, order, by, at)


def _add(tx: Tx, settings: Settings, order: Print, by: By, at: Row[Any] | None) -> int:
    """Draw and insert; two at once meet at the unique (event, copy)."""
    label = order.label
    values = {
        "printer_id": at.id if at else None,
        "template": label.template(),
        "subject": order.subject,
        "event": order.event,
        "copy": label.copy,
        "label": TypeAdapter(type(label)).dump_json(label).decode(),
        "zpl": render(label, at.dpi if at else settings.printing.dpi, settings.site.training),
        "state": "queued",
        "created_at": tx.now,
        "operator_id": by.operator_id,
        "attempts": 0,
        "reason": "",
    }
    tx.execute(add_job, values)
    tx.announce("printing")
    return int(tx.value(select(job.c.id).where(job.c.event == order.event, job.c.copy == label.copy)))


def reprint(tx: Tx, settings: Settings, by: By, job_id: int) -> int:
    """Queue one more copy of a label, marked as such, at the same printer; return the new job's id."""
    row = locked(tx, job_id)
    copy = 1 + int(tx.value(select(func.max(job.c.copy)).where(job.c.event == row.event)))
    label = replace(TypeAdapter(KINDS[row.template]).validate_json(row.label), copy=copy)
    same = select(printer.c.id, printer.c.dpi).where(printer.c.id == row.printer_id)
    at = tx.one(same) or tx.one(choose_printer, place=None)
    return _add(tx, settings, Print(label, row.event, row.subject), by, at)


def again(tx: Tx, settings: Settings, by: By, event: str) -> int:
    """Print the label of an event once more for the person who misses it; return the new job's id.

    A label that still waits is not doubled (LabelWaits says for what); an uncertain one is voided by this.
    """
    last = printing.label_of(tx, event)
    if last is None:
        raise NotFound(what="The label")
    if last.state in WAITING:
        raise LabelWaits(why=last.trouble.removesuffix(" Job kept.") or "It is on its way.")
    if last.state == "uncertain":
        return int(resolve(tx, settings, by, last.id, printed=False) or 0)
    return reprint(tx, settings, by, last.id)


def resolve(tx: Tx, settings: Settings, by: By, job_id: int, printed: bool) -> int | None:
    """Take a person's word for an uncertain label: it was printed, or else it is voided and a copy's id returned."""
    row = locked(tx, job_id)
    if row.state != "uncertain":
        raise NotUncertain(state=row.state)
    _end(tx, row.id, "confirmed" if printed else "void", "A person saw it." if printed else "A person missed it.")
    return None if printed else reprint(tx, settings, by, job_id)


def void(tx: Tx, by: By, job_id: int, reason: str = "") -> None:
    """Give up a label that has not been printed; raises NotVoidable when it is being sent or was."""
    row = locked(tx, job_id)
    if row.state not in ("queued", "uncertain", "failed"):
        raise NotVoidable(state=row.state)
    _end(tx, row.id, "void", reason or "Voided by a person.")


def locked(tx: Tx, job_id: int) -> Row[Any]:
    """Return a job and keep others off it; raises NotFound."""
    row = tx.one(select(job).where(job.c.id == job_id).with_for_update(key_share=True))
    if row is None:
        raise NotFound(what=f"Label {job_id}")
    return row


def _end(tx: Tx, job_id: int, state: str, reason: str) -> None:
    values = {"state": state, "reason": clip(reason, 200), "ended_at": tx.now, "lease_until": None}
    tx.execute(update(job).where(job.c.id == job_id).values(**values))
    tx.announce("printing")


# -- the lane to the printers -----------------------------------------------------------------------------------------


def lane(store: Store, settings: Settings) -> int:
    """Send at most one due label to every printer, one after the other; return how many were tried."""
    tidy(store)
    with store.read() as tx:
        waiting = printing.due(tx)
    return sum(send_next(store, settings, each) for each in waiting)


def tidy(store: Store) -> None:
    """Mark what a dead worker left half sent as uncertain, and what nobody printed for a day as failed."""
    with store.read() as tx:
        wanted = printing.uncared(tx, tx.now - STALE)
    if wanted:
        store.transact(mark_lost)


def mark_lost(tx: Tx) -> None:
    """Give a visible end to labels whose sender is gone or whose time is over."""
    end = {"ended_at": tx.now, "lease_until": None}
    half_sent = and_(job.c.state == "sending", job.c.lease_until < tx.now)
    tx.execute(update(job).where(half_sent).values(state="uncertain", reason="Printing stopped half way.", **end))
    old = and_(job.c.state == "queued", job.c.created_at < tx.now - STALE)
    tx.execute(update(job).where(old).values(state="failed", reason="No printer took it within a day.", **end))
    tx.announce("printing")


def send_next(store: Store, settings: Settings, printer_id: int) -> bool:
    """Claim the oldest due label of a printer, send it outside of any transaction, write down what is known of it.

    Returns whether there was one.
    """
    claimed = store.transact(lambda tx: claim(tx, printer_id))
    if claimed is None:
        return False
    outcome = deliver(settings, claimed)
    store.transact(lambda tx: settle(tx, claimed, outcome))
    return True


def claim(tx: Tx, printer_id: int) -> Row[Any] | None:
    """Lease the oldest due label of a printer on which nothing else is being sent; None when there is none.

    The printer's row is the lock: a second worker skips it instead of waiting.
    """
    at = tx.one(select(printer).where(printer.c.id == printer_id).with_for_update(key_share=True, skip_locked=True))
    if at is None or at.paused or tx.one(busy, printer=printer_id):
        return None
    oldest = tx.one(next_job, printer=printer_id)
    if oldest is None or (oldest.lease_until and oldest.lease_until > tx.now):
        return None
    leased = {"state": "sending", "attempts": job.c.attempts + 1, "lease_until": tx.now + LEASE}
    took = tx.execute(update(job).where(job.c.id == oldest.id, job.c.state == "queued").values(**leased))
    return tx.one(job_at_printer, job=oldest.id) if took.rowcount == 1 else None


busy = select(job.c.id).where(job.c.printer_id == bindparam("printer"), job.c.state == "sending").limit(1)
next_job = (
    select(job.c.id, job.c.lease_until)
    .where(job.c.printer_id == bindparam("printer"), job.c.state == "queued")
    .order_by(job.c.id)
    .limit(1)
)
job_at_printer = (
    select(job.c.id, job.c.zpl, job.c.attempts, job.c.printer_id)
    .add_columns(*(printer.c[name] for name in ("code", "name", "transport", "host", "port", "queue", "trouble")))
    .select_from(job.join(printer, printer.c.id == job.c.printer_id))
    .where(job.c.id == bindparam("job"))
)


def deliver(settings: Settings, claimed: Row[Any]) -> Outcome:
    """Send one label over its printer's transport; a bad address is an outcome too, nothing was sent."""
    printing_settings = settings.printing
    folder = str(Path(printing_settings.folder) / claimed.code)
    address = PrinterAddress(claimed.transport, claimed.host, claimed.port, claimed.queue, folder)
    try:
        way = transport(address, Allowed(printing_settings.ports, printing_settings.allow_loopback))
    except BadInput as bad:
        return Outcome("not_sent", f"The printer's {bad.text}.")
    timeouts = Timeouts(printing_settings.connect_seconds, printing_settings.status_seconds)
    return way.send(claimed.zpl.encode("utf-8"), timeouts)


def settle(tx: Tx, claimed: Row[Any], outcome: Outcome) -> None:
    """Write down what became of a label; a lease that was lost meanwhile changes nothing."""
    ours = and_(job.c.id == claimed.id, job.c.state == "sending", job.c.attempts == claimed.attempts)
    if outcome.retry:
        wait = timedelta(seconds=min(2 ** min(claimed.attempts, 10), BACKOFF_SECONDS_MAX))
        values = {"state": "queued", "lease_until": tx.now + wait, "reason": clip(outcome.reason, 200)}
    else:
        values = {"state": outcome.state, "lease_until": None, "reason": clip(outcome.reason, 200), "ended_at": tx.now}
    if tx.execute(update(job).where(ours).values(**values)).rowcount == 1:
        note_trouble(tx, claimed, outcome)
    tx.announce("printing")


def note_trouble(tx: Tx, claimed: Row[Any], outcome: Outcome) -> None:
    """Let the printer's row say what is wrong with it, since when; or that nothing is."""
    words = trouble_of(claimed.name, outcome)
    if words == claimed.trouble:
        return
    since = func.coalesce(printer.c.trouble_since, literal(tx.now, Utc())) if words else None
    tx.execute(update(printer).where(printer.c.id == claimed.printer_id).values(trouble=words, trouble_since=since))


def trouble_of(name: str, outcome: Outcome) -> str:
    """Return the sentence for people: "P1 is not ready: out of paper. Job kept."; empty when all went well."""
    if not outcome.reason:
        return ""
    sentence = outcome.reason.replace("The printer", name, 1)
    return clip(f"{sentence} Job kept." if outcome.retry else sentence, 120)
