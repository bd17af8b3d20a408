"""The outside services of a test run: PostgreSQL and Redis, started when a test asks and stopped with the run.

One PostgreSQL cluster serves all xdist workers of a run; every test that asks gets its own database in it.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from guardian import account, gone

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
GUARDIAN = Path(__file__).with_name("guardian.py")


class Unavailable(Exception):
    """A service cannot be had on this machine; the text says why and what to install."""


def lacking(reason: Unavailable) -> NoReturn:
    """Fail in CI, where everything must run; elsewhere skip with the reason, which pytest prints at the end."""
    if os.environ.get("CI") == "true":
        pytest.fail(str(reason), pytrace=False)
    pytest.skip(f"NOT TESTED: {reason}")


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on now, and that the system lends to nobody by itself."""
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise Unavailable("no free port")


def listener() -> socket.socket:
    """A socket that listens on a port of 127.0.0.1 of its own."""
    return socket.create_server(("127.0.0.1", 0), backlog=128)


# Below the ports that systems lend to outgoing connections; each process begins elsewhere, and none is tried twice.
_ports = iter(random.Random(os.getpid()).sample(range(15_000, 30_000), 15_000))


def _run_pid() -> int:
    """The process that is the test run: under xdist the one that started this worker."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def _program(name: str, package: str) -> str:
    """The path of a program, also where Debian hides PostgreSQL's; raises Unavailable."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(debian[0]) if debian else shutil.which(name)
    if found is None:
        raise Unavailable(f"{name} is not installed (make setup as root, or: apt install {package})")
    return found


@dataclass(frozen=True)
class Service:
    """A running service: the process id of its guardian, and the port it listens on."""

    guardian: int
    port: int

    def stop(self) -> None:
        """End the service before the run does."""
        with suppress(ProcessLookupError):
            os.kill(self.guardian, signal.SIGTERM)
        gone(self.guardian, STOP_SECONDS_MAX)


def _guarded(command: list[str], scratch: Path, port: int, user: str | None = None) -> Service:
    """Start `command` under a guardian and wait until it listens on `port`; raises Unavailable with the log's end."""
    as_user = ["--user", user] if user else []
    watch = ["--watch", str(_run_pid()), "--scratch", str(scratch)]
    launch = [sys.executable, str(GUARDIAN), "--detach", *watch, *as_user, "--", *command]
    said = subprocess.run(launch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    guardian = int(said.stdout)
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and not gone(guardian, 0.05):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return Service(guardian, port)
    log = (scratch / "log").read_text(errors="replace")[-600:] if (scratch / "log").exists() else "no log"
    Service(guardian, port).stop()
    shutil.rmtree(scratch, ignore_errors=True)
    raise Unavailable(f"{command[0]} did not start: {log}")


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL cluster in which anybody may make and drop databases."""

    port: int

    def url(self, name: str) -> str:
        """The SQLAlchemy url of database `name`."""
        return f"postgresql+psycopg://pickwell@127.0.0.1:{self.port}/{name}"

    def create(self, template: str = "template0") -> str:
        """The url of a new database: empty, or a copy of the url `template` that nobody is connected to."""
        name = f"t{uuid.uuid4().hex[:16]}"
        self.say(f'CREATE DATABASE "{name}" TEMPLATE "{template.rpartition("/")[2]}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database of create(), and whoever is still connected to it."""
        self.say(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def say(self, statement: str) -> None:
        """Run one statement outside of any database of a test, without a transaction."""
        with psycopg.connect(self.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())


def _postgres_user() -> str | None:
    """Whom PostgreSQL runs as: it refuses root, so root lends it the account that its package made."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise Unavailable("PostgreSQL refuses to run as root and there is no user named postgres") from None


def start_postgres() -> Service:
    """A new PostgreSQL cluster in a folder of its own; raises Unavailable. Tuned small; a power cut may lose it."""
    initdb, server = _program("initdb", "postgresql"), _program("postgres", "postgresql")
    user = _postgres_user()
    scratch = Path(tempfile.mkdtemp(prefix="pickwell-postgres-"))
    if user:
        shutil.chown(scratch, user, user)
    subprocess.run(
        [initdb, "-D", "data", "-U", "pickwell", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        cwd=scratch, check=True, capture_output=True, **account(user),
    )  # fmt: skip
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
        "shared_buffers": "64MB", "max_connections": 200, "max_wal_size": "256MB", "jit": "off", "timezone": "UTC",
        "full_page_writes": "off", "autovacuum": "off", "wal_level": "minimal", "max_wal_senders": 0,
    }  # fmt: skip
    flags = [f"--{name}={value}" for name, value in settings.items()]
    service = _guarded([server, "-D", "data", *flags], scratch, port, user)
    _answers(Postgres(port))
    return service


def _answers(postgres: Postgres) -> None:
    """Wait until the cluster takes connections: it listens a little earlier, and then says that it is starting up."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            return postgres.say("SELECT 1")
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL does not answer: {error}") from error
            time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The run's PostgreSQL cluster; the first worker to ask starts it, the end of the run stops it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return Postgres(_shared_port(shared / "postgres.json"))


def _shared_port(note: Path) -> int:
    """The port noted by the worker that started the cluster; without a note, start it. A failure is noted too."""
    if not note.exists():
        try:
            note.write_text(json.dumps({"port": start_postgres().port}))
        except Unavailable as reason:
            note.write_text(json.dumps({"reason": str(reason)}))
    facts = json.loads(note.read_text())
    if "reason" in facts:
        lacking(Unavailable(facts["reason"]))
    return int(facts["port"])


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """A PostgreSQL database that this worker's tests share."""
    return postgres.create()


@pytest.fixture
def fresh_postgres(postgres: Postgres) -> Iterator[Callable[..., str]]:
    """`fresh_postgres()` makes an empty database, `fresh_postgres(template=url)` a copy; dropped after the test."""
    made: list[str] = []

    def fresh(template: str = "template0") -> str:
        made.append(postgres.create(template))
        return made[-1]

    yield fresh
    for url in made:
        postgres.drop(url)


# --- Redis -----------------------------------------------------------------------------------------------------------


def start_redis(port: int | None = None) -> Service:
    """A Redis without persistence, on `port` or a free one; raises Unavailable."""
    program, port = _program("redis-server", "redis-server"), port or free_port()
    scratch = Path(tempfile.mkdtemp(prefix="pickwell-redis-"))
    return _guarded([program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""], scratch, port)


def _redis() -> Iterator[Service]:
    try:
        service = start_redis()
    except Unavailable as reason:
        lacking(reason)
    yield service
    service.stop()


@pytest.fixture
def own_redis() -> Iterator[Service]:
    """A Redis for one test that stops it; its url is redis://127.0.0.1:{port}/0, start_redis(port) brings it back."""
    yield from _redis()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The url of a Redis that this worker's tests share."""
    for service in _redis():
        yield f"redis://127.0.0.1:{service.port}/0"
