"""When the trucks leave: the next cut-off of the carrier that goes to a country, and which orders go first for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import Row, func, select

from wms.db import Tx, table_of
from wms.models.floor import Task
from wms.models.orders import Order, OrderLine
from wms.planning import urgency
from wms.planning.labour import ASSUMED, Rates
from wms.queries import boxes
from wms.queries.orders import in_parts
from wms.settings import Settings

orders, order_lines, tasks = table_of(Order), table_of(OrderLine), table_of(Task)
AT_WORK = timedelta(minutes=30)  # without a scan for longer somebody is not counted as at work


@dataclass(frozen=True)
class Timetable:
    """Carriers and when their trucks leave next, seen from `now`."""

    rows: Sequence[Row[Any]]
    zone: tzinfo
    now: datetime

    def carrier(self, country: str) -> Row[Any] | None:
        """Return the carrier that goes to a country."""
        return boxes.goes_to(self.rows, country)

    def leaves(self, country: str) -> datetime | None:
        """Return when the next truck to a country leaves, in UTC; None when nobody knows."""
        found = self.carrier(country)
        return departure(found.cutoff, self.zone, self.now) if found and found.cutoff else None

    def seconds(self, country: str) -> int:
        """Return in how many seconds the next truck to a country leaves; NEVER when nobody knows."""
        at = self.leaves(country)
        return urgency.NEVER if at is None else int((at - self.now).total_seconds())


def departure(cutoff: str, zone: tzinfo, now: datetime) -> datetime:
    """Return the next time after `now` at which the clock in `zone` shows HH:MM, in UTC."""
    clock = time.fromisoformat(cutoff)
    today = now.astimezone(zone).date()
    days = (datetime.combine(today + timedelta(days=ahead), clock, zone).astimezone(UTC) for ahead in (0, 1, 2))
    return next(at for at in days if at > now)


def timetable(tx: Tx, zone: tzinfo = UTC) -> Timetable:
    """Return the timetable of all carriers."""
    return Timetable(boxes.carriers(tx), zone, tx.now)


def next_truck(tx: Tx, settings: Settings, countries: Iterable[str], lead: timedelta) -> datetime | None:
    """Return when the next truck leaves that goes to one of these countries, not sooner than after `lead`."""
    table = Timetable(boxes.carriers(tx), settings.site.zone, tx.now + lead)
    return min((at for each in set(countries) if (at := table.leaves(each))), default=None)


def people(tx: Tx, settings: Settings) -> int:
    """Return how many people pick and pack now; as many as the settings say while nobody does."""
    busy = (tasks.c.flow.in_(("pick", "sort", "pack")), tasks.c.closed_at.is_(None), tasks.c.seen_at > tx.now - AT_WORK)
    return int(tx.value(select(func.count(tasks.c.operator_id.distinct())).where(*busy)) or settings.planning.people)


def ranked(tx: Tx, settings: Settings, order_ids: Iterable[int], rates: Rates = ASSUMED) -> list[int]:
    """Return orders in the order in which they are to be released: by the time their truck leaves, as given in between.

    Orders that cannot be ready for their truck with the people at work do not make others late: they go after those
    that can. Where no carrier has a cut-off nothing changes.
    """
    return list(urgency.plan(problem(tx, settings, order_ids, rates)).orders)


def problem(tx: Tx, settings: Settings, order_ids: Iterable[int], rates: Rates = ASSUMED) -> urgency.Problem:
    """Return orders as jobs: seconds of work (a list with its walk shared by a full cart), seconds until the truck."""
    ids = list(order_ids)
    known = {row.id: row for part in in_parts(ids) for row in tx.all(facts.where(orders.c.id.in_(part)))}
    table = timetable(tx, settings.site.zone)
    due = {country: table.seconds(country) for country in {row.country for row in known.values()}}
    share = settings.release.totes_max

    def job(row: Row[Any]) -> urgency.Job:
        work_ms = rates.list_ms // share + row.lines * rates.pick_ms + rates.packing_ms(int(row.units))
        return urgency.Job(row.id, work_ms // 1000, due[row.country])

    return urgency.Problem(tuple(job(known[id]) for id in ids if id in known), people(tx, settings))


facts = (
    select(orders.c.id, orders.c.country, func.count(order_lines.c.id).label("lines"))
    .add_columns(func.coalesce(func.sum(order_lines.c.qty), 0).label("units"))
    .select_from(orders.outerjoin(order_lines, order_lines.c.order_id == orders.c.id))
    .group_by(orders.c.id, orders.c.country)
)
