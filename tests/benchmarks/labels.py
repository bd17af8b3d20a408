"""What labels cost and what they withstand: compiled labels a second, and hostile texts that add no command.

python -m tests.benchmarks.labels [--values 100000] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import fields, is_dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from labels import label_fuzz

from wms import barcodes
from wms.labels.gs1 import sscc
from wms.labels.labels import Label, LogisticLabel, render
from wms.labels.samples import PREFIX, TEMPERS, samples
from wms.labels.zpl import DPMM, press

SECONDS, GOAL = 0.5, 2000
VARIANTS, ROUNDS, CATALOGUE = 40, 50, 50  # labels that all differ; goods of which there are so many
TAUGHT, PARCELS, BATCHES = 2136, 500, 4


def variant(thing: Any, number: int) -> Any:
    """Return a label with another code, person, street and order number, other goods, quantities, weights, values."""
    fresh: dict[str, Any] = {}
    for each in fields(thing):
        value = getattr(thing, each.name)
        if each.name in ("name", "description", "sku"):
            fresh[each.name] = f"{value} {number % CATALOGUE}"
        elif each.name in ("recipient_lines", "facts"):
            fresh[each.name] = (f"{value[0]} {number}", f"{value[1]} {number}", *value[2:])
        elif each.name in ("qty", "net_g", "weight_g"):
            fresh[each.name] = value + number
        elif each.name == "value":
            fresh[each.name] = f"{float(value) + number:.2f}"
        elif each.name in ("order", "receipt", "reference", "invoice", "phone", "comments"):
            fresh[each.name] = f"{value}-{number}"
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            fresh[each.name] = tuple(variant(line, number + at) for at, line in enumerate(value))
    return replace(thing, **fresh | coded(thing, number))


def coded(thing: Any, number: int) -> dict[str, str]:
    """Return another code of the same kind."""
    code = getattr(thing, "code", "")
    if isinstance(thing, LogisticLabel):
        return {"code": sscc(PREFIX, number + 1)}
    return {"code": barcodes.code(code[:2], f"S{number:05d}")} if code[2:3] == "-" else {}


def speed(dpi: int, temper: str) -> dict[str, int]:
    """Return how many labels of each kind are compiled in a second of one core, each label another; the best of some
    rounds, for others may use the processor."""
    found = {}
    for name, label in samples(temper).items():
        several = [variant(label, number) for number in range(ROUNDS * VARIANTS)]
        render(label, dpi)
        rounds = (several[start : start + VARIANTS] for start in range(0, len(several), VARIANTS))
        best, until = 0, time.process_time() + SECONDS
        while time.process_time() < until and (labels := next(rounds, None)):
            best = max(best, pace(labels, dpi))
        found[name] = best
    return found


def pace(several: list[Label], dpi: int) -> int:
    """Return how many of these labels are compiled in a second of one core."""
    start = time.process_time()
    for label in several:
        render(label, dpi)
    return round(len(several) / (time.process_time() - start))


def addresses(dpi: int) -> dict[str, int]:
    """Return how many parcels a second get an address of Chinese characters that none had before: at first, when
    hardly any of 2,136 characters (as many are taught in Japan) was drawn, and when most were."""
    sheet = press(dpi).sheet
    known = [chr(code) for code in range(0x4E00, 0x9FA0) if sheet.fonts.drawable(chr(code))][:TAUGHT]
    if not known:
        return {}
    chance = random.Random(dpi)
    batches = [[somewhere(chance, known) for _ in range(PARCELS)] for _ in range(BATCHES)]
    found = [pace(batch, dpi) for batch in batches]
    return {"at first": found[0], "then": max(found[1:])}


def somewhere(chance: random.Random, known: list[str]) -> Label:
    """Return a parcel for somebody at some invented place."""
    name, street, house = ("".join(chance.choices(known, k=size)) for size in (4, 11, 6))
    lines = (f"{name[:2]} {name[2:]}", f"{street}{chance.randint(1, 20)}-{chance.randint(1, 20)}", f"{house} 3階")
    return replace(samples("japanese")["parcel"], recipient_lines=lines)  # type: ignore[call-arg]


def fuzz(values: int) -> dict[str, int]:
    """Return how many texts and labels were tried, how many labels were refused and how many had a strange command."""
    tried = {"texts": 0, "labels": 0, "refused": 0, "strayed": 0}
    for number, (label, count) in enumerate(label_fuzz.labels(values, seed=17)):
        what = label_fuzz.strayed(label, list(DPMM)[number % len(DPMM)])
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
    found: dict[str, Any] = {"fuzz": fuzz(asked.values), "labels_per_second": {}}
    for temper, dpi in product(TEMPERS[:2], DPMM):
        found["labels_per_second"][f"{temper} {dpi}"] = speed(dpi, temper)
    found["new_addresses_per_second"] = {dpi: addresses(dpi) for dpi in DPMM}
    print(json.dumps(found) if asked.json else told(found))
    german = {
        f"{name} {dpi}": made
        for dpi in DPMM
        for name, made in found["labels_per_second"][f"{TEMPERS[0]} {dpi}"].items()
    }
    slow = [name for name, made in german.items() if made < GOAL]
    if slow:
        print(f"below {GOAL} labels a second: {', '.join(slow)}", file=sys.stderr)
    return 1 if slow or found["fuzz"]["strayed"] else 0


def told(found: dict[str, Any]) -> str:
    """Return the figures as a table."""
    rows = found["labels_per_second"]
    names = list(next(iter(rows.values())))
    head = " ".join(f"{name:>9}" for name in ("", *names))
    lines = [f"{row:<13}" + " ".join(f"{made[name]:>9,}" for name in names) for row, made in rows.items()]
    new = f"parcels with an address of characters that no other has: {found['new_addresses_per_second']}"
    return "\n".join(
        [f"texts {found['fuzz']}", "compiled labels a second of one core, each another:", head, *lines, new]
    )


if __name__ == "__main__":
    sys.exit(main())
