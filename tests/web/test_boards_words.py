"""What the boards say: few statements, figures and exceptions from real rows, the next step named."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bench import Bench, packing
from sqlalchemy import select, update

from wms import clock
from wms.db import table_of
from wms.models.places import Location
from wms.models.printing import Printer
from wms.web.boards import Together
from wms.web.faces import FACES, Face, Row, Trouble, ago


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    house = Bench(database_url)
    yield house
    clock.freeze(None)
    house.store.close()


def face(bench: Bench, name: str) -> Face:
    """What a board shows now."""
    with bench.store.read() as tx:
        return FACES[name].read(tx)


def figures(shown: Face) -> dict[str, int]:
    return {figure.label: figure.value for figure in shown.figures}


@pytest.mark.parametrize("name", list(FACES))
def test_a_board_costs_five_statements_at_most(bench: Bench, name: str) -> None:
    bench.packed({"DICE": 1})
    bench.tote_of({"DICE": 1})
    packing(bench).start("pack").follow()
    with bench.store.read() as tx:
        FACES[name].read(tx)
        assert tx.statements <= 5


@pytest.mark.parametrize("name", list(FACES))
def test_an_empty_hall_says_what_comes_first(bench: Bench, name: str) -> None:
    shown = face(bench, name)
    assert shown.troubles.shown == ()
    assert all(lane.empty.endswith(".") for lane in (shown.rows, shown.tiles, shown.troubles))


def test_the_packing_board_counts_what_was_packed_and_what_waits(bench: Bench) -> None:
    bench.packed({"DICE": 1}, {"CORE-RED": 1})
    bench.tote_of({"DICE": 1})
    shown = figures(face(bench, "packing"))
    assert (shown["parcels today"], shown["totes waiting"]) == (2, 1)


def test_the_packing_board_names_who_packs_what_and_how_far(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 4})
    packing(bench).start("pack").follow().scan("CORE-RED")
    [row] = [row for row in face(bench, "packing").rows.shown if row.name == "P1"]
    assert ("Jonas" in row.small, row.done, row.of, row.shares) == (True, 1, 4, (0, 25))


def test_a_silent_scanner_at_a_bench_is_amber(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 4})
    packing(bench).start("pack").follow()
    clock.freeze(clock.now() + timedelta(minutes=11))
    [row] = [row for row in face(bench, "packing").rows.shown if row.name == "P1"]
    assert (row.tone, "11 min no scan" in row.small) == ("ask", True)


def test_a_printer_in_trouble_is_an_exception_with_its_next_step(bench: Bench) -> None:
    printers = table_of(Printer)
    trouble = {"trouble": "out of paper", "trouble_since": clock.now() - timedelta(minutes=20)}
    bench.do(lambda tx: tx.execute(update(printers).values(**trouble)))
    [told] = face(bench, "packing").troubles.shown
    assert (told.what, told.age, told.tone) == ("P1: out of paper", "20 min", "stop")
    assert told.next == "put in a new roll and close it; labels kept"


def test_a_printer_shows_on_the_board_of_where_it_stands_before_what_is_only_older(bench: Bench) -> None:
    order, _ = bench.tote_of({"CORE-RED": 1})
    bench.hold(order, "SHORT")
    clock.advance(timedelta(hours=3))
    dock = bench.do(lambda tx: tx.value(select(table_of(Location).c.id).where(table_of(Location).c.kind == "dock")))
    trouble = {"trouble": "P1 is not ready: head open. Job kept.", "trouble_since": clock.now()}
    bench.do(lambda tx: tx.execute(update(table_of(Printer)).values(**trouble)))
    assert face(bench, "packing").troubles.shown[0].what == "P1 is not ready: head open"
    assert face(bench, "receiving").troubles.shown == ()
    bench.do(lambda tx: tx.execute(update(table_of(Printer)).values(station_id=dock)))
    [told] = face(bench, "receiving").troubles.shown
    assert (told.what, told.next[:31]) == ("P1 is not ready: head open", "close its head until it clicks;")
    assert "P1" not in "".join(each.what for each in face(bench, "packing").troubles.shown)


def test_a_paused_printer_is_an_exception_only_while_labels_wait_for_it(bench: Bench) -> None:
    bench.do(lambda tx: tx.execute(update(table_of(Printer)).values(paused=True)))
    assert face(bench, "packing").troubles.shown == ()
    bench.packed({"DICE": 1})
    [told] = face(bench, "packing").troubles.shown
    assert (told.what, told.next) == ("P1 is paused, 1 label waits", "office: let it print again")


def test_exceptions_stand_in_the_order_of_their_age() -> None:
    told = [Trouble(minutes, f"{minutes}", "") for minutes in (3, 90, 4000)]
    assert [(each.age, each.tone) for each in told] == [("3 min", ""), ("1 h", "stop"), ("2 d", "stop")]


@pytest.mark.parametrize(("minutes", "words"), [(0, "now"), (59, "59 min"), (60, "1 h"), (2879, "47 h"), (2880, "2 d")])
def test_ages_are_said_as_people_say_them(minutes: int, words: str) -> None:
    assert ago(minutes) == words


def test_a_bar_never_leaves_its_track() -> None:
    assert (Row("", "", "", 5, 4, 9).shares, Row("", "", "", 0, 0, 0).shares) == ((100, 100), (0, 0))


def test_a_hundred_boards_that_ask_at_once_share_few_drawings() -> None:
    made: list[int] = []
    go = threading.Event()

    def make() -> str:
        made.append(len(made))
        go.wait(60)
        return str(made[-1])

    together = Together(make)
    threads = [threading.Thread(target=together.get) for _ in range(100)]
    [thread.start() for thread in threads]
    while sum(map(asks, threads)) < len(threads):
        threads[0].join(0.01)
    go.set()
    [thread.join() for thread in threads]
    assert 1 <= len(made) <= 10


def asks(thread: threading.Thread) -> bool:
    """Whether a thread is inside of Together.get."""
    frame = sys._current_frames().get(thread.ident or 0)
    return any(at.f_code is Together.get.__code__ for at, _ in traceback.walk_stack(frame))


def test_whoever_asks_while_a_board_is_drawn_gets_a_newer_one() -> None:
    state = {"value": "old"}
    drawing, go = threading.Event(), threading.Event()

    def make() -> str:
        seen = state["value"]
        drawing.set()
        go.wait(60)
        return seen

    together, answers = Together(make), []
    first = threading.Thread(target=lambda: answers.append(together.get()))
    first.start()
    assert drawing.wait(60)
    state["value"] = "new"
    second = threading.Thread(target=lambda: answers.append(together.get()))
    second.start()
    go.set()
    first.join()
    second.join()
    assert sorted(answers) == ["new", "old"]
