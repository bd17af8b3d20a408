"""Databases for tests: as new for each test, yet hardly ever made. What was built once is kept and put back.

On SQLite that is a copy of a file. On PostgreSQL databases lie on a shelf, are emptied and used again: 30 times cheaper
than to create, upgrade and drop one for each test. Statements are compiled once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString, cast

import psycopg
import pytest
from psycopg import sql
from services import Postgres
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL

from wms import db, migrations
from wms.db import Store
from wms.settings import Database

TABLES = """SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    AND pg_relation_size(oid) > 0 ORDER BY oid"""
COUNTERS = "SELECT sequencename, last_value FROM pg_sequences"
OTHERS_GO = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
Raw = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Kept:
    """All that a database holds: SQLite's file; the rows of PostgreSQL's tables, and where its counters are."""

    file: bytes = b""
    rows: dict[str, bytes] = field(default_factory=dict)
    counters: dict[str, int | None] = field(default_factory=dict)


def keep(store: Store) -> Kept:
    """Return what a database holds."""
    if store.sqlite:
        store.engine.dispose()  # reading a file that is open here would drop SQLite's locks on it
        return Kept(file=_path(store).read_bytes())
    with _raw(store) as raw:
        names = [str(name) for (name,) in raw.execute(TABLES)]
        return Kept(
            rows={name: _rows(raw, name) for name in names},
            counters=cast("dict[str, int | None]", dict(raw.execute(COUNTERS))),
        )


def put_back(store: Store, kept: Kept) -> None:
    """Let a database that nobody uses hold what was kept, and nothing else; the schema is the newest one."""
    if store.sqlite:
        _path(store).write_bytes(kept.file)
        return
    with _raw(store) as raw:
        raw.execute("SET session_replication_role = replica")  # no triggers: the ledger refuses to be emptied
        _empty(raw)
        for name, rows in kept.rows.items():
            with raw.cursor().copy(_copy(name, "FROM STDIN")) as copy:
                copy.write(rows)
        counters = [[name, at or 1, at is not None] for name, at in kept.counters.items()]
        raw.cursor().executemany("SELECT setval(%s, %s, %s)", counters)


def _empty(raw: Raw) -> None:
    """Delete all rows, and vacuum: new rows must lie in the order in which they are written, as in a new table."""
    names = [sql.Identifier(str(name)) for (name,) in raw.execute(TABLES)]
    if names:
        raw.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(name) for name in names))
        raw.execute(sql.SQL("VACUUM {}").format(sql.SQL(", ").join(names)))


def _rows(raw: Raw, name: str) -> bytes:
    with raw.cursor().copy(_copy(name, "TO STDOUT")) as copy:
        return b"".join(copy)


def _copy(name: str, way: LiteralString) -> sql.Composed:
    return sql.SQL("COPY {} " + way).format(sql.Identifier(name))


def _path(store: Store) -> Path:
    return Path(str(store.engine.url.database))


def is_empty(store: Store) -> bool:
    """Return whether a PostgreSQL database has never been upgraded."""
    with _raw(store) as raw:
        return raw.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,)


@contextmanager
def _raw(store: Store) -> Iterator[Raw]:
    """A connection beside the store's own, without transactions: the one that the shelf keeps open, or a new one."""
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    if url in OPEN:
        yield OPEN[url]
        return
    with psycopg.connect(url, autocommit=True) as raw:
        yield raw


OPEN: dict[str, Raw] = {}
"""Connections to databases of shelves: a new one must learn all tables again, which takes longer than to empty them."""


class Shelf:
    """PostgreSQL databases of the newest schema; `take` one, and `give_back` it for the next test."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.free: list[str] = []
        self.kept: Kept | None = None
        self.newest = migrations.head()  # it reads all revisions, which takes longer than many a test

    def take(self) -> str:
        """The url of a database that holds no more than an upgrade writes; nobody but this shelf is connected to it."""
        url = self.free.pop() if self.free else self._make()
        store = Store(Database(url=url))
        with _raw(store) as raw:
            raw.execute(OTHERS_GO)
            at = raw.execute("SELECT version_num FROM alembic_version").fetchall()
        if at != [(self.newest,)]:
            migrations.upgrade(store)
        self.kept = self.kept or keep(store)
        put_back(store, self.kept)
        store.close()
        return url

    def _make(self) -> str:
        url = self.postgres.create()
        store = Store(Database(url=url))
        migrations.upgrade(store)
        store.close()
        plain = url.replace("+psycopg", "")
        OPEN[plain] = psycopg.connect(plain, autocommit=True)
        return url

    def close(self) -> None:
        """Leave the databases to the cluster, which goes with the run."""
        while OPEN:
            OPEN.popitem()[1].close()

    def give_back(self, url: str) -> None:
        """Lay a database back, whatever it holds."""
        self.free.append(url)


class Engines:
    """Makes engines as `create_engine` does; those of a kind share one dialect, and what was compiled for it.

    Otherwise every store of every test would compile every statement again: a third of what a test costs.
    """

    def __init__(self) -> None:
        self.first: dict[str, Engine] = {}

    def create(self, url: URL, **options: object) -> Engine:
        """Make an engine; its dialect is its own until the first of its kind has seen a database."""
        engine = create_engine(url, query_cache_size=5_000, **options)
        first = self.first.setdefault(url.drivername, engine)
        if first.dialect.server_version_info:
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """All stores of a worker share what was compiled, as all requests to a server do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "create_engine", Engines().create)
        yield


@pytest.fixture(scope="session")
def shelf(postgres: Postgres) -> Iterator[Shelf]:
    """The databases that this worker's tests use again and again."""
    shelf = Shelf(postgres)
    yield shelf
    shelf.close()


@pytest.fixture
def postgres_database(shelf: Shelf) -> Iterator[str]:
    """The url of a PostgreSQL database of the newest schema without content."""
    url = shelf.take()
    yield url
    shelf.give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The url of a database for a warehouse; a test that asks runs twice, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'floor.db'}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As `database_url`, but of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'floor.db'}"
    return str(request.getfixturevalue("fresh_postgres")())
