"""Surveys: questions are drafted, sent once, answered by backers; the answers are facts of their orders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import delete, func, select, update

from wms.db import Tx, dumps, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.formats.countries import TaxId, read_countries
from wms.formats.reward_map import KEY_MAX, plain
from wms.models.backers import KINDS, Survey, SurveyQuestion
from wms.models.campaigns import Campaign
from wms.operations import master
from wms.operations.differing import ANSWER
from wms.operations.ledger import By
from wms.queries import surveys as reads
from wms.queries.surveys import Question
from wms.settings import share

surveys, questions, campaigns = table_of(Survey), table_of(SurveyQuestion), table_of(Campaign)
TITLE_MAX, HELP_MAX, INTRO_MAX, TEXT_MAX, TAX_MAX = 120, 300, 1000, 500, 40
QUESTIONS_MAX, CHOICES_MAX = 40, 100
CHOICE_MAX = KEY_MAX - TITLE_MAX - 1  # the reward map knows an answer as "question=answer"


class SurveySent(Refusal):
    """What backers were asked stays what they were asked."""

    sentence = "The survey was sent. Its questions stay."


# --- the draft ---


def draft(tx: Tx, by: By, campaign_id: int) -> Any:
    """Return the row of a campaign's survey, begun when there is none. Raises NotFound."""
    if tx.one(select(campaigns.c.id).where(campaigns.c.id == campaign_id).with_for_update(key_share=True)) is None:
        raise NotFound(what=f"Campaign {campaign_id}")
    found = reads.survey_of(tx, campaign_id)
    if found is None:
        master.add(tx, surveys, campaign_id=campaign_id, intro="", made_at=tx.now, made_by=by.operator_id)
        found = reads.survey_of(tx, campaign_id)
    return found


def open_draft(tx: Tx, by: By, campaign_id: int) -> Any:
    """Return a survey that may still be written. Raises NotFound, SurveySent."""
    found = draft(tx, by, campaign_id)
    if found.sent_at is not None:
        raise SurveySent
    return found


def introduce(tx: Tx, by: By, campaign_id: int, intro: str) -> None:
    """Write what stands above the questions. Raises NotFound, SurveySent, BadInput."""
    survey = open_draft(tx, by, campaign_id)
    text = one_line("introduction", intro, INTRO_MAX)
    tx.execute(update(surveys).where(surveys.c.id == survey.id).values(intro=text))


def put(tx: Tx, by: By, campaign_id: int, question: Question) -> int:
    """Write a question of a draft, a new one when it has no id, and return its id.

    Raises NotFound, SurveySent, and BadInput naming what is wrong with it.
    """
    survey = open_draft(tx, by, campaign_id)
    there = reads.questions_of(tx, survey.id)
    checked = sound(question)
    if any(plain(each.title) == plain(checked.title) and each.id != checked.id for each in there):
        raise BadInput(field="question", why="is asked already")
    if question.kind == "tax_id" and any(each.kind == "tax_id" and each.id != checked.id for each in there):
        raise BadInput(field="kind", why="the tax number is asked already")
    values = asdict(checked) | {"choices": dumps(checked.choices), "rewards": dumps(checked.rewards)}
    values.pop("id")
    if question.id:
        mine = (questions.c.id == question.id, questions.c.survey_id == survey.id)
        if not tx.execute(update(questions).where(*mine).values(values)).rowcount:
            raise NotFound(what=f"Question {question.id}")
        return question.id
    if len(there) >= QUESTIONS_MAX:
        raise BadInput(field="question", why=f"at most {QUESTIONS_MAX}")
    last = tx.value(select(func.max(questions.c.rank)).where(questions.c.survey_id == survey.id))
    return master.add(tx, questions, survey_id=survey.id, rank=int(last or 0) + 1, **values)


def sound(question: Question) -> Question:
    """Return a question as it is kept; raises BadInput."""
    if question.kind not in KINDS:
        raise BadInput(field="kind", why=f"one of {', '.join(KINDS)}")
    title, told = one_line("question", question.title, TITLE_MAX), one_line("help", question.help, HELP_MAX)
    if not title:
        raise BadInput(field="question", why="is missing")
    choices = tuple(filter(None, dict.fromkeys(one_line("choice", each, CHOICE_MAX) for each in question.choices)))
    if question.kind == "choice" and not 2 <= len(choices) <= CHOICES_MAX:
        raise BadInput(field="choices", why=f"2 to {CHOICES_MAX}, one a line")
    if len({plain(each) for each in choices}) < len(choices):
        raise BadInput(field="choices", why="two are the same but for capitals and blanks")
    rewards = tuple(dict.fromkeys(each[:200] for each in question.rewards))
    kept = choices if question.kind == "choice" else ()
    return replace(question, title=title, help=told, choices=kept, rewards=rewards)


def one_line(field: str, text: str, most: int) -> str:
    """Return a text in one line; raises BadInput when it is too long or holds signs that nobody can see."""
    found = " ".join(text.split())
    if len(found) > most:
        raise BadInput(field=field, why=f"{len(found)} characters; {most} fit")
    if not found.isprintable():
        raise BadInput(field=field, why="holds signs that nobody can see")
    return found


def remove(tx: Tx, by: By, campaign_id: int, question_id: int) -> None:
    """Drop a question of a draft. Raises NotFound, SurveySent."""
    survey = open_draft(tx, by, campaign_id)
    mine = (questions.c.id == question_id, questions.c.survey_id == survey.id)
    if not tx.execute(delete(questions).where(*mine)).rowcount:
        raise NotFound(what=f"Question {question_id}")


def move(tx: Tx, by: By, campaign_id: int, question_id: int, up: bool) -> None:
    """Put a question of a draft one place up or down. Raises NotFound, SurveySent."""
    survey = open_draft(tx, by, campaign_id)
    ids = [each.id for each in reads.questions_of(tx, survey.id)]
    if question_id not in ids:
        raise NotFound(what=f"Question {question_id}")
    here = ids.index(question_id)
    there = min(max(here + (-1 if up else 1), 0), len(ids) - 1)
    ids.insert(there, ids.pop(here))
    for rank, each in enumerate(ids, start=1):
        tx.execute(update(questions).where(questions.c.id == each).values(rank=rank))


def publish(tx: Tx, by: By, campaign_id: int) -> int:
    """Send a campaign's survey, once: its questions stand on every backer's page from now on; return its id.

    Orders are to be reviewed next: who leaves a required question open is held. Raises NotFound, SurveySent, BadInput
    when there is no question.
    """
    survey = open_draft(tx, by, campaign_id)
    if not reads.questions_of(tx, survey.id):
        raise BadInput(field="survey", why="has no question yet")
    tx.execute(update(surveys).where(surveys.c.id == survey.id).values(sent_at=tx.now, sent_by=by.operator_id))
    tx.announce("orders")
    return int(survey.id)


def survey_of(tx: Tx, campaign_id: int) -> Any:
    """Return the row of a campaign's survey (`sent_at`), or None."""
    return reads.survey_of(tx, campaign_id)


# --- who is asked ---


def outstanding(tx: Tx, campaign_id: int) -> list[int]:
    """Return the orders that may still be answered for and leave a required question of the sent survey open."""
    asked = reads.sent(tx, campaign_id).get(campaign_id, ())
    if not any(each.required for each in asked):
        return []
    found = reads.open_orders(tx, campaign_id)
    return [row.id for row in found if reads.unanswered(asked, row.reward, json.loads(row.raw))]


def recipients(tx: Tx, campaign_id: int) -> list[int]:
    """Return the orders that the survey goes to: some question is open, and the backer never answered on the page."""
    asked = reads.sent(tx, campaign_id).get(campaign_id, ())
    fresh = (row for row in reads.open_orders(tx, campaign_id) if row.answered_at is None)
    return [row.id for row in fresh if reads.unanswered(asked, row.reward, json.loads(row.raw), required=False)]


# --- what is answered ---


def judge(question: Question, text: str, country: str) -> str:
    """Return an answer as it is kept ("" is none); raises BadInput with the reason, as the backer is told it."""
    try:
        found = one_line(question.title, text, TAX_MAX if question.kind == "tax_id" else TEXT_MAX)
    except BadInput as error:
        raise BadInput(field=question.title, why=f"This {error.facts['why'].replace('holds', 'has')}.") from None
    if question.required and not found:
        raise BadInput(field=question.title, why="Please answer this.")
    if question.kind == "choice" and found and found not in question.choices:
        raise BadInput(field=question.title, why="Please choose one of these.")
    if question.kind == "tax_id" and found and (rule := tax_rule(country)) and not rule.valid(found):
        raise BadInput(field=question.title, why=f"This is no valid {rule.name}. Please look again.")
    return found


def tax_rule(country: str) -> TaxId | None:
    """Return the tax number that a country asks of a recipient, or None."""
    return read_countries(share() / "config" / "countries.toml").tax_ids.get(country)


def name_of(question: Question, facts: Mapping[str, Any]) -> str:
    """Return the name of the fact that an answer is; a question the report asked, too, keeps the report's spelling."""
    if question.kind == "tax_id":
        return "tax_id"
    known = facts.get("answers") or {}
    return ANSWER + next((each for each in known if plain(each) == plain(question.title)), question.title)
