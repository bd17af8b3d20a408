"""The reward map: every save is a version, orders that may still change get the lines it says, the others are told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, or_, select, update

from wms.db import Store, Tx, dumps, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.formats.reward_map import (
    IGNORE,
    KEY_MAX,
    Chosen,
    MapRow,
    RewardMap,
    Rules,
    clashes,
    entries_of,
    is_sku,
    plain,
    region_of,
)
from wms.models.campaigns import Campaign, MapVersion, Reward, ShapeCheck
from wms.models.orders import Hold, Order
from wms.operations import lining, locking, master, reviewing, timeline
from wms.operations.ledger import By
from wms.queries import rewards as maps
from wms.queries import shapes
from wms.queries.rewards import Catalogue
from wms.settings import Settings

campaigns, rewards, versions = table_of(Campaign), table_of(Reward), table_of(MapVersion)
checks = table_of(ShapeCheck)
orders, holds = table_of(Order), table_of(Hold)
OPEN = ("held", "clean")  # not released yet: may still change
CHOICES = ("SKU_UNMAPPED", "SELECTION_MISSING")  # holds that a map can open and settle
PART = 250  # orders remapped in one transaction: a scan waits no longer than for these
stamp = (
    update(orders)
    .where(orders.c.id == bindparam("order"))
    .values(map_version=bindparam("new_version"), shape=bindparam("new_shape"))
)
rewrite = update(orders).where(orders.c.id == bindparam("order")).values(units=bindparam("new_units"), state="held")
NOBODY = By()


class MapChanged(Refusal):
    """Two people edited the same map."""

    sentence = "Version {now} was saved meanwhile. Look at it first."


@dataclass(frozen=True)
class Edit:
    """What is done to a map: by whom, why, and which version it was made from (None: whatever is in force)."""

    by: By = NOBODY
    note: str = ""
    base: int | None = None


@dataclass(frozen=True)
class Step:
    """One part of a remapping: the last order looked at (None when there was none), who got other lines, who is locked
    and would have got them, and who must be reviewed."""

    last: int | None
    changed: tuple[int, ...] = ()
    locked: tuple[int, ...] = ()
    review: tuple[int, ...] = ()


# --- versions ---


def set_rewards(tx: Tx, campaign_id: int, rows: RewardMap, edit: Edit | None = None) -> int:
    """Save a map and remap its orders in this transaction; returns how many got other lines. Review them next.

    Raises BadInput naming every unknown SKU, MapChanged.
    """
    save(tx, campaign_id, rows, edit or Edit())
    return remap(tx, campaign_id)


def save(tx: Tx, campaign_id: int, rows: RewardMap, edit: Edit) -> int:
    """Put a map in force as a new version and return its number; the same map again is no new version.

    Its orders follow when they are remapped. Raises NotFound, MapChanged, BadInput naming every wrong line.
    """
    now = current(tx, campaign_id)
    if edit.base is not None and edit.base != now:
        raise MapChanged(now=now)
    check(rows)
    ids = maps.ids_of(tx, campaign_id, rows.skus)
    if unknown := sorted(rows.skus - set(ids)):
        raise BadInput(field="sku", why=f"unknown: {', '.join(unknown)}")
    kept = in_order(rows.rows)
    if now and kept == in_order(maps.in_force(tx, campaign_id)):
        return now
    tx.execute(delete(rewards).where(rewards.c.campaign_id == campaign_id))
    if kept:
        tx.execute(insert(rewards), [line_values(campaign_id, row, ids.get(row.sku)) for row in kept])
    tx.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(map_version=now + 1))
    facts = {"made_at": tx.now, "operator_id": edit.by.operator_id, "note": edit.note.strip()[:200]}
    entries = dumps([[row.source, row.key, row.sku, row.qty, row.region, row.note] for row in kept])
    master.add(tx, versions, campaign_id=campaign_id, version=now + 1, entries=entries, **facts)
    tx.announce("orders")
    return now + 1


def current(tx: Tx, campaign_id: int) -> int:
    """Return the number of the version in force, and lock the campaign's row; 0 before the first. Raises NotFound."""
    row = tx.one(select(campaigns.c.map_version).where(campaigns.c.id == campaign_id).with_for_update(key_share=True))
    if row is None:
        raise NotFound(what=f"Campaign {campaign_id}")
    return int(row.map_version)


def check(rows: RewardMap) -> None:
    """Raise BadInput naming the lines of a map that cannot stand beside each other."""
    beside: dict[tuple[str, str], list[MapRow]] = {}
    wrong = []
    for row in rows.rows:
        known = beside.setdefault((row.source, plain(row.key)), [])
        known.append(row)
        wrong += [f"{row.source} {row.key}: {problem}" for problem in clashes(known, row)]
    if wrong:
        raise BadInput(field="map", why="; ".join(wrong[:5]))


def in_order(rows: Sequence[MapRow]) -> list[MapRow]:
    """Return lines as they are kept: keys cut to what the column takes, regions in their one spelling."""
    return [replace(row, key=" ".join(row.key.split())[:KEY_MAX], region=region_of(row.region)) for row in rows]


def line_values(campaign_id: int, row: MapRow, item_id: int | None) -> dict[str, Any]:
    """Return the columns of one line of the map."""
    question = "" if is_sku(row.sku) or row.sku == IGNORE else row.sku[1:].strip()[:KEY_MAX]
    what = {"source": row.source, "key": row.key, "item_id": item_id, "qty": row.qty}
    return {"campaign_id": campaign_id, **what, "region": row.region, "question": question, "note": row.note[:KEY_MAX]}


def version_rows(tx: Tx, campaign_id: int, version: int) -> RewardMap:
    """Return the map as it was in a version; version 0 is empty. Raises NotFound."""
    if version == 0:
        return RewardMap(())
    mine = (versions.c.campaign_id == campaign_id, versions.c.version == version)
    kept = tx.value(select(versions.c.entries).where(*mine))
    if kept is None:
        raise NotFound(what=f"Version {version} of the map")
    return RewardMap(tuple(MapRow(*entry) for entry in json.loads(kept)))


def restore(tx: Tx, campaign_id: int, version: int, by: By) -> int:
    """Put an older version in force again, as a new one; returns its number. Raises NotFound, BadInput."""
    return save(tx, campaign_id, version_rows(tx, campaign_id, version), Edit(by, f"Version {version} again."))


def appended(rows: RewardMap, keys: Sequence[tuple[str, str]], sku: str, qty: int) -> RewardMap:
    """Return a map where so many of an SKU lie in each of these keys besides, in every region.

    Keys that were ignored get only it. Raises BadInput for a key that the map does not have.
    """
    wanted = {(source, plain(key)) for source, key in keys}
    if missing := wanted - {(row.source, plain(row.key)) for row in rows.rows}:
        raise BadInput(field="key", why=f"not in the map: {', '.join(sorted(key for _, key in missing))}")
    kept: list[MapRow] = []
    done: set[tuple[str, str, str]] = set()
    for row in rows.rows:
        where = (row.source, plain(row.key), row.region)
        mine = where[:2] in wanted
        if mine and row.sku == sku:
            kept.append(replace(row, qty=row.qty + qty))
            done.add(where)
        elif not (mine and row.sku == IGNORE):
            kept.append(row)
    late = [row for row in rows.rows if (row.source, plain(row.key)) in wanted]
    for row in late:
        if (where := (row.source, plain(row.key), row.region)) not in done:
            kept.append(MapRow(row.source, row.key, sku, qty, row.region))
            done.add(where)
    return RewardMap(tuple(kept))


# --- orders follow ---


def remap(tx: Tx, campaign_id: int) -> int:
    """Give all orders that may still change the lines the map says now, in this transaction; returns how many got
    others. Review them next."""
    catalogue, changed, after = maps.catalogue(tx, campaign_id), 0, 0
    while (step := remap_part(tx, campaign_id, catalogue, (after, True))).last is not None:
        changed += len(step.changed)
        after = step.last
    return changed


def remap_all(store: Store, settings: Settings, campaign_id: int, again: bool = False) -> int:
    """Remap and review a campaign in short transactions beside the scans; returns how many orders got other lines.

    May be stopped and repeated: orders that follow the version in force are not looked at again, unless `again` (a
    kit has other components now).
    """
    after, changed = 0, 0

    def work(tx: Tx) -> Step:
        step = remap_part(tx, campaign_id, maps.catalogue(tx, campaign_id), (after, again))
        if step.review:
            reviewing.review_all(tx, settings, list(step.review))
        return step

    while (step := store.transact(work)).last is not None:
        changed += len(step.changed)
        after = step.last
    return changed


def remap_part(tx: Tx, campaign_id: int, catalogue: Catalogue, start: tuple[int, bool] = (0, False)) -> Step:
    """Remap the next orders behind an id: those that do not follow the version in force, or (again) all."""
    rows = tx.all(next_orders(campaign_id, catalogue.version, *start))
    return remap_rows(tx, catalogue, rows) if rows else Step(None)


def follow(tx: Tx, order_id: int) -> None:
    """Give one order the lines that its choice is now, because the choice changed; review it next."""
    mine = select(orders).where(orders.c.id == order_id, orders.c.state.in_(OPEN), orders.c.parent_id.is_(None))
    for row in tx.all(mine.with_for_update(key_share=True)):
        remap_rows(tx, maps.catalogue(tx, row.campaign_id), [row])


def remap_rows(tx: Tx, catalogue: Catalogue, rows: Sequence[Any]) -> Step:
    """Give orders (their rows, in id order) the lines that the map says."""
    ids = [row.id for row in rows]
    fixed = {row.id for row in rows if locking.locked(row).content} | with_parts(tx, ids)
    had, held = lining.lines_of(tx, ids), choice_holds(tx, ids)
    changed, locked, review, stamps = dict[int, dict[int, int]](), list[int](), list[int](), list[dict[str, Any]]()
    for row in rows:
        chosen = maps.chosen(json.loads(row.raw))
        lines = catalogue.lines(chosen, row.country)
        other = lines != had.get(row.id, {})
        if other and row.id in fixed:
            locked.append(row.id)
            continue
        shape = catalogue.shape(chosen, row.country)
        stamps.append({"order": row.id, "new_version": catalogue.version, "new_shape": shape})
        changed |= {row.id: lines} if other else {}
        if other or (row.id in held) != lacks(catalogue, chosen, row.country):
            review.append(row.id)
    write(tx, catalogue.version, changed, stamps)
    told = f"{shapes.BY_MAP} (version {catalogue.version})."
    reviewing.open_holds(tx, [(each, shapes.LATE, told) for each in locked])
    return Step(ids[-1], tuple(changed), tuple(locked), tuple(review))


def next_orders(campaign_id: int, version: int, after: int, again: bool) -> Select[Any]:
    """Return the statement that reads and locks the next orders to remap."""
    mine = [orders.c.campaign_id == campaign_id, orders.c.state.in_(OPEN), orders.c.parent_id.is_(None)]
    if not again:
        mine.append(or_(orders.c.map_version != version, orders.c.shape == ""))
    wanted = select(orders).where(*mine, orders.c.id > after).order_by(orders.c.id).limit(PART)
    return wanted.with_for_update(key_share=True)


def lacks(catalogue: Catalogue, chosen: Sequence[Chosen], country: str) -> bool:
    """Return whether the map cannot say what to send."""
    return bool(catalogue.unmapped(chosen, country) or catalogue.unanswered(chosen, country))


def write(tx: Tx, version: int, changed: lining.Wanted, stamps: Sequence[dict[str, Any]]) -> None:
    """Write the lines of orders, and which version they come from; what was held for an older version is settled."""
    lining.replace_lines(tx, changed)
    if stamps:
        tx.execute(stamp, list(stamps))
        done = [each["order"] for each in stamps]
        ours = (holds.c.order_id.in_(done), holds.c.code == shapes.LATE, holds.c.detail.startswith(shapes.BY_MAP))
        waiting = [row.id for row in tx.all(select(holds.c.id).where(*ours, holds.c.cleared_at.is_(None)))]
        reviewing.close_holds(tx, waiting, "Its lines follow the map.")
    if changed:
        tx.execute(rewrite, [{"order": each, "new_units": sum(parts.values())} for each, parts in changed.items()])
        timeline.note(tx, list(changed), "remapped", f"The SKU map changed: version {version}.")


def choice_holds(tx: Tx, order_ids: Sequence[int]) -> set[int]:
    """Return the orders among these that are held for what was chosen."""
    mine = (holds.c.order_id.in_(order_ids), holds.c.code.in_(CHOICES), holds.c.cleared_at.is_(None))
    return {row.order_id for row in tx.all(select(holds.c.order_id).where(*mine))}


def with_parts(tx: Tx, order_ids: Sequence[int]) -> set[int]:
    """Return the orders among these that were split: their lines are not theirs alone any more."""
    return {row.parent_id for row in tx.all(select(orders.c.parent_id).where(orders.c.parent_id.in_(order_ids)))}


def behind(tx: Tx, campaign_id: int) -> int:
    """Return how many orders the version in force was not applied to yet."""
    return len(shapes.behind(tx, orders.c.campaign_id == campaign_id))


# --- what a map would do, and who saw that it is right ---


@dataclass(frozen=True)
class Impact:
    """What a map would change: orders that get other lines, those that are locked or released and keep theirs, units
    per SKU more or less, and orders with something that it does not know, before and after."""

    orders: int
    fixed: int
    units: Mapping[str, int]
    lacking: tuple[int, int]


def impact(tx: Tx, campaign_id: int, rows: RewardMap) -> Impact:
    """Return what a map would change if it were saved; nothing is written."""
    was = maps.catalogue(tx, campaign_id)
    skus = {row.id: row.sku for row in shapes.goods(tx, campaign_id)}
    ids = {sku: item_id for item_id, sku in skus.items()}
    entries = entries_of((row, ids.get(row.sku, 0)) for row in rows.rows)
    now = replace(was, rules=Rules(entries, was.rules.skus))
    regional = any(region for each in (was, now) for known in each.rules.entries.values() for region in known)
    found = shapes.groups(tx, campaign_id, regional, bool(now.rules.questions - was.rules.questions))
    units, figures, lacking = Counter[int](), Counter[bool](), [0, 0]
    for group in found:
        before, after = (each.lines(group.chosen, group.country) for each in (was, now))
        if before != after:
            figures[group.fixed] += group.count
            for item_id in {*before, *after} if not group.fixed else ():
                units[item_id] += (after.get(item_id, 0) - before.get(item_id, 0)) * group.count
        for place, each in enumerate((was, now)):
            lacking[place] += group.count * lacks(each, group.chosen, group.country)
    more = {skus.get(item_id, "?"): qty for item_id, qty in units.items() if qty}
    return Impact(figures[False], figures[True], dict(sorted(more.items())), (lacking[0], lacking[1]))


def tick(tx: Tx, by: By, campaign_id: int, found: Sequence[str]) -> int:
    """Say that configurations are right, by this person; returns how many were not ticked before."""
    version = current(tx, campaign_id)
    known = {row.shape for row in shapes.checked(tx, campaign_id)}
    new = [shape for shape in dict.fromkeys(found) if shape and shape not in known]
    facts = {"campaign_id": campaign_id, "version": version, "at": tx.now, "operator_id": by.operator_id}
    if new:
        tx.execute(insert(checks), [facts | {"shape": shape[:16]} for shape in new])
    return len(new)


def untick(tx: Tx, campaign_id: int, shape: str) -> None:
    """Take a tick back."""
    tx.execute(delete(checks).where(checks.c.campaign_id == campaign_id, checks.c.shape == shape))


untested = shapes.untested
