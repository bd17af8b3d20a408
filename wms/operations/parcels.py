"""Parcels: the carton, the weight and the label of a verified box, and what an order's last parcel ends behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from wms.db import Tx, table_of
from wms.errors import Ask, BadInput, Refusal
from wms.labels.labels import Line, ParcelLabel
from wms.models.orders import Order
from wms.models.outbound import ListOrder, PickList, Wave
from wms.models.shipping import Parcel
from wms.models.stock import Lpn, Stock
from wms.operations import boxing, labelling, packing, timeline
from wms.operations.ledger import By
from wms.queries import boxes
from wms.queries.boxes import Box
from wms.settings import Settings

orders, parcels, lpns, stock = table_of(Order), table_of(Parcel), table_of(Lpn), table_of(Stock)
lists, list_orders, waves = table_of(PickList), table_of(ListOrder), table_of(Wave)
ENDED = ("packed", "shipped", "cancelled")


class OtherCarton(Ask):
    """A carton that was not proposed."""

    sentence = "{proposed} was proposed. Again to take {taken}."


class TooHeavy(Refusal):
    """More weight than the carton carries."""

    sentence = "{carton} carries {most} g, this weighs {weight} g."


class NoWeight(Refusal):
    """A scale that shows nothing."""

    sentence = "The weight must be at least 1 g."


class WeightOff(Ask):
    """A weight that says that something else is in the box."""

    sentence = "{weight} g, expected {low}–{high}. Check the content."


class NotPacked(Refusal):
    """A label for an empty box."""

    sentence = "Nothing is in this parcel yet."


class NoLabel(Refusal):
    """A label that cannot be drawn, for what is in one of its fields or for the printer's density."""

    sentence = "No label can be made: {field}. Tell a supervisor."


class OtherParcel(Refusal):
    """The label of another parcel on this box."""

    sentence = "That is {scanned}. This box is {wanted}."


def proposed(box: Box, cartons: Sequence[Row[Any]]) -> Row[Any] | None:
    """Return the type of carton for what is in the box; the largest when none takes it all, None without any type."""
    if not cartons:
        return None
    plan = boxing.packing(box, cartons, rest=False)
    by_code = {row.code: row for row in cartons}
    fits = len(plan.parcels) == 1 and not plan.unpackable
    return by_code[plan.parcels[0].carton] if fits else cartons[-1]


def waive_carton(tx: Tx, box: Box) -> bool:
    """Settle the carton where there is nothing to choose; return whether it is settled."""
    cartons = [] if box.carton_id else boxes.cartons(tx)
    if len(cartons) == 1:
        put_into(tx, box, cartons[0].id)
    return len(cartons) < 2


def choose_carton(tx: Tx, box: Box, carton_id: int, confirmed: bool) -> None:
    """Take a type of carton; raises OtherCarton unless it is the proposed one or `confirmed`, TooHeavy never mind."""
    cartons = boxes.cartons(tx)
    best = proposed(box, cartons)
    taken = next(row for row in cartons if row.id == carton_id)
    if best is not None and best.id != carton_id and not confirmed:
        raise OtherCarton(proposed=best.name, taken=taken.name)
    weight = taken.tare_g + content_g(box)
    if weight > taken.max_g:
        raise TooHeavy(carton=taken.name, most=f"{taken.max_g:,}", weight=f"{weight:,}")
    put_into(tx, box, carton_id)


def put_into(tx: Tx, box: Box, carton_id: int | None) -> None:
    """Write the parcel's carton."""
    tx.execute(update(parcels).where(parcels.c.id == box.parcel_id).values(carton_id=carton_id))


def content_g(box: Box) -> int:
    """Return the weight in g of what is in the box, by the items' own weights."""
    return sum(need.boxed * need.weight_g for need in box.needs)


def expected_g(box: Box) -> int:
    """Return the weight in g that the scale should show."""
    return box.tare_g + content_g(box)


def band_g(box: Box, settings: Settings) -> tuple[int, int] | None:
    """Return the weights in g that pass; None when an item's weight is unknown, for then nothing can be expected."""
    if any(need.boxed and not need.weight_g for need in box.needs):
        return None
    floor, middle = settings.floor, expected_g(box)
    off = max(floor.weight_tolerance_g, middle * floor.weight_tolerance_percent // 100)
    return max(1, middle - off), middle + off


def check_weight(box: Box, settings: Settings, weight_g: int, confirmed: bool) -> None:
    """Raise WeightOff with both figures when a weight is outside the band and not `confirmed`; NoWeight below 1 g."""
    if weight_g < 1:
        raise NoWeight
    band = band_g(box, settings)
    if band and not band[0] <= weight_g <= band[1] and not confirmed:
        raise WeightOff(weight=f"{weight_g:,}", low=f"{band[0]:,}", high=f"{band[1]:,}")


# -- the label --------------------------------------------------------------------------------------------------------


def close(tx: Tx, settings: Settings, by: By, box: Box, list_id: int) -> None:
    """Close a parcel with the weight in `box.weight_g` and queue its label, in this one transaction.

    Raises HeldMeanwhile, NotPacked while the box is empty, NoLabel when the label cannot be drawn.
    """
    tx.execute(select(lists.c.id).where(lists.c.id == list_id).with_for_update(key_share=True))
    tx.execute(select(orders.c.id).where(orders.c.id == box.order_id).with_for_update(key_share=True))
    packing.check_free(box)
    if not box.boxed:
        raise NotPacked
    print_label(tx, settings, by, box)
    facts = {"weight_g": box.weight_g, "expected_g": expected_g(box), "packed_at": tx.now, "packed_by": by.operator_id}
    open_one = (parcels.c.id == box.parcel_id, parcels.c.state == "open")
    tx.execute(update(parcels).where(*open_one).values(state="packed", **facts))
    timeline.note(tx, box.order_id, "packed", in_words(box), by.operator_id)
    if not box.left:
        tx.execute(update(orders).where(orders.c.id == box.order_id).values(state="packed"))
    free_totes(tx, box.order_id, list_id)
    end_list(tx, list_id)
    tx.announce("packing")


def in_words(box: Box) -> str:
    """Return what the timeline says of a packed parcel: its code and weight, and what a cleared hold let go without."""
    short = ", ".join(f"{need.qty - need.picked} {need.sku}" for need in box.needs if need.picked < need.qty)
    return f"{box.code}, {box.weight_g:,} g" + (f", without {short}" if short else "")


def print_label(tx: Tx, settings: Settings, by: By, box: Box) -> None:
    """Queue the parcel's label at the station's printer; raises NoLabel when it cannot be drawn."""
    wish = labelling.Print(label_of(tx, box), event_of(box), box.code, box.place_id)
    try:
        labelling.enqueue(tx, settings, wish, by)
    except BadInput as bad:
        raise NoLabel(field=bad.facts["field"]) from bad


def event_of(box: Box) -> str:
    """Return the name of the event that a parcel's label is printed for."""
    return f"parcel:{box.parcel_id}"


def label_of(tx: Tx, box: Box) -> ParcelLabel:
    """Return the label of a parcel: to whom, by whom, how heavy, and what is in it."""
    row = boxes.address_of(tx, box.parcel_id)
    assert row is not None
    town = " ".join(part for part in (row.postal_code, row.city, row.state) if part)
    lines = tuple(part for part in (row.name, row.line1, row.line2, town) if part)
    return ParcelLabel(
        code=box.code,
        order=row.number,
        recipient_lines=lines,
        country=row.to_country or row.country,
        carrier=row.carrier or "",
        service=row.service or "",
        weight_g=box.weight_g,
        contents=tuple(Line(need.sku, need.name, need.boxed) for need in box.needs if need.boxed),
    )


def free_totes(tx: Tx, order_id: int, list_id: int) -> None:
    """Give the totes and the slot that the order emptied back."""
    full = select(stock.c.id).where(stock.c.lpn_id == lpns.c.id, stock.c.qty > 0).exists()
    mine = (lpns.c.order_id == order_id) | lpns.c.order_id.is_(None)
    empty = (lpns.c.kind == "tote", lpns.c.list_id == list_id, mine, ~full)
    tx.execute(update(lpns).where(*empty).values(order_id=None, list_id=None))
    lies = select(stock.c.id).where(stock.c.location_id == list_orders.c.place_id, stock.c.qty > 0).exists()
    slot = (list_orders.c.order_id == order_id, list_orders.c.list_id == list_id, ~lies)
    tx.execute(update(list_orders).where(*slot).values(place_id=None))


def end_list(tx: Tx, list_id: int) -> None:
    """End a pick list whose orders are all packed, and its wave when that was the last list; the list is locked."""
    joined = list_orders.join(orders, orders.c.id == list_orders.c.order_id)
    waits = select(list_orders.c.id).select_from(joined).where(list_orders.c.list_id == list_id)
    done = (lists.c.id == list_id, lists.c.state == "picked", ~waits.where(orders.c.state.not_in(ENDED)).exists())
    wave_id = tx.execute(update(lists).where(*done).values(state="packed").returning(lists.c.wave_id)).scalar()
    if wave_id is None:
        return
    tx.execute(select(waves.c.id).where(waves.c.id == wave_id).with_for_update(key_share=True))
    unfinished = select(lists.c.id).where(lists.c.wave_id == wave_id, lists.c.state.not_in(("packed", "void"))).exists()
    tx.execute(update(waves).where(waves.c.id == wave_id, ~unfinished).values(state="done", done_at=tx.now))
    tx.announce("picking")


def check_label(box: Box, parcel_code: str) -> None:
    """Raise OtherParcel when the label on the box is another parcel's."""
    if parcel_code != box.code:
        raise OtherParcel(scanned=parcel_code, wanted=box.code)
