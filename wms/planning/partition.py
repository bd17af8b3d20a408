"""Which of many possible batches, so that every order is in exactly one, cost the least: set partitioning.

First the linear relaxation (`relaxing`), which tells how dear every batch is and what no division can cost less than.
With few batches left in question the best division is found depth first (`covering`). Else one is read off the
relaxation, batch by batch (`diving`), lists are taken apart and put together anew (`recombining`), and what is still in
question then goes to the integer solver HiGHS. With all batches that there are, the answer is most often the optimum,
and it is said when it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wms.planning import tours
from wms.planning.annealing import Memory, Task, crowd
from wms.planning.covering import searched
from wms.planning.diving import dived
from wms.planning.growing import grown
from wms.planning.recombining import recombined
from wms.planning.relaxing import SLACK, Batches, Floats, Ints, batches_of, relaxed, together, whole
from wms.planning.speed import Stopwatch, kernel, numbers, uncounted
from wms.planning.strides import PICKS
from wms.planning.walking import Numbers

__all__ = ["Batches", "Effort", "all_batches", "batches_of", "combined", "divided"]

LONGER = 40
"""How many times longer the last search depth first may take than the first."""
TABLE = 40_000
"""How many batches lists are put together from."""


class Effort(NamedTuple):
    """How hard to try: batches that the relaxation gets at a time; batches and nodes of the integer step; `looks` at a
    batch when searching depth first; whether to dive; `work` and `seed` of the recombining."""

    columns: int = 400
    whole_columns: int = 3000
    nodes: int = 300
    looks: int = 50_000
    dive: bool = False
    work: int = 0
    seed: int = 0


@dataclass
class Division:
    """The best division known, of batches that are so dear above a bound."""

    batches: Batches
    bound: float
    dear: Floats
    best: Ints

    @property
    def cost(self) -> int:
        """What it costs."""
        return int(self.batches.cost[self.best].sum())

    @property
    def gap(self) -> float:
        """How dear the batches of a better one may be together."""
        return self.cost - 1 - self.bound + SLACK

    def hear(self, found: Ints | None) -> None:
        """Take what was found if it costs less."""
        if found is not None and int(self.batches.cost[found].sum()) < self.cost:
            self.best = found

    def searched(self, effort: Effort) -> bool:
        """Search depth first; return whether there is no better one."""
        chosen = np.flatnonzero(self.dear <= self.gap)
        if self.gap < 0 or len(chosen) > TABLE:
            return self.gap < 0
        found, proven = searched(self.batches, (chosen, self.dear, self.gap), effort.looks)
        self.hear(found)
        return proven

    def recombined(self, effort: Effort, watch: Stopwatch) -> None:
        """Take lists apart, and put them together from the cheapest batches."""
        if not effort.work:
            return
        kept = np.arange(len(self.dear))
        if len(kept) > TABLE:
            kept = np.union1d(np.argpartition(self.dear, TABLE)[:TABLE], self.best)
        start = np.searchsorted(kept, np.sort(self.best))
        found = recombined(self.batches.only(kept), self.dear[kept], start, (effort.work, effort.seed, watch))
        self.hear(kept[found])

    def whole(self, effort: Effort, watch: Stopwatch) -> bool:
        """The integer step with the cheapest batches; return whether there is no better division."""
        chosen = np.flatnonzero(self.dear <= self.gap)
        few = len(chosen) <= effort.whole_columns
        if watch.over() or not len(chosen):
            return not len(chosen)
        if not few:
            chosen = np.sort(np.argpartition(self.dear, effort.whole_columns)[: effort.whole_columns])
        found, proven = whole(self.batches, chosen, (self.cost, effort.nodes, watch))
        self.hear(found)
        return proven and few


def divided(batches: Batches, known: Batches, effort: Effort, watch: Stopwatch) -> tuple[list[list[int]], bool]:
    """Return a division that costs no more than `known` (itself one, of orders 0 to n - 1), and whether it is the best
    that these batches allow: when effort and time suffice."""
    every, mine = together(known, batches), len(known.cost)
    unit = max(1, int(np.gcd.reduce(every.cost)))  # walks are whole metres, say: a gap below one is none
    every = every._replace(cost=every.cost // unit)
    answer = relaxed(every, mine, (effort.columns, watch))
    if answer is None:
        return every.groups(range(mine)), False
    bound, worth, relaxation = answer
    division = Division(every, bound, every.dear(worth), np.arange(mine))
    proven = division.searched(effort)
    if not proven and not watch.over():
        division.hear(dived(every, division.dear, relaxation, watch) if effort.dive else None)
        division.recombined(effort, watch)
        proven = division.searched(effort._replace(looks=LONGER * effort.looks)) or division.whole(effort, watch)
    return every.groups(division.best), proven


def combined(
    task: Task, memory: Memory, known: tuple[Batches, Batches], terms: tuple[int, Effort, Stopwatch]
) -> list[list[int]]:
    """`divided` where there are too many batches to walk all: at most as many (the first term) are sought out.

    `known` is a division, and other good batches.
    """
    most, effort, watch = terms
    mine = np.arange(len(known[0].cost))
    answer = grown(task, memory, together(*known), most, watch)
    if answer is None:
        return known[0].groups(mine)
    batches = answer.batches
    division = Division(batches, answer.bound, batches.dear(answer.worth), mine)
    division.hear(dived(batches, division.dear, answer.relaxation, watch) if effort.dive else None)
    division.recombined(effort, watch)
    division.whole(effort, watch)
    return batches.groups(division.best)


# --- every batch there is ---


def all_batches(task: Task, memory: Memory, most: int) -> Batches | None:
    """Return every batch within the limits and what it costs; None when there are more than `most`."""
    kinds = len(task.limits)
    count = len(task.contents.first) - 1
    by_size = numbers(sorted(range(count), key=lambda order: (task.sizes[order * kinds], order)))
    nothing = numbers([0])
    path, load = numbers([0] * (count + 1)), numbers([0] * ((count + 2) * kinds))
    totals = numbers([0, 0])
    counted(task, by_size, (path, load, nothing), (totals, nothing, nothing, nothing), most)
    if totals[0] > most:
        return None
    masks = numbers([0] * ((count + 2) * len(memory.mask)))
    masks[task.contents.depot_word] = task.contents.depot_bits
    batches, members = int(totals[0]), int(totals[1])
    found = (totals, numbers([0] * (batches + 1)), numbers([0] * members), numbers([0] * batches))
    counted(task, by_size, (path, load, masks), found, most)
    batches = int(totals[0])
    first = np.array(found[1][: batches + 1], np.int64)
    return Batches(first, np.array(found[2][: first[-1]], np.int64), np.array(found[3][:batches], np.int64))


@kernel
@uncounted
def counted(
    task: Task,
    by_size: Numbers,
    room: tuple[Numbers, Numbers, Numbers],
    found: tuple[Numbers, Numbers, Numbers, Numbers],
    most: int,
) -> None:
    """Go through all batches, smallest orders first, adding one order at a time; stop at the first beyond `most`.

    With a single word of masks they are only counted (an upper bound, where picks are limited), else kept in `found`:
    (batches and members, first, member, cost).
    """
    path, load, masks = room
    totals = found[0]
    walks = len(masks) > 1
    words = task.aisles.word_from[len(task.aisles.x_mm)]
    totals[0], totals[1] = 0, 0
    depth, step = 0, 0
    while True:
        if step < len(by_size) and taken(task, by_size[step], load, depth):
            path[depth] = step
            depth += 1
            step += 1
            if walks:
                depth -= 0 if kept(task, (by_size, path, masks), found, depth, words) else 1
                continue
            totals[0] += 1
            totals[1] += depth
            if totals[0] > most:
                return
        elif step < len(by_size) and more_may_fit(task, by_size[step], load, depth):
            step += 1
        elif depth == 0:
            return
        else:
            depth -= 1
            step = path[depth] + 1


@kernel
@uncounted
def taken(task: Task, order: int, load: Numbers, depth: int) -> bool:
    """Whether the order fits on top of `depth` others; then the load of all of them is written."""
    kinds = len(task.limits)
    for kind in range(kinds):
        now = load[depth * kinds + kind] + task.sizes[order * kinds + kind]
        if now > task.limits[kind]:
            return False
        load[(depth + 1) * kinds + kind] = now
    return True


@kernel
@uncounted
def more_may_fit(task: Task, order: int, load: Numbers, depth: int) -> bool:
    """Whether orders after this one may fit: they are as large or larger in their first size."""
    kinds = len(task.limits)
    return kinds > 1 and load[depth * kinds] + task.sizes[order * kinds] <= task.limits[0]


@kernel
@uncounted
def kept(
    task: Task,
    path: tuple[Numbers, Numbers, Numbers],
    found: tuple[Numbers, Numbers, Numbers, Numbers],
    depth: int,
    words: int,
) -> bool:
    """Walk the batch on the path and keep it; False when it has too many picks, as all that contain it have."""
    by_size, steps, masks = path
    totals, first, member, cost = found
    base = depth * words
    for w in range(words):
        masks[base + w] = masks[base - words + w]
    tours.add(task.contents, by_size[steps[depth - 1]], masks, base)
    length, picks = tours.round_trip(task.aisles, masks, base)
    if crowd(task.picks_max, task.picks_price, picks % PICKS) > 0:
        return False
    number, start = totals[0], totals[1]
    for i in range(depth):
        member[start + i] = by_size[steps[i]]
    cost[number] = length + task.list_mm + picks * task.pick_mm
    first[number + 1] = start + depth
    totals[0], totals[1] = number + 1, start + depth
    return True
