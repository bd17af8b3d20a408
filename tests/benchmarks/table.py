"""One table for all planning benchmarks: what was wanted, what was reached, what the peer or the bound reached."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

T = TypeVar("T")
HEAD = ("what", "goal", "reached", "peer or bound", "wall s", "CPU s", "met")


@dataclass(frozen=True)
class Row:
    """One measurement and its times. `met`: whether the goal is reached, None where there is none.

    `temper` is "cold" when compiling is part of the times, "warm" when it is not, "plain" without a compiler.
    """

    what: str
    goal: str
    reached: str
    peer: str = "-"
    wall_s: float | None = None
    cpu_s: float | None = None
    met: bool | None = None
    temper: str = "warm"


@dataclass(frozen=True)
class Timed:
    """How long a piece of work took, by the wall and by the processor (all threads of this process)."""

    wall_s: float
    cpu_s: float


def timed(work: Callable[[], T]) -> tuple[T, Timed]:
    """Do the work; return what it returns, and how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, Timed(time.perf_counter() - wall, time.process_time() - cpu)


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest of the values that at least `percent` of 100 of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def report(rows: Sequence[Row], as_json: bool = False) -> None:
    """Print the rows: a line of JSON each, or one table."""
    if as_json:
        for row in rows:
            print(json.dumps(asdict(row)))
        return
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cells(row: Row) -> tuple[str, ...]:
    times = ("-" if value is None else f"{value:.3f}" for value in (row.wall_s, row.cpu_s))
    met = {True: "yes", False: "NO", None: "-"}[row.met]
    return (row.what, row.goal, row.reached, row.peer, *times, f"{met} ({row.temper})")
