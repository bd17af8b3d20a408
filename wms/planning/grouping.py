"""Orders that walk together: a greedy start, then exchanges, then the best division of all batches that came up.

The start opens a list with the order that walks farthest and adds, one by one, the like that saves most (the savings of
Clarke & Wright, Operations Research 12(4), 1964, worked out anew for every joining). Where few batches fit within the
limits, every one is walked and the best division found at once (`partition`). Else orders change lists at random
(`annealing`), and the division is picked from all batches that this walked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wms.planning import annealing, greedy, partition, tours
from wms.planning.annealing import PICKS, Groups, Memory, Pool, Schedule, Task
from wms.planning.layout import Floor
from wms.planning.partition import Batches, Effort
from wms.planning.speed import Stopwatch, numbers
from wms.planning.tours import Pick
from wms.planning.walking import Numbers

LIKES = 16
"""How many likes of an order are known."""
POOLED_ORDERS_MAX = 250
"""Up to so many orders the batches that came up are kept and divided anew."""
DICE = [round(-annealing.DICE * math.log((face + 0.5) / annealing.DICE)) for face in range(annealing.DICE)]
PART = Effort(whole_columns=2000, nodes=50, gap_permille=50)
WHOLE = Effort(whole_columns=4000, nodes=300, gap_permille=1000)
"""How hard to divide the batches that came up; and all batches there are, which proves the best division."""
BRIM = 0.99
"""From this share of all room on, lists are full to the brim."""
MANY = 200
"""From so many orders on, a partner at random is hardly ever a like."""
FEW = 60
"""So few orders get the moves of so many."""
RUNS, RUNS_MAX = 2, 16
"""Searches when every move is a new walk, and when hardly one is."""
SHARE = 3
"""A search gets at least one so many-th of what is left."""
WALK = 10
"""A walk takes the time of so many moves."""
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
    last_heat: int = 10
    over_prices: tuple[tuple[int, int], ...] = ((3000, 10_000), (8000, 8000), (1000, 10_000))


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
    return Grouped(found, [ground.cost(group) for group in found])


def alone(floor: Floor, orders: Sequence[frozenset[Pick]]) -> list[int]:
    """Return the walk of each order by itself, in mm."""
    aisles, contents = tours.measured(floor, orders)
    mask, found = _nothing(int(aisles.word_from[len(aisles.x_mm)])), []
    for order in range(len(orders)):
        tours.mask_of(contents, numbers([order]), 1, mask)
        found.append(int(tours.round_trip(aisles, mask, 0)[0]))
    return found


# --- orders as numbers ---


def prepared(floor: Floor, contents: Sequence[Content], rules: tuple[Limits, Costs], search: Search) -> Ground:
    """Measure the orders on their floor."""
    limits, costs = rules
    aisles, masks = tours.measured(floor, [content.picks for content in contents])
    count = len(contents)
    tight = _tight(contents, limits)
    sizes = numbers(content.sizes[kind] for content in contents for kind in tight)
    rooms = numbers(limits.sizes[kind] for kind in tight)
    task = Task(aisles, masks, sizes, rooms, numbers([1] * len(tight)), limits.picks_max, 1, *costs)
    memory = _memory(count, int(aisles.word_from[len(aisles.x_mm)]), search)
    ground = Ground(task, memory, _likes(floor, contents), count)
    return Ground(_priced(ground), memory, ground.near, count)


def _tight(contents: Sequence[Content], limits: Limits) -> list[int]:
    """Kinds of size of which all orders together are too much for one list: no other can ever be broken."""
    kinds = range(len(limits.sizes))
    tight = [kind for kind in kinds if sum(content.sizes[kind] for content in contents) > limits.sizes[kind]]
    return tight or [0]


def _memory(orders: int, words: int, search: Search) -> Memory:
    size = 1 << min(18, max(10, (4 * search.moves * orders).bit_length()))
    names = np.random.default_rng(search.seed).integers(1, 1 << 62, orders)
    room = (_nothing(size), _nothing(size), _nothing(words), _nothing(orders + 1))
    return Memory(numbers(int(name) for name in names), *room)


def _nothing(count: int) -> Numbers:
    """So many zeros: quicker than numbers([0] * count) where there are a million."""
    return np.zeros(count, np.int64) if isinstance(numbers([]), np.ndarray) else [0] * count


def _priced(ground: Ground) -> Task:
    """A unit of a kind too much costs what it costs on average: the more a kind limits, the dearer."""
    total = sum(ground.cost([order]) for order in range(ground.orders))
    lists = [max(1, limit) for limit in ground.task.limits]
    sums = [sum(map(int, ground.task.sizes[kind :: len(lists)])) for kind in range(len(lists))]
    most = max(1, max(size / limit for size, limit in zip(sums, lists, strict=True)))
    typical = max(1, int(total / ground.orders))
    price = numbers(max(1, int(min(typical * 2.0, 4.0 * total / most) / limit)) for limit in lists)
    picks_price = max(1, typical // max(1, ground.task.picks_max))
    return ground.task._replace(price=price, picks_price=picks_price)


def _likes(floor: Floor, contents: Sequence[Content]) -> Numbers:
    """The orders most like each: near in the thirds of aisles that they enter (cosine of the two sets)."""
    width = min(LIKES, len(contents) - 1)
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
    alone = numbers(ground.cost([order]) for order in range(ground.orders))
    farthest = numbers(sorted(range(ground.orders), key=lambda order: (-alone[order], order)))
    group_of = _nothing(ground.orders)
    room = (_nothing(ground.orders + 1), _nothing(len(ground.task.limits)))
    greedy.seeded(ground.task, ground.memory, (farthest, ground.near, alone), group_of, room)
    alike = _listed(group_of)
    served = _served(ground.task, ground.orders)
    return min(alike, served, key=lambda groups: sum(map(ground.cost, groups)))


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
    if every is None:
        pool = _pool(ground.orders, search)
        found = annealed(ground, pool, start, search, watch)
        return _divided(ground, _pooled(pool), found, (PART._replace(looks=1_000 * search.moves), watch))[0]
    pool = _pool(0, search)
    found = annealed(ground, pool, start, search._replace(moves=max(1, search.moves // 4)), watch)
    best, proven = _divided(ground, every, found, (WHOLE._replace(looks=1_000 * search.moves), watch))
    if proven or watch.over():
        return best
    found = annealed(ground, pool, best, search, watch)
    return min(best, found, key=lambda groups: sum(map(ground.cost, groups)))


def _divided(
    ground: Ground, batches: Batches, known: list[Group], terms: tuple[Effort, Stopwatch]
) -> tuple[list[Group], bool]:
    if not len(batches.cost):
        return known, False
    mine = partition.batches_of((group, ground.cost(group)) for group in known)
    return partition.divided(batches, mine, *terms)


def _pool(orders: int, search: Search) -> Pool:
    most = min(400_000, search.moves * orders) if orders <= POOLED_ORDERS_MAX else 0
    return Pool(_nothing(most + 1), _nothing(most * 8), _nothing(most), _nothing(1))


def _pooled(pool: Pool) -> Batches:
    used = int(pool.used[0])
    first = np.array(pool.first[: used + 1], np.int64)
    return Batches(first, np.array(pool.member[: first[-1]], np.int64), np.array(pool.cost[:used], np.int64))


def annealed(ground: Ground, pool: Pool, start: list[Group], search: Search, watch: Stopwatch) -> list[Group]:
    """Return the best division that random exchanges find from this one, over and over until the moves are spent."""
    best, cost = start, sum(map(ground.cost, start))
    state, partners = numbers([search.seed * 2 + 1]), _partners(ground)
    moves = search.moves * max(ground.orders, FEW)
    schedule = Schedule(partners, partners, numbers(DICE), state, 0, max(1, moves // (LEVELS * RUNS)), 0)
    schedule = schedule._replace(width=len(partners) // ground.orders)
    left = WALK * moves
    for run in range(RUNS_MAX):
        groups = _seated(ground, start)
        _cooled(ground, (pool, groups, schedule), (search, run), watch)
        if int(groups.sums[0]) < cost:
            best, cost = _listed(groups.best), int(groups.sums[0])
        spent = LEVELS * schedule.steps + WALK * int(groups.sums[4])
        left -= spent
        if left <= 0 or watch.over():
            break
        schedule = schedule._replace(steps=max(schedule.steps, schedule.steps * left // (SHARE * spent)))
    return best


def _cooled(ground: Ground, tools: tuple[Pool, Groups, Schedule], which: tuple[Search, int], watch: Stopwatch) -> None:
    """One search, from hot to cold, at the prices whose turn it is."""
    pool, groups, schedule = tools
    search, run = which
    empty = int(groups.best.max() if isinstance(groups.best, np.ndarray) else max(groups.best)) + 1
    first, last = search.over_prices[run % len(search.over_prices)]
    heats = np.array_split(_heats(ground, groups, search), SLICES)
    for heat, price in zip(heats, np.geomspace(first, last, SLICES), strict=True):
        now = schedule._replace(heat_mm=numbers(int(mm) for mm in heat), price=int(price * 1.024))
        empty = int(annealing.anneal(ground.task, (ground.memory, pool), groups, now, empty))
        if watch.over():
            return


def _partners(ground: Ground) -> Numbers:
    """With whom orders change places most often, by the dozen; nothing when with anybody.

    Where lists are full to the brim only orders of a size can; on a large floor only likes gain by it.
    """
    kinds, orders = len(ground.task.limits), ground.orders
    sizes = [int(ground.task.sizes[order * kinds]) for order in range(orders)]
    limit = int(ground.task.limits[0])
    lists = -(-sum(sizes) // max(1, limit))
    if orders > LIKES and sum(sizes) > BRIM * lists * limit:
        return numbers(other for order in range(orders) for other in _of_a_size(sizes, order))
    return ground.near if orders > MANY else numbers([])


def _of_a_size(sizes: Sequence[int], order: int) -> list[int]:
    others = (other for other in range(len(sizes)) if other != order)
    return sorted(others, key=lambda other: (abs(sizes[other] - sizes[order]), (other - order) % len(sizes)))[:LIKES]


def _heats(ground: Ground, groups: Groups, search: Search) -> NDArray[np.float64]:
    """Temperatures that fall by the same factor from level to level."""
    typical = int(groups.sums[1]) / ground.orders / 1000
    return np.maximum(1, np.geomspace(search.first_heat * typical, search.last_heat * typical, LEVELS).round())


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
