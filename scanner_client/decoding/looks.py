"""The ways of looking at one box of bars, in the order of what they were measured to give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner_client.decoding.engines import Engine, View
from scanner_client.decoding.locating import FINE_PX, Detector, Quad, locate, width_of
from scanner_client.decoding.pictures import Grey, shrunk
from scanner_client.decoding.straightening import Look, Strip, straighten
from scanner_client.decoding.turning import Mover, tilted, upright

WHOLE, MIDDLE, UPPER, LOWER = (0.05, 0.95), (0.35, 0.65), (0.1, 0.4), (0.6, 0.9)
Preparation = tuple[str, Engine, View, Callable[[], Grey]]
"""Its name, who reads it, what it shows, and how it is made."""

Turned = tuple[str, str, Callable[[float], tuple[Grey, Mover]]]
"""Two names, and how it is made so many times enlarged."""

FIRST = (
    Look(WHOLE, camera_px=0.7),
    Look(MIDDLE, camera_px=1.5),
    Look(WHOLE, width_share=4),
    Look(WHOLE, window=0.08),
    Look(MIDDLE, camera_px=0.7, window=0.08),
)
THEN = (
    Look(UPPER, width_share=2, window=0.08),
    Look(LOWER, window=0.08),
    Look(WHOLE, width_share=3, window=0.08),
    Look(MIDDLE, width_share=4),
    Look(UPPER, window=0.04),
    Look(WHOLE, width_share=5),
    Look(WHOLE, capped=True),
    Look(MIDDLE, camera_px=0.7, window=0.08, capped=True),
)

INVERTED = (
    Look(WHOLE, window=0.08),
    Look(LOWER, window=0.08),
    Look(WHOLE, camera_px=0.7),
    Look(MIDDLE, camera_px=0.7, window=0.08),
)


class Workbench:
    """Prepares pictures for two engines."""

    def __init__(self, zxing: Engine, zbar: Engine) -> None:
        cv2.setNumThreads(1)  # a picture is small; a server reads several at once
        self.zxing, self.zbar = zxing, zbar

    def boxes(self, picture: Grey, frame: Grey) -> list[Quad]:
        """Return boxes around bars of the picture, found in its smaller frame, the most striking first."""
        scale = np.float32(picture.shape[1] / frame.shape[1])
        return [box * scale for box in locate(frame)]

    def other_boxes(self, picture: Grey, frame: Grey) -> list[Quad]:
        """Return boxes of OpenCV's detector, and small ones that only a large picture shows."""
        scale = np.float32(picture.shape[1] / frame.shape[1])
        boxes = [box * scale for box in Detector().locate(frame)]
        return boxes + (locate(picture, 3, (FINE_PX,)) if min(picture.shape) >= FINE_PX else [])

    def straighten(self, picture: Grey, frame: Grey, box: Quad, width_px: int) -> Strip:
        """Return a box straightened, from the smaller frame when the picture has far more pixels than are needed."""
        scale = frame.shape[1] / picture.shape[1]
        if width_of(box) < 2 * width_px or scale == 1:
            return straighten(picture, box, width_px)
        return replace(straighten(frame, box * np.float32(scale), width_px), box=box)

    def upright(self, picture: Grey, boxes: list[Quad]) -> Iterator[Turned]:
        """Yield what is around tilted boxes turned upright: two sizes of each direction are two votes."""
        for number, box in enumerate(tilted(boxes)):
            yield f"upright {number}", f"upright {number}, larger", partial(upright, picture, box)

    def first(self, strip: Strip) -> Iterator[Preparation]:
        """Yield the looks that read almost everything that can be read."""
        yield from self.drawn(strip, FIRST[:2])
        yield "framed", self.zbar, "bars", strip.slim
        yield from self.drawn(strip, FIRST[2:])
        yield "framed", self.zxing, "bars", strip.framed
        yield "mean row", self.zxing, "bars", lambda: strip.drawn(Look(WHOLE))
        yield "mean row", self.zbar, "bars", lambda: strip.drawn(Look(WHOLE))

    def then(self, strip: Strip) -> Iterator[Preparation]:
        """Yield the looks for what is blurred, crumpled or light on dark."""
        yield from self.drawn(strip, THEN)
        for look in INVERTED:
            yield f"light on dark, {look}", self.zxing, "drawn", partial(strip.drawn, look, inverted=True)
        yield "crisp", self.zbar, "bars", lambda: crisp(strip.slim(), 3)
        yield "crisp", self.zxing, "bars", lambda: crisp(strip.framed(), 3)
        yield "middle row", self.zbar, "bars", lambda: strip.drawn(Look(MIDDLE, width_share=2))

    def drawn(self, strip: Strip, looks: tuple[Look, ...]) -> Iterator[Preparation]:
        """Yield bars drawn anew, for zxing-cpp."""
        for look in looks:
            yield str(look), self.zxing, "drawn", partial(strip.drawn, look)

    def retries(self, picture: Grey, frame: Grey) -> Iterator[Preparation]:
        """Yield the whole picture prepared in other ways, for 2-D codes and bars that no box was found for."""
        yield "calm", self.zxing, "matrix", lambda: calm(frame)
        if frame.size < picture.size:
            yield "fine", self.zxing, "matrix", lambda: shrunk(picture, FINE_FRAME_PX)
        if picture.size <= PIXELS_TO_ENLARGE:
            view: View = "whole" if picture.size <= PIXELS_TO_LOOK_AT_LARGER else "matrix"
            yield "larger", self.zxing, view, lambda: crisp(larger(picture, 1.5), 2.5)

    def rescues(self, frame: Grey) -> Iterator[Preparation]:
        """Yield the whole picture prepared for a 2-D code that was found but not read: mostly it is out of focus."""
        yield "refocused", self.zxing, "matrix", lambda: larger(refocused(frame), CALM)
        yield "crisp twice", self.zxing, "matrix", lambda: crisp(larger(crisp(frame, BLUR_PX, 3), CALM), 3, 2)


PIXELS_TO_ENLARGE = 320_000  # 640 x 480 and a little
PIXELS_TO_LOOK_AT_LARGER = 200_000  # for all codes; for 2-D ones in somewhat larger pictures too
FINE_FRAME_PX = 2000  # the long side that small 2-D codes in a large picture are sought on


def larger(picture: Grey, times: float) -> Grey:
    """Return a small picture enlarged; a large one as it is."""
    if picture.size > PIXELS_TO_ENLARGE:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC), np.uint8)


def crisp(picture: Grey, sigma: float, amount: float = 1.5) -> Grey:
    """Return a picture with its edges raised (unsharp mask)."""
    soft = cv2.GaussianBlur(picture, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0), np.uint8)


BLUR_PX, BLUR_NOISE, BLUR_REACH = (
    1.3,
    0.03,
    10,
)  # a lens out of focus by half a module of 2 or 3 px; for Wiener's filter


def refocused(picture: Grey) -> Grey:
    """Return a picture without the blur of a lens that is a little out of focus."""
    return np.asarray(cv2.filter2D(picture, -1, focus()), np.uint8)


@cache
def focus() -> NDArray[np.float32]:
    """Return Wiener's filter against a Gaussian blur of BLUR_PX, as a kernel."""
    waves = np.fft.fftfreq(256) ** 2
    blur = np.exp(-2 * (np.pi * BLUR_PX) ** 2 * (waves[:, np.newaxis] + waves))
    whole = np.fft.fftshift(np.fft.ifft2(blur / (blur * blur + BLUR_NOISE)).real)
    kernel = whole[128 - BLUR_REACH : 129 + BLUR_REACH, 128 - BLUR_REACH : 129 + BLUR_REACH]
    return np.asarray(kernel / kernel.sum(), np.float32)


CALM = 2.0  # times: small 2-D codes need it


def calm(picture: Grey) -> Grey:
    """Return a picture without its noise but with its edges, enlarged and crisp."""
    return crisp(larger(np.asarray(cv2.bilateralFilter(picture, 5, 30, 2), np.uint8), CALM), 3, 2)
