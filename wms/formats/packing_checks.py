"""What a packing list says twice must agree: ranges, counts, sums, weights, volumes; and no carton stands twice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from wms.formats.errors import Problem
from wms.formats.packing_rows import Group, Total

CBM_TOLERANCE = Decimal("0.05")
MM3_PER_M3 = Decimal(10) ** 9
ROUNDING_G = 50  # weights are written to a tenth of a kilogram


def errors(groups: Sequence[Group]) -> list[Problem]:
    """Contradictions about content: carton count against range, quantity against cartons x units."""
    return [*(problem for group in groups for problem in _counts(group)), *_quantities(groups)]


def _counts(group: Group) -> list[Problem]:
    count = group.written_cartons
    if count is None or count == len(group.numbers):
        return []
    sentence = f"Cartons {group.label} are {len(group.numbers)}, but the list says {count}."
    return [Problem(group.row, "cartons", sentence)]


def _quantities(groups: Sequence[Group]) -> list[Problem]:
    problems = []
    for group in groups:
        for row in group.rows:
            per_carton, qty = row.written
            if per_carton is not None and qty is not None and per_carton * len(group.numbers) != qty:
                sum_ = f"{len(group.numbers)} cartons of {per_carton} are {per_carton * len(group.numbers)}"
                problems.append(Problem(row.number, "qty", f"{sum_}, but the list says {qty}."))
            if row.qty == 0 and qty is not None:
                problems.append(Problem(row.number, "qty", "This row has goods but the quantity 0."))
    return problems


def overlaps(groups: Sequence[tuple[str, Group]]) -> list[Problem]:
    """Cartons that stand in two rows which are not the same mixed carton, over all sheets."""
    first: dict[str, tuple[str, int]] = {}
    problems = []
    for sheet, group in groups:
        clash = next((number for number in group.numbers if number in first), None)
        if clash is not None:
            where = f"row {first[clash][1]} of sheet {first[clash][0]!r}"
            problems.append(Problem(group.row, "carton", f"Carton {clash} is already in {where}."))
        for number in group.numbers:
            first.setdefault(number, (sheet, group.row))
    return problems


def warnings(groups: Sequence[Group], total: Total | None) -> list[Problem]:
    """Doubts that counting on the dock settles: sums against TOTAL, net above gross weight, volume against size."""
    notes = [problem for group in groups for problem in [*_weight(group), *_volume(group)]]
    if total is None:
        last = groups[-1].rows[-1].number if groups and groups[-1].rows else 0
        return [*notes, Problem(last, "", "The list has no TOTAL row to compare with.")]
    return [*notes, *_sums(groups, total)]


def _weight(group: Group) -> list[Problem]:
    if group.net_g is None or group.gross_g is None or group.gross_g >= group.net_g:
        return []
    sentence = f"Carton {group.label}: net weight {group.net_g} g is above gross weight {group.gross_g} g."
    return [Problem(group.row, "gross", sentence)]


def _volume(group: Group) -> list[Problem]:
    if group.cbm is None or group.dims_mm is None:
        return []
    length, width, height = group.dims_mm
    real = Decimal(length * width * height * len(group.numbers)) / MM3_PER_M3
    if abs(real - group.cbm) <= max(real * CBM_TOLERANCE, Decimal("0.001")):
        return []
    return [Problem(group.row, "cbm", f"Cartons {group.label} measure {real:.3f} m3, but the list says {group.cbm}.")]


def _sums(groups: Sequence[Group], total: Total) -> list[Problem]:
    rows = [row for group in groups for row in group.rows]
    sums = (
        ("cartons", sum(len(group.numbers) for group in groups), total.cartons, 0),
        ("qty", sum(row.qty for row in rows), total.qty, 0),
        ("net", sum(group.net_total_g or 0 for group in groups), total.net_g, ROUNDING_G),
        ("gross", sum(group.gross_total_g or 0 for group in groups), total.gross_g, ROUNDING_G),
    )
    notes = [
        Problem(total.row, name, f"The rows add up to {real}, the TOTAL row says {said}.")
        for name, real, said, slack in sums
        if said is not None and abs(real - said) > slack
    ]
    volume = sum((group.cbm or Decimal(0) for group in groups), Decimal(0))
    if total.cbm is not None and abs(volume - total.cbm) > max(volume * CBM_TOLERANCE, Decimal("0.001")):
        notes.append(Problem(total.row, "cbm", f"The rows add up to {volume} m3, the TOTAL row says {total.cbm}."))
    return notes
