"""Databases as they were at an earlier revision, with rows of that time in them."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import command
from sqlalchemy import text

from wms import migrations
from wms.db import Store
from wms.settings import Database

OWNER = "INSERT INTO owner (id, code, name) VALUES (1, 'LNT', 'Lanternworks')"
CAMPAIGN = "INSERT INTO campaign (id, owner_id, code, name, platform) VALUES (1, 1, 'LNT1', 'Lantern', '')"


def olden(url: str, revision: str, rows: Sequence[str]) -> Store:
    """An empty database at a revision, in which these statements were run."""
    store = Store(Database(url=url))
    config = migrations.config()
    config.attributes["engine"] = store.engine
    command.upgrade(config, revision)
    store.transact(lambda tx: [tx.execute(text(each)) for each in rows])
    return store
