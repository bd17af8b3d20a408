"""Which stock serves which order line: by default first expired first out, then the fewest visits to a place.

A strategy is an order in which stock must go, and a choice among the stock whose turn it is. FEFO and FIFO have such
an order (day of expiry, day of arrival); the others choose among all that lasts long enough: the fewest places, the
fullest clearing of places, or whole cartons before loose units. Of stock whose turn comes together, pick faces go
before the reserve. Whatever the strategy, stock that expires too soon serves nobody, and nothing is short that could
be served. Which of several places a list of orders goes to is chosen again when the list is known: see `choosing`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple, get_args

from wms.planning.problems import require, require_distinct
from wms.planning.shelves import CHOICES, NEVER, Choose, Shelf, Shelves, Strategy, Supply, by_turn, first, turn

__all__ = [
    "DEFAULT", "Alloc", "Demand", "Options", "Plan", "Problem", "Short", "Strategy", "Supply",
    "baseline", "plan", "verify",
]  # fmt: skip


class Demand(NamedTuple):
    """An order line: so many units of an item; priority 1 is served before 2, equals in the order given."""

    line_id: int
    order_id: int
    sku: str
    qty: int
    priority: int = 1


class Alloc(NamedTuple):
    """So many units of a stock for a line."""

    line_id: int
    stock_id: int
    qty: int


class Short(NamedTuple):
    """So many units of a line that no stock serves."""

    line_id: int
    qty: int


@dataclass(frozen=True)
class Problem:
    """Lines and stock; stock with less than `min_days_left` days to its expiry serves nobody.

    With `complete_orders` an order is served in full or not at all.
    """

    demands: tuple[Demand, ...]
    supplies: tuple[Supply, ...]
    today_ordinal: int
    min_days_left: int = 0
    complete_orders: bool = False

    def __post_init__(self) -> None:
        require_distinct("line", (demand.line_id for demand in self.demands))
        require_distinct("stock", (supply.stock_id for supply in self.supplies))
        for demand in self.demands:
            require(demand.qty >= 1, f"line {demand.line_id} wants {demand.qty} of {demand.sku}")
        for supply in self.supplies:
            require(supply.qty_free >= 0, f"stock {supply.stock_id} has {supply.qty_free} free of {supply.sku}")

    def serves(self, supply: Supply) -> bool:
        """Whether this stock lasts long enough to be sent."""
        return supply.expiry_ordinal is None or supply.expiry_ordinal - self.today_ordinal >= self.min_days_left


@dataclass(frozen=True)
class Options:
    """The strategy; the seed is part of every planner's options."""

    strategy: Strategy = "fefo"
    seed: int = 0

    def __post_init__(self) -> None:
        require(self.strategy in get_args(Strategy), f"strategy must be one of {get_args(Strategy)}")


DEFAULT = Options()


@dataclass(frozen=True)
class Plan:
    """What serves each line, what nothing serves, and by which strategy."""

    allocs: tuple[Alloc, ...]
    short: tuple[Short, ...]
    strategy: Strategy = "fefo"

    @property
    def visits(self) -> int:
        """How often somebody must reach into a place."""
        return len(self.allocs)

    @property
    def short_units(self) -> int:
        """Units that are not served."""
        return sum(short.qty for short in self.short)


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Serve by priority, each line from the stock whose turn it is, there as the strategy chooses."""
    orders = _by_priority(problem)
    choices = CHOICES[options.strategy]
    tried = [_served(orders, _shelves(problem, options.strategy), choose, problem) for choose in choices]
    best = min(tried, key=lambda plan: (plan.short_units, plan.visits))
    return replace(best, strategy=options.strategy)


def baseline(problem: Problem) -> Plan:
    """First in first out: lines as given, stock by its number, whatever its expiry."""
    orders = _groups(problem, problem.demands)
    return replace(_served(orders, _shelves(problem, "fewest"), first, problem), strategy="fewest")


def _shelves(problem: Problem, strategy: Strategy) -> Shelves:
    shelves: Shelves = defaultdict(list)
    for supply in problem.supplies:
        if supply.qty_free and problem.serves(supply):
            shelves[supply.sku].append(Shelf(supply, supply.qty_free, turn(strategy, supply)))
    return {sku: sorted(row, key=by_turn) for sku, row in shelves.items()}


def _by_priority(problem: Problem) -> list[list[Demand]]:
    if not problem.complete_orders:
        return [[demand] for demand in sorted(problem.demands, key=lambda demand: demand.priority)]
    return sorted(_groups(problem, problem.demands), key=_priority)


def _priority(order: Sequence[Demand]) -> int:
    return min(demand.priority for demand in order)


def _groups(problem: Problem, demands: Iterable[Demand]) -> list[list[Demand]]:
    """Lines that are served together: those of an order when only complete orders are served, else each alone."""
    groups: dict[int, list[Demand]] = {}
    for demand in demands:
        groups.setdefault(demand.order_id if problem.complete_orders else demand.line_id, []).append(demand)
    return list(groups.values())


def _served(orders: Iterable[Sequence[Demand]], shelves: Shelves, choose: Choose, problem: Problem) -> Plan:
    allocs: list[Alloc] = []
    for order in orders:
        if not problem.complete_orders or _covers(shelves, order):
            for demand in order:
                allocs += _taken(shelves.get(demand.sku, []), demand, choose)
    served = Counter[int]()
    for alloc in allocs:
        served[alloc.line_id] += alloc.qty
    short = (Short(demand.line_id, demand.qty - served[demand.line_id]) for demand in problem.demands)
    return Plan(tuple(allocs), tuple(line for line in short if line.qty))


def _covers(shelves: Shelves, order: Sequence[Demand]) -> bool:
    wanted = Counter[str]()
    for demand in order:
        wanted[demand.sku] += demand.qty
    return all(sum(shelf.left for shelf in shelves.get(sku, [])) >= qty for sku, qty in wanted.items())


def _taken(row: list[Shelf], demand: Demand, choose: Choose) -> list[Alloc]:
    """Take from the shelves in their turn; of those whose turn it is `choose` says which."""
    allocs, wanted = [], demand.qty
    while row and wanted:
        shelf = choose(list(next(groupby(row, key=lambda shelf: shelf.turn))[1]), wanted)
        qty = min(shelf.left, wanted)
        allocs.append(Alloc(demand.line_id, shelf.supply.stock_id, qty))
        shelf.left -= qty
        wanted -= qty
        if not shelf.left:
            row.remove(shelf)
    return allocs


# --- verification: from the rules alone ---


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: quantities, expiry, first expired first out, priority, complete orders."""
    broken = [*_unknown(problem, plan)]
    if broken:
        return broken
    broken += [*_quantities(problem, plan), *_stock(problem, plan), *_turns(problem, plan), *_opened(problem, plan)]
    broken += _climbed(problem, plan)
    broken += _incomplete(problem, plan) if problem.complete_orders else _needlessly_short(problem, plan)
    return broken


def _unknown(problem: Problem, plan: Plan) -> Iterable[str]:
    lines = {demand.line_id: demand.sku for demand in problem.demands}
    stocks = {supply.stock_id: supply.sku for supply in problem.supplies}
    for line_id, stock_id, qty in plan.allocs:
        if line_id not in lines or stock_id not in stocks:
            yield f"line {line_id} or stock {stock_id} is unknown"
        elif lines[line_id] != stocks[stock_id]:
            yield f"line {line_id} wants {lines[line_id]}, stock {stock_id} is {stocks[stock_id]}"
        if qty < 1:
            yield f"line {line_id} takes {qty} from stock {stock_id}"
    yield from (f"line {line_id} is unknown" for line_id, _ in plan.short if line_id not in lines)


def _sum(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    total = Counter[int]()
    for key, qty in pairs:
        total[key] += qty
    return total


def _quantities(problem: Problem, plan: Plan) -> Iterable[str]:
    served, short = _sum((alloc.line_id, alloc.qty) for alloc in plan.allocs), _sum(plan.short)
    pairs = Counter((alloc.line_id, alloc.stock_id) for alloc in plan.allocs)
    yield from (f"line {line} takes from stock {stock} twice" for (line, stock), n in pairs.items() if n > 1)
    for demand in problem.demands:
        got, missing = served[demand.line_id], short[demand.line_id]
        if got + missing != demand.qty or missing < 0:
            yield f"line {demand.line_id} wants {demand.qty}, but {got} are served and {missing} short"


def _stock(problem: Problem, plan: Plan) -> Iterable[str]:
    used = _used(plan)
    for supply in problem.supplies:
        if used[supply.stock_id] > supply.qty_free:
            yield f"stock {supply.stock_id} has {supply.qty_free} free, but {used[supply.stock_id]} are taken"
        if used[supply.stock_id] and not problem.serves(supply):
            yield f"stock {supply.stock_id} expires too soon"


def _used(plan: Plan) -> Counter[int]:
    return _sum((alloc.stock_id, alloc.qty) for alloc in plan.allocs)


def _left(problem: Problem, plan: Plan) -> list[tuple[Supply, int]]:
    """Stock that could still be sent, and how much of it."""
    used = _used(plan)
    pairs = ((supply, supply.qty_free - used[supply.stock_id]) for supply in problem.supplies)
    return [(supply, left) for supply, left in pairs if left > 0 and problem.serves(supply)]


def _turns(problem: Problem, plan: Plan) -> Iterable[str]:
    """Nothing is left over whose turn came before that of something taken."""
    latest: dict[str, Supply] = {}
    used = _used(plan)
    for supply in problem.supplies:
        if used[supply.stock_id] and _day(plan, supply) >= _day(plan, latest.get(supply.sku, supply)):
            latest[supply.sku] = supply
    what = "expires" if plan.strategy == "fefo" else "came"
    for supply, _ in _left(problem, plan):
        if supply.sku in latest and _day(plan, supply) < _day(plan, latest[supply.sku]):
            yield f"stock {supply.stock_id} {what} before stock {latest[supply.sku].stock_id}, but is left over"


def _day(plan: Plan, supply: Supply) -> int:
    days = {"fefo": supply.expiry_ordinal, "fifo": supply.arrived_ordinal}
    day = days.get(plan.strategy, 0)
    return NEVER if day is None else day


def _climbed(problem: Problem, plan: Plan) -> Iterable[str]:
    """Unless whole cartons are wanted, nothing comes from the reserve while as good stock is left in a face."""
    used = _used(plan)
    fetched = {(each.sku, _day(plan, each)): each for each in problem.supplies if each.reserve and used[each.stock_id]}
    for supply, _ in _left(problem, plan):
        other = fetched.get((supply.sku, _day(plan, supply)))
        if other and not supply.reserve and plan.strategy != "carton":
            yield f"stock {other.stock_id} comes from the reserve, but stock {supply.stock_id} is left over in its face"


def _opened(problem: Problem, plan: Plan) -> Iterable[str]:
    """When places are to be cleared, or cartons kept whole, at most one of an item is begun and not emptied."""
    if plan.strategy not in ("empty", "carton"):
        return
    used, begun = _used(plan), Counter[str]()
    for supply in problem.supplies:
        counts = plan.strategy == "empty" or supply.carton
        begun[supply.sku] += counts and 0 < used[supply.stock_id] < supply.qty_free
    yield from (f"{count} places of {sku} are begun and not emptied" for sku, count in begun.items() if count > 1)
    for supply, _ in _left(problem, plan):
        if plan.strategy == "carton" and begun[supply.sku] and not supply.carton:
            yield f"a carton of {supply.sku} is opened, but loose units are left over in stock {supply.stock_id}"


def _needlessly_short(problem: Problem, plan: Plan) -> Iterable[str]:
    lines = {demand.line_id: demand for demand in problem.demands}
    left = {supply.sku for supply, _ in _left(problem, plan)}
    lowest: dict[str, int] = {}
    for alloc in plan.allocs:
        demand = lines[alloc.line_id]
        lowest[demand.sku] = max(demand.priority, lowest.get(demand.sku, demand.priority))
    for short in plan.short:
        demand = lines[short.line_id]
        if demand.sku in left:
            yield f"line {short.line_id} is short, but {demand.sku} is left over"
        if lowest.get(demand.sku, demand.priority) > demand.priority:
            yield f"line {short.line_id} is short, but a line of lower priority is served"


def _incomplete(problem: Problem, plan: Plan) -> Iterable[str]:
    served = _sum((alloc.line_id, alloc.qty) for alloc in plan.allocs)
    orders = _groups(problem, problem.demands)
    left = Counter[str]()
    for supply, qty in _left(problem, plan):
        left[supply.sku] += qty
    for order in orders:
        after = [other for other in orders if _priority(other) > _priority(order)]
        got = sum(served[demand.line_id] for demand in order)
        if got and got != sum(demand.qty for demand in order):
            yield f"order {order[0].order_id} is served in part"
        elif not got and _would_fit(order, left, after, served):
            yield f"order {order[0].order_id} is not served, but could be"


def _would_fit(order: list[Demand], left: Counter[str], after: list[list[Demand]], served: Counter[int]) -> bool:
    """Whether what is left, and what orders of lower priority got, would serve the order."""
    free = Counter(left)
    for demand in (demand for other in after for demand in other):
        free[demand.sku] += served[demand.line_id]
    wanted = Counter[str]()
    for demand in order:
        wanted[demand.sku] += demand.qty
    return all(free[sku] >= qty for sku, qty in wanted.items())
