"""What labels cost and what they withstand: compiled labels a second, and hostile texts that add no command.

python -m tests.benchmarks.labels [--values 100000] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from labels.label_fuzz import labels, strayed

from wms.labels.labels import render
from wms.labels.samples import TEMPERS, samples
from wms.labels.zpl import DPMM

SECONDS = 1.0


def speed(dpi: int) -> dict[str, int]:
    """Return how many labels of each kind are compiled in a second of one core."""
    found = {}
    for name, label in samples(TEMPERS[0]).items():
        render(label, dpi)
        made, start = 0, time.process_time()
        while time.process_time() - start < SECONDS / 5:
            render(label, dpi)
            made += 1
        found[name] = round(made / (time.process_time() - start))
    return found


def fuzz(values: int) -> dict[str, int]:
    """Return how many texts and labels were tried, how many labels were refused and how many had a strange command."""
    tried = {"texts": 0, "labels": 0, "refused": 0, "strayed": 0}
    for number, (label, count) in enumerate(labels(values, seed=17)):
        what = strayed(label, list(DPMM)[number % len(DPMM)])
        tried["texts"] += count
        tried["labels"] += 1
        tried["refused"] += what == "refused"
        tried["strayed"] += what not in ("", "refused")
        if what not in ("", "refused"):
            print(what, file=sys.stderr)
    return tried


def main() -> int:
    """Print the figures; fail when a text acted as a command."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--values", type=int, default=100_000)
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    found = {"labels_per_second": {dpi: speed(dpi) for dpi in DPMM}, "fuzz": fuzz(asked.values)}
    print(json.dumps(found) if asked.json else json.dumps(found, indent=2))
    return 1 if found["fuzz"]["strayed"] else 0


if __name__ == "__main__":
    sys.exit(main())
