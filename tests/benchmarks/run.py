"""`make bench`: what a scan costs the server, as a ratio to a bare driver transaction of the same run.

    .venv/bin/python tests/benchmarks/run.py [--orders 200] [--database postgresql+psycopg://user@host/name]

The server side runs in this process (Flask, session, floor, ledger, database), called as WSGI without a network, so the
process's CPU time is the server's; the caller's share is measured on /healthz and shown beside it, not subtracted.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from wms import demo, migrations, scratch
from wms import settings as settings_module
from wms.app import create_app
from wms.db import Store
from wms.formats.invented import invent
from wms.operations import waving
from wms.operations.ledger import By

LIMIT_MS = 10.0  # of server CPU per scan
BARE = (
    "INSERT INTO bench_scan (id, answer) VALUES ({0}, {0})",
    "UPDATE bench_stock SET qty = qty - 1 WHERE id = 1 AND qty >= 1",
    "UPDATE bench_stock SET qty = qty + 1 WHERE id = 2",
    "INSERT INTO bench_move (item, qty) VALUES (1, 1)",
)
TABLES = (
    "CREATE TABLE bench_scan (id VARCHAR(64) PRIMARY KEY, answer TEXT)",
    "CREATE TABLE bench_stock (id INTEGER PRIMARY KEY, qty INTEGER CHECK (qty >= 0))",
    "CREATE TABLE bench_move (id {serial}, item INTEGER, qty INTEGER)",
    "INSERT INTO bench_stock VALUES (1, 1000000), (2, 0)",
)


@dataclass
class Cost:
    """CPU and wall milliseconds of many calls."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def time(self, call: Callable[[], Any]) -> Any:
        """Run and measure one call."""
        cpu, wall = time.process_time(), time.perf_counter()
        result = call()
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)
        return result

    @property
    def mean_cpu(self) -> float:
        return statistics.fmean(self.cpu)

    def line(self, name: str, bare: Cost | None = None) -> str:
        wall = median(self.wall)
        times = f"{name:<34}{len(self.cpu):6} calls  CPU {self.mean_cpu:7.3f} ms  wall p50 {wall:7.3f} ms"
        if bare is None:
            return times
        return f"{times}  {self.mean_cpu / bare.mean_cpu:6.1f} x CPU, {wall / median(bare.wall):6.1f} x wall"


def median(values: list[float]) -> float:
    return statistics.median(values)


def bare_transactions(url: str, calls: int) -> Cost:
    """The least a durable scan can cost: four statements and a commit, on the driver itself."""
    parsed, cost = make_url(url), Cost()
    if parsed.get_backend_name() == "sqlite":
        import sqlite3

        conn: Any = sqlite3.connect(f"{parsed.database}.bare", isolation_level=None)
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA synchronous=FULL")
        begin, mark, serial = "BEGIN IMMEDIATE", "?", "INTEGER PRIMARY KEY"
    else:
        import psycopg

        conn = psycopg.connect(
            parsed.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
        )
        begin, mark, serial = "BEGIN", "%s", "SERIAL PRIMARY KEY"
    for statement in TABLES:
        conn.execute(statement.format(serial=serial))

    def transaction() -> None:
        conn.execute(begin)
        conn.execute(BARE[0].format(mark), (uuid.uuid4().hex, "x" * 600))
        for statement in BARE[1:]:
            conn.execute(statement)
        conn.execute("COMMIT")

    for _ in range(calls):
        cost.time(transaction)
    conn.close()
    return cost


class Shift:
    """A person who works through every flow by WSGI, and what each scan cost."""

    def __init__(self, store: Store, settings: Any) -> None:
        self.app = create_app(settings)
        self.client = self.app.test_client()
        self.costs: dict[str, Cost] = defaultdict(Cost)
        person = demo.hire(store, settings, 1)[0]
        answer = self.client.post(
            "/login", json={"badge": person["badge"], "pin": person["pin"], "device": "bench"}
        ).json
        self.headers = {answer["send"]["header"]: answer["send"]["value"]}

    def post(self, path: str, body: dict[str, Any]) -> Any:
        response = self.client.post(path, json=body, headers=self.headers)
        assert response.status_code == 200, response.text
        return response.json

    def work(self, flow: str) -> bool:
        """Follow the screens of a flow until there is no more work; return whether there was any."""
        answer = self.post("/task", {"flow": flow})
        worked = answer["task"] is not None
        while answer["task"] is not None:
            name = f"{flow}: {answer['state']}"
            assert answer["target"], answer
            body = {
                "id": uuid.uuid4().hex,
                "task": answer["task"],
                "turn": answer["turn"],
                "text": answer["target"]["code"],
            }
            answer = self.costs[name].time(lambda body=body: self.post("/scan", body))
            assert answer["tone"] != "stop", answer
        return worked


def main() -> None:
    """Print the table; exit 1 when a scan costs more CPU than the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--database", default="sqlite://")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scratch.database(options.database) as url:
        settings = settings_module.load(environ={}, overrides={"database.url": url, "printing.folder": folder})
        store = Store(settings.database)
        migrations.upgrade(store)
        bare = bare_transactions(url, 1000)
        demo.fill(store, settings, settings_module.share() / "config" / "demo", invent(options.orders, 2026))
        shift = Shift(store, settings)
        for flow in ("receive", "putaway"):
            shift.work(flow)
        waving.release_all(store, settings, By(), pilot=False, orders=options.orders)
        while any([shift.work(flow) for flow in ("pick", "pack", "load")]):
            pass  # totes come back from packing, so picking goes on
        report(shift, bare, Path(url).name)
        store.close()


def report(shift: Shift, bare: Cost, name: str) -> None:
    """Print every state's cost beside the bare transaction and a request that does nothing."""
    nothing = Cost()
    for _ in range(300):
        nothing.time(lambda: shift.client.get("/healthz"))
    print(f"database {name}\n{bare.line('bare driver transaction')}\n{nothing.line('request that does nothing', bare)}")
    for state, cost in shift.costs.items():
        print(cost.line(state, bare))
    total = Cost([x for c in shift.costs.values() for x in c.cpu], [x for c in shift.costs.values() for x in c.wall])
    meter = shift.app.extensions["wms.floor"].meter
    print(total.line("every scan", bare))
    print(f"SQL statements a scan: {meter.statements / meter.scans:.2f}; CPU limit {LIMIT_MS} ms a scan")
    if total.mean_cpu > LIMIT_MS:
        raise SystemExit(f"A scan costs {total.mean_cpu:.2f} ms of CPU, more than {LIMIT_MS} ms.")


if __name__ == "__main__":
    main()
