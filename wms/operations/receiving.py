"""Receiving: a packing list becomes cartons to expect, and cartons become stock at the dock, counted against it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from wms import barcodes
from wms.db import Tx, table_of
from wms.errors import Ask, BadInput, Refusal
from wms.formats.packing_list import PackedCarton, PackingList
from wms.labels.labels import Line as LabelLine
from wms.labels.labels import LpnLabel
from wms.models.inbound import Receipt, ReceiptCarton, ReceiptLine
from wms.models.items import Item
from wms.models.stock import Lpn
from wms.operations import directory, labelling, master
from wms.operations.ledger import By
from wms.queries import cartons as reads
from wms.queries.cartons import Carton
from wms.settings import Settings

heads, cartons, lines = table_of(Receipt), table_of(ReceiptCarton), table_of(ReceiptLine)
items, lpns = table_of(Item), table_of(Lpn)
WIDTHS = {"list number": 60, "carton number": 20, "lot": 40}


class UnknownItems(BadInput):
    """A packing list names items that this owner does not have."""

    sentence = "Packing list {number}: unknown items {skus}. Add them first."


class KnownList(BadInput):
    """A packing list is received once."""

    sentence = "Packing list {number} is here already, as receipt {code}."


class TooLong(BadInput):
    """A code of the factory's that no label can carry."""

    sentence = "Packing list {number}: {field} {value} is longer than {limit} characters."


class NoCartons(BadInput):
    """A packing list without content."""

    sentence = "Packing list {number} lists no cartons."


class Missing(Ask):
    """Units of the list are not in the carton."""

    sentence = "{qty} {sku} missing. Again to close short."


class AlreadyReceived(Refusal):
    """A carton is received once."""

    sentence = "Carton {number} was received. Scan the next one."


class OtherReceipt(Refusal):
    """The carton was announced by another list."""

    sentence = "Carton {number} is of {receipt}. Scan that receipt."


class ReceiptClosed(Refusal):
    """Nothing more is received on a closed receipt."""

    sentence = "{receipt} is closed. Scan another receipt."


class CartonOpen(Refusal):
    """Somebody still counts a carton of this receipt."""

    sentence = "{name} has carton {number} open. Finish it first."


class PartOnly(Ask):
    """A receipt is closed although cartons did not come."""

    sentence = "{qty} of its cartons did not come. Again to close."


# -- announcing -------------------------------------------------------------------------------------------------------


def announce(tx: Tx, by: By, packing_list: PackingList, owner_id: int) -> int:
    """Write a packing list as a receipt to expect, a licence plate per carton; return the receipt's id.

    Raises KnownList for a number that came before, UnknownItems naming every SKU the owner does not have, TooLong,
    NoCartons.
    """
    number = packing_list.number
    check_list(tx, packing_list)
    known = item_ids(tx, packing_list, owner_id)
    values = {"number": number, "owner_id": owner_id, "supplier": packing_list.supplier[:120], "created_at": tx.now}
    receipt_id = master.add(tx, heads, code=f"new {number}"[:40], **values)
    code = barcodes.number_code("RC", receipt_id)
    tx.execute(update(heads).where(heads.c.id == receipt_id).values(code=code))
    directory.register(tx, code, "receipt", receipt_id, number)
    rows = [row for carton in packing_list.cartons for row in announced(tx, receipt_id, carton, known)]
    tx.execute(insert(lines), rows)
    tx.announce("receiving")
    return receipt_id


def check_list(tx: Tx, packing_list: PackingList) -> None:
    """Raise KnownList, NoCartons or TooLong when a list cannot become a receipt."""
    number = packing_list.number
    known = tx.value(select(heads.c.code).where(heads.c.number == number))
    if known:
        raise KnownList(number=number, code=known)
    if not any(carton.lines for carton in packing_list.cartons):
        raise NoCartons(number=number)
    for field, value in named_values(packing_list):
        if len(value) > WIDTHS[field]:
            raise TooLong(number=number, field=field, value=value, limit=WIDTHS[field])


def named_values(packing_list: PackingList) -> Iterable[tuple[str, str]]:
    """Yield every text of a list that has to fit a column, with what it is."""
    yield "list number", packing_list.number
    for carton in packing_list.cartons:
        yield "carton number", carton.number
        yield from (("lot", line.lot) for line in carton.lines)


def item_ids(tx: Tx, packing_list: PackingList, owner_id: int) -> dict[str, int]:
    """Return the item of every SKU in a list; raises UnknownItems naming all that the owner does not have."""
    wanted = {line.sku for carton in packing_list.cartons for line in carton.lines}
    found = tx.all(select(items.c.id, items.c.sku).where(items.c.owner_id == owner_id))
    known = {row.sku: row.id for row in found}
    if strangers := sorted(wanted - set(known)):
        raise UnknownItems(number=packing_list.number, skus=", ".join(strangers))
    return known


def announced(tx: Tx, receipt_id: int, carton: PackedCarton, known: dict[str, int]) -> list[dict[str, Any]]:
    """Add one carton with its plate and return its lines; rows of the same item, lot and kind are added up."""
    lpn_id, _ = master.add_lpn(tx, "carton", receipt_id=receipt_id)
    carton_id = master.add(tx, cartons, receipt_id=receipt_id, number=carton.number, lpn_id=lpn_id)
    rows: dict[tuple[int, str, bool], dict[str, Any]] = {}
    for line in carton.lines:
        about = {"item_id": known[line.sku], "lot_code": line.lot, "spare": line.spare, "expiry": line.expiry}
        blank = {"carton_id": carton_id, "expected": 0, "received": 0, "damaged": 0}
        row = rows.setdefault((known[line.sku], line.lot, line.spare), blank | about)
        row["expected"] += line.qty
    return list(rows.values())


# -- cartons ----------------------------------------------------------------------------------------------------------

in_hand = (cartons.c.state == "open") & (cartons.c.operator_id == bindparam("holder"))
take_carton = (
    update(cartons)
    .where(cartons.c.id == bindparam("carton"), or_(cartons.c.state == "expected", in_hand))
    .values(state="open", operator_id=bindparam("me"))
)


def open_receipt(tx: Tx, receipt_id: int, dock_id: int | None) -> int:
    """Begin (or go on) receiving at a dock and return its id; raises ReceiptClosed, or BadInput without any dock."""
    receipt = reads.receipt_row(tx, receipt_id)
    assert receipt is not None
    if receipt.state == "closed":
        raise ReceiptClosed(receipt=receipt.number)
    first = None if dock_id or receipt.dock_id else reads.first_place(tx, "dock")
    dock = dock_id or receipt.dock_id or (first.id if first else None)
    if dock is None:
        raise BadInput(field="dock", why="no dock is set up")
    tx.execute(update(heads).where(heads.c.id == receipt_id).values(state="receiving", dock_id=dock))
    tx.announce("receiving")
    return int(dock)


def check_carton(carton: Carton | None, receipt_id: int, scanned: str) -> Carton:
    """Return the carton when it may be received on this receipt; raises the refusal that says why not."""
    if carton is None:
        raise NotOfList(code=scanned)
    if carton.receipt_id != receipt_id:
        raise OtherReceipt(number=carton.number, receipt=carton.receipt)
    if carton.receipt_state == "closed":
        raise ReceiptClosed(receipt=carton.receipt)
    if carton.state == "received":
        raise AlreadyReceived(number=carton.number)
    return carton


class NotOfList(Refusal):
    """A plate or number that no carton of this receipt has."""

    sentence = "{code} is no carton of this receipt."


def open_carton(tx: Tx, by: By, carton: Carton, dock_id: int) -> None:
    """Take a carton in hand at a dock; whoever held it (`carton.operator_id`) is replaced.

    Raises AlreadyReceived when a colleague was faster.
    """
    holder = carton.operator_id or by.operator_id
    took = tx.execute(take_carton, {"carton": carton.id, "me": by.operator_id, "holder": holder})
    if took.rowcount != 1:
        raise AlreadyReceived(number=carton.number)
    tx.execute(update(lpns).where(lpns.c.id == carton.lpn_id).values(location_id=dock_id))
    tx.announce("receiving")


def add_loose(tx: Tx, by: By, receipt_id: int, dock_id: int) -> int:
    """Make a licence plate for units that came without a carton, in hand at a dock; return the carton's id."""
    number = f"loose {reads.progress(tx, receipt_id)[1] + 1}"
    lpn_id, _ = master.add_lpn(tx, "carton", dock_id, receipt_id=receipt_id)
    mine = {"loose": True, "state": "open", "operator_id": by.operator_id}
    return master.add(tx, cartons, receipt_id=receipt_id, number=number, lpn_id=lpn_id, **mine)


def finish_carton(tx: Tx, settings: Settings, by: By, carton: Carton) -> bool:
    """End a carton, print its plate, and close the receipt with the last one; return whether it was the last."""
    done = {"state": "received", "received_at": tx.now}
    tx.execute(update(cartons).where(cartons.c.id == carton.id).values(**done))
    if settings.floor.lpn_labels:
        print_plate(tx, settings, by, carton)
    tx.announce("receiving")
    counted, of = reads.progress(tx, carton.receipt_id)
    if counted < of:
        return False
    end_receipt(tx, carton.receipt_id)
    return True


def reopen_carton(tx: Tx, by: By, carton_id: int) -> None:
    """Take a finished carton in hand again, to correct it."""
    again = {"state": "open", "operator_id": by.operator_id, "received_at": None}
    tx.execute(update(cartons).where(cartons.c.id == carton_id).values(**again))
    tx.announce("receiving")


def print_plate(tx: Tx, settings: Settings, by: By, carton: Carton) -> None:
    """Queue the label of a carton that holds something; a corrected carton prints anew under another event."""
    held = reads.carton(tx, carton.id).lines
    content = tuple(LabelLine(row.sku, row.item_name, row.received) for row in held if row.received)
    if content:
        label = LpnLabel(code=carton.lpn_code, items=content, receipt=carton.receipt, received_on=tx.now.date())
        event = f"lpn:{carton.lpn_id}:{sum(row.received for row in held)}"
        labelling.enqueue(tx, settings, labelling.Print(label, event, carton.lpn_code, carton.dock_id), by)


def close_receipt(tx: Tx, by: By, receipt_id: int, confirmed: bool) -> None:
    """Close a receipt.

    Raises CartonOpen while a colleague counts one of its cartons, PartOnly when cartons are left unless `confirmed`.
    """
    busy = reads.open_elsewhere(tx, receipt_id, by.operator_id or 0)
    if busy:
        raise CartonOpen(name=busy.name, number=busy.number)
    done, of = reads.progress(tx, receipt_id)
    if done < of and not confirmed:
        raise PartOnly(qty=of - done)
    end_receipt(tx, receipt_id)


def end_receipt(tx: Tx, receipt_id: int) -> None:
    """Mark a receipt closed."""
    tx.execute(update(heads).where(heads.c.id == receipt_id).values(state="closed", closed_at=tx.now))
    tx.announce("receiving")
