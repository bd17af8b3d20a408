"""Several people at one dock at once: every unit is received and put away exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from delivery import announce, carton_states, ledger_rows, line, receiver
from sqlalchemy import select
from warehouse import Warehouse, Worker

from wms.db import table_of
from wms.models.floor import Task

tasks = table_of(Task)

CARTONS, UNITS, PEOPLE = 12, 5, 4


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def work(rosa: Worker, flow: str) -> None:
    """Do as the screen says until there is no work; a colleague may be faster now and then."""
    rosa.start(flow)
    for _ in range(40 * CARTONS):
        if rosa.answer["task"] is None:
            return
        rosa.follow()


def test_four_people_receive_and_put_away_one_delivery(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    announce(house, *[(line("CORE-RED", UNITS),) for _ in range(CARTONS)])
    people = [receiver(house, f"Person {n}") for n in range(PEOPLE)]
    for flow in ("receive", "putaway"):
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(work, people, [flow] * PEOPLE))
    assert carton_states(house) == ["received"] * CARTONS
    assert house.qty("D1", red) == 0
    assert sum(house.qty(name, red) for name in house.places) == CARTONS * UNITS
    reasons = [row.reason for row in ledger_rows(house)]
    assert (reasons.count("receipt"), reasons.count("putaway"), len(reasons)) == (CARTONS, CARTONS, 2 * CARTONS)


def test_a_colleague_in_the_middle_of_a_scan_is_not_taken_over(postgres_database: str) -> None:
    house = Warehouse(postgres_database)
    announce(house, (line(house_item(house), UNITS),))
    ana, ben, cleo = (receiver(house, name) for name in ("Ana", "Ben", "Cleo"))
    plate = ana.start("receive").answer["target"]["code"]
    ben.start("receive")
    cleo.start("receive")  # the only carton is shown to everybody
    ana.scan(plate).sees("Scan an item")
    ben.scan(plate).hears("ask", "Ana is on carton")
    with house.store.engine.begin() as conn:
        conn.execute(
            select(tasks.c.id).where(tasks.c.id == ana.answer["task"]).with_for_update()
        )  # her scan is under way
        ben.scan(plate).hears("ask", "Ana is on carton")
    ben.scan(plate).hears("ok")
    house.store.close()


def house_item(house: Warehouse) -> str:
    """Add the item of these tests and return its SKU."""
    house.item("CORE-RED")
    return "CORE-RED"
