"""Transactions and databases: the one place that knows which database this is, and the only one that commits."""

from __future__ import annotations

import json
import queue
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, Row, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeDecorator

from wms import clock
from wms.settings import Database as DatabaseSettings

T = TypeVar("T")
TRIES = 6
RETRIED = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available


class Utc(TypeDecorator[datetime]):
    """An aware UTC time in Python, a naive UTC time in both databases."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse naive times; they are how hours get lost."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone was about to be stored.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give the zone back."""
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """The base of all models; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for Core statements."""
    return cast(Table, model.__table__)


class Unavailable(Exception):
    """The database did not take the work after several tries; the caller may send it again."""


@dataclass
class Tx:
    """One transaction: what operations and queries are given. Announcements go out after the commit."""

    conn: Connection
    now: datetime = field(default_factory=clock.now)
    topics: set[str] = field(default_factory=set)
    statements: int = 0

    def execute(self, statement: Executable | Either, values: Any = None) -> CursorResult[Any]:
        """Run one statement with its values (a mapping, or a list of mappings)."""
        self.statements += 1
        if isinstance(statement, Either):
            statement = statement.sqlite if self.conn.dialect.name == "sqlite" else statement.postgresql
        return cast("CursorResult[Any]", self.conn.execute(statement, values))

    def one(self, statement: Executable | Either, **values: Any) -> Row[Any] | None:
        """Return the first row, or None."""
        return self.execute(statement, values).first()

    def all(self, statement: Executable | Either, **values: Any) -> list[Row[Any]]:
        """Return all rows."""
        return list(self.execute(statement, values).all())

    def value(self, statement: Executable | Either, **values: Any) -> Any:
        """Return the first column of the first row, or None."""
        return self.execute(statement, values).scalar()

    def announce(self, *topics: str) -> None:
        """Say what changed (a board's or a thing's name), to be told after the commit."""
        self.topics.update(topics)


@dataclass
class Unit:
    """Work waiting for the SQLite writer, and what came of it."""

    work: Callable[[Tx], Any]
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None
    topics: set[str] = field(default_factory=set)


class Store:
    """The database: `transact` to change it, `read` to look at it."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self.settings = settings
        self.engine = make_engine(settings)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self.listeners: list[Callable[[set[str]], None]] = []
        self._units: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._guard = threading.Lock()

    def transact(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in one transaction, commit, then announce; serialization and lock errors run it again.

        Raises what `work` raises (after a rollback), or Unavailable.
        """
        result, topics = self._queue(work) if self.sqlite else self._direct(work)
        if topics:
            for listener in self.listeners:
                listener(topics)
        return result

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Yield a transaction on one snapshot that is rolled back at the end.

        SQLite reads a snapshot by itself; PostgreSQL must be asked, or every statement sees a newer state.
        """
        options = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as conn, conn.begin() as transaction:
            yield Tx(conn)
            transaction.rollback()

    @contextmanager
    def aside(self) -> Iterator[Store]:
        """Yield a copy of a SQLite database to try something out on, which nobody waits for; it is gone afterwards.

        Any other database is yielded itself: its readers and writers do not wait for each other.
        """
        place = self.engine.url.database
        if not self.sqlite or not place or place == ":memory:":
            yield self
            return
        with tempfile.TemporaryDirectory(dir=Path(place).parent, prefix="aside-") as folder:  # its owner's alone
            with self.engine.connect() as conn:
                raw = cast(Any, conn.connection.driver_connection)
                raw.execute("VACUUM INTO ?", (f"{folder}/copy.db",))
            other = Store(self.settings.model_copy(update={"url": f"sqlite:///{folder}/copy.db"}))
            try:
                yield other
            finally:
                other.close()

    def scour(self, tables: Iterable[str]) -> None:
        """Let nothing of what was erased stay in the database's files; what a reader still sees goes a little later."""
        names = ", ".join(f'"{name}"' for name in sorted(tables))
        with self.engine.connect() as conn:
            raw = cast(Any, conn.connection.driver_connection)
            conn.detach()  # a connection of its own: what is set here nobody else should have
            if not self.sqlite:
                raw.autocommit = True
                raw.execute(f"VACUUM {names}")
                return
            raw.execute("PRAGMA busy_timeout=20")  # while it waits for readers it keeps writers away
            for _ in range(TRIES):
                if not raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return
                time.sleep(random.uniform(0.1, 0.3))

    def close(self) -> None:
        """Stop the writer and give the connections back."""
        with self._guard:
            if self._writer:
                self._units.put(None)
                self._writer.join(timeout=10)
                self._writer = None
        self.engine.dispose()

    def watch(self) -> Callable[[], bool]:
        """Return a function that says whether anybody wrote since it was last asked (SQLite; else always False).

        It keeps a connection of its own, because `data_version` is counted per connection.
        """
        if not self.sqlite:
            return lambda: False
        raw = cast(Any, self.engine.raw_connection())
        last = [0]

        def changed() -> bool:
            now = raw.driver_connection.execute("PRAGMA data_version").fetchone()[0]
            before, last[0] = last[0], now
            return bool(before != now)

        return changed

    def _direct(self, work: Callable[[Tx], T]) -> tuple[T, set[str]]:
        for attempt in range(TRIES):
            try:
                with self.engine.begin() as conn:
                    tx = Tx(conn)
                    result = work(tx)
                return result, tx.topics
            except DBAPIError as error:
                if not worth_retrying(error, attempt):
                    raise
            time.sleep(random.uniform(0.002, 0.02) * (attempt + 1))
        raise Unavailable("The database is busy. Scan again.")

    def _queue(self, work: Callable[[Tx], T]) -> tuple[T, set[str]]:
        for attempt in range(2):
            unit = Unit(work)
            self._start()
            self._units.put(unit)
            unit.done.wait()
            if isinstance(unit.error, IntegrityError) and worth_retrying(unit.error, attempt):
                continue
            if unit.error:
                raise unit.error
            break
        return unit.result, unit.topics

    def _start(self) -> None:
        with self._guard:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="sqlite-writer", daemon=True)
                self._writer.start()

    def _write(self) -> None:
        """Commit waiting work in groups: one fsync for many scans, a savepoint for each."""
        while unit := self._units.get():
            batch: list[Unit] = []
            try:
                with self.engine.connect().execution_options(wms_write=True) as conn, conn.begin():
                    last = self._fill(conn, batch, unit)
            except BaseException as error:
                busy = isinstance(error, OperationalError)
                for each in batch or [unit]:
                    each.error = Unavailable(f"The database is busy. Scan again. ({error})") if busy else error
                last = False
            for each in batch or [unit]:
                each.done.set()
            if last:
                return

    def _fill(self, conn: Connection, batch: list[Unit], unit: Unit) -> bool:
        """Run units until the queue is empty or the batch full; True when the writer should stop."""
        following: Unit | None = unit
        while following:
            batch.append(following)
            run_in_savepoint(conn, following)
            if len(batch) >= self.settings.batch_max:
                return False
            try:
                following = self._units.get_nowait()
            except queue.Empty:
                return False
        return True


def run_in_savepoint(conn: Connection, unit: Unit) -> None:
    """Run one unit so that its failure undoes nothing but itself."""
    raw = cast(Any, conn.connection.driver_connection)
    raw.execute("SAVEPOINT unit")
    tx = Tx(conn)
    try:
        unit.result = unit.work(tx)
        raw.execute("RELEASE unit")
        unit.topics = tx.topics
    except BaseException as error:
        raw.execute("ROLLBACK TO unit")
        raw.execute("RELEASE unit")
        unit.error = error


def worth_retrying(error: DBAPIError, attempt: int) -> bool:
    """Return whether running the same work again can succeed.

    A unique violation is retried once: two deliveries of one scan, or two first units in a bin, meet there.
    """
    if isinstance(error, IntegrityError):
        return attempt == 0
    return getattr(error.orig, "sqlstate", None) in RETRIED or error.connection_invalidated


PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "secure_delete=ON"),
    "wal_autocheckpoint=4000",  # pages: a page that many steps of an import change is written back once
    "cache_size=-8000",  # kB of a connection: the indexes that an import fills have hardly any room in the usual 2000
)


def make_engine(settings: DatabaseSettings) -> Engine:
    """Return the engine for a database URL, with the pragmas and BEGIN rules of its kind."""
    url = make_url(settings.url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        sizes = {"pool_size": settings.pool_size, "max_overflow": settings.pool_size}
        return create_engine(url, **sizes, pool_pre_ping=True, hide_parameters=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=settings.pool_size,
        max_overflow=2 * settings.pool_size,
        connect_args={"check_same_thread": False, "timeout": settings.busy_seconds},
        hide_parameters=True,  # a statement that failed must not carry people's data into a log
    )
    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", emit_begin)
    return engine


def set_pragmas(connection: Any, _record: Any) -> None:
    """WAL with full durability and foreign keys, and what is deleted is overwritten; BEGIN is ours to emit."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def emit_begin(conn: Connection) -> None:
    """Writers take the write lock at once; a deferred BEGIN that writes later fails whatever the timeout."""
    writes = conn.get_execution_options().get("wms_write")
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@dataclass(frozen=True)
class Either:
    """One statement written for each database; the transaction picks its own."""

    sqlite: Executable
    postgresql: Executable


def insert_or_nothing(model: type[Base], *key: str) -> Either:
    """Return INSERT ... ON CONFLICT (key) DO NOTHING; its rowcount says nothing on PostgreSQL: read the row after."""
    table = table_of(model)
    return Either(
        sqlite.insert(table).on_conflict_do_nothing(index_elements=list(key)),
        postgresql.insert(table).on_conflict_do_nothing(index_elements=list(key)),
    )


def insert_or_add(model: type[Base], key: tuple[str, ...], *columns: str) -> Either:
    """Return INSERT ... ON CONFLICT (key) DO UPDATE SET column = column + excluded.column for each of `columns`."""
    table = table_of(model)

    def build(module: Any) -> Executable:
        statement = module.insert(table)
        totals = {name: table.c[name] + statement.excluded[name] for name in columns}
        return cast(Executable, statement.on_conflict_do_update(index_elements=list(key), set_=totals))

    return Either(build(sqlite), build(postgresql))


class Database(SQLAlchemy):
    """Flask-SQLAlchemy on the store's own engine, so that pages and scans share one pool."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
        return cast(Engine, app.extensions["wms.store"].engine)


db = Database(model_class=Base)


def init_app(app: Any, store: Store) -> None:
    """Give the app its sessions (`db.session`) on the store's engine."""
    app.extensions["wms.store"] = store
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"  # a stand-in: with a file it would make an instance folder
    db.init_app(app)


def dumps(value: Any) -> str:
    """Return compact JSON for a text column."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
