"""Loading parcels onto the truck of their carrier, and closing it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench import Bench, counted, orders, parcels
from sqlalchemy import select, update
from warehouse import Worker

from wms.db import table_of
from wms.models.shipping import Manifest
from wms.models.stock import Stock, StockMove


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    house = Bench(database_url)
    yield house
    house.store.close()


def loading(bench: Bench, name: str = "Ida") -> Worker:
    """Return a loader at the first dock."""
    return bench.worker(name, frozenset({"receiver"})).start("load").follow()


def order_of(bench: Bench, code: str) -> int:
    return int(bench.rows(select(parcels.c.order_id).where(parcels.c.code == code))[0].order_id)


def test_all_parcels_leave_by_doing_what_the_screen_says(bench: Bench) -> None:
    bench.packed({"CORE-RED": 2, "DICE": 1}, {"DICE": 1})
    codes = bench.packed({"DICE": 1}, country="US")
    bench.worker("Ida").start("load").finish()
    assert {row.state for row in bench.rows(select(parcels.c.state))} == {"shipped"}
    assert {row.state for row in bench.rows(select(orders.c.state))} == {"shipped"}
    assert (len(codes), len(bench.rows(select(table_of(Manifest))))) == (3, 2)


def test_closing_tells_how_many_left_and_the_stock_is_with_the_customer(bench: Bench) -> None:
    bench.packed({"CORE-RED": 2}, {"DICE": 1})
    ida = loading(bench).follow().follow().sees("Close the truck").scan("F1").hears("done", "Truck closed: 2 parcels.")
    assert ida.answer["task"] is None
    stock, moves = table_of(Stock), table_of(StockMove)
    assert bench.rows(select(stock).where(stock.c.qty > 0)) == []
    shipped = bench.rows(select(moves.c.qty, moves.c.document).where(moves.c.reason == "ship"))
    assert [(row.qty, row.document[:3]) for row in shipped] == [(2, "MF-"), (1, "MF-")]


def test_a_parcel_of_another_carrier_is_refused_naming_both(bench: Bench) -> None:
    home, abroad = bench.packed({"DICE": 1})[0], bench.packed({"DICE": 1}, country="US")[-1]
    ida = loading(bench).scan(home).hears("ok", f"{home} is on the truck.")
    ida.scan(abroad).hears("stop", f"{abroad} goes with WORLD. This truck is POST.")


def test_a_parcel_on_hold_or_cancelled_is_refused_with_the_reason(bench: Bench) -> None:
    held, cancelled, good = bench.packed({"DICE": 1}, {"DICE": 1}, {"DICE": 1})
    bench.hold(order_of(bench, held), "DUPLICATE")
    gone = orders.c.id == order_of(bench, cancelled)
    bench.do(lambda tx: tx.execute(update(orders).where(gone).values(state="cancelled")))
    ida = loading(bench)
    assert ida.answer["target"]["code"] == good
    ida.scan(held).hears("stop", "is on hold: DUPLICATE. Set it aside.").scan(good).hears("ok")
    ida.scan(cancelled).hears("stop", "is cancelled. Set it aside.")


def test_a_parcel_is_loaded_once_and_an_open_one_not_at_all(bench: Bench) -> None:
    codes = bench.packed({"DICE": 1}, {"DICE": 1})
    open_one = parcels.c.code == codes[1]
    bench.do(lambda tx: tx.execute(update(parcels).where(open_one).values(state="open")))
    ida = loading(bench).scan(codes[0]).scan(codes[0]).hears("stop", "is already loaded.")
    ida.scan(codes[1]).hears("stop", "is not packed yet.")


def test_parcels_left_behind_are_asked_about(bench: Bench) -> None:
    bench.packed({"DICE": 1}, {"DICE": 1})
    ida = loading(bench).follow()
    assert ida.answer["progress"] == {"done": 1, "of": 2}
    ida.scan("F1").hears("ask", "Not loaded for POST: 1.").scan("F1").hears("done", "Truck closed: 1 parcel.")
    ida.sees("Go to").finish()
    assert {row.state for row in bench.rows(select(parcels.c.state))} == {"shipped"}


def test_undo_takes_the_last_parcel_off_again(bench: Bench) -> None:
    code = bench.packed({"DICE": 1})[0]
    ida = (
        loading(bench)
        .scan("F4")
        .hears("stop", "You loaded nothing")
        .scan(code)
        .scan("F4")
        .hears("ok", "is off the truck")
    )
    assert (ida.answer["target"]["code"], bench.qty("P1", bench.items["DICE"])) == (code, 1)
    ida.scan("F1").hears("done", "Nothing was loaded.")
    assert bench.rows(select(table_of(Manifest))) == []


def test_a_hold_that_comes_after_loading_must_be_taken_off_before_the_truck_leaves(bench: Bench) -> None:
    codes = bench.packed({"DICE": 1}, {"DICE": 1})
    ida = loading(bench).follow().follow()
    bench.hold(order_of(bench, codes[0]))
    ida.scan("F1").hears("stop", f"{codes[0]}: CHANGED_AFTER_LOCK.").sees("Take it off the truck").follow().hears(
        "ok", "is off"
    )
    ida.follow().hears("done", "Truck closed: 1 parcel.")
    assert bench.state(order_of(bench, codes[0])) == "packed"


def test_two_loaders_share_a_truck(bench: Bench) -> None:
    bench.packed({"DICE": 1}, {"DICE": 1})
    ida, ben = loading(bench), loading(bench, "Ben")
    ida.follow().hears("ok")
    ben.start("load").sees("Load the next").scan(ida.answer["target"]["code"]).hears("ok").sees("Close the truck")
    ida.scan("F1").hears("done", "2 parcels")
    ben.scan("F4").hears("stop", "").sees("This truck is closed").follow().hears(
        "done", "A colleague closed this truck."
    )


def test_who_comes_to_a_dock_where_a_colleague_then_opens_another_carriers_truck_is_shown_its_parcels(
    bench: Bench,
) -> None:
    abroad = bench.packed({"DICE": 1}, country="US")[-1]
    home = bench.packed({"DICE": 1}, {"DICE": 1})[-2:]
    ida, ben = loading(bench), loading(bench, "Ben")
    assert ida.answer["target"]["code"] == abroad
    ben.scan(home[0]).hears("ok", "is on the truck")
    ida.scan(abroad).hears("stop", f"{abroad} goes with WORLD. This truck is POST.")
    assert ida.answer["target"]["code"] == home[1]
    ida.follow().hears("ok", f"{home[1]} is on the truck.").sees("Close the truck")


def test_a_place_that_is_no_dock_is_refused(bench: Bench) -> None:
    bench.packed({"DICE": 1})
    bench.worker("Ida").start("load").scan(bench.code("P1")).hears("stop", "P1 is no dock. Scan a dock.")


def test_nothing_packed_is_no_work(bench: Bench) -> None:
    assert bench.worker("Ida").start("load").answer["note"] == "No parcel is ready to load."


def test_an_order_in_two_parcels_is_shipped_with_the_second(bench: Bench) -> None:
    order, _ = bench.tote_of({"CORE-RED": 2})
    packer = bench.worker("Jonas").start("pack").follow().scan("CORE-RED").scan("F6").follow().follow().follow()
    ida = loading(bench).follow().scan("F1").hears("done", "1 parcel")
    assert bench.state(order) == "packing"
    packer.finish()
    ida.start("load").finish()
    assert bench.state(order) == "shipped"


def test_loading_a_parcel_takes_at_most_ten_statements(bench: Bench) -> None:
    bench.packed({"DICE": 1}, {"DICE": 1}, {"DICE": 1})
    ida = loading(bench).follow()
    with counted(bench) as statements:
        ida.follow().hears("ok")
    ours = [text for text in statements if not text.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(ours) <= 10, "\n".join(ours)
