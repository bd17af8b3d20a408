"""Several pickers at once: nobody gets another's list, cart, tote or unit, and the book stays true."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from backers import Campaign, backer, orders
from sqlalchemy import func, select
from warehouse import Warehouse, Worker

from wms.queries import invariants


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    for _ in range(20):
        warehouse.tote()
    for number in (3, 4):
        warehouse.place(f"C-0{number}", "cart")
    for place, sku in (("A-02-1", "CORE-RED"), ("A-01-1", "SLEEVES"), ("A-01-2", "COINS")):
        warehouse.put(place, warehouse.item(sku), 60)
    yield warehouse
    warehouse.store.close()


def shift(worker: Worker) -> int:
    """Pick until there is no more work; a refusal is read and the screen followed again. Returns the scans."""
    worker.start("pick")
    for scans in range(300):
        if worker.answer["task"] is None:
            return scans
        worker.follow()
    raise AssertionError(worker.answer)


def test_four_pickers_finish_a_wave_and_every_rule_of_the_book_holds(house: Warehouse) -> None:
    campaign = Campaign(house, Core="CORE-RED", Sleeves="SLEEVES", Coins="COINS")
    mixes = (("Core",), ("2 Core", "Sleeves"), ("Coins", "Core", "2 Sleeves"), ("Sleeves",))
    campaign.review(*(backer(n, *mixes[n % 4]) for n in range(1, 29)))
    campaign.release(pilot=False)
    workers = [house.worker(name) for name in ("Ana", "Bob", "Cem", "Dee")]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(shift, workers))
    for worker in workers:
        shift(worker)  # whoever found no free cart comes back when the others are done
    assert house.rows(select(orders.c.state, func.count()).group_by(orders.c.state)) == [("picked", 28)]
    with house.store.read() as tx:
        assert invariants.check(tx) == []
