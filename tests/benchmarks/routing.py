"""Routing: is the walk provably the shortest, how long does it take, and how much longer are rules and other solvers?

python -m tests.benchmarks.routing [--json] [--floors 10000] [--lists 100] [--orders order_batching.jsonl.gz]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import fmean, median

import numpy as np

from tests.benchmarks import peers, policies
from tests.benchmarks.floors import blocks, odd_floor
from tests.benchmarks.table import Row, Timed, percentile, report, timed
from wms.planning import exchanges, routing, speed, walking
from wms.planning.ground import Ground, prepare
from wms.planning.layout import Floor
from wms.planning.styles import Style

KERNELS = Path(__file__).parents[2] / "var" / "kernels"
GOAL_US = {2: 10, 3: 30, 4: 200}
PICKS = (10, 30, 60)
RULES: tuple[Style, ...] = ("s_shape", "return", "midpoint", "largest_gap", "composite")
AISLES, CELLS, DEPOT = 20, 45, 1


@speed.kernel
def measured(
    grid: walking.Grid, stops: walking.Numbers, room: tuple[walking.Numbers, walking.Numbers], times: int
) -> int:
    """Measure one walk many times, prices of its blocks and all: the clock is too coarse for one."""
    total = 0
    for _ in range(times):
        total += walking.trip(grid, stops, len(stops), room[0], room[1])
    return total


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="a line of JSON for each row")
    parser.add_argument("--floors", type=int, default=10_000, help="random small floors to compare with Held-Karp")
    parser.add_argument("--lists", type=int, default=100, help="pick lists per layout and size")
    parser.add_argument("--orders", type=Path, help="published batching instances, for proven optima of policies")
    asked = parser.parse_args()
    rows = [plain_speed(asked.lists)]
    is_compiled, took = timed(lambda: speed.compile_kernels(KERNELS) and warm_up())
    if not is_compiled:
        rows.append(Row("compiled kernels", "-", "numba is not installed: the rest is plain Python", temper="plain"))
    rows.append(Row("warm-up", "-", "all routing kernels", "-", took.wall_s, took.cpu_s, None, "cold or from disk"))
    rows.append(against_held_karp(asked.floors))
    rows += [compiled_speed(cross, asked.lists) for cross in GOAL_US]
    rows += [gaps(cross, picks, asked.lists) for cross in GOAL_US for picks in PICKS]
    rows += styles(asked.lists)
    rows += (
        policies.rows(asked.orders) if asked.orders else [Row("walking policies", "proven optima", "no --orders given")]
    )
    report(rows, asked.json)


def warm_up() -> bool:
    """Run every kernel once, on a round trip and on an open walk of every size."""
    for cross in (2, 3, 4):
        floor = blocks(3, 6, cross)
        for end in (DEPOT, 10):
            trips(floor, [[11, 16, 23]], (DEPOT, end), 1)
    routing.plan(routing.Problem(blocks(4, 6, 8), tuple(range(10, 26)), DEPOT, 12))
    held_karp(blocks(2, 4, 2), [10, 12, 15], (DEPOT, 14))
    return True


# --- is it the shortest? ---


def held_karp(floor: Floor, stops: Sequence[int], ends: tuple[int, int]) -> int:
    """The shortest walk over all orders (Held & Karp 1962): knows nothing but distances from place to place."""
    places = [ends[0], *stops, ends[1]]
    far = speed.numbers(floor.distance(a, b) for a in places for b in places)
    walk, ranks = speed.numbers(range(len(places))), speed.numbers([0] * len(places))
    return exchanges.every_order(far, len(places), ranks, speed.numbers([0] * (len(stops) << len(stops))), walk)


def against_held_karp(floors: int) -> Row:
    """Random floors of 2 to 4 cross aisles, starts and ends anywhere, up to 8 stops."""
    random = Random(1)

    def equal() -> int:
        found = 0
        for _ in range(floors):
            floor, bins, ends = odd_floor(random)
            stops = random.sample(bins, min(len(bins), random.randint(1, 8)))
            walk = routing.plan(routing.Problem(floor, tuple(stops), *ends))
            found += held_karp(floor, stops, ends) == walk.length_mm == trips(floor, [stops], ends, 1)[0][0]
        return found

    found, took = timed(equal)
    wanted = f"{floors} of {floors} equal"
    return Row("small floors", wanted, f"{found} equal", "Held-Karp", took.wall_s, took.cpu_s, found == floors)


# --- how long does it take? ---


def trips(floor: Floor, lists: Sequence[Sequence[int]], ends: tuple[int, int], times: int) -> list[tuple[int, float]]:
    """(length in mm, CPU microseconds) of every list; ends in one aisle may make a list of them alone."""
    ground = prepare(floor, *ends)
    ground = ground if speed.running() else ground.lists()
    room = (ground.reaches(), ground.room())
    return [_trip(ground, room, stops, times) for stops in lists]


def _trip(
    ground: Ground, room: tuple[walking.Numbers, walking.Numbers], places: Sequence[int], times: int
) -> tuple[int, float]:
    stops = speed.numbers(ground.stops(places))
    before = time.process_time()
    total = measured(ground.grid, stops, room, times)
    return total // times, (time.process_time() - before) / times * 1e6


def random_lists(floor: Floor, picks: int, lists: int) -> list[list[int]]:
    """Random pick lists of a floor, always the same ones."""
    random = Random(picks)
    bins = [place.id for place in floor.places if place.aisle]
    return [random.sample(bins, picks) for _ in range(lists)]


def plain_speed(lists: int) -> Row:
    """One block without a compiler."""
    floor = blocks(AISLES, CELLS, 2)

    def work() -> list[float]:
        return [us for picks in PICKS for _, us in trips(floor, random_lists(floor, picks, lists), (DEPOT, DEPOT), 3)]

    took_us, took = timed(work)
    late = percentile(took_us, 99)
    reached = f"median {median(took_us) / 1000:.3f}, p99 {late / 1000:.3f} ms"
    return Row("1 block, no numba", "<= 0.3 ms", reached, "-", took.wall_s, took.cpu_s, late <= 300, "plain")


def compiled_speed(cross: int, lists: int) -> Row:
    """The length of a walk, from the stops of its list."""
    floor = blocks(AISLES, CELLS, cross)

    def work() -> list[float]:
        wanted = [each for picks in PICKS for each in random_lists(floor, picks, lists)]
        return [us for _, us in trips(floor, wanted, (DEPOT, DEPOT), 200)]

    took_us, took = timed(work)
    late = percentile(took_us, 99)
    reached = f"median {median(took_us):.1f}, p99 {late:.1f} us"
    met = late <= GOAL_US[cross] if speed.running() else None
    return Row(f"{cross - 1} blocks x {AISLES}", f"p99 <= {GOAL_US[cross]} us", reached, "-", *times_of(took), met)


def times_of(took: Timed) -> tuple[float, float]:
    """Wall and CPU seconds."""
    return took.wall_s, took.cpu_s


# --- how much longer are the others? ---


def gaps(cross: int, picks: int, lists: int) -> Row:
    """Other solvers on the same lists: how much longer, and in which time a list; none may be shorter."""
    floor = blocks(AISLES, CELLS, cross)
    wanted = random_lists(floor, picks, min(lists, 20))
    exact, took = timed(lambda: [walk(floor, stops, routing.DEFAULT) for stops in wanted])
    others = [(name, *_gap(solve, floor, wanted, exact)) for name, solve in peers.available()]
    found = [f"{name} {fmean(longer):+.2%} in {ms:.1f} ms" for name, longer, ms in others]
    missing = [f"{name} not installed" for name in peers.missing()]
    reached = f"{fmean(exact) / 1000:.1f} m, {took.cpu_s / len(wanted) * 1e3:.2f} ms with order"
    met = all(min(longer) >= 0 for _, longer, _ in others)
    what = f"{cross - 1} blocks, {picks} picks"
    return Row(what, "no peer is shorter", reached, ", ".join(found + missing), *times_of(took), met)


def walk(floor: Floor, stops: Sequence[int], options: routing.Options) -> int:
    """Length in mm of the planned round trip."""
    return routing.plan(routing.Problem(floor, tuple(stops), DEPOT, DEPOT), options).length_mm


def _gap(
    solve: peers.Solver, floor: Floor, lists: Sequence[Sequence[int]], exact: Sequence[int]
) -> tuple[list[float], float]:
    """By how much the walks of a solver are longer, each, and its CPU milliseconds a list."""
    longer, before = [], time.process_time()
    for stops, shortest in zip(lists, exact, strict=True):
        places = [DEPOT, *stops]
        tour = solve(np.array([[floor.distance(a, b) for b in places] for a in places], np.int64))
        longer.append(floor.length([*(places[i] for i in tour), places[tour[0]]]) / shortest - 1)
    return longer, (time.process_time() - before) / len(lists) * 1e3


def styles(lists: int) -> list[Row]:
    """What a rule costs against the shortest walk."""
    rows = []
    for cross in (2, 4):
        floor = blocks(AISLES, CELLS, cross)
        wanted = random_lists(floor, 30, min(lists, 20))
        exact = [walk(floor, stops, routing.DEFAULT) for stops in wanted]
        rows += [_style(f"{style}, {cross - 1} blocks", style, floor, (wanted, exact)) for style in RULES]
    return rows


def _style(what: str, style: Style, floor: Floor, lists: tuple[Sequence[Sequence[int]], Sequence[int]]) -> Row:
    options = routing.Options(style=style)
    ruled, took = timed(lambda: [walk(floor, stops, options) for stops in lists[0]])
    longer = [a / b - 1 for a, b in zip(ruled, lists[1], strict=True)]
    return Row(what, "never shorter", f"{fmean(longer):+.1%}", "exact", *times_of(took), min(longer) >= 0)


if __name__ == "__main__":
    main()
