"""Which orders make a pilot: few that together show every content, every item and every way out.

What must be shown are features: each SKU, each group of countries, and the commonest contents ("shapes"). Every order
shows its own; the fewest orders that show all is the minimum set cover. Greedy (Chvatal 1979: the order that shows the
most that is new, again and again) needs at most H(d) times the fewest, d the most features of an order; afterwards
orders that show nothing alone are dropped. The rest of the pilot is filled with the commonest contents, so that it
proves what most parcels will be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from wms.planning.problems import require, require_distinct

Shape = tuple[tuple[str, int], ...]
Feature = tuple[str, object]
"""("sku", SKU), ("group", group of countries) or ("shape", content)."""


class Candidate(NamedTuple):
    """An order that may go: its content as sorted (SKU, units), and the group of the country it goes to."""

    order_id: int
    shape: Shape
    group: str

    @property
    def skus(self) -> list[str]:
        """Return its SKUs."""
        return [sku for sku, _ in self.shape]


@dataclass(frozen=True)
class Problem:
    """Orders that may go in a pilot, in their turn; what the whole campaign has, commonest first; what was proved.

    `shapes`: the contents that must be shown. `known`: features that an earlier pilot showed. `least`: how many orders
    the pilot has if there are so many.
    """

    candidates: tuple[Candidate, ...]
    shapes: frozenset[Shape] = frozenset()
    known: frozenset[Feature] = frozenset()
    least: int = 1

    def __post_init__(self) -> None:
        require(self.least >= 0, f"least must not be negative, but is {self.least}")
        require_distinct("order", (each.order_id for each in self.candidates))
        for each in self.candidates:
            require(bool(each.shape), f"order {each.order_id} has no content")

    def shows(self, candidate: Candidate) -> frozenset[Feature]:
        """Return the features that an order would newly show."""
        return features(candidate, self.shapes) - self.known

    @property
    def wanted(self) -> frozenset[Feature]:
        """Return everything that these orders can newly show."""
        return frozenset(feature for each in self.candidates for feature in self.shows(each))


@dataclass(frozen=True)
class Plan:
    """The orders of a pilot, those that show the most first; `needed` of them show everything."""

    orders: tuple[int, ...]
    needed: int


def features(candidate: Candidate, shapes: frozenset[Shape]) -> frozenset[Feature]:
    """Return what an order shows: its SKUs, its group, and its content when that is one of `shapes`."""
    found: set[Feature] = {("sku", sku) for sku in candidate.skus} | {("group", candidate.group)}
    return frozenset(found | ({("shape", candidate.shape)} if candidate.shape in shapes else set()))


def commonest(shapes: Iterable[Shape], most: int) -> frozenset[Shape]:
    """Return the `most` commonest contents; of equally common ones those that sort first."""
    ranked = sorted(Counter(shapes).items(), key=lambda pair: (-pair[1], pair[0]))
    return frozenset(shape for shape, _ in ranked[:most])


def plan(problem: Problem) -> Plan:
    """Return a pilot: a greedy cover of everything wanted without idle orders, filled with the commonest contents."""
    cover = _without_idle(problem, _greedy(problem))
    return Plan(tuple([*cover, *_fill(problem, cover)]), len(cover))


def _greedy(problem: Problem) -> list[int]:
    """Return orders that show everything, the one with the most news first (lazy evaluation: news only shrink)."""
    shows = {each.order_id: problem.shows(each) for each in _one_of_each(problem)}
    turn = {each.order_id: place for place, each in enumerate(problem.candidates)}
    heap = [(-len(news), turn[order_id], order_id) for order_id, news in shows.items()]
    heapify(heap)
    left, chosen = set(problem.wanted), list[int]()
    while left:
        gain, place, order_id = heappop(heap)
        news = len(shows[order_id] & left)
        if -gain == news:
            chosen.append(order_id)
            left -= shows[order_id]
        elif news:
            heappush(heap, (-news, place, order_id))
    return chosen


def _one_of_each(problem: Problem) -> list[Candidate]:
    """Return the first order of every content and group: others like it show nothing else."""
    firsts: dict[tuple[Shape, str], Candidate] = {}
    for each in problem.candidates:
        firsts.setdefault((each.shape, each.group), each)
    return list(firsts.values())


def _without_idle(problem: Problem, chosen: Sequence[int]) -> list[int]:
    """Return the cover without orders whose features others show as well, the last chosen looked at first."""
    known = {each.order_id: each for each in problem.candidates}
    count = Counter(feature for order_id in chosen for feature in problem.shows(known[order_id]))
    kept = list(chosen)
    for order_id in reversed(chosen):
        shown = problem.shows(known[order_id])
        if all(count[feature] > 1 for feature in shown):
            kept.remove(order_id)
            count.subtract(shown)
    return kept


def _fill(problem: Problem, cover: Sequence[int]) -> list[int]:
    """Return orders that make up the rest of the pilot: each content in turn, the commonest first."""
    groups: dict[Shape, list[int]] = defaultdict(list)
    mine = set(cover)
    for each in problem.candidates:
        groups[each.shape].append(each.order_id)
    ranked = sorted(groups, key=lambda shape: (-len(groups[shape]), shape))
    queues = [[order_id for order_id in reversed(groups[shape]) if order_id not in mine] for shape in ranked]
    room, found = max(0, problem.least - len(cover)), list[int]()
    while room > len(found) and any(queues):
        found += [queue.pop() for queue in queues if queue][: room - len(found)]
    return found


def baseline(problem: Problem) -> Plan:
    """Return the pilot that somebody takes who reads the list: every order that shows something new, in its turn."""
    left, chosen = set(problem.wanted), list[int]()
    for each in problem.candidates:
        if news := problem.shows(each) & left:
            chosen.append(each.order_id)
            left -= news
    return Plan(tuple([*chosen, *_fill(problem, chosen)]), len(chosen))


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: orders that may go, each once; the needed ones show everything; the pilot is filled."""
    known = {each.order_id: each for each in problem.candidates}
    broken = [f"order {each} may not go" for each in plan.orders if each not in known]
    if len(set(plan.orders)) < len(plan.orders):
        broken.append("an order is there twice")
    needed = (known[order_id] for order_id in plan.orders[: plan.needed] if order_id in known)
    shown = {feature for each in needed for feature in problem.shows(each)}
    broken += [f"{kind} {value} is not shown" for kind, value in _sorted(problem.wanted - shown)]
    if len(plan.orders) != max(plan.needed, min(problem.least, len(known))):
        broken.append(f"{len(plan.orders)} orders are too few or too many")
    return broken


def unproved(candidates: Iterable[Candidate], shapes: frozenset[Shape], proved: frozenset[Feature]) -> list[Feature]:
    """Return what orders show that no pilot proved, sorted."""
    wanted = {feature for each in candidates for feature in features(each, shapes)}
    return _sorted(wanted - proved)


def _sorted(found: Iterable[Feature]) -> list[Feature]:
    return sorted(found, key=lambda feature: (feature[0], str(feature[1])))
