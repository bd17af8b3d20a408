"""Orders that walk together: a seed and its likes fill a cart, then exchanges between carts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import NamedTuple

from wms.planning.layout import Floor


class Content(NamedTuple):
    """What grouping must know of an order."""

    skus: frozenset[str]
    places: frozenset[int]
    totes: int
    lines: int


class Limits(NamedTuple):
    """What one cart may hold."""

    totes: int
    lines: int


class Reach(NamedTuple):
    """An aisle to enter: its x, and the shallowest and deepest point in it, seen from the depot's cross aisle."""

    x: int
    near: int
    far: int


Group = list[int]
"""Indices into the contents."""


@dataclass(frozen=True)
class Shape:
    """Contents on their floor, as bit masks and reaches: what similarity and a quick estimate of a walk need."""

    floor: Floor
    contents: Sequence[Content]

    @cached_property
    def depth(self) -> int:
        """Length of an aisle from cross aisle to cross aisle."""
        return self.floor.cross_mm[-1] - self.floor.cross_mm[0]

    @cached_property
    def reaches(self) -> list[dict[int, Reach]]:
        """Per order: aisle index -> reach."""
        return [self._reaches(content.places) for content in self.contents]

    @cached_property
    def aisle_masks(self) -> list[int]:
        """Per order: a bit for each aisle it enters."""
        return [sum(1 << column for column in reaches) for reaches in self.reaches]

    @cached_property
    def sku_masks(self) -> list[int]:
        """Per order: a bit for each item."""
        every = sorted({sku for content in self.contents for sku in content.skus})
        bit = {sku: 1 << index for index, sku in enumerate(every)}
        return [sum(bit[sku] for sku in content.skus) for content in self.contents]

    def _reaches(self, places: Iterable[int]) -> dict[int, Reach]:
        found: dict[int, Reach] = {}
        for spot in map(self.floor.spot, sorted(places)):
            if spot.column >= 0:
                deep = self._deep(spot.y)
                was = found.get(spot.column, Reach(spot.x, deep, deep))
                found[spot.column] = Reach(spot.x, min(was.near, deep), max(was.far, deep))
        return found

    def _deep(self, y: int) -> int:
        front, back = self.floor.cross_mm[0], self.floor.cross_mm[-1]
        at_front = abs(self.floor.depot.y_mm - front) <= abs(self.floor.depot.y_mm - back)
        return y - front if at_front else back - y

    def estimate(self, group: Iterable[int]) -> int:
        """Quick estimate in mm of the round trip of a group.

        Aisles are taken in turn, each walked through or in and out by the same end, whichever ends shortest
        (the combined heuristic of Roodbergen & De Koster, IJPR 39(9), 2001), then straight home along the front.
        """
        merged = self._merged(group)
        if not merged:
            return 0
        at_front, at_back = 0, 2 * self.depth + 1
        for _, near, far in sorted(merged.values()):
            through_front, through_back = at_back + self.depth, at_front + self.depth
            at_back = min(at_back + 2 * (self.depth - near), through_back)
            at_front = min(at_front + 2 * far, through_front)
        xs = [self.floor.depot.x_mm, *(reach.x for reach in merged.values())]
        return min(at_front, at_back + self.depth) + 2 * (max(xs) - min(xs))

    def _merged(self, group: Iterable[int]) -> dict[int, Reach]:
        merged: dict[int, Reach] = {}
        for index in group:
            for column, reach in self.reaches[index].items():
                was = merged.get(column)
                if was is None:
                    merged[column] = reach
                elif reach.near < was.near or reach.far > was.far:
                    merged[column] = Reach(was.x, min(was.near, reach.near), max(was.far, reach.far))
        return merged

    def fits(self, group: Iterable[int], limits: Limits) -> bool:
        """Whether a cart holds the group."""
        totes = lines = 0
        for index in group:
            totes += self.contents[index].totes
            lines += self.contents[index].lines
        return totes <= limits.totes and lines <= limits.lines


def grouped(shape: Shape, limits: Limits, candidates: int, search: tuple[int, int]) -> list[Group]:
    """Every order in one group within the limits (one beyond them is alone), walking little in all.

    `candidates`: how many alike orders are weighed by the walk they add; `search`: trials and seed of the exchanges.
    """
    groups = _seeded(shape, limits, candidates)
    trials, seed = search
    return [sorted(group) for group in _exchanged(shape, limits, groups, (trials, Random(seed)))]


def _seeded(shape: Shape, limits: Limits, candidates: int) -> list[Group]:
    """Open a cart with the order that walks farthest, and fill it with its likes."""
    walks = [shape.estimate([index]) for index in range(len(shape.contents))]
    left = dict.fromkeys(sorted(range(len(walks)), key=lambda index: (-walks[index], index)))
    groups = []
    while left:
        group = [next(iter(left))]
        del left[group[0]]
        while (joins := _best_join(shape, limits, group, list(left), candidates)) is not None:
            group.append(joins)
            del left[joins]
        groups.append(group)
    return groups


def _best_join(shape: Shape, limits: Limits, group: Group, left: Sequence[int], candidates: int) -> int | None:
    totes = limits.totes - sum(shape.contents[index].totes for index in group)
    lines = limits.lines - sum(shape.contents[index].lines for index in group)
    if totes < 1 or lines < 1:
        return None
    fitting = [index for index in left if shape.contents[index].totes <= totes and shape.contents[index].lines <= lines]
    alike = _most_alike(shape, group, fitting, candidates)
    return min(alike, key=lambda index: shape.estimate([*group, index]), default=None)


def _most_alike(shape: Shape, group: Group, left: Sequence[int], count: int) -> list[int]:
    """Orders that add the fewest aisles, then share the most items and aisles with the group."""
    aisles = skus = 0
    for index in group:
        aisles |= shape.aisle_masks[index]
        skus |= shape.sku_masks[index]

    def unlike(index: int) -> tuple[int, int, int, int]:
        mask = shape.aisle_masks[index]
        shared = (shape.sku_masks[index] & skus).bit_count()
        return (mask & ~aisles).bit_count(), -shared, -(mask & aisles).bit_count(), index

    return sorted(left, key=unlike)[:count]


def _exchanged(shape: Shape, limits: Limits, groups: list[Group], search: tuple[int, Random]) -> list[Group]:
    """Random moves of an order to another cart, and swaps between two, kept when both carts together walk less."""
    trials, random = search
    walks = [shape.estimate(group) for group in groups]
    for _ in range(trials if len(groups) > 1 else 0):
        a, b = random.sample(range(len(groups)), 2)
        if groups[a] and groups[b]:
            _try_exchange(shape, limits, (groups, walks), (a, b, random))
    return [group for group in groups if group]


def _try_exchange(
    shape: Shape, limits: Limits, now: tuple[list[Group], list[int]], pick: tuple[int, int, Random]
) -> None:
    (groups, walks), (a, b, random) = now, pick
    out = random.choice(groups[a])
    back = random.choice([None, *groups[b]])
    new_a = [index for index in groups[a] if index != out] + ([] if back is None else [back])
    new_b = [index for index in groups[b] if index != back] + [out]
    if not (shape.fits(new_a, limits) and shape.fits(new_b, limits)):
        return
    walk_a, walk_b = shape.estimate(new_a), shape.estimate(new_b)
    if walk_a + walk_b < walks[a] + walks[b]:
        groups[a], groups[b], walks[a], walks[b] = new_a, new_b, walk_a, walk_b
