"""The review's list: exact counts beside each other's filters, and search by everything a support mail may name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from backers import HOME, Campaign, backer, holds
from bench import counted
from sqlalchemy import update
from warehouse import Warehouse

from wms.queries import review
from wms.queries.review import Filters


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Four orders: 1 clean, 2 and 3 with notes, 3 also unpaid, 4 to Germany with a bad address."""
    warehouse = Warehouse(f"sqlite:///{tmp_path_factory.mktemp('review')}/review.db")
    warehouse.item("CORE-RED")
    campaign = Campaign(warehouse, Core="CORE-RED")
    german = replace(HOME, name="Uwe Falk", city="Husum", postal_code="2581", country_code="DE")
    german = replace(german, phone="+49 4841 123456")
    campaign.review(
        backer(1, "Core"),
        backer(2, "Core", notes="Blue."),
        backer(3, "Core", notes="Red.", pledge_status="errored"),
        backer(4, "Core", recipient=german),
    )
    yield warehouse
    warehouse.store.close()


def counted_by(house: Warehouse, **filters: object) -> review.Counts:
    with house.store.read() as tx:
        return review.counts(tx, review.settled(tx, Filters(by_person=True, **filters)))  # type: ignore[arg-type]


def found(house: Warehouse, text: str, by_person: bool = True) -> list[str]:
    with house.store.read() as tx:
        filters = review.settled(tx, Filters(text=text, by_person=by_person))
        return [row["number"] for row in review.order_list(tx, filters)["items"]]


def test_each_filter_says_what_it_would_show_beside_the_others(house: Warehouse) -> None:
    plain = counted_by(house)
    assert (plain.total, plain.shown, plain.state) == (4, 4, {"held": 3, "clean": 1})
    assert plain.hold == {"NOTE_TO_READ": 2, "ADDRESS_INVALID": 1, "PAYMENT": 1}
    noted = counted_by(house, hold="NOTE_TO_READ")
    assert (noted.shown, noted.country, noted.state) == (2, {"AT": 2}, {"held": 2})
    german = counted_by(house, country="DE")
    assert (german.shown, german.hold, german.country) == (1, {"ADDRESS_INVALID": 1}, {"AT": 3, "DE": 1})


def test_holds_are_counted_by_how_long_they_wait(house: Warehouse) -> None:
    from datetime import timedelta

    def age(tx):  # type: ignore[no-untyped-def]
        tx.execute(update(holds).where(holds.c.code == "PAYMENT").values(opened_at=tx.now - timedelta(days=8)))

    house.do(age)
    assert counted_by(house).age == {3: 1, 7: 1, 28: 0}
    old = counted_by(house, age=7)
    assert (old.shown, old.hold) == (1, {"PAYMENT": 1})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Falk", ["4"]),
        ("MIRA3@EXAMPLE", ["3"]),
        ("04841 123456", ["4"]),
        ("+49 4841/123456", ["4"]),
        ("u2", ["2"]),
        ("LNT1-1", ["1"]),
        ("100%", []),
    ],
)
def test_an_order_is_found_by_what_a_backer_writes(house: Warehouse, text: str, numbers: list[str]) -> None:
    assert found(house, text) == numbers


def test_people_are_searched_only_by_whom_it_concerns(house: Warehouse) -> None:
    assert found(house, "Falk", by_person=False) == []


def test_the_neighbours_are_those_of_the_filter(house: Warehouse) -> None:
    with house.store.read() as tx:
        assert review.neighbours(tx, Filters(state="held"), 3) == (2, 4)


def test_a_page_of_the_list_takes_few_statements(house: Warehouse) -> None:
    with counted(house) as statements:
        filters = Filters(text="mira", state="held", by_person=True)
        with house.store.read() as tx:
            filters = review.settled(tx, filters)
            shown = review.order_list(tx, filters, total=review.counts(tx, filters).shown)
    assert (shown["total"], len([each for each in statements if each != "BEGIN"])) == (3, 6)
