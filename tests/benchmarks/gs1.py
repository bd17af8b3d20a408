"""Reading GS1 labels: what a scan costs through our adapter against bare biip, and a long run of hostile scans.

    python -m tests.benchmarks.gs1 [--labels 2000] [--fuzz 1000000] [--seed 1] [--json]

Both read the same labels in turn in the same run. `--fuzz` understands so many spoilt labels, links, codes and noise,
each as it came and by every device profile; the first that raises anything ends the run with the text that did it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from random import Random

import biip

from tests import hostile
from tests.benchmarks.table import Row, percentile, report, timed
from wms.barcodes import load_profiles, understand
from wms.settings import share

GOAL_MS = 0.5


def good_labels(seed: int, count: int) -> list[str]:
    """Labels as they stand on cartons: an item with lot and date, a logistic unit with its content, a serial number."""
    random = Random(seed)
    found = []
    for _ in range(count):
        unit = hostile.digits(random, 13)
        unit += str(hostile.gs1_standard_check_digit(unit))
        unit_18 = hostile.digits(random, 17)
        unit_18 += str(hostile.gs1_standard_check_digit(unit_18))
        lot, day = hostile.text(random, 12), f"{random.randint(26, 40)}{random.randint(1, 12):02d}00"
        kinds = (
            f"]C101{unit}17{day}10{lot}",
            f"]d201{unit}10{lot}\x1d17{day}21{hostile.text(random, 20)}",
            f"]C100{unit_18}02{unit}37{random.randint(1, 999)}\x1d10{lot}",
            f"]E0{unit[1:13]}{hostile.gs1_standard_check_digit(unit[1:13])}",
        )
        found.append(random.choice(kinds))
    return found


def costs(read: Callable[[str], object], labels: list[str]) -> list[float]:
    """Milliseconds of processor time a label, in batches of ten."""
    batches = [labels[at : at + 10] for at in range(0, len(labels), 10)]
    return [timed(lambda batch=batch: [read(each) for each in batch])[1].cpu_s * 1000 / len(batch) for batch in batches]


def bare(text: str) -> object:
    """What biip alone makes of a label."""
    try:
        return biip.parse(text)
    except biip.ParseError:
        return None


def parsing(labels: list[str]) -> list[Row]:
    """Our adapter and bare biip over the same labels."""
    costs(bare, labels[:200]), costs(understand, labels[:200])  # warm: tables are read on first use
    rows = []
    peer = costs(bare, labels)
    mine = costs(understand, labels)
    for name, figure in (("mean", mean), ("p95", lambda values: percentile(values, 95))):
        reached, alone = figure(mine), figure(peer)
        what = f"a label through the adapter, {name}"
        told = f"bare biip {alone:.3f} ms (x {reached / alone:.2f})"
        rows.append(Row(what, f"<= {GOAL_MS} ms", f"{reached:.3f} ms", told, met=reached <= GOAL_MS))
    return rows


def mean(values: list[float]) -> float:
    """The arithmetic mean."""
    return sum(values) / len(values)


def fuzzed(seed: int, count: int) -> Row:
    """Understand so many hostile scans; raises SystemExit with the first that cannot be."""
    profiles = list(load_profiles(share() / "config" / "device_profiles.toml").values())
    seen: Counter[str] = Counter()

    def run() -> None:
        for scan in hostile.scans(seed, count):
            try:
                found = hostile.survive(scan, profiles)
            except Exception as error:
                raise SystemExit(f"{scan!r}: {type(error).__name__}: {error}") from error
            seen[found.fault or found.doubt or ("read" if len(found.readings) > 1 else "text")] += 1

    _, took = timed(run)
    kinds = ", ".join(f"{name} {number}" for name, number in seen.most_common(6))
    return Row(f"{count} hostile scans", "0 exceptions", "0", kinds, took.wall_s, took.cpu_s, True)


def main() -> None:
    """Measure, and print what was wanted and reached."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--labels", type=int, default=2_000)
    parser.add_argument("--fuzz", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = parsing(good_labels(asked.seed, asked.labels))
    report([*rows, fuzzed(asked.seed, asked.fuzz)], asked.json)


if __name__ == "__main__":
    main()
