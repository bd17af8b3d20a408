"""The mails' own lane in the worker: one connection for many, each claimed before it goes, none sent twice.

queued -> queued with a lease (in hand, nothing out) -> sending (perhaps out) -> sent | failed | queued | uncertain.
A dead server delays mails and nothing else: it is tried again after a pause that grows.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select, update

from wms import clock
from wms.db import Store, Tx, Utc, table_of
from wms.errors import clip
from wms.formats import letters
from wms.formats.letters import Letter, Sender
from wms.models.mail import Mail, Mailing, MailServer
from wms.operations import confirming, mailing, wording
from wms.operations.lanes import surely
from wms.operations.ledger import By
from wms.operations.postman import Outcome, Postman, Trouble, connect
from wms.queries import mail as reads
from wms.settings import Settings

mails, mailings, server = table_of(Mail), table_of(Mailing), table_of(MailServer)
BATCH = 50  # mails in one hand
HAND = timedelta(minutes=10)  # how long: then another sender may take what did not go
SLACK_SECONDS = 60.0
WINDOW = timedelta(minutes=1)
LATER_MINUTES = (1, 5, 15, 60, 240, 720)  # after each time that the server put a mail off; then it has failed
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 15, 900  # until a server in trouble is tried again
ADDRESS = re.compile(r"\S+@\S+")  # whom a letter was for is nothing of the server's
log = logging.getLogger("wms.worker")

lock_way = select(server).with_for_update()
goes = exists().where(mailings.c.id == mails.c.mailing_id, mailings.c.stopped_at.is_(None))
way_is_open = exists().where(server.c.stopped_at.is_(None))
begin_one = (
    update(mails)
    .where(mails.c.id == bindparam("mail"), mails.c.fence == bindparam("held"), mails.c.state == "queued")
    .where(goes, way_is_open)
    .values(state="sending", begun_at=bindparam("now", type_=Utc()), lease_until=bindparam("until", type_=Utc()))
    .values(address=bindparam("to"))
)


@dataclass(frozen=True)
class Held:
    """A mail in hand: its row, where it goes, what its placeholders stand for now, why it need not go any more."""

    row: Any
    address: str
    values: dict[str, str]
    idle: str = ""


# --- into the hand ---


def claim(tx: Tx, settings: Settings) -> list[Held]:
    """Take the oldest due mails into one hand, as many as may go in this minute, and write their letters."""
    way = tx.one(lock_way)  # one hand at a time: the limit holds for all senders together
    if way is None or way.stopped_at or (way.retry_at and way.retry_at > tx.now):
        return []
    in_hand = and_(mails.c.state == "queued", mails.c.lease_until > tx.now)
    room = settings.mail.per_minute - _many(tx, mails.c.begun_at > tx.now - WINDOW) - _many(tx, in_hand)
    if room <= 0:
        return []
    oldest = select(mails.c.id).where(reads.ready(tx.now)).order_by(mails.c.run_at, mails.c.id).limit(min(room, BATCH))
    ids = [row.id for row in tx.all(oldest)]
    values = {"fence": mails.c.fence + 1, "lease_until": tx.now + HAND}
    tx.execute(update(mails).where(mails.c.id.in_(ids)).values(values))
    return letters_of(tx, settings, ids)


def _many(tx: Tx, condition: ColumnElement[bool]) -> int:
    return int(tx.value(select(func.count()).select_from(mails).where(condition)))


def letters_of(tx: Tx, settings: Settings, ids: Sequence[int]) -> list[Held]:
    """Return mails with their letters, written from what is known of their orders now."""
    facts = [mailings.c[name] for name in ("kind", "way", "campaign_id", "subject", "body")]
    wanted = select(mails, *facts, mailings.c.operator_id.label("sender_id"))
    joined = wanted.join(mailings, mailings.c.id == mails.c.mailing_id).where(mails.c.id.in_(ids))
    rows = tx.all(joined.order_by(mails.c.run_at, mails.c.id))
    about = [row.order_id for row in rows if row.order_id]
    known, inside = reads.orders_told(tx, about), reads.contents(tx, about)
    links = confirming.links(tx, settings, about) if about else {}
    answered = reads.answers_of(tx, about) if any(row.kind == "reminder" for row in rows) else {}
    names = {each: reads.names_of(tx, each) for each in {row.campaign_id for row in rows}}
    found = []
    for row in rows:
        order = known.get(row.order_id)
        base = wording.sample(settings, names[row.campaign_id], confirming.base_url(settings), tx.now)
        if order is None:
            found.append(Held(row, row.address, base))
            continue
        more = said(settings, order, inside[order.id], links.get(order.id, ""))
        found.append(Held(row, order.to_email.strip(), base | more, idle(row, order, answered.get(order.id))))
    return found


def idle(row: Any, order: Any, answered: datetime | None) -> str:
    """Return why a mail that was queued need not go any more, "" when it must."""
    if order.order_state == "cancelled" or order.erased_at is not None:
        return "Its order is gone."
    if row.kind == "final" and order.address_locked_at is not None:
        return "Its address was locked meanwhile."
    if row.kind == "reminder" and answered is not None and answered > row.created_at:
        return "It was answered meanwhile."
    return ""


def said(settings: Settings, order: Any, inside: Sequence[tuple[int, str]], link: str) -> dict[str, str]:
    """Return what the placeholders stand for in a letter about an order."""
    found = {"name": order.to_name or "backer", "order": order.number, "link": link, "address": block(order)}
    if order.lock_at:
        found["deadline"] = wording.deadline(settings, order.lock_at)
    return found | {"contents": "\n".join(f"{units} × {name}" for units, name in inside) or "(nothing chosen yet)"}


def block(order: Any) -> str:
    """Return where an order goes, as it would stand on the parcel."""
    town = ", ".join(filter(None, (f"{order.to_postal_code} {order.to_city}".strip(), order.to_state)))
    parts = [order.to_name, order.to_line1, order.to_line2, town, order.to_country]
    return "\n".join(filter(None, map(letters.line, parts))) if order.to_line1 else "(no address yet)"


def write(settings: Settings, mail: Held) -> EmailMessage | str:
    """Return the letter of a mail, or why there can be none."""
    if mail.idle:
        return mail.idle
    row, values = mail.row, mail.values
    text = letters.fill(row.subject, values), letters.fill(row.body, values)
    letter = Letter(mail.address, values["name"], *text, values["link"])
    ours = Sender(settings.mail.sender, settings.mail.sender_name or values["campaign"], settings.mail.reply_to)
    try:
        return letters.compose(letter, ours, message_id(settings, row), clock.now())
    except letters.BadAddress as bad:
        return str(bad)
    except (ValueError, IndexError, AttributeError):  # what the mail library says to texts that it cannot carry
        return "This mail cannot be written."


def message_id(settings: Settings, row: Any) -> str:
    """Return the Message-ID of a mail, the same at every try: who gets it twice sees it once."""
    stamp = f"{row.id} {row.mailing_id} {row.created_at.isoformat()}"
    return f"<{row.id}.{hashlib.sha256(stamp.encode()).hexdigest()[:20]}@{settings.mail.sender.rpartition('@')[2]}>"


# --- out of the hand ---


def begin(tx: Tx, settings: Settings, mail: Held) -> bool:
    """Say that a mail goes now; False when it was taken out of our hand, or somebody stopped it."""
    until = tx.now + timedelta(seconds=4 * settings.mail.seconds + SLACK_SECONDS)
    facts = {"mail": mail.row.id, "held": mail.row.fence, "now": tx.now, "until": until, "to": mail.address[:200]}
    return tx.execute(begin_one, facts).rowcount == 1


def settle(tx: Tx, settings: Settings, mail: Held, outcome: Outcome) -> None:
    """Write down what became of a mail that was begun; what others made of it meanwhile stays."""
    row = mail.row
    values: dict[str, Any] = {"reason": clip(outcome.reason, 300), "lease_until": None}
    if outcome.state == "refused":  # nothing of it is out, and nothing about it is wrong
        values |= {"state": "queued", "begun_at": None}
    elif outcome.state == "retry" and row.tries < len(LATER_MINUTES):
        later = tx.now + timedelta(minutes=LATER_MINUTES[row.tries])
        values |= {"state": "queued", "tries": row.tries + 1, "run_at": later}
    else:
        values |= {"state": "failed" if outcome.state == "retry" else outcome.state, "ended_at": tx.now}
    ours = (mails.c.id == row.id, mails.c.fence == row.fence, mails.c.state == "sending")
    if tx.execute(update(mails).where(*ours).values(values)).rowcount == 1 and values["state"] == "sent":
        mailing.went(tx, settings, row, By(row.sender_id))
    if outcome.over:
        trouble(tx, outcome.reason)
    tx.announce("orders")


def unwritten(tx: Tx, mail: Held, why: str) -> None:
    """Write down why there is no letter."""
    state = "void" if mail.idle else "failed"
    values = {"state": state, "reason": why, "address": mail.address[:200], "lease_until": None, "ended_at": tx.now}
    ours = (mails.c.id == mail.row.id, mails.c.fence == mail.row.fence, mails.c.state == "queued")
    tx.execute(update(mails).where(*ours).values(values))


def let_go(tx: Tx, rest: Sequence[Held]) -> None:
    """Put mails back that were in hand and did not go."""
    for mail in rest:
        ours = (mails.c.id == mail.row.id, mails.c.fence == mail.row.fence, mails.c.state == "queued")
        tx.execute(update(mails).where(*ours).values(lease_until=None))


def trouble(tx: Tx, words: str) -> None:
    """Let the way out say what is wrong with it, and rest, longer each time."""
    failures = int(tx.value(select(server.c.failures)) or 0)
    pause = min(PAUSE_SECONDS * 2 ** min(failures, 10), PAUSE_SECONDS_MAX)
    since = func.coalesce(server.c.trouble_since, tx.now)
    facts = {"trouble": clip(ADDRESS.sub("…", words), 300), "trouble_since": since, "failures": failures + 1}
    tx.execute(update(server).values(**facts, retry_at=tx.now + timedelta(seconds=pause)))


def all_well(tx: Tx) -> None:
    """Let the way out say that nothing is wrong with it."""
    tx.execute(update(server).values(trouble="", trouble_since=None, failures=0, retry_at=None))


def mark_lost(tx: Tx) -> int:
    """Let mails whose sender was lost on the way be in doubt: perhaps they went. Returns how many."""
    lost = and_(mails.c.state == "sending", mails.c.lease_until < tx.now)
    end = {"state": "uncertain", "reason": "Sending stopped half way.", "lease_until": None, "ended_at": tx.now}
    tx.announce("orders")
    return tx.execute(update(mails).where(lost).values(end)).rowcount


# --- the lane ---


def send_due(store: Store, settings: Settings, stop: threading.Event) -> int:
    """Send what is due over one connection, until nothing is, the server is in trouble or `stop` is set.

    Returns how many letters were given to the server.
    """
    with store.read() as tx:
        due, lost = reads.waiting(tx)
    if lost:
        store.transact(mark_lost)
    if not due or not settings.mail.host:
        return 0
    try:
        postman = connect(settings.mail)
    except Trouble as failed:
        words = str(failed)
        log.warning("no mail can be sent: %s", words)
        store.transact(lambda tx: trouble(tx, words))
        return 0
    try:
        return Round(store, settings, postman).run(stop)
    finally:
        postman.close()


class Round:
    """One walk of the postman."""

    def __init__(self, store: Store, settings: Settings, postman: Postman) -> None:
        """Send mails of `store` over the connection of `postman`."""
        self.store, self.settings, self.postman = store, settings, postman
        self.well = False

    def run(self, stop: threading.Event) -> int:
        """Send hand after hand; return how many letters were given to the server."""
        given = 0
        while not stop.is_set():
            hand = self.store.transact(lambda tx: claim(tx, self.settings))
            if not hand:
                break
            sent, over = self._hand(hand, stop)
            given += sent
            if over:
                break
        return given

    def _hand(self, hand: list[Held], stop: threading.Event) -> tuple[int, bool]:
        """Send the mails of one hand: one transaction between two letters. True: the connection is over."""
        given, done = 0, list[tuple[Held, Outcome]]()
        for at, mail in enumerate(hand):
            if stop.is_set() or (done and done[-1][1].over):
                self._between(done, rest=hand[at:])
                return given, True
            letter = write(self.settings, mail)  # outside of any transaction: it takes its time
            if self._between(done, mail, letter) and not isinstance(letter, str):
                done, given = [(mail, self.postman.send(letter))], given + 1
            else:
                done = []
        self._between(done)
        return given, bool(done and done[-1][1].over)

    def _between(
        self,
        done: list[tuple[Held, Outcome]],
        mail: Held | None = None,
        letter: EmailMessage | str = "",
        rest: Sequence[Held] = (),
    ) -> bool:
        """Settle the last mail, begin the next one in the same transaction; return whether it may go."""

        def step(tx: Tx) -> bool:
            for each, outcome in done:
                settle(tx, self.settings, each, outcome)
                if outcome.state == "sent" and not self.well:
                    all_well(tx)
            let_go(tx, rest)
            if mail is None:
                return False
            if isinstance(letter, str):
                unwritten(tx, mail, letter)
                return False
            return begin(tx, self.settings, mail)

        may = surely(self.store, step)
        self.well = self.well or any(outcome.state == "sent" for _, outcome in done)
        return may
