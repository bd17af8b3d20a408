"""Alembic's entry: one connection; on SQLite foreign keys are off while tables are rebuilt, and checked after."""

from __future__ import annotations

from alembic import context

import wms.models  # noqa: F401 - knows every table
from wms.db import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    raw = connection.connection.driver_connection
    if sqlite:
        raw.execute("PRAGMA foreign_keys=OFF")  # no effect inside a transaction, so before BEGIN
    try:
        with connection.execution_options(wms_write=True).begin():
            context.configure(
                connection=connection, target_metadata=Base.metadata, render_as_batch=sqlite, compare_type=True
            )
            context.run_migrations()
            if sqlite and (broken := raw.execute("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"The migration left rows without their parents: {broken[:5]}")
    finally:
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")
