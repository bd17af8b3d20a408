"""A scratch database and a real server on it, for rehearsals, benchmarks and tests; both are gone afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL, make_url

from wms import clock
from wms import settings as settings_module
from wms.errors import Refusal

START_SECONDS = 40.0
STOP_SECONDS = 15.0
FREE_SECONDS = 5.0  # a killed server's processes take a moment to go
LOOK_SECONDS = 0.05


class PortTaken(Refusal):
    """Something else listens on the port."""

    sentence = "Port {port} is in use. Choose another: --port 8001"


@contextmanager
def database(url: str) -> Iterator[str]:
    """Yield the URL of an empty database: the given one when it is empty, else a new one beside it that is dropped."""
    given = make_url(url)
    if given.get_backend_name() == "sqlite":
        path = Path(given.database or "")
        if given.database and not path.exists() and path != Path("var/pickwell.db"):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield url
            return
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/rehearsal.db"
        return
    server = given.set(drivername="postgresql+psycopg")
    if empty(server):
        yield url
        return
    name = f"pickwell_rehearsal_{os.getpid()}"
    run_alone(server, f'CREATE DATABASE "{name}"')
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        run_alone(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def empty(url: URL) -> bool:
    """Return whether a PostgreSQL database has no tables."""
    engine = create_engine(url)
    try:
        return not inspect(engine).get_table_names()
    finally:
        engine.dispose()


def run_alone(url: URL, statement: str) -> None:
    """Run one statement outside a transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(statement))
    engine.dispose()


def free_port() -> int:
    """Return a TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    """Return whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def check_port(port: int, seconds: float = 0.0) -> None:
    """Raise PortTaken when a port is not free within so many seconds."""
    if not wait(lambda: not listening(port), seconds):
        raise PortTaken(port=port)


def wait(ready: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until `ready`, at most `seconds`; return whether it came true."""
    until = clock.seconds() + seconds
    while not (found := ready()) and clock.seconds() < until:
        clock.sleep(LOOK_SECONDS)
    return found


class Server:
    """`wms serve` as a process of its own; its output is kept in the folder."""

    def __init__(self, database_url: str, folder: Path, port: int | None = None, printer_port: int = 9100) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        given = {"database.url": database_url, "web.host": "127.0.0.1", "web.port": self.port}
        given |= {"printing.folder": str(folder / "labels"), "printing.allow_loopback": True}
        given |= {"printing.ports": f"9100,6101,{printer_port}"}
        self.environ = settings_module.environ_with(given)
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers; raises PortTaken, or RuntimeError with the end of its log."""
        check_port(self.port, FREE_SECONDS)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wms", "serve", "--child"],
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if not wait(lambda: self.ended() or self.answers(), START_SECONDS) or self.ended():
            self.stop()
            raise RuntimeError(f"The server did not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def ended(self) -> bool:
        """Return whether the process is gone."""
        return self.process is None or self.process.poll() is not None

    def answers(self) -> bool:
        """Return whether the server answers."""
        try:
            return urllib3.request("GET", f"{self.url}/healthz", retries=False, timeout=2).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def kill(self) -> None:
        """Kill -9 the server and its children, as a power cut would."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """Stop it in order."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
