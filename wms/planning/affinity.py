"""Which items are ordered together: pair counts of past orders, and how much more than chance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from wms.planning.problems import require_positive

Pair = tuple[str, str]


class Neighbour(NamedTuple):
    """An item ordered with another: in how many orders, and the Jaccard similarity and lift of the two."""

    sku: str
    together: int
    jaccard: float
    lift: float


@dataclass(frozen=True)
class Affinity:
    """Orders per item and per pair (pairs in alphabetical order, only those counted at least `min_count` times).

    `skipped` orders were longer than `basket_max` and count for items only: they would pair everything with everything.
    """

    orders: int
    items: Mapping[str, int]
    pairs: Mapping[Pair, int]
    near: Mapping[str, tuple[Neighbour, ...]]
    skipped: int = 0

    def count(self, a: str, b: str) -> int:
        """Orders that hold both items; 0 below the minimum count."""
        return self.pairs.get((min(a, b), max(a, b)), 0)

    def jaccard(self, a: str, b: str) -> float:
        """Orders with both over orders with either, 0 to 1 (Jaccard 1901)."""
        both = self.count(a, b)
        return both / (self.items[a] + self.items[b] - both) if both else 0.0

    def lift(self, a: str, b: str) -> float:
        """How many times oftener together than by chance (Brin et al., SIGMOD 1997); 1 is chance."""
        both = self.count(a, b)
        return both * self.orders / (self.items[a] * self.items[b]) if both else 0.0

    def neighbours(self, sku: str, k: int = 10) -> tuple[Neighbour, ...]:
        """The k items most alike by Jaccard, then by count, then by name; none for an unknown item."""
        return self.near.get(sku, ())[:k]


def measure(history: Iterable[Iterable[str]], min_count: int = 2, top: int = 50, basket_max: int = 100) -> Affinity:
    """Count orders, each given as its items; an item counts once an order.

    Keeps the `top` neighbours of each item; BadProblem when a limit is below 1.
    """
    for name, value in (("min_count", min_count), ("top", top), ("basket_max", basket_max)):
        require_positive(name, value)
    items, pairs, orders, skipped = Counter[str](), Counter[Pair](), 0, 0
    for basket in history:
        skus = sorted(set(basket))
        orders += 1
        items.update(skus)
        if len(skus) > basket_max:
            skipped += 1
        else:
            pairs.update(combinations(skus, 2))
    often = {pair: count for pair, count in sorted(pairs.items()) if count >= min_count}
    return _with_neighbours(Affinity(orders, dict(items), often, {}, skipped), top)


def _with_neighbours(measured: Affinity, top: int) -> Affinity:
    near: dict[str, list[Neighbour]] = defaultdict(list)
    for a, b in measured.pairs:
        scores = measured.count(a, b), measured.jaccard(a, b), measured.lift(a, b)
        near[a].append(Neighbour(b, *scores))
        near[b].append(Neighbour(a, *scores))
    best = {sku: tuple(sorted(found, key=_best_first)[:top]) for sku, found in sorted(near.items())}
    return Affinity(measured.orders, measured.items, measured.pairs, best, measured.skipped)


def _best_first(neighbour: Neighbour) -> tuple[float, int, str]:
    return -neighbour.jaccard, -neighbour.together, neighbour.sku
