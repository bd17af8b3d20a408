"""A scan has exactly one answer: however often it is delivered, it acts once, and its id belongs to it alone."""

from __future__ import annotations

from typing import Any

import pytest
from contract import FROM, OTHER, TO, Hall, at_once
from warehouse import Worker

from wms.errors import BadInput
from wms.floor import ScanIdReused

ID = "scan-0001"
MALFORMED = ("", "short", "with space", "x" * 65, "scan-0001\n", "x" * 64 + "\n", "scän-0001")


def deliver(worker: Worker, text: str, scan_id: str = ID, turn: int | None = None) -> dict[str, Any]:
    """Deliver a scan made for the worker's screen, and leave the worker looking at that screen."""
    at = worker.answer
    return worker.warehouse.floor.scan(worker.who, scan_id, at["task"], at["turn"] if turn is None else turn, text)


def test_a_scan_that_comes_twice_gets_the_same_answer_and_acts_once(hall: Hall) -> None:
    ana = hall.mover(60)
    first = deliver(ana, hall.code(TO))
    assert first["tone"] == "done"
    assert [deliver(ana, hall.code(TO)) for _ in range(3)] == [first] * 3
    assert (hall.qty(FROM, hall.core), hall.qty(TO, hall.core), hall.moved()) == (40, 60, 1)


def test_a_refused_scan_stays_refused_with_the_same_words_when_the_reason_is_gone(hall: Hall) -> None:
    ana = hall.worker().start("move").scan(hall.code(FROM))
    first = deliver(ana, "101")
    assert (first["tone"], first["refusal"]) == ("stop", "not_enough")
    hall.put(FROM, hall.core, 50)
    assert deliver(ana, "101") == first
    assert hall.scanned(ID) == 1


def test_the_answer_of_long_ago_is_still_the_answer(hall: Hall) -> None:
    ana = hall.worker().start("move")
    first = deliver(ana, hall.code(FROM))
    ana.scan("Esc").start("move").scan("F4")
    assert deliver(ana, hall.code(FROM), turn=0) == first


def test_eight_deliveries_at_the_same_time_act_once_and_agree(hall: Hall) -> None:
    ana = hall.mover(60)
    answers = at_once(8, lambda _: deliver(ana, hall.code(TO)))
    assert answers == [answers[0]] * 8
    assert (answers[0]["tone"], hall.qty(TO, hall.core), hall.moved(), hall.scanned(ID)) == ("done", 60, 1, 1)
    assert hall.broken() == []


def test_eight_deliveries_of_a_refused_scan_agree(hall: Hall) -> None:
    ana = hall.worker().start("move").scan(hall.code(FROM))
    answers = at_once(8, lambda _: deliver(ana, "101"))
    assert answers == [answers[0]] * 8
    assert (answers[0]["refusal"], answers[0]["turn"], hall.scanned(ID)) == ("not_enough", ana.answer["turn"], 1)


def test_eight_deliveries_of_a_question_do_not_confirm_it(hall: Hall) -> None:
    ana = hall.mover(60)
    answers = at_once(8, lambda _: deliver(ana, hall.code(OTHER)))
    assert answers == [answers[0]] * 8
    assert (answers[0]["tone"], hall.moved()) == ("ask", 0)


def test_eight_deliveries_at_the_menu_start_one_task(hall: Hall) -> None:
    ana = hall.worker()
    key = next(key for key, title in ana.answer["keys"].items() if title == "Move")
    answers = at_once(8, lambda _: deliver(ana, key))
    assert answers == [answers[0]] * 8
    assert (answers[0]["flow"], hall.scanned(ID)) == ("move", 1)


def test_eight_different_scans_of_one_screen_act_once(hall: Hall) -> None:
    ana = hall.mover(60)
    answers = at_once(8, lambda n: deliver(ana, hall.code(TO), f"scan-000{n}"))
    assert sorted(answer["tone"] for answer in answers) == ["done", *["stop"] * 7]
    assert {answer.get("refusal") for answer in answers} == {None, "moved"}
    assert (hall.qty(TO, hall.core), hall.moved()) == (60, 1)


def test_an_id_with_another_text_is_refused_and_does_nothing(hall: Hall) -> None:
    ana = hall.mover(60)
    deliver(ana, "F9")
    with pytest.raises(ScanIdReused, match="this id was used for another scan"):
        deliver(ana, hall.code(TO))
    assert (hall.moved(), ScanIdReused.status) == (0, 422)


def test_an_id_with_another_task_is_refused_and_does_nothing(hall: Hall) -> None:
    ana = hall.mover(60)
    deliver(ana, "F9")
    ana.start("lookup")
    with pytest.raises(ScanIdReused):
        deliver(ana, "F9")
    assert ana.start("move").answer["turn"] == 2


def test_an_id_of_another_person_is_refused_and_does_nothing(hall: Hall) -> None:
    ana, bob = hall.mover(60), hall.mover(20, "Bob")
    deliver(ana, hall.code(TO))
    with pytest.raises(ScanIdReused):
        deliver(bob, hall.code(TO))
    with pytest.raises(ScanIdReused):
        hall.floor.scan(bob.who, ID, ana.answer["task"], ana.answer["turn"], hall.code(TO))
    assert hall.qty(TO, hall.core) == 60


def test_a_malformed_id_is_refused_and_does_nothing(hall: Hall) -> None:
    ana = hall.mover(60)
    for scan_id in MALFORMED:
        with pytest.raises(BadInput, match="id: 8 to 64 letters"):
            deliver(ana, hall.code(TO), scan_id)
    assert hall.moved() == 0


def test_answers_survive_a_restart(hall: Hall) -> None:
    ana, bob = hall.mover(60), hall.mover(10, "Bob")
    done, refused = deliver(ana, hall.code(TO)), deliver(bob, hall.code(FROM), "scan-0002")
    hall.open(hall.settings.database.url)
    assert deliver(ana, hall.code(TO)) == done
    assert deliver(bob, hall.code(FROM), "scan-0002") == refused
    assert hall.moved() == 1


def test_who_comes_second_for_the_same_units_is_refused_with_the_limit_and_moves_nothing(hall: Hall) -> None:
    ana, bob = hall.mover(60), hall.mover(60, "Bob")
    ana.scan(hall.code(TO)).hears("done")
    bob.scan(hall.code(TO)).hears("stop", f"Only 40 of CORE free in {FROM}.")
    assert (hall.qty(FROM, hall.core), hall.qty(TO, hall.core), hall.moved()) == (40, 60, 1)
    bob.follow().sees("Scan the carton or bin").scan(hall.code(FROM)).scan("40").scan(hall.code(TO)).hears("done")


def test_who_comes_second_for_the_last_units_finds_a_way_out(hall: Hall) -> None:
    ana, bob = hall.mover(100), hall.mover(60, "Bob")
    ana.scan(hall.code(TO)).hears("done")
    bob.scan(hall.code(TO)).hears("stop", FROM).follow().sees("Scan the carton or bin")
    assert hall.moved() == 1


def test_a_supervisor_condemns_all_or_nothing(hall: Hall) -> None:
    ana, bob = hall.mover(60), hall.mover(60, "Bob")
    ana.scan(hall.code(TO)).hears("done")
    bob.scan("F3").hears("stop", f"Only 40 of CORE free in {FROM}.")
    assert (hall.qty(FROM, hall.core), hall.qty("Q1", hall.core, "damaged")) == (40, 0)
