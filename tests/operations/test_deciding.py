"""What a person decides in the review about one or many orders, and that each decision can be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from backers import HOME, Campaign, backer, holds
from sqlalchemy import select, update
from warehouse import Warehouse

from wms.db import table_of
from wms.errors import NotAllowed
from wms.models.orders import Order, OrderLine
from wms.operations import deciding, reviewing
from wms.operations.ledger import By

orders, lines = table_of(Order), table_of(OrderLine)


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house, Core="CORE-RED", Coins="COINS")


@pytest.fixture
def me(house: Warehouse) -> By:
    return By(house.worker().who.operator_id)


def ids(campaign: Campaign, *numbers: int) -> list[int]:
    return [campaign.order(number).id for number in numbers]


def states(campaign: Campaign, *numbers: int) -> list[str]:
    return [campaign.state(number) for number in numbers]


def content(house: Warehouse, order_id: int) -> list[int]:
    return [row.qty for row in house.rows(select(lines.c.qty).where(lines.c.order_id == order_id).order_by(lines.c.id))]


def noted(campaign: Campaign, *numbers: int) -> list[int]:
    campaign.review(*(backer(number, "Core", notes="Wants blue dice.") for number in numbers))
    return ids(campaign, *numbers)


def twins(campaign: Campaign) -> list[int]:
    """Two orders of one person: a core, and two cores with coins."""
    campaign.review(
        backer(1, "Core", email="mira@example.test"), backer(2, "2 Core", "Coins", email="Mira@example.test")
    )
    return ids(campaign, 1, 2)


def test_many_holds_are_cleared_at_once_and_come_back_with_undo(house: Warehouse, campaign: Campaign, me: By) -> None:
    mine = noted(campaign, 1, 2, 3)
    done = house.do(deciding.clear, me, mine[:2], "NOTE_TO_READ", "Read them.")
    assert (done.number, states(campaign, 1, 2, 3)) == (2, ["clean", "clean", "held"])
    assert house.do(deciding.undo, me, done.decision_id) == (2, 0)
    assert (states(campaign, 1, 2), campaign.holds(1)) == (["held", "held"], ["NOTE_TO_READ"])
    with pytest.raises(deciding.UndoneBefore):
        house.do(deciding.undo, me, done.decision_id)


def test_what_went_on_stays_when_the_rest_is_taken_back(house: Warehouse, campaign: Campaign, me: By) -> None:
    mine = noted(campaign, 1, 2)
    done = house.do(deciding.clear, me, mine, "NOTE_TO_READ", "Read.")
    house.do(lambda tx: tx.execute(update(orders).where(orders.c.id == mine[0]).values(state="released")))
    assert house.do(deciding.undo, me, done.decision_id) == (1, 1)
    assert (states(campaign, 1, 2), campaign.holds(1)) == (["released", "held"], [])
    with pytest.raises(deciding.NothingOpen):
        house.do(deciding.clear, me, mine[:1], "NOTE_TO_READ", "Read.")


@pytest.mark.parametrize(("code", "role", "may"), [("NOTE_TO_READ", "admin", True), ("PAYMENT", "admin", False)])
def test_who_may_clear_is_asked_where_it_is_done(
    house: Warehouse, campaign: Campaign, code: str, role: str, may: bool
) -> None:
    campaign.review(backer(1, "Core", notes="Blue.", pledge_status="errored"))
    somebody = By(house.worker("Ida", frozenset({role})).who.operator_id)
    if may:
        assert house.do(deciding.clear, somebody, ids(campaign, 1), code, "Fine.").number == 1
        return
    with pytest.raises(NotAllowed, match=code):
        house.do(deciding.clear, somebody, ids(campaign, 1), code, "Fine.")


def test_a_picker_clears_nothing(house: Warehouse, campaign: Campaign) -> None:
    mine = noted(campaign, 1)
    picker = By(house.worker("Ben", frozenset({"picker"})).who.operator_id)
    with pytest.raises(NotAllowed):
        house.do(deciding.clear, picker, mine, "NOTE_TO_READ", "Go.")
    assert campaign.holds(1) == ["NOTE_TO_READ"]


def test_orders_are_cancelled_together_and_their_holds_close(house: Warehouse, campaign: Campaign, me: By) -> None:
    mine = noted(campaign, 1, 2)
    done = house.do(deciding.cancel, me, mine, "Refunded.")
    assert (states(campaign, 1, 2), campaign.holds(1)) == (["cancelled", "cancelled"], [])
    house.do(deciding.undo, me, done.decision_id)
    assert (states(campaign, 1, 2), campaign.holds(2)) == (["held", "held"], ["NOTE_TO_READ"])


def test_one_order_on_its_way_keeps_all_from_being_cancelled(house: Warehouse, campaign: Campaign, me: By) -> None:
    mine = noted(campaign, 1, 2)
    house.do(lambda tx: tx.execute(update(orders).where(orders.c.id == mine[1]).values(state="picking")))
    with pytest.raises(reviewing.NotCancellable, match="Order 2 is picking"):
        house.do(deciding.cancel, me, mine, "Refunded.")
    assert campaign.state(1) == "held"


def test_a_hold_of_a_person_stays_through_reviews_and_goes_with_undo(
    house: Warehouse, campaign: Campaign, me: By
) -> None:
    campaign.review(backer(1, "Core"))
    done = house.do(deciding.hold, me, ids(campaign, 1), "ADDRESS_WARN", "Moves in May.")
    house.do(reviewing.review)
    assert campaign.holds(1) == ["ADDRESS_WARN"]
    house.do(deciding.undo, me, done.decision_id)
    assert (campaign.state(1), campaign.holds(1)) == ("clean", [])


def test_both_are_shipped_and_never_proposed_again(house: Warehouse, campaign: Campaign, me: By) -> None:
    pair = twins(campaign)
    done = house.do(deciding.twins_are, me, "both", (0, pair))
    assert states(campaign, 1, 2) == ["clean", "clean"]
    campaign.review(backer(1, "3 Core", email="mira@example.test"), backer(2, "Core", email="mira@example.test"))
    assert campaign.holds(1) == []
    house.do(deciding.undo, me, done.decision_id)
    house.do(reviewing.review)
    assert campaign.holds(2) == ["DUPLICATE"]


def test_a_merged_order_holds_what_both_held_through_another_report(
    house: Warehouse, campaign: Campaign, me: By
) -> None:
    one, two = twins(campaign)
    house.do(deciding.twins_are, me, "merge", (one, [one, two]))
    assert (states(campaign, 1, 2), content(house, one), campaign.order(1).units) == (["clean", "cancelled"], [3, 1], 4)
    changed = backer(1, "4 Core", email="mira@example.test")
    campaign.review(changed, backer(2, "2 Core", "Coins", email="Mira@example.test"))
    assert (content(house, one), campaign.order(1).units, campaign.state(1)) == ([6, 1], 7, "clean")


def test_a_merge_is_taken_back_until_the_order_is_locked(house: Warehouse, campaign: Campaign, me: By) -> None:
    one, two = twins(campaign)
    done = house.do(deciding.merge, me, one, [two])
    house.do(deciding.undo, me, done.decision_id)
    assert (states(campaign, 1, 2), content(house, one), content(house, two)) == (["held", "held"], [1], [2, 1])
    again = house.do(deciding.merge, me, one, [two])
    house.do(lambda tx: tx.execute(update(orders).where(orders.c.id == one).values(content_locked_at=tx.now)))
    with pytest.raises(deciding.WentOn):
        house.do(deciding.undo, me, again.decision_id)
    assert campaign.state(2) == "cancelled"


def test_one_is_kept_and_the_other_cancelled(house: Warehouse, campaign: Campaign, me: By) -> None:
    one, two = twins(campaign)
    house.do(deciding.twins_are, me, "keep", (two, [one, two]))
    assert (states(campaign, 1, 2), content(house, two)) == (["cancelled", "clean"], [2, 1])


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"email": "mira1+dice@example.test"}, "Same e-mail but for its tag as order 1."),
        ({"recipient": replace(HOME, name="Jo Sample1", line1="EXAMPLE-street 1")}, "Same address as order 1."),
        ({"recipient": replace(HOME, phone="0316 872 001")}, "Same telephone as order 1."),
    ],
)
def test_what_makes_two_orders_look_alike_is_said(
    house: Warehouse, campaign: Campaign, other: dict[str, Any], why: str
) -> None:
    campaign.review(backer(1, "Core"))
    campaign.review(backer(1, "Core"), backer(2, "Core", **other))
    found = house.rows(
        select(holds.c.detail).where(holds.c.order_id == campaign.order(2).id, holds.c.code == "DUPLICATE")
    )
    assert ([row.detail for row in found], campaign.holds(1)) == ([why], ["DUPLICATE"])


def test_a_telephone_that_a_crowd_shares_is_nobodys(campaign: Campaign) -> None:
    shared = "+43 316 872 999"
    rows = [backer(n, "Core") for n in range(1, 9)]
    campaign.review(*(replace(row, recipient=replace(row.recipient, phone=shared)) for row in rows))
    assert campaign.holds(3) == []
