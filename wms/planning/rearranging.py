"""Shorter walks by exchanging items between faces, watched over by orders that the search never sees.

Every fifth list of the history is held out. A first search shortens the others, in rounds; after each round the lists
held out are walked, and what was best for them stays. When they do not get shorter by more than chance would explain
(four times the standard error of the difference), nothing is exchanged: past orders can be learned by heart.
When they do, a second and longer search begins again and learns from all lists, since more orders are the best cure
for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wms.planning.faces import Faces, Options, Problem
from wms.planning.speed import Stopwatch
from wms.planning.standing import Standing, standing_at
from wms.planning.swapping import Longs

HELD_OUT = 5
LISTS_MIN = 25
"""Past lists below which walks tell nothing yet."""
ROUNDS = 20
COOL = 18
"""Rounds after which nothing worse is accepted any more."""
PER_PAIR = 20
"""Trials for each item and face are enough."""
JUDGING = 4
"""One of so many trials goes into the first search, that is judged."""
SLOWER = 20
"""Walks with more cross aisles take so many times longer, so that fewer are tried."""
HEAT = 4_000
"""At first an exchange may be worse by all walks over so much."""
CONVINCED = 4
"""Standard errors that a gain must exceed. Three would do for one look at the lists held out; the best of ROUNDS looks
at noise exceeds them once in thirty times."""
PARKING = 12
"""Of so many moves of a budget, one is kept for parking."""
FIRST_MOVE = 300
"""Where moves are rationed, each must save at first the whole walk over so much ..."""
RATION_FALLS = 0.75
"""... and after each round so many times that: the budget goes to what saves most."""


@dataclass(frozen=True)
class Found:
    """Where items stand after the search, and as the lists held out judged it; whether they found it better, and
    whether time ran out."""

    faces: Faces
    judged: Faces
    better: bool
    limit_hit: bool


def held_out(number: int) -> bool:
    """Whether the search must not learn from a past list."""
    return number % HELD_OUT == HELD_OUT - 1


def rearranged(problem: Problem, options: Options, start: Faces) -> Found:
    """Exchange items, beginning at `start` and within the budget of moves, for the walks of the lists not held out."""
    units, rows = standing_at(problem, start)
    free, trials = options.moves_max is None, _trials(problem, options)
    learned = _shuffled([row for number, row in enumerate(rows) if not held_out(number)], options.seed)
    standing = Standing(problem, units, learned, _may_leave(options.moves_max), options.seed + 1)
    judge = Judge(standing, [row for number, row in enumerate(rows) if held_out(number)])
    twice = free and problem.walks
    watch = Stopwatch(options.seconds_max / JUDGING if twice else options.seconds_max)
    _search(standing, trials // JUDGING if twice else trials, watch, judge.look)
    judged, better, late = standing.faces(judge.best), judge.convinced(), watch.over()
    if not (better and twice):
        return Found(judged, judged, better, late)
    standing = Standing(problem, units, _shuffled(rows, options.seed), state=options.seed + 1)
    rest = Stopwatch(options.seconds_max - options.seconds_max / JUDGING)
    _search(standing, trials - trials // JUDGING, rest, lambda: None)
    return Found(standing.faces(standing.shelves.place), judged, better, late or rest.over())


def _may_leave(moves_max: int | None) -> int:
    """How many items may leave their faces (-1: all): a few moves of the budget are kept for parking where chains are
    closed."""
    if moves_max is None:
        return -1
    return moves_max - (1 + moves_max // PARKING if moves_max > 2 else 0)


def _trials(problem: Problem, options: Options) -> int:
    """Trials in all: a small floor has few exchanges to try, and one with more cross aisles has no time for many."""
    slower = SLOWER if problem.floor and len(problem.floor.cross_mm) > 2 else 1
    return min(options.trials_max // slower, 1_000 + PER_PAIR * len(problem.items) * len(problem.faces))


def _shuffled(rows: list[list[int]], seed: int) -> list[list[int]]:
    """The lists in a random order: a search gives an exchange up after a look at the first of them."""
    return [rows[k] for k in np.random.default_rng(seed).permutation(len(rows))]


def _search(standing: Standing, trials: int, watch: Stopwatch, look: Callable[[], None]) -> None:
    """Exchange units in rounds, colder and colder, and look after each."""
    cost = int(standing.lists.length.sum()) + standing.reaches(standing.shelves.place)
    for first, last in pairwise(_heats(cost, standing.left >= 0)):
        standing.exchange(trials // ROUNDS, first, last)
        look()
        if watch.over():
            break


def _heats(cost: int, rationed: bool) -> list[int]:
    """mm at the ends of the rounds: what a trial may be worse by, or what a move must save where moves are rationed."""
    if rationed:
        return [int(cost / FIRST_MOVE * RATION_FALLS**k) for k in range(ROUNDS)] + [0]
    return [cost // HEAT * max(0, COOL - k) ** 2 // COOL**2 for k in range(ROUNDS + 1)]


class Judge:
    """Walks the lists held out, and keeps the places that were best for them."""

    def __init__(self, standing: Standing, rows: list[list[int]]) -> None:
        self.standing, self.rows = standing, rows
        self.best = standing.shelves.place.copy()
        self.before = self.walks = standing.walks_of(rows, self.best)
        self.start = self.least = self.cost(self.walks, self.best)

    def cost(self, walks: Longs, place: Longs) -> float:
        """Walks of the lists held out, and their share of the reaches, in mm."""
        share = len(self.rows) / (len(self.standing.rows) + len(self.rows)) if self.rows else 1.0
        return float(walks.sum()) + self.standing.reaches(place) * share

    def look(self) -> None:
        """Keep the places as they are now if they are the best so far."""
        place = self.standing.shelves.place
        walks = self.standing.walks_of(self.rows, place)
        cost = self.cost(walks, place)
        if cost < self.least:
            self.best, self.walks, self.least = place.copy(), walks, cost

    def convinced(self) -> bool:
        """Whether the gain is more than chance would explain."""
        saved = self.start - self.least
        spread = float(np.std(self.before - self.walks)) if len(self.rows) else 0.0
        return bool(saved > CONVINCED * spread * len(self.rows) ** 0.5)
