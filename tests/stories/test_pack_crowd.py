"""Many packers and loaders at once: every order leaves once, whatever they scan at the same time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from bench import Bench, jobs, lists, orders, parcels, waves
from sqlalchemy import select
from warehouse import Worker

from wms.db import table_of
from wms.models.stock import Stock, StockMove

SCANS_MAX = 400


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    house = Bench(database_url)
    yield house
    house.store.close()


def at_once(works: list[Callable[[], None]]) -> None:
    """Run all of these in threads and raise what one of them raised."""
    errors: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def robot(worker: Worker, flow: str) -> None:
    """Do what the screen says until there is no work; a refusal changes the screen, not the mind."""
    worker.start(flow)
    for _ in range(SCANS_MAX):
        if worker.answer["task"] is None:
            return
        worker.follow()
    raise AssertionError(worker.answer)


def test_four_packers_and_two_loaders_ship_every_order_once(bench: Bench) -> None:
    made = [bench.order({"CORE-RED": 1, "DICE": 2}) for _ in range(6)]
    shared = bench.pick_list("cluster", made)
    for order in made:
        bench.fill(shared, order, {"CORE-RED": 1, "DICE": 2})
    bench.singles(*(["CORE-BLUE"] * 5))
    packers = [bench.worker(f"packer {n}", station="P1") for n in range(4)]
    at_once([lambda each=each: robot(each, "pack") for each in packers])
    loaders = [bench.worker(f"loader {n}") for n in range(2)]
    at_once([lambda each=each: robot(each, "load") for each in loaders])
    robot(loaders[0], "load")
    assert Counter(row.state for row in bench.rows(select(orders.c.state))) == {"shipped": 11}
    assert {row.state for row in bench.rows(select(lists.c.state))} == {"packed"}
    assert {row.state for row in bench.rows(select(waves.c.state))} == {"done"}
    assert (len(bench.rows(select(parcels))), len(bench.rows(select(jobs)))) == (11, 11)
    shipped = select(table_of(StockMove).c.qty).where(table_of(StockMove).c.reason == "ship")
    assert sum(row.qty for row in bench.rows(shipped)) == 6 * 3 + 5
    assert bench.rows(select(table_of(Stock)).where(table_of(Stock).c.qty > 0)) == []
