"""Whatever a list's mode is, robots that know nothing but the scan contract bring its orders to the truck."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shop import Shop, lists
from sqlalchemy import select, update
from warehouse import Worker

from wms.db import table_of
from wms.models.places import Location
from wms.models.stock import Stock
from wms.queries import invariants

places, stock = table_of(Location), table_of(Stock)
MIXED = (("2 Core", "Sleeves"), ("Core", "2 Sleeves"), ("Core", "Sleeves"), ("Core", "Sleeves"))


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    house = Shop(database_url)
    yield house
    with house.store.read() as tx:
        broken = invariants.check(tx)
    house.store.close()
    assert broken == []


def work(*workers: Worker) -> None:
    """Everybody does what the screens say, a flow after the other."""
    for flow in ("pick", "sort", "pack", "load"):
        for worker in workers:
            worker.start(flow).finish()


@pytest.mark.parametrize("mode", ["single", "shape", "batch", "cluster"])
def test_a_robot_ships_every_order_of_a_list(shop: Shop, mode: str) -> None:
    shop.orders(mode, *MIXED)
    work(shop.worker("Ana", station="P1"))
    assert shop.states() == ["shipped"] * 4
    assert [row.state for row in shop.rows(select(lists.c.state))] == ["packed"]
    assert shop.rows(select(stock.c.id).join(places, places.c.id == stock.c.location_id).where(PUT_DOWN)) == []


PUT_DOWN = (stock.c.qty > 0) & places.c.kind.in_(("slot", "station", "cart", "problem"))


def test_a_short_batch_sorts_and_packs_what_is_whole(shop: Shop) -> None:
    shop.orders("batch", *MIXED)
    ana = shop.worker("Ana", station="P1").start("pick").follow().follow().follow().follow()
    ana.sees("more CORE-RED").scan("F2").scan("2").scan("F1").hears("ok", "2 CORE-RED short.").finish()
    work(ana)
    assert sorted(shop.states()) == ["picked", "picked", "shipped", "shipped"]


def test_a_batch_list_goes_to_a_station_with_a_wall(shop: Shop) -> None:
    shop.places["P0"] = shop.place("P0", "station")
    shop.orders("batch", *MIXED)
    ana = shop.worker("Ana").start("pick")
    while ana.answer["state"] != "station":
        ana.follow()
    ana.sees("Bring the cart to P1").scan(shop.code("P0"))
    ana.hears("stop", "P0 has no wall for 4 orders. Go to P1.").follow().hears("done")


def test_without_any_wall_a_batch_is_packed_unit_by_unit(shop: Shop) -> None:
    shop.orders("batch", *MIXED)
    shop.do(lambda tx: tx.execute(update(places).where(places.c.kind == "slot").values(active=False)))
    work(shop.worker("Ana", station="P1"))
    assert shop.states() == ["shipped"] * 4
