"""`wms serve`: gunicorn with threads in front, and the worker as its child."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn import util
from gunicorn.app.base import BaseApplication

from wms import clock
from wms.planning import speed
from wms.settings import Settings

WORKER_STOP_SECONDS = 10
PARENT_SECONDS = 0.5


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured from our settings; the application is made in each web process after the fork."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.worker: subprocess.Popen[bytes] | None = None
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        web = self.settings.web
        values = {
            "bind": f"{web.host}:{web.port}",
            "workers": web.workers,
            "worker_class": "gthread",
            "threads": web.threads,
            "keepalive": 75,  # longer than a picker's walk: a scan must not pay for a new connection
            "graceful_timeout": 5,
            "loglevel": "warning",
            "proc_name": "pickwell",
            "when_ready": self.start_worker,
            "on_exit": self.stop_worker,
            "post_worker_init": freeze,
        } | encrypted(self.settings)
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application in a web process."""
        return util.import_app("wms.app:create_app()")

    def start_worker(self, _server: Any) -> None:
        """Start `wms worker` beside the web processes; it ends when its parent does."""
        self.worker = subprocess.Popen([sys.executable, "-m", "wms", "worker", "--child"])

    def stop_worker(self, _server: Any) -> None:
        """Stop the worker with the server."""
        if self.worker:
            self.worker.terminate()
            try:
                self.worker.wait(WORKER_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.worker.kill()


class Planners:
    """Sees to it that the worker plans with machine code as soon as there is some, and compiles it beside the work."""

    def __init__(self, settings: Settings) -> None:
        self.compiled, self.kernels = settings.planning.compiled, Path(settings.planning.kernels)
        self.warming: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Between two plans: take the machine code when it is ready, or begin to make it."""
        if not self.compiled or speed.running() or not speed.available():
            return
        if speed.is_warm(self.kernels):
            speed.compile_kernels(self.kernels)
        elif self.warming is None:
            self.warming = subprocess.Popen([sys.executable, "-m", "wms", "warm", "--child"])

    def close(self) -> None:
        """Stop compiling; what is done is kept."""
        if self.warming:
            self.warming.kill()
            self.warming.wait()


def end_with_parent(end: Callable[[], None]) -> None:
    """Call `end` when the process that started this one is gone, so that a killed parent leaves no orphan."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            clock.sleep(PARENT_SECONDS)
        end()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def encrypted(settings: Settings) -> dict[str, str]:
    """Return what gunicorn must know to speak HTTPS by itself, when web.tls says so."""
    folder = Path(settings.web.tls)
    return {"certfile": str(folder / "server.crt"), "keyfile": str(folder / "server.key")} if settings.web.tls else {}


def freeze(_worker: Any) -> None:
    """Take everything imported out of garbage collection: its full passes were the longest stalls of a scan."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(1000, 20, 100)
