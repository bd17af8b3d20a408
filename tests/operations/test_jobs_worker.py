"""Background jobs: claimed once, tried again after a failure, dead after five, and a worker that stops cleanly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from warehouse import Warehouse

from wms import clock
from wms.db import Store, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.labels.emulator import Emulator
from wms.labels.labels import ToteLabel
from wms.models.jobs import Job
from wms.models.printing import Printer, PrintJob
from wms.operations import jobs, labelling, master
from wms.operations.ledger import By
from wms.settings import Printing, Settings

table, prints = table_of(Job), table_of(PrintJob)


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    clock.freeze(datetime(2027, 3, 1, 12, tzinfo=UTC))
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()
    clock.freeze(None)


def rows(house: Warehouse) -> list[Any]:
    return house.rows(select(table).order_by(table.c.id))


def broken(store: Store, settings: Settings, args: dict[str, Any]) -> None:
    raise ValueError("no such wave")


def refused(store: Store, settings: Settings, args: dict[str, Any]) -> None:
    raise Refusal


def test_a_job_runs_once_with_its_arguments(house: Warehouse) -> None:
    seen: list[dict[str, Any]] = []
    house.do(jobs.enqueue, "sweep", {"a": 1})
    handlers = {"sweep": lambda store, settings, args: seen.append(args)}
    assert [jobs.run_once(house.store, house.settings, handlers) for _ in range(2)] == [True, False]
    assert (seen, rows(house)[0].state) == ([{"a": 1}], "done")


def test_a_job_waits_for_its_time(house: Warehouse) -> None:
    house.do(jobs.enqueue, "sweep", {}, clock.now() + timedelta(minutes=5))
    assert not jobs.run_once(house.store, house.settings)
    clock.advance(timedelta(minutes=5))
    assert jobs.run_once(house.store, house.settings)


def test_a_key_keeps_a_job_single_until_it_has_ended(house: Warehouse) -> None:
    first = house.do(jobs.enqueue, "sweep", {}, key="tidy")
    assert house.do(jobs.enqueue, "sweep", {}, key="tidy") == first
    jobs.run_once(house.store, house.settings, {"sweep": lambda *_: None})
    house.do(jobs.enqueue, "release", {}, key="timed")
    assert len(rows(house)) == 2


def test_a_failing_job_is_tried_five_times_and_keeps_its_error(house: Warehouse) -> None:
    house.do(jobs.enqueue, "release", {})
    tries = 0
    while rows(house)[0].state != "dead":
        tries += jobs.run_once(house.store, house.settings, {"release": broken})
        clock.advance(timedelta(minutes=1))
    assert (tries, rows(house)[0].error) == (5, "ValueError: no such wave")
    assert not jobs.run_once(house.store, house.settings, {"release": broken})


def test_a_dead_job_can_be_revived_and_others_not(house: Warehouse) -> None:
    job = house.do(jobs.enqueue, "release", {})
    with pytest.raises(NotFound):
        house.do(jobs.revive, job)
    for _ in range(5):
        jobs.run_once(house.store, house.settings, {"release": broken})
        clock.advance(timedelta(minutes=1))
    house.do(jobs.revive, job)
    assert rows(house)[0].state == "queued"


def test_a_refusal_is_an_answer_and_not_tried_again(house: Warehouse) -> None:
    house.do(jobs.enqueue, "release", {})
    jobs.run_once(house.store, house.settings, {"release": refused})
    assert (rows(house)[0].state, "That is not possible here." in rows(house)[0].result) == ("done", True)


def test_a_job_that_a_dead_worker_left_is_claimed_again_after_its_lease(house: Warehouse) -> None:
    house.do(jobs.enqueue, "sweep", {})
    assert house.do(jobs.claim) is not None
    assert not jobs.run_once(house.store, house.settings)
    clock.advance(timedelta(hours=1))
    assert jobs.run_once(house.store, house.settings)
    assert (rows(house)[0].state, rows(house)[0].attempts) == ("done", 2)


def test_a_worker_that_lost_its_lease_writes_nothing(house: Warehouse) -> None:
    house.do(jobs.enqueue, "sweep", {})
    slow = house.do(jobs.claim)
    clock.advance(timedelta(hours=1))
    house.do(jobs.claim)
    house.do(jobs.finish, slow, 1)
    assert rows(house)[0].state == "running"


def test_timed_work_is_armed_once_and_again_when_done(house: Warehouse) -> None:
    for _ in range(2):
        house.do(jobs.arm)
    while jobs.run_once(house.store, house.settings):
        pass
    due = {row.kind: (row.state, row.run_at - clock.now()) for row in rows(house)}
    assert due == {kind: ("queued", pause) for kind, pause in jobs.EVERY.items()}
    assert len(rows(house)) == len(jobs.EVERY)


def test_an_unknown_kind_is_refused_with_the_known_ones(house: Warehouse) -> None:
    with pytest.raises(BadInput, match=r"one of .*release"):
        house.do(jobs.enqueue, "fly", {})


def test_releasing_nothing_ends_the_job_with_the_reason(house: Warehouse) -> None:
    house.do(jobs.enqueue, "release", {"pilot": None, "orders": None, "operator": None})
    jobs.run_once(house.store, house.settings)
    assert (rows(house)[0].state, "nothing_to_release" in rows(house)[0].result) == ("done", True)


def test_the_worker_prints_past_a_dead_printer_and_stops_when_told(database_url: str, tmp_path: Path) -> None:
    with Emulator() as dead, Emulator() as alive:
        dead.behaviour.mode = "silent"
        ways = Printing(allow_loopback=True, ports=(dead.port, alive.port), status_seconds=60.0)
        house = Warehouse(database_url, printing=ways)
        for name, emulator in (("P1", dead), ("S1", alive)):
            address = {"transport": "tcp", "host": "127.0.0.1", "port": emulator.port}
            house.do(master.add, table_of(Printer), code=name, name=name, station_id=house.places[name], **address)
        for number, place in ((1, "P1"), (2, "S1")):
            order = labelling.Print(ToteLabel(code=f"TO-{number}", name="t"), f"t:{number}", "t", house.places[place])
            house.do(labelling.enqueue, house.settings, order, By())
        stop = threading.Event()
        worker = threading.Thread(target=jobs.work, args=(house.store, house.settings, stop))
        worker.start()
        assert wait_for(lambda: len(alive.printed) == 1 and len(house.rows(select(table))) == len(jobs.EVERY))
        stop.set()
        dead.stop()  # the worker still waited for it
        worker.join(20)
        assert (worker.is_alive(), dead.printed) == (False, ())
        house.store.close()


def wait_for(is_so: Any, seconds: float = 40.0) -> bool:
    """Return whether something became so; shorter than the dead printer's patience."""
    until = clock.seconds() + seconds
    pause = threading.Event()
    while clock.seconds() < until:
        if is_so():
            return True
        pause.wait(0.02)
    return False
