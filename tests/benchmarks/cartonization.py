"""Real shipments put into cartons: python -m tests.benchmarks.cartonization ITEMS BOXES EXPECTED [--json].

ITEMS (.csv or .csv.gz): shipment, quantity, item, width, length, depth in mm, grams. BOXES: name, outer width, length,
depth, empty grams, inner width, length, depth, most gross grams. EXPECTED: shipment, boxes lying flat, two figures,
boxes with every rotation, two figures. Every plan goes through the checker in the same run.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.table import Row, percentile, report, timed
from wms.planning import speed
from wms.planning.cartonization import Carton, Options, Plan, Problem, Unit, fewest, plan, verify
from wms.planning.packer import Effort

MOST_BOXES, P99_MS = 4_500, 5.0
SHIPMENTS = 4_288  # of the set that the goals were set for
BRIEF = Effort(1_000, 150, 400)
SHORT = Options(looks=4_000, quick=Effort(300, 80, 150), hard=BRIEF, dogged=BRIEF)
WARM_UP = Problem((Unit("A", 2, 3, 3, 3, 1), Unit("B", 9, 2, 2, 3, 1)), (Carton("C", 5, 5, 5, 1, 99),))
KERNELS = Path(__file__).parents[2] / "var" / "kernels"


class BadLine(ValueError):
    """A line that is not what the head of this file says; the message names file, line and reason."""


class Result(NamedTuple):
    """One shipment: boxes found, expected, no fewer possible; faults in words; CPU seconds."""

    shipment: str
    boxes: int
    expected: int
    bound: int
    faults: list[str]
    seconds: float


def lines(path: Path, columns: int) -> Iterator[tuple[str, list[str]]]:
    """Rows with their place; raises BadLine for one of another width."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for number, row in enumerate(csv.reader(io.StringIO(data.decode("utf-8-sig"))), start=1):
        if row and len(row) != columns:
            raise BadLine(f"{path.name} line {number}: {len(row)} columns, not {columns}")
        if row:
            yield f"{path.name} line {number}", row


def numbers(place: str, texts: list[str]) -> list[int]:
    """Whole numbers; raises BadLine."""
    try:
        return [int(text) for text in texts]
    except ValueError as bad:
        raise BadLine(f"{place}: {bad}") from bad


def read_shipments(path: Path) -> dict[str, tuple[Unit, ...]]:
    """Units by shipment; equal lines are added up."""
    found: dict[str, dict[tuple[str, ...], int]] = {}
    for place, row in lines(path, 7):
        qty, *facts = numbers(place, [row[1], *row[3:]])
        if min(facts[:3]) < 1 or qty < 1 or facts[3] < 0:
            raise BadLine(f"{place}: a quantity or size below 1, or a weight below 0")
        content = found.setdefault(row[0], {})
        key = (row[2], *map(str, facts))
        content[key] = content.get(key, 0) + qty
    return {
        shipment: tuple(Unit(f"{key[0]}/{n}", qty, *map(int, key[1:])) for n, (key, qty) in enumerate(content.items()))
        for shipment, content in found.items()
    }


def read_boxes(path: Path) -> tuple[Carton, ...]:
    """Cartons by their inner size."""
    rows = [(row[0], numbers(place, row[1:])) for place, row in lines(path, 9)]
    return tuple(Carton(name, *facts[4:7], facts[3], facts[7]) for name, facts in rows)


def read_expected(path: Path) -> dict[str, int]:
    """Boxes with every rotation by shipment."""
    return {row[0]: numbers(place, [row[4]])[0] for place, row in lines(path, 7)}


def judged(shipment: str, problem: Problem, expected: int) -> tuple[Result, Plan]:
    """Plan a shipment and check it."""
    begun = time.process_time()
    found = plan(problem)
    seconds = time.process_time() - begun
    faults = verify(problem, found) + [f"{sku} is not packed" for sku, _ in found.unpackable]
    return Result(shipment, len(found.parcels), expected, fewest(problem, len(found.parcels)), faults, seconds), found


def run(arguments: argparse.Namespace, support_percent: int) -> list[Result]:
    """Plan all shipments."""
    shipments, boxes = read_shipments(arguments.items), read_boxes(arguments.boxes)
    expected = read_expected(arguments.expected)
    unknown = sorted(set(shipments) - set(expected))
    if unknown:
        raise BadLine(f"{arguments.expected.name} has no line for shipment {unknown[0]}")
    results = []
    for shipment, units in shipments.items():
        results.append(judged(shipment, Problem(units, boxes, 80, support_percent), expected[shipment])[0])
    return results


def summary(results: list[Result], rule: str, wall_s: float, temper: str) -> list[Row]:
    """The goals, and what was reached."""
    boxes, peer = sum(each.boxes for each in results), sum(each.expected for each in results)
    bound, worse = sum(each.bound for each in results), [each for each in results if each.boxes > each.expected]
    cpu = sum(each.seconds for each in results)
    p99 = 1_000 * percentile((each.seconds for each in results), 99)
    faults = [each for each in results if each.faults]
    goal = f"<= {MOST_BOXES:,}" if len(results) == SHIPMENTS else "-"
    met = boxes <= MOST_BOXES if len(results) == SHIPMENTS else None
    peers = f"BoxPacker {peer:,}; none can be below {bound:,}"
    proven = sum(each.boxes == each.bound for each in results)
    return [
        Row(f"{len(results):,} shipments, {rule}", goal, f"{boxes:,} boxes", peers, wall_s, cpu, met, temper),
        Row("  shipments worse than expected", "0", str(len(worse)), "-", None, None, not worse, temper),
        Row("  shipments proven to be best", "-", f"{proven:,}", "volume, weight, measures", None, None, None, temper),
        Row("  p99 of a shipment", f"<= {P99_MS} ms", f"{p99:.1f} ms", "-", None, p99 / 1_000, p99 <= P99_MS, temper),
        Row("  plans the checker refuses", "0", str(len(faults)), "-", None, None, not faults, temper),
    ]


def sampled(arguments: argparse.Namespace) -> list[Problem]:
    """A few small shipments, to be planned without and with a compiler."""
    shipments, boxes = read_shipments(arguments.items), read_boxes(arguments.boxes)
    small = [units for units in shipments.values() if sum(unit.qty for unit in units) < 30]
    return [Problem(units, boxes) for units in small[:: max(1, len(small) // 8)]]


def main() -> None:
    """Read the arguments, compile, run with goods that may float (as the peer) and with goods that must stand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("items", "boxes", "expected"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--json", action="store_true", help="a line per shipment, then a line per goal")
    arguments = parser.parse_args()
    sample = sampled(arguments)
    slow = [plan(problem, SHORT) for problem in sample]
    temper = "warm" if speed.compile_kernels(KERNELS) else "plain"
    plan(WARM_UP)
    same = slow == [plan(problem, SHORT) for problem in sample]
    words = "equal plans" if same else "OTHER plans"
    rows = [Row(f"{len(sample)} shipments, plain Python and {temper}", "equal plans", words, "-", None, None, same)]
    for support_percent, rule in ((0, "any place"), (75, "3/4 of a base rests"), (100, "all of a base rests")):
        results, took = timed(lambda percent=support_percent: run(arguments, percent))
        if arguments.json:
            for each in results:
                print(json.dumps({"support_percent": support_percent, **each._asdict()}))
        rows += summary(results, rule, took.wall_s, temper)
    report(rows, arguments.json)


if __name__ == "__main__":
    main()
