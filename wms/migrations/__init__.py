"""The schema over time: Alembic revisions, forward only, tested up from empty on both databases."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from wms import clock
from wms.db import Store


class TooNew(RuntimeError):
    """The database was made by a later Pickwell."""


def config() -> Config:
    """Return Alembic's configuration; there is no ini file."""
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent))
    return found


def head() -> str:
    """Return the newest revision this program knows."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def current(store: Store) -> str | None:
    """Return the revision of a database, None when it is empty."""
    with store.engine.connect() as conn:
        return MigrationContext.configure(conn).get_current_revision()


def upgrade(store: Store) -> str:
    """Bring a database to the newest revision; a SQLite file that holds data is copied aside first.

    Returns the path of that copy or "". Raises TooNew when the database is ahead of this program.
    """
    at = current(store)
    if at == head():
        return ""
    known = {each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()}
    if at and at not in known:
        raise TooNew(f"The database is at revision {at}; this program knows {head()}. Update Pickwell.")
    copy = copy_aside(store) if at and store.sqlite else ""
    settings = config()
    settings.attributes["engine"] = store.engine
    command.upgrade(settings, "head")
    return copy


def copy_aside(store: Store) -> str:
    """Copy a SQLite database with VACUUM INTO (a plain file copy of a live one is unreadable); return the path."""
    path = Path(str(store.engine.url.database))
    target = path.with_suffix(f".{clock.now():%Y%m%d%H%M%S}.bak")
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM INTO ?", (str(target),))
    return str(target)
