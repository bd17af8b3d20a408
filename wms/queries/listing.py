"""One page of a list: sorted by an allowed column, counted, cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from wms.db import Tx

Listing = dict[str, Any]
"""{"items": rows, "page", "per_page", "total"}, as the API tells it."""


@dataclass(frozen=True)
class Cut:
    """Which page of how many rows, counted from 1, and what it is sorted by ("" = as usual)."""

    page: int = 1
    per_page: int = 50
    sort: str = ""


FIRST = Cut()


def page_of(tx: Tx, statement: Select[Any], cut: Cut = FIRST) -> Listing:
    """Return one page of a sorted statement, and how many rows there are in all (two statements)."""
    total = int(tx.value(select(func.count()).select_from(statement.order_by(None).subquery())) or 0)
    part = statement.limit(cut.per_page).offset((cut.page - 1) * cut.per_page)
    return {"items": tx.all(part) if total else [], "page": cut.page, "per_page": cut.per_page, "total": total}


def ordered(statement: Select[Any], columns: Mapping[str, ColumnElement[Any]], sort: str) -> Select[Any]:
    """Return the statement sorted by one of `columns`, downwards with a leading "-"; the first one breaks ties.

    Without a name it is sorted by the first. Raises KeyError for any other name: what may be sorted by is a list, never
    text from outside.
    """
    tie = next(iter(columns.values()))
    column = columns[sort.removeprefix("-")] if sort else tie
    return statement.order_by(column.desc() if sort.startswith("-") else column.asc(), tie)


def like(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Return whether a column holds `text`, whatever its case; its wildcards mean themselves."""
    return column.icontains(text, autoescape=True)
