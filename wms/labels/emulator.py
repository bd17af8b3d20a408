"""A label printer without paper: listens on TCP, answers ~HS and ~HI, keeps what it printed, fails on request."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal, get_args

from wms import clock
from wms.labels.printers import Folder, Timeouts

FORMAT = re.compile(rb"\^XA.*?\^XZ", re.DOTALL)
COMMAND = re.compile(rb"~(HS|HI|JA|PP|PS)")
BUFFER_MAX = 4_000_000  # a printer's memory is finite too
STEP_SECONDS = 0.05
Mode = Literal[
    "ready",
    "paused",
    "paper_out",
    "ribbon_out",
    "head_open",
    "buffer_full",
    "silent",
    "never_read",
    "reset",
    "half_close",
    "garbage",
    "refuse",
]
MODES: tuple[str, ...] = get_args(Mode)
SILENT = {"head_open", "silent"}  # the guide: a printer with its head open does not answer ~HS
STALLED = {"paused", "paper_out", "ribbon_out", "head_open"}


@dataclass
class Behaviour:
    """How the printer behaves; may be changed while it runs.

    `labels_left` counts down to paper out; `bytes_per_second` slows reading; `reset_after`, `half_close_after` and
    `stall_after` (reads no more) count received bytes of a connection; `single_bytes` sends replies one byte per
    packet, `reply_seconds` late; `label_seconds` is how long a label takes to print.
    """

    mode: Mode = "ready"
    labels_left: int | None = None
    bytes_per_second: int = 0
    reset_after: int = 0
    half_close_after: int = 0
    stall_after: int = 0
    single_bytes: bool = False
    reply_seconds: float = 0.0
    label_seconds: float = 0.0
    dots_per_mm: int = 8
    model: str = "PICKWELL-EMULATOR"


class Emulator:
    """A printer on `127.0.0.1`. Use it as a context manager, or `start()` and `stop()`."""

    def __init__(self, port: int = 0, folder: Path | None = None, behaviour: Behaviour | None = None) -> None:
        """Take a port (0: any free one) and a folder to which printed labels are written as .zpl files."""
        self.behaviour = behaviour or Behaviour()
        self.host, self.port = "127.0.0.1", port
        self._printed: list[bytes] = []
        self._memory: deque[bytes] = deque()
        self._due = 0.0  # when the first label in memory is on paper
        self._output = Folder(folder) if folder else None
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._connections: set[socket.socket] = set()
        self.accepted = 0  # connections, ever

    @property
    def printed(self) -> tuple[bytes, ...]:
        """Every label printed so far, in order; nothing is ever taken off."""
        with self._lock:
            self.work()
            return tuple(self._printed)

    @property
    def waiting(self) -> int:
        """Return how many labels are in memory."""
        with self._lock:
            self.work()
            return len(self._memory)

    def start(self) -> Emulator:
        """Listen and serve in threads; raises OSError when the port is taken. In mode refuse only hold the port."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((self.host, self.port))
        self.port = self._listener.getsockname()[1]
        if self.behaviour.mode != "refuse":
            self._listener.listen()
            self._spawn(self._accept)
        return self

    def stop(self) -> None:
        """Close every connection and wait for the threads."""
        self._stopping.set()
        with self._lock:
            open_ones = [*self._connections, *([self._listener] if self._listener else [])]
        for each in open_ones:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> Emulator:
        """Start."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self.stop()

    def take(self, label: bytes) -> None:
        """Put one whole format into memory, and print what can be printed."""
        with self._lock:
            if not self._memory:
                self._due = clock.seconds() + self.behaviour.label_seconds
            self._memory.append(label)
            self.work()

    def cancel(self) -> None:
        """Forget the formats in memory (~JA)."""
        with self._lock:
            self._memory.clear()

    def work(self) -> None:
        """Put on paper what the behaviour lets through by now; a label that ran out of paper prints when it is back."""
        with self._lock:
            while self._memory and not self.stalled and clock.seconds() >= self._due:
                self._due += self.behaviour.label_seconds
                self._print(self._memory.popleft())

    def _print(self, label: bytes) -> None:
        """Put one label on paper."""
        self._printed.append(label)
        if self.behaviour.labels_left is not None:
            self.behaviour.labels_left -= 1
        if self._output:
            self._output.send(label, Timeouts())

    @property
    def out_of_paper(self) -> bool:
        """Return whether the next label stays in memory."""
        left = self.behaviour.labels_left
        return self.behaviour.mode == "paper_out" or (left is not None and left <= 0)

    @property
    def stalled(self) -> bool:
        """Return whether labels wait in memory."""
        return self.out_of_paper or self.behaviour.mode in STALLED

    def status(self, partial_format: bool) -> bytes:
        """Return the three lines of ~HS."""
        waiting, mode = self.waiting, self.behaviour.mode
        paper, paused, full = int(self.out_of_paper), int(mode == "paused"), int(mode == "buffer_full")
        return (
            f"\x02030,{paper},{paused},1200,{waiting:03d},{full},0,{int(partial_format)},000,0,0,0\x03\r\n"
            f"\x02001,0,0,{int(mode == 'ribbon_out')},1,2,4,0,{waiting:08d},1,000\x03\r\n"
            "\x021234,0\x03\r\n"
        ).encode("ascii")

    def identity(self) -> bytes:
        """Return the line of ~HI: model, firmware, dots per mm, memory."""
        return f"\x02{self.behaviour.model},V1.0,{self.behaviour.dots_per_mm},8192KB\x03\r\n".encode("ascii")

    def _spawn(self, work: Callable[[], None]) -> None:
        """Run `work` in a thread."""
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]

    def _accept(self) -> None:
        """Take connections until stopped."""
        assert self._listener is not None
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
                self.accepted += 1
            self._spawn(partial(self._serve, connection))

    def _serve(self, connection: socket.socket) -> None:
        """Serve one connection until it ends."""
        try:
            with connection, contextlib.suppress(OSError):
                Session(self, connection).run(self._stopping)
        finally:
            with self._lock:
                self._connections.discard(connection)


class Session:
    """One connection to the emulator: collects formats, answers questions."""

    def __init__(self, printer: Emulator, connection: socket.socket) -> None:
        """Serve `connection` for `printer`."""
        self.printer = printer
        self.connection = connection
        self.buffer = b""
        self.received = 0

    def run(self, stopping: threading.Event) -> None:
        """Read until the peer or the behaviour ends the connection."""
        behaviour = self.printer.behaviour
        while not stopping.is_set():
            if self._deaf():
                stopping.wait(STEP_SECONDS)
                continue
            most = max(1, behaviour.bytes_per_second // 20) if behaviour.bytes_per_second else 65536
            if behaviour.stall_after:
                most = min(most, behaviour.stall_after)
            if not (data := self.connection.recv(most)):
                return
            self.received += len(data)
            if behaviour.bytes_per_second:
                time.sleep(len(data) / behaviour.bytes_per_second)
            self.buffer = (self.buffer + data)[-BUFFER_MAX:]
            if self._breaks():
                return
            self._digest()

    def _deaf(self) -> bool:
        """Return whether the printer leaves what arrives in the network."""
        behaviour = self.printer.behaviour
        return behaviour.mode == "never_read" or 0 < behaviour.stall_after <= self.received

    def _breaks(self) -> bool:
        """Reset or half-close the connection when its time has come; return whether to stop reading."""
        behaviour = self.printer.behaviour
        if behaviour.mode == "reset" or 0 < behaviour.reset_after <= self.received:
            # Linger 0 makes close() send a reset instead of a polite end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return True
        if behaviour.mode == "half_close" or 0 < behaviour.half_close_after <= self.received:
            self.connection.shutdown(socket.SHUT_WR)
            behaviour.half_close_after = 0
        return False

    def _digest(self) -> None:
        """Take whole formats and obey commands, in the order in which they came."""
        while True:
            command = COMMAND.search(self.buffer)
            label = FORMAT.search(self.buffer)
            first = label if label and not (command and command.start() < label.start()) else command
            if first is None:
                return
            self.buffer = self.buffer[: first.start()] + self.buffer[first.end() :]
            if first is label:
                self.printer.take(first[0])
            else:
                self._obey(first[1])

    def _obey(self, command: bytes) -> None:
        """Answer ~HS or ~HI, pause, go on, or cancel all."""
        behaviour = self.printer.behaviour
        if command == b"JA":
            self.printer.cancel()
        elif command == b"PP" and behaviour.mode == "ready":
            behaviour.mode = "paused"
        elif command == b"PS" and behaviour.mode == "paused":
            behaviour.mode = "ready"
        elif command in (b"HS", b"HI") and behaviour.mode not in SILENT:
            self._say(self.printer.identity() if command == b"HI" else self.printer.status(b"^XA" in self.buffer))

    def _say(self, reply: bytes) -> None:
        """Send a reply in the way the behaviour asks for."""
        behaviour = self.printer.behaviour
        if behaviour.mode == "garbage":
            reply = b"\x02what,is,this\x03\x02?\x03\x02\xff\x03" + b"lp0 on fire\r\n"
        if behaviour.reply_seconds:
            time.sleep(behaviour.reply_seconds)
        pieces = [reply[at : at + 1] for at in range(len(reply))] if behaviour.single_bytes else [reply]
        for piece in pieces:
            self.connection.sendall(piece)
