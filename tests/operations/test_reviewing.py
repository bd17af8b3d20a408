"""The first review: what holds an order, what does not, and how holds are cleared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from backers import HOME, Campaign, backer, holds
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.errors import BadInput
from wms.models.orders import OrderEvent
from wms.operations import reviewing
from wms.operations.ledger import By
from wms.operations.reviewing import HoldCleared


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    warehouse.item("CORE-RED")
    yield warehouse
    warehouse.store.close()


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house, Core="CORE-RED")


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, []),
        ({"pledge_status": "errored"}, ["PAYMENT"]),
        ({"pledge_status": "dropped"}, ["CANCELLED_UPSTREAM"]),
        ({"survey_answered": False, "recipient": replace(HOME, line1="", city="")}, ["SURVEY_MISSING"]),
        ({"items": ()}, ["SELECTION_MISSING"]),
        ({"items": backer(1, "Poster").items}, ["SKU_UNMAPPED"]),
        ({"recipient": replace(HOME, postal_code="999")}, ["ADDRESS_INVALID"]),
        ({"recipient": replace(HOME, country_code="UK")}, ["ADDRESS_INVALID"]),
        ({"recipient": replace(HOME, phone="")}, ["PHONE_MISSING"]),
        ({"notes": "Wants blue dice."}, ["NOTE_TO_READ"]),
    ],
)
def test_what_is_doubtful_holds_an_order(campaign: Campaign, facts: dict[str, Any], codes: list[str]) -> None:
    campaign.review(backer(1, "Core", **facts))
    assert campaign.holds(1) == codes
    assert campaign.state(1) == ("held" if codes else "clean")


def test_an_unmapped_choice_is_named(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core", "Poster"))
    assert house.rows(select(holds.c.detail))[0].detail == "Not in the reward map: item Poster"


def test_a_doubt_that_holds_nothing_up_is_remarked_once(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core", recipient=replace(HOME, line1="Postfach 12")))
    house.do(reviewing.review)
    events = table_of(OrderEvent)
    remarks = house.rows(select(events.c.text).where(events.c.kind == "remark"))
    assert [row.text for row in remarks] == ["A post office box: not every carrier delivers there."]
    assert campaign.state(1) == "clean"


def test_the_same_mail_makes_duplicates_whatever_its_case(campaign: Campaign) -> None:
    campaign.review(backer(1, "Core", email="Mira@Example.test "), backer(2, "Core", email="mira@example.test"))
    assert (campaign.holds(1), campaign.holds(2)) == (["DUPLICATE"], ["DUPLICATE"])


def test_the_same_name_and_address_make_duplicates(campaign: Campaign) -> None:
    twin = replace(HOME, name="MIRA sample", line1="Example-Street 5")
    campaign.review(backer(1, "Core", recipient=HOME), backer(2, "Core", recipient=twin))
    assert campaign.holds(2) == ["DUPLICATE"]


def test_relay_mails_never_make_duplicates(campaign: Campaign) -> None:
    mail = "abc@privaterelay.appleid.com"
    campaign.review(backer(1, "Core", email=mail), backer(2, "Core", email=mail))
    assert campaign.holds(1) == []


def test_reviewing_again_opens_nothing_twice(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core", notes="Wants blue dice."))
    house.do(reviewing.review)
    assert campaign.holds(1) == ["NOTE_TO_READ"]


def test_the_last_hold_cleared_lets_an_order_go(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core", notes="Wants blue dice.", pledge_status="errored"))
    ids = [row.id for row in house.rows(select(holds.c.id))]
    house.do(reviewing.clear, By(), ids[0], "Read.")
    assert campaign.state(1) == "held"
    house.do(reviewing.clear, By(), ids[1], "Paid by transfer.")
    assert campaign.state(1) == "clean"


def test_what_a_person_cleared_is_not_raised_again_unless_it_changed(house: Warehouse, campaign: Campaign) -> None:
    somebody = By(house.worker().who.operator_id)
    campaign.review(backer(1, "Core", notes="Wants blue dice."))
    house.do(reviewing.clear, somebody, house.rows(select(holds.c.id))[0].id, "Read.")
    house.do(reviewing.review)
    assert campaign.state(1) == "clean"
    campaign.review(backer(1, "Core", notes="Wants red dice."))
    assert campaign.holds(1) == ["NOTE_TO_READ"]


def test_a_new_report_settles_what_it_fixed(campaign: Campaign) -> None:
    campaign.review(backer(1, "Core", pledge_status="errored"))
    campaign.review(backer(1, "Core"))
    assert (campaign.state(1), campaign.holds(1)) == ("clean", [])


def test_a_hold_is_cleared_once_and_with_a_reason(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core", notes="Wants blue dice."))
    hold_id = house.rows(select(holds.c.id))[0].id
    with pytest.raises(BadInput):
        house.do(reviewing.clear, By(), hold_id, " ")
    house.do(reviewing.clear, By(), hold_id, "Read.")
    with pytest.raises(HoldCleared):
        house.do(reviewing.clear, By(), hold_id, "Read.")


def test_a_hold_stops_a_clean_order_and_leaves_a_released_one_where_it_is(house: Warehouse, campaign: Campaign) -> None:
    campaign.review(backer(1, "Core"))
    order_id = campaign.order(1).id
    house.do(reviewing.hold, order_id, "CANCELLED_UPSTREAM")
    assert (campaign.state(1), campaign.holds(1)) == ("held", ["CANCELLED_UPSTREAM"])
    with pytest.raises(BadInput, match="hold"):
        house.do(reviewing.hold, order_id, "WHATEVER")
