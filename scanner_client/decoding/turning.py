"""Turns what is around a tilted box until its bars stand upright, for codes of several low rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from scanner_client.decoding.locating import Quad
from scanner_client.decoding.pictures import Grey

BOX_PX, SCALES = 360, (0.3, 2.0)  # how wide the box becomes, and how much a picture is shrunk or enlarged for it
REACH = 1.4  # widths of the box around its middle
LEVEL = 6.0  # degrees: so little tilt is none
Mover = Callable[[float, float], tuple[float, float]]


def tilt(box: Quad) -> float:
    """Return the tilt of a box, 0 to 90 degrees: engines look along rows and columns alike."""
    across = box[2] - box[1]
    return float(np.degrees(np.arctan2(across[1], across[0]))) % 90


def tilted(boxes: list[Quad]) -> list[Quad]:
    """Return the boxes that are tilted, one of each direction."""
    kept: list[Quad] = []
    for box in boxes:
        degrees = tilt(box)
        if min(degrees, 90 - degrees) >= LEVEL and all(abs(degrees - tilt(other)) >= LEVEL for other in kept):
            kept.append(box)
    return kept


def upright(picture: Grey, box: Quad, times: float) -> tuple[Grey, Mover]:
    """Return what is around a box, turned until its bars stand upright, and what puts a point of it into the picture.

    Stacked bars need it: their rows are too low to be straightened one by one.
    """
    across = (box[3] + box[2] - box[0] - box[1]) / 2
    wide = max(float(np.linalg.norm(across)), 1.0)
    scale = times * float(np.clip(BOX_PX / wide, *SCALES))
    step = across / wide / scale
    down = np.array([-step[1], step[0]])
    middle = box.mean(axis=0)
    high_px, wide_px = picture.shape
    outline = np.array([[0, 0], [wide_px, 0], [wide_px, high_px], [0, high_px]], np.float32) - middle
    low, most = (edge(outline @ np.stack([step, down], axis=1), axis=0) * scale**2 for edge in (np.min, np.max))
    low, most = np.maximum(low, -REACH * wide * scale), np.minimum(most, REACH * wide * scale)
    size = tuple(int(n) for n in np.maximum(most - low, 1))
    start = middle + step * low[0] + down * low[1]
    pull = np.array([[step[0], down[0], start[0]], [step[1], down[1], start[1]]])
    how: Any = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    turned = cv2.warpAffine(picture, pull, size, flags=how, borderMode=cv2.BORDER_CONSTANT, borderValue=255)

    def place(x: float, y: float) -> tuple[float, float]:
        return float(pull[0] @ (x, y, 1)), float(pull[1] @ (x, y, 1))

    return np.asarray(turned, np.uint8), place
