"""What is in hand is in one person's hands at a time; taking it over is asked about, and told to whoever lost it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from wms.db import Tx, dumps, table_of
from wms.errors import SENTENCE_MAX, Ask, Refusal
from wms.models.floor import Task
from wms.models.people import Operator, Session
from wms.operations.ledger import By
from wms.settings import Settings

tasks, operators, sessions = table_of(Task), table_of(Operator), table_of(Session)
held = tasks.c.subject == bindparam("about"), tasks.c.closed_at.is_(None)
is_logged_in = (
    select(sessions.c.id)
    .where(sessions.c.operator_id == tasks.c.operator_id, sessions.c.ended_at.is_(None))
    .where(sessions.c.seen_at > bindparam("awake"), sessions.c.expires_at > bindparam("now"))
    .exists()
)
holding = (
    select(tasks.c.id, tasks.c.opened_at, operators.c.name, is_logged_in.label("is_here"))
    .select_from(tasks.join(operators, operators.c.id == tasks.c.operator_id))
    .where(*held, tasks.c.operator_id != bindparam("me"))
    .order_by(tasks.c.id)
)
# A colleague who is scanning at this moment has their task locked: they are not interrupted, and nobody waits for them.
within_reach = (
    select(tasks.c.id, tasks.c.operator_id)
    .where(*held, tasks.c.id != bindparam("mine"))
    .with_for_update(key_share=True, skip_locked=True)
)
name_of = select(operators.c.name).where(operators.c.id == bindparam("who"))
LOST = "lost"  # the key in the memo of a task whose subject went into other hands


class InHand(Ask):
    """A colleague's open task has this subject."""

    sentence = "{name} is on {what} since {since}. Again to take over."
    short = "{name} is on {what}. Again to take over."

    def __init__(self, **facts: Any) -> None:
        if len(self.sentence.format(**facts)) > SENTENCE_MAX:  # long names leave no room for the time
            self.sentence = self.short
        super().__init__(**facts)


class Busy(Refusal):
    """A colleague's scan of it is being answered at this very moment."""

    sentence = "{name} is scanning it now. Try again."


class TakenOver(Refusal):
    """A colleague has what this person had in hand."""

    sentence = "{name} took {what} over."


class Withdrawn(Refusal):
    """Somebody in the office dropped what this person had in hand."""

    sentence = "{name} withdrew {what}."


@dataclass(frozen=True)
class Taker:
    """Who wants to take something in hand; `sure` when they were asked about it and said yes."""

    by: By
    settings: Settings
    sure: bool = False
    supervises: bool = False

    def must_ask(self, colleague: Any) -> bool:
        """Return whether this colleague is asked about: by supervisors only while the colleague is logged in."""
        return not self.sure and (colleague.is_here or not self.supervises)

    def clock(self, now: datetime, at: datetime) -> str:
        """Return a moment in the site's time, with its day when that is not today."""
        local, today = (each.astimezone(self.settings.site.zone) for each in (at, now))
        return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%a %H:%M}"


def claim(tx: Tx, taker: Taker, subject: str, what: str) -> None:
    """Let nobody else work on `subject` ("lpn:17"); `what` is how people call it.

    Raises InHand naming the colleague who is on it and since when, unless the taker is sure, or supervises and the
    colleague left; and also then while the colleague's scan is being answered. Otherwise it is seized.
    """
    awake = tx.now - timedelta(minutes=taker.settings.security.floor_idle_minutes)
    colleagues = on_it(tx, taker.by, subject, awake)
    reached = [] if any(map(taker.must_ask, colleagues)) else reach(tx, taker.by, subject)
    for left in out_of_reach(colleagues, reached):
        raise InHand(name=left.name, what=what, since=taker.clock(tx.now, left.opened_at))
    take_out(tx, taker.by, reached, {"what": what})


def seize(tx: Tx, by: By, subject: str, what: str, withdrawn: bool = False) -> None:
    """Take `subject` out of everybody's hands unasked; raises Busy while somebody scans it at this moment."""
    reached = reach(tx, by, subject)
    for left in out_of_reach(on_it(tx, by, subject, tx.now), reached):
        raise Busy(name=left.name)
    take_out(tx, by, reached, {"what": what, "withdrawn": withdrawn})


def on_it(tx: Tx, by: By, subject: str, awake: datetime) -> list[Any]:
    """Return the colleagues whose open tasks have this subject; `is_here` when they were seen since `awake`."""
    return tx.all(holding, about=subject, me=by.operator_id or 0, now=tx.now, awake=awake)


def reach(tx: Tx, by: By, subject: str) -> list[Any]:
    """Return all other open tasks with this subject that nobody scans at this moment, locked."""
    return tx.all(within_reach, about=subject, mine=by.task_id or 0)


def out_of_reach(colleagues: list[Any], reached: list[Any]) -> list[Any]:
    """Return the colleagues whose task could not be had."""
    ids = {row.id for row in reached}
    return [each for each in colleagues if each.id not in ids]


def take_out(tx: Tx, by: By, reached: list[Any], lost: dict[str, Any]) -> None:
    """Take tasks their subject: colleagues' ones wait until these are told, a person's own one ends."""
    me = by.operator_id or 0
    lost_ids = [row.id for row in reached if row.operator_id != me]
    own_ids = [row.id for row in reached if row.operator_id == me]
    if lost_ids:
        memo = dumps({LOST: {"by": me, **lost}})
        tx.execute(update(tasks).where(tasks.c.id.in_(lost_ids)).values(subject="", memo=memo))
    if own_ids:
        tx.execute(update(tasks).where(tasks.c.id.in_(own_ids)).values(subject="", closed_at=tx.now))


def loss(tx: Tx, task: Any) -> Refusal | None:
    """Return what to tell the person whose task lost its subject, None for every other task."""
    lost = json.loads(task.memo).get(LOST) if not task.subject else None
    if lost is None:
        return None
    name = tx.value(name_of, who=lost["by"]) or "The office"
    return (Withdrawn if lost.get("withdrawn") else TakenOver)(name=name, what=lost["what"])


def holder(tx: Tx, by: By, subject: str) -> str | None:
    """Return the name of the colleague whose open task has this subject."""
    return next((str(each.name) for each in on_it(tx, by, subject, tx.now)), None)
