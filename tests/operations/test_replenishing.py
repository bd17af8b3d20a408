"""The open move tasks are what the faces need: planned again they change nothing, and nobody is sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bench import Bench
from sqlalchemy import select, update

from wms import clock
from wms.db import table_of
from wms.models.orders import OrderLine
from wms.models.outbound import Pick
from wms.models.places import SUPPLIER
from wms.models.slotting import MoveTask
from wms.operations import bringing, jobs, ledger, master, replenishing, waving
from wms.operations.ledger import By, Move, Spot
from wms.queries.bringing import CLAIM_HOURS

tasks, order_lines, picks = table_of(MoveTask), table_of(OrderLine), table_of(Pick)


class Shelf(Bench):
    """The face A-01-1 of CORE-RED (min 10, max 60), a reserve R-01, and the worker's look at them."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.red = self.items["CORE-RED"]
        self.places["R-01"] = self.place("R-01", "reserve", 90_000)
        self.do(replenishing.set_face, "CORE-RED", "A-01-1", (10, 60))

    def stow(self, *quantities: int) -> None:
        """Put full cartons into the reserve."""
        for qty in quantities:
            lpn, _ = self.do(master.add_lpn, "carton", self.places["R-01"])
            move = Move(self.red, qty, Spot(SUPPLIER), Spot(self.places["R-01"], lpn), "receipt")
            self.do(ledger.post, By(), [move])

    def wanted(self, qty: int) -> int:
        """Let a clean order want units; return its id."""
        made = self.order({"CORE-RED": qty}, state="clean")
        self.do(lambda tx: tx.execute(update(order_lines).where(order_lines.c.order_id == made).values(picked=0)))
        return made

    def look(self) -> dict[str, int]:
        """Plan."""
        return replenishing.refresh(self.store, self.settings)

    def open(self) -> list[Any]:
        """The open tasks, the most urgent first."""
        return self.rows(select(tasks).where(tasks.c.state == "open").order_by(tasks.c.seq, tasks.c.id))


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    shelf = Shelf(database_url)
    yield shelf
    shelf.store.close()


def test_a_face_below_its_minimum_gets_a_whole_carton(shelf: Shelf) -> None:
    shelf.stow(7, 24, 100)
    shelf.look()
    assert [(row.qty, row.why) for row in shelf.open()] == [(24, "The whole carton: the face is below its minimum.")]


def test_looking_again_changes_nothing(shelf: Shelf) -> None:
    shelf.stow(24, 24)
    assert shelf.look() == {"open": 1, "new": 1, "changed": 0, "void": 0, "missing": 0}
    assert shelf.look() == {"open": 1, "new": 0, "changed": 0, "void": 0, "missing": 0}


def test_units_in_somebodys_hands_are_counted_as_coming(shelf: Shelf) -> None:
    shelf.stow(50, 50)
    shelf.look()
    shelf.worker().start("replenish")
    assert shelf.look()["open"] == 0


def test_a_full_face_wants_nothing(shelf: Shelf) -> None:
    shelf.stow(24)
    shelf.put("A-01-1", shelf.red, 60)
    assert shelf.look()["open"] == 0


def test_the_next_waves_orders_make_a_face_want_more_and_sooner(shelf: Shelf) -> None:
    shelf.stow(24)
    shelf.put("A-01-1", shelf.red, 12)
    assert shelf.look()["open"] == 0
    shelf.wanted(20)
    shelf.look()
    assert [(row.qty, row.seq) for row in shelf.open()] == [(24, 3600)]
    assert "the next wave" in shelf.open()[0].why


def test_what_the_reserve_lacks_is_said(shelf: Shelf) -> None:
    shelf.stow(5)
    shelf.wanted(20)
    assert shelf.look()["missing"] == 15


def test_a_task_that_is_not_needed_any_more_is_void(shelf: Shelf) -> None:
    shelf.stow(24)
    shelf.look()
    shelf.put("A-01-1", shelf.red, 60)
    assert shelf.look() == {"open": 0, "new": 0, "changed": 0, "void": 1, "missing": 0}


def test_a_release_lets_the_worker_look_at_the_faces(shelf: Shelf) -> None:
    shelf.put("A-01-1", shelf.red, 12)
    shelf.stow(24)
    shelf.wanted(8)
    shelf.do(jobs.enqueue, "release", {"pilot": False, "orders": None, "operator": None})
    while jobs.run_once(shelf.store, shelf.settings):
        pass
    assert [row.qty for row in shelf.open()] == [24]


def test_a_task_that_somebody_left_for_a_shift_goes_to_the_next_person(shelf: Shelf) -> None:
    shelf.stow(24)
    shelf.look()
    clock.freeze(clock.now())
    ana = shelf.worker().start("replenish").sees("Take 24")
    clock.advance(timedelta(hours=CLAIM_HOURS + 1))
    shelf.worker("Ben").start("replenish").sees("Take 24 CORE-RED from R-01").finish()
    clock.freeze(None)
    ana.follow().hears("stop", "Ben took this task over. Choose a job.")
    assert shelf.qty("A-01-1", shelf.red) == 24


def test_a_withdrawn_task_frees_its_units(shelf: Shelf) -> None:
    shelf.stow(24)
    shelf.look()
    shelf.worker().start("replenish")
    shelf.do(bringing.withdraw, By(), shelf.rows(select(tasks.c.id))[0].id)
    assert shelf.look()["new"] == 1


def test_a_release_takes_from_the_faces_and_their_refill_is_planned_after_it(shelf: Shelf) -> None:
    shelf.put("A-01-1", shelf.red, 40)
    shelf.stow(24)  # the smaller stock, which would be emptied first if people did not have to climb for it
    shelf.wanted(35)
    waving.release_all(shelf.store, shelf.settings, By())
    assert {row.location_id: row.qty for row in shelf.rows(select(picks))} == {shelf.places["A-01-1"]: 35}
    shelf.look()
    assert [(row.qty, row.why) for row in shelf.open()] == [(24, "The whole carton: the face is below its minimum.")]


def test_a_release_climbs_for_what_the_faces_lack(shelf: Shelf) -> None:
    shelf.put("A-01-1", shelf.red, 3)
    shelf.stow(24)
    shelf.wanted(5)
    waving.release_all(shelf.store, shelf.settings, By())
    taken = {row.location_id: row.qty for row in shelf.rows(select(picks))}
    assert taken == {shelf.places["A-01-1"]: 3, shelf.places["R-01"]: 2}
