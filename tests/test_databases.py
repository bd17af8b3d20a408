"""A database that is used again is as new, and a copied warehouse is like one that was built."""

from __future__ import annotations

from pathlib import Path

import services
from databases import Shelf
from sqlalchemy import func, select, text
from warehouse import LAYOUT, Warehouse

from wms.db import Store, table_of
from wms.models.items import Item
from wms.models.places import Location
from wms.settings import Database

location = table_of(Location)


def used(url: str) -> Warehouse:
    """A warehouse in which something happened, and which nobody closed."""
    house = Warehouse(url)
    house.put("A-01-1", house.item("CORE"), 3)
    house.worker().start("move").scan(house.code("A-01-1"))
    return house


def test_a_database_from_the_shelf_is_as_new_whatever_was_left_in_it(shelf: Shelf) -> None:
    url = shelf.take()
    left = used(url)
    shelf.give_back(url)
    assert shelf.take() == url
    left.store.engine.dispose()
    store = Store(Database(url=url))
    with store.read() as tx:
        tables = ("owner", "item", "stock", "stock_move", "task", "scan", "operator")
        assert [tx.value(text(f"SELECT COUNT(*) FROM {name}")) for name in tables] == [0] * len(tables)
        assert tx.value(text("SELECT COUNT(*) FROM location WHERE kind = 'outside'")) == 5
    store.close()
    house = Warehouse(url)
    assert house.owner == 1
    house.store.close()
    shelf.give_back(url)


def test_rows_of_a_used_database_lie_in_the_order_in_which_they_were_written(postgres_database: str) -> None:
    for _ in range(3):
        house = used(postgres_database)
        house.do(lambda tx: tx.execute(location.update().values(zone=location.c.zone + "B")))
        house.store.close()
    house = Warehouse(postgres_database)
    ids = [row.id for row in house.rows(select(location.c.id))]
    assert ids[-len(LAYOUT) :] == sorted(house.places.values())
    house.store.close()


def test_every_warehouse_of_a_class_begins_alike_and_goes_on_alone(database_url: str) -> None:
    first = used(database_url)
    first.places["X"] = 0
    first.store.close()
    again = Warehouse(database_url)
    found = {row.name: row.id for row in again.rows(select(location).where(location.c.kind != "outside"))}
    assert again.places == found
    assert list(found) == [name for name, _, _ in LAYOUT]
    assert again.place("D9", "dock") == max(found.values()) + 1
    again.store.close()


def test_stores_share_what_was_compiled_and_nothing_else(tmp_path: Path) -> None:
    first, second = (Warehouse(f"sqlite:///{tmp_path}/{name}.db") for name in ("first", "second"))
    first.item("CORE")
    assert [len(house.rows(select(table_of(Item)))) for house in (first, second)] == [1, 0]
    assert first.store.engine.dialect is second.store.engine.dialect
    for house in (first, second):
        house.store.close()


def test_a_free_port_is_none_that_the_system_lends_to_others() -> None:
    ports = [services.free_port() for _ in range(5)]
    assert len(set(ports)) == 5
    assert all(15_000 <= port < 30_000 for port in ports)


def test_a_reader_sees_one_snapshot_while_others_write(database_url: str) -> None:
    house = Warehouse(database_url)
    count = select(func.count()).select_from(table_of(Item))
    with house.store.read() as tx:
        assert tx.value(count) == 0
        house.item("CORE")
        assert tx.value(count) == 0
    house.store.close()
