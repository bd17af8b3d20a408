"""Pair counts of a file of baskets, against scipy's A'A in the same run; each measured in a process of its own.

    python -m tests.benchmarks.affinity retail.dat.gz [--json] [--times 11]

Both work in one thread, so goals are held against CPU seconds, which other work on the machine does not stretch.
Memory is the peak of the process, and in brackets what of it was there before counting (Python, compiler, baskets).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.baskets import read_baskets
from tests.benchmarks.table import Row, Timed, percentile, report, timed
from wms.planning import speed
from wms.planning.affinity import Affinity

KERNELS = Path("var/kernels")
OFTEN = 10  # a pair counted so often is compared with the peer
MORE_LINES = 50_000


@dataclass
class Baskets:
    """Orders in numbers: order k is lines[starts[k]:starts[k + 1]]."""

    numbers: dict[str, int]
    lines: np.ndarray
    starts: np.ndarray

    def times(self, count: int) -> Baskets:
        """The same orders again and again."""
        ends = np.concatenate([self.starts[1:] + k * len(self.lines) for k in range(count)])
        return replace(self, lines=np.tile(self.lines, count), starts=np.concatenate(([0], ends)))

    def first(self, lines: int) -> Baskets:
        """The first orders, of at most so many lines."""
        orders = int(np.searchsorted(self.starts, lines, side="right"))
        return replace(self, lines=self.lines[: self.starts[orders - 1]], starts=self.starts[:orders])


def load(path: Path) -> Baskets:
    numbers, lines, starts = dict[str, int](), array("i"), array("q", [0])
    for basket in read_baskets(path):
        lines.extend(numbers.setdefault(item, len(numbers)) for item in basket)
        starts.append(len(lines))
    return Baskets(numbers, np.array(lines, np.int32), np.array(starts, np.int64))


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(baskets: Baskets) -> dict[str, Any]:
    """Count, look neighbours up, add a day."""
    speed.compile_kernels(KERNELS if KERNELS.parent.is_dir() else Path(tempfile.mkdtemp()))
    warm = Affinity(numbers=dict(baskets.numbers))
    for _ in range(2):
        warm.add_numbered(baskets.lines[:10], np.array([0, 5, 10]))
    model, before = Affinity(numbers=baskets.numbers), peak_mib()
    _, spent = timed(lambda: model.add_numbered(baskets.lines, baskets.starts))
    found = {"seconds": vars(spent), "before_mib": before, "peak_mib": peak_mib(), "pairs": pairs_of(model)}
    return found | {"neighbours": vars(lookups(model)), "adding": vars(adding(model, baskets.first(MORE_LINES)))}


def pairs_of(model: Affinity) -> list[int]:
    """Distinct pairs, those counted often, and the sum of these counts."""
    counts = model.packed().pairs[1] & 0xFFFFFFFF
    often = counts[counts >= OFTEN]
    return [len(counts) // 2, len(often) // 2, int(often.sum()) // 2]


def lookups(model: Affinity) -> Timed:
    """The slowest 1 % of the looking up of the 50 nearest: of the commonest items and of every hundredth."""
    common = sorted(model.numbers, key=model.often, reverse=True)[:50]
    spent = [timed(lambda sku=sku: model.neighbours(sku, 50))[1] for sku in [*common, *list(model.numbers)[::100]]]
    return Timed(percentile([one.wall_s for one in spent], 99), percentile([one.cpu_s for one in spent], 99))


def adding(model: Affinity, more: Baskets) -> Timed:
    """The slowest of five additions."""
    return max((timed(lambda: model.add_numbered(more.lines, more.starts))[1] for _ in range(5)), key=lambda t: t.cpu_s)


def peer(baskets: Baskets) -> dict[str, Any]:
    """The whole of A'A by scipy, then its upper half."""
    from scipy import sparse

    ones, shape = np.ones(len(baskets.lines), np.int32), (len(baskets.starts) - 1, len(baskets.numbers))
    before = peak_mib()

    def count() -> list[int]:
        orders = sparse.csr_matrix((ones, baskets.lines, baskets.starts), shape)
        orders.sum_duplicates()
        orders.data[:] = 1
        upper = sparse.triu(orders.T @ orders, 1, format="csr").data
        often = upper[upper >= OFTEN]
        return [len(upper), len(often), int(often.sum())]

    pairs, spent = timed(count)
    return {"seconds": vars(spent), "before_mib": before, "peak_mib": peak_mib(), "pairs": pairs}


SIDES: dict[str, Callable[[Baskets], dict[str, Any]]] = {"ours": ours, "peer": peer}


def in_a_process(side: str, path: Path, times: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.affinity", str(path), "--side", side, "--times", str(times)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def rows(path: Path, times: int, goals: tuple[float, float]) -> Iterator[Row]:
    """Time and memory of counting, against the peer's."""
    found, other = in_a_process("ours", path, times), in_a_process("peer", path, times)
    name = f"{path.name} x {times}"
    equal = f"{found['pairs'][1]} pairs of {OFTEN}+, {'as' if found['pairs'] == other['pairs'] else 'NOT AS'} scipy"
    spent, peers = Timed(**found["seconds"]), Timed(**other["seconds"])
    met = spent.cpu_s <= goals[0] and found["pairs"] == other["pairs"]
    peer_said = f"scipy {peers.cpu_s:.2f} CPU s"
    yield Row(f"{name}: all pairs", f"<= {goals[0]} s", equal, peer_said, spent.wall_s, spent.cpu_s, met)
    memory = f"{found['peak_mib']:.0f} MiB ({found['before_mib']:.0f})"
    peer_said = f"scipy {other['peak_mib']:.0f} MiB ({other['before_mib']:.0f})"
    own = found["peak_mib"] - found["before_mib"]
    fits = own <= goals[1] if times == 1 else found["peak_mib"] <= goals[1]
    yield Row(f"{name}: memory", f"<= {goals[1]:.0f} MiB", memory, peer_said, met=fits)
    for what, key, goal in (("top 50 of an item, p99", "neighbours", 0.001), ("50,000 lines more", "adding", 0.050)):
        spent = Timed(**found[key])
        reached = f"{1000 * spent.cpu_s:.2f} ms"
        yield Row(f"{name}: {what}", f"<= {1000 * goal:g} ms", reached, "-", *vars(spent).values(), spent.cpu_s <= goal)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="baskets, an order a line")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--times", type=int, default=11, help="how often the orders are repeated for the large run")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(SIDES[asked.side](load(asked.file).times(asked.times))))
        return
    large = rows(asked.file, asked.times, (3.0, 500.0)) if asked.times > 1 else ()
    report([*rows(asked.file, 1, (0.25, 150.0)), *large], asked.json)


if __name__ == "__main__":
    main()
