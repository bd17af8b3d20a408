"""What the client knows at the moment, for the live view and the terminal: one set of facts that threads share."""

from __future__ import annotations

import sys
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from scanner_client.decoding import Code

Facts = dict[str, Any]
SAID = 8


@dataclass(frozen=True)
class Sighting:
    """The last frame that was read, and its codes."""

    picture: Any
    codes: tuple[Code, ...]
    number: int


class Board:
    """Facts with a version: who waits for `news` gets them when they changed."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._facts: Facts = {
            **{
                "person": "",
                "station": "",
                "asks": "",
                "badge": "",
                "camera": "",
                "trouble": "",
                "code": "",
                "fps": 0.0,
            },
            **{"unsent": 0, "others": 0, "aside": 0, "tone": "ready", "note": "", "answer": {}, "events": 0},
        }
        self._said: deque[str] = deque(maxlen=SAID)
        self._version = 0
        self._sighting: Sighting | None = None
        self.over = False

    def tell(self, **facts: Any) -> None:
        """Change facts."""
        with self._news:
            if any(self._facts.get(name) != value for name, value in facts.items()):
                self._facts |= facts
                self._version += 1
                self._news.notify_all()

    def say(self, tone: str, note: str, **facts: Any) -> None:
        """Say something to whoever scans: on the view with its tone, and in the terminal."""
        if note:
            print(f"[{tone}] {note}", flush=True)
            self._said.append(f"{tone}: {note}")
        with self._news:
            self._facts |= {"tone": tone, "note": note, "events": self._facts["events"] + 1, **facts}
            self._version += 1
            self._news.notify_all()

    def trouble(self, what: str) -> None:
        """Say what is wrong with the way to the server; "" is nothing."""
        if what != self.fact("trouble"):
            print(what or "The server answers again.", file=sys.stderr, flush=True)
        self.tell(trouble=what)

    def camera(self, trouble: str) -> None:
        """Say how the camera is; "" is well."""
        if trouble and trouble != self.fact("camera"):
            print(trouble, file=sys.stderr, flush=True)
        self.tell(camera=trouble)

    def fact(self, name: str) -> Any:
        """Return one fact."""
        with self._news:
            return self._facts[name]

    def news(self, after: int, timeout: float) -> tuple[int, Facts]:
        """Return (version, facts) once the version is above `after`, or after `timeout` seconds as they are."""
        with self._news:
            self._news.wait_for(lambda: self._version > after or self.over, timeout)
            return self._version, self._facts | {"said": list(self._said)}

    def saw(self, sighting: Sighting) -> None:
        """Keep the last frame that was read."""
        with self._news:
            self._sighting = sighting

    def sighting(self) -> Sighting | None:
        """Return it."""
        with self._news:
            return self._sighting

    def close(self) -> None:
        """Let go whoever waits."""
        with self._news:
            self.over = True
            self._news.notify_all()
