"""A label printer for tests and the demo: listens on TCP, answers ~HS, keeps what it printed, fails on request."""

from __future__ import annotations

import argparse
import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal

from wms.labels.printers import Folder, Timeouts

FORMAT = re.compile(rb"\^XA.*?\^XZ", re.DOTALL)
COMMAND = re.compile(rb"~(HS|HI)")
BUFFER_MAX = 4_000_000  # a printer's memory is finite too
Mode = Literal[
    "ready", "paused", "paper_out", "head_open", "silent", "never_read", "reset", "half_close", "garbage", "refuse"
]


@dataclass
class Behaviour:
    """How the printer behaves; may be changed while it runs.

    `labels_left` counts down to paper out; `bytes_per_second` slows reading; `reset_after` and `half_close_after` count
    received bytes of a connection; `single_bytes` sends replies one byte per packet.
    """

    mode: Mode = "ready"
    labels_left: int | None = None
    bytes_per_second: int = 0
    reset_after: int = 0
    half_close_after: int = 0
    single_bytes: bool = False


class Emulator:
    """A printer on `127.0.0.1`. Use it as a context manager, or `start()` and `stop()`."""

    def __init__(self, port: int = 0, folder: Path | None = None, behaviour: Behaviour | None = None) -> None:
        """Take a port (0: any free one) and a folder to which printed labels are written as .zpl files."""
        self.behaviour = behaviour or Behaviour()
        self.port = port
        self._printed: list[bytes] = []
        self._output = Folder(folder) if folder else None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._connections: set[socket.socket] = set()

    @property
    def printed(self) -> tuple[bytes, ...]:
        """Every label printed so far, in order; nothing is ever taken off."""
        with self._lock:
            return tuple(self._printed)

    def start(self) -> Emulator:
        """Listen and serve in threads; raises OSError when the port is taken. In mode refuse only hold the port."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
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

    def print_label(self, label: bytes) -> None:
        """Put one label on paper."""
        with self._lock:
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
        return self.out_of_paper or self.behaviour.mode in {"paused", "head_open"}

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
        while behaviour.mode == "never_read" and not stopping.wait(0.05):
            pass
        while not stopping.is_set():
            most = max(1, behaviour.bytes_per_second // 20) if behaviour.bytes_per_second else 65536
            if not (data := self.connection.recv(most)):
                return
            self.received += len(data)
            if behaviour.bytes_per_second:
                time.sleep(len(data) / behaviour.bytes_per_second)
            self.buffer = (self.buffer + data)[-BUFFER_MAX:]
            if self._breaks():
                return
            self._digest()

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
        """Answer questions and print whole formats, in the order in which they came."""
        while True:
            asked = COMMAND.search(self.buffer)
            label = FORMAT.search(self.buffer)
            if asked and not (label and label.start() < asked.start()):
                self.buffer = self.buffer[: asked.start()] + self.buffer[asked.end() :]
                self._answer(asked[1])
            elif label and not self.printer.stalled:
                self.buffer = self.buffer[: label.start()] + self.buffer[label.end() :]
                self.printer.print_label(label[0])
            elif asked:  # ~ commands act at once, past formats that wait
                self.buffer = self.buffer[: asked.start()] + self.buffer[asked.end() :]
                self._answer(asked[1])
            else:
                return

    def _answer(self, question: bytes) -> None:
        """Send the reply to ~HS or ~HI in the way the behaviour asks for; some states are silent, as on a printer."""
        behaviour = self.printer.behaviour
        if behaviour.mode in {"head_open", "silent"}:
            return
        reply = b"\x02PICKWELL-EMULATOR,V1.0,8,8192KB\x03\r\n" if question == b"HI" else self._status()
        if behaviour.mode == "garbage":
            reply = b"\x02what,is,this\x03\x02?\x03\x02\xff\x03" + b"lp0 on fire\r\n"
        pieces = [reply[at : at + 1] for at in range(len(reply))] if behaviour.single_bytes else [reply]
        for piece in pieces:
            self.connection.sendall(piece)

    def _status(self) -> bytes:
        """Return the three lines of ~HS."""
        waiting = len(FORMAT.findall(self.buffer))
        partial = int(b"^XA" in FORMAT.sub(b"", self.buffer))
        paper, paused = int(self.printer.out_of_paper), int(self.printer.behaviour.mode == "paused")
        return (
            f"\x02030,{paper},{paused},1200,{waiting:03d},0,0,{partial},000,0,0,0\x03\r\n"
            f"\x02001,0,0,0,1,2,4,0,{waiting:08d},1,000\x03\r\n"
            "\x021234,0\x03\r\n"
        ).encode("ascii")


def main() -> None:
    """Run one emulator until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m wms.labels.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=9100, help="TCP port on 127.0.0.1 (default 9100)")
    parser.add_argument("--folder", type=Path, help="write each printed label here as a .zpl file")
    options = parser.parse_args()
    with Emulator(options.port, options.folder) as printer:
        print(f"Printer emulator on 127.0.0.1:{printer.port}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
