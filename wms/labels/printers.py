"""The ways to a printer, and what each send proves: nothing was sent, it was sent, it was printed, or nobody knows.

A raw socket that takes every byte proves nothing, so a label counts as confirmed only when the printer itself says that
nothing is left to print. Only `not_sent` may be retried without asking a person.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from wms import clock
from wms.errors import BadInput
from wms.labels.hosts import Allowed, HostRefused, check_host
from wms.labels.local import Folder, Spooler
from wms.labels.outcomes import Outcome, State, Timeouts
from wms.labels.status import ASK, HostStatus, frames, parse_status

__all__ = [
    "Allowed",
    "Folder",
    "HostRefused",
    "HostStatus",
    "Line",
    "Outcome",
    "PrinterAddress",
    "Session",
    "Spooler",
    "State",
    "Tcp",
    "Timeouts",
    "check_host",
    "parse_status",
    "transport",
]

REPLY_MAX = 4096  # a real answer has about 80 bytes; more is not an answer
FRESH_SECONDS = 1.0  # an older answer is asked for again before the next label
PIECE = 65536  # bytes handed to the system at a time
SILENT = "The printer does not answer: out of paper, head open, or not a ZPL printer."
UNREACHABLE = "The printer cannot be reached."


@dataclass(frozen=True)
class PrinterAddress:
    """Where a printer is. `kind` tcp needs host and port, spooler needs queue, file needs path (a folder)."""

    kind: Literal["tcp", "file", "spooler"]
    host: str = ""
    port: int = 9100
    queue: str = ""
    path: str = ""


class Session(Protocol):
    """A while with one printer: several labels, one after the other. `close` when done."""

    def ready(self) -> Outcome | None:
        """Return None when a label may be sent now, else why not; nothing of a label is sent by this."""

    def print(self, payload: bytes) -> Outcome:
        """Send one label, ^XA to ^XZ as UTF-8, after `ready`; never raises for what a printer or a network does."""

    def close(self) -> None:
        """Let go of the printer."""


class Transport(Protocol):
    """One way to a printer."""

    def open(self, timeouts: Timeouts) -> Session:
        """Return a session; nothing is connected before it is asked whether the printer is ready."""

    def send(self, payload: bytes, timeouts: Timeouts) -> Outcome:
        """Send one label in a session of its own."""


def transport(printer: PrinterAddress, allowed: Allowed | None = None) -> Transport:
    """Return the way to a printer; raises BadInput naming the field that its kind needs and has not."""
    needs = {"tcp": "host", "file": "path", "spooler": "queue"}
    if printer.kind not in needs:
        raise BadInput(field="kind", why=f"{printer.kind!r} is not one of tcp, file, spooler")
    needed = needs[printer.kind]
    if not getattr(printer, needed):
        raise BadInput(field=needed, why=f"is empty, a {printer.kind} printer needs it")
    allowed = allowed or Allowed()
    if printer.kind == "tcp":
        return Tcp(printer.host, printer.port, allowed)
    return Folder(Path(printer.path)) if printer.kind == "file" else Spooler(printer.queue, server=allowed.spooler)


@dataclass(frozen=True)
class Tcp:
    """Raw TCP (port 9100): one connection for many labels, ~HS before and after each."""

    host: str
    port: int
    allowed: Allowed = field(default_factory=Allowed)

    def open(self, timeouts: Timeouts) -> TcpSession:
        """Return a session that connects when it is first asked."""
        return TcpSession(self, timeouts)

    def send(self, payload: bytes, timeouts: Timeouts) -> Outcome:
        """Send one label if the printer is ready, and wait until it says that it has printed it."""
        session = self.open(timeouts)
        try:
            return session.ready() or session.print(payload)
        finally:
            session.close()


class TcpSession:
    """One connection to a printer, kept for as many labels as it carries; a doubt ends it.

    The answer that confirms one label is the question before the next, so that a label costs two answers, not three.
    """

    def __init__(self, way: Tcp, timeouts: Timeouts) -> None:
        """Talk to the printer at `way`."""
        self.way, self.timeouts = way, timeouts
        self.line: Line | None = None
        self.fresh_until = 0.0

    def ready(self) -> Outcome | None:
        """Return None when the printer just said that it is ready; connects first, and anew when it hung up since."""
        if self.line and clock.seconds() < self.fresh_until:
            return None
        kept = self.line is not None
        why = self._look()
        if why and kept and why.reason == SILENT:  # the old connection was gone, which says nothing of the printer
            why = self._look()
        return why

    def _look(self) -> Outcome | None:
        """Connect if need be and ask; keep the connection only when all is well."""
        try:
            self.line = self.line or Line.to(self.way, self.timeouts)
        except HostRefused as refused:
            return Outcome("not_sent", str(refused))
        except OSError:
            return Outcome("not_sent", UNREACHABLE)
        status = self.line.ask()
        if status is not None and not status.fault:
            self.fresh_until = clock.seconds() + FRESH_SECONDS
            return None
        self.close()
        return Outcome("not_sent", f"The printer is not ready: {status.fault}." if status else SILENT)

    def print(self, payload: bytes) -> Outcome:
        """Send one label and wait for the printer's word; everything but its word ends the connection."""
        assert self.line is not None, "ready() comes first"
        outcome = self._print(self.line, payload)
        if outcome.state == "confirmed":
            self.fresh_until = clock.seconds() + FRESH_SECONDS
        else:
            self.close()
        return outcome

    def _print(self, line: Line, payload: bytes) -> Outcome:
        written = line.write(payload)
        if written == 0:
            return Outcome("not_sent", "The printer closed the connection.")
        if written < len(payload):
            return Outcome("uncertain", f"The connection broke after {written} of {len(payload)} bytes.")
        return line.confirm()

    def close(self) -> None:
        """Hang up."""
        if self.line:
            self.line.connection.close()
        self.line = None


@dataclass(frozen=True)
class Line:
    """A connected printer: bytes out, answers in."""

    connection: socket.socket
    timeouts: Timeouts

    @classmethod
    def to(cls, way: Tcp, timeouts: Timeouts) -> Line:
        """Connect to the address that was checked; raises HostRefused and OSError."""
        address = check_host(way.host, way.port, way.allowed)
        connection = socket.create_connection((address, way.port), timeouts.connect)
        # The system gives up on bytes that the printer does not acknowledge, where it can (Linux).
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(timeouts.write * 1000))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connection, timeouts)

    def confirm(self) -> Outcome:
        """Ask until the printer was idle twice in a row: the first answer may overtake the label inside the printer."""
        until = clock.seconds() + self.timeouts.finish
        calm = 0
        while clock.seconds() < until:
            status = self.ask()
            if status is None:
                return Outcome("uncertain", "The printer took the label and then fell silent.")
            if status.fault:
                return Outcome("uncertain", f"The printer took the label and then stopped: {status.fault}.")
            calm = calm + 1 if status.idle else 0
            if calm == 2:
                return Outcome("confirmed")
            time.sleep(self.timeouts.look)
        return Outcome("uncertain", "The printer took the label but has not finished it.")

    def write(self, payload: bytes) -> int:
        """Return how many bytes the system took before it failed, made no progress, or the label took too long."""
        self.connection.settimeout(self.timeouts.write)
        until = clock.seconds() + self.timeouts.whole
        written = 0
        with contextlib.suppress(OSError):  # how far it came decides what is said
            while written < len(payload) and clock.seconds() < until:
                written += self.connection.send(payload[written : written + PIECE])
        return written

    def ask(self, question: bytes = ASK) -> HostStatus | None:
        """Return the printer's answer to ~HS, None when it does not give a whole and sensible one in time."""
        try:
            self._drain()
            self.connection.settimeout(self.timeouts.status)
            self.connection.sendall(question)
            return parse_status(self.answer(frames_wanted=3))
        except OSError:
            return None

    def _drain(self) -> None:
        """Throw away what was said without being asked, so that it is not taken for the answer."""
        self.connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while self.connection.recv(REPLY_MAX):
                pass

    def answer(self, frames_wanted: int) -> bytes:
        """Return what arrives until so many lines are complete, the peer closes, or the time for an answer is over."""
        until = clock.seconds() + self.timeouts.status
        data = b""
        while frames(data) < frames_wanted and len(data) < REPLY_MAX:
            left = until - clock.seconds()
            if left <= 0:
                break
            self.connection.settimeout(left)
            try:
                more = self.connection.recv(512)
            except TimeoutError:
                break
            if not more:
                break
            data += more
        return data
