"""In bulk like units are anybody's: when some are missing, an order that goes without anyway goes without these too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select, update

from wms.db import Tx, table_of
from wms.models.orders import OrderLine
from wms.models.outbound import ListOrder, Pick
from wms.operations.taking import count_line

picks, slots, lines = table_of(Pick), table_of(ListOrder), table_of(OrderLine)
kept = case((picks.c.state == "open", picks.c.qty), else_=picks.c.taken)
covered = select(func.coalesce(func.sum(kept), 0)).where(picks.c.order_line_id == lines.c.id).scalar_subquery()
elsewhere = (
    select(picks.c.id)
    .where(picks.c.order_line_id == lines.c.id, picks.c.list_id != bindparam("list"), picks.c.taken > 0)
    .exists()
)
read_gaps = (
    select(lines.c.id, lines.c.order_id, lines.c.item_id, lines.c.qty, (lines.c.qty - covered).label("lack"))
    .add_columns(elsewhere.label("elsewhere"))
    .where(lines.c.order_id.in_(select(slots.c.order_id).where(slots.c.list_id == bindparam("list"))))
    .order_by(lines.c.order_id, lines.c.id)
)
hand_over = (
    update(picks)
    .where(picks.c.id == bindparam("pick"))
    .values(order_id=bindparam("order"), order_line_id=bindparam("line"))
)


class Gap(NamedTuple):
    """What an order line lacks; `movable` when all its picks are on this list."""

    line_id: int
    order_id: int
    qty: int
    lack: int
    movable: bool


def gather(tx: Tx, list_id: int, item_id: int, lacking: Mapping[int, int]) -> dict[int, int]:
    """Let as few orders of a bulk list as possible go without; returns order id -> units of the item that it lacks.

    `lacking` is who would go without this item. Such an order exchanges its picks of it with those of an order that
    wants as many, has them, and lacks another item: so kits become whole before kits are begun.
    """
    rows = tx.all(read_gaps, list=list_id)
    gaps = {row.order_id: Gap(row.id, row.order_id, row.qty, row.lack, not row.elsewhere) for row in of(rows, item_id)}
    broken = {row.order_id for row in rows if row.lack and row.item_id != item_id}
    givers = [gap for order_id, gap in gaps.items() if order_id in broken and not gap.lack and gap.movable]
    result = dict(lacking)
    for order_id in sorted(set(lacking) - broken):
        mine = gaps[order_id]
        giver = next((gap for gap in givers if gap.qty == mine.qty), None)
        if giver and mine.movable:
            givers.remove(giver)
            exchange(tx, list_id, mine, giver)
            result[giver.order_id] = result.pop(order_id)
    return result


def of(rows: list[Any], item_id: int) -> list[Any]:
    """Return the rows of one item."""
    return [row for row in rows if row.item_id == item_id]


def exchange(tx: Tx, list_id: int, one: Gap, other: Gap) -> None:
    """Let two order lines change their picks on a list, and what these took."""
    mine = select(picks.c.id, picks.c.order_line_id, picks.c.taken).where(picks.c.list_id == list_id)
    both = mine.where(picks.c.order_line_id.in_((one.line_id, other.line_id))).order_by(picks.c.id)
    rows = tx.all(both.with_for_update(key_share=True))
    to = {one.line_id: other, other.line_id: one}
    taken: dict[int, int] = defaultdict(int)
    for row in rows:
        taken[row.order_line_id] += row.taken
    for row in rows:
        target = to[row.order_line_id]
        tx.execute(hand_over, {"pick": row.id, "order": target.order_id, "line": target.line_id})
    for line_id in sorted(to):
        more = taken[to[line_id].line_id] - taken[line_id]
        tx.execute(count_line, {"line": line_id, "n": more})
