"""The scan contract over HTTP: log in, get work, scan; asks again with the same body until it is answered."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

import urllib3

Answer = dict[str, Any]
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)


class ServerGone(RuntimeError):
    """The server did not answer for a long time."""


@dataclass(frozen=True)
class Reply:
    """What came back: the status, the JSON, and how many seconds the server asks us to wait."""

    status: int
    body: Answer
    wait_seconds: float = 0.0


class Door:
    """One connection of one device. `retries` and `http_5xx` count what went wrong on the way."""

    def __init__(self, server: str, patience_seconds: float = 60.0, answer_seconds: float = 30.0) -> None:
        self.server, self.patience_seconds = server.rstrip("/"), patience_seconds
        timeout = urllib3.Timeout(connect=2, read=answer_seconds)
        self.http = urllib3.PoolManager(maxsize=1, retries=False, timeout=timeout)
        self.headers: dict[str, str] = {}
        self.retries = self.http_5xx = 0

    def login(self, badge: str, pin: str, device: str) -> Answer:
        """Open a session and keep its token; raises RuntimeError with the server's sentence when it is refused."""
        status, answer = self.post("/login", {"badge": badge, "pin": pin, "device": device})
        if status != 200:
            raise RuntimeError(f"{badge}: {answer['error']['sentence']}")
        self.headers = {answer["send"]["header"]: answer["send"]["value"]}
        return answer

    def work(self, flow: str) -> Answer | None:
        """Start or resume work in a flow; None when this person may not."""
        status, answer = self.post("/task", {"flow": flow})
        return answer if status == 200 else None

    def scan(self, answer: Answer, text: str) -> Answer:
        """Scan `text` on the screen of `answer`; return the next one."""
        status, result = self.post("/scan", self.body(answer, text))
        if status != 200:
            raise RuntimeError(f"scan {text!r} got {status}: {result}")
        return result

    def body(self, answer: Answer, text: str) -> Answer:
        """Return a scan with an id of its own."""
        return {"id": uuid.uuid4().hex, "task": answer["task"], "turn": answer["turn"], "text": text}

    def get(self, path: str) -> Answer:
        """GET JSON until there is an answer."""
        return self.request("GET", path, None)[1]

    def post(self, path: str, body: Answer) -> tuple[int, Answer]:
        """POST JSON until there is an answer."""
        return self.request("POST", path, body)

    def request(self, method: str, path: str, body: Answer | None) -> tuple[int, Answer]:
        """Ask until there is an answer; a lost connection or a busy server is asked again with the same body."""
        until = time.monotonic() + self.patience_seconds
        attempt = 0
        while time.monotonic() < until:
            reply = self.once(method, path, body)
            if reply and reply.status < 500:
                return reply.status, reply.body
            self.http_5xx += reply is not None and reply.status != 503
            self.retries += 1
            time.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            attempt += 1
        raise ServerGone(f"{self.server} did not answer {path} for {self.patience_seconds:.0f} s")

    def once(self, method: str, path: str, body: Answer | None) -> Reply | None:
        """Ask one time; None when no answer of ours came: no connection, or the page of something in between."""
        payload = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json", "Accept": "application/json", **self.headers}
        try:
            response = self.http.request(method, self.server + path, body=payload, headers=headers)
            found = response.json()
        except (urllib3.exceptions.HTTPError, ValueError):
            return None
        if not isinstance(found, dict):
            return None
        pause = response.headers.get("Retry-After", "")
        return Reply(response.status, found, float(pause) if pause.isdigit() else 0.0)
