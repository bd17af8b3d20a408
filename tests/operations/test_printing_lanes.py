"""The lanes: many labels over one connection, a printer in doubt rests, and what it said outlives the database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from warehouse import Warehouse

from wms import clock
from wms.db import Store, table_of
from wms.labels.emulator import Emulator
from wms.labels.labels import ToteLabel
from wms.labels.printers import Outcome
from wms.models.printing import Printer, PrintJob
from wms.operations import labelling, lanes, master, printing
from wms.operations.labelling import Print
from wms.operations.lanes import Lanes
from wms.operations.ledger import By
from wms.queries import printing as reads
from wms.settings import Printing

jobs, printers = table_of(PrintJob), table_of(Printer)


class Hall(Warehouse):
    """A warehouse with three emulated printers, at P1, S1 and D1."""

    def __init__(self, url: str, emulators: list[Emulator], folder: Path) -> None:
        ports = tuple(each.port for each in emulators)
        quick = {"status_seconds": 0.5, "finish_seconds": 20.0, "watch_seconds": 0.01}
        super().__init__(url, printing=Printing(allow_loopback=True, ports=ports, folder=str(folder), **quick))
        self.emulators = emulators
        self.ids = [self.equip(place, port) for place, port in zip(("P1", "S1", "D1"), ports, strict=True)]

    def equip(self, place: str, port: int) -> int:
        at = {"station_id": self.places[place], "transport": "tcp", "host": "127.0.0.1", "port": port}
        return int(self.do(master.add, printers, code=place, name=place, **at))

    def want(self, number: int, place: str = "P1") -> int:
        label = ToteLabel(code=f"TO-{number:06d}-X", name="t")
        return int(
            self.do(labelling.enqueue, self.settings, Print(label, f"{number}", label.code, self.places[place]), By())
        )

    def states(self) -> list[str]:
        return [row.state for row in self.rows(select(jobs.c.state).order_by(jobs.c.id))]

    def trouble(self, printer: int = 0) -> str:
        wanted = select(printers.c.trouble).where(printers.c.id == self.ids[printer])
        return str(self.rows(wanted)[0].trouble)

    def serve(self, printer: int = 0) -> int:
        return lanes.serve(self.store, self.settings, self.ids[printer], threading.Event())

    def look(self) -> None:
        """Ask every printer at rest how it is."""
        with self.store.read() as tx:
            rows = reads.at_rest(tx)
        for row in rows:
            printing.look(self.store, self.settings, row)


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[Hall]:
    emulators = [Emulator().start() for _ in range(3)]
    house = Hall(database_url, emulators, tmp_path)
    yield house
    house.store.close()
    for each in emulators:
        each.stop()
    clock.freeze(None)


def numbers(emulator: Emulator) -> list[int]:
    return [int(label.split(b"TO-")[1][:6]) for label in emulator.printed]


def test_what_waits_is_printed_over_one_connection_in_order(hall: Hall) -> None:
    for number in range(12):
        hall.want(number)
    assert hall.serve() == 12
    assert (numbers(hall.emulators[0]), hall.emulators[0].accepted) == (list(range(12)), 1)
    assert set(hall.states()) == {"confirmed"}


def test_a_label_costs_one_transaction_after_the_first(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    count = []
    plain = Store.transact
    monkeypatch.setattr(Store, "transact", lambda store, work: count.append(1) or plain(store, work))
    for number in range(8):
        hall.want(number)
    count.clear()
    hall.serve()
    assert len(count) == 2 + 8  # claim, begin, then one for each


def test_three_printers_print_at_the_same_time_and_a_dead_one_delays_none(hall: Hall) -> None:
    hall.emulators[0].behaviour.mode = "silent"
    for number in range(9):
        hall.want(number, ("P1", "S1", "D1")[number % 3])
    assert lanes.round_trip(hall.store, hall.settings) == 7
    assert [len(each.printed) for each in hall.emulators] == [0, 3, 3]
    assert hall.trouble().startswith("P1 does not answer")


def test_ten_thousand_labels_of_a_printer_that_is_away_delay_no_other(hall: Hall) -> None:
    hall.emulators[0].behaviour.mode = "silent"
    first = hall.want(0)
    row = hall.rows(select(jobs).where(jobs.c.id == first))[0]._asdict()
    row.pop("id")
    copies = [row | {"event": f"e{number}"} for number in range(1, 10_001)]
    hall.do(lambda tx: tx.execute(jobs.insert(), copies))
    for number in (1, 2):
        hall.want(number, "S1")
    assert lanes.round_trip(hall.store, hall.settings) == 3  # one try at the printer that is away
    assert [len(each.printed) for each in hall.emulators] == [0, 2, 0]
    with hall.store.read() as tx:
        assert (reads.counts(tx)["queued"], tx.statements) == (10_001, 1)


def test_the_roll_ends_at_the_third_of_ten_and_nothing_is_lost_or_doubled(hall: Hall) -> None:
    hall.emulators[0].behaviour.labels_left = 3
    for number in range(10):
        hall.want(number)
    hall.serve()
    assert hall.states() == ["confirmed"] * 2 + ["uncertain"] + ["queued"] * 7
    hall.emulators[0].behaviour.labels_left = None
    hall.do(lambda tx: tx.execute(update(jobs).values(lease_until=None)))
    hall.serve()
    assert hall.states() == ["confirmed"] * 2 + ["uncertain"] + ["confirmed"] * 7
    assert numbers(hall.emulators[0]) == list(range(10))


def test_a_printer_that_breaks_off_every_label_does_not_make_the_queue_doubtful(hall: Hall) -> None:
    hall.emulators[0].behaviour.reset_after = 50
    for number in range(10):
        hall.want(number)
    clock.freeze(clock.now())
    tries = 0
    for _ in range(60):
        tries += hall.serve()
        clock.advance(timedelta(seconds=1))
    assert tries == hall.states().count("uncertain") == 5  # after 0, 2, 6, 14, 30 seconds


def test_a_lane_stops_between_two_labels_when_told(hall: Hall) -> None:
    stop = threading.Event()
    stop.set()
    for number in range(3):
        hall.want(number)
    assert lanes.serve(hall.store, hall.settings, hall.ids[0], stop) == 1
    assert hall.states() == ["confirmed", "queued", "queued"]


def test_what_a_printer_said_is_written_down_when_the_database_is_back(hall: Hall) -> None:
    hall.want(1)
    held = hall.do(printing.claim, hall.settings, hall.ids[0])
    hall.do(printing.begin, hall.settings, held.id, held.attempts)
    away = [OperationalError("", {}, Exception("gone"))] * 2

    def settle(tx: Any) -> None:
        if away:
            raise away.pop()
        printing.settle(tx, held, Outcome("confirmed"))

    lanes.surely(hall.store, settle)
    assert hall.states() == ["confirmed"]


def test_a_database_that_stays_away_after_the_label_was_sent_leaves_it_uncertain(hall: Hall) -> None:
    hall.want(1)
    held = hall.do(printing.claim, hall.settings, hall.ids[0])
    hall.do(printing.begin, hall.settings, held.id, held.attempts)
    clock.freeze(clock.now() + timedelta(minutes=5))
    lanes.tidy(hall.store, hall.settings)
    assert hall.states() == ["uncertain"]


def test_a_printer_at_rest_is_asked_and_its_trouble_known_before_a_label_needs_it(hall: Hall) -> None:
    hall.emulators[0].behaviour.mode = "paper_out"
    hall.emulators[1].stop()
    hall.look()
    assert [hall.trouble(n) for n in range(3)] == [
        "P1 is not ready: out of paper.",
        "S1 cannot be reached.",
        "",
    ]
    hall.emulators[0].behaviour.mode = "ready"
    hall.look()
    assert hall.trouble() == ""


def test_a_trouble_that_is_known_is_not_news(hall: Hall) -> None:
    hall.emulators[0].behaviour.mode = "paper_out"
    hall.want(1)
    hall.serve()
    hall.look()
    assert hall.trouble() == "P1 is not ready: out of paper. Job kept."


def test_a_printer_that_is_printing_is_not_disturbed_by_questions(hall: Hall) -> None:
    hall.want(1)
    hall.do(printing.claim, hall.settings, hall.ids[0])
    with hall.store.read() as tx:
        assert [row.id for row in reads.at_rest(tx)] == hall.ids[1:]


def test_no_more_threads_run_than_there_are_lanes(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LANES_MAX", 2)
    for each in hall.emulators:
        each.behaviour.mode = "silent"
    for number in range(3):
        hall.want(number, ("P1", "S1", "D1")[number])
    working = Lanes(hall.store, hall.settings, threading.Event())
    working.start_due()
    assert len(working.threads) == 2
    working.join(None)


def test_a_worker_that_was_killed_before_the_first_byte_costs_no_doubt(hall: Hall) -> None:
    hall.emulators[0].behaviour.mode = "silent"
    hall.want(1)
    worker = threading.Thread(target=hall.serve)
    worker.start()
    assert wait_for(lambda: hall.states() == ["claimed"])
    worker.join()
    assert hall.states() == ["queued"]


def wait_for(is_so: Any) -> bool:
    until = clock.seconds() + 20
    pause = threading.Event()
    while not (found := is_so()) and clock.seconds() < until:
        pause.wait(0.01)
    return bool(found)


def test_a_slow_printer_keeps_its_lease_as_long_as_a_label_may_take(hall: Hall) -> None:
    waits = hall.settings.printing
    longest = waits.connect_seconds + waits.send_seconds + waits.finish_seconds
    assert printing.lease(hall.settings) > timedelta(seconds=longest)
