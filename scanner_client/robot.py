"""A virtual worker: it knows nothing but the scan contract, and works over HTTP like any handheld.

`python -m scanner_client.robot --server http://localhost:8000 --badge BD-… --pin …… --flow pick`
"""

from __future__ import annotations

import argparse
import json
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import urllib3

Answer = dict[str, Any]
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
STUCK_AFTER = 8  # refusals in a row on one screen


class Stuck(RuntimeError):
    """The screen asks for something that is refused again and again."""


class ServerGone(RuntimeError):
    """The server did not answer for a long time."""


@dataclass
class Log:
    """What one robot lived through; latencies in milliseconds."""

    scans: int = 0
    refusals: int = 0
    duplicates: int = 0
    differing: int = 0
    http_5xx: int = 0
    retries: int = 0
    milliseconds: list[float] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Habits:
    """How a robot works: share of scans delivered twice, share of wrong scans, seconds between scans."""

    duplicates: float = 0.0
    mistakes: float = 0.0
    pace_seconds: tuple[float, float] = (0.0, 0.0)
    patience_seconds: float = 60.0


class Robot:
    """One virtual worker with a badge, a device and habits."""

    def __init__(self, server: str, badge: str, pin: str, device: str, habits: Habits = Habits(), seed: int = 0) -> None:  # noqa: B008
        self.server, self.badge, self.pin, self.device, self.habits = server.rstrip("/"), badge, pin, device, habits
        self.random = random.Random(f"{seed}:{device}")  # noqa: S311 - habits, not secrets
        self.http = urllib3.PoolManager(maxsize=1, retries=False, timeout=urllib3.Timeout(connect=2, read=30))
        self.headers: dict[str, str] = {}
        self.log = Log()
        self.stop: Callable[[], bool] = lambda: False
        self.last_code = ""

    def login(self) -> Answer:
        """Open a session; raises RuntimeError with the server's sentence when it is refused."""
        status, answer = self.post("/login", {"badge": self.badge, "pin": self.pin, "device": self.device})
        if status != 200:
            raise RuntimeError(f"{self.badge}: {answer['error']['sentence']}")
        self.headers = {answer["send"]["header"]: answer["send"]["value"]}
        return answer

    def work(self, flow: str) -> int:
        """Do all the work there is in a flow now; return how many scans it took.

        Raises Stuck when one screen refuses what it asks for.
        """
        status, answer = self.post("/task", {"flow": flow})
        if status != 200:
            return 0
        before, refused = self.log.scans, 0
        while answer["task"] is not None and not self.stop():
            self.pause()
            answer = self.scan(answer, self.choose(answer))
            refused = refused + 1 if answer["tone"] == "stop" else 0
            if refused > STUCK_AFTER:
                raise Stuck(f"{flow}/{answer['state']}: {answer['note']} (target {answer['target']})")
        return self.log.scans - before

    def choose(self, answer: Answer) -> str:
        """Return what to scan: the quantity asked for, else the target, else the first key on the screen."""
        target = answer["target"]
        if answer.get("quantity") and answer["quantity"] > 1 and "quantity" in answer["expect"]:
            return str(answer["quantity"])
        if target is None:
            return "1" if "quantity" in answer["expect"] else next(iter(answer["keys"]), "Esc")
        if self.last_code and self.random.random() < self.habits.mistakes:
            return self.last_code
        self.last_code = target["code"] if target["kind"] not in ("key", "quantity") else self.last_code
        return str(target["code"])

    def scan(self, answer: Answer, text: str) -> Answer:
        """Send one scan until it is answered; now and then deliver it twice and lose the first answer."""
        body = {"id": uuid.uuid4().hex, "task": answer["task"], "turn": answer["turn"], "text": text}
        started = time.perf_counter()
        status, result = self.post("/scan", body)
        self.log.milliseconds.append((time.perf_counter() - started) * 1000)
        self.log.scans += 1
        if self.random.random() < self.habits.duplicates:
            self.log.duplicates += 1
            again_status, again = self.post("/scan", body)
            self.log.differing += (again_status, again) != (status, result)
            status, result = again_status, again
        if status != 200:
            raise RuntimeError(f"scan {text!r} got {status}: {result}")
        if result["tone"] == "stop":
            self.log.refusals += 1
            code = result.get("refusal", "?")
            self.log.refused[code] = self.log.refused.get(code, 0) + 1
        return result

    def pause(self) -> None:
        """Walk, look, lift."""
        low, high = self.habits.pace_seconds
        if high:
            time.sleep(self.random.uniform(low, high))

    def get(self, path: str) -> Answer:
        """GET JSON until there is an answer."""
        return self.request("GET", path, None)[1]

    def post(self, path: str, body: Answer) -> tuple[int, Answer]:
        """POST JSON until there is an answer."""
        return self.request("POST", path, body)

    def request(self, method: str, path: str, body: Answer | None) -> tuple[int, Answer]:
        """Ask until there is an answer; a lost connection or a busy server is asked again with the same body."""
        payload = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json", "Accept": "application/json", **self.headers}
        until = time.monotonic() + self.habits.patience_seconds
        attempt = 0
        while time.monotonic() < until:
            try:
                response = self.http.request(method, self.server + path, body=payload, headers=headers)
                if response.status < 500:
                    return response.status, response.json()
                self.log.http_5xx += response.status != 503
            except urllib3.exceptions.HTTPError:
                pass
            self.log.retries += 1
            time.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            attempt += 1
        raise ServerGone(f"{self.server} did not answer {path} for {self.habits.patience_seconds:.0f} s")


def main() -> None:
    """Work in one flow until there is nothing left, and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("server", "badge", "pin", "flow"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--device", default="robot")
    options = parser.parse_args()
    robot = Robot(options.server, options.badge, options.pin, options.device)
    robot.login()
    scans = robot.work(options.flow)
    print(f"{scans} scans, {robot.log.refusals} refusals {robot.log.refused}")  # noqa: T201


if __name__ == "__main__":
    main()
