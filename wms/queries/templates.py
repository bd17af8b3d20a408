"""Label templates: what is in force, every version of one, and who made it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from wms.db import Tx, table_of
from wms.models.labels import LabelTemplate
from wms.models.people import Operator

template, operator = table_of(LabelTemplate), table_of(Operator)
newest = select(template.c.name, func.max(template.c.version).label("version")).group_by(template.c.name).subquery()
in_force = select(
    template.c.name, template.c.version, template.c.source, template.c.made_at, operator.c.name.label("by")
)
in_force = in_force.select_from(
    template.join(newest, (template.c.name == newest.c.name) & (template.c.version == newest.c.version)).outerjoin(
        operator, operator.c.id == template.c.operator_id
    )
)


def changed(tx: Tx) -> dict[str, Row[Any]]:
    """Return the newest version of every template that the site changed, by name."""
    return {row.name: row for row in tx.all(in_force)}


def history(tx: Tx, name: str) -> list[Row[Any]]:
    """Return the versions of a template, newest first; the shipped file, version 0, is not among them."""
    columns = (template.c.version, template.c.note, template.c.made_at, operator.c.name.label("by"))
    joined = template.outerjoin(operator, operator.c.id == template.c.operator_id)
    found = select(*columns).select_from(joined).where(template.c.name == name)
    return tx.all(found.order_by(template.c.version.desc()).limit(200))


def source_of(tx: Tx, name: str, version: int) -> str | None:
    """Return the text of one version, None when there is none."""
    where = (template.c.name == name, template.c.version == version)
    found = tx.value(select(template.c.source).where(*where))
    return None if found is None else str(found)
