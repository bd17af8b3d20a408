"""Orders in parts: base now, the rest later; together what was pledged, nothing twice, and back until a part goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from backers import backer
from gated import GatedShop
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from wms.db import table_of
from wms.errors import BadInput
from wms.models.items import Item
from wms.models.orders import Order, OrderLine
from wms.models.segments import SplitLine
from wms.operations import deciding, locking, reviewing, segmenting, splitting
from wms.operations.ledger import By
from wms.operations.locking import GoesInParts
from wms.operations.splitting import IsPart, NotSplit, PartReleased
from wms.queries import invariants, parts, segments
from wms.queries.segments import SegmentFilter
from wms.settings import Shipping

orders, lines, split_lines, items = table_of(Order), table_of(OrderLine), table_of(SplitLine), table_of(Item)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[GatedShop]:
    yield from split_shop(f"sqlite:///{tmp_path / 'floor.db'}")


@pytest.fixture
def any_shop(database_url: str) -> Iterator[GatedShop]:
    """A shop on each database: what says most in SQL."""
    yield from split_shop(database_url)


def split_shop(url: str) -> Iterator[GatedShop]:
    shop = GatedShop(url)
    shop.do(segmenting.set_gate, shop.campaign.id, False)
    shop.campaign.review(backer(1, "2 Core", "3 Sleeves"), backer(2, "Core"))
    yield shop
    with shop.store.read() as tx:
        assert invariants.check(tx) == []
    shop.store.close()


def sleeves(shop: GatedShop) -> int:
    with shop.store.read() as tx:
        return parts.items_named(tx, ["SLEEVES"])["SLEEVES"]


def split(shop: GatedShop, number: int = 1, qty: int = 3) -> int:
    return int(shop.do(splitting.split, By(), shop.campaign.order(number).id, {sleeves(shop): qty}))


def content(shop: GatedShop, order_id: int) -> list[int]:
    return [row.qty for row in shop.rows(select(lines.c.qty).where(lines.c.order_id == order_id).order_by(lines.c.qty))]


def test_what_comes_later_is_a_part_with_its_own_label_and_lines(shop: GatedShop) -> None:
    part = split(shop, qty=2)
    row = shop.rows(select(orders).where(orders.c.id == part))[0]
    whole = shop.campaign.order(1)
    assert (row.number, row.code[:12], row.state, row.units, whole.units) == ("1/2", "OR-LNT1-1-P2", "clean", 2, 3)
    assert (row.recipient_id, content(shop, whole.id), content(shop, part)) == (whole.recipient_id, [1, 2], [2])


def test_the_parts_hold_together_what_was_pledged(any_shop: GatedShop) -> None:
    shop = any_shop
    whole = shop.campaign.order(1).id
    before = shop.do(splitting.whole, [whole])
    split(shop, qty=1)
    split(shop, qty=1)
    assert shop.do(splitting.whole, [whole]) == before
    assert sum(shop.do(splitting.whole, [shop.campaign.order(2).id]).popitem()[1].values()) == 1


def test_the_database_refuses_parts_that_hold_more_than_was_pledged(any_shop: GatedShop) -> None:
    shop = any_shop
    split(shop)
    with pytest.raises(DBAPIError, match="ck_split_line_sum"):
        shop.do(lambda tx: tx.execute(split_lines.update().values(kept=split_lines.c.kept + 1)))


@pytest.mark.parametrize(("qty", "why"), [(4, "does not hold these units"), (0, "does not hold these units")])
def test_only_units_that_are_there_come_later(shop: GatedShop, qty: int, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        split(shop, qty=qty)


def test_something_goes_now_and_parts_are_not_split_again(shop: GatedShop) -> None:
    core = shop.rows(select(lines.c.item_id).where(lines.c.order_id == shop.campaign.order(2).id))[0].item_id
    with pytest.raises(BadInput, match="nothing of order 2 would go now"):
        shop.do(splitting.split, By(), shop.campaign.order(2).id, {core: 1})
    with pytest.raises(IsPart):
        shop.do(splitting.split, By(), split(shop), {sleeves(shop): 1})


def test_both_parts_are_shipped_once_each_with_their_own_stock(shop: GatedShop) -> None:
    part = split(shop)
    assert shop.campaign.release(pilot=False)["units"] == 6
    shop.work()
    states = [row.state for row in shop.rows(select(orders.c.state).where(orders.c.id.in_((1, part))))]
    packed = shop.rows(select(lines.c.qty, lines.c.packed))
    assert (states, all(row.qty == row.packed for row in packed)) == (["packed", "packed"], True)


def test_a_part_waits_while_its_whole_is_held(shop: GatedShop) -> None:
    part = split(shop)
    shop.campaign.review(backer(1, "2 Core", "3 Sleeves", pledge_status="errored"), backer(2, "Core"))
    assert shop.campaign.state(1) == "held"
    shop.campaign.release(pilot=False)
    assert shop.rows(select(orders.c.state).where(orders.c.id == part))[0].state == "clean"


def test_what_an_order_in_parts_holds_stays_locked_until_it_is_put_together(shop: GatedShop) -> None:
    split(shop)
    with pytest.raises(GoesInParts):
        shop.do(locking.unlock, By(), 1, "content", "One more.")
    shop.do(splitting.undo, By(), 1)
    shop.do(locking.unlock, By(), 1, "content", "One more.")


def test_a_hold_of_the_whole_stops_every_part_where_it_is_packed(shop: GatedShop) -> None:
    part = split(shop)
    shop.campaign.release(pilot=False)
    shop.do(reviewing.hold, 1, "CHANGED_AFTER_LOCK")
    shop.work()
    packed = {row.id: row.state for row in shop.rows(select(orders.c.id, orders.c.state))}
    assert (packed[part], packed[1], packed[2]) == ("picked", "picked", "packed")


def test_parts_are_put_together_until_one_is_released(any_shop: GatedShop) -> None:
    shop = any_shop
    whole, part = shop.campaign.order(1).id, split(shop)
    assert shop.do(splitting.undo, By(), whole) == 3
    assert (content(shop, whole), content(shop, part)) == ([2, 3], [])
    with pytest.raises(NotSplit):
        shop.do(splitting.undo, By(), whole)
    assert split(shop) == part
    shop.campaign.release(pilot=False)
    with pytest.raises(PartReleased):
        shop.do(splitting.undo, By(), whole)


def test_the_slip_says_what_is_in_this_parcel_and_what_comes_later(shop: GatedShop) -> None:
    split(shop)
    with shop.store.read() as tx:
        found = parts.parts_of(tx, 1)
    assert parts.told(found, 1) == [
        "In this parcel: 2 × Item CORE-RED.",
        "Not in this parcel: 3 × Item SLEEVES (later, not planned yet).",
    ]


def test_splitting_a_segment_says_what_it_costs_before(shop: GatedShop) -> None:
    shop.campaign.review(backer(1, "2 Core", "3 Sleeves"), backer(2, "Core"), backer(3, "Core", "Sleeves"))
    with shop.store.read() as tx:
        ids = segments.found_by(shop.campaign.id, SegmentFilter(), "AT")
        cost = parts.cost(tx, shop.settings, ids, {sleeves(shop)})
    assert (cost.orders, cost.whole, cost.units, cost.handling, cost.total) == (2, 1, 4, 300, 300)


def test_the_cost_of_a_split_has_the_postage_of_each_part(shop: GatedShop, tmp_path: Path) -> None:
    rated(shop, tmp_path, "A,P,EUR,,,Z,20000,6.50,,1,0,1,2,,,")
    with shop.store.read() as tx:
        ids = segments.found_by(shop.campaign.id, SegmentFilter(), "AT")
        cost = parts.cost(tx, shop.settings, ids, {sleeves(shop)})
    assert (cost.postage, cost.handling, cost.total) == ((650, 650, 650, 0), 150, 800)


def test_an_order_that_no_rate_takes_waits_at_the_gate(shop: GatedShop, tmp_path: Path) -> None:
    shop.do(lambda tx: tx.execute(update(items).values(weight_g=1000)))
    shop.lock()
    rated(shop, tmp_path, "A,P,EUR,,,Z,1000,6.50,,1,0,1,2,,,")
    (reason,) = shop.gate(shop.segment()).reasons
    assert (reason.code, reason.sentence) == ("RATE", "One order finds no carrier with a rate: AT 5.0 kg.")


def rated(shop: GatedShop, folder: Path, line: str) -> None:
    """Let the site have a table of rates for parcels at home."""
    names = "carrier,service,currency,valid_from,valid_to,zone,max_g,price,per_extra_kg,tracked,ddp,min_days,max_days"
    (folder / "rate_zones.csv").write_text("carrier,origin,zone,country,postal_prefix\nA,AT,Z,AT,\n")
    (folder / "rate_table.csv").write_text(f"{names},max_len_mm,max_girth_mm,dim_divisor\n{line}\n")
    shop.settings = shop.settings.model_copy(update={"shipping": Shipping(rates=str(folder))})


def test_an_order_that_is_cancelled_takes_its_waiting_parts_with_it_and_brings_them_back(shop: GatedShop) -> None:
    part, whole, other = split(shop), shop.campaign.order(1).id, shop.campaign.order(2).id
    done = shop.do(deciding.cancel, By(), [whole], "She wants her money back.")
    states = {row.id: row.state for row in shop.rows(select(orders.c.id, orders.c.state))}
    assert (states, done.number) == ({whole: "cancelled", part: "cancelled", other: "clean"}, 1)
    shop.do(deciding.undo, By(), done.decision_id)
    assert {row.state for row in shop.rows(select(orders.c.state))} == {"clean"}
