"""Many sorters and packers at one wall: every order is packed once, whatever they scan at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from contract import at_once
from sqlalchemy import select, update
from wall import WallBench, sorter
from warehouse import Worker

from wms.db import table_of
from wms.models.floor import Task
from wms.models.shipping import Parcel
from wms.models.stock import Stock
from wms.operations import reviewing

ROUNDS = 40
SCANS_MAX = 60
RACES = 4  # a race that goes wrong does so now and then
parcels, stock, tasks = table_of(Parcel), table_of(Stock), table_of(Task)


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


@pytest.fixture
def wide(database_url: str) -> Iterator[WallBench]:
    house = WallBench(database_url, slots=2 * RACES)
    yield house
    house.store.close()


def test_two_totes_of_one_list_opened_at_once_give_its_orders_one_slot_each(wide: WallBench) -> None:
    for n in range(RACES):
        made, totes = wide.batch({"CORE-RED": 1, "DICE": 1}, {"DICE": 1}, totes=2)
        crew = [sorter(wide, f"{name} {n}").start("sort") for name in ("Sara", "Tom")]
        at_once(2, lambda n, crew=crew, totes=totes: crew[n].scan(totes[n]))
        assert sorted(each.answer["state"] for each in crew) == ["item", "tote"]
        assert set(made) <= set(wide.slots().values())
        assert len(wide.slots()) == 2 * (n + 1)


def test_the_slot_of_a_held_order_is_emptied_by_one_of_two(wide: WallBench) -> None:
    for n in range(RACES):
        wide.tote()
        made, _ = wide.batch({"CORE-RED": 2})
        sara, tom = (sorter(wide, f"{name} {n}") for name in ("Sara", "Tom"))
        sara.start("sort").follow().follow().follow().hears("ok", "1 to come.")
        wide.do(reviewing.hold, made[0], "NOTE_TO_READ", "Look at it.")
        wide.do(lambda tx: tx.execute(update(tasks).values(closed_at=tx.now)))
        at_once(2, lambda n, crew=(sara, tom): crew[n].start("sort"))
        assert sorted(each.answer["state"] for each in (sara, tom)) == ["empty", "menu"]
        next(each for each in (sara, tom) if each.answer["task"]).finish()
