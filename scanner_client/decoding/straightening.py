"""Turns bars in a box into a picture that engines like: upright, without perspective, averaged along the bars."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
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
LEAN_STEPS, FINE_STEPS, FINE_REACH = 25, 9, 0.75
LEAN_SHRINK = 2  # the lean is measured on fewer pixels
LEAN_ROWS = 24  # rows that the lean is measured on
LEFT, RIGHT = (0.12, 0.5), (0.5, 0.88)  # of the width: perspective makes the two halves lean differently
NOISE_TO_SIGNAL = 0.003  # of Wiener's filter
FLAT = 0.2  # where the contrast is below this share of the whole, there is paper
QUIET_GAP, QUIET_ZONE = 0.03, 0.035  # of a code's width: where its end may lie, and what must be paper beyond
END = 0.25  # of a code's width: bars and spaces that tell what ink and paper are at this end
INK_SHARE, PAPER = 0.15, 0.7  # of a quiet zone that may be ink; as bright is paper, between bars (0) and spaces (1)
SPARSE, ROUGH_PX = 4, 41  # every fourth row tells whether a box is promising; contrast is what differs from so near
ONE_WAY, EDGES_MIN = 0.4, 18  # of 405 boxes with codes none kept so little contrast, none had so few edges
PAD = 64  # px by which a row is led to its mean at both ends before it is taken apart into waves
RAMP = np.linspace(0, 1, PAD)
QUIET_PX, DRAWN_ROWS, SLIM_ROWS = 40, 8, 16


@dataclass(frozen=True)
class Look:
    """One way to draw the bars: which rows are averaged, which blur is undone, how wide the contrast is measured.

    The blur is a Gaussian's sigma in pixels of the camera, or in thousandths of the box's width; window: share of it.
    `capped` takes nothing for brighter than the spaces in the middle: a label may lie on a brighter ground.
    """

    rows: tuple[float, float]
    camera_px: float = 0.0
    width_share: float = 0.0
    window: float = 0.125
    capped: bool = False


@dataclass(frozen=True)
class Strip:
    """A straightened box: bars upright, `width_px` wide between its margins; `magnified` times the camera's pixels."""

    picture: Grey
    box: Quad
    width_px: int
    magnified: float

    @cached_property
    def rows(self) -> dict[tuple[float, float], Floats]:
        """Keep the mean rows that were asked for: several looks share one."""
        return {}

    def mean_row(self, rows: tuple[float, float]) -> Floats:
        """Return the mean of some rows, 0 (black) to 1."""
        if rows not in self.rows:
            height = self.picture.shape[0]
            top = int(rows[0] * height)
            bottom = max(int(rows[1] * height), top + 2)
            mean = cv2.reduce(self.picture[top:bottom], 0, cv2.REDUCE_AVG, dtype=cv2.CV_64F)[0]
            self.rows[rows] = mean / 255
        return self.rows[rows]

    def framed(self) -> Grey:
        """Return the strip on white, for engines that look at pixels."""
        stretched = cv2.normalize(self.picture, np.empty_like(self.picture), 0, 255, cv2.NORM_MINMAX)
        framed = cv2.copyMakeBorder(stretched, 20, 20, QUIET_PX, QUIET_PX, cv2.BORDER_CONSTANT, value=255)
        return np.asarray(framed, np.uint8)

    def slim(self) -> Grey:
        """Return the strip on white in few rows, for zbar: it looks along every row and every column."""
        framed = self.framed()[20:-20]
        rows = min(SLIM_ROWS, framed.shape[0])
        return np.asarray(cv2.resize(framed, (framed.shape[1], rows), interpolation=cv2.INTER_AREA), np.uint8)

    def drawn(self, look: Look, inverted: bool = False) -> Grey:
        """Return the bars drawn anew from the mean of some rows: black and white by half grey."""
        row, width = self.mean_row(look.rows), self.picture.shape[1]
        sigma = look.camera_px * self.magnified + look.width_share * self.width_px / 1000
        bars = 1 - row if inverted else row
        if look.capped:
            bars = np.minimum(bars, np.percentile(bars[int(0.3 * width) : int(0.7 * width)], 95))
        sharp = deblurred(bars, sigma) if sigma else bars
        framed = np.full((DRAWN_ROWS, width + 2 * QUIET_PX), 255, np.uint8)
        framed[:, QUIET_PX:-QUIET_PX] = np.clip(levelled(sharp, width * look.window) * 255, 0, 255)
        return framed

    def promising(self) -> bool:
        """Return whether a code may be in the box: words and grass lose contrast in the mean row, bars keep it."""
        margin = int(MARGIN * self.width_px)
        core = self.picture[::SPARSE, margin:-margin].astype(np.float32)
        rough = core - cv2.blur(core, (ROUGH_PX, 1))
        kept = float(rough.mean(axis=0).std())
        if kept < ONE_WAY * float(rough.std()):
            return False
        row = self.drawn(Look((0.05, 0.95), camera_px=0.7))[0] > 127
        return int(np.count_nonzero(row[1:] != row[:-1])) >= EDGES_MIN

    def stands_free(self, left: float, right: float) -> bool:
        """Return whether plain paper is on both sides of what lies between two columns of a framed strip.

        Paper is what is as bright as the spaces at that end of the code, or, light on dark, as the bars.
        """
        row, wide = self.picture.mean(axis=0), right - left
        left, right = left - QUIET_PX, right - QUIET_PX
        gap, zone, end = QUIET_GAP * wide, QUIET_ZONE * wide, END * wide
        sides = (
            (piece(row, left - gap - zone, left - gap), piece(row, left, left + end)),
            (piece(row, right + gap, right + gap + zone), piece(row, right - end, right)),
        )
        levels = [level_of(paper, bars) for paper, bars in sides]
        dark_on_light = all(float((level < PAPER).mean()) < INK_SHARE for level in levels)
        return dark_on_light or all(float((level > 1 - PAPER).mean()) < INK_SHARE for level in levels)

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
    small = cv2.resize(strip, (width // LEAN_SHRINK, rows), interpolation=cv2.INTER_AREA)
    grown = LEAN_SHRINK * rows / height
    found = []
    for start, end in (LEFT, RIGHT):
        half = small[:, int(small.shape[1] * start) : int(small.shape[1] * end)]
        found.append(lean(half.astype(np.float32)) * grown)
    return found[0], found[1]


def lean(half: NDArray[np.float32]) -> float:
    """Return the lean of one half, in its own px per row: coarsely, then finely around the best."""
    rows, width = half.shape
    waves = np.fft.rfft((half - half.mean()) * np.hanning(width).astype(np.float32), axis=1)[:, 1 : width // 3]
    coarse = np.linspace(-1, 1, LEAN_STEPS) * LEAN_PX / LEAN_SHRINK / rows
    best = float(coarse[int(np.argmax(sharpness(waves, shears(width, rows, 0))))])
    turns = np.exp(1j * best * heights(rows)[:, np.newaxis] * frequencies(width)).astype(np.complex64)
    fine = np.linspace(-1, 1, FINE_STEPS) * FINE_REACH * float(coarse[1] - coarse[0])
    return best + float(fine[int(np.argmax(sharpness(waves * turns, shears(width, rows, 1))))])


def sharpness(waves: Any, sheared: Any) -> Floats:
    """Return the energy of the edges in the mean row for every shear: a shifted row is one with its phases turned."""
    sums = np.einsum("srf,rf->sf", sheared, waves.astype(np.complex64))
    weights = np.arange(1, waves.shape[1] + 1, dtype=np.float32) ** 2  # the energy of a derivative (Parseval)
    energy: Floats = (sums.real**2 + sums.imag**2) @ weights
    return energy


@lru_cache(maxsize=128)
def shears(width: int, rows: int, finely: int) -> Any:
    """Return the phases that undo each lean: leans x rows x frequencies."""
    coarse = np.linspace(-1, 1, LEAN_STEPS) * LEAN_PX / LEAN_SHRINK / rows
    each = np.linspace(-1, 1, FINE_STEPS) * FINE_REACH * (coarse[1] - coarse[0]) if finely else coarse
    turned = np.outer(each, heights(rows))[:, :, np.newaxis] * frequencies(width)
    return np.exp(1j * turned).astype(np.complex64)


def heights(rows: int) -> Floats:
    """Return how far each row is from the middle."""
    return np.arange(rows, dtype=np.float64) - (rows - 1) / 2


def frequencies(width: int) -> Floats:
    """Return the frequencies that edges are sought in, in radians per px: noise is in those above."""
    return np.arange(1, width // 3, dtype=np.float64) * (2 * np.pi / width)


def deblurred(row: Floats, sigma: float) -> Floats:
    """Return a row without a Gaussian blur of `sigma` px (Wiener's filter, constant noise to signal)."""
    mean = float(row.mean())
    whole = np.concatenate([mean + (row[0] - mean) * RAMP, row, row[-1] + (mean - row[-1]) * RAMP])
    blur: Floats = np.exp(squares(len(whole)) * (sigma * sigma))
    sharp: Floats = np.fft.irfft(np.fft.rfft(whole) * (blur / (blur * blur + NOISE_TO_SIGNAL)), len(whole))
    return sharp[PAD : PAD + len(row)]


@lru_cache(maxsize=16)
def squares(length: int) -> Floats:
    """Return what sigma squared is multiplied with to get the logarithm of a Gaussian's spectrum."""
    found: Floats = -2 * (np.pi * np.fft.rfftfreq(length).astype(np.float64)) ** 2
    return found


def level_of(paper: Floats, bars: Floats) -> Floats:
    """Return how bright a part is, between the bars (0) and the spaces (1) of another."""
    dark, light = np.percentile(bars, (10, 90))
    level: Floats = (paper - dark) / max(float(light - dark), 1.0)
    return level


def piece(row: Floats, start: float, end: float) -> Floats:
    """Return a part of a row, at least one pixel of it."""
    first = min(max(0, int(start)), len(row) - 1)
    return row[first : max(first + 1, int(end))]


def levelled(row: Floats, window_px: float) -> Floats:
    """Return a row between 0 (the darkest near by) and 1 (the brightest); what has no contrast is as what is beside."""
    size = max(3, int(window_px)) | 1
    line, kernel = row[np.newaxis].astype(np.float32), np.ones((1, size), np.uint8)
    high, low = (cv2.blur(found, (size, 1))[0] for found in (cv2.dilate(line, kernel), cv2.erode(line, kernel)))
    bright, dark = int(len(row) * 0.97), int(len(row) * 0.03)
    ordered = np.partition(row, (dark, bright))
    whole = float(ordered[bright] - ordered[dark])
    sure = np.flatnonzero(high - low > FLAT * whole)
    if len(sure) < 10 or whole <= 0:
        return np.ones_like(row)
    places = np.arange(len(row))
    middle = np.interp(places, sure, ((high + low) / 2)[sure])
    half = np.interp(places, sure, ((high - low) / 2)[sure])
    level: Floats = 0.5 + (row - middle) / (2 * half)
    return level
