"""A tiny floor for the handheld: serves its files and plays one scripted pick; can drop, delay and refuse answers."""

from __future__ import annotations

import argparse
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from client.fake_pick import FLOWS, Pick

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "handheld": ROOT / "scanner_client" / "handheld",
    "static": ROOT / "wms" / "web" / "static",
    "look": ROOT / "tests" / "data" / "look",
}
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
}
CSP = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
AIM = re.compile(r"^\][A-Za-z]\d")
PEOPLE = {"BD-ANA-5": ("Ana", "246813"), "BD-BEN-7": ("Ben", "864213")}
Reply = tuple[int, dict[str, Any]]


def refusal(status: int, code: str, sentence: str) -> Reply:
    """An error body as every door of the server writes it."""
    return status, {"error": {"code": code, "sentence": sentence}}


def raised() -> threading.Event:
    """An event that has happened."""
    event = threading.Event()
    event.set()
    return event


@dataclass
class Floor:
    """What the server knows, and how it misbehaves on request."""

    url: str = ""
    training: bool = False
    down: bool = False  # every request dies without a reply
    drop: int = 0  # the next n scans are done, but their answers are lost
    failing: int = 0  # the next n scans answer 500
    may_answer: threading.Event = field(default_factory=raised)  # while it is clear, nobody gets an answer
    picks: dict[str, Pick] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)  # token -> name
    answers: dict[str, tuple[dict[str, Any], Reply]] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)  # every POST /scan as it came
    acted: list[tuple[str, str]] = field(default_factory=list)  # (person, text) of scans that acted, once each
    lock: threading.Lock = field(default_factory=threading.Lock)

    def session(self, name: str) -> dict[str, Any]:
        """The body that /login and /session share."""
        site = {"name": "Hall 1", "training": self.training}
        return {"operator": {"name": name, "roles": ["picker"]}, "site": site, "flows": FLOWS}

    def login(self, body: dict[str, Any]) -> Reply:
        """A token for a badge and its PIN."""
        name, pin = PEOPLE.get(AIM.sub("", body["badge"]), ("", ""))
        if not name or pin != body["pin"]:
            return refusal(401, "wrong_pin", "Badge and PIN do not match. Try again.")
        token = f"token-{len(self.people)}"
        self.people[token] = name
        return 200, {
            "token": token,
            "send": {"header": "Authorization", "value": f"Bearer {token}"},
            **self.session(name),
        }

    def scan(self, name: str, body: dict[str, Any]) -> Reply:
        """The same id gets the same answer and never acts twice; another body under it is refused."""
        with self.lock:
            self.received.append(body)
            known, answer = self.answers.get(body["id"], (None, None))
            if answer is not None:
                return (
                    answer if known == body else refusal(422, "other_body", "This scan was sent with another content.")
                )
            self.acted.append((name, body["text"]))
            answer = self.answer(name, body)
            self.answers[body["id"]] = (body, answer)
            return answer

    def answer(self, name: str, body: dict[str, Any]) -> Reply:
        """The answer of the pick, or of the menu."""
        pick = self.picks.get(name)
        if body["task"] is None or pick is None:
            return refusal(404, "unknown_code", f"{body['text'][:20]} is not known here.")
        if body["turn"] != pick.turn:
            return 200, pick.screen("stop", "The screen has moved on. Look again.")
        return 200, pick.scan(body["text"])

    def post(self, path: str, name: str | None, body: dict[str, Any]) -> Reply:
        """Every POST but the login needs a person."""
        if path == "/login":
            return self.login(body)
        if name is None:
            return refusal(401, "no_session", "Sign in first.")
        if path == "/task":
            return 200, self.picks.setdefault(name, Pick()).screen("ok", "List 17 is yours.")
        return self.scan(name, body) if path == "/scan" else (200, {})

    def get(self, path: str, name: str | None) -> Reply:
        """The session, or a task drawn again."""
        if name is None:
            return refusal(401, "no_session", "Sign in first.")
        if path == "/session":
            return 200, self.session(name)
        pick = self.picks.get(name)
        return (200, pick.screen("ok", "")) if pick and not pick.over else refusal(404, "no_task", "This task is over.")


class Handler(BaseHTTPRequestHandler):
    """HTTP in front of a Floor."""

    protocol_version = "HTTP/1.1"
    floor: Floor

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the tests read the floor, not a log."""

    def person(self) -> str | None:
        """Who the token of this request belongs to."""
        return self.floor.people.get((self.headers["Authorization"] or "").removeprefix("Bearer "))

    def do_GET(self) -> None:
        """Files of the client, or the state of a task."""
        folder, _, rest = self.path.split("?")[0].removeprefix("/").partition("/")
        if self.floor.down:
            return self.hang_up()
        if folder not in FOLDERS:
            return self.reply(*self.floor.get(self.path, self.person()))
        file = FOLDERS[folder] / {"": "index.html", "setup": "setup.html"}.get(rest, rest)
        found = file.is_file() and FOLDERS[folder] in file.resolve().parents
        return self.send(
            200 if found else 404, TYPES.get(file.suffix, "text/plain"), file.read_bytes() if found else b""
        )

    def do_POST(self) -> None:
        """Login, task, scan; misbehaves as the floor was told to."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}")
        if self.floor.down:
            return self.hang_up()
        self.floor.may_answer.wait(60)
        if self.path == "/scan" and self.floor.failing > 0:
            self.floor.failing -= 1
            return self.reply(*refusal(500, "bug", "Something failed."))
        reply = self.floor.post(self.path, self.person(), body)
        if self.path == "/scan" and self.floor.drop > 0:
            self.floor.drop -= 1
            return self.hang_up()
        return self.reply(*reply)

    def hang_up(self) -> None:
        """Ends the connection without a word."""
        self.close_connection = True

    def reply(self, status: int, body: dict[str, Any]) -> None:
        """One JSON answer."""
        self.send(status, "application/json", json.dumps(body).encode())

    def send(self, status: int, kind: str, data: bytes) -> None:
        """Headers as the real server sends them, the content security policy above all."""
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            "Cache-Control": "no-store",
            "Content-Security-Policy": CSP.format(wasm=" 'wasm-unsafe-eval'" * self.path.endswith("/reader.js")),
            "X-Content-Type-Options": "nosniff",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def serve(floor: Floor, port: int = 0) -> ThreadingHTTPServer:
    """Starts the floor on a free port (or the given one) in a thread of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("FloorHandler", (Handler,), {"floor": floor}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--training", action="store_true")
    options = parser.parse_args()
    serve(Floor(training=options.training), options.port)
    print(f"http://localhost:{options.port}/handheld/  badge BD-ANA-5, PIN 246813")
    threading.Event().wait()
