"""The fourth revision: imports of an older database are finished ones, and know their campaign."""

from __future__ import annotations

from olden import CAMPAIGN, OWNER, olden
from sqlalchemy import text

from wms import migrations

OLD = (
    OWNER,
    CAMPAIGN,
    "INSERT INTO import (id, kind, filename, sha256, at, rows, accepted, rejected, unchanged, problems)"
    " VALUES (1, 'orders', 'old.csv', 'ab', '2026-01-01 00:00:00', 1, 1, 0, 0, '[]')",
    "INSERT INTO recipient (id, name, line1, line2, city, state, postal_code, country, phone, email)"
    " VALUES (1, 'Pat Roe', '', '', '', '', '', '', '', '')",
    "INSERT INTO customer_order (id, code, campaign_id, number, reward, recipient_id, country, state, units, import_id,"
    " row_hash, raw, imported_at) VALUES (1, 'OR-1', 1, '7', '', 1, '', 'held', 0, 1, '', '{}', '2026-01-01 00:00:00')",
)


def test_imports_that_were_there_are_done_and_belong_to_their_campaign(empty_url: str) -> None:
    store = olden(empty_url, "0003", OLD)
    migrations.upgrade(store)
    with store.read() as tx:
        row = tx.one(text("SELECT state, campaign_id, whole, orders, done, mapping, profile FROM import"))
        campaign = tx.one(text("SELECT profile, mapping FROM campaign"))
    store.close()
    assert tuple(row or ()) == ("done", 1, True, 0, 0, "{}", "")
    assert tuple(campaign or ()) == ("", "{}")
