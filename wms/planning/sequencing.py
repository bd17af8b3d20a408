"""In which order pickers take the pick lists, so that no order misses its truck and everybody goes home early.

The row begins as given, or by due time, longest first among equals (earliest due date: Jackson 1955; longest processing
time: Graham 1969), or with lists aside that only make others late (Moore 1968), whichever is better when it is played
through; then lists are exchanged as long as that helps. Few lists are put into every order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

from wms.planning import timing, urgency
from wms.planning.problems import require, require_distinct, require_positive
from wms.planning.timing import NEVER

EXACT_LISTS = 5
"""So many lists are put into every order."""


class Work(NamedTuple):
    """A pick list: milliseconds to pick and to pack it, and by when each of its orders must be done."""

    list_id: int
    pick_ms: int
    pack_ms: int = 0
    dues_ms: tuple[int, ...] = ()

    @property
    def due_ms(self) -> int:
        """When the first of its orders is due."""
        return min(self.dues_ms, default=NEVER)


@dataclass(frozen=True)
class Problem:
    """Lists, pickers and packers (0: picked is done); `busy_ms`: when each picker is done with what is begun."""

    lists: tuple[Work, ...]
    pickers: int
    packers: int = 0
    busy_ms: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        require_positive("pickers", self.pickers)
        require(self.packers >= 0, f"packers must not be negative: {self.packers}")
        require(len(self.busy_ms) in (0, self.pickers), f"busy_ms has {len(self.busy_ms)} of {self.pickers} pickers")
        require_distinct("list", (work.list_id for work in self.lists))
        for work in self.lists:
            require(work.pick_ms >= 0 and work.pack_ms >= 0, f"list {work.list_id} takes less than 0")

    @property
    def book(self) -> timing.Book:
        """The lists and people for the kernels."""
        works = self.lists
        tables = timing.tables_of((w.pick_ms for w in works), (w.pack_ms for w in works), (w.dues_ms for w in works))
        return timing.written(tables, self.busy_ms or (0,) * self.pickers, self.packers)

    @property
    def bound_ms(self) -> int:
        """An end that no row can beat: all picking shared evenly, or the longest list."""
        total = sum(work.pick_ms for work in self.lists)
        longest = max((work.pick_ms + (work.pack_ms if self.packers else 0) for work in self.lists), default=0)
        return min(self.busy_ms, default=0) + max(-(-total // self.pickers), longest)


@dataclass(frozen=True)
class Options:
    """`steps`: how many changes of the row are tried; `seed` of them."""

    steps: int = 300
    seed: int = 0


DEFAULT = Options()


class Slot(NamedTuple):
    """A list in the row: who picks it, from when to when, when it is done (packed), and how many orders are late."""

    list_id: int
    picker: int
    start_ms: int
    picked_ms: int
    done_ms: int
    late: int


@dataclass(frozen=True)
class Plan:
    """The row with its times, how many orders are late and how late all together, and when all is done."""

    row: tuple[Slot, ...]
    late: int
    tardy_ms: int
    end_ms: int

    @property
    def score(self) -> tuple[int, int, int]:
        """What is compared: fewer late orders, then less late, then sooner done."""
        return self.late, self.tardy_ms, self.end_ms


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """The best row found; by trying all of them when there are few lists."""
    book, count = problem.book, len(problem.lists)
    rows = permutations(range(count)) if count <= EXACT_LISTS else _starts(problem)
    best = min(rows, key=lambda row: _score(book, row))
    score = _score(book, best)
    if count > EXACT_LISTS and (score[0] or score[2] > problem.bound_ms):
        timing.improve(book, options.steps, problem.bound_ms, options.seed * 2_654_435_761 % (2**32 - 1) + 1)
        best = [int(book[book[timing.ROW] + place]) for place in range(count)]
    return timed(problem, best)


def _score(book: timing.Book, row: Sequence[int]) -> tuple[int, int, int]:
    for place, index in enumerate(row):
        book[book[timing.ROW] + place] = index
    return timing.play(book)


def _starts(problem: Problem) -> Iterable[list[int]]:
    """As given; by due time, the longest first or the shortest first; and with hopeless lists at the end."""
    works = problem.lists
    yield list(range(len(works)))
    for sign in (-1, 1):
        yield sorted(range(len(works)), key=lambda i: (works[i].due_ms, sign * works[i].pick_ms, i))
    jobs = (urgency.Job(i, work.pick_ms, min(work.due_ms, urgency.NEVER)) for i, work in enumerate(works))
    yield list(urgency.plan(urgency.Problem(tuple(jobs), problem.pickers)).orders)


def timed(problem: Problem, row: Sequence[int]) -> Plan:
    """Play a row of indices through and write down what happens."""
    book = problem.book
    late, tardy, end = _score(book, row)
    return Plan(tuple(_slot(problem.lists[index], index, book) for index in row), late, tardy, end)


def _slot(work: Work, index: int, book: timing.Book) -> Slot:
    picked, done = int(book[book[timing.PICKED] + index]), int(book[book[timing.DONE] + index])
    late = sum(due < done for due in work.dues_ms)
    return Slot(work.list_id, int(book[book[timing.WHO] + index]), picked - work.pick_ms, picked, done, late)


def baseline(problem: Problem) -> Plan:
    """First come first served."""
    return timed(problem, range(len(problem.lists)))


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every list once, nobody in two places, packed after it is picked, late orders counted."""
    works = {work.list_id: work for work in problem.lists}
    counts = Counter(slot.list_id for slot in plan.row)
    broken = [f"list {list_id} is picked {counts[list_id]} times" for list_id in works if counts[list_id] != 1]
    broken += [f"list {list_id} is unknown" for list_id in counts if list_id not in works]
    if broken:
        return broken
    broken += [*_pickers(problem, plan), *_packers(problem, plan, works)]
    late = [(due, slot.done_ms) for slot in plan.row for due in works[slot.list_id].dues_ms if due < slot.done_ms]
    if (len(late), sum(done - due for due, done in late)) != (plan.late, plan.tardy_ms):
        broken.append(f"{len(late)} orders are late, not {plan.late}")
    if plan.end_ms != max((slot.done_ms for slot in plan.row), default=0):
        broken.append(f"the end is not at {plan.end_ms} ms")
    return broken


def _pickers(problem: Problem, plan: Plan) -> Iterable[str]:
    works = {work.list_id: work for work in problem.lists}
    free = dict(enumerate(problem.busy_ms or (0,) * problem.pickers))
    for slot in sorted(plan.row, key=lambda slot: (slot.start_ms, slot.picked_ms)):
        if slot.picker not in free:
            yield f"picker {slot.picker} is unknown"
        elif slot.start_ms < free[slot.picker]:
            yield f"picker {slot.picker} begins list {slot.list_id} before the last one is done"
        elif slot.picked_ms - slot.start_ms != works[slot.list_id].pick_ms:
            yield f"list {slot.list_id} is not picked in its time"
        free[slot.picker] = slot.picked_ms


def _packers(problem: Problem, plan: Plan, works: dict[int, Work]) -> Iterable[str]:
    """At no time more lists are being packed than there are packers."""
    spans = []
    for slot in plan.row:
        pack = works[slot.list_id].pack_ms if problem.packers else 0
        if slot.done_ms - pack < slot.picked_ms:
            yield f"list {slot.list_id} is packed before it is picked"
        spans += [(slot.done_ms - pack, 1), (slot.done_ms, -1)] if pack else []
    busy = 0
    for _, change in sorted(spans):
        busy += change
        if busy > problem.packers:
            yield f"more than {problem.packers} people would have to pack"
            return
