"""From where items are to where they shall be: moves in an order in which every target is free when its item comes.

Who goes where makes chains: an item needs the face of a second, which needs that of a third. A chain that ends at a
free face is walked from its end. One that closes in itself begins by parking an item, in a free face or on a cart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from wms.planning.faces import AWAY, Move, Problem
from wms.planning.replay import Unit, Units

Step = tuple[Unit, int, int]
"""A unit, the place it leaves and the place it comes to; AWAY is reserve or a cart."""


class Chain(NamedTuple):
    """Units that move together, each into the face of the next; a closed one begins by parking its last."""

    units: tuple[Unit, ...]
    closed: bool

    @property
    def moves(self) -> int:
        """Moves it takes."""
        return len(self.units) + self.closed


def chains(before: Units, after: Units) -> list[Chain]:
    """All units that move, in chains, by the name of the first."""
    going = [unit for unit in sorted(before) if before[unit] != after[unit]]
    leaving = {place: unit for unit in going if (place := before[unit]) is not None}
    arriving = {after[unit] for unit in going}
    firsts = [unit for unit in going if before[unit] is None or before[unit] not in arriving]
    found, seen = [], set[Unit]()
    for first in (*firsts, *going):
        units: list[Unit] = []
        unit: Unit | None = first
        while unit is not None and unit not in seen:
            seen.add(unit)
            units.append(unit)
            place = after[unit]
            unit = None if place is None else leaving.get(place)
        if units:
            found.append(Chain(tuple(units), unit is not None))
    return found


def steps(problem: Problem, chain: Chain, before: Units, after: Units) -> Iterator[Step]:
    """The moves of a chain, one after the other; `before` is where units are now and is kept up to date."""
    parked = _parking(problem, chain.units[-1], before) if chain.closed else None
    if parked is not None:
        last = chain.units[-1]
        yield last, before[last] or AWAY, parked
        before[last] = parked or None
    for unit in reversed(chain.units[:-1] if chain.closed else chain.units):
        yield unit, before[unit] or AWAY, after[unit] or AWAY
        before[unit] = after[unit]
    if parked is not None:
        yield chain.units[-1], parked, after[chain.units[-1]] or AWAY
        before[chain.units[-1]] = after[chain.units[-1]]


def _parking(problem: Problem, unit: Unit, at: Units) -> int:
    """A free face where the unit may wait, else AWAY."""
    item = next(item for item in problem.items if item.sku == unit[0])
    taken = set(at.values())
    free = (face.place_id for face in problem.faces if face.place_id not in taken and not problem.fault(item, face))
    return next(free, AWAY)


def ranked(found: Sequence[Chain], saved: Mapping[Chain, int], moves_max: int | None) -> list[Chain]:
    """The chains that save most per move, as many as the budget of moves takes."""
    chosen, left = [], moves_max
    for chain in sorted(found, key=lambda chain: (-saved[chain] / chain.moves, chain.units)):
        if left is None or chain.moves <= left:
            chosen.append(chain)
            left = None if left is None else left - chain.moves
    return chosen


def as_moves(
    problem: Problem, chosen: Sequence[Chain], before: Units, after: Units, saved_of: Callable[[Chain], float]
) -> tuple[Move, ...]:
    """Chains as moves in their order; `saved_of` tells mm saved per order by a chain, shared by its moves."""
    at, moves = dict(before), []
    for number, chain in enumerate(chosen, start=1):
        share = saved_of(chain) / chain.moves
        moves += [
            Move(sku, source, target, share, number) for (sku, _), source, target in steps(problem, chain, at, after)
        ]
    return tuple(moves)
