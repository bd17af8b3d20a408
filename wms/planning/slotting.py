"""Which pick face each item gets: by how often it is picked, and by the walks of past orders.

Velocity comes first: the oftener an item is picked, the nearer and the handier its face. With a floor and past orders
the walks themselves are then shortened by exchanging items, so that what is ordered together comes to lie on one way.
With a budget of moves the search begins where items are now, and keeps to that many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from wms.planning.faces import AWAY, UNLIMITED, Face, Faces, ItemDemand, Move, Options, Plan, Problem
from wms.planning.problems import require
from wms.planning.rearranging import LISTS_MIN, Found, held_out, rearranged
from wms.planning.relocating import Chain, as_moves, chains, ranked
from wms.planning.replay import Units, cost, heat, walk, walk_of_lists
from wms.planning.standing import Standing, standing_at
from wms.planning.velocity import by_name, by_velocity

__all__ = ["AWAY", "UNLIMITED", "Face", "ItemDemand", "Move", "Options", "Plan", "Problem"]
__all__ += ["baseline", "heat", "plan", "verify", "walk"]
DEFAULT = Options()


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Items to faces; with `moves_max` the best that so many moves make of `current`.

    Never costs more than `baseline`, and the walks of orders it did not learn from are no longer than velocity's.
    BadProblem when a budget is given and the places of items are not.
    """
    learned = problem if _lists(problem) >= LISTS_MIN else replace(problem, history=())
    if options.moves_max is not None:
        return _moved(problem, learned, options)
    velocity = by_velocity(problem, options.rounds_max)
    named: list[tuple[str, Faces]] = [("velocity", velocity), ("name", by_name(problem))]
    found = Found(velocity, velocity, False, False)
    if learned.walks:
        found = rearranged(learned, options, min((faces for _, faces in named), key=lambda faces: cost(problem, faces)))
        named = [("route", found.faces), ("route", found.judged), *named] if found.better else named
    method, faces = min(named, key=lambda one: cost(problem, one[1]))
    moves = _moves(problem, learned, faces, None)[0] if problem.current else ()
    made = _plan(problem, faces, moves, (method, found.limit_hit))
    return made if method != "route" else replace(made, walk_after_mm=_held_out_walk(problem, found.judged))


def baseline(problem: Problem) -> Plan:
    """Items by name into faces by number, as they fit."""
    return _plan(problem, by_name(problem), (), ("name", False))


def _lists(problem: Problem) -> int:
    return len(problem.history) // problem.orders_per_list if problem.walks else 0


def _moved(problem: Problem, learned: Problem, options: Options) -> Plan:
    """The plan within a budget of moves."""
    budget = options.moves_max or 0
    require(budget >= 0, f"moves_max must not be negative: {budget}")
    items, faces = {item.sku for item in problem.items}, {face.place_id for face in problem.faces}
    for sku, place in problem.current:
        require(sku in items and place in faces, f"item {sku} or its face {place} is not in the problem")
    now = tuple(sorted(problem.current))
    found = rearranged(learned, options, now)
    if not found.better:
        return _plan(problem, now, (), ("as it is", found.limit_hit))
    moves, after = _moves(problem, learned, found.faces, budget)
    return _plan(problem, after, moves, ("route" if learned.walks else "velocity", found.limit_hit))


def _plan(problem: Problem, faces: Faces, moves: tuple[Move, ...], how: tuple[str, bool]) -> Plan:
    unplaced = tuple(sorted({item.sku for item in problem.items} - {sku for sku, _ in faces}))
    before = _held_out_walk(problem, tuple(sorted(problem.current)) or by_velocity(problem, DEFAULT.rounds_max))
    return Plan(faces, unplaced, cost(problem, faces), moves, before, _held_out_walk(problem, faces), *how)


def _held_out_walk(problem: Problem, faces: Faces) -> float | None:
    """Mean walk per order of the lists held out, of all lists when there are too few to hold any out."""
    if not problem.walks:
        return None
    enough = _lists(problem) >= LISTS_MIN
    walks = walk_of_lists(problem, faces)
    kept = [number for number in range(len(walks)) if held_out(number) or not enough]
    size, last = problem.orders_per_list, len(problem.history)
    return sum(walks[k] for k in kept) / sum(min(size, last - k * size) for k in kept)


# --- moves -----------------------------------------------------------------------------------------------------------


def _moves(problem: Problem, learned: Problem, faces: Faces, budget: int | None) -> tuple[tuple[Move, ...], Faces]:
    """The moves from `current` to these faces that save most, as many as the budget takes, and where they lead."""
    before, after = _matched(problem, faces)
    units, rows = standing_at(learned, tuple(sorted(problem.current)))
    standing = Standing(learned, {**units, **before}, rows)
    found = chains(before, after)
    index = {face.place_id: number for number, face in enumerate(problem.faces)}

    def going(chain: Chain, to: Units) -> int:
        numbers = {unit: number for number, unit in enumerate(standing.units)}
        places = [(numbers[unit], to[unit]) for unit in chain.units]
        return -sum(standing.go(unit, -1 if place is None else index[place]) for unit, place in places)

    alone = {}
    for chain in found:
        alone[chain] = going(chain, after)
        going(chain, before)
    chosen = ranked([chain for chain in found if budget is None or alone[chain] > 0], alone, budget)
    reached = before | {unit: after[unit] for chain in chosen for unit in chain.units}
    per_order = max(1, len(learned.history) if learned.walks else sum(item.picks for item in problem.items))
    moves = as_moves(problem, chosen, before, after, lambda chain: going(chain, after) / per_order)
    return moves, tuple(sorted((sku, place) for (sku, _), place in reached.items() if place is not None))


def _matched(problem: Problem, faces: Faces) -> tuple[Units, Units]:
    """Units of where items are and where they shall be: faces that an item keeps are the same unit."""
    before: Units = {}
    after: Units = {}
    for item in problem.items:
        now = [place for sku, place in sorted(problem.current) if sku == item.sku]
        then = [place for sku, place in faces if sku == item.sku]
        kept = [place for place in now if place in then]
        leaving = [*kept, *(place for place in now if place not in kept)]
        coming = [*kept, *(place for place in then if place not in kept)]
        for part in range(max(1, len(now), len(then))):
            before[item.sku, part] = leaving[part] if part < len(leaving) else None
            after[item.sku, part] = coming[part] if part < len(coming) else None
    return before, after


# --- checking --------------------------------------------------------------------------------------------------------


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every item once, no face twice, all fit, the moves lead there, the cost is true."""
    items = {item.sku: item for item in problem.items}
    faces = {face.place_id: face for face in problem.faces}
    named = Counter([*(sku for sku, _ in plan.faces), *plan.unplaced])
    broken = [f"item {sku} is named {named[sku]} times" for sku in sorted(items) if not _named_well(items[sku], named)]
    broken += [f"item {sku} is unknown" for sku in named if sku not in items]
    broken += [f"face {place} is unknown" for _, place in plan.faces if place not in faces]
    taken = Counter(place for _, place in plan.faces)
    broken += [f"face {place} is given to {count} items" for place, count in taken.items() if count > 1]
    return broken or [*_misfits(problem, plan), *_lost_ways(problem, plan)]


def _named_well(item: ItemDemand, named: Counter[str]) -> bool:
    return 1 <= named[item.sku] <= item.faces


def _misfits(problem: Problem, plan: Plan) -> Iterator[str]:
    items = {item.sku: item for item in problem.items}
    faces = {face.place_id: face for face in problem.faces}
    settled = set() if plan.moves else set(problem.current)
    for sku, place in plan.faces:
        fault = problem.fault(items[sku], faces[place])
        if fault and (sku, place) not in settled:
            yield f"face {place} is {fault}: {sku}"
    if not problem.current:
        free = faces.keys() - {place for _, place in plan.faces}
        for sku in plan.unplaced:
            if any(not problem.fault(items[sku], faces[place]) for place in free):
                yield f"item {sku} has no face, but one is free"
    true = cost(problem, plan.faces)
    if true != plan.cost_mm:
        yield f"the plan costs {true} mm, not {plan.cost_mm}"


def _lost_ways(problem: Problem, plan: Plan) -> Iterable[str]:
    """Walk through the moves: each item is where it is taken, and its new face is free."""
    if not plan.moves:
        return
    at = {place: sku for sku, place in problem.current}
    for move in plan.moves:
        if move.from_face != AWAY and at.pop(move.from_face, None) != move.sku:
            yield f"item {move.sku} is not in face {move.from_face} when it shall be moved"
        if move.to_face != AWAY and at.setdefault(move.to_face, move.sku) != move.sku:
            yield f"face {move.to_face} is not free when {move.sku} comes"
    if {(sku, place) for place, sku in at.items()} != set(plan.faces):
        yield "the moves do not lead to the plan"
