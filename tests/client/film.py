"""Films for the webcam client: sheets of paper that come into view and go again, on a desk seen by a small sensor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from decoding.printed import noisy, symbol, turned

Picture = Any  # grey, height x width
SIZE, FPS = (640, 480), 20
DESK = 140


def desk(*sheets: tuple[Picture, tuple[int, int]], size: tuple[int, int] = SIZE) -> Picture:
    """A desk with pictures laid on it, each with its middle at (x, y)."""
    picture = np.full((size[1], size[0]), DESK, np.uint8)
    for sheet, (x, y) in sheets:
        high, wide = sheet.shape
        top, left = y - high // 2, x - wide // 2
        picture[top : top + high, left : left + wide] = sheet
    return picture


def label(text: str, kind: str = "QRCode", degrees: float = 0, module_px: int = 4) -> Picture:
    """A printed code, turned."""
    return turned(symbol(text, kind, module_px), degrees, DESK)


def one(text: str, kind: str = "QRCode", degrees: float = 0, module_px: int = 4) -> Picture:
    """A desk with one label in the middle."""
    return desk((label(text, kind, degrees, module_px), (320, 240)))


def film(path: Path, scenes: Iterable[tuple[Picture, float]]) -> Path:
    """Write an MJPEG film of (picture, seconds), with the noise of a sensor."""
    frames = [picture for picture, seconds in scenes for _ in range(round(seconds * FPS))]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, frames[0].shape[::-1])
    assert writer.isOpened()
    for seed, picture in enumerate(frames):
        writer.write(cv2.cvtColor(noisy(picture, 4, seed % 7), cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def shown(path: Path, *texts: str, seconds: float = 0.6, between: float = 0.4) -> Path:
    """Write a film in which labels come and go one after the other."""
    scenes = [(desk(), 0.3)]
    for text in texts:
        scenes += [(one(text), seconds), (desk(), between)]
    return film(path, scenes)
