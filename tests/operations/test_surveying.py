"""Surveys: drafted, sent once, answered on the backer's page; an answer makes lines, a required one holds its order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from backers import Campaign, backer
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.errors import BadInput
from wms.formats.orders.rows import ExportOrder
from wms.formats.reward_map import RewardMap
from wms.models.jobs import Job
from wms.models.orders import OrderLine
from wms.operations import confirming, jobs, locking, mapping, reviewing, surveying
from wms.operations.confirming import Given, Outcome
from wms.operations.ledger import By
from wms.operations.surveying import SurveySent
from wms.queries import surveys
from wms.queries.surveys import Question

SIZE = Question("choice", "Size", "", ("M", "L"), (), True)
NAME = Question("text", "Engraving")
MAP = {
    ("item", "core"): (("CORE-RED", 1),),
    ("answer", "Size=M"): (("TEE-M", 1),),
    ("answer", "Size=L"): (("TEE-L", 1),),
}


class House:
    """A campaign with a survey of two questions: a size that the map knows, and an engraving."""

    def __init__(self, url: str) -> None:
        self.floor = Warehouse(url)
        self.items = {sku: self.floor.item(sku) for sku in ("CORE-RED", "TEE-M", "TEE-L")}
        self.campaign = Campaign(self.floor)
        self.floor.do(mapping.set_rewards, self.campaign.id, RewardMap.of(MAP))
        self.size, self.name = (self.put(each) for each in (SIZE, NAME))

    def put(self, question: Question) -> int:
        """Write a question; return its id."""
        return int(self.floor.do(surveying.put, By(), self.campaign.id, question))

    def send(self) -> None:
        """Send the survey and review."""
        self.floor.do(surveying.publish, By(), self.campaign.id)
        self.review()

    def review(self) -> None:
        """Review everything."""
        self.floor.do(reviewing.review_all, self.floor.settings)

    def take_in(self, *rows: ExportOrder) -> None:
        """Import a report and review it."""
        self.campaign.take_in(*rows)
        self.review()

    def answer(self, number: int, answers: dict[int, str]) -> Outcome:
        """Let a backer answer on the page."""
        store, settings = self.floor.store, self.floor.settings
        token = self.floor.do(confirming.link, settings, self.campaign.order(number).id).rpartition("/")[2]
        with store.read() as tx:
            form = confirming.opened(tx, settings, token)[1]
        outcome: Outcome = self.floor.do(confirming.submit, settings, token, form, Given({}, answers))
        return outcome

    def units(self, number: int) -> dict[str, int]:
        """What an order holds."""
        lines, names = table_of(OrderLine), {item: sku for sku, item in self.items.items()}
        mine = select(lines).where(lines.c.order_id == self.campaign.order(number).id)
        return {names[row.item_id]: row.qty for row in self.floor.rows(mine)}

    def facts(self, number: int) -> dict[str, Any]:
        """What is known of an order."""
        return dict(json.loads(self.campaign.order(number).raw))

    def ids(self, found: Any) -> list[int]:
        """Orders that surveying names."""
        return list(self.floor.do(found, self.campaign.id))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(f"sqlite:///{tmp_path / 'floor.db'}")
    yield found
    found.floor.store.close()


@pytest.fixture
def both(database_url: str) -> Iterator[House]:
    """A house on either database, for what its statements could see differently."""
    found = House(database_url)
    yield found
    found.floor.store.close()


def test_a_draft_asks_nobody_and_a_sent_survey_stays(house: House) -> None:
    house.take_in(backer(1, "Core"))
    assert house.ids(surveying.outstanding) == []
    house.send()
    for change in (lambda: house.put(Question("text", "More")), lambda: house.put(replace(SIZE, id=house.size))):
        with pytest.raises(SurveySent):
            change()
    for work in (surveying.publish, lambda tx, by, _: surveying.introduce(tx, by, house.campaign.id, "Hello")):
        with pytest.raises(SurveySent):
            house.floor.do(work, By(), house.campaign.id)


def test_questions_are_ordered_changed_and_dropped_while_they_are_a_draft(both: House) -> None:
    both.floor.do(surveying.move, By(), both.campaign.id, both.name, True)
    both.put(replace(NAME, title="Your name in it", id=both.name))
    third = both.put(Question("tax_id", "CPF"))
    both.floor.do(surveying.remove, By(), both.campaign.id, third)
    with both.floor.store.read() as tx:
        row = surveys.survey_of(tx, both.campaign.id)
        assert row is not None
        assert [each.title for each in surveys.questions_of(tx, row.id)] == ["Your name in it", "Size"]


SENSELESS = [
    (Question("text", "  "), "missing"),
    (Question("text", " sIZE "), "asked already"),
    (Question("choice", "Colour", "", ("red",)), "2 to 100"),
    (Question("choice", "Colour", "", ("red", "Red")), "capitals"),
    (Question("text", "a\x00b"), "nobody can see"),
    (Question("text", "x" * 121), "121 characters"),
    (Question("number", "How many"), "one of choice"),
]


def test_a_question_that_makes_no_sense_is_refused(house: House) -> None:
    for question, why in SENSELESS:
        with pytest.raises(BadInput, match=why):
            house.put(question)


def test_a_required_question_holds_its_order_until_it_is_answered(both: House) -> None:
    both.take_in(backer(1, "Core"), backer(2, "Core", answers={"Size": "L"}), backer(3, "Core"))
    both.floor.do(locking.lock_content, By(), [both.campaign.order(3).id])
    both.send()
    assert [both.campaign.holds(number) for number in (1, 2, 3)] == [["SELECTION_MISSING"], [], []]
    assert both.ids(surveying.outstanding) == [both.campaign.order(1).id]
    assert both.ids(surveying.recipients) == [both.campaign.order(number).id for number in (1, 2)]
    assert both.answer(1, {}).problems == {f"q-{both.size}": "Please answer this."}
    assert both.answer(1, {both.size: "M", both.name: "  Ada\nL. "}).confirmed
    assert (both.campaign.state(1), both.units(1)) == ("clean", {"CORE-RED": 1, "TEE-M": 1})
    assert both.facts(1)["answers"] == {"Size": "M", "Engraving": "Ada L."}
    assert both.ids(surveying.outstanding) == []
    assert both.ids(surveying.recipients) == [both.campaign.order(2).id]


def test_an_answer_may_change_until_the_content_is_locked(house: House) -> None:
    house.take_in(backer(1, "Core", answers={"Size": "L"}))
    house.send()
    house.answer(1, {house.size: "M"})
    assert house.units(1) == {"CORE-RED": 1, "TEE-M": 1}
    house.floor.do(locking.lock_content, By(), [house.campaign.order(1).id])
    assert house.answer(1, {house.size: "L"}).problems == {f"q-{house.size}": "This can no longer be changed here."}
    assert house.units(1) == {"CORE-RED": 1, "TEE-M": 1}


def test_a_report_sent_again_undoes_no_answer_unless_it_changed_its_own(house: House) -> None:
    house.take_in(backer(1, "Core"), backer(2, "Core", answers={"Size": "L"}))
    house.send()
    house.answer(1, {house.size: "M"})
    house.answer(2, {house.size: "M"})
    house.take_in(backer(1, "Core", notes="Hello"), backer(2, "Core", answers={"Size": "L"}, notes="Hello"))
    assert [house.units(number) for number in (1, 2)] == [{"CORE-RED": 1, "TEE-M": 1}] * 2
    house.take_in(backer(1, "Core", answers={"Size": "L"}), backer(2, "Core", answers={}))
    assert [house.units(number) for number in (1, 2)] == [{"CORE-RED": 1, "TEE-L": 1}, {"CORE-RED": 1}]


def test_questions_go_only_to_who_pledged_what_they_are_for(house: House) -> None:
    house.put(replace(SIZE, id=house.size, rewards=("Deluxe",)))
    house.take_in(backer(1, "Core"), backer(2, "Core", reward_title="Deluxe"))
    house.send()
    assert [house.campaign.holds(number) for number in (1, 2)] == [[], ["SELECTION_MISSING"]]
    assert house.answer(1, {house.size: "M"}).confirmed  # it was not asked: nothing is kept
    assert "answers" not in house.facts(1)


def test_what_was_not_offered_is_no_answer(house: House) -> None:
    house.take_in(backer(1, "Core"))
    house.send()
    for text in ("XL", "<script>alert(1)</script>", "a\x00b", "M" * 10_000):
        problems = house.answer(1, {house.size: text, house.name: text}).problems
        wrong = {f"q-{house.size}"} | ({f"q-{house.name}"} if text[0] in "aM" else set())
        assert set(problems) == wrong
    assert house.facts(1)["answers"] == {"Engraving": "<script>alert(1)</script>"}


def test_the_worker_reviews_a_campaign_when_its_survey_went_out(house: House) -> None:
    house.take_in(backer(1, "Core"))
    house.floor.do(surveying.publish, By(), house.campaign.id)
    house.floor.do(jobs.enqueue, "review", {"campaign": house.campaign.id})
    assert jobs.run_once(house.floor.store, house.floor.settings)
    assert json.loads(house.floor.rows(select(table_of(Job)))[0].result) == {"clean": 0, "held": 1}
