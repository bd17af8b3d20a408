"""Runs the webcam client before a real server, also as a process of its own, and asks the database what came of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any, NoReturn

import pytest
from contract import Hall, scans
from served import PIN, Served
from sqlalchemy import select

from scanner_client.webcam.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 60


class Line:
    """The way to the server: the next `lost` requests never arrive; the next `deaf` scans act, but nobody hears."""

    def __init__(self, app: Any) -> None:
        self.app, self.lost, self.deaf = app, 0, 0
        self.first: Callable[[], None] = lambda: None  # what happens just before the next scan arrives
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Let a request through, or break the connection before or after it acted."""
        is_scan = environ["PATH_INFO"] == "/scan"
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(content)
        if is_scan:
            self.bodies.append(json.loads(content))
            self.first()
            self.first = lambda: None
        if self.lost:
            self.lost -= 1
            cut(environ)
        answer = self.app(environ, start_response)
        if is_scan and self.deaf:
            self.deaf -= 1
            b"".join(answer)
            cut(environ)
        return answer


def cut(environ: dict[str, Any]) -> NoReturn:
    """Break the connection of a request."""
    environ["werkzeug.socket"].shutdown(SHUT_RDWR)
    raise ConnectionError


class Webcams:
    """A hall behind a server, a badge, and the files of one webcam that may be started again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hall = Hall(f"sqlite:///{folder / 'hall.db'}")
        self.site = Served(self.hall)
        self.line = self.site.door = Line(self.site.app)
        self.badge = self.site.badge("Cara", "packer", "picker", "receiver")
        self.credentials = self.credentials_of("cara", self.badge)

    def credentials_of(self, name: str, badge: str) -> Path:
        """Write a file with badge and PIN."""
        path = self.folder / f"{name}.toml"
        path.write_text(f'badge = "{badge}"\npin = "{PIN}"\n')
        path.chmod(0o600)
        return path

    def options(self, camera: Path | str, *more: str) -> list[str]:
        """What is given on the command line."""
        given = ["--server", self.site.url, "--camera", str(camera), "--device", "cam"]
        kept = ["--queue", str(self.folder / "queue.db")]
        view = [] if "--view" in more else ["--no-view", *self.known(more)]
        return [*given, *kept, *view, *more]

    def known(self, more: tuple[str, ...]) -> list[str]:
        """Who signs in, unless somebody else does."""
        return [] if "--credentials" in more else ["--credentials", str(self.credentials)]

    def run(self, camera: Path | str, *more: str) -> int:
        """Run the client until it ends; return its exit code."""
        return main(self.options(camera, *more))

    def start(self, camera: Path | str, *more: str) -> subprocess.Popen[str]:
        """Start the client as a process."""
        command = [sys.executable, "-m", "scanner_client.webcam", *self.options(camera, *more)]
        nothing = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=ROOT, text=True, stdin=nothing, stdout=subprocess.PIPE)

    def scanned(self) -> list[str]:
        """What the floor kept, in order, each id once."""
        return [row.text for row in self.hall.rows(select(scans.c.text).order_by(scans.c.at, scans.c.id))]


def killed(client: subprocess.Popen[str], after: str) -> None:
    """End a client as a power cut does, once it has said something."""
    assert client.stdout is not None
    assert any(after in line for line in iter(client.stdout.readline, ""))
    client.send_signal(signal.SIGKILL)
    client.communicate(timeout=SECONDS_MAX)


@pytest.fixture
def webcams(tmp_path: Path) -> Iterator[Webcams]:
    webcams = Webcams(tmp_path)
    with webcams.site:
        yield webcams
