"""Replenishing: the open move tasks are at any time what the pick faces need now, for the next wave and its picks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import insert, select, update

from wms.db import Store, Tx, table_of
from wms.errors import NotFound, Refusal
from wms.models.items import Item
from wms.models.places import Location
from wms.models.slotting import MoveTask, PickFace
from wms.operations import master
from wms.planning import replenishing as planner
from wms.planning.replenishing import AT_LEISURE, Plan, Task
from wms.queries import replenishing as reads
from wms.queries.replenishing import Loaded
from wms.settings import Settings

tasks, faces, items, locations = table_of(MoveTask), table_of(PickFace), table_of(Item), table_of(Location)
open_tasks = select(tasks).where(tasks.c.reason == "replenish", tasks.c.state == "open").order_by(tasks.c.id)
TRIES = 5  # plans that may be overtaken by people who take or bring refills
SPOT = ("from_location_id", "from_lpn_id", "item_id", "lot_id", "to_location_id")


class NoFace(Refusal):
    """Items are picked loose: only a bin can be a face."""

    sentence = "{place} is a {kind}. A pick face is a bin."


class FaceTaken(Refusal):
    """A face is kept for one item."""

    sentence = "{place} is the face of {sku}."


class BadLimits(Refusal):
    """The minimum of a face is above its maximum."""

    sentence = "Minimum {least} is above maximum {most}."
    status = 422


class Outdated(Refusal):
    """Again and again somebody took or brought a refill while the next ones were planned."""

    sentence = "Refills were taken meanwhile. Look again."


def refresh(store: Store, settings: Settings) -> dict[str, int]:
    """Plan on a snapshot, outside the write transaction, then let the open tasks be what the plan says.

    Running it again changes nothing: units in somebody's hands count as coming, open tasks are compared, not added.
    Returns how many tasks are open, new, changed and void, and how many units the next wave will miss in its faces.
    Raises Outdated when no plan held long enough to be written.
    """
    for _ in range(TRIES):
        with store.read() as tx:
            loaded = reads.problem(tx, settings)
        plan = planner.plan(loaded.problem)
        with suppress(Outdated):
            return store.transact(partial(write, loaded=loaded, plan=plan))
    raise Outdated


def write(tx: Tx, loaded: Loaded, plan: Plan) -> dict[str, int]:
    """Make the open replenishments equal to a plan; those that somebody has in hand are left alone.

    Raises Outdated when a task was added, taken or brought since the plan was made: its refill would come twice.
    """
    tx.execute(select(faces.c.id).order_by(faces.c.id).with_for_update(key_share=True))  # one writer at a time
    rows = tx.all(open_tasks.with_for_update(key_share=True))  # nobody takes one from here on
    if reads.under_way(tx) != loaded.under_way:
        raise Outdated
    known = {spot_of(row._asdict()): row for row in rows}
    wanted = merged(as_row(tx, loaded, task) for task in plan.tasks)
    new = [row for spot, row in wanted.items() if spot not in known]
    if new:
        tx.execute(insert(tasks), new)
    changed = [spot for spot in wanted.keys() & known.keys() if adjust(tx, known[spot], wanted[spot])]
    gone = [row.id for spot, row in known.items() if spot not in wanted]
    if gone:
        tx.execute(update(tasks).where(tasks.c.id.in_(gone)).values(state="void", done_at=tx.now))
    if new or changed or gone:
        tx.announce("replenishing")
    figures = {"open": len(wanted), "new": len(new), "changed": len(changed), "void": len(gone)}
    return figures | {"missing": plan.short_units}


def spot_of(row: Mapping[str, Any]) -> tuple[int, ...]:
    """Return what tells one replenishment from another: source, goods, face."""
    return tuple(row[name] for name in SPOT)


def merged(rows: Iterable[dict[str, Any]]) -> dict[tuple[int, ...], dict[str, Any]]:
    """Return planned rows by their spot; what goes the same way more than once goes at once, when the first is due."""
    found: dict[tuple[int, ...], dict[str, Any]] = {}
    for row in rows:
        first = found.setdefault(spot_of(row), row)
        if first is not row:
            first["qty"] += row["qty"]
    return found


def as_row(tx: Tx, loaded: Loaded, task: Task) -> dict[str, Any]:
    """Return a planned task as a row; the earlier its face runs empty, the earlier it is done."""
    stock = loaded.stocks[task.stock_id]
    where = {"from_location_id": stock.location_id, "from_lpn_id": stock.lpn_id, "to_location_id": task.place_id}
    what = {"item_id": stock.item_id, "lot_id": stock.lot_id, "qty": task.qty, "why": why(task)}
    return where | what | {"reason": "replenish", "seq": task.due_s, "asked_at": tx.now}


def why(task: Task) -> str:
    """Return what a task is for, in words."""
    carton = "The whole carton" if task.whole else "Part of a carton"
    if task.due_s == AT_LEISURE:
        return f"{carton}: the face is below its minimum."
    return f"{carton}: {'open picks' if task.due_s == 0 else 'the next wave'} would find the face empty."


def adjust(tx: Tx, known: Any, row: Mapping[str, Any]) -> bool:
    """Give an open task the quantity and urgency of the plan; return whether that changed it."""
    values = {"qty": known.moved + row["qty"], "seq": row["seq"], "why": row["why"]}
    if all(known._mapping[name] == value for name, value in values.items()):
        return False
    return (
        tx.execute(update(tasks).where(tasks.c.id == known.id, tasks.c.state == "open").values(**values)).rowcount == 1
    )


# --- faces -----------------------------------------------------------------------------------------------------------


def set_face(tx: Tx, sku: str, place: str, limits: tuple[int, int]) -> int:
    """Make a bin the pick face of an item, refilled below the minimum up to the maximum (0: as many as fit).

    Returns the face's id. Raises NotFound, NoFace, FaceTaken, BadLimits.
    """
    item = tx.one(select(items.c.id).where(items.c.sku == sku))
    room = tx.one(select(locations.c.id, locations.c.name, locations.c.kind).where(locations.c.name == place))
    if item is None:
        raise NotFound(what=f"Item {sku}")
    if room is None:
        raise NotFound(what=f"Place {place}")
    if room.kind != "bin":
        raise NoFace(place=room.name, kind=room.kind)
    if limits[1] and limits[0] > limits[1]:
        raise BadLimits(least=limits[0], most=limits[1])
    return keep_face(tx, item.id, room, limits)


def keep_face(tx: Tx, item_id: int, room: Any, limits: tuple[int, int]) -> int:
    """Add the face, or change its limits; raises FaceTaken when it is another item's."""
    values = {"min_qty": limits[0], "max_qty": limits[1]}
    known = select(faces.c.id, faces.c.item_id, items.c.sku).join(items, items.c.id == faces.c.item_id)
    held = tx.one(known.where(faces.c.location_id == room.id))
    if held is None:
        tx.announce("replenishing")
        return master.add(tx, faces, item_id=item_id, location_id=room.id, **values)
    if held.item_id != item_id:
        raise FaceTaken(place=room.name, sku=held.sku)
    tx.execute(update(faces).where(faces.c.id == held.id).values(**values))
    tx.announce("replenishing")
    return int(held.id)


def free_face(tx: Tx, place: str) -> None:
    """Let a bin be nobody's face any more; raises NotFound when it is none."""
    here = select(locations.c.id).where(locations.c.name == place).scalar_subquery()
    if not tx.execute(faces.delete().where(faces.c.location_id == here)).rowcount:
        raise NotFound(what=f"Pick face {place}")
    tx.announce("replenishing")
