"""Which printer a label goes to: where it is needed, whose paper fits, and another one when that cannot print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from warehouse import Warehouse

from wms import clock
from wms.db import table_of
from wms.errors import BadInput, NotFound
from wms.labels.labels import ItemLabel, Label, LocationLabel, ToteLabel
from wms.labels.printers import Outcome
from wms.models.printing import Printer, PrintJob
from wms.operations import equipping, labelling, lanes, printing
from wms.operations.equipping import CodeTaken
from wms.operations.labelling import NotMoved, Print
from wms.operations.ledger import By

jobs, printers = table_of(PrintJob), table_of(Printer)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
WIDE = {"labels": ["tote", "parcel"]}
SMALL = {"labels": ["item", "location"]}


class Shop(Warehouse):
    """A warehouse whose printers are set up by hand."""

    def printer(self, code: str, **facts: Any) -> int:
        known = {"name": f"printer {code}", "transport": "file"} | facts
        return int(self.do(equipping.add_printer, self.settings, code, known))

    def want(self, place: str = "P1", label: Label | None = None) -> int:
        self.wanted = getattr(self, "wanted", 0) + 1
        label = label or ToteLabel(code=f"TO-{self.wanted}", name="t")
        where = self.places[place]
        return int(self.do(labelling.enqueue, self.settings, Print(label, f"{self.wanted}", "x", where), By()))

    def change(self, printer_id: int, **values: Any) -> None:
        self.do(lambda tx: tx.execute(update(printers).where(printers.c.id == printer_id).values(**values)))

    def at(self) -> list[int | None]:
        return [row.printer_id for row in self.rows(select(jobs.c.printer_id).order_by(jobs.c.id))]

    def tidy(self) -> None:
        lanes.tidy(self.store, self.settings)


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    clock.freeze(NOON)
    house = Shop(database_url)
    yield house
    house.store.close()
    clock.freeze(None)


def test_a_label_goes_where_its_paper_is(shop: Shop) -> None:
    wide, small = shop.printer("WIDE", station="P1", **WIDE), shop.printer("SMALL", station="P1", **SMALL)
    shop.want()
    shop.want(label=ItemLabel(code="A", sku="A", name="a"))
    shop.want(label=LocationLabel(code="LO-A", name="A", check="1"))
    assert shop.at() == [wide, small, small]


def test_a_printer_for_this_kind_is_taken_before_one_for_all(shop: Shop) -> None:
    shop.printer("ALL", station="P1")
    wide = shop.printer("WIDE", station="P1", **WIDE)
    shop.want()
    assert shop.at() == [wide]


def test_a_kind_whose_name_is_part_of_another_is_not_taken_for_it(shop: Shop) -> None:
    shop.printer("LP", labels=["lpn"])
    shop.do(lambda tx: tx.execute(update(printers).values(labels="toteX,Xtote")))
    shop.want()
    assert shop.at() == [None]


def test_a_label_that_no_paper_fits_waits_in_sight_until_a_printer_comes(shop: Shop) -> None:
    shop.printer("SMALL", **SMALL)
    shop.want()
    shop.tidy()
    assert shop.at() == [None]
    wide = shop.printer("WIDE", **WIDE)
    shop.tidy()
    assert shop.at() == [wide]


def test_a_printer_in_trouble_gives_its_labels_to_its_fallback_after_a_while(shop: Shop) -> None:
    spare = shop.printer("SPARE")
    first = shop.printer("FIRST", station="P1", fallback="SPARE")
    shop.want()
    shop.change(first, trouble="It is out of paper.", trouble_since=NOON)
    shop.tidy()
    assert shop.at() == [first]
    clock.advance(timedelta(seconds=31))
    shop.tidy()
    assert shop.at() == [spare]


def test_a_paused_printer_gives_its_labels_to_its_fallback_at_once(shop: Shop) -> None:
    spare = shop.printer("SPARE")
    first = shop.printer("FIRST", station="P1", fallback="SPARE")
    shop.want()
    shop.change(first, paused=True)
    shop.tidy()
    assert shop.at() == [spare]


@pytest.mark.parametrize(
    "ill", [{"paused": True}, {"trouble": "It is away.", "trouble_since": NOON}, {"labels": "item"}]
)
def test_a_fallback_that_cannot_print_it_gets_nothing(shop: Shop, ill: dict[str, Any]) -> None:
    spare = shop.printer("SPARE")
    first = shop.printer("FIRST", station="P1", fallback="SPARE")
    shop.change(spare, **ill)
    shop.want()
    shop.change(first, paused=True)
    shop.tidy()
    assert shop.at() == [first]


@pytest.mark.parametrize("state", ["claimed", "sending", "uncertain", "sent"])
def test_a_label_of_which_something_may_be_sent_stays_where_it_is(shop: Shop, state: str) -> None:
    shop.printer("SPARE")
    first = shop.printer("FIRST", station="P1", fallback="SPARE")
    job = shop.want()
    held = shop.do(printing.claim, shop.settings, first)
    if state != "claimed":
        shop.do(printing.begin, shop.settings, held.id, held.attempts)
    if state in ("uncertain", "sent"):
        shop.do(printing.settle, held, Outcome(state))  # type: ignore[arg-type]
    shop.change(first, paused=True)
    shop.tidy()
    assert shop.at() == [first]
    with pytest.raises(NotMoved, match=state):
        shop.do(labelling.move_to, shop.settings, job, "SPARE")


def test_a_label_that_moves_is_drawn_anew_for_the_other_density(shop: Shop) -> None:
    shop.printer("FINE", dpi=300)
    shop.printer("COARSE", station="P1", dpi=203)
    job = shop.want()
    before = shop.rows(select(jobs.c.zpl))[0].zpl
    shop.do(labelling.move_to, shop.settings, job, "FINE")
    after = shop.rows(select(jobs.c.zpl))[0].zpl
    assert (before != after, "TO-1" in after) == (True, True)


def test_who_had_claimed_a_label_that_moved_may_not_begin_it(shop: Shop) -> None:
    shop.printer("SPARE")
    first = shop.printer("FIRST", station="P1")
    job = shop.want()
    held = shop.do(printing.claim, shop.settings, first)
    clock.advance(timedelta(minutes=5))
    shop.do(printing.mark_lost)
    shop.do(labelling.move_to, shop.settings, job, "SPARE")
    assert not shop.do(printing.begin, shop.settings, held.id, held.attempts)


def test_a_test_label_goes_to_its_printer_whatever_its_paper(shop: Shop) -> None:
    small = shop.printer("SMALL", **SMALL)
    for _ in range(2):
        job = shop.do(labelling.trial, By(), small)
    assert shop.at() == [small, small]
    shop.do(labelling.reprint, shop.settings, By(), job)
    assert [row.template for row in shop.rows(select(jobs.c.template))] == ["test"] * 3
    with pytest.raises(NotFound):
        shop.do(labelling.trial, By(), 999)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"transport": "tcp"}, "host"),
        ({"transport": "tcp", "host": "127.0.0.1"}, "host"),
        ({"transport": "spooler"}, "queue"),
        ({"transport": "agent"}, "agent"),
        ({"labels": ["poster"]}, "labels"),
        ({"station": "NOWHERE"}, "station"),
        ({"fallback": "NOBODY"}, "fallback"),
        ({"agent": "nobody"}, "agent"),
        ({"dpi": 72}, "dpi"),
    ],
)
def test_a_printer_that_could_not_work_is_refused_by_field(shop: Shop, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput, match=f"^{field}: "):
        shop.printer("NEW", **facts)


def test_a_printer_has_a_code_of_its_own_and_is_not_its_own_fallback(shop: Shop) -> None:
    first = shop.printer("FIRST")
    with pytest.raises(CodeTaken):
        shop.printer("FIRST")
    with pytest.raises(BadInput, match="code"):
        shop.printer("no good")
    with pytest.raises(BadInput, match="fallback"):
        shop.do(equipping.change_printer, shop.settings, first, {"fallback": "FIRST"})


def test_another_address_makes_what_the_old_printer_told_void(shop: Shop) -> None:
    first = shop.printer("FIRST", transport="tcp", host="192.0.2.7")
    shop.change(first, model="ZD421", told_dpi=300, trouble="It is away.", trouble_since=NOON)
    shop.do(equipping.change_printer, shop.settings, first, {"name": "same"})
    assert shop.rows(select(printers.c.model))[0].model == "ZD421"
    shop.do(equipping.change_printer, shop.settings, first, {"host": "192.0.2.8"})
    row = shop.rows(select(printers))[0]
    assert (row.model, row.told_dpi, row.trouble) == ("", 0, "")
