"""The ninth revision: an older database keeps its holds; no backer has a page yet, and none cleared a hold."""

from __future__ import annotations

from olden import CAMPAIGN, OWNER, olden
from sqlalchemy import text

from wms import migrations

OLD = (
    OWNER,
    CAMPAIGN,
    "INSERT INTO recipient (id, name, line1, line2, city, state, postal_code, country, phone, email, uid, mail_key,"
    " phone_key, place_key) VALUES (1, 'Mia Kral', 'Deich 1', '', 'Husum', '', '25813', 'DE', '', '', '', '', '', '')",
    "INSERT INTO customer_order (id, code, campaign_id, number, reward, recipient_id, country, state, units, row_hash,"
    " raw, imported_at) VALUES (1, 'OR-1', 1, '1', '', 1, 'DE', 'held', 1, '', '{}', '2026-01-01 00:00:00')",
    "INSERT INTO hold (id, order_id, code, detail, opened_at, reason, stamp)"
    " VALUES (1, 1, 'ADDRESS_WARN', 'No number.', '2026-01-02 00:00:00', '', '')",
)


def test_an_older_database_keeps_its_holds_and_nobody_has_a_page(empty_url: str) -> None:
    store = olden(empty_url, "0008", OLD)
    migrations.upgrade(store)
    with store.read() as tx:
        hold = tx.one(text("SELECT code, detail, by_backer FROM hold"))
        counts = [
            tx.value(text(f"SELECT COUNT(*) FROM {name}")) for name in ("backer_page", "survey", "survey_question")
        ]
    store.close()
    assert tuple(hold or ()) == ("ADDRESS_WARN", "No number.", False)
    assert counts == [0, 0, 0]
