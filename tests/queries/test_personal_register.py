"""No column that holds text is forgotten: each is declared as people's data or not, in one place."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import LargeBinary, String, select
from sqlalchemy.dialects import sqlite

import wms.models
from wms.db import Base
from wms.queries import personal

KINDS = (personal.BACKERS, personal.REMARKS, personal.FILES, personal.STAFF, personal.PLAIN)


def texts() -> set[str]:
    """Every column of every table that may hold a text."""
    assert wms.models.__all__
    every = (column for table in Base.metadata.tables.values() for column in table.columns)
    return {f"{column.table.name}.{column.name}" for column in every if isinstance(column.type, String | LargeBinary)}


def declared() -> Counter[str]:
    return Counter(f"{table}.{column}" for kind in KINDS for table, columns in kind.items() for column in columns)


def test_every_column_with_text_says_whose_it_is() -> None:
    assert texts() - set(declared()) == set(), "declare these in wms/queries/personal.py: BACKERS, REMARKS, … or PLAIN"


def test_nothing_is_declared_twice_or_is_not_there() -> None:
    assert set(declared()) - texts() == set()
    assert [name for name, number in declared().items() if number > 1] == []


@pytest.mark.parametrize("name", sorted({*personal.BACKERS, *personal.REMARKS}))
def test_every_table_with_words_about_people_is_found_by_their_orders(name: str) -> None:
    here = personal.table(name)
    sql = str(select(here).where(personal.rows_of(name, [1])).compile(dialect=sqlite.dialect()))
    assert f"FROM {name}" in sql.replace('"', "")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Told mia  KRAL so.", "Told […] so."),
        ("Miami is far.", "Miami is far."),
        ("a@b.test, a@b.testing", "[…], a@b.testing"),
        ("", ""),
    ],
)
def test_words_are_blotted_out_however_they_are_written(text: str, left: str) -> None:
    pattern = personal.blotter(["Mia Kral", "Mia", "a@b.test"])
    assert pattern is not None
    assert pattern.sub("[…]", text) == left
