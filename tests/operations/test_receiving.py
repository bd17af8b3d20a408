"""A packing list becomes cartons to expect, or is refused as a whole with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from delivery import announce, carton_states, line, lines_of, packing_list, plates
from sqlalchemy import func, select
from warehouse import Warehouse

from wms.db import table_of
from wms.models.inbound import Receipt
from wms.models.items import Code
from wms.models.stock import Lpn
from wms.operations import master, receiving
from wms.operations.ledger import By


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def test_every_carton_gets_a_plate_and_the_receipt_a_code(house: Warehouse) -> None:
    house.item("CORE-RED")
    receipt_id = announce(house, (line("CORE-RED", 24),), (line("CORE-RED", 12),))
    codes = house.rows(select(Code.kind).where(Code.ref == receipt_id, Code.kind == "receipt"))
    assert (len(plates(house)), carton_states(house), len(codes)) == (2, ["expected"] * 2, 1)


def test_rows_of_the_same_item_and_lot_in_a_carton_are_added_up(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24), line("CORE-RED", 6), line("CORE-RED", 2, "L1")))
    assert lines_of(house) == [(30, 0, 0), (2, 0, 0)]


def test_all_unknown_items_are_named_at_once_and_nothing_is_written(house: Warehouse) -> None:
    house.item("CORE-RED")
    listed = packing_list((line("CORE-RED", 1), line("GHOST-1", 2)), (line("GHOST-2", 3),))
    with pytest.raises(receiving.UnknownItems, match="PL-1: unknown items GHOST-1, GHOST-2"):
        house.do(receiving.announce, By(), listed, house.owner)
    assert house.rows(select(func.count()).select_from(table_of(Receipt)))[0][0] == 0
    assert plates(house) == []


def test_a_list_that_came_before_is_refused_naming_its_receipt(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    with pytest.raises(receiving.KnownList, match="Packing list PL-1 is here already, as receipt RC-000001-"):
        announce(house, (line("CORE-RED", 24),))


def test_a_lot_that_no_label_can_carry_is_refused_naming_it(house: Warehouse) -> None:
    house.item("CORE-RED")
    with pytest.raises(receiving.TooLong, match=r"lot L{41} is longer than 40"):
        announce(house, (line("CORE-RED", 24, "L" * 41),))


def test_a_list_without_cartons_is_refused(house: Warehouse) -> None:
    with pytest.raises(receiving.NoCartons):
        announce(house, ())


def test_another_owners_item_is_unknown_to_this_owner(house: Warehouse) -> None:
    other = house.do(master.add_owner, "OTH", "Other")
    house.do(master.add_item, other, "MUG", name="Mug")
    with pytest.raises(receiving.UnknownItems, match="MUG"):
        announce(house, (line("MUG", 1),))


def test_a_plate_has_no_place_before_its_carton_is_opened(house: Warehouse) -> None:
    house.item("CORE-RED")
    announce(house, (line("CORE-RED", 24),))
    places = house.rows(select(table_of(Lpn).c.location_id).where(table_of(Lpn).c.kind == "carton"))
    assert [row.location_id for row in places] == [None]
