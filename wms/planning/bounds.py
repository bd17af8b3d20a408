"""A number of parcels that no plan can undercut, so that a search knows when it is done.

Weight and volume say most: what fits into few cartons must go into these. What they leave open, measures say: a
measure gives every unit a share of its carton so that whatever fits together has shares of at most 1 in all. Volume is
a measure. So is volume after each side was rounded the right way: of two units longer than half the carton, each may
count as if it were as long as the carton, for they never lie in one line (dual feasible functions: Fekete & Schepers,
Mathematics of Operations Research 29, 2004). The carton may first be cut down to the longest row of units that it
takes (Herz, IBM J. of Research and Development 16, 1972).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from wms.planning.cartons import Carton, Problem, Unit, takes_one, turns

Shares = npt.NDArray[np.float64]
CERTAIN = 1e-9
"""Shares are sums of fractions: a bound counts only where it is this far from being met."""
THIRDS = 3
"""Sides are counted as they are, in halves and in thirds of a carton."""


def fewest(problem: Problem, most: int = 12) -> int:
    """A number of parcels that no plan can undercut, by volume, weight and which unit fits what; at most `most`."""
    units = [unit for unit in problem.units if any(takes_one(carton, unit) for carton in problem.cartons)]
    fits = [frozenset(k for k, carton in enumerate(problem.cartons) if takes_one(carton, unit)) for unit in units]
    if not units:
        return 0
    shares = None
    for count in range(1, most):
        for choice in _choices(len(problem.cartons), count):
            if _could(problem, units, fits, choice):
                shares = _shares(problem, units) if shares is None else shares
                if _room_for(units, shares, choice):
                    return count
    return most


def _choices(kinds: int, count: int) -> Iterable[tuple[int, ...]]:
    """All ways to take `count` cartons of so many kinds: how many of each."""
    for bars in combinations(range(count + kinds - 1), kinds - 1):
        edges = (-1, *bars, count + kinds - 1)
        yield tuple(edges[k + 1] - edges[k] - 1 for k in range(kinds))


def _could(problem: Problem, units: Sequence[Unit], fits: Sequence[frozenset[int]], choice: tuple[int, ...]) -> bool:
    """Whether no volume and no weight speaks against so many of each carton."""
    used = [k for k, count in enumerate(choice) if count]
    for size in range(len(used) + 1):
        for some in map(frozenset, combinations(used, size)):
            bound = [unit for unit, fit in zip(units, fits, strict=True) if fit & frozenset(used) <= some]
            mm3 = sum(problem.cartons[k].mm3 * choice[k] for k in some)
            grams = sum((problem.cartons[k].max_g - problem.cartons[k].tare_g) * choice[k] for k in some)
            if sum(unit.mm3 * unit.qty for unit in bound) > mm3:
                return False
            if sum(unit.weight_g * unit.qty for unit in bound) > grams:
                return False
    return True


def _shares(problem: Problem, units: Sequence[Unit]) -> Shares:
    """Which part of each carton each unit takes by each measure; infinite where it does not fit."""
    shares = np.full((len(units), len(problem.cartons), THIRDS**3 + 1), np.inf)
    for c, carton in enumerate(problem.cartons):
        inside = [(k, unit) for k, unit in enumerate(units) if takes_one(carton, unit)]
        sides = [_longest(room, [unit for _, unit in inside if not unit.soft]) for room in carton.sides]
        for k, unit in inside:
            shares[k, c, 0] = unit.weight_g / max(1, carton.max_g - carton.tare_g)
            shares[k, c, 1:] = 0 if unit.soft else _volumes(unit, carton, sides)
    return shares


def _longest(room: int, units: Sequence[Unit]) -> int:
    """The longest row of units, however they lie, that is not longer than a side of a carton."""
    sums, mask = 1, (1 << (room + 1)) - 1
    for unit in units:
        for side in set(unit.sides):
            for _ in range(min(unit.qty, room // side)):
                sums |= sums << side & mask
    return max(1, sums.bit_length() - 1)


def _volumes(unit: Unit, carton: Carton, sides: Sequence[int]) -> Shares:
    """The least share of a unit over all ways to lie, for every combination of the three counts of its sides."""
    ways = [way for way in turns(unit.sides, unit.up) if all(a <= b for a, b in zip(way, carton.sides, strict=True))]
    x, y, z = (np.array([_counted(way[axis], sides[axis]) for way in ways]) for axis in range(3))
    products: Shares = x[:, :, None, None] * y[:, None, :, None] * z[:, None, None, :]
    least: Shares = products.min(axis=0).reshape(-1)
    return least


def _counted(side: int, room: int) -> list[float]:
    """A side as part of the room: as it is, and in whole halves and thirds (u(k): Fekete & Schepers, section 3)."""
    parts = [side / room]
    for k in range(1, THIRDS):
        whole = side * (k + 1)
        parts.append(side / room if whole % room == 0 else whole // room / k)
    return parts


def _room_for(units: Sequence[Unit], shares: Shares, choice: tuple[int, ...]) -> bool:
    """Whether no measure speaks against all units in so many of each carton: for all, and for each kind alone."""
    used, qty = [k for k, count in enumerate(choice) if count], np.array([unit.qty for unit in units])
    alone = np.floor(1 / np.maximum(shares[:, used].max(axis=2), CERTAIN) + CERTAIN)
    if (alone @ np.array([choice[k] for k in used]) < qty).any():
        return False
    if len(used) == 2:  # each of the two cartons by a measure of its own
        least = np.minimum(shares[:, used[0], :, None], shares[:, used[1], None, :])
    else:
        least = shares[:, used].min(axis=1)
    return bool((np.tensordot(qty, least, 1) <= sum(choice) + CERTAIN).all())
