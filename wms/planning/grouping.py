"""Orders that walk together: a greedy start, then exchanges, then the best division into batches that are possible.

The start opens a list with the order that walks farthest and adds, one by one, the like that saves most (the savings of
Clarke & Wright, Operations Research 12(4), 1964, worked out anew for every joining). Where few batches fit within the
limits, every one is walked, where few orders fill a list, good ones are sought out, and the best division into these
is found (`partition`). Else orders change lists at random (`annealing`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wms.planning import annealing, greedy, partition, pricing, strides, tours
from wms.planning.annealing import Groups, Memory, Schedule, Task
from wms.planning.layout import Floor
from wms.planning.partition import Effort
from wms.planning.speed import Stopwatch, numbers
from wms.planning.strides import PICKS
from wms.planning.tours import Pick
from wms.planning.walking import Numbers

LIKES, LIKES_OF_MANY = 16, 40
"""How many likes of an order are known; more of many orders where the greedy start is not all."""
COLUMNS_MIN, COLUMNS_MAX, COLUMN_MOVES = 200, 1000, 10
"""How many batches the integer step gets: one for so many moves that are asked for."""
TIGHT, SMALL, TIGHT_FIRST, FIRST = 4.7, 40, 0.1, 0.2
"""Up to so many orders to a list, if there are more than so many, which share of the moves is tried before batches are
combined; and else."""
COMBINING, FEW_COMBINED = 27, 60
"""Work of combining for each move that is asked for; fewer orders get the work of so many."""
COMBINED_MOVES, COMBINED_MAX = 1000, 150
"""Good batches are sought out from so many moves on, and up to so many orders;"""
LOOSE, LOOSE_MAX = 7, 50
"""where more than `TIGHT` fit on a list, only if they are not more than this, and the orders not more than that."""
MANY = 200
"""From so many orders on, a partner at random is hardly ever a like."""
FEW = 100
"""So few orders get the moves of so many."""
PAIRS = 8
"""Of 16 swaps, those of two orders for one or two; none where many orders are all of one size."""
STIFF = (50_000, 50_000)
"""The prices of overfull lists there: any two may change places, so no list need be overfull for a while."""
BUDGET, WALK = 10, 5
"""Work for each move that is asked for; a walk is the work of so many moves, and of one for every two picks of an
order."""
PROBE, PROBE_OF_MANY, ENOUGH, RUNS_MAX = 12, 60, 10, 8
"""The first search gets one so many-th of all work, of many orders less; no other begins when so little is left, nor
after so many."""
LONG = 140
"""So many orders get one long search after the first, half of them two, and so on: a long one needs no luck."""
AGAIN = 0.4
"""How hot a search from the best known division begins, as a share of the first heat."""
LEVELS, SLICES = 200, 20
"""Temperatures, and how often the search looks at its watch on the way."""


class Content(NamedTuple):
    """What grouping must know of an order: where it takes what, and its size of each limited kind."""

    picks: frozenset[Pick]
    sizes: tuple[int, ...]


class Limits(NamedTuple):
    """What one list may hold: so much of each kind of size, and so many picks (0: any number), each for all orders."""

    sizes: tuple[int, ...]
    picks_max: int = 0


class Costs(NamedTuple):
    """What a list costs beside its walk, in mm: to begin it, and for each pick."""

    list_mm: int
    pick_mm: int


class Search(NamedTuple):
    """How hard to try: moves tried per order (0: the greedy start is all), batches that may all be walked, the seed.

    Temperatures and the prices of overfull lists are in 1/1000: of the mean cost of an order, and of a unit of size.
    The searches take turns with the pairs of prices, at the first heat and at the last.
    """

    moves: int
    batches_max: int
    seed: int
    first_heat: int = 150
    last_heat: int = 15
    over_prices: tuple[tuple[int, int], ...] = ((3000, 10_000), (8000, 8000))


class Grouped(NamedTuple):
    """Orders by their index, list by list, and the cost of each list in mm."""

    groups: list[list[int]]
    costs: list[int]


Group = list[int]


@dataclass(frozen=True)
class Ground:
    """Everything about the orders on their floor that the search asks for."""

    task: Task
    memory: Memory
    near: Numbers
    orders: int
    alone: Numbers

    def costs(self, groups: Sequence[Sequence[int]]) -> list[int]:
        """Costs in mm of many lists."""
        return [int(cost) for cost in pricing.priced(self.task, self.memory, groups)]

    @property
    def is_alike(self) -> bool:
        """Whether there are many orders, all of one size in the kind that fills a list, so that others never matter."""
        kinds = len(self.task.limits)
        sizes = [self.task.sizes[kind : self.orders * kinds : kinds] for kind in range(kinds)]
        limits = [
            (int(min(each)), int(max(each)), int(most)) for each, most in zip(sizes, self.task.limits, strict=True)
        ]
        full = min((most // max(1, high) for low, high, most in limits if low == high), default=self.orders)
        fits = all(low == high or full * high <= most for low, high, most in limits)
        return self.orders > MANY and not self.task.picks_max and fits

    def cost(self, group: Sequence[int]) -> int:
        """Cost in mm of a list."""
        return int(annealing.walked(self.task, self.memory, numbers(group), len(group))) // PICKS


def grouped(
    floor: Floor, contents: Sequence[Content], rules: tuple[Limits, Costs], search: Search, watch: Stopwatch
) -> Grouped:
    """Divide orders, each of which is within the limits by itself, at little cost; never more than first come first
    served. The same orders and search give the same division unless the watch runs out."""
    if not contents:
        return Grouped([], [])
    ground = prepared(floor, contents, rules, search)
    start = _start(ground)
    found = _improved(ground, start, search, watch) if search.moves and len(start) > 1 else start
    found = sorted(sorted(group) for group in found)
    return Grouped(found, ground.costs(found))


# --- orders as numbers ---


def prepared(floor: Floor, contents: Sequence[Content], rules: tuple[Limits, Costs], search: Search) -> Ground:
    """Measure the orders on their floor."""
    limits, costs = rules
    aisles, masks = tours.measured(floor, [content.picks for content in contents])
    count = len(contents)
    tight = _tight(contents, limits)
    sizes = numbers([*(content.sizes[kind] for content in contents for kind in tight), *(0 for _ in tight)])
    rooms = numbers(limits.sizes[kind] for kind in tight)
    ways = strides.tabled(aisles, masks, (costs.list_mm, costs.pick_mm))
    task = Task(aisles, masks, sizes, rooms, numbers([1] * len(tight)), limits.picks_max, 1, *costs, ways)
    memory = _memory(count, int(aisles.word_from[len(aisles.x_mm)]), search)
    alone = pricing.priced(task, memory, [[order] for order in range(count)])
    likes = LIKES_OF_MANY if search.moves and count > MANY else LIKES
    return Ground(_priced(task, alone), memory, _likes(floor, contents, likes), count, alone)


def _tight(contents: Sequence[Content], limits: Limits) -> list[int]:
    """Kinds of size of which all orders together are too much for one list: no other can ever be broken."""
    kinds = range(len(limits.sizes))
    tight = [kind for kind in kinds if sum(content.sizes[kind] for content in contents) > limits.sizes[kind]]
    return tight or [0]


def _memory(orders: int, words: int, search: Search) -> Memory:
    size = 1 << min(18, max(10, (4 * search.moves * orders).bit_length()))
    names = np.random.default_rng(search.seed).integers(1, 1 << 62, orders)
    room = (_nothing(size), _nothing(size), _nothing(words), _nothing(orders + 3))
    return Memory(numbers([*(int(name) for name in names), 0]), *room)


def _nothing(count: int) -> Numbers:
    """So many zeros: quicker than numbers([0] * count) where there are a million."""
    return np.zeros(count, np.int64) if isinstance(numbers([]), np.ndarray) else [0] * count


def _priced(task: Task, alone: Numbers) -> Task:
    """A unit of a kind too much costs what it costs on average: the more a kind limits, the dearer."""
    total = int(sum(alone))
    lists = [max(1, limit) for limit in task.limits]
    sums = [sum(map(int, task.sizes[kind :: len(lists)])) for kind in range(len(lists))]
    most = max(1, max(size / limit for size, limit in zip(sums, lists, strict=True)))
    typical = max(1, int(total / len(alone)))
    price = numbers(max(1, int(min(typical * 2.0, 4.0 * total / most) / limit)) for limit in lists)
    picks_price = max(1, typical // max(1, task.picks_max))
    return task._replace(price=price, picks_price=picks_price)


def _likes(floor: Floor, contents: Sequence[Content], most: int) -> Numbers:
    """The orders most like each: near in the thirds of aisles that they enter (cosine of the two sets)."""
    width = min(most, len(contents) - 1)
    if width < 1:
        return numbers([0])
    places = _features(floor, contents)
    likes = np.empty((len(contents), width), np.int64)
    for start in range(0, len(contents), 1024):
        alike = places[start : start + 1024] @ places.T
        alike[np.arange(len(alike)), np.arange(start, start + len(alike))] = -1
        first = np.sort(np.argpartition(-alike, width - 1, axis=1)[:, :width], axis=1)
        order = np.argsort(-np.take_along_axis(alike, first, axis=1), axis=1, kind="stable")
        likes[start : start + 1024] = np.take_along_axis(first, order, axis=1)
    return numbers(int(like) for like in likes.ravel()) if isinstance(numbers([]), list) else likes.ravel()


def _features(floor: Floor, contents: Sequence[Content]) -> NDArray[np.float32]:
    depth = max(1, (floor.cross_mm[-1] - floor.cross_mm[0]) // 3)
    number: dict[tuple[int, int], int] = {}
    rows: list[set[int]] = []
    for content in contents:
        spots = [floor.spot(place_id) for place_id, _ in content.picks]
        keys = [key for spot in spots for key in ((spot.x, -1), (spot.x, (spot.y - floor.cross_mm[0]) // depth))]
        rows.append({number.setdefault(key, len(number)) for key in keys})
    places = np.zeros((len(contents), len(number)), np.float32)
    for order, row in enumerate(rows):
        places[order, list(row)] = 1 / math.sqrt(len(row))
    return places


# --- the start ---


def _start(ground: Ground) -> list[Group]:
    """Lists of likes, or first come first served where that costs less."""
    farthest = numbers(sorted(range(ground.orders), key=lambda order: (-ground.alone[order], order)))
    group_of = _nothing(ground.orders)
    room = (_nothing(ground.orders + 1), _nothing(len(ground.task.limits)))
    greedy.seeded(ground.task, ground.memory, (farthest, ground.near, ground.alone), group_of, room)
    alike = _listed(group_of)
    served = _served(ground.task, ground.orders)
    return min(alike, served, key=lambda groups: sum(ground.costs(groups)))


def _listed(group_of: Numbers) -> list[Group]:
    groups: dict[int, Group] = {}
    for order, group in enumerate(group_of):
        groups.setdefault(int(group), []).append(order)
    return list(groups.values())


def _served(task: Task, orders: int) -> list[Group]:
    """First come first served: fill a list, then open the next (picks counted apart for every order)."""
    kinds = len(task.limits)
    groups: list[Group] = []
    load = [0] * kinds
    picks = 0
    for order in range(orders):
        sizes = [int(task.sizes[order * kinds + kind]) for kind in range(kinds)]
        mine = sum(
            int(bits).bit_count()
            for bits in task.contents.bits[task.contents.first[order] : task.contents.first[order + 1]]
        )
        load, picks = [a + b for a, b in zip(load, sizes, strict=True)], picks + mine
        full = any(now > limit for now, limit in zip(load, task.limits, strict=True)) or 0 < task.picks_max < picks
        if full or not groups:
            groups.append([])
            load, picks = sizes, mine
        groups[-1].append(order)
    return groups


# --- the search ---


def _improved(ground: Ground, start: list[Group], search: Search, watch: Stopwatch) -> list[Group]:
    every = partition.all_batches(ground.task, ground.memory, search.batches_max)
    if every is None and not _worth_combining(ground, start, search):
        return annealed(ground, start, search, watch)
    tight = ground.orders <= TIGHT * len(start)
    first = search._replace(
        moves=max(1, int(search.moves * (TIGHT_FIRST if tight and ground.orders > SMALL else FIRST)))
    )
    found = annealed(ground, start, first, watch)
    mine = partition.batches_of((group, ground.cost(group)) for group in found)
    work = COMBINING * search.moves * max(ground.orders, FEW_COMBINED)
    columns = max(COLUMNS_MIN, min(COLUMNS_MAX, search.moves // COLUMN_MOVES))
    limits = {"whole_columns": columns, "nodes": 100, "looks": 20 * search.moves}
    effort = Effort(**limits, dive=tight, work=work, seed=search.seed)
    if every is None:
        return partition.combined(ground.task, ground.memory, mine, (search.batches_max, effort, watch))
    return partition.divided(every, mine, effort, watch)[0]


def _worth_combining(ground: Ground, start: list[Group], search: Search) -> bool:
    """Whether to seek out good batches: not when there are too many of them, or of orders, or too little time."""
    if min(search.moves, search.batches_max) < COMBINED_MOVES:
        return False
    if ground.orders <= TIGHT * len(start):
        return ground.orders <= COMBINED_MAX
    return ground.orders <= min(LOOSE_MAX, LOOSE * len(start))


def annealed(ground: Ground, start: list[Group], search: Search, watch: Stopwatch) -> list[Group]:
    """Return the best division that random exchanges find from this one, until the moves are spent.

    A short search tells how much work a move is; a long one gets what is left, and short ones from the best the rest.
    """
    best, cost = start, sum(map(ground.cost, start))
    partners = ground.near if ground.orders > MANY else numbers([])
    alike = ground.is_alike
    every = left = BUDGET * search.moves * max(ground.orders, FEW)
    walk = WALK + sum(int(bits).bit_count() for bits in ground.task.contents.bits) // (2 * ground.orders)
    steps = max(1, every // (BUDGET * LEVELS * (PROBE_OF_MANY if ground.orders > MANY else PROBE)))
    width, state = len(partners) // ground.orders, numbers([search.seed * 2 + 1])
    schedule = Schedule(partners, partners, numbers(annealing.FACES), state, 0, steps, width, 0 if alike else PAIRS)
    long, prices = max(1, min(4, LONG // ground.orders)), (STIFF,) if alike else search.over_prices
    for run in range(RUNS_MAX):
        groups = _seated(ground, start if run <= long else best)
        first = search.first_heat * (1.0 if run <= long else AGAIN)
        _cooled(ground, (groups, schedule), (first, search.last_heat, prices[run % len(prices)]), watch)
        if int(groups.sums[0]) < cost:
            best, cost = _listed(groups.best), int(groups.sums[0])
        spent = LEVELS * schedule.steps + walk * int(groups.sums[4])
        left -= spent
        if ENOUGH * left < every or watch.over():
            break
        schedule = schedule._replace(steps=max(1, schedule.steps * left // (max(1, long - run) * spent)))
    return best


def _cooled(
    ground: Ground, tools: tuple[Groups, Schedule], ends: tuple[float, int, tuple[int, int]], watch: Stopwatch
) -> None:
    """One search, from the first heat and price to the last.

    Towards the end the price doubles while lists are overfull: else a list less might be worth it for ever.
    """
    groups, schedule = tools
    empty = int(groups.best.max() if isinstance(groups.best, np.ndarray) else max(groups.best)) + 1
    heats, prices, times = _heats(ground, groups, ends[:2]), np.geomspace(*ends[2], SLICES), 1
    for part, (heat, price) in enumerate(zip(np.array_split(heats, SLICES), prices, strict=True), start=1):
        now = schedule._replace(heat_mm=numbers(int(mm) for mm in heat), price=times * int(price * 1.024))
        empty = int(annealing.anneal(ground.task, ground.memory, groups, now, empty))
        times *= 2 if int(groups.sums[2]) > 0 and 2 * part > SLICES else 1
        if watch.over():
            return


def _heats(ground: Ground, groups: Groups, ends: tuple[float, float]) -> NDArray[np.float64]:
    """Temperatures that fall by the same factor from level to level."""
    typical = int(groups.sums[1]) / ground.orders / 1000
    return np.maximum(1, np.geomspace(max(ends) * typical, ends[1] * typical, LEVELS).round())


def _seated(ground: Ground, start: list[Group]) -> Groups:
    orders, kinds = ground.orders, len(ground.task.limits)
    many = len(start) + min(len(start), 10) + 2
    room = min(orders, 2 * max(map(len, start)) + 8)
    sizes = (orders, orders, many * room, many, many * kinds, many, many, many, orders, 5)
    groups = Groups(*(_nothing(size) for size in sizes))
    for number, group in enumerate(start):
        for order in group:
            groups.best[order] = number
    groups.sums[0] = annealing.seated(ground.task, ground.memory, groups, groups.best)
    return groups
