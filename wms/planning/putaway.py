"""Where to put a carton away: the planned place, else its item's own, else an empty one as near as it sells.

Fast items belong near to where picks begin and end, slow ones far away (the cube-per-order index without the cube:
Heskett, Transportation and Distribution Management 3, 1963). Of places as good as each other in this, the one beside
what is ordered together with it wins: a metre to those is worth as much as a metre to the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from wms.planning.problems import require, require_distinct

Velocity = Literal["A", "B", "C"]
"""How often the item is picked: A most, C least."""


class Content(NamedTuple):
    """Units of one item to put away; volume in mm3 and weight in grams of one unit."""

    sku: str
    qty: int
    unit_mm3: int
    unit_g: int
    hazard: bool = False
    owner: str = ""


@dataclass(frozen=True)
class Candidate:
    """A place with what it can still take, what is in it, and its walking distance in mm from where goods are picked.

    `free_units`: as many more as it is meant to hold, None where nobody says. `single_sku`: holds one item at a time.
    `planned`: the slotting plan wants the content here. `apart_mm`: the way to the items that are ordered together with
    it, in mm; 0 where nobody knows any.
    """

    place_id: int
    zone: str
    free_mm3: int
    free_g: int
    skus: frozenset[str]
    hazard_ok: bool
    distance: int
    empty: bool
    single_sku: bool = True
    owners: frozenset[str] = frozenset()
    planned: bool = False
    apart_mm: int = 0
    free_units: int | None = None


@dataclass(frozen=True)
class Problem:
    """All content of one carton or pallet and the places to choose from; goods of two owners never share a place."""

    content: tuple[Content, ...]
    places: tuple[Candidate, ...]
    velocity: Velocity = "B"

    def __post_init__(self) -> None:
        require(bool(self.content), "there is nothing to put away")
        require(self.velocity in ("A", "B", "C"), f"velocity must be A, B or C, not {self.velocity}")
        require_distinct("place", (place.place_id for place in self.places))
        for part in self.content:
            require(part.qty >= 1, f"quantity {part.qty} of {part.sku}")
            require(part.unit_mm3 >= 0 and part.unit_g >= 0, f"volume or weight of {part.sku} is negative")

    @property
    def skus(self) -> frozenset[str]:
        """Items to put away."""
        return frozenset(part.sku for part in self.content)

    @property
    def owners(self) -> frozenset[str]:
        """Owners of what is put away."""
        return frozenset(part.owner for part in self.content)

    @property
    def volume_mm3(self) -> int:
        """Volume of all content."""
        return sum(part.qty * part.unit_mm3 for part in self.content)

    @property
    def units(self) -> int:
        """Units of all content."""
        return sum(part.qty for part in self.content)

    @property
    def weight_g(self) -> int:
        """Weight of all content."""
        return sum(part.qty * part.unit_g for part in self.content)


@dataclass(frozen=True)
class Options:
    """How many alternatives to name; the seed is part of every planner's options."""

    alternatives_max: int = 5
    seed: int = 0


DEFAULT = Options()


class Alternative(NamedTuple):
    """An allowed place, and why it stands where it stands."""

    place_id: int
    why: str


@dataclass(frozen=True)
class Plan:
    """The proposed place (None: no place may take it), why, and the next best places, best first."""

    place_id: int | None
    why: str
    ranked: tuple[Alternative, ...] = ()


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """The best allowed place: planned before same item before empty before shared; A near, C far, B between."""
    allowed = [place for place in problem.places if forbidden(problem, place) is None]
    if not allowed:
        return Plan(None, _nowhere(problem))
    rank = _rank(problem, allowed)
    best, *others = (Alternative(place.place_id, _why(problem, place)) for place in sorted(allowed, key=rank))
    return Plan(best.place_id, best.why, tuple(others[: options.alternatives_max]))


def forbidden(problem: Problem, place: Candidate) -> str | None:
    """The rule that keeps the content out of the place, as the end of a sentence; None when it may go there."""
    rules = (
        (problem.volume_mm3 > place.free_mm3, "is too small"),
        (problem.weight_g > place.free_g, "cannot bear the weight"),
        (place.free_units is not None and problem.units > place.free_units, "is meant for fewer"),
        (any(part.hazard for part in problem.content) and not place.hazard_ok, "is not for hazardous goods"),
        (place.single_sku and len(place.skus | problem.skus) > 1, "holds one item at a time"),
        (len(place.owners | problem.owners) > 1, "holds another owner's goods"),
    )
    return next((sentence for applies, sentence in rules if applies), None)


def _nowhere(problem: Problem) -> str:
    if not problem.places:
        return "There are no places to choose from."
    reasons = Counter(forbidden(problem, place) for place in problem.places)
    parts = ", ".join(f"{count} × {reason}" for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1]))
    return f"No place: {parts}."


Rank = tuple[int, int, int]


def _rank(problem: Problem, allowed: list[Candidate]) -> Callable[[Candidate], Rank]:
    middle = sorted(place.distance for place in allowed)[len(allowed) // 2]

    def rank(place: Candidate) -> Rank:
        if problem.velocity == "B":
            return _kind(problem, place), abs(place.distance - middle) + place.apart_mm, place.place_id
        way = place.distance if problem.velocity == "A" else -place.distance
        return _kind(problem, place), way + place.apart_mm, place.place_id

    return rank


def _kind(problem: Problem, place: Candidate) -> int:
    """0 planned, 1 holds one of the items, 2 empty, 3 shared with other items."""
    if place.planned:
        return 0
    if place.skus & problem.skus:
        return 1
    return 2 if place.empty else 3


def _why(problem: Problem, place: Candidate) -> str:
    where = f"{round(place.distance / 1000)} m from the picks"
    if place.apart_mm:
        where += f", {round(place.apart_mm / 1000)} m from what goes with it"
    same = ", ".join(sorted(place.skus & problem.skus))
    reasons = ("Planned for it", f"Holds {same} already", "Empty", "Shared with other items")
    return f"{reasons[_kind(problem, place)]}, {where}."


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: the place may take it, and no allowed place is clearly better."""
    known = {place.place_id: place for place in problem.places}
    named = [*([] if plan.place_id is None else [plan.place_id]), *(other.place_id for other in plan.ranked)]
    broken = [f"place {place_id} is unknown" for place_id in named if place_id not in known]
    broken += [f"place {place_id} is named twice" for place_id, count in Counter(named).items() if count > 1]
    if broken:
        return broken
    for place_id in named:
        broken += [f"place {place_id} {fault}" for fault in _faults(problem, known[place_id])]
    chosen = known[plan.place_id] if plan.place_id is not None else None
    return [*broken, *_better(problem, chosen)]


def _faults(problem: Problem, place: Candidate) -> Iterable[str]:
    if sum(part.qty * part.unit_mm3 for part in problem.content) > place.free_mm3:
        yield "is too small"
    if sum(part.qty * part.unit_g for part in problem.content) > place.free_g:
        yield "cannot bear the weight"
    if place.free_units is not None and sum(part.qty for part in problem.content) > place.free_units:
        yield "is meant for fewer"
    for part in problem.content:
        if part.hazard and not place.hazard_ok:
            yield f"is not for hazardous goods such as {part.sku}"
        if place.single_sku and (place.skus - {part.sku} or problem.skus - {part.sku}):
            yield f"holds one item at a time, not {part.sku} with others"
        if place.owners - {part.owner} or problem.owners - {part.owner}:
            yield f"would mix the goods of {part.owner} with another owner's"


def _better(problem: Problem, chosen: Candidate | None) -> Iterable[str]:
    allowed = [place for place in problem.places if not [*_faults(problem, place)]]
    if chosen is None:
        yield from (f"place {place.place_id} may take it, but is not proposed" for place in allowed)
        return
    for place in allowed:
        if place.planned and not chosen.planned:
            yield f"place {place.place_id} is planned for it"
        elif place.planned == chosen.planned and _together(problem, place) and not _together(problem, chosen):
            if not chosen.planned:
                yield f"place {place.place_id} holds the item already"
        elif problem.velocity == "A" and _alike(problem, place, chosen) and _ways(place) < _ways(chosen):
            yield f"place {place.place_id} is nearer"


def _ways(place: Candidate) -> int:
    return place.distance + place.apart_mm


def _together(problem: Problem, place: Candidate) -> bool:
    return not place.skus.isdisjoint(part.sku for part in problem.content)


def _alike(problem: Problem, a: Candidate, b: Candidate) -> bool:
    """Same in everything but distance that matters to the choice."""
    return (a.planned, _together(problem, a), a.empty) == (b.planned, _together(problem, b), b.empty)


def baseline(problem: Problem) -> Plan:
    """The first place by its number that may take it."""
    allowed = (place for place in problem.places if forbidden(problem, place) is None)
    first = min(allowed, key=lambda place: place.place_id, default=None)
    return Plan(None, _nowhere(problem)) if first is None else Plan(first.place_id, "The first that may take it.")
