"""How far backers are told and answered: asked, answered, confirmed, warned, locked, for a campaign or a segment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select

from wms.db import Tx, table_of
from wms.models.backers import BackerPage
from wms.models.mail import Mail, Mailing
from wms.models.orders import Hold, Order
from wms.queries.locks import bad_address

orders, holds, pages = table_of(Order), table_of(Hold), table_of(BackerPage)
mails, mailings = table_of(Mail), table_of(Mailing)
whole = func.coalesce(orders.c.parent_id, orders.c.id)
was_asked = exists().where(
    mails.c.order_id == whole,
    mails.c.state == "sent",
    mailings.c.id == mails.c.mailing_id,
    mailings.c.kind.in_(("survey", "reminder")),
)
is_silent = exists().where(holds.c.order_id == whole, holds.c.code == "SURVEY_MISSING", holds.c.cleared_at.is_(None))
has_confirmed = exists().where(pages.c.order_id == whole, pages.c.confirmed_at.is_not(None))
under_way = exists().where(mails.c.order_id == whole, mails.c.state.in_(("queued", "sending")))
is_locked = orders.c.address_locked_at.is_not(None)
is_running = and_(orders.c.address_locked_at.is_(None), orders.c.lock_at.is_not(None))
CONDITIONS = {
    "asked": was_asked,
    "silent": is_silent,
    "confirmed": has_confirmed,
    "warned": or_(is_locked, orders.c.lock_at.is_not(None)),
    "locked": is_locked,
    "under_way": under_way,
    "bad": and_(orders.c.address_locked_at.is_(None), bad_address, ~is_silent),
}


@dataclass(frozen=True)
class Figures:
    """Open orders: told of the survey, silent (no answer yet), confirmed, warned of the lock, locked, just being
    told, with a bad address; the first address that runs to its time locks at `next_at`."""

    orders: int
    asked: int
    silent: int
    confirmed: int
    warned: int
    locked: int
    under_way: int
    bad: int
    next_at: datetime | None

    @property
    def answered(self) -> int:
        """Return how many orders wait for no answer."""
        return self.orders - self.silent


def figures(tx: Tx, ids: Select[Any]) -> Figures:
    """Return how far these orders are (one statement)."""
    counts = [func.coalesce(func.sum(case((each, 1), else_=0)), 0).label(name) for name, each in CONDITIONS.items()]
    first = func.min(case((is_running, orders.c.lock_at))).label("next_at")
    row = tx.one(select(func.count().label("orders"), *counts, first).where(orders.c.id.in_(ids)))
    assert row is not None
    return Figures(int(row.orders), **{name: int(getattr(row, name)) for name in CONDITIONS}, next_at=row.next_at)
