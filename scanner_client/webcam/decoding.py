"""From a picture to codes: zxing-cpp first, zbar as a second opinion on bars; a code counts when frames agree."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import cv2
import zxingcpp

Frame = Any  # a numpy array as OpenCV gives it: height x width (x 3, BGR)


def load_zbar() -> Callable[[Frame], list[str]]:
    """Return zbar's reader for 1-D codes; without the system's libzbar one line says so and it reads nothing."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        print("libzbar0 is missing: blurred bars are read less often (Debian: apt install libzbar0).", file=sys.stderr)
        return lambda _frame: []
    kinds = [getattr(pyzbar.ZBarSymbol, name) for name in ("CODE128", "EAN13", "EAN8", "UPCA", "CODE39", "I25")]

    def read(frame: Frame) -> list[str]:
        found = [each.data.decode("utf-8", "replace") for each in pyzbar.decode(frame, symbols=kinds)]
        return [text for text in found if text.isascii()]  # zbar guesses charsets, and guesses wrong

    return read


class Decoder:
    """Reads one frame; smooths along the bars when the plain picture gives nothing."""

    def __init__(self) -> None:
        self.zbar = load_zbar()

    def read(self, frame: Frame) -> list[str]:
        """Return the texts in a frame, best engine first; [] when there is none."""
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) if frame.ndim == 3 else frame
        return self.zxing(grey) or self.zbar(grey) or self.zbar(cv2.blur(grey, (1, 9)))

    def zxing(self, grey: Frame) -> list[str]:
        """Return what zxing-cpp reads, as plain text (GS stays)."""
        found = zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)
        return [each.text for each in found if each.valid and each.text]


class Agreement:
    """A code counts when it is read in `frames` frames in a row, and again only after it was away for a while."""

    def __init__(self, frames: int = 2, absent_seconds: float = 1.5) -> None:
        self.frames, self.absent_seconds = frames, absent_seconds
        self._streak: dict[str, int] = {}
        self._seen: dict[str, float] = {}

    def accept(self, texts: list[str], at: float) -> list[str]:
        """Return the codes that count now, given what a frame at time `at` (seconds) showed."""
        self._streak = {text: self._streak.get(text, 0) + 1 for text in texts}
        fired = [text for text, run in self._streak.items() if run >= self.frames and self._rested(text, at)]
        self._seen |= {text: at for text, run in self._streak.items() if run >= self.frames}
        return fired

    def _rested(self, text: str, at: float) -> bool:
        return at - self._seen.get(text, -self.absent_seconds - 1) > self.absent_seconds
