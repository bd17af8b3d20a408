"""Which of several places serves a list, now that the list is known: the ones that lie on its way.

The same item often stands in several places. Before the orders are batched nobody knows who walks where, so that
allocation takes any of the stock whose turn it is. Afterwards each pick may change to another stock of the same item
and the same turn: to what is left there, or with a pick of another list that stands there. A change is made when the
walks, measured exactly, get shorter (descent over single moves and exchanges; the problem with a free choice of
places is NP-hard: Weidinger, OR Spectrum 40, 2018). With few picks every choice is weighed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from typing import NamedTuple

from wms.planning import routing, speed
from wms.planning.ground import Ground, prepare
from wms.planning.layout import Floor
from wms.planning.problems import require, require_distinct
from wms.planning.shelves import Strategy, Supply, turn
from wms.planning.walking import Numbers, trip


class Taken(NamedTuple):
    """A pick of a list: so many units from a stock."""

    list_no: int
    line_id: int
    stock_id: int
    qty: int


@dataclass(frozen=True)
class Problem:
    """Picks of lists as allocation left them, and all stock that may be sent: `qty_free` as before the allocation.

    Only stock of the same item and the same turn may take another's place (see `shelves.turn`).
    """

    floor: Floor
    taken: tuple[Taken, ...]
    supplies: tuple[Supply, ...]
    strategy: Strategy = "fefo"

    def __post_init__(self) -> None:
        require_distinct("stock", (supply.stock_id for supply in self.supplies))
        stocks = {supply.stock_id for supply in self.supplies}
        for pick in self.taken:
            require(pick.stock_id in stocks, f"stock {pick.stock_id} of line {pick.line_id} is unknown")
            require(pick.qty >= 1, f"line {pick.line_id} takes {pick.qty}")

    def kind(self, supply: Supply) -> tuple[str, int]:
        """What may take each other's place."""
        return supply.sku, turn(self.strategy, supply)


@dataclass(frozen=True)
class Options:
    """`rounds_max`: how often all picks are looked at; up to `exact_ways` choices all are weighed."""

    rounds_max: int = 4
    exact_ways: int = 64
    seed: int = 0


DEFAULT = Options()


@dataclass(frozen=True)
class Plan:
    """The picks in the order given, each from where it is taken now, and all walks together before and after, in mm."""

    taken: tuple[Taken, ...]
    before_mm: int
    length_mm: int


@dataclass
class Board:
    """Picks while they are moved about: where each stands, what is left, who stands where, and all walks."""

    problem: Problem
    at: list[int] = field(init=False)
    left: Counter[int] = field(init=False)
    place: dict[int, int] = field(init=False)
    here: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    on: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    walks: dict[frozenset[int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = [pick.stock_id for pick in self.problem.taken]
        self.place = {supply.stock_id: supply.place_id for supply in self.problem.supplies}
        self.left = Counter({supply.stock_id: supply.qty_free for supply in self.problem.supplies})
        for number, pick in enumerate(self.problem.taken):
            self.left[pick.stock_id] -= pick.qty
            self.on[pick.list_no].append(number)
            self.here[pick.stock_id].add(number)

    @cached_property
    def ground(self) -> Ground:
        """The floor for the walking kernels: arrays where they are compiled, else lists."""
        ground = prepare(self.problem.floor, *self.problem.floor.ends, self.place.values())
        return ground if speed.running() else ground.lists()

    @cached_property
    def room(self) -> tuple[Numbers, Numbers]:
        """Room for the kernels to work in."""
        return self.ground.reaches(), self.ground.room()

    def walk(self, list_no: int) -> int:
        """The walk of a list in mm, as its picks stand now."""
        places = frozenset(self.place[self.at[number]] for number in self.on[list_no])
        if places not in self.walks:
            self.walks[places] = self._measured(places)
        return self.walks[places]

    def _measured(self, places: frozenset[int]) -> int:
        if all(place in self.ground.points for place in places):
            stops = speed.numbers(self.ground.stops(places))
            return trip(self.ground.grid, stops, len(stops), *self.room)
        floor = self.problem.floor
        return routing.plan(routing.Problem(floor, tuple(sorted(places)), *floor.ends)).length_mm

    def length(self, numbers: Iterable[int]) -> int:
        """The walks of the lists of these picks together."""
        return sum(self.walk(list_no) for list_no in {self.problem.taken[number].list_no for number in numbers})

    def move(self, number: int, stock_id: int) -> None:
        """Take a pick from another stock."""
        qty = self.problem.taken[number].qty
        self.left[self.at[number]] += qty
        self.left[stock_id] -= qty
        self.here[self.at[number]].discard(number)
        self.here[stock_id].add(number)
        self.at[number] = stock_id

    def plan(self, before_mm: int) -> Plan:
        """Write down where everything is taken now."""
        pairs = zip(self.problem.taken, self.at, strict=True)
        taken = tuple(pick._replace(stock_id=stock_id) for pick, stock_id in pairs)
        return Plan(taken, before_mm, self.length(range(len(taken))))


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Every choice when there are few, else changes that shorten the walks until there is none; never longer."""
    board = Board(problem)
    before = board.length(range(len(problem.taken)))
    others = _others(problem)
    if prod(len(ways) for ways in others) <= options.exact_ways:
        _weighed(board, others)
        return board.plan(before)
    for _ in range(options.rounds_max):
        if not sum(_improved(board, number, others) for number in range(len(problem.taken))):
            break
    return board.plan(before)


def baseline(problem: Problem) -> Plan:
    """Leave everything where allocation found it."""
    board = Board(problem)
    before = board.length(range(len(problem.taken)))
    return board.plan(before)


def _others(problem: Problem) -> list[list[int]]:
    """For every pick all stock that may serve it, its own first."""
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    kinds = {supply.stock_id: problem.kind(supply) for supply in problem.supplies}
    for supply in problem.supplies:
        alike[problem.kind(supply)].append(supply.stock_id)
    return [
        [pick.stock_id, *(stock for stock in alike[kinds[pick.stock_id]] if stock != pick.stock_id)]
        for pick in problem.taken
    ]


def _weighed(board: Board, others: list[list[int]]) -> None:
    """Try every choice; of the best the one that changes the fewest picks."""
    first, best = list(board.at), (board.length(range(len(board.at))), 0)
    chosen = first
    for ways in product(*others):
        for number, stock_id in enumerate(ways):
            board.move(number, stock_id)
        changed = sum(a != b for a, b in zip(ways, first, strict=True))
        if min(board.left.values(), default=0) >= 0 and (score := (board.length(range(len(ways))), changed)) < best:
            best, chosen = score, list(ways)
    for number, stock_id in enumerate(chosen):
        board.move(number, stock_id)


def _improved(board: Board, number: int, others: list[list[int]]) -> bool:
    """Make the change of a pick that shortens the walks most; False when none does."""
    best_gain, best = 0, list[tuple[int, int]]()
    for change in _changes(board, number, others[number]):
        numbers = [moved for moved, _ in change]
        before, back = board.length(numbers), [(moved, board.at[moved]) for moved in numbers]
        for moved, stock_id in change:
            board.move(moved, stock_id)
        gain = before - board.length(numbers)
        for moved, stock_id in back:
            board.move(moved, stock_id)
        if gain > best_gain:
            best_gain, best = gain, change
    for moved, stock_id in best:
        board.move(moved, stock_id)
    return bool(best)


def _changes(board: Board, number: int, stocks: Iterable[int]) -> Iterator[list[tuple[int, int]]]:
    """Move to what is left elsewhere, or exchange with a pick of another list that leaves room for this one."""
    here, pick = board.at[number], board.problem.taken[number]
    for stock_id in stocks:
        if stock_id == here:
            continue
        if board.left[stock_id] >= pick.qty:
            yield [(number, stock_id)]
            continue
        for other in sorted(board.here[stock_id]):
            theirs = board.problem.taken[other]
            fits = board.left[stock_id] + theirs.qty >= pick.qty and board.left[here] + pick.qty >= theirs.qty
            if theirs.list_no != pick.list_no and fits:
                yield [(number, stock_id), (other, here)]


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every pick as before but for its stock, of the same turn, nothing taken twice."""
    kept = [pick._replace(stock_id=0) for pick in plan.taken] == [pick._replace(stock_id=0) for pick in problem.taken]
    supplies = {supply.stock_id: supply for supply in problem.supplies}
    broken = [] if kept else ["the picks are not those that were asked about"]
    broken += [f"stock {pick.stock_id} is unknown" for pick in plan.taken if pick.stock_id not in supplies]
    if broken:
        return broken
    used = Counter[int]()
    for old, new in zip(problem.taken, plan.taken, strict=True):
        used[new.stock_id] += new.qty
        if problem.kind(supplies[old.stock_id]) != problem.kind(supplies[new.stock_id]):
            broken.append(f"line {new.line_id}: stock {new.stock_id} is not like stock {old.stock_id}")
    for stock_id, qty in used.items():
        if qty > supplies[stock_id].qty_free:
            broken.append(f"stock {stock_id} has {supplies[stock_id].qty_free} free, but {qty} are taken")
    return [*broken, *_length_faults(problem, plan)]


def _length_faults(problem: Problem, plan: Plan) -> Iterator[str]:
    place = {supply.stock_id: supply.place_id for supply in problem.supplies}
    total = 0
    for list_no in {pick.list_no for pick in plan.taken}:
        places = tuple({place[pick.stock_id] for pick in plan.taken if pick.list_no == list_no})
        total += routing.plan(routing.Problem(problem.floor, places, *problem.floor.ends)).length_mm
    if total != plan.length_mm:
        yield f"the walks are not {plan.length_mm} mm long"
    if plan.length_mm > plan.before_mm:
        yield "the walks got longer"
