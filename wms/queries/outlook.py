"""Will the open waves be packed when their trucks leave, one after the other, with the people who are at work now?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from wms.db import Tx, table_of
from wms.models.orders import Order
from wms.models.outbound import PickList, Wave
from wms.planning import labour as planner
from wms.planning.labour import Crew, Work
from wms.queries import cutoffs, labour
from wms.queries.labour import CrewRow, Forecast
from wms.settings import Settings

waves, lists, orders = table_of(Wave), table_of(PickList), table_of(Order)
CREW_MIN = 8  # the table of one wave says what so many people would do
open_lists = (
    select(lists.c.id, lists.c.wave_id, waves.c.name)
    .join(waves, waves.c.id == lists.c.wave_id)
    .where(lists.c.state.in_(labour.OPEN_LISTS), waves.c.state == "open")
    .order_by(lists.c.wave_id, lists.c.id)
)
to_go = (
    select(orders.c.wave_id, orders.c.country).where(orders.c.wave_id.is_not(None), orders.c.state.in_(labour.UNPACKED))
).distinct()


@dataclass(frozen=True)
class Lane:
    """One wave: when it ends, when its first truck leaves, and both as parts of 100 of the time that is shown."""

    id: int
    name: str
    crew: CrewRow
    leaves_at: datetime | None
    orders_left: int
    end_share: float = 0.0
    truck_share: float | None = None

    @property
    def late(self) -> bool:
        """Return whether the truck leaves before the wave is packed."""
        return self.crew.in_time is False


def outlook(tx: Tx, settings: Settings) -> list[Lane]:
    """Return the open waves on one scale of time, worked off in their order (one statement when there is none)."""
    known = {row.id: row for row in tx.all(open_lists)}
    if not known:
        return []
    people, stations = cutoffs.people(tx, settings), int(tx.value(labour.count_stations) or 1)
    trucks, found, before = first_trucks(tx, settings), list[Lane](), list[Work]()
    for row, mine in by_wave(known, labour.works(tx, labour.measured(tx).rates)):
        before += mine
        leaves_at = trucks.get(row.wave_id)
        crew = best_crew(planner.Problem(tuple(before), people, stations, due_ms(tx.now, leaves_at)))
        told = labour.crew_row(tx.now, crew, due_ms(tx.now, leaves_at))
        if left := sum(len(work.pack_ms) for work in mine):
            found.append(Lane(row.wave_id, row.name, told, leaves_at, left))
    return placed(found, tx.now)


def by_wave(known: dict[int, Row[Any]], works: list[Work]) -> list[tuple[Row[Any], list[Work]]]:
    """Return what is left, wave by wave, in the order in which waves were released."""
    found: dict[int, tuple[Row[Any], list[Work]]] = {}
    for work in works:
        if row := known.get(work.list_id):
            found.setdefault(row.wave_id, (row, []))[1].append(work)
    return list(found.values())


def best_crew(problem: planner.Problem) -> Crew:
    """Return what all people together make of it."""
    return planner.plan(problem).crews[-1]


def due_ms(now: datetime, at: datetime | None) -> int | None:
    """Return in how many milliseconds a truck leaves; None when nobody knows."""
    return labour.milliseconds(at - now) if at else None


def first_trucks(tx: Tx, settings: Settings) -> dict[int, datetime]:
    """Return wave -> when the first truck leaves that takes orders of it which are not packed yet."""
    table, found = cutoffs.timetable(tx, settings.site.zone), defaultdict[int, list[datetime]](list)
    for row in tx.all(to_go):
        if at := table.leaves(row.country):
            found[row.wave_id].append(at)
    return {wave_id: min(times) for wave_id, times in found.items()}


def placed(lanes: list[Lane], now: datetime) -> list[Lane]:
    """Return lanes with their shares of the time until the last of them has ended and its truck has left."""
    ends = [at for each in lanes for at in (each.crew.end_at, each.leaves_at) if at]
    length = 1.04 * max((max(ends, default=now) - now), timedelta(seconds=1))

    def share(at: datetime) -> float:
        return round(100 * ((at - now) / length), 1)

    return [
        Lane(
            *(each.id, each.name, each.crew, each.leaves_at, each.orders_left),
            *(share(each.crew.end_at), share(each.leaves_at) if each.leaves_at else None),
        )
        for each in lanes
    ]


def crews(tx: Tx, settings: Settings, wave: Any) -> tuple[Forecast | None, int]:
    """Return what 1, 2, 3, ... people would make of a wave (None when it is done), and how many are at work now."""
    if wave.state != "open":
        return None, 0
    people = cutoffs.people(tx, settings)
    told = labour.forecast(tx, wave.id, max(CREW_MIN, people), settings.site.zone)
    return (told if told.orders_left else None), people
