"""Shipping: a parcel goes onto the truck of its own carrier or not at all; a closed truck is what left the house."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select, update

from wms import barcodes
from wms.db import Tx, table_of
from wms.errors import Ask, Refusal
from wms.models.orders import Order
from wms.models.places import CUSTOMER
from wms.models.shipping import Manifest, Parcel
from wms.models.stock import Lpn
from wms.operations import directory, ledger, master, timeline
from wms.operations.ledger import By, Move, Spot
from wms.queries import shipping as reads

orders, parcels, manifests, lpns = table_of(Order), table_of(Parcel), table_of(Manifest), table_of(Lpn)
CHUNK = 500  # movements in one posting


class NotADock(Refusal):
    """A place where no truck stands."""

    sentence = "{place} is no dock. Scan a dock."


class NotLoadable(Refusal):
    """A parcel that may not go; the kinds of it say why."""

    sentence = "{parcel} may not go. Set it aside."


class NotPackedYet(NotLoadable):
    """A parcel that is still being packed."""

    sentence = "{parcel} is not packed yet."


class AlreadyLoaded(NotLoadable):
    """A parcel that is on a truck."""

    sentence = "{parcel} is already loaded."


class AlreadyGone(NotLoadable):
    """A parcel that has left the house."""

    sentence = "{parcel} left already. Tell a supervisor."


class VoidParcel(NotLoadable):
    """A parcel that was given up."""

    sentence = "{parcel} is void. Set it aside."


class HeldParcel(NotLoadable):
    """A parcel of an order with an open hold."""

    sentence = "{parcel} is on hold: {hold}. Set it aside."


class CancelledParcel(NotLoadable):
    """A parcel of a cancelled order."""

    sentence = "{parcel} is cancelled. Set it aside."


class NoCarrierChosen(NotLoadable):
    """A parcel that nobody takes."""

    sentence = "{parcel} has no carrier. Set it aside."


class JustMoved(NotLoadable):
    """Another scan was faster."""

    sentence = "{parcel} was just moved by a colleague."


class UnknownParcel(NotLoadable):
    """A licence plate without a parcel."""

    sentence = "That parcel is unknown. Set it aside."


class OtherCarrier(Refusal):
    """A parcel for another truck."""

    sentence = "{parcel} goes with {carrier}. This truck is {truck}."


class TruckGone(Refusal):
    """The truck was closed by a colleague."""

    sentence = "This truck is closed. Scan the dock again."


class Unload(Refusal):
    """Something on the truck was stopped after it was loaded."""

    sentence = "{parcel}: {why}. Scan it to take it off."


class LeftBehind(Ask):
    """Parcels of the truck's carrier that are packed and not loaded."""

    sentence = "Not loaded for {carrier}: {left}. F1 to close."


class NothingLoaded(Refusal):
    """There is no load of this person's to take back."""

    sentence = "You loaded nothing here yet."


@dataclass(frozen=True)
class Loaded:
    """What a scan at the truck did: `on` or off, and how the truck stands now."""

    parcel: str
    on: bool
    loaded: int
    left: int
    following: str | None


def choose_dock(tx: Tx, location_id: int) -> int | None:
    """Return the open manifest of a dock, None when no truck stands there yet; raises NotADock."""
    place = reads.dock(tx, location_id)
    if place is None or place.kind != "dock":
        raise NotADock(place=place.name if place else location_id)
    found = reads.open_manifest(tx, location_id)
    return int(found.id) if found else None


def open_truck(tx: Tx, by: By, dock_id: int, lpn_id: int) -> int:
    """Return the manifest of the truck at a dock; the first parcel opens it for its carrier. Raises NotLoadable."""
    standing = choose_dock(tx, dock_id)
    if standing:
        return standing
    parcel = reads.parcel_of(tx, lpn_id)
    check(parcel)
    assert parcel is not None
    facts = {"carrier_id": parcel.parcel_carrier_id, "dock_id": dock_id, "opened_at": tx.now, "state": "open"}
    manifest_id = master.add(tx, manifests, code=f"new at {dock_id}", operator_id=by.operator_id, **facts)
    code = barcodes.number_code("MF", manifest_id)
    tx.execute(update(manifests).where(manifests.c.id == manifest_id).values(code=code))
    directory.register(tx, code, "manifest", manifest_id, code)
    return manifest_id


def check(parcel: Row[Any] | None) -> None:
    """Raise a NotLoadable with the reason unless a parcel is packed, may go, and has a carrier."""
    if parcel is None:
        raise UnknownParcel
    if parcel.parcel_state != "packed":
        raise STATES[parcel.parcel_state](parcel=parcel.parcel)
    if parcel.order_state == "cancelled":
        raise CancelledParcel(parcel=parcel.parcel)
    if parcel.hold:
        raise HeldParcel(parcel=parcel.parcel, hold=parcel.hold)
    if parcel.parcel_carrier_id is None:
        raise NoCarrierChosen(parcel=parcel.parcel)


STATES: dict[str, type[NotLoadable]] = {
    "open": NotPackedYet,
    "loaded": AlreadyLoaded,
    "shipped": AlreadyGone,
    "void": VoidParcel,
}


def stopped(parcel: Row[Any]) -> bool:
    """Return whether a parcel's order must not go."""
    return bool(parcel.order_state == "cancelled" or parcel.hold)


def load(tx: Tx, by: By, manifest_id: int, lpn_id: int) -> Loaded:
    """Put a parcel on the truck, or take it off when its order was stopped after it had been loaded.

    Raises TruckGone, OtherCarrier naming both carriers, NotLoadable naming the reason.
    """
    rows = reads.loading(tx, manifest_id, lpn_id)
    if not rows:
        raise UnknownParcel
    row = rows[0]
    if row.state != "open":
        raise TruckGone
    if row.parcel_state == "loaded" and row.on_manifest == manifest_id and stopped(row):
        return take_off(tx, by, rows)
    check(row)
    if row.parcel_carrier_id != row.carrier_id:
        raise OtherCarrier(parcel=row.parcel, carrier=row.parcel_carrier, truck=row.carrier)
    change(tx, row, "packed", {"state": "loaded", "manifest_id": manifest_id})
    carry(tx, by, rows, row.dock_id, "load")
    return Loaded(row.parcel, True, row.loaded + 1, row.left - 1, row.following)


def change(tx: Tx, row: Row[Any], before: str, values: dict[str, Any]) -> None:
    """Change a parcel that is still in the state it was read in; another scan may have been faster."""
    still = (parcels.c.id == row.parcel_id, parcels.c.state == before)
    if tx.execute(update(parcels).where(*still).values(**values)).rowcount != 1:
        raise JustMoved(parcel=row.parcel)
    tx.announce("packing")


def carry(tx: Tx, by: By, rows: Sequence[Row[Any]], place_id: int, reason: str) -> None:
    """Move a parcel with its content to a place, in one posting."""
    lpn_id = rows[0].parcel_lpn
    moves = [
        Move(
            row.item_id,
            row.qty,
            Spot(row.location_id, lpn_id),
            Spot(place_id, lpn_id),
            reason,
            row.lot_id,
            row.condition,
            document=row.code,
        )
        for row in rows
        if row.qty and row.location_id != place_id
    ]
    ledger.post(tx, by, moves)
    tx.execute(update(lpns).where(lpns.c.id == lpn_id).values(location_id=place_id))


def take_off(tx: Tx, by: By, rows: Sequence[Row[Any]]) -> Loaded:
    """Take a loaded parcel off its truck and back to where it was packed."""
    row = rows[0]
    change(tx, row, "loaded", {"state": "packed", "manifest_id": None})
    carry(tx, by, rows, row.station_id or row.dock_id, "unload")
    back = 0 if stopped(row) else 1
    return Loaded(row.parcel, False, row.loaded - 1, row.left + back, row.parcel if back else row.following)


def undo(tx: Tx, by: By, manifest_id: int) -> Loaded:
    """Take the parcel that this person loaded last off the truck; raises NothingLoaded, TruckGone."""
    last = reads.last_loaded(tx, manifest_id, by.operator_id or 0)
    rows = reads.loading(tx, manifest_id, last) if last else []
    if not rows:
        raise NothingLoaded
    if rows[0].state != "open":
        raise TruckGone
    return take_off(tx, by, rows)


# -- the truck leaves -------------------------------------------------------------------------------------------------


def close(tx: Tx, by: By, manifest_id: int, confirmed: bool) -> int:
    """Close a truck: its parcels go to the customer, their orders are shipped. Returns how many parcels left.

    A truck without a parcel leaves no manifest behind. Raises TruckGone, Unload naming a parcel that was stopped
    meanwhile, LeftBehind with how many parcels of the carrier stay behind unless `confirmed`.
    """
    tx.execute(select(manifests.c.id).where(manifests.c.id == manifest_id).with_for_update(key_share=True))
    truck = reads.truck(tx, manifest_id)
    if truck is None or truck.state != "open":
        raise TruckGone
    if bad := reads.stopped_on(tx, manifest_id):
        raise Unload(parcel=bad.code, why=bad.hold or "cancelled")
    if not truck.loaded:
        forget(tx, truck)
        return 0
    if truck.left and not confirmed:
        raise LeftBehind(left=truck.left, carrier=truck.carrier)
    return depart(tx, by, truck)


def forget(tx: Tx, truck: Row[Any]) -> None:
    """Remove a truck onto which nothing was loaded."""
    directory.forget(tx, truck.code)
    tx.execute(delete(manifests).where(manifests.c.id == truck.id))


def depart(tx: Tx, by: By, truck: Row[Any]) -> int:
    """Hand a truck's parcels over."""
    for moves in chunks([leaving(row, truck.code) for row in reads.aboard(tx, truck.id)]):
        ledger.post(tx, by, moves)
    aboard = (parcels.c.manifest_id == truck.id, parcels.c.state == "loaded")
    gone = update(parcels).where(*aboard).values(state="shipped", shipped_at=tx.now).returning(parcels.c.id)
    number = len(tx.execute(gone).all())
    on_truck = select(parcels.c.lpn_id).where(parcels.c.manifest_id == truck.id)
    tx.execute(update(lpns).where(lpns.c.id.in_(on_truck)).values(location_id=None))
    ship_orders(tx, by, truck)
    closed = {"state": "closed", "closed_at": tx.now, "operator_id": by.operator_id}
    tx.execute(update(manifests).where(manifests.c.id == truck.id).values(**closed))
    tx.announce("packing", "orders")
    return number


def leaving(row: Row[Any], document: str) -> Move:
    """Return the movement of one balance on the truck to the customer."""
    spots = Spot(row.location_id, row.lpn_id), Spot(CUSTOMER, row.lpn_id)
    return Move(row.item_id, row.qty, *spots, "ship", row.lot_id, row.condition, document=document)


def chunks(moves: list[Move]) -> Iterator[list[Move]]:
    """Yield the moves in parts that one posting takes; their order, that of the balances, is kept."""
    for start in range(0, len(moves), CHUNK):
        yield moves[start : start + CHUNK]


def ship_orders(tx: Tx, by: By, truck: Row[Any]) -> None:
    """Let the orders be shipped whose last parcel was on this truck."""
    here = select(parcels.c.order_id).where(parcels.c.manifest_id == truck.id)
    waits = select(parcels.c.id).where(parcels.c.order_id == orders.c.id, parcels.c.state.not_in(("shipped", "void")))
    whole = (orders.c.id.in_(here), orders.c.state == "packed", ~waits.exists())
    done = tx.execute(update(orders).where(*whole).values(state="shipped", shipped_at=tx.now).returning(orders.c.id))
    timeline.note(tx, [row.id for row in done], "shipped", f"{truck.carrier}, {truck.code}", by.operator_id)
