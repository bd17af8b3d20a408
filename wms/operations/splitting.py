"""An order goes in parts: what can go now stays with it, the rest waits as a part of its own; nothing goes twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from wms import barcodes
from wms.db import Tx, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.campaigns import Campaign
from wms.models.orders import Order
from wms.models.segments import SplitLine
from wms.operations import directory, lining, timeline
from wms.operations.ledger import By
from wms.queries.orders import in_parts

orders, campaigns, split_lines = table_of(Order), table_of(Campaign), table_of(SplitLine)
OPEN = ("held", "clean")
FIRST_PART = 2  # the order itself is the first
Later = Mapping[int, Mapping[int, int]]
"""Order -> item -> units that come later."""
set_units = update(orders).where(orders.c.id == bindparam("order")).values(units=bindparam("new_units"))
again = (
    update(orders)
    .where(orders.c.id == bindparam("order"))
    .values({name: bindparam(f"new_{name}") for name in ("state", "content_locked_at", "address_locked_at", "lock_at")})
)


class NotSplit(Refusal):
    """Nothing to put together."""

    sentence = "Order {number} does not go in parts."


class PartReleased(Refusal):
    """A part is on its way: neither split nor put together any more."""

    sentence = "Order {number} is {state}. Its parts stay."


class IsPart(Refusal):
    """Parts are split at their whole."""

    sentence = "Order {number} is a part. Split its whole."


def split(tx: Tx, by: By, order_id: int, later: Mapping[int, int]) -> int:
    """Let so many units of items of an order come later and return the id of the part that holds them.

    An order may be split again: each time a further part. Raises NotFound, IsPart, PartReleased, BadInput when a unit
    is not there, when nothing would come later, or nothing now.
    """
    return split_many(tx, by, {order_id: later})[order_id]


def split_many(tx: Tx, by: By, wanted: Later) -> dict[int, int]:
    """Split many orders, all or none; return order -> the part that comes later. Raises what `split` raises.

    What they hold is locked with it: a report or a map that changes must not give a unit to two parts.
    """
    found: dict[int, int] = {}
    for ids in in_parts(sorted(wanted)):
        mine = select(orders).where(orders.c.id.in_(ids)).order_by(orders.c.id)
        rows = {row.id: row for row in tx.all(mine.with_for_update(key_share=True))}
        have = lining.lines_of(tx, ids)
        for each in ids:
            check(rows.get(each), have.get(each, {}), wanted[each], each)
        parts = add_parts(tx, [rows[each] for each in ids])
        move(tx, have, {each: wanted[each] for each in ids}, parts)
        closed = (orders.c.id.in_(ids), orders.c.content_locked_at.is_(None))
        tx.execute(update(orders).where(*closed).values(content_locked_at=tx.now))
        timeline.note(tx, ids, "split", "Goes in parts: some of it comes later.", by.operator_id)
        timeline.note(tx, sorted(parts.values()), "split", "Comes later than the rest of its order.", by.operator_id)
        found |= parts
    return found


def check(row: Any, have: Mapping[int, int], later: Mapping[int, int], order_id: int) -> None:
    """Raise unless these units of an order may come later."""
    if row is None:
        raise NotFound(what=f"Order {order_id}")
    if row.parent_id is not None:
        raise IsPart(number=row.number)
    if row.state not in OPEN:
        raise PartReleased(number=row.number, state=row.state)
    if not later or any(qty < 1 or have.get(item, 0) < qty for item, qty in later.items()):
        raise BadInput(field="later", why=f"order {row.number} does not hold these units")
    if sum(later.values()) >= sum(have.values()):
        raise BadInput(field="later", why=f"nothing of order {row.number} would go now")


def add_parts(tx: Tx, rows: Sequence[Any]) -> dict[int, int]:
    """Return order -> a new part of it, with its address and locks; one that was put together before is used again."""
    known: dict[int, list[Any]] = {row.id: [] for row in rows}
    for part in tx.all(select(orders).where(orders.c.parent_id.in_(known)).order_by(orders.c.part)):
        known[part.parent_id].append(part)
    free = {each: part.id for each, parts in known.items() for part in reversed(parts) if not part.units}
    if used := [row for row in rows if row.id in free]:
        tx.execute(again, [{"order": free[row.id]} | state_of(tx, row, "new_") for row in used])
    new = [row for row in rows if row.id not in free]
    codes = {row.id: row.code for row in tx.all(select(campaigns.c.id, campaigns.c.code))}
    values = [part_of(tx, row, FIRST_PART + len(known[row.id]), codes[row.campaign_id]) for row in new]
    return free | {row.id: part for row, part in zip(new, inserted(tx, values), strict=True)}


def inserted(tx: Tx, values: Sequence[dict[str, Any]]) -> list[int]:
    """Insert parts, let their labels name them, and return their ids in the same order."""
    statement = insert(orders).returning(orders.c.id, sort_by_parameter_order=True)
    ids = [int(each.id) for each in tx.execute(statement, list(values))] if values else []
    facts = zip(ids, values, strict=True)
    named = ({"code": each["code"], "ref": part, "name": each["number"]} for part, each in facts)
    directory.register_all(tx, [each | {"kind": "order", "qty": 1} for each in named])
    return ids


def state_of(tx: Tx, row: Any, prefix: str = "") -> dict[str, Any]:
    """Return what a part has of its whole: free to go when the whole is, its address locked as it is."""
    locks = {f"{prefix}{name}": row._mapping[name] for name in ("address_locked_at", "lock_at")}
    return locks | {f"{prefix}state": "clean", f"{prefix}content_locked_at": row.content_locked_at or tx.now}


def part_of(tx: Tx, row: Any, part: int, campaign: str) -> dict[str, Any]:
    """Return the columns of a new part: number 10482/2, the address row of its whole, no row of the report."""
    names = ("campaign_id", "reward", "recipient_id", "country", "import_id")
    whose = {name: row._mapping[name] for name in names}
    code = barcodes.code("OR", f"{campaign}-{row.number}-P{part}")
    named = {"code": code, "number": f"{row.number}/{part}", "parent_id": row.id, "part": part, "units": 0}
    return whose | named | state_of(tx, row) | {"row_hash": "", "raw": "{}", "imported_at": tx.now}


def move(tx: Tx, have: Mapping[int, Mapping[int, int]], later: Later, parts: Mapping[int, int]) -> None:
    """Move units from orders to their parts and keep the account of what was pledged."""
    kept = {each: dict(Counter(have[each]) - Counter(later[each])) for each in later}
    lining.replace_lines(tx, kept | {parts[each]: later[each] for each in later})
    sizes = [*((each, kept[each]) for each in later), *((parts[each], later[each]) for each in later)]
    tx.execute(set_units, [{"order": each, "new_units": sum(units.values())} for each, units in sizes])
    before = pledged(tx, list(later))
    tx.execute(delete(split_lines).where(split_lines.c.order_id.in_(list(later))))
    rows = []
    for each in later:
        whole = before.get(each) or dict(have[each])
        for item, qty in whole.items():
            stays = kept[each].get(item, 0)
            rows.append({"order_id": each, "item_id": item, "pledged": qty, "kept": stays, "moved": qty - stays})
    tx.execute(insert(split_lines), rows)


def pledged(tx: Tx, order_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """Return order -> item -> units of the whole, of orders that go in parts."""
    found: dict[int, dict[int, int]] = {}
    for row in tx.all(select(split_lines).where(split_lines.c.order_id.in_(order_ids))):
        found.setdefault(row.order_id, {})[row.item_id] = row.pledged
    return found


# --- together again ---


def undo(tx: Tx, by: By, order_id: int) -> int:
    """Put an order together again and return how many units came back. Raises NotFound, NotSplit, PartReleased."""
    mine = select(orders).where((orders.c.id == order_id) | (orders.c.parent_id == order_id)).order_by(orders.c.id)
    rows = [row for row in tx.all(mine.with_for_update(key_share=True)) if row.id == order_id or row.units]
    whole = next((row for row in rows if row.id == order_id), None)
    if whole is None:
        raise NotFound(what=f"Order {order_id}")
    if len(rows) == 1:
        raise NotSplit(number=whole.number)
    for row in rows:
        if row.state not in OPEN:
            raise PartReleased(number=row.number, state=row.state)
    parts = [row.id for row in rows if row.id != order_id]
    together = pledged(tx, [order_id])[order_id]
    lining.replace_lines(tx, {order_id: together} | {each: {} for each in parts})
    tx.execute(set_units, [{"order": order_id, "new_units": sum(together.values())}])
    tx.execute(update(orders).where(orders.c.id.in_(parts)).values(state="cancelled", units=0))
    tx.execute(delete(split_lines).where(split_lines.c.order_id == order_id))
    timeline.note(tx, [order_id, *parts], "together", "The order goes in one again.", by.operator_id)
    return sum(row.units for row in rows if row.id != order_id)


def undo_many(tx: Tx, by: By, order_ids: Iterable[int]) -> int:
    """Put orders together again, all or none; return how many units came back. Raises what `undo` raises."""
    return sum(undo(tx, by, each) for each in sorted(set(order_ids)))


def whole(tx: Tx, order_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Return order -> item -> units of orders with all their parts: what was pledged, whatever goes when."""
    found: dict[int, dict[int, int]] = {}
    for ids in in_parts(sorted(order_ids)):
        found |= lining.lines_of(tx, ids) | pledged(tx, ids)
    return found
