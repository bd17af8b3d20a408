"""The camera: a thread that keeps the newest frame only, opens the camera again when it went, and says how it is."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)
SILENT_SECONDS = 3.0  # without a frame for so long, a camera counts as gone
FILM_FPS = 25.0  # of a film that does not say
Opener = Callable[[int | str], Any]


class NoCamera(RuntimeError):
    """The camera cannot be opened; the message says what is there instead."""


@dataclass(frozen=True)
class Frame:
    """A picture as OpenCV gives it, its number, and when it came (monotonic seconds)."""

    picture: Any
    number: int
    at: float


@dataclass(frozen=True)
class Source:
    """What to open: the number of a camera, the address of a stream, or the path of a film; the size to ask for."""

    name: str
    size: tuple[int, int] = (1280, 720)

    @property
    def number(self) -> int | None:
        """Return the number of a camera, None for anything else."""
        return int(self.name) if self.name.isdigit() else None

    @property
    def is_film(self) -> bool:
        """Return whether this ends by itself."""
        return self.number is None and "://" not in self.name and not self.name.startswith("/dev/")

    @property
    def shown(self) -> str:
        """Return the name for people: no password of a stream in it."""
        return re.sub(r"//[^/@]*@", "//…@", self.name)

    def open(self) -> Any:
        """Return the opened camera; raises NoCamera."""
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # our own sentence says it
        if self.is_film and not Path(self.name).is_file():
            raise NoCamera(f"There is no film {self.name}.")
        camera = cv2.VideoCapture(self.name if self.number is None else self.number)
        if not camera.isOpened():
            raise NoCamera(self.why_not())
        if self.number is not None:
            camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # raw pictures do not fit through USB 2
            camera.set(cv2.CAP_PROP_FRAME_WIDTH, self.size[0])
            camera.set(cv2.CAP_PROP_FRAME_HEIGHT, self.size[1])
            camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return camera

    def why_not(self) -> str:
        """Return the sentence about a camera that cannot be opened."""
        if self.is_film:
            return f"{self.name} is no film that can be played."
        if self.number is None:
            return f"The camera at {self.shown} does not answer."
        there = ", ".join(sorted(path.name.removeprefix("video") for path in Path("/dev").glob("video*")))
        return f"Camera {self.number} is not there or in use. Cameras seen: {there or 'none'}."


class Camera(threading.Thread):
    """`newest(after)` waits for a frame newer than that number. `told` hears how the camera is, in words."""

    def __init__(self, source: Source, told: Callable[[str], None] = lambda _: None, opened: Any = None) -> None:
        """Open the source; raises NoCamera."""
        super().__init__(name="camera", daemon=True)
        self.source, self.told = source, told
        self.over = False  # the film has ended
        self._camera = opened or source.open()
        self._frame: Frame | None = None
        self._count = 0
        self._news = threading.Condition()
        self._stopped = threading.Event()

    def run(self) -> None:
        """Read until the film is over or `stop` is called; a camera that went is opened again and again."""
        while not self._stopped.is_set():
            self._play()
            if self.source.is_film or self._stopped.is_set():
                break
            self.told(f"Camera {self.source.shown} is gone. Looking for it.")
            self._reopen()
        self._camera.release()
        with self._news:
            self.over = True
            self._news.notify_all()

    def stop(self) -> None:
        """End the thread after the frame at hand."""
        self._stopped.set()

    def newest(self, after: int, timeout: float) -> Frame | None:
        """Return the newest frame when its number is above `after`, waiting up to `timeout` seconds; else None."""
        with self._news:
            self._news.wait_for(lambda: self.over or (self._frame is not None and self._frame.number > after), timeout)
            return self._frame if self._frame is not None and self._frame.number > after else None

    def _play(self) -> None:
        """Read frames until there are no more; a film at its own pace."""
        pause = 1 / (self._camera.get(cv2.CAP_PROP_FPS) or FILM_FPS) if self.source.is_film else 0.0
        due, last = time.monotonic(), time.monotonic()
        while not self._stopped.is_set():
            more, picture = self._camera.read()
            now = time.monotonic()
            if more:
                last = now
                self._show(picture, now)
            elif self.source.is_film or now - last > SILENT_SECONDS or not self._camera.isOpened():
                return
            due += pause
            self._stopped.wait(max(0.0, due - time.monotonic()) if more else 0.05)

    def _show(self, picture: Any, at: float) -> None:
        with self._news:
            self._count += 1
            self._frame = Frame(picture, self._count, at)
            self._news.notify_all()
        if self._count == 1:
            self.told("")

    def _reopen(self) -> None:
        self._camera.release()
        attempt = 0
        while not self._stopped.wait(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]):
            attempt += 1
            try:
                self._camera = self.source.open()
            except NoCamera:
                continue
            self.told("")
            return
