"""Send-outs to backers: who gets a mail is written down row by row; what is in doubt a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal, or_, select, update

from wms.db import Tx, Utc, table_of
from wms.errors import BadInput, NotFound, Refusal, clip
from wms.formats import letters
from wms.models.campaigns import Campaign
from wms.models.mail import Mail, Mailing, MailServer
from wms.models.orders import Order, Recipient
from wms.operations import confirming, locking, master, timeline
from wms.operations.ledger import By
from wms.operations.wording import Wording
from wms.settings import Settings

mails, mailings, server = table_of(Mail), table_of(Mailing), table_of(MailServer)
orders, recipients, campaigns = table_of(Order), table_of(Recipient), table_of(Campaign)
PART = 5_000  # orders that one statement carries as values
BACK = "It came back: "
SAID = {"survey": "The survey", "reminder": "A reminder", "final": "The final notice", "changed": "A change"}


class Queued(NamedTuple):
    """A send-out that was made: its id, how many mails, how many orders have no mail address."""

    id: int
    mails: int
    without: int


class NoServer(Refusal):
    """There is no way out."""

    sentence = "No mail server is set: settings, section mail."


class NoLink(Refusal):
    """A link would lead nowhere."""

    sentence = "Links need a public address: settings, links.base_url."


class Draft(Refusal):
    """Nobody said that it may go out."""

    sentence = "{kind}: its wording is a draft. Approve it first."


class NobodyLeft(Refusal):
    """Whoever it is for has it already."""

    sentence = "Nobody is left to write to. {without} have no mail address."


class NotNow(Refusal):
    """A mail is in another state by now."""

    sentence = "This mail is {state}. {why}"


# --- a send-out is written down ---


def hold(tx: Tx, campaign_id: int) -> None:
    """Let nobody else write a send-out of this campaign meanwhile: who asks twice must not send twice."""
    tx.one(select(campaigns.c.id).where(campaigns.c.id == campaign_id).with_for_update())


def queue(tx: Tx, settings: Settings, wording: Wording, order_ids: Sequence[int], by: By) -> Queued:
    """Write a mail for each of these orders that may have one of this kind now, with the wording frozen.

    Left out are orders that are gone or erased, that have one waiting, and unless it is a list those without a mail
    address and those whose last one failed; the survey goes to nobody twice. Raises NoServer, NoLink, Draft,
    NobodyLeft; then nothing is written.
    """
    if wording.way == "mail":
        check(settings, wording)
    hold(tx, wording.campaign_id)
    facts = {"campaign_id": wording.campaign_id, "kind": wording.kind, "way": wording.way, "whom": wording.whom[:60]}
    text = {"subject": wording.subject, "body": wording.body}
    made = master.add(tx, mailings, at=tx.now, operator_id=by.operator_id, orders=0, **facts, **text)
    may = and_(orders.c.state != "cancelled", orders.c.erased_at.is_(None), ~had(wording.kind, wording.way))
    reachable = recipients.c.email != "" if wording.way == "mail" else literal(True)
    without = 0
    for part in in_parts(sorted(set(order_ids))):
        joined = orders.join(recipients, recipients.c.id == orders.c.recipient_id)
        columns = (literal(made), orders.c.id, literal(tx.now, Utc()), literal(tx.now, Utc()))
        mine = select(*columns).select_from(joined).where(orders.c.id.in_(part), may)
        if wording.way == "mail":
            without += len(tx.all(mine.where(recipients.c.email == "")))
        names = ["mailing_id", "order_id", "run_at", "created_at"]
        tx.execute(insert(mails).from_select(names, mine.where(reachable).order_by(orders.c.id)))
    number = int(tx.value(select(func.count()).where(mails.c.mailing_id == made)))
    if not number:
        raise NobodyLeft(without=without)
    tx.execute(update(mailings).where(mailings.c.id == made).values(orders=number))
    tx.announce("orders")
    return Queued(made, number, without)


def check(settings: Settings, wording: Wording) -> None:
    """Raise NoServer, NoLink or Draft unless mails with this wording may go out."""
    if not settings.mail.host:
        raise NoServer
    if wording.uses("link") and not confirming.base_url(settings):
        raise NoLink
    if wording.approved_at is None:
        raise Draft(kind=letters.WORDS[wording.kind])


def had(kind: str, way: str) -> ColumnElement[bool]:
    """Return whether an order has a mail of a kind that waits, is in doubt or failed; of the survey also one that went.

    What failed by mail may go as a list; by mail only when a person sends that one again.
    """
    states = ["queued", "sending", "uncertain", *(["sent"] if kind == "survey" else [])]
    states += ["failed"] if way == "mail" else []
    mine = (mails.c.order_id == orders.c.id, mails.c.mailing_id == mailings.c.id, mailings.c.kind == kind)
    return exists().where(*mine, mails.c.state.in_(states))


def try_out(tx: Tx, settings: Settings, by: By, wording: Wording, address: str) -> int:
    """Queue a test of a wording, about an invented order, to an address typed by somebody of the office; return its id.

    Raises NoServer, BadInput for the address.
    """
    if not settings.mail.host:
        raise NoServer
    try:
        to = letters.checked(address)
    except letters.BadAddress as bad:
        raise BadInput(field="address", why=str(bad)) from None
    text = {"subject": clip(f"[Test] {wording.subject}", letters.SUBJECT_MAX), "body": wording.body}
    facts = {"campaign_id": wording.campaign_id, "kind": wording.kind, "way": "test", "whom": "a test"}
    made = master.add(tx, mailings, at=tx.now, operator_id=by.operator_id, orders=0, **facts, **text)
    return master.add(tx, mails, mailing_id=made, address=to[:200], run_at=tx.now, created_at=tx.now)


# --- people decide ---


def row_of(tx: Tx, mail_id: int) -> Any:
    """Return a mail with its send-out, for a change; raises NotFound."""
    wanted = (
        select(mails, *(mailings.c[name] for name in ("kind", "way", "campaign_id", "went_at")))
        .add_columns(mailings.c.operator_id.label("sender_id"))
        .join(mailings, mailings.c.id == mails.c.mailing_id)
        .where(mails.c.id == mail_id)
    )
    row = tx.one(wanted.with_for_update(of=mails))
    if row is None:
        raise NotFound(what=f"Mail {mail_id}")
    return row


def again(tx: Tx, by: By, mail_id: int, reason: str) -> None:
    """Send a mail again that failed, is in doubt, or was void; one that went goes as a mail of its own.

    Raises BadInput without a reason, NotNow, NotFound.
    """
    row, why = row_of(tx, mail_id), needed(reason)
    gone = row.order_id and tx.one(
        select(orders.c.id).where(
            orders.c.id == row.order_id, or_(orders.c.state == "cancelled", orders.c.erased_at.is_not(None))
        )
    )
    if gone:
        raise NotNow(state=row.state, why="Its order is gone.")
    if row.way == "list" or row.state in ("queued", "sending"):
        raise NotNow(state=row.state, why="It is not ours to send." if row.way == "list" else "It is on its way.")
    fresh = {"state": "queued", "reason": "", "why": why, "tries": 0, "run_at": tx.now, "operator_id": by.operator_id}
    if row.state == "sent":
        told = {"mailing_id": row.mailing_id, "order_id": row.order_id, "created_at": tx.now}
        master.add(tx, mails, **told, **fresh, address=row.address if row.way == "test" else "")
    else:
        tx.execute(update(mails).where(mails.c.id == mail_id).values(**fresh, lease_until=None, ended_at=None))
    say(tx, by, row, f"is sent again: {why}")


def arrived(tx: Tx, settings: Settings, by: By, mail_id: int, reason: str) -> None:
    """Say of a mail in doubt that it went; the clock of a final notice starts now.

    Raises BadInput without a reason, NotNow, NotFound.
    """
    row, why = row_of(tx, mail_id), needed(reason)
    if row.state != "uncertain":
        raise NotNow(state=row.state, why="Only one in doubt is settled so.")
    decided = {"state": "sent", "why": why, "operator_id": by.operator_id, "ended_at": tx.now}
    tx.execute(update(mails).where(mails.c.id == mail_id).values(decided))
    say(tx, by, row, f"went: {why}")
    went(tx, settings, row, By(row.sender_id))


def void(tx: Tx, by: By, mail_id: int, reason: str) -> None:
    """Give up a mail that waits, failed or is in doubt. Raises BadInput without a reason, NotNow, NotFound."""
    row, why = row_of(tx, mail_id), needed(reason)
    if row.state not in ("queued", "failed", "uncertain"):
        raise NotNow(state=row.state, why="It cannot be called back.")
    values = {"state": "void", "why": why, "operator_id": by.operator_id, "ended_at": tx.now, "fence": row.fence + 1}
    tx.execute(update(mails).where(mails.c.id == mail_id).values(values))
    say(tx, by, row, f"was given up: {why}")


def bounced(tx: Tx, by: By, mail_id: int, reason: str) -> None:
    """Say of a mail that went that it came back: a final notice that warned nobody stops the clock of its order.

    Raises BadInput without a reason, NotNow, NotFound.
    """
    row, why = row_of(tx, mail_id), needed(reason)
    if row.state != "sent":
        raise NotNow(state=row.state, why="Only one that went comes back.")
    values = {"state": "failed", "reason": f"{BACK}{why}", "operator_id": by.operator_id, "ended_at": tx.now}
    tx.execute(update(mails).where(mails.c.id == mail_id).values(values))
    say(tx, by, row, f"came back: {why}")
    if row.kind == "final" and row.order_id:
        ids = locking.family(tx, [row.order_id])
        running = (orders.c.id.in_(ids), orders.c.address_locked_at.is_(None), orders.c.lock_at.is_not(None))
        if tx.execute(update(orders).where(*running).values(lock_at=None)).rowcount:
            timeline.note(tx, row.order_id, "notice", "The final notice came back: its clock stopped.", by.operator_id)


def needed(reason: str) -> str:
    """Return a reason as it is kept; raises BadInput when there is none."""
    text = letters.line(reason)[:200]
    if not text:
        raise BadInput(field="reason", why="say why")
    return text


def say(tx: Tx, by: By, row: Any, what: str) -> None:
    """Write what was decided about a mail into the timeline of its order."""
    if row.order_id:
        timeline.note(tx, row.order_id, "mail", f"{SAID[row.kind]} {what}", by.operator_id)
    tx.announce("orders")


def went(tx: Tx, settings: Settings, row: Any, by: By) -> None:
    """Do what follows when a mail about an order went out: the clock of a final notice starts."""
    if row.order_id is None or row.way == "test":
        return
    if row.kind == "final":
        locking.final_notice(tx, settings, by, [row.order_id])
    else:
        timeline.note(tx, row.order_id, "mail", f"{SAID[row.kind]} was mailed.", by.operator_id)


# --- stop and go ---


def stop(tx: Tx, by: By) -> None:
    """Let nothing go out any more, until somebody says `go_on`; what is on the wire ends."""
    tx.execute(update(server).where(server.c.stopped_at.is_(None)).values(stopped_at=tx.now, stopped_by=by.operator_id))


def go_on(tx: Tx) -> None:
    """Let mails go out again, and try a server in trouble at once."""
    tx.execute(update(server).values(stopped_at=None, stopped_by=None, retry_at=None))


def stop_one(tx: Tx, mailing_id: int, stopped: bool) -> None:
    """Stop one send-out, or let it go on. Raises NotFound."""
    at = tx.now if stopped else None
    if not tx.execute(update(mailings).where(mailings.c.id == mailing_id).values(stopped_at=at)).rowcount:
        raise NotFound(what=f"Send-out {mailing_id}")


def drop(tx: Tx, by: By, mailing_id: int, reason: str) -> int:
    """Give up what still waits of a send-out, or a list that did not go out; return how many. Raises BadInput."""
    waiting = (mails.c.mailing_id == mailing_id, mails.c.state == "queued")
    values = {"state": "void", "why": needed(reason), "operator_id": by.operator_id, "ended_at": tx.now}
    number = tx.execute(update(mails).where(*waiting).values(**values, fence=mails.c.fence + 1)).rowcount
    tx.announce("orders")
    return int(number)


def in_parts(ids: Sequence[int], size: int = PART) -> Iterator[Sequence[int]]:
    """Yield ids in parts that one statement can carry as values."""
    yield from (ids[start : start + size] for start in range(0, len(ids), size))
