"""Tells a running emulator how to behave, line by line: from its standard input or a control port."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from wms.labels.emulator import MODES, Behaviour, Emulator

HELP = (
    f"mode NAME ({', '.join(MODES)}) | paper N|full | cancel | count | printed | state | help | "
    "or one of: bytes_per_second N, reset_after N, half_close_after N, stall_after N, reply_seconds S, "
    "label_seconds S, dots_per_mm N, single_bytes 0|1"
)
NUMBERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("bytes_per_second", "reset_after", "half_close_after", "stall_after", "dots_per_mm"), int),
    **dict.fromkeys(("reply_seconds", "label_seconds"), float),
    "single_bytes": lambda text: bool(int(text)),
}


def obey(printer: Emulator, line: str) -> str:
    """Do what a line says and return one line of answer, starting with "error:" for what it does not understand."""
    word, _, rest = line.strip().partition(" ")
    answers: dict[str, Callable[[], str]] = {
        "help": lambda: HELP,
        "count": lambda: str(len(printer.printed)),
        "printed": lambda: json.dumps([label.decode("utf-8", "replace") for label in printer.printed]),
        "state": lambda: json.dumps({each.name: getattr(printer.behaviour, each.name) for each in fields(Behaviour)}),
    }
    if word in answers:
        return answers[word]()
    try:
        change(printer, word, rest.strip())
    except (KeyError, ValueError):
        return f"error: {HELP}"
    return "ok"


def change(printer: Emulator, word: str, value: str) -> None:
    """Change how the printer behaves; raises KeyError or ValueError for what it does not understand."""
    if word == "cancel":
        printer.cancel()
    elif word == "mode":
        if value not in MODES:
            raise ValueError(value)
        setattr(printer.behaviour, word, value)
    elif word == "paper":
        printer.behaviour.labels_left = None if value == "full" else int(value)
    else:
        setattr(printer.behaviour, word, NUMBERS[word](value))
    printer.work()


class Control:
    """A control port on this machine; one line in, one line out. Use it as a context manager."""

    def __init__(self, printer: Emulator, port: int = 0) -> None:
        """Take the printer and a port (0: any free one)."""

        class Lines(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    self.wfile.write(obey(printer, line.decode("utf-8", "replace")).encode() + b"\n")

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", port), Lines)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Control:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
