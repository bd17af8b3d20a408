"""`wms rehearse`: a whole shift with virtual workers over HTTP against a real server, then every rule is checked."""

from __future__ import annotations

import statistics
import tempfile
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scanner_client.door import Door
from scanner_client.robot import Habits, Robot, Stuck
from wms import clock, demo, migrations, scratch
from wms import settings as settings_module
from wms.db import Store
from wms.formats.invented import invent
from wms.labels.emulator import Emulator
from wms.queries import invariants, shift
from wms.queries.printing import WAITING
from wms.settings import Settings

OUTBOUND = ("load", "pack", "sort", "replenish", "pick")
INBOUND = ("putaway", "receive")
MISTAKES = 0.01  # people scan the wrong thing now and then; it must cost nothing but a tone
IDLE_SECONDS = 0.05
RELEASES_MAX = 50
LABEL_SECONDS = 90.0  # longer than the lease of a label whose sender was killed


@dataclass(frozen=True)
class Plan:
    """What to rehearse: how many orders and workers, which campaign, and what goes wrong."""

    orders: int = 120
    workers: int = 4
    seed: int = 2026
    duplicates: float = 0.0
    kill: bool = False


@dataclass
class Result:
    """What came of it; `orders` counts imported, held and shipped."""

    orders: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    scans: int = 0
    refusals: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    differing: int = 0
    retries: int = 0
    kills: int = 0
    http_5xx: int = 0
    invariants_broken: int = 0
    broken: list[Any] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    scan_ms: dict[str, float] = field(default_factory=dict)
    sql_per_scan: float = 0.0
    stuck: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Return whether every clean order was shipped and nothing broke."""
        clean = self.orders.get("imported", 0) - self.orders.get("held", 0)
        whole = clean == self.orders.get("shipped", 0) and clean > 0
        waiting = any(self.labels.get(state) for state in WAITING)
        return whole and not (self.http_5xx or self.invariants_broken or self.stuck or self.differing or waiting)

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return asdict(self) | {"good": self.good}

    def in_words(self) -> str:
        """Return a few lines for people."""
        orders = ", ".join(f"{number} {name}" for name, number in self.orders.items())
        lines = [
            f"orders: {orders}; {self.lines} lines; labels {self.labels}",
            f"{self.scans} scans in {self.seconds} s, {self.sql_per_scan} SQL statements a scan",
            f"{self.refusals} refused {self.refused}",
            f"{self.duplicates} scans came twice, {self.differing} of them were answered differently",
            f"a scan takes {self.scan_ms.get('p50')} ms (p50), {self.scan_ms.get('p99')} ms (p99)",
            f"server errors {self.http_5xx}, kills {self.kills}",
            f"rules broken {self.invariants_broken} {self.broken[:2]}",
            *self.stuck,
            "GOOD: every clean order was shipped." if self.good else "NOT GOOD.",
        ]
        return "\n".join(lines)


def rehearse(settings: Settings, plan: Plan) -> Result:
    """Play the shift of `plan` on a scratch database and return what happened."""
    with scratch.database(settings.database.url) as url, tempfile.TemporaryDirectory() as folder:
        database = settings.database.model_copy(update={"url": url})
        return play(settings.model_copy(update={"database": database}), plan, Path(folder))


def play(settings: Settings, plan: Plan, folder: Path) -> Result:
    """Fill the database, start printer and server, let the robots work, and check every rule."""
    store = Store(settings.database)
    result = Result()
    try:
        migrations.upgrade(store)
        site = settings_module.share() / "config" / "demo"
        opened = demo.fill(store, settings, site, invent(plan.orders, plan.seed))
        people = demo.hire(store, settings, plan.workers)
        with Emulator() as printer, scratch.Server(settings.database.url, folder, printer_port=printer.port) as server:
            demo.use_printer(store, printer.port)
            started = clock.seconds()
            crew = Crew(server, people, demo.shift_leader(server.url, opened), plan)
            crew.shift()
            result.seconds = round(clock.seconds() - started, 2)
            crew.report(result)
            scratch.wait(lambda: labels_done(store), LABEL_SECONDS)
        with store.read() as tx:
            result.orders, result.lines, result.labels = shift.orders(tx), shift.lines(tx), shift.labels(tx)
            result.broken = invariants.check(tx)
        result.invariants_broken = len(result.broken)
    finally:
        store.close()
    return result


def labels_done(store: Store) -> bool:
    """Return whether no label waits for its printer."""
    with store.read() as tx:
        found = shift.labels(tx)
    return not any(found.get(state) for state in WAITING)


class Crew:
    """The virtual workers of one shift, a thread each, and the shift leader who releases waves."""

    def __init__(self, server: scratch.Server, people: list[dict[str, Any]], leader: Door, plan: Plan) -> None:
        self.server, self.leader, self.plan = server, leader, plan
        habits = Habits(duplicates=plan.duplicates, mistakes=MISTAKES)
        self.robots = []
        for n, each in enumerate(people, start=1):
            door = Door(server.url)
            door.login(each["badge"], each["pin"], f"robot {n}")
            self.robots.append(Robot(door, f"robot {n}", habits, plan.seed))
        self.stuck: list[str] = []
        self.kills = 0
        self._active = 0
        self._done: dict[int, int] = {}
        self._guard = threading.Lock()

    def shift(self) -> None:
        """Receive and put away, then release wave after wave and pick, pack and load each."""
        self.together((*INBOUND, *OUTBOUND))
        for _ in range(RELEASES_MAX):
            if self.stuck or not self.release():
                return
            self.together(OUTBOUND, kill=self.plan.kill and not self.kills)

    def release(self) -> bool:
        """Ask for the next wave over HTTP; False when no clean order is left that is fully in stock."""
        _, job = self.leader.post("/api/v1/waves", {})
        while True:
            state = self.leader.get(f"/api/v1/jobs/{job['id']}")
            if state["state"] in ("done", "dead"):
                return state["state"] == "done" and bool(state["result"].get("orders"))
            clock.sleep(IDLE_SECONDS)

    def together(self, flows: tuple[str, ...], kill: bool = False) -> None:
        """Let all robots work until none of them finds anything to do."""
        self._done.clear()
        threads = [threading.Thread(target=self.toil, args=(n, robot, flows)) for n, robot in enumerate(self.robots)]
        for thread in threads:
            thread.start()
        if kill:
            self.kill()
        for thread in threads:
            thread.join()

    def kill(self) -> None:
        """Kill -9 the server in the middle of the work and start it again."""
        before = sum(robot.log.scans for robot in self.robots)
        scratch.wait(lambda: sum(robot.log.scans for robot in self.robots) > before + 20 * len(self.robots), 30)
        self.server.kill()
        self.kills += 1
        self.server.start()

    def toil(self, n: int, robot: Robot, flows: tuple[str, ...]) -> None:
        """Work through the flows again and again until everybody came back with empty hands."""
        while not self.stuck:
            with self._guard:
                self._done.pop(n, None)
                seen = self._active
            try:
                scans = sum(robot.work(flow) for flow in flows)
            except (Stuck, RuntimeError) as error:
                self.stuck.append(f"{robot.device}: {error}")
                return
            with self._guard:
                self._active += bool(scans)
                if not scans:
                    self._done[n] = seen
                if len(self._done) == len(self.robots) and set(self._done.values()) == {self._active}:
                    return
            if not scans and self.finished():
                return
            clock.sleep(0 if scans else IDLE_SECONDS)

    def finished(self) -> bool:
        """Return whether every robot's last round was empty and nothing happened since."""
        with self._guard:
            return len(self._done) == len(self.robots) and set(self._done.values()) == {self._active}

    def report(self, result: Result) -> None:
        """Add up what the robots lived through."""
        logs, doors = [robot.log for robot in self.robots], [robot.door for robot in self.robots]
        for name in ("scans", "duplicates", "differing"):
            setattr(result, name, sum(getattr(log, name) for log in logs))
        for name in ("retries", "http_5xx"):
            setattr(result, name, sum(getattr(door, name) for door in doors))
        result.refused = dict(sum((log.refused for log in logs), Counter()))
        result.refusals = sum(result.refused.values())
        times = sorted(time for log in logs for time in log.milliseconds)
        if len(times) > 1:
            cuts = statistics.quantiles(times, n=100)
            result.scan_ms = {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2)}
        meter = doors[0].get("/api/v1/meter")
        result.sql_per_scan = round(meter["statements"] / max(1, meter["scans"]), 2)
        result.stuck, result.kills = self.stuck, self.kills
