"""What the gate looks at: holds, locks, weights, customs data, carriers and the checks of the pilot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from wms.db import Tx, table_of
from wms.formats.rates import Sent, Tariff
from wms.models.items import Item
from wms.models.orders import Order, OrderLine, Recipient
from wms.models.outbound import Wave
from wms.models.people import Operator
from wms.models.segments import PilotCheck, Segment
from wms.models.shipping import Parcel, ParcelLine
from wms.planning import piloting
from wms.planning.piloting import Candidate, Feature, Shape
from wms.queries import boxes, regions
from wms.queries.coverage import Content
from wms.queries.orders import in_parts
from wms.queries.segments import on_hold

orders, lines, items, parcels = table_of(Order), table_of(OrderLine), table_of(Item), table_of(Parcel)
waves, segments, checks, operators = table_of(Wave), table_of(Segment), table_of(PilotCheck), table_of(Operator)
parcel_lines, recipients = table_of(ParcelLine), table_of(Recipient)
NO_SIDES = (0, 0, 0)
BOXED = ("packed", "loaded", "shipped")
Faults = dict[int, str]
"""Order -> what is missing."""


def held(tx: Tx, ids: Select[Any]) -> set[int]:
    """Return the orders that are held, or whose whole order is."""
    return numbers(tx, ids, or_(orders.c.state == "held", on_hold))


def unlocked(tx: Tx, ids: Select[Any]) -> set[int]:
    """Return the orders that lack one of their locks."""
    return numbers(tx, ids, or_(orders.c.content_locked_at.is_(None), orders.c.address_locked_at.is_(None)))


def numbers(tx: Tx, ids: Select[Any], condition: Any) -> set[int]:
    """Return those of these orders that meet a condition."""
    return {row.id for row in tx.all(select(orders.c.id).where(orders.c.id.in_(ids), condition))}


def without_weight(tx: Tx, ids: Select[Any]) -> Faults:
    """Return orders with an item that nobody weighed, and its SKU."""
    return faulty(tx, ids, items.c.weight_g == 0)


def without_customs(tx: Tx, ids: Select[Any], home: str) -> Faults:
    """Return orders that go abroad with an item that customs could not read, and its SKU."""
    gaps = or_(items.c.hs_code == "", items.c.origin == "", items.c.value == 0)
    return faulty(tx, ids, gaps, regions.condition(orders.c.country, "abroad", home))


def faulty(tx: Tx, ids: Select[Any], *where: Any) -> Faults:
    """Return orders with an item that something is wrong with, and the first such SKU."""
    found = select(lines.c.order_id, func.min(items.c.sku)).join(items, items.c.id == lines.c.item_id)
    found = found.join(orders, orders.c.id == lines.c.order_id).where(orders.c.id.in_(ids), *where)
    return {order_id: sku for order_id, sku in map(tuple, tx.all(found.group_by(lines.c.order_id)))}


def without_rate(tx: Tx, contents: list[Content], tariff: Tariff | None = None) -> Faults:
    """Return orders to countries that no carrier goes to, or that no table has a rate for, and the country."""
    known = boxes.carriers(tx)
    served = {country: rate_exists(known, country) for country in {each.country for each in contents}}
    found = {each.order_id: each.country or "no country" for each in contents if not served[each.country]}
    return found | unpriced(tx, [each for each in contents if each.order_id not in found], tariff) if tariff else found


def unpriced(tx: Tx, contents: list[Content], tariff: Tariff) -> Faults:
    """Return orders whose goods no rate takes, and the country with their weight."""
    weighs = {row.id: row.weight_g for row in tx.all(select(items.c.id, items.c.weight_g))}
    codes, day, found = postcodes(tx, [each.order_id for each in contents]), tx.now.date(), Faults()
    known: dict[Sent, bool] = {}
    for each in contents:
        grams = sum(weighs[item] * qty for item, qty in each.units)
        parcel = Sent(grams, NO_SIDES, each.country, codes[each.order_id])
        if parcel not in known:
            known[parcel] = bool(tariff.quotes(parcel, day))
        if not known[parcel]:
            found[each.order_id] = f"{each.country} {grams / 1000:.1f} kg"
    return found


def postcodes(tx: Tx, order_ids: Sequence[int]) -> dict[int, str]:
    """Return order -> its postcode."""
    wanted = select(orders.c.id, recipients.c.postal_code).join(recipients, recipients.c.id == orders.c.recipient_id)
    rows = (row for part in in_parts(order_ids) for row in tx.all(wanted.where(orders.c.id.in_(part))))
    return {order_id: code for order_id, code in map(tuple, rows)}


def rate_exists(carriers: Any, country: str) -> bool:
    """Return whether one of these carriers goes to a country: what there is of rates today."""
    return bool(country) and boxes.goes_to(carriers, country) is not None


def named(tx: Tx, order_ids: list[int]) -> list[str]:
    """Return the numbers of orders, as people call them."""
    return [row.number for row in tx.all(select(orders.c.number).where(orders.c.id.in_(order_ids)).order_by("id"))]


# --- the pilot ---


@dataclass(frozen=True)
class PilotOrder:
    """An order of a pilot: right, wrong, excused, or open while some parcel of it is not checked (or not packed)."""

    order_id: int
    number: str
    order_state: str
    country: str
    boxed: int
    right: int
    wrong: int
    excused: int

    @property
    def state(self) -> str:
        """Return what was said about it, all in all."""
        if self.wrong:
            return "wrong"
        if self.excused:
            return "excused"
        whole = self.order_state in ("packed", "shipped") and 0 < self.boxed == self.right
        return "right" if whole else "open"


def pilot_orders(tx: Tx, campaign_id: int) -> list[PilotOrder]:
    """Return the orders of a campaign's pilots and what a second person said about their parcels."""
    mine = (waves.c.kind == "pilot", segments.c.campaign_id == campaign_id, orders.c.state != "cancelled")

    def said(verdict: str) -> Any:
        valid = or_(checks.c.parcel_id.is_(None), exists().where(parcels.c.id == checks.c.parcel_id, boxed))
        one = select(func.count()).where(checks.c.order_id == orders.c.id, checks.c.verdict == verdict, valid)
        return one.scalar_subquery()

    boxed = parcels.c.state.in_(BOXED)
    n_boxed = select(func.count()).where(parcels.c.order_id == orders.c.id, boxed).scalar_subquery()
    found = (
        select(orders.c.id, orders.c.number, orders.c.state, orders.c.country, n_boxed)
        .add_columns(said("right"), said("wrong"), said("excused"))
        .join(waves, waves.c.id == orders.c.wave_id)
        .join(segments, segments.c.id == waves.c.segment_id)
        .where(*mine)
        .order_by(orders.c.id)
    )
    return [PilotOrder(*tuple(row)) for row in tx.all(found)]


def proved(tx: Tx, found: list[PilotOrder], home: str, shapes: frozenset[Shape]) -> frozenset[Feature]:
    """Return what the right orders of pilots showed."""
    right = {each.order_id: each.country for each in found if each.state == "right"}
    known = shapes_of(tx, select(orders.c.id).where(orders.c.id.in_(list(right)))) if right else {}
    shown = (Candidate(each, shape, regions.group(right[each], home)) for each, shape in known.items())
    return frozenset(feature for each in shown for feature in piloting.features(each, shapes))


def shapes_of(tx: Tx, ids: Select[Any]) -> dict[int, Shape]:
    """Return what orders hold, picked or not, as sorted (SKU, units)."""
    wanted = select(lines.c.order_id, items.c.sku, lines.c.qty).join(items, items.c.id == lines.c.item_id)
    found: dict[int, list[tuple[str, int]]] = {}
    rows = tx.all(wanted.where(lines.c.order_id.in_(ids)).order_by(lines.c.order_id, items.c.sku))
    for order_id, sku, qty in map(tuple, rows):
        found.setdefault(order_id, []).append((sku, qty))
    return {order_id: tuple(parts) for order_id, parts in found.items()}


def common_shapes(tx: Tx, campaign_id: int, most: int) -> frozenset[Shape]:
    """Return the commonest contents of a campaign's orders that are not cancelled."""
    mine = select(orders.c.id).where(orders.c.campaign_id == campaign_id, orders.c.state != "cancelled")
    return piloting.commonest(shapes_of(tx, mine).values(), most)


def candidates(contents: list[Content], home: str) -> tuple[Candidate, ...]:
    """Return orders as a pilot is chosen from."""
    return tuple(Candidate(each.order_id, each.shape, regions.group(each.country, home)) for each in contents)


# --- one parcel before the second person ---

all_parcels = (
    select(parcels.c.id, parcels.c.code, parcels.c.order_id, parcels.c.state, parcels.c.packed_by, parcels.c.packed_at)
    .add_columns(orders.c.number, orders.c.country, waves.c.name.label("wave"), operators.c.name.label("packer"))
    .add_columns(checks.c.verdict, checks.c.reason, segments.c.campaign_id)
    .join(orders, orders.c.id == parcels.c.order_id)
    .join(waves, waves.c.id == orders.c.wave_id)
    .join(segments, segments.c.id == waves.c.segment_id)
    .outerjoin(operators, operators.c.id == parcels.c.packed_by)
    .outerjoin(checks, checks.c.parcel_id == parcels.c.id)
    .where(waves.c.kind == "pilot", parcels.c.state.in_(BOXED))
)


def to_check(tx: Tx) -> list[Any]:
    """Return the packed parcels of pilots that no second person has found right, oldest first."""
    undecided = or_(checks.c.verdict.is_(None), checks.c.verdict == "wrong")
    return tx.all(all_parcels.where(undecided).order_by(parcels.c.packed_at, parcels.c.id))


def pilot_parcel(tx: Tx, code: str) -> Any:
    """Return a packed parcel of a pilot by its code, or None."""
    return tx.one(all_parcels.where(parcels.c.code == code))


def inside(tx: Tx, parcel_id: int) -> list[Any]:
    """Return what should be in a parcel: SKU, name, colour and units."""
    columns = (items.c.sku, items.c.name, items.c.colour, items.c.barcode)
    found = select(*columns, func.sum(parcel_lines.c.qty).label("qty")).join(
        items, items.c.id == parcel_lines.c.item_id
    )
    mine = found.where(parcel_lines.c.parcel_id == parcel_id, parcel_lines.c.qty > 0)
    return tx.all(mine.group_by(items.c.id, *columns).order_by(items.c.sku))


def pilot_counts(found: Sequence[PilotOrder]) -> Mapping[str, int]:
    """Return how many orders of pilots are right, wrong, excused and open."""
    return {state: sum(each.state == state for each in found) for state in ("right", "wrong", "excused", "open")}
