"""The directory of codes: what each label names. The only writer of `code`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from wms.db import Tx, table_of
from wms.errors import Refusal
from wms.models.items import Code

code = table_of(Code)


class CodeTaken(Refusal):
    """Two things cannot share one code."""

    sentence = "{code} already names {kind} {name}."


def register(tx: Tx, text: str, kind: str, ref: int, name: str = "", qty: int = 1) -> None:
    """Let `text` name the thing `kind` `ref`; raises CodeTaken when it names another one."""
    found = tx.one(select(code).where(code.c.code == text))
    if found is None:
        tx.execute(insert(code).values(code=text, kind=kind, ref=ref, name=name or text, qty=qty))
    elif (found.kind, found.ref) != (kind, ref):
        raise CodeTaken(code=text, kind=found.kind, name=found.name)


def register_all(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Register many new codes at once; each row has code, kind, ref, name and qty."""
    if rows := list(rows):
        tx.execute(insert(code), rows)


def forget(tx: Tx, text: str) -> None:
    """Take a code out of the directory."""
    tx.execute(delete(code).where(code.c.code == text))
