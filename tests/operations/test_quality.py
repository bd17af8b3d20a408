"""Quarantine: goods go in by anybody's word, and out by a supervisor's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import update
from warehouse import Warehouse

from wms.db import table_of
from wms.errors import NotAllowed
from wms.models.places import Location
from wms.operations import ledger, quality
from wms.operations.ledger import By, Spot
from wms.operations.quality import Goods


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def spot(house: Warehouse, place: str) -> Spot:
    return Spot(house.places[place])


def test_damage_moves_goods_to_quarantine_in_their_new_condition(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 5)
    house.do(quality.damage, By(), [Goods(red, 2)], spot(house, "A-01-1"))
    assert (house.qty("A-01-1", red), house.qty("Q1", red, "damaged")) == (3, 2)


def test_reserved_goods_are_not_taken_away_as_damaged(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-01-1", red, 5)
    house.do(ledger.allocate, {(house.places["A-01-1"], 0, red, 0, "available"): 4})
    with pytest.raises(ledger.NotEnough, match="Only 1 of CORE-RED free"):
        house.do(quality.damage, By(), [Goods(red, 2)], spot(house, "A-01-1"))


def test_only_a_supervisor_releases(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("Q1", red, 5, condition="quarantine")
    route = spot(house, "Q1"), spot(house, "A-01-1")
    goods = [Goods(red, 3, condition="quarantine")]
    with pytest.raises(NotAllowed):
        house.do(quality.release, By(), goods, route, {"receiver"})
    house.do(quality.release, By(), goods, route, {"supervisor"})
    assert (house.qty("A-01-1", red), house.qty("Q1", red, "quarantine")) == (3, 2)


def test_a_site_without_quarantine_says_so(house: Warehouse) -> None:
    places = table_of(Location)
    house.do(lambda tx: tx.execute(update(places).where(places.c.kind == "quarantine").values(active=False)))
    with pytest.raises(quality.NoQuarantine):
        house.do(quality.quarantine_place)


def test_a_lot_gets_its_date_once(house: Warehouse) -> None:
    tea, day = house.item("TEA"), date(2031, 3, 31)
    first = house.do(quality.lot_id, tea, "L1")
    assert house.do(quality.lot_id, tea, "L1", day) == first
    assert house.do(quality.known_expiry, tea, "L1") == day
    with pytest.raises(quality.LotClash):
        house.do(quality.lot_id, tea, "L1", date(2031, 4, 30))


def test_a_date_without_a_lot_makes_a_lot_and_nothing_makes_none(house: Warehouse) -> None:
    tea = house.item("TEA")
    assert house.do(quality.lot_id, tea, "") == 0
    assert house.do(quality.lot_id, tea, "", date(2031, 3, 31)) > 0
