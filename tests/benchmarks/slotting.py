"""Walks of orders that nobody planned for, with items put by velocity and by the planner.

    python -m tests.benchmarks.slotting retail.dat.gz [groceries.csv.gz] [--json] [--table]

The floor: 10 aisles of 45 places on both sides, 1 m apart, aisles 5 m apart, depot at the front left. The items: the
900 commonest; orders with two of them or more in a random order (seed 0); 20,000 are planned with, 10,000 others
are walked. "Velocity" is the best of nearest place first, aisle after aisle, and front places first. `--table` adds
3 basket sets x 2 layouts x 3 list sizes, each measured against velocity on orders held out here.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from tests.benchmarks.baskets import read_baskets
from tests.benchmarks.table import Row, Timed, report, timed
from wms.planning import slotting, speed
from wms.planning.layout import Floor, Place, measure
from wms.planning.slotting import Face, ItemDemand, Options, Plan, Problem

AISLES, BAYS, PITCH_MM, BAY_MM, END_MM, DEPOT = 10, 45, 5_000, 1_000, 1_500, 1_000_000
LENGTH_MM = 2 * END_MM + (BAYS - 1) * BAY_MM
Baskets = list[tuple[str, ...]]


@dataclass(frozen=True)
class Sample:
    """Orders to plan with and others to walk, over the commonest items."""

    name: str
    train: Baskets
    test: Baskets


def floor_of(cross_aisles: int) -> Floor:
    places = [
        Place(2 * (aisle * BAYS + bay) + side + 1, "A", aisle + 1, aisle * PITCH_MM, END_MM + bay * BAY_MM)
        for aisle in range(AISLES)
        for bay in range(BAYS)
        for side in (0, 1)
    ]
    rows = [LENGTH_MM * k // (cross_aisles - 1) for k in range(cross_aisles)]
    return measure(places, Place(DEPOT, "X", 0, 0, 0), rows)


def sample_of(name: str, orders: Iterable[Iterable[str]], sizes: tuple[int, int]) -> Sample:
    """The orders with two of the commonest items or more, in a random order, cut in two."""
    baskets = [tuple(dict.fromkeys(order)) for order in orders]
    often = Counter(chain.from_iterable(baskets))
    chosen = set(sorted(often, key=lambda sku: (-often[sku], sku))[: 2 * AISLES * BAYS])
    known = [tuple(sku for sku in basket if sku in chosen) for basket in baskets]
    known = [basket for basket in known if len(basket) > 1]
    random.Random(0).shuffle(known)
    part = sizes[0] / sum(sizes)
    at = min(sizes[0], int(len(known) * part))
    return Sample(name, known[:at], known[at : at + sizes[1]])


def campaign(orders: int) -> Iterator[list[str]]:
    """Orders of a crowdfunding campaign: few kits that most backers take, with add-ons that go with each."""
    rng = random.Random(7)
    skus = [f"C-{number}" for number in range(600)]
    kits = [rng.sample(skus, rng.randint(2, 9)) for _ in range(40)]
    extras = [rng.sample(skus, 25) for _ in kits]
    for _ in range(orders):
        kit = min(int(rng.expovariate(0.2)), len(kits) - 1)
        add_ons = rng.sample(extras[kit], min(25, int(rng.expovariate(0.5))))
        yield [*kits[kit], *add_ons, *rng.sample(skus, rng.random() < 0.2)]


def problem_of(sample: Sample, floor: Floor, per_list: int) -> Problem:
    often = Counter(chain.from_iterable(sample.train))
    for sku in chain.from_iterable(sample.test):
        often.setdefault(sku, 0)
    faces = [Face(place.id, floor.distance(DEPOT, place.id), 1, 0) for place in floor.places if place.id != DEPOT]
    items = tuple(ItemDemand(sku, picks) for sku, picks in sorted(often.items()))
    return Problem(items, tuple(faces), floor=floor, history=tuple(sample.train), orders_per_list=per_list)


ORDERS_OF_PLACES: dict[str, Callable[[Place], Sequence[int]]] = {
    "nearest": lambda place: (place.x_mm + place.y_mm, place.id),
    "aisle by aisle": lambda place: (place.x_mm, place.y_mm, place.id),
    "front first": lambda place: (place.y_mm, place.x_mm, place.id),
}


def velocities(problem: Problem) -> dict[str, tuple[tuple[str, int], ...]]:
    """Items by picks into the places in three orders."""
    assert problem.floor is not None
    items = sorted(problem.items, key=lambda item: (-item.picks, item.sku))
    places = [place for place in problem.floor.places if place.id != DEPOT]
    return {
        name: tuple((item.sku, place.id) for item, place in zip(items, sorted(places, key=key), strict=False))
        for name, key in ORDERS_OF_PLACES.items()
    }


def metres(problem: Problem, sample: Sample, faces: Iterable[tuple[str, int]]) -> float:
    """The mean walk of a list of orders that were not planned with."""
    size = problem.orders_per_list
    whole = sample.test[: len(sample.test) // size * size]
    return slotting.walk(replace(problem, history=tuple(whole)), tuple(faces)) * size / 1000


def protocol(sample: Sample, options: Options, per_list: int, goal: float) -> Iterator[Row]:
    problem = problem_of(sample, floor_of(2), per_list)
    best = min(metres(problem, sample, faces) for faces in velocities(problem).values())
    found, spent = timed(lambda: slotting.plan(problem, options))
    reached = metres(problem, sample, found.faces)
    yield row_of(
        f"{sample.name}, {per_list} an order list", (f"<= {goal:.0f} m", reached <= goal), (reached, best), spent
    )
    if per_list == 1:
        yield from with_budget(problem, sample, options, reached)


def row_of(what: str, goal: tuple[str, bool], walks: tuple[float, float], spent: Timed) -> Row:
    reached, best = walks
    said = f"{reached:.1f} m ({100 * (reached / best - 1):+.1f} %)"
    return Row(what, goal[0], said, f"velocity {best:.1f} m", spent.wall_s, spent.cpu_s, goal[1])


def with_budget(problem: Problem, sample: Sample, options: Options, reached: float) -> Iterator[Row]:
    """How much of the way to the free plan's walk 50 moves bring: from a random layout, and from velocity's."""
    skus, places = [item.sku for item in problem.items], [face.place_id for face in problem.faces]
    random.Random(1).shuffle(places)
    layouts = {"random": tuple(zip(skus, places, strict=False)), "velocity": velocities(problem)["nearest"]}
    options = replace(options, moves_max=50)
    for name, now in layouts.items():
        moving = replace(problem, current=now)
        found, spent = timed(lambda moving=moving: slotting.plan(moving, options))
        before, after = metres(problem, sample, now), metres(problem, sample, found.faces)
        share = 100 * (before - after) / (before - reached) if before > reached else 0.0
        fine = share >= 40 and not slotting.verify(moving, found) and len(found.moves) <= 50
        said = f"{share:.0f} %: {after:.1f} m with {len(found.moves)} moves"
        peer = f"{before:.1f} m before"
        what = f"50 moves from the {name} layout"
        yield Row(what, ">= 40 % of the gain", said, peer, spent.wall_s, spent.cpu_s, fine)


def table(samples: Sequence[Sample], options: Options) -> Iterator[Row]:
    """Never worse than velocity: every basket set on every layout at every list size."""
    for sample in samples:
        for cross_aisles in (2, 3):
            for per_list in (1, 5, 20):
                problem = problem_of(sample, floor_of(cross_aisles), per_list)
                velocity = slotting.plan(replace(problem, history=()), options)
                found, spent = timed(lambda problem=problem: slotting.plan(problem, options))
                best = metres(problem, sample, velocity.faces)
                reached = metres(problem, sample, found.faces)
                what = f"{sample.name}, {cross_aisles} cross aisles, {per_list} a list: {found.method}"
                yield row_of(what, ("<= velocity", reached <= best), (reached, best), spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", help="baskets, an order a line")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--table", action="store_true", help="also the 3 x 2 x 3 comparison with velocity")
    parser.add_argument("--trials", type=int, default=Options().trials_max)
    parser.add_argument("--seconds", type=float, default=Options().seconds_max)
    asked = parser.parse_args()
    speed.compile_kernels(Path("var/kernels") if Path("var").is_dir() else Path(tempfile.mkdtemp()))
    options = Options(trials_max=asked.trials, seconds_max=asked.seconds)
    samples = [sample_of(path.name, read_baskets(path), (20_000, 10_000)) for path in asked.files]
    warm(options)
    rows = [row for size, goal in ((1, 148.0), (5, 355.0)) for row in protocol(samples[0], options, size, goal)]
    if asked.table:
        samples.append(sample_of("campaign", campaign(9_000), (6_000, 3_000)))
        rows += table(samples, replace(options, trials_max=options.trials_max // 4))
    report(rows, asked.json)


def warm(options: Options) -> Plan:
    """Compile before anything is measured."""
    orders = [tuple(order) for order in campaign(60)]
    return slotting.plan(problem_of(Sample("warm", orders, []), floor_of(2), 1), replace(options, trials_max=100))


if __name__ == "__main__":
    main()
