"""One container filled from the thpack files: python -m tests.benchmarks.br FILES... [--seconds 1] [--json].

A file: number of problems; for each: number and seed; length, width, height; number of kinds; for each kind: number,
then length, width, height, each with 1 if it may stand upright, and the quantity. A .tar.xz of such files will do; of
an archive only BR1 to BR7 (thpack1 to thpack7) are taken. Every packing goes through the checker in the same run.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import statistics
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.table import Row, report
from wms.planning import speed
from wms.planning.cartonization import Carton, Parcel, Plan, Problem, Unit, verify
from wms.planning.dividing import steps
from wms.planning.packer import LIES, Effort, Hold, Loaded, Thing, load

KERNELS = Path(__file__).parents[2] / "var" / "kernels"
GOALS = ((0.02, 91.0), (1.0, 94.0))
PEER = {"1": 79.55, "2": 79.39, "3": 79.34, "4": 79.19, "5": 78.74, "6": 78.24, "7": 77.26}  # BoxPacker's own tables


class BadFile(ValueError):
    """A file that is not what the head of this file says; the message names it and the reason."""


class Case(NamedTuple):
    """One problem: its container and the kinds of goods."""

    file: str
    number: int
    sides: tuple[int, int, int]
    things: tuple[Thing, ...]


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every file in a path."""
    if not path.name.endswith((".tar.xz", ".tar.gz", ".tar")):
        yield path.name, path.read_text(encoding="utf-8")
        return
    with tarfile.open(path) as archive:
        for member in sorted(archive.getmembers(), key=lambda each: each.name):
            if re.fullmatch(r"(.*/)?thpack[1-7]\.txt", member.name) and (found := archive.extractfile(member)):
                yield Path(member.name).name, found.read().decode("utf-8")


def read_cases(name: str, text: str) -> Iterator[Case]:
    """The problems of a file; raises BadFile with the place of the number that is missing or wrong."""
    try:
        values = [int(each) for each in text.split()]
    except ValueError as bad:
        raise BadFile(f"{name}: {bad}") from bad
    at = iter(values)
    try:
        for number in range(1, next(at) + 1):
            next(at), next(at)
            sides = (next(at), next(at), next(at))
            rows = [[next(at) for _ in range(8)] for _ in range(next(at))]
            yield Case(name, number, sides, tuple(_thing(name, row) for row in rows))
    except StopIteration as short:
        raise BadFile(f"{name} ends in the middle of a problem, after {len(values)} numbers") from short


def _thing(name: str, row: list[int]) -> Thing:
    if min(row[1], row[3], row[5], row[7]) < 1 or not {row[2], row[4], row[6]} <= {0, 1}:
        raise BadFile(f"{name}: {row} is no kind of goods")
    return Thing((row[1], row[3], row[5]), row[7], row[2] | row[4] << 1 | row[6] << 2)


def effort(seconds: float, looks_a_second: float) -> Effort:
    """What can be spent in so many seconds: the larger part on looking, the smaller on building blocks."""
    if seconds < 0.1:
        return Effort(int(seconds * 0.75 * looks_a_second), 1_000, 100_000)
    return Effort(int(seconds * 0.8 * looks_a_second), 10_000, 10_000_000)


def faults(case: Case, loaded: Loaded, support_percent: int) -> list[str]:
    """What the checker says of a loaded container."""
    units = [Unit(str(k), max(1, qty), *thing.sides, 0, thing.up) for k, (thing, qty) in
             enumerate(zip(case.things, loaded.counts, strict=True))]  # fmt: skip
    packed = tuple(sorted((str(k), qty) for k, qty in enumerate(loaded.counts) if qty))
    carton = Carton("C", *case.sides, 0, 1 << 50)
    problem = Problem(tuple(unit for unit in units if loaded.counts[int(unit.sku)]), (carton,), 100, support_percent)
    return verify(problem, Plan((Parcel("C", packed, 0, steps(loaded.rows, units)),), (), carton.mm3))


def solved(case: Case, spend: Effort, support_percent: int) -> tuple[float, float, list[str]]:
    """Percent of the room filled, CPU seconds, and what the checker says."""
    begun = time.process_time()
    loaded = load(case.things, Hold(case.sides, support_percent=support_percent), spend)
    took = time.process_time() - begun
    filled = int(loaded.rows[:, LIES:].prod(axis=1).sum())
    room = case.sides[0] * case.sides[1] * case.sides[2]
    return 100 * filled / room, took, faults(case, loaded, support_percent)


def pace(cases: list[Case], support_percent: int) -> float:
    """Blocks looked at in a second here: measured, so that a budget in seconds becomes one in looks."""
    sample = cases[:: max(1, len(cases) // 7)][:7]
    load(sample[0].things, Hold(sample[0].sides, support_percent=support_percent), Effort(1_000, 100, 100))
    begun, looks = time.process_time(), 0
    for case in sample:
        looks += load(case.things, Hold(case.sides, 1 << 50, support_percent), Effort(300_000, 1_000, 0)).looks
    return looks / (time.process_time() - begun)


def run(cases: list[Case], seconds: float, support_percent: int, arguments: argparse.Namespace) -> Row:
    """Fill all containers; one row for the table."""
    spend = effort(seconds, pace(cases, support_percent))
    results = [(case, *solved(case, spend, support_percent)) for case in cases]
    if arguments.json:
        for case, filled, took, wrong in results:
            facts = {"file": case.file, "number": case.number, "budget_s": seconds, "filled": filled}
            print(json.dumps({**facts, "support_percent": support_percent, "seconds": took, "faults": wrong}))
    mean, cpu = statistics.mean(each[1] for each in results), [each[2] for each in results]
    refused = sum(bool(each[3]) for each in results)
    goal = next((goal for limit, goal in GOALS if limit == seconds and not support_percent), None)
    by_file = {case.file: [each[1] for each in results if each[0].file == case.file] for case in cases}
    means = " ".join(f"{statistics.mean(values):.1f}" for values in by_file.values())
    peers = [PEER[found[0]] for file in by_file if (found := re.findall(r"thpack([1-7])\.txt$", file))]
    rule = "all of a base rests" if support_percent else "any place"
    peer = f"BoxPacker {statistics.mean(peers):.1f}" if peers else "-"
    return Row(
        f"{len(cases)} containers, {seconds:g} s each, {rule}",
        f">= {goal:.0f} %" if goal else "-",
        f"{mean:.2f} % ({means}), CPU mean {statistics.mean(cpu):.3f} most {max(cpu):.3f} s, {refused} refused",
        peer,
        None,
        sum(cpu),
        (mean >= goal and not refused) if goal else None,
    )


def main() -> None:
    """Read the arguments, compile, fill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument(
        "--seconds", type=float, nargs="*", default=[0.02, 1.0], help="budgets; 0.02 and 1 when not given"
    )
    parser.add_argument("--every", type=int, default=1, help="only every n-th problem, for a quick look")
    parser.add_argument("--json", action="store_true", help="a line per container, then a line per goal")
    arguments = parser.parse_args()
    speed.compile_kernels(KERNELS)
    try:
        found = [case for path in arguments.files for name, text in texts(path) for case in read_cases(name, text)]
    except (lzma.LZMAError, tarfile.TarError, UnicodeDecodeError) as bad:
        raise BadFile(f"{arguments.files}: {bad}") from bad
    cases = found[:: arguments.every]
    rows = [run(cases, seconds, support, arguments) for seconds in arguments.seconds for support in (0, 100)]
    report(rows, arguments.json)


if __name__ == "__main__":
    main()
