"""The sixth revision: what was released before there were locks is locked since, and everything else stays open."""

from __future__ import annotations

import pytest
from olden import CAMPAIGN, OWNER, olden
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from wms import migrations
from wms.db import Store

AT = "'2026-11-01 08:00:00.000000'"
OLD = (
    OWNER,
    CAMPAIGN,
    "INSERT INTO recipient (id, name, line1, line2, city, state, postal_code, country, phone, email)"
    " VALUES (1, 'Mira Sample', '', '', '', '', '', 'AT', '', '')",
    f"INSERT INTO wave (id, name, kind, state, released_at) VALUES (1, 'Pilot 1', 'pilot', 'open', {AT})",
    *(
        "INSERT INTO customer_order (id, code, campaign_id, number, reward, recipient_id, country, state, units,"
        f" wave_id, row_hash, raw, imported_at) VALUES ({n}, 'OR-{n}', 1, '{n}', '', 1, 'AT', '{state}', 1, {wave},"
        " '', '{}', '2026-10-01 08:00:00.000000')"
        for n, state, wave in ((1, "clean", "NULL"), (2, "packed", "1"), (3, "cancelled", "NULL"))
    ),
)


@pytest.fixture
def older(empty_url: str) -> Store:
    """A database of the third revision with a clean, a packed and a cancelled order."""
    store = olden(empty_url, "0003", OLD)
    migrations.upgrade(store)
    return store


def test_old_orders_are_locked_by_where_they_are_and_campaigns_have_no_gate(older: Store) -> None:
    with older.read() as tx:
        rows = tx.all(
            text("SELECT content_locked_at, address_locked_at, lock_at, part FROM customer_order ORDER BY id")
        )
        campaign = tx.one(text("SELECT gated, channel FROM campaign"))
    assert [(row.content_locked_at is not None, row.address_locked_at is not None, row.part) for row in rows] == [
        *((False, False, 0), (True, True, 0), (False, False, 0))
    ]
    assert (bool(campaign.gated), campaign.channel) == (False, "backers")  # type: ignore[union-attr]
    with pytest.raises(DBAPIError, match="ck_customer_order_part"):
        older.transact(lambda tx: tx.execute(text("UPDATE customer_order SET parent_id = 1 WHERE id = 2")))
    older.close()
