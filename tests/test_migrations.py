"""The schema over time: up from empty on both databases, the same as the models, and never downhill."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from services import Postgres
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

import wms.models
from wms import migrations
from wms.db import Base, Store
from wms.models.places import CUSTOMER, SUPPLIER
from wms.operations import ledger, master
from wms.operations.ledger import By, Move, Spot
from wms.settings import Database

LEDGER = "stock_move"


@pytest.fixture
def store(empty_url: str) -> Iterator[Store]:
    store = Store(Database(url=empty_url))
    yield store
    store.close()


@pytest.fixture(scope="module")
def newest(postgres: Postgres) -> str:
    """The url of an upgraded PostgreSQL database to copy: a tenth of the time of upgrading one."""
    store = Store(Database(url=postgres.create()))
    migrations.upgrade(store)
    store.close()
    return store.settings.url


@pytest.fixture(scope="module")
def newest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded SQLite file to copy."""
    path = tmp_path_factory.mktemp("newest") / "floor.db"
    store = Store(Database(url=f"sqlite:///{path}"))
    migrations.upgrade(store)
    store.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        copyfile(request.getfixturevalue("newest_file"), tmp_path / "floor.db")
        url = f"sqlite:///{tmp_path / 'floor.db'}"
    else:
        url = request.getfixturevalue("fresh_postgres")(template=request.getfixturevalue("newest"))
    store = Store(Database(url=url))
    migrations.upgrade(store)
    yield store
    store.close()


def run(store: Store, *statements: str) -> None:
    """Run statements in one transaction."""
    store.transact(lambda tx: [tx.execute(text(statement)) for statement in statements])


def revise(store: Store, revision: str) -> None:
    """Say that the database is at another revision."""
    run(store, f"UPDATE alembic_version SET version_num = '{revision}'")


def test_an_empty_database_comes_up_to_the_newest_revision(store: Store) -> None:
    assert migrations.current(store) is None
    assert migrations.upgrade(store) == ""
    assert migrations.current(store) == migrations.head()
    assert set(inspect(store.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_an_upgrade_may_be_repeated(upgraded: Store) -> None:
    assert migrations.upgrade(upgraded) == ""


def test_models_and_migrations_agree(upgraded: Store) -> None:
    assert wms.models.__all__
    with upgraded.engine.connect() as conn:
        options = {"compare_type": True, "render_as_batch": upgraded.sqlite}
        assert compare_metadata(MigrationContext.configure(conn, opts=options), Base.metadata) == []


def test_a_column_that_no_migration_makes_is_seen(upgraded: Store) -> None:
    run(upgraded, "ALTER TABLE carrier DROP COLUMN countries")
    with upgraded.engine.connect() as conn:
        found = compare_metadata(MigrationContext.configure(conn), Base.metadata)
    assert [change[0] for change in found] == ["add_column"]


def test_a_newer_database_is_refused_naming_both_revisions_and_stays_as_it_is(upgraded: Store) -> None:
    revise(upgraded, "9999")
    with pytest.raises(migrations.TooNew, match=f"revision 9999; this program knows {migrations.head()}"):
        migrations.upgrade(upgraded)
    assert migrations.current(upgraded) == "9999"


def test_the_places_outside_and_the_empty_plate_are_there(upgraded: Store) -> None:
    with upgraded.read() as tx:
        outside = {row.id: row.name for row in tx.all(text("SELECT id, name FROM location WHERE kind = 'outside'"))}
        assert tx.value(text("SELECT kind FROM lpn WHERE id = 0")) == "loose"
        assert tx.value(text("SELECT code FROM lot WHERE id = 0")) == ""
    assert outside == {-1: "SUPPLIER", -2: "CUSTOMER", -3: "ADJUSTMENT", -4: "SCRAP", 0: "ASSEMBLY"}


@pytest.mark.parametrize("change", [f"UPDATE {LEDGER} SET qty = 1", f"DELETE FROM {LEDGER}"])
def test_the_ledger_refuses_to_be_edited(upgraded: Store, change: str) -> None:
    owner = upgraded.transact(lambda tx: master.add_owner(tx, "LNT", "Lanternworks"))
    core = upgraded.transact(lambda tx: master.add_item(tx, owner, "CORE", name="Core"))
    gift = Move(core, 1, Spot(SUPPLIER), Spot(CUSTOMER), "receipt")
    upgraded.transact(lambda tx: ledger.post(tx, By(), [gift]))
    with pytest.raises(DBAPIError, match=f"{LEDGER} is append-only"):
        run(upgraded, change)


@pytest.mark.parametrize("upgraded", ["postgresql"], indirect=True)
def test_the_ledger_refuses_to_be_emptied(upgraded: Store) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        run(upgraded, f"TRUNCATE {LEDGER}")


# --- SQLite: what is copied and checked before and after -------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path, newest_file: Path) -> Iterator[Store]:
    """A SQLite database with an owner and a campaign of theirs."""
    copyfile(newest_file, tmp_path / "floor.db")
    store = Store(Database(url=f"sqlite:///{tmp_path / 'floor.db'}"))
    run(
        store,
        "INSERT INTO owner (id, code, name) VALUES (1, 'LNT', 'Lanternworks')",
        "INSERT INTO campaign (owner_id, code, name, platform) VALUES (1, 'LNT1', 'Lantern', '')",
    )
    yield store
    store.close()


def add_revision(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Let this program know one revision more, which runs `body`."""
    head = migrations.head()
    script = f"from alembic import op\nrevision, down_revision = 'next', {head!r}\ndef upgrade():\n    {body}\n"
    (folder / "next.py").write_text(script)
    config = migrations.config()
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{Path(migrations.__file__).parent / 'versions'}\n{folder}")
    monkeypatch.setattr(migrations, "config", lambda: config)


def content(path: str) -> list[tuple[str, str]]:
    """The revision and the owner in a file, after SQLite's own check of it."""
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return raw.execute("SELECT version_num, name FROM alembic_version, owner").fetchall()


def test_foreign_keys_hold_after_the_upgrade_and_are_on(small: Store) -> None:
    with small.read() as tx:
        assert tx.all(text("PRAGMA foreign_key_check")) == []
        assert tx.value(text("PRAGMA foreign_keys")) == 1
    with pytest.raises(DBAPIError, match="FOREIGN KEY"):
        run(small, "DELETE FROM owner")


def test_a_file_can_be_copied_aside_while_it_is_read(small: Store) -> None:
    with small.read() as tx:
        tx.value(text("SELECT COUNT(*) FROM owner"))
        copy = migrations.copy_aside(small)
    assert content(copy) == [(migrations.head(), "Lanternworks")]


def test_foreign_keys_are_on_again_after_an_upgrade_that_failed(
    small: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_revision(tmp_path, monkeypatch, 'op.execute("UPDATE absent SET name = 1")')
    with pytest.raises(DBAPIError, match="no such table"):
        migrations.upgrade(small)
    with pytest.raises(DBAPIError, match="FOREIGN KEY"):
        run(small, "DELETE FROM owner")


def test_an_older_file_is_copied_aside_before_it_is_upgraded(
    small: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = migrations.head()
    add_revision(tmp_path, monkeypatch, "op.execute(\"UPDATE owner SET name = 'Renamed'\")")
    copy = migrations.upgrade(small)
    assert content(copy) == [(before, "Lanternworks")]
    assert content(str(tmp_path / "floor.db")) == [("next", "Renamed")]


def test_a_migration_that_loses_parents_is_refused_and_undone(
    small: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = migrations.head()
    add_revision(tmp_path, monkeypatch, "op.execute('DELETE FROM owner')")
    with pytest.raises(RuntimeError, match=r"rows without their parents.*campaign"):
        migrations.upgrade(small)
    assert content(str(tmp_path / "floor.db")) == [(before, "Lanternworks")]
