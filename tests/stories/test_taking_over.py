"""Whose tote is it? Taking over is asked about, by supervisors too, and told by name to whoever lost it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from bench import Bench, packing
from sqlalchemy import select, update
from warehouse import Worker

from wms import clock
from wms.db import table_of
from wms.models.floor import Task
from wms.models.people import Session
from wms.models.stock import StockMove
from wms.operations import master

sessions, tasks, moves = table_of(Session), table_of(Task), table_of(StockMove)


class Desk(Bench):
    """A bench at which Jonas packs a tote of two red cores, one of which is in its parcel."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.tote_in_hand = self.tote_of({"CORE-RED": 2})[1]
        self.jonas = self.log_in(packing(self)).start("pack").scan(self.tote_in_hand).scan("CORE-RED")

    def log_in(self, worker: Worker) -> Worker:
        """Open a session for a person, as the login does."""
        now = clock.now()
        times = {"opened_at": now, "seen_at": now, "expires_at": now + timedelta(hours=12)}
        ids = {"operator_id": worker.who.operator_id, "device_id": worker.who.device_id}
        self.do(master.add, sessions, token_hash=worker.who.name, csrf="-", **ids, **times)
        return worker

    def session_of_jonas(self, **values: object) -> None:
        """Let something happen to the session of Jonas."""
        mine = sessions.c.operator_id == self.jonas.who.operator_id
        self.do(lambda tx: tx.execute(update(sessions).where(mine).values(**values)))

    def take_over(self) -> Worker:
        """Let Ana take the tote, sure of it."""
        return packing(self, "Ana").scan(self.tote_in_hand).hears("ask").scan(self.tote_in_hand).hears("ok")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    house = Desk(database_url)
    yield house
    house.store.close()


LOST = "Ana took tote 1 over. Scan another tote."


@pytest.mark.parametrize("text", ["CORE-RED", "F2", "Esc"])
def test_whoever_lost_a_tote_hears_who_has_it_at_the_next_scan_or_key(desk: Desk, text: str) -> None:
    other = desk.tote_of({"DICE": 1})[1]
    desk.take_over()
    before = len(desk.rows(select(moves.c.id)))
    desk.jonas.scan(text).hears("stop", LOST).sees("Scan the next tote")
    assert len(desk.rows(select(moves.c.id))) == before
    desk.jonas.scan(other).hears("ok").sees("Scan DICE")


def test_whoever_lost_a_tote_hears_it_when_the_screen_is_drawn_again(desk: Desk) -> None:
    desk.tote_of({"DICE": 1})
    desk.take_over()
    desk.jonas.answer = desk.floor.show(desk.jonas.who, desk.jonas.answer["task"])
    desk.jonas.hears("stop", LOST).sees("Scan the next tote")


def test_whoever_paused_a_tote_hears_that_it_was_taken_over_when_they_come_back(desk: Desk) -> None:
    desk.jonas.scan("Esc").hears("ok", "Paused")
    desk.take_over()
    desk.jonas.start("pack").hears("stop", "Ana took tote 1 over. Choose a job.")
    desk.tote_of({"DICE": 1})
    desk.jonas.start("pack").hears("ok", "").sees("Scan the next tote")


def test_scans_that_waited_on_the_handheld_all_hear_it_and_the_same_scan_hears_the_same(desk: Desk) -> None:
    desk.tote_of({"DICE": 1})
    desk.take_over()
    lost = desk.jonas.answer
    first = desk.jonas.scan("CORE-RED", "scan-0001").hears("stop", LOST).answer
    for scan_id in ("scan-0002", "scan-0001"):
        desk.jonas.answer = lost
        assert desk.jonas.scan("CORE-RED", scan_id).answer == first
    assert len(desk.rows(select(tasks).where(tasks.c.closed_at.is_(None)))) == 2


def test_a_supervisor_is_asked_too_while_the_colleague_is_logged_in(desk: Desk) -> None:
    since = desk.rows(select(tasks.c.opened_at))[0].opened_at
    sam = desk.worker("Sam", station="P1").scan(desk.tote_in_hand)
    sam.hears("ask", f"Jonas is on tote 1 since {since:%H:%M}. Again to take over.")
    desk.jonas.scan("DICE").hears("stop").sees("Scan CORE-RED")
    sam.scan(desk.tote_in_hand).hears("ok").sees("Scan CORE-RED")


GONE = {
    "ended": {"ended_at": clock.now()},
    "idle": {"seen_at": clock.now() - timedelta(hours=1)},
    "expired": {"expires_at": clock.now() - timedelta(hours=1)},
}


@pytest.mark.parametrize("how", GONE)
def test_a_supervisor_is_not_asked_when_the_colleague_has_left(desk: Desk, how: str) -> None:
    desk.session_of_jonas(**GONE[how])
    desk.worker("Sam", station="P1").scan(desk.tote_in_hand).hears("ok").sees("Scan CORE-RED")
    desk.jonas.scan("CORE-RED").hears("stop", "Sam took tote 1 over. Choose a job.")


def test_a_question_with_long_names_leaves_out_the_time(desk: Desk) -> None:
    desk.log_in(packing(desk, "Konstantinos Papadopoulos")).scan(desk.tote_in_hand).scan(desk.tote_in_hand).hears("ok")
    packing(desk, "Ana").scan(desk.tote_in_hand).hears(
        "ask", "Konstantinos Papadopoul… is on tote 1. Again to take over."
    )
