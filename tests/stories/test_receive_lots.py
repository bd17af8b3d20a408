"""Receiving tracked goods: lots, expiry dates, and what has no business on a shelf."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from delivery import announce, line, lines_of, receiver
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.models.stock import Lot

FAR, SOON = date(2031, 3, 31), date(2020, 1, 31)
GTIN = "04006381333931"


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def lots(house: Warehouse) -> list[tuple[str, date | None]]:
    table = table_of(Lot)
    return [(row.code, row.expiry) for row in house.rows(select(table).where(table.c.id > 0).order_by(table.c.id))]


def test_a_lot_on_the_list_needs_no_scan(house: Warehouse) -> None:
    tea = house.item("TEA", lot_tracked=True, expiry_tracked=True)
    announce(house, (line("TEA", 10, "L7", FAR),))
    receiver(house).start("receive").finish().hears("done", "All cartons received")
    assert lots(house) == [("L7", FAR)]
    assert house.qty("D1", tea) == 10


def test_a_lot_the_list_does_not_name_is_asked(house: Warehouse) -> None:
    house.item("TEA", lot_tracked=True)
    announce(house, (line("TEA", 10),))
    rosa = receiver(house).start("receive").follow().follow().follow().sees("Scan the lot of TEA")
    rosa.scan("L7").hears("done", "All cartons received")
    assert lots(house) == [("L7", None)]


def test_a_gs1_label_says_lot_and_date_by_itself(house: Warehouse) -> None:
    tea = house.item("TEA", barcode=GTIN[1:], lot_tracked=True, expiry_tracked=True)
    announce(house, (line("TEA", 2),))
    label = f"]C101{GTIN}1731033110L7"
    receiver(house).start("receive").follow().scan(label).scan("2").hears("done", "All cartons received")
    assert lots(house) == [("L7", FAR)]
    assert house.qty("D1", tea) == 2


def test_the_lot_of_another_item_is_refused(house: Warehouse) -> None:
    house.item("TEA", lot_tracked=True)
    house.lot(house.item("SOAP", lot_tracked=True), "L9")
    announce(house, (line("TEA", 10),))
    rosa = receiver(house).start("receive").follow().follow().follow().scan("L9")
    rosa.hears("stop", "Lot L9 belongs to SOAP.").sees("Scan the lot of TEA")


def test_a_missing_date_is_asked_and_typed(house: Warehouse) -> None:
    house.item("TEA", expiry_tracked=True)
    announce(house, (line("TEA", 10),))
    rosa = receiver(house).start("receive").follow().follow().follow().sees("Expiry date of TEA")
    rosa.scan("310331").hears("done", "All cartons received")
    assert lots(house) == [("2031-03-31", FAR)]


def test_units_without_a_lot_go_to_quarantine(house: Warehouse) -> None:
    tea = house.item("TEA", lot_tracked=True)
    announce(house, (line("TEA", 10),))
    receiver(house).start("receive").finish()
    assert (house.qty("Q1", tea, "quarantine"), lines_of(house)) == (10, [(10, 0, 10)])


def test_expired_goods_are_asked_about_and_go_to_quarantine(house: Warehouse) -> None:
    tea = house.item("TEA", expiry_tracked=True)
    announce(house, (line("TEA", 10, "", SOON),))
    rosa = receiver(house).start("receive").follow().follow().follow()
    rosa.hears("ask", "Expires 2020-01-31: too soon.").follow().hears("done", "All cartons received")
    assert house.qty("Q1", tea, "quarantine") == 10


def test_a_lot_cannot_get_a_second_date(house: Warehouse) -> None:
    house.lot(house.item("TEA", lot_tracked=True, expiry_tracked=True), "L7", FAR)
    announce(house, (line("TEA", 10, "L7", date(2031, 4, 30)),))
    rosa = receiver(house).start("receive").follow().follow().follow()
    rosa.hears("stop", "Lot L7 expires 2031-03-31, not 2031-04-30.")


def test_as_listed_wants_the_lot_of_a_tracked_item(house: Warehouse) -> None:
    house.item("TEA", lot_tracked=True)
    announce(house, (line("TEA", 10),))
    receiver(house).start("receive").follow().scan("F1").hears("stop", "The list names no lot for TEA. Scan it.")


def test_one_production_lot_may_be_listed_for_two_items(house: Warehouse) -> None:
    tea, soap = house.item("TEA", lot_tracked=True), house.item("SOAP", lot_tracked=True)
    announce(house, (line("TEA", 10, "L7"), line("SOAP", 5, "L7")))
    receiver(house).start("receive").finish().hears("done", "All cartons received")
    assert (house.qty("D1", tea), house.qty("D1", soap)) == (10, 5)
