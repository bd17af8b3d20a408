"""Many sorters and packers at one wall: every order is packed once, whatever they scan at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select
from wall import WallBench
from warehouse import Worker

from wms.db import table_of
from wms.models.shipping import Parcel
from wms.models.stock import Stock

ROUNDS = 40
SCANS_MAX = 60
parcels, stock = table_of(Parcel), table_of(Stock)


@pytest.fixture
def bench(database_url: str) -> Iterator[WallBench]:
    house = WallBench(database_url, slots=5)
    yield house
    house.store.close()


def toil(worker: Worker, flows: tuple[str, ...], done: Callable[[], bool]) -> None:
    """Do what the screens say, again and again, until all is done; a refusal changes the screen, not the mind."""
    for _ in range(ROUNDS):
        for flow in flows:
            worker.start(flow)
            for _ in range(SCANS_MAX):
                if worker.answer["task"] is None:
                    break
                worker.follow()
        if done():
            return


def test_three_lists_go_through_one_wall_that_has_room_for_two(bench: WallBench) -> None:
    made = [order for _ in range(3) for order in bench.batch({"CORE-RED": 1, "DICE": 1}, {"DICE": 1})[0]]
    errors: list[BaseException] = []

    def done() -> bool:
        return all(bench.state(order) == "packed" for order in made)

    def work(worker: Worker, flows: tuple[str, ...]) -> None:
        try:
            toil(worker, flows, done)
        except BaseException as error:
            errors.append(error)

    crew = [
        (bench.worker(f"crew {n}", station="P1"), ("sort", "pack") if n % 2 else ("pack", "sort")) for n in range(3)
    ]
    threads = [threading.Thread(target=work, args=each) for each in crew]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {bench.state(order) for order in made} == {"packed"}
    assert (bench.slots(), len(bench.rows(select(parcels)))) == ({}, 6)
    assert bench.list_states() == ["packed"] * 3
