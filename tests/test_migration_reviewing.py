"""The fifth revision: holds of an older database are called as they are now, people are found by their mail address."""

from __future__ import annotations

from olden import CAMPAIGN, OWNER, olden
from sqlalchemy import text

from wms import migrations

OLD = (
    OWNER,
    CAMPAIGN,
    "INSERT INTO recipient (id, name, line1, line2, city, state, postal_code, country, phone, email)"
    " VALUES (1, 'Mia Kral', 'Deich 1', '', 'Husum', '', '25813', 'DE', '', ' Mia@Example.test')",
    "INSERT INTO customer_order (id, code, campaign_id, number, reward, recipient_id, country, state, units, row_hash,"
    " raw, imported_at) VALUES (1, 'OR-1', 1, '1', '', 1, 'DE', 'released', 1, '', '{}', '2026-01-01 00:00:00')",
    "INSERT INTO hold (id, order_id, code, detail, opened_at, reason)"
    " VALUES (1, 1, 'CHANGE_AFTER_LOCK', 'The report changed.', '2026-01-02 00:00:00', '')",
)


def test_an_older_database_keeps_its_holds_and_people(empty_url: str) -> None:
    store = olden(empty_url, "0003", OLD)
    migrations.upgrade(store)
    with store.read() as tx:
        hold = tx.one(text("SELECT code, detail, stamp FROM hold"))
        person = tx.one(text("SELECT email, mail_key, uid FROM recipient"))
    store.close()
    assert tuple(hold or ()) == ("CHANGED_AFTER_LOCK", "The report changed.", "")
    assert tuple(person or ()) == (" Mia@Example.test", "mia@example.test", "")
