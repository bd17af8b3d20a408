"""Print jobs: one label per event, sent once, its fate never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from warehouse import Warehouse

from wms import clock
from wms.db import Tx, table_of
from wms.labels.emulator import Emulator
from wms.labels.labels import Line, LpnLabel, ToteLabel
from wms.labels.printers import Outcome
from wms.models.printing import Printer, PrintJob
from wms.operations import labelling, lanes, master, printing
from wms.operations.labelling import LabelWaits, NotUncertain, NotVoidable, Print
from wms.operations.ledger import By
from wms.queries import printing as reads
from wms.settings import Printing

jobs, printers = table_of(PrintJob), table_of(Printer)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Shop(Warehouse):
    """A warehouse with an emulated printer at P1."""

    def __init__(self, url: str, emulator: Emulator, folder: Path) -> None:
        timeouts = {"connect_seconds": 1.0, "status_seconds": 0.3}
        ways = Printing(allow_loopback=True, ports=(emulator.port,), folder=str(folder), **timeouts)
        super().__init__(url, printing=ways)
        self.emulator = emulator
        self.tcp = self.printer("ZP1", "P1", transport="tcp", host="127.0.0.1", port=emulator.port)

    def printer(self, code: str, name: str, **facts: Any) -> int:
        return int(self.do(master.add, printers, code=code, name=name, station_id=self.places.get(name), **facts))

    def want(self, number: int, place: str = "P1") -> int:
        label = ToteLabel(code=f"TO-{number:06d}-X", name=f"tote {number}")
        order = Print(label, f"tote:{number}", label.code, self.places[place])
        return int(self.do(labelling.enqueue, self.settings, order, By()))

    def jobs(self) -> list[Any]:
        return self.rows(select(jobs).order_by(jobs.c.id))

    def states(self) -> list[str]:
        return [job.state for job in self.jobs()]

    def lane(self) -> int:
        """Let every printer print all that is due; how many labels were tried."""
        return lanes.round_trip(self.store, self.settings)

    def claim(self) -> Any:
        return self.do(printing.claim, self.settings, self.tcp)

    def begin(self, held: Any) -> bool:
        return bool(self.do(printing.begin, self.settings, held.id, held.attempts))

    def trouble(self) -> str:
        return str(self.rows(select(printers.c.trouble).where(printers.c.id == self.tcp))[0].trouble)


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    clock.freeze(NOON)
    with Emulator() as emulator:
        house = Shop(database_url, emulator, tmp_path / "labels")
        yield house
        house.store.close()
    clock.freeze(None)


def test_a_label_is_printed_once_and_confirmed(shop: Shop) -> None:
    shop.want(1)
    assert (shop.lane(), shop.lane(), shop.states(), len(shop.emulator.printed)) == (1, 0, ["confirmed"], 1)


def test_the_same_event_again_is_the_same_label(shop: Shop) -> None:
    assert shop.want(1) == shop.want(1)
    assert len(shop.jobs()) == 1


def test_labels_of_a_printer_come_out_in_order(shop: Shop) -> None:
    for number in (3, 1, 2):
        shop.want(number)
    while shop.lane():
        pass
    assert [
        b"TO-00000%d" % number in label for number, label in zip((3, 1, 2), shop.emulator.printed, strict=True)
    ] == [True] * 3


def test_a_printer_out_of_paper_keeps_the_label_and_says_so(shop: Shop) -> None:
    shop.emulator.behaviour.mode = "paper_out"
    shop.want(1)
    shop.lane()
    assert (shop.states(), shop.trouble()) == (["queued"], "P1 is not ready: out of paper. Job kept.")
    shop.emulator.behaviour.mode = "ready"
    assert shop.lane() == 0
    clock.advance(timedelta(seconds=20))
    assert (shop.lane(), shop.states(), shop.trouble()) == (1, ["confirmed"], "")


def test_a_later_label_does_not_overtake_one_that_waits(shop: Shop) -> None:
    shop.emulator.behaviour.mode = "paper_out"
    shop.want(1)
    shop.lane()
    shop.want(2)
    assert shop.lane() == 0


def test_a_label_of_which_the_fate_is_unknown_is_never_sent_again_by_itself(shop: Shop) -> None:
    shop.emulator.behaviour.reset_after = 50
    shop.want(1)
    shop.lane()
    shop.emulator.behaviour.reset_after = 0
    clock.advance(timedelta(hours=1))
    assert (shop.lane(), shop.states()) == (0, ["uncertain"])


def test_a_label_that_a_dead_worker_left_is_uncertain_after_its_lease(shop: Shop) -> None:
    shop.want(1)
    assert shop.begin(shop.claim())
    assert (shop.lane(), shop.states()) == (0, ["sending"])
    clock.advance(timedelta(minutes=5))
    assert (shop.lane(), shop.states(), len(shop.emulator.printed)) == (0, ["uncertain"], 0)


def test_nobody_else_sends_to_a_printer_that_is_busy(shop: Shop) -> None:
    shop.want(1)
    shop.want(2)
    held = shop.claim()
    assert (held.id, shop.claim()) == (shop.jobs()[0].id, None)
    assert shop.begin(held)
    assert shop.claim() is None


def test_a_lease_that_was_lost_writes_nothing(shop: Shop) -> None:
    shop.want(1)
    held = shop.claim()
    shop.begin(held)
    clock.advance(timedelta(minutes=5))
    shop.lane()
    shop.do(printing.settle, held, Outcome("confirmed"))
    assert shop.states() == ["uncertain"]


def test_a_label_that_was_only_claimed_waits_again_after_its_lease(shop: Shop) -> None:
    shop.want(1)
    held = shop.claim()
    clock.advance(timedelta(minutes=5))
    assert not shop.begin(held)
    assert (shop.lane(), shop.states(), len(shop.emulator.printed)) == (1, ["confirmed"], 1)


def test_who_lost_the_lease_may_not_begin(shop: Shop) -> None:
    shop.want(1)
    late = shop.claim()
    clock.advance(timedelta(minutes=5))
    shop.do(printing.mark_lost)
    assert shop.claim().attempts == late.attempts + 1
    assert not shop.begin(late)


def test_a_label_is_given_up_while_it_is_claimed_and_then_not_begun(shop: Shop) -> None:
    shop.want(1)
    held = shop.claim()
    shop.do(labelling.void, By(), held.id)
    assert (shop.begin(held), shop.states()) == (False, ["void"])


def test_a_label_is_not_given_up_while_it_is_sent(shop: Shop) -> None:
    shop.want(1)
    held = shop.claim()
    shop.begin(held)
    with pytest.raises(NotVoidable):
        shop.do(labelling.void, By(), held.id)


def test_a_person_resolves_an_uncertain_label(shop: Shop) -> None:
    for number in (1, 2):
        shop.want(number)
    shop.do(lambda tx: tx.execute(update(jobs).values(state="uncertain")))
    first, second = shop.jobs()
    assert shop.do(labelling.resolve, shop.settings, By(), first.id, True) is None
    shop.do(labelling.resolve, shop.settings, By(), second.id, False)
    assert shop.states() == ["confirmed", "void", "queued"]
    assert "COPY 2" in shop.jobs()[2].zpl


def test_only_an_uncertain_label_is_resolved(shop: Shop) -> None:
    job = shop.want(1)
    with pytest.raises(NotUncertain):
        shop.do(labelling.resolve, shop.settings, By(), job, True)


def test_a_copy_is_marked_and_keeps_what_the_label_said(shop: Shop) -> None:
    label = LpnLabel(code="LP-000001-X", items=(Line("CORE", "Core", 24),), receipt="R1", received_on=NOON.date())
    job = shop.do(labelling.enqueue, shop.settings, Print(label, "lpn:1", label.code), By())
    for why in ("torn", "lost"):
        shop.lane()
        shop.do(labelling.reprint, shop.settings, By(), job, why)
    assert [(each.copy, each.why) for each in shop.jobs()] == [(1, ""), (2, "torn"), (3, "lost")]
    assert all("LP-000001-X" in each.zpl for each in shop.jobs())
    assert "COPY 3" in shop.jobs()[2].zpl


def test_asking_twice_for_a_copy_prints_one(shop: Shop) -> None:
    job = shop.want(1)
    shop.lane()
    shop.do(labelling.reprint, shop.settings, By(), job)
    with pytest.raises(LabelWaits, match="on its way"):
        shop.do(labelling.reprint, shop.settings, By(), job)


def test_a_label_that_waits_is_not_copied_and_says_for_what(shop: Shop) -> None:
    shop.emulator.behaviour.mode = "paper_out"
    shop.want(1)
    shop.lane()
    with pytest.raises(LabelWaits, match=r"P1 is not ready: out of paper\. Label kept\."):
        shop.do(labelling.again, shop.settings, By(), "tote:1")


def test_a_printed_label_cannot_be_voided_and_a_waiting_one_can(shop: Shop) -> None:
    printed = shop.want(1)
    shop.lane()
    waiting = shop.want(2)
    shop.do(labelling.void, By(), waiting)
    assert (shop.lane(), shop.states()) == (0, ["confirmed", "void"])
    with pytest.raises(NotVoidable):
        shop.do(labelling.void, By(), printed)


def test_a_label_goes_to_the_printer_of_its_place_else_to_the_first(shop: Shop) -> None:
    other = shop.printer("ZS1", "S1", transport="file")
    shop.want(1, "S1")
    shop.want(2, "D1")
    assert [job.printer_id for job in shop.jobs()] == [other, shop.tcp]


def test_without_a_printer_the_label_waits_in_sight(shop: Shop) -> None:
    shop.do(lambda tx: tx.execute(printers.delete()))
    shop.want(1)
    assert (shop.lane(), [(job.state, job.printer_id) for job in shop.jobs()]) == (0, [("queued", None)])


def test_a_label_nobody_printed_for_a_day_fails_in_sight(shop: Shop) -> None:
    shop.emulator.behaviour.mode = "paper_out"
    shop.want(1)
    shop.lane()
    clock.advance(timedelta(hours=25))
    shop.emulator.behaviour.mode = "ready"
    assert (shop.lane(), shop.states(), len(shop.emulator.printed)) == (0, ["failed"], 0)


def test_a_paused_printer_is_left_in_peace(shop: Shop) -> None:
    shop.want(1)
    shop.do(lambda tx: tx.execute(update(printers).values(paused=True)))
    assert (shop.lane(), shop.states()) == (0, ["queued"])


def test_a_file_printer_writes_into_a_folder_of_its_own(shop: Shop, tmp_path: Path) -> None:
    shop.printer("ZS1", "S1", transport="file")
    shop.want(1, "S1")
    shop.lane()
    assert [path.name for path in (tmp_path / "labels" / "ZS1").iterdir()] == ["000001.zpl"]


def test_a_printer_without_an_address_keeps_its_labels_and_says_why(shop: Shop) -> None:
    shop.do(lambda tx: tx.execute(update(printers).values(host="")))
    shop.want(1)
    shop.lane()
    assert (shop.states(), shop.trouble()) == (
        ["queued"],
        "P1's host: is empty, a tcp printer needs it. Job kept.",
    )


def test_the_lists_of_printers_and_jobs_tell_what_waits(shop: Shop) -> None:
    shop.want(1)
    shop.lane()
    shop.want(2)

    def read(tx: Tx) -> tuple[Any, Any, Any]:
        return reads.printers(tx)[0], reads.jobs(tx, {"state": "queued"}), reads.counts(tx)

    printer, (rows, total), counts = shop.do(read)
    assert (printer.station, printer.waiting, printer.printed, printer.uncertain) == ("P1", 1, 1, 0)
    assert ([row.subject for row in rows], total, counts) == (["TO-000002-X"], 1, {"confirmed": 1, "queued": 1})
