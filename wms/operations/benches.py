"""The pack bench: which tote is opened, who packs it and where, and the parcel that is opened for its order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select, update

from wms import barcodes
from wms.db import Tx, table_of
from wms.errors import Refusal, clip
from wms.models.orders import Order
from wms.models.people import Device
from wms.models.places import Location
from wms.models.shipping import Parcel
from wms.models.stock import Lpn
from wms.operations import claims, ledger, master, timeline
from wms.operations.claims import Taker
from wms.operations.ledger import By
from wms.queries import boxes, wall
from wms.queries import packing as reads
from wms.queries.codes import meanings

orders, parcels, lpns = table_of(Order), table_of(Parcel), table_of(Lpn)
locations, devices = table_of(Location), table_of(Device)


class EmptyTote(Refusal):
    """A tote without units of a list."""

    sentence = "Tote {tote} is empty. Scan another one."


class SortFirst(Refusal):
    """A tote whose units go to the put-wall first."""

    sentence = "Tote {tote} goes to the wall first. Choose Sort."


class EmptySlot(Refusal):
    """A slot of the wall that no order has."""

    sentence = "{slot} is empty. Scan another one."


class Incomplete(Refusal):
    """A slot for which units are still to be sorted."""

    sentence = "{slot} waits for {missing} more. Scan another one."


class NothingFree(Refusal):
    """A shared tote in which every order is packed or on hold."""

    sentence = "Nothing in tote {tote} may be packed now."


class StillPicked(Refusal):
    """A tote that has not arrived at a station."""

    sentence = "Tote {tote} is still being picked. Scan another one."


class NotPackable(Refusal):
    """An order that is past packing, or not there yet."""

    sentence = "Order {number} is {state}. Scan another tote."


class OnHold(Refusal):
    """An order that must not go on; names the hold."""

    sentence = "On hold: {hold}. A supervisor clears it."


class NoCarrier(Refusal):
    """No carrier goes to the order's country."""

    sentence = "No carrier goes to {country}. Tell a supervisor."


class NoStation(Refusal):
    """A place where nobody packs."""

    sentence = "{place} is no pack station."


@dataclass(frozen=True)
class Bench:
    """Where packing happens: out of what ("tote 5", "W1-07"), for which list, and where the parcel stands."""

    source: str
    list_id: int
    station_id: int
    order_id: int | None  # None: a tote that the orders of its list share

    @property
    def subject(self) -> str:
        """Return what is claimed: the order with all its totes, or the list with the totes that its orders share."""
        return f"order:{self.order_id}" if self.order_id else f"list:{self.list_id}"


def choose_station(tx: Tx, device_id: int, location_id: int) -> None:
    """Let a device stand at a pack station; raises NoStation."""
    place = tx.one(select(locations.c.name, locations.c.kind).where(locations.c.id == location_id))
    if place is None or place.kind != "station":
        raise NoStation(place=place.name if place else location_id)
    tx.execute(update(devices).where(devices.c.id == device_id).values(station_id=location_id))


def stand(tx: Tx, device_id: int, text: str) -> str:
    """Let a device stand at the pack station whose code was scanned; return its name. Raises NoStation."""
    scanned = barcodes.understand(text)
    place = next((found for found in meanings(tx, scanned) if found.kind == "location"), None)
    if place is None:
        raise NoStation(place=clip(scanned.shown, 30))
    choose_station(tx, device_id, place.ref)
    return place.name


def open_tote(tx: Tx, tote_id: int, device_id: int) -> Bench:
    """Return what a scanned tote means.

    Raises EmptyTote or StillPicked when there is nothing to pack in it, SortFirst when the put-wall comes first.
    """
    tote = reads.tote_of(tx, tote_id)
    if tote is None or tote.list_id is None or not tote.units:
        raise EmptyTote(tote=tote_id)
    if tote.kind not in ("station", "problem") or tote.list_state not in ("picked", "packed"):
        raise StillPicked(tote=tote_id)
    if tote.mode == "batch" and tote.kind == "station" and not tote.order_id:
        raise SortFirst(tote=tote_id)
    return Bench(f"tote {tote_id}", tote.list_id, station_for(tx, device_id, tote), tote.order_id)


def open_slot(tx: Tx, place_id: int, device_id: int) -> Bench | None:
    """Return what a scanned slot of the put-wall means, None for another place. Raises EmptySlot, Incomplete."""
    slot = wall.slot_of(tx, place_id)
    if slot is None:
        return None
    if slot.order_id is None or not slot.full:
        raise EmptySlot(slot=slot.name)
    if not slot.complete and not slot.held:
        raise Incomplete(slot=slot.name, missing=slot.missing)
    chosen = tx.value(select(devices.c.station_id).where(devices.c.id == device_id))
    return Bench(slot.name, slot.list_id, int(chosen or slot.station_id), slot.order_id)


def open_order(tx: Tx, order_id: int, device_id: int) -> Bench:
    """Return where an order is packed from: its slot, its own tote, or a tote that it shares."""
    slot = wall.slot_of_order(tx, order_id)
    if slot and (bench := open_slot(tx, slot.id, device_id)):
        return bench
    totes = reads.totes_of_order(tx, order_id)
    return replace(open_tote(tx, totes[0].id if totes else 0, device_id), order_id=order_id)


def station_for(tx: Tx, device_id: int, tote: Row[Any]) -> int:
    """Return the station to pack at: the device's, else the tote's, else the first there is."""
    chosen = tx.value(select(devices.c.station_id).where(devices.c.id == device_id))
    if chosen or tote.kind == "station":
        return int(chosen or tote.location_id)
    first = select(locations.c.id).where(locations.c.kind == "station", locations.c.active).order_by(locations.c.name)
    return int(tx.value(first) or tote.location_id)


def claim(tx: Tx, taker: Taker, bench: Bench) -> int | None:
    """Let nobody else pack this order, or from the totes of this list; return the parcel a former task left in hand.

    Raises InHand naming the colleague who has it, see `claims.claim`.
    """
    if bench.order_id:
        tx.execute(select(orders.c.id).where(orders.c.id == bench.order_id).with_for_update(key_share=True))
    begun = reads.parcel_in_hand(tx, bench.subject, taker.by.task_id or 0)
    claims.claim(tx, taker, bench.subject, bench.source)
    return begun


def begin_order(tx: Tx, by: By, order_id: int, station_id: int) -> int:
    """Return the order's open parcel at this station, opened when there is none.

    Raises OnHold naming the hold, NotPackable naming the state, NoCarrier naming the country.
    """
    begun = update(orders).where(orders.c.id == order_id, orders.c.state == "picked").values(state="packing")
    new = tx.execute(begun).rowcount == 1
    row = reads.order_of(tx, order_id)
    assert row is not None
    if row.state != "packing":
        raise NotPackable(number=row.number, state=row.state)
    if row.hold:
        raise OnHold(hold=row.hold)
    if new:
        timeline.note(tx, order_id, "packing", "Packing began.", by.operator_id)
    return open_parcel(tx, by, row, station_id)


def open_parcel(tx: Tx, by: By, order: Row[Any], station_id: int) -> int:
    """Return the open parcel of an order, brought to the station; or a new one with the carrier for its country."""
    is_open = (parcels.c.order_id == order.id, parcels.c.state == "open")
    found = tx.one(select(parcels.c.id, parcels.c.lpn_id, parcels.c.station_id).where(*is_open).order_by(parcels.c.id))
    if found:
        bring(tx, by, found, station_id)
        return int(found.id)
    carrier = boxes.carrier_for(tx, order.country)
    if carrier is None:
        raise NoCarrier(country=order.country)
    lpn_id, code = master.add_lpn(tx, "parcel", station_id, order_id=order.id)
    facts = {"carrier_id": carrier.id, "station_id": station_id, "state": "open", "opened_at": tx.now}
    return master.add(tx, parcels, code=code, lpn_id=lpn_id, order_id=order.id, **facts)


def bring(tx: Tx, by: By, parcel: Row[Any], station_id: int) -> None:
    """Bring an open parcel with its content to another station."""
    at = tx.value(select(lpns.c.location_id).where(lpns.c.id == parcel.lpn_id))
    if at != station_id:
        ledger.move_lpn(tx, by, parcel.lpn_id, station_id, "bring")
        tx.execute(update(parcels).where(parcels.c.id == parcel.id).values(station_id=station_id))
