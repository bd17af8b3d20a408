"""Finds where bars stand, at any angle: regions whose brightness changes in one direction only; decodes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scanner_client.decoding.pictures import Grey

Floats = NDArray[np.float32]
Quad = NDArray[np.float32]  # 4 corners: bottom left, top left, top right, bottom right of upright bars

SIDES_PX = (480, 160)  # the short side that regions are sought on: for thin bars and for bold ones
FINE_PX = 1200  # the same in a large picture where nothing was found
NARROWEST_PX = 45  # a UPC-E has 51 modules
SHRINK = 3  # the directions are averaged over blocks of 3 x 3
WINDOW = 0.05  # of the short side: what is averaged for one direction
COHERENCE = 0.6  # 1: the brightness changes in exactly one direction, 0: in all alike
ENERGY_MIN, ENERGY_SHARE = 20.0, 0.15  # grey values squared per pixel; share of the strongest 2 % in the picture
LARGEST = 14  # regions looked at
FILL_MIN = 0.35  # of a region's rectangle that the region covers
EIGHTHS = 8  # directions are sorted into 8 sectors, two neighbours at a time
SAME_WIDTH = (0.75, 1.33)
JOINED = 8  # the most striking regions, among which neighbours are joined


@dataclass(frozen=True)
class Directions:
    """The structure tensor of a picture (Bigun and Granlund 1987): energy, and twice the angle as a vector."""

    energy: Floats
    cosine: Floats
    sine: Floats
    window: int

    def barred(self) -> NDArray[np.bool_]:
        """Return where the picture has the look of bars."""
        strong = max(ENERGY_MIN, ENERGY_SHARE * float(np.percentile(self.energy, 98)))
        one_way = cv2.magnitude(self.cosine, self.sine) > COHERENCE * self.energy
        found: NDArray[np.bool_] = one_way & (self.energy > strong)
        return found

    def sectors(self) -> NDArray[np.int32]:
        """Return each direction's sector, 0 to 7."""
        eighths = np.round(cv2.phase(self.cosine, self.sine) * (EIGHTHS / (2 * np.pi)))
        return np.asarray(eighths, np.int32) % EIGHTHS


def locate(picture: Grey, most: int = 5, sides: tuple[int, ...] = SIDES_PX) -> list[Quad]:
    """Return up to `most` tight boxes around bars, the most striking first, sought at some sizes of the short side."""
    found = [each for side in sides for each in located(picture, side)]
    found.sort(key=lambda each: -each[0])
    found = [each for each in found if width_of(each[1]) >= NARROWEST_PX / 2]
    found += joined(found[:JOINED])
    found.sort(key=lambda each: -each[0])
    return distinct([box for _, box in found if width_of(box) >= NARROWEST_PX])[:most]


def located(picture: Grey, side: int) -> list[tuple[float, Quad]]:
    """Return boxes with their weights, sought with the short side of the picture at most `side` px long."""
    scale = min(1.0, side / min(picture.shape))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    if min(small.shape) < 4 * SHRINK:
        return []
    found = directions(np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.uint8))
    grown = np.array([small.shape[1] / found.energy.shape[1], small.shape[0] / found.energy.shape[0]]) / scale
    area = float(grown[0] * grown[1])
    return [(weight * area, (box * grown).astype(np.float32)) for weight, box in regions(found)]


def directions(small: Grey) -> Directions:
    """Return the averaged directions of a picture."""
    across = cv2.Scharr(small, cv2.CV_32F, 1, 0, scale=1 / 16)
    down = cv2.Scharr(small, cv2.CV_32F, 0, 1, scale=1 / 16)
    height, width = small.shape
    size = (max(1, width // SHRINK), max(1, height // SHRINK))
    window = max(3, int(min(small.shape) * WINDOW / SHRINK)) | 1

    def mean(values: Any) -> Any:
        blocks = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        return cv2.boxFilter(blocks, -1, (window, window), borderType=cv2.BORDER_REPLICATE)

    xx, yy, xy = mean(across * across), mean(down * down), mean(across * down)
    return Directions(xx + yy, xx - yy, 2 * xy, window)


def regions(found: Directions) -> list[tuple[float, Quad]]:
    """Return boxes around regions of one direction, each with its weight."""
    barred, sectors = found.barred(), found.sectors()
    if not barred.any():
        return []
    parts: list[tuple[int, Any, int, Any]] = []
    alike = [(barred & (sectors == sector)).view(np.uint8) for sector in range(EIGHTHS)]
    for sector in range(EIGHTHS):
        near = alike[sector] | alike[(sector + 1) % EIGHTHS]
        count, labels, facts, _ = cv2.connectedComponentsWithStats(near, connectivity=4)
        areas = facts[:, cv2.CC_STAT_AREA]
        large = (n for n in range(1, count) if areas[n] >= 1.2 * found.window**2)
        parts += [(int(areas[n]), labels, n, facts[n]) for n in large]
    parts.sort(key=lambda part: -part[0])
    boxes = (box_of(found, labels, n, facts) for _, labels, n, facts in parts[:LARGEST])
    return [box for box in boxes if box is not None]


def box_of(found: Directions, labels: Any, number: int, facts: Any) -> tuple[float, Quad] | None:
    """Return the box of one region along its mean direction, and its weight; None when it is no box of bars."""
    x, y, width, height, area = (int(fact) for fact in facts)
    inside = np.s_[y : y + height, x : x + width]
    mask = labels[inside] == number
    cosine, sine = float(found.cosine[inside][mask].sum()), float(found.sine[inside][mask].sum())
    angle = np.arctan2(sine, cosine) / 2
    along = np.array([np.cos(angle), np.sin(angle)])
    down = np.array([-along[1], along[0]])
    rows, columns = np.nonzero(mask)
    points = np.stack([columns + x + 0.5, rows + y + 0.5], axis=1)
    left, right = trimmed(points @ along, 0.01)
    top, bottom = trimmed(points @ down, 0.04)
    wide, high = right - left + 1, bottom - top + 1
    fill = min(1.0, area / (wide * high))
    if wide < 1.2 * found.window or fill < FILL_MIN:
        return None
    corners = [along * u + down * v for u, v in ((left, bottom), (left, top), (right, top), (right, bottom))]
    return float(np.hypot(cosine, sine)) * fill, np.array(corners, np.float32)


def trimmed(values: NDArray[np.float64], share: float) -> tuple[float, float]:
    """Return the range of values without `share` of them at either end."""
    low, high = int(len(values) * share), max(0, int(len(values) * (1 - share)) - 1)
    ordered = np.partition(values, (low, high))
    return float(ordered[low]), float(ordered[high])


def joined(boxes: list[tuple[float, Quad]]) -> list[tuple[float, Quad]]:
    """Return a box, a little weaker, around every two that stand side by side: a code with a wide gap falls in two."""
    pairs = ((one, other) for n, one in enumerate(boxes) for other in boxes[n + 1 :])
    return [
        (0.99 * max(weight, other_weight), around(box, other))
        for (weight, box), (other_weight, other) in pairs
        if side_by_side(box, other)
    ]


def side_by_side(box: Quad, other: Quad) -> bool:
    """Return whether two boxes of about the same height stand in one line, close together."""
    along, down, (wide, high) = axes(box)
    _, _, (other_wide, other_high) = axes(other)
    across = other[2] - other[1]
    if abs(float(along @ across)) < 0.97 * max(other_wide, 1.0) or not 0.5 < high / max(other_high, 1.0) < 2:
        return False
    apart = other.mean(axis=0) - box.mean(axis=0)
    gap = abs(float(apart @ along)) - (wide + other_wide) / 2
    return abs(float(apart @ down)) < 0.35 * high and -0.2 * wide < gap < 0.5 * max(wide, other_wide)


def around(box: Quad, other: Quad) -> Quad:
    """Return the box along the first one's bars that holds both."""
    along, down, _ = axes(box)
    points = np.concatenate([box, other])
    us, vs = points @ along, points @ down
    edges = ((us.min(), vs.max()), (us.min(), vs.min()), (us.max(), vs.min()), (us.max(), vs.max()))
    return np.array([along * u + down * v for u, v in edges], np.float32)


def axes(box: Quad) -> tuple[Any, Any, tuple[float, float]]:
    """Return the directions across the bars and along them, and how long the box is in both."""
    across, down = box[2] - box[1], box[0] - box[1]
    wide, high = max(float(np.linalg.norm(across)), 1e-3), max(float(np.linalg.norm(down)), 1e-3)
    return across / wide, down / high, (wide, high)


def distinct(boxes: list[Quad]) -> list[Quad]:
    """Return boxes without those that lie on a better one of about the same width."""
    kept: list[Quad] = []
    for box in boxes:
        if not any(on(other, box) for other in kept):
            kept.append(box)
    return kept


def on(better: Quad, box: Quad) -> bool:
    """Return whether a box shows about what a better one shows."""
    low, high = SAME_WIDTH
    middle = tuple(float(value) for value in box.mean(axis=0))
    return low < width_of(better) / max(width_of(box), 1.0) < high and cv2.pointPolygonTest(better, middle, False) >= 0


def width_of(box: Quad) -> float:
    """Return how long a box is across its bars, in pixels."""
    return float(np.linalg.norm(box[2] - box[1]))


class Detector:
    """OpenCV's barcode detector as a second locator. Its own decoding is never asked: it invents numbers."""

    def __init__(self) -> None:
        self._detector = cv2.barcode.BarcodeDetector()

    def locate(self, picture: Grey, most: int = 2) -> list[Quad]:
        """Return up to `most` boxes around bars, usually wider than the bars."""
        found, corners = self._detector.detectMulti(picture)
        return [np.asarray(box, np.float32).reshape(4, 2) for box in corners[:most]] if found else []
