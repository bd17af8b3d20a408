"""Walking styles against proven optima: one published batching instance, solved to the end under three policies.

Of an instance whose batches hold few orders, every feasible batch is walked and the best partition is found by HiGHS.
The optima of Henn & Waescher's 29s-40-30-0 (uniform) were published for optimal routing, traversal (our s_shape) and
largest gap; they are equal only if every single route is the one of the policy's definition.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.table import Row, timed
from wms.planning import routing
from wms.planning.layout import Floor, Place, measure
from wms.planning.styles import Style

NAME, GROUP = "29s-40-30-0", "uniform"
PROVEN: dict[Style, int] = {"exact": 9246, "s_shape": 10751, "largest_gap": 10012}
DEPOT, FIRST_BIN = 1, 10
BATCHES_MAX = 200_000


def rows(orders: Path) -> list[Row]:
    """A row for each policy; one that says so when the instance is not in the file."""
    instance = _instance(orders)
    if instance is None:
        return [Row("walking policies", "proven optima", f"{NAME} is not in {orders.name}")]
    floor, batches = _floor(instance), list(islice(_batches(instance), BATCHES_MAX))
    return [_row(instance, floor, batches, style) for style in PROVEN]


def _row(instance: dict[str, Any], floor: Floor, batches: Sequence[tuple[int, ...]], style: Style) -> Row:
    found, took = timed(lambda: _best(instance, floor, batches, style))
    proven = f"{PROVEN[style]}, proven"
    return Row(f"{NAME} {style}", proven, f"{found}", "published", took.wall_s, took.cpu_s, found == PROVEN[style])


def _instance(orders: Path) -> dict[str, Any] | None:
    with gzip.open(orders, "rt", encoding="utf-8") as lines:
        for line in lines:
            found: dict[str, Any] = json.loads(line)
            if (found["name"], found["group"]) == (NAME, GROUP):
                return found
    return None


def _floor(instance: dict[str, Any]) -> Floor:
    """The instance in mm: a pick is aisle * cells + cell, cells counted from the front."""
    cells = int(instance["cells"])
    sizes = (float(instance[name]) * 1000 for name in ("aisle_pitch", "end_len", "cell_len", "aisle_len"))
    pitch, end, cell, length = map(round, sizes)
    bins = [
        Place(FIRST_BIN + pick, "A", 1 + pick // cells, pick // cells * pitch, end + pick % cells * cell)
        for pick in range(int(instance["aisles"]) * cells)
    ]
    depot = Place(DEPOT, "", 0, int(instance["depot_aisle"]) * pitch, 0)
    return measure(bins, depot, (0, length))


def _batches(instance: dict[str, Any]) -> Iterator[tuple[int, ...]]:
    """Every set of orders that fits together."""
    size, capacity = instance["size"], instance["cap"]
    stack: list[tuple[tuple[int, ...], float]] = [((), 0)]
    while stack:
        batch, load = stack.pop()
        if batch:
            yield batch
        for order in range(batch[-1] + 1 if batch else 0, len(size)):
            if load + size[order] <= capacity:
                stack.append(((*batch, order), load + size[order]))


def _best(instance: dict[str, Any], floor: Floor, batches: Sequence[tuple[int, ...]], style: Style) -> int:
    """The shortest partition of all orders, in metres."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    options = routing.Options(style=style)
    costs = []
    for batch in batches:
        stops = tuple(FIRST_BIN + pick for order in batch for pick in instance["picks"][order])
        costs.append(routing.plan(routing.Problem(floor, stops, DEPOT, DEPOT), options).length_mm)
    members = [(order, number) for number, batch in enumerate(batches) for order in batch]
    into, of = zip(*members, strict=True)
    once = csc_array((np.ones(len(members)), (into, of)), shape=(len(instance["size"]), len(batches)))
    found = milp(
        costs, constraints=LinearConstraint(once, 1, 1), bounds=Bounds(0, 1), integrality=np.ones(len(batches))
    )
    return round(found.fun / 1000)
