"""Labels through real workers to emulated printers: how fast, and whether any is lost or doubled when things break.

    python -m tests.benchmarks.printing --jobs 10000 [--faults] [--json] [--database postgresql+psycopg://...]

Without faults: labels a second over ten printers with status checks, in order. With faults: workers are killed -9 at
random, connections reset and half-closed, printers pause, run out of paper, fall silent, stop reading. The printers'
own list of what came out is the judge: 0 lost, 0 silent doubles, every doubtful label flagged. Exits 1 below the goals.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from wms import migrations, scratch
from wms import settings as settings_module
from wms.db import Store, table_of
from wms.labels.emulator import Behaviour, Emulator
from wms.labels.labels import Line, ParcelLabel, ToteLabel, render
from wms.models.printing import Printer, PrintJob
from wms.operations import labelling, master
from wms.operations.ledger import By
from wms.settings import Database, Settings

jobs, printers = table_of(PrintJob), table_of(Printer)
PRINTERS, WORKERS = 10, 2
GOAL_RATE, GOAL_COMPILED, GOAL_DOUBT = 100.0, 2000.0, 0.005
JOBS_A_FAULT, JOBS_A_KILL = 500, 2500
SUBJECT = re.compile(rb"TO-(\d{6})-X")
QUICK = {"connect": 1.0, "status": 0.5, "send": 2.0, "finish": 2.0}
STALLED_SECONDS = 120.0  # without any progress: something hangs
FAULTS: tuple[dict[str, Any], ...] = (
    {"mode": "paper_out"},
    {"mode": "paused"},
    {"mode": "silent"},
    {"mode": "head_open"},
    {"mode": "never_read"},
    {"mode": "reset"},
    {"mode": "garbage"},
    {"reset_after": 300},
    {"half_close_after": 200},
    {"stall_after": 250},
    {"labels_left": 2},
    {"single_bytes": True},
    {"reply_seconds": 0.2},
    {"bytes_per_second": 20_000},
)


@dataclass
class Result:
    """What came of it. `lost` said to be printed and was not, or never came to an end; `doubles` came out twice."""

    jobs: int
    seconds: float = 0.0
    rate: float = 0.0
    states: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    doubles: int = 0
    uncertain: int = 0
    uncertain_printed: int = 0
    out_of_order: int = 0
    faults: int = 0
    kills: int = 0
    compiled_per_second: float = 0.0
    missed: list[str] = field(default_factory=list)


# -- the printers, in a process of their own --------------------------------------------------------------------------


def hall(pipe: Connection, seed: int) -> None:
    """Run the printers: say their ports, break one when told, and say in the end what each printed."""
    dice = random.Random(seed)
    with ExitStack() as stack:
        all_of_them = [stack.enter_context(Emulator()) for _ in range(PRINTERS)]
        pipe.send([each.port for each in all_of_them])
        while (word := pipe.recv()) != "end":
            if word == "break":
                threading.Thread(target=spoil, args=(dice.choice(all_of_them), dice), daemon=True).start()
            elif word == "mend":
                for each in all_of_them:
                    vars(each.behaviour).update(vars(Behaviour()))
            elif word == "printed":
                pipe.send([numbers(each) for each in all_of_them])


def spoil(printer: Emulator, dice: random.Random) -> None:
    """Let a printer misbehave for a moment."""
    vars(printer.behaviour).update(dice.choice(FAULTS))
    time.sleep(dice.uniform(0.3, 1.5))
    vars(printer.behaviour).update(vars(Behaviour()))


def numbers(printer: Emulator) -> list[int]:
    """Return the numbers of the labels that came out, in order."""
    return [int(found[1]) for label in printer.printed if (found := SUBJECT.search(label))]


# -- the workers ------------------------------------------------------------------------------------------------------


class Workers:
    """Real `wms worker` processes, which can be killed like by a power cut."""

    def __init__(self, database: str, ports: list[int], folder: Path) -> None:
        given: dict[str, Any] = {f"printing.{name}_seconds": value for name, value in QUICK.items()}
        given |= {"database.url": database, "printing.ports": ",".join(map(str, ports)), "planning.compiled": False}
        given |= {"printing.allow_loopback": True, "printing.folder": str(folder / "labels")}
        self.environ = settings_module.environ_with(given)
        self.log = (folder / "workers.log").open("ab")
        self.running = [self.start() for _ in range(WORKERS)]

    def start(self) -> subprocess.Popen[bytes]:
        """Start one."""
        command = [sys.executable, "-m", "wms", "worker", "--child"]
        return subprocess.Popen(command, env=self.environ, stdout=self.log, stderr=self.log)

    def kill_one(self, dice: random.Random) -> None:
        """Kill -9 one and start another."""
        at = dice.randrange(len(self.running))
        self.running[at].kill()
        self.running[at].wait()
        self.running[at] = self.start()

    def end(self) -> None:
        """Stop all."""
        for each in self.running:
            each.kill()
            each.wait()
        self.log.close()


# -- a run ------------------------------------------------------------------------------------------------------------


def fill(store: Store, ports: list[int], number: int) -> None:
    """Write a printer per port, each at a place of its own, and the labels in turn."""
    settings = Settings(database=store.settings)

    def equip(tx: Any) -> list[int]:
        places = [master.add_location(tx, f"P{n}", "station", zone="A", x_mm=0) for n in range(len(ports))]
        for n, (place, port) in enumerate(zip(places, ports, strict=True)):
            at = {"station_id": place, "transport": "tcp", "host": "127.0.0.1", "port": port}
            master.add(tx, printers, code=f"Z{n}", name=f"P{n}", **at)
        return places

    places = store.transact(equip)

    def some(tx: Any, numbers: range) -> None:
        for n in numbers:
            label = ToteLabel(code=f"TO-{n:06d}-X", name=f"tote {n}")
            labelling.enqueue(
                tx, settings, labelling.Print(label, f"tote:{n}", label.code, places[n % len(places)]), By()
            )

    for start in range(0, number, 500):
        store.transact(lambda tx, start=start: some(tx, range(start, min(start + 500, number))))


def counts(store: Store) -> Counter[str]:
    """Return how many labels are in each state."""
    with store.read() as tx:
        return Counter(dict(map(tuple, tx.all(select(jobs.c.state, func.count()).group_by(jobs.c.state)))))


def ended(found: Counter[str]) -> int:
    """Return how many labels came to an end."""
    return sum(found[state] for state in ("sent", "confirmed", "uncertain", "failed", "void"))


class Run:
    """Prints all labels, breaking things on the way if wanted, and measures."""

    def __init__(self, store: Store, pipe: Connection, workers: Workers, result: Result) -> None:
        self.store, self.pipe, self.workers, self.result = store, pipe, workers, result
        self.dice = random.Random(7)

    def go(self, faults: bool) -> None:
        """Return when every label came to an end, or nothing moves any more."""
        total, done, moved, began = self.result.jobs, 0, time.monotonic(), 0.0
        while done < total and time.monotonic() - moved < STALLED_SECONDS:
            time.sleep(0.1)
            now_done = ended(counts(self.store))
            if now_done > done:
                moved = time.monotonic()
                began = began or moved
            done = now_done
            if faults:
                self.break_things(done)
        self.result.seconds = round(moved - began, 2)
        self.result.rate = round(total / self.result.seconds, 1) if self.result.seconds else 0.0

    def break_things(self, done: int) -> None:
        """Keep the number of faults and kills in step with the work done."""
        if self.result.faults < done // JOBS_A_FAULT:
            self.result.faults += 1
            self.pipe.send("break")
        if self.result.kills < done // JOBS_A_KILL:
            self.result.kills += 1
            self.workers.kill_one(self.dice)

    def judge(self) -> None:
        """Compare what the database says with what came out of the printers."""
        self.pipe.send("mend")
        self.pipe.send("printed")
        came_out: list[list[int]] = self.pipe.recv()
        times = Counter(number for printer in came_out for number in printer)
        with self.store.read() as tx:
            states = {int(row.subject[3:9]): row.state for row in tx.all(select(jobs.c.subject, jobs.c.state))}
        result = self.result
        result.states = dict(Counter(states.values()))
        result.doubles = sum(count > 1 for count in times.values())
        printed = ("sent", "confirmed")
        unprinted = sum(state in printed and not times[number] for number, state in states.items())
        result.lost = unprinted + result.jobs - ended(Counter(result.states))
        doubtful = [number for number, state in states.items() if state == "uncertain"]
        result.uncertain, result.uncertain_printed = len(doubtful), sum(times[number] > 0 for number in doubtful)
        result.out_of_order = sum(a > b for each in came_out for a, b in pairwise(each))


def compiled() -> float:
    """Return how many parcel labels a second of CPU makes; the best of three, for others may use the processor."""
    lines = (Line("CORE-RED", "Core game, red", 1), Line("EXP-DRAGON", "Dragon expansion", 2))
    to = ("Mia Kral", "Deich 1", "25813 Husum")
    labels = [ParcelLabel(f"PA-{n:06d}-X", f"KS-{n}", to, "DE", "DHL", "Paket", 1240, lines) for n in range(1000, 1300)]
    best = 0.0
    for _ in range(3):
        began = time.process_time()
        for label in labels:
            render(label, 203)
        best = max(best, len(labels) / (time.process_time() - began))
    return best


def measure(number: int, faults: bool, url: str) -> Result:
    """Print so many labels and return what came of it."""
    result = Result(number, compiled_per_second=round(compiled()))
    ours, theirs = mp.get_context("spawn").Pipe()
    process = mp.get_context("spawn").Process(target=hall, args=(theirs, 11), daemon=True)
    process.start()
    with tempfile.TemporaryDirectory() as folder, scratch.database(url or f"sqlite:///{folder}/bench.db") as database:
        store = Store(Database(url=database))
        migrations.upgrade(store)
        ports = ours.recv()
        fill(store, ports, number)
        workers = Workers(database, ports, Path(folder))
        try:
            run = Run(store, ours, workers, result)
            run.go(faults)
            run.judge()
        finally:
            workers.end()
            store.close()
            ours.send("end")
            process.join(10)
    result.missed = missed(result, faults)
    return result


def missed(result: Result, faults: bool) -> list[str]:
    """Return the goals that were not reached."""
    goals = {
        "0 lost": result.lost == 0,
        "0 silent doubles": result.doubles == 0,
        "in order": faults or result.out_of_order == 0,
        f"uncertain <= {GOAL_DOUBT:.1%}": result.uncertain <= (GOAL_DOUBT * result.jobs if faults else 0),
        f">= {GOAL_RATE:.0f} labels/s": faults or result.rate >= GOAL_RATE,
        f"compile >= {GOAL_COMPILED:,.0f} labels/s": result.compiled_per_second >= GOAL_COMPILED,
    }
    return [name for name, met in goals.items() if not met]


def main() -> int:
    """Run once and print it; the exit code is 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=10_000, help="labels to print (default 10000)")
    parser.add_argument("--faults", action="store_true", help="break things on the way")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--database", default="", help="an empty database, or a server to make one on (else SQLite)")
    options = parser.parse_args()
    result = measure(options.jobs, options.faults, options.database)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        for name, value in asdict(result).items():
            print(f"{name:<22}{value}")
    return 1 if result.missed else 0


if __name__ == "__main__":
    sys.exit(main())
