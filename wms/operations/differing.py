"""A report sent again is a difference: added, changed, gone, back; a locked order's change waits for a person."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from wms.db import Tx, dumps, table_of
from wms.formats.orders.fresh import ADDRESS, Fresh
from wms.formats.orders.rows import Rejected
from wms.models.campaigns import Import, ImportChange
from wms.models.orders import Hold, Order, Recipient
from wms.operations import locking, reviewing
from wms.operations.ledger import By
from wms.operations.locking import Locks
from wms.operations.pouring import pour

imports, changes = table_of(Import), table_of(ImportChange)
orders, recipients, holds = table_of(Order), table_of(Recipient), table_of(Hold)
OPEN = ("held", "clean")  # not released yet: may still change
GONE = ("shipped", "cancelled")
VAGUE = ("", "template", "other")  # platforms that number nothing themselves
LATE = "CHANGED_AFTER_LOCK"
CONTENT = ("items", "answers")
PLAIN = {
    "status": "status",
    "survey": "survey answered",
    "notes": "notes",
    "balance": "balance",
    "tax_id": "tax number",
}
PARTS = {"address": "address", "items": "items", "answers": "answers", "status": "payment", "survey": "survey",
         "notes": "notes", "balance": "balance", "tax_id": "tax number"}  # fmt: skip
PART = 500
ANSWER = "answer: "  # before the question that changed
OWN_MARK = '"own":'  # only where the backer said something is there something to keep
move = (
    update(recipients)
    .where(recipients.c.id == bindparam("recipient"))
    .values({n: bindparam(f"to_{n}") for n in ADDRESS})
)
Pair = tuple[Any, Fresh]
"""The stored row of an order, and the row of the report."""
Fields = dict[str, list[str]]
"""What changed: its name -> [before, now]."""


@dataclass
class Compared:
    """What came of rows that were sent again: `restated` say the same in other words."""

    applied: list[Pair] = field(default_factory=list)
    waiting: list[Pair] = field(default_factory=list)
    restated: list[Pair] = field(default_factory=list)


def known(tx: Tx, campaign_id: int, numbers: Collection[str]) -> dict[str, Any]:
    """Return the orders of a campaign with these numbers (parts of split ones are no orders), and their platforms."""
    joined = select(orders, imports.c.platform).outerjoin(imports, imports.c.id == orders.c.import_id)
    mine = joined.where(orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None))
    found: dict[str, Any] = {}
    for part in in_parts(list(numbers)):
        these = mine.where(orders.c.number.in_(part)).order_by(orders.c.id)
        rows = tx.all(these.with_for_update(of=orders, key_share=True))
        found |= {row.number: row for row in rows}
    return found


def numbers(tx: Tx, campaign_id: int, these: Sequence[str]) -> set[str]:
    """Return which of these numbers a campaign has."""
    mine = select(orders.c.number).where(orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None))
    return {row.number for part in in_parts(these) for row in tx.all(mine.where(orders.c.number.in_(part)))}


def in_parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Yield a list in pieces that one statement can carry."""
    for start in range(0, len(values), PART):
        yield values[start : start + PART]


# --- what changed ---


def compare(tx: Tx, import_id: int, pairs: Sequence[Pair]) -> Compared:
    """Compare rows with the orders they are, write what changed, and say which may be applied.

    A change that waits, or was refused, is not told again; one that the report took back waits no more.
    """
    found = Compared()
    told: list[tuple[Pair, Fields, bool]] = []
    ids = [was.id for was, _ in pairs]
    before, split = decided(tx, ids), with_parts(tx, ids)
    people = addresses_of(tx, [was.recipient_id for was, row in pairs if was.row_hash != row.row_hash])
    outdated: list[int] = []
    for was, row in sorted(pairs, key=lambda pair: int(pair[0].id)):
        mine = before.get(was.id, [])
        if was.row_hash == row.row_hash or was.state in GONE:
            outdated += [each.id for each in mine if not each.decision]
            continue
        fields = difference(was, row, people[was.recipient_id])
        if not fields:
            found.restated.append((was, row))
        elif row.row_hash not in {each.row_hash for each in mine}:
            outdated += [each.id for each in mine if not each.decision]
            free = may_apply(was, fields, was.id in split)
            (found.applied if free else found.waiting).append((was, row))
            told.append(((was, row), fields, free))
    replace_changes(tx, outdated)
    write_changes(tx, import_id, told)
    reviewing.open_holds(
        tx, [(was.id, LATE, sentence(fields, row.row_hash)) for (was, row), fields, f in told if not f]
    )
    return found


def decided(tx: Tx, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Return order id -> its changes that wait or were refused."""
    found: dict[int, list[Any]] = {}
    columns = (changes.c.id, changes.c.order_id, changes.c.row_hash, changes.c.decision)
    unapplied = and_(changes.c.kind == "changed", changes.c.applied.is_(False), changes.c.decision.in_(("", "refused")))
    for part in in_parts(ids):
        for row in tx.all(select(*columns).where(changes.c.order_id.in_(part), unapplied)):
            found.setdefault(row.order_id, []).append(row)
    return found


def with_parts(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Return which orders go in parts."""
    found: set[int] = set()
    for part in in_parts(ids):
        split = select(orders.c.parent_id).where(orders.c.parent_id.in_(part), orders.c.state != "cancelled")
        found |= {row.parent_id for row in tx.all(split)}
    return found


def addresses_of(tx: Tx, ids: Sequence[int]) -> dict[int, Any]:
    """Return recipients by id."""
    rows = [row for part in in_parts(ids) for row in tx.all(select(recipients).where(recipients.c.id.in_(part)))]
    return {row.id: row for row in rows}


def difference(was: Any, row: Fresh, person: Any) -> Fields:
    """Return what a row of the report says otherwise than before; an address that the office corrected since counts as
    changed only when the report's own changed."""
    old, new = json.loads(was.raw), row.facts
    fields: Fields = {}
    if old.get("to") != new.get("to"):
        now = person._mapping
        fields |= {name: [now[name], row.to[name]] for name in ADDRESS if now[name] != row.to[name]}
        if old.get("delivery", "") != new.get("delivery", ""):
            fields["delivery"] = [old.get("delivery", ""), new.get("delivery", "")]
    if chosen(old) != chosen(new):
        fields["items"] = [goods(old), goods(new)]
    names = [*PLAIN] if "v" in old else ["status", "survey", "notes"]  # older rows knew no more
    for name in names:
        fields |= _pairs(name, worded(old.get(name, "")), worded(new.get(name, "")))
    if "v" in old:
        before, now = old.get("answers") or {}, new.get("answers") or {}
        for question in dict.fromkeys((*before, *now)):
            fields |= _pairs(f"answer: {question}", before.get(question, ""), now.get(question, ""))
    return fields


def _pairs(name: str, old: str, new: str) -> Fields:
    return {} if old == new else {name: [old, new]}


def chosen(facts: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return what was chosen as it is compared: a title may be written anew, what it names is the same."""
    return sorted((source, key, qty) for source, key, _, qty in facts.get("items", []))


def goods(facts: Mapping[str, Any]) -> str:
    """Return what was chosen, in words."""
    return ", ".join(f"{qty} × {title or key}" for _, key, title, qty in facts.get("items", []))


def worded(value: Any) -> str:
    """Return a fact in words."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# --- what the backer said to us ---


def say(raw: str, said: Mapping[str, Any]) -> str:
    """Return an order's facts (JSON) with what its backer said on the own page: a tax number, "answer: Size", survey.

    It is kept beside what the report said then, so that a report sent again does not undo it.
    """
    facts = json.loads(raw)
    own = dict(facts.get("own") or {})
    for name, value in said.items():
        before = own[name][0] if name in own else fact(facts, name)
        own[name] = [before, value]
        put(facts, name, value)
    return dumps(facts | {"own": own})


def with_own(was: str, raw: str) -> str:
    """Return a report's facts (JSON) with what the backer said since, where the report did not change its mind."""
    facts, own = json.loads(raw), json.loads(was).get("own") or {}
    kept = {name: pair for name, pair in own.items() if fact(facts, name) == pair[0]}
    for name, pair in kept.items():
        put(facts, name, pair[1])
    return dumps(facts | ({"own": kept} if kept else {}))


def fact(facts: Mapping[str, Any], name: str) -> Any:
    """Return one fact by the name that a change of it has."""
    if name.startswith(ANSWER):
        return (facts.get("answers") or {}).get(name.removeprefix(ANSWER), "")
    return facts.get(name) or ""


def put(facts: dict[str, Any], name: str, value: Any) -> None:
    """Write one fact; a blank one is none."""
    where, key = (facts, name)
    if name.startswith(ANSWER):
        where, key = facts.setdefault("answers", {}), name.removeprefix(ANSWER)
    if value:
        where[key] = value
    else:
        where.pop(key, None)


def part_of(name: str) -> str:
    """Return which part of an order a field belongs to."""
    if name in ADDRESS or name == "delivery":
        return "address"
    return "answers" if name.startswith("answer: ") else name


def may_apply(was: Any, fields: Fields, split: bool) -> bool:
    """Return whether a change may be written without asking: nothing of it is locked, and the floor has not begun."""
    if was.state not in OPEN:
        return False
    locks = locking.locked(was)
    locks = Locks(locks.content or split, locks.address)
    parts = {part_of(name) for name in fields}
    return not (locks.content and parts & set(CONTENT)) and not (locks.address and "address" in parts)


def sentence(fields: Iterable[str], row_hash: str) -> str:
    """Return which parts changed, without a word of what they say; the version tells one change from the next."""
    parts = {part_of(name) for name in fields}
    words = [word for part, word in PARTS.items() if part in parts]
    return f"The report changed: {', '.join(words)} (version {row_hash[:6]})."


# --- writing it ---


def note_added(tx: Tx, import_id: int, added: Sequence[tuple[int, str]]) -> None:
    """Write that orders are new."""
    pour(tx, changes, ("order_id", "number"), added, import_id=import_id, kind="added")


def write_changes(tx: Tx, import_id: int, told: Sequence[tuple[Pair, Fields, bool]]) -> None:
    """Write what changed; a change that waits keeps the whole row of the report."""
    rows = []
    for (was, row), fields, free in told:
        kept = "" if free else dumps({"raw": row.raw, "reward": row.reward, "to": dict(row.to)})
        about = {"import_id": import_id, "order_id": was.id, "number": was.number, "kind": "changed", "applied": free}
        rows.append(about | {"fields": dumps(fields), "row": kept, "row_hash": row.row_hash})
    if rows:
        tx.execute(insert(changes), rows)


def replace_changes(tx: Tx, ids: Sequence[int]) -> None:
    """End changes that wait, because the report says something else by now; their holds go with them."""
    for part in in_parts(ids):
        rows = tx.all(select(changes).where(changes.c.id.in_(part)))
        tx.execute(update(changes).where(changes.c.id.in_(part)).values(decision="replaced", decided_at=tx.now, row=""))
        reviewing.close_holds(tx, holds_of(tx, rows), "The report says something else by now.")
        reviewing.let_go(tx, By(), [row.order_id for row in rows])


def holds_of(tx: Tx, waiting: Sequence[Any]) -> list[int]:
    """Return the ids of the open holds that changes caused."""
    mine = {(row.order_id, sentence(json.loads(row.fields), row.row_hash)) for row in waiting}
    open_ones = select(holds.c.id, holds.c.order_id, holds.c.detail).where(
        holds.c.order_id.in_({order_id for order_id, _ in mine}), holds.c.code == LATE, holds.c.cleared_at.is_(None)
    )
    return [row.id for row in tx.all(open_ones) if (row.order_id, row.detail) in mine]


def readdress(tx: Tx, pairs: Sequence[Pair]) -> None:
    """Write the report's address where the report changed it; elsewhere what the office corrected since stays."""
    moved = [
        {"recipient": was.recipient_id} | {f"to_{name}": row.to[name] for name in ADDRESS}
        for was, row in pairs
        if json.loads(was.raw).get("to") != row.facts["to"]
    ]
    if moved:
        tx.execute(move, moved)


# --- who is gone, who is back ---


def mentioned(rejected: Iterable[Rejected]) -> set[str]:
    """Return every cell of rejected rows: one of them may be the number of an order that is still there."""
    return {str(cell).strip().lstrip("#").upper() for bad in rejected for cell in bad.raw.values()}


def absence(tx: Tx, campaign_id: int, present: Collection[str], platform: str) -> tuple[list[Any], list[Any]]:
    """Return the orders that the report no longer has, and those that were gone and are back (their id and number).

    Only orders of the same platform can be missing in its report.
    """
    joined = select(orders.c.id, orders.c.number, orders.c.state, imports.c.platform).outerjoin(
        imports, imports.c.id == orders.c.import_id
    )
    last = (
        select(func.max(changes.c.id))
        .where(changes.c.kind.in_(("gone", "back")))
        .group_by(changes.c.order_id)
        .scalar_subquery()
    )
    away = {
        row.order_id
        for row in tx.all(select(changes.c.order_id).where(changes.c.id.in_(last), changes.c.kind == "gone"))
    }
    mine = joined.where(orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None)).order_by(orders.c.id)
    absent, back = list[Any](), list[Any]()
    for row in tx.execute(mine):  # one by one: nearly all of them are there, and were
        if row.number in present:
            back += [row] if row.id in away else []
        elif row.state not in GONE and row.id not in away and (row.platform or "") in ("", platform):
            absent.append(row)
    return absent, back


def settle_absence(tx: Tx, import_id: int, absent: Sequence[Any], back: Sequence[Any]) -> None:
    """Hold orders that the report no longer has, and let those go on that are back."""
    for kind, found in (("gone", absent), ("back", back)):
        about = {"import_id": import_id, "kind": kind}
        values = [about | {"order_id": row.id, "number": row.number} for row in found]
        if values:
            tx.execute(insert(changes), values)
    reviewing.open_holds(tx, [(row.id, "CANCELLED_UPSTREAM", reviewing.ABSENT) for row in absent])
    if back:
        reviewing.settle_absence(tx, {row.id for row in back})
