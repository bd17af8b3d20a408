"""The ledger: stock moves, is never edited, never negative, never moved in part."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from warehouse import Warehouse

from wms.db import Tx, table_of
from wms.errors import Refusal
from wms.models.stock import AVAILABLE, DAMAGED, StockMove
from wms.operations import ledger, master
from wms.operations.ledger import By, Move, NotEnough, Spot

moves = table_of(StockMove)


@pytest.fixture
def hall(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def shift(hall: Warehouse, item: int, qty: int, source: str, target: str) -> None:
    spots = Spot(hall.places[source]), Spot(hall.places[target])
    hall.do(ledger.post, By(), [Move(item, qty, *spots, "move")])


def at_once(number: int, work: Callable[[int], Any]) -> Counter[str]:
    """Run `work` in many threads that start together; count the outcomes."""
    outcomes: list[str] = []
    ready = threading.Barrier(number)

    def run(n: int) -> None:
        ready.wait()
        try:
            work(n)
            outcomes.append("ok")
        except Refusal as refusal:
            outcomes.append(refusal.text)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def test_a_movement_takes_from_one_place_and_gives_to_another(hall: Warehouse) -> None:
    core = hall.item("CORE")
    hall.put("A-01-1", core, 10)
    shift(hall, core, 4, "A-01-1", "A-02-2")
    assert (hall.qty("A-01-1", core), hall.qty("A-02-2", core)) == (6, 4)


def test_taking_more_than_is_there_is_refused_with_the_limit_and_moves_nothing(hall: Warehouse) -> None:
    core = hall.item("CORE")
    hall.put("A-01-1", core, 10)
    with pytest.raises(NotEnough, match="Only 10 of CORE free in A-01-1"):
        shift(hall, core, 11, "A-01-1", "A-02-2")
    assert (hall.qty("A-01-1", core), hall.qty("A-02-2", core)) == (10, 0)


def test_reserved_units_cannot_be_taken_by_somebody_else(hall: Warehouse) -> None:
    core = hall.item("CORE")
    hall.put("A-01-1", core, 10)
    key = ledger.key_of(Spot(hall.places["A-01-1"]), core, 0, AVAILABLE)
    hall.do(ledger.allocate, {key: 7})
    with pytest.raises(NotEnough, match="Only 3 of CORE free"):
        shift(hall, core, 4, "A-01-1", "A-02-2")


def test_a_movement_of_nothing_is_refused(hall: Warehouse) -> None:
    with pytest.raises(ledger.NoQuantity):
        shift(hall, hall.item("CORE"), 0, "A-01-1", "A-02-2")


def test_several_movements_are_posted_together_or_not_at_all(hall: Warehouse) -> None:
    core, red = hall.item("CORE"), hall.item("RED")
    hall.put("A-01-1", core, 5)
    spots = Spot(hall.places["A-01-1"]), Spot(hall.places["A-02-1"])
    with pytest.raises(NotEnough):
        hall.do(ledger.post, By(), [Move(core, 5, *spots, "move"), Move(red, 1, *spots, "move")])
    assert hall.qty("A-01-1", core) == 5


def test_damage_is_a_movement_from_one_condition_to_another(hall: Warehouse) -> None:
    core = hall.item("CORE")
    hall.put("A-01-1", core, 5)
    here = Spot(hall.places["A-01-1"])
    hall.do(ledger.post, By(), [Move(core, 2, here, here, "damage", to_condition=DAMAGED)])
    assert (hall.qty("A-01-1", core), hall.qty("A-01-1", core, DAMAGED)) == (3, 2)


def test_an_lpn_moves_with_all_it_holds_one_row_a_line(hall: Warehouse) -> None:
    core, red = hall.item("CORE"), hall.item("RED")
    lpn, _ = hall.do(master.add_lpn, "carton", hall.places["D1"])
    dock = Spot(hall.places["D1"], lpn)
    supplier = Spot(-1)
    hall.do(ledger.post, By(), [Move(core, 3, supplier, dock, "receipt"), Move(red, 2, supplier, dock, "receipt")])
    hall.do(ledger.move_lpn, By(), lpn, hall.places["A-02-3"], "putaway")
    assert (hall.qty("A-02-3", core), hall.qty("A-02-3", red)) == (3, 2)
    assert len(hall.rows(select(moves).where(moves.c.reason == "putaway"))) == 2


def test_a_carton_of_which_one_unit_is_reserved_stays_whole_and_the_item_is_named(hall: Warehouse) -> None:
    items = [hall.item(f"SKU-{n}") for n in range(5)]
    lpn, code = hall.do(master.add_lpn, "carton", hall.places["D1"])
    dock = Spot(hall.places["D1"], lpn)
    hall.do(ledger.post, By(), [Move(item, 4, Spot(-1), dock, "receipt") for item in items])
    hall.do(ledger.allocate, {ledger.key_of(dock, items[3], 0, AVAILABLE): 1})
    with pytest.raises(NotEnough, match=f"Only 3 of SKU-3 free in {code}"):
        hall.do(ledger.move_lpn, By(), lpn, hall.places["A-02-3"], "putaway")
    assert [hall.qty("D1", item) for item in items] == [4] * 5


@pytest.mark.parametrize("statement", [update(moves).values(qty=1), delete(moves)])
def test_the_database_itself_refuses_to_edit_the_ledger(hall: Warehouse, statement: Any) -> None:
    hall.put("A-01-1", hall.item("CORE"), 5)
    with pytest.raises(DBAPIError, match="append-only"):
        hall.do(Tx.execute, statement)


def test_of_16_people_who_each_move_60_of_the_same_100_exactly_one_succeeds(hall: Warehouse) -> None:
    core = hall.item("CORE")
    hall.put("A-01-1", core, 100)
    outcomes = at_once(16, lambda n: shift(hall, core, 60, "A-01-1", f"A-02-{n % 3 + 1}"))
    assert outcomes == {"ok": 1, "Only 40 of CORE free in A-01-1.": 15}
    assert hall.qty("A-01-1", core) == 40


def test_of_32_scanners_on_one_hot_bin_nobody_deadlocks_and_nothing_goes_negative(hall: Warehouse) -> None:
    items = [hall.item(f"SKU-{n}") for n in range(3)]
    for item in items:
        hall.put("A-01-1", item, 100)

    def take(n: int) -> None:
        source, target = Spot(hall.places["A-01-1"]), Spot(hall.places[f"A-02-{n % 3 + 1}"])
        order = items if n % 2 else items[::-1]  # everybody asks in another order; the ledger locks in one
        for _ in range(5):
            hall.do(ledger.post, By(), [Move(item, 1, source, target, "move") for item in order])

    outcomes = at_once(32, take)
    assert sum(outcomes.values()) == 32
    done = [sum(hall.qty(f"A-02-{level}", item) for level in (1, 2, 3)) for item in items]
    left = [hall.qty("A-01-1", item) for item in items]
    assert done == [100, 100, 100]
    assert left == [0, 0, 0]


def test_balances_are_the_sum_of_their_movements(hall: Warehouse) -> None:
    core = hall.item("CORE")
    hall.put("A-01-1", core, 9)
    shift(hall, core, 4, "A-01-1", "A-02-2")
    where = hall.places["A-01-1"]
    came = select(func.sum(moves.c.qty)).where(moves.c.to_location_id == where).scalar_subquery()
    left = select(func.sum(moves.c.qty)).where(moves.c.from_location_id == where).scalar_subquery()
    assert hall.rows(select(came - left))[0][0] == hall.qty("A-01-1", core)
