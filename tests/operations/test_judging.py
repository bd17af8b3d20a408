"""Money, borders and tax numbers: what holds an order beyond its address, and what a person's word is worth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from backers import HOME, Campaign, backer, holds
from sqlalchemy import select, update
from warehouse import Warehouse

from wms.db import dumps, table_of
from wms.models.decisions import AddressChange
from wms.models.items import Item
from wms.models.orders import Order, OrderEvent, Recipient
from wms.operations import addressing, countries, deciding, reviewing
from wms.operations.addressing import AddressLocked
from wms.operations.ledger import By
from wms.settings import Review, Site

orders, items = table_of(Order), table_of(Item)
BRAZIL = replace(
    HOME, line1="Rua 5", city="Recife", state="PE", postal_code="50030-230", country_code="BR", phone="+5581998765432"
)


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url, site=Site(country="AT"), review=Review(balance_tolerance=Decimal(1)))
    customs = {"hs_code": "950490", "origin": "CN", "value": Decimal(20)}
    warehouse.item("CORE-RED", name="Board game", **customs)
    yield warehouse
    warehouse.store.close()


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house, Core="CORE-RED")


def judged(house: Warehouse, campaign: Campaign, facts: dict[str, Any], **row: Any) -> list[str]:
    """The holds of an order whose report says `facts`."""
    campaign.take_in(backer(1, "Core", **row))
    order = campaign.order(1)
    raw = dumps(json.loads(order.raw) | facts)
    house.do(lambda tx: tx.execute(update(orders).values(raw=raw)))
    house.do(reviewing.review_all, house.settings)
    return campaign.holds(1)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"balance": "12.50"}, ["BALANCE_DUE"]),
        ({"balance": "1.00"}, []),
        ({"balance": "-12.50"}, []),
        ({"balance": "no idea"}, []),
        ({"warnings": ["The postal code lost its first zero."]}, ["ADDRESS_WARN"]),
    ],
)
def test_what_is_owed_holds_beyond_the_tolerance(
    house: Warehouse, campaign: Campaign, facts: dict[str, Any], codes: list[str]
) -> None:
    assert judged(house, campaign, facts) == codes


@pytest.mark.parametrize(
    ("number", "codes"), [("390.533.447-05", []), ("390.533.447-06", ["TAX_ID_MISSING"]), ("", ["TAX_ID_MISSING"])]
)
def test_a_country_that_asks_for_a_tax_number_gets_a_valid_one(
    house: Warehouse, campaign: Campaign, number: str, codes: list[str]
) -> None:
    assert judged(house, campaign, {"tax_id": number}, recipient=BRAZIL) == codes


def test_customs_data_are_asked_for_abroad_only(house: Warehouse, campaign: Campaign) -> None:
    house.do(lambda tx: tx.execute(update(items).values(origin="", hs_code="")))
    german = replace(HOME, city="Husum", postal_code="25813", country_code="DE", phone="+49 4841 123456")
    assert judged(house, campaign, {}, recipient=german) == []
    assert judged(house, campaign, {"tax_id": "390.533.447-05"}, recipient=BRAZIL) == ["CUSTOMS_DATA_MISSING"]
    detail = house.rows(select(holds.c.detail).where(holds.c.code == "CUSTOMS_DATA_MISSING"))[0].detail
    assert detail == "CORE-RED lacks tariff number, origin."


def test_a_blocked_country_holds_its_orders_until_it_is_allowed(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"))
    rule = house.do(countries.block, house.settings, By(), "AT", ("LNT1", "No tax number there."))
    assert campaign.holds(1) == ["COUNTRY_BLOCKED"]
    house.do(countries.allow, house.settings, By(), rule)
    assert campaign.state(1) == "clean"


def test_an_accepted_warning_survives_the_same_address_and_no_other(house: Warehouse, campaign: Campaign) -> None:
    me = By(house.worker().who.operator_id)
    doubtful = replace(HOME, line1="asdf")
    campaign.review(backer(1, "Core", recipient=doubtful))
    house.do(reviewing.clear, me, house.rows(select(holds.c.id))[0].id, "It is really called so.")
    campaign.review(backer(1, "Core", recipient=replace(doubtful, city=" GRAZ"), notes=""))
    assert campaign.holds(1) == []
    campaign.review(backer(1, "Core", recipient=replace(doubtful, city="Wien", postal_code="1010")))
    assert campaign.holds(1) == ["ADDRESS_WARN"]


def test_a_hold_and_the_timeline_say_nothing_of_what_a_backer_wrote(house: Warehouse, campaign: Campaign) -> None:
    odd = replace(HOME, name="QZ", line1="xxx", postal_code="99x99", phone="5555551212")
    campaign.review(backer(1, "Core", recipient=odd, notes="Call QZ at xxx."))
    texts = house.rows(select(holds.c.detail)) + house.rows(select(table_of(OrderEvent).c.text))
    assert not [row for row in texts for word in ("QZ", "xxx", "99x99", "555") if word in row[0]]


def test_a_corrected_address_is_checked_at_once_and_remembered(house: Warehouse, campaign: Campaign) -> None:
    me = By(house.worker().who.operator_id)
    campaign.review(backer(1, "Core", recipient=replace(HOME, postal_code="99999")))
    assert campaign.holds(1) == ["ADDRESS_INVALID"]
    assert house.do(addressing.change, house.settings, me, campaign.order(1).id, {"postal_code": " 8010 "}) == []
    assert campaign.state(1) == "clean"
    kept = house.rows(select(table_of(AddressChange)))[0]
    assert (json.loads(kept.fields), kept.operator_id) == ({"postal_code": ["99999", "8010"]}, me.operator_id)
    said = [row.text for row in house.rows(select(table_of(OrderEvent).c.text))]
    assert "Corrected: postal code." in said


def test_what_was_meant_is_taken_over_in_many_addresses_and_taken_back(house: Warehouse, campaign: Campaign) -> None:
    me = By(house.worker().who.operator_id)
    boston = replace(HOME, city="Boston", state="MA", postal_code="2108", country_code="US", phone="+1 617 555 0123")
    campaign.review(backer(1, "Core", recipient=boston), backer(2, "Core"))
    ids = [campaign.order(1).id, campaign.order(2).id]
    done = house.do(deciding.adopt, house.settings, me, ids)
    assert (done.number, campaign.state(1), "02108" in zips(house)) == (1, "clean", True)
    house.do(deciding.undo, me, done.decision_id)
    assert (campaign.holds(1), "2108" in zips(house)) == (["ADDRESS_WARN"], True)
    with pytest.raises(deciding.NothingMeant):
        house.do(deciding.adopt, house.settings, me, ids[1:])


def zips(house: Warehouse) -> list[str]:
    return [row.postal_code for row in house.rows(select(table_of(Recipient).c.postal_code))]


def test_a_locked_address_is_not_corrected(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"))
    house.do(lambda tx: tx.execute(update(orders).values(address_locked_at=tx.now)))
    with pytest.raises(AddressLocked, match="Unlock it first"):
        house.do(addressing.change, house.settings, By(), campaign.order(1).id, {"city": "Wien"})


def test_the_review_in_parts_finds_the_twins_of_other_parts(house: Warehouse, campaign: Campaign) -> None:
    campaign.take_in(*(backer(n, "Core", email=f"mira{n % 3}@example.test") for n in range(6)))
    done = reviewing.review_in_parts(house.store, house.settings, size=2)
    assert [campaign.holds(n) for n in range(6)] == [["DUPLICATE"]] * 6
    assert (done.clean, house.rows(select(table_of(Recipient).c.mail_key).distinct())[0].mail_key[:4]) == (0, "mira")
