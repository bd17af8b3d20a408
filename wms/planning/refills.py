"""Which cartons one refill takes: earliest expiry first; whole ones whose sum fits; one opened only when none does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol

NEVER = 10**9
"""Sorts stock without an expiry date behind all that has one."""


class Stocked(Protocol):
    """What a refill must know of a stock."""

    @property
    def stock_id(self) -> int: ...
    @property
    def qty_free(self) -> int: ...
    @property
    def expiry_ordinal(self) -> int | None: ...
    @property
    def whole(self) -> bool: ...
    @property
    def sequence(self) -> int: ...


@dataclass
class Stack:
    """What is left of one stock while a plan is made."""

    stock: Stocked
    left: int

    @property
    def whole(self) -> bool:
        """Whether all of it may go as it is."""
        return self.stock.whole and self.left == self.stock.qty_free


class Load(NamedTuple):
    """Units of a stock that go together; `whole`: the carton as it is."""

    stock_id: int
    qty: int
    whole: bool


def day(stock: Stocked) -> int:
    """Return the day on which a stock expires; NEVER without one."""
    return NEVER if stock.expiry_ordinal is None else stock.expiry_ordinal


def stacks(reserves: Iterable[Stocked]) -> list[Stack]:
    """Return the stock in the order in which it must go: by expiry, then as one walks."""
    ordered = sorted(reserves, key=lambda each: (day(each), each.sequence, each.stock_id))
    return [Stack(each, each.qty_free) for each in ordered]


def chosen(row: list[Stack], must: int, most: int) -> list[Load]:
    """Take at least `must` units (as far as there are), at most `most`; what is taken leaves the stacks.

    Of the expiry dates needed all but the last go wholly. Of the last: no carton opened if possible, then the fewest
    cartons, then the most units.
    """
    loads: list[Load] = []
    for _, group in groupby([stack for stack in row if stack.left], key=lambda stack: day(stack.stock)):
        if must <= 0:
            break
        same = list(group)
        total = sum(stack.left for stack in same)
        loads += _all(same) if total <= must else _some(same, must, most)
        must, most = must - total, most - total
    row[:] = [stack for stack in row if stack.left]
    return loads


def _all(same: Iterable[Stack]) -> list[Load]:
    return [_taken(stack, stack.left) for stack in same]


def _taken(stack: Stack, qty: int) -> Load:
    load = Load(stack.stock.stock_id, qty, stack.whole and qty == stack.left)
    stack.left -= qty
    return load


def _some(same: Sequence[Stack], must: int, most: int) -> list[Load]:
    return _all(whole) if (whole := fewest(same, must, most)) else _opened(same, must, most)


def fewest(same: Sequence[Stack], must: int, most: int) -> list[Stack]:
    """Return the fewest whole stacks that hold from `must` to `most` units together, of these the most; or none.

    best[units] is the fewest stacks that hold exactly so many, grown stack by stack.
    """
    best: dict[int, tuple[Stack, ...]] = {0: ()}
    for stack in (stack for stack in same if stack.whole):
        for units, used in sorted(best.items(), reverse=True):
            grown = units + stack.left
            if grown <= most and (grown not in best or len(best[grown]) > len(used) + 1):
                best[grown] = (*used, stack)
    fitting = [units for units in best if units >= must]
    return list(best[min(fitting, key=lambda units: (len(best[units]), -units))]) if fitting else []


def _opened(same: Sequence[Stack], must: int, most: int) -> list[Load]:
    """The largest stacks until it is enough; the last is opened, and gives what has room.

    What was opened before goes first, so that at most one carton of a kind stands open.
    """
    loads: list[Load] = []
    for stack in sorted(same, key=lambda stack: (stack.whole, -stack.left)):
        if must <= 0:
            break
        qty = min(stack.left, most)
        loads.append(_taken(stack, qty))
        must, most = must - qty, most - qty
    return loads
