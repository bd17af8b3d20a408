"""Shelves to take from: whose turn it is by a strategy, and which of those is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

NEVER = 10**9
"""Sorts stock without an expiry date behind all that has one."""

Strategy = Literal["fefo", "fifo", "fewest", "empty", "carton"]
"""fefo: earliest expiry first, then fewest visits. fifo: earliest arrival first, then fewest visits. fewest: fewest
visits. empty: the smallest stock first, so that places become free. carton: whole cartons first, loose units after."""


class Supply(NamedTuple):
    """Free units of an item in one place; expiry and arrival as day numbers (date.toordinal), sequence as one walks.

    `carton`: they stand in a carton of their own that may go whole. `reserve`: they stand where one has to climb.
    """

    stock_id: int
    sku: str
    place_id: int
    expiry_ordinal: int | None
    qty_free: int
    sequence: int = 0
    arrived_ordinal: int = 0
    carton: bool = False
    reserve: bool = False


@dataclass
class Shelf:
    """What is left of one stock while a plan is made."""

    supply: Supply
    left: int
    turn: int = 0
    """Stock with a smaller number goes first."""

    @property
    def whole(self) -> bool:
        """Whether it is a carton that nobody took from."""
        return self.supply.carton and self.left == self.supply.qty_free


Shelves = dict[str, list[Shelf]]
Choose = Callable[[Sequence[Shelf], int], Shelf]


def turn(strategy: Strategy, supply: Supply) -> int:
    """Return when the turn of a stock comes: smaller numbers first.

    Of what is as good as each other the pick faces come before the reserve, so that people climb only for what the
    faces lack; only where whole cartons are wanted the reserve is as welcome.
    """
    if strategy == "carton":
        return 0
    day = {"fefo": supply.expiry_ordinal, "fifo": supply.arrived_ordinal}.get(strategy, 0)
    return 2 * (NEVER if day is None else day) + supply.reserve


def by_turn(shelf: Shelf) -> tuple[int, int, int]:
    """Sort shelves by their turns, then as one walks."""
    return shelf.turn, shelf.supply.sequence, shelf.supply.stock_id


def covering(shelves: Sequence[Shelf], wanted: int) -> Shelf:
    """The smallest stock that covers all, so that a place is emptied; else the largest."""
    enough = [shelf for shelf in shelves if shelf.left >= wanted]
    if enough:
        return min(enough, key=lambda shelf: (shelf.left, shelf.supply.sequence, shelf.supply.stock_id))
    return min(shelves, key=lambda shelf: (-shelf.left, shelf.supply.sequence, shelf.supply.stock_id))


def first(shelves: Sequence[Shelf], wanted: int) -> Shelf:
    """The one with the lowest number."""
    return min(shelves, key=lambda shelf: shelf.supply.stock_id)


def smallest(shelves: Sequence[Shelf], wanted: int) -> Shelf:
    """The one that is empty soonest."""
    return min(shelves, key=lambda shelf: (shelf.left, shelf.supply.sequence, shelf.supply.stock_id))


def whole(shelves: Sequence[Shelf], wanted: int) -> Shelf:
    """The largest carton that goes whole, else loose units, else the smallest carton is opened."""
    fitting = [shelf for shelf in shelves if shelf.whole and shelf.left <= wanted]
    if fitting:
        return min(fitting, key=lambda shelf: (-shelf.left, shelf.supply.sequence, shelf.supply.stock_id))
    loose = [shelf for shelf in shelves if not shelf.whole]
    return covering(loose, wanted) if loose else smallest(shelves, wanted)


CHOICES: dict[Strategy, tuple[Choose, ...]] = {
    "fefo": (covering, first),
    "fifo": (covering, first),
    "fewest": (covering, first),
    "empty": (smallest,),
    "carton": (whole,),
}
