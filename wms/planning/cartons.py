"""The words of cartonization: units, carton types, and the parcels of a plan with every unit in its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from wms.planning.problems import require, require_distinct

ANY_WAY, THIS_SIDE_UP = 7, 4
"""Which sides of a unit may stand upright, as a mask: 1 its length, 2 its width, 4 its height."""


class Unit(NamedTuple):
    """Equal units of an item: sides in mm and grams of one.

    `up` says how it may lie (ANY_WAY, THIS_SIDE_UP, `flat(...)`). Nothing heavier than itself may be above a fragile
    unit. A soft unit (a shirt, a bag, a thing of unknown size) takes any shape: it has a volume, but no place.
    """

    sku: str
    qty: int
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    up: int = ANY_WAY
    fragile: bool = False
    soft: bool = False

    @property
    def sides(self) -> tuple[int, int, int]:
        """Length, width and height."""
        return self.length_mm, self.width_mm, self.height_mm

    @property
    def mm3(self) -> int:
        """Volume of one unit."""
        return self.length_mm * self.width_mm * self.height_mm


class Carton(NamedTuple):
    """A carton type: inner sides in mm, its own weight and the gross weight it may have in grams, its price."""

    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int
    max_g: int
    cost: int = 0

    @property
    def sides(self) -> tuple[int, int, int]:
        """Length, width and height inside."""
        return self.length_mm, self.width_mm, self.height_mm

    @property
    def mm3(self) -> int:
        """Inner volume."""
        return self.length_mm * self.width_mm * self.height_mm


def flat(sides: tuple[int, int, int]) -> int:
    """Return the mask of a unit that lies on its largest face: only its shortest sides may stand upright."""
    return sum(1 << k for k in range(3) if sides[k] == min(sides))


@lru_cache(maxsize=10_000)
def turns(sides: tuple[int, int, int], up: int) -> tuple[tuple[int, int, int], ...]:
    """Return the different sides along x, y, z that a unit of these sides may have."""
    a, b, c = sides
    by_height = {2: ((a, b, c), (b, a, c)), 1: ((a, c, b), (c, a, b)), 0: ((b, c, a), (c, b, a))}
    return tuple(sorted({turn for side, pair in by_height.items() if up >> side & 1 for turn in pair}))


@lru_cache(maxsize=10_000)
def goes_in(sides: tuple[int, int, int], up: int, inner: tuple[int, int, int]) -> bool:
    """Return whether a unit fits a carton of these inner sides in any way that it may lie."""
    return any(a <= inner[0] and b <= inner[1] and c <= inner[2] for a, b, c in turns(sides, up))


def takes_one(carton: Carton, unit: Unit) -> bool:
    """Return whether a carton takes one unit, alone."""
    if carton.tare_g + unit.weight_g > carton.max_g:
        return False
    return goes_in(unit.sides, ANY_WAY if unit.soft else unit.up, carton.sides)


@dataclass(frozen=True)
class Problem:
    """Units to pack and cartons to choose from.

    `fill_percent` is the share of a carton's room that soft units can use (a soft unit that is alone may use all of
    it). Every unit stands on units or on the floor with at least `support_percent` of its base.
    """

    units: tuple[Unit, ...]
    cartons: tuple[Carton, ...]
    fill_percent: int = 80
    support_percent: int = 100

    def __post_init__(self) -> None:
        require(1 <= self.fill_percent <= 100, f"fill_percent must be 1 to 100, not {self.fill_percent}")
        require(0 <= self.support_percent <= 100, f"support_percent must be 0 to 100, not {self.support_percent}")
        require_distinct("item", (unit.sku for unit in self.units))
        require_distinct("carton", (carton.code for carton in self.cartons))
        for unit in self.units:
            require(unit.qty >= 1 and unit.weight_g >= 0, f"quantity or weight of {unit.sku} is too low")
            require(min(unit.sides) >= 1, f"{unit.sku} has a side of less than 1 mm")
            require(1 <= unit.up <= ANY_WAY, f"{unit.sku} may not lie in any way (up is {unit.up})")
        for carton in self.cartons:
            require(min(carton.sides) >= 1, f"carton {carton.code} has a side of less than 1 mm")
            require(max(carton.sides) <= 100_000, f"carton {carton.code} has a side of more than 100 m")
            require(carton.cost >= 0, f"carton {carton.code} costs less than nothing")


class Placement(NamedTuple):
    """A unit in its carton: its corner nearest to the origin and its sides as it lies in mm; put in `step`-th."""

    sku: str
    x: int
    y: int
    z: int
    dx: int
    dy: int
    dz: int
    step: int


class Parcel(NamedTuple):
    """A carton, its content as (sku, quantity), its gross weight in grams, and where every unit that is not soft is."""

    carton: str
    units: tuple[tuple[str, int], ...]
    gross_g: int
    placements: tuple[Placement, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Parcels, units that no carton takes, inner volume of all cartons in mm3 and their cost.

    `limit_hit` says that the search ended because its time was over, so that more time may find more.
    """

    parcels: tuple[Parcel, ...]
    unpackable: tuple[tuple[str, int], ...]
    mm3: int
    cost: int = 0
    limit_hit: bool = False
