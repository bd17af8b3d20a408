"""A carton or a licence plate is in one person's hands at a time; taking it over is asked for and closes their task."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from wms.db import Tx, table_of
from wms.errors import Ask
from wms.models.floor import Task
from wms.models.people import Operator
from wms.operations.ledger import By

tasks, operators = table_of(Task), table_of(Operator)
held = tasks.c.subject == bindparam("about"), tasks.c.closed_at.is_(None)
holding = (
    select(tasks.c.id, operators.c.name)
    .select_from(tasks.join(operators, operators.c.id == tasks.c.operator_id))
    .where(*held, tasks.c.operator_id != bindparam("me"))
    .order_by(tasks.c.id)
)
# A colleague who is scanning at this moment has their task locked: they are not interrupted, and nobody waits for them.
within_reach = (
    select(tasks.c.id).where(*held, tasks.c.id != bindparam("mine")).with_for_update(key_share=True, skip_locked=True)
)


class InHand(Ask):
    """A colleague's open task has this subject."""

    sentence = "{name} is on {what}. Again to take over."


def claim(tx: Tx, by: By, subject: str, what: str, confirmed: bool) -> None:
    """Let nobody else work on `subject` ("lpn:17"); `what` is how people call it.

    Raises InHand naming the colleague unless `confirmed`, and also then while the colleague's scan is being answered.
    Otherwise every other task with this subject is closed, and its next scan hears that the screen has moved on.
    """
    colleagues = tx.all(holding, about=subject, me=by.operator_id or 0)
    if colleagues and not confirmed:
        raise InHand(name=colleagues[0].name, what=what)
    reached = {row.id for row in tx.all(within_reach, about=subject, mine=by.task_id or 0)}
    for colleague in colleagues:
        if colleague.id not in reached:
            raise InHand(name=colleague.name, what=what)
    if reached:
        tx.execute(update(tasks).where(tasks.c.id.in_(reached)).values(closed_at=tx.now, subject=""))


def holder(tx: Tx, by: By, subject: str) -> str | None:
    """Return the name of the colleague whose open task has this subject."""
    colleague = tx.one(holding, about=subject, me=by.operator_id or 0)
    return str(colleague.name) if colleague else None
