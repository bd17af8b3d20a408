"""The review's list: which orders a filter shows, how many each other one would show, and search by anything known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, distinct, func, or_, select, union_all

from wms.db import Tx, table_of
from wms.models.campaigns import Campaign
from wms.models.orders import Hold, Order, Recipient
from wms.models.shipping import Parcel
from wms.queries import orders as reads
from wms.queries.listing import FIRST, Cut, Listing, like, ordered

orders, holds, recipients = table_of(Order), table_of(Hold), table_of(Recipient)
parcels, campaigns = table_of(Parcel), table_of(Campaign)
AGES = (3, 7, 28)  # days a hold is open
HITS_MAX = 10_000  # orders that a text finds; who means more uses the other filters
PHONE = re.compile(r"[+(]?\d[\d ()./-]{4,}")
TRACKED = (parcels.c.code, parcels.c.tracking)
SORTS: dict[str, Any] = {
    "id": orders.c.id,
    "number": orders.c.number,
    "country": orders.c.country,
    "state": orders.c.state,
    "units": orders.c.units,
    "imported_at": orders.c.imported_at,
}


@dataclass(frozen=True)
class Filters:
    """Which orders to show; an empty text does not filter.

    `hold` is the code of an open hold, `age` that it is open for so many days at least; `text` is part of a number,
    code or parcel's code, and for whoever may see people of a name, mail address, platform number or telephone.
    """

    state: str = ""
    hold: str = ""
    country: str = ""
    text: str = ""
    wave_id: int | None = None
    campaign: str = ""
    age: int = 0
    by_person: bool = False
    hits: tuple[int, ...] | None = None
    vague: bool = False


# --- what a filter means ---


def facts(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the part of the WHERE that an order's own columns answer."""
    found: list[ColumnElement[bool]] = []
    if filters.state:
        found.append(orders.c.state == filters.state)
    if filters.country:
        found.append(orders.c.country == filters.country)
    if filters.campaign:
        ours = select(campaigns.c.id).where(campaigns.c.code == filters.campaign).scalar_subquery()
        found.append(orders.c.campaign_id == ours)
    return found


def held(tx: Tx, filters: Filters) -> list[ColumnElement[bool]]:
    """Return what an open hold must be for its order to be shown."""
    found: list[ColumnElement[bool]] = [holds.c.code == filters.hold] if filters.hold else []
    return [*found, holds.c.opened_at <= tx.now - timedelta(days=filters.age)] if filters.age else found


def rest(tx: Tx, filters: Filters) -> list[ColumnElement[bool]]:
    """Return the rest of the WHERE: holds, the wave, the text."""
    found: list[ColumnElement[bool]] = []
    if about := held(tx, filters):
        found.append(orders.c.id.in_(select(holds.c.order_id).where(holds.c.cleared_at.is_(None), *about)))
    if filters.wave_id:
        found.append(orders.c.wave_id == filters.wave_id)
    return found + texted(filters)


def texted(filters: Filters) -> list[ColumnElement[bool]]:
    """Return what the text of a filter asks for."""
    if filters.hits is not None:
        return [orders.c.id.in_(filters.hits)]
    return [orders.c.id.in_(found_by(filters.text, filters.by_person))] if filters.text else []


def found_by(text: str, by_person: bool) -> Select[Any]:
    """Return the ids of orders that a text finds."""
    ways: list[Select[Any]] = [
        select(orders.c.id).where(or_(like(orders.c.number, text), like(orders.c.code, text))),
        select(parcels.c.order_id).where(or_(*(like(column, text) for column in TRACKED))),
    ]
    if by_person:
        who = [like(recipients.c.name, text), like(recipients.c.email, text), recipients.c.uid == text]
        if PHONE.fullmatch(text):
            who.append(recipients.c.phone_key.endswith(re.sub(r"\D", "", text).lstrip("0")))
        people = select(recipients.c.id).where(or_(*who))
        ways.append(select(orders.c.id).where(orders.c.recipient_id.in_(people)))
    return select(union_all(*ways).subquery("found").c.id)


def settled(tx: Tx, filters: Filters) -> Filters:
    """Return a filter whose text was looked up once (one statement, none without a text).

    A text that finds more than HITS_MAX orders finds only so many of them, and is `vague`.
    """
    text = filters.text.strip()
    if not text:
        return replace(filters, text="")
    hits = sorted({row[0] for row in tx.all(found_by(text, filters.by_person).limit(HITS_MAX + 1))})
    return replace(filters, text=text, hits=tuple(hits[:HITS_MAX]), vague=len(hits) > HITS_MAX)


# --- how many each filter would show ---


@dataclass(frozen=True)
class Counts:
    """How many orders each value of a filter would show beside the other filters in force, and how many are shown."""

    state: dict[str, int]
    country: dict[str, int]
    campaign: dict[str, int]
    hold: dict[str, int]
    age: dict[int, int]
    shown: int
    total: int


def counts(tx: Tx, filters: Filters) -> Counts:
    """Return the counts of all filters (three statements); `filters` is `settled`."""
    cells = cube(tx, filters)
    chosen = {"state": filters.state, "country": filters.country, "campaign": filters.campaign}
    found: dict[str, dict[str, int]] = {name: defaultdict(int) for name in chosen}
    shown = 0
    for cell in cells:
        off = [name for name, value in chosen.items() if value and getattr(cell, name) != value]
        shown += 0 if off else cell.number
        for name in chosen if not off else off if len(off) == 1 else ():
            found[name][getattr(cell, name)] += cell.number
    ranked = {name: dict(sorted(each.items(), key=lambda pair: (-pair[1], pair[0]))) for name, each in found.items()}
    codes, ages = hold_counts(tx, filters)
    return Counts(**ranked, hold=codes, age=ages, shown=shown, total=sum(cell.number for cell in cells))


def cube(tx: Tx, filters: Filters) -> list[Any]:
    """Return how many orders there are of each state, country and campaign, the other filters in force."""
    sides = (orders.c.campaign_id, orders.c.state, orders.c.country)
    inner = select(*sides, func.count().label("number")).where(*rest(tx, filters)).group_by(*sides).subquery("cells")
    named = select(inner.c.state, inner.c.country, inner.c.number, campaigns.c.code.label("campaign"))
    return tx.all(named.join(campaigns, campaigns.c.id == inner.c.campaign_id))


def hold_counts(tx: Tx, filters: Filters) -> tuple[dict[str, int], dict[int, int]]:
    """Return how many orders each code of a hold would show, and each age of one (two statements)."""
    where = [*facts(filters), *texted(filters)]
    source = holds.join(orders, orders.c.id == holds.c.order_id) if where else holds
    where = [holds.c.cleared_at.is_(None), *where]
    number = func.count(distinct(holds.c.order_id))
    old = held(tx, replace(filters, hold=""))
    codes = select(holds.c.code.label("value"), number.label("number")).select_from(source).where(*where, *old)
    ranked = sorted(tx.all(codes.group_by(holds.c.code)), key=lambda row: (-row.number, row.value))
    since = [tx.now - timedelta(days=days) for days in AGES]
    aged = [func.count(distinct(case((holds.c.opened_at <= at, holds.c.order_id)))) for at in since]
    ages = tx.one(select(*aged).select_from(source).where(*where, *held(tx, replace(filters, age=0))))
    return {row.value: row.number for row in ranked}, dict(zip(AGES, ages or (), strict=False))


# --- the list ---


def order_list(tx: Tx, filters: Filters, cut: Cut = FIRST, total: int | None = None) -> Listing:
    """Return one page of orders, each with its open holds (two statements; one more to count when nobody did).

    `filters` is `settled`. Each row has `holds` (codes), `hold_rows`, and `waits_since` (its oldest open hold).
    """
    where = [*facts(filters), *rest(tx, filters)]
    wanted = ordered(reads.summary.add_columns(reads.recipients.c.postal_code).where(*where), SORTS, cut.sort)
    rows = tx.all(wanted.limit(cut.per_page).offset((cut.page - 1) * cut.per_page))
    number = int(tx.value(select(func.count()).select_from(orders).where(*where)) or 0) if total is None else total
    open_ones = open_holds(tx, [row.id for row in rows])
    shown = [
        dict(row._mapping)
        | {"holds": [hold.code for hold in open_ones[row.id]], "hold_rows": open_ones[row.id]}
        | {"waits_since": min((hold.opened_at for hold in open_ones[row.id]), default=None)}
        for row in rows
    ]
    return {"items": shown, "page": cut.page, "per_page": cut.per_page, "total": number}


def open_holds(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Return order id -> its open holds, the oldest first."""
    found: dict[int, list[Any]] = {each: [] for each in order_ids}
    wanted = select(holds).where(holds.c.cleared_at.is_(None), holds.c.order_id.in_(order_ids)).order_by(holds.c.id)
    for hold in tx.all(wanted) if found else []:
        found[hold.order_id].append(hold)
    return found


def open_of_code(tx: Tx, order_ids: Sequence[int], code: str) -> list[Any]:
    """Return the open holds of one code on orders, in the order of their ids."""
    open_ones = (holds.c.order_id.in_(order_ids), holds.c.code == code, holds.c.cleared_at.is_(None))
    return tx.all(select(holds).where(*open_ones).order_by(holds.c.id))


def shown_ids(tx: Tx, filters: Filters, most: int) -> list[int]:
    """Return the first orders that a filter shows, by id."""
    where = [*facts(filters), *rest(tx, filters)]
    return [row.id for row in tx.all(select(orders.c.id).where(*where).order_by(orders.c.id).limit(most))]


def neighbours(tx: Tx, filters: Filters, order_id: int) -> tuple[int | None, int | None]:
    """Return the orders before and after one in what a filter shows, by id (one statement)."""
    where = [*facts(filters), *rest(tx, filters)]
    before = select(func.max(orders.c.id)).where(*where, orders.c.id < order_id).scalar_subquery()
    after = select(func.min(orders.c.id)).where(*where, orders.c.id > order_id).scalar_subquery()
    row = tx.one(select(before.label("before"), after.label("after")))
    assert row is not None
    return row.before, row.after
