"""The ways to a printer that are on this machine: a folder of files, and the print queues of the system."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from wms.labels import ipp
from wms.labels.outcomes import Outcome, Timeouts
from wms.labels.spool import HELD_BACK, NO_QUEUE, NO_SPOOLER, UNKNOWN

START_SECONDS = 2.0  # for the process that talks to a spooler to start and to end


@dataclass(frozen=True)
class Single:
    """A session with a printer that is not talked to: each label for itself."""

    way: Folder | Spooler
    timeouts: Timeouts

    def ready(self) -> Outcome | None:
        """Return None, or why nothing can be sent now."""
        return self.way.ready()

    def print(self, payload: bytes) -> Outcome:
        """Send one label."""
        return self.way.send(payload, self.timeouts)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Folder:
    """Labels as numbered files in a folder; a file that is there is whole."""

    path: Path

    def open(self, timeouts: Timeouts) -> Single:
        """Return a session."""
        return Single(self, timeouts)

    def ready(self) -> None:
        """Writing finds out."""

    def send(self, payload: bytes, timeouts: Timeouts) -> Outcome:
        """Write the next file; confirmed, because it is synced to disk before it gets its name."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self.path, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(payload)
                    file.flush()
                    os.fsync(file.fileno())
                self._name(Path(part))
            finally:
                Path(part).unlink(missing_ok=True)
        except OSError as error:
            return Outcome("not_sent", f"The label folder cannot be written: {error.strerror}.")
        return Outcome("confirmed")

    def _name(self, part: Path) -> None:
        """Give a written file the next free number; another process may take it first, then the one after."""
        number = max((int(path.stem) for path in self.path.glob("*.zpl") if path.stem.isdigit()), default=0)
        while True:
            number += 1
            try:
                os.link(part, self.path / f"{number:06d}.zpl")
                return
            except FileExistsError:
                continue


@dataclass(frozen=True)
class Spooler:
    """The operating system's print queue, through the package `zebra` in a process of its own."""

    queue: str
    command: tuple[str, ...] = (sys.executable, "-m", "wms.labels.spool")
    server: str = ipp.HERE

    def open(self, timeouts: Timeouts) -> Single:
        """Return a session."""
        return Single(self, timeouts)

    def ready(self) -> Outcome | None:
        """Return why the queue prints nothing now; None when it does, or when the spooler here does not tell."""
        try:
            trouble = ipp.Queue(self.queue, self.server).trouble()
        except ipp.NoAnswer:
            return None
        if trouble is None:
            return _no_queue(self.queue)
        return Outcome("not_sent", f"The printer is not ready: {trouble}.") if trouble else None

    def send(self, payload: bytes, timeouts: Timeouts) -> Outcome:
        """Hand one label to the queue and watch it there. `sent` at best: no spooler tells what came out."""
        watched = max(timeouts.finish - START_SECONDS, 1.0)
        elsewhere = [] if self.server == ipp.HERE else ["env", f"CUPS_SERVER={self.server}"]  # its client must know
        whole = [*elsewhere, *self.command, self.queue, str(watched), self.server]
        with subprocess.Popen(
            whole, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        ) as child:
            try:
                _, complaint = child.communicate(payload, timeouts.finish + START_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)  # the spooler's own client hangs with it
                return Outcome("uncertain", "The print spooler does not answer.")
        return _spooled(child.returncode, complaint, self.queue)


def _no_queue(queue: str) -> Outcome:
    return Outcome("not_sent", f"This machine has no print queue named {queue!r}.")


def _spooled(code: int, complaint: bytes, queue: str) -> Outcome:
    """Return what an exit code of `wms.labels.spool` means; the package hides lpr's code, so its complaints count."""
    words = (complaint.decode("utf-8", "replace").strip().splitlines() or [""])[-1]
    if code == NO_SPOOLER:
        return Outcome("not_sent", "This machine has no print spooler.")
    if code == NO_QUEUE:
        return _no_queue(queue)
    if code == HELD_BACK:
        return Outcome("not_sent", f"The printer is not ready: {words}.")
    if code == UNKNOWN:
        return Outcome("uncertain", words)
    if code or words:
        return Outcome("uncertain", "The print spooler complained; look at its queue.")
    return Outcome("sent")
