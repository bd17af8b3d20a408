"""The seventh revision: the map of an older database becomes its first version, and its orders say that they follow."""

from __future__ import annotations

import json

from olden import CAMPAIGN, OWNER, olden
from sqlalchemy import text

from wms import migrations

OLD = (
    OWNER,
    CAMPAIGN,
    "INSERT INTO campaign (id, owner_id, code, name, platform) VALUES (2, 1, 'LNT2', 'No map', '')",
    "INSERT INTO item (id, owner_id, sku, name, barcode, weight_g, length_mm, width_mm, height_mm, hs_code, origin,"
    " value, currency, colour, hazard, lot_tracked, expiry_tracked, serial_tracked, fragile, upright, soft, is_kit)"
    " VALUES (1, 1, 'CORE', 'Core', 'CORE', 0, 0, 0, 0, '', '', 0, 'EUR', '', '',"
    " false, false, false, false, false, false, false)",
    "INSERT INTO reward (id, campaign_id, source, key, item_id, qty) VALUES (1, 1, 'item', 'core game', 1, 2),"
    " (2, 1, 'reward', '9001', NULL, 1)",
    "INSERT INTO recipient (id, name, line1, line2, city, state, postal_code, country, phone, email)"
    " VALUES (1, 'Mia Kral', '', '', '', '', '', 'DE', '', '')",
    "INSERT INTO customer_order (id, code, campaign_id, number, reward, recipient_id, country, state, units, row_hash,"
    " raw, imported_at) VALUES (1, 'OR-1', 1, '1', '', 1, 'DE', 'clean', 1, '', '{}', '2026-01-01 00:00:00')",
)


def test_an_older_map_is_version_one(empty_url: str) -> None:
    store = olden(empty_url, "0003", OLD)
    migrations.upgrade(store)
    with store.read() as tx:
        kept = tx.all(text("SELECT campaign_id, version, entries FROM map_version"))
        now = tx.all(text("SELECT map_version FROM campaign ORDER BY id"))
        order = tx.one(text("SELECT map_version, shape FROM customer_order"))
        lines = tx.all(text("SELECT item_id, region, question FROM reward ORDER BY id"))
    store.close()
    assert [(row.campaign_id, row.version) for row in kept] == [(1, 1)]
    assert json.loads(kept[0].entries) == [["item", "core game", "CORE", 2, "", ""], ["reward", "9001", "-", 1, "", ""]]
    assert ([row.map_version for row in now], tuple(order or ())) == ([1, 0], (1, ""))
    assert [tuple(row) for row in lines] == [(1, "", ""), (None, "", "")]
