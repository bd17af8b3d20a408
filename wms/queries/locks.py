"""How far a campaign's orders are locked, and which of them wait for which lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, select

from wms.db import Tx, table_of
from wms.models.campaigns import Campaign
from wms.models.orders import Hold, Order

orders, campaigns, holds = table_of(Order), table_of(Campaign), table_of(Hold)
UNLOCKABLE = ("ADDRESS_INVALID", "SURVEY_MISSING")  # no address, or none that can be right
is_open = orders.c.state.in_(("held", "clean"))
bad_address = exists().where(
    holds.c.order_id == func.coalesce(orders.c.parent_id, orders.c.id),
    holds.c.code.in_(UNLOCKABLE),
    holds.c.cleared_at.is_(None),
)
WAITING = {
    "content": orders.c.content_locked_at.is_(None),
    "address": and_(orders.c.address_locked_at.is_(None), ~bad_address),
    "notice": and_(orders.c.address_locked_at.is_(None), orders.c.lock_at.is_(None), ~bad_address),
}


@dataclass(frozen=True)
class Figures:
    """Open orders of a campaign: how many wait for each lock, how many run to their time (the first ends `next_at`),
    have a bad address, and have both locks."""

    orders: int
    held: int
    content: int
    address: int
    notice: int
    running: int
    bad: int
    locked: int
    next_at: datetime | None


def figures(tx: Tx, campaign_id: int) -> Figures:
    """Return how far the open orders of a campaign are locked (one statement)."""
    both = and_(orders.c.content_locked_at.is_not(None), orders.c.address_locked_at.is_not(None))
    running = and_(orders.c.address_locked_at.is_(None), orders.c.lock_at.is_not(None))
    bad = and_(orders.c.address_locked_at.is_(None), bad_address)
    wanted = [orders.c.state == "held", *WAITING.values(), running, bad, both]
    counts = [func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in wanted]
    first = func.min(case((running, orders.c.lock_at)))
    mine = select(func.count(), *counts, first).where(orders.c.campaign_id == campaign_id, is_open, orders.c.units > 0)
    *numbers, next_at = tuple(tx.all(mine)[0])
    values: list[Any] = [*map(int, numbers), next_at]
    return Figures(*values)


def waiting(tx: Tx, campaign_id: int, what: str) -> list[int]:
    """Return the open orders that wait for a lock: content, address or notice."""
    mine = select(orders.c.id).where(orders.c.campaign_id == campaign_id, is_open, WAITING[what])
    return [row.id for row in tx.all(mine.order_by(orders.c.id))]


def campaign_list(tx: Tx) -> list[Any]:
    """Return campaigns with their open, clean, held and released orders."""
    number = {
        "open": is_open,
        "held": orders.c.state == "held",
        "clean": orders.c.state == "clean",
        "gone": orders.c.state.not_in(("held", "clean", "cancelled")),
    }
    counts = [func.coalesce(func.sum(case((each, 1), else_=0)), 0).label(name) for name, each in number.items()]
    joined = campaigns.outerjoin(orders, orders.c.campaign_id == campaigns.c.id)
    return tx.all(select(campaigns, *counts).select_from(joined).group_by(campaigns.c.id).order_by(campaigns.c.code))
