"""People's data go when their time is over, and do not come back by a file or by a backup unless somebody says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from forgotten import Life, canaries, line, traces
from sqlalchemy import select, update

from wms.clock import now
from wms.db import table_of
from wms.errors import Refusal
from wms.models.campaigns import Campaign, ImportReject
from wms.models.orders import Order
from wms.models.printing import PrintJob
from wms.operations import closing, deciding, erasing, jobs, labelling
from wms.operations.erasing import Wish
from wms.operations.ledger import By
from wms.queries import office

campaigns, orders = table_of(Campaign), table_of(Order)


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    house = Life(f"sqlite:///{tmp_path / 'floor.db'}", tmp_path / "labels")
    yield house
    house.store.close()


def erase(life: Life, number: int, force: bool = False) -> int:
    order_id = int(life.campaign.order(number).id)
    erasure = life.do(erasing.begin, By(), Wish(order_id=order_id, reason="Asked for it.", force=force))
    erasing.run(life.store, life.settings, erasure)
    return order_id


def closed(life: Life, days: int) -> None:
    """Let the campaign be closed since so many days."""
    life.do(closing.close, By(), life.campaign_id)
    life.do(lambda tx: tx.execute(update(campaigns).values(closed_at=now() - timedelta(days=days))))


def test_a_campaign_is_forgotten_so_long_after_it_was_closed_and_not_before(life: Life) -> None:
    assert closing.forget(life.store, life.settings)["erased"] == {}
    closed(life, 89)
    assert closing.forget(life.store, life.settings)["erased"] == {}
    closed(life, 91)
    assert jobs.HANDLERS["forget"](life.store, life.settings, {})["erased"] == {"LNT1": 3}
    assert traces(life, ["vandersloot"]) == []
    assert closing.forget(life.store, life.settings) == {"erased": {}, "waiting": {}}


def test_a_campaign_with_open_orders_is_not_closed(life: Life) -> None:
    life.take(line(9))
    with pytest.raises(closing.StillSending, match="first 9"):
        life.do(closing.close, By(), life.campaign_id)


def test_orders_that_came_after_the_closing_make_the_rest_wait(life: Life) -> None:
    closed(life, 91)
    life.take(line(9))
    assert "LNT1" in closing.forget(life.store, life.settings)["waiting"]
    with life.store.read() as tx:
        assert ("closed", "LNT1", 1) in [(row.kind, row.subject, row.number) for row in office.attention(tx)]
    assert traces(life, canaries(1))


def test_a_file_does_not_bring_an_erased_order_back_and_says_so_row_by_row(life: Life) -> None:
    erase(life, 1)
    told = life.take(line(1), line(4))
    assert [row["reason"][:26] for row in told["rejected"]] == ["Order 1 was erased on " + f"{now():%Y-%m-%d}"[:4]]
    assert told["changes"]["added"] == 1
    assert traces(life, canaries(1)) == []
    assert life.rows(select(table_of(ImportReject).c.raw).order_by(table_of(ImportReject).c.id))[-1].raw == "{}"


def test_a_person_may_let_a_cancelled_order_come_back_with_the_next_file(life: Life) -> None:
    life.take(line(9))
    order_id = erase(life, 9, force=True)
    life.do(erasing.readmit, By(), order_id, "Changed their mind.")
    assert life.take(line(9))["changes"]["applied"] == 1
    assert (life.campaign.state(9), len(traces(life, [canaries(9)[0]])) > 0) == ("clean", True)
    with pytest.raises(erasing.Sent):
        life.do(erasing.readmit, By(), erase(life, 1), "Asks again.")


def test_the_cancelling_of_an_erased_order_is_not_taken_back(life: Life) -> None:
    life.take(line(9))
    erase(life, 9, force=True)
    decision = life.rows(select(table_of(deciding.Decision).c.id).where(table_of(deciding.Decision).c.kind == "cancel"))
    with pytest.raises(deciding.WentOn):
        life.do(deciding.undo, By(), decision[-1].id)


def test_an_erased_label_is_not_printed_again(life: Life) -> None:
    erase(life, 1)
    label = life.rows(select(table_of(PrintJob)).where(table_of(PrintJob).c.event == "parcel:1"))[0]
    assert (label.state, label.zpl) == ("void", "")
    with pytest.raises(labelling.LabelErased):
        life.do(labelling.reprint, life.settings, By(), label.id)


def test_an_order_that_goes_on_in_another_one_is_kept(life: Life) -> None:
    life.take(line(8), line(9))
    ids = [int(life.campaign.order(number).id) for number in (8, 9)]
    life.do(deciding.twins_are, By(), "merge", (ids[0], ids), "")
    with pytest.raises(erasing.PartOfAnother, match="merged into 8"):
        erase(life, 9)


def test_a_restored_backup_is_erased_anew_from_the_list(life: Life) -> None:
    before = life.rows(select(orders).where(orders.c.number == "1"))[0]
    erase(life, 1)
    life.do(
        lambda tx: tx.execute(update(orders).where(orders.c.id == before.id).values(raw=before.raw, erased_at=None))
    )
    assert traces(life, canaries(1))
    assert closing.again(life.store, life.settings) == {"listed": 1, "erased": 1}
    assert traces(life, canaries(1)) == []


def test_nothing_is_erased_while_a_file_is_read(life: Life) -> None:
    life.do(lambda tx: tx.execute(update(table_of(erasing.Import)).values(state="applying")))
    with pytest.raises(Refusal, match="being imported"):
        erase(life, 1)
