"""Carts trade orders: the walks get shorter while no order misses its truck that would not have missed it before.

An order moves to another cart, or two orders change carts. The two new walks are measured exactly; a trade that
makes the sum of walks longer than a threshold is refused, and the threshold sinks to zero (threshold accepting: Dueck
& Scheuer, Journal of Computational Physics 90, 1990). What is left is played through (see `timing`), carts in the
order of their earliest due time: tardiness costs far more than walking, so late orders go first of all.
"""

from __future__ import annotations

from typing import NamedTuple

from wms.planning import timing, tours
from wms.planning.speed import kernel, next_random
from wms.planning.timing import COUNT, DUE, FIRST, NEVER, PACK, PICK, ROW, Book, play
from wms.planning.tours import Aisles, Contents
from wms.planning.walking import Numbers

NEEDS = 3
"""What of a cart an order takes up: totes, lines, grams."""
TARDY_MM = 5
"""A millisecond that an order is late weighs as much as so many mm of walking."""

# The book of `timing`, with more tables behind its own:
ORDERS, OPEN, WIDTH, LIST_MS, WALK_MM_S = range(timing.HEAD, timing.HEAD + 5)
"""Numbers: how many orders; how many of the lists are carts that trade, and how many orders one holds at most; time to
begin and end a list, and walking speed."""
NEED, HANDLE, PACKING, WANTED = range(WALK_MM_S + 1, WALK_MM_S + 5)
"""Per order: what it takes up (NEEDS numbers); time to take and to pack it; when it is due."""
MEMBERS, MEMBER_COUNT, LOAD, WALK, LIMIT = range(WANTED + 1, WANTED + 6)
"""Per cart: its orders (WIDTH numbers), how many, what they take up, its walk; and what a cart holds at most."""
WHERE, KEPT = LIMIT + 1, LIMIT + 2
"""Per order: its cart, and its cart in the best plan so far."""
HEAD = LIMIT + 3


class Desk(NamedTuple):
    """All that a trade needs: the floor, the orders on it, the book, and a mask to work in."""

    aisles: Aisles
    contents: Contents
    book: Book
    mask: Numbers


@kernel
def walk_of(desk: Desk, cart: int, leaves: int, joins: int) -> int:
    """Measure the walk of a cart without the order `leaves` and with the order `joins` (-1: nobody)."""
    book, mask = desk.book, desk.mask
    for w in range(len(mask)):
        mask[w] = 0
    mask[desk.contents.depot_word] = desk.contents.depot_bits
    empty, members = joins < 0, book[MEMBERS] + cart * book[WIDTH]
    for k in range(book[book[MEMBER_COUNT] + cart]):
        if book[members + k] != leaves:
            tours.add(desk.contents, book[members + k], mask, 0)
            empty = False
    if empty:
        return 0
    if joins >= 0:
        tours.add(desk.contents, joins, mask, 0)
    return int(tours.round_trip(desk.aisles, mask, 0)[0])


@kernel
def put(book: Book, order: int, cart: int) -> None:
    """Put an order on a cart."""
    count = book[MEMBER_COUNT] + cart
    book[book[MEMBERS] + cart * book[WIDTH] + book[count]] = order
    book[count] += 1
    book[book[WHERE] + order] = cart
    for i in range(NEEDS):
        book[book[LOAD] + cart * NEEDS + i] += book[book[NEED] + order * NEEDS + i]


@kernel
def take(book: Book, order: int) -> None:
    """Take an order off its cart."""
    cart = book[book[WHERE] + order]
    at, count = book[MEMBERS] + cart * book[WIDTH], book[MEMBER_COUNT] + cart
    last = at + book[count] - 1
    while book[at] != order:
        at += 1
    book[at] = book[last]
    book[count] -= 1
    for i in range(NEEDS):
        book[book[LOAD] + cart * NEEDS + i] -= book[book[NEED] + order * NEEDS + i]


@kernel
def fits(book: Book, cart: int, leaves: int, joins: int) -> bool:
    """Whether an order may join a cart that another one leaves (-1: nobody leaves)."""
    others = book[book[MEMBER_COUNT] + cart] - (1 if leaves >= 0 else 0)
    if others == 0:
        return True
    if others + 1 > book[WIDTH]:
        return False
    need = book[NEED]
    for i in range(NEEDS):
        load = book[book[LOAD] + cart * NEEDS + i] + book[need + joins * NEEDS + i]
        if leaves >= 0:
            load -= book[need + leaves * NEEDS + i]
        if load > book[book[LIMIT] + i]:
            return False
    return True


@kernel
def retime(book: Book, cart: int) -> None:
    """Write down how long a cart takes to pick and to pack, and the due times of its orders, ascending."""
    members, count = book[MEMBERS] + cart * book[WIDTH], book[book[MEMBER_COUNT] + cart]
    pick, pack, at = 0, 0, book[DUE] + book[book[FIRST] + cart]
    for k in range(count):
        order = book[members + k]
        pick += book[book[HANDLE] + order]
        pack += book[book[PACKING] + order]
        due, i = book[book[WANTED] + order], at + k
        while i > at and book[i - 1] > due:
            book[i] = book[i - 1]
            i -= 1
        book[i] = due
    for k in range(count, book[WIDTH]):
        book[at + k] = NEVER
    if count > 0:
        pick += book[LIST_MS] + book[book[WALK] + cart] * 1000 // book[WALK_MM_S]
    book[book[PICK] + cart] = pick
    book[book[PACK] + cart] = pack


@kernel
def tardiness(book: Book) -> tuple[int, int, int]:
    """Play all carts through, those with the earliest due time first, of equals the longest."""
    row = book[ROW]
    for i in range(book[COUNT]):
        cart, k = book[row + i], i
        while k > 0 and goes_before(book, cart, book[row + k - 1]):
            book[row + k] = book[row + k - 1]
            k -= 1
        book[row + k] = cart
    return play(book)


@kernel
def goes_before(book: Book, cart: int, other: int) -> bool:
    """Whether a list goes before another one."""
    due, theirs = book[book[DUE] + book[book[FIRST] + cart]], book[book[DUE] + book[book[FIRST] + other]]
    return bool(due < theirs or (due == theirs and book[book[PICK] + cart] > book[book[PICK] + other]))


@kernel
def trade(desk: Desk, steps: int, threshold: int, seed: int) -> int:
    """Trade so many steps, from this threshold in mm down to 0, and return to the best; returns trades made."""
    book, state, made, total = desk.book, seed, 0, 0
    late, tardy, _ = tardiness(book)
    for cart in range(book[OPEN]):
        total += book[book[WALK] + cart]
    best_late, best_total = late, total
    keep(book)
    for step in range(steps):
        state = next_random(state)
        order = state % book[ORDERS]
        state = next_random(state)
        other = state // 2 % book[ORDERS] if state % 2 == 0 else -1
        state = next_random(state)
        cart = book[book[WHERE] + other] if other >= 0 else state % book[OPEN]
        limit = threshold - threshold * step // steps
        gain, late, tardy = one_trade(desk, (order, other, cart), (late, tardy, limit))
        if gain < NEVER:
            made += 1
            total -= gain
            if late < best_late or (late == best_late and total < best_total):
                best_late, best_total = late, total
                keep(book)
    restore(desk)
    return made


@kernel
def one_trade(desk: Desk, what: tuple[int, int, int], now: tuple[int, int, int]) -> tuple[int, int, int]:
    """Try one trade: `order` goes to `cart`, from where `other` comes back (-1: nobody).

    `now`: late orders, their tardiness, and how many mm longer the walks may get. Returns mm saved (NEVER: refused),
    late orders and tardiness.
    """
    order, other, cart = what
    late, tardy, limit = now
    book = desk.book
    home = book[book[WHERE] + order]
    if home == cart or not fits(book, cart, other, order) or (other >= 0 and not fits(book, home, order, other)):
        return NEVER, late, tardy
    old_home, old_cart = book[book[WALK] + home], book[book[WALK] + cart]
    new_home, new_cart = walk_of(desk, home, order, other), walk_of(desk, cart, other, order)
    gain = old_home + old_cart - new_home - new_cart
    if gain + TARDY_MM * tardy < -limit:
        return NEVER, late, tardy
    swap(book, what, new_home, new_cart)
    new_late, new_tardy, _ = tardiness(book)
    if gain + TARDY_MM * (tardy - new_tardy) >= -limit and (tardy > 0 or new_tardy == 0):
        return gain, new_late, new_tardy
    swap(book, (order, other, home), old_cart, old_home)
    return NEVER, late, tardy


@kernel
def swap(book: Book, what: tuple[int, int, int], walk_home: int, walk_cart: int) -> None:
    """Let an order and another one (-1: nobody) change carts; the first goes to `cart`. The walks are known."""
    order, other, cart = what
    home = book[book[WHERE] + order]
    take(book, order)
    if other >= 0:
        take(book, other)
        put(book, other, home)
    put(book, order, cart)
    book[book[WALK] + home] = walk_home
    book[book[WALK] + cart] = walk_cart
    retime(book, home)
    retime(book, cart)


@kernel
def keep(book: Book) -> None:
    """Remember who is where."""
    for order in range(book[ORDERS]):
        book[book[KEPT] + order] = book[book[WHERE] + order]


@kernel
def restore(desk: Desk) -> None:
    """Put everybody where they were when it was best, and measure again."""
    book = desk.book
    where, kept = book[WHERE], book[KEPT]
    for order in range(book[ORDERS]):
        if book[where + order] != book[kept + order]:
            take(book, order)
    for order in range(book[ORDERS]):
        if book[where + order] != book[kept + order]:
            put(book, order, book[kept + order])
    for cart in range(book[OPEN]):
        book[book[WALK] + cart] = walk_of(desk, cart, -1, -1)
        retime(book, cart)
