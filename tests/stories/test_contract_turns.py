"""A scan belongs to one screen of one person: stale ones do nothing, questions are asked twice, pauses lose nothing."""

from __future__ import annotations

import uuid

import pytest
from contract import FROM, OTHER, TO, Hall
from warehouse import Warehouse, Worker

from wms.errors import NotAllowed
from wms.settings import Floor

MOVED = "The screen has moved on. Look again."
PICKER = frozenset({"picker"})


def send(worker: Worker, task: int | None, turn: int, text: str) -> Worker:
    """Scan for any screen, also one that is gone."""
    worker.answer = worker.warehouse.floor.scan(worker.who, uuid.uuid4().hex, task, turn, text)
    return worker


@pytest.mark.parametrize("off", [-1, 1, 1000])
def test_a_scan_for_another_turn_does_nothing_and_shows_the_screen_again(hall: Hall, off: int) -> None:
    ana = hall.mover(60)
    before = dict(ana.answer)
    send(ana, before["task"], before["turn"] + off, hall.code(TO)).hears("stop", MOVED)
    assert (ana.answer["turn"], ana.answer["state"], ana.answer["lines"]) == (
        before["turn"],
        before["state"],
        before["lines"],
    )
    assert hall.moved() == 0


def test_a_refusal_keeps_state_turn_and_stock(hall: Hall) -> None:
    ana = hall.mover(60)
    before = dict(ana.answer)
    for text in (hall.code(FROM), "NEVER-SEEN", "7", "F9", hall.code("P1")):
        ana.scan(text).hears("stop")
        assert all(ana.answer[name] == before[name] for name in ("task", "turn", "state", "title", "target", "lines"))
    assert (hall.qty(FROM, hall.core), hall.moved()) == (100, 0)


def test_a_question_is_confirmed_by_the_same_code_again(hall: Hall) -> None:
    ana = hall.mover(60).scan(hall.code(OTHER)).hears("ask")
    assert hall.moved() == 0
    ana.scan(hall.code(OTHER)).hears("done")
    assert hall.qty(OTHER, hall.core) == 60


def test_a_question_is_asked_again_when_another_code_came_between(hall: Hall) -> None:
    ana = hall.mover(60).scan(hall.code(OTHER)).hears("ask")
    ana.scan("NEVER-SEEN").hears("stop").scan(hall.code(OTHER)).hears("ask")
    assert hall.moved() == 0
    ana.scan(hall.code(OTHER).lower()).hears("done")


def test_a_stale_scan_drops_an_open_question(hall: Hall) -> None:
    ana = hall.mover(60).scan(hall.code(OTHER)).hears("ask")
    send(ana, ana.answer["task"], ana.answer["turn"] - 1, hall.code(OTHER)).hears("stop", MOVED)
    ana.scan(hall.code(OTHER)).hears("ask")
    assert hall.moved() == 0


def test_esc_pauses_and_asking_for_work_goes_on_where_it_stopped(hall: Hall) -> None:
    ana = hall.mover(60)
    before = dict(ana.answer)
    ana.scan("Esc").hears("ok", "Paused.").sees("Choose a job")
    assert ana.answer["task"] is None
    ana.start("move").hears("ok", "Go on where you stopped.").sees(before["title"])
    assert (ana.answer["task"], ana.answer["lines"]) == (before["task"], before["lines"])
    ana.scan(hall.code(TO)).hears("done")


def test_a_scan_of_the_screen_before_the_pause_does_nothing(hall: Hall) -> None:
    ana = hall.mover(60)
    task, turn = ana.answer["task"], ana.answer["turn"]
    send(ana.scan("Esc"), task, turn, hall.code(TO)).hears("stop", MOVED)
    assert hall.moved() == 0


def test_a_pause_drops_an_open_question(hall: Hall) -> None:
    ana = hall.mover(60).scan(hall.code(OTHER)).hears("ask")
    ana.scan("Esc").start("move").scan(hall.code(OTHER)).hears("ask")
    assert hall.moved() == 0


@pytest.mark.parametrize("door", ["task", "show"])
def test_a_second_device_takes_the_session_over_with_a_note(hall: Hall, door: str) -> None:
    ana = hall.mover(60)
    other = hall.second_device(ana)
    if door == "task":
        other.start("move")
    else:
        other.answer = hall.floor.show(other.who, ana.answer["task"])
    other.hears("ok", "Session recovered. Go on here.").sees(ana.answer["title"])
    other.scan(hall.code(TO)).hears("done")
    ana.scan(hall.code(TO)).hears("stop", MOVED)
    assert hall.qty(TO, hall.core) == 60


def test_drawing_the_screen_again_changes_nothing(hall: Hall) -> None:
    ana = hall.mover(60)
    again = hall.floor.show(ana.who, ana.answer["task"])
    assert again == ana.answer | {"note": again["note"]}
    ana.scan(hall.code(TO)).hears("done")


def test_a_colleagues_task_is_not_mine(hall: Hall) -> None:
    ana, bob = hall.mover(60), hall.worker("Bob")
    task, turn = ana.answer["task"], ana.answer["turn"]
    send(bob, task, turn, hall.code(TO)).hears("stop", "Ana").sees("Choose a job")
    bob.answer = hall.floor.show(bob.who, task)
    bob.hears("stop", "Ana").sees("Choose a job")
    assert (hall.moved(), bob.answer["task"]) == (0, None)
    ana.scan(hall.code(TO)).hears("done")


@pytest.mark.parametrize("text", ["LO", "F1", "F2", "Esc", "12"])
def test_a_scan_for_a_closed_task_starts_nothing(hall: Hall, text: str) -> None:
    ana = hall.mover(60)
    task, turn = ana.answer["task"], ana.answer["turn"]
    ana.scan(hall.code(TO)).hears("done")
    send(ana, task, turn, hall.code(OTHER) if text == "LO" else text).hears("stop", MOVED).sees("Choose a job")
    assert (ana.answer["task"], hall.moved()) == (None, 1)
    ana.answer = hall.floor.show(ana.who, task)
    ana.hears("ok", "That work is finished.")


@pytest.mark.parametrize("text", ["CORE", "F1", "F2"])
def test_a_scan_for_a_task_that_never_was_starts_nothing(hall: Hall, text: str) -> None:
    ana = send(hall.worker(), 999_999, 0, text).hears("stop", MOVED).sees("Choose a job")
    ana.answer = hall.floor.show(ana.who, 999_999)
    ana.hears("ok", "That work is finished.")
    assert ana.answer["task"] is None


def test_a_key_that_does_nothing_says_so(hall: Hall) -> None:
    hall.mover(60).scan("F9").hears("stop", "F9 does nothing here.").scan("f9").hears("stop", "F9 does nothing here.")


def test_the_menu_starts_a_flow_by_key_and_by_code(hall: Hall) -> None:
    ana = hall.worker()
    key = next(key for key, title in ana.answer["keys"].items() if title == "Move")
    assert ana.scan(key).answer["flow"] == "move"
    ana.scan("Esc").scan(hall.code(FROM))
    assert ana.answer["flow"] == "lookup"
    assert ana.start("move").hears("ok", "Go on").answer["flow"] == "move"


def test_a_key_beyond_the_menu_shows_the_menu(hall: Hall) -> None:
    ana = hall.worker("Ana", PICKER)
    for key in ("F12", "Esc", f"F{len(ana.answer['keys']) + 1}"):
        ana.scan(key).hears("ok").sees("Choose a job")
    assert ana.answer["task"] is None


def test_a_code_that_starts_nothing_says_so_at_the_menu(hall: Hall) -> None:
    bob = hall.worker("Bob", frozenset({"packer"}))
    bob.scan("NEVER-SEEN").hears("stop", "NEVER-SEEN starts nothing here.").sees("Choose a job")
    assert bob.answer["refusal"] == "not_here"


def test_a_role_opens_only_its_own_flows(hall: Hall) -> None:
    bob = hall.worker("Bob", frozenset({"packer"}))
    assert "Move" not in bob.answer["keys"].values()
    with pytest.raises(NotAllowed, match="Your role does not allow to move"):
        bob.start("move")
    with pytest.raises(NotAllowed):
        hall.worker("Eve", frozenset({"admin"})).start("lookup")


def test_somebody_without_floor_roles_has_an_empty_menu_and_gets_nowhere(hall: Hall) -> None:
    eve = hall.worker("Eve", frozenset({"admin"}))
    assert eve.answer["keys"] == {}
    eve.scan("F1").sees("Choose a job").scan(hall.code(FROM)).hears("stop").sees("Choose a job")
    assert eve.answer["task"] is None


def test_a_misread_label_is_told_from_an_unknown_one(hall: Hall) -> None:
    ana, code = hall.mover(60), hall.code(TO)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    ana.scan(wrong).hears("stop", f"Misread: {wrong}").scan(code.lower()).hears("done")


def test_a_scanner_that_reads_a_whole_label_is_heard_once(database_url: str) -> None:
    hall = Warehouse(database_url, floor=Floor(sibling_ms=2000))
    hall.put("A-01-1", hall.item("CORE"), 3)
    ana = hall.worker().start("move").scan(hall.code("A-01-1"))
    ana.scan("4711-ON-THE-SAME-LABEL").hears("ok", "Another code of that label")
    hall.store.close()


def test_without_that_setting_an_unknown_code_is_refused_at_once(database_url: str) -> None:
    hall = Warehouse(database_url)
    hall.put("A-01-1", hall.item("CORE"), 3)
    hall.worker().start("move").scan(hall.code("A-01-1")).scan("4711-ON-THE-SAME-LABEL").hears("stop", "Unknown code")
    hall.store.close()
