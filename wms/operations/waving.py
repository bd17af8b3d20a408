"""Release: a pilot, then waves. Clean orders that are fully in stock become pick lists with a walk."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import func, insert, select, update

from wms import barcodes
from wms.db import Store, Tx, table_of
from wms.errors import Refusal
from wms.models.orders import Order, OrderLine
from wms.models.outbound import ListOrder, Pick, PickList, Wave
from wms.operations import directory, ledger, locking, master, timeline, touring
from wms.operations.ledger import By, Key, NotEnough
from wms.operations.touring import ProposedList, ProposedPick
from wms.planning import allocation
from wms.queries import cutoffs
from wms.queries import planning as reads
from wms.queries.orders import in_parts
from wms.queries.planning import Shelf, Wanted
from wms.settings import Settings

waves, lists, list_orders, picks = table_of(Wave), table_of(PickList), table_of(ListOrder), table_of(Pick)
orders, order_lines = table_of(Order), table_of(OrderLine)
MISSING_SHOWN = 8


class NothingToRelease(Refusal):
    """No clean order can go, and why."""

    sentence = "{why}"

    @property
    def text(self) -> str:
        """Return the whole sentence: it is read in an office."""
        return str(self.facts["why"])


class Outdated(Refusal):
    """Orders or stock changed while the release was planned."""

    sentence = "Orders or stock changed meanwhile. Release again."


@dataclass(frozen=True)
class Proposal:
    """A release as planned: what it takes for granted is checked again when it is written.

    `lines` is (line, units) of every order in it; `waiting` counts clean orders whose stock is missing, by SKU.
    """

    kind: str
    lists: tuple[ProposedList, ...]
    lines: frozenset[tuple[int, int]]
    waiting: int
    missing: Mapping[str, int]
    segment_id: int | None = None
    job_key: str | None = None

    @property
    def orders(self) -> list[int]:
        """Return all orders, by id."""
        return sorted(order_id for each in self.lists for order_id in each.orders)


class Released(TypedDict):
    """What a release made, and what it left: walk in mm, missing as SKU -> units; whether the time for it was up."""

    wave_id: int
    name: str
    kind: str
    orders: int
    lists: int
    picks: int
    units: int
    walk_mm: int
    waiting: int
    missing: dict[str, int]
    limit_hit: bool


Planner = Callable[[Tx], Proposal]
Writer = Callable[[Tx, By, Proposal], Released]


# --- both steps ---


def release(tx: Tx, settings: Settings, by: By, pilot: bool | None = None, orders: int | None = None) -> Released:
    """Plan and write one release in one transaction. Raises NothingToRelease, Outdated."""
    return commit_release(tx, by, propose(tx, settings, pilot, orders))


def release_all(
    store: Store, settings: Settings, by: By, pilot: bool | None = None, orders: int | None = None
) -> Released:
    """Release what needs no gate. Raises NothingToRelease, Outdated."""
    return release_planned(store, by, lambda tx: propose(tx, settings, pilot, orders))


def release_planned(store: Store, by: By, plan: Planner, write: Writer | None = None) -> Released:
    """Plan on a snapshot, outside the write transaction, then write; planned once more when something changed.

    Raises NothingToRelease, Outdated, and what `plan` and `write` (commit_release) raise.
    """
    try:
        return plan_and_write(store, by, plan, write or commit_release)
    except Outdated:
        return plan_and_write(store, by, plan, write or commit_release)


def plan_and_write(store: Store, by: By, plan: Planner, write: Writer) -> Released:
    """Plan on a snapshot, then write what still holds. Raises NothingToRelease, Outdated."""
    with store.read() as tx:
        proposal = plan(tx)
    return store.transact(lambda tx: write(tx, by, proposal))


# --- planning ---


def propose(
    tx: Tx,
    settings: Settings,
    pilot: bool | None = None,
    orders: int | None = None,
    only: Collection[int] | None = None,
) -> Proposal:
    """Plan a release of at most `orders` orders; a pilot when there is no wave yet and nobody says otherwise.

    `only`: the orders that the gate let through; without, all clean orders of campaigns that have no gate.
    Orders go for the first truck that they can reach, in between those that came first.
    An order goes complete or not at all. Raises NothingToRelease naming what is missing.
    """
    if pilot is None:
        pilot = not tx.value(select(func.count()).select_from(waves))
    most = orders or (settings.release.pilot_orders if pilot else settings.release.wave_orders)
    lines = reads.clean_lines(tx, only)
    if not lines:
        raise NothingToRelease(why="No clean order waits for its release." + behind_gates(tx, only))
    shelves = reads.shelves(tx)
    in_turn = list(dict.fromkeys(line.order_id for line in lines))
    ranked = by_configuration(lines) if pilot else cutoffs.ranked(tx, settings, in_turn)
    allocs, short = allocated(tx, settings, (lines, shelves), ranked)
    missing = lacking(lines, short, shelves, allocs)
    served = {line.order_id for line in lines} - {line.order_id for line in lines if line.line_id in short}
    going = [order_id for order_id in ranked if order_id in served][:most]
    if not going:
        raise NothingToRelease(why=f"No clean order is fully in stock. Missing: {shortfall(missing)}.")
    chosen = set(going)
    lists = touring.tours(tx, settings, [line for line in lines if line.order_id in chosen], allocs, shelves)
    asked = frozenset((line.line_id, line.qty) for line in lines if line.order_id in chosen)
    return Proposal("pilot" if pilot else "wave", lists, asked, len(ranked) - len(served), missing)


def behind_gates(tx: Tx, only: Collection[int] | None) -> str:
    """Return which campaigns have clean orders behind their gate, as a sentence to add, when nobody chose any."""
    codes = reads.gated_campaigns(tx) if only is None else []
    return f" Campaign {', '.join(codes)}: release a segment, its gate decides." if codes else ""


def by_configuration(lines: Sequence[Wanted]) -> list[int]:
    """Return orders so that the first ones show the most: each item once, then each configuration, then the rest.

    Commoner configurations come first: a pilot of any size proves what most parcels will be.
    """
    content: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for line in lines:
        content[line.order_id].append((line.sku, line.qty))
    groups: dict[tuple[tuple[str, int], ...], list[int]] = defaultdict(list)
    for order_id, parts in content.items():
        groups[tuple(sorted(parts))].append(order_id)
    common = sorted(groups, key=lambda shape: (-len(groups[shape]), groups[shape][0]))
    seen: set[str] = set()
    new: list[int] = []
    known: list[int] = []
    for shape in common:
        skus = {sku for sku, _ in shape}
        (known if skus <= seen else new).append(groups[shape][0])
        seen |= skus
    return list(dict.fromkeys([*new, *known, *content]))


def allocated(
    tx: Tx, settings: Settings, given: tuple[Sequence[Wanted], Sequence[Shelf]], ranked: Sequence[int]
) -> tuple[dict[int, list[tuple[Shelf, int]]], set[int]]:
    """Return line -> (shelf, units), and the lines that nothing serves."""
    lines, shelves = given
    rank = {order_id: place for place, order_id in enumerate(ranked, start=1)}
    demands = sorted(
        (allocation.Demand(line.line_id, line.order_id, line.sku, line.qty, rank[line.order_id]) for line in lines),
        key=lambda demand: demand.priority,
    )
    supplies = tuple(shelf.supply for shelf in shelves)
    days = settings.floor.expiry_days_min
    problem = allocation.Problem(tuple(demands), supplies, tx.now.date().toordinal(), days, complete_orders=True)
    plan = allocation.plan(problem, allocation.Options(settings.release.allocation))
    known = {shelf.stock_id: shelf for shelf in shelves}
    found: dict[int, list[tuple[Shelf, int]]] = defaultdict(list)
    for alloc in plan.allocs:
        found[alloc.line_id].append((known[alloc.stock_id], alloc.qty))
    return found, {short.line_id for short in plan.short}


def lacking(
    lines: Sequence[Wanted], short: set[int], shelves: Sequence[Shelf], allocs: Mapping[int, list[tuple[Shelf, int]]]
) -> dict[str, int]:
    """Return SKU -> units that must come before all clean orders can go, most first."""
    need = Counter[str]()
    for line in lines:
        if line.line_id in short:
            need[line.sku] += line.qty
    left = Counter[str]()
    for shelf in shelves:
        left[shelf.sku] += shelf.free
    for parts in allocs.values():
        for shelf, qty in parts:
            left[shelf.sku] -= qty
    gaps = {sku: qty - left[sku] for sku, qty in need.items() if qty > left[sku]}
    return dict(sorted(gaps.items(), key=lambda pair: (-pair[1], pair[0])))


def shortfall(missing: Mapping[str, int]) -> str:
    """Return the missing SKUs as a sentence part, the worst first."""
    shown = [f"{sku} {qty}" for sku, qty in list(missing.items())[:MISSING_SHOWN]]
    more = len(missing) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "") if shown else "stock that lasts long enough"


# --- writing ---


def commit_release(tx: Tx, by: By, proposal: Proposal) -> Released:
    """Write a planned release, all or nothing. Raises Outdated when an order or its stock changed meanwhile."""
    check(tx, proposal)
    wave_id, name = add_wave(tx, by, proposal)
    for part in in_parts(proposal.orders):
        tx.execute(update(orders).where(orders.c.id.in_(part)).values(state="released", wave_id=wave_id))
    locking.close(tx, proposal.orders)
    for each in proposal.lists:
        add_list(tx, wave_id, each)
    wanted = Counter[Key]()
    for pick in (pick for each in proposal.lists for pick in each.picks):
        wanted[pick.key] += pick.qty
    try:
        ledger.allocate(tx, dict(wanted))
    except NotEnough as gone:
        raise Outdated from gone
    timeline.note(tx, proposal.orders, "released", f"In {name}.", by.operator_id)
    tx.announce("waves", "picking")
    return released(proposal, wave_id, name)


def check(tx: Tx, proposal: Proposal) -> None:
    """Lock the orders in id order; raises Outdated unless all are clean and want what they wanted."""
    ids = proposal.orders
    left = order_lines.c.qty - order_lines.c.picked
    found, lines = list[Any](), list[Any]()
    for part in in_parts(ids):
        mine = select(orders.c.id, orders.c.state).where(orders.c.id.in_(part)).order_by(orders.c.id)
        found += tx.all(mine.with_for_update(key_share=True))
        lines += tx.all(select(order_lines.c.id, left).where(order_lines.c.order_id.in_(part), left > 0))
    clean = len(found) == len(ids) and all(row.state == "clean" for row in found)
    if not clean or {tuple(line) for line in lines} != proposal.lines:
        raise Outdated


def add_wave(tx: Tx, by: By, proposal: Proposal) -> tuple[int, str]:
    """Add a wave and return its id and name: Pilot 1, Wave 1, Wave 2, ..."""
    number = 1 + int(tx.value(select(func.count()).where(waves.c.kind == proposal.kind)) or 0)
    name = f"{proposal.kind.title()} {number}"
    why = {"segment_id": proposal.segment_id, "job_key": proposal.job_key, "released_by": by.operator_id}
    return master.add(tx, waves, name=name, kind=proposal.kind, released_at=tx.now, **why), name


def add_list(tx: Tx, wave_id: int, proposed: ProposedList) -> None:
    """Add one pick list with its slots and picks; its code is PL and its number."""
    facts = {"mode": proposed.mode, "walk_mm": proposed.walk_mm, "due_at": proposed.due_at, "why": proposed.why}
    list_id = master.add(tx, lists, wave_id=wave_id, code=f"new in {wave_id}", **facts)
    code = barcodes.number_code("PL", list_id)
    tx.execute(update(lists).where(lists.c.id == list_id).values(code=code))
    directory.register(tx, code, "list", list_id, str(list_id))
    slots = enumerate(proposed.orders, start=1)
    tx.execute(insert(list_orders), [{"list_id": list_id, "order_id": each, "slot": slot} for slot, each in slots])
    tx.execute(insert(picks), [pick_row(list_id, pick) for pick in proposed.picks])


def pick_row(list_id: int, pick: ProposedPick) -> dict[str, Any]:
    """Return a pick as a row: a pending move of what is allocated."""
    location_id, lpn_id, item_id, lot_id, _ = pick.key
    where = {"location_id": location_id, "lpn_id": lpn_id, "item_id": item_id, "lot_id": lot_id}
    what = {"order_id": pick.order_id, "order_line_id": pick.line_id, "qty": pick.qty, "seq": pick.seq}
    return {"list_id": list_id, **where, **what}


def made_by(tx: Tx, job_key: str | None) -> Released | None:
    """Return the figures of the wave that a job made before, or None: the same job makes no second one."""
    found = tx.one(select(waves).where(waves.c.job_key == job_key)) if job_key else None
    if found is None:
        return None
    mine = lists.c.wave_id == found.id
    sizes = select(func.count(), func.coalesce(func.sum(lists.c.walk_mm), 0)).where(mine)
    units = select(func.count(), func.coalesce(func.sum(picks.c.qty), 0)).join(lists, lists.c.id == picks.c.list_id)
    (n_lists, walk_mm), (n_picks, n_units) = (tuple(tx.all(each)[0]) for each in (sizes, units.where(mine)))
    return {
        "wave_id": found.id,
        "name": found.name,
        "kind": found.kind,
        "orders": int(tx.value(select(func.count()).where(orders.c.wave_id == found.id)) or 0),
        "lists": int(n_lists),
        "picks": int(n_picks),
        "units": int(n_units),
        "walk_mm": int(walk_mm),
        "waiting": 0,
        "missing": {},
        "limit_hit": False,
    }


def released(proposal: Proposal, wave_id: int, name: str) -> Released:
    """Return the figures of a release."""
    every = [pick for each in proposal.lists for pick in each.picks]
    return {
        "wave_id": wave_id,
        "name": name,
        "kind": proposal.kind,
        "orders": len(proposal.orders),
        "lists": len(proposal.lists),
        "picks": len(every),
        "units": sum(pick.qty for pick in every),
        "walk_mm": sum(each.walk_mm for each in proposal.lists),
        "waiting": proposal.waiting,
        "missing": dict(proposal.missing),
        "limit_hit": any(each.hurried for each in proposal.lists),
    }


def in_words(made: Released) -> str:
    """Return a release as a person reads it."""
    figures = f"{made['orders']} orders on {made['lists']} lists, {made['units']} units, {made['walk_mm'] // 1000} m"
    waits = f" {made['waiting']} orders wait for stock: {shortfall(made['missing'])}." if made["waiting"] else ""
    hurry = " The time for planning was up: the walks may be longer than they need be." if made["limit_hit"] else ""
    return f"{made['name']}: {figures}.{waits}{hurry}"
