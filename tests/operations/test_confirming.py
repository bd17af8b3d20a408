"""A backer's link opens one page and no other; what is written there goes into the order, is reviewed, and is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from backers import Campaign, backer
from sqlalchemy import select, update
from warehouse import Warehouse

from wms import clock
from wms.db import table_of
from wms.models.backers import BackerPage
from wms.models.orders import Hold, Order, OrderEvent, Recipient
from wms.operations import confirming, deciding, locking, splitting
from wms.operations.confirming import DeadLink, Expired, Given, Outcome
from wms.operations.ledger import By
from wms.settings import Links, Site

orders, holds, people, events = map(table_of, (Order, Hold, Recipient, OrderEvent))
pages = table_of(BackerPage)


class House:
    """A campaign whose backers have links; the house stands in Austria."""

    def __init__(self, url: str) -> None:
        self.floor = Warehouse(url)
        self.floor.settings = self.floor.settings.model_copy(
            update={"site": Site(country="AT"), "links": Links(days=30)}
        )
        self.items = {sku: self.floor.item(sku) for sku in ("CORE-RED", "DICE")}
        self.campaign = Campaign(self.floor, Core="CORE-RED", Dice="DICE")

    def order(self, number: int, **facts: Any) -> int:
        """Import and review an order of one core game; return its id."""
        self.campaign.take_in(backer(number, "Core", **facts))
        self.review()
        return int(self.campaign.order(number).id)

    def review(self) -> None:
        """Review everything."""
        self.floor.do(confirming.reviewing.review_all, self.floor.settings)

    def token(self, order_id: int) -> str:
        """The token of an order's link."""
        link: str = self.floor.do(confirming.link, self.floor.settings, order_id)
        return link.rpartition("/")[2]

    def opened(self, token: str) -> tuple[int, str]:
        """What a link leads to."""
        with self.floor.store.read() as tx:
            return confirming.opened(tx, self.floor.settings, token)

    def say(self, order_id: int, accepted: str = "", tax_id: str | None = None, **address: str) -> Outcome:
        """Let the backer of an order fill in the page."""
        token = self.token(order_id)
        given = Given(address, {}, tax_id, accepted)
        outcome: Outcome = self.floor.do(confirming.submit, self.floor.settings, token, self.opened(token)[1], given)
        return outcome

    def stamp(self, order_id: int) -> str:
        """The stamp on the button that says that doubts are none."""
        with self.floor.store.read() as tx:
            shown = confirming.reads.view(tx, order_id)
        assert shown is not None
        return confirming.stamp_of(shown)

    def person(self, order_id: int) -> Any:
        """Who an order goes to."""
        joined = select(people).join(orders, orders.c.recipient_id == people.c.id)
        return self.floor.rows(joined.where(orders.c.id == order_id))[0]

    def told(self, order_id: int) -> list[str]:
        """The timeline of an order."""
        return [row.text for row in self.floor.rows(select(events.c.text).where(events.c.order_id == order_id))]


def at_noon(url: str) -> Iterator[House]:
    """A house on a Monday, which ends with the test."""
    clock.freeze(datetime(2026, 3, 2, 12, tzinfo=UTC))
    found = House(url)
    yield found
    found.floor.store.close()
    clock.freeze(None)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from at_noon(f"sqlite:///{tmp_path / 'floor.db'}")


@pytest.fixture
def both(database_url: str) -> Iterator[House]:
    """A house on either database, for what its statements could see differently."""
    yield from at_noon(database_url)


def dead(house: House, *tokens: str) -> bool:
    """Whether none of these opens anything, all with the same answer."""
    said = set()
    for token in tokens:
        with pytest.raises(DeadLink) as caught:
            house.opened(token)
        said.add((caught.value.text, str(caught.value.facts)))
    return len(said) == 1


def test_a_link_opens_its_order_and_nothing_like_it_opens_any(house: House) -> None:
    mine, other = house.order(1), house.order(2)
    token, theirs = house.token(mine), house.token(other)
    assert house.opened(token)[0] == mine
    head, day, sign = token.split(".")
    forged = [
        f"{head}.{day}.{sign[:9]}{sign[9:].swapcase()}",
        f"{other}.{day}.{sign}",
        f"{head}.{theirs.split('.', 1)[1]}",
        f"{head}.ZZZZZZ.{sign}",
    ]
    assert dead(
        house, *forged, "", "1", "999.a.b", f"{2**40}.{day}.{sign}", "١." + day, "x" * 5000, f"{head}.\x00.{sign}"
    )


def test_a_link_is_good_for_its_days_and_a_new_one_is_made_then(house: House) -> None:
    mine = house.order(1)
    token = house.token(mine)
    clock.advance(timedelta(days=30))
    assert house.opened(token)[0] == mine
    clock.advance(timedelta(days=1))
    assert dead(house, token)
    assert house.opened(house.token(mine))[0] == mine


def test_a_revoked_link_is_dead_and_its_open_form_too(house: House) -> None:
    mine = house.order(1)
    token = house.token(mine)
    form = house.opened(token)[1]
    house.floor.do(confirming.revoke, By(), mine, "Sent to the wrong person.")
    assert dead(house, token)
    fresh = house.token(mine)
    with pytest.raises(Expired):
        house.floor.do(confirming.submit, house.floor.settings, fresh, form, Given())
    assert "The backer's link was taken back: Sent to the wrong person." in house.told(mine)


def test_the_form_of_another_order_is_refused(house: House) -> None:
    mine, other = house.order(1), house.order(2)
    form = house.opened(house.token(other))[1]
    for wrong in (form, house.token(mine), "", "x" * 9000):
        with pytest.raises(Expired):
            house.floor.do(confirming.submit, house.floor.settings, house.token(mine), wrong, Given())


def test_links_of_many_orders_cost_few_statements_and_stay_the_same_that_day(both: House) -> None:
    ids = [both.order(number) for number in range(1, 6)]
    both.floor.do(splitting.split, By(), both.order(6, items=backer(6, "2 Core").items), {both.items["CORE-RED"]: 1})
    part = both.floor.rows(select(orders).where(orders.c.parent_id.is_not(None)))[0]

    def many(tx: Any) -> tuple[dict[int, str], int]:
        before = tx.statements
        return confirming.links(tx, both.floor.settings, [*ids, part.id, part.parent_id, 10**6]), tx.statements - before

    first, cost = both.floor.do(many)
    again, less = both.floor.do(many)
    assert (cost, less) == (3, 1)
    assert first == again
    assert set(first) == {*ids, part.id, part.parent_id}
    assert first[part.id] == first[part.parent_id]


def test_a_correction_is_checked_kept_reviewed_and_told(house: House) -> None:
    mine = house.order(1)
    outcome = house.say(mine, line1="New Street 7", city="Wien", postal_code="1010", name="Mira Sample1")
    assert outcome == Outcome(confirmed=True)
    assert (house.person(mine).line1, house.person(mine).city) == ("New Street 7", "Wien")
    assert "The backer corrected: street, city, postal code." in house.told(mine)
    assert "The backer says that everything is right." in house.told(mine)
    assert house.campaign.state(1) == "clean"
    assert not any("New Street" in text for text in house.told(mine))


def test_an_address_that_cannot_be_right_is_named_and_not_kept(house: House) -> None:
    mine = house.order(1)
    outcome = house.say(mine, line1="New Street 7", postal_code="99")
    assert outcome.problems == {"to-postal_code": "The postal code does not fit Austria."}
    assert house.person(mine).line1 == "Example Street 1"
    assert not outcome.confirmed


def test_a_doubtful_address_is_kept_and_the_backer_may_say_that_it_is_right(both: House) -> None:
    mine = both.order(1)
    assert both.say(mine, line1="Lindenhof").doubts == ("The street has no house number.",)
    assert both.campaign.holds(1) == ["ADDRESS_WARN"]
    assert both.say(mine, line1="Birkenhof", accepted=both.stamp(mine)).doubts  # another address is another doubt
    assert both.say(mine, accepted=both.stamp(mine)).confirmed
    both.review()
    assert both.campaign.state(1) == "clean"
    hold = both.floor.rows(select(holds).where(holds.c.by_backer))[0]
    assert (hold.code, hold.cleared_by, hold.reason) == ("ADDRESS_WARN", None, "The backer says that it is right.")


def test_what_no_label_could_carry_is_refused_in_every_field(house: House) -> None:
    mine = house.order(1)
    for text in ("a\x00b", "x" * 10_000, "\u202egro.live\u200b", "\x1b[2J"):
        outcome = house.say(mine, tax_id=text, **dict.fromkeys(confirming.FREE, text))
        assert set(outcome.problems) == {f"to-{name}" for name in confirming.FREE}
    assert house.person(mine).line1 == "Example Street 1"


def test_fields_that_are_not_the_backers_stay(house: House) -> None:
    mine = house.order(1)
    house.say(mine, country="DE", email="thief@example.test", uid="x")
    assert (house.person(mine).country, house.person(mine).email) == ("AT", "mira1@example.test")


def test_a_locked_address_stays_and_says_so(house: House) -> None:
    mine = house.order(1)
    house.floor.do(locking.lock_address, By(), [mine])
    outcome = house.say(mine, line1="New Street 7")
    assert outcome.problems == {"page": "This can no longer be changed here. The address stays as it is."}
    assert house.person(mine).line1 == "Example Street 1"


def test_the_tax_number_is_asked_where_the_country_wants_it(house: House) -> None:
    to = replace(backer(1).recipient, country_code="BR", city="Rio de Janeiro", state="RJ", postal_code="20040-002")
    mine = house.order(1, recipient=replace(to, phone="+55 21 2345 6789"))
    assert "TAX_ID_MISSING" in house.campaign.holds(1)
    assert set(house.say(mine, tax_id="123").problems) == {"tax_id"}
    assert house.say(mine, tax_id="390.533.447-05").problems == {}
    assert "TAX_ID_MISSING" not in house.campaign.holds(1)
    assert json.loads(house.campaign.order(1).raw)["tax_id"] == "390.533.447-05"


def test_who_never_answered_gives_an_address_and_waits_no_more(both: House) -> None:
    blank = replace(backer(1).recipient, name="", line1="", city="", postal_code="", country_code="", phone="")
    mine = both.order(1, recipient=blank, survey_answered=False)
    assert both.campaign.holds(1) == ["SURVEY_MISSING"]
    assert set(both.say(mine, name="Ada Lovelace").problems) >= {"to-country"}
    whole = {"name": "Ada Lovelace", "line1": "Ring 1", "city": "Graz", "postal_code": "8010", "country": "AT"}
    assert both.say(mine, phone="+43 316 872123", **whole).confirmed
    assert (both.campaign.state(1), both.campaign.order(1).country) == ("clean", "AT")
    both.campaign.take_in(backer(1, "Core", recipient=blank, survey_answered=False, notes="Be quick"))
    both.review()
    assert both.campaign.holds(1) == ["NOTE_TO_READ"]  # the same silence of the report undoes nothing
    assert both.person(mine).line1 == "Ring 1"


def test_a_change_after_the_confirmation_is_known(house: House) -> None:
    mine = house.order(1)
    house.say(mine)
    with house.floor.store.read() as tx:
        assert not confirming.is_stale(confirming.reads.view(tx, mine))  # type: ignore[arg-type]
    house.floor.do(lambda tx: tx.execute(update(people).values(city="Linz")))
    with house.floor.store.read() as tx:
        assert confirming.is_stale(confirming.reads.view(tx, mine))  # type: ignore[arg-type]


def test_a_merged_order_says_where_it_went(house: House) -> None:
    mine, other = house.order(1), house.order(2)
    house.floor.do(deciding.twins_are, By(), "merge", (mine, [mine, other]), "One person.")
    with house.floor.store.read() as tx:
        shown = confirming.reads.view(tx, other)
    assert shown is not None
    assert (shown.merged, shown.address_open) == ("1", False)
