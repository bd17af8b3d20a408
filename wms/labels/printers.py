"""The ways to a printer, and what each send proves: nothing was sent, it was sent, it was printed, or nobody knows.

A raw socket that takes every byte proves nothing, so a label counts as confirmed only when the printer itself says that
nothing is left to print. Only `not_sent` may be retried without asking a person.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from wms import clock
from wms.errors import BadInput
from wms.labels.hosts import Allowed, HostRefused, check_host
from wms.labels.spool import NO_QUEUE, NO_SPOOLER
from wms.labels.status import ASK, HostStatus, frames, parse_status

__all__ = [
    "Allowed",
    "HostRefused",
    "HostStatus",
    "Outcome",
    "PrinterAddress",
    "Timeouts",
    "check_host",
    "parse_status",
    "transport",
]

REPLY_MAX = 4096  # a real answer has about 80 bytes; more is not an answer
POLL_SECONDS = 0.05
State = Literal["not_sent", "sent", "confirmed", "uncertain"]


@dataclass(frozen=True)
class Outcome:
    """What became of one label. `reason` is a sentence for people, empty when all went well."""

    state: State
    reason: str = ""

    @property
    def retry(self) -> bool:
        """Return whether sending again cannot make a second label."""
        return self.state == "not_sent"


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, for one answer to ~HS, without any progress while writing, until a label is printed."""

    connect: float = 3.0
    status: float = 2.5
    write: float = 5.0
    finish: float = 10.0


@dataclass(frozen=True)
class PrinterAddress:
    """Where a printer is. `kind` tcp needs host and port, spooler needs queue, file needs path (a folder)."""

    kind: Literal["tcp", "file", "spooler"]
    host: str = ""
    port: int = 9100
    queue: str = ""
    path: str = ""


class Transport(Protocol):
    """One way to a printer."""

    def send(self, payload: bytes, timeouts: Timeouts) -> Outcome:
        """Send one label, ^XA to ^XZ as UTF-8; never raises for what a printer or a network does."""


def transport(printer: PrinterAddress, allowed: Allowed | None = None) -> Transport:
    """Return the way to a printer; raises BadInput naming the field that its kind needs and has not."""
    needs = {"tcp": "host", "file": "path", "spooler": "queue"}
    if printer.kind not in needs:
        raise BadInput(field="kind", why=f"{printer.kind!r} is not one of tcp, file, spooler")
    needed = needs[printer.kind]
    if not getattr(printer, needed):
        raise BadInput(field=needed, why=f"is empty, a {printer.kind} printer needs it")
    if printer.kind == "tcp":
        return Tcp(printer.host, printer.port, allowed or Allowed())
    return Folder(Path(printer.path)) if printer.kind == "file" else Spooler(printer.queue)


@dataclass(frozen=True)
class Tcp:
    """Raw TCP (port 9100), one connection per label, ~HS before and after."""

    host: str
    port: int
    allowed: Allowed = field(default_factory=Allowed)

    def send(self, payload: bytes, timeouts: Timeouts) -> Outcome:
        """Send one label if the printer is ready, and wait until it says that it has printed it."""
        try:
            address = check_host(self.host, self.port, self.allowed)
            connection = socket.create_connection((address, self.port), timeouts.connect)
        except HostRefused as refused:
            return Outcome("not_sent", str(refused))
        except OSError:
            return Outcome("not_sent", "The printer cannot be reached.")
        with connection:
            _fail_fast(connection, timeouts.write)
            return _print(connection, payload, timeouts)


def _fail_fast(connection: socket.socket, seconds: float) -> None:
    """Make the system give up on bytes that the printer does not acknowledge, where it can (Linux)."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _print(connection: socket.socket, payload: bytes, timeouts: Timeouts) -> Outcome:
    """Ask, write, ask again."""
    before = _ask(connection, timeouts.status)
    if before is None:
        return Outcome("not_sent", "The printer does not answer: out of paper, head open, or not a ZPL printer.")
    if before.fault:
        return Outcome("not_sent", f"The printer is not ready: {before.fault}.")
    written = _write(connection, payload, timeouts.write)
    if written == 0:
        return Outcome("not_sent", "The printer closed the connection.")
    if written < len(payload):
        return Outcome("uncertain", f"The connection broke after {written} of {len(payload)} bytes.")
    return _confirm(connection, timeouts)


def _confirm(connection: socket.socket, timeouts: Timeouts) -> Outcome:
    """Ask until the printer was idle twice in a row: the first answer may overtake the label inside the printer."""
    until = clock.seconds() + timeouts.finish
    calm = 0
    while clock.seconds() < until:
        status = _ask(connection, timeouts.status)
        if status is None:
            return Outcome("uncertain", "The printer took the label and then fell silent.")
        if status.fault:
            return Outcome("uncertain", f"The printer took the label and then stopped: {status.fault}.")
        calm = calm + 1 if status.idle else 0
        if calm == 2:
            return Outcome("confirmed")
        time.sleep(POLL_SECONDS)
    return Outcome("uncertain", "The printer took the label but has not finished it.")


def _write(connection: socket.socket, payload: bytes, seconds: float) -> int:
    """Return how many bytes the system took before it failed or made no progress for `seconds`."""
    connection.settimeout(seconds)
    written = 0
    try:
        while written < len(payload):
            written += connection.send(payload[written:])
    except OSError:
        pass  # how far it came decides what is said
    return written


def _ask(connection: socket.socket, seconds: float) -> HostStatus | None:
    """Return the printer's answer to ~HS, None when it does not give a whole and sensible one in time."""
    try:
        connection.settimeout(seconds)
        connection.sendall(ASK)
        return parse_status(_answer(connection, seconds))
    except OSError:
        return None


def _answer(connection: socket.socket, seconds: float) -> bytes:
    """Return what arrives until three lines are complete, the peer closes, or `seconds` are over."""
    until = clock.seconds() + seconds
    data = b""
    while frames(data) < 3 and len(data) < REPLY_MAX:
        left = until - clock.seconds()
        if left <= 0:
            break
        connection.settimeout(left)
        if not (more := connection.recv(512)):
            break
        data += more
    return data


@dataclass(frozen=True)
class Folder:
    """Labels as numbered files in a folder; a file that is there is whole."""

    path: Path

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

    def send(self, payload: bytes, timeouts: Timeouts) -> Outcome:
        """Hand one label to the queue. `sent` at best: a spooler does not tell what the printer did."""
        whole = [*self.command, self.queue]
        with subprocess.Popen(
            whole, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        ) as child:
            try:
                _, complaint = child.communicate(payload, timeouts.finish)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)  # the spooler's own client hangs with it
                return Outcome("uncertain", "The print spooler does not answer.")
        return _spooled(child.returncode, complaint, self.queue)


def _spooled(code: int, complaint: bytes, queue: str) -> Outcome:
    """Return what an exit code of `wms.labels.spool` means; the package hides lpr's code, so its complaints count."""
    if code == NO_SPOOLER:
        return Outcome("not_sent", "This machine has no print spooler.")
    if code == NO_QUEUE:
        return Outcome("not_sent", f"This machine has no print queue named {queue!r}.")
    if code or complaint.strip():
        return Outcome("uncertain", "The print spooler complained; look at its queue.")
    return Outcome("sent")
