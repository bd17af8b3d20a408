"""Which units go into which carton: the trials of a cartonization, each remembered, all paid from one purse of effort.

A `Try` fills one carton. `Divider.whole` asks for everything in one carton, `Divider.part` for as much as is worth it.
From these `one_by_one` fills cartons until nothing is left, and `together` tries to share the units out among a given
set of cartons: what fits into no later carton first, and heavy goods into the carton that carries most for its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from operator import mul
from typing import NamedTuple

import numpy as np

from wms.planning.blocks import Ints
from wms.planning.cartons import Placement, Problem, Unit, takes_one
from wms.planning.packer import KIND, Effort, Hold, Thing, load
from wms.planning.piling import NOWHERE, in_a_pile, in_rows, most_in_rows
from wms.planning.speed import Stopwatch

Counts = tuple[int, ...]
ALONE = Effort(looks=300, blocks=80, pairs=150)
QUICK = Effort(looks=1_500, blocks=150, pairs=600)
HARD = Effort(looks=12_000, blocks=250, pairs=2_500)
DOGGED = Effort(looks=40_000, blocks=400, pairs=6_000)
STUBBORN = Effort(looks=150_000, blocks=1_000, pairs=50_000)
BOUND_TO_GO = 8
"""How many times more a unit is worth that no later carton takes."""
FEWER, CHEAPER = 8, 2
"""So many sets of fewer cartons are tried, and so many of as many that are cheaper."""
MANY = 12
"""From so many parcels on they are only filled one by one."""


class Filled(NamedTuple):
    """A carton type by its number, what is in it, and the places of its units (rows as of `packer.Loaded`)."""

    carton: int
    counts: Counts
    rows: Ints = NOWHERE


class Divider:
    """Tries on one problem, for units that each fit some carton; `looks` is the effort left, `late` that time is up."""

    def __init__(self, problem: Problem, units: Sequence[Unit], looks: int, seconds_max: float = 60.0) -> None:
        self.watch, self.late = Stopwatch(seconds_max), False
        self.problem, self.units, self.cartons, self.looks = problem, units, problem.cartons, looks
        self.all: Counts = tuple(unit.qty for unit in units)
        self.fits = [[takes_one(carton, unit) for unit in units] for carton in self.cartons]
        self.cheapest = sorted(range(len(self.cartons)), key=lambda k: (*self.price(k), self.cartons[k].code))
        self.takers = [sum(1 << k for k, fits in enumerate(self.fits) if fits[unit]) for unit in range(len(units))]
        self.mm3, self.grams = [unit.mm3 for unit in units], [unit.weight_g for unit in units]
        self.soft = [unit.mm3 * unit.soft for unit in units]
        self.most: dict[tuple[int, int], int] = {}
        self.lightest = sorted(range(len(units)), key=lambda k: self.grams[k] / self.mm3[k])
        self.carries = [carton.max_g - carton.tare_g for carton in self.cartons]
        self.groups: dict[Counts, list[tuple[int, int, int]]] = {}
        self.shares: dict[tuple[int, int], float] = {}
        self.known: dict[tuple[int, Counts, Effort], Filled | None] = {}
        self.loaded: dict[tuple[int, Counts, Effort, tuple[int, ...]], Filled] = {}

    def price(self, carton: int) -> tuple[int, int, int]:
        """Return what a carton is chosen by: cost, then room, then length."""
        kind = self.cartons[carton]
        return kind.cost, kind.mm3, max(kind.sides)

    # -- one carton ----------------------------------------------------------------------------------------------------

    def whole(self, carton: int, counts: Counts, effort: Effort) -> Filled | None:
        """Return the carton with all these units in it, None when no packing was found."""
        key = (carton, counts, effort)
        if key not in self.known:
            self.known[key] = self._whole(*key) if self.could(carton, counts) else None
        return self.known[key]

    def could(self, carton: int, counts: Counts) -> bool:
        """Return whether neither a unit's size nor volume nor weight speaks against so many units in a carton."""
        kind = self.cartons[carton]
        if kind.tare_g + sum(map(mul, self.grams, counts)) > kind.max_g:
            return False
        soft = sum(map(mul, self.soft, counts))
        hard = sum(map(mul, self.mm3, counts)) - soft
        if hard > kind.mm3 or (soft * 100 > (kind.mm3 - hard) * self.problem.fill_percent and sum(counts) > 1):
            return False
        return all(fits or not qty for qty, fits in zip(counts, self.fits[carton], strict=True))

    def _whole(self, carton: int, counts: Counts, effort: Effort) -> Filled | None:
        easy = self.grid(carton, counts)
        if easy:
            return easy
        pile = in_a_pile(self.units, counts, self.cartons[carton], self.problem.support_percent)
        if len(pile):
            return Filled(carton, counts, pile)
        hard = sum(qty for qty, unit in zip(counts, self.units, strict=True) if not unit.soft)
        found = self._load(carton, counts, effort, [1] * len(counts))
        return Filled(carton, counts, found.rows) if sum(found.counts) == hard else None

    def grid(self, carton: int, counts: Counts) -> Filled | None:
        """Return the carton with at most one kind that is not soft in rows and layers; None when that does not do."""
        hard = [k for k, qty in enumerate(counts) if qty and not self.units[k].soft]
        if len(hard) > 1 or not self.could(carton, counts):
            return None
        if not hard:
            return Filled(carton, counts)
        rows = in_rows(hard[0], counts[hard[0]], self.units[hard[0]], self.cartons[carton])
        return Filled(carton, counts, rows) if len(rows) else None

    def _load(self, carton: int, counts: Counts, effort: Effort, worth: Sequence[int]) -> Filled:
        """Load what is not soft, each question once."""
        key = (carton, counts, effort, tuple(worth) if min(worth) < max(worth) else ())
        if key not in self.loaded:
            self.loaded[key] = self._loaded(carton, counts, effort, worth)
        return self.loaded[key]

    def _loaded(self, carton: int, counts: Counts, effort: Effort, worth: Sequence[int]) -> Filled:
        kind, fits = self.cartons[carton], self.fits[carton]
        rows = [k for k, qty in enumerate(counts) if qty and fits[k] and not self.units[k].soft]
        self.late = self.late or self.watch.over()
        if not rows or self.looks <= 0 or self.late:
            return Filled(carton, (0,) * len(counts))
        most_g = kind.max_g - kind.tare_g
        things = [
            Thing(unit.sides, min(counts[k], bearable), unit.up, unit.weight_g, unit.fragile, worth[k])
            for k in rows
            for unit in [self.units[k]]
            for bearable in [most_g // unit.weight_g if unit.weight_g else counts[k]]
        ]
        found = load(things, Hold(kind.sides, most_g, self.problem.support_percent), effort)
        self.looks -= found.looks + 100
        found.rows[:, KIND] = np.array(rows)[found.rows[:, KIND]]
        inside = [0] * len(counts)
        for k, qty in zip(rows, found.counts, strict=True):
            inside[k] = qty
        return Filled(carton, tuple(inside), found.rows)

    def part(self, carton: int, counts: Counts, effort: Effort, worth: Sequence[int]) -> Filled:
        """Return the carton with as much worth of these units as is found: what is soft goes in last."""
        found = self._load(carton, counts, effort, worth)
        inside = list(found.counts)
        for k, unit in enumerate(self.units):
            while unit.soft and inside[k] < counts[k]:
                inside[k] += 1
                if not self.could(carton, tuple(inside)):
                    inside[k] -= 1
                    break
        if not any(inside):  # the effort is spent: any one unit goes in alone
            return self._one(carton, counts)
        return Filled(carton, tuple(inside), found.rows)

    def _one(self, carton: int, counts: Counts) -> Filled:
        """Return the carton with the first unit that fits, empty when none does."""
        first = next((k for k, qty in enumerate(counts) if qty and self.fits[carton][k]), None)
        alone = tuple(int(k == first) for k in range(len(counts)))
        return (any(alone) and self.whole(carton, alone, QUICK)) or Filled(carton, (0,) * len(counts))

    def smallest(self, counts: Counts, effort: Effort, below: tuple[int, int, int] | None = None) -> Filled | None:
        """Return the cheapest carton that takes all these units; only one cheaper than `below`, if given."""
        for carton in self.cheapest:
            if below is not None and self.price(carton) >= below:
                return None
            found = self.whole(carton, counts, effort)
            if found:
                return found
        return None

    # -- several cartons ----------------------------------------------------------------------------------------------

    def one_by_one(self, effort: Effort) -> list[Filled]:
        """Fill the carton that takes most, again and again; the last is the cheapest that takes the rest."""
        left, parcels = self.all, list[Filled]()
        while any(left):
            found = self.smallest(left, effort) or self._fullest(left, effort)
            parcels.append(found)
            left = minus(left, found.counts)
        return parcels

    def _fullest(self, left: Counts, effort: Effort) -> Filled:
        usable = [k for k in self.cheapest if any(q and f for q, f in zip(left, self.fits[k], strict=True))]
        bounds = sorted(((self.room(k, left), -self.cartons[k].mm3, k) for k in usable), reverse=True)
        best, most = Filled(usable[0], (0,) * len(left)), (0, 0)
        for bound, smaller, carton in bounds:
            if (bound, smaller) <= most:
                continue
            found = self.part(carton, left, effort, [1] * len(left))
            if (self.volume(found.counts), smaller) > most:
                best, most = found, (self.volume(found.counts), smaller)
        return best

    def room(self, carton: int, counts: Counts) -> int:
        """Return a volume that no content of these units exceeds: the carton's, or when all it carries is light."""
        kind, volume = self.cartons[carton], 0
        grams = kind.max_g - kind.tare_g
        for k in self.lightest:
            if counts[k] and self.fits[carton][k]:
                qty = min(counts[k], grams // self.grams[k]) if self.grams[k] else counts[k]
                volume, grams = volume + qty * self.mm3[k], grams - qty * self.grams[k]
                if qty < counts[k]:  # a part of the next one, rounded up
                    volume += self.mm3[k] * grams // self.grams[k] + 1
                    break
        return min(volume, kind.mm3)

    def volume(self, counts: Counts) -> int:
        """Return the mm3 of so many units."""
        return sum(map(mul, self.mm3, counts))

    def choices(self, many: int, below: tuple[int, int] | None = None) -> Iterator[tuple[int, ...]]:
        """Yield all sets of so many cartons, cheaper than `below`, that volume, weight and size allow, by price."""
        found = combinations_with_replacement(self.cheapest, many)
        for choice in sorted(found, key=self.prices):
            if below and self.prices(choice) >= below:
                return
            if self.allows(choice, self.all) and self.promises(choice):
                yield choice

    def least(self, most: int) -> int:
        """Return a number of parcels that no plan can undercut, by volume, weight and size; at most `most`."""
        for many in range(1, most):
            if any(self.allows(choice, self.all) for choice in combinations_with_replacement(self.cheapest, many)):
                return many
        return most

    def prices(self, choice: Sequence[int]) -> tuple[int, int]:
        """Return the cost of several cartons, and their room."""
        kinds = [self.cartons[carton] for carton in choice]
        return sum(kind.cost for kind in kinds), sum(kind.mm3 for kind in kinds)

    def promises(self, choice: Sequence[int]) -> bool:
        """Return whether the units could fit if mixed goods used at most a quarter more room than equal ones do.

        A rule of thumb that spares hopeless trials: a carton that takes 8 of a kind is filled by one of it to 1/8.
        """
        shares, kinds = 0.0, sorted(set(choice))
        for k, unit in enumerate(self.units):
            takers = [kind for kind in kinds if self.fits[kind][k]]
            if not takers or unit.qty > sum(self.alone(kind, k) for kind in choice if self.fits[kind][k]):
                return False
            shares += min(self._share(kind, k) for kind in takers)
        return shares <= 1.25 * len(choice)

    def _share(self, carton: int, k: int) -> float:
        """Return which part of a carton the k-th units need; of those that all fit in, by volume and weight only."""
        if (carton, k) not in self.shares:
            self.shares[carton, k] = self._part_of(carton, k)
        return self.shares[carton, k]

    def _part_of(self, carton: int, k: int) -> float:
        unit, kind, most = self.units[k], self.cartons[carton], self.alone(carton, k)
        if most < unit.qty:
            return unit.qty / most
        return unit.qty * max(unit.mm3 / kind.mm3, unit.weight_g / max(1, kind.max_g - kind.tare_g))

    def alone(self, carton: int, k: int) -> int:
        """Return how many of the k-th units a carton takes when nothing else is in it, at most all there are."""
        if (carton, k) not in self.most:
            unit, kind = self.units[k], self.cartons[carton]
            by_weight = (kind.max_g - kind.tare_g) // unit.weight_g if unit.weight_g else unit.qty
            most = min(unit.qty, by_weight, kind.mm3 // unit.mm3)
            if not unit.soft and most > most_in_rows(unit, kind):
                counts = tuple(most if other == k else 0 for other in range(len(self.units)))
                most = self._load(carton, counts, ALONE, [1] * len(counts)).counts[k]
            self.most[carton, k] = max(1, most)
        return self.most[carton, k]

    def allows(self, choice: Sequence[int], counts: Counts) -> bool:
        """Return whether what only some of these cartons take is not too much for them, by volume and weight."""
        used, groups = sum(1 << kind for kind in set(choice)), self._groups(counts)
        some = used
        while True:  # every set of kinds: what no other kind takes must go into these
            mm3, grams = 0, 0
            for kind in choice:
                if some >> kind & 1:
                    mm3, grams = mm3 - self.cartons[kind].mm3, grams - self.carries[kind]
            for takers, volume, weight in groups:
                if not takers & used & ~some:
                    mm3, grams = mm3 + volume, grams + weight
            if mm3 > 0 or grams > 0:
                return False
            if not some:
                return True
            some = (some - 1) & used

    def _groups(self, counts: Counts) -> list[tuple[int, int, int]]:
        """Return for each set of cartons (as a mask) the volume and the weight of what only these take."""
        if counts not in self.groups:
            sums: dict[int, tuple[int, int]] = {}
            for takers, mm3, grams, qty in zip(self.takers, self.mm3, self.grams, counts, strict=True):
                volume, weight = sums.get(takers, (0, 0))
                sums[takers] = volume + mm3 * qty, weight + grams * qty
            self.groups[counts] = [(takers, *both) for takers, both in sums.items() if any(both)]
        return self.groups[counts]

    def together(self, choice: Sequence[int], by_weight: bool, effort: Effort) -> list[Filled] | None:
        """Share all units out among these cartons in their order; None when something is left or cannot fit."""
        left, parcels = self.all, list[Filled]()
        for at, carton in enumerate(choice):
            later = choice[at + 1 :]
            if not later:
                last = self.whole(carton, left, effort)
                return [*parcels, last] if last else None
            found = self.part(carton, left, effort, self._worth(choice, at, by_weight))
            parcels.append(found)
            left = minus(left, found.counts)
            if not any(left):
                return parcels
            if not self.allows(later, left):
                return None
        return None

    def _worth(self, choice: Sequence[int], at: int, by_weight: bool) -> list[int]:
        """Return what a mm3 of each unit is worth in the at-th carton of a choice."""
        later = choice[at + 1 :]
        worth = [10 if any(self.fits[kind][k] for kind in later) else 10 * BOUND_TO_GO for k in range(len(self.units))]
        if not by_weight:
            return worth
        dense = [unit.weight_g / unit.mm3 for unit in self.units]
        strong = [carries / kind.mm3 for carries, kind in zip(self.carries, self.cartons, strict=True)]
        heavy = strong[choice[at]] >= sum(strong[kind] for kind in later) / len(later)
        ranks = {density: rank for rank, density in enumerate(sorted(set(dense), reverse=not heavy))}
        steps_up = max(1, len(ranks) - 1)
        return [each * (4 + 6 * ranks[density] // steps_up) for each, density in zip(worth, dense, strict=True)]


def minus(counts: Counts, less: Counts) -> Counts:
    """Return what is left of the first."""
    return tuple(a - b for a, b in zip(counts, less, strict=True))


def steps(rows: Ints, units: Sequence[Unit]) -> tuple[Placement, ...]:
    """Return the places in the order in which a person puts the units in: from the floor up, from the back left."""
    ordered = sorted(rows.tolist(), key=lambda row: (row[3], row[2], row[1]))
    return tuple(
        Placement(units[thing].sku, x, y, z, dx, dy, dz, step)
        for step, (thing, x, y, z, dx, dy, dz) in enumerate(ordered, start=1)
    )
