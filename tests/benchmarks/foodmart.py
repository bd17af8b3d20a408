"""Batching on FoodMart's two-block floor (Valle, Beasley & da Cunha 2017): the 18 optima, then more orders.

    python -m tests.benchmarks.foodmart FOLDER_OR_ARCHIVE [--orders 5 6 50 ...] [--changes 50000] [--json]

Orders fill baskets of 40 units that no two share, a trolley takes 8. The planner knows a depot on a cross aisle; here
the source joins the front end of every aisle by a straight line. So the planner's floor gets one more cross aisle, the
source itself, on which walking costs nothing, and from which the way to the front costs as much as that line. Up to
ten orders every batch there is is walked and the best division proven; more are searched as the planner always does.

Every batch is walked again by a plain router of this file, which knows nothing of the planner.
"""

from __future__ import annotations

import argparse
import json
import re
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import accumulate, pairwise, product
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import table
from wms.planning import ground, grouping, partition, speed, walking
from wms.planning.layout import Floor, Place, measure
from wms.planning.speed import Stopwatch
from wms.planning.states import ONCE, TWICE, tables
from wms.planning.walking import Grid, Numbers, fill

OPTIMA = {
    5: (348.59, 364.81, 374.81, 503.75, 539.61, 581.42),
    10: (371.09, 377.09, 549.80, 584.18, 637.37, 661.80),
    20: (573.77, 656.18, 689.80, 697.80, 727.71, 920.52),
}
"""By days of purchases in an order: the least walk for 5 to 10 orders."""
FEWEST = 5
SECONDS_SMALL, SECONDS_LARGE = 0.2, 2.0
WATCHED = 1.5
"""After so many seconds no further step of the search is begun."""
BASKET, TROLLEY = 40, 8
RULES = (grouping.Limits((TROLLEY,)), grouping.Costs(0, 0))
EXACT_ORDERS = 10
EFFORT = partition.Effort(whole_columns=3 << EXACT_ORDERS, nodes=10_000)
KERNELS = Path(__file__).parents[2] / "var" / "kernels" / "foodmart"
"""A folder of its own: here the planner's kernels are compiled together with one of this file."""
ROWS, SOURCE = 3, 3
FAR = 1 << 60
ENDS = 4
"""How many prices a grid has for the ends of walks; behind them stand those from the source to the front."""
State = tuple[tuple[int, ...], tuple[int, ...]]
"""Lines that meet in each row (0 none, 1 odd, 2 even), and which rows hang together."""
Layer = dict[State, int]
Order = dict[int, int]
"""Product -> quantity."""


class Site:
    """The floor and its products; lengths in hundredths of the file's unit."""

    def __init__(self, folder: Path) -> None:
        sections = _sections(folder / "Layout.txt")
        arcs = {int(line[0]): line[2:] for line in sections["arcs_distances"]}
        self.arcs = {
            v: {int(a): round(float(d) * 100) for a, d in zip(x[::2], x[1::2], strict=True)} for v, x in arcs.items()
        }
        products = (folder / "Products.txt").read_text().splitlines()[2:]
        self.row = {int(line.split(",")[0]): number for number, line in enumerate(products, start=1)}
        holds = [(int(v), rest) for v, _, *rest in sections["vertices_pick_which_locations"] if rest]
        self.vertex = {int(location): vertex for vertex, rest in holds for location in rest}
        crossings = [[int(v) for v in line] for line in sections["position_artificial_vertices_aisle_block"]]
        self.cross = {(aisle, block): vertex for vertex, block, aisle in crossings}
        self.aisles = 1 + max(aisle for aisle, _ in self.cross)
        self.chains = {(a, b): self._chain(a, b) for a in range(self.aisles) for b in range(ROWS - 1)}

    def _chain(self, aisle: int, block: int) -> list[tuple[int, int]]:
        """Vertices from one crossing to the next, and how far each is."""
        here, crossings = self.cross[aisle, block], {0, *self.cross.values()}
        ways = [[here, vertex] for vertex in self.arcs[here] if vertex not in crossings]
        for way in ways:
            while way[-1] not in crossings:
                way.append(next(vertex for vertex in self.arcs[way[-1]] if vertex != way[-2]))
        found = next(way for way in ways if way[-1] == self.cross[aisle, block + 1])
        return list(zip(found[1:], accumulate(self.arcs[a][b] for a, b in pairwise(found)), strict=True))

    def places(self, order: Order) -> frozenset[int]:
        """Where an order is taken: the n-th product of the file lies at location n."""
        return frozenset(self.vertex[self.row[each]] for each in order)


def _sections(path: Path) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    current: list[list[str]] = []
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) == 1 and not words[0].isdigit():
            current = found.setdefault(words[0], [])
        elif words:
            current.append(words)
    return found


def orders_of(path: Path, site: Site) -> list[Order]:
    """Read an order file: how many there are, a heading, then of each how many lines, and product and quantity."""
    first, _, *lines = path.read_text().splitlines()
    orders = []
    for number, line in enumerate(lines, start=3):
        count, *rest = [int(word) if word.isdigit() else -1 for word in line.split()] or [0]
        if len(rest) != 2 * count or not {*rest[::2]} <= site.row.keys() or min([*rest, 1]) < 1:
            raise SystemExit(f"{path.name}, line {number}: not a number of lines, then known products and quantities")
        orders += [dict(zip(rest[::2], rest[1::2], strict=True))] if rest else []
    if len(orders) != int(first):
        raise SystemExit(f"{path.name}: {first} orders are said, {len(orders)} are there")
    return orders


# --- the plain router ---


def walk(site: Site, vertices: set[int]) -> int:
    """Shortest walk from the source to all vertices and back, in hundredths."""
    layer: Layer = {((0,) * 4, (0,) * 4): 0}
    for aisle in range(site.aisles):
        if aisle:
            layer = carried(layer, site.arcs[site.cross[aisle - 1, 0]][site.cross[aisle, 0]])
        price = site.arcs[0][site.cross[aisle, 0]]
        layer = changed(layer, [((), 0), (((SOURCE, 0, 1),), price), (((SOURCE, 0, 2),), 2 * price)])
        for block in range(ROWS - 1):
            layer = changed(layer, services(site.chains[aisle, block], vertices, block))
    return min(
        cost
        for (lines, pieces), cost in layer.items()
        if 1 not in lines and lines[SOURCE] and len({*pieces} - {0}) == 1
    )


Lines = tuple[tuple[int, int, int], ...]
"""Lines: row, other row or -1, how many."""
Way = tuple[Lines, int]
"""Lines and what they cost."""


def services(chain: Sequence[tuple[int, int]], vertices: set[int], block: int) -> list[Way]:
    """All ways to serve one block of one aisle."""
    low, high, depth = block, block + 1, chain[-1][1]
    stops = [far for vertex, far in chain[:-1] if vertex in vertices]
    ways: list[Way] = [(((low, high, 1),), depth), (((low, high, 2),), 2 * depth)]
    if not stops:
        return [*ways, ((), 0)]
    ways += [(((low, -1, 2),), 2 * stops[-1]), (((high, -1, 2),), 2 * (depth - stops[0]))]
    ways += [(((low, -1, 2), (high, -1, 2)), 2 * (depth - (b - a))) for a, b in pairwise(stops)]
    return ways


def changed(layer: Layer, ways: Sequence[Way]) -> Layer:
    """Every state with every way added to it."""
    cheapest: dict[Lines, int] = {}
    for lines, price in ways:
        cheapest[lines] = min(cheapest.get(lines, FAR), price)
    after: Layer = {}
    for (state, cost), (lines, price) in product(layer.items(), cheapest.items()):
        key = with_lines(state, lines)
        after[key] = min(after.get(key, FAR), cost + price)
    return after


@cache
def with_lines(state: State, lines: Lines) -> State:
    """Add several lines to a state."""
    return reduce(joined, lines, state)


def joined(state: State, line: tuple[int, int, int]) -> State:
    """Add lines between two rows, or from one row into its block and back."""
    degrees, pieces = list(state[0]), list(state[1])
    row, other, count = line
    for end in {row, other} - {-1}:
        degrees[end] = 2 - (degrees[end] + count) % 2
        pieces[end] = pieces[end] or max(pieces) + 1
    if other >= 0:
        pieces = [pieces[row] if piece == pieces[other] else piece for piece in pieces]
    return tuple(degrees), numbered(pieces)


def numbered(pieces: Sequence[int]) -> tuple[int, ...]:
    """Pieces numbered by their first row."""
    order = {piece: number for number, piece in enumerate(dict.fromkeys(piece for piece in pieces if piece), start=1)}
    return tuple(order.get(piece, 0) for piece in pieces)


def carried(layer: Layer, across: int) -> Layer:
    """Walk on to the next aisle: an odd row by one line, an even one by two or none; the source is everywhere."""
    after: Layer = {}
    for state, cost in layer.items():
        for key, lines in onward(state):
            after[key] = min(after.get(key, FAR), cost + lines * across)
    return after


@cache
def onward(state: State) -> list[tuple[State, int]]:
    """States that one may walk on to, and by how many lines; no piece is left behind."""
    degrees, pieces = state
    found = []
    for lines in product(*({0: (0,), 1: (1,), 2: (0, 2)}[degree] for degree in degrees[:ROWS])):
        kept = tuple(piece if row == SOURCE or lines[row] else 0 for row, piece in enumerate(pieces))
        if {*pieces} - {0} <= {*kept}:
            found.append((((*lines, degrees[SOURCE]), numbered(kept)), sum(lines)))
    return found


# --- the planner on this floor ---


def floor_of(site: Site) -> Floor:
    """The floor for the planner: the source is a place on the lowest of four cross aisles, beside the first aisle."""
    across = [site.arcs[site.cross[a, 0]][site.cross[a + 1, 0]] for a in range(site.aisles - 1)]
    xs = [sum(across[:aisle]) for aisle in range(site.aisles)]
    rows = [0]
    for block in range(ROWS - 1):
        rows.append(rows[-1] + site.chains[0, block][-1][1])
    found = [
        Place(vertex, "A", aisle + 1, xs[aisle], rows[block] + far)
        for (aisle, block), chain in site.chains.items()
        for vertex, far in chain[:-1]
    ]
    return measure(found, Place(0, "X", 0, xs[0] - 1, -1), (-1, *rows))


@speed.kernel
def filled(grid: Grid, stops: Numbers, count: int, reaches: Numbers) -> None:
    """Write the prices of all blocks, as the planner does; then those from the source to the front of every aisle."""
    fill(grid, stops, count, reaches)
    at = grid.width
    for column in range(len(grid.ends[1]) - ENDS):
        reaches[at + ONCE] = grid.ends[1][ENDS + column]
        reaches[at + TWICE] = 2 * grid.ends[1][ENDS + column]
        at += grid.slots * grid.width


def teach(site: Site) -> None:
    """Let the planner know this floor: free walking on the source's cross aisle, and the prices from there."""
    plain = ground.prepare
    free = np.array([sum(lines[1:]) for lines in tables(ROWS + 1, False).carried], np.int64)
    fares = [0, *(site.arcs[0][site.cross[aisle, 0]] for aisle in range(site.aisles))]

    def prepare(*asked: Any) -> ground.Ground:
        known = plain(*asked)
        starts, _, before = known.grid.carrying
        marks, prices, after = known.grid.ends
        priced = (marks, np.concatenate([prices, np.array(fares, np.int64)]), after)
        return replace(known, grid=known.grid._replace(carrying=(starts, free, before), ends=priced))

    for module, name, value in ((ground, "prepare", prepare), (walking, "fill", filled)):
        setattr(module, name, value)


# --- the instances ---


@dataclass(frozen=True)
class Solved:
    """One instance: its name, published optimum if any, the walk in hundredths, the batches, whether that is proven."""

    name: str
    published: float | None
    distance: int
    groups: list[list[int]]
    trolleys: int
    proven: bool
    greedy: int
    took: table.Timed

    @property
    def is_right(self) -> bool:
        """Whether the optimum is reached, or not known."""
        return self.published is None or abs(self.distance / 100 - self.published) < 0.015

    def line(self) -> dict[str, Any]:
        """What is printed of it."""
        facts = {"name": self.name, "distance": self.distance / 100, "published": self.published}
        return {**facts, "seconds": round(self.took.cpu_s, 3), "trolleys": len(self.groups), "proven": self.proven}


def divided(floor: Floor, contents: Sequence[grouping.Content], changes: int) -> tuple[list[list[int]], bool]:
    """The division of orders among trolleys, and whether it is proven to be the best."""
    if len(contents) > EXACT_ORDERS:
        search = grouping.Search(changes // len(contents), 1, 0)
        return grouping.grouped(floor, contents, RULES, search, Stopwatch(WATCHED)).groups, False
    known = grouping.prepared(floor, contents, RULES, grouping.Search(0, 1, 0))
    every = partition.all_batches(known.task, known.memory, 1 << EXACT_ORDERS)
    if every is None:
        raise AssertionError("a few orders have few batches")
    alone = partition.batches_of(([order], known.cost([order])) for order in range(len(contents)))
    return partition.divided(every, alone, EFFORT, Stopwatch(60))


def solved(site: Site, floor: Floor, path: Path, changes: int) -> Solved:
    """Solve one file and walk every batch again; SystemExit when the planner is wrong about one."""
    days, count = named(path)
    orders = orders_of(path, site)
    baskets = [-(-sum(order.values()) // BASKET) for order in orders]
    contents = [
        grouping.Content(frozenset((place, "") for place in site.places(order)), (size,))
        for order, size in zip(orders, baskets, strict=True)
    ]
    (groups, proven), took = table.timed(lambda: divided(floor, contents, changes))
    ground_of_it = grouping.prepared(floor, contents, RULES, grouping.Search(0, 1, 0))
    said = [ground_of_it.cost(group) for group in groups]
    again = [walk(site, set().union(*(site.places(orders[order]) for order in group))) for group in groups]
    trolleys = -(-(5 * sum(baskets) + TROLLEY) // (5 * TROLLEY))  # ceil(baskets / 8 + 0.2)
    full = max(sum(baskets[order] for order in group) for group in groups) > TROLLEY
    if said != again or full or sorted(order for group in groups for order in group) != [*range(len(orders))]:
        raise SystemExit(f"{path.name}: {said} is walked, {again} by the plain router, or a trolley is overfull")
    optima = OPTIMA.get(days, ())
    published = optima[count - FEWEST] if 0 <= count - FEWEST < len(optima) else None
    greedy = sum(grouping.grouped(floor, contents, RULES, grouping.Search(0, 1, 0), Stopwatch(60)).costs)
    name = f"delta {days}, {count} orders"
    return Solved(name, published, sum(again), groups, trolleys, proven, greedy, took)


def rows(found: Sequence[Solved]) -> Iterator[table.Row]:
    """The table: all with a known optimum together, then a row each."""
    if known := [each for each in found if each.published is not None]:
        equal = sum(each.is_right and each.proven for each in known)
        goal, reached = f"{len(known)} of {len(known)}", f"{equal} of {len(known)}, proven again"
        worst = max(known, key=lambda each: each.took.cpu_s).took
        yield table.Row("FoodMart, published optima", goal, reached, "optima", met=equal == len(known))
        goal, met = f"<= {SECONDS_SMALL} s", worst.cpu_s <= SECONDS_SMALL
        yield table.Row("FoodMart, slowest of these", goal, f"{worst.cpu_s:.3f} s", "-", worst.wall_s, worst.cpu_s, met)
    for each in found:
        limit, peer = SECONDS_SMALL, f"optimum {each.published}"
        if each.published is None:
            limit, peer = SECONDS_LARGE, f"greedy {each.greedy / 100:.2f}"
        used = f"{each.distance / 100:.2f} on {len(each.groups)} of {each.trolleys} trolleys"
        met = each.is_right and each.took.cpu_s <= limit and len(each.groups) <= each.trolleys
        yield table.Row(each.name, f"<= {limit} s", used, peer, each.took.wall_s, each.took.cpu_s, met)


def main() -> None:
    """Print a line per instance, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--orders", type=int, nargs="+", default=[*range(FEWEST, EXACT_ORDERS + 1), 50, 75])
    parser.add_argument("--changes", type=int, default=50_000, help="changes tried where there are many orders")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.source.exists():
        raise SystemExit(f"{asked.source}: no such file")
    with tempfile.TemporaryDirectory() as folder:
        if asked.source.is_file():
            with tarfile.open(asked.source) as archive:
                archive.extractall(folder, filter="data")
        root = next(Path(folder if asked.source.is_file() else asked.source).rglob("Layout.txt"), None)
        if root is None:
            raise SystemExit(f"{asked.source}: no Layout.txt in it")
        solve_all(root.parent, asked)


def files_of(folder: Path, count: int) -> list[Path]:
    """The instances of so many orders, by days; SystemExit when there is none."""
    if found := [path for end in ("", ".txt") for path in folder.rglob(f"instances_d*_ord{count}{end}")]:
        return sorted(found, key=named)
    raise SystemExit(f"no instance of {count} orders (instances_d*_ord{count})")


def named(path: Path) -> tuple[int, int]:
    """Days and orders that a file is named after."""
    days, count = (int(number) for number in re.findall(r"\d+", path.stem))
    return days, count


def solve_all(folder: Path, asked: argparse.Namespace) -> None:
    """Solve the instances of a folder."""
    site = Site(folder)
    teach(site)
    if not speed.compile_kernels(KERNELS):
        raise SystemExit(f"FoodMart needs numba and a folder that can be written: {KERNELS}")
    floor = floor_of(site)
    paths = [path for count in asked.orders for path in files_of(folder, count)]
    for path in {len(orders_of(path, site)) > EXACT_ORDERS: path for path in paths}.values():
        solved(site, floor, path, 5_000)  # compile, or load what is compiled
    speed.say_warm(KERNELS)
    found: list[Solved] = []
    for path in paths:
        found.append(solved(site, floor, path, asked.changes))
        line = found[-1].line()
        plain = "  ".join(f"{key} {value}" for key, value in line.items())
        print(json.dumps(line) if asked.json else plain, flush=True)
    table.report([*rows(found)], asked.json)


if __name__ == "__main__":
    main()
