"""Who is to be told what: the survey once, reminders to the silent, the final notice whose clock then runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select, update

from wms.db import Store, Tx, table_of
from wms.errors import NotFound, Refusal
from wms.formats.writing import safe
from wms.models.decisions import AddressChange
from wms.models.mail import MAIL_KINDS, Mail, Mailing
from wms.models.orders import Hold, Order, Recipient
from wms.operations import confirming, locking, mailing, surveying, timeline, wording
from wms.operations.ledger import By
from wms.operations.mailing import Draft, NobodyLeft, NoLink, NoServer, NotNow, Queued, in_parts
from wms.queries import locks, segments, telling
from wms.queries import mail as reads
from wms.settings import Settings

orders, holds, changes = table_of(Order), table_of(Hold), table_of(AddressChange)
mails, mailings, recipients = table_of(Mail), table_of(Mailing), table_of(Recipient)
EVERYBODY = "All open orders"
COLUMNS = ("order", "name", "email", "link")
CHASED = (*COLUMNS, "phone", "country", "reward", "told", "last_told", "why")
ROWS = 500


class SurveyDraft(Refusal):
    """Its questions are not on anybody's page yet."""

    sentence = "The survey is a draft. Send it first, then the mails."


@dataclass(frozen=True)
class Wish:
    """A send-out to be made: which kind of mail, for a segment (none: all open orders), by mail or as a list."""

    campaign_id: int
    kind: str
    way: str = "mail"
    segment_id: int | None = None


# --- who ---


def due(tx: Tx, settings: Settings, campaign_id: int, kind: str) -> list[int]:
    """Return the orders to tell now, parts of split ones left out: their whole is told.

    survey: whoever the survey is for and never had it; reminder: who did not answer and was not reminded of late;
    final: whose address can be right and whose clock does not run; changed: whose address the office changed since
    they were told last. Raises SurveyDraft.
    """
    if kind == "survey":
        return _minus(tx, _asked(tx, campaign_id), "survey")
    if kind == "reminder":
        return _minus(tx, silent(tx, campaign_id), "reminder", timedelta(days=settings.mail.reminder_days))
    if kind == "final":
        alive = {row.id for row in tx.all(_whole(campaign_id).where(orders.c.units > 0))}
        return [each for each in locks.waiting(tx, campaign_id, "notice") if each in alive]
    return _changed(tx, campaign_id)


def silent(tx: Tx, campaign_id: int) -> list[int]:
    """Return the open orders whose backer never answered: the platform's survey, or a question of ours."""
    held = (holds.c.order_id == orders.c.id, holds.c.code == "SURVEY_MISSING", holds.c.cleared_at.is_(None))
    mine = select(orders.c.id).where(orders.c.id.in_(_whole(campaign_id)), select(holds.c.id).where(*held).exists())
    return sorted({row.id for row in tx.all(mine)} | set(surveying.outstanding(tx, campaign_id)))


def _whole(campaign_id: int) -> Select[Any]:
    """Return the statement for a campaign's open orders, without parts and without erased ones."""
    alive = (orders.c.parent_id.is_(None), orders.c.erased_at.is_(None), locks.is_open)
    return select(orders.c.id).where(orders.c.campaign_id == campaign_id, *alive)


def _open(tx: Tx, campaign_id: int) -> list[int]:
    return [row.id for row in tx.all(_whole(campaign_id).order_by(orders.c.id))]


def _asked(tx: Tx, campaign_id: int) -> list[int]:
    """Return whom the survey is for: everybody when there are no questions, for they may look whether all is right."""
    survey = surveying.survey_of(tx, campaign_id)
    if survey is None:
        return _open(tx, campaign_id)
    if survey.sent_at is None:
        raise SurveyDraft
    return surveying.recipients(tx, campaign_id)


def _minus(tx: Tx, ids: Sequence[int], kind: str, pause: timedelta | None = None) -> list[int]:
    """Return orders without those told so before, or within a pause; a list that waits counts as told."""
    found: set[int] = set()
    told = select(mails.c.order_id).join(mailings, mailings.c.id == mails.c.mailing_id)
    mine = told.where(mailings.c.kind == kind, mails.c.state.in_(("queued", "sending", "uncertain", "sent")))
    late = mine if pause is None else mine.where(mails.c.created_at > tx.now - pause)
    for part in in_parts(ids):
        found |= {row.order_id for row in tx.all(late.where(mails.c.order_id.in_(part)))}
    return [each for each in ids if each not in found]


def _changed(tx: Tx, campaign_id: int) -> list[int]:
    last = (
        select(func.max(mails.c.created_at))
        .join(mailings, mailings.c.id == mails.c.mailing_id)
        .where(mails.c.order_id == orders.c.id, mailings.c.kind == "changed", mails.c.state != "void")
        .scalar_subquery()
    )
    since = (changes.c.order_id == orders.c.id, changes.c.source == "office")
    fresh = select(changes.c.id).where(*since, (last.is_(None)) | (changes.c.at > last)).exists()
    return [row.id for row in tx.all(_whole(campaign_id).where(fresh).order_by(orders.c.id))]


# --- telling them ---


def send(tx: Tx, settings: Settings, by: By, wish: Wish) -> Queued:
    """Write the send-out that somebody wishes for whoever is due. A list waits until it is said that it went out.

    Raises NotFound, SurveyDraft and what `mailing.queue` raises.
    """
    mailing.hold(tx, wish.campaign_id)
    whom, ids = EVERYBODY, due(tx, settings, wish.campaign_id, wish.kind)
    if wish.segment_id is not None:
        row = segments.segment(tx, wish.segment_id)
        if row is None or row.campaign_id != wish.campaign_id:
            raise NotFound(what=f"Segment {wish.segment_id}")
        mine = set(members(tx, settings, row))
        whom, ids = row.name, [each for each in ids if each in mine]
    words = wording.current(tx, wish.campaign_id, wish.kind)
    return mailing.queue(tx, settings, replace(words, whom=whom, way=wish.way), ids, by)


def members(tx: Tx, settings: Settings, segment: Any) -> list[int]:
    """Return the orders of a segment; of split ones the whole, which is told for its parts."""
    mine = segments.ids_of(segment, settings.site.country)
    whole = func.coalesce(orders.c.parent_id, orders.c.id).label("whole")
    return sorted({row.whole for row in tx.all(select(whole).where(orders.c.id.in_(mine)))})


def went_out(tx: Tx, settings: Settings, by: By, mailing_id: int) -> int:
    """Say that a list went out: the clocks of its final notices start now; return for how many orders.

    Raises NotFound, and NotNow when that was said before.
    """
    first = (mailings.c.id == mailing_id, mailings.c.way == "list", mailings.c.went_at.is_(None))
    row = reads.mailing(tx, mailing_id)
    if row is None or row.way != "list":
        raise NotFound(what=f"List {mailing_id}")
    if tx.execute(update(mailings).where(*first).values(went_at=tx.now)).rowcount != 1:
        raise NotNow(state="out", why="That was said before.")
    waiting = (mails.c.mailing_id == mailing_id, mails.c.state == "queued")
    sent = update(mails).where(*waiting).values(state="sent", ended_at=tx.now, operator_id=by.operator_id)
    ids = sorted(each.order_id for each in tx.execute(sent.returning(mails.c.order_id)))
    if row.kind == "final":
        locking.final_notice(tx, settings, by, ids)
    else:
        timeline.note(tx, ids, "mail", f"{mailing.SAID[row.kind]} went out with the creator's list.", by.operator_id)
    return len(ids)


def tell_changed(tx: Tx, settings: Settings, by: By, order_ids: Sequence[int]) -> int:
    """Tell backers that their orders were changed, where mails may go out and are worded; return how many are told."""
    found = 0
    where = select(orders.c.campaign_id, orders.c.id).where(orders.c.id.in_(order_ids), orders.c.parent_id.is_(None))
    mine = tx.all(where)
    for campaign_id in sorted({row.campaign_id for row in mine}):
        ids = [row.id for row in mine if row.campaign_id == campaign_id]
        try:
            words = replace(wording.current(tx, campaign_id, "changed"), whom="What was changed")
            mailing.check(settings, words)
            found += mailing.queue(tx, settings, words, ids, by).mails
        except (NoServer, NoLink, Draft, NobodyLeft):
            continue
    return found


# --- files for the creator ---


def list_rows(store: Store, settings: Settings, mailing_id: int) -> Iterator[list[str]]:
    """Yield the rows of a list, a header first: who is to be written to, and the link of each."""
    yield list(COLUMNS)
    with store.read() as tx:
        ids = [row.order_id for row in tx.all(reads.orders_of(mailing_id).order_by(mails.c.order_id))]
    for part in in_parts(ids, ROWS):
        for row, link in told(store, settings, part):
            yield [safe(each) for each in (row.number, row.to_name, row.to_email, link)]


def chase_rows(store: Store, settings: Settings, campaign_id: int) -> Iterator[list[str]]:
    """Yield whoever never answered, a header first: how to reach them, how often they were told, what is missing."""
    yield list(CHASED)
    with store.read() as tx:
        ids = silent(tx, campaign_id)
        ours = set(surveying.outstanding(tx, campaign_id))
    for part in in_parts(ids, ROWS):
        found = told(store, settings, part)
        with store.read() as tx:
            times = reads.told_times(tx, part)
        for row, link in found:
            number, last = times.get(row.id, (0, None))
            when = last.isoformat(timespec="minutes") if last else ""
            why = "our survey" if row.id in ours else "the platform's survey"
            more = (row.to_phone, row.to_country, row.reward, str(number), when, why)
            yield [safe(each) for each in (row.number, row.to_name, row.to_email, link, *more)]


def told(store: Store, settings: Settings, ids: Sequence[int]) -> list[tuple[Any, str]]:
    """Return orders as they are told, each with its link; links that were never made are made now."""
    absolute = bool(confirming.base_url(settings))
    links = store.transact(lambda tx: confirming.links(tx, settings, ids)) if absolute else {}
    with store.read() as tx:
        known = reads.orders_told(tx, ids)
    return [(known[each], links.get(each, "")) for each in ids if each in known]


# --- how far they are ---


@dataclass(frozen=True)
class Row:
    """A segment (none: all open orders) on its way: how far its orders are, and how many are due for each mail."""

    segment: Any
    figures: telling.Figures
    due: dict[str, int]
    by_mail: dict[str, int]  # how many of them a mail can reach

    @property
    def next(self) -> str:
        """Return the one next step: survey, under_way (who is being told comes first), final, reminder, wait (a clock
        runs), release, or "" for answers. Whom a mail reaches counts before whom only a list does."""
        for numbers in (self.by_mail, self.due):
            if numbers["survey"]:
                return "survey"
            if self.figures.under_way:
                return "under_way"
            if found := next((kind for kind in ("final", "reminder") if numbers[kind]), ""):
                return found
        if self.figures.next_at:
            return "wait"
        return "release" if self.figures.orders and self.figures.locked == self.figures.orders else ""


def board(tx: Tx, settings: Settings, campaign_id: int) -> list[Row]:
    """Return all open orders of a campaign first, then each segment, with what is next."""
    lists, reached = {}, {}
    for kind in MAIL_KINDS:
        ids = set(_due_or_none(tx, settings, campaign_id, kind))
        lists[kind] = ids & _reachable(tx, campaign_id, kind, "list") if ids else ids
        reached[kind] = ids & _reachable(tx, campaign_id, kind, "mail") if ids else ids
    everybody = _whole(campaign_id).where(orders.c.units > 0)
    found = [
        Row(None, telling.figures(tx, everybody), *({k: len(ids) for k, ids in of.items()} for of in (lists, reached)))
    ]
    for segment in segments.of_campaign(tx, campaign_id):
        mine = members(tx, settings, segment)
        numbers = ({kind: len(ids.intersection(mine)) for kind, ids in of.items()} for of in (lists, reached))
        found.append(Row(segment, telling.figures(tx, segments.ids_of(segment, settings.site.country)), *numbers))
    return found


def _reachable(tx: Tx, campaign_id: int, kind: str, way: str) -> set[int]:
    """Return the orders that a mail of a kind, or a list, could reach now."""
    joined = _whole(campaign_id).join(recipients, recipients.c.id == orders.c.recipient_id)
    named = (recipients.c.email != "",) if way == "mail" else ()
    return {row.id for row in tx.all(joined.where(*named, ~mailing.had(kind, way)))}


def _due_or_none(tx: Tx, settings: Settings, campaign_id: int, kind: str) -> list[int]:
    try:
        return due(tx, settings, campaign_id, kind)
    except SurveyDraft:
        return []
