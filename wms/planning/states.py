"""What must be remembered of a walk while a floor is swept from left to right, and what every move makes of it.

A walk is a connected drawing in which every crossing is entered as often as it is left: an even number of lines meets
there. So of all that lies behind the sweep only this matters: how many lines end at each cross aisle so far (none, an
odd or an even number), and which of those ends hang together. For two cross aisles these are the seven classes of
Ratliff & Rosenthal, Operations Research 31(3), 1983; for more, nobody has to write them down: they are found here by
trying every move on every state, as in Cambazard & Catusse, EJOR 270(2), 2018.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

State = tuple[tuple[int, ...], tuple[int, ...]]
"""Per cross aisle the degree (0 untouched, ODD, EVEN), and the number of its component (0 none)."""
ODD, EVEN = 1, 2
NONE, ONCE, TWICE, LOW, HIGH, GAP = range(6)
"""How a block of an aisle is served: not at all, walked through once, twice, in and out by its low or its high end,
or by both ends with the longest stretch between two stops left out."""
SERVICES: tuple[tuple[int, int, bool], ...] = (
    *((0, 0, False), (1, 1, True), (2, 2, True), (2, 0, False), (0, 2, False), (2, 2, False)),
    *((1, 0, False), (0, 1, False), (1, 2, True), (2, 1, True), (1, 2, False), (2, 1, False), (1, 1, False)),
)
"""(lines at the low end, lines at the high end, whether they hang together) of every way to serve a block: the six
above, and those of a block in which the walk itself begins or ends."""
ENDS_IN = (0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2)
"""How many ends of the walk a block must hold to be served so."""
NOWHERE: State = ((), ())
ROUND_SERVICES, OPEN_SERVICES = 6, len(SERVICES)


class Tables(NamedTuple):
    """What every move makes of every state, in lists that lie one behind the other; state 0 is the empty floor.

    serve: into state s by serving slot t lead the ways from serve_from[t * states + s] up to
    serve_from[t * states + s + 1], each with the state before and a choice of services that do the same to it: those
    of choice c are choice_of[choice_from[c]] up to choice_of[choice_from[c + 1]]. carry: into state s lead the ways
    from carry_from[s] up to carry_from[s + 1], each with the state before and the lines to the next aisle.
    mark: state s becomes mark_to[m * states + s] by mark m (see `marks`), -1: never. whole: 1 for a finished walk.
    """

    states: int
    choice_from: list[int]
    choice_of: list[int]
    serve_from: list[int]
    serve_by: list[int]
    serve_before: list[int]
    carry_from: list[int]
    carry_lines: list[int]
    carry_before: list[int]
    mark_to: list[int]
    whole: list[int]
    carried: list[tuple[int, ...]]


def marks(rows: int) -> list[tuple[int, ...]]:
    """The cross aisles at which a mark stands: one end of a walk at a row, or both there."""
    return [*((row,) for row in range(rows)), *((row, row) for row in range(rows))]


@lru_cache(maxsize=16)
def tables(rows: int, open_walk: bool) -> Tables:
    """Tables for so many cross aisles; of a walk whose ends differ (`open_walk`), or of a round trip."""
    number: dict[State, int] = {}
    served, carried, marked = _explored(rows, open_walk, number)
    choices: dict[tuple[int, ...], int] = {}
    serve: list[list[tuple[int, int]]] = [[] for _ in range((rows + 1) * len(number))]
    for (slot, state), ways in served.items():
        for to, services in _together(ways).items():
            if to in number:
                choice = choices.setdefault(services, len(choices))
                serve[slot * len(number) + number[to]].append((choice, number[state]))
    carry: list[list[tuple[tuple[int, ...], int]]] = [[] for _ in number]
    for state, crossings in carried.items():
        for lines, to in crossings:
            carry[number[to]].append((lines, number[state]))
    return Tables(
        len(number),
        _offsets(list(choices)),
        [by for choice in choices for by in choice],
        _offsets(serve),
        [choice for ways in serve for choice, _ in ways],
        [before for ways in serve for _, before in ways],
        _offsets(carry),
        [sum(lines) for ways in carry for lines, _ in ways],
        [before for ways in carry for _, before in ways],
        [number.get(marked.get((mark, state), NOWHERE), -1) for mark in range(len(marks(rows))) for state in number],
        [int(_complete(state)) for state in number],
        [lines for ways in carry for lines, _ in ways],
    )


def _together(ways: Iterable[tuple[int, State]]) -> dict[State, tuple[int, ...]]:
    """The services that lead to the same state, by that state."""
    services: dict[State, tuple[int, ...]] = {}
    for by, to in ways:
        services[to] = (*services.get(to, ()), by)
    return services


Served = dict[tuple[int, State], list[tuple[int, State]]]
Carried = dict[State, list[tuple[tuple[int, ...], State]]]
Marked = dict[tuple[int, State], State]
Moment = tuple[int, int, State]
"""Ends of the walk still to come, the step within an aisle, the state."""


def _explored(rows: int, open_walk: bool, number: dict[State, int]) -> tuple[Served, Carried, Marked]:
    """All that can happen, in the order in which it happens: an aisle's blocks from low to high, marks, the way on."""
    services = OPEN_SERVICES if open_walk else ROUND_SERVICES
    served: Served = {}
    carried: Carried = {}
    marked: Marked = {}
    pending: list[Moment] = [(2 if open_walk else 0, 0, ((0,) * rows, (0,) * rows))]
    seen = dict.fromkeys(pending)
    while pending:
        ends, step, state = pending.pop()
        number.setdefault(state, len(number))
        if step <= rows:
            ways = served[step, state] = list(_served(state, step, services))
            after = [(ends, step + 1, state), *((ends - ENDS_IN[by], step + 1, to) for by, to in ways)]
        else:
            used = [(mark, at) for mark, at in enumerate(marks(rows)) if len(at) == 2 or ends]
            marked.update({(mark, state): _marked(state, at) for mark, at in used})
            on = carried[state] = list(_carried(state))
            after = [(ends, 0, to) for _, to in on]
            after += [(ends - (len(at) == 1), step, marked[mark, state]) for mark, at in used]
        fresh = dict.fromkeys(each for each in after if each not in seen and each[0] >= 0)
        seen.update(fresh)
        pending.extend(fresh)
    return served, carried, marked


def _offsets(groups: Iterable[Sequence[object]]) -> list[int]:
    offsets = [0]
    for group in groups:
        offsets.append(offsets[-1] + len(group))
    return offsets


def _complete(state: State) -> bool:
    degrees, components = state
    return ODD not in degrees and len(set(components) - {0}) == 1


def _served(state: State, slot: int, services: int) -> Iterator[tuple[int, State]]:
    """Every way to serve the block between two cross aisles; the outermost blocks have one end only."""
    rows = len(state[0])
    low, high = slot - 1, slot if slot < rows else -1
    for by, (at_low, at_high, joined) in enumerate(SERVICES[:services]):
        if (at_low and low < 0) or (at_high and high < 0):
            continue
        after = _touched(_touched(state, low, at_low), high, at_high)
        yield by, _joined(after, low, high) if joined else after


def _marked(state: State, rows: Iterable[int]) -> State:
    for row in rows:
        state = _touched(state, row, 1)
    return state


def _touched(state: State, row: int, lines: int) -> State:
    if not lines:
        return state
    degrees, components = list(state[0]), list(state[1])
    degrees[row] = ODD if (degrees[row] == ODD) != (lines == 1) else EVEN
    components[row] = components[row] or 1 + max(components)
    return tuple(degrees), _renumbered(components)


def _joined(state: State, low: int, high: int) -> State:
    degrees, components = state
    kept, gone = components[low], components[high]
    return degrees, _renumbered([kept if number == gone else number for number in components])


def _carried(state: State) -> Iterator[tuple[tuple[int, ...], State]]:
    """Every way on to the next aisle: all degrees behind become even, and no piece is left behind."""
    degrees, components = state
    ways = {0: (0,), ODD: (1,), EVEN: (0, 2)}
    pieces = set(components) - {0}
    for lines in product(*(ways[degree] for degree in degrees)):
        kept = [number if count else 0 for number, count in zip(components, lines, strict=True)]
        if set(kept) - {0} == pieces:
            yield lines, (lines, _renumbered(kept))


def _renumbered(components: Iterable[int]) -> tuple[int, ...]:
    numbers = {0: 0}
    return tuple(numbers.setdefault(number, len(numbers)) for number in components)
