"""Two locks: by hand, by the time of the final notice, at the release; opened again with a reason, until packing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from backers import HOME, Campaign, backer
from sqlalchemy import select, update
from warehouse import Warehouse

from wms import clock
from wms.db import table_of
from wms.errors import BadInput
from wms.models.orders import Order, OrderEvent, OrderLine
from wms.operations import locking
from wms.operations.ledger import By
from wms.operations.locking import Locks, NotLocked, OnTheFloor, PackingBegan

orders, events, lines = table_of(Order), table_of(OrderEvent), table_of(OrderLine)
BAD = replace(HOME, name="Otto Other", line1="Other Street 9", postal_code="999", phone="+43 316 872 555")


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    clock.freeze(datetime(2027, 3, 1, 12, tzinfo=UTC))
    warehouse = Warehouse(database_url)
    warehouse.put("A-01-1", warehouse.item("CORE-RED"), 9)
    yield warehouse
    warehouse.store.close()
    clock.freeze(None)


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    found = Campaign(house, Core="CORE-RED")
    found.review(backer(1, "Core"), backer(2, "Core", recipient=BAD))
    return found


def locks(campaign: Campaign, number: int) -> Locks:
    return locking.locked(campaign.order(number))


def said(house: Warehouse, kind: str) -> list[Any]:
    return house.rows(select(events).where(events.c.kind == kind))


def test_content_and_address_are_locked_each_for_itself(house: Warehouse, campaign: Campaign) -> None:
    mine = [campaign.order(1).id]
    assert house.do(locking.lock_content, By(), mine) == (1, 0, 0)
    assert locks(campaign, 1) == Locks(content=True, address=False)
    assert house.do(locking.lock_address, By(), mine) == (1, 0, 0)
    assert locks(campaign, 1) == Locks(content=True, address=True)
    assert house.do(locking.lock_address, By(), mine) == (0, 1, 0)


def test_the_address_locks_48_hours_after_the_final_notice_and_no_edit_extends_it(
    house: Warehouse, campaign: Campaign
) -> None:
    house.do(locking.final_notice, house.settings, By(), [campaign.order(1).id])
    clock.advance(timedelta(hours=47))
    assert house.do(locking.tick) == 0
    campaign.review(backer(1, "Core", recipient=replace(HOME, line1="New Street 3")), backer(2, recipient=BAD))
    house.do(locking.final_notice, house.settings, By(), [campaign.order(1).id])
    clock.advance(timedelta(hours=1))
    assert house.do(locking.tick) == 1
    assert locks(campaign, 1) == Locks(content=False, address=True)


def test_a_bad_address_does_not_lock_and_says_so_once(house: Warehouse, campaign: Campaign) -> None:
    house.do(locking.final_notice, house.settings, By(), [campaign.order(2).id])
    clock.advance(timedelta(hours=50))
    assert [house.do(locking.tick) for _ in range(3)] == [0, 0, 0]
    assert len(said(house, locking.NOT_LOCKED)) == 1
    assert house.do(locking.lock_address, By(), [campaign.order(2).id]) == (0, 0, 1)


def test_an_address_put_right_after_its_time_locks_at_the_next_look(house: Warehouse, campaign: Campaign) -> None:
    house.do(locking.final_notice, house.settings, By(), [campaign.order(2).id])
    clock.advance(timedelta(hours=50))
    campaign.review(backer(1, "Core"), backer(2, "Core"))
    assert house.do(locking.tick) == 1


def test_a_release_locks_both(campaign: Campaign) -> None:
    campaign.release()
    assert locks(campaign, 1) == Locks(content=True, address=True)


def test_unlocking_needs_a_reason_and_something_locked(house: Warehouse, campaign: Campaign) -> None:
    mine = campaign.order(1).id
    with pytest.raises(BadInput, match="reason"):
        house.do(locking.unlock, By(), mine, "address", "  ")
    with pytest.raises(NotLocked):
        house.do(locking.unlock, By(), mine, "address", "He moves.")
    house.do(locking.lock_address, By(), [mine])
    house.do(locking.unlock, By(), mine, "address", "He moves.")
    assert (locks(campaign, 1).address, said(house, "unlocked")[0].text) == (False, "Address opened again: He moves.")


def test_a_released_order_opens_its_address_until_it_is_packed_but_never_its_content(
    house: Warehouse, campaign: Campaign
) -> None:
    campaign.release()
    mine = campaign.order(1).id
    with pytest.raises(OnTheFloor):
        house.do(locking.unlock, By(), mine, "content", "One more.")
    house.do(locking.unlock, By(), mine, "address", "He moves.")
    assert locks(campaign, 1) == Locks(content=True, address=False)
    house.do(lambda tx: tx.execute(update(lines).where(lines.c.order_id == mine).values(picked=1, packed=1)))
    with pytest.raises(PackingBegan):
        house.do(locking.unlock, By(), mine, "address", "He moves again.")
