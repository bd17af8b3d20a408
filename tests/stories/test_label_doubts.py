"""A label in doubt, where people stand: the scan of it proves it, a key says that it is missing, the board tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bench import Bench, packing
from sqlalchemy import update
from warehouse import Worker

from wms import clock
from wms.db import table_of
from wms.errors import NotFound
from wms.models.printing import Printer, PrintJob
from wms.operations import labelling
from wms.queries import invariants
from wms.queries.packing import packing_board
from wms.web.faces import packing as packing_face

jobs, printers = table_of(PrintJob), table_of(Printer)
HEAD = "Did its label come out of the printer?"


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    clock.freeze(datetime(2027, 3, 1, 12, tzinfo=UTC))
    house = Bench(database_url)
    yield house
    house.store.close()
    clock.freeze(None)


def all_labels(bench: Bench, **values: Any) -> None:
    bench.do(lambda tx: tx.execute(update(jobs).values(**values)))


def doubtful(bench: Bench) -> Worker:
    """A packer before a parcel whose label may or may not have come out."""
    bench.tote_of({"CORE-RED": 1})
    jonas = packing(bench).start("pack").follow().scan("CORE-RED").follow().follow().sees("Scan the label")
    all_labels(bench, state="uncertain", reason="It fell silent.", ended_at=clock.now())
    jonas.answer = bench.floor.show(jonas.who, jonas.answer["task"])
    return jonas


def states(bench: Bench) -> list[str]:
    return [row.state for row in bench.labels()]


def test_the_packer_is_told_what_to_do_about_a_doubtful_label(bench: Bench) -> None:
    jonas = doubtful(bench).sees("Scan the label, or F7: print it again")
    shown = jonas.answer["facts"]
    assert (shown["label"], shown["reason"], shown["label_job"]) == ("uncertain", "It fell silent.", 1)
    assert jonas.answer["keys"] == {"F6": "It printed", "F7": "Print again"}


def test_the_packers_word_that_the_label_came_out_counts_and_the_scan_is_still_asked_for(bench: Bench) -> None:
    jonas = doubtful(bench).scan("F6").hears("ok", "Noted").sees("Scan the label")
    assert (states(bench), jonas.answer["keys"]) == (["confirmed"], {"F7": "Print again"})
    jonas.scan("F6").hears("stop")
    jonas.follow().hears("done", "packed")


def test_only_who_packs_a_parcel_sees_its_label_as_it_is_printed(bench: Bench) -> None:
    jonas = doubtful(bench)
    mine = bench.do(labelling.in_hand, bench.settings, jonas.who.operator_id, jonas.answer["task"])
    assert (mine["state"], mine["width"], mine["height"], mine["dpmm"]) == ("uncertain", 100, 150, 8)
    paper = bench.labels()[0]
    assert (len(mine["zpl"]), mine["zpl"].count(paper.subject)) == (len(paper.zpl), 1)  # for people, not in the bars
    for operator, task in ((jonas.who.operator_id + 1, jonas.answer["task"]), (jonas.who.operator_id, 999)):
        with pytest.raises(NotFound):
            bench.do(labelling.in_hand, bench.settings, operator, task)


def test_scanning_the_label_that_was_applied_proves_that_it_came_out(bench: Bench) -> None:
    doubtful(bench).follow().hears("done", "packed")
    (label,) = bench.labels()
    assert (label.state, label.reason) == ("confirmed", "Its label was scanned.")


def test_a_label_that_only_the_spooler_took_is_proved_by_its_scan_too(bench: Bench) -> None:
    jonas = doubtful(bench)
    all_labels(bench, state="sent")
    jonas.follow()
    assert states(bench) == ["confirmed"]


def test_a_packer_who_misses_the_label_gets_a_marked_copy_and_the_first_is_void(bench: Bench) -> None:
    doubtful(bench).scan("F7").hears("ok", "A copy of the label")
    first, copy = bench.labels()
    assert (first.state, copy.state, copy.copy, copy.why) == ("void", "queued", 2, "It did not come out.")
    assert ("COPY 2" in copy.zpl, first.subject) == (True, copy.subject)


def test_another_parcels_label_proves_nothing(bench: Bench) -> None:
    other = bench.packed({"DICE": 1})[0]
    doubtful(bench).scan(other).hears("stop")
    assert set(states(bench)) == {"uncertain"}


def test_the_trouble_of_the_stations_printer_is_seen_before_the_label_is_needed(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    trouble = {"trouble": "P1 is not ready: out of paper.", "trouble_since": clock.now()}
    bench.do(lambda tx: tx.execute(update(printers).values(**trouble)))
    jonas = packing(bench).start("pack").follow().scan("CORE-RED")
    assert jonas.answer["facts"]["printer"] == "P1 is not ready: out of paper."
    bench.do(lambda tx: tx.execute(update(printers).values(trouble="", paused=True)))
    jonas.follow()
    assert jonas.answer["facts"]["printer"] == "P1 is paused in the office."


@pytest.mark.parametrize(("key", "expected"), [("F6", ["confirmed"]), ("F7", ["void", "queued"])])
def test_whoever_holds_the_parcel_settles_its_label_from_a_handheld(
    bench: Bench, key: str, expected: list[str]
) -> None:
    (parcel,) = bench.packed({"DICE": 1})
    all_labels(bench, state="uncertain", reason="It fell silent.")
    ana = bench.worker().start("lookup").scan(parcel)
    assert (ana.answer["head"], set(ana.answer["keys"])) == (HEAD, {"F1", "F6", "F7"})
    ana.scan(key).hears("ok")
    assert (states(bench), set(ana.answer["keys"])) == (expected, {"F1"})


def test_a_label_that_is_not_in_doubt_offers_no_keys_and_takes_none(bench: Bench) -> None:
    (parcel,) = bench.packed({"DICE": 1})
    all_labels(bench, state="confirmed")
    ana = bench.worker().start("lookup").scan(parcel)
    assert set(ana.answer["keys"]) == {"F1"}
    ana.scan("F7").hears("stop", "This label is confirmed, not uncertain.")
    assert states(bench) == ["confirmed"]


def test_the_board_says_when_labels_wait_for_a_paused_printer(bench: Bench) -> None:
    bench.packed({"DICE": 1}, {"DICE": 1})
    bench.do(lambda tx: tx.execute(update(printers).values(paused=True)))
    clock.advance(timedelta(minutes=3))
    (found,) = bench.do(packing_board).exceptions
    assert (found.kind, found.name, found.text, found.minutes) == ("paused", "P1", "2", 3)
    assert bench.do(packing_face).troubles.shown[0].what == "P1 is paused, 2 labels wait"


def test_the_rules_of_labels_hold_after_doubts_and_copies(bench: Bench) -> None:
    doubtful(bench).scan("F7").follow()
    broken = {rule["rule"] for rule in bench.do(invariants.check)}
    assert not broken & {"I10 one current label", "I11 no job is lost"}
