"""Mails as they are read: what a letter says of its order, what waits, what is in doubt, who was written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from wms.db import Tx, table_of
from wms.models.backers import BackerPage
from wms.models.campaigns import Campaign
from wms.models.items import Item, Owner
from wms.models.mail import MAIL_STATES, Mail, Mailing, MailServer
from wms.models.orders import Hold, Order, OrderLine, Recipient
from wms.models.people import Operator
from wms.queries.listing import FIRST, Cut, Listing, like, page_of

mails, mailings, server = table_of(Mail), table_of(Mailing), table_of(MailServer)
orders, lines, items, recipients = table_of(Order), table_of(OrderLine), table_of(Item), table_of(Recipient)
holds, pages = table_of(Hold), table_of(BackerPage)
campaigns, owners, operators = table_of(Campaign), table_of(Owner), table_of(Operator)
STATES = ("uncertain", "failed", "queued", "sending", "sent", "void")  # as they are listed: who needs a person first
assert set(STATES) == set(MAIL_STATES)
PERSON = ("name", "line1", "line2", "city", "state", "postal_code", "country", "email", "phone")

# --- what a letter says ---

whole = func.coalesce(orders.c.parent_id, orders.c.id)
about = (
    select(orders.c.id, orders.c.number, orders.c.state.label("order_state"), orders.c.erased_at, orders.c.lock_at)
    .add_columns(orders.c.reward, orders.c.address_locked_at)
    .add_columns(*(recipients.c[name].label(f"to_{name}") for name in PERSON))
    .join(recipients, recipients.c.id == orders.c.recipient_id)
)


def orders_told(tx: Tx, order_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Return order id -> what a letter says of it: number, state, clock, recipient (`to_…`)."""
    return {row.id: row for row in tx.all(about.where(orders.c.id.in_(order_ids)))}


def answers_of(tx: Tx, order_ids: Sequence[int]) -> dict[int, datetime]:
    """Return order id -> when its backer answered last: on our page, or by what closed the survey's hold."""
    mine = (pages.c.order_id.in_(order_ids), pages.c.answered_at.is_not(None))
    found = {
        row.order_id: row.answered_at for row in tx.all(select(pages.c.order_id, pages.c.answered_at).where(*mine))
    }
    held = (holds.c.order_id.in_(order_ids), holds.c.code == "SURVEY_MISSING")
    for row in tx.all(select(holds.c.order_id, holds.c.cleared_at).where(*held).order_by(holds.c.id)):
        if row.cleared_at is not None:
            found[row.order_id] = max(row.cleared_at, found.get(row.order_id, row.cleared_at))
        else:
            found.pop(row.order_id, None)
    return found


def contents(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Return order id -> (units, name) of all that is sent for it, parts of split orders included."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    number = func.sum(lines.c.qty).label("number")
    joined = lines.join(orders, orders.c.id == lines.c.order_id).join(items, items.c.id == lines.c.item_id)
    mine = or_(orders.c.id.in_(order_ids), orders.c.parent_id.in_(order_ids))
    wanted = select(whole.label("whole"), items.c.name, items.c.sku, number).select_from(joined)
    alive = wanted.where(mine, orders.c.state != "cancelled").group_by(whole, items.c.name, items.c.sku)
    for row in tx.all(alive.order_by(items.c.name, items.c.sku)):
        found[row.whole].append((int(row.number), row.name or row.sku))
    return found


def names_of(tx: Tx, campaign_id: int) -> tuple[str, str]:
    """Return the names of a campaign and of its creator."""
    joined = select(campaigns.c.name, owners.c.name.label("creator")).join(owners, owners.c.id == campaigns.c.owner_id)
    row = tx.one(joined.where(campaigns.c.id == campaign_id))
    assert row is not None
    return row.name, row.creator


# --- the way out ---


def way_out(tx: Tx) -> Any:
    """Return the state of the way out."""
    return tx.one(select(server))


def ready(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a mail that may go now: due, in nobody's hand, of a send-out that goes by mail."""
    free = or_(mails.c.lease_until.is_(None), mails.c.lease_until < now)
    waits = and_(mails.c.state == "queued", mails.c.run_at <= now, free)
    return and_(waits, mails.c.mailing_id.in_(going))


going = select(mailings.c.id).where(mailings.c.way != "list", mailings.c.stopped_at.is_(None))


def waiting(tx: Tx) -> tuple[bool, bool]:
    """Return whether a mail may go now, and whether one was lost by its sender."""
    way = way_out(tx)
    open_now = way.stopped_at is None and (way.retry_at is None or way.retry_at <= tx.now)
    due = open_now and tx.one(select(mails.c.id).where(ready(tx.now)).limit(1)) is not None
    half_sent = select(mails.c.id).where(mails.c.state == "sending", mails.c.lease_until < tx.now)
    return due, tx.one(half_sent.limit(1)) is not None


# --- lists for people ---


@dataclass(frozen=True)
class Filters:
    """Which mails to show; what is empty does not filter. `text` is part of an order's number or of a mail address."""

    campaign_id: int | None = None
    mailing_id: int | None = None
    state: str = ""
    kind: str = ""
    text: str = ""

    def where(self, without: str = "") -> list[ColumnElement[bool]]:
        """Return the conditions, but for one of them. Lists that the creator sends are no mails."""
        found: dict[str, ColumnElement[bool] | None] = {
            "way": mailings.c.way != "list",
            "campaign": mailings.c.campaign_id == self.campaign_id if self.campaign_id else None,
            "mailing": mailings.c.id == self.mailing_id if self.mailing_id else None,
            "state": mails.c.state == self.state if self.state else None,
            "kind": mailings.c.kind == self.kind if self.kind else None,
            "text": or_(like(orders.c.number, self.text), like(mails.c.address, self.text)) if self.text else None,
        }
        return [condition for name, condition in found.items() if condition is not None and name != without]


together = (
    mails.join(mailings, mailings.c.id == mails.c.mailing_id)
    .join(campaigns, campaigns.c.id == mailings.c.campaign_id)
    .outerjoin(orders, orders.c.id == mails.c.order_id)
    .outerjoin(operators, operators.c.id == mails.c.operator_id)
)
listed = (
    select(mails, *(mailings.c[name] for name in ("kind", "way", "whom", "campaign_id", "stopped_at")))
    .add_columns(campaigns.c.code.label("campaign"), orders.c.number, operators.c.name.label("who"))
    .select_from(together)
)


def mail_list(tx: Tx, filters: Filters, cut: Cut = FIRST) -> Listing:
    """Return mails, the uncertain ones first, then the failed ones, then the newest."""
    rank = {state: n for n, state in enumerate(STATES[:2])}
    urgent = [(mails.c.state == state, n) for state, n in rank.items()]
    found = listed.where(*filters.where())
    return page_of(tx, found.order_by(case(*urgent, else_=len(rank)), mails.c.id.desc()), cut)


def counts(tx: Tx, filters: Filters) -> dict[str, dict[str, int]]:
    """Return how many mails each state and each kind would show beside the other filters."""
    found: dict[str, dict[str, int]] = {}
    for name, column in (("state", mails.c.state), ("kind", mailings.c.kind)):
        wanted = select(column.label("value"), func.count().label("number")).select_from(together)
        rows = tx.all(wanted.where(*filters.where(without=name)).group_by(column))
        found[name] = {row.value: int(row.number) for row in rows}
    return found


def mails_of_order(tx: Tx, order_id: int) -> list[Row[Any]]:
    """Return the mails about an order, the newest first."""
    return tx.all(listed.where(mails.c.order_id == order_id).order_by(mails.c.id.desc()))


def mailing_list(tx: Tx, campaign_id: int, most: int = 20) -> list[dict[str, Any]]:
    """Return the send-outs of a campaign, the newest first, with how many mails are in each state."""
    named = mailings.outerjoin(operators, operators.c.id == mailings.c.operator_id)
    wanted = select(mailings, operators.c.name.label("who")).select_from(named)
    mine = wanted.where(mailings.c.campaign_id == campaign_id, mailings.c.way != "test")
    rows = tx.all(mine.order_by(mailings.c.id.desc()).limit(most))
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    by_state = select(mails.c.mailing_id, mails.c.state, func.count().label("number"))
    ids = [row.id for row in rows]
    for row in tx.all(by_state.where(mails.c.mailing_id.in_(ids)).group_by(mails.c.mailing_id, mails.c.state)):
        numbers[row.mailing_id][row.state] = int(row.number)
    return [dict(row._mapping) | {"states": numbers[row.id]} for row in rows]


def mailing(tx: Tx, mailing_id: int) -> Row[Any] | None:
    """Return a send-out, or None."""
    return tx.one(select(mailings).where(mailings.c.id == mailing_id))


def orders_of(mailing_id: int) -> Select[Any]:
    """Return the statement for the orders that a send-out is for and that were not given up."""
    mine = (mails.c.mailing_id == mailing_id, mails.c.state != "void", mails.c.order_id.is_not(None))
    return select(mails.c.order_id).where(*mine)


def told_times(tx: Tx, order_ids: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
    """Return order id -> how often it was mailed or listed, and when last."""
    sent = (mails.c.order_id.in_(order_ids), mails.c.state == "sent")
    facts = (mails.c.order_id, func.count().label("number"), func.max(mails.c.ended_at).label("last"))
    rows = tx.all(select(*facts).where(*sent).group_by(mails.c.order_id))
    return {row.order_id: (int(row.number), row.last) for row in rows}
