"""The live view: a page on this machine alone, with the camera's picture, the last answer, keys and the sign-in."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from scanner_client.webcam.board import Board, Sighting

HERE = Path(__file__).parent
FILES = {
    "/": (HERE / "page" / "index.html", "text/html; charset=utf-8"),
    "/view.js": (HERE / "page" / "view.js", "text/javascript"),
    "/view.css": (HERE / "page" / "view.css", "text/css"),
    "/tones.js": (HERE.parent / "handheld" / "tones.js", "text/javascript"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
WIDTH_PX, QUALITY, PICTURE_SECONDS = 720, 70, 0.1
AGAIN_SECONDS = 1.0  # a browser draws a picture when the next one comes, and so one that went is noticed
BOUNDARY = "picture"
OURS = "X-Pickwell-View"  # another site's page cannot send this header to us without asking, and we never allow it
BODY_MAX = 4000
GREEN = (80, 200, 0)
Deed = Callable[[dict[str, Any]], str]  # what a button does; returns a sentence when it could not be done


class View(ThreadingHTTPServer):
    """Serves the page on 127.0.0.1. `deed` is called with what a person does there."""

    daemon_threads = True

    def __init__(self, port: int, board: Board, deed: Deed) -> None:
        """Listen on `port`, or on any free one when it is taken."""
        self.board, self.deed = board, deed
        try:
            super().__init__(("127.0.0.1", port), Page)
        except OSError:
            super().__init__(("127.0.0.1", 0), Page)
        self.hosts = tuple(f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost"))

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no error."""


class Page(BaseHTTPRequestHandler):
    """One request of the browser."""

    server: View
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Serve a file, the events or the moving picture."""
        path = self.path.partition("?")[0]
        if not self._from_here():
            self._reply(403, b"", "text/plain")
        elif path in FILES:
            file, kind = FILES[path]
            self._reply(200, file.read_bytes(), kind)
        elif path == "/events":
            self._events()
        elif path == "/video":
            self._video()
        else:
            self._reply(404, b"", "text/plain")

    def do_POST(self) -> None:
        """Do what a button says."""
        length = self.headers.get("Content-Length", "")
        size = int(length) if length.isdigit() else BODY_MAX + 1
        if not self._from_here() or self.headers.get(OURS) != "1" or self.path != "/do" or size > BODY_MAX:
            self.close_connection = True
            self._reply(403, b"", "text/plain")
            return
        try:
            asked = json.loads(self.rfile.read(size))
            why = self.server.deed(asked) if isinstance(asked, dict) else "no object"
        except (ValueError, KeyError, TypeError) as error:
            why = f"not understood: {error}"
        self._reply(200, json.dumps({"why": why}).encode(), "application/json")

    def _from_here(self) -> bool:
        """Return whether the browser asked for this very page: not for a name that somebody bent to this address."""
        origin = self.headers.get("Origin")
        hosts = self.server.hosts
        return self.headers.get("Host") in hosts and (origin is None or origin.removeprefix("http://") in hosts)

    def _reply(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self._headers(kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _headers(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")

    def _stream(self, kind: str) -> None:
        self.close_connection = True
        self.send_response(200)
        self._headers(kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def _events(self) -> None:
        """Tell the facts whenever they change (server-sent events)."""
        self._stream("text/event-stream")
        version, board = -1, self.server.board
        while not board.over:
            version, facts = board.news(version, 10.0)
            self.wfile.write(b"data: " + json.dumps(facts).encode() + b"\n\n")

    def _video(self) -> None:
        """Send the frames that were read, at most ten a second, as JPEG after JPEG."""
        self._stream(f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.wfile.write(f"--{BOUNDARY}\r\n".encode())
        number, sent, board = -1, 0.0, self.server.board
        while not board.over:
            sighting, now = board.sighting(), time.monotonic()
            if sighting is not None and (sighting.number != number or now - sent > AGAIN_SECONDS):
                number, sent = sighting.number, now
                picture = jpeg(sighting)
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                self.wfile.write(head.encode() + picture + f"\r\n--{BOUNDARY}\r\n".encode())
            time.sleep(PICTURE_SECONDS)

    def log_message(self, *_: Any) -> None:
        """The terminal is for scans."""


def jpeg(sighting: Sighting) -> bytes:
    """Return a frame as a small JPEG, its codes outlined."""
    high, wide = sighting.picture.shape[:2]
    scale = min(1.0, WIDTH_PX / wide)
    size = (int(wide * scale), int(high * scale))
    small = cv2.resize(sighting.picture, size, interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
    for code in sighting.codes:
        cv2.polylines(small, [np.array(np.array(code.corners) * scale, np.int32)], True, GREEN, 3)
    return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])
