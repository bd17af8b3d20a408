"""Which cartons an order goes into: one, the smallest that will do, else as few as possible.

A unit fits a carton when its sorted sides do (some rotation fits); units fit together when their volume is at most the
fill factor's share of the carton, and the gross weight is allowed. It is a rule of thumb, not a packing in space.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wms.planning.problems import require, require_distinct

EXACT_UNITS = 8
"""Up to so many units every way to divide them is weighed."""


class Unit(NamedTuple):
    """Equal units of an item: sides in mm and grams of one."""

    sku: str
    qty: int
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int

    @property
    def mm3(self) -> int:
        """Volume of one unit."""
        return self.length_mm * self.width_mm * self.height_mm


class Carton(NamedTuple):
    """A carton type: inner sides in mm, its own weight and the gross weight it may have, in grams."""

    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int
    max_g: int

    @property
    def mm3(self) -> int:
        """Inner volume."""
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True)
class Problem:
    """Units to pack and cartons to choose from; `fill_percent` is the usable share of a carton's volume.

    A unit that is alone in its carton may use all of it.
    """

    units: tuple[Unit, ...]
    cartons: tuple[Carton, ...]
    fill_percent: int = 80

    def __post_init__(self) -> None:
        require(1 <= self.fill_percent <= 100, f"fill_percent must be 1 to 100, not {self.fill_percent}")
        require_distinct("item", (unit.sku for unit in self.units))
        require_distinct("carton", (carton.code for carton in self.cartons))
        for unit in self.units:
            require(unit.qty >= 1 and unit.weight_g >= 0, f"quantity or weight of {unit.sku} is too low")
            require(min(unit[2:5]) >= 1, f"{unit.sku} has a side of less than 1 mm")
        for carton in self.cartons:
            require(min(carton[1:4]) >= 1, f"carton {carton.code} has a side of less than 1 mm")


@dataclass(frozen=True)
class Options:
    """No choices yet; the seed is part of every planner's options."""

    seed: int = 0


DEFAULT = Options()


class Parcel(NamedTuple):
    """A carton, its content as (sku, quantity), and its gross weight in grams."""

    carton: str
    units: tuple[tuple[str, int], ...]
    gross_g: int


@dataclass(frozen=True)
class Plan:
    """Parcels, units that no carton takes, and the inner volume of all cartons used in mm3."""

    parcels: tuple[Parcel, ...]
    unpackable: tuple[tuple[str, int], ...]
    mm3: int


@dataclass
class Load:
    """A carton while it is filled."""

    carton: Carton
    content: list[tuple[Unit, int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Units inside."""
        return sum(qty for _, qty in self.content)

    def room(self, unit: Unit, fill_percent: int) -> int:
        """How many more of the unit it takes."""
        if not _fits_alone(unit, self.carton):
            return 0
        mm3 = sum(packed.mm3 * qty for packed, qty in self.content)
        grams = sum(packed.weight_g * qty for packed, qty in self.content) + self.carton.tare_g
        by_volume = (self.carton.mm3 * fill_percent // 100 - mm3) // unit.mm3
        by_weight = (self.carton.max_g - grams) // unit.weight_g if unit.weight_g else by_volume
        return max(0 if self.content else 1, min(by_volume, by_weight))


def _fits_alone(unit: Unit, carton: Carton) -> bool:
    sides = zip(sorted(unit[2:5]), sorted(carton[1:4]), strict=True)
    return all(side <= inner for side, inner in sides) and carton.tare_g + unit.weight_g <= carton.max_g


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """As few parcels as possible, then the least carton volume; never worse than everything in the largest carton."""
    by_size = sorted(problem.cartons, key=lambda carton: (carton.mm3, max(carton[1:4]), carton.code))
    units, refused = _packable(problem)
    single = _smallest(problem, units, by_size)
    if single is not None or not units:
        return _plan([Load(single, [(unit, unit.qty) for unit in units])] if single else [], refused)
    loads = [_filled(problem, _bulky_first(units), [carton, *by_size[::-1]]) for carton in by_size]
    plans = [_plan([_shrunk(problem, load, by_size) for load in each], refused) for each in loads]
    if sum(unit.qty for unit in units) <= EXACT_UNITS:
        plans.append(_plan(_divided(problem, units, by_size), refused))
    plans.append(baseline(problem))
    return min(plans, key=lambda plan: (len(plan.parcels), plan.mm3))


def baseline(problem: Problem) -> Plan:
    """Everything as it comes into the largest carton, and the next one when that is full."""
    by_size = sorted(problem.cartons, key=lambda carton: (-carton.mm3, carton.code))
    units, refused = _packable(problem)
    return _plan(_filled(problem, units, by_size), refused)


def _packable(problem: Problem) -> tuple[list[Unit], list[Unit]]:
    fits = {unit.sku: any(_fits_alone(unit, carton) for carton in problem.cartons) for unit in problem.units}
    return [unit for unit in problem.units if fits[unit.sku]], [unit for unit in problem.units if not fits[unit.sku]]


def _bulky_first(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (-unit.mm3, -max(unit[2:5]), unit.sku))


def _smallest(problem: Problem, units: Sequence[Unit], by_size: Iterable[Carton]) -> Carton | None:
    return next((carton for carton in by_size if units and _holds(problem, carton, units)), None)


def _holds(problem: Problem, carton: Carton, units: Sequence[Unit]) -> bool:
    """Whether one carton takes all of these units."""
    if not all(_fits_alone(unit, carton) for unit in units):
        return False
    if sum(unit.qty for unit in units) == 1:
        return True
    mm3 = sum(unit.mm3 * unit.qty for unit in units)
    grams = carton.tare_g + sum(unit.weight_g * unit.qty for unit in units)
    return mm3 * 100 <= carton.mm3 * problem.fill_percent and grams <= carton.max_g


def _filled(problem: Problem, units: Iterable[Unit], preference: Sequence[Carton]) -> list[Load]:
    """First fit: into the cartons already open, then into a new one of the first type that takes the unit."""
    loads: list[Load] = []
    for unit in units:
        left = unit.qty
        for load in loads:
            left -= _put_in(problem, load, unit, left)
        while left:
            loads.append(Load(next(carton for carton in preference if _fits_alone(unit, carton))))
            left -= _put_in(problem, loads[-1], unit, left)
    return loads


def _put_in(problem: Problem, load: Load, unit: Unit, left: int) -> int:
    qty = min(left, load.room(unit, problem.fill_percent))
    if qty:
        load.content.append((unit, qty))
    return qty


def _shrunk(problem: Problem, load: Load, by_size: Iterable[Carton]) -> Load:
    """The same content in the smallest carton that takes it."""
    units = [unit._replace(qty=qty) for unit, qty in load.content]
    return Load(_smallest(problem, units, by_size) or load.carton, load.content)


def _divided(problem: Problem, units: Iterable[Unit], by_size: Sequence[Carton]) -> list[Load]:
    """The best of all ways to divide a few units, by dynamic programming over their subsets."""
    singles = [unit._replace(qty=1) for unit in units for _ in range(unit.qty)]
    best: dict[int, tuple[int, int, list[Load]]] = {0: (0, 0, [])}
    cartons = {mask: _smallest(problem, _chosen(singles, mask), by_size) for mask in range(1, 1 << len(singles))}
    for mask in cartons:
        ways = []
        for part in _parts(mask):
            carton, rest = cartons[part], best[mask ^ part]
            if carton is not None:
                load = Load(carton, [(unit, 1) for unit in _chosen(singles, part)])
                ways.append((rest[0] + 1, rest[1] + carton.mm3, [*rest[2], load]))
        best[mask] = min(ways, key=lambda way: way[:2])
    return best[(1 << len(singles)) - 1][2]


def _chosen(singles: Sequence[Unit], mask: int) -> list[Unit]:
    return [unit for index, unit in enumerate(singles) if mask >> index & 1]


def _parts(mask: int) -> Iterable[int]:
    """All subsets of the mask that have its lowest bit."""
    lowest = mask & -mask
    rest = part = mask ^ lowest
    while True:
        yield part | lowest
        if not part:
            return
        part = (part - 1) & rest


def _plan(loads: Sequence[Load], refused: Iterable[Unit]) -> Plan:
    parcels = tuple(_parcel(load) for load in loads)
    return Plan(parcels, tuple((unit.sku, unit.qty) for unit in refused), sum(load.carton.mm3 for load in loads))


def _parcel(load: Load) -> Parcel:
    counts = Counter[str]()
    for unit, qty in load.content:
        counts[unit.sku] += qty
    grams = sum(unit.weight_g * qty for unit, qty in load.content)
    return Parcel(load.carton.code, tuple(sorted(counts.items())), load.carton.tare_g + grams)


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every unit packed once, each fits, volume and weight kept, figures true."""
    units = {unit.sku: unit for unit in problem.units}
    cartons = {carton.code: carton for carton in problem.cartons}
    broken = [f"carton {parcel.carton} is unknown" for parcel in plan.parcels if parcel.carton not in cartons]
    named = Counter[str]()
    for sku, qty in [*plan.unpackable, *(pair for parcel in plan.parcels for pair in parcel.units)]:
        named[sku] += qty
    broken += [f"{qty} of {sku} are packed, none is wanted" for sku, qty in named.items() if sku not in units]
    broken += [
        f"{sku}: {unit.qty} wanted, {named[sku]} packed" for sku, unit in units.items() if unit.qty != named[sku]
    ]
    if broken:
        return broken
    for number, parcel in enumerate(plan.parcels, start=1):
        content = [(units[sku], qty) for sku, qty in parcel.units]
        broken += [f"parcel {number}: {fault}" for fault in _faults(problem, parcel, cartons[parcel.carton], content)]
    return [*broken, *_refused(problem, plan, units), *_volume(plan, cartons)]


def _faults(problem: Problem, parcel: Parcel, carton: Carton, content: Sequence[tuple[Unit, int]]) -> Iterable[str]:
    inner = sorted((carton.length_mm, carton.width_mm, carton.height_mm))
    for unit, qty in content:
        sides = sorted((unit.length_mm, unit.width_mm, unit.height_mm))
        if any(side > room for side, room in zip(sides, inner, strict=True)):
            yield f"{unit.sku} does not fit {carton.code}"
        if qty < 1:
            yield f"{qty} of {unit.sku}"
    gross = carton.tare_g + sum(unit.weight_g * qty for unit, qty in content)
    volume = sum(unit.mm3 * qty for unit, qty in content)
    if gross != parcel.gross_g:
        yield f"weighs {gross} g, not {parcel.gross_g} g"
    if gross > carton.max_g:
        yield f"weighs {gross} g, {carton.code} takes {carton.max_g} g"
    if sum(qty for _, qty in content) != 1 and volume * 100 > carton.mm3 * problem.fill_percent:
        yield f"is fuller than {problem.fill_percent} %"


def _refused(problem: Problem, plan: Plan, units: dict[str, Unit]) -> Iterable[str]:
    for sku, _ in plan.unpackable:
        if any(_fits_alone(units[sku], carton) for carton in problem.cartons):
            yield f"{sku} is called unpackable, but fits a carton"


def _volume(plan: Plan, cartons: dict[str, Carton]) -> Iterable[str]:
    total = sum(cartons[parcel.carton].mm3 for parcel in plan.parcels)
    if total != plan.mm3:
        yield f"the cartons have {total} mm3, not {plan.mm3}"
