"""The fourth revision: imports of an older database are finished ones, and know their campaign."""

from __future__ import annotations

from alembic import command
from sqlalchemy import text

from wms import migrations
from wms.db import Store
from wms.settings import Database

OLD = (
    "INSERT INTO owner (id, code, name) VALUES (1, 'LNT', 'Lanternworks')",
    "INSERT INTO campaign (id, owner_id, code, name, platform) VALUES (1, 1, 'LNT1', 'Lanterns', 'kickstarter')",
    "INSERT INTO import (id, kind, filename, sha256, at, rows, accepted, rejected, unchanged, problems)"
    " VALUES (1, 'orders', 'old.csv', 'ab', '2026-01-01 00:00:00', 1, 1, 0, 0, '[]')",
    "INSERT INTO recipient (id, name, line1, line2, city, state, postal_code, country, phone, email)"
    " VALUES (1, 'Pat Roe', '', '', '', '', '', '', '', '')",
    "INSERT INTO customer_order (id, code, campaign_id, number, reward, recipient_id, country, state, units, import_id,"
    " row_hash, raw, imported_at) VALUES (1, 'OR-1', 1, '7', '', 1, '', 'held', 0, 1, '', '{}', '2026-01-01 00:00:00')",
)


def test_imports_that_were_there_are_done_and_belong_to_their_campaign(empty_url: str) -> None:
    store = Store(Database(url=empty_url))
    config = migrations.config()
    config.attributes["engine"] = store.engine
    command.upgrade(config, "0003")
    store.transact(lambda tx: [tx.execute(text(each)) for each in OLD])
    migrations.upgrade(store)
    with store.read() as tx:
        row = tx.one(text("SELECT state, campaign_id, whole, orders, done, mapping, profile FROM import"))
        campaign = tx.one(text("SELECT profile, mapping FROM campaign"))
    store.close()
    assert tuple(row or ()) == ("done", 1, True, 0, 0, "{}", "")
    assert tuple(campaign or ()) == ("", "{}")
