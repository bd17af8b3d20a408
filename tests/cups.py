"""A print system played over IPP: what it says of its queue and its jobs is told to it, or follows from real jobs."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from wms.labels import ipp

Groups = list[tuple[int, dict[str, Any]]]
CLIENT = """#!/bin/sh
echo "$CUPS_SERVER $*" >> {folder}/words
cat > {folder}/part && mv {folder}/part {folder}/$(date +%s%N).job
"""


@dataclass
class Cups:
    """A print system with one queue: its state, and the states its newest job goes through each time it is asked."""

    port: int = 0
    queue: dict[str, Any] = field(default_factory=lambda: {"printer-state": 3, "printer-state-reasons": "none"})
    states: list[int] = field(default_factory=list)
    begun: bool = True
    cancelled: bool = False
    silent_after: int = 99
    born: Path | None = None  # the job is there when this is

    def answer(self, operation: int) -> tuple[int, Groups]:
        """Return (status, groups) of an operation."""
        self.silent_after -= 1
        if operation == ipp.GET_PRINTER:
            return (0, [(4, self.queue)]) if self.queue else (ipp.NOT_FOUND, [])
        if operation == ipp.CANCEL_JOB:
            self.cancelled = True
            return 0, []
        state = ipp.CANCELED if self.cancelled else self.states.pop(0) if len(self.states) > 1 else self.states[0]
        job = {"job-id": 7, "job-state": state, "time-at-processing": 5 if self.begun else None}
        if operation == ipp.GET_JOB:
            return 0, [(2, job)]
        older = {"job-id": 6, "job-state": 9, "time-at-processing": 1}
        return 0, [(2, older), *([(2, job)] if self.born is None or self.born.exists() else [])]


def packed(status: int, groups: Groups) -> bytes:
    """Return an answer as it travels."""
    data = struct.pack(">BBHI", 2, 0, status, 1) + b"\x01"
    for tag, facts in groups:
        data += bytes([tag])
        for name, value in facts.items():
            kind, raw = (0x44, str(value).encode()) if isinstance(value, str) else (0x21, struct.pack(">i", value or 0))
            kind, raw = (0x13, b"") if value is None else (kind, raw)
            data += struct.pack(">BH", kind, len(name)) + name.encode() + struct.pack(">H", len(raw)) + raw
    return data + b"\x03"


@dataclass
class Working(Cups):
    """A print system that takes what its client `lpr` leaves in a folder and sends it to a printer's port."""

    folder: Path = Path()
    printer: int = 0
    done: int = 0

    def install(self) -> Path:
        """Write the client and return its folder."""
        client = self.folder / "lpr"
        client.write_text(CLIENT.format(folder=self.folder))
        client.chmod(0o755)
        return self.folder

    def answer(self, operation: int) -> tuple[int, Groups]:
        """Return (status, groups); who asks for the jobs finds those that came printed, while the queue works."""
        if operation != ipp.GET_JOBS:
            return super().answer(operation)
        came = sorted(self.folder.glob("*.job"))
        for job in came[self.done :] if self.queue["printer-state"] != ipp.STOPPED else []:
            with socket.create_connection(("127.0.0.1", self.printer), 20) as wire:
                wire.sendall(job.read_bytes())
            self.done += 1
        states = [ipp.COMPLETED if number <= self.done else ipp.PENDING for number in range(1, len(came) + 1)]
        facts = ({"job-id": n, "job-state": s, "time-at-processing": 5} for n, s in enumerate(states, 1))
        return 0, [(2, each) for each in facts]


@contextmanager
def serving(system: Cups) -> Iterator[Cups]:
    """Answer for a print system on a port of its own."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            body = packed(*system.answer(struct.unpack_from(">H", asked, 2)[0]))
            self.send_response(200 if system.silent_after > 0 else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        system.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield system
        server.shutdown()
