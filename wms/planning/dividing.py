"""Which units go into which carton: the trials of a cartonization, each remembered, all paid from one purse of effort.

A `Try` fills one carton. `Divider.whole` asks for everything in one carton, `Divider.part` for as much as is worth it.
From these `one_by_one` fills cartons until nothing is left, and `together` tries to share the units out among a given
set of cartons: what fits into no later carton first, and heavy goods into the carton that carries most for its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import NamedTuple

from wms.planning.cartons import Carton, Placement, Problem, Unit, takes_one, turns
from wms.planning.packer import Effort, Hold, Placed, Thing, load
from wms.planning.speed import Stopwatch

Counts = tuple[int, ...]
QUICK = Effort(looks=1_500, blocks=150, pairs=600)
HARD = Effort(looks=12_000, blocks=250, pairs=2_500)
DOGGED = Effort(looks=40_000, blocks=400, pairs=6_000)
BOUND_TO_GO = 8
"""How many times more a unit is worth that no later carton takes."""
FEWER, CHEAPER = 8, 2
"""So many sets of fewer cartons are tried, and so many of as many that are cheaper."""
MANY = 12
"""From so many parcels on they are only filled one by one."""


class Filled(NamedTuple):
    """A carton type by its number, what is in it, and the places of its units."""

    carton: int
    counts: Counts
    placed: tuple[Placed, ...] = ()


class Divider:
    """Tries on one problem, for units that each fit some carton; `looks` is the effort left, `late` that time is up."""

    def __init__(self, problem: Problem, units: Sequence[Unit], looks: int, seconds_max: float = 60.0) -> None:
        self.watch, self.late = Stopwatch(seconds_max), False
        self.problem, self.units, self.cartons, self.looks = problem, units, problem.cartons, looks
        self.all: Counts = tuple(unit.qty for unit in units)
        self.fits = [[takes_one(carton, unit) for unit in units] for carton in self.cartons]
        self.cheapest = sorted(range(len(self.cartons)), key=lambda k: (*self.price(k), self.cartons[k].code))
        self.most: dict[tuple[int, int], int] = {}
        self.known: dict[tuple[int, Counts, Effort], Filled | None] = {}

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
        kind, content = self.cartons[carton], list(zip(self.units, counts, strict=True))
        if any(qty and not fits for qty, fits in zip(counts, self.fits[carton], strict=True)):
            return False
        grams = kind.tare_g + sum(unit.weight_g * qty for unit, qty in content)
        hard = sum(unit.mm3 * qty for unit, qty in content if not unit.soft)
        return grams <= kind.max_g and hard <= kind.mm3 and self._soft_fits(kind, counts, hard)

    def _soft_fits(self, kind: Carton, counts: Counts, hard: int) -> bool:
        soft = sum(unit.mm3 * qty for unit, qty in zip(self.units, counts, strict=True) if unit.soft)
        return sum(counts) == 1 or soft * 100 <= (kind.mm3 - hard) * self.problem.fill_percent

    def _whole(self, carton: int, counts: Counts, effort: Effort) -> Filled | None:
        easy = self.grid(carton, counts)
        if easy:
            return easy
        hard = sum(qty for qty, unit in zip(counts, self.units, strict=True) if not unit.soft)
        found = self._load(carton, counts, effort, [1] * len(counts))
        return Filled(carton, counts, found.placed) if sum(found.counts) == hard else None

    def grid(self, carton: int, counts: Counts) -> Filled | None:
        """Return the carton with at most one kind that is not soft in rows and layers; None when that does not do."""
        hard = [k for k, qty in enumerate(counts) if qty and not self.units[k].soft]
        if len(hard) > 1 or not self.could(carton, counts):
            return None
        placed = tuple(spot for k in hard for spot in _grid(k, counts[k], self.units[k], self.cartons[carton]))
        return Filled(carton, counts, placed) if placed or not hard else None

    def _load(self, carton: int, counts: Counts, effort: Effort, worth: Sequence[int]) -> Filled:
        """Load what is not soft."""
        kind, fits = self.cartons[carton], self.fits[carton]
        rows = [k for k, qty in enumerate(counts) if qty and fits[k] and not self.units[k].soft]
        self.late = self.late or self.watch.over()
        if not rows or self.looks <= 0 or self.late:
            return Filled(carton, (0,) * len(counts))
        things = [
            Thing(unit.sides, counts[k], unit.up, unit.weight_g, unit.fragile, worth[k])
            for k in rows
            for unit in [self.units[k]]
        ]
        hold = Hold(kind.sides, kind.max_g - kind.tare_g, self.problem.support_percent)
        loaded = load(things, hold, effort)
        self.looks -= loaded.looks + 100
        found = dict(zip(rows, loaded.counts, strict=True))
        placed = tuple(place._replace(thing=rows[place.thing]) for place in loaded.placed)
        return Filled(carton, tuple(found.get(k, 0) for k in range(len(counts))), placed)

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
        return Filled(carton, tuple(inside), found.placed)

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
        tries = [self.part(k, left, effort, [1] * len(left)) for k in usable]
        return max(tries, key=lambda each: (self.volume(each.counts), -self.cartons[each.carton].mm3))

    def volume(self, counts: Counts) -> int:
        """Return the mm3 of so many units."""
        return sum(unit.mm3 * qty for unit, qty in zip(self.units, counts, strict=True))

    def choices(self, many: int) -> Iterator[tuple[int, ...]]:
        """Yield all sets of so many cartons that volume, weight and size allow, the cheapest first."""
        found = combinations_with_replacement(self.cheapest, many)
        for choice in sorted(found, key=self.prices):
            if self.allows(choice, self.all) and self.promises(choice):
                yield choice

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
            if not unit.soft and not _grid(k, most, unit, kind):
                counts = tuple(most if other == k else 0 for other in range(len(self.units)))
                most = self._load(carton, counts, QUICK, [1] * len(counts)).counts[k]
            self.most[carton, k] = max(1, most)
        return self.most[carton, k]

    def allows(self, choice: Sequence[int], counts: Counts) -> bool:
        """Return whether what only some of these cartons take is not too much for them, by volume and weight."""
        kinds = sorted(set(choice))
        for mask in range(1 << len(kinds)):
            some = {kind for bit, kind in enumerate(kinds) if mask >> bit & 1}
            bound = [
                (unit, qty)
                for k, (unit, qty) in enumerate(zip(self.units, counts, strict=True))
                if qty and not any(self.fits[kind][k] for kind in kinds if kind not in some)
            ]
            chosen = [self.cartons[kind] for kind in choice if kind in some]
            if sum(unit.mm3 * qty for unit, qty in bound) > sum(kind.mm3 for kind in chosen):
                return False
            if sum(unit.weight_g * qty for unit, qty in bound) > sum(kind.max_g - kind.tare_g for kind in chosen):
                return False
        return True

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
        middle = sum(map(self._carries, later)) / len(later)
        heavy = self._carries(choice[at]) >= middle
        ranks = {density: rank for rank, density in enumerate(sorted(set(dense), reverse=not heavy))}
        steps_up = max(1, len(ranks) - 1)
        return [each * (4 + 6 * ranks[density] // steps_up) for each, density in zip(worth, dense, strict=True)]

    def _carries(self, carton: int) -> float:
        kind = self.cartons[carton]
        return (kind.max_g - kind.tare_g) / kind.mm3


def minus(counts: Counts, less: Counts) -> Counts:
    """Return what is left of the first."""
    return tuple(a - b for a, b in zip(counts, less, strict=True))


def _grid(thing: int, qty: int, unit: Unit, carton: Carton) -> tuple[Placed, ...]:
    """Return so many equal units in rows on top of each other, the floor first; nothing when no grid holds them."""
    for dx, dy, dz in sorted(turns(unit.sides, unit.up), key=lambda way: way[2]):
        along, deep, high = (room // side for room, side in zip(carton.sides, (dx, dy, dz), strict=True))
        if along * deep * high >= qty:
            spots = ((n % along, n // along % deep, n // (along * deep)) for n in range(qty))
            return tuple(Placed(thing, i * dx, j * dy, k * dz, dx, dy, dz) for i, j, k in spots)
    return ()


def steps(placed: Sequence[Placed], units: Sequence[Unit]) -> tuple[Placement, ...]:
    """Return the places in the order in which a person puts the units in: from the floor up, from the back left."""
    ordered = sorted(placed, key=lambda place: (place.z, place.y, place.x))
    return tuple(Placement(units[place.thing].sku, *place[1:], step) for step, place in enumerate(ordered, start=1))
