"""Clips for a browser's camera: pictures one after the other as an uncompressed y4m file, which Chromium loops."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from browser import FLAGS, SCANNER, chromium_path
from playwright.sync_api import Browser, Page
from services import Unavailable, lacking

Image = np.ndarray[Any, Any]
CAMERA_FLAGS = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
FRAMES_A_SECOND = 15
VENDOR = Path(__file__).resolve().parents[1] / "wms" / "web" / "static" / "vendor"


def frame(label: Image, width: int = 640, height: int = 480) -> Image:
    """A grey label in the middle of a frame, as large as the region that the page reads, with a desk around it."""
    scale = min(0.62 * width / label.shape[1], 0.42 * height / label.shape[0])
    small = cv2.resize(
        label, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    )
    desk = np.full((height, width), 150, np.uint8)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    desk[top : top + small.shape[0], left : left + small.shape[1]] = small
    noise = np.random.default_rng(1).normal(0, 3, desk.shape)
    return np.clip(desk + noise, 16, 235).astype(np.uint8)


def write(path: Path, *shown: tuple[Image, float]) -> Path:
    """Write (grey frame, seconds) one after the other as y4m."""
    height, width = shown[0][0].shape
    colour = bytes([128]) * (width * height // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_A_SECOND}:1 Ip A1:1 C420\n".encode())
        for picture, seconds in shown:
            file.writelines((b"FRAME\n", picture.tobytes(), colour) * round(seconds * FRAMES_A_SECOND))
    return path


@contextmanager
def camera(chromium: Browser, clip: Path | None, *more: str) -> Iterator[Page]:
    """A page of a new browser whose camera shows a clip; None: a browser that has no camera at all."""
    if not any(VENDOR.glob("zxing-reader-*.wasm")):
        lacking(Unavailable("the camera's reader is missing (make setup with npm)"))
    path = shutil.which("chromium") or chromium_path()  # the one without windows has no camera
    shows = [*CAMERA_FLAGS, f"--use-file-for-fake-video-capture={clip}"] if clip else []
    flags = ["--headless=new" if flag == "--headless" else flag for flag in FLAGS]
    browser = chromium.browser_type.launch(executable_path=path, args=[*flags, *shows, *more])
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="en-GB", has_touch=True)
    context.add_init_script(SCANNER)
    try:
        yield context.new_page()
    finally:
        browser.close()
