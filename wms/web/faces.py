"""What each board says: its rows put into words, figures on top, lanes below, exceptions by age with the next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wms.db import Tx
from wms.labels.remedies import KEPT, remedy
from wms.queries.inbound import receiving_board
from wms.queries.packing import packing_board
from wms.queries.picking import picking_board

ROWS_MAX, TILES_MAX, EXCEPTIONS_MAX = 4, 8, 5  # what fits a screen that is read from 8 m
IDLE_MINUTES = 10  # a person whose scanner is silent so long may need help
WAIT_MINUTES = 60  # goods that stand at a dock or a bench so long are in the way
PRINTERS = ("printer", "paused")  # kinds of exception that a printer makes
HOT_MINUTES = 15  # an exception that nobody has solved for so long is everybody's


@dataclass(frozen=True)
class Figure:
    """A number readable from afar; `bad` when it should be zero and is not."""

    value: int
    label: str
    bad: bool = False


@dataclass(frozen=True)
class Row:
    """A bar: `done` of `of`, with `half` done (picked but not packed) behind it."""

    name: str
    small: str
    end: str
    done: int = 0
    of: int = 0
    half: int = 0
    tone: str = ""

    @property
    def shares(self) -> tuple[int, int]:
        """Return how long the two bars are, in percent."""
        whole = max(self.of, 1)
        return min(100 * self.half // whole, 100), min(100 * self.done // whole, 100)


@dataclass(frozen=True)
class Tile:
    """A thing that stands somewhere: a cart, a dock, a tote."""

    name: str
    who: str
    small: str
    tone: str = ""
    done: int = 0
    of: int = 0

    @property
    def share(self) -> int:
        """Return how long the bar is, in percent."""
        return min(100 * self.done // max(self.of, 1), 100)


@dataclass(frozen=True)
class Trouble:
    """An exception: how old, what happened, what comes next; `first` stands above all that is only older."""

    minutes: int
    what: str
    next: str
    first: bool = False

    @property
    def tone(self) -> str:
        """Return "stop" for one that has waited too long."""
        return "stop" if self.minutes >= HOT_MINUTES else ""

    @property
    def age(self) -> str:
        """Return the age in words."""
        return ago(self.minutes)


@dataclass(frozen=True)
class Lane:
    """Rows or tiles under a title; `empty` says what to do when there are none."""

    title: str
    empty: str
    shown: tuple[Any, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Face:
    """All that a board shows."""

    figures: tuple[Figure, ...]
    rows: Lane
    tiles: Lane
    troubles: Lane


@dataclass(frozen=True)
class Board:
    """A board: its title, how to read it, and the topics whose change makes it read again."""

    title: str
    read: Callable[[Tx], Face]
    topics: tuple[str, ...]


def ago(minutes: int) -> str:
    """Return an age as a person says it: "now", "22 min", "3 h", "2 d"."""
    if minutes < 60:
        return f"{minutes} min" if minutes else "now"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def since(at: datetime | None, now: datetime) -> int:
    """Return whole minutes from `at` until now; 0 when it is not known."""
    return max(int((now - at).total_seconds() // 60), 0) if at else 0


def many(number: int, thing: str) -> str:
    """Return "1 carton", "1,240 cartons"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def slow(minutes: int, most: int) -> str:
    """Return "ask" for what has waited for `most` minutes."""
    return "ask" if minutes >= most else ""


def lane(title: str, empty: str, found: list[Any], most: int) -> Lane:
    """Return the first `most` of what was found, and how many more there are."""
    return Lane(title, empty, tuple(found[:most]), max(len(found) - most, 0))


def troubles(found: list[Trouble]) -> Lane:
    """Return the exceptions, the oldest first; but a printer that stands still comes before everything."""
    ordered = sorted(found, key=lambda each: (not each.first, -each.minutes))
    return lane("Exceptions", "Nothing needs anybody.", ordered, EXCEPTIONS_MAX)


def figures_of(counted: dict[str, int]) -> tuple[Figure, ...]:
    """Return figures by their label; exceptions are bad unless there are none."""
    return tuple(Figure(value, label, bad=label == "exceptions" and value > 0) for label, value in counted.items())


def told(each: Any, words: dict[str, tuple[str, str]]) -> Trouble:
    """Return an exception (kind, name, text, minutes) in the words of its board."""
    if each.kind in PRINTERS:
        return printer_trouble(each.kind, each.name, each.text, each.minutes)
    what, then = (part.format(name=each.name, text=each.text) for part in words[each.kind])
    return Trouble(each.minutes, what, then)


def printer_trouble(kind: str, name: str, text: str, minutes: int) -> Trouble:
    """Return what is wrong with a printer and what somebody does about it; `text` counts labels if it is paused."""
    if kind == "paused":
        waits = f"{many(int(text), 'label')} {'waits' if text == '1' else 'wait'}"
        return Trouble(minutes, f"{name} is paused, {waits}", "office: let it print again", first=True)
    what = text.removesuffix(".")
    return Trouble(minutes, what if name in what else f"{name}: {what}", f"{remedy(text)}; {KEPT}", first=True)


# -- receiving --------------------------------------------------------------------------------------------------------

GOODS = {  # kind of exception -> (what happened, what comes next)
    "short": ("{qty} {sku} short in {where}", "tell the supplier"),
    "over": ("{qty} {sku} too many in {where}", "supervisor: keep or send back"),
    "damaged": ("{qty} {sku} damaged in {where}", "claim it from the supplier"),
    "quarantine": ("{qty} {sku} in quarantine at {where}", "supervisor: release or scrap"),
}


def receiving(tx: Tx) -> Face:
    """Return the receiving board."""
    board = receiving_board(tx)
    counted = board["figures"]
    figures = (
        Figure(counted["cartons_left"], "cartons to receive"),
        Figure(counted["units_today"], "units today"),
        Figure(counted["units_hour"], "units an hour"),
        Figure(counted["differences"], "differences this week", bad=counted["differences"] > 0),
    )
    rows = [receipt_row(row) for row in board["receipts"]]
    docks = [dock_tile(row, tx.now) for row in board["docks"]]
    return Face(
        figures,
        lane("Deliveries", "No delivery is expected. Upload the next packing list.", rows, ROWS_MAX),
        lane("Waiting at the docks", "Every dock is clear.", docks, TILES_MAX),
        troubles([goods_trouble(each, tx.now) for each in board["exceptions"]]),
    )


def receipt_row(row: Any) -> Row:
    """Return a delivery as a bar of its cartons."""
    end = f"{row.cartons_done:,} of {row.cartons:,}"
    where = f"{row.owner} · {row.dock}" if row.dock else row.owner
    return Row(row.number, where, end, row.cartons_done, row.cartons)


def dock_tile(row: Any, now: datetime) -> Tile:
    """Return what stands at a dock and since when."""
    waited = since(row.since, now)
    stands = f"{many(row.lpns, 'carton')}, {many(row.units, 'unit')}"
    return Tile(row.name, ago(waited), stands, slow(waited, WAIT_MINUTES))


def goods_trouble(each: dict[str, Any], now: datetime) -> Trouble:
    """Return a difference, a quarantined balance, or a printer that needs somebody."""
    if each["kind"] in PRINTERS:
        return printer_trouble(each["kind"], each["sku"], each["where"], since(each["since"], now))
    what, then = GOODS[each["kind"]]
    return Trouble(since(each["since"], now), what.format(**each), then)


# -- picking ----------------------------------------------------------------------------------------------------------


WALK = {  # kind of exception -> (what happened, what comes next)
    "short": ("{name} short in {text}", "count the bin; other bins are tried first"),
    "hold": ("Order {name}: {text}", "supervisor: clear it when the stock is there"),
    "idle": ("{name} stands still", "ask {text}"),
}


def picking(tx: Tx) -> Face:
    """Return the picking board."""
    board = picking_board(tx)
    return Face(
        figures_of(board.figures),
        lane("Waves", "No wave is open. Release one in the office.", [*map(wave_row, board.waves)], ROWS_MAX),
        lane("Carts", "Nobody picks at the moment.", [*map(cart_tile, board.carts)], TILES_MAX),
        troubles([told(each, WALK) for each in board.exceptions]),
    )


def wave_row(wave: Any) -> Row:
    """Return a wave as a bar: packed, and picked behind it."""
    small = f"{wave.picked:,} of {many(wave.orders, 'order')} picked"
    return Row(wave.name, small, f"{wave.packed:,} packed", wave.packed, wave.orders, wave.picked)


def cart_tile(cart: Any) -> Tile:
    """Return a cart with its person, its list, and how far it is."""
    tone = slow(cart.idle_minutes, IDLE_MINUTES)
    what = "list" if cart.mode in ("", "cluster") else cart.mode
    small = f"{cart.idle_minutes} min no scan" if tone else f"{what} {cart.list} · {cart.done} of {cart.of}"
    name = "no cart" if cart.cart.startswith("PL-") else cart.cart  # until one is taken, the row has the list's code
    return Tile(name, cart.person.split()[0], small, tone, cart.done, cart.of)


# -- packing ----------------------------------------------------------------------------------------------------------

BENCH = {  # kind of exception -> (what happened, what comes next)
    "label": ("Label {name}: {text}", "did it come out? Say so at the station or in the office"),
    "hold": ("Order {name} is on hold: {text}", "supervisor: clear it or cancel the order"),
}


def packing(tx: Tx) -> Face:
    """Return the packing board."""
    board = packing_board(tx)
    return Face(
        figures_of(board.figures),
        lane("Benches", "No pack station is set up.", [*map(bench_row, board.benches)], ROWS_MAX),
        lane("Totes waiting", "No tote waits to be packed.", [*map(tote_tile, board.totes)], TILES_MAX),
        troubles([told(each, BENCH) for each in board.exceptions]),
    )


def bench_row(bench: Any) -> Row:
    """Return a pack station: who is there and how far the order in hand is."""
    end = f"{bench.hour:,} an hour"
    if not bench.person:
        return Row(bench.station, "nobody here", end)
    tone = slow(bench.idle_minutes, IDLE_MINUTES)
    order = f"order {bench.number}" if bench.number else "between orders"
    doing = f"{bench.idle_minutes} min no scan" if tone else order
    return Row(bench.station, f"{bench.person} · {doing}", end, bench.verified, bench.units, tone=tone)


def tote_tile(tote: Any) -> Tile:
    """Return a tote that waits, or a wall with its complete slots; where, and for how long."""
    if tote.kind == "wall":
        said = f"{tote.text} · {tote.done} of {tote.of} ready"
        return Tile(tote.name, "", said, slow(tote.minutes, WAIT_MINUTES), tote.done, tote.of)
    return Tile(tote.name.capitalize(), tote.text, ago(tote.minutes), slow(tote.minutes, WAIT_MINUTES))


FACES = {
    "receiving": Board("Receiving", receiving, ("receiving", "printing", "stock")),
    "picking": Board("Picking", picking, ("picking", "orders", "stock")),
    "packing": Board("Packing", packing, ("packing", "printing", "orders", "stock")),
}
