"""A campaign is closed, and so long afterwards its backers' data are erased, by the worker, once a day."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from wms.db import Store, Tx, table_of
from wms.errors import NotFound, Refusal
from wms.models.campaigns import Campaign
from wms.models.orders import Order
from wms.operations import erasing
from wms.operations.erasing import Wish
from wms.operations.ledger import By
from wms.queries import privacy
from wms.settings import Settings

campaigns, orders = table_of(Campaign), table_of(Order)


class StillSending(Refusal):
    """A campaign is closed when all its parcels have left."""

    sentence = "Orders not sent yet: {orders}, first {number}."


def close(tx: Tx, by: By, campaign_id: int) -> None:
    """Close a campaign: from now on its people's data have a time to go. Raises NotFound, StillSending."""
    known(tx, campaign_id)
    mine = (orders.c.campaign_id == campaign_id, orders.c.state.not_in(erasing.GONE))
    left = tx.all(select(orders.c.number).where(*mine).order_by(orders.c.id))
    if left:
        raise StillSending(orders=len(left), number=left[0].number)
    open_ones = (campaigns.c.id == campaign_id, campaigns.c.closed_at.is_(None))
    tx.execute(update(campaigns).where(*open_ones).values(closed_at=tx.now))


def reopen(tx: Tx, by: By, campaign_id: int) -> None:
    """Open a campaign again; nothing of it goes by itself any more. Raises NotFound."""
    known(tx, campaign_id)
    tx.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(closed_at=None))


def known(tx: Tx, campaign_id: int) -> None:
    """Raise NotFound unless there is such a campaign."""
    if tx.one(select(campaigns.c.id).where(campaigns.c.id == campaign_id)) is None:
        raise NotFound(what=f"Campaign {campaign_id}")


def forget(store: Store, settings: Settings) -> dict[str, Any]:
    """Erase the people's data of campaigns whose time is over; return {erased: {code: orders}, waiting: {code: why}}.

    What was begun by a person and not ended is ended, too.
    """
    done: dict[str, int] = {}
    waiting: dict[str, str] = {}
    with store.read() as tx:
        left, now = privacy.unfinished(tx), tx.now
        keep = timedelta(days=settings.privacy.keep_days)
        due = privacy.overdue(tx, now - keep) if settings.privacy.keep_days else []
    for erasure_id in left:
        erasing.run(store, settings, erasure_id)
    for row in due:
        wish = Wish(campaign_id=row.id, reason=f"{settings.privacy.keep_days} days after it was closed.")
        try:
            erasure = store.transact(lambda tx, wish=wish: erasing.begin(tx, By(), wish))  # type: ignore[misc]
            done[row.code] = erasing.run(store, settings, erasure)["done"]
        except Refusal as refusal:
            waiting[row.code] = refusal.text
    return {"erased": done, "waiting": waiting}


# --- after a backup was restored ---


def again(store: Store, settings: Settings) -> dict[str, int]:
    """Erase the orders on the list of erased ones that a restored backup brought back; return how many, and how many
    the list has. Raises NotFound when there is no list."""
    path = Path(settings.privacy.erased_list)
    if not settings.privacy.erased_list or not path.exists():
        raise NotFound(what="The list of erased orders")
    with path.open(newline="", encoding="utf-8") as file:
        listed = {(row[0], row[1]) for row in csv.reader(file) if len(row) > 1}
    with store.read() as tx:
        back = privacy.back_again(tx, listed)
    for order_id in back:
        wish = Wish(order_id=order_id, reason="A restored backup brought it back.", force=True)
        erasure = store.transact(lambda tx, wish=wish: erasing.begin(tx, By(), wish))  # type: ignore[misc]
        erasing.run(store, settings, erasure)
    return {"listed": len(listed), "erased": len(back)}
