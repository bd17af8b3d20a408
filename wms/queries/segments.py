"""Segments: which orders a saved filter finds, in words and in numbers, and who belongs to a frozen one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select

from wms.db import Tx, dumps, table_of
from wms.models.campaigns import Campaign
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderLine
from wms.models.outbound import Wave
from wms.models.people import Operator
from wms.models.segments import Segment, SegmentOrder
from wms.queries import regions
from wms.settings import Settings

segments, members = table_of(Segment), table_of(SegmentOrder)
orders, lines, items, holds = table_of(Order), table_of(OrderLine), table_of(Item), table_of(Hold)
campaigns, waves, operators = table_of(Campaign), table_of(Wave), table_of(Operator)
OPEN = ("held", "clean")
Parts = Literal["", "whole", "first", "later"]
MOST = "wave_orders"  # stands beside the filter: how many orders a person wants in one wave at most
PARTS_WORDS = {"whole": "whole orders", "first": "first parts", "later": "later parts"}
children = orders.alias("part")
has_parts = exists().where(children.c.parent_id == orders.c.id, children.c.state != "cancelled")
on_hold = exists().where(
    holds.c.order_id == func.coalesce(orders.c.parent_id, orders.c.id), holds.c.cleared_at.is_(None)
)
wholes = orders.alias("whole")
without_whole = exists().where(wholes.c.id == orders.c.parent_id, wholes.c.state == "cancelled")
split = {
    "whole": and_(orders.c.parent_id.is_(None), ~has_parts),
    "first": and_(orders.c.parent_id.is_(None), has_parts),
    "later": orders.c.parent_id.is_not(None),
}


@dataclass(frozen=True)
class SegmentFilter:
    """Which open orders of a campaign: everything that is said must hold, what is empty does not filter.

    `groups` are home, union, abroad; `shape` is a content written "2 CORE-RED, 1 SLEEVES"; `parts` whole orders, the
    first parts of split ones, or what comes later; `ready` leaves out what is held.
    """

    countries: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    rewards: tuple[str, ...] = ()
    with_skus: tuple[str, ...] = ()
    without_skus: tuple[str, ...] = ()
    shape: str = ""
    parts: Parts = ""
    ready: bool = False

    @classmethod
    def read(cls, text: str) -> SegmentFilter:
        """Return the filter that was stored as JSON."""
        stored = {key: value for key, value in json.loads(text).items() if key in FILTER_FIELDS}
        known = {key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()}
        return cls(**cast(dict[str, Any], known))

    @property
    def stored(self) -> str:
        """Return it as JSON."""
        return dumps(asdict(self))

    @property
    def words(self) -> str:
        """Return it as people read it: "AT, DE · with DICE-BLUE"."""
        parts = [", ".join(getattr(self, name)) for name in ("groups", "countries", "rewards") if getattr(self, name)]
        parts += [f"with {', '.join(self.with_skus)}"] if self.with_skus else []
        parts += [f"without {', '.join(self.without_skus)}"] if self.without_skus else []
        parts += [f"exactly {self.shape}"] if self.shape else []
        parts += [PARTS_WORDS[self.parts]] if self.parts else []
        return " · ".join([*parts, *(["nothing held"] if self.ready else [])]) or "every open order"


def most(segment: Any, settings: Settings) -> int:
    """Return how many orders one wave of a segment may have at most: what somebody said, else what the site says."""
    return int(json.loads(segment.filters).get(MOST) or settings.release.wave_orders_max)


def shape_of(text: str) -> dict[str, int] | None:
    """Return SKU -> units of a content as it is written, or None when that is no content."""
    found: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        qty, _, sku = part.partition(" ")
        if not (qty.isdecimal() and 0 < int(qty) < 10**6 and sku.strip()):
            return None
        found[sku.strip()] = found.get(sku.strip(), 0) + int(qty)
    return found


def written(shape: Mapping[str, int]) -> str:
    """Return a content as a filter writes it."""
    return ", ".join(f"{qty} {sku}" for sku, qty in sorted(shape.items()))


# --- what a filter finds ---


def conditions(campaign_id: int, wanted: SegmentFilter, home: str) -> list[ColumnElement[bool]]:
    """Return the WHERE of a filter: open orders with content that belong to no other frozen segment."""
    taken = exists().where(members.c.order_id == orders.c.id)
    found = [orders.c.campaign_id == campaign_id, orders.c.state.in_(OPEN), orders.c.units > 0, ~taken, ~without_whole]
    if wanted.countries:
        found.append(orders.c.country.in_(wanted.countries))
    if wanted.groups:
        found.append(or_(*(regions.condition(orders.c.country, group, home) for group in wanted.groups)))
    if wanted.rewards:
        found.append(orders.c.reward.in_(wanted.rewards))
    found += [has_sku(sku) for sku in wanted.with_skus]
    found += [~has_sku(sku) for sku in wanted.without_skus]
    if wanted.shape:
        content = shape_of(wanted.shape) or {}
        kinds = select(func.count()).where(lines.c.order_id == orders.c.id).scalar_subquery()
        found += [kinds == len(content), *(has_sku(sku, qty) for sku, qty in content.items())]
    if wanted.parts:
        found.append(split[wanted.parts])
    if wanted.ready:
        found += [orders.c.state == "clean", ~on_hold]
    return found


def has_sku(sku: str, qty: int | None = None) -> ColumnElement[bool]:
    """Return whether an order has (so many of) an item."""
    exactly = () if qty is None else (lines.c.qty == qty,)
    return exists().where(lines.c.order_id == orders.c.id, lines.c.item_id == items.c.id, items.c.sku == sku, *exactly)


def found_by(campaign_id: int, wanted: SegmentFilter, home: str) -> Select[Any]:
    """Return the statement for the ids of orders that a filter finds."""
    return select(orders.c.id).where(*conditions(campaign_id, wanted, home))


def ids_of(segment: Any, home: str) -> Select[Any]:
    """Return the statement for the ids of a segment's orders that are not released: frozen ones, or found ones."""
    if segment.frozen_at is None:
        return found_by(segment.campaign_id, SegmentFilter.read(segment.filters), home)
    mine = select(members.c.order_id).where(members.c.segment_id == segment.id)
    return select(orders.c.id).where(orders.c.id.in_(mine), orders.c.state.in_(OPEN))


@dataclass(frozen=True)
class Count:
    """How many orders a filter finds, their units, how many are held and how many have both locks."""

    orders: int
    units: int
    held: int
    locked: int


def count(tx: Tx, campaign_id: int, wanted: SegmentFilter, home: str) -> Count:
    """Return how many orders a filter finds now."""
    return counted(tx, found_by(campaign_id, wanted, home))


def counted(tx: Tx, ids: Select[Any]) -> Count:
    """Return how many these orders are."""
    both = and_(orders.c.content_locked_at.is_not(None), orders.c.address_locked_at.is_not(None))
    held = or_(orders.c.state == "held", on_hold)
    figures = (func.count(), func.coalesce(func.sum(orders.c.units), 0), _many(held), _many(both))
    return Count(*map(int, tx.all(select(*figures).where(orders.c.id.in_(ids)))[0]))


def _many(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# --- segments ---


def segment(tx: Tx, segment_id: int) -> Row[Any] | None:
    """Return a segment with its campaign, or None."""
    return tx.one(known_segments.where(segments.c.id == segment_id))


def segment_named(tx: Tx, campaign_id: int, name: str) -> Row[Any] | None:
    """Return a campaign's segment by name, or None."""
    return tx.one(known_segments.where(segments.c.campaign_id == campaign_id, segments.c.name == name))


def of_campaign(tx: Tx, campaign_id: int) -> list[Row[Any]]:
    """Return a campaign's segments, those served first on top."""
    mine = known_segments.where(segments.c.campaign_id == campaign_id)
    return tx.all(mine.order_by(segments.c.priority, segments.c.id))


def before(tx: Tx, row: Any) -> list[Row[Any]]:
    """Return the segments of all campaigns that are served before one."""
    sooner = or_(segments.c.priority < row.priority, and_(segments.c.priority == row.priority, segments.c.id < row.id))
    return tx.all(known_segments.where(sooner).order_by(segments.c.priority, segments.c.id))


def campaign(tx: Tx, campaign_id: int) -> Row[Any] | None:
    """Return a campaign, or None."""
    return tx.one(select(campaigns).where(campaigns.c.id == campaign_id))


def campaign_coded(tx: Tx, code: str) -> Row[Any] | None:
    """Return a campaign by its code, or None."""
    return tx.one(select(campaigns).where(campaigns.c.code == code))


def choices(tx: Tx, campaign_id: int) -> dict[str, list[Row[Any]]]:
    """Return what a filter may choose from: (value, orders) of countries, rewards and SKUs, the commonest first."""
    mine = (orders.c.campaign_id == campaign_id, orders.c.state.in_(OPEN), orders.c.units > 0)
    number = func.count().label("number")

    def ranked(column: Any, source: Any) -> list[Row[Any]]:
        found = select(column.label("value"), number).select_from(source).where(*mine, column != "")
        return tx.all(found.group_by(column).order_by(number.desc(), column))

    goods = orders.join(lines, lines.c.order_id == orders.c.id).join(items, items.c.id == lines.c.item_id)
    return {
        "countries": ranked(orders.c.country, orders),
        "rewards": ranked(orders.c.reward, orders),
        "skus": ranked(items.c.sku, goods),
    }


def waves_of(tx: Tx, segment_id: int) -> list[Row[Any]]:
    """Return the waves of a segment with how many orders each took, the newest first."""
    number = select(func.count()).where(orders.c.wave_id == waves.c.id).scalar_subquery().label("orders")
    return tx.all(select(waves, number).where(waves.c.segment_id == segment_id).order_by(waves.c.id.desc()))


known_segments = (
    select(segments, campaigns.c.code.label("campaign"), campaigns.c.channel, campaigns.c.gated)
    .add_columns(operators.c.name.label("signer"))
    .join(campaigns, campaigns.c.id == segments.c.campaign_id)
    .outerjoin(operators, operators.c.id == segments.c.signed_by)
)
FILTER_FIELDS = tuple(each.name for each in fields(SegmentFilter))
