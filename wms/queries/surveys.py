"""Surveys: a campaign's questions, whom they concern, and which of them an order leaves open."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, select

from wms.db import Tx, table_of
from wms.formats.reward_map import plain
from wms.models.backers import BackerPage, Survey, SurveyQuestion
from wms.models.campaigns import Campaign
from wms.models.orders import Order
from wms.queries.rewards import NO_ANSWER

surveys, questions, pages = table_of(Survey), table_of(SurveyQuestion), table_of(BackerPage)
orders, campaigns = table_of(Order), table_of(Campaign)
OPEN = ("held", "clean")
PART = 2000


@dataclass(frozen=True)
class Question:
    """One question of a survey; `rewards` are the pledges that it is put to, none: everybody."""

    kind: str
    title: str
    help: str = ""
    choices: tuple[str, ...] = ()
    rewards: tuple[str, ...] = ()
    required: bool = False
    id: int = 0

    def concerns(self, reward: str) -> bool:
        """Return whether it is put to who pledged this."""
        return not self.rewards or reward in self.rewards

    def answer(self, facts: Mapping[str, Any]) -> str:
        """Return what the facts of an order answer to it; a platform's "no response" is no answer."""
        said = (facts.get("answers") or {}).items()
        same = (text for title, text in said if plain(title) == plain(self.title))
        text = str((facts.get("tax_id") if self.kind == "tax_id" else next(same, "")) or "")
        return "" if plain(text) in NO_ANSWER else text


def of_row(row: Any) -> Question:
    """Return a question from its row."""
    choices, rewards = (tuple(json.loads(text)) for text in (row.choices, row.rewards))
    return Question(row.kind, row.title, row.help, choices, rewards, row.required, row.id)


def survey_of(tx: Tx, campaign_id: int) -> Row[Any] | None:
    """Return a campaign's survey (id, intro, sent_at, ...), or None."""
    return tx.one(select(surveys).where(surveys.c.campaign_id == campaign_id))


def questions_of(tx: Tx, survey_id: int) -> tuple[Question, ...]:
    """Return the questions of a survey in their order."""
    mine = select(questions).where(questions.c.survey_id == survey_id)
    return tuple(map(of_row, tx.all(mine.order_by(questions.c.rank, questions.c.id))))


def sent(tx: Tx, campaign_id: int | None = None) -> dict[int, tuple[Question, ...]]:
    """Return campaign -> the questions of its survey, where it was sent (one statement)."""
    wanted = select(questions, surveys.c.campaign_id).join(surveys, surveys.c.id == questions.c.survey_id)
    mine = (surveys.c.sent_at.is_not(None), *(() if campaign_id is None else (surveys.c.campaign_id == campaign_id,)))
    found: dict[int, list[Question]] = defaultdict(list)
    for row in tx.all(wanted.where(*mine).order_by(questions.c.rank, questions.c.id)):
        found[row.campaign_id].append(of_row(row))
    return {each: tuple(asked) for each, asked in found.items()}


def unanswered(asked: Iterable[Question], reward: str, facts: Mapping[str, Any], required: bool = True) -> list[str]:
    """Return the questions that an order leaves open: those that it must answer, or all that are put to it."""
    mine = (each for each in asked if each.concerns(reward) and (each.required or not required))
    return [each.title for each in mine if not each.answer(facts)]


def open_orders(tx: Tx, campaign_id: int) -> Iterator[Row[Any]]:
    """Yield the orders of a campaign that may still be answered for (id, reward, raw, answered_at), in parts."""
    wanted = select(orders.c.id, orders.c.reward, orders.c.raw, pages.c.answered_at)
    mine = (orders.c.campaign_id == campaign_id, orders.c.state.in_(OPEN), orders.c.parent_id.is_(None))
    joined = wanted.outerjoin(pages, pages.c.order_id == orders.c.id).where(*mine, orders.c.content_locked_at.is_(None))
    after = 0
    while rows := tx.all(joined.where(orders.c.id > after).order_by(orders.c.id).limit(PART)):
        yield from rows
        after = rows[-1].id


def every_order(tx: Tx, campaign_id: int) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    """Yield the orders of a campaign (number, reward, answered_at, may_answer) with their facts, in parts."""
    open_now = and_(orders.c.state.in_(OPEN), orders.c.content_locked_at.is_(None))
    wanted = select(orders.c.id, orders.c.number, orders.c.reward, orders.c.raw, pages.c.answered_at)
    mine = (orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None), orders.c.state != "cancelled")
    joined = wanted.add_columns(open_now.label("may_answer")).outerjoin(pages, pages.c.order_id == orders.c.id)
    after = 0
    while rows := tx.all(joined.where(*mine, orders.c.id > after).order_by(orders.c.id).limit(PART)):
        yield from ((row, json.loads(row.raw)) for row in rows)
        after = rows[-1].id


def answers(asked: Sequence[Question], reward: str, facts: Mapping[str, Any]) -> list[str]:
    """Return what an order answers to each question; "" where it does not, or is not asked."""
    return [each.answer(facts) if each.concerns(reward) else "" for each in asked]


@dataclass(frozen=True)
class Counted:
    """What came back: orders that are asked something, those that leave a required question open though they may still
    answer, and per question how often each answer was given."""

    orders: int
    missing: int
    answers: tuple[Counter[str], ...]


def counted(tx: Tx, campaign_id: int, asked: Sequence[Question]) -> Counted:
    """Return what was answered, by whomever: the report, too, may hold answers."""
    told, number, missing = tuple(Counter[str]() for _ in asked), 0, 0
    for row, facts in every_order(tx, campaign_id):
        number += any(each.concerns(row.reward) for each in asked)
        missing += bool(row.may_answer and unanswered(asked, row.reward, facts))
        for count, text in zip(told, answers(asked, row.reward, facts), strict=True):
            count.update([text] if text else ())
    return Counted(number, missing, told)


def campaign_list(tx: Tx) -> list[Row[Any]]:
    """Return campaigns with their survey: how many questions, when it was sent, how many answered and confirmed."""
    number = select(func.count()).where(questions.c.survey_id == surveys.c.id).scalar_subquery()
    of_mine = select(func.count(pages.c.answered_at), func.count(pages.c.confirmed_at), orders.c.campaign_id)
    done = of_mine.join(orders, orders.c.id == pages.c.order_id).group_by(orders.c.campaign_id).subquery()
    figures = (func.coalesce(done.c[n], 0).label(name) for n, name in enumerate(("answered", "confirmed")))
    wanted = select(campaigns.c.id, campaigns.c.code, campaigns.c.name, surveys.c.sent_at, surveys.c.made_at)
    wanted = wanted.add_columns(number.label("questions"), *figures)
    joined = wanted.outerjoin(surveys, surveys.c.campaign_id == campaigns.c.id)
    return tx.all(joined.outerjoin(done, done.c.campaign_id == campaigns.c.id).order_by(campaigns.c.code))


def size(tx: Tx, campaign_id: int) -> int:
    """Return how many orders a campaign has."""
    mine = (orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None))
    return int(tx.value(select(func.count()).where(*mine)) or 0)


def rewards_of(tx: Tx, campaign_id: int) -> list[Row[Any]]:
    """Return what was pledged in a campaign, with how many orders each has, the commonest first."""
    number = func.count().label("number")
    mine = (orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None), orders.c.reward != "")
    found = select(orders.c.reward, number).where(*mine).group_by(orders.c.reward)
    return tx.all(found.order_by(number.desc(), orders.c.reward).limit(200))


def example(tx: Tx, campaign_id: int, reward: str = "") -> int | None:
    """Return an order of a campaign to show a draft with, of this reward when one is named."""
    mine = [orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None), orders.c.state.in_(OPEN)]
    mine += [orders.c.reward == reward] if reward else []
    found = tx.value(select(orders.c.id).where(*mine).order_by(orders.c.id).limit(1))
    return int(found) if found else None
