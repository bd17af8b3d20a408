"""All planning benchmarks on a folder of published instances, and one table: goal, reached, peer or bound.

    python -m tests.benchmarks.planning FOLDER [--only routing batching ...] [--json]

The instances are other people's and not part of Pickwell. A benchmark whose files are absent is named and left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from tests.benchmarks.table import Row, report

BATCHES, BASKETS, TOYS = "order_batching.jsonl.gz", "retail.dat.gz", "groceries.csv.gz"
SHIPMENTS = ("boxpacker_items.csv.gz", "boxpacker_boxes.csv", "boxpacker_expected.csv")
RUNS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("routing", ("--orders", BATCHES), ()),
    ("batching", (BATCHES,), ("--check", "--scale")),
    ("foodmart", ("foodmart_w8_1_3.tar.xz",), ()),
    ("affinity", (BASKETS,), ()),
    ("slotting", (BASKETS, TOYS), ("--table",)),
    ("waves", (), ()),
    ("cartonization", SHIPMENTS, ()),
    ("br", ("thpack.tar.xz",), ("--seconds", "1")),
    ("br", ("thpack.tar.xz",), ("--seconds", "0.02")),
)
"""Module, files of the folder among its arguments, further arguments."""


def rows(module: str, arguments: Sequence[str]) -> Iterator[Row]:
    """Run one benchmark and yield its rows; what it says of single instances goes by. Its failure is a row too."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    known = {field.name for field in fields(Row)}
    for line in done.stdout.splitlines():
        facts = json.loads(line) if line.startswith("{") else {}
        if "what" in facts:
            yield Row(**{key: value for key, value in facts.items() if key in known})
    if done.returncode:
        yield Row(f"{module} ended with {done.returncode}", "ends with 0", "see above", met=False)


def main() -> None:
    """Run what was asked for; exit 1 when a benchmark failed or said that an answer is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=sorted({module for module, _, _ in RUNS}))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found: list[Row] = []
    for module, given, more in RUNS:
        files = [name for name in given if not name.startswith("--")]
        absent = [name for name in files if not (asked.folder / name).exists()]
        if asked.only and module not in asked.only:
            continue
        if absent:
            print(f"{module}: left out, {asked.folder} has no {', '.join(absent)}", file=sys.stderr)
            continue
        print(f"{module} ...", file=sys.stderr, flush=True)
        arguments = [name if name.startswith("--") else str(asked.folder / name) for name in given]
        found += rows(module, [*arguments, *more])
    report(found, asked.json)
    raise SystemExit(any(" ended with " in row.what for row in found))


if __name__ == "__main__":
    main()
