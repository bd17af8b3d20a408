"""Carts trade orders: fewer orders miss their truck, and the walks get shorter.

An order moves to another cart, two orders change carts, or a list is taken sooner. The two new walks are measured
exactly, a list that is due at another time now takes its turn anew, and the row of lists is played through (see
`timing`). What gets worse is taken too, the less often the worse it is
and the longer the search has gone on (simulated annealing: Kirkpatrick, Gelatt & Vecchi, Science 220, 1983).
A late order has a price in mm of walking, and so has every second that it is late; but only so many seconds: an order
that is far too late is given up, so that it does not drag others with it.
"""

from __future__ import annotations

from typing import NamedTuple

from wms.planning import timing, tours
from wms.planning.speed import kernel, next_random
from wms.planning.timing import COUNT, DUE, FIRST, NEVER, PACK, PICK, ROW, Book, copy
from wms.planning.tours import Aisles, Contents
from wms.planning.walking import Numbers

NEEDS = 3
"""What of a cart an order takes up: totes, lines, grams."""
LEVELS, FACES = 64, 1024
"""How often the heat changes during a search; sides of the dice."""

# The book of `timing`, with more tables behind its own:
ORDERS, OPEN, WIDTH, LIST_MS, WALK_MM_S = range(timing.HEAD, timing.HEAD + 5)
"""Numbers: how many orders; how many of the lists are carts that trade, and how many orders one holds at most; time to
begin and end a list, and walking speed."""
NEED, HANDLE, PACKING, WANTED = range(WALK_MM_S + 1, WALK_MM_S + 5)
"""Per order: what it takes up (NEEDS numbers); time to take and to pack it; when it is due."""
MEMBERS, MEMBER_COUNT, LOAD, WALK, LIMIT = range(WANTED + 1, WANTED + 6)
"""Per cart: its orders (WIDTH numbers), how many, what they take up, its walk; and what a cart holds at most."""
WHERE, KEPT, KEPT_ROW = range(LIMIT + 1, LIMIT + 4)
"""Per order, these by due time: its cart, and its cart in the best plan so far; and the row of lists in that."""
HEAT, PRICE, DICE = range(LIMIT + 4, LIMIT + 7)
"""Per level: heat in mm, and mm that a second of lateness costs; per side of the dice -1000 ln of its probability."""
LATE_MM, LATE_MS_MAX, LATEST, REACH = range(LIMIT + 7, LIMIT + 11)
"""Numbers: mm that a late order costs, and up to when it costs more; when the last late order is due; how many orders
are due until then."""
HEAD = LIMIT + 11


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
def trade(desk: Desk, steps: int, seed: int) -> int:
    """Trade so many steps, ever colder, and return to the best; returns trades made."""
    book, dice, made, total = desk.book, seed, 0, 0
    for cart in range(book[OPEN]):
        total += book[book[WALK] + cart]
    late, fine = lateness(book, book[book[PRICE]])
    best_late, best_total = late, total
    keep(book)
    for step in range(steps):
        price = book[book[PRICE] + step * LEVELS // steps]
        if step * LEVELS // steps != (step - 1) * LEVELS // steps:
            late, fine = lateness(book, price)
        dice = next_random(dice)
        limit = book[book[HEAT] + step * LEVELS // steps] * book[book[DICE] + dice % FACES] // 1000
        gain, late, fine, dice = one_step(desk, (late, fine, limit, price), dice)
        if gain < NEVER:
            made += 1
            total -= gain
            if late < best_late or (late == best_late and total < best_total):
                best_late, best_total = late, total
                keep(book)
    restore(desk)
    return made


@kernel
def one_step(desk: Desk, now: tuple[int, int, int, int], dice: int) -> tuple[int, int, int, int]:
    """Throw the dice and try what they say; returns mm saved (NEVER: refused), late orders, their fine, the dice.

    While orders are late, half of the trades are among those that are due until then, and lists change their turns more
    often.
    """
    book = desk.book
    dice = next_random(dice)
    order = dice
    dice = next_random(dice)
    kind, among = dice % 8, book[ORDERS]
    other = dice // 16
    if kind == 0 and (now[0] > 0 or other % 4 == 0):
        dice = next_random(dice)
        gain, late, fine = one_turn(book, (other // 4 % book[COUNT], dice // 2 % book[COUNT], dice % 2), now)
        return gain, late, fine, dice
    if now[0] > 0 and dice // 8 % 2 == 0:
        among = reach(book)
    order, other = order % among, other % among if kind % 2 == 0 else -1
    dice = next_random(dice)
    cart = book[book[WHERE] + other] if other >= 0 else dice % book[OPEN]
    gain, late, fine = one_trade(desk, (order, other, cart), now)
    return gain, late, fine, dice


@kernel
def lateness(book: Book, price: int) -> tuple[int, int]:
    """Play the row through; return how many orders are late, and what they cost in mm."""
    timing.pick_all(book)
    timing.pack_all(book)
    late, tardy, latest = 0, 0, 0
    for here in range(book[COUNT]):
        done, at = book[book[timing.DONE] + here], book[DUE] + book[book[FIRST] + here]
        last = book[DUE] + book[book[FIRST] + here + 1]
        while at < last and book[at] < done:
            late += 1
            latest = max(latest, book[at])
            tardy += min(book[LATE_MS_MAX], done - book[at])
            at += 1
    book[LATEST] = latest
    return late, int(late * book[LATE_MM] + tardy * price // 1000)


@kernel
def reach(book: Book) -> int:
    """How many orders are due until the last late one is; orders stand by due time."""
    count = book[REACH]
    while count < book[ORDERS] and book[book[WANTED] + count] <= book[LATEST]:
        count += 1
    while count > 1 and book[book[WANTED] + count - 1] > book[LATEST]:
        count -= 1
    book[REACH] = count
    return int(count)


@kernel
def one_turn(book: Book, what: tuple[int, int, int], now: tuple[int, int, int, int]) -> tuple[int, int, int]:
    """Exchange two lists of the row or take one elsewhere (see `timing.change`); returns as `one_trade` does."""
    i, j, kind = what
    late, fine, limit, price = now
    latest = book[LATEST]
    timing.change(book, i, j, kind)
    new_late, new_fine = lateness(book, price)
    if fine - new_fine >= -limit:
        return 0, new_late, new_fine
    timing.change(book, j, i, kind)
    book[LATEST] = latest
    return NEVER, late, fine


@kernel
def one_trade(desk: Desk, what: tuple[int, int, int], now: tuple[int, int, int, int]) -> tuple[int, int, int]:
    """Try one trade: `order` goes to `cart`, from where `other` comes back (-1: nobody).

    `now`: late orders, their fine in mm, how many mm worse it may get, and the price of a second. Returns mm of walking
    saved (NEVER: refused), late orders and their fine.
    """
    order, other, cart = what
    late, fine, limit, price = now
    book = desk.book
    home, latest = book[book[WHERE] + order], book[LATEST]
    if home == cart or not fits(book, cart, other, order) or (other >= 0 and not fits(book, home, order, other)):
        return NEVER, late, fine
    old_home, old_cart = book[book[WALK] + home], book[book[WALK] + cart]
    new_home, new_cart = walk_of(desk, home, order, other), walk_of(desk, cart, other, order)
    gain = old_home + old_cart - new_home - new_cart
    if gain + fine < -limit:
        return NEVER, late, fine
    dues = first_due(book, home), first_due(book, cart)
    swap(book, what, new_home, new_cart)
    turns = requeued(book, home, dues[0]), requeued(book, cart, dues[1])
    new_late, new_fine = lateness(book, price)
    if gain + fine - new_fine >= -limit:
        return gain, new_late, new_fine
    return_to(book, cart, turns[1])
    return_to(book, home, turns[0])
    swap(book, (order, other, home), old_cart, old_home)
    book[LATEST] = latest
    return NEVER, late, fine


@kernel
def first_due(book: Book, cart: int) -> int:
    """When the first order of a list is due."""
    return int(book[book[DUE] + book[book[FIRST] + cart]])


@kernel
def turn_of(book: Book, cart: int) -> int:
    """Where a list stands in the row."""
    turn = 0
    while book[book[ROW] + turn] != cart:
        turn += 1
    return turn


@kernel
def requeued(book: Book, cart: int, due: int) -> int:
    """Let a list that was due at `due` before take its turn in front of the first that is due later.

    Returns where it stood; -1 when it is due as before, and stays.
    """
    new, to = first_due(book, cart), 0
    if new == due:
        return -1
    turn = turn_of(book, cart)
    while to < book[COUNT] and first_due(book, book[book[ROW] + to]) <= new:
        to += 1
    timing.change(book, turn, to - 1 if to > turn else to, 1)
    return turn


@kernel
def return_to(book: Book, cart: int, turn: int) -> None:
    """Let a list take the turn again that it had (-1: it stays)."""
    if turn >= 0:
        timing.change(book, turn_of(book, cart), turn, 1)


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
    """Remember who is where, and the row."""
    for order in range(book[ORDERS]):
        book[book[KEPT] + order] = book[book[WHERE] + order]
    copy(book, book[ROW], book[KEPT_ROW])


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
    copy(book, book[KEPT_ROW], book[ROW])
