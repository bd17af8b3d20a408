"""What comes of a row of pick lists: who picks which when, when it is packed, and which orders miss their truck.

Lists are taken in the order of the row by whoever is free first (list scheduling: Graham, Bell System Technical
Journal 45, 1966). Picked lists are packed in the order of their arrival by whoever is free first at the stations;
without packers a list is done when it is picked. All times in milliseconds from now.

For the kernels all of it stands in one *book*, an array of tables one behind the other: book[PICK] is where the table
of picking times begins, so that book[book[PICK] + 3] is that of list 3. (Many arrays in many tuples would take a
compiler minutes.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wms.planning import speed
from wms.planning.speed import kernel, next_random

Book = Any
"""An int64 array, or a list of int."""
NEVER = 1 << 50
"""Due time of an order that no truck waits for."""
COUNT, PICKERS, PACKERS = 0, 1, 2
"""Numbers: how many lists, pickers and packers."""
PICK, PACK, FIRST, DUE = 3, 4, 5, 6
"""Per list: time to pick and to pack it; from FIRST of the list to FIRST of the next DUE holds when its orders are due,
ascending."""
BUSY, FREE, BENCH = 7, 8, 9
"""Per picker: done with what they began before, and free; per packer: free."""
WHO, PICKED, DONE, ARRIVAL = 10, 11, 12, 13
"""Per list: its picker, when it is picked and when it is done; and all lists by when they are picked."""
ROW, BEST = 14, 15
"""The row of lists that is played, and the best so far."""
HEAD = 16


def tables_of(pick: Iterable[int], pack: Iterable[int], dues: Iterable[Iterable[int]]) -> dict[int, list[int]]:
    """Return the tables of lists: milliseconds to pick and to pack each, and by when its orders must be done."""
    first, due = [0], list[int]()
    for own in dues:
        due += sorted(own)
        first.append(len(due))
    picking = list(pick)
    none = [0] * len(picking)
    tables = {PICK: picking, PACK: list(pack), FIRST: first, DUE: due, ROW: list(range(len(none))), BEST: none}
    return tables | {WHO: none, PICKED: none, DONE: none, ARRIVAL: none}


def written(tables: Mapping[int, Sequence[int]], busy: Sequence[int], packers: int, head: int = HEAD) -> Book:
    """Return the book of these tables, for pickers who are `busy` so long with what they began before."""
    book = [0] * head
    for entry, values in ({**tables, BUSY: busy, FREE: busy, BENCH: [0] * packers}).items():
        book[entry] = len(book)
        book += values
    book[COUNT], book[PICKERS], book[PACKERS] = len(tables[PICK]), len(busy), packers
    return speed.numbers(book)


@kernel
def play(book: Book) -> tuple[int, int, int]:
    """Play the row; return how many orders are late, how late all together, and the end of it all."""
    pick_all(book)
    end = pack_all(book)
    late, tardy = 0, 0
    for i in range(book[COUNT]):
        here = book[book[ROW] + i]
        done, at = book[book[DONE] + here], book[DUE] + book[book[FIRST] + here]
        last = book[DUE] + book[book[FIRST] + here + 1]
        while at < last and book[at] < done:
            late += 1
            tardy += done - book[at]
            at += 1
    return late, int(tardy), int(end)


@kernel
def pick_all(book: Book) -> None:
    """Give the lists to whoever is free first, and sort them by when they are picked."""
    arrival, picked = book[ARRIVAL], book[PICKED]
    for p in range(book[PICKERS]):
        book[book[FREE] + p] = book[book[BUSY] + p]
    for i in range(book[COUNT]):
        here, who = book[book[ROW] + i], soonest(book, book[FREE], book[PICKERS])
        at = book[book[FREE] + who] + book[book[PICK] + here]
        book[book[FREE] + who] = at
        book[book[WHO] + here] = who
        book[picked + here] = at
        k = i
        while k > 0 and book[picked + book[arrival + k - 1]] > at:
            book[arrival + k] = book[arrival + k - 1]
            k -= 1
        book[arrival + k] = here


@kernel
def pack_all(book: Book) -> int:
    """Pack the lists as they arrive; return when the last is done."""
    end = 0
    for p in range(book[PACKERS]):
        book[book[BENCH] + p] = 0
    for i in range(book[COUNT]):
        here = book[book[ARRIVAL] + i]
        done = book[book[PICKED] + here]
        if book[PACKERS] > 0:
            who = soonest(book, book[BENCH], book[PACKERS])
            done = max(done, book[book[BENCH] + who]) + book[book[PACK] + here]
            book[book[BENCH] + who] = done
        book[book[DONE] + here] = done
        end = max(end, done)
    return int(end)


@kernel
def soonest(book: Book, table: int, people: int) -> int:
    """Who is free first; of equals the one with the lowest number."""
    best = 0
    for p in range(1, people):
        if book[table + p] < book[table + best]:
            best = p
    return best


@kernel
def is_better(late: tuple[int, int, int], than: tuple[int, int, int]) -> bool:
    """Whether fewer orders are late, or they are less late, or the work ends sooner."""
    if late[0] != than[0]:
        return late[0] < than[0]
    if late[1] != than[1]:
        return late[1] < than[1]
    return late[2] < than[2]


@kernel
def improve(book: Book, steps: int, bound: int, seed: int) -> int:
    """Exchange lists of the row, or take one elsewhere, as long as it gets no worse; returns the steps tried.

    Nothing is left to do when no order is late and the work ends at `bound`.
    """
    state, count, row = seed, book[COUNT], book[ROW]
    best = play(book)
    for step in range(steps):
        if best[0] == 0 and best[2] <= bound:
            return step
        copy(book, row, book[BEST])
        state = next_random(state)
        i = state % count
        state = next_random(state)
        j = state % count
        state = next_random(state)
        change(book, i, j, state % 2)
        found = play(book)
        if is_better(best, found):
            copy(book, book[BEST], row)
        else:
            best = found
    return steps


@kernel
def copy(book: Book, table: int, to: int) -> None:
    """Copy a table of lists."""
    for k in range(book[COUNT]):
        book[to + k] = book[table + k]


@kernel
def change(book: Book, i: int, j: int, kind: int) -> None:
    """Exchange two lists of the row (kind 0), or take the first to where the second stands."""
    row = book[ROW]
    moved = book[row + i]
    if kind == 0:
        book[row + i] = book[row + j]
        book[row + j] = moved
        return
    step = 1 if j > i else -1
    while i != j:
        book[row + i] = book[row + i + step]
        i += step
    book[row + j] = moved
