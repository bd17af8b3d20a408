"""What the packing board and the pages of parcels and manifests show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from bench import Bench, counted, jobs, packing
from sqlalchemy import update

from wms import clock
from wms.db import table_of
from wms.models.printing import Printer
from wms.queries import shipping
from wms.queries.packing import packing_board


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    clock.freeze(datetime(2027, 3, 1, 12, tzinfo=UTC))
    house = Bench(database_url)
    yield house
    house.store.close()
    clock.freeze(None)


def test_the_board_shows_figures_benches_and_waiting_totes(bench: Bench) -> None:
    bench.packed({"DICE": 1}, {"DICE": 1})
    clock.advance(timedelta(hours=2))
    bench.packed({"DICE": 1})
    bench.tote_of({"CORE-RED": 2})
    packing(bench).start("pack").follow().scan("CORE-RED")
    clock.advance(timedelta(minutes=7))
    board = bench.do(packing_board)
    assert board.figures == {"parcels today": 3, "parcels an hour": 1, "totes waiting": 1, "exceptions": 0}
    (seat,) = board.benches
    assert (seat.station, seat.person, seat.number, seat.verified, seat.units) == ("P1", "Jonas", "10484", 1, 2)
    assert (seat.idle_minutes, board.totes[0].text, board.totes[0].minutes) == (7, "P1", 7)


def test_the_board_shows_exceptions_the_oldest_first(bench: Bench) -> None:
    order, _ = bench.tote_of({"CORE-RED": 1})
    bench.hold(order, "SHORT")
    clock.advance(timedelta(minutes=5))
    bench.packed({"DICE": 1})
    bench.do(lambda tx: tx.execute(update(jobs).values(state="uncertain", reason="It fell silent.")))
    trouble = {"trouble": "P1 is out of paper.", "trouble_since": clock.now()}
    bench.do(lambda tx: tx.execute(update(table_of(Printer)).values(**trouble)))
    clock.advance(timedelta(minutes=1))
    found = bench.do(packing_board).exceptions
    assert [(each.kind, each.minutes) for each in found] == [("hold", 6), ("label", 1), ("printer", 1)]


def test_the_board_takes_five_statements(bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 2})
    packing(bench).start("pack").follow()
    with bench.store.read() as tx, counted(bench) as statements:
        packing_board(tx)
    assert len(statements) <= 5, "\n".join(statements)


def test_a_parcel_has_a_page_with_its_content_labels_and_moves(bench: Bench) -> None:
    code = bench.packed({"CORE-RED": 2, "DICE": 1})[0]
    bench.worker("Ida").start("load").finish()
    page = bench.do(shipping.parcel_page, code)
    assert (page["parcel"].state, page["parcel"].carton, page["parcel"].carrier) == ("shipped", "S", "POST")
    assert [(row.sku, row.qty) for row in page["lines"]] == [("CORE-RED", 2), ("DICE", 1)]
    assert [row.reason for row in page["moves"]] == ["pack"] * 3 + ["load"] * 2 + ["ship"] * 2
    assert len(page["labels"]) == 1


def test_manifests_are_listed_with_their_parcels_and_weight(bench: Bench) -> None:
    bench.packed({"CORE-RED": 1}, {"DICE": 1})
    bench.worker("Ida").start("load").finish()
    rows, total = bench.do(shipping.manifests, {"state": "closed"})
    assert [(row.carrier, row.parcels, row.grams, total) for row in rows] == [("POST", 2, 300, 1)]
    page = bench.do(shipping.manifest_page, rows[0].id)
    assert [row.number for row in page["parcels"]] == ["10481", "10482"]


def test_what_does_not_exist_has_no_page(bench: Bench) -> None:
    assert (bench.do(shipping.parcel_page, "PA-9"), bench.do(shipping.manifest_page, 9)) == (None, None)
