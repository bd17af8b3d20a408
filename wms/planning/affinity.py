"""Which items are ordered together: pair counts of past orders, and how much more than chance.

Counts are kept per period (a week, a campaign wave), so that old ones can weigh less. Within a period new orders are
counted for themselves and laid beside what is there; layers grow together when the newer is no longer small. The sums
are integers, so orders added day by day leave exactly what counting all of them at once would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from wms.planning import pairs
from wms.planning.problems import require, require_positive

Measure = Literal["jaccard", "lift", "npmi"]
Floats = npt.NDArray[np.float64]


class Neighbour(NamedTuple):
    """An item ordered with another: in how many orders (weighed), and three similarities of the two."""

    sku: str
    together: float
    jaccard: float
    lift: float
    npmi: float


class Counts(NamedTuple):
    """Orders, how many of them were too long to pair, orders of each item, and the pairs as of wms.planning.pairs."""

    orders: int
    skipped: int
    often: pairs.Numbers
    pairs: pairs.Pairs


@dataclass
class Affinity:
    """Orders per item and per pair of every period.

    Orders of more than `basket_max` items are `skipped`: they count for items only, since they would pair everything
    with everything. A pair seen fewer than `min_count` times (weighed) is chance and scores 0.
    """

    min_count: int = 2
    basket_max: int = 100
    numbers: dict[str, int] = field(default_factory=dict)
    periods: dict[int, list[Counts]] = field(default_factory=dict)
    weights: dict[int, float] = field(default_factory=dict)
    _often: Floats | None = field(default=None, repr=False, compare=False)
    _names: list[str] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_positive("min_count", self.min_count)
        require_positive("basket_max", self.basket_max)

    def add(self, history: Iterable[Iterable[str]], period: int = 0) -> None:
        """Count more orders of a period, each given as its SKUs; a SKU counts once an order."""
        baskets = [[self._number(sku) for sku in basket] for basket in history]
        lines = np.fromiter((item for basket in baskets for item in basket), np.int32)
        self.add_numbered(lines, np.array([0, *accumulate(map(len, baskets))], np.int64), period)

    def add_numbered(self, lines: pairs.Numbers, starts: pairs.Longs, period: int = 0) -> None:
        """The same for items already numbered as in `numbers`: order k is `lines[starts[k]:starts[k + 1]]`."""
        inside = not len(lines) or (lines.min() >= 0 and lines.max() < len(self.numbers))
        require(inside, f"an item's number is not below {len(self.numbers)}")
        often, skipped, found = pairs.count_pairs(lines, starts, len(self.numbers), self.basket_max)
        layers = self.periods.setdefault(period, [])
        layers.append(Counts(len(starts) - 1, skipped, often, found))
        while len(layers) > 1 and 2 * len(layers[-1].pairs[1]) >= len(layers[-2].pairs[1]):
            layers[-2:] = [_sum(*layers[-2:])]
        self._often = None

    def weigh(self, weights: Mapping[int, float]) -> None:
        """Let an order of a period count so much; 1 where nothing is said."""
        require(all(weight >= 0 for weight in weights.values()), "a weight must not be negative")
        self.weights, self._often = dict(weights), None

    def decay(self, half_life: float) -> None:
        """Halve the weight of an order for every `half_life` periods that it is older than the newest."""
        require(half_life > 0, f"half_life must be above 0, not {half_life}")
        newest = max(self.periods, default=0)
        self.weigh({period: 0.5 ** ((newest - period) / half_life) for period in self.periods})

    @property
    def orders(self) -> float:
        """Orders counted, weighed."""
        return sum(weight * counts.orders for weight, counts in self._layers())

    @property
    def skipped(self) -> int:
        """Orders that were too long to pair anything."""
        return sum(counts.skipped for _, counts in self._layers())

    def often(self, sku: str) -> float:
        """Orders that hold the item; 0 for an unknown one."""
        return float(self._item_orders()[self.numbers[sku]]) if sku in self.numbers else 0.0

    def count(self, a: str, b: str) -> float:
        """Orders that hold both items; 0 below the minimum count."""
        together = self._row(a)[self.numbers[b]] if a in self.numbers and b in self.numbers else 0
        return float(together) if together >= self.min_count else 0.0

    def jaccard(self, a: str, b: str) -> float:
        """Orders with both over orders with either, 0 to 1 (Jaccard 1901)."""
        return self._scored(a, b).jaccard

    def lift(self, a: str, b: str) -> float:
        """How many times oftener together than by chance (Brin et al., SIGMOD 1997); 1 is chance."""
        return self._scored(a, b).lift

    def npmi(self, a: str, b: str) -> float:
        """Logarithm of the lift over that of always together, -1 to 1 (Bouma, GSCL 2009); 0 is chance."""
        return self._scored(a, b).npmi

    def neighbours(self, sku: str, k: int = 10, by: Measure = "jaccard") -> tuple[Neighbour, ...]:
        """The k items most alike, then by count, then by name; none for an unknown item."""
        if sku not in self.numbers or k < 1:
            return ()
        row = self._row(sku)
        others = np.flatnonzero(row >= self.min_count)
        scores = self._scores(self.numbers[sku], others, row[others])
        rank = scores[by]
        if len(others) > k:  # all that are level with the k-th stay, so that the names can decide
            keep = rank >= np.partition(rank, len(rank) - k)[len(rank) - k]
            others, scores = others[keep], {name: values[keep] for name, values in scores.items()}
        columns = (scores[name].tolist() for name in Neighbour._fields[1:])
        found = [Neighbour(self._names[item], *row) for item, *row in zip(others.tolist(), *columns, strict=True)]
        return tuple(sorted(found, key=lambda each: (-getattr(each, by), -each.together, each.sku))[:k])

    def packed(self, period: int = 0) -> Counts:
        """All that a period counted, as one layer: equal in every bit however the orders came in."""
        layers = self.periods.get(period, [])
        while len(layers) > 1:
            layers[-2:] = [_sum(*layers[-2:])]
        return layers[0] if layers else _nothing()

    def _number(self, sku: str) -> int:
        if sku not in self.numbers:
            self.numbers[sku] = len(self.numbers)
        return self.numbers[sku]

    def _layers(self) -> Iterator[tuple[float, Counts]]:
        for period in sorted(self.periods):
            for counts in self.periods[period]:
                yield self.weights.get(period, 1), counts

    def _item_orders(self) -> Floats:
        if self._often is None:
            self._often = np.zeros(len(self.numbers))
            for weight, counts in self._layers():
                self._often[: len(counts.often)] += weight * counts.often
            self._names = list(self.numbers)
        return self._often

    def _row(self, sku: str) -> Floats:
        """Orders shared with each other item."""
        row = np.zeros(len(self.numbers))
        for weight, counts in self._layers():
            found = pairs.row_of(counts.pairs, self.numbers[sku])
            row[found >> pairs.COUNT_BITS] += weight * (found & pairs.COUNT_MASK)
        return row

    def _scored(self, a: str, b: str) -> Neighbour:
        together = np.array([self.count(a, b)])
        if not together[0]:
            return Neighbour(b, 0.0, 0.0, 0.0, 0.0)
        scores = self._scores(self.numbers[a], np.array([self.numbers[b]]), together)
        return Neighbour(b, *(float(scores[name][0]) for name in Neighbour._fields[1:]))

    def _scores(self, item: int, others: npt.NDArray[Any], together: Floats) -> dict[str, Floats]:
        often, orders = self._item_orders(), self.orders
        lift = together * orders / (often[item] * often[others])
        surprise = -np.log(together / orders)  # 0 for a pair that every order holds: as alike as can be
        npmi = np.divide(np.log(lift), surprise, out=np.ones(len(lift)), where=surprise > 0)
        jaccard = together / (often[item] + often[others] - together)
        return {"together": together, "jaccard": jaccard, "lift": lift, "npmi": npmi}


def measure(history: Iterable[Iterable[str]], min_count: int = 2, basket_max: int = 100) -> Affinity:
    """Count orders, each given as its items; BadProblem when a limit is below 1."""
    found = Affinity(min_count, basket_max)
    found.add(history)
    return found


def _sum(one: Counts, two: Counts) -> Counts:
    often = np.zeros(max(len(one.often), len(two.often)), np.int32)
    often[: len(one.often)] += one.often
    often[: len(two.often)] += two.often
    return Counts(one.orders + two.orders, one.skipped + two.skipped, often, pairs.added(one.pairs, two.pairs))


def _nothing() -> Counts:
    return Counts(0, 0, np.zeros(0, np.int32), (np.zeros(1, np.int64), np.zeros(0, np.int64)))
