"""The eye of the client: a thread that reads the newest frame, and hands on what becomes a scan."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from scanner_client.decoding import Code
from scanner_client.webcam.board import Board, Sighting
from scanner_client.webcam.capture import Camera, Frame
from scanner_client.webcam.passes import Passes
from scanner_client.webcam.presence import Presence

WAIT_SECONDS = 0.5
RATE_SHARE = 0.1  # of the newest pause between two looks, in the rate that is shown


@dataclass(frozen=True)
class Eye:
    """How frames are read, and what makes a scan of what is read."""

    passes: Passes
    presence: Presence


class Watcher(threading.Thread):
    """Looks at frame after frame of a camera. `scanned` gets each code once for each time that it is shown."""

    def __init__(self, camera: Camera, eye: Eye, board: Board, scanned: Callable[[Code], None]) -> None:
        super().__init__(name="watcher", daemon=True)
        self.camera, self.board, self.scanned = camera, board, scanned
        self.passes, self.presence = eye.passes, eye.presence
        self.frames = 0
        self._pause = 0.0

    def run(self) -> None:
        """Look until the camera is over."""
        number, last = 0, time.monotonic()
        while (frame := self.camera.newest(number, WAIT_SECONDS)) is not None or not self.camera.over:
            if frame is None:
                continue
            number = frame.number
            self.look(frame)
            now = time.monotonic()
            self._pause += RATE_SHARE * (now - last - self._pause)
            last = now
            if self.frames % 10 == 0:
                self.board.tell(fps=round(1 / max(self._pause, 1e-3), 1))

    def look(self, frame: Frame) -> None:
        """Read one frame."""
        self.frames += 1
        codes = self.passes.look(frame.picture, frame.at)
        self.board.saw(Sighting(frame.picture, tuple(codes), frame.number))
        answer = self.board.fact("answer")
        target = (answer.get("target") or {}).get("code", "")
        counting = bool(answer.get("task")) and "quantity" in answer.get("expect", ())
        found = self.presence.look(codes, frame.at, target, counting)
        if found is not None:
            self.board.tell(code=shown(found.text))
            self.scanned(found)


def shown(text: str) -> str:
    """Return a text for people: what cannot be printed, such as GS, is a dot."""
    return "".join(each if each.isprintable() else "·" for each in text)
