"""Several people at the refills at once: each refill is brought by one of them, and none is planned twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from contract import at_once
from delivery import receiver
from refills import Hall, tasks
from sqlalchemy import select, update
from warehouse import Worker

from wms.operations import bringing, ledger, replenishing
from wms.operations.ledger import By, Key, NotEnough

ROUNDS = 5  # a race that goes wrong does so now and then


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    hall = Hall(database_url)
    yield hall
    hall.sound()
    hall.store.close()


def titles(crew: list[Worker]) -> list[str]:
    """What everybody sees who was given a refill."""
    return sorted(worker.answer["title"] for worker in crew if worker.answer["task"])


def put_down(hall: Hall) -> None:
    """Let nobody have a refill in hand, and none be open."""
    for row in hall.rows(select(tasks.c.id).where(tasks.c.state.in_(("open", "doing")))):
        hall.do(bringing.withdraw, By(), row.id)


def test_two_people_who_ask_at_once_never_get_the_same_refill(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    crew = [receiver(hall, name) for name in ("Rosa", "Ben")]
    for _ in range(ROUNDS):
        hall.plan()
        at_once(2, lambda n: crew[n].start("replenish"))
        assert (titles(crew), hall.reserved()) == (["Take 24 CORE-RED from R-01"], 24)
        put_down(hall)


def test_as_many_refills_as_people_are_all_taken_at_once(hall: Hall) -> None:
    crew = [receiver(hall, name) for name in ("Rosa", "Ben", "Cem")]
    for face in ("A-01-2", "A-01-3"):
        hall.face("CORE-RED", face, 5, 30)
    for _ in crew:
        hall.carton("R-01", hall.red, 24)
    for _ in range(ROUNDS):
        hall.plan()
        at_once(3, lambda n: crew[n].start("replenish"))
        found = hall.rows(select(tasks).where(tasks.c.state == "doing"))
        assert len({row.operator_id for row in found}) == len(found) == 3
        put_down(hall)


def test_a_refill_left_lying_is_taken_over_by_one_of_two(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    crew = [receiver(hall, name) for name in ("Rosa", "Ben", "Ana")]
    for _ in range(ROUNDS):
        hall.plan()
        crew[2].start("replenish")
        hall.do(lambda tx: tx.execute(update(tasks).values(started_at=tx.now - timedelta(days=1))))
        at_once(2, lambda n: crew[n].start("replenish"))
        assert (len(titles(crew[:2])), hall.reserved()) == (1, 24)
        put_down(hall)


def test_an_order_that_is_faster_leaves_the_rest_to_the_refill(hall: Hall) -> None:
    hall.put("R-01", hall.red, 40)
    rosa, key = receiver(hall), (hall.places["R-01"], 0, hall.red, 0, "available")
    for _ in range(ROUNDS):
        hall.plan()
        ordered = at_once(2, lambda n: rosa.start("replenish") if n else promised(hall, {key: 30}))[0]
        assert titles([rosa]) == [f"Take {10 if ordered else 30} CORE-RED from R-01"]
        put_down(hall)
        hall.do(ledger.release, {key: 30} if ordered else {})


def promised(hall: Hall, units: dict[Key, int]) -> bool:
    """Promise units to an order, if they are still free."""
    with suppress(NotEnough):
        hall.do(ledger.allocate, units)
        return True
    return False


def test_looking_at_the_faces_twice_at_once_plans_each_refill_once(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    for _ in range(ROUNDS):
        at_once(2, lambda _: replenishing.refresh(hall.store, hall.settings))
        assert Counter(state for state, _, _ in hall.tasks())["open"] == 1
        put_down(hall)


def test_who_takes_a_refill_while_the_faces_are_looked_at_is_the_only_one(hall: Hall) -> None:
    hall.carton("R-01", hall.red, 24)
    hall.carton("R-02", hall.red, 24)
    rosa = receiver(hall)
    for _ in range(ROUNDS):
        hall.plan()
        at_once(2, lambda n: rosa.start("replenish") if n else hall.plan())
        rosa.start("replenish").sees("Take 24 CORE-RED")  # again: while it is written nobody is given one
        assert Counter(state for state, _, _ in hall.tasks())["open"] == 0
        put_down(hall)
