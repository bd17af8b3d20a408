"""Heavy before light: the shortest walk that visits all stops of one rank before any of the next, exactly.

Within a rank the walk is free, so it is the shortest one from the stop where it comes in to the stop where it goes out;
the sweep tells its length for every such pair. Over the ranks a chain of tables is left: how short can one be with
everything up to this rank visited, last of all this stop (Bellman 1957).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wms.planning import speed, walking
from wms.planning.ground import prepare
from wms.planning.layout import Floor

Groups = Sequence[Sequence[int]]
"""Places by rank, the first rank first."""
Way = tuple[int, tuple[int, ...]]
"""Length so far, and for every rank the place where the walk comes in and the place where it goes out."""


def pairs(groups: Groups) -> int:
    """How many walks `chained` must measure."""
    last = len(groups) - 1
    sizes = [len(group) for group in groups]
    return sum(size * (1 if rank in (0, last) else size) for rank, size in enumerate(sizes)) if last else 0


def chained(floor: Floor, groups: Groups, start: int, end: int) -> list[tuple[int, int]]:
    """Where the shortest walk from start to end begins and ends within each group: its two ends, given by place.

    The first group is entered from `start` itself, the last is left for `end` itself. At least two groups, all in
    aisles, none one-way.
    """
    ways: dict[int, Way] = {start: (0, ())}
    for rank, group in enumerate(groups):
        entries = ways if rank == 0 else _entered(floor, ways, group)
        exits = [end] if rank == len(groups) - 1 else list(group)
        ways = _left(floor, group, entries, exits)
    ((_, chain),) = ways.values()
    return list(zip(chain[::2], chain[1::2], strict=True))


def _entered(floor: Floor, ways: Mapping[int, Way], group: Sequence[int]) -> dict[int, Way]:
    """The shortest way to each place of a group, from wherever the one before was left."""
    return {
        entry: min((length + floor.distance(place, entry), chain) for place, (length, chain) in ways.items())
        for entry in group
    }


def _left(floor: Floor, group: Sequence[int], entries: Mapping[int, Way], exits: Sequence[int]) -> dict[int, Way]:
    """The shortest way through a group to each place where it may be left."""
    ways: dict[int, Way] = {}
    for entry, (length, chain) in entries.items():
        for leave in exits:
            way = (length + _through(floor, group, entry, leave), (*chain, entry, leave))
            ways[leave] = min(ways.get(leave, way), way)
    return ways


def _through(floor: Floor, group: Sequence[int], entry: int, leave: int) -> int:
    """Length of the shortest walk through a group from one place to another."""
    ground = prepare(floor, entry, leave, group)
    ground = ground if speed.running() else ground.lists()
    stops = ground.stops(group)
    return walking.trip(ground.grid, speed.numbers(stops), len(stops), ground.reaches(), ground.room())
