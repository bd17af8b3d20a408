"""Numbers come in and go to the platform once; orders leave whole, and nothing that leaves is bent or a formula."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backers import HOME, Campaign, backer
from sqlalchemy import select, update
from warehouse import Warehouse

from wms.clock import now
from wms.db import table_of
from wms.formats import tracking, writing
from wms.formats.errors import FormatError
from wms.formats.orders.reading import read_orders
from wms.formats.tracking import Told
from wms.models.shipping import Carrier, Parcel
from wms.models.stock import Lpn
from wms.operations import exporting, master
from wms.operations.ledger import By
from wms.queries import exports as reads

KICKSTARTER = tracking.load_profiles(Path("config/tracking_profiles"))["kickstarter"]
parcels = table_of(Parcel)


class Dispatch(Warehouse):
    """A campaign of two orders, and parcels that left without a scan: the papers only look at rows."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.item("CORE-RED")
        self.carrier = self.do(master.add, table_of(Carrier), code="UPS", name="UPS", countries="*")
        self.campaign = Campaign(self, Core="CORE-RED")
        self.campaign.review(backer(1, "Core"), backer(2, "2 Core"))

    def ship(self, number: int, code: str, tracking: str = "", done: bool = True) -> int:
        """Let a parcel of an order leave."""
        order = self.campaign.order(number)
        lpn = self.do(master.add, table_of(Lpn), code=code, kind="parcel")
        facts = {"state": "shipped", "opened_at": now(), "shipped_at": now(), "carrier_id": self.carrier}
        if done:
            orders = reads.orders
            self.do(lambda tx: tx.execute(update(orders).where(orders.c.id == order.id).values(state="shipped")))
        return int(self.do(master.add, parcels, code=code, lpn_id=lpn, order_id=order.id, tracking=tracking, **facts))

    def numbers(self, *rows: tuple[str, str]) -> int:
        """Take a carrier's list."""
        told = [Told(line, code, "", number) for line, (code, number) in enumerate(rows, start=2)]
        return int(self.do(exporting.take_numbers, By(), told, "ups.csv"))

    def tell(self) -> tuple[int, str]:
        """Make the next export; return its id and its file."""
        export_id = self.do(exporting.tell_numbers, By(), self.campaign.id, KICKSTARTER)
        return export_id, self.file(export_id)

    def file(self, export_id: int) -> str:
        """Return the file of an export."""
        with self.store.read() as tx:
            [(_, data)] = exporting.files_of(tx, export_id, KICKSTARTER)
        return str(data.decode())

    def table(self, made: Any, *args: Any) -> list[list[str]]:
        """Return a whole table."""
        with self.store.read() as tx:
            return list(made(tx, self.campaign.id, *args))


@pytest.fixture
def dispatch(database_url: str) -> Iterator[Dispatch]:
    dispatch = Dispatch(database_url)
    yield dispatch
    dispatch.store.close()


def test_a_number_is_told_once_and_the_same_file_can_be_had_again(dispatch: Dispatch) -> None:
    dispatch.ship(1, "PA-1-A", "1Z999AA1")
    first, file = dispatch.tell()
    assert "1,Mira Sample1,mira1@example.test,1Z999AA1" in file
    with pytest.raises(exporting.NothingNew):
        dispatch.tell()
    dispatch.ship(2, "PA-2-B", "1Z999AA2")
    assert "1Z999AA1" not in dispatch.tell()[1]
    assert dispatch.file(first) == file


def test_a_second_parcel_sends_both_numbers_to_a_platform_that_keeps_one_row(dispatch: Dispatch) -> None:
    dispatch.ship(1, "PA-1-A", "1Z999AA1")
    dispatch.tell()
    dispatch.ship(1, "PA-1-B", "1Z999AA2")
    assert '"1Z999AA1, 1Z999AA2"' in dispatch.tell()[1]


def test_an_order_whose_parcel_has_no_number_is_named_and_not_told(dispatch: Dispatch) -> None:
    dispatch.ship(1, "PA-1-A")
    with pytest.raises(exporting.NothingNew, match="1 shipped orders have none"):
        dispatch.tell()


def test_a_carriers_list_is_taken_whole_or_not_at_all(dispatch: Dispatch) -> None:
    dispatch.ship(1, "PA-1-A")
    dispatch.ship(2, "PA-2-A")
    dispatch.ship(2, "PA-2-B")
    with pytest.raises(FormatError) as failed:
        dispatch.numbers(("PA-1-A", "1Z999AA1"), ("2", "1Z999AA2"), ("PA-9", "1Z999AA3"))
    said = [(each.line, each.sentence) for each in failed.value.problems]
    assert said == [(3, "2 has 2 parcels. Name the parcel."), (4, "There is no parcel PA-9.")]
    assert {row.tracking for row in dispatch.rows(select(parcels.c.tracking))} == {""}


def test_an_order_with_one_parcel_may_be_named_by_its_own_number(dispatch: Dispatch) -> None:
    dispatch.ship(1, "PA-1-A")
    assert dispatch.numbers(("1", "1Z999AA1")) == 1
    assert dispatch.numbers(("1", "1Z999AA1")) == 0


def test_a_number_belongs_to_one_parcel(dispatch: Dispatch) -> None:
    dispatch.ship(1, "PA-1-A", "1Z999AA1")
    dispatch.ship(2, "PA-2-A")
    with pytest.raises(FormatError, match="1Z999AA1 belongs to another parcel"):
        dispatch.numbers(("PA-2-A", "1Z999AA1"))


def test_the_report_has_every_order_and_no_address_for_who_may_not_see_it(dispatch: Dispatch) -> None:
    dispatch.ship(1, "PA-1-A", "1Z999AA1")
    header, first, second = dispatch.table(exporting.report, True)
    facts = {"order": "1", "tracking": "1Z999AA1", "line1": "Example Street 1"}
    assert facts.items() <= dict(zip(header, first, strict=True)).items()
    assert second[header.index("contents")] == "2 x CORE-RED"
    assert "line1" not in dispatch.table(exporting.report, False)[0]


def test_a_name_that_would_be_a_formula_leaves_as_a_text(dispatch: Dispatch) -> None:
    dispatch.campaign.review(backer(1, "Core"), backer(2, "Core", recipient=HOME.__class__("=1+1", *["x"] * 7)))
    header, *rows = dispatch.table(exporting.report, True)
    assert "'=1+1" in [row[header.index("name")] for row in rows]


@pytest.mark.parametrize("template", sorted(exporting.HANDOVER))
def test_another_house_reads_the_orders_that_we_would_have_read(dispatch: Dispatch, template: str) -> None:
    out = io.BytesIO()
    writing.write(out, "csv", dispatch.table(exporting.handover, template))
    back = read_orders(out.getvalue(), "handover.csv", Path("config/order_profiles"))
    assert back.profile == f"threepl_{template}"
    found = {order.number: [(item.title or item.key, item.qty) for item in order.items] for order in back.orders}
    assert [qty for _, qty in found["2"]] == [2]
    assert back.orders[0].recipient.line1 == "Example Street 1"


def test_the_change_log_says_what_happened_to_each_order(dispatch: Dispatch) -> None:
    dispatch.ship(1, "PA-1-A")
    dispatch.numbers(("PA-1-A", "1Z999AA1"))
    header, *rows = dispatch.table(exporting.changes, True)
    mine = [row[header.index("what")] for row in rows if row[0] == "1" and row[header.index("kind")] == "tracking"]
    assert mine == ["Parcel PA-1-A: 1Z999AA1."]
