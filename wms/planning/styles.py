"""Walking styles: how one block is walked by a simple rule, for floors where people should not think about the way.

All begin on one side of the block, go aisle by aisle and end on the side of the start, its low one:
s_shape       through every aisle, up one and down the next; a last aisle that would lead away is entered and left again
return        every aisle is entered and left by the same end
midpoint      through the first and the last aisle; the others from both ends, each up to its middle
largest_gap   the same, but what is left out between is the longest stretch without a stop
composite     every aisle through or there and back, whichever is shorter for all of them together
As defined in Petersen, Int. J. Operations & Production Management 17(11), 1997, and for several blocks (see `guided`)
in Roodbergen & De Koster, Int. J. Production Research 39(9), 2001. No rule is shorter than the exact walk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Style = Literal["exact", "s_shape", "largest_gap", "return", "midpoint", "composite"]
Corner = tuple[int, int]
"""(x, y) where a walk turns, in mm."""
Stop = tuple[int, int]
"""(y, place id)."""


class Lane(NamedTuple):
    """The part of an aisle within a block: its stops, ascending by y."""

    x: int
    stops: tuple[Stop, ...]


class Block(NamedTuple):
    """What lies between two cross aisles; a block beyond the outermost has one of them only, its y twice."""

    low: int
    high: int
    lanes: tuple[Lane, ...]

    @property
    def length(self) -> int:
        """From cross aisle to cross aisle; 0 for a dead end."""
        return self.high - self.low


@dataclass
class Walker:
    """Somebody on the way: where they stand, which corners they took, which places they visited."""

    x: int
    y: int
    corners: list[Corner] = field(default_factory=list)
    visited: list[int] = field(default_factory=list)

    def go(self, x: int, y: int) -> None:
        """Walk straight to a point."""
        if not self.corners or (x, y) != (self.x, self.y):
            self.corners.append((x, y))
        self.x, self.y = x, y

    def pick(self, stops: Iterable[Stop]) -> None:
        """Visit stops of this aisle as they come."""
        stops = sorted(stops, key=lambda stop: (abs(stop[0] - self.y), stop[1]))
        self.visited += [place for _, place in stops]
        for y, _ in stops[-1:]:
            self.go(self.x, y)

    def there_and_back(self, lane: Lane, stops: Sequence[Stop]) -> None:
        """Along the cross aisle to an aisle, in as far as these stops, and out again."""
        if stops:
            entry = self.y
            self.go(lane.x, entry)
            self.pick(stops)
            self.go(lane.x, entry)

    def through(self, lane: Lane, block: Block) -> None:
        """Along the cross aisle to an aisle, and out of it by the other end."""
        other = block.low if self.y == block.high else block.high
        self.go(lane.x, self.y)
        self.pick(lane.stops)
        self.go(lane.x, other)


Rule = Callable[[Walker, Block, Sequence[Lane]], None]


def s_shape(walker: Walker, block: Block, lanes: Sequence[Lane]) -> None:
    """Through every aisle, but end on the low side."""
    for lane in lanes[:-1]:
        walker.through(lane, block)
    _homewards(walker, block, lanes[-1])


def there_and_back(walker: Walker, block: Block, lanes: Sequence[Lane]) -> None:
    """Every aisle by one end, but end on the low side."""
    for lane in lanes[:-1]:
        walker.there_and_back(lane, lane.stops)
    _homewards(walker, block, lanes[-1])


def _homewards(walker: Walker, block: Block, lane: Lane) -> None:
    if walker.y == block.low:
        walker.there_and_back(lane, lane.stops)
    else:
        walker.through(lane, block)


def midpoint(walker: Walker, block: Block, lanes: Sequence[Lane]) -> None:
    """From both ends, each up to the middle of the aisle."""
    middle = (block.low + block.high) / 2
    _from_both(walker, block, lanes, lambda lane: sum(y <= middle for y, _ in lane.stops))


def largest_gap(walker: Walker, block: Block, lanes: Sequence[Lane]) -> None:
    """From both ends, leaving out the longest stretch without a stop; those to the cross aisles count."""

    def gap(lane: Lane) -> int:
        ys = [block.low, *(y for y, _ in lane.stops), block.high]
        return max(range(len(ys) - 1), key=lambda at: ys[at + 1] - ys[at])

    _from_both(walker, block, lanes, gap)


def _from_both(walker: Walker, block: Block, lanes: Sequence[Lane], cut: Callable[[Lane], int]) -> None:
    """Upper parts on the way along the high cross aisle, lower parts on the way back along the low one."""
    if len(lanes) == 1:
        _homewards(walker, block, lanes[0])
        return
    rest = list(lanes[:-1])
    if walker.y == block.low:
        walker.through(rest.pop(0), block)
    for lane in rest:
        walker.there_and_back(lane, lane.stops[cut(lane) :])
    walker.through(lanes[-1], block)
    for lane in reversed(rest):
        walker.there_and_back(lane, lane.stops[: cut(lane)])


def composite(walker: Walker, block: Block, lanes: Sequence[Lane]) -> None:
    """The cheapest mix of through and there-and-back that ends on the low side, by dynamic programming."""
    plans: dict[int, tuple[int, tuple[bool, ...]]] = {walker.y: (0, ())}
    for lane in lanes:
        ways: dict[int, tuple[int, tuple[bool, ...]]] = {}
        for side, (cost, plan) in plans.items():
            other = block.low if side == block.high else block.high
            for to, price, through in ((other, block.length, True), (side, 2 * _depth(lane, side), False)):
                way = (cost + price, (*plan, through))
                ways[to] = min(ways.get(to, way), way)
        plans = ways
    for lane, through in zip(lanes, plans[block.low][1], strict=True):
        if through:
            walker.through(lane, block)
        else:
            walker.there_and_back(lane, lane.stops)


def _depth(lane: Lane, side: int) -> int:
    return max(abs(y - side) for y, _ in lane.stops)


RULES: dict[str, Rule] = {
    "s_shape": s_shape,
    "return": there_and_back,
    "midpoint": midpoint,
    "largest_gap": largest_gap,
    "composite": composite,
}
