"""Packing: every unit is verified into the parcel before its label exists, and nothing leaves on a held order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from wms.db import Tx, insert_or_add, table_of
from wms.errors import Refusal
from wms.models.orders import Order, OrderLine
from wms.models.outbound import ListOrder
from wms.models.people import Device
from wms.models.places import Location
from wms.models.shipping import Parcel, ParcelLine
from wms.models.stock import Lpn, Serial
from wms.operations import ledger, reviewing
from wms.operations.ledger import By, Move, Spot
from wms.queries import boxes
from wms.queries import packing as reads
from wms.queries.boxes import Box, Need, Source

orders = table_of(Order)
parcels, serials, lpns, parcel_lines = table_of(Parcel), table_of(Serial), table_of(Lpn), table_of(ParcelLine)
locations, devices, lines, list_orders = map(table_of, (Location, Device, OrderLine, ListOrder))

count_packed = (
    update(lines)
    .where(lines.c.id == bindparam("line"), lines.c.packed + bindparam("more") <= lines.c.picked)
    .values(packed=lines.c.packed + bindparam("more"))
)
count_in_parcel = insert_or_add(ParcelLine, ("parcel_id", "order_line_id", "lot_id"), "qty")
discount = (
    update(parcel_lines)
    .where(parcel_lines.c.parcel_id == bindparam("parcel"), parcel_lines.c.order_line_id == bindparam("line"))
    .where(parcel_lines.c.lot_id == bindparam("lot"))
    .values(qty=parcel_lines.c.qty - bindparam("less"))
)


class HeldMeanwhile(Refusal):
    """A hold that came while the order was packed; no label is made."""

    sentence = "Now on hold: {hold}. Press F3: problem shelf."


class WrongItem(Refusal):
    """A unit that the order does not want."""

    sentence = "This is {scanned}. This order takes {wanted}."


class NoneWanted(Refusal):
    """A unit that no order of a bulk tote wants."""

    sentence = "No order of this tote takes {scanned}. Set it aside."


class Complete(Refusal):
    """One unit too many."""

    sentence = "{sku} is complete. Put it back."


class TooMany(Refusal):
    """A case with more units than are missing."""

    sentence = "{qty} are too many. {left} of {sku} missing."


class NotInTote(Refusal):
    """The book has no such unit in the order's totes."""

    sentence = "No {sku} is booked in this tote. Set it aside."


class WrongLot(Refusal):
    """A lot that was not picked for this order."""

    sentence = "Lot {lot} of {sku} is not in this tote."


class LotWanted(Refusal):
    """A label without a lot, where the lot is asked for."""

    sentence = "Scan or type the lot of {sku}."


class NotHeld(Refusal):
    """The problem shelf is for held orders."""

    sentence = "Order {number} is not on hold. Go on packing."


class OneByOne(Refusal):
    """Units with serial numbers are not counted by the case."""

    sentence = "{sku} has serial numbers. Scan unit by unit."


class SerialUsed(Refusal):
    """A serial number that lies in a parcel already."""

    sentence = "Serial {serial} is already in {parcel}."


class NothingToUndo(Refusal):
    """No unit is in the parcel."""

    sentence = "Nothing is in the parcel yet."


# -- a unit -----------------------------------------------------------------------------------------------------------


def check_free(box: Box) -> None:
    """Raise HeldMeanwhile when the order of the box was put on hold."""
    if box.hold:
        raise HeldMeanwhile(hold=box.hold)


def wanted(box: Box, item_id: int, sku: str, qty: int) -> Need:
    """Return the line that `qty` scanned units belong to.

    Raises WrongItem, Complete or TooMany naming what was scanned and what is missing, OneByOne for a case of units
    with serial numbers.
    """
    need = box.need_of(item_id)
    if need is None:
        raise WrongItem(scanned=sku, wanted=box.next.sku if box.next else "nothing more")
    if need.left <= 0:
        raise Complete(sku=sku)
    if qty > need.left:
        raise TooMany(qty=qty, left=need.left, sku=sku)
    if need.serial_tracked and qty > 1:
        raise OneByOne(sku=sku)
    return need


def lots_of(need: Need) -> list[str]:
    """Return the lots of a line's units in the totes, those with most units first."""
    found: dict[str, int] = {}
    for source in need.sources:
        found[source.lot] = found.get(source.lot, 0) + source.qty
    return sorted(found, key=lambda name: -found[name])


def verify(tx: Tx, by: By, box: Box, need: Need, units: list[tuple[Source, int]]) -> Box:
    """Move verified units (as `chosen`) from the totes into the parcel and return the box as it is then.

    Raises Complete when another scan verified the last of them.
    """
    qty = sum(took for _, took in units)
    target = Spot(box.place_id, box.lpn_id)
    moves = [
        Move(need.item_id, took, spot_of(source), target, "pack", source.lot_id, document=box.code)
        for source, took in units
    ]
    if tx.execute(count_packed, {"line": need.line_id, "more": qty}).rowcount != 1:
        raise Complete(sku=need.sku)
    ledger.post(tx, by, moves)
    count(tx, box, need, [(source.lot_id, took) for source, took in units])
    tx.announce("packing")
    return box.after(need, qty)


def spot_of(source: Source) -> Spot:
    """Return the place and the tote of a source."""
    return Spot(source.location_id, source.lpn_id)


def chosen(need: Need, qty: int, lot: str | None) -> list[tuple[Source, int]]:
    """Return from which totes and lots `qty` units come; raises WrongLot or NotInTote when they do not hold so many."""
    usable = [source for source in need.sources if lot is None or source.lot == lot]
    if lot is not None and not usable:
        raise WrongLot(lot=lot, sku=need.sku)
    taken: list[tuple[Source, int]] = []
    for source in usable:
        took = min(qty - sum(each for _, each in taken), source.qty)
        if took:
            taken.append((source, took))
    if sum(each for _, each in taken) < qty:
        raise NotInTote(sku=need.sku)
    return taken


def count(tx: Tx, box: Box, need: Need, by_lot: list[tuple[int, int]]) -> None:
    """Add units by lot to the parcel's lines."""
    key = {"parcel_id": box.parcel_id, "order_line_id": need.line_id, "item_id": need.item_id}
    for lot_id, qty in by_lot:
        tx.execute(count_in_parcel, key | {"lot_id": lot_id, "qty": qty})


def use_serial(tx: Tx, box: Box, need: Need, serial: str) -> None:
    """Note which unit went into the parcel; raises SerialUsed naming the parcel it already lies in."""
    is_it = (serials.c.item_id == need.item_id, serials.c.serial == serial)
    found = tx.one(select(serials.c.id, serials.c.parcel_id).where(*is_it).with_for_update(key_share=True))
    if found is None:
        values = {"item_id": need.item_id, "serial": serial, "parcel_id": box.parcel_id, "scanned_at": tx.now}
        tx.execute(insert(serials).values(**values))
    elif found.parcel_id is not None:
        where = tx.value(select(parcels.c.code).where(parcels.c.id == found.parcel_id))
        raise SerialUsed(serial=serial, parcel=where)
    else:
        used = {"parcel_id": box.parcel_id, "scanned_at": tx.now}
        tx.execute(update(serials).where(serials.c.id == found.id).values(**used))


def own_serial(box: Box, need: Need) -> str:
    """Return a serial number of our own, for a unit that carries none: parcel, line and count."""
    return f"{box.code.replace('-', '')}.{need.line_id}.{need.boxed + 1}"


def undo(tx: Tx, by: By, box: Box) -> tuple[str, int]:
    """Put the last verified units back into their tote by a compensating move; return (SKU, units).

    Raises NothingToUndo when the parcel is empty.
    """
    last = last_verified(tx, box)
    need = box.need_of(last.item_id)
    assert need is not None
    parcel, tote = Spot(box.place_id, box.lpn_id), home(tx, box, last)
    ledger.post(tx, by, [Move(last.item_id, last.qty, parcel, tote, "unpack", last.lot_id, document=box.code)])
    tx.execute(update(lines).where(lines.c.id == need.line_id).values(packed=lines.c.packed - last.qty))
    tx.execute(discount, {"parcel": box.parcel_id, "line": need.line_id, "lot": last.lot_id, "less": last.qty})
    forget_serial(tx, box, need)
    tx.announce("packing")
    return need.sku, last.qty


def home(tx: Tx, box: Box, move: Row[Any]) -> Spot:
    """Return where verified units go back to: their tote where it stands now; their slot, or the tote that took it.

    Raises NothingToUndo when that serves others by now.
    """
    mine = list_orders.c.order_id == box.order_id
    its_slot = select(list_orders.c.id).where(mine, list_orders.c.place_id == move.from_location_id)
    if not move.from_lpn_id and tx.value(its_slot):
        return Spot(move.from_location_id)
    its_lists = lpns.c.list_id.in_(select(list_orders.c.list_id).where(mine))
    its_own = (lpns.c.order_id == box.order_id, lpns.c.kind == "tote")
    found = select(lpns.c.id, lpns.c.location_id).order_by(lpns.c.id).limit(1)
    tote = tx.one(found.where(lpns.c.id == move.from_lpn_id, its_lists) if move.from_lpn_id else found.where(*its_own))
    if tote is None:
        raise NothingToUndo
    return Spot(tote.location_id, tote.id)


def last_verified(tx: Tx, box: Box) -> Row[Any]:
    """Return the last move into the parcel that was not undone; raises NothingToUndo."""
    standing: list[Row[Any]] = []
    for row in boxes.verifications(tx, box.code):
        if row.reason == "pack":
            standing.append(row)
        elif standing:
            standing.pop()
    if not standing:
        raise NothingToUndo
    return standing[-1]


def forget_serial(tx: Tx, box: Box, need: Need) -> None:
    """Take the last serial number of an item out of the parcel."""
    in_parcel = (serials.c.parcel_id == box.parcel_id, serials.c.item_id == need.item_id)
    last = select(serials.c.id).where(*in_parcel).order_by(serials.c.scanned_at.desc(), serials.c.id.desc()).limit(1)
    tx.execute(update(serials).where(serials.c.id == last.scalar_subquery()).values(parcel_id=None))


# -- what cannot go on ------------------------------------------------------------------------------------------------


def hold_short(tx: Tx, box: Box) -> None:
    """Put the order on hold because units are missing from its tote."""
    missing = ", ".join(f"{need.left} {need.sku}" for need in box.needs if need.left)
    reviewing.hold(tx, box.order_id, "SHORT", f"Missing at packing: {missing}")
    tx.announce("packing")


def set_aside(tx: Tx, by: By, box: Box) -> None:
    """Carry the open parcel and the order's own totes to the problem shelf, if the site has one."""
    shelf = problem_shelf(tx)
    own = select(lpns.c.id).where(lpns.c.order_id == box.order_id, lpns.c.kind == "tote").order_by(lpns.c.id)
    for lpn_id in [*(row.id for row in tx.all(own)), box.lpn_id] if shelf else ():
        ledger.move_lpn(tx, replace(by, document=box.code), lpn_id, int(shelf or 0), "set aside")
    tx.announce("packing")


def shelve_totes(tx: Tx, by: By, list_id: int) -> tuple[str, list[int]]:
    """Carry the shared totes of a list in which something is left to the problem shelf; return its name and the totes.

    The name is empty when the site has no such shelf: then they stay where they are.
    """
    shelf = problem_shelf(tx)
    full = [row.id for row in tx.all(reads.shared_totes, list=list_id)]
    for tote_id in full if shelf else ():
        ledger.move_lpn(tx, by, tote_id, int(shelf or 0), "set aside")
    return str(tx.value(select(locations.c.name).where(locations.c.id == shelf)) or ""), full


def problem_shelf(tx: Tx) -> int | None:
    """Return the first place for problems, None when the site has none."""
    first = select(locations.c.id).where(locations.c.kind == "problem", locations.c.active).order_by(locations.c.id)
    found = tx.value(first)
    return int(found) if found else None


def hold_rest(tx: Tx, list_id: int) -> int:
    """Put every order of a bulk list that is not begun and has no slot on hold as short; return how many."""
    rest = reads.unbegun(tx, list_id)
    for row in rest:
        reviewing.hold(tx, row.id, "SHORT", "Missing at packing: its units are not in the tote")
    tx.announce("packing")
    return len(rest)
