"""Checks a packing from its placements alone, whoever made it: a certificate that the parcels can be packed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from wms.planning.cartons import Carton, Parcel, Placement, Plan, Problem, Unit, takes_one, turns

Rows = npt.NDArray[np.int64]


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every unit packed once, inside, apart, standing, nothing too heavy, all figures true."""
    units = {unit.sku: unit for unit in problem.units}
    cartons = {carton.code: carton for carton in problem.cartons}
    broken = [f"carton {parcel.carton} is unknown" for parcel in plan.parcels if parcel.carton not in cartons]
    named = Counter[str]()
    for sku, qty in [*plan.unpackable, *(pair for parcel in plan.parcels for pair in parcel.units)]:
        named[sku] += qty
    broken += [f"{qty} of {sku} are packed, none is wanted" for sku, qty in named.items() if sku not in units]
    broken += [
        f"{sku}: {unit.qty} wanted, {named[sku]} packed" for sku, unit in units.items() if unit.qty != named[sku]
    ]
    if broken:
        return broken
    for number, parcel in enumerate(plan.parcels, start=1):
        faults = [
            *_figures(problem, parcel, cartons[parcel.carton], units),
            *_counted(parcel, units),
            *_laid(problem, parcel, cartons[parcel.carton], units),
        ]
        broken += [f"parcel {number}: {fault}" for fault in faults]
    return [*broken, *_refused(problem, plan, units), *_sums(plan, cartons)]


def _figures(problem: Problem, parcel: Parcel, carton: Carton, units: dict[str, Unit]) -> Iterable[str]:
    """Weight, and the room for what is soft."""
    content = [(units[sku], qty) for sku, qty in parcel.units]
    for unit, qty in content:
        if qty < 1:
            yield f"{qty} of {unit.sku}"
        if not takes_one(carton, unit):
            yield f"{unit.sku} does not fit {carton.code}"
    gross = carton.tare_g + sum(unit.weight_g * qty for unit, qty in content)
    if gross != parcel.gross_g:
        yield f"weighs {gross} g, not {parcel.gross_g} g"
    if gross > carton.max_g:
        yield f"weighs {gross} g, {carton.code} takes {carton.max_g} g"
    soft = sum(unit.mm3 * qty for unit, qty in content if unit.soft)
    hard = sum(unit.mm3 * qty for unit, qty in content if not unit.soft)
    if soft and sum(qty for _, qty in content) > 1 and soft * 100 > (carton.mm3 - hard) * problem.fill_percent:
        yield f"its soft units take more than {problem.fill_percent} % of the room that is left"


def _counted(parcel: Parcel, units: dict[str, Unit]) -> Iterable[str]:
    """As many places as units that have one, and steps from 1 on."""
    placed = Counter(placement.sku for placement in parcel.placements)
    wanted = Counter({sku: qty for sku, qty in parcel.units if not units[sku].soft})
    for sku in sorted(set(placed) | set(wanted)):
        if placed[sku] != wanted[sku]:
            yield f"{placed[sku]} places for {wanted[sku]} of {sku}"
    if sorted(placement.step for placement in parcel.placements) != list(range(1, len(parcel.placements) + 1)):
        yield "its steps are not 1, 2, 3 and so on"


def _laid(problem: Problem, parcel: Parcel, carton: Carton, units: dict[str, Unit]) -> Iterable[str]:
    """Every place by itself, and against all others."""
    placements = [each for each in parcel.placements if each.sku in units]
    for each in placements:
        if (each.dx, each.dy, each.dz) not in turns(units[each.sku].sides, units[each.sku].up):
            yield f"{each.sku} may not lie {each.dx} x {each.dy} x {each.dz}"
    rows = np.array([each[1:] for each in placements], np.int64).reshape(-1, 7)
    low, high = rows[:, :3], rows[:, :3] + rows[:, 3:6]
    for i in np.flatnonzero((low < 0).any(axis=1) | (high > np.array(carton.sides)).any(axis=1)):
        yield f"{placements[i].sku} of step {rows[i, 6]} sticks out"
    common = np.minimum(high[:, None], high[None, :]) - np.maximum(low[:, None], low[None, :])
    for i, j in np.argwhere(np.triu((common > 0).all(axis=2), 1)):
        yield f"{placements[i].sku} of step {rows[i, 6]} and {placements[j].sku} of step {rows[j, 6]} overlap"
    base = np.clip(common[:, :, 0], 0, None) * np.clip(common[:, :, 1], 0, None)
    yield from _stacked(problem, placements, units, (low, high, base))


def _stacked(
    problem: Problem, placements: Sequence[Placement], units: dict[str, Unit], shape: tuple[Rows, Rows, Rows]
) -> Iterable[str]:
    """What stands on what: enough below everything, nothing heavier above the fragile, nothing put in from below."""
    low, high, base = shape
    carried = (base * (high[None, :, 2] == low[:, None, 2])).sum(axis=1)
    for i, each in enumerate(placements):
        if each.z > 0 and carried[i] * 100 < each.dx * each.dy * problem.support_percent:
            yield f"{each.sku} of step {each.step} stands on {carried[i]} of {each.dx * each.dy} mm2"
    above = (base > 0) & (low[:, None, 2] >= high[None, :, 2])
    for i, j in np.argwhere(above):
        upper, lower = placements[i], placements[j]
        if units[lower.sku].fragile and units[upper.sku].weight_g > units[lower.sku].weight_g:
            yield f"{upper.sku} of step {upper.step} is above the fragile {lower.sku}"
        if upper.step < lower.step:
            yield f"{lower.sku} of step {lower.step} must go under {upper.sku} of step {upper.step}"


def _refused(problem: Problem, plan: Plan, units: dict[str, Unit]) -> Iterable[str]:
    for sku, _ in plan.unpackable:
        if any(takes_one(carton, units[sku]) for carton in problem.cartons):
            yield f"{sku} is called unpackable, but fits a carton"


def _sums(plan: Plan, cartons: dict[str, Carton]) -> Iterable[str]:
    mm3 = sum(cartons[parcel.carton].mm3 for parcel in plan.parcels)
    cost = sum(cartons[parcel.carton].cost for parcel in plan.parcels)
    if mm3 != plan.mm3:
        yield f"the cartons have {mm3} mm3, not {plan.mm3}"
    if cost != plan.cost:
        yield f"the cartons cost {cost}, not {plan.cost}"
