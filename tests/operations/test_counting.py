"""A place has one open count; what it finds is posted against free stock only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.models.campaigns import Campaign
from wms.models.counting import Count, CountLine
from wms.models.orders import Order, OrderEvent, OrderLine, Recipient
from wms.models.outbound import Pick, PickList, Wave
from wms.models.stock import Stock
from wms.operations import counting, ledger, master
from wms.operations.counting import Counted
from wms.operations.ledger import By


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def finish(house: Warehouse, count_id: int, item: int, qty: int) -> counting.Outcome:
    """Count one item and end the count."""

    def work(tx: object) -> counting.Outcome:
        counting.write(tx, count_id, house.places["A-01-1"], Counted(item, 0, qty))
        return counting.finish(tx, house.settings, By(), count_id)

    return house.do(work)  # type: ignore[no-any-return]


def test_a_second_wish_for_the_same_place_is_the_first_count(house: Warehouse) -> None:
    place = house.places["A-01-1"]
    first = house.do(counting.ask, place, "short")
    assert house.do(counting.ask, place, "cycle") == first
    assert house.do(counting.ask, house.places["A-01-2"], "cycle") != first


def test_a_place_may_be_counted_again_after_its_count_is_done(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    first = house.do(counting.ask, house.places["A-01-1"], "short")
    finish(house, first, red, 1)
    assert house.do(counting.ask, house.places["A-01-1"], "cycle") != first


def test_counting_an_item_again_replaces_what_was_written(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 3)
    count_id = house.do(counting.ask, house.places["A-01-1"], "asked")
    house.do(counting.write, count_id, house.places["A-01-1"], Counted(red, 0, 1))
    assert finish(house, count_id, red, 3).sentence == "A-01-1: all as in the book."
    assert [row.counted for row in house.rows(select(table_of(CountLine).c.counted))] == [3]


def test_a_count_is_taken_by_one_person(house: Warehouse) -> None:
    count_id = house.do(counting.ask, house.places["A-01-1"], "asked")
    rosa, ben = house.worker("Rosa").who.operator_id, house.worker("Ben").who.operator_id
    assert house.do(counting.begin, By(rosa), count_id)
    assert not house.do(counting.begin, By(ben), count_id)
    assert house.do(counting.begin, By(rosa), count_id)


def test_missing_units_are_taken_from_available_before_other_conditions(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 3)
    house.put("A-01-1", red, 3, condition="spare")
    count_id = house.do(counting.ask, house.places["A-01-1"], "asked")
    finish(house, count_id, red, 4)
    assert (house.qty("A-01-1", red), house.qty("A-01-1", red, "spare")) == (1, 3)


def promised(house: Warehouse, item: int, qty: int) -> int:
    """An order with a pick of units in A-01-1; return its id."""

    def work(tx: object) -> int:
        place = house.places["A-01-1"]
        campaign = master.add(tx, table_of(Campaign), owner_id=house.owner, code="C1", name="Campaign")
        person = master.add(tx, table_of(Recipient), name="Mia Example")
        facts = {"campaign_id": campaign, "recipient_id": person, "imported_at": tx.now}  # type: ignore[attr-defined]
        order = master.add(tx, table_of(Order), code="OR-1", number="1", state="released", **facts)
        order_line = master.add(tx, table_of(OrderLine), order_id=order, item_id=item, qty=qty)
        wave = master.add(tx, table_of(Wave), name="W1", kind="wave", released_at=tx.now)  # type: ignore[attr-defined]
        walk = master.add(tx, table_of(PickList), code="PL-1", wave_id=wave, mode="cluster")
        where = {"list_id": walk, "order_id": order, "order_line_id": order_line, "location_id": place}
        master.add(tx, table_of(Pick), item_id=item, qty=qty, **where)
        ledger.allocate(tx, {(place, 0, item, 0, "available"): qty})
        return order

    return int(house.do(work))


def test_orders_whose_units_are_missing_are_told_and_keep_their_reservation(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 3)
    order = promised(house, red, 2)
    count_id = house.do(counting.ask, house.places["A-01-1"], "asked")
    outcome = finish(house, count_id, red, 1)
    assert outcome.reserved == 1
    notes = house.rows(select(table_of(OrderEvent).c.text).where(table_of(OrderEvent).c.order_id == order))
    assert [row.text for row in notes] == ["A-01-1 holds 1 fewer CORE-RED than reserved. Take them from elsewhere."]
    assert [(row.qty, row.allocated) for row in house.rows(select(table_of(Stock)))] == [(2, 2)]


def test_a_recount_names_the_count_it_repeats(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 30)
    count_id = house.do(counting.ask, house.places["A-01-1"], "asked")
    assert finish(house, count_id, red, 1).again
    rows = house.rows(select(table_of(Count)).order_by(table_of(Count).c.id))
    assert [(row.state, row.reason, row.recount_of) for row in rows][1] == ("open", "recount", count_id)
