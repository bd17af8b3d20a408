"""The gate: every reason at once, the pilot before the waves, backers first, never more than the floor can take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from backers import HOME, backer
from gated import GatedShop
from sqlalchemy import delete, func, select, update

from wms import clock
from wms.db import table_of
from wms.errors import BadInput
from wms.models.campaigns import Campaign, ShapeCheck
from wms.models.items import Item
from wms.models.orders import Hold, Order
from wms.models.outbound import Wave
from wms.models.shipping import Carrier
from wms.operations import jobs, locking, master, proving, segmenting
from wms.operations.gating import GateClosed
from wms.operations.ledger import By
from wms.operations.proving import OwnWork, ProvedBefore
from wms.operations.waving import NothingToRelease
from wms.queries import coverage

items, orders, campaigns, waves = table_of(Item), table_of(Order), table_of(Campaign), table_of(Wave)
holds = table_of(Hold)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[GatedShop]:
    shop = GatedShop(f"sqlite:///{tmp_path / 'floor.db'}", pilot_orders=2)
    yield shop
    shop.store.close()


@pytest.fixture
def any_shop(database_url: str) -> Iterator[GatedShop]:
    """A shop on each database: what says most in SQL."""
    shop = GatedShop(database_url, pilot_orders=2)
    yield shop
    shop.store.close()


def abroad(number: int, *wanted: str, country: str = "CH") -> Any:
    return backer(number, *wanted, recipient=replace(
        HOME, name=f"Urs Sample{number}", line1=f"Beispielweg {number}", postal_code="8001", city="Zurich",
        country_code=country, phone=f"+41 44 668 18 {number:02d}"))  # fmt: skip


def piloted(shop: GatedShop, *rows: Any) -> int:
    """All orders locked, the pilot packed and proved."""
    shop.campaign.review(*rows)
    shop.lock()
    everything = shop.segment()
    shop.release(everything, pilot=True)
    shop.work()
    shop.prove()
    return everything


def test_a_gated_campaign_is_not_released_past_its_gate(shop: GatedShop) -> None:
    shop.campaign.review(backer(1, "Core"))
    with pytest.raises(NothingToRelease, match="Campaign LNT1: release a segment"):
        shop.campaign.release()


def test_a_release_is_refused_with_every_reason(any_shop: GatedShop) -> None:
    shop = any_shop
    shop.do(lambda tx: tx.execute(update(items).where(items.c.sku == "SLEEVES").values(weight_g=0)))
    unpaid, far = backer(1, "Core", pledge_status="errored"), abroad(2, "Core")
    shop.campaign.review(unpaid, far, backer(3, "Sleeves"), backer(4, "99 Core"))
    shop.do(lambda tx: tx.execute(update(orders).where(orders.c.number == "2").values(state="clean")))
    others = update(holds).where(holds.c.code != "PAYMENT")
    shop.do(lambda tx: tx.execute(others.values(cleared_at=tx.now)))
    shop.do(locking.lock_content, By(), [shop.campaign.order(4).id])
    shop.do(locking.lock_address, By(), [shop.campaign.order(4).id])
    shop.tick()
    with pytest.raises(GateClosed) as refused:
        shop.release(shop.segment(), pilot=True)
    codes = {reason.code: reason.orders for reason in refused.value.reasons}
    assert codes == {"HOLDS": 1, "LOCKS": 3, "WEIGHT": 1, "CUSTOMS": 1, "STOCK": 1}
    assert "One order lacks stock: CORE-RED 59." in refused.value.text


def test_a_country_that_no_carrier_goes_to_shuts_the_gate(shop: GatedShop) -> None:
    shop.do(lambda tx: tx.execute(update(table_of(Carrier)).values(countries="DE,CH")))
    shop.campaign.review(backer(1, "Core"))
    shop.lock()
    (reason,) = shop.gate(shop.segment()).reasons
    assert (reason.code, reason.sentence) == ("RATE", "One order goes where no carrier goes: AT.")


def test_orders_that_may_not_go_can_be_left_out(shop: GatedShop) -> None:
    shop.campaign.review(backer(1, "Core"), backer(2, "Core", pledge_status="errored"))
    shop.lock()
    assert shop.release(shop.segment(), pilot=True, ready_only=True)["orders"] == 1
    assert shop.campaign.state(2) == "held"


def test_no_wave_goes_before_a_pilot(shop: GatedShop) -> None:
    shop.campaign.review(backer(1, "Core"))
    shop.lock()
    with pytest.raises(GateClosed, match="No pilot was packed and checked yet"):
        shop.release(shop.segment(), pilot=False, ready_only=True)


def test_a_wave_waits_until_somebody_else_looked_into_every_parcel_of_the_pilot(shop: GatedShop) -> None:
    shop.campaign.review(*(backer(n, "Core") for n in range(1, 5)))
    shop.lock()
    everything = shop.segment()
    assert shop.release(everything)["kind"] == "pilot"
    with pytest.raises(GateClosed, match=r"2 of the pilot's 2 orders are not packed and checked"):
        shop.release(everything, pilot=False, ready_only=True)
    ana = shop.work()
    with pytest.raises(OwnWork):
        shop.do(proving.check, By(ana.who.operator_id), shop.parcel_codes()[0], True)
    shop.prove()
    assert shop.release(everything)["name"] == "Wave 1"


def test_a_wrong_parcel_holds_its_order_and_blocks_the_waves_until_it_is_right(any_shop: GatedShop) -> None:
    shop = any_shop
    everything = piloted_but_unproved(shop)
    ben, code = By(shop.worker("Ben").who.operator_id), shop.parcel_codes()[0]
    shop.do(proving.check, ben, code, False, "The wrong colour.")
    assert (shop.campaign.holds(1) + shop.campaign.holds(2), shop.codes(everything)) == (
        ["PILOT_WRONG"], {"PILOT": 2, "PILOT_WRONG": 0, "PILOT_OPEN": 0}
    )  # fmt: skip
    shop.do(proving.check, ben, code, True)
    shop.do(proving.check, ben, shop.parcel_codes()[1], True)
    assert shop.codes(everything) == {}
    with pytest.raises(ProvedBefore):
        shop.do(proving.check, ben, code, True)


def piloted_but_unproved(shop: GatedShop) -> int:
    shop.campaign.review(*(backer(n, "Core") for n in range(1, 5)))
    shop.lock()
    everything = shop.segment()
    shop.release(everything)
    shop.work()
    return everything


def test_an_order_of_the_pilot_that_cannot_be_packed_is_excused_by_name(shop: GatedShop) -> None:
    everything = piloted_but_unproved(shop)
    other = By(shop.worker("Ben").who.operator_id)
    shop.do(proving.check, other, shop.parcel_codes()[0], True)
    second = shop.rows(select(orders.c.id).where(orders.c.wave_id.is_not(None)).order_by(orders.c.id))[1].id
    shop.do(proving.excuse, other, second, "The dice are lost.")
    assert shop.codes(everything) == {}


def test_what_no_pilot_proved_waits_for_one(shop: GatedShop) -> None:
    everything = piloted(shop, backer(1, "Core"), backer(2, "Core"), backer(3, "Core"))
    shop.campaign.review(*(backer(n, "Core") for n in (1, 2, 3)), backer(4, "Sleeves"))
    shop.lock()
    gate = shop.gate(everything)
    assert gate.reasons[0].sentence == ("One order holds what no pilot proved: items SLEEVES; contents 1 SLEEVES.")
    assert [each.order_id for each in gate.ready] == [shop.campaign.order(3).id]


def test_members_are_frozen_with_the_first_wave(any_shop: GatedShop) -> None:
    shop = any_shop
    everything = piloted(shop, *(backer(n, "Core") for n in range(1, 6)))
    assert shop.release(everything, orders=1)["orders"] == 1
    shop.campaign.review(*(backer(n, "Core") for n in range(1, 7)))
    shop.lock()
    assert shop.gate(everything).members == 2
    assert shop.gate(shop.segment()).members == 1


def test_an_earlier_priority_is_served_first(shop: GatedShop) -> None:
    shop.campaign.review(backer(1, "30 Core"), backer(2, "20 Core"))
    shop.lock()
    sooner = shop.segment("Large", priority=1, shape="30 CORE-RED")
    later = shop.segment("Small", shape="20 CORE-RED")
    assert (shop.codes(sooner), shop.codes(later)) == ({}, {"STOCK": 1})


def test_more_than_the_floor_can_take_must_be_confirmed(shop: GatedShop) -> None:
    everything = piloted(shop, *(backer(n, "Core") for n in range(1, 9)))
    hour = shop.settings.release.model_copy(update={"shift_hours": 0.02})
    shop.settings = shop.settings.model_copy(update={"release": hour})
    assert shop.gate(everything).size.orders == 2
    with pytest.raises(GateClosed, match=r"6 orders are more than the 2 that 4 people at 1 stations in 0\.02 h can"):
        shop.release(everything, orders=6)
    assert shop.release(everything)["orders"] == 2
    assert shop.release(everything, orders=4, confirmed=True)["orders"] == 4


def test_no_wave_is_larger_than_the_largest_that_was_said(shop: GatedShop) -> None:
    everything = piloted(shop, *(backer(n, "Core") for n in range(1, 9)))
    assert shop.gate(everything).size.most == shop.settings.release.wave_orders_max
    shop.do(segmenting.limit, everything, 3)
    with pytest.raises(GateClosed, match="5 orders are more than the 3 that one wave may have"):
        shop.release(everything, orders=5, confirmed=True)
    assert shop.release(everything)["orders"] == 3
    shop.do(segmenting.limit, everything, None)
    assert shop.release(everything)["orders"] == 3


def test_a_wave_is_as_large_as_people_can_do_until_the_next_truck(shop: GatedShop) -> None:
    shop.campaign.review(backer(1, "Core"))
    shop.lock()
    everything = shop.segment()
    soon = f"{clock.now() + timedelta(hours=2, minutes=1):%H:%M}"
    shop.do(lambda tx: tx.execute(update(table_of(Carrier)).values(cutoff=soon)))
    size = shop.gate(everything).size
    assert (1.9 < size.hours <= 2.1, size.until is not None) == (True, True)
    late = f"{clock.now() + timedelta(minutes=30):%H:%M}"
    shop.do(lambda tx: tx.execute(update(table_of(Carrier)).values(cutoff=late)))
    assert (shop.gate(everything).size.hours, shop.gate(everything).size.until) == (8, None)


def test_a_configuration_that_nobody_ticked_waits_for_its_test_pick_or_a_signature(any_shop: GatedShop) -> None:
    shop = any_shop
    shop.campaign.review(backer(1, "Core"), backer(2, "Core"), backer(3, "Sleeves"))
    shop.lock()
    everything = shop.segment()
    shop.do(lambda tx: tx.execute(delete(table_of(ShapeCheck))))
    reason = shop.gate(everything).reasons[0]
    said = "3 orders have one of 2 configurations that nobody ticked."
    assert (reason.code, reason.orders, reason.sentence) == ("TEST_PICKS", 3, said)
    sleeves = select(orders.c.id).where(orders.c.number == "3")
    assert shop.do(proving.untested, By(), sleeves, "It is one card.") == 1
    assert shop.codes(everything) == {"TEST_PICKS": 2}
    shop.tick()
    assert shop.codes(everything) == {}
    with pytest.raises(BadInput, match="all were test-picked"):
        shop.do(proving.untested, By(), sleeves, "Again.")


def test_a_signature_ends_when_the_configuration_changes(shop: GatedShop) -> None:
    shop.campaign.review(backer(1, "Core"))
    mine = select(orders.c.id)
    shop.do(proving.untested, By(), mine, "It is one box.")
    assert "TEST_PICKS" not in shop.codes(shop.segment())
    shop.campaign.review(backer(1, "Core", "Sleeves"))
    assert "TEST_PICKS" in shop.codes(shop.segment())


def test_other_channels_wait_for_locked_backers_until_a_supervisor_signs(any_shop: GatedShop) -> None:
    shop = any_shop
    shop.campaign.review(backer(1, "30 Core"), backer(2, "20 Core"))
    shop.lock()
    other = shop.do(master.add, campaigns, owner_id=shop.owner, code="SHOP", name="Shop", channel="shop")
    shop.do(lambda tx: tx.execute(update(orders).where(orders.c.number == "2").values(campaign_id=other)))
    shop.do(proving.untested, By(), select(orders.c.id).where(orders.c.number == "2"), "Loose goods.")
    retail = shop.do(segmenting.everything, By(), other)
    assert "SIGN_OFF" in shop.codes(retail)
    shop.do(segmenting.sign_off, By(), retail, "The shop opens on Friday.")
    assert "SIGN_OFF" not in shop.codes(retail)


def test_the_coverage_says_what_is_short_and_what_it_blocks(any_shop: GatedShop) -> None:
    shop = any_shop
    shop.campaign.review(backer(1, "30 Core", "Sleeves"), backer(2, "20 Core"), backer(3, "Sleeves"))
    with shop.store.read() as tx:
        found = coverage.coverage(tx, shop.settings, shop.campaign.id)
    worst = found.rows[0]
    assert (found.clean, found.complete) == (3, 2)
    figures = (worst.needed, worst.on_hand, worst.free, worst.short, worst.blocks)
    assert (worst.sku, figures) == ("CORE-RED", (50, 40, 40, 10, 1))


def test_a_job_killed_between_its_commit_and_its_end_releases_no_second_wave(shop: GatedShop) -> None:
    shop.do(lambda tx: tx.execute(update(campaigns).values(gated=False)))
    shop.campaign.review(*(backer(n, "Core") for n in range(1, 6)))
    shop.do(jobs.enqueue, "release", {"pilot": False, "orders": 2, "operator": None})
    row = shop.do(jobs.claim)
    first, second = (jobs.run(shop.store, shop.settings, jobs.HANDLERS, row) for _ in range(2))
    assert (first["orders"], second) == (2, first | {"waiting": 0, "missing": {}})
    assert shop.rows(select(func.count()).select_from(waves))[0][0] == 1


def test_an_order_that_was_unlocked_stays_behind(shop: GatedShop) -> None:
    everything = piloted(shop, *(backer(n, "Core") for n in range(1, 5)))
    shop.do(locking.unlock, By(), shop.campaign.order(4).id, "address", "She moves.")
    assert shop.codes(everything) == {"LOCKS": 1}
    assert shop.release(everything, ready_only=True)["orders"] == 1
