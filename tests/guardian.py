"""Runs one service for a test run and stops it when the run is gone, however it went, even by kill -9.

python guardian.py [--detach] --watch PID --scratch DIR [--user NAME] -- COMMAND...
"""

from __future__ import annotations

import argparse
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

STOP_SECONDS_MAX = 10.0


def gone(pid: int, seconds: float) -> bool:
    """Whether process `pid` has ended, waiting for that at most `seconds`; a zombie has ended."""
    try:
        handle = os.pidfd_open(pid)
    except AttributeError:  # not Linux
        time.sleep(seconds)
        return not _alive(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def stop(service: subprocess.Popen[bytes]) -> None:
    """Ask the service to end at once (PostgreSQL: fast shutdown, Redis: plain exit), then insist."""
    service.send_signal(signal.SIGINT)
    try:
        service.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        service.kill()
        service.wait()


def account(user: str | None) -> dict[str, Any]:
    """The arguments that make subprocess run a command as `user`; none when there is no need to change."""
    return {"user": user, "group": user, "extra_groups": []} if user else {}


def guard(watched: int, command: list[str], scratch: Path, user: str | None) -> int:
    """Run `command` in `scratch` until it ends by itself or process `watched` is gone; returns its exit code."""
    with (scratch / "log").open("ab") as log:
        service = subprocess.Popen(command, cwd=scratch, stdout=log, stderr=log, **account(user))
    try:
        while service.poll() is None and not gone(watched, 0.5):
            pass
    finally:
        if service.poll() is None:
            stop(service)
            shutil.rmtree(scratch, ignore_errors=True)
    return service.returncode


def detach() -> None:
    """Go on as a process that nobody waits for, in a session of its own; print its id to whoever started it."""
    if child := os.fork():
        print(child, flush=True)
        os._exit(0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def main() -> int:
    """The command line above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watch", type=int, required=True)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--user")
    parser.add_argument("command", nargs="+")
    parser.add_argument("--detach", action="store_true")
    options = parser.parse_args()
    if options.detach:
        detach()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return guard(options.watch, options.command, options.scratch, options.user)


if __name__ == "__main__":
    sys.exit(main())
