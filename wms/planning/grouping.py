"""Orders that walk together: a greedy start, then exchanges, then the best division into batches that are possible.

The start opens a list with the order that walks farthest and adds, one by one, the like that saves most (the savings of
Clarke & Wright, Operations Research 12(4), 1964, worked out anew for every joining). Where few batches fit within the
limits, every one is walked, where few orders fill a list, good ones are sought out, and the best division into these
is found (`partition`). Else orders change lists at random (`annealing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import gt, itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wms.planning import annealing, greedy, likes, partition, pricing, squeezing, strides, tours
from wms.planning.annealing import Memory, Schedule, Task
from wms.planning.layout import Floor
from wms.planning.partition import Effort
from wms.planning.seats import Groups
from wms.planning.speed import Stopwatch, numbers
from wms.planning.strides import PICKS
from wms.planning.tours import Pick
from wms.planning.walking import Numbers

LIKES, LIKES_OF_MANY = 16, 40
"""How many likes of an order are known; more of many orders where the greedy start is not all."""
COLUMNS_MIN, COLUMNS_MAX, COLUMN_MOVES = 200, 1000, 10
"""How many batches the integer step gets: one for so many moves that are asked for."""
TIGHT, TIGHT_FIRST, FIRST, SMALL = 3.4, 0.1, 0.3, 40
"""Up to so many orders to a list, if there are more than so many, which share of the moves is tried before batches are
combined; and else. Where lists are that tight, a division is read off the relaxation as well."""
COMBINING, FEW_COMBINED = 22, 60
"""Work of combining for each move that is asked for; fewer orders get the work of so many."""
COMBINED_MOVES, COMBINED_MAX = 1000, 150
"""Good batches are sought out from so many moves on, and up to so many orders;"""
LOOSE, FEW_LOOSE, LOOSE_MAX = 4.7, 7, 45
"""where more than so many fit on a list, only if they are not more than this, and the orders not more than that."""
MANY = 200
"""From so many orders on, a partner at random is hardly ever a like."""
FEW = 100
"""So few orders get the moves of so many."""
PAIRS = 4
"""Of 16 swaps, those of two orders for one or two; none where many orders are all of one size."""
STIFF = (50_000, 50_000)
"""The prices of overfull lists there: any two may change places, so no list need be overfull for a while."""
BUDGET, WALK = 10, 5
"""Work for each move that is asked for; a walk is the work of so many moves, and of one for every two picks of an
order."""
LONG, RUNS_MAX = 140, 6
"""So many orders get one search, half of them two, and so on: a long one needs no luck."""
HOT, LONG_MOVES = 130, 1_000
"""So hot begins a search of many orders for each of which more than so many moves are asked for."""
SPARE = 12
"""How many lists more than at the start there may be, or as many and two."""
FEWER = 0.01
"""A list less may cost so much more where batches are combined from: that opens lists by itself, but saves none."""
NEVER = 1 << 60
LEVELS, SLICES = 200, 20
"""Temperatures, and how often the search looks at its watch and writes its lists down on the way."""
REMEMBERED = 16
"""Walks remembered, as a power of two: more would not stay near the processor."""


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
    first_heat: int = 100
    last_heat: int = 30
    over_prices: tuple[tuple[int, int], ...] = ((3000, 10_000), (8000, 8000))


class Grouped(NamedTuple):
    """Orders by their index, list by list, and the cost of each list in mm."""

    groups: list[list[int]]
    costs: list[int]


Group = list[int]
Batch = tuple[int, ...]


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
    most = LIKES_OF_MANY if search.moves and count > MANY else LIKES
    places = [[place_id for place_id, _ in content.picks] for content in contents]
    return Ground(_priced(task, alone), memory, likes.likes(floor, places, most), count, alone)


def _tight(contents: Sequence[Content], limits: Limits) -> list[int]:
    """Kinds of size of which all orders together are too much for one list: no other can ever be broken."""
    kinds = range(len(limits.sizes))
    tight = [kind for kind in kinds if sum(content.sizes[kind] for content in contents) > limits.sizes[kind]]
    return tight or [0]


def _memory(orders: int, words: int, search: Search) -> Memory:
    size = 1 << min(REMEMBERED, max(10, (4 * search.moves * orders).bit_length()))
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
    limits = [int(limit) for limit in task.limits]
    sizes = [list(map(int, task.sizes[kind : orders * kinds : kinds])) for kind in range(kinds)]
    if task.picks_max:
        limits, sizes = [*limits, task.picks_max], [*sizes, _picks(task, orders)]
    groups: list[Group] = []
    load = limits
    for order, mine in enumerate(zip(*sizes, strict=True)):
        load = [a + b for a, b in zip(load, mine, strict=True)]
        if not groups or any(map(gt, load, limits)):
            groups.append([])
            load = list(mine)
        groups[-1].append(order)
    return groups


def _picks(task: Task, orders: int) -> list[int]:
    first, bits = task.contents.first, task.contents.bits
    return [sum(int(word).bit_count() for word in bits[first[order] : first[order + 1]]) for order in range(orders)]


# --- the search ---


def _improved(ground: Ground, start: list[Group], search: Search, watch: Stopwatch) -> list[Group]:
    every = partition.all_batches(ground.task, ground.memory, search.batches_max)
    if every is None and not _worth_combining(ground, start, search):
        return annealed(ground, start, search, watch).cheapest
    tight = ground.orders <= TIGHT * len(start)
    share = TIGHT_FIRST if tight and ground.orders > SMALL else FIRST
    first = search._replace(moves=max(1, int(search.moves * share)))
    cheapest, likely, known = annealed(ground, start, first, watch)
    mine = partition.batches_of((group, ground.cost(group)) for group in likely)
    work = COMBINING * search.moves * max(ground.orders, FEW_COMBINED)
    columns = max(COLUMNS_MIN, min(COLUMNS_MAX, search.moves // COLUMN_MOVES))
    limits = {"whole_columns": columns, "nodes": 100, "looks": 20 * search.moves}
    effort = Effort(**limits, dive=tight, work=work, seed=search.seed)
    if every is None:
        new = known.keys() - {tuple(sorted(group)) for group in likely}
        others = partition.batches_of((group, known[group]) for group in sorted(new))
        best = partition.combined(ground.task, ground.memory, (mine, others), (search.batches_max, effort, watch))
    else:
        best = partition.divided(every, mine, effort, watch)[0]
    return min(best, cheapest, key=lambda groups: sum(ground.costs(groups)))


def _worth_combining(ground: Ground, start: list[Group], search: Search) -> bool:
    """Whether to seek out good batches: not when there are too many of them, or of orders, or too little time."""
    if min(search.moves, search.batches_max) < COMBINED_MOVES:
        return False
    most = COMBINED_MAX if ground.orders <= LOOSE * len(start) else LOOSE_MAX
    return ground.orders <= min(most, FEW_LOOSE * len(start))


class Annealed(NamedTuple):
    """The cheapest division found, the one to go on from, and what the lists on the way cost."""

    cheapest: list[Group]
    likely: list[Group]
    known: dict[Batch, int]


def annealed(ground: Ground, start: list[Group], search: Search, watch: Stopwatch) -> Annealed:
    """Return what random exchanges find, from this division on and until the moves are spent: in every second search,
    with a list less than the cheapest has, where that may be."""
    found, known = [(sum(map(ground.cost, start)), start)], dict[Batch, int]()
    least = squeezing.fewest(ground.task, ground.orders) if ground.orders <= COMBINED_MAX else len(start)
    partners = ground.near if ground.orders > MANY else numbers([])
    alike, runs = ground.is_alike, max(1, min(RUNS_MAX, round(LONG / ground.orders)))
    runs = max(runs, 2) if len(start) > least else runs
    work = max(1, BUDGET * search.moves * max(ground.orders, FEW) // (LEVELS * runs))
    walk = WALK + sum(int(bits).bit_count() for bits in ground.task.contents.bits) // (2 * ground.orders)
    width, state = len(partners) // ground.orders, numbers([search.seed * 2 + 1])
    dice, pairs = numbers(annealing.FACES), 0 if alike else PAIRS
    schedule = Schedule(partners, partners, dice, state, 0, work, walk, width, pairs)
    prices = (STIFF,) if alike else search.over_prices
    hot = HOT if ground.orders > MANY and search.moves > LONG_MOVES else search.first_heat
    for run in range(runs, 0, -1):
        cheapest = min(found, key=itemgetter(0))[1]
        fewer = run % 2 == 1 and len(cheapest) > least
        begin = squeezing.squeezed(ground.task, cheapest) if fewer else start
        groups = _seated(ground, begin, len(begin) + (0 if fewer else min(len(begin) + 2, SPARE)))
        heats = _heats(ground, groups, (hot, search.last_heat))
        ends = heats, prices[run % len(prices)]
        known.update(_cooled(ground, (groups, schedule), ends, (watch, watch.left() / run)))
        if int(groups.sums[0]) < NEVER:
            found.append((int(groups.sums[0]), _listed(groups.best)))
        if watch.over():
            break
    likely = min(found, key=lambda one: one[0] * (1 + FEWER * len(one[1])))
    return Annealed(min(found, key=itemgetter(0))[1], likely[1], known)


def _cooled(
    ground: Ground,
    tools: tuple[Groups, Schedule],
    ends: tuple[NDArray[np.float64], tuple[int, int]],
    time: tuple[Stopwatch, float],
) -> dict[Batch, int]:
    """One search, at these heats and from the first to the last price; return what the lists on the way cost.

    Towards the end the price doubles while lists are overfull: else a list less might be worth it for ever. A search
    that takes longer than its share of the time leaves out heats rather than the last ones.
    """
    groups, schedule = tools
    watch, given = time
    empty = min(len(groups.count) - 1, int(np.max(groups.best)) + 1)
    heats, prices = np.array_split(ends[0], SLICES), np.geomspace(*ends[1], SLICES)
    begun, part, times, known = watch.left(), 0, 1, dict[Batch, int]()
    while part < SLICES and not watch.over():
        heat = numbers(int(mm) for mm in heats[part])
        now = schedule._replace(heat_mm=heat, price=times * int(prices[part] * 1.024))
        empty = int(annealing.anneal(ground.task, ground.memory, groups, now, empty))
        known.update(_lists(groups))
        times *= 2 if int(groups.sums[2]) > 0 and 2 * part >= SLICES else 1
        part = watch.next(part, SLICES, (begun - watch.left()) / given)
    return known


def _lists(groups: Groups) -> Iterator[tuple[Batch, int]]:
    """The lists now that keep the limits, and what they cost."""
    room = len(groups.member) // len(groups.count)
    for group, count in enumerate(groups.count):
        if count > 0 and groups.over[group] == 0:
            members = groups.member[group * room : group * room + count]
            yield tuple(sorted(map(int, members))), int(groups.cost[group])


def _heats(ground: Ground, groups: Groups, ends: tuple[float, float]) -> NDArray[np.float64]:
    """Temperatures that fall by the same factor from level to level."""
    typical = int(groups.sums[1]) / ground.orders / 1000
    return np.maximum(1, np.geomspace(max(ends) * typical, ends[1] * typical, LEVELS).round())


def _seated(ground: Ground, start: list[Group], many: int) -> Groups:
    orders, kinds = ground.orders, len(ground.task.limits)
    room = min(orders, 2 * max(map(len, start)) + 8)
    sizes = (orders, orders, many * room, many, many * kinds, many, many, many, orders, 5, orders + 1)
    groups = Groups(*(_nothing(size) for size in sizes))
    for number, group in enumerate(start):
        for order in group:
            groups.best[order] = number
    cost = annealing.seated(ground.task, ground.memory, groups, groups.best)
    groups.sums[0] = NEVER if groups.sums[2] else cost
    return groups
