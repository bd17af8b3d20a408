"""What slotting is told: faces, items, past orders, where everything stands; and plans as the office sees them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, select

from wms.db import Tx, table_of
from wms.models.items import Item, Owner
from wms.models.orders import Order, OrderLine
from wms.models.outbound import ListOrder, PickList
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.slotting import PickFace, SlottingMove, SlottingPlan
from wms.models.stock import AVAILABLE, LOOSE, Stock
from wms.planning.layout import Floor
from wms.planning.slotting import UNLIMITED, Face, ItemDemand, Problem
from wms.queries import planning
from wms.queries.listing import FIRST, Cut, Listing, page_of
from wms.queries.replenishing import unit_mm3
from wms.settings import Settings

faces, plans, moves = table_of(PickFace), table_of(SlottingPlan), table_of(SlottingMove)
stock, items, owners, locations = table_of(Stock), table_of(Item), table_of(Owner), table_of(Location)
orders, lines, operators = table_of(Order), table_of(OrderLine), table_of(Operator)
lists, list_orders = table_of(PickList), table_of(ListOrder)
HISTORY_MAX = 20_000  # orders that a plan learns from: the newest ones, shipped or still to go
HEAVY_G = 100_000  # what weighs more in its face stands no higher than the handy level
STEPS_MAX = 1_000  # that may put something aside on one stage
LISTS_SEEN = 200  # pick lists whose size tells how the floor works

loose_in_bins = and_(stock.c.lpn_id == LOOSE, stock.c.qty > 0, locations.c.kind == "bin", locations.c.active)
standing = (
    select(stock.c.location_id, stock.c.item_id, items.c.sku, func.sum(stock.c.qty).label("units"))
    .select_from(
        stock.join(items, items.c.id == stock.c.item_id).join(locations, locations.c.id == stock.c.location_id)
    )
    .where(loose_in_bins)
    .group_by(stock.c.location_id, stock.c.item_id, items.c.sku)
    .order_by(stock.c.location_id, stock.c.item_id)
)
faced = select(faces.c.location_id, faces.c.item_id, items.c.sku).join(items, items.c.id == faces.c.item_id)
all_bins = (
    select(locations).where(locations.c.kind == "bin", locations.c.active).order_by(locations.c.name, locations.c.id)
)
every_item = select(items.c.id, items.c.sku, unit_mm3.label("mm3"), items.c.weight_g, items.c.hazard).add_columns(
    owners.c.code.label("owner")
)


@dataclass(frozen=True)
class Loaded:
    """A problem, its items' ids, and how often each item was picked in the orders it learns from."""

    problem: Problem
    items: Mapping[str, int]
    visits: Mapping[str, int]
    orders: int

    @property
    def at(self) -> dict[str, list[int]]:
        """Return where each item is now."""
        found: dict[str, list[int]] = defaultdict(list)
        for sku, place in self.problem.current:
            found[sku].append(place)
        return dict(found)


def problem(tx: Tx, settings: Settings) -> Loaded:
    """Return bins and items as the slotting planner sees them, with the newest orders, oldest of them first."""
    history, floor = past(tx), planning.floor(tx, settings.layout)
    visits = Counter(sku for order in history for sku in order)
    at, units, shared = where(tx)
    known = {row.sku: row for row in tx.all(every_item.join(owners, owners.c.id == items.c.owner_id))}
    skus = [sku for sku in known if visits[sku] or sku in at]
    demands = tuple(demand(known[sku], visits[sku], units[sku], len(at.get(sku, ()))) for sku in sorted(skus))
    found = tuple(as_face(row, floor) for row in tx.all(all_bins) if row.id not in shared)
    current = tuple((sku, place) for sku in sorted(skus) for place in sorted(at.get(sku, ())))
    size = list_size(tx) or settings.release.totes_max
    told = replace(Problem(demands, found, handy(found), heavy_g=HEAVY_G, current=current), floor=floor)
    told = replace(told, history=history, orders_per_list=size)
    return Loaded(told, {sku: known[sku].id for sku in skus}, visits, len(history))


def handy(found: Sequence[Face]) -> int:
    """Return the level that is reached without bending or climbing: the second from below, where there are several."""
    levels = sorted({face.level for face in found})
    return levels[min(1, len(levels) - 1)] if levels else 0


def where(tx: Tx) -> tuple[dict[str, set[int]], Counter[str], set[int]]:
    """Return SKU -> bins of its own, SKU -> the most units in one of them, and the bins that several items share.

    A face is its item's own also while it is empty; goods in a shared bin stay there until it is sorted out.
    """
    content: dict[int, dict[str, int]] = defaultdict(dict)
    for row in tx.all(faced):
        content[row.location_id][row.sku] = 0
    for row in tx.all(standing):
        content[row.location_id][row.sku] = int(row.units)
    at: dict[str, set[int]] = defaultdict(set)
    units = Counter[str]()
    shared = {place for place, skus in content.items() if len(skus) > 1}
    for place in content.keys() - shared:
        [(sku, number)] = content[place].items()
        at[sku].add(place)
        units[sku] = max(units[sku], number)
    return dict(at), units, shared


def past(tx: Tx) -> tuple[tuple[str, ...], ...]:
    """Return the newest orders that were not cancelled, oldest first, each as its items."""
    newest = select(orders.c.id).where(orders.c.state != "cancelled").order_by(orders.c.id.desc()).limit(HISTORY_MAX)
    told = select(lines.c.order_id, items.c.sku).join(items, items.c.id == lines.c.item_id)
    found: dict[int, list[str]] = defaultdict(list)
    for row in tx.all(
        told.where(lines.c.order_id.in_(newest.scalar_subquery())).order_by(lines.c.order_id, lines.c.id)
    ):
        found[row.order_id].append(row.sku)
    return tuple(tuple(skus) for skus in found.values())


def demand(row: Row[Any], picks: int, units: int, number: int) -> ItemDemand:
    """Return an item as the planner sees it: a face of it must hold what stands in its fullest bin."""
    most = max(units, 1)
    return ItemDemand(row.sku, picks, most * row.mm3, bool(row.hazard), most * row.weight_g, "", max(number, 1))


def as_face(row: Row[Any], floor: Floor) -> Face:
    """Return a bin as the planner sees it, half of the way by it; capacity 0 means no limit."""
    start, end = floor.ends
    far = (floor.distance(start, row.id) + floor.distance(row.id, end)) // 2
    room = row.capacity_mm3 or UNLIMITED, row.capacity_g or UNLIMITED
    return Face(row.id, far, row.level, room[0], row.hazard_ok, room[1])


def list_size(tx: Tx) -> int:
    """Return how many orders a pick list has in the mean of the newest lists; 0 before there are any."""
    newest = select(lists.c.id).where(lists.c.state != "void").order_by(lists.c.id.desc()).limit(LISTS_SEEN)
    mine = list_orders.c.list_id.in_(newest.scalar_subquery())
    counted = tx.one(
        select(func.count().label("orders"), func.count(list_orders.c.list_id.distinct()).label("lists")).where(mine)
    )
    return round(counted.orders / counted.lists) if counted and counted.lists else 0


# -- plans ------------------------------------------------------------------------------------------------------------

before, after = locations.alias("before"), locations.alias("after")
all_plans = select(plans, operators.c.name.label("by")).outerjoin(operators, operators.c.id == plans.c.made_by)
all_moves = (
    select(moves, items.c.sku, items.c.name, items.c.colour)
    .add_columns(before.c.name.label("from_place"), after.c.name.label("to_place"))
    .select_from(
        moves.join(items, items.c.id == moves.c.item_id)
        .outerjoin(before, before.c.id == moves.c.from_id)
        .outerjoin(after, after.c.id == moves.c.to_id)
    )
    .order_by(moves.c.rank)
)


class Step(NamedTuple):
    """A move of a plan, the mean walk for an order once it is done, and whether it is chosen."""

    move: Row[Any]
    then_mm: int
    chosen: bool


@dataclass(frozen=True)
class PlanPage:
    """One slotting plan with its moves, and the visits of each place (by id) before and after the first of them."""

    plan: Row[Any]
    moves: Sequence[Row[Any]]
    chosen: int
    before: Mapping[int, int]
    after: Mapping[int, int]

    @property
    def least(self) -> int:
        """Return how many moves the first chain has: fewer cannot be accepted."""
        return sum(each.chain == self.moves[0].chain for each in self.moves)

    @property
    def table(self) -> list[Step]:
        """Return the moves with the mean walk for an order after each of them, and whether they are chosen."""
        walks = [self.walk_after(number) for number in range(1, len(self.moves) + 1)]
        return [Step(each, walks[place], place < self.chosen) for place, each in enumerate(self.moves)]

    @property
    def after_mm(self) -> int:
        """Return the mean walk for one order after the chosen moves."""
        return self.walk_after(self.chosen)

    @property
    def saved_mm(self) -> int:
        """Return the walk that the chosen moves save an order."""
        return int(self.plan.before_mm) - self.after_mm

    def walk_after(self, number: int) -> int:
        """Return the mean walk for an order after so many moves: each takes its share of what all of them save.

        The shares were measured on the orders that the plan learnt from, the whole on orders that it did not.
        """
        saved, all_of_it = (sum(each.saved_mm for each in part) for part in (self.moves[:number], self.moves))
        gain = int(self.plan.before_mm - self.plan.after_mm)
        return int(self.plan.before_mm) - (gain * saved // all_of_it if all_of_it else 0)


def plan_list(tx: Tx, cut: Cut = FIRST) -> Listing:
    """Return slotting plans, the newest first."""
    return page_of(tx, all_plans.order_by(plans.c.id.desc()), cut)


def plan_row(tx: Tx, plan_id: int | None = None) -> Row[Any] | None:
    """Return a plan, or without an id the newest one that is proposed or active."""
    if plan_id is not None:
        return tx.one(all_plans.where(plans.c.id == plan_id))
    return tx.one(all_plans.where(plans.c.state != "old").order_by(plans.c.id.desc()).limit(1))


def plan_page(tx: Tx, plan_id: int | None = None, budget: int | None = None) -> PlanPage | None:
    """Return a plan with what its first `budget` moves come to (None: all), or None when there is no plan."""
    plan = plan_row(tx, plan_id)
    if plan is None:
        return None
    steps = moves_of(tx, plan.id)
    taken = within(steps, budget) if plan.state == "proposed" else sum(each.accepted for each in steps)
    told = json.loads(plan.heat)
    visits, now = told["visits"], told["at"]
    return PlanPage(plan, steps, taken, heat(visits, now), heat(visits, moved(now, steps[:taken])))


def moves_of(tx: Tx, plan_id: int) -> list[Row[Any]]:
    """Return the moves of a plan in their order, with item and places."""
    return tx.all(all_moves.where(moves.c.plan_id == plan_id))


def within(steps: Sequence[Row[Any]], budget: int | None) -> int:
    """Return how many of the first moves fit into a budget without breaking a chain in two."""
    most = len(steps) if budget is None else min(budget, len(steps))
    while most and most < len(steps) and steps[most - 1].chain == steps[most].chain:
        most -= 1
    return most


def moved(at: Mapping[str, Sequence[int]], steps: Iterable[Row[Any]]) -> dict[str, list[int]]:
    """Return where each item is after some moves; one that is out of the way is nowhere until it comes back."""
    found = {sku: list(places) for sku, places in at.items()}
    for step in steps:
        places = found.setdefault(step.sku, [])
        if step.from_id in places:
            places.remove(step.from_id)
        if step.to_id is not None:
            places.append(step.to_id)
    return found


def heat(visits: Mapping[str, int], at: Mapping[str, Sequence[int]]) -> dict[int, int]:
    """Return place -> visits; the places of an item share its visits evenly."""
    found = Counter[int]()
    for sku, number in visits.items():
        places = at.get(sku, ())
        for position, place in enumerate(places):
            found[place] += number // len(places) + (position < number % len(places))
    return dict(found)


drawn = ("bin", "reserve", "station", "dock", "stage")
on_the_map = select(
    *(locations.c[name] for name in ("id", "name", "kind", "zone", "aisle", "level", "x_mm", "y_mm"))
).where(locations.c.kind.in_(drawn), locations.c.active)


def floor_plan(tx: Tx) -> list[Row[Any]]:
    """Return the places that a picture of the floor shows, with their coordinates in mm."""
    return tx.all(on_the_map.order_by(locations.c.y_mm, locations.c.x_mm, locations.c.level, locations.c.id))


# -- what an accepted plan needs --------------------------------------------------------------------------------------


def item_ids(tx: Tx) -> dict[str, int]:
    """Return SKU -> id."""
    return {row.sku: row.id for row in tx.all(select(items.c.id, items.c.sku))}


def contents(tx: Tx, item_ids: Iterable[int]) -> dict[tuple[int, int], Counter[int]]:
    """Return (bin, item) -> lot -> units for sale that stand there loose."""
    found: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    mine = (stock.c.item_id.in_(set(item_ids)), stock.c.lpn_id == LOOSE, stock.c.qty > 0)
    for row in tx.all(select(stock).where(*mine, stock.c.condition == AVAILABLE)):
        found[row.location_id, row.item_id][row.lot_id] += row.qty
    return found


def aside(tx: Tx, targets: Iterable[int | None]) -> list[int]:
    """Return where goods may wait: empty bins that are nobody's face and no target, then stages, again and again."""
    filled = select(stock.c.location_id).where(stock.c.qty > 0)
    empty = locations.c.kind == "bin", locations.c.id.not_in(filled), locations.c.id.not_in(select(faces.c.location_id))
    wanted = {target for target in targets if target}
    bins = [row.id for row in tx.all(all_bins.where(*empty)) if row.id not in wanted]
    stages = tx.all(select(locations.c.id).where(locations.c.kind == "stage", locations.c.active))
    return bins + [row.id for row in stages[:1] for _ in range(STEPS_MAX)]
