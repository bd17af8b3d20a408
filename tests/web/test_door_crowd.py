"""A real server and a crowd: nothing is moved in part, nothing goes below zero, and a killed server loses nothing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from contract import at_once
from crowd import Crowd, crowd

from scanner_client.door import Door

PEOPLE = 32
ROUNDS = 3
KILL_MOVES = 8
pytestmark = pytest.mark.timeout(300)
BINS = ("A-02-1", "A-02-2", "A-02-3")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def people(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """One server for all tests of a database."""
    folder = tmp_path_factory.mktemp("crowd")
    sqlite = f"sqlite:///{folder / 'floor.db'}"
    shelf = None if request.param == "sqlite" else request.getfixturevalue("shelf")
    url = shelf.take() if shelf else sqlite
    with crowd(url, folder, PEOPLE) as made:
        made.login()
        yield made
    if shelf:
        shelf.give_back(url)


def test_of_16_people_who_move_60_of_the_same_100_exactly_one_succeeds(people: Crowd) -> None:
    item = people.item("PAIR", "A-01-3", 100)
    doors, dest = people.doors[:16], people.hall.code("A-02-1")
    screens = at_once(16, lambda n: people.up_to_dest(doors[n], "A-01-3", 60))
    answers = at_once(16, lambda n: doors[n].scan(screens[n], dest))
    assert Counter(answer["tone"] for answer in answers) == {"done": 1, "stop": 15}
    assert {answer["note"] for answer in answers if answer["tone"] == "stop"} == {"Only 40 of PAIR free in A-01-3."}
    assert (people.hall.qty("A-01-3", item), people.hall.qty("A-02-1", item)) == (40, 60)
    assert [row.qty for row in people.movements(item)] == [60]
    assert (people.failures(), people.hall.broken()) == (0, [])


def test_32_scanners_on_one_hot_bin_take_what_is_there_and_no_more(people: Crowd) -> None:
    units = PEOPLE * ROUNDS - 10
    item = people.item("HOT", "D1", units)

    def work(n: int) -> int:
        return sum(carry(people, people.doors[n], "D1", BINS[n % 3]) is not None for _ in range(ROUNDS))

    done = sum(at_once(PEOPLE, work))
    assert (done, people.hall.qty("D1", item)) == (units, 0)
    assert sum(row.qty for row in people.movements(item)) == units
    assert (people.failures(), people.hall.broken()) == (0, [])


def carry(crowd: Crowd, door: Door, source: str, dest: str) -> str | None:
    """Move one unit; return the id of the scan that did, None when nothing was left."""
    answer = crowd.up_to_dest(door, source, 1)
    if answer["state"] != "dest":
        door.scan(answer, "Esc")
        return None
    body = door.body(answer, crowd.hall.code(dest))
    while (result := door.post("/scan", body)[1])["tone"] == "ask":  # something else stands there: again to confirm
        body = door.body(result, crowd.hall.code(dest))
    if result["tone"] == "done":
        return str(body["id"])
    door.scan(door.scan(result, "F4"), "Esc")
    return None


def test_a_killed_server_goes_on_and_loses_and_doubles_nothing(people: Crowd) -> None:
    item = people.item("KILL", "Q1", 1)
    source, robots, enough, killed = "S1", people.doors[:8], threading.Event(), threading.Event()
    people.hall.put(source, item, 200)
    acknowledged: list[str] = []

    def work(n: int) -> None:
        for move in range(KILL_MOVES):
            if move == KILL_MOVES - 1:
                killed.wait(60)  # everybody has something left to do without a server
            scan_id = carry(people, robots[n], source, BINS[n % 3])
            assert scan_id
            acknowledged.append(scan_id)
            if len(acknowledged) > 2 * len(robots):
                enough.set()

    threads = start(work, len(robots))
    assert enough.wait(60)
    people.server.kill()
    killed.set()
    people.server.start()
    for thread in threads:
        thread.join()
    written = Counter(row.scan_id for row in people.movements(item))
    assert written == Counter(dict.fromkeys(acknowledged, 1))
    assert len(acknowledged) == len(robots) * KILL_MOVES
    assert (people.hall.qty(source, item), people.hall.broken()) == (200 - len(acknowledged), [])
    assert sum(door.http_5xx for door in robots) == 0
    assert sum(door.retries for door in robots) > 0


def start(work: Any, number: int) -> list[threading.Thread]:
    """Start threads that work."""
    threads = [threading.Thread(target=work, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    return threads
