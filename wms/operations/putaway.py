"""Putaway: where goods from the dock belong, which places may take them, and the move there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, update

from wms.db import Tx, table_of
from wms.errors import Ask, Refusal
from wms.models.stock import LOOSE, Lpn
from wms.operations import ledger
from wms.operations.ledger import By, Move, Spot
from wms.planning import putaway as planner
from wms.planning.putaway import Candidate, Content, Problem, Velocity
from wms.queries import places
from wms.queries.places import Room

lpns = table_of(Lpn)
FAST, SLOW = 0.2, 0.02  # share of the waiting orders that want an item: A above, C below


class LessLeft(Refusal):
    """A colleague took some of the units meanwhile; nothing is brought in part."""

    sentence = "Only {free} {sku} are left there. Look again."


class NoPlace(Refusal):
    """No bin, no reserve and no problem place takes the goods."""

    sentence = "No place for this. Leave it, call a supervisor."


class NotPlanned(Ask):
    """An allowed place that the plan did not name."""

    sentence = "{place} was not planned. Again to use it."


class Mixes(Ask):
    """The place holds another item."""

    sentence = "{place} holds {sku}. Again to use it."


class Kept(Ask):
    """The place is the pick face of another item."""

    sentence = "{place} is kept for {sku}. Again to use it."


class NoStockPlace(Refusal):
    """Goods do not rest in a place of this kind."""

    sentence = "{place} is a {kind}. Scan another place."


class KeepsPlates(Refusal):
    """A reserve keeps cartons and pallets, not loose units."""

    sentence = "{place} keeps whole cartons. Scan a bin."


class Closed(Refusal):
    """The place is out of use."""

    sentence = "{place} is closed. Scan another place."


class Full(Refusal):
    """Volume or weight do not fit; `fits` is how many would."""

    sentence = "{place} has room for {fits} of {qty}. Use another."


class Hazard(Refusal):
    """Hazardous goods need a place for them."""

    sentence = "{place} is not for hazardous {sku}."


class OtherOwner(Refusal):
    """Goods of two owners never share a place."""

    sentence = "{place} holds goods of {owner}. Use another."


@dataclass(frozen=True)
class Load:
    """Goods to bring to a place: rows of queries.places, on a plate or loose (0); `qty` of them, 0 = all."""

    rows: tuple[Row[Any], ...]
    lpn_id: int = LOOSE
    qty: int = 0

    @property
    def units(self) -> int:
        """Return how many units are brought."""
        return self.qty or sum(row.qty for row in self.rows)

    @property
    def skus(self) -> list[str]:
        """Return the items in it, each once."""
        return list(dict.fromkeys(row.sku for row in self.rows))

    @property
    def words(self) -> str:
        """Return it for a sentence: "24 CORE-RED", or "60 units" of several items."""
        return f"{self.units} {self.skus[0] if len(self.skus) == 1 else 'units'}"

    def of(self, sku: str, qty: int = 0) -> Load:
        """Return the part that is one item."""
        return Load(tuple(row for row in self.rows if row.sku == sku), self.lpn_id, qty)


@dataclass(frozen=True)
class Proposal:
    """Where a part of a load goes: `sku` empty means all of it; `why` tells the person."""

    room: Room
    sku: str
    qty: int
    why: str


# -- where to -----------------------------------------------------------------------------------------


def propose(tx: Tx, load: Load, but: Iterable[int] = ()) -> Proposal:
    """Return the best place for a load (all of it, or its first item when it is mixed), never one of `but`.

    The item's pick face comes first, with as many as it is meant to hold; then the carton goes whole to a reserve. An
    item without a face gets a bin of its own, then one shared with other items, then a reserve for the whole carton,
    then as many as fit into one bin; other items' faces come last, before the problem place. Raises NoPlace.
    """
    found = [room for room in places.rooms(tx, {row.item_id for row in load.rows}) if room.id not in set(but)]
    hall = Hall(found)
    part = load if len(load.skus) == 1 else load.of(load.skus[0])
    sku = "" if part is load else part.skus[0]
    bins = [room for room in found if room.kind == "bin"]
    mine = [room for room in bins if room.home in part.skus]
    free = [room for room in bins if not room.home]
    whole = (load, "", [room for room in found if room.kind == "reserve" and load.lpn_id], False)
    first = [(part, sku, mine, False), whole] if mine else []
    for goods, of_sku, choice, single in (*first, (part, sku, free, True), (part, sku, free, False), whole):
        candidates = tuple(candidate(room, hall, single) for room in choice)
        if (plan := planner.plan(Problem(contents(goods), candidates, velocity(goods)))).place_id is not None:
            room = next(room for room in choice if room.id == plan.place_id)
            return Proposal(room, of_sku, goods.units, plan.why)
    return split(part, mine) or split(part, free) or split(part, bins) or brimful(part, mine) or to_problem(load, found)


class Hall:
    """How far a place is from where goods are packed, and from what is ordered together with a load."""

    def __init__(self, rooms: Sequence[Room]) -> None:
        """`rooms` know what in them is ordered together with the load."""
        self.stations = [room for room in rooms if room.kind == "station"]
        self.beside: dict[str, list[Room]] = defaultdict(list)
        self.orders: dict[str, int] = {}
        for room in rooms:
            self.orders |= room.companions
            for sku in room.companions:
                self.beside[sku].append(room)

    def distance(self, room: Room) -> int:
        """Return the way to the nearest station in mm."""
        return min((apart(room, at) for at in self.stations), default=room.x_mm + room.y_mm)

    def apart(self, room: Room) -> int:
        """Return the mean way to the nearest place of each companion, by orders, in mm; 0 when none stands anywhere."""
        ways = sum(self.orders[sku] * min(apart(room, at) for at in near) for sku, near in self.beside.items())
        return ways // sum(self.orders.values()) if ways else 0


def apart(one: Room, other: Room) -> int:
    """Return the way between two places along and across the aisles, in mm."""
    return abs(one.x_mm - other.x_mm) + abs(one.y_mm - other.y_mm)


def contents(load: Load) -> tuple[Content, ...]:
    """Return the load in the planner's words."""
    rows = {row.sku: row for row in load.rows}
    units = {sku: load.of(sku).units for sku in rows} if not load.qty else {load.skus[0]: load.qty}
    facts = [(rows[sku], qty) for sku, qty in units.items()]
    return tuple(Content(row.sku, qty, row.mm3, row.weight_g, bool(row.hazard), row.owner) for row, qty in facts)


def candidate(room: Room, hall: Hall, single: bool) -> Candidate:
    """Return a place in the planner's words."""
    free, known = (room.free_mm3, room.free_g), (frozenset(room.skus), room.hazard_ok)
    owners, ways = frozenset(room.owners), (hall.distance(room), hall.apart(room))
    return Candidate(
        *(room.id, room.zone, *free, *known, ways[0], not room.skus, single, owners, bool(room.home), ways[1]),
        room.free_units if room.face_units else None,
    )


def velocity(load: Load) -> Velocity:
    """Return how often the load's best item is wanted, by its share of the waiting orders."""
    share = max((row._mapping.get("wanted", 0) / max(row._mapping.get("orders", 0), 1) for row in load.rows), default=0)
    if not any(row._mapping.get("orders") for row in load.rows):
        return "B"
    return "A" if share >= FAST else "C" if share < SLOW else "B"


def split(part: Load, bins: Sequence[Room]) -> Proposal | None:
    """Return the bin that takes the most units of an item of which all fit nowhere; None when not one fits."""
    one = replace(part, qty=1)
    allowed = [room for room in bins if refusal(room, one) is None and not room.skus - set(part.skus)]
    best = max(allowed, key=lambda room: (meant(room, part), -room.id), default=None)
    number = min(meant(best, part), part.units) if best else 0
    return Proposal(best, part.skus[0], number, f"Takes {number} of {part.units}.") if best and number else None


def brimful(part: Load, mine: Sequence[Room]) -> Proposal | None:
    """Return the item's pick face with more than it is meant to hold, before goods end at the problem place."""
    return split(part, [replace(room, face_units=0) for room in mine])


def to_problem(load: Load, found: Sequence[Room]) -> Proposal:
    """Return the problem place; raises NoPlace when there is none."""
    place = next((room for room in found if room.kind == "problem"), None)
    if place is None:
        raise NoPlace
    return Proposal(place, "", load.units, f"No place for this. Take it to {place.name}.")


# -- the rules of a place -----------------------------------------------------------------------------------------


def fits(room: Room, load: Load) -> int:
    """Return how many units of a load's heaviest and biggest item a place can still take."""
    volume, weight = max(row.mm3 for row in load.rows), max(row.weight_g for row in load.rows)
    by_volume = room.free_mm3 // volume if volume else places.UNLIMITED
    return int(min(by_volume, room.free_g // weight if weight else places.UNLIMITED))


def meant(room: Room, load: Load) -> int:
    """Return how many units of an item a place is meant to take: what fits, up to what its pick face should hold."""
    return min(fits(room, load), room.free_units)


def check(room: Room, load: Load) -> None:
    """Raise the refusal that keeps a load out of a place: closed, kind, size, weight, hazard, owner."""
    found = refusal(room, load)
    if found:
        raise found


def refusal(room: Room, load: Load) -> Refusal | None:
    """Return why a place may not take a load, None when it may."""
    if not room.active:
        return Closed(place=room.name)
    if room.kind == "reserve" and not load.lpn_id:
        return KeepsPlates(place=room.name)
    if room.kind not in places.KEEPS:
        return None
    return capacity(room, load) or company(room, load)


def capacity(room: Room, load: Load) -> Refusal | None:
    """Return the refusal of a place that is too small or too weak."""
    parts = contents(load)
    volume = sum(part.qty * part.unit_mm3 for part in parts)
    weight = sum(part.qty * part.unit_g for part in parts)
    if volume <= room.free_mm3 and weight <= room.free_g:
        return None
    return Full(place=room.name, fits=min(fits(room, load), load.units - 1), qty=load.units)


def company(room: Room, load: Load) -> Refusal | None:
    """Return the refusal of a place whose neighbours do not go with the load."""
    hazardous = next((row.sku for row in load.rows if row.hazard), None)
    if hazardous and not room.hazard_ok:
        return Hazard(place=room.name, sku=hazardous)
    others = room.owners - {row.owner for row in load.rows}
    return OtherOwner(place=room.name, owner=sorted(others)[0]) if others else None


def surprise(room: Room, load: Load) -> Ask:
    """Return the question for a place that was not planned."""
    strangers = sorted(room.skus - set(load.skus))
    if strangers and room.kind == "bin":
        return Mixes(place=room.name, sku=strangers[0])
    if room.home and room.home not in load.skus:
        return Kept(place=room.name, sku=room.home)
    return NotPlanned(place=room.name)


# -- the move -----------------------------------------------------------------------------------------


def put(tx: Tx, by: By, load: Load, room: Room, reason: str = "putaway") -> None:
    """Bring a load to a place: unpacked into a bin, on its plate anywhere else.

    A part of a plate's content always goes loose. Raises NotEnough when part of it is reserved.
    """
    if load.lpn_id and room.kind != "bin" and not load.qty:
        ledger.move_lpn(tx, by, load.lpn_id, room.id, reason)
        return
    ledger.post(tx, by, moves(load, Spot(room.id), reason))
    if load.lpn_id and not places.on_plate(tx, load.lpn_id):
        tx.execute(update(lpns).where(lpns.c.id == load.lpn_id).values(location_id=None))


def moves(load: Load, target: Spot, reason: str) -> list[Move]:
    """Return the movements of a load, row by row, until its quantity is reached; a part takes free units only.

    Raises LessLeft when they do not reach it.
    """
    left, found = load.units, []
    for row in load.rows:
        qty = min(row.free if load.qty else row.qty, left)
        if qty > 0:
            spot = Spot(row.location_id, row.lpn_id)
            found.append(Move(row.item_id, qty, spot, target, reason, row.lot_id, row.condition))
            left -= qty
    if left:
        raise LessLeft(free=load.units - left, sku=load.skus[0] if load.skus else "units")
    return found
