"""Moving: goods from one place to another, as long as nobody waits for them where they are."""

from __future__ import annotations

from collections.abc import Iterable

from wms.db import Tx
from wms.errors import Ask, Refusal
from wms.models.stock import AVAILABLE, SPARE
from wms.operations import putaway, quality
from wms.operations.ledger import By, NotEnough, Spot
from wms.operations.putaway import Load
from wms.operations.quality import Goods
from wms.queries import places
from wms.queries.places import Room

GOOD = (AVAILABLE, SPARE)
TARGETS = (*places.KEEPS, "problem", "dock", "stage", "quarantine")


class NothingFree(Refusal):
    """All units are promised to orders."""

    sentence = "All {qty} {sku} in {place} are reserved."


class SamePlace(Refusal):
    """A move leads elsewhere."""

    sentence = "It came from {place}. Scan another place."


class ByDamage(Refusal):
    """Good units enter quarantine only when they are called damaged."""

    sentence = "{place} is for damaged goods. Press F3 Damaged."


class StaysHeld(Refusal):
    """What may not be sold leaves quarantine by a supervisor's word."""

    sentence = "{sku} is {condition}. A supervisor releases it."


class Releases(Ask):
    """A supervisor lets goods out of quarantine by moving them to a shelf."""

    sentence = "Releases {what} for sale. Again to confirm."


def check_free(load: Load, place: str) -> None:
    """Raise NothingFree or NotEnough (with the free figure) when reserved units would have to move."""
    free = sum(row.free for row in load.rows)
    sku = load.skus[0] if len(load.skus) == 1 else "units"
    if not free:
        raise NothingFree(qty=sum(row.qty for row in load.rows), sku=sku, place=place)
    if load.units > free:
        raise NotEnough(free=free, sku=sku, place=place)


def check_target(load: Load, room: Room) -> None:
    """Raise the refusal that keeps a load out of a place: its own, its kind, its room, its neighbours."""
    if {row.location_id for row in load.rows} == {room.id}:
        raise SamePlace(place=room.name)
    if room.kind not in TARGETS:
        raise putaway.NoStockPlace(place=room.name, kind=room.kind)
    if room.kind == "quarantine" and not is_held(load):
        raise ByDamage(place=room.name)
    putaway.check(room, load)


def is_held(load: Load) -> bool:
    """Return whether all of a load may not be sold."""
    return all(row.condition not in GOOD for row in load.rows)


def releases(load: Load, room: Room) -> bool:
    """Return whether bringing a load to a place would put goods on sale that are held."""
    return room.kind in places.KEEPS and any(row.condition not in GOOD for row in load.rows)


def move(tx: Tx, by: By, load: Load, room: Room, roles: Iterable[str]) -> None:
    """Bring a load to a place in one posting; held goods that reach a shelf are released.

    Raises StaysHeld when that needs a supervisor, NotEnough when units were reserved meanwhile.
    """
    if not releases(load, room):
        putaway.put(tx, by, load, room, "move")
        return
    if "supervisor" not in roles:
        held = next(row for row in load.rows if row.condition not in GOOD)
        raise StaysHeld(sku=held.sku, condition=held.condition)
    target = Spot(room.id, 0 if room.kind == "bin" else load.lpn_id)
    for spot, goods in by_spot(load).items():
        quality.release(tx, by, goods, (spot, target), roles)


def condemn(tx: Tx, by: By, load: Load) -> None:
    """Bring a load to quarantine as damaged; raises NotEnough when part of it is reserved."""
    for spot, goods in by_spot(load).items():
        quality.damage(tx, by, goods, spot)


def by_spot(load: Load) -> dict[Spot, list[Goods]]:
    """Return the goods of a load by where they stand; a load stands in one place, on one plate or loose."""
    found: dict[Spot, list[Goods]] = {}
    for each in putaway.moves(load, Spot(0), ""):
        found.setdefault(each.source, []).append(Goods(each.item_id, each.qty, each.lot_id, each.condition))
    return found
