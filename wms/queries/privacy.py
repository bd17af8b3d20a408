"""What of people's data is still here, until when, what was erased, and who took or looked at it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, exists, func, or_, select

from wms.db import Tx, table_of
from wms.models.campaigns import Campaign, Import, ImportReject
from wms.models.orders import Order
from wms.models.people import Operator
from wms.models.privacy import Access, Erasure
from wms.queries.listing import FIRST, Cut, Listing, page_of

campaigns, orders, operators = table_of(Campaign), table_of(Order), table_of(Operator)
imports, rejects, erasures, log = table_of(Import), table_of(ImportReject), table_of(Erasure), table_of(Access)
GONE = ("shipped", "cancelled")
PART = 500
there = exists().where(orders.c.campaign_id == campaigns.c.id, orders.c.erased_at.is_(None))
in_files = (
    select(rejects.c.id)
    .join(imports, imports.c.id == rejects.c.import_id)
    .where(imports.c.campaign_id == campaigns.c.id, rejects.c.raw != "{}")
    .exists()
)


def campaign_list(tx: Tx) -> list[Row[Any]]:
    """Return the campaigns, the newest first: orders in all, not sent yet, and erased; rows of files that are left."""
    counted = (
        select(
            orders.c.campaign_id,
            func.count().label("orders"),
            func.sum(case((orders.c.state.not_in(GONE), 1), else_=0)).label("open"),
            func.count(orders.c.erased_at).label("erased"),
        )
        .group_by(orders.c.campaign_id)
        .subquery()
    )
    figures = (func.coalesce(counted.c[name], 0).label(name) for name in ("orders", "open", "erased"))
    named = select(campaigns.c.id, campaigns.c.code, campaigns.c.name, campaigns.c.closed_at, *figures)
    joined = named.add_columns(in_files.label("files")).outerjoin(counted, counted.c.campaign_id == campaigns.c.id)
    return tx.all(joined.order_by(campaigns.c.id.desc()))


def overdue(tx: Tx, closed_before: datetime) -> list[Row[Any]]:
    """Return the campaigns that were closed before a time and still hold people's data."""
    left = and_(campaigns.c.closed_at <= closed_before, or_(there, in_files))
    return tx.all(select(campaigns.c.id, campaigns.c.code).where(left).order_by(campaigns.c.id))


def unfinished(tx: Tx) -> list[int]:
    """Return the erasures that have begun and not ended."""
    running = erasures.c.state == "running"
    return [row.id for row in tx.all(select(erasures.c.id).where(running).order_by(erasures.c.id))]


def erasure_list(tx: Tx, cut: Cut = FIRST) -> Listing:
    """Return what was erased, the newest first, with who did it."""
    named = (
        select(erasures, campaigns.c.code, orders.c.number, operators.c.name.label("operator"))
        .outerjoin(orders, orders.c.id == erasures.c.order_id)
        .outerjoin(campaigns, campaigns.c.id == func.coalesce(erasures.c.campaign_id, orders.c.campaign_id))
        .outerjoin(operators, operators.c.id == erasures.c.operator_id)
    )
    return page_of(tx, named.order_by(erasures.c.id.desc()), cut)


def back_again(tx: Tx, listed: Collection[tuple[str, str]]) -> list[int]:
    """Return the ids of orders that are listed as erased, (campaign, number), and are not."""
    found: list[int] = []
    wanted = sorted(listed)
    joined = select(orders.c.id, orders.c.number, campaigns.c.code).join(
        campaigns, campaigns.c.id == orders.c.campaign_id
    )
    for at in range(0, len(wanted), PART):
        part = [number for _, number in wanted[at : at + PART]]
        rows = tx.all(joined.where(orders.c.number.in_(part), orders.c.erased_at.is_(None)).order_by(orders.c.id))
        found += [row.id for row in rows if (row.code, row.number) in listed]
    return list(dict.fromkeys(found))


def numbers_of(tx: Tx, order_ids: Sequence[int]) -> list[Row[Any]]:
    """Return the campaign's code and the number of some orders, and when they were erased."""
    joined = select(campaigns.c.code, orders.c.number, orders.c.erased_at).join(
        campaigns, campaigns.c.id == orders.c.campaign_id
    )
    found: list[Row[Any]] = []
    for at in range(0, len(order_ids), PART):
        part = orders.c.id.in_(order_ids[at : at + PART])
        found += tx.all(joined.where(part, orders.c.erased_at.is_not(None)).order_by(orders.c.id))
    return found


def orders_named(tx: Tx, name: str, campaign: str = "") -> list[Row[Any]]:
    """Return the orders with a number, or the code of a label, in one campaign or in all."""
    joined = select(orders.c.id, orders.c.number, campaigns.c.code).join(
        campaigns, campaigns.c.id == orders.c.campaign_id
    )
    mine = or_(orders.c.number == name, orders.c.code == name)
    where = (mine, campaigns.c.code == campaign) if campaign else (mine,)
    return tx.all(joined.where(*where).order_by(orders.c.id))


def access_list(tx: Tx, kind: str = "", operator_id: int | None = None, cut: Cut = FIRST) -> Listing:
    """Return who took people's data or looked at them, the newest first."""
    named = (
        select(log, operators.c.name.label("operator"), orders.c.number, campaigns.c.code)
        .outerjoin(operators, operators.c.id == log.c.operator_id)
        .outerjoin(orders, orders.c.id == log.c.order_id)
        .outerjoin(campaigns, campaigns.c.id == func.coalesce(log.c.campaign_id, orders.c.campaign_id))
    )
    if kind:
        named = named.where(log.c.kind == kind)
    if operator_id is not None:
        named = named.where(log.c.operator_id == operator_id)
    return page_of(tx, named.order_by(log.c.id.desc()), cut)


def access_counts(tx: Tx) -> dict[str, int]:
    """Return how often each kind of access was written down."""
    return {row.kind: row.n for row in tx.all(select(log.c.kind, func.count().label("n")).group_by(log.c.kind))}


def who_saw(tx: Tx) -> list[Row[Any]]:
    """Return everybody who took or saw something, by name."""
    seen = exists().where(log.c.operator_id == operators.c.id)
    return tx.all(select(operators.c.id, operators.c.name).where(seen).order_by(operators.c.name))
