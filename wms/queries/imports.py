"""What came in from outside: each file, its rejected rows, and what it changed order by order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from wms.db import Tx, table_of
from wms.formats.orders.columns import OURS
from wms.formats.orders.profiles import Profile
from wms.models.campaigns import Campaign, Import, ImportChange, ImportReject
from wms.models.orders import Order
from wms.models.people import Operator
from wms.queries.listing import FIRST, Cut, Listing, page_of

imports, changes, rejects = table_of(Import), table_of(ImportChange), table_of(ImportReject)
campaigns, orders, operators = table_of(Campaign), table_of(Order), table_of(Operator)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run instead of show


def campaign_codes(tx: Tx) -> dict[str, int]:
    """Return campaigns by code."""
    return {row.code: row.id for row in tx.all(select(campaigns.c.code, campaigns.c.id).order_by(campaigns.c.code))}


def one(tx: Tx, import_id: int) -> Any:
    """Return an import with its campaign's code and name and who brought it, or None."""
    joined = (
        select(imports, campaigns.c.code.label("campaign"), campaigns.c.name.label("title"), operators.c.name)
        .outerjoin(campaigns, campaigns.c.id == imports.c.campaign_id)
        .outerjoin(operators, operators.c.id == imports.c.operator_id)
    )
    return tx.one(joined.where(imports.c.id == import_id, imports.c.kind == "orders"))


def rejected(tx: Tx, import_id: int, limit: int = 0) -> list[dict[str, Any]]:
    """Return the rejected rows of an import in the order of the file, with their cells."""
    mine = select(rejects).where(rejects.c.import_id == import_id).order_by(rejects.c.id)
    rows = tx.all(mine.limit(limit) if limit else mine)
    return [dict(row._mapping) | {"raw": json.loads(row.raw)} for row in rows]


def rejected_file(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rejected rows as CSV: their own columns, then file, line, column and reason; no cell is a formula."""
    header = list(dict.fromkeys(name for row in rows for name in row["raw"]))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [safe(name) for name in (*header, *(f"{OURS} {name}" for name in ("file", "line", "column", "reason")))]
    )
    for row in rows:
        cells = [row["raw"].get(name, "") for name in header]
        writer.writerow([safe(cell) for cell in (*cells, row["file"], f"{row['line']}", row["column"], row["reason"])])
    return out.getvalue()


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def earlier(tx: Tx, row: Any) -> Any:
    """Return the last finished import of the very same file into the same campaign before this one, or None."""
    same = (imports.c.sha256 == row.sha256, imports.c.campaign_id == row.campaign_id, imports.c.state == "done")
    return tx.one(select(imports).where(*same, imports.c.id < row.id).order_by(imports.c.id.desc()))


def compared(tx: Tx, campaign_id: int, numbers: set[str]) -> dict[str, int]:
    """Return how many orders of a file are new to a campaign, known to it, and how many of its orders are missing."""
    mine = select(orders.c.number).where(orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None))
    gone = orders.c.state.in_(("shipped", "cancelled"))
    known = {row.number for row in tx.all(mine)}
    open_ones = {row.number for row in tx.all(mine.where(~gone))}
    return {"new": len(numbers - known), "known": len(numbers & known), "missing": len(open_ones - numbers)}


shown = (
    select(changes, orders.c.state.label("order_state"), operators.c.name.label("decided_name"), imports.c.filename)
    .join(imports, imports.c.id == changes.c.import_id)
    .outerjoin(orders, orders.c.id == changes.c.order_id)
    .outerjoin(operators, operators.c.id == changes.c.decided_by)
)


def change_list(tx: Tx, import_id: int, kind: str = "", cut: Cut = FIRST) -> Listing:
    """Return what an import changed, what waits first; `kind` narrows it (waiting is one, too)."""
    mine = shown.where(changes.c.import_id == import_id)
    if kind == "waiting":
        mine = mine.where(waits())
    elif kind:
        mine = mine.where(changes.c.kind == kind)
    found = page_of(tx, mine.order_by(changes.c.applied, changes.c.kind != "changed", changes.c.id), cut)
    found["items"] = [readable(row) for row in found["items"]]
    return found


def changes_of_order(tx: Tx, order_id: int) -> list[dict[str, Any]]:
    """Return what imports did to an order, the newest first."""
    rows = tx.all(shown.where(changes.c.order_id == order_id).order_by(changes.c.id.desc()))
    return [readable(row) for row in rows]


def readable(row: Any) -> dict[str, Any]:
    """Return a change with its fields as a mapping, and whether it waits for somebody."""
    plain = {name: value for name, value in row._mapping.items() if name != "row"}
    waiting = row.kind == "changed" and not row.applied and not row.decision
    return plain | {"fields": json.loads(row.fields or "{}"), "waiting": waiting}


def waits() -> Any:
    """Return the condition of a change that waits for a person."""
    return (changes.c.kind == "changed") & changes.c.applied.is_(False) & (changes.c.decision == "")


def waiting_count(tx: Tx) -> int:
    """Return how many changes wait for a person."""
    return int(tx.value(select(func.count()).where(waits())) or 0)


def printable(result: Mapping[str, Any], profiles: Sequence[Profile]) -> dict[str, Any]:
    """Return what came of an import as it is printed: with the profile's title, and whether its names were verified."""
    profile = next((each for each in profiles if each.id == result["profile"]), None)
    known = {"title": profile.title if profile else "", "verified": bool(profile and profile.known)}
    said = {"verified_says": profile.verified if profile else ""}
    return dict(result) | known | said | {"confidence": result["confidence"] / 100}
