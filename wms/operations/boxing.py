"""Boxing: how the units of a box lie in its carton, planned in space and told step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Row

from wms.db import Tx
from wms.planning import cartonization
from wms.planning.cartonization import ANY_WAY, THIS_SIDE_UP, Carton, Options, Parcel, Plan, Problem, Unit
from wms.planning.packer import Effort
from wms.queries import boxes
from wms.queries.boxes import Box, Need

PROMPT = Options(looks=2_500, quick=Effort(300, 80, 150), hard=Effort(500, 120, 300), dogged=Effort(500, 120, 300))
"""A packer waits for this search, so it is short; what it does not find costs a larger carton, never a wrong one."""
STANDING_PERCENT = 75
"""A game may hang over the one below it by a little, as people pack them."""
SEEN_MAX = 60
"""Of more units no picture is drawn: nobody would follow it."""


Cartons = Sequence[Row[Any]]
KEPT = timedelta(minutes=1)
_kept: WeakKeyDictionary[Engine, tuple[datetime, Cartons]] = WeakKeyDictionary()


def cartons(tx: Tx) -> Cartons:
    """Return the types of carton as they were at most KEPT ago: a picture may be late, a scan may not be slow."""
    at, found = _kept.get(tx.conn.engine, (None, ()))
    if at is None or not found or not timedelta(0) <= tx.now - at < KEPT:
        found = boxes.cartons(tx)
        _kept[tx.conn.engine] = (tx.now, found)
    return found


def packing(box: Box, cartons: Cartons, rest: bool) -> Plan:
    """Return how what is in the box is packed, with `rest` together with what is still to be verified."""
    needs = [(need, need.boxed + (need.left if rest else 0)) for need in box.needs]
    units = tuple(unit_of(need, qty) for need, qty in needs if qty > 0)
    kinds = tuple(
        Carton(row.code, row.length_mm, row.width_mm, row.height_mm, row.tare_g, row.max_g, row.cost) for row in cartons
    )
    return planned(units, kinds)


@lru_cache(maxsize=500)
def planned(units: tuple[Unit, ...], cartons: tuple[Carton, ...]) -> Plan:
    """Return the plan for these units; the orders of a campaign are alike, and a box is asked about at every scan."""
    return cartonization.plan(Problem(units, cartons, support_percent=STANDING_PERCENT), PROMPT)


def unit_of(need: Need, qty: int) -> Unit:
    """Return a line's units for the planner; without sizes they are soft, so that only their number counts."""
    long, wide, high = need.sides_mm
    known = min(need.sides_mm) > 0
    up = THIS_SIDE_UP if need.upright else ANY_WAY
    soft = need.soft or not known
    return Unit(need.sku, qty, max(1, long), max(1, wide), max(1, high), need.weight_g, up, need.fragile, soft)


def picture(box: Box, cartons: Cartons, rest: bool) -> dict[str, Any] | None:
    """Return what a picture of the packing shows: carton, units in their order, how many are in, which comes next.

    Each unit is [line, x, y, z, dx, dy, dz] in mm, the floor first; a line is its SKU, colour and name. `state` says of
    each unit whether it is "in", "next" or to do. With `rest` what is still to be verified is in the picture. None when
    there is nothing to draw: no carton, no unit with a size, or too many units to be of help.
    """
    allowed = [row for row in cartons if box.carton_id in (None, row.id)]
    if not allowed or not box.needs:
        return None
    plan = packing(box, allowed, rest)
    parcel = plan.parcels[0] if plan.parcels else None
    if parcel is None or not 0 < len(parcel.placements) <= SEEN_MAX:
        return None
    row = next(row for row in allowed if row.code == parcel.carton)
    return {
        "carton": row.name,
        "sides": [row.length_mm, row.width_mm, row.height_mm],
        "of": len(plan.parcels),
        "lines": {need.sku: [need.colour, need.name] for need in box.needs},
        "units": [[each.sku, each.x, each.y, each.z, each.dx, each.dy, each.dz] for each in parcel.placements],
        "state": states(box, parcel),
        "soft": soft_of(box, parcel),
    }


def in_turn(box: Box, cartons: Cartons, rest: bool) -> Box:
    """Return the box with the turns of its units, as the picture of the packing has them."""
    allowed = [row for row in cartons if box.carton_id in (None, row.id)]
    parcels = packing(box, allowed, rest).parcels if allowed and box.needs else ()
    return replace(box, turns=tuple(each.sku for each in parcels[0].placements) if parcels else ())


def states(box: Box, parcel: Parcel) -> list[str]:
    """Return for each placed unit "in" when it is verified, "next" for the one to scan now, else "todo"."""
    inside = {need.sku: need.boxed for need in box.needs}
    wanted = box.next.sku if box.next else ""
    found = []
    for each in parcel.placements:
        if inside[each.sku] > 0:
            inside[each.sku] -= 1
            found.append("in")
        elif each.sku == wanted:
            wanted = ""
            found.append("next")
        else:
            found.append("todo")
    return found


def soft_of(box: Box, parcel: Parcel) -> list[list[Any]]:
    """Return the units without a place, which fill the room that is left: SKU and quantity."""
    placed = {each.sku for each in parcel.placements}
    return [[sku, qty] for sku, qty in parcel.units if sku not in placed]
