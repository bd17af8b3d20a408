"""Turns bars in a box into a picture that engines like: upright, without perspective, averaged along the bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner_client.decoding.codes import Corners
from scanner_client.decoding.locating import Quad
from scanner_client.decoding.pictures import Grey

Floats = NDArray[np.float64]

MARGIN = 0.2  # of the box's width, on either side: boxes are tight, codes need a quiet zone
HEIGHTS_PX = (12, 64)
LEAN_PX = 60  # how far the top of a bar may lie beside its bottom
LEAN_STEPS, FINE_STEPS = 25, 7
LEAN_ROWS = 24  # rows that the lean is measured on
LEFT, RIGHT = (0.12, 0.5), (0.5, 0.88)  # of the width: perspective makes the two halves lean differently
NOISE_TO_SIGNAL = 0.003  # of Wiener's filter
FLAT = 0.2  # where the contrast is below this share of the whole, there is paper
QUIET_GAP, QUIET_ZONE = 0.03, 0.035  # of a code's width: where its end may lie, and what must be paper beyond
INK_BELOW, INK_SHARE = 110, 0.15  # grey values; share of a quiet zone that may be ink
QUIET_PX, DRAWN_ROWS = 40, 8


@dataclass(frozen=True)
class Look:
    """One way to draw the bars: which rows are averaged, which blur is undone, how wide the contrast is measured.

    The blur is a Gaussian's sigma in pixels of the camera, or in thousandths of the box's width; window: share of it.
    """

    rows: tuple[float, float]
    camera_px: float = 0.0
    width_share: float = 0.0
    window: float = 0.125


@dataclass(frozen=True)
class Strip:
    """A straightened box: bars upright, `width_px` wide between its margins; `magnified` times the camera's pixels."""

    picture: Grey
    box: Quad
    width_px: int
    magnified: float

    def framed(self) -> Grey:
        """Return the strip on white, for engines that look at pixels."""
        stretched = cv2.normalize(self.picture, np.empty_like(self.picture), 0, 255, cv2.NORM_MINMAX)
        framed = cv2.copyMakeBorder(stretched, 20, 20, QUIET_PX, QUIET_PX, cv2.BORDER_CONSTANT, value=255)
        return np.asarray(framed, np.uint8)

    def drawn(self, look: Look, inverted: bool = False) -> Grey:
        """Return the bars drawn anew from the mean of some rows: black and white by half grey."""
        height, width = self.picture.shape
        top = int(look.rows[0] * height)
        bottom = max(int(look.rows[1] * height), top + 2)
        row: Floats = self.picture[top:bottom].mean(axis=0, dtype=np.float64) / 255
        sigma = look.camera_px * self.magnified + look.width_share * self.width_px / 1000
        sharp = deblurred(1 - row if inverted else row, sigma) if sigma else (1 - row if inverted else row)
        line = np.clip(levelled(sharp, width * look.window) * 255, 0, 255).astype(np.uint8)
        rows = np.repeat(line[np.newaxis], DRAWN_ROWS, axis=0)
        framed = cv2.copyMakeBorder(rows, 0, 0, QUIET_PX, QUIET_PX, cv2.BORDER_CONSTANT, value=255)
        return np.asarray(framed, np.uint8)

    def stands_free(self, left: float, right: float) -> bool:
        """Return whether plain paper is on both sides of what lies between two columns of a framed or drawn strip."""
        row, wide = self.drawn(Look((0.05, 0.95)))[0], right - left
        gap, zone = QUIET_GAP * wide, QUIET_ZONE * wide
        sides = ((left - gap - zone, left - gap), (right + gap, right + gap + zone))
        starts = [min(max(0, int(start)), len(row) - 1) for start, _ in sides]
        zones = [row[start : max(start + 1, int(side[1]))] for start, side in zip(starts, sides, strict=True)]
        shares = [float((each < INK_BELOW).mean()) for each in zones]
        return all(min(share, 1 - share) < INK_SHARE for share in shares)  # light on dark, paper is ink

    @property
    def corners(self) -> Corners:
        """Return the box in the picture, clockwise from its top left."""
        return tuple((float(self.box[n][0]), float(self.box[n][1])) for n in (1, 2, 3, 0))


def straighten(picture: Grey, box: Quad, width_px: int) -> Strip:
    """Return the strip of a box, after what was left of its tilt and perspective is undone."""
    across = (box[3] + box[2] - box[0] - box[1]) / 2
    down = (box[0] + box[3] - box[1] - box[2]) / 2
    wide, high = max(float(np.linalg.norm(across)), 1.0), max(float(np.linalg.norm(down)), 1.0)
    size = (int(width_px * (1 + 2 * MARGIN)), int(np.clip(0.9 * high, *HEIGHTS_PX)))
    step = across / width_px
    drop = down / high * (0.9 * high / size[1])
    start = box.mean(axis=0) - step * size[0] / 2 - drop * size[1] / 2
    pull = np.array([[step[0], drop[0], start[0]], [step[1], drop[1], start[1]]], np.float32)
    how: Any = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    upright = cv2.warpAffine(picture, pull, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return Strip(without_lean(np.asarray(upright, np.uint8)), box, width_px, width_px / wide)


def without_lean(strip: Grey) -> Grey:
    """Return a strip whose bars stand upright everywhere: the lean of its halves is measured and undone."""
    height, width = strip.shape
    left, right = leans(strip)
    slope = (right - left) / (0.38 * width)  # the halves' middles stand at 31 % and 69 %
    at_left, at_right = left - slope * 0.31 * width, right + slope * 0.31 * width
    half = height / 2
    wide_top, wide_bottom = width - at_right * half, width + at_right * half
    leaning = [[-at_left * half, 0], [wide_top, 0], [wide_bottom, height], [at_left * half, height]]
    upright = [[0, 0], [width, 0], [width, height], [0, height]]
    push = cv2.getPerspectiveTransform(np.array(leaning, np.float32), np.array(upright, np.float32))
    size = (width, height)
    straight = cv2.warpPerspective(strip, push, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(straight, np.uint8)


def leans(strip: Grey) -> tuple[float, float]:
    """Return how far the bars of both halves lean, in px per row: undoing it leaves the sharpest mean row."""
    height, width = strip.shape
    rows = min(height, LEAN_ROWS)
    small = cv2.resize(strip, (width, rows), interpolation=cv2.INTER_AREA)
    coarse = np.linspace(-LEAN_PX, LEAN_PX, LEAN_STEPS) / rows
    edges = [sharpness(small, lean) for lean in coarse]
    found = []
    for half in (0, 1):
        best = coarse[int(np.argmax([edge[half] for edge in edges]))]
        fine = best + np.linspace(-0.75, 0.75, FINE_STEPS) * (coarse[1] - coarse[0])
        found.append(float(max(fine, key=lambda lean: sharpness(small, lean)[half])) * rows / height)
    return found[0], found[1]


def sharpness(strip: Any, lean: float) -> list[float]:
    """Return the energy of the edges in the mean row of a strip, sheared by `lean` px per row, for both halves."""
    height, width = strip.shape
    pull = np.array([[1, lean, -lean * height / 2], [0, 1, 0]], np.float32)
    how: Any = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    sheared = cv2.warpAffine(strip, pull, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
    squares = np.square(np.diff(cv2.reduce(sheared, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0]))
    return [float(squares[int(width * start) : int(width * end)].sum()) for start, end in (LEFT, RIGHT)]


def deblurred(row: Floats, sigma: float) -> Floats:
    """Return a row without a Gaussian blur of `sigma` px (Wiener's filter, constant noise to signal)."""
    pad, mean = 64, float(row.mean())
    ends = np.linspace(mean, row[0], pad), np.linspace(row[-1], mean, pad)
    whole = np.concatenate([ends[0], row, ends[1]])
    blur = np.exp(-2 * (np.pi * np.fft.rfftfreq(len(whole)) * sigma) ** 2)
    sharp: Floats = np.fft.irfft(np.fft.rfft(whole) * blur / (blur * blur + NOISE_TO_SIGNAL), len(whole))
    return sharp[pad:-pad]


def levelled(row: Floats, window_px: float) -> Floats:
    """Return a row between 0 (the darkest near by) and 1 (the brightest); what has no contrast is as what is beside."""
    size = max(3, int(window_px)) | 1
    line, kernel = row[np.newaxis].astype(np.float32), np.ones((1, size), np.uint8)
    high, low = (cv2.blur(found, (size, 1))[0] for found in (cv2.dilate(line, kernel), cv2.erode(line, kernel)))
    ordered = np.sort(row)
    whole = float(ordered[int(len(row) * 0.97)] - ordered[int(len(row) * 0.03)])
    sure = np.flatnonzero(high - low > FLAT * whole)
    if len(sure) < 10 or whole <= 0:
        return np.ones_like(row)
    places = np.arange(len(row))
    middle = np.interp(places, sure, ((high + low) / 2)[sure])
    half = np.interp(places, sure, ((high - low) / 2)[sure])
    level: Floats = 0.5 + (row - middle) / (2 * half)
    return level
