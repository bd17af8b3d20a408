"""Shorter walks by exchanging items between faces, watched over by orders that the search never sees.

Every fifth list of the history is held out. The search shortens the others, in rounds; after each round the lists held
out are walked, and what was best for them stays. When they do not get shorter by more than chance would explain
(three times the standard error of the difference), nothing is exchanged: past orders can be learned by heart.
When they do, the last rounds learn from all lists, since more orders are the best cure for that.
"""

from __future__ import annotations

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
COOL = 14
"""Rounds after which nothing worse is accepted any more."""
PATIENCE = 3
PER_PAIR = 20
"""Trials for each item and face are enough."""
POLISHING = 5
"""Rounds that learn from all lists."""
HEAT = 2_000
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
    learned = [row for number, row in enumerate(rows) if not held_out(number)]
    shuffled = [learned[k] for k in np.random.default_rng(options.seed).permutation(len(learned))]
    left = -1 if options.moves_max is None else _may_leave(options.moves_max)
    standing = Standing(problem, units, shuffled, left, options.seed + 1)
    judge = Judge(standing, [row for number, row in enumerate(rows) if held_out(number)])
    watch = Stopwatch(options.seconds_max)
    heats = _heats(int(standing.lists.length.sum() + standing.reaches(standing.shelves.place)), left >= 0)
    for first, last in pairwise(heats):
        standing.exchange(_trials(problem, options), first, last)
        judge.look()
        if watch.over() or (last == 0 and judge.stale >= PATIENCE):
            break
    judged, better = standing.faces(judge.best), judge.convinced()
    last_rounds = better and problem.walks and left < 0 and not watch.over()
    faces = _polished(problem, options, judged) if last_rounds else judged
    return Found(faces, judged, better, watch.over())


def _may_leave(moves_max: int) -> int:
    """How many items may leave their faces: a few moves of the budget are kept for parking where chains are closed."""
    return moves_max - (1 + moves_max // PARKING if moves_max > 2 else 0)


def _trials(problem: Problem, options: Options) -> int:
    """Trials of a round: a small floor has few exchanges to try."""
    return min(options.trials_max, 1_000 + PER_PAIR * len(problem.items) * len(problem.faces)) // ROUNDS


def _polished(problem: Problem, options: Options, start: Faces) -> Faces:
    """The same, learning from all lists and accepting nothing worse."""
    units, rows = standing_at(problem, start)
    shuffled = [rows[k] for k in np.random.default_rng(options.seed).permutation(len(rows))]
    standing = Standing(problem, units, shuffled, state=options.seed + 1)
    standing.exchange(POLISHING * _trials(problem, options), 0, 0)
    return standing.faces(standing.shelves.place)


def _heats(cost: int, rationed: bool) -> list[int]:
    """mm at the ends of the rounds: what a trial may be worse by, or what a move must save where moves are rationed."""
    if rationed:
        return [int(cost / FIRST_MOVE * RATION_FALLS**k) for k in range(ROUNDS)] + [0]
    return [cost // HEAT * max(0, COOL - k) ** 2 // COOL**2 for k in range(ROUNDS + 1)]


class Judge:
    """Walks the lists held out, and keeps the places that were best for them."""

    def __init__(self, standing: Standing, rows: list[list[int]]) -> None:
        self.standing, self.rows, self.stale = standing, rows, 0
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
        self.stale += 1
        if cost < self.least:
            self.best, self.walks, self.least, self.stale = place.copy(), walks, cost, 0

    def convinced(self) -> bool:
        """Whether the gain is more than three times its standard error."""
        saved = self.start - self.least
        spread = float(np.std(self.before - self.walks)) if len(self.rows) else 0.0
        return bool(saved > 3 * spread * len(self.rows) ** 0.5)
