"""The eleventh revision: an older database keeps its orders, and nothing of it is erased by itself."""

from __future__ import annotations

import pytest
from olden import CAMPAIGN, OWNER, olden
from sqlalchemy import text

from wms import migrations
from wms.operations import closing
from wms.settings import Database, Settings

OLD = (
    OWNER,
    CAMPAIGN,
    "INSERT INTO recipient (id, name, line1, line2, city, state, postal_code, country, phone, email, uid, mail_key,"
    " phone_key, place_key) VALUES (1, 'Mia Kral', 'Deich 1', '', 'Husum', '', '25813', 'DE', '', '', '', '', '', '')",
    "INSERT INTO customer_order (id, code, campaign_id, number, reward, recipient_id, country, state, units, row_hash,"
    " raw, imported_at) VALUES (1, 'OR-1', 1, '1', '', 1, 'DE', 'shipped', 1, '', '{}', '2020-01-01 00:00:00')",
)


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_an_older_database_keeps_its_people_until_somebody_closes_their_campaign(empty_url: str) -> None:
    store = olden(empty_url, "0008", OLD)
    migrations.upgrade(store)
    assert closing.forget(store, Settings(database=Database(url=empty_url))) == {"erased": {}, "waiting": {}}
    with store.read() as tx:
        kept = tx.one(text("SELECT recipient.name, erased_at, closed_at FROM recipient, customer_order, campaign"))
    store.close()
    assert tuple(kept or ()) == ("Mia Kral", None, None)
