"""Batching on published single-block instances: how far from the best known, at so many seconds an instance.

    python -m tests.benchmarks.batching FILE.jsonl.gz [--seconds 1] [--json] [--check] [--limit N] [--set NAME]

A line of the file is one instance: set, group, name, cap, aisles, cells, cell_len, end_len, aisle_pitch, aisle_len,
depot_aisle, size[order], picks[order] (aisle * cells + cell, counted from the front), published_ub, published_lb,
proven_optimal (the last three may be missing). `--check` walks every batch again by a router of its own. `--scale`
measures releases of 1,000 and 10,000 orders instead.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks import table
from wms.planning import batching, speed
from wms.planning.batching import Handling, Line, Options, OrderDemand, Problem
from wms.planning.layout import Floor, Place, measure

KERNELS = Path("var/kernels")
NO_HANDLING = Handling(0, 0, 0, 0)
ROUNDED = 0.51  # some published figures are rounded to whole units
FIELDS = ("set", "name", "cap", "aisles", "cells", "cell_len", "end_len", "aisle_pitch", "aisle_len", "size", "picks")
TRIALS = 18_000  # changes tried per order and second
BATCHES = 100_000  # so many possible batches are all walked


@dataclass(frozen=True)
class Solved:
    """One instance as solved."""

    given: dict[str, Any]
    distance: float
    batches: list[list[int]]
    seconds: float
    limit_hit: bool

    @property
    def gap(self) -> float | None:
        """Percent above the published upper bound; None when there is none."""
        best = self.given.get("published_ub")
        if best is None:
            return None
        if self.given["set"].startswith("MUTER") and abs(self.distance - best) <= ROUNDED:
            return 0.0
        return 100 * (self.distance / best - 1)

    def line(self) -> dict[str, Any]:
        """What is printed of it."""
        facts = {key: self.given.get(key, "") for key in ("set", "group", "name")}
        counted = {"distance": round(self.distance, 3), "batches": self.batches, "seconds": round(self.seconds, 3)}
        return {**facts, **counted, "gap_percent": None if self.gap is None else round(self.gap, 4)}


def instances(path: Path) -> Iterator[dict[str, Any]]:
    """Read a file, compressed or not; SystemExit names a line that makes no sense."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield instance(line, f"{path.name}, line {number}")


def instance(line: str, where: str) -> dict[str, Any]:
    """Read one instance."""
    try:
        given: dict[str, Any] = json.loads(line)
    except json.JSONDecodeError as error:
        raise SystemExit(f"{where}: not JSON: {error}") from None
    missing = [key for key in FIELDS if key not in given]
    if missing:
        raise SystemExit(f"{where}: no {', '.join(missing)}")
    if len(given["size"]) != len(given["picks"]):
        raise SystemExit(f"{where}: {len(given['size'])} sizes, but {len(given['picks'])} orders")
    cells = given["aisles"] * given["cells"]
    if any(not 0 <= pick < cells for order in given["picks"] for pick in order):
        raise SystemExit(f"{where}: a pick is not among the {cells} cells")
    return given


def mm(length: float) -> int:
    """Units of an instance are taken as metres."""
    return round(length * 1000)


def floor_of(given: dict[str, Any]) -> Floor:
    """The floor of an instance; cell c of aisle a is place a * cells + c + 1, the depot place 0."""
    places = [
        Place(
            a * given["cells"] + c + 1,
            "A",
            a + 1,
            mm(a * given["aisle_pitch"]),
            mm(given["end_len"] + c * given["cell_len"]),
        )
        for a in range(given["aisles"])
        for c in range(given["cells"])
    ]
    depot = Place(0, "", 0, mm(given.get("depot_aisle", 0) * given["aisle_pitch"]), 0)
    return measure(places, depot, (0, mm(given["aisle_len"])))


def problem_of(given: dict[str, Any]) -> Problem:
    """An instance as a batching problem: a tote is one unit of its capacity."""
    orders = []
    for number, (size, picks) in enumerate(zip(given["size"], given["picks"], strict=True)):
        first, *rest = dict.fromkeys(picks)
        lines = (Line("", first + 1, 1, int(size)), *(Line("", pick + 1, 1, 0) for pick in rest))
        orders.append(OrderDemand(number, lines))
    limits = {"totes_max": int(given["cap"]), "tote_mm3": 1, "lines_max": 1_000_000, "single_orders_max": 0}
    return Problem(tuple(orders), floor_of(given), **limits, handling=NO_HANDLING)


def solved(given: dict[str, Any], seconds: float) -> Solved:
    """Solve one instance in at most so many seconds."""
    options = Options(trials=max(1, round(TRIALS * seconds)), batches_max=BATCHES, seconds_max=0.88 * seconds)
    started = time.process_time()
    plan = batching.plan(problem_of(given), options)
    taken = time.process_time() - started
    return Solved(given, plan.length_mm / 1000, [list(trip.orders) for trip in plan.lists], taken, plan.limit_hit)


# --- an independent router: forward over aisles, states by the ends of the walk so far ---


def walk(given: dict[str, Any], orders: Sequence[int]) -> int:
    """Shortest walk of a batch in mm, by a graph search over (parity at front, parity at back, pieces) per aisle."""
    wanted: dict[int, set[int]] = {given.get("depot_aisle", 0): {0}}
    for order in orders:
        for pick in given["picks"][order]:
            aisle, cell = divmod(pick, given["cells"])
            wanted.setdefault(aisle, set()).add(mm(given["end_len"] + cell * given["cell_len"]))
    depth, pitch = mm(given["aisle_len"]), mm(given["aisle_pitch"])
    layer: dict[tuple[int, int, int], int] = {(0, 0, 0): 0}
    before = min(wanted)
    for aisle in sorted(wanted):
        layer = crossed(layer, (aisle - before) * pitch)
        layer = climbed(layer, sorted(wanted[aisle]), depth)
        before = aisle
    return min(cost for (front, back, pieces), cost in layer.items() if pieces == 1 and front % 2 == back % 2 == 0)


def crossed(layer: dict[tuple[int, int, int], int], across: int) -> dict[tuple[int, int, int], int]:
    """Degrees 1 and 2 go on as one or two lines along the front and the back; what is joined may drop one of them."""
    if across == 0:
        return layer
    after: dict[tuple[int, int, int], int] = {}
    for (front, back, pieces), cost in layer.items():
        for low, high in {(front, back), (front, 0), (0, back)}:
            ends = pieces == 1 or (low, high) == (front, back)
            if (low or high) and ends and low % 2 == front % 2 and high % 2 == back % 2:
                key = (low, high, pieces)
                after[key] = min(after.get(key, 1 << 60), cost + (low + high) * across)
    return after


def climbed(layer: dict[tuple[int, int, int], int], stops: list[int], depth: int) -> dict[tuple[int, int, int], int]:
    """Serve one aisle from every state, in every way: lines at the front, lines at the back, whether they meet."""
    points = [0, *stops, depth]
    ways = [
        (1, 1, True, depth),
        (2, 2, True, 2 * depth),
        (2, 0, False, 2 * stops[-1]),
        (0, 2, False, 2 * (depth - stops[0])),
    ]
    ways += [(2, 2, False, 2 * (depth - (b - a))) for a, b in pairwise(points)]
    after: dict[tuple[int, int, int], int] = {}
    for (front, back, pieces), cost in layer.items():
        for low, high, meets, price in ways:
            key = joined((front, back, pieces), (low, high, meets))
            after[key] = min(after.get(key, 1 << 60), cost + price)
    return after


def joined(state: tuple[int, int, int], way: tuple[int, int, bool]) -> tuple[int, int, int]:
    """Degrees (0, or 1 odd, or 2 even) and pieces after an aisle was served."""
    front, back, pieces = state
    low, high, meets = way
    ends = [degree + lines and 2 - (degree + lines) % 2 for degree, lines in ((front, low), (back, high))]
    one_piece = meets or (pieces == 1 and front and back) or not (ends[0] and ends[1])
    return ends[0], ends[1], 1 if one_piece else 2


def checked(result: Solved) -> list[str]:
    """What is wrong with a solution, found without the planner."""
    given, name = result.given, result.given["name"]
    faults = []
    if sorted(order for batch in result.batches for order in batch) != list(range(len(given["size"]))):
        faults.append(f"{name}: not every order once")
    for batch in result.batches:
        if len(batch) > 1 and sum(given["size"][order] for order in batch) > given["cap"]:
            faults.append(f"{name}: batch {batch} is above the capacity")
    again = sum(walk(given, batch) for batch in result.batches) / 1000
    if abs(again - result.distance) > 1e-6:
        faults.append(f"{name}: {result.distance} said, {again} walked")
    return faults


# --- what is printed ---


def summary(results: Sequence[Solved]) -> list[table.Row]:
    """One row per set and kind of bound."""
    kinds: dict[tuple[str, str, bool], list[Solved]] = {}
    for each in results:
        if each.gap is not None:
            key = (each.given["set"], each.given.get("group", ""), bool(each.given.get("proven_optimal")))
            kinds.setdefault(key, []).append(each)
    rows = [row(" ".join(filter(None, key[:2])), key[2], found) for key, found in sorted(kinds.items())]
    for proven in (True, False):
        found = [each for key, group in kinds.items() if key[2] == proven and "BAHCECI" not in key[0] for each in group]
        if found:
            rows.append(row("all but Bahceci & Oncan", proven, found))
    return rows


def row(name: str, proven: bool, found: Sequence[Solved]) -> table.Row:
    """Gaps of one kind of instances against its goal."""
    gaps = [each.gap for each in found if each.gap is not None]
    mean, worst = sum(gaps) / len(gaps), max(gaps)
    equal = sum(gap <= 1e-6 for gap in gaps)
    if proven:
        share = 1.0 if "BAHCECI" in name else 0.95
        goal, met = f">= {share:.0%} optimal, worst <= +0.3 %", equal >= share * len(gaps) and worst <= 0.3
    else:
        goal, met = "mean <= -2.5 %, worst <= +0.3 %", mean <= -2.5 and worst <= 0.3
    reached = f"{equal} of {len(gaps)} at it or below, mean {mean:+.3f} %, worst {worst:+.3f} %"
    cpu = sum(each.seconds for each in found) / len(found)
    return table.Row(f"{name}, {'proven' if proven else 'open'}", goal, reached, "published bound", None, cpu, met)


def release(orders: int, seed: int) -> Problem:
    """A release to measure: five lines an order, twenty aisles of forty bays, a third of the items asked most."""
    dice = random.Random(seed)
    bays = 40
    places = [Place(1 + a * bays + b, "A", a + 1, a * 5_000, 1_500 + b * 1_000) for a in range(20) for b in range(bays)]
    floor = measure(places, Place(0, "", 0, 0, 0), (0, bays * 1_000 + 2_000))
    ids = [place.id for place in places]
    wanted = []
    for number in range(orders):
        chosen = dict.fromkeys(ids[int(len(ids) * dice.random() ** 1.6)] for _ in range(5))
        wanted.append(OrderDemand(number, tuple(Line(f"S{place}", place, 1, 1_000) for place in chosen)))
    return Problem(tuple(wanted), floor, 12, 30_000_000, 60, handling=NO_HANDLING, single_orders_max=0)


def scale() -> list[table.Row]:
    """Releases of 1,000 and of 10,000 orders."""
    small = release(1_000, 1)
    batching.plan(release(40, 2), Options(trials=50, batches_max=100))
    first, quick = table.timed(lambda: batching.plan(small, Options(trials=0)))
    soon, two = table.timed(lambda: batching.plan(small, Options(trials=1_400, batches_max=1)))
    best, long = table.timed(lambda: batching.plan(small, Options(trials=40_000, batches_max=1)))
    served = batching.baseline(small).length_mm
    big = release(10_000, 3)
    whole, all_of_it = table.timed(lambda: batching.plan(big, Options(trials=1_000, batches_max=1)))
    peer = f"first come first served {served / 1e6:.1f} km"
    above = 100 * (soon.length_mm / best.length_mm - 1)
    big_peer = f"first come first served {batching.baseline(big).length_mm / 1e6:.1f} km"
    return [
        lasted("1,000 orders, first plan", "<= 0.1 s", (kilometres(first), peer), quick, quick.cpu_s <= 0.1),
        lasted("1,000 orders, 2 s", "<= +3 % of the long run", (f"{above:+.2f} %", peer), two, above <= 3),
        lasted("1,000 orders, long run", "-", (kilometres(best), peer), long, None),
        lasted("10,000 orders", "<= 60 s", (kilometres(whole), big_peer), all_of_it, all_of_it.cpu_s <= 60),
    ]


def kilometres(plan: batching.Plan) -> str:
    """The walk of a plan."""
    return f"{plan.length_mm / 1e6:.2f} km"


def lasted(what: str, goal: str, figures: tuple[str, str], time: table.Timed, met: bool | None) -> table.Row:
    """One row of a measured release: figures are what was reached, and the peer's."""
    return table.Row(what, goal, *figures, time.wall_s, time.cpu_s, met)


def main() -> None:
    """Print a line per instance and the summary; exit 1 when `--check` finds a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--limit", type=int, help="every so-many-th instance, so that at most this many are solved")
    parser.add_argument("--set", help="only this set")
    parser.add_argument("--scale", action="store_true")
    asked = parser.parse_args()
    speed.compile_kernels(KERNELS)
    if asked.scale:
        table.report(scale(), asked.json)
    if asked.file:
        solve_all(asked)
    elif not asked.scale:
        parser.error("a file of instances, or --scale")


def compile_all() -> None:
    """Make small plans in every way there is, for as long as it takes: compiling must not count."""
    orders = replace(release(24, 2), totes_max=4)
    for most in (1, 1_000, BATCHES):  # exchanges only, batches sought out, all of them
        batching.plan(orders, Options(trials=1_000, batches_max=most, seconds_max=3_600))


def solve_all(asked: argparse.Namespace) -> None:
    """Solve the instances of a file."""
    if not asked.file.exists():
        raise SystemExit(f"{asked.file}: no such file")
    chosen = [each for each in instances(asked.file) if asked.set in (None, each["set"])]
    if asked.limit and len(chosen) > asked.limit:
        chosen = [chosen[number * len(chosen) // asked.limit] for number in range(asked.limit)]
    compile_all()
    results, faults = [], []
    for each in chosen:
        results.append(solved(each, asked.seconds))
        faults += checked(results[-1]) if asked.check else []
        line = results[-1].line()
        shown = {**line, "batches": len(line["batches"])}
        plain = "  ".join(f"{key} {value}" for key, value in shown.items())
        print(json.dumps(line) if asked.json else plain, flush=True)
    table.report(summary(results), asked.json)
    if asked.check:
        said = "\n".join(faults) or f"{len(results)} solutions walked again: all as said."
        print(said, file=sys.stderr if asked.json else sys.stdout)
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
