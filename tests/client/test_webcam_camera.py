"""The camera's thread: the newest frame only, and a camera that was unplugged is used again when it is back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import pytest
from client.film import desk, film

from scanner_client.webcam import capture
from scanner_client.webcam.capture import Camera, NoCamera, Source


@dataclass
class Plug:
    """A camera that can be unplugged, and gives frames as fast as they are taken."""

    there: bool = True
    opened: int = 0
    told: list[str] = field(default_factory=list)
    news: threading.Event = field(default_factory=threading.Event)

    def open(self, _: object) -> Any:
        self.opened += 1
        return self

    def isOpened(self) -> bool:
        return self.there

    def read(self) -> tuple[bool, Any]:
        return self.there, desk()

    def get(self, _: int) -> float:
        return 0.0

    def set(self, *_: float) -> bool:
        return True

    def release(self) -> None:
        return None

    def hears(self, words: str) -> None:
        self.told.append(words)
        self.news.set()


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Plug:
    plug = Plug()
    monkeypatch.setattr(cv2, "VideoCapture", plug.open)
    monkeypatch.setattr(capture, "RETRY_SECONDS", (0.01,))
    return plug


def waited(plug: Plug, act: Callable[[], None]) -> str:
    """Do something, and return what the camera says next."""
    plug.news.clear()
    act()
    assert plug.news.wait(20)
    return plug.told[-1]


def test_an_unplugged_camera_is_told_and_used_again_when_it_is_back(plug: Plug) -> None:
    camera = Camera(Source("0"), plug.hears)
    assert waited(plug, camera.start) == ""
    assert waited(plug, lambda: setattr(plug, "there", False)) == "Camera 0 is gone. Looking for it."
    assert waited(plug, lambda: setattr(plug, "there", True)) == ""
    last = camera.newest(0, 5)
    assert last is not None
    assert camera.newest(last.number, 5) is not None
    camera.stop()
    camera.join(5)


def test_only_the_newest_frame_is_kept(tmp_path: Path) -> None:
    camera = Camera(Source(str(film(tmp_path / "short.avi", [(desk(), 0.5)]))))
    camera.run()
    frame = camera.newest(0, 1)
    assert frame is not None
    assert (frame.number, camera.newest(frame.number, 1), camera.over) == (10, None, True)


def test_a_password_in_the_address_of_a_stream_is_not_shown() -> None:
    source = Source("rtsp://me:secret@127.0.0.1:1/none")
    assert (source.shown, source.is_film) == ("rtsp://…@127.0.0.1:1/none", False)


def test_a_stream_that_does_not_answer_is_told() -> None:
    with pytest.raises(NoCamera, match=r"127\.0\.0\.1:1/none does not answer"):
        Source("http://127.0.0.1:1/none").open()
