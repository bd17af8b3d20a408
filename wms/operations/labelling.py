"""Print jobs: a label is a row in the transaction of the event that wants it, and leaves it only for paper or a person.

Here labels are wished for, sent to the right printer's queue, copied, given up; how they reach paper stands in
`printing.py`. Nothing uncertain is ever sent again without a person.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, and_, bindparam, func, select, update

from wms.db import Tx, insert_or_nothing, table_of
from wms.errors import SENTENCE_MAX, BadInput, NotFound, Refusal, clip
from wms.labels.labels import KINDS, Label
from wms.labels.preview import for_eyes
from wms.labels.trial import trial_label
from wms.labels.zpl import DPMM
from wms.models.printing import Printer, PrintJob
from wms.operations import templates
from wms.operations.ledger import By
from wms.queries import printing
from wms.queries.printing import WAITING
from wms.settings import Settings

MOVED_MAX = 200  # labels in one transaction
WHY_MAX = 120
SEEN, SCANNED, MISSED = "A person saw it.", "Its label was scanned.", "Asked for where it was needed."
SCREEN_DPI, SIZE = 203, re.compile(r"\^(?:PW|LL)(\d+)")
TRIAL = "test"  # the template of a test label, which has no fields and always looks the same

job, printer = table_of(PrintJob), table_of(Printer)
add_job = insert_or_nothing(PrintJob, "event", "copy")
# Of those whose paper fits: the printer where people stand; else one for this kind; else one that stands nowhere, for
# all; else the first.
choose_printer = (
    select(printer.c.id, printer.c.dpi)
    .where(printing.serves(printer))
    .order_by(
        func.coalesce(printer.c.station_id == bindparam("place"), False).desc(),
        (printer.c.labels == "").asc(),
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


class LabelErased(Refusal):
    """Whose it was is not known any more."""

    sentence = "This label is erased. There is nothing to print."


class NotUncertain(Refusal):
    """Only of an uncertain label does a person say what became of it."""

    sentence = "This label is {state}, not uncertain."


class NotVoidable(Refusal):
    """What is being sent or was printed cannot be taken back."""

    sentence = "This label is {state}. It cannot be voided."


class NotMoved(Refusal):
    """Only a label of which nothing was sent may go to another printer."""

    sentence = "This label is {state}. It stays where it is."


@dataclass(frozen=True)
class Print:
    """A wish for paper: which label, why (`event` prints once), the code on it, and the place where it is needed."""

    label: Label
    event: str
    subject: str
    where: int | None = None
    why: str = ""


def enqueue(tx: Tx, settings: Settings, order: Print, by: By) -> int:
    """Queue a label at the printer of its place and return the job's id; the same event again returns the same id.

    Without any printer for it the job waits, visible, with none. Raises BadInput when the label cannot be drawn.
    """
    found = tx.value(select(job.c.id).where(job.c.event == order.event).order_by(job.c.copy))
    if found:
        return int(found)
    at = tx.one(choose_printer, place=order.where, template=order.label.template())
    return _add(tx, settings, order, by, at)


def _add(tx: Tx, settings: Settings, order: Print, by: By, at: Row[Any] | None) -> int:
    """Draw and insert; two at once meet at the unique (event, copy)."""
    label = order.label
    drawn = {
        "template": label.template(),
        "subject": order.subject,
        "event": order.event,
        "copy": label.copy,
        "label": TypeAdapter(type(label)).dump_json(label).decode(),
        "zpl": templates.render(tx, label, at.dpi if at else settings.printing.dpi, settings.site.training),
        "why": clip(order.why, WHY_MAX),
    }
    return _insert(tx, by, at, drawn)


def _insert(tx: Tx, by: By, at: Row[Any] | None, drawn: dict[str, Any]) -> int:
    """Insert a queued job unless there is one of its event and copy; return the id of the one that is there."""
    fresh = {"state": "queued", "created_at": tx.now, "operator_id": by.operator_id, "attempts": 0, "reason": ""}
    tx.execute(add_job, drawn | fresh | {"printer_id": at.id if at else None})
    tx.announce("printing")
    same = (job.c.event == drawn["event"], job.c.copy == drawn["copy"])
    return int(tx.value(select(job.c.id).where(*same)))


def trial(tx: Tx, by: By, printer_id: int) -> int:
    """Queue a test label at a printer, whatever it is for; return the job's id. Raises NotFound."""
    at = tx.one(select(printer).where(printer.c.id == printer_id))
    if at is None:
        raise NotFound(what=f"Printer {printer_id}")
    event = f"{TRIAL}:{at.code}:{secrets.token_hex(4)}"
    facts = {"template": TRIAL, "subject": at.code, "event": event, "copy": 1, "label": "{}", "why": ""}
    return _insert(tx, by, at, facts | {"zpl": trial_label(at.code, at.name, at.dpi)})


def reprint(tx: Tx, settings: Settings, by: By, job_id: int, why: str = "") -> int:
    """Queue one more copy of a label, marked as such, at the same printer; return the new job's id.

    `why` is kept with the copy. Raises LabelWaits while the label or a copy of it is still to be printed, so that
    asking twice prints once.
    """
    row = locked(tx, job_id)
    if row.template == TRIAL:
        return trial(tx, by, row.printer_id)
    if not row.zpl:
        raise LabelErased
    newest = printing.label_of(tx, row.event)
    if newest and newest.state in WAITING:
        raise LabelWaits(why=newest.trouble_text or "It is on its way.")
    copy = 1 + int(tx.value(select(func.max(job.c.copy)).where(job.c.event == row.event)))
    label = replace(TypeAdapter(KINDS[row.template]).validate_json(row.label), copy=copy)
    same = select(printer.c.id, printer.c.dpi).where(printer.c.id == row.printer_id)
    at = tx.one(same) or tx.one(choose_printer, place=None, template=row.template)
    return _add(tx, settings, Print(label, row.event, row.subject, why=why), by, at)


def again(tx: Tx, settings: Settings, by: By, event: str) -> int:
    """Print the label of an event once more for the person who misses it; return the new job's id.

    A label that still waits is not doubled (LabelWaits says for what); an uncertain one is voided by this.
    """
    last = printing.label_of(tx, event)
    if last is None:
        raise NotFound(what="The label")
    if last.state == "uncertain":
        return int(resolve(tx, settings, by, last.id, printed=False) or 0)
    return reprint(tx, settings, by, last.id, MISSED)


def printed(tx: Tx, settings: Settings, by: By, event: str) -> None:
    """Take a person's word that the doubtful label of an event came out; raises NotFound, NotUncertain."""
    last = printing.label_of(tx, event)
    if last is None:
        raise NotFound(what="The label")
    resolve(tx, settings, by, last.id, printed=True)


def resolve(tx: Tx, settings: Settings, by: By, job_id: int, printed: bool) -> int | None:
    """Take a person's word for an uncertain label: it was printed, or else it is voided and a copy's id returned."""
    row = locked(tx, job_id)
    if row.state != "uncertain":
        raise NotUncertain(state=row.state)
    _end(tx, row.id, "confirmed" if printed else "void", SEEN if printed else "A person missed it.")
    if printed:
        return None
    newest = printing.label_of(tx, row.event)
    if newest and newest.state in WAITING:
        return int(newest.id)
    return reprint(tx, settings, by, job_id, "It did not come out.")


def seen(tx: Tx, event: str) -> None:
    """Take the scan of a label that was just applied for what it is: the proof that it was printed."""
    doubtful = and_(job.c.event == event, job.c.state.in_(("uncertain", "sent")))
    proof = {"state": "confirmed", "reason": SCANNED, "ended_at": tx.now}
    if tx.execute(update(job).where(doubtful).values(**proof)).rowcount:
        tx.announce("printing")


def void(tx: Tx, by: By, job_id: int, reason: str = "") -> None:
    """Give up a label that has not been printed; raises NotVoidable when it is being sent or was.

    One that is only claimed can still be given up: its holder is refused when it wants to begin.
    """
    row = locked(tx, job_id)
    if row.state not in ("queued", "claimed", "uncertain", "failed"):
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


# -- on a screen ------------------------------------------------------------------------------------------------------


def in_hand(tx: Tx, settings: Settings, operator_id: int, task_id: int) -> dict[str, Any]:
    """Return the newest label of the parcel that a person packs: id, state, copy, and its ZPL with width and height in
    mm, at the density that screens draw (a printer's own may be many times finer). Its barcodes hold something else,
    so that only paper can be scanned. Raises NotFound.
    """
    row = printing.label_in_hand(tx, operator_id, task_id)
    if row is None:
        raise NotFound(what="The label")
    label = TypeAdapter(KINDS[row.template]).validate_json(row.label)
    zpl = templates.render(tx, label, SCREEN_DPI, settings.site.training)
    width, height = (int(dots) // DPMM[SCREEN_DPI] for dots in SIZE.findall(zpl)[:2])
    told = {"id": row.id, "state": row.state, "copy": row.copy}
    return told | {"zpl": for_eyes(zpl), "width": width, "height": height, "dpmm": DPMM[SCREEN_DPI]}


# -- another printer --------------------------------------------------------------------------------------------------


def move(tx: Tx, settings: Settings, job_id: int, printer_id: int) -> None:
    """Give a waiting label to another printer, drawn anew for its density.

    Raises NotFound, and NotMoved unless it waits with nothing sent.
    """
    row = locked(tx, job_id)
    at = tx.one(select(printer.c.id, printer.c.dpi).where(printer.c.id == printer_id))
    if at is None:
        raise NotFound(what=f"Printer {printer_id}")
    if row.state != "queued":
        raise NotMoved(state=row.state)
    values = {"printer_id": at.id, "lease_until": None, "attempts": row.attempts + 1}
    if row.template != TRIAL:
        label = TypeAdapter(KINDS[row.template]).validate_json(row.label)
        values["zpl"] = templates.render(tx, label, at.dpi, settings.site.training)
    tx.execute(update(job).where(job.c.id == job_id, job.c.state == "queued").values(**values))
    tx.announce("printing")


def move_to(tx: Tx, settings: Settings, job_id: int, code: str) -> None:
    """Give a waiting label to the printer of this code; raises as `move` does."""
    found = tx.value(select(printer.c.id).where(printer.c.code == code))
    if found is None:
        raise NotFound(what=f"Printer {code}")
    move(tx, settings, job_id, int(found))


def move_stuck(tx: Tx, settings: Settings, since: datetime) -> int:
    """Give the waiting labels of printers in trouble since before `since` to their fallbacks, and find a printer for
    those that have none; return how many were moved. One that another printer cannot draw stays."""
    moved = 0
    for row in printing.movable(tx, since)[:MOVED_MAX]:
        moved += _try_move(tx, settings, row.id, row.fallback_id)
    for row in printing.without_printer(tx)[:MOVED_MAX]:
        at = tx.one(choose_printer, place=None, template=row.template)
        moved += _try_move(tx, settings, row.id, at.id) if at else 0
    return moved


def _try_move(tx: Tx, settings: Settings, job_id: int, printer_id: int) -> int:
    try:
        move(tx, settings, job_id, printer_id)
    except (BadInput, NotMoved, ValidationError):
        return 0
    return 1
