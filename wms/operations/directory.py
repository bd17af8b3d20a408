"""The directory of codes: what each label names. The only writer of `code`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from wms.db import Tx, insert_or_nothing, table_of
from wms.errors import Refusal
from wms.models.items import Code
from wms.operations.pouring import pour

code = table_of(Code)
add = insert_or_nothing(Code, "code")


class CodeTaken(Refusal):
    """Two things cannot share one code."""

    sentence = "{code} already names {kind} {name}."


def register(tx: Tx, text: str, kind: str, ref: int, name: str = "") -> None:
    """Let `text` name the thing `kind` `ref`; raises CodeTaken when it names another one."""
    write(tx, {"code": text, "kind": kind, "ref": ref, "name": name or text, "qty": 1})


def register_case(tx: Tx, text: str, item_id: int, sku: str, qty: int) -> None:
    """Let `text` name `qty` units of an item at once; raises CodeTaken when it names another thing."""
    write(tx, {"code": text, "kind": "item", "ref": item_id, "name": sku, "qty": qty})


def write(tx: Tx, row: dict[str, Any]) -> None:
    """Insert one row; the same meaning again is no change."""
    found = tx.one(select(code).where(code.c.code == row["code"]))
    if found is None:
        tx.execute(insert(code).values(**row))
    elif (found.kind, found.ref) != (row["kind"], row["ref"]):
        raise CodeTaken(code=row["code"], kind=found.kind, name=found.name)


def claim(tx: Tx, text: str, kind: str, ref: int, name: str) -> bool:
    """Let `text` name a thing if nobody took it, also at this very moment; return whether it does."""
    tx.execute(add, {"code": text, "kind": kind, "ref": ref, "name": name, "qty": 1})
    found = tx.one(select(code.c.kind, code.c.ref).where(code.c.code == text))
    return found is not None and (found.kind, found.ref) == (kind, ref)


def register_all(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Register many new codes at once; each row has code, kind, ref, name and qty."""
    names = ("code", "kind", "ref", "name", "qty")
    pour(tx, code, names, (tuple(row[name] for name in names) for row in rows))


def register_orders(tx: Tx, rows: Iterable[tuple[str, int, str]]) -> None:
    """Let many new codes name orders: code, id and number of each."""
    pour(tx, code, ("code", "ref", "name"), rows, kind="order", qty=1)


def forget(tx: Tx, text: str) -> None:
    """Take a code out of the directory."""
    tx.execute(delete(code).where(code.c.code == text))
