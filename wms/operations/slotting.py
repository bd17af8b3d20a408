"""Slotting: proposals which item belongs into which face; an accepted one becomes moves that people do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from wms.db import Store, Tx, dumps, table_of
from wms.errors import NotFound, Refusal
from wms.models.slotting import MoveTask, PickFace, SlottingMove, SlottingPlan
from wms.operations import master
from wms.operations.ledger import By
from wms.planning import slotting as planner
from wms.planning.slotting import AWAY, Plan
from wms.queries import slotting as reads
from wms.queries.slotting import Loaded
from wms.settings import Settings

plans, moves, tasks = table_of(SlottingPlan), table_of(SlottingMove), table_of(MoveTask)
faces = table_of(PickFace)
AFTER_ALL = 1_500_000_000  # re-slotting comes after every replenishment


class NothingToSlot(Refusal):
    """Without goods in bins or without orders there is nothing to learn from."""

    sentence = "No goods in bins, or no orders yet: nothing to plan."


class NoBetter(Refusal):
    """The floor is as good as the planner can make it."""

    sentence = "Everything stands well: no move saves any walk."


class NotProposed(Refusal):
    """Another plan was accepted, or made, meanwhile."""

    sentence = "This plan is {state}. Make a new one."


class NoRoomAside(Refusal):
    """Goods must wait somewhere while others take their place."""

    sentence = "No empty bin and no stage for goods to wait in."


class NothingChosen(Refusal):
    """A budget in which not even the first chain of moves fits."""

    sentence = "The first moves belong together: {least} at least."


def propose(store: Store, settings: Settings, by: By, seconds_max: float = 60.0) -> dict[str, Any]:
    """Plan on a snapshot, outside the write transaction, and keep the proposal; older ones are void.

    Returns the plan's id, its number of moves, and the mean walk for an order before and after, in mm. Raises
    NothingToSlot, NoBetter.
    """
    with store.read() as tx:
        loaded = reads.problem(tx, settings)
    if not loaded.orders or not loaded.problem.current:
        raise NothingToSlot
    plan = planner.plan(loaded.problem, planner.Options(moves_max=2 * len(loaded.items), seconds_max=seconds_max))
    if not plan.moves:
        raise NoBetter
    plan_id = store.transact(lambda tx: keep(tx, by, loaded, plan))
    walks = {"before_mm": round(plan.walk_before_mm or 0), "after_mm": round(plan.walk_after_mm or 0)}
    return {"plan_id": plan_id, "moves": len(plan.moves), **walks}


def keep(tx: Tx, by: By, loaded: Loaded, plan: Plan) -> int:
    """Write a proposal with its moves; older proposals are void."""
    tx.execute(update(plans).where(plans.c.state == "proposed").values(state="old"))
    known = {"visits": {sku: loaded.visits[sku] for sku in loaded.items if loaded.visits[sku]}, "at": loaded.at}
    walks = {"before_mm": round(plan.walk_before_mm or 0), "after_mm": round(plan.walk_after_mm or 0)}
    facts = {"orders": loaded.orders, "items": len(loaded.items), "heat": dumps(known), "why": why(loaded, plan)}
    plan_id = master.add(tx, plans, made_at=tx.now, made_by=by.operator_id, **walks, **facts)
    rows = [
        {"plan_id": plan_id, "rank": rank, "chain": move.chain, "item_id": loaded.items[move.sku]}
        | {"from_id": place_or_none(move.from_face), "to_id": place_or_none(move.to_face)}
        | {"saved_mm": round(move.saved_mm_per_order)}
        for rank, move in enumerate(plan.moves, start=1)
    ]
    tx.execute(insert(moves), rows)
    tx.announce("slotting")
    return plan_id


def place_or_none(place: int) -> int | None:
    """Return a place of the planner as a row's id; None for "away"."""
    return None if place == AWAY else place


def why(loaded: Loaded, plan: Plan) -> str:
    """Return how a plan was made, in words."""
    per_list = loaded.problem.orders_per_list
    made = f"By {plan.method}, for lists of {per_list} orders, measured on orders that it did not learn from."
    return made + (" The time limit was hit." if plan.limit_hit else "")


# --- accepting -------------------------------------------------------------------------------------------------------


def accept(tx: Tx, settings: Settings, by: By, plan_id: int, budget: int | None = None) -> dict[str, int]:
    """Let the first `budget` moves of a proposal (None: all) become tasks, and its faces the ones in force.

    Chains of moves that belong together are not cut. Returns how many moves were accepted and how many tasks they
    became. Raises NotFound, NotProposed, NothingChosen.
    """
    plan = tx.one(select(plans).where(plans.c.id == plan_id).with_for_update(key_share=True))
    if plan is None:
        raise NotFound(what=f"Slotting plan {plan_id}")
    if plan.state != "proposed":
        raise NotProposed(state=plan.state)
    steps = reads.moves_of(tx, plan_id)
    number = reads.within(steps, budget)
    if not number:
        raise NothingChosen(least=sum(each.chain == steps[0].chain for each in steps))
    tx.execute(update(plans).where(plans.c.state == "active").values(state="old"))
    tx.execute(update(moves).where(moves.c.plan_id == plan_id, moves.c.rank <= number).values(accepted=True))
    accepted = {"state": "active", "accepted_at": tx.now, "accepted_by": by.operator_id}
    tx.execute(update(plans).where(plans.c.id == plan_id).values(**accepted))
    assign(tx, settings, plan, steps[:number])
    made = add_tasks(tx, plan_id, steps[:number])
    tx.announce("slotting", "replenishing")
    return {"moves": number, "tasks": made}


def assign(tx: Tx, settings: Settings, plan: Any, steps: Sequence[Any]) -> None:
    """Let every item have the faces that it has after the moves; what it had before is nobody's, or another item's.

    The faces of an item together are refilled below half of what a wave takes of it; limits that people gave stay.
    """
    told, ids = json.loads(plan.heat), reads.item_ids(tx)
    homes = {ids[sku]: places for sku, places in reads.moved(told["at"], steps).items() if sku in ids}
    per_item = {ids[sku]: half_a_wave(settings, plan, number) for sku, number in told["visits"].items() if sku in ids}
    limits = {item: (-(-units // max(len(homes.get(item, ())), 1)), 0) for item, units in per_item.items()}
    limits |= {row.item_id: (row.min_qty, row.max_qty) for row in tx.all(select(faces).order_by(faces.c.id))}
    tx.execute(faces.delete().where(faces.c.item_id.in_(list(homes))))
    taken = {row.location_id for row in tx.all(select(faces.c.location_id))}
    rows = [
        face_row(plan.id, item, place, limits.get(item, (0, 0)))
        for item, places in homes.items()
        for place in places
        if place not in taken
    ]
    if rows:
        tx.execute(insert(faces), rows)


def half_a_wave(settings: Settings, plan: Any, visits: int) -> int:
    """Return half of what a wave takes of an item that was picked so often in the orders of a plan."""
    return -(-visits * settings.release.wave_orders // (2 * int(plan.orders)))


def face_row(plan_id: int, item_id: int, place: int, limits: tuple[int, int]) -> dict[str, Any]:
    """Return a pick face as a row."""
    where = {"item_id": item_id, "location_id": place, "plan_id": plan_id}
    return where | {"min_qty": limits[0], "max_qty": limits[1]}


def add_tasks(tx: Tx, plan_id: int, steps: Sequence[Any]) -> int:
    """Write the moves as tasks, in their order; what must wait out of the way waits in an empty bin, or on a stage.

    Open tasks of an older plan are void. An item that comes from the reserve needs no task here: its new face is
    replenished like any other. Raises NoRoomAside.
    """
    stale = (tasks.c.reason == "slotting", tasks.c.state == "open")
    tx.execute(update(tasks).where(*stale).values(state="void", done_at=tx.now))
    content = reads.contents(tx, [step.item_id for step in steps])
    rows = []
    for step, source, target in ways(steps, reads.aside(tx, [step.to_id for step in steps])):
        goods = content.pop((source, step.item_id), Counter())
        content.setdefault((target, step.item_id), Counter()).update(goods)
        rows += [task_row(tx, plan_id, (step, source, target), part) for part in sorted(goods.items())]
    if rows:
        tx.execute(insert(tasks), [row | {"seq": AFTER_ALL + place} for place, row in enumerate(rows)])
    return len(rows)


Way = tuple[Any, int, int]
"""A step of a plan, where its goods are taken, where they are brought."""


def ways(steps: Iterable[Any], spare: list[int]) -> Iterator[Way]:
    """Return each step with its places: "away" is one of the spare ones, where the item is fetched again later."""
    parked: dict[int, int] = {}
    for step in steps:
        source, target = step.from_id or parked.pop(step.item_id, None), step.to_id
        if source is None:
            continue
        if target is None:
            if not spare:
                raise NoRoomAside
            target = parked[step.item_id] = spare.pop(0)
        yield step, source, target


def task_row(tx: Tx, plan_id: int, way: Way, part: tuple[int, int]) -> dict[str, Any]:
    """Return a task for one lot of what a step moves."""
    (step, source, target), (lot, qty) = way, part
    what = {"reason": "slotting", "plan_id": plan_id, "item_id": step.item_id, "lot_id": lot, "qty": qty}
    saved = f"Saves {step.saved_mm / 1000:.1f} m an order." if step.to_id else "Makes room for the next move."
    return what | {"from_location_id": source, "to_location_id": target, "why": saved, "asked_at": tx.now}
