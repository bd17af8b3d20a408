"""What a campaign's orders chose, taken together: every key of its exports with counts, every configuration once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, String, and_, case, cast, exists, func, literal, or_, select

from wms.db import Tx, table_of
from wms.formats.reward_map import Chosen, plain
from wms.models.campaigns import Campaign, MapVersion, Reward, ShapeCheck
from wms.models.items import Item
from wms.models.orders import Hold, Order, OrderEvent
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.stock import Stock
from wms.queries import rewards as maps
from wms.queries.orders import in_parts
from wms.queries.rewards import Catalogue, Given

campaigns, versions, checks = table_of(Campaign), table_of(MapVersion), table_of(ShapeCheck)
rewards, orders, items, operators = table_of(Reward), table_of(Order), table_of(Item), table_of(Operator)
stock, locations, holds, events = (table_of(each) for each in (Stock, Location, Hold, OrderEvent))
OPEN = ("held", "clean")
LATE = "CHANGED_AFTER_LOCK"
BY_MAP = "The SKU map changed"  # the beginning of the hold of locked orders that a map would change
UNTESTED, WITHOUT = "untested", "Without a test pick of "  # what a timeline says when somebody let them go
LIVE = ("held", "clean", "released", "picking", "picked", "packing", "packed", "shipped")
SAMPLE = 2000  # orders read to show answers to questions that the map does not know
ANSWERS_SHOWN = 30


@dataclass(frozen=True)
class Group:
    """Orders of one configuration, country and fate: how many, one of them, and what they chose."""

    shape: str
    country: str
    fixed: bool
    count: int
    example: int
    chosen: Sequence[Chosen]


@dataclass
class Seen:
    """A key that orders have: in how many orders, how many pieces, and whether the map knows it wherever it goes."""

    source: str
    key: str
    title: str
    orders: int = 0
    pieces: int = 0
    known: bool = True


@dataclass(frozen=True)
class Configuration:
    """Orders that chose the same and get the same, with one of them, and who saw that it is right."""

    shape: str
    count: int
    clean: int
    example: Any
    given: Sequence[Given]
    units: Mapping[int, int]
    check: Any = None


# --- groups ---


def groups(tx: Tx, campaign_id: int, by_country: bool = False, singly: bool = False) -> list[Group]:
    """Return the orders of a campaign that are not cancelled, by configuration; parts stand with their whole.

    `singly` looks at each order for itself: what no map asked about yet is in no configuration.
    """
    mine = and_(orders.c.campaign_id == campaign_id, orders.c.state.in_(LIVE), orders.c.parent_id.is_(None))
    if singly:
        return list(each_order(tx, mine))
    fixed = or_(orders.c.content_locked_at.is_not(None), orders.c.state.not_in(OPEN))
    keys = [orders.c.shape, fixed.label("fixed"), *([orders.c.country] if by_country else [])]
    counted = select(*keys, func.count().label("n"), func.min(orders.c.id).label("example")).where(mine)
    rows = tx.all(counted.where(orders.c.shape != "").group_by(*keys))
    facts = facts_of(tx, [row.example for row in rows])
    found = [group_of(row, facts, by_country) for row in rows]
    return [*found, *each_order(tx, and_(mine, orders.c.shape == ""))]


def group_of(row: Row[Any], facts: Mapping[int, dict[str, Any]], by_country: bool) -> Group:
    """Return a counted row as a group."""
    country = row.country if by_country else str(facts[row.example].get("country", ""))[:2]
    return Group(row.shape, country, bool(row.fixed), row.n, row.example, maps.chosen(facts[row.example]))


def each_order(tx: Tx, mine: Any) -> Iterator[Group]:
    """Yield orders one by one."""
    for part in in_parts([row.id for row in tx.all(select(orders.c.id).where(mine).order_by(orders.c.id))], 1000):
        columns = (orders.c.id, orders.c.country, orders.c.state, orders.c.content_locked_at, orders.c.raw)
        for row in tx.all(select(*columns).where(orders.c.id.in_(part))):
            fixed = row.state not in OPEN or row.content_locked_at is not None
            yield Group("", row.country, fixed, 1, row.id, maps.chosen(json.loads(row.raw)))


def facts_of(tx: Tx, order_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the stored facts of orders, without the cells of their rows."""
    found: dict[int, dict[str, Any]] = {}
    for part in in_parts(order_ids, 1000):
        for row in tx.all(select(orders.c.id, orders.c.raw).where(orders.c.id.in_(part))):
            found[row.id] = json.loads(row.raw)
            found[row.id].pop("row", None)
    return found


# --- keys ---


def seen(everything: Iterable[Group], catalogue: Catalogue) -> list[Seen]:
    """Return every key that orders have, unmapped first, then by source and by how many orders have it."""
    found: dict[tuple[str, str], Seen] = {}
    for group in everything:
        for given in catalogue.given(group.chosen, group.country):
            source, key, title, qty = given.chosen
            each = found.setdefault((source, plain(key)), Seen(source, key, title))
            each.orders += group.count
            each.pieces += group.count * qty
            each.known &= given.known
    order = {source: place for place, source in enumerate(("reward", "item", "addon", "sku", "answer"))}
    return sorted(found.values(), key=lambda each: (each.known, order.get(each.source, 9), -each.orders, each.key))


def questions(tx: Tx, campaign_id: int) -> dict[str, Counter[str]]:
    """Return the survey's questions with their answers, as far as the newest orders show; open answers are cut."""
    newest = select(orders.c.raw).where(orders.c.campaign_id == campaign_id, orders.c.parent_id.is_(None))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in tx.all(newest.order_by(orders.c.id.desc()).limit(SAMPLE)):
        for source, key, question, _ in maps.chosen(json.loads(row.raw)):
            if source == "answer":
                found[question][key[len(question) + 1 :]] += 1
    return {question: said for question, said in found.items() if len(said) <= ANSWERS_SHOWN}


# --- configurations ---


def configurations(tx: Tx, campaign_id: int, states: Sequence[str] = OPEN) -> list[Configuration]:
    """Return every configuration of orders that are not released, commonest first."""
    mine = (orders.c.campaign_id == campaign_id, orders.c.state.in_(states), orders.c.parent_id.is_(None))
    clean = func.sum(case((orders.c.state == "clean", 1), else_=0))
    typical = func.coalesce(func.min(case((orders.c.state == "clean", orders.c.id))), func.min(orders.c.id))
    columns = (orders.c.shape, func.count().label("n"), clean.label("clean"), typical.label("example"))
    rows = tx.all(select(*columns).where(*mine, orders.c.shape != "").group_by(orders.c.shape))
    shown = {row.id: row for part in in_parts([row.example for row in rows], 1000) for row in examples(tx, part)}
    said = {row.shape: row for row in checked(tx, campaign_id)}
    catalogue = maps.catalogue(tx, campaign_id)
    found = []
    for row in rows:
        example = shown[row.example]
        given = catalogue.given(maps.chosen(json.loads(example.raw)), example.country)
        units: Counter[int] = Counter()
        for each in given:
            units.update(dict(each.units))
        found.append(Configuration(row.shape, row.n, int(row.clean), example, given, units, said.get(row.shape)))
    return sorted(found, key=lambda each: (-each.count, each.example.id))


def examples(tx: Tx, order_ids: Sequence[int]) -> list[Row[Any]]:
    """Return orders as examples."""
    columns = (orders.c.id, orders.c.number, orders.c.code, orders.c.reward, orders.c.country, orders.c.raw)
    return tx.all(select(*columns).where(orders.c.id.in_(order_ids)))


def checked(tx: Tx, campaign_id: int) -> list[Row[Any]]:
    """Return the configurations that somebody found right, with who and when."""
    joined = select(checks, operators.c.name).outerjoin(operators, operators.c.id == checks.c.operator_id)
    return tx.all(joined.where(checks.c.campaign_id == campaign_id))


def untested(tx: Tx, campaign_id: int, order_ids: Sequence[int] | None = None) -> list[Row[Any]]:
    """Return the configurations (shape, n orders, one of them) of clean orders that nobody has found right yet."""
    said = select(checks.c.shape).where(checks.c.campaign_id == campaign_id)
    mine = [orders.c.campaign_id == campaign_id, orders.c.state == "clean", orders.c.parent_id.is_(None)]
    if order_ids is not None:
        mine.append(orders.c.id.in_(order_ids))
    counted = (orders.c.shape, func.count().label("n"), func.min(orders.c.id).label("example"))
    wanted = select(*counted).where(*mine, orders.c.shape.not_in(said)).group_by(orders.c.shape)
    return tx.all(wanted.order_by(func.count().desc()))


def unticked(tx: Tx, ids: Select[Any]) -> list[Row[Any]]:
    """Return those of these orders (id, their whole's id, its shape) whose configuration nobody found
    right, nor let go without a test pick; the parts of an order stand with their whole."""
    whole = orders.alias("whole")
    mine = and_(checks.c.campaign_id == whole.c.campaign_id, checks.c.shape == whole.c.shape)
    said = and_(events.c.order_id == whole.c.id, events.c.kind == UNTESTED)
    vouched = exists().where(said, events.c.text.startswith(literal(WITHOUT) + whole.c.shape + ":"))
    found = select(orders.c.id, whole.c.id.label("whole_id"), whole.c.shape)
    joined = found.join(whole, whole.c.id == func.coalesce(orders.c.parent_id, orders.c.id))
    return tx.all(joined.where(orders.c.id.in_(ids), ~exists().where(mine), ~vouched).order_by(orders.c.id))


# --- who does not follow the map yet ---


def behind(tx: Tx, *mine: Any) -> list[int]:
    """Return orders on the desk that no version in force was applied to yet, by id. A locked one that keeps its lines
    was told so by a hold, open or cleared."""
    said = exists().where(
        holds.c.order_id == orders.c.id,
        holds.c.code == LATE,
        holds.c.detail == literal(BY_MAP) + " (version " + cast(campaigns.c.map_version, String) + ").",
    )
    older = (orders.c.map_version < campaigns.c.map_version, orders.c.parent_id.is_(None), ~said)
    joined = select(orders.c.id).join(campaigns, campaigns.c.id == orders.c.campaign_id)
    return [row.id for row in tx.all(joined.where(orders.c.state.in_(OPEN), *older, *mine).order_by(orders.c.id))]


# --- what the page needs besides ---


def goods(tx: Tx, campaign_id: int) -> list[Row[Any]]:
    """Return the SKUs of a campaign's creator, by SKU; kits among them."""
    owner = select(campaigns.c.owner_id).where(campaigns.c.id == campaign_id).scalar_subquery()
    columns = (items.c.id, items.c.sku, items.c.name, items.c.is_kit, items.c.colour)
    return tx.all(select(*columns).where(items.c.owner_id == owner).order_by(items.c.sku))


def history(tx: Tx, campaign_id: int) -> list[Row[Any]]:
    """Return the versions of a map, newest first, with who made them and how many orders come from each."""
    counted = select(orders.c.map_version, func.count().label("n")).where(orders.c.campaign_id == campaign_id)
    each = counted.group_by(orders.c.map_version).subquery()
    columns = (versions.c.version, versions.c.made_at, versions.c.note, operators.c.name, each.c.n.label("orders"))
    joined = select(*columns).outerjoin(operators, operators.c.id == versions.c.operator_id)
    mine = joined.outerjoin(each, each.c.map_version == versions.c.version).where(versions.c.campaign_id == campaign_id)
    return tx.all(mine.order_by(versions.c.version.desc()))


def campaign_list(tx: Tx) -> list[Row[Any]]:
    """Return the campaigns with how many orders they have and how long their map is."""
    n_orders = select(func.count()).where(orders.c.campaign_id == campaigns.c.id).scalar_subquery()
    n_lines = select(func.count()).where(rewards.c.campaign_id == campaigns.c.id).scalar_subquery()
    columns = (campaigns.c.id, campaigns.c.code, campaigns.c.name, campaigns.c.platform, campaigns.c.map_version)
    return tx.all(select(*columns, n_orders.label("orders"), n_lines.label("lines")).order_by(campaigns.c.code))


def campaign_row(tx: Tx, campaign_id: int) -> Row[Any] | None:
    """Return one campaign, or None."""
    return tx.one(select(campaigns).where(campaigns.c.id == campaign_id))


def open_orders(tx: Tx, campaign_id: int) -> int:
    """Return how many orders of a campaign may still change."""
    mine = (orders.c.campaign_id == campaign_id, orders.c.state.in_(OPEN))
    return int(tx.value(select(func.count()).select_from(orders).where(*mine)) or 0)


def bins(tx: Tx, item_ids: Iterable[int]) -> dict[int, str]:
    """Return item id -> the bin that a picker would go to: the one with most free units."""
    columns = (stock.c.item_id, locations.c.name, func.sum(stock.c.qty - stock.c.allocated).label("free"))
    joined = select(*columns).join(locations, locations.c.id == stock.c.location_id)
    mine = joined.where(stock.c.item_id.in_(sorted(item_ids)), locations.c.kind == "bin", stock.c.qty > 0)
    found: dict[int, str] = {}
    for row in tx.all(mine.group_by(stock.c.item_id, locations.c.name).order_by(func.sum(stock.c.qty).desc())):
        found.setdefault(row.item_id, row.name)
    return found
