"""When will this wave end with k people: from times measured on this floor, by playing the wave through.

Seconds per pick and walking speed come from one line through what was measured: time since the last pick = picking +
way / speed; seconds per parcel and per unit from another: time at the station = parcel + units. The lines are
Theil-Sen lines (Theil 1950; Sen, JASA 63, 1968: the median of the slopes between all pairs), so that breaks and a
handheld left on a shelf do not tilt them. What nobody could do (a robot's rehearsal, a double scan) is no sample; few
samples move the assumed times a little, many move them far, none past what people can do. Then k people are split
into pickers and packers in every way; lists are picked in their order by whoever is free, their orders packed as they
arrive; pickers without a list help to pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np

from wms.planning.problems import require, require_distinct, require_positive

SAMPLES_MAX = 400
"""The newest samples that a line is drawn through: 80,000 pairs."""
SAMPLES_MIN = 30
"""Below so many samples the assumed times stand."""
PAUSE_MS = 600_000
"""Longer is a break and tells nothing about the work."""
PRIOR = 30
"""The assumed times count like so many samples: 30 measured ones move a rate half of the way, 400 nearly all of it."""


class Rates(NamedTuple):
    """How fast people are: walking in mm per second, all others in milliseconds.

    These assumed times hold until enough is measured. `list_ms`: taking a cart and setting it down.
    """

    walk_mm_s: int = 1_000
    pick_ms: int = 10_000
    list_ms: int = 90_000
    parcel_ms: int = 30_000
    unit_ms: int = 4_000

    def picking_ms(self, walk_mm: int, picks: int) -> int:
        """Return how long one person needs for a list."""
        return self.list_ms + walk_mm * 1_000 // self.walk_mm_s + picks * self.pick_ms

    def packing_ms(self, units: int) -> int:
        """Return how long one person needs to pack an order."""
        return self.parcel_ms + units * self.unit_ms


ASSUMED = Rates()
FASTEST = Rates(walk_mm_s=2_000, pick_ms=2_000, list_ms=20_000, parcel_ms=8_000, unit_ms=800)
"""A brisk walk, a reach and a scan, a carton that needs no folding: no rate that was measured is believed beyond."""
SLOWEST = Rates(walk_mm_s=300, pick_ms=60_000, list_ms=600_000, parcel_ms=300_000, unit_ms=60_000)
RUN_MM_S, GRAB_MS, CLOSE_MS, PUT_MS = 3_000, 1_000, 3_000, 300
"""What was faster than a run and a grab, or than closing a carton and dropping each unit in, was no person."""


class Sample(NamedTuple):
    """What was measured once: a way in mm or a number of units, and how long it took."""

    size: int
    ms: int


@dataclass(frozen=True)
class Measured:
    """Rates with how many samples stand behind them; too few, and the rates are assumed."""

    rates: Rates
    picks: int
    parcels: int

    @property
    def assumed(self) -> bool:
        """Whether some rate is not measured yet."""
        return min(self.picks, self.parcels) < SAMPLES_MIN


def measure(picks: Sequence[Sample], parcels: Sequence[Sample], rates: Rates = ASSUMED) -> Measured:
    """Return the rates that the samples (oldest first) show; what they cannot show stays as assumed in `rates`.

    `picks`: way since the last pick, time since. `parcels`: units in it, time since the packer's last one.
    """
    picks, parcels = _worked(picks, GRAB_MS, 1_000 / RUN_MM_S), _worked(parcels, CLOSE_MS, PUT_MS)
    if len(picks) >= SAMPLES_MIN:
        slope, rest = _trusted(picks, 1_000 / rates.walk_mm_s, rates.pick_ms)
        speed = round(1_000 / slope) if slope > 0 else FASTEST.walk_mm_s
        rates = rates._replace(walk_mm_s=speed, pick_ms=round(rest))
    if len(parcels) >= SAMPLES_MIN:
        slope, rest = _trusted(parcels, rates.unit_ms, rates.parcel_ms)
        rates = rates._replace(unit_ms=round(slope), parcel_ms=round(rest))
    return Measured(humanly(rates), len(picks), len(parcels))


def humanly(rates: Rates) -> Rates:
    """Return rates that people can have: none faster than FASTEST, none slower than SLOWEST."""
    limits = (sorted(pair) for pair in zip(FASTEST, SLOWEST, strict=True))
    return Rates(*(min(max(rate, low), high) for rate, (low, high) in zip(rates, limits, strict=True)))


def _worked(samples: Sequence[Sample], least_ms: int, each_ms: float) -> list[Sample]:
    """The newest samples that are a person's work: no break, and not faster than anybody."""
    done = (sample for sample in samples if least_ms + each_ms * sample.size <= sample.ms < PAUSE_MS)
    return list(done)[-SAMPLES_MAX:]


def _trusted(samples: Sequence[Sample], slope: float, rest: float) -> tuple[float, float]:
    """The line through samples, drawn towards the assumed one as much as they are few."""
    share = len(samples) / (len(samples) + PRIOR)
    found = line(samples, slope)
    return slope + (found[0] - slope) * share, rest + (found[1] - rest) * share


def line(samples: Sequence[Sample], slope: float) -> tuple[float, float]:
    """Return slope and rest of the Theil-Sen line ms = rest + slope * size; the slope given when sizes are equal."""
    sizes, times = np.array([s.size for s in samples], float), np.array([s.ms for s in samples], float)
    i, j = np.triu_indices(len(samples), 1)
    apart = sizes[i] != sizes[j]
    if apart.any():
        slope = max(0.0, float(np.median((times[j] - times[i])[apart] / (sizes[j] - sizes[i])[apart])))
    return slope, float(np.median(times - slope * sizes))


# --- the plan ---


class Work(NamedTuple):
    """What is left of a pick list: time to pick it (0: picked), and to pack each of its orders, in milliseconds."""

    list_id: int
    pick_ms: int
    pack_ms: tuple[int, ...]


@dataclass(frozen=True)
class Problem:
    """Lists in the order in which they are taken, up to how many people, at how many stations, by when (None: never).

    A person picks or packs; at most one packs at a station.
    """

    lists: tuple[Work, ...]
    people_max: int
    stations: int
    due_ms: int | None = None

    def __post_init__(self) -> None:
        require_positive("people_max", self.people_max)
        require_positive("stations", self.stations)
        require_distinct("list", (work.list_id for work in self.lists))
        for work in self.lists:
            require(work.pick_ms >= 0 and all(ms >= 0 for ms in work.pack_ms), f"list {work.list_id} takes less than 0")


@dataclass(frozen=True)
class Options:
    """No choices yet; the seed is part of every planner's options."""

    seed: int = 0


DEFAULT = Options()


class Crew(NamedTuple):
    """So many people, how many of them begin with picking, and in how many milliseconds picking and packing end."""

    people: int
    pickers: int
    picked_ms: int
    end_ms: int

    @property
    def packers(self) -> int:
        """How many begin with packing."""
        return self.people - self.pickers


@dataclass(frozen=True)
class Plan:
    """The best crew of 1, 2, 3, ... people, and how many the cut-off needs (None: no cut-off, or too few people)."""

    crews: tuple[Crew, ...]
    needed: int | None


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Play the wave through with every split of every number of people; one more person never makes it later."""
    crews: list[Crew] = []
    for people in range(1, problem.people_max + 1):
        best = min((played(problem, people, pickers) for pickers in range(people + 1)), key=lambda crew: crew.end_ms)
        if crews and crews[-1].end_ms <= best.end_ms:
            best = crews[-1]._replace(people=people)
        crews.append(best)
    return Plan(tuple(crews), _needed(problem, crews))


def baseline(problem: Problem) -> Plan:
    """Half of the people pick, the other half packs."""
    crews = [played(problem, people, (people + 1) // 2) for people in range(1, problem.people_max + 1)]
    return Plan(tuple(crews), _needed(problem, crews))


def _needed(problem: Problem, crews: Iterable[Crew]) -> int | None:
    due = problem.due_ms
    return next((crew.people for crew in crews if due is not None and crew.end_ms <= due), None)


def played(problem: Problem, people: int, pickers: int) -> Crew:
    """Play a wave: lists in their order to whoever is free, orders as they arrive; who has nothing to pick packs.

    Packers begin to pick when nobody else does.
    """
    free = [0] * (pickers or people)
    arrivals: list[tuple[int, tuple[int, ...]]] = []
    for work in problem.lists:
        end = (heappop(free) if work.pick_ms else 0) + work.pick_ms
        arrivals.append((end, work.pack_ms))
        if work.pick_ms:
            heappush(free, end)
    picked_ms = max((at for at, _ in arrivals), default=0)
    benches = sorted([*[0] * (people - pickers if pickers else 0), *free])[: problem.stations]
    return Crew(people, pickers, picked_ms, max(picked_ms, _packed(benches, sorted(arrivals))))


def _packed(benches: list[int], arrivals: Iterable[tuple[int, tuple[int, ...]]]) -> int:
    """Return when the last order is packed."""
    heapify(benches)
    end = 0
    for at, orders in arrivals:
        for ms in orders:
            end = max(end, done := max(heappop(benches), at) + ms)
            heappush(benches, done)
    return end


def bound(problem: Problem, people: int) -> int:
    """Return a time before which no crew of so many can be ready: all work shared evenly; the longest chain of one
    list and its longest order; all packing shared by the stations (Graham, Bell System Technical Journal 45, 1966)."""
    picking = sum(work.pick_ms for work in problem.lists)
    packing = sum(sum(work.pack_ms) for work in problem.lists)
    chain = max((work.pick_ms + max(work.pack_ms, default=0) for work in problem.lists), default=0)
    return max(-(-(picking + packing) // people), chain, -(-packing // min(people, problem.stations)))


class Job(NamedTuple):
    """An order before it is on a list: its share of picking, and its packing, in milliseconds."""

    pick_ms: int
    pack_ms: int


NO_WORK = Job(0, 0)


def fitting(jobs: Iterable[Job], crew: tuple[int, int], length_ms: int, left: Job = NO_WORK) -> int:
    """Return how many orders, in their turn, people can pick and pack in a time beside what is `left` to do.

    `crew` is people and pack stations. As in `bound`: all work is shared by the people, all packing by the stations.
    """
    people, stations = crew
    hands_ms, benches_ms = people * length_ms, min(people, stations) * length_ms
    used, packing, number = sum(left), left.pack_ms, 0
    for job in jobs:
        used, packing = used + sum(job), packing + job.pack_ms
        if used > hands_ms or packing > benches_ms:
            break
        number += 1
    return number


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: a crew for each number of people, none faster than possible, none later than a smaller."""
    broken: list[str] = []
    if [crew.people for crew in plan.crews] != [*range(1, problem.people_max + 1)]:
        broken.append("there is not one crew for every number of people")
    alone = sum(work.pick_ms + sum(work.pack_ms) for work in problem.lists)
    for crew in plan.crews:
        if crew.end_ms < bound(problem, crew.people):
            broken.append(f"{crew.people} people cannot be ready after {crew.end_ms} ms")
        if crew.end_ms > alone or not 0 <= crew.picked_ms <= crew.end_ms or not 0 <= crew.pickers <= crew.people:
            broken.append(f"{crew.people} people do not pick until {crew.picked_ms} and pack until {crew.end_ms} ms")
    ends = [crew.end_ms for crew in plan.crews]
    if ends != sorted(ends, reverse=True):
        broken.append("one more person makes it later")
    if plan.needed != _needed(problem, plan.crews):
        broken.append(f"not {plan.needed} people are needed")
    return broken
