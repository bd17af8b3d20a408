"""A file of orders from upload to review: whole or not at all, in steps, again as a difference, locked ones by hand."""

from __future__ import annotations

from typing import Any

import pytest
from backers import Campaign
from sqlalchemy import func, select, update
from warehouse import Warehouse

from wms.db import table_of
from wms.errors import Refusal
from wms.formats.errors import FormatError
from wms.formats.orders.reading import Choice
from wms.models.campaigns import Import, ImportChange, ImportPiece
from wms.models.orders import Order, Recipient
from wms.operations import amending, importing, locking, staging
from wms.operations.ledger import By
from wms.operations.staging import Request
from wms.queries import imports as reads

orders, imports, changes = table_of(Order), table_of(Import), table_of(ImportChange)
recipients, pieces = table_of(Recipient), table_of(ImportPiece)
HEADER = (
    "Order #,Recipient Full Name,Recipient Email,Recipient Phone,Address Line 1,City,State,Postal Code,Country Code,"
    "Item SKU,Item Quantity"
)


def line(number: int, street: str = "Example Street", qty: int = 1, sku: str = "CORE-RED") -> str:
    where = f"{street} {number},Graz,,8010,AT"
    return f"{number},Mira Sample,mira{number}@example.test,+43 316 872{number},{where},{sku},{qty}"


def file(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


@pytest.fixture
def campaign(house: Warehouse) -> Campaign:
    return Campaign(house)


def take(campaign: Campaign, *lines: str, **more: Any) -> dict[str, Any]:
    """Import a file and tell what came of it."""
    house = campaign.warehouse
    request = Request(campaign.id, "orders.csv", file(*lines), **more)
    import_id = importing.take(house.store, house.settings, By(), request)
    return told(house, import_id)


def told(house: Warehouse, import_id: int) -> dict[str, Any]:
    with house.store.read() as tx:
        return importing.told(tx, import_id)


def count(house: Warehouse, table: Any) -> int:
    return int(house.rows(select(func.count()).select_from(table))[0][0])


def waiting(house: Warehouse) -> Any:
    return house.rows(select(changes).where(changes.c.kind == "changed", changes.c.decision == ""))[-1]


def test_a_file_comes_in_reviewed_and_leaves_nothing_behind(house: Warehouse, campaign: Campaign) -> None:
    result = take(campaign, line(1), line(2), "3,only three cells")
    assert (result["rows"], result["accepted"], result["orders"], result["state"]) == (3, 2, 2, "done")
    assert result["rejected"][0]["line"] == 4
    assert campaign.state(1) == "clean"
    assert count(house, pieces) == 0


def test_the_same_file_twice_changes_nothing_and_says_so(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, line(1), line(2))
    again = take(campaign, line(1), line(2))
    assert again["again"] is True
    assert again["changes"] == dict.fromkeys(again["changes"], 0) | {"unchanged": 2}


def test_twelve_edited_addresses_are_twelve_changes_and_are_applied(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, *(line(n) for n in range(1, 21)))
    result = take(campaign, *(line(n, "Other Street" if n <= 12 else "Example Street") for n in range(1, 21)))
    assert (result["changes"]["changed"], result["changes"]["applied"], result["changes"]["unchanged"]) == (12, 12, 8)
    assert house.rows(select(recipients.c.line1).order_by(recipients.c.id))[11].line1 == "Other Street 12"
    first = house.rows(select(changes).where(changes.c.kind == "changed").order_by(changes.c.id))[0]
    assert first.fields == '{"line1":["Example Street 1","Other Street 1"]}'


def test_a_file_that_breaks_off_changes_nothing(house: Warehouse, campaign: Campaign) -> None:
    request = Request(campaign.id, "orders.csv", file(line(1), '2,"never closed'))
    with pytest.raises(FormatError):
        importing.take(house.store, house.settings, By(), request)
    assert (count(house, orders), count(house, imports)) == (0, 0)


def test_a_run_that_was_killed_goes_on_where_it_was(
    house: Warehouse, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(campaign.id, "orders.csv", file(*(line(n) for n in range(1, 301))))
    monkeypatch.setattr(importing, "fitting", lambda *_: 1 / 0)  # the second step never begins
    with pytest.raises(ZeroDivisionError):
        importing.take(house.store, house.settings, By(), request)
    monkeypatch.undo()
    left = house.rows(select(imports))[0]
    assert (left.state, 0 < left.done < 300) == ("applying", True)
    assert importing.run(house.store, house.settings, left.id)["changes"]["added"] == 300
    assert (count(house, orders), told(house, left.id)["state"]) == (300, "done")


def test_orders_of_a_run_that_was_killed_are_held(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "review_all", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(campaign, line(1))
    assert campaign.state(1) == "held"


def test_two_runs_of_one_import_apply_no_order_twice(house: Warehouse, campaign: Campaign) -> None:
    import_id = staging.draft(house.store, By(), Request(campaign.id, "orders.csv", file(line(1))))
    house.do(staging.start, import_id)
    house.do(lambda tx: tx.execute(update(imports).values(state="applying", orders=1)))
    with house.store.read() as tx:
        sieve = importing.sieve_for(tx, staging.row_of(tx, import_id), house.settings)
    house.do(importing.apply, import_id, importing.Step(0, []), sieve)
    house.do(lambda tx: tx.execute(update(imports).values(done=1)))
    with pytest.raises(importing.Overtaken):
        house.do(importing.apply, import_id, importing.Step(0, []), sieve)


def test_one_campaign_takes_one_file_at_a_time(house: Warehouse, campaign: Campaign) -> None:
    first, second = (staging.draft(house.store, By(), Request(campaign.id, f"{n}.csv", file(line(n)))) for n in (1, 2))
    house.do(staging.start, first)
    with pytest.raises(staging.OneAtATime, match=r"1\.csv is not finished"):
        house.do(staging.start, second)


def test_a_rehearsal_tells_all_and_writes_nothing(house: Warehouse, campaign: Campaign) -> None:
    request = Request(campaign.id, "orders.csv", file(line(1), line(2, sku="NOPE")))
    result = importing.rehearse(house.store, house.settings, By(), request)
    assert (result["accepted"], result["held"]) == (2, {"SKU_UNMAPPED": 1})
    assert (count(house, orders), count(house, imports), count(house, pieces)) == (0, 0, 0)


def test_a_change_of_a_locked_address_waits_and_is_applied_by_hand(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, line(1))
    house.do(locking.lock_address, By(), [campaign.order(1).id])
    for _ in range(2):
        result = take(campaign, line(1, "Other Street"))
    assert (result["changes"]["changed"], campaign.holds(1)) == (0, ["CHANGED_AFTER_LOCK"])
    house.do(amending.apply_change, house.settings, By(), waiting(house).id)
    assert house.rows(select(recipients))[0].line1 == "Other Street 1"
    assert (campaign.state(1), campaign.holds(1)) == ("clean", [])
    assert take(campaign, line(1, "Other Street"))["changes"]["unchanged"] == 1


def test_a_refused_change_is_not_told_again(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, line(1))
    house.do(locking.lock_content, By(), [campaign.order(1).id])
    assert take(campaign, line(1, qty=2))["changes"]["waiting"] == 1
    change = waiting(house).id
    house.do(amending.refuse_change, By(), change, "Two were never paid.")
    assert campaign.state(1) == "clean"
    assert take(campaign, line(1, qty=2))["changes"]["changed"] == 0
    with pytest.raises(amending.Decided):
        house.do(amending.apply_change, house.settings, By(), change)


def test_a_report_that_takes_its_change_back_frees_the_order(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, line(1))
    house.do(locking.lock_content, By(), [campaign.order(1).id])
    take(campaign, line(1, qty=2))
    take(campaign, line(1))
    assert (campaign.state(1), campaign.holds(1)) == ("clean", [])


def test_other_goods_for_a_released_order_can_only_be_refused(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, line(1))
    house.do(lambda tx: tx.execute(update(orders).values(state="released")))
    take(campaign, line(1, qty=2))
    with pytest.raises(Refusal, match="Its content stays"):
        house.do(amending.apply_change, house.settings, By(), waiting(house).id)


def test_an_address_that_the_office_corrected_survives_the_same_report(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, line(1))
    house.do(lambda tx: tx.execute(update(recipients).values(line1="Right Street 1")))
    result = take(campaign, line(1, qty=2))
    assert (result["changes"]["applied"], house.rows(select(recipients))[0].line1) == (1, "Right Street 1")


def test_who_is_missing_is_gone_once_and_back_when_it_is_there_again(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, line(1), line(2))
    assert take(campaign, line(1))["changes"]["gone"] == 1
    assert take(campaign, line(1))["changes"]["gone"] == 0
    assert campaign.holds(2) == ["CANCELLED_UPSTREAM"]
    assert take(campaign, line(1), line(2))["changes"]["back"] == 1
    assert campaign.state(2) == "clean"


def test_a_part_of_the_orders_makes_nobody_missing(campaign: Campaign) -> None:
    take(campaign, line(1), line(2))
    assert take(campaign, line(1), whole=False)["changes"]["gone"] == 0
    assert campaign.holds(2) == []


def test_another_platforms_order_with_the_same_number_is_rejected(house: Warehouse, campaign: Campaign) -> None:
    take(campaign, line(1))
    house.do(lambda tx: tx.execute(update(imports).values(platform="kickstarter")))
    shop = "Name,Email,Financial Status,Lineitem quantity,Lineitem name,Lineitem sku,Shipping Address1\n"
    data = f"{shop}#1,a@example.test,paid,1,Core,CORE-RED,Example Street 1\n".encode()
    import_id = importing.take(house.store, house.settings, By(), Request(campaign.id, "shop.csv", data))
    assert "Number 1 is an order from kickstarter already" in told(house, import_id)["rejected"][0]["reason"]


def test_how_a_file_is_read_is_remembered_for_its_campaign(house: Warehouse, campaign: Campaign) -> None:
    data = f"{HEADER},Gift\n{line(1)},2\n".encode()
    choice = Choice("threepl_a", {"Gift": "sku"})
    importing.take(house.store, house.settings, By(), Request(campaign.id, "a.csv", data, choice))
    import_id = importing.take(house.store, house.settings, By(), Request(campaign.id, "b.csv", data))
    assert told(house, import_id)["changes"]["unchanged"] == 1
    assert staging.choice_of(house.rows(select(imports).where(imports.c.id == import_id))[0]) == choice


def test_rejected_rows_come_back_as_a_file_that_no_spreadsheet_runs(house: Warehouse, campaign: Campaign) -> None:
    import_id = take(campaign, line(1), "=cmd,b" + ",c" * 7 + ",CORE-RED,1")["import"]
    with house.store.read() as tx:
        text = reads.rejected_file(reads.rejected(tx, import_id))
    header, row = text.splitlines()
    assert header.endswith("Item Quantity,Pickwell: file,Pickwell: line,Pickwell: column,Pickwell: reason")
    assert row.startswith("'=cmd,b")
    assert "orders.csv,3,Order #" in row
