"""The life of a print job between the queue and paper: claimed, begun, settled; and what is done for it meanwhile.

queued -> claimed (leased, nothing sent) -> sending (leased, bytes may be out) -> sent | confirmed | uncertain. Only
what was not sent goes back to queued by itself. `attempts` is the fence: who lost a lease writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, literal, select, update

from wms.db import Store, Tx, Utc, table_of
from wms.errors import BadInput, clip
from wms.labels.printers import Allowed, Outcome, PrinterAddress, Session, Timeouts, transport
from wms.models.printing import PrintAgent, Printer, PrintJob
from wms.queries import printing
from wms.settings import Settings

STALE = timedelta(hours=24)  # yesterday's labels do not come out when somebody switches the printer on
SLACK_SECONDS = 10.0  # a lease is so much longer than the longest a label can take
AGENT_SECONDS = 120.0  # ... and so much more for an agent, whose network may be away for a while
BACKOFF_SECONDS_MAX = 15
DOUBT_SECONDS, DOUBT_SECONDS_MAX = 2.0, 120.0  # how long a printer rests after a doubtful label
DOUBT_WINDOW = timedelta(minutes=10)
SILENT_AFTER = timedelta(seconds=60)  # an agent asks at least every half minute
SILENT = "Its print agent is silent."
KEPT = " Job kept."

job, printer, agent = table_of(PrintJob), table_of(Printer), table_of(PrintAgent)
AT_WORK = ("claimed", "sending")

busy = select(job.c.id).where(job.c.printer_id == bindparam("printer"), job.c.state.in_(AT_WORK)).limit(1)
next_job = (
    select(job.c.id, job.c.zpl, job.c.attempts, job.c.printer_id, job.c.lease_until)
    .add_columns(*(printer.c[name] for name in ("code", "name", "transport", "host", "port", "queue", "trouble")))
    .select_from(job.join(printer, printer.c.id == job.c.printer_id))
    .where(job.c.printer_id == bindparam("printer"), job.c.state == "queued")
    .order_by(job.c.id)
    .limit(1)
)
# The row of a printer is the lock of its queue: a second worker skips it instead of waiting.
lock_printer = (
    select(printer.c.id, printer.c.paused, printer.c.transport, printer.c.agent_id)
    .where(printer.c.id == bindparam("printer"))
    .with_for_update(key_share=True, skip_locked=True)
)
take = (
    update(job)
    .where(job.c.id == bindparam("job"), job.c.state == "queued")
    .values(state="claimed", attempts=job.c.attempts + 1, lease_until=bindparam("until", type_=Utc()))
)
start = (  # twice is as good as once: only who holds the lease knows its number
    update(job)
    .where(job.c.id == bindparam("job"), job.c.attempts == bindparam("fence"), job.c.state.in_(AT_WORK))
    .where(job.c.lease_until > bindparam("now", type_=Utc()))
    .values(state="sending", lease_until=bindparam("until", type_=Utc()))
)


@dataclass(frozen=True)
class Held:
    """A label whose lease is ours: what to send, where, and the number that proves the lease."""

    id: int
    printer_id: int
    attempts: int
    zpl: str
    code: str
    name: str
    address: PrinterAddress = field(repr=False)
    trouble: str = ""


def timeouts(settings: Settings) -> Timeouts:
    """Return the settings' patience with printers."""
    ours = settings.printing
    waits = {"write": min(Timeouts.write, ours.send_seconds), "whole": ours.send_seconds, "finish": ours.finish_seconds}
    return Timeouts(ours.connect_seconds, ours.status_seconds, **waits)


def lease(settings: Settings, by_agent: bool = False) -> timedelta:
    """Return how long a label may be in hand before its holder counts as dead."""
    return timedelta(seconds=timeouts(settings).most + SLACK_SECONDS + (AGENT_SECONDS if by_agent else 0))


def allowed(settings: Settings) -> Allowed:
    """Return which addresses printers may have."""
    ours = settings.printing
    return Allowed(ours.ports, ours.allow_loopback, ours.networks, ours.spooler)


def claim(tx: Tx, settings: Settings, printer_id: int, agent_id: int | None = None) -> Held | None:
    """Lease the oldest due label of a printer on which nothing else is in hand; None when there is none.

    A printer of an agent is served by that agent alone, and by nobody else.
    """
    at = tx.one(lock_printer, printer=printer_id)
    ours = at is not None and (at.agent_id == agent_id if at.transport == "agent" else agent_id is None)
    if at is None or not ours or at.paused or tx.one(busy, printer=printer_id):
        return None
    oldest = tx.one(next_job, printer=printer_id)
    if oldest is None or (oldest.lease_until and oldest.lease_until > tx.now):
        return None
    until = tx.now + lease(settings, agent_id is not None)
    return held(settings, oldest) if tx.execute(take, {"job": oldest.id, "until": until}).rowcount == 1 else None


def held(settings: Settings, row: Row[Any]) -> Held:
    """Return a label that was just claimed."""
    return Held(
        row.id, row.printer_id, row.attempts + 1, row.zpl, row.code, row.name, address_of(settings, row), row.trouble
    )


def address_of(settings: Settings, row: Row[Any]) -> PrinterAddress:
    """Return where a printer is; an agent reaches it through its spooler when a queue is named, else over TCP."""
    kind: Any = ("spooler" if row.queue else "tcp") if row.transport == "agent" else row.transport
    return PrinterAddress(kind, row.host, row.port, row.queue, str(Path(settings.printing.folder) / row.code))


def begin(tx: Tx, settings: Settings, job_id: int, fence: int, by_agent: bool = False) -> bool:
    """Say that the first byte leaves now; False when the lease was lost, and then none may leave."""
    until = tx.now + lease(settings, by_agent)
    begun = tx.execute(start, {"job": job_id, "fence": fence, "now": tx.now, "until": until}).rowcount == 1
    if begun:
        tx.announce("printing")
    return begun


def settle(tx: Tx, label: Held, outcome: Outcome) -> None:
    """Write down what became of a label; a lease that was lost meanwhile changes nothing."""
    ours = and_(job.c.id == label.id, job.c.state.in_(AT_WORK), job.c.attempts == label.attempts)
    reason = clip(outcome.reason, 200)
    if outcome.retry:
        wait = timedelta(seconds=min(2 ** min(label.attempts, 10), BACKOFF_SECONDS_MAX))
        values: dict[str, Any] = {"state": "queued", "lease_until": tx.now + wait, "reason": reason}
    else:
        values = {"state": outcome.state, "lease_until": None, "reason": reason, "ended_at": tx.now}
    if tx.execute(update(job).where(ours).values(**values)).rowcount == 1:
        note(tx, label.printer_id, trouble_of(label.name, outcome), label.trouble)
        if outcome.state == "uncertain":
            cool_down(tx, label.printer_id)
    tx.announce("printing")


def cool_down(tx: Tx, printer_id: int) -> None:
    """Let the next label wait after a doubtful one, longer with each that nobody resolved yet: a printer that breaks
    off every label must not make a whole queue doubtful."""
    doubtful = (job.c.printer_id == printer_id, job.c.state == "uncertain", job.c.ended_at > tx.now - DOUBT_WINDOW)
    many = int(tx.value(select(func.count()).select_from(job).where(*doubtful)))
    wait = timedelta(seconds=min(DOUBT_SECONDS * 2 ** min(many - 1, 10), DOUBT_SECONDS_MAX))
    following = select(func.min(job.c.id)).where(job.c.printer_id == printer_id, job.c.state == "queued")
    tx.execute(update(job).where(job.c.id == following.scalar_subquery()).values(lease_until=tx.now + wait))


def advance(tx: Tx, settings: Settings, label: Held, outcome: Outcome, more: bool) -> Held | None:
    """Settle a label and, when all went well and `more` is wanted, claim and begin the next one of its printer.

    One transaction a label, for the printer has just said that it is ready. None: there is no next one now.
    """
    settle(tx, label, outcome)
    if not more or outcome.state not in ("sent", "confirmed"):
        return None
    following = claim(tx, settings, label.printer_id)
    if following is None or not begin(tx, settings, following.id, following.attempts):
        return None
    return following


# -- through an agent -------------------------------------------------------------------------------------------------


def hear(tx: Tx, agent_id: int, states: dict[int, str]) -> None:
    """Note that an agent asked, and how the printers at rest beside it are: what is wrong with each, "" for nothing."""
    tx.execute(update(agent).where(agent.c.id == agent_id).values(seen_at=tx.now))
    for row in printing.resting_at(tx, agent_id) if states else []:
        if row.id in states:
            words = trouble_of(row.name, Outcome("not_sent", states[row.id])).removesuffix(KEPT)
            if words != row.trouble.removesuffix(KEPT):
                note(tx, row.id, words, row.trouble)


def claim_for_agent(tx: Tx, settings: Settings, agent_id: int, printer_id: int) -> Held | None:
    """Lease the next label of a printer to its agent; one that it was given already and did not begin is given again,
    for the answer may have been lost. The number of the lease is new, so that only the last answer counts."""
    waits = (job.c.printer_id == printer_id, job.c.state == "claimed")
    here = select(printer.c.id).where(printer.c.id == printer_id, printer.c.agent_id == agent_id).exists()
    tx.execute(update(job).where(*waits, here).values(state="queued", lease_until=None))
    return claim(tx, settings, printer_id, agent_id)


def held_by(tx: Tx, settings: Settings, agent_id: int, job_id: int, fence: int) -> Held | None:
    """Return a label that an agent holds under this number; None when it is not the agent's (any more)."""
    facts = [printer.c[name] for name in ("code", "name", "transport", "host", "port", "queue", "trouble")]
    row = tx.one(
        select(job.c.id, job.c.zpl, job.c.printer_id, (job.c.attempts - 1).label("attempts"), *facts)
        .select_from(job.join(printer, printer.c.id == job.c.printer_id))
        .where(job.c.id == job_id, job.c.attempts == fence, printer.c.agent_id == agent_id)
    )
    return held(settings, row) if row else None


# -- what is wrong with a printer -------------------------------------------------------------------------------------


def note(tx: Tx, printer_id: int, words: str, known: str) -> None:
    """Let the printer's row say what is wrong with it, since when; or that nothing is."""
    if words == known:
        return
    since = func.coalesce(printer.c.trouble_since, literal(tx.now, Utc())) if words else None
    tx.execute(update(printer).where(printer.c.id == printer_id).values(trouble=words, trouble_since=since))
    tx.announce("printing")


def trouble_of(name: str, outcome: Outcome) -> str:
    """Return the sentence for people: "P1 is not ready: out of paper. Job kept."; empty when all went well."""
    if not outcome.reason:
        return ""
    sentence = outcome.reason.replace("The printer", name, 1)
    return clip(sentence + KEPT if outcome.retry else sentence, 120)


def open_way(settings: Settings, address: PrinterAddress) -> Session | Outcome:
    """Return a session with a printer; a bad address is an outcome, nothing was sent."""
    try:
        return transport(address, allowed(settings)).open(timeouts(settings))
    except BadInput as bad:
        return Outcome("not_sent", f"The printer's {bad.text}.")


def look(store: Store, settings: Settings, row: Row[Any]) -> None:
    """Ask a printer at rest how it is, and write it down when it is news; `row` is one of queries.printing.at_rest."""
    way = open_way(settings, address_of(settings, row))
    if isinstance(way, Outcome):
        found: Outcome | None = way
    else:
        try:
            found = way.ready()
        finally:
            way.close()
    words = trouble_of(row.name, found).removesuffix(KEPT) if found else ""
    if words != row.trouble.removesuffix(KEPT):
        store.transact(lambda tx: note(tx, row.id, words, row.trouble))


def mark_silent_agents(tx: Tx) -> None:
    """Let the printers of an agent that stopped asking say so, and take it back when it asks again."""
    heard = and_(agent.c.revoked_at.is_(None), agent.c.seen_at > tx.now - SILENT_AFTER)
    there = select(agent.c.id).where(agent.c.id == printer.c.agent_id, heard).exists()
    of_agents = update(printer).where(printer.c.transport == "agent")
    gone = of_agents.where(~there, printer.c.trouble == "").values(trouble=SILENT, trouble_since=tx.now)
    back = of_agents.where(there, printer.c.trouble == SILENT).values(trouble="", trouble_since=None)
    if tx.execute(gone).rowcount + tx.execute(back).rowcount:
        tx.announce("printing")


# -- labels that nobody cares for -------------------------------------------------------------------------------------


def mark_lost(tx: Tx) -> None:
    """Give a visible end to labels whose sender is gone or whose time is over; what was only claimed waits again."""
    over: ColumnElement[bool] = job.c.lease_until < tx.now
    end = {"ended_at": tx.now, "lease_until": None}
    half_sent = and_(job.c.state == "sending", over)
    tx.execute(update(job).where(half_sent).values(state="uncertain", reason="Printing stopped half way.", **end))
    tx.execute(update(job).where(job.c.state == "claimed", over).values(state="queued", lease_until=None))
    old = and_(job.c.state == "queued", job.c.created_at < tx.now - STALE)
    tx.execute(update(job).where(old).values(state="failed", reason="No printer took it within a day.", **end))
    tx.announce("printing")
