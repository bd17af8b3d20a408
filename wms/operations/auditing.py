"""Who took people's data out of the house or looked at them: written down, without a word of what they say."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select

from wms.db import Tx, table_of
from wms.models.privacy import Access
from wms.operations.ledger import By

log = table_of(Access)
AGAIN = timedelta(hours=1)  # looking at the same order once more so soon is the same look


def note(tx: Tx, /, by: By, kind: str, what: str, **about: int | None) -> None:
    """Write down that somebody took a file, searched, or looked; `what` names the file or the page, never a person.

    `kind` is file, search, address or person; `about` may be campaign_id, order_id and rows (how many people).
    """
    facts = {"campaign_id": None, "order_id": None, "rows": 1, **about}
    tx.execute(insert(log).values(at=tx.now, operator_id=by.operator_id, kind=kind, what=what[:80], **facts))


def seen_lately(tx: Tx, by: By, order_id: int) -> bool:
    """Return whether somebody looked at an order's address a short while ago: then it need not be written again."""
    mine = (log.c.order_id == order_id, log.c.operator_id == by.operator_id, log.c.kind == "address")
    return tx.one(select(log.c.id).where(*mine, log.c.at > tx.now - AGAIN)) is not None
