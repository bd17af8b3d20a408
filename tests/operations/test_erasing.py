"""People's data are erased: nothing of them is left anywhere, every figure stays; nobody is forgotten by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forgotten import Life, canaries, line, name_of, traces
from sqlalchemy import func, select, update

from wms.db import Base, table_of
from wms.errors import BadInput, Refusal
from wms.models.orders import Order, OrderEvent, OrderLine, Recipient
from wms.models.privacy import Erasure
from wms.models.shipping import Parcel
from wms.operations import erasing
from wms.operations.erasing import Wish
from wms.operations.ledger import By

orders, erasures = table_of(Order), table_of(Erasure)
HERE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the other database would tell nothing new
FIGURES = ("id", "code", "number", "state", "country", "units", "shape", "shipped_at", "imported_at", "reward")


@pytest.fixture
def life(database_url: str, tmp_path: Path) -> Iterator[Life]:
    house = Life(database_url, tmp_path / "labels")
    yield house
    house.store.close()


def erase(life: Life, **wish: Any) -> dict[str, Any]:
    erasure = life.do(erasing.begin, By(), Wish(**({"reason": "Asked for it."} | wish)))
    return erasing.run(life.store, life.settings, erasure)


def figures(life: Life) -> list[Any]:
    """What must still be told: orders, lines, parcels, moves."""
    rows = life.rows(select(*(orders.c[name] for name in FIGURES)).order_by(orders.c.id))
    for model in (OrderLine, Parcel):
        rows += life.rows(select(table_of(model)).order_by(table_of(model).c.id))
    return rows


def test_of_an_erased_campaign_no_name_is_left_and_every_figure(life: Life) -> None:
    words = [word for number in (1, 2, 3) for word in canaries(number)]
    places = {place.partition(":")[0] for place in traces(life, words)}
    assert {"recipient.name", "customer_order.raw", "print_job.zpl", "mail.address", "job.result"} < places
    before = figures(life)
    done = erase(life, campaign_id=life.campaign.id)
    assert traces(life, [*words, "vandersloot", "quincunx"]) == []
    assert figures(life) == before
    assert (done["state"], done["orders"], done["done"], done["left"], done["files"]) == ("done", 3, 3, 0, 3)
    assert done["tables"]["recipient"] == 3


def test_one_order_is_erased_and_the_others_are_as_before(life: Life) -> None:
    first = life.campaign.order(1).id
    others = len(traces(life, canaries(2)))
    done = erase(life, order_id=first, reason=f"{name_of(1)} asked for it.")
    assert traces(life, canaries(1)) == []
    assert len(traces(life, canaries(2))) == others
    assert done["done"] == 1
    assert life.rows(select(erasures.c.reason))[0].reason == "[erased] asked for it."


@HERE
def test_again_does_nothing_more(life: Life) -> None:
    erase(life, campaign_id=life.campaign.id)
    counted = {name: count(life, table) for name, table in Base.metadata.tables.items()}
    again = erase(life, campaign_id=life.campaign.id)
    assert (again["done"], again["tables"], again["files"]) == (0, {}, 0)
    now = {name: count(life, table) for name, table in Base.metadata.tables.items()}
    assert {name for name in now if now[name] != counted[name]} == {"erasure"}


def count(life: Life, table: Any) -> int:
    return int(life.rows(select(func.count()).select_from(table))[0][0])


@HERE
def test_who_waits_for_a_parcel_is_not_forgotten_unless_somebody_insists(life: Life) -> None:
    life.take(line(9))
    with pytest.raises(erasing.StillOpen, match="first 9"):
        erase(life, campaign_id=life.campaign.id)
    with pytest.raises(BadInput, match="reason"):
        erase(life, campaign_id=life.campaign.id, reason=" ", force=True)
    assert erase(life, order_id=life.campaign.order(9).id, force=True)["done"] == 1
    assert (life.campaign.state(9), traces(life, canaries(9))) == ("cancelled", [])


@HERE
def test_what_is_on_the_floor_is_refused_even_then(life: Life) -> None:
    life.do(lambda tx: tx.execute(update(orders).where(orders.c.number == "2").values(state="picking")))
    with pytest.raises(erasing.OnTheWay):
        erase(life, campaign_id=life.campaign.id, force=True)


@HERE
def test_a_run_that_was_killed_goes_on(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "PART", 2)
    monkeypatch.setattr(erasing, "end", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase(life, campaign_id=life.campaign.id)
    monkeypatch.undo()
    left = life.rows(select(erasures))[0]
    assert (left.state, left.done) == ("running", 3)
    assert erase(life, campaign_id=life.campaign.id)["erasure"] == left.id
    assert traces(life, ["vandersloot"]) == []


@HERE
def test_a_plan_says_what_would_go_and_does_nothing(life: Life) -> None:
    with life.store.read() as tx:
        told = erasing.plan(tx, life.settings, Wish(campaign_id=life.campaign.id))
    assert (told["orders"], told["open"], told["against"]) == (3, 0, "")
    names = ("recipient", "customer_order", "address_change", "hold", "mail", "print_job")
    assert told["tables"] == dict.fromkeys(names, 3)
    assert count(life, erasures) == 0


@HERE
def test_the_timeline_says_when_and_holds_no_name(life: Life) -> None:
    erase(life, order_id=life.campaign.order(1).id)
    events = table_of(OrderEvent)
    mine = select(events.c.kind, events.c.text).where(events.c.order_id == life.campaign.order(1).id)
    assert life.rows(mine.order_by(events.c.id))[-1].kind == "erased"
    people = table_of(Recipient)
    assert life.rows(select(people.c.name).order_by(people.c.id))[0].name == ""
    with pytest.raises(Refusal):
        erase(life, order_id=999)
