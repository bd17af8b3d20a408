"""A whole campaign from file to review: seconds and memory, against a bare executemany (or COPY) of the same rows.

    python -m tests.benchmarks.imports [--orders 100000] [--edits 1000] [--database postgresql+psycopg://...] [--json]

It invents a campaign, imports it, imports it again with edited addresses and the difference only, and writes the very
rows that this made once more with nothing but the driver. A process beside writes a small row 30 times a second all
the while: how long that takes is how long a scan would wait. Each import has a process of its own, as with a worker;
its children are what reads the file. Exits 1 above the goals.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import re
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.engine import make_url

from wms import migrations
from wms import settings as settings_module
from wms.db import Store
from wms.formats import invented_exports, invented_orders
from wms.operations import importing, onboarding
from wms.operations.ledger import By
from wms.operations.staging import Request
from wms.settings import Database

TABLES = ("recipient", "customer_order", "order_line", "code", "order_event", "import_change", "hold")
GOAL_SECONDS, GOAL_WAIT_MS, GOAL_MB = 60.0, 500.0, 300
BEAT = 1 / 30
SEED = 2026
T = TypeVar("T")


@dataclass
class Run:
    """One import: seconds by the clock, seconds of the processor in its process and in the readers that it started, MB
    of all together, and what changed."""

    seconds: float
    cpu: float
    cpu_readers: float
    mb: int
    changes: dict[str, int]


class Peak(threading.Thread):
    """Looks how much memory this process and the readers that it starts take together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.kb = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Look twenty times a second."""
        while not self.over.wait(1 / 20):
            ids = {each for path in Path("/proc/self/task").glob("*/children") for each in path.read_text().split()}
            self.kb = max(self.kb, sum(map(self.memory, ("self", *ids))))

    def memory(self, process: str) -> int:
        """Return the kB of a process; of a child that is hardly born, none: it has its parent's yet."""
        with suppress(OSError):
            if process == "self" or b"orders.apart" in Path(f"/proc/{process}/cmdline").read_bytes():
                return sum(map(int, re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())))
        return 0

    def mb(self) -> int:
        """Stop looking; return the most there was."""
        self.over.set()
        self.join()
        return self.kb // 1024


@dataclass
class Waits:
    """How long a small write took beside an import, in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    most: float


def invent(folder: Path, orders: int, edits: int) -> None:
    """Write the files of a campaign."""
    found = invented_orders.invent(orders, SEED)
    for name, data in invented_exports.files(found, SEED, "kickstarter", edits, "BENCH"):
        (folder / name).write_bytes(data)


def alone(work: Callable[..., T], *args: Any) -> T:
    """Return what a function returns that runs in a process of its own."""
    with mp.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, args)


def prepare(url: str, folder: Path, orders: int, edits: int) -> tuple[Store, int]:
    """Invent a campaign, write its files, open it in an empty database."""
    alone(invent, folder, orders, edits)
    settings_module.adopt({"database.url": url}, None)
    settings = settings_module.load()
    store = Store(settings.database)
    migrations.upgrade(store)
    store.transact(lambda tx: tx.execute(text("CREATE TABLE beat (id INTEGER PRIMARY KEY, n INTEGER)")))
    store.transact(lambda tx: tx.execute(text("INSERT INTO beat VALUES (1, 0)")))
    onboarding.open_goods(store, folder)
    return store, onboarding.open_campaign(store, folder)


def take(url: str, campaign: int, file: Path) -> Run:
    """Import a file as `wms import orders` does."""
    settings_module.adopt({"database.url": url}, None)
    settings = settings_module.load()
    store, peak = Store(settings.database), Peak()
    peak.start()
    begun, cpu = time.perf_counter(), time.process_time()
    import_id = importing.take(store, settings, By(), Request(campaign, file.name, file.read_bytes()))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    with store.read() as tx:
        changes = importing.told(tx, import_id)["changes"]
    store.close()
    readers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(seconds, cpu, readers.ru_utime + readers.ru_stime, peak.mb(), changes)


def beat(url: str, stop: Any, pipe: Any) -> None:
    """Write one small row again and again, as scans do, and tell how long each write took."""
    store, waits = Store(Database(url=url)), []
    while not stop.is_set():
        begun = time.perf_counter()
        store.transact(lambda tx: tx.execute(text("UPDATE beat SET n = n + 1 WHERE id = 1")))
        waits.append(1000 * (time.perf_counter() - begun))
        time.sleep(BEAT)
    store.close()
    pipe.send(waits)


def summed(waits: list[float]) -> Waits:
    """Return the quantiles of waits."""
    cuts = quantiles(waits, n=100)
    return Waits(len(waits), cuts[49], cuts[94], cuts[98], max(waits))


def bare(store: Store) -> float:
    """Write the rows that the import made once more with the driver alone; return the seconds."""
    return bare_sqlite(store) if store.sqlite else bare_copy(store)


def bare_sqlite(store: Store) -> float:
    """Write them into an empty database of the same schema, one executemany a table, one commit."""
    there = sqlite3.connect(make_url(store.settings.url).database or "")
    with tempfile.TemporaryDirectory() as folder:
        here = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
        here.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        for (statement,) in there.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'"):
            if "sqlite_" not in statement[:40]:
                here.execute(statement)
        seconds = 0.0
        here.execute("BEGIN")
        for table in TABLES:
            rows = there.execute(f"SELECT * FROM {table}").fetchall()
            begun = time.perf_counter()
            if rows:
                here.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
            seconds += time.perf_counter() - begun
        begun = time.perf_counter()
        here.execute("COMMIT")
        return seconds + time.perf_counter() - begun


def bare_copy(store: Store) -> float:
    """COPY them into tables of the same columns and indexes."""
    with store.engine.connect() as conn:
        cursor = conn.connection.driver_connection.cursor()  # type: ignore[union-attr]
        seconds = 0.0
        for table in TABLES:
            cursor.execute(f"CREATE TEMP TABLE bare_{table} (LIKE {table} INCLUDING INDEXES)")
            with cursor.copy(f"COPY {table} TO STDOUT") as source:
                data = b"".join(bytes(each) for each in source)
            begun = time.perf_counter()
            with cursor.copy(f"COPY bare_{table} FROM STDIN") as target:
                target.write(data)
            seconds += time.perf_counter() - begun
        conn.rollback()
    return seconds


def measure(url: str, orders: int, edits: int) -> dict[str, Any]:
    """Import, import the difference, write the bare rows; a process beside writes all the while."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, campaign = prepare(url or f"sqlite:///{folder}/bench.db", folder, orders, edits)
        context = mp.get_context("spawn")
        stop, (ours, theirs) = context.Event(), context.Pipe()
        beside = context.Process(target=beat, args=(store.settings.url, stop, theirs), daemon=True)
        beside.start()
        files = ("orders.csv", "orders_later.csv")
        runs = {file: alone(take, store.settings.url, campaign, folder / file) for file in files}
        stop.set()
        waits = summed(ours.recv())
        beside.join()
        seconds = bare(store)
        store.close()
    first, later = runs["orders.csv"], runs["orders_later.csv"]
    ratio = {"bare": seconds, "ratio": first.seconds / seconds, "cpu_ratio": (first.cpu + first.cpu_readers) / seconds}
    return {
        "orders": orders,
        "import": asdict(first),
        "again": asdict(later),
        **ratio,
        "mb": max(each.mb for each in runs.values()),
        "waits": asdict(waits),
    }


def missed(result: dict[str, Any]) -> list[str]:
    """Return the goals that were missed, in words."""
    goal = GOAL_SECONDS * result["orders"] / 100_000
    told = [
        (result["import"]["seconds"] <= goal, f"import and review took more than {goal:.0f} s"),
        (result["again"]["seconds"] <= goal, f"the difference took more than {goal:.0f} s"),
        (result["mb"] <= GOAL_MB, f"the import took more than {GOAL_MB} MB"),
        (result["waits"]["p99"] <= GOAL_WAIT_MS, f"one of 100 scans waited more than {GOAL_WAIT_MS:.0f} ms"),
    ]
    return [words for well, words in told if not well]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--edits", type=int, default=1_000)
    parser.add_argument("--database", default="", help="An empty database; SQLite in a temporary folder by default.")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    result = measure(given.database, given.orders, given.edits)
    faults = missed(result)
    if given.json:
        print(json.dumps(result | {"missed": faults}))
    else:
        for words, run in (("file to review", result["import"]), ("again with edits", result["again"])):
            computed = f"computed {run['cpu']:.1f} s, its readers beside {run['cpu_readers']:.1f} s"
            print(f"{words}: {run['seconds']:.1f} s, {run['mb']} MB; {computed}: {run['changes']}")
        waits = result["waits"]
        print(f"the bare rows: {result['bare']:.1f} s, so {result['ratio']:.1f} times; {result['mb']} MB at most")
        print(f"a write beside: p50 {waits['p50']:.0f}, p95 {waits['p95']:.0f}, p99 {waits['p99']:.0f} ms")
        print("\n".join(f"MISSED: {each}" for each in faults) or "Every goal is met.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
