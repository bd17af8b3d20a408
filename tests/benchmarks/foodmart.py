"""Batching on FoodMart's two-block floor (Valle, Beasley & da Cunha 2017): the 18 optima of up to ten orders.

    python -m tests.benchmarks.foodmart FOLDER_OR_ARCHIVE [--json]

Orders fill baskets of 40 units, a trolley takes 8. Every feasible set of orders is walked exactly by a router of this
file, because the source lies off the aisles: it joins the front by straight lines, so it is swept along as a row of its
own on which walking costs nothing. Then the planner's set partitioning divides the orders.
"""

from __future__ import annotations

import argparse
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np

from tests.benchmarks import table
from wms.planning import partition
from wms.planning.speed import Stopwatch

OPTIMA = {
    5: (348.59, 364.81, 374.81, 503.75, 539.61, 581.42),
    10: (371.09, 377.09, 549.80, 584.18, 637.37, 661.80),
    20: (573.77, 656.18, 689.80, 697.80, 727.71, 920.52),
}
BASKET, TROLLEY = 40, 8
ROWS, SOURCE = 3, 3
FAR = 1 << 60
State = tuple[tuple[int, ...], tuple[int, ...]]
"""Lines that meet in each row (0 none, 1 odd, 2 even), and which rows hang together."""
Layer = dict[State, int]


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
        here, end = self.cross[aisle, block], self.cross[aisle, block + 1]
        before, far, found = {*self.cross.values()} - {end} | {0}, 0, []
        starts = [v for v in self.arcs[here] if v not in before and v not in self.cross.values()]
        starts = [v for v in starts if self._leads(v, here, end)]
        last, now = here, starts[0]
        while True:
            far += self.arcs[last][now] if now in self.arcs[last] else self.arcs[now][last]
            found.append((now, far))
            if now == end:
                return found
            last, now = now, next(v for v in self.arcs[now] if v not in {last, here})

    def _leads(self, vertex: int, start: int, end: int) -> bool:
        last, now = start, vertex
        while now not in self.cross.values():
            last, now = now, next(v for v in self.arcs[now] if v != last)
        return now == end


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


def orders_of(path: Path) -> list[dict[int, int]]:
    """Read an order file: product -> quantity."""
    first, _, *lines = path.read_text().splitlines()
    rows = [[int(word) for word in line.split()] for line in lines if line.strip()]
    if len(rows) != int(first):
        raise SystemExit(f"{path.name}: {first} orders are said, {len(rows)} are there")
    return [dict(zip(row[1::2], row[2::2], strict=True)) for row in rows]


# --- the router ---


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
    for line in lines:
        state = joined(state, line)
    return state


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


# --- the instances ---


def solved(site: Site, orders: Sequence[Mapping[int, int]]) -> tuple[float, list[list[int]]]:
    """The least walk of all divisions, and the division."""
    baskets = [-(-sum(order.values()) // BASKET) for order in orders]
    places = [{site.vertex[site.row[each]] for each in order} for order in orders]
    numbers = range(len(orders))
    sets = [group for size in numbers for group in combinations(numbers, size + 1)]
    fits = [group for group in sets if sum(baskets[order] for order in group) <= TROLLEY]
    costs = [walk(site, set().union(*(places[order] for order in group))) for group in fits]
    batches = partition.batches_of(zip(fits, costs, strict=True))
    alone = partition.batches_of(([order], cost) for (order, *rest), cost in zip(fits, costs, strict=True) if not rest)
    effort = partition.Effort(whole_columns=len(fits) + len(orders), nodes=10_000, gap_permille=1000)
    groups, proven = partition.divided(batches, alone, effort, Stopwatch(60))
    price = {frozenset(group): cost for group, cost in zip(fits, costs, strict=True)}
    if not proven:
        raise SystemExit("the division is not proven to be the best")
    return int(np.sum([price[frozenset(group)] for group in groups])) / 100, groups


def rows(folder: Path) -> Iterator[table.Row]:
    """Solve all, print one row each."""
    site = Site(folder)
    for days, optima in OPTIMA.items():
        for count, optimum in enumerate(optima, start=5):
            orders = orders_of(folder / "Instancias_" / f"instances_d{days}_ord{count}.txt")
            (found, groups), taken = table.timed(lambda orders=orders: solved(site, orders))
            reached = f"{found:.2f} on {len(groups)} trolleys"
            met = abs(found - optimum) < 0.015
            yield table.Row(
                f"delta {days}, {count} orders", f"{optimum:.2f}", reached, "optimum", taken.wall_s, taken.cpu_s, met
            )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
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
        table.report(list(rows(root.parent)), asked.json)


if __name__ == "__main__":
    main()
